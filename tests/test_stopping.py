"""How a server process ends whose signal was lost: as one that heard it, and not when it is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.cli.stopping import LOOK_SECONDS
from tests.support.service import wait_for

# Deaf to the first signal, as a server is in the moment between listening to signals and acting on them.
DEAF = """
import os, pathlib, signal, sys, time
from cds_service.cli import stopping
heard = []
signal.signal(signal.SIGTERM, lambda *_: heard.append(1))
stopping.watch(os.getppid(), pathlib.Path(sys.argv[1]))
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


def test_a_process_that_is_not_to_stop_is_told_nothing(deaf: subprocess.Popen[bytes], stopping: Path) -> None:
    """One signal is lost, and no other comes while the main process was not told to stop."""
    deaf.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        deaf.wait(timeout=4 * LOOK_SECONDS)
