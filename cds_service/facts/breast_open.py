"""What a report of breast or axilla leaves open: another side, another part of the body, a result that is not final,
tissue of another kind; in follow-up whatever is not understood.

What such a report says of the known tumour need not be understood: `facts.breast_reports` looks for what counts.
"""

import re
from collections.abc import Iterable

from cds_service.facts import breast_signs
from cds_service.facts.breast_counts import counts_nodes
from cds_service.facts.breast_denial import is_denied
from cds_service.facts.breast_reports import names_malignancy
from cds_service.facts.breast_statements import SIDES, part, statements
from cds_service.facts.breast_studies import is_sample
from cds_service.facts.conclusions import is_harmless
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind, Mention, Reading
from cds_service.facts.source import Source, texts_of
from cds_service.facts.studies import date_of
from cds_service.facts.understood import LUMPS, understand
from cds_service.fhir.resources import DiagnosticReport
from cds_service.knowledge.record_words import In

_SAYS_BENIGN = re.compile(
    r"benign|normal|\b[BC]2\b|fibro|necrosis|reactive|\bno\b|negative for|\bcyst|\bER\b|o?estrogen|score"
    r"|\b0\s*/\s*\d|\bnodes?\b|\bHER-?2|\bKi-?67",
    re.IGNORECASE,
)
"""What a sample without a cancer has to say at least."""


def leaves_open(report: DiagnosticReport, own: frozenset[str], since: When | None, source: Source) -> bool:
    """Whether a report says, or may say, more than what is known of the tumour.

    `own`: the sides of the cancers (`own_sides`); `since`: when the cancer became known.
    """
    text = report.conclusion
    if not text:
        return False
    words = source.knowledge.breast_words
    if breast_signs.is_not_final(text, words) or breast_signs.is_of_other_tissue(text, words):
        return True
    reading = source.read(text)
    sample = is_sample(report)
    if sample and not names_malignancy(text, reading) and not _SAYS_BENIGN.search(text):
        return True
    if sample and breast_signs.is_undecided_sample(text, words):
        return True
    if sample and names_malignancy(text, reading):
        return _open_elsewhere(report, own, source)
    if is_followed(report, since, source):
        return _open_in_follow_up(report, text, reading, source)
    if (sample or not _names_tumour(text, reading)) and not _is_understood(text, reading, source, own=True):
        return True
    return _open_elsewhere(report, own, source)


def _names_tumour(text: str, reading: Reading) -> bool:
    """Whether a report is of the tumour: one of imaging that names none is read whole."""
    if any(each.may_hold and each.value != "normal" for each in reading.of(Kind.NODE)):
        return True  # a node is read with the nodes
    masses = (
        each for each in reading.of(Kind.LOCAL_SYMPTOM) if each.value in _TAKEN[Kind.LOCAL_SYMPTOM] and each.may_hold
    )
    return (
        names_malignancy(text, reading)
        or any(masses)
        or _CALLED_MALIGNANT.search(text) is not None
        or (_TUMOUR.search(text) is not None)
    )


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
    if breast_signs.is_classed_open(text, words):
        return True
    if breast_signs.is_closed(text, words) and not _ELSEWHERE.search(text):
        return False
    study = " ".join(texts_of(report.code))
    if breast_signs.grows(text, words) or counts_nodes(study, text):
        return True
    # A node that was read leaves open what it leaves open by itself (`facts.nodes`).
    if breast_signs.takes_nodes(text, words) and not reading.of(Kind.NODE):
        return True
    return not _is_understood(text, reading, source, own=False, nodes=True, says=True)


# --- statement by statement -------------------------------------------------------------------------------------------
def _open_elsewhere(report: DiagnosticReport, own: frozenset[str], source: Source) -> bool:
    """Whether what is said of another side, or of another part of the body, is not understood, or is a finding."""
    text, reading = report.conclusion or "", source.read(report.conclusion)
    for each in statements(report, source):
        said = text[each.start : each.end]
        other = not each.sides <= own
        if not (other or _ELSEWHERE.search(said)):
            continue
        if other and breast_signs.is_classed_open(said, source.knowledge.breast_words):
            return True
        if not _is_understood(said, part(reading, each), source, own=not other, says=other and each.states):
            return True
    return False


def own_sides(sides: frozenset[str], reports: Iterable[DiagnosticReport], source: Source) -> frozenset[str]:
    """The sides of the cancers; where the record has none, the one on which reports know, else see, a tumour."""
    if sides & SIDES or "bilateral" in sides:
        return SIDES if "bilateral" in sides else sides & SIDES
    known: set[str] = set()
    malignant: set[str] = set()
    lumps: set[str] = set()
    for report in reports:
        text, reading = report.conclusion or "", source.read(report.conclusion)
        known.update((found["side"] or found["same"]).lower() for found in _KNOWN_SIDE.finditer(text))
        for each in statements(report, source):
            if len(each.sides) == 1:
                said = part(reading, each)
                if names_malignancy(text[each.start : each.end], said) or _CALLED_MALIGNANT.search(
                    text, each.start, each.end
                ):
                    malignant |= each.sides
                elif any(m.may_hold and m.value in _TAKEN.get(m.kind, ()) for m in said.mentions):
                    lumps |= each.sides
    for found in (known, malignant, lumps):
        if found:
            return frozenset(found) if len(found) == 1 else frozenset()
    return frozenset()


