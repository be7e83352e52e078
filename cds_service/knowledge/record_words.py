"""Loads `record-words.yaml`: the words of reports, notes and problem lists that need no explanation, and the studies
whose reports need not be understood whole.

One trie for each kind of text; which of its words leave a text open is `facts.understood`.
"""

import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cds_service.knowledge.faults import Fault, KnowledgeError
from cds_service.knowledge.findings_trie import (
    Joined,
    Node,
    meaning_of,
    pattern_trie,
    patterns_of,
    settled_union,
    union,
)
from cds_service.knowledge.yaml import Document, Path, read_document

FILE = "record-words.yaml"


class In(StrEnum):
    """The kind of text a list is for."""

    REPORT = "report"
    BREAST = "breast"  # a report of breast or axilla: what is listed for it, and else what is for any report
    NOTE = "note"
    TREATMENT_NOTE = "treatment-note"  # of an operation, a stay, radiotherapy or a tumour board: else as a note
    ENTRY = "entry"
    STUDY = "study"  # the name of a study that looks for no tumour
    MEASUREMENT = "measurement"  # the report of such a study
    DENSITY_STUDY = "density-study"  # names of bone densitometry, and so on: kinds of study with words of their own
    DENSITY = "density"
    HEART_STUDY = "heart-study"
    HEART = "heart"
    JOINT_STUDY = "joint-study"
    JOINT = "joint"
    GENES_STUDY = "genes-study"
    GENES = "genes"
    BLOOD_STUDY = "blood-study"
    BLOOD = "blood"
    PREGNANCY_STUDY = "pregnancy-study"
    PREGNANCY = "pregnancy"
    PART_STUDY = "part-study"
    PART = "part"


class Use(StrEnum):
    """What a word or phrase does in such a text."""

    WORD = "word"  # says nothing by itself
    PLACE = "place"  # a part of the body that a cancer spreads to
    TEST = "test"  # a laboratory test or an organism, whose result has to be called normal or negative
    NORMAL = "normal"  # of a part of the body, that it is normal
    SETTLED = "settled"  # harmless as a whole, also where a word in it would be a finding
    NEGATOR = "negator"  # what is absent may follow
    TURN = "turn"  # ends what a negator reaches
    ABSENT = "absent"  # harmless only where it is negated
    ALARMING = "alarming"  # an adjective, harmless only in front of what is absent
    TITLE = "title"  # a name follows
    OPEN = "open"  # leaves the text open, whatever it stands beside
    KNOWN = "known"  # names what is no sign of distant disease, whatever else is said


OF_STUDY = {
    In.DENSITY_STUDY: In.DENSITY,
    In.HEART_STUDY: In.HEART,
    In.PART_STUDY: In.PART,  # before joints: films of them, but no MRI
    In.JOINT_STUDY: In.JOINT,
    In.GENES_STUDY: In.GENES,
    In.BLOOD_STUDY: In.BLOOD,
    In.PREGNANCY_STUDY: In.PREGNANCY,
}
"""The words for the reports of each kind of study, by the names of such studies."""
_ELSE = {
    In.BREAST: (In.REPORT,),
    In.TREATMENT_NOTE: (In.NOTE,),
    **dict.fromkeys(OF_STUDY.values(), (In.MEASUREMENT, In.REPORT)),
    In.JOINT: (In.REPORT,),
    In.PART: (In.REPORT,),
}
"""Where what is not listed for a kind of text is looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWords:
    """The words by kind of text; without a file there are none, and no text is understood."""

    tries: Mapping[In, Node[Use]] = field(default_factory=lambda: {each: Node() for each in In}, compare=False)
    stems: Mapping[In, re.Pattern[str]] = field(default_factory=dict, compare=False)
    """What a word that nobody knows may not hold, where the rest of its kind of text may be passed over."""


def load_record_words(path: pathlib.Path) -> RecordWords:
    """The words in a file.

    Raises KnowledgeError with every fault as `file:line: path: message`.
    """
    document = read_document(path, FILE)
    if document.value is None and document.faults:
        raise KnowledgeError(document.faults)
    faults = list(document.faults)
    lists: dict[In, list[tuple[Path, Node[Use]]]] = {each: [] for each in In}
    stems: dict[In, list[str]] = {}
    for path_of, item in _items(document, faults):
        phrases = [(path_of, trie) for trie in _tries(item)]
        for kind in item["in"]:
            lists[In(kind)] += phrases
            stems.setdefault(In(kind), []).extend(str(item.get("stems", "")).split())
    own = {kind: _union(listed, document, faults) for kind, listed in lists.items()}
    if faults:
        raise KnowledgeError(faults)
    done: Joined[Use] = {}
    # What is listed for the kind itself stays.
    together = {kind: [own[kind], *(own[other] for other in _ELSE.get(kind, ()))] for kind in In}
    return RecordWords(
        tries=MappingProxyType({kind: settled_union(of, done) for kind, of in together.items()}),
        stems=MappingProxyType({kind: re.compile("|".join(map(re.escape, of))) for kind, of in stems.items() if of}),
    )


def _items(document: Document, faults: list[Fault]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The lists that are written as they should be."""
    value = document.value if isinstance(document.value, dict) else {}
    lists = value.get("lists")
    if not isinstance(lists, list):
        faults.append(document.fault(("lists",), "must be a list"))
        return
    for index, item in enumerate(lists):
        path: Path = ("lists", index)
        fault = _fault_of(item)
        if fault:
            faults.append(document.fault(path, fault))
        else:
            yield path, item


def _fault_of(item: Any) -> str:
    """What is wrong with a list, or nothing."""
    if not isinstance(item, dict) or not {"in", "as", "why"} <= {*item} <= {"in", "as", "why", *_LISTED}:
        return "must have in, as and why, and may have phrases, words and stems"
    if not isinstance(item["in"], list) or not {*item["in"]} <= {*In}:
        return f"in: must be a list of {', '.join(In)}"
    if item["as"] not in {*Use}:
        return f"as: must be one of {', '.join(Use)}"
    if "stems" in item and item["as"] != Use.OPEN:
        return "stems: only of what is open"
    try:
        patterns_of(item)
    except ValueError as error:
        return f"phrases: {error}"
    return ""


_LISTED = ("phrases", "words", "stems")


def _tries(item: Mapping[str, Any]) -> Iterator[Node[Use]]:
    """The phrases of a list, each with its use."""
    for pattern in patterns_of(item):
        yield pattern_trie(pattern, Use(item["as"]))


def _union(listed: Sequence[tuple[Path, Node[Use]]], document: Document, faults: list[Fault]) -> Node[Use]:
    """What is listed for a kind of text, in one; a phrase of two uses is a fault of the list that comes later."""

    def clash(phrase: tuple[str, ...], there: Use) -> None:
        of_another = (path for path, trie in listed if meaning_of(trie, phrase) not in (None, there))
        faults.extend(document.fault(path, f'"{" ".join(phrase)}" is already {there}') for path in of_another)

    return union([trie for _, trie in listed], clash)
