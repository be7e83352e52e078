"""Walks from a cue to the end of its scope, and cuts what it passes into the items of a list."""

from dataclasses import dataclass, field

from cds_service.facts.mentions import Kind
from cds_service.facts.text_items import Item, Parse, Unit
from cds_service.knowledge.findings import Effect, Role

_BEFORE_FIRST = 7
"""How many words without meaning may stand between a cue and the first item it governs."""
_LONGEST = 60
"""How many items a scope may have, so that the cost of a text is bounded."""
_BACKWARD = frozenset(
    {Effect.NEGATES_BEFORE, Effect.UNCERTAIN_BEFORE, Effect.PAST_BEFORE, Effect.FAMILY_BEFORE, Effect.AFFIRMS_BEFORE}
)
NEGATING = frozenset({Effect.NEGATES, Effect.NEGATES_LIST})
_TRANSPARENT = frozenset({Effect.SUGGESTS, Effect.SHOWS})
_ADJECTIVES = frozenset({Effect.NEW, Effect.PERSISTS})
_AUXILIARIES = frozenset(
    {"have", "has", "had", "having", "show", "shows", "showed", "reveal", "reveals", "demonstrate", "demonstrates",
     "suggest", "experience", "ever", "even", "really", "presence", "does", "do", "did", "she", "he", "they", "there"}
)  # fmt: skip
"""Words that may stand between a negation and what it negates."""
_FINDINGS = frozenset(
    {
        Kind.SYMPTOM,
        Kind.SIGN,
        Kind.LABORATORY,
        Kind.IMAGING_FINDING,
        Kind.METASTASIS,
        Kind.LOCAL_SYMPTOM,
        Kind.NODE,
        Kind.RECURRENCE,
        Kind.OTHER_REASON,
        Kind.TUMOR_MARKER,
    }
)
_PATIENT = frozenset({"she", "he", "pt", "patient"})
_RETURNS = frozenset({"came", "come", "comes", "coming", "spread", "went", "gone"})
_TREATMENTS = frozenset({Kind.THERAPY, Kind.SURGERY})
_OPEN_LINES = frozenset({"of", "for", "any", "or", "and", "the", "with"})
"""After one of these a line break is only a wrapped line."""


