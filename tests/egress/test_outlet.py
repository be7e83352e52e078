"""Calls to other servers, over real sockets: whole answers, or a reason, and never past the deadline."""

import gzip
import logging
import ssl
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from cds_service.egress.failures import EgressError, Failure
from cds_service.egress.outlet import Outlet, Reply
from cds_service.egress.urls import base_of
from tests.support.certificates import authority_and_server
from tests.support.raw_server import Line, RawServer, Say, raw_server

OK = b"HTTP/1.1 200 OK\r\n"
MEBIBYTE = 1 << 20


def call(server: RawServer, *, seconds: float = 5, max_bytes: int = MEBIBYTE, path: str = "/fhir/x") -> Reply:
    outlet = Outlet(base_of(f"{server.url}/fhir"))
    try:
        deadline = time.monotonic() + seconds
        return outlet.get(f"{server.url}{path}", headers={"X-Own": "1"}, deadline=deadline, max_bytes=max_bytes)
    finally:
        outlet.close()


def told(*parts: bytes) -> Say:
    """Answers each request with these bytes."""

    def behave(line: Line) -> None:
        while line.asked():
            line.say(*parts)

    return behave


def test_an_answer_comes_whole() -> None:
    with raw_server(told(OK, b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")) as server:
        reply = call(server)
    assert reply == Reply(status=200, headers={"content-type": "text/plain", "content-length": "2"}, body=b"ok")
    (request,) = server.requests
    assert request.startswith(b"GET /fhir/x HTTP/1.1\r\n")
    assert b"X-Own: 1\r\n" in request


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    """A listed server may not send a token, or us, elsewhere."""
    with raw_server(told(OK, b"Content-Length: 0\r\n\r\n")) as elsewhere:
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.url}/fhir/x\r\nContent-Length: 0\r\n\r\n"
        with raw_server(told(moved.encode())) as server:
            assert call(server).status == status
        assert elsewhere.connections == 0


def drip_body(line: Line) -> None:
    line.asked()
    line.say(OK, b"Content-Length: 100000\r\n\r\n")
    line.drip()


def drip_head(line: Line) -> None:
    line.asked()
    line.say(OK, b"X-Long: ")
    line.drip()


def drip_continue(line: Line) -> None:
    line.asked()
    line.drip(b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_chunks(line: Line) -> None:
    line.asked()
    line.say(OK, b"Transfer-Encoding: chunked\r\n\r\n")
    line.drip(b"1\r\nx\r\n")


def hang(line: Line) -> None:
    line.asked()
    line.hang()


def hang_in_body(line: Line) -> None:
    line.asked()
    line.say(OK, b"Content-Length: 10\r\n\r\nab")
    line.hang()


@pytest.mark.parametrize("behave", [drip_body, drip_head, drip_continue, drip_chunks, hang, hang_in_body])
def test_the_deadline_ends_every_wait(behave: Say) -> None:
    """Each byte that drips in would start a mere timeout anew."""
    with raw_server(behave) as server:
        began = time.monotonic()
        with pytest.raises(EgressError, match=r"^timeout$"):
            call(server, seconds=0.3)
        assert time.monotonic() - began < 2


def test_a_deadline_that_has_passed_asks_nothing() -> None:
    with raw_server(hang) as server:
        with pytest.raises(EgressError, match=r"^timeout$"):
            call(server, seconds=0)
        assert server.connections == 0


def _bomb() -> bytes:
    """256 MiB of nothing, in a quarter of one."""
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(press.compress(bytes(MEBIBYTE)) for _ in range(256)) + press.flush()


def _zipped(*parts: bytes) -> bytes:
    return OK + b"Content-Encoding: gzip\r\n" + b"".join(parts)


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 2000000\r\n\r\n" + b"x" * 2_000_000,
        OK + b"Connection: close\r\n\r\n" + b"x" * 2_000_000,
        OK
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"10000\r\n"
        + b"x" * 65536
        + b"\r\n"
        + b"1E8480\r\n"
        + b"x" * 2_000_000,
    ],
    ids=["length", "no-length", "chunked"],
)
def test_a_body_over_the_limit_is_not_read_to_its_end(answer: bytes) -> None:
    with raw_server(told(answer)) as server, pytest.raises(EgressError, match=r"^too-large$"):
        call(server)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_bomb_does_not_fill_the_memory(chunked: bool) -> None:
    """The limit holds after decompression, and while it goes on."""
    bomb = _bomb()
    length = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" if chunked else b"Content-Length: %d\r\n\r\n"
    with raw_server(told(_zipped(length % len(bomb), bomb, b"\r\n0\r\n\r\n" if chunked else b""))) as server:
        tracemalloc.start()
        with pytest.raises(EgressError, match=r"^too-large$"):
            call(server)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 * MEBIBYTE


def test_a_compressed_answer_is_read() -> None:
    body = gzip.compress(b"ok" * 1000)
    with raw_server(told(_zipped(b"Content-Length: %d\r\n\r\n" % len(body), body))) as server:
        assert call(server).body == b"ok" * 1000


