"""One patient for every ACR variant that no scenario of the five articles reaches, and where two topics differ."""

from dataclasses import replace

from tests.support.scenarios.axilla import PALPABLE
from tests.support.scenarios.model import (
    BONE_SCAN,
    CORE_BIOPSY,
    MAMMOGRAPHY,
    MBA,
    MRI_BREAST,
    PET_CT,
    UA,
    UNA,
    US_AXILLA,
    US_BREAST,
    Judged,
    Scenario,
    Shown,
    asked_for,
    rated,
)
from tests.support.scenarios.stories import (
    AXILLA_AFTER_THERAPY,
    MAMMOGRAM,
    NODE_POSITIVE_3_CM,
    STAGE_IA,
    STAGE_IIA_T2N0,
    STAGE_IIB_T2N1,
    SUSPICIOUS_NODE,
    after_neoadjuvant,
    before_neoadjuvant,
    new_patient,
    order,
    survivor,
)
from tests.support.story import Finding, PatientStory, Report, Treatment, Tumor

US_BETTER = Shown(indicator="info", offers=(US_AXILLA,), recommended=US_AXILLA)
US_FIRST = Shown(indicator="warning", offers=(US_AXILLA,), recommended=US_AXILLA)
BREAST_EXTENT = "Extent of disease in the left breast"
LUMP_IN_TREATED_BREAST = "New palpable lump in the left breast, suspected local recurrence"
LUMP_ON_CHEST_WALL = "New nodule in the left mastectomy scar, suspected local recurrence"
NODE_ON_CT = Report(
    study="ct-chest-with",
    date="2026-11-03",
    conclusion="Suspicious left axillary lymph node of 14 mm. Lungs clear.",
)
NODE_NEGATIVE_3_CM = replace(NODE_POSITIVE_3_CM, stage="IIA", n="N0")
NODE_NEGATIVE_2_CM = replace(NODE_NEGATIVE_3_CM, stage="IA", t="T1", size_mm=20)
MAMMOGRAM_BEFORE_THERAPY = replace(MAMMOGRAM, date="2026-03-05")
NORMAL_AXILLA_BEFORE_THERAPY = Report(
    study="us-axilla-left", date="2026-03-09", conclusion="No suspicious left axillary lymph nodes."
)


def _node_negative(
    name: str, *reports: Report, tumor: Tumor = NODE_NEGATIVE_3_CM, sex: str = "female", running: bool = False
) -> PatientStory:
    """Clinically node-negative in March; chemotherapy from April, to October unless it still runs; surgery ahead."""
    course = Treatment(what="neoadjuvant-chemotherapy", start="2026-04-06", end="2026-10-19")
    if running:
        course = Treatment(what="neoadjuvant-chemotherapy", start="2026-09-07", status="in-progress")
    concept = "invasive-left-male" if sex == "male" else "invasive-left"
    return PatientStory(
        name=name, sex=sex, tumors=(replace(tumor, concept=concept),), treatments=(course,), reports=reports
    )


