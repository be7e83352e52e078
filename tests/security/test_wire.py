"""What comes over the wire and is no plain request: shapes in which two readers see two requests, or one reader none.

https://www.rfc-editor.org/rfc/rfc9112#section-6.3 says how long a message is; a reader that disagrees with the proxy
before it would take a part of one caller's request for another request.
"""

import re
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml

from tests.support.issuer import Issuer
from tests.support.served import ROOT, served

PUBLIC = "https://cds.hospital.example"
DISCOVERY = "/cds-services"
SELECT = "/cds-services/breast-imaging-order-select"
BODY = (ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_bytes()
LENGTH = b"Content-Length: %d" % len(BODY)
QUIET_SECONDS = 0.3
"""How long after an answer another one is waited for."""
CHUNKED = b"Transfer-Encoding: chunked"


@dataclass
class Wire:
    """A service that asks who calls, to be spoken to byte by byte."""

    url: str
    ehr: Issuer

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.url.rpartition(":")[2])

    def head(self, *headers: bytes, path: str = SELECT, method: bytes = b"POST", signed: bool = True) -> bytes:
        """The head of a request, by default of one that would be answered."""
        authorization = f"Authorization: Bearer {self.ehr.token(PUBLIC + path)}".encode()
        lines = [
            b"%s %s HTTP/1.1" % (method, path.encode()),
            b"Host: x",
            *([authorization] if signed else []),
            *headers,
        ]
        return b"\r\n".join([*lines, b"", b""])

    def another(self) -> bytes:
        """A whole request, to be hidden in another one."""
        return self.head(path=DISCOVERY, method=b"GET")

    def statuses(self, sent: bytes) -> list[int]:
        """Of every answer that comes, until the service closes or says nothing more."""
        said = b""
        with socket.create_connection(self.address, timeout=5) as line:
            with suppress(ConnectionError):  # it has seen enough, and closed
                line.sendall(sent)
            while received := _receive(line):
                said += received
                line.settimeout(QUIET_SECONDS)
        return [int(each) for each in re.findall(rb"HTTP/1\.[01] (\d{3}) ", said)]


def _receive(line: socket.socket) -> bytes:
    try:
        return line.recv(65536)
    except (ConnectionResetError, TimeoutError):
        return b""


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder, ehr = tmp_path_factory.mktemp("wire"), Issuer()
    (folder / "ehr.json").write_bytes(ehr.jwks)
    entry = {"name": "hospital", "issuers": [ehr.name], "jwks": "ehr.json"}
    (folder / "clients.yaml").write_text(yaml.safe_dump({"clients": [entry]}))
    settings = {"CDS_AUTH": "on", "CDS_PUBLIC_URL": PUBLIC, "CDS_CLIENTS": str(folder / "clients.yaml")}
    with served(folder / "data", **settings) as url:
        yield Wire(url, ehr)


Make = Callable[[Wire], bytes]

