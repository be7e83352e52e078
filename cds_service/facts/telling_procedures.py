"""Procedures of late, or still to come, whose name alone presupposes more than a cancer that is new or treated: disease
elsewhere ("thoracentesis"), tumour in the skin of the breast, or, in follow-up, a cancer that has come back.

What was done before the work-up says nothing of today: a nail after a car crash, years ago.
"""

import re
from collections.abc import Iterator

from cds_service.facts.beside import named_by
from cds_service.facts.breast_statements import statements
from cds_service.facts.breast_studies import is_sampled, of_breast_or_axilla
from cds_service.facts.dates import When, when
from cds_service.facts.given_for import extended, since_of
from cds_service.facts.model import Evidence
from cds_service.facts.relapse_words import CARE_AT_ITS_END
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.studies import Naming, date_of, identify
from cds_service.facts.suspicion import Suspicion
from cds_service.fhir.resources import (
    CarePlan,
    CodeableConcept,
    DiagnosticReport,
    MedicationRequest,
    Procedure,
    Resource,
    ServiceRequest,
)

_ELSEWHERE = re.compile(
    # fluid of chest or abdomen, and its drains
    r"\b(?:thoracocentesis|thoracentesis|pleurocentesis|pleurodesis|pericardiocentesis|thoracoscop\w*|pleuroscop\w*)"
    r"|\b(?<!anterior chamber )(?<!corneal )paracentesis\b(?! of (?:the )?(?:anterior|cornea|eye))"
    r"|\bpleurx\b|\bpleur\w* (?:\w+ ){0,2}(?:drain\w*|catheter|tap|aspiration|biopsy)"
    r"|\b(?:drainage|tap|aspiration) of pleura"
    r"|\bchest (?:tube|drain)|\bascit\w+ (?:drain|tap)|\bdrainage of ascit"
    # a vertebra or a long bone that is held
    r"|\b(?:vertebroplast|kyphoplast|vertebral augmentation|cementoplast)"
    r"|\b(?:intramedullary|IM) (?:nail|rod)|\bnailing of (?:\w+ ){0,2}(?:femur|humerus|tibia)"
    r"|\b(?:femoral|femur|humeral|humerus) nail|\bprophylactic (?:nailing|fixation|stabili[sz]ation)"
    # brain and its fluid
    r"|\bcraniotom|\bcraniectom|\b(?:stereotactic )?radiosurg|\bgamma ?knife|\bcyber ?knife|\bSBRT\b|\bSABR\b"
    r"|\bstereotactic (?:body|ablative) radi|\blumbar puncture|\bspinal tap|\bommaya"
    # cord and roots, bile and urine that do not flow
    r"|\blaminectom|\b(?:spinal|cord) decompress|\bERCP\b|\bbiliary (?:stent|drain)"
    r"|\b(?:ureter\w*|JJ|double[- ]J) stent|\bstent (?:placement )?(?:in|of) (?:\w+ ){0,2}ureter|\bnephrostom"
    # lung, mediastinum, liver
    r"|\b(?:lung|pulmonary) (?:\w+ ){0,2}(?:resection|lobectomy|segmentectomy|wedge)"
    r"|\b(?:resection|lobectomy) of (?:\w+ ){0,2}lung|\bVATS\b|\bEBUS\b|\bendobronchial ultraso|\bmediastinoscop"
    r"|\b(?:RFA|radiofrequency|microwave|ablation|cryoablation)\b[^,;]{0,20}\b(?:liver|hepatic|lung|bone|vertebra\w*)"
    r"|\bSIRT\b|\bTACE\b|\b(?:chemo|radio)-?emboli[sz]ation"
    # marrow; oxygen at home
    r"|\bbone marrow (?:aspirat|biops|trephine)|\b(?:home|long[- ]term|portable|domiciliary|ambulatory) oxygen\b"
    r"|\boxygen\b[^;]{0,30}(?:\b(?:nasal|cannula)|\d ?(?:l|litres?)(?:/| per )min)"
    # what is given against metastases of bone
    r"|\b(?:radium|strontium|samarium)[- ]?(?:223|89|153)|\bxofigo\b|\bmetastron\b|\bxgeva\b|\bdenosumab 120"
    r"|\bpamidron|\bzoledron\w*[^;]*\b(?:q ?[34] ?w|every (?:3|4|three|four) weeks|monthly|q ?28)"
    r"|\bhepatectom|\b(?:liver|hepatic) (?:\w+ ){0,2}(?:resection|ablation)|\bablation of (?:\w+ ){0,3}liver"
    rf"|{CARE_AT_ITS_END}",
    re.IGNORECASE,
)
"""What is done where breast cancer spreads to: for what, nobody says."""
_DENIED = re.compile(r"\b(?:no|not|without) (?:\w+ ){0,2}(?:pathologic|metasta|malignan|cancer)", re.IGNORECASE)
_FAR_SAMPLE = re.compile(
    r"\b(?:FNA[BC]?|fine[- ]needle|core (?:biopsy|bx|needle))\b[^,;]{0,60}\b(?:supra-?clav\w*|infra-?clav\w*|neck"
    r"|iliac|sacr\w*|spin\w*|vertebra\w*|ribs?|femur|pelvi\w*|stern\w*|liver|lung|adrenal|bone)\b"
    r"|^\W*(?:IR|CT|US|ultrasound|image)?[- ]?(?:guided)?[- ]?(?:biopsy|bx|FNA)\W*$",
    re.IGNORECASE,
)
"""A needle where breast cancer spreads to, or nobody says where."""
_SAMPLED = re.compile(r"\b(?:biops|bx\b|fna|aspirat|excision|dissect|needle)", re.IGNORECASE)
_FAR_NODE = re.compile(
    r"\b(?:supra-?clav\w*|infra-?clav\w*|cervical|neck|mediastin\w*|hilar|inguinal|groin|retroperiton\w*"
    r"|internal mammary|contralateral)\b[^,;]*\b(?:node|nodes|LNs?|gland)\b"
    r"|\b(?:node|nodes|LNs?)\b[^,;]*\b(?:neck|supra-?clav\w*|infra-?clav\w*|mediastin\w*|inguinal|groin)\b",
    re.IGNORECASE,
)
"""Nodes beyond the axilla: N3, or distant (facts A8)."""
_SKIN = re.compile(r"\b(?:skin|punch|dermal|nipple|areola\w*)\b", re.IGNORECASE)
_OF_BREAST = re.compile(r"\b(?:breast|nipple|areola\w*|chest wall|mastectomy|lumpectomy)\b", re.IGNORECASE)
_SPARING = re.compile(r"skin[- ]sparing|nipple[- ]sparing", re.IGNORECASE)


