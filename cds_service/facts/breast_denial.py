"""How a sentence of a report denies what it names: "no new mass, calcification or distortion", "hilum normal"."""

import re

_SENTENCE_ENDS = re.compile(r"[;\n]|\.(?!\d)")
_TURNS = re.compile(r"[:(]|\b(?:but|however|although|though|except|apart|with|despite)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:no|not|nor|without|neither|absent|absence|non|nil|negative for|free of|clear of|free from"
    r"|rather than|benign)\b",
    re.IGNORECASE,
)
_LIST_GOES_ON = re.compile(r"\b(?:or|nor|and)\b|/", re.IGNORECASE)
_DENIED_BEHIND = re.compile(
    r"[^,:;]{0,40}?\b(?:not (?:involved|thick\w*|enlarged|seen|identified|present|increased)|absent|uninvolved"
    r"|(?:is|are) (?:normal|clear|intact)|normal|preserved|spared|negative|none|no\b)",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """The sentences of a report: a line, or what a full stop or a semicolon ends."""
    return [each for each in _SENTENCE_ENDS.split(text) if each.strip()]


def asserts(signs: re.Pattern[str], text: str) -> bool:
    """Whether a text holds one of these signs in a sentence that does not deny it."""
    if signs.search(text) is None:
        return False
    return any(
        not _is_denied(sentence, found.start(), found.end())
        for sentence in sentences(text)
        for found in signs.finditer(sentence)
    )


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether what stands at a place is denied by its sentence: "no new mass, calcification or distortion"."""
    first = max((found.end() for found in _SENTENCE_ENDS.finditer(text, 0, start)), default=0)
    last = _SENTENCE_ENDS.search(text, end)
    return _is_denied(text[first : last.start() if last else len(text)], start - first, end - first)


def _is_denied(sentence: str, start: int, end: int) -> bool:
    before = _TURNS.split(sentence[:start])[-1]
    denials = list(_DENIES.finditer(before))
    denial = denials[-1] if denials else None
    if denial is not None:
        reach = before[denial.end() :]
        # A comma ends the denial, unless the list it belongs to goes on: "no mass, calcification or distortion".
        if "," not in reach or _LIST_GOES_ON.search(reach[reach.rindex(",") :] + sentence[start:]):
            return True
    return _DENIED_BEHIND.match(sentence, end) is not None