SHAPES: list[tuple[str, int, Make]] = [
    # two lengths: the second request hides in the body of the first
    ("a length and chunks", 400, lambda w: w.head(LENGTH, CHUNKED) + b"0\r\n\r\n" + w.another()),
    ("chunks and a length", 400, lambda w: w.head(CHUNKED, b"Content-Length: 4") + b"5c\r\n" + w.another()),
    ("chunks and identity", 400, lambda w: w.head(CHUNKED, b"Transfer-Encoding: identity") + w.another()),
    ("chunks, misspelled", 400, lambda w: w.head(b"Transfer-Encoding: xchunked", LENGTH) + w.another()),
    ("chunks, with a space", 400, lambda w: w.head(b"Transfer-Encoding : chunked", LENGTH) + w.another()),
    ("two lengths", 400, lambda w: w.head(LENGTH, b"Content-Length: 3") + BODY[:3] + w.another()),
    ("two lengths in a list", 400, lambda w: w.head(b"Content-Length: 3, 3") + BODY[:3] + w.another()),
    ("a length with a sign", 400, lambda w: w.head(b"Content-Length: +3") + BODY[:3] + w.another()),
    ("a length below nothing", 400, lambda w: w.head(b"Content-Length: -1") + w.another()),
    ("a length in hexadecimals", 400, lambda w: w.head(b"Content-Length: 0x3") + BODY[:3] + w.another()),
    ("a length beyond numbers", 400, lambda w: w.head(b"Content-Length: 9" + b"9" * 30) + w.another()),
    ("a chunk beyond numbers", 400, lambda w: w.head(CHUNKED) + b"f" * 17 + b"\r\n" + w.another()),
    ("a chunk below nothing", 400, lambda w: w.head(CHUNKED) + b"-1\r\n" + w.another()),
    ("chunks ended by half a line end", 400, lambda w: w.head(CHUNKED) + b"0\n\n" + w.another()),
    ("a body where none belongs", 200, lambda w: _with_a_body(w)),
    # headers that two readers read as two things
    ("a header over two lines", 400, lambda w: w.head(b"X-A: a\r\n b", LENGTH) + BODY),
    ("a header with NUL", 400, lambda w: w.head(b"X-A: a\0b", LENGTH) + BODY),
    ("two tokens that stand", 401, lambda w: w.head(_bearer(w), LENGTH) + BODY),
    ("a bad token and a good one", 401, lambda w: w.head(b"Authorization: Bearer x", _bearer(w), signed=False)),
    ("another method by a header", 200, lambda w: w.head(b"X-HTTP-Method-Override: GET", LENGTH) + BODY),
    ("a length with an underscore", 200, lambda w: w.head(b"Content_Length: 3", LENGTH) + BODY),
    ("the same length twice, as RFC 9112 lets pass", 200, lambda w: w.head(LENGTH, LENGTH) + BODY),
    # other protocols, other targets
    ("HTTP/0.9", 400, lambda _: b"GET /healthz\r\n\r\n"),
    ("a method with NUL", 400, lambda _: b"P\0ST / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a tunnel", 404, lambda _: b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a change to HTTP/2", 200, lambda w: w.head(*_UPGRADE, LENGTH) + BODY),
    # too much of it
    ("two thousand headers", 431, lambda w: w.head(*(b"X-%d: a" % each for each in range(2000)), LENGTH)),
    ("a header of a megabyte", 431, lambda w: w.head(b"X-A: " + b"a" * 1_000_000, LENGTH)),
    ("a target of 200 KB", 414, lambda _: b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("ten gigabytes announced", 413, lambda w: w.head(b"Content-Length: 10000000000") + BODY),
    ("a body without a token", 401, lambda w: w.head(LENGTH, signed=False) + BODY),
]
_UPGRADE = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__")


def _bearer(wire: Wire) -> bytes:
    return f"Authorization: Bearer {wire.ehr.token(PUBLIC + SELECT)}".encode()


def _with_a_body(wire: Wire) -> bytes:
    hidden = wire.another()
    return wire.head(b"Content-Length: %d" % len(hidden), path=DISCOVERY, method=b"GET") + hidden


@pytest.mark.parametrize(("what", "status", "make"), SHAPES, ids=[row[0] for row in SHAPES])
def test_what_could_be_read_in_two_ways_is_one_request_or_none(wire: Wire, what: str, status: int, make: Make) -> None:
    """One answer: nothing that hides in a request is taken for another, and the service goes on."""
    assert wire.statuses(make(wire)) == [status]
    assert requests.get(f"{wire.url}/healthz", timeout=5).status_code == 200


def test_two_requests_in_a_row_are_two(wire: Wire) -> None:
    """What the tests above look for is seen where it is allowed."""
    assert wire.statuses(wire.head(LENGTH) + BODY + wire.another()) == [200, 200]


def test_http_2_is_not_spoken(wire: Wire) -> None:
    """Nobody needs it behind a proxy, and its streams have other limits than ours."""
    with socket.create_connection(wire.address, timeout=5) as line:
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
        assert not _receive(line).startswith(b"\0\0")


@pytest.mark.parametrize(
    "begun",
    [b"", b"POST %s HTTP/1.1\r\nHost: x\r\n" % SELECT.encode(), None],
    ids=["nothing", "half a head", "half a body, and no token"],
)
def test_a_thousand_that_do_not_go_on_hold_up_no_caller(wire: Wire, begun: bytes | None) -> None:
    """A body is not waited for before its sender has said who he is."""
    sent = wire.head(LENGTH, signed=False) + BODY[:100] if begun is None else begun
    with ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(closing(socket.create_connection(wire.address))).sendall(sent)
        began = time.monotonic()
        for _ in range(20):
            headers = wire.ehr.bearer(PUBLIC + SELECT)
            assert requests.post(wire.url + SELECT, data=BODY, headers=headers, timeout=5).status_code == 200
        assert time.monotonic() - began < 10


@contextmanager
def files_allowed(most: int) -> Iterator[None]:
    """As many files at once for the programs that are started meanwhile, which may ask for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("files", [1024, 20_000], ids=["as-a-shell-starts-it", "as-a-container-does"])
def test_two_thousand_that_say_nothing_hold_up_no_caller_of_several_processes(tmp_path: Path, files: int) -> None:
    """However they fall to the processes: none stops taking connections until the silent ones are thrown out."""
    with ExitStack() as stack:
        with files_allowed(files):
            url = stack.enter_context(served(tmp_path, workers=2))
        address = "127.0.0.1", int(url.rpartition(":")[2])
        for _ in range(2000):
            stack.enter_context(closing(socket.create_connection(address)))
        for _ in range(20):
            began = time.monotonic()
            assert requests.post(url + SELECT, data=BODY, timeout=15).status_code == 200
            assert time.monotonic() - began < 3