_TAKEN = {
    Kind.LOCAL_SYMPTOM: frozenset({"breast-lump", "breast-mass"}),
    Kind.NODE: frozenset({"suspicious", "proven", "positive"}),
    Kind.IMAGING_FINDING: frozenset({"unspecified"}),
}
"""Masses, and suspicious findings and nodes that a cancer of that side would explain."""
_CALLED_MALIGNANT = re.compile(r"rads\W*(?:category|cat|score)?\W*[56]\b|\b[MURP]5\b|highly suggestive", re.IGNORECASE)
_KNOWN_SIDE = re.compile(
    r"(?:\bknown|index|proven)(?: (?:malignant|invasive|biopsy|proven|the|a|cancer|carcinoma|malignancy|mass"
    r"|lesion|tumou?r|in|of|,)){0,8}"
    r" (?P<side>left|right)\b|\b(?P<same>left|right)(?: breast)?(?: (?:mass|lesion|cancer|carcinoma|tumou?r))?:?"
    r" (?:as |is |is the |the |= ?|already )?(?:known|index)\b",
    re.IGNORECASE,
)
"""The side of the cancer, where the record has none and a report names it."""


# --- understood whole -------------------------------------------------------------------------------------------------
def _is_understood(
    text: str, reading: Reading, source: Source, *, own: bool, nodes: bool = False, says: bool = False
) -> bool:
    """Whether every word is understood, and nothing is found that is not benign.

    `own`: of the side of the cancer, where the tumour is. `nodes`: those that are found leave open elsewhere what they
    leave open (`facts.nodes`). `says`: it has to say something; "right as well" says what another statement does.
    """
    # "Suspicious" may be said of a node only where one is not called normal.
    of_node = any(each.may_hold and each.value != "normal" for each in reading.of(Kind.NODE))

    def harmless(mention: Mention) -> bool:
        if mention.kind is Kind.LOCAL_SYMPTOM and mention.value in LUMPS and mention.may_hold:
            return own or is_denied(text, mention.start, mention.end)
        if mention.kind is Kind.NODE and mention.may_hold:
            return own or nodes or mention.value == "normal"
        if mention.kind is Kind.IMAGING_FINDING and mention.value == "unspecified":
            return own or (nodes and of_node)
        if mention.kind is Kind.BREAST_CANCER and mention.may_hold:
            return own or _KNOWN.search(text[max(0, mention.start - 12) : mention.end + 12]) is not None
        if mention.kind is Kind.METASTASIS and text[mention.start : mention.end].upper() == "M1":
            return True  # the class of a normal mammogram; a stage is read elsewhere
        if mention.kind is Kind.ASKS:  # "node 14 mm": of which nobody says what it is, unless another word is of nodes
            return own or mention.value != "axilla" or (nodes and bool(reading.of(Kind.NODE)))
        return is_harmless(mention, imaging=False, old=False)

    words = source.knowledge.record_words.tries[In.BREAST]
    found = understand(text, reading, words, harmless)
    return not found.open and (found.says or not says or _CALLED_NORMAL.search(text) is not None)


_CALLED_NORMAL = re.compile(r"\b(?:negative|normal|clear|unremarkable|nil|nad)\b", re.IGNORECASE)
_KNOWN = re.compile(r"\bknown\b|\bprevious|\btreated\b|\bhistory\b|\bprior\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:liver|hepat\w+|lungs?|pulmon\w+|pleur\w+|bon(?:e|es|y)|osseous|skelet\w+|stern\w+|ribs?|spin(?:e|al)"
    r"|vertebra\w*|mediastin\w+|thyroid\w*|brain|cerebr\w+|adrenals?|kidneys?|renal|spleen\w*|pancrea\w*|ovar\w+"
    r"|heart|pericard\w*|clavic\w+|humer\w+|scapul\w+|abdom\w+|pelvi\w+|groin|inguinal|shoulders?|neck|cervical"
    r"|supraclav\w*|infraclav\w*|internal mammary|marrow|chest|thora\w+|aort\w+|stomach|bowel|colon|uter\w+"
    r"|endometr\w+|skull|hips?|femor\w+|nodes? elsewhere|manubri\w+|costal)\b",
    re.IGNORECASE,
)
"""Parts of the body other than breast, axilla and their skin."""
