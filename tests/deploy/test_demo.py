"""The loader of the demonstration, against a FHIR server that runs: every patient is there and can be searched."""

import subprocess
import sys
from pathlib import Path

import requests

from tests.support.fhir_server import fhir_server

ROOT = Path(__file__).parents[2]
LOADER = ROOT / "deploy" / "demo" / "load_patients.py"


def load(base: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(LOADER), base, str(ROOT / "fixtures")]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_every_patient_is_loaded() -> None:
    with fhir_server(token="", writable=True) as server:
        done = load(server.url)
        assert done.returncode == 0, done.stdout + done.stderr
        bundles = len(list((ROOT / "fixtures").glob("*/bundle.json")))
        patients = requests.get(f"{server.url}/Patient", params={"_summary": "count", "_total": "accurate"}, timeout=10)
        assert patients.json()["total"] == bundles
        found = requests.get(f"{server.url}/Condition", params={"patient": "s4-ia-epic"}, timeout=10).json()
        assert found["entry"], "a record written with absolute references is found on its new server"


def test_a_server_that_refuses_is_told() -> None:
    with fhir_server(token="") as server:
        # It answers, and takes nothing: each resource is named with its status.
        done = subprocess.run(
            [sys.executable, "-c", _PATIENT, str(LOADER.parent), server.url],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Patient/p: 404")


_PATIENT = """
import sys
sys.path.insert(0, sys.argv[1])
import requests
from load_patients import store
with requests.Session() as session:
    print(store(session, sys.argv[2], {"resourceType": "Patient", "id": "p"}))
"""
