"""The AJCC anatomic stage table, and which T, N, size and stage can be true together.

Source: AJCC Cancer Staging Manual, 7th edition and 8th edition anatomic groups, as tabulated in NCI PDQ
(NCBI NBK65744). T2-T4 with N1mi counts as N1; that footnote is from a secondary source and errs towards the
higher stage, which never warns. Prognostic groups are another system and are not computed here.
"""

from collections.abc import Iterable

T_CATEGORIES = ("Tis", "T0", "T1", "T2", "T3", "T4")
N_CATEGORIES = ("N0", "N1mi", "N1", "N2", "N3")

#         N0      N1mi    N1      N2      N3
_TABLE = {
    "Tis": ("0", None, None, None, None),
    "T0": (None, "IB", "IIA", "IIIA", "IIIC"),
    "T1": ("IA", "IB", "IIA", "IIIA", "IIIC"),
    "T2": ("IIA", "IIB", "IIB", "IIIA", "IIIC"),
    "T3": ("IIB", "IIIA", "IIIA", "IIIA", "IIIC"),
    "T4": ("IIIB", "IIIB", "IIIB", "IIIB", "IIIC"),
}

_UNLETTERED = {"I": ("IA", "IB"), "II": ("IIA", "IIB"), "III": ("IIIA", "IIIB", "IIIC")}

# Millimetres a T category allows: over the first, at most the second. T0 has no
# tumour to measure, T4 is not defined by size.
_SIZES = {
    "T1": (0.0, 20.0),
    "T2": (20.0, 50.0),
    "T3": (50.0, float("inf")),
    "Tis": (0.0, float("inf")),
    "T4": (0.0, float("inf")),
    "T0": (0.0, 0.0),
}


def anatomic_group(t: str, n: str) -> str | None:
    """The anatomic group of T and N with M0, or None where the table has no such patient (Tis N1, T0 N0)."""
    return _TABLE[t][N_CATEGORIES.index(n)]


def sizes(t: str) -> tuple[float, float]:
    """The millimetres a T category allows: over the first, at most the second."""
    return _SIZES[t]


def lettered(group: str) -> tuple[str, ...]:
    """The groups a recorded stage can be: "II" is IIA or IIB."""
    return _UNLETTERED.get(group, (group,))


def possible_groups(ts: Iterable[str], ns: Iterable[str]) -> frozenset[str]:
    """Every group some pair of these T and N makes."""
    ns = tuple(ns)
    return frozenset([group for t in ts for n in ns if (group := anatomic_group(t, n)) is not None])


def t_of_size(millimetres: float) -> str:
    """The T category, of those that size defines, of a tumour measured so: 20 mm is T1, 21 mm T2 (facts E37, E38)."""
    return next(t for t in ("T1", "T2", "T3") if millimetres <= _SIZES[t][1])


def possible_ns(ts: Iterable[str], groups: Iterable[str]) -> tuple[str, ...]:
    """Every N that with some of these T makes one of these groups: stage IA is N0, IIA is N0 or N1."""
    ts, groups = tuple(ts), frozenset(groups)
    return tuple(n for n in N_CATEGORIES if any(anatomic_group(t, n) in groups for t in ts))


def together(
    *,
    ts: Iterable[str],
    ns: Iterable[str],
    groups: Iterable[str],
    over_mm: float = float("-inf"),
    at_most_mm: float = float("inf"),
) -> bool:
    """Whether some T, N, group and tumour size out of these can be true of one patient.

    Stage IV says nothing of T and N; the size still has to fit the T. A size over 0 is a tumour somebody measured,
    which an occult primary (T0) has not.
    """
    ns, groups = tuple(ns), frozenset(groups)
    sized = [t for t in ts if _SIZES[t][0] < at_most_mm and over_mm < _SIZES[t][1]]
    if "IV" in groups:
        return bool(sized)
    return any(anatomic_group(t, n) in groups for t in sized for n in ns)
