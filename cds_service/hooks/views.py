"""The CDS Hooks endpoints over HTTP: parse, call one function, serialize. No rule lives here.

https://cds-hooks.hl7.org/2.0/#discovery, #calling-a-cds-service and #feedback
"""

import logging
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import BinaryIO
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.exceptions import MethodNotAllowed as WrongMethod

from cds_service.hooks.cors import NO_CORS, Cors
from cds_service.hooks.decode import decode_request
from cds_service.hooks.desk import Answer, Desk, Identify
from cds_service.hooks.errors import (
    ROOT,
    BadRequest,
    Compressed,
    Forbidden,
    HookError,
    MethodNotAllowed,
    ServiceFailed,
    TooLarge,
    Unauthorized,
    UnknownService,
    operation_outcome,
    status_of,
)
from cds_service.hooks.feedback import decode_feedback
from cds_service.hooks.guard import guarded_response
from cds_service.hooks.services import Service
from cds_service.metrics import CALL_SECONDS, CALLS, Meter

_log = logging.getLogger(__name__)

_JSON = "application/json"
_FHIR_JSON = "application/fhir+json"
_ROOT_PATH = "/cds-services"
_FRAMES = 6
_FEEDBACK = "feedback"
_UNKNOWN = "unknown"
_AWAY = 503
_RETRY_AFTER_SECONDS = 5
_CUT = "ended before its announced length"

# The specification lays down no body: an empty object breaks nobody who parses one.
_TAKEN = b"{}"


