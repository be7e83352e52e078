"""What care plans say of distant disease (facts A5): what an activity is for, by code and in words, and what is only
taught."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts
from cds_service.facts.plan_suspicions import of_plans
from cds_service.facts.source import Source
from cds_service.fhir.resources import CarePlan
from tests.support.resources import ago, cancer, care_plan

FactsOf = Callable[..., Facts]
SourceOf = Callable[..., Source]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("sct:12584003", "bone pain"),
        ("sct:161891005", "back pain"),
        ("sct:49727002", "cough"),
        ("sct:18165001", "jaundice"),
        ("sct:25064002", "headache"),
        ("sct:89362005", "weight loss"),
        ("sct:309529002", "a lesion of the lung"),
        ("sct:94222008", "metastases of bone"),
        ("icd:C34.11", "another cancer"),
        ("icd:D64.9", "anaemia, which may be of the marrow"),
    ],
)
def test_an_activity_that_only_a_code_names(code: str, why: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), care_plan(code)).value("metastasis-suspected") != "none", why


@pytest.mark.parametrize(
    ("title", "suspected", "why"),
    [
        ("Investigate liver lesion", True, "a finding"),
        ("Lung cancer: lobectomy", True, "another cancer"),
        ("Palliative care for bone metastases", True, "metastases"),
        ("Bone pain", True, "a symptom"),
        ("Management of bone pain", True, "what is treated is there, and at a place"),
        ("Management of nausea", False, "any treatment may bring it"),
        ("Nausea", True, "nobody says that it is treated"),
        ("No bone pain", False, "denied"),
        ("Education: call for new bone pain", False, "what she is to watch for"),
        ("Call if the bone pain gets worse", True, "she has it"),
        ("Education: report any further headaches", True, "she had some"),
        ("Watch for liver metastases", False, "likewise"),
        ("Teach about bone pain", False, "what she is taught"),
        ("Bone pain, breathlessness and cough: teach", False, "each of them"),
        ("Lumpectomy for a suspicious breast mass", False, "of this cancer"),
        ("Physical activity", False, "neither"),
        ("Ablation of a liver metastasis", True, "metastases, whatever is done for them"),
        ("Bone pain not improving", True, "she has it"),
        ("No improvement of back pain", True, "likewise"),
        ("Improve shoulder pain", False, "what is hoped for"),
        ("Management of nausea and bone pain", True, "one of the two is at a place"),
        ("Management of pathological fracture", True, "a sign, wherever it is"),
        ("Management of a skin nodule", False, "which may be of anything"),
        ("Treatment of hypercalcemia", True, "a sign in her blood"),
        ("Anemia", True, "likewise"),
        ("CBC, ALT and calcium before each cycle", False, "tests that are to be done"),
        ("Neutropenia precautions", False, "what any chemotherapy asks for"),
        ("New bone pain: report. Headache", False, "a list of what is to be reported"),
        ("CT for a suspicious mass", True, "nobody says of what"),
        ("Palpable breast lump, mass on ultrasound", False, "the lump"),
        ("No nipple discharge. Palpable breast lump, lesion on ultrasound", False, "the lump, whatever is denied"),
        ("No palpable breast lump. Lesion on ultrasound", True, "not the lump that there is none of"),
        ("Enlarged axillary node, lesion", False, "the node"),
        ("Palpable breast lump, liver lesion", True, "not the lump"),
        ("No liver lesion", False, "denied"),
    ],
)
def test_the_title_of_a_plan(title: str, suspected: bool, why: str, facts_of: FactsOf) -> None:
    assert (facts_of(cancer(), care_plan(title=title)).value("metastasis-suspected") != "none") is suspected, why


@pytest.mark.parametrize("code", ["sct:309529002", "sct:94222008"])
def test_a_code_alone_is_found_in_the_plan_itself(code: str, source_of: SourceOf) -> None:
    """Whatever else may read it."""
    assert list(of_plans(source_of(cancer(), care_plan(code))))


def test_each_plan_and_each_text_of_it_counts(source_of: SourceOf) -> None:
    old = CarePlan(
        id="old", status="completed", intent="plan", created=ago(800), description="Investigate liver lesion"
    )
    new = CarePlan(id="new", status="active", intent="plan", title="Exercise", description="Investigate liver lesion")
    assert not list(of_plans(source_of(cancer(), old)))  # what it planned has been done since
    [found] = of_plans(source_of(cancer(), old, new))
    assert found.evidence.resources == ("CarePlan/new",)
    assert found.evidence.value == "finding in a care plan"
