"""An answer of the service as an EHR shows it, with the reason in words where there is no card."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from cds_service.cards.extension import NAME
from cds_service.criteria.model import Outcome
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.fhir.faults import FAULTS
from cds_service.hooks.errors import ROOT, BadRequest
from cds_service.hooks.response import Action, Card
from cds_service.knowledge.model import Category, Knowledge

INDICATORS: Mapping[str, str] = {"info": "Information", "warning": "Warning", "critical": "Critical"}
"""https://cds-hooks.hl7.org/2.0/#card-attributes, indicator; how each is called on the page."""


class Variant(msgspec.Struct, frozen=True):
    """A variant of an assessment, as it came over the wire."""

    id: str
    title: str = ""
    state: str = ""
    category: str | None = None
    score: int | None = None


class Assessed(msgspec.Struct, frozen=True, rename="camel"):
    """One assessment, as it came over the wire (docs/integrators.md)."""

    outcome: str
    order: str = ""
    procedure: str = ""
    question: str = ""
    question_stated: bool = False
    category: str | None = None
    score: int | None = None
    variants: tuple[Variant, ...] = ()
    missing: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a 200, as it came over the wire."""

    cards: tuple[Card, ...]
    system_actions: tuple[Action, ...] = ()
    extension: dict[str, Any] = {}

    @property
    def assessments(self) -> tuple[Assessed, ...]:
        """The reasoning that came with the cards; none where the service is told not to send it."""
        return msgspec.convert(self.extension.get(NAME, []), tuple[Assessed, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One assessment in words. `silent`: why there is no card, where there is none."""

    study: str
    order: str
    question: str
    verdict: str
    category: str | None
    silent: str


def read_answer(body: bytes) -> Answer:
    """The answer in a body. Raises BadRequest, naming the place, where it is not one of CDS Hooks."""
    try:
        answer = msgspec.json.decode(body, type=Answer)
        _ = answer.assessments
    except FAULTS:
        raise BadRequest(ROOT, "expected the answer of a CDS service") from None
    return answer


def told(answer: Answer, knowledge: Knowledge, *, muted: frozenset[str] = frozenset()) -> Iterator[Told]:
    """Every assessment of an answer in words. `muted`: the variants whose cards the site has switched off."""
    for each in answer.assessments:
        study = knowledge.procedures.get(each.procedure)
        question = VOCABULARY["question"].labels.get(each.question, "")
        yield Told(
            study=study.name if study is not None else "This order",
            order=each.order,
            question=f"{question} ({'stated' if each.question_stated else 'assumed'})" if question else "",
            verdict=verdict(each.outcome, each.category, each.score),
            category=each.category,
            silent=_silent(each, muted),
        )


def verdict(outcome: str, category: str | None, score: int | None) -> str:
    """An outcome in a few words: "usually not appropriate (2/9)", "insufficient information"."""
    if category is None:
        return outcome.replace("-", " ")
    label = Category(category).label if category in set(Category) else category.replace("-", " ")
    return f"{label} ({score}/9)" if score is not None else label


def _silent(each: Assessed, muted: frozenset[str]) -> str:
    """Why the service says nothing about an order."""
    if not muted.isdisjoint(variant.id for variant in each.variants):
        return "The site has switched off the card of this variant (CDS_MUTE)."
    by = ", ".join(variant.id for variant in each.variants)
    if each.category == Category.USUALLY:
        return f"Usually appropriate by {by}: the order is right, and the service does not interrupt."
    if each.category == Category.MAY_BE:
        return f"May be appropriate by {by}, and no study to offer instead is rated higher."
    return _SILENT.get(each.outcome, "The service had nothing to say about this order.")


_SILENT: Mapping[str, str] = {
    Outcome.INSUFFICIENT: "A fact is missing, but no answer to it would make the order usually not appropriate.",
    Outcome.CONFLICTING: "Criteria differ, but none of them says usually not appropriate.",
    Outcome.NO_CRITERIA: "None of the criteria carried here is about this patient and this question: no verdict, "
    "which is neither approval nor warning.",
    Outcome.NOT_COVERED: "The study, or the reason it is ordered for, is not one that these criteria rate: no verdict, "
    "which is neither approval nor warning.",
}
