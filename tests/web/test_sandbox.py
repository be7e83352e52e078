"""The sandbox in a real browser and over HTTP: an order is fired, its card read, accepted, dismissed and explained."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.support.make_demo import DEMO, packed

ROOT = Path(__file__).parents[2]
REQUEST = ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"


@pytest.fixture
def sandbox(page: Page, site: str) -> Page:
    page.goto(site)
    expect(page.locator("form[data-ready]")).to_be_attached()
    return page


def test_the_patients_are_those_of_the_fixtures() -> None:
    assert DEMO.read_text(encoding="utf-8") == packed()


def test_an_order_is_warned_about_and_the_suggestion_taken(sandbox: Page) -> None:
    sandbox.get_by_role("button", name="Send to the service").click()
    card = sandbox.locator(".card.warning")
    expect(card.get_by_role("heading", level=3)).to_contain_text("PET/CT usually not appropriate")
    card.get_by_role("button", name="US axilla instead").click()
    expect(sandbox.locator("#status")).to_contain_text("No card.")
    expect(sandbox.locator("#status")).to_contain_text("feedback could not be stored")
    expect(sandbox.get_by_label("Study", exact=True)).to_have_value("US axilla")


def test_a_what_if_changes_the_outcome(sandbox: Page) -> None:
    sandbox.get_by_role("button", name="Send to the service").click()
    sandbox.get_by_label("What if: Clinical stage at diagnosis").select_option("IIB")
    expect(sandbox.locator(".outcome")).to_contain_text("as recorded: usually not appropriate (2/9)")
    expect(sandbox.locator(".outcome strong")).not_to_contain_text("usually not appropriate")


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
