"""A client that is cheap enough not to be what is measured: raw sockets, kept alive, requests made ready as bytes.

One thread waits for many connections at once; each of them is a client that sends its next request when it has its
answer. Every answer is compared, byte by byte, with the one that is expected.
"""

import resource
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire, and the body of the answer that is right."""

    request: bytes
    answer: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """What one run came to: answers, wrong ones, seconds, and of each answer how long it took, in ms, sorted."""

    answers: int
    wrong: int
    seconds: float
    latencies_ms: list[float] = field(repr=False)
    client_cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    def percentile(self, percent: float) -> float:
        """The latency, in ms, that so many percent of the answers were within."""
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(len(self.latencies_ms) * percent / 100))]


def prepare(port: int, path: str, bodies: Iterable[bytes]) -> list[Call]:
    """A call of each body, with the answer it gets now: the same request gets the same bytes for ever after."""
    calls = []
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for body in bodies:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answers {response.status}: {answer[:200].decode(errors='replace')}")
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        calls.append(Call(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body, answer))
    connection.close()
    return calls


def load(port: int, calls: Sequence[Call], clients: int, seconds: float, first: int = 0) -> Load:
    """Send these calls in turn, beginning with one of them, from so many clients for so many seconds."""
    before = _cpu()
    selector = selectors.DefaultSelector()
    began = time.perf_counter()
    turn = count(first)
    for _ in range(clients):
        client = _Client(port, calls, turn)
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    ends, waiting, wrong = began + seconds, clients, 0
    latencies: list[float] = []
    while waiting:
        for key, _ in selector.select():
            client = key.data
            right = client.receive()
            if right is None:
                continue
            now = time.perf_counter()
            latencies.append((now - client.sent) * 1000)
            wrong += not right
            if now < ends:
                client.send()
            else:
                selector.unregister(client.socket)
                client.socket.close()
                waiting -= 1
    took = time.perf_counter() - began
    selector.close()
    return Load(len(latencies), wrong, took, sorted(latencies), _cpu() - before)


class _Client:
    """One connection, and the answer that is on its way to it. `turn`: whose call is next, of all connections."""

    __slots__ = ("calls", "chunks", "expected", "missing", "sent", "socket", "turn")

    def __init__(self, port: int, calls: Sequence[Call], turn: Iterator[int]) -> None:
        self.calls = calls
        self.turn = turn
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        call = self.calls[next(self.turn) % len(self.calls)]
        self.expected, self.chunks, self.missing = call.answer, [], -1
        self.sent = time.perf_counter()
        self.socket.sendall(call.request)

    def receive(self) -> bool | None:
        """Takes what has come; whether the answer is right, None while it is not all here."""
        received = self.socket.recv(262_144)
        if not received:
            raise ConnectionError("the server closed a connection that was to be kept")
        self.chunks.append(received)
        if self.missing < 0:
            head, end, body = b"".join(self.chunks).partition(_END_OF_HEAD)
            if not end:
                return None
            at = head.lower().index(_LENGTH) + len(_LENGTH)
            self.missing = int(head[at:].split(b"\r\n", 1)[0]) - len(body)
        else:
            self.missing -= len(received)
        if self.missing > 0:
            return None
        answer = b"".join(self.chunks)
        return answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(self.expected)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
