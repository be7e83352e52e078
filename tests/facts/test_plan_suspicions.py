"""What care plans say of distant disease (facts A5): what an activity is for, by code and in words, and what is only
taught."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts
from tests.support.resources import cancer, care_plan

FactsOf = Callable[..., Facts]


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
    ],
)
def test_the_title_of_a_plan(title: str, suspected: bool, why: str, facts_of: FactsOf) -> None:
    assert (facts_of(cancer(), care_plan(title=title)).value("metastasis-suspected") != "none") is suspected, why
