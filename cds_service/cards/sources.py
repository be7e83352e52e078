"""Where a card's verdict comes from: topic, variants with their ratings, what the rows rest on, and our version."""

from collections.abc import Sequence

from cds_service.cards.markdown import ours, section
from cds_service.cards.words import listed
from cds_service.criteria.model import VariantRating, VariantState
from cds_service.knowledge.model import Knowledge, Topic, Variant

_BASIS = {
    "article": "the project's source articles",
    "acr-page": "ACR's topic page",
    "acr-dataset": "a third-party copy of ACR's tables",
}


def sources(variants: Sequence[VariantRating], knowledge: Knowledge, *, procedure: str | None) -> str:
    """One line a topic; without `procedure` no verdict, because the variants are those of several studies."""
    by_topic: dict[str, list[VariantRating]] = {}
    for each in variants:
        by_topic.setdefault(topic_id(each.variant), []).append(each)
    lines = [_topic_line(topic, found, knowledge, procedure) for topic, found in by_topic.items()]
    return section("Source", [*lines, version(knowledge)])


def topic_of(variant: Variant, knowledge: Knowledge) -> Topic | None:
    """The topic a variant belongs to."""
    return _topic(topic_id(variant), knowledge)


def verdict(each: VariantRating) -> str:
    """What one variant says of the study: "usually not appropriate (2/9)"."""
    label = each.category.label if each.category is not None else "not rated"
    panel = ", the panel disagreed" if each.disagreement else ""
    return f"{label} ({each.score}/9{panel})" if each.score is not None else label


def version(knowledge: Knowledge) -> str:
    """The knowledge in force."""
    return f"Knowledge version {knowledge.version}."


def topic_id(variant: Variant) -> str:
    """The id of the topic a variant belongs to."""
    return variant.id.rpartition("-v")[0]  # <ACR topic id>-v<number>


def _topic(id: str, knowledge: Knowledge) -> Topic | None:
    return next((each for each in knowledge.topics if each.id == id), None)


def _topic_line(id: str, found: Sequence[VariantRating], knowledge: Knowledge, procedure: str | None) -> str:
    topic = _topic(id, knowledge)
    published = f"{topic.source.publisher}, {ours(topic.title)}. {_citation(topic)}" if topic is not None else ""
    rows = [each.variant.ratings.get(procedure or "") for each in found]
    basis = dict.fromkeys(_BASIS.get(name, name) for row in rows if row is not None for name in row.basis)
    rests = f" Rating from {listed(list(basis))}." if basis and procedure is not None else ""
    said = "; ".join(_variant(each, rated=procedure is not None) for each in found)
    return f"{published}{said}.{rests}"


def _variant(each: VariantRating, *, rated: bool) -> str:
    state = "" if each.state is VariantState.HOLDS or not rated else ", possible"
    return f"{each.variant.id} ({ours(each.variant.title)}{state}){f': {verdict(each)}' if rated else ''}"


def _citation(topic: Topic) -> str:
    # The knowledge writes `not-found` where the publication of a topic could not be established.
    return f"{ours(topic.source.citation)}. " if topic.source.citation != "not-found" else ""
