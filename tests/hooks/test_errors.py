"""Every fault as the OperationOutcome that a client gets (cds-hooks.md E4-E7)."""

import json

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from cds_service.hooks import errors
from cds_service.hooks.errors import OUTCOMES, HookError, operation_outcome, status_of


@pytest.mark.parametrize(
    ("error", "status", "issue"),
    [
        (
            errors.BadRequest("context.patientId", "required"),
            400,
            {
                "severity": "error",
                "code": "invalid",
                "details": {"text": "context.patientId: required"},
                "expression": ["context.patientId"],
            },
        ),
        (
            errors.Forbidden(),
            403,
            {
                "severity": "error",
                "code": "forbidden",
                "details": {"text": "this service is not for this caller"},
            },
        ),
        (
            errors.UnknownService(),
            404,
            {"severity": "error", "code": "not-found", "details": {"text": "no such CDS service"}},
        ),
        (
            errors.MethodNotAllowed({"POST", "OPTIONS"}),
            405,
            {"severity": "error", "code": "not-supported", "details": {"text": "allowed here: OPTIONS, POST"}},
        ),
        (
            errors.PreconditionFailed(["patient", "conditions"]),
            412,
            {
                "severity": "error",
                "code": "required",
                "details": {
                    "text": "prefetch.patient, prefetch.conditions: needed, and neither prefetched nor retrievable"
                },
                "expression": ["prefetch.patient", "prefetch.conditions"],
            },
        ),
        (
            errors.TooLarge(10),
            413,
            {"severity": "error", "code": "too-long", "details": {"text": "the body is over the limit of 10 bytes"}},
        ),
        (
            errors.Compressed(),
            415,
            {
                "severity": "error",
                "code": "not-supported",
                "details": {"text": "a compressed body is not read"},
            },
        ),
        (
            errors.Unavailable(),
            503,
            {
                "severity": "error",
                "code": "transient",
                "details": {"text": "not available now, and nothing was assessed"},
            },
        ),
        (
            errors.ResponseRefused("cards[0].uuid", "must be a UUID"),
            500,
            {
                "severity": "fatal",
                "code": "exception",
                "details": {"text": "cards[0].uuid: must be a UUID"},
                "expression": ["cards[0].uuid"],
            },
        ),
        (
            errors.ServiceFailed(),
            500,
            {
                "severity": "fatal",
                "code": "exception",
                "details": {"text": "the service failed, and nothing was assessed"},
            },
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, HookError) else "",
)
def test_a_fault_becomes_its_outcome(error, status, issue):
    outcome = operation_outcome(error)
    assert status_of(error) == status
    assert json.loads(outcome) == {"resourceType": "OperationOutcome", "issue": [issue]}
    OperationOutcome.model_validate_json(outcome)


def test_every_fault_of_this_module_has_a_row():
    assert set(HookError.__subclasses__()) <= set(OUTCOMES)


def test_a_fault_of_another_module_takes_the_row_of_its_base():
    class Stale(errors.BadRequest):
        pass

    class Odd(HookError):
        pass

    assert (status_of(Stale("$", "x")), status_of(Odd("x"))) == (400, 500)
