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

TOLD_ON_CONDITIONS_ALONE = (
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
    "v310-1-us-breast",
    "v310-3-mri-breast",
    "v286-5-us-axilla",
)
"""Stories whose deciding facts fit on Conditions alone, so that the minimal EHR can tell them too."""

TOLD_ON_A_WHOLE_RECORD = {
    "310-v1": "v310-1-us-breast",
    "310-v2": "s4-pet-ct-stage-ia-mcode",
    "310-v3": "v310-3-mri-breast",
    "310-v4": "not-s4-stage-iib",
    "310-v5": "not-s4-stage-iib-her2-positive",
    "310-v6": "s5-mammography-follow-up",
    "310-v7": "v310-7-mammography-mastectomy-side",
    "310-v8": "v310-8-us-breast-new-lump",
    "310-v9": "v310-9-us-breast-chest-wall",
    "310-v10": "s5-pet-ct-mammogram-done",
    "310-v11": "s5-pet-ct-new-headache",
    "286-v1": "s5-us-axilla-new-lump",
    "286-v2": "v286-2-us-axilla-both-sides",
    "286-v3": "s4-us-axilla",
    "286-v4": "v286-4-pet-ct-for-axilla",
    "286-v5": "v286-5-us-axilla",
    "286-v6": "v286-6-pet-ct-for-axilla",
    "286-v7": "v286-7-us-axilla-lump-during-therapy",
    "286-v8": "v286-8-us-axilla",
    "286-v9": "s2-us-axilla",
    "286-v10": "recurrence-us-axilla",
    "286-v11": "v286-11-core-biopsy",
    "286-v12": "v286-12-us-axilla-node-on-ct",
    "235-v1": "v235-1-mri-breast",
    "235-v2": "v235-2-mri-breast",
    "235-v3": "s1-us-axilla-node-negative",
    "235-v4": "s1-us-axilla",
    "235-v5": "v235-5-us-axilla-man",
    "235-v6": "v235-6-bone-scan-bone-pain",
    "235-v7": "s2-male-pet-ct-for-axilla",
    "235-v8": "s3-core-biopsy",
}
"""One patient of every variant. The minimal EHR sends no treatment, node or size, and so cannot tell them all."""

WHOLE_RECORDS = tuple(each for each in DIALECTS if each != "icd10")

Json = dict[str, Any]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The service, in process, on an empty store."""
    return ask_service(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def ask_anew(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The service that judges each request as if it were the first."""
    return ask_service(tmp_path_factory.mktemp("store"), CDS_REMEMBER_SECONDS="0")


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
def test_the_same_request_gets_the_same_bytes(scenario: Scenario, ask: Ask, ask_anew: Ask) -> None:
    """Asking twice changes nothing, remembered or judged anew: ids come from the request, never from chance or the
    clock.
    """
    assert response(scenario, ask) == response(scenario, ask)
    assert response(scenario, ask_anew) == response(scenario, ask_anew) == response(scenario, ask)


def test_every_variant_has_a_patient_in_whom_it_holds() -> None:
    """Of each of the 31 variants a golden response says that it holds."""
    held = {
        variant["id"]
        for scenario in SCENARIOS
        for assessment in _judged(_read(scenario, "response.json")).values()
        for variant in assessment.get("variants", [])
        if variant["state"] == "holds"
    }
    assert held == set(TOLD_ON_A_WHOLE_RECORD)


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        *((name, dialect) for name in TOLD_ON_CONDITIONS_ALONE for dialect in DIALECTS),
        *((name, dialect) for name in TOLD_ON_A_WHOLE_RECORD.values() for dialect in WHOLE_RECORDS),
    ],
)
def test_the_same_story_gets_the_same_verdict_in_every_dialect(name: str, dialect: str, ask: Ask) -> None:
    """Outcome, category, missing facts and variants hang on the patient, not on how the EHR writes."""
    told = next(scenario for scenario in SCENARIOS if scenario.name == name)
    answer = json.loads(response(replace(told, dialect=dialect), ask))
    expected = expectation(replace(told, cards_open=not told.cards))
    assert disagreements(expected, answer) == []


@pytest.mark.parametrize("name", TOLD_ON_A_WHOLE_RECORD.values())
def test_a_minimal_ehr_is_never_warned_more_than_a_whole_record(name: str, ask: Ask) -> None:
    """With Patient and Conditions alone a story may be asked about; it is not warned where the whole record is not."""
    told = next(scenario for scenario in SCENARIOS if scenario.name == name)
    minimal = json.loads(response(replace(told, dialect="icd10"), ask))
    whole = json.loads(response(replace(told, dialect="mcode"), ask))
    assert _warnings(minimal) <= _warnings(whole)


@EACH_SCENARIO
def test_a_card_that_asks_says_what_each_answer_means(scenario: Scenario) -> None:
    """One fact in clinical words, at least two answers to it, and a verdict or its absence behind each."""
    answer = _read(scenario, "response.json")
    asked = {order for order, each in _judged(answer).items() if each["outcome"] == "insufficient-information"}
    for card in answer["cards"]:
        about = {each["reference"] for each in card["extension"]["davinci-crd.associated-resource"]}
        if about & asked:
            _, _, section = card["detail"].partition("**What each answer means**\n\n")
            answers = [line for line in section.split("\n\n")[0].splitlines() if line.startswith("- ")]
            assert len(answers) >= 2, card["summary"]
            assert all(_MEANS.search(line) for line in answers), answers
            assert any("usually not appropriate" in line for line in answers) or "depends on" in section
            assert not re.search(r"[a-z]-[a-z]+-[a-z]+ not recorded", card["summary"]), "a fact's name is not its words"


_MEANS = re.compile(
    r": (usually (not )?appropriate|may be appropriate|depends on further facts|these criteria do not apply"
    r"|not rated in this patient|the criteria disagree)"
)


def _warnings(answer: Json) -> int:
    return sum(card["indicator"] != "info" for card in answer["cards"])


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
