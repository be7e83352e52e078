"""A report as a file: CSV for a spreadsheet, JSON for a programme, HTML to print or to send."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, select_autoescape

from cds_service.knowledge.model import Knowledge
from cds_service.store.answers import Accepted
from cds_service.store.report import Report
from cds_service.web.report_words import figures, sections

HEADER = ("figure", "item", "detail", "context", "count", "msv_low", "msv_high")

_FOLDER = Path(__file__).parent
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_csv(report: Report) -> str:
    """One line a count, by ids; what a spreadsheet would take for a formula is kept from being one."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in _rows(report):
        writer.writerow(f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in row)
    return written.getvalue()


def report_json(report: Report) -> bytes:
    """The figures by name, and what is worked out from them."""
    low, high = report.answers.msv_avoided
    told = {
        **msgspec.to_builtins(report),
        "warnings_shown": report.warnings(),
        "studies_avoided": report.answers.studies_avoided,
        "msv_avoided": {"low": low, "high": high},
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2)


def report_html(report: Report, knowledge: Knowledge, *, span: str) -> str:
    """A page that stands alone. `span`: what time it is about, in words."""
    pages = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"), autoescape=select_autoescape(), trim_blocks=True
    )
    style = "".join((_FOLDER / "static" / name).read_text("utf-8") for name in ("style.css", "report.css"))
    return pages.get_template("report_file.html").render(
        report=report, figures=figures(report), sections=sections(report, knowledge), span=span, style=style
    )


def _rows(report: Report) -> Iterator[tuple[object, ...]]:
    for outcome in report.outcomes:
        yield "outcome", outcome.outcome, outcome.category, outcome.hook, outcome.assessments
    for variant in report.variants:
        yield "variant", variant.variant, variant.outcome, variant.category, variant.assessments
    for card in report.cards:
        yield "card", card.variant, card.kind, card.mode, card.cards
    for accepted in report.answers.accepted:
        yield _accepted(accepted)
    for kind, reason, count in report.answers.overridden:
        yield "overridden", reason, kind, None, count
    yield "unmatched-feedback", None, None, None, report.answers.unmatched
    for fact, count in report.missing:
        yield "missing", fact, None, None, count
    for code in report.unmapped:
        yield "unmapped", code.code, code.system, None, code.orders
    for day in report.days:
        yield "day", day.day.isoformat(), "assessments", None, day.assessments
        yield "day", day.day.isoformat(), "warnings", None, day.warnings
    yield "avoided", None, None, None, report.answers.studies_avoided, *report.answers.msv_avoided


def _accepted(accepted: Accepted) -> tuple[object, ...]:
    done = f"{accepted.does} {accepted.study}" if accepted.study is not None else accepted.does
    return "accepted", accepted.ordered, done, accepted.kind, accepted.cards, *(accepted.avoided or ())
