"""What a text itself settles of its findings: a benign name for them, or a list of what is not there.

"The segment 7 lesion is a typical haemangioma"; "no mass, calcification or distortion".
"""

from collections.abc import Iterator

from cds_service.facts.known_phrases import WORDS, Item
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.knowledge.record_words import Use


def is_settled(items: list[Item], inside: range) -> bool:
    """Whether a mention lies in a settled phrase; beyond it stands at most a place ("... in both knees")."""
    # "degenerative uptake in the shoulders, knees and feet": a list that begins with what settles it
    headed = items[inside[0]].use is Use.SETTLED
    if not all(items[at].use in (Use.SETTLED, *WORDS) or (headed and items[at].key == ",") for at in inside):
        return False
    if out_of_place([items[at] for at in inside]):
        return False
    # A number by itself settles nothing: "Ca 2.82".
    return any(items[index].use is Use.SETTLED and not items[index].is_number for index in inside)


_NORMAL_UPTAKE = frozenset({"physiologic", "physiological", "expected"})
_TAKES_UP = frozenset(
    {"brain", "cerebral", "liver", "hepatic", "muscle", "muscles", "marrow", "endometrial", "endometrium"}
)
"""Parts of the body among the places that take up FDG without disease; bones, lungs and the rest do not."""
_IRRADIATED = frozenset({"radiation", "postradiation", "radiotherapy", "irradiation", "xrt"})
_BESIDE_THE_BREAST = frozenset({"lung", "lungs", "pleura", "pleural", "subcutaneous"})
"""Places that radiotherapy of a breast reaches; what was irradiated elsewhere was another thing."""


def out_of_place(items: list[Item]) -> list[Item]:
    """The places in a statement that what settles it does not explain."""
    settled = {each.key for each in items if each.use is Use.SETTLED}
    explained = [
        places
        for keys, places in ((_NORMAL_UPTAKE, _TAKES_UP), (_IRRADIATED, _BESIDE_THE_BREAST))
        if not settled.isdisjoint(keys)
    ]
    return [each for each in items if each.use is Use.PLACE and any(each.key not in places for places in explained)]


def is_explained(mention: Mention, items: list[Item], inside: range) -> bool:
    """ "The segment 7 lesion is a typical haemangioma": a finding that its own statement gives a benign name."""
    if mention.kind is not Kind.IMAGING_FINDING or mention.meant is Meant.NEGATED:
        return False
    said = aside = False
    for index in range(inside.stop, len(items)):
        item = items[index]
        leads = item.key in _IS or (item.use is Use.SETTLED and item.key in _LIKE)
        said = said or leads
        aside = item.key == "," or (aside and not leads)
        if item.use is Use.SETTLED and said and not aside:
            return not item.mentions
        measure = item.key[0].isdecimal() or item.key in _IN_ASIDES
        if not leads and not measure and (aside or item.use not in WORDS):
            return False
    return False


_IS = frozenset({"is", "are", "=", ":", "represents", "represent"})
"""What stands between a finding and the benign name that explains it."""
_LIKE = frozenset({"consistent", "compatible", "for", "over", "since"})
"""Words that begin what is said of a finding to explain it: "nodule, consistent with an intrapulmonary node",
"nodule unchanged for 5 years, benign"."""
_IN_ASIDES = frozenset({",", "-", "hu", "mm", "cm", "unchanged", "stable"})
"""Signs and words of measures, and of what a finding is like, that may stand behind a comma: ", -4 HU: adenoma"."""


def denied_lists(items: list[Item]) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the items in lists that a "no" reaches to their end ("no mass, calcification or distortion"), and
    of those among them in lists of nothing but what may be absent, what it would be like, and where.

    The "or" at the end tells such a list from a new statement ("no pain, cough"). Of a list of one nothing is told
    apart: "no displaced rib fracture".
    """
    listed: set[int] = set()
    closed: set[int] = set()
    for denied in _behind_negators(items):
        if any(items[index].key in ("or", "nor") for index in denied):
            listed.update(denied)
            if all(_is_of_list(items[index]) for index in denied):
                closed.update(denied)
        else:
            listed.update(_first_of(items, denied))
    return frozenset(listed), frozenset(closed)


def _behind_negators(items: list[Item]) -> Iterator[list[int]]:
    """The numbers of the items behind each "no", as far as a list of what is absent may go."""
    since: list[int] = []
    denied = False
    for index, item in enumerate(items):
        if denied and (item.use in _IN_DENIED_LIST or item.key == ",") and not _begins_anew(items, since, index):
            since.append(index)
            continue
        yield since
        since, denied = [], item.use is Use.NEGATOR
    yield since


def _is_of_list(item: Item) -> bool:
    """Whether an item can be nothing else than a part of a list of what is absent."""
    return item.use in (Use.ABSENT, Use.ALARMING, Use.PLACE) or item.key in (",", "or", "nor") or item.key in _OF_ONE


def _begins_anew(items: list[Item], denied: list[int], comma: int) -> bool:
    """Whether what follows a comma may be there, though what stands before is not: "no effusion, enlarging nodule"."""
    if items[comma].key != "," or not any(items[index].use is Use.ABSENT for index in denied):
        return False
    return [each.key in THERE for each in items[comma + 1 : comma + 2]] == [True]


THERE = frozenset(
    {"new", "enlarging", "residual", "recurrent", "additional", "further", "interval", "several", "known"}
)
"""Adjectives that may begin a statement of what is there: it was looked for before, or is counted. Those that no list
of words knows ("persistent", "growing") end what is denied by themselves."""


def _first_of(items: list[Item], denied: list[int]) -> list[int]:
    """Of items behind a "no" those that the first thing denied is made of: what it would be, what it would be like,
    and where.
    """
    first: list[int] = []
    for index in denied:
        if items[index].use not in (Use.ABSENT, Use.ALARMING, Use.PLACE) and items[index].key not in _OF_ONE:
            break
        first.append(index)
    return first


_OF_ONE = frozenset({"left", "right", "of", "the", "any", "a", "an", "other"})
_IN_DENIED_LIST = frozenset({Use.ABSENT, Use.ALARMING, Use.WORD, Use.PLACE, Use.NEGATOR})
