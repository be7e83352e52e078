"""The report for the clinical lead: `/report`, and the same figures as CSV and JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, render_template, request

from cds_service.knowledge.model import Knowledge
from cds_service.store.consultations import kept_id
from cds_service.store.engines import StoreAway
from cds_service.store.report import Report
from cds_service.store.store import Store
from cds_service.web.charts import Columns, columns
from cds_service.web.periods import Period, PeriodError, period
from cds_service.web.report_files import report_csv, report_json
from cds_service.web.report_words import figures, sections


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What somebody wants to see; `trouble`: why it cannot be shown, with its HTTP status."""

    period: Period
    client: str | None
    report: Report | None = None
    trouble: str = ""
    status: int = 200


def make_report(store: Store, knowledge: Knowledge, clients: Sequence[str], clock: Callable[[], datetime]) -> Blueprint:
    """The page and its files. `clients`: the names among which one can be chosen."""
    pages = Blueprint("report", __name__)

    @pages.get("/report")
    def page() -> tuple[str, int]:
        asked = _ask(store, clock)
        report = asked.report
        return render_template(
            "report.html",
            asked=asked,
            clients=clients,
            figures=figures(report) if report is not None else (),
            sections=sections(report, knowledge) if report is not None else (),
            chart=_chart(report) if report is not None else None,
        ), asked.status

    @pages.get("/report.csv")
    def as_csv() -> Response:
        return _file(_ask(store, clock), report_csv, "csv", "text/csv; charset=utf-8")

    @pages.get("/report.json")
    def as_json() -> Response:
        return _file(_ask(store, clock), report_json, "json", "application/json")

    return pages


def _ask(store: Store, clock: Callable[[], datetime]) -> _Asked:
    today = clock().date()
    named = request.args.get("client")
    client = kept_id(named) if named else None  # as the store may have it, and no database refuses
    try:
        days = period(request.args.get("since"), request.args.get("until"), today=today)
    except PeriodError as error:
        return _Asked(period=period(None, None, today=today), client=client, trouble=str(error), status=400)
    try:
        return _Asked(period=days, client=client, report=store.report(days.span(client)))
    except StoreAway:
        return _Asked(period=days, client=client, trouble="The store cannot be reached at the moment.", status=503)


def _file(asked: _Asked, write: Callable[[Report], str | bytes], suffix: str, content_type: str) -> Response:
    if asked.report is None:
        return Response(asked.trouble, status=asked.status, content_type="text/plain; charset=utf-8")
    name = f"report-{asked.period.since}-{asked.period.until}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write(asked.report), content_type=content_type, headers=headers)


def _chart(report: Report) -> Columns | None:
    return columns([(each.day, each.assessments, each.warnings) for each in report.days])
