"""T, N, M and the stage group of one cancer at diagnosis, from everything said about them.

yp never stands for the stage at diagnosis; a recorded group that differs from the table is contradictory, never
silently one of the two (facts A7: E1-E16).
"""

from collections.abc import Iterable

from cds_service.facts import staging
from cds_service.facts.dates import When
from cds_service.facts.model import (
    NOT_RECORDED,
    NOT_RETRIEVED,
    VOCABULARY,
    Evidence,
    Fact,
    Known,
    OneOf,
    Unknown,
    UnknownReason,
)
from cds_service.facts.stage_marks import StageMark

_GROUPS = VOCABULARY["stage-group"].domain
_ORDER = {kind: VOCABULARY[f"clinical-{kind}"].domain for kind in ("t", "n", "m")}
"""The categories of each kind, the lowest first."""


def category_fact(found: Iterable[StageMark], kind: str, until: When | None, *, retrieved: bool) -> Fact:
    """T, N or M as a fact: the newest coded mark, else words; two of one day that differ are contradictory.

    A lower one after a higher one may be what therapy left: then it is one of the two.
    """
    usable = _at_diagnosis(found, kind, until)
    coded, said = [m for m in usable if m.coded], [m for m in usable if not m.coded]
    decisive = _newest(coded) or _newest(said)
    if not decisive:
        return NOT_RECORDED if retrieved else NOT_RETRIEVED
    values = {mark.value for mark in (*decisive, *said)}
    evidence = tuple(dict.fromkeys(shown(mark) for mark in decisive))
    if len(values) > 1:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=evidence)
    newest, order = values.pop(), _ORDER[kind]
    higher = [mark for mark in usable if order.index(mark.value) > order.index(newest)]
    if higher:
        either = {newest, *(mark.value for mark in higher)}
        evidence = tuple(dict.fromkeys((*evidence, *map(shown, higher))))
        return OneOf(tuple(value for value in order if value in either), evidence=evidence)
    return Known(newest, evidence=evidence)


def group_fact(
    found: Iterable[StageMark],
    t: Fact,
    n: Fact,
    until: When | None,
    *,
    at_least: frozenset[str] | None,
    retrieved: bool,
) -> Fact:
    """The stage group: recorded and derived together. Contradictory where they exclude each other.

    `at_least`: the groups a diagnosis allows by itself (inflammatory carcinoma, locally advanced), whatever smaller
    stage is recorded (E16).
    """
    found = tuple(found)
    recorded, evidence, contradictory = _recorded(_at_diagnosis(found, "group", until))
    if contradictory or _contradictory(t) or _contradictory(n):
        return Unknown(UnknownReason.CONTRADICTORY, evidence=evidence)
    allowed = _allowed(t, n, at_least)
    if not (allowed or isinstance(t, Unknown) or isinstance(n, Unknown)):  # T0 N0, Tis N1: no such cancer
        return Unknown(UnknownReason.CONTRADICTORY, evidence=(*evidence, *t.evidence, *n.evidence))
    if at_least is not None:
        recorded &= at_least | {"IV"}
    elif recorded and allowed and not recorded & (allowed | {"0", "IV"}):
        return Unknown(UnknownReason.CONTRADICTORY, evidence=(*evidence, *t.evidence, *n.evidence))
    groups = (recorded & (allowed or recorded)) or recorded or allowed
    if not groups:
        return NOT_RECORDED if retrieved else NOT_RETRIEVED
    higher = _higher_after_surgery(found, groups)
    if higher:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=(*evidence, *higher))
    proof = evidence or (*t.evidence, *n.evidence)
    ordered = tuple(group for group in _GROUPS if group in groups)
    return Known(ordered[0], evidence=proof) if len(ordered) == 1 else OneOf(ordered, evidence=proof)


def _contradictory(fact: Fact) -> bool:
    return isinstance(fact, Unknown) and fact.reason is UnknownReason.CONTRADICTORY


