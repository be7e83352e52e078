"""What reports say of distant disease: a report of another part than breast and axilla has to be understood whole."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.breast_suspicions import of_another_side
from cds_service.facts.model import Fact, Facts, Known
from cds_service.facts.source import Source
from cds_service.fhir.resources import (
    Attachment,
    CodeableConcept,
    Coding,
    ContainedResource,
    DiagnosticReport,
    Reference,
    ReportMedia,
)
from tests.support.resources import ago, cancer, concept, laboratory, report, surgery

FactsOf = Callable[..., Facts]

CT = "CT chest"
NONE, OPEN = "none", "open"


def suspected(fact: Fact) -> str:
    """What is suspected, "none", or "open"."""
    return str(fact.value) if isinstance(fact, Known) else OPEN


@pytest.mark.parametrize(
    ("conclusion", "kind", "why"),
    [
        ("FDG PET without uptake.", NONE, "study and tracer"),
        ("Staging.", NONE, "what it was for"),
        ("Screening.", NONE, "likewise"),
        ("Follow-up of breast cancer.", NONE, "likewise"),
        ("Surveillance.", NONE, "likewise, in one word"),
        ("Evaluate breast.", NONE, "likewise"),
        ("No biopsy.", NONE, "nothing is to be sampled"),
        ("Biopsy.", OPEN, "something is, or was"),
        ("Mastectomy.", NONE, "what was done about the cancer"),
        ("After chemotherapy.", NONE, "likewise"),
        ("Radiotherapy to the left breast, lungs clear.", NONE, "likewise"),
        ("Lungs clear, status post XRT to the hip.", OPEN, "radiotherapy beyond the breast, nobody says for what"),
        ("Lungs clear. Previous radiotherapy to the pelvis.", OPEN, "likewise"),
        ("Lungs clear, left femur surgery.", OPEN, "an operation on a bone, likewise"),
        ("No effusion, new tumour.", OPEN, "it is new, so it is there"),
        ("There is no effusion and there are deposits.", OPEN, "there they are"),
        ("There is no effusion and there are no deposits.", NONE, "nor are they"),
        ("Liver lesion, 12 mm, is a simple cyst.", NONE, "a benign name, behind its size"),
        ("Enlarged axillary node.", NONE, "a node, read with the nodes"),
        ("Pregnancy.", NONE, "another matter"),
        ("Right breast.", OPEN, "a side, and nothing of it"),
        ("Known breast cancer.", NONE, "imaging repeats what is known"),
        ("Indication: bone pain.", OPEN, "design §3: a symptom in any text; whether it is over nobody knows"),
        ("Hypertension.", NONE, "a disease of long standing"),
        ("Chronic kidney disease.", NONE, "of an organ too"),
        ("Osteoarthritis.", NONE, "of age"),
        ("Sebaceous cyst.", NONE, "what many have"),
        ("Implant reconstruction.", NONE, "what was done about the breast"),
        ("Breast lump.", NONE, "how the cancer showed itself"),
        ("No metastases.", NONE, "denied"),
        ("No effusion (back pain, free fluid).", OPEN, "behind a complaint nothing is denied any more"),
        ("Kryptoid.", OPEN, "a word that nobody knows"),
        ("Swelling of the left leg.", OPEN, "in a report a finding"),
        ("Bleeding.", OPEN, "likewise"),
        ("Not clear.", OPEN, "it says so itself"),
        ("Pneumonia.", OPEN, "an acute disease"),
        ("Biopsy recommended.", OPEN, "what is to be sampled is not settled"),
        ("Node 14 mm.", OPEN, "a node of which nobody says what it is"),
        ("Axillary mass.", OPEN, "a mass elsewhere than in the breast"),
        ("Left breast mass 62 mm.", OPEN, "T3"),
        ("Left breast: cT3.", OPEN, "T3, written out"),
        ("Mass 62 mm.", "imaging-finding", "of nobody says what"),
        ("Inguinal lymphadenopathy.", "sign", "a node elsewhere"),
        ("ALT elevated.", "laboratory", "a test that the report calls abnormal"),
        ("ALT 22, AST 19.", OPEN, "values that no range judges"),
        ("Lungs clear, ribs as before.", OPEN, "what the ribs were like before, nobody says"),
        ("Lungs clear, spine unchanged.", OPEN, "likewise"),
        ("No effusion, ribs as before, heart normal.", OPEN, "likewise, in the middle"),
        ("Lungs clear, liver cyst unchanged.", NONE, "it says what is unchanged"),
        ("Lungs clear, degenerative spine unchanged.", NONE, "likewise"),
        ("Lungs and pleura clear, ribs normal.", NONE, "each is called normal"),
        ("Lungs clear, heart normal, unchanged.", NONE, "unchanged is what was just named"),
        ("T12.", OPEN, "a vertebra, and nothing of it"),
        ("T10-T12", OPEN, "likewise"),
        ("L3, L4", OPEN, "likewise"),
        ("Segment 4", OPEN, "a place, and nothing of it"),
        ("Right lower lobe: 5 mm, unchanged", OPEN, "a size of nobody knows what"),
        ("Unchanged.", OPEN, "as something that is not here"),
        ("As before.", OPEN, "likewise"),
        ("No interval change.", NONE, "the formula of a comparison that found nothing"),
        ("Unremarkable.", NONE, "normal"),
    ],
)
def test_a_report_of_another_part(conclusion: str, kind: str, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), report(CT, conclusion=conclusion))["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("study", "conclusion", "kind", "why"),
    [
        ("Lung biopsy", "Breast cancer.", OPEN, "tissue of another organ: a metastasis"),
        ("CT with biopsy of the liver", "Breast cancer.", OPEN, "likewise, though imaging is named"),
        ("Laboratory report", "Breast cancer.", OPEN, "no imaging: nobody says of what"),
        ("Lung biopsy", "History of breast cancer.", NONE, "why it was done"),
        ("Lung biopsy", "Benign lung tissue.", NONE, "benign"),
        ("Lung biopsy", "Biopsy taken. Benign lung tissue.", OPEN, "a sample whose result may be another"),
    ],
)
def test_a_cancer_that_a_sample_shows_is_not_the_known_one(
    study: str, conclusion: str, kind: str, why: str, facts_of: FactsOf
) -> None:
    assert suspected(facts_of(cancer(), report(study, conclusion=conclusion))["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize("study", ["CT", "PET/CT", "FDG PET", "Bone scan", "MRI spine", "US abdomen", "Chest X-ray"])
def test_imaging_repeats_the_known_cancer(study: str, facts_of: FactsOf) -> None:
    found = facts_of(cancer(), report(study, conclusion="Breast cancer."))
    assert suspected(found["metastasis-suspected"]) == NONE


@pytest.mark.parametrize(
    ("study", "code", "kind", "why"),
    [
        (CT, concept("sct:999999"), OPEN, "a code that nobody knows, without a word"),
        (CT, concept("local:1"), OPEN, "a code of the house"),
        (CT, concept("local:1=No abnormality"), NONE, "with words"),
        (CT, concept(text="No abnormality"), NONE, "words alone"),
        (CT, concept(text="Kryptoid"), OPEN, "words that nobody knows"),
        (CT, concept(text="Bone metastases"), "sign", "words for metastases"),
        ("cpt:77066", concept(text="Bone metastases"), "sign", "of a breast report too"),
        (CT, concept("icd:I10"), NONE, "another disease, by its chapter"),
        (CT, concept("icd:R42"), OPEN, "a symptom that is on none of our lists"),
        (CT, concept("icd:R42=Dizziness"), OPEN, "a symptom by its words"),
        (CT, concept("sct:254837009"), NONE, "the cancer itself"),
        (CT, concept("icd:C79.51"), "sign", "metastases"),
        ("Pathology of breast cancer", concept("sct:999999"), NONE, "histology of the tumour has many codes"),
        (concept("icd:C50.912"), concept("sct:999999"), NONE, "likewise, filed under the cancer"),
    ],
)
def test_the_code_of_a_conclusion(
    study: str | CodeableConcept, code: CodeableConcept, kind: str, why: str, facts_of: FactsOf
) -> None:
    found = facts_of(cancer(), report(study, conclusion_code=(code,)))
    assert suspected(found["metastasis-suspected"]) == kind, why


def test_one_code_of_several_is_enough(facts_of: FactsOf) -> None:
    codes = (concept("local:1=No abnormality"), concept("local:2"))
    assert suspected(facts_of(cancer(), report(CT, conclusion_code=codes))["metastasis-suspected"]) == OPEN


@pytest.mark.parametrize(
    ("on", "kind", "why"),
    [
        (300, NONE, "of follow-up of two years ago, and over"),
        (30, OPEN, "recent"),
        (None, OPEN, "undated: it may be recent"),
    ],
)
def test_an_acute_disease_counts_while_it_is_recent(on: int | None, kind: str, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=1000), surgery(900), report(CT, conclusion="Pneumonia.", days=on))
    assert suspected(facts["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("on", "kind", "why"),
    [
        (1200, NONE, "older than the work-up"),
        (500, NONE, "E18: what it found would stand in the record by now"),
        (183, NONE, "E18: the same, just"),
        (182, OPEN, "she may not have been seen since"),
        (None, OPEN, "undated: it may be of today"),
    ],
)
def test_what_is_long_ago_need_not_be_understood(on: int | None, kind: str, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=1000), surgery(900), report(CT, conclusion="Kryptoid.", days=on))
    assert suspected(facts["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("said", "kind"),
    [("Lesion of the liver.", "imaging-finding"), ("Further imaging recommended.", OPEN), ("Kryptoid.", NONE)],
)
def test_what_a_report_of_long_ago_says_still_counts(said: str, kind: str, facts_of: FactsOf) -> None:
    """A finding or a doubt was never taken back; without a day of the cancer none is older than it."""
    facts = facts_of(cancer(days=None), report(CT, conclusion=said, days=5000))
    assert suspected(facts["metastasis-suspected"]) == kind


def test_alkaline_phosphatase_that_was_measured_as_mild_explains_what_a_report_says(facts_of: FactsOf) -> None:
    """C15: the value says how much the words mean; it explains no other test."""
    mild = laboratory("loinc:6768-6", 120)
    rows = (("Alkaline phosphatase elevated.", NONE), ("ALT elevated.", "laboratory"), ("Pneumonia.", OPEN))
    for conclusion, kind in rows:
        told = report("Metabolic panel", conclusion=conclusion)
        assert suspected(facts_of(cancer(), told, mild)["metastasis-suspected"]) == kind, conclusion


def test_each_report_is_read(facts_of: FactsOf) -> None:
    """One that is too old hides none that follows."""
    told = (report(CT, conclusion="Kryptoid.", days=3000), report(CT, conclusion="Kryptoid.", id="last"))
    facts = facts_of(cancer(days=1000), surgery(900), *told)
    assert [each.resources for each in facts["metastasis-suspected"].evidence] == [("DiagnosticReport/last",)]


@pytest.mark.parametrize(
    ("conclusion", "site"), [("ALT elevated.", "liver"), ("Alkaline phosphatase elevated.", "bone")]
)
def test_a_test_that_a_report_calls_abnormal_points_to_an_organ(conclusion: str, site: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), report(CT, conclusion=conclusion)).value("metastasis-site") == site


def test_a_finding_is_named_as_one(facts_of: FactsOf) -> None:
    (evidence,) = facts_of(cancer(), report(CT, conclusion="Lytic lesion of a rib.", id="ct"))[
        "metastasis-suspected"
    ].evidence
    assert (evidence.value, evidence.resources) == ("finding in a report", ("DiagnosticReport/ct",))


def test_what_was_not_understood_is_named(facts_of: FactsOf) -> None:
    told = report(CT, conclusion="Kryptoid.", id="ct", days=12)
    (evidence,) = facts_of(cancer(), told)["metastasis-suspected"].evidence
    named = ("report that was not understood", ("DiagnosticReport/ct",), ago(12))
    assert (evidence.value, evidence.resources, evidence.date) == named


def test_a_symptom_is_named_as_one(facts_of: FactsOf) -> None:
    told = report(CT, conclusion="Indication: bone pain. Normal.", id="ct", days=12)
    named = ("symptom in a report", ("DiagnosticReport/ct",), ago(12))
    found = facts_of(cancer(), told)["metastasis-suspected"].evidence
    assert named in {(each.value, each.resources, each.date) for each in found}


# --- reports of breast and axilla -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("conclusion", "kind", "why"),
    [
        ("Suspicious mass, BI-RADS 5. Kryptoid.", NONE, "its words need not be known"),
        ("Suspicious left axillary node, concerning for metastasis.", NONE, "of the node"),
        ("Normal axillary nodes. Concerning for metastatic disease.", "sign", "of no node, which are normal"),
        (
            "Suspicious left axillary node, metastasis? The other nodes are normal.",
            NONE,
            "of one node among normal ones",
        ),
        ("Indication: bone pain.", OPEN, "design §3: a symptom in any text; whether it is over nobody knows"),
        ("M5 left breast. M1 right.", NONE, "the British class of a normal mammogram"),
        ("Left breast cancer, M1.", "sign", "the stage"),
        ("No suspicious axillary nodes. Metastatic disease.", "sign", "of no node, as there is none"),
        ("Lytic lesion of a rib.", "imaging-finding", "a finding elsewhere"),
        ("Suspicious for recurrence.", OPEN, "another cancer than the one at hand"),
        ("Right breast: BI-RADS 5.", OPEN, "a tumour on the other side"),
        ("Alkaline phosphatase elevated.", "laboratory", "a test that it calls abnormal"),
        ("Left breast: suspicious abnormality, BI-RADS 5.", NONE, "the tumour"),
        *(
            (f"Left breast cancer. {said}", "imaging-finding", "a study of another part")
            for said in (
                *("CT positive.", "Positive PET.", "PET abnormal.", "CT was abnormal.", "CT: abnormal."),
                *("Chest x-ray abnormal.", "CXR is abnormal.", "Chest radiograph abnormal.", "Abnormal bone scan."),
            )
        ),
        ("Left breast cancer. CT booked. Suspicious abnormality.", NONE, "what is suspicious is no study"),
    ],
)
def test_a_report_of_the_breast(conclusion: str, kind: str, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(side="left"), report("cpt:77066", conclusion=conclusion))
    assert suspected(facts["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("told", "kind", "why"),
    [
        (report("US right axilla", conclusion="Suspicious axillary node."), OPEN, "of the axilla without a cancer"),
        (report("US left axilla", conclusion="Suspicious axillary node."), NONE, "of the axilla beside it"),
        (report("US right axilla", conclusion="No suspicious axillary node."), NONE, "none"),
        (report("US right axilla"), NONE, "it says nothing"),
    ],
)
def test_a_node_of_the_other_axilla_is_no_node_of_this_cancer(
    told: DiagnosticReport, kind: str, why: str, facts_of: FactsOf
) -> None:
    """E27: it may be a metastasis, or another cancer."""
    assert suspected(facts_of(cancer(side="left"), told)["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("conclusion", "finding", "why"),
    [
        ("Left as known. Pleomorphic calcifications right, BI-RADS 4C.", True, "on the side that it does not know"),
        ("Left as known. Pleomorphic calcifications right, BI-RADS 2.", False, "benign"),
        ("Left as known, BI-RADS 4C.", False, "on the side that it knows"),
        ("Pleomorphic calcifications right, BI-RADS 4C.", False, "it knows of no side"),
    ],
)
def test_a_report_that_knows_the_side_of_the_cancer_finds_something_on_the_other(
    conclusion: str, finding: bool, why: str, facts_of: FactsOf
) -> None:
    """Where the record has no side; the card then names a finding, and not only a report that was not understood."""
    fact = facts_of(cancer("icd:C50.919"), report("cpt:77066", conclusion=conclusion))["metastasis-suspected"]
    assert ("finding in a report" in {each.value for each in fact.evidence}) is finding, why


SILENT = "local:R-17"
"""A report of which nothing but a code of the site's own is known."""


