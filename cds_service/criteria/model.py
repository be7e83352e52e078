"""What matching says about one order: the outcome, the variants, what was missing and what was assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from cds_service.facts.model import Evidence, Facts, PriorStudy
from cds_service.fhir.resources import ServiceRequest
from cds_service.knowledge.model import Category, Variant
from cds_service.value import Value


class Outcome(StrEnum):
    """How matching ended; a failure is never one of "nothing to say"."""

    RATED = "rated"
    INSUFFICIENT = "insufficient-information"
    CONFLICTING = "conflicting-criteria"
    NO_CRITERIA = "no-criteria-apply"
    NOT_COVERED = "not-covered"
    NOT_ASSESSED = "not-assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingOrder:
    """One study ordered, perhaps in two drafts.

    `draft`: the judged draft; `partner`: the other half of a study ordered as a pair. `procedures`: ids in
    procedures.yaml the codes allow, exactly one unless the order leaves contrast open. `caveats`: what is said of a
    near match. `place`: where the draft stands in the request.
    """

    draft: ServiceRequest
    procedures: tuple[str, ...]
    place: str
    partner: ServiceRequest | None = None
    caveats: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """`ServiceRequest/<id>` as the client spells it."""
        return f"ServiceRequest/{self.draft.id}"


class VariantState(StrEnum):
    """Whether a variant holds for certain or may hold."""

    HOLDS = "holds"
    POSSIBLE = "possible"


class VariantRating(Value, frozen=True, kw_only=True):
    """A variant that holds or could hold, with its rating of the study; no category where it has no row for it."""

    variant: Variant
    state: VariantState
    category: Category | None = None
    score: int | None = None
    disagreement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one answer to the missing fact would mean: its values in clinical words, and the rating it leads to.

    `category` is None where no criteria would apply, where more than one fact decides, or where the criteria would
    disagree: `disagreeing` are then their categories, None of one that does not rate the study.
    """

    values: tuple[str, ...]
    label: str
    category: Category | None
    variants: tuple[str, ...] = ()
    disagreeing: tuple[Category | None, ...] = ()


@dataclass(frozen=True, kw_only=True)  # no slots: it is remembered, with what is derived from it
class Rating:
    """How one study is rated for one question in one patient."""

    procedure: str
    question: str
    outcome: Outcome
    category: Category | None = None
    score: int | None = None
    disagreement: bool = False
    variants: tuple[VariantRating, ...] = ()
    missing: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    categories: frozenset[Category | None] = frozenset()
    """Every category some way of filling in the open facts leads to; None: no criteria would apply."""
    disputed: bool = False
    """Wherever the open facts lead to "usually not appropriate", another criterion rates the study higher."""

    @cached_property
    def told(self) -> dict[Any, Any]:
        """What others say of it by the knowledge alone, kept by whatever they like to find it by."""
        return {}

    @cached_property
    def leading(self) -> tuple[VariantRating, ...]:
        """The variants that carry the rating, those that hold for certain first."""
        rated = [each for each in self.variants if each.category is not None]
        return tuple(sorted(rated, key=lambda each: (each.state is not VariantState.HOLDS, each.score or 0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything the cards and the extension say about one order.

    `question_stated`: the order said what it asks. `facts`: those of the episode the order is about, None when the
    order is not covered. `unreadable`: places of entries that could not be read.
    """

    order: ImagingOrder | None
    reference: str
    outcome: Outcome
    procedure: str | None = None
    with_reference: str | None = None
    question: str | None = None
    question_stated: bool | None = None
    rating: Rating | None = None
    facts: Facts | None = None
    assumed: tuple[str, ...] = ()
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    prior_imaging: tuple[PriorStudy, ...] = ()
    alternatives: tuple[Rating, ...] = ()
    """Ratings of every study this patient could have instead, each for the question it would answer."""
    with_new_lump: Rating | None = None
    """In follow-up: how ultrasound of the axilla would be rated for a new lump there."""

    @property
    def category(self) -> Category | None:
        """The category, when rated."""
        return self.rating.category if self.rating and self.outcome is Outcome.RATED else None
