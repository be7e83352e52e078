"""Everything, one after the other: in about ten minutes, `--quick` in one."""

import argparse
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import cost, endurance, fhir_fetch, load, servers
from benchmarks.load import BODIES
from benchmarks.results import FOLDER, Results, write

SECONDS, REPETITIONS, REQUESTS, STARTS = 1.5, 5, 20_000, 5


def main() -> None:
    """Measures, and says where the results are."""
    arguments = _arguments()
    quick = arguments.quick
    seconds, repetitions, starts = (0.3, 1, 1) if quick else (SECONDS, REPETITIONS, STARTS)
    bodies = {name: _fewer(of) for name, of in BODIES.items()} if quick else BODIES
    requests = 300 if quick else arguments.requests
    times = 30 if quick else 500
    workers = min(os.cpu_count() or 1, 4)
    with TemporaryDirectory() as folder:
        ours = partial(servers.service, Path(folder), workers)
        bare = partial(servers.bare, workers)
        _tell("start-up")
        start_up = {"service": endurance.start_up(ours, starts), "bare": endurance.start_up(bare, starts)}
        with ours() as service, bare() as plain:
            both = {"bare": plain, "service": service}
            rows = []
            for row in load.measure(both, repetitions=repetitions, seconds=seconds, bodies=bodies):
                _tell(f"{row.target}, {row.body}, {row.clients} clients: {row.per_second:,.0f} requests/s")
                rows.append(row)
        with ours() as service:
            _tell(f"memory over {requests:,} requests")
            memory = endurance.memory(service, requests, bodies[load.ANEW])
    _tell("with FHIR servers")
    fetched = list(fhir_fetch.measure(1.0 if quick else 5.0, patients=5 if quick else fhir_fetch.PATIENTS))
    _tell("cost by stage and by size")
    results = Results(
        repetitions=repetitions,
        seconds=seconds,
        rows=rows,
        fetched=fetched,
        stages=cost.by_stage(times),
        many_patients_ms=cost.of_many_patients(2 * times),
        asked_again_ms=cost.asked_again(times),
        unremembered_ms=cost.unremembered(times),
        sizes=list(cost.by_size(0.1, least=1) if quick else cost.by_size(2.0)),
        start_up=start_up,
        memory=memory,
    )
    print(write(results, Path(arguments.results)))


def _fewer(of: load.Bodies) -> load.Bodies:
    """As many calls as are soon made ready."""
    calls = min(of.calls, 60)
    return replace(of, calls=calls, patients=calls // (of.calls // of.patients) if of.patients > 1 else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short run of each, to see that all of it works")
    parser.add_argument("--requests", type=int, default=REQUESTS, help=f"memory over so many requests ({REQUESTS:,})")
    parser.add_argument("--results", default=FOLDER, help="the folder that they are written to")
    return parser.parse_args()


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
