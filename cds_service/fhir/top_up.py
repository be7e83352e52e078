"""What a record lacks, and the record with what a FHIR server gave for it.

Whatever was prefetched stays: a server that gives less than the client did has not given all.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from cds_service.fhir.admission import FOREIGN, refuted
from cds_service.fhir.fetched import Ended, Fetched
from cds_service.fhir.keys import KeyRead, patient_of, read_parts
from cds_service.fhir.resources import (
    AllergyIntolerance,
    CarePlan,
    Condition,
    DiagnosticReport,
    MedicationAdministration,
    MedicationRequest,
    Observation,
    Patient,
    Procedure,
    Resource,
)
from cds_service.fhir.retrieved import KeyState, Record, Unreadable
from cds_service.fhir.shapes import joined

FIELDS: Mapping[str, tuple[str, type[Resource]]] = {
    "conditions": ("conditions", Condition),
    "observations": ("observations", Observation),
    "procedures": ("procedures", Procedure),
    "medicationRequests": ("medication_requests", MedicationRequest),
    "medicationAdministrations": ("medication_administrations", MedicationAdministration),
    "carePlans": ("care_plans", CarePlan),
    "diagnosticReports": ("diagnostic_reports", DiagnosticReport),
    "allergies": ("allergies", AllergyIntolerance),
}
"""Each key's field of a Record and the type of its resources; `patient` is its own case."""


def lacking(record: Record) -> tuple[str, ...]:
    """The keys that were not prefetched whole.

    One that holds something of another patient's is no failure to be mended by asking again: it stays as it came.
    """
    foreign = {_key(each.place) for each in record.unreadable if each.reason == FOREIGN}
    return tuple(key for key in ("patient", *FIELDS) if not record.whole(key) and key not in foreign)


def topped_up(record: Record, fetched: Mapping[str, Fetched]) -> Record:
    """The record with what was fetched for each of these keys."""
    for key, each in fetched.items():
        record = _with_patient(record, each) if key == "patient" else _with_key(record, key, each)
    return record


def place_of(key: str) -> str:
    """What faults in the fetched part of a record are named by."""
    return f"fhirServer.{key}"


def _with_patient(record: Record, fetched: Fetched) -> Record:
    read = patient_of(_read("patient", Patient, fetched, record))
    return replace(_settled(record, "patient", read.state, read.unreadable), patient=next(iter(read.resources), None))


def _with_key(record: Record, key: str, fetched: Fetched) -> Record:
    name, kind = FIELDS[key]
    read: KeyRead[Any] = _read(key, kind, fetched, record)
    given = {each.id for each in read.resources}
    withheld = tuple(each for each in getattr(record, name) if each.id not in given)
    state = KeyState.PARTIAL if withheld else read.state
    found: dict[str, Any] = {name: (*read.resources, *withheld)}
    if kind is Condition:
        found["refuted"] = (*record.refuted, *refuted(read.never_were))
    return replace(_settled(record, key, state, read.unreadable), **found)


def _read(key: str, kind: type[Any], fetched: Fetched, record: Record) -> KeyRead[Any]:
    place = place_of(key)
    whole = fetched.ended is Ended.WHOLE
    failure = Unreadable(place=place, reason=f"not retrieved: {fetched.ended}")
    if not fetched.pages:
        return KeyRead(state=KeyState.ERROR, unreadable=(failure,))
    parts = joined(fetched.pages, more=not whole)
    read = read_parts(parts, place=place, kind=kind, patient_id=record.patient_id)
    if whole:
        return read
    # Said once of the key as a whole, and better by how its fetching ended.
    entries = tuple(each for each in read.unreadable if each.place != place)
    return msgspec.structs.replace(read, unreadable=(*entries, failure))


def _settled(record: Record, key: str, state: KeyState, unreadable: tuple[Unreadable, ...]) -> Record:
    """The record with the key's new state; what could not be read before counts only where no better came."""
    better = state in (KeyState.OK, KeyState.EMPTY)
    kept = tuple(each for each in record.unreadable if not (better and _key(each.place) == key))
    told = tuple(dict.fromkeys((*kept, *unreadable)))
    return replace(record, states={**record.states, key: state}, unreadable=told)


def _key(place: str) -> str:
    """The key in `prefetch.conditions.entry[0].resource`."""
    return place.split(".")[1].partition("[")[0]
