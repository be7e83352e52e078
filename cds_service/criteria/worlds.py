"""Every way the open facts could be filled in, as far as it changes which variants hold.

A decision tree over the open facts: a branch ends as soon as every variant is decided, so facts that no longer matter
are never split. Impossible combinations (T1 with stage IIB and N0) are left out.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from cds_service.criteria.conditions import (
    Cell,
    Holds,
    Settled,
    Span,
    Values,
    cells_of_number,
    cells_of_values,
    compiled,
    facts_of,
    sets_of_values,
)
from cds_service.criteria.model import Rating
from cds_service.facts import staging
from cds_service.facts.model import Fact, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.vocabulary import LATER, VOCABULARY
from cds_service.knowledge.model import Knowledge, RatingRow, Variant
from cds_service.knowledge.operators import Condition
from cds_service.truth import Truth
from cds_service.value import Value

MOST_WORLDS = 1024
"""More ways than this to fill in a record means the record says next to nothing; it is then not rated."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition to be decided: how, and the facts that it reads, in its order."""

    holds: Holds
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contender:
    """A variant of the question asked, with its row for the study, if it has one, and that row's own condition."""

    variant: Variant
    when: Criterion
    row: RatingRow | None
    row_when: Criterion | None
    yields_to: tuple[str, ...]


class World(Value, frozen=True):
    """One way to fill in the open facts: what was settled on the way, who holds, and whether its row applies."""

    settled: Settled
    holding: tuple[tuple[Variant, RatingRow | None], ...]


class TooOpen(Exception):
    """Raised when there are more than MOST_WORLDS ways to fill in the open facts."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What rating one study for one question takes from the knowledge alone.

    `domains`: the facts that may have to be decided, each with its cells when unknown; `sets`: the sets of values that
    are asked of them; `needs`: facts that must not be assumed; `reads` and `numbers`: every fact that can change a
    rating; `later`: some of them are read only when asked for. `ratings`: those worked out lately, by what was told.
    """

    contenders: tuple[Contender, ...]
    domains: dict[str, tuple[Cell, ...]]
    sets: dict[str, tuple[frozenset[str], ...] | None]
    needs: frozenset[str]
    reads: tuple[str, ...]
    numbers: tuple[str, ...]
    later: bool
    ratings: dict[Hashable, Rating] = field(default_factory=dict)


_CONSISTENT = ("cancer", "disease-phase", "clinical-t", "clinical-n", "tumor-size-mm", "stage-group")
"""Facts that must be possible in one patient, whether or not a condition asks for them."""


@lru_cache(maxsize=512)
def plan(procedure: str, question: str, knowledge: Knowledge) -> Plan:
    """The plan of a study and a question; made once, because a knowledge never changes and every request asks it."""
    asked = [variant for variant in knowledge.variants if question in variant.questions]
    contenders = tuple(_contender(variant, variant.row(procedure, question)) for variant in asked)
    rows = [each.row for each in contenders if each.row is not None]
    conditions = (*(each.when for each in asked), *(row.when for row in rows if row.when is not None))
    names = dict.fromkeys(name for condition in conditions for name in facts_of(condition))
    sets = {name: sets_of_values(conditions, name) for name in names}
    reads = dict.fromkeys((*names, *_CONSISTENT))
    return Plan(
        contenders=contenders,
        domains={
            name: cells_of_number(conditions, name)
            if VOCABULARY[name].is_number
            else cells_of_values(VOCABULARY[name].domain, sets[name])
            for name in names
        },
        sets=sets,
        needs=frozenset(need for row in rows for need in row.needs),
        reads=tuple(name for name in reads if not VOCABULARY[name].is_number),
        numbers=tuple(name for name in reads if VOCABULARY[name].is_number),
        later=not LATER.isdisjoint(reads),
    )


def _contender(variant: Variant, row: RatingRow | None) -> Contender:
    return Contender(
        variant=variant,
        when=_criterion(variant.when),
        row=row,
        row_when=_criterion(row.when) if row is not None and row.when is not None else None,
        yields_to=tuple(displacer.to for displacer in variant.yields_to),
    )


def _criterion(condition: Condition) -> Criterion:
    return Criterion(compiled(condition), tuple(facts_of(condition)))


class OpenFacts(Value, frozen=True):
    """The facts that could still go either way, each with its cells, and those that are settled."""

    settled: dict[str, Cell]
    cells: dict[str, tuple[Cell, ...]]


def open_facts(facts: Facts, plan: Plan) -> OpenFacts:
    """Split the facts a plan reads into settled and open."""
    settled: dict[str, Cell] = {}
    cells: dict[str, tuple[Cell, ...]] = {}
    for name, domain in plan.domains.items():
        fact = facts[name]
        if name in plan.needs and not isinstance(fact, Unknown) and fact.assumed is not None:
            cells[name] = domain
            continue
        match fact:
            case Known(value=value):
                settled[name] = _cell(name, value)
            case OneOf(candidates=candidates):
                cells[name] = domain if VOCABULARY[name].is_number else cells_of_values(candidates, plan.sets[name])
            case Unknown():
                cells[name] = domain
    return OpenFacts(settled, cells)