def _filed(category: str | None) -> tuple[CodeableConcept, ...]:
    return (CodeableConcept(coding=(Coding(code=category),)),) if category is not None else ()


@pytest.mark.parametrize(
    ("name", "category", "kind", "why"),
    [
        ("CT chest", None, OPEN, "imaging by its name"),
        ("CT chest", "LAB", OPEN, "whatever it is filed under"),
        ("Biopsy of liver", None, OPEN, "a sample of tissue"),
        ("cpt:78815", None, OPEN, "imaging of the whole body, by a code alone"),
        ("cpt:70553", None, OPEN, "of the head, by a code alone"),
        ("Complete blood count", None, NONE, "results are read as such"),
        ("Complete blood count", "RAD", NONE, "whatever it is filed under"),
        ("Imaging", None, OPEN, "of any part"),
        ("Radiology report", None, OPEN, "likewise"),
        ("Diagnostic imaging study", None, OPEN, "likewise"),
        (CodeableConcept(), "LAB", OPEN, "without any code, of anything"),
        (SILENT, None, NONE, "nobody says that anything was looked at"),
        (SILENT, "LAB", NONE, "a laboratory's"),
        *((SILENT, each, OPEN, "imaging of some part") for each in ("RAD", "RX", "CT", "NMR", "NMS", "RUS", "imaging")),
        (SILENT, "18748-4", OPEN, "likewise, in LOINC"),
    ],
)
def test_imaging_that_tells_nothing_is_unknown(
    name: str | CodeableConcept, category: str | None, kind: str, why: str, facts_of: FactsOf
) -> None:
    found = report(name, category=_filed(category))
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == kind, why


