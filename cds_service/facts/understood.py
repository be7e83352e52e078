"""Whether a text of the record was understood as a whole: a report, or a note on the cancer itself.

What the reader (`facts.text`) takes for harmless is understood, and what the text itself settles
(`facts.settled_mentions`); every other word has to be known to say nothing of distant disease (`facts.covered_words`).
What is left makes the text open: nobody knows what it says.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

import msgspec

from cds_service.facts.covered_words import cover
from cds_service.facts.known_phrases import ENDS, LENGTHS, SAYS, Item, clauses, cut, says_something, statements
from cds_service.facts.mentions import Kind, Meant, Mention, Reading
from cds_service.facts.settled_mentions import denied_lists, is_explained, is_settled
from cds_service.knowledge.findings_trie import Node
from cds_service.knowledge.record_words import Use
from cds_service.value import Value

LUMPS = frozenset({"breast-lump", "breast-mass", "breast-pain", "nipple-discharge", "breast-imaging-finding"})
"""Local symptoms and findings that any cancer of the breast may have."""


class Unknown(Value, frozen=True, kw_only=True):
    """The words of a clause that nobody knows. `beside_place`: its statement names a part of the body that a cancer
    spreads to. `measured`: that says how long something is. `on_procedure`: it tells how the study was done. `says`:
    the clause also says of something that it is there, not there or normal."""

    words: tuple[str, ...]
    beside_place: bool
    measured: bool
    says: bool
    on_procedure: bool


class Understood(Value, frozen=True, kw_only=True):
    """A text as understood: what is left of its reading once what the text settles is taken away, and whether it is
    open, which is to say that some of its words are not understood. `unknown_only`: nothing but words that nobody knows
    leaves it open, no finding, doubt or question; `unknown`: which those are. `says`: anything, be it what
    it is about, or that something is there, or not, or normal."""

    reading: Reading
    open: bool
    says: bool
    unknown_only: bool = False
    unknown: tuple[Unknown, ...] = ()


def understand(text: str, reading: Reading, words: Node[Use], harmless: Callable[[Mention], bool]) -> Understood:
    """A text whose `reading` is known, by the words for its kind. `harmless`: mentions that leave it closed."""
    items = cut(text, words)
    starts = [item.start for item in items]
    placed = [(each, _inside(each, starts)) for each in reading.mentions]
    open_ = [(each, at) for each, at in placed if not is_settled(items, at)]
    for each, at in open_:
        for index in at:
            items[index].mentions.append(each)
    listed, closed = denied_lists(items)
    kept = tuple(
        each
        for each, at in open_
        if not (
            is_explained(each, items, at)
            or (each.meant is Meant.UNCERTAIN and listed.issuperset(at))
            or (each.meant is Meant.AFFIRMED and closed.issuperset(at))
        )
    )
    covered = {index for _, at in placed for index in at}
    left = msgspec.structs.replace(reading, mentions=kept)
    if any(not harmless(each) for each in kept):
        return Understood(reading=left, open=True, says=True)
    cover(items, covered, listed, staged=bool(reading.staging))
    bare = [item for item in items if not item.covered]
    unknown_only = bool(bare) and all(item.use in (None, Use.TEST) and item.key != "?" for item in bare)
    unknown = tuple(_unknown(text, items)) if unknown_only else ()
    says = any(each.kind is not Kind.SIDE for each in reading.mentions) or any(item.use in SAYS for item in items)
    return Understood(reading=left, open=bool(bare), unknown_only=unknown_only, unknown=unknown, says=says)


def uses_of(text: str, words: Node[Use]) -> tuple[tuple[Use | None, ...], ...]:
    """What each known phrase or unknown token of a text does, statement by statement."""
    statements: list[list[Use | None]] = [[]]
    for item in cut(text, words):
        if item.key in ENDS:
            statements.append([])
        else:
            statements[-1].append(item.use)
    return tuple(tuple(each) for each in statements if each)


def names_known(text: str, words: Node[Use]) -> bool:
    """Whether a name on a problem list holds a known name, or nothing but words that say nothing."""
    items = cut(text, words)
    if any(item.use is Use.KNOWN for item in items):
        return True
    return all(item.use is Use.WORD or not item.key[0].isalpha() or len(item.key) == 1 for item in items)


def opening_spans(text: str, words: Node[Use]) -> tuple[tuple[int, int], ...]:
    """Where a name on a problem list holds what leaves it open, whatever else it says."""
    return tuple((item.start, item.end) for item in cut(text, words) if item.use is Use.OPEN)


def _inside(mention: Mention, starts: list[int]) -> range:
    """The numbers of the items that a mention reaches into: it begins with a token, and every token is in an item."""
    return range(bisect_right(starts, mention.start) - 1, bisect_left(starts, mention.end))


def _unknown(text: str, items: list[Item]) -> Iterator[Unknown]:
    """What nobody knows, by clause; one says nothing of the next: "perfusion normal, excretion late"."""
    for statement in _sentences(text, items):
        measured = any(_is_length(statement, index) for index in range(len(statement)))
        for clause in clauses(statement):
            bare = [item for item in clause if not item.covered]
            if bare:
                yield Unknown(
                    words=tuple([text[item.start : item.end].lower() for item in bare]),
                    beside_place=any(item.use is Use.PLACE for item in statement),
                    measured=measured,
                    says=says_something(clause),
                    on_procedure=any(item.use is Use.KNOWN for item in statement),
                )


def _sentences(text: str, items: list[Item]) -> Iterator[list[Item]]:
    """The statements, also where a line ends within one of them."""
    sentence: list[Item] = []
    for statement in statements(items):
        if sentence and statement and _goes_on(text, sentence[-1].end, statement[0].start):
            sentence = [*sentence, *statement]
        else:
            yield sentence
            sentence = statement
    yield sentence


def _goes_on(text: str, end: int, start: int) -> bool:
    """Whether what ends in a text at the one place goes on at the other, on the next line."""
    return "\n" in text[end:start] and text[start].islower() and not _STOPS.search(text, end, start)


_STOPS = re.compile(r"[.;!*\[\]]")


def _is_length(statement: list[Item], index: int) -> bool:
    """Whether a unit says how long something is; a speed is none: "78 cm/s"."""
    return statement[index].key in LENGTHS and [item.key for item in statement[index + 1 : index + 2]] != ["/"]
