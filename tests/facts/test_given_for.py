"""What treatments, plans and diagnoses give as their reason: distant disease may be named nowhere else (E24)."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.diagnoses import Disease
from cds_service.facts.given_for import distant_disease_given
from cds_service.facts.model import Facts, Known, Unknown
from cds_service.facts.source import Source
from cds_service.fhir.resources import (
    ActivityDetail,
    Annotation,
    CarePlan,
    CarePlanActivity,
    CodeableConcept,
    Coding,
    ConditionEvidence,
    ConditionStage,
    ContainedResource,
    DiagnosticReport,
    Dosage,
    Extension,
    Period,
    Reference,
    Resource,
)
from tests.support.resources import (
    administration,
    ago,
    cancer,
    care_plan,
    concept,
    condition,
    laboratory,
    medication,
    procedure,
    report,
    surgery,
)

FactsOf = Callable[..., Facts]
SourceOf = Callable[..., Source]

BONE = "icd:C79.51"


BONE_IN_WORDS = (Coding(display="Bone metastases"),)


def within(code: str | None = BONE, *, text: str | None = None, **more: object) -> dict[str, object]:
    """A contained Condition, and what else holds it."""
    named = concept(code) if code else concept(text=text)
    return {"contained": (ContainedResource(resource_type="Condition", code=named),), **more}


def rests_on(*codes: str, detail: str | None = None) -> dict[str, object]:
    """The evidence of a Condition."""
    referred = (Reference(display=detail),) if detail else ()
    return {"evidence": (ConditionEvidence(code=tuple(map(concept, codes)), detail=referred),)}


def plan_for(**detail: object) -> CarePlan:
    return CarePlan(status="active", activity=(CarePlanActivity(detail=ActivityDetail(**detail)),))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (medication("zoledronic acid", reason=BONE), "what it is prescribed for"),
        (
            medication("zoledronic acid", reason="Bone metastases", status="stopped"),
            "in words; stage IV stays stage IV",
        ),
        (medication("denosumab 120 mg for bone metastases"), "in the name of the drug as written"),
        (medication("denosumab", reason_reference=(Reference(display="Bone metastases"),)), "what a reference says"),
        (administration("zoledronic acid", reason="sct:94222008"), "what it was given for"),
        (procedure(text="Radiotherapy", days=900, reason="icd:C79.31"), "what was radiated"),
        (procedure(text="Stereotactic radiosurgery brain metastasis", days=900), "in the name of what was done"),
        (procedure(text="Liver metastasectomy", days=900), "it is said to be metastatic by its name"),
        (procedure(text="Radiotherapy", note="for liver metastases"), "in a note"),
        (procedure(text="Radiotherapy", status="not-done", reason=BONE), "not done, and there all the same"),
        (procedure(text="Radiotherapy", **within()), "a Condition inside it"),
        (
            medication("zoledronic acid", contained=(ContainedResource(id="why", code=concept(BONE)),)),
            "inside a prescription",
        ),
        (care_plan(title="Metastatic breast cancer, bone: palliative therapy"), "the title of a plan"),
        (CarePlan(status="revoked", description="Treat brain metastases"), "the description of a plan, even revoked"),
        (CarePlan(status="active", **within()), "a Condition inside a plan"),
        (CarePlan(status="active", addresses=(Reference(display="Lung metastases"),)), "what a plan addresses"),
        (plan_for(reason_code=(concept(BONE),)), "why an activity is planned"),
        (plan_for(reason_reference=(Reference(display="Bone metastases"),)), "what its reason refers to"),
        (plan_for(code=concept(text="Treat bone metastases")), "the activity itself"),
        (plan_for(description="Denosumab for bone metastases"), "in words"),
        (condition("icd:Z51.89", **rests_on(BONE)), "what another diagnosis rests on"),
        (condition("icd:Z51.89", **rests_on(detail="Bone metastases")), "likewise, as a reference"),
        (condition("icd:Z51.89", **within()), "a Condition inside another"),
    ],
)
def test_distant_disease_named_as_a_reason_is_known(given: Resource, why: str, facts_of: FactsOf) -> None:
    """Metastatic, whatever the problem list leaves out."""
    phase = facts_of(cancer(days=2400), surgery(2300), given)["disease-phase"]
    assert isinstance(phase, Known), why
    assert phase.value == "metastatic", why


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (procedure(text="Palliative radiotherapy L-spine", days=900), "not meant to cure: follow-up takes for cured"),
        (medication("zoledronic acid", reason="to prevent bone metastases"), "none, or more of them?"),
        (
            medication("zoledronic acid", reason=CodeableConcept(coding=BONE_IN_WORDS, text="Prophylaxis")),
            "to prevent them, one of its names says",
        ),
        (medication("zoledronic acid", reason="icd:C77.9"), "nodes of no stated place"),
        (procedure(text="Biopsy", days=30, reason="possible liver metastasis"), "asked in this work-up"),
        (procedure(text="CT-guided biopsy of liver lesion", days=30), "looked at; what came of it is not said"),
        (procedure(text="Biopsy", days=30, reason="icd:R91.1"), "likewise, by code"),
        (procedure(text="CT-guided biopsy of liver lesion"), "undated: it may have been yesterday"),
        (procedure(text="CT-guided biopsy of lung nodule", days=30), "of the lung"),
        (procedure(text="Biopsy of bone lesion", days=30), "of a bone"),
        (procedure(text="Biopsy of T8 vertebral lesion", days=30), "of the spine"),
        (procedure(text="Biopsy of brain lesion", days=30), "of the brain"),
        (care_plan(title="Biopsy of liver lesion"), "planned, undated"),
        (CarePlan(status="active", title="Biopsy of liver lesion", created=ago(30)), "planned in this work-up"),
        (condition("icd:Z51.89", **rests_on("icd:R91.1")), "what an undated diagnosis rests on"),
        (condition("icd:Z51.89", recorded_date=ago(30), **rests_on("icd:R91.1")), "recorded in this work-up"),
    ],
)
def test_what_a_reason_leaves_open_is_unknown(given: Resource, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2400), surgery(2300), given)
    assert isinstance(facts["metastasis-suspected"], Unknown), why


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (procedure(text="Biopsy", days=900, reason="possible liver metastasis"), "answered since"),
        (procedure(text="CT-guided biopsy of liver lesion", days=900), "answered since"),
        (medication("dexamethasone", reason="possible liver metastasis", days=900), "answered since"),
        (administration("dexamethasone", reason="possible liver metastasis", days=900), "answered since"),
        (CarePlan(status="active", title="Biopsy of liver lesion", created=ago(900)), "planned long ago"),
        (
            CarePlan(status="active", title="Biopsy of liver lesion", period=Period(start=ago(900))),
            "of a plan that began long ago",
        ),
        (condition("icd:Z51.89", onset=ago(900), **rests_on("icd:R91.1")), "answered since"),
        (condition("icd:Z51.89", recorded_date=ago(900), **rests_on("icd:R91.1")), "answered since"),
        (procedure(text="CT chest", days=30, note="No lung nodule."), "denied, of an organ"),
        (procedure(text="Biopsy of skin lesion", days=30), "of the skin: what any biopsy is for"),
        (CarePlan(status="active", activity=(CarePlanActivity(),)), "an activity of which nothing is said"),
        (procedure(text="Bone scan", days=30, reason="screening for metastasis"), "looked for, not suspected"),
        (procedure(text="CT chest", days=30, note="No metastases."), "denied"),
        (procedure(text="Core biopsy of suspicious breast mass", days=130), "the tumour itself"),
        (procedure(text="Excision of axillary node metastasis", days=30), "regional, not distant"),
        (medication("letrozole", reason="icd:C50.912"), "the cancer itself"),
        (medication("naproxen", reason="icd:M54.5", days=121), "a symptom of long ago is no symptom of today"),
        (care_plan(title="Family history of metastatic breast cancer"), "somebody else's"),
        (condition("icd:I10", **rests_on("icd:R03.0")), "what another disease rests on"),
    ],
)
def test_what_says_nothing_of_distant_disease(given: Resource, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2400), surgery(2300), given)
    assert facts.value("metastasis-suspected") == "none", why
    assert facts.value("disease-phase") == "surveillance", why


def test_a_reference_to_the_problem_list_says_no_more_than_the_problem_list(facts_of: FactsOf) -> None:
    """A reason that is provisional there is no proof here."""
    doubted = condition(BONE, id="doubted", verification="provisional")
    given = medication("zoledronic acid", reason_reference=(Reference("Condition/doubted", "Bone metastases"),))
    facts = facts_of(cancer(days=2400), surgery(2300), doubted, given)
    assert facts.value("metastasis-suspected") == "sign"
    assert facts.value("disease-phase") == "surveillance"


def test_the_reason_names_its_resource(facts_of: FactsOf) -> None:
    given = medication("zoledronic acid", id="drug", days=9, reason=BONE)
    evidence = facts_of(cancer(days=2400), surgery(2300), given)["disease-phase"].evidence
    assert [(each.value, each.resources, each.date) for each in evidence] == [
        ("distant metastasis", ("MedicationRequest/drug",), ago(9))
    ]


# --- what a report holds within itself --------------------------------------------------------------------------------
def holding(inside: Resource, **more: object) -> DiagnosticReport:
    """A report of ten days ago with a resource inside, as a sender writes it."""
    written = msgspec.json.decode(msgspec.json.encode(inside))
    held = {name: value for name, value in written.items() if value is not None}
    held.pop("effectiveDateTime", None)
    held |= more
    return report("Laboratory report", contained=(msgspec.convert(held, ContainedResource),))


@pytest.mark.parametrize(
    ("found", "kind", "why"),
    [
        (holding(laboratory("loinc:6768-6", 400)), "laboratory", "a liver test"),
        (holding(laboratory("loinc:6768-6", 80)), "none", "a normal one"),
        (holding(laboratory("loinc:6768-6", 400), status="entered-in-error"), "none", "it never was"),
        (holding(laboratory("loinc:6768-6", 400), status="cancelled"), "none", "it found nothing"),
        (holding(laboratory("loinc:6768-6", 400), resourceType="Specimen"), "none", "another type"),
        (
            holding(laboratory("loinc:6768-6", 400), resourceType="PractitionerRole", code=[{"text": "Pathologist"}]),
            "none",
            "a type whose code is a list is no failure",
        ),
        (holding(laboratory("Secondary malignant neoplasm of lung", None)), "sign", "a finding"),
    ],
)
def test_results_inside_a_report_count(found: Resource, kind: str, why: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), found).value("metastasis-suspected") == kind, why


@pytest.mark.parametrize(
    ("dated", "shown"),
    [
        ({}, ago(10)),
        ({"effectiveDateTime": ago(12)}, ago(12)),
        ({"effectivePeriod": msgspec.to_builtins(Period(start=ago(14)))}, ago(14)),
    ],
)
def test_a_result_is_of_its_own_day_else_of_the_report(dated: dict[str, object], shown: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), holding(laboratory("loinc:6768-6", 400), **dated))
    assert [(each.resources, each.date) for each in facts["liver-tests"].evidence] == [(("Observation",), shown)]


@pytest.mark.parametrize(
    ("given", "phase", "why"),
    [
        (medication("Zoledronic acid", dosage_instruction=(Dosage(text="4 mg IV for bone metastases"),)), True, "dose"),
        (medication("Denosumab", dosage_instruction=(Dosage(patient_instruction="For bone mets"),)), True, "to her"),
        (condition("sct:38341003", severity=concept(text="with brain metastases")), True, "as its severity"),
        (medication("Metformin", dosage_instruction=(Dosage(text="Twice a day with meals"),)), False, "how often"),
        (condition("sct:38341003", severity=concept("sct:24484000=Severe")), False, "how severe"),
    ],
)
def test_what_a_dose_or_a_severity_is_said_to_be_for(given: Resource, phase: bool, why: str, facts_of: FactsOf) -> None:
    assert (facts_of(cancer(), given).value("disease-phase") == "metastatic") is phase, why


SAID = concept(text="Bone metastases")
REFERRED = (Reference(display="Bone metastases"),)
ANOTHER = "sct:38341003"


def doing(**more: object) -> Resource:
    return procedure(text="Consultation", days=30, **more)


def activity(**more: object) -> CarePlan:
    return CarePlan(status="active", activity=(CarePlanActivity(**more),))


def extension(**more: object) -> dict[str, object]:
    """An extension that says nothing, and within it another."""
    return {"extension": (Extension(url="outer", extension=(Extension(url="inner", **more),)),)}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (doing(category=SAID), "of what kind it is"),
        (doing(outcome=SAID), "how it went"),
        (doing(complication=(SAID,)), "what went wrong"),
        (doing(follow_up=(SAID,)), "what is to follow"),
        (doing(status_reason=SAID), "why it was not done"),
        (doing(report=REFERRED), "what its report is called"),
        (doing(complication_detail=REFERRED), "what went wrong, as it is called"),
        (doing(reason_reference=REFERRED), "why, as it is called"),
        (msgspec.structs.replace(doing(), body_site=(SAID,)), "where"),
        (medication("Zoledronic acid", category=(SAID,)), "of what kind an order is"),
        (medication("Zoledronic acid", course_of_therapy_type=SAID), "of what course"),
        (medication("Zoledronic acid", status_reason=SAID), "why it was stopped"),
        (medication("Zoledronic acid", note=(Annotation("For bone metastases"),)), "in a note"),
        (administration("Zoledronic acid", status_reason=(SAID,)), "why it was not given"),
        (administration("Zoledronic acid", reason_reference=REFERRED), "why, as it is called"),
        (administration("Zoledronic acid", note=(Annotation("For bone metastases"),)), "in a note"),
        (condition(ANOTHER, **extension(value_codeable_concept=SAID)), "in an extension"),
        (condition(ANOTHER, **extension(value_string="Bone metastases")), "likewise, in words"),
        (condition(ANOTHER, onset_string="With bone metastases"), "how it began"),
        (condition(ANOTHER, abatement_string="Until bone metastases"), "how it ended"),
        (msgspec.structs.replace(condition(ANOTHER), body_site=(SAID,)), "where it is"),
        (msgspec.structs.replace(condition(ANOTHER), stage=(ConditionStage(type=SAID),)), "by what it was staged"),
        (msgspec.structs.replace(condition(ANOTHER), stage=(ConditionStage(assessment=REFERRED),)), "likewise"),
        (condition(ANOTHER, note="Bone metastases.", **rests_on("icd:R03.0")), "in the note on it"),
        (CarePlan(status="active", category=(SAID,)), "of what kind a plan is"),
        (CarePlan(status="active", supporting_info=REFERRED), "what supports a plan"),
        (CarePlan(status="active", goal=REFERRED), "what it is for"),
        (CarePlan(status="active", note=(Annotation("Bone metastases"),)), "in a note on it"),
        (activity(outcome_codeable_concept=(SAID,)), "what came of it"),
        (activity(progress=(Annotation("Bone metastases"),)), "how it goes"),
        (activity(reference=REFERRED[0]), "what it refers to"),
        (plan_for(status_reason=SAID), "why it was not done"),
        (plan_for(goal=REFERRED), "what it is for"),
    ],
)
def test_wherever_a_resource_names_it(given: Resource, why: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(days=2400), surgery(2300), given).value("disease-phase") == "metastatic", why


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (procedure(text="Radiotherapy to the lumbar spine", days=900), "where breast cancer is irradiated for them"),
        (procedure(text="Whole brain irradiation", days=900), "likewise"),
        (procedure(text="Hospice admission", days=900), "not meant to cure"),
        (procedure(text="Spine\nWBRT", days=900), "one line says both"),
        (medication("Morphine", dosage_instruction=(Dosage(text="Palliative, as needed"),)), "so it is given"),
        (medication("Morphine", dosage_instruction=(Dosage(patient_instruction="Hospice kit"),)), "likewise"),
        (procedure(text="Biopsy of adrenal", days=30), "a sample of where it spreads to"),
        (procedure(text="FNA of pleura", days=30), "likewise"),
        (procedure(text="Liver bx", days=30), "likewise"),
        (procedure(text="Biopsy of liver", days=119), "as old as a work-up gets"),
        (doing(reason="Risk of bone metastases"), "none, or more of them?"),
    ],
)
def test_what_is_done_for_it_leaves_it_open(given: Resource, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2400), surgery(2300), given)
    assert facts.value("metastasis-suspected") != "none", why
    assert facts.value("disease-phase") != "metastatic", why


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (procedure(text="Radiotherapy to the left breast", days=900), "of the breast"),
        (procedure(text="Injection, lumbar spine", days=900), "no radiation"),
        (procedure(text="Radiotherapy of the left breast\nPhysiotherapy of the spine", days=900), "in another line"),
        (procedure(text="Biopsy of liver", days=120), "answered since"),
        (procedure(text="Liver ultrasound", days=900), "no sample"),
        (doing(category=concept(text="Surgical procedure")), "of what kind it is"),
        (medication("Metformin", dosage_instruction=(Dosage(),)), "nothing is said"),
    ],
)
def test_what_is_done_for_something_else(given: Resource, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2400), surgery(2300), given)
    assert facts.value("metastasis-suspected") == "none", why
    assert facts.value("disease-phase") == "surveillance", why


DOUBTED, KNOWN = Disease.AMBIGUOUS_METASTASIS, Disease.METASTASIS


@pytest.mark.parametrize(
    ("given", "disease", "why"),
    [
        (doing(reason="Bone metastases"), KNOWN, "named as what it is for"),
        (doing(reason=CodeableConcept(coding=BONE_IN_WORDS, text="Prophylaxis")), DOUBTED, "one of its names prevents"),
        (doing(reason=concept(BONE, text="Prevention of fractures")), KNOWN, "a code says that it is there"),
        (doing(reason="Risk of bone metastases"), DOUBTED, "none, or more of them?"),
        (doing(reason="Palliative care"), DOUBTED, "not meant to cure"),
        (doing(reason="Hospice"), DOUBTED, "likewise"),
        (medication("Morphine", dosage_instruction=(Dosage(text="PALLIATIVE"),)), DOUBTED, "so it is given"),
        (medication("Morphine", dosage_instruction=(Dosage(text="Hospice kit"),)), DOUBTED, "likewise"),
        (
            medication("Morphine", dosage_instruction=(Dosage(text="Hospice: palliative, for bone metastases"),)),
            KNOWN,
            "all of it",
        ),
        (medication("Morphine", dosage_instruction=(Dosage(text="Daily"), Dosage(text="Palliative"))), DOUBTED, "one"),
        (procedure(text="Radiotherapy to the lumbar spine", days=900), DOUBTED, "where metastases are irradiated"),
        (procedure(text="Radiotherapy to the left breast", days=900), None, "of the breast"),
        (procedure(text="Surgery of the lumbar spine", days=900), None, "no radiation"),
        (doing(reason="icd:R91.1"), DOUBTED, "looked for, by a code"),
        (doing(reason="icd:M54.5"), None, "a symptom is no disease"),
        (doing(reason="Bone lesion"), DOUBTED, "looked for"),
        (doing(reason="Lesion of the spine"), DOUBTED, "likewise"),
        (doing(reason="Lung nodule"), DOUBTED, "likewise"),
        (doing(reason="Liver lesion"), DOUBTED, "likewise"),
        (doing(reason="Brain lesion"), DOUBTED, "likewise"),
        (doing(reason="No liver lesion"), None, "denied"),
        (doing(reason="Skin lesion"), None, "what any biopsy is for"),
        (procedure(text="Consultation", days=120, reason="Liver lesion"), None, "answered since"),
        (condition(ANOTHER), None, "nothing beside its name"),
        (CarePlan(status="active", activity=(CarePlanActivity(detail=ActivityDetail()),)), None, "nothing is said"),
    ],
)
def test_how_a_reason_names_it(given: Resource, disease: Disease | None, why: str, source_of: SourceOf) -> None:
    found = [each.disease for each in distant_disease_given(source_of(cancer(), given))]
    assert found == ([disease] if disease else []), why


def test_a_question_of_long_ago_hides_nothing_behind_it(source_of: SourceOf) -> None:
    asked = procedure(text="Biopsy of liver", days=900)
    found = distant_disease_given(source_of(cancer(), asked, procedure(text="Radiotherapy", reason=BONE)))
    assert [each.disease for each in found] == [KNOWN]


@pytest.mark.parametrize(
    ("reference", "disease", "why"),
    [
        ("Condition/listed", None, "the problem list says it itself"),
        ("https://ehr.example/fhir/Condition/listed", None, "likewise, by its whole address"),
        ("Condition/gone", KNOWN, "of what is not there"),
        ("Observation/listed", KNOWN, "of no entry"),
        (None, KNOWN, "of nothing"),
    ],
)
def test_where_a_reference_leads(reference: str | None, disease: Disease | None, why: str, source_of: SourceOf) -> None:
    given = doing(reason_reference=(Reference(reference=reference, display="Bone metastases"),))
    found = distant_disease_given(source_of(cancer(), condition(ANOTHER, id="listed"), given))
    assert [each.disease for each in found] == ([disease] if disease else []), why
