"""What says that a cancer was treated and is followed: on record, or in the words of the order."""

from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.episodes import Cancer, over
from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.model import Evidence
from cds_service.facts.observations import has_result, observed
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source, reference_to
from cds_service.fhir.resources import Observation, ServiceRequest

_FOLLOWED = frozenset({"follow-up-encounter", "breast-cancer-history"})


def treated(cancer: Cancer, found: tuple[Diagnosis, ...], source: Source) -> list[Evidence]:
    """What says that the cancer was treated and is followed: Z85.3, Z08, remission, a resolved diagnosis, the order."""
    # A history of the other breast tells of the other cancer (facts E25).
    past = (each for each in found if each.disease is Disease.HISTORY and same_side(each.side, cancer.side))
    proof = [named(each, "history of breast cancer") for each in past]
    proof += [named(each, "follow-up after treatment") for each in found if "follow-up-encounter" in each.sets]
    if over(cancer):
        proof += [named(each, f"cancer {each.course.value}") for each in cancer.named_by]
    proof += [named(each, "cancer in remission") for each in cancer.named_by if each.course is Course.REMISSION]
    proof += [named(each, "cancer in remission") for each in found if "remission" in each.sets]
    proof += _status_of_remission(source)
    for draft in source.drafts:
        if not _FOLLOWED.isdisjoint(source.sets_of(*source.reasons_of(draft))):
            proof.append(Evidence(value="follow-up after treatment", resources=(reference_to(draft),)))
        elif _says_treated(draft, source):
            proof.append(Evidence(value="history of breast cancer in the order", resources=(reference_to(draft),)))
    return list(dict.fromkeys(proof))


def _status_of_remission(source: Source) -> list[Evidence]:
    """The newest disease status, where it says that there is none or full remission."""
    dated = [each for each in newest_statuses(source) if observed(each) is not None]
    if not dated:
        return []
    value = dated[0].value_codeable_concept
    if not (source.has("remission", value) or source.has("disease-status-none", value)):
        return []
    return [Evidence(value="no evidence of disease", resources=(reference_to(dated[0]),))]


def newest_statuses(source: Source) -> list[Observation]:
    """The disease statuses (mCODE Cancer Disease Status) of the newest day, and those without one."""
    stated = [
        (on.latest if (on := observed(each)) is not None else None, each)
        for each in source.observations("disease-status-observation")
        if has_result(each)
    ]
    if not stated:
        return []
    newest = max((day for day, _ in stated if day is not None), default=None)
    return [each for day, each in stated if day is None or day == newest]


def _says_treated(draft: ServiceRequest, source: Source) -> bool:
    return any(
        mention.meant is Meant.HISTORICAL
        for reading in source.order_readings(draft)
        for mention in reading.of(Kind.BREAST_CANCER)
    )


def named(diagnosis: Diagnosis, value: str) -> Evidence:
    """A diagnosis as evidence, in our words."""
    date = diagnosis.since.text if diagnosis.since is not None else None
    return Evidence(value=value, resources=(diagnosis.reference,), date=date)
