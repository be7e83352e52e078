"""A site's own codes read as the codes they mean: each concept gets them as further codings, beside its own.

Done once, where resources come in, so that no reader of codes need know that a site has codes of its own. A coding
that is added has no display: what a clinician wrote stays what was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from operator import is_not
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from cds_service.coding import Code, canonical_code
from cds_service.fhir.resources import CodeableConcept, Coding, Element
from cds_service.fhir.retrieved import Record

Translations = Mapping[Code, tuple[Code, ...]]
"""A code of a site to the codes that mean the same."""

Read = TypeVar("Read", bound=Element)


def translated(element: Read, translations: Translations) -> Read:
    """The element with every concept in it translated; itself where there is nothing to add."""
    return _Translator(translations).of(element) if translations else element


def translated_record(record: Record, translations: Translations) -> Record:
    """The record with every concept in it translated."""
    if not translations:
        return record
    each = _Translator(translations).each
    return replace(
        record,
        conditions=each(record.conditions),
        refuted=each(record.refuted),
        observations=each(record.observations),
        procedures=each(record.procedures),
        medication_requests=each(record.medication_requests),
        medication_administrations=each(record.medication_administrations),
        care_plans=each(record.care_plans),
        diagnostic_reports=each(record.diagnostic_reports),
        allergies=each(record.allergies),
    )


@dataclass(slots=True)
class _Translator:
    """Translates one request. The codings of a record repeat, so each is looked up once."""

    translations: Translations
    _known: dict[tuple[str, str], tuple[Coding, ...]] = field(default_factory=dict)

    def each(self, elements: tuple[Read, ...]) -> tuple[Read, ...]:
        """The elements, each translated; the same tuple where there is nothing to add."""
        found = tuple([self.of(element) for element in elements])
        return found if any(map(is_not, found, elements)) else elements

    def of(self, element: Read) -> Read:
        """One element, translated at any depth."""
        changed: dict[str, Any] = {}
        for name in _holders(type(element)):
            value = getattr(element, name)
            if value:
                found = self.each(value) if isinstance(value, tuple) else self.of(value)
                if found is not value:
                    changed[name] = found
        if isinstance(element, CodeableConcept):
            meant = [code for coding in element.coding for code in self._meant(coding)]
            if meant:
                changed["coding"] = (*element.coding, *dict.fromkeys(meant))
        return msgspec.structs.replace(element, **changed) if changed else element

    def _meant(self, coding: Coding) -> tuple[Coding, ...]:
        if not coding.system or not coding.code:
            return ()
        spelled = (coding.system, coding.code)
        found = self._known.get(spelled)
        if found is None:
            codes = self.translations.get(canonical_code(*spelled), ())
            found = self._known[spelled] = tuple(Coding(system=code.system, code=code.code) for code in codes)
        return found


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
