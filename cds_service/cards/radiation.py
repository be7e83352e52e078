"""The radiation of studies: ACR's relative levels of an adult as bands in mSv, never more precise than they are."""

from collections.abc import Iterable, Sequence
from math import fsum

from cds_service.criteria.model import Assessment
from cds_service.facts.model import PriorStudy
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure

Band = tuple[float, float]
"""Lowest and highest effective dose, in mSv."""

_DAY = len("2026-05-30")


def radiation(assessment: Assessment, knowledge: Knowledge) -> str:
    """ACR's level and band in mSv of this study; the sum over the recorded ones, where there are any."""
    study = knowledge.procedures.get(assessment.procedure or "")
    if study is None:
        return ""
    own = f"ACR level {study.radiation}, {band(study.msv)} mSv." if radiates(study) else "none from this study."
    before = [study for study, _ in recorded(assessment.prior_imaging, knowledge) if radiates(study)]
    return f"**Radiation**: {own} On record: {on_record(before)}." if before else f"**Radiation**: {own}"


def on_record(studies: Sequence[Procedure]) -> str:
    """How many studies with radiation, and their sum: "2 studies with radiation, about 11 to 40 mSv in sum"."""
    count = "1 study" if len(studies) == 1 else f"{len(studies)} studies"
    return f"{count} with radiation, {span(studies)} in sum"


def span(studies: Iterable[Procedure]) -> str:
    """The sum of some studies in words: "about 11 to 40 mSv"."""
    low, high = summed(studies)
    return f"about {rounded(low)} to {rounded(high)} mSv"


def recorded(prior: Iterable[PriorStudy], knowledge: Knowledge) -> tuple[tuple[Procedure, PriorStudy], ...]:
    """The studies on record that we know; what was done and the report of the same day are one study."""
    found: list[tuple[Procedure, PriorStudy]] = []
    seen: set[tuple[str, str]] = set()
    for each in prior:
        study = knowledge.procedures.get(each.procedure)
        if study is None:
            continue
        day = (each.date or "")[:_DAY]
        if (each.procedure, day) in seen:
            continue
        if len(day) == _DAY:
            seen.add((each.procedure, day))
        found.append((study, each))
    return tuple(found)


def radiates(study: Procedure) -> bool:
    """Whether a study is known to give a dose."""
    return study.msv is not None and study.msv[1] > 0


def summed(studies: Iterable[Procedure]) -> Band:
    """The sum of the bands; a study whose band is not known adds nothing, and has to be named beside it."""
    bands = [study.msv for study in studies if study.msv is not None]
    return fsum(low for low, _ in bands), fsum(high for _, high in bands)  # the same in whatever order


def rounded(dose: float) -> str:
    """A sum without false precision: two digits."""
    return f"{float(f'{dose:.2g}'):g}"


def band(msv: Band | None) -> str:
    """One study's band: "10 to 30", "under 0.1"."""
    low, high = msv or (0.0, 0.0)
    return f"under {high:g}" if low == 0 else f"{low:g} to {high:g}"
