"""The service under steady load: for 20 seconds here, for ten minutes with CDS_SOAK_SECONDS=600 (or `make soak`)."""

import os
import subprocess
import sys

from benchmarks.client import Load
from benchmarks.soak import SETTLED, Turn, growth_mb
from tests.support.served import ROOT

SECONDS = os.environ.get("CDS_SOAK_SECONDS", "20")


def test_under_steady_load_no_answer_is_wrong_and_no_worker_grows() -> None:
    command = (sys.executable, "-m", "benchmarks.soak", "--seconds", SECONDS)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 wrong; " in done.stdout


def test_growth_counts_from_when_a_worker_has_settled() -> None:
    nothing = Load(0, 0, 0, [])
    turns = [Turn(at, nothing, mb) for at, mb in ((9, 60.0), (30 * SETTLED, 90.0), (30, 95.0))]
    assert growth_mb(turns) == 5.0
