"""A cohort of synthetic patients with records as complete as records are, one order each; the same for the same seed.

What each record leaves out is drawn with the shares in `RECORDED`: assumptions of this project, not measurements. Each
patient is told twice, so and by a record that leaves nothing out: what that one says is the truth to compare with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.support.patients import DIALECTS
from tests.support.scenarios.model import Scenario
from tests.support.story import Drug, Finding, Order, PatientStory, Plan, Report, Treatment, Tumor

RECORDED = {
    "stage": 0.8,
    "t-and-n": 0.8,
    "m": 0.5,
    "receptors": 0.85,
    "size": 0.7,
    "side": 0.9,
    "date": 0.95,
    "mammogram": 0.85,
    "axilla-report": 0.7,
    "treatment": 0.85,
    "reason": 0.9,
    "reason-in-words": 0.6,
}
"""How often a record holds it."""

STAGES = {
    "early": (("IA", "T1", "N0", 15.0), ("IIA", "T2", "N0", 28.0), ("IIA", "T1", "N1", 18.0)),
    "late": (
        ("IIB", "T2", "N1", 32.0),
        ("IIB", "T3", "N0", 60.0),
        ("IIIA", "T3", "N1", 62.0),
        ("IIIA", "T2", "N2", 40.0),
    ),
}
"""Stage, T, N and size that go together."""

RECEPTORS = (
    {"er": "positive", "pr": "positive", "her2": "negative"},
    {"er": "negative", "pr": "negative", "her2": "negative"},
    {"er": "positive", "pr": "negative", "her2": "positive"},
)

SYMPTOMS = ("bone-pain", "low-back-pain", "cough", "headache", "weight-loss", "abnormal-liver-tests")
OTHER_DISEASES = ("hypertension", "diabetes", "reflux", "osteoporosis", "copd", "anxiety")

STUDIES: Mapping[str, tuple[str, ...]] = {
    "new": ("pet-ct", "pet-ct", "ct-cap-with", "bone-scan", "us-axilla-left", "mri-breast", "mammography-diagnostic"),
    "before": ("us-axilla-left", "us-axilla-left", "node-core-biopsy", "mri-breast", "pet-ct", "ct-cap-with"),
    "during": ("mri-breast", "us-breast-left", "mammography-diagnostic"),
    "after": ("us-axilla-left", "us-axilla-left", "mri-breast", "pet-ct"),
    "followed": (
        *("pet-ct", "pet-ct", "ct-cap-with", "bone-scan"),
        *("mammography-diagnostic", "us-axilla-left", "mri-breast", "mri-head"),
    ),
}
"""What is ordered in each kind of phase, the commonest twice."""

PHASES: Mapping[str, str] = {
    "new, stage I-IIA": "new",
    "new, stage IIB-III": "new",
    "new with a symptom": "new",
    "before neoadjuvant therapy": "before",
    "during neoadjuvant therapy": "during",
    "after neoadjuvant therapy": "after",
    "follow-up": "followed",
    "follow-up with a symptom": "followed",
    "metastatic": "new",
}
"""Each phase, and what kind of treatment and order goes with it."""

WHOLE = dict.fromkeys(RECORDED, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One patient with one order: as the record tells it, and as a record that leaves nothing out would."""

    phase: str
    told: Scenario
    whole: Scenario


