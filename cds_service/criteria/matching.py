"""From facts to a rating: which variants of a question hold, what they say of a study, and what is missing.

Pure, and able to say why. The safety rule is structural here: a study is rated usually not appropriate only when every
way of filling in the open facts says so, and some variant holds in each.
"""

from collections.abc import Sequence
from itertools import combinations, product

from cds_service.criteria.conditions import Cell, Span, Values
from cds_service.criteria.model import Answer, Outcome, Rating, VariantRating, VariantState
from cds_service.criteria.worlds import Plan, TooOpen, World, plan, told, worlds
from cds_service.facts.model import Facts
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.model import Category, Knowledge, RatingRow, Variant

Categories = frozenset[Category | None]
"""What one world says of a study: a category per variant that rates it; None where one does not, or none holds."""

NOTHING: Categories = frozenset({None})


def rate(procedure: str, question: str, facts: Facts, knowledge: Knowledge) -> Rating:
    """Rate one study for one question in one patient.

    `procedure` is an id of procedures.yaml, `question` one of QUESTIONS. Never raises on any facts.
    """
    made = plan(procedure, question, knowledge)
    said = told(made, facts)
    rating = made.ratings.get(said)
    if rating is None:
        rating = _worked_out(procedure, question, made, facts)
        if len(made.ratings) >= MOST_KEPT:
            made.ratings.clear()
        made.ratings[said] = rating
    return rating


MOST_KEPT = 64
"""Ratings that are kept of one study and question, of some 2 kB each: patients differ little in what criteria ask. What
is kept says no more of anybody than criteria ask: values of the vocabulary, and ranges of numbers."""


def _worked_out(procedure: str, question: str, made: Plan, facts: Facts) -> Rating:
    """The rating, from every way of filling in the open facts."""
    try:
        found = tuple(worlds(made, facts))
    except TooOpen:
        return Rating(procedure=procedure, question=question, outcome=Outcome.INSUFFICIENT, categories=NOTHING)
    return _rating(procedure, question, found)


def _rating(procedure: str, question: str, found: Sequence[World]) -> Rating:
    if not found:  # T, N, size and stage exclude each other: no such patient, so something on record is wrong
        return Rating(
            procedure=procedure,
            question=question,
            outcome=Outcome.INSUFFICIENT,
            missing=("stage-group",),
            categories=NOTHING,
        )
    said = [_categories(world) for world in found]
    union: Categories = frozenset().union(*said)
    variants = _variants(found)
    if union == NOTHING:
        return Rating(
            procedure=procedure, question=question, outcome=Outcome.NO_CRITERIA, variants=variants, categories=union
        )
    if len(set(said)) > 1:
        missing = _deciding(found, said)
        return Rating(
            procedure=procedure,
            question=question,
            outcome=Outcome.INSUFFICIENT,
            variants=variants,
            missing=missing,
            answers=_answers(missing, found, said),
            categories=union,
            disputed=_disputed(said),
        )
    if len(union) > 1:
        return Rating(
            procedure=procedure, question=question, outcome=Outcome.CONFLICTING, variants=variants, categories=union
        )
    (category,) = union
    return Rating(
        procedure=procedure,
        question=question,
        outcome=Outcome.RATED,
        category=category,
        score=min(each.score for each in variants if each.score is not None),
        disagreement=any(each.disagreement for each in variants),
        variants=variants,
        categories=union,
    )


def _categories(world: World) -> Categories:
    """What a world says. An unrated variant beside a rated one matters only where it would let a warning through."""
    said = frozenset(row.category if row is not None else None for _, row in world.holding) or NOTHING
    rated = said - {None}
    if rated and Category.USUALLY_NOT not in rated:
        return rated
    return said


def _disputed(said: Sequence[Categories]) -> bool:
    """Whether "usually not appropriate" is nowhere said without a criterion that rates the study higher."""
    against = [say for say in said if Category.USUALLY_NOT in say]
    return bool(against) and all(say & {Category.MAY_BE, Category.USUALLY} for say in against)


def _variants(found: Sequence[World]) -> tuple[VariantRating, ...]:
    """Every variant that holds in some world, in order of first appearance; one that holds in all of them holds."""
    seen: dict[str, list[tuple[Variant, RatingRow | None]]] = {}
    for world in found:
        for variant, row in world.holding:
            seen.setdefault(variant.id, []).append((variant, row))
    return tuple(_variant_rating(entries, always=len(entries) == len(found)) for entries in seen.values())


def _variant_rating(entries: list[tuple[Variant, RatingRow | None]], *, always: bool) -> VariantRating:
    variant = entries[0][0]
    row = next((row for _, row in entries if row is not None), None)
    state = VariantState.HOLDS if always else VariantState.POSSIBLE
    if row is None:
        return VariantRating(variant=variant, state=state)
    return VariantRating(
        variant=variant, state=state, category=row.category, score=row.score, disagreement=row.disagreement
    )


def _deciding(found: Sequence[World], said: Sequence[Categories]) -> tuple[str, ...]:
    """The fewest open facts whose answers settle the category."""
    split = list(dict.fromkeys(name for world in found for name in world.settled if _varies(name, found)))
    # Three at once is slow to try and slow to answer: only where few worlds are left.
    for size in (1, 2, 3) if len(found) <= 256 else (1,):
        for names in combinations(split, size):
            if _settles(names, found, said):
                return names
    return tuple(split)


