"""What a report of breast or axilla leaves open: another side, another part of the body, a result that is not final,
tissue of another kind; in follow-up whatever is not understood.

What such a report says of the known tumour need not be understood: `facts.breast_reports` looks for what counts.
"""

import re

from cds_service.facts import breast_signs
from cds_service.facts.breast_counts import counts_nodes
from cds_service.facts.breast_elsewhere import ELSEWHERE, is_sampled_elsewhere
from cds_service.facts.breast_node_samples import nodal_metastases
from cds_service.facts.breast_pending import without_what_has_come
from cds_service.facts.breast_reports import is_of_the_past, names_malignancy
from cds_service.facts.breast_sides import CALLED_MALIGNANT, TAKEN
from cds_service.facts.breast_statements import Statement, part, statements
from cds_service.facts.breast_studies import is_sample, names_breast, tells_receptors
from cds_service.facts.breast_understood import is_understood
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.neoadjuvant import LONGEST_NEOADJUVANT_DAYS
from cds_service.facts.source import Source, texts_of
from cds_service.facts.studies import date_of
from cds_service.fhir.resources import DiagnosticReport

_SAYS_BENIGN = re.compile(
    r"benign|normal|\b[BC]2\b|fibro|necrosis|reactive|\bno\b|negative for|\bcyst|\bER\b|o?estrogen|score"
    r"|\b0\s*/\s*\d|\bnodes?\b|\bHER-?2|\bKi-?67",
    re.IGNORECASE,
)
"""What a sample without a cancer has to say at least."""


def leaves_open(
    report: DiagnosticReport, own: frozenset[str], since: When | None, source: Source, *, recorded: bool = True
) -> bool:
    """Whether a report says, or may say, more than what is known of the tumour.

    `own`: the sides of the cancers (`own_sides`); `since`: when the cancer became known; `recorded`: the record names
    the sides, and not only the reports.
    """
    report = without_what_has_come(report, own, since, source)
    text = report.conclusion
    if not text or text.isspace():
        return False
    words = source.knowledge.breast_words
    if breast_signs.is_not_final(text, words) or breast_signs.is_of_other_tissue(text, words):
        return True
    reading = source.read(text)
    if is_sample(report):
        return _sample_open(report, own, since, source)
    if is_followed(report, since, source):
        return _open_in_follow_up(report, text, reading, source)
    if not (
        _names_tumour(text, reading)
        or (recorded and _finds_on_own_side(report, own, source))
        or is_understood(text, reading, source, own=True, loosely=_tells_of_procedure(report, source))
    ):
        return True
    return _open_elsewhere(report, own, source)


def _sample_open(report: DiagnosticReport, own: frozenset[str], since: When | None, source: Source) -> bool:
    """Whether a report of tissue or cells, or of how they were taken, leaves anything open."""
    text, reading, words = report.conclusion or "", source.read(report.conclusion), source.knowledge.breast_words
    if breast_signs.is_undecided_sample(text, words) or is_sampled_elsewhere(report, text, reading):
        return True
    if _is_of_a_later_cancer(report, since, source):
        return True
    if names_malignancy(text, reading) or any(nodal_metastases(report, own, source)):
        return _open_elsewhere(report, own, source)
    taken = _tells_of_procedure(report, source) and not _ATYPICAL.search(text)
    if not taken and not _SAYS_BENIGN.search(text):
        return True
    if is_followed(report, since, source):
        return _open_in_follow_up(report, text, reading, source)
    tested = tells_receptors(text)
    # Receptors are those of a cancer.
    if tested and own and not all(each.sides <= own for each in statements(report, source)):
        return True
    if not is_understood(text, reading, source, own=True, loosely=taken or tested):
        return True
    return _open_elsewhere(report, own, source)


def _tells_of_procedure(report: DiagnosticReport, source: Source) -> bool:
    """Whether the name of a report is that of a procedure, and its words tell how it was done."""
    text = report.conclusion or ""
    named = any(_PROCEDURE.search(name) for name in texts_of(report.code)) or _GUIDED.match(text) is not None
    return named and breast_signs.tells_of_procedure(text, source.knowledge.breast_words)


_PROCEDURE = re.compile(
    r"guid|stereota|biops|\bbx\b|\bcores?\b|\bfna|aspirat|locali[sz]|\bwire|\bseed|clip|marker|placement|insert|inject"
    r"|specimen|lympho-?scinti|sentinel|\bpost\b|procedure",
    re.IGNORECASE,
)
_GUIDED = re.compile(
    r"\W*(?:successful )?(?:us|ultrasound|sonographic\w*|stereotactic\w*|mri|mammograph\w*)[- ]guid", re.IGNORECASE
)
_ATYPICAL = re.compile(r"atypi|papillom|radial scar|phyllod|neoplas|suspicious for", re.IGNORECASE)
"""What a sample may show that is neither benign nor a cancer."""


def _is_of_a_later_cancer(report: DiagnosticReport, since: When | None, source: Source) -> bool:
    """Whether a sample shows a cancer so long after the first one that it is a recurrence, or another one.

    One in the breast of late is asked for as a recurrence (`facts.recurrence`).
    """
    on = date_of(report)
    later = since is not None and on is not None and since.surely_older(LONGEST_NEOADJUVANT_DAYS, on.earliest)
    if not later or on is None or is_of_the_past(report, source):
        return False
    text, reading = report.conclusion or "", source.read(report.conclusion)
    asked = not on.surely_older(source.windows.work_up_days, source.today)
    return any(
        each.may_hold
        and not _TOLD_AGAIN.search(text[max(0, each.start - 60) : each.end])
        and not (each.kind is Kind.BREAST_CANCER and asked)
        and not (each.kind is Kind.NODE and each.value not in _TAKEN)
        for each in reading.of(Kind.BREAST_CANCER, Kind.METASTASIS, Kind.NODE)
    )


