"""`cds-service check`: whether a running CDS Hooks service keeps the rules. Ours, or anyone's."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.text import Text

from cds_service.cli.verdicts import show_report
from cds_service.conformance.discovery import PATH
from cds_service.conformance.own_requests import OwnRequest, RequestUnusable, load_requests
from cds_service.conformance.run import Plan, Unreachable, check_service
from cds_service.conformance.tokens import Bearer, Credentials, KeyUnusable, make_signer
from cds_service.conformance.wire import Caller

_OFFERS = {"cors": "J12", "feedback": "F1"}
"""What a client may be unable to do without, and the rule that says whether it is there."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _NothingToSay(click.ClickException):
    """The service could not be checked; exit code 2, as for wrong use: 1 says that it was, and failed."""

    exit_code = 2


@click.command()
@click.argument("url", metavar="URL")
@click.option(
    "--request",
    "requests",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A CDS Hooks request to send as well, or a directory with files named request.json. Repeatable.",
)
@click.option("--bearer", metavar="TOKEN", help="Send this token with every call.")
@click.option("--jwk", type=_FILE, help="Sign a JWT for every call with this private key, a JSON Web Key.")
@click.option("--issuer", metavar="ISS", help="iss of the JWT.")
@click.option("--jku", metavar="URL", help="jku of the JWT, where the public key is published.")
@click.option("--origin", default=Plan().origin, show_default=True, help="Where browser clients are served from.")
@click.option("--require", multiple=True, type=click.Choice(sorted(_OFFERS)), help="Fail where this is not offered.")
@click.option("--no-feedback", is_flag=True, help="Send no feedback: the service may count it as real.")
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(0.1, 300), help="Seconds for a call.")
@click.option("--quiet", is_flag=True, help="Show only what fails, and the result.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(
    url: str,
    requests: tuple[Path, ...],
    bearer: str | None,
    jwk: Path | None,
    issuer: str | None,
    jku: str | None,
    origin: str,
    require: tuple[str, ...],
    no_feedback: bool,
    timeout: float,
    quiet: bool,
    as_json: bool,
) -> None:
    """Check whether the CDS Hooks service at URL, with or without /cds-services, keeps the specification's rules.

    Every call is about a synthetic patient. Exit code 0: no SHALL is broken; 1: at least one is; 2: wrong use, or the
    service could not be checked.
    """
    plan = Plan(
        requests=_own_requests(requests),
        origin=origin,
        required=tuple(_OFFERS[name] for name in require),
        feedback=not no_feedback,
    )
    credentials = _credentials(bearer=bearer, jwk=jwk, issuer=issuer, jku=jku)
    base = _base(url)
    with Console(stderr=True).status(Text(f"Checking {base}")) as status:
        caller = Caller(timeout=timeout, credentials=credentials, tell=lambda call: status.update(Text(call)))
        try:
            report = check_service(base, caller, plan)
        except Unreachable as error:
            raise _NothingToSay(f"{base} cannot be checked: {error}") from None
    if as_json:
        click.echo(json.dumps(report.to_dict(), indent=2, ensure_ascii=False))
    else:
        show_report(report, Console(), quiet=quiet)
    if not report.passed:
        raise SystemExit(1)


def _base(url: str) -> str:
    """The base URL; people paste that of discovery as well."""
    base = url.rstrip("/").removesuffix(PATH)
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise click.BadParameter(f"{url} is not the URL of a service, such as http://127.0.0.1:8080", param_hint="URL")
    return base


def _own_requests(paths: tuple[Path, ...]) -> tuple[OwnRequest, ...]:
    try:
        return load_requests(paths)
    except RequestUnusable as error:
        raise click.BadParameter(str(error), param_hint="--request") from None


def _credentials(*, bearer: str | None, jwk: Path | None, issuer: str | None, jku: str | None) -> Credentials:
    if bearer is not None and jwk is not None:
        raise click.UsageError("--bearer and --jwk exclude each other")
    if (jwk is None) != (issuer is None):
        raise click.UsageError("--jwk and --issuer go together")
    if jku is not None and jwk is None:
        raise click.UsageError("--jku goes with --jwk")
    if bearer is not None:
        return Bearer(bearer)
    if jwk is None or issuer is None:
        return Credentials()
    try:
        return make_signer(jwk.read_text(), issuer=issuer, jku=jku)
    except KeyUnusable as error:
        raise click.BadParameter(f"{jwk}: {error}", param_hint="--jwk") from None
