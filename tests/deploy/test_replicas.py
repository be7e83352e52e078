"""Two replicas behind a reverse proxy with TLS: restarted one after the other under load, and no request is lost."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.served import ROOT, free_port
from tests.support.steady import PATIENCE, REQUEST, SELECT, Steady
from tests.support.tools import needed


def certificate(folder: Path) -> Path:
    """A certificate of our own for 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cds-service test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = folder / "certificate.pem"
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(pem) + secret)
    return file


@contextmanager
def running(*command: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended in order."""
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


class Replica:
    """One service process on a port of its own, which can be restarted."""

    def __init__(self, data: Path) -> None:
        self.port, self._data = free_port(), data
        self._start()

    def _start(self) -> None:
        self._context = running(
            sys.executable, "-m", "cds_service", "serve", "--port", str(self.port), "--workers", "2",
            CDS_DATA_DIR=str(self._data), CDS_DRAIN_SECONDS="3",
        )  # fmt: skip
        self._context.__enter__()

    def stop(self) -> None:
        self._context.__exit__(None, None, None)

    def restart(self) -> None:
        self.stop()
        self._start()


def until_ready(url: str, **options: object) -> None:
    """Waits until something answers 200 there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=2, **options).status_code == 200:  # type: ignore[arg-type]
                return
        except requests.RequestException:
            pass
        time.sleep(0.05)
    pytest.fail(f"nothing is ready at {url}")


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replica, Replica]]:
    folder = tmp_path_factory.mktemp("replicas")
    pair = Replica(folder / "a"), Replica(folder / "b")
    for each in pair:
        until_ready(f"http://127.0.0.1:{each.port}/readyz")
    yield pair
    for each in pair:
        each.stop()


@pytest.fixture(scope="module")
def proxy(replicas: tuple[Replica, Replica], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The proxy's base URL, and the certificate to trust."""
    haproxy, file, port = (
        needed("haproxy", "it is the reverse proxy of deploy/"),
        certificate(tmp_path_factory.mktemp("proxy")),
        free_port(),
    )
    first, second = (f"127.0.0.1:{each.port}" for each in replicas)
    configured = {"LISTEN": f"127.0.0.1:{port}", "CERTIFICATE": str(file), "REPLICA_A": first, "REPLICA_B": second}
    with running(haproxy, "-f", str(ROOT / "deploy" / "haproxy.cfg"), **configured):
        until_ready(f"https://127.0.0.1:{port}/cds-services", verify=str(file))
        yield f"https://127.0.0.1:{port}", str(file)


def test_a_rolling_restart_loses_no_request(replicas: tuple[Replica, Replica], proxy: tuple[str, str]) -> None:
    base, trust = proxy
    load = Steady(base, trust)
    try:
        for each in replicas:
            load.wait_for(20)
            each.restart()
            until_ready(f"http://127.0.0.1:{each.port}/readyz")
            time.sleep(1.5)  # three checks of the proxy: it sends requests to the new one again
        load.wait_for(20)
    finally:
        load.stop()
    assert load.faults == []
    assert load.answered >= 60


INSIDE = (
    "/",
    "/criteria",
    "/metrics",
    "/report",
    "/report.csv",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/cds-services-x",
    "//metrics",
    "/%6detrics",
    "/cds-services/../metrics",
    "/cds-services/%2e%2e/metrics",
    "/cds-services/..%2fmetrics",
    "http://x/metrics",
)


def test_what_is_not_for_an_ehr_stays_inside(proxy: tuple[str, str]) -> None:
    """However its path is written: sent as it stands, as no browser would."""
    base, trust = proxy
    assert raw_get(base, trust, "/cds-services")[0] == 200
    for path in INSIDE:
        status, body = raw_get(base, trust, path)
        assert status == 404, path
        assert b"cds_service_info" not in body


def raw_get(base: str, trust: str, target: str) -> tuple[int, bytes]:
    """Status and body for exactly this request target."""
    address = urlsplit(base)
    connection = HTTPSConnection(
        str(address.hostname), int(address.port or 0), context=ssl.create_default_context(cafile=trust), timeout=5
    )
    with closing(connection):
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_slow_senders_hold_up_the_proxy_alone(proxy: tuple[str, str]) -> None:
    """Half a body of 60 KB, from more callers than the replicas have threads; others are answered."""
    base, trust = proxy
    head = f"POST {SELECT} HTTP/1.1\r\nHost: x\r\nContent-Length: 120000\r\n\r\n".encode()
    address, context = urlsplit(base), ssl.create_default_context(cafile=trust)
    with ExitStack() as stack:
        for _ in range(100):
            plain = socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5)
            line = stack.enter_context(context.wrap_socket(plain, server_hostname=address.hostname))
            line.sendall(head + b" " * 60_000)
        for _ in range(20):
            assert requests.post(f"{base}{SELECT}", data=REQUEST, verify=trust, timeout=5).status_code == 200


@pytest.mark.parametrize(("version", "spoken"), [(ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_1, False)])
def test_no_tls_older_than_1_2_is_spoken(proxy: tuple[str, str], version: ssl.TLSVersion, spoken: bool) -> None:
    """INF/crd_server_tls_version."""
    base, trust = proxy
    context = ssl.create_default_context(cafile=trust)
    context.set_ciphers("ALL:@SECLEVEL=0")  # or this side would refuse the old version itself
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    address = urlsplit(base)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5) as plain:
        if not spoken:
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(plain, server_hostname=address.hostname)
            return
        with context.wrap_socket(plain, server_hostname=address.hostname) as secured:
            assert secured.version() == "TLSv1.2"


def test_j1_an_answer_is_the_same_through_tls(replicas: tuple[Replica, Replica], proxy: tuple[str, str]) -> None:
    base, trust = proxy
    through = requests.post(f"{base}{SELECT}", data=REQUEST, verify=trust, timeout=5).json()
    direct = requests.post(f"http://127.0.0.1:{replicas[0].port}{SELECT}", data=REQUEST, timeout=5).json()
    assert json.dumps(through) == json.dumps(direct)
