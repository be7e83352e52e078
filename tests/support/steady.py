"""Calls one after the other, while something is done to the service; what came back that should not is kept.

By itself: `python -m tests.support.steady BASE CERTIFICATE FOLDER` signs its calls with a new key, whose public half it
writes to FOLDER/ehr.json; it calls from when FOLDER/go is there until FOLDER/stop is, and tells what came of it.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

import requests

from tests.support.issuer import Issuer
from tests.support.served import ROOT

SELECT = "/cds-services/breast-imaging-order-select"
REQUEST = (ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_bytes()
_INSTANCE = json.loads(REQUEST)["hookInstance"].encode()
PATIENCE = 20
CLIENTS = 4
PAUSE_SECONDS = 0.01
"""Between two calls of a client: what is done to the service must show, not what load does to it."""


class Steady:
    """Calls from several clients at once until told to stop. `headers`: made anew for each call."""

    def __init__(self, base: str, trust: str, headers: Callable[[], Mapping[str, str]] = dict) -> None:
        self._base, self._trust, self._headers, self._stop = base, trust, headers, threading.Event()
        self.answered, self.slowest, self.faults = 0, 0.0, list[str]()
        self._threads = [threading.Thread(target=self._call) for _ in range(CLIENTS)]
        for each in self._threads:
            each.start()

    def _call(self) -> None:
        with requests.Session() as session:
            while not self._stop.wait(PAUSE_SECONDS):
                began = time.monotonic()
                body = REQUEST.replace(_INSTANCE, str(uuid4()).encode())  # each a call of its own, and a row
                try:
                    answer = session.post(
                        f"{self._base}{SELECT}", data=body, headers=self._headers(), verify=self._trust, timeout=10
                    )
                except requests.RequestException as error:
                    self.faults.append(type(error).__name__)
                    continue
                self.answered += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
                if answer.status_code != 200 or not answer.json()["cards"]:
                    self.faults.append(f"{answer.status_code} {answer.text[:100]}")

    def wait_for(self, more: int) -> None:
        """Until that many more calls have been answered."""
        wanted, end = self.answered + more, time.monotonic() + PATIENCE
        while self.answered < wanted and time.monotonic() < end:
            time.sleep(0.01)

    def stop(self) -> None:
        """Finishes what has begun."""
        self._stop.set()
        for each in self._threads:
            each.join()


def main(base: str, trust: str, folder: Path) -> int:
    """The exit code: 0 where every call was answered as it should be."""
    issuer = Issuer()
    (folder / "ehr.json").write_bytes(issuer.jwks)
    while not (folder / "go").exists():
        time.sleep(0.1)
    load = Steady(base, trust, lambda: issuer.bearer(f"{base}{SELECT}"))
    while not (folder / "stop").exists():
        time.sleep(0.1)
    load.stop()
    print(f"{load.answered} answers, the slowest after {load.slowest:.1f} s, {len(load.faults)} faults")
    for fault, times in Counter(load.faults).most_common(5):
        print(f"  {times} times: {fault}")
    return int(bool(load.faults) or not load.answered)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
