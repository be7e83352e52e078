"""Records in the shapes that real senders write, which no author of the rules had in mind.

Every record is ours; its shape was met in a public one: the mCODE IG's examples and the ICHOM breast cancer IG (HL7),
Synthea's breast and colorectal modules, mCODE trial-matching patients, the CDS Hooks Sandbox and Epic's dialect.
Two base patients get a warning for PET/CT: `NEW` (cT1 cN0 cM0, stage IA, diagnosed five weeks ago) and `FOLLOWED`
(lumpectomy three years ago). Each row adds one thing to a base, and says what a clinician would think of it.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings

Json = dict[str, Any]
Fire = Callable[..., Json]

TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
SCT, LOINC, ICD = "http://snomed.info/sct", "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM, CPT = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.ama-assn.org/go/cpt"
CANCER_STAGING = "http://cancerstaging.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
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


# --- shapes ---------------------------------------------------------------------------------------
def cc(code: str, display: str | None = None, system: str = SCT, **more: Any) -> Json:
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding], **more}


def of_patient(type_: str, id: str, **more: Any) -> Json:
    return {"resourceType": type_, "id": id, "subject": {"reference": "Patient/p1"}, **more}


def condition(id: str, code: Json, onset: str | None = None, status: str = "active", **more: Any) -> Json:
    made = of_patient("Condition", id, code=code, clinicalStatus=cc(status, system=CLINICAL))
    made["verificationStatus"] = cc("confirmed", system=VERIFICATION)
    return made | ({"onsetDateTime": onset} if onset else {}) | more


def observation(id: str, code: Json, value: Json | None = None, on: str = "2026-10-20", **more: Any) -> Json:
    made = of_patient("Observation", id, status="final", code=code, effectiveDateTime=on)
    return made | ({"valueCodeableConcept": value} if value else {}) | more


def procedure(id: str, code: Json, on: str, **more: Any) -> Json:
    return of_patient("Procedure", id, status="completed", code=code, performedDateTime=on, **more)


def report(code: str, on: str, conclusion: str | None = None, **more: Any) -> Json:
    made = of_patient("DiagnosticReport", "report", status="final", code=cc(code, system=LOINC), effectiveDateTime=on)
    return made | ({"conclusion": conclusion} if conclusion else {}) | more


def medication(**more: Any) -> Json:
    return of_patient("MedicationRequest", "drug", status="active", intent="order", authoredOn="2026-10-30", **more)


def staged(t: str, n: str, group: str, on: str = "2026-10-20") -> list[Json]:
    """LOINC codes with generic SNOMED CT values and no focus, as Synthea writes them."""
    return [
        observation("t", cc("21905-5", system=LOINC), cc(t), on),
        observation("n", cc("21906-3", system=LOINC), cc(n), on),
        observation("m", cc("21907-1", system=LOINC), cc("30893008"), on),
        observation("group", cc("21908-9", system=LOINC), cc(group), on),
    ]


def group(**value: Any) -> Json:
    return observation("group", cc("21908-9", system=LOINC), **value)


def part(code: str, value: str) -> Json:
    return {"code": cc(code, system=LOINC), "valueCodeableConcept": cc(value)}


T1, T2, N0, N1, M1 = "23351008", "67673008", "62455006", "53623008", "55440008"
IA, IIA, IIB, IIIA = "261634002", "261614003", "261615002", "261638004"
BREAST_CANCER = cc("254837009", "Malignant neoplasm of breast (disorder)")
CHEMOTHERAPY = cc("367336001", "Chemotherapy (procedure)")
FOLLOW_UP = cc("Z08", system=ICD)
ASKS_AXILLA = {"text": "assess axillary nodes"}
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1964-03-02"}
UNSTAGED = [PATIENT, condition("cancer", BREAST_CANCER, "2026-10-15")]
NEW = [*UNSTAGED, *staged(T1, N0, IA)]
NEW_IIA = [*UNSTAGED, *staged(T2, N0, IIA)]
TREATED = procedure("surgery", cc("392021009", "Lumpectomy of breast (procedure)"), "2023-02-10")
FOLLOWED = [PATIENT, condition("cancer", BREAST_CANCER, "2023-01-10"), TREATED, *staged(T1, N0, IA, "2023-01-12")]
IN_TREATMENT = [PATIENT, condition("cancer", BREAST_CANCER, "2026-06-01"), *staged(T2, N1, IIB, "2026-06-05")]
LONG_AGO = [PATIENT, condition("cancer", BREAST_CANCER, "2014-11-06"), *staged(T2, N1, IIB, "2014-11-06")]
NEOADJUVANT_PLANNED = [
    *UNSTAGED,
    *staged(T2, N1, IIB),
    of_patient("CarePlan", "plan", status="active", intent="plan", title="Neoadjuvant chemotherapy planned"),
]


def followed_as(status: str) -> list[Json]:
    return [PATIENT, condition("cancer", BREAST_CANCER, "2023-01-10", status), TREATED]


def order(code: str = "78815", **more: Any) -> Json:
    return of_patient(
        "ServiceRequest", "order", status="draft", intent="order", code=cc(code, system=CPT), **deepcopy(more)
    )


def searchset(type_: str, items: list[Json]) -> Json:
    """As a HAPI server answers: self link, lastUpdated, search mode, meta on every resource."""
    base = "http://fhir.example.org/r4"
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(items)}
    bundle["link"] = [{"relation": "self", "url": f"{base}/{type_}/_search?patient=p1"}]
    if items:
        bundle["entry"] = [
            {
                "fullUrl": f"{base}/{type_}/{item['id']}",
                "resource": {**item, "meta": {"versionId": "1", "lastUpdated": "2026-11-01T00:00:00Z"}},
                "search": {"mode": "match"},
            }
            for item in items
        ]
    return bundle


def prefetch(record: list[Json]) -> Json:
    made: Json = {"patient": record[0]}
    for key, type_ in KEYS.items():
        made[key] = searchset(type_, [item for item in record if item["resourceType"] == type_])
    return made


@pytest.fixture(scope="module")
def fire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fire]:
    """Fires order-select for one order on a record, and gives the answer."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")), clock=lambda: TODAY)
    client = app.test_client()

    def post(record: list[Json] | Json, draft: Json | None = None) -> Json:
        asked = draft or order()
        body = {
            "hook": "order-select",
            "hookInstance": "0f1a2b3c-0000-4000-8000-000000000000",
            "context": {
                "userId": "Practitioner/1",
                "patientId": "p1",
                "selections": [f"ServiceRequest/{asked['id']}"],
                "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": asked}]},
            },
            "prefetch": record if isinstance(record, dict) else prefetch(record),
        }
        answer = client.post("/cds-services/breast-imaging-order-select", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        told: Json = answer.json
        return told

    yield post
    app.extensions["store"].close()


def warns(answer: Json) -> bool:
    return any(card["indicator"] == "warning" for card in answer["cards"])


def assessed(answer: Json) -> Json:
    (assessment,) = answer["extension"]["cds-service.assessments"]
    return dict(assessment)


# --- never a warning ---------------------------------------------------------------------------------------
def other_cancer(display: str, code: str) -> list[tuple[str, list[Json], Json]]:
    """A cancer of another organ as the only diagnosis, beside breast cancer, and as the reason of the order."""
    named = cc(code, display)
    return [
        (f"{display}, alone", [PATIENT, condition("other", named, "2026-10-15"), *staged(T2, N0, IIA)], order()),
        (f"{display}, beside", [*NEW, condition("other", named, "2026-10-15")], order()),
        (f"{display}, as the reason", FOLLOWED, order(reasonCode=[named])),
    ]


NO_WARNING: list[tuple[str, list[Json], Json]] = [
    (
        "a disease that is improved is there: this is no follow-up after curative treatment",
        [*FOLLOWED, observation("d", cc("97509-4", system=LOINC), cc("268910001"))],
        order(),
    ),
    # Another organ's cancer, in SNOMED CT's own words, is no breast cancer (Sandbox reason list).
    *other_cancer("Malignant tumor of sigmoid colon (disorder)", "363410008"),
    *other_cancer("Carcinoma of main bronchus (disorder)", "372111000"),
    *other_cancer("Malignant tumor of urinary bladder (disorder)", "399326009"),
    *other_cancer("Liver cell carcinoma (disorder)", "109841003"),
    *other_cancer("Lymphosarcoma of lymph nodes of multiple sites (disorder)", "188487008"),
    (
        "a history of colon cancer is no history of breast cancer",
        [PATIENT, condition("h", cc("429047008", "History of malignant neoplasm of colon (situation)"), "2020-01-01")],
        order(),
    ),
    (
        "malignant hypertension is no cancer",
        [PATIENT, condition("h", cc("I10", "Malignant hypertension", ICD), "2026-10-15"), *staged(T1, N0, IA)],
        order(),
    ),
    (
        "a benign breast tumour is no cancer",
        [PATIENT, condition("b", cc("D24.9", "Benign neoplasm of breast", ICD), "2026-10-15"), *staged(T1, N0, IA)],
        order(),
    ),
    (
        "mCODE's post-coordinated cancer is where its body site says: lung",
        [
            PATIENT,
            condition(
                "other",
                cc("363346000", "Malignant neoplastic disease (disorder)"),
                "2026-10-15",
                bodySite=[cc("39607008", "Lung structure")],
            ),
            *staged(T2, N0, IIA),
        ],
        order(),
    ),
    (
        "follow-up of which cancer? another one is active",
        [*FOLLOWED, condition("colon", cc("C18.7", system=ICD), "2024-01-01")],
        order(reasonCode=[FOLLOW_UP]),
    ),
    ("a sarcoma is an active cancer too", [*FOLLOWED, condition("s", cc("443719001", "Leiomyosarcoma"))], order()),
    # Stage, T, N, M: wherever they are written.
    (
        "T2N1 beside a recorded IIA, in the same string",
        [*UNSTAGED, group(valueString="Stage IIA (cT2 cN1 cM0)")],
        order(),
    ),
    ("M1 in the string of the group", [*UNSTAGED, group(valueString="Stage IIA (cT2 cN0 cM1)")], order()),
    (
        "T2N1 in the text of a coded IIA",
        [*UNSTAGED, group(value=cc(IIA) | {"text": "Stage IIA (T2 N1 M0)"})],
        order(),
    ),
    (
        "T2N1 in components of a stage panel",
        [*UNSTAGED, group(value=cc(IIA), component=[part("21905-5", T2), part("21906-3", N1)])],
        order(),
    ),
    ("M1 in a component", [*UNSTAGED, group(value=cc(IA), component=[part("21907-1", M1)])], order()),
    (
        "cM1 under ICHOM's general code: the value says it all",
        [*FOLLOWED, observation("m1", cc("385380006", "Metastasis category finding"), cc("1229903009"), "2024-02-15")],
        order(),
    ),
    (
        "stage IV on the Condition only",
        [PATIENT, FOLLOWED[1] | {"stage": [{"summary": cc("258228008")}]}, TREATED],
        order(),
    ),
    ("stage IV as cancerstaging.org 4", [*FOLLOWED, group(value=cc("4", "IV", CANCER_STAGING))], order()),
    ("pM1 after surgery", [*FOLLOWED, observation("m1", cc("371497001"), cc("1229916009"), "2023-02-15")], order()),
    (
        "M1 once, M0 later",
        [
            *FOLLOWED,
            observation("m1", cc("21907-1", system=LOINC), cc(M1), "2024-02-15"),
            observation("m0", cc("21907-1", system=LOINC), cc("30893008"), "2025-02-15"),
        ],
        order(),
    ),
    (
        "the stage of an earlier cancer of the colon, written without focus, is not the breast's",
        [*UNSTAGED, condition("colon", cc("93761005"), "2018-01-01", "resolved"), *staged(T1, N0, IA, "2018-01-10")],
        order(),
    ),
    # The course of the disease.
    ("clinicalStatus recurrence", followed_as("recurrence"), order()),
    ("clinicalStatus relapse", followed_as("relapse"), order()),
    (
        "disease status: worsened (mCODE Cancer Disease Status)",
        [*FOLLOWED, observation("d", cc("97509-4", system=LOINC), cc("271299001", "Patient's condition worsened"))],
        order(),
    ),
    (
        "axillary metastasis found now, three years after surgery",
        [*FOLLOWED, condition("n", cc("C77.3", system=ICD), "2026-09-15")],
        order(),
    ),
    (
        "metastasis to the axilla, not to a node",
        [*FOLLOWED, condition("n", cc("94186002", "Secondary malignant neoplasm of axilla (disorder)"), "2026-09-15")],
        order(),
    ),
    (
        "between two cycles, each a completed Procedure",
        [*IN_TREATMENT, *(procedure(f"c{i}", CHEMOTHERAPY, on) for i, on in enumerate(("2026-10-20", "2026-11-11")))],
        order(reasonCode=[ASKS_AXILLA]),
    ),
    (
        "chemotherapy of eleven years ago is not neoadjuvant therapy just completed",
        [*LONG_AGO, procedure("c", CHEMOTHERAPY, "2015-04-07")],
        order(reasonCode=[ASKS_AXILLA]),
    ),
    (
        "axillary dissection and radiotherapy after chemotherapy: surgery is behind",
        [
            *LONG_AGO,
            procedure("c", CHEMOTHERAPY, "2015-04-07"),
            procedure("x", cc("234262008", "Excision of axillary lymph node (procedure)"), "2015-04-21"),
            procedure("r", cc("33195004", "Teleradiotherapy procedure (procedure)"), "2015-04-21"),
        ],
        order(reasonCode=[ASKS_AXILLA]),
    ),
    (
        "chemotherapy running, the drug in a contained Medication",
        [
            *FOLLOWED,
            medication(
                medicationReference={"reference": "#med"},
                contained=[
                    {"resourceType": "Medication", "id": "med", "code": {"text": "Paclitaxel 100 MG Injection"}}
                ],
            ),
        ],
        order(),
    ),
    (
        "an active drug nobody can name",
        [*FOLLOWED, medication(medicationReference={"reference": "Medication/elsewhere"})],
        order(),
    ),
    # The axilla.
    (
        "suspicious node on ultrasound after T2N0: IIA or IIB",
        [*NEW_IIA, report("80852-7", "2026-10-25", "Abnormal left axillary lymph node, thick cortex, suspicious.")],
        order(),
    ),
    (
        "biopsy: the mammogram's report has no text here, so nobody can say that no node was seen",
        [
            *NEOADJUVANT_PLANNED,
            report("26346-7", "2026-10-10", presentedForm=[{"contentType": "text/html", "url": "Binary/1"}]),
        ],
        order("38505", bodySite=[cc("91470000", "Axillary region structure")]),
    ),
    # Why it is ordered: the reference's display, or the resource it points to (Epic).
    *(
        (
            f"reasonReference that says: {said}",
            FOLLOWED,
            order(reasonReference=[{"reference": "Condition/z", "display": said}]),
        )
        for said in ("Bone pain", "Pulmonary nodule", "Metastatic breast cancer")
    ),
    (
        "an old back pain is a symptom when the order is placed for it",
        [*FOLLOWED, condition("back", cc("M54.5", "Low back pain", ICD), "2015-01-01")],
        order(reasonReference=[{"reference": "Condition/back"}]),
    ),
    ("a symptom in the order's details", FOLLOWED, order(orderDetail=[{"text": "Reason for exam: new bone pain"}])),
    (
        "a symptom in the text of the study",
        FOLLOWED,
        order() | {"code": cc("78815", system=CPT) | {"text": "PET CT skull base to thigh - bone pain"}},
    ),
    # Symptoms and signs under SNOMED CT's own names (Sandbox reason list).
    *(
        (display, [*FOLLOWED, condition("s", cc(code, display), "2026-11-01")], order())
        for code, display in (
            ("262285001", "Weight decreased (finding)"),
            ("80515008", "Large liver (disorder)"),
            ("274714007", "Shadow of lung (finding)"),
            ("249944006", "Monoparesis - arm (disorder)"),
            ("48522003", "Spinal cord disorder (disorder)"),
        )
    ),
]


@pytest.mark.parametrize(("record", "draft"), [row[1:] for row in NO_WARNING], ids=[row[0] for row in NO_WARNING])
def test_a_record_that_gives_no_right_to_warn_gets_no_warning(fire: Fire, record: list[Json], draft: Json) -> None:
    """Another disease, a higher or doubtful stage, therapy, a symptom: wherever in the record it stands."""
    answer = fire(record, draft)
    assert not warns(answer), assessed(answer)


# --- still a warning ---------------------------------------------------------------------------------------
DOUBLED = condition("again", cc("C50.919", system=ICD)) | {"recordedDate": "2026-10-18"}
EPIC_NAME = "Infiltrating ductal carcinoma of left breast (CMS/HCC)"
LEFT = {"url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier"}

WARNING: list[tuple[str, list[Json] | Json, Json]] = [
    ("the new patient", NEW, order()),
    ("the followed patient", FOLLOWED, order()),
    ("problem list and encounter diagnosis name one cancer", [*NEW, DOUBLED], order()),
    ("the group as text", [*UNSTAGED, group(value={"text": "Stage IIA"})], order()),
    ("the group as a string", [*UNSTAGED, group(valueString="AJCC Stage IIA (cT2, cN0, cM0)")], order()),
    ("the group as cancerstaging.org 2A", [*UNSTAGED, group(value=cc("2A", "IIA", CANCER_STAGING))], order()),
    ("IIA and plain II on one day (Synthea)", [*NEW_IIA, group(value=cc("258219007")) | {"id": "plain"}], order()),
    (
        "T and N only in components",
        [*UNSTAGED, group(component=[part("21905-5", T1), part("21906-3", N0)])],
        order(),
    ),
    (
        "Epic's stage line",
        [
            PATIENT,
            UNSTAGED[1]
            | {"stage": [{"summary": {"text": "Clinical stage from 10/20/2026: Stage IA (cT1c, cN0, cM0, G2)"}}]},
        ],
        order(),
    ),
    (
        "mCODE's post-coordinated cancer: left breast, ductal",
        [
            PATIENT,
            condition(
                "cancer",
                cc("363346000", "Malignant neoplastic disease (disorder)"),
                "2026-10-15",
                bodySite=[cc("76752008") | {"extension": [LEFT | {"valueCodeableConcept": cc("7771000", "Left")}]}],
                extension=[{"url": MORPHOLOGY, "valueCodeableConcept": cc("82711006", "Infiltrating duct carcinoma")}],
            ),
            *staged(T1, N0, IA),
        ],
        order(),
    ),
    ("no disease by status", [*FOLLOWED, observation("d", cc("97509-4", system=LOINC), cc("260415000"))], order()),
    (
        "endocrine therapy running",
        [*FOLLOWED, medication(medicationCodeableConcept=cc("84857", "anastrozole", RXNORM))],
        order(),
    ),
    (
        "Epic's (HCC) is a billing mark, not a hepatocellular carcinoma: another diagnosis",
        [*NEW, condition("copd", cc("J44.9", "COPD (chronic obstructive pulmonary disease) (HCC)", ICD), "2020-01-01")],
        order(),
    ),
    (
        "Epic's (CMS/HCC) in the reason",
        NEW,
        order(reasonCode=[cc("C50.912", EPIC_NAME, "urn:oid:2.16.840.1.113883.6.90") | {"text": EPIC_NAME}]),
    ),
    (
        "the mammogram that found the cancer says so",
        [*NEW, report("26346-7", "2026-10-10", "Suspicious mass, left breast. Biopsy recommended. BI-RADS 4C.")],
        order(),
    ),
    (
        "genomics and six hundred vital signs",
        [
            *NEW,
            observation("gene", cc("69548-6", "Genetic variant assessment", LOINC), cc("LA9633-4", "Present", LOINC)),
            *(observation(f"v{i}", cc("8867-4", "Heart rate", LOINC), on="2025-01-11") for i in range(600)),
        ],
        order(),
    ),
]


@pytest.mark.parametrize(("record", "draft"), [row[1:] for row in WARNING], ids=[row[0] for row in WARNING])
def test_the_warning_is_not_lost_to_a_senders_dialect(fire: Fire, record: list[Json], draft: Json) -> None:
    """Ways of writing that change nothing of the case."""
    answer = fire(record, draft)
    assert warns(answer), assessed(answer)


def test_absolute_and_versioned_references_change_nothing(fire: Fire) -> None:
    """Every subject by its full address, as Epic and HAPI write it."""
    spelled = json.dumps(prefetch(NEW)).replace('"Patient/p1"', '"https://ehr.example.org/R4/Patient/p1/_history/3"')
    assert warns(fire(json.loads(spelled)))


def test_a_next_page_that_was_not_read_never_leads_to_a_warning(fire: Fire) -> None:
    """HAPI pages by twenty; what is on the second page may be a metastasis."""
    paged = prefetch(NEW)
    paged["conditions"]["link"].append({"relation": "next", "url": "http://fhir.example.org/r4?_getpages=abc"})
    answer = fire(paged)
    assert not warns(answer)
    assert assessed(answer)["outcome"] == "insufficient-information"


def test_the_sandboxs_order_before_any_choice_is_answered_with_nothing(fire: Fire) -> None:
    """`code.coding: [{}]` and `reasonCode: []` are what its tab sends on opening."""
    blank = order() | {"code": {"coding": [{}]}, "reasonCode": []}
    assert fire(NEW, blank)["cards"] == []


def test_a_report_issued_late_does_not_move_the_day_of_the_order(fire: Fire) -> None:
    """The mCODE extended example: a genomics report of the time of diagnosis, issued two years later."""
    then = [
        PATIENT,
        condition("cancer", BREAST_CANCER, "2018-03-16"),
        *staged(T1, N0, IA, "2018-03-16"),
        report("51969-4", "2018-03-15", issued="2020-03-15T00:00:00Z"),
    ]
    answer = fire(then, order(authoredOn="2018-03-20"))
    assert [variant["id"] for variant in assessed(answer)["variants"]] == ["310-v2"]
