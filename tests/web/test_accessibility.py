"""Every state of the pages, in both themes at three sizes: no finding of axe, nothing wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Keep, Look, Open


def _warned(page: Page) -> None:
    """A card with everything that can be opened open."""
    expect(page.get_by_role("article")).to_be_visible()
    expect(page.locator("#why .why")).to_be_visible()
    for each in (
        "Dismiss",
        "Request and response",
        "Connect an EHR",
        "What would leave no rating",
        "Parts of the record",
    ):
        page.get_by_text(each).first.click()
    page.get_by_role("button", name="Your own record…").click()


def _as_it_comes(page: Page) -> None:
    expect(page.locator("#cards .card, #cards .no-cards").first).to_be_visible()
    expect(page.locator("#why .why")).to_be_visible()


def _set_by_hand(page: Page) -> None:
    expect(page.locator("#why .why")).to_be_visible()
    page.get_by_role("button", name="Try").first.click()
    expect(page.locator("[data-instead]")).to_be_visible()


def _resource(page: Page) -> None:
    page.locator("[data-resource]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "warning": ("s4-pet-ct-stage-ia-mcode", _warned),
    "silence": ("v286-8-us-axilla", _as_it_comes),
    "what-if": ("asks-stage-unknown", _set_by_hand),
    "resource": ("s4-pet-ct-second-primary", _resource),
    "unreadable": ("unreadable-condition", _as_it_comes),
}


@pytest.mark.parametrize("state", STATES)
def test_no_finding_of_axe(open_page: Open, stands_everywhere: Look, state: str) -> None:
    patient, reach = STATES[state]
    page = open_page(f"/?patient={patient}")
    reach(page)
    stands_everywhere(page, f"sandbox-{state}")


def test_the_first_screen_shows_patient_order_and_warning(open_page: Open, keep: Keep) -> None:
    """On a laptop, without scrolling: what it is, who the patient is, what is ordered, the warning, the alternative."""
    page = open_page()
    _as_it_comes(page)
    for shown in (
        page.get_by_role("heading", level=1),
        page.locator("#line"),
        page.locator("#study"),
        page.get_by_role("article").get_by_role("heading", level=3),
        page.get_by_role("button", name="US axilla instead"),
    ):
        expect(shown).to_be_in_viewport(ratio=1)
    keep(page, "sandbox-first", full_page=False)


def test_every_scenario_is_one_click_away(open_page: Open) -> None:
    """The five that this project began with, each by its name."""
    page = open_page()
    _as_it_comes(page)
    names = page.get_by_label("Scenarios").get_by_role("link").all_inner_texts()
    assert [each[0] for each in names[:5]] == ["1", "2", "3", "4", "5"]
    for name in names:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_label("Scenarios").locator("[aria-current]")).to_have_text(name)
        _as_it_comes(page)
