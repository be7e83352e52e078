"""The words for what can be known about a patient and an order: each fact, its values, and what its absence means.

The vocabulary is closed; knowledge files may name only these facts and values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """One word of the vocabulary.

    `domain`: the closed set of values, empty for a number. `unit`: of a number. `ask`: the fact as one asks a
    clinician for it. `absence`: what it means that a record, retrieved whole, does not mention it, with the reason.
    `labels`: clinical words for values whose name does not read well.
    """

    ask: str
    absence: str
    domain: tuple[str, ...] = ()
    unit: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether the fact is measured, not chosen from a closed set."""
        return not self.domain

    def label(self, value: str) -> str:
        """Clinical words for one value."""
        return self.labels.get(value, value.replace("-", " "))


def _spec(ask: str, domain: Iterable[str] = (), *, absence: str, unit: str | None = None, **labels: str) -> FactSpec:
    return FactSpec(
        ask=ask,
        absence=absence,
        domain=tuple(domain),
        unit=unit,
        labels={name.replace("_", "-"): text for name, text in labels.items()},
    )


STAGE_GROUPS = ("0", "I", "IA", "IB", "II", "IIA", "IIB", "III", "IIIA", "IIIB", "IIIC", "IV")
"""AJCC anatomic groups as recorded. `I`, `II`, `III` without a letter never stand in a `Known`: see facts.staging."""

YES_NO = ("yes", "no")

QUESTIONS = ("breast", "axilla", "distant", "local-recurrence")

