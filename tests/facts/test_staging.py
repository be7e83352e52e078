"""The anatomic stage table and what can be true together."""

import pytest

from cds_service.facts.staging import (
    N_CATEGORIES,
    T_CATEGORIES,
    anatomic_group,
    lettered,
    possible_groups,
    possible_ns,
    sizes,
    t_of_size,
    together,
)
from cds_service.facts.vocabulary import VOCABULARY

ANY = float("inf")


def test_the_table_speaks_of_every_t_and_n_there_is() -> None:
    """A category that it left out would be one nobody is asked about: a T3 that cannot be, and IIA is certain."""
    assert VOCABULARY["clinical-t"].domain == T_CATEGORIES
    assert VOCABULARY["clinical-n"].domain == N_CATEGORIES


@pytest.mark.parametrize(
    ("t", "n", "group", "why"),
    [
        ("Tis", "N0", "0", "in situ"),
        ("Tis", "N1mi", None, "not in the table: a node with metastasis has an invasive cancer"),
        ("Tis", "N1", None, "not in the table"),
        ("Tis", "N2", None, "not in the table"),
        ("Tis", "N3", None, "not in the table"),
        ("T0", "N0", None, "no tumour, no node: no stage"),
        ("T0", "N1mi", "IB", "E4"),
        ("T0", "N1", "IIA", "E6: occult primary"),
        ("T0", "N2", "IIIA", "an occult primary is staged by its nodes"),
        ("T0", "N3", "IIIC", "any T with N3"),
        ("T1", "N0", "IA", "E8"),
        ("T1", "N1mi", "IB", "E4"),
        ("T1", "N1", "IIA", "A8"),
        ("T1", "N2", "IIIA", "A8"),
        ("T1", "N3", "IIIC", "any T with N3"),
        ("T2", "N0", "IIA", "the last that is early"),
        ("T2", "N1mi", "IIB", "E5: counts as N1"),
        ("T2", "N1", "IIB", "E1: not early, although both are small"),
        ("T2", "N2", "IIIA", "A8"),
        ("T2", "N3", "IIIC", "any T with N3"),
        ("T3", "N0", "IIB", "E3: not early, although node-negative"),
        ("T3", "N1mi", "IIIA", "E5: counts as N1"),
        ("T3", "N1", "IIIA", "A8"),
        ("T3", "N2", "IIIA", "A8"),
        ("T3", "N3", "IIIC", "any T with N3"),
        ("T4", "N0", "IIIB", "A8"),
        ("T4", "N1mi", "IIIB", "E5: counts as N1"),
        ("T4", "N1", "IIIB", "A8"),
        ("T4", "N2", "IIIB", "A8"),
        ("T4", "N3", "IIIC", "any T with N3"),
    ],
)
def test_the_group_of_t_and_n(t: str, n: str, group: str | None, why: str) -> None:
    assert anatomic_group(t, n) == group, why


def test_no_early_group_hides_in_a_high_t_or_n() -> None:
    """Whatever is left open, T3, T4, N2 and N3 are never stage I or IIA."""
    for t in T_CATEGORIES:
        for n in N_CATEGORIES:
            if t in ("T3", "T4") or n in ("N2", "N3"):
                assert anatomic_group(t, n) not in ("IA", "IB", "IIA")


@pytest.mark.parametrize(
    ("recorded", "groups"),
    [("I", ("IA", "IB")), ("II", ("IIA", "IIB")), ("III", ("IIIA", "IIIB", "IIIC")), ("IV", ("IV",))],
)
def test_a_stage_without_its_letter_is_one_of_several(recorded: str, groups: tuple[str, ...]) -> None:
    assert lettered(recorded) == groups


def test_a_missing_n_is_never_n0() -> None:
    """E11: T1 alone can be IA, but also IIIC."""
    assert possible_groups(["T1"], N_CATEGORIES) == {"IA", "IB", "IIA", "IIIA", "IIIC"}


