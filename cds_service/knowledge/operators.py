"""What a condition of the knowledge is made of: a closed set of operators on facts (docs/knowledge.md)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class In:
    """The fact has one of these values (`in`); with `inverted`, none of them (`none`)."""

    fact: str
    values: frozenset[str]
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """The fact is a number greater than the limit."""

    fact: str
    limit: float


@dataclass(frozen=True, slots=True)
class AtMost:
    """The fact is a number not greater than the limit."""

    fact: str
    limit: float


@dataclass(frozen=True, slots=True)
class SameSide:
    """Two laterality facts can mean the same side: equal, or either of them bilateral or unstated."""

    first: str
    second: str


Condition = AllOf | AnyOf | Not | In | Over | AtMost | SameSide
