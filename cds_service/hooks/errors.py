"""What can go wrong with a CDS Hooks call, and the OperationOutcome a client gets for it. No patient text, ever.

    HookError
    ├── BadRequest           400  the body breaks a rule of JSON or CDS Hooks
    ├── Unauthorized         401  nobody we know, or we cannot tell; the answer says no more
    ├── Forbidden            403  somebody we know, who may not call this service
    ├── UnknownService       404  no service has this id
    ├── NothingHere          404  no page or service has this address
    ├── MethodNotAllowed     405
    ├── PreconditionFailed   412  what every answer needs was neither prefetched nor retrievable
    ├── TooLarge             413
    ├── Compressed           415  a body that would have to be unpacked first
    ├── ResponseRefused      500  our own answer breaks a rule of CDS Hooks
    ├── ServiceFailed        500  anything else; the cause is in the log, not in the answer
    ├── NotStored            503  feedback that cannot be kept now
    └── Unavailable          503  something we cannot do without is away: the same may work later

Statuses: https://cds-hooks.hl7.org/2.0/#http-status-codes. Issue codes: http://hl7.org/fhir/issue-type.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

ROOT = "$"
"""The place of a fault in the body as a whole."""


class HookError(Exception):
    """Base of the faults of a call: where in the body, and what, in our own words."""

    def __init__(self, problem: str, *, places: Iterable[str] = ()) -> None:
        self.problem = problem
        self.places = tuple(places)
        super().__init__(f"{', '.join(self.places)}: {problem}" if self.places else problem)


class BadRequest(HookError):
    """The request cannot be read; `place` is the JSON path, "$" for the body as a whole."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(problem, places=(place,))
        self.place = place


class Unauthorized(HookError):
    """The call has no token that stands. Why not is in the log; the caller, who may be anybody, is not told."""

    def __init__(self) -> None:
        super().__init__("not authorized")


class Forbidden(HookError):
    """The caller is known, or is a web page of a known origin, and may not call this service. `client`: its name."""

    def __init__(self, client: str | None = None) -> None:
        self.client = client
        super().__init__("this service is not for this caller")


class UnknownService(HookError):
    """The URL names no service of ours."""

    def __init__(self) -> None:
        super().__init__("no such CDS service")


class NothingHere(HookError):
    """The URL is none of this service, or leads to a page that is switched off: `why`."""

    def __init__(self, why: str | None) -> None:
        super().__init__(why or "nothing is here")


class MethodNotAllowed(HookError):
    """The URL is ours, the method is not one of it."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = tuple(sorted(allowed))
        super().__init__(f"allowed here: {', '.join(self.allowed)}")


class PreconditionFailed(HookError):
    """Prefetch keys without which no answer can be given, and which could not be had; `why` they were not fetched."""

    def __init__(self, keys: Iterable[str], why: str = "") -> None:
        self.keys = tuple(keys)
        problem = "needed, and neither prefetched nor retrievable"
        super().__init__(f"{problem}: {why}" if why else problem, places=(f"prefetch.{key}" for key in self.keys))


class TooLarge(HookError):
    """The body is larger than this service reads."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is over the limit of {limit} bytes")


class Compressed(HookError):
    """The body is compressed: how large it is in truth cannot be known before."""

    def __init__(self) -> None:
        super().__init__("a compressed body is not read")


class ResponseRefused(HookError):
    """The output guard refuses our own answer; `rule` says which rule of CDS Hooks it breaks."""

    def __init__(self, place: str, rule: str) -> None:
        super().__init__(rule, places=(place,))
        self.place = place
        self.rule = rule


class NotStored(HookError):
    """Feedback cannot be kept now: it is not acknowledged, and may be sent again."""

    def __init__(self) -> None:
        super().__init__("the feedback could not be stored; send it again")


class ServiceFailed(HookError):
    """The service failed for a reason that the client need not know."""

    def __init__(self) -> None:
        super().__init__("the service failed, and nothing was assessed")


class Unavailable(HookError):
    """Something that the answer cannot do without is away."""

    def __init__(self) -> None:
        super().__init__("not available now, and nothing was assessed")


@dataclass(frozen=True, slots=True)
class Row:
    """How one kind of fault is told."""

    status: int
    severity: str
    code: str


OUTCOMES: dict[type[HookError], Row] = {
    BadRequest: Row(400, "error", "invalid"),
    Unauthorized: Row(401, "error", "login"),
    Forbidden: Row(403, "error", "forbidden"),
    UnknownService: Row(404, "error", "not-found"),
    NothingHere: Row(404, "error", "not-found"),
    MethodNotAllowed: Row(405, "error", "not-supported"),
    PreconditionFailed: Row(412, "error", "required"),
    TooLarge: Row(413, "error", "too-long"),
    Compressed: Row(415, "error", "not-supported"),
    ResponseRefused: Row(500, "fatal", "exception"),
    NotStored: Row(503, "error", "transient"),
    ServiceFailed: Row(500, "fatal", "exception"),
    Unavailable: Row(503, "error", "transient"),
    HookError: Row(500, "fatal", "exception"),
}
"""Every fault's row; one of another module takes that of its nearest base here."""


def status_of(error: HookError) -> int:
    """The HTTP status of a fault."""
    return _row(error).status


def operation_outcome(error: HookError) -> bytes:
    """The fault as a FHIR OperationOutcome (https://hl7.org/fhir/R4/operationoutcome.html), encoded."""
    row = _row(error)
    issue: dict[str, object] = {"severity": row.severity, "code": row.code, "details": {"text": str(error)}}
    if error.places:
        issue["expression"] = list(error.places)
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})


def _row(error: HookError) -> Row:
    return next(OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES)
