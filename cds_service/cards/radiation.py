"""The radiation of the study ordered, and of the studies on record."""

from cds_service.criteria.model import Assessment
from cds_service.knowledge.model import Knowledge, Procedure


def radiation(assessment: Assessment, knowledge: Knowledge) -> str:
    """ACR's level and band in mSv of this study; the sum over the recorded ones, where there are any."""
    study = knowledge.procedures.get(assessment.procedure or "")
    if study is None:
        return ""
    own = f"ACR level {study.radiation}, {_band(study.msv)} mSv." if _radiates(study) else "none from this study."
    found = (knowledge.procedures.get(each.procedure) for each in assessment.prior_imaging)
    before = [each.msv for each in found if each is not None and each.msv is not None and _radiates(each)]
    if not before:
        return f"**Radiation**: {own}"
    low, high = sum(band[0] for band in before), sum(band[1] for band in before)
    count = "1 study" if len(before) == 1 else f"{len(before)} studies"
    return f"**Radiation**: {own} On record: {count} with radiation, about {low:g} to {high:g} mSv in sum."


def _radiates(study: Procedure) -> bool:
    return study.msv is not None and study.msv[1] > 0


def _band(msv: tuple[float, float] | None) -> str:
    low, high = msv or (0.0, 0.0)
    return f"under {high:g}" if low == 0 else f"{low:g} to {high:g}"
