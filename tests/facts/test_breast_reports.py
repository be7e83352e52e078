"""What reports of breast and axilla say of the tumour: whether they are of it, show it, or show another one."""

from collections.abc import Callable

import pytest

from cds_service.facts.breast_reports import (
    advanced,
    is_malignant_node,
    is_suspicious,
    names_tumour,
    says_another_cancer,
    sides_seen,
    telling_of_therapy,
)
from cds_service.facts.breast_studies import is_sample, of_breast_or_axilla
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept, Coding, DiagnosticReport
from tests.support.resources import ago, cancer, report

SourceOf = Callable[..., Source]

IDC, DCIS = "Invasive ductal carcinoma, grade 2.", "Ductal carcinoma in situ."


def named(*displays: str, text: str | None = None) -> CodeableConcept:
    """A study of several names, without a code that anybody knows."""
    return CodeableConcept(coding=tuple(Coding(display=each) for each in displays), text=text)


@pytest.mark.parametrize(
    ("study", "conclusion", "why"),
    [
        ("cpt:77066", None, "mammography, by its code"),
        ("US axilla", None, "of the axilla"),
        ("Biopsy of an axillary node", None, "of a node"),
        ("FNA axillary node", None, "of a node, as a study of its own"),
        (named("Laboratory", text="Breast pathology"), None, "one of its names is of the breast"),
        ("Breast pathology", None, "it names the breast"),
        ("Mammary tissue", None, "in another word"),
        ("Axillary contents", None, "it names the axilla"),
        ("Lumpectomy", None, "surgery of the breast"),
        ("Core", IDC, "a sample that holds a cancer of the breast"),
        ("Core biopsy", "Invasive lobular carcinoma.", "lobular"),
        ("Surgical pathology", DCIS, "in situ"),
        ("FNA", "B5b.", "a class of breast biopsy"),
        ("Excision specimen", "Breast tissue with fibrosis.", "its words name the breast"),
        ("Cytology", "C5, axilla.", "or the axilla"),
        (named("Laboratory", text="Histology"), IDC, "one of its names is of a sample"),
    ],
)
def test_a_report_of_breast_or_axilla(
    study: str | CodeableConcept, conclusion: str | None, why: str, source_of: SourceOf
) -> None:
    assert of_breast_or_axilla(report(study, conclusion=conclusion), source_of()), why


@pytest.mark.parametrize(
    ("study", "conclusion", "why"),
    [
        ("CT chest", IDC, "another study, whatever it says"),
        ("cpt:78815", IDC, "PET/CT of the body"),
        ("Liver biopsy", IDC, "a sample of another organ"),
        ("Bone marrow cytology", "Breast cancer cells.", "likewise"),
        ("Surgical pathology", "Adenocarcinoma.", "of what organ nobody says"),
        ("Surgical pathology", None, "it says nothing"),
        ("Laboratory report", IDC, "no sample of tissue"),
        (named("Liver biopsy", text="Laboratory"), IDC, "one of its names is of another organ, the other of none"),
    ],
)
def test_a_report_of_anything_else(
    study: str | CodeableConcept, conclusion: str | None, why: str, source_of: SourceOf
) -> None:
    """It has to be understood whole: an adenocarcinoma of the liver is a metastasis."""
    assert not of_breast_or_axilla(report(study, conclusion=conclusion), source_of()), why


# --- a larger tumour --------------------------------------------------------------------------------------------------
LARGE = "Left breast mass 62 mm."


