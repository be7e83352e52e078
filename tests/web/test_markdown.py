"""The detail of a card as HTML: what GFM may do, and what nothing may do."""

import pytest

from cds_service.web.markdown import render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Why**\n\n- one\n- two", "<p><strong>Why</strong></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("~~no~~", "<p><s>no</s></p>\n"),
        (
            "[ACR](https://doi.org/10)",
            '<p><a href="https://doi.org/10" rel="noopener noreferrer" target="_blank">ACR</a></p>\n',
        ),
        ("# Big", "<h4>Big</h4>\n"),  # it stands below the heading of its card
    ],
)
def test_markdown_is_rendered(text: str, html: str) -> None:
    assert render_markdown(text) == html


def test_tables_are_rendered() -> None:
    """GFM's tables, with their heads."""
    assert "<th>a</th>" in render_markdown("|a|b|\n|-|-|\n|1|2|")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.org/x.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,eA==)",
        "[x](vbscript:x)",
        "[x](//example.org)",
        "<javascript:alert(1)>",
        "<!-- -->",
        "text <b>bold</b>",
    ],
)
def test_nothing_runs_loads_or_leads_astray(text: str) -> None:
    """HTML is shown as written; no image; links are http(s) or mailto."""
    html = render_markdown(text)
    assert not any(
        mark in html
        for mark in ("<script", "<img", "<b>", "<!--", 'href="j', 'href="J', 'href="d', 'href="v', 'href="/')
    )
