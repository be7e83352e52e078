"""Why an order is rated as it is, for the page: the cancer that decides, every variant, and what would change it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from cds_service.criteria.assess import assess
from cds_service.criteria.explain import considered
from cds_service.criteria.model import Assessment, ImagingOrder, Outcome, Rating
from cds_service.criteria.what_if import Turn, Value, opened_by, settable, turns, with_facts
from cds_service.facts.model import Facts, OrderFacts
from cds_service.facts.vocabulary import QUESTIONS, VOCABULARY
from cds_service.fhir.faults import FAULTS
from cds_service.hooks.errors import ROOT, BadRequest
from cds_service.knowledge.model import Knowledge
from cds_service.web.sandbox.answer import verdict
from cds_service.web.sandbox.reading import Reader
from cds_service.web.sandbox.variants import Row, row


class Asked(msgspec.Struct, frozen=True):
    """What the page asks: a hook request, and facts set by hand."""

    request: msgspec.Raw
    set: dict[str, str | float | None] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that would change the answer, and how. `leads`: to a rating, or it is the fact that is missing."""

    fact: str
    label: str
    values: str
    value: str
    verdict: str
    category: str | None
    leads: bool
    opened: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an assessment says."""

    text: str
    category: str | None
    variants: str
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything said about one order. `instead`: the verdict with the facts set by hand, where any are."""

    order: str
    study: str
    question: str
    stated: bool
    cancer: str | None
    several: bool
    recorded: Verdict
    instead: Verdict | None
    opened: tuple[str, ...]
    changes: tuple[Change, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One fact that may be set by hand, with its values (value, words); none for a number, which has a unit."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]
    unit: str = ""


def read_asked(body: bytes) -> Asked:
    """What the page asks. Raises BadRequest."""
    try:
        return msgspec.json.decode(body, type=Asked)
    except FAULTS:
        raise BadRequest(ROOT, "expected a request, and facts to set") from None


def choices() -> Iterator[Choice]:
    """The facts that may be set by hand."""
    for name in settable():
        spec = VOCABULARY[name]
        values = tuple((value, spec.label(value)) for value in spec.domain)
        yield Choice(name=name, label=spec.ask, values=values, unit=spec.unit or "")


def explained(asked: Asked, reader: Reader) -> Iterator[Why]:
    """Every order of a request that can be judged. Raises a HookError, and NoSuchValue for a fact set to no value."""
    judged = reader.judged(reader.request(bytes(asked.request)))
    for order, read, recorded in zip(judged.orders, judged.facts, judged.assessments, strict=False):
        yield _why(order, read, recorded, asked.set, reader.knowledge)


def _why(
    order: ImagingOrder, read: OrderFacts, recorded: Assessment, given: Mapping[str, Value], knowledge: Knowledge
) -> Why:
    """`recorded`: the assessment that the answer rests on."""
    changed = with_facts(read, given)
    shown = assess(order, changed, knowledge) if given else recorded
    facts = shown.facts or changed.episodes[0].facts
    rating = shown.rating
    procedure, question = order.procedures[0], ""
    if rating is not None:
        procedure, question = rating.procedure, rating.question
    deciding = next((each for each in changed.episodes if each.facts is facts), changed.episodes[0])
    return Why(
        order=order.reference,
        study=knowledge.procedures[procedure].name,
        question=VOCABULARY["question"].label(question) if question else "",
        stated=bool(shown.question_stated),
        cancer=deciding.condition,
        several=len(read.episodes) > 1,
        recorded=_verdict(recorded),
        instead=_verdict(shown) if given else None,
        opened=tuple(VOCABULARY[name].ask for name in _opened(read, given)),
        changes=tuple(_change(each, rating.missing) for each in turns(order.procedures, changed, knowledge))
        if rating
        else (),
        rows=tuple(_rows(rating, facts, knowledge)) if rating else (),
    )


def _rows(rating: Rating, facts: Facts, knowledge: Knowledge) -> Iterator[Row]:
    """Every variant of the question; then those of another question that the rating rests on all the same."""
    found = considered(rating.procedure, rating.question, facts, knowledge)
    yield from (row(each, facts) for each in found)
    beside = {each.variant.id for each in rating.variants} - {each.variant.id for each in found}
    for question in QUESTIONS:
        if question == rating.question or not beside:
            continue
        for each in considered(rating.procedure, question, facts, knowledge):
            if each.variant.id in beside:
                beside.remove(each.variant.id)
                yield row(each, facts, of=VOCABULARY["question"].label(question))


def _opened(read: OrderFacts, given: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in read.episodes for name in opened_by(each.facts, given)))


def _verdict(of: Assessment) -> Verdict:
    rating = of.rating
    rated = rating if rating is not None and of.outcome is Outcome.RATED else None
    return Verdict(
        text=verdict(of.outcome.value, of.category, rated.score if rated is not None else None),
        category=of.category,
        variants=", ".join(each.variant.id for each in rating.variants) if rating is not None else "",
        missing=", ".join(VOCABULARY[name].ask for name in rating.missing) if rating is not None else "",
    )


def _change(turn: Turn, missing: Sequence[str]) -> Change:
    rating: Rating = turn.rating
    return Change(
        fact=turn.fact,
        label=VOCABULARY[turn.fact].ask,
        values=turn.label,
        value=f"{turn.value:g}" if isinstance(turn.value, float) else str(turn.value),
        verdict=verdict(rating.outcome.value, rating.category, rating.score if rating.category else None),
        category=rating.category,
        leads=rating.category is not None or turn.fact in missing,
        opened=", ".join(VOCABULARY[name].ask for name in turn.opened),
    )