@dataclass(slots=True)
class Segment:
    """One item of a list: the sign before it, its item numbers, and what makes it doubtful.

    `between`: words stand between the cue and the item that may be what the cue is about.
    """

    join: str = ""
    members: list[int] = field(default_factory=list)
    persists: bool = False
    unknown: bool = False
    between: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether words in it could make it a statement of its own."""
        return self.persists or self.unknown


class Walk:
    """Walks from a cue to the end of its scope and cuts what it passes into the items of a list."""

    def __init__(self, parse: Parse, cue: int, *, strong: bool = False) -> None:
        self.parse = parse
        self.cue = cue
        self.strong = strong
        self.negates = parse.items[cue].entry.effect in NEGATING
        self.found: list[Segment] = []
        self.now = Segment()
        self.unit: Unit | None = None
        self.linked = False
        self.words = 0

    def segments(self) -> tuple[list[Segment], bool]:
        """The items of the list, and whether an exception follows ("no pain except ...")."""
        items = self.parse.items
        excepted = False
        for index in range(self.cue + 1, min(len(items), self.cue + _LONGEST)):
            item = items[index]
            if item.entry.effect is Effect.EXCEPTS:
                excepted = True
                break
            if not self._step(index, item):
                break
        if self.now.members:
            self.found.append(self.now)
        return self.found, excepted

    def _step(self, index: int, item: Item) -> bool:
        """Takes one item; False where the scope ends."""
        unit = self.parse.owner[index]
        role = item.role
        if unit is not None:
            if unit is not self.unit and self._started and item.entry.effect in NEGATING:
                return False  # "r/o mets, no s/s of ...": a mention of its own, and the next list
            return self._unit(unit)
        if self.unit is not None and index < self.unit.members[-1]:
            return True  # a word inside the expression
        if role is Role.CUE:
            return self._cue(item)
        if role is Role.JOIN:
            return self._join(index, item)
        if role is Role.BREAK:
            return self._line_goes_on(index)
        if role is Role.UNKNOWN:
            return self._unknown(index)
        if role is Role.LINK:
            self.linked = bool(self.now.members)
            return self._filler()
        if role is Role.INNER and item.entry.id in (":", "(", ")", "-"):
            return self._sign(index, item)
        if item.key in _PATIENT and self.parse.items[self.cue].entry.effect is Effect.FAMILY:
            return False  # "like her friend she has mets"
        if self._whose_spread(index):
            self.linked = True
            return True
        if role in (Role.WORD, Role.NUMBER):
            return self._foreign() if self._started else self._word(item)
        return self._filler()

    def _whose_spread(self, index: int) -> bool:
        """ "Father had prostate ca with spinal mets": metastasis joined to a relative's cancer is the relative's."""
        items, owner = self.parse.items, self.parse.owner
        if items[self.cue].entry.effect is not Effect.FAMILY or items[index].entry.id != "with":
            return False
        before, after = owner[index - 1], owner[index + 1] if index + 1 < len(items) else None
        after = after or (owner[index + 2] if index + 2 < len(items) else None)
        return before is not None and before is self.unit and after is not None and _of(after, Kind.METASTASIS)

    def _whose_return(self, unit: Unit) -> bool:
        """ "Her friend's cancer came back in the bones": the same, without a word between."""
        items = self.parse.items
        of_others = items[self.cue].entry.effect is Effect.FAMILY
        return of_others and items[unit.members[0]].key in _RETURNS and _of(unit, Kind.METASTASIS)

    def _word(self, item: Item) -> bool:
        """A word in front of the first item."""
        self.now.between = self.now.between or item.key not in _AUXILIARIES
        return self._filler()

    @property
    def _started(self) -> bool:
        return bool(self.found or self.now.members)

    def _unit(self, unit: Unit) -> bool:
        if unit is self.unit:
            return True
        if self._started and (unit.staging or self._other_matter(unit)):
            return False
        if self.now.members and not (self.linked or self._whose_return(unit)):
            self.found.append(self.now)
            self.now = Segment()
        self.unit, self.linked = unit, False
        self.now.members += [member for member in unit.members if member > self.cue]
        return True

    def _other_matter(self, unit: Unit) -> bool:
        """Whether a negated list of findings ends before this unit: "no pain, staging", "no pain, cough, IDC"."""
        if not self.negates or self.now.join not in ("", "comma") or self.linked:
            return False
        first = self.parse.owner[(self.found[0] if self.found else self.now).members[0]]
        return first is not None and _of_findings(first) and not _of_findings(unit)

    def _cue(self, item: Item) -> bool:
        effect = item.entry.effect
        if effect in _TRANSPARENT and (self.now.members or not self.found):
            self.linked = bool(self.now.members)
            return True
        if effect in _ADJECTIVES:
            return self._adjective(effect)
        # "no history of", "denies any previous": cues in a row add up; a later one begins its own scope.
        return not self._started and effect not in _BACKWARD

    def _adjective(self, effect: Effect | None) -> bool:
        if not self._started or (self.now.join == "or" and not self.now.members):
            return True
        if self.now.members:
            return self._foreign()
        self.now.persists = True
        return effect is Effect.PERSISTS or self.strong

    def _join(self, index: int, item: Item) -> bool:
        name = item.entry.id
        if self.now.unknown and not self.now.members:
            self.now.members.append(index - 1)  # "no galactorrhea, ...": an unknown word is an item of the list, too
        if self.now.members:
            self.found.append(self.now)
            self.now = Segment(join=name)
            self.unit, self.linked = None, False
            return True
        if self.found:  # ", or"
            self.now.join = "or" if "or" in (name, self.now.join) else name
            return True
        listed_before = self.parse.items[index - 1].role in (Role.SITE, Role.INNER)
        return name in ("or", "and", "slash") or (listed_before and index - 1 != self.cue)

    def _unknown(self, index: int) -> bool:
        if self.now.members:
            return self._foreign()
        self.now.unknown = True
        self.now.between = not self.found
        return self._filler()

    def _sign(self, index: int, item: Item) -> bool:
        if item.entry.id == "(" and self.now.members and not self.found:
            # "no symptoms (bone pain, cough)": the bracket says which
            self.linked = any(part.value == "any" for part in self.unit.parts) if self.unit else False
            return self.linked
        if item.entry.id == ":":
            return self.strong and index == self.cue + 1
        return not self._started

    def _line_goes_on(self, index: int) -> bool:
        before = self.parse.items[index - 1]
        last_word = self.parse.text[before.start : before.end].strip().rpartition(" ")[2].lower()
        return self.parse.items[index].key in "\r\n" and last_word in _OPEN_LINES

    def _filler(self) -> bool:
        self.words += not self._started
        return self.words <= _BEFORE_FIRST

    def _foreign(self) -> bool:
        """A word that cannot stand in a list: what it belongs to is a statement of its own, unless "or" binds it."""
        if self.found and self.now.join != "or" and not self._treatment_dated():
            self.now.members.clear()
        return False

    def _treatment_dated(self) -> bool:
        """ "s/p mastectomy and chemo 2018": the year does not make the last treatment a statement of its own."""
        return not self.negates and self.unit is not None and all(part.kind in _TREATMENTS for part in self.unit.parts)


def _of_findings(unit: Unit) -> bool:
    return any(part.kind in _FINDINGS for part in unit.parts)


def _of(unit: Unit, kind: Kind) -> bool:
    return any(part.kind is kind for part in unit.parts)
