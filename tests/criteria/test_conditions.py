"""Whether a condition holds where facts are settled, open, or open between some values; and what it cuts apart."""

import pytest

from cds_service.criteria.conditions import (
    Cell,
    Span,
    Values,
    atoms,
    cells_of_number,
    cells_of_values,
    compiled,
    facts_of,
    sets_of_values,
)
from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide
from cds_service.truth import Truth

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
STAGE, N, SIZE, TUMOUR, ORDER = "stage-group", "clinical-n", "tumor-size-mm", "laterality", "order-laterality"
INFINITE = float("inf")


def values(*each: str) -> Values:
    return Values(frozenset(each))


EARLY = In(STAGE, frozenset({"IA", "IB", "IIA"}))
LATE = In(STAGE, frozenset({"IA", "IB", "IIA"}), inverted=True)
NODE_NEGATIVE = In(N, frozenset({"N0"}))
SMALL, LARGE = AtMost(SIZE, 20), Over(SIZE, 20)
SAME_SIDE = SameSide(TUMOUR, ORDER)


@pytest.mark.parametrize(
    ("cell", "early", "late", "why"),
    [
        (values("IA"), T, F, "one of them"),
        (values("IA", "IB", "IIA"), T, F, "all of them, and nothing else"),
        (values("IIB"), F, T, "none of them"),
        (values("IIB", "IIIA"), F, T, "several, none of them"),
        (values("IIA", "IIB"), U, U, "stage II without its letter"),
        (None, U, U, "a stage that nobody recorded"),
        (Span(1, 1), U, U, "a number is no stage"),
    ],
)
def test_one_of_some_values(cell: Cell | None, early: Truth, late: Truth, why: str) -> None:
    """`in` and `none`: opposite where the value is known, and both unknown where it is not."""
    settled = {} if cell is None else {STAGE: cell}
    assert (compiled(EARLY)(settled), compiled(LATE)(settled)) == (early, late), why
    assert compiled(Not(EARLY))(settled) is late, "not one of them is none of them"


@pytest.mark.parametrize(
    ("cell", "small", "large", "why"),
    [
        (Span(18, 18), T, F, "measured, below the limit"),
        (Span(20, 20), T, F, "E37: 2.0 cm is 2 cm or less"),
        (Span(20.1, 20.1), F, T, "just over it"),
        (Span(-INFINITE, 20), T, F, "whatever it is, 2 cm at most"),
        (Span(20, INFINITE), F, T, "whatever it is, over 2 cm"),
        (Span(10, 30), U, U, "on both sides of the limit"),
        (None, U, U, "not measured"),
        (values("T1"), U, U, "a category is no number"),
    ],
)
def test_a_limit(cell: Cell | None, small: Truth, large: Truth, why: str) -> None:
    """A limit belongs to what is at most so much."""
    settled = {} if cell is None else {SIZE: cell}
    assert (compiled(SMALL)(settled), compiled(LARGE)(settled)) == (small, large), why


@pytest.mark.parametrize(
    ("tumour", "order", "expected", "why"),
    [
        (values("left"), values("left"), T, "the same side"),
        (values("left"), values("right"), F, "E27: the node of the other side is another finding"),
        (values("bilateral"), values("right"), T, "both sides are also this one"),
        (values("left"), values("bilateral"), T, "both sides are also this one"),
        (values("unstated"), values("right"), T, "a side not said cannot disagree"),
        (values("left"), values("unstated"), T, "a side not said cannot disagree"),
        (values("left", "right"), values("left"), U, "it depends on which of the two it is"),
        (values("left"), values("left", "right"), U, "it depends on which of the two it is"),
        (values("left", "bilateral"), values("left"), T, "whichever it is"),
        (values("left"), None, U, "the side of the order is open"),
        (None, values("left"), U, "the side of the tumour is open"),
        (None, None, U, "both are open"),
    ],
)
def test_the_same_side(tumour: Cell | None, order: Cell | None, expected: Truth, why: str) -> None:
    settled = {name: cell for name, cell in ((TUMOUR, tumour), (ORDER, order)) if cell is not None}
    assert compiled(SAME_SIDE)(settled) is expected, why


