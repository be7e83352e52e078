"""What keeps the start short."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection: modules and knowledge live as long as the process, and looking through them again and
    again while they are made is a fifth of the start (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def keep_for_good() -> None:
    """Takes all that is there out of garbage collection: what forked processes share stays shared longer."""
    gc.collect()
    gc.freeze()
