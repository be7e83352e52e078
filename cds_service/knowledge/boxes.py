"""Whether conditions can hold together: each written as boxes, the values left to every fact.

For checking knowledge files only; judging a patient is `criteria`. Sides are left out: any side can be unstated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers over one limit and at most another."""

    over: float = float("-inf")
    at_most: float = float("inf")


Box = Mapping[str, frozenset[str] | Range]
"""What each named fact may be; a fact not named may be anything. No entry is ever empty."""

_ANYTHING: tuple[Box, ...] = ({},)


def can_hold(*conditions: Condition | None) -> bool:
    """Whether one patient could satisfy all of these; None is no condition."""
    found = _ANYTHING
    for condition in conditions:
        if condition is not None:
            found = _both(found, boxes(condition))
    return bool(found)


def boxes(condition: Condition, *, wanted: bool = True) -> tuple[Box, ...]:
    """The boxes in which a condition holds (`wanted`) or does not; none when it never does."""
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            if isinstance(condition, AllOf) is wanted:
                return _all(boxes(part, wanted=wanted) for part in parts)
            return tuple(box for part in parts for box in boxes(part, wanted=wanted))
        case Not(condition=part):
            return boxes(part, wanted=not wanted)
        case In(fact=fact, values=values, inverted=inverted):
            left = values if inverted is not wanted else frozenset(VOCABULARY[fact].domain) - values
            return ({fact: left},) if left else ()
        case Over(fact=fact, limit=limit):
            return ({fact: Range(over=limit) if wanted else Range(at_most=limit)},)
        case AtMost(fact=fact, limit=limit):
            return ({fact: Range(at_most=limit) if wanted else Range(over=limit)},)
        case SameSide():
            return _ANYTHING


def _all(several: Iterable[tuple[Box, ...]]) -> tuple[Box, ...]:
    found = _ANYTHING
    for each in several:
        found = _both(found, each)
    return found


def _both(first: Iterable[Box], second: Iterable[Box]) -> tuple[Box, ...]:
    second = tuple(second)
    return tuple(box for one in first for other in second if (box := _meet(one, other)) is not None)


def _meet(one: Box, other: Box) -> Box | None:
    met = dict(one)
    for fact, right in other.items():
        left = met.get(fact)
        if left is None:
            met[fact] = right
        elif isinstance(left, Range) and isinstance(right, Range):
            both = Range(max(left.over, right.over), min(left.at_most, right.at_most))
            if both.over >= both.at_most:
                return None
            met[fact] = both
        elif isinstance(left, frozenset) and isinstance(right, frozenset):
            if left.isdisjoint(right):
                return None
            met[fact] = left & right
    return met
