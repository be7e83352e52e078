"""Reasons as clinicians type them, through the whole service: `reasons.yaml`, and what a problem list says beside them.

Each reason is fired for the study and patient of its row, and with PET/CT for a new stage IA patient and for one in
follow-up who is known by Z85.3. What the service must not do is warn where a symptom, a finding or another disease is
named; what it should not do is fall silent over harmless words.
"""

import pathlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from cds_service.app import create_app
from cds_service.settings import Settings

Json = dict[str, Any]
Post = Callable[[Json, list[Json]], Json]

TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
SCT, LOINC, ICD = "http://snomed.info/sct", "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
STUDIES = {
    "pet-ct": "78815",
    "ct-cap": "CT chest abdomen pelvis with contrast",
    "bone-scan": "78306",
    "mri-head": "70553",
    "us-axilla": "US axilla",
    "node-biopsy": "38505",
    "mri-breast": "77049",
    "us-breast": "US breast",
    "mammography": "77066",
}
AXILLA = [{"coding": [{"system": SCT, "code": "91470000", "display": "Axillary region structure"}]}]


# --- patients --------------------------------------------------------------------------------------
def cc(code: str, system: str = SCT, display: str | None = None) -> Json:
    return {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})]}


def of_patient(type_: str, id: str, **more: Any) -> Json:
    return {"resourceType": type_, "id": id, "subject": {"reference": "Patient/p1"}, **more}


def condition(id: str, code: Json, onset: str | None = None, **more: Any) -> Json:
    active = cc("active", "http://terminology.hl7.org/CodeSystem/condition-clinical")
    dated = {"onsetDateTime": onset} if onset else {}
    return of_patient("Condition", id, code=code, clinicalStatus=active, **dated, **more)


def staged(t: str, n: str, group: str, on: str) -> list[Json]:
    values = (("21905-5", t), ("21906-3", n), ("21907-1", "30893008"), ("21908-9", group))
    return [
        of_patient(
            "Observation",
            f"o{code}",
            status="final",
            code=cc(code, LOINC),
            valueCodeableConcept=cc(value),
            effectiveDateTime=on,
        )
        for code, value in values
    ]


def procedure(id: str, code: str, on: str, **more: Any) -> Json:
    return of_patient("Procedure", id, status="completed", code=cc(code), performedDateTime=on, **more)


T1, T2, T3, N0, N1 = "23351008", "67673008", "14410001", "62455006", "53623008"
IA, IIA, IIB, IIIA = "261634002", "261614003", "261615002", "261638004"
CANCER = cc("254837009", display="Malignant neoplasm of breast (disorder)")
NEOADJUVANT = [cc("373846009", display="Neoadjuvant intent")]
LUMPECTOMY = "392021009"
NODE_POSITIVE = [condition("cancer", CANCER, "2026-05-04"), *staged(T2, N1, IIB, "2026-05-08")]
PATIENTS: dict[str, list[Json]] = {
    "new-early": [condition("cancer", CANCER, "2026-10-15"), *staged(T1, N0, IA, "2026-10-20")],
    "new-iia": [condition("cancer", CANCER, "2026-10-15"), *staged(T2, N0, IIA, "2026-10-20")],
    "new-advanced": [condition("cancer", CANCER, "2026-10-15"), *staged(T3, N1, IIIA, "2026-10-20")],
    "neoadjuvant-planned": [
        condition("cancer", CANCER, "2026-10-15"),
        *staged(T2, N1, IIB, "2026-10-20"),
        of_patient("CarePlan", "plan", status="active", intent="plan", title="Neoadjuvant chemotherapy planned"),
    ],
    "neoadjuvant-done": [
        *NODE_POSITIVE,
        *(
            procedure(f"c{month}", "367336001", f"2026-{month}-20", reasonCode=NEOADJUVANT)
            for month in ("06", "07", "08", "09", "10")
        ),
    ],
    "followed": [condition("history", cc("Z85.3", ICD, "Personal history of malignant neoplasm of breast"))],
    "followed-surgery": [
        condition("cancer", CANCER, "2023-01-10"),
        *staged(T1, N0, IA, "2023-01-12"),
        procedure("surgery", LUMPECTOMY, "2023-02-10"),
    ],
}
KEYS = {
    "conditions": "Condition",
    "observations": "Observation",
    "procedures": "Procedure",
    "medicationRequests": "MedicationRequest",
    "medicationAdministrations": "MedicationAdministration",
    "carePlans": "CarePlan",
    "diagnosticReports": "DiagnosticReport",
    "allergies": "AllergyIntolerance",
}


