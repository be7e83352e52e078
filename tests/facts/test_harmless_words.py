"""Texts in harmless words that are not harmless, through the whole service: `hostile-record.yaml` and, for
reports of every speciality, `hostile-conclusions.yaml`.

And the studies that look for no tumour: what their reports may hold without being understood.
"""

import pathlib

import pytest
import yaml

from tests.facts.test_text_reasons import PATIENTS, Json, Post, assessed, order, post, warns
from tests.facts.test_text_record import report, with_text

__all__ = ["post"]

HERE = pathlib.Path(__file__).parent
FILES = ("hostile-record.yaml", "hostile-conclusions.yaml")
GROUPS = [group for name in FILES for group in yaml.safe_load((HERE / name).read_text(encoding="utf-8"))]
ROWS = [{**row, "kind": group["kind"]} for group in GROUPS for row in group["rows"]]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['kind']}: {row['say'][:60]}" for row in ROWS])
@pytest.mark.parametrize("patient", ["new-iia", "followed-surgery"])
def test_a_text_in_harmless_words_that_is_not_harmless(row: Json, patient: str, post: Post) -> None:
    reason = row["say"] if row["kind"] == "reason" else None
    record = PATIENTS[patient] if reason else with_text(PATIENTS[patient], row)
    for study in ("pet-ct", "ct-cap", "bone-scan"):
        answer = post(order(study, reason), record)
        assert not warns(answer), (study, row["why"], assessed(answer))


EVERYDAY = yaml.safe_load((HERE / "everyday-conclusions.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", EVERYDAY, ids=[f"{row['study']}: {row['say'][:60]}" for row in EVERYDAY])
@pytest.mark.parametrize(("patient", "field"), [("new-iia", "new"), ("followed-surgery", "followed")])
def test_an_everyday_conclusion(row: Json, patient: str, field: str, post: Post) -> None:
    if row[field] == "warn":
        answer = post(order("pet-ct", None), with_text(PATIENTS[patient], {**row, "kind": "conclusion"}))
        assert warns(answer), assessed(answer)


# --- studies that look for no tumour ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("study", "text", "warning", "why"),
    [
        ("HbA1c", "43 mmol/mol, kryptoid range.", True, "one substance: whatever it is, no sign of distant disease"),
        ("HbA1c", "43 mmol/mol, kryptoid range, suspicious for pancreatic mass.", False, "a finding always counts"),
        ("HbA1c", "Kryptoid. Discuss with radiology.", False, "a next step is asked for"),
        ("HbA1c", "Kryptoid?", False, "a question"),
        ("HbA1c", "Kryptoid, liver.", False, "a part of the body that the study is not of"),
        ("HbA1c and ultrasound", "Kryptoid.", False, "the name holds another study"),
        ("Blood test", "Kryptoid.", False, "of an unknown kind: whole"),
        ("HbA1c", "43 mmol/mol. Patient kryptoid.", False, "it speaks of the patient"),
        ("Lipid profile", "Cholesterol 5.6, kryptoid 7 %.", True, "as HbA1c"),
        (
            "Sleep study",
            "AHI 8/h, kryptoid.",
            False,
            "somebody looked at the patient, and nothing says that all is normal",
        ),
        ("Spirometry", "Kryptoid loops. Normal spirometry.", True, "the report says of the whole that it is normal"),
        ("Spirometry", "Kryptoid loops.", False, "no statement that the whole is normal"),
        ("Spirometry", "Kryptoid loops. Flow normal.", False, "only the flow is normal"),
        ("Spirometry", "Kryptoid loops. Otherwise normal.", False, "normal but for something"),
        ("Spirometry", "FEV1/FVC 0.81, FEV1 104 % pred. Normal.", True, "numbers that the report itself calls normal"),
        ("CT chest", "Kryptoid. Normal.", False, "a CT looks for tumours: whole"),
    ],
)
def test_how_much_of_a_report_has_to_be_understood(
    study: str, text: str, *, warning: bool, why: str, post: Post
) -> None:
    answer = post(order("pet-ct", None), [*PATIENTS["new-iia"], report(text, study)])
    assert warns(answer) is warning, (why, assessed(answer))


@pytest.mark.parametrize(
    ("more", "warning", "why"),
    [
        ({"category": [{"coding": [{"code": "LAB"}]}]}, True, "a laboratory"),
        ({"category": [{"coding": [{"code": "RAD"}]}]}, False, "radiology: the name may be wrong"),
        ({"code": {"text": "HbA1c", "coding": [{"display": "CT abdomen"}]}}, False, "two names that disagree"),
        ({"code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]}}, False, "no words for the study"),
    ],
    ids=["laboratory", "radiology", "two names", "no name"],
)
def test_a_study_is_known_by_every_word_of_its_name(more: Json, *, warning: bool, why: str, post: Post) -> None:
    told = {**report("Kryptoid.", "HbA1c"), **more}
    assert warns(post(order("pet-ct", None), [*PATIENTS["new-iia"], told])) is warning, why


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("Index lesion liver.", False),
        ("Known carcinoma, sternum.", False),
        ("Breast cancer in the left femur.", False),
        ("Known breast cancer. Sternum normal.", True),
        ("LUNGS:\nClear.", True),
        ("Spleen 9 cm. Kidneys 10.4 and 10.8 cm. Liver normal, 14 cm.", True),
        ("CT chest abdomen pelvis for staging of breast cancer: no metastases.", True),
    ],
)
def test_a_part_of_the_body_has_to_be_called_normal(text: str, *, warning: bool, post: Post) -> None:
    """Beside the cancer it may be where the cancer is; by itself it may be anything."""
    assert warns(post(order("pet-ct", None), [*PATIENTS["new-iia"], report(text)])) is warning
