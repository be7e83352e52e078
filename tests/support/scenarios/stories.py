"""Patients that several scenarios share. Today is 2026-11-16 for all of them: the day their orders are written."""

from dataclasses import replace
from typing import Any

from tests.support.story import Drug, Finding, Order, PatientStory, Plan, Report, Treatment, Tumor

# --- newly diagnosed, untreated -------------------------------------------------------------------
STAGE_IA = Tumor(stage="IA", t="T1", n="N0", m="M0", size_mm=18, er="positive", pr="positive", her2="negative")
STAGE_IIA_T2N0 = replace(STAGE_IA, stage="IIA", t="T2", size_mm=30)
STAGE_IIB_T2N1 = replace(STAGE_IIA_T2N0, stage="IIB", n="N1")
GROUP_ONLY_IA = Tumor(stage="IA")
"""Stage group and nothing else: the least a record can say and still decide."""


def new_patient(name: str, tumor: Tumor = STAGE_IA, **more: Any) -> PatientStory:
    """A woman of 58 with one untreated cancer."""
    return PatientStory(name=name, tumors=(tumor,), **more)


# --- follow-up after curative treatment -----------------------------------------------------------
TREATED_2021 = Tumor(
    diagnosed="2021-04-12", stage="IIB", t="T2", n="N1", m="M0", size_mm=28,
    er="positive", pr="positive", her2="negative",
)  # fmt: skip


def survivor(name: str, *findings: Finding, operation: str = "lumpectomy", **more: Any) -> PatientStory:
    """Stage IIB on the left in 2021, operated, on tamoxifen since: in follow-up, its code still active."""
    return PatientStory(
        name=name,
        tumors=(TREATED_2021,),
        treatments=(Treatment(what=operation, start="2021-06-15", side="left"),),
        drugs=(Drug(what="tamoxifen 20 mg tablet", date="2021-09-01"),),
        findings=(Finding(concept="takes-tamoxifen", onset="2021-09-01"), *findings),
        **more,
    )


def history_only(name: str, *findings: Finding, **more: Any) -> PatientStory:
    """All the record says is the Z-code: personal history of breast cancer."""
    return PatientStory(name=name, findings=(Finding(concept="history-of-breast-cancer"), *findings), **more)


# --- neoadjuvant therapy --------------------------------------------------------------------------
NODE_POSITIVE_3_CM = Tumor(
    diagnosed="2026-03-02", stage="IIB", t="T2", n="N1", m="M0", size_mm=30,
    er="negative", pr="negative", her2="positive",
)  # fmt: skip
PLANNED = Plan(
    title="Neoadjuvant chemotherapy, then surgery", activity="neoadjuvant-chemotherapy", created="2026-11-12"
)
MAMMOGRAM = Report(
    study="mammography-done",
    date="2026-10-14",
    conclusion="Irregular spiculated mass in the upper outer quadrant of the left breast. BI-RADS 5.",
)
SUSPICIOUS_NODE = Report(
    study="us-axilla-left",
    date="2026-11-03",
    conclusion="Left axillary lymph node of 15 mm with cortical thickening and effaced fatty hilum, suspicious.",
)


def before_neoadjuvant(name: str, tumor: Tumor = STAGE_IIB_T2N1, **more: Any) -> PatientStory:
    """New cancer on the left; the board has planned neoadjuvant chemotherapy, nothing has begun."""
    return PatientStory(name=name, tumors=(tumor,), plans=(PLANNED,), **more)


def after_neoadjuvant(name: str, tumor: Tumor = NODE_POSITIVE_3_CM, **more: Any) -> PatientStory:
    """Node-positive at diagnosis in March; chemotherapy from April to October; surgery not yet done."""
    male = more.get("sex") == "male"
    return PatientStory(
        name=name,
        tumors=(replace(tumor, concept="invasive-left-male") if male else tumor,),
        treatments=(Treatment(what="neoadjuvant-chemotherapy", start="2026-04-06", end="2026-10-19"),),
        findings=(Finding(concept="axillary-node-metastasis", onset="2026-03-16"),),
        reports=(replace(SUSPICIOUS_NODE, date="2026-03-09"),),
        drugs=(
            Drug(what="doxorubicin", date="2026-04-06", status="completed", given=True),
            Drug(what="paclitaxel", date="2026-10-19", status="completed", given=True),
        ),
        **more,
    )


# --- orders ---------------------------------------------------------------------------------------
AXILLA_BEFORE_THERAPY = "Evaluate left axillary nodes before neoadjuvant chemotherapy"
AXILLA_AFTER_THERAPY = "Assess left axillary nodes after neoadjuvant chemotherapy, before surgery"


def order(study: str, *reasons: str, **more: Any) -> Order:
    """An order with coded reasons; without any, the cancer itself is the reason."""
    return Order(study=study, reasons=reasons or ("invasive-left",), **more)
