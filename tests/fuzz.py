"""A fuzzer for what reads other people's bytes and words: the request decoder and the text reader.

    python -m tests.fuzz                              a minute of each
    python -m tests.fuzz --seconds 600 text           ten minutes of one

Coverage-guided: an input that takes a step from one line to another that none took before is made as short as it may
be and saved in `tests/corpora/`, one file each. What breaks a rule of `tests/support/oracles.py` is saved beside them
as `broken-…`, and the fuzzer ends with 1. `tests/test_corpora.py` replays every saved input.
"""

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.support.oracles import CORPORA, TARGETS, Target

Steps = frozenset[tuple[str, int, int]]
LONGEST = 4000
SHORTENING = 400
"""How often an input is tried shorter before it is saved."""


def steps_of(target: Target, data: bytes) -> Steps:
    """The steps from line to line that an input takes in the files of a target. Raises what the rules raise."""
    taken: set[tuple[str, int, int]] = set()

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            taken.add((frame.f_code.co_filename, lines.get(frame, 0), frame.f_lineno))
            lines[frame] = frame.f_lineno
        return local

    def called(frame: FrameType, event: str, argument: Any) -> Any:
        return local if frame.f_code.co_filename in target.files else None

    lines: dict[FrameType, int] = {}
    sys.settrace(called)
    try:
        target.check(data)
    finally:
        sys.settrace(None)
    return frozenset(taken)


# --- making inputs ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Maker:
    """Makes inputs of those that were found, by chance."""

    chance: random.Random
    words: Sequence[bytes]

    def changed(self, found: Sequence[bytes]) -> bytes:
        """One of the inputs found, changed in one to four places."""
        data = bytearray(self.chance.choice(found))
        for _ in range(self.chance.randint(1, 4)):
            self.chance.choice((self._cut, self._flip, self._put_word, self._repeat, self._splice))(data, found)
        return bytes(data[:LONGEST])

    def _at(self, data: bytearray) -> int:
        return self.chance.randrange(len(data) + 1)

    def _cut(self, data: bytearray, found: Sequence[bytes]) -> None:
        at = self._at(data)
        del data[at : at + self.chance.choice((1, 1, 4, 16, 64))]

    def _flip(self, data: bytearray, found: Sequence[bytes]) -> None:
        if data:
            data[self.chance.randrange(len(data))] = self.chance.randrange(256)

    def _put_word(self, data: bytearray, found: Sequence[bytes]) -> None:
        at = self._at(data)
        data[at:at] = self.chance.choice(self.words)

    def _repeat(self, data: bytearray, found: Sequence[bytes]) -> None:
        at = self._at(data)
        data[at:at] = data[at : at + self.chance.choice((1, 8, 40))] * self.chance.choice((1, 2, 5))

    def _splice(self, data: bytearray, found: Sequence[bytes]) -> None:
        other = self.chance.choice(found)
        data[self._at(data) :] = other[self.chance.randrange(len(other) + 1) :]


def shortened(data: bytes, keeps: Callable[[bytes], bool]) -> bytes:
    """The input without whatever it can do without."""
    left, size = SHORTENING, max(1, len(data) // 2)
    while size and left:
        at = 0
        while at < len(data) and left:
            tried = data[:at] + data[at + size :]
            left -= 1
            if keeps(tried):
                data = tried
            else:
                at += size
        size //= 2
    return data


# --- the loop ---------------------------------------------------------------------------------------------------------
def fuzz(target: Target, seconds: float, seed: int) -> int:
    """Fuzzes one target for so long; how many inputs broke a rule."""
    folder = CORPORA / target.name
    folder.mkdir(parents=True, exist_ok=True)
    saved = [path.read_bytes() for path in sorted(folder.iterdir())]
    found = [*saved, *target.seeds()]
    known: set[tuple[str, int, int]] = set().union(*(steps_of(target, each) for each in saved))
    maker, until = Maker(random.Random(seed), target.words()), time.monotonic() + seconds
    tried = new = broken = 0
    waiting = [each for each in found if each not in saved]
    while time.monotonic() < until:
        data = waiting.pop() if waiting else maker.changed(found)
        tried += 1
        try:
            fresh = steps_of(target, data) - known
        except Exception as error:
            broken += 1
            short = shortened(data, lambda each: _breaks(target, each))
            _save(folder, f"broken-{type(error).__name__}", short)
            print(f"{target.name}: {type(error).__name__}: {error}: {short[:200]!r}")
            continue
        if fresh:
            data = shortened(data, lambda each, fresh=fresh: fresh <= _steps(target, each))  # type: ignore[misc]
            known |= steps_of(target, data)
            found.append(data)
            _save(folder, "found", data)
            new += 1
    print(f"{target.name}: {tried} inputs tried, {len(known)} steps taken, {new} saved, {broken} broke a rule")
    return broken


def _steps(target: Target, data: bytes) -> Steps:
    try:
        return steps_of(target, data)
    except Exception:
        return frozenset()


def _breaks(target: Target, data: bytes) -> bool:
    try:
        target.check(data)
    except Exception:
        return True
    return False


def _save(folder: Path, kind: str, data: bytes) -> None:
    (folder / f"{kind}-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)


def main(arguments: Sequence[str]) -> int:
    """Runs the targets named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}; all if none")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args(arguments)
    broken = [fuzz(TARGETS[each](), options.seconds, options.seed) for each in options.targets or TARGETS]
    return int(any(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
