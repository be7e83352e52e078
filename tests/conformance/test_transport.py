"""Services that hang, drip, shut the door or talk rubbish: the check ends, in time, and says what it saw."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from cds_service.conformance.findings import Outcome
from cds_service.conformance.run import Plan, Unreachable, check_service
from cds_service.conformance.wire import Caller, Reply, Silence
from tests.conformance.conftest import broken
from tests.support.in_process import in_process
from tests.support.model_service import ORIGIN, Switches, make_service

TIMEOUT = 0.4
"""Seconds to wait for what never comes."""

AMPLE = 20
"""Seconds to wait for what comes at once, on a machine that has much else to do."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

Behaviour = Callable[[socket.socket, threading.Event], None]


def _says(*parts: bytes) -> Behaviour:
    """Says it all, and shuts the door."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)

    return behave


def _drips(start: bytes, drop: bytes) -> Behaviour:
    """Goes on for ever, a drop at a time: no single read ever takes long."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(0.02):
            connection.sendall(drop)

    return behave


def _hangs(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


@contextmanager
def _behaving(behave: Behaviour) -> Iterator[str]:
    """A server that reads a request's head, and then behaves."""
    over, threads = threading.Event(), []

    def serve(connection: socket.socket) -> None:
        with closing(connection):
            try:
                connection.recv(65536)
                behave(connection, over)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except OSError:
                return  # the check has hung up

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection,)))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            for thread in [acceptor, *threads]:
                thread.join()


@pytest.mark.parametrize(
    ("behave", "timeout", "says"),
    [
        pytest.param(_hangs, TIMEOUT, "no whole answer within 0.4 s", id="hangs"),
        pytest.param(_drips(b"HTTP/1.1 200 OK\r\nX: ", b"x"), TIMEOUT, "no whole answer within 0.4 s", id="drips-head"),
        pytest.param(_drips(HEAD + b"\r\n", b" "), TIMEOUT, "no whole answer within 0.4 s", id="drips-body"),
        pytest.param(_says(), AMPLE, "no answer: ", id="shuts-the-door"),
        pytest.param(_says(b"SSH-2.0-OpenSSH_9.2\r\n"), AMPLE, "no answer: ", id="another-protocol"),
        pytest.param(_says(b"\x00\xff" * 50_000), AMPLE, "no answer: ", id="noise"),
        pytest.param(_says(HEAD + b"Content-Length: 9\r\n\r\n{}"), AMPLE, "no answer: ", id="cut-short"),
        pytest.param(
            _says(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}"), AMPLE, "no answer: ", id="chunks-of-no-size"
        ),
        pytest.param(_says(HEAD + b"Content-Encoding: gzip\r\n\r\nnot gzip"), AMPLE, "no answer: ", id="not-gzip"),
        pytest.param(_says(HEAD + b"\r\n", *[b"[" * (1 << 20)] * 11), AMPLE, "the answer is over 10 MB", id="endless"),
    ],
)
def test_a_call_that_comes_to_nothing_ends_in_time(behave: Behaviour, timeout: float, says: str) -> None:
    """Whatever the other side does, and in words that name no Python object."""
    with _behaving(behave) as url:
        began = time.perf_counter()
        answer = Caller(timeout=timeout).call("GET", url)
        assert time.perf_counter() - began < timeout + 3
    assert isinstance(answer, Silence)
    assert answer.why.startswith(says)
    assert " at 0x" not in answer.why


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"<html>", "answered 200 with what is not JSON: '<html>'"),
        (b"[" * 100_000, "answered 200 with what is not JSON"),
        (b'{"services": NaN}', "answered 200 with what is not JSON"),
        (b"\xff\xfe\xfd", "answered 200 with what is not JSON"),
        (b"7", "the body is a number, not an object"),
        (b'{"services": [[], null, {"id": 1, "hook": []}, {"id": {}, "prefetch": {"a": []}}]}', "is an array"),
    ],
)
def test_rubbish_for_discovery_is_a_finding(text: bytes, says: str) -> None:
    """It was reached, and it is no CDS service: the report says so."""
    with _behaving(_says(HEAD + b"\r\n" + text)) as url:
        report = check_service(url, Caller(timeout=AMPLE), Plan())
    assert says in broken(report)["D2"]
    assert report.services == ()


def test_nothing_at_the_address_cannot_be_checked() -> None:
    """A port where nobody listens, and a name that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    for url, says in ((f"http://127.0.0.1:{free}", "Connection refused"), ("http://nobody.invalid", "no answer: ")):
        with pytest.raises(Unreachable, match=says):
            check_service(url, Caller(timeout=2), Plan())


def test_a_service_that_hangs_is_given_up_and_reported() -> None:
    """Discovery is fine, every call hangs: three are waited for at each URL, the rest are said to be not made."""
    over = threading.Event()
    app = make_service(Switches(fails=lambda body: over.wait()))
    with in_process(app) as address:
        began = time.perf_counter()
        report = check_service(f"http://{address}", Caller(timeout=1), Plan(origin=ORIGIN, feedback=False))
        over.set()
        assert time.perf_counter() - began < 30
    found = broken(report)
    assert "no whole answer within 1 s" in found["E1"]
    assert not report.passed
    given_up = [finding.says for result in report.of(Outcome.SKIPPED) for finding in result.findings]
    assert "not called: 3 calls before were left without an answer" in given_up


def test_no_redirect_is_followed() -> None:
    """A call that went elsewhere would speak for another service."""
    with _behaving(
        _says(b"HTTP/1.1 302 Found\r\nLocation: http://nobody.invalid/\r\nContent-Length: 0\r\n\r\n")
    ) as url:
        answer = Caller(timeout=AMPLE).call("GET", url)
    assert isinstance(answer, Reply)
    assert answer.status == 302


def test_a_password_of_the_user_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """requests takes one from .netrc where no auth is given; a call without a token would then have one."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[str | None] = []
    app = make_service(Switches(http=lambda request, _: seen.append(request.headers.get("Authorization"))))
    with in_process(app) as address:
        Caller(timeout=AMPLE).call("GET", f"http://{address}/cds-services")
    assert seen == [None]


# --- TLS ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


def _over_tls(certificate: Path) -> AbstractContextManager[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return in_process(make_service(Switches()), ssl_context=context)


def test_j1_a_service_over_tls_keeps_the_rule(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a certificate that the user trusts, by the variable that requests reads."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with _over_tls(certificate) as address:
        report = check_service(f"https://{address}", Caller(timeout=AMPLE), Plan(origin=ORIGIN, feedback=False))
    assert broken(report) == {}
    assert "J1" in {result.rule.id for result in report.of(Outcome.PASS)}


def test_j1_a_certificate_that_nobody_vouches_for_is_not_passed_over(certificate: Path) -> None:
    """There is no switch to look away."""
    with _over_tls(certificate) as address, pytest.raises(Unreachable, match="certificate verify failed"):
        check_service(f"https://{address}", Caller(timeout=AMPLE), Plan())


def test_j1_plain_http_beyond_this_machine_fails() -> None:
    """On this machine it is how one develops; the address 0.0.0.0 leads here too, and does not say so."""
    with in_process(make_service(Switches()), host="0.0.0.0") as address:
        report = check_service(f"http://{address}", Caller(timeout=AMPLE), Plan(origin=ORIGIN, feedback=False))
    assert broken(report) == {"J1": f"http://{address}: plain HTTP"}
