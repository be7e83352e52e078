"""What can be known about a patient and an order: the facts, their values, and how they can be unknown.

The vocabulary is closed; knowledge files may name only these facts and values. Knows neither FHIR nor ACR variants.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cds_service.value import Value


class UnknownReason(StrEnum):
    """Why a fact is not known."""

    NOT_RETRIEVED = "not-retrieved"
    NOT_RECORDED = "not-recorded"
    UNREADABLE = "unreadable"
    CONTRADICTORY = "contradictory"


class Evidence(Value, frozen=True, kw_only=True):
    """What a fact rests on.

    `value` is short and ours (never record text), e.g. "cT1c" or "stage IIA"; `resources` are `Type/id`
    references; `date` is an ISO date as recorded, possibly partial ("2026-05").
    """

    value: str
    resources: tuple[str, ...] = ()
    date: str | None = None


class _Shown(Value, frozen=True, kw_only=True):
    """What a fact rests on."""

    evidence: tuple[Evidence, ...] = ()


class _Told(_Shown, frozen=True, kw_only=True):
    """`assumed` names what was taken as true for lack of a record."""

    assumed: str | None = None


class Known(_Told, frozen=True):
    """A fact with one value. `assumed` names what was taken as true for lack of a record."""

    value: str | float


class OneOf(_Told, frozen=True):
    """A fact with several candidate values, of which exactly one is true. At least two candidates."""

    candidates: tuple[str, ...]


class Unknown(_Shown, frozen=True):
    """A fact that could have any value of its domain."""

    reason: UnknownReason


Fact = Known | OneOf | Unknown

NOT_RECORDED = Unknown(UnknownReason.NOT_RECORDED)
NOT_RETRIEVED = Unknown(UnknownReason.NOT_RETRIEVED)


ReadLater = Callable[[], Mapping[str, Fact]]
"""Gives the facts of LATER."""


class Facts(Mapping[str, Fact]):
    """The facts of one cancer episode and one order, by name. A fact nobody stated is unknown, never absent.

    Those of LATER are read when one of them is asked for.
    """

    __slots__ = ("_facts", "_later", "_said")

    def __init__(self, facts: Mapping[str, Fact], later: ReadLater | None = None) -> None:
        if not facts.keys() <= VOCABULARY.keys():
            raise KeyError(f"no such fact: {next(name for name in facts if name not in VOCABULARY)}")
        self._facts = dict(facts)
        self._later = later
        self._said: dict[str, Hashable] | None = None

    def read_later(self) -> None:
        """Read what waits to be asked for."""
        if self._later is not None:
            self._facts = {**self._later(), **self._facts}
            self._later = self._said = None

    @property
    def said(self) -> Mapping[str, Hashable]:
        """What each fact of the vocabulary says, whatever it rests on: a value, candidates, or whether it contradicts
        itself. Worked out once, for an order is rated by several criteria. A fact that waits says nothing yet.
        """
        if self._said is None:
            self._said = _NOTHING_SAID | {
                name: fact.value if isinstance(fact, Known) else _left_open(fact) for name, fact in self._facts.items()
            }
        return self._said

    def __getitem__(self, name: str) -> Fact:
        if name in LATER:
            self.read_later()
        fact = self._facts.get(name)
        if fact is not None:
            return fact
        if name not in VOCABULARY:
            raise KeyError(f"no such fact: {name}")
        return NOT_RECORDED

    def __iter__(self) -> Iterator[str]:
        self.read_later()
        return iter(self._facts)

    def __len__(self) -> int:
        self.read_later()
        return len(self._facts)

    def value(self, name: str) -> str | float | None:
        """The value of a known fact, else None."""
        fact = self._facts.get(name) or self[name]
        return fact.value if isinstance(fact, Known) else None

    def candidates(self, name: str) -> tuple[str, ...]:
        """Every value a fact of a closed domain may have: one, some, or the whole domain."""
        return candidates(name, self[name])

    def with_facts(self, **changes: Fact) -> "Facts":
        """A copy with some facts replaced; underscores in the names stand for hyphens."""
        return self.replaced({name.replace("_", "-"): fact for name, fact in changes.items()})

    def replaced(self, changes: Mapping[str, Fact]) -> "Facts":
        """A copy with some facts replaced."""
        return Facts({**self._facts, **changes}, self._later)


def candidates(name: str, fact: Fact) -> tuple[str, ...]:
    """Every value that the fact of this name may have."""
    match fact:
        case Known(value=value):
            return (str(value),)
        case OneOf(candidates=open_between):
            return open_between
        case Unknown():
            return VOCABULARY[name].domain


def _left_open(fact: OneOf | Unknown) -> Hashable:
    match fact:
        case OneOf(candidates=candidates):
            return candidates
        case Unknown(reason=reason):
            return reason is UnknownReason.CONTRADICTORY


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
        absence="none: without a breast cancer on record or in the order no variant applies",
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

_NOTHING_SAID: dict[str, Hashable] = dict.fromkeys(VOCABULARY, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question an order asks.

    `question`: one of QUESTIONS, or None when the order's reason cannot be tied to one. `stated`: said by the order,
    not taken from the study's default. `covered`: False when the reason is not about the breast cancer at all.
    `unclear`: part of the reason was not understood, so that even the default cannot be relied on. `names_cancer`: the
    reason names the breast cancer, so that another cancer cannot be meant. `of_family`: what the same words ask of
    each kind of study; they go on asking it if another one is ordered instead.
    """

    question: str | None
    stated: bool
    covered: bool = True
    unclear: bool = False
    names_cancer: bool = False
    of_family: tuple[tuple[str, str | None], ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Episode(Value, frozen=True, kw_only=True):
    """One cancer of the patient as seen from one order: what the order asks of it, and its facts.

    The question can differ between episodes: a mammogram asks for local recurrence on a treated side and for the
    extent of disease on a new one. `condition`: the resource that names the cancer.
    """

    asked: Asked
    facts: Facts
    condition: str | None = None


class OrderFacts(Value, frozen=True, kw_only=True):
    """Everything matching needs about one order: each cancer episode it could be about.

    `episodes` is never empty: a patient without breast cancer has one whose `cancer` is none. `unreadable` are the
    places of what could not be read, in the words of the request: an entry ("prefetch.conditions.entry[2]"), or a key
    that failed or lacks a page ("prefetch.observations").
    """

    episodes: tuple[Episode, ...]
    assumed: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    prior_imaging: tuple["PriorStudy", ...] = ()


class PriorStudy(Value, frozen=True, kw_only=True):
    """An imaging study on record: `procedure` id in procedures.yaml, ISO date as recorded, `Type/id`, side if known."""

    procedure: str
    resource: str
    date: str | None = None
    laterality: str | None = None
    in_work_up: bool = False
