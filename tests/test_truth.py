"""Kleene logic, as the tables that define it (Kleene 1952)."""

import pytest

from cds_service.truth import Truth, all_of, any_of, negate, not_, truth

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (T, T, T, T),
        (T, U, U, T),
        (T, F, F, T),
        (U, T, U, T),
        (U, U, U, U),
        (U, F, F, U),
        (F, T, F, T),
        (F, U, F, U),
        (F, F, F, F),
    ],
)
def test_and_and_or_follow_the_tables(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    judges = [lambda _: one, lambda _: other]
    assert all_of(judges)("a patient") is both
    assert any_of(judges)("a patient") is either


@pytest.mark.parametrize(("value", "negated"), [(T, F), (U, U), (F, T)])
def test_not_leaves_unknown_unknown(value: Truth, negated: Truth) -> None:
    assert negate(value) is negated
    assert not_(lambda _: value)("a patient") is negated


def test_of_nothing_all_hold_and_none_holds() -> None:
    assert all_of([])("a patient") is T
    assert any_of([])("a patient") is F


def test_a_truth_refuses_to_be_a_bool() -> None:
    """`if unknown:` is how missing data becomes "no"."""
    with pytest.raises(TypeError, match="compare it with `is`"):
        bool(U)


def test_what_is_certain_has_two_values() -> None:
    assert (truth(True), truth(False)) == (T, F)
