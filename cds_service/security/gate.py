"""Who may call: from the Authorization header of a call and the path that it is for, to the client who makes it."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from cds_service.clients import Client
from cds_service.hooks.errors import Unauthorized
from cds_service.security.keys import FetchedKeys, FixedKeys, Key, KeySource
from cds_service.security.replay import SeenTokens
from cds_service.security.tokens import (
    Claims,
    Reason,
    Refused,
    Token,
    bearer,
    check_audience,
    check_signature,
    check_time,
    read_token,
)

logger = logging.getLogger(__name__)


class Gate:
    """Lets in calls with a token of a client, made for the very address that is called, and seen for the first time."""

    def __init__(
        self,
        clients: Iterable[Client],
        keys: Mapping[str, "ClientKeys"],
        seen: SeenTokens,
        *,
        public_url: str,
        clock: Callable[[], datetime],
        count_refused: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """`keys`: of each client, by its name. `public_url`: under which clients reach this service."""
        self._count_refused = count_refused
        self._by_issuer: dict[str, list[Client]] = {}
        for client in clients:
            for issuer in client.issuers:
                self._by_issuer.setdefault(issuer, []).append(client)
        self._keys = keys
        self._seen = seen
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def admit(self, authorization: str | None, path: str) -> Client:
        """The client who calls `path`. Raises Unauthorized; Unavailable where the used tokens cannot be looked up."""
        token: Token | None = None
        try:
            token = read_token(bearer(authorization))
            return self._check(token, path)
        except Refused as refused:
            self._count_refused(refused.reason)
            _log(refused.reason, token.claims if token is not None else None)
            raise Unauthorized from None

    def warm(self, seconds: float) -> None:
        """Has the keys of all clients fetched before the first of them calls; waits no longer than that."""
        deadline = time.monotonic() + seconds
        servers = [server for keys in self._keys.values() for server in keys.servers.values()]
        for server in servers:
            server.renew()
        for server in servers:
            server.wait(max(deadline - time.monotonic(), 0))

    def close(self) -> None:
        """Gives up every connection."""
        self._seen.close()

    def _check(self, token: Token, path: str) -> Client:
        """What costs least is checked first, and nothing is fetched for a stranger."""
        claims, now = token.claims, self._clock().timestamp()
        # The issuer is known, and may say where its keys are.
        candidates = self._by_issuer.get(claims.iss)
        if candidates is None:
            raise Refused(Reason.ISSUER)
        client = _of_tenant(candidates, claims.tenant)
        if client is not None and not self._keys[client.name].may_be_at(token.jku):
            raise Refused(Reason.JKU)
        # The audience matches: of the address that is called, never of what a Host header says.
        url = f"{self._public_url}{path}"
        check_audience(
            claims, frozenset({url, url.rstrip("/"), *(each for one in candidates for each in one.audiences)})
        )
        # It has not expired, and is valid by now.
        check_time(claims, now)
        # The tenant is allowed.
        if client is None:
            raise Refused(Reason.TENANT)
        # The signature is the client's.
        key = self._keys[client.name].find(token)
        check_signature(token, key.public, key.algorithms)
        # It is seen for the first time.
        if not self._seen.first(claims.iss, claims.jti, expires=claims.exp, now=now):
            raise Refused(Reason.REPLAYED)
        return client


class ClientKeys:
    """Where one client's keys come from: key servers by their URL, and what was exchanged beforehand."""

    def __init__(self, servers: Mapping[str, FetchedKeys], fixed: FixedKeys | None = None) -> None:
        self.servers = servers
        self._fixed = fixed

    def may_be_at(self, jku: str | None) -> bool:
        """Whether a token may name this key server. Where no keys are fetched, what it names is of no importance."""
        return jku is None or not self.servers or jku in self.servers

    def find(self, token: Token) -> Key:
        """The key that the token names. Raises Refused where there is none."""
        sources = self._sources(token.jku)
        for look in (*(source.held for source in sources), *(source.found for source in sources)):
            if (key := look(token.kid, token.alg)) is not None:
                return key
        raise Refused(Reason.KEY)

    def _sources(self, jku: str | None) -> Sequence[KeySource]:
        named = None if jku is None else self.servers.get(jku)
        fixed = () if self._fixed is None else (self._fixed,)
        return (*fixed, *([named] if named is not None else self.servers.values()))


def _of_tenant(clients: Iterable[Client], tenant: str | None) -> Client | None:
    """The client that a tenant belongs to, among those of one issuer; without tenants, a client takes any."""
    return next((each for each in clients if not each.tenants or tenant in each.tenants), None)


def issuer_of(authorization: str | None) -> str | None:
    """The issuer that a token names, which nobody has verified."""
    with suppress(Refused):
        return read_token(bearer(authorization)).claims.iss
    return None


def _log(reason: Reason, claims: Claims | None) -> None:
    """Why, and of whom as far as that can be told; quoted, so that it cannot look like another line."""
    if claims is None:
        logger.warning("a call was turned away: %s", reason)
    else:
        logger.warning(
            "a call was turned away: %s; iss %.200r, tenant %.100r, jti %.100r",
            reason,
            claims.iss,
            claims.tenant,
            claims.jti,
        )
