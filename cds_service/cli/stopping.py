"""How the processes of the server end: at a signal, whenever it comes, and never without one another."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

logger = logging.getLogger(__name__)

STOP_SECONDS = 10
"""How long a server process may take to finish what it does; then it is killed."""

STOPPING = "stopping"
"""The file, among those the processes share, that says that the main process was told to stop."""

LOOK_SECONDS = 0.5
"""How often a server process looks whether it is to end."""

STARTING_SECONDS = 1.5
"""How long, from when its application is made, a server process may not have heard a signal: some milliseconds, and up
to `LOOK_SECONDS` until it looks."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


# --- the main process -------------------------------------------------------------------------------------------------
@contextmanager
def while_starting() -> Iterator[None]:
    """SIGTERM ends the start, as it later ends the server: the first process of a container would ignore it else."""
    former = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def tell(stopping: Path) -> None:
    """Has the main process write down that it was told to stop, before the server passes the signal on.

    To be called when the server listens to signals. A server process hears of one only once it serves; see `Watch`.
    """
    for number in _SIGNALS:
        stop = signal.getsignal(number)
        assert callable(stop)  # the server's own, by now
        signal.signal(number, partial(_tell, stopping, stop))


def _tell(stopping: Path, stop: Callable[[int, FrameType | None], Any], number: int, frame: FrameType | None) -> None:
    with suppress(OSError):  # a full disk: the signal alone has to do
        stopping.touch()
    stop(number, frame)


def later(seconds: int, draining: Path) -> None:
    """Has SIGTERM stop the server later than it comes: until then its processes say that they are going to end.

    A connection that is made just as the server stops would be closed without an answer, and a request over a proxy's
    buffer is not sent again.
    """
    stop = signal.getsignal(signal.SIGTERM)
    assert callable(stop)  # the server's own, by now

    def told(number: int, frame: FrameType | None) -> None:
        if draining.exists():  # told twice: at once
            stop(number, frame)
            return
        draining.touch()
        timer = threading.Timer(seconds, stop, (number, frame))
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, told)


# --- each server process ----------------------------------------------------------------------------------------------
def end_at_once() -> None:
    """Has a server process end at a signal from its first moment on.

    The server listens to signals only once the application is made. Until then one would be taken by the handler that
    is left over from the main process, and be lost.
    """
    for number in _SIGNALS:
        signal.signal(number, _end_before_answering)


def _end_before_answering(number: int, frame: FrameType | None) -> None:
    """Ends a server process that has answered nobody yet, and so has nothing to write."""
    os._exit(0)


class Watch:
    """Has this process end as a stop does where its parent ended without telling it, or told it and was not heard.

    A parent that was killed would leave it answering, with the port taken and nobody to replace or stop it. A signal
    that comes in the moment between the server's listening to it and its acting on it is lost, and so is one between
    fork and `end_at_once`: the process would answer on until it is killed, and lose what it has not written. Only one
    that is just starting is told again, and once: one that heard the first signal, and is told over and over, is killed
    with the answers that are on their way.
    """

    def __init__(self, parent: int, stopping: Path) -> None:
        self._parent = parent
        self._stopping = stopping
        self._made: float | None = None
        threading.Thread(target=self._look, name="parent-watch", daemon=True).start()

    def made(self) -> None:
        """The application is made, and is handed to the server now."""
        self._made = time.monotonic()

    def _is_starting(self) -> bool:
        return self._made is None or time.monotonic() - self._made < STARTING_SECONDS

    def _look(self) -> None:
        told = False
        while os.getppid() == self._parent:
            if not told and self._stopping.exists():
                told = True
                if self._is_starting():
                    os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(LOOK_SECONDS)
        logger.error("the main process is gone: this server process ends, too")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)
