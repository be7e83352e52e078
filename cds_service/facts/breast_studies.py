"""Which reports are of breast or axilla, and which of those are of tissue or cells."""

import re

from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, texts_of
from cds_service.facts.studies import recorded_study
from cds_service.fhir.resources import CodeableConcept, DiagnosticReport

_LOCAL = ("breast", "axilla", "node-biopsy")
_SAMPLED = re.compile(
    r"\bcores?\b|biops|\bbx\b|\bfna|cytolog|histolog|patholog|\bpath\b|excision|specimen|\btissue exam|\bAP\b(?= rep)"
    r"|\bsynoptic|biomarkers?\b|\breceptors?\b|immunohisto|\bIHC\b|\bHER-?2|\bER/PR\b|\bki-?67|oncotype|mammaprint",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?!(?:cores?|needle|fine|aspirat\w*|biops\w*|bx|fnac?|cytolog\w*|histolog\w*|histopatholog\w*|patholog\w*"
    r"|excision\w*|surgical|specimens?|addend\w+|amended|supplementary|reports?|results?|tissue|exam\w*|lymph|nodes?"
    r"|stereotactic|us|ultrasound|image|guided|vacuum|assisted|sentinel|of|and|the|left|right|study|final|diagnosis"
    r"|microscopic|gross|path|synoptic|surg|notes?|protocol|checklist|cap|comprehensive|narrative|document"
    r"|immunohistochemistry|immunohistochemical|ihc|receptors?|markers?|addendum|consult|consultation|review|outside"
    r"|anatomic|anatomical|ap|biomarkers?|tumou?r|panel|tests?|testing|status|assays?|profile|studies|stains?"
    r"|er|pr|pgr|her2?|neu|ki(?:67)?|estrogen|oestrogen|progesterone|hormones?|fish|ish|in|situ|hybridi[sz]ation|by|with|for"
    r"|synoptic|summary|breast|invasive)\b)[a-z]+(?!\w)|\b[CTLS]\d{1,2}(?![-\w])",
    re.IGNORECASE,
)
"""A word in the name of a study of tissue that may name another organ: "liver biopsy", "T8 core"; not the number of a
report: "DR26-12345"."""
_NAMES_BREAST = re.compile(r"\bbreast|axill|mammary|lumpectomy|\bnipple|\bB[1-5][abc]?\b", re.IGNORECASE)
_NAMED_FOR_BREAST = re.compile(
    r"\bmammo(?:gra\w*|tome|site)?\b|tomosynthesis|\bDBT\b|\bMG\s(?:diag|screen|digital|breast|bilat|uni|left|right|tomo)",
    re.IGNORECASE,
)
"""What only studies of the breast are named: "Mammo seed localization left", "MG screening" by DICOM's modality."""
_OF_SENTINEL_NODES = re.compile(r"lympho-?scintigra|\bsentinel\b", re.IGNORECASE)
"""Studies of the nodes that a tumour drains to; of which tumour, their words say."""
_DRAINED = re.compile(r"\bbreast|axill|areola", re.IGNORECASE)


_TOLD_OF_BREAST = re.compile(
    r"\bsentinel\b|\b(?:ER|PR|PgR)\b(?=\W{0,3}(?:pos|neg|\+|\d))|o?estrogen receptor|progesterone receptor|\bHER-?2"
    r"|\bKi-?67|\boncotype|\bmammaprint",
    re.IGNORECASE,
)
"""What samples of breast or axilla are tested for; in a report whose name tells no organ."""


def names_breast(text: str) -> bool:
    """Whether a text names breast or axilla, or a class of breast biopsy."""
    return _NAMES_BREAST.search(text) is not None


def tells_receptors(text: str) -> bool:
    """Whether a text holds the results for which samples of breast or axilla are tested."""
    return _TOLD_OF_BREAST.search(text) is not None


def of_breast_or_axilla(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report is of breast or axilla: by its study, or a sample of tissue that its words say is from there."""
    study = recorded_study(report.code, source)
    families = {source.knowledge.procedures[each].family for each in study.procedures}
    if families:
        return families <= {*_LOCAL}
    named = texts_of(report.code)
    conclusion = report.conclusion or ""
    if any(names_breast(text) or _NAMED_FOR_BREAST.search(text) for text in named):
        return True
    if any(_OF_SENTINEL_NODES.search(text) for text in named) and _DRAINED.search(conclusion):
        return True
    if not any(_SAMPLED.search(text) and not _ELSEWHERE.search(text) for text in named):
        return False
    said = {each.value for each in source.read(conclusion).of(Kind.BREAST_CANCER)}
    return bool(said & TYPES_OF_BREAST) or names_breast(conclusion) or tells_receptors(conclusion)


TYPES_OF_BREAST = frozenset({"ductal", "lobular", "in-situ"})
"""How a cancer is called that only breasts have."""


def is_sampled(report: DiagnosticReport) -> bool:
    """Whether a report is of tissue or cells, or of imaging after they were taken."""
    return any(_SAMPLED.search(text) for text in texts_of(report.code))


_IMAGED = re.compile(r"mammo|tomosyn|\bMRI?\b|post[- ]?biopsy|clip", re.IGNORECASE)


def is_sample(report: DiagnosticReport) -> bool:
    """Whether a report is of tissue or cells, and not of imaging after they were taken."""
    return is_sampled(report) and not any(_IMAGED.search(text) for text in texts_of(report.code))


def names_sample(code: CodeableConcept, _: Source) -> bool:
    """The same of the name of a report. For `Source.alike`: names come again, chart by chart."""
    return is_sample(DiagnosticReport(code=code))
