"""Clinical text as items: each the longest known phrase at its place, a number, or an unknown word."""

from collections import defaultdict

from cds_service.facts.mentions import Kind, Meant
from cds_service.knowledge.findings import Entry, Role
from cds_service.knowledge.findings_trie import NUMBER, Node, Token, tokens

_NUMBER = Entry(role=Role.NUMBER)
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
    each item. `flags`: what the cues say of each item.
    """

    __slots__ = ("alone", "flags", "items", "owner", "roles", "text", "units")

    def __init__(self, text: str, trie: Node[Entry]) -> None:
        self.text = text
        self.items: list[Item] = []
        self.roles: defaultdict[Role, list[int]] = defaultdict(list)
        self.alone: list[int] = []
        self.units: list[Unit] = []
        self._cut(trie)
        self.owner: list[Unit | None] = [None] * len(self.items)
        self.flags = [0] * len(self.items)

    def _cut(self, trie: Node[Entry]) -> None:
        """Fills the items, in order and without overlap; the longest phrase that starts at a token wins."""
        cut = tokens(self.text)
        items, roles = self.items, self.roles
        position, count = 0, len(cut)
        while position < count:
            token, start, end = cut[position]
            entry, after = _longest(trie, cut, position)
            if entry is None:
                entry = _NUMBER if token[0].isdigit() else _UNKNOWN
                after = position + 1
            elif after > position + 1:
                end = cut[after - 1][2]
            roles[entry.role].append(len(items))
            if entry.alone is not None:
                self.alone.append(len(items))
            items.append(Item(entry, token, start, end))
            position = after

    def own(self, unit: Unit) -> None:
        """Adds a unit; an item keeps its first owner."""
        self.units.append(unit)
        for index in unit.members:
            if self.owner[index] is None:
                self.owner[index] = unit


def _longest(node: Node[Entry], cut: list[Token], position: int) -> tuple[Entry | None, int]:
    """The longest phrase that starts at a token and where it ends; a number may also stand for any number."""
    best, after = None, position
    for index in range(position, len(cut)):
        token = cut[index][0]
        if token[0].isdigit() and NUMBER in node.next:
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
