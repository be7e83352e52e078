"""The anatomic stage table and what can be true together."""

import pytest

from cds_service.facts.staging import (
    N_CATEGORIES,
    T_CATEGORIES,
    anatomic_group,
    lettered,
    possible_groups,
    possible_ns,
    together,
)


@pytest.mark.parametrize(
    ("t", "n", "group", "why"),
    [
        ("Tis", "N0", "0", "in situ"),
        ("T1", "N0", "IA", "E8"),
        ("T0", "N1mi", "IB", "E4"),
        ("T1", "N1mi", "IB", "E4"),
        ("T0", "N1", "IIA", "E6: occult primary"),
        ("T1", "N1", "IIA", "A8"),
        ("T2", "N0", "IIA", "the last that is early"),
        ("T2", "N1", "IIB", "E1: not early, although both are small"),
        ("T2", "N1mi", "IIB", "E5: counts as N1"),
        ("T3", "N0", "IIB", "E3: not early, although node-negative"),
        ("T3", "N1", "IIIA", "A8"),
        ("T1", "N2", "IIIA", "A8"),
        ("T4", "N0", "IIIB", "A8"),
        ("T4", "N2", "IIIB", "A8"),
        ("T1", "N3", "IIIC", "any T with N3"),
        ("T0", "N0", None, "no tumour, no node: no stage"),
        ("Tis", "N1", None, "not in the table"),
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
    ("t", "over", "at_most", "can"),
    [
        ("T1", 0.0, 20.0, True),
        ("T1", 20.0, float("inf"), False),
        ("T2", 0.0, 20.0, False),
        ("T2", 20.0, float("inf"), True),
        ("T3", 20.0, float("inf"), True),
        ("T4", 0.0, 20.0, True),  # E38: T4 does not prove size
    ],
)
def test_a_t_category_bounds_the_size(t: str, over: float, at_most: float, can: bool) -> None:
    groups = possible_groups([t], N_CATEGORIES)
    assert together(ts=[t], ns=N_CATEGORIES, groups=groups, over_mm=over, at_most_mm=at_most) is can