_TAKEN = ("proven", "positive")
_TOLD_AGAIN = re.compile(
    r"\b(?:history|hx|clinical|indication|known|previous\w*|prior|s/p|status post|treated|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
"""What stands before a cancer that a report only tells again."""


def _names_tumour(text: str, reading: Reading) -> bool:
    """Whether a report is of the tumour: one of imaging that names none is read whole."""
    if any(each.may_hold and each.value != "normal" for each in reading.of(Kind.NODE)):
        return True  # a node is read with the nodes
    masses = (
        each for each in reading.of(Kind.LOCAL_SYMPTOM) if each.value in TAKEN[Kind.LOCAL_SYMPTOM] and each.may_hold
    )
    return (
        names_malignancy(text, reading)
        or any(masses)
        or CALLED_MALIGNANT.search(text) is not None
        or (_TUMOUR.search(text) is not None)
    )


def _finds_on_own_side(report: DiagnosticReport, own: frozenset[str], source: Source) -> bool:
    """Whether a statement on the side of the cancer names a finding, which may be how the tumour was seen first."""
    reading = source.read(report.conclusion)
    return any(
        bool(each.sides)
        and each.sides <= own
        and any(
            mention.may_hold and mention.value in _SEEN_FIRST
            for mention in part(reading, each).of(Kind.LOCAL_SYMPTOM, Kind.IMAGING_FINDING)
        )
        for each in statements(report, source)
    )


_SEEN_FIRST = ("breast-lump", "breast-mass", "breast-imaging-finding", "unspecified")
_TUMOUR = re.compile(r"\b(?:index|known)\b|tumou?r|\bmass\b", re.IGNORECASE)


def is_followed(report: DiagnosticReport, since: When | None, source: Source) -> bool:
    """Whether a report came well after the cancer was known: what it shows is not how the cancer showed itself."""
    if since is None:
        return True
    on = date_of(report)
    return since.surely_older(source.windows.new_disease_days, on.earliest if on is not None else source.today)


def _open_in_follow_up(report: DiagnosticReport, text: str, reading: Reading, source: Source) -> bool:
    """A report after treatment has to be understood whole, or to call everything benign and name no change."""
    words = source.knowledge.breast_words
    if breast_signs.is_classed_open(text, words) or breast_signs.asks_for_biopsy(text):
        return True
    if breast_signs.is_closed(text, words):
        return _open_beside_breasts(report, source)
    study = " ".join(texts_of(report.code))
    if breast_signs.grows(text, words) or counts_nodes(study, text):
        return True
    # A node that was read leaves open what it leaves open by itself (`facts.nodes`).
    if breast_signs.doubts_nodes(text, words) and not reading.of(Kind.NODE):
        return True
    return not is_understood(text, reading, source, own=False, nodes=True, says=True, sample=is_sample(report))


def _open_beside_breasts(report: DiagnosticReport, source: Source) -> bool:
    """Whether what a report that calls the breasts benign says of other parts of the body is not understood."""
    text, reading = report.conclusion or "", source.read(report.conclusion)
    beside = False
    for each in statements(report, source):
        said = text[each.start : each.end]
        if not any(sign.isalnum() for sign in said):
            continue
        # "Liver: a cyst. Another area enhances.": what names no breast goes on with what was named before it.
        named = ELSEWHERE.search(said) is not None
        beside = named or (beside and not _is_of_breast(each, said, source))
        if beside and not is_understood(said, part(reading, each), source, own=False, says=named):
            return True
    return False


def _is_of_breast(statement: Statement, said: str, source: Source) -> bool:
    if names_breast(said) or bool(statement.sides and statement.states):
        return True
    return breast_signs.is_classed_benign(said, source.knowledge.breast_words)


# --- statement by statement -------------------------------------------------------------------------------------------
def _open_elsewhere(report: DiagnosticReport, own: frozenset[str], source: Source) -> bool:
    """Whether what is said of another side, or of another part of the body, is not understood, or is a finding."""
    text, reading = report.conclusion or "", source.read(report.conclusion)
    for each in statements(report, source):
        said = text[each.start : each.end]
        other = not each.sides <= own
        elsewhere = ELSEWHERE.search(said) is not None
        # A heading says nothing; what stands under one of another part is not always known to be of it.
        if not (other or elsewhere) or (not elsewhere and _is_heading(said, part(reading, each))):
            continue
        if other and breast_signs.is_classed_open(said, source.knowledge.breast_words):
            return True
        own_part = not other and (names_breast(said) or _OTHER_ORGAN.search(said) is None)
        if not is_understood(said, part(reading, each), source, own=own_part, says=other and each.states):
            return True
    return False


_OTHER_ORGAN = re.compile(
    r"\b(?:liver|hepat\w+|lungs?|pulmon\w+|bon(?:e|es|y)|osseous|skelet\w+|sternum|vertebra\w*|spine|mediastin\w+|brain"
    r"|adrenals?|kidneys?|spleen|pancrea\w*|thyroid\w*)\b"
    r"|\b(?:limited|visuali[sz]ed|included|imaged|incidental\w*)\b[^.;\n]{0,40}\b(?:chest|abdomen|neck)\b"
    r"(?! wall)",
    re.IGNORECASE,
)
"""Parts of the body that no tumour of the breast is in: a bare "nodule" beside them is none of the breast."""


def _is_heading(said: str, reading: Reading) -> bool:
    return said.rstrip().endswith(":") and all(each.kind in (Kind.SIDE, Kind.ASKS) for each in reading.mentions)
