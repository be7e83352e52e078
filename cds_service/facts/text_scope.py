"""How each item is meant: negation, uncertainty, history and family, and how far each of them reaches.

After ConText (Harkema et al., J Biomed Inform 2009), with one rule added: where a list could also be a negated finding
followed by a present one ("no cough, back pain"), it is not read as negated. Sets flags; `facts.text` weighs them.
"""

from cds_service.facts.mentions import Meant
from cds_service.facts.text_items import Item, Parse, Unit
from cds_service.facts.text_walk import NEGATING, Segment, Walk
from cds_service.knowledge.findings import Effect, Role

NEGATED, UNCERTAIN, PAST, HISTORY, FAMILY, AFFIRMED, ASKED, RULED, UNSURE, LISTED = (1 << bit for bit in range(10))
"""What a cue says of an item. ASKED: to be looked for. RULED: to be ruled out. UNSURE: perhaps negated.
LISTED: not the first item of a list."""


_SURE_LIST = 3
"""A negated list longer than this may hold "persistent cough" or "new lumps" and is still one list."""
_BACK = 4

_FORWARD = {
    Effect.UNCERTAIN: UNCERTAIN,
    Effect.SUGGESTS: UNCERTAIN,
    Effect.RULES_OUT: ASKED | RULED,
    Effect.EVALUATES: ASKED,
    Effect.HISTORY: HISTORY,
    Effect.PAST: PAST | HISTORY,
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


def scope(parse: Parse) -> None:
    """Sets the flags of all items."""
    items = parse.items
    for index in parse.roles[Role.CUE]:
        effect = items[index].entry.effect
        if effect in NEGATING:
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
    segments, _ = Walk(parse, index).segments()
    for number, segment in enumerate(segments):
        _mark(parse, segment.members, flag | (LISTED if number else 0))
    return bool(segments)


def _except(parse: Parse, index: int) -> None:
    """ "asymptomatic until last week": takes back what is negative by itself."""
    unit = _unit_before(parse, index)
    if unit is not None and any(part.meant is Meant.NEGATED for part in unit.parts):
        _mark(parse, unit.members, UNSURE)


def _negate(parse: Parse, index: int, *, strong: bool) -> None:
    segments, excepted = Walk(parse, index, strong=strong).segments()
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
        segments, _ = Walk(parse, index).segments()
        for segment in segments[:1]:
            _mark(parse, segment.members, UNCERTAIN)
        return
    target = _unit_before(parse, index)
    answered = target is not None and follows and parse.flags[target.members[0]] & NEGATED  # "bone pain? no"
    if target is not None and not answered:
        _mark(parse, target.members, UNCERTAIN)
