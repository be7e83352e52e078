"""The one way out of this service: HTTP GET to a server that may be called, within a deadline and a size.

No redirect is followed, and no proxy, cookie or `.netrc` of the environment is used. What is called, and with what, is
logged nowhere. Urllib3 and not requests, which follows, keeps and looks up all of these, at twice the processor time.
"""

import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ReadTimeoutError, SSLError

from cds_service.egress.addresses import Reach, TimedSocket, connected
from cds_service.egress.failures import EgressError, Failure
from cds_service.egress.urls import Base

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer. `headers` have lower-case names; `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Checked(HTTPConnection):
    """A connection to a checked address that keeps to the time of its call, from the first byte to the last."""

    def __init__(self, *args: Any, base: Base, reach: Reach, **more: Any) -> None:
        super().__init__(*args, **more)
        self._base, self._reach = base, reach

    def _new_conn(self) -> TimedSocket:
        return connected(base=self._base, reach=self._reach, seconds=_seconds(self.timeout))

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        # urllib3's timeout is what is left of the call; without a deadline it would begin anew with each byte.
        self.sock.deadline = time.monotonic() + _seconds(self.timeout)  # type: ignore[union-attr]
        return super().getresponse()


class _CheckedTls(_Checked, HTTPSConnection):
    """The same over TLS: name and certificate are those of the URL, whatever the address."""


class _TimedTls(TimedSocket, ssl.SSLSocket):
    pass


def _seconds(timeout: Any) -> float:
    # Every call has one: `Outlet.get` sets it.
    return float(timeout)


class Outlet:
    """Calls one server; shared between threads. Keeps connections open until closed."""

    def __init__(
        self, base: Base, *, reach: Reach = Reach.PUBLIC, ca_file: Path | None = None, connections: int = 4
    ) -> None:
        """`ca_file`: authorities (PEM) trusted besides the public ones; `connections`: how many are kept open."""
        # urllib3 writes whole URLs into its log, and with them the ids of patients.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)
        self.base = base
        own: dict[str, Any] = {"maxsize": connections, "base": base, "reach": reach}
        self._pool = (
            urllib3.HTTPSConnectionPool(base.host, base.port, ssl_context=_trusting(ca_file), **own)
            if base.scheme == "https"
            else urllib3.HTTPConnectionPool(base.host, base.port, **own)
        )
        self._pool.ConnectionCls = _CheckedTls if base.scheme == "https" else _Checked

    def get(self, url: str, *, headers: Mapping[str, str], deadline: float, max_bytes: int) -> Reply:
        """The whole answer to a GET of `url`, whatever its status.

        `deadline` (seconds of `time.monotonic`) ends everything but the look-up of a name, which only the system's
        resolver ends. `max_bytes` bounds the body, after decompression too. Raises EgressError, and ValueError for a
        URL that is not at or below the base.
        """
        target = self.base.target(url)
        if target is None:
            raise ValueError("not a URL of this server")
        left = deadline - time.monotonic()
        if left <= 0:
            raise EgressError(Failure.TIMEOUT)
        try:
            return self._get(target, headers, left, max_bytes)
        except (ReadTimeoutError, ConnectTimeoutError, TimeoutError):
            raise EgressError(Failure.TIMEOUT) from None
        except SSLError:
            raise EgressError(Failure.UNREACHABLE) from None
        except (HTTPError, OSError):
            raise EgressError(Failure.BROKEN) from None

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._pool.close()

    def _get(self, target: str, headers: Mapping[str, str], left: float, max_bytes: int) -> Reply:
        response = self._pool.urlopen(
            "GET",
            target,
            headers={"Accept-Encoding": "gzip", **headers},
            retries=False,
            redirect=False,
            timeout=urllib3.Timeout(total=left),
            preload_content=False,
        )
        try:
            body = _bounded(response, max_bytes)
        except BaseException:
            response.close()
            raise
        finally:
            response.release_conn()
        told = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status, headers=told, body=body)


def _bounded(response: urllib3.BaseHTTPResponse, max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in response.stream(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            raise EgressError(Failure.TOO_LARGE)
    return bytes(body)


@cache
def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Trusts the system's authorities, the public ones, and the site's own. Takes a tenth of a second, so only once."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    context.sslsocket_class = _TimedTls
    return context
