"""Reads FHIR R4 ValueSet files into value sets: only what we use of `compose`, and refusing what we cannot honour.

Every concept and every `is-a` include carries its source in an extension, because FHIR has no element for it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.coding import BY_PREFIX, SNOMED, Code, canonical_code, is_snomed_identifier
from cds_service.knowledge.faults import Fault
from cds_service.knowledge.procedures import SHIPPED_CONFIDENCE
from cds_service.knowledge.value_sets import ValueSet

CANONICAL = "http://cds-service.local/fhir/ValueSet/"
SOURCE = "http://cds-service.local/fhir/StructureDefinition/code-source"
CONFIDENCE = "http://cds-service.local/fhir/StructureDefinition/code-confidence"

# A block of ICD-10-CM, e.g. "R00-R09": a code of its own in the classification, whose children are the categories.
_BLOCK = re.compile(r"([A-Z])(\d\d)-\1(\d\d)\Z")


class ValueSetReader:
    """Reads one ValueSet file; JSON has no lines for us, so faults name the element."""

    def __init__(self, file: str, text: str, faults: list[Fault]) -> None:
        self.file = file
        self.text = text
        self.faults = faults

    def read(self) -> ValueSet | None:
        """The set, or None (with faults) when the file is no ValueSet."""
        try:
            resource = json.loads(self.text)
        except json.JSONDecodeError as error:
            self._fault("", f"not JSON: {error.msg}", error.lineno)
            return None
        if not isinstance(resource, dict) or resource.get("resourceType") != "ValueSet":
            self._fault("resourceType", "must be ValueSet")
            return None
        set_id = str(resource.get("id"))
        if self.file != f"value-sets/{set_id}.json":
            self._fault("id", f"the file of value set {set_id} must be value-sets/{set_id}.json")
        if resource.get("url") != f"{CANONICAL}{set_id}":
            self._fault("url", f"must be {CANONICAL}{set_id}")
        concepts: dict[Code, str] = {}
        headers: dict[Code, str] = {}
        for index, include in enumerate(resource.get("compose", {}).get("include", [])):
            self._include(include, f"compose.include[{index}]", concepts, headers)
        if not concepts and not headers:
            self._fault("compose", "the set has no codes")
        return ValueSet(id=set_id, title=str(resource.get("title")), concepts=concepts, headers=headers)

    def _include(
        self, include: Mapping[str, Any], place: str, concepts: dict[Code, str], headers: dict[Code, str]
    ) -> None:
        if unknown := sorted(set(include) - {"system", "concept", "filter", "extension"}):
            self._fault(place, f"cannot honour {', '.join(unknown)}")
        system = include.get("system", "")
        for index, concept in enumerate(include.get("concept", [])):
            inner = f"{place}.concept[{index}]"
            code = canonical_code(system, concept.get("code", ""))
            self._check(code, concept, inner)
            if code in concepts:
                self._fault(inner, f"{code.code} is there twice")
            concepts[code] = concept.get("display", "")
        for index, entry in enumerate(include.get("filter", [])):
            inner = f"{place}.filter[{index}]"
            if system not in BY_PREFIX or (entry.get("property"), entry.get("op")) != ("concept", "is-a"):
                self._fault(inner, "only headers of ICD-10-CM and ATC by concept is-a are understood")
                continue
            self._check_origin(include, place)
            for header in _expanded(entry["value"]):
                headers[canonical_code(system, header)] = entry["value"]

    def _check(self, code: Code, concept: Mapping[str, Any], place: str) -> None:
        if not concept.get("display"):
            self._fault(place, f"{code.code} has no display")
        if code.system == SNOMED and not is_snomed_identifier(code.code):
            self._fault(place, f"{code.code} is no SNOMED CT identifier: its check digit is wrong")
        self._check_origin(concept, place)

    def _check_origin(self, element: Mapping[str, Any], place: str) -> None:
        extensions = {entry.get("url"): entry for entry in element.get("extension", [])}
        if not extensions.get(SOURCE, {}).get("valueString"):
            self._fault(place, "has no source")
        confidence = extensions.get(CONFIDENCE, {}).get("valueCode")
        if confidence not in SHIPPED_CONFIDENCE:
            self._fault(place, f"confidence {confidence} is not one that ships: {', '.join(SHIPPED_CONFIDENCE)}")

    def _fault(self, path: str, message: str, line: int = 0) -> None:
        self.faults.append(Fault(self.file, line, path, message))


def _expanded(header: str) -> Iterator[str]:
    """The categories of a block ("R00-R09" → R00 … R09), or the header itself."""
    block = _BLOCK.match(header)
    if block is None:
        yield header
        return
    letter, first, last = block.groups()
    for number in range(int(first), int(last) + 1):
        yield f"{letter}{number:02d}"
