"""The command line: what a newcomer, a clinician and an administrator see."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result
from flask import Flask, Response, jsonify

from cds_service import __version__
from cds_service.cli import main
from tests.support.raw_server import raw_server
from tests.support.service import wait_for

ROOT = Path(__file__).parent.parent
REQUEST = str(ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json")


def run(*arguments: str, **environ: str) -> Result:
    """What the command line says; text as wide as a terminal."""
    return CliRunner().invoke(main, arguments, env={"COLUMNS": "120", **environ})


def _service(answer: Any, *, status: int = 200, hook: str = "order-select") -> Flask:
    """A CDS service that always says the same."""
    app = Flask("stub")

    @app.get("/cds-services")
    def discover() -> Response:
        return jsonify(services=[{"hook": hook, "id": "the-service", "description": "stub"}])

    @app.post("/cds-services/the-service")
    def call() -> tuple[Response, int]:
        return jsonify(answer), status

    return app


# --- fire -----------------------------------------------------------------------------------------------------------
CARD = {
    "uuid": "4e0a3a1e-3a56-4f6c-9b8f-2f8f7d7f0c51",
    "summary": "FDG-PET/CT: usually not appropriate in stage IA",
    "indicator": "warning",
    "detail": "**Why:** metastases are rare.\n\n- stage IA",
    "source": {"label": "ACR 310"},
    "suggestions": [
        {"label": "Cancel", "isRecommended": True, "actions": [{"type": "delete", "description": "Removes the order"}]},
        {"label": "US axilla instead"},
    ],
    "overrideReasons": [{"code": "x", "system": "urn:x", "display": "Advice from expert"}],
    "links": [{"label": "Article", "url": "https://example.org", "type": "absolute"}],
}
ASSESSMENT = {
    "order": "ServiceRequest/pet",
    "procedure": "fdg-pet-ct",
    "question": "distant",
    "questionStated": False,
    "outcome": "rated",
    "category": "usually-not-appropriate",
    "score": 2,
    "variants": [
        {"id": "310-v2", "title": "New", "category": "usually-not-appropriate", "score": 2, "state": "holds"},
        {"id": "310-v9", "title": "Other", "state": "possible"},
    ],
    "missing": ["stage-group"],
    "assumed": ["m0"],
    "evidence": [{"fact": "stage-group", "value": "stage IA", "resources": ["Observation/1"]}],
    "consultId": "urn:uuid:1",
}


@pytest.mark.parametrize(
    "words",
    [
        "warning",
        "FDG-PET/CT: usually not appropriate in stage IA",
        "Why: metastases are rare.",  # Markdown is rendered
        "● Cancel  (recommended)",
        "delete: Removes the order",
        "○ US axilla instead",
        "○ Advice from expert",
        "→ Article: https://example.org",
        "ServiceRequest/pet: rated, usually not appropriate (2), fdg-pet-ct for distant (assumed)",
        "variant 310-v2 holds: usually not appropriate, 2 (New)",
        "variant 310-v9 possible (Other)",
        "missing: stage-group",
        "assumed: m0",
        "stage-group: stage IA  [Observation/1]",
        "consult urn:uuid:1",
    ],
)
def test_a_card_is_shown_as_a_clinician_would_read_it(serving: Callable[[Flask], str], words: str) -> None:
    """Everything on the card, and why, without reading JSON."""
    answer = {"cards": [CARD], "extension": {"cds-service.assessments": [ASSESSMENT]}}
    result = run("fire", REQUEST, "--url", serving(_service(answer)))
    assert result.exit_code == 0
    assert words in result.output


def test_no_cards_is_said_with_the_outcome(serving: Callable[[Flask], str]) -> None:
    """Silence has several reasons; a newcomer must see which."""
    answer = {
        "cards": [],
        "extension": {"cds-service.assessments": [{"order": "ServiceRequest/1", "outcome": "not-covered"}]},
    }
    result = run("fire", REQUEST, "--url", serving(_service(answer)))
    assert result.output == "No cards: nothing to say about this order.\n\nServiceRequest/1: not covered\n"


def test_the_answer_can_be_had_as_json(serving: Callable[[Flask], str]) -> None:
    """For those who integrate."""
    answer = {"cards": [CARD]}
    assert json.loads(run("fire", REQUEST, "--url", serving(_service(answer)), "--json").output) == answer


def test_square_brackets_in_a_card_are_text(serving: Callable[[Flask], str]) -> None:
    """A summary such as "[red]" is the service's text, not a colour for the terminal."""
    result = run("fire", REQUEST, "--url", serving(_service({"cards": [{**CARD, "summary": "A [red]B[/] C"}]})))
    assert "A [red]B[/] C" in result.output


def test_an_error_of_the_service_is_told(serving: Callable[[Flask], str]) -> None:
    """Place and problem, as the OperationOutcome has them."""
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "error", "code": "invalid", "details": {"text": "required"}, "expression": ["context.userId"]}
        ],
    }
    url = serving(_service(outcome, status=400))
    result = run("fire", REQUEST, "--url", url)
    assert result.exit_code == 1
    assert result.output == (f"Error: {url}/cds-services/the-service answered 400\n  error: context.userId: required\n")


