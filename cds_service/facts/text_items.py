"""Clinical text as items: each the longest known phrase at its place, a number, or an unknown word."""

import re
from bisect import bisect_right
from collections import defaultdict

import msgspec

from cds_service.facts.mentions import Kind, Meant
from cds_service.knowledge.findings import Effect, Entry, Findings, Role
from cds_service.knowledge.findings_spelling import Spelling
from cds_service.knowledge.findings_trie import NUMBER, longest, tokens

_NUMBER = Entry(role=Role.NUMBER)
_WORD = Entry(role=Role.WORD)
_TIMES = re.compile(r"x\d+[a-z]*")
""" "x3", "x2wks" """
_NAMES_SIDES = frozenset({Role.CONCEPT, Role.SITE, Role.HEAD})
"""Roles in whose phrases a side is meant; the "r" of "r/o" is none."""
_UNKNOWN = Entry(role=Role.UNKNOWN)
_END = "\n"
"""Stands behind the last word, where no phrase goes on."""
FILLER = frozenset({Role.SIDE, Role.INNER, Role.NUMBER})
"""Roles of words that may stand inside one expression."""
REACH = 4
"""How many filler words may stand between the words of one expression ("pain in the right lower back")."""


class Item(msgspec.Struct, eq=False, gc=False):
    """A phrase found in a text: what it means, its token as written in lower case, its span."""

    entry: Entry
    role: Role
    key: str
    start: int
    end: int


class Part(msgspec.Struct, eq=False, gc=False):
    """One thing a unit means. `anchor`: the item whose cues decide how it is meant."""

    kind: Kind
    value: str
    anchor: int
    site: str | None = None
    detail: str | None = None
    meant: Meant = Meant.AFFIRMED


class Unit(msgspec.Struct, eq=False, gc=False):
    """Items that mean something together: "enlarged left axillary node". `members` are item numbers, in order.

    `staging`: a stage or TNM category; it is never an item of a list of findings.
    """

    parts: list[Part]
    members: list[int]
    staging: bool = False


class Parse:
    """A text on its way to a reading.

    `roles`: the numbers of the items of each role, `alone`: of those that must not be overlooked. `owner`: the unit of
    each item. `flags`: what the cues say of each item. `sides`: each side that is named, with its span.
    """

    __slots__ = ("alone", "flags", "items", "owner", "roles", "sides", "text", "units", "words")

    def __init__(self, text: str, findings: Findings) -> None:
        self.text = text
        self.items: list[Item] = []
        self.roles: defaultdict[Role, list[int]] = defaultdict(list)
        self.alone: list[int] = []
        self.units: list[Unit] = []
        self.sides: list[tuple[str, int, int]] = []
        self._cut(findings)
        self.owner: list[Unit | None] = [None] * len(self.items)
        self.flags = [0] * len(self.items)

    def _cut(self, findings: Findings) -> None:
        """Fills the items, in order and without overlap; the longest phrase that starts at a token wins."""
        written, starts, ends = tokens(self.text)
        self.words = words = _spelled(written, findings.spelling)
        items, roles, begin = self.items, self.roles, findings.trie.next.get
        after = 0
        for position, (word, follows) in enumerate(zip(words, [*words[1:], _END], strict=False)):
            if position < after:
                continue
            after = position + 1
            node = begin(word)
            if node is None and word[0].isdecimal():
                node = begin(NUMBER)
            if node is None:
                entry = None
            elif follows in node.next or NUMBER in node.next:
                phrase = longest(findings.trie, words, position)
                entry, after = phrase
            else:  # most words begin no phrase that goes on here
                entry = node.meaning
            if entry is None:
                entry, after = _unlisted(word), position + 1
            role = entry.role
            roles[role].append(len(items))
            if entry.alone is not None:
                self.alone.append(len(items))
            items.append(Item(entry, role, word, starts[position], ends[after - 1]))
        if not findings.sides.keys().isdisjoint(words):
            self._name_sides(starts, ends, findings)

    def _name_sides(self, starts: list[int], ends: list[int], findings: Findings) -> None:
        begins = [item.start for item in self.items]
        for word, start, end in zip(self.words, starts, ends, strict=True):
            side = findings.sides.get(word)
            if side is None:
                continue
            item = self.items[bisect_right(begins, start) - 1]
            if item.role is Role.SIDE:  # a phrase is one side: the "l" of "b/l" is none of its own
                self.sides.append((item.entry.id, item.start, item.end))
            elif item.role in _NAMES_SIDES:
                self.sides.append((side.id, start, end))

    def own(self, unit: Unit) -> None:
        """Adds a unit; an item keeps its first owner."""
        self.units.append(unit)
        self.own_items(unit)

    def own_items(self, unit: Unit) -> None:
        """Gives a unit those of its items that have no owner yet."""
        for index in unit.members:
            if self.owner[index] is None:
                self.owner[index] = unit


def is_filler(item: Item) -> bool:
    """Words inside an expression; also "suspicious" or "new" as adjectives, but no cue that negates."""
    return item.role in FILLER or item.entry.alone is not None or item.entry.effect in (Effect.NEW, Effect.PERSISTS)


def _spelled(words: list[str], spelling: Spelling) -> list[str]:
    """The words, with the one that was meant in the place of a mistyped one."""
    known, meant = spelling.known, spelling.meant
    return [word if word in known else meant(word) for word in words]


def _unlisted(token: str) -> Entry:
    """What a token is that begins no phrase."""
    if token[0].isdecimal():
        return _NUMBER
    return _WORD if token[0] == "x" and _TIMES.fullmatch(token) else _UNKNOWN
