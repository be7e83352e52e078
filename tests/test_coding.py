"""Codes and the spellings of their systems that real senders use."""

import pytest

from cds_service.coding import (
    ATC,
    CPT,
    DICOM,
    HCPCS,
    ICD9CM,
    ICD10CM,
    ICD10PCS,
    LOINC,
    RADLEX,
    SNOMED,
    Code,
    canonical_code,
    is_snomed_identifier,
)


@pytest.mark.parametrize(
    ("system", "code", "canonical", "who"),
    [
        ("http://www.ama-assn.org/go/cpt", "78815", Code(CPT, "78815"), "FHIR"),
        ("urn:oid:2.16.840.1.113883.6.12", "78815", Code(CPT, "78815"), "Epic writes OIDs"),
        ("http://www.ama-assn.org/go/cpt/", "78815", Code(CPT, "78815"), "a trailing slash"),
        ("urn:oid:2.16.840.1.113883.6.285", "g0279", Code(HCPCS, "G0279"), "HCPCS by OID, lower case"),
        ("urn:oid:2.16.840.1.113883.6.90", "C50.912", Code(ICD10CM, "C50.912"), "Epic"),
        ("http://hl7.org/fhir/sid/icd-10", "C50.912", Code(ICD10CM, "C50.912"), "Argonaut PAMA guide"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "c50912", Code(ICD10CM, "C50.912"), "no dot, lower case"),
        ("urn:oid:2.16.840.1.113883.6.103", "1985", Code(ICD9CM, "198.5"), "ICD-9-CM by OID, no dot"),
        ("http://terminology.hl7.org/CodeSystem/icd9cm", "v10.3", Code(ICD9CM, "V10.3"), "the name HL7 gave it"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "Z08", Code(ICD10CM, "Z08"), "a header has no dot"),
        ("urn:oid:2.16.840.1.113883.6.73", "l01cd02", Code(ATC, "L01CD02"), "HL7 Terminology, v3-WC"),
        ("http://fhir.de/CodeSystem/bfarm/atc", "L01CD02", Code(ATC, "L01CD02"), "HL7 Deutschland"),
        ("http://www.cms.gov/Medicare/Coding/ICD10", "0htu0zz", Code(ICD10PCS, "0HTU0ZZ"), "procedures, lower case"),
        ("urn:oid:2.16.840.1.113883.6.4", "0HTU0ZZ", Code(ICD10PCS, "0HTU0ZZ"), "ICD-10-PCS by OID; it has no dot"),
        (
            "http://terminology.hl7.org/CodeSystem/icd10PCS",
            "0HTU0ZZ",
            Code(ICD10PCS, "0HTU0ZZ"),
            "the name HL7 gave it",
        ),
        ("http://snomed.info/sct/731000124108", "254837009", Code(SNOMED, "254837009"), "US edition"),
        ("urn:oid:2.16.840.1.113883.6.96", " 254837009 ", Code(SNOMED, "254837009"), "Epic, with spaces"),
        ("urn:oid:1.2.840.10008.2.16.4", "111496", Code(DICOM, "111496"), "DICOM by OID"),
        ("http://dicom.nema.org/resources/ontology/dcm/", "111496", Code(DICOM, "111496"), "DICOM, in lower case"),
        ("urn:oid:2.16.840.1.113883.6.1", "21908-9", Code(LOINC, "21908-9"), "LOINC by OID"),
        ("http://playbook.radlex.org", "rpid6017", Code(RADLEX, "RPID6017"), "RadLex Playbook"),
        ("urn:oid:1.2.3", "MY-PET", Code("urn:oid:1.2.3", "MY-PET"), "a site's own code is left alone"),
    ],
)
def test_a_code_has_one_spelling(system: str, code: str, canonical: Code, who: str) -> None:
    assert canonical_code(system, code) == canonical, who


@pytest.mark.parametrize(
    ("code", "valid", "why"),
    [
        ("254837009", True, "malignant neoplasm of breast"),
        ("1080261000119100", True, "a US extension identifier"),
        ("1222593007", False, "circulates in examples as stage IIA; its check digit is wrong"),
        ("16444991000119100", False, "an identifier that went through a float"),
        ("12345", False, "too short"),
        ("25483700x", False, "not a number"),
        ("٢٥٤٨٣٧٠٠٩", False, "digits of another script"),
    ],
)
def test_snomed_identifiers_are_checked_by_verhoeff(code: str, valid: bool, why: str) -> None:
    assert is_snomed_identifier(code) is valid, why
