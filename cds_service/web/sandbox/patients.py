"""The synthetic patients that come with the service: one folder each, as `fixtures/README.md` describes them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGED = "_fixtures"
"""Where an installed service carries them; a checkout has them in `fixtures/`."""

DEFAULT = "s4-pet-ct-stage-ia-mcode"

FEATURED: Mapping[str, str] = {
    DEFAULT: "Stage IA, PET/CT",
    "s5-pet-ct-anxious": "Follow-up, PET/CT",
    "s1-core-biopsy-before-imaging": "Biopsy before ultrasound",
    "s2-us-axilla-order-sign": "After chemotherapy, axilla",
    "s3-core-biopsy": "Suspicious node, biopsy",
    "asks-stage-unknown": "Stage not recorded",
    "not-s4-stage-iib": "Stage IIB, PET/CT",
}
"""Where to begin, each with a name for a button."""

_GROUPS: tuple[tuple[str, str], ...] = (
    ("s4-", "New early-stage cancer: distant disease"),
    ("s5-", "Follow-up after treatment"),
    ("s1-", "The axilla before neoadjuvant therapy"),
    ("s2-", "The axilla after neoadjuvant therapy"),
    ("s3-", "A suspicious node was seen"),
    ("asks-", "One missing fact decides"),
    ("not-s", "Near neighbours: no warning"),
    ("v", "Other variants"),
    ("", "Other orders and incomplete records"),
)
"""What a folder's name begins with, and the heading it stands under."""

_WORDS: Mapping[str, str] = {
    "pet": "PET", "ct": "CT", "us": "US", "mri": "MRI", "fna": "FNA", "cap": "C/A/P", "alp": "ALP", "dcis": "DCIS",
    "her2": "HER2", "fes": "FES", "ia": "IA", "ii": "II", "iia": "IIA", "iib": "IIB", "icd10": "ICD-10",
    "loinc": "LOINC", "mcode": "mCODE", "snomed": "SNOMED CT", "epic": "Epic", "synthea": "Synthea", "t1": "T1",
    "t1n1": "T1N1", "t2n1": "T2N1", "t3n0": "T3N0", "n1mi": "N1mi", "n": "N", "m": "M",
}  # fmt: skip

_REFERENCE = re.compile(r"\b(?:[A-E]\d+|V\d|S\d|design|cds-hooks|facts)\b")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One synthetic patient with a draft order. `why`: what the answer should be and why, in one line."""

    id: str
    title: str
    why: str


class Patients:
    """The patients of a folder; it is read when somebody first asks."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @cached_property
    def groups(self) -> Sequence[tuple[str, Sequence[Patient]]]:
        """Every patient, under headings; nothing where there is no folder."""
        found: dict[str, list[Patient]] = {heading: [] for _, heading in _GROUPS}
        for patient in self._read():
            found[next(heading for prefix, heading in _GROUPS if patient.id.startswith(prefix))].append(patient)
        return tuple((heading, tuple(listed)) for heading, listed in found.items() if listed)

    @cached_property
    def by_id(self) -> Mapping[str, Patient]:
        """Every patient by the name of the folder."""
        return {patient.id: patient for _, listed in self.groups for patient in listed}

    def request(self, id: str) -> bytes | None:
        """The hook request of a patient as an EHR would post it; None where there is no such patient."""
        if self._folder is None or id not in self.by_id:
            return None
        return (self._folder / id / "request.json").read_bytes()

    def _read(self) -> Iterator[Patient]:
        for path in sorted(self._folder.glob("*/request.json")) if self._folder is not None else ():
            why = path.with_name("why.txt").read_text(encoding="utf-8").strip()
            yield Patient(id=path.parent.name, title=_title(path.parent.name), why=_without_references(why))


def packaged_patients() -> Patients:
    """Those of an installed service or of a checkout; none where neither has any."""
    package = Path(__file__).parents[2]
    folders = (package / PACKAGED, package.parent / "fixtures")
    return Patients(next((folder for folder in folders if folder.is_dir()), None))


def _title(folder: str) -> str:
    """A folder's name as words: "PET/CT stage IA mCODE"."""
    variant = re.match(r"v(\d+)-(\d+)-", folder)
    name = folder.removeprefix(variant[0]) if variant else re.sub(r"^(?:not-)?s\d-|^asks-", "", folder)
    said = " ".join(_WORDS.get(word, word) for word in name.split("-"))
    said = said.replace("PET CT", "PET/CT").replace("2 0 cm", "2.0 cm").replace(" or 286 8", " or 286-v8")
    return f"{variant[1]}-v{variant[2]}: {said}" if variant else said[:1].upper() + said[1:]


def _without_references(why: str) -> str:
    """Without the brackets that name places in the project's own facts base."""
    return _BRACKETS.sub(lambda found: "" if _REFERENCE.search(found[1]) else found[0], why)
