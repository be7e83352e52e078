"""Where the early-stage warning must not appear: higher or unsure stage, suspicion, other disease, unread data."""

from dataclasses import replace

from tests.support.scenarios.diagnosis import LEFT_2017, STAGING
from tests.support.scenarios.model import (
    INFO,
    NO_CRITERIA,
    NOT_COVERED,
    UA,
    Json,
    Judged,
    Scenario,
    asked_for,
    rated,
)
from tests.support.scenarios.stories import (
    GROUP_ONLY_IA,
    STAGE_IA,
    STAGE_IIA_T2N0,
    STAGE_IIB_T2N1,
    new_patient,
    order,
)
from tests.support.story import Finding, Measurement, PatientStory, Treatment, Tumor
from tests.support.vocabulary import ALKALINE_PHOSPHATASE, ICD

ASK_STAGE = asked_for("stage-group", question="distant")


def _conditions_fail(request: Json) -> None:
    """The EHR's search for Conditions failed and says so (cds-hooks R6)."""
    request["prefetch"]["conditions"] = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "timeout", "diagnostics": "The search did not finish in time."}],
    }


def _observations_fail(request: Json) -> None:
    """The EHR's search for Observations failed (cds-hooks R6); everything else is there."""
    request["prefetch"]["observations"] = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "timeout"}],
    }


def _one_condition_unreadable(request: Json) -> None:
    """One Condition breaks FHIR: its code is a bare string."""
    _add_condition(request, {"resourceType": "Condition", "id": "broken", "code": "not a CodeableConcept"})


def _one_condition_of_another_patient(request: Json) -> None:
    """One Condition is about somebody else (cds-hooks R11)."""
    foreign = {
        "resourceType": "Condition",
        "id": "foreign",
        "subject": {"reference": "Patient/somebody-else"},
        "code": {"coding": [{"system": ICD, "code": "C79.51"}]},
    }
    _add_condition(request, foreign)


def _add_condition(request: Json, condition: Json) -> None:
    bundle = request["prefetch"]["conditions"]
    bundle["entry"].append({"resource": condition, "search": {"mode": "match"}})
    bundle["total"] = len(bundle["entry"])


HIGHER_STAGE: tuple[Scenario, ...] = (
    Scenario(
        name="not-s4-stage-iib",
        why="Stage IIB, ER+ HER2-: 310-v4 rates PET/CT 8 (A5 S4 against V4)",
        story=new_patient("x-iib", STAGE_IIB_T2N1),
        orders=(order("pet-ct"),),
        judged=(rated(UA, 8, "310-v4", never=("310-v2",)),),
    ),
    Scenario(
        name="not-s4-stage-iib-her2-positive",
        dialect="epic",
        why="Stage IIB, HER2+: 310-v5 rates PET/CT 8 (A5)",
        story=new_patient("x-iib-her2", replace(STAGE_IIB_T2N1, her2="positive")),
        orders=(order("pet-ct", reason_text=STAGING),),
        judged=(rated(UA, 8, "310-v5", never=("310-v2",)),),
    ),
    Scenario(
        name="not-s4-t2n1-no-group",
        why=(
            "T2 N1 M0 without a recorded group is anatomic IIB (E1, C10), whatever the article's 'T1 or T2, N0 or N1' "
            "suggests"
        ),
        story=new_patient("x-t2n1", replace(STAGE_IIB_T2N1, stage=None)),
        orders=(order("pet-ct"),),
        judged=(rated(UA, 8, "310-v4", never=("310-v2",)),),
    ),
    Scenario(
        name="not-s4-t3n0",
        dialect="snomed",
        why="T3 N0 is IIB although node-negative (E3)",
        story=new_patient("x-t3n0", replace(STAGE_IIA_T2N0, stage="IIB", t="T3", size_mm=60)),
        orders=(order("bone-scan"),),
        judged=(rated(UA, 7, "310-v4", never=("310-v2",)),),
    ),
    Scenario(
        name="not-s4-receptors-not-recorded",
        dialect="icd10",
        why="IIB, receptors unknown: 310-v4 or v5, PET/CT 8 in both, so the category is known (A5)",
        story=new_patient("x-receptors", replace(GROUP_ONLY_IA, stage="IIB")),
        orders=(order("pet-ct"),),
        judged=(Judged(outcomes=("rated",), category=UA, possible=("310-v4", "310-v5"), missing=()),),
    ),
    Scenario(
        name="not-s4-recorded-iia-but-t2n1",
        why=(
            "Recorded IIA against T2 N1 = IIB: contradictory, perhaps AJCC prognostic (E2, C10); both shown, no warning"
        ),
        story=new_patient("x-contradiction", replace(STAGE_IIB_T2N1, stage="IIA")),
        orders=(order("pet-ct"),),
        judged=(ASK_STAGE,),
        cards=(INFO,),
    ),
    Scenario(
        name="not-s4-inflammatory",
        dialect="snomed",
        why="Inflammatory carcinoma is T4d, at least IIIB (E16): systemic staging is appropriate",
        story=new_patient(
            "x-inflammatory",
            Tumor(concept="inflammatory-left", er="positive", pr="positive", her2="negative"),
        ),
        orders=(order("pet-ct", "inflammatory-left"),),
        judged=(rated(UA, 8, "310-v4", never=("310-v2",)),),
    ),
    Scenario(
        name="not-s4-bilateral-higher-stage",
        why="Stage IA right, IIB left: with two cancers the higher stage asks the systemic question (E26); no warning",
        story=PatientStory(
            name="x-bilateral",
            tumors=(STAGE_IIB_T2N1, replace(STAGE_IA, concept="invasive-right", side="right")),
        ),
        orders=(order("pet-ct", "invasive-left", "invasive-right"),),
        judged=(Judged(outcomes=("rated", "insufficient-information", "conflicting-criteria"), question="distant"),),
        cards_open=True,
    ),
)

