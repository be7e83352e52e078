"""The statements of a report of breast or axilla, each with the sides that it is of."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter

import msgspec

from cds_service.facts.mentions import Kind, Mention, Reading
from cds_service.facts.sentences import SENTENCE_ENDS
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source
from cds_service.fhir.resources import DiagnosticReport
from cds_service.value import Value

SIDES = frozenset({"left", "right"})


class Statement(Value, frozen=True, kw_only=True):
    """A statement of a report, where it stands in it, and the sides it is of; none where nobody says.

    `states`: it names them itself, and is no heading, of which it is only said in what follows. `mentions`: what it
    mentions, at its place in the report.
    """

    start: int
    end: int
    sides: frozenset[str]
    states: bool
    mentions: tuple[Mention, ...]


_COMMAS = re.compile(r",|\band\b|&|\+|\bbut\b", re.IGNORECASE)
_BOTH = re.compile(
    r"\b(?:both|either|each|bilateral\w*|bilat|other (?:breast|side|axilla)|contralateral|opposite)\b", re.IGNORECASE
)
_HEADING = re.compile(
    r"[\W\d]{0,20}(?:the )?(?:left|right|lt|rt|l|r)(?: (?:breast|axilla|side|nipple|findings)){0,6}\s*(?:[.:]|$)\s*",
    re.IGNORECASE,
)


def statements(report: DiagnosticReport, source: Source) -> Iterator[Statement]:
    """The statements of a conclusion. One that names no side is of the heading above it ("RIGHT BREAST:"), else of the
    side of the study."""
    text = report.conclusion or ""
    mentioned = sorted(source.read(text).mentions, key=_START)
    named = [each for each in mentioned if each.kind is Kind.SIDE]
    studied = side_of(source, report.code)
    base = frozenset({studied}) & SIDES
    heading: frozenset[str] | None = None
    start = 0
    for end in [*(found.start() for found in SENTENCE_ENDS.finditer(text)), len(text)]:
        for first, last in _by_side(text, start, end, named, base):
            sides = _sides_in(text, first, last, named)
            heads = bool(sides) and _is_heading(text, first, last)
            if sides:
                heading = sides if heads else None
            of = sides or (heading if heading is not None else base)
            within = tuple(each for each in _between(mentioned, first, last) if each.end <= last)
            yield Statement(start=first, end=last, sides=of, states=bool(sides) and not heads, mentions=within)
        start = end + 1


def _is_heading(text: str, start: int, end: int) -> bool:
    if _HEADING.fullmatch(text[start:end]):
        return True
    return _LIKE_A_HEADING.match(text, start, end) is not None and text[end : end + 1] == "\n"


_LIKE_A_HEADING = re.compile(r"[^:\n]{1,60}:\s*$")
_JOINED = re.compile(r"(?:[\s&+/]|\b(?:and|or|the|in|on|of|breast)\b)*", re.IGNORECASE)
"""Between two sides of one thing: "left and right mass", not "mass left, right normal"."""


_START = attrgetter("start")


def _between(mentions: Sequence[Mention], start: int, end: int) -> Sequence[Mention]:
    """Those of mentions in their order that begin in a part of the text."""
    return mentions[bisect_left(mentions, start, key=_START) : bisect_left(mentions, end, key=_START)]


def _sides_in(text: str, start: int, end: int, named: Sequence[Mention]) -> frozenset[str]:
    found = {each.value for each in _between(named, start, end)}
    if _BOTH.search(text, start, end):
        found |= {"other"}
    return frozenset(found)


def _by_side(
    text: str, start: int, end: int, named: Sequence[Mention], base: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """A statement of two sides in its parts: "left: scar, right: normal"; one of them may be that of the study."""
    here = _between(named, start, end)
    comma = text.rfind(",", start, here[0].start) if here and base and not base & {each.value for each in here} else -1
    if comma >= 0:
        yield start, comma
        start = comma
    if len({each.value for each in here}) < 2:
        yield start, end
        return
    first = start
    for before, after in pairwise(here):
        if before.value != after.value and not _JOINED.fullmatch(text, before.end, after.start):
            breaks = [found.start() for found in _COMMAS.finditer(text, before.end, after.start)]
            if breaks:
                yield first, breaks[-1]
                first = breaks[-1]
    yield first, end


def part(reading: Reading, statement: Statement) -> Reading:
    """What a reading says in one statement, with its places counted from there."""
    mentions = tuple(
        msgspec.structs.replace(each, start=each.start - statement.start, end=each.end - statement.start)
        for each in statement.mentions
    )
    return msgspec.structs.replace(reading, mentions=mentions)
