"""What notes and plans write out of the cancer itself: T and N, "cT2 cN1 after second-look US", nodes that are felt,
therapy that has begun. What is coded beside them is often older, or kept in another system.
"""

import re
from collections.abc import Iterator

from cds_service.facts.advanced import says_advanced
from cds_service.facts.file_texts import LONGEST, texts_beside
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Evidence
from cds_service.facts.plan_texts import texts_of_plan
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import Source, notes_of, reference_to, texts_of
from cds_service.facts.studies import date_of
from cds_service.facts.therapy import begins_therapy
from cds_service.facts.whole_reports import is_note_in_file
from cds_service.fhir.resources import CarePlan, DiagnosticReport

_TELLING = re.compile(r"T[1-4]|N(?:[1-3]|\+)|nod(?:e|al)|\b[AS]?LN[sBD]?\b|lymph|axill|sentinel", re.IGNORECASE)
"""What a sentence has in it that writes out T or N, or speaks of nodes."""


def _sentences(text: str) -> Iterator[str]:
    return filter(_TELLING.search, sentences_of(text[:LONGEST]))


def positive_nodes_written(source: Source) -> tuple[Evidence, ...]:
    """Reports of the work-up and care plans that write out N1 or more, and notes that tell of a node."""
    return tuple(evidence for _, evidence in _written(source))


def advanced_in_notes(source: Source) -> tuple[Evidence, ...]:
    """Care plans and notes that make the tumour T3 or T4, or its nodes N2 or N3."""
    plans = [(text, _of(plan)) for plan in source.record.care_plans for text in _told_by(plan)]
    notes = [
        (sentence, evidence)
        for text, evidence in _notes_in_files(source)
        for sentence in filter(_OF_TUMOUR.search, sentences_of(text))
    ]
    told = [evidence for text, evidence in (*plans, *notes) if says_advanced(text, source.read(text))]
    return (*told, *(evidence for text, evidence in plans if _names_large(text)))


def _names_large(text: str) -> bool:
    """Whether a plan writes T3 or T4 by itself, and speaks of no thyroid and no spine."""
    return any(_LARGE.search(each) and not _OTHER_T.search(each) for each in sentences_of(text))


_LARGE = re.compile(r"(?<![\w/-])T[34][a-d]?\b(?!\s?[-/,]\s?T\d)", re.IGNORECASE)
_OTHER_T = re.compile(
    r"thyr|TSH|\bfree\b|vertebra|spin|\bback\b|level|fracture|tylenol|codeine|weighted|\bif\b|\bT\d{1,2} ?[-/,] ?T\d",
    re.IGNORECASE,
)
"""The hormones, the vertebrae and the tablets of that name, and what is only supposed."""


_OF_TUMOUR = re.compile(r"tumou?r|cancer|carcinoma|\bmass\b|advanced|\bLABC\b", re.IGNORECASE)
"""What a sentence of a note has in it that calls the cancer advanced: other lengths are of wounds and organs."""


def therapy_begun(source: Source) -> tuple[Evidence, ...]:
    """Notes of the work-up, and care plans, that tell of a cycle or a drug of chemotherapy as given, or that write out
    a stage after it, "ypT1c ypN0".
    """
    return tuple(evidence for text, evidence in _notes(source) if begins_therapy(text) or _stages_after(text, source))


def _stages_after(text: str, source: Source) -> bool:
    staged = (each for each in _sentences(text) if not _is_supposed(each))
    return any(said.prefix.startswith("y") for each in staged for said in source.read(each).staging)


def _is_positive(sentence: str, source: Source, *, note: bool) -> bool:
    reading = source.read(sentence)
    if any(said.n in _POSITIVE for said in reading.staging) and not _is_supposed(sentence):
        return True
    if not note:  # a breast report is read for its nodes (`facts.nodes`)
        return False
    told = (each for each in reading.of(Kind.NODE) if _CONDITION.search(sentence[: each.start]) is None)
    return any(each.may_hold and each.value != "normal" for each in told) or (
        _NODE_POSITIVE.search(sentence) is not None and _DENIED.search(sentence) is None
    )