def cohort(size: int, seed: int) -> Iterator[Patient]:
    """As many patients, the phases in turn."""
    draw, reasons = Random(seed), _reasons()
    for number in range(size):
        yield _patient(tuple(PHASES)[number % len(PHASES)], number, draw, reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Truth:
    """What is true of a patient, whatever is on record."""

    phase: str
    stage: tuple[str, str, str, float]
    receptors: Mapping[str, str]
    operation: str
    findings: tuple[Finding, ...]


def _patient(phase: str, number: int, draw: Random, reasons: Mapping[tuple[str, str], list[str]]) -> Patient:
    late = phase == "new, stage IIB-III" or (phase != "new, stage I-IIA" and draw.random() < 0.5)
    truth = _Truth(
        phase=phase,
        stage=draw.choice(STAGES["late" if late else "early"]),
        receptors=draw.choice(RECEPTORS),
        operation=draw.choice(("lumpectomy", "mastectomy")),
        findings=_findings(phase, draw),
    )
    has = {name: draw.random() < share for name, share in RECORDED.items()}
    ordered = _order(phase, has, draw, reasons)
    name, dialect = f"c{number}", draw.choice(DIALECTS)
    told = Scenario(name=name, why="", story=_story(name, truth, has), orders=(ordered,), dialect=dialect)
    return Patient(phase=phase, told=told, whole=replace(told, story=_story(name, truth, WHOLE), dialect="mcode"))


def _findings(phase: str, draw: Random) -> tuple[Finding, ...]:
    others = draw.sample(OTHER_DISEASES, draw.choice((0, 0, 1, 1, 2)))
    found = [Finding(concept=each, onset="2012-04-01") for each in others]
    if phase.endswith("symptom"):
        found.append(Finding(concept=draw.choice(SYMPTOMS), onset="2026-11-04"))
    if phase == "metastatic":
        found.append(Finding(concept="bone-metastasis", onset="2026-08-01"))
    return tuple(found)


def _order(phase: str, has: Mapping[str, bool], draw: Random, reasons: Mapping[tuple[str, str], list[str]]) -> Order:
    kind = PHASES[phase]
    study = draw.choice(STUDIES[kind])
    words = reasons.get((kind, study), [])
    plain = not phase.endswith("symptom") and phase != "metastatic"
    text = draw.choice(words) if words and plain and has["reason-in-words"] else None
    coded = ("history-of-breast-cancer", "follow-up-after-cancer") if kind == "followed" else ("invasive-left",)
    return Order(
        study=study,
        site="Left axilla" if study == "node-core-biopsy" else None,
        reason_text=text,
        reasons=coded if has["reason"] and text is None else (),
    )


def _story(name: str, truth: _Truth, has: Mapping[str, bool]) -> PatientStory:
    """What the record tells of the truth."""
    kind = PHASES[truth.phase]
    if kind == "followed" and not has["treatment"]:
        history = Finding(concept="history-of-breast-cancer", onset="2021-12-01" if has["date"] else None)
        return PatientStory(name=name, findings=(*truth.findings, history))
    month = {"new": "2026-10", "before": "2026-10", "followed": "2021-04"}.get(kind, "2026-05")
    return PatientStory(
        name=name,
        tumors=(_tumor(truth, f"{month}-05", has),),
        findings=truth.findings,
        reports=_work_up(has, month),
        **_treatment(kind, truth.operation, has),
    )


def _tumor(truth: _Truth, diagnosed: str, has: Mapping[str, bool]) -> Tumor:
    stage, t, n, size = truth.stage
    return Tumor(
        diagnosed=diagnosed if has["date"] else None,
        stage=stage if has["stage"] else None,
        t=t if has["t-and-n"] else None,
        n=n if has["t-and-n"] else None,
        m="M0" if has["m"] else None,
        size_mm=size if has["size"] else None,
        side="left" if has["side"] else None,
        **(truth.receptors if has["receptors"] else {}),
    )


def _treatment(kind: str, operation: str, has: Mapping[str, bool]) -> dict[str, Any]:
    """What the record holds of treatment; of neoadjuvant chemotherapy at least one dose."""
    if kind == "followed":
        return {"treatments": (Treatment(what=operation, start="2021-06-15", side="left"),)}
    if kind == "before" and has["treatment"]:
        plan = Plan(title="Neoadjuvant chemotherapy", activity="neoadjuvant-chemotherapy", created="2026-11-12")
        return {"plans": (plan,)}
    if kind in ("new", "before"):
        return {}
    if not has["treatment"]:
        return {"drugs": (Drug(what="paclitaxel", date="2026-10-28", status="completed", given=True),)}
    end, status = ("2026-10-30", "completed") if kind == "after" else (None, "in-progress")
    return {"treatments": (Treatment(what="neoadjuvant-chemotherapy", start="2026-06-01", end=end, status=status),)}


def _work_up(has: Mapping[str, bool], month: str) -> tuple[Report, ...]:
    mammogram = Report(study="mammography-done", date=f"{month}-14", conclusion="Mass in the left breast. BI-RADS 5.")
    axilla = Report(study="us-axilla-left", date=f"{month}-21", conclusion="No suspicious left axillary lymph nodes.")
    return ((mammogram,) if has["mammogram"] else ()) + ((axilla,) if has["axilla-report"] else ())


_OF = {"new-early": "new", "neoadjuvant-planned": "before", "neoadjuvant-done": "after", "followed": "followed"}
_ORDERED = {
    "pet-ct": "pet-ct", "ct-cap": "ct-cap-with", "bone-scan": "bone-scan", "us-axilla": "us-axilla-left",
    "mri-breast": "mri-breast", "mammography": "mammography-diagnostic", "node-biopsy": "node-core-biopsy",
    "mri-head": "mri-head",
}  # fmt: skip


def _reasons() -> dict[tuple[str, str], list[str]]:
    """Reasons as clinicians type them (`tests/facts/reasons.yaml`), by phase and study; none that names a symptom."""
    file = Path(__file__).parents[1] / "facts" / "reasons.yaml"
    found: dict[tuple[str, str], list[str]] = {}
    for group in yaml.safe_load(file.read_text(encoding="utf-8")):
        for written in group["reasons"]:
            row = {**group, **written}
            kind, study = _OF.get(row["of"]), _ORDERED.get(row["order"])
            if (
                kind
                and study
                and row.get("asks") not in (None, "none")
                and "quiet" not in (row["new"], row["followed"])
            ):
                found.setdefault((kind, study), []).append(row["say"])
    return found
