"""Which days a report is about, as somebody writes them: from a day to a day, both included, in UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cds_service.store.spans import Span

USUAL_DAYS = 30
"""How far back a report goes where nobody says."""


_YEARS = range(1970, 3000)


class PeriodError(ValueError):
    """Raised for days that cannot be understood, or in the wrong order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from `since` to `until`, both included."""

    since: date
    until: date

    def span(self, client: str | None) -> Span:
        """The same as moments."""
        return Span(since=_begin(self.since), until=_begin(self.until + timedelta(days=1)), client=client)

    def __str__(self) -> str:
        return f"{self.since} to {self.until} (UTC)"


def period(since: str | None, until: str | None, *, today: date) -> Period:
    """The days somebody asks for; to today, and as many back as is usual. Raises PeriodError."""
    last = _day("until", until) if until else today
    first = _day("since", since) if since else last - timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise PeriodError(f"since {first} is after until {last}")
    return Period(since=first, until=last)


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise PeriodError(f"{name}: expected a day such as 2026-11-20, not {text[:32]!r}")
    return day


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(tzinfo=UTC))
