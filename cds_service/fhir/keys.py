"""One prefetch key: from its value to typed resources and the state of the key.

The five states and what tells them apart: `KeyState`. Whatever failed is PARTIAL or ERROR, never EMPTY.
"""

from typing import Generic

import msgspec

from cds_service.fhir.admission import exists
from cds_service.fhir.outcomes import tells_failure
from cds_service.fhir.resources import KeyState, Patient, Unreadable
from cds_service.fhir.shapes import Parts, take_apart
from cds_service.fhir.typed import Typed, decode_own, is_modified, type_of
from cds_service.fhir.usual import read_usual
from cds_service.value import Value


class KeyRead(Value, Generic[Typed], frozen=True, kw_only=True):
    """What one key gave."""

    state: KeyState
    resources: tuple[Typed, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


class _Sorted(Value, Generic[Typed], frozen=True, kw_only=True):
    """The parts of a value, sorted. `never_were` and `others` are counts; `failed`: an OperationOutcome says so."""

    found: tuple[Typed, ...]
    never_were: int
    unreadable: tuple[Unreadable, ...]
    others: int
    failed: bool

    @property
    def matches(self) -> int:
        """How many of the resources asked for are accounted for."""
        return len(self.found) + self.never_were + len(self.unreadable)


def read_key(raw: msgspec.Raw | None, *, key: str, kind: type[Typed], patient_id: str) -> KeyRead[Typed]:
    """What the value of `key` holds of `kind`; None is a key that the client did not send. Never raises."""
    if raw is None:
        return KeyRead(state=KeyState.NOT_RUN)
    whole = read_usual(raw, kind, patient_id) if not is_modified(raw) else None
    if whole is not None:
        return KeyRead(state=whole.state, resources=whole.resources)
    place = f"prefetch.{key}"
    return read_parts(take_apart(raw, place), place=place, kind=kind, patient_id=patient_id)


def read_parts(parts: Parts, *, place: str, kind: type[Typed], patient_id: str) -> KeyRead[Typed]:
    """What a value that was taken apart holds of `kind`; `place` is where it stood. Never raises."""
    sorted_parts = _sort(parts, kind, patient_id)
    unreadable = sorted_parts.unreadable
    if sorted_parts.others and not sorted_parts.matches:
        unreadable = (Unreadable(place=place, reason=f"holds no {kind.__name__}"),)
    state = _state(parts, sorted_parts)
    if state in (KeyState.ERROR, KeyState.PARTIAL) and not unreadable:
        unreadable = (Unreadable(place=place, reason="asking failed" if sorted_parts.failed else "not all is here"),)
    return KeyRead(state=state, resources=sorted_parts.found, unreadable=unreadable)


def patient_of(read: KeyRead[Patient]) -> KeyRead[Patient]:
    """The key with its one Patient. Beside one that is unreadable or somebody else's, none can be trusted as hers."""
    if read.state is KeyState.OK:
        return msgspec.structs.replace(read, resources=read.resources[:1])
    state = KeyState.ERROR if read.state is KeyState.PARTIAL else read.state
    return msgspec.structs.replace(read, state=state, resources=())


def _sort(parts: Parts, kind: type[Typed], patient_id: str) -> _Sorted[Typed]:
    found: list[Typed] = []
    unreadable = list(parts.unreadable)
    never_were, others, failed = 0, 0, False
    seen: set[str | None] = set()
    for place, raw in parts.resources:
        resource_type = type_of(raw)
        if resource_type == kind.__name__:
            resource = decode_own(raw, kind, place=place, patient_id=patient_id)
            if isinstance(resource, Unreadable):
                unreadable.append(resource)
            elif resource.id is None or resource.id not in seen:
                # A record that changes while it is paged through comes with the same resource on two pages.
                seen.add(resource.id)
                if exists(resource):
                    found.append(resource)
                else:
                    never_were += 1
        elif resource_type == "OperationOutcome":
            failed = failed or tells_failure(raw)
        elif resource_type is None:
            unreadable.append(Unreadable(place=place, reason="resourceType: required"))
        else:
            others += 1  # came along with the search (`_include`)
    return _Sorted(
        found=tuple(found), never_were=never_were, unreadable=tuple(unreadable), others=others, failed=failed
    )


def _state(parts: Parts, of: _Sorted[Typed]) -> KeyState:
    cut_short = parts.more or parts.total > of.matches
    nothing = not of.found and not of.never_were
    if nothing and parts.single and of.unreadable:
        return KeyState.ERROR
    if nothing and not of.unreadable and not cut_short:
        # Something came, but nothing of what was asked for: not the answer to our question.
        return KeyState.ERROR if of.failed or of.others else KeyState.EMPTY
    return KeyState.PARTIAL if of.failed or of.unreadable or cut_short else KeyState.OK
