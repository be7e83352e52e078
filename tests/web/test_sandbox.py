"""The sandbox in a real browser and over HTTP: an order is fired, its card read, accepted, dismissed and explained."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from tests.support.make_demo import DEMO, packed

ROOT = Path(__file__).parents[2]
PATIENTS = {each["id"]: each["request"] for each in json.loads(DEMO.read_text(encoding="utf-8"))}
REQUEST = ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"


@pytest.fixture
def sandbox(browser: Browser, site: str) -> Iterator[Page]:
    """The front page, ready; a complaint of its script fails the test."""
    context, problems = browser.new_context(base_url=site), list[str]()
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/")
    expect(page.locator("form[data-ready]")).to_be_attached()
    yield page
    context.close()
    assert problems == []


def test_the_patients_are_those_of_the_fixtures() -> None:
    assert DEMO.read_text(encoding="utf-8") == packed()


def test_an_order_is_warned_about_and_the_suggestion_taken(sandbox: Page) -> None:
    sandbox.get_by_role("button", name="Send to the service").click()
    card = sandbox.locator(".card.warning")
    expect(card.get_by_role("heading", level=3)).to_contain_text("PET/CT usually not appropriate")
    card.get_by_role("button", name="US axilla instead").click()
    expect(sandbox.locator("#status")).to_contain_text("No card.")
    expect(sandbox.get_by_label("Study", exact=True)).to_have_value("US axilla")


def test_a_what_if_changes_the_outcome(sandbox: Page) -> None:
    sandbox.get_by_role("button", name="Send to the service").click()
    sandbox.get_by_label("What if: Clinical stage at diagnosis").select_option("IIB")
    expect(sandbox.locator(".outcome")).to_contain_text("as recorded: usually not appropriate (2/9)")
    expect(sandbox.locator(".outcome strong")).not_to_contain_text("usually not appropriate")


def test_a_card_is_dismissed_with_a_reason(sandbox: Page) -> None:
    """The feedback is stored, and the page says so."""
    sandbox.get_by_role("button", name="Send to the service").click()
    card = sandbox.locator(".card.warning")
    card.get_by_role("combobox").select_option(index=1)
    with sandbox.expect_response("**/feedback") as sent:
        card.get_by_role("button", name="Dismiss").click()
    assert sent.value.status == 200
    told = sent.value.request.post_data_json["feedback"][0]
    assert (told["outcome"], told["overrideReason"]["reason"]["code"]) == ("overridden", "expert-contradicts")


@pytest.mark.parametrize("name", PATIENTS)
def test_every_patient_is_answered_and_explained(client: FlaskClient, name: str) -> None:
    """Nothing of the explanation breaks, whatever the record is like."""
    request = PATIENTS[name]
    answer = client.post("/sandbox/explain", json={"request": request})
    assert answer.status_code == 200, answer.text
    assert "<script" not in answer.text


def test_a_hostile_bundle_is_shown_as_it_is_written(client: FlaskClient) -> None:
    """Names and texts of a record are never markup of the page."""
    request = json.loads(REQUEST.read_bytes())
    for entry in request["prefetch"]["conditions"]["entry"]:
        entry["resource"].setdefault("code", {})["text"] = "<script>alert(1)</script> **x** <img src=x onerror=y>"
    answer = client.post("/sandbox/explain", json={"request": request})
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img" not in answer.text


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", "$"),
        (b'{"request": []}', "$"),
        (b'{"request": ' + REQUEST.read_bytes() + b', "overrides": {"er": "maybe"}}', "overrides.er"),
        (b'{"request": ' + REQUEST.read_bytes() + b', "overrides": []}', "overrides"),
    ],
)
def test_what_cannot_be_explained_says_where(client: FlaskClient, body: bytes, place: str) -> None:
    answer = client.post("/sandbox/explain", data=body)
    assert answer.status_code == 400
    assert json.loads(answer.data)["issue"][0]["expression"] == [place]


def test_markdown_brings_no_markup_of_its_own(client: FlaskClient) -> None:
    page = client.post("/sandbox/markdown", data="**a** <script>x</script> [b](javascript:c)").text
    assert "<strong>a</strong>" in page
    assert "<script" not in page
    assert "href" not in page
