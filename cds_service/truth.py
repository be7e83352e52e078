"""Three-valued (Kleene) logic: what holds, what does not, and what cannot be said from this record.

Knows nothing of facts or medicine. `Truth` refuses to be used as a bool, because `if unknown:` is the bug
that turns missing data into "no".
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NoReturn, TypeVar

Subject = TypeVar("Subject", contravariant=True)


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
    if value is _UNKNOWN:
        return value
    return _TRUE if value is _FALSE else _FALSE


Judge = Callable[[Subject], Truth]
"""Says of a subject what holds; made once, asked often."""


def all_of(judges: Sequence[Judge[Subject]]) -> Judge[Subject]:
    """Kleene conjunction: the lowest of FALSE < UNKNOWN < TRUE that any of them says. Of nobody: TRUE."""

    def judge(subject: Subject) -> Truth:
        lowest = _TRUE
        for each in judges:
            value = each(subject)
            if value is _FALSE:
                return value
            if value is _UNKNOWN:
                lowest = value
        return lowest

    return judge


def any_of(judges: Sequence[Judge[Subject]]) -> Judge[Subject]:
    """Kleene disjunction: the highest of FALSE < UNKNOWN < TRUE that any of them says. Of nobody: FALSE."""

    def judge(subject: Subject) -> Truth:
        highest = _FALSE
        for each in judges:
            value = each(subject)
            if value is _TRUE:
                return value
            if value is _UNKNOWN:
                highest = value
        return highest

    return judge


def not_(judge: Judge[Subject]) -> Judge[Subject]:
    """Not: unknown stays unknown."""
    return lambda subject: negate(judge(subject))


_FALSE, _UNKNOWN, _TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
