"""The treatment that Procedures, prescriptions and administrations tell of: which, when, and how far it has come."""

import re

from cds_service.coding import ATC, ICD10CM, RXNORM
from cds_service.facts.dates import end_of, start_of, when
from cds_service.facts.diagnoses import Disease, disease_of
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.studies import Naming, identify
from cds_service.facts.therapy import (
    SURGERY,
    Progress,
    Treatment,
    TreatmentEvent,
    coded_treatment,
    named_treatment,
    said_neoadjuvant,
)
from cds_service.fhir.references import relative
from cds_service.fhir.resources import (
    Annotation,
    CodeableConcept,
    MedicationAdministration,
    MedicationRequest,
    Procedure,
)

# Statuses of Procedure, MedicationRequest, MedicationAdministration, CarePlan and its activities; None never happened.
PROGRESS: dict[str | None, Progress | None] = {
    "preparation": Progress.PLANNED,
    "draft": Progress.PLANNED,
    "not-started": Progress.PLANNED,
    "scheduled": Progress.PLANNED,
    "in-progress": Progress.RUNNING,
    "active": Progress.RUNNING,
    "on-hold": Progress.RUNNING,
    "completed": Progress.COMPLETED,
    "stopped": Progress.STOPPED,
    "revoked": None,
    "cancelled": None,
    "not-done": None,
    "entered-in-error": None,
}


def progress_of(status: str | None) -> Progress | None:
    """How far a treatment of this status has come; None if it never happened."""
    return PROGRESS.get(status, Progress.UNCLEAR)


def noted_on(notes: tuple[Annotation, ...]) -> tuple[CodeableConcept, ...]:
    """Notes as concepts that are only words, which are asked as codes are."""
    return tuple(CodeableConcept(text=note.text) for note in notes)


def treating(source: Source) -> list[Procedure]:
    """The Procedures that may be a treatment, by their code or by what was used."""
    return source.done.telling(
        lambda code: source.alike(_done_by, code) is not None, lambda procedure: bool(procedure.used_code)
    )


def prescribing(source: Source) -> list[MedicationRequest]:
    """The orders of what may be a treatment, by their drug or by what they refer to."""
    return source.prescribed.telling(
        lambda drug: source.alike(_treatment_by, drug) is not None,
        lambda order: order.medication_reference is not None or bool(order.contained),
    )


def of_procedure(procedure: Procedure, source: Source) -> TreatmentEvent | None:
    """The treatment that a Procedure is, if it is one that was done or is planned."""
    treatment = _done(procedure, source)
    progress = progress_of(procedure.status)
    if treatment is None or progress is None:
        return None
    reasons = (*procedure.reason_code, *noted_on(procedure.note))
    labelled = said_neoadjuvant(source, procedure, procedure.code, procedure.category, *reasons)
    if progress is Progress.COMPLETED and _may_be_less(treatment, procedure, labelled=labelled, source=source):
        progress = Progress.UNCLEAR
    return TreatmentEvent(
        treatment=treatment,
        progress=progress,
        resource=reference_to(procedure),
        side="bilateral" if source.has("bilateral-mastectomy-procedure", procedure.code) else _side(procedure, source),
        start=when(procedure.performed_date_time, start_of(procedure.performed_period)),
        end=when(end_of(procedure.performed_period), procedure.performed_date_time),
        neoadjuvant=labelled,
    )


_CYCLE_DAYS = 28
"""The longest from one cycle of chemotherapy to the next. Basis: this project."""
_OF_A_LESION = re.compile(r"\b(?:lesion|mass|lump|nodule)", re.IGNORECASE)
_MALIGNANT = re.compile(r"malignan|cancer|carcinoma", re.IGNORECASE)
_NOT_SURELY_OF_CANCER = re.compile(
    r"\b(?:bras?\b|prosthe|fitting|garment|benign|fibroadenoma|cyst|papilloma|gyna?ecomasti)", re.IGNORECASE
)
"""What is worn after an operation, or was benign; "mastectomy with prosthesis" is the operation all the same."""


