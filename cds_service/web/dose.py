"""The radiation of the studies on a patient's record, and of the study ordered: as the card says it, and over time.

Sums and their words are those of `cards.radiation`. ACR's bands of an adult; a sum of bands is no measurement.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import render_template
from markupsafe import Markup

from cds_service.cards.radiation import on_record, radiates, recorded, span, summed
from cds_service.facts.model import PriorStudy
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure
from cds_service.web.dose_drawing import Drawing, Step, draw

_DAY, _MONTH = len("2026-05-30"), len("2026-05")
_MIDDLES = {_MONTH: "-15", len("2026"): "-07-01"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One study: `date` as recorded. `low`, `high`: the sum up to and with it, in mSv; None where it has no date."""

    study: Procedure
    date: str | None
    low: float | None
    high: float | None
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOverTime:
    """The studies on record by date, those without one first, then the one ordered.

    `said`: their number and sum, as the card says it; None where none gives radiation. `with_ordered`: the sum with the
    study ordered, None where it adds nothing or nothing is on record. `gaps`: what is not known, in
    sentences. `drawing`: None where there is nothing to draw over time.
    """

    rows: tuple[Row, ...]
    said: str | None
    with_ordered: str | None
    gaps: tuple[str, ...]
    drawing: Drawing | None


def dose_fragment(
    prior: Iterable[PriorStudy], *, ordered: str | None, knowledge: Knowledge, today: date, id: str = "dose"
) -> Markup:
    """The radiation of a record as HTML, for a page that links `dose.css`: sentence, drawing, table, what is not known.

    `prior`: the imaging on record, as in `Assessment.prior_imaging`. `ordered`: id of the study ordered, None where no
    study that we know is. `id`: what its element ids begin with, another for each on a page. Needs Flask's application
    context.
    """
    dose = dose_over_time(prior, ordered=ordered, knowledge=knowledge, today=today)
    return Markup(render_template("_dose_over_time.html", dose=dose, id=id))


def dose_over_time(
    prior: Iterable[PriorStudy], *, ordered: str | None, knowledge: Knowledge, today: date
) -> DoseOverTime:
    """The same as a value."""
    found = sorted(recorded(prior, knowledge), key=lambda each: _day(each[1].date) or date.min)
    before = [study for study, _ in found if radiates(study)]
    study = knowledge.procedures.get(ordered or "")
    rows = (*_rows(found), *([_ordered(study, before, today)] if study is not None else []))
    return DoseOverTime(
        rows=rows,
        said=on_record(before) if before else None,
        with_ordered=span([*before, study]) if before and study is not None and radiates(study) else None,
        gaps=tuple(_gaps([each for _, each in found])),
        drawing=_drawing(rows, today),
    )


def _rows(found: list[tuple[Procedure, PriorStudy]]) -> Iterator[Row]:
    done: list[Procedure] = []
    for study, each in found:
        done.append(study)
        dated = _day(each.date) is not None
        low, high = summed(done)
        yield Row(study=study, date=each.date, low=low if dated else None, high=high if dated else None)


def _ordered(study: Procedure, before: list[Procedure], today: date) -> Row:
    low, high = summed([*before, study])
    return Row(study=study, date=today.isoformat(), low=low, high=high, ordered=True)


def _gaps(found: list[PriorStudy]) -> Iterator[str]:
    undated = sum(_day(each.date) is None for each in found)
    vague = sum(_day(each.date) is not None and len(each.date or "") < _DAY for each in found)
    if undated:
        yield f"{_count(undated)} without a date: in the sum from the start, not at a point in time."
    if vague:
        yield f"{_count(vague)} without a day: drawn in the middle of the month or year recorded."
    yield "Studies done elsewhere, and studies that this service does not know, are not counted."
    yield "ACR's bands are of an adult and of a usual study; what this patient received is not known."


def _count(number: int) -> str:
    return "1 study is recorded" if number == 1 else f"{number} studies are recorded"


def _drawing(rows: tuple[Row, ...], today: date) -> Drawing | None:
    steps = [
        Step(on=on, low=row.low, high=row.high, ordered=row.ordered, label=str(number))
        for number, row in enumerate(rows, start=1)
        if row.low is not None and row.high is not None and radiates(row.study) and (on := _day(row.date)) is not None
    ]
    if not any(not step.ordered for step in steps):
        return None
    undated = [row.study for row in rows if row.low is None]
    title = "Sum of the radiation recorded over time"
    total = span([row.study for row in rows])
    description = f"From {steps[0].on.isoformat()} to {today.isoformat()}; in the end {total}."
    return draw(steps, start=summed(undated), until=today, title=title, description=description)


def _day(recorded_date: str | None) -> date | None:
    """A day for a date as recorded: of a month or a year, one in its middle."""
    if recorded_date is None:
        return None
    text = recorded_date[:_DAY]
    try:
        return date.fromisoformat(text + _MIDDLES.get(len(text), ""))
    except ValueError:
        return None
