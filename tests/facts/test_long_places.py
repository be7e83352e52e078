"""A long text wherever a record or an order may hold one: the time to judge it grows with its length."""

import json
import time

import pytest

from tests.facts.test_text_hostile import SECONDS
from tests.facts.test_text_reasons import PATIENTS, Json, Post, cc, of_patient, order, post

__all__ = ["post"]

LENGTH = 32_000
"""With the square of the length, a note of so many letters once took twenty seconds."""
PROSE = "Seen in clinic with her husband. Wound healing well. Results of the biopsy and the plan of surgery discussed. "
TEXT = (PROSE * (LENGTH // len(PROSE) + 1))[:LENGTH]
NOTE = {"note": [{"text": TEXT}]}
SAID = {"text": TEXT}
CANCER = cc("254837009", display="Malignant neoplasm of breast (disorder)")
NAMED = {"code": {"text": "Excision"}}
PLAN = {"status": "active", "intent": "plan"}


def _placed(type_: str, **more: Json | str | list[Json]) -> Json:
    return of_patient(type_, "long", **more)


PLACES = {
    "a note on a cancer": _placed("Condition", code=CANCER, onsetDateTime="2026-10-15", **NOTE),
    "the name of a cancer": _placed("Condition", code={**CANCER, "text": TEXT}),
    "the site of a cancer": _placed("Condition", code=CANCER, bodySite=[SAID]),
    "the evidence of a cancer": _placed("Condition", code=CANCER, evidence=[{"code": [SAID]}]),
    "the severity of a cancer": _placed("Condition", code=CANCER, severity=SAID),
    "the onset of a cancer": _placed("Condition", code=CANCER, onsetString=TEXT),
    "the stage of a cancer": _placed("Condition", code=CANCER, stage=[{"summary": SAID}]),
    "a name on the problem list": _placed("Condition", code=SAID),
    "a note on another disease": _placed("Condition", code={"text": "Hypertension"}, **NOTE),
    "a result in words": _placed("Observation", status="final", code={"text": "Comment"}, valueString=TEXT),
    "a result as a concept": _placed(
        "Observation", status="final", code={"text": "Comment"}, valueCodeableConcept=SAID
    ),
    "a note on a procedure": _placed("Procedure", status="completed", **NAMED, **NOTE),
    "the name of a procedure": _placed("Procedure", status="completed", code=SAID),
    "the reason of a procedure": _placed("Procedure", status="completed", **NAMED, reasonCode=[SAID]),
    "the outcome of a procedure": _placed("Procedure", status="completed", **NAMED, outcome=SAID),
    "a drug": _placed("MedicationRequest", status="active", intent="order", medicationCodeableConcept=SAID),
    "the reason of a drug": _placed(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept={"text": "Tamoxifen"},
        reasonCode=[SAID],
    ),
    "the dose of a drug": _placed(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept={"text": "Tamoxifen"},
        dosageInstruction=[SAID],
    ),
    "the title of a plan": _placed("CarePlan", **PLAN, title=TEXT),
    "the description of a plan": _placed("CarePlan", **PLAN, description=TEXT),
    "a note on a plan": _placed("CarePlan", **PLAN, **NOTE),
    "an activity of a plan": _placed("CarePlan", **PLAN, activity=[{"detail": {"status": "scheduled", "code": SAID}}]),
    "a report of the body": _placed("DiagnosticReport", status="final", code={"text": "CT chest"}, conclusion=TEXT),
    "a report of the breast": _placed("DiagnosticReport", status="final", code={"text": "Mammogram"}, conclusion=TEXT),
    "the name of a report": _placed("DiagnosticReport", status="final", code=SAID, conclusion="Normal"),
    "an allergy": _placed("AllergyIntolerance", code=SAID),
}


@pytest.mark.parametrize("place", [pytest.param(each, id=name) for name, each in PLACES.items()])
def test_a_place(place: Json, post: Post) -> None:
    """The patient has an early cancer; one resource beside it holds the text."""
    began = time.process_time()
    post(order("pet-ct", None), [*PATIENTS["new-iia"], place])
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("a report of the body", "LAD "),  # one unit of thousands of parts
        ("a report of the breast", "axillary node biopsy. "),
        ("a report of the breast", "Pathology: malignant. "),
        ("a name on the problem list", "C1 "),
        ("a name on the problem list", "cycle 1 "),
        ("the description of a plan", "received cycles "),
        ("the name of a procedure", "femoral "),
    ],
)
def test_what_a_place_says_again_and_again(place: str, said: str, post: Post) -> None:
    """Each took seconds, or might: what is said in a unit, of a node, by a plan is looked at once."""
    text = said * (LENGTH // len(said))
    began = time.process_time()
    post(order("pet-ct", None), [*PATIENTS["new-iia"], _saying(text, PLACES[place])])
    assert time.process_time() - began < SECONDS


def _saying(text: str, place: Json) -> Json:
    """The resource of a place with another text in it."""
    told: Json = json.loads(json.dumps(place).replace(json.dumps(TEXT), json.dumps(text)))
    return told
