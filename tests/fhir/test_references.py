"""References compared by what they point to."""

import pytest

from cds_service.fhir.references import relative


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Condition/c1", "Condition/c1"),
        ("https://ehr.example/fhir/R4/Condition/c1", "Condition/c1"),
        ("https://ehr.example/fhir/Condition/c1/_history/7", "Condition/c1"),
        ("urn:uuid:0c3151bd", "0c3151bd"),
        ("c1", "c1"),
        ("", ""),
    ],
)
def test_a_reference_has_one_relative_form(reference, expected):
    assert relative(reference) == expected
