"""What can go wrong on the way out."""

from enum import StrEnum


class Failure(StrEnum):
    """Why no whole answer came."""

    FORBIDDEN = "forbidden"  # the name leads to addresses that may not be called
    UNREACHABLE = "unreachable"  # no such name, no connection, or a certificate that is not trusted
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    BROKEN = "broken"  # not HTTP, or ended before its end


class EgressError(Exception):
    """Raised when no whole answer came; says why, and nothing of what was asked or of what came."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.value)
