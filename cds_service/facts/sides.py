"""Left, right, bilateral or unstated: from codes, from mCODE's laterality extension, from words."""

from cds_service.coding import ICD10CM, SNOMED, Code
from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, codes_of
from cds_service.fhir.resources import CodeableConcept, Extension

# SNOMED CT, in this order. Left, right, right and left: HL7/fhir-mCODE-ig, input/fsh/CM_TG263.fsh; DICOM CID 244.
# Left, right, both breasts: DICOM CID 6023; HL7/fhir-ichom-breast-cancer-ig, input/fsh/Terminology.fsh.
# Cancers that name their side: eCQM value set 2.16.840.1.113883.3.464.1003.102.12.1025 (ecqm-content-qicore-2024).
_SNOMED_SIDES = {
    "7771000": "left",
    "24028007": "right",
    "51440002": "bilateral",
    "80248007": "left",
    "73056007": "right",
    "63762007": "bilateral",
    "353431000119107": "left",
    "1080101000119105": "left",
    "1080181000119102": "right",
    "1080261000119100": "left",
    "1080341000119105": "right",
    "1081551000119106": "left",
    "1081561000119108": "right",
}


def side_of(source: Source, *concepts: CodeableConcept | None) -> str:
    """left, right, bilateral or unstated: from codes, mCODE's laterality extension, then words."""
    every = _with_extensions(concepts)
    if not every:
        return "unstated"
    displayed = source.knowledge.displayed_sides
    codes = codes_of(*every)
    sides = {side for code in codes if (side := side_of_code(code) or displayed.get(code)) is not None}
    if not sides:
        said = (mention.value for reading in source.said(*every) for mention in reading.of(Kind.SIDE))
        sides = {side for side in said if side != "other"}
    if len(sides) > 1:
        return "bilateral"
    return sides.pop() if sides else "unstated"


def _with_extensions(concepts: tuple[CodeableConcept | None, ...]) -> list[CodeableConcept]:
    """The concepts that are there, and those in their extensions."""
    found = [concept for concept in concepts if concept is not None]
    for concept in [each for each in found if each.extension]:
        inner = (each.value_codeable_concept for each in _flat(concept.extension))
        found += [each for each in inner if each is not None]
    return found


def _flat(extensions: tuple[Extension, ...]) -> tuple[Extension, ...]:
    return extensions + tuple(inner for each in extensions for inner in each.extension)


def side_of_code(code: Code) -> str | None:
    """The side a code itself says.

    ICD-10-CM: the 6th character of C50.xx, the last of C50.A and D05 (1 right, 2 left); Z90.11/.12/.13.
    """
    if code.system == SNOMED:
        return _SNOMED_SIDES.get(code.code)
    if code.system != ICD10CM:
        return None
    text = code.code
    if text in _ABSENT_BREAST:
        return _ABSENT_BREAST[text]
    lateral = (text.startswith("C50.A") and len(text) == 6) or (text.startswith("D05.") and len(text) == 6)
    lateral = lateral or (text.startswith("C50.") and len(text) == 7)
    lateral = lateral or (text.startswith(("R22.3", "N63.3")) and len(text) == 6)
    return {"1": "right", "2": "left"}.get(text[-1]) if lateral else None


_ABSENT_BREAST = {"Z90.11": "right", "Z90.12": "left", "Z90.13": "bilateral"}


def same_side(one: str, other: str) -> bool:
    """Whether two sides can be the same."""
    return one == other or "unstated" in (one, other) or "bilateral" in (one, other)
