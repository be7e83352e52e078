"""Writes and checks the folders of `fixtures/`: one synthetic patient, one request, one golden answer each.

    python -m tests.support.make_fixtures             write every folder; responses by asking the service
    python -m tests.support.make_fixtures NAME…       only these folders, or those whose name begins so
    python -m tests.support.make_fixtures --inputs    without the responses
    python -m tests.support.make_fixtures --check     write nothing; say what differs, exit 1 if anything does

A golden response is what the service answers today; `expectation.json`, written by hand in `tests/support/scenarios/`,
is what it must answer. Review the difference of `response.json` before committing it.
"""

import argparse
import json
import shutil
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support import patients
from tests.support.expectations import EXTENSION, disagreements
from tests.support.scenarios import axilla, diagnosis, exclusions, follow_up, orders, variants
from tests.support.scenarios.model import Json, Judged, Scenario, Shown

FIXTURES = Path(__file__).parents[2] / "fixtures"
SCENARIOS: tuple[Scenario, ...] = (
    *diagnosis.SCENARIOS, *follow_up.SCENARIOS, *axilla.SCENARIOS, *exclusions.SCENARIOS, *orders.SCENARIOS,
    *variants.SCENARIOS,
)  # fmt: skip
SERVICES = {"order-select": "breast-imaging-order-select", "order-sign": "breast-imaging-order-sign"}
HOOK_INSTANCES = uuid.uuid5(uuid.NAMESPACE_URL, "https://cds-hooks.org/fixtures")

Ask = Callable[[str, bytes], bytes]
"""(service id, request body) to response body."""


def request(scenario: Scenario) -> Json:
    """What the EHR sends for this scenario; the same on every run."""
    drafts = [patients.service_request(each, scenario.story, scenario.dialect) for each in scenario.orders]
    context: Json = {"userId": "Practitioner/example-oncologist", "patientId": scenario.story.name}
    if scenario.hook == "order-select":
        context["selections"] = list(scenario.selected or (f"ServiceRequest/{each.id}" for each in scenario.orders))
    context["draftOrders"] = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": draft} for draft in drafts],
    }
    body: Json = {
        "hook": scenario.hook,
        "hookInstance": str(uuid.uuid5(HOOK_INSTANCES, scenario.name)),
        "context": context,
        "prefetch": patients.prefetch(patients.record(scenario.story, scenario.dialect), scenario.dialect),
    }
    if scenario.dialect == "epic":
        body["fhirServer"] = patients.BASE
        body["extension"] = {"com.epic.cdshooks.request.fhir-version": "R4"}
    if scenario.change is not None:
        scenario.change(body)
    return body


def expectation(scenario: Scenario) -> Json:
    """The hand-written expectation as the JSON of its folder."""
    return {
        "why": scenario.why,
        "assessments": [_written(each) for each in scenario.judged],
        "cards": "no warning" if scenario.cards_open else [_written(each) for each in scenario.cards],
    }


def inputs(scenario: Scenario) -> dict[str, str]:
    """Every file of the folder that does not come from the service."""
    record = patients.collection(patients.record(scenario.story, scenario.dialect))
    return {
        "bundle.json": as_text(record),
        "request.json": as_text(request(scenario)),
        "expectation.json": as_text(expectation(scenario)),
        "why.txt": f"{scenario.why}\n",
    }


def as_text(value: Any) -> str:
    """JSON as people read it in a review."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def ask_service(data: Path, **environ: str) -> Ask:
    """The real service with an empty store in `data`, asked in process."""
    from cds_service.app import create_app
    from cds_service.settings import from_environment

    client = create_app(from_environment({"CDS_DATA_DIR": str(data), **environ})).test_client()

    def ask(service: str, body: bytes) -> bytes:
        response = client.post(f"/cds-services/{service}", data=body, content_type="application/json")
        if response.status_code != 200:
            raise RuntimeError(f"{service} answered {response.status_code}: {response.get_data(as_text=True)}")
        return response.get_data()

    return ask


def response(scenario: Scenario, ask: Ask) -> bytes:
    """The service's answer to this scenario, byte for byte."""
    return ask(SERVICES[scenario.hook], as_text(request(scenario)).encode())


def golden(answer: bytes) -> str:
    """The answer as it is kept: as sent, but spread over lines and without the hash of the knowledge.

    The hash changes with every letter of every knowledge file: kept, it would bury the one answer that changed.
    """
    value = json.loads(answer)
    for assessment in value.get("extension", {}).get(EXTENSION, []):
        if "knowledge" in assessment:
            assessment["knowledge"]["hash"] = "hash of the knowledge in force"
    return as_text(value)


def main(arguments: list[str]) -> int:
    """Write or check; the number of problems decides the exit code."""
    parser = argparse.ArgumentParser(prog="make_fixtures", description="Write or check the golden fixtures.")
    parser.add_argument("names", nargs="*", help="folders, or how their names begin; all where none is given")
    parser.add_argument("--check", action="store_true", help="write nothing, report what differs")
    parser.add_argument("--inputs", action="store_true", help="leave the service and its responses out")
    options = parser.parse_args(arguments)
    wanted = [each for each in SCENARIOS if not options.names or each.name.startswith(tuple(options.names))]
    with TemporaryDirectory() as data:
        ask = None if options.inputs else ask_service(Path(data))
        problems = _check(wanted, ask) if options.check else _write(wanted, ask)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _check(scenarios: Sequence[Scenario], ask: Ask | None) -> list[str]:
    problems = [f"{name}: no scenario writes this folder" for name in _folders() - {each.name for each in SCENARIOS}]
    for scenario in scenarios:
        folder = FIXTURES / scenario.name
        for name, text in _files(scenario, ask).items():
            path = folder / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                problems.append(f"{scenario.name}/{name}: differs from what is built now")
        problems += _wrong(scenario, ask)
    return problems


def _write(scenarios: Sequence[Scenario], ask: Ask | None) -> list[str]:
    problems = []
    for name in _folders() - {each.name for each in SCENARIOS}:
        shutil.rmtree(FIXTURES / name)
    for scenario in scenarios:
        folder = FIXTURES / scenario.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in _files(scenario, ask).items():
            (folder / name).write_text(text, encoding="utf-8")
        problems += _wrong(scenario, ask)
    return problems


def _files(scenario: Scenario, ask: Ask | None) -> Mapping[str, str]:
    files = inputs(scenario)
    if ask is not None:
        files["response.json"] = golden(response(scenario, ask))
    return files


def _wrong(scenario: Scenario, ask: Ask | None) -> list[str]:
    if ask is None:
        return []
    answer = json.loads(response(scenario, ask))
    return [f"{scenario.name}: {each}" for each in disagreements(expectation(scenario), answer)]


def _folders() -> set[str]:
    return {path.name for path in FIXTURES.iterdir() if path.is_dir()} if FIXTURES.exists() else set()


def _written(value: Judged | Shown) -> Json:
    """Only what the expectation says: None and empty are left out, except that `missing` may be known to be empty."""
    written: Json = {}
    for each in fields(value):
        said = getattr(value, each.name)
        if said is None or (said == () and each.name != "missing"):
            continue
        name = "".join(part if not i else part.capitalize() for i, part in enumerate(each.name.split("_")))
        written[name] = list(said) if isinstance(said, tuple) else said
    return written


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
