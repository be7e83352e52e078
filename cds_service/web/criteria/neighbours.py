"""Variants beside a variant: one fact apart ("not this patient?"), or of the same patient under another question.

Computed from the conditions alone, each written as boxes (`knowledge.boxes`). Sides are left out, as there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds_service.knowledge.boxes import Box, Range, boxes
from cds_service.knowledge.model import Knowledge, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A variant for a patient who differs in one fact: `fact` would be `allowed` instead.

    `distance`: how many other facts only one of the two asks about, or asks differently.
    """

    variant: Variant
    fact: str
    allowed: frozenset[str] | Range
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What lies beside a variant. `together`: can hold at the same time for the same question. `other_questions`: can
    hold for the same patient, and answers another question."""

    neighbours: tuple[Neighbour, ...]
    together: tuple[Variant, ...]
    other_questions: tuple[Variant, ...]


def all_beside(knowledge: Knowledge) -> Mapping[str, Beside]:
    """What lies beside each variant, by its id; the nearest neighbours first."""
    placed = [(variant, boxes(variant.when)) for variant in knowledge.variants]
    return {variant.id: _beside(variant, own, placed) for variant, own in placed}


def _beside(variant: Variant, own: tuple[Box, ...], placed: Iterable[tuple[Variant, tuple[Box, ...]]]) -> Beside:
    neighbours: list[Neighbour] = []
    together: list[Variant] = []
    others: list[Variant] = []
    for other, theirs in placed:
        if other.id == variant.id:
            continue
        shared = not set(variant.questions).isdisjoint(other.questions)
        if any(not _apart(one, two) for one in own for two in theirs):
            (together if shared else others).append(other)
        elif shared:
            neighbours += _one_fact_apart(own, other, theirs)
    return Beside(
        neighbours=tuple(sorted(neighbours, key=lambda each: each.distance)),
        together=tuple(together),
        other_questions=tuple(others),
    )


def _one_fact_apart(own: tuple[Box, ...], other: Variant, theirs: tuple[Box, ...]) -> Iterator[Neighbour]:
    """For each single fact that tells the two apart, the nearest way."""
    found: dict[str, Neighbour] = {}
    for one in own:
        for two in theirs:
            apart = _apart(one, two)
            if len(apart) != 1:
                continue
            (fact,) = apart
            distance = sum(one.get(name) != two.get(name) for name in {*one, *two} - {fact})
            if fact not in found or distance < found[fact].distance:
                found[fact] = Neighbour(variant=other, fact=fact, allowed=two[fact], distance=distance)
    yield from found.values()


def _apart(one: Box, two: Box) -> list[str]:
    """The facts in which no patient can satisfy both."""
    return [fact for fact in one if fact in two and disjoint(one[fact], two[fact])]


def disjoint(one: frozenset[str] | Range, two: frozenset[str] | Range) -> bool:
    """Whether no value is in both."""
    if isinstance(one, Range) and isinstance(two, Range):
        return max(one.over, two.over) >= min(one.at_most, two.at_most)
    return isinstance(one, frozenset) and isinstance(two, frozenset) and one.isdisjoint(two)
