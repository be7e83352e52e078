"""What a report is about, and the order its figures stand in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from cds_service.store.tables import consultations


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a report is about: from `since` on, before `until`, of one client or of all."""

    since: datetime | None = None
    until: datetime | None = None
    client: str | None = None


def within(span: Span) -> Iterator[ColumnElement[bool]]:
    """What has to hold of a consultation in the span."""
    if span.since is not None:
        yield consultations.c.time >= span.since
    if span.until is not None:
        yield consultations.c.time < span.until
    if span.client is not None:
        yield consultations.c.client == span.client


def most_first(counts: Mapping[Any, int]) -> list[tuple[Any, int]]:
    """The most frequent first; those alike by name, so that the same figures always stand in the same order."""
    return sorted(counts.items(), key=lambda item: (-item[1], repr(item[0])))
