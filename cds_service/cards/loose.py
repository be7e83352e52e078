"""Parts of an order's JSON as a client sent it, where nothing is sure to have the shape that FHIR gives it."""

from collections.abc import Iterator
from typing import Any

from cds_service.coding import Code, canonical_code


def object_of(value: Any) -> dict[str, Any]:
    """The value, or an empty object where it is none."""
    return value if isinstance(value, dict) else {}


def array_of(value: Any) -> list[Any]:
    """The value, or an empty array where it is none."""
    return value if isinstance(value, list) else []


def codings_of(concept: Any) -> Iterator[tuple[str, Code]]:
    """Each coding of a CodeableConcept that names system and code: the system as it is spelled, and the code."""
    for coding in array_of(object_of(concept).get("coding")):
        system, code = object_of(coding).get("system"), object_of(coding).get("code")
        if isinstance(system, str) and isinstance(code, str):
            yield system, canonical_code(system, code)


def words_of(concept: Any) -> list[str]:
    """The text of a CodeableConcept and the displays of its codings."""
    found = [object_of(concept).get("text")]
    found += [object_of(each).get("display") for each in array_of(object_of(concept).get("coding"))]
    return [each for each in found if isinstance(each, str)]
