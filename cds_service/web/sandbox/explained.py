"""A hook request as the service reads it, order by order, and what other facts would make of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from cds_service.criteria.assess import assess, verdict
from cds_service.criteria.explain import Considered, considered
from cds_service.criteria.model import Assessment, ImagingOrder, Rating
from cds_service.criteria.orders import imaging_orders
from cds_service.facts.extract import extract
from cds_service.facts.model import VOCABULARY, Evidence, Fact, Facts, FactSpec, Known, OneOf, OrderFacts
from cds_service.facts.source import Windows
from cds_service.fhir.record import read_record
from cds_service.fhir.resources import KeyState
from cds_service.fhir.translated import translated_record
from cds_service.hooks.errors import BadRequest
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import REQUIRED_KEYS
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import read_drafts, source_of

Overrides = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One fact in words. `said`: its value or why it is unknown; `supposed`: the value of the what-if."""

    name: str
    spec: FactSpec
    said: str
    evidence: tuple[Evidence, ...]
    known: bool
    assumed: str | None
    supposed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Another value of one fact, and the outcome it would lead to."""

    label: str
    value: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One order. `before`: its outcome without the what-if."""

    assessment: Assessment
    before: str
    after: str
    facts: tuple[FactRow, ...]
    timeline: tuple[tuple[str, str, str], ...]
    considered: tuple[Considered, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Every order of a request, and the places of what could not be read."""

    orders: tuple[Explained, ...]
    unreadable: tuple[str, ...]


def checked(overrides: Mapping[str, str]) -> Overrides:
    """What-if values by fact. Raises BadRequest for a fact or value that the vocabulary has not."""
    for name, value in overrides.items():
        if name not in VOCABULARY or not VOCABULARY[name].domain:
            raise BadRequest("overrides", "no such fact of a closed domain")
        if value not in VOCABULARY[name].domain:
            raise BadRequest(f"overrides.{name}", f"must be one of {', '.join(VOCABULARY[name].domain)}")
    return overrides


def explain(
    request: HookRequest, overrides: Overrides, *, knowledge: Knowledge, windows: Windows, now: datetime
) -> Reading:
    """What the service makes of each order of a request; nothing of an order whose record lacks what it needs."""
    read, broken = read_drafts(request, knowledge.translations)
    places = [problem.place for _, problem in broken]
    record = translated_record(
        read_record(request.prefetch, patient_id=request.patient_id, aliases={}), knowledge.translations
    )
    lost = {key for key in REQUIRED_KEYS if record.states.get(key) is KeyState.ERROR}
    lost |= {"conditions"} if record.not_supplied("conditions") else set()
    if lost:
        return Reading(orders=(), unreadable=(*places, *(f"prefetch.{key}" for key in sorted(lost))))
    orders = tuple(
        _explained(order, extract(source_of(order, record, knowledge, windows, now)), overrides, knowledge)
        for order in imaging_orders(read, knowledge)
    )
    found = dict.fromkeys(place for each in orders for place in each.assessment.unreadable)
    return Reading(orders=orders, unreadable=(*places, *found))


def _explained(order: ImagingOrder, found: OrderFacts, overrides: Overrides, knowledge: Knowledge) -> Explained:
    supposed = _with(found, overrides)
    assessment = assess(order, supposed, knowledge)
    before = assess(order, found, knowledge)
    facts = assessment.facts or Facts({})
    asked, study = assessment.question, assessment.procedure
    every = considered(study, asked, facts, knowledge) if asked is not None and study is not None else ()
    return Explained(
        assessment=assessment,
        before=_outcome(before),
        after=_outcome(assessment),
        facts=tuple(_row(name, facts[name], overrides.get(name)) for name in VOCABULARY if name in facts),
        timeline=tuple(_timeline(facts, assessment, knowledge)),
        considered=every,
        changes=tuple(_changes(order, supposed, assessment, facts, knowledge)) if every else (),
    )


def _with(found: OrderFacts, overrides: Overrides) -> OrderFacts:
    changes = {name: Known(value) for name, value in overrides.items()}
    episodes = (msgspec.structs.replace(each, facts=each.facts.replaced(changes)) for each in found.episodes)
    return msgspec.structs.replace(found, episodes=tuple(episodes))


def _outcome(of: Assessment | Rating) -> str:
    category = of.category
    words = of.outcome.value.replace("-", " ")
    score = of.score if isinstance(of, Rating) else of.rating.score if of.rating is not None else None
    return f"{category.label} ({score}/9)" if category is not None and score is not None else words


def _row(name: str, fact: Fact, supposed: str | None) -> FactRow:
    spec = VOCABULARY[name]
    match fact:
        case Known(value=value):
            said = spec.label(value) if isinstance(value, str) else f"{value:g} {spec.unit or ''}".strip()
        case OneOf(candidates=candidates):
            said = "one of: " + ", ".join(spec.label(each) for each in candidates)
        case _:
            said = fact.reason.value.replace("-", " ")
    assumed = fact.assumed if isinstance(fact, Known | OneOf) else None
    return FactRow(
        name=name,
        spec=spec,
        said=said,
        evidence=fact.evidence,
        known=isinstance(fact, Known),
        assumed=assumed,
        supposed=supposed,
    )


def _timeline(facts: Facts, assessment: Assessment, knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    found = {
        (each.date[:10], f"{VOCABULARY[name].ask}: {each.value}", ", ".join(each.resources))
        for name in facts
        for each in facts[name].evidence
        if each.date
    }
    found |= {
        (each.date[:10], knowledge.procedures[each.procedure].name, each.resource)
        for each in assessment.prior_imaging
        if each.date and each.procedure in knowledge.procedures
    }
    yield from sorted(found)


def _changes(
    order: ImagingOrder, found: OrderFacts, assessment: Assessment, facts: Facts, knowledge: Knowledge
) -> Iterator[Change]:
    """Each other value that one fact alone may have, where it leads elsewhere."""
    now = _outcome(assessment)
    for name, value in _others(facts):
        outcome = _outcome(verdict(order.procedures, _with(found, {name: value}), knowledge)[1])
        if outcome != now:
            spec = VOCABULARY[name]
            yield Change(label=spec.ask, value=spec.label(value), outcome=outcome)


def _others(facts: Facts) -> Sequence[tuple[str, str]]:
    return [
        (name, value)
        for name in VOCABULARY
        if name in facts and name != "question"
        for value in VOCABULARY[name].domain
        if value != facts.value(name)
    ]