def names_disease_elsewhere(text: str) -> bool:
    """Whether the name of a procedure presupposes disease outside breast and axilla, or in the skin of the breast."""
    if _ELSEWHERE.search(text):
        return not _DENIED.search(text)
    if _FAR_SAMPLE.search(text):
        return True
    if not _SAMPLED.search(text) or _SPARING.search(text):
        return False
    of_skin = _SKIN.search(text) is not None and _OF_BREAST.search(text) is not None
    return of_skin or _FAR_NODE.search(text) is not None


def of_telling_procedures(source: Source) -> Iterator[Suspicion]:
    """What was done of late, or is to be done, elsewhere or to the skin: nobody can say what it found."""

    def tells(code: CodeableConcept) -> bool:
        return any(map(names_disease_elsewhere, texts_of(code))) or not _ELSEWHERE_SETS.isdisjoint(source.sets_of(code))

    def says_nothing(code: CodeableConcept) -> bool:
        if texts_of(code) or source.sets_of(code):
            return False
        return identify(code, names_axilla=lambda: True, knowledge=source.knowledge).naming is Naming.NONE

    for each in source.done.telling(says_nothing, lambda procedure: procedure.code is None):
        if _is_of_late(each, source, undated=False) and not texts_of(*each.used_code, *each.reason_code):
            yield Suspicion(kind=None, site="other", evidence=_of(each, "a procedure that only a code names"))
    for each in source.done.telling(tells, lambda _: False):
        if _is_of_late(each, source, undated=True):
            yield Suspicion(kind=None, site="other", evidence=_of(each, "what was done elsewhere"))
    for drug in source.prescribed.telling(tells, lambda _: False):
        on = when(drug.authored_on)
        if not (on and on.surely_older(source.windows.work_up_days, source.today)):
            evidence = Evidence(value="what is given for an effusion", resources=(reference_to(drug),))
            yield Suspicion(kind=None, site="other", evidence=evidence)
    for given in source.record.medication_administrations:
        if given.medication_codeable_concept is not None and tells(given.medication_codeable_concept):
            evidence = Evidence(value="what is given for metastases", resources=(reference_to(given),))
            yield Suspicion(kind=None, site="other", evidence=evidence)
    for resource in _to_relieve_or_beyond(source):
        evidence = Evidence(value="treatment of disease elsewhere", resources=(reference_to(resource),))
        yield Suspicion(kind=None, site="other", evidence=evidence)
    for draft in source.beside:
        by_code = isinstance(draft, ServiceRequest) and source.has("procedure-elsewhere", draft.code)
        if by_code or any(map(names_disease_elsewhere, named_by(draft))):
            evidence = Evidence(value="what is ordered elsewhere", resources=(reference_to(draft),))
            yield Suspicion(kind=None, site="other", evidence=evidence)


