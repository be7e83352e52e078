"""Lists of studies with how often each, their sums, and what could not be read; from the parameters of an address."""

from collections.abc import Iterable, Iterator, Mapping

from cds_service.cards.radiation import Band, rounded, summed
from cds_service.cards.words import listed
from cds_service.knowledge.model import Knowledge
from cds_service.web.criteria.pages import Page, Study, Version

NAMES = ("a", "b")
"""The two lists; the second is there to compare with."""

MOST = 99
"""How often a study can be on a list."""

_DIGITS = 6  # of a sum: enough for any band, and none of binary fractions


class Item(Page, frozen=True, kw_only=True):
    """A study on a list: how often, and its sum in mSv (low, high); no `msv` where its band is not known."""

    study: Study
    count: int
    msv: Band | None = None


class DoseList(Page, frozen=True, kw_only=True):
    """One list. `msv`: its sum (low, high) without the studies in `not_known`; `said`: the same in words, rounded."""

    name: str
    items: tuple[Item, ...] = ()
    msv: Band
    said: str
    not_known: tuple[str, ...] = ()


class DosePage(Page, frozen=True, kw_only=True):
    """Both lists. `compared`: the two in one sentence, where both hold something. `faults`: what could not be read."""

    lists: tuple[DoseList, ...]
    compared: str | None = None
    faults: tuple[str, ...] = ()
    knowledge: Version


def read_lists(
    parameters: Iterable[tuple[str, str]], knowledge: Knowledge, studies: Mapping[str, Study], version: Version
) -> DosePage:
    """The lists written as `a.<study>=<count>` and `b.<study>=<count>`; other parameters are not looked at."""
    counts: dict[str, dict[str, int]] = {name: {} for name in NAMES}
    faults: list[str] = []
    for key, value in parameters:
        name, dot, id = key.partition(".")
        if not dot or name not in NAMES:
            continue
        fault = _fault(id, value, studies)
        if fault is not None:
            faults.append(fault)
        elif counts[name].get(id) != 0:  # a button that says 0 removes, whatever the field beside it says
            counts[name][id] = int(value)
    lists = tuple(_list(name, counts[name], knowledge, studies) for name in NAMES)
    return DosePage(lists=lists, compared=_compared(*lists), faults=tuple(dict.fromkeys(faults)), knowledge=version)


def parameters_of(page: DosePage) -> Iterator[tuple[str, str]]:
    """The address that a page is for, in its order."""
    for each in page.lists:
        yield from ((f"{each.name}.{item.study.id}", str(item.count)) for item in each.items)


def _fault(id: str, value: str, studies: Mapping[str, Study]) -> str | None:
    if id not in studies:
        return f"“{id[:60]}” is no study that this service knows."
    # isascii: other scripts' digits are decimal too, and in other places than one expects.
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(MOST))):
        return f"{studies[id].name}: how often is a whole number from 0 to {MOST}. It is left out."
    return None


def _list(name: str, counts: Mapping[str, int], knowledge: Knowledge, studies: Mapping[str, Study]) -> DoseList:
    items = tuple(
        Item(study=studies[id], count=count, msv=_sum({id: count}, knowledge) if studies[id].msv is not None else None)
        for id, count in counts.items()
        if count
    )
    msv = _sum(counts, knowledge)
    not_known = tuple(item.study.name for item in items if item.msv is None)
    return DoseList(name=name, items=items, msv=msv, said=_said(items, msv), not_known=not_known)


def _sum(counts: Mapping[str, int], knowledge: Knowledge) -> Band:
    low, high = summed(knowledge.procedures[id] for id, count in counts.items() for _ in range(count))
    return round(low, _DIGITS), round(high, _DIGITS)


def _said(items: tuple[Item, ...], msv: Band) -> str:
    known = [item for item in items if item.msv is not None]
    if not known:
        return "not known" if items else "nothing listed"
    if msv[1] == 0:
        return "no radiation"
    alone = len(known) == 1 and known[0].count == 1
    return f"{'' if alone else 'about '}{rounded(msv[0])} to {rounded(msv[1])} mSv"


def _compared(first: DoseList, second: DoseList) -> str | None:
    if not (first.items and second.items):
        return None
    return f"{_names(first)} instead of {_names(second)}: {first.said}, against {second.said}."


def _names(found: DoseList) -> str:
    named = (item.study.short if item.count == 1 else f"{item.count} times {item.study.short}" for item in found.items)
    return listed(list(named))