def prefetch(record: list[Json]) -> Json:
    made: Json = {"patient": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1964-03-02"}}
    for key, type_ in KEYS.items():
        entries = [{"resource": each} for each in record if each["resourceType"] == type_]
        made[key] = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    return made


def order(study: str, reason: str | None) -> Json:
    named = STUDIES[study]
    code = cc(named, "http://www.ama-assn.org/go/cpt") if named[0].isdecimal() else {"text": named}
    made = of_patient("ServiceRequest", "order", status="draft", intent="order", code=code)
    site = {"bodySite": AXILLA} if study == "node-biopsy" else {}
    return made | site | ({"reasonCode": [{"text": reason}]} if reason else {})


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Fires order-select for one order on a record, and gives the answer."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")), clock=lambda: TODAY)
    client = app.test_client()

    def fire(draft: Json, record: list[Json]) -> Json:
        body = {
            "hook": "order-select",
            "hookInstance": "0f1a2b3c-0000-4000-8000-000000000000",
            "context": {
                "userId": "Practitioner/1",
                "patientId": "p1",
                "selections": ["ServiceRequest/order"],
                "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": draft}]},
            },
            "prefetch": prefetch(record),
        }
        answer = client.post("/cds-services/breast-imaging-order-select", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        told: Json = answer.json
        return told

    yield fire
    app.extensions["store"].close()


def warns(answer: Json) -> bool:
    return any(card["indicator"] == "warning" for card in answer["cards"])


def assessed(answer: Json) -> Json:
    (assessment,) = answer["extension"]["cds-service.assessments"]
    return dict(assessment)


# --- reasons --------------------------------------------------------------------------------------
def rows(file: str) -> list[Json]:
    groups = yaml.safe_load((pathlib.Path(__file__).parent / file).read_text(encoding="utf-8"))
    return [{**group, **row} for group in groups for row in group["reasons"]]


def each(file: str) -> pytest.MarkDecorator:
    found = rows(file)
    return pytest.mark.parametrize("row", found, ids=[f"{row['group']}: {row['say'][:60]}" for row in found])


each_reason, each_held_out = each("reasons.yaml"), each("held-out.yaml")


@each_reason
def test_the_question_of_a_reason(row: Json, post: Post) -> None:
    """The study of the row for its patient: what it asks, whether that is said, or that it is not ours."""
    answer = post(order(row["order"], row["say"]), PATIENTS[row["of"]])
    found = assessed(answer)
    asks = row.get("asks")
    if asks == "none":
        assert (found["outcome"], answer["cards"]) == ("not-covered", []), row["why"]
    elif asks:
        assert found.get("question") == asks, row["why"]
    if row.get("stated") is not None and asks != "none":
        assert found.get("questionStated") is row["stated"], row["why"]


@each_reason
@pytest.mark.parametrize(("patient", "field"), [("new-early", "new"), ("followed", "followed")])
def test_the_warning_for_pet_ct_with_a_reason(row: Json, patient: str, field: str, post: Post) -> None:
    answer = post(order("pet-ct", row["say"]), PATIENTS[patient])
    if row[field] != "either":
        assert warns(answer) is (row[field] == "warn"), (row["why"], assessed(answer))


@each_held_out
@pytest.mark.parametrize(("patient", "field"), [("new-iia", "new"), ("followed-surgery", "followed")])
def test_a_held_out_reason(row: Json, patient: str, field: str, post: Post) -> None:
    """A study of the body, of each kind, with a reason that the reader was not made for."""
    for study in ("pet-ct", "ct-cap", "bone-scan"):
        answer = post(order(study, row["say"]), PATIENTS[patient])
        if row[field] == "either":
            continue
        assert warns(answer) is (row[field] == "warn"), (study, row["why"], assessed(answer))
        asks = row.get("asks")
        if asks == "none":
            assert assessed(answer)["outcome"] == "not-covered", (study, row["why"])
        elif asks:
            assert assessed(answer).get("question") == asks, (study, row["why"])


# --- what the problem list says beside the cancer --------------------------------------------------
# Names as EHRs show them, and why they say nothing of metastasis.
HARMLESS = [
    ("Essential hypertension", "chronic"),
    ("Hyperlipidemia, unspecified", "chronic"),
    ("Type 2 diabetes mellitus without complications", "chronic"),
    ("Prediabetes", "chronic"),
    ("Obesity, unspecified", "chronic"),
    ("Hypothyroidism, unspecified", "chronic"),
    ("Gastro-esophageal reflux disease without esophagitis", "chronic"),
    ("Osteopenia", "thin bone, often from an aromatase inhibitor"),
    ("Age-related osteoporosis without current pathological fracture", "thin bone, and no fracture"),
    ("Unspecified osteoarthritis, unspecified site", "worn joints; joint pain without that name counts"),
    ("Arthritis", "a joint disease with a name; joint pain counts"),
    ("Degenerative disc disease, lumbar", "worn discs; back pain counts"),
    ("Fibromyalgia", "a disease with a name"),
    ("Vitamin D deficiency, unspecified", "chronic"),
    ("Iron deficiency anemia, unspecified", "anemia with a cause; without one it counts"),
    ("Seasonal allergic rhinitis", "everyday"),
    ("Insomnia, unspecified", "everyday"),
    ("Depression, unspecified", "chronic"),
    ("Anxiety disorder, unspecified", "E53: no symptom of metastasis"),
    ("Obstructive sleep apnea", "chronic"),
    ("Postmastectomy lymphedema syndrome", "after treatment of the axilla"),
    ("Unspecified cataract", "of age"),
    ("Glaucoma", "of age"),
    ("Sensorineural hearing loss, bilateral", "of age or noise"),
    ("Unspecified hearing loss, unspecified ear", "how a problem list names it; as the reason of an order it counts"),
    ("COPD (chronic obstructive pulmonary disease)", "a lung disease with a name; cough and dyspnea count"),
    ("Unspecified asthma, uncomplicated", "likewise"),
    ("Coronary artery disease", "chronic"),
    ("Unspecified atrial fibrillation", "chronic"),
    ("Chronic kidney disease, stage 3 unspecified", "a stage that is none of a cancer"),
    ("Nontoxic single thyroid nodule", "benign"),
    ("Multinodular goiter", "benign"),
    ("Simple renal cyst", "benign"),
    ("Hepatic cyst", "benign"),
    ("Hemangioma of liver", "benign"),
    ("Hepatic steatosis", "fat, not a lesion"),
    ("Fatty (change of) liver, not elsewhere classified", "fat, not a lesion"),
    ("Diverticulosis of colon", "benign"),
    ("Benign neoplasm of colon, unspecified", "no cancer"),
    ("Fibrocystic breast disease", "benign"),
    ("Atypical ductal hyperplasia of breast", "benign"),
    ("Uterine leiomyoma", "benign"),
    ("Hot flashes", "from endocrine therapy"),
    ("Elevated blood pressure reading", "a raised value of another kind"),
    ("Elevated lipoprotein(a)", "a raised value of another kind"),
    ("Abnormal Pap smear of cervix", "a finding of another kind"),
    ("Stress incontinence", "of the pelvic floor; incontinence without a name counts"),
    ("Former smoker", "a habit"),
    ("Family history of malignant neoplasm of ovary", "somebody else's"),
    ("Personal history of healed traumatic fracture", "healed"),
    ("Penicillin allergy", "no disease"),
]
# The same complaint counts undated, and not once it is surely older than the cancer and unchanged (E19).
COUNTS = [
    "Migraine, unspecified",
    "Low back pain, unspecified",
    "Anemia, unspecified",
    "Chronic cough",
    "Pain in right knee",
    "Fracture of distal radius",
    "Hearing loss",
    "Urinary incontinence",
    "Solitary pulmonary nodule",
]
BASES = [("new-early", "staging"), ("followed-surgery", "surveillance")]


@pytest.mark.parametrize("base", BASES, ids=[patient for patient, _ in BASES])
@pytest.mark.parametrize(("display", "why"), HARMLESS, ids=[display for display, _ in HARMLESS])
def test_a_chronic_disease_on_the_problem_list_loses_no_warning(
    display: str, why: str, base: tuple[str, str], post: Post
) -> None:
    patient, reason = base
    answer = post(order("pet-ct", reason), [*PATIENTS[patient], condition("other", {"text": display})])
    assert warns(answer), (why, assessed(answer))


@pytest.mark.parametrize("base", BASES, ids=[patient for patient, _ in BASES])
@pytest.mark.parametrize(("onset", "warning"), [(None, False), ("2014-05-02", True)], ids=["undated", "older"])
@pytest.mark.parametrize("display", COUNTS)
def test_a_complaint_on_the_problem_list_counts_unless_it_is_older_than_the_cancer(
    display: str, onset: str | None, warning: bool, base: tuple[str, str], post: Post
) -> None:
    patient, reason = base
    answer = post(order("pet-ct", reason), [*PATIENTS[patient], condition("other", {"text": display}, onset)])
    assert warns(answer) is warning, assessed(answer)


# --- the side of the cancer ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reason", "warning", "why"),
    [
        ("Left breast cancer, staging", True, "the cancer on record"),
        ("Left IDC, s/p left breast biopsy, right breast clear, staging", True, "nothing is on the right"),
        ("Right breast cancer, staging", False, "a cancer that is not on record, or the wrong side"),
        ("Staging. Right breast also has IDC.", False, "a second cancer, of a stage that nobody recorded"),
        ("Bilateral breast cancer, staging", False, "the same"),
    ],
)
def test_a_cancer_of_a_side_that_is_not_on_record(reason: str, warning: bool, why: str, post: Post) -> None:
    left = condition("cancer", CANCER, "2026-10-15", bodySite=[cc("7771000", display="Left")])
    answer = post(order("pet-ct", reason), [left, *staged(T2, N0, IIA, "2026-10-20")])
    assert warns(answer) is warning, (why, assessed(answer))


