"""Words that mean something together with a part of the body, and the parts that belong to them: "pain in the hip".

They stand before it, or behind it where "in" or "of" joins them; a mass without a place may be the one in the breast.
"""

from cds_service.facts.mentions import Kind
from cds_service.facts.text_items import FILLER, REACH, Item, Parse, Part, Unit, is_filler
from cds_service.knowledge.findings import MENTION_SITES, Effect, Findings, Head, Role

_LONGEST_SENTENCE = 100
"""Items of a sentence that is still read as one; what is longer is no sentence, and a mass in it may be anywhere."""

_AXILLA, _BREAST, _NODE = "axilla", "breast", "node"
_SITED = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.LABORATORY, Kind.IMAGING_FINDING})
"""Kinds whose mentions carry a site."""


def compose_head(parse: Parse, index: int, findings: Findings) -> None:
    """Makes a unit of a head, which gets its meaning from its sites, and of these."""
    head = findings.heads[parse.items[index].entry.id]
    sites = _sites_of(parse.items, index, _NODE in head.at)
    named = {_site_id(parse.items[site]) for site in sites}
    # "metastatic mediastinal node": the place says more than the node in it
    meanings = {_meaning(head, site, findings) for site in (named - {_NODE} or named)}
    meanings = meanings or {_unsited(parse, index, head)}
    parts = [Part(kind, value, index, site=site) for (kind, value), site in sorted(meanings, key=str)]
    parse.own(Unit(parts, sorted({index, *sites})))


def _meaning(head: Head, site: str, findings: Findings) -> tuple[tuple[Kind, str], str | None]:
    meaning = head.at.get(site, head.otherwise)
    if meaning[0] is Kind.METASTASIS:
        return meaning, meaning[1] if meaning[1] in MENTION_SITES else None
    counts_as = head.site or findings.sites.get(site, "other")
    return meaning, counts_as if meaning[0] in _SITED and counts_as in MENTION_SITES else None


def _unsited(parse: Parse, index: int, head: Head) -> tuple[tuple[Kind, str], str | None]:
    """A head without a site: a mass is of the breast where nothing else is spoken of; otherwise unspecified."""
    here = head.at.get(_BREAST)
    if here is not None and head.otherwise[0] is Kind.IMAGING_FINDING and _about_the_breast(parse, index):
        return here, None
    return head.otherwise, "other" if head.otherwise[0] in _SITED else None


def _about_the_breast(parse: Parse, index: int) -> bool:
    """Whether a mass is the known one: "IDC, 1.8 cm mass", "mass measuring 2 cm, left breast"; not a "new" mass.

    Without its size it must stand in one phrase with the breast: "breast cancer, nodule" may be a nodule elsewhere.
    """
    around = parse.items[max(0, index - 4) : index + 5]
    sized = any(item.role is Role.NUMBER for item in around) and any(item.key in ("cm", "mm") for item in around)
    breast = False
    sentence = _sentence(parse.items, index, over_commas=sized)
    if len(sentence) > _LONGEST_SENTENCE:
        return False
    for item in sentence:
        if item.role is Role.SITE and item.entry.id != _BREAST and item.entry.id != _AXILLA:
            return False
        if item.entry.effect is Effect.NEW or item.key in ("other", "another", "elsewhere", "second"):
            return False
        breast = breast or (item.role is Role.SITE and item.entry.id == _BREAST)
        breast = breast or any(kind is Kind.BREAST_CANCER for kind, _ in item.entry.means)
    return breast


def _sentence(items: list[Item], index: int, *, over_commas: bool) -> list[Item]:
    """The items of the sentence around one, or only those between its commas; of an endless one, enough to see that."""

    def ends(item: Item) -> bool:
        return item.role is Role.BREAK or (not over_commas and item.entry.id == "comma")

    first, last = index, index
    while first > 0 and index - first <= _LONGEST_SENTENCE and not ends(items[first - 1]):
        first -= 1
    while last + 1 < len(items) and last - index <= _LONGEST_SENTENCE and not ends(items[last + 1]):
        last += 1
    return items[first : last + 1]


def _site_id(item: Item) -> str:
    return _NODE if item.role is Role.NODE else item.entry.id


def _is_site(item: Item, nodes_count: bool) -> bool:
    return item.role is Role.SITE or (nodes_count and item.role is Role.NODE)


def _sites_of(items: list[Item], index: int, nodes_count: bool) -> list[int]:
    """The sites of a head: in front of it, or behind it, where "in" or "of" makes sure that they belong to it."""
    behind, joined = _sites_behind(items, index, nodes_count)
    if joined:
        return [*_sites_before(items, index, nodes_count, over_colon=False), *behind]
    return _sites_before(items, index, nodes_count, over_colon=True) or behind


def _sites_before(items: list[Item], index: int, nodes_count: bool, *, over_colon: bool) -> list[int]:
    found: list[int] = []
    gap = 0
    for at in range(index - 1, -1, -1):
        item = items[at]
        if _is_site(item, nodes_count):
            found.append(at)
            gap = 0
            continue
        listed = item.role is Role.JOIN and bool(found)
        stops = item.key == ":" and not over_colon
        if stops or not (listed or is_filler(item)) or gap == REACH:
            break
        gap += 1
    return found


def _sites_behind(items: list[Item], index: int, nodes_count: bool) -> tuple[list[int], bool]:
    """Sites behind a head, and whether a word such as "in" joins them to it."""
    found: list[int] = []
    joined, gap = False, 0
    at = index
    for at in range(index + 1, len(items)):
        item = items[at]
        if _is_site(item, nodes_count):
            found.append(at)
            gap = 0
        elif item.entry.id == "at" or item.role is Role.LINK:  # "in", "including"
            joined = joined or not found
            gap += 1
        elif item.role is Role.JOIN and found:
            gap += 1
        elif not is_filler(item):
            break
        else:
            gap += 1
        if gap > REACH:
            break
    while found and not joined and _claimed(items, found[-1]):
        found.pop()
    # In "pain in hip, back pain" the last site is the next head's.
    while len(found) > 1 and _claimed(items, found[-1]):
        found.pop()
    return found, joined and bool(found)


def _claimed(items: list[Item], site: int) -> bool:
    """Whether a site is followed by a head of its own."""
    for at in range(site + 1, min(site + 3, len(items))):
        role = items[at].role
        if role in (Role.HEAD, Role.NODE):
            return True
        if role not in FILLER:
            return False
    return False
