"""Nothing that comes from outside is trusted: depth, numbers, letters, headers, and how slowly it comes."""

import copy
import gzip
import json
import logging
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.hooks.drafts import MOST
from cds_service.judging import MOST_ORDERS
from cds_service.knowledge.load import load_knowledge
from cds_service.settings import Settings
from tests.support.served import ROOT, served

REQUEST = json.loads((ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_text())
SELECT = "/cds-services/breast-imaging-order-select"
SIGN = "/cds-services/breast-imaging-order-sign"

Place = tuple[str | int, ...]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), public_url="https://cds.hospital.example")
    made = create_app(settings, knowledge=load_knowledge(ROOT / "knowledge"))
    yield made
    made.extensions["store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def at(place: Place, raw: bytes) -> bytes:
    """The request with this JSON text at a place."""
    body = copy.deepcopy(REQUEST)
    owner = body
    for name in place[:-1]:
        owner = owner[name]
    owner[place[-1]] = "here"
    return json.dumps(body).encode().replace(b'"here"', raw)


# --- depth ----------------------------------------------------------------------------------------------------------
DRAFT = ("context", "draftOrders", "entry", 0)
CONDITION = ("prefetch", "conditions", "entry", 0)
PLACES: Sequence[Place] = [
    ("hook",),
    ("extension",),
    ("fhirAuthorization",),
    ("context",),
    ("context", "userId"),
    ("context", "patientId"),
    ("context", "selections"),
    ("context", "unknown"),
    ("context", "draftOrders", "entry"),
    DRAFT,
    (*DRAFT, "resource"),
    (*DRAFT, "resource", "code"),
    (*DRAFT, "resource", "extension"),
    ("prefetch",),
    ("prefetch", "unknown"),
    *(("prefetch", key) for key in REQUEST["prefetch"]),
    ("prefetch", "patient", "extension"),
    CONDITION,
    (*CONDITION, "resource", "code"),
    (*CONDITION, "resource", "extension"),
]
DEEP = 100_000


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
@pytest.mark.parametrize("raw", [b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP, b"[" * DEEP])
def test_a_hundred_thousand_levels_are_a_400_wherever_they_are(client: FlaskClient, place: Place, raw: bytes) -> None:
    """Never a 500, never a process that ends for want of stack."""
    assert client.post(SELECT, data=at(place, raw)).status_code == 400


@pytest.mark.parametrize("levels", [90, 110, 400, 900, 990, 1010])
@pytest.mark.parametrize("place", [("extension",), (*DRAFT, "resource", "extension"), (*CONDITION, "resource", "code")])
def test_levels_that_json_allows_break_nothing_later(client: FlaskClient, place: Place, levels: int) -> None:
    """Between what can be parsed and what can be walked lies a depth at which less careful code fails."""
    for raw in (b"[" * levels + b"]" * levels, b'{"extension":[' * levels + b'{"url":"x"}' + b"]}" * levels):
        assert client.post(SELECT, data=at(place, raw)).status_code in (200, 400)


# --- numbers --------------------------------------------------------------------------------------------------------
def test_more_drafts_than_anybody_has_are_refused(client: FlaskClient) -> None:
    """Selections are looked up among drafts: without a bound, 4,000 of both took a minute."""
    entry = {"resource": {"resourceType": "ServiceRequest", "id": "x"}}
    many = {"resourceType": "Bundle", "entry": [entry] * (MOST + 1)}
    found = client.post(SELECT, data=at(("context", "draftOrders"), json.dumps(many).encode()))
    assert (found.status_code, found.json["issue"][0]["expression"]) == (400, ["context.draftOrders.entry"])
    names = json.dumps([f"ServiceRequest/{number}" for number in range(MOST + 1)]).encode()
    found = client.post(SELECT, data=at(("context", "selections"), names))
    assert (found.status_code, found.json["issue"][0]["expression"]) == (400, ["context.selections"])


def orders(number: int) -> bytes:
    """So many imaging orders to sign."""
    draft = REQUEST["context"]["draftOrders"]["entry"][0]["resource"]
    entries = [{"resource": draft | {"id": f"order-{each}"}} for each in range(number)]
    body = copy.deepcopy(REQUEST) | {"hook": "order-sign"}
    body["context"]["draftOrders"]["entry"] = entries
    return json.dumps(body).encode()


def test_more_imaging_orders_than_anybody_signs_at_once_are_refused(client: FlaskClient) -> None:
    """And as many as are allowed are answered, each of them."""
    refused = client.post(SIGN, data=orders(MOST_ORDERS + 1))
    assert (refused.status_code, refused.json["issue"][0]["expression"]) == (400, ["context.draftOrders.entry"])
    answered = client.post(SIGN, data=orders(MOST_ORDERS))
    assert len(answered.json["extension"]["cds-service.assessments"]) == MOST_ORDERS


# --- letters --------------------------------------------------------------------------------------------------------
ODD = [
    *(b"1e400", b"-1e400", b"1" * 5000, b"0." + b"1" * 5000, b"NaN", b"Infinity", b"-0", b"1e-400"),
    *(rb'"\u0000"', rb'"a\u0000b"', rb'"\ud800"', rb'"\udc00\ud800"', rb'"\u202e\u0007"', b'"\n"', b'"\x00"'),
    *(b"\xff", b'"\xff"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf1", b"//c", b"'x'", b"{} {}", b"[1,]"),
    *(b"null", b"true", b"{}", b"[]", b"[null]", b"[[]]", b'{"a":1,"a":2}', b'""', b'" "', b"-1", b"[1]"),
    *(b'"9999-99-99"', b'"0000-00-00"', b'"99999999999-01-01"', b'"0001-01-01T00:00:00+14:00"'),
    *(b'"9999-12-31T23:59:59-14:00"', b'"2026-01-01T00:00:00+99:99"', b'{"coding":[{}]}'),
]


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place in a value, of each list the first entry."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*place, name)
            yield from places(inner, (*place, name))
    elif isinstance(value, list) and value:
        yield (*place, 0)
        yield from places(value[0], (*place, 0))


@pytest.mark.parametrize("place", list(places(REQUEST)), ids=lambda place: ".".join(map(str, place)))
def test_an_odd_value_is_never_a_failure_of_ours(client: FlaskClient, place: Place) -> None:
    """Huge numbers, impossible dates, NUL, half characters, a member twice: an answer, or a 400 (or 412)."""
    for raw in ODD:
        found = client.post(SELECT, data=at(place, raw))
        assert found.status_code in (200, 400, 412), (raw, found.data)
        assert found.json is not None


# --- markup ---------------------------------------------------------------------------------------------------------
ATTACK = (
    "PWNED <img src=x onerror=alert(1)> [PWNED](javascript:alert(1)) ![PWNED](//evil.example)\n\n# PWNED\n```\u202e"
)


def shown(answer: Any) -> Iterator[str]:
    """Every text of an answer that somebody reads."""
    for card in answer["cards"]:
        yield from (card["summary"], card.get("detail", ""), card["source"]["label"])
        yield from (each["label"] for each in (*card.get("suggestions", ()), *card.get("links", ())))
        yield from (act["description"] for each in card.get("suggestions", ()) for act in each["actions"])
        yield from (each["display"] for each in card.get("overrideReasons", ()))


@pytest.mark.parametrize("place", list(places(REQUEST)), ids=lambda place: ".".join(map(str, place)))
def test_a_card_repeats_no_text_of_a_record(client: FlaskClient, place: Place) -> None:
    """What it says of a patient is said in our words; the escaping behind that is proven in tests/cards."""
    for raw in (json.dumps(ATTACK).encode(), json.dumps({"text": ATTACK, "coding": [{"display": ATTACK}]}).encode()):
        found = client.post(SELECT, data=at(place, raw))
        assert found.status_code != 200 or not any("PWNED" in text for text in shown(found.json))


# --- headers --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, gzip", "GZIP", "x-own"])
def test_a_compressed_body_is_refused(client: FlaskClient, encoding: str) -> None:
    """How large it becomes would be the sender's choice."""
    body = gzip.compress(b" " * 1_000_000)
    found = client.post(SELECT, data=body, headers={"Content-Encoding": encoding})
    assert (found.status_code, found.json["issue"][0]["code"]) == (415, "not-supported")
    assert client.post(SELECT, json=REQUEST, headers={"Content-Encoding": "identity"}).status_code == 200


EVIL = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "127.0.0.1",
    "Forwarded": "host=evil.example",
    "X-Original-URL": "/metrics",
    "X-Rewrite-URL": "/metrics",
    "X-HTTP-Method-Override": "DELETE",
}


@pytest.mark.parametrize("path", ["/", "/cds-services", "/cds-services/", SELECT, "/healthz", "/readyz", "/nonesuch"])
@pytest.mark.parametrize("header", EVIL)
def test_no_header_says_who_we_are(client: FlaskClient, header: str, path: str) -> None:
    """No URL is made of one, no proxy is believed, and nothing is redirected."""
    usual, found = client.get(path), client.get(path, headers={header: EVIL[header]})
    assert (found.status_code, found.data) == (usual.status_code, usual.data)
    assert "evil" not in str(found.headers)


@pytest.mark.parametrize("path", ["//cds-services", "/cds-services//", "/../cds-services", "//evil.example/x"])
def test_no_path_redirects_elsewhere(client: FlaskClient, path: str) -> None:
    """A redirect is made of the Host header, which is the caller's."""
    found = client.get("/", environ_overrides={"PATH_INFO": path}, headers={"Host": "evil.example"})
    assert found.status_code in (200, 404)
    assert "Location" not in found.headers


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/cds-services/..%5c..%5cetc",
        "/cds-services/x%00.json",
        "/cds-services/x%0d%0aSet-Cookie:%20a=b",
        "/cds-services/'%20OR%201=1--",
        "/cds-services/%ff%fe",
        "/cds-services/" + "x" * 5000,
    ],
)
def test_a_path_names_a_service_or_nothing(client: FlaskClient, path: str) -> None:
    found = client.post(path, data=b"{}")
    assert found.status_code == 404
    assert "Set-Cookie" not in found.headers


