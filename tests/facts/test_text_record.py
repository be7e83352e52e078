"""Texts of the record, through the whole service: `held-out-record.yaml`, and of the breast `breast-record.yaml`.

An order without a reason, beside one text: the conclusion of a report, a name on the problem list, or a note on the
cancer's own entry. What the service must not do is warn where the text says, suggests or may say distant disease, an
advanced or second cancer, a recurrence, or another disease; what it should not do is fall silent over everyday words.
"""

import pathlib
from copy import deepcopy

import pytest
import yaml

from tests.facts.test_text_reasons import (
    LOINC,
    PATIENTS,
    Json,
    Post,
    assessed,
    cc,
    condition,
    of_patient,
    order,
    post,
    warns,
)

__all__ = ["post"]

ROWS = [
    {**group, **row}
    for file in ("held-out-record.yaml", "breast-record.yaml")
    for group in yaml.safe_load((pathlib.Path(__file__).parent / file).read_text(encoding="utf-8"))
    for row in group["rows"]
]
RECENTLY = "2026-11-10"


def report(text: str, study: str = "CT chest", on: str = RECENTLY) -> Json:
    return of_patient(
        "DiagnosticReport", "text", status="final", code={"text": study}, effectiveDateTime=on, conclusion=text
    )


def with_text(record: list[Json], row: Json) -> list[Json]:
    """The record with the text of a row in its place."""
    record = deepcopy(record)
    match row["kind"]:
        case "conclusion":
            return [*record, report(row["say"], row["study"])]
        case "name":
            return [*record, condition("text", {"text": row["say"]}, recordedDate=RECENTLY)]
        case "note":
            next(each for each in record if each["resourceType"] == "Condition")["note"] = [{"text": row["say"]}]
            return record
    raise AssertionError(row["kind"])


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['kind']}: {row['say'][:60]}" for row in ROWS])
@pytest.mark.parametrize(("patient", "field"), [("new-iia", "new"), ("followed-surgery", "followed")])
def test_a_held_out_text_of_the_record(row: Json, patient: str, field: str, post: Post) -> None:
    """A study of the body, of each kind, beside a text that the reader was not made for."""
    for study in ("pet-ct", "ct-cap", "bone-scan") if row[field] != "either" else ():
        answer = post(order(study, None), with_text(PATIENTS[patient], row))
        assert warns(answer) is (row[field] == "warn"), (study, row["why"], assessed(answer))


# --- what is told -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("row", "resource", "said"),
    [
        (
            {"kind": "conclusion", "study": "CT chest", "say": "Kryptoid left apex."},
            "DiagnosticReport/text",
            "a report",
        ),
        ({"kind": "name", "say": "Kryptoid"}, "Condition/text", "an entry"),
        ({"kind": "note", "say": "Kryptoid."}, "Condition/cancer", "a note"),
    ],
    ids=["report", "entry", "note"],
)
def test_what_nobody_understood_is_asked_about_with_its_place(row: Json, resource: str, said: str, post: Post) -> None:
    """The missing fact, why it is, and the resource that leaves it open; never the words."""
    answer = post(order("pet-ct", None), with_text(PATIENTS["new-iia"], row))
    found = assessed(answer)
    assert (found["outcome"], found["missing"]) == ("insufficient-information", ["metastasis-suspected"])
    named = [each for each in found["evidence"] if each["fact"] == "metastasis-suspected"]
    assert [each["resources"] for each in named] == [[resource]]
    (card,) = answer["cards"]
    assert f"symptoms of metastasis open, as {said} was not understood" in card["summary"]
    assert "kryptoid" not in str(answer).lower()


# --- where it stands, and since when ------------------------------------------------------------------
def test_a_report_older_than_the_work_up_need_not_be_understood(post: Post) -> None:
    record = [*PATIENTS["new-iia"], report("Kryptoid left apex.", on="2024-03-01")]
    assert warns(post(order("pet-ct", None), record))


def test_a_name_that_is_surely_older_than_the_cancer_need_not_be_known(post: Post) -> None:
    record = [*PATIENTS["new-iia"], condition("text", {"text": "Kryptoid"}, "2012-05-01")]
    assert warns(post(order("pet-ct", None), record))


@pytest.mark.parametrize(("on", "warning"), [("2026-11-01", False), ("2024-11-01", True)], ids=["recent", "old"])
def test_an_acute_disease_in_a_report_counts_while_it_is_recent(on: str, *, warning: bool, post: Post) -> None:
    """In follow-up: a pneumonia of two years ago is over."""
    record = [*PATIENTS["followed-surgery"], report("Pneumonia right lower lobe.", "Chest X-ray", on)]
    assert warns(post(order("pet-ct", None), record)) is warning


