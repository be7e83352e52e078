"""Every fixture's patient on a real FHIR server, nothing prefetched: the answer is that of a full prefetch.

The server is Medplum's router and search in memory. It pages after three resources and wants a token.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cds_service.app import create_app
from cds_service.settings import from_environment
from tests.support.fhir_server import FhirServer, fhir_server
from tests.support.make_fixtures import SCENARIOS, SERVICES, inputs, request
from tests.support.patients import KEYS, searchset
from tests.support.scenarios.model import Scenario
from tests.support.vocabulary import OIDS

Json = dict[str, Any]

# What a damaged request breaks, it breaks on the way: the record on the server is whole.
WHOLE = [scenario for scenario in SCENARIOS if scenario.change is None]


@pytest.fixture(scope="module")
def server() -> Iterator[FhirServer]:
    with fhir_server(page=3) as running:
        yield running


@pytest.fixture(scope="module")
def app(server: FhirServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp("data")
    environment = {"CDS_DATA_DIR": str(data), "CDS_FHIR_SERVERS": server.url, "CDS_FHIR_BUDGET_MS": "20000"}
    made = create_app(from_environment(environment))
    yield made
    made.extensions["fhir"].close()
    made.extensions["store"].close()


def answered(app: Flask, scenario: Scenario, body: Json) -> Json:
    answer = app.test_client().post(f"/cds-services/{SERVICES[scenario.hook]}", json=body)
    assert answer.status_code == 200
    told: Json = answer.json
    return told


def on_server(scenario: Scenario) -> Json:
    """The record as a server holds it, that is searched by the canonical names of code systems."""
    text = inputs(scenario)["bundle.json"]
    for canonical, oid in OIDS.items():
        text = text.replace(f'"{oid}"', f'"{canonical}"')
    bundle: Json = json.loads(text)
    return bundle


def prefetched(scenario: Scenario) -> Json:
    """The request with every key: an EHR of few has nothing under the others."""
    body = request(scenario)
    nothing = {key: searchset([], scenario.dialect) for key in KEYS}
    return {**body, "prefetch": {**nothing, **body["prefetch"]}}


def to_be_fetched(scenario: Scenario, server: FhirServer) -> Json:
    body = request(scenario)
    del body["prefetch"]
    access = {"access_token": server.token, "token_type": "Bearer", "expires_in": 30, "scope": "patient/*.rs"}
    return {**body, "fhirServer": server.url, "fhirAuthorization": {**access, "patient": body["context"]["patientId"]}}


@pytest.mark.parametrize("scenario", WHOLE, ids=lambda scenario: scenario.name)
def test_nothing_prefetched_is_answered_like_everything(scenario: Scenario, app: Flask, server: FhirServer) -> None:
    """Cards, reasoning and ids: what was fetched is read as what was sent."""
    server.load(on_server(scenario))
    assert answered(app, scenario, to_be_fetched(scenario, server)) == answered(app, scenario, prefetched(scenario))


def test_the_server_is_asked_and_does_search(app: Flask, server: FhirServer) -> None:
    """The comparison above could not fail if the server gave everybody everything, or nothing were asked of it."""
    scenario = next(each for each in WHOLE if each.name == "s4-pet-ct-stage-ia-mcode")
    server.load({"resourceType": "Bundle", "entry": []})
    outcomes = [each["outcome"] for each in _assessments(answered(app, scenario, to_be_fetched(scenario, server)))]
    assert outcomes == ["not-assessed"]  # there is no such Patient
    other = on_server(next(each for each in WHOLE if each.name == "not-s4-metastatic"))
    server.load({"resourceType": "Bundle", "entry": [*on_server(scenario)["entry"], *other["entry"]]})
    assert answered(app, scenario, to_be_fetched(scenario, server)) == answered(app, scenario, prefetched(scenario))


def test_a_token_that_the_server_does_not_know_is_told(app: Flask, server: FhirServer) -> None:
    """A5: not available, and said so."""
    scenario = next(each for each in WHOLE if each.name == "s4-pet-ct-stage-ia-mcode")
    server.load(on_server(scenario))
    body = to_be_fetched(scenario, server)
    body["fhirAuthorization"]["access_token"] = "another"
    told = answered(app, scenario, body)
    assert [each["outcome"] for each in _assessments(told)] == ["not-assessed"]
    assert [card["indicator"] for card in told["cards"]] == ["info"]


def test_the_packages_of_the_server_come_from_nowhere_in_particular() -> None:
    """What is committed names no registry: where packages come from is npm's own configuration."""
    folder = Path(__file__).parent / "support" / "fhir_server"
    assert '"resolved"' not in (folder / "package-lock.json").read_text(encoding="utf-8")
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text(encoding="utf-8")


def _assessments(answer: Json) -> list[Json]:
    found: list[Json] = answer["extension"]["cds-service.assessments"]
    return found
