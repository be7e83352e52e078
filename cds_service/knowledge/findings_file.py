"""Loads `findings.yaml`: its sections and keys, checked, as `knowledge.findings`. Every fault is reported at once."""

import pathlib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from cds_service.facts.mentions import Kind, Meant
from cds_service.knowledge.faults import Fault, KnowledgeError
from cds_service.knowledge.findings import MENTION_SITES, Effect, Entry, Findings, Head, Meaning, Role
from cds_service.knowledge.findings_spelling import Spelling
from cds_service.knowledge.findings_trie import (
    Node,
    leaf,
    meaning_of,
    pattern_trie,
    patterns_of,
    settled_union,
    union,
    words_of,
)
from cds_service.knowledge.yaml import Document, Path, read_document

FILE = "findings.yaml"

_Member = TypeVar("_Member", bound=StrEnum)


def load_findings(path: pathlib.Path) -> Findings:
    """The findings in a file.

    Raises KnowledgeError with every fault as `file:line: path: message`.
    """
    document = read_document(path, FILE)
    faults = list(document.faults)
    reader = _Reader(document, faults)
    findings = reader.read() if isinstance(document.value, dict) else None
    if faults or findings is None:
        raise KnowledgeError(faults or [Fault(FILE, 0, "", "must be a mapping of sections")])
    return findings


# Keys each section's entries may have; the ones marked with "!" must be there.
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "sites": ("id!", "counts-as!", "phrases!"),
    "concepts": ("means!", "site", "meant", "detail", "why!", "phrases!"),
    "not-concerning": ("id!", "why!", "phrases!"),
    "combinations": ("id!", "otherwise!", "at!", "site", "why!", "phrases!"),
    "nodes": ("state", "why!", "phrases!"),
    "tests": ("means!", "site", "why!", "phrases!"),
    "sides": ("side!", "phrases!"),
    "cues": ("effect!", "means", "meant", "state", "level", "phase", "alone", "why!", "phrases!"),
    "words": ("role!", "id", "state", "level", "phase", "alone", "why!", "phrases", "words"),
}
_ORGAN_DISEASES = "organ-diseases"
_NEVER_MISTYPED = "never-mistyped"
_ALL_SECTIONS = (*_SECTIONS, _ORGAN_DISEASES, "misspellings", _NEVER_MISTYPED)
_STATES = ("palpable", "suspicious", "enlarged", "proven", "positive", "normal")
_LEVELS = ("raised", "mildly-raised", "normal")
_PHASES = ("planned", "running", "completed", "before")
ORGANS = ("head", "chest", "abdomen", "bone", "body")
"""What a study looks at, as far as it may be for another disease there; "body": of no one organ."""
_CLOSED = {
    "state": _STATES,
    "level": _LEVELS,
    "phase": _PHASES,
    "counts-as": (*MENTION_SITES, "local"),
    "organ": ORGANS,
}
_CLINICAL = frozenset({Role.CONCEPT, Role.HEAD, Role.SITE, Role.NODE, Role.TEST})
"""Roles whose words are read even when mistyped; a cue, above all a "no", never is."""
_LONG = 5
"""Words of longer phrases are read so only if they have more letters: "swallow", not "cell"."""
_WORD_ROLES = (Role.INNER, Role.WORD, Role.BREAK, Role.JOIN, Role.LINK)

# Signs end or join whatever they stand between; they are part of the tokens, not of any clinician's list.
_BREAKS = (*".;!?|*[]\n\r\v\f\x85", "\u2028", "\u2029", "\u2022", "\u00b7")
_JOINS = {",": "comma", "/": "slash", "&": "and"}
_INNER_SIGNS = ("%", "=", "<", ">", "~", "+", "-", ":", "(", ")", "\u2265", "\u2264")


