"""What treatment the record and the order show: surgery, chemotherapy, anti-HER2, radiotherapy, endocrine; when, and
whether it is over.

From Procedures, medication orders and administrations, care plans, status codes among the Conditions, and words.
"""

from collections.abc import Iterator

from cds_service.facts.dates import end_of, start_of, when
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.given_treatment import (
    PROGRESS,
    noted_on,
    of_administration,
    of_procedure,
    of_request,
    prescribing,
    progress_of,
    treating,
)
from cds_service.facts.mentions import Kind
from cds_service.facts.plan_texts import texts_of_plan
from cds_service.facts.source import Source, reference_to
from cds_service.facts.therapy import (
    Progress,
    Treatment,
    TreatmentEvent,
    begins_therapy,
    named_treatment,
    said_neoadjuvant,
)
from cds_service.facts.told_treatment import SAID_PROGRESS, of_order, of_status_code
from cds_service.fhir.resources import (
    CarePlan,
    CodeableConcept,
)


def treatment_events(found: tuple[Diagnosis, ...], source: Source) -> tuple[TreatmentEvent, ...]:
    """Every treatment of breast cancer on record or named by the order."""
    record = source.record
    every = (
        *(of_procedure(each, source) for each in treating(source)),
        *(of_request(each, source) for each in prescribing(source)),
        *(of_administration(each, source) for each in record.medication_administrations),
        *(event for plan in record.care_plans for event in _of_care_plan(plan, source)),
        *(event for each in found for event in of_status_code(each, source)),
        *of_order(source),
    )
    return tuple(event for event in every if event is not None)


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
    status = progress_of(plan.status)
    of_plan = Progress.PLANNED if status in (Progress.RUNNING, Progress.UNCLEAR) else status
    words = tuple(CodeableConcept(text=text) for text in (plan.title, plan.description) if text)
    if plan.category or words or plan.note:
        yield (*plan.category, *words, *noted_on(plan.note)), of_plan
    for activity in plan.activity:
        detail = activity.detail
        if detail is not None:
            concepts = (detail.code, *detail.reason_code, CodeableConcept(text=detail.description))
            yield concepts, _of_activity(PROGRESS.get(detail.status, of_plan), of_plan)


def _of_activity(progress: Progress | None, of_plan: Progress | None) -> Progress | None:
    """An activity that is still ahead in a plan that is withdrawn is none; in one that is over, nobody can say."""
    if progress is not Progress.PLANNED or of_plan is Progress.PLANNED:
        return progress
    return Progress.UNCLEAR if of_plan is Progress.COMPLETED else None


def _said_progress(source: Source, concepts: tuple[CodeableConcept | None, ...]) -> Progress | None:
    """What "neoadjuvant chemotherapy planned" says beyond the status of the plan that holds the words."""
    for reading in source.said(*concepts):
        for mention in reading.affirmed(Kind.THERAPY):
            if mention.value in SAID_PROGRESS:
                return SAID_PROGRESS[mention.value]
    return None
