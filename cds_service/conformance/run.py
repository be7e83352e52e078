"""The whole check of a running service: what is called, in which order, and the report made of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from cds_service.conformance.answers import check_answer
from cds_service.conformance.authentication import check_tokens
from cds_service.conformance.contexts import EXERCISED
from cds_service.conformance.cors import check_cors
from cds_service.conformance.discovery import PATH, PLACE, Service, check_discovery, services_of
from cds_service.conformance.endpoints import (
    check_address,
    check_large,
    check_methods,
    check_slash,
    check_unknown,
    post,
    url_of,
)
from cds_service.conformance.feedback import check_feedback
from cds_service.conformance.findings import Finding, Outcome, Report, judge, make_report, skipped
from cds_service.conformance.own_requests import OwnRequest
from cds_service.conformance.probes import Probe, make_body, make_probes
from cds_service.conformance.refusals import check_refused, check_survived, make_faults, make_survivals
from cds_service.conformance.tokens import Bearer, Signer
from cds_service.conformance.variations import WHOLE, Body
from cds_service.conformance.wire import Answer, Caller, Reply, Silence, read_json

SLOW_SECONDS = 0.5
"""CDS Hooks: "on the order of 500 ms"."""

REPEATS = 3

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Unreachable(Exception):
    """Raised when nothing can be said about a service: it is not there, or wants a token that was not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the user wants: own requests, the origin of a browser client, and the MAY rules that must be offered."""

    requests: Sequence[OwnRequest] = ()
    origin: str = "https://sandbox.cds-hooks.org"
    required: Collection[str] = ()
    feedback: bool = True


def check_service(base: str, caller: Caller, plan: Plan) -> Report:
    """The report on the service at `base`, which is its URL without /cds-services. Raises Unreachable."""
    discovered = caller.call("GET", base + PATH)
    if isinstance(discovered, Silence):
        raise Unreachable(discovered.why)
    _check_admitted(discovered, caller, PLACE)
    services = services_of(discovered)
    findings = [_transport(base), *check_discovery(base, discovered, caller)]
    for service in services:
        findings += _check_one(base, service, caller, plan)
    if services:
        feedback = any(each.rule == "F1" and each.outcome is Outcome.PASS for each in findings)
        findings += _check_once(base, _first_exercised(services), caller, plan, feedback=feedback)
    return make_report(base, [(each.id, each.hook) for each in services], findings, required=plan.required)


def _check_admitted(answer: Answer, caller: Caller, place: str) -> None:
    """A token that is wanted and was not given would break every rule there is."""
    given = isinstance(caller.credentials, Bearer | Signer)
    if isinstance(answer, Reply) and answer.status in (401, 403) and (place == PLACE or not given):
        raise Unreachable(f"{place} answered {answer.status}: {'the token is refused' if given else 'give a token'}")


def _transport(base: str) -> Finding:
    parts = urlsplit(base)
    if parts.scheme == "https":
        return judge("J1", base, None)
    if parts.hostname in _LOOPBACK:
        return skipped("J1", base, "plain HTTP, but on this machine only")
    return judge("J1", base, "plain HTTP")


def _first_exercised(services: Sequence[Service]) -> Service:
    return next((each for each in services if each.hook in EXERCISED), services[0])


# --- one service ----------------------------------------------------------------------------------------------------
def _check_one(base: str, service: Service, caller: Caller, plan: Plan) -> Iterator[Finding]:
    """Every probe, the user's own requests, and every faulty request, for one service."""
    url, place = url_of(base, service.id), f"POST {PATH}/{service.id}"
    probes = [*make_probes(service), *(own.probe for own in plan.requests if own.hook == service.hook)]
    if not probes:
        yield skipped("E1", place, f"no request is known for the hook {service.hook}: give one with --request")
        return
    shown: Any = None
    for probe in probes:
        answer = post(caller, url, probe.sent, probe.content_type)
        yield from check_answer(answer, probe, f"{place}, {probe.name}")
        shown = shown or _with_cards(answer)
        if probe is probes[0]:
            _check_admitted(answer, caller, place)
            yield from check_address(service, answer, place)
    yield from _check_again(url, probes[0], caller, place)
    body = probes[0].body
    for fault in make_faults(body, service.hook):
        yield from check_refused(post(caller, url, fault.body), fault.rule, f"{place}, {fault.name}")
    for fault in make_survivals(body):
        yield from check_survived(post(caller, url, fault.body), fault.rule, f"{place}, {fault.name}")
    if plan.feedback:
        yield from check_feedback(base, service, shown, caller)


def _with_cards(answer: Answer) -> Any:
    document, _ = read_json(answer)
    return document if isinstance(document, dict) and document.get("cards") else None


def _check_again(url: str, probe: Probe, caller: Caller, place: str) -> Iterator[Finding]:
    """The same call a few times: whether it says the same, and how long it takes."""
    answers = [post(caller, url, probe.sent) for _ in range(REPEATS)]
    replies = [answer for answer in answers if isinstance(answer, Reply) and answer.status == 200]
    if len(replies) < REPEATS:
        return
    same = len({reply.body for reply in replies}) == 1
    yield judge("Q2", f"{place}, {REPEATS} times", None if same else "says something else when asked again")
    seconds = median(reply.seconds for reply in replies)
    slow = f"takes {seconds * 1000:.0f} ms" if seconds > SLOW_SECONDS else None
    yield judge("E8", f"{place}, {probe.name}", slow)


# --- once for all services ------------------------------------------------------------------------------------------
def _check_once(base: str, service: Service, caller: Caller, plan: Plan, *, feedback: bool) -> Iterator[Finding]:
    body: Body = make_body(service) if service.hook in EXERCISED else {}
    sent = Probe(name=WHOLE, rule="E1", body=body).sent
    yield from check_unknown(base, sent, caller)
    yield from check_slash(base, service, sent, caller)
    yield from check_methods(base, service, caller)
    yield from check_large(base, service, body, caller)
    yield from check_cors(base, service, sent, caller, origin=plan.origin, feedback=feedback)
    if isinstance(caller.credentials, Bearer | Signer):
        yield from check_tokens(base, service, sent, caller)
