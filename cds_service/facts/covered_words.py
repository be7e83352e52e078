"""Which words of a text are understood: those that say nothing, those of a finding, what is denied or called normal."""

import re

from cds_service.facts.known_phrases import ENDS, LENGTHS, WORDS, Item, clauses, says_something, statements
from cds_service.facts.mentions import Kind, Meant, is_denied
from cds_service.facts.settled_mentions import out_of_place
from cds_service.facts.text_staging import is_staging
from cds_service.knowledge.record_words import Use


def cover(items: list[Item], mentioned: set[int], listed: frozenset[int], *, staged: bool) -> None:
    """Marks the items that are understood. `mentioned`: those inside a mention, which by now is harmless; `listed`:
    those in a list of what is absent.
    """
    negated = False
    named = 0
    for index, item in enumerate(items):
        if item.key in ENDS or item.use in (Use.TURN, Use.SETTLED):
            negated = item.use is Use.SETTLED and _denies_more(items, index)  # "no acute fracture or subluxation"
        elif item.use is Use.NEGATOR:
            negated = True
        elif item.key == ",":
            negated = negated and _list_goes_on(items, index)
        elif any(each.meant is Meant.AFFIRMED and each.kind in _FINDINGS for each in item.mentions):
            negated = False
        named = _NAMES if item.use is Use.TITLE else max(0, named - 1)
        item.covered = item.use is not Use.OPEN and (
            index in mentioned
            or _says_nothing(item, staged)
            or ((negated or index in listed) and item.use in (Use.ABSENT, Use.ALARMING))
            or (item.use is Use.TEST and (negated or _is_called_normal(items, index)))
            or (named > 0 and item.use is None)
            or (item.key == "not" and _took_negation(items, index))
        )
    for statement in statements(items):
        said = says_something(statement)
        for item in out_of_place(statement):
            item.covered = False
        for clause in clauses(statement):
            if not said or (_says_no_more(clause) and not says_something(clause)):
                for item in clause:
                    item.covered &= item.use is not Use.PLACE


_NAMES = 3
"""Tokens from a title on that may be somebody's name: "Dr. Jones"."""
_EARLY_STAGING = frozenset({"t", "n", "m"})
_TIMES = re.compile(r"x\d+[a-z]?|\d+x")
""" "x5y" """


def _denies_more(items: list[Item], index: int) -> bool:
    return items[index].key in _DENIALS and index + 1 < len(items) and items[index + 1].key in ("or", "nor")


_DENIALS = frozenset({"no", "without"})


def _says_no_more(clause: list[Item]) -> bool:
    """Whether a clause says of something only how long it is ("liver 14 mm, simple cyst"), or that it is as it was
    ("lungs clear, ribs as before"): what is said beside it is not said of that.
    """
    return bool(clause) and (clause[-1].key in _AS_IT_WAS or any(item.key in LENGTHS for item in clause))


_AS_IT_WAS = frozenset({"before", "unchanged", "stable", "same", "previously", "prior", "compared"})


def _is_called_normal(items: list[Item], index: int) -> bool:
    """Whether the result of a test is said to be normal: "normal ferritin", "HBV, HCV and HIV negative"; not "ferritin
    2400, saturation normal"."""
    if index and items[index - 1].use is Use.NORMAL:
        return True
    valued = apart = False
    for item in items[index + 1 : index + _REACH]:
        if item.use is Use.NORMAL or (item.use is Use.SETTLED and item.key in _CALLS_NORMAL):
            return True
        if item.key in ENDS or item.key in _IS_THERE or item.use in (Use.OPEN, Use.TURN):
            return False
        if valued and (item.use is Use.TEST or (apart and item.key not in _OF_ALL)):
            return False
        valued = valued or item.key[0].isdecimal()
        apart = apart or (valued and item.key == ",")
    return False


_IS_THERE = frozenset({"detected", "present", "seen", "identified", "found", "isolated"})
_OF_ALL = frozenset({",", "-", "all", "both", "results", "values", "are", "is", "which", "range"})
"""What stands between a value, the comma behind it, and what calls it normal."""
_REACH = 30
"""So many items behind the name of a test may stand what its result is."""
_CALLS_NORMAL = frozenset({"not", "in", "within", "negative", "normal"})
_FINDINGS = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.IMAGING_FINDING, Kind.LABORATORY, Kind.METASTASIS})
_ITEMS_OF_LISTS = frozenset({Use.ABSENT, Use.ALARMING, Use.NEGATOR})


def _list_goes_on(items: list[Item], comma: int) -> bool:
    """Whether a negated list goes on behind a comma: "no effusion, mass or collapse", "no mass, free fluid", and where
    the reader takes the next item for denied: "negative for chills, chest pain, bruising"."""
    follows = items[comma + 1 : comma + 2]
    if not follows:
        return False
    denied = bool(follows[0].mentions) and all(is_denied(each) for each in follows[0].mentions)
    return denied or follows[0].use in _ITEMS_OF_LISTS or follows[0].key in ("or", "and")


def _says_nothing(item: Item, staged: bool) -> bool:
    if item.use in (*WORDS, Use.SETTLED, Use.NEGATOR, Use.TURN, Use.TITLE, Use.KNOWN):
        return True
    if item.key == "?":
        return False
    if not item.key[0].isalpha() or len(item.key) == 1 or _TIMES.fullmatch(item.key):
        return True
    return is_staging(item.key) and (staged or _early(item.key))


def _early(key: str) -> bool:
    """Of a category, whether no early cancer lacks it: T0 to T2, N0, M0, and what could not be assessed."""
    bare = key.lstrip("cpya")
    return bare[:1] in _EARLY_STAGING and bare[1:2] in "012xi" and not (bare[0] != "t" and bare[1:2] not in "0x")


def _took_negation(items: list[Item], index: int) -> bool:
    """ "Effusion not seen", "effusion is not present": whether a "not" is that of the finding right before it."""
    at = index - 1
    if at > 0 and items[at].key in _COPULAS:
        at -= 1
    said = items[at].mentions if at >= 0 else ()
    # "mammogram normal, MRI not" denies no MRI
    return any(
        each.meant is Meant.NEGATED and each.end == items[at].end and each.kind is not Kind.MODALITY for each in said
    )


_COPULAS = frozenset({"is", "are", "was", "were"})
