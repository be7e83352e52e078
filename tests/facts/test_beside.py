"""What the other drafts of a session say of the patient counts, whatever they ask; what they ask does not."""

from collections.abc import Callable
from typing import Any

import pytest

from cds_service.facts.model import Episode, Known, OneOf, OrderFacts, candidates
from cds_service.fhir.resources import (
    ActivityDetail,
    CarePlan,
    CarePlanActivity,
    CodeableConcept,
    Coding,
    CommunicationRequest,
    ContainedResource,
    DeviceRequest,
    Drafted,
    Extension,
    Narrative,
    Reference,
    Resource,
)
from tests.support.resources import (
    cancer,
    care_plan,
    concept,
    condition,
    medication,
    observation,
    order,
    report,
    surgery,
)

Extracted = Callable[..., OrderFacts]

NEW = (cancer(stage="Stage IA", days=20),)
FOLLOWED = (cancer("icd:Z85.3", id="history", days=None), cancer(days=2000), surgery(1900))
PATIENTS = {"new": NEW, "followed": FOLLOWED}


def episode(extracted: Extracted, patient: tuple[Resource, ...], *beside: Drafted) -> Episode:
    """A PET/CT without a reason, beside these drafts."""
    (found,) = extracted(*patient, draft=order(), beside=beside).episodes
    return found


def refers(reference: str) -> tuple[Reference, ...]:
    return (Reference(reference=reference),)


def planned(**detail: Any) -> CarePlan:
    """A drafted plan of one activity."""
    return CarePlan(id="b", status="draft", activity=(CarePlanActivity(detail=ActivityDetail(**detail)),))


