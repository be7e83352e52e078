"""Puts the synthetic patients of `fixtures/` on a FHIR R4 server: `load_patients.py BASE FIXTURES`.

Safe to run again: every resource is put under its own id. Waits for a server that is still starting.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

EHR = "https://ehr.example.org/fhir/"
"""Where the fixtures say they are from. On another server the same references are relative ones."""

PATIENCE_SECONDS = 180
FIRST = ("Patient", "Condition")
"""Others refer to them, and a server may insist on knowing what is referred to."""


def main(base: str, fixtures: Path) -> int:
    """Load every patient; the exit code."""
    base = base.rstrip("/")
    with requests.Session() as session:
        session.headers["Content-Type"] = "application/fhir+json"
        if not ready(session, base):
            print(f"{base} does not answer", file=sys.stderr)
            return 1
        put = [store(session, base, resource) for resource in resources(fixtures)]
    failed = [problem for problem in put if problem is not None]
    print(*failed, f"{len(put) - len(failed)} of {len(put)} resources are on {base}", sep="\n")
    return 1 if failed or not put else 0


def resources(fixtures: Path) -> Iterator[dict[str, Any]]:
    """Every resource of every patient, those first that others refer to."""
    bundles = [path.read_text(encoding="utf-8") for path in sorted(fixtures.glob("*/bundle.json"))]
    found = [each["resource"] for text in bundles for each in json.loads(text.replace(f'"{EHR}', '"'))["entry"]]
    order = {kind: place for place, kind in enumerate(FIRST)}
    yield from sorted(found, key=lambda each: order.get(each["resourceType"], len(FIRST)))


def ready(session: requests.Session, base: str) -> bool:
    """Whether the server answers, now or within its patience."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            if session.get(f"{base}/metadata", timeout=10).ok:
                return True
        except requests.RequestException:
            pass
        time.sleep(1)
    return False


def store(session: requests.Session, base: str, resource: dict[str, Any]) -> str | None:
    """Put one resource; what went wrong, or None."""
    where = f"{resource['resourceType']}/{resource['id']}"
    try:
        answer = session.put(f"{base}/{where}", json=resource, timeout=30)
    except requests.RequestException as error:
        return f"{where}: {type(error).__name__}"
    return None if answer.ok else f"{where}: {answer.status_code} {answer.text[:200]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
