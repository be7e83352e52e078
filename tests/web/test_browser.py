"""Criteria and dose in a real browser: three sizes, two themes, keyboard only, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Look, Open

PAGES = {
    "criteria": "/criteria",
    "criteria-found": "/criteria?q=PET+stage+IIA",
    "criteria-nothing": "/criteria?q=dense+breasts",
    "topic": "/criteria/310",
    "variant": "/criteria/310/310-v2",
    "variant-axilla": "/criteria/235/235-v4",
    "study": "/criteria/studies/fdg-pet-ct",
    "dose": "/dose",
    "report-empty": "/report?until=2020-01-31",
    "report": "/report",
    "dose-compared": "/dose?a.fdg-pet-ct=1&a.bone-scan=2&b.us-axilla=1",
    "dose-asking": "/dose?add-a=CT+CAP&add-b=dexa&a.bone-scan=x",
    "missing": "/criteria/310/310-v99",
}


@pytest.mark.parametrize("name", PAGES)
def test_it_is_accessible_and_fits(open_page: Open, stands_everywhere: Look, name: str) -> None:
    page = open_page(PAGES[name], failing=name == "missing")
    stands_everywhere(page, name)


def test_it_finds_while_one_types(open_page: Open) -> None:
    """Nothing is sent by hand, and the address can be sent to somebody."""
    page = open_page("/criteria")
    page.get_by_role("searchbox").press_sequentially("PET stage IIA")
    first = page.locator("#results .hit").nth(1)
    expect(first).to_contain_text("New clinical stage I\N{EN DASH}IIA invasive cancer, distant disease")
    expect(first).to_contain_text("usually not appropriate")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("1 study, 2 variants")  # for who does not see the list grow
    expect(page).to_have_url(re.compile(r"/criteria\?q=PET\+stage\+IIA$"))
    page.reload()
    expect(page.locator("#results .hit").nth(1)).to_contain_text("310-v2")


def test_it_finds_without_javascript(open_page: Open) -> None:
    page = open_page("/criteria", java_script_enabled=False)
    page.get_by_role("searchbox").fill("after lumpectomy")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Follow-up after breast conservation, watching for local recurrence").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Follow-up after breast conservation, watching for local recurrence"
    )


def test_back_leads_to_what_was_found(open_page: Open) -> None:
    page = open_page("/criteria")
    page.get_by_role("searchbox").fill("bone scan")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=bone*")  # the page before lists the study too
    page.get_by_role("link", name="Bone scan whole body").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bone scan whole body")
    page.go_back()
    expect(page.get_by_role("link", name="Bone scan whole body")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("bone scan")


def test_it_works_by_keyboard_alone(open_page: Open) -> None:
    """From the top of the page over the search to a neighbour of the first variant found."""
    page = open_page("/criteria")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("310-v2")
    page.keyboard.press("Enter")
    expect(page.locator("#results .hit")).to_have_count(1)
    _tab_to(page, "New clinical stage I\N{EN DASH}IIA invasive cancer, distant disease")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/criteria/310/310-v2$"))
    _tab_to(page, "Follow-up after curative treatment, distant disease, no symptoms")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/criteria/310/310-v10$"))


def _tab_to(page: Page, text: str) -> None:
    page.wait_for_load_state()  # the address changes before there is anything that could have the focus
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.textContent ?? ''").strip() == text:
            return
    pytest.fail(f"the focus never reaches {text}")


def test_a_dose_is_put_together_by_keyboard(open_page: Open) -> None:
    """Add, count, compare, remove; the focus stays where one works."""
    page = open_page("/dose")
    first = page.get_by_label("Add a study").first
    first.focus()
    page.keyboard.type("PET")
    page.keyboard.press("Enter")
    expect(page.locator(".sum strong").first).to_have_text("10 to 30 mSv")
    expect(page.get_by_label("Add a study").first).to_be_focused()
    expect(page.get_by_label("Add a study").first).to_have_value("")
    page.get_by_label("How often: FDG-PET/CT").fill("2")
    page.keyboard.press("Tab")
    expect(page.locator(".sum strong").first).to_have_text("about 20 to 60 mSv")
    expect(page.get_by_role("button", name="Remove FDG-PET/CT")).to_be_focused()
    page.get_by_label("Add a study").nth(1).fill("us axilla")
    page.keyboard.press("Enter")
    expect(page.locator(".compared")).to_have_text(
        "2 times PET/CT instead of US axilla: about 20 to 60 mSv, against no radiation."
    )
    expect(page).to_have_url(re.compile(r"/dose\?a\.fdg-pet-ct=2&b\.us-axilla=1$"))
    page.get_by_role("button", name="Remove FDG-PET/CT").press("Enter")
    expect(page.locator(".compared")).to_have_count(0)


def test_words_with_several_meanings_are_chosen_from(open_page: Open) -> None:
    page = open_page("/dose")
    page.get_by_label("Add a study").first.fill("CT CAP")
    page.get_by_role("button", name="Add").first.click()
    page.get_by_role("button", name="CT chest abdomen pelvis with IV contrast").click()
    expect(page.locator(".sum strong").first).to_have_text("10 to 30 mSv")


def test_a_dose_is_put_together_without_javascript(open_page: Open) -> None:
    page = open_page("/dose", java_script_enabled=False)
    page.get_by_label("Add a study").first.fill("PET")
    page.get_by_role("button", name="Add").first.click()
    page.get_by_label("How often: FDG-PET/CT").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator(".sum strong").first).to_have_text("about 30 to 90 mSv")
    page.get_by_role("button", name="Remove FDG-PET/CT").click()
    expect(page.get_by_text("No study yet.")).to_be_visible()
