"""Suspicions from a report of another part than breast and axilla, which has to be understood whole: words that nobody
knows could say anything (`facts.conclusions`)."""

import re
from bisect import bisect_left
from collections.abc import Iterator

import msgspec

from cds_service.facts.cancer_notes import says_open
from cds_service.facts.clinic_notes import tells_of_patient
from cds_service.facts.conclusions import is_harmless, understand_conclusion
from cds_service.facts.diagnoses import names_breast_cancer
from cds_service.facts.fractures import FRACTURES, is_of_a_fall
from cds_service.facts.measurements import rest_of
from cds_service.facts.mentions import Kind, Mention
from cds_service.facts.model import Evidence
from cds_service.facts.reported import (
    ALKALINE_PHOSPHATASE,
    FINDING_KINDS,
    IMAGING_OF_THE_BODY,
    UNDER_WAY,
    symptoms_in,
    texts_of_report,
    unread_report,
)
from cds_service.facts.sentences import SENTENCE_ENDS
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.studies import recorded_study
from cds_service.facts.suspicion import Suspicion, is_mute, is_unlisted, of_reading
from cds_service.facts.understood import Understood
from cds_service.fhir.resources import DiagnosticReport
from cds_service.knowledge.record_words import In


def of_other_report(
    report: DiagnosticReport, evidence: Evidence, source: Source, *, mild: bool, old: bool, long_ago: bool
) -> Iterator[Suspicion]:
    """What a report of another part finds, and whether something in it was not understood.

    `old`: before the last work-up could have begun; `long_ago`: what it found would stand in the record by now.
    """
    imaging = _is_imaging(report, source)
    rest = rest_of(report, source)

    def understood_of(text: str) -> Understood:
        def harmless(mention: Mention) -> bool:
            explained = (mild and mention.value == ALKALINE_PHOSPHATASE) or rest.explains(mention, text)
            return explained or is_harmless(mention, imaging=imaging, old=old)

        return understand_conclusion(rest.shortened(text), harmless, source, rest.kind)

    understood = [(text, understood_of(text)) for text in texts_of_report(report)]
    for text, each in understood:
        if not old:
            yield from symptoms_in(text, each.reading, evidence)
        # What is not said for sure is no sign, and leaves the report open.
        likely_benign = _called_likely_benign(each, text) | _fractures_of_a_fall(each, text, report)
        sure = tuple([mention for mention in each.reading.mentions if mention not in likely_benign])
        said = of_reading(msgspec.structs.replace(each.reading, mentions=sure), evidence)
        yield from (suspicion for suspicion in said if suspicion.kind in FINDING_KINDS)
    says_nothing = not understood and not report.conclusion_code and report.status in UNDER_WAY
    in_a_file = says_nothing and not old and _is_of_a_study(report, source)
    unread_words = any(
        (each.open and not (long_ago and each.unknown_only) and not rest.says_nothing(text, each))
        or (rest.is_bare(text) and not long_ago)
        for text, each in understood
    )
    unread_words = unread_words or (
        tells_of_patient(report, source) and not long_ago and any(says_open(text, source) for text, _ in understood)
    )
    # "T12", "segment 4", "as before": of what, and what of it?
    mute_words = (
        imaging
        and rest.kind is In.REPORT
        and not old
        and bool(understood)
        and not any(each.says for _, each in understood)
    )
    if in_a_file or unread_words or mute_words or _mute_code(report, source):
        yield unread_report(report, evidence, source)


def _called_likely_benign(found: Understood, text: str) -> frozenset[Mention]:
    """The findings that their own statement calls benign, though not surely: nobody knows, they are no sign."""
    findings = found.reading.of(Kind.IMAGING_FINDING, Kind.SIGN)
    if not findings:
        return frozenset()
    ends = [end.start() for end in SENTENCE_ENDS.finditer(text)]
    likely = {bisect_left(ends, said.start()) for said in _LIKELY_BENIGN.finditer(text)}
    worse = {bisect_left(ends, each.start) for each in found.reading.affirmed(Kind.METASTASIS, Kind.RECURRENCE)}
    return frozenset(each for each in findings if bisect_left(ends, each.start) in likely - worse)


def _fractures_of_a_fall(found: Understood, text: str, report: DiagnosticReport) -> frozenset[Mention]:
    """The fractures of forearm, wrist, hand, ankle or foot, where nothing in a report says that they went through
    anything: nobody knows, they are no sign."""
    if not is_of_a_fall("; ".join((*texts_of(report.code), text))):
        return frozenset()
    return frozenset(each for each in found.reading.affirmed(Kind.SIGN) if each.value in FRACTURES)


_LIKELY_BENIGN = re.compile(
    r"(?<!less )\b(?:likely|probably|probable|presumably|statistically|favou?red|most (?:compatible|consistent) with)\b"
    r"[^.;\n]{0,60}\b(?:benign|cysts?|ha?emangiomas?|granulomas?|degenerative|chronic|old|islands?|lymph node|scarring"
    r"|artifact|artefact|physiologic|reactive|inflammatory|g-?csf)\b|\btoo small to characteri[sz]e\b|\bbenign\b",
    re.IGNORECASE,
)


def _is_of_a_study(report: DiagnosticReport, source: Source) -> bool:
    """Whether it reports imaging, or a sample of tissue, and not only results of a laboratory, which are read as such.

    What it says may be in a file alone, which is not read: it is unknown, never nothing.
    """
    if report.contained:
        return False
    if any(source.knowledge.procedures[each].family in _OF_THE_BODY for each in _studies(report, source)):
        return True
    imaged = any(coding.code in _IMAGING_SECTIONS for concept in report.category for coding in concept.coding)
    if (imaged and not texts_of(report.code)) or any(map(_UNNAMED_IMAGING.fullmatch, texts_of(report.code))):
        return True  # what is not named may be of any part
    said = {m.value for reading in source.readings(*texts_of(report.code)) for m in reading.of(Kind.MODALITY)}
    return bool(said & {*IMAGING_OF_THE_BODY, "biopsy"})


_OF_THE_BODY = ("systemic", "head")
_IMAGING_SECTIONS = frozenset({"RAD", "RX", "CT", "NMR", "NMS", "RUS", "imaging", "18748-4"})
"""Radiology, CT, MR, nuclear medicine, ultrasound: HL7 table 0074; LOINC's "Diagnostic imaging study"."""


_UNNAMED_IMAGING = re.compile(
    r"\W*(?:diagnostic )?(?:imaging|radiology)(?: (?:study|studies|report|narrative))*\W*", re.I
)


def _studies(report: DiagnosticReport, source: Source) -> tuple[str, ...]:
    return recorded_study(report.code, source).procedures if report.code is not None else ()


def _mute_code(report: DiagnosticReport, source: Source) -> bool:
    """Whether a coded conclusion has no words, and nobody can say what it means.

    Of the tumour itself, whose histology and grade have codes of many kinds, it says nothing of the rest of the body.
    """
    if names_breast_cancer(report.code, source):
        return False
    mute = ((each, source.sets_of(each)) for each in report.conclusion_code if codes_of(each) and not texts_of(each))
    return any(is_mute(each) if not sets else is_unlisted(each, sets, source) for each, sets in mute)


_IMAGING = IMAGING_OF_THE_BODY | {"mammography"}


def _is_imaging(report: DiagnosticReport, source: Source) -> bool:
    said = {m.value for reading in source.readings(*texts_of(report.code)) for m in reading.of(Kind.MODALITY)}
    return bool(said & _IMAGING) and "biopsy" not in said
