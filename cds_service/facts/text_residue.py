"""What nobody explains in a text: unknown words, parts of the body of which nothing is said, words that govern nothing.

A text with such a residue is never taken for understood. Numbers are in `text_numbers`.
"""

import re

from cds_service.facts.mentions import Kind, Span
from cds_service.facts.text_items import Item, Parse, Unit
from cds_service.facts.text_numbers import unexplained_numbers
from cds_service.facts.text_scope import NEGATED, UNSURE
from cds_service.knowledge.findings import Effect, Role

_LOCAL_SITES = frozenset({"breast", "nipple", "axilla", "chest-wall"})
_TITLES = frozenset({"dr", "doctor", "drs", "mr", "mrs", "miss", "md", "prof", "professor"})
_OF_THE_TRUNK = frozenset({"chest", "abdomen", "pelvis", "neck"})
"""Sites whose names beside a study say no more than which study it is."""
_STUDY_WORDS = frozenset({"scan", "scans", "imaging"})
_NEGATES = frozenset({Effect.NEGATES, Effect.NEGATES_LIST})
_NEEDS_SOMETHING = frozenset({Effect.AFFIRMS_BEFORE, Effect.PERSISTS, Effect.UNCERTAIN})
_OF_THE_ORDER = frozenset({Kind.FOLLOW_UP, Kind.STAGING, Kind.ASKS, Kind.MODALITY, Kind.NON_INDICATION})
_IN_LISTS_OF_SITES = frozenset({Role.SITE, Role.SIDE, Role.JOIN, Role.INNER, Role.NODE})
_REACH = 6
"""How many items a cue may stand away from what it governs, and a site from the "normal" behind it."""


def residue(parse: Parse) -> tuple[Span, ...]:
    """The spans of what nothing explains, in order."""
    items = parse.items
    pointing = (*_pointing(parse), *_elsewhere(parse))
    found = {*_unknown(parse), *_unsaid(parse), *_idle(parse), *pointing, *unexplained_numbers(parse)}
    return tuple((items[index].start, items[index].end) for index in sorted(found))


# --- words --------------------------------------------------------------------------------------------------------
def _unknown(parse: Parse) -> list[int]:
    items, owner = parse.items, parse.owner
    found = [index for index in parse.roles.get(Role.UNKNOWN, ()) if owner[index] is None and len(items[index].key) > 1]
    if _TITLES.isdisjoint(parse.words):
        return found
    return [index for index in found if not _names_somebody(parse, index)]


def _names_somebody(parse: Parse, index: int) -> bool:
    """Whether an unknown word is a name behind a title: "Dr. Jones", "Dr A. Jones"."""
    return index > 0 and any(item.key in _TITLES for item in parse.items[max(0, index - 3) : index])


# --- parts of the body ------------------------------------------------------------------------------------------------
def _unsaid(parse: Parse) -> list[int]:
    """Parts of the body that stand by themselves: not in the name of a study, and not said to be normal."""
    items, owner = parse.items, parse.owner
    sites = [
        index
        for index in parse.roles.get(Role.SITE, ())
        if owner[index] is None and items[index].entry.id not in _LOCAL_SITES and not _shares_cancer(parse, index)
    ]
    if not sites:
        return []
    named = _in_names_of_studies(parse)
    return [index for index in sites if index not in named and not _is_normal(parse, index)]


def _shares_cancer(parse: Parse, index: int) -> bool:
    """Whether a site shares the cancer of the next one: "ovarian and pancreatic cancer"."""
    if index + 2 >= len(parse.items) or parse.items[index + 1].role is not Role.JOIN:
        return False
    unit = parse.owner[index + 2]
    return unit is not None and any(part.kind is Kind.OTHER_MALIGNANCY for part in unit.parts)


def _in_names_of_studies(parse: Parse) -> set[int]:
    """The sites in the name of a study: "CT chest, abdomen and pelvis", "brain MRI"; not "CT, hip"."""
    found: set[int] = set()
    for index, item in enumerate(parse.items):
        if item.key in _STUDY_WORDS or _is_study(parse.owner[index]):
            for step in (-1, 1):
                found.update(_sites_beside(parse, index, step))
    return {index for index in found if parse.items[index].entry.id in _OF_THE_TRUNK}


def _is_study(unit: Unit | None) -> bool:
    return unit is not None and any(part.kind is Kind.MODALITY and part.value != "biopsy" for part in unit.parts)


def _sites_beside(parse: Parse, index: int, step: int) -> list[int]:
    found: list[int] = []
    joined = None
    at = index + step
    while 0 <= at < len(parse.items) and abs(at - index) <= 2 * _REACH:
        item = parse.items[at]
        if item.role is Role.SITE:
            found.append(at)
            joined = None
        elif item.role is Role.JOIN and found:
            joined = at
        elif not _inside_name(item, first=not found):
            break
        at += step
    # "CT chest? ", "PET: lungs?": what is asked of an organ is no name of a study
    asked = 0 <= at < len(parse.items) and parse.items[at].key == "?" and joined is None and step > 0
    return found[:-1] if asked else found


def _inside_name(item: Item, *, first: bool) -> bool:
    """Words inside the name of a study: "CT with contrast of the chest", "(chest)", "skull to thigh"."""
    if item.role is Role.SIDE or item.entry.id in ("at", "(", ")", "-") or item.key in _STUDY_WORDS:
        return True
    return item.key in ("with", "without", "w", "wo", "contrast", "base", "mid") or (item.key == "the" and first)


