"""Three-valued (Kleene) logic: what holds, what does not, and what cannot be said from this record.

Knows nothing of facts or medicine. `Truth` refuses to be used as a bool, because `if unknown:` is the bug
that turns missing data into "no".
"""

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """One of three truth values; combine with `all_of`, `any_of` and `negate`, never with `and` or `if`."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth has three values: compare it with `is`")


def truth(value: bool) -> Truth:
    """The truth value of something that is certain."""
    return Truth.TRUE if value else Truth.FALSE


def negate(value: Truth) -> Truth:
    """Not: unknown stays unknown."""
    return _NOT[value]


def all_of(values: Iterable[Truth]) -> Truth:
    """Kleene conjunction: the lowest of FALSE < UNKNOWN < TRUE. Of nothing: TRUE."""
    lowest = Truth.TRUE
    for value in values:
        if value is Truth.FALSE:
            return value
        if value is Truth.UNKNOWN:
            lowest = value
    return lowest


def any_of(values: Iterable[Truth]) -> Truth:
    """Kleene disjunction: the highest of FALSE < UNKNOWN < TRUE. Of nothing: FALSE."""
    highest = Truth.FALSE
    for value in values:
        if value is Truth.TRUE:
            return value
        if value is Truth.UNKNOWN:
            highest = value
    return highest


_NOT = {
    Truth.TRUE: Truth.FALSE,
    Truth.UNKNOWN: Truth.UNKNOWN,
    Truth.FALSE: Truth.TRUE,
}