@pytest.mark.parametrize(
    ("reports", "shown", "why"),
    [
        ((report("cpt:77066", conclusion=LARGE, id="r"),), [("r", ago(10))], "a mammogram"),
        ((report("cpt:77066", conclusion=LARGE, id="r", days=119),), [("r", ago(119))], "of this work-up"),
        ((report("cpt:77066", conclusion=LARGE, id="r", days=121),), [], "of an earlier one"),
        ((report("cpt:77066", conclusion=LARGE, id="r", days=None),), [("r", None)], "undated: it may be of this one"),
        ((report("CT chest", conclusion=LARGE, id="r"),), [], "read where reports of other parts are"),
        ((report("cpt:77066", conclusion="Left breast mass 18 mm.", id="r"),), [], "an early tumour"),
        ((report("US axilla", conclusion="Cortex 3 mm.", id="r"),), [], "a normal node"),
        ((report("US axilla", conclusion="Cortex 4 mm.", id="r"),), [("r", ago(10))], "a thick cortex"),
        (
            (report("US axilla", conclusion="Suspicious axillary node, cortex 4 mm.", id="r"),),
            [],
            "of a node that was read, and is left to the nodes",
        ),
        ((report("Axillary clearance", conclusion="5/12", id="r"),), [("r", ago(10))], "nodes that are counted"),
        ((report("cpt:77066", id="r"),), [], "without a conclusion"),
        (
            (report("cpt:77066", id="none"), report("cpt:77049", conclusion="Skin ulceration.", id="mri")),
            [("mri", ago(10))],
            "one of two",
        ),
    ],
)
def test_reports_of_the_work_up_that_make_the_tumour_larger(
    reports: tuple[DiagnosticReport, ...], shown: list[tuple[str, str | None]], why: str, source_of: SourceOf
) -> None:
    found = advanced(source_of(cancer(), *reports))
    assert [(each.resources, each.date) for each in found] == [
        ((f"DiagnosticReport/{id_}",), date) for id_, date in shown
    ], why
    assert {each.value for each in found} <= {"tumour in a breast report"}


# --- therapy that has begun, or is planned ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("study", "conclusion", "told", "left", "why"),
    [
        ("MRI breast", "Left mass 22 mm.", False, False, "nothing of therapy"),
        ("MRI breast", None, False, False, "nothing at all"),
        ("MRI breast", "Post NACT.", True, False, "it names it"),
        ("MRI breast after chemotherapy", "Left mass 22 mm.", True, False, "so does the name of the study"),
        ("MRI breast", "No chemotherapy.", False, False, "denied"),
        ("MRI breast", "After radiotherapy.", False, False, "not systemic"),
        ("MRI breast", "On tamoxifen.", False, False, "endocrine therapy may go on for years"),
        ("Breast biopsy", "NST.", False, False, "of no special type"),
        ("Breast FNA", "C5.", False, False, "a class, and no cycle"),
        ("Oncotype DX breast", "No chemotherapy benefit.", False, False, "what it would be good for"),
        ("Oncotype DX breast", "Chemotherapy benefit 3 %.", False, False, "likewise"),
        ("MRI breast", "Complete response.", True, False, "its effect"),
        ("MRI breast", "Immune response.", False, False, "another one"),
        ("MRI breast", "Partial response.", True, True, "something is left"),
        ("MRI breast", "No residual tumour.", False, False, "nothing is"),
        ("MRI breast", "Residual tumour 14 mm.", True, True, "something is"),
        ("MRI breast for residual disease", "Left mass.", True, True, "by the name of the study"),
        ("MRI breast", "Interval decrease.", True, True, "smaller, and there"),
        ("MRI breast", "After 4 x EC.", True, False, "cycles"),
        ("MRI breast", "Mid-treatment.", True, False, "between them"),
        ("Breast pathology", "ypT1.", True, False, "a stage after therapy"),
        ("CT chest", "Post NACT.", False, False, "not of the breast"),
    ],
)
def test_a_report_that_tells_of_therapy(
    study: str, conclusion: str | None, told: bool, left: bool, why: str, source_of: SourceOf
) -> None:
    """With `left` only those count by which disease is left."""
    source = source_of(cancer(), report(study, conclusion=conclusion))
    assert bool(telling_of_therapy(source, left=False)) is told, why
    assert bool(telling_of_therapy(source, left=True)) is left, why


