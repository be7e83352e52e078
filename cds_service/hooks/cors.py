"""Which web pages may call from a browser, and the headers that tell the browser so.

The protocol is https://fetch.spec.whatwg.org/#http-cors-protocol. Credentials of the browser (cookies) are never asked
for: a page that calls has its own token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

METHODS = "GET, POST, OPTIONS"
HEADERS = "Authorization, Content-Type, Accept"
MAX_AGE_SECONDS = 600

ANY = "*"

Header = Callable[[str], str | None]
"""The header of a request by its name, if it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """The origins whose pages may read our answers: those named, and those of this machine where `local` says so.

    `closed`: pages of others may not even send. A browser sends for them, and for pages that pretend to be us (DNS
    rebinding), and where nobody is asked for a token the origin is all that tells them apart.
    """

    origins: frozenset[str] = frozenset()
    local: bool = False
    closed: bool = False

    def headers(self, method: str, asked: Header) -> dict[str, str]:
        """What to add to the answer to a call with this method and headers, whatever its status."""
        if not self.origins and not self.local:
            return {}
        origin = asked("Origin")
        vary = {"Vary": "Origin"}
        if origin is None or not self._allows(origin):
            return vary
        allowed = {**vary, "Access-Control-Allow-Origin": origin}
        if method == "OPTIONS" and asked("Access-Control-Request-Method") is not None:
            allowed |= _preflight(asked)
        return allowed

    def refuses(self, method: str, origin: str | None) -> bool:
        """Whether a call that a page of this origin sends is turned away; what is no page sends none."""
        return self.closed and method == "POST" and origin is not None and not self._allows(origin)

    def _allows(self, origin: str) -> bool:
        return origin in self.origins or ANY in self.origins or (self.local and _is_local(origin))


NO_CORS = Cors()
"""No page of another origin may call."""


def _preflight(asked: Header) -> dict[str, str]:
    allowed = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Max-Age": str(MAX_AGE_SECONDS),
    }
    # Chrome asks before a page of a public address calls a private one (https://wicg.github.io/private-network-access/).
    if asked("Access-Control-Request-Private-Network") == "true":
        allowed["Access-Control-Allow-Private-Network"] = "true"
    return allowed


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is this machine as seen from itself."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_local(origin: str) -> bool:
    """Whether an origin is a page that this machine itself serves, on any port."""
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and is_loopback(parts.hostname or "")
    except ValueError:
        return False
