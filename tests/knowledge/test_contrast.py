"""What an order says of intravenous contrast chooses among the studies that its code leaves open, and only then."""

from pathlib import Path

import pytest

from cds_service.knowledge.contrast import Contrast, narrowed, stated
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge

WITH, WITHOUT, BOTH = Contrast.WITH, Contrast.WITHOUT, Contrast.BOTH

MRI = ("mri-breast-without-and-with-contrast", "mri-breast-without-contrast")
CT = (
    "ct-chest-abdomen-pelvis-with-contrast",
    "ct-chest-abdomen-pelvis-without-contrast",
    "ct-chest-abdomen-pelvis-without-and-with-contrast",
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(Path(__file__).parents[2] / "knowledge")


@pytest.mark.parametrize(
    ("text", "contrast"),
    [
        ("MRI breast with and without contrast", BOTH),
        ("MRI breast without & with IV contrast", BOTH),
        ("MRI BREAST W/WO CONTRAST", BOTH),
        ("MRI BREAST BILATERAL W WO", BOTH),
        ("MRI BREAST W WO BILATERAL", BOTH),
        ("MRI brain w/ & w/o gad", BOTH),
        ("MRI brain wwo contrast", BOTH),
        ("MRI brain with/without contrast", BOTH),
        ("MRI brain with contrast and without contrast", BOTH),
        ("pre and post contrast", BOTH),
        ("W WO", BOTH),
        ("Contrast: with and without", BOTH),
        ("CT CAP w/ contrast", WITH),
        ("CT CAP with IV contrast", WITH),
        ("CT CAP W", WITH),
        ("CT CAP with iodinated contrast media", WITH),
        ("CT CAP with oral and IV contrast", WITH),
        ("CT CAP with IV contrast and oral contrast", WITH),
        ("contrast-enhanced MRI of the breast", WITH),
        ("IV contrast", WITH),
        ("IV contrast: yes", WITH),
        ("MRI brain w/o", WITHOUT),
        ("MRI brain w/o contrast", WITHOUT),
        ("MRI brain WO CONTRAST", WITHOUT),
        ("CT CAP w o contrast", WITHOUT),
        ("CT CAP no IV contrast", WITHOUT),
        ("Non-contrast CT CAP", WITHOUT),
        ("noncontrast", WITHOUT),
        ("unenhanced MRI", WITHOUT),
        ("without gadolinium", WITHOUT),
        ("IV contrast: none", WITHOUT),
        ("CT CAP without IV contrast, with oral contrast", WITHOUT),
        ("CT CAP without oral or IV contrast", WITHOUT),
    ],
)
def test_what_is_said_plainly(text: str, contrast: Contrast) -> None:
    """As ordering systems and clinicians write it."""
    assert stated(text) == {contrast}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("MRI breast", "nothing is said"),
        ("CT CAP with oral contrast", "oral contrast is not what the rows differ by"),
        ("CT CAP with PO contrast only", "the same, abbreviated"),
        ("MRI breast with CAD", "not every with is of contrast"),
        ("MRI breast with and without implants", "nor every with and without"),
        ("MRI breast without delay", "nor every without"),
        ("no IV access", "nor every IV of contrast"),
        ("contrast mammography discussed", "the word alone says nothing"),
    ],
)
def test_what_says_nothing(text: str, why: str) -> None:
    assert stated(text) == frozenset(), why


@pytest.mark.parametrize(
    "text",
    [
        "with or without contrast",
        "MRI brain +/- contrast with contrast",
        "with contrast if GFR allows",
        "with contrast unless allergic",
        "no contrast allergy",
        "without contrast?",
        "with contrast vs without contrast",
        "with contrast per radiologist",
        "chest with, abdomen without contrast",
    ],
)
def test_what_is_unsure_leaves_the_study_open(text: str, knowledge: Knowledge) -> None:
    """A guess would warn about a study that nobody ordered."""
    assert narrowed(CT, (text,), knowledge) == CT


@pytest.mark.parametrize(
    ("candidates", "texts", "chosen"),
    [
        (MRI, ("MRI breast", "W WO"), MRI[:1]),
        (MRI, ("MRI breast", "without contrast"), MRI[1:]),
        (MRI, ("MRI breast with contrast",), MRI[:1]),  # no row is "with" alone; the one without is not meant
        (CT, ("CT CAP with contrast",), CT[:1]),
        (CT, ("CT CAP", "non-contrast"), CT[1:2]),
        (CT, ("CT CAP with and without contrast",), CT[2:]),
        (CT, ("CT CAP with contrast", "without contrast"), CT),  # the order contradicts itself
        (MRI, (), MRI),
        (("mammography-diagnostic", "mammography-screening"), ("with contrast",), ()),  # they differ by something else
    ],
)
def test_it_chooses_among_what_is_open(
    candidates: tuple[str, ...], texts: tuple[str, ...], chosen: tuple[str, ...], knowledge: Knowledge
) -> None:
    assert narrowed(candidates, texts, knowledge) == (chosen or candidates)


def test_every_study_of_a_contrast_is_known_by_its_name(knowledge: Knowledge) -> None:
    """Choosing reads the ACR names themselves, so that no second list can drift away from them."""
    for study in knowledge.procedures.values():
        if "contrast" in study.id and study.name.startswith(("CT", "MRI")):
            assert len(stated(study.name)) == 1, study.name
