"""Drawings of dose as SVG, worked out on the server: what belongs where, in the units of the drawing's own box.

Colours are the stylesheet's, by class, and positions presentation attributes: the policy allows no inline style.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.cards.radiation import Band, rounded

WIDTH, HEIGHT = 460, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 28, 30
_MOST_TICKS = 5
_STEPS = {1: 0.2, 1.2: 0.3, 1.5: 0.5, 2: 0.5, 2.5: 0.5, 3: 1, 4: 1, 5: 1, 6: 2, 8: 2, 10: 2}
"""Round ends of a scale, and the distance of their marks."""
_NEARLY = 1 - 1e-9
_NUMBER = 17  # the room that a number takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A study with radiation: from its day on, the sum is `low` to `high` mSv. `label`: its number in the table."""

    on: date
    low: float
    high: float
    label: str
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis: where, and what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A study in the drawing: a line from `top` to `bottom`, its number at `label_at`."""

    x: float
    top: float
    bottom: float
    label: str
    label_at: float
    ordered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """`area`: the sum of the studies recorded, lowest to highest, as points of a polygon. The rest are its margins."""

    title: str
    description: str
    area: str
    marks: tuple[Mark, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    bottom: int = BOTTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A sum as a bar: solid up to `low`, lighter up to `high`; both as widths of the drawing's box."""

    low: float
    high: float


def draw(steps: Sequence[Step], *, start: Band, until: date, title: str, description: str) -> Drawing:
    """The steps over time, in their order; `start` is what the sum begins with. At least one step."""
    first, until = min(step.on for step in steps), max(until, *(step.on for step in steps))
    days = max((until - first).days, 30)
    begin = first - timedelta(days=max(days // 20, 5))
    across = (until - begin).days
    top = ceiling(max(step.high for step in steps))

    def x(on: date) -> float:
        share = min(max((on - begin).days / across, 0), 1)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(dose: float) -> float:
        return round(HEIGHT - BOTTOM - dose / top * (HEIGHT - TOP - BOTTOM), 1)

    done = [step for step in steps if not step.ordered]
    return Drawing(
        title=title,
        description=description,
        area=_area(
            [(x(step.on), y(step.low), y(step.high)) for step in done], x(begin), x(until), y(start[0]), y(start[1])
        ),
        marks=_marks([(step, x(step.on), y(step.high), y(step.low)) for step in steps]),
        x_ticks=tuple(Tick(at=x(on), label=label) for on, label in _dates(begin, until)),
        y_ticks=tuple(Tick(at=y(dose), label=rounded(dose)) for dose in scale(top)),
    )


def bars(bands: Sequence[Band], *, width: float) -> tuple[tuple[Bar, ...], tuple[Tick, ...]]:
    """Sums as bars on one scale, and the marks of that scale."""
    top = ceiling(max((high for _, high in bands), default=0.0))
    drawn = tuple(Bar(low=round(low / top * width, 1), high=round(high / top * width, 1)) for low, high in bands)
    return drawn, tuple(Tick(at=round(dose / top * width, 1), label=rounded(dose)) for dose in scale(top))


def ceiling(dose: float) -> float:
    """A round number not below a dose, for the end of a scale."""
    if dose <= 0:
        return 1.0
    unit = 10 ** math.floor(math.log10(dose))
    return next(float(factor * unit) for factor in _STEPS if factor * unit >= dose * _NEARLY)


def scale(top: float) -> list[float]:
    """Round numbers from nothing to the end of a scale, which `ceiling` gave."""
    unit = 10 ** math.floor(math.log10(top) + 1e-9)
    each = unit * _STEPS[round(top / unit, 6)]
    return [each * index for index in range(round(top / each) + 1)]


def _marks(placed: list[tuple[Step, float, float, float]]) -> tuple[Mark, ...]:
    """The marks, each number above those it would cover."""
    marks: list[Mark] = []
    for step, x, top, bottom in placed:
        at = top
        for other in sorted(marks, key=lambda each: -each.label_at):
            if abs(other.x - x) < _NUMBER and abs(other.label_at - at) < _NUMBER:
                at = other.label_at - _NUMBER
        marks.append(Mark(x=x, top=top, bottom=bottom, label=step.label, label_at=round(at, 1), ordered=step.ordered))
    return tuple(marks)


def _area(steps: list[tuple[float, float, float]], begin: float, end: float, low: float, high: float) -> str:
    """The points of a stair with thickness: its upper edge from left to right, its lower edge back."""
    upper, lower = [(begin, high)], [(begin, low)]
    for at, to_low, to_high in steps:
        upper += [(at, upper[-1][1]), (at, to_high)]
        lower += [(at, lower[-1][1]), (at, to_low)]
    upper.append((end, upper[-1][1]))
    lower.append((end, lower[-1][1]))
    return " ".join(f"{x:g},{y:g}" for x, y in (*upper, *reversed(lower)))


def _dates(begin: date, until: date) -> list[tuple[date, str]]:
    """Marks of the time axis: years, or months where it spans few."""
    years = [date(year, 1, 1) for year in range(begin.year + 1, until.year + 1)]
    if len(years) >= 3:
        every = math.ceil(len(years) / _MOST_TICKS)
        return [(on, f"{on:%Y}") for on in years[::-1][::every][::-1]]
    months = [
        date(year, month, 1)
        for year in range(begin.year, until.year + 1)
        for month in range(1, 13)
        if begin <= date(year, month, 1) <= until
    ]
    every = max(1, math.ceil(len(months) / _MOST_TICKS))
    return [(on, f"{on:%b %Y}") for on in months[::-1][::every][::-1]]