def told(plan: Plan, facts: Facts) -> Hashable:
    """All that facts say as far as a rating by this plan can tell: where it is the same, the rating is the same."""
    if plan.later:
        facts.read_later()
    said = facts.said
    ranges = [_range(plan.domains.get(name, ()), said[name]) for name in plan.numbers]
    assumed = [_is_assumed(facts[name]) for name in plan.needs]
    return (*map(said.__getitem__, plan.reads), *ranges, *assumed)


def _range(cells: Iterable[Cell], said: Hashable) -> Hashable:
    """The range that holds a number; where nobody cuts, one number is like another."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return said
    return next((cell for cell in cells if isinstance(cell, Span) and cell.over < said <= cell.at_most), None)


def _is_assumed(fact: Fact) -> bool:
    return not isinstance(fact, Unknown) and fact.assumed is not None


def worlds(plan: Plan, facts: Facts) -> Iterator[World]:
    """Every world, each with the variants that hold in it after precedence. Raises TooOpen."""
    opened = open_facts(facts, plan)
    for found, world in enumerate(_split(plan.contenders, dict(opened.settled), opened, facts)):
        if found == MOST_WORLDS:
            raise TooOpen
        yield world


def _split(
    contenders: tuple[Contender, ...], settled: dict[str, Cell], opened: OpenFacts, facts: Facts
) -> Iterator[World]:
    remaining, undecided = _decide(contenders, settled)
    if undecided is None:
        yield World(settled, _holding(remaining, settled))
        return
    name = next(fact for fact in undecided.facts if fact in opened.cells and fact not in settled)
    for cell in opened.cells[name]:
        branch = {**settled, name: cell}
        if _possible(branch, facts):
            yield from _split(remaining, branch, opened, facts)


def _decide(contenders: tuple[Contender, ...], settled: Settled) -> tuple[tuple[Contender, ...], Criterion | None]:
    """Drop who cannot hold or is displaced; name the first condition still undecided, if any."""
    truths = {each.variant.id: each.when.holds(settled) for each in contenders}
    standing = tuple(
        [
            each
            for each in contenders
            if truths[each.variant.id] is not Truth.FALSE
            # Only a variant that holds displaces another (design: precedence).
            and not any(truths.get(displacer) is Truth.TRUE for displacer in each.yields_to)
        ]
    )
    for each in standing:
        if truths[each.variant.id] is Truth.UNKNOWN:
            return standing, each.when
    for each in standing:
        if each.row_when is not None and each.row_when.holds(settled) is Truth.UNKNOWN:
            return standing, each.row_when
    return standing, None


def _holding(contenders: tuple[Contender, ...], settled: Settled) -> tuple[tuple[Variant, RatingRow | None], ...]:
    return tuple((each.variant, _applicable(each, settled)) for each in contenders)


def _applicable(contender: Contender, settled: Settled) -> RatingRow | None:
    if contender.row_when is None or contender.row_when.holds(settled) is Truth.TRUE:
        return contender.row
    return None


def _possible(settled: Settled, facts: Facts) -> bool:
    """Whether T, N, size, stage group and palpation as filled in so far can be true of one patient."""
    if _only(settled.get("clinical-n"), "N0") and _only(settled.get("node-palpable"), "yes"):
        return False
    size = settled.get("tumor-size-mm")
    over, at_most = (size.over, size.at_most) if isinstance(size, Span) else (float("-inf"), float("inf"))
    known_size = facts.value("tumor-size-mm")
    if isinstance(size, Span) and isinstance(known_size, int | float):
        return True  # a measured size may disagree with T by a rounding; it never rules out a branch
    if _contradictory(facts["stage-group"]):
        return True  # the record disagrees with itself: every stage stays open
    return staging.together(
        ts=_values("clinical-t", settled, facts),
        ns=_values("clinical-n", settled, facts),
        groups=_groups(settled, facts),
        over_mm=over,
        at_most_mm=at_most,
    )


def _groups(settled: Settled, facts: Facts) -> frozenset[str]:
    """The stage groups still open: no stage 0 of an invasive cancer, no stage IV without metastasis."""
    groups = set(_values("stage-group", settled, facts))
    if "in-situ" not in _values("cancer", settled, facts):
        groups.discard("0")
    if "metastatic" not in _values("disease-phase", settled, facts):
        groups.discard("IV")
    return frozenset(groups)


def _contradictory(fact: Fact) -> bool:
    return isinstance(fact, Unknown) and fact.reason is UnknownReason.CONTRADICTORY


def _only(cell: Cell | None, value: str) -> bool:
    return isinstance(cell, Values) and cell.values == {value}


def _values(name: str, settled: Settled, facts: Facts) -> Iterable[str]:
    cell = settled.get(name)
    return cell.values if isinstance(cell, Values) else facts.candidates(name)


def _cell(name: str, value: str | float) -> Cell:
    if VOCABULARY[name].is_number:
        return Span(float(value), float(value))
    value = str(value)
    return _ONE_VALUE.get(value) or Values(frozenset({value}))


_ONE_VALUE = {value: Values(frozenset({value})) for spec in VOCABULARY.values() for value in spec.domain}
