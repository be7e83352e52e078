"""Lymph nodes in text: the words around a node that belong to it, where it is and what it is like."""

from cds_service.facts.mentions import Kind
from cds_service.facts.text_items import REACH, Item, Parse, Part, Unit, is_filler
from cds_service.knowledge.findings import Effect, Role

AXILLA = "axilla"
_LOCAL_SITES = frozenset({AXILLA, "breast", "node"})


def compose_node(parse: Parse, seed: int) -> None:
    """A lymph node or axilla with what is said of it; without a word on its state the axilla is asked about."""
    members = sorted({seed, *_node_words(parse, seed, -1), *_node_words(parse, seed, 1)})
    items = parse.items
    regions = {items[at].entry.id for at in members if items[at].role is Role.SITE} - _LOCAL_SITES
    states = [(at, state) for at in members if (state := items[at].entry.state) is not None]
    if any(items[at].role is not Role.NODE for at, _ in states):
        # "enlarged lymphadenopathy": what is said of the node replaces what the word itself implies
        states = [(at, state) for at, state in states if items[at].role is not Role.NODE]
    if regions:
        parts = [_distant_node(at, state, regions) for at, state in states or [(seed, "")]]
    elif states:
        axillary = any(items[at].entry.id == AXILLA for at in members)
        parts = [_near_node(at, state, axillary=axillary) for at, state in states]
    else:
        named = _named_node(parse, members)
        if named is not None:
            named.members[:] = sorted({*named.members, *members})
            parse.own_items(named)
            return
        parts = [Part(Kind.ASKS, "axilla", seed)]
    parse.own(Unit(parts, members))


def _named_node(parse: Parse, members: list[int]) -> Unit | None:
    """The unit that says what this node is like in a phrase of its own: "axillary nodes with cortical thickening"."""
    for start, step in ((members[-1], 1), (members[0], -1)):
        at, gap = start + step, 0
        while 0 <= at < len(parse.items) and gap <= REACH:
            unit = parse.owner[at]
            if unit is not None:
                if any(part.kind is Kind.NODE for part in unit.parts):
                    return unit
                break
            if not _inside_node_phrase(parse.items[at], after=False):
                break
            at += step
            gap += 1
    return None


def _near_node(at: int, state: str, *, axillary: bool) -> Part:
    """A node of the axilla or of no named region; enlarged nodes without a region could be anywhere."""
    if state != "enlarged":
        return Part(Kind.NODE, state, at)
    return Part(Kind.NODE, "suspicious", at) if axillary else Part(Kind.SIGN, "lymphadenopathy", at, site="other")


def _distant_node(at: int, state: str, regions: set[str]) -> Part:
    """Nodes outside the axilla: chest and abdomen are seen on imaging, neck and groin are felt."""
    kind = Kind.SIGN if regions <= {"neck", "supraclavicular", "groin", "generalized"} else Kind.IMAGING_FINDING
    part = Part(kind, "lymphadenopathy", at, site="other")
    if state == "normal":
        part.detail = "normal"
    return part


def _node_words(parse: Parse, seed: int, step: int) -> list[int]:
    """The words around a node that belong to it, in one direction."""
    found: list[int] = []
    gap, at = 0, seed + step
    while 0 <= at < len(parse.items) and gap <= REACH and parse.owner[at] is None:
        item = parse.items[at]
        if item.role is Role.NODE or item.role is Role.SITE or item.entry.state is not None:
            if item.role is Role.SITE and _claimed_by_head(parse.items, at):
                break
            found.append(at)
            gap = 0
        elif _inside_node_phrase(item, after=step > 0):
            gap += 1
        else:
            break
        at += step
    return found


def _inside_node_phrase(item: Item, *, after: bool) -> bool:
    """Words between a node and its state: "nodes in the left axilla are not enlarged"."""
    if is_filler(item) or item.entry.id in ("at", "with", "or", "and", "slash"):
        return True
    return after and item.entry.effect in (Effect.NEGATES, Effect.NEGATES_NEXT)


def _claimed_by_head(items: list[Item], site: int) -> bool:
    return site + 1 < len(items) and items[site + 1].role is Role.HEAD