_POSITIVE = ("N1mi", "N1", "N2", "N3")
_NODE_POSITIVE = re.compile(
    r"\b(?:SLNs?|SLNB|sentinel(?: lymph)?(?: nodes?)?|LNs?|nodes?):? *[1-9]\d? ?(?:/|of|out of) ?\d"
    r"|\b(?:SLNs?|LNs?|nodes?) (?:bx|biops\w+|FNA|core)[ :]{1,2}(?:\+|pos)"
    r"|\b(?:multiple|several|bulky|enlarged|fixed|matted|palpable) (?:axillary |lymph )*(?:nodes|LNs)\b"
    r"|\b(?:node|nodal)(?: status)?[-: ]+positive"
    r"|\b(?:nodes?|S?LNs?)\b[^.;\n]{0,20}(?:\b(?:positive|metasta\w*|mets?)\b|: ?carcinoma)"
    r"|\bpositive (?:axillary )?(?:nodes?|S?LNs?)\b|\b[cp]?N\+|\bS?LN\+|\b(?:node|nodal) involvement\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|non|if|never|without|neg|negative|benign)\b|:\s*0\b|\b0 ?(?:/|of\b|out of\b|with\b)", re.IGNORECASE
)
_CONDITION = re.compile(r"\bif\b[^,:]*$", re.IGNORECASE)
"""What makes the rest of a sentence a plan for either case: "ALND if node positive"."""


def _is_supposed(sentence: str) -> bool:
    """Whether a sentence writes T and N out for a case that may come: "if ypT1 ypN0, no radiotherapy"."""
    written = _WRITTEN_OUT.search(sentence)
    return written is not None and _CONDITION.search(sentence[: written.start()]) is not None


_WRITTEN_OUT = re.compile(r"\b[cpy]{0,2}[TN](?:[0-4]|is)", re.IGNORECASE)


def _is_planned_for(sentence: str, source: Source) -> bool:
    """Whether a plan tells of a node that is taken, or has the axilla dissected, which follows nodes that are positive
    (facts B, 286: what comes of the study).
    """
    if _is_positive(sentence, source, note=True):
        return True
    return _DISSECTION.search(sentence) is not None and _PERHAPS.search(sentence) is None


_DISSECTION = re.compile(
    r"\bALND\b|\baxill\w*(?: lymph)?(?: nodes?)? (?:dissection|clearance)\b|\bdissection of (?:the )?axilla",
    re.IGNORECASE,
)
_PERHAPS = re.compile(
    rf"{_DENIED.pattern}|\b(?:or|vs|versus|possibl[ey]|potential|unless|instead|avoid\w*|omit\w*|depend\w*|discuss\w*|risks?)\b"
    r"|\+ ?/ ?-|\u00b1|\?",
    re.IGNORECASE,
)
"""What leaves open whether the axilla is dissected: "SLNB, possible ALND"."""


def _written(source: Source) -> Iterator[tuple[str, Evidence]]:
    """The sentences of reports and plans that say that a node is taken."""
    for report in _recent(source):
        note = is_note_in_file(report, source)
        for text in _texts(report) if note else filter(None, [report.conclusion]):
            for sentence in _sentences(text):
                if _is_positive(sentence, source, note=note):
                    yield sentence, _of(report)
    for draft in source.drafts:
        for text in (*texts_of(*draft.reason_code), *notes_of(draft)):
            if any(_is_planned_for(sentence, source) for sentence in _sentences(text)):
                yield text, Evidence(value="written on the order", resources=(reference_to(draft),))
    for plan in source.record.care_plans:
        for sentence, evidence in _of_plan(plan):
            if _is_planned_for(sentence, source):
                yield sentence, evidence


def _notes(source: Source) -> Iterator[tuple[str, Evidence]]:
    yield from _notes_in_files(source)
    for plan in source.record.care_plans:
        yield from ((text, _of(plan)) for text in _told_by(plan))


def _notes_in_files(source: Source) -> Iterator[tuple[str, Evidence]]:
    for report in _recent(source):
        if is_note_in_file(report, source):
            yield from ((text[:LONGEST], _of(report)) for text in _texts(report))


def _recent(source: Source) -> Iterator[DiagnosticReport]:
    for report in source.record.diagnostic_reports:
        on = date_of(report)
        if on is None or not on.surely_older(source.windows.work_up_days, source.today):
            yield report


def _texts(report: DiagnosticReport) -> list[str]:
    return [text for text in (report.conclusion, *texts_beside(report)) if text]


def _of(told: DiagnosticReport | CarePlan) -> Evidence:
    on = date_of(told) if isinstance(told, DiagnosticReport) else None
    return Evidence(
        value="written in a note or a plan", resources=(reference_to(told),), date=on.text if on is not None else None
    )


def _of_plan(plan: CarePlan) -> Iterator[tuple[str, Evidence]]:
    evidence = _of(plan)
    return ((sentence, evidence) for text in _told_by(plan) for sentence in _sentences(text))


def _told_by(plan: CarePlan) -> Iterator[str]:
    return iter(()) if plan.status == "revoked" else texts_of_plan(plan)
