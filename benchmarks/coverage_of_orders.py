"""How many orders in scope are rated, how many are told which fact is missing, by phase of the disease.

    python -m benchmarks.coverage_of_orders [--patients 1800] [--seed 1]

Synthetic patients in all dialects with records as complete as `tests.support.cohort` assumes; the same seed gives the
same patients. The whole service is asked in process, about each patient twice: by the record as it is, and by one that
leaves nothing out. An order is in scope if the criteria rate it on that one.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.cohort import PHASES, Patient, cohort
from tests.support.expectations import EXTENSION
from tests.support.make_fixtures import Ask, ask_service, response
from tests.support.scenarios.model import Scenario

Json = dict[str, Any]

ANSWERS = ("rated", "asked", "both sides told", "nothing")
"""What becomes of an order. "Asked": the deciding fact is named. "Nothing": no verdict, and no fact named."""

_RATES = ("rated", "conflicting-criteria", "insufficient-information")
USUALLY_NOT = "usually-not-appropriate"


def measured(size: int, seed: int) -> dict[str, Counter[str]]:
    """For each phase: `orders`, those `in scope`, and of these each of ANSWERS; `same` verdict where rated, `warned`.

    `misled`: warned about where the whole record would not be. Before and after neoadjuvant therapy that happens by
    design: a plan, a dose or a report of the axilla that is nowhere in what the EHR sent is taken as absent, and said.
    """
    found: dict[str, Counter[str]] = {phase: Counter() for phase in PHASES}
    with TemporaryDirectory() as data:
        ask = ask_service(Path(data))
        for patient in cohort(size, seed):
            found[patient.phase].update(_counted(patient, ask))
    return found


def _counted(patient: Patient, ask: Ask) -> Counter[str]:
    told, warned = _asked(patient.told, ask)
    whole, _ = _asked(patient.whole, ask)
    counted = Counter({"orders": 1, "warned": warned, "misled": warned and whole.get("category") != USUALLY_NOT})
    if whole["outcome"] in _RATES:
        answer = _answer(told)
        same = answer == "rated" and told["category"] == whole.get("category")
        counted.update({"in scope": 1, answer: 1, "same": same})
    return counted


def _asked(scenario: Scenario, ask: Ask) -> tuple[Json, bool]:
    """The assessment of the one order, and whether it was warned about."""
    answer: Json = json.loads(response(scenario, ask))
    (judged,) = answer["extension"][EXTENSION]
    return judged, any(card["indicator"] == "warning" for card in answer["cards"])


def _answer(judged: Json) -> str:
    if judged["outcome"] == "insufficient-information" and judged.get("missing"):
        return "asked"
    return {"rated": "rated", "conflicting-criteria": "both sides told"}.get(judged["outcome"], "nothing")


def answered(counted: Counter[str]) -> float:
    """The share of orders in scope that were rated, or told which fact is missing or which criteria disagree."""
    return 1 - counted["nothing"] / counted["in scope"] if counted["in scope"] else 1.0


def main() -> None:
    """Print one line for each phase, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = measured(options.patients, options.seed)
    whole = sum(found.values(), Counter())
    head = ("orders", "in scope", *ANSWERS, "answered", "same verdict", "warned", "misled")
    print(f"{'phase':28}" + "".join(f"{name:>16}" for name in head))
    for phase, counted in {**found, "all": whole}.items():
        print(_line(phase, counted))


def _line(name: str, counted: Counter[str]) -> str:
    scope = counted["in scope"] or 1
    shares = [f"{counted[each] / scope:.1%}" for each in ANSWERS]
    same = f"{counted['same'] / counted['rated']:.1%}" if counted["rated"] else "-"
    cells = (counted["orders"], counted["in scope"], *shares, f"{answered(counted):.1%}", same)
    return f"{name:28}" + "".join(f"{cell:>16}" for cell in (*cells, counted["warned"], counted["misled"]))


if __name__ == "__main__":
    main()
