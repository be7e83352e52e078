"""What came of asking a FHIR server for a prefetch key, and how it ended."""

from dataclasses import dataclass
from enum import StrEnum

from cds_service.fhir.shapes import Parts


class Ended(StrEnum):
    """How the fetching of one key ended: whole, or why not. One word each, for logs and metrics."""

    WHOLE = "whole"
    # What the server said.
    NOT_ALLOWED = "not-allowed"  # 401, 403: the token does not reach so far
    NOT_FOUND = "not-found"  # 404, 410
    THROTTLED = "throttled"  # 429
    REJECTED = "rejected"  # any other 4xx
    SERVER_ERROR = "server-error"  # 5xx
    REDIRECTED = "redirected"  # 3xx: never followed
    FAILED = "failed"  # an OperationOutcome in place of the data
    NOT_FHIR = "not-fhir"  # not JSON, or not what was asked for
    ELSEWHERE = "elsewhere"  # the next page is on another server, or one that was read already
    # What did not come (`egress.Failure`).
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"
    BROKEN = "broken"
    TOO_LARGE = "too-large"
    # What was not asked for, or not on to its end.
    TOO_MANY_PAGES = "too-many-pages"
    BUSY = "busy"  # as many requests as may wait for this server do so already
    RESTING = "resting"  # the server has kept not answering, and is left alone for a while
    UNASKABLE = "unaskable"  # the patient's id cannot stand in a URL
    # Whom nobody was asked: of a smaller EHR, and no failure of what was to be fetched.
    NOT_LISTED = "not-listed"  # the request names a server that is none of those listed
    NO_TOKEN = "no-token"  # the server is listed, and the request brought no token for it


UNANSWERED = frozenset({Ended.TIMEOUT, Ended.UNREACHABLE, Ended.FORBIDDEN, Ended.BROKEN})
"""Endings in which the server gave no answer at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one key gave, page by page. `calls`: HTTP requests made for it; `seconds`: how long it took."""

    ended: Ended
    pages: tuple[Parts, ...] = ()
    calls: int = 0
    seconds: float = 0.0