def sided(side: str) -> list[Json]:
    """A new stage IIA patient whose cancer names its side."""
    site = {"text": f"{side} breast"}
    return [
        {**each, "bodySite": [site]} if each["resourceType"] == "Condition" else each for each in PATIENTS["new-iia"]
    ]


@pytest.mark.parametrize(
    ("row", "warning"),
    [
        ({"kind": "name", "say": "Malignant neoplasm of right female breast"}, False),
        ({"kind": "name", "say": "Malignant neoplasm of left female breast"}, True),
        ({"kind": "conclusion", "study": "Mammogram", "say": "Right breast: suspicious mass, BI-RADS 5."}, False),
        ({"kind": "conclusion", "study": "Mammogram", "say": "Left breast: suspicious mass, BI-RADS 5."}, True),
        ({"kind": "note", "say": "Biopsy of the right breast booked."}, False),
        ({"kind": "note", "say": "Biopsy of the left breast booked."}, True),
    ],
)
def test_a_text_of_the_other_side_than_the_cancer(row: Json, *, warning: bool, post: Post) -> None:
    answer = post(order("pet-ct", None), with_text(sided("left"), row))
    assert warns(answer) is warning, assessed(answer)


def of_breast(id: str, says: str, on: str) -> Json:
    code = {"text": "Diagnostic mammography"}
    return of_patient("DiagnosticReport", id, status="final", code=code, effectiveDateTime=on, conclusion=says)


LATER = "2026-11-20"


@pytest.mark.parametrize(
    ("side", "reports", "warning", "why"),
    [
        (None, [("Left breast mass, BI-RADS 5.", RECENTLY)], True, "the tumour itself, imaged in its work-up"),
        (
            None,
            [("Left breast mass, BI-RADS 5.", RECENTLY), ("Right breast mass, BI-RADS 4.", RECENTLY)],
            False,
            "one of them is another one, of a stage that nobody recorded",
        ),
        (None, [("Right breast mass, BI-RADS 4.", LATER)], False, "a finding of later, which may be another one"),
        (None, [("New suspicious mass.", LATER)], False, "on whatever side"),
        (None, [("Benign, BI-RADS 2.", LATER)], True, "nothing suspicious"),
        ("left", [("Left breast mass, BI-RADS 5.", LATER)], True, "the side of the cancer"),
        ("left", [("Right breast mass, BI-RADS 4.", RECENTLY)], False, "the other side"),
    ],
)
def test_a_suspicious_finding_where_the_record_names_no_side(
    side: str | None, reports: list[tuple[str, str]], *, warning: bool, why: str, post: Post
) -> None:
    held = PATIENTS["new-iia"] if side is None else sided(side)
    told = [of_breast(f"r{number}", says, on) for number, (says, on) in enumerate(reports)]
    assert warns(post(order("pet-ct", "staging"), [*held, *told])) is warning, why


@pytest.mark.parametrize(
    ("code", "warning"),
    [
        ({"coding": [{"system": "http://example.org/findings", "code": "f1"}]}, False),  # of no list, and no words
        ({"coding": [{"system": "http://example.org/findings", "code": "f1", "display": "Normal"}]}, True),
        ({"coding": [{"system": "http://example.org/findings", "code": "f1", "display": "Kryptoid"}]}, False),
    ],
    ids=["mute", "normal", "unknown"],
)
def test_a_coded_conclusion(code: Json, *, warning: bool, post: Post) -> None:
    told = {**report("Normal."), "conclusionCode": [code]}
    assert warns(post(order("pet-ct", None), [*PATIENTS["new-iia"], told])) is warning


# --- words beside Observations ----------------------------------------------------------------------------------------
def observed(text: str, category: str, code: str = "Imaging finding", **more: object) -> Json:
    kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category}]}
    made = of_patient("Observation", "text", status="final", code={"text": code}, effectiveDateTime=RECENTLY, **more)
    return {**made, "category": [kind], "valueString": text}


@pytest.mark.parametrize(
    ("observation", "warning", "why"),
    [
        (observed("Kryptoid left apex.", "imaging"), False, "what was seen is not understood"),
        (observed("Lungs clear.", "imaging"), True, "normal"),
        (observed("Kryptoid.", "imaging", "Breast composition"), True, "of the breast: no matter for distant disease"),
        (
            observed("Sample slightly kryptoid.", "laboratory"),
            True,
            "a comment of a laboratory, no reason for silence",
        ),
    ],
)
def test_what_an_observation_says_in_words(observation: Json, *, warning: bool, why: str, post: Post) -> None:
    assert warns(post(order("pet-ct", None), [*PATIENTS["new-iia"], observation])) is warning, why


def noticed(**elements: object) -> Json:
    return of_patient("Observation", "text", status="final", effectiveDateTime=RECENTLY, **elements)


