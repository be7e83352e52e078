"""Requests that a service must refuse, and how it does so (https://cds-hooks.hl7.org/2.0/#http-status-codes).

The specification names 200 and 412 and leaves the rest to HTTP; a refusal is the client's fault (4xx), never a 5xx, and
shows nothing of the server or of the patient.
"""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from cds_service.conformance.contexts import ORDER_HOOKS, ORDER_SELECT
from cds_service.conformance.elements import objects
from cds_service.conformance.findings import Finding, judge, skipped
from cds_service.conformance.synthetic import FHIR_SERVER, PATIENT_WORDS
from cds_service.conformance.variations import Body
from cds_service.conformance.wire import Answer, Reply, Silence

_TRACE = re.compile(
    r"Traceback \(most recent call last\)"
    r"|^\s*File \".+\", line \d+"
    r"|\bat [\w$.<>\[\] ]+\(.+:\d+(?::\d+)?\)"  # JavaScript, Java
    r"|\bat (?:file:)?/\S+:\d+:\d+"
    r"|goroutine \d+ \["
    r"|(?:/[\w.@-]+){2,}\.(?:py|js|ts|rb|java|go|php|cs):\d+",
    re.MULTILINE,
)
_PAGE = re.compile(r"<(?:!doctype html|html|body|pre)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A request that must be refused; `rule` is broken where it is not."""

    name: str
    rule: str
    body: bytes


def make_faults(body: Body, hook: str) -> Iterator[Fault]:
    """Every faulty request for a service. `body`: a request that is well-formed."""
    for name, rule, raw in _NOT_REQUESTS:
        yield Fault(name=name, rule=rule, body=raw)
    for spoiling in _SPOILINGS:
        spoiled = deepcopy(body)
        if (hook in spoiling.hooks or not spoiling.hooks) and spoiling.spoil(spoiled):
            yield Fault(name=spoiling.name, rule=spoiling.rule, body=json.dumps(spoiled).encode())


def make_survivals(body: Body) -> Iterator[Fault]:
    """Requests that break a rule of the client's, and that a service may as well answer."""
    token = {"access_token": "conformance", "token_type": "Bearer", "expires_in": 300, "subject": "conformance"}
    for name, rule, more in (
        ("fhirAuthorization alone", "cds-r-1", {"fhirAuthorization": {**token, "scope": "user/*.rs"}}),
        (
            "scope of a patient nobody names",
            "cds-r-2",
            {"fhirServer": FHIR_SERVER, "fhirAuthorization": {**token, "scope": "patient/*.rs"}},
        ),
    ):
        yield Fault(name=name, rule=rule, body=json.dumps({**body, **more}).encode())


def check_refused(answer: Answer, rule: str, place: str) -> Iterator[Finding]:
    """A 4xx, and what every refusal must be; 5xx and silence break their own rule, not the one that was looked at."""
    if isinstance(answer, Silence):
        yield skipped(rule, place, answer.why) if answer.gave_up else judge("Q12/5xx", place, answer.why)
        return
    if answer.status >= 500:
        yield judge("Q12/5xx", place, f"answered {answer.status}")
    else:
        yield judge("Q12/5xx", place, None)
        yield judge(rule, place, None if answer.status >= 400 else f"answered {answer.status}")
    yield from check_refusal(answer, place)


def check_survived(answer: Answer, rule: str, place: str) -> Iterator[Finding]:
    """Anything but a 5xx or silence: whether to refuse is the service's to say."""
    if isinstance(answer, Silence):
        yield skipped(rule, place, answer.why) if answer.gave_up else judge(rule, place, answer.why)
        return
    yield judge(rule, place, f"answered {answer.status}" if answer.status >= 500 else None)
    yield from check_refusal(answer, place)


def check_refusal(reply: Reply, place: str) -> Iterator[Finding]:
    """What holds for the body of every answer that is not a success."""
    if reply.status < 400:
        return
    trace = _TRACE.search(reply.text)
    yield judge("E5/trace", place, f"shows {trace.group().strip()[:60]!r}" if trace else None)
    told = [word for word in PATIENT_WORDS if word in reply.text]
    yield judge("E5/echo", place, f"repeats {told[0]!r}" if told else None)
    page = bool(_PAGE.search(reply.text))
    yield judge("E5/html", place, "is an HTML page" if page else None)
    if reply.status != 401 and not page:  # https://cds-hooks.org/best-practices: a 401 says nothing
        yield judge("E5", place, _no_outcome(reply))


def _no_outcome(reply: Reply) -> str | None:
    try:
        outcome = json.loads(reply.body)
    except (ValueError, RecursionError):
        return f"{reply.status} without an OperationOutcome"
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome":
        return f"{reply.status} with JSON that is no OperationOutcome"
    issues = outcome.get("issue")
    told = [issue for issue, _ in objects(issues, "") if {"severity", "code"} <= issue.keys()]
    return None if told and told == issues else "an OperationOutcome whose issues lack severity or code"


# --- what is wrong with them ----------------------------------------------------------------------------------------
_DEEP = 20_000

_NOT_REQUESTS = (
    ("no body", "Q8/json", b""),
    ("not JSON", "Q8/json", b'{"hook": "' + PATIENT_WORDS[0].encode() + b'", '),
    ("not UTF-8", "Q8/json", b'{"hook": "\xff\xfe"}'),
    ("an array", "Q12/object", b"[]"),
    ("null", "Q12/object", b"null"),
    ("a string", "Q12/object", b'"order-select"'),
    ("an empty object", "Q12/context", b"{}"),
    ("nested very deeply", "Q12/types", b'{"hook": ' + b"[" * _DEEP + b"]" * _DEEP + b"}"),
)


@dataclass(frozen=True, slots=True)
class _Spoiling:
    """`spoil` breaks a body in place, if it can; `hooks`: for these only, and for all where there are none."""

    name: str
    rule: str
    spoil: Callable[[Body], bool]
    hooks: tuple[str, ...] = ()


def _set(*path: str, to: object) -> Callable[[Body], bool]:
    def spoil(body: Body) -> bool:
        owner = _owner(body, path)
        if owner is None:
            return False
        owner[path[-1]] = to
        return True

    return spoil


def _drop(*path: str) -> Callable[[Body], bool]:
    return lambda body: (_owner(body, path) or {}).pop(path[-1], None) is not None


def _owner(body: Body, path: tuple[str, ...]) -> Body | None:
    """What holds the last step; None where a user's own request has nothing of the kind."""
    owner: object = body
    for name in path[:-1]:
        owner = owner.get(name) if isinstance(owner, dict) else None
    return owner if isinstance(owner, dict) else None


_SPOILINGS = (
    _Spoiling("another hook", "Q1", _set("hook", to="conformance-no-such-hook")),
    _Spoiling("no hookInstance", "Q2/missing", _drop("hookInstance")),
    _Spoiling("no context", "Q12/context", _drop("context")),
    _Spoiling("an empty context", "Q12/context", _set("context", to={})),
    _Spoiling("no patientId", "Q12/context", _drop("context", "patientId")),
    _Spoiling("no draftOrders", "Q12/context", _drop("context", "draftOrders"), ORDER_HOOKS),
    _Spoiling("no selections", "Q12/context", _drop("context", "selections"), (ORDER_SELECT,)),
    _Spoiling("hook a number", "Q12/types", _set("hook", to=1)),
    _Spoiling("context an array", "Q12/types", _set("context", to=[])),
    _Spoiling("context a text", "Q12/types", _set("context", to=PATIENT_WORDS[0])),
    _Spoiling("patientId an object", "Q12/types", _set("context", "patientId", to={"family": PATIENT_WORDS[0]})),
    _Spoiling("prefetch an array", "Q12/types", _set("prefetch", to=[PATIENT_WORDS[0]])),
    _Spoiling("draftOrders a text", "Q12/types", _set("context", "draftOrders", to=PATIENT_WORDS[0]), ORDER_HOOKS),
    _Spoiling("selections a text", "Q12/types", _set("context", "selections", to="ServiceRequest/x"), (ORDER_SELECT,)),
)