def test_one_category_of_several_is_enough(facts_of: FactsOf) -> None:
    found = report(SILENT, category=(*_filed("LAB"), *_filed("RAD")))
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == OPEN


def test_one_name_of_several_is_enough(facts_of: FactsOf) -> None:
    found = report(CodeableConcept(coding=(Coding(code="x", display="Imaging"),), text="R-17"))
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == OPEN


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((each, OPEN) for each in ("registered", "partial", "preliminary", "final", "amended", "corrected")),
        *((each, OPEN) for each in ("appended", "unknown", None)),
        *((each, NONE) for each in ("cancelled", "entered-in-error")),
    ],
)
def test_a_study_that_was_done_has_found_something(status: str | None, kind: str, facts_of: FactsOf) -> None:
    found = msgspec.structs.replace(report(CT), status=status)
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == kind


@pytest.mark.parametrize(
    ("conclusion", "kind", "why"),
    [
        ("Liver lesion, likely a haemangioma.", OPEN, "not surely benign, and no sign either"),
        ("Liver lesion, likely a haemangioma. Lung nodule.", "imaging-finding", "another finding beside it"),
        ("Likely a haemangioma. Liver lesion.", "imaging-finding", "what is benign is another statement's"),
        ("Liver metastases, likely benign.", "sign", "what is called a metastasis is one"),
        ("No liver lesion, likely a haemangioma.", OPEN, "denied, and doubted"),
    ],
)
def test_what_is_likely_benign(conclusion: str, kind: str, why: str, facts_of: FactsOf) -> None:
    found = report("CT abdomen", conclusion=conclusion)
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("name", "conclusion", "kind", "why"),
    [
        ("X-ray wrist after a fall", "Wrist fracture.", OPEN, "the name tells of the fall"),
        ("X-ray wrist", "Fell. Wrist fracture.", OPEN, "its words do"),
        ("X-ray wrist after a fall", "Wrist fracture. Lytic lesion.", "sign", "more than a fracture"),
        ("X-ray wrist after a fall", "Wrist fracture. Pathological fracture of the spine.", "sign", "another fracture"),
        ("X-ray wrist", "Wrist fracture.", OPEN, "of a fall, for all that is known"),
        ("X-ray wrist", "Undisplaced fracture.", OPEN, "likewise, as the name says where"),
        ("X-ray wrist, known lytic lesion", "Wrist fracture.", "sign", "the name tells what it went through"),
        ("X-ray wrist and arm", "Undisplaced fracture.", "sign", "the name tells of another bone"),
    ],
)
def test_a_fracture_of_a_fall(name: str, conclusion: str, kind: str, why: str, facts_of: FactsOf) -> None:
    found = report(name, conclusion=conclusion)
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == kind, why


