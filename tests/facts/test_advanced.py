"""Which words make a tumour larger than T2, or its nodes more than N1: staging of the body may be appropriate."""

from collections.abc import Callable

import pytest

from cds_service.facts.advanced import is_advanced, is_large, names_advanced, says_advanced, stages_advanced
from cds_service.facts.diagnoses import diagnoses
from cds_service.facts.mentions import Reading
from cds_service.facts.source import Source
from cds_service.facts.text import read_text
from cds_service.fhir.resources import Condition
from cds_service.knowledge.model import Knowledge
from tests.support.resources import cancer, condition

Read = Callable[[str], Reading]


@pytest.fixture
def read(knowledge: Knowledge) -> Read:
    return lambda text: read_text(text, knowledge.findings)


@pytest.mark.parametrize(
    ("text", "large", "why"),
    [
        ("Mass 50 mm", False, "T2 ends at 50 mm"),
        ("Mass 50.5 mm", True, "just over"),
        ("Mass 51 mm", True, "T3"),
        ("Mass 6 cm", True, "in centimetres"),
        ("Mass 5.0 cm", False, "likewise, at the limit"),
        ("Mass 4.8 cm", False, "just under"),
        ("Mass 12 x 62 mm", True, "the larger of two"),
        ("Mass 12 x 14 x 62 mm", True, "the largest of three"),
        ("Mass 62 by 10 mm", True, "in words"),
        ("No mass", False, "no size at all"),
        ("", False, "no text at all"),
        ("Cyst of 62 mm", False, "of something benign"),
        ("Seroma 62 mm", False, "of something that treatment left"),
        ("Mass 62 mm from the nipple", False, "a distance"),
        ("Mass 10 mm, 62 mm from the nipple", False, "a distance beside a size"),
        ("Mass 62 mm; cyst on the other side", True, "benign is another statement"),
        ("Cyst on the other side\nMass 62 mm", True, "of another line"),
        (
            "Cyst on the other side. Mass 6.2 cm. Benign nodes.",
            True,
            "a full stop ends it, the point of a number does not",
        ),
    ],
)
def test_a_size_over_50_mm_is_large(text: str, large: bool, why: str) -> None:
    assert is_large(text) is large, why


@pytest.mark.parametrize(
    ("text", "advanced", "why"),
    [
        ("cT3 N0", True, "T3"),
        ("T4b", True, "T4"),
        ("cT1 cN2", True, "N2"),
        ("cT1 cN3a", True, "N3"),
        ("Stage IIB", True, "IIB is not early"),
        ("Stage IIIA", True, "III"),
        ("Stage IIIB", True, "III"),
        ("Stage IIIC", True, "III"),
        ("Stage III", True, "III of no letter"),
        ("Stage IIA", False, "early"),
        ("Stage II", False, "IIA or IIB: open, not advanced"),
        ("cT2 cN1", False, "T2 and N1 are not"),
        ("pT3 pN0", True, "by pathology"),
        ("ypT3", False, "after therapy"),
        ("rT3", False, "of a recurrence"),
        ("aT3", False, "at autopsy: somebody else's"),
        ("ypT1 cT3", True, "before and after therapy"),
    ],
)
def test_a_stage_that_is_written_out(text: str, advanced: bool, why: str, read: Read) -> None:
    assert stages_advanced(read(text)) is advanced, why


@pytest.mark.parametrize(
    ("text", "advanced", "why"),
    [
        ("Locally advanced breast cancer", True, "so called"),
        ("locally-advanced", True, "hyphenated"),
        ("locally adv", True, "cut short"),
        ("localy advanced", True, "misspelled"),
        ("LABC", True, "abbreviated"),
        ("not locally advanced", False, "denied"),
        ("no locally advanced disease", False, "denied"),
        ("nothing to suggest locally advanced disease", False, "denied"),
        ("early or not locally advanced", True, "a question, not a denial"),
        ("skin ulceration", True, "T4b"),
        ("?chest wall invasion", True, "T4a, in doubt too"),
        ("no skin or chest wall involvement", False, "denied"),
        ("Breast cancer", False, "no more than that"),
    ],
)
def test_words_for_an_advanced_tumour(text: str, advanced: bool, why: str, read: Read) -> None:
    assert names_advanced((text,), (read(text),)) is advanced, why
    assert says_advanced(text, read(text)) is advanced, why


@pytest.mark.parametrize(
    ("text", "advanced", "why"),
    [
        ("Inflammatory breast cancer", True, "T4d"),
        ("?inflammatory carcinoma", True, "in doubt too"),
        ("no inflammatory carcinoma", False, "denied"),
        ("Invasive ductal carcinoma", False, "of another kind"),
        ("Mass 62 mm", True, "by its size"),
        ("cT3", True, "by its stage"),
        ("Left breast mass 18 mm, BI-RADS 5", False, "an early one"),
    ],
)
def test_what_a_report_makes_of_the_tumour(text: str, advanced: bool, why: str, read: Read) -> None:
    assert says_advanced(text, read(text)) is advanced, why


@pytest.mark.parametrize(
    ("entry", "advanced", "why"),
    [
        (cancer(text="Locally advanced breast cancer"), True, "by its name"),
        (cancer(text="Breast cancer with skin ulceration"), True, "by what its name says"),
        (cancer("icd:C50.912=Breast cancer, locally advanced"), True, "by the display of its code"),
        (cancer(note="Locally advanced."), True, "by its note"),
        (cancer(note="Skin ulceration."), True, "by what its note says"),
        (cancer(note="Not locally advanced."), False, "its note denies it"),
        (cancer(), False, "nobody says so"),
        (condition("icd:C61", text="Locally advanced prostate cancer"), False, "another cancer"),
    ],
)
def test_an_entry_of_a_cancer_that_is_advanced(
    entry: Condition, advanced: bool, why: str, source_of: Callable[..., Source]
) -> None:
    (diagnosis,) = diagnoses(source_of(entry))
    assert is_advanced(diagnosis) is advanced, why
