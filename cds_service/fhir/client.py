"""Fetches one prefetch key from a FHIR server, page by page (https://hl7.org/fhir/R4/http.html#search).

Whatever the server does, the outcome is a `Fetched`: what came, and how it ended.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import msgspec

from cds_service.egress.failures import EgressError, Failure
from cds_service.egress.outlet import Outlet, Reply
from cds_service.fhir.fetched import Ended, Fetched
from cds_service.fhir.shapes import Parts, take_apart
from cds_service.fhir.typed import type_of

_JSON_TYPES = {"application/fhir+json", "application/json", "application/json+fhir", "text/json"}

_STATUSES = {
    401: Ended.NOT_ALLOWED,
    403: Ended.NOT_ALLOWED,
    404: Ended.NOT_FOUND,
    410: Ended.NOT_FOUND,
    429: Ended.THROTTLED,
}
_CLASSES = {3: Ended.REDIRECTED, 4: Ended.REJECTED, 5: Ended.SERVER_ERROR}

_TRIES = 2
"""Calls for one page: a kept connection may have been closed meanwhile, and a server may ask for a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of one key is read."""

    max_bytes: int
    max_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question: what `url` gives of `kind`, "Bundle" or the type of a resource; `place` names it in faults.

    `before`: the first page, where it was prefetched and `url` is the second.
    """

    url: str
    kind: str
    place: str
    before: Parts | None = None


@dataclass(slots=True)
class KeyFetch:
    """The fetching of one key; runs in a thread of its own, and what has come can be taken at any time."""

    ask: Ask
    outlet: Outlet
    headers: Mapping[str, str] = field(repr=False)
    limits: Limits
    deadline: float
    _pages: list[Parts] = field(default_factory=list)
    _ended: Ended | None = None
    _calls: int = 0
    _began: float = field(default_factory=time.monotonic)
    _seconds: float | None = None

    def run(self) -> None:
        """Fetches until all is there, or no more can be had."""
        try:
            self._ended = self._read_on()
        except EgressError as error:
            self._ended = Ended(error.failure.value)
        finally:
            self._seconds = time.monotonic() - self._began

    def taken(self) -> Fetched:
        """What has come by now; one that still runs has run out of time."""
        before = () if self.ask.before is None else (self.ask.before,)
        return Fetched(
            ended=self._ended or Ended.TIMEOUT,
            pages=(*before, *self._pages),
            calls=self._calls,
            seconds=time.monotonic() - self._began if self._seconds is None else self._seconds,
        )

    def _read_on(self) -> Ended:
        url, seen, left = self.ask.url, {self.ask.url}, self.limits.max_bytes
        while len(self._pages) < self.limits.max_pages:
            reply = self._reply(url, left)
            left -= len(reply.body)
            page = _page(reply, self.ask)
            if isinstance(page, Ended):
                return page
            self._pages.append(page)
            if not page.more:
                return Ended.WHOLE
            # Relative to the page it stands on: not what FHIR says, yet seen.
            url = urljoin(url, page.next_page or "")
            if url in seen or self.outlet.base.target(url) is None:
                return Ended.ELSEWHERE
            seen.add(url)
        return Ended.TOO_MANY_PAGES

    def _reply(self, url: str, max_bytes: int) -> Reply:
        """The answer to a call, made again where that may help and there is time."""
        for tries_left in reversed(range(_TRIES)):
            self._calls += 1
            try:
                reply = self.outlet.get(url, headers=self.headers, deadline=self.deadline, max_bytes=max_bytes)
            except EgressError as error:
                if error.failure is Failure.BROKEN and tries_left:
                    continue
                raise
            pause = _pause(reply)
            if pause is None or not tries_left or time.monotonic() + pause >= self.deadline:
                break
            time.sleep(pause)
        return reply


def _pause(reply: Reply) -> int | None:
    """The seconds after which the server wants to be asked again; None where it does not."""
    wanted = reply.headers.get("retry-after", "")
    return int(wanted) if reply.status in (429, 503) and wanted.isascii() and wanted.isdigit() else None


def _page(reply: Reply, ask: Ask) -> Parts | Ended:
    """The page in an answer, or why there is none."""
    if reply.status != 200:
        return _STATUSES.get(reply.status) or _CLASSES.get(reply.status // 100, Ended.NOT_FHIR)
    media_type = reply.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    raw = msgspec.Raw(reply.body)
    found = type_of(raw) if media_type in _JSON_TYPES else None
    if found == "OperationOutcome":
        return Ended.FAILED
    parts = take_apart(raw, ask.place)
    # What cannot be taken apart is one thing that cannot be read.
    if found != ask.kind or (parts.single and parts.unreadable):
        return Ended.NOT_FHIR
    return parts