# --- a fresh tumour ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("study", "conclusion", "shown", "why"),
    [
        ("Breast core biopsy", IDC, True, "in a sample"),
        ("Breast biopsy", "Possible carcinoma of the breast.", True, "in doubt too"),
        ("Breast biopsy", "B5b.", True, "by its British class"),
        ("Breast FNA", "C5.", True, "of cells"),
        ("Breast biopsy", "B2.", False, "a benign class"),
        ("Breast biopsy 2024", IDC, False, "filed of late, its name says of when"),
        ("Breast biopsy 2025", IDC, True, "it may be of the end of last year"),
        ("Breast biopsy 2017, addendum 2026", IDC, True, "the last year that it names counts"),
        ("Breast biopsy", "No carcinoma. Fibrosis.", False, "denied"),
        ("cpt:77066", "Known left breast cancer.", False, "imaging repeats what is known"),
        ("cpt:77066", LARGE, True, "imaging of an advanced one"),
        ("Liver biopsy", IDC, False, "of another organ: no local tumour"),
        ("Breast biopsy", None, False, "it says nothing"),
    ],
)
def test_a_report_that_shows_a_tumour(
    study: str, conclusion: str | None, shown: bool, why: str, source_of: SourceOf
) -> None:
    assert names_tumour(report(study, conclusion=conclusion), source_of()) is shown, why


@pytest.mark.parametrize(
    ("study", "conclusion", "malignant", "why"),
    [
        ("FNA left axilla", "C5.", True, "cells of a carcinoma"),
        ("Core biopsy lymph node", "B5.", True, "tissue of one"),
        (named("Cytology", text="Axillary node FNA"), "C5.", True, "one of its names is of a node"),
        ("Core biopsy breast", "Breast: B2. Axilla: C5.", True, "its statement names the axilla"),
        ("Core biopsy breast", "LN: B5b", True, "or a node, cut short"),
        ("Core biopsy breast", "Breast B5b; node C2", False, "the class of another statement"),
        ("Core biopsy breast", "B5b.", False, "of the breast"),
        ("US axilla", "C5.", False, "no sample"),
        ("FNA left axilla", "C2.", False, "benign cells"),
        ("FNA left axilla", None, False, "it says nothing"),
    ],
)
def test_a_sample_of_a_node_of_a_malignant_class(
    study: str | CodeableConcept, conclusion: str | None, malignant: bool, why: str
) -> None:
    assert bool(is_malignant_node(report(study, conclusion=conclusion))) is malignant, why


# --- another tumour ---------------------------------------------------------------------------------------------------
LEFT, RIGHT, BOTH = frozenset({"left"}), frozenset({"right"}), frozenset({"left", "right"})
UNSTATED: frozenset[str] = frozenset({"unstated"})


@pytest.mark.parametrize(
    ("conclusion", "sides", "another", "why"),
    [
        ("Suspicious for recurrence.", LEFT, True, "a recurrence"),
        ("No evidence of recurrence.", LEFT, False, "none"),
        ("Lymphoma.", LEFT, True, "another cancer"),
        ("No lymphoma.", LEFT, False, "none"),
        ("Left breast cancer. Right breast cancer.", LEFT, True, "a cancer on each side"),
        ("Right breast: BI-RADS 5.", LEFT, True, "on the side without a cancer"),
        ("Right breast: BI-RADS 4.", LEFT, True, "suspicious"),
        ("Right breast: BI-RADS 2.", LEFT, False, "benign"),
        ("Right breast pain.", LEFT, False, "a complaint"),
        ("Left breast: BI-RADS 5.", LEFT, False, "the tumour itself"),
        ("Left breast: BI-RADS 5.", RIGHT, True, "on the side without a cancer"),
        ("Right breast: BI-RADS 5.", RIGHT, False, "the tumour itself"),
        ("Right breast: BI-RADS 5.", BOTH, False, "one of the two that she has"),
        ("Left breast: BI-RADS 5; right breast: BI-RADS 5.", BOTH, True, "on both sides"),
        ("Right breast: BI-RADS 5.", UNSTATED, False, "nobody says which side the cancer is on"),
        ("Right breast: BI-RADS 5.", frozenset(), False, "no cancer on record"),
        ("No right breast cancer.", LEFT, False, "denied"),
        ("Left and right breast: BI-RADS 5.", LEFT, False, "a sentence of two sides says of neither which"),
        (None, LEFT, False, "it says nothing"),
    ],
)
def test_a_breast_report_of_another_cancer(
    conclusion: str | None, sides: frozenset[str], another: bool, why: str, source_of: SourceOf
) -> None:
    assert says_another_cancer(report("cpt:77066", conclusion=conclusion), sides, source_of()) is another, why


