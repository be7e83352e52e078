"""What keeps a study from being offered: it is ordered already, done already, or could harm this patient."""

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

from cds_service.coding import canonical_code
from cds_service.criteria.model import Assessment
from cds_service.facts.model import Fact, Facts, OneOf, Unknown, UnknownReason
from cds_service.fhir.resources import ServiceRequest
from cds_service.fhir.translated import translated
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import CodeMatch, Procedure

MAMMOGRAPHY_INTERVAL = timedelta(days=365)

_MAMMOGRAPHY = ("mammography", "dbt")
"""How the ids of mammography and tomosynthesis begin: for "done already" one stands for the other."""


def drafted_studies(drafts: Mapping[str, msgspec.Raw], knowledge: Knowledge) -> frozenset[str]:
    """Studies that some draft of this request already orders, by code. An unreadable draft orders nothing we know."""
    return frozenset(each for raw in drafts.values() for each in _studies_of(raw, knowledge))


def _studies_of(raw: msgspec.Raw, knowledge: Knowledge) -> Iterable[str]:
    try:
        draft = translated(msgspec.json.decode(raw, type=ServiceRequest), knowledge.translations)
    except msgspec.DecodeError:
        return
    codings = draft.code.coding if draft.code is not None else ()
    codes = {canonical_code(each.system, each.code) for each in codings if each.system and each.code}
    named = {CodeMatch.EXACT, CodeMatch.NEAR} | ({CodeMatch.NEEDS_SITE} if _names_axilla(draft) else set())
    for study in knowledge.procedures.values():
        if any(each.code in codes for each in study.codes if each.match in named):
            yield study.id


def _names_axilla(draft: ServiceRequest) -> bool:
    concepts = [*draft.body_site, *([draft.code] if draft.code is not None else [])]
    texts = [text for each in concepts for text in (each.text, *(coding.display for coding in each.coding))]
    return any("axill" in text.lower() for text in texts if text)


def done(study: Procedure, assessment: Assessment) -> bool:
    """Whether the study, on the side of the tumour, is on record in this work-up."""
    side = assessment.facts.value("laterality") if assessment.facts is not None else None
    return any(
        each.in_work_up and _alike(each.procedure, study.id) and not _opposite(each.laterality, side)
        for each in assessment.prior_imaging
    )


def _alike(one: str, other: str) -> bool:
    return one == other or (is_mammography(one) and is_mammography(other))


def _opposite(one: str | None, other: object) -> bool:
    return {one, other} == {"left", "right"}


def is_mammography(procedure: str) -> bool:
    """Whether a study is a mammogram or a tomosynthesis, of whatever kind."""
    return procedure.startswith(_MAMMOGRAPHY)


def recent_mammogram(procedure: str, recorded: str | None, today: date) -> bool:
    """Whether a study is a mammogram that may fall within the last twelve months; one without a readable date may."""
    if not is_mammography(procedure):
        return False
    latest = _latest(recorded)
    return latest is None or latest > today - MAMMOGRAPHY_INTERVAL


def _latest(recorded: str | None) -> date | None:
    """The last day a possibly partial date can mean (2026 is 2026-12-31); None where it is no date."""
    found = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", recorded or "")
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    try:
        return date(year, month, int(found[3] or calendar.monthrange(year, month)[1]))
    except ValueError:  # also of a month that is none
        return None


def harm(study: Procedure, facts: Facts | None) -> str | None:
    """Why this patient should not be offered a study, or None."""
    if facts is None:
        return None
    needs_contrast = study.contrast != "none"
    allergy = facts.value("contrast-allergy")
    if needs_contrast and allergy == "both":
        return "an allergy to contrast is recorded"
    if needs_contrast and allergy == study.contrast:
        return f"an allergy to {study.contrast} contrast is recorded"
    if needs_contrast and facts.value("kidney-function") == "reduced":
        return "it needs contrast, and reduced kidney function is recorded"
    if facts.value("pregnant") == "yes" and not is_ultrasound(study):
        return "in pregnancy only ultrasound is offered"
    return None


def doubt(study: Procedure, facts: Facts | None) -> str | None:
    """What is to be cleared before a study is given to this patient, or None: it is offered, and not recommended."""
    if facts is None or study.contrast == "none":
        return None
    if _open(facts["contrast-allergy"]):
        return "ask for an allergy to contrast first, which could not be read"
    if _open(facts["kidney-function"]):
        return "it needs contrast, and the record leaves kidney function open: check it first"
    return None


def _open(fact: Fact) -> bool:
    """Whether something in the record, or what could not be read of it, leaves a fact open; absence does not."""
    return isinstance(fact, OneOf) or (isinstance(fact, Unknown) and fact.reason is not UnknownReason.NOT_RECORDED)


def is_ultrasound(study: Procedure) -> bool:
    """Whether a study is an ultrasound, or done under ultrasound, by its ACR name."""
    return study.name.startswith("US")
