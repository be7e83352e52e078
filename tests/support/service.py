"""The service as it runs in a hospital: the real server with its processes, started, asked and ended by tests."""

import copy
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import requests

ROOT = Path(__file__).parents[2]
REQUEST = json.loads((ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_bytes())
SELECT = "breast-imaging-order-select"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], Any], *, seconds: float = 30) -> Any:
    """What the condition gives, as soon as it is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, f"what was waited for did not come within {seconds} seconds"
        time.sleep(0.02)
    return found


class Service:
    """`cds-service serve` in processes of its own. What it says is in `log`."""

    def __init__(self, folder: Path, *, workers: int = 1, port: int | None = None, **environ: str) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        options = {"CDS_DATA_DIR": str(folder), "CDS_LOG_FORMAT": "json", **environ}
        command = ["from cds_service.cli import main; main()", "serve", "--port", str(self.port)]
        with self.log.open("a") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", *command, "--workers", str(workers)],
                cwd=ROOT,
                env={**os.environ, **options},
                stdout=said,
                stderr=said,
                start_new_session=True,  # so that it can be killed with all its processes
            )
        wait_for(self._answers)

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.kill()

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def order(self, **members: Any) -> requests.Response:
        """Ask about one order; each time another one."""
        body = {**copy.deepcopy(REQUEST), "hookInstance": str(uuid4()), **members}
        return requests.post(f"{self.url}/cds-services/{SELECT}", json=body, timeout=30)

    def feedback(self, card: str, **more: Any) -> requests.Response:
        """Tell what became of one card."""
        told = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-20T10:05:31Z", **more}
        return requests.post(f"{self.url}/cds-services/{SELECT}/feedback", json={"feedback": [told]}, timeout=30)

    def workers(self) -> list[int]:
        """Its server processes, by their ids."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in children.read_text().split()] if children.exists() else []

    def stop(self) -> None:
        """As an administrator stops it; it ends what it does first."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0, self.log.read_text()

    def kill(self) -> None:
        """As a power cut stops it: every process, in the middle of whatever it does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def lines(self, message: str) -> list[dict[str, Any]]:
        """The lines of the log with a message."""
        told = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in told if line["message"] == message]
