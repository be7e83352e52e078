"""A patient's record as retrieved: the resources, what became of each prefetch key, and what could not be used.

Absence means something only where asking went well, and so each key says how it went.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

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


class KeyState(StrEnum):
    """What became of one prefetch key (https://cds-hooks.hl7.org/2.0/#prefetch-template)."""

    OK = "ok"  # all of it is here
    EMPTY = "empty"  # asked for, and there is nothing
    NOT_RUN = "not-run"  # the client does not supply it, and it could not be fetched
    ERROR = "error"  # asking failed
    PARTIAL = "partial"  # some of it is here: a page is missing, or an entry could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An entry that could not be used: where it stands, and why in our own words (no record text)."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """How asking a FHIR server for one prefetch key went.

    `ended`: "whole", or why it was not (`fetched.Ended`); `calls`: HTTP requests made; `seconds`: from first to last.
    """

    key: str
    ended: str
    calls: int
    seconds: float


_WHOLE = frozenset({KeyState.OK, KeyState.EMPTY})
_FAILED = frozenset({KeyState.ERROR, KeyState.PARTIAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A patient's record as retrieved: resources by type, and per prefetch key what became of it.

    `fetches`: the keys that the request's FHIR server was asked for, or would have been, did the request or our list
    let us; none where prefetch held all, or no server is listed.
    `refuted`: diagnoses that were ruled out; they are none of the `conditions`.
    `strays`: what stood elsewhere in prefetch than asked for, until it is taken in (`strays.with_strays`).
    `unread_kinds`: types among it that are not read, though they may say something.
    """

    patient_id: str
    states: dict[str, KeyState]
    patient: Patient | None = None
    conditions: tuple[Condition, ...] = ()
    observations: tuple[Observation, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    medication_requests: tuple[MedicationRequest, ...] = ()
    medication_administrations: tuple[MedicationAdministration, ...] = ()
    care_plans: tuple[CarePlan, ...] = ()
    diagnostic_reports: tuple[DiagnosticReport, ...] = ()
    allergies: tuple[AllergyIntolerance, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    strays: tuple[msgspec.Raw, ...] = field(default=(), repr=False)
    unread_kinds: tuple[str, ...] = ()
    refuted: tuple[Condition, ...] = ()

    def whole(self, *keys: str) -> bool:
        """Whether every key was read to its end, so that absence from it means something."""
        return all(self.states.get(key) in _WHOLE for key in keys)

    @property
    def failed_keys(self) -> list[str]:
        """The keys of which asking failed or gave only part."""
        return [key for key, state in self.states.items() if state in _FAILED]

    def failed(self, key: str) -> bool:
        """Whether asking for the key failed or gave only part: absence then means nothing."""
        return self.states.get(key) in _FAILED

    def any_failed(self, *keys: str) -> bool:
        """Whether any of these failed."""
        return not _FAILED.isdisjoint([self.states.get(key) for key in keys])

    def not_supplied(self, key: str) -> bool:
        """Whether this client does not supply the key at all: a smaller EHR, not a failure."""
        return self.states.get(key, KeyState.NOT_RUN) is KeyState.NOT_RUN
