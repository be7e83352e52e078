"""The treatment that the problem list and the words of the order tell of: status codes, encounters for it, history."""

import re
from collections.abc import Iterator

import msgspec

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.therapy import (
    SURGERY,
    THERAPY_WORDS,
    Progress,
    Treatment,
    TreatmentEvent,
    names_now,
    names_side_effect,
)
from cds_service.fhir.resources import (
    CodeableConcept,
)

SAID_PROGRESS = {
    "neoadjuvant-planned": Progress.PLANNED,
    "neoadjuvant-running": Progress.RUNNING,
    "neoadjuvant-completed": Progress.COMPLETED,
}


# --- status codes -----------------------------------------------------------------------------------------------------
# An encounter for chemotherapy says that it was given that day, not that it runs today.
_STATUS_SETS = (
    ("chemotherapy", Treatment.CHEMOTHERAPY, Progress.UNCLEAR),
    ("chemotherapy-effect", Treatment.CHEMOTHERAPY, Progress.UNCLEAR),
    ("immunotherapy", Treatment.CHEMOTHERAPY, Progress.UNCLEAR),
    ("radiotherapy", Treatment.RADIOTHERAPY, Progress.UNCLEAR),
    ("endocrine-therapy", Treatment.ENDOCRINE, Progress.RUNNING),
    ("mastectomy-status", Treatment.MASTECTOMY, Progress.COMPLETED),
    ("chemotherapy-history", Treatment.CHEMOTHERAPY, Progress.COMPLETED),
    ("radiotherapy-history", Treatment.RADIOTHERAPY, Progress.COMPLETED),
)


_OF_THE_PAST = frozenset({"chemotherapy-history", "radiotherapy-history"})


def _day_of(value_set: str, entered: When | None, source: Source) -> When | None:
    """The day of a treatment that a status code tells of, as far as the day of its entry says it: a breast that was
    gone so long ago was removed before then, and nobody knows how long before; of what is past, nothing."""
    if value_set in _OF_THE_PAST or entered is None:
        return None
    long_gone = entered.surely_older(source.windows.surveillance_days, source.today)
    return entered if value_set != "mastectomy-status" or long_gone else None


_STATUSES = frozenset(value_set for value_set, _, _ in _STATUS_SETS)


def of_status_code(diagnosis: Diagnosis, source: Source) -> Iterator[TreatmentEvent]:
    """Treatment on the problem list: status and encounter codes (Z51.11, Z79.81-, Z90.1-), and words."""
    if _STATUSES.isdisjoint(diagnosis.sets) and not diagnosis.words and not diagnosis.noted:
        return
    for value_set, treatment, progress in _STATUS_SETS:
        if value_set in diagnosis.sets:
            yield TreatmentEvent(
                treatment=treatment,
                progress=progress,
                resource=diagnosis.reference,
                side=diagnosis.side,
                start=_day_of(value_set, diagnosis.since, source),
            )
    for mention in _told_once(diagnosis):
        event = event_of(mention, diagnosis.reference)
        if event is not None:
            yield _of_its_day(event, mention, diagnosis)


def _told_once(diagnosis: Diagnosis) -> Iterator[Mention]:
    """The treatments that an entry tells of, however often it does."""
    told = [each for words in (*diagnosis.words, *diagnosis.noted) for each in words.of(Kind.THERAPY, Kind.SURGERY)]
    return iter({(each.kind, each.value, each.meant, each.detail): each for each in told}.values())


def _of_its_day(event: TreatmentEvent, mention: Mention, diagnosis: Diagnosis) -> TreatmentEvent:
    """Therapy as a dated entry tells of it: a visit for it, and what came of it, say that it ran then."""
    told = texts_of(diagnosis.concept)
    then = not _GIVEN.isdisjoint(diagnosis.sets) or names_side_effect(told)
    if event.treatment in SURGERY or event.progress is not Progress.UNCLEAR or mention.detail == "running":
        return event
    if event.treatment is Treatment.RADIOTHERAPY and any(map(_RADIOTHERAPY_RUNS.search, told)):
        return msgspec.structs.replace(event, progress=Progress.RUNNING)
    if not then or names_now(told) or diagnosis.since is None or event.neoadjuvant is not None:
        return event
    return msgspec.structs.replace(event, start=diagnosis.since, stated=False)


