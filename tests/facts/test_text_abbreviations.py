"""Which METs are metabolic equivalents and which LAD is an artery; all others stay metastases and enlarged nodes."""

import time

import pytest

from cds_service.facts.text_abbreviations import blank_other_meanings


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("METs > 4", ""),
        ("10.1 METs", ""),
        ("Exercise tolerance > 4 METs", "Exercise tolerance"),
        ("Patient can achieve 4 METS", "Patient can achieve"),
        ("ASA 2. METS > 4.", "ASA 2.         ."),
        ("Mild plaque in the LAD.", "Mild plaque in the    ."),
        ("LAD 12, RCA 0", "12, RCA 0"),
        ("Exercised to 8 METs", "Exercised to"),
        ("Functional status good, METs > 4", "Functional status good,"),
        ("Mallampati II. Mets > 4.", "Mallampati II.         ."),
        ("RCRI 1. METS: 4.", "RCRI 1.        ."),
        ("LAD: 30. Agatston score 30.", ": 30. Agatston score 30."),
        ("LAD (30). RCA 0.", "(30). RCA 0."),
        ("RCA and LAD disease", "RCA and     disease"),
    ],
)
def test_another_meaning(text: str, left: str) -> None:
    """They are blanked in their length."""
    blanked = blank_other_meanings(text)
    assert blanked.strip() == left
    assert len(blanked) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        *("mets", "no mets", "bone mets", "mets to bone", "2 mets in the liver", "Mets > 4", "METS > 4", "METs 3 cm"),
        *("brain METs > 4", "Liver: METs > 4", "Exercise tolerance reduced by lung mets, 3 METs", "known METs: 5"),
        *("LAD", "axillary LAD", "Coronary calcification, hepatosplenomegaly and LAD", "RCA 0. LAD in the mediastinum"),
        *("Coronary calcium 0. LAD 15 mm.", "no LAD", "LAD 30", "Mets: 7. ASA taken daily.", "RCA 0. LAD."),
        *("Enlarged node, LAD, RCA 0", "Nodal LAD 30. RCA 0.", "Nodes normal, RCA with LAD"),
    ],
)
def test_what_they_mostly_mean(text: str) -> None:
    """A word too many that is left costs a warning; one that is taken may let a wrong one through."""
    assert blank_other_meanings(text) == text


def test_time() -> None:
    """Texts of every length are read in time that grows with it."""
    text = "METs functional status > 1 exercise the LAD " * 2_000
    began = time.perf_counter()
    blank_other_meanings(text)
    assert time.perf_counter() - began < 5
