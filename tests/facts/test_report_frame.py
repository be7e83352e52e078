"""The frame of a report: who signed it, and that he saw the images; never what was found."""

import pytest

from cds_service.facts.report_frame import without_frame

KNOWN = frozenset({"rib", "liver", "pleural", "effusion", "spine", "r"})  # an initial is no "right"


def is_known(word: str) -> bool:
    return word.lower().strip(".") in KNOWN


@pytest.mark.parametrize(
    "line",
    [
        "Electronically signed by: R. Haskins MD 08:14",
        "Electronically signed by: Robert Haskins, MD on 11/12/2026 8:14 AM",
        "Electronically signed by Robert J. Haskins, M.D., FACR on Nov 12, 2026 at 08:14 EST",
        "Dictated by Robert Haskins, MD",
        "Dictated and signed by: Haskins, MD",
        "Read by Dr. Ruiz",
        "Final report signed by Ana Ruiz DO",
        "This report has been electronically signed",
        "Electronically signed",
        "Workstation: RADWS04",
        "CPT: 88305",
        "CPT 88305, 88360 x3",
        "ICD-10: C50.912",
        "Report date: 11/12/2026",
        "It has not been cleared or approved by the FDA",
        "This report was generated using voice recognition software",
        "I, Robert Haskins MD, have personally reviewed the images and agree with the above interpretation",
        "I have personally reviewed the images and agree with the resident's interpretation",
        "I have reviewed the slides and the resident's report, and I concur with the findings as written",
        "Controls reacted appropriately",
        "This test was developed and its performance characteristics determined by the laboratory",
        "This test has been authorized by FDA under an EUA",
    ],
)
def test_a_line_of_the_frame(line: str) -> None:
    for text in (line, f"{line}.", f"No rib.\n{line}\nLiver.", f"No rib. {line}. Liver."):
        left = without_frame(text, is_known)
        assert len(left) == len(text)
        assert left.replace(".", "").split() == text.replace(line, "").replace(".", "").split()


@pytest.mark.parametrize("signer", ["Wilma Tesfaye, M.D.", "K. Vandersloot DO", "Dr. Alonzo Petrie, MD, FACR"])
def test_a_line_that_is_nothing_but_a_name_and_a_degree(signer: str) -> None:
    assert without_frame(f"Lungs clear.\n{signer}\nNo rib.", is_known).split() == ["Lungs", "clear.", "No", "rib."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Electronically signed by: R. Haskins MD 08:14 T8 is white", "the line goes on"),
        ("Dictated by Robert Haskins, MD: rib destroyed", "likewise"),
        ("Signed by Pleural Effusion", "no name"),
        ("Reviewed by Dr. Rib Destroyed", "a name that holds a word of reports"),
        ("Reviewed by two readers", "no name"),
        ("Reviewed: Equivocal", "what it came to"),
        ("Workstation: liver", "no number of a machine"),
        ("I have personally reviewed the images and agree with the interpretation except for the rib", "an exception"),
        ("I have personally reviewed the images and disagree with the interpretation", "another opinion"),
        ("I have personally reviewed the images and see a rib", "what was seen"),
        ("The rib was reviewed by Robert Haskins, MD", "the rib is what it is about"),
        ("Controls reacted", "nobody says how"),
        ("Report date: liver", "no day"),
        ("It has not been cleared by the FDA for the spine", "the line goes on"),
        ("This report was generated using voice recognition of a rib", "likewise"),
        ("Lungs clear", "nothing of it"),
        ("ICD-10: C79.51", "the code of bone metastases"),
        ("Liver Metastasis, MD", "no name"),
        ("seen with Wilma Tesfaye, MD", "no line of its own"),
    ],
)
def test_what_is_no_frame(text: str, why: str) -> None:
    assert without_frame(text, is_known) == text, why
