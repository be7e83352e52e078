"""Server processes under measurement: started, waited for, watched and stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import gettempdir
from types import MappingProxyType

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 60
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. `started_seconds`: from its start to its first answer."""

    port: int
    pid: int
    started_seconds: float

    def processes(self) -> list[int]:
        """The server and every process below it."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        found, below = [], [self.pid]
        while below:
            found.append(below.pop())
            below += children.get(found[-1], [])
        return found

    def cpu_seconds(self) -> float:
        """What all of its processes have used so far."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.processes()]
        return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS

    def resident_mb(self) -> list[float]:
        """The resident memory of each worker: what it shares with others counts in full."""
        return [_status(pid, "VmRSS") / 1024 for pid in self.processes() if pid != self.pid]


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


@contextmanager
def service(data: Path, workers: int, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Server]:
    """The service as an administrator starts it, with everything on that is on by default."""
    port = _free_port()
    command = ["-m", "cds_service", "serve", "--port", str(port), "--workers", str(workers)]
    with _running(command, port, {"CDS_DATA_DIR": str(data), **settings}) as server:
        yield server


@contextmanager
def bare(workers: int) -> Iterator[Server]:
    """The bare view on the same server."""
    port = _free_port()
    with _running(["-m", "benchmarks.bare", str(port), str(workers)], port, {}) as server:
        yield server


_LEFT_OUT = ("PYTHONDONTWRITEBYTECODE",)


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT and name[:4] != "CDS_"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        # Compiled once, as an installed service is, and not in this checkout.
        env=inherited | {"PYTHONPYCACHEPREFIX": f"{gettempdir()}/cds-service-benchmarks"} | environment,
        stdout=subprocess.DEVNULL,
        # As many lines as answers: to read them here would be work that no real log collector does for us.
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield Server(port=port, pid=process.pid, started_seconds=time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns with the first answer that says it is ready."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError(f"no answer within {PATIENCE_SECONDS} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
