"""FHIR dates of any precision, as intervals."""

from datetime import date

import pytest

from cds_service.facts.dates import when, years_between


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "spelled"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        ("2026-05-17", date(2026, 5, 17), date(2026, 5, 17), "2026-05-17"),
        ("2026-05-17T23:30:00-05:00", date(2026, 5, 17), date(2026, 5, 17), "2026-05-17"),
        ("2026-05-17T10:00:00.000Z", date(2026, 5, 17), date(2026, 5, 17), "2026-05-17"),
    ],
)
def test_a_date_is_every_day_it_can_mean(text: str, earliest: date, latest: date, spelled: str) -> None:
    found = when(text)
    assert found is not None
    assert (found.earliest, found.latest, found.text) == (earliest, latest, spelled)


@pytest.mark.parametrize("text", [None, "", "17.05.2026", "last spring", "2026-13", "2026-02-30", "05/17/2026"])
def test_what_is_no_fhir_date_is_none(text: str | None) -> None:
    assert when(text) is None


def test_the_first_that_is_a_date_counts() -> None:
    found = when(None, "unknown", "2026-05")
    assert found is not None
    assert found.text == "2026-05"


def test_a_partial_date_is_surely_recent_only_if_all_of_it_is() -> None:
    """Diagnosed "2026-05", judged on 2026-11-16: up to 199 days, so not surely within 183."""
    found, today = when("2026-05"), date(2026, 11, 16)
    assert found is not None
    assert not found.surely_within(183, today)
    assert found.surely_within(199, today)
    assert not found.surely_older(183, today)
    assert found.surely_older(169, today)


def test_years_are_completed_years() -> None:
    assert years_between(date(2008, 11, 17), date(2026, 11, 16)) == 17
    assert years_between(date(2008, 11, 16), date(2026, 11, 16)) == 18