def test_a_line_of_the_log_cannot_be_forged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever ids a request brings, each record of the log is one line that can be printed."""
    forged = json.dumps("x\n2026-11-21 INFO cds_service: all is well\r\x1b[2J\u2028\u202e").encode()
    with caplog.at_level(logging.DEBUG):
        for place in places(REQUEST):
            client.post(SELECT, data=at(place, forged))
            client.post(SIGN, data=at(place, forged).replace(b'"order-select"', b'"order-sign"'))
    assert all(record.getMessage().isprintable() for record in caplog.records)


# --- time -----------------------------------------------------------------------------------------------------------
def answers(base: str) -> bool:
    """Whether the service answers, soon."""
    with requests.get(f"{base}/healthz", timeout=5) as found:
        return found.status_code == 200


@pytest.mark.parametrize("begun", [b"", b"POST /cds-services/x HTTP/1.1\r\nHost: x\r\n"], ids=["silent", "half a head"])
def test_a_thousand_connections_that_say_nothing_hold_up_nobody(tmp_path: Path, begun: bytes) -> None:
    """A connection costs no thread until its head is whole; the server closes it after 10 seconds of half a head."""
    with served(tmp_path) as base, ExitStack() as stack:
        address = ("127.0.0.1", int(base.rpartition(":")[2]))
        idle = [stack.enter_context(closing(socket.create_connection(address))) for _ in range(1000)]
        for each in idle:
            each.sendall(begun)
        began = time.monotonic()
        assert all(answers(base) for _ in range(20))
        assert time.monotonic() - began < 10


def test_a_body_that_does_not_say_its_length_is_bounded_too(tmp_path: Path) -> None:
    """Sent in chunks, by the server as it is run."""
    body = json.dumps(REQUEST).encode()
    with served(tmp_path, CDS_MAX_BODY_BYTES=str(len(body))) as base:
        for more, status in ((b"", 200), (b" ", 413), (b" " * 1_000_000, 413)):
            chunks = iter([body[:1000], body[1000:], *([more] if more else [])])
            with requests.post(f"{base}{SELECT}", data=chunks, timeout=10) as found:
                assert found.status_code == status
