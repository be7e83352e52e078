"""Codes and the many spellings of the systems they come from. Knows no clinical meaning.

Sources of the spellings: HL7 Terminology (THO) code system URIs and OIDs; the Epic and Argonaut PAMA examples,
which write OIDs and `http://hl7.org/fhir/sid/icd-10` for ICD-10-CM.
"""

from cds_service.value import Value

ATC = "http://www.whocc.no/atc"
CPT = "http://www.ama-assn.org/go/cpt"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD9CM = "http://hl7.org/fhir/sid/icd-9-cm"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
LOINC = "http://loinc.org"
RADLEX = "http://radlex.org"
SNOMED = "http://snomed.info/sct"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

_SPELLINGS: dict[str, str] = {
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "http://www.ama-assn.org/go/cpt/": CPT,
    "urn:oid:1.2.840.10008.2.16.4": DICOM,
    "urn:oid:2.16.840.1.113883.6.285": HCPCS,
    "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets": HCPCS,
    "https://www.cms.gov/medicare/coding/hcpcsreleasecodesets": HCPCS,
    "https://hcpcs.codes": HCPCS,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    # US senders write the WHO system's URI for ICD-10-CM codes (Argonaut PAMA guide).
    "http://hl7.org/fhir/sid/icd-10": ICD10CM,
    "http://hl7.org/fhir/sid/icd-10-us": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.3": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.103": ICD9CM,
    "http://terminology.hl7.org/codesystem/icd9cm": ICD9CM,
    "urn:oid:2.16.840.1.113883.6.4": ICD10PCS,
    "http://terminology.hl7.org/codesystem/icd10pcs": ICD10PCS,
    # US Core up to STU 3 named ICD-10-PCS by this address.
    "http://www.icd10data.com/icd10pcs": ICD10PCS,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "https://loinc.org": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "https://snomed.info/sct": SNOMED,
    "urn:oid:2.16.840.1.113883.6.256": RADLEX,
    "http://www.radlex.org": RADLEX,
    "http://playbook.radlex.org": RADLEX,
    "http://radlex.org/playbook": RADLEX,
    "http://ncimeta.nci.nih.gov": NCIT,
    "urn:oid:2.16.840.1.113883.3.26.1.1": NCIT,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    # The German edition keeps WHO's codes.
    "http://fhir.de/codesystem/bfarm/atc": ATC,
    "http://fhir.de/codesystem/dimdi/atc": ATC,
}


ONE_SPELLING = frozenset({DICOM, LOINC, NCIT, RXNORM, SNOMED})
"""Systems whose codes are never written otherwise, but with space around them."""

BY_PREFIX = frozenset({ATC, ICD10CM})
"""Systems whose codes begin with the code that they are a kind of: C50 and C50.911, L01 and L01EF01."""


class Code(Value, frozen=True):
    """A code with its system in canonical spelling; a bare string is not a code."""

    system: str
    code: str


def canonical_system(system: str) -> str:
    """The one spelling we use for a code system's URI; an unknown one comes back as it is."""
    if system in _AS_WRITTEN:  # by nearly every sender
        return system
    spelled = system.strip()
    key = spelled.lower().rstrip("/")
    if key in _SPELLINGS:
        return _SPELLINGS[key]
    if key.startswith(SNOMED):  # edition or version URI, e.g. http://snomed.info/sct/731000124108
        return SNOMED
    return _CANONICAL.get(key, spelled)


def canonical_code(system: str, code: str) -> Code:
    """A code as value sets hold it: canonical system, trimmed, ICD-9-CM and ICD-10-CM in upper case with their dot."""
    known = canonical_system(system)
    text = code.strip()
    if known in (ICD9CM, ICD10CM):
        text = _dotted(text.upper())
    elif known in (ATC, CPT, HCPCS, ICD10PCS, RADLEX):
        text = text.upper()
    return Code(known, text)


def is_snomed_identifier(code: str) -> bool:
    """Whether a SNOMED CT identifier has its right check digit (Verhoeff, SNOMED CT Release File Spec. 5.5)."""
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18):
        return False
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = _DIHEDRAL[check][_PERMUTE[place % 8][int(digit)]]
    return check == 0


def _dotted(code: str) -> str:
    """`C50912` and `C50.912` are one code: some senders leave the dot out."""
    if "." in code or len(code) <= 3 or not code[1:3].isalnum():
        return code
    return f"{code[:3]}.{code[3:]}"


_AS_WRITTEN = frozenset({ATC, CPT, DICOM, HCPCS, ICD9CM, ICD10CM, ICD10PCS, LOINC, RADLEX, SNOMED, NCIT, RXNORM})
_CANONICAL = {uri.lower(): uri for uri in _AS_WRITTEN}

_DIHEDRAL = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTE = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
