"""The axilla before and after neoadjuvant therapy and on its own (articles one to three; ACR 235 v3 to v8, 286)."""

from dataclasses import replace

from tests.support.scenarios.model import (
    CORE_BIOPSY,
    FNA,
    MBA,
    MRI_BREAST,
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
from tests.support.scenarios.stories import (
    AXILLA_AFTER_THERAPY,
    AXILLA_BEFORE_THERAPY,
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
)
from tests.support.story import Finding, Order, Treatment

PALPABLE = Finding(concept="axillary-adenopathy-on-examination", onset="2026-10-20")
LEFT_AXILLA = "Left axilla"
US_FIRST = Shown(indicator="warning", offers=(US_AXILLA,), recommended=US_AXILLA)
US_BETTER = Shown(indicator="info", offers=(US_AXILLA,), recommended=US_AXILLA)
ASKED = Shown(indicator="info")
T2_N_UNSTATED = replace(STAGE_IIA_T2N0, stage=None, n=None)

BEFORE_THERAPY: tuple[Scenario, ...] = (
    Scenario(
        name="s1-us-axilla",
        why="Node-positive, neoadjuvant therapy planned: 235-v4 rates US axilla 9 (A1 S1); 286-v6 yields to it",
        story=before_neoadjuvant("s1-us", findings=(PALPABLE,), reports=(MAMMOGRAM,)),
        orders=(order("us-axilla-left"),),
        judged=(rated(UA, 9, "235-v4", question="axilla", procedure=US_AXILLA, never=("286-v6",)),),
    ),
    Scenario(
        name="s1-us-axilla-node-negative",
        why="Clinically node-negative, neoadjuvant therapy planned: 235-v3 rates US axilla 7 (A5)",
        story=before_neoadjuvant("s1-us-n0", STAGE_IIA_T2N0, reports=(MAMMOGRAM,)),
        orders=(order("us-axilla-left"),),
        judged=(rated(UA, 7, "235-v3", question="axilla"),),
    ),
    Scenario(
        name="s1-core-biopsy-before-imaging",
        why="Biopsy before any picture of the axilla (C1): 235-v4 rates it 1 as the first test, and ultrasound 9",
        story=before_neoadjuvant("s1-biopsy", findings=(PALPABLE,), reports=(MAMMOGRAM,)),
        orders=(order("node-core-biopsy", site=LEFT_AXILLA),),
        judged=(rated(UNA, 1, "235-v4", question="axilla", procedure=CORE_BIOPSY),),
        cards=(US_FIRST,),
    ),
    Scenario(
        name="s1-fna-before-imaging",
        why=(
            "The same for a fine needle: 235-v4 rates it 1 as the first test; 10005 counts because the site is the "
            "axilla"
        ),
        story=before_neoadjuvant("s1-fna", findings=(PALPABLE,), reports=(MAMMOGRAM,)),
        orders=(order("fna-with-us", site=LEFT_AXILLA),),
        judged=(rated(UNA, 1, "235-v4", question="axilla", procedure=FNA),),
        cards=(US_FIRST,),
    ),
    Scenario(
        name="s1-core-biopsy-no-imaging-on-record",
        why="With no breast imaging at all on record, nobody can say the axilla was not imaged: ask (C1, design §6)",
        story=before_neoadjuvant("s1-biopsy-bare", findings=(PALPABLE,)),
        orders=(order("node-core-biopsy", site=LEFT_AXILLA),),
        judged=(Judged(outcomes=("insufficient-information",), question="axilla"),),
        cards=(ASKED,),
    ),
    Scenario(
        name="s1-mri-breast-for-axilla",
        why="Breast MRI for the axilla: 235-v4 rates it 5, ultrasound 9: said, not warned",
        story=before_neoadjuvant("s1-mri", findings=(PALPABLE,), reports=(MAMMOGRAM,)),
        orders=(order("mri-breast", reason_text=AXILLA_BEFORE_THERAPY),),
        judged=(rated(MBA, 5, "235-v4", question="axilla", procedure=MRI_BREAST, stated=True),),
        cards=(US_BETTER,),
    ),
    Scenario(
        name="s1-pet-ct-for-axilla",
        why="PET/CT for the axilla: 235-v4 rates it 5, ultrasound 9: said, not warned (C4)",
        story=before_neoadjuvant("s1-pet", findings=(PALPABLE,), reports=(MAMMOGRAM,)),
        orders=(order("pet-ct", reason_text=AXILLA_BEFORE_THERAPY),),
        judged=(rated(MBA, 5, "235-v4", question="axilla", procedure=PET_CT, stated=True),),
        cards=(US_BETTER,),
    ),
    Scenario(
        name="s1-pet-ct-t1n1-no-reason",
        why=(
            "T1 N1, therapy planned, no reason given: 310-v2 says 2, 235-v4 says 5; what the study is for is asked "
            "(E57)"
        ),
        story=before_neoadjuvant(
            "s1-pet-open", replace(STAGE_IA, stage="IIA", n="N1"), findings=(PALPABLE,), reports=(MAMMOGRAM,)
        ),
        orders=(Order(study="pet-ct"),),
        judged=(asked_for("question"),),
        cards=(ASKED,),
    ),
)

AFTER_THERAPY: tuple[Scenario, ...] = (
    Scenario(
        name="s2-us-axilla",
        why="3 cm, node-positive, chemotherapy done, surgery ahead: 286-v9 rates US axilla 8 (A1 S2), before 235-v7",
        story=after_neoadjuvant("s2-us"),
        orders=(order("us-axilla-left", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(UA, 8, "286-v9", question="axilla", never=("235-v7",)),),
    ),
    Scenario(
        name="s2-us-axilla-order-sign",
        hook="order-sign",
        why=(
            "At signing, an order that lacks nodal status and clip is completed by one choice (A1 S2 pitfalls, design "
            "§6)"
        ),
        story=after_neoadjuvant("s2-us-sign"),
        orders=(order("us-axilla-left"),),
        judged=(rated(UA, 8, "286-v9", question="axilla"),),
        cards=(Shown(indicator="info"),),
    ),
    Scenario(
        name="s2-us-axilla-order-sign-complete",
        hook="order-sign",
        why="An order that states nodal status before therapy and clip lacks nothing: 286-v9, 8, silence (design §6)",
        story=after_neoadjuvant("s2-us-complete"),
        orders=(
            order(
                "us-axilla-left",
                note="Nodal status before neoadjuvant therapy: cN1, biopsy-proven. Clip in the biopsied node: yes.",
            ),
        ),
        judged=(rated(UA, 8, "286-v9", question="axilla"),),
    ),
    Scenario(
        name="s2-pet-ct-for-axilla",
        why="PET/CT to restage the axilla: 286-v9 rates it 3, ultrasound 8",
        story=after_neoadjuvant("s2-pet"),
        orders=(order("pet-ct", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(UNA, 3, "286-v9", question="axilla", stated=True, never=("235-v7",)),),
        cards=(US_FIRST,),
    ),
    Scenario(
        name="s2-mri-breast-for-axilla",
        why="Breast MRI to restage the axilla: 286-v9 rates it 5 (C3: 235-v7 says 3 and yields), ultrasound 8",
        story=after_neoadjuvant("s2-mri"),
        orders=(order("mri-breast", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(MBA, 5, "286-v9", question="axilla", never=("235-v7",)),),
        cards=(US_BETTER,),
    ),
    Scenario(
        name="s2-pet-ct-no-reason",
        why=(
            "No variant rates distant staging after therapy, but for the axilla PET/CT is 3: what it is for is asked "
            "(design §5.5)"
        ),
        story=after_neoadjuvant("s2-pet-open"),
        orders=(order("pet-ct"),),
        judged=(asked_for("question"),),
        cards=(ASKED,),
    ),
    Scenario(
        name="s2-male-pet-ct-for-axilla",
        why="286-v9 is written for women; a man is 235-v7 (C6, E36): PET/CT 3, ultrasound 8",
        story=after_neoadjuvant("s2-male", sex="male"),
        orders=(order("pet-ct", "invasive-left-male", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(UNA, 3, "235-v7", question="axilla", never=("286-v9",)),),
        cards=(US_FIRST,),
    ),
    Scenario(
        name="s2-mri-breast-tumour-2-0-cm",
        why="Exactly 2.0 cm is '2 cm or less' (E37): 235-v7 rates breast MRI 3, not 286-v9's 5",
        story=after_neoadjuvant("s2-2cm", replace(NODE_POSITIVE_3_CM, stage="IIA", t="T1", size_mm=20)),
        orders=(order("mri-breast", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(rated(UNA, 3, "235-v7", question="axilla", never=("286-v9",)),),
        cards=(US_FIRST,),
    ),
    Scenario(
        name="s2-mri-breast-size-unknown",
        why=(
            "Over 2 cm breast MRI is 5 (286-v9), up to 2 cm it is 3 (235-v7): the size is asked, not assumed (C7, "
            "E38, E39)"
        ),
        story=after_neoadjuvant("s2-size", replace(NODE_POSITIVE_3_CM, stage=None, t=None, size_mm=None)),
        orders=(order("mri-breast", reason_text=AXILLA_AFTER_THERAPY),),
        judged=(asked_for("tumor-size-mm", question="axilla"),),
        cards=(ASKED,),
    ),
    Scenario(
        name="s2-therapy-still-running",
        why=(
            "Chemotherapy begun and not finished is neither before nor after (E33): no axillary variant without a new "
            "lump"
        ),
        story=replace(
            after_neoadjuvant("s2-running"),
            treatments=(Treatment(what="neoadjuvant-chemotherapy", start="2026-09-28", status="in-progress"),),
            drugs=(),
        ),
        orders=(order("pet-ct", reason_text="Evaluate left axillary nodes during neoadjuvant chemotherapy"),),
        judged=(Judged(outcomes=("no-criteria-apply",), never=("235-v4", "235-v7", "286-v9")),),
    ),
)

SUSPICIOUS_ON_IMAGING: tuple[Scenario, ...] = (
    Scenario(
        name="s3-core-biopsy",
        why="A suspicious node was seen on ultrasound: 235-v8 rates core biopsy 9 as the next step (A1 S3, C1)",
        story=new_patient("s3-biopsy", T2_N_UNSTATED, reports=(MAMMOGRAM, SUSPICIOUS_NODE)),
        orders=(order("node-core-biopsy", site=LEFT_AXILLA),),
        judged=(rated(UA, 9, "235-v8", question="axilla", procedure=CORE_BIOPSY),),
    ),
    Scenario(
        name="s3-fna",
        why="Fine needle aspiration of a suspicious node: 235-v8 rates it 8 (C19)",
        story=new_patient("s3-fna", T2_N_UNSTATED, reports=(MAMMOGRAM, SUSPICIOUS_NODE)),
        orders=(order("fna-with-us", site=LEFT_AXILLA),),
        judged=(rated(UA, 8, "235-v8", question="axilla", procedure=FNA),),
    ),
    Scenario(
        name="s3-core-biopsy-palpable-too",
        why=(
            "Palpable and seen: the step decides, biopsy after a positive ultrasound is 235-v8, 9 (C2), therapy "
            "planned or not"
        ),
        story=before_neoadjuvant(
            "s3-palpable", STAGE_IIB_T2N1, findings=(PALPABLE,), reports=(MAMMOGRAM, SUSPICIOUS_NODE)
        ),
        orders=(order("node-core-biopsy", site=LEFT_AXILLA),),
        judged=(rated(UA, 9, "235-v8", question="axilla", never=("235-v4",)),),
    ),
    Scenario(
        name="s3-mri-breast-for-axilla",
        why=(
            "After a suspicious node breast MRI for the axilla is 2 (235-v8, before 286-v11's 5, C3); tissue is the "
            "question"
        ),
        story=new_patient("s3-mri", T2_N_UNSTATED, reports=(MAMMOGRAM, SUSPICIOUS_NODE)),
        orders=(order("mri-breast", reason_text="Evaluate suspicious left axillary lymph node"),),
        judged=(rated(UNA, 2, "235-v8", question="axilla", stated=True),),
        cards=(Shown(indicator="warning", offers=(CORE_BIOPSY,), recommended=CORE_BIOPSY),),
    ),
    Scenario(
        name="s3-pet-ct-for-axilla",
        why="235-v8 has no row for PET/CT, and 286-v11's 3 is not borrowed: no warning (design §4 and §5.4)",
        story=new_patient("s3-pet", T2_N_UNSTATED, reports=(MAMMOGRAM, SUSPICIOUS_NODE)),
        orders=(order("pet-ct", reason_text="Evaluate suspicious left axillary lymph node"),),
        judged=(Judged(outcomes=("no-criteria-apply", "rated", "insufficient-information"), question="axilla"),),
        cards_open=True,
    ),
    Scenario(
        name="recurrence-us-axilla",
        why="New local recurrence: 286-v10 rates US axilla 6, the best there is",
        story=new_patient(
            "recurrence",
            replace(STAGE_IA, diagnosed="2021-04-12"),
            treatments=(Treatment(what="lumpectomy", start="2021-06-15", side="left"),),
            findings=(Finding(concept="local-recurrence", onset="2026-11-02"),),
        ),
        orders=(order("us-axilla-left", "local-recurrence"),),
        judged=(rated(MBA, 6, "286-v10", question="axilla"),),
    ),
)

SCENARIOS = BEFORE_THERAPY + AFTER_THERAPY + SUSPICIOUS_ON_IMAGING
