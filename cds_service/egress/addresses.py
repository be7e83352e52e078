"""To which addresses a connection may be made, and the connection itself.

A name is resolved once, each of its addresses is checked, and the connection is made to the very address that was
checked: a name that leads elsewhere a moment later (DNS rebinding) gains nothing.
"""

import socket
import time
from enum import StrEnum
from ipaddress import IPv4Address, ip_address, ip_network

from cds_service.egress.failures import EgressError, Failure
from cds_service.egress.urls import Address, Base

# RFC 1918, RFC 6598 (shared by a carrier, or a cluster) and RFC 4193.
_SITE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))

# Where clouds hand out credentials to whoever asks, besides the link-local 169.254.169.254:
# Alibaba, Azure, Oracle, AWS and Google over IPv6.
_METADATA = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052


class Reach(StrEnum):
    """To which addresses a name may lead: never to link-local ones, to loopback only where the URL itself says so."""

    PUBLIC = "public"
    SITE = "site"  # private networks too


def may_call(address: Address, *, base: Base, reach: Reach) -> bool:
    """Whether the host of `base`, having led to this address, may be called there."""
    meant = _carried(address)
    if meant in _METADATA or meant.is_link_local or meant.is_multicast or meant.is_unspecified:
        return False
    if meant.is_loopback:
        return base.local
    if any(meant in network for network in _SITE):
        return reach is Reach.SITE or meant == base.literal
    return meant.is_global and not meant.is_reserved


def _carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does: mapped, NAT64 or 6to4."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


class TimedSocket(socket.socket):
    """A socket that stops waiting at `deadline` (of `time.monotonic`), however many bytes drip in before it."""

    deadline = 0.0

    def recv_into(self, *args: object, **more: object) -> int:
        """Reads, or raises TimeoutError."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
        return super().recv_into(*args, **more)  # type: ignore[arg-type]


def connected(*, base: Base, reach: Reach, seconds: float) -> TimedSocket:
    """A connection to the host of `base`, whose timeout is what is left of `seconds`. Raises EgressError."""
    deadline = time.monotonic() + seconds
    found = _resolved(base)
    allowed = [each for each in found if may_call(ip_address(each[1][0]), base=base, reach=reach)]
    if not allowed:
        raise EgressError(Failure.FORBIDDEN if found else Failure.UNREACHABLE)
    failure = Failure.UNREACHABLE
    for tried, (family, address) in enumerate(allowed):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        # An address that swallows what is sent to it leaves time for the others.
        sock = TimedSocket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(left / (len(allowed) - tried))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            sock.deadline = deadline
            return sock
        except OSError as error:
            sock.close()
            failure = Failure.TIMEOUT if isinstance(error, TimeoutError) else failure
    raise EgressError(failure)


def _resolved(base: Base) -> list[tuple[int, tuple[str, int]]]:
    """Family and socket address of each address of the host."""
    try:
        found = socket.getaddrinfo(base.host, base.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise EgressError(Failure.UNREACHABLE) from None
    # A scope (`fe80::1%eth0`) is in the last member of the socket address, too.
    return [(family, sockaddr) for family, _, _, _, sockaddr in found]  # type: ignore[misc]
