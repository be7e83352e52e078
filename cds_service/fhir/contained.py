"""What resources hold within themselves (https://hl7.org/fhir/R4/references.html#contained), read as if it stood
where others write it: an Observation or a report in the record, a diagnosis as the reason in codes, a drug by its code.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from cds_service.fhir.admission import FOREIGN, NEVER_WAS, exists, stranger, verified
from cds_service.fhir.references import CONTAINED
from cds_service.fhir.resources import (
    CarePlan,
    CodeableConcept,
    Condition,
    ContainedResource,
    DiagnosticReport,
    MedicationAdministration,
    MedicationRequest,
    Observation,
    Period,
    Procedure,
    Reference,
    Resource,
)
from cds_service.fhir.retrieved import Record

Holder = (
    Condition | Observation | Procedure | MedicationRequest | MedicationAdministration | CarePlan | DiagnosticReport
)
Held = TypeVar("Held", Observation, DiagnosticReport)
Read = TypeVar("Read", bound=Resource)


def with_contents(record: Record) -> Record:
    """The record with what its resources contain."""
    names = [name for name in _HOLDING if any(each.contained for each in getattr(record, name))]
    if not names:
        return record
    own = record.patient_id
    holders: list[Holder] = [each for name in names for each in getattr(record, name) if each.contained]
    said: dict[str, Any] = {name: tuple([spelled_out(each) for each in getattr(record, name)]) for name in names}
    record = replace(record, **said)
    return replace(
        record,
        observations=(*record.observations, *(each for one in holders for each in _inside(one, Observation, own))),
        diagnostic_reports=(
            *record.diagnostic_reports,
            *(each for one in holders for each in _inside(one, DiagnosticReport, own)),
        ),
    )


_HOLDING = (
    "conditions",
    "observations",
    "procedures",
    "medication_requests",
    "medication_administrations",
    "care_plans",
    "diagnostic_reports",
)
"""The fields of a record whose resources may contain others."""


def spelled_out(resource: Read) -> Read:
    """A resource that says itself what it refers to inside itself: its reasons, and its drug."""
    if isinstance(resource, MedicationRequest | MedicationAdministration) and resource.contained:
        drug = _drug(resource)
        reasons = (*resource.reason_code, *_referred(resource.reason_reference, resource.contained))
        return msgspec.structs.replace(resource, medication_codeable_concept=drug, reason_code=reasons)
    if isinstance(resource, Procedure) and resource.contained:
        return msgspec.structs.replace(
            resource,
            reason_code=(*resource.reason_code, *_referred(resource.reason_reference, resource.contained)),
            complication=(*resource.complication, *_referred(resource.complication_detail, resource.contained)),
        )
    return resource


def said_in(contained: ContainedResource) -> tuple[CodeableConcept, ...]:
    """What a diagnosis, an Observation or a report says that another resource holds; none of what never was so."""
    if contained.status in NEVER_WAS or ((said := verified(contained.verification_status)) and said <= NEVER_WAS):
        return ()
    concepts = (contained.concept, contained.value_codeable_concept, *contained.conclusion_code)
    texts = (contained.value_string, contained.conclusion, *(note.text for note in contained.note))
    return (
        *(concept for concept in concepts if concept is not None),
        *(CodeableConcept(text=text) for text in texts if text),
    )


def _referred(references: Iterable[Reference], contained: tuple[ContainedResource, ...]) -> Iterator[CodeableConcept]:
    """What is said where these references lead within the resource."""
    for reference in references:
        found = _found(reference, contained)
        if found is not None:
            yield from said_in(found)


def _found(reference: Reference | None, contained: tuple[ContainedResource, ...]) -> ContainedResource | None:
    named = (reference.reference or "") if reference is not None else ""
    if not named.startswith(CONTAINED):
        return None
    return next((each for each in contained if each.id == named.removeprefix(CONTAINED)), None)


def _drug(order: MedicationRequest | MedicationAdministration) -> CodeableConcept | None:
    """What names the drug: its concept, or that of the Medication inside, with all that it is made of."""
    found = _found(order.medication_reference, order.contained)
    if order.medication_codeable_concept is not None or found is None:
        return order.medication_codeable_concept
    named = (found.concept, *(each.item_codeable_concept for each in found.ingredient))
    concepts = [each for each in named if each is not None]
    codings = tuple(coding for each in concepts for coding in each.coding)
    texts = [each.text for each in concepts if each.text]
    return CodeableConcept(coding=codings, text=", ".join(texts) or None) if concepts else None


# --- what joins the record --------------------------------------------------------------------------------------------
def _inside(holder: Holder, kind: type[Held], patient_id: str) -> Iterator[Held]:
    """The resources of a kind inside another, each as one of its own: of the other's day, where it names none.

    They have no id: theirs means something inside the other alone. What is inside a diagnosis is about it.
    """
    for each in holder.contained:
        if each.resource_type != kind.__name__ or not _is_result(each, holder):
            continue
        given = {name: getattr(each, name) for name in _SHARED[kind]}
        if not (each.effective_date_time or each.effective_period or each.effective_instant):
            given["effective_date_time"], given["effective_period"] = _day(holder)
        given["issued"] = each.issued or getattr(holder, "issued", None)
        for name, alone in _ONE_OR_MANY.items():
            if name in given and not isinstance(given[name], alone):
                del given[name]
        if kind is Observation and isinstance(holder, Condition) and holder.id and not given.get("focus"):
            given["focus"] = (Reference(reference=f"Condition/{holder.id}"),)
        made = kind(**given)
        if exists(made) and stranger(made, patient_id) != FOREIGN:
            yield made


def _is_result(contained: ContainedResource, holder: Holder) -> bool:
    """Whether it says more than why the resource is there: that is as old as the resource, and read with it."""
    named = f"{CONTAINED}{contained.id}"
    match holder:
        case Condition():  # what a diagnosis rests on is its evidence
            return any(each.reference == named for stage in holder.stage for each in stage.assessment)
        case Procedure():
            reasons = (*holder.reason_reference, *holder.complication_detail)
        case MedicationRequest() | MedicationAdministration():
            reasons = holder.reason_reference
        case CarePlan():
            details = (each.detail for each in holder.activity if each.detail is not None)
            reasons = (*holder.addresses, *(each for detail in details for each in detail.reason_reference))
        case _:
            return True
    return not any(each.reference == named for each in reasons)


_SHARED = {
    kind: tuple(sorted({*kind.__struct_fields__} & {*ContainedResource.__struct_fields__} - {"id"}))
    for kind in (Observation, DiagnosticReport)
}
_ONE_OR_MANY: dict[str, type] = {
    "code": CodeableConcept,
    "body_site": CodeableConcept,
    "subject": Reference,
    "focus": tuple,
}
"""Elements that other types write as a list, or as one, and how these types write them."""


def _day(holder: Holder) -> tuple[str | None, Period | None]:
    match holder:
        case Procedure():
            return holder.performed_date_time, holder.performed_period
        case MedicationRequest():
            return holder.authored_on, None
        case CarePlan():
            return (None, holder.period) if holder.period is not None else (holder.created, None)
        case Condition():
            return holder.onset_date_time or holder.recorded_date, holder.onset_period
        case Observation():
            return holder.effective_date_time or holder.effective_instant, holder.effective_period
        case _:
            return holder.effective_date_time, holder.effective_period
