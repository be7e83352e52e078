"""Whether metastasis is suspected: in doubt it is, because suspicion only ever leads to silence (facts A3, A7)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cds_service.facts.extract import extract
from cds_service.facts.model import Facts, Known, OrderFacts, Unknown, UnknownReason
from cds_service.facts.source import Source
from cds_service.fhir.resources import (
    AllergyIntolerance,
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    ConditionEvidence,
    ObservationComponent,
    Quantity,
    ReferenceRange,
    Resource,
)
from cds_service.fhir.retrieved import KeyState, Unreadable
from tests.support.resources import (
    ago,
    cancer,
    care_plan,
    concept,
    condition,
    laboratory,
    medication,
    observation,
    order,
    procedure,
    report,
    surgery,
)

FactsOf = Callable[..., Facts]

HISTORY = condition("icd:Z85.3", id="history")

ALP, ALT, AST, BILIRUBIN = "loinc:6768-6", "loinc:1742-6", "loinc:1920-8", "loinc:1975-2"
CA_15_3 = "loinc:6875-9"
BONE_PAIN = "sct:12584003"
IN_ANOTHER_UNIT = observation(
    ALT,
    value_quantity=Quantity(value=5, unit="ukat/L"),
    reference_range=(ReferenceRange(high=Quantity(value=40, unit="U/L")),),
)
UNIT_BY_CODE_ALONE = observation(
    ALT,
    value_quantity=Quantity(value=5, code="ukat/L"),
    reference_range=(ReferenceRange(high=Quantity(value=40, unit="U/L")),),
)
LIMIT_WITHOUT_UNIT = observation(
    ALT, value_quantity=Quantity(value=35, unit="U/L"), reference_range=(ReferenceRange(high=Quantity(value=40)),)
)
IN_ONE_UNIT = observation(
    ALT,
    value_quantity=Quantity(value=90, unit="units/L", code="U/L"),
    reference_range=(ReferenceRange(high=Quantity(value=40, unit="units/L")),),
)
TWO_LIMITS = observation(
    ALT,
    value_quantity=Quantity(value=38, unit="U/L"),
    reference_range=tuple(ReferenceRange(high=Quantity(value=limit, unit="U/L")) for limit in (34, 41)),
)


def with_part(code: CodeableConcept, **value: Any) -> Resource:
    """A list of symptoms, of which one is answered."""
    return observation("loinc:44249-1", component=(ObservationComponent(code=code, **value),))


def suspected(facts: Facts) -> str | None:
    """The kind of suspicion, "unknown", or None for none."""
    fact = facts["metastasis-suspected"]
    if isinstance(fact, Known):
        return None if fact.value == "none" else str(fact.value)
    return "unknown"


def test_no_symptom_on_record_is_none_and_said(facts_of: FactsOf) -> None:
    assert facts_of(cancer())["metastasis-suspected"] == Known("none", assumed="no-symptoms-recorded")


@pytest.mark.parametrize(
    ("found", "kind", "site"),
    [
        (condition(BONE_PAIN, onset=ago(10)), "symptom", "bone"),
        (condition("icd:M54.50", text="Low back pain", onset=ago(10)), "symptom", "spine"),
        (condition("icd:R05.9", text="Cough", onset=ago(10)), "symptom", "lung"),
        (condition("icd:R17", onset=ago(10)), "symptom", "liver"),
        (condition("icd:R51.9", onset=ago(10)), "symptom", "brain"),
        (condition("sct:40917007=Confusional state", onset=ago(10)), "symptom", "brain"),  # D1: altered mental status
        (condition("sct:271782001=Drowsy", onset=ago(10)), "symptom", "brain"),
        (condition("sct:267024001", onset=ago(10)), "symptom", "other"),  # E54
        (condition("sct:309529002", onset=ago(10)), "imaging-finding", "other"),
        (condition("icd:R94.5", onset=ago(10)), "laboratory", "liver"),
        (condition(text="Persistent rib pain"), "symptom", "bone"),
        (condition(text="Persistent cough"), "symptom", "lung"),
        (condition(text="Weakness of left leg"), "symptom", "brain"),
        (condition(text="Weight loss"), "symptom", "other"),
        (condition(text="Hypercalcemia"), "laboratory", "bone"),
        (condition(text="Lung nodule"), "imaging-finding", "lung"),
        (condition("icd:F41.9", text="Anxiety, headaches"), "symptom", "brain"),  # a code takes back what it names
        (condition("icd:M25.551", text="Pathological fracture of right hip"), "sign", "bone"),
        (condition("icd:C79.51", verification="provisional"), "sign", "other"),
        (cancer(id="again", text="Left breast cancer with bone pain"), "symptom", "bone"),
        (cancer(id="again", note="Reports new back pain."), "symptom", "spine"),
        (condition("icd:I10", text="Hypertension", note="also mentions persistent cough"), "symptom", "lung"),
        (report("CT chest", conclusion="New lytic lesion of a rib.", days=None), "imaging-finding", "bone"),
        (observation(BONE_PAIN), "symptom", "bone"),
        (observation(BONE_PAIN, True), "symptom", "bone"),
        (observation("loinc:75325-1", BONE_PAIN), "symptom", "bone"),
        (observation("local:sx", True, id="x"), None, "other"),  # a code of which nobody knows what it says
        (observation("Bone pain", True), "symptom", "bone"),
        (observation("Bone pain", "sct:373066001"), "symptom", "bone"),
        (observation("loinc:8661-1", None, value_string="new right hip pain"), "symptom", "bone"),
        (observation("loinc:99999-9", note="patient describes headaches"), "symptom", "brain"),
        (observation("loinc:75325-1", concept(text="back pain")), "symptom", "spine"),
        # The note on what is read as something else, or on what is denied, may tell of a symptom.
        (observation(ALP, value_quantity=Quantity(value=60), note="Reports new back pain."), "symptom", "spine"),
        (observation(ALT, value_quantity=Quantity(value=20), note="persistent headaches"), "symptom", "brain"),
        (observation(CA_15_3, value_quantity=Quantity(value=12), note="persistent cough"), "symptom", "lung"),
        (observation("loinc:85337-4", "sct:10828004", note="tested on the liver metastasis"), "sign", "liver"),
        (observation(BONE_PAIN, False, note="but new headaches"), "symptom", "brain"),
        (condition("icd:C77.3", note="Reports new back pain."), "symptom", "spine"),
        (with_part(concept(text="Answer"), value_string="persistent cough"), "symptom", "lung"),
        (with_part(concept(text="Back pain"), value_boolean=True), "symptom", "spine"),
        (condition(text="Possible sarcoidosis, persistent cough"), "symptom", "lung"),
        (condition("icd:N28.89", text="Renal mass, left"), "imaging-finding", "other"),
        (condition("icd:K86.89", text="Pancreatic mass"), "imaging-finding", "other"),
        (condition(text="Parotid mass"), "imaging-finding", "other"),
        (condition("icd:C80.1", text="Carcinoma of unknown primary"), "unknown", "other"),
        (procedure(text="Thoracentesis", days=10), "unknown", "other"),
        (procedure(text="Kyphoplasty", status="preparation", days=None), "unknown", "other"),
        (report("CT chest", conclusion="Suspicious nodule in the right lower lobe."), "imaging-finding", "lung"),
        (report("CT chest", conclusion_code=(concept("icd:C78.01"),)), "sign", "other"),
        (report("Bone scan", conclusion="Findings consistent with bone metastases."), "sign", "bone"),
    ],
)
def test_what_is_suspicious(found: Resource, kind: str | None, site: str, facts_of: FactsOf) -> None:
    """A listed code, a word in any text, a finding in a report: any of them, from any resource."""
    facts = facts_of(cancer(), found)
    assert suspected(facts) == kind
    assert facts.value("metastasis-site") == site


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (condition("icd:F41.9", text="Anxiety disorder"), "E53: anxiety is no symptom"),
        (condition("icd:R92.8"), "an abnormal mammogram is why she is here"),
        (condition("icd:N63.20", text="Unspecified lump in the left breast"), "the tumour itself"),
        (condition("icd:Z80.3", text="Family history of breast cancer"), "E30"),
        (condition(BONE_PAIN, onset=ago(10), clinical="resolved"), "E18: resolved"),
        (condition(text="No bone pain"), "denied"),
        (condition("sct:84387000"), "asymptomatic, said positively"),
        (observation(BONE_PAIN, False), "asked for and denied"),
        (observation(BONE_PAIN, "sct:260415000"), "not detected"),
        (observation(BONE_PAIN, days=4000), "seen years before the cancer"),
        (with_part(concept(BONE_PAIN), value_boolean=False), "asked for in a list and denied"),
        (observation("loinc:85337-4", "sct:10828004", note="Denies bone pain."), "denied beside a value"),
        (observation(CA_15_3, value_quantity=Quantity(value=12), note="Sample not haemolysed."), "of the sample"),
        (observation(BONE_PAIN, None, value_string="None"), "none, in words"),
        (observation(BONE_PAIN, status="cancelled"), "never asked"),
        (observation("Pain severity", None, value_integer=0), "a score of nothing"),
        (report("CT chest", conclusion="No suspicious lesion. No metastatic disease."), "a negative report"),
        (
            report("MRI spine", conclusion="Indication: back pain. Normal study.", days=121),
            "a symptom of before the work-up window is over or on the problem list",
        ),
        (report("Ultrasound", conclusion="Suspicious left axillary lymph node."), "loco-regional, not distant"),
        (condition("icd:M84.48XA", onset=ago(4000), clinical="inactive"), "over"),
        (condition("icd:G40.909", onset=ago(4000)), "a disease known long before the cancer"),
        (condition("icd:G43.909", recorded_date=ago(4000)), "likewise, by the day it was written down"),
        (condition("icd:G40.909", onset=ago(9), clinical="resolved"), "over"),
        (condition("icd:I10"), "hypertension"),
        (condition("icd:E11.9"), "diabetes"),
        (condition("icd:E78.5"), "hyperlipidaemia"),
        (condition("icd:M17.9"), "osteoarthritis"),
        (condition("icd:M81.0"), "osteoporosis without fracture"),
        (condition("icd:R63.5", text="Abnormal weight gain"), "the seeds name loss of weight"),
        (condition("icd:D35.01", text="Adrenal adenoma"), "S5: benign"),
        (condition("icd:S82.891D", text="Ankle fracture with routine healing"), "it heals"),
        (condition("icd:K76.0"), "fatty liver"),
        (condition("icd:G47.33"), "sleep apnoea"),
        (condition("icd:G62.0"), "polyneuropathy of a drug"),
        (condition("icd:D12.6"), "a benign tumour"),
        (condition("icd:D48.61"), "of the breast: another question"),
        (observation("loinc:75325-1", "icd:R73.03"), "an everyday finding that was observed"),
        (observation("sct:999999991000000", True), "an observation of a code nobody knows: most of a chart"),
        (report("Mammogram", conclusion_code=(concept("sct:427359005"),)), "a category of a breast study"),
        (report("Pathology, left breast", conclusion_code=(concept("sct:427359005"),)), "the histology of the tumour"),
        (condition("icd:N28.89", text="Other specified disorders of kidney and ureter"), "no mass in its words"),
        (condition("icd:C64.2", text="Renal cell carcinoma"), "another cancer, which is known"),
        (procedure(text="Thoracentesis", days=130), "before the work-up"),
        (procedure(text="Kyphoplasty", days=10, status="not-done"), "never done"),
        (report("CT chest", conclusion_code=(concept("icd:I10"),)), "ICD-10-CM has its chapters"),
        (report("CT chest", conclusion_code=(concept(text="Normal study"),)), "words"),
    ],
)
def test_what_is_not(found: Resource, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), found)) is None, why


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (condition("icd:R42", text="Dizziness and giddiness"), "R chapter"),
        (condition("icd:R00.2"), "a symptom nobody listed, no words"),
        (condition("icd:R00.2", text="Palpitations"), "nor in words"),
        (condition("icd:R53.83", text="Fatigue"), "S5: vague"),
        (condition("icd:K59.00", text="Constipation"), "of many causes, calcium among them"),
        (condition("icd:M25.551", text="Pain in right hip"), "pain in a joint, which words do not tell from bone pain"),
        (condition(text="Anemia"), "perhaps of the marrow"),
        (condition(text="Fracture of wrist"), "perhaps pathological"),
        (condition(text="Night sweats"), "of the menopause, or general"),
        (condition(text="Ascites"), "in no list; of liver or peritoneum"),
        (condition(text="Incidental finding"), "at no place"),
        (condition("icd:I10", note="also tired"), "in a note"),
        (cancer(id="again", text="Left breast cancer, tired"), "on the cancer"),
        (condition("icd:M54.2"), "M54: neck"),
        (
            condition("icd:M48.54XA", text="Collapsed vertebra, thoracic region", onset=ago(9)),
            "D1: fracture of vertebra",
        ),
        (condition("icd:S32.010A", onset=ago(9)), "likewise, without words"),
        (condition("icd:M84.68XA", onset=ago(9)), "a pathological fracture"),
        (
            condition("icd:D49.6", text="Neoplasm of unspecified behavior of brain"),
            "unspecified, elsewhere than the breast",
        ),
        (condition("icd:D38.1", text="Neoplasm of uncertain behavior of lung", onset=ago(9)), "uncertain behaviour"),
        (condition("icd:G95.20", onset=ago(9)), "focal neurology: the spinal cord"),
        (condition("icd:G40.909", onset=ago(9)), "seizures"),
        (condition("icd:G41.9", onset=ago(9)), "as the WHO codes it"),
        (condition("icd:H53.2", onset=ago(9)), "double vision"),
        (condition("icd:E83.52", onset=ago(9)), "raised calcium"),
        (condition("icd:K83.1", text="Obstruction of bile duct", onset=ago(9)), "jaundice by another name"),
        (condition("icd:R74.02", onset=ago(9)), "D1, laboratory: LDH"),
        (condition("icd:R79.89", onset=ago(9)), "D1, laboratory: blood chemistry"),
        (condition("icd:G40.909"), "undated: it may be new"),
        (condition("icd:G40.909", onset=ago(4000), clinical="relapse"), "old, and back again"),
        (condition("icd:G40.909", onset=ago(4000), note="worsening"), "old, and not the same"),
        (condition("icd:G40.909", recorded_date=ago(100)), "written down in the work-up"),
        (observation("loinc:75325-1", "icd:R42"), "an unlisted symptom that was observed"),
        (observation("icd:R42", True), "likewise, as what was asked"),
        (condition(text="Pulmonary embolism"), "a clot, which a cancer may have caused"),
        (report("CT chest", conclusion_code=(concept("sct:427359005"),)), "a conclusion in a code nobody knows"),
        (report("CT chest", conclusion_code=(concept("icd:K76.89"),)), "a conclusion that is a possible sign"),
        (report("Pathology", conclusion_code=(concept("local:T-1"),)), "of which organ?"),
        (condition("sct:999999991000000"), "a SNOMED code nobody knows, no words: it could be any symptom"),
        (condition("local:MTS-OSS"), "a code of the site's own, no words"),
        (condition(), "no code and no words: something is there, and nobody can read it"),
        (condition("icd:C77.9"), "nodes of no stated place"),
        (condition("icd:C77.9", clinical="resolved"), "even resolved: stage IV stays stage IV"),
        (condition("icd:C79.81"), "secondary of the breast: from where?"),
        (observation("loinc:75325-1", "icd:C77.0"), "nodes of the neck"),
        (condition("sct:127189005", side="right"), "E27: nodes of the other axilla are distant"),
        (condition("icd:C77.3", side="right"), "E27: proven metastasis in the other axilla"),
        (condition("sct:300863000", side="right"), "E27: a lump in the other axilla"),
        (condition("sct:164150006", side="right"), "E27: a node felt in the other axilla"),
        (
            condition("local:9=Palpable lymph node of the axilla", text="Finding", side="right"),
            "E27: in one of its names",
        ),
        (
            condition("local:9=Finding of axilla", text="Enlarged right axillary lymph nodes"),
            "E27: in one of its names, which also says the side",
        ),
        (observation("loinc:97509-4", "sct:271299001"), "the disease is worse"),
        (observation("loinc:97509-4", "in doubt"), "a disease status nobody understands"),
    ],
)
def test_what_nobody_can_say_is_unknown_not_none(found: Resource, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer("sct:254837009", side="left"), found)
    assert suspected(facts) is not None, why


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("sct:260415000", "none detected"),
        ("sct:268910001", "improved"),
        ("sct:359746009", "stable"),
        ("sct:103338009", "in remission"),
        ("Stable disease", "stable, in words"),
        ("Improved", "improved, in words"),
    ],
)
def test_a_disease_that_is_no_worse_is_no_suspicion(status: str, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer("sct:254837009", side="left"), observation("loinc:97509-4", status))
    assert suspected(facts) is None, why


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        (5000, None),  # chronic, years older than the cancer (E19)
        (1120, None),  # 120 days before it
        (1119, "symptom"),  # within the work-up that led to the diagnosis: how it may have shown itself
        (1001, "symptom"),  # the day before
        (1000, "symptom"),  # the same day
        (900, "symptom"),  # since
        (10, "symptom"),
    ],
)
def test_a_symptom_older_than_the_cancer_is_not_new(onset: int, expected: str | None, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=1000), surgery(950), condition(BONE_PAIN, onset=ago(onset)))
    assert suspected(facts) == expected


@pytest.mark.parametrize(
    ("found", "expected", "why"),
    [
        (condition(text="Nausea due to chemotherapy", onset=ago(900)), None, "of therapy that is over"),
        (condition(text="Nausea due to chemotherapy", onset=ago(183)), None, "over for as long as follow-up takes"),
        (condition(text="Nausea due to chemotherapy", onset=ago(182)), "unknown", "it may be running"),
        (condition(text="Nausea due to chemotherapy"), "unknown", "nobody says when"),
        (condition(text="Nausea due to letrozole", onset=ago(900)), "unknown", "that runs for years"),
        (condition(text="Nausea due to chemotherapy and letrozole", onset=ago(900)), "unknown", "one of them runs"),
        (condition(text="Nausea due to radiotherapy", onset=ago(900)), None, "that is over, too"),
        (condition(text="Nausea due to trastuzumab", onset=ago(900)), None, "after a year"),
        (condition(text="Severe nausea due to chemotherapy", onset=ago(900)), "unknown", "more than is expected"),
        (condition(text="Nausea due to chemotherapy", onset=ago(900), note="Worse."), "unknown", "not the same"),
        (condition(text="Nausea due to chemotherapy", onset=ago(900), note="Dizziness."), "unknown", "and another"),
        (condition(text="Nausea due to chemotherapy, ongoing", onset=ago(900)), "unknown", "it goes on"),
        (condition(text="Nausea due to chemotherapy, worsening", onset=ago(900)), "unknown", "not the same any more"),
        (condition(text="Nausea due to chemotherapy", onset=ago(900), clinical="relapse"), "unknown", "back again"),
        (condition(text="Nausea after lunch, chemotherapy", onset=ago(900)), "unknown", "it blames nothing"),
        (condition(text="Nausea and ascites due to chemotherapy", onset=ago(900)), "unknown", "no effect of it"),
        (condition(text="Weight loss due to chemotherapy", onset=ago(900)), "symptom", "listed (S5)"),
    ],
)
def test_what_therapy_is_blamed_for(found: Resource, expected: str | None, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(days=1000), surgery(950), found)) == expected, why


@pytest.mark.parametrize(
    "complaint",
    [
        "Vomiting",
        "Diarrhea",
        "Fatigue",
        "Loss of appetite",
        "Anemia",
        "Neuropathy",
        "Numbness",
        "Numbness of hands",
        "Memory loss",
        "Hearing loss",
        "Itching",
    ],
)
def test_what_chemotherapy_is_known_for(complaint: str, facts_of: FactsOf) -> None:
    found = condition(text=f"{complaint} caused by chemotherapy", onset=ago(900))
    assert suspected(facts_of(cancer(days=1000), surgery(950), found)) is None


INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def interpreted(flag: str) -> tuple[CodeableConcept, ...]:
    return (CodeableConcept(coding=(Coding(system=INTERPRETATION, code=flag),)),)


@pytest.mark.parametrize(
    ("value", "flag", "expected"),
    [
        (None, "NEG", None),
        (None, "ND", None),
        (None, "POS", "symptom"),
        (True, "NEG", "symptom"),  # it contradicts itself
        ("Present", "NEG", "symptom"),
    ],
)
def test_a_finding_interpreted_as_negative_is_denied(
    value: str | bool | None, flag: str, expected: str | None, facts_of: FactsOf
) -> None:
    found = observation(BONE_PAIN, value, interpretation=interpreted(flag))
    assert suspected(facts_of(cancer(), found)) == expected


@pytest.mark.parametrize(
    ("observed", "expected", "why"),
    [
        ([observation(BONE_PAIN, True, days=19), observation(BONE_PAIN, False, days=9)], None, "newest wins"),
        ([observation(BONE_PAIN, True, days=9), observation(BONE_PAIN, False, days=19)], "symptom", "newest wins"),
        ([observation(BONE_PAIN, True, days=9), observation(BONE_PAIN, False, days=9)], "symptom", "of one day"),
        ([observation(BONE_PAIN, True, days=None), observation(BONE_PAIN, False, days=9)], "symptom", "undated"),
        ([observation(BONE_PAIN, True, days=19), observation(BONE_PAIN, False, days=None)], "symptom", "undated"),
        (
            [observation(BONE_PAIN, True, days=19), observation("sct:161891005", False, days=9)],
            "symptom",
            "another finding is denied",
        ),
        (
            [observation(BONE_PAIN, True, days=19, side="left"), observation(BONE_PAIN, False, days=9, side="right")],
            "symptom",
            "on the other side",
        ),
        (
            [observation(BONE_PAIN, True, days=19, note="also coughs"), observation(BONE_PAIN, False, days=9)],
            "symptom",
            "it said more than what is denied",
        ),
        (
            [observation(BONE_PAIN, True, days=19), observation(BONE_PAIN, False, days=9, status="cancelled")],
            "symptom",
            "never asked again",
        ),
        (
            [
                observation(BONE_PAIN, True, days=19),
                observation(BONE_PAIN, False, days=14),
                observation(BONE_PAIN, True, days=9),
            ],
            "symptom",
            "there again",
        ),
    ],
)
@pytest.mark.parametrize("order_of", [1, -1])
def test_a_finding_that_is_denied_later_is_over(
    observed: list[Resource], expected: str | None, why: str, order_of: int, facts_of: FactsOf
) -> None:
    """The newest says whether it is there; whatever is denied is the very same finding."""
    assert suspected(facts_of(cancer(), *observed[::order_of])) == expected, why


@pytest.mark.parametrize("status", ["recurrence", "relapse"])
def test_an_old_symptom_that_came_back_is_not_the_same(status: str, facts_of: FactsOf) -> None:
    """E19: only an unchanged one is no sign."""
    pain = condition(BONE_PAIN, onset=ago(5000), clinical=status)
    assert suspected(facts_of(cancer(days=1000), surgery(950), pain)) == "symptom"
    assert suspected(facts_of(HISTORY, pain)) == "symptom", "nor where history alone dates the cancer"


@pytest.mark.parametrize(
    "pain",
    [
        condition(BONE_PAIN),  # no onset: it may have come yesterday
        condition(BONE_PAIN, recorded_date=ago(900)),  # written down since: how long it was there nobody says
        condition(BONE_PAIN, onset="2023"),  # a year in which the cancer lies too
    ],
)
def test_an_onset_that_may_be_later_counts(pain: Resource, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(days=1000), surgery(950), pain)) == "symptom"


def test_what_was_written_down_before_the_cancer_is_older(facts_of: FactsOf) -> None:
    """E19: a complaint began on the day it was recorded at the latest."""
    assert suspected(facts_of(cancer(days=1000), surgery(950), condition(BONE_PAIN, recorded_date=ago(5000)))) is None


def test_without_a_date_of_the_cancer_no_symptom_is_older(facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(days=None), condition(BONE_PAIN, onset=ago(5000)))) == "symptom"


@pytest.mark.parametrize(
    ("record", "expected", "why"),
    [
        ((HISTORY, condition(BONE_PAIN, onset=ago(5000))), "unknown", "perhaps older than the cancer, perhaps not"),
        ((HISTORY, condition(BONE_PAIN, onset=ago(303))), "unknown", "120 days before the day follow-up can begin"),
        ((HISTORY, condition(BONE_PAIN, onset=ago(302))), "symptom", "in the work-up of that day, or since"),
        ((HISTORY, condition(BONE_PAIN, onset=ago(10))), "symptom", "new: the cancer was treated long before"),
        (
            (condition("icd:Z85.3", onset=ago(3000), id="h"), condition(BONE_PAIN, onset=ago(2000))),
            "symptom",
            "history by then: the cancer is older than the pain",
        ),
        (
            (condition("icd:Z85.3", onset=ago(3000), id="h"), condition(BONE_PAIN, onset=ago(3120))),
            "unknown",
            "older than the entry, which is younger than the cancer",
        ),
        (
            (condition("icd:Z85.3", recorded_date=ago(3000), id="h"), condition(BONE_PAIN, onset=ago(2000))),
            "symptom",
            "the day it was written down is late, and still before the pain",
        ),
        (
            (HISTORY, condition("icd:Z08", onset=ago(3000), id="visit"), condition(BONE_PAIN, onset=ago(2000))),
            "symptom",
            "a visit after completed treatment says so too",
        ),
        (
            (condition("icd:Z85.3", onset=ago(4000), id="h"), surgery(300), condition(BONE_PAIN, onset=ago(1500))),
            "symptom",
            "an operation of later is not the first treatment",
        ),
        ((HISTORY, condition(BONE_PAIN)), "symptom", "undated: it may have come yesterday"),
        ((HISTORY, condition(BONE_PAIN, recorded_date=ago(5000))), "unknown", "it began then at the latest"),
        (
            (HISTORY, condition("icd:M54.5", text="worsening", onset=ago(5000))),
            "symptom",
            "old, and not the same any more",
        ),
        ((HISTORY, condition(BONE_PAIN, onset=ago(5000), clinical="resolved")), None, "resolved is none"),
        (
            (HISTORY, condition(BONE_PAIN, onset=ago(5000)), condition("sct:25064002", onset=ago(10), id="new")),
            "symptom",
            "one that is surely new beside it decides",
        ),
    ],
)
def test_history_alone_does_not_date_the_cancer(
    record: tuple[Resource, ...], expected: str | None, why: str, facts_of: FactsOf
) -> None:
    """Z85.3 says that the cancer is older than its entry, not how old: an old complaint is asked about (E19)."""
    assert suspected(facts_of(*record)) == expected, why


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (BONE_PAIN, "symptom"),
        ("icd:R97.8", None),  # E52: a raised marker is none by itself
        ("staging; new back pain", "symptom"),
        ("staging, ? bone pain", "symptom"),  # in doubt it is there
        ("staging, no bone pain", None),
        ("initial staging, asymptomatic", None),
        ("lung nodule on CT", "imaging-finding"),
        ("elevated LFTs", "laboratory"),
        ("patient anxious, requests scan", None),
    ],
)
def test_what_the_order_says(reason: str, kind: str | None, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), draft=order("cpt:78815", reason))) == kind


def test_a_note_on_the_order_counts_like_a_reason(facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), draft=order("cpt:78815", "staging", note="c/o rib pain"))) == "symptom"


def test_the_other_half_of_the_order_counts_too(facts_of: FactsOf) -> None:
    partner = order("cpt:74177", "persistent cough", id="half")
    assert suspected(facts_of(cancer(), draft=order("cpt:71260", "staging"), partner=partner)) == "symptom"


@pytest.mark.parametrize("key", ["conditions", "observations", "diagnosticReports"])
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (KeyState.OK, None),
        (KeyState.EMPTY, None),
        (KeyState.NOT_RUN, None),  # a smaller EHR: taken as absent, and said
        (KeyState.ERROR, "unknown"),
        (KeyState.PARTIAL, "unknown"),
    ],
)
def test_absence_means_none_only_where_nothing_failed(
    key: str, state: KeyState, expected: str | None, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), states={key: state})
    assert suspected(facts) == expected
    if expected:
        fact = facts["metastasis-suspected"]
        assert isinstance(fact, Unknown)
        assert fact.reason is UnknownReason.NOT_RETRIEVED


def test_what_was_not_supplied_is_said(extracted: Callable[..., OrderFacts]) -> None:
    states = {"observations": KeyState.NOT_RUN, "procedures": KeyState.ERROR}
    assumed = extracted(cancer(), states=states).assumed
    assert "observations-not-supplied" in assumed
    assert "procedures-not-supplied" not in assumed, "a failure is no smaller EHR"


@pytest.mark.parametrize(
    ("state", "unreadable", "named", "why"),
    [
        (KeyState.ERROR, (), ("prefetch.observations",), "the search failed"),
        (KeyState.PARTIAL, (), ("prefetch.observations",), "a page is missing"),
        (
            KeyState.PARTIAL,
            ("prefetch.observations.entry[3]",),
            ("prefetch.observations.entry[3]",),
            "its entry says it",
        ),
        (KeyState.NOT_RUN, (), (), "a smaller EHR is no failure"),
        (KeyState.EMPTY, (), (), "nothing there"),
    ],
)
def test_what_could_not_be_read_is_named(
    state: KeyState, unreadable: tuple[str, ...], named: tuple[str, ...], why: str, source_of: Callable[..., Source]
) -> None:
    """A card that says "could not be retrieved" says what."""
    places = tuple(Unreadable(place=each, reason="x") for each in unreadable)
    read = source_of(cancer(), states={"observations": state})
    assert extract(replace(read, record=replace(read.record, unreadable=places))).unreadable == named, why


def test_a_symptom_beside_a_failure_is_known(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), condition(BONE_PAIN), states={"observations": KeyState.ERROR})
    assert suspected(facts) == "symptom"


# --- laboratory -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("results", "tests", "kind", "why"),
    [
        ([laboratory(ALP, 80)], "normal", None, "within range"),
        ([laboratory(ALP, 100)], "normal", None, "at the limit"),
        ([laboratory(ALP, 101)], "isolated-alkaline-phosphatase", None, "C15: isolated and mild"),
        ([laboratory(ALP, 150)], "isolated-alkaline-phosphatase", None, "1.5 times the limit is still mild"),
        ([laboratory(ALP, 150.1)], "abnormal", "laboratory", "just above"),
        ([laboratory(ALP, 120, flag="H")], "isolated-alkaline-phosphatase", None, "flagged, and mild"),
        *(
            (
                [laboratory(ALP, 120, flag=flag)],
                "abnormal",
                "laboratory",
                "flagged critical: not mild to the laboratory",
            )
            for flag in ("HH", "HU", "HX", "AA", ">", "H>")
        ),
        ([laboratory(ALP, 100, flag="H")], "abnormal", "laboratory", "at its limit and flagged: it contradicts itself"),
        ([laboratory(ALP, 120, high=None, flag="H")], "abnormal", "laboratory", "flagged: nobody says how much"),
        ([laboratory(ALP, 120), laboratory(ALT, 90, high=40)], "abnormal", "laboratory", "not isolated"),
        ([laboratory(ALT, 41, high=40)], "abnormal", "laboratory", "ALT alone is no alkaline phosphatase"),
        ([laboratory(ALT, 90, high=40, days=60), laboratory(ALT, 30, high=40)], "normal", None, "the newest counts"),
        ([laboratory(ALT, 30, high=40, days=60), laboratory(ALT, 90, high=40)], "abnormal", "laboratory", "newest"),
        ([laboratory(ALT, 30, high=40), laboratory(ALT, 90, high=40)], "abnormal", "laboratory", "of one day"),
        ([laboratory(BILIRUBIN, 2.0, high=1.2, unit="mg/dL")], "abnormal", "laboratory", "bilirubin"),
        ([laboratory(ALT, 90, high=40, status="cancelled")], "normal", None, "cancelled"),
        ([laboratory(ALT, 100, comparator=">", high=100)], "normal", "unknown", "more than can be measured"),
        ([laboratory(ALT, 90, high=None)], "normal", "unknown", "no range, no flag: nobody can say"),
        ([laboratory(ALT, 34, high=None)], "normal", None, "normal by any laboratory's range"),
        ([laboratory(concept(text="ALT"), 34, high=None)], "normal", None, "by its name"),
        ([laboratory(ALT, 90, high=40, days=900)], "normal", None, "of years before the cancer"),
        ([laboratory(ALT, 35, high=None)], "normal", "unknown", "not by all of them"),
        ([laboratory(AST, 40, high=None)], "normal", None, "AST by any range"),
        ([laboratory(AST, 41, high=None)], "normal", "unknown", "not by all of them"),
        ([laboratory(ALP, 116, high=None)], "normal", None, "alkaline phosphatase by any range"),
        ([laboratory(ALP, 117, high=None)], "normal", "unknown", "not by all of them"),
        ([laboratory(BILIRUBIN, 1.0, high=None, unit="mg/dL")], "normal", None, "bilirubin by any range"),
        ([laboratory(BILIRUBIN, 1.1, high=None, unit="mg/dL")], "normal", "unknown", "not by all of them"),
        ([laboratory(ALT, 30, high=None, unit="IU/L")], "normal", None, "international units are units"),
        ([laboratory(ALT, 30, high=None, unit="[IU]/L")], "normal", None, "as UCUM writes them"),
        ([laboratory(ALT, 30, high=None, comparator=">")], "normal", "unknown", "more than 30: nobody knows how much"),
        ([laboratory(ALT, 30, high=None, comparator=">=")], "normal", "unknown", "likewise"),
        ([laboratory(ALT, 30, high=40, comparator="<")], "normal", None, "less than 30 is within range"),
        ([laboratory(ALT, 40, comparator=">=", high=40)], "normal", "unknown", "at least the limit"),
        (
            [laboratory(concept("local:GPT", ALT), 90, high=40, days=60), laboratory(ALT, 30, high=40)],
            "normal",
            None,
            "one test, whatever other code the older result carries",
        ),
        ([laboratory(ALT, 20, high=None, unit="ukat/L")], "normal", "unknown", "a unit we do not know"),
        ([IN_ANOTHER_UNIT], "normal", "unknown", "another unit than its limit"),
        ([UNIT_BY_CODE_ALONE], "normal", "unknown", "another unit, by its code"),
        ([LIMIT_WITHOUT_UNIT], "normal", None, "a limit without a unit is in that of the value"),
        ([IN_ONE_UNIT], "abnormal", "laboratory", "a unit with its code is that unit"),
        ([TWO_LIMITS], "normal", "unknown", "two limits: nobody says which is hers"),
        ([laboratory(ALT, 90, high=-1)], "normal", "unknown", "no limit at all"),
        ([laboratory(ALT, 90, high=0)], "normal", "unknown", "no limit at all"),
        ([laboratory(ALT, 2, high=1)], "abnormal", "laboratory", "a limit of one is a limit"),
        ([observation(ALT, value_integer=90)], "normal", "unknown", "a number, and no unit"),
        ([observation(ALT, value_string="raised, see note")], "normal", "unknown", "words in place of a value"),
        ([observation(ALT, "see note")], "normal", "unknown", "likewise"),
        ([observation(ALT)], "normal", None, "no value: there is nothing to read"),
        ([laboratory(ALT, 90, high=40, days=None), laboratory(ALT, 30, high=40)], "abnormal", "laboratory", "undated"),
        (
            [laboratory(ALT, 90, high=40, days=None), laboratory(ALT, 30, high=40, days=None)],
            "abnormal",
            "laboratory",
            "of two without a day nobody knows which is newer",
        ),
        (
            [laboratory(ALT, 90, high=40, days=10), laboratory(ALT, 30, high=40, days=None, issued="2026")],
            "abnormal",
            "laboratory",
            "the normal one, of some day of the year, may be the older",
        ),
        (
            [laboratory(ALT, 90, high=40, days=500), laboratory(ALT, 30, high=40, days=None, issued="2026")],
            "normal",
            None,
            "any day of the year is newer than 500 days",
        ),
        (
            [laboratory(ALP, 120), laboratory(ALP, 190)],
            "abnormal",
            "laboratory",
            "two of one day, one mild: the graver counts",
        ),
        (
            [laboratory(ALP, 120), laboratory(ALP, 120, high=None, flag="H")],
            "abnormal",
            "laboratory",
            "two of one day, of one nobody says how much",
        ),
        ([laboratory(ALT, 30), laboratory(ALT, 90, high=None)], "normal", "unknown", "two of one day, one unjudged"),
        (
            [laboratory(ALT, 90, high=40, days=60), laboratory(ALT, 30, days=None), laboratory(ALT, 30)],
            "normal",
            None,
            "a newer normal one with a day decides, whatever is undated beside it",
        ),
        (
            [laboratory(ALP, 120), laboratory(ALT, 90, high=None)],
            "isolated-alkaline-phosphatase",
            "unknown",
            "isolated as far as anybody can say",
        ),
    ],
)
@pytest.mark.parametrize("order_of", [1, -1])
def test_liver_tests(
    results: list[Resource], tests: str, kind: str | None, why: str, order_of: int, facts_of: FactsOf
) -> None:
    """The order of a record says nothing."""
    facts = facts_of(cancer(), *results[::order_of])
    assert facts.value("liver-tests") == tests, why
    assert suspected(facts) == kind, why


def flagged(flag: str | CodeableConcept) -> Resource:
    """A value that only its flag can judge."""
    return laboratory(ALT, 90, high=None, flag=flag)


@pytest.mark.parametrize("flag", ["H", "HH", "HU", "HX", "A", "AA", ">", "H>", "POS", " h "])
@pytest.mark.parametrize("written", [str, lambda flag: concept(text=flag)], ids=["code", "words"])
def test_a_flag_says_that_a_value_is_raised(
    flag: str, written: Callable[[str], str | CodeableConcept], facts_of: FactsOf
) -> None:
    """Flags of HL7, also where a laboratory writes them as words."""
    assert facts_of(cancer(), flagged(written(flag))).value("liver-tests") == "abnormal"


@pytest.mark.parametrize(
    ("flag", "kind", "why"),
    [
        (concept(text="High"), "laboratory", "in words"),
        (concept(text="Abnormal"), "laboratory", "in words"),
        (CodeableConcept(coding=(Coding(display="High"),)), "laboratory", "by a coding that has a name alone"),
        (concept("local:2=Abnormally elevated"), "laboratory", "a code of the laboratory's own, named"),
        (concept(text="ELEVATED"), "laboratory", "in words"),
        (concept("local:N=Not abnormal"), None, "said to be normal"),
        (concept(text="not abnormal"), None, "in words alone"),
        (concept(text="Normal"), None, "in words"),
        (concept(text="Within normal limits"), None, "in words"),
        (concept(text="Low"), None, "below the range"),
        ("N", None, "normal"),
        ("L", None, "low"),
        ("LL", None, "critically low"),
        ("LU", None, "significantly low"),
        ("LX", None, "below the low threshold"),
        ("<", None, "off scale, low"),
        ("L<", None, "significantly low"),
        ("U", "unknown", "it rose, from where to where?"),
        ("W", "unknown", "worse"),
        ("local-7", "unknown", "a flag nobody knows"),
        (concept(text="see comment"), "unknown", "words nobody knows"),
        (concept(text="not normal"), "unknown", "words nobody knows"),
    ],
)
def test_only_a_flag_that_is_known_judges_a_value(
    flag: str | CodeableConcept, kind: str | None, why: str, facts_of: FactsOf
) -> None:
    """A result of 90 without a range: what its flag does not say, nobody knows."""
    assert suspected(facts_of(cancer(), flagged(flag))) == kind, why


@pytest.mark.parametrize(("high", "kind"), [(100, None), (80, "laboratory")])
@pytest.mark.parametrize("flag", ["U", "N"])
def test_a_range_judges_a_value_whatever_its_flag(flag: str, high: float, kind: str | None, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), laboratory(ALT, 90, high=high, flag=flag))) == kind


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (laboratory(ALP, 120, high=100, id="lab", days=9), "alkaline phosphatase raised"),
        (laboratory(ALP, 190, high=100, id="lab", days=9), "alkaline phosphatase raised"),
        (laboratory(ALT, 90, high=40, id="lab", days=9), "liver test abnormal"),
    ],
)
def test_a_raised_value_is_named_with_its_day(result: Resource, value: str, facts_of: FactsOf) -> None:
    """What a card shows: the value in our words, the resource, the day."""
    assert shown(facts_of(cancer(), result), "liver-tests") == [(value, ("Observation/lab",), ago(9))]


@pytest.mark.parametrize(("days", "date"), [(9, ago(9)), (None, None)])
def test_a_value_nobody_can_judge_is_named(days: int | None, date: str | None, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), laboratory(ALT, 90, high=None, id="lab", days=days))
    assert shown(facts, "metastasis-suspected") == [("liver test without reference range", ("Observation/lab",), date)]


def shown(facts: Facts, name: str) -> list[tuple[str, tuple[str, ...], str | None]]:
    """The evidence of a fact."""
    return [(each.value, each.resources, each.date) for each in facts[name].evidence]


@pytest.mark.parametrize(
    ("result", "expected"), [(laboratory(ALP, 120), None), (laboratory(ALP, 190), "laboratory"), (None, "laboratory")]
)
def test_a_diagnosis_of_raised_alkaline_phosphatase_means_what_the_value_says(
    result: Resource | None, expected: str | None, facts_of: FactsOf
) -> None:
    """C15: without a value nobody says how much."""
    found = condition("sct:274770006", onset=ago(10))
    assert suspected(facts_of(cancer(), found, *([result] if result else []))) == expected


@pytest.mark.parametrize(
    ("measured", "recorded", "explained", "why"),
    [
        (10, 10, True, "of one day"),
        (40, 10, True, "the result came, and was written down at the next visit"),
        (41, 10, False, "a month later it is another result, which nobody knows"),
        (900, 10, False, "of years ago"),
        (5, 10, True, "measured again since, and mild"),
        (100, None, True, "undated, and a value of the work-up"),
        (130, None, False, "undated, and an old value"),
        (None, 10, False, "an undated value"),
    ],
)
@pytest.mark.parametrize(
    "said",
    [
        lambda days: condition("icd:R74.8", onset=ago(days) if days else None, text="Raised alkaline phosphatase"),
        lambda days: condition("sct:274770006", onset=ago(days) if days else None),
        lambda days: report("CMP", conclusion="Alkaline phosphatase elevated.", days=days),
    ],
    ids=["ICD-10-CM", "SNOMED CT", "report"],
)
def test_a_mild_value_explains_what_was_written_down_soon_after(
    said: Callable[[int | None], Resource],
    measured: int | None,
    recorded: int | None,
    explained: bool,
    why: str,
    facts_of: FactsOf,
) -> None:
    found = facts_of(condition("icd:Z85.3"), laboratory(ALP, 120, days=measured), said(recorded))
    assert (suspected(found) is None) is explained, why


def test_the_newest_of_two_mild_values_explains(facts_of: FactsOf) -> None:
    """Of two tests of alkaline phosphatase, whichever it is."""
    by_words = laboratory(concept(text="Alk phos, bone and liver"), 120, days=60)
    entry = condition("sct:274770006", onset=ago(10))
    assert suspected(facts_of(condition("icd:Z85.3"), laboratory(ALP, 120, days=10), by_words, entry)) is None


@pytest.mark.parametrize(
    "found",
    [condition(text="Elevated CA 15-3"), condition("icd:I10", note="CA 27.29 raised")],
    ids=["an entry of no code", "a note"],
)
def test_a_marker_is_read_by_its_name(found: Resource, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), found).value("tumor-marker-raised") == "yes"


def test_raised_calcium_is_shown_as_such(facts_of: FactsOf) -> None:
    found = facts_of(cancer(), laboratory("loinc:17861-6", 11.2, high=10.3, unit="mg/dL", id="ca"))
    told = {(each.value, each.resources) for each in found["metastasis-suspected"].evidence}
    assert told == {("calcium raised", ("Observation/ca",))}


def test_tests_that_could_not_be_read_are_not_normal(facts_of: FactsOf) -> None:
    assert isinstance(facts_of(cancer(), states={"observations": KeyState.ERROR})["liver-tests"], Unknown)


@pytest.mark.parametrize(
    ("found", "draft", "raised"),
    [
        (laboratory(CA_15_3, 90, high=30), order(), "yes"),
        (laboratory(CA_15_3, 20, high=30), order(), "no"),
        (laboratory(CA_15_3, 90, high=30, status="cancelled"), order(), "no"),
        (condition("icd:R97.8"), order(), "yes"),
        (condition("icd:R97.8", clinical="resolved"), order(), "no"),
        (cancer(id="again"), order("cpt:78815", "elevated CA 15-3"), "yes"),
        (cancer(id="again"), order("cpt:78815", "staging; ?elevated CA 15-3"), "yes"),
        (cancer(id="again"), order("cpt:78815", "staging, CA 15-3 not elevated"), "no"),
        (cancer(id="again"), order("cpt:78815", "icd:R97.8"), "yes"),
    ],
)
def test_a_raised_tumour_marker_is_no_suspicion(found: Resource, draft: object, raised: str, facts_of: FactsOf) -> None:
    """E52: both seeds advise against acting on it."""
    facts = facts_of(cancer(), found, draft=draft)
    assert facts.value("tumor-marker-raised") == raised
    assert suspected(facts) is None


def test_a_raised_tumour_marker_is_named(facts_of: FactsOf) -> None:
    record = (laboratory(CA_15_3, 90, high=30, id="lab"), condition("icd:R97.8", id="code", onset=ago(9)))
    facts = facts_of(cancer(), *record, draft=order("cpt:78815", "elevated CA 15-3"))
    assert shown(facts, "tumor-marker-raised") == [
        ("tumour marker raised", ("Condition/code",), ago(9)),
        ("tumour marker raised", ("Observation/lab",), None),
        ("tumour marker named in the order", ("ServiceRequest/order",), None),
    ]


PAIN, HEADACHE = condition(BONE_PAIN, onset=ago(5), id="pain"), condition("icd:R51.9", onset=ago(5), id="headache")
WEIGHT_LOSS = condition("sct:267024001", onset=ago(5), id="weight")
NODULE = report("CT chest", conclusion="Suspicious nodule in the right lower lobe.", id="nodule")
LIVER_VALUE = laboratory(ALT, 90, high=40, id="alt")
OLD_PAIN = condition(BONE_PAIN, onset=ago(5000), id="old-pain")


NOT_UNDERSTOOD = "Xyzzy of the fundus"
IN_A_FILE = Attachment(content_type="text/plain", data="TmV3IGJvbmUgcGFpbi4=")  # New bone pain.
CT_FOR_BLOOD = Annotation(text="CT done for haemoptysis, no fever")
ALLERGY = AllergyIntolerance(
    id="allergy", code=concept(text="Contrast"), clinical_status=concept(text="active"), note=(CT_FOR_BLOOD,)
)
LYTIC = ConditionEvidence(code=(concept(text="Lytic lesion of a rib"),))


@pytest.mark.parametrize(
    ("found", "orders", "shown_as"),
    [
        ((cancer(note=NOT_UNDERSTOOD),), {}, "note that was not understood"),
        (
            (cancer(), observation("loinc:21908-9", "sct:1222724007", note=NOT_UNDERSTOOD)),
            {},
            "note that was not underst",
        ),
        ((cancer(),), {"draft": order("cpt:78815", "staging", note=NOT_UNDERSTOOD)}, "note that was not understood"),
        ((cancer(),), {"draft": order(patient_instruction=NOT_UNDERSTOOD)}, "instruction to the patient that was not"),
        ((cancer(),), {"beside": (order("cpt:70553", "headache", id="b"),)}, "named in another draft"),
        ((cancer(), report("Progress note", presented_form=(IN_A_FILE,))), {}, "file of a report"),
        (
            (cancer(), observation(concept(text="CT chest"), "Xyzzy in the left lung")),
            {},
            "report that was not understood",
        ),
        (
            (cancer(), observation("loinc:59408-5", value_quantity=Quantity(value=80.0, unit="%", code="%"))),
            {},
            "value of an illness",
        ),
        ((cancer(), medication("morphine", reason=BONE_PAIN)), {}, "reason of a treatment"),
        ((cancer(), ALLERGY), {}, "note that was not understood"),
        ((cancer(), procedure(text="Thoracentesis", days=9)), {}, "what was done elsewhere"),
        ((cancer(), care_plan(title="MRI liver for a lesion seen on US")), {}, "finding in a care plan"),
        ((cancer(evidence=(LYTIC,)),), {}, "evidence of the cancer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_suspicion_counts_wherever_it_stands(
    found: tuple[Resource, ...], orders: dict[str, Any], shown_as: str, facts_of: FactsOf
) -> None:
    """The record, the order and the drafts beside it: none of them is passed over."""
    facts = facts_of(*found, **orders)
    assert suspected(facts) != "none"
    assert any(value.startswith(shown_as) for value, _, _ in shown(facts, "metastasis-suspected"))


def test_a_complaint_counts_where_no_cancer_is_on_record(facts_of: FactsOf) -> None:
    assert suspected(facts_of(PAIN)) == "symptom"


def test_raised_calcium_points_to_bone(facts_of: FactsOf) -> None:
    assert facts_of(cancer(), laboratory("loinc:17861-6", 12.5, high=10.5)).value("metastasis-site") == "bone"


@pytest.mark.parametrize(
    ("found", "site", "why"),
    [
        ((PAIN,), "bone", "one place"),
        ((PAIN, HEADACHE), "other", "two: no single study"),
        ((PAIN, WEIGHT_LOSS), "bone", "weight loss names no place"),
        ((LIVER_VALUE,), "liver", "a value names the liver"),
        ((HISTORY, OLD_PAIN), "other", "perhaps older than the cancer: no study of the bones for it"),
        ((HISTORY, OLD_PAIN, HEADACHE), "brain", "the new one decides"),
    ],
)
def test_the_site_of_a_suspicion(found: tuple[Resource, ...], site: str, why: str, facts_of: FactsOf) -> None:
    record = found if HISTORY in found else (cancer(), *found)
    assert facts_of(*record).value("metastasis-site") == site, why


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ((LIVER_VALUE, NODULE), "imaging-finding"),
        ((LIVER_VALUE, PAIN), "symptom"),
        ((NODULE, PAIN), "symptom"),
        ((LIVER_VALUE, condition("icd:C79.51", verification="provisional")), "sign"),
        ((NODULE, condition("icd:C79.51", verification="provisional")), "sign"),
        ((condition("icd:C79.51", verification="provisional"), PAIN), "symptom"),
    ],
)
@pytest.mark.parametrize("order_of", [1, -1])
def test_the_most_telling_kind_is_named(
    found: tuple[Resource, ...], kind: str, order_of: int, facts_of: FactsOf
) -> None:
    """A symptom tells more than a finding, a finding more than a value."""
    assert suspected(facts_of(cancer(), *found[::order_of])) == kind


def test_what_is_surely_suspicious_is_shown_alone(facts_of: FactsOf) -> None:
    """A symptom nobody listed is no evidence beside one that is listed."""
    facts = facts_of(cancer(), PAIN, condition("icd:R00.2", id="unlisted"))
    assert [each.resources for each in facts["metastasis-suspected"].evidence] == [("Condition/pain",)]
    unknown = facts_of(cancer(), condition("icd:R00.2", id="unlisted"))
    assert [each.resources for each in unknown["metastasis-suspected"].evidence] == [("Condition/unlisted",)]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_node_is_distant_only_where_no_cancer_is_on_its_side(side: str, extracted: Callable[..., OrderFacts]) -> None:
    """E27, of a patient with two cancers: each node is of one of them."""
    both = cancer("sct:254837009", side="left"), cancer("sct:254837009", id="right", side="right")
    for episode in extracted(*both, condition("icd:C77.3", side=side, id="node")).episodes:
        assert suspected(episode.facts) is None


# --- proof ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "reason", "evidence", "why"),
    [
        (condition("icd:C79.51", onset=ago(9), id="m"), "", ("distant metastasis", "Condition/m", ago(9)), "its code"),
        (condition("icd:C79.51", id="m"), "", ("distant metastasis", "Condition/m", None), "without a day"),
        (observation("loinc:21907-1", "cM1", id="m", days=9), "", ("cM1", "Observation/m", ago(9)), "M1"),
        (observation("loinc:21908-9", "IV", id="m", days=9), "", ("stage IV", "Observation/m", ago(9)), "stage IV"),
        (
            condition("icd:Z85.3", text="History of breast cancer, stage IV", id="m"),
            "",
            ("stage IV", "Condition/m", None),
            "of a cancer in the past",
        ),
        (None, "bone metastases", ("metastasis named in the order", "ServiceRequest/order", None), "the order"),
        (
            None,
            "history of bone metastases",
            ("metastasis named in the order", "ServiceRequest/order", None),
            "the order, even once treated (E24)",
        ),
        (condition("icd:N18.4", text="Chronic kidney disease", stage="Stage 4"), "", None, "stage 4 of a kidney"),
        (observation("loinc:21907-1", "cM0"), "", None, "M0"),
        (observation("loinc:21908-9", "IIA"), "", None, "another stage"),
        (condition("icd:C79.51", verification="provisional"), "", None, "suspected is not proven"),
        (None, "? bone metastases", None, "asked is not proven"),
        (None, "no bone metastases", None, "denied"),
    ],
)
def test_what_proves_metastasis(
    found: Resource | None, reason: str, evidence: tuple[str, str, str] | None, why: str, facts_of: FactsOf
) -> None:
    draft = order("cpt:78815", reason) if reason else order("cpt:78815")
    facts = facts_of(cancer(), *([found] if found else []), draft=draft)
    assert (facts.value("disease-phase") == "metastatic") is (evidence is not None), why
    if evidence is not None:
        value, resource, day = evidence
        assert (value, (resource,), day) in shown(facts, "disease-phase"), why


@pytest.mark.parametrize(
    ("study", "found", "expected"),
    [
        (
            "mri-head-without-and-with-contrast",
            condition("icd:G35", onset=ago(4000)),
            "unknown",
        ),  # multiple sclerosis, however old
        ("mri-head-without-and-with-contrast", condition("icd:D35.2"), "unknown"),  # pituitary adenoma
        ("mri-head-without-and-with-contrast", condition("sct:24700007=Multiple sclerosis"), "unknown"),
        ("mri-head-without-and-with-contrast", condition("icd:G35", clinical="resolved"), None),
        (
            "mri-head-without-and-with-contrast",
            condition("icd:I10"),
            None,
        ),  # hypertension is no reason for MRI of the head
        ("fdg-pet-ct", condition("icd:G35"), None),  # nobody looks for multiple sclerosis by PET/CT
    ],
)
def test_a_study_of_the_head_may_be_for_another_disease_there(
    study: str, found: Resource, expected: str | None, facts_of: FactsOf
) -> None:
    """Another disease never leads to a warning: an order without a reason may be for it."""
    assert suspected(facts_of(cancer(), found, procedures=(study,))) == expected


@pytest.mark.parametrize(
    ("code", "name", "onset", "expected", "why"),
    [
        ("icd:I63.9", "Cerebral infarction, unspecified", 10, "unknown", "new: it may be a metastasis of the brain"),
        ("local:1", "Cerebrovascular accident", 10, "unknown", "by another name"),
        ("icd:I61.9", "Nontraumatic intracerebral hemorrhage", 10, "unknown", "a bleeding"),
        ("icd:I63.9", "Cerebral infarction, unspecified", 5000, None, "older than the cancer"),
    ],
)
def test_a_stroke_cannot_be_told_from_a_metastasis(
    code: str, name: str, onset: int, expected: str | None, why: str, facts_of: FactsOf
) -> None:
    assert suspected(facts_of(cancer(), condition(f"{code}={name}", onset=ago(onset)))) == expected, why


def test_no_patient_words_in_the_evidence(facts_of: FactsOf) -> None:
    words = "terrible ache in my left hip, Mrs Example"
    facts = facts_of(cancer(), condition(text=words))
    assert suspected(facts) == "symptom"
    assert all("Example" not in each.value for each in facts["metastasis-suspected"].evidence)


def test_a_suspicion_names_its_resource(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), condition(BONE_PAIN, id="pain", onset=ago(9)))
    evidence = facts["metastasis-suspected"].evidence
    said = "symptom or finding on record"
    assert [(each.value, each.resources, each.date) for each in evidence] == [(said, ("Condition/pain",), ago(9))]
    facts = facts_of(cancer(), observation(BONE_PAIN, id="pain", days=9))
    evidence = facts["metastasis-suspected"].evidence
    assert [(each.value, each.resources, each.date) for each in evidence] == [(said, ("Observation/pain",), ago(9))]


@pytest.mark.parametrize("date", [ago(9), None])
def test_a_symptom_beside_something_else_names_where_it_stands(date: str | None, facts_of: FactsOf) -> None:
    spine = procedure(text="Bracing for pathological fracture", id="spine", days=9 if date else None)
    evidence = facts_of(cancer(), spine)["metastasis-suspected"].evidence
    assert [(each.value, each.resources, each.date) for each in evidence] == [
        ("reason of a treatment", ("Procedure/spine",), date)
    ]
    began = msgspec.structs.replace(cancer(id="breast", days=9 if date else None), onset_string="with bone pain")
    evidence = facts_of(began)["metastasis-suspected"].evidence
    assert [(each.value, each.resources, each.date) for each in evidence] == [
        ("evidence of the cancer", ("Condition/breast",), date)
    ]


@pytest.mark.parametrize(
    ("first", "pain", "why"),
    [
        (
            condition("icd:R05.9", id="a", clinical="resolved"),
            condition(BONE_PAIN, onset=ago(9)),
            "an entry that is over",
        ),
        (condition("icd:G43.909", id="a", onset=ago(4000)), condition(BONE_PAIN, onset=ago(9)), "an old complaint"),
        (observation(BONE_PAIN, id="a", days=4000), observation("Headache", True), "seen long ago"),
        (observation(BONE_PAIN, False, id="a"), observation("Headache", True), "denied"),
        (observation(BONE_PAIN, False, id="a", note="Asked today."), observation("Headache", True), "with a note"),
        (observation(BONE_PAIN, id="a", status="cancelled"), observation("Headache", True), "never asked"),
        (observation(ALP, id="a", value_quantity=Quantity(value=60)), observation("Headache", True), "a value"),
    ],
)
def test_what_says_nothing_hides_nothing_behind_it(
    first: Resource, pain: Resource, why: str, facts_of: FactsOf
) -> None:
    assert suspected(facts_of(cancer(), first, pain)) == "symptom", why


def test_codes_without_a_system_say_nothing(facts_of: FactsOf) -> None:
    """A bare code is not a code; its words are read."""
    bare = condition(text="Bone pain")
    assert isinstance(bare.code, CodeableConcept)
    assert suspected(facts_of(cancer(), bare)) == "symptom"
