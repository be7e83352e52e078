"""A server that says what a test tells it to, byte for byte, over plain sockets or TLS."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Say = Callable[["Line"], None]
"""What the server does on a connection."""


@dataclass(slots=True)
class Line:
    """One accepted connection. `closing` is set when the server stops: wait on it instead of sleeping."""

    socket: socket.socket
    closing: threading.Event

    def asked(self) -> bytes:
        """The next request, head and all; empty when the caller has gone."""
        head = b""
        while b"\r\n\r\n" not in head:
            received = self.socket.recv(65536)
            if not received:
                return b""
            head += received
        return head

    def say(self, *parts: bytes) -> None:
        """Sends the bytes."""
        for part in parts:
            self.socket.sendall(part)

    def drip(self, part: bytes = b"x", every: float = 0.02) -> None:
        """Sends the bytes again and again until the caller has gone, or the server stops."""
        while not self.closing.wait(every):
            self.socket.sendall(part)

    def hang(self) -> None:
        """Says nothing more for as long as the server lives."""
        self.closing.wait()


@dataclass(slots=True)
class RawServer:
    """A running server. `requests`: the heads of what it was asked, where its behaviour reads them by `asked`."""

    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """The server names (SNI) that TLS callers asked for."""
    closing: threading.Event = field(default_factory=threading.Event)

    def hang_up(self) -> None:
        """Ends what hangs and what drips."""
        self.closing.set()

    @property
    def url(self) -> str:
        """Its base URL, by number."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def raw_server(behave: Say, *, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """A server on a free port of this machine; stopped, with all its threads, at the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = RawServer(port=listener.getsockname()[1])
    closing = server.closing
    threads: list[threading.Thread] = []
    lines: list[socket.socket] = []

    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: server.names.append(name)

    def serve(accepted: socket.socket) -> None:
        with accepted, suppress(OSError):  # the caller has gone
            spoken = tls.wrap_socket(accepted, server_side=True) if tls is not None else accepted
            lines.append(spoken)
            with spoken:
                behave(_Noting(spoken, closing, server.requests))

    def accept() -> None:
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            lines.append(accepted)
            thread = threading.Thread(target=serve, args=(accepted,))
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        closing.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for line in lines:
            _shut(line)
        for thread in threads:
            thread.join()


class _Noting(Line):
    """A line whose requests are kept."""

    def __init__(self, socket: socket.socket, closing: threading.Event, requests: list[bytes]) -> None:
        super().__init__(socket, closing)
        self._requests = requests

    def asked(self) -> bytes:
        head = super().asked()
        if head:
            self._requests.append(head)
        return head


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # closed already
        line.shutdown(socket.SHUT_RDWR)