PAIN = condition("sct:12584003", id="pain")
BESIDE: list[tuple[Drafted, str]] = [
    (order("cpt:78306", "sct:12584003", id="b"), "a bone scan for bone pain"),
    (order("cpt:72158", "icd:M54.50", id="b"), "an MRI of the spine for back pain"),
    (order("cpt:70450", "icd:R56.9", id="b"), "a CT of the head for a seizure"),
    (order("cpt:72158", "icd:C79.51", id="b"), "an MRI of the spine for metastases"),
    (order("cpt:71046", "Persistent cough for 6 weeks", id="b"), "a radiograph for cough, in words"),
    (order("cpt:32408", "icd:R91.1", id="b"), "a biopsy of a nodule of the lung"),
    (order("Liver MRI for suspicious lesion", id="b"), "in the words of the study"),
    (order("cpt:80053", id="b", note="RUQ pain, jaundice"), "in a note"),
    (order("cpt:80053", id="b", patient_instruction="Headache: come at once"), "in the instruction"),
    (order("cpt:80053", id="b", supporting_info=(Reference(display="Bone scan: multiple metastases"),)), "in support"),
    (order("cpt:80053", id="b", contained=(PAIN,), reason_reference=refers("#pain")), "a contained reason"),
    (order("cpt:80053", id="b", contained=(PAIN,), supporting_info=refers("#pain")), "a contained diagnosis"),
    (
        order(
            "cpt:80053", id="b", contained=(observation("sct:12584003", True, id="o"),), supporting_info=refers("#o")
        ),
        "a contained Observation",
    ),
    (
        order("cpt:80053", id="b", contained=(report("CT", conclusion="Liver metastases", id="r"),)),
        "a contained report",
    ),
    (order("cpt:80053", "icd:R42", id="b"), "a symptom nobody listed"),
    (order("cpt:80053", "sct:1", id="b"), "a code nobody knows, without a word"),
    (order("cpt:80053", id="b", reason_reference=(Reference(type="Condition"),)), "a reason that cannot be read"),
    (order("cpt:80053", "sct:12584003", id="b", status="revoked"), "of an order withdrawn: the pain is still hers"),
    (medication("zoledronic acid", reason="icd:C79.51", status="draft", id="b"), "medication for metastases"),
    (medication("zoledronic acid", reason="bone metastases", status="draft", id="b"), "in words"),
    (medication("morphine", reason="sct:12584003", status="draft", id="b"), "medication for pain"),
    (CarePlan(id="b", status="draft", title="Metastatic breast cancer, bone: palliative therapy"), "a plan, by title"),
    (CarePlan(id="b", status="draft", addresses=(Reference(display="Bone metastases"),)), "by what it addresses"),
    (
        planned(reason_code=(concept("icd:C79.51"),)),
        "by the reason of an activity",
    ),
    (CarePlan(id="b", status="draft", title="Persistent bone pain"), "a symptom in the title of a plan"),
    (CarePlan(id="b", status="draft", description="Persistent bone pain"), "in its description"),
    (CarePlan(id="b", status="draft", addresses=(Reference(display="Bone pain"),)), "in what it addresses"),
    (planned(code=concept(text="Exercise for bone pain")), "in what an activity is"),
    (planned(description="Exercise for bone pain"), "in the description of an activity"),
    (planned(reason_code=(concept("sct:12584003"),)), "in the reason of an activity"),
    (order("US guided biopsy of liver", id="b"), "a sample of the liver"),
    (order("Palliative radiotherapy", id="b"), "treatment that does not mean to cure"),
    (order("Radiotherapy, lumbar spine", id="b"), "where metastases are irradiated"),
    (order("Referral to hospice", id="b"), "care of the dying"),
    (order("cpt:80053", id="b", as_needed_codeable_concept=concept(text="bone pain")), "when it is needed"),
    (order("cpt:80053", id="b", extension=(Extension(value_string="Bone metastases"),)), "an extension"),
    (order("cpt:80053", id="b", text=Narrative(status="additional")), "a narrative that says more, and is not read"),
    (DeviceRequest(id="b", reason_code=(concept("sct:309774006"),)), "a device for a weak limb"),
    (DeviceRequest(id="b", reason_reference=(Reference(display="Bone pain"),)), "a device, by reference"),
    (medication("morphine", id="b", reason_reference=(Reference(display="Bone pain"),)), "medication, by reference"),
    (CommunicationRequest(id="b", reason_code=(concept(text="Haemoptysis"),)), "a message about haemoptysis"),
]


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize(("beside", "why"), BESIDE)
def test_what_another_draft_names_may_be_metastasis(
    beside: Drafted, why: str, patient: str, extracted: Extracted
) -> None:
    found = episode(extracted, PATIENTS[patient], beside)
    suspected = found.facts["metastasis-suspected"]
    metastatic = found.facts.value("disease-phase") == "metastatic"
    assert metastatic or not (isinstance(suspected, Known) and suspected.value == "none"), why


@pytest.mark.parametrize(
    ("beside", "why"),
    [
        (order("cpt:77066", "icd:Z12.31", id="b"), "screening"),
        (order("cpt:80053", "icd:I10", id="b"), "blood pressure"),
        (order("cpt:77066", "icd:C50.912", id="b"), "the cancer itself"),
        (order("cpt:80053", "no bone pain", id="b"), "pain that is denied"),
        (order("cpt:78306", "staging, rule out nothing", id="b", supporting_info=refers("Coverage/1")), "an insurance"),
        (medication("ondansetron", status="draft", id="b"), "medication without a reason"),
        (
            medication(
                "ramipril",
                id="b",
                contained=(ContainedResource(id="bp", code=concept("icd:I10")),),
                reason_reference=refers("#bp"),
            ),
            "a reason within the medication",
        ),
        (medication("codeine cough syrup", status="draft", id="b"), "what a drug is called is no complaint"),
        (care_plan("Physical activity", title="Healthy living"), "a plan"),
        (order("US guided biopsy of left breast", id="b"), "a sample of the breast"),
        (CarePlan(id="b", category=(concept("local:assess-plan"),)), "the category of a plan"),
        (CarePlan(id="b", activity=(CarePlanActivity(),)), "an activity of which nothing is said"),
    ],
)
def test_what_another_draft_says_may_be_nothing(beside: Drafted, why: str, extracted: Extracted) -> None:
    """Right warnings are kept."""
    found = episode(extracted, NEW, beside)
    assert found.facts.value("metastasis-suspected") == "none", why
    assert found.facts.value("disease-phase") == "new"


