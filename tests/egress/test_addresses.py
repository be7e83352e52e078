"""Which addresses a name may lead to: a hospital's own network perhaps, a cloud's credentials never."""

import socket
import time
from ipaddress import ip_address
from typing import Any

import pytest

from cds_service.egress.addresses import Reach, connected, may_call
from cds_service.egress.failures import EgressError, Failure
from cds_service.egress.urls import base_of
from tests.support.raw_server import Line, raw_server

PUBLIC, SITE = Reach.PUBLIC, Reach.SITE


@pytest.mark.parametrize(
    ("address", "from_public", "from_site"),
    [
        ("93.184.215.14", True, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, True),
        ("10.1.2.3", False, True),
        ("172.16.0.1", False, True),
        ("172.32.0.1", True, True),  # just past 172.16.0.0/12
        ("192.168.1.1", False, True),
        ("100.64.0.1", False, True),
        ("fd12:3456::1", False, True),
        ("127.0.0.1", False, False),
        ("127.255.255.254", False, False),
        ("::1", False, False),
        ("0.0.0.0", False, False),  # reaches this machine
        ("::", False, False),
        ("169.254.169.254", False, False),  # credentials of the machine, in most clouds
        ("100.100.100.200", False, False),
        ("168.63.129.16", False, False),
        ("192.0.0.192", False, False),
        ("fd00:ec2::254", False, False),
        ("fe80::1", False, False),
        ("fe80::1%1", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("240.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("192.0.2.1", False, False),  # for documentation
        ("198.18.0.1", False, False),  # for benchmarks
        ("::ffff:127.0.0.1", False, False),  # the same places, spelled as IPv6
        ("::ffff:169.254.169.254", False, False),
        ("::ffff:10.0.0.1", False, True),
        ("64:ff9b::7f00:1", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("2002:7f00:1::", False, False),
        ("2002:a9fe:a9fe::", False, False),
        ("::127.0.0.1", False, False),
        ("2001:0:0:1::1", False, False),  # Teredo
    ],
)
def test_where_a_name_may_lead(address: str, from_public: bool, from_site: bool) -> None:
    base, found = base_of("https://ehr.example/fhir"), ip_address(address)
    assert may_call(found, base=base, reach=PUBLIC) is from_public
    assert may_call(found, base=base, reach=SITE) is from_site


@pytest.mark.parametrize(
    ("host", "address", "may"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("[::1]", "::1", True),
        ("localhost", "127.0.0.1", True),
        ("localhost", "10.0.0.1", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("169.254.169.254", "169.254.169.254", False),
        ("0.0.0.0", "0.0.0.0", False),
    ],
)
def test_an_address_that_is_written_down_is_meant(host: str, address: str, may: bool) -> None:
    """Whoever lists 127.0.0.1 means this machine; nobody means a cloud's credentials."""
    assert may_call(ip_address(address), base=base_of(f"http://{host}/fhir"), reach=PUBLIC) is may


def _names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Lets every name resolve to the next of the answers; gives the names that were looked up."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def _wait(line: Line) -> None:
    line.asked()


def test_a_name_that_leads_to_this_machine_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of that name was allowed; what listens beside this service was not."""
    with raw_server(_wait) as inside:
        _names(monkeypatch, ["127.0.0.1"])
        with pytest.raises(EgressError) as refused:
            connected(base=base_of(f"http://ehr.example:{inside.port}"), reach=SITE, seconds=5)
        assert (refused.value.failure, inside.connections) == (Failure.FORBIDDEN, 0)


def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says 10.255.255.1 when it is checked and 127.0.0.1 a moment later: nobody asks a second time."""
    with raw_server(_wait) as inside:
        asked = _names(monkeypatch, ["10.255.255.1"], ["127.0.0.1"])
        with pytest.raises(EgressError) as refused:
            connected(base=base_of(f"http://ehr.example:{inside.port}"), reach=SITE, seconds=0.2)
        assert refused.value.failure in (Failure.TIMEOUT, Failure.UNREACHABLE)
        assert (asked, inside.connections) == (["ehr.example"], 0)


def test_a_forbidden_address_among_others_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was checked and found good is called."""
    with raw_server(_wait) as server:
        _names(monkeypatch, ["169.254.169.254", "127.0.0.1"])
        began = time.monotonic()
        line = connected(base=base_of(f"http://localhost:{server.port}"), reach=PUBLIC, seconds=30)
        assert line.getpeername()[0] == "127.0.0.1"
        assert time.monotonic() - began < 10
        line.close()


def test_a_name_that_nobody_has_is_not_reachable() -> None:
    with pytest.raises(EgressError, match=r"^unreachable$"):
        connected(base=base_of("http://no-such-name.invalid"), reach=SITE, seconds=5)


def test_a_name_that_cannot_be_one_is_not_reachable() -> None:
    with pytest.raises(EgressError, match=r"^unreachable$"):
        connected(base=base_of(f"http://{'a' * 80}.example"), reach=SITE, seconds=5)


def test_a_port_where_nobody_listens_is_not_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(EgressError, match=r"^unreachable$"):
        connected(base=base_of(f"http://127.0.0.1:{port}"), reach=SITE, seconds=5)
