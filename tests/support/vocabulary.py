"""The codes the synthetic patients speak: one clinical word, its code in each code system.

Data only. Codes come from parts C and D of the project's fact base; the few others name their public source here.
CPT labels are our own words (the descriptors belong to the AMA).
"""

from dataclasses import dataclass

CPT = "http://www.ama-assn.org/go/cpt"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SCT = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"

OIDS = {
    CPT: "urn:oid:2.16.840.1.113883.6.12",
    ICD: "urn:oid:2.16.840.1.113883.6.90",
    LOINC: "urn:oid:2.16.840.1.113883.6.1",
    RXNORM: "urn:oid:2.16.840.1.113883.6.88",
    SCT: "urn:oid:2.16.840.1.113883.6.96",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One code with the words that go with it."""

    system: str
    code: str
    display: str

    def coding(self) -> dict[str, str]:
        """FHIR Coding."""
        return {"system": self.system, "code": self.code, "display": self.display}


@dataclass(frozen=True, slots=True)
class Concept:
    """A clinical idea as the two diagnosis systems code it; the one a dialect lacks is replaced by the other."""

    icd: tuple[str, str] | None = None
    sct: tuple[str, str] | None = None

    def term(self, system: str) -> Term:
        """The code in the wanted system, or in the one that has it."""
        wanted, other = (self.icd, self.sct) if system == ICD else (self.sct, self.icd)
        if wanted is not None:
            return Term(system, *wanted)
        if other is None:
            raise ValueError("a concept needs a code")
        return Term(SCT if system == ICD else ICD, *other)


# --- conditions: facts D --------------------------------------------------------------------------
CONCEPTS: dict[str, Concept] = {
    "invasive-left": Concept(
        ("C50.912", "Malignant neoplasm of unspecified site of left female breast"),
        ("1080101000119105", "Infiltrating duct carcinoma of left female breast"),
    ),
    "invasive-right": Concept(
        ("C50.911", "Malignant neoplasm of unspecified site of right female breast"),
        ("1080181000119102", "Infiltrating duct carcinoma of right female breast"),
    ),
    "lobular-left": Concept(
        ("C50.912", "Malignant neoplasm of unspecified site of left female breast"),
        ("1080261000119100", "Infiltrating lobular carcinoma of left female breast"),
    ),
    "invasive-left-male": Concept(
        ("C50.922", "Malignant neoplasm of unspecified site of left male breast"),
        ("372096000", "Carcinoma of male breast"),
    ),
    "breast-cancer": Concept(
        ("C50.919", "Malignant neoplasm of unspecified site of unspecified female breast"),
        ("254837009", "Malignant neoplasm of breast"),
    ),
    "inflammatory-left": Concept(None, ("254840009", "Inflammatory carcinoma of breast")),
    "dcis-left": Concept(
        ("D05.12", "Intraductal carcinoma in situ of left breast"),
        ("109889007", "Intraductal carcinoma in situ of breast"),
    ),
    "history-of-breast-cancer": Concept(
        ("Z85.3", "Personal history of malignant neoplasm of breast"),
        ("415076002", "Personal history of primary malignant neoplasm of breast"),
    ),
    "follow-up-after-cancer": Concept(
        ("Z08", "Encounter for follow-up examination after completed treatment for malignant neoplasm")
    ),
    "family-history": Concept(
        ("Z80.3", "Family history of malignant neoplasm of breast"),
        ("429740004", "Family history of malignant neoplasm of breast"),
    ),
    "local-recurrence": Concept(None, ("314955001", "Local recurrence of malignant tumor of breast")),
    "axillary-node-metastasis": Concept(
        ("C77.3", "Secondary and unspecified malignant neoplasm of axilla and upper limb lymph nodes"),
        ("94181007", "Secondary malignant neoplasm of axillary lymph nodes"),
    ),
    "axillary-adenopathy-on-examination": Concept(None, ("164150006", "On examination - axillary lymphadenopathy")),
    "axillary-mass": Concept(
        ("R22.32", "Localized swelling, mass and lump, left upper limb"), ("300863000", "Mass of axilla")
    ),
    "axillary-mass-right": Concept(("R22.31", "Localized swelling, mass and lump, right upper limb"), None),
    "breast-lump-left": Concept(("N63.20", "Unspecified lump in the left breast, unspecified quadrant"), None),
    "bone-metastasis": Concept(
        ("C79.51", "Secondary malignant neoplasm of bone"), ("94222008", "Secondary malignant neoplasm of bone")
    ),
    "bone-pain": Concept(("M89.8X9", "Other specified disorders of bone, unspecified site"), ("12584003", "Bone pain")),
    "thoracic-back-pain": Concept(("M54.6", "Pain in thoracic spine"), ("279038004", "Thoracic back pain")),
    "low-back-pain": Concept(("M54.5", "Low back pain"), ("279039007", "Low back pain")),
    "headache": Concept(("R51.9", "Headache, unspecified"), ("25064002", "Headache")),
    # ICD-10-CM 2021 tabular (StefanoTrv/simple_icd_10_CM)
    "hypertension": Concept(("I10", "Essential (primary) hypertension")),
    "diabetes": Concept(("E11.9", "Type 2 diabetes mellitus without complications")),
    "reflux": Concept(("K21.9", "Gastro-esophageal reflux disease without esophagitis")),
    "osteoporosis": Concept(("M81.0", "Age-related osteoporosis without current pathological fracture")),
    "copd": Concept(("J44.9", "Chronic obstructive pulmonary disease, unspecified")),
    "cough": Concept(("R05", "Cough"), ("49727002", "Cough")),
    "abnormal-liver-tests": Concept(
        ("R94.5", "Abnormal results of liver function studies"), ("166603001", "Liver function tests abnormal")
    ),
    "weight-loss": Concept(("R63.4", "Abnormal weight loss"), ("422868009", "Unexplained weight loss")),
    "metastasis-to-breast": Concept(("C79.81", "Secondary malignant neoplasm of breast"), None),
    "raised-tumour-marker": Concept(("R97.8", "Other abnormal tumor markers")),
    "anxiety": Concept(("F41.9", "Anxiety disorder, unspecified")),
    "pregnant": Concept(("Z33.1", "Pregnant state, incidental")),
    "takes-tamoxifen": Concept(
        ("Z79.810", "Long term (current) use of selective estrogen receptor modulators (SERMs)")
    ),
    "left-breast-absent": Concept(("Z90.12", "Acquired absence of left breast and nipple")),
    # ICD-10-CM 2021 tabular, C34.9- (StefanoTrv/simple_icd_10_CM)
    "lung-cancer": Concept(("C34.90", "Malignant neoplasm of unspecified part of unspecified bronchus or lung")),
}

# --- studies ordered and done: facts C ------------------------------------------------------------
STUDIES: dict[str, Term] = {
    "pet-ct": Term(CPT, "78815", "PET/CT, skull base to mid-thigh"),
    "pet-ct-whole-body": Term(CPT, "78816", "PET/CT, whole body"),
    "pet-ct-loinc": Term(
        LOINC, "81554-8", "PET+CT Guidance for localization of tumor of Skull base to mid-thigh-- W 18F-FDG IV"
    ),
    "ct-cap-with": Term(LOINC, "72254-6", "CT Chest and Abdomen and Pelvis W contrast IV"),
    "ct-cap-contrast-unstated": Term(LOINC, "87869-4", "CT Chest and Abdomen and Pelvis"),
    "ct-chest-with": Term(CPT, "71260", "CT chest with contrast"),
    "ct-chest-without": Term(CPT, "71250", "CT chest without contrast"),
    "ct-abdomen-pelvis-without": Term(CPT, "74176", "CT abdomen and pelvis without contrast"),
    "ct-abdomen-pelvis-with": Term(CPT, "74177", "CT abdomen and pelvis with contrast"),
    "bone-scan": Term(CPT, "78306", "Bone imaging, whole body"),
    "bone-scan-limited": Term(CPT, "78300", "Bone imaging, limited area"),
    "mri-head": Term(CPT, "70553", "MRI brain without and with contrast"),
    "mri-breast": Term(CPT, "77049", "MRI breast, bilateral, without and with contrast"),
    "mri-breast-contrast-unstated": Term(SCT, "241615005", "Magnetic resonance imaging of breast"),
    "mammography-diagnostic": Term(CPT, "77066", "Diagnostic mammography, bilateral"),
    "mammography-left": Term(LOINC, "26347-5", "MG Breast - left diagnostic"),
    "us-axilla": Term(LOINC, "80852-7", "US Axilla"),
    "us-axilla-left": Term(LOINC, "72529-1", "US Axilla - left"),
    "us-axilla-right": Term(LOINC, "72528-3", "US Axilla - right"),
    "us-extremity": Term(CPT, "76882", "US, limited, nonvascular extremity"),
    "us-breast-left": Term(LOINC, "26215-4", "US Breast - left"),
    "node-core-biopsy": Term(CPT, "38505", "Needle biopsy of superficial lymph node"),
    "fna-with-us": Term(CPT, "10005", "Fine needle aspiration biopsy with US guidance"),
    "breast-core-biopsy": Term(CPT, "19083", "US-guided breast biopsy, first lesion"),
    "mammography-done": Term(LOINC, "26346-7", "MG Breast - bilateral diagnostic"),
}

# --- treatment ------------------------------------------------------------------------------------
OPERATIONS: dict[str, Term] = {
    # lumpectomy: Synthea breast_cancer/surgery_therapy_breast.json, DICOM CID 6060;
    # mastectomy: mcode/clinical-trial-matching-app surgeries.json
    "lumpectomy": Term(SCT, "392021009", "Lumpectomy of breast"),
    "mastectomy": Term(SCT, "172043006", "Simple mastectomy"),
    "sentinel-node-biopsy": Term(SCT, "396487001", "Sentinel lymph node biopsy"),
    "neoadjuvant-chemotherapy": Term(SCT, "1259200004", "Neoadjuvant antineoplastic chemotherapy"),
    "chemotherapy": Term(SCT, "367336001", "Chemotherapy"),
}
DRUGS: dict[str, Term] = {
    # RxNorm ingredients as in HL7/fhir-mCODE-ig, input/fsh/EX_ExtendedExample.fsh
    "doxorubicin": Term(RXNORM, "3639", "doxorubicin"),
    "cyclophosphamide": Term(RXNORM, "3002", "cyclophosphamide"),
    "paclitaxel": Term(RXNORM, "56946", "paclitaxel"),
}
NEOADJUVANT_INTENT = Term(SCT, "373847000", "Neo-adjuvant - intent")
ADJUVANT_INTENT = Term(SCT, "373846009", "Adjuvant - intent")
# SNOMED CT body structures: DICOM CID 6023; HL7/fhir-ichom-breast-cancer-ig, input/fsh/Terminology.fsh
BREAST_SIDE = {
    "left": Term(SCT, "80248007", "Left breast structure"),
    "right": Term(SCT, "73056007", "Right breast structure"),
}

# --- staging: facts D2 ----------------------------------------------------------------------------
AJCC_STAGE = {
    "0": "1222605001", "I": "1222723001", "IA": "1222724007", "IB": "1222728005", "II": "1222765007",
    "IIA": "1222766008", "IIB": "1222769001", "III": "1222801008", "IIIA": "1222802001", "IIIB": "1222805004",
    "IIIC": "1222806003", "IV": "1222837003",
}  # fmt: skip
GENERIC_STAGE = {
    "I": "258215001", "IA": "261634002", "IB": "261635001", "II": "258219007", "IIA": "261614003",
    "IIB": "261615002", "III": "258224005", "IIIA": "261638004", "IIIB": "261639007", "IIIC": "261640009",
    "IV": "258228008",
}  # fmt: skip
AJCC_TNM = {
    "T0": "1228882005", "T1": "1228889001", "T1c": "1228899006", "T2": "1228929004", "T3": "1228938002",
    "T4": "1228944003", "T4d": "1228948000", "N0": "1229967007", "N1": "1229973008", "N1mi": "1229974002",
    "N2": "1229978004", "M0": "1229901006", "M1": "1229903009",
}  # fmt: skip
GENERIC_TNM = {
    "T0": "58790005", "T1": "23351008", "T2": "67673008", "T3": "14410001", "T4": "65565005",
    "N0": "62455006", "N1": "53623008", "N2": "46059003", "M0": "30893008", "M1": "55440008",
}  # fmt: skip
MCODE_TYPES = {
    "stage": Term(SCT, "399537006", "Clinical TNM stage grouping"),
    "T": Term(SCT, "399504009", "cT category"),
    "N": Term(SCT, "399534004", "cN category"),
    "M": Term(SCT, "399387003", "cM category"),
}
LOINC_TYPES = {
    "stage": Term(LOINC, "21908-9", "Stage group.clinical Cancer"),
    "T": Term(LOINC, "21905-5", "Primary tumor.clinical Cancer"),
    "N": Term(LOINC, "21906-3", "Regional lymph nodes.clinical Cancer"),
    "M": Term(LOINC, "21907-1", "Distant metastases.clinical Cancer"),
}
AJCC_8 = Term(SCT, "897275008", "AJCC Cancer Staging Manual, 8th edition")
TUMOR_SIZE = Term(LOINC, "21889-1", "Size Tumor")
TUMOR_MAXIMUM = Term(LOINC, "33728-7", "Size.maximum dimension in Tumor")
RECEPTORS = {
    "er": Term(LOINC, "85337-4", "Estrogen receptor Ag [Presence] in Breast cancer specimen by Immune stain"),
    "pr": Term(LOINC, "85339-0", "Progesterone receptor Ag [Presence] in Breast cancer specimen by Immune stain"),
    "her2": Term(LOINC, "85319-2", "HER2 [Presence] in Breast cancer specimen by Immune stain"),
}
RECEPTOR_VALUES = {
    "positive": Term(SCT, "10828004", "Positive"),
    "negative": Term(SCT, "260385009", "Negative"),
}
ALKALINE_PHOSPHATASE = Term(LOINC, "6768-6", "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma")