UNSIDED = "icd:C50.919"
"""A cancer of which no side is on record."""


@pytest.mark.parametrize(
    ("days", "kind", "why"),
    [
        (29, OPEN, "31 days after the diagnosis: it may be another tumour"),
        (30, NONE, "30 days after it: the work-up"),
        (70, NONE, "before it"),
        (None, NONE, "on no known day"),
    ],
)
def test_a_suspicious_finding_well_after_the_diagnosis(
    days: int | None, kind: str, why: str, facts_of: FactsOf
) -> None:
    found = report("Mammography", conclusion="Suspicious mass. BI-RADS 5.", days=days)
    assert (suspected(facts_of(cancer(UNSIDED, days=60), found)["metastasis-suspected"]) == NONE) is (kind == NONE), why


@pytest.mark.parametrize(
    ("conclusions", "kind", "why"),
    [
        (["Left breast mass. BI-RADS 5.", "Right breast mass. BI-RADS 5."], OPEN, "a tumour on either side"),
        (["Left breast mass. BI-RADS 5.", "Left breast mass. BI-RADS 5."], NONE, "twice the same"),
        (["Left breast mass. BI-RADS 5.", "No mass. BI-RADS 1."], NONE, "nothing on the other"),
    ],
)
def test_tumours_of_both_sides(conclusions: list[str], kind: str, why: str, facts_of: FactsOf) -> None:
    found = [report("Mammography", conclusion=each) for each in conclusions]
    assert (suspected(facts_of(cancer(UNSIDED), *found)["metastasis-suspected"]) == NONE) is (kind == NONE), why