@pytest.mark.parametrize(
    ("study", "conclusion", "another", "why"),
    [
        ("Biopsy of breast scar", IDC, True, "cancer in a scar is a recurrence"),
        ("Biopsy of breast scar", "No carcinoma. Fibrosis.", False, "there is none"),
        ("Biopsy of breast scar", "Breast lump. Fibrosis.", False, "a lump may be the scar"),
        ("Biopsy of breast scar", f"{IDC} Breast lump.", True, "beside something else, too"),
        ("Breast biopsy, lumpectomy bed", IDC, True, "what an operation left"),
        (named("Laboratory", text="Biopsy of breast scar"), IDC, True, "by one of its names"),
        ("Breast biopsy", IDC, False, "the cancer itself"),
    ],
)
def test_cancer_in_what_an_operation_left(
    study: str | CodeableConcept, conclusion: str, another: bool, why: str, source_of: SourceOf
) -> None:
    assert says_another_cancer(report(study, conclusion=conclusion), LEFT, source_of()) is another, why


@pytest.mark.parametrize(
    ("conclusion", "sides", "suspicious", "why"),
    [
        ("Left breast cancer.", LEFT, False, "known, perhaps"),
        ("Left breast: BI-RADS 5.", LEFT, True, "a finding called so"),
        ("Left BI-RADS 4. Right BI-RADS 5.", BOTH, True, "on both sides"),
        ("Left breast: BI-RADS 3.", frozenset(), False, "probably benign"),
        ("Left breast pain.", frozenset(), False, "a complaint"),
        ("No left breast cancer.", frozenset(), False, "denied"),
        ("BI-RADS 5.", frozenset(), True, "of a side that nobody names"),
        ("Suspicious finding.", frozenset(), True, "whatever it is"),
        ("No suspicious finding.", frozenset(), False, "denied"),
        ("Suspicious finding. Liver metastasis.", frozenset(), True, "beside something else, too"),
        ("Liver lesion.", frozenset(), False, "of another organ"),
        ("Metastatic disease.", frozenset(), False, "no finding of the breast"),
        ("Left breast pain, BI-RADS 5.", LEFT, True, "beside a complaint"),
        (None, frozenset(), False, "it says nothing"),
    ],
)
def test_what_a_breast_report_sees(
    conclusion: str | None, sides: frozenset[str], suspicious: bool, why: str, source_of: SourceOf
) -> None:
    """Where the record has no side of the cancer, these decide whether a finding may be another one."""
    source, seen = source_of(), report("cpt:77066", conclusion=conclusion)
    assert sides_seen(seen, source) == sides, why
    assert is_suspicious(seen, source) is suspicious, why


@pytest.mark.parametrize(
    ("study", "sample", "why"),
    [
        ("Core biopsy left breast", True, "tissue"),
        ("Breast FNA", True, "cells"),
        ("Mammogram", False, "imaging"),
        ("Mammogram after biopsy", False, "imaging of where it was taken"),
        ("Post-biopsy clip", False, "likewise"),
        ("MRI guided biopsy", False, "imaging by its name, which may be all that it is"),
        (named("Laboratory", text="Mammogram after biopsy"), False, "one of its names is of imaging"),
        (named("Laboratory", text="Breast biopsy"), True, "one of its names is of tissue"),
    ],
)
def test_a_report_of_tissue_or_cells(study: str | CodeableConcept, sample: bool, why: str) -> None:
    assert is_sample(report(study, conclusion="Kryptoid.")) is sample, why
