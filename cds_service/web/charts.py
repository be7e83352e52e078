"""The geometry of charts that are drawn on the server, as SVG without a script or a style of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 720
HEIGHT = 140
MOST_COLUMNS = 62
"""More days than this are drawn as weeks."""

_GAP = 0.25
_WIDEST = 40
_SHORTEST = 1.5
"""The height of a column that is not nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: where it stands, how wide it is, how high the whole and the part of it, and what it says."""

    x: float
    width: float
    whole: float
    part: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A chart of days or weeks, from the first to the last; `most` is the count at its top."""

    columns: tuple[Column, ...]
    most: int
    first: str
    last: str
    weekly: bool


def columns(days: Iterable[tuple[date, int, int]]) -> Columns | None:
    """A column for each day, also where nothing was, or for each week; of each count a part. None without any."""
    found = {day: (whole, part) for day, whole, part in days}
    if not found:
        return None
    first, last = min(found), max(found)
    weekly = (last - first).days >= MOST_COLUMNS
    step = timedelta(days=7 if weekly else 1)
    start = first - timedelta(days=first.weekday()) if weekly else first
    steps = [start + step * number for number in range((last - start) // step + 1)]
    counts = [_sum(found, each, step) for each in steps]
    most = max(whole for whole, _ in counts) or 1
    return Columns(
        columns=tuple(_column(number, steps, count, most, weekly) for number, count in enumerate(counts)),
        most=most,
        first=str(steps[0]),
        last=str(last),
        weekly=weekly,
    )


def _sum(found: dict[date, tuple[int, int]], start: date, step: timedelta) -> tuple[int, int]:
    within = [counts for day, counts in found.items() if start <= day < start + step]
    return sum(whole for whole, _ in within), sum(part for _, part in within)


def _column(number: int, steps: Sequence[date], count: tuple[int, int], most: int, weekly: bool) -> Column:
    room = WIDTH / len(steps)
    whole, part = count
    when = f"week of {steps[number]}" if weekly else str(steps[number])
    width = min(room * (1 - _GAP), _WIDEST)
    return Column(
        x=round(number * room + (room - width) / 2, 2),
        width=round(width, 2),
        whole=_height(whole, most),
        part=_height(part, most),
        label=f"{when}: {whole} assessments, {part} warnings",
    )


def _height(count: int, most: int) -> float:
    return round(max(HEIGHT * count / most, _SHORTEST), 2) if count else 0.0
