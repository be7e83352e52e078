"""What reports of breast and axilla say in everyday words: that a tumour grows into skin, chest wall or nodes, that a
finding changed, that a result is not final. What a sentence denies is not said.

The words are knowledge (`breast-words.yaml`).
"""

from cds_service.facts.breast_denial import asserts
from cds_service.knowledge.breast_words import BreastWords, Sign


def grows(text: str, words: BreastWords) -> bool:
    """Whether a report says in everyday words that skin, chest wall or muscle are taken."""
    return asserts(words[Sign.GROWS], text)


def takes_nodes(text: str, words: BreastWords) -> bool:
    """Whether a report says in everyday words that nodes are taken: "cortex 7 mm, hilum gone"."""
    return asserts(words[Sign.TAKES_NODES], text)


def is_changed(text: str, words: BreastWords) -> bool:
    """Whether a report says that something changed, doubts, or names a finding or a next step."""
    return asserts(words[Sign.CHANGED], text)


def is_not_final(text: str, words: BreastWords) -> bool:
    """Whether a study could not be read, or its result is not the last word."""
    return asserts(words[Sign.NOT_FINAL], text)


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
