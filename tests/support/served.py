"""The service as it is run: its production server, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
PATIENCE = 20


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(data: Path, *, workers: int = 1, port: int | None = None, **environ: str) -> Iterator[str]:
    """The base URL of the service on this or a free port, its data in `data`, with these settings besides."""
    port = port or free_port()
    command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port), "--workers", str(workers)]
    settings = {**os.environ, "CDS_DATA_DIR": str(data), **environ}
    process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/readyz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the service ended"
        try:
            requests.get(url, timeout=2).close()
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the service did not start")