def shown(mark: StageMark) -> Evidence:
    """A mark as evidence, in our words: "stage IIA", "cT1"."""
    prefix = {"clinical": "c", "pathologic": "p"}.get(mark.timing, "")
    return Evidence(
        value=f"stage {mark.value}" if mark.kind == "group" else f"{prefix}{mark.value}",
        resources=(mark.resource,),
        date=mark.on.text if mark.on is not None else None,
    )


def _at_diagnosis(found: Iterable[StageMark], kind: str, until: When | None) -> list[StageMark]:
    """The marks of one kind that can stand for the stage at diagnosis: clinical, before any therapy began."""
    return [
        mark
        for mark in found
        if mark.kind == kind
        and not mark.prognostic
        and mark.timing in ("clinical", "unspecified")
        and not (until is not None and mark.on is not None and until.surely_before(mark.on))
    ]


def _allowed(t: Fact, n: Fact, at_least: frozenset[str] | None) -> frozenset[str]:
    """The groups that T and N, or the diagnosis itself, allow; empty where they tell nothing."""
    if at_least is not None:
        return at_least
    if isinstance(t, Unknown) and isinstance(n, Unknown):
        return frozenset()
    return staging.possible_groups(_values(t, staging.T_CATEGORIES[1:]), _values(n, staging.N_CATEGORIES))


def _values(fact: Fact, domain: tuple[str, ...]) -> tuple[str, ...]:
    match fact:
        case Known(value=value):
            return (str(value),)
        case OneOf(candidates=candidates):
            return candidates
        case Unknown():
            return domain


def _recorded(usable: list[StageMark]) -> tuple[frozenset[str], tuple[Evidence, ...], bool]:
    """The groups on record can mean, what says so, and whether the record contradicts itself.

    Newest wins, but never a lower group over a higher older one: that may be a stage after therapy.
    """
    coded, said = [m for m in usable if m.coded], [m for m in usable if not m.coded]
    decisive = _newest(coded) or _newest(said)
    if not decisive:
        return frozenset(), (), False
    evidence = tuple(dict.fromkeys(shown(mark) for mark in decisive))
    groups = frozenset(_GROUPS)
    for mark in (*decisive, *said):
        groups &= frozenset(staging.lettered(mark.value))
    highest_now = max(map(_GROUPS.index, groups), default=-1)
    downstaged = any(_lowest(mark) > highest_now for mark in usable)
    return groups, evidence, not groups or downstaged


def _lowest(mark: StageMark) -> int:
    return min(map(_GROUPS.index, staging.lettered(mark.value)))


def _higher_after_surgery(found: tuple[StageMark, ...], groups: frozenset[str]) -> tuple[Evidence, ...]:
    """What pathology says above the clinical stage: after surgery the higher of the two counts (E14)."""
    pathologic = [mark for mark in found if mark.timing == "pathologic" and not mark.prognostic]
    if not pathologic:
        return ()
    highest = max(map(_GROUPS.index, groups))
    higher = [mark for mark in pathologic if mark.kind == "group" and _lowest(mark) > highest]
    categories = [mark for mark in pathologic if mark.kind in ("t", "n")]
    ts = {mark.value for mark in categories if mark.kind == "t"} or set(staging.T_CATEGORIES)
    ns = {mark.value for mark in categories if mark.kind == "n"} or set(staging.N_CATEGORIES)
    possible = staging.possible_groups(ts, ns)
    if categories and possible and min(map(_GROUPS.index, possible)) > highest:
        higher += categories
    return tuple(dict.fromkeys(shown(mark) for mark in higher))


def _newest(found: list[StageMark]) -> list[StageMark]:
    """The marks of the newest day; undated ones count as of that day too."""
    dated = [mark.on.latest for mark in found if mark.on is not None]
    if not dated:
        return found
    newest = max(dated)
    return [mark for mark in found if mark.on is None or mark.on.latest >= newest]
