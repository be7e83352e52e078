"""What an OperationOutcome among the data says about the data (https://hl7.org/fhir/R4/operationoutcome.html)."""

import msgspec

from cds_service.fhir.faults import FAULTS
from cds_service.fhir.resources import Element

_HARMLESS_SEVERITIES = {"information", "warning"}

# Issue types (http://hl7.org/fhir/issue-type) that say that something was, or may have been, left out: a failure for
# us at any severity. "No results" comes as not-found, processing or informational.
_LEFT_OUT = {
    "expired",
    "forbidden",
    "incomplete",
    "lock-error",
    "login",
    "security",
    "suppressed",
    "throttled",
    "timeout",
    "too-costly",
    "transient",
}


class _Issue(Element, frozen=True):
    severity: str | None = None
    code: str | None = None


class _Outcome(Element, frozen=True):
    issue: tuple[_Issue, ...] = ()


_DECODER = msgspec.json.Decoder(_Outcome)


def tells_failure(raw: msgspec.Raw) -> bool:
    """Whether the outcome reports a failure, or that data were left out; one that says nothing readable does."""
    try:
        issues = _DECODER.decode(raw).issue
    except FAULTS:
        return True
    return not issues or any(issue.severity not in _HARMLESS_SEVERITIES or issue.code in _LEFT_OUT for issue in issues)
