"""Suspicions from reports of breast and axilla: what they say of other parts, and of the other side."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from cds_service.facts.breast_node_samples import nodal_metastases
from cds_service.facts.breast_open import is_followed
from cds_service.facts.breast_reports import is_suspicious, says_another_cancer, sides_seen
from cds_service.facts.breast_sides import own_sides
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind, Mention, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.reported import (
    FINDING_KINDS,
    symptoms_in,
    texts_of_report,
)
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.studies import date_of
from cds_service.facts.suspicion import Suspicion, of_reading
from cds_service.facts.understood import understand
from cds_service.fhir.resources import DiagnosticReport
from cds_service.knowledge.record_words import In


def of_breast_report(
    report: DiagnosticReport,
    sides: frozenset[str],
    since: When | None,
    evidence: Evidence,
    source: Source,
    *,
    old: bool,
) -> Iterator[Suspicion]:
    """What a report of breast or axilla says of other parts, and that it speaks of another cancer."""
    # Where the record names no side, the report may know that of the cancer itself: "left as known".
    own = own_sides(sides, [report], source)
    words = source.knowledge.record_words.tries[In.BREAST]
    # In follow-up a node that is taken is a recurrence.
    nodal = () if is_followed(report, since, source) else tuple(nodal_metastases(report, own, source))
    for text in texts_of_report(report):
        classes = _is_of_classes(report, text)
        # What a phrase settles is no finding: "internal mammary chains clear".
        left = understand(text, source.read(text), words, lambda mention: True).reading
        reading = _without(left, nodal) if text == report.conclusion else left
        if not old:
            yield from symptoms_in(text, reading, evidence)
        said = of_reading(without_own_findings(text, reading, classes=classes), evidence)
        yield from (each for each in said if each.kind in FINDING_KINDS)
    if says_another_cancer(report, own, source) or (report.conclusion and _takes_invasion_back(report.conclusion)):
        yield Suspicion(kind=None, site="other", evidence=evidence)


def _takes_invasion_back(text: str) -> bool:
    """Whether a pathologist has revised an invasive cancer to one in situ: the record may still hold the former."""
    return _REVISED.search(text) is not None and _NOT_INVASIVE.search(text) is not None


_REVISED = re.compile(r"\b(?:supersed\w+|amended|revised|re-?review\w*|corrected)\b", re.IGNORECASE)
_NOT_INVASIVE = re.compile(
    r"\bno (?:\w+ ){0,2}invasi(?:on|ve)|\b(?:revised|changed|amended) to (?:\w+ ){0,3}(?:DCIS|in situ)"
    r"|\bnot invasive\b",
    re.IGNORECASE,
)


def _without(reading: Reading, mentions: tuple[Mention, ...]) -> Reading:
    left = tuple(each for each in reading.mentions if each not in mentions) if mentions else reading.mentions
    return msgspec.structs.replace(reading, mentions=left)


_MAMMOGRAM = re.compile(r"mammo|tomosynthesis", re.IGNORECASE)
_STAGED = re.compile(r"\b[a-z]?[TN][0-3]", re.IGNORECASE)


def _is_of_classes(report: DiagnosticReport, text: str) -> bool:
    """Whether M1 in a report is the British class of a normal mammogram, and no stage."""
    return any(_MAMMOGRAM.search(each) for each in texts_of(report.code)) and not _STAGED.search(text)


def without_own_findings(text: str, reading: Reading, *, classes: bool = False) -> Reading:
    """A breast report without what it says of breast and axilla: "suspicious mass", "node, suspicious for mets"."""
    nodal = any(mention.may_hold and mention.value != "normal" for mention in reading.of(Kind.NODE))
    kept = (
        mention
        for mention in reading.mentions
        if not (
            mention.kind is Kind.IMAGING_FINDING
            and mention.value == "unspecified"
            and not _is_of_a_study_elsewhere(text, mention)
        )
        and not (
            mention.kind is Kind.METASTASIS
            and mention.value == "unspecified"
            and (nodal or _NORMAL_MAMMOGRAM.match(text, mention.start) or (classes and _is_m1(text, mention)))
        )
    )
    return msgspec.structs.replace(reading, mentions=tuple(kept))


def _is_of_a_study_elsewhere(text: str, mention: Mention) -> bool:
    """Whether what is positive is no study of the breast: "positive CT", "chest x-ray abnormal"."""
    before = text[max(0, mention.start - _BESIDE) : mention.start]
    return _STUDY.search(text, mention.start, mention.end) is not None or _STUDY_BEFORE.search(before) is not None


_STUDY = re.compile(r"\b(?:CXR|x-?ray|radiograph|CT|PET|bone scan)\b", re.IGNORECASE)
_STUDY_BEFORE = re.compile(rf"{_STUDY.pattern}(?: (?:is|was))?:? ?$", re.IGNORECASE)
_BESIDE = 20
"""So many signs before a result its study may stand, the longest name and its verb: a long text is not searched anew
for each."""


def _is_m1(text: str, mention: Mention) -> bool:
    return text[mention.start : mention.end].upper() == "M1"


_NORMAL_MAMMOGRAM = re.compile(
    r"(?<!N[0-3] )M1(?: (?:left|right|l|r|both)\b|(?=[.,;]? (?:[^.;\n]{0,80}mammogram|(?:routine|annual) recall)))",
    re.IGNORECASE,
)
"""The British class of a breast that is normal, which names its side."""


def of_another_side(
    since: When | None, sides: frozenset[str], reports: Sequence[DiagnosticReport], source: Source
) -> Iterator[Suspicion]:
    """Where no side of the cancer is on record: reports that see tumours on both, and one that finds something
    suspicious well after the cancer was known: nobody can say that it is the same.
    """
    if sides - {"unstated"}:
        return
    # Of a cancer that is not new a suspicious finding may be its recurrence, which has a question of its own.
    new = since is not None and since.surely_within(source.windows.new_disease_days, source.today)
    seen = [each for each in reports if sides_seen(each, source)]
    both = len({side for each in seen for side in sides_seen(each, source)}) > 1
    for report in reports:
        on = date_of(report)
        later = since is not None and on is not None and (on.earliest - since.latest).days > SAME_TUMOUR_DAYS
        if (new and later and is_suspicious(report, source)) or (both and report in seen):
            evidence = Evidence(
                value="finding in a report", resources=(reference_to(report),), date=on.text if on else None
            )
            yield Suspicion(kind=None, site="other", evidence=evidence)


SAME_TUMOUR_DAYS = 30
"""So long after a diagnosis the breast imaging of its work-up may still describe the tumour. Basis: this project."""
