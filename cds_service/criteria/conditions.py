"""Whether a variant's condition holds, given facts of which some are settled and some are open.

Pure. A settled fact is a set of values that no condition tells apart (`Cell`); an open one makes what depends on it
unknown. This is the narrow waist between knowledge and matching.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide
from cds_service.truth import Judge, Truth, all_of, any_of, not_, truth
from cds_service.value import Value


class Values(Value, frozen=True):
    """Values of a closed domain that no condition tells apart; one value when the fact is known."""

    values: frozenset[str]


class Span(Value, frozen=True):
    """A range of a number: over `over`, at most `at_most`. A known number is a span of width nothing."""

    over: float
    at_most: float


Cell = Values | Span
Settled = Mapping[str, Cell]
Holds = Judge[Settled]
"""The Kleene value of one condition; a fact missing from what is settled is open."""

_FALSE, _UNKNOWN, _TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


def compiled(condition: Condition) -> Holds:
    """A condition as a function, put together once: a request asks some thirty conditions, each again and again."""
    match condition:
        case In(fact=fact, values=values, inverted=inverted):
            return _in(fact, values, inverted=inverted)
        case AllOf(conditions=conditions):
            return all_of([compiled(each) for each in conditions])
        case AnyOf(conditions=conditions):
            return any_of([compiled(each) for each in conditions])
        case Not(condition=inner):
            return not_(compiled(inner))
        case Over(fact=fact, limit=limit):
            return not_(_at_most(fact, limit))
        case AtMost(fact=fact, limit=limit):
            return _at_most(fact, limit)
        case SameSide(first=first, second=second):
            return lambda settled: _same_side(settled.get(first), settled.get(second))


def _in(fact: str, values: frozenset[str], *, inverted: bool) -> Holds:
    among, apart = (_FALSE, _TRUE) if inverted else (_TRUE, _FALSE)

    def holds(settled: Settled) -> Truth:
        cell = settled.get(fact)
        if not isinstance(cell, Values):
            return _UNKNOWN
        if cell.values <= values:
            return among
        return apart if cell.values.isdisjoint(values) else _UNKNOWN

    return holds


def _at_most(fact: str, limit: float) -> Holds:
    def holds(settled: Settled) -> Truth:
        cell = settled.get(fact)
        if not isinstance(cell, Span):
            return _UNKNOWN
        if cell.at_most <= limit:
            return _TRUE
        return _FALSE if cell.over >= limit else _UNKNOWN

    return holds


_EITHER_SIDE = frozenset({"bilateral", "unstated"})


def _same_side(first: Cell | None, second: Cell | None) -> Truth:
    if not (isinstance(first, Values) and isinstance(second, Values)):
        return Truth.UNKNOWN
    verdicts = {
        truth(one == other or one in _EITHER_SIDE or other in _EITHER_SIDE)
        for one in first.values
        for other in second.values
    }
    return verdicts.pop() if len(verdicts) == 1 else Truth.UNKNOWN


def atoms(condition: Condition) -> Iterator[In | Over | AtMost | SameSide]:
    """The leaves of a condition, left to right."""
    match condition:
        case AllOf(conditions=conditions) | AnyOf(conditions=conditions):
            for each in conditions:
                yield from atoms(each)
        case Not(condition=inner):
            yield from atoms(inner)
        case In() | Over() | AtMost() | SameSide():
            yield condition


def facts_of(condition: Condition) -> Iterator[str]:
    """The names of the facts a condition reads, in its order, repeats included."""
    for atom in atoms(condition):
        if isinstance(atom, SameSide):
            yield from (atom.first, atom.second)
        else:
            yield atom.fact


def sets_of_values(conditions: Iterable[Condition], fact: str) -> tuple[frozenset[str], ...] | None:
    """The sets of values that conditions ask of a fact; None where they compare it, and each value counts."""
    leaves = [atom for condition in conditions for atom in atoms(condition)]
    if any(isinstance(atom, SameSide) and fact in (atom.first, atom.second) for atom in leaves):
        return None
    return tuple(dict.fromkeys(atom.values for atom in leaves if isinstance(atom, In) and atom.fact == fact))


def cells_of_values(candidates: Iterable[str], sets: tuple[frozenset[str], ...] | None) -> tuple[Values, ...]:
    """The candidates of a fact, grouped so that no set tells two of one group apart; in domain order."""
    if sets is None:
        return tuple(Values(frozenset({value})) for value in candidates)
    groups: dict[tuple[bool, ...], set[str]] = {}
    for value in candidates:
        groups.setdefault(tuple(value in values for values in sets), set()).add(value)
    return tuple(Values(frozenset(group)) for group in groups.values())


def cells_of_number(conditions: Iterable[Condition], fact: str) -> tuple[Span, ...]:
    """The ranges of a number that the knowledge cuts, from below."""
    cuts = sorted(
        {
            atom.limit
            for condition in conditions
            for atom in atoms(condition)
            if isinstance(atom, Over | AtMost) and atom.fact == fact
        }
    )
    edges = [float("-inf"), *cuts, float("inf")]
    return tuple(Span(low, high) for low, high in pairwise(edges))
