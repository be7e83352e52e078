"""Distant-disease imaging of a newly diagnosed stage I to IIA cancer (the fourth article; ACR 310 variant 2)."""

from dataclasses import replace

from tests.support.patients import DIALECTS
from tests.support.scenarios.model import (
    BONE_SCAN,
    CANCEL,
    CT_CAP,
    MAMMOGRAPHY,
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
    GROUP_ONLY_IA,
    STAGE_IA,
    STAGE_IIA_T2N0,
    new_patient,
    order,
)
from tests.support.story import Finding, Measurement, PatientStory, Treatment, Tumor
from tests.support.vocabulary import ALKALINE_PHOSPHATASE

STAGING = "Staging of newly diagnosed breast cancer"

NOT_FOR_STAGE_I = Shown(indicator="warning", offers=(US_AXILLA,), recommended=CANCEL)
"""The card this project was asked for: do not look for distant disease; the axilla can be seen by ultrasound."""

LEFT_2017 = Tumor(diagnosed="2017-02-06", stage="IA", t="T1", n="N0", m="M0", clinical="remission")


def _alp(value: float) -> Measurement:
    return Measurement(term=ALKALINE_PHOSPHATASE, value=value, unit="U/L", low=40, high=120, date="2026-11-02")


def _in_every_dialect() -> list[Scenario]:
    return [
        Scenario(
            name=f"s4-pet-ct-stage-ia-{dialect}",
            dialect=dialect,
            why=(
                "Stage IA, new, no symptoms: 310-v2 rates PET/CT 2 (A1 S4, A2); the same answer whatever the record's "
                "dialect"
            ),
            story=new_patient(f"s4-ia-{dialect}"),
            orders=(order("pet-ct"),),
            judged=(rated(UNA, 2, "310-v2", procedure=PET_CT, stated=False),),
            cards=(NOT_FOR_STAGE_I,),
        )
        for dialect in DIALECTS
    ]


