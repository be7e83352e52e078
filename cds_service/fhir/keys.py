"""One prefetch key: from its value to typed resources and the state of the key.

The five states and what tells them apart: `KeyState`. Whatever failed is PARTIAL or ERROR, never EMPTY.
"""

from dataclasses import dataclass, field
from typing import Generic

import msgspec

from cds_service.fhir.admission import exists
from cds_service.fhir.outcomes import tells_failure
from cds_service.fhir.resources import Patient
from cds_service.fhir.retrieved import KeyState, Unreadable
from cds_service.fhir.shapes import Parts, take_apart
from cds_service.fhir.typed import Typed, decode_own, is_modified, type_of
from cds_service.fhir.usual import read_alone, read_usual
from cds_service.fhir.versions import same
from cds_service.value import Value


class KeyRead(Value, Generic[Typed], frozen=True, kw_only=True):
    """What one key gave. `never_were`: entered in error, or refuted; `others`: of another type than it asks for."""

    state: KeyState
    resources: tuple[Typed, ...] = ()
    never_were: tuple[Typed, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    others: tuple[msgspec.Raw, ...] = ()


class _Sorted(Value, Generic[Typed], frozen=True, kw_only=True):
    """The parts of a value, sorted. `again` is a count; `failed`: an OperationOutcome says it.

    `again`: entries that a page holds more than once, and counts in its total. One that comes on two pages is counted
    once: it may have pushed another off its page.
    """

    found: tuple[Typed, ...]
    never_were: tuple[Typed, ...]
    again: int
    unreadable: tuple[Unreadable, ...]
    others: tuple[msgspec.Raw, ...]
    failed: bool

    @property
    def matches(self) -> int:
        """How many of the resources asked for are accounted for."""
        return len(self.found) + len(self.never_were) + self.again + len(self.unreadable)


def read_key(raw: msgspec.Raw | None, *, key: str, kind: type[Typed], patient_id: str) -> KeyRead[Typed]:
    """What the value of `key` holds of `kind`; None is a key that the client did not send. Never raises."""
    if raw is None:
        return KeyRead(state=KeyState.NOT_RUN)
    read = read_alone if kind is Patient else read_usual
    whole = read(raw, kind, patient_id) if not is_modified(raw) else None
    if whole is not None:
        return KeyRead(state=whole.state, resources=whole.resources, never_were=whole.never_were)
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
    return KeyRead(
        state=state,
        resources=sorted_parts.found,
        never_were=sorted_parts.never_were,
        unreadable=unreadable,
        others=sorted_parts.others,
    )


def patient_of(read: KeyRead[Patient]) -> KeyRead[Patient]:
    """The key with its one Patient. Beside one that is unreadable or somebody else's, none can be trusted as hers."""
    if read.state is KeyState.OK:
        return msgspec.structs.replace(read, resources=read.resources[:1])
    state = KeyState.ERROR if read.state is KeyState.PARTIAL else read.state
    return msgspec.structs.replace(read, state=state, resources=())


def _sort(parts: Parts, kind: type[Typed], patient_id: str) -> _Sorted[Typed]:
    own: _Own[Typed] = _Own()
    unreadable = list(parts.unreadable)
    others: list[msgspec.Raw] = []
    failed = False
    for number, (place, raw) in enumerate(parts.resources):
        if number in parts.begins:
            own.on_page = set()
        resource_type = type_of(raw)
        if resource_type == kind.__name__:
            resource = decode_own(raw, kind, place=place, patient_id=patient_id)
            if isinstance(resource, Unreadable):
                unreadable.append(resource)
            else:
                own.take(resource.id or number, resource, place)
        elif resource_type == "OperationOutcome":
            failed = failed or tells_failure(raw)
        elif resource_type is None:
            unreadable.append(Unreadable(place=place, reason="resourceType: required"))
        else:
            others.append(raw)  # came along with the search (`_include`)
    found = own.undisputed()
    return _Sorted(
        found=tuple([each for each in found if exists(each)]),
        never_were=tuple([each for each in found if not exists(each)]),
        again=own.again,
        unreadable=(*unreadable, *own.disputed()),
        others=tuple(others),
        failed=failed,
    )


@dataclass(slots=True)
class _Own(Generic[Typed]):
    """The patient's resources of one value, each id once.

    One that comes again as it was is the same: a join that multiplies rows, a record that changes while it is paged
    through, two versions that differ in `meta`. Of one that comes again and says something else, nobody knows which
    holds, and none is taken.
    """

    first: dict[str | int, tuple[Typed, str]] = field(default_factory=dict)
    places: dict[str | int, list[str]] = field(default_factory=dict)
    on_page: set[str | int] = field(default_factory=set)
    again: int = 0

    def take(self, id: str | int, resource: Typed, place: str) -> None:
        """Take in a resource by its id, or by its number where it has none."""
        known, at = self.first.setdefault(id, (resource, place))
        if known is not resource and not same(known, resource):
            self.places.setdefault(id, [at]).append(place)
        elif id in self.on_page:
            self.again += 1
        self.on_page.add(id)

    def undisputed(self) -> list[Typed]:
        """Those of which there is one version."""
        return [resource for id, (resource, _) in self.first.items() if id not in self.places]

    def disputed(self) -> list[Unreadable]:
        """Where the others are."""
        return [Unreadable(place=at, reason=_DISPUTED) for places in self.places.values() for at in places]


_DISPUTED = "comes again under the same id and says something else"


def _state(parts: Parts, of: _Sorted[Typed]) -> KeyState:
    cut_short = parts.more or parts.total > of.matches
    nothing = not of.found and not of.never_were
    if nothing and parts.single and of.unreadable:
        return KeyState.ERROR
    if nothing and not of.unreadable and not cut_short:
        # Something came, but nothing of what was asked for: not the answer to our question.
        return KeyState.ERROR if of.failed or of.others else KeyState.EMPTY
    return KeyState.PARTIAL if of.failed or of.unreadable or cut_short else KeyState.OK