UNSURE_STAGE: tuple[Scenario, ...] = (
    Scenario(
        name="asks-stage-unknown",
        dialect="icd10",
        why="No stage, no T, no N: IIA would be 2 and IIB 8, so the stage is asked (E10)",
        story=new_patient("x-unknown", Tumor()),
        orders=(order("pet-ct"),),
        judged=(ASK_STAGE,),
        cards=(INFO,),
    ),
    Scenario(
        name="asks-stage-ii-without-letter",
        dialect="icd10",
        why="'Stage II' is IIA or IIB, and the answers are opposite (E7)",
        story=new_patient("x-ii", Tumor(stage="II")),
        orders=(order("pet-ct"),),
        judged=(ASK_STAGE,),
        cards=(INFO,),
    ),
    Scenario(
        name="asks-n-not-recorded",
        why="T2 with no N is IIA or IIB: a missing N is never N0 (E11)",
        story=new_patient("x-no-n", replace(STAGE_IIA_T2N0, stage=None, n=None)),
        orders=(order("pet-ct", reason_text=STAGING),),
        judged=(Judged(outcomes=("insufficient-information",), question="distant"),),
        cards=(INFO,),
    ),
    Scenario(
        name="asks-cancer-provisional",
        dialect="icd10",
        why="A provisional cancer may be none: the diagnosis is asked, nothing is warned about (design §3)",
        story=new_patient("x-provisional", replace(GROUP_ONLY_IA, verification="provisional")),
        orders=(order("pet-ct", reason_text=STAGING),),
        judged=(asked_for("cancer", question="distant"),),
        cards=(INFO,),
    ),
)

