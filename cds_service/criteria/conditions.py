"""Whether a variant's condition holds, given facts of which some are settled and some are open.

Pure. A settled fact is a set of values that no condition tells apart (`Cell`); an open one makes what depends on it
unknown. This is the narrow waist between knowledge and matching.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from cds_service.knowledge.model import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide
from cds_service.truth import Truth, all_of, any_of, negate, truth
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


def holds(condition: Condition, settled: Settled) -> Truth:
    """Kleene value of a condition; a fact missing from `settled` is open."""
    match condition:
        case In(fact=fact, values=values, inverted=inverted):
            found = _in(settled.get(fact), values)
            return negate(found) if inverted else found
        case AllOf(conditions=conditions):
            return all_of(holds(each, settled) for each in conditions)
        case AnyOf(conditions=conditions):
            return any_of(holds(each, settled) for each in conditions)
        case Not(condition=inner):
            return negate(holds(inner, settled))
        case Over(fact=fact, limit=limit):
            return negate(_at_most(settled.get(fact), limit))
        case AtMost(fact=fact, limit=limit):
            return _at_most(settled.get(fact), limit)
        case SameSide(first=first, second=second):
            return _same_side(settled.get(first), settled.get(second))


def _in(cell: Cell | None, values: frozenset[str]) -> Truth:
    if not isinstance(cell, Values):
        return Truth.UNKNOWN
    if cell.values <= values:
        return Truth.TRUE
    return Truth.FALSE if cell.values.isdisjoint(values) else Truth.UNKNOWN


def _at_most(cell: Cell | None, limit: float) -> Truth:
    if not isinstance(cell, Span):
        return Truth.UNKNOWN
    if cell.at_most <= limit:
        return Truth.TRUE
    return Truth.FALSE if cell.over >= limit else Truth.UNKNOWN


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


def cells_of_values(candidates: Iterable[str], conditions: Iterable[Condition], fact: str) -> tuple[Values, ...]:
    """The candidates of a fact, grouped so that no condition tells two of one group apart; in domain order."""
    leaves = [atom for condition in conditions for atom in atoms(condition)]
    if any(isinstance(atom, SameSide) and fact in (atom.first, atom.second) for atom in leaves):
        return tuple(Values(frozenset({value})) for value in candidates)
    sets = [atom.values for atom in leaves if isinstance(atom, In) and atom.fact == fact]
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
