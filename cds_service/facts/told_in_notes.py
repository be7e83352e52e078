"""What notes and plans write out of the cancer itself: T and N, "cT2 cN1 after second-look US", nodes that are felt,
therapy that has begun. What is coded beside them is often older, or kept in another system.
"""

import re
from collections.abc import Iterator

from cds_service.facts.advanced import stages_advanced
from cds_service.facts.file_texts import LONGEST, texts_beside
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, notes_of, reference_to, texts_of
from cds_service.facts.studies import date_of
from cds_service.facts.therapy import begins_therapy
from cds_service.facts.whole_reports import is_note_in_file
from cds_service.fhir.resources import CarePlan, DiagnosticReport

_TELLING = re.compile(r"T[1-4]|N[1-3]|nod(?:e|al)|\bS?LNs?\b|lymph|axill|sentinel", re.IGNORECASE)
"""What a sentence has in it that writes out T or N, or speaks of nodes."""
_ENDS = re.compile(r"[.;\n]")


def _sentences(text: str) -> Iterator[str]:
    return filter(_TELLING.search, _ENDS.split(text[:LONGEST]))


_OTHERS = ("y", "r", "a")
"""Prefixes of a stage after therapy, of a recurrence, at autopsy."""


def positive_nodes_written(source: Source) -> tuple[Evidence, ...]:
    """Reports of the work-up and care plans that write out N1 or more, and notes that tell of a node."""
    return tuple(evidence for _, evidence in _written(source))


def advanced_in_plans(source: Source) -> tuple[Evidence, ...]:
    """Care plans that write out T3 or T4, N2 or N3, or stage IIB or III; what reports say so is read as theirs."""
    plans = (each for plan in source.record.care_plans for each in _of_plan(plan))
    return tuple(evidence for sentence, evidence in plans if stages_advanced(source.read(sentence)))


def therapy_begun(source: Source) -> tuple[Evidence, ...]:
    """Notes of the work-up, and care plans, that tell of a cycle or a drug of chemotherapy as given."""
    return tuple(evidence for text, evidence in _notes(source) if begins_therapy(text))


def _is_positive(sentence: str, source: Source, *, note: bool) -> bool:
    reading = source.read(sentence)
    if any(said.n in ("N1", "N2", "N3") and said.prefix[:1] not in _OTHERS for said in reading.staging):
        return True
    if not note:  # a breast report is read for its nodes (`facts.nodes`)
        return False
    return any(each.may_hold and each.value != "normal" for each in reading.of(Kind.NODE)) or (
        _NODE_POSITIVE.search(sentence) is not None and _DENIED.search(sentence) is None
    )


_NODE_POSITIVE = re.compile(
    r"\b(?:SLNs?|sentinel(?: lymph)?(?: nodes?)?|LNs?|nodes?):? *[1-9]\d? ?(?:/|of|out of) ?\d"
    r"|\b(?:SLNs?|LNs?|nodes?) (?:bx|biops\w+|FNA|core)[ :]{1,2}(?:\+|pos)"
    r"|\b(?:multiple|several|bulky|enlarged|fixed|matted|palpable) (?:axillary |lymph )*(?:nodes|LNs)\b"
    r"|\bnode[- ]positive|\b(?:nodes?|LNs?)\b[^.;\n]{0,20}\bpositive\b|\bpositive (?:axillary )?(?:nodes?|LNs?)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|non|if|never|without|negative)\b", re.IGNORECASE)


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
            if any(_is_positive(sentence, source, note=True) for sentence in _sentences(text)):
                yield text, Evidence(value="written on the order", resources=(reference_to(draft),))
    for plan in source.record.care_plans:
        for sentence, evidence in _of_plan(plan):
            if _is_positive(sentence, source, note=True):
                yield sentence, evidence


def _notes(source: Source) -> Iterator[tuple[str, Evidence]]:
    for report in _recent(source):
        if is_note_in_file(report, source):
            yield from ((text[:LONGEST], _of(report)) for text in _texts(report))
    for plan in source.record.care_plans:
        yield from ((text, _of(plan)) for text in _texts_of_plan(plan))


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
    return ((sentence, evidence) for text in _texts_of_plan(plan) for sentence in _sentences(text))


def _texts_of_plan(plan: CarePlan) -> Iterator[str]:
    if plan.status in ("revoked", "entered-in-error"):
        return
    activities = (each.detail.description for each in plan.activity if each.detail is not None)
    yield from filter(None, (plan.title, plan.description, *(note.text for note in plan.note), *activities))
