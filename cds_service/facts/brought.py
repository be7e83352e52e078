"""What an order brings with it, read as a part of the record: the Observations and reports that it contains, and the
drafts of medication and care plans beside it. So is what the resources of the record contain.
"""

from dataclasses import replace

from cds_service.facts.source import Source
from cds_service.fhir.contained import spelled_out, with_contents
from cds_service.fhir.resources import (
    CarePlan,
    DiagnosticReport,
    MedicationRequest,
    Observation,
    ServiceRequest,
)
from cds_service.fhir.retrieved import Record


def with_brought(source: Source) -> Source:
    """The source with a record that holds what its resources contain, and what the order brings."""
    record = source.once(_with_contents, source.record)
    drafts = (*source.drafts, *source.beside)
    brought = (
        *source.beside,
        *(each for draft in drafts if isinstance(draft, ServiceRequest) for each in draft.contained),
    )
    if not brought:
        return source if record is source.record else replace(source, record=record)
    record = replace(
        record,
        observations=(*record.observations, *(each for each in brought if isinstance(each, Observation))),
        diagnostic_reports=(
            *record.diagnostic_reports,
            *(each for each in brought if isinstance(each, DiagnosticReport)),
        ),
        medication_requests=(
            *record.medication_requests,
            *(spelled_out(each) for each in brought if isinstance(each, MedicationRequest)),
        ),
        care_plans=(*record.care_plans, *(each for each in brought if isinstance(each, CarePlan))),
    )
    return replace(source, record=record)


def _with_contents(record: Record, source: Source) -> Record:
    return with_contents(record)
