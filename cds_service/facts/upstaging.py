"""What pathology says above the clinical stage: after surgery the higher of the two counts (facts A7: E14)."""

from collections.abc import Iterable

from cds_service.facts import staging
from cds_service.facts.stage_statements import ORDER, StageMark
from cds_service.value import Value

_GROUPS = ORDER["group"]


class Upstaged(Value, frozen=True, kw_only=True):
    """The groups above the clinical ones that pathology allows, and what says so. `surely`: it allows no other."""

    groups: frozenset[str] = frozenset()
    by: tuple[StageMark, ...] = ()
    surely: bool = False


def after_surgery(found: Iterable[StageMark], groups: frozenset[str], ts: Iterable[str], ns: Iterable[str]) -> Upstaged:
    """Pathologic groups and categories against the clinical groups, made of these clinical T and N.

    Where pathology says T or N alone, the other one is the clinical one: pN1 of a cT2 N0 is IIB, of a cT1 N0 IIA.
    """
    pathologic = [mark for mark in found if mark.timing == "pathologic" and not mark.prognostic]
    if not pathologic:
        return Upstaged()
    highest = max(map(_GROUPS.index, groups))
    stated = [mark for mark in pathologic if mark.kind == "group"]
    categories = [mark for mark in pathologic if mark.kind in ("t", "n")]
    above = [mark for mark in stated if mark.lowest > highest]
    unread = [mark for mark in stated if not mark.values]
    possible = _possible(categories, groups, tuple(ts), tuple(ns))
    higher = frozenset(group for group in possible if _GROUPS.index(group) > highest)
    if above or (higher and higher == possible):
        return Upstaged(groups=higher, by=(*above, *(categories if higher else ())), surely=True)
    if unread:
        higher |= frozenset(_GROUPS[highest + 1 :])
    return Upstaged(groups=higher, by=(*unread, *(categories if higher else ())))


def _possible(
    categories: list[StageMark], groups: frozenset[str], ts: tuple[str, ...], ns: tuple[str, ...]
) -> frozenset[str]:
    """The pathologic groups of every clinical T and N that can make the clinical groups."""
    pts, pns = _stated(categories, "t"), _stated(categories, "n")
    if not categories:
        return frozenset()
    return frozenset().union(
        *(
            staging.possible_groups(pts or (t,), pns or (n,))
            for t in ts
            for n in ns
            if staging.anatomic_group(t, n) in groups
        )
    )


def _stated(categories: list[StageMark], kind: str) -> tuple[str, ...]:
    values = frozenset().union(*(mark.meant for mark in categories if mark.kind == kind))
    return tuple(value for value in ORDER[kind] if value in values)
