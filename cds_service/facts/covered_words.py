"""Which words of a text are understood: those that say nothing, those of a finding, what is denied or called normal."""

import re
from itertools import takewhile

from cds_service.facts.known_phrases import ENDS, LENGTHS, TREATMENT, WORDS, Item, clauses, says_something, statements
from cds_service.facts.mentions import Kind, Meant, Mention, is_denied
from cds_service.facts.settled_mentions import THERE, out_of_place
from cds_service.facts.text_staging import is_staging
from cds_service.knowledge.record_words import Use


def cover(items: list[Item], mentioned: set[int], listed: frozenset[int], *, staged: bool) -> None:
    """Marks the items that are understood. `mentioned`: those inside a mention, which by now is harmless; `listed`:
    those in a list of what is absent.
    """
    names = {at for index, item in enumerate(items) if item.use is Use.TITLE for at in range(index + 1, index + _NAMES)}
    negated = False
    just_said: list[Mention] = []
    for index, item in enumerate(items):
        if item.key in ENDS or item.use in (Use.TURN, Use.SETTLED):
            negated = item.use is Use.SETTLED and _denies_more(items, index)  # "no acute fracture or subluxation"
        elif item.use is Use.NEGATOR:
            negated = True
        elif item.key == ",":
            negated = negated and _list_goes_on(items, index)
        elif any(each.meant is Meant.AFFIRMED and each.kind in _FINDINGS for each in item.mentions):
            negated = False
        item.covered = item.use is not Use.OPEN and (
            index in mentioned
            or _says_nothing(item, staged)
            or ((negated or index in listed) and item.use in (Use.ABSENT, Use.ALARMING))
            or (item.use is Use.TEST and (negated or _is_called_normal(items, index)))
            or (index in names and item.use is None)
            or (item.key == "not" and any(map(_takes_negation, just_said)))
        )
        if item.key not in _COPULAS:
            just_said = item.mentions
    for statement in statements(items):
        said = says_something(statement)
        for item in out_of_place(statement):
            item.covered = False
        for clause in clauses(statement):
            if not said or ((_says_no_more(clause) or _is_treated(clause)) and not says_something(clause)):
                for item in clause:
                    item.covered &= item.use is not Use.PLACE


_NAMES = 3
"""Tokens from a title on that may be somebody's name: "Dr. Jones"."""
_EARLY_STAGING = re.compile(r"[cpya]*(?:t[012xi]|[nm][0x])")
"""Categories that an early cancer may have: T0 to T2, Tis, N0, M0, and what could not be assessed."""
_TIMES = re.compile(r"x\d+[a-z]?|\d+x")
""" "x5y" """


def _denies_more(items: list[Item], index: int) -> bool:
    return items[index].key in _DENIALS and [each.key for each in items[index + 1 : index + 2]] == ["or"]


_DENIALS = frozenset({"no", "without"})


def _says_no_more(clause: list[Item]) -> bool:
    """Whether a clause says of something only how long it is ("liver 14 mm, simple cyst"), or that it is as it was
    ("lungs clear, ribs as before"): what is said beside it is not said of that.
    """
    return bool(clause) and (clause[-1].key in _AS_IT_WAS or any(item.key in LENGTHS for item in clause))


def _is_treated(clause: list[Item]) -> bool:
    """Whether a clause says of a part of the body only that it was treated, nobody knows for what: "lungs clear, status
    post radiotherapy to the hip"."""
    return any(mention.kind in TREATMENT for item in clause for mention in item.mentions)


_AS_IT_WAS = frozenset({"before", "unchanged", "stable", "same", "previously", "prior", "compared"})


def _is_called_normal(items: list[Item], index: int) -> bool:
    """Whether the result of a test is said to be normal: "normal ferritin", "HBV, HCV and HIV negative"; not "ferritin
    2400, saturation normal"."""
    if index and items[index - 1].use is Use.NORMAL:
        return True
    valued = apart = False
    for item in items[index + 1 : index + _REACH]:
        numeric = item.key[0].isdecimal()
        if item.use is Use.NORMAL or (item.use is Use.SETTLED and item.key in _CALLS_NORMAL):
            return True
        if item.key in ENDS or item.key in _IS_THERE or item.use is Use.TURN:
            return False
        if valued and (item.use is Use.TEST or (apart and not numeric and item.key not in _OF_ALL)):
            return False
        valued = valued or numeric
        apart = apart or (valued and item.key == ",")
    return False


_IS_THERE = frozenset({"detected", "present", "seen", "identified", "found", "isolated"})
_OF_ALL = frozenset({",", "-", "all", "both", "results", "values", "are", "is", "which", "range"})
"""What stands between a value, the comma behind it, and what calls it normal."""
_REACH = 30
"""So many items behind the name of a test may stand what its result is."""
_CALLS_NORMAL = frozenset({"not", "in", "within", "negative", "normal"})
_FINDINGS = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.IMAGING_FINDING, Kind.LABORATORY, Kind.METASTASIS})


def _list_goes_on(items: list[Item], comma: int) -> bool:
    """Whether a negated list goes on behind a comma: "no effusion, mass or collapse", "no mass, free fluid", and where
    the reader takes the next item for denied: "negative for chills, chest pain, bruising"; not "no effusion, new
    tumour"."""
    there = [*takewhile(_is_there, items[comma + 1 : comma + _REACH])]
    follows = items[comma + 1 + len(there) : comma + 2 + len(there)]
    return any(
        any(map(is_denied, each.mentions))
        or (not there and (each.use in (Use.ABSENT, Use.ALARMING) or each.key in ("or", "and")))
        for each in follows
    )


def _is_there(item: Item) -> bool:
    return item.key in THERE


def _says_nothing(item: Item, staged: bool) -> bool:
    if item.use in (*WORDS, Use.SETTLED, Use.NEGATOR, Use.TURN, Use.TITLE, Use.KNOWN):
        return True
    if item.key != "?" and (not item.key[0].isalpha() or len(item.key) == 1 or _TIMES.fullmatch(item.key)):
        return True
    return is_staging(item.key) and (staged or _EARLY_STAGING.match(item.key) is not None)


def _takes_negation(mention: Mention) -> bool:
    """ "Effusion not seen", "effusion is not present": whether a "not" is that of the finding right before it."""
    # "mammogram normal, MRI not" denies no MRI
    return mention.meant is Meant.NEGATED and mention.kind is not Kind.MODALITY


_COPULAS = frozenset({"is", "are", "was", "were"})