@pytest.mark.parametrize("words", ["staging", "evaluate axillary nodes", "annual surveillance", "lung cancer", "xyzzy"])
def test_what_another_draft_asks_is_not_asked_here(words: str, extracted: Extracted) -> None:
    alone, beside = episode(extracted, NEW), episode(extracted, NEW, order("cpt:78306", words, id="b"))
    assert beside.asked == alone.asked


# --- therapy ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("beside", "phases", "why"),
    [
        (medication("doxorubicin", reason="sct:373847000", status="draft"), {"neoadjuvant-planned"}, "E32"),
        (medication("doxorubicin", reason="neoadjuvant", status="draft"), {"neoadjuvant-planned"}, "in words"),
        (medication("doxorubicin", status="draft"), {"new", "neoadjuvant-planned"}, "nobody said before or after"),
        (
            CarePlan(id="b", status="draft", title="Neoadjuvant chemotherapy"),
            {"neoadjuvant-planned"},
            "a plan that is drafted",
        ),
        (order("Neoadjuvant chemotherapy", id="b"), {"neoadjuvant-planned"}, "the therapy is the order"),
        (order("sct:1259200004", id="b"), {"neoadjuvant-planned"}, "coded"),
        (order("cpt:77049", "before neoadjuvant chemotherapy", id="b"), {"neoadjuvant-planned"}, "a study before it"),
        (
            order("cpt:77049", "sct:373847000", id="b"),
            {"neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed"},
            "a study around it",
        ),
        (medication("anastrozole", status="draft"), {"new"}, "endocrine therapy alone"),
        (order("Referral to medical oncology", id="b"), {"new"}, "a referral is no therapy"),
    ],
)
def test_therapy_that_is_being_ordered_is_planned(
    beside: Drafted, phases: set[str], why: str, extracted: Extracted
) -> None:
    phase = episode(extracted, NEW, beside).facts["disease-phase"]
    assert isinstance(phase, Known | OneOf), why
    assert {str(phase.value)} if isinstance(phase, Known) else {*phase.candidates} == phases, why


@pytest.mark.parametrize(
    ("beside", "stays", "why"),
    [
        (medication("docetaxel", status="draft", id="b"), False, "chemotherapy is no part of follow-up"),
        (medication("trastuzumab", status="draft", id="b"), False, "nor is anti-HER2 therapy"),
        (order("Radiation therapy", id="b"), False, "nor irradiation"),
        (order("Radiation therapy", id="b", do_not_perform=True), True, "which is forbidden"),
        (medication("letrozole", status="draft", id="b"), True, "endocrine therapy is"),
    ],
)
def test_therapy_that_is_being_ordered_ends_follow_up(
    beside: Drafted, stays: bool, why: str, extracted: Extracted
) -> None:
    assert (episode(extracted, FOLLOWED, beside).facts.value("disease-phase") == "surveillance") is stays, why


# --- what else speaks against a warning -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("beside", "why"),
    [
        (order("cpt:77066", "icd:N63.20", id="b"), "a mammogram for a lump"),
        (order("cpt:77066", "new lump in the left breast", id="b"), "in words"),
        (order("cpt:77066", "suspected recurrence", id="b"), "suspected to have come back"),
        (order("cpt:77066", "follow-up, suspected recurrence", id="b"), "suspected in follow-up"),
        (order("cpt:77066", "annual surveillance; new local recurrence in the scar", id="b"), "found in follow-up"),
        (order("cpt:77066", "surveillance, recurrence?", id="b"), "asked in follow-up"),
        (order("cpt:77066", "local recurrence of left breast cancer", id="b"), "come back"),
    ],
)
def test_a_lump_that_another_draft_names_is_one(beside: Drafted, why: str, extracted: Extracted) -> None:
    """310-v10 is for those without a new lump or suspected recurrence (design, "Knowledge")."""
    assert episode(extracted, FOLLOWED, beside).facts.value("local-recurrence") != "none", why


