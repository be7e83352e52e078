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
    Evidence,
    Fact,
    Known,
    OneOf,
    Unknown,
    UnknownReason,
    candidates,
)
from cds_service.facts.stage_statements import ORDER, StageMark
from cds_service.facts.upstaging import after_surgery

_GROUPS = ORDER["group"]
_INVASIVE = staging.T_CATEGORIES[1:]
"""T of an invasive cancer: where nobody says T, it is no carcinoma in situ."""


def category_fact(found: Iterable[StageMark], kind: str, until: When | None, *, retrieved: bool) -> Fact:
    """T, N or M as a fact: the newest coded mark, else words; those that exclude each other are contradictory.

    A lower one after a higher one may be what therapy left: then it is one of the two.
    """
    usable = _at_diagnosis(found, kind, until)
    if not usable:
        return NOT_RECORDED if retrieved else NOT_RETRIEVED
    decisive, stated = _decisive(usable)
    evidence = tuple(dict.fromkeys(shown(mark) for mark in decisive))
    order = ORDER[kind]
    values = _of_all(stated)
    if not values:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=tuple(dict.fromkeys(map(shown, stated))))
    if len(values) == len(order):
        return Unknown(UnknownReason.UNREADABLE, evidence=evidence)
    highest = max(map(order.index, values))
    higher = [mark for mark in usable if mark.lowest > highest]
    if higher:
        values = values.union(*(mark.meant for mark in higher))
        evidence = tuple(dict.fromkeys((*evidence, *map(shown, higher))))
    ordered = tuple([value for value in order if value in values])
    return Known(ordered[0], evidence=evidence) if len(ordered) == 1 else OneOf(ordered, evidence=evidence)


def m_fact(found: tuple[StageMark, ...], *, retrieved: bool) -> Fact:
    """M as a fact. Where none is recorded it is M0, assumed (E12), unless an M or a stage that nobody can read is."""
    m = category_fact(found, "m", None, retrieved=retrieved)
    if m != NOT_RECORDED:
        return m
    unread = [mark for mark in found if mark.kind in ("m", "group") and not mark.values]
    if unread:
        return Unknown(UnknownReason.UNREADABLE, evidence=tuple(map(shown, unread)))
    return Known("M0", assumed="m0")


def perhaps_metastatic(phase: Fact, staged: dict[str, Fact]) -> Fact:
    """The phase, which may as well be metastatic where an M or a stage on record cannot be read.

    Of an untreated cancer whose stage is unknown anyway, that is what is missing.
    """
    m, group = staged["clinical-m"], staged["stage-group"]
    if not isinstance(m, Unknown) or m.reason is not UnknownReason.UNREADABLE:
        return phase
    known = candidates("disease-phase", phase)
    if "metastatic" in known or (isinstance(group, Unknown) and {"new", "neoadjuvant-planned"}.issuperset(known)):
        return phase
    return OneOf((*known, "metastatic"), evidence=(*phase.evidence, *m.evidence))


def _decisive(usable: list[StageMark]) -> tuple[list[StageMark], list[StageMark]]:
    """The newest coded marks, else the newest words; and with them all words, for words do not grow old."""
    coded, said = [m for m in usable if m.coded], [m for m in usable if not m.coded]
    decisive = _newest(coded) or _newest(said)
    return decisive, [*decisive, *said]


def _of_all(stated: list[StageMark]) -> frozenset[str]:
    """The values that all of these marks, at least one, allow."""
    return frozenset.intersection(*[mark.meant for mark in stated])


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
    if len(groups) == len(_GROUPS):
        return Unknown(UnknownReason.UNREADABLE, evidence=evidence)
    if not groups:
        return NOT_RECORDED if retrieved else NOT_RETRIEVED
    upstaged = after_surgery(found, groups, _values(t, _INVASIVE), _values(n, staging.N_CATEGORIES))
    clinical = evidence or (*t.evidence, *n.evidence)
    proof = tuple(dict.fromkeys((*clinical, *map(shown, upstaged.by))))
    if upstaged.surely:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=proof)
    groups |= upstaged.groups
    ordered = tuple([group for group in _GROUPS if group in groups])
    return Known(ordered[0], evidence=proof) if len(ordered) == 1 else OneOf(ordered, evidence=proof)


def _contradictory(fact: Fact) -> bool:
    return isinstance(fact, Unknown) and fact.reason is UnknownReason.CONTRADICTORY


def shown(mark: StageMark) -> Evidence:
    """A mark as evidence, in our words: "stage IIA", "cT1"."""
    prefix = "stage " if mark.kind == "group" else _PREFIXES.get(mark.timing, "")
    named = "stage" if mark.kind == "group" else prefix + mark.kind.upper()
    return Evidence(
        value=prefix + " or ".join(mark.values) if mark.values else f"{named} not understood",
        resources=(mark.resource,),
        date=mark.on.text if mark.on is not None else None,
    )


_PREFIXES = {"clinical": "c", "pathologic": "p"}


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
    return staging.possible_groups(_values(t, _INVASIVE), _values(n, staging.N_CATEGORIES))


def _values(fact: Fact, domain: tuple[str, ...]) -> tuple[str, ...]:
    match fact:
        case Known(value=value):
            return (str(value),)
        case OneOf(candidates=open_between):
            return open_between
        case Unknown():
            return domain


def _recorded(usable: list[StageMark]) -> tuple[frozenset[str], tuple[Evidence, ...], bool]:
    """The groups on record can mean, what says so, and whether the record contradicts itself.

    Newest wins, but never a lower group over a higher older one: that may be a stage after therapy.
    """
    if not usable:
        return frozenset(), (), False
    decisive, stated = _decisive(usable)
    groups = _of_all(stated)
    evidence = tuple(dict.fromkeys(map(shown, decisive if groups else stated)))
    highest_now = max(map(_GROUPS.index, groups), default=-1)
    downstaged = any(mark.lowest > highest_now for mark in usable)
    return groups, evidence, not groups or downstaged


def _newest(found: list[StageMark]) -> list[StageMark]:
    """The marks of the newest day; undated ones count as of that day too."""
    dated = [mark.on.latest for mark in found if mark.on is not None]
    if len(found) < 2 or not dated:
        return found
    newest = max(dated)
    return [mark for mark in found if mark.on is None or mark.on.latest >= newest]
