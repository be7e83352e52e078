"""Calls to the service under test: each ends in time, whatever the other side does. No redirect is followed."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import requests
import urllib3

from cds_service.conformance.tokens import Credentials

LARGEST_ANSWER = 10 << 20
PATIENCE = 3
"""Calls in a row that one URL may leave unanswered before it is not called any more."""

_GRACE = 0.5
"""Seconds beyond the timeout in which the calling thread may tell of it in its own words."""

_FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)
"""What requests raises, with the few of urllib3 and of header decoding that leak through it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came back, or not in time; `gave_up`: the call was not made, as former ones were in vain."""

    why: str
    gave_up: bool = False


Answer = Reply | Silence


def read_json(answer: Answer) -> tuple[Any, str | None]:
    """The JSON of a 200, or what is wrong: nothing came, another status, no JSON."""
    if isinstance(answer, Silence):
        return None, answer.why
    if answer.status != 200:
        return None, f"answered {answer.status}"
    try:
        return json.loads(answer.body, parse_constant=_refuse), None
    except (ValueError, RecursionError):
        return None, f"answered 200 with what is not JSON: {answer.text[:40]!r}"


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is Python's, not JSON")


def wrong_type(reply: Reply, *types: str) -> str | None:
    """What is wrong with the Content-Type, if anything."""
    given = reply.headers.get("Content-Type", "")
    return None if given.partition(";")[0].strip().lower() in types else f"Content-Type is {given or 'missing'}"


def no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from adding a password of the user's .netrc, which it does where no auth is given."""
    return request


@dataclass(slots=True)
class Caller:
    """Makes the calls. `timeout`: seconds for a whole call. `credentials`: what goes into Authorization."""

    timeout: float
    credentials: Credentials = field(default_factory=Credentials)
    tell: Callable[[str], None] = lambda _: None
    _vain: dict[str, int] = field(default_factory=dict)

    def call(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        authorization: str | None = None,
    ) -> Answer:
        """One call. `authorization`: in place of what the credentials give; empty for none."""
        if self._vain.get(url, 0) >= PATIENCE:
            return Silence(f"not called: {PATIENCE} calls before were left without an answer", gave_up=True)
        self.tell(f"{method} {url}")
        sent = {"Accept": "application/json", **(headers or {})}
        token = self.credentials.authorization(url) if authorization is None else authorization
        if token:
            sent["Authorization"] = token
        answer = _bounded(lambda: _exchange(method, url, body, sent, self.timeout), self.timeout)
        self._vain[url] = self._vain.get(url, 0) + 1 if isinstance(answer, Silence) else 0
        return answer


def _bounded(work: Callable[[], Answer], seconds: float) -> Answer:
    """The timeouts of requests are per read: a service that drips one byte at a time would keep us for ever."""
    box: SimpleQueue[Answer] = SimpleQueue()
    Thread(target=lambda: box.put(work()), daemon=True).start()
    try:
        return box.get(timeout=seconds + _GRACE)
    except Empty:
        return _late(seconds)


def _exchange(method: str, url: str, body: bytes | None, headers: dict[str, str], timeout: float) -> Answer:
    began = time.perf_counter()
    try:
        # A session of its own: no cookie of one call may change another, and a call given up disturbs none.
        with (
            requests.Session() as session,
            session.request(
                method,
                url,
                data=body,
                headers=headers,
                auth=no_auth,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            return _read(response, began, timeout)
    except requests.Timeout:
        return _late(timeout)
    except _FAILURES as error:
        return Silence(_in_words(error))


def _read(response: requests.Response, began: float, timeout: float) -> Answer:
    body = bytearray()
    for chunk in response.iter_content(1 << 16):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            return Silence(f"the answer is over {LARGEST_ANSWER >> 20} MB")
        if time.perf_counter() - began > timeout:
            return _late(timeout)
    return Reply(
        status=response.status_code,
        headers=response.headers,
        body=bytes(body),
        seconds=time.perf_counter() - began,
    )


def _late(seconds: float) -> Silence:
    return Silence(f"no whole answer within {seconds:g} s")


def _in_words(error: Exception) -> str:
    """What happened, without the addresses of Python objects that urllib3 puts into its messages."""
    reason: Any = error
    while isinstance(getattr(reason, "args", None), tuple) and reason.args and isinstance(reason.args[0], Exception):
        reason = reason.args[0]
    reason = getattr(reason, "reason", reason)
    text = " ".join(str(reason).split("> ")[-1].split()) or type(reason).__name__
    return f"no answer: {text[:200]}"
