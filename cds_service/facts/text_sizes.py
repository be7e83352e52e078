"""Tumour sizes written out in text, "2.1 x 1.4 cm mass"; not those of nodes, distances, or what is left of a tumour."""

from bisect import bisect_left

from cds_service.facts.mentions import Kind, StagingText
from cds_service.facts.text_items import Parse
from cds_service.knowledge.findings import Role

_UNITS = {"cm": 10.0, "centimeter": 10.0, "centimeters": 10.0, "mm": 1.0, "millimeter": 1.0, "millimeters": 1.0}
_AFTER_THERAPY = frozenset(
    {"residual", "decreased", "decrease", "shrunk", "reduced", "previously", "remaining", "now", "currently", "from"}
)
_DISTANCE = frozenset({"from", "fn", "deep", "margin", "margins", "depth", "apart", "clip"})
_DIMENSIONS = 3
_NEAR = 6
"""How many items away from a size what it belongs to may stand."""


def sizes(parse: Parse) -> list[tuple[int, StagingText]]:
    """Every size of a tumour, and the number of the item where it stands."""
    numbers = parse.roles.get(Role.NUMBER)
    if numbers is None or _UNITS.keys().isdisjoint(parse.words):
        return []
    after = [at for at, item in enumerate(parse.items) if item.key in _AFTER_THERAPY]
    return [(index, size) for index in numbers if (size := _size(parse, index, after)) is not None]


def _size(parse: Parse, index: int, after: list[int]) -> StagingText | None:
    """The largest dimension of a tumour; None for a node, a distance, a lesion elsewhere, or a size after therapy.

    `after`: the items that speak of it, in order.
    """
    items = parse.items
    if index >= 2 and items[index - 1].key == "x" and items[index - 2].role is Role.NUMBER:
        return None  # a later dimension of a size already read
    numbers = [float(items[index].key)]
    at = index + 1
    while at + 1 < len(items) and (items[at].key in ("x", "by") or items[at].key in _UNITS):
        if items[at + 1].role is not Role.NUMBER or len(numbers) == _DIMENSIONS:
            break
        numbers.append(float(items[at + 1].key))
        at += 2
    unit = _UNITS.get(items[at].key) if at < len(items) else None
    if unit is None or not _is_tumour(parse, index, at, after):
        return None
    return StagingText(size_mm=round(max(numbers) * unit, 1))


def _is_tumour(parse: Parse, first: int, last: int, after: list[int]) -> bool:
    sentence = _sentence_bounds(parse, first)
    if bisect_left(after, sentence[0]) < bisect_left(after, sentence[1]):
        return False
    if any(item.key in _DISTANCE for item in parse.items[last + 1 : last + 3]):
        return False
    for over_comma in (False, True):
        near = [
            nearest
            for step, start in ((1, last + 1), (-1, first - 1))
            if (nearest := _nearest(parse, start, step, sentence, over_comma=over_comma)) is not None
        ]
        if near:
            return min(near, key=lambda nearest: nearest[0])[1]
    return False


def _nearest(
    parse: Parse, start: int, step: int, sentence: tuple[int, int], *, over_comma: bool
) -> tuple[int, bool] | None:
    """How far the nearest item with a size of its own is, and whether it is the tumour."""
    at = start
    while sentence[0] <= at < sentence[1] and abs(at - start) <= _NEAR * (1 + over_comma):
        if parse.items[at].entry.id == "comma" and not over_comma:
            return None
        verdict = _names_tumour(parse, at)
        if verdict is not None:
            return abs(at - start), verdict
        at += step
    return None


def _names_tumour(parse: Parse, at: int) -> bool | None:
    """Whether an item names the tumour (True), something else that has a size (False), or neither (None)."""
    unit = parse.owner[at]
    if unit is not None and unit.staging:
        return True  # "cT2 (3.1 cm)"
    if parse.items[at].entry.id == "axilla" or parse.items[at].role is Role.NODE:
        return False
    for part in unit.parts if unit else ():
        if part.kind is Kind.ASKS and part.value == "breast":  # "tumor size"
            return True
        if part.kind is Kind.BREAST_CANCER:
            return part.value != "in-situ"
        if part.kind is Kind.LOCAL_SYMPTOM and part.value in ("breast-mass", "breast-lump"):
            return True
        if part.kind in (Kind.NODE, Kind.IMAGING_FINDING, Kind.METASTASIS, Kind.LOCAL_SYMPTOM, Kind.SIGN, Kind.ASKS):
            return False
    return True if parse.items[at].key in ("tumor", "tumour") else None


def _sentence_bounds(parse: Parse, index: int) -> tuple[int, int]:
    """Where the sentence around an item begins and ends; looked up, because a sentence may be as long as the text."""
    breaks = parse.roles[Role.BREAK]
    at = bisect_left(breaks, index)
    return breaks[at - 1] + 1 if at else 0, breaks[at] if at < len(breaks) else len(parse.items)
