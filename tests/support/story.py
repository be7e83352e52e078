"""What is true of one synthetic patient, in clinical words, and what is ordered for them. Knows no FHIR."""

from dataclasses import dataclass

from tests.support.vocabulary import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Tumor:
    """One breast cancer. `concept`: a key of CONCEPTS. Staging is clinical, at diagnosis; None is not recorded."""

    concept: str = "invasive-left"
    side: str | None = "left"
    diagnosed: str | None = "2026-10-20"
    stage: str | None = None
    t: str | None = None
    n: str | None = None
    m: str | None = None
    size_mm: float | None = None
    er: str | None = None
    pr: str | None = None
    her2: str | None = None
    clinical: str = "active"
    verification: str = "confirmed"
    also_staged: tuple[str, ...] = ()
    """Further stage groups recorded on the same day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Any other Condition: a symptom, a status, a metastasis."""

    concept: str
    onset: str | None = None
    clinical: str = "active"
    verification: str = "confirmed"
    abated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """An operation or a course of therapy (Procedure). `end` None with status in-progress: still running."""

    what: str
    start: str
    end: str | None = None
    status: str = "completed"
    side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """A medication: prescribed, or given (`given` True). `what`: a key of DRUGS, or its name where it is not coded."""

    what: str
    date: str
    status: str = "active"
    given: bool = False
    reason: str = "invasive-left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A treatment plan with one planned activity."""

    title: str
    activity: str
    created: str
    status: str = "active"
    activity_status: str = "scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A finished imaging report. `study`: a key of STUDIES."""

    study: str
    date: str
    conclusion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A laboratory value with its reference range."""

    term: Term
    value: float
    unit: str
    low: float
    high: float
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStory:
    """What is true of one patient, in clinical words."""

    name: str
    sex: str = "female"
    born: str = "1968-03-12"
    tumors: tuple[Tumor, ...] = ()
    findings: tuple[Finding, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    drugs: tuple[Drug, ...] = ()
    plans: tuple[Plan, ...] = ()
    reports: tuple[Report, ...] = ()
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A draft ServiceRequest. `study`: a key of STUDIES; `reasons`: keys of CONCEPTS."""

    study: str
    id: str = "order-1"
    reasons: tuple[str, ...] = ()
    reason_text: str | None = None
    site: str | None = None
    note: str | None = None
    text: str | None = None
    authored: str = "2026-11-16"
