"""Resources of the record that stand elsewhere in prefetch than under the key of their type.

Some EHRs send one Bundle for all, or name a key as they like. What such an entry says is known, wherever it stands, and
so it joins the record; whether a key was retrieved whole, its own value alone tells. Other senders pay nothing for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import msgspec

from cds_service.fhir.admission import FOREIGN, exists, refuted
from cds_service.fhir.retrieved import KeyState, Record, Unreadable
from cds_service.fhir.shapes import take_apart
from cds_service.fhir.top_up import FIELDS
from cds_service.fhir.typed import decode_own, type_of
from cds_service.fhir.versions import same

Stray = msgspec.Raw
"""A value, perhaps a Bundle, that stood where nobody asked for it."""

_KEYS: Mapping[str, str] = {kind.__name__: key for key, (_, kind) in FIELDS.items()}
"""The key of each type of resource."""
_DEPTH = 3
"""Bundles within Bundles that are opened: an answer to a batch holds one for each search."""


def unasked(prefetch: Mapping[str, msgspec.Raw], aliases: Mapping[str, str]) -> tuple[Stray, ...]:
    """The values under names that are neither our keys nor, as far as it counts, this client's own for one."""
    if _OURS.issuperset(prefetch):
        return ()
    return tuple(
        value
        for name, value in prefetch.items()
        if name not in _OURS and (name not in aliases or aliases[name] in prefetch)
    )


_OURS = frozenset({"patient", *FIELDS})


def with_strays(record: Record) -> Record:
    """The record with what stood elsewhere. One that cannot be read leaves the key of its type partial, as there.

    So does one that says something else than the one of the same id: nobody knows which of them holds.
    """
    if not record.strays:
        return record
    joined: dict[str, _Joined] = {}
    unread: set[str] = set()
    for stray in record.strays:
        for raw in _opened(stray, _DEPTH):
            kind = type_of(raw) or ""
            key = _KEYS.get(kind)
            unread |= {kind} & UNREAD_KINDS
            if key is not None:
                if key not in joined:
                    joined[key] = _Joined(list(getattr(record, FIELDS[key][0])))
                joined[key].take(raw, key, record.patient_id)
    changes: dict[str, Any] = {FIELDS[key][0]: tuple(each.resources) for key, each in joined.items()}
    if "conditions" in joined:
        changes["refuted"] = (*record.refuted, *refuted(joined["conditions"].never_were))
    unsure = {key: each.unreadable for key, each in joined.items() if each.unreadable}
    partial = {key: KeyState.PARTIAL for key in unsure if record.states[key] is not KeyState.ERROR}
    unreadable = (*record.unreadable, *chain.from_iterable(unsure.values()))
    changes |= {"states": {**record.states, **partial}, "unreadable": tuple(dict.fromkeys(unreadable))}
    return replace(record, strays=(), unread_kinds=tuple(sorted(unread)), **changes)


def _opened(raw: msgspec.Raw, depth: int) -> Iterator[msgspec.Raw]:
    for _, each in take_apart(raw, "").resources:
        if type_of(each) != "Bundle":
            yield each
        elif depth > 1:
            yield from _opened(each, depth - 1)


@dataclass(slots=True)
class _Joined:
    """The resources of a key, and those that stood elsewhere; and which of these could not be taken."""

    resources: list[Any]
    unreadable: list[Unreadable] = field(default_factory=list)
    never_were: list[Any] = field(default_factory=list)
    by_id: dict[str | None, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {each.id: each for each in self.resources}

    def take(self, raw: msgspec.Raw, key: str, patient_id: str) -> None:
        """Take in one of the type of the key, unless it is known, or never was so, or is somebody else's."""
        # Its place is named by its type: what a client calls a key may be anything.
        place, kind = f"prefetch.{key}", FIELDS[key][1]
        found: Any = decode_own(raw, kind, place=place, patient_id=patient_id)
        if isinstance(found, Unreadable):
            self.unreadable += [found] if found.reason != FOREIGN else []
            return
        known = self.by_id.get(found.id) if found.id is not None else None
        if known is not None and not same(known, found):
            self.unreadable.append(Unreadable(place=place, reason=_DISPUTED))
        elif known is None and exists(found):
            self.by_id[found.id] = found
            self.resources.append(found)
        elif known is None:
            self.never_were.append(found)


UNREAD_KINDS = frozenset(
    {
        *("ClinicalImpression", "DocumentReference", "Encounter", "Flag", "MedicationDispense"),
        *("MedicationStatement", "QuestionnaireResponse", "ServiceRequest"),
    }
)
"""Types that may tell of the disease, which no key of ours asks for: they are not read, and that is said."""

_DISPUTED = "comes again elsewhere under the same id and says something else"
