"""What treatment the record and the order show: surgery, chemotherapy, anti-HER2, radiotherapy, endocrine; when, and
whether it is over.

From Procedures, medication orders and administrations, care plans, status codes among the Conditions, and words.
"""

import re
from collections.abc import Iterator

import msgspec

from cds_service.facts.dates import When, end_of, start_of, when
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.plan_texts import texts_of_plan
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.studies import Naming, identify
from cds_service.facts.therapy import (
    SURGERY,
    THERAPY_WORDS,
    Progress,
    Treatment,
    TreatmentEvent,
    begins_therapy,
    coded_treatment,
    named_treatment,
    names_now,
    names_side_effect,
    said_neoadjuvant,
)
from cds_service.fhir.resources import (
    Annotation,
    CarePlan,
    CodeableConcept,
    MedicationAdministration,
    MedicationRequest,
    Procedure,
)

# Statuses of Procedure, MedicationRequest, MedicationAdministration, CarePlan and its activities; None never happened.
_PROGRESS: dict[str | None, Progress | None] = {
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


def treatment_events(found: tuple[Diagnosis, ...], source: Source) -> tuple[TreatmentEvent, ...]:
    """Every treatment of breast cancer on record or named by the order."""
    record = source.record
    every = (
        *(_of_procedure(each, source) for each in _treating(source)),
        *(_of_request(each, source) for each in _prescribing(source)),
        *(_of_administration(each, source) for each in record.medication_administrations),
        *(event for plan in record.care_plans for event in _of_care_plan(plan, source)),
        *(event for each in found for event in _of_status_code(each, source)),
        *_of_order(source),
    )
    return tuple(event for event in every if event is not None)


def _treating(source: Source) -> list[Procedure]:
    """The Procedures that may be a treatment, by their code or by what was used."""
    return source.done.telling(
        lambda code: source.alike(_done_by, code) is not None, lambda procedure: bool(procedure.used_code)
    )


def _prescribing(source: Source) -> list[MedicationRequest]:
    """The orders of what may be a treatment, by their drug or by what they refer to."""
    return source.prescribed.telling(
        lambda drug: source.alike(_treatment_by, drug) is not None,
        lambda order: order.medication_reference is not None or bool(order.contained),
    )


def _progress(status: str | None) -> Progress | None:
    return _PROGRESS.get(status, Progress.UNCLEAR)


def _noted(notes: tuple[Annotation, ...]) -> tuple[CodeableConcept, ...]:
    return tuple(CodeableConcept(text=note.text) for note in notes)


def _of_procedure(procedure: Procedure, source: Source) -> TreatmentEvent | None:
    treatment = _done(procedure, source)
    progress = _progress(procedure.status)
    if treatment is None or progress is None:
        return None
    reasons = (*procedure.reason_code, *_noted(procedure.note))
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


def _of_request(request: MedicationRequest, source: Source) -> TreatmentEvent | None:
    treatment, progress = _given(request, source)
    if treatment is None or progress is None:
        return None
    if request.intent in ("plan", "proposal") and progress is Progress.RUNNING:
        progress = Progress.PLANNED
    elif progress is Progress.COMPLETED:
        progress = Progress.UNCLEAR  # one prescription that is used up does not say that the course is
    concepts = (request.medication_codeable_concept, *request.reason_code, *request.category)
    return TreatmentEvent(
        treatment=treatment,
        progress=progress,
        resource=reference_to(request),
        start=when(request.authored_on),
        neoadjuvant=said_neoadjuvant(source, request, *concepts, request.course_of_therapy_type, *_noted(request.note)),
    )


def _of_administration(given: MedicationAdministration, source: Source) -> TreatmentEvent | None:
    treatment, progress = _given(given, source)
    if treatment is None or progress is None:
        return None
    on = when(given.effective_date_time, start_of(given.effective_period))
    concepts = (given.medication_codeable_concept, *given.reason_code, *_noted(given.note))
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
    progress = _progress(order.status)
    if not _unnamed(order):
        return _drug(order, source), progress
    return Treatment.UNNAMED_DRUG, Progress.UNCLEAR if progress is Progress.RUNNING else progress


def _unnamed(order: MedicationRequest | MedicationAdministration) -> bool:
    """Whether an order refers to a drug and nothing says which."""
    return order.medication_reference is not None and not any(
        codes_of(each) or texts_of(each) for each in _drugs(order)
    )


def _drug(order: MedicationRequest | MedicationAdministration, source: Source) -> Treatment | None:
    if order.medication_codeable_concept is None or order.medication_reference is not None or order.contained:
        return _named_drug(source, *_drugs(order))
    return source.alike(_treatment_by, order.medication_codeable_concept)


def _treatment_by(concept: CodeableConcept, source: Source) -> Treatment | None:
    return _named_drug(source, concept)


def _named_drug(source: Source, *concepts: CodeableConcept | None) -> Treatment | None:
    """The treatment that a drug is; none of what is put on the skin or into the eye, or given to the bones."""
    names = texts_of(*concepts)
    if any(map(_NOT_THROUGHOUT.search, names)) or any(map(_OF_BONES.search, names)):
        return None
    return named_treatment(source, *concepts)


_NOT_THROUGHOUT = re.compile(r"\b(?:topical|cream|ointment|lotion|gel|ophthalmic|intravitreal|eye drops?)\b", re.I)
_OF_BONES = re.compile(r"zoledron|pamidron|ibandron|alendron|risedron|denosumab", re.IGNORECASE)
"""Given every half year in follow-up, too: "zoledronic acid 4 mg, adjuvant"."""


def _drugs(order: MedicationRequest | MedicationAdministration) -> tuple[CodeableConcept | None, ...]:
    """What names the drug: the concept, the display of its reference, and a contained Medication."""
    reference = order.medication_reference
    display = CodeableConcept(text=reference.display) if reference is not None and reference.display else None
    return (order.medication_codeable_concept, display, *(each.code for each in order.contained))


# --- care plans -------------------------------------------------------------------------------------------------------
def _of_care_plan(plan: CarePlan, source: Source) -> Iterator[TreatmentEvent]:
    begun = any(map(begins_therapy, texts_of_plan(plan)))
    for concepts, ahead in _planned(plan):
        progress = Progress.RUNNING if begun and ahead is Progress.PLANNED else ahead
        neoadjuvant = said_neoadjuvant(source, plan, *concepts)
        treatment = named_treatment(source, *concepts) or (Treatment.CHEMOTHERAPY if neoadjuvant else None)
        if treatment is not None and progress is not None:
            yield TreatmentEvent(
                treatment=treatment,
                progress=_said_progress(source, concepts) or progress,
                resource=reference_to(plan),
                start=when(start_of(plan.period), plan.created),
                end=when(end_of(plan.period)),
                neoadjuvant=neoadjuvant,
            )


def _planned(plan: CarePlan) -> Iterator[tuple[tuple[CodeableConcept | None, ...], Progress | None]]:
    """A care plan that is not finished is a plan; what has begun is on record as a procedure or a medication."""
    status = _progress(plan.status)
    of_plan = Progress.PLANNED if status in (Progress.RUNNING, Progress.UNCLEAR) else status
    words = tuple(CodeableConcept(text=text) for text in (plan.title, plan.description) if text)
    if plan.category or words or plan.note:
        yield (*plan.category, *words, *_noted(plan.note)), of_plan
    for activity in plan.activity:
        detail = activity.detail
        if detail is not None:
            concepts = (detail.code, *detail.reason_code, CodeableConcept(text=detail.description))
            yield concepts, _of_activity(_PROGRESS.get(detail.status, of_plan), of_plan)


def _of_activity(progress: Progress | None, of_plan: Progress | None) -> Progress | None:
    """An activity that is still ahead in a plan that is withdrawn is none; in one that is over, nobody can say."""
    if progress is not Progress.PLANNED or of_plan is Progress.PLANNED:
        return progress
    return Progress.UNCLEAR if of_plan is Progress.COMPLETED else None


def _said_progress(source: Source, concepts: tuple[CodeableConcept | None, ...]) -> Progress | None:
    """What "neoadjuvant chemotherapy planned" says beyond the status of the plan that holds the words."""
    for reading in source.said(*concepts):
        for mention in reading.affirmed(Kind.THERAPY):
            if mention.value in _SAID_PROGRESS:
                return _SAID_PROGRESS[mention.value]
    return None


# --- status codes -----------------------------------------------------------------------------------------------------
# An encounter for chemotherapy says that it was given that day, not that it runs today.
_STATUS_SETS = (
    ("chemotherapy", Treatment.CHEMOTHERAPY, Progress.UNCLEAR),
    ("chemotherapy-effect", Treatment.CHEMOTHERAPY, Progress.UNCLEAR),
    ("immunotherapy", Treatment.CHEMOTHERAPY, Progress.UNCLEAR),
    ("radiotherapy", Treatment.RADIOTHERAPY, Progress.UNCLEAR),
    ("endocrine-therapy", Treatment.ENDOCRINE, Progress.RUNNING),
    ("mastectomy-status", Treatment.MASTECTOMY, Progress.COMPLETED),
    ("chemotherapy-history", Treatment.CHEMOTHERAPY, Progress.COMPLETED),
    ("radiotherapy-history", Treatment.RADIOTHERAPY, Progress.COMPLETED),
)


_OF_THE_PAST = frozenset({"chemotherapy-history", "radiotherapy-history"})


def _day_of(value_set: str, entered: When | None, source: Source) -> When | None:
    """The day of a treatment that a status code tells of, as far as the day of its entry says it: a breast that was
    gone so long ago was removed before then, and nobody knows how long before; of what is past, nothing."""
    if value_set in _OF_THE_PAST or entered is None:
        return None
    long_gone = entered.surely_older(source.windows.surveillance_days, source.today)
    return entered if value_set != "mastectomy-status" or long_gone else None


_STATUSES = frozenset(value_set for value_set, _, _ in _STATUS_SETS)


def _of_status_code(diagnosis: Diagnosis, source: Source) -> Iterator[TreatmentEvent]:
    """Treatment on the problem list: status and encounter codes (Z51.11, Z79.81-, Z90.1-), and words."""
    if _STATUSES.isdisjoint(diagnosis.sets) and not diagnosis.words and not diagnosis.noted:
        return
    for value_set, treatment, progress in _STATUS_SETS:
        if value_set in diagnosis.sets:
            yield TreatmentEvent(
                treatment=treatment,
                progress=progress,
                resource=diagnosis.reference,
                side=diagnosis.side,
                start=_day_of(value_set, diagnosis.since, source),
            )
    for mention in _told_once(diagnosis):
        event = event_of(mention, diagnosis.reference)
        if event is not None:
            yield _of_its_day(event, mention, diagnosis)


def _told_once(diagnosis: Diagnosis) -> Iterator[Mention]:
    """The treatments that an entry tells of, however often it does."""
    told = [each for words in (*diagnosis.words, *diagnosis.noted) for each in words.of(Kind.THERAPY, Kind.SURGERY)]
    return iter({(each.kind, each.value, each.meant, each.detail): each for each in told}.values())


def _of_its_day(event: TreatmentEvent, mention: Mention, diagnosis: Diagnosis) -> TreatmentEvent:
    """Therapy as a dated entry tells of it: a visit for it, and what came of it, say that it ran then."""
    told = texts_of(diagnosis.concept)
    then = not _GIVEN.isdisjoint(diagnosis.sets) or names_side_effect(told)
    if event.treatment in SURGERY or event.progress is not Progress.UNCLEAR or mention.detail == "running":
        return event
    if event.treatment is Treatment.RADIOTHERAPY and any(map(_RADIOTHERAPY_RUNS.search, told)):
        return msgspec.structs.replace(event, progress=Progress.RUNNING)
    if not then or names_now(told) or diagnosis.since is None or event.neoadjuvant is not None:
        return event
    return msgspec.structs.replace(event, start=diagnosis.since, stated=False)


_RADIOTHERAPY_RUNS = re.compile(
    r"\b(?:radiotherapy|radiation(?: therapy)?|rt|xrt) (?:is )?(?:still )?(?:ongoing|running|continu|in progress)"
    r"|\b(?:undergoing|receiving|current|ongoing) (?:radiotherapy|radiation|rt|xrt)\b",
    re.IGNORECASE,
)


# --- the order --------------------------------------------------------------------------------------------------------
_SAID_PROGRESS = {
    "neoadjuvant-planned": Progress.PLANNED,
    "neoadjuvant-running": Progress.RUNNING,
    "neoadjuvant-completed": Progress.COMPLETED,
}


def _of_order(source: Source) -> Iterator[TreatmentEvent | None]:
    """Treatment as the order's own words tell it: "s/p NAC", "before neoadjuvant chemo", "lumpectomy 2019"."""
    for draft in source.drafts:
        reference = reference_to(draft)
        for reading in source.order_readings(draft):
            for mention in reading.of(Kind.THERAPY, Kind.SURGERY):
                yield event_of(mention, reference)
        sets = source.sets_of(*source.reasons_of(draft))
        if _OF_TREATMENT.isdisjoint(sets):  # nearly all orders
            continue
        yield from (given_today(concept, reference, source) for concept in source.reasons_of(draft))
        if not _NEOADJUVANT.isdisjoint(sets):
            yield TreatmentEvent(
                treatment=Treatment.CHEMOTHERAPY,
                progress=Progress.UNCLEAR,
                resource=reference,
                neoadjuvant=True,
                stated=True,
            )


_GIVEN = frozenset({"chemotherapy", "immunotherapy", "radiotherapy"})
_NEOADJUVANT = frozenset({"neoadjuvant-intent", "neoadjuvant-chemotherapy"})
_OF_TREATMENT = _GIVEN | _NEOADJUVANT


def given_today(reason: CodeableConcept, resource: str, source: Source) -> TreatmentEvent | None:
    """An encounter for chemotherapy on the problem list says that it was given that day; as a reason, that it runs."""
    sets = source.sets_of(reason)
    found = next(
        (treatment for value_set, treatment, _ in _STATUS_SETS if value_set in sets and value_set in _GIVEN), None
    )
    if found is None:
        return None
    return TreatmentEvent(treatment=found, progress=Progress.RUNNING, resource=resource, stated=True)


def event_of(mention: Mention, resource: str) -> TreatmentEvent | None:
    """The treatment that words name, if they do."""
    if mention.meant in (Meant.NEGATED, Meant.FAMILY):
        return None
    # "Lumpectomy" alone in an order may be a plan as well as history; "WLE + RT" is said of what is over.
    over = mention.meant is Meant.HISTORICAL or (mention.kind is Kind.THERAPY and mention.detail == "completed")
    ahead = mention.value == "radiotherapy" and mention.detail == "planned"
    progress = Progress.COMPLETED if over else Progress.PLANNED if ahead else Progress.UNCLEAR
    if mention.kind is Kind.SURGERY:
        if mention.value not in ("mastectomy", "conserving"):
            return None
        return TreatmentEvent(treatment=Treatment(mention.value), progress=progress, resource=resource, stated=True)
    treatment = THERAPY_WORDS.get(mention.value)
    if treatment is None:
        return None
    said = _SAID_PROGRESS.get(mention.value, progress)
    return TreatmentEvent(
        treatment=treatment,
        progress=Progress.UNCLEAR if mention.meant is Meant.UNCERTAIN else said,  # "if NAC completed"
        resource=resource,
        neoadjuvant=_said_timing(mention),
        stated=True,
    )


def _said_timing(mention: Mention) -> bool | None:
    if mention.value.startswith("neoadjuvant"):
        return True
    return False if mention.value == "adjuvant" else None
