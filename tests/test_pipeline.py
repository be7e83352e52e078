"""The stages end to end: what ends at once, what is refused, what is not assessed, what is kept (design §1, §2)."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cds_service.clients import default_client
from cds_service.coding import LOINC, Code
from cds_service.hooks.decode import decode_request
from cds_service.hooks.errors import PreconditionFailed
from cds_service.hooks.response import HookResponse
from cds_service.hooks.services import Service, make_services
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import make_answer, observation_codes
from cds_service.settings import Settings
from cds_service.store.consultations import Answered, Consultation, consultations

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
CPT, ICD = "http://www.ama-assn.org/go/cpt", "http://hl7.org/fhir/sid/icd-10-cm"

Json = dict[str, Any]
Answer = Callable[..., HookResponse]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture(scope="module")
def services(knowledge: Knowledge) -> tuple[Service, ...]:
    return make_services(observation_codes(knowledge))


@pytest.fixture
def kept() -> list[Consultation]:
    return []


@pytest.fixture
def answer(knowledge: Knowledge, services: tuple[Service, ...], kept: list[Consultation], tmp_path: Path) -> Answer:
    """Sends a request body through every stage."""

    def answered(body: Json, **settings: Any) -> HookResponse:
        def keep(answered: Answered) -> None:
            kept.extend(consultations(answered))

        service = next(each for each in services if each.hook == body["hook"])
        in_force = Settings(data_dir=tmp_path, **settings)
        respond = make_answer(knowledge, in_force, lambda: NOW, keep, client=default_client(in_force))
        return respond(service, decode_request(json.dumps(body).encode(), services=(service,)))

    return answered


def ordered(code: str = "78815", id: str = "pet", **more: Any) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": CPT, "code": code}]},
        "reasonCode": [{"text": "initial staging"}],
        **more,
    }


CANCER: Json = {
    "resourceType": "Condition",
    "id": "cancer",
    "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": ICD, "code": "C50.912"}]},
    "onsetDateTime": "2026-11-01",
    "stage": [{"summary": {"text": "Stage IIA"}}],
}


def bundle(*resources: Any) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources]}


def body(*drafts: Json, selections: Sequence[str] = (), hook: str = "order-select", **prefetch: Any) -> Json:
    """A request about these drafts, all selected unless said; Conditions hold a stage IIA cancer unless said."""
    context: Json = {"userId": "Practitioner/1", "patientId": "p", "draftOrders": bundle(*drafts)}
    if hook == "order-select":
        context["selections"] = list(selections) or [f"{each['resourceType']}/{each['id']}" for each in drafts]
    held = {"patient": {"resourceType": "Patient", "id": "p", "gender": "female"}, "conditions": bundle(CANCER)}
    wanted = {key: value for key, value in {**held, **prefetch}.items() if value is not MISSING}
    return {"hook": hook, "hookInstance": "d1577c69", "context": context, "prefetch": wanted}


MISSING = object()


def outcomes(response: HookResponse) -> list[tuple[str, str]]:
    told = response.extension["cds-service.assessments"] if response.extension else []
    return [(each["order"], each["outcome"]) for each in told]


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_the_smallest_request_that_decides_gets_its_warning(
    hook: str, answer: Answer, kept: list[Consultation]
) -> None:
    """A draft and the patient's Conditions alone."""
    response = answer(body(ordered(), hook=hook))
    assert [card.indicator for card in response.cards] == ["warning"]
    assert outcomes(response) == [("ServiceRequest/pet", "rated")]
    (row,) = kept
    assert (row.outcome, row.category, row.score, row.variants) == ("rated", "usually-not-appropriate", 2, ("310-v2",))


@pytest.mark.parametrize(
    "drafts",
    [
        [ordered("80053")],  # a laboratory test
        [ordered("71260")],  # half a study
        [{"resourceType": "MedicationRequest", "id": "m", "status": "draft"}],
        [ordered(status="completed")],
    ],
)
def test_what_is_not_ours_ends_at_once(drafts: list[Json], answer: Answer, kept: list[Consultation]) -> None:
    """No record is read for it, nothing is missed, nothing is kept."""
    assert answer(body(*drafts, conditions=MISSING, patient=MISSING)) == HookResponse()
    assert kept == []


def test_a_study_without_conditions_is_refused(answer: Answer) -> None:
    with pytest.raises(PreconditionFailed) as refused:
        answer(body(ordered(), conditions=MISSING))
    assert refused.value.keys == ("conditions",)


FAILURE = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


@pytest.mark.parametrize("key", ["conditions", "patient"])
def test_a_required_key_that_failed_is_not_assessed(key: str, answer: Answer, kept: list[Consultation]) -> None:
    """A failure is never an empty card list."""
    response = answer(body(ordered(), **{key: FAILURE}))
    assert outcomes(response) == [("ServiceRequest/pet", "not-assessed")]
    assert [card.indicator for card in response.cards] == ["info"]
    assert [row.outcome for row in kept] == ["not-assessed"]


