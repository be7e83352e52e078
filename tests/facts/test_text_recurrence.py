"""Which cancers a text calls recurrent, in front or behind, which words say so, and how sure they are."""

import pathlib

import pytest

from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.text import read_text
from cds_service.knowledge.findings import Findings
from cds_service.knowledge.findings_file import load_findings


@pytest.fixture(scope="session")
def findings() -> Findings:
    return load_findings(pathlib.Path(__file__).parents[2] / "knowledge" / "findings.yaml")


THERE = [
    ("Breast cancer, recurrent", "Breast cancer, recurrent", "behind a comma"),
    ("Breast cancer (HER2+), recurrent", "Breast cancer (HER2+), recurrent", "behind brackets"),
    ("Breast cancer (ER+), relapsing 2026", "Breast cancer (ER+), relapsing", "with the year"),
    ("Breast cancer, came back", "Breast cancer, came back", "as a verb"),
    ("Breast cancer which has now returned", "Breast cancer which has now returned", "as a verb"),
    ("Recurrent malignant neoplasm of left breast", "Recurrent malignant neoplasm of left breast", "in front"),
    ("Long known to have recurrent left HER2+ breast cancer", "have recurrent left HER2+ breast cancer", "in front"),
    ("relapsing, stage II breast cancer", "relapsing, stage II breast cancer", "in front, with its stage"),
    ("No breast cancer on the right; breast cancer, recurrent", "breast cancer, recurrent", "the second of two"),
    ("Return of the breast cancer", "Return of the breast cancer", "as a noun"),
    (
        "No relapse on the right, low back pain returned, now recurrent malignant neoplasm of breast",
        "now recurrent malignant neoplasm of breast",
        "behind other things that came again",
    ),
    ("Recurring malignant neoplasm of breast, which returned", "malignant neoplasm of breast, which returned", "once"),
]


@pytest.mark.parametrize(("text", "words", "why"), THERE, ids=[row[0] for row in THERE])
def test_a_cancer_that_is_there_again(text: str, words: str, why: str, findings: Findings) -> None:
    found = [each for each in read_text(text, findings).of(Kind.RECURRENCE) if each.may_hold]
    assert [(each.meant, each.value, text[each.start : each.end]) for each in found] == [
        (Meant.AFFIRMED, "unspecified", words)
    ], why


DOUBTED = [
    ("Breast cancer, ?recurrent", "a question"),
    ("Breast cancer, possibly recurrent", "in doubt"),
    ("Possible recurrent breast cancer", "in doubt, in front"),
]


@pytest.mark.parametrize(("text", "why"), DOUBTED, ids=[row[0] for row in DOUBTED])
def test_a_cancer_that_may_be_there_again(text: str, why: str, findings: Findings) -> None:
    assert [each.meant for each in read_text(text, findings).of(Kind.RECURRENCE)] == [Meant.UNCERTAIN], why


NOT_THERE = [
    ("Breast cancer, not recurrent", "denied"),
    ("No recurrent left HER2+ breast cancer", "denied, in front"),
    ("Fear of breast cancer returned", "what is feared"),
    ("Risk of recurrent left HER2+ breast cancer", "what is feared"),
    ("Breast cancer, recurrent score 14", "the recurrence score"),
    ("Afraid of recurrent left HER2+ breast cancer", "what is feared"),
    ("Breast cancer, recurrent cough", "another thing that comes again"),
    ("Breast cancer, back to work", "the patient"),
]


@pytest.mark.parametrize(("text", "why"), NOT_THERE, ids=[row[0] for row in NOT_THERE])
def test_a_cancer_that_is_not_there_again(text: str, why: str, findings: Findings) -> None:
    assert [each for each in read_text(text, findings).of(Kind.RECURRENCE) if each.may_hold] == [], why


@pytest.mark.parametrize("text", ["No breast cancer, recurrent", "Mother had breast cancer, recurrent"])
def test_of_a_cancer_that_is_not_the_patients_nothing_is_said_of_its_course(text: str, findings: Findings) -> None:
    """What "recurrent" is about is then left to be understood."""
    assert not read_text(text, findings).of(Kind.RECURRENCE)
