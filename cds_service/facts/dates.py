"""FHIR dates of any precision as intervals of days (https://hl7.org/fhir/R4/datatypes.html#dateTime)."""

import re
from calendar import monthrange
from datetime import date

from cds_service.fhir.resources import Period
from cds_service.value import Value


class When(Value, frozen=True):
    """A date as recorded: the first and last day it can mean, and its own ISO spelling ("2026-05")."""

    earliest: date
    latest: date
    text: str

    def days_before(self, other: date) -> tuple[int, int]:
        """The fewest and the most days from this to another day."""
        return (other - self.latest).days, (other - self.earliest).days

    def surely_before(self, other: "When") -> bool:
        """Whether every day it can mean lies before every day of the other."""
        return self.latest < other.earliest

    def surely_within(self, days: int, of: date) -> bool:
        """Whether it lies at most so many days before a day, whatever it means; a day after counts as within."""
        return self.days_before(of)[1] <= days

    def surely_older(self, days: int, of: date) -> bool:
        """Whether it lies at least so many days before a day, whatever it means."""
        return self.days_before(of)[0] >= days


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?\Z")


def when(*texts: str | None) -> When | None:
    """The first of these that is a FHIR date or dateTime, else None. A date that no calendar has is no date."""
    for text in texts:
        if not text:
            continue
        on = _whole_day(text)
        if on is not None:
            return on
        found = _DATE.match(text)
        if found is None:
            continue
        year, month, day = (int(part) if part else None for part in found.groups())
        spelled = "-".join(part for part in found.groups() if part)
        try:
            return _interval(year or 0, month, day, spelled)
        except ValueError:
            continue
    return None


def start_of(period: Period | None) -> str | None:
    """The start of a period, for `when`."""
    return period.start if period is not None else None


def end_of(period: Period | None) -> str | None:
    """The end of a period, for `when`."""
    return period.end if period is not None else None


def _whole_day(text: str) -> When | None:
    """A date with its day, as nearly all are; what is written otherwise, or is none, takes the long way."""
    if text[7:8] != "-" or not (len(text) == 10 or (text[10:11] == "T" and "\n" not in text)):
        return None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return When(day, day, text[:10])


def _interval(year: int, month: int | None, day: int | None, text: str) -> When:
    if month is None:
        return When(date(year, 1, 1), date(year, 12, 31), text)
    if day is None:
        return When(date(year, month, 1), date(year, month, monthrange(year, month)[1]), text)
    return When(date(year, month, day), date(year, month, day), text)


def years_between(born: date, day: date) -> int:
    """Completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
