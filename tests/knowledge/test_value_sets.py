"""Value sets hold the codes their sources name, know the branches of ICD-10-CM, and keep traps apart."""

from pathlib import Path

import pytest

from cds_service.coding import ATC, CPT, ICD9CM, ICD10CM, ICD10PCS, LOINC, RXNORM, SNOMED, Code
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.value_sets import staging_codes

SETS = load_knowledge(Path(__file__).parents[2] / "knowledge").value_sets

SYSTEMS = {
    "icd9": ICD9CM, "icd": ICD10CM, "pcs": ICD10PCS, "snomed": SNOMED, "loinc": LOINC, "rx": RXNORM, "atc": ATC,
    "cpt": CPT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("set_id", "code", "belongs", "reason"),
    [
        ("breast-cancer-unspecified", "icd C50.911", True, "every C50 code is a breast cancer"),
        ("breast-cancer-unspecified", "icd C50", True, "the header itself"),
        ("breast-cancer-unspecified", "icd C50.A0", True, "codes newer than our list belong to their header"),
        ("breast-cancer-unspecified", "icd D05.11", False, "in situ is another chapter"),
        ("breast-cancer-unspecified", "snomed 254837009", True, "the code Synthea emits; histology-neutral"),
        ("breast-cancer-invasive", "snomed 254837009", False, "a neutral code does not prove invasion"),
        ("breast-cancer-unspecified", "snomed 353511000119101", True, "the right breast, as the left one"),
        ("breast-cancer-invasive", "snomed 408643008", True, "infiltrating duct carcinoma"),
        ("breast-cancer-in-situ", "icd D05.11", True, "D05 is the header of in situ"),
        ("breast-cancer-inflammatory", "icd C50.A1", True, "right inflammatory"),
        ("breast-cancer-inflammatory", "icd C50.911", False, "an ordinary breast cancer"),
        ("inflammatory-morphology", "snomed 32968003", True, "as mCODE's histology says it"),
        ("breast-cancer-inflammatory", "snomed 32968003", False, "a morphology is of any part of the body"),
        ("in-situ-morphology", "snomed 86616005", True, "intraductal carcinoma, noninfiltrating"),
        ("in-situ-morphology", "snomed 82711006", False, "infiltrating duct carcinoma"),
        ("invasive-morphology", "snomed 82711006", True, "infiltrating duct carcinoma"),
        ("invasive-morphology", "snomed 78197004", False, "comedocarcinoma, intraductal"),
        ("histology-observation", "loinc 59847-4", True, "histology and behaviour"),
        ("histology-observation", "loinc 21908-9", False, "the stage"),
        ("distant-metastasis", "icd C79.51", True, "bone"),
        ("distant-metastasis", "icd9 198.5", True, "bone, as charts wrote it until 2015"),
        ("distant-metastasis", "icd9 198.81", False, "metastasis TO the breast is another set"),
        ("distant-metastasis", "icd9 196.3", False, "axillary nodes are regional"),
        ("distant-metastasis", "icd9 199.1", False, "a cancer of no stated site is no metastasis by its name"),
        ("axillary-node-metastasis", "icd9 196.3", True, "axillary nodes"),
        ("ambiguous-node-metastasis", "icd9 196.0", True, "supraclavicular or cervical"),
        ("secondary-breast", "icd9 198.81", True, "metastasis to the breast"),
        ("distant-metastasis", "icd C80.0", True, "disseminated cancer is no cancer of another organ"),
        ("distant-metastasis", "snomed 399409002", True, "mCODE's finding: distant metastasis present"),
        ("distant-metastasis", "icd C79.81", False, "metastasis TO the breast is another set"),
        ("distant-metastasis", "icd C77.3", False, "axillary nodes are regional"),
        ("distant-metastasis", "icd C77.0", False, "neck nodes are ambiguous"),
        ("ambiguous-node-metastasis", "icd C77.0", True, "supraclavicular or cervical"),
        ("other-malignancy", "icd C34.90", True, "lung cancer, inside a block"),
        ("other-malignancy", "icd C50.911", False, "breast cancer is not another malignancy"),
        ("other-malignancy", "icd C44.311", False, "basal cell carcinoma of the skin"),
        ("other-malignancy", "icd C78.00", False, "secondary malignancies are not primaries"),
        ("other-malignancy", "icd D05.11", False, "in situ of the breast is not another cancer"),
        ("weight-gain", "icd R63.5", True, "abnormal weight gain"),
        ("weight-gain", "icd R63.4", False, "the seeds name loss of weight"),
        ("urinary-incontinence", "icd N39.41", True, "urge incontinence"),
        ("urinary-incontinence", "icd N39.42", False, "without awareness: perhaps of the spinal cord"),
        ("throat-infection", "icd J02.0", True, "streptococcal pharyngitis"),
        ("throat-infection", "snomed 43878008", True, "as Synthea writes it"),
        ("throat-infection", "icd R07.0", False, "pain of which nobody says what it comes from"),
        ("adrenal-adenoma", "icd D35.02", True, "of the left adrenal gland"),
        ("adrenal-adenoma", "icd E27.8", False, "an adrenal disorder that nobody specified"),
        ("adrenal-adenoma", "icd D35.2", False, "of the pituitary gland"),
        ("peripheral-fracture", "icd S82.891D", True, "the ankle"),
        ("peripheral-fracture", "icd S52.501D", True, "the wrist, as fallen on"),
        ("peripheral-fracture", "icd S82.101D", False, "the upper end of the tibia"),
        ("peripheral-fracture", "icd M84.471D", False, "a pathological fracture"),
        ("pain-in-joint", "icd M25.561", True, "the knee"),
        ("pain-in-joint", "icd M79.604", False, "pain of a limb"),
        ("radiodermatitis", "icd L58.1", True, "chronic radiodermatitis"),
        ("radiodermatitis", "icd L59.8", False, "other disorders of the skin from radiation"),
        ("chemotherapy-effect", "icd D70.1", True, "agranulocytosis of cancer chemotherapy"),
        ("chemotherapy-effect", "icd D70.2", False, "of another drug"),
        ("chemotherapy-effect", "icd G62.0", False, "an effect that stays"),
        ("symptom-lung", "icd R05.9", True, "R05 was split after the list was read"),
        ("symptom-spine", "icd M54.50", True, "M54.5 was split after the list was read"),
        ("symptom-chapter", "icd R10.9", True, "an unlisted symptom"),
        ("symptom-chapter", "icd R92.8", False, "findings of the breast are no symptoms"),
        ("possible-sign", "icd M48.54XA", True, "a collapsed vertebra"),
        ("possible-sign", "icd M48.06", False, "spinal stenosis"),
        ("possible-sign", "icd D49.6", True, "a tumour of the brain nobody specified"),
        ("possible-sign", "icd D49.3", False, "of the breast"),
        ("possible-sign", "icd D48.61", False, "of the breast"),
        ("possible-sign", "icd D45", False, "a disease of the blood"),
        ("possible-sign", "icd G40.909", True, "epilepsy"),
        ("possible-sign", "icd G41.9", True, "status epilepticus in the ICD-10 of the WHO"),
        ("possible-sign", "icd G47.33", False, "sleep apnoea"),
        ("possible-sign", "icd G35", False, "multiple sclerosis"),
        ("possible-sign", "icd E83.52", True, "raised calcium"),
        ("possible-sign", "icd E83.51", False, "low calcium"),
        ("possible-sign", "icd E80.4", False, "Gilbert syndrome"),
        ("possible-sign", "icd K76.89", True, "where lesions of the liver are filed"),
        ("possible-sign", "icd K76.0", False, "fatty liver"),
        ("possible-sign", "icd R74.02", True, "LDH"),
        ("palliative-intent", "snomed 363676003", True, "treatment that is meant to relieve"),
        ("palliative-intent", "snomed 373808002", False, "curative intent"),
        ("possible-sign", "icd D61.818", True, "pancytopenia"),
        ("possible-sign", "icd D64.9", True, "anaemia that nobody explained"),
        ("possible-sign", "icd D51.0", False, "pernicious anaemia"),
        ("possible-sign", "icd I26.99", True, "pulmonary embolism, which cancer brings about"),
        ("possible-sign", "icd I80.01", False, "phlebitis of a vein of the skin"),
        ("possible-sign", "icd H53.8", True, "sight that blurs"),
        ("possible-sign", "icd H52.4", False, "presbyopia"),
        ("possible-sign", "icd J18.9", True, "pneumonia, behind which a tumour may be"),
        ("possible-sign", "icd J45.909", False, "asthma"),
        ("possible-sign", "icd N13.30", True, "a ureter that is held up"),
        ("possible-sign", "icd N20.0", False, "a stone in the kidney"),
        ("possible-sign", "icd S72.001A", True, "a broken hip"),
        ("possible-sign", "icd S22.31XA", True, "a broken rib"),
        ("possible-sign", "icd S82.61XA", False, "a broken ankle"),
        ("possible-sign", "icd R79.89", True, "blood chemistry that is not as it should be"),
        ("possible-sign", "icd R73.03", False, "prediabetes"),
        ("liver-tests-abnormal", "icd R74.02", False, "LDH is no test of the liver"),
        ("imaging-finding-elsewhere", "icd R91.1", True, "a lung nodule"),
        ("imaging-finding-elsewhere", "icd R92.8", False, "a finding of the breast"),
        ("follow-up-encounter", "icd Z09", False, "follow-up of something else than cancer"),
        ("alkaline-phosphatase-raised", "snomed 274770006", True, "raised alkaline phosphatase"),
        ("family-history-or-screening", "icd Z80.3", True, "never a diagnosis"),
        ("pregnancy", "icd O30.001", True, "twins"),
        ("pregnancy", "icd O86.4", False, "the puerperium is not pregnancy"),
        ("mastectomy-procedure", "snomed 428571003", True, "the code that names the left side"),
        ("mastectomy-procedure", "pcs 0HTU0ZZ", True, "resection of the left breast"),
        ("mastectomy-procedure", "pcs 0HTV0ZZ", True, "and of both"),
        ("bilateral-mastectomy-procedure", "pcs 0HTT0ZZ", False, "the right breast alone"),
        ("breast-conserving-procedure", "pcs 0HBT0ZZ", True, "open excision in the right breast"),
        ("breast-conserving-procedure", "pcs 0HBT0ZX", False, "the qualifier X makes it a biopsy"),
        ("breast-conserving-procedure", "pcs 0HBU3ZZ", False, "through a needle: not surely a lumpectomy"),
        ("breast-conserving-procedure", "pcs 0HBWXZZ", False, "of the nipple"),
        ("mastectomy-status", "icd Z90.13", True, "absence of both breasts"),
        ("mastectomy-status", "snomed 428529004", True, "history of bilateral mastectomy"),
        ("kidney-function-reduced", "snomed 46177005", True, "end-stage renal disease"),
        ("kidney-function-reduced", "icd N18.30", False, "stage 3 does not rule out contrast"),
        ("kidney-function-reduced", "icd N17.9", True, "acute kidney failure, of any kind"),
        ("kidney-function-reduced", "icd Z99.2", True, "dialysis"),
        ("kidney-function-reduced", "icd I12.0", True, "hypertensive disease of stage 5"),
        ("kidney-function-reduced", "icd N20.0", False, "a stone"),
        ("kidney-function-reduced", "icd Z94.0", False, "a transplanted kidney may work"),
        ("kidney-disease-unstaged", "icd N18.9", True, "no stage said"),
        ("kidney-disease-unstaged", "icd I12.9", True, "stages 1 to 4, or none said"),
        ("kidney-disease-unstaged", "icd N18.2", False, "stage 2 is not stage 4"),
        ("filtration-rate", "loinc 98979-8", True, "CKD-EPI 2021"),
        ("filtration-rate", "loinc 2160-0", False, "creatinine is no rate"),
        ("creatinine", "loinc 14682-9", True, "in moles"),
        ("creatinine", "loinc 33914-3", False, "a rate is no creatinine"),
        ("disease-of-chest", "icd J44.9", True, "COPD"),
        ("disease-of-chest", "icd J06.9", False, "a cold"),
        ("disease-of-abdomen", "icd K74.60", True, "cirrhosis"),
        ("disease-of-abdomen", "icd K21.9", False, "reflux"),
        ("disease-of-bone", "icd M88.9", True, "Paget's disease of bone"),
        ("disease-of-bone", "icd S72.001A", True, "a fracture, whatever encounter it is"),
        ("disease-of-bone", "icd M81.0", False, "osteoporosis without fracture"),
        ("disease-of-bone", "icd M89.8X9", False, "bone pain is a symptom"),
        ("disease-of-body", "icd D86.9", True, "sarcoidosis"),
        ("disease-of-body", "icd M86.9", True, "osteomyelitis, which PET/CT looks for"),
        ("disease-of-body", "icd J44.9", False, "of one organ"),
        ("breast-neoplasm-uncertain", "icd D48.62", True, "of uncertain behaviour, left"),
        ("breast-neoplasm-uncertain", "icd D49.3", True, "of unspecified behaviour"),
        ("breast-neoplasm-uncertain", "icd D24.1", False, "benign"),
        ("breast-neoplasm-uncertain", "icd D48.5", False, "of the skin"),
        ("remission-partial", "snomed 1281812003", True, "disease is left"),
        ("remission", "snomed 1281812003", False, "partial is not full"),
        ("breast-cancer-history", "icd Z86.000", False, "an in-situ neoplasm in the past is no cancer in the past"),
        ("mastectomy-procedure", "snomed 69031006", False, "it also means a lumpectomy"),
        ("anticancer-drug", "atc L01EF01", True, "palbociclib, by its group"),
        ("anticancer-drug", "atc L01", True, "the group itself"),
        ("anticancer-drug", "atc L02BG04", False, "letrozole is endocrine therapy"),
        ("anticancer-drug", "atc L04AX03", False, "methotrexate against the disease of a joint"),
        ("anticancer-drug", "rx 72962", True, "docetaxel"),
        ("anticancer-drug", "rx 105583", False, "fluorouracil for the skin"),
        ("anticancer-drug", "rx 977431", False, "everolimus for a transplant"),
        ("anti-her2-drug", "atc L01FD01", True, "trastuzumab"),
        ("anti-her2-drug", "atc L01XC03", True, "its code until 2021"),
        ("anti-her2-drug", "atc L01FA01", False, "rituximab"),
        ("endocrine-therapy", "atc L02BA01", True, "tamoxifen"),
        ("endocrine-therapy", "rx 72965", True, "letrozole"),
        ("endocrine-therapy", "atc L01CD02", False, "docetaxel"),
        ("bone-metastasis-drug", "rx 1046402", True, "denosumab of 120 mg"),
        ("bone-metastasis-drug", "rx 993456", False, "of 60 mg"),
        ("bone-metastasis-drug", "atc V10XA01", False, "iodine for the thyroid"),
        ("immune-disease", "icd M06.9", True, "rheumatoid arthritis"),
        ("immune-disease", "icd M17.11", False, "a worn knee"),
        ("acute-injury", "icd S36.112A", True, "a bruised liver"),
        ("acute-injury", "icd V43.52XA", True, "a crash"),
        ("acute-injury", "icd S93.401A", False, "an ankle"),
        ("acute-infection", "icd T84.54XA", True, "an infected prosthesis of the knee"),
        ("acute-infection", "icd J06.9", False, "a cold"),
        ("procedure-elsewhere", "cpt 47000", True, "a biopsy of the liver"),
        ("procedure-elsewhere", "cpt 19083", False, "of the breast"),
    ],
)
def test_membership(set_id: str, code: str, belongs: bool, reason: str) -> None:
    system, text = code.split()

    assert SETS.matches(set_id, Code(SYSTEMS[system], text)) is belongs, reason


