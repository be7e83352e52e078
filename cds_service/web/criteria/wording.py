"""Conditions in words: what a variant asks of a patient, fact by fact, in the vocabulary's labels."""

from typing import Literal

import msgspec

from cds_service.criteria.conditions import Span, Values
from cds_service.criteria.matching import describe
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.boxes import Range
from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide

_SAME_SIDE = "the same; bilateral, or not stated, fits either"


class Criterion(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One condition in words. `kind` is `all`, `any` or `not`, of `parts`, or `fact`.

    Of a fact: `fact` is its name in the vocabulary, `label` how one asks for it, `said` what it has to be; `values` or
    `over` and `at_most` (in `unit`) are the same for programs.
    """

    kind: Literal["all", "any", "not", "fact"]
    parts: tuple["Criterion", ...] = ()
    fact: str | None = None
    label: str | None = None
    said: str | None = None
    values: tuple[str, ...] = ()
    over: float | None = None
    at_most: float | None = None
    unit: str | None = None


def criterion(condition: Condition) -> Criterion:
    """A condition in words."""
    match condition:
        case AllOf(conditions=parts):
            return Criterion(kind="all", parts=tuple(criterion(part) for part in parts))
        case AnyOf(conditions=parts):
            return Criterion(kind="any", parts=tuple(criterion(part) for part in parts))
        case Not(condition=part):
            return Criterion(kind="not", parts=(criterion(part),))
        case In(fact=fact, values=values, inverted=inverted):
            return _of_values(fact, frozenset(VOCABULARY[fact].domain) - values if inverted else values)
        case Over(fact=fact, limit=limit):
            return _of_number(fact, Range(over=limit))
        case AtMost(fact=fact, limit=limit):
            return _of_number(fact, Range(at_most=limit))
        case SameSide(first=first, second=second):
            sides = f"{VOCABULARY[first].ask}, {VOCABULARY[second].ask.lower()}"
            return Criterion(kind="fact", fact=second, label=sides, said=_SAME_SIDE)


def in_words(fact: str, allowed: frozenset[str] | Range) -> str:
    """What a fact may be: "stage IIA or IIB", "more than 20 mm"."""
    if isinstance(allowed, Range):
        return describe(fact, [Span(allowed.over, allowed.at_most)])
    labels = dict.fromkeys(VOCABULARY[fact].label(value) for value in VOCABULARY[fact].domain if value in allowed)
    if len(labels) > 1 and any("," in label for label in labels):
        return "; or ".join(labels)
    return describe(fact, [Values(allowed)])


def sentence(condition: Condition) -> str:
    """A small condition, such as a row's, in one line: "Imaging of the axilla in this work-up: …"."""
    return _line(criterion(condition))


def _line(found: Criterion) -> str:
    if found.kind == "fact":
        return f"{found.label}: {found.said}"
    link = {"all": "; and ", "any": "; or ", "not": ""}[found.kind]
    lines = link.join(_line(part) for part in found.parts)
    return f"not ({lines})" if found.kind == "not" else lines


def _of_values(fact: str, values: frozenset[str]) -> Criterion:
    spec = VOCABULARY[fact]
    ordered = tuple(value for value in spec.domain if value in values)
    return Criterion(kind="fact", fact=fact, label=spec.ask, said=in_words(fact, values), values=ordered)


def _of_number(fact: str, allowed: Range) -> Criterion:
    spec = VOCABULARY[fact]
    return Criterion(
        kind="fact",
        fact=fact,
        label=spec.ask,
        said=in_words(fact, allowed),
        over=allowed.over if allowed.over > float("-inf") else None,
        at_most=allowed.at_most if allowed.at_most < float("inf") else None,
        unit=spec.unit,
    )
