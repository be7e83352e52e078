"""Fetches what prefetch lacks from the request's FHIR server, if that server may be called: all keys at once, in time.

https://cds-hooks.hl7.org/2.0/#fhir-resource-access. The token lives as long as the call that carries it: it is neither
kept, logged nor sent anywhere but to the server it came with.
"""

import logging
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from cds_service import __version__
from cds_service.egress.urls import Base, base_of
from cds_service.fhir.client import Ask, KeyFetch, Limits
from cds_service.fhir.fetched import Ended, Fetched
from cds_service.fhir.lanes import Lane
from cds_service.fhir.retrieved import Fetch, KeyState, Record
from cds_service.fhir.shapes import Parts, take_apart
from cds_service.fhir.top_up import lacking, place_of, topped_up

_log = logging.getLogger(__name__)

# Longer than FHIR allows, as ids of some servers are; nothing that walks a path, or means two patients in a search.
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,256}")
_PATIENT = "{{context.patientId}}"
_LONGEST_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where and how a request lets its record be read. `server`: a URL as the client wrote it; no `token`: openly."""

    server: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefetched:
    """What came with the request: the values by our own keys, and the template of each key."""

    values: Mapping[str, msgspec.Raw]
    templates: Mapping[str, str]


TopUp = Callable[[Record, Prefetched, Access], Record]
"""The record with what it lacked, as far as it could be fetched. Never raises for what a server does."""


def make_top_up(
    lanes: Mapping[Base, Lane],
    servers: Iterable[Base],
    *,
    budget_ms: int,
    limits: Limits,
    openly: bool = False,
    not_there: Collection[str] = (),
) -> TopUp:
    """What tops up the records of a client that lists these servers.

    `openly`: without a token, too. `not_there`: keys that these servers are not asked for.
    """
    listed = frozenset(servers)

    def top_up(record: Record, prefetched: Prefetched, access: Access) -> Record:
        wanted = [key for key in lacking(record) if key not in not_there]
        if not wanted or not listed:
            return record
        base = _server(access)
        if base not in listed:
            return _unasked(record, wanted, base, Ended.NOT_LISTED)
        if access.token is None and not openly:
            return _unasked(record, wanted, base, Ended.NO_TOKEN)
        deadline = time.monotonic() + budget_ms / 1000
        fetched = _fetch(record, wanted, prefetched, lanes[base], access.token, deadline, limits)
        _tell(base, fetched)
        return replace(topped_up(record, fetched), fetches=_reports(fetched))

    return top_up


def _server(access: Access) -> Base | None:
    try:
        return base_of(access.server)
    except ValueError:
        return None


def _unasked(record: Record, wanted: Iterable[str], base: Base | None, why: Ended) -> Record:
    """The record as it is. That what it lacks was not asked for is told: a server may be misspelled in the list."""
    fetched = dict.fromkeys(wanted, Fetched(ended=why))
    _tell(base, fetched)
    return replace(record, fetches=_reports(fetched))


def _fetch(
    record: Record,
    wanted: Iterable[str],
    prefetched: Prefetched,
    lane: Lane,
    token: str | None,
    deadline: float,
    limits: Limits,
) -> dict[str, Fetched]:
    if not _ID.fullmatch(record.patient_id):
        return dict.fromkeys(wanted, Fetched(ended=Ended.UNASKABLE))
    headers = {"Accept": "application/fhir+json", "User-Agent": f"cds-service/{__version__}"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    fetches = {
        key: KeyFetch(
            ask=_ask(key, record, prefetched, lane.outlet.base),
            outlet=lane.outlet,
            headers=headers,
            limits=limits,
            deadline=deadline,
        )
        for key in wanted
    }
    return lane.run(fetches, deadline=deadline)


def _ask(key: str, record: Record, prefetched: Prefetched, base: Base) -> Ask:
    """The rest of a Bundle that goes on at the server, else the whole of the key by its template."""
    before = _unfinished(key, record, prefetched.values)
    if before is not None and before.next_page is not None and base.target(before.next_page) is not None:
        return Ask(url=before.next_page, kind="Bundle", place=place_of(key), before=before)
    asked = prefetched.templates[key].replace(_PATIENT, record.patient_id)
    kind = "Bundle" if "?" in asked else asked.partition("/")[0]
    return Ask(url=f"{base.url}/{asked}", kind=kind, place=place_of(key))


def _unfinished(key: str, record: Record, values: Mapping[str, msgspec.Raw]) -> Parts | None:
    partial = record.states[key] is KeyState.PARTIAL
    return take_apart(values[key], f"prefetch.{key}") if partial else None


def _tell(base: Base | None, fetched: Mapping[str, Fetched]) -> None:
    """Only our own words and the server, which a stranger may have made up: no URL of a call, nothing of an answer."""
    failed = [f"{key} {each.ended}" for key, each in fetched.items() if each.ended is not Ended.WHOLE]
    if failed:
        server = base.url[:_LONGEST_TOLD] if base is not None else "a fhirServer that is no URL of a server"
        _log.warning("%s: not retrieved: %s", server, ", ".join(failed))


def _reports(fetched: Mapping[str, Fetched]) -> tuple[Fetch, ...]:
    return tuple(
        Fetch(key=key, ended=each.ended.value, calls=each.calls, seconds=each.seconds) for key, each in fetched.items()
    )
