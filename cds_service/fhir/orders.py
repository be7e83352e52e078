"""A draft from its bytes; an order with the resources that it contains (https://hl7.org/fhir/R4/references.html#contained).

A contained resource may be of any type: one that cannot be read costs itself, not the order.
"""

from typing import Any

import msgspec

from cds_service.fhir.admission import exists
from cds_service.fhir.faults import FAULTS
from cds_service.fhir.resources import (
    CarePlan,
    CodeableConcept,
    Coding,
    CommunicationRequest,
    Condition,
    DeviceRequest,
    DiagnosticReport,
    DocumentReference,
    Drafted,
    Extension,
    MedicationRequest,
    Observation,
    Resource,
    ServiceRequest,
    Unread,
)
from cds_service.fhir.retrieved import Unreadable
from cds_service.fhir.typed import decode_own

_READ: dict[str, type[Resource]] = {
    kind.__name__: kind for kind in (Condition, DiagnosticReport, DocumentReference, Observation)
}


def decode_service_request(raw: msgspec.Raw, *, place: str, patient_id: str) -> ServiceRequest | Unreadable:
    """The patient's draft order in `raw`, which stands at `place` of the request."""
    own = _with_readable_contents(raw, patient_id)
    order = decode_own(own, ServiceRequest, place=place, patient_id=patient_id)
    if isinstance(order, Unreadable) or not any(map(_is_blank, order.reason_code)):
        return order
    return _with_unread_reasons(order, msgspec.json.decode(raw)["reasonCode"])


def _is_blank(concept: CodeableConcept) -> bool:
    return not concept.text and not concept.extension and all(each == _NO_CODING for each in concept.coding)


_NO_CODING = Coding()
_UNREAD_REASON = CodeableConcept(extension=(Extension(),))
"""Stands for a reason of which nothing was read: one that is masked, or is not as FHIR R4 writes it."""


def _with_unread_reasons(order: ServiceRequest, written: list[Any]) -> ServiceRequest:
    """The order with reasons that say something, and nobody can read what, told apart from empty ones."""
    reasons = [
        _UNREAD_REASON if _is_blank(read) and _says_anything(each) else read
        for read, each in zip(order.reason_code, (each for each in written if each is not None), strict=False)
    ]
    return msgspec.structs.replace(order, reason_code=tuple(reasons))


def _says_anything(written: Any) -> bool:
    """Whether anything stands in it but empty things, at whatever depth."""
    left = [written]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            left += each.values()
        elif isinstance(each, list):
            left += each
        elif each:
            return True
    return False


_NO_ORDERS: dict[str | None, type[MedicationRequest | CarePlan | DeviceRequest | CommunicationRequest]] = {
    kind.__name__: kind for kind in (MedicationRequest, CarePlan, DeviceRequest, CommunicationRequest)
}


def decode_other(
    raw: msgspec.Raw, resource_type: str | None, *, place: str, patient_id: str
) -> Drafted | Unreadable | None:
    """The patient's draft of something else than an order, at `place` of the request; None of one withdrawn."""
    kind = _NO_ORDERS.get(resource_type)
    if kind is None:
        return Unreadable(place=place, reason="resourceType: not read")
    read = decode_own(raw, kind, place=place, patient_id=patient_id)
    return read if isinstance(read, Unreadable) or exists(read) else None


def _with_readable_contents(raw: msgspec.Raw, patient_id: str) -> msgspec.Raw:
    """The order with an `Unread` in the place of each contained resource that is of no use to us.

    That is one of another type, one that cannot be read, is not the patient's, or was entered in error.
    """
    if b'"contained"' not in bytes(raw):
        return raw
    try:
        order = msgspec.json.decode(raw)
    except FAULTS:
        return raw
    if not isinstance(order, dict) or not isinstance(order.get("contained"), list):
        return raw
    contents = [_readable(each, patient_id) for each in order["contained"] if each is not None]
    return msgspec.Raw(msgspec.json.encode({**order, "contained": contents}))


def _readable(resource: Any, patient_id: str) -> Any:
    named = resource if isinstance(resource, dict) else {}
    kind = _READ.get(str(named.get("resourceType")))
    if kind is not None:
        read = decode_own(msgspec.Raw(msgspec.json.encode(resource)), kind, place="contained", patient_id=patient_id)
        if not isinstance(read, Unreadable) and exists(read):
            return resource
    id = named.get("id")
    return {"resourceType": Unread.__name__, "id": id if isinstance(id, str) else None}
