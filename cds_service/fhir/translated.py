"""A site's own codes read as the codes they mean: each concept gets them as further codings, beside its own.

Done once, where resources come in, so that no reader of codes need know that a site has codes of its own. A coding
that is added has no display: what a clinician wrote stays what was written.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from cds_service.coding import Code, canonical_code
from cds_service.fhir.resources import CodeableConcept, Coding, Element, Record

Translations = Mapping[Code, tuple[Code, ...]]
"""A code of a site to the codes that mean the same."""

Read = TypeVar("Read", bound=Element)


def translated(element: Read, translations: Translations) -> Read:
    """The element with every concept in it translated; itself where there is nothing to add."""
    if not translations:
        return element
    changed = _changed(element, translations)
    if isinstance(element, CodeableConcept):
        meant = _meant(element, translations)
        if meant:
            changed["coding"] = (*element.coding, *meant)
    return msgspec.structs.replace(element, **changed) if changed else element


def translated_record(record: Record, translations: Translations) -> Record:
    """The record with every concept in it translated."""
    if not translations:
        return record
    return replace(
        record,
        conditions=_each(record.conditions, translations),
        observations=_each(record.observations, translations),
        procedures=_each(record.procedures, translations),
        medication_requests=_each(record.medication_requests, translations),
        medication_administrations=_each(record.medication_administrations, translations),
        care_plans=_each(record.care_plans, translations),
        diagnostic_reports=_each(record.diagnostic_reports, translations),
        allergies=_each(record.allergies, translations),
    )


def _each(elements: tuple[Read, ...], translations: Translations) -> tuple[Read, ...]:
    found = tuple([translated(each, translations) for each in elements])
    return found if any(new is not old for new, old in zip(found, elements, strict=True)) else elements


def _meant(concept: CodeableConcept, translations: Translations) -> list[Coding]:
    codes = [
        meant
        for coding in concept.coding
        if coding.system and coding.code
        for meant in translations.get(canonical_code(coding.system, coding.code), ())
    ]
    return [Coding(system=code.system, code=code.code) for code in dict.fromkeys(codes)]


def _changed(element: Element, translations: Translations) -> dict[str, Any]:
    """The members in which something was added."""
    changed: dict[str, Any] = {}
    for name in _holders(type(element)):
        value = getattr(element, name)
        if value:
            found = _each(value, translations) if isinstance(value, tuple) else translated(value, translations)
            if found is not value:
                changed[name] = found
    return changed


@cache
def _holders(kind: type[Element]) -> tuple[str, ...]:
    """The members of a type that hold elements with members of their own: what holds none holds no concept."""
    return tuple(name for name, hint in get_type_hints(kind).items() if any(map(_elements, _classes(hint))))


def _elements(kind: type[Element]) -> bool:
    return any(_classes(hint) for hint in get_type_hints(kind).values())


def _classes(hint: Any) -> list[type[Element]]:
    """The FHIR types that an annotation names."""
    if isinstance(hint, type) and issubclass(hint, Element):
        return [hint]
    return [each for inner in get_args(hint) for each in _classes(inner)]