def test_somebody_elses_record_is_not_assessed(answer: Answer) -> None:
    stranger = {"resourceType": "Patient", "id": "q", "gender": "female"}
    assert outcomes(answer(body(ordered(), patient=stranger))) == [("ServiceRequest/pet", "not-assessed")]


@pytest.mark.parametrize(
    "foreign",
    [
        {**CANCER, "id": "x", "subject": {"reference": "Patient/q"}},  # somebody else's condition
        {**CANCER, "id": "x", "onsetDateTime": 5},  # unreadable
    ],
)
def test_a_condition_that_is_not_hers_or_not_readable_leads_to_no_warning(foreign: Json, answer: Answer) -> None:
    response = answer(body(ordered(), conditions=bundle(CANCER, foreign)))
    assert "warning" not in [card.indicator for card in response.cards]


BESIDE: list[tuple[Json | None, bool, str]] = [
    (ordered("80053", "b", priority=5), True, "another study: what it says of the patient can be read"),
    (ordered("80053", "b", priority=5, reasonCode=[{"text": "Bone metastases"}]), False, "and is read"),
    (ordered("80053", "b", reasonCode="not a list"), False, "its reason may be a metastasis"),
    (ordered("80053", "b", note=5), False, "its note may say one"),
    ({**ordered("80053", "b"), "code": "MRI"}, False, "it may be called after what it is for"),
    (ordered("80053", "b", modifierExtension=[{"url": "urn:x"}]), False, "what it says may mean something else"),
    (ordered("80053", "b", reasonCode=5, subject={"reference": "Patient/q"}), True, "for somebody else"),
    (ordered("80053", "b", reasonCode=5, status="entered-in-error"), True, "it never was"),
    ({"resourceType": "MedicationRequest", "id": "b", "reasonCode": 5}, False, "why it is given may be a metastasis"),
    ({"resourceType": "MedicationRequest", "id": "b", "medicationCodeableConcept": 5}, False, "or which drug"),
    ({"resourceType": "MedicationRequest", "id": "b", "authoredOn": 5}, True, "it has nothing to say"),
    ({"resourceType": "MedicationRequest", "id": "b", "dosageInstruction": [{"modifierExtension": [{}]}]}, True, "nor"),
    ({"resourceType": "CarePlan", "id": "b", "title": 5}, False, "a plan may be palliative by its title"),
    ({"resourceType": "RequestGroup", "id": "b", "reasonCode": [{}]}, False, "of a kind that is not read"),
    ({"resourceType": "Task", "id": "b", "description": "Bones"}, False, "the same"),
    ({"resourceType": "Task", "id": "b", "for": {"reference": "Patient/q"}, "description": "x"}, True, "not hers"),
    ({"resourceType": "VisionPrescription", "id": "b"}, True, "of a kind that is not read, and says nothing"),
    ({"resourceType": "", "id": "b", "code": {"text": "MRI"}}, False, "of no kind"),
    (None, True, "an entry that holds nothing"),
]


@pytest.mark.parametrize(("beside", "warned", "why"), BESIDE)
def test_a_broken_draft_costs_what_it_may_have_said(
    beside: Json | None, warned: bool, why: str, answer: Answer
) -> None:
    """What another draft says of the patient counts; where that cannot be read it is unknown, never nothing."""
    asked = body(ordered(), selections=["ServiceRequest/pet"])
    asked["context"]["draftOrders"]["entry"].append({"resource": beside})
    response = answer(asked)
    assert ("warning" in [card.indicator for card in response.cards]) is warned, why
    assert (outcomes(response) == [("ServiceRequest/pet", "rated")]) is warned, why


def test_a_draft_that_cannot_be_read_is_named(answer: Answer) -> None:
    response = answer(body(ordered("80053", "b", reasonCode=5), ordered(), selections=["ServiceRequest/pet"]))
    (card,) = response.cards
    assert "another draft could not be read" in card.summary
    assert response.extension
    (told,) = response.extension["cds-service.assessments"]
    said = [each["resources"] for each in told["evidence"] if each["fact"] == "metastasis-suspected"]
    assert said == [["ServiceRequest/b"]]


def test_a_broken_order_that_is_asked_about_is_not_assessed(answer: Answer) -> None:
    broken = ordered("78306", "broken", priority=5)
    assert outcomes(answer(body(broken, ordered()))) == [
        ("ServiceRequest/pet", "rated"),
        ("ServiceRequest/broken", "not-assessed"),
    ]


def test_drafts_that_share_an_id_are_still_read(answer: Answer) -> None:
    """A card cannot say which of them it is about; what they say of the patient is plain."""
    twins = [ordered("80053", "b"), ordered("72158", "b", reasonCode=[{"text": "Bone metastases"}])]
    response = answer(body(*twins, ordered(), selections=["ServiceRequest/pet"]))
    assert "warning" not in [card.indicator for card in response.cards]