@pytest.mark.parametrize(
    "words",
    [
        "surveillance for recurrence",
        "evaluate for local recurrence",
        "annual surveillance, r/o recurrence",
        "looking for recurrence",
        "annual surveillance, no recurrence",
        "no recurrence",
        "breast pain",
    ],
)
def test_what_is_only_watched_for_is_none(words: str, extracted: Extracted) -> None:
    found = episode(extracted, FOLLOWED, order("cpt:77066", words, id="b"))
    assert found.facts.value("local-recurrence") == "none"
    assert found.facts.value("disease-phase") == "surveillance"


@pytest.mark.parametrize(
    ("words", "phases", "why"),
    [
        ("suspected recurrence", {"surveillance", "recurrence"}, "a suspicion proves nothing"),
        ("local recurrence of left breast cancer", {"recurrence"}, "it is said to be there"),
    ],
)
def test_a_recurrence_that_another_draft_names_is_as_certain_as_its_words(
    words: str, phases: set[str], why: str, extracted: Extracted
) -> None:
    phase = episode(extracted, FOLLOWED, order("cpt:77066", words, id="b")).facts["disease-phase"]
    assert {*candidates("disease-phase", phase)} == phases, why


def test_the_name_of_a_test_says_nothing_of_her_cancer(extracted: Extracted) -> None:
    found = episode(extracted, FOLLOWED, order("Oncotype DX breast recurrence score", id="b"))
    assert found.facts.value("disease-phase") == "surveillance"


@pytest.mark.parametrize(
    ("reason", "fact", "value", "why"),
    [
        ("icd:C79.51", "disease-phase", "metastatic", "a study for known metastases"),
        ("icd:C77.3", "node-metastasis-proven", "yes", "an axillary node with metastasis"),
        ("sct:254840009", "inflammatory", "yes", "the cancer is inflammatory: T4d"),
        ("sct:300863000", "axillary-lump", "unilateral", "a mass of the axilla"),
        ("sct:164150006", "node-palpable", "yes", "an enlarged node that was felt"),
        ("sct:127189005", "node-palpable", "yes", "axillary lymphadenopathy"),
    ],
)
def test_what_another_draft_codes_is_known_of_the_cancer(
    reason: str, fact: str, value: str, why: str, extracted: Extracted
) -> None:
    """Whatever the problem list leaves out: each opens, or proves, more than the stage on record."""
    assert episode(extracted, NEW, order("cpt:72158", reason, id="b")).facts.value(fact) == value, why


def test_a_node_that_another_draft_names_is_one(extracted: Extracted) -> None:
    found = episode(extracted, FOLLOWED, order("cpt:76882", "palpable left axillary node", id="b"))
    assert found.facts.value("node-palpable") != "no"


LUNG_IN_TEXT = CodeableConcept(text="lung cancer", coding=(Coding(display="Left breast pain"),))


@pytest.mark.parametrize("reason", ["icd:C34.90", "CT for lung cancer", LUNG_IN_TEXT])
def test_another_cancer_that_another_draft_names_is_one(reason: str | CodeableConcept, extracted: Extracted) -> None:
    assert episode(extracted, NEW, order("cpt:71260", reason, id="b")).facts.value("other-malignancy") != "no"


@pytest.mark.parametrize("reason", ["Cancer staging", "icd:C50.911", "right breast cancer", "icd:Z85.3", "icd:D05.12"])
def test_the_breast_cancer_is_the_record_s(reason: str, extracted: Extracted) -> None:
    """Another draft tells nothing of the cancer itself that would make it another, older or smaller one."""
    beside = episode(extracted, NEW, order("cpt:71260", reason, id="b"))
    alone = episode(extracted, NEW)
    for name in ("cancer", "laterality", "disease-phase", "stage-group", "other-malignancy"):
        assert beside.facts[name] == alone.facts[name], name
