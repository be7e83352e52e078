"""Clinical text as items: each the longest known phrase at its place, a number, or an unknown word."""

import re
from collections import defaultdict

from cds_service.facts.mentions import Kind, Meant
from cds_service.knowledge.findings import Entry, Findings, Role
from cds_service.knowledge.findings_trie import NUMBER, Node, Token, tokens

_NUMBER = Entry(role=Role.NUMBER)
_WORD = Entry(role=Role.WORD)
_TIMES = re.compile(r"x\d+[a-z]*")
""" "x3", "x2wks" """
_NAMES_SIDES = frozenset({Role.SIDE, Role.CONCEPT, Role.SITE, Role.HEAD})
"""Roles in whose phrases a side is meant; the "r" of "r/o" is none."""
_UNKNOWN = Entry(role=Role.UNKNOWN)


class Item:
    """A phrase found in a text: what it means, its token as written in lower case, its span."""

    __slots__ = ("end", "entry", "key", "role", "start")

    def __init__(self, entry: Entry, key: str, start: int, end: int) -> None:
        self.entry = entry
        self.role = entry.role
        self.key = key
        self.start = start
        self.end = end


class Part:
    """One thing a unit means. `anchor`: the item whose cues decide how it is meant."""

    __slots__ = ("anchor", "detail", "kind", "meant", "site", "value")

    def __init__(
        self,
        kind: Kind,
        value: str,
        anchor: int,
        *,
        site: str | None = None,
        detail: str | None = None,
        meant: Meant = Meant.AFFIRMED,
    ) -> None:
        self.kind = kind
        self.value = value
        self.anchor = anchor
        self.site = site
        self.detail = detail
        self.meant = meant


class Unit:
    """Items that mean something together: "enlarged left axillary node". `members` are item numbers, in order.

    `staging`: a stage or TNM category; it is never an item of a list of findings.
    """

    __slots__ = ("members", "parts", "staging")

    def __init__(self, parts: list[Part], members: list[int], *, staging: bool = False) -> None:
        self.parts = parts
        self.members = members
        self.staging = staging


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
        known, meant = findings.spelling.known, findings.spelling.meant
        cut = [token if token[0] in known else (meant(token[0]), token[1], token[2]) for token in tokens(self.text)]
        items, roles, trie, sides = self.items, self.roles, findings.trie, findings.sides
        position, count = 0, len(cut)
        while position < count:
            token, start, end = cut[position]
            entry, after = _longest(trie, cut, position)
            if entry is None:
                entry = _NUMBER if token[0].isdecimal() else _WORD if _TIMES.fullmatch(token) else _UNKNOWN
                after = position + 1
            elif after > position + 1:
                end = cut[after - 1][2]
            if entry.role in _NAMES_SIDES:
                self.sides += [(sides[word].id, at, to) for word, at, to in cut[position:after] if word in sides]
            roles[entry.role].append(len(items))
            if entry.alone is not None:
                self.alone.append(len(items))
            items.append(Item(entry, token, start, end))
            position = after

    def own(self, unit: Unit) -> None:
        """Adds a unit; an item keeps its first owner."""
        self.units.append(unit)
        self.own_items(unit)

    def own_items(self, unit: Unit) -> None:
        """Gives a unit those of its items that have no owner yet."""
        for index in unit.members:
            if self.owner[index] is None:
                self.owner[index] = unit


def _longest(node: Node[Entry], cut: list[Token], position: int) -> tuple[Entry | None, int]:
    """The longest phrase that starts at a token and where it ends; a number may also stand for any number."""
    if position == len(cut):  # after a number at the end of the text
        return None, position
    word = cut[position][0]
    only = node.next.get(word)
    if only is not None and not only.next:  # most words begin no longer phrase
        return only.meaning, position + 1
    if only is None and not word[0].isdecimal():
        return None, position
    best, after = None, position
    for index in range(position, len(cut)):
        token = cut[index][0]
        if token[0].isdecimal() and NUMBER in node.next:
            found = _longest(node.next[NUMBER], cut, index + 1)
            any_number = node.next[NUMBER].meaning
            if found[0] is None and any_number is not None:
                found = any_number, index + 1
            if found[0] is not None and found[1] > after:
                best, after = found
        step = node.next.get(token)
        if step is None:
            break
        node = step
        if node.meaning is not None and index + 1 > after:
            best, after = node.meaning, index + 1
    return best, after
