"""Texts made to keep the reader busy: its time grows with their length, and not with its square."""

import sys
import time
from pathlib import Path

import pytest

from cds_service.facts.advanced import is_large
from cds_service.facts.breast_reports import another_side
from cds_service.facts.text import read_text
from cds_service.facts.understood import understand
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.record_words import In
from tests.facts.test_text_reasons import PATIENTS, Post, of_patient, order, post

__all__ = ["post"]

LENGTH = 60_000
SECONDS = 8.0 * (1 if sys.gettrace() is None else 8)  # traced for coverage, all takes several times as long
"""Of the processor: linear, the slowest of these takes 0.8; with the square of the length, a minute and more."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(Path(__file__).parents[2] / "knowledge")


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("a", "one word without end, each letter of which may be the wrong one"),
        ("\u0130", "letters that become two in lower case"),
        ("5 mm x ", "a size of very many dimensions"),
        ("5 cm ", "sizes, each of the one before"),
        ("tumor 5 mm ", "a sentence full of sizes"),
        ("mass ", "a sentence full of masses, each of which looks for its place in it"),
        ("lump, ", "the same with commas"),
        ("no, ", "negations that look back, and ahead to the end of the text"),
        ("not ", "negations that look ahead"),
        ("no bone pain, ", "a list without end"),
        ("r/o mets to ", "questions without an answer"),
        ("h/o ", "history of nothing"),
        ("stage ", "stages without a group"),
        ("T1 N0 ", "categories without end"),
        ("((", "brackets that are never closed"),
        ("mother had breast ca ", "families"),
        ("\r\n", "empty lines"),
        ("left cancer ", "sides, each of the cancer nearest to it"),
        ("wt 71 ", "measures without end"),
        ("scan chest ", "names of studies, each of which looks for its sites"),
        ("it is there ", "a statement that only points"),
        ("ALP, Ca, ", "calcium and tests in turn"),
    ],
)
def test_a_long_text_is_read_in_good_time(knowledge: Knowledge, part: str, why: str) -> None:
    text = (part * (LENGTH // len(part) + 1))[:LENGTH]
    began = time.process_time()
    read_text(text, knowledge.findings)
    assert time.process_time() - began < SECONDS, why


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("lesion is ", "findings that wait for a benign name"),
        ("left cancer right mass ", "sides of one endless sentence"),
        ("no effusion, ", "a negated list without end"),
        ("left cancer. ", "sentences without end"),
        ("5 x 6 cm ", "sizes without a tumour"),
    ],
)
def test_a_long_report_is_understood_or_not_in_good_time(knowledge: Knowledge, part: str, why: str) -> None:
    text = part * (LENGTH // len(part))
    began = time.process_time()
    reading = read_text(text, knowledge.findings)
    understand(text, reading, knowledge.record_words.tries[In.REPORT], lambda mention: True)
    is_large(text)
    another_side(text, reading, frozenset({"left"}))
    assert time.process_time() - began < SECONDS, why


@pytest.mark.parametrize(
    ("place", "part", "why"),
    [
        ("Mammogram", "M1 ", "classes that look ahead for the mammogram they are of"),
        ("Mammogram", "proven ", "a known side that is never named"),
        ("Mammogram", "compar ", "a comparison with nothing"),
        ("Mammogram", "left: normal. ", "headings without end"),
        ("Mammogram", "no ulcer ", "denied signs, each of which looks for its denial"),
        ("Mammogram", "no mass, ", "denied findings, each of which does"),
        ("US Axilla left", "9+/", "counts of nodes without end"),
        ("US Axilla left", "\n", "empty lines"),
        ("Blood calcium", "(1", "ranges that are never closed"),
        ("Observation", "-", "a name and a value of nothing but signs"),
        ("Observation", ", ", "the same with commas"),
    ],
)
def test_a_long_record_is_judged_in_good_time(place: str, part: str, why: str, post: Post) -> None:
    text = part * (LENGTH // len(part))
    if place == "Observation":
        found = of_patient("Observation", "found", status="final", code={"text": text}, valueString=text)
    else:
        found = of_patient("DiagnosticReport", "found", status="final", code={"text": place}, conclusion=text)
    began = time.process_time()
    post(order("pet-ct", None), [*PATIENTS["new-iia"], {**found, "effectiveDateTime": "2026-11-10"}])
    assert time.process_time() - began < SECONDS, why
