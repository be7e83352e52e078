"""Two replicas behind a reverse proxy with TLS: restarted one after the other under load, and no request is lost."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
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

from tests.support.tools import needed

ROOT = Path(__file__).parents[2]
REQUEST = (ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_bytes()
SELECT = "/cds-services/breast-imaging-order-select"
PATIENCE = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
            CDS_DATA_DIR=str(self._data),
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


class Load:
    """Calls without a pause until told to stop; keeps what came back that should not."""

    def __init__(self, base: str, trust: str) -> None:
        self._base, self._trust, self._stop = base, trust, threading.Event()
        self.answered, self.faults = 0, list[str]()
        self._threads = [threading.Thread(target=self._call) for _ in range(4)]
        for each in self._threads:
            each.start()

    def _call(self) -> None:
        with requests.Session() as session:
            while not self._stop.is_set():
                try:
                    answer = session.post(f"{self._base}{SELECT}", data=REQUEST, verify=self._trust, timeout=10)
                except requests.RequestException as error:
                    self.faults.append(type(error).__name__)
                    continue
                self.answered += 1
                if answer.status_code != 200 or not answer.json()["cards"]:
                    self.faults.append(f"{answer.status_code} {answer.text[:100]}")

    def wait_for(self, more: int) -> None:
        """Until that many more calls have been answered."""
        wanted, end = self.answered + more, time.monotonic() + PATIENCE
        while self.answered < wanted and time.monotonic() < end:
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[tuple[Replica, Replica]]:
    pair = Replica(tmp_path / "a"), Replica(tmp_path / "b")
    for each in pair:
        until_ready(f"http://127.0.0.1:{each.port}/readyz")
    yield pair
    for each in pair:
        each.stop()


@pytest.fixture
def proxy(replicas: tuple[Replica, Replica], tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The proxy's base URL, and the certificate to trust."""
    haproxy, file, port = needed("haproxy", "it is the reverse proxy of deploy/"), certificate(tmp_path), free_port()
    first, second = (f"127.0.0.1:{each.port}" for each in replicas)
    configured = {"LISTEN": f"127.0.0.1:{port}", "CERTIFICATE": str(file), "REPLICA_A": first, "REPLICA_B": second}
    with running(haproxy, "-f", str(ROOT / "deploy" / "haproxy.cfg"), **configured):
        until_ready(f"https://127.0.0.1:{port}/cds-services", verify=str(file))
        yield f"https://127.0.0.1:{port}", str(file)


def test_a_rolling_restart_loses_no_request(replicas: tuple[Replica, Replica], proxy: tuple[str, str]) -> None:
    base, trust = proxy
    load = Load(base, trust)
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