SCENARIOS: tuple[Scenario, ...] = (
    *_in_every_dialect(),
    Scenario(
        name="s4-pet-ct-group-only-ia",
        dialect="icd10",
        why=(
            "A Condition that says stage IA and nothing more decides: IA is T1 N0, so 310-v2 holds (A8, design §2 "
            "minimum)"
        ),
        story=new_patient("s4-group-ia", GROUP_ONLY_IA),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2", stated=False, assumed=("no-symptoms-recorded",)),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-group-only-iia",
        dialect="icd10",
        why=(
            "Stage IIA alone is T0-1 N1 or T2 N0; PET/CT is rated 2 either way, and no axillary variant of these "
            "rates it higher (A4, A8)"
        ),
        story=new_patient("s4-group-iia", replace(GROUP_ONLY_IA, stage="IIA")),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2", stated=False),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-staging-reason",
        why="'Staging' on a systemic study states the distant question: 310-v2, PET/CT 2",
        story=new_patient("s4-staging"),
        orders=(order("pet-ct", reason_text=STAGING),),
        judged=(rated(UNA, 2, "310-v2", stated=True),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-order-sign",
        hook="order-sign",
        why="The same verdict when the order is signed: 310-v2, PET/CT 2",
        story=new_patient("s4-sign"),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-ct-cap-one-code",
        why="CT chest abdomen pelvis with contrast under one LOINC code: 310-v2 rates it 2",
        story=new_patient("s4-ct-one"),
        orders=(order("ct-cap-with", reason_text=STAGING),),
        judged=(rated(UNA, 2, "310-v2", procedure=CT_CAP, stated=True),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-ct-cap-as-pair",
        why=(
            "71260 with 74177 in the same drafts is one CT chest abdomen pelvis with contrast (E42): one card, and "
            "cancel removes both"
        ),
        story=new_patient("s4-ct-pair"),
        orders=(
            order("ct-chest-with", id="order-chest", reason_text=STAGING),
            order("ct-abdomen-pelvis-with", id="order-abdomen", reason_text=STAGING),
        ),
        judged=(
            rated(
                UNA,
                2,
                "310-v2",
                procedure=CT_CAP,
                order="ServiceRequest/order-chest",
                partner="ServiceRequest/order-abdomen",
            ),
        ),
        cards=(replace(NOT_FOR_STAGE_I, cancels=("ServiceRequest/order-chest", "ServiceRequest/order-abdomen")),),
    ),
    Scenario(
        name="s4-ct-cap-contrast-unstated",
        why=(
            "Which of the three CT rows is meant is open, but 310-v2 rates them 2, 1 and 2: the verdict does not hang "
            "on contrast"
        ),
        story=new_patient("s4-ct-open"),
        orders=(order("ct-cap-contrast-unstated", reason_text=STAGING),),
        judged=(Judged(outcomes=("rated",), category=UNA, question="distant", holds=("310-v2",), missing=()),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-bone-scan-stage-iia",
        why="T2 N0 is anatomic IIA (A8): 310-v2 rates a bone scan 2",
        story=new_patient("s4-bone", STAGE_IIA_T2N0),
        orders=(order("bone-scan"),),
        judged=(rated(UNA, 2, "310-v2", procedure=BONE_SCAN, stated=False),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-whole-body",
        why="78816 is a near match of the rated study and said so (E43): 310-v2, 2",
        story=new_patient("s4-whole-body"),
        orders=(order("pet-ct-whole-body"),),
        judged=(rated(UNA, 2, "310-v2", procedure=PET_CT),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-lobular",
        why="Lobular histology changes nothing (E55): 310-v2, PET/CT 2",
        story=new_patient("s4-lobular", replace(STAGE_IA, concept="lobular-left")),
        orders=(order("pet-ct", "lobular-left"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-triple-negative-iia",
        why="Triple negative T2 N0 is still IIA: usually not appropriate, case by case (E56)",
        story=new_patient("s4-tnbc", replace(STAGE_IIA_T2N0, er="negative", pr="negative")),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-t1-n1mi",
        why="T1 N1mi is IB (E4): 310-v2, PET/CT 2; node-positive of 18 mm, so ultrasound of the axilla is 9 (286-v4)",
        story=new_patient("s4-n1mi", replace(STAGE_IA, stage="IB", n="N1mi")),
        orders=(order("pet-ct", reason_text=STAGING),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(replace(NOT_FOR_STAGE_I, recommended=US_AXILLA),),
    ),
    Scenario(
        name="s4-pet-ct-synthea-double-stage",
        dialect="loinc",
        why="Stage IIA and plain II recorded at one visit: the more specific one stands, and T2 N0 agrees (E13)",
        story=new_patient("s4-double", replace(STAGE_IIA_T2N0, also_staged=("II",))),
        orders=(order("pet-ct", "breast-cancer"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-m-not-recorded",
        why="No M and no metastasis on record is taken as M0, and said (E12)",
        story=new_patient("s4-no-m", replace(STAGE_IA, stage=None, m=None)),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2", assumed=("m0",)),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-anxiety",
        why="Anxiety is no sign of metastasis (E53): the question is the study's own, and 310-v2 holds",
        story=new_patient("s4-anxiety"),
        orders=(order("pet-ct", "anxiety"),),
        judged=(rated(UNA, 2, "310-v2", stated=False),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-tumour-marker",
        why=(
            "A raised marker alone is no reason to image, but ACR's 'laboratory value' may mean it (E52): said, not "
            "warned"
        ),
        story=new_patient("s4-marker"),
        orders=(order("pet-ct", "raised-tumour-marker"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(Shown(indicator="info"),),
    ),
    Scenario(
        name="s4-pet-ct-mildly-raised-alp",
        why="One alkaline phosphatase at 1.2 times the limit, nothing else: the verdict stays, with a note (C15)",
        story=new_patient("s4-alp", measurements=(_alp(140),)),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-resolved-symptom",
        why="Bone pain that resolved before the cancer was found is no sign of metastasis (E18)",
        story=new_patient(
            "s4-resolved",
            findings=(Finding(concept="bone-pain", onset="2024-01-10", clinical="resolved", abated="2024-03-01"),),
        ),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-old-back-pain",
        why="Low back pain unchanged since 2015 is older than the cancer (E19): it does not count as suspicion",
        story=new_patient("s4-chronic", findings=(Finding(concept="low-back-pain", onset="2015-05-01"),)),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-refuted-metastasis",
        why="A refuted bone metastasis does not exist (E31)",
        story=new_patient(
            "s4-refuted",
            findings=(Finding(concept="bone-metastasis", onset="2026-10-28", verification="refuted"),),
        ),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-no-dates",
        dialect="icd10",
        why="Without a diagnosis date it is stage IA new or in follow-up; 310-v2 (2) and 310-v10 (1) agree (E22)",
        story=new_patient("s4-undated", replace(GROUP_ONLY_IA, diagnosed=None)),
        orders=(order("pet-ct"),),
        judged=(
            Judged(outcomes=("rated",), category=UNA, question="distant", possible=("310-v2", "310-v10"), missing=()),
        ),
        cards=(Shown(indicator="warning"),),
    ),
    Scenario(
        name="s4-pet-ct-pregnant",
        why="In known pregnancy 'usually not appropriate' stands, and only ultrasound is offered (E49, design §5.6)",
        story=new_patient(
            "s4-pregnant", born="1994-02-11", findings=(Finding(concept="pregnant", onset="2026-08-01"),)
        ),
        orders=(order("pet-ct"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-pet-ct-second-primary",
        why=(
            "Treated on the left in 2017, new stage IA on the right: the right is new disease (E25), 310-v2; the "
            "left, 310-v10, agrees"
        ),
        story=PatientStory(
            name="s4-second",
            tumors=(LEFT_2017, replace(STAGE_IA, concept="invasive-right", side="right")),
            treatments=(Treatment(what="lumpectomy", start="2017-03-20", side="left"),),
        ),
        orders=(order("pet-ct", "invasive-right"),),
        judged=(rated(UNA, 2, "310-v2"),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-us-axilla",
        why=(
            "US axilla in new disease asks about the axilla: cT1 cN0 is 286-v3, 5, never 310-v2's 1 (C5); nothing "
            "better, so silence"
        ),
        story=new_patient("s4-us"),
        orders=(order("us-axilla-left"),),
        judged=(rated(MBA, 5, "286-v3", question="axilla", procedure=US_AXILLA, never=("310-v2",)),),
    ),
    Scenario(
        name="s4-us-axilla-metastatic-work-up",
        why="Whatever the reason says, ultrasound of the axilla in untreated disease is loco-regional (E66): 286-v3, 5",
        story=new_patient("s4-us-reason"),
        orders=(order("us-axilla-left", reason_text="Metastatic work-up"),),
        judged=(rated(MBA, 5, "286-v3", question="axilla", never=("310-v2",)),),
    ),
    Scenario(
        name="s4-mammography",
        why="Mammography asks about the breast: 310-v1 rates it 9; 310-v2's 1 is never borrowed (C17)",
        story=new_patient("s4-mammography"),
        orders=(order("mammography-diagnostic"),),
        judged=(rated(UA, 9, "310-v1", question="breast", procedure=MAMMOGRAPHY, never=("310-v2",)),),
    ),
    Scenario(
        name="s4-mri-breast",
        why="Breast MRI without a stated question asks about the breast: 310-v1, 7",
        story=new_patient("s4-mri"),
        orders=(order("mri-breast"),),
        judged=(rated(UA, 7, "310-v1", question="breast", procedure=MRI_BREAST, stated=False),),
    ),
    Scenario(
        name="s4-mri-breast-contrast-unstated",
        why="Breast MRI with contrast is 7 and without is 1 in 310-v1: which of them is meant is asked (E45)",
        story=new_patient("s4-mri-open"),
        orders=(order("mri-breast-contrast-unstated"),),
        judged=(asked_for("procedure", question="breast"),),
        cards=(Shown(indicator="info"),),
    ),
    Scenario(
        name="s4-two-orders",
        why=(
            "PET/CT and bone scan selected together: each is rated (310-v2), and the ultrasound is offered once (E46, "
            "design §6)"
        ),
        story=new_patient("s4-two"),
        orders=(order("pet-ct", id="order-pet"), order("bone-scan", id="order-bone")),
        judged=(
            rated(UNA, 2, "310-v2", order="ServiceRequest/order-pet", procedure=PET_CT),
            rated(UNA, 2, "310-v2", order="ServiceRequest/order-bone", procedure=BONE_SCAN),
        ),
        cards=(NOT_FOR_STAGE_I, Shown(indicator="warning", offers_not=(US_AXILLA,), recommended=CANCEL)),
    ),
    Scenario(
        name="s4-one-of-two-selected",
        why="order-select judges what was selected (cds-hooks H2): the bone scan, not the PET/CT beside it",
        story=new_patient("s4-selected"),
        orders=(order("pet-ct", id="order-pet"), order("bone-scan", id="order-bone")),
        selected=("ServiceRequest/order-bone",),
        judged=(rated(UNA, 2, "310-v2", order="ServiceRequest/order-bone", procedure=BONE_SCAN),),
        cards=(NOT_FOR_STAGE_I,),
    ),
    Scenario(
        name="s4-us-axilla-already-drafted",
        why="What is in the drafts already is not offered again (design §6)",
        story=new_patient("s4-drafted"),
        orders=(order("pet-ct", id="order-pet"), order("us-axilla-left", id="order-us")),
        selected=("ServiceRequest/order-pet",),
        judged=(rated(UNA, 2, "310-v2", order="ServiceRequest/order-pet"),),
        cards=(Shown(indicator="warning", offers_not=(US_AXILLA,), recommended=CANCEL),),
    ),
)
