"""What `hostile-record.yaml` hides in notes, as one sentence of a longer note that is a file: it is looked through.

Such a note need not be understood whole, so some sentences are passed over; they are listed, and the list only ever
gets shorter.
"""

import base64
import pathlib

import pytest
import yaml

from tests.facts.test_harmless_words import HERE, ROWS
from tests.facts.test_text_reasons import PATIENTS, Json, Post, of_patient, order, post, warns

__all__ = ["post"]

HIDDEN = [row["say"] for row in ROWS if row["kind"] == "note"]
PASSED_OVER = yaml.safe_load((pathlib.Path(HERE) / "hostile-notes-passed-over.yaml").read_text(encoding="utf-8"))
AROUND = "Seen with her husband. Lives in a bungalow. {} Thank you for the kind letter."


def noted(text: str) -> Json:
    """A progress note of these days whose text is a file."""
    data = base64.b64encode(text.encode()).decode()
    return of_patient(
        "DiagnosticReport",
        "told",
        status="final",
        code={"text": "Progress note"},
        effectiveDateTime="2026-11-10",
        presentedForm=[{"contentType": "text/plain", "data": data}],
    )


@pytest.mark.parametrize("patient", ["new-iia", "followed-surgery"])
def test_what_a_longer_note_hides(patient: str, post: Post) -> None:
    passed = {
        say for say in HIDDEN if warns(post(order("pet-ct", None), [*PATIENTS[patient], noted(AROUND.format(say))]))
    }
    assert sorted(passed - set(PASSED_OVER[patient])) == [], "no more than were passed over before"
    assert sorted(set(PASSED_OVER[patient]) - passed) == [], "these need no longer be listed"


@pytest.mark.parametrize("patient", ["new-iia", "followed-surgery"])
def test_the_note_around_it_hides_nothing(patient: str, post: Post) -> None:
    """Else the test above could not fail."""
    assert warns(post(order("pet-ct", None), [*PATIENTS[patient], noted(AROUND.format(""))]))