def _may_be_less(treatment: Treatment, procedure: Procedure, *, labelled: bool | None, source: Source) -> bool:
    """Whether what was completed may not be the whole treatment: a cycle of a course, or an operation that, by its name
    alone, may be of something else."""
    if treatment is Treatment.CHEMOTHERAPY and procedure.performed_period is None:
        # A course has a beginning and an end; what has one day is a cycle, and others may follow.
        on = when(procedure.performed_date_time)
        return not labelled or on is None or not on.surely_older(_CYCLE_DAYS, source.today)
    if treatment not in SURGERY:
        return False
    names = texts_of(procedure.code)
    if any(map(_NOT_SURELY_OF_CANCER.search, names)) and coded_treatment(source, procedure.code) is None:
        return True
    unnamed = treatment is Treatment.BREAST_SURGERY
    return unnamed and any(map(_OF_A_LESION.search, names)) and not any(map(_MALIGNANT.search, names))


def _done(procedure: Procedure, source: Source) -> Treatment | None:
    """The treatment a procedure is; "US axilla before neoadjuvant chemotherapy" is a study, not chemotherapy."""
    if procedure.code is not None and not procedure.used_code:
        return source.alike(_done_by, procedure.code)
    return _done_by(procedure.code, source, *procedure.used_code)


def _done_by(code: CodeableConcept | None, source: Source, *used: CodeableConcept) -> Treatment | None:
    coded = coded_treatment(source, code, *used)
    if coded is not None:
        return coded
    named = named_treatment(source, code, *used)
    if named is None:
        return None
    study = identify(code, names_axilla=lambda: True, knowledge=source.knowledge)
    return named if study.naming is Naming.NONE else None


def _side(procedure: Procedure, source: Source) -> str:
    return side_of(source, procedure.code, *procedure.body_site)


def of_request(request: MedicationRequest, source: Source) -> TreatmentEvent | None:
    """The treatment that a prescription is for: a course that runs, is planned, or of whose end nobody tells."""
    treatment, progress = _given(request, source)
    if treatment is None or progress is None or _is_for_immunity(request, source):
        return None
    if request.intent in ("plan", "proposal") and progress is Progress.RUNNING:
        progress = Progress.PLANNED
    elif progress is Progress.COMPLETED:
        progress = Progress.UNCLEAR  # one prescription that is used up does not say that the course is
    concepts = (request.medication_codeable_concept, *request.reason_code, *request.category)
    told = (*concepts, request.course_of_therapy_type, *noted_on(request.note))
    return TreatmentEvent(
        treatment=treatment,
        progress=progress,
        resource=reference_to(request),
        start=when(request.authored_on),
        neoadjuvant=said_neoadjuvant(source, request, *told),
    )


def of_administration(given: MedicationAdministration, source: Source) -> TreatmentEvent | None:
    """The treatment that a dose belongs to."""
    treatment, progress = _given(given, source)
    if treatment is None or progress is None or _is_for_immunity(given, source):
        return None
    on = when(given.effective_date_time, start_of(given.effective_period))
    concepts = (given.medication_codeable_concept, *given.reason_code, *noted_on(given.note))
    return TreatmentEvent(
        treatment=treatment,
        # One dose that is done does not say that the course is.
        progress=Progress.UNCLEAR if progress is Progress.COMPLETED else progress,
        resource=reference_to(given),
        start=on,
        end=when(end_of(given.effective_period)) or on,
        neoadjuvant=said_neoadjuvant(source, given, *concepts),
    )


def _given(
    order: MedicationRequest | MedicationAdministration, source: Source
) -> tuple[Treatment | None, Progress | None]:
    """Which drug, and how far; of a drug that nobody can name, nobody says that it still runs."""
    drug, progress = _drug(order, source), progress_of(order.status)
    unnamed = drug is Treatment.UNNAMED_DRUG and progress is Progress.RUNNING
    return drug, Progress.UNCLEAR if unnamed else progress


def _drug(order: MedicationRequest | MedicationAdministration, source: Source) -> Treatment | None:
    if order.medication_codeable_concept is not None and order.medication_reference is None and not order.contained:
        return source.alike(_treatment_by, order.medication_codeable_concept)
    drugs = _drugs(order)
    if order.medication_reference is not None and not any(codes_of(each) or texts_of(each) for each in drugs):
        return Treatment.UNNAMED_DRUG
    return _treatment_by(None, source, *drugs)