SUSPICION: tuple[Scenario, ...] = (
    Scenario(
        name="not-s4-bone-pain",
        dialect="icd10",
        why="Stage IA with bone pain as the reason: no variant for a new early stage with symptoms (E17, C12)",
        story=new_patient("x-bone-pain", GROUP_ONLY_IA, findings=(Finding(concept="bone-pain", onset="2026-11-05"),)),
        orders=(order("pet-ct", "invasive-left", "bone-pain"),),
        judged=(replace(NO_CRITERIA, question="distant", never=("310-v2",)),),
    ),
    Scenario(
        name="not-s4-bone-pain-on-record-only",
        why=(
            "The pain is on the problem list and the reason is only the cancer: the axilla's rating is no answer, so "
            "it is asked (design §5.5)"
        ),
        story=new_patient("x-bone-record", findings=(Finding(concept="bone-pain", onset="2026-11-05"),)),
        orders=(order("pet-ct"),),
        judged=(Judged(outcomes=("no-criteria-apply", "insufficient-information")),),
        cards_open=True,
    ),
    Scenario(
        name="not-s4-back-pain-order-sign",
        hook="order-sign",
        why="Thoracic back pain at signing: the targeted study is named (A9: MRI of the thoracic spine), no verdict",
        story=new_patient("x-back", findings=(Finding(concept="thoracic-back-pain", onset="2026-11-05"),)),
        orders=(order("pet-ct", "invasive-left", "thoracic-back-pain"),),
        judged=(NO_CRITERIA,),
        cards=(INFO,),
    ),
    Scenario(
        name="not-s4-cough-in-text",
        why="A symptom found only in the reason's text counts towards silence (design §3; C16)",
        story=new_patient("x-cough"),
        orders=(order("pet-ct", reason_text="Staging. Persistent dry cough for six weeks."),),
        judged=(replace(NO_CRITERIA, question="distant"),),
    ),
    Scenario(
        name="not-s4-abnormal-liver-tests",
        dialect="snomed",
        why="Abnormal liver tests are a reason to look (A1 S4): 310-v2 does not hold",
        story=new_patient("x-liver", findings=(Finding(concept="abnormal-liver-tests", onset="2026-11-04"),)),
        orders=(order("pet-ct", "invasive-left", "abnormal-liver-tests"),),
        judged=(replace(NO_CRITERIA, question="distant"),),
    ),
    Scenario(
        name="not-s4-alp-twice-the-limit",
        why=(
            "Alkaline phosphatase at 2.2 times the limit is not mild (C15, threshold 1.5 by setting): 310-v2 does not "
            "hold"
        ),
        story=new_patient(
            "x-alp",
            measurements=(
                Measurement(term=ALKALINE_PHOSPHATASE, value=264, unit="U/L", low=40, high=120, date="2026-11-02"),
            ),
        ),
        orders=(order("pet-ct", reason_text=STAGING),),
        judged=(replace(NO_CRITERIA, question="distant"),),
    ),
    Scenario(
        name="not-s4-metastatic",
        dialect="icd10",
        why="A bone metastasis on record: no variant of these topics, and never a warning (A5, E24)",
        story=new_patient("x-metastatic", findings=(Finding(concept="bone-metastasis", onset="2026-10-28"),)),
        orders=(order("pet-ct", "invasive-left", "bone-metastasis"),),
        judged=(NO_CRITERIA,),
    ),
    Scenario(
        name="not-s5-adjuvant-chemotherapy",
        why="Chemotherapy running after surgery is neither new nor follow-up (E23)",
        story=PatientStory(
            name="x-adjuvant",
            tumors=(replace(STAGE_IA, diagnosed="2026-07-06"),),
            treatments=(
                Treatment(what="lumpectomy", start="2026-08-10", side="left"),
                Treatment(what="chemotherapy", start="2026-09-21", status="in-progress"),
            ),
        ),
        orders=(order("pet-ct", reason_text=STAGING),),
        judged=(NO_CRITERIA,),
    ),
)

