"""The texts of a report beside its conclusion: its files, where they are text and came along, and its narrative."""

import base64
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from cds_service.fhir.resources import Attachment, DiagnosticReport, Resource

LONGEST = 40_000
"""Characters that are read of one file; of a longer one nobody knows what the rest says."""


def texts_beside(report: DiagnosticReport) -> Iterator[str]:
    """The texts of its files, and of a narrative that says more than its elements do."""
    yield from (text for each in report.presented_form if (text := text_of(each)) is not None)
    narrative = narrative_of(report)
    if narrative is not None:
        yield narrative


def narrative_of(resource: Resource) -> str | None:
    """The narrative of a resource, where it says more than the elements do, or may."""
    narrative = resource.text
    if narrative is None or narrative.status in _SAYS_NO_MORE or not narrative.div:
        return None
    return _of_html(narrative.div)


_SAYS_NO_MORE = ("generated", "empty")
"""https://hl7.org/fhir/R4/valueset-narrative-status.html"""


def are_missing(report: DiagnosticReport) -> bool:
    """Whether all that a report says is in files of which no text came along."""
    return bool(report.presented_form) and not report.conclusion and not any(texts_beside(report))


_TEXTS = ("text/plain", "text/html", "text/markdown", "application/xhtml+xml")


def is_cut(report: DiagnosticReport) -> bool:
    """Whether a text of it is longer than what is read of one."""
    long = any(len(each.data or "") > LONGEST for each in report.presented_form)
    long = long or (report.text is not None and len(report.text.div or "") > LONGEST)
    return long and any(len(text) > LONGEST for text in texts_beside(report))


def text_of(attachment: Attachment) -> str | None:
    """The text of a file (https://hl7.org/fhir/R4/datatypes.html#Attachment); None where it is none, or not here."""
    kind = (attachment.content_type or "").partition(";")[0].strip().lower()
    if kind not in _TEXTS or not attachment.data:
        return None
    try:
        text = base64.b64decode("".join(attachment.data.split()), validate=True).decode("utf-8", errors="replace")
    except ValueError:
        return None
    return _of_html(text) if "html" in kind else text


def _of_html(markup: str) -> str:
    reader = _words_of(markup)
    # A style sheet that never ends would hide all that follows.
    return "".join((_words_of(_HIDING.sub(" ", markup)) if reader.hidden else reader).words)


_HIDING = re.compile(r"</?(?:style|script|title|template)\b[^<>]*>", re.IGNORECASE)


def _words_of(markup: str) -> "_Words":
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return reader


class _Words(HTMLParser):
    """The words of a page; where a block ends, so does the sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(" ".join(data.split("\n")))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _NEVER_SHOWN
        if tag not in _INLINE:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in _NEVER_SHOWN and self.hidden > 0
        if tag not in _INLINE:
            self.words.append("\n")


_INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"})
_NEVER_SHOWN = frozenset({"style", "script", "title", "template"})
"""What no browser shows in the page."""