@pytest.mark.parametrize(
    ("ts", "groups", "ns"),
    [
        (["T1"], ["IA"], ("N0",)),
        (["T0", "T1", "T2", "T3", "T4"], ["IA"], ("N0",)),
        (["T0", "T1", "T2", "T3", "T4"], ["IIA"], ("N0", "N1")),
        (["T2"], ["IIA"], ("N0",)),
        (["T1"], ["IIA"], ("N1",)),
    ],
)
def test_a_group_fixes_n_as_far_as_it_does(ts: list[str], groups: list[str], ns: tuple[str, ...]) -> None:
    assert possible_ns(ts, groups) == ns


@pytest.mark.parametrize(
    ("t", "over", "at_most", "can", "why"),
    [
        ("T1", 0.0, 20.0, True, "E37: 2.0 cm is 2 cm or less"),
        ("T1", 20.0, ANY, False, "E38: T1 is 2 cm at most"),
        ("T2", 0.0, 20.0, False, "E38: T2 proves more than 2 cm"),
        ("T2", 20.0, ANY, True, "E38"),
        ("T2", 50.0, ANY, False, "T2 is 5 cm at most"),
        ("T3", 20.0, ANY, True, "E38"),
        ("T3", 0.0, 50.0, False, "T3 is over 5 cm"),
        ("T3", 50.0, ANY, True, "and that without end"),
        ("T4", 0.0, 20.0, True, "E38: T4 does not prove a size"),
        ("T4", 50.0, ANY, True, "E38: neither a small nor a large one"),
        ("Tis", 0.0, 20.0, True, "in situ has no size of its own"),
        ("Tis", 50.0, ANY, True, "in situ has no size of its own"),
        ("T0", -ANY, 20.0, True, "an occult primary has no tumour of more than 2 cm"),
        ("T0", 0.0, 20.0, False, "a measured tumour is not T0"),
        ("T0", 20.0, ANY, False, "a measured tumour is not T0"),
    ],
)
def test_a_t_category_bounds_the_size(t: str, over: float, at_most: float, can: bool, why: str) -> None:
    groups = possible_groups([t], N_CATEGORIES)
    assert together(ts=[t], ns=N_CATEGORIES, groups=groups, over_mm=over, at_most_mm=at_most) is can, why
    assert together(ts=[t], ns=N_CATEGORIES, groups=["IV"], over_mm=over, at_most_mm=at_most) is can, "stage IV too"


@pytest.mark.parametrize(
    ("ts", "ns", "groups", "can", "why"),
    [
        (["T1"], ["N0"], ["IA"], True, "E8"),
        (["T1"], ["N0"], ["IIB"], False, "E2: the table has another group for it"),
        (["T0"], ["N1"], ["IIA"], True, "E6: an occult primary of which nobody asked the size"),
        (["T0"], ["N0"], ["0", "IA", "IB", "IIA"], False, "no tumour and no node: no such patient"),
        (["T1", "T2"], ["N0", "N1"], ["IIB"], True, "one pair of them is enough: T2 N1"),
        (["T1"], ["N0"], ["IV"], True, "stage IV says nothing of T and N"),
        ([], ["N0"], ["IV"], False, "but some T there must be"),
    ],
)
def test_t_n_and_group_must_fit_one_patient(
    ts: list[str], ns: list[str], groups: list[str], can: bool, why: str
) -> None:
    assert together(ts=ts, ns=ns, groups=groups) is can, why


@pytest.mark.parametrize(
    ("t", "millimetres"),
    [
        ("Tis", (0.0, ANY)),
        ("T0", (0.0, 0.0)),
        ("T1", (0.0, 20.0)),
        ("T2", (20.0, 50.0)),
        ("T3", (50.0, ANY)),
        ("T4", (0.0, ANY)),
    ],
)
def test_the_size_that_a_t_category_allows(t: str, millimetres: tuple[float, float]) -> None:
    assert sizes(t) == millimetres


@pytest.mark.parametrize(
    ("millimetres", "t", "why"),
    [
        (1.0, "T1", "however small"),
        (20.0, "T1", "2.0 cm"),
        (20.1, "T2", "over 2 cm"),
        (50.0, "T2", "5.0 cm"),
        (50.1, "T3", "over 5 cm"),
        (300.0, "T3", "however large"),
    ],
)
def test_the_t_category_of_a_size(millimetres: float, t: str, why: str) -> None:
    """T4 and in situ have no size of their own, and are not told by it."""
    assert t_of_size(millimetres) == t, why
