"""The drafts of one session, as far as they can say something of the patient, and those of which nobody knows it.

A draft that cannot be read may name a symptom or a metastasis: what it says is unknown, never nothing.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from cds_service.fhir.admission import FOREIGN, NEVER_WAS, exists, stranger
from cds_service.fhir.faults import FAULTS
from cds_service.fhir.orders import decode_other, decode_service_request
from cds_service.fhir.resources import CommunicationRequest, Drafted, Element, Reference
from cds_service.fhir.retrieved import Unreadable
from cds_service.value import Value


class Session(Value, frozen=True, kw_only=True):
    """What is drafted. `unread`: the drafts that may say something and cannot be read, by name or else by place."""

    drafts: tuple[Drafted, ...] = ()
    unread: tuple[str, ...] = ()


class DraftIn(Value, frozen=True, kw_only=True):
    """A draft as it came: `kind` and `id` are None where they could not be read."""

    raw: msgspec.Raw
    place: str
    kind: str | None
    id: str | None

    @property
    def name(self) -> str:
        """What it is called in evidence."""
        return f"{self.kind}/{self.id}" if self.kind and self.id else self.place


def read_session(drafts: Iterable[DraftIn], *, patient_id: str) -> Session:
    """What these drafts say. One of another patient, one withdrawn, and one that holds nothing to say are left out."""
    read: list[Drafted] = []
    unread: list[str] = []
    for draft in drafts:
        found = _told(draft, patient_id)
        if isinstance(found, Unreadable):
            unread.append(draft.name)
        elif found is not None:
            read.append(found)
    return Session(drafts=tuple(read), unread=tuple(unread))


def _told(draft: DraftIn, patient_id: str) -> Drafted | Unreadable | None:
    found = _decoded(draft.raw, draft, patient_id)
    if not isinstance(found, Unreadable):
        return found
    try:
        written = msgspec.json.decode(draft.raw)
    except FAULTS:
        return found
    if _says_nothing(written, draft, patient_id):
        return None
    # What it says may be readable where something else in it is broken.
    telling = {name: each for name, each in written.items() if name in _ABOUT} if isinstance(written, dict) else {}
    return _decoded(msgspec.Raw(msgspec.json.encode(telling)), draft, patient_id) if telling else found


def _decoded(raw: msgspec.Raw, draft: DraftIn, patient_id: str) -> Drafted | Unreadable | None:
    if draft.kind == "ServiceRequest":
        order = decode_service_request(raw, place=draft.place, patient_id=patient_id)
        return order if isinstance(order, Unreadable) or exists(order) else None
    return decode_other(raw, draft.kind, place=draft.place, patient_id=patient_id)


_TELLING = (
    *("reasonCode", "reasonReference", "reason", "note", "supportingInfo", "supportingInformation", "contained"),
    *("patientInstruction", "description", "comment", "title", "addresses", "activity", "action"),
    *("modifierExtension", "resource"),
)
"""Where a draft of whatever kind may say something of the patient; "resource" is that of an entry that is not read."""

_NAMING: dict[str | None, tuple[str, ...]] = {
    None: ("code", "medicationCodeableConcept"),
    "ServiceRequest": ("code", "orderDetail"),
    "MedicationRequest": ("medicationCodeableConcept",),
}
"""Where what is ordered says something too: "MRI spine for back pain", chemotherapy."""

_ABOUT = frozenset(
    {
        *("resourceType", "id", "status", "intent", "subject", "doNotPerform"),
        *("code", "orderDetail", "medicationCodeableConcept", *_TELLING),
    }
)
"""What of a draft is read for what it says. Priority, dates, performers and the like say nothing of the patient."""


class _Whose(Element, frozen=True):
    subject: Reference | None = None
    patient: Reference | None = None
    for_: Reference | None = msgspec.field(default=None, name="for")
    status: Any = None


def _says_nothing(written: Any, draft: DraftIn, patient_id: str) -> bool:
    """Whether it is another patient's, was withdrawn, or holds nothing but what any order may."""
    if not isinstance(written, dict):
        return False
    try:
        whose = msgspec.convert(written, _Whose)
    except FAULTS:
        return False
    subject = whose.subject or whose.patient or whose.for_
    if stranger(CommunicationRequest(subject=subject), patient_id) == FOREIGN or whose.status in NEVER_WAS:
        return True
    return not any(written.get(name) for name in (*_TELLING, *_NAMING.get(draft.kind, ())))
