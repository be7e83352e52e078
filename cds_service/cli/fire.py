"""`cds-service fire`: sends one real request to a running service and shows the answer as a clinician would see it."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import requests
from rich.console import Console

from cds_service.cli.panels import show_answer
from cds_service.settings import SettingsError, from_environment

TIMEOUT_SECONDS = 30


def _own_url() -> str:
    """Where this machine's service listens by its settings."""
    try:
        return f"http://127.0.0.1:{from_environment(os.environ).port}"
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.argument("request_file", metavar="REQUEST.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--url",
    default=_own_url,
    show_default="http://127.0.0.1 at CDS_PORT, or 8080",
    metavar="BASE",
    help="Base URL of the service, without /cds-services.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer's JSON instead.")
def fire(request_file: Path, url: str, as_json: bool) -> None:
    """Send a CDS Hooks request to a running service and show the cards that come back.

    The service is found as an EHR finds it: by discovery, from the hook the request names.
    """
    body = request_file.read_bytes()
    hook = _hook(body, request_file)
    base = url.rstrip("/")
    answer = _call("POST", f"{base}/cds-services/{quote(_service(base, hook))}", body)
    if as_json:
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        show_answer(answer, Console())


def _hook(body: bytes, request_file: Path) -> str:
    try:
        hook = json.loads(body)["hook"]
    except ValueError as error:
        raise click.ClickException(f"{request_file} is not JSON: {error}") from None
    except (KeyError, TypeError):
        raise click.ClickException(f"{request_file} is not a CDS Hooks request: it names no hook") from None
    return str(hook)


def _service(base: str, hook: str) -> str:
    """The id of the service for a hook (https://cds-hooks.hl7.org/2.0/#discovery)."""
    services = _call("GET", f"{base}/cds-services").get("services", [])
    for service in services:
        if service.get("hook") == hook:
            return str(service["id"])
    hooks = ", ".join(sorted({str(service.get("hook")) for service in services})) or "no hook at all"
    raise click.ClickException(f"{base} has no service for the hook {hook}; it serves {hooks}")


def _call(method: str, url: str, body: bytes | None = None) -> Any:
    """The JSON of a good answer. Raises ClickException, in words, for every other."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    try:
        response = requests.request(method, url, data=body, headers=headers, timeout=TIMEOUT_SECONDS)
    except requests.ConnectionError:
        raise click.ClickException(
            f"no service answers at {url}\nStart one in another terminal: make serve, or: cds-service serve"
        ) from None
    except requests.RequestException as error:
        raise click.ClickException(f"{url}: {error}") from None
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        raise click.ClickException(f"{url} answered {response.status_code}, and not with JSON") from None
    if not response.ok:
        raise click.ClickException(f"{url} answered {response.status_code}{_issues(answer)}")
    return answer


def _issues(answer: Any) -> str:
    """The issues of an OperationOutcome, a line each (https://hl7.org/fhir/R4/operationoutcome.html)."""
    if not isinstance(answer, dict) or answer.get("resourceType") != "OperationOutcome":
        return ""
    return "".join(f"\n  {_issue(issue)}" for issue in answer.get("issue", []))


def _issue(issue: dict[str, Any]) -> str:
    text = issue.get("diagnostics") or issue.get("details", {}).get("text") or issue.get("code", "")
    # Many servers, ours among them, already say the place in the text.
    places = [place for place in issue.get("expression", []) if place not in text]
    return f"{issue.get('severity', 'error')}: {''.join(f'{place}: ' for place in places)}{text}"
