"""What is not about the patient though it came with the record: the subject named by somebody else's number, or an
Observation whose focus is a relative, a fetus, a donor (https://hl7.org/fhir/R4/observation-definitions.html#Observation.focus).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cds_service.fhir.admission import FOREIGN
from cds_service.fhir.references import CONTAINED, points_to, relative
from cds_service.fhir.resources import AllergyIntolerance, Observation, Patient, Reference, Resource
from cds_service.fhir.retrieved import KeyState, Record, Unreadable
from cds_service.fhir.top_up import FIELDS

_Numbers = Mapping[str, frozenset[str]]
"""Systems of identifiers, and the patient's own of each."""


def own_only(record: Record) -> Record:
    """The record without what is somebody else's.

    As with a subject that refers to another patient, a key that held some is partial. An Observation of a relative is
    rightly in the patient's record, and says nothing of her.
    """
    observations = tuple(
        [each for each in record.observations if not (each.focus and _is_of_another(each, record.patient_id))]
    )
    if len(observations) < len(record.observations):
        record = replace(record, observations=observations)
    numbers = _numbers(record.patient)
    if not numbers:
        return record
    kept: dict[str, Any] = {}
    foreign: list[str] = []
    for key, (name, _) in FIELDS.items():
        every = getattr(record, name)
        own = tuple([each for each in every if not _names_another(each, numbers)])
        if len(own) < len(every):
            kept[name] = own
            foreign.append(key)
    if not foreign:
        return record
    told = tuple(Unreadable(place=f"prefetch.{key}", reason=FOREIGN) for key in foreign)
    states = {**record.states, **dict.fromkeys(foreign, KeyState.PARTIAL)}
    return replace(record, **kept, states=states, unreadable=(*record.unreadable, *told))


def _numbers(patient: Patient | None) -> _Numbers:
    found: dict[str, frozenset[str]] = {}
    for each in patient.identifier if patient is not None else ():
        if each.system and each.value:
            found[each.system] = found.get(each.system, frozenset()) | {each.value.strip()}
    return found


def _names_another(resource: Resource, numbers: _Numbers) -> bool:
    """Whether the subject is named by a number alone that is of the patient's system, and none of hers."""
    subject = resource.patient if isinstance(resource, AllergyIntolerance) else getattr(resource, "subject", None)
    if subject is None or subject.identifier is None or subject.reference is not None:
        return False
    own, number = numbers.get(subject.identifier.system or ""), subject.identifier.value
    return own is not None and bool(number) and str(number).strip() not in own


_PEOPLE = frozenset({"Group", "Patient", "Person", "Practitioner", "PractitionerRole", "RelatedPerson"})


def _is_of_another(observation: Observation, patient_id: str) -> bool:
    """Whether people are in focus, and the patient is not."""
    people = [each for each in observation.focus if _kind(each, observation) in _PEOPLE]
    return bool(people) and not any(points_to(each.reference or "", "Patient", patient_id) for each in people)


def _kind(focus: Reference, observation: Observation) -> str | None:
    named = focus.reference or ""
    if named.startswith(CONTAINED):
        inside = (each.resource_type for each in observation.contained if each.id == named.removeprefix(CONTAINED))
        return next(inside, focus.type)
    return focus.type or relative(named).partition("/")[0]
