"""Metastasis that a record or an order names in an element where hardly anybody looks, through the whole service.

What cannot be read there is unknown: a file, a narrative that says more than its elements do.
"""

import pytest

from tests.facts.test_text_reasons import ICD, PATIENTS, Json, Post, cc, condition, of_patient, order, post, warns

__all__ = ["post"]

RECENTLY = "2026-11-10"
METS = "Bone metastases"
WORDS = {"text": METS}
SHOWN = [{"display": METS}]

LEFT_CORE = {"text": "Core biopsy of left breast"}


def done(**elements: object) -> Json:
    code = elements.pop("code", {"text": "Physiotherapy"})
    made = of_patient("Procedure", "p", status="completed", code=code, performedDateTime=RECENTLY)
    return {**made, **elements}


def noted(**elements: object) -> Json:
    return condition("other", {"text": "Essential hypertension"}, **elements)


def prescribed(**elements: object) -> Json:
    drug = {"text": "denosumab"}
    return of_patient(
        "MedicationRequest", "m", status="active", intent="order", medicationCodeableConcept=drug, **elements
    )


def planned(**elements: object) -> Json:
    return of_patient("CarePlan", "c", status="active", intent="plan", created=RECENTLY, **elements)


def activity(**elements: object) -> Json:
    return planned(activity=[elements])


def reported(name: str = "CT chest", on: str = RECENTLY, status: str = "final", **elements: object) -> Json:
    return of_patient("DiagnosticReport", "r", status=status, code={"text": name}, effectiveDateTime=on, **elements)


FILE = [{"contentType": "application/pdf", "url": "Binary/1"}]
PATIENTS_ASKED = ("new-iia", "followed-surgery")


@pytest.mark.parametrize("patient", PATIENTS_ASKED)
@pytest.mark.parametrize(
    ("resource", "warning", "why"),
    [
        (done(complication=[WORDS]), False, "a complication"),
        (done(complicationDetail=SHOWN), False, "by reference"),
        (done(outcome=WORDS), False, "an outcome"),
        (done(followUp=[WORDS]), False, "what follows"),
        (done(report=SHOWN), False, "the name of its report"),
        (done(bodySite=[WORDS]), False, "the site"),
        (done(status="not-done", statusReason=WORDS), False, "why it was not done"),
        (done(category={"text": "Palliative"}), False, "treatment that does not mean to cure"),
        (done(code={"text": "Radiotherapy to lumbar spine"}), False, "where metastases are irradiated"),
        (done(outcome={"text": "Successful"}, bodySite=[{"text": "Left knee"}]), True, "nothing of the kind"),
        (done(code={"text": "US guided biopsy of liver"}), False, "tissue of another organ, taken in this work-up"),
        (done(code=LEFT_CORE, category={"text": "Surgical"}, performedDateTime="2024-03-01"), True, "of the breast"),
        (noted(bodySite=[WORDS]), False, "the site of a diagnosis"),
        (noted(bodySite=[{"text": "Left arm"}]), True, "any other site"),
        (noted(extension=[{"url": "urn:due-to", "valueCodeableConcept": cc("C79.51", ICD)}]), False, "its cause"),
        (noted(onsetString=f"with {METS}"), False, "when it began"),
        (noted(stage=[{"assessment": SHOWN}]), False, "what its stage rests on"),
        (prescribed(statusReason=WORDS), False, "why it was changed"),
        (prescribed(courseOfTherapyType={"text": "Palliative"}), False, "what it is meant for"),
        (prescribed(category=[{"text": "Community"}]), True, "where it is taken"),
        (planned(goal=SHOWN), False, "a goal"),
        (planned(supportingInfo=SHOWN), False, "what it rests on"),
        (planned(title="Hospice care"), False, "care that does not mean to cure"),
        (activity(detail={"status": "scheduled", "goal": SHOWN}), False, "the goal of an activity"),
        (activity(detail={"status": "stopped", "statusReason": WORDS}), False, "why one was stopped"),
        (activity(reference={"display": f"Radiotherapy for {METS}"}), False, "what is to be done"),
        (activity(progress=[WORDS]), False, "how it goes"),
        (activity(outcomeCodeableConcept=[WORDS]), False, "what came of it"),
        (activity(reference={"display": "Physiotherapy"}, progress=[{"text": "going well"}]), True, "nothing"),
        (reported(presentedForm=FILE), False, "what is in a file is not read"),
        (reported(), False, "nor what is nowhere: somebody saw something"),
        (reported("Biopsy of liver", presentedForm=FILE), False, "tissue of another organ"),
        (reported(on="2024-02-01", presentedForm=FILE), True, "an old one: what it found stands on the problem list"),
        (reported(status="registered"), False, "done, and nothing is told of it yet"),
        (reported(status="cancelled"), True, "it never was"),
        (reported("Mammography", presentedForm=FILE), True, "of the breast: distant disease is not looked for"),
        (reported("Complete blood count"), True, "values, which are read as Observations"),
        (reported("Mammography", result=SHOWN), False, "the name of a result"),
        (reported("Mammography", media=[{"comment": METS}]), False, "of a picture"),
        (reported("Mammography", presentedForm=[{"title": METS}]), False, "of a file"),
    ],
)  # fmt: skip
def test_a_metastasis_named_where_hardly_anybody_looks(
    resource: Json, *, warning: bool, why: str, patient: str, post: Post
) -> None:
    assert warns(post(order("pet-ct", None), [*PATIENTS[patient], resource])) is warning, why


@pytest.mark.parametrize("patient", PATIENTS_ASKED)
@pytest.mark.parametrize(
    ("elements", "warning", "why"),
    [
        ({"asNeededCodeableConcept": {"text": "bone pain"}}, False, "what it is needed for"),
        ({"category": [WORDS]}, False, "its category"),
        ({"category": [{"text": "Imaging"}]}, True, "what any has"),
        ({"basedOn": SHOWN}, False, "the plan that it follows"),
        ({"replaces": SHOWN}, False, "the order that it replaces"),
        ({"extension": [{"url": "urn:reason", "valueString": METS}]}, False, "an extension in words"),
        ({"extension": [{"url": "urn:a", "extension": [{"url": "b", "valueString": METS}]}]}, False, "within another"),
        ({"reasonCode": [{**cc("254837009"), "extension": [{"url": "x", "valueString": METS}]}]}, False, "of a reason"),
        ({"extension": [{"url": "urn:room", "valueString": "CT 3"}]}, True, "which may say anything"),
        ({"text": {"status": "additional", "div": "<div/>"}}, False, "its narrative says more than its elements"),
        ({"text": {"status": "generated", "div": "<div/>"}}, True, "or no more"),
    ],
)  # fmt: skip
def test_a_metastasis_that_the_order_names_beside_its_reason(
    elements: Json, *, warning: bool, why: str, patient: str, post: Post
) -> None:
    assert warns(post({**order("pet-ct", None), **elements}, PATIENTS[patient])) is warning, why
