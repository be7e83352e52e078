"""Text of a record on a card reads as written and can do nothing: no markup, no HTML, no link."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cds_service.cards.markdown import escape
from cds_service.facts.model import Evidence

HOSTILE = [
    # raw HTML, which GFM lets through (GFM 6.10) and some clients show
    "<script>alert(1)</script>",
    "<ScRiPt/src=//evil.example>",
    "<svg onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<!-- --> <b>",
    "<![CDATA[<b>]]>",
    "<?php echo 1 ?>",
    "\\<b>already escaped?</b>",
    "\uff1cscript\uff1e",
    "<\u200bscript>",
    "<\nscript>",
    # links and images, also those that begin in one text and end in the next
    "<https://evil.example>",
    "<javascript:alert(1)>",
    "[x]: https://evil.example",
    "[x][y]",
    "[x](https://evil.example",
    "](https://evil.example) [",
    "![](data:text/html;base64,PHN2Zz4=)",
    "[^1]",
    "ftp://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "mailto:x@evil.example",
    "xmpp:x@evil.example",
    "WwW.evil.example",
    # structure: what would look like a part of the card that we wrote
    "\r\n\r\n**Usually appropriate**",
    "\u2028# heading",
    "\u0085- item",
    "- [x] done",
    "1. first",
    "> quoted",
    "---",
    "===",
    "```js",
    "~~~",
    "    indented",
    "\ttabbed",
    "|a|b|\n|-|-|",
    "x<br>y",
    "x  \ny",
    "$$x$$",
    "{{7*7}} {%raw%} ${7*7} #{7*7}",
    "@mention #1 !important",
    # what is not seen
    "\u2066\u202eevil\u2069",
    "\u0007\u001b[31mred\u0000",
    "\ufeff\u200d\u00ad",
    "a" * 5000,
    "\u0301" * 200,
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/p.png)",
    "https://evil.example/",
    "www.evil.example",
    "mail@evil.example",
    "**bold** _em_ `code` ~~gone~~",
    "# heading",
    "a | b",
    "&lt;b&gt;",
    "line\n\n# heading\n- list",
    "\u202egnp.exe",
]


def tokens(markdown):
    parsed = (
        MarkdownIt("commonmark", {"linkify": False, "html": True}).enable(["table", "strikethrough"]).parse(markdown)
    )
    return {token.type for top in parsed for token in (top, *(top.children or ()))}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_evidence_stays_text(make, text):
    evidence = {"stage-group": (Evidence(value=text, date=text, resources=("Observation/1",)),)}
    rating = make.assessment(evidence=evidence, assumed=(text,), unreadable=(text,))
    plain = make.card(make.assessment(evidence={"stage-group": (Evidence(value="x"),)}, assumed=("m0",)))
    hostile = make.card(rating)
    assert tokens(hostile.detail) == tokens(plain.detail)
    assert "<" not in hostile.detail.replace("\\<", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_order_text_never_reaches_a_card(make, text):
    """The order's words are the clinician's own: a card repeats none of them."""
    draft = make.draft(
        code={"coding": [{"system": "http://loinc.org", "code": "81554-8", "display": text}], "text": text},
        reasonCode=[{"text": text}],
        note=[{"text": text}],
        bodySite=[{"text": text}],
    )
    card = make.card(make.assessment(alternatives=(make.us_axilla(),)), drafts={"ServiceRequest/pet": make.raw(draft)})
    said = [card.summary, card.detail, *(each.label for each in card.suggestions)]
    said += [action.description for each in card.suggestions for action in each.actions]
    assert not any(text in each for each in said)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_places_stay_text(make, text):
    from cds_service.criteria.model import Outcome

    rating = make.rating(category=None, variants=(), outcome=Outcome.NOT_ASSESSED, categories=frozenset({None}))
    failed = dataclasses.replace(make.assessment(rating), unreadable=(text, f"prefetch.{text}"))
    assert text not in make.card(failed).detail


@given(st.text())
def test_escaped_text_is_one_line_of_text(text):
    assert tokens(f"- Label: {escape(text)}") <= {
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("cT1c N0 M0", "cT1c N0 M0"), ("18 mm", "18 mm"), ("a < b", "a \\< b"), ("http://x", "http\\://x")],
)
def test_clinical_text_reads_as_written(text, escaped):
    assert escape(text) == escaped


def test_long_text_is_cut():
    assert len(escape("x" * 500)) == 120
