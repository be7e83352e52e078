"""How each item is meant: negation, uncertainty, history and family, and how far each of them reaches.

After ConText (Harkema et al., J Biomed Inform 2009), with one rule added: where a list could also be a negated finding
followed by a present one ("no cough, back pain"), it is not read as negated. Sets flags; `facts.text` weighs them.
"""

from dataclasses import dataclass, field

from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.text_items import Item, Parse, Unit
from cds_service.knowledge.findings import Effect, Role

NEGATED, UNCERTAIN, PAST, HISTORY, FAMILY, AFFIRMED, ASKED, RULED, UNSURE, LISTED = (1 << bit for bit in range(10))
"""What a cue says of an item. ASKED: to be looked for. RULED: to be ruled out. UNSURE: perhaps negated.
LISTED: not the first item of a list."""

_SURE_LIST = 3
"""A negated list longer than this may hold "persistent cough" or "new lumps" and is still one list."""
_BEFORE_FIRST = 7
"""How many words without meaning may stand between a cue and the first item it governs."""
_LONGEST = 60
"""How many items a scope may have, so that the cost of a text is bounded."""
_BACK = 4

_FORWARD = {
    Effect.UNCERTAIN: UNCERTAIN,
    Effect.SUGGESTS: UNCERTAIN,
    Effect.RULES_OUT: ASKED | RULED,
    Effect.EVALUATES: ASKED,
    Effect.HISTORY: HISTORY,
    Effect.PAST: PAST,
    Effect.FAMILY: FAMILY,
    Effect.AFFIRMS: AFFIRMED,
}
_BACKWARD = {
    Effect.NEGATES_BEFORE: NEGATED,
    Effect.UNCERTAIN_BEFORE: UNCERTAIN,
    Effect.PAST_BEFORE: PAST,
    Effect.FAMILY_BEFORE: FAMILY,
    Effect.AFFIRMS_BEFORE: AFFIRMED,
}
_NEGATES = frozenset({Effect.NEGATES, Effect.NEGATES_LIST})
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


def scope(parse: Parse) -> None:
    """Sets the flags of all items."""
    items = parse.items
    for index in parse.roles[Role.CUE]:
        effect = items[index].entry.effect
        if effect in _NEGATES:
            _negate(parse, index, strong=effect is Effect.NEGATES_LIST)
        elif effect is Effect.NEGATES_NEXT:
            _next(parse, index)
        elif effect in _FORWARD:
            found = _forward(parse, index, _FORWARD[effect])
            if effect is Effect.UNCERTAIN and (not found or items[index].key in ("vs", "versus")):
                _backward(parse, index, UNCERTAIN)
        elif effect is Effect.EXCEPTS:
            _except(parse, index)
        elif effect in _BACKWARD and not _heads_its_finding(parse, index):
            _backward(parse, index, _BACKWARD[effect])
    for index in parse.roles[Role.BREAK]:
        if items[index].key == "?":
            _question_mark(parse, index)


def _forward(parse: Parse, index: int, flag: int) -> bool:
    """Marks what follows a cue; whether there was anything to mark."""
    segments, _ = _Walk(parse, index).segments()
    for number, segment in enumerate(segments):
        _mark(parse, segment.members, flag | (LISTED if number else 0))
    return bool(segments)


def _except(parse: Parse, index: int) -> None:
    """ "asymptomatic until last week": takes back what is negative by itself."""
    unit = _unit_before(parse, index)
    if unit is not None and any(part.meant is Meant.NEGATED for part in unit.parts):
        _mark(parse, unit.members, UNSURE)


def _negate(parse: Parse, index: int, *, strong: bool) -> None:
    segments, excepted = _Walk(parse, index, strong=strong).segments()
    item = parse.items[index]
    if not segments and item.end - item.start == len(item.key):  # "headache: no.", "cough denied"
        _backward(parse, index, NEGATED)
    for number, (segment, flag) in enumerate(zip(segments, _verdicts(segments, strong=strong), strict=True)):
        if not (number and _is_negative(parse, segment)):
            _mark(parse, segment.members, UNSURE if excepted and flag else flag)


def _is_negative(parse: Parse, segment: Segment) -> bool:
    """ "denies pain, feels well, LFTs wnl": what is negative by itself is a statement of its own behind a comma."""
    unit = parse.owner[segment.members[0]] if segment.members and segment.join != "or" else None
    return unit is not None and all(part.meant is Meant.NEGATED or part.detail == "normal" for part in unit.parts)


