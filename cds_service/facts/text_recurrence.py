"""A cancer that is called recurrent in front or behind, whatever stands between: "breast cancer (HER2+), recurrent",
"recurrent malignant neoplasm of breast", "breast cancer, has come back". "Recurrent cough" beside it is a cough.
"""

import re
from collections.abc import Iterator

from cds_service.facts.mentions import Kind, Meant, Mention

_STEMS = ("recur", "relaps", "return", " back")

_BEHIND = re.compile(
    r"(?P<between>[^.;\n]{0,40}?(?:[.;\n] ?)?)\b(?:recurrent|recurring|recurred|recur|relaps(?:ed|ing))\b"
    r"(?!\W*(?:score|risk|rate|free)\b)"
    r"(?=[^a-z]*$|[^a-z]*[.,;:()\n\d]|\W+[a-z]{1,2}\b"
    r"|\W+(?:left|right|bilateral|both|locally|local|disease|cancer|tumou?r|carcinoma|stage|grade|since|after|with"
    r"|axilla\w*|chest wall|node|nodes|nodal|contralateral|ipsilateral|invasive|metastatic|triple|her2\w*|now|this"
    r"|year|and)\b)"
    r"|(?P<verb>[\s,:(-]{0,3}"
    r"(?:(?:which|that|it|has|have|had|now|again|then|is|since|19\d\d|20\d\d|left|right)\b[\s,]*){0,5})"
    r"\b(?:returned(?! to)|(?:came|come|coming) back)\b",
    re.IGNORECASE,
)
"""What says behind a cancer that it is there again."""

_IN_FRONT = re.compile(
    r"(?P<between>\b(?:\w+\W+)?)\b(?:recurrent|recurring|relaps(?:ed|ing)|return)\b[ ,/(-]*"
    r"(?:(?:breast|left|right|bilateral|l|r|lt|rt|or|and|residual|malignant|malig|invasive|infiltrating|infiltrative|primary"
    r"|ductal|duct|lobular|mammary|metastatic|locally|local|advanced|triple|neg|negative|pos|positive|er|pr|her2\w*"
    r"|hormone|receptor|female|male|stage \w{1,4}|grade \w|high|low|of|the)\b[ ,/+()-]*){0,7}$",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|non|never|without|nor|neither|if|whether)\b|n't\b", re.IGNORECASE)
_FEARED = re.compile(
    r"\b(?:fear\w*|worr\w+|anxi\w+|afraid|scared|nervous|risk|chance|prevent\w*|concern\w*)\b[^.;\n]*$", re.IGNORECASE
)
_DOUBTED = re.compile(
    r"\?|\b(?:possibl\w+|probabl\w+|suspect\w*|query|likely|maybe|may|might|r/o|rule out)\b", re.IGNORECASE
)
_LONGEST_NAME = 120
"""So many signs before a cancer are looked through for what it is called, that no text takes long."""


def recurrent_cancers(text: str, mentions: list[Mention]) -> list[Mention]:
    """Mentions, with a recurrence for each cancer that is called recurrent and not read as one yet."""
    lowered = text.lower()
    if not any(stem in lowered for stem in _STEMS):  # nearly all texts
        return mentions
    known = [each for each in mentions if each.kind is Kind.RECURRENCE and each.may_hold]
    return mentions if known else [*mentions, *_called_recurrent(text, mentions)]


def _called_recurrent(text: str, mentions: list[Mention]) -> Iterator[Mention]:
    for cancer in mentions:
        if cancer.kind is not Kind.BREAST_CANCER or cancer.meant in (Meant.NEGATED, Meant.FAMILY):
            continue
        behind = _BEHIND.match(text, cancer.end)
        begin = max(0, cancer.start - _LONGEST_NAME)
        name = text[begin : cancer.start]
        in_front = _IN_FRONT.search(name) if any(stem in name.lower() for stem in _STEMS) else None
        for found, start, end in (
            (behind, cancer.start, behind.end() if behind else 0),
            (in_front, begin + in_front.start() if in_front else 0, cancer.end),
        ):
            between = found and (found["between"] or "")
            if between is not None and not _DENIED.search(between) and not _FEARED.search(name + between):
                meant = Meant.UNCERTAIN if _DOUBTED.search(between) else cancer.meant
                yield Mention(kind=Kind.RECURRENCE, value="unspecified", meant=meant, start=start, end=end)
                break
