"""Lists of words as one pattern: how `breast-words.yaml` and `note-words.yaml` list them, each list with its reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from cds_service.knowledge.faults import Fault, Unreadable
from cds_service.knowledge.word_patterns import any_of, in_turn, phrases_of
from cds_service.knowledge.yaml import Document, Path

List = Mapping[str, Any]


def pattern_of(
    lists: Sequence[List], document: Document, path: Path, faults: list[Fault], flags: re.RegexFlag = re.IGNORECASE
) -> re.Pattern[str]:
    """What finds the words of the lists at `path` in a document; what is not written as it should be is noted."""
    parts: list[str] = []
    # Lists of single words that stand together are looked for together, which costs less.
    for apart, group in groupby(_readable(lists, document, path, faults), key=_stands_apart):
        items = [*group]
        parts += map(_alone, items) if apart else [any_of(chain.from_iterable(map(_phrases, items)))]
    return re.compile("|".join(parts), flags)


def _readable(lists: Sequence[List], document: Document, path: Path, faults: list[Fault]) -> Iterator[List]:
    """The lists that are written as they should be."""
    seen: set[str] = set()
    for index, item in enumerate(lists):
        try:
            _check(item, seen)
        except Unreadable as error:
            faults.append(document.fault((*path, index), error.message))
        else:
            if item.keys() - {"why", "parts"}:
                yield item


_PLAIN, _NEAR = {"words", "phrases", "parts"}, {"first", "then", "within"}


def _check(item: List, seen: set[str]) -> None:
    """Raises Unreadable for a list that cannot be looked for, or that says again what was `seen`."""
    keys = item.keys() - {"why", "except"}
    if not (keys and keys <= _PLAIN) and not _NEAR <= keys <= {*_NEAR, "and-then", "skipping"}:
        raise Unreadable((), "must have words or phrases, or else first, then and within")
    if "except" in item and not item.keys() & {"words", "phrases"}:
        raise Unreadable((), "except is of words and phrases")
    _alone(item)
    for phrase in (*_phrases(item), *phrases_of(item.get("parts", ""))):
        if phrase in seen:
            raise Unreadable((), f'"{phrase}" is there twice')
        seen.add(phrase)


def _stands_apart(item: List) -> bool:
    return "first" in item or "except" in item


def _alone(item: List) -> str:
    if "first" in item:
        return _near(item)
    found = any_of(_phrases(item))
    return f"(?!{any_of(phrases_of(item['except']))})(?:{found})" if "except" in item else found


def _phrases(item: List) -> list[str]:
    return [*item.get("words", "").split(), *phrases_of(item.get("phrases", ""))]


def _near(item: List) -> str:
    lists = [phrases_of(item[key]) for key in ("first", "then", "and-then") if key in item]
    return in_turn(lists, item["within"], phrases_of(item.get("skipping", "")))
