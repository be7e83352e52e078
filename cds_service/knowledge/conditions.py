"""Builds the conditions of variants and rows from their written form.

The operators are a closed set; docs/knowledge.md says what each means.
"""

from collections.abc import Iterator
from typing import Any

from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.faults import Fault, Unreadable
from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide
from cds_service.knowledge.yaml import Document, Path

OPERATORS = ("all", "any", "not", "in", "none", "over", "at-most", "same-side")

_SIDES = ("laterality", "order-laterality")


def limits_of(condition: Condition) -> Iterator[tuple[str, float]]:
    """The numbers at which a condition turns, with their facts."""
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from limits_of(part)
        case Not(condition=part):
            yield from limits_of(part)
        case Over(fact=fact, limit=limit) | AtMost(fact=fact, limit=limit):
            yield fact, limit
        case In() | SameSide():
            return


class ConditionReader:
    """Reads conditions of one document; what cannot be read is noted in `faults` and comes back as None."""

    def __init__(self, document: Document, faults: list[Fault]) -> None:
        self.document = document
        self.faults = faults

    def read(self, written: Any, path: Path) -> Condition | None:
        """One condition, or None with its faults noted."""
        try:
            return self._condition(written, path)
        except Unreadable as error:
            self.faults.append(self.document.fault(error.path, error.message))
            return None

    def _condition(self, written: Any, path: Path) -> Condition | None:
        operator = _operator(written, path)
        value, inner = written[operator], (*path, operator)
        match operator:
            case "all" | "any":
                return self._several(operator, value, inner)
            case "not":
                part = self.read(value, inner)
                return None if part is None else Not(part)
            case "same-side":
                if value != list(_SIDES):
                    raise Unreadable(inner, f"same-side compares [{', '.join(_SIDES)}]")
                return SameSide(*_SIDES)
            case _:
                return _about_fact(operator, written.get("fact"), value, path)

    def _several(self, operator: str, value: Any, path: Path) -> Condition | None:
        if not isinstance(value, list) or not value:
            raise Unreadable(path, f"{operator} needs at least one condition: an empty one would always hold")
        parts = [self.read(part, (*path, index)) for index, part in enumerate(value)]
        read = tuple(part for part in parts if part is not None)
        if len(read) != len(parts):
            return None
        return AllOf(read) if operator == "all" else AnyOf(read)


def _operator(written: Any, path: Path) -> str:
    if not isinstance(written, dict):
        raise Unreadable(path, f"a condition is a mapping with one of: {', '.join(OPERATORS)}")
    found = [str(key) for key in written if key in OPERATORS]
    if len(found) != 1:
        raise Unreadable(path, f"a condition has exactly one operator of: {', '.join(OPERATORS)}")
    about_fact = found[0] not in ("all", "any", "not", "same-side")
    if unknown := [key for key in written if key != found[0] and not (about_fact and key == "fact")]:
        raise Unreadable(path, f"unknown key {', '.join(unknown)} beside {found[0]}")
    return found[0]


def _about_fact(operator: str, fact: Any, value: Any, path: Path) -> Condition:
    if fact not in VOCABULARY:
        raise Unreadable((*path, "fact"), f"no such fact: {fact}; facts: {', '.join(VOCABULARY)}")
    if operator in ("over", "at-most"):
        limit = _limit(fact, operator, value, (*path, operator))
        return Over(fact, limit) if operator == "over" else AtMost(fact, limit)
    return In(fact, _values(fact, operator, value, (*path, operator)), inverted=operator == "none")


def _limit(fact: str, operator: str, value: Any, path: Path) -> float:
    spec = VOCABULARY[fact]
    if not spec.is_number:
        raise Unreadable(path, f"{fact} is not a number: use in or none")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(path, f"{operator} needs a number of {spec.unit}")
    return float(value)


def _values(fact: str, operator: str, value: Any, path: Path) -> frozenset[str]:
    spec = VOCABULARY[fact]
    if spec.is_number:
        raise Unreadable(path, f"{fact} is a number: use over or at-most")
    if not isinstance(value, list) or not value:
        raise Unreadable(path, f"{operator} needs a list of values of {fact}: {', '.join(spec.domain)}")
    if strange := [entry for entry in value if entry not in spec.domain]:
        raise Unreadable(path, f"{fact} is never {', '.join(map(str, strange))}: {', '.join(spec.domain)}")
    return frozenset(value)
