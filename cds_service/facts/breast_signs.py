"""What reports of breast and axilla say in everyday words: that a tumour grows into skin, chest wall or nodes, that a
finding changed, that a result is not final. What a sentence denies is not said.

The words are knowledge (`breast-words.yaml`).
"""

import re

from cds_service.facts.breast_denial import asserts
from cds_service.facts.sentences import sentences_of
from cds_service.knowledge.breast_words import BreastWords, Sign


def grows(text: str, words: BreastWords) -> bool:
    """Whether a report says in everyday words that skin, chest wall or muscle are taken."""
    return asserts(words[Sign.GROWS], text)


def takes_nodes(text: str, words: BreastWords) -> bool:
    """Whether a report says in everyday words that nodes are taken: "cortex 7 mm, hilum gone"."""
    return asserts(words[Sign.TAKES_NODES], _NODES_DENIED.sub(" ", text)) or joins_nodes(text, words)


_NODES_DENIED = re.compile(
    r"(?:(?<=[.\n] )|(?<=\n)|^)\W{0,4}(?:(?:axillary|regional) )?(?:(?:and|&|/) )?(?:lymph )?nodes?:(?=\s*no"
    r" (?:evidence of )?(?:suspicious|enlarged|abnormal|pathologic\w*|morphologically|significant|worrisome"
    r"|axillary|internal"
    r"|adenopathy|lymph\w*)\b)",
    re.IGNORECASE,
)
"""A heading that names nodes of which the line denies that they are taken; it is no node by itself."""


def joins_nodes(text: str, words: BreastWords) -> bool:
    """Whether a report says in everyday words that nodes are matted or bulky, tumour grows out of one, or one is taken
    that lies beyond levels I and II."""
    return asserts(words[Sign.JOINS_NODES], text) or asserts(words[Sign.FAR_NODES], text)


def doubts_nodes(text: str, words: BreastWords) -> bool:
    """Whether a report says in everyday words that a node may be taken: "asymmetric cortex", "borderline nodes"."""
    return asserts(words[Sign.DOUBTFUL_NODES], text) or takes_nodes(text, words)


def is_changed(text: str, words: BreastWords) -> bool:
    """Whether a report says that something changed, doubts, or names a finding or a next step.

    What treatment leaves is one, unless its own sentence says that it stays as it was: "skin thickening, stable".
    """
    said = [_PAST_BIOPSY.sub("", each) for each in sentences_of(text) if not _CONDITION.match(each)]
    return any(asserts(words[Sign.CHANGED], each) or _may_be_new(each, words) for each in said)


_CONDITION = re.compile(r"\s*if (?:there (?:is|are)|an?|any)\b", re.IGNORECASE)
"""What begins so names what is not there: "If there is a palpable abnormality, do not wait for a mammogram"."""
_PAST_BIOPSY = re.compile(
    r"\b(?:prior|previous|benign|old|remote|known)"
    r"(?: (?:core|needle|excisional|surgical|benign|breast)){0,2} biops(?:y|ies)\b"
    r"|\bbiops(?:y|ied)[ -](?:clips?|markers?|proven|sites?|scars?|chang\w+)\b",
    re.IGNORECASE,
)
"""A biopsy that was; any other may be a next step."""


def _may_be_new(sentence: str, words: BreastWords) -> bool:
    """Whether a sentence names what treatment leaves, and not that it stays as it was."""
    if not asserts(words[Sign.LEFT_BY_TREATMENT], sentence):
        return False
    return not asserts(words[Sign.STAYS], sentence) or takes_nodes(sentence, words)


def asks_for_biopsy(text: str) -> bool:
    """Whether a report asks for a biopsy."""
    return asserts(_NEXT_BIOPSY, text)


_NEXT_BIOPSY = re.compile(
    r"\bbiops(?:y|ies)\b[^.;\n]{0,40}\b(?:recommended|advised|suggested|warranted|needed|required|indicated|planned"
    r"|considered|scheduled)\b|\b(?:recommend|advise|suggest|consider|needs?"
    r"|requires?)\b[^.;\n]{0,40}\bbiops(?:y|ies)\b",
    re.IGNORECASE,
)


def tells_of_procedure(text: str, words: BreastWords) -> bool:
    """Whether a report tells how a sample was taken, a wire placed, or a tracer injected."""
    return words[Sign.PROCEDURE].search(text) is not None


def is_not_final(text: str, words: BreastWords) -> bool:
    """Whether a study could not be read, or its result is not the last word.

    The category of a screening mammogram that asks for more views, and what a patient is told before a biopsy, are no
    such words: the category counts by itself (`is_classed_open`).
    """
    return asserts(words[Sign.NOT_FINAL], _RISK_OF_A_SAMPLE.sub(" ", _ASKS_FOR_VIEWS.sub(" ", text)))


_ASKS_FOR_VIEWS = re.compile(
    r"\bincomplete\W{1,3}(?:exam\w*\W{1,3})?needs? additional imaging(?: evaluation)?"
    r"(?= ?(?:\W{1,4}(?:ACR )?BI-?RADS|\W{0,3}$|\.(?!\d)|\n))",
    re.IGNORECASE,
)
"""The name of BI-RADS category 0 (ACR BI-RADS Atlas, 5th edition: "Need Additional Imaging Evaluation")."""
_RISK_OF_A_SAMPLE = re.compile(
    r"\b(?:risks?|complications)\b(?: (?:and|benefits|alternatives|of|the|procedure|potential|possible|not"
    r"|limited|to|were"
    r"|discussed|explained|reviewed)){0,8},? (?:including|include|such as|of)\b"
    r"(?:(?!\b(?:was|were|is|are|has|have|had|but|sample:)\b)[^.;:\n])*(?=[.;\n]|$)",
    re.IGNORECASE,
)
"""What a patient is told that may come of a biopsy, as long as the sentence says nothing else."""


def is_of_other_tissue(text: str, words: BreastWords) -> bool:
    """Whether tissue is described that is not of a cancer of the breast."""
    return asserts(words[Sign.OTHER_TISSUE], text)


def is_classed_benign(text: str, words: BreastWords) -> bool:
    """Whether a final assessment calls everything benign: BI-RADS 2, M1, "no evidence of malignancy"."""
    return words[Sign.CLASSED_BENIGN].search(text) is not None and not is_classed_open(text, words)


def is_closed(text: str, words: BreastWords) -> bool:
    """Whether a report calls everything benign, and names no change."""
    return is_classed_benign(text, words) and not is_changed(text, words)


def is_classed_open(text: str, words: BreastWords) -> bool:
    """Whether an assessment is not benign, or not final: BI-RADS 0, M3, C1."""
    return words[Sign.CLASSED_OPEN].search(text) is not None


def is_undecided_sample(text: str, words: BreastWords) -> bool:
    """Whether a sample is neither benign nor malignant: B3, B4, C1, C3, C4."""
    return words[Sign.UNDECIDED_SAMPLE].search(text) is not None
