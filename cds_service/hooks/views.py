"""The CDS Hooks endpoints over HTTP: parse, call one function, serialize. No rule lives here.

https://cds-hooks.hl7.org/2.0/#discovery and #calling-a-cds-service
"""

import logging
import traceback
from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.exceptions import MethodNotAllowed as WrongMethod

from cds_service.hooks.decode import decode_request
from cds_service.hooks.desk import Answer, Desk, Identify
from cds_service.hooks.errors import (
    ROOT,
    BadRequest,
    HookError,
    MethodNotAllowed,
    ServiceFailed,
    TooLarge,
    UnknownService,
    operation_outcome,
    status_of,
)
from cds_service.hooks.guard import guarded_response
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import Service

_log = logging.getLogger(__name__)

_JSON = "application/json"
_FHIR_JSON = "application/fhir+json"
_ROOT_PATH = "/cds-services"
_FRAMES = 6


def make_blueprint(identify: Identify, *, max_body_bytes: int) -> Blueprint:
    """The routes of discovery and of each service. `identify` is asked first on every call, before a body is read."""
    blueprint = Blueprint("cds_hooks", __name__)

    # strict_slashes=False: a CORS preflight does not survive the redirect that a trailing slash would cause.
    @blueprint.get(_ROOT_PATH, strict_slashes=False)
    def discover() -> Response:
        try:
            return Response(_desk(identify).discovered, mimetype=_JSON)
        except HookError as error:
            return _error(error)

    @blueprint.post(f"{_ROOT_PATH}/<service_id>", strict_slashes=False)
    def call(service_id: str) -> Response:
        try:
            desk = _desk(identify)
            services = desk.services.get(service_id)
            if services is None:
                raise UnknownService
            return Response(_reply(services, _body(max_body_bytes), desk.answer), mimetype=_JSON)
        except HookError as error:
            return _error(error)

    @blueprint.route(f"{_ROOT_PATH}/<service_id>/<path:below>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(service_id: str, below: str) -> Response:
        return _error(UnknownService())

    blueprint.app_errorhandler(WrongMethod)(_wrong_method)
    return blueprint


def _desk(identify: Identify) -> Desk:
    return identify(request.headers.get("Authorization"), request.path)


def _reply(services: Sequence[Service], body: bytes, answer: Answer) -> bytes:
    """The bytes of the answer. Raises HookError; any other failure is logged, and told without its cause."""
    hook_request = decode_request(body, services=services)
    service = next(each for each in services if each.hook == hook_request.hook)
    try:
        return guarded_response(answer(service, hook_request), hook_request)
    except HookError as error:
        if status_of(error) >= 500:
            _log_failure(error, hook_request)
        raise
    except Exception as error:
        _log_failure(error, hook_request)
        raise ServiceFailed from None


def _body(limit: int) -> bytes:
    request.max_content_length = limit
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(limit) from None
    except ClientDisconnected:
        raise BadRequest(ROOT, "ended before its announced length") from None


def _log_failure(error: Exception, hook_request: HookRequest) -> None:
    """Names the call and the line of code. Never the message of an exception: it may quote the record."""
    frames = traceback.extract_tb(error.__traceback__, limit=-_FRAMES)
    where = " < ".join(f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}" for frame in reversed(frames))
    what = f"{type(error).__name__} {error}" if isinstance(error, HookError) else type(error).__name__
    _log.error("hookInstance %.64r failed: %s at %s", hook_request.hook_instance, what, where)


def _error(error: HookError) -> Response:
    return Response(operation_outcome(error), status=status_of(error), mimetype=_FHIR_JSON)


def _wrong_method(error: WrongMethod) -> Response | WrongMethod:
    if _ROOT_PATH not in request.path:
        return error
    refusal = MethodNotAllowed(error.valid_methods or ())
    response = _error(refusal)
    response.headers["Allow"] = ", ".join(refusal.allowed)
    return response
