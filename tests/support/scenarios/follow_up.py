"""Follow-up after curative treatment, no symptoms (the fifth article; ACR 310 variants 6, 7, 10 and 11)."""

from tests.support.scenarios.model import (
    BONE_SCAN,
    CANCEL,
    CT_CAP,
    INFO,
    MAMMOGRAPHY_ROWS,
    MBA,
    MRI_HEAD,
    PET_CT,
    UA,
    UNA,
    US_AXILLA,
    Judged,
    Scenario,
    Shown,
    asked_for,
    rated,
)
from tests.support.scenarios.stories import history_only, order, survivor
from tests.support.story import Finding, Order, Report

FOLLOW_UP = ("invasive-left", "follow-up-after-cancer")
NOT_IN_FOLLOW_UP = Shown(indicator="warning", offers=(US_AXILLA,), recommended=CANCEL)
"""Cancel is recommended; ultrasound is there to pick for a local finding, not recommended."""
LAST_MAMMOGRAM = Report(study="mammography-done", date="2026-08-20", conclusion="No suspicious finding. BI-RADS 2.")

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="s5-pet-ct-history-code",
        dialect="icd10",
        why="Z85.3 on record and Z08 as reason: follow-up without symptoms, 310-v10 rates PET/CT 1 (A1 S5, A2)",
        story=history_only("s5-history"),
        orders=(order("pet-ct", "history-of-breast-cancer", "follow-up-after-cancer"),),
        judged=(rated(UNA, 1, "310-v10", procedure=PET_CT),),
        cards=(NOT_IN_FOLLOW_UP,),
    ),
    Scenario(
        name="s5-pet-ct-cancer-code-on-tamoxifen",
        why=(
            "Five years after surgery, on tamoxifen, cancer code still active (E20): follow-up, 310-v10, 1; "
            "mammography is due"
        ),
        story=survivor("s5-tamoxifen"),
        orders=(order("pet-ct", *FOLLOW_UP),),
        judged=(rated(UNA, 1, "310-v10"),),
        cards=(Shown(indicator="warning", offers=(US_AXILLA,), offers_one_of=MAMMOGRAPHY_ROWS),),
    ),
    Scenario(
        name="s5-pet-ct-mammogram-done",
        why="With a mammogram three months ago none is offered (design §6): 310-v10, 1",
        story=survivor("s5-mammogram-done", reports=(LAST_MAMMOGRAM,)),
        orders=(order("pet-ct", *FOLLOW_UP),),
        judged=(rated(UNA, 1, "310-v10"),),
        cards=(Shown(indicator="warning", offers=(US_AXILLA,), offers_not=MAMMOGRAPHY_ROWS, recommended=CANCEL),),
    ),
    Scenario(
        name="s5-pet-ct-no-reason-but-cancer",
        why="The cancer code alone as reason, surgery years ago: the phase decides, 310-v10, 1 (E20)",
        story=survivor("s5-no-reason", reports=(LAST_MAMMOGRAM,)),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 1, "310-v10", stated=False),),
        cards=(NOT_IN_FOLLOW_UP,),
    ),
    Scenario(
        name="s5-pet-ct-anxious",
        dialect="epic",
        why="An anxious patient's wish is not a symptom (A1 S5, E53): 310-v10, 1",
        story=survivor("s5-anxious", reports=(LAST_MAMMOGRAM,)),
        orders=(
            order("pet-ct", "invasive-left", "anxiety", reason_text="Patient is anxious and requests a body scan"),
        ),
        judged=(rated(UNA, 1, "310-v10"),),
        cards=(NOT_IN_FOLLOW_UP,),
    ),
    Scenario(
        name="s5-ct-cap",
        dialect="snomed",
        why="CT chest abdomen pelvis in follow-up without symptoms: 310-v10, 1",
        story=survivor("s5-ct", reports=(LAST_MAMMOGRAM,)),
        orders=(order("ct-cap-with", *FOLLOW_UP),),
        judged=(rated(UNA, 1, "310-v10", procedure=CT_CAP),),
        cards=(NOT_IN_FOLLOW_UP,),
    ),
    Scenario(
        name="s5-bone-scan",
        dialect="icd10",
        why="Bone scan in follow-up without symptoms: 310-v10, 1",
        story=history_only("s5-bone"),
        orders=(order("bone-scan", "follow-up-after-cancer"),),
        judged=(rated(UNA, 1, "310-v10", procedure=BONE_SCAN),),
        cards=(NOT_IN_FOLLOW_UP,),
    ),
    Scenario(
        name="s5-us-axilla-follow-up",
        why=(
            "Ultrasound of the axilla as routine follow-up: 310-v10, 1 (A1 S5); no ultrasound is offered instead of "
            "itself"
        ),
        story=survivor("s5-us", reports=(LAST_MAMMOGRAM,)),
        orders=(order("us-axilla-left", *FOLLOW_UP),),
        judged=(rated(UNA, 1, "310-v10", procedure=US_AXILLA),),
        cards=(Shown(indicator="warning", recommended=CANCEL),),
    ),
    Scenario(
        name="s5-mri-head",
        why="MRI of the head as routine follow-up: 310-v10, 1 (C14)",
        story=survivor("s5-head", reports=(LAST_MAMMOGRAM,)),
        orders=(order("mri-head", *FOLLOW_UP),),
        judged=(rated(UNA, 1, "310-v10", procedure=MRI_HEAD),),
        cards=(Shown(indicator="warning", recommended=CANCEL),),
    ),
    Scenario(
        name="s5-mri-head-new-headache",
        why="A new headache is suspected distant recurrence (C14): 310-v11 rates MRI head 7, and 310-v10 does not hold",
        story=survivor("s5-headache", Finding(concept="headache", onset="2026-11-02")),
        orders=(order("mri-head", "headache", "invasive-left"),),
        judged=(rated(UA, 7, "310-v11", never=("310-v10",)),),
    ),
    Scenario(
        name="s5-pet-ct-new-headache",
        why="Any new symptom turns follow-up imaging into 310-v11: PET/CT 8 (C13), no warning",
        story=survivor("s5-headache-pet", Finding(concept="headache", onset="2026-11-02")),
        orders=(order("pet-ct", *FOLLOW_UP),),
        judged=(rated(UA, 8, "310-v11", never=("310-v10",)),),
    ),
    Scenario(
        name="s5-bone-scan-new-bone-pain",
        dialect="icd10",
        why="New bone pain in follow-up: 310-v11, bone scan 9",
        story=history_only("s5-bone-pain", Finding(concept="bone-pain", onset="2026-10-30")),
        orders=(order("bone-scan", "bone-pain", "history-of-breast-cancer"),),
        judged=(rated(UA, 9, "310-v11", never=("310-v10",)),),
    ),
    Scenario(
        name="asks-ct-cap-no-reason-but-copd",
        why=(
            "In follow-up, no reason at all, COPD on the problem list: the CT may be for the lungs; asked, not warned "
            "(design §5: another disease never leads to a warning)"
        ),
        story=survivor("asks-copd", Finding(concept="copd", onset="2012-03-01"), reports=(LAST_MAMMOGRAM,)),
        orders=(Order(study="ct-cap-with"),),
        judged=(asked_for("question", possible=()),),
        cards=(INFO,),
    ),
    Scenario(
        name="s5-ct-cap-for-the-cancer-with-copd",
        why="The same patient, and the order names the cancer: the CT is for that, 310-v10, 1",
        story=survivor("s5-copd", Finding(concept="copd", onset="2012-03-01"), reports=(LAST_MAMMOGRAM,)),
        orders=(order("ct-cap-with"),),
        judged=(rated(UNA, 1, "310-v10", procedure=CT_CAP),),
        cards=(NOT_IN_FOLLOW_UP,),
    ),
    Scenario(
        name="asks-history-code-and-old-back-pain",
        dialect="icd10",
        why=(
            "Z85.3 alone does not date the cancer: back pain since 2014 may be older than it (no symptom, 310-v10) or "
            "not (310-v11); asked, not warned (E19)"
        ),
        story=history_only("asks-old-pain", Finding(concept="low-back-pain", onset="2014-05-06")),
        orders=(order("pet-ct", "history-of-breast-cancer", "follow-up-after-cancer"),),
        judged=(asked_for("metastasis-suspected", possible=("310-v10", "310-v11")),),
        cards=(INFO,),
    ),
    Scenario(
        name="s5-us-axilla-new-lump",
        why="A new axillary lump is not routine follow-up: 310-v10 is false (design §4), and 286-v1 rates US axilla 9",
        story=survivor("s5-lump", Finding(concept="axillary-mass", onset="2026-11-09")),
        orders=(order("us-axilla-left", "axillary-mass", reason_text="New lump in the left axilla"),),
        judged=(rated(UA, 9, "286-v1", question="axilla", never=("310-v10",)),),
    ),
    Scenario(
        name="s5-mammography-follow-up",
        why="Mammography after breast conservation looks for local recurrence: 310-v6, 9, not 310-v10's 1 (C17)",
        story=survivor("s5-mammography"),
        orders=(order("mammography-diagnostic", *FOLLOW_UP),),
        judged=(rated(UA, 9, "310-v6", question="local-recurrence", never=("310-v10",)),),
    ),
    Scenario(
        name="s5-mri-breast-after-conservation",
        why="Breast MRI after conservation is 6 in 310-v6, mammography 9: said, not warned",
        story=survivor("s5-mri", reports=()),
        orders=(order("mri-breast", *FOLLOW_UP),),
        judged=(rated(MBA, 6, "310-v6", question="local-recurrence"),),
        cards=(Shown(indicator="info", offers_one_of=MAMMOGRAPHY_ROWS),),
    ),
    Scenario(
        name="s5-mammography-remaining-breast",
        why=(
            "After mastectomy on the left a bilateral mammogram is judged for the right breast (design §4): 310-v7 "
            "must not warn"
        ),
        story=survivor("s5-remaining", operation="mastectomy"),
        orders=(order("mammography-diagnostic", *FOLLOW_UP),),
        judged=(Judged(outcomes=("rated", "no-criteria-apply"), never=("310-v7",)),),
    ),
)
