"""One resource from its bytes to its typed struct. One that cannot be read is a value, not an exception."""

import re
from typing import Any, TypeVar

import msgspec

from cds_service.fhir.admission import stranger
from cds_service.fhir.faults import FAULTS, reason
from cds_service.fhir.resources import RESOURCES, Element, Resource
from cds_service.fhir.retrieved import Unreadable

Typed = TypeVar("Typed", bound=Resource)

# A decoder is costly to make and cheap to use: one for each type, made once.
_DECODERS: dict[type[Resource], msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(kind) for kind in RESOURCES}


class _Head(Element, frozen=True):
    resource_type: str


_HEAD = msgspec.json.Decoder(_Head)
_TYPE_FIRST = re.compile(rb'\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"')


def type_of(raw: msgspec.Raw) -> str | None:
    """The `resourceType` of a resource; None where it cannot be told."""
    # Nearly every sender puts it first, and looking there is much cheaper than passing over the whole resource.
    first = _TYPE_FIRST.match(raw)
    if first is not None:
        return first[1].decode()
    try:
        return _HEAD.decode(raw).resource_type
    except FAULTS:
        return None


def decode_resource(raw: msgspec.Raw, kind: type[Typed], *, place: str) -> Typed | Unreadable:
    """The resource in `raw`, taken to be of `kind`; its `resourceType` is the caller's to check."""
    try:
        resource: Typed = _DECODERS[kind].decode(raw)
        return resource
    except msgspec.ValidationError as error:
        return _without_nulls(raw, kind, place) if b"null" in bytes(raw) else _unreadable(error, place)
    except FAULTS as error:
        return _unreadable(error, place)


# Its value is neither null nor an empty array, as some senders write what is absent.
_MODIFIED = re.compile(rb'"modifierExtension"\s*:\s*(?:\[\s*[^\]\s]|[^\[\sn])')


def is_modified(raw: msgspec.Raw) -> bool:
    """Whether an extension, at whatever depth, may turn what is said into something else.

    We know none, and must not process what one stands on (https://hl7.org/fhir/R4/extensibility.html#modifierExtension).
    """
    written = bytes(raw)
    return _names_modifiers(written) and _MODIFIED.search(written) is not None


def _names_modifiers(written: bytes) -> bool:
    """Whether `modifierExtension` is written somewhere.

    One character is found 60 times as fast as a word (in 636 KB in 7 µs, not 450), and its E is rare: without one that
    begins "Extension" there is no need to look. Where E is not rare, it is no help.
    """
    at = -1
    for _ in range(len(written) // _USUAL_SPACING):
        at = written.find(b"E", at + 1)
        if at < 0:
            return False
        if written.startswith(b"Extension", at):
            break
    return b'"modifierExtension"' in written


_USUAL_SPACING = 200
"""Bytes from one E to the next: where they stand closer, a search for the word is cheaper."""


def decode_own(raw: msgspec.Raw, kind: type[Typed], *, place: str, patient_id: str) -> Typed | Unreadable:
    """The resource in `raw`, Unreadable too when it is not the patient's or an extension modifies it."""
    if is_modified(raw):
        return Unreadable(place=place, reason="modifierExtension: not understood")
    resource = decode_resource(raw, kind, place=place)
    if isinstance(resource, Unreadable):
        return resource
    foreign = stranger(resource, patient_id)
    return resource if foreign is None else Unreadable(place=place, reason=foreign)


def _without_nulls(raw: msgspec.Raw, kind: type[Typed], place: str) -> Typed | Unreadable:
    """Tries again as if every null were absent: not allowed in FHIR, yet sent."""
    try:
        return msgspec.convert(_stripped(msgspec.json.decode(raw)), kind)
    except FAULTS as error:
        return _unreadable(error, place)


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _stripped(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_stripped(item) for item in value if item is not None]
    return value


def _unreadable(error: Exception, place: str) -> Unreadable:
    return Unreadable(place=place, reason=reason(error))
