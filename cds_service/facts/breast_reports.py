"""What reports of breast and axilla say of the tumour beyond its being there: that it is larger or grows into skin or
chest wall, that it is fresh, or that there is another one.

Words that nobody knows do not matter here: distant disease is not what these studies look for.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from cds_service.facts.advanced import is_over_t1, says_advanced
from cds_service.facts.breast_counts import counts_nodes
from cds_service.facts.breast_node_results import NodeResult, result_of_node
from cds_service.facts.breast_signs import doubts_nodes, grows, is_closed, joins_nodes, takes_nodes
from cds_service.facts.breast_studies import is_sampled, of_breast_or_axilla
from cds_service.facts.mentions import Kind, Mention, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.sentences import SENTENCE_ENDS, sentences_of
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.studies import date_of
from cds_service.fhir.resources import DiagnosticReport


def names_malignancy(text: str, reading: Reading) -> bool:
    """Whether a report of tissue names a cancer of the breast, its British class, or its stage."""
    found = any(each.may_hold for each in reading.of(Kind.BREAST_CANCER))
    staged = any(each.t not in (None, "T0") for each in reading.staging)
    return found or staged or bool(_MALIGNANT_CODE.search(text))


# --- a larger tumour --------------------------------------------------------------------------------------------------
def advanced(source: Source) -> tuple[Evidence, ...]:
    """The reports of the work-up that make the tumour larger than T2, or its nodes more than N1."""
    return tuple(_of(report) for report in _recent(source) if _is_advanced(report, source))


def _is_advanced(report: DiagnosticReport, source: Source) -> bool:
    return makes_advanced(" ".join(texts_of(report.code)), report.conclusion or "", source)


def makes_advanced(study: str, text: str, source: Source) -> bool:
    """Whether what a study says makes the tumour larger than T2, or its nodes more than N1."""
    reading, words = source.read(text), source.knowledge.breast_words
    if says_advanced(text, reading) or grows(text, words) or counts_nodes(study, text):
        return True
    return joins_nodes(text, words) or (not reading.of(Kind.NODE) and takes_nodes(text, words))


# --- a node that may be taken -----------------------------------------------------------------------------------------
def doubtful_nodes(source: Source) -> tuple[Evidence, ...]:
    """The reports of the work-up that leave open whether a node of the axilla is taken: by its look, by the biopsy that
    they ask for, or by a biopsy of which nobody says that the node was benign."""
    reports = list(_recent(source))
    results = {id(each): result_of_node(each.conclusion or "") for each in reports}
    benign = NodeResult.BENIGN in results.values()

    def leaves_open(report: DiagnosticReport) -> bool:
        text, result = report.conclusion or "", results[id(report)]
        if result is NodeResult.MALIGNANT or (result is NodeResult.NOT_SAID and not benign):
            return True
        return not benign and any(doubts_node(each, source) for each in sentences_of(text))

    return tuple(_of(report) for report in reports if leaves_open(report))


def doubts_node(sentence: str, source: Source) -> bool:
    """Whether a sentence leaves open what a node is. What was read of one, is read by itself (`facts.nodes`)."""
    doubted = doubts_nodes(sentence, source.knowledge.breast_words) and not _NORMAL_NODES.search(sentence)
    asked = _NODE.search(sentence) is not None and (_ASKED.search(sentence) or _CLASSED_NODE.search(sentence))
    return bool(doubted or asked) and not source.read(sentence).of(Kind.NODE)


_NORMAL_NODES = re.compile(
    r"\bnormal (?:\w+ ){0,4}nodes?\b|\bnodes?\W{1,2}(?:(?:are|is|appear|look) )?(?:normal|unremarkable|no\b)",
    re.IGNORECASE,
)
_TO_DO = r"(?:recommend|suggest|advis|warrant|consider|needs?\b|requires?\b|indicated|planned|scheduled)"
_STEP = r"(?:biops|\bFNA|aspirat|sampl|\bcore\b|ultrasound|\bUS\b|sonogra|second[- ]look)"
_ASKED = re.compile(
    rf"^(?!.*(?:sentinel|\bno further|\bSLNB?)).*(?:{_TO_DO}.*{_STEP}|{_STEP}.*{_TO_DO})", re.IGNORECASE | re.DOTALL
)
"""A next step that is to tell what a node is; the sentinel biopsy is an operation of everybody."""
_CLASSED_NODE = re.compile(
    r"\b(?:axilla\w*|nodes?|LNs?)\W{1,3}(?:\w+\W{1,2}){0,2}?BI-?RADS\W{1,2}(?:category )?[45]", re.IGNORECASE
)


def larger_tumours(source: Source) -> tuple[Evidence, ...]:
    """The reports of the work-up that give the tumour a size over that of T1."""
    return tuple(_of(report) for report in _recent(source) if is_over_t1(report.conclusion or ""))


def _said(report: DiagnosticReport, source: Source) -> tuple[str, Reading]:
    return report.conclusion or "", source.read(report.conclusion)


def _of(report: DiagnosticReport) -> Evidence:
    on = date_of(report)
    return Evidence(value="tumour in a breast report", resources=(reference_to(report),), date=on.text if on else None)


def _recent(source: Source) -> Iterator[DiagnosticReport]:
    """The reports of breast and axilla of this work-up; an undated one may be of it."""
    for report in source.record.diagnostic_reports:
        on = date_of(report)
        old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
        if report.conclusion and not old and of_breast_or_axilla(report, source):
            yield report


# --- therapy that has begun, or is planned ----------------------------------------------------------------------------
def telling_of_therapy(source: Source, *, left: bool) -> tuple[Evidence, ...]:
    """The reports of the work-up that name systemic therapy or its effect ("post NACT", "partial response"); with
    `left`, only those that say that disease is left."""
    says = _says_left if left else _names_therapy
    return tuple(_of(report) for report in _recent(source) if says(report, source))


def _says_left(report: DiagnosticReport, source: Source) -> bool:
    return any(_LEFT.search(text) for text in (*texts_of(report.code), report.conclusion or ""))


def _names_therapy(report: DiagnosticReport, source: Source) -> bool:
    if _says_left(report, source):
        return True
    for text in (*texts_of(report.code), report.conclusion or ""):
        named = (each for each in source.read(text).of(Kind.THERAPY) if each.may_hold)
        if any(
            each.value not in _NOT_SYSTEMIC and not _OF_ITS_USE.match(text, each.end)
            for each in named
            if not _OTHER_MEANING.fullmatch(text[each.start : each.end])
        ):
            return True
        if _RESPONSE.search(text):
            return True
    return False


_NOT_SYSTEMIC = frozenset({"radiotherapy", "endocrine", "response"})
_OTHER_MEANING = re.compile(r"NST|[CT]\d", re.IGNORECASE)
"""In a report: no special type, and the British classes of cytology; not systemic therapy, nor a cycle of it."""
_OF_ITS_USE = re.compile(r"\W*(?:benefit|sensitiv)", re.IGNORECASE)
_LEFT = re.compile(
    r"(?<!no )(?:\b(?:partial|incomplete|minor|good) response\b"
    r"|\bresidual (?:\w+ )?(?:tumou?r|cancer|carcinoma|disease|mass|enhancement))"
    r"|interval (?:decrease|reduction)",
    re.IGNORECASE,
)
"""Words for what therapy has left of a tumour."""
_RESPONSE = re.compile(
    r"(?<!immune )(?<!no )\bresponse\b|\brespon(?:ding|ded)\b|down-?stag"
    r"|\b(?:shr[aiu]nk|(?:decreas|reduc)\w* (?:in|to)\b)"
    r"|smaller than|\b(?:mid|end)[- ]?(?:treatment|therapy|cycle)|\bcycles? ?\d|\bpCR\b|\byp?T\d"
    r"|\b\d ?x ?(?:dd)?(?:EC|AC|TC|TCHP?|FEC|CMF|PACLITAXEL|DOCETAXEL|TAXOL|CHEMO)\b",
    re.IGNORECASE,
)


# --- a fresh tumour ---------------------------------------------------------------------------------------------------
_MALIGNANT_CODE = re.compile(r"\b(?:B5[abc]?|C5)\b")


def names_tumour(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report of breast or axilla shows a tumour as such: in a sample of tissue, or as advanced."""
    text, reading = _said(report, source)
    if not of_breast_or_axilla(report, source) or is_of_the_past(report, source):
        return False
    sampled = is_sampled(report)
    # Skin that radiotherapy has thickened is no inflammatory cancer where all is called benign.
    if not sampled and is_closed(text, source.knowledge.breast_words):
        return False
    found = any(each.may_hold for each in reading.of(Kind.BREAST_CANCER))
    return (sampled and (found or bool(_MALIGNANT_CODE.search(text)))) or says_advanced(text, reading)


