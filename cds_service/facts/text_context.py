"""What neighbouring words add to a unit: the phase of a therapy or operation, the modality that saw a node."""

from itertools import pairwise

from cds_service.facts.mentions import Kind
from cds_service.facts.text_items import Item, Parse, Part, Unit
from cds_service.knowledge.findings import Effect, Role

_REACH = 4
_SEEN_ON = frozenset({"on", "by", "at", "via", "in"})
_EVALUATES = frozenset({"eval", "evaluate", "evaluating", "assess", "assessing", "check", "checking", "evaluation"})
_STUDIES = frozenset({"mammography", "ultrasound", "mri", "ct", "pet"})
_SHOWS = frozenset(
    {"shows", "showed", "showing", "demonstrates", "demonstrated", "demonstrating", "with", "revealed", "reveals",
     "found", "reports", "reported", "noted", "detected", "confirms", "confirmed", "identified", ":"}
)  # fmt: skip
_SEEN = frozenset(
    {"seen", "visualized", "visible", "described", "suspected", "suggested", "questioned", "appreciated", "mentioned",
     "found", "noted", "identified", "detected", "demonstrated", "reported", "revealed", "confirmed"}
)  # fmt: skip
_EARLIER = frozenset(
    {"prior", "previous", "recent", "outside", "last", "earlier", "old", "osh", "initial", "yesterday"}
)


def add_context(parse: Parse) -> None:
    """Completes therapy, surgery and node units."""
    for unit in parse.units:
        for part in unit.parts:
            if part.kind is Kind.THERAPY:
                _therapy(parse, unit, part)
            elif part.kind is Kind.SURGERY:
                _surgery(parse, unit, part)
            elif part.kind is Kind.NODE:
                part.detail = part.detail or _modality(parse, unit)
            elif part.kind is Kind.METASTASIS:
                part.detail = part.detail or _known(parse, unit)
    _spread_plans(parse)


def _known(parse: Parse, unit: Unit) -> str | None:
    """What the words around say: that metastasis is "known", "new", "asked" about ("eval mets"), or has been "seen"."""
    index = unit.members[0]
    before = parse.items[index - 1] if index else None
    if before is not None and before.entry.effect is None and before.key in _EVALUATES:
        return "asked"
    for item in parse.items[max(0, index - 2) : index]:
        if item.key in ("known", "existing") or item.entry.effect is Effect.PERSISTS:
            return "known"
        if item.entry.effect is Effect.NEW:
            return "new"
    return "seen" if _was_seen(parse, unit.members[-1]) else None


def _was_seen(parse: Parse, index: int) -> bool:
    """ "r/o mets seen on MRI", "mets on prior CT": something was seen; "r/o mets on PET/CT" names the study to do."""
    earlier = False
    for at in range(index + 1, min(index + 2 + _REACH, len(parse.items))):
        item = parse.items[at]
        if item.role in (Role.BREAK, Role.JOIN):
            return False
        if item.key in _SEEN:
            return True
        earlier = earlier or item.key in _EARLIER
        unit = parse.owner[at]
        if earlier and unit is not None and any(part.kind is Kind.MODALITY for part in unit.parts):
            return True
    return False


def _therapy(parse: Parse, unit: Unit, part: Part) -> None:
    phase = _phase(parse, unit)
    if part.value == "neoadjuvant" and phase is not None:
        part.value = "neoadjuvant-planned" if phase == "before" else f"neoadjuvant-{phase}"
    elif part.value in ("chemotherapy", "anti-her2") and phase == "before":
        # what comes before chemotherapy, with imaging still to be done, is its planning
        part.detail, part.value = part.value, "neoadjuvant-planned"
    elif phase is not None:
        part.detail = "planned" if phase == "before" else phase


def _surgery(parse: Parse, unit: Unit, part: Part) -> None:
    if _phase(parse, unit) in ("planned", "before"):
        part.detail, part.value = part.value, "planned"


_LINKS = frozenset({"+", "/", "&", "and", "plus", "or", "vs", "versus", "then"})
_CHOICES = frozenset({"vs", "versus"})


def _spread_plans(parse: Parse) -> None:
    """Operations told in one breath are ahead together ("WLE + SLNB booked"), and so are choices ("WLE vs BCT")."""
    operations = [unit for unit in parse.units if any(part.kind is Kind.SURGERY for part in unit.parts)]
    pairs = [(one, other) for one, other in pairwise(operations) if _linked(parse, one, other) is not None]
    for one, other in (*pairs, *reversed(pairs)):
        if _linked(parse, one, other) or _is_planned(one) or _is_planned(other):
            _plan(parse, one)
            _plan(parse, other)


def _linked(parse: Parse, one: Unit, other: Unit) -> bool | None:
    """Whether two operations are a choice; None where they are not told in one breath."""
    between = [item.key for item in parse.items[one.members[-1] + 1 : other.members[0]]]
    if not between or len(between) > 2 or not _LINKS.issuperset(between):
        return None
    return not _CHOICES.isdisjoint(between)


def _is_planned(unit: Unit) -> bool:
    return any(part.kind is Kind.SURGERY and part.value == "planned" for part in unit.parts)


def _plan(parse: Parse, unit: Unit) -> None:
    for part in unit.parts:
        if part.kind is Kind.SURGERY and part.value != "planned" and _phase(parse, unit) != "completed":
            part.detail, part.value = part.value, "planned"


def _phase(parse: Parse, unit: Unit) -> str | None:
    """The phase that a word close in front says, else one close behind."""
    return _phase_on(parse, unit.members[0], -1) or _phase_on(parse, unit.members[-1], 1)


def _phase_on(parse: Parse, index: int, step: int) -> str | None:
    at, gap = index + step, 0
    while 0 <= at < len(parse.items) and gap <= _REACH and parse.owner[at] in (None, parse.owner[index]):
        item = parse.items[at]
        if item.entry.phase is not None and not (step > 0 and item.entry.phase == "before"):
            return item.entry.phase
        if item.role in (Role.BREAK, Role.JOIN):
            return None
        at += step
        gap += 1
    return None


def _modality(parse: Parse, unit: Unit) -> str | None:
    """The study on which a node was seen: "... seen on US", "MRI shows ..."."""
    return _seen_on(parse, unit.members[-1]) or _shown_by(parse, unit.members[0])


def _seen_on(parse: Parse, index: int) -> str | None:
    joined = False
    for at in range(index + 1, min(index + 2 + _REACH, len(parse.items))):
        item = parse.items[at]
        if item.role is Role.BREAK:
            return None
        joined = joined or item.key in _SEEN_ON
        study = _study(parse, at)
        if study is not None:
            return study if joined else None
    return None


def _shown_by(parse: Parse, index: int) -> str | None:
    shown = False
    for at in range(index - 1, max(index - 2 - 2 * _REACH, -1), -1):
        item: Item = parse.items[at]
        if item.role is Role.BREAK:
            return None
        shown = shown or item.key in _SHOWS
        study = _study(parse, at)
        if study is not None:
            return study if shown else None
    return None


def _study(parse: Parse, at: int) -> str | None:
    unit = parse.owner[at]
    for part in unit.parts if unit else ():
        if part.kind is Kind.MODALITY and part.value in _STUDIES:
            return part.value
    return None