def _is_normal(parse: Parse, index: int) -> bool:
    """Whether a site is said to be normal, alone or in a list: "chest clear", "liver, spleen and bones normal."."""
    items = parse.items
    for at in range(index + 1, min(len(items), index + 1 + 2 * _REACH)):
        item = items[at]
        if item.entry.state == "normal":
            return not parse.flags[at] & NEGATED and _says_no_more(parse, at)
        if item.role not in _IN_LISTS_OF_SITES and not _is_study(parse.owner[at]):
            return False
    return False


def _says_no_more(parse: Parse, index: int) -> bool:
    """Whether a statement ends here, or with the study that showed it."""
    items = parse.items
    if index + 1 >= len(items) or items[index + 1].role in (Role.BREAK, Role.JOIN):
        return True
    return index + 2 < len(items) and items[index + 1].key in ("on", "at") and _is_study(parse.owner[index + 2])


# --- words that govern nothing ----------------------------------------------------------------------------------------
def _idle(parse: Parse) -> list[int]:
    """Cues with nothing to govern: what "not so good" or "it is worse" is about, no phrase knows."""
    return [index for index in parse.roles.get(Role.CUE, ()) if parse.owner[index] is None and _is_idle(parse, index)]


def _is_idle(parse: Parse, index: int) -> bool:
    item = parse.items[index]
    effect = item.entry.effect
    if effect in _NEGATES:
        complete = effect is Effect.NEGATES_LIST and _is_phrase(item) and _ends(parse, index)  # "no c/o"
        return not (complete or _governs(parse, index, 1) or _governs(parse, index, -1))
    if effect in _NEEDS_SOMETHING and "risk" not in parse.text[item.start : item.end].lower():  # of the cancer itself
        return not (_beside_a_unit(parse, index, -1) or _beside_a_unit(parse, index, 1))
    return False


def _is_phrase(item: Item) -> bool:
    return item.end - item.start > len(item.key)


def _ends(parse: Parse, index: int) -> bool:
    return index + 1 >= len(parse.items) or parse.items[index + 1].role is Role.BREAK


def _governs(parse: Parse, index: int, step: int) -> bool:
    """Whether something in the same statement is negated; "no FH" says enough."""
    at = index + step
    while 0 <= at < len(parse.items) and abs(at - index) <= 2 * _REACH:
        item = parse.items[at]
        if parse.flags[at] & (NEGATED | UNSURE) or (step > 0 and item.entry.effect is Effect.FAMILY):
            return True
        if item.role is Role.BREAK and item.key != "?":
            return False
        at += step
    return False


def _beside_a_unit(parse: Parse, index: int, step: int) -> bool:
    """Whether a cue stands by something it may be said of: "cough, worse", and not "surveillance, worse"."""
    at = index + step
    over_comma = False
    while 0 <= at < len(parse.items) and abs(at - index) <= _REACH and parse.items[at].role is not Role.BREAK:
        unit = parse.owner[at]
        if unit is not None and not (over_comma and all(part.kind in _OF_THE_ORDER for part in unit.parts)):
            return True
        if parse.items[at].role in (Role.TEST, Role.NODE):
            return True
        over_comma = over_comma or parse.items[at].entry.id == "comma"
        at += step
    return False


# --- statements of nothing but small words ----------------------------------------------------------------------------
_POINTS = frozenset(
    {"it", "its", "that", "there", "one", "ones", "two", "more", "what", "this", "those", "these", "same", "she", "he",
     "they"}
)  # fmt: skip
"""Words that stand for something else: what it is, the statement does not say."""
_TELLS = frozenset({Role.NODE, Role.TEST})


def _pointing(parse: Parse) -> list[int]:
    """The pointing words of statements that say nothing else: "it is there again", "more than one"."""
    if _POINTS.isdisjoint(parse.words):
        return []
    found: list[int] = []
    pointing: list[int] = []
    says_something = False
    for index, item in enumerate(parse.items):
        if item.role is Role.BREAK or item.entry.id == "comma":
            found += [] if says_something else pointing
            pointing, says_something = [], False
        elif parse.owner[index] is not None or item.role in _TELLS or (item.role is Role.WORD and _is_phrase(item)):
            says_something = True
        elif item.key in _POINTS and item.end - item.start == len(item.key):
            pointing.append(index)
    return found + ([] if says_something else pointing)


# --- texts that are not there -----------------------------------------------------------------------------------------
_ELSEWHERE = re.compile(
    r"\b(?:see|refer(?: to)?|cf\.?|details? in)(?: [a-z]+){0,3}? (?:notes?|reports?|letters?|charts?"
    r"|attach(?:ed|ments?)|enclosed|comments?|history|hx|hpi|above|below|records?|documents?|documentation|epic|emr"
    r"|requisition|referral|discs?|cds?|media|tabs?|folders?)\b"
    r"|\bper (?:the )?(?:hospital |clinic |oncology |gp )?letters?\b",
    re.IGNORECASE,
)


def points_elsewhere(text: str) -> bool:
    """Whether a text points to another one, which is not here."""
    return _ELSEWHERE.search(text) is not None


def _elsewhere(parse: Parse) -> list[int]:
    """The words that point to a text which is not here: "Staging. See report." """
    spans = [found.span() for found in _ELSEWHERE.finditer(parse.text)]
    if not spans:
        return []
    return [i for i, item in enumerate(parse.items) if any(start <= item.start < end for start, end in spans)]
