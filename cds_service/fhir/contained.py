"""Observations that a report holds within itself (https://hl7.org/fhir/R4/references.html#contained)."""

from collections.abc import Iterator

from cds_service.fhir.admission import exists
from cds_service.fhir.resources import DiagnosticReport, Observation


def results_in(report: DiagnosticReport) -> Iterator[Observation]:
    """The Observations inside a report, each as one of its own: of the day of the report, where it names none.

    They have no id: theirs means something inside the report alone.
    """
    for each in report.contained:
        if each.resource_type != "Observation":
            continue
        dated = each.effective_date_time is not None or each.effective_period is not None
        result = Observation(
            status=each.status,
            code=each.concept,
            effective_date_time=each.effective_date_time if dated else report.effective_date_time,
            effective_period=each.effective_period if dated else report.effective_period,
            issued=report.issued,
            value_codeable_concept=each.value_codeable_concept,
            value_quantity=each.value_quantity,
            value_string=each.value_string,
            value_boolean=each.value_boolean,
            value_integer=each.value_integer,
            interpretation=each.interpretation,
            note=each.note,
            reference_range=each.reference_range,
            component=each.component,
        )
        if exists(result):
            yield result
