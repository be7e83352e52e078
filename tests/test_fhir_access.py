"""Fetching as a client meets it: through the whole service, from a request to its cards (design §1, §2, §7)."""

import gc
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy
from flask import Flask
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.fhir.fetched import Ended
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Settings, SettingsError, from_environment
from cds_service.store.tables import consultations
from tests.support.certificates import authority_and_server
from tests.support.raw_server import Line
from tests.support.scripted_fhir import (
    Asked,
    ScriptedFhir,
    answering,
    outcome,
    saying,
    scripted_fhir,
    searchset,
    then,
)
from tests.support.served import served

ROOT = Path(__file__).parent.parent
SELECT = "/cds-services/breast-imaging-order-select"
REQUEST = json.loads((ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_text(encoding="utf-8"))
PATIENT_ID = REQUEST["context"]["patientId"]
TOKEN = "".join(reversed("nekot-terces-yrev-a"))
"""Made, not written, so that the only copies of it are those that a test makes."""

Json = dict[str, Any]
Make = Callable[..., Flask]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture
def make(knowledge: Knowledge, tmp_path: Path) -> Iterator[Make]:
    """Makes the service with these servers listed, and closes all of it."""
    made: list[Flask] = []

    def app(*servers: ScriptedFhir, **settings: Any) -> Flask:
        listed = frozenset(each.url for each in servers)
        in_force = Settings(
            **{"data_dir": tmp_path / "data", "fhir_servers": listed, "fhir_budget_ms": 1000, **settings}
        )
        made.append(create_app(in_force, knowledge=knowledge))
        return made[-1]

    yield app
    for each in made:
        each.extensions["fhir"].close()
        each.extensions["store"].close()


def body(server: ScriptedFhir | None = None, *, without: tuple[str, ...] = (), token: str | None = None) -> Json:
    """The request of the fixture without these keys, with access to a server."""
    prefetch = {key: value for key, value in REQUEST["prefetch"].items() if key not in without}
    access: Json = {} if server is None else {"fhirServer": server.url}
    if token is not None:
        access["fhirAuthorization"] = {"access_token": token, "token_type": "Bearer", "patient": PATIENT_ID}
    return {**REQUEST, "prefetch": prefetch, **access}


def ask(app: Flask, request: Json) -> TestResponse:
    return app.test_client().post(SELECT, json=request)


def indicators(answer: TestResponse) -> list[str]:
    return [card["indicator"] for card in answer.json["cards"]]


def outcomes(answer: TestResponse) -> list[str]:
    return [each["outcome"] for each in answer.json["extension"]["cds-service.assessments"]]


def held(key: str) -> Json:
    value: Json = REQUEST["prefetch"][key]
    return value


# --- when something is fetched ----------------------------------------------------------------------------------------
def test_what_prefetch_lacks_is_fetched(make: Make) -> None:
    with scripted_fhir({"Condition": held("conditions")}) as server:
        fetched = ask(make(server), body(server, without=("conditions",), token=TOKEN))
    assert len(server.calls) == 1
    assert fetched.json == ask(make(), REQUEST).json


def test_a_server_with_a_certificate_of_the_hospitals_own_is_trusted(make: Make, tmp_path: Path) -> None:
    """CDS_CA_FILE; without it, nothing is said to a server that anybody could be."""
    authority, tls = authority_and_server(tmp_path)
    with scripted_fhir({"Condition": held("conditions")}, tls=tls) as server:
        request = body(server, without=("conditions",), token=TOKEN)
        assert indicators(ask(make(server, ca_file=authority), request)) == ["warning"]
        assert len(server.calls) == 1
        assert outcomes(ask(make(server), request)) == ["not-assessed"]
        assert len(server.calls) == 1


@pytest.mark.parametrize(
    "draft",
    [
        {"resourceType": "MedicationRequest", "id": "order-1"},
        {"resourceType": "ServiceRequest", "id": "order-1", "code": {"coding": [{"code": "80053"}]}},
        {"resourceType": "ServiceRequest", "id": "order-1", "code": {"coding": [{}]}, "reasonCode": []},
    ],
    ids=["a-drug", "a-blood-test", "nothing-chosen-yet"],
)
def test_nothing_is_fetched_for_an_order_that_is_not_ours(draft: Json, make: Make) -> None:
    """Neither does it miss anything: design §1."""
    with scripted_fhir({}) as server:
        request = body(server, without=tuple(REQUEST["prefetch"]), token=TOKEN)
        drafts = {"resourceType": "Bundle", "entry": [{"resource": draft}]}
        answer = ask(make(server), {**request, "context": {**request["context"], "draftOrders": drafts}})
    assert (answer.status_code, answer.json, server.server.connections) == (200, {"cards": []}, 0)


def test_one_fetch_serves_every_order(make: Make) -> None:
    request = json.loads(json.dumps(body(without=("conditions",))))
    entries = request["context"]["draftOrders"]["entry"]
    second = json.loads(json.dumps(entries[0])) | {}
    second["resource"]["id"] = "order-2"
    entries.append(second)
    request["context"]["selections"].append("ServiceRequest/order-2")
    with scripted_fhir({"Condition": held("conditions")}) as server:
        access = {"fhirServer": server.url, "fhirAuthorization": {"access_token": TOKEN}}
        assert outcomes(ask(make(server), {**request, **access})) == ["rated", "rated"]
    assert len(server.calls) == 1


# --- what cannot be had -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("listed", "token", "given", "why"),
    [
        (False, TOKEN, True, ": this service is not set up to ask fhirServer for it"),
        (True, None, True, ": fhirServer came without fhirAuthorization"),
        (True, TOKEN, False, ""),
    ],
    ids=["nothing-listed", "no-token", "no-server"],
)
def test_r3_e4_conditions_that_can_be_had_neither_way_are_a_412(
    listed: bool, token: str | None, given: bool, why: str, make: Make
) -> None:
    with scripted_fhir({"Condition": held("conditions")}) as server:
        app = make(*([server] if listed else []))
        request = body(server, without=("conditions",), token=token) if given else body(without=("conditions",))
        answer = ask(app, request)
        assert server.server.connections == 0
    assert answer.status_code == 412
    assert answer.json["issue"][0]["expression"] == ["prefetch.conditions"]
    told = answer.json["issue"][0]["details"]["text"]
    assert told == f"prefetch.conditions: needed, and neither prefetched nor retrievable{why}"


