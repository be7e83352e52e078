"""From prefetched values to a `Record`: each resource decoded on its own, each key with what became of it.

Nothing that failed looks like nothing found: what could not be read, or is another patient's, is dropped, named in
`Record.unreadable`, and leaves its key partial.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import msgspec

from cds_service.fhir.admission import refuted
from cds_service.fhir.keys import KeyRead, patient_of, read_key
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
)
from cds_service.fhir.retrieved import KeyState, Record, Unreadable
from cds_service.fhir.strays import unasked
from cds_service.fhir.typed import Typed

_NO_ALIASES: Mapping[str, str] = MappingProxyType({})


def read_record(
    prefetch: Mapping[str, msgspec.Raw], *, patient_id: str, aliases: Mapping[str, str] = _NO_ALIASES
) -> Record:
    """The record of the patient in `prefetch`. Never raises.

    `aliases` maps a client's own name of a key to ours, at most one to each.
    """
    reader = _Reader(named(prefetch, aliases), patient_id)
    return Record(
        patient_id=patient_id,
        patient=reader.patient(),
        conditions=reader.read("conditions", Condition),
        observations=reader.read("observations", Observation),
        procedures=reader.read("procedures", Procedure),
        medication_requests=reader.read("medicationRequests", MedicationRequest),
        medication_administrations=reader.read("medicationAdministrations", MedicationAdministration),
        care_plans=reader.read("carePlans", CarePlan),
        diagnostic_reports=reader.read("diagnosticReports", DiagnosticReport),
        allergies=reader.read("allergies", AllergyIntolerance),
        states=reader.states,
        unreadable=tuple(reader.unreadable),
        strays=(*reader.others, *unasked(prefetch, aliases)),
        refuted=refuted(reader.never_were),
    )


@dataclass(slots=True)
class _Reader:
    """Reads key by key, and keeps what became of each."""

    values: Mapping[str, msgspec.Raw]
    patient_id: str
    states: dict[str, KeyState] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    others: list[msgspec.Raw] = field(default_factory=list)
    never_were: list[Condition] = field(default_factory=list)

    def read(self, key: str, kind: type[Typed]) -> tuple[Typed, ...]:
        """The resources of a key."""
        return self._kept(key, self._read(key, kind))

    def patient(self) -> Patient | None:
        """The Patient, or none; see `patient_of`."""
        return next(iter(self._kept("patient", patient_of(self._read("patient", Patient)))), None)

    def _read(self, key: str, kind: type[Typed]) -> KeyRead[Typed]:
        return read_key(self.values.get(key), key=key, kind=kind, patient_id=self.patient_id)

    def _kept(self, key: str, read: KeyRead[Typed]) -> tuple[Typed, ...]:
        self.states[key] = read.state
        self.unreadable.extend(read.unreadable)
        self.others.extend(read.others)
        self.never_were.extend(each for each in read.never_were if isinstance(each, Condition))
        return read.resources


def named(prefetch: Mapping[str, msgspec.Raw], aliases: Mapping[str, str]) -> dict[str, msgspec.Raw]:
    """The values by our own names of their keys; where a client sends both, the one by our name counts."""
    renamed = {aliases[name]: value for name, value in prefetch.items() if name in aliases}
    return {**renamed, **prefetch}
