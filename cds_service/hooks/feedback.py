"""From the bytes of a feedback call to values (https://cds-hooks.hl7.org/2.0/#feedback).

Lenient where clients are known to differ: `overrideReasons` with one object, ids of cards that are no UUIDs, reasons
without `display`, times with fractions and offsets. Whatever a client sends, the outcome is feedback or a BadRequest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from cds_service.hooks.errors import ROOT, BadRequest
from cds_service.hooks.members import (
    items,
    members,
    optional_object,
    optional_string,
    required_items,
    required_string,
    string,
    utf8,
)

MOST = 1000
"""Entries of one call."""


class FeedbackOutcome(StrEnum):
    """What a user did with a card (https://cds-hooks.hl7.org/2.0/#feedback)."""

    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a user did with one card. `accepted`: ids of suggestions. `comment` is free text, and may name a patient."""

    card: str
    outcome: FeedbackOutcome
    at: datetime
    accepted: tuple[str, ...] = ()
    reason_system: str | None = None
    reason_code: str | None = None
    comment: str | None = field(default=None, repr=False)

    @property
    def reasoned(self) -> bool:
        """Whether the user said why: by a reason of the list, or in words."""
        return bool(self.reason_code or self.comment)


def decode_feedback(body: bytes) -> tuple[Feedback, ...]:
    """The feedback in `body`. Raises BadRequest, and nothing else."""
    envelope = members(utf8(body), ROOT)
    entries = required_items(envelope, "feedback", ROOT)
    if len(entries) > MOST:
        raise BadRequest("feedback", f"more than {MOST} entries")
    return tuple(_entry(raw, f"feedback[{index}]") for index, raw in enumerate(entries))


def _entry(raw: msgspec.Raw, place: str) -> Feedback:
    entry = members(bytes(raw), place)
    override, at = _override(entry, place)
    reason = optional_object(override, "reason", at)
    return Feedback(
        card=_id(required_string(entry, "card", place)),
        outcome=_outcome(required_string(entry, "outcome", place), f"{place}.outcome"),
        at=_moment(required_string(entry, "outcomeTimestamp", place), f"{place}.outcomeTimestamp"),
        accepted=_accepted(entry, place),
        reason_system=optional_string(reason, "system", f"{at}.reason"),
        reason_code=optional_string(reason, "code", f"{at}.reason"),
        comment=optional_string(override, "userComment", at),
    )


def _outcome(text: str, place: str) -> FeedbackOutcome:
    try:
        return FeedbackOutcome(text.lower())
    except ValueError:
        raise BadRequest(place, f"must be {' or '.join(FeedbackOutcome)}") from None


def _override(entry: Mapping[str, msgspec.Raw], place: str) -> tuple[Mapping[str, msgspec.Raw], str]:
    """The members of `overrideReason`, and its place; Epic calls it `overrideReasons`."""
    for name in ("overrideReason", "overrideReasons"):
        if bytes(entry.get(name, b"")).startswith(b"["):
            several = items(entry, name, place)
            return (members(bytes(several[0]), f"{place}.{name}[0]") if several else {}), f"{place}.{name}[0]"
        if found := optional_object(entry, name, place):
            return found, f"{place}.{name}"
    return {}, f"{place}.overrideReason"


def _accepted(entry: Mapping[str, msgspec.Raw], place: str) -> tuple[str, ...]:
    """The ids in `acceptedSuggestions`: `[{"id": …}]`, or the bare ids."""
    found = []
    for index, raw in enumerate(items(entry, "acceptedSuggestions", place)):
        at = f"{place}.acceptedSuggestions[{index}]"
        text = string(raw, at) if bytes(raw).startswith(b'"') else required_string(members(bytes(raw), at), "id", at)
        found.append(_id(text))
    return tuple(found)


_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


def _id(text: str) -> str:
    """An id as we write ours, where it is a UUID; any other as it is."""
    found = _UUID.fullmatch(text)
    return found[1].lower() if found else text


# https://www.rfc-editor.org/rfc/rfc3339#section-5.6; without an offset it is UTC, as the specification wants it.
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:[.,](\d+))? ?([Zz]|[+-]\d\d:?\d\d)?",
)


def _moment(text: str, place: str) -> datetime:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise BadRequest(place, _EXPECTED)
    day, minute, second, fraction, offset = found.groups()
    offset = "+00:00" if offset is None or offset in "Zz" else offset
    # Python knows neither leap seconds nor more than microseconds.
    second = min(second, "59") if second == "60" else second
    try:
        return datetime.fromisoformat(f"{day}T{minute}:{second}.{(fraction or '0')[:6]:0<6}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest(place, _EXPECTED) from None


_EXPECTED = "expected a time as RFC 3339 writes it, such as 2026-11-20T10:05:31Z"
