"""What a report says that the biopsy of an axillary node showed, in words that no sentence holds together: "Left
axillary node, 14G core biopsy. Pathology: malignant, concordant."
"""

import re
from enum import StrEnum

from cds_service.facts.breast_denial import asserts
from cds_service.facts.sentences import sentences_of


class NodeResult(StrEnum):
    """What the biopsy of a node showed; of one that is told and whose result is not, nobody can say."""

    NONE = "none"
    BENIGN = "benign"
    MALIGNANT = "malignant"
    NOT_SAID = "not-said"


_NODE = re.compile(r"axilla(?!ry (?:tail|line|fold|vein))|\blymph ?nodes?\b|\bnodes?\b|\bLNs?\b", re.IGNORECASE)
_SAMPLED = re.compile(r"biops|\bFNA[BC]?\b|aspirat|\bcores?\b|\bbx\b", re.IGNORECASE)
_NOT_YET = re.compile(
    r"recommend|suggest|advis|consider|warrant|schedul|planned|will be|sentinel|\bno (?:node|lymph|axilla)"
    r"|not (?:biops|sampled|aspirat)",
    re.IGNORECASE,
)
"""A biopsy that was not done, or is an operation, whose result is the pathologist's N."""
_ANOTHER = re.compile(r"\b(?:breast|mass|calcification\w*|lesion|distortion|o'clock|site)\b", re.IGNORECASE)
_MALIGNANT = re.compile(
    r"malignan\w*|\bcarcinoma\w*|metasta\w+|adenocarcinoma|\bIDC\b|\bILC\b|positive for", re.IGNORECASE
)
_BENIGN = re.compile(
    r"\bbenign|\breactive\b|negative|\bnormal\b|\bno (?:evidence|malign|metast|carcin|tumou?r)|\b[BC]2\b", re.IGNORECASE
)


def result_of_node(text: str) -> NodeResult:
    """The result of the biopsy of a node that a report tells of: it stands in the same sentence or behind it, up to
    the biopsy of something else."""
    lowered = text.lower()
    if "node" not in lowered and "axilla" not in lowered and "ln" not in lowered:
        return NodeResult.NONE
    told = sentences_of(text)
    found = [at for at, each in enumerate(told) if _is_of_node(each)]
    if not found:
        return NodeResult.NONE
    behind = _behind(told)
    results = {_of(told[at], *behind[at]) for at in found}
    for each in (NodeResult.MALIGNANT, NodeResult.NOT_SAID):
        if each in results:
            return each
    return NodeResult.BENIGN


def _is_of_node(sentence: str) -> bool:
    return bool(_NODE.search(sentence) and _SAMPLED.search(sentence) and not _NOT_YET.search(sentence))


def _behind(told: list[str]) -> list[tuple[bool, bool]]:
    """Of each sentence whether it, or one behind it up to the biopsy of something else, calls anything malignant, or
    benign."""
    found: list[tuple[bool, bool]] = []
    malignant = benign = False
    for each in reversed(told):
        malignant = malignant or asserts(_MALIGNANT, each)
        benign = benign or _BENIGN.search(each) is not None
        found.append((malignant, benign))
        if _SAMPLED.search(each) and _ANOTHER.search(each):
            malignant = benign = False
    return found[::-1]


def _of(sentence: str, malignant: bool, benign: bool) -> NodeResult:
    """What a sentence says of a node, or those behind it do: "benign" in its own sentence is of the node."""
    if _BENIGN.search(sentence) and not asserts(_MALIGNANT, sentence):
        return NodeResult.BENIGN
    return NodeResult.MALIGNANT if malignant else NodeResult.BENIGN if benign else NodeResult.NOT_SAID