class _Reader:
    """Builds `Findings` from a document, noting faults and going on."""

    def __init__(self, document: Document, faults: list[Fault]) -> None:
        self.document = document
        self.faults = faults
        self.tries: list[tuple[Path, Node[Entry]]] = [((), _signs())]
        self.clinical: dict[str, None] = {}

    def read(self) -> Findings:
        value = self.document.value
        for name in {*value} - {*_ALL_SECTIONS, "version"}:
            self._fault((name,), f"no such section; there are {', '.join(_ALL_SECTIONS)}")
        heads: dict[str, Head] = {}
        sites: dict[str, str] = {}
        reasons: dict[str, str] = {}
        for section in _SECTIONS:
            for path, item in self._items(section):
                self._phrases(path, item, self._entry(section, path, item))
                if section == "sites":
                    sites[item["id"]] = item["counts-as"]
                elif section == "not-concerning":
                    reasons[item["id"]] = item["why"]
                elif section == "combinations":
                    heads[item["id"]] = self._head(path, item, sites)
        trie = settled_union([union([trie for _, trie in self.tries], self._clash)], {})
        trie.misspell(self._misspellings())
        return Findings(
            trie=trie,
            spelling=Spelling(trie.words() | self._never_mistyped(), self.clinical),
            sides=MappingProxyType({word: entry for word, entry in _single_words(trie) if entry.role is Role.SIDE}),
            heads=MappingProxyType(heads),
            sites=MappingProxyType(sites),
            not_concerning=MappingProxyType(reasons),
            organ_diseases=MappingProxyType(self._organ_diseases()),
            version=str(value.get("version", "")),
        )

    def _organ_diseases(self) -> dict[str, re.Pattern[str]]:
        found: dict[str, re.Pattern[str]] = {}
        for path, item in self._items(_ORGAN_DISEASES):
            if item["organ"] in found:
                self._fault((*path, "organ"), f"{item['organ']} is there twice")
            stems = filter(None, (stem.strip() for stem in re.split(r",|\n", item["stems"])))
            found[item["organ"]] = re.compile("|".join(map(_stem, stems)), re.IGNORECASE)
        return found

    def _misspellings(self) -> dict[str, tuple[str, ...]]:
        spellings: dict[str, tuple[str, ...]] = {}
        for wrong, right in self.document.value.get("misspellings", {}).items():
            spellings[right] = (*spellings.get(right, ()), wrong)
        return spellings

    def _never_mistyped(self) -> frozenset[str]:
        """Words of the language that are one letter away from a clinical one."""
        section = self.document.value.get(_NEVER_MISTYPED, {})
        if not isinstance(section, dict) or {*section} - {"why", "words"}:
            self._fault((_NEVER_MISTYPED,), "must have why and words")
            return frozenset()
        return frozenset(str(section.get("words", "")).split())

    def _items(self, section: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """The entries of a section that are written as they should be."""
        rows = self.document.value.get(section, [])
        if not isinstance(rows, list):
            self._fault((section,), "must be a list")
            return
        keys = _SECTIONS.get(section, ("organ!", "why!", "stems!"))
        allowed = {key.rstrip("!") for key in keys}
        for index, item in enumerate(rows):
            path = (section, index)
            if not isinstance(item, dict):
                self._fault(path, "must be a mapping")
                continue
            missing = [key[:-1] for key in keys if key.endswith("!") and not item.get(key[:-1])]
            wrong = sorted({*item} - allowed)
            if missing:
                self._fault(path, f"lacks {', '.join(missing)}")
            if wrong:
                self._fault(path, f"does not know {', '.join(wrong)}; known are {', '.join(sorted(allowed))}")
            if not missing and not wrong and self._closed(path, item):
                yield path, item

    def _closed(self, path: Path, item: Mapping[str, Any]) -> bool:
        """Whether every value from a closed set is in it."""
        good = True
        for key, values in _CLOSED.items():
            if key in item and item[key] not in values:
                self._fault((*path, key), f"must be one of {', '.join(values)}")
                good = False
        return good

    def _entry(self, section: str, path: Path, item: Mapping[str, Any]) -> Entry:
        common: dict[str, Any] = {key: item.get(key) for key in ("state", "level", "phase")}
        alone = self._meaning((*path, "alone"), item["alone"]) if "alone" in item else None
        match section:
            case "sites":
                return Entry(role=Role.SITE, id=item["id"])
            case "concepts":
                return self._concept(path, item)
            case "not-concerning":
                return Entry(
                    role=Role.CONCEPT, means=((Kind.NON_INDICATION, "not-concerning"),), detail=str(item["id"])
                )
            case "combinations":
                return Entry(role=Role.HEAD, id=item["id"])
            case "nodes":
                return Entry(role=Role.NODE, **common)
            case "tests":
                return Entry(role=Role.TEST, means=self._means(path, item), site=item.get("site"))
            case "sides":
                return Entry(role=Role.SIDE, id=item["side"], means=((Kind.SIDE, item["side"]),))
            case "cues":
                effect = self._member(Effect, (*path, "effect"), item["effect"])
                means = self._means(path, item) if "means" in item else ()
                meant = self._meant(path, item)
                return Entry(role=Role.CUE, effect=effect, means=means, meant=meant, alone=alone, **common)
            case _:
                role = self._member(Role, (*path, "role"), item["role"])
                if role not in _WORD_ROLES:
                    self._fault((*path, "role"), f"must be one of {', '.join(_WORD_ROLES)}")
                return Entry(role=role or Role.WORD, id=str(item.get("id", "")), alone=alone, **common)

    def _concept(self, path: Path, item: Mapping[str, Any]) -> Entry:
        if item.get("site", "other") not in MENTION_SITES:
            self._fault((*path, "site"), f"must be one of {', '.join(MENTION_SITES)}")
        return Entry(
            role=Role.CONCEPT,
            means=self._means(path, item),
            meant=self._meant(path, item),
            site=item.get("site"),
            detail=item.get("detail"),
        )

    def _meant(self, path: Path, item: Mapping[str, Any]) -> Meant:
        return self._member(Meant, (*path, "meant"), item.get("meant", "affirmed")) or Meant.AFFIRMED

    def _head(self, path: Path, item: Mapping[str, Any], sites: Mapping[str, str]) -> Head:
        for site in {*item["at"]} - {*sites}:
            self._fault((*path, "at", site), "no such site")
        nothing = (Kind.SYMPTOM, "unspecified")
        return Head(
            otherwise=self._meaning((*path, "otherwise"), item["otherwise"]) or nothing,
            at={site: self._meaning((*path, "at", site), what) or nothing for site, what in item["at"].items()},
            site=item.get("site"),
        )

    def _means(self, path: Path, item: Mapping[str, Any]) -> tuple[Meaning, ...]:
        found = []
        for name, values in item["means"].items():
            kind = self._member(Kind, (*path, "means", name), name)
            for value in values if isinstance(values, list) else [values]:
                if kind is not None:
                    found.append((kind, str(value)))
        return tuple(found)

    def _meaning(self, path: Path, written: Mapping[str, str]) -> Meaning | None:
        means = self._means(path[:-1], {"means": written})
        if len(means) != 1:
            self._fault(path, "must name one kind and one value")
            return None
        return means[0]

    def _member(self, enum: type[_Member], path: Path, name: str) -> _Member | None:
        try:
            return enum(name)
        except ValueError:
            self._fault(path, f'"{name}" is none of {", ".join(enum)}')
            return None

    def _phrases(self, path: Path, item: Mapping[str, Any], entry: Entry) -> None:
        """Takes the phrases of an item."""
        try:
            patterns = patterns_of(item)
        except ValueError as error:
            self._fault(path, str(error))
            return
        for pattern in patterns:
            trie = pattern_trie(pattern, entry)
            if entry.role in _CLINICAL:
                alone = {word for word, below in trie.next.items() if below.meaning is not None}
                words = (word for word in words_of(pattern) if len(word) > _LONG or word in alone)
                self.clinical.update(dict.fromkeys(words))
            self.tries.append((path, trie))

    def _clash(self, phrase: tuple[str, ...], there: Entry) -> None:
        """A phrase of two meanings is a fault of the item that comes later."""
        for path, trie in self.tries:
            if meaning_of(trie, phrase) not in (None, there):
                self._fault(path, f'"{" ".join(phrase)}" is already {there.role}: {_name(there)}')

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(self.document.fault(path, message))


def _signs() -> Node[Entry]:
    signs: Node[Entry] = Node()
    signs.next = {
        **{sign: leaf(Entry(role=Role.BREAK, id=sign)) for sign in _BREAKS},
        **{sign: leaf(Entry(role=Role.JOIN, id=name)) for sign, name in _JOINS.items()},
        **{sign: leaf(Entry(role=Role.INNER, id=sign)) for sign in _INNER_SIGNS},
    }
    return signs


def _single_words(trie: Node[Entry]) -> Iterator[tuple[str, Entry]]:
    for word, node in trie.next.items():
        if node.meaning is not None:
            yield word, node.meaning


def _stem(written: str) -> str:
    """The pattern of a stem; with a full stop it is a word of its own: "tb." is not in "tbsp"."""
    return rf"\b{re.escape(written[:-1])}\b" if written.endswith(".") else re.escape(written)


def _name(entry: Entry) -> str:
    return ", ".join(value for _, value in entry.means) or entry.id or str(entry.effect or entry.state or "no meaning")