def said_in(place: str, say: str, patient: str) -> list[Json]:
    """The record of a patient with a text as an entry, a note on the cancer, or a report."""
    record = [dict(each) for each in PATIENTS[patient]]
    if place == "entry":
        return [*record, condition("other", {"text": say}, "2026-11-10")]
    if place == "note":
        return [record[0] | {"note": [{"text": say}]}, *record[1:]]
    report = {"status": "final", "code": {"text": "CT chest"}, "effectiveDateTime": "2026-11-10", "conclusion": say}
    return [*record, *([of_patient("DiagnosticReport", "report", **report)] if place == "report" else ())]


PLACES = ("reason", "entry", "note", "report")


@pytest.mark.parametrize("base", BASES, ids=[patient for patient, _ in BASES])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "say",
    [
        "Second breast cancer, other side",
        "2nd breast primary, contralateral",
        "New breast ca, opposite breast",
        "Another breast cancer, on the other side",
        "Second breast cancer (right)",
        "Breast cancer (other side)",
        "Other breast: cancer",
        "Contralateral breast cancer",
    ],
)
def test_another_breast_cancer_than_the_one_on_record(say: str, place: str, base: tuple[str, str], post: Post) -> None:
    """E25, E26: it has a stage of its own, which nobody recorded, and the higher one decides."""
    patient, reason = base
    answer = post(order("pet-ct", say if place == "reason" else reason), said_in(place, say, patient))
    assert not warns(answer), assessed(answer)


