"""What treatment the record and the order show: surgery, chemotherapy, anti-HER2, radiotherapy, endocrine; when, and whether over.

From Procedures, medication orders and administrations, care plans, status codes among the Conditions, and words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cds_service.facts.dates import When, end_of, start_of, when
from cds_service.facts.diagnoses import Diagnosis, side_of
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.stage import order_words
from cds_service.fhir.resources import CarePlan, CodeableConcept, Procedure, Resource


class Treatment(StrEnum):
    """What was done or is planned."""

    MASTECTOMY = "mastectomy"
    CONSERVING = "conserving"
    BREAST_SURGERY = "breast-surgery"  # a code that does not say how much was removed
    CHEMOTHERAPY = "chemotherapy"
    ANTI_HER2 = "anti-her2"
    RADIOTHERAPY = "radiotherapy"
    ENDOCRINE = "endocrine"


class Progress(StrEnum):
    """How far it has come."""

    PLANNED = "planned"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    UNCLEAR = "unclear"


SURGERY = frozenset({Treatment.MASTECTOMY, Treatment.CONSERVING, Treatment.BREAST_SURGERY})
SYSTEMIC = frozenset({Treatment.CHEMOTHERAPY, Treatment.ANTI_HER2})


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentEvent:
    """One treatment. `neoadjuvant`: True, False (adjuvant), or None where nobody said. `stated`: by the order's words."""

    treatment: Treatment
    progress: Progress
    resource: str
    side: str = "unstated"
    start: When | None = None
    end: When | None = None
    neoadjuvant: bool | None = None
    stated: bool = False


def treatment_events(found: tuple[Diagnosis, ...], source: Source) -> tuple[TreatmentEvent, ...]:
    """Every treatment of breast cancer on record or named by the order."""
    return (
        *_procedures(source),
        *_medications(source),
        *_care_plans(source),
        *_status_codes(found, source),
        *_order(source),
    )


_PROCEDURE_SETS = (
    ("mastectomy-procedure", Treatment.MASTECTOMY),
    ("breast-conserving-procedure", Treatment.CONSERVING),
    ("breast-surgery-unspecified", Treatment.BREAST_SURGERY),
    ("neoadjuvant-chemotherapy", Treatment.CHEMOTHERAPY),
    ("chemotherapy", Treatment.CHEMOTHERAPY),
    ("immunotherapy", Treatment.CHEMOTHERAPY),
    ("radiotherapy", Treatment.RADIOTHERAPY),
    ("endocrine-therapy", Treatment.ENDOCRINE),
)

_THERAPY_WORDS = {
    "chemotherapy": Treatment.CHEMOTHERAPY,
    "anti-her2": Treatment.ANTI_HER2,
    "radiotherapy": Treatment.RADIOTHERAPY,
    "endocrine": Treatment.ENDOCRINE,
    "neoadjuvant": Treatment.CHEMOTHERAPY,
    "neoadjuvant-planned": Treatment.CHEMOTHERAPY,
    "neoadjuvant-running": Treatment.CHEMOTHERAPY,
    "neoadjuvant-completed": Treatment.CHEMOTHERAPY,
    "adjuvant": Treatment.CHEMOTHERAPY,
}