INVASIVE_CANCER: tuple[Scenario, ...] = (
    Scenario(
        name="v310-1-us-breast",
        why="Stage I, ultrasound of the breast for extent: 310-v1, 9 (B3)",
        story=new_patient("v310-1"),
        orders=(order("us-breast-left", reason_text=BREAST_EXTENT),),
        judged=(rated(UA, 9, "310-v1", question="breast", procedure=US_BREAST),),
    ),
    Scenario(
        name="v310-3-mri-breast",
        why="Stage IIB, breast MRI for extent: 310-v3, 8 (B3)",
        story=new_patient("v310-3", STAGE_IIB_T2N1, reports=(MAMMOGRAM,)),
        orders=(order("mri-breast", reason_text=BREAST_EXTENT),),
        judged=(rated(UA, 8, "310-v3", question="breast", procedure=MRI_BREAST),),
    ),
    Scenario(
        name="v310-7-mammography-mastectomy-side",
        why="Mammography of the side of the mastectomy, no finding: 310-v7, 1 (B3); breast MRI is 5",
        story=survivor("v310-7", operation="mastectomy"),
        orders=(order("mammography-left", "invasive-left", reason_text="Follow-up, rule out local recurrence"),),
        judged=(rated(UNA, 1, "310-v7", question="local-recurrence", procedure=MAMMOGRAPHY),),
        cards=(Shown(indicator="warning"),),
    ),
    Scenario(
        name="v310-8-us-breast-new-lump",
        why="A new lump in the conserved breast: 310-v8 rates ultrasound 8 (B3), not 310-v6's 2",
        story=survivor("v310-8", Finding(concept="breast-lump-left", onset="2026-11-09")),
        orders=(order("us-breast-left", "breast-lump-left", reason_text=LUMP_IN_TREATED_BREAST),),
        judged=(rated(UA, 8, "310-v8", question="local-recurrence", never=("310-v6",)),),
    ),
    Scenario(
        name="v310-9-us-breast-chest-wall",
        why="A nodule in the mastectomy scar: 310-v9 rates ultrasound 9 (B3), not 310-v7's 1",
        story=survivor("v310-9", operation="mastectomy"),
        orders=(order("us-breast-left", reason_text=LUMP_ON_CHEST_WALL),),
        judged=(rated(UA, 9, "310-v9", question="local-recurrence", never=("310-v7",)),),
    ),
)

