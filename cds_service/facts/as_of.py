"""The day an order is judged as of."""

from collections.abc import Iterable
from datetime import date, timedelta

from cds_service.facts.dates import When, when
from cds_service.fhir.resources import Record, ServiceRequest


def as_of(draft: ServiceRequest, record: Record, today: date) -> date:
    """The day an order is judged as of: its authoredOn, unless that lies ahead or the record goes on after it.

    Synthetic patients and replayed requests live in their own time; a template's old date on a live order does not.
    """
    authored = when(draft.authored_on)
    if authored is None or authored.latest > today + timedelta(days=1):
        return today
    later = any(on.earliest > authored.latest + timedelta(days=1) for on in _dates(record))
    return today if later else authored.latest


def _dates(record: Record) -> Iterable[When]:
    texts: list[str | None] = []
    for condition in record.conditions:
        texts += [condition.onset_date_time, condition.recorded_date]
    for observation in record.observations:
        texts.append(observation.effective_date_time or observation.issued)
    for procedure in record.procedures:
        if procedure.status not in ("preparation", "not-done"):
            texts += [
                procedure.performed_date_time,
                procedure.performed_period.start if procedure.performed_period else None,
            ]
    for report in record.diagnostic_reports:
        texts.append(report.effective_date_time or report.issued)
    for given in record.medication_administrations:
        texts.append(given.effective_date_time)
    return (on for text in texts if (on := when(text)) is not None)
