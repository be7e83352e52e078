"""What a report of breast or axilla leaves open: of a new cancer on its side nothing but what counts, elsewhere and in
follow-up whatever is not understood.
"""

from collections.abc import Callable

import pytest

from cds_service.facts.breast_open import is_followed, leaves_open
from cds_service.facts.breast_sides import own_sides
from cds_service.facts.breast_statements import statements
from cds_service.facts.dates import when
from cds_service.facts.source import Source
from cds_service.fhir.resources import DiagnosticReport
from tests.support.resources import ago, report

SourceOf = Callable[..., Source]

LEFT, RIGHT, BOTH = frozenset({"left"}), frozenset({"right"}), frozenset({"left", "right"})
NONE: frozenset[str] = frozenset()
NEW, OLD = when(ago(20)), when(ago(700))
MAMMOGRAM, MRI, CORE, FNA = "Mammogram", "MRI breast", "Core biopsy left breast", "FNA axilla left"


# --- a new cancer of the left breast ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("study", "conclusion", "open_", "why"),
    [
        (MAMMOGRAM, None, False, "it says nothing"),
        (
            MAMMOGRAM,
            "Left breast: knobbly kryptoid mass 22 mm.",
            False,
            "on its side the tumour may look like anything",
        ),
        (MAMMOGRAM, "Right breast: kryptoid.", True, "on the other side every word has to be understood"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast: kryptoid.", True, "also beside the tumour"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast normal.", False, "and what is understood is normal"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast BI-RADS 2.", False, "or benign"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast BI-RADS 3.", True, "not what may be more"),
        (MAMMOGRAM, "Left BI-RADS 5. Right BI-RADS 1.", False, "what is open is on its side"),
        (MAMMOGRAM, "Left mass 22 mm. Right M1.", False, "the class of a normal mammogram, and no stage"),
        (MAMMOGRAM, "Left mass 22 mm. Right metastasis.", True, "which it is not"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast ultrasound normal.", False, "the name of a study"),
        (MAMMOGRAM, "Left mass 22 mm. Right lymph node normal.", False, "a part of the question"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast biopsy benign.", False, "what was sampled, and is benign"),
        (MAMMOGRAM, "Left mass 22 mm. Right lymph node 14 mm.", True, "of which nobody says what it is"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast: staging.", False, "what the study was for"),
        ("Mammogram right", "Known breast cancer.", False, "what is known is no news, at the very beginning, too"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast abscess.", True, "an acute disease"),
        (MAMMOGRAM, "Left mass 22 mm. Right calcification.", True, "a finding"),
        (MAMMOGRAM, "Left mass 22 mm. Right: no retraction, calcification or scar.", False, "denied in a list"),
        (MAMMOGRAM, "Left mass 22 mm. Right mass 9 mm.", True, "a mass on the other side"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast: no mass.", False, "none"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast: mass not seen.", False, "none, behind it"),
        (MAMMOGRAM, "Left mass 22 mm, right as well.", True, "what it says stands in front of it"),
        (MAMMOGRAM, "Left mass 22 mm. Right: negative.", False, "a word that says it is normal"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast:\nNormal.", False, "what a heading is of stands behind it"),
        (MAMMOGRAM, "Left and right mass.", True, "it is of both"),
        (MAMMOGRAM, "Left mass 22 mm. Known right breast cancer.", False, "what is known is no news"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast cancer.", True, "what is not known is"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast cancer is known.", False, "it may be said behind it"),
        (MAMMOGRAM, "Left mass 22 mm. Right breast cancer was seen again, as was known.", True, "not so far off"),
        (MAMMOGRAM, "Known left mass 22 mm, and again as before the right breast cancer.", True, "nor before it"),
        (MAMMOGRAM, "Left mass 22 mm. Suspicious right axillary node.", True, "a node of the other axilla"),
        (MAMMOGRAM, "Left mass 22 mm. Normal right axillary nodes.", False, "normal ones"),
        (MAMMOGRAM, "Left mass 22 mm. Suspicious finding right.", True, "whatever it is"),
        (MRI, "Left mass 22 mm. Liver kryptoid.", True, "another part of the body"),
        (MRI, "Left mass 22 mm. Liver normal.", False, "which is normal"),
        (MRI, "Left mass 22 mm over the third rib.", False, "a part that says where the tumour is"),
        (MAMMOGRAM, "Kryptoid.", True, "imaging that names no tumour is read whole"),
        (MAMMOGRAM, "Left 22 mm.", False, "a size on its side is the tumour's"),
        (MAMMOGRAM, "Kryptoid tumour.", False, "one that names it is not"),
        (MAMMOGRAM, "Kryptoid, index.", False, "by any word for it"),
        (MAMMOGRAM, "Kryptoid, BI-RADS 6.", False, "by its class"),
        (MAMMOGRAM, "Kryptoid, M5.", False, "the British one, too"),
        (MAMMOGRAM, "Kryptoid, M4.", True, "a lower one is not surely the tumour"),
        (MAMMOGRAM, "Left BI-RADS 4.", False, "where all is understood it may still be its class"),
        (MAMMOGRAM, "Kryptoid breast lump.", False, "or as a lump"),
        (MAMMOGRAM, "Kryptoid, suspicious axillary node.", False, "a node is read with the nodes"),
        (MAMMOGRAM, "Kryptoid, normal axillary node.", True, "a normal one is no tumour"),
        (MAMMOGRAM, "Left mass 22 mm. Motion.", True, "it could not be read"),
        (MAMMOGRAM, "Left mass 22 mm. Lymphoma?", True, "another tissue"),
        (CORE, "Invasive carcinoma with kryptoid features.", False, "a sample that names the cancer"),
        (CORE, "B5b. Kryptoid.", False, "or its class"),
        (CORE, "Kryptoid, pT2.", False, "or its stage"),
        (CORE, "Kryptoid, pT0.", True, "no stage of a cancer"),
        (CORE, "Kryptoid, M0.", True, "nor is it of nodes or metastases alone"),
        (CORE, "Kryptoid.", True, "one that says neither cancer nor benign"),
        (CORE, "Benign breast tissue.", False, "a benign one"),
        (CORE, "Benign kryptoid.", True, "one that is not understood"),
        (CORE, "B3. Carcinoma.", True, "a class that decides nothing, whatever else is said"),
        (CORE, "B2. Fibroadenoma.", False, "a class that does"),
        (FNA, "C3.", True, "atypical cells"),
        (FNA, "C2.", False, "benign cells"),
        (CORE, "Invasive carcinoma. Right breast: kryptoid.", True, "the other side of a sample"),
        ("Core biopsy right breast", "Invasive carcinoma.", True, "a cancer of the other side"),
        ("Post biopsy mammogram left", "Kryptoid tumour.", False, "imaging after a sample is no sample"),
    ],
)
def test_a_report_of_the_work_up(
    study: str, conclusion: str | None, open_: bool, why: str, source_of: SourceOf
) -> None:
    assert leaves_open(report(study, conclusion=conclusion), LEFT, NEW, source_of()) is open_, why


# --- in follow-up -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("study", "conclusion", "open_", "why"),
    [
        (MAMMOGRAM, "BI-RADS 2. Kryptoid.", False, "a final assessment that is benign closes it"),
        (MAMMOGRAM, "BI-RADS 3. Scar.", True, "one that is not, does not"),
        (MAMMOGRAM, "BI-RADS 2. New kryptoid.", True, "where something changed every word counts"),
        (MAMMOGRAM, "BI-RADS 2. Liver kryptoid.", True, "where another part is named, too"),
        (MAMMOGRAM, "Kryptoid.", True, "without an assessment"),
        (MAMMOGRAM, "Stable scar.", False, "it is understood"),
        (MAMMOGRAM, "Left breast mass 22 mm.", True, "a mass on the side of the cancer, which was treated"),
        (MAMMOGRAM, "No left breast mass.", False, "none"),
        (MAMMOGRAM, "Skin thickening.", True, "growth"),
        (MAMMOGRAM, "Stable skin thickening.", True, "also where every word is understood"),
        ("Axillary clearance", "3/12.", True, "nodes that are counted"),
        ("US axilla", "Cortex 3 mm, normal nodes.", False, "at the limit of a normal cortex"),
        ("US axilla", "Cortex 4 mm.", True, "past it"),
        ("US axilla", "Suspicious axillary node.", False, "a node that was read is left to the nodes"),
        ("US axilla", "Axillary node highly suspicious, suspicious.", False, "however often it is called so"),
        (MAMMOGRAM, "Suspicious finding at the scar. Axillary nodes normal.", True, "not of nodes, which are normal"),
        (MAMMOGRAM, "Suspicious finding at the scar.", True, "nor where there are none"),
        ("US axilla", "Lymph node 14 mm.", True, "a node of which nobody says what it is"),
        ("US axilla", "No abnormal node. Largest node 7 mm.", False, "one of those that were read"),
        (MAMMOGRAM, "Right 15 mm.", True, "nobody says of what"),
        (MAMMOGRAM, "No retraction, calcification or scar.", False, "denied in a list"),
        (CORE, "B2. Fat necrosis.", False, "a benign sample"),
        (CORE, "Invasive carcinoma.", False, "cancer in a sample is a recurrence, asked elsewhere"),
    ],
)
def test_a_report_after_treatment(study: str, conclusion: str, open_: bool, why: str, source_of: SourceOf) -> None:
    assert leaves_open(report(study, conclusion=conclusion), LEFT, OLD, source_of()) is open_, why


@pytest.mark.parametrize(
    ("since", "days", "followed", "why"),
    [
        (200, 18, False, "182 days after the diagnosis"),
        (200, 17, True, "183 days after it: how the cancer showed itself is over"),
        (200, 199, False, "the day after"),
        (182, None, False, "undated: of today at the latest"),
        (183, None, True, "so long ago that only follow-up is left, perhaps"),
        (None, 10, True, "nobody knows how old the cancer is"),
    ],
)
def test_a_report_is_of_follow_up(
    since: int | None, days: int | None, followed: bool, why: str, source_of: SourceOf
) -> None:
    known = when(ago(since)) if since is not None else None
    assert is_followed(report(MAMMOGRAM, conclusion="Scar.", days=days), known, source_of()) is followed, why


# --- the side of the cancer -------------------------------------------------------------------------------------------
def told(*conclusions: str | None, study: str = MAMMOGRAM) -> tuple[DiagnosticReport, ...]:
    return tuple(report(study, conclusion=each) for each in conclusions)


@pytest.mark.parametrize(
    ("sides", "reports", "own", "why"),
    [
        (LEFT, told("Right M5."), LEFT, "that of the record, whatever reports see"),
        (frozenset({"left", "unstated"}), told("Right M5."), LEFT, "one that is stated"),
        (frozenset({"bilateral"}), (), BOTH, "both"),
        (BOTH, (), BOTH, "of two cancers"),
        (NONE, (), NONE, "nobody says"),
        (frozenset({"unstated"}), told(None), NONE, "nor does a report without words"),
        (NONE, told("Known left breast cancer. Right M5."), LEFT, "what a report knows goes before what it sees"),
        (NONE, told("Left as known. Right M5."), LEFT, "in other words"),
        (NONE, told("Left index lesion."), LEFT, "likewise"),
        (NONE, told("Biopsy-proven malignancy of the left breast."), LEFT, "proven is known"),
        (NONE, told("Known left cancer.", "Known right cancer."), NONE, "reports that differ"),
        (NONE, told("Left M5. Right mass 9 mm."), LEFT, "a cancer goes before a mass"),
        (NONE, told("Left breast cancer."), LEFT, "a cancer that is seen"),
        (NONE, told("Left BI-RADS 5."), LEFT, "by its class"),
        (NONE, told("Left BI-RADS 4."), NONE, "a lower one may be no cancer"),
        (NONE, told("Left M5. Right M5."), NONE, "one on each side"),
        (NONE, told("Left breast mass."), LEFT, "a mass alone"),
        (NONE, told("No left breast mass."), NONE, "none"),
        (NONE, told("Left breast pain."), NONE, "a complaint is no tumour"),
        (NONE, told("Suspicious left axillary node."), LEFT, "a node that it would explain"),
        (NONE, told("Left axillary node: positive."), LEFT, "one that is positive"),
        (NONE, told("Left axillary nodal metastasis."), LEFT, "or proven"),
        (NONE, told("Normal left axillary node."), NONE, "a normal one needs no explanation"),
        (NONE, told("Suspicious finding left."), LEFT, "a finding that it would explain"),
        (NONE, told("Left and right mass."), NONE, "a statement of both sides"),
        (NONE, told("Invasive carcinoma.", study=CORE), LEFT, "by the name of the study"),
    ],
)
def test_the_side_of_the_cancer(
    sides: frozenset[str], reports: tuple[DiagnosticReport, ...], own: frozenset[str], why: str, source_of: SourceOf
) -> None:
    assert own_sides(sides, reports, source_of()) == own, why


# --- statements -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("study", "conclusion", "stated", "why"),
    [
        (MAMMOGRAM, "Left scar. Right normal.", [("Left scar", LEFT), ("Right normal", RIGHT)], "each names its side"),
        (MAMMOGRAM, "Scar 2.5 cm; clip", [("Scar 2.5 cm", NONE), ("clip", NONE)], "nobody says"),
        ("Mammogram left", "Scar.", [("Scar", LEFT)], "the study does"),
        ("Mammogram left", "Right scar.", [("Right scar", RIGHT)], "a statement of its own goes before it"),
        (
            MAMMOGRAM,
            "RIGHT BREAST:\nMass. Clip.",
            [("RIGHT BREAST:", RIGHT), ("Mass", RIGHT), ("Clip", RIGHT)],
            "a heading",
        ),
        (
            MAMMOGRAM,
            "RIGHT BREAST: mass.\nClip.",
            [("RIGHT BREAST: mass", RIGHT), ("Clip", NONE)],
            "no heading: it says something itself",
        ),
        (MAMMOGRAM, "Right mass\nClip.", [("Right mass", RIGHT), ("Clip", NONE)], "nor is a line that says something"),
        (MAMMOGRAM, "Right breast. Mass.", [("Right breast", RIGHT), ("Mass", RIGHT)], "a heading with a full stop"),
        (
            MAMMOGRAM,
            "Findings on the right:\nMass.",
            [("Findings on the right:", RIGHT), ("Mass", RIGHT)],
            "any line with a colon",
        ),
        (
            MAMMOGRAM,
            "Left scar, right normal.",
            [("Left scar", LEFT), (", right normal", RIGHT)],
            "two sides, at the comma",
        ),
        (MAMMOGRAM, "Left scar and right clip.", [("Left scar", LEFT), ("and right clip", RIGHT)], "or at an and"),
        (MAMMOGRAM, "Left and right scar.", [("Left and right scar", BOTH)], "unless it is all that stands between"),
        (MAMMOGRAM, "Scar left, right normal.", [("Scar left", LEFT), (", right normal", RIGHT)], "a comma parts them"),
        (MAMMOGRAM, "Left right scar.", [("Left right scar", BOTH)], "two sides that nothing parts"),
        (
            "Mammogram left",
            "Scar, right normal.",
            [("Scar", LEFT), (", right normal", RIGHT)],
            "one of them of the study",
        ),
        (MAMMOGRAM, "Both breasts: scar.", [("Both breasts: scar", frozenset({"other", "bilateral"}))], "any side"),
        (MAMMOGRAM, "Scar of the other breast.", [("Scar of the other breast", frozenset({"other"}))], "not this one"),
    ],
)
def test_the_statements_of_a_report(
    study: str, conclusion: str, stated: list[tuple[str, frozenset[str]]], why: str, source_of: SourceOf
) -> None:
    found = statements(report(study, conclusion=conclusion), source_of())
    said = [(conclusion[each.start : each.end].strip(), each.sides) for each in found]
    assert [each for each in said if each[0]] == stated, why