@pytest.mark.parametrize(
    ("name", "conclusion", "kind", "why"),
    [
        ("Mammography", "Left breast M1.", NONE, "the British class of a normal mammogram"),
        ("Mammography", "T1 N0 M1.", "sign", "a stage"),
        ("Breast ultrasound", "Left axilla normal. M1.", "sign", "no mammogram, and so no class"),
        ("Breast ultrasound", "Normal nodes. Metastatic disease.", "sign", "in no node"),
        ("Breast ultrasound", "Suspicious axillary node. Metastatic disease.", NONE, "in the node"),
    ],
)
def test_m1_in_a_report_of_the_breast(name: str, conclusion: str, kind: str, why: str, facts_of: FactsOf) -> None:
    found = report(name, conclusion=conclusion)
    assert (suspected(facts_of(cancer(), found)["metastasis-suspected"]) == "sign") is (kind == "sign"), why


FOLLOWED = (cancer(days=2000), surgery(1900))
PATHOLOGY = "Surgical pathology"


@pytest.mark.parametrize(
    ("found", "kind", "why"),
    [
        (report(PATHOLOGY), OPEN, "a sample whose result is to come"),
        (report("Cytology of pleural fluid"), OPEN, "cells of another part"),
        *(
            (report(PATHOLOGY, conclusion=text), OPEN, "the same in words")
            for text in (
                *("Pending.", "This is a preliminary report.", "In progress", "To follow", "Awaiting results."),
                *("Awaiting report", "Preliminary result."),
            )
        ),
        (msgspec.structs.replace(report(PATHOLOGY), status="cancelled"), NONE, "never made"),
        (report(PATHOLOGY, days=119), OPEN, "as old as a work-up gets"),
        (report(PATHOLOGY, days=120), NONE, "of the time before the work-up"),
        (report(PATHOLOGY, days=None), OPEN, "of no day"),
        (report("Complete blood count"), NONE, "values stand elsewhere"),
    ],
)
def test_a_sample_whose_result_is_awaited(found: DiagnosticReport, kind: str, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(*FOLLOWED, found)["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("known", "days", "kind", "why"),
    [
        (60, 30, NONE, "the sample that the cancer was diagnosed by"),
        (60, 29, OPEN, "a month later it is another one"),
        (60, None, OPEN, "of no day"),
        (183, 153, NONE, "of a cancer that is new"),
        (184, 153, OPEN, "of one that is not"),
        (None, 30, OPEN, "nobody knows since when"),
    ],
)
def test_the_sample_of_a_new_cancer(
    known: int | None, days: int | None, kind: str, why: str, facts_of: FactsOf
) -> None:
    found = report("Pathology, breast", days=days)
    told = {each.value for each in facts_of(cancer(days=known), found)["metastasis-suspected"].evidence}
    assert ("report that was not understood" in told) is (kind == OPEN and (days is None or days <= 120)), why


@pytest.mark.parametrize(
    ("more", "kind", "why"),
    [
        ({"result": (Reference(display="Liver lesion"),)}, "imaging-finding", "what a result is called"),
        ({"result": (Reference(reference="Observation/9"),)}, NONE, "a result of no name"),
        ({"media": (ReportMedia(comment="Lytic lesion of a rib"),)}, "imaging-finding", "what a picture is called"),
        ({"presented_form": (Attachment(title="Liver metastases"),)}, "sign", "what a file is called"),
        ({"presented_form": (Attachment(title="CT report"),)}, NONE, "nothing that was found"),
        ({"presented_form": (Attachment(title="Bone pain"),)}, OPEN, "a symptom"),
        ({"presented_form": (Attachment(title="No bone pain"),)}, NONE, "denied"),
        ({"presented_form": (Attachment(title="Lymphoma protocol"),)}, OPEN, "another cancer"),
        ({"presented_form": (Attachment(title="Left breast mass"),)}, NONE, "of the cancer itself"),
        ({"presented_form": (Attachment(title="T2 N1 M1"),)}, "sign", "a stage, and no class of a mammogram"),
        (
            {"presented_form": (Attachment(title="Normal axillary nodes, metastatic disease"),)},
            "sign",
            "in no node, as they are normal",
        ),
        ({"conclusion_code": (concept("icd:C83.30"),)}, OPEN, "another cancer, as its conclusion"),
        ({"conclusion_code": (concept(text="Chest"),)}, NONE, "what it is of: its words say the rest"),
        ({"conclusion_code": (CodeableConcept(),)}, NONE, "a concept of nothing"),
    ],
)
def test_what_stands_beside_a_conclusion(more: dict[str, object], kind: str, why: str, facts_of: FactsOf) -> None:
    found = report(CT, conclusion="Clear lungs.", **more)
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == kind, why


def test_a_symptom_beside_an_old_conclusion_is_of_then(facts_of: FactsOf) -> None:
    told = report(CT, conclusion="Clear lungs.", days=120, presented_form=(Attachment(title="Bone pain"),))
    assert suspected(facts_of(*FOLLOWED, told)["metastasis-suspected"]) == NONE


@pytest.mark.parametrize(
    ("conclusion", "days", "kind", "why"),
    [
        ("Left breast: BI-RADS 2, benign.", 10, OPEN, "of the breast, or of anything"),
        ("Left breast: BI-RADS 2, benign.", 120, NONE, "of the time before the work-up"),
        ("Clear lungs.", 10, NONE, "of no breast, and understood"),
    ],
)
def test_a_report_of_no_name(conclusion: str, days: int, kind: str, why: str, facts_of: FactsOf) -> None:
    found = report(CodeableConcept(), conclusion=conclusion, days=days)
    assert suspected(facts_of(*FOLLOWED, found)["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("conclusion", "kind", "why"),
    [
        ("Normal axillary node.", NONE, "a normal one is no finding (E27)"),
        ("Normal axillary node, formerly enlarged.", OPEN, "it was no normal one"),
        ("Normal axillary node in 2023.", OPEN, "nobody says how it is now"),
        ("2023: normal axillary node.", OPEN, "likewise"),
        ("Previously seen at another hospital. Normal axillary node.", NONE, "that tells of something else"),
        ("Normal axillary node. Seen at another hospital in 2023.", NONE, "likewise"),
    ],
)
def test_a_normal_node_of_the_other_axilla(conclusion: str, kind: str, why: str, facts_of: FactsOf) -> None:
    told = facts_of(cancer(side="left"), report("US right axilla", conclusion=conclusion))["metastasis-suspected"]
    assert ("finding in a report" in {each.value for each in told.evidence}) is (kind == OPEN), why


def test_a_report_of_no_day_has_none(facts_of: FactsOf) -> None:
    told = report(CT, conclusion="Lytic lesion of a rib.", id="ct", days=None)
    (evidence,) = facts_of(cancer(), told)["metastasis-suspected"].evidence
    assert (evidence.resources, evidence.date) == (("DiagnosticReport/ct",), None)


@pytest.mark.parametrize(("days", "date"), [(12, ago(12)), (None, None)], ids=["dated", "undated"])
def test_a_report_of_the_breast_that_was_not_understood_is_named(
    days: int | None, date: str | None, facts_of: FactsOf
) -> None:
    told = report("cpt:77066", conclusion="Kryptoid.", id="mammogram", days=days)
    (evidence,) = facts_of(cancer(), told)["metastasis-suspected"].evidence
    named = ("report that was not understood", ("DiagnosticReport/mammogram",), date)
    assert (evidence.value, evidence.resources, evidence.date) == named


@pytest.mark.parametrize(
    ("text", "another", "why"),
    [
        ("AMENDED REPORT. Revised to DCIS.", True, "the record may still hold an invasive cancer"),
        ("Supersedes the former report. No invasive carcinoma.", True, "likewise"),
        ("Corrected report: not invasive.", True, "likewise"),
        ("AMENDED REPORT. Invasive ductal carcinoma, grade 2.", False, "it is invasive"),
        ("No invasive carcinoma.", False, "nothing was revised"),
    ],
)
def test_a_cancer_that_a_pathologist_takes_back(text: str, another: bool, why: str, facts_of: FactsOf) -> None:
    told = facts_of(cancer(side="left"), report("Pathology, left breast", conclusion=text, id="path"))
    assert ("finding in a report" in {each.value for each in told["metastasis-suspected"].evidence}) is another, why


def test_what_stands_inside_a_report_is_read_there(facts_of: FactsOf) -> None:
    inside = ContainedResource(resource_type="Observation", code=concept(text="Lungs"), value_string="Clear")
    assert suspected(facts_of(cancer(), report(CT, contained=(inside,)))["metastasis-suspected"]) == NONE


@pytest.mark.parametrize(
    ("days", "kind", "why"), [(10, OPEN, "a number, of which nobody knows what it means"), (200, NONE, "long ago")]
)
def test_a_bare_number(days: int, kind: str, why: str, facts_of: FactsOf) -> None:
    found = report("Ferritin", conclusion="302", days=days)
    assert suspected(facts_of(*FOLLOWED, found)["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("conclusion", "kind", "why"),
    [
        ("No suspicious lesion, benign hepatic cyst.", NONE, "denied; what is there is benign"),
        ("No lung nodule, benign granuloma.", NONE, "likewise"),
    ],
)
def test_what_is_denied_is_not_likely_benign(conclusion: str, kind: str, why: str, facts_of: FactsOf) -> None:
    found = report("CT abdomen", conclusion=conclusion)
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == kind, why


def test_what_is_more_than_a_fracture_of_a_fall(facts_of: FactsOf) -> None:
    found = report("X-ray wrist", conclusion="Wrist fracture. Inguinal lymphadenopathy.")
    assert suspected(facts_of(cancer(), found)["metastasis-suspected"]) == "sign"


NODE = report("US left axilla", conclusion="Left axillary node, biopsy-proven metastasis.")


def test_a_node_that_is_taken_is_no_sign_but_in_follow_up(facts_of: FactsOf) -> None:
    """Beside a new cancer it is N1; after treatment the cancer is back."""
    assert suspected(facts_of(cancer(), NODE)["metastasis-suspected"]) != "sign"
    assert suspected(facts_of(*FOLLOWED, NODE)["metastasis-suspected"]) == "sign"


def test_a_cancer_of_no_side_and_no_day(facts_of: FactsOf) -> None:
    found = report("Mammography", conclusion="Suspicious mass. BI-RADS 5.")
    assert suspected(facts_of(cancer(UNSIDED, days=None), found)["metastasis-suspected"]) != "sign"


def test_the_reports_of_either_side_are_named(facts_of: FactsOf, source_of: Callable[..., Source]) -> None:
    """Those that see a tumour, and no others."""
    seen = (
        report("Mammography", conclusion="Left breast: BI-RADS 5.", id="left", days=12),
        report("Mammography", conclusion="Right breast: BI-RADS 5.", id="right", days=None),
        report("Mammography", conclusion="No mass. BI-RADS 1.", id="none"),
    )
    found = of_another_side(None, frozenset({"unstated"}), seen, source_of(cancer(UNSIDED), *seen))
    assert [(each.evidence.value, each.evidence.resources, each.evidence.date) for each in found] == [
        ("finding in a report", ("DiagnosticReport/left",), ago(12)),
        ("finding in a report", ("DiagnosticReport/right",), None),
    ]


def test_lymphedema_that_is_watched_is_no_new_lump(facts_of: FactsOf) -> None:
    told = report("Physical therapy evaluation", conclusion="Arm circumference recorded for lymphedema surveillance.")
    assert suspected(facts_of(*FOLLOWED, told)["metastasis-suspected"]) == NONE


@pytest.mark.parametrize(
    ("days", "more", "kind", "why"),
    [
        (10, {}, OPEN, "a note that tells of a new staging, in follow-up"),
        (200, {}, NONE, "what came of it stands in the record by now"),
        (10, {"conclusion_code": (concept(text="Feels well"),)}, OPEN, "one of two texts"),
    ],
)
def test_a_note_that_leaves_it_open(days: int, more: dict[str, object], kind: str, why: str, facts_of: FactsOf) -> None:
    told = report("Progress note", conclusion="Restaged. Feels well.", days=days, **more)
    assert suspected(facts_of(*FOLLOWED, told)["metastasis-suspected"]) == kind, why


def test_what_comes_after_a_late_operation_is_follow_up_all_the_same(facts_of: FactsOf) -> None:
    """The cancer is known since its diagnosis: 280 days later a suspicious mass is not how it showed itself."""
    seen = report("Mammogram", conclusion="Left breast mass, BI-RADS 5.", days=20)
    assert suspected(facts_of(cancer(days=300), surgery(120), seen)["metastasis-suspected"]) == OPEN
    assert suspected(facts_of(cancer(days=30), seen)["metastasis-suspected"]) == NONE


@pytest.mark.parametrize(("code", "expected"), [("icd:C50.919", OPEN), ("icd:C50.912", NONE)])
def test_a_finding_on_a_side_that_only_reports_know(code: str, expected: str, facts_of: FactsOf) -> None:
    """Beside words that nobody knows: where the record does not name the breast, they may be of another cancer."""
    seen = report("Mammogram", conclusion="Left breast: suspicious calcifications, xyzzy.", days=25)
    known = report("US breast", conclusion="Known left breast cancer.", days=18)
    assert suspected(facts_of(cancer(code), seen, known)["metastasis-suspected"]) == expected


@pytest.mark.parametrize(
    ("study", "open_"),
    [
        *(("Ultrasound abdomen", True), ("MRI knee", True), ("CT sinus", True), ("Cardiac PET", True)),
        *(("Three phase bone scan", True), ("Chest x-ray", True), ("Hearing test", False)),
    ],
)
def test_imaging_that_says_nothing_yet(study: str, open_: bool, facts_of: FactsOf) -> None:
    """What it saw of the body may stand in a file."""
    under_way = DiagnosticReport(code=concept(text=study), status="preliminary", effective_date_time=ago(10))
    assert (suspected(facts_of(cancer(), under_way)["metastasis-suspected"]) == OPEN) is open_


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [
        ("Liver metastases.", OPEN, "whenever they were seen"),
        ("8 mm lung nodule.", OPEN, "it may have been the first sign"),
        ("The segment 7 lesion is a typical haemangioma.", NONE, "which the report explains itself"),
        ("Lungs clear.", NONE, "nothing was seen"),
        ("Xyzzy.", NONE, "of then, and nothing that anybody knows"),
    ],
)
def test_what_was_seen_before_the_work_up_of_a_new_cancer(
    said: str, expected: str, why: str, facts_of: FactsOf
) -> None:
    seen = report(CT, conclusion=said, days=300)
    assert suspected(facts_of(cancer(), seen)["metastasis-suspected"]) == expected, why
