"""Work on the database that somebody waits for, and for no longer than he can.

A database that hangs ends no statement of its own accord, and libpq knows no limit for an answer: so threads of their
own do the work, and whoever waits goes on without it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from cds_service.store.engines import StoreAway

T = TypeVar("T")


class Waiting:
    """So many threads for one kind of work. While all of them hang, what is asked for is not done.

    The threads keep no process from ending, unlike those of `concurrent.futures`, which also take no more work as soon
    as it ends: rows that wait are written then.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._closed = False
        self._threads = [threading.Thread(target=self._run, name=name, daemon=True) for _ in range(threads)]
        for each in self._threads:
            each.start()

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """What the work gives or raises. Raises StoreAway where it takes longer (and may be done later)."""
        begun = self._begin(work)
        try:
            return begun.result(seconds)
        except TimeoutError:
            begun.cancel()
            raise StoreAway("no answer in time") from None

    def later(self, work: Callable[[], object]) -> None:
        """Have something done that nobody waits for, and that raises nothing."""
        self._begin(work)

    def close(self) -> None:
        """Waits for what is under way. A second call does nothing."""
        self._closed = True
        for _ in self._threads:
            self._tasks.put(None)
        for each in self._threads:
            each.join()

    def _begin(self, work: Callable[[], T]) -> "Future[T]":
        if self._closed:
            raise StoreAway("closed")
        begun: Future[T] = Future()
        self._tasks.put((begun, work))
        return begun

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            begun, work = task
            if not begun.set_running_or_notify_cancel():
                continue
            try:
                begun.set_result(work())
            except Exception as error:
                begun.set_exception(error)
