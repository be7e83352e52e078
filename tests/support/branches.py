"""How many branches the tests took, package by package; fails where it is under the bound.

    python -m tests.support.branches      after `coverage run` and `coverage combine`; `make coverage` does all

The bound holds for each package by itself: no well-tested one makes up for another.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coverage import Coverage

PACKAGES = ("facts", "criteria", "cards", "hooks")
BOUND = 95.0


def measured(report: Mapping[str, Any]) -> dict[str, float]:
    """The share of branches taken in each package, in per cent, of the JSON that coverage writes."""
    every: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for file, found in report["files"].items():
        package = Path(file).parent.name
        every[package] += found["summary"]["num_branches"]
        taken[package] += found["summary"]["covered_branches"]
    return {package: 100 * taken[package] / every[package] for package in PACKAGES}


def untaken(report: Mapping[str, Any]) -> list[str]:
    """Each branch that no test took: file, line, and the line it would have led to."""
    return [
        f"{file}:{start} -> {'the end' if end < 0 else end}"
        for file, found in sorted(report["files"].items())
        for start, end in found["missing_branches"]
    ]


def main() -> int:
    """Prints what was measured and what is left; 1 where a package is under the bound."""
    coverage = Coverage()
    coverage.load()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(file))
        report = json.loads(file.read_text(encoding="utf-8"))
    print(*untaken(report), sep="\n")
    shares = measured(report)
    for package, share in shares.items():
        print(f"{package:10} {share:6.2f} % of branches{'' if share >= BOUND else f', under {BOUND:g} %'}")
    return int(min(shares.values()) < BOUND)


if __name__ == "__main__":
    sys.exit(main())
