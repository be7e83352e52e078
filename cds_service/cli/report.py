"""`cds-service report`: what was said in a time, and what people did with it."""

from collections.abc import Iterable
from datetime import UTC, datetime

import click
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from cds_service.cli.stores import settings_in_force
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Settings
from cds_service.store.report import Report
from cds_service.store.upkeep import report_of
from cds_service.web.periods import USUAL_DAYS, Period, PeriodError, period
from cds_service.web.report_files import report_csv, report_html, report_json
from cds_service.web.report_words import Section, figures, sections

FORMATS = ("table", "csv", "json", "html")


@click.command()
@click.option("--since", metavar="DAY", help=f"The first day, such as 2026-11-01. [{USUAL_DAYS} days back]")
@click.option("--until", metavar="DAY", help="The last day. [today]")
@click.option("--client", metavar="NAME", help="Only what this client asked. [all]")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
def report(since: str | None, until: str | None, client: str | None, format_: str) -> None:
    """Show what was said about orders, and what people did with it: counts alone, no patients. Days are UTC."""
    with settings_in_force() as settings:
        try:
            days = period(since, until, today=datetime.now(UTC).date())
        except PeriodError as error:
            raise click.UsageError(str(error)) from None
        found = report_of(settings.store_url, days.span(client))
        _write(found, days, format_, settings)


def _write(found: Report, days: Period, format_: str, settings: Settings) -> None:
    match format_:
        case "csv":
            click.echo(report_csv(found), nl=False)
        case "json":
            click.echo(report_json(found))
        case "html":
            click.echo(report_html(found, _knowledge(settings), span=str(days)))
        case _:
            _show(found, days, _knowledge(settings))


def _knowledge(settings: Settings) -> Knowledge:
    """For the names of variants and studies."""
    try:
        return load_knowledge(settings.knowledge_path)
    except KnowledgeError as error:
        raise click.ClickException(str(error)) from None


def _show(found: Report, days: Period, knowledge: Knowledge) -> None:
    console = Console()
    console.print(Text(str(days), style="bold"))
    if not found.assessments and not found.unmapped:
        console.print("Nothing was assessed in this time.")
        return
    for figure in figures(found):
        console.print(Text(f"{figure.label}: {figure.value}" + (f" ({figure.remark})" if figure.remark else "")))
    for section in sections(found, knowledge):
        console.print()
        console.print(Text(section.title, style="bold"))
        console.print(_table(section) if section.lines else section.empty)


def _table(section: Section) -> Table:
    numbers = (section.counted, *section.after)
    columns: Iterable[Column] = (
        *(Column(each, overflow="fold") for each in section.columns),
        *(Column(each, justify="right") for each in numbers),
    )
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for line in section.lines:
        table.add_row(*(Text(each) for each in (*line.words, str(line.count), *line.after)))
    return table
