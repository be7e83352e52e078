"""How a text denies that nodes are normal: "nodes do not have an entirely normal appearance", "cortex 7 mm"."""

import re

from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.sentences import sentences_of

_NOT_NORMAL = re.compile(
    r"(?:\b(?:not|cannot|hardly|scarcely|barely|never|far from|other than|anything but|no longer)|n't)\b"
    r"(?:\W+(?:entirely|completely|quite|fully|totally|of|an?|in|to|be|being|as|appear|appearing|look|looking|seem|called"
    r"|considered|described|have|has|show|any))*\W+(?:normal|benign|unremarkable|reassuring)\b",
    re.IGNORECASE,
)
_NODE = re.compile(r"axill|lymph ?node|\bnodes?\b|\bLNs?\b", re.IGNORECASE)


def denies_normal_nodes(text: str) -> bool:
    """Whether a statement about nodes denies that they are normal; "not enlarged, and normal" does not."""
    return any(_NODE.search(each) and _NOT_NORMAL.search(each) for each in sentences_of(text))


_THICK_CORTEX = re.compile(
    r"(?<!renal )(?<!bone )(?<!bony )\bcort(?:ex|ical)\b"
    r"(?: (?:thickness|is|of|measur\w+|now|max(?:imum|imal)?|about|approx\w*|up to))*\W{1,3}"
    r"(?:3\.[1-9]|[4-9](?:\.\d+)?|[1-9]\d(?:\.\d+)?) ?mm\b",
    re.IGNORECASE,
)
"""A cortex of more than 3 mm, which no node has that is normal."""
_NEGATION = re.compile(r"\b(?:no|not|none|without|nor|neither)\b", re.IGNORECASE)


def nodes_not_normal(text: str, mentions: list[Mention]) -> list[Mention]:
    """Mentions, with nodes whose normality is denied, in words or by a measure, as suspicious ones."""
    if any(_is_denied(each) for each in mentions) and denies_normal_nodes(text):
        mentions = [_suspicious(each) if _is_denied(each) else each for each in mentions]
    if any(_is_called_normal(each) for each in mentions) and _measures_thick_cortex(text):
        mentions = [_suspicious(each) if _is_called_normal(each) else each for each in mentions]
    return mentions


def _is_called_normal(mention: Mention) -> bool:
    """Whether a mention says that a node is normal, or that it is not suspicious."""
    return mention.kind is Kind.NODE and (mention.value == "normal") is (mention.meant is Meant.AFFIRMED)


def _measures_thick_cortex(text: str) -> bool:
    if _THICK_CORTEX.search(text) is None:
        return False
    return any(
        (found := _THICK_CORTEX.search(each)) is not None and _NEGATION.search(each, 0, found.start()) is None
        for each in sentences_of(text)
    )


def _is_denied(mention: Mention) -> bool:
    return mention.kind is Kind.NODE and mention.value == "normal" and mention.meant is Meant.NEGATED


def _suspicious(node: Mention) -> Mention:
    return Mention(
        kind=Kind.NODE,
        value="suspicious",
        meant=Meant.AFFIRMED,
        start=node.start,
        end=node.end,
        site=node.site,
        detail=node.detail,
    )
