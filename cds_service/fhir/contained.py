"""Observations that a report or a panel holds within itself (https://hl7.org/fhir/R4/references.html#contained)."""

from collections.abc import Iterator

from cds_service.fhir.admission import exists
from cds_service.fhir.resources import DiagnosticReport, Observation


def results_in(holder: DiagnosticReport | Observation) -> Iterator[Observation]:
    """The Observations inside a report or a panel, each as one of its own: of the day of what holds it, where it names
    none.

    They have no id: theirs means something inside what holds them alone.
    """
    instant = holder.effective_instant if isinstance(holder, Observation) else None
    for each in holder.contained:
        if each.resource_type != "Observation":
            continue
        dated = each.effective_date_time is not None or each.effective_period is not None
        result = Observation(
            status=each.status,
            code=each.concept,
            effective_date_time=each.effective_date_time if dated else holder.effective_date_time,
            effective_period=each.effective_period if dated else holder.effective_period,
            effective_instant=None if dated else instant,
            issued=holder.issued,
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
