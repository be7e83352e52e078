"""How a server process ends whose signal was lost: as one that heard it, and not when it is killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from benchmarks.fhir_fetch import ACCESS, running_fhir_server
from benchmarks.records import request_of
from cds_service.cli.stopping import LOOK_SECONDS, STARTING_SECONDS, STOP_SECONDS
from tests.support.service import SELECT, Service, wait_for

# Deaf to the first signal, as a server is in the moment between listening to signals and acting on them.
DEAF = """
import os, pathlib, signal, sys, time
from cds_service.cli import stopping
heard = []
signal.signal(signal.SIGTERM, lambda *_: heard.append(1))
watch = stopping.Watch(os.getppid(), pathlib.Path(sys.argv[1]))
if sys.argv[2:] == ["long-made"]:
    watch.made()
    time.sleep(stopping.STARTING_SECONDS)
pathlib.Path(sys.argv[1] + "-ready").touch()
while len(heard) < 2:
    time.sleep(0.02)
"""


@pytest.fixture
def stopping(tmp_path: Path) -> Path:
    return tmp_path / "stopping"


@pytest.fixture
def deaf(stopping: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", DEAF, str(stopping)]) as process:
        wait_for(stopping.with_name("stopping-ready").exists)
        yield process
        process.kill()


def test_a_process_that_lost_the_signal_of_a_stop_is_told_again(deaf: subprocess.Popen[bytes], stopping: Path) -> None:
    """It would answer on until it is killed, and lose what it has not written."""
    stopping.touch()
    deaf.send_signal(signal.SIGTERM)
    assert deaf.wait(timeout=10 * LOOK_SECONDS) == 0


def test_a_process_that_serves_is_told_once(stopping: Path) -> None:
    """The server hears the first signal; more of them cost the answers that are on their way."""
    with subprocess.Popen([sys.executable, "-c", DEAF, str(stopping), "long-made"]) as process:
        wait_for(stopping.with_name("stopping-ready").exists)
        stopping.touch()
        process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=4 * LOOK_SECONDS)
        process.kill()


def test_an_answer_that_is_on_its_way_is_still_given(tmp_path: Path) -> None:
    """One that waits for a FHIR server longer than a server process takes to look whether it is to end."""
    body = request_of(17_000)
    del body["prefetch"]
    with running_fhir_server(1500) as fhir, Service(tmp_path, workers=2, CDS_FHIR_SERVERS=fhir) as service:
        time.sleep(STARTING_SECONDS)  # until then a stop is told twice
        body |= {"fhirServer": fhir, "fhirAuthorization": ACCESS}
        with ThreadPoolExecutor(1) as client:
            asked = client.submit(requests.post, f"{service.url}/cds-services/{SELECT}", json=body, timeout=30)
            time.sleep(0.5)
            began = time.monotonic()
            service.stop()
            assert time.monotonic() - began < STOP_SECONDS / 2
            answer = asked.result()
    assert [card["indicator"] for card in answer.json()["cards"]] == ["warning"]


def test_a_process_that_is_not_to_stop_is_told_nothing(deaf: subprocess.Popen[bytes], stopping: Path) -> None:
    """One signal is lost, and no other comes while the main process was not told to stop."""
    deaf.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        deaf.wait(timeout=4 * LOOK_SECONDS)