def _varies(name: str, found: Sequence[World]) -> bool:
    return len({world.settled.get(name) for world in found}) > 1


def _settles(names: tuple[str, ...], found: Sequence[World], said: Sequence[Categories]) -> bool:
    """Whether every joint answer to these facts leaves one thing said. A world that did not settle a fact fits all."""
    cells = [dict.fromkeys(cell for world in found if (cell := world.settled.get(name)) is not None) for name in names]
    for answers in product(*cells):
        left = {
            say
            for world, say in zip(found, said, strict=True)
            if all(_compatible(world.settled.get(name), cell) for name, cell in zip(names, answers, strict=True))
        }
        if len(left) > 1:
            return False
    return True


def _compatible(one: Cell | None, other: Cell | None) -> bool:
    return one is None or other is None or one == other


def _answers(missing: tuple[str, ...], found: Sequence[World], said: Sequence[Categories]) -> tuple[Answer, ...]:
    """What each answer to the first missing fact would mean for this study; answers of one meaning are put together."""
    if not missing:
        return ()
    name = missing[0]
    seen = dict.fromkeys(cell for world in found if (cell := world.settled.get(name)) is not None)
    cells = sorted(seen, key=lambda cell: _place(name, cell))
    meanings: dict[tuple[Categories, ...], list[Cell]] = {}
    for cell in cells:
        meant = {say for world, say in zip(found, said, strict=True) if _compatible(world.settled.get(name), cell)}
        meanings.setdefault(tuple(sorted(meant, key=_sort_key)), []).append(cell)
    return tuple(_answer(name, alike, meant, found) for meant, alike in meanings.items())


def _answer(name: str, cells: list[Cell], meant: tuple[Categories, ...], found: Sequence[World]) -> Answer:
    only = next(iter(meant[0])) if len(meant) == 1 and len(meant[0]) == 1 else None
    holding = {
        variant.id
        for world in found
        if any(_compatible(world.settled.get(name), cell) for cell in cells)
        for variant, _ in world.holding
    }
    return Answer(
        values=tuple(value for cell in cells if isinstance(cell, Values) for value in sorted(cell.values)),
        label=describe(name, cells),
        category=only,
        variants=tuple(sorted(holding)),
        disagreeing=tuple(sorted(meant[0], key=_rank)) if len(meant) == 1 and len(meant[0]) > 1 else (),
    )


_RANGED = ("clinical-t", "stage-group")
"""Facts whose values climb, so that neighbours make a range."""
_TO = "\N{EN DASH}"


def describe(name: str, cells: Sequence[Cell]) -> str:
    """Clinical words for some values of a fact: "stage IIA or IIB", "seen on mammography or breast MRI"."""
    spans = [cell for cell in cells if isinstance(cell, Span)]
    if spans:
        return " or ".join(_range(span, VOCABULARY[name].unit or "") for span in spans)
    spec = VOCABULARY[name]
    held = {value for cell in cells if isinstance(cell, Values) for value in cell.values}
    values = [value for value in spec.domain if value in held]
    if name == "stage-group":
        values = [value for value in values if value != "0"] or values
    labels = [spec.label(value) for value in values]
    start = _common_start(labels)
    rest = [label.removeprefix(start) for label in labels]
    if name in _RANGED:
        rest = _ranges(rest, [spec.domain.index(value) for value in values])
    return start + _listed(list(dict.fromkeys(rest)))


def _common_start(labels: Sequence[str]) -> str:
    """The words all labels begin with, said once: "stage ", "seen on "."""
    words: list[str] = []
    for said in zip(*(label.split()[:-1] for label in labels), strict=False):
        if len(set(said)) > 1 or said[0] in ("a", "an", "no"):
            break
        words.append(said[0])
    return "".join(f"{word} " for word in words)


def _ranges(labels: Sequence[str], places: Sequence[int]) -> list[str]:
    """Three or more neighbours become a range, first to last; two stay two."""
    runs: list[list[str]] = []
    for index, label in enumerate(labels):
        if index and places[index] == places[index - 1] + 1:
            runs[-1].append(label)
        else:
            runs.append([label])
    return [said for run in runs for said in ([f"{run[0]}{_TO}{run[-1]}"] if len(run) > 2 else run)]


def _place(name: str, cell: Cell) -> float:
    """Where a cell stands in its domain, for answers in clinical order."""
    if isinstance(cell, Span):
        return cell.over
    return min(VOCABULARY[name].domain.index(value) for value in cell.values)


def _range(span: Span, unit: str) -> str:
    if span.over == float("-inf"):
        return f"{span.at_most:g} {unit} or less"
    if span.at_most == float("inf"):
        return f"more than {span.over:g} {unit}"
    return f"more than {span.over:g} and up to {span.at_most:g} {unit}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _sort_key(categories: Categories) -> tuple[int, ...]:
    return tuple(sorted(map(_rank, categories)))


def _rank(category: Category | None) -> int:
    return -1 if category is None else category.rank
