"""Results that a report of breast or axilla says are to come, and that have come meanwhile: the pathology of a biopsy,
the receptors of a tumour.
"""

import re

import msgspec

from cds_service.facts.blanks import blank
from cds_service.facts.breast_reports import names_malignancy
from cds_service.facts.breast_statements import statements
from cds_service.facts.breast_studies import is_sample, of_breast_or_axilla, tells_receptors
from cds_service.facts.dates import When
from cds_service.facts.source import Source, texts_of
from cds_service.facts.studies import date_of
from cds_service.fhir.resources import DiagnosticReport

_PATHOLOGY = re.compile(
    r"\b(?:final |surgical ){0,2}(?:patholog(?:y|ic diagnosis)|histolog\w+|path)(?: (?:results?|report|diagnosis))?"
    r" (?:(?:is|are|was|were|remains?) )?(?:pending|awaited|to follow)"
    r"(?: at (?:the )?time of (?:this )?(?:dictation|report(?:ing)?|study))?(?=\W*(?:[.;\n]|$))",
    re.IGNORECASE,
)
_RECEPTORS = re.compile(
    r"\b(?:biomarkers?|(?:hormone )?receptors?(?: (?:studies|status))?|prognostic (?:markers?|panel)"
    r"|ER[,/]? ?(?:and )?PR(?:[,/]? ?(?:and )?HER-?2(?:/neu)?)?|HER-?2(?:/neu)?(?: FISH)?|ki-?67)"
    r"(?: (?:studies|results?|testing|stains?|status|analysis))? (?:(?:is|are|will) )?(?:pending|to follow"
    r"|awaited|follow)"
    r"(?: (?:as|in|by|with) (?:an? )?(?:addendum|separate report))?(?=\W*(?:[.;\n]|$))",
    re.IGNORECASE,
)
_NODE = re.compile(r"axill|\blymph|\bnod(?:e|es|al)\b|\bLNs?\b", re.IGNORECASE)
_BENIGN = re.compile(r"\b(?:benign|negative for (?:malignan|carcinoma)|no (?:evidence of )?malignan)", re.IGNORECASE)


def without_what_has_come(
    report: DiagnosticReport, own: frozenset[str], since: When | None, source: Source
) -> DiagnosticReport:
    """A report without its words for results that were to come, and are on record."""
    text = report.conclusion or ""
    if _PATHOLOGY.search(text) and _pathology_has_come(report, own, since, source):
        text = _PATHOLOGY.sub(blank, text)
    if _RECEPTORS.search(text) and _receptors_have_come(report, text, source):
        text = _RECEPTORS.sub(blank, text)
    return report if text == report.conclusion else msgspec.structs.replace(report, conclusion=text)


# --- pathology --------------------------------------------------------------------------------------------------------
def _pathology_has_come(report: DiagnosticReport, own: frozenset[str], since: When | None, source: Source) -> bool:
    """Whether the sample of a biopsy is reported, of the same side, and of a node where that was sampled; or the cancer
    was diagnosed by it.
    """
    on = date_of(report)
    if on is None or not own or not all(each.sides <= own for each in statements(report, source)):
        return False
    of_node = _names_node(report)
    if since is not None and not of_node and _follows(since, on, _DIAGNOSED_WITHIN_DAYS):
        return True
    return any(
        _follows(then, on, _REPORTED_WITHIN_DAYS) and (not of_node or _names_node(other))
        for other, then in _others(report, source)
        if is_sample(other) and _is_told(other, source) and _may_be_of(own, other, source)
    )


def _may_be_of(own: frozenset[str], report: DiagnosticReport, source: Source) -> bool:
    """Whether a report names one of these sides, or none."""
    sides = frozenset[str]().union(*(each.sides for each in statements(report, source)))
    return not sides or not sides.isdisjoint(own)


def _is_told(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report of a sample says what it is."""
    text = report.conclusion or ""
    told = names_malignancy(text, source.read(text)) or _BENIGN.search(text) is not None
    return told and _PATHOLOGY.search(text) is None


def _names_node(report: DiagnosticReport) -> bool:
    return any(_NODE.search(text) for text in (*texts_of(report.code), report.conclusion or ""))


def _others(report: DiagnosticReport, source: Source) -> list[tuple[DiagnosticReport, When]]:
    """The other reports of breast and axilla that have a date and words."""
    return [
        (other, then)
        for other in source.record.diagnostic_reports
        if other is not report
        and other.id != report.id
        and other.conclusion
        and of_breast_or_axilla(other, source)
        and (then := date_of(other)) is not None
    ]


def _follows(then: When, on: When, days: int) -> bool:
    """Whether it came so soon after: a report of pathology has the day of the biopsy, or a later one."""
    return (then.earliest - on.latest).days >= -_DATED_APART_DAYS and (then.latest - on.earliest).days <= days


_REPORTED_WITHIN_DAYS = 30
_DIAGNOSED_WITHIN_DAYS = 21
"""So long after a biopsy its result may come. Basis: this project."""
_DATED_APART_DAYS = 3
"""So far before the report of a biopsy that of its tissue may be dated: by when it was taken, or when signed."""


# --- receptors --------------------------------------------------------------------------------------------------------
def _receptors_have_come(report: DiagnosticReport, text: str, source: Source) -> bool:
    """Whether the same report tells them further below, in an addendum, or another one since."""
    last = max(found.end() for found in _RECEPTORS.finditer(text))
    if tells_receptors(text[last:]):
        return True
    on = date_of(report)
    return on is not None and any(
        _follows(then, on, _REPORTED_WITHIN_DAYS) and tells_receptors(_RECEPTORS.sub(blank, other.conclusion or ""))
        for other, then in _others(report, source)
    )