_ELSEWHERE_SETS = frozenset({"procedure-elsewhere", "bone-metastasis-drug"})
"""The codes of what is known by its words, for entries that have none."""


def names_far_part(text: str) -> bool:
    """Whether a body site is one that breast cancer spreads to."""
    return _FAR_PART.search(text) is not None


def _to_relieve_or_beyond(source: Source) -> Iterator[Procedure | MedicationRequest | CarePlan]:
    """What was irradiated beyond the breast, operations on a cancer that came back, and treatment that is meant to
    relieve, however long ago: stage IV stays stage IV.
    """

    def treats(code: CodeableConcept) -> bool:
        return any(_RADIATION.search(text) or _CAME_BACK.search(text) for text in texts_of(code)) or source.has(
            "radiotherapy", code
        )

    for each in source.done.telling(treats, lambda procedure: bool(procedure.extension)):
        beyond = any(map(names_far_part, texts_of(*each.body_site))) and (each.code is not None and treats(each.code))
        if each.status != "not-done" and (
            beyond or any(map(_CAME_BACK.search, texts_of(each.code))) or _is_palliative(each, source)
        ):
            yield each
    yield from (each for each in source.record.medication_requests if each.extension and _is_palliative(each, source))
    yield from (each for each in source.record.care_plans if each.extension and _is_palliative(each, source))


def _is_palliative(resource: Resource, source: Source) -> bool:
    concepts = tuple(extended(resource.extension))
    return source.has("palliative-intent", *concepts) or any("palliat" in text.lower() for text in texts_of(*concepts))


_RADIATION = re.compile(r"\bradio-?therap|\bradiation\b|\birradiat|\b(?:X|EB|S)RT\b|\bRT\b|\bEBRT\b", re.IGNORECASE)
_FAR_PART = re.compile(
    r"\b(?:bone|bones|spine|spinal|vertebra\w*|[TL]\d{1,2}|C[1-7]|sacr\w*|pelvi\w*|femur|femoral|hip|humer\w*|ribs?|skull"
    r"|brain|cranial|liver|hepatic|lungs?|pulmonary|scapula|ili(?:ac|um)|acetabul\w*)\b",
    re.IGNORECASE,
)
_CAME_BACK = re.compile(
    r"\b(?:recurren(?:t|ce)|relapse)\b[^,;]{0,30}\b(?:tumou?r|cancer|carcinoma|breast|chest wall|axill\w*|disease)"
    r"|\b(?:chest wall|local|locoregional|axillary|breast|tumou?r|cancer)\b[^,;]{0,20}\b(?:recurrence|relapse)\b",
    re.IGNORECASE,
)


def _is_of_late(procedure: Procedure, source: Source, *, undated: bool) -> bool:
    """Whether it was done in the time of this work-up, or is still to be done or going on; `undated`: what has no day
    may have been."""
    if procedure.status == "not-done":
        return False
    on = since_of(procedure)
    if procedure.status in _TO_COME:
        return on is None or not on.surely_older(source.windows.work_up_days, source.today)
    return undated if on is None else not on.surely_older(source.windows.work_up_days, source.today)


_TO_COME = ("preparation", "in-progress", "on-hold")


def _of(procedure: Procedure, shown: str) -> Evidence:
    on = since_of(procedure)
    return Evidence(value=shown, resources=(reference_to(procedure),), date=on.text if on is not None else None)


