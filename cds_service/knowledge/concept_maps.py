"""A site's own codes: FHIR R4 ConceptMaps (https://hl7.org/fhir/R4/conceptmap.html) say which codes they mean.

Only a target that means the same is used: one that is wider or narrower would make a record say what nobody recorded.
Knows no clinical meaning.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cds_service.coding import SNOMED, Code, canonical_code, is_snomed_identifier
from cds_service.knowledge.faults import Fault, KnowledgeError
from cds_service.knowledge.model import Knowledge

logger = logging.getLogger(__name__)

USED = ("equal", "equivalent")
"""Of the codes of https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html, those that say "the same"."""

_EQUIVALENCES = frozenset(
    {*USED, "relatedto", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched", "disjoint"}
)


def with_concept_maps(knowledge: Knowledge, paths: Sequence[Path]) -> Knowledge:
    """The knowledge with the codes of a site; its hash then covers the maps too, as answers rest on them.

    `paths`: files, and folders whose `*.json` are read. Raises KnowledgeError with every fault, each with file and
    place.
    """
    if not paths:
        return knowledge
    digest = hashlib.sha256(knowledge.hash.encode())
    found, faults = _read(paths, digest.update)
    if faults:
        raise KnowledgeError(faults)
    translations = {code: tuple(dict.fromkeys(targets)) for code, targets in found.items()}
    return replace(knowledge, translations=MappingProxyType(translations), hash=digest.hexdigest())


def concept_map_faults(paths: Sequence[Path]) -> list[Fault]:
    """Everything for which these maps, files or folders of them, could not be used."""
    return _read(paths, lambda content: None)[1]


def _read(paths: Sequence[Path], note: Callable[[bytes], None]) -> tuple[dict[Code, list[Code]], list[Fault]]:
    """The site's codes and what they mean, and every fault. `note` is given the content of each file."""
    faults: list[Fault] = []
    found: dict[Code, list[Code]] = {}
    for file in _files(paths, faults):
        content = _content(file, faults)
        note(content)
        _MapReader(str(file), faults, found).read(content)
    return found, faults


def _files(paths: Sequence[Path], faults: list[Fault]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found:
            faults.append(Fault(str(path), 0, "", "the folder holds no .json file"))
        yield from found


def _content(file: Path, faults: list[Fault]) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        faults.append(Fault(str(file), 0, "", f"cannot be read: {error.strerror}"))
        return b"{}"


@dataclass(slots=True)
class _MapReader:
    """Reads one ConceptMap; JSON has no lines for us, so faults name the element."""

    file: str
    faults: list[Fault]
    found: dict[Code, list[Code]]
    left_out: Counter[str] = field(default_factory=Counter)

    def read(self, content: bytes) -> None:
        """Adds the codes that the map gives to `found`."""
        resource = self._resource(content)
        for place, group in self._objects(resource, "group", "") if resource is not None else ():
            self._group(group, place)
        if self.left_out:
            told = ", ".join(f"{count} {reason}" for reason, count in sorted(self.left_out.items()))
            logger.info("%s: only %s is used; left out: %s", self.file, " and ".join(USED), told)

    def _resource(self, content: bytes) -> Mapping[str, Any] | None:
        try:
            resource = json.loads(content)
        except UnicodeDecodeError:
            self._fault("", "not UTF-8")
            return None
        except json.JSONDecodeError as error:
            self._fault("", f"not JSON: {error.msg}", error.lineno)
            return None
        if not isinstance(resource, dict) or resource.get("resourceType") != "ConceptMap":
            self._fault("resourceType", "must be ConceptMap")
            return None
        return resource

    def _group(self, group: Mapping[str, Any], place: str) -> None:
        source = self._text(group, "source", place)
        if "unmapped" in group:
            self.left_out["unmapped"] += 1
        for inner, element in self._objects(group, "element", place):
            code = self._text(element, "code", inner)
            for at, target in self._objects(element, "target", inner) if "target" in element else ():
                if self._means_the_same(target, at):
                    meant = self._target(group, target, place, at)
                    if source and code and meant is not None:
                        self.found.setdefault(canonical_code(source, code), []).append(meant)

    def _means_the_same(self, target: Mapping[str, Any], place: str) -> bool:
        equivalence = target.get("equivalence")
        if equivalence not in _EQUIVALENCES:
            self._fault(f"{place}.equivalence", "must be one of FHIR R4's: equal, equivalent, wider, narrower, …")
            return False
        if equivalence not in USED:
            self.left_out[str(equivalence)] += 1
            return False
        if target.get("dependsOn") or target.get("product"):
            self.left_out["dependent on another element"] += 1
            return False
        return True

    def _target(self, group: Mapping[str, Any], target: Mapping[str, Any], place: str, at: str) -> Code | None:
        system, code = self._text(group, "target", place), self._text(target, "code", at)
        if not system or not code:
            return None
        meant = canonical_code(system, code)
        if meant.system == SNOMED and not is_snomed_identifier(meant.code):
            self._fault(f"{at}.code", f"{meant.code} is no SNOMED CT identifier: its check digit is wrong")
        return meant

    def _objects(self, parent: Mapping[str, Any], name: str, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each object of a list that may not be empty, with its place."""
        where = f"{place}.{name}" if place else name
        items = parent.get(name)
        if not isinstance(items, list) or not items:
            self._fault(where, "must be a list with something in it")
            return
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield f"{where}[{index}]", item
            else:
                self._fault(f"{where}[{index}]", "must be an object")

    def _text(self, parent: Mapping[str, Any], name: str, place: str) -> str:
        """A text that must be there; empty where it is not."""
        text = parent.get(name)
        if isinstance(text, str) and text.strip():
            return text
        self._fault(f"{place}.{name}", "must be there, as text")
        return ""

    def _fault(self, path: str, message: str, line: int = 0) -> None:
        fault = Fault(self.file, line, path, message)
        if fault not in self.faults:  # the system of a group is asked for by each of its elements
            self.faults.append(fault)
