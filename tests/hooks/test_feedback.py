"""Feedback as clients send it (cds-hooks.md F2-F8, F10): read leniently, refused by place."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cds_service.hooks.errors import BadRequest
from cds_service.hooks.feedback import MOST, Feedback, FeedbackOutcome, decode_feedback

CARD = "4e0a3a1e-3a56-4f6c-9b8f-2f8f7d7f0c51"
PICKED = "8d2a2f0c-0b0f-4d5e-8e59-6f6a4c6c7a11"
AT = datetime(2026, 11, 20, 10, 5, 31, tzinfo=UTC)
REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"

Json = dict[str, Any]


def entry(**more: Any) -> Json:
    told = {"card": CARD, "outcome": "overridden", "outcomeTimestamp": "2026-11-20T10:05:31Z", **more}
    return {name: value for name, value in told.items() if value is not None}


def decoded(*entries: Json) -> tuple[Feedback, ...]:
    return decode_feedback(json.dumps({"feedback": entries}).encode())


def test_f3_f4_an_accepted_card_names_the_suggestions_taken() -> None:
    told = entry(outcome="accepted", acceptedSuggestions=[{"id": PICKED}, {"id": CARD}])
    assert decoded(told) == (Feedback(card=CARD, outcome=FeedbackOutcome.ACCEPTED, at=AT, accepted=(PICKED, CARD)),)


def test_f5_an_overridden_card_says_why() -> None:
    reason = {"code": "patient-refuses", "system": REASONS, "display": "Patient refuses"}
    (told,) = decoded(entry(overrideReason={"reason": reason, "userComment": "asked for it"}))
    assert (told.reason_system, told.reason_code, told.comment) == (REASONS, "patient-refuses", "asked for it")
    assert told.reasoned


def test_f5_a_plain_dismissal_says_nothing() -> None:
    assert decoded(entry()) == (Feedback(card=CARD, outcome=FeedbackOutcome.OVERRIDDEN, at=AT),)
    assert not decoded(entry())[0].reasoned


def test_f2_one_call_mixes_cards_and_repeats_them() -> None:
    told = decoded(entry(), entry(card="other"), entry())
    assert [each.card for each in told] == [CARD, "other", CARD]


def test_f2_nothing_to_tell_is_no_error() -> None:
    assert decoded() == ()


@pytest.mark.parametrize(
    ("more", "read"),
    [
        # Epic's own examples
        ({"overrideReasons": {"reason": {"code": "1", "system": "urn:x"}}},
         {"reason_code": "1", "reason_system": "urn:x"}),
        ({"overrideReasons": {"userComment": "no"}}, {"comment": "no"}),
        ({"card": "123456"}, {"card": "123456"}),
        ({"overrideReason": {"reason": {"code": "1", "extension": [{"url": "x"}]}}}, {"reason_code": "1"}),
        # the plural may as well be a list
        ({"overrideReasons": [{"reason": {"code": "1"}}]}, {"reason_code": "1"}),
        ({"overrideReasons": []}, {"reason_code": None}),
        # the Sandbox: no display, fractions of a second
        ({"overrideReason": {"reason": {"code": "1", "system": "urn:x"}}}, {"reason_code": "1"}),
        ({"outcomeTimestamp": "2026-11-20T10:05:31.250Z"}, {"at": AT.replace(microsecond=250_000)}),
        # a user who accepts and comments; both are told
        ({"outcome": "accepted", "acceptedSuggestions": [{"id": PICKED}], "overrideReason": {"userComment": "but"}},
         {"accepted": (PICKED,), "comment": "but"}),
        # accepted without saying what: still accepted
        ({"outcome": "accepted"}, {"accepted": ()}),
        ({"outcome": "accepted", "acceptedSuggestions": None}, {"accepted": ()}),
        ({"outcome": "accepted", "acceptedSuggestions": [PICKED]}, {"accepted": (PICKED,)}),
        ({"outcome": "Overridden"}, {"outcome": FeedbackOutcome.OVERRIDDEN}),
        # a UUID is the same in every spelling
        ({"card": CARD.upper()}, {"card": CARD}),
        ({"card": f"urn:uuid:{CARD}"}, {"card": CARD}),
        # empty elements say nothing (Q9)
        ({"overrideReason": {}}, {"reason_code": None}),
        ({"overrideReason": {"reason": {}, "userComment": ""}}, {"comment": None}),
        # what nobody asked for
        ({"extension": {"x": 1}, "else": [1]}, {"card": CARD}),
    ],
)  # fmt: skip
def test_f8_what_clients_really_send_is_read(more: Json, read: Json) -> None:
    (told,) = decoded(entry(**more))
    assert {name: getattr(told, name) for name in read} == read


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T10:05:31Z",
        "2026-11-20t10:05:31z",
        "2026-11-20 10:05:31Z",
        "2026-11-20T10:05:31+00:00",
        "2026-11-20T11:05:31+01:00",
        "2026-11-20T05:05:31-05:00",
        "2026-11-20T05:05:31-0500",
        "2026-11-20T10:05:31",  # without an offset: UTC, as the specification wants it
        "2026-11-20T10:05:31.000000000Z",
    ],
)
def test_f3_a_time_is_read_as_rfc_3339_writes_it(text: str) -> None:
    assert decoded(entry(outcomeTimestamp=text))[0].at == AT


def test_f3_a_leap_second_is_a_time() -> None:
    assert decoded(entry(outcomeTimestamp="2016-12-31T23:59:60Z"))[0].at == datetime(
        2016, 12, 31, 23, 59, 59, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("body", "place", "problem"),
    [
        (b"", "$", "not JSON: the body is empty"),
        (b"{", "$", "not JSON: ends too early"),
        (b"\xff", "$", "not UTF-8"),
        (b"[]", "$", "expected an object"),
        (b"{}", "feedback", "required"),
        (b'{"feedback": null}', "feedback", "required"),
        (b'{"feedback": {}}', "feedback", "expected an array"),
        (b'{"feedback": [1]}', "feedback[0]", "expected an object"),
        (b'{"feedback": [], "feedback": []}', "$", "a member is named twice"),
        ({"card": None}, "feedback[0].card", "required"),
        ({"card": " "}, "feedback[0].card", "must not be empty"),
        ({"card": 5}, "feedback[0].card", "expected a string"),
        ({"outcome": None}, "feedback[0].outcome", "required"),
        ({"outcome": "ignored"}, "feedback[0].outcome", "must be accepted or overridden"),
        ({"outcomeTimestamp": None}, "feedback[0].outcomeTimestamp", "required"),
        ({"outcomeTimestamp": 1795169131}, "feedback[0].outcomeTimestamp", "expected a string"),
        ({"outcomeTimestamp": "yesterday"}, "feedback[0].outcomeTimestamp", "expected a time as RFC 3339 writes it"),
        ({"outcomeTimestamp": "2026-11-20"}, "feedback[0].outcomeTimestamp", "expected a time as RFC 3339 writes it"),
        ({"outcomeTimestamp": "2026-13-20T10:05:31Z"}, "feedback[0].outcomeTimestamp", "expected a time as RFC 3339"),
        ({"outcomeTimestamp": "0001-01-01T00:00:00+14:00"}, "feedback[0].outcomeTimestamp", "expected a time as RFC"),
        ({"acceptedSuggestions": "x"}, "feedback[0].acceptedSuggestions", "expected an array"),
        ({"acceptedSuggestions": [{}]}, "feedback[0].acceptedSuggestions[0].id", "required"),
        ({"acceptedSuggestions": [5]}, "feedback[0].acceptedSuggestions[0]", "expected an object"),
        ({"overrideReason": "x"}, "feedback[0].overrideReason", "expected an object"),
        ({"overrideReasons": ["x"]}, "feedback[0].overrideReasons[0]", "expected an object"),
        ({"overrideReason": {"reason": "x"}}, "feedback[0].overrideReason.reason", "expected an object"),
        ({"overrideReason": {"reason": {"code": 5}}}, "feedback[0].overrideReason.reason.code", "expected a string"),
        ({"overrideReasons": {"userComment": 5}}, "feedback[0].overrideReasons.userComment", "expected a string"),
    ],
)  # fmt: skip
def test_f7_what_is_malformed_is_refused_by_its_place(body: bytes | Json, place: str, problem: str) -> None:
    """Nothing of the whole call is taken: the client sends it again as a whole."""
    sent = body if isinstance(body, bytes) else json.dumps({"feedback": [entry(**body)]}).encode()
    with pytest.raises(BadRequest) as refused:
        decode_feedback(sent)
    assert refused.value.place == place
    assert refused.value.problem.startswith(problem)


def test_one_call_has_an_end() -> None:
    with pytest.raises(BadRequest, match=f"^feedback: more than {MOST} entries$"):
        decoded(*[entry()] * (MOST + 1))


def test_f10_a_comment_is_not_shown_by_accident() -> None:
    """It may name a patient, and what is shown ends in a log."""
    assert "Jane Roe" not in repr(decoded(entry(overrideReason={"userComment": "Jane Roe"})))
