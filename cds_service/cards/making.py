"""How a card is made, whatever it says: its ids, source, links, and the orders it is about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from cds_service.cards import text
from cds_service.cards.identity import derived_id
from cds_service.cards.markdown import plain
from cds_service.cards.presentation import Presentation
from cds_service.cards.shapes import CONTENT_TYPE, topic
from cds_service.cards.sources import topic_id, topic_of
from cds_service.criteria.model import Assessment, VariantRating
from cds_service.hooks.response import Card, Coding, Link, Source, Suggestion
from cds_service.knowledge.model import Knowledge, Topic
from cds_service.knowledge.studies import Procedure
from cds_service.value import Value

# The Da Vinci CRD guide and Inferno require a topic.
_CARD_TYPES = "http://terminology.hl7.org/CodeSystem/cdshooks-card-type"
GUIDELINE = Coding(code="guideline", system=_CARD_TYPES, display="Guideline")

_MOST_PAGES = 3


class Setting(Value, frozen=True, kw_only=True):
    """What every card of one answer is built with."""

    drafts: Mapping[str, msgspec.Raw]
    hook: str
    hook_instance: str
    knowledge: Knowledge
    today: date
    presentation: Presentation

    def study(self, assessment: Assessment) -> Procedure | None:
        """The study an order is for, if it is one we know."""
        return self.knowledge.procedures.get(assessment.procedure or "")


def make(
    assessment: Assessment,
    setting: Setting,
    *,
    purpose: str,
    summary: str,
    body: str,
    id: str | None = None,
    indicator: str = "info",
    suggestions: tuple[Suggestion, ...] = (),
    override_reasons: tuple[Coding, ...] = (),
    variants: Sequence[VariantRating] | None = None,
    studies: Iterable[Procedure] = (),
) -> Card:
    """The card about one order. `purpose` keeps the ids of two kinds of card apart; `id`, where it is known already.

    `variants`: those it cites, where they are not the ones that carry the rating. `studies`: those it offers.
    """
    cited = variants if variants is not None else text.leading(assessment)
    topics, presentation = _topics(cited, setting.knowledge), setting.presentation
    return Card(
        uuid=id or card_id(assessment, setting, purpose),
        summary=summary,
        indicator=indicator,
        source=Source(
            label=presentation.source_label,
            url=_url(topics[0]) if topics else None,
            topic=_topic(assessment, presentation, purpose, cited),
        ),
        detail=plain(body) if presentation.plain_text else body,
        suggestions=suggestions,
        selection_behavior=presentation.shape.selection_behavior if suggestions else None,
        override_reasons=override_reasons,
        links=(*_pages(cited, presentation), *_links(topics), *_protocols(studies, presentation)),
        extension=card_extension(_references(assessment), presentation),
    )


def _topic(assessment: Assessment, presentation: Presentation, purpose: str, cited: Sequence[VariantRating]) -> Coding:
    if not presentation.shape.named_topics:
        return GUIDELINE
    return topic(purpose, *sorted(each.variant.id for each in cited), assessment.procedure or "")


def _pages(variants: Sequence[VariantRating], presentation: Presentation) -> Iterator[Link]:
    """The page of each variant that is cited, of the first few: a narrow card has no room for more."""
    base = presentation.criteria_url
    for each in variants[:_MOST_PAGES] if base is not None else ():
        url = f"{base}/{topic_id(each.variant)}/{each.variant.id}"
        yield Link(label=f"{each.variant.id}: why, other studies", url=url, type="absolute")


def _protocols(studies: Iterable[Procedure], presentation: Presentation) -> Iterator[Link]:
    """The site's own protocol of each study that is offered."""
    for study in studies:
        url = presentation.protocols.get(study.id)
        if url is not None:
            yield Link(label=f"Protocol: {study.name}", url=url, type="absolute")


def _links(topics: Sequence[Topic]) -> tuple[Link, ...]:
    urls = [(topic, _url(topic)) for topic in topics]
    return tuple(
        Link(label=f"{topic.source.publisher}: {topic.title}", url=url, type="absolute") for topic, url in urls if url
    )


def _topics(variants: Sequence[VariantRating], knowledge: Knowledge) -> tuple[Topic, ...]:
    found = (topic_of(each.variant, knowledge) for each in variants)
    return tuple({each.id: each for each in found if each is not None}.values())


def _url(topic: Topic) -> str | None:
    return f"https://doi.org/{topic.source.doi}" if topic.source.doi is not None else topic.source.url


def _references(assessment: Assessment) -> tuple[str, ...]:
    return tuple(each for each in (assessment.reference, assessment.with_reference) if each is not None)


def card_extension(references: Iterable[str], presentation: Presentation) -> dict[str, Any]:
    """Da Vinci CRD's extension that names the orders a card is about, and how its detail is written.

    Both harmless to clients that do not know them.
    """
    named: dict[str, Any] = {"davinci-crd.associated-resource": [{"reference": each} for each in references]}
    return {**named, CONTENT_TYPE: "text/plain"} if presentation.plain_text else named


def card_id(assessment: Assessment, setting: Setting, purpose: str) -> str:
    """The id of a card: of hookInstance, order, outcome and variants, and what the card is for."""
    variants = sorted(each.variant.id for each in text.leading(assessment))
    return derived_id(setting.hook_instance, assessment.reference, assessment.outcome.value, purpose, *variants)
