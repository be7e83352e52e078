"""The shapes in which a prefetch value comes, taken apart into resources (https://cds-hooks.hl7.org/2.0/#prefetch-template).

Null, a resource, a Bundle, and leniently an array of resources. Knows no resource type but Bundle.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import msgspec

from cds_service.fhir.faults import FAULTS, reason
from cds_service.fhir.resources import Element
from cds_service.fhir.retrieved import Unreadable
from cds_service.value import Value

NULL = msgspec.Raw(b"null")

BUNDLE_TYPES = frozenset({"searchset", "collection", None})
"""Those that answer a search, or may; some senders leave it out."""


class Parts(Value, frozen=True, kw_only=True):
    """The resources of one value, each with its place.

    `more`: there is a next page, which is not here, at the URL `next_page` if it says so. `total`: what the Bundle says
    there are. `single`: the value is a resource itself, not a list of them. `begins`: where among the resources a page
    begins.
    """

    resources: tuple[tuple[str, msgspec.Raw], ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    more: bool = False
    next_page: str | None = None
    total: int = 0
    single: bool = False
    begins: frozenset[int] = frozenset({0})


class _Entry(Element, frozen=True):
    resource: msgspec.Raw = NULL


class PageLink(Element, frozen=True):
    """A link of a Bundle: `next` is the page that follows."""

    relation: str | None = None
    url: str | None = None


class _Usual(Element, frozen=True):
    """A Bundle, or any resource, as nearly every sender writes it: read in one pass."""

    resource_type: str | None = None
    type: str | None = None
    total: int | None = None
    link: list[PageLink] | None = None
    entry: list[_Entry] | None = None


class _Unusual(Element, frozen=True):
    """One that is written otherwise: each member is read by itself, so that what is wrong costs as little as it can."""

    resource_type: str | None = None
    type: msgspec.Raw = NULL
    total: msgspec.Raw = NULL
    link: msgspec.Raw = NULL
    # An entry that is no object is taken in too, so that it costs only itself.
    entry: list[_Entry | str | int | float | bool | list[Any] | None] | None = None


_USUAL = msgspec.json.Decoder(_Usual)
_UNUSUAL = msgspec.json.Decoder(_Unusual)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_TYPE = msgspec.json.Decoder(str | None)
_TOTAL = msgspec.json.Decoder(int | None)
_LINKS = msgspec.json.Decoder(list[PageLink] | None)


def take_apart(raw: msgspec.Raw, place: str) -> Parts:
    """The resources in a prefetch value, none of them decoded yet. Null has none."""
    try:
        if raw == NULL:
            return Parts()
        if bytes(memoryview(raw)[:1]) == b"[":
            return Parts(resources=tuple((f"{place}[{i}]", item) for i, item in enumerate(_ARRAY.decode(raw))))
        value = _value(raw)
        if value.resource_type != "Bundle":
            return Parts(resources=((place, raw),), single=True)
        return _bundle(value, place)
    except FAULTS as error:
        return Parts(unreadable=(Unreadable(place=place, reason=reason(error)),), single=True)


def _value(raw: msgspec.Raw) -> _Usual:
    try:
        return _USUAL.decode(raw)
    except msgspec.ValidationError:
        value = _UNUSUAL.decode(raw)
    if value.resource_type != "Bundle":
        return _Usual(resource_type=value.resource_type)
    kind = _TYPE.decode(value.type)
    if kind not in BUNDLE_TYPES:
        return _Usual(resource_type="Bundle", type=kind)
    entries: Any = value.entry
    links, total = _LINKS.decode(value.link), _TOTAL.decode(value.total)
    return _Usual(resource_type="Bundle", type=kind, total=total, link=links, entry=entries)


def joined(pages: Sequence[Parts], *, more: bool) -> Parts:
    """The pages of one search as one. `more`: not all of them are here."""
    begins = (0, *accumulate(len(page.resources) for page in pages))
    return Parts(
        begins=frozenset(begins),
        resources=tuple(each for page in pages for each in page.resources),
        unreadable=tuple(each for page in pages for each in page.unreadable),
        more=more,
        total=max(page.total for page in pages),
        single=all(page.single for page in pages),
    )


def _bundle(value: _Usual, place: str) -> Parts:
    if value.type not in BUNDLE_TYPES:
        problem = Unreadable(place=f"{place}.type", reason="expected searchset or collection")
        return Parts(unreadable=(problem,), single=True)
    resources: list[tuple[str, msgspec.Raw]] = []
    unreadable: list[Unreadable] = []
    for index, entry in enumerate(value.entry or ()):
        where = f"{place}.entry[{index}].resource"
        if isinstance(entry, _Entry) and entry.resource != NULL:
            resources.append((where, entry.resource))
        else:
            unreadable.append(Unreadable(place=where, reason="required"))
    following = [link for link in value.link or () if link.relation == "next"]
    return Parts(
        resources=tuple(resources),
        unreadable=tuple(unreadable),
        more=bool(following),
        next_page=following[0].url if following else None,
        total=value.total or 0,
    )
