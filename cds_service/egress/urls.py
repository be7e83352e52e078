"""URLs of servers that may be called, compared by what they mean and not by how they are spelled."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}

# What walks out of a path, or has a URL read differently by the next who reads it.
_DEVIOUS = re.compile(r"[\x00-\x20\x7f-\U0010ffff\\]|(?:^|/)(?i:\.|%2e){1,2}(?:/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """An http(s) URL without query in its one spelling: host in lower case, no final dot, no final slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The URL as text; with its port only where that is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def literal(self) -> Address | None:
        """The address, where the host is written as one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def local(self) -> bool:
        """Whether the host is this machine by its own words: `localhost`, or a loopback address."""
        return self.host == "localhost" if self.literal is None else self.literal.is_loopback

    def target(self, url: str) -> str | None:
        """Path and query of a URL of the same origin at or below this one; None for any other."""
        try:
            parts = urlsplit(url)
            same = _origin(parts) == (self.scheme, self.host, self.port)
        except ValueError:
            return None
        below = f"{parts.path}/".startswith(f"{self.path}/")
        if not same or not below or parts.username is not None or parts.fragment or _devious(parts):
            return None
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def base_of(url: str) -> Base:
    """The base that `url` names. Raises ValueError, which says what it should be and does not repeat it."""
    try:
        parts = urlsplit(url)
        scheme, host, port = _origin(parts)
    except ValueError:
        raise ValueError("not a URL") from None
    unusual = parts.username is not None or "?" in url or "#" in url or _devious(parts)
    if scheme not in _PORTS or port is None or not host or unusual:
        raise ValueError("not an http(s) URL of a server, without user, query and fragment")
    return Base(scheme=scheme, host=host, port=port, path=parts.path.rstrip("/"))


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    host = (parts.hostname or "").lower().removesuffix(".")
    return parts.scheme, host, parts.port or _PORTS.get(parts.scheme)


def _devious(parts: SplitResult) -> bool:
    return any(map(_DEVIOUS.search, (parts.netloc, parts.path))) or any(mark in parts.query for mark in "\\ \r\n\t")