def is_of_the_past(report: DiagnosticReport, source: Source) -> bool:
    """Whether the name of the study says a year that is long over: "Lumpectomy pathology 2017", filed of late."""
    years = [int(found) for text in texts_of(report.code) for found in _YEAR.findall(text)]
    return bool(years) and max(years) < source.today.year - 1


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def is_malignant_node(report: DiagnosticReport) -> bool:
    """Whether a sample of an axillary node is of the British class for carcinoma: C5 of cells, B5 of tissue."""
    text = report.conclusion or ""
    if not _MALIGNANT_CODE.search(text) or not is_sampled(report):
        return False
    of_node = any(_NODE.search(each) for each in texts_of(report.code))
    return any(_MALIGNANT_CODE.search(part) and (of_node or _NODE.search(part)) for part in sentences_of(text))


_NODE = re.compile(r"axill|lymph|\bnodes?\b|\bLNs?\b", re.IGNORECASE)


# --- another tumour ---------------------------------------------------------------------------------------------------
def says_another_cancer(report: DiagnosticReport, sides: frozenset[str], source: Source) -> bool:
    """Whether a breast report speaks of a recurrence, of another cancer, or of a tumour on the other side."""
    text, reading = _said(report, source)
    present = [each for each in reading.mentions if each.may_hold]
    if any(each.kind in (Kind.OTHER_MALIGNANCY, Kind.RECURRENCE) for each in present):
        return True
    of_scar = any(_OPERATED.search(each) for each in texts_of(report.code))
    if of_scar and any(each.kind is Kind.BREAST_CANCER for each in present):
        return True
    return another_side(text, reading, sides)


