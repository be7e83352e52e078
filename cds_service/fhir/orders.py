"""A draft from its bytes; an order with the resources that it contains (https://hl7.org/fhir/R4/references.html#contained).

A contained resource may be of any type: one that cannot be read costs itself, not the order.
"""

from typing import Any

import msgspec

from cds_service.fhir.admission import exists
from cds_service.fhir.faults import FAULTS
from cds_service.fhir.resources import (
    CarePlan,
    CommunicationRequest,
    Condition,
    DeviceRequest,
    DiagnosticReport,
    DocumentReference,
    Drafted,
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
    return decode_own(own, ServiceRequest, place=place, patient_id=patient_id)


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
