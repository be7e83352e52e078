"""What a report that was not understood is called on the card, so that somebody finds it."""

from collections.abc import Callable

import pytest

from cds_service.facts.report_names import name_of
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept, Coding
from tests.support.resources import report

SourceOf = Callable[..., Source]


@pytest.mark.parametrize(
    ("study", "called"),
    [
        ("cpt:78815", "PET/CT"),
        ("cpt:71260", "CT C/A/P with contrast"),
        ("CT knee", "CT"),
        ("MRI of the knee", "MRI"),
        ("Ultrasound of the thyroid", "ultrasound"),
        ("X-ray of the hand", "radiography"),
        ("Specimen mammogram", "mammography"),
        ("Limited bone scan", "bone scan"),
        ("PET", "PET"),
        ("Biopsy", "tissue"),
        ("Kryptoid", None),
    ],
)
def test_a_report_is_called_by_its_study(study: str, called: str | None, source_of: SourceOf) -> None:
    assert name_of(report(study), source_of()) == called


@pytest.mark.parametrize("section", ["LAB", "laboratory", "CH", "HM", "MB"])
def test_a_report_of_a_laboratory_is_called_so(section: str, source_of: SourceOf) -> None:
    """By its section, one of several, where its name says nothing."""
    sections = tuple(CodeableConcept(coding=(Coding(code="OTH"), Coding(code=each))) for each in ("GE", section))
    assert name_of(report("Kryptoid", category=sections), source_of()) == "laboratory"
    assert name_of(report("Kryptoid", category=sections[:1]), source_of()) is None