def test_a_service_that_does_not_run_says_how_to_start_it() -> None:
    """The commonest of all errors."""
    url = f"http://127.0.0.1:{_free_port()}"
    result = run("fire", REQUEST, "--url", url)
    assert result.exit_code == 1
    assert result.output == (
        f"Error: no service answers at {url}/cds-services\n"
        "Start one in another terminal: make serve, or: cds-service serve\n"
    )


def test_fire_goes_where_the_settings_let_the_service_listen() -> None:
    """Who moved the service to another port need not say it twice."""
    port = _free_port()
    assert f"http://127.0.0.1:{port}/cds-services" in run("fire", REQUEST, CDS_PORT=str(port)).output
    assert "CDS_PORT: expected a whole number" in run("fire", REQUEST, CDS_PORT="x").output


def test_an_address_given_to_fire_stands_whatever_the_settings_say() -> None:
    url = f"http://127.0.0.1:{_free_port()}"
    assert f"no service answers at {url}/cds-services" in run("fire", REQUEST, "--url", url, CDS_PORT="x").output


def test_a_hook_that_is_not_served_is_named(serving: Callable[[Flask], str]) -> None:
    """The service is picked by the hook of the request."""
    url = serving(_service({}, hook="patient-view"))
    result = run("fire", REQUEST, "--url", url)
    assert result.output == f"Error: {url} has no service for the hook order-select; it serves patient-view\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON: "),
        ("[]", "is not a CDS Hooks request: it names no hook"),
        ('{"context": {}}', "is not a CDS Hooks request: it names no hook"),
    ],
)
def test_a_file_that_is_no_request_is_not_sent(tmp_path: Path, text: str, message: str) -> None:
    """The file is at fault, not the service."""
    file = tmp_path / "request.json"
    file.write_text(text)
    result = run("fire", str(file))
    assert result.exit_code == 1
    assert f"Error: {file} {message}" in result.output


def test_something_else_on_the_port_is_told(serving: Callable[[Flask], str]) -> None:
    """Another web server answers in HTML."""
    url = serving(Flask("other"))
    assert run("fire", REQUEST, "--url", url).output == f"Error: {url}/cds-services answered 404, and not with JSON\n"


# --- lint, config, version ------------------------------------------------------------------------------------------
def test_our_own_knowledge_has_no_faults() -> None:
    """What comes with the service may be used."""
    result = run("lint")
    assert "no faults in knowledge" in result.output, result.output
    assert result.exit_code == 0


def test_a_faulty_folder_is_told_with_its_files(tmp_path: Path) -> None:
    """An author sees what to mend, and a script sees that it failed."""
    result = run("lint", str(tmp_path))
    assert result.exit_code == 1
    assert "knowledge.yaml: cannot be read" in result.output


def _concept_map(folder: Path, name: str, *targets: str, codes: str = "ABC", equivalence: str = "equivalent") -> Path:
    """A ConceptMap file of the site's codes, one letter each, for CPT codes."""
    elements = [
        {"code": code, "target": [{"code": target, "equivalence": equivalence}]}
        for code, target in zip(codes, targets, strict=False)
    ]
    group = {
        "source": "https://hospital.example/codes",
        "target": "http://www.ama-assn.org/go/cpt",
        "element": elements,
    }
    file = folder / name
    file.write_text(json.dumps({"resourceType": "ConceptMap", "status": "active", "group": [group]}), encoding="utf-8")
    return file


@pytest.mark.parametrize("by_setting", [True, False], ids=["CDS_CONCEPT_MAPS", "--concept-maps"])
def test_concept_maps_are_checked_too(tmp_path: Path, by_setting: bool) -> None:
    """Before a restart shows that the service does not start with them."""
    one = _concept_map(tmp_path, "one.json", "78815")
    two = _concept_map(tmp_path, "two.json", "78306", "77049", codes="XY")
    if by_setting:
        result = run("lint", CDS_CONCEPT_MAPS=f"{one},{two}")
    else:
        result = run("lint", "--concept-maps", str(one), "--concept-maps", str(two))
    assert result.exit_code == 0, result.output
    told = f"{one}, {two}: no faults in ConceptMaps: codes of the site: 3, of these known to the service: 3"
    assert told in result.output.splitlines()


def test_codes_that_mean_nothing_here_are_counted(tmp_path: Path) -> None:
    """A map into the wrong system has no fault and no use."""
    result = run("lint", "--concept-maps", str(_concept_map(tmp_path, "one.json", "78815", "99999")))
    assert "codes of the site: 2, of these known to the service: 1" in result.output


