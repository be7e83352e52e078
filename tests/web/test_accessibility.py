"""Every state of the pages, in both themes at three sizes: no finding of axe, nothing wider than the screen."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.conftest import SIZES, THEMES, Open

Keep = Callable[[Page, str], None]


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


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", STATES)
def test_no_finding_of_axe(open_page: Open, keep: Keep, state: str, size: str, theme: str) -> None:
    """WCAG 2 A and AA and axe's best practices, contrast in both themes included."""
    patient, reach = STATES[state]
    page = open_page(f"/?patient={patient}", size=size, theme=theme)
    reach(page)
    keep(page, f"{state}-{size}-{theme}")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