def make_blueprint(
    identify: Identify, *, cors: Cors = NO_CORS, max_body_bytes: int, meter: Meter | None = None
) -> Blueprint:
    """The routes of discovery, of each service and of its feedback; calls are counted in `meter`.

    `identify` is asked first on every call, before a body is read.
    """
    blueprint = Blueprint("cds_hooks", __name__)
    counts = meter or Meter()

    # strict_slashes=False: a CORS preflight does not survive the redirect that a trailing slash would cause.
    @blueprint.get(_ROOT_PATH, strict_slashes=False)
    def discover() -> Response:
        try:
            return Response(_desk(identify).discovered, mimetype=_JSON)
        except HookError as error:
            return _error(error)

    @blueprint.post(f"{_ROOT_PATH}/<service_id>", strict_slashes=False)
    def call(service_id: str) -> Response:
        def answered(desk: Desk) -> bytes:
            return _reply(_services(desk, service_id), read_body(max_body_bytes), desk.answer)

        return _counted(service_id, answered, identify, counts)

    @blueprint.post(f"{_ROOT_PATH}/<service_id>/{_FEEDBACK}", strict_slashes=False)
    def feedback(service_id: str) -> Response:
        def taken(desk: Desk) -> bytes:
            _services(desk, service_id)
            if desk.take_feedback is None:
                raise UnknownService
            desk.take_feedback(service_id, decode_feedback(read_body(max_body_bytes)))
            return _TAKEN

        return _counted(service_id, taken, identify, counts, f"/{_FEEDBACK}")

    @blueprint.route(f"{_ROOT_PATH}/<service_id>/<path:below>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(service_id: str, below: str) -> Response | WrongMethod:
        if below.rstrip("/") == _FEEDBACK:
            return _wrong_method(WrongMethod(["POST", "OPTIONS"]))
        return _error(UnknownService())

    @blueprint.before_request
    def refuse() -> Response | None:
        environ = request.environ
        refused = cors.refuses(environ["REQUEST_METHOD"], environ.get("HTTP_ORIGIN"))
        return _error(Forbidden()) if refused else None

    @blueprint.after_app_request
    def protect(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.path.startswith(_ROOT_PATH):
            response.headers["Cache-Control"] = "no-store"
            # werkzeug's own headers raise and catch an error for each that is not there.
            environ = request.environ
            for name, value in cors.headers(environ["REQUEST_METHOD"], partial(_header, environ)).items():
                response.headers[name] = value
        return response

    blueprint.app_errorhandler(WrongMethod)(_wrong_method)
    return blueprint


def _header(environ: WSGIEnvironment, name: str) -> str | None:
    """A header of the request, by its name."""
    value: str | None = environ.get(f"HTTP_{name.upper().replace('-', '_')}")
    return value


class _Answer(Response):
    """An answer to a POST, whole: Flask told its length when it was made."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers as they are; werkzeug would copy them, to complete them."""
        return self.headers


def _desk(identify: Identify) -> Desk:
    return identify(request.environ.get("HTTP_AUTHORIZATION"), request.path)


def _services(desk: Desk, service_id: str) -> tuple[Service, ...]:
    found = desk.services.get(service_id)
    if found is None:
        raise UnknownService
    return found


def _counted(
    service_id: str, work: Callable[[Desk], bytes], identify: Identify, counts: Meter, below: str = ""
) -> Response:
    """The answer that `work` makes at the caller's desk, or what went wrong; counted either way."""
    began, desk, client = perf_counter(), None, _UNKNOWN
    try:
        desk = _desk(identify)
        client = desk.client
        response: Response = _Answer(work(desk), content_type=_JSON)
    except HookError as error:
        if isinstance(error, Forbidden) and error.client is not None:
            client = error.client
        response = _error(error)
    except Exception as error:
        log_failure(error, f"the call of {request.endpoint}")
        response = _error(ServiceFailed())
    service = f"{service_id}{below}" if desk is not None and service_id in desk.services else _UNKNOWN
    counts.add(CALLS, service, client, str(response.status_code))
    counts.observe(CALL_SECONDS, service, seconds=perf_counter() - began)
    return response


def _reply(services: Sequence[Service], body: bytes, answer: Answer) -> bytes:
    """The bytes of the answer. Raises HookError; any other failure is logged, and told without its cause."""
    hook_request = decode_request(body, services=services)
    service = next(each for each in services if each.hook == hook_request.hook)
    try:
        return guarded_response(answer(service, hook_request), hook_request)
    except HookError as error:
        if status_of(error) >= 500:
            log_failure(error, f"hookInstance {hook_request.hook_instance[:64]!r}")
        raise
    except Exception as error:
        log_failure(error, f"hookInstance {hook_request.hook_instance[:64]!r}")
        raise ServiceFailed from None


def read_body(limit: int) -> bytes:
    """The body of the request at hand. Raises TooLarge above `limit` bytes, Compressed, BadRequest if it broke off."""
    environ = request.environ
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise Compressed
    announced = environ.get("CONTENT_LENGTH", "")
    if announced.isdecimal() and "HTTP_TRANSFER_ENCODING" not in environ:
        return _announced_body(environ["wsgi.input"], int(announced), limit)
    # Of a body that comes in chunks, without its length, werkzeug reads as much as it may and is silent about the rest.
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(limit) from None
    except ClientDisconnected:
        raise BadRequest(ROOT, _CUT) from None
    if len(body) > limit:
        raise TooLarge(limit)
    return body


def _announced_body(stream: BinaryIO, length: int, limit: int) -> bytes:
    """As werkzeug reads it, and in a third of the time."""
    if length > limit:
        raise TooLarge(limit)
    pieces: list[bytes] = []
    missing = length
    try:
        while missing and (piece := stream.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
    except (OSError, ValueError):  # the client is gone
        raise BadRequest(ROOT, _CUT) from None
    if missing:
        raise BadRequest(ROOT, _CUT)
    return b"".join(pieces)


def log_failure(error: Exception, what: str) -> None:
    """Logs the call and the line of code. Never the message of an exception: it may quote the record."""
    frames = traceback.extract_tb(error.__traceback__, limit=-_FRAMES)
    where = " < ".join(f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}" for frame in reversed(frames))
    kind = f"{type(error).__name__} {error}" if isinstance(error, HookError) else type(error).__name__
    _log.error("%s failed: %s at %s", what, kind, where)


def _error(error: HookError) -> Response:
    if isinstance(error, Unauthorized):
        response = Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        del response.headers["Content-Type"]
        return response
    response = Response(operation_outcome(error), status=status_of(error), mimetype=_FHIR_JSON)
    if response.status_code == _AWAY:
        response.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return response


def _wrong_method(error: WrongMethod) -> Response | WrongMethod:
    if _ROOT_PATH not in request.path:
        return error
    refusal = MethodNotAllowed(error.valid_methods or ())
    response = _error(refusal)
    response.headers["Allow"] = ", ".join(refusal.allowed)
    return response