_OPERATED = re.compile(r"\bscar\b|\b(?:lumpectomy|mastectomy|tumou?r|surgical) (?:bed|site)\b", re.IGNORECASE)
"""What an operation leaves: cancer in it is a recurrence."""


def another_side(text: str, reading: Reading, sides: frozenset[str]) -> bool:
    """Whether a text sees tumours on both sides, or one on a side without a cancer; `sides`: those with one."""
    found = {side for side, mention in _sided(text, reading) if _malignant(mention, text)}
    return len(found) > 1 or (bool(sides) and sides <= {"left", "right"} and not found <= sides)


def sides_seen(report: DiagnosticReport, source: Source) -> frozenset[str]:
    """The sides on which a report of breast or axilla sees tumours."""
    text, reading = _said(report, source)
    return frozenset(side for side, mention in _sided(text, reading) if _malignant(mention, text))


def is_suspicious(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report of breast or axilla calls a finding suspicious, on whatever side."""
    text, reading = _said(report, source)
    said = [each for each in reading.mentions if each.may_hold]
    bare = any(each.kind is Kind.IMAGING_FINDING and each.value == "unspecified" for each in said)
    return bare or any(each.kind is Kind.LOCAL_SYMPTOM and _malignant(each, text) for each in said)


def _malignant(mention: Mention, text: str) -> bool:
    """A cancer, or a finding of the breast that is called suspicious: BI-RADS 4 or 5."""
    if mention.kind is Kind.BREAST_CANCER:
        return True
    return mention.value == "breast-imaging-finding" and bool(_SUSPICIOUS.search(text[mention.start : mention.end]))


_SUSPICIOUS = re.compile(r"[45]|suspicious|suggestive|highly", re.IGNORECASE)


def _sided(text: str, reading: Reading) -> Iterator[tuple[str, Mention]]:
    """The cancers and findings that are there, each with the side where its sentence names but one."""
    ends = [found.start() for found in SENTENCE_ENDS.finditer(text)]
    sides: dict[int, set[str]] = {}
    for side in reading.of(Kind.SIDE):
        sides.setdefault(bisect_left(ends, side.start), set()).add(side.value)
    for mention in reading.of(Kind.BREAST_CANCER, Kind.LOCAL_SYMPTOM):
        here = sides.get(bisect_left(ends, mention.start), set())
        if mention.may_hold and len(here) == 1 and here <= {"left", "right"}:
            yield next(iter(here)), mention
