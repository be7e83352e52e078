"""What if a fact were otherwise: facts set by hand, and which facts would change an answer.

Pure, and beside the path of an order: nothing that is set here reaches a card.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import msgspec

from cds_service.criteria.assess import verdict
from cds_service.criteria.conditions import Cell, Values
from cds_service.criteria.matching import describe
from cds_service.criteria.model import Outcome, Rating
from cds_service.criteria.worlds import plan
from cds_service.facts import staging
from cds_service.facts.model import NOT_RECORDED, Episode, Evidence, Fact, Facts, Known, OrderFacts
from cds_service.facts.vocabulary import QUESTIONS, VOCABULARY
from cds_service.knowledge.model import Category, Knowledge

Value = str | float | None
"""A value of the vocabulary; None: the fact is taken as not recorded."""

BY_HAND = "set by hand"

OF_THE_ORDER = ("procedure", "order-laterality")
"""Facts that are changed by changing the order, not by hand."""

_BESIDE_CONDITIONS = ("question", "pregnant", "other-malignancy")
"""Facts that no variant reads, and that decide all the same."""

_STAGING = ("stage-group", "clinical-t", "clinical-n", "tumor-size-mm")
_NODES = ("clinical-n", "node-palpable")


class NoSuchValue(ValueError):
    """Raised when a fact is set to what the vocabulary does not have: `fact` as named, `problem` in words."""

    def __init__(self, fact: str, problem: str) -> None:
        super().__init__(f"{fact}: {problem}")
        self.fact = fact
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Some values of one fact that would change the answer, and what it would be. `label`: the values in words;
    `value`: one of them; `opened`: facts that cannot be true beside it, and are taken as not recorded."""

    fact: str
    label: str
    value: str | float
    rating: Rating
    opened: tuple[str, ...] = ()


def settable() -> tuple[str, ...]:
    """The facts that may be set by hand."""
    return tuple(name for name in VOCABULARY if name not in OF_THE_ORDER)


def with_facts(order_facts: OrderFacts, given: Mapping[str, Value]) -> OrderFacts:
    """The facts with some set by hand, in every cancer the order could be about. Raises NoSuchValue.

    What cannot be true beside them is taken as not recorded: stage IIB set by hand leaves a recorded T1 open.
    """
    facts = {name: _fact(name, value) for name, value in given.items()}
    return msgspec.structs.replace(order_facts, episodes=tuple(_changed(each, facts) for each in order_facts.episodes))


def opened_by(facts: Facts, given: Mapping[str, Value]) -> tuple[str, ...]:
    """The recorded facts that cannot be true beside those set by hand. Raises NoSuchValue."""
    return _opened(
        facts.replaced({name: _fact(name, value) for name, value in given.items() if name != "question"}), given
    )


def turns(procedures: Sequence[str], order_facts: OrderFacts, knowledge: Knowledge) -> tuple[Turn, ...]:
    """Every single fact that would change the outcome or the category of an order, and how; what is missing first."""
    _, now = verdict(procedures, order_facts, knowledge)
    names = [*now.missing, *plan(now.procedure, now.question, knowledge).domains, *_BESIDE_CONDITIONS]
    found: list[Turn] = []
    for name in dict.fromkeys(names):
        if name not in OF_THE_ORDER:
            found += _turns_of(name, procedures, order_facts, now, knowledge)
    return tuple(found)


# --- setting ----------------------------------------------------------------------------------------------------------
def _fact(name: str, value: Value) -> Fact:
    if name not in VOCABULARY or name in OF_THE_ORDER:
        raise NoSuchValue(name, "no fact of this name can be set")
    spec = VOCABULARY[name]
    if value is None:
        return NOT_RECORDED
    if spec.is_number:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
            raise NoSuchValue(name, f"expected a number of {spec.unit}, not below 0")
        return Known(float(value), evidence=(Evidence(value=BY_HAND),))
    if value not in spec.domain:
        raise NoSuchValue(name, f"expected one of {', '.join(spec.domain)}")
    return Known(str(value), evidence=(Evidence(value=BY_HAND),))


def _changed(episode: Episode, given: Mapping[str, Fact]) -> Episode:
    asked = episode.asked
    question = given.get("question")
    if question is not None:
        stated = question.value if isinstance(question, Known) else None
        asked = replace(
            asked, question=str(stated) if stated else None, stated=stated is not None, covered=True, unclear=False
        )
    facts = episode.facts.replaced({name: fact for name, fact in given.items() if name != "question"})
    opened = _opened(facts, given)
    return msgspec.structs.replace(episode, asked=asked, facts=facts.replaced(dict.fromkeys(opened, NOT_RECORDED)))


def _opened(facts: Facts, given: Mapping[str, object]) -> tuple[str, ...]:
    opened: list[str] = []
    if not given.keys().isdisjoint(_STAGING) and not _can_be(facts):
        opened += [name for name in _STAGING if name not in given and name in facts]
    if facts.value("clinical-n") == "N0" and facts.value("node-palpable") == "yes":
        opened += [name for name in _NODES if name not in given and not given.keys().isdisjoint(_NODES)]
    return tuple(dict.fromkeys(opened))


def _can_be(facts: Facts) -> bool:
    size = facts.value("tumor-size-mm")
    over, at_most = (float(size), float(size)) if isinstance(size, int | float) else (0.0, float("inf"))
    return staging.together(
        ts=facts.candidates("clinical-t"),
        ns=facts.candidates("clinical-n"),
        groups=facts.candidates("stage-group"),
        # A size at the edge of a category is of that category: 20 mm is T1.
        over_mm=over - 0.001,
        at_most_mm=at_most,
    )


# --- what would change the answer ---------------------------------------------------------------------------------
def _turns_of(
    name: str, procedures: Sequence[str], order_facts: OrderFacts, now: Rating, knowledge: Knowledge
) -> Iterator[Turn]:
    """The values of one fact that lead elsewhere, those of one meaning together."""
    meanings: dict[tuple[Outcome, Category | None], list[tuple[Cell, Rating, tuple[str, ...]]]] = {}
    for cell in _cells(name, now, knowledge):
        given = {name: _value(cell)}
        changed = with_facts(order_facts, given)
        episode, rating = verdict(procedures, changed, knowledge)
        impossible = rating.outcome is Outcome.INSUFFICIENT and not rating.variants and not rating.answers
        if (rating.outcome, rating.category) != (now.outcome, now.category) and not impossible:
            before = next(each for each in order_facts.episodes if each.condition == episode.condition)
            found = meanings.setdefault((rating.outcome, rating.category), [])
            found.append((cell, rating, opened_by(before.facts, given)))
    for alike in meanings.values():
        cells = [cell for cell, _, _ in alike]
        first = alike[0]
        yield Turn(fact=name, label=describe(name, cells), value=_value(first[0]), rating=first[1], opened=first[2])


def _cells(name: str, now: Rating, knowledge: Knowledge) -> tuple[Cell, ...]:
    """The values of a fact, as far as the variants of the question tell them apart."""
    if name == "question":
        return tuple(Values(frozenset({each})) for each in QUESTIONS if each != now.question)
    cells = plan(now.procedure, now.question, knowledge).domains.get(name)
    return cells or tuple(Values(frozenset({each})) for each in VOCABULARY[name].domain)


def _value(cell: Cell) -> str | float:
    """One value out of a cell."""
    if isinstance(cell, Values):
        return min(cell.values)
    if isfinite(cell.at_most):
        return cell.at_most
    return cell.over + 1 if isfinite(cell.over) else 1.0
