"""Samples of breast and axilla: where they are from, what a node in them means, how they were taken."""

from collections.abc import Callable

import pytest

from cds_service.facts.breast_elsewhere import is_sampled_elsewhere
from cds_service.facts.breast_node_samples import nodal_metastases
from cds_service.facts.breast_open import leaves_open
from cds_service.facts.breast_studies import of_breast_or_axilla
from cds_service.facts.dates import when
from cds_service.facts.source import Source
from tests.support.resources import ago, concept, report

SourceOf = Callable[..., Source]

LEFT = frozenset({"left"})
NEW, OLD, LONG_AGO = when(ago(20)), when(ago(700)), when(ago(1500))
GUIDED, EXAM = "US guided breast biopsy left", "Tissue exam"


@pytest.mark.parametrize(
    ("study", "conclusion", "local", "why"),
    [
        (EXAM, "Left breast: carcinoma.", True, "a sample that names the breast"),
        (EXAM, "Invasive ductal carcinoma.", True, "or a cancer that only breasts have"),
        (EXAM, "Colon: adenocarcinoma.", False, "not one of another organ"),
        ("Tissue exam of the liver", "Invasive ductal carcinoma.", False, "nor a study of one"),
        ("Anatomic Pathology", "ER positive.", True, "or what breasts are tested for"),
        ("AP report", "Left breast: carcinoma.", True, "by its abbreviation"),
        ("AP chest", "Left breast shadow.", False, "a radiograph from the front"),
        ("ER/PR/HER2 panel", "Estrogen receptor: positive.", True, "the panel"),
        ("HER2 FISH", "HER2 not amplified.", True, "one gene of it"),
        ("Biomarkers", "Troponin 3.", False, "other markers"),
        ("Mammo seed localization left", None, True, "only the breast has mammograms"),
        ("Lymphoscintigraphy", "Injected at the left areola.", True, "of the breast"),
        ("Lymphoscintigraphy", "Injected in the left foot.", False, "of another tumour"),
    ],
)
def test_which_reports_are_of_breast_or_axilla(
    study: str, conclusion: str | None, local: bool, why: str, source_of: SourceOf
) -> None:
    assert of_breast_or_axilla(report(study, conclusion=conclusion), source_of()) is local, why


@pytest.mark.parametrize(
    ("study", "conclusion", "elsewhere", "why"),
    [
        ("Pathology", "Left breast, core: ductal carcinoma.", False, "the heading names the breast"),
        ("Pathology", "Final diagnosis: ductal carcinoma.", False, "or no part at all"),
        ("Pathology", "Ductal carcinoma. Comment: reviewed.", False, "what comes after is no heading of it"),
        ("Pathology", "Kryptoid: ductal carcinoma.", True, "a heading that nobody knows"),
        ("Pathology", "Kryptoid:\nDuctal carcinoma.", True, "on a line of its own"),
        ("Pathology", "Kryptoid: benign. Left breast: ductal carcinoma.", False, "where no cancer is"),
        ("Breast pathology", "Kryptoid: ductal carcinoma.", False, "the study says of what it is"),
        ("Breast pathology", "Liver: ductal carcinoma.", True, "but not against a part that is named"),
        ("Pathology", "Lobular carcinoma of the stomach.", True, "in the sentence itself"),
        ("Pathology", "Stomach normal. Left breast: lobular carcinoma.", False, "in another one"),
        ("Pathology", "ER positive. Specimen: liver.", True, "where the sample is from"),
        ("Pathology", "Left breast core biopsy, no liver.", False, "a sample of the breast"),
        ("Breast pathology", "Scalp: ductal carcinoma.", True, "nor against one that only samples name"),
        ("Pathology", "Kryptoid: no ductal carcinoma.", False, "none is found there"),
        ("Pathology", "Kryptoid: carcinoma.", True, "of any kind"),
        ("Pathology", "Ductal carcinoma. Kryptoid: lobular carcinoma.", True, "a second one"),
        ("Pathology", "Kryptoid:9 mm ductal carcinoma.", True, "a number right behind the heading"),
        (
            "Pathology",
            "Left breast, 9:30: carcinoma, back to back glands.",
            False,
            "a place on the clock, and a pattern",
        ),
    ],
)
def test_where_a_sample_is_from(study: str, conclusion: str, elsewhere: bool, why: str, source_of: SourceOf) -> None:
    reading = source_of().read(conclusion)
    assert is_sampled_elsewhere(report(study, conclusion=conclusion), conclusion, reading) is elsewhere, why


def test_one_name_of_a_study_says_that_it_is_of_the_breast(source_of: SourceOf) -> None:
    text = "Kryptoid: ductal carcinoma."
    named = report(concept("loinc:22634-0=Pathology study", text="Breast pathology"), conclusion=text)
    assert not is_sampled_elsewhere(named, text, source_of().read(text))


