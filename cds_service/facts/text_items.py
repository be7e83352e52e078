"""Clinical text as items: each the longest known phrase at its place, a number, or an unknown word."""

import re
from collections import defaultdict

import msgspec

from cds_service.facts.mentions import Kind, Meant
from cds_service.knowledge.findings import Entry, Findings, Role
from cds_service.knowledge.findings_spelling import Spelling
from cds_service.knowledge.findings_trie import Token, longest, tokens

_NUMBER = Entry(role=Role.NUMBER)
_WORD = Entry(role=Role.WORD)
_TIMES = re.compile(r"x\d+[a-z]*")
""" "x3", "x2wks" """
_NAMES_SIDES = frozenset({Role.SIDE, Role.CONCEPT, Role.SITE, Role.HEAD})
"""Roles in whose phrases a side is meant; the "r" of "r/o" is none."""
_UNKNOWN = Entry(role=Role.UNKNOWN)


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

    __slots__ = ("alone", "flags", "items", "owner", "roles", "sides", "text", "units")

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
        cut = _spelled(tokens(self.text), findings.spelling)
        items, roles, begin = self.items, self.roles, findings.trie.next.get
        position, count = 0, len(cut)
        while position < count:
            token, start, end = cut[position]
            node, after = begin(token), position + 1
            if node is not None and not node.next:  # most words begin no longer phrase
                entry = node.meaning
            elif node is not None or token[0].isdecimal():
                phrase = longest(findings.trie, cut, position)
                entry, after = phrase
            else:
                entry = None
            if entry is None:
                entry, after = _unlisted(token), position + 1
            elif after > position + 1:
                end = cut[after - 1][2]
            role = entry.role
            if role in _NAMES_SIDES:
                self._name_sides(cut[position:after], findings)
            roles[role].append(len(items))
            if entry.alone is not None:
                self.alone.append(len(items))
            items.append(Item(entry, role, token, start, end))
            position = after

    def _name_sides(self, phrase: list[Token], findings: Findings) -> None:
        for word, start, end in phrase:
            side = findings.sides.get(word)
            if side is not None:
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


def _spelled(cut: list[Token], spelling: Spelling) -> list[Token]:
    """The tokens, with the word that was meant in the place of a mistyped one."""
    known, meant = spelling.known, spelling.meant
    return [token if token[0] in known else (meant(token[0]), token[1], token[2]) for token in cut]


def _unlisted(token: str) -> Entry:
    """What a token is that begins no phrase."""
    if token[0].isdecimal():
        return _NUMBER
    return _WORD if token[0] == "x" and _TIMES.fullmatch(token) else _UNKNOWN
