"""How a text denies that something is normal: "axillary nodes do not have an entirely normal appearance"."""

import re

from cds_service.facts.mentions import Kind, Meant, Mention

_STATEMENT = re.compile(r"[.;\n]")
_NOT_NORMAL = re.compile(
    r"(?:\b(?:not|cannot|hardly|scarcely|barely|never|far from|other than|anything but|no longer)|n't)\b"
    r"(?:\W+(?:entirely|completely|quite|fully|totally|of|an?|in|to|be|being|as|appear|appearing|look|looking|seem|called"
    r"|considered|described|have|has|show|any))*\W+(?:normal|benign|unremarkable|reassuring)\b",
    re.IGNORECASE,
)
_NODE = re.compile(r"axill|lymph ?node|\bnodes?\b|\bLNs?\b", re.IGNORECASE)


def denies_normal_nodes(text: str) -> bool:
    """Whether a statement about nodes denies that they are normal; "not enlarged, and normal" does not."""
    return any(_NODE.search(each) and _NOT_NORMAL.search(each) for each in _STATEMENT.split(text))


def nodes_not_normal(text: str, mentions: list[Mention]) -> list[Mention]:
    """Mentions, with nodes whose normality is denied as suspicious ones."""
    if not any(_is_denied(each) for each in mentions) or not denies_normal_nodes(text):
        return mentions
    return [_suspicious(each) if _is_denied(each) else each for each in mentions]


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
