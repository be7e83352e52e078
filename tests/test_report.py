"""The report as people get it: the page, its files, and the command; and the commands that look after a store."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace

from cds_service.app import create_app
from cds_service.cli import main
from cds_service.hooks.feedback import FeedbackOutcome
from cds_service.settings import Settings
from cds_service.store.engines import WRITES, make_engine, store_url
from cds_service.store.rows import add_unmapped, insert_consultations, insert_feedback
from cds_service.store.upkeep import migrate_store
from cds_service.web.charts import HEIGHT, WIDTH, columns
from cds_service.web.report_words import band
from tests.store.test_feedback import rows
from tests.store.test_report import said, warned
from tests.store.test_store import CARD, ROW
from tests.support.recording import knowledge

TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'cds-service.sqlite3'}"


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A store with some of everything, of the eighteenth."""
    migrate_store(url(tmp_path))
    engine = make_engine(store_url(url(tmp_path)))
    when = TODAY - timedelta(days=2)
    question = replace(CARD, card="q", kind="question", indicator="info", suggestions=())
    asked = replace(ROW, uid="q", outcome="insufficient-information", category=None, score=None, cards=(question,))
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        warnings = [warned(number, time=when, mode="shadow" if number == 4 else "shown") for number in range(5)]
        insert_consultations(connection, [*warnings, replace(asked, time=when, missing=("stage-group",))])
        accepted = said(0, FeedbackOutcome.ACCEPTED, CARD.suggestions[1])
        overridden = said(1, FeedbackOutcome.OVERRIDDEN, reason_code="expert-contradicts", comment="Jane Roe")
        insert_feedback(connection, rows(accepted, overridden, received=when))
        insert_feedback(connection, rows(said(99, FeedbackOutcome.OVERRIDDEN), received=when))
        add_unmapped(connection, when.date(), {("default", "https://site.example", "=MAMMO"): 7})
    engine.dispose()
    return tmp_path


def serve(folder: Path) -> Iterator[Flask]:
    made = create_app(Settings(data_dir=folder), knowledge=knowledge(), clock=lambda: TODAY)
    yield made
    made.extensions["store"].close()


@pytest.fixture
def client(filled: Path) -> Iterator[FlaskClient]:
    for app in serve(filled):
        yield app.test_client()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[FlaskClient]:
    for app in serve(tmp_path):
        yield app.test_client()


