"""The sides that a text names, and whether a cancer, or what looks like one, is on them."""

import re
from bisect import bisect_right

from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.text_items import Parse
from cds_service.knowledge.findings import Role

_OTHER = frozenset({"other", "contralateral", "opposite"})
_SENTENCE = ".;\n\r"
_CLAUSE = "," + _SENTENCE
_ENDS = re.compile(r"\s*(?:[,.;)\n\r]|\Z)")
_LESIONS = frozenset({"breast-lump", "breast-mass", "breast-imaging-finding"})
_NOT_OF_A_SIDE = frozenset({Kind.STAGING, Kind.FOLLOW_UP, Kind.NON_INDICATION, Kind.ASKS, Kind.SIDE})
_FARTHEST = 40
"""How many characters away a side still belongs to what is mentioned."""
_MOST = 20
"""How many mentions around a side are looked at, so that the cost of a text is bounded."""


def sides(parse: Parse, mentions: list[Mention]) -> list[Mention]:
    """Every side that is named, also inside a longer phrase ("cancer of the left breast"), and "the other breast".

    `detail` is "cancer" where what is mentioned nearest, in the same clause, is a cancer or a lesion of the breast.
    """
    found = [*parse.sides, *_other_breast(parse)]
    if not found:
        return []
    near = sorted((each for each in mentions if each.kind not in _NOT_OF_A_SIDE), key=lambda each: each.start)
    made = []
    for side, start, end in found:
        # "Breast cancer, other side" goes on; "left IDC, other breast clear" begins anew.
        alone = side == "other" and _ENDS.match(parse.text, end) is not None
        of_cancer = _of_cancer(parse.text, start, end, near, apart=_SENTENCE if alone else _CLAUSE)
        if of_cancer or side != "other":
            detail = "cancer" if of_cancer else None
            made.append(Mention(kind=Kind.SIDE, value=side, meant=Meant.AFFIRMED, start=start, end=end, detail=detail))
    return made


def _other_breast(parse: Parse) -> list[tuple[str, int, int]]:
    """ "The other breast" and "the other side" as two items, and "contralateral breast" as a phrase of one."""
    if _OTHER.isdisjoint(parse.words):
        return []
    items = parse.items
    places = [at for at in parse.roles.get(Role.SITE, ()) if items[at].entry.id == "breast"]
    places += [at for at, item in enumerate(items) if item.key == "side"]
    pairs = [(items[at - 1], items[at]) for at in places if at]
    phrases = [items[at] for at in parse.roles.get(Role.CONCEPT, ()) if (Kind.ASKS, "breast") in items[at].entry.means]
    pairs += [(phrase, phrase) for phrase in phrases]
    return [("other", first.start, last.end) for first, last in pairs if first.key in _OTHER]


def _of_cancer(text: str, start: int, end: int, mentions: list[Mention], *, apart: str) -> bool:
    nearest, least = None, _FARTHEST
    last = bisect_right(mentions, end + _FARTHEST, key=lambda mention: mention.start)
    for mention in mentions[max(0, last - _MOST) : last]:
        if mention.start < start and text[start:end].lower() == "rt" and mention.end < end:
            continue  # "IDC s/p RT" is radiotherapy
        gap = max(0, mention.start - end, start - mention.end)
        between = text[end : mention.start] if mention.start >= end else text[mention.end : start]
        if gap <= least and not any(sign in between for sign in apart):
            # of two that are as near, what follows: "left cancer"
            nearest, least = mention, gap
    return nearest is not None and _is_cancer(nearest)


def _is_cancer(mention: Mention) -> bool:
    tumor = mention.kind is Kind.BREAST_CANCER or (mention.kind is Kind.LOCAL_SYMPTOM and mention.value in _LESIONS)
    return tumor and mention.may_hold