VOCABULARY: Mapping[str, FactSpec] = {
    # --- the patient -------------------------------------------------------------------------------------------
    "age-years": _spec("Age", unit="years", absence="unknown; breast cancer is taken as an adult's disease"),
    "sex": _spec("Sex", ("female", "male"), absence="unknown: topic 286 is written for women"),
    "pregnant": _spec("Pregnancy", YES_NO, absence="no: a pregnancy is recorded when it is known"),
    "other-malignancy": _spec(
        "Another active cancer", YES_NO, absence="no: another cancer would be on the problem list"
    ),
    # --- the cancer of this episode ----------------------------------------------------------------------------
    "cancer": _spec(
        "Diagnosis",
        ("invasive", "in-situ", "none"),
        absence="none: of such a patient only new findings in the axilla are rated, and nothing is warned of",
        invasive="invasive breast cancer",
        in_situ="carcinoma in situ",
        none="no breast cancer",
    ),
    "histology": _spec(
        "Histology", ("ductal", "lobular", "other", "not-specified"), absence="not-specified: ACR names it NOS"
    ),
    "inflammatory": _spec("Inflammatory carcinoma", YES_NO, absence="no: it is a diagnosis of its own, T4d"),
    "laterality": _spec(
        "Side of the tumour", ("left", "right", "bilateral", "unstated"), absence="unstated: sides cannot disagree"
    ),
    "disease-phase": _spec(
        "Phase of the disease",
        (
            "new",
            "neoadjuvant-planned",
            "neoadjuvant-running",
            "neoadjuvant-completed",
            "adjuvant",
            "surveillance",
            "recurrence",
            "metastatic",
        ),
        absence="one of new, surveillance, by date of diagnosis and by what therapy is recorded",
        new="newly diagnosed, untreated",
        neoadjuvant_planned="neoadjuvant therapy planned",
        neoadjuvant_running="neoadjuvant therapy running",
        neoadjuvant_completed="neoadjuvant therapy completed, before surgery",
        adjuvant="adjuvant therapy",
        surveillance="follow-up after curative treatment",
        recurrence="local recurrence",
        metastatic="metastatic disease",
    ),
    "clinical-t": _spec(
        "Clinical T at diagnosis", ("Tis", "T0", "T1", "T2", "T3", "T4"), absence="unknown: never taken as small"
    ),
    "clinical-n": _spec(
        "Clinical nodal status at diagnosis",
        ("N0", "N1mi", "N1", "N2", "N3"),
        absence="unknown: a missing N, or NX, is never N0",
        N0="clinically node-negative (cN0)",
        N1mi="micrometastasis (N1mi)",
        N1="clinically node-positive (cN1 or higher)",
        N2="clinically node-positive (cN1 or higher)",
        N3="clinically node-positive (cN1 or higher)",
    ),
    "clinical-m": _spec("Distant metastasis", ("M0", "M1"), absence="M0, assumed and said: AJCC has no MX"),
    "stage-group": _spec(
        "Clinical stage at diagnosis",
        ("0", "IA", "IB", "IIA", "IIB", "IIIA", "IIIB", "IIIC", "IV"),
        absence="unknown: no stage, no rating of systemic staging",
        **{group: f"stage {group}" for group in STAGE_GROUPS},
    ),
    "tumor-size-mm": _spec(
        "Tumour size at diagnosis",
        unit="mm",
        absence="unknown, unless a T category bounds it; size after therapy never counts",
    ),
    "er": _spec("Oestrogen receptor", ("positive", "negative"), absence="unknown"),
    "pr": _spec("Progesterone receptor", ("positive", "negative"), absence="unknown"),
    "her2": _spec("HER2", ("positive", "negative"), absence="unknown"),
    # --- the axilla on the side of the tumour ----------------------------------------------------------------------
    "axillary-lump": _spec(
        "New axillary lump", ("none", "unilateral", "bilateral"), absence="none: a lump is recorded when it is found"
    ),
    "node-palpable": _spec(
        "Palpable axillary node",
        YES_NO,
        absence="unknown, unless clinical N0 or N+ is recorded",
        yes="a palpable axillary node",
        no="no palpable axillary node",
    ),
    "node-suspicious-on-imaging": _spec(
        "Suspicious axillary node on the imaging of this work-up",
        ("none", "mammography", "ultrasound", "mri", "other"),
        absence="none, assumed; for a node biopsy it must be recorded, because the warning is about that very thing",
        none="none seen",
        mammography="seen on mammography",
        ultrasound="seen on ultrasound",
        mri="seen on breast MRI",
        other="seen on another study",
    ),
    "node-suspicious-after-therapy": _spec(
        "Suspicious axillary node on imaging after neoadjuvant therapy", YES_NO, absence="no, assumed"
    ),
    "node-metastasis-proven": _spec(
        "Biopsy-proven axillary metastasis", YES_NO, absence="no: a positive biopsy is a diagnosis of its own"
    ),
    "node-positive-before-neoadjuvant": _spec(
        "Nodal status before neoadjuvant therapy",
        YES_NO,
        absence="unknown: current N and ypN do not tell",
        yes="node-positive before therapy",
        no="node-negative before therapy",
    ),
    "axilla-imaged": _spec(
        "Imaging of the axilla in this work-up",
        YES_NO,
        absence="no, assumed; for a node biopsy it must be recorded",
        yes="the axilla has been imaged",
        no="the axilla has not been imaged",
    ),
    "axilla-imaged-before-therapy": _spec(
        "Imaging of the axilla before neoadjuvant therapy",
        YES_NO,
        absence=(
            "unknown: many records hold no old imaging at all; no only where breast imaging from before therapy was "
            "read and none of it is of the axilla"
        ),
        yes="the axilla was imaged before therapy",
        no="the axilla was not imaged before therapy",
    ),
    # --- distant disease -------------------------------------------------------------------------------------------
    "metastasis-suspected": _spec(
        "Symptom or sign of metastasis",
        ("none", "symptom", "sign", "laboratory", "imaging-finding"),
        absence="none, assumed and said: ACR's variants and both seeds speak of patients without symptoms",
        none="no symptom or sign of metastasis",
        symptom="a symptom",
        sign="a sign",
        laboratory="an abnormal laboratory value",
        imaging_finding="a suspicious finding elsewhere",
    ),
    "metastasis-site": _spec(
        "Site of the suspected metastasis",
        ("bone", "spine", "lung", "liver", "brain", "other"),
        absence="other: no targeted study is named",
    ),
    "liver-tests": _spec(
        "Liver tests", ("normal", "isolated-alkaline-phosphatase", "abnormal"), absence="normal, assumed"
    ),
    "tumor-marker-raised": _spec("Raised tumour marker", YES_NO, absence="no; never a reason for imaging by itself"),
    # --- treatment -------------------------------------------------------------------------------------------------
    "breast-surgery": _spec(
        "Breast surgery on the side asked about",
        ("none", "conserving", "mastectomy"),
        absence="none before treatment; unknown in follow-up",
        conserving="breast-conserving surgery",
        none="no breast surgery",
    ),
    "local-recurrence": _spec("Local recurrence", ("none", "suspected", "proven"), absence="none, assumed"),
    # --- safety of a study -----------------------------------------------------------------------------------------
    "contrast-allergy": _spec(
        "Contrast allergy", ("none", "gadolinium", "iodinated", "both"), absence="none known: said only when recorded"
    ),
    "kidney-function": _spec(
        "Kidney function", ("normal", "reduced"), absence="not known: said only when recorded as reduced"
    ),
    # --- the order ---------------------------------------------------------------------------------------------------
    "procedure": _spec("Study ordered", ("see-procedures-yaml",), absence="not covered"),
    "question": _spec(
        "What the study is for",
        QUESTIONS,
        absence="the study's default question, assumed",
        breast="extent of disease in the breast",
        axilla="the axillary nodes",
        distant="distant metastasis",
        local_recurrence="local recurrence",
    ),
    "order-laterality": _spec(
        "Side of the order", ("left", "right", "bilateral", "unstated"), absence="unstated: the tumour's side"
    ),
}


LATER = frozenset({"contrast-allergy", "kidney-function"})
"""Facts that no criterion of ACR's asks for: they matter only where a study with contrast is to be offered instead."""