def text_of(page: str) -> str:
    """What a page says, tags left out."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


# --- the page ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        "Orders assessed 6",
        "Warnings shown 4 67% of assessments",
        "Warnings not shown: shadow mode 1",
        "Warnings accepted 1 25% of those shown",
        "Warnings overridden 1 25% of those shown",
        "Studies avoided 1",
        "Radiation avoided 10 to 30 mSv",
        "Day by day",
        "Usually not appropriate 5 5 0",  # in all, while ordering, at signing
        "A fact is missing 1 1 0",
        "Warning 4 1 1 2",  # shown, accepted, overridden, no feedback
        "Warning Advice from expert contradicts the recommended action 1",
        "Clinical stage at diagnosis 1",
        "Warning PET/CT cancelled 1 10 to 30 mSv",
        "310-v2 New clinical stage I–IIA invasive cancer, distant disease 6 5 0 0 1",  # noqa: RUF001
        "shadow mode Warning 310-v2",
        "https://site.example =MAMMO 7",
        "Feedback about 1 more cards names none that is on record for its client.",
    ],
)
def test_the_page_says_what_happened(client: FlaskClient, words: str) -> None:
    assert words in text_of(client.get("/report").text)


def test_what_users_wrote_is_not_on_the_page(client: FlaskClient) -> None:
    """A comment may name a patient."""
    assert "Roe" not in client.get("/report").text
    assert "Roe" not in client.get("/report.csv").text + client.get("/report.json").text


def test_the_page_needs_no_script_and_no_style_of_its_own(client: FlaskClient) -> None:
    """Its policy forbids both, and a browser would leave the charts without their looks."""
    response = client.get("/report")
    assert "style-src 'self'" in response.headers["Content-Security-Policy"]
    assert not re.search(r"<style|style=|<script(?! src)|\bon\w+=", response.text)
    assert response.text.count("<svg") > 10


def test_the_page_links_its_files_for_the_same_days(client: FlaskClient) -> None:
    page = client.get("/report?since=2026-11-01&until=2026-11-18").text
    (link,) = re.findall(r'href="(/report\.csv[^"]*)"', page)
    assert "card,310-v2,warning,shown,4" in client.get(html.unescape(link)).text


def test_an_empty_store_says_so_and_how_to_go_on(empty: FlaskClient) -> None:
    response = empty.get("/report")
    assert response.status_code == 200
    assert "No order was assessed from 2026-10-22 to 2026-11-20 (UTC)." in text_of(response.text)
    assert "<table" not in response.text


@pytest.mark.parametrize(
    ("query", "assessed"),
    [
        ("", True),
        ("since=2026-11-18&until=2026-11-18", True),  # both days included
        ("since=2026-11-19", False),
        ("until=2026-11-17", False),
        ("client=default", True),
        ("client=other", False),
        ("client=a%00b", False),
        ("since=&until=&client=", True),  # a form with empty fields
    ],
)
def test_a_report_is_about_days_and_a_client(client: FlaskClient, query: str, assessed: bool) -> None:
    assert ("Orders assessed 6" in text_of(client.get(f"/report?{query}").text)) is assessed


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("since=yesterday", "since: expected a day such as 2026-11-20, not 'yesterday'"),
        ("since=2026-11-20&until=2026-11-19", "since 2026-11-20 is after until 2026-11-19"),
        ("since=0001-01-01", "since: expected a day such as 2026-11-20, not '0001-01-01'"),
        ("until=9999-12-31", "until: expected a day such as 2026-11-20, not '9999-12-31'"),
        ("until=<script>alert(1)</script>", "until: expected a day such as 2026-11-20, not"),
    ],
)
def test_days_that_are_none_are_refused_in_words(client: FlaskClient, query: str, message: str) -> None:
    for path in ("/report", "/report.csv", "/report.json"):
        response = client.get(f"{path}?{query}")
        assert response.status_code == 400
        assert message in html.unescape(response.text)
        assert "<script>alert" not in response.text or response.content_type.startswith("text/plain")


def test_a_store_that_is_away_is_said(filled: Path) -> None:
    for app in serve(filled):
        engine = make_engine(store_url(url(filled)))
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE cards")
        engine.dispose()
        response = app.test_client().get("/report")
        assert response.status_code == 503
        assert "The store cannot be reached at the moment." in response.text


# --- files ------------------------------------------------------------------------------------------------------------
def test_the_figures_come_as_csv(client: FlaskClient) -> None:
    response = client.get("/report.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="report-2026-10-22-2026-11-20.csv"'
    header, *found = csv.reader(io.StringIO(response.text))
    assert header == ["figure", "item", "detail", "context", "count", "msv_low", "msv_high"]
    for row in (
        ["outcome", "rated", "usually-not-appropriate", "order-select", "5"],
        ["variant", "310-v2", "rated", "usually-not-appropriate", "5"],
        ["card", "310-v2", "warning", "shadow", "1"],
        ["accepted", "fdg-pet-ct", "cancel", "warning", "1", "10.0", "30.0"],
        ["overridden", "expert-contradicts", "warning", "", "1"],
        ["unmatched-feedback", "", "", "", "1"],
        ["missing", "stage-group", "", "", "1"],
        ["day", "2026-11-18", "warnings", "", "5"],
        ["avoided", "", "", "", "1", "10.0", "30.0"],
    ):
        assert row in found


def test_no_cell_is_a_formula(client: FlaskClient) -> None:
    """A spreadsheet would run what a client sent as a code."""
    assert ["unmapped", "'=MAMMO", "https://site.example", "", "7"] in list(
        csv.reader(io.StringIO(client.get("/report.csv").text))
    )


def test_the_figures_come_as_json(client: FlaskClient) -> None:
    told = client.get("/report.json").json
    assert (told["assessments"], told["warnings_shown"], told["studies_avoided"]) == (6, 4, 1)
    assert told["msv_avoided"] == {"low": 10.0, "high": 30.0}
    assert told["unmapped"] == [{"system": "https://site.example", "code": "=MAMMO", "orders": 7}]
    assert told["span"] == {"since": "2026-10-22T00:00:00Z", "until": "2026-11-21T00:00:00Z", "client": None}


# --- the command ------------------------------------------------------------------------------------------------------
def run(folder: Path, *arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"COLUMNS": "160", "CDS_DATA_DIR": str(folder), **environ})


DAYS = ("--since", "2026-11-01", "--until", "2026-11-20")


def test_the_command_shows_tables(filled: Path) -> None:
    result = run(filled, "report", *DAYS)
    assert result.exit_code == 0
    said = re.sub(r" +", " ", result.output)
    for words in (
        "2026-11-01 to 2026-11-20 (UTC)",
        "Warnings accepted: 1 (25% of those shown)",
        "Radiation avoided: 10 to 30 mSv (by ACR's bands)",
        "Warning PET/CT cancelled 1 10 to 30 mSv",
        "shadow mode Warning 310-v2",
    ):
        assert words in said


def test_the_command_writes_the_files_of_the_page(filled: Path, client: FlaskClient) -> None:
    as_csv = run(filled, "report", *DAYS, "--format", "csv").output_bytes.decode()
    assert as_csv == client.get("/report.csv?since=2026-11-01&until=2026-11-20").text
    as_json = json.loads(run(filled, "report", *DAYS, "--format", "json").output)
    assert as_json == client.get("/report.json?since=2026-11-01&until=2026-11-20").json


def test_the_command_writes_a_page_that_stands_alone(filled: Path) -> None:
    """To be printed, or sent by mail."""
    page = run(filled, "report", *DAYS, "--format", "html").output
    assert "Radiation avoided 10 to 30 mSv" in text_of(page)
    assert "<style>" in page
    assert not re.search(r'(?:href|src)="', page)


def test_the_command_says_that_there_is_nothing(filled: Path) -> None:
    assert run(filled, "report", "--since", "2020-01-01", "--until", "2020-01-02").output == (
        "2020-01-01 to 2020-01-02 (UTC)\nNothing was assessed in this time.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", "--since", "x"], "since: expected a day such as 2026-11-20, not 'x'"),
        (["purge"], "say how old: --older-than DAYS, or set CDS_RETENTION_DAYS"),
        (["purge", "--older-than", "-1"], "-1 is not in the range 0<=x<=36500"),
        (["migrate", "--check", "--to", "0001"], "--check changes nothing: it goes without --to"),
        (["migrate", "--to", "0099"], "there is no revision 0099"),
    ],
)
def test_wrong_use_is_told(filled: Path, arguments: list[str], message: str) -> None:
    result = run(filled, *arguments)
    assert result.exit_code != 0
    assert message in result.output


@pytest.mark.parametrize("command", [["report"], ["purge", "--older-than", "1"], ["migrate", "--check"]])
def test_a_store_that_does_not_exist_is_not_made(tmp_path: Path, command: list[str]) -> None:
    """A typing error in CDS_DATA_DIR would otherwise look like an empty store."""
    result = run(tmp_path, *command)
    assert result.exit_code == 1
    assert "there is no such file" in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_schema_is_brought_up_and_down_by_hand(tmp_path: Path) -> None:
    """With CDS_MIGRATE=check, and before a former version is installed again."""
    assert run(tmp_path, "migrate", "--to", "0001").output == "the schema is at revision 0001; it was at none\n"
    refused = run(tmp_path, "migrate", "--check")
    assert (refused.exit_code, "run cds-service migrate" in refused.output) == (1, True)
    assert run(tmp_path, "report").exit_code == 1
    assert run(tmp_path, "migrate").output.endswith("; it was at 0001\n")
    assert run(tmp_path, "migrate").exit_code == 0
    assert run(tmp_path, "migrate", "--check").output == "the schema is up to date\n"


def test_what_is_old_is_deleted_by_hand(filled: Path) -> None:
    assert "deleted" in run(filled, "purge", "--older-than", "36000").output
    assert run(filled, "purge", CDS_RETENTION_DAYS="36500").output == "0 rows older than 36500 days deleted\n"


# --- charts and numbers -----------------------------------------------------------------------------------------------
def test_a_chart_has_a_column_for_every_day_also_for_quiet_ones() -> None:
    chart = columns([(date(2026, 11, 1), 10, 5), (date(2026, 11, 3), 4, 0)])
    assert chart is not None
    assert [(each.whole, each.part) for each in chart.columns] == [(HEIGHT, HEIGHT / 2), (0, 0), (HEIGHT * 0.4, 0)]
    assert (chart.first, chart.last, chart.most, chart.weekly) == ("2026-11-01", "2026-11-03", 10, False)
    assert all(each.x >= 0 and each.x + each.width <= WIDTH for each in chart.columns)
    assert chart.columns[0].label == "2026-11-01: 10 assessments, 5 warnings"


def test_a_long_time_is_drawn_by_weeks() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=number), 1, 0) for number in range(100)]
    chart = columns(days)
    assert chart is not None
    assert (chart.weekly, chart.most, len(chart.columns)) == (True, 7, 15)
    assert chart.columns[1].label == "week of 2026-01-05: 7 assessments, 0 warnings"


def test_a_chart_of_nothing_is_none() -> None:
    assert columns([]) is None


@pytest.mark.parametrize(
    ("msv", "words"),
    [
        ((10.0, 30.0), "10 to 30 mSv"),
        ((0.0, 0.0), "0 mSv"),
        ((233.14, 730.9), "233 to 731 mSv"),
        ((0.1, 1.0), "0.1 to 1 mSv"),
        ((-1.0, -0.1), "−1 to −0.1 mSv"),  # noqa: RUF001  more radiation than before
        (None, ""),
    ],
)
def test_a_range_is_no_more_precise_than_the_bands(msv: tuple[float, float] | None, words: str) -> None:
    assert band(msv) == words
