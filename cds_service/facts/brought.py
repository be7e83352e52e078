"""What an order brings with it, read beside the record as a part of it: the Observations and reports it contains."""

from dataclasses import replace

from cds_service.facts.source import Source
from cds_service.fhir.resources import DiagnosticReport, Observation


def with_brought(source: Source) -> Source:
    """The source with a record that holds what the order brings."""
    contained = [each for draft in source.drafts for each in draft.contained]
    if not contained:
        return source
    record = replace(
        source.record,
        observations=(*source.record.observations, *(each for each in contained if isinstance(each, Observation))),
        diagnostic_reports=(
            *source.record.diagnostic_reports,
            *(each for each in contained if isinstance(each, DiagnosticReport)),
        ),
    )
    return replace(source, record=record)
