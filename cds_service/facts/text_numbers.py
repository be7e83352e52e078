"""Numbers that nothing explains: the second value of a measure ("Wt 71, now 62"), a number of nobody knows what.

Sizes, stages, receptors, dates, ages, counts and the first value of a measure are explained; what a series of values
means is left to the clinician.
"""

from cds_service.facts.text_items import Item, Parse
from cds_service.knowledge.findings import Role

_MEASURE = "measure"
"""`id` of the words that name one: weight, height, clearance."""
_REACH = 30
"""How many items behind a measure its values are looked for."""
_STABLE = frozenset({"stable", "steady", "unchanged", "static", "constant"})
_UNITS_OF_TIME = frozenset(
    {"y", "yo", "yr", "yrs", "year", "years", "month", "months", "mo", "mos", "mth", "mths", "week", "weeks", "wk",
     "wks", "day", "days", "d", "h", "hr", "hrs", "hour", "hours", "monthly", "weekly", "yearly"}
)  # fmt: skip
_MONTHS = frozenset(
    {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
     "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)  # fmt: skip


def unexplained_numbers(parse: Parse) -> list[int]:
    """The items of numbers, and of measures, that nothing explains."""
    numbers = parse.roles.get(Role.NUMBER)
    if numbers is None:
        return []
    bare = [index for index in numbers if _is_bare(parse, index)]
    if len(numbers) == 1:
        return bare
    words = (*parse.roles.get(Role.WORD, ()), *parse.roles.get(Role.INNER, ()))
    measures = [index for index in words if parse.items[index].entry.id == _MEASURE]
    return [index for index in measures if _changes(parse, index)] + bare


def _changes(parse: Parse, index: int) -> bool:
    """Whether a measure has more than one value up to the end of its statement, and is not said to be stable."""
    values: set[float] = set()
    for at in range(index + 1, min(len(parse.items), index + _REACH)):
        item = parse.items[at]
        if item.entry.id == _MEASURE or item.role is Role.TEST or item.key in ".;\n\r" or item.key in _STABLE:
            break
        if item.role is Role.NUMBER and parse.owner[at] is None and not _is_dated_or_coded(parse, at):
            values.add(float(item.key))
    return len(values) > 1


def _is_dated_or_coded(parse: Parse, index: int) -> bool:
    return _is_date(parse.items, index) or _is_part_of_a_code(parse, index)


def _is_date(items: list[Item], at: int) -> bool:
    """Whether a number is of a date, an age or a span of time: 2019, 3/12, 14 June, 6 weeks."""
    value = items[at].key
    before = items[at - 1].key if at else ""
    after = items[at + 1].key if at + 1 < len(items) else ""
    if len(value) == 4 and value.isdecimal() and value[:2] in ("19", "20"):
        return True
    if after in _UNITS_OF_TIME or (float(value) <= 31 and (before in _MONTHS or after in _MONTHS)):
        return True
    # "3/12", "10:00"
    return (after in ("/", ":") and _is_number(items, at + 2)) or (before in ("/", ":") and _is_number(items, at - 2))


def _is_number(items: list[Item], at: int) -> bool:
    return 0 <= at < len(items) and items[at].role is Role.NUMBER


def _is_bare(parse: Parse, index: int) -> bool:
    """Whether a number stands alone: no word before or behind it says what it counts or measures."""
    return parse.owner[index] is None and not (
        _explained_before(parse, index) or _says_what(parse, index + 1) or _is_dated_or_coded(parse, index)
    )


def _is_part_of_a_code(parse: Parse, index: int) -> bool:
    """ "C50.412", "555-1234", 5'4."""
    before = parse.text[max(0, parse.items[index].start - 4) : parse.items[index].start]
    return len(before) > 1 and (
        (before[-1] in ".'" and before[-2].isalnum()) or (before[-1] == "-" and before[:3].isdecimal())
    )


def _explained_before(parse: Parse, index: int) -> bool:
    at = index - 1
    if at >= 0 and parse.items[at].key in _TWO_MEANINGS and float(parse.items[index].key) >= _NO_CATEGORY:
        return False
    while at >= 0 and parse.items[at].key in _SIGNS:  # "GFR > 60"
        at -= 1
    return _says_what(parse, at)


def _says_what(parse: Parse, at: int) -> bool:
    if not 0 <= at < len(parse.items):
        return False
    item = parse.items[at]
    return parse.owner[at] is not None or (item.role in _EXPLAIN and item.key not in _SAY_NOTHING)


_TWO_MEANINGS = frozenset({"t", "hr", "p", "rr"})
"""T is a category and a temperature, HR a receptor and the heart rate."""
_NO_CATEGORY = 30
_EXPLAIN = frozenset({Role.WORD, Role.INNER, Role.TEST, Role.NODE, Role.SITE})
_SIGNS = frozenset("-<>=~+():")
_SAY_NOTHING = frozenset({*_SIGNS, "is", "was", "were", "are", "been", "a", "the", "only", "just", "still"})
"""What may stand before a number without saying what it is."""
