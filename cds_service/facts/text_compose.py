"""Puts words together that mean something only together: pain and its site, a node and its state, a test and its level.

Works on items, before negation is looked at; the anchor of each part says where negation will have to reach.
"""

from cds_service.facts.mentions import Kind
from cds_service.facts.text_calcium import read_calcium
from cds_service.facts.text_items import Item, Parse, Part, Unit
from cds_service.knowledge.findings import MENTION_SITES, Effect, Entry, Findings, Head, Role

_FILLER = frozenset({Role.SIDE, Role.INNER, Role.NUMBER})
_REACH = 4
"""How many filler words may stand between the words of one expression ("pain in the right lower back")."""

_LONGEST_SENTENCE = 100
"""Items of a sentence that is still read as one; what is longer is no sentence, and a mass in it may be anywhere."""

_AXILLA, _BREAST, _NODE = "axilla", "breast", "node"
_LOCAL_NODE_SITES = frozenset({_AXILLA, _BREAST, _NODE})
_SITED = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.LABORATORY, Kind.IMAGING_FINDING})
"""Kinds whose mentions carry a site."""

_EXPLAINS = frozenset(
    {
        Kind.SYMPTOM,
        Kind.SIGN,
        Kind.LABORATORY,
        Kind.IMAGING_FINDING,
        Kind.METASTASIS,
        Kind.TUMOR_MARKER,
        Kind.NODE,
        Kind.LOCAL_SYMPTOM,
        Kind.BREAST_CANCER,
        Kind.RECURRENCE,
        Kind.OTHER_MALIGNANCY,
        Kind.OTHER_REASON,
    }
)


def compose(parse: Parse, findings: Findings) -> None:
    """Fills the units of a parse."""
    items, roles = parse.items, parse.roles
    if Role.TEST in roles and Role.HEAD in roles:
        read_calcium(parse, findings)
    for index in roles.get(Role.CONCEPT, ()):
        _concept(parse, index, items[index].entry)
    for index in roles.get(Role.CUE, ()):
        if items[index].entry.means:
            _concept(parse, index, items[index].entry)
    for index in roles.get(Role.HEAD, ()):
        _head(parse, index, findings)
    axillae = [index for index in roles.get(Role.SITE, ()) if items[index].entry.id == _AXILLA]
    for index in sorted([*roles.get(Role.NODE, ()), *axillae]):
        if parse.owner[index] is None:
            _node(parse, index)
    for index in roles.get(Role.TEST, ()):
        _test(parse, index)
    for index in parse.alone:
        if parse.owner[index] is None:
            _alone(parse, index)


def _concept(parse: Parse, index: int, entry: Entry) -> None:
    parts = [Part(kind, value, index, entry.site, entry.detail, entry.meant) for kind, value in entry.means]
    parse.own(Unit(parts, [index]))


# --- a head and its sites ------------------------------------------------------------------------------------------
def _head(parse: Parse, index: int, findings: Findings) -> None:
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
        if stops or not (listed or _filler(item)) or gap == _REACH:
            break
        gap += 1
    return found


def _filler(item: Item) -> bool:
    """Words inside an expression; also "suspicious" or "new" as adjectives, but no cue that negates."""
    return item.role in _FILLER or item.entry.alone is not None or item.entry.effect in (Effect.NEW, Effect.PERSISTS)


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
        elif not _filler(item):
            break
        else:
            gap += 1
        if gap > _REACH:
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
        if role not in _FILLER:
            return False
    return False


# --- nodes ---------------------------------------------------------------------------------------------------------
def _node(parse: Parse, seed: int) -> None:
    """A lymph node or axilla with what is said of it; without a word on its state the axilla is asked about."""
    members = sorted({seed, *_node_words(parse, seed, -1), *_node_words(parse, seed, 1)})
    items = parse.items
    regions = {items[at].entry.id for at in members if items[at].role is Role.SITE} - _LOCAL_NODE_SITES
    states = [(at, state) for at in members if (state := items[at].entry.state) is not None]
    if any(items[at].role is not Role.NODE for at, _ in states):
        # "enlarged lymphadenopathy": what is said of the node replaces what the word itself implies
        states = [(at, state) for at, state in states if items[at].role is not Role.NODE]
    if regions:
        parts = [_distant_node(at, state, regions) for at, state in states or [(seed, "")]]
    elif states:
        axillary = any(items[at].entry.id == _AXILLA for at in members)
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
        while 0 <= at < len(parse.items) and gap <= _REACH:
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
    while 0 <= at < len(parse.items) and gap <= _REACH and parse.owner[at] is None:
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
    if _filler(item) or item.entry.id in ("at", "with", "or", "and", "slash"):
        return True
    return after and item.entry.effect in (Effect.NEGATES, Effect.NEGATES_NEXT)


def _claimed_by_head(items: list[Item], site: int) -> bool:
    return site + 1 < len(items) and items[site + 1].role is Role.HEAD


# --- tests and lone words --------------------------------------------------------------------------------------------
def _test(parse: Parse, index: int) -> None:
    """A laboratory test and its level; without one it is uncertain what the test showed."""
    entry = parse.items[index].entry
    at, level = _level_of(parse, index)
    members = [index] if at is None else sorted([index, at])
    parts = []
    for kind, value in entry.means:
        part = Part(kind, value, index if at is None else at, site=entry.site)
        part.detail = {None: "level-not-said", "mildly-raised": "mild", "normal": "normal"}.get(level)
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
    while 0 <= at < len(items) and gap <= 2 * _REACH:
        item = items[at]
        if item.entry.level is not None:
            # "LFTs normal, Ca 2.9": a level behind another test is that test's
            taken = over_list and step < 0 and at > 0 and items[at - 1].role is Role.TEST
            return None if taken else at
        listed = over_list and (item.role is Role.TEST or item.role is Role.JOIN)
        negates = step > 0 and item.entry.effect is Effect.NEGATES
        filler = item.role in _FILLER and not (over_list and step < 0)
        if not (listed or negates or filler or item.entry.id == "at"):
            return None
        at += step
        gap += 1
    return None


def _alone(parse: Parse, index: int) -> None:
    """A word that must never be overlooked ("suspicious", "elevated"), where no neighbour explains it."""
    meaning = parse.items[index].entry.alone
    if meaning is None:
        return
    kind, value = meaning
    if _explained(parse, index, 1, kind) or _explained(parse, index, -1, kind):
        return
    parse.own(Unit([Part(kind, value, index, site="other")], [index]))


def _explains(kind: Kind) -> frozenset[Kind]:
    """What explains a lone word: a raised something only a test, a suspicious something any finding."""
    return frozenset({Kind.LABORATORY, Kind.TUMOR_MARKER}) if kind is Kind.LABORATORY else _EXPLAINS


def _explained(parse: Parse, index: int, step: int, kind: Kind) -> bool:
    at, gap = index + step, 0
    while 0 <= at < len(parse.items) and gap <= _REACH:
        unit = parse.owner[at]
        if unit is not None:
            return any(part.kind in _explains(kind) for part in unit.parts)
        item = parse.items[at]
        if item.role is Role.BREAK or (item.role is Role.JOIN and step < 0):
            return False
        at += step
        gap += 1
    return False