def test_a_header_does_not_take_in_its_neighbours() -> None:
    """C50 takes in C50.9, but no code that only begins alike."""
    assert not SETS.matches("breast-cancer-unspecified", Code(ICD10CM, "C5"))
    assert not SETS.matches("breast-cancer-unspecified", Code(SNOMED, "C50.911"))


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("1228899006", "cT1c"),
        ("1229967007", "cN0"),
        ("1229903009", "cM1"),
        ("1222766008", "IIA"),
        ("258219007", "II"),
        ("46059003", "N2"),
        ("62455006", "N0"),
    ],
)
def test_staging_codes_say_how_a_category_is_written(code: str, written: str) -> None:
    assert staging_codes(SETS)[Code(SNOMED, code)] == written


def test_a_code_in_circulation_for_iia_that_fails_its_check_digit_is_not_known() -> None:
    assert Code(SNOMED, "1222593007") not in staging_codes(SETS)


def test_no_two_stages_share_a_code() -> None:
    sizes = [len(SETS[name]) for name in ("stage-groups", "t-categories", "n-categories", "m-categories")]

    assert len(staging_codes(SETS)) == sum(sizes)


def test_positive_and_negative_receptors_are_apart() -> None:
    assert SETS["receptor-positive"].isdisjoint(SETS["receptor-negative"])
    assert Code(LOINC, "LA6576-8") in SETS["receptor-positive"]


def test_removal_of_both_breasts_is_a_mastectomy_too() -> None:
    assert SETS["bilateral-mastectomy-procedure"] < SETS["mastectomy-procedure"]