@pytest.mark.parametrize(
    ("stage", "n", "both", "either"),
    [
        ("IA", "N0", T, T),
        ("IA", "N1", F, T),
        ("IIB", "N0", F, T),
        ("IIB", "N1", F, F),
        ("IA", None, U, T),
        ("IIB", None, F, U),
    ],
)
def test_all_and_any(stage: str, n: str | None, both: Truth, either: Truth) -> None:
    """As Kleene's tables have it: what is open matters only where the rest does not decide."""
    settled = {STAGE: values(stage)} | ({} if n is None else {N: values(n)})
    assert compiled(AllOf((EARLY, NODE_NEGATIVE)))(settled) is both
    assert compiled(AnyOf((EARLY, NODE_NEGATIVE)))(settled) is either


NESTED = AllOf((EARLY, AnyOf((Not(NODE_NEGATIVE), SMALL, LARGE)), SAME_SIDE, LATE))


def test_a_condition_reads_the_facts_of_all_its_parts() -> None:
    """In its order, of `same-side` both: a fact left out would never be asked for."""
    assert list(atoms(NESTED)) == [EARLY, NODE_NEGATIVE, SMALL, LARGE, SAME_SIDE, LATE]
    assert list(facts_of(NESTED)) == [STAGE, N, SIZE, SIZE, TUMOUR, ORDER, STAGE]


@pytest.mark.parametrize(
    ("conditions", "fact", "sets"),
    [
        ((NESTED,), STAGE, (frozenset({"IA", "IB", "IIA"}),)),  # asked twice, and once turned round: one cut
        ((EARLY, In(STAGE, frozenset({"IV"}))), STAGE, (frozenset({"IA", "IB", "IIA"}), frozenset({"IV"}))),
        ((NESTED,), N, (frozenset({"N0"}),)),
        ((NESTED,), SIZE, ()),
        ((NESTED,), TUMOUR, None),
        ((NESTED,), ORDER, None),
        ((EARLY, In(ORDER, frozenset({"left"}))), ORDER, (frozenset({"left"}),)),
    ],
)
def test_the_values_that_are_asked_of_a_fact(
    conditions: tuple[Condition, ...], fact: str, sets: tuple[frozenset[str], ...] | None
) -> None:
    """Of sides that are compared every value counts."""
    assert sets_of_values(conditions, fact) == sets


@pytest.mark.parametrize(
    ("sets", "cells"),
    [
        ((), [("IA", "IIA", "IIB", "IV")]),
        ((frozenset({"IA", "IIA"}),), [("IA", "IIA"), ("IIB", "IV")]),
        ((frozenset({"IA", "IIA"}), frozenset({"IIA", "IIB"})), [("IA",), ("IIA",), ("IIB",), ("IV",)]),
        (None, [("IA",), ("IIA",), ("IIB",), ("IV",)]),
    ],
)
def test_values_that_no_condition_tells_apart_are_one_cell(
    sets: tuple[frozenset[str], ...] | None, cells: list[tuple[str, ...]]
) -> None:
    """Two that a condition tells apart never share a cell: it would hold of neither."""
    assert cells_of_values(("IA", "IIA", "IIB", "IV"), sets) == tuple(values(*each) for each in cells)


@pytest.mark.parametrize(
    ("conditions", "cells"),
    [
        ((EARLY,), [(-INFINITE, INFINITE)]),
        ((SMALL, LARGE, Over("age-years", 40)), [(-INFINITE, 20), (20, INFINITE)]),
        ((Over(SIZE, 50), NESTED), [(-INFINITE, 20), (20, 50), (50, INFINITE)]),
    ],
)
def test_a_number_is_cut_where_the_knowledge_cuts_it(
    conditions: tuple[Condition, ...], cells: list[tuple[float, float]]
) -> None:
    """From below, without a gap; the limits of another number do not matter."""
    assert cells_of_number(conditions, SIZE) == tuple(Span(*each) for each in cells)
