"""python -m benchmarks: everything, in about six minutes; `--quick` in one, to see that it runs."""

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import cost, endurance, load, servers
from benchmarks.results import Results, write

SECONDS, REPETITIONS, REQUESTS, STARTS = 1.5, 5, 20_000, 5


def main() -> None:
    """Measures, and says where the results are."""
    arguments = _arguments()
    quick = arguments.quick
    seconds, repetitions, starts = (0.5, 1, 1) if quick else (SECONDS, REPETITIONS, STARTS)
    requests = 1_000 if quick else arguments.requests
    workers = min(os.cpu_count() or 1, 4)
    with TemporaryDirectory() as folder:
        ours = partial(servers.service, Path(folder), workers)
        bare = partial(servers.bare, workers)
        _tell("start-up")
        start_up = {"service": endurance.start_up(ours, starts), "bare": endurance.start_up(bare, starts)}
        with ours() as service, bare() as plain:
            both = {"bare": plain, "service": service}
            rows = []
            for row in load.measure(both, repetitions=repetitions, seconds=seconds):
                _tell(f"{row.target}, {row.body}, {row.clients} clients: {row.per_second:,.0f} requests/s")
                rows.append(row)
        with ours() as service:
            _tell(f"memory over {requests:,} requests")
            memory = endurance.memory(service, requests)
    _tell("cost by stage and by size")
    results = Results(
        repetitions=repetitions,
        seconds=seconds,
        rows=rows,
        stages=cost.by_stage(50 if quick else 500),
        unremembered_ms=cost.unremembered(50 if quick else 500),
        sizes=list(cost.by_size(0.1 if quick else 2.0)),
        start_up=start_up,
        memory=memory,
    )
    print(write(results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short run of each, to see that all of it works")
    parser.add_argument("--requests", type=int, default=REQUESTS, help=f"memory over so many requests ({REQUESTS:,})")
    return parser.parse_args()


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
