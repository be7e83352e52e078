"""What codes and words say of the tissue of a tumour, row by row with the reason."""

from collections.abc import Callable

import pytest

from cds_service.facts.histology import Tissue, coded_tissues, is_in_situ_alone, names_no_carcinoma, tissues
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept, Coding
from tests.support.resources import concept

ICD_O = "http://terminology.hl7.org/CodeSystem/icd-o-3"


def _coded(code: str, system: str | None = ICD_O) -> CodeableConcept:
    return CodeableConcept(coding=(Coding(system=system, code=code),))


@pytest.mark.parametrize(
    ("code", "named", "why"),
    [
        ("8500/3", {Tissue.INVASIVE}, "infiltrating duct carcinoma"),
        ("8520/3", {Tissue.INVASIVE}, "lobular carcinoma"),
        ("M-8500/3", {Tissue.INVASIVE}, "with the letter of the morphologies"),
        ("8500/32", {Tissue.INVASIVE}, "with its grade"),
        ("8983/3", {Tissue.INVASIVE}, "SEER counts it as breast cancer"),
        ("8530/3", {Tissue.INFLAMMATORY}, "T4d"),
        ("8500/2", {Tissue.IN_SITU}, "behaviour 2"),
        ("8520/2", {Tissue.IN_SITU}, "lobular carcinoma in situ"),
        ("8500/6", {Tissue.SECONDARY}, "behaviour 6: a metastatic site"),
        ("9680/6", {Tissue.SECONDARY}, "of whatever type"),
        ("8140/9", {Tissue.SECONDARY}, "nobody knows whether the site is the first one"),
        ("8720/3", {Tissue.ANOTHER}, "melanoma"),
        ("8720/2", {Tissue.ANOTHER}, "melanoma in situ is none of the breast"),
        ("8800/3", {Tissue.ANOTHER}, "sarcoma"),
        ("9020/3", {Tissue.ANOTHER}, "malignant phyllodes tumour"),
        ("9680/3", {Tissue.ANOTHER}, "lymphoma"),
        ("8982/0", set(), "benign"),
        ("9010/0", set(), "fibroadenoma"),
        ("9020/1", set(), "borderline"),
        ("8500", set(), "a type without behaviour"),
        ("8500/4", set(), "no behaviour of ICD-O-3"),
        ("120/80", set(), "a blood pressure"),
        ("11529-5", set(), "a code of another system"),
    ],
)
def test_type_and_behaviour(code: str, named: set[Tissue], why: str) -> None:
    assert coded_tissues(_coded(code)) == named, why
    assert coded_tissues(CodeableConcept(text=code)) == named, why


def test_whatever_the_system_is_called() -> None:
    """Senders spell it as its OID, as HL7's address, or not at all."""
    for system in (ICD_O, "urn:oid:2.16.840.1.113883.6.43.1", "http://example.org/icdo", None):
        assert coded_tissues(_coded("8500/2", system)) == {Tissue.IN_SITU}


@pytest.mark.parametrize(
    ("said", "named", "why"),
    [
        (concept("sct:32968003"), {Tissue.INFLAMMATORY}, "a morphology"),
        (concept("sct:254840009"), {Tissue.INFLAMMATORY}, "a diagnosis"),
        (concept("sct:86616005"), {Tissue.IN_SITU}, "a morphology"),
        (concept("sct:399935008"), {Tissue.IN_SITU}, "a diagnosis"),
        (concept("sct:82711006"), {Tissue.INVASIVE}, "a morphology"),
        (concept(text="DCIS, high grade"), {Tissue.IN_SITU}, "in words"),
        (concept(text="Invasive ductal carcinoma with DCIS"), {Tissue.INVASIVE, Tissue.IN_SITU}, "both"),
        (concept(text="No inflammatory carcinoma"), set(), "denied"),
        (concept(text="Fibroadenoma"), set(), "benign"),
    ],
)
def test_tissues(said: CodeableConcept, named: set[Tissue], why: str, source_of: Callable[..., Source]) -> None:
    found = tissues(said, source_of())
    assert found - ({Tissue.INVASIVE} if Tissue.INFLAMMATORY in named else set()) == named, why


@pytest.mark.parametrize(
    ("found", "alone"),
    [
        ({Tissue.IN_SITU}, True),
        ({Tissue.IN_SITU, Tissue.INVASIVE}, False),
        ({Tissue.IN_SITU, Tissue.INFLAMMATORY}, False),
        ({Tissue.INVASIVE}, False),
        (set(), False),
    ],
)
def test_in_situ_alone(found: set[Tissue], alone: bool) -> None:
    assert is_in_situ_alone(frozenset(found)) is alone


def test_a_code_names_another_tissue_as_a_word_does(source_of: Callable[..., Source]) -> None:
    """E29: C50 is any malignant neoplasm of the breast, a lymphoma too."""
    source = source_of()
    assert names_no_carcinoma(source, concept("icd:C50.912"), _coded("9680/3"))
    assert not names_no_carcinoma(source, concept("icd:C50.912"), _coded("8500/3"))
