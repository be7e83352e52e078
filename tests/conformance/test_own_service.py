"""Our own service, put together as it is deployed, keeps every rule that it can be held to (cds-hooks.md §1)."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cds_service.app import create_app
from cds_service.conformance.findings import Outcome, Report
from cds_service.conformance.own_requests import load_requests
from cds_service.conformance.run import Plan
from cds_service.fhir.record import read_record
from cds_service.settings import Settings
from tests.conformance.conftest import broken
from tests.conformance.rows import NOT_SHOWN

ROOT = Path(__file__).parent.parent.parent
FIXTURES = sorted((ROOT / "fixtures").glob("*/response.json"))

Json = dict[str, Any]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")))
    yield made
    made.extensions["store"].close()


@pytest.fixture(scope="module")
def discovery(app: Flask) -> Json:
    found: Json = app.test_client().get("/cds-services").json
    return found


@pytest.fixture(scope="module")
def answers() -> dict[str, Json]:
    """Every answer of the fixtures, which are compared with the service's own elsewhere (test_fixtures.py)."""
    return {path.parent.name: json.loads(path.read_bytes()) for path in FIXTURES}


def cards(answers: dict[str, Json]) -> list[Json]:
    found = [card for answer in answers.values() for card in answer["cards"]]
    assert len(found) > 50
    return found


def test_it_keeps_every_rule(checked: Callable[[Flask, Plan], Report], app: Flask) -> None:
    """Every rule is looked at and holds, but those in NOT_SHOWN; every fixture is among the requests."""
    report = checked(app, Plan(requests=load_requests([ROOT / "fixtures"])))
    assert report.passed
    assert set(broken(report)) <= {"J12"}  # not offered
    held = {result.rule.id for result in report.of(Outcome.PASS)}
    assert {result.rule.id for result in report.results} - held == set(NOT_SHOWN)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("D8", "hookVersion"),
        ("H1", "hookVersion"),
        ("1.9/icon", "icon"),
        ("1.11/appContext", "appContext"),
        ("cds-resp-3", "appContext"),
        ("1.11/autolaunchable", "autolaunchable"),
        ("cds-resp-7", "actionSelectionBehavior"),
    ],
)
def test_what_we_never_send_breaks_no_rule(discovery: Json, answers: dict[str, Json], row: str, name: str) -> None:
    """In no answer of the fixtures, and not in discovery."""
    assert f'"{name}"' not in json.dumps([discovery, answers]), row


def test_p9_everything_that_is_asked_for_is_read(discovery: Json) -> None:
    """A template that nobody reads is a query for nothing in every call of every client."""
    for service in discovery["services"]:
        assert list(read_record({}, patient_id="x").states) == list(service["prefetch"])


def test_e10_a_card_names_its_order_and_no_order_has_two(answers: dict[str, Json]) -> None:
    """In words, too: of two cards in one answer, each can be told from the other by its first words."""
    for name, answer in answers.items():
        named = [
            each["reference"]
            for card in answer["cards"]
            for each in card["extension"]["davinci-crd.associated-resource"]
        ]
        assert len(set(named)) == len(named), name
    two = [card["summary"] for card in answers["s4-two-orders"]["cards"]]
    assert [summary.partition(" usually")[0] for summary in two] == ["PET/CT", "Bone scan"]


def test_s4_to_cancel_is_to_delete(answers: dict[str, Json]) -> None:
    """A delete alone; two where two drafts are one study."""
    deletions = [
        suggestion
        for card in cards(answers)
        for suggestion in card.get("suggestions", [])
        if {action["type"] for action in suggestion["actions"]} == {"delete"}
    ]
    assert {len(each["actions"]) for each in deletions} == {1, 2}
    assert all(each["label"].startswith("Cancel ") for each in deletions)


def test_s5_alternatives_exclude_each_other(answers: dict[str, Json]) -> None:
    """Each is a suggestion of its own, one order is changed by it, and the user picks one at most."""
    for card in cards(answers):
        if "suggestions" in card:
            assert card["selectionBehavior"] == "at-most-one"
        for suggestion in card.get("suggestions", []):
            written = [action for action in suggestion["actions"] if action["type"] != "delete"]
            assert len(written) <= 1


def test_j15_a_card_says_by_which_knowledge_it_was_made(answers: dict[str, Json]) -> None:
    """A card that outlives its context still says how old it is; those that say only what failed rest on nothing."""
    versions = set()
    for answer in answers.values():
        for assessment in answer.get("extension", {}).get("cds-service.assessments", []):
            versions.add(assessment["knowledge"]["version"])
    (version,) = versions
    rated = [card for card in cards(answers) if card["indicator"] == "warning"]
    assert rated
    assert all(f"Knowledge version {version}." in card["detail"] for card in rated)


def test_j16_the_guide_for_integrators_names_what_they_configure(discovery: Json) -> None:
    """Clients that never read discovery are configured by hand from it."""
    guide = (ROOT / "docs" / "integrators.md").read_text()
    named = set(re.findall(r"`([^`]+)`", guide))
    for service in discovery["services"]:
        assert f"POST /cds-services/{service['id']}" in named
        assert {service["hook"], *service["prefetch"]} <= named
    assert "GET /cds-services" in named
