"""The draft orders of a call and which of them it asks about (https://cds-hooks.org/hooks/order-select/).

A draft that cannot be read costs only itself: it is kept, with its problem.
"""

from collections.abc import Iterable, Sequence

import msgspec

from cds_service.hooks.errors import ROOT, BadRequest
from cds_service.hooks.members import FAULTS, items, members, optional_string, required_object, required_string
from cds_service.hooks.request import Draft
from cds_service.value import Value

MOST = 500
"""Drafts that a call may bring, and selections: what a clinician has open at once, many times over."""

DEEPEST = 100
"""Levels of nesting that a draft may have: it is copied into suggestions, which must not run out of stack."""

_PLACE = "context.draftOrders"


class Entry(Value, frozen=True, kw_only=True):
    """One entry of the Bundle, before it is known whether it was selected."""

    place: str
    raw: msgspec.Raw
    resource_type: str | None = None
    id: str | None = None
    full_url: str | None = None
    problem: str | None = None

    @property
    def names(self) -> set[str | None]:
        """What a selection may call this draft: `Type/id`, a bare id, an absolute URL or a `urn:uuid:`."""
        return {self.full_url, self.id, f"{self.resource_type}/{self.id}"} - {None}

    def could_be(self, name: str) -> bool:
        """Whether a selection may mean this unreadable draft: nothing that is known of it says otherwise."""
        resource_type, _, id = _relative(name).rpartition("/")
        return (
            self.problem is not None
            and self.resource_type in (None, resource_type or self.resource_type)
            and self.id in (None, id)
        )


def read_entries(context: dict[str, msgspec.Raw]) -> tuple[Entry, ...]:
    """The entries of `context.draftOrders`, readable or not; BadRequest when that is no Bundle."""
    bundle = required_object(context, "draftOrders", "context")
    if required_string(bundle, "resourceType", _PLACE) != "Bundle":
        raise BadRequest(f"{_PLACE}.resourceType", "must be Bundle")
    entries = items(bundle, "entry", _PLACE)
    if len(entries) > MOST:
        raise BadRequest(f"{_PLACE}.entry", f"more than {MOST} entries")
    return _told_apart([_entry(raw, f"{_PLACE}.entry[{index}]") for index, raw in enumerate(entries)])


def _told_apart(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """A draft that comes twice counts once; of several that share an id it cannot be said which one a card is about."""
    named: dict[tuple[str | None, str], dict[tuple[bytes, str | None], Entry]] = {}
    for entry in entries:
        if entry.id is not None:
            alike = named.setdefault((entry.resource_type, entry.id), {})
            alike.setdefault((bytes(entry.raw), entry.full_url), entry)
    shared = {name for name, different in named.items() if len(different) > 1}
    first = {entry.place for different in named.values() for entry in different.values()}
    return tuple(
        msgspec.structs.replace(entry, id=None, problem="shares its id with another draft")
        if (entry.resource_type, entry.id) in shared
        else entry
        for entry in entries
        if entry.id is None or entry.place in first
    )


def all_drafts(entries: Iterable[Entry]) -> tuple[Draft, ...]:
    """order-sign: every draft is asked about."""
    return tuple(_draft(entry, selected=True) for entry in entries)


def selected_drafts(entries: Sequence[Entry], names: Iterable[str]) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    """order-select: the drafts, the named ones selected, and the names that no draft answers to."""
    called: dict[str | None, list[Entry]] = {}
    for entry in entries:
        for each in entry.names:
            called.setdefault(each, []).append(entry)
    named: set[str] = set()
    unresolved: list[str] = []
    for name in names:
        meant = [entry for each in _spellings(name) for entry in called.get(each, ())]
        if not meant:
            unresolved.append(name)
            # It may mean the very draft that cannot be read, whose failure must not look like "nothing asked".
            meant = [entry for entry in entries if entry.could_be(name)]
        named.update(entry.place for entry in meant)
    return tuple(_draft(entry, selected=entry.place in named) for entry in entries), tuple(unresolved)


def _entry(raw: msgspec.Raw, place: str) -> Entry:
    inside = f"{place}.resource"
    full_url: str | None = None
    try:
        entry = members(bytes(raw), place)
        full_url = optional_string(entry, "fullUrl", place)
        resource = required_object(entry, "resource", place)
    except BadRequest as error:
        return Entry(place=inside, raw=raw, full_url=full_url, problem=error.problem)
    resource_type, type_problem = _name(resource, "resourceType")
    id, id_problem = _name(resource, "id")
    return Entry(
        place=inside,
        raw=entry["resource"],
        resource_type=resource_type,
        id=id,
        full_url=full_url,
        problem=type_problem or id_problem or _unusable(entry["resource"]),
    )


def _name(resource: dict[str, msgspec.Raw], name: str) -> tuple[str | None, str | None]:
    """The string, or what is wrong with it."""
    try:
        return required_string(resource, name, ROOT), None
    except BadRequest as error:
        return None, str(error)


def _unusable(raw: msgspec.Raw) -> str | None:
    """Why the draft could not be copied into a suggestion, if so."""
    text = bytes(raw)
    try:
        value = msgspec.json.decode(text)
    except FAULTS:
        return "holds a value that cannot be read"
    # Counting brackets is cheap, walking is not: only a draft with many of them can be deep.
    if text.count(b"{") + text.count(b"[") > DEEPEST and deeper_than(DEEPEST, value):
        return "nested too deeply"
    return None


def deeper_than(levels: int, value: object) -> bool:
    """Whether a JSON value is nested in more levels than that."""
    level = [value]
    for _ in range(levels):
        level = [child for parent in level for child in _children(parent)]
    return bool(level)


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _spellings(name: str) -> set[str | None]:
    return {name, _relative(name), name.removeprefix("urn:uuid:")}


def _relative(name: str) -> str:
    """`Type/id` of an absolute or versioned reference; a bare id stays one."""
    return "/".join(name.partition("/_history/")[0].split("/")[-2:])


def _draft(entry: Entry, *, selected: bool) -> Draft:
    return Draft(
        place=entry.place,
        raw=entry.raw,
        resource_type=entry.resource_type,
        id=entry.id,
        selected=selected,
        problem=entry.problem,
    )
