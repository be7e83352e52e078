"""Clinical text as items: each the longest known phrase at its place, a number, or an unknown word."""

from dataclasses import dataclass, field

from cds_service.facts.mentions import Kind, Meant
from cds_service.knowledge.findings import Entry, Role
from cds_service.knowledge.findings_trie import NUMBER, Node, tokens

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


@dataclass(slots=True)
class Part:
    """One thing a unit means. `anchor`: the item whose cues decide how it is meant."""

    kind: Kind
    value: str
    anchor: int
    site: str | None = None
    detail: str | None = None
    meant: Meant = Meant.AFFIRMED


@dataclass(slots=True)
class Unit:
    """Items that mean something together: "enlarged left axillary node". `members` are item numbers.

    `staging`: a stage or TNM category; it is never an item of a list of findings.
    """

    parts: list[Part]
    members: list[int]
    staging: bool = False


@dataclass(slots=True)
class Parse:
    """A text on its way to a reading. `owner`: the unit of each item. `flags`: what the cues say of each item."""

    text: str
    items: list[Item]
    owner: list[Unit | None] = field(init=False)
    flags: list[int] = field(init=False)
    units: list[Unit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.owner = [None] * len(self.items)
        self.flags = [0] * len(self.items)

    def own(self, unit: Unit) -> None:
        """Adds a unit; an item keeps its first owner."""
        self.units.append(unit)
        for index in unit.members:
            if self.owner[index] is None:
                self.owner[index] = unit


def items_of(text: str, trie: Node[Entry]) -> list[Item]:
    """The items of a text, in order, without overlap; the longest phrase that starts at a token wins."""
    cut = tokens(text)
    items: list[Item] = []
    position, count = 0, len(cut)
    while position < count:
        token, start, end = cut[position]
        entry, after = _longest(trie, cut, position)
        if entry is None:
            entry = _NUMBER if token[0].isdigit() else _UNKNOWN
            after = position + 1
        else:
            end = cut[after - 1][2]
        items.append(Item(entry, token, start, end))
        position = after
    return items


def _longest(trie: Node[Entry], cut: list[tuple[str, int, int]], position: int) -> tuple[Entry | None, int]:
    node: Node[Entry] | None = trie
    best, after = None, position
    for index in range(position, len(cut)):
        token = cut[index][0]
        step = node.next.get(token) if node is not None else None
        if step is None and token[0].isdigit() and node is not None:
            step = node.next.get(NUMBER)
        if step is None:
            break
        node = step
        if node.meaning is not None:
            best, after = node.meaning, index + 1
    return best, after
