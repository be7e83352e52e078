"""The gate, made of the settings and the clients: which keys of whom, fetched from where, kept how long."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from cds_service.clients import SANDBOX, Client
from cds_service.egress.addresses import Reach
from cds_service.egress.failures import EgressError
from cds_service.egress.outlet import Outlet
from cds_service.egress.urls import base_of
from cds_service.metrics import REFUSED, UNSHARED, Meter
from cds_service.security.gate import ClientKeys, Gate
from cds_service.security.keys import FetchedKeys, FetchError, FixedKeys, KeysError, read_keys
from cds_service.security.replay import SeenTokens
from cds_service.settings import Settings, SettingsError
from cds_service.store.replay import UsedTokens

logger = logging.getLogger(__name__)

MOST_BYTES = 1 << 18
"""Of a key set: some hundreds of keys."""

FETCH_SECONDS = 3.0

WAITING = 2
"""Calls of a process that may wait for key servers at once: half of its threads (`cli/serve.py`)."""


def make_gate(
    settings: Settings, clients: Iterable[Client], used: UsedTokens, clock: Callable[[], datetime], meter: Meter
) -> Gate:
    """The gate for these clients. Raises SettingsError, naming the client whose keys cannot be used."""
    clients = tuple(clients)
    waiting = threading.BoundedSemaphore(WAITING)
    servers = {jku: _server(jku, settings, waiting) for client in clients for jku in sorted(client.jku)}
    keys = {
        client.name: ClientKeys({jku: servers[jku] for jku in sorted(client.jku)}, _fixed(client)) for client in clients
    }
    for client in clients:
        if SANDBOX in client.issuers:
            logger.warning("%s: the Sandbox's private key is public: anybody can sign for it", client.name)
    assert settings.public_url is not None  # policy.authenticates has seen to it
    seen = SeenTokens(used, fallback=settings.replay_fallback, count_alone=partial(meter.add, UNSHARED))
    return Gate(
        clients, keys, seen, public_url=settings.public_url, clock=clock, count_refused=partial(meter.add, REFUSED)
    )


def _server(jku: str, settings: Settings, waiting: threading.Semaphore) -> FetchedKeys:
    return FetchedKeys(
        jku,
        partial(fetch, jku, reach=settings.keys_reach, ca_file=settings.ca_file),
        fresh_seconds=settings.keys_fresh_seconds,
        stale_seconds=settings.keys_stale_seconds,
        waiting=waiting,
    )


def fetch(jku: str, *, reach: Reach = Reach.PUBLIC, ca_file: Path | None = None) -> bytes:
    """The key set at a URL; `ca_file`: authorities trusted besides the public ones. Raises FetchError."""
    outlet = Outlet(base_of(jku), reach=reach, ca_file=ca_file)
    try:
        reply = outlet.get(
            jku,
            headers={"Accept": "application/jwk-set+json, application/json"},
            deadline=time.monotonic() + FETCH_SECONDS,
            max_bytes=MOST_BYTES,
        )
    except EgressError as error:
        raise FetchError(error.failure.value) from None
    finally:
        outlet.close()
    if reply.status != 200:
        raise FetchError(f"answered {reply.status}")
    return reply.body


def _fixed(client: Client) -> FixedKeys | None:
    if client.jwks is None:
        return None
    try:
        return FixedKeys(read_keys(client.jwks.read_bytes()))
    except (OSError, KeysError) as error:
        what = error if isinstance(error, KeysError) else type(error).__name__
        raise SettingsError(
            f"CDS_CLIENTS: {client.name}: the jwks {Path(client.jwks).name} cannot be used: {what}"
        ) from None
