"""Counts of nodes in reports of breast and axilla: "4 of 10 nodes positive"."""

import re

from cds_service.facts.sentences import sentences_of

_COUNT = re.compile(r"(?<![\d/.])(\d{1,2})\s*(?:/|of|out of)\s*(?:the )?(\d{1,2})(?![\d/.%])", re.IGNORECASE)
_NODES = re.compile(
    r"\bnod(?:e|es|al)\b|\b(?:SLN|SNB?|SLNB|LN|ALND|ANC|ANS)s?\b|axill|sentinel|clearance", re.IGNORECASE
)
_SCORED = re.compile(
    r"(?:\b(?:ER|PR|PgR|HER-?2|allred|score|grade|quick|receptors?|oestrogen|estrogen|progesterone|image|series"
    r"|page|part|slide|block|core|cores|foci)\W*(?:\w+\W+){0,2})$",
    re.IGNORECASE,
)
_FREE = re.compile(r"\W*(?:\w+\W+){0,3}?(?:negative|clear|benign|free|normal|uninvolved)\b", re.IGNORECASE)


def counts_nodes(study: str, text: str) -> bool:
    """Whether nodes are counted, "4 of 10 nodes positive", or a bare "11/19" where the study (its name) is of nodes."""
    of_nodes = _NODES.search(study) is not None
    for sentence in sentences_of(text):
        if not (of_nodes or _NODES.search(sentence)):
            continue
        for found in _COUNT.finditer(sentence):
            taken, seen = int(found[1]), int(found[2])
            scored = _SCORED.search(sentence[: found.start()]) is not None
            if 1 <= taken <= seen and not scored and not _FREE.match(sentence, found.end()):
                return True
    return False
