"""Symptoms and findings that the record names only as the reason of something done or prescribed of late: "morphine,
for bone pain". What was prescribed longer ago says nothing of today; what the order itself names is read with it.
"""

from collections.abc import Iterator

from cds_service.facts.dates import When, start_of, when
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, reference_to
from cds_service.facts.suspicion import Suspicion, suspected
from cds_service.fhir.resources import (
    CodeableConcept,
    MedicationAdministration,
    MedicationRequest,
    Procedure,
    Reference,
)

_Given = MedicationRequest | MedicationAdministration | Procedure

_NOT_GIVEN = frozenset({"entered-in-error", "cancelled", "not-done"})


def of_given(source: Source) -> Iterator[Suspicion]:
    """What recent prescriptions and procedures are for, as far as it may mean metastasis: nobody can say."""
    record = source.record
    listed = {reference_to(each) for each in record.conditions}
    given: tuple[_Given, ...] = (*record.medication_requests, *record.medication_administrations, *record.procedures)
    for each in given:
        if not (each.reason_code or each.reason_reference) or each.status in _NOT_GIVEN:
            continue  # nearly all of a chart
        on = _on(each)
        if on is not None and on.surely_older(source.windows.work_up_days, source.today):
            continue
        if any(source.alike(suspected, concept) for concept in (*each.reason_code, *_displays(each, listed))):
            evidence = Evidence(
                value="reason of a treatment", resources=(reference_to(each),), date=on.text if on is not None else None
            )
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _on(given: _Given) -> When | None:
    if isinstance(given, MedicationRequest):
        return when(given.authored_on)
    if isinstance(given, MedicationAdministration):
        return when(given.effective_date_time, start_of(given.effective_period))
    return when(given.performed_date_time, start_of(given.performed_period))


def _displays(given: _Given, listed: set[str]) -> Iterator[CodeableConcept]:
    """What references say by themselves; those to the problem list say no more than the problem list."""
    references: tuple[Reference, ...] = given.reason_reference
    for each in references:
        if each.display and each.reference not in listed:
            yield CodeableConcept(text=each.display)