def close_at_once(line: Line) -> None:
    line.asked()


def cut(line: Line) -> None:
    line.asked()
    line.say(OK, b"Content-Length: 10\r\n\r\nab")


def cut_chunk(line: Line) -> None:
    line.asked()
    line.say(OK, b"Transfer-Encoding: chunked\r\n\r\n5\r\nab")


@pytest.mark.parametrize(
    "behave",
    [
        close_at_once,
        cut,
        cut_chunk,
        told(b"hello\r\n\r\n"),
        told(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab"),
        told(_zipped(b"Content-Length: 5\r\n\r\nplain")),
        told(OK, b"".join(b"X-%d: 1\r\n" % n for n in range(200)), b"\r\n"),
    ],
    ids=["close", "cut", "cut-chunk", "no-http", "bad-chunk", "no-gzip", "many-headers"],
)
def test_what_is_no_whole_answer_is_broken(behave: Say) -> None:
    with raw_server(behave) as server, pytest.raises(EgressError, match=r"^broken$"):
        call(server, seconds=5)


def test_nothing_but_the_server_itself_is_called() -> None:
    with raw_server(told(OK, b"Content-Length: 0\r\n\r\n")) as server:
        with pytest.raises(ValueError, match=r"^not a URL of this server$"):
            call(server, path="/admin")
        assert server.connections == 0


def test_a_connection_is_kept_and_its_deadline_is_not() -> None:
    """The second call on the same connection has its own time."""
    with raw_server(told(OK, b"Content-Length: 2\r\n\r\nok")) as server:
        outlet = Outlet(base_of(server.url))
        for seconds in (0.2, 5):
            outlet.get(f"{server.url}/a", headers={}, deadline=time.monotonic() + seconds, max_bytes=10)
            time.sleep(0.25)
        outlet.close()
    assert (server.connections, len(server.requests)) == (1, 2)


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A proxy would see the token, and `.netrc` would replace it."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    with raw_server(told(OK, b"Content-Length: 0\r\n\r\n")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("HOME", str(tmp_path))
        with raw_server(told(OK, b"Content-Length: 0\r\n\r\n")) as server:
            call(server)
        assert proxy.connections == 0
    assert b"Authorization" not in server.requests[0]


def test_nothing_of_a_call_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 writes whole URLs, and with them ids of patients, even at the level of warnings."""
    caplog.set_level(logging.DEBUG)
    with raw_server(told(OK, b"Content-Length: 2\r\nbad header\r\n\r\nok")) as server:
        call(server, path="/fhir/Patient/hers")
    assert caplog.records == []


# --- TLS --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def authority(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    return authority_and_server(tmp_path)


def call_tls(server: RawServer, ca_file: Path | None, *, host: str = "localhost", seconds: float = 5) -> Reply:
    base = base_of(f"https://{host}:{server.port}")
    outlet = Outlet(base, ca_file=ca_file)
    try:
        return outlet.get(f"{base.url}/a", headers={}, deadline=time.monotonic() + seconds, max_bytes=10)
    finally:
        outlet.close()


def test_over_tls_the_name_stays_the_name(authority: tuple[Path, ssl.SSLContext]) -> None:
    """The connection is to a checked number; certificate, SNI and Host are the name's."""
    ca_file, context = authority
    with raw_server(told(OK, b"Content-Length: 2\r\n\r\nok"), tls=context) as server:
        assert call_tls(server, ca_file).body == b"ok"
    assert server.names == ["localhost"]
    assert b"Host: localhost:%d\r\n" % server.port in server.requests[0]


def test_a_certificate_of_an_unknown_authority_is_not_trusted(authority: tuple[Path, ssl.SSLContext]) -> None:
    with raw_server(told(OK), tls=authority[1]) as server:
        with pytest.raises(EgressError) as refused:
            call_tls(server, None)
        assert (refused.value.failure, server.requests) == (Failure.UNREACHABLE, [])


def test_a_certificate_of_another_name_is_not_trusted(authority: tuple[Path, ssl.SSLContext]) -> None:
    with raw_server(told(OK), tls=authority[1]) as server:
        with pytest.raises(EgressError) as refused:
            call_tls(server, authority[0], host="127.0.0.1")
        assert (refused.value.failure, server.requests) == (Failure.UNREACHABLE, [])


@pytest.mark.parametrize("behave", [drip_body, drip_head, hang])
def test_over_tls_the_deadline_ends_every_wait_too(behave: Say, authority: tuple[Path, ssl.SSLContext]) -> None:
    with raw_server(behave, tls=authority[1]) as server, pytest.raises(EgressError, match=r"^timeout$"):
        call_tls(server, authority[0], seconds=0.5)


def test_a_handshake_that_never_ends_is_ended(authority: tuple[Path, ssl.SSLContext]) -> None:
    def silent(line: Line) -> None:
        line.hang()

    with raw_server(silent) as server, pytest.raises(EgressError, match=r"^timeout$"):
        call_tls(server, authority[0], seconds=0.3)
