"""An answer on a terminal: its cards, and beneath them why each order was judged so."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

ASSESSMENTS = "cds-service.assessments"

# https://cds-hooks.hl7.org/2.0/#card-attributes, indicator
_COLOURS = {"info": "blue", "warning": "yellow", "critical": "red"}


def show_answer(answer: dict[str, Any], console: Console) -> None:
    """Print every card, then the reasoning that came with the answer."""
    cards = answer.get("cards", [])
    for card in cards:
        console.print(_panel(card))
    if not cards:
        console.print(Text("No cards: nothing to say about this order.", style="bold"))
    for assessment in answer.get("extension", {}).get(ASSESSMENTS, []):
        console.print("", *_reasons(assessment), sep="\n")


def _panel(card: dict[str, Any]) -> Panel:
    indicator = card.get("indicator", "info")
    colour = _COLOURS.get(indicator, "white")
    return Panel(
        Group(*_body(card)),
        title=Text(f" {indicator} ", style=f"bold {colour}"),
        title_align="left",
        subtitle=Text(f" {card.get('source', {}).get('label', '')} ", style="dim"),
        subtitle_align="right",
        border_style=colour,
        padding=(1, 2),
    )


def _body(card: dict[str, Any]) -> Iterator[RenderableType]:
    yield Text(card.get("summary", ""), style="bold")
    if card.get("detail"):
        yield Padding(Markdown(card["detail"]), (1, 0, 0, 0))
    yield from _section("You can", map(_suggestion, card.get("suggestions", [])))
    reasons = (Text(f"○ {reason.get('display') or reason.get('code')}") for reason in card.get("overrideReasons", []))
    yield from _section("Or keep the order, because", reasons)
    links = (Text(f"→ {link.get('label')}: {link.get('url')}") for link in card.get("links", []))
    yield from _section("More", links)


def _section(heading: str, lines: Iterable[Text]) -> Iterator[RenderableType]:
    shown = list(lines)
    if shown:
        yield Padding(Text(heading, style="bold underline"), (1, 0, 0, 0))
        yield from shown


def _suggestion(suggestion: dict[str, Any]) -> Text:
    recommended = suggestion.get("isRecommended", False)
    text = Text("● " if recommended else "○ ", style="bold" if recommended else "")
    text.append(suggestion.get("label", ""))
    if recommended:
        text.append("  (recommended)", style="green")
    for action in suggestion.get("actions", []):
        text.append(f"\n    {action.get('type')}: {action.get('description', '')}", style="dim not bold")
    return text


def _reasons(assessment: dict[str, Any]) -> Iterator[Text]:
    """One assessment (docs/integrators.md), a line for each thing that it says."""
    yield Text(f"{assessment.get('order', 'order')}: {_verdict(assessment)}", style="bold")
    for variant in assessment.get("variants", []):
        rating = f": {_words(variant['category'])}, {variant['score']}" if "category" in variant else ""
        yield Text(f"  variant {variant.get('id')} {variant.get('state')}{rating} ({variant.get('title')})")
    for label in ("missing", "assumed"):
        if assessment.get(label):
            yield Text(f"  {label}: {', '.join(assessment[label])}")
    for evidence in assessment.get("evidence", []):
        resources = ", ".join(evidence.get("resources", []))
        yield Text(f"  {evidence.get('fact')}: {evidence.get('value')}{f'  [{resources}]' if resources else ''}")
    if assessment.get("consultId"):
        yield Text(f"  consult {assessment['consultId']}", style="dim")


def _verdict(assessment: dict[str, Any]) -> str:
    parts = [_words(assessment.get("outcome", "not stated"))]
    if "category" in assessment:
        parts.append(f"{_words(assessment['category'])} ({assessment.get('score')})")
    if "procedure" in assessment:
        stated = "stated" if assessment.get("questionStated") else "assumed"
        question = f" for {_words(assessment['question'])} ({stated})" if "question" in assessment else ""
        parts.append(f"{assessment['procedure']}{question}")
    return ", ".join(parts)


def _words(name: str) -> str:
    return name.replace("-", " ")
