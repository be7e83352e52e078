"""A FHIR server that refuses, fails, delays, cuts, floods and lies: each ends in an honest partial record, in time.

The rule of every row: what could not be had is ERROR or PARTIAL, never EMPTY and never OK.
"""

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from cds_service.fhir.retrieved import KeyState, Record
from tests.support.prefetch import TEMPLATES
from tests.support.raw_server import Line
from tests.support.scripted_fhir import (
    Asked,
    Json,
    Script,
    answer,
    answering,
    outcome,
    saying,
    scripted_fhir,
    searchset,
    then,
)

ERROR, OK, PARTIAL = KeyState.ERROR, KeyState.OK, KeyState.PARTIAL
Retrieve = Callable[..., Record]

CONDITION: Json = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p"}}
FOUND = searchset(CONDITION)
OTHERS: Json = {key: searchset() for key in TEMPLATES if key not in ("patient", "conditions")} | {
    "patient": {"resourceType": "Patient", "id": "p"}
}
"""A prefetch that lacks nothing but Conditions."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"
BODY = json.dumps(FOUND).encode()
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
ZIPPED = b"Content-Encoding: gzip\r\n"
LARGE = json.dumps(
    searchset(*({**CONDITION, "id": f"c{n}", "note": [{"text": "x" * 500}]} for n in range(3000)))
).encode()

LARGE_ZIPPED = gzip.compress(LARGE)


def with_type(content_type: str, body: bytes = BODY) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def length(told: int, body: bytes = BODY, *headers: bytes) -> bytes:
    return HEAD + b"".join(headers) + b"Content-Length: %d\r\n\r\n" % told + body


ROWS: list[tuple[str, Script, KeyState, str]] = [
    # What a server may say, and no search result comes of it.
    ("401", answering(outcome("login"), "401 Unauthorized"), ERROR, "not-allowed"),
    ("403", answering(outcome("forbidden"), "403 Forbidden"), ERROR, "not-allowed"),
    ("404", answering(outcome("not-found"), "404 Not Found"), ERROR, "not-found"),
    ("410", answering(outcome("deleted"), "410 Gone"), ERROR, "not-found"),
    ("400", answering(outcome("invalid"), "400 Bad Request"), ERROR, "rejected"),
    ("414", saying(b"HTTP/1.1 414 URI Too Long\r\nContent-Length: 0\r\n\r\n"), ERROR, "rejected"),
    ("429", answering(outcome("throttled"), "429 Too Many Requests"), ERROR, "throttled"),
    ("429-an-hour", answering(outcome(), "429 Too Many Requests", "Retry-After: 3600"), ERROR, "throttled"),
    (
        "429-a-date",
        answering(outcome(), "429 Too Many Requests", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT"),
        ERROR,
        "throttled",
    ),
    ("500", answering(outcome(), "500 Internal Server Error"), ERROR, "server-error"),
    ("500-bare", saying(b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno"), ERROR, "server-error"),
    ("502", saying(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), ERROR, "server-error"),
    ("503-an-hour", answering(outcome(), "503 Unavailable", "Retry-After: 3600"), ERROR, "server-error"),
    ("redirect", answering(FOUND, "302 Found", "Location: /fhir/Patient/p"), ERROR, "redirected"),
    ("redirect-for-good", answering(FOUND, "308 Moved", "Location: https://elsewhere.example/"), ERROR, "redirected"),
    ("201", answering(FOUND, "201 Created"), ERROR, "not-fhir"),
    ("204", saying(b"HTTP/1.1 204 No Content\r\n\r\n"), ERROR, "not-fhir"),
    ("200-outcome", answering(outcome()), ERROR, "failed"),
    ("200-harmless-outcome", answering(outcome("informational", "information")), ERROR, "failed"),
    # What is no search result.
    ("html", saying(with_type("text/html", b"<html>log in</html>")), ERROR, "not-fhir"),
    ("json-as-html", saying(with_type("text/html")), ERROR, "not-fhir"),
    ("xml", saying(with_type("application/fhir+xml", b"<Bundle/>")), ERROR, "not-fhir"),
    ("empty", saying(length(0, b"")), ERROR, "not-fhir"),
    ("not-json", saying(with_type("application/fhir+json", b"{'resourceType'}")), ERROR, "not-fhir"),
    ("half-json", saying(with_type("application/fhir+json", BODY[:-20])), ERROR, "not-fhir"),
    ("two-jsons", saying(with_type("application/fhir+json", BODY + BODY)), ERROR, "not-fhir"),
    ("not-utf-8", saying(with_type("application/fhir+json", BODY[:-2] + b"\xff]}")), ERROR, "not-fhir"),
    ("utf-16", saying(with_type("application/fhir+json", json.dumps(FOUND).encode("utf-16"))), ERROR, "not-fhir"),
    ("deep", saying(with_type("application/fhir+json", b"[" * 100_000 + b"]" * 100_000)), ERROR, "not-fhir"),
    ("null", saying(with_type("application/fhir+json", b"null")), ERROR, "not-fhir"),
    ("array", saying(with_type("application/fhir+json", b"[]")), ERROR, "not-fhir"),
    ("object", saying(with_type("application/fhir+json", b"{}")), ERROR, "not-fhir"),
    ("a-resource", answering(CONDITION), ERROR, "not-fhir"),
    ("a-history", answering({**FOUND, "type": "history"}), ERROR, "not-fhir"),
    ("entries-in-an-object", answering({**FOUND, "entry": {}}), ERROR, "not-fhir"),
    # What is one, but not ours or not whole.
    ("others", answering(searchset({"resourceType": "Observation", "id": "o"})), ERROR, "whole"),
    ("another-patient", answering(searchset({**CONDITION, "subject": {"reference": "Patient/q"}})), PARTIAL, "whole"),
    ("unreadable", answering(searchset(CONDITION, {**CONDITION, "id": 5})), PARTIAL, "whole"),
    ("outcome-beside", answering(searchset(CONDITION, outcome("too-costly"))), PARTIAL, "whole"),
    ("outcome-instead", answering(searchset(outcome())), ERROR, "whole"),
    ("total-too-large", answering(searchset(CONDITION, total=7)), PARTIAL, "whole"),
    ("total-without-entries", answering(searchset(total=7)), PARTIAL, "whole"),
    ("null-entry", answering({**FOUND, "entry": [None, *FOUND["entry"]]}), PARTIAL, "whole"),
    ("link-of-numbers", answering({**FOUND, "link": [{"relation": 5}]}), ERROR, "not-fhir"),
    # What does not come, or not in time.
    ("hang", then(b"", Line.hang), ERROR, "timeout"),
    ("hang-in-head", then(b"HTTP/1.1 200 OK\r\nContent-", Line.hang), ERROR, "timeout"),
    ("hang-in-body", then(length(len(BODY), BODY[:-1]), Line.hang), ERROR, "timeout"),
    ("drip-head", then(b"HTTP/1.1 200 OK\r\nX-Slow: ", Line.drip), ERROR, "timeout"),
    ("drip-body", then(length(10_000, b""), Line.drip), ERROR, "timeout"),
    ("drip-chunks", then(HEAD + CHUNKED, lambda line: line.drip(b"1\r\n \r\n")), ERROR, "timeout"),
    ("drip-continue", then(b"", lambda line: line.drip(b"HTTP/1.1 100 Continue\r\n\r\n")), ERROR, "timeout"),
    ("length-too-long", then(length(len(BODY) + 5), Line.hang), ERROR, "timeout"),
    ("negative-length", then(length(-1), Line.hang), ERROR, "timeout"),
    ("close", saying(), ERROR, "broken"),
    ("cut-head", saying(b"HTTP/1.1 200 OK\r\nContent-"), ERROR, "not-fhir"),
    ("cut-body", saying(length(len(BODY), BODY[:50])), ERROR, "broken"),
    ("cut-chunk", saying(HEAD + CHUNKED + b"ff\r\n{"), ERROR, "broken"),
    ("not-http", saying(b"220 mail.example ESMTP\r\n"), ERROR, "broken"),
    ("length-too-short", saying(length(20)), ERROR, "not-fhir"),
    ("no-gzip", saying(length(len(BODY), BODY, ZIPPED)), ERROR, "broken"),
    ("cut-gzip", saying(length(20, gzip.compress(BODY)[:20], ZIPPED)), ERROR, "not-fhir"),
    # Too much.
    ("huge", saying(with_type("application/fhir+json", LARGE)), ERROR, "too-large"),
    ("huge-without-length", saying(HEAD + b"\r\n" + LARGE), ERROR, "too-large"),
    ("huge-gzip", saying(length(len(LARGE_ZIPPED), LARGE_ZIPPED, ZIPPED)), ERROR, "too-large"),
    ("endless-headers", then(b"HTTP/1.1 200 OK\r\n", lambda line: line.drip(b"X: y\r\n", every=0)), ERROR, "broken"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "state", "ended"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_failure_is_never_an_empty_record(script: Script, state: KeyState, ended: str, retrieve: Retrieve) -> None:
    """Conditions fail in every way there is; the rest of the record is there, and the budget holds."""
    began = time.monotonic()
    with scripted_fhir({"Condition": script}) as server:
        record = retrieve(server.url, seconds=budget(ended), **OTHERS)
        spent = time.monotonic() - began
    assert (record.states["conditions"], [each.ended for each in record.fetches]) == (state, [ended])
    assert record.unreadable
    assert record.states["patient"] is OK
    assert spent < 2


def budget(ended: str) -> float:
    """Short where it is to run out; else long enough for any machine."""
    return 0.5 if ended == "timeout" else 1.9


@pytest.mark.parametrize("ended", ["timeout", "not-allowed", "server-error", "not-fhir", "too-large"])
def test_a_failure_on_a_later_page_keeps_the_first(ended: str, retrieve: Retrieve) -> None:
    """What is known counts; what is not is said."""
    failing = next(script for _, script, _, how in ROWS if how == ended)

    def second_page_fails(asked: Asked, line: Line) -> bool:
        if "page" in asked.query:
            return failing(asked, line)
        line.say(answer(searchset(CONDITION, following=f"http://{asked.headers['host']}{asked.path}?page=2")))
        return True

    with scripted_fhir({"Condition": second_page_fails}) as server:
        record = retrieve(server.url, seconds=budget(ended), **OTHERS)
    assert (record.states["conditions"], [each.id for each in record.conditions]) == (PARTIAL, ["c1"])
    assert [each.ended for each in record.fetches] == [ended]
    assert [each.reason for each in record.unreadable] == [f"not retrieved: {ended}"]


@pytest.mark.parametrize(
    "patient",
    [
        answering({"resourceType": "Patient", "id": "q"}),
        answering({"resourceType": "Patient"}),
        answering(searchset({"resourceType": "Patient", "id": "p"})),
        answering(CONDITION),
        answering(outcome("deleted"), "410 Gone"),
        answering({"resourceType": "Patient", "id": "p", "birthDate": 5}),
    ],
    ids=["another", "nobody", "a-bundle", "a-condition", "gone", "unreadable"],
)
def test_a_patient_who_is_not_hers_is_none(patient: Script, retrieve: Retrieve) -> None:
    others = {key: value for key, value in OTHERS.items() if key != "patient"}
    with scripted_fhir({"Patient": patient, "Condition": FOUND}) as server:
        record = retrieve(server.url, **others)
    assert (record.states["patient"], record.patient) == (ERROR, None)
    assert record.states["conditions"] is OK


@pytest.mark.parametrize(
    "second",
    [{"resourceType": "Patient", "id": "q"}, {"resourceType": "Patient", "id": "p", "birthDate": 5}, {}],
    ids=["another", "unreadable", "nothing-that-can-be-told"],
)
def test_r8_r11_beside_somebody_else_none_is_hers(second: Json, retrieve: Retrieve) -> None:
    """Should the patient be searched for, and two be found: which of them the order is for is in doubt."""
    found = searchset({"resourceType": "Patient", "id": "p"}, second)
    searched = {**TEMPLATES, "patient": "Patient?_id={{context.patientId}}"}
    others = {key: value for key, value in OTHERS.items() if key != "patient"} | {"conditions": FOUND}
    with scripted_fhir({"Patient": answering(found)}) as server:
        record = retrieve(server.url, templates=searched, **others)
    assert (record.states["patient"], record.patient) == (ERROR, None)


@pytest.mark.parametrize(
    "content_type", ["application/fhir+json; charset=UTF-8", "application/json", "APPLICATION/FHIR+JSON", "text/json"]
)
def test_fhir_by_any_of_its_names_is_read(content_type: str, retrieve: Retrieve) -> None:
    with scripted_fhir({"Condition": saying(with_type(content_type))}) as server:
        assert retrieve(server.url, **OTHERS).states["conditions"] is OK


def test_a_compressed_answer_is_read(retrieve: Retrieve) -> None:
    small = gzip.compress(BODY)
    with scripted_fhir({"Condition": saying(length(len(small), small, ZIPPED))}) as server:
        assert retrieve(server.url, **OTHERS).states["conditions"] is OK


class Once:
    """Does one thing the first time, and answers after that."""

    def __init__(self, first: Script) -> None:
        self.first: Script | None = first

    def __call__(self, asked: Asked, line: Line) -> bool:
        script, self.first = self.first or answering(FOUND), None
        return script(asked, line)


@pytest.mark.parametrize(
    "first",
    [
        saying(),  # a kept connection that was closed meanwhile looks so
        saying(length(len(BODY), BODY[:50])),
        answering(outcome(), "429 Too Many Requests", "Retry-After: 0"),
        answering(outcome(), "503 Unavailable", "Retry-After: 1"),
    ],
    ids=["closed", "cut", "429", "503"],
)
def test_what_may_get_better_is_asked_again_once(first: Script, retrieve: Retrieve) -> None:
    with scripted_fhir({"Condition": Once(first)}) as server:
        record = retrieve(server.url, **OTHERS)
    assert (record.states["conditions"], [(each.ended, each.calls) for each in record.fetches]) == (OK, [("whole", 2)])


def test_a_pause_longer_than_the_budget_is_not_waited_for(retrieve: Retrieve) -> None:
    began = time.monotonic()
    with scripted_fhir({"Condition": answering(outcome(), "429 Too Many", "Retry-After: 5")}) as server:
        record = retrieve(server.url, seconds=3, **OTHERS)
    assert ([each.calls for each in record.fetches], time.monotonic() - began < 2) == ([1], True)


def test_a_server_that_nobody_runs_is_said_so(retrieve: Retrieve) -> None:
    with scripted_fhir({}) as server:
        gone = server.url
    record = retrieve(gone, **OTHERS)
    assert (record.states["conditions"], [each.ended for each in record.fetches]) == (ERROR, ["unreachable"])


def test_one_key_that_hangs_costs_only_itself(retrieve: Retrieve) -> None:
    """All are asked at once, each with its own end."""
    hanging = then(b"", Line.hang)
    patient: Any = {"resourceType": "Patient", "id": "p"}
    with scripted_fhir({"Patient": patient, "Condition": FOUND, "Observation": hanging}) as server:
        record = retrieve(server.url, seconds=0.5)
    assert record.states["observations"] is ERROR
    assert {state for key, state in record.states.items() if key != "observations"} == {OK, KeyState.EMPTY}
    assert {each.key: each.ended for each in record.fetches} == {
        key: "timeout" if key == "observations" else "whole" for key in TEMPLATES
    }
