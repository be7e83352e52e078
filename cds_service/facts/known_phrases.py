"""The known phrases of a text and its unknown tokens, in order, by statement and by clause.

What each phrase does stands in `record-words.yaml` (`knowledge.record_words`).
"""

from collections.abc import Iterator

import msgspec

from cds_service.facts.mentions import Kind, Mention
from cds_service.facts.text_abbreviations import blank_other_meanings
from cds_service.knowledge.findings_trie import Node, longest, tokens
from cds_service.knowledge.record_words import Use

ENDS = frozenset(".;!*[]\n\r\v\f\x85\u2028\u2029\u2022\u00b7")
"""Signs that end a statement."""
WORDS = (Use.WORD, Use.NORMAL, Use.PLACE)
"""Uses of words that leave nothing open by themselves."""
LENGTHS = frozenset({"mm", "cm"})
"""Units of length."""
SAYS = frozenset({Use.NORMAL, Use.SETTLED, Use.NEGATOR})
"""Uses of words that say of something how it is."""
TREATMENT = frozenset({Kind.THERAPY, Kind.SURGERY})
"""Kinds of what was done to a part of the body beside them: "radiotherapy to the hip"."""
_TELLS_NOTHING = TREATMENT | {Kind.SIDE, Kind.STAGING, Kind.FOLLOW_UP, Kind.NON_INDICATION, Kind.BREAST_CANCER}
"""Kinds that say nothing of the part of the body beside them: "staging: liver"."""


class Item(msgspec.Struct, eq=False, gc=False):
    """A known phrase or an unknown token of a text, with its span, and the mentions that reach into it."""

    use: Use | None
    key: str
    start: int
    end: int
    mentions: list[Mention] = msgspec.field(default_factory=list)
    covered: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is a number and no more."""
        return self.end - self.start == len(self.key) and self.key[0].isdecimal()


def cut(text: str, words: Node[Use]) -> list[Item]:
    """A text in items: the longest known phrase from each place on, or one token that nobody knows."""
    written, starts, ends = tokens(blank_other_meanings(text))
    items: list[Item] = []
    position = 0
    while position < len(written):
        phrase = longest(words, written, position)
        use, after = phrase[0], max(phrase[1], position + 1)
        items.append(Item(use, written[position], starts[position], ends[after - 1]))
        position = after
    return items


def statements(items: list[Item]) -> Iterator[list[Item]]:
    """The items by statement; a heading ("LUNGS:") belongs to the line below it."""
    statement: list[Item] = []
    for item in items:
        if item.key not in ENDS:
            statement.append(item)
        elif statement and statement[-1].key != ":":
            yield statement
            statement = []
    yield statement


def clauses(statement: list[Item]) -> Iterator[list[Item]]:
    """The parts of a statement between commas."""
    clause: list[Item] = []
    for item in statement:
        if item.key == ",":
            yield clause
            clause = []
        else:
            clause.append(item)
    yield clause


def says_something(items: list[Item]) -> bool:
    """Whether items say that something is there, not there or normal."""
    return any(item.use in SAYS or _is_told(item) for item in items)


def _is_told(item: Item) -> bool:
    return any(each.kind not in _TELLS_NOTHING for each in item.mentions)
