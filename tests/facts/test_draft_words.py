"""Words of the order and of the drafts beside it that nobody understands leave a warning out; everyday ones do not."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Known, OrderFacts
from cds_service.fhir.resources import CarePlan, CommunicationRequest, DeviceRequest, Drafted, Reference
from tests.support.resources import cancer, concept, medication, order, surgery

Extracted = Callable[..., OrderFacts]

NEW = (cancer(stage="Stage IA", days=20),)
FOLLOWED = (cancer("icd:Z85.3", id="history", days=None), cancer(days=2000), surgery(1900))
PATIENTS = {"new": NEW, "followed": FOLLOWED}


def suspected(found: OrderFacts) -> object:
    (episode,) = found.episodes
    fact = episode.facts["metastasis-suspected"]
    return fact.value if isinstance(fact, Known) else "open"


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize(
    ("instruction", "left", "why"),
    [
        ("Nothing by mouth for 6 hours. Arrive 15 minutes early.", "none", "preparation"),
        ("Bring prior images", "none", "the same"),
        ("Please drink 1.5 L of water; diabetics: hold metformin for 48 hours", "none", "the same"),
        ("You should wear comfortable clothes without metal zippers", "none", "the same"),
        ("The scan takes about 90 minutes", "none", "what will happen"),
        ("PET FDG", "none", "the study"),
        ("See attached instructions", "none", "preparation, on another sheet"),
        ("", "none", "none at all"),
        ("Her walking has gone to pot", "open", "words for a symptom that nobody listed"),
        ("Trage bequeme Kleidung", "open", "another language"),
        ("Nothing by mouth. Kryptoid.", "open", "one sentence that nobody understands"),
        ("Your doctor suspects the cancer has spread", "open", "a suspicion"),
        ("This scan checks whether the cancer came back in your bones", "open", "what is feared"),
        ("Bring the pictures of your tumour", "open", "a disease named beside preparation"),
    ],
)
def test_an_instruction_to_the_patient(
    instruction: str, left: str, why: str, patient: str, extracted: Extracted
) -> None:
    """What begins as preparation does may have any words; what names a disease or a doubt has to be understood."""
    found = extracted(*PATIENTS[patient], draft=order(patient_instruction=instruction))
    assert suspected(found) == left, why


UNKNOWN = "Her walking has gone to pot"
BESIDE: list[tuple[Drafted, str]] = [
    (order("cpt:80053", UNKNOWN, id="b"), "a reason"),
    (order("cpt:80053", concept("local:7", text=UNKNOWN), id="b"), "beside a code that nobody knows"),
    (order("cpt:80053", id="b", note=UNKNOWN), "a note"),
    (order("cpt:80053", id="b", patient_instruction=UNKNOWN), "an instruction"),
    (order("cpt:80053", id="b", supporting_info=(Reference(display=UNKNOWN),)), "in support"),
    (order("cpt:80053", id="b", reason_reference=(Reference(display=UNKNOWN),)), "what a reference is called"),
    (medication("Vitamin D", reason=UNKNOWN, status="draft", id="b"), "why a drug is given"),
    (CarePlan(id="b", status="draft", description=UNKNOWN), "what a plan says"),
    (DeviceRequest(id="b", reason_code=(concept(text=UNKNOWN),)), "why a device is needed"),
    (CommunicationRequest(id="b", reason_code=(concept(text=UNKNOWN),)), "what a message is about"),
]


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize(("beside", "why"), BESIDE)
def test_words_of_another_draft_that_nobody_understands(
    beside: Drafted, why: str, patient: str, extracted: Extracted
) -> None:
    assert suspected(extracted(*PATIENTS[patient], draft=order(), beside=(beside,))) == "open", why


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize(
    ("beside", "why"),
    [
        (order("cpt:80053", "Hypertension", id="b"), "a disease by name"),
        (order("cpt:80053", "Routine labs", id="b"), "why laboratory tests are ordered"),
        (order("cpt:80061", "Lipid screening", id="b"), "likewise"),
        (order("cpt:80053", concept("icd:E78.5", text="Hyperlipidaemia NOS xyz"), id="b"), "a code that says it"),
        (order("cpt:80053", id="b", note="Fasting"), "a note"),
        (order("Kryptoid", id="b"), "what a test is called is a name"),
        (medication("Kryptoid", status="draft", id="b"), "and so is a drug's"),
        (CarePlan(id="b", status="draft", title="Kryptoid"), "and a plan's"),
    ],
)
def test_everyday_words_of_another_draft(beside: Drafted, why: str, patient: str, extracted: Extracted) -> None:
    """Right warnings are kept."""
    assert suspected(extracted(*PATIENTS[patient], draft=order(), beside=(beside,))) == "none", why


def test_what_was_not_understood_is_named(extracted: Extracted) -> None:
    found = extracted(*NEW, draft=order(patient_instruction=UNKNOWN), beside=(order("cpt:80053", UNKNOWN, id="b"),))
    (episode,) = found.episodes
    named = {each.value: each.resources for each in episode.facts["metastasis-suspected"].evidence}
    assert named == {
        "instruction to the patient that was not understood": ("ServiceRequest/order",),
        "words of another draft that were not understood": ("ServiceRequest/b",),
    }