def test_an_order_for_somebody_else_is_not_assessed(answer: Answer) -> None:
    strange = ordered(subject={"reference": "Patient/q"})
    assert outcomes(answer(body(strange))) == [("ServiceRequest/pet", "not-assessed")]


def test_two_halves_are_one_answer(answer: Answer, kept: list[Consultation]) -> None:
    response = answer(body(ordered("71260", "chest"), ordered("74177", "abdomen")))
    assert outcomes(response) == [("ServiceRequest/chest", "rated")]
    assert len(response.cards) == len(kept) == 1


def test_each_study_is_its_own_answer(answer: Answer, kept: list[Consultation]) -> None:
    """E46."""
    assert len(outcomes(answer(body(ordered(), ordered("78306", "bone"))))) == 2
    assert len(kept) == 2


def test_without_explaining_there_is_no_extension(answer: Answer) -> None:
    response = answer(body(ordered()), explain=False)
    assert not response.extension
    assert response.cards


def test_windows_are_settings(answer: Answer) -> None:
    """A stage IIB cancer of 19 days ago is new; with a window of ten days it may as well be in follow-up."""
    asked = body(ordered(), conditions=bundle({**CANCER, "stage": [{"summary": {"text": "Stage IIB"}}]}))
    assert outcomes(answer(asked)) == [("ServiceRequest/pet", "rated")]
    assert outcomes(answer(asked, new_disease_days=10)) == [("ServiceRequest/pet", "insufficient-information")]


def test_the_same_request_gives_the_same_answer(answer: Answer) -> None:
    assert answer(body(ordered())) == answer(body(ordered()))


def test_nothing_of_the_patient_is_kept(answer: Answer, kept: list[Consultation]) -> None:
    answer(body(ordered(note=[{"text": "Mrs Example"}])))
    assert "Example" not in repr(kept)
    assert "Patient" not in repr(kept)


def test_the_observations_asked_for_are_those_that_are_read(knowledge: Knowledge) -> None:
    """Derived from the value sets, never typed twice; ICD-10-CM codes no observation."""
    codes = observation_codes(knowledge)
    assert {Code(LOINC, "21908-9"), Code(LOINC, "6768-6"), Code(LOINC, "97509-4")} <= set(codes)
    assert len(codes) == len(set(codes))
    assert not [code for code in codes if "icd" in code.system]


PAIN: Json = {"reasonCode": [{"coding": [{"system": "http://snomed.info/sct", "code": "12584003"}]}]}
ZOLEDRONATE: Json = {
    "resourceType": "MedicationRequest",
    "id": "beside",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p"},
    "medicationCodeableConcept": {"text": "zoledronic acid"},
    "reasonCode": [{"coding": [{"system": ICD, "code": "C79.51"}]}],
}


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@pytest.mark.parametrize(
    ("beside", "why"),
    [
        (ordered("78306", "beside", **PAIN), "a bone scan for bone pain, which we know"),
        (ordered("72158", "beside", **PAIN), "an MRI of the spine, which we do not"),
        (ZOLEDRONATE, "medication for metastases of bone"),
        ({**ordered(id="beside", **PAIN), "resourceType": "DeviceRequest", "code": None}, "a device"),
    ],
)
def test_a_symptom_in_another_draft_keeps_the_warning_away(beside: Json, why: str, hook: str, answer: Answer) -> None:
    """One answer must not call a bone scan right for bone pain, and a PET/CT wrong in a patient without symptoms."""
    response = answer(body(ordered(), beside, selections=["ServiceRequest/pet"], hook=hook))
    assert [card.indicator for card in response.cards if card.indicator == "warning"] == [], why


@pytest.mark.parametrize(
    ("beside", "why"),
    [
        ({**ordered("72158", "beside", **PAIN), "subject": {"reference": "Patient/q"}}, "somebody else's"),
        (ordered("72158", "beside", status="entered-in-error", **PAIN), "never meant"),
        ({**ZOLEDRONATE, "subject": {"reference": "Patient/q"}}, "medication of somebody else"),
        ({**ZOLEDRONATE, "status": "entered-in-error"}, "medication never meant"),
        (ordered("80053", "beside", reasonCode=[]), "a test without a reason"),
        ({"resourceType": "NutritionOrder", "id": "beside"}, "a diet"),
    ],
)
def test_another_draft_that_says_nothing_of_her_keeps_it(beside: Json, why: str, answer: Answer) -> None:
    response = answer(body(ordered(), beside, selections=["ServiceRequest/pet"]))
    assert [card.indicator for card in response.cards] == ["warning"], why


def test_the_other_half_of_a_study_is_not_another_draft(answer: Answer) -> None:
    """Its reason is the study's own."""
    chest, abdomen = ordered("71260", "chest", reasonCode=[]), ordered("74177", "abdomen", **PAIN)
    (told,) = answer(body(chest, abdomen)).extension["cds-service.assessments"]
    assert told["questionStated"] is False
    assert "named in another draft" not in json.dumps(told)
