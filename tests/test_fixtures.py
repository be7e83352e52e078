"""The golden fixtures: every synthetic patient is valid FHIR, every answer is the expected one, in every dialect.

A fixture is a folder of `fixtures/`. A person wrote its expectation from the ACR facts; its golden response is what
the service answered when the folder was last written (`python -m tests.support.make_fixtures`).
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.servicerequest import ServiceRequest

from tests.support.choices import chosen, rewritten
from tests.support.expectations import EXTENSION, disagreements
from tests.support.make_fixtures import (
    FIXTURES,
    SCENARIOS,
    SERVICES,
    Ask,
    as_text,
    ask_service,
    expectation,
    golden,
    inputs,
    request,
    response,
)
from tests.support.patients import DIALECTS
from tests.support.scenarios.model import Scenario

EACH_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)

TOLD_IN_EVERY_DIALECT = (
    "s4-pet-ct-group-only-ia",
    "s4-pet-ct-group-only-iia",
    "s4-bone-scan-stage-iia",
    "s4-mammography",
    "s4-us-axilla",
    "s5-pet-ct-history-code",
    "s5-bone-scan-new-bone-pain",
    "not-s4-bone-pain",
    "not-s4-metastatic",
    "asks-stage-unknown",
    "asks-stage-ii-without-letter",
)
"""Stories whose deciding facts fit on Conditions alone, so that the minimal EHR can tell them too."""

Json = dict[str, Any]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The service, in process, on an empty store."""
    return ask_service(tmp_path_factory.mktemp("store"))


def _read(scenario: Scenario, name: str) -> Json:
    value: Json = json.loads((FIXTURES / scenario.name / name).read_text(encoding="utf-8"))
    return value


def test_every_folder_belongs_to_a_scenario_and_every_scenario_has_one() -> None:
    """A renamed scenario leaves no stale folder behind, and no two scenarios share one."""
    names = [scenario.name for scenario in SCENARIOS]
    assert sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()) == sorted(set(names))
    assert len(set(names)) == len(names)


@EACH_SCENARIO
def test_the_folder_is_what_the_builder_writes(scenario: Scenario) -> None:
    """Nobody edits a fixture by hand: the story is the source."""
    for name, text in inputs(scenario).items():
        assert (FIXTURES / scenario.name / name).read_text(encoding="utf-8") == text, name


@EACH_SCENARIO
def test_the_patient_is_valid_fhir(scenario: Scenario) -> None:
    """Every record is valid R4B; what a damaged request breaks, it breaks on the way, not in the record."""
    Bundle.model_validate(_read(scenario, "bundle.json"))


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.change is None], ids=lambda each: each.name)
def test_the_request_is_made_of_valid_fhir(scenario: Scenario) -> None:
    """Drafts and prefetch are valid R4B, except where the scenario is about an EHR that sends something else."""
    body = _read(scenario, "request.json")
    Bundle.model_validate(body["context"]["draftOrders"])
    for entry in body["context"]["draftOrders"]["entry"]:
        ServiceRequest.model_validate(entry["resource"])
    for key, value in body["prefetch"].items():
        if key != "patient":
            Bundle.model_validate(value)


@EACH_SCENARIO
def test_the_service_answers_as_expected(scenario: Scenario, ask: Ask) -> None:
    """The answer satisfies what a person wrote down before seeing it."""
    answer = json.loads(response(scenario, ask))
    assert disagreements(expectation(scenario), answer) == []


@EACH_SCENARIO
def test_the_service_answers_the_golden_response(scenario: Scenario, ask: Ask) -> None:
    """The answer is the reviewed one to the letter, order of fields included; only line breaks are ours."""
    kept = (FIXTURES / scenario.name / "response.json").read_text(encoding="utf-8")
    assert golden(response(scenario, ask)) == kept


@EACH_SCENARIO
def test_the_same_request_gets_the_same_bytes(scenario: Scenario, ask: Ask) -> None:
    """Asking twice changes nothing: ids come from the request, never from chance or the clock."""
    assert response(scenario, ask) == response(scenario, ask)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", TOLD_IN_EVERY_DIALECT)
def test_the_same_story_gets_the_same_verdict_in_every_dialect(name: str, dialect: str, ask: Ask) -> None:
    """Outcome, category, missing facts and variants hang on the patient, not on how the EHR writes."""
    told = next(scenario for scenario in SCENARIOS if scenario.name == name)
    answer = json.loads(response(replace(told, dialect=dialect), ask))
    expected = expectation(replace(told, cards_open=not told.cards))
    assert disagreements(expected, answer) == []


@EACH_SCENARIO
def test_a_choice_leads_where_its_label_says(scenario: Scenario, ask: Ask) -> None:
    """A picked alternative, sent again, gets the score on its label and no warning; a note changes no verdict."""
    before = json.loads(response(scenario, ask))
    for suggestion in [each for card in before["cards"] for each in card.get("suggestions", [])]:
        orders = set(rewritten(suggestion))
        body = as_text(chosen(request(scenario), suggestion)).encode()
        after = _judged(json.loads(ask(SERVICES[scenario.hook], body))) if orders else {}
        for order in orders & set(after):
            promised = re.search(r"\((\d)/9\)", suggestion["label"])
            if promised is not None:
                assert after[order].get("score") == int(promised[1]), suggestion["label"]
            elif "note" in suggestion["label"]:
                assert after[order].get("score") == _judged(before)[order].get("score"), suggestion["label"]
            assert after[order].get("category") != "usually-not-appropriate", suggestion["label"]


def _judged(answer: Json) -> dict[str, Json]:
    return {each["order"]: each for each in answer.get("extension", {}).get(EXTENSION, [])}


def test_requests_hold_no_real_person_and_no_real_host() -> None:
    """The fixtures are public: one made-up name, one reserved example domain."""
    for scenario in SCENARIOS:
        body = json.dumps(request(scenario))
        assert body.count('"family"') == body.count('"family": "Synthetic"')
        assert "http://localhost" not in body
        assert set(SERVICES) >= {scenario.hook}


def test_an_expectation_can_fail() -> None:
    """The comparison itself notices a wrong verdict, a wrong card and a missing assessment."""
    expected = expectation(next(scenario for scenario in SCENARIOS if scenario.name == "s4-pet-ct-group-only-ia"))
    assert disagreements(expected, {"cards": []}) == [
        "ServiceRequest/order-1: no assessment, expected rated",
        "cards [], expected ['warning']",
    ]


def test_the_fixture_folder_is_the_repository_s() -> None:
    """The builder writes beside the code, wherever the tests are run from."""
    assert Path(__file__).parents[1] / "fixtures" == FIXTURES
