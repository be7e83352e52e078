"""A conformance report on a terminal: what fails first, what holds last and in a line."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cds_service.conformance.findings import Outcome, Report, Result

PLACES = 3
"""Places shown of one rule; the others are counted."""

_HEADINGS = {
    Outcome.FAIL: ("Fails", "bold red"),
    Outcome.WARN: ("Warnings", "bold yellow"),
    Outcome.NOT_OFFERED: ("Not offered", "bold"),
}

_INDENT = 2


def show_report(report: Report, console: Console, *, quiet: bool) -> None:
    """Print the report. `quiet`: only what fails, and the result."""
    if not quiet:
        services = ", ".join(f"{id} ({hook})" for id, hook in report.services) or "no services"
        console.print(Text.assemble((report.url, "bold"), f": {services}"))
    for outcome, (heading, style) in _HEADINGS.items():
        if outcome is Outcome.FAIL or not quiet:
            _show_section(report.of(outcome), heading, style, console)
    if not quiet:
        _show_names(report.of(Outcome.SKIPPED), "Not looked at", "bold", console)
        _show_names(report.of(Outcome.PASS), "Holds", "bold green", console)
        console.print()
    console.print(_verdict(report))


def _show_names(results: tuple[Result, ...], heading: str, style: str, console: Console) -> None:
    """Rules of which there is little to say: a line for each group, and for each reason in it."""
    if not results:
        return
    console.print(Text(f"\n{heading} ({len(results)})", style=style))
    for (group, reason), members in groupby(results, key=lambda result: (result.group, result.findings[0].says)):
        names = ", ".join(result.rule.id for result in members)
        line = Text.assemble((f"{group}: ", "underline"), names, (f"  ({reason})" if reason else "", "dim"))
        console.print(Padding(line, (0, 0, 0, _INDENT)))


def _show_section(results: tuple[Result, ...], heading: str, style: str, console: Console) -> None:
    if not results:
        return
    console.print(Text(f"\n{heading} ({len(results)})", style=style))
    for group, members in groupby(results, key=lambda result: result.group):
        console.print(Padding(Text(group, style="underline"), (0, 0, 0, _INDENT)))
        for line, indent in (line for result in members for line in _lines(result)):
            console.print(Padding(line, (0, 0, 0, indent)))


def _lines(result: Result) -> Iterator[tuple[Text, int]]:
    rule = result.rule
    see = f"  [{', '.join(rule.see)}]" if rule.see else ""
    yield Text.assemble((rule.id, "bold"), f"  {rule.level}  {rule.says}", (see, "dim")), 2 * _INDENT
    for finding in result.findings[:PLACES]:
        yield Text(f"{finding.place}: {finding.says}"), 4 * _INDENT
    if len(result.findings) > PLACES:
        yield Text(f"and {len(result.findings) - PLACES} more", style="dim"), 4 * _INDENT


def _verdict(report: Report) -> Text:
    failed, warned = len(report.of(Outcome.FAIL)), len(report.of(Outcome.WARN))
    looked = len(report.results) - len(report.of(Outcome.SKIPPED))
    said = f"{looked} rules looked at: {failed} failed, {warned} warned of"
    word, style = ("PASSED", "bold green") if report.passed else ("FAILED", "bold red")
    return Text.assemble((word, style), f"  {said}")