_RADIOTHERAPY_RUNS = re.compile(
    r"\b(?:radiotherapy|radiation(?: therapy)?|rt|xrt) (?:is )?(?:still )?(?:ongoing|running|continu|in progress)"
    r"|\b(?:undergoing|receiving|current|ongoing) (?:radiotherapy|radiation|rt|xrt)\b",
    re.IGNORECASE,
)


# --- the order --------------------------------------------------------------------------------------------------------
def of_order(source: Source) -> Iterator[TreatmentEvent | None]:
    """Treatment as the order's own words tell it: "s/p NAC", "before neoadjuvant chemo", "lumpectomy 2019"."""
    for draft in source.drafts:
        reference = reference_to(draft)
        for reading in source.order_readings(draft):
            for mention in reading.of(Kind.THERAPY, Kind.SURGERY):
                yield event_of(mention, reference)
        sets = source.sets_of(*source.reasons_of(draft))
        if _OF_TREATMENT.isdisjoint(sets):  # nearly all orders
            continue
        yield from (given_today(concept, reference, source) for concept in source.reasons_of(draft))
        if not _NEOADJUVANT.isdisjoint(sets):
            yield TreatmentEvent(
                treatment=Treatment.CHEMOTHERAPY,
                progress=Progress.UNCLEAR,
                resource=reference,
                neoadjuvant=True,
                stated=True,
            )


_GIVEN = frozenset({"chemotherapy", "immunotherapy", "radiotherapy"})
_NEOADJUVANT = frozenset({"neoadjuvant-intent", "neoadjuvant-chemotherapy"})
_OF_TREATMENT = _GIVEN | _NEOADJUVANT


def given_today(reason: CodeableConcept, resource: str, source: Source) -> TreatmentEvent | None:
    """An encounter for chemotherapy on the problem list says that it was given that day; as a reason, that it runs."""
    sets = source.sets_of(reason)
    found = next(
        (treatment for value_set, treatment, _ in _STATUS_SETS if value_set in sets and value_set in _GIVEN), None
    )
    if found is None:
        return None
    return TreatmentEvent(treatment=found, progress=Progress.RUNNING, resource=resource, stated=True)


def event_of(mention: Mention, resource: str) -> TreatmentEvent | None:
    """The treatment that words name, if they do."""
    if mention.meant in (Meant.NEGATED, Meant.FAMILY):
        return None
    # "Lumpectomy" alone in an order may be a plan as well as history; "WLE + RT" is said of what is over.
    over = mention.meant is Meant.HISTORICAL or (mention.kind is Kind.THERAPY and mention.detail == "completed")
    ahead = mention.value == "radiotherapy" and mention.detail == "planned"
    progress = Progress.COMPLETED if over else Progress.PLANNED if ahead else Progress.UNCLEAR
    if mention.kind is Kind.SURGERY:
        if mention.value not in ("mastectomy", "conserving"):
            return None
        return TreatmentEvent(treatment=Treatment(mention.value), progress=progress, resource=resource, stated=True)
    treatment = THERAPY_WORDS.get(mention.value)
    if treatment is None:
        return None
    said = SAID_PROGRESS.get(mention.value, progress)
    return TreatmentEvent(
        treatment=treatment,
        progress=Progress.UNCLEAR if mention.meant is Meant.UNCERTAIN else said,  # "if NAC completed"
        resource=resource,
        neoadjuvant=_said_timing(mention),
        stated=True,
    )


def _said_timing(mention: Mention) -> bool | None:
    if mention.value.startswith("neoadjuvant"):
        return True
    return False if mention.value == "adjuvant" else None
