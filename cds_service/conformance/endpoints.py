"""The URLs of a service, apart from what is posted: where it answers, which methods, how much it reads."""

import json
from collections.abc import Iterator
from urllib.parse import quote

from cds_service.conformance.discovery import PATH, Service
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.refusals import check_refused, check_survived
from cds_service.conformance.variations import Body
from cds_service.conformance.wire import Answer, Caller, Reply, Silence

LARGE_BYTES = 12 << 20
NOBODY = "conformance-no-such-service"


def url_of(base: str, id: str) -> str:
    """Where a service is called (https://cds-hooks.hl7.org/2.0/#calling-a-cds-service)."""
    return f"{base}{PATH}/{quote(id)}"


def post(caller: Caller, url: str, body: bytes, content_type: str = "application/json") -> Answer:
    """One call of a service or of its feedback endpoint."""
    return caller.call("POST", url, body=body, headers={"Content-Type": content_type})


def check_address(service: Service, answer: Answer, place: str) -> Iterator[Finding]:
    """D10, by the answer to an ordinary call."""
    if isinstance(answer, Reply):
        lost = answer.status == 404 or 300 <= answer.status < 400
        yield judge("D10", place, f"answered {answer.status} for {service.id}" if lost else None)


def check_slash(base: str, service: Service, body: bytes, caller: Caller) -> Iterator[Finding]:
    """A service's URL with a slash at its end: answered or unknown, but not redirected."""
    answer = post(caller, url_of(base, service.id) + "/", body)
    if isinstance(answer, Reply):
        moved = f"answered {answer.status}" if 300 <= answer.status < 400 else None
        yield judge("D1/slash", f"POST {PATH}/{service.id}/", moved)


def check_unknown(base: str, body: bytes, caller: Caller) -> Iterator[Finding]:
    """The id of no service."""
    place = f"POST {PATH}/{NOBODY}"
    answer = post(caller, url_of(base, NOBODY), body)
    yield from check_refused(answer, "Q12/unknown", place)
    if isinstance(answer, Reply) and 400 <= answer.status < 500:
        yield judge("Q12/unknown", place, None if answer.status == 404 else f"answered {answer.status}")


def check_methods(base: str, service: Service, caller: Caller) -> Iterator[Finding]:
    """Methods that a URL does not have."""
    for method, path in (("POST", PATH), ("GET", f"{PATH}/{service.id}"), ("DELETE", f"{PATH}/{service.id}")):
        place = f"{method} {path}"
        answer = caller.call(method, base + quote(path))
        yield from check_refused(answer, "E7/method", place)
        if isinstance(answer, Reply) and 400 <= answer.status < 500:
            yield judge("E7/method", place, None if answer.status == 405 else f"answered {answer.status}, not 405")


def check_large(base: str, service: Service, body: Body, caller: Caller) -> Iterator[Finding]:
    """A body over what most services read."""
    padding = {"org.example.conformance": "x" * LARGE_BYTES}
    place = f"POST {PATH}/{service.id}, {LARGE_BYTES >> 20} MB"
    answer = post(caller, url_of(base, service.id), json.dumps({**body, "extension": padding}).encode())
    if isinstance(answer, Silence):
        yield judge("E7/large", place, answer.why)
        return
    yield judge("E7/large", place, None if answer.status in (200, 412, 413) else f"answered {answer.status}")
    yield from check_survived(answer, "Q12/5xx", place)
