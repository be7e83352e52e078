"""Work on the database that somebody waits for, and for no longer than he can.

A database that hangs ends no statement of its own accord, and libpq knows no limit for an answer: so threads of their
own do the work, and whoever waits goes on without it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cds_service.store.engines import StoreAway

T = TypeVar("T")


class Waiting:
    """So many threads for one kind of work. While all of them hang, what is asked for is not done, at once or ever."""

    def __init__(self, threads: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """What the work gives or raises. Raises StoreAway where it takes longer (and may be done later)."""
        try:
            begun = self._threads.submit(work)
        except RuntimeError:  # this process is ending
            raise StoreAway("closed") from None
        try:
            return begun.result(seconds)
        except TimeoutError:
            begun.cancel()
            raise StoreAway("no answer in time") from None

    def later(self, work: Callable[[], object]) -> None:
        """Have something done that nobody waits for, and that raises nothing."""
        self._threads.submit(work)

    def close(self) -> None:
        """Waits for what is under way."""
        self._threads.shutdown()
