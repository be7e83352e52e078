"""Therapy that the other drafts of a session order, or speak of: the plan may be on no record yet (facts E32).

Drafts of medication and care plans are read as those of the record (`facts.brought`).
"""

from collections.abc import Iterator

from cds_service.facts.beside import told_by
from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, reference_to
from cds_service.facts.studies import Naming, recorded_study
from cds_service.facts.therapy import SURGERY, Progress, Treatment, TreatmentEvent, named_treatment, said_neoadjuvant
from cds_service.facts.told_treatment import event_of, given_today
from cds_service.fhir.resources import CarePlan, Drafted, MedicationRequest, ServiceRequest


def ordered_therapy(source: Source) -> Iterator[TreatmentEvent]:
    """What the other drafts order of chemotherapy, anti-HER2 and radiotherapy, and what they say of therapy."""
    for draft in source.beside:
        if not isinstance(draft, MedicationRequest | CarePlan):
            yield from source.once(_therapy, draft)


def _therapy(draft: Drafted, source: Source) -> tuple[TreatmentEvent, ...]:
    told, reference = told_by(draft, source), reference_to(draft)
    given = (given_today(concept, reference, source) for concept in told)
    said = (event_of(mention, reference) for reading in source.said(*told) for mention in reading.of(Kind.THERAPY))
    ordered = _ordered(draft, source) if isinstance(draft, ServiceRequest) else ()
    return (*ordered, *(event for event in (*given, *said) if event is not None))


def _ordered(draft: ServiceRequest, source: Source) -> Iterator[TreatmentEvent]:
    neoadjuvant = said_neoadjuvant(source, draft, draft.code, *draft.reason_code)
    is_study = recorded_study(draft.code, source).naming is not Naming.NONE
    treatment = None if is_study or draft.do_not_perform else named_treatment(source, draft.code)
    if treatment is not None and treatment not in SURGERY:
        yield TreatmentEvent(
            treatment=treatment, progress=Progress.PLANNED, resource=reference_to(draft), neoadjuvant=neoadjuvant
        )
    elif not {"neoadjuvant-intent", "neoadjuvant-chemotherapy"}.isdisjoint(source.sets_of(*draft.reason_code)):
        yield TreatmentEvent(
            treatment=Treatment.CHEMOTHERAPY,
            progress=Progress.UNCLEAR,  # a study may be for its planning as well as for its response
            resource=reference_to(draft),
            neoadjuvant=True,
            stated=True,
        )
