"""One variant for the page: its conditions line by line, each with its truth and the facts that it reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cds_service.criteria.explain import Considered, Criterion, Standing
from cds_service.facts.model import Facts
from cds_service.truth import Truth
from cds_service.web.sandbox.answer import verdict
from cds_service.web.sandbox.words import Said, say

TRUTHS: Mapping[Truth, str] = {Truth.TRUE: "true", Truth.FALSE: "false", Truth.UNKNOWN: "unknown"}

STANDINGS: Mapping[Standing, str] = {
    Standing.HOLDS: "holds",
    Standing.POSSIBLE: "may hold",
    Standing.YIELDS: "gives way",
    Standing.EXCLUDED: "cannot be",
    Standing.FAILS: "does not hold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One condition of a variant. `truth`: true, false or unknown; `wanted`: what it asks; `found`: the facts it
    reads, as they are. `depth`: how deep it stands in groups; a group has a `group` instead."""

    truth: str
    depth: int
    group: str = ""
    wanted: str = ""
    found: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One variant. `rating`: what it says of the study; `against`: the first condition that does not hold, in words."""

    id: str
    title: str
    standing: str
    rating: str
    category: str | None
    note: str
    against: str
    lines: tuple[Line, ...]


def row(each: Considered, facts: Facts, *, of: str = "") -> Row:
    """One variant with everything it asks, beside what is known of it. `of`: its question, where that is another than
    the one asked."""
    lines = tuple(_lines(each.criterion, facts, 0))
    rated = each.row
    return Row(
        id=each.variant.id,
        title=each.variant.title,
        standing=STANDINGS[each.standing],
        rating=verdict("", rated.category, rated.score) if rated is not None else "does not rate this study",
        category=rated.category.value if rated is not None else None,
        note=" ".join(filter(None, (f"Answers another question: {of}." if of else "", _note(each)))),
        against=next((_against(line) for line in lines if line.truth == "false" and not line.group), ""),
        lines=(*lines, *_row_lines(each, facts)),
    )


def _note(each: Considered) -> str:
    if each.yields_to is not None and each.standing is Standing.YIELDS:
        return f"Gives way to {each.yields_to.to}: {each.yields_to.because}"
    if each.standing is Standing.EXCLUDED:
        return "No patient can have everything that is left open here."
    return each.row.note or "" if each.row is not None else ""


def _against(line: Line) -> str:
    return "; ".join(f"{said.label}: {said.value}" for said in line.found)


def _row_lines(each: Considered, facts: Facts) -> Iterator[Line]:
    if each.row_criterion is not None:
        yield Line(truth=TRUTHS[each.row_criterion.truth], depth=0, group="and, for this study")
        yield from _lines(each.row_criterion, facts, 1)


def _other_than(wanted: str) -> str:
    return {"yes": "no", "no": "yes"}.get(wanted, f"not {wanted}")


def _lines(criterion: Criterion, facts: Facts, depth: int) -> Iterator[Line]:
    """A condition and everything in it, from the top down. "All of" at the top is the list itself."""
    if criterion.kind == "value":
        yield Line(
            truth=TRUTHS[criterion.truth],
            depth=depth,
            wanted=_other_than(criterion.wanted) if criterion.excluded else criterion.wanted,
            found=tuple(say(name, facts) for name in criterion.facts),
        )
        return
    if criterion.kind == "all" and depth == 0:
        for part in criterion.parts:
            yield from _lines(part, facts, depth)
        return
    yield Line(truth=TRUTHS[criterion.truth], depth=depth, group=_GROUPS[criterion.kind])
    yield from _parts(criterion.parts, facts, depth + 1)


def _parts(parts: Sequence[Criterion], facts: Facts, depth: int) -> Iterator[Line]:
    for part in parts:
        yield from _lines(part, facts, depth)


_GROUPS: Mapping[str, str] = {"all": "all of these", "any": "any of these", "not": "none of these"}
