"""Nine in ten orders in scope are rated, or told which fact is missing, and no gap in a record makes a warning.

The cohort is made up (`tests.support.cohort`); `python -m benchmarks.coverage_of_orders` prints the whole table.
"""

from collections import Counter

import pytest

from benchmarks.coverage_of_orders import answered, measured
from tests.support.cohort import PHASES

IN_SCOPE = [phase for phase in PHASES if phase != "metastatic"]
AROUND_NEOADJUVANT_THERAPY = ("before neoadjuvant therapy", "after neoadjuvant therapy")


@pytest.fixture(scope="module")
def cohort() -> dict[str, Counter[str]]:
    return measured(360, seed=7)


@pytest.mark.parametrize("phase", IN_SCOPE)
def test_nine_in_ten_orders_in_scope_are_answered(phase: str, cohort: dict[str, Counter[str]]) -> None:
    assert cohort[phase]["in scope"] >= 20, "too few to say"
    assert answered(cohort[phase]) >= 0.9


@pytest.mark.parametrize("phase", IN_SCOPE)
def test_most_are_rated_outright(phase: str, cohort: dict[str, Counter[str]]) -> None:
    """Field tools leave 40 to 80 % unrated."""
    floor = 0.5 if phase == "after neoadjuvant therapy" else 0.65
    assert cohort[phase]["rated"] / cohort[phase]["in scope"] >= floor


@pytest.mark.parametrize("phase", IN_SCOPE)
def test_what_is_rated_is_rated_as_on_the_whole_record(phase: str, cohort: dict[str, Counter[str]]) -> None:
    assert cohort[phase]["same"] / cohort[phase]["rated"] >= 0.95


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase not in AROUND_NEOADJUVANT_THERAPY])
def test_no_gap_in_a_record_makes_a_warning(phase: str, cohort: dict[str, Counter[str]]) -> None:
    assert cohort[phase]["misled"] == 0


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase.endswith("symptom") or phase == "metastatic"])
def test_a_symptom_or_metastasis_is_never_warned_about(phase: str, cohort: dict[str, Counter[str]]) -> None:
    assert cohort[phase]["warned"] == 0


def test_metastatic_disease_is_out_of_scope(cohort: dict[str, Counter[str]]) -> None:
    assert cohort["metastatic"]["in scope"] == 0
