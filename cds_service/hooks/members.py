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
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MALFORMED = re.compile(r"JSON is malformed: (?P<what>[^()]+) \(byte (?P<at>\d+)\)")
_HALF_CHARACTER = re.compile(
    rb"""(?<!\\)(?P<before>(?:\\\\)*)\\u(?:
        [dD][89abAB][0-9a-fA-F]{2} (?! \\u[dD][c-fC-F][0-9a-fA-F]{2} )  # a first half without its second
        | (?<! \\u[dD][89abAB][0-9a-fA-F]{2} \\u ) [dD][c-fC-F][0-9a-fA-F]{2} )""",
    re.VERBOSE,
)
_NULL = msgspec.Raw(b"null")
_NAME = re.compile(rb'[\s,{]*"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*')


def utf8(body: bytes) -> bytes:
    """The body, known to be UTF-8: msgspec does not look into the strings that it skips.

    Half a character, written as an escape, is by the grammar of JSON, and no text: where a field was cut in the middle
    of an emoji. It is read as U+FFFD, as browsers do, so that it costs the patient's record nothing else.
    """
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(ROOT, f"not UTF-8: {_position(body, error.start)}") from None
    # One sign is found a hundred times as fast as three, and many bodies hold no escape at all.
    if b"\\" in body and (b"\\ud" in body or b"\\uD" in body):
        return _HALF_CHARACTER.sub(rb"\g<before>\\ufffd", body)
    return body


def members(text: bytes, place: str) -> dict[str, msgspec.Raw]:
    """The members of the object in `text`; BadRequest when it is none, or names a member twice."""
    try:
        found = _MEMBERS.decode(text)
    except FAULTS as error:
        raise BadRequest(place, _problem(error, "expected an object", text if place == ROOT else None)) from None
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


def _problem(error: Exception, expectation: str, text: bytes | None = None) -> str:
    """`text`: what was read, where it is the whole body, so that a position in it is one in the sender's file."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, msgspec.ValidationError):
        return expectation
    return "not JSON" if text is None else f"not JSON: {_malformed(str(error), text)}"


def _malformed(message: str, text: bytes) -> str:
    """What is wrong, and where. Of the parser's message only its own fixed words: nothing of the text."""
    if not text.strip():
        return "the body is empty"
    if text.startswith(_BYTE_ORDER_MARK):
        return "begins with a byte order mark; leave it out"
    told = _MALFORMED.fullmatch(message)
    if told is None:
        return "ends too early"
    return f"{told['what']}, {_position(text, int(told['at']))}"


def _position(text: bytes, at: int) -> str:
    """As editors count, from one; in a line by characters."""
    before = text[:at].split(b"\n")
    return f"line {len(before)}, column {len(before[-1].decode(errors='replace')) + 1}"


def _below(place: str, name: str) -> str:
    return name if place == ROOT else f"{place}.{name}"