AXILLA: tuple[Scenario, ...] = (
    Scenario(
        name="v286-2-us-axilla-both-sides",
        why="New lumps in both axillae in follow-up: 286-v2 rates US axilla 9 (B3), not 310-v10's 1",
        story=survivor(
            "v286-2",
            Finding(concept="axillary-mass", onset="2026-11-09"),
            Finding(concept="axillary-mass-right", onset="2026-11-09"),
        ),
        orders=(order("us-axilla", "axillary-mass", reason_text="New lumps in both axillae"),),
        judged=(rated(UA, 9, "286-v2", question="axilla", never=("310-v10", "286-v1")),),
    ),
    Scenario(
        name="v286-4-pet-ct-for-axilla",
        why="1.8 cm, palpable node, no therapy planned, PET/CT for the axilla: 286-v4, 2; ultrasound 9 (B3)",
        story=new_patient("v286-4", replace(STAGE_IA, stage="IIA", n="N1"), findings=(PALPABLE,), reports=(MAMMOGRAM,)),
        orders=(order("pet-ct", reason_text="Evaluate left axillary nodes before surgery"),),
        judged=(rated(UNA, 2, "286-v4", question="axilla", procedure=PET_CT, never=("286-v6", "235-v4")),),
        cards=(US_FIRST,),
    ),
    Scenario(
        name="v286-5-us-axilla",
        why="3 cm, node-negative, US axilla: 286-v5, 6 (B3); 310-v1 yields to it",
        story=new_patient("v286-5", STAGE_IIA_T2N0, reports=(MAMMOGRAM,)),
        orders=(order("us-axilla-left"),),
        judged=(rated(MBA, 6, "286-v5", question="axilla", never=("286-v3", "310-v1")),),
    ),
    Scenario(
        name="v286-6-pet-ct-for-axilla",
        why="3 cm, palpable node, no therapy planned, PET/CT for the axilla: 286-v6, 5; ultrasound 9 (B3)",
        story=new_patient("v286-6", STAGE_IIB_T2N1, findings=(PALPABLE,), reports=(MAMMOGRAM,)),
        orders=(order("pet-ct", reason_text="Evaluate left axillary nodes before surgery"),),
        judged=(rated(MBA, 5, "286-v6", question="axilla", procedure=PET_CT, never=("286-v4", "235-v4")),),
        cards=(US_BETTER,),
    ),
    Scenario(
        name="v286-7-us-axilla-lump-during-therapy",
        why="3 cm, node-negative, a new axillary lump during chemotherapy: 286-v7 rates US axilla 9 (B3)",
        story=replace(
            _node_negative("v286-7", MAMMOGRAM_BEFORE_THERAPY, running=True),
            findings=(Finding(concept="axillary-mass", onset="2026-11-09"),),
        ),
        orders=(order("us-axilla-left", "axillary-mass", reason_text="New lump in the left axilla"),),
        judged=(rated(UA, 9, "286-v7", question="axilla"),),
    ),
    Scenario(
        name="v286-8-us-axilla",
        why="3 cm, node-negative, axilla imaged before chemotherapy: 286-v8, US axilla 5, the panel disagreed (B3)",
        story=_node_negative("v286-8", MAMMOGRAM_BEFORE_THERAPY, NORMAL_AXILLA_BEFORE_THERAPY),
        orders=(order("us-axilla-left", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(MBA, 5, "286-v8", question="axilla", never=("235-v5", "286-v9")),),
    ),
    Scenario(
        name="v286-11-core-biopsy",
        why="A suspicious node seen on ultrasound in follow-up: 286-v11 rates core biopsy 9 (B3)",
        story=survivor("v286-11", reports=(SUSPICIOUS_NODE,)),
        orders=(order("node-core-biopsy", site="Left axilla"),),
        judged=(rated(UA, 9, "286-v11", question="axilla", procedure=CORE_BIOPSY, never=("235-v8",)),),
    ),
    Scenario(
        name="v286-12-us-axilla-node-on-ct",
        why="A suspicious node seen on CT has to be found again: 286-v12 rates US axilla 9 (B3, A5 S3 ↔ 286 V12)",
        story=new_patient("v286-12", replace(STAGE_IIA_T2N0, stage=None, n=None), reports=(MAMMOGRAM, NODE_ON_CT)),
        orders=(order("us-axilla-left"),),
        judged=(rated(UA, 9, "286-v12", question="axilla", never=("235-v8", "286-v5")),),
    ),
)

NEOADJUVANT: tuple[Scenario, ...] = (
    Scenario(
        name="v235-1-mri-breast",
        why="Before chemotherapy, breast MRI for size and extent: 235-v1, 9; 310-v3 agrees with 8 (B3)",
        story=before_neoadjuvant("v235-1", reports=(MAMMOGRAM,)),
        orders=(order("mri-breast", reason_text=BREAST_EXTENT),),
        judged=(rated(UA, 8, "235-v1", "310-v3", question="breast"),),
    ),
    Scenario(
        name="v235-2-mri-breast",
        why="After chemotherapy, breast MRI for the response: 235-v2, 9 (B3)",
        story=after_neoadjuvant("v235-2"),
        orders=(order("mri-breast", reason_text="Response in the left breast after neoadjuvant chemotherapy"),),
        judged=(rated(UA, 9, "235-v2", question="breast"),),
    ),
    Scenario(
        name="v235-5-us-axilla-man",
        why=(
            "A man, node-negative; the imaging before chemotherapy was read and shows no axilla: 235-v5, US axilla "
            "2 (B3); 286-v8 is about women (C6)"
        ),
        story=_node_negative("v235-5", MAMMOGRAM_BEFORE_THERAPY, sex="male"),
        orders=(order("us-axilla-left", "invasive-left-male", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(UNA, 2, "235-v5", question="axilla", never=("286-v8", "235-v7")),),
        cards=(Shown(indicator="warning", recommended="cancel"),),
    ),
    Scenario(
        name="v235-5-us-axilla-woman-2-0-cm",
        why="Exactly 2.0 cm is not topic 286's (E37): 235-v5 alone, US axilla 2",
        story=_node_negative("v235-5-2cm", MAMMOGRAM_BEFORE_THERAPY, tumor=NODE_NEGATIVE_2_CM),
        orders=(order("us-axilla-left", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(UNA, 2, "235-v5", question="axilla", never=("286-v8",)),),
        cards=(Shown(indicator="warning", recommended="cancel"),),
    ),
    Scenario(
        name="v235-5-us-axilla-imaging-unknown",
        why="No imaging from before therapy on record proves nothing: it is asked, not warned (235-v5, design §6)",
        story=_node_negative("v235-5-open", sex="male"),
        orders=(order("us-axilla-left", "invasive-left-male", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(asked_for("axilla-imaged-before-therapy", question="axilla", possible=("235-v5",)),),
        cards=(Shown(indicator="info"),),
    ),
    Scenario(
        name="v235-5-lump-since-therapy",
        why="A node felt since therapy: no longer a negative axilla, 235-v5 does not hold, no warning",
        story=replace(
            _node_negative("v235-5-lump", MAMMOGRAM_BEFORE_THERAPY, sex="male"),
            findings=(replace(PALPABLE, onset="2026-11-09"),),
        ),
        orders=(order("us-axilla-left", "invasive-left-male", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(Judged(outcomes=("no-criteria-apply",), never=("235-v5",)),),
    ),
    Scenario(
        name="v235-5-or-286-8-us-axilla",
        why=(
            "A woman, 3 cm, node-negative, axilla not imaged before chemotherapy: 286-v8 says 5, 235-v5 2, nothing "
            "decides (A5: the two topics differ)"
        ),
        story=_node_negative("v235-5-286-8", MAMMOGRAM_BEFORE_THERAPY),
        orders=(order("us-axilla-left", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(Judged(outcomes=("conflicting-criteria",), question="axilla", holds=("235-v5", "286-v8"), missing=()),),
        cards=(Shown(indicator="info"),),
    ),
    Scenario(
        name="v235-5-or-286-8-mri-breast",
        why="The same for breast MRI of the axilla: 286-v8 says 5, 235-v5 says 2 (A5)",
        story=_node_negative("v235-5-286-8-mri", MAMMOGRAM_BEFORE_THERAPY),
        orders=(order("mri-breast", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(Judged(outcomes=("conflicting-criteria",), question="axilla", holds=("235-v5", "286-v8"), missing=()),),
        cards=(Shown(indicator="info"),),
    ),
    Scenario(
        name="v235-1-or-310-3-pet-ct",
        why=(
            "Stage IIB, neoadjuvant therapy planned, PET/CT for the breast: 310-v3 says 7, 235-v1 says 1, nothing "
            "decides (B3); both sides are said, no warning"
        ),
        story=before_neoadjuvant("v235-1-310-3", reports=(MAMMOGRAM,)),
        orders=(order("pet-ct", reason_text=BREAST_EXTENT),),
        judged=(Judged(outcomes=("conflicting-criteria",), question="breast", holds=("235-v1", "310-v3"), missing=()),),
        cards=(Shown(indicator="info"),),
    ),
    Scenario(
        name="v286-8-us-axilla-imaging-unknown",
        why="A woman, 3 cm, node-negative; whether the axilla was imaged before decides: 286-v8 5, or both sides (A5)",
        story=_node_negative("v286-8-open"),
        orders=(order("us-axilla-left", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(asked_for("axilla-imaged-before-therapy", question="axilla", holds=("286-v8",)),),
    ),
    Scenario(
        name="v235-6-bone-scan-bone-pain",
        why="Bone pain before neoadjuvant chemotherapy: 235-v6 rates the bone scan 9 (B3), 310-v2 does not hold",
        story=before_neoadjuvant(
            "v235-6", STAGE_IIA_T2N0, findings=(Finding(concept="bone-pain", onset="2026-11-02"),), reports=(MAMMOGRAM,)
        ),
        orders=(order("bone-scan", "bone-pain", "invasive-left"),),
        judged=(rated(UA, 9, "235-v6", procedure=BONE_SCAN, never=("310-v2",)),),
    ),
)

SCENARIOS = INVASIVE_CANCER + AXILLA + NEOADJUVANT
