"""Reads `breast-words.yaml`: the words by which reports of breast and axilla answer a question, each question's as one
pattern. What a sentence denies is no matter of the words (`facts.breast_denial`).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cds_service.knowledge.faults import Fault
from cds_service.knowledge.word_lists import pattern_of
from cds_service.knowledge.yaml import Document


class Sign(StrEnum):
    """What words of a report of breast or axilla are a sign of: the questions of the file."""

    GROWS = "grows"
    JOINS_NODES = "joins-nodes"
    FAR_NODES = "far-nodes"
    TAKES_NODES = "takes-nodes"
    DOUBTFUL_NODES = "doubtful-nodes"
    CHANGED = "changed"
    LEFT_BY_TREATMENT = "left-by-treatment"
    STAYS = "stays"
    NOT_FINAL = "not-final"
    OTHER_TISSUE = "other-tissue"
    PROCEDURE = "procedure"
    CLASSED_OPEN = "classed-open"
    CLASSED_BENIGN = "classed-benign"
    UNDECIDED_SAMPLE = "undecided-sample"


BreastWords = Mapping[Sign, re.Pattern[str]]
"""What finds the words of each question."""


def read_breast_words(document: Document, faults: list[Fault]) -> BreastWords:
    """The words in a document that its schema approves; faults are noted, and then nothing of it may be used."""
    return MappingProxyType({sign: _pattern(sign, document, faults) for sign in Sign})


def _pattern(sign: Sign, document: Document, faults: list[Fault]) -> re.Pattern[str]:
    question = document.value["questions"][sign]
    flags = re.NOFLAG if question.get("letters") == "as-written" else re.IGNORECASE
    return pattern_of(question["lists"], document, ("questions", sign.value, "lists"), faults, flags)