@pytest.mark.parametrize("base", BASES, ids=[patient for patient, _ in BASES])
@pytest.mark.parametrize("place", ["reason", "note", "report"])
@pytest.mark.parametrize(
    "say",
    [
        "Left IDC, other breast clear",
        "Left breast cancer, other breast normal",
        "Staging of breast cancer. Other breast: benign cyst",
    ],
)
def test_the_other_breast_without_a_cancer(say: str, place: str, base: tuple[str, str], post: Post) -> None:
    patient, reason = base
    answer = post(order("pet-ct", say if place == "reason" else reason), said_in(place, say, patient))
    assert warns(answer), assessed(answer)


@pytest.mark.parametrize("base", BASES, ids=[patient for patient, _ in BASES])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "say",
    [
        "Axillary nodes do not appear normal",
        "Left axillary node is not normal in appearance",
        "Axillary lymph nodes do not look normal.",
        "The axillary nodes are far from normal",
        "Axillary nodes don't seem benign",
        "Axillary nodes not entirely normal",
        "Axillary nodes do not have a normal appearance",
    ],
)
def test_nodes_that_are_not_normal(say: str, place: str, base: tuple[str, str], post: Post) -> None:
    """C8, E58: a suspicious node makes T2 N0 (IIA) T2 N1 (IIB), and asks for the axilla first."""
    patient, reason = ("new-iia", "staging") if base[0] == "new-early" else base
    answer = post(order("pet-ct", say if place == "reason" else reason), said_in(place, say, patient))
    assert not warns(answer), assessed(answer)


