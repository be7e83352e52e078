"""The feedback endpoint (https://cds-hooks.hl7.org/2.0/#feedback), where there is one.

Status codes are not specified; whatever is 2xx counts as taken.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from cds_service.conformance.discovery import PATH, Service
from cds_service.conformance.elements import objects
from cds_service.conformance.endpoints import post, url_of
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.refusals import check_refused, check_survived
from cds_service.conformance.wire import Answer, Caller, Reply, Silence

COMMENT = "The tall neighbour with the red bicycle disagrees."
TIME = "2026-11-16T10:05:31Z"

_ABSENT = (404, 405, 501)
_REASON = {
    "code": "recipient-disagrees-evidence",
    "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
}

Entry = dict[str, Any]


def check_feedback(base: str, service: Service, document: Any, caller: Caller) -> Iterator[Finding]:
    """Everything that is held of the endpoint. `document`: an answer whose cards are acted on, if it has any."""
    url = f"{url_of(base, service.id)}/feedback"
    place = f"POST {PATH}/{service.id}/feedback"
    card, suggestion = _shown(document)
    first = post(caller, url, _body([_accepted(card, suggestion)]))
    if isinstance(first, Reply) and first.status in _ABSENT:
        yield judge("F1", place, f"answered {first.status}")
        return
    yield judge("F1", place, None)
    yield from _check_taken(first, "F4", f"{place}, accepted")
    for rule, name, entries in _taken(card, suggestion):
        yield from _check_taken(post(caller, url, _body(entries)), rule, f"{place}, {name}")
    for rule, name, entry in _survived(card):
        yield from check_survived(post(caller, url, _body([entry])), rule, f"{place}, {name}")
    for name, raw in (("not JSON", b'{"feedback": ['), ("an array", b"[]"), ("feedback a text", b'{"feedback": "x"}')):
        yield from check_refused(post(caller, url, raw), "F7/faulty", f"{place}, {name}")


def _shown(document: Any) -> tuple[str, str]:
    """The uuids of a card that was shown, and of a suggestion on it; of none that was, where there is none."""
    for card, _ in objects(document.get("cards") if isinstance(document, dict) else None, ""):
        for suggestion, _ in objects(card.get("suggestions"), ""):
            if isinstance(card.get("uuid"), str) and isinstance(suggestion.get("uuid"), str):
                return card["uuid"], suggestion["uuid"]
    return str(uuid4()), str(uuid4())


def _taken(card: str, suggestion: str) -> Iterator[tuple[str, str, Sequence[Entry]]]:
    """What a service that takes feedback must take."""
    accepted, plain = _accepted(card, suggestion), _overridden(card)
    yield "F5", "overridden", [plain]
    yield "F5", "overridden with a reason", [_overridden(card, reason=_REASON)]
    yield "F5", "overridden with a comment", [_overridden(card, userComment=COMMENT)]
    yield "F5", "overridden with both", [_overridden(card, reason=_REASON, userComment=COMMENT)]
    yield "F2", "several cards, one of them twice", [accepted, plain, plain, _overridden(str(uuid4()))]
    yield "F7", "a card nobody sent", [_accepted(str(uuid4()), str(uuid4()))]
    yield "F8", "fractions of a second", [{**plain, "outcomeTimestamp": "2026-11-16T10:05:31.123Z"}]
    yield "F8", "a card id that is no UUID", [_overridden("123456")]
    yield "F8", "overrideReasons, with display and extension", [_spelled_otherwise(plain)]


def _survived(card: str) -> Iterator[tuple[str, str, Entry]]:
    """What breaks the specification, and must not break the service."""
    plain = _overridden(card)
    yield "cds-fb-1", "an outcome of its own", {**plain, "outcome": "ignored"}
    yield "cds-fb-2", "accepted, without what", {**plain, "outcome": "accepted"}
    yield "cds-fb-3", "an empty overrideReason", {**plain, "overrideReason": {}}


def _check_taken(answer: Answer, rule: str, place: str) -> Iterator[Finding]:
    if isinstance(answer, Silence):
        yield judge(rule, place, answer.why)
        return
    yield judge(rule, place, None if 200 <= answer.status < 300 else f"answered {answer.status}")
    yield judge("F10", place, "repeats the comment" if COMMENT in answer.text else None)


def _body(entries: Sequence[Entry]) -> bytes:
    return json.dumps({"feedback": list(entries)}).encode()


def _accepted(card: str, suggestion: str) -> Entry:
    return {
        "card": card,
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": suggestion}],
        "outcomeTimestamp": TIME,
    }


def _overridden(card: str, **reason: Any) -> Entry:
    entry = {"card": card, "outcome": "overridden", "outcomeTimestamp": TIME}
    return {**entry, "overrideReason": reason} if reason else entry


def _spelled_otherwise(plain: Entry) -> Entry:
    """As one large vendor sends it."""
    reason = {"reason": {**_REASON, "display": "Disagrees"}, "userComment": COMMENT}
    return {**plain, "overrideReasons": reason, "extension": {"org.example.conformance": {"any": "thing"}}}
