"""Typed getters over one JSON object's members, each kept as bytes until someone asks; a fault names its place.

An object is read one level at a time, so that whatever nobody asks for costs nothing and can break nothing.
"""

import re
from collections.abc import Mapping

import msgspec

from cds_service.hooks.errors import ROOT, BadRequest

FAULTS = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""Everything msgspec raises on bytes it cannot read."""

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_STRING = msgspec.json.Decoder(str)
_NULL = msgspec.Raw(b"null")
_NAME = re.compile(rb'[\s,{]*"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*')


def utf8(body: bytes) -> bytes:
    """The body, known to be UTF-8: msgspec does not look into the strings that it skips."""
    try:
        body.decode()
    except UnicodeDecodeError:
        raise BadRequest(ROOT, "not UTF-8") from None
    return body


def members(text: bytes, place: str) -> dict[str, msgspec.Raw]:
    """The members of the object in `text`; BadRequest when it is none, or names a member twice."""
    try:
        found = _MEMBERS.decode(text)
    except FAULTS as error:
        raise BadRequest(place, _problem(error, "expected an object")) from None
    if _names_repeat(text, found):
        raise BadRequest(place, "a member is named twice")
    return found


def items(owner: Mapping[str, msgspec.Raw], name: str, place: str) -> list[msgspec.Raw]:
    """The items of an optional array; none where it is absent or null."""
    raw = _value(owner, name)
    if raw is None:
        return []
    try:
        return _ITEMS.decode(raw)
    except FAULTS as error:
        raise BadRequest(_below(place, name), _problem(error, "expected an array")) from None


def required_items(owner: Mapping[str, msgspec.Raw], name: str, place: str) -> list[msgspec.Raw]:
    """The items of an array that must be there, but may be empty."""
    required(owner, name, place)
    return items(owner, name, place)


def required_object(owner: Mapping[str, msgspec.Raw], name: str, place: str) -> dict[str, msgspec.Raw]:
    """The members of an object that must be there."""
    return members(bytes(required(owner, name, place)), _below(place, name))


def optional_object(owner: Mapping[str, msgspec.Raw], name: str, place: str) -> dict[str, msgspec.Raw]:
    """The members of an object that may be absent or null: then none."""
    raw = _value(owner, name)
    return {} if raw is None else members(bytes(raw), _below(place, name))


def required_string(owner: Mapping[str, msgspec.Raw], name: str, place: str) -> str:
    """A string that must be there and say something."""
    text = string(required(owner, name, place), _below(place, name))
    if not text:
        raise BadRequest(_below(place, name), "must not be empty")
    return text


def optional_string(owner: Mapping[str, msgspec.Raw], name: str, place: str) -> str | None:
    """A string that may be absent, null or empty: then None."""
    raw = _value(owner, name)
    return None if raw is None else string(raw, _below(place, name)) or None


def required(owner: Mapping[str, msgspec.Raw], name: str, place: str) -> msgspec.Raw:
    """The bytes of a member that must be there; null is absent."""
    raw = _value(owner, name)
    if raw is None:
        raise BadRequest(_below(place, name), "required")
    return raw


def string(raw: msgspec.Raw, place: str) -> str:
    """The string in `raw`, without spaces around it."""
    try:
        return _STRING.decode(raw).strip()
    except FAULTS as error:
        raise BadRequest(place, _problem(error, "expected a string")) from None


def _value(owner: Mapping[str, msgspec.Raw], name: str) -> msgspec.Raw | None:
    # SHALL NOT be null (2.0 "Null and empty JSON elements"), yet clients send it: read as absent.
    raw = owner.get(name)
    return None if raw is None or raw == _NULL else raw


def _names_repeat(text: bytes, found: Mapping[str, msgspec.Raw]) -> bool:
    """Whether the object holds more members than were found: msgspec keeps the last of two, silently.

    Where nothing stands between the members, as most senders write, their lengths alone say so. Else it walks from
    member to member; when all were passed, only the closing brace may be left.
    """
    if len(text) == written_closely(found):
        return False  # no room for one more
    at = 0
    for value in found.values():
        name = _NAME.match(text, at)
        if name is None:
            return True
        at = name.end() + len(value)
    return text[at:].strip(b" \t\r\n,{") != b"}"


def written_closely(found: Mapping[str, msgspec.Raw]) -> int:
    """How many bytes an object of these members has, at least one, with nothing between them: {"name":value,…}."""
    return 1 + 4 * len(found) + sum(map(len, found)) + sum(map(len, found.values()))


def _problem(error: Exception, expectation: str) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, msgspec.ValidationError):
        return expectation
    return "not JSON"


def _below(place: str, name: str) -> str:
    return name if place == ROOT else f"{place}.{name}"
