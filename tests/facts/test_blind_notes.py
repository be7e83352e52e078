"""Whole notes that a blind author wrote (`blind-notes.yaml`), and sentences of another (`blind-sentences.yaml`), as
files: over none with a sign may a warning stand, and over most of the others it has to."""

import base64
import pathlib

import pytest
import yaml

from tests.facts.test_text_reasons import PATIENTS, Json, Post, of_patient, order, post, warns

__all__ = ["post"]

HERE = pathlib.Path(__file__).parent
NOTES = yaml.safe_load((HERE / "blind-notes.yaml").read_text(encoding="utf-8"))
SENTENCES = yaml.safe_load((HERE / "blind-sentences.yaml").read_text(encoding="utf-8"))
AROUND = "Seen with her husband. Lives in a bungalow. {} Thank you for the kind letter."
BESIDE = {"new": "new-iia", "followed": "followed-surgery"}


def _noted(say: str) -> Json:
    data = base64.b64encode(say.encode()).decode()
    return of_patient(
        "DiagnosticReport",
        "told",
        status="final",
        code={"text": "Progress note"},
        effectiveDateTime="2026-11-10",
        presentedForm=[{"contentType": "text/plain", "data": data}],
    )


@pytest.mark.parametrize("patient", BESIDE)
def test_a_note_with_a_sign_takes_the_warning_away(patient: str, post: Post) -> None:
    chart = PATIENTS[BESIDE[patient]]
    stood = [
        each["why"] for each in NOTES["hostile"] if warns(post(order("pet-ct", None), [*chart, _noted(each["say"])]))
    ]
    assert stood == []


@pytest.mark.parametrize(("patient", "least"), [("new", 25), ("followed", 26)])
def test_most_ordinary_notes_leave_it(patient: str, least: int, post: Post) -> None:
    """17 and 23 of 40 at the first reading."""
    chart, notes = PATIENTS[BESIDE[patient]], NOTES[f"ordinary-{patient}"]
    assert sum(warns(post(order("pet-ct", None), [*chart, _noted(each["say"])])) for each in notes) >= least


@pytest.mark.parametrize("patient", BESIDE)
def test_a_sentence_with_a_sign_takes_the_warning_away(patient: str, post: Post) -> None:
    chart = PATIENTS[BESIDE[patient]]
    noted = {each: _noted(AROUND.format(each)) for each in SENTENCES["hostile"]}
    assert [each for each, note in noted.items() if warns(post(order("pet-ct", None), [*chart, note]))] == []


@pytest.mark.parametrize("patient", BESIDE)
def test_most_ordinary_sentences_leave_it(patient: str, post: Post) -> None:
    """71 of 80 at the first reading."""
    noted = [_noted(AROUND.format(each)) for each in SENTENCES["ordinary"]]
    assert sum(warns(post(order("pet-ct", None), [*PATIENTS[BESIDE[patient]], note])) for note in noted) >= 73
