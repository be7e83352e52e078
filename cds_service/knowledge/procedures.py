"""Builds the studies, their codes and the codes known to be something else from `procedures.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.coding import (
    CPT,
    HCPCS,
    LOINC,
    RADLEX,
    SNOMED,
    Code,
    canonical_code,
    is_snomed_identifier,
)
from cds_service.knowledge.faults import Fault
from cds_service.knowledge.studies import CodeMatch, Procedure, ProcedureCode
from cds_service.knowledge.yaml import Document, Path

SYSTEMS = {"cpt": CPT, "hcpcs": HCPCS, "loinc": LOINC, "snomed": SNOMED, "radlex": RADLEX}

# Facts base, "Marks": below medium a code was seen once, or only remembered.
SHIPPED_CONFIDENCE = ("high", "medium-high", "medium")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureFile:
    """What `procedures.yaml` says."""

    procedures: Mapping[str, Procedure]
    not_covered: Mapping[Code, str]
    not_covered_phrases: Mapping[str, str]


class ProcedureReader:
    """Reads `procedures.yaml`, whose shape the schema has already approved."""

    def __init__(self, document: Document, faults: list[Fault]) -> None:
        self.document = document
        self.faults = faults
        self._named: dict[Code, tuple[str, CodeMatch]] = {}

    def read(self) -> ProcedureFile:
        """Every study by id, and what is not covered."""
        value = self.document.value
        procedures = {
            name: self._procedure(name, entry, ("procedures", name)) for name, entry in value["procedures"].items()
        }
        not_covered = {}
        for index, entry in enumerate(value["not-covered"]["codes"]):
            path: Path = ("not-covered", "codes", index)
            code = self._code(entry, path)
            if code in self._named:
                self._fault(path, f"{code.code} is not covered, yet names {self._named[code][0]}")
            not_covered[code] = entry["reason"]
        phrases = {entry["phrase"]: entry["reason"] for entry in value["not-covered"]["phrases"]}
        return ProcedureFile(procedures=procedures, not_covered=not_covered, not_covered_phrases=phrases)

    def _procedure(self, name: str, entry: Mapping[str, Any], path: Path) -> Procedure:
        codes = [*self._codes(name, entry.get("codes", []), (*path, "codes"))]
        parts = []
        for index, part in enumerate(entry.get("parts", [])):
            halves = [*self._codes(name, part, (*path, "parts", index), match=CodeMatch.PARTIAL)]
            codes += halves
            parts.append(tuple(half.code for half in halves))
        msv = entry.get("msv")
        return Procedure(
            id=name,
            name=entry["name"],
            short=entry["short"],
            family=entry["family"],
            default_question=entry["default-question"],
            after_treatment_question=entry.get("after-treatment-question"),
            radiation=entry["radiation"],
            msv=(float(msv[0]), float(msv[1])) if msv else None,
            contrast=entry["contrast"],
            body_site=entry["body-site"],
            codes=tuple(codes),
            order_codes=tuple(self._order_codes(entry, {code.code for code in codes}, path)),
            parts=tuple(parts),
            phrases=tuple(entry.get("phrases", [])),
            looks_at=tuple(entry.get("looks-at", [])),
            name_words=frozenset(word for line in entry.get("name-words", []) for word in line.split()),
        )

    def _codes(
        self, name: str, entries: list[Mapping[str, Any]], path: Path, match: CodeMatch | None = None
    ) -> Iterator[ProcedureCode]:
        for index, entry in enumerate(entries):
            how = match or CodeMatch(entry["match"])
            code = self._code(entry, (*path, index))
            self._claim(code, name, how, (*path, index))
            yield ProcedureCode(
                code=code,
                match=how,
                confidence=entry["confidence"],
                source=entry["source"],
                display=entry.get("display"),
                laterality=entry.get("laterality"),
                note=entry.get("note"),
            )

    def _code(self, entry: Mapping[str, Any], path: Path) -> Code:
        written = canonical_code(SYSTEMS[entry["system"]], entry["code"])
        if written.system == SNOMED and not is_snomed_identifier(written.code):
            self._fault((*path, "code"), f"{written.code} is no SNOMED CT identifier: its check digit is wrong")
        return written

    def _claim(self, code: Code, name: str, match: CodeMatch, path: Path) -> None:
        """One code names one study, unless both say that it leaves something open."""
        if code not in self._named:
            self._named[code] = (name, match)
            return
        other, how = self._named[code]
        if other == name:
            self._fault(path, f"{code.code} is there twice")
        elif not match is how is CodeMatch.ONE_OF:
            self._fault(path, f"{code.code} already names {other}: a code of several studies is one-of in each of them")

    def _order_codes(self, entry: Mapping[str, Any], known: set[Code], path: Path) -> Iterator[Code]:
        for index, written in enumerate(entry.get("order-codes", [])):
            code = canonical_code(SYSTEMS[written["system"]], written["code"])
            if code not in known:
                self._fault((*path, "order-codes", index), f"{code.code} is not among the codes of this study")
            yield code

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(self.document.fault(path, message))
