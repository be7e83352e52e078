"""Whole notes that a blind author wrote (`blind-notes.yaml`), and sentences of two others (`blind-sentences.yaml`,
`blind-idioms.yaml`), as files: over none with a sign may a warning stand, and over most of the others it has to."""

import pathlib

import pytest
import yaml

from tests.facts.test_hostile_notes import AROUND, noted
from tests.facts.test_text_reasons import PATIENTS, Post, order, post, warns

__all__ = ["post"]

HERE = pathlib.Path(__file__).parent
NOTES = yaml.safe_load((HERE / "blind-notes.yaml").read_text(encoding="utf-8"))
SENTENCES = {
    name: yaml.safe_load((HERE / f"blind-{name}.yaml").read_text(encoding="utf-8")) for name in ("sentences", "idioms")
}
BESIDE = {"new": "new-iia", "followed": "followed-surgery"}


@pytest.mark.parametrize("patient", BESIDE)
def test_a_note_with_a_sign_takes_the_warning_away(patient: str, post: Post) -> None:
    chart = PATIENTS[BESIDE[patient]]
    stood = [
        each["why"] for each in NOTES["hostile"] if warns(post(order("pet-ct", None), [*chart, noted(each["say"])]))
    ]
    assert stood == []


@pytest.mark.parametrize(("patient", "least"), [("new", 25), ("followed", 26)])
def test_most_ordinary_notes_leave_it(patient: str, least: int, post: Post) -> None:
    """17 and 23 of 40 at the first reading."""
    chart, notes = PATIENTS[BESIDE[patient]], NOTES[f"ordinary-{patient}"]
    assert sum(warns(post(order("pet-ct", None), [*chart, noted(each["say"])])) for each in notes) >= least


@pytest.mark.parametrize("name", SENTENCES)
@pytest.mark.parametrize("patient", BESIDE)
def test_a_sentence_with_a_sign_takes_the_warning_away(patient: str, name: str, post: Post) -> None:
    chart = PATIENTS[BESIDE[patient]]
    files = {each: noted(AROUND.format(each)) for each in SENTENCES[name]["hostile"]}
    assert [each for each, note in files.items() if warns(post(order("pet-ct", None), [*chart, note]))] == []


@pytest.mark.parametrize(("name", "least"), [("sentences", 73), ("idioms", 53)])
@pytest.mark.parametrize("patient", BESIDE)
def test_most_ordinary_sentences_leave_it(patient: str, name: str, least: int, post: Post) -> None:
    """71 of 80 and 51 of 90 at the first reading."""
    files = [noted(AROUND.format(each)) for each in SENTENCES[name]["ordinary"]]
    assert sum(warns(post(order("pet-ct", None), [*PATIENTS[BESIDE[patient]], note])) for note in files) >= least