METASTASIS, UNKNOWN = "Liver mets", "http://example.org/findings"
PATHOLOGY = cc("22637-3", LOINC, "Pathology report diagnosis")
FLAG = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


@pytest.mark.parametrize(
    ("observation", "warning", "why"),
    [
        (noticed(valueString="Kryptoid"), False, "without a code nobody knows what the words are about"),
        (noticed(valueString=METASTASIS), False, "or they say it"),
        (noticed(code={"coding": [{}]}, valueCodeableConcept={"text": METASTASIS}), False, "the same, as a concept"),
        (noticed(valueCodeableConcept=cc("f1", UNKNOWN)), False, "a code that nobody knows"),
        (noticed(valueString="Normal."), True, "normal, whatever it is"),
        (noticed(valueQuantity={"value": 5}), True, "a number"),
        (noticed(note=[{"text": "Kryptoid"}]), False, "nothing but a note"),
        (noticed(code=PATHOLOGY, valueString="Adenocarcinoma in liver"), False, "a cancer elsewhere"),
        (noticed(code=PATHOLOGY, valueString="Kryptoid"), False, "a report that nobody understands"),
        (noticed(code=PATHOLOGY, valueString="Invasive ductal carcinoma, kryptoid"), True, "of the breast"),
        (noticed(code={"text": "CT chest"}, valueString="Kryptoid"), False, "a study by its name, of no category"),
        (noticed(code={"text": "Mammography"}, valueString="Kryptoid"), True, "a study of the breast"),
        (noticed(code={"text": "Bone scan"}, interpretation=[cc("A", FLAG)]), False, "flagged abnormal, no more"),
        (noticed(code={"text": "Bone scan"}, interpretation=[cc("N", FLAG)]), True, "flagged normal"),
        (
            {**observed("cT2", "imaging"), "code": cc("21905-5", LOINC, "cT category")},
            True,
            "a category of the stage, found by imaging",
        ),
        (noticed(code={"text": "Size"}, valueQuantity={"value": 5}, bodySite={"text": METASTASIS}), False, "site"),
        (noticed(code={"text": "Size"}, valueQuantity={"value": 5}, focus=[{"display": METASTASIS}]), False, "focus"),
        (noticed(code={"text": "Sample"}, valueString="done", method={"text": METASTASIS}), False, "how"),
        (noticed(code={"text": "Panel"}, hasMember=[{"display": METASTASIS}]), False, "a member"),
        (noticed(code={"text": "Result"}, derivedFrom=[{"display": METASTASIS}]), False, "what it was derived from"),
        (noticed(code={"text": "Result"}, interpretation=[{"text": "Suspicious for mets"}]), False, "its meaning"),
        (
            noticed(code={"text": "CT"}, component=[{"code": {"text": "Liver"}, "interpretation": [{"text": "mets"}]}]),
            False,
            "the meaning of a part",
        ),
        (noticed(code={"text": "Urine culture"}, interpretation=[{"text": "Abnormal"}]), True, "any flag says as much"),
        (noticed(code={"text": "Blood pressure"}, bodySite={"text": "Right arm"}), True, "a site and no finding"),
    ],
)  # fmt: skip
def test_what_an_observation_says_elsewhere_than_in_its_code(
    observation: Json, *, warning: bool, why: str, post: Post
) -> None:
    assert warns(post(order("pet-ct", None), [*PATIENTS["new-iia"], observation])) is warning, why


@pytest.mark.parametrize(
    ("note", "warning"), [("Kryptoid after MRI.", False), ("Confirmed on core biopsy.", True)], ids=["unknown", "known"]
)
def test_a_note_on_the_stage_is_one_on_the_cancer(note: str, *, warning: bool, post: Post) -> None:
    record = deepcopy(PATIENTS["new-iia"])
    next(each for each in record if each["id"] == "o21908-9")["note"] = [{"text": note}]
    assert warns(post(order("pet-ct", None), record)) is warning


@pytest.mark.parametrize(
    ("note", "warning", "why"),
    [
        ("Dr says her walking has gone to pot", False, "words for a symptom that nobody listed"),
        ("Kryptoid.", False, "a word that nobody knows"),
        ("Please see clinic note.", False, "what it points to is not here"),
        ("For staging of breast cancer.", True, "understood as a reason is"),
        ("Prefers phone calls after 4 pm.", True, "understood as a note is: it says nothing of the patient"),
    ],
)
def test_a_note_on_the_order_is_understood_or_leaves_it_open(note: str, *, warning: bool, why: str, post: Post) -> None:
    """The note is the order's own words; one that nobody understands may name a symptom."""
    noted = {**order("pet-ct", None), "note": [{"text": note}]}
    answer = post(noted, PATIENTS["new-iia"])
    assert warns(answer) is warning, why
    assert warning or "a note was not understood" in answer["cards"][0]["summary"]
