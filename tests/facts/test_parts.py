"""Reports on a part of the body where nobody looks for distant breast cancer: what in them may stay unknown."""

import pathlib
from collections.abc import Callable

import pytest
import yaml

from cds_service.facts.measurements import Whole, rest_of
from cds_service.facts.model import Facts, Known
from cds_service.facts.source import Source
from cds_service.knowledge.record_words import In
from tests.support.resources import cancer, report

SourceOf = Callable[..., Source]
Passed = Callable[[str, str], bool]


@pytest.fixture
def passed(facts_of: Callable[..., Facts]) -> Passed:
    """Whether a report of a study raises no question of distant disease."""

    def made(study: str, text: str) -> bool:
        fact = facts_of(cancer(), report(study, conclusion=text))["metastasis-suspected"]
        return isinstance(fact, Known) and fact.value == "none"

    return made


@pytest.mark.parametrize(
    "study",
    [
        *("US CAROTID DUPLEX BILATERAL", "US LOWER EXTREMITY VENOUS DUPLEX LEFT", "US ARTERIAL ABI", "US THYROID"),
        *("CT SINUS WO CONTRAST", "CT MAXILLOFACIAL", "PANORAMIC DENTAL RADIOGRAPH", "US PELVIS TRANSVAGINAL"),
        *("US RENAL", "COLONOSCOPY REPORT", "EGD", "CYSTOSCOPY", "HYSTEROSCOPY", "PAP SMEAR THIN PREP", "GYN Cytology"),
        *("Gastric biopsy", "SURGICAL PATHOLOGY - COLON", "Skin biopsy", "ENDOMETRIAL BIOPSY", "DERMATOPATHOLOGY"),
        *("DIABETIC RETINAL EXAM", "AUDIOGRAM", "PULMONARY FUNCTION TEST", "POLYSOMNOGRAM", "NERVE CONDUCTION STUDY"),
        *("XR KNEE 3 VIEWS LEFT", "XR HANDS BILATERAL", "XR WRIST RIGHT", "XR FOOT", "XR ANKLE", "XR ELBOW"),
    ],
)
def test_studies_of_such_a_part(study: str, source_of: SourceOf) -> None:
    told = report(study, conclusion="Normal.")
    rest = rest_of(told, source_of(told))
    assert (rest.kind, rest.whole) == (In.PART, Whole.UNLESS_OPEN)


@pytest.mark.parametrize(
    "study",
    [
        *(
            "XR SHOULDER",
            "XR HIP",
            "XR PELVIS",
            "CT PELVIS",
            "XR LUMBAR SPINE",
            "XR RIBS",
            "XR CHEST",
            "CT HEAD",
            "XR SKULL",
        ),
        *(
            "US ABDOMEN",
            "US ABDOMEN AND PELVIS",
            "US LIVER",
            "CT ABDOMEN",
            "PET/CT thyroid",
            "NM BONE SCAN",
            "CT ORBITS",
        ),
        *(
            "MRI KNEE",
            "XR KNEE AND FEMUR",
            "CT CHEST AND THYROID US",
            "Colonoscopy and CT abdomen",
            "CT NECK",
            "US NECK",
        ),
        *(
            "Bronchoscopy",
            "ERCP",
            "Surgical pathology",
            "Biopsy",
            "Liver biopsy",
            "Bone biopsy",
            "Lymph node biopsy neck",
        ),
        *("Sinus biopsy", "Renal biopsy", "US AXILLA AND VENOUS DUPLEX", "Ophthalmic oncology"),
    ],
)
def test_studies_of_another_part_or_of_more(study: str, source_of: SourceOf, passed: Passed) -> None:
    told = report(study, conclusion="Normal.")
    assert rest_of(told, source_of(told)).kind is not In.PART
    assert not passed(study, "Normal with kryptoid.")


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("Normal gland with kryptoid.", True, "beside something that is said"),
        ("No nodule with kryptoid.", True, "beside what is denied"),
        ("The patient was placed supine, kryptoid.", True, "how the study was done"),
        ("Normal gland\nwith kryptoid.", True, "a line that ends within a statement"),
        ("Kryptoid gland.", False, "beside nothing that is said"),
        ("Normal gland, kryptoid.", False, "in another clause"),
        ("Normal gland. Kryptoid.", False, "in another statement"),
        ("Normal gland\nKryptoid.", False, "in another line"),
        ("Normal gland.\nkryptoid.", False, "a line that ends a statement"),
        ("Normal gland with kryptoid clavicle.", False, "a bone in the statement"),
        ("Normal clavicle\nwith kryptoid.", False, "a bone in the line before"),
        ("Normal gland with kryptoid 8 mm.", False, "a length in the statement"),
        ("Normal gland with kryptoid 8 cm/s.", True, "a speed is none"),
        ("Normal gland with osteokryptolytic.", False, "a word that holds what findings are called by"),
        ("Normal gland with kryptoid?", False, "a question"),
        ("Normal gland, possibly kryptoid.", False, "a doubt"),
        ("Normal gland with kryptoid, MRI recommended.", False, "a next step"),
        ("Normal gland with kryptoid, increased.", False, "a change"),
        ("Normal gland with kryptoid. Pain.", False, "a complaint"),
        ("Normal gland with kryptoid. Lung nodule.", False, "a finding"),
        ("Normal gland with kryptoid. Mass.", False, "what would have to be denied"),
        ("Right pleural effusion.", False, "fluid that is not in a joint"),
    ],
)
def test_what_may_stay_unknown(text: str, *, expected: bool, why: str, passed: Passed) -> None:
    assert passed("US THYROID", text) is expected, why


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("Kryptoid loops. Normal spirometry.", True, "it calls itself normal"),
        ("Kryptoid loops. Flow normal.", False, "of one thing alone"),
        ("FEV1 2.41 L (92% predicted).", True, "a value that is normal"),
        ("FEV1 1.41 L (58% predicted).", False, "one that is not"),
        ("DLCO 41% predicted.", False, "gas that the lung does not take up"),
    ],
)
def test_breathing(text: str, *, expected: bool, why: str, passed: Passed) -> None:
    assert passed("Spirometry", text) is expected, why


HOSTILE = yaml.safe_load((pathlib.Path(__file__).parent / "hostile-parts.yaml").read_text(encoding="utf-8"))
SENTENCES = [
    pytest.param(group["study"], group["ordinary"], say, id=f"{group['study']}: {say}")
    for group in HOSTILE["studies"]
    for say in [*group["hostile"], *HOSTILE["anywhere"]]
]


@pytest.mark.parametrize(("study", "ordinary", "say"), SENTENCES)
def test_a_sentence_that_hides_something(study: str, ordinary: str, say: str, passed: Passed) -> None:
    assert not passed(study, say)
    assert not passed(study, f"{ordinary} {say}")


@pytest.mark.parametrize("group", HOSTILE["studies"], ids=[each["study"] for each in HOSTILE["studies"]])
def test_an_ordinary_report(group: dict[str, str], passed: Passed) -> None:
    assert passed(group["study"], group["ordinary"])
