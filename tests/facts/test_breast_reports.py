"""What reports of breast and axilla say of the tumour: whether they are of it, show it, or show another one."""

from collections.abc import Callable

import pytest

from cds_service.facts.breast_reports import (
    advanced,
    is_malignant_node,
    names_tumour,
    says_another_cancer,
)
from cds_service.facts.breast_studies import of_breast_or_axilla
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


# --- a fresh tumour ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("study", "conclusion", "shown", "why"),
    [
        ("Breast core biopsy", IDC, True, "in a sample"),
        ("Breast biopsy", "Possible carcinoma of the breast.", True, "in doubt too"),
        ("Breast biopsy", "B5b.", True, "by its British class"),
        ("Breast FNA", "C5.", True, "of cells"),
        ("Breast biopsy", "B2.", False, "a benign class"),
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
