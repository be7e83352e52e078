"""Laboratory tests in text, and the level that belongs to each: "elevated AST, ALT", "LFTs normal, Ca 2.9"."""

from cds_service.facts.mentions import LEVEL_NOT_SAID
from cds_service.facts.text_items import FILLER, REACH, Parse, Part, Unit
from cds_service.knowledge.findings import Effect, Role


def compose_test(parse: Parse, index: int) -> None:
    """A laboratory test and its level; without one it is uncertain what the test showed."""
    entry = parse.items[index].entry
    at, level = _level_of(parse, index)
    members = [index] if at is None else sorted([index, at])
    parts = []
    for kind, value in entry.means:
        part = Part(kind, value, index if at is None else at, site=entry.site)
        part.detail = {None: LEVEL_NOT_SAID, "mildly-raised": "mild", "normal": "normal"}.get(level)
        parts.append(part)
    parse.own(Unit(parts, members))


def _level_of(parse: Parse, index: int) -> tuple[int | None, str | None]:
    """The level that belongs to a test: beside it first, then across a list of tests ("elevated AST, ALT")."""
    for over_list in (False, True):
        for step in (-1, 1):
            at = _level_towards(parse, index, step, over_list=over_list)
            if at is not None:
                return at, parse.items[at].entry.level
    return None, None


def _level_towards(parse: Parse, index: int, step: int, *, over_list: bool) -> int | None:
    items = parse.items
    at, gap = index + step, 0
    while 0 <= at < len(items) and gap <= 2 * REACH:
        item = items[at]
        if item.entry.level is not None:
            # "LFTs normal, Ca 2.9": a level behind another test is that test's
            taken = over_list and step < 0 and at > 0 and items[at - 1].role is Role.TEST
            return None if taken else at
        listed = over_list and (item.role is Role.TEST or item.role is Role.JOIN)
        negates = step > 0 and item.entry.effect is Effect.NEGATES
        filler = item.role in FILLER and not (over_list and step < 0)
        if not (listed or negates or filler or item.entry.id == "at"):
            return None
        at += step
        gap += 1
    return None