@pytest.mark.parametrize("study", ["US axilla", "MRI breast", "Mammogram"])
@pytest.mark.parametrize(
    ("say", "warning"),
    [
        ("Axillary nodes do not appear normal.", False),
        ("Axillary nodes are hardly normal.", False),
        ("Axillary nodes cannot be called benign.", False),
        ("Axillary nodes appear normal.", True),
        ("Axillary nodes do not appear enlarged.", True),
        ("No mass. Axillary nodes normal.", True),
        ("Nodes not seen on the prior. Axilla normal.", False),  # what was not there before
    ],
)
def test_a_breast_report_on_nodes_that_are_not_normal(say: str, warning: bool, study: str, post: Post) -> None:
    report = {"status": "final", "code": {"text": study}, "effectiveDateTime": "2026-11-10", "conclusion": say}
    record = [*PATIENTS["new-iia"], of_patient("DiagnosticReport", "report", **report)]
    answer = post(order("pet-ct", "staging"), record)
    assert warns(answer) is warning, assessed(answer)


# --- chronic diseases in the order -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        (["Malignant neoplasm of breast", "Essential hypertension"], "rated"),  # beside the cancer it says nothing
        (["Essential hypertension"], "not-covered"),  # alone it is no reason for this study
        (["Malignant neoplasm of breast", "COPD"], "not-covered"),  # a reason of its own
        (["breast cancer surveillance. COPD, CKD, osteoporosis"], "rated"),  # the words say what the study is for
        (["COPD follow-up"], "not-covered"),  # the follow-up of something else
        (["COPD, history of breast cancer"], "insufficient-information"),  # either may be the reason
    ],
)
def test_a_chronic_disease_among_the_reasons(reasons: list[str], outcome: str, post: Post) -> None:
    draft = order("pet-ct", None) | {"reasonCode": [{"text": reason} for reason in reasons]}
    assert assessed(post(draft, PATIENTS["followed-surgery"]))["outcome"] == outcome
