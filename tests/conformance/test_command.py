"""`cds-service check`: what the one who runs it sees, and what a script does."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Response, jsonify

from cds_service.cli import main
from tests.conformance.test_tokens import ISSUER, jwk_of, trust_in
from tests.support.in_process import in_process
from tests.support.model_service import ORIGIN, Switches, make_service

ROOT = Path(__file__).parent.parent.parent
REQUEST = ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"

LONG = {"answer": lambda document, _: [card.update(summary="x" * 150) for card in document["cards"]]}
UNTITLED = {"discovery": lambda document: document["services"][0].pop("title")}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], env={"COLUMNS": "120"})


@pytest.fixture
def run_on_model() -> Callable[..., Result]:
    """Runs the command on the model service with these switches; `{}` in an argument stands for its address."""

    def check(*arguments: str, url: str = "http://{}", **switches: Any) -> Result:
        with in_process(make_service(Switches(**switches))) as address:
            return run(url.format(address), "--origin", ORIGIN, *arguments)

    return check


@pytest.mark.parametrize("url", ["http://{}", "http://{}/", "http://{}/cds-services", "http://{}/cds-services/"])
def test_a_good_service_passes(run_on_model: Callable[..., Result], url: str) -> None:
    """By its base URL or by that of discovery."""
    result = run_on_model(url=url)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0].endswith(": model-select (order-select)")
    assert "Fails" not in result.output
    assert "Warnings" not in result.output
    assert "  Tokens: J3, J3/garbage, J5, J6, J7, J8, J9, J9/replay, J10  (no credentials were given)" in result.output
    assert result.output.splitlines()[-1].startswith("PASSED  ")
    assert result.output.splitlines()[-1].endswith(" rules looked at: 0 failed, 0 warned of")


def test_what_fails_comes_first_with_place_rule_and_count(run_on_model: Callable[..., Result]) -> None:
    """What is wrong, where, and by which rule of whose list."""
    result = run_on_model(**LONG, **UNTITLED)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[2:6] == [
        "Fails (1)",
        "  Cards".ljust(120),
        "    1.8/length  SHALL  a summary is shorter than 140 characters  [INF-2.0#83]".ljust(120),
        "        POST /cds-services/model-select, full prefetch: cards[0].summary: has 150 characters".ljust(120),
    ]
    assert lines[8].strip().startswith("and ")
    assert lines[10] == "Warnings (1)"
    assert "    D4  SHOULD  a service has a title  [INF-2.0#8]" in result.output
    assert "        GET /cds-services: services[0].title: is missing" in result.output
    assert lines[-1].endswith("1 failed, 1 warned of")


def test_quiet_is_what_fails_and_the_result(run_on_model: Callable[..., Result]) -> None:
    """For the log of a build."""
    result = run_on_model("--quiet", **LONG, **UNTITLED)
    assert "1.8/length" in result.output
    assert "Warnings" not in result.output
    assert "Holds" not in result.output
    passed = run_on_model("--quiet", **UNTITLED)
    assert passed.exit_code == 0
    assert len(passed.output.splitlines()) == 1


def test_the_report_can_be_had_as_json(run_on_model: Callable[..., Result]) -> None:
    """Everything the readable report says, and the rules that it leaves out."""
    result = run_on_model("--json", **LONG)
    report = json.loads(result.output)
    assert result.exit_code == 1
    assert (report["passed"], report["counts"]["fail"]) == (False, 1)
    assert report["services"] == [{"id": "model-select", "hook": "order-select"}]
    check = next(check for check in report["checks"] if check["outcome"] == "fail")
    looks, findings = check.pop("looks"), check.pop("findings")
    assert check == {
        "id": "1.8/length",
        "see": ["INF-2.0#83"],
        "group": "Cards",
        "level": "SHALL",
        "outcome": "fail",
        "rule": "a summary is shorter than 140 characters",
    }
    assert looks == len(findings) > 10
    place = "POST /cds-services/model-select, full prefetch: cards[0].summary"
    assert findings[0] == {"place": place, "says": "has 150 characters"}
    held = next(check for check in report["checks"] if check["id"] == "D2")
    assert (held["outcome"], held["findings"]) == ("pass", [])


def _no_cors(_: Any, response: Response) -> None:
    response.headers.pop("Access-Control-Allow-Origin")


def _no_feedback(request: Any, _: Response) -> Response | None:
    return Response(status=404) if request.path.endswith("/feedback") else None


@pytest.mark.parametrize(("offer", "rule", "http"), [("cors", "J12", _no_cors), ("feedback", "F1", _no_feedback)])
def test_what_is_not_offered_is_no_fault_unless_it_is_required(
    run_on_model: Callable[..., Result], offer: str, rule: str, http: Any
) -> None:
    """A browser client cannot do without CORS, another can; and nobody asks for a preflight of what is not there."""
    result = run_on_model(http=http)
    assert result.exit_code == 0, result.output
    assert "Not offered (1)" in result.output
    assert f"    {rule}  MAY  " in result.output
    assert run_on_model("--require", offer, http=http).exit_code == 1


def test_feedback_is_not_sent_where_it_would_count(run_on_model: Callable[..., Result]) -> None:
    """Somebody may evaluate what users of a service do with its cards."""
    paths: list[str] = []
    result = run_on_model("--no-feedback", http=lambda request, _: paths.append(f"{request.method} {request.path}"))
    assert result.exit_code == 0
    assert "POST /cds-services/model-select" in paths
    assert "POST /cds-services/model-select/feedback" not in paths


@pytest.mark.parametrize("path", [REQUEST, REQUEST.parent, REQUEST.parent.parent / "no-card-blank-order"])
def test_own_requests_are_sent_too(run_on_model: Callable[..., Result], path: Path) -> None:
    """A file, or whatever is named request.json in a directory; the place in the report names it."""
    patients: list[str] = []
    result = run_on_model("--request", str(path), fails=lambda body: patients.append(body["context"]["patientId"]))
    assert result.exit_code == 0, result.output
    body = json.loads((path if path.is_file() else path / "request.json").read_bytes())
    assert body["context"]["patientId"] in patients


def test_a_fault_in_the_answer_to_an_own_request_names_the_file(run_on_model: Callable[..., Result]) -> None:
    """One of many fixtures is at fault: which?"""

    def answer(document: dict[str, Any], body: dict[str, Any]) -> None:
        if body["context"]["patientId"] == "s4-ia-mcode":
            document["cards"][0]["indicator"] = "hard-stop"

    result = run_on_model("--request", str(REQUEST.parent), answer=answer)
    said = "POST /cds-services/model-select, s4-pet-ct-stage-ia-mcode/request.json: cards[0].indicator: is 'hard-stop',"
    assert said in result.output
    assert result.exit_code == 1


def test_a_hook_that_we_cannot_write_needs_an_own_request(tmp_path: Path) -> None:
    """An unknown hook is no fault of the service; what it needs, its users know."""
    app = make_service(Switches())
    app.view_functions["discover"] = lambda: jsonify(
        services=[{"id": "other", "hook": "encounter-start", "title": "Other", "description": "Other"}]
    )
    app.add_url_rule("/cds-services/other", view_func=lambda: jsonify(cards=[]), methods=["POST"])
    own = tmp_path / "own.json"
    own.write_text('{"hook": "encounter-start"}')
    with in_process(app) as address:
        without = run(f"http://{address}", "--json", "--no-feedback")
        given = run(f"http://{address}", "--json", "--no-feedback", "--request", str(own))
    (finding,) = _check(without, "E1")["findings"]
    assert finding["says"] == "no request is known for the hook encounter-start: give one with --request"
    assert _check(without, "E1")["outcome"] == "skipped"
    assert _check(given, "E1")["outcome"] == "pass"


def _check(result: Result, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(check for check in json.loads(result.output)["checks"] if check["id"] == id)
    return found


def test_tokens_are_signed_from_a_key_file(run_on_model: Callable[..., Result], tmp_path: Path) -> None:
    """As an EHR signs them, so that a service under lock can be checked from outside."""
    jwk = tmp_path / "private.jwk"
    jwk.write_text(jwk_of("ES384"))
    result = run_on_model("--jwk", str(jwk), "--issuer", ISSUER, "--jku", f"{ISSUER}/jwks", trust=trust_in("ES384"))
    assert result.exit_code == 0, result.output
    assert "  Tokens: J3, J3/garbage, J5, J6, J7, J8, J9, J9/replay, J10\n" in result.output.replace(" " * 10, "")


def test_a_service_that_wants_a_token_is_not_checked_without(run_on_model: Callable[..., Result]) -> None:
    """Also where discovery is open to all: it is neither passed nor failed."""
    result = run_on_model(trust=trust_in("ES384"))
    assert result.exit_code == 2
    assert result.output.endswith("cannot be checked: POST /cds-services/model-select answered 401: give a token\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ehr.example.org"], "ehr.example.org is not the URL of a service"),
        (["ftp://ehr.example.org"], "is not the URL of a service"),
        (["http://ehr.example.org?x=1"], "is not the URL of a service"),
        (["http://x", "--bearer", "t", "--jwk", "KEY", "--issuer", "i"], "--bearer and --jwk exclude each other"),
        (["http://x", "--jwk", "KEY"], "--jwk and --issuer go together"),
        (["http://x", "--issuer", "i"], "--jwk and --issuer go together"),
        (["http://x", "--jku", "https://x"], "--jku goes with --jwk"),
        (["http://x", "--jwk", "KEY", "--issuer", "i"], "the key has no kid"),
        (["http://x", "--request", "KEY"], "not a CDS Hooks request: it names no hook"),
        (["http://x", "--request", "EMPTY"], "no file named request.json in it"),
        (["http://x", "--request", "BROKEN"], "Expecting"),
        (["http://x", "--require", "tea"], "'tea' is not one of 'cors', 'feedback'"),
        (["http://x", "--timeout", "0"], "0.0 is not in the range"),
    ],
)
def test_wrong_use_is_told_before_any_call(tmp_path: Path, arguments: list[str], says: str) -> None:
    """Exit code 2: nothing was checked."""
    (tmp_path / "KEY").write_text(jwk_of("ES384", kid=None))
    (tmp_path / "BROKEN").write_text("{")
    (tmp_path / "EMPTY").mkdir()
    named = [str(tmp_path / each) if each in ("KEY", "BROKEN", "EMPTY") else each for each in arguments]
    result = run(*named)
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


def test_nobody_there_is_neither_passed_nor_failed() -> None:
    """Exit code 2: a script must not take a service that is down for one that breaks the rules."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    result = run(f"http://127.0.0.1:{free}")
    assert result.exit_code == 2
    assert f"http://127.0.0.1:{free} cannot be checked: no answer: " in result.output