def test_a_server_that_is_not_the_one_listed_is_told_to_everybody(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One letter differs: the client is told with a 412, the administrator in the log and in the metrics."""
    with scripted_fhir({"Condition": held("conditions")}) as server:
        app = make(fhir_servers=frozenset({server.url.upper().replace("HTTP", "http")}))
        refused = ask(app, body(server, without=("conditions",), token=TOKEN))
        answer = ask(app, body(server, without=("procedures", "carePlans"), token=TOKEN))
        assert server.server.connections == 0
    assert refused.status_code == 412
    assert "fhirServer is none of the servers that this service may call" in refused.json["issue"][0]["details"]["text"]
    assert answer.status_code == 200
    assert f"{server.url}: not retrieved: procedures not-listed, carePlans not-listed" in caplog.messages
    counted = app.test_client().get("/metrics").text
    assert 'cds_fhir_failures_total{kind="not-listed"} 2.0' in counted


def test_r3_a_site_may_have_a_card_instead(make: Make) -> None:
    """The Sandbox shows "All clear!" for any status but 200."""
    app = make(on_precondition_failed=from_environment({"CDS_ON_PRECONDITION_FAILED": "card"}).on_precondition_failed)
    answer = ask(app, body(without=("conditions",)))
    assert (answer.status_code, outcomes(answer), indicators(answer)) == (200, ["not-assessed"], ["info"])
    assert "the problem list could not be read" in answer.json["cards"][0]["summary"]


@pytest.mark.parametrize(
    "script",
    [
        answering(outcome("forbidden"), "403 Forbidden"),
        answering(outcome(), "500 Oops"),
        then(b"", Line.hang),
        saying(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"),
    ],
    ids=["403", "500", "hang", "html"],
)
@pytest.mark.parametrize("key", ["patient", "conditions"])
def test_e4_what_was_asked_for_and_not_given_is_a_card(key: str, script: Any, make: Make) -> None:
    """Asked for in vain is not the same as not to be had: 200, and a card that says so."""
    with scripted_fhir({"Patient": script, "Condition": script}) as server:
        answer = ask(make(server), body(server, without=(key,), token=TOKEN))
    assert (answer.status_code, outcomes(answer), indicators(answer)) == (200, ["not-assessed"], ["info"])


TYPES = {
    "observations": "Observation",
    "procedures": "Procedure",
    "medicationRequests": "MedicationRequest",
    "medicationAdministrations": "MedicationAdministration",
    "carePlans": "CarePlan",
    "diagnosticReports": "DiagnosticReport",
}


@pytest.mark.parametrize("key", TYPES)
@pytest.mark.parametrize("partly", [False, True], ids=["all-of-it", "part-of-it"])
def test_a_key_that_fails_never_leads_to_a_warning(key: str, partly: bool, make: Make) -> None:
    """Each of them may hold what makes the study appropriate, and the warning of this patient rests on its absence."""
    failing = answering({**searchset(), "total": 3}) if partly else answering(outcome(), "500 Oops")
    with scripted_fhir({TYPES[key]: failing}) as server:
        answer = ask(make(server), body(server, without=(key,), token=TOKEN))
    assert (answer.status_code, outcomes(answer)) == (200, ["insufficient-information"])
    assert "warning" not in indicators(answer)


def test_a_part_that_is_missing_and_does_not_decide_is_said(make: Make) -> None:
    """The rating stands without allergies; the card says that they were not seen."""
    with scripted_fhir({"AllergyIntolerance": answering(outcome(), "500 Oops")}) as server:
        answer = ask(make(server), body(server, without=("allergies",), token=TOKEN))
    assert indicators(answer) == ["warning"]
    assert "**Could not be used**\n\n- Allergies\n\n" in answer.json["cards"][0]["detail"]


def test_a_smaller_ehr_is_no_failure(make: Make) -> None:
    """Where nothing may be fetched, what is not sent is taken as absent, and said."""
    answer = ask(make(), body(without=("medicationRequests",)))
    assert indicators(answer) == ["warning"]
    (told,) = answer.json["extension"]["cds-service.assessments"]
    assert "medicationRequests-not-supplied" in told["assumed"]


# --- settings ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://fhir.hospital.example/r4", "http://fhir.hospital.example/r4 is not https; see CDS_FHIR_PLAIN_HTTP"),
        ("http://10.0.0.1/r4", "http://10.0.0.1/r4 is not https; see CDS_FHIR_PLAIN_HTTP"),
        ("https://fhir.hospital.example/r4?x=1", "not an http(s) URL of a server, without user, query and fragment"),
    ],
)
def test_a_server_that_would_not_be_called_refuses_to_start(url: str, message: str, make: Make) -> None:
    """A token in the clear, or a server that never matches: better told now."""
    with pytest.raises(SettingsError) as refused:
        make(fhir_servers=frozenset({url}))
    assert str(refused.value) == f"FHIR servers of default: {message}"


def test_a_file_without_certificates_refuses_to_start(make: Make) -> None:
    """Every call would fail for want of trust, and nobody would know why."""
    with pytest.raises(SettingsError, match=r"^CDS_CA_FILE: holds no certificates that can be read$"):
        make(fhir_servers=frozenset({"https://fhir.hospital.example/r4"}), ca_file=ROOT / "README.md")


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("http://fhir:8080/fhir", {"fhir_plain_http": True}),
        ("http://127.0.0.1:8080/fhir", {}),
        ("http://localhost/fhir", {}),
        ("https://fhir.hospital.example/r4", {}),
    ],
)
def test_a_server_that_may_be_called_is_taken(url: str, settings: Json, make: Make) -> None:
    assert len(make(fhir_servers=frozenset({url}), **settings).extensions["fhir"].lanes) == 1


def test_the_budget_is_a_setting(make: Make) -> None:
    with scripted_fhir({"Observation": then(b"", Line.drip)}) as server:
        app = make(server, fhir_budget_ms=200)
        began = time.monotonic()
        answer = ask(app, body(server, without=("observations",), token=TOKEN))
        assert time.monotonic() - began < 1.5
    assert answer.status_code == 200


def test_every_way_to_end_is_explained() -> None:
    """An administrator finds each word of the log in the guide."""
    guide = (ROOT / "docs" / "administrators.md").read_text(encoding="utf-8")
    assert {each for each in Ended if each is not Ended.WHOLE and f"`{each}`" not in guide} == set()


# --- the token --------------------------------------------------------------------------------------------------------
def copies_of(text: str) -> list[str]:
    """Where strings that hold the text are still kept, by the type of what keeps them."""
    gc.collect()
    found, encoded = [], text.encode()
    holders = gc.get_objects()
    while holders:
        holder = holders.pop()
        for each in gc.get_referents(holder):
            if (isinstance(each, str) and text in each) or (isinstance(each, bytes) and encoded in each):
                found.append(type(holder).__name__)
            elif isinstance(each, (dict, list, tuple, set, bytearray)) and not gc.is_tracked(each):
                holders.append(each)  # one of nothing but strings is in no list of the collector's
    return found


def test_a4_nothing_of_the_token_stays(make: Make, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """Not in a log line of anybody's, not in a row, not in memory: kept connections, threads and answers included."""
    caplog.set_level(logging.DEBUG)
    secret = f"{TOKEN}-{os.getpid()}"
    with scripted_fhir({"Condition": held("conditions"), "Observation": answering(outcome(), "500 Oops")}) as server:
        app = make(server)
        answer = ask(app, body(server, without=("conditions", "observations", "procedures"), token=secret))
        assert {each.headers["authorization"] for each in server.calls} == {f"Bearer {secret}"}
        server.server.requests.clear()
    app.extensions["store"].close()
    (row,) = _rows(tmp_path / "data" / "cds-service.sqlite3")
    logged = " ".join(each.getMessage() for each in caplog.records)
    assert "observations server-error" in logged
    for told in (answer.text, row, logged):
        assert secret not in told
    assert PATIENT_ID not in row + logged
    caplog.clear()
    assert copies_of(secret[:-1]) == []


def _rows(file: Path) -> list[str]:
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        rows = [repr(dict(each)) for each in connection.execute(sqlalchemy.select(consultations)).mappings()]
    engine.dispose()
    return rows


def test_a4_a_failure_of_ours_does_not_tell_the_token(
    make: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is logged of it names lines of code."""

    def fail(*_: Any) -> None:
        raise RuntimeError(f"with {TOKEN} at hand")

    monkeypatch.setattr("cds_service.fhir.client._page", fail)
    with scripted_fhir({"Condition": held("conditions")}) as server:
        answer = ask(make(server), body(server, without=("conditions",), token=TOKEN))
    assert (answer.status_code, TOKEN in answer.text, TOKEN in caplog.text) == (500, False, False)
    assert "RuntimeError" in caplog.text


# --- served for real --------------------------------------------------------------------------------------------------
def test_a_slow_server_does_not_hold_up_the_service(tmp_path: Path) -> None:
    """One server process; more requests than it has threads wait for a FHIR server that hangs.

    Others are answered before any of those, also one that fetches from another FHIR server.
    """
    waiting_now = []

    def hang(asked: Asked, line: Line) -> bool:
        waiting_now.append(asked)
        line.hang()
        return False

    with (
        scripted_fhir({"Condition": hang}) as slow,
        scripted_fhir({"Condition": held("conditions")}) as quick,
        served(tmp_path, CDS_FHIR_SERVERS=f"{slow.url},{quick.url}", CDS_FHIR_BUDGET_MS="20000") as url,
        ThreadPoolExecutor(40) as pool,
    ):

        def post(request: Json) -> requests.Response:
            return requests.post(f"{url}{SELECT}", json=request, timeout=60)

        held_up = [pool.submit(post, body(slow, without=("conditions",), token=TOKEN)) for _ in range(40)]
        for _ in range(1000):
            if len(waiting_now) == 16 and sum(each.done() for each in held_up) == 24:
                break
            time.sleep(0.01)
        # Sixteen wait; the others were told at once that there is no room.
        assert (len(waiting_now), sum(each.done() for each in held_up)) == (16, 24)
        for request in (REQUEST, body(quick, without=("conditions",), token=TOKEN)):
            assert [card["indicator"] for card in post(request).json()["cards"]] == ["warning"]
        assert sum(each.done() for each in held_up) == 24
        slow.server.hang_up()
        assert {each.result().status_code for each in held_up} == {200}
        told = [each.result().json()["extension"]["cds-service.assessments"][0]["outcome"] for each in held_up]
        assert set(told) == {"not-assessed"}
