"""Why an order is rated as it is: every variant of its question, condition by condition.

Pure, and beside the path of an order: matching decides, this only tells. It reads the same plan and the same truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cds_service.criteria.conditions import Cell, Settled, Span, Values, compiled
from cds_service.criteria.matching import describe, rate
from cds_service.criteria.model import Outcome, VariantState
from cds_service.criteria.worlds import Contender, Plan, open_facts, plan
from cds_service.facts.model import Facts, OneOf
from cds_service.knowledge.model import Knowledge, RatingRow, Variant, Yield
from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide
from cds_service.truth import Truth


class Standing(StrEnum):
    """How a variant stands in one patient."""

    HOLDS = "holds"
    POSSIBLE = "possible"
    YIELDS = "yields"  # its conditions may hold, but another variant takes its place
    EXCLUDED = "excluded"  # none of its conditions is false, but no patient could have all that is left open
    FAILS = "fails"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One condition of a variant as it stands, or a group of them.

    `kind`: all, any or not, of `parts`; else a leaf: `facts` are what it reads, `wanted` is what it asks of them in
    clinical words; `excluded`: it asks that they be none of those.
    """

    kind: str
    truth: Truth
    facts: tuple[str, ...] = ()
    wanted: str = ""
    excluded: bool = False
    parts: tuple["Criterion", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One variant of the question asked. `row`: how it rates the study, None where it does not; `row_criterion`: on
    what condition that row applies. `yields_to`: the variant that takes its place, with the reason."""

    variant: Variant
    standing: Standing
    criterion: Criterion
    row: RatingRow | None
    row_criterion: Criterion | None = None
    yields_to: Yield | None = None


def considered(procedure: str, question: str, facts: Facts, knowledge: Knowledge) -> tuple[Considered, ...]:
    """Every variant of a question for a study: those that hold first, then what may hold, and so on.

    `procedure` is an id of procedures.yaml, `question` one of QUESTIONS.
    """
    made = plan(procedure, question, knowledge)
    settled = _settled(made, facts)
    rating = rate(procedure, question, facts, knowledge)
    states = {each.variant.id: each.state for each in rating.variants}
    too_open = rating.outcome is Outcome.INSUFFICIENT and not rating.variants and not rating.missing
    found = [_considered(each, settled, states, too_open=too_open) for each in made.contenders]
    return tuple(sorted(found, key=lambda each: list(Standing).index(each.standing)))


def _considered(
    contender: Contender, settled: Settled, states: Mapping[str, VariantState], *, too_open: bool
) -> Considered:
    variant, row = contender.variant, contender.row
    root = criterion(variant.when, settled)
    taken_by = next((each for each in variant.yields_to if each.to in states), None)
    return Considered(
        variant=variant,
        standing=_standing(root.truth, states.get(variant.id), displaced=taken_by is not None, too_open=too_open),
        criterion=root,
        row=row,
        row_criterion=criterion(row.when, settled) if row is not None and row.when is not None else None,
        yields_to=taken_by if variant.id not in states and root.truth is not Truth.FALSE else None,
    )


def _standing(truth: Truth, state: VariantState | None, *, displaced: bool, too_open: bool) -> Standing:
    if state is not None:
        return Standing.HOLDS if state is VariantState.HOLDS else Standing.POSSIBLE
    if truth is Truth.FALSE:
        return Standing.FAILS
    if too_open:
        return Standing.POSSIBLE
    return Standing.YIELDS if displaced else Standing.EXCLUDED


def criterion(condition: Condition, settled: Settled) -> Criterion:
    """A condition with its truth, and that of everything in it."""
    truth = compiled(condition)(settled)
    match condition:
        case AllOf(conditions=conditions):
            return Criterion(kind="all", truth=truth, parts=tuple(criterion(each, settled) for each in conditions))
        case AnyOf(conditions=conditions):
            return Criterion(kind="any", truth=truth, parts=tuple(criterion(each, settled) for each in conditions))
        case Not(condition=inner):
            return Criterion(kind="not", truth=truth, parts=(criterion(inner, settled),))
        case In(fact=fact, values=values, inverted=inverted):
            wanted = describe(fact, [Values(values)])
            return Criterion(kind="value", truth=truth, facts=(fact,), wanted=wanted, excluded=inverted)
        case Over(fact=fact, limit=limit):
            wanted = describe(fact, [Span(limit, float("inf"))])
            return Criterion(kind="value", truth=truth, facts=(fact,), wanted=wanted)
        case AtMost(fact=fact, limit=limit):
            wanted = describe(fact, [Span(float("-inf"), limit)])
            return Criterion(kind="value", truth=truth, facts=(fact,), wanted=wanted)
        case SameSide(first=first, second=second):
            return Criterion(kind="value", truth=truth, facts=(first, second), wanted="the same side")


def _settled(made: Plan, facts: Facts) -> dict[str, Cell]:
    """What is settled for matching, and beside it the candidates of facts that are one of several."""
    opened = open_facts(facts, made)
    settled = dict(opened.settled)
    for name in opened.cells:
        fact = facts[name]
        # What a row needs recorded stays open, though it is assumed.
        assumed = name in made.needs and isinstance(fact, OneOf) and fact.assumed is not None
        if isinstance(fact, OneOf) and not assumed:
            settled[name] = Values(frozenset(fact.candidates))
    return settled