OTHER_DISEASE: tuple[Scenario, ...] = (
    Scenario(
        name="not-covered-lung-cancer",
        why="PET/CT to stage lung cancer in a woman with breast cancer is not our question (design §5.2)",
        story=new_patient("x-lung", findings=(Finding(concept="lung-cancer", onset="2026-11-01"),)),
        orders=(order("pet-ct", "lung-cancer", reason_text="Staging of lung cancer"),),
        judged=(NOT_COVERED,),
    ),
    Scenario(
        name="not-s4-other-cancer-active",
        why="While another cancer is active an assumed question never warns (design §5.2)",
        story=new_patient("x-other", findings=(Finding(concept="lung-cancer", onset="2026-11-01"),)),
        orders=(order("pet-ct"),),
        judged=(Judged(outcomes=("insufficient-information", "no-criteria-apply", "not-covered")),),
        cards_open=True,
    ),
    Scenario(
        name="not-s4-dcis",
        dialect="icd10",
        why="Pure DCIS is another ACR topic (E9): no criteria here",
        story=new_patient("x-dcis", Tumor(concept="dcis-left")),
        orders=(order("pet-ct", "dcis-left"),),
        judged=(NO_CRITERIA,),
    ),
    Scenario(
        name="not-s4-family-history",
        dialect="icd10",
        why="A family history is not a cancer (E30)",
        story=PatientStory(name="x-family", findings=(Finding(concept="family-history", onset="2010-01-01"),)),
        orders=(order("pet-ct", "family-history"),),
        judged=(Judged(outcomes=("no-criteria-apply", "not-covered")),),
    ),
    Scenario(
        name="not-s4-pregnant-stage-iib",
        why=(
            "In pregnancy only 'usually not appropriate' carries over (design §5.6): IIB is no criteria, not "
            "'appropriate'"
        ),
        story=new_patient(
            "x-pregnant", STAGE_IIB_T2N1, born="1994-02-11", findings=(Finding(concept="pregnant", onset="2026-08-01"),)
        ),
        orders=(order("pet-ct"),),
        judged=(NO_CRITERIA,),
    ),
    Scenario(
        name="not-s4-age-17",
        why="The criteria are written for adults (E48)",
        story=new_patient("x-17", born="2009-03-12"),
        orders=(order("pet-ct"),),
        judged=(NO_CRITERIA,),
    ),
    Scenario(
        name="second-primary-us-axilla",
        why=(
            "Treated left 2017, new right 2026, US of the right axilla: the right side's rules (E25), 286-v3, not "
            "follow-up's 1"
        ),
        story=PatientStory(
            name="x-second-us",
            tumors=(LEFT_2017, replace(STAGE_IA, concept="invasive-right", side="right")),
            treatments=(Treatment(what="lumpectomy", start="2017-03-20", side="left"),),
        ),
        orders=(order("us-axilla-right", "invasive-right"),),
        judged=(rated("may-be-appropriate", 5, "286-v3", question="axilla", never=("310-v10",)),),
    ),
)

UNREAD_DATA: tuple[Scenario, ...] = (
    Scenario(
        name="not-assessed-conditions-failed",
        why="Conditions could not be read: said, never taken as 'no cancer' or 'no symptoms' (design §3, cds-hooks R6)",
        story=new_patient("x-failed"),
        orders=(order("pet-ct"),),
        change=_conditions_fail,
        judged=(Judged(outcomes=("not-assessed",)),),
        cards=(INFO,),
    ),
    Scenario(
        name="observations-failed",
        why=(
            "Observations could not be read: stage stands on the Condition, laboratory values and symptoms are open; "
            "asked, and the card names what failed (design §3)"
        ),
        story=new_patient("x-observations"),
        orders=(order("pet-ct", reason_text=f"{STAGING}, clinical stage IA"),),
        change=_observations_fail,
        judged=(Judged(outcomes=("insufficient-information",)),),
        cards=(INFO,),
    ),
    Scenario(
        name="unreadable-condition",
        why=(
            "One Condition could not be read; it may be the symptom, so absence proves nothing and nothing is warned "
            "about"
        ),
        story=new_patient("x-unreadable"),
        orders=(order("pet-ct", reason_text=STAGING),),
        change=_one_condition_unreadable,
        judged=(Judged(outcomes=("insufficient-information", "not-assessed")),),
        cards=(INFO,),
    ),
    Scenario(
        name="foreign-condition",
        why="One Condition belongs to another patient: not used, and absence proves nothing (cds-hooks R11, design §3)",
        story=new_patient("x-foreign"),
        orders=(order("pet-ct", reason_text=STAGING),),
        change=_one_condition_of_another_patient,
        judged=(Judged(outcomes=("insufficient-information", "not-assessed")),),
        cards=(INFO,),
    ),
)

SCENARIOS = HIGHER_STAGE + UNSURE_STAGE + SUSPICION + OTHER_DISEASE + UNREAD_DATA
