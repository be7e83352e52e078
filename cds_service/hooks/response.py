"""The CDS Hooks response as values (https://cds-hooks.hl7.org/2.0/#cds-service-response). Absent stays absent."""

from typing import Any

import msgspec


class Wire(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """Base: camelCase on the wire; a field left at its default is not sent."""


class Coding(Wire, frozen=True, kw_only=True):
    code: str
    system: str
    display: str | None = None


class Source(Wire, frozen=True, kw_only=True):
    label: str
    url: str | None = None
    icon: str | None = None
    topic: Coding | None = None


class Action(Wire, frozen=True, kw_only=True):
    """`type` is create, update or delete; `resource` is a whole FHIR resource as JSON values."""

    type: str
    description: str
    resource: dict[str, Any] | None = None
    resource_id: str | None = None


class Suggestion(Wire, frozen=True, kw_only=True):
    label: str
    uuid: str
    is_recommended: bool = False
    actions: tuple[Action, ...] = ()


class Link(Wire, frozen=True, kw_only=True):
    label: str
    url: str
    type: str


class Card(Wire, frozen=True, kw_only=True):
    """`summary` is plain text under 140 characters; `detail` is GFM without HTML."""

    uuid: str
    summary: str
    indicator: str
    source: Source
    detail: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    selection_behavior: str | None = None
    override_reasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = ()
    extension: dict[str, Any] | None = None


class HookResponse(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The body of a 200. `cards` is always sent, even empty."""

    cards: tuple[Card, ...] = ()
    system_actions: tuple[Action, ...] | msgspec.UnsetType = msgspec.UNSET
    extension: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