# --- after treatment --------------------------------------------------------------------------------------------------
_AXILLARY_DISSECTION = re.compile(
    r"\baxill\w*\b[^,;]{0,30}\b(?:dissection|clearance|lymphadenectomy)|\bALND\b"
    r"|\b(?:dissection|clearance|lymphadenectomy)\b[^,;]{0,30}\baxill",
    re.IGNORECASE,
)
_MASTECTOMY = re.compile(r"\bmastectomy\b(?! (?:bra|scar|site|flap|care|prosthes|form|supplies))", re.IGNORECASE)
_LOCAL_SAMPLE = re.compile(
    r"\b(?:breast|axill\w*|mastectomy scar|chest wall)\b[^;]*\b(?:biops|core\b|fna|aspirat)"
    r"|\b(?:biops\w*|cores?|fna|aspirat\w*)\b[^;]*\b(?:breast|axill|chest wall)",
    re.IGNORECASE,
)
_NO_SAMPLE = re.compile(r"\b(?:cyst|abscess|seroma|ha?ematoma|breast milk|reduction|implant)\b", re.IGNORECASE)


def of_a_cancer_that_came_back(source: Source) -> Iterator[Evidence]:
    """What was done of late, or is to be done, that a patient in follow-up has no need of: nodes of the axilla taken
    out, a mastectomy to come, one or a biopsy whose result is not on record.

    Without a day it is of the first treatment.
    """

    def tells(code: CodeableConcept) -> bool:
        return any(
            sign.search(text) for text in texts_of(code) for sign in (_AXILLARY_DISSECTION, _MASTECTOMY, _LOCAL_SAMPLE)
        )

    for draft in source.beside:
        names = named_by(draft)
        sampled = any(map(_LOCAL_SAMPLE.search, names)) and not any(map(_NO_SAMPLE.search, names))
        if sampled or any(map(_AXILLARY_DISSECTION.search, names)) or any(map(_MASTECTOMY.search, names)):
            yield Evidence(value="biopsy or operation ordered beside", resources=(reference_to(draft),))
    for each in source.done.telling(tells, lambda _: False):
        names = texts_of(each.code)
        if not _is_of_late(each, source, undated=False):
            continue
        if any(map(_AXILLARY_DISSECTION.search, names)):
            yield _of(each, "axillary dissection")
        elif any(map(_MASTECTOMY.search, names)):
            if each.status in _TO_COME:
                yield _of(each, "mastectomy, planned")
            elif not _has_result(each, source):
                yield _of(each, "mastectomy without a result")
        elif not any(map(_NO_SAMPLE.search, names)) and not _has_result(each, source):
            yield _of(each, "biopsy without a result")


def dissected_of_late(source: Source) -> tuple[Evidence, ...]:
    """The axillary dissections of late: surgery of the cancer, which then is no untreated one."""

    def tells(code: CodeableConcept) -> bool:
        return any(map(_AXILLARY_DISSECTION.search, texts_of(code)))

    found = source.done.telling(tells, lambda _: False)
    done = (each for each in found if each.status == "completed" and _is_of_late(each, source, undated=True))
    return tuple(_of(each, "axillary dissection") for each in done)


def _has_result(procedure: Procedure, source: Source) -> bool:
    """Whether a report of tissue of the same breast or axilla is on record that came with a biopsy or an operation, or
    after it.
    """
    taken = since_of(procedure)
    return any(
        _is_told_since(report, taken)
        and is_sampled(report)
        and of_breast_or_axilla(report, source)
        and _is_of_the_same(procedure, report, source)
        for report in source.record.diagnostic_reports
    )


def _is_told_since(report: DiagnosticReport, taken: When | None) -> bool:
    """Whether a report that was made has words, and none says that it is older; what is to come has none yet."""
    on = date_of(report)
    later = taken is not None and (on is None or not on.surely_before(taken))
    return later and bool(report.conclusion) and report.status != "cancelled"


_OF_NODE = re.compile(r"axill|\blymph|\bnod(?:e|es|al)\b|\bS?LNs?\b", re.IGNORECASE)
_NAMES_BREAST = re.compile(r"\bbreast|mastectomy|chest wall", re.IGNORECASE)


def _is_of_the_same(procedure: Procedure, report: DiagnosticReport, source: Source) -> bool:
    """Whether a report may be of what was taken: not of the other side, of a node where one was taken, and else not of
    a node alone.
    """
    side = side_of(source, procedure.code, *procedure.body_site)
    sides = {each for statement in statements(report, source) for each in statement.sides}
    if side in ("left", "right") and sides and side not in sides:
        return False
    names = (*texts_of(report.code), report.conclusion or "")
    wanted = _OF_NODE if any(map(_OF_NODE.search, texts_of(procedure.code))) else _NAMES_BREAST
    return any(map(wanted.search, names)) or (wanted is _NAMES_BREAST and not any(map(_OF_NODE.search, names)))