def test_a_map_that_cannot_be_used_is_told_with_file_and_place(tmp_path: Path) -> None:
    """All faults at once, of every map."""
    one = _concept_map(tmp_path, "one.json", "78815", equivalence="same")
    missing = tmp_path / "missing.json"
    result = run("lint", "--concept-maps", str(one), "--concept-maps", str(missing))
    assert result.exit_code == 1
    assert result.output.splitlines()[0].endswith(": 3 faults")
    assert f"{one}: group[0].element[0].target[0].equivalence: must be one of" in result.output
    assert f"{missing}: cannot be read: " in result.output


def test_maps_are_checked_beside_knowledge_that_is_at_fault(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    one = _concept_map(tmp_path, "one.json", "78815", equivalence="same")
    result = run("lint", str(tmp_path / "knowledge"), "--concept-maps", str(one))
    assert "knowledge.yaml: cannot be read" in result.output
    assert f"{one}: group[0]" in result.output


def test_the_settings_in_force_are_shown_without_secrets() -> None:
    """An administrator may paste it into a ticket."""
    result = run("config", CDS_PORT="9000", CDS_DATABASE_URL="postgresql://u:secret@h/d", CDS_TYPO="1")
    lines = {line.split()[0]: line.split()[1:3] for line in result.output.splitlines() if line.startswith("CDS_")}
    assert lines["CDS_PORT"] == ["9000", "environment"]
    assert lines["CDS_DATABASE_URL"] == ["(hidden)", "environment"]
    assert lines["CDS_EXPLAIN"] == ["true", "default"]
    assert "secret" not in result.output
    assert "CDS_TYPO is set, but there is no such setting" in result.output


def test_settings_that_cannot_be_used_are_told() -> None:
    """The same words as at the start of the service."""
    result = run("config", CDS_PORT="x")
    assert (result.exit_code, result.output) == (
        1,
        "Error: CDS_PORT: expected a whole number from 1 to 65535, not 'x'\n",
    )


def test_the_version_is_said() -> None:
    """For tickets."""
    assert run("--version").output == f"cds-service, version {__version__}\n"


# --- serve ----------------------------------------------------------------------------------------------------------
def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(url: str, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 60  # on a machine that does other things; how long it takes is measured in benchmarks/
    while time.monotonic() < until:
        try:
            requests.get(url, timeout=2).close()
        except requests.ConnectionError:
            assert process.poll() is None, "the service ended"
            time.sleep(0.05)
        else:
            return
    pytest.fail("the service did not start within a minute")


def test_a_service_that_is_still_starting_can_be_stopped(tmp_path: Path) -> None:
    """As the first process of a container it would ignore the signal otherwise, and be killed when it works."""
    with raw_server(lambda line: line.hang()) as database:
        command = [sys.executable, "-m", "cds_service", "serve", "--port", str(_free_port())]
        url = f"postgresql://cds@127.0.0.1:{database.port}/cds?connect_timeout=60"
        environ = {**os.environ, "CDS_DATA_DIR": str(tmp_path), "CDS_DATABASE_URL": url}
        with subprocess.Popen(command, cwd=ROOT, env=environ) as process:
            wait_for(lambda: database.connections)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0


def test_the_service_starts_answers_and_stops(tmp_path: Path) -> None:
    """The two commands of the README, for real: production server, two processes, ordered stop."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from cds_service.cli import main; main()",
            "serve",
            "--port",
            str(port),
            "--workers",
            "2",
        ],
        cwd=ROOT,
        env={**os.environ, "CDS_DATA_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        _await(f"{url}/readyz", process)
        fired = run("fire", REQUEST, "--url", url)
        checked = run("check", url, "--quiet")
        second = run("serve", "--port", str(port), CDS_DATA_DIR=str(tmp_path))
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=15)
    assert (fired.exit_code, process.returncode) == (0, 0), fired.output + said
    assert "warning" in fired.output
    assert checked.exit_code == 0, checked.output
    assert f"listening on {url}" in said
    assert f"Open it in a browser: {url}/\n" in said
    assert f"fire fixtures/s4-pet-ct-stage-ia-mcode/request.json --url {url}" in said
    assert f"port {port} of 127.0.0.1 is in use" in second.output


@pytest.mark.parametrize(
    ("arguments", "environ", "message"),
    [
        (["--port", "http"], {}, "CDS_PORT: expected a whole number from 1 to 65535, not 'http'"),
        ([], {"CDS_EXPLAIN": "maybe"}, "CDS_EXPLAIN: expected true or false, not 'maybe'"),
        (["--host", "192.0.2.1"], {}, "cannot listen on 192.0.2.1, port 8080: "),
        ([], {"CDS_DATABASE_URL": "postgresql://u:p@host:port/x"}, "CDS_DATABASE_URL (or CDS_DATABASE_URL_FILE): the "),
        (
            [],
            {"CDS_DATABASE_URL": "postgresql://u:p@q@host/x"},
            "CDS_DATABASE_URL (or CDS_DATABASE_URL_FILE): an @ too",
        ),
    ],
)
def test_what_keeps_the_service_from_starting_is_told(
    arguments: list[str], environ: dict[str, str], message: str
) -> None:
    """In words and without a traceback."""
    result = run("serve", *arguments, **environ)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: the service does not start\n{message}")
