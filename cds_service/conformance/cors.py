"""Calls from a browser (https://cds-hooks.hl7.org/2.0/#cors): preflights without a token, and headers on answers.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Iterator
from urllib.parse import quote

from cds_service.conformance.discovery import PATH, Service
from cds_service.conformance.endpoints import NOBODY, url_of
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.wire import Answer, Caller, Reply

_ALLOW = "Access-Control-Allow-"
_JSON = {"Content-Type": "application/json"}


def check_cors(
    base: str, service: Service, body: bytes, caller: Caller, *, origin: str, feedback: bool
) -> Iterator[Finding]:
    """Everything that a browser at `origin` asks for, from discovery to an error. `feedback`: whether it is offered."""
    asked = {"Origin": origin}
    simple = caller.call("GET", base + PATH, headers=asked)
    first = _preflight(base + PATH, "GET", origin, caller)
    if not (_allows(simple, origin) or _allows(first, origin)):
        yield judge("J12", f"OPTIONS {PATH}", f"no {_ALLOW}Origin for {origin}")
        return
    yield judge("J12", f"OPTIONS {PATH}", None)
    path = f"{PATH}/{quote(service.id)}"
    for where, method in ((PATH, "GET"), (path, "POST"), *([(f"{path}/feedback", "POST")] if feedback else [])):
        answer = _preflight(base + where, method, origin, caller)
        yield from _check_preflight(answer, method, origin, f"OPTIONS {where}")
    url = url_of(base, service.id)
    headers = {**asked, **_JSON}
    yield from _check_headers(simple, origin, f"GET {PATH}")
    yield from _check_headers(caller.call("POST", url, body=body, headers=headers), origin, f"POST {path}")
    for place, where, raw in (
        (f"POST {path}, not JSON", url, b"{"),
        (f"POST {PATH}/{NOBODY}", url_of(base, NOBODY), body),
    ):
        yield from _check_headers(caller.call("POST", where, body=raw, headers=headers), origin, place)


def _preflight(url: str, method: str, origin: str, caller: Caller) -> Answer:
    """As browsers send it; they never send a token with it."""
    names = "authorization" if method == "GET" else "authorization,content-type"
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": names}
    return caller.call("OPTIONS", url, headers=asked, authorization="")


def _allows(answer: Answer, origin: str) -> bool:
    return isinstance(answer, Reply) and answer.headers.get(f"{_ALLOW}Origin") in (origin, "*")


def _check_preflight(answer: Answer, method: str, origin: str, place: str) -> Iterator[Finding]:
    if not isinstance(answer, Reply):
        yield judge("J12/preflight", place, answer.why)
        return
    fault = None if 200 <= answer.status < 300 else f"answered {answer.status}"
    yield judge("J12/preflight", place, fault or (None if _allows(answer, origin) else f"no {_ALLOW}Origin"))
    wanted = {"authorization"} if method == "GET" else {"authorization", "content-type"}
    # A star stands for every header but Authorization.
    refused = sorted(
        wanted - _listed(answer, "Headers") - ({"content-type"} if "*" in _listed(answer, "Headers") else set())
    )
    if method.lower() not in _listed(answer, "Methods") | {"get"} and "*" not in _listed(answer, "Methods"):
        refused = [method, *refused]
    yield judge("J12/methods", place, f"does not allow {', '.join(refused)}" if refused else None)
    yield from _check_origin(answer, place)


def _check_headers(answer: Answer, origin: str, place: str) -> Iterator[Finding]:
    if isinstance(answer, Reply):
        yield judge("J12/answers", place, None if _allows(answer, origin) else f"no {_ALLOW}Origin")
        yield from _check_origin(answer, place)


def _check_origin(answer: Reply, place: str) -> Iterator[Finding]:
    allowed = answer.headers.get(f"{_ALLOW}Origin")
    both = allowed == "*" and answer.headers.get(f"{_ALLOW}Credentials", "").lower() == "true"
    yield judge("J12/credentials", place, "allows credentials to any origin" if both else None)
    if allowed not in (None, "*"):
        names = {name.strip().lower() for name in answer.headers.get("Vary", "").split(",")}
        yield judge("J12/vary", place, None if names & {"origin", "*"} else "no Vary: Origin")


def _listed(answer: Reply, what: str) -> set[str]:
    return {name.strip().lower() for name in answer.headers.get(f"{_ALLOW}{what}", "").split(",") if name.strip()}
