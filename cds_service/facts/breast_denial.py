"""How a sentence of a report denies what it names: "no new mass, calcification or distortion", "hilum normal"."""

import re

from cds_service.facts.sentences import SENTENCE_ENDS, sentences_of

_TURNS = re.compile(
    r"[:(]|\b(?:but|however|although|though|except|apart|with|despite|where|while|whereas)\b", re.IGNORECASE
)
_NO = r"no(?! (?:special|specific) type| doubt)\b"
_DENIES = re.compile(
    rf"\b(?:{_NO}|not(?! only| otherwise)|nor|without(?! doubt)|neither|absent|absence|nil|negative for|free of"
    r"|clear of|free from|rather than)\b",
    re.IGNORECASE,
)
_DENIED_RIGHT_BEHIND = re.compile(
    r"\b(?:non|polymorph(?:ous|ic)|benign(?:[ -](?:appearing|looking))?)[ -]*$", re.IGNORECASE
)
"""Of what these say no more than the next word: "benign scar has grown", "non-mass enhancement of the muscle"."""
_LIST_GOES_ON = re.compile(r"\b(?:or|nor|and(?! (?:the|there|a|an|now|also)\b))\b|/", re.IGNORECASE)
_DENIED_BEHIND = re.compile(
    r"(?P<between>[^,:;]{0,40}?)"
    r"\b(?:not (?:involved|thick\w*|enlarged|seen|identified|present|increased)|absent|uninvolved"
    r"|(?:is|are|nodes?|chains?|regions?|stations?) (?:normal|clear|intact)|normal|preserved|spared"
    rf"|(?<!triple[ -])(?<!\b[EP]R )(?<!\bHER2[ -])negative|none|{_NO})",
    re.IGNORECASE,
)
_ANOTHER_SUBJECT = re.compile(rf"{_TURNS.pattern}|\band\b", re.IGNORECASE)
_OF_THE_PAST = re.compile(
    r"\W*(?:\w+\W+){0,3}?(?:(?:19|20)\d\d|before|previous(?:ly)?|prior|earlier|last|then)\b", re.IGNORECASE
)
"""What was not there then is there now: "lump not seen in 2024"."""


def asserts(signs: re.Pattern[str], text: str) -> bool:
    """Whether a text holds one of these signs in a sentence that does not deny it."""
    if signs.search(text) is None:
        return False
    return any(
        not _is_denied(sentence, found.start(), found.end())
        for sentence in sentences_of(text)
        for found in signs.finditer(sentence)
    )


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether what stands at a place is denied by its sentence: "no new mass, calcification or distortion"."""
    begin = max(0, start - 2 * _REACH)
    first = max((found.end() for found in SENTENCE_ENDS.finditer(text, begin, start)), default=begin)
    last = SENTENCE_ENDS.search(text, end, end + _REACH)
    return _is_denied(text[first : last.start() if last else end + _REACH], start - first, end - first)


_REACH = 300
"""How many signs off a denial is looked for, so that the time a text takes does not grow with its length squared."""


def _is_denied(sentence: str, start: int, end: int) -> bool:
    if sentence[start:end] == "?":
        return False  # a doubt that is denied is none, but "benign?" and "no change?" ask
    within = _DENIED_WITHIN.search(sentence, start, end) is not None
    last = _DENIED_LAST_WORD.search(sentence, start, end) and not _OTHERS.search(sentence, end, end + _REACH)
    return within or bool(last) or _is_denied_before(sentence, start) or _is_denied_behind(sentence, end)


_DENIED_WITHIN = re.compile(
    r"\b(?:nod(?:e|es|al)|glands?)\b:?(?: (?:is|are|was|were|do|does|did|appear|look|in|of|the|left|right|axilla)){0,5}"
    r" not(?: (?:be|appear|look|seem|significantly|pathologically|particularly|obviously|overtly|clearly)){0,2}"
    r" (?:enlarged|abnormal|suspicious|pathological|malignant|prominent|bulky|swollen|involved|positive"
    r"|indeterminate)$",
    re.IGNORECASE,
)
"""A sign that is denied between its own words: "lymph nodes are not enlarged"; not "hilum not seen"."""
_DENIED_LAST_WORD = re.compile(
    r"\w\W{1,3}(?:\w+\W{1,2}){0,4}?(?:negative for|free (?:of|from)|clear of|not|no evidence of|no)"
    r"(?: (?:any|definite|metastatic|metastasis|evidence of|invasive|malignant)){0,2}"
    r" (?:carcinoma\w*|tumou?r\w*|cancer\w*|metasta\w+|macromet\w*|micromet\w*|deposits?|invo\w+|inva\w+|infiltrat\w+"
    r"|thick\w*|attach\w+|tether\w+|abut\w+|contact\w+|ulcer\w+|breach\w*|(?:o?e)dema\w*)$",
    re.IGNORECASE,
)
"""The same of its last word: "nodes: two nodes negative for carcinoma", "pectoralis muscle is not involved"."""
_OTHERS = re.compile(r"\b(?:positive|involved|contain\w*|with|show\w*|except|other)\b", re.IGNORECASE)
"""What the rest of the sentence says of others: "nodes: 2 negative for carcinoma, 4 positive"."""


def _is_denied_before(sentence: str, start: int) -> bool:
    before = sentence[start - _REACH : start].partition(" ")[2] if start > _REACH else sentence[:start]
    before = _TURNS.split(before)[-1]
    if _DENIED_RIGHT_BEHIND.search(before):
        return True
    denials = list(_DENIES.finditer(before))
    if not denials:
        return False
    reach = before[denials[-1].end() :]
    # A comma ends the denial, unless the list it belongs to goes on: "no mass, calcification or distortion".
    rest = reach[reach.rindex(",") :] + sentence[start : start + _REACH] if "," in reach else None
    return rest is None or _LIST_GOES_ON.search(rest) is not None


def _is_denied_behind(sentence: str, end: int) -> bool:
    denial = _DENIED_BEHIND.match(sentence, end)
    if denial is None or _ANOTHER_SUBJECT.search(denial["between"]):
        return False
    return _OF_THE_PAST.match(sentence, denial.end()) is None