@pytest.mark.parametrize(
    ("conclusion", "nodal", "why"),
    [
        ("Left axillary lymph node, core: metastatic carcinoma.", True, "the heading names the node"),
        ("Left axillary lymph node, core:\nMetastatic carcinoma, breast primary.", True, "on a line of its own"),
        ("Sentinel lymph node, core: metastatic carcinoma.", True, "a sentinel node is of the axilla"),
        ("Metastatic carcinoma in one axillary lymph node.", True, "behind it"),
        ("Metastatic carcinoma. Axillary node: normal.", False, "not in another sentence"),
        ("Right axillary lymph node, core: metastatic carcinoma.", False, "the other side"),
        ("Left neck lymph node near the axilla: metastatic carcinoma.", False, "another part"),
        ("Left axillary lymph nodes, core: metastatic carcinoma.", False, "several may be N2"),
        ("Left axillary lymph node: metastatic carcinoma, extranodal extension.", False, "growth out of it"),
        ("Left axillary lymph node: metastatic carcinoma, uncertain origin.", False, "a doubt"),
        ("Left axillary lymph node: metastatic carcinoma, pancreatobiliary primary.", False, "of another organ"),
        ("Left axillary lymph node, core: metastasis, salivary origin.", False, "of another one"),
        ("Metastatic carcinoma in one axillary lymph node, other nodes too.", False, "several may be N2"),
        ("Left axillary lymph node, unclear: metastatic carcinoma.", False, "a doubt before it"),
        ("Left axillary lymph node: metastatic carcinoma, possibly melanoma.", False, "a doubt behind it"),
        ("Axillary tissue: metastatic carcinoma.", False, "no node"),
        ("Lymph node: metastatic carcinoma. Left axilla normal.", False, "a node of nobody knows where"),
        ("Fresh.\nSternal and axillary lymph node, core: metastasis.", False, "another part, on a new line"),
        ("Left axillary lymph node, level III: metastatic carcinoma.", False, "under the collar bone it is N3"),
        ("Left axillary lymph node at the apex: metastatic carcinoma.", False, "likewise"),
        ("Left axillary lymph node: no metastatic carcinoma.", False, "none"),
    ],
)
def test_a_metastasis_in_one_node(conclusion: str, nodal: bool, why: str, source_of: SourceOf) -> None:
    found = nodal_metastases(report("Pathology", conclusion=conclusion), LEFT, source_of())
    assert any(found) is nodal, why


@pytest.mark.parametrize(
    ("study", "conclusion", "open_", "why"),
    [
        (GUIDED, "Kryptoid.", True, "nothing tells that it is how a sample was taken"),
        (GUIDED, "Lidocaine. Kryptoid.", False, "where it does, nobody need know every word"),
        (GUIDED, "Lidocaine. Kryptoid? Clip placed.", True, "a question is no such word"),
        (GUIDED, "Lidocaine. Seizure.", True, "nor is a symptom"),
        (GUIDED, "Risks including bleeding were explained. Clip placed.", False, "but what she was told of is none"),
        (GUIDED, "Lidocaine. Atypical cells.", True, "a result that is neither benign nor cancer"),
        (GUIDED, "Lidocaine. Pleural fluid.", True, "another part of the body"),
        ("US guided breast biopsy right", "Lidocaine. Kryptoid.", True, "the other side"),
        (GUIDED, "Lidocaine. Calcium elevated.", True, "calcium of the blood is none of the breast"),
        (GUIDED, "Lidocaine. Kryptoid. Biopsy site marked.", False, "where it was taken"),
        ("Breast receptors", "ER positive. Kryptoid.", False, "receptors are of the cancer"),
        ("Breast receptors", "Right: ER positive.", True, "of a cancer of the other side"),
        ("Breast receptors", "Kryptoid.", True, "without them nobody knows"),
    ],
)
def test_a_sample_of_a_new_cancer(study: str, conclusion: str, open_: bool, why: str, source_of: SourceOf) -> None:
    assert leaves_open(report(study, conclusion=conclusion), LEFT, NEW, source_of()) is open_, why


@pytest.mark.parametrize(
    ("days", "conclusion", "open_", "why"),
    [
        (1400, "Left breast: ductal carcinoma.", False, "of the first cancer, after its therapy"),
        (200, "Left breast: ductal carcinoma.", True, "years after it: a recurrence, or another one"),
        (10, "Left breast: ductal carcinoma.", False, "of late: asked for as a recurrence"),
        (10, "Left axillary node: metastatic carcinoma.", True, "a node is not asked for so"),
        (200, "History of ductal carcinoma. Left breast: fat necrosis.", False, "a cancer that is only told again"),
        (None, "Left breast: ductal carcinoma.", False, "undated, it may be of the first one"),
    ],
)
def test_a_cancer_in_a_sample_of_a_treated_breast(
    days: int | None, conclusion: str, open_: bool, why: str, source_of: SourceOf
) -> None:
    assert leaves_open(report("Pathology", conclusion=conclusion, days=days), LEFT, LONG_AGO, source_of()) is open_, why


@pytest.mark.parametrize(
    ("recorded", "open_", "why"),
    [(True, False, "a finding on the side of the cancer"), (False, True, "not where the reports alone name a side")],
)
def test_a_finding_on_the_side_that_the_record_names(
    recorded: bool, open_: bool, why: str, source_of: SourceOf
) -> None:
    seen = report("Mammogram", conclusion="Left breast: kryptoid calcifications.")
    assert leaves_open(seen, LEFT, NEW, source_of(), recorded=recorded) is open_, why


@pytest.mark.parametrize(
    ("conclusion", "open_", "why"),
    [
        ("BI-RADS 2. Liver normal.", False, "another part that is normal"),
        ("BI-RADS 2. Liver kryptoid.", True, "or not understood"),
        ("BI-RADS 2. Liver normal. Kryptoid.", True, "what follows may be of it"),
        ("BI-RADS 2. Liver normal. Breast kryptoid.", False, "but not what is of the breast again"),
        ("BI-RADS 2. Biopsy of the scar is recommended.", True, "a next step"),
        ("BI-RADS 2. No biopsy is recommended.", False, "which is denied"),
    ],
)
def test_a_benign_report_in_follow_up(conclusion: str, open_: bool, why: str, source_of: SourceOf) -> None:
    assert leaves_open(report("MRI breast", conclusion=conclusion), LEFT, OLD, source_of()) is open_, why
