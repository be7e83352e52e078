"""The day an order is judged as of."""

from collections.abc import Iterable
from datetime import date, timedelta

from cds_service.facts.dates import When, when
from cds_service.fhir.resources import ServiceRequest
from cds_service.fhir.retrieved import Record


def as_of(draft: ServiceRequest, record: Record, today: date) -> date:
    """The day an order is judged as of: its authoredOn, unless that lies ahead or the record goes on after it.

    Synthetic patients and replayed requests live in their own time; a template's old date on a live order does not.
    """
    authored = when(draft.authored_on)
    if authored is None or authored.latest > today + timedelta(days=1):
        return today
    last = authored.latest + timedelta(days=1)
    return today if any(on.earliest > last for on in _dates_after(last, record)) else authored.latest


def _dates_after(last: date, record: Record) -> Iterable[When]:
    """The dates of a record that may lie after a day; by their spelling alone, for a record has thousands."""
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
    # ISO dates sort as they are written: what comes before the day, or lacks its end, began no later.
    spelled = last.isoformat()
    return (on for text in texts if text and text[:10] > spelled and (on := when(text)) is not None)
