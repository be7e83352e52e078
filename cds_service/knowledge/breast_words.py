"""Reads `breast-words.yaml`: the words by which reports of breast and axilla answer a question, each question's as one
pattern. What a sentence denies is no matter of the words (`facts.breast_denial`).
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import chain, groupby
from types import MappingProxyType
from typing import Any

from cds_service.knowledge.faults import Fault, Unreadable
from cds_service.knowledge.word_patterns import any_of, in_turn, phrases_of
from cds_service.knowledge.yaml import Document, Path


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
    parts: list[str] = []
    # Lists of single words that stand together are looked for together, which costs less.
    for near, group in groupby(_items(sign, document, faults), key=lambda item: "first" in item):
        items = [*group]
        parts += map(_near, items) if near else [any_of(chain.from_iterable(map(_phrases, items)))]
    letters = document.value["questions"][sign].get("letters")
    return re.compile("|".join(parts), re.NOFLAG if letters == "as-written" else re.IGNORECASE)


def _items(sign: Sign, document: Document, faults: list[Fault]) -> Iterator[Mapping[str, Any]]:
    """The lists of a question that are written as they should be."""
    seen: set[str] = set()
    for index, item in enumerate(document.value["questions"][sign]["lists"]):
        try:
            _check(item, seen)
        except Unreadable as error:
            path: Path = ("questions", sign.value, "lists", index)
            faults.append(document.fault(path, error.message))
        else:
            yield item


_PLAIN, _NEAR = {"words", "phrases"}, {"first", "then", "within"}


def _check(item: Mapping[str, Any], seen: set[str]) -> None:
    """Raises Unreadable for a list that cannot be looked for, or that says again what was `seen`."""
    keys = item.keys() - {"why"}
    if not (keys and keys <= _PLAIN) and not _NEAR <= keys <= {*_NEAR, "and-then", "skipping"}:
        raise Unreadable((), "must have words or phrases, or else first, then and within")
    if "first" in item:
        _near(item)
        return
    any_of(_phrases(item))
    for phrase in _phrases(item):
        if phrase in seen:
            raise Unreadable((), f'"{phrase}" is there twice')
        seen.add(phrase)


def _phrases(item: Mapping[str, Any]) -> list[str]:
    return [*item.get("words", "").split(), *phrases_of(item.get("phrases", ""))]


def _near(item: Mapping[str, Any]) -> str:
    lists = [phrases_of(item[key]) for key in ("first", "then", "and-then") if key in item]
    return in_turn(lists, item["within"], phrases_of(item.get("skipping", "")))