def _verdicts(segments: list[Segment], *, strong: bool) -> list[int]:
    """Which items of a list a negation reaches: negated, uncertain, or 0 for not at all.

    "no A, B or C", "no A/B", "denies A, B", "no A, B, C": all. "no A, B", "no A and B", "no A B": the first; the rest
    is uncertain. "no A or B, C": C is a statement of its own. A doubtful item ("no A, persistent B") ends a list,
    unless the list is long and closed by "or".
    """
    if not segments:
        return []
    rest = segments[1:]
    closing = max((number for number, segment in enumerate(rest, 1) if segment.join == "or"), default=0)
    closed = closing == len(rest)
    if rest and all(segment.join == "slash" for segment in rest):
        return [NEGATED] * len(segments)
    # "not sleeping from back pain", "no insurance back pain": what is negated may be the word between
    verdicts = [UNSURE if segments[0].between else NEGATED]
    listed = len(rest) > 1 and not any(segment.join == "" for segment in rest)
    for number, segment in enumerate(rest, 1):
        if segment.doubtful and segment.join != "or" and not ((closed or strong) and len(segments) > _SURE_LIST):
            break
        if number <= closing:
            verdicts.append(NEGATED)
        elif closing:
            verdicts.append(UNSURE if strong else 0)
        else:
            verdicts.append(NEGATED if strong or listed else UNSURE)
    return verdicts + [0] * (len(segments) - len(verdicts))


def _mark(parse: Parse, members: list[int], flag: int) -> None:
    for index in members:
        parse.flags[index] |= flag


def _heads_its_finding(parse: Parse, index: int) -> bool:
    """Marks the finding behind a "(-)" where such signs stand in front: "(-) cough (-) headache"."""
    items = parse.items
    if items[index].key != "(":
        return False
    signs = [at for at in parse.roles[Role.CUE] if items[at].key == "("]
    first = signs[0]
    in_front = first == 0 or parse.owner[first - 1] is None
    unit = parse.owner[index + 1] if index + 1 < len(items) else None
    if not in_front or unit is None:
        return False
    if items[index].entry.effect is Effect.NEGATES_BEFORE:
        _mark(parse, unit.members, NEGATED)
    return True


def _next(parse: Parse, index: int) -> None:
    """ "non-palpable": the word that follows and nothing else."""
    if index + 1 < len(parse.items):
        _mark(parse, [index + 1], NEGATED)


class _Walk:
    """Walks from a cue to the end of its scope and cuts what it passes into the items of a list."""

    def __init__(self, parse: Parse, cue: int, *, strong: bool = False) -> None:
        self.parse = parse
        self.cue = cue
        self.strong = strong
        self.negates = parse.items[cue].entry.effect in _NEGATES
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
            if unit is not self.unit and self._started and item.entry.effect in _NEGATES:
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
        if role in (Role.WORD, Role.NUMBER):
            return self._foreign() if self._started else self._word(item)
        return self._filler()

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
        if self.now.members and not self.linked:
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


# --- backward ------------------------------------------------------------------------------------------------------
def _backward(parse: Parse, index: int, flag: int) -> None:
    """Marks the unit right before a cue; a negation only where the statement ends with it ("headache: no.")."""
    if flag == NEGATED and not _ends(parse.items, index):
        return
    if flag == PAST and _comes_back(parse.items, index):
        return
    target = _unit_before(parse, index - 1 if flag == PAST and _closes_list(parse.items, index) else index)
    if target is not None:
        _mark(parse, [member for member in target.members if member < index], flag)


def _closes_list(items: list[Item], index: int) -> bool:
    """ "bone pain in 2015, resolved.": whether a cue stands behind a comma and ends its statement."""
    after = items[index + 1] if index + 1 < len(items) else None
    return index > 0 and items[index - 1].key == "," and (after is None or after.role is Role.BREAK)


def _unit_before(parse: Parse, index: int) -> Unit | None:
    for at in range(index - 1, max(-1, index - 2 - _BACK), -1):
        unit = parse.owner[at]
        if unit is not None:
            return unit
        if parse.items[at].key == "?" and at == index - 1:  # "bone pain? no"
            continue
        if parse.items[at].role not in (Role.INNER, Role.SITE, Role.SIDE, Role.WORD, Role.NUMBER):
            return None
    return None


def _ends(items: list[Item], index: int) -> bool:
    """Whether nothing but a sign, "or" or "and" follows."""
    for at in range(index + 1, len(items)):
        item = items[at]
        if item.role is Role.INNER and item.entry.id == ")":
            continue
        return item.role in (Role.BREAK, Role.JOIN)
    return True


def _comes_back(items: list[Item], index: int) -> bool:
    """ "cough resolved, now returned": whether the same sentence takes it back."""
    for item in items[index + 1 : index + 9]:
        if item.key == "now" or item.entry.effect in (Effect.AFFIRMS_BEFORE, Effect.NEW):
            return True
        if item.role is Role.BREAK and item.key != "but":
            return False
    return False


def _question_mark(parse: Parse, index: int) -> None:
    """ "mets?" asks about what stands before, "?mets" and "? mets" about what follows."""
    item = parse.items[index]
    attached = index > 0 and parse.items[index - 1].end == item.start
    follows = index + 1 < len(parse.items) and parse.items[index + 1].role is not Role.BREAK
    if not attached and follows:
        segments, _ = _Walk(parse, index).segments()
        for segment in segments[:1]:
            _mark(parse, segment.members, UNCERTAIN)
        return
    target = _unit_before(parse, index)
    answered = target is not None and follows and parse.flags[target.members[0]] & NEGATED  # "bone pain? no"
    if target is not None and not answered:
        _mark(parse, target.members, UNCERTAIN)