def _treatment_by(concept: CodeableConcept | None, source: Source, *drugs: CodeableConcept | None) -> Treatment | None:
    """The treatment that a drug is; one that nobody can name where it has neither words nor a code that we know."""
    named = _named_drug(source, concept, *drugs)
    if named is not None or texts_of(concept, *drugs):
        return named
    codes = codes_of(concept, *drugs)
    return Treatment.UNNAMED_DRUG if codes and not any(code.system in _LISTED for code in codes) else None


_LISTED = (ATC, RXNORM, "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips")
"""Systems whose drugs against breast cancer are listed (`anticancer-drug`): another code of theirs is another drug; and
that of the International Patient Summary which says that there are none."""


def _named_drug(source: Source, *concepts: CodeableConcept | None) -> Treatment | None:
    """The treatment that a drug is; none of what is put on the skin or into the eye, or given to the bones."""
    names = texts_of(*concepts)
    if any(map(_NOT_THROUGHOUT.search, names)) or any(map(_OF_BONES.search, names)):
        return None
    return named_treatment(source, *concepts)


def _is_for_immunity(order: MedicationRequest | MedicationAdministration, source: Source) -> bool:
    """Whether a drug that is given for other diseases, too, is given for one of those, and for nothing else:
    "methotrexate for rheumatoid arthritis".
    """
    names = texts_of(*_drugs(order)) or _displays(order, source)
    if not any(map(_ALSO_OF_IMMUNITY.search, names)):
        return False
    listed = {reference_to(each): each.code for each in source.record.conditions}
    reasons = [*order.reason_code]
    for each in order.reason_reference:
        entry = listed.get(relative(each.reference)) if each.reference else None
        reasons.append(entry or CodeableConcept(text=each.display))
    return bool(reasons) and all(_names_immune_disease(each, source) for each in reasons)


def _displays(order: MedicationRequest | MedicationAdministration, source: Source) -> tuple[str, ...]:
    """What the value sets call the codes of a drug."""
    sets = source.knowledge.value_sets
    named = (sets.display("anticancer-drug", each) for each in codes_of(*_drugs(order)))
    return tuple(each for each in named if each)


def _names_immune_disease(reason: CodeableConcept, source: Source) -> bool:
    if disease_of(reason, source) is not Disease.OTHER:
        return False
    if any(code.system == ICD10CM for code in codes_of(reason)):
        return source.has("immune-disease", reason)
    return any(map(_IMMUNE.search, texts_of(reason)))


_ALSO_OF_IMMUNITY = re.compile(
    r"methotrexate|\bMTX\b|cyclophosphamide|everolimus|rituximab|hydroxy(?:carbamide|urea)", re.IGNORECASE
)
_IMMUNE = re.compile(
    r"rheumat|arthritis|psoria|lupus|\bSLE\b|vasculiti|granulomatosis|sclero(?:derma|sis)|myositis|sarcoid|crohn|colitis"
    r"|pemphig|nephr(?:itis|otic)|transplant|sickle",
    re.IGNORECASE,
)
"""Words for the diseases of `immune-disease`."""


_NOT_THROUGHOUT = re.compile(r"\b(?:topical|cream|ointment|lotion|gel|ophthalmic|intravitreal|eye drops?)\b", re.I)
_OF_BONES = re.compile(r"zoledron|pamidron|ibandron|alendron|risedron|denosumab", re.IGNORECASE)
"""Given every half year in follow-up, too: "zoledronic acid 4 mg, adjuvant"."""


def _drugs(order: MedicationRequest | MedicationAdministration) -> tuple[CodeableConcept | None, ...]:
    """What names the drug: the concept, the display of its reference, and a contained Medication."""
    reference = order.medication_reference
    display = CodeableConcept(text=reference.display) if reference is not None and reference.display else None
    return (order.medication_codeable_concept, display, *(each.concept for each in order.contained))