_PROGRESS = {
    "preparation": Progress.PLANNED,
    "draft": Progress.PLANNED,
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


def kind_of(source: Source, *concepts: CodeableConcept | None) -> Treatment | None:
    """Which treatment these concepts name: by code, else by the words of text and displays."""
    for value_set, treatment in _PROCEDURE_SETS:
        if source.has(value_set, *concepts):
            return treatment
    for reading in source.readings(*texts_of(*concepts)):
        for mention in reading.affirmed(Kind.SURGERY, Kind.THERAPY):
            if mention.value in ("mastectomy", "conserving"):
                return Treatment(mention.value)
            if mention.value in _THERAPY_WORDS:
                return _THERAPY_WORDS[mention.value]
    return None


def neoadjuvant_said(source: Source, resource: Resource, *concepts: CodeableConcept | None) -> bool | None:
    """Whether a resource calls its treatment neoadjuvant: by intent code (also in an extension), or in words."""
    every = (*concepts, *(each.value_codeable_concept for each in resource.extension))
    if source.has("neoadjuvant-intent", *every) or source.has("neoadjuvant-chemotherapy", *every):
        return True
    if source.has("adjuvant-intent", *every):
        return False
    for reading in source.readings(*texts_of(*every)):
        for mention in reading.affirmed(Kind.THERAPY):
            if mention.value.startswith("neoadjuvant"):
                return True
            if mention.value == "adjuvant":
                return False
    return None


def _procedures(source: Source) -> Iterator[TreatmentEvent]:
    for procedure in source.record.procedures:
        treatment = kind_of(source, procedure.code, *procedure.used_code)
        progress = _PROGRESS.get(procedure.status or "", Progress.UNCLEAR)
        if treatment is None or progress is None:
            continue
        yield TreatmentEvent(
            treatment=treatment,
            progress=progress,
            resource=reference_to(procedure),
            side=side_of(source, procedure.code, *procedure.body_site),
            start=when(procedure.performed_date_time, start_of(procedure.performed_period)),
            end=when(end_of(procedure.performed_period), procedure.performed_date_time),
            neoadjuvant=neoadjuvant_said(source, procedure, procedure.code, procedure.category, *_reasons(procedure)),
        )


def _reasons(procedure: Procedure) -> tuple[CodeableConcept | None, ...]:
    notes = tuple(CodeableConcept(text=note.text) for note in procedure.note)
    return (*procedure.reason_code, *notes)


def _medications(source: Source) -> Iterator[TreatmentEvent]:
    for request in source.record.medication_requests:
        concepts = (request.medication_codeable_concept, *request.reason_code, *request.category)
        words = _display(request.medication_reference)
        treatment = kind_of(source, request.medication_codeable_concept, words)
        progress = _PROGRESS.get(request.status or "", Progress.UNCLEAR)
        if treatment is None or progress is None:
            continue
        if request.intent in ("plan", "proposal") and progress is Progress.RUNNING:
            progress = Progress.PLANNED
        notes = tuple(CodeableConcept(text=note.text) for note in request.note)
        yield TreatmentEvent(
            treatment=treatment,
            progress=progress,
            resource=reference_to(request),
            start=when(request.authored_on),
            neoadjuvant=neoadjuvant_said(source, request, *concepts, request.course_of_therapy_type, *notes),
        )
    for given in source.record.medication_administrations:
        treatment = kind_of(source, given.medication_codeable_concept, _display(given.medication_reference))
        progress = _PROGRESS.get(given.status or "", Progress.UNCLEAR)
        if treatment is None or progress is None:
            continue
        on = when(given.effective_date_time, start_of(given.effective_period))
        yield TreatmentEvent(
            treatment=treatment,
            # One dose that is done does not say that the course is.
            progress=Progress.UNCLEAR if progress is Progress.COMPLETED else progress,
            resource=reference_to(given),
            start=on,
            end=when(end_of(given.effective_period)) or on,
            neoadjuvant=neoadjuvant_said(source, given, given.medication_codeable_concept, *given.reason_code),
        )


def _display(reference: object) -> CodeableConcept | None:
    display = getattr(reference, "display", None)
    return CodeableConcept(text=display) if display else None


def _care_plans(source: Source) -> Iterator[TreatmentEvent]:
    for plan in source.record.care_plans:
        for concepts, progress in _planned(plan):
            treatment = kind_of(source, *concepts)
            neoadjuvant = neoadjuvant_said(source, plan, *concepts)
            if neoadjuvant and treatment is None:
                treatment = Treatment.CHEMOTHERAPY
            if treatment is None or progress is None:
                continue
            yield TreatmentEvent(
                treatment=treatment,
                progress=_said_progress(source, concepts) or progress,
                resource=reference_to(plan),
                start=when(start_of(plan.period), plan.created),
                end=when(end_of(plan.period)),
                neoadjuvant=neoadjuvant,
            )


def _said_progress(source: Source, concepts: tuple[CodeableConcept | None, ...]) -> Progress | None:
    """"Neoadjuvant chemotherapy planned" says more than the status of the plan that holds the words."""
    for reading in source.readings(*texts_of(*concepts)):
        for mention in reading.affirmed(Kind.THERAPY):
            if mention.value.startswith("neoadjuvant-"):
                return Progress(mention.value.removeprefix("neoadjuvant-"))
    return None


def _planned(plan: CarePlan) -> Iterator[tuple[tuple[CodeableConcept | None, ...], Progress | None]]:
    """A care plan that is not finished is a plan; what has begun is on record as a procedure or a medication."""
    status = _PROGRESS.get(plan.status or "", Progress.UNCLEAR)
    running = Progress.PLANNED if status in (Progress.RUNNING, Progress.UNCLEAR) else status
    words = tuple(CodeableConcept(text=text) for text in (plan.title, plan.description, *(n.text for n in plan.note)) if text)
    if plan.category or words:
        yield (*plan.category, *words), running
    for activity in plan.activity:
        detail = activity.detail
        if detail is None:
            continue
        progress = _ACTIVITY.get(detail.status or "", running)
        yield (detail.code, *detail.reason_code, CodeableConcept(text=detail.description)), progress


_ACTIVITY: dict[str, Progress | None] = {
    "not-started": Progress.PLANNED,
    "scheduled": Progress.PLANNED,
    "in-progress": Progress.RUNNING,
    "on-hold": Progress.RUNNING,
    "completed": Progress.COMPLETED,
    "stopped": Progress.STOPPED,
    "cancelled": None,
    "entered-in-error": None,
}


_STATUS_SETS = (
    ("chemotherapy", Treatment.CHEMOTHERAPY, Progress.RUNNING),
    ("immunotherapy", Treatment.CHEMOTHERAPY, Progress.RUNNING),
    ("radiotherapy", Treatment.RADIOTHERAPY, Progress.RUNNING),
    ("endocrine-therapy", Treatment.ENDOCRINE, Progress.RUNNING),
    ("mastectomy-status", Treatment.MASTECTOMY, Progress.COMPLETED),
)


def _status_codes(found: tuple[Diagnosis, ...], source: Source) -> Iterator[TreatmentEvent]:
    """ICD-10-CM status and encounter codes on the problem list: Z51.11, Z79.81-, Z90.1-."""
    for diagnosis in found:
        for value_set, treatment, progress in _STATUS_SETS:
            if source.has(value_set, diagnosis.concept):
                yield TreatmentEvent(
                    treatment=treatment,
                    # An encounter for chemotherapy says that it was given that day, not that it runs today.
                    progress=Progress.UNCLEAR if treatment in (Treatment.CHEMOTHERAPY, Treatment.RADIOTHERAPY) else progress,
                    resource=diagnosis.reference,
                    side=diagnosis.side,
                    start=diagnosis.since,
                )


def _order(source: Source) -> Iterator[TreatmentEvent]:
    """Treatment as the order's own words tell it: "s/p NAC", "before neoadjuvant chemo", "lumpectomy 2019"."""
    for draft in source.drafts:
        for reading in source.readings(*order_words(draft)):
            for mention in reading.of(Kind.THERAPY, Kind.SURGERY):
                event = _event(mention, reference_to(draft))
                if event is not None:
                    yield event
        if source.has("neoadjuvant-intent", *draft.reason_code) or source.has("neoadjuvant-chemotherapy", *draft.reason_code):
            yield TreatmentEvent(
                treatment=Treatment.CHEMOTHERAPY, progress=Progress.UNCLEAR, resource=reference_to(draft), neoadjuvant=True,
                stated=True,
            )


_SAID_PROGRESS = {
    "neoadjuvant-planned": Progress.PLANNED,
    "neoadjuvant-running": Progress.RUNNING,
    "neoadjuvant-completed": Progress.COMPLETED,
}


def _event(mention: Mention, resource: str) -> TreatmentEvent | None:
    if mention.meant in (Meant.NEGATED, Meant.FAMILY):
        return None
    past = mention.meant is Meant.HISTORICAL
    if mention.kind is Kind.SURGERY:
        if mention.value not in ("mastectomy", "conserving"):
            return None
        # "Lumpectomy" alone in an order may be a plan as well as history.
        progress = Progress.COMPLETED if past else Progress.UNCLEAR
        return TreatmentEvent(treatment=Treatment(mention.value), progress=progress, resource=resource, stated=True)
    treatment = _THERAPY_WORDS.get(mention.value)
    if treatment is None:
        return None
    progress = _SAID_PROGRESS.get(mention.value, Progress.COMPLETED if past else Progress.UNCLEAR)
    neoadjuvant = True if mention.value.startswith("neoadjuvant") else False if mention.value == "adjuvant" else None
    return TreatmentEvent(
        treatment=treatment, progress=progress, resource=resource, neoadjuvant=neoadjuvant, stated=True
    )


