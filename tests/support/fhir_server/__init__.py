"""A FHIR R4 server for tests, in a process of its own: `server.mjs`, made of Medplum's router and search.

Its packages are installed beside it on first use, from wherever npm is set up to take them.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.tools import needed

FOLDER = Path(__file__).parent
BASE = "https://ehr.example.org/fhir/"
"""Where the fixtures' records say they are from: a server knows its own resources by relative references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirServer:
    """A running server. `url`: its base; `token`: what it wants to be shown."""

    url: str
    token: str
    page: int

    def load(self, bundle: dict[str, Any]) -> None:
        """Holds the resources of the Bundle, and nothing else, from now on."""
        text = json.dumps(bundle).replace(f'"{BASE}', '"')
        loaded = requests.post(f"{self.url.removesuffix('/fhir')}/$load", data=text.encode(), timeout=30)
        assert loaded.status_code == 200, loaded.text


@contextmanager
def fhir_server(*, token: str = "a-token-for-tests", page: int = 100, writable: bool = False) -> Iterator[FhirServer]:
    """A server on a free port, that gives at most `page` resources at once. Skips where there is no Node.

    `writable`: it takes PUT, too. Without a token it asks for none.
    """
    node = _installed()
    command = [node, str(FOLDER / "server.mjs"), "--token", token, "--page", str(page)]
    command += ["--writable"] if writable else []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, "the FHIR server did not start"
            yield FhirServer(url=f"http://127.0.0.1:{json.loads(line)['port']}/fhir", token=token, page=page)
        finally:
            process.stdin.close()  # it ends with its input
            process.wait(timeout=30)


def _installed() -> str:
    """The program that runs the server, whose packages are there."""
    node, npm = (
        needed(program, "a FHIR server for the tests of fetching runs on Node.js") for program in ("node", "npm")
    )
    lock, done = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=FOLDER, check=True)
    return node
