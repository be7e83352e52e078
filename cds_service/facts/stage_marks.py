"""Everything a record and an order say about the stage of one cancer, from every dialect that occurs.

mCODE STU4 (observations coded in SNOMED CT), the older ones in LOINC (Synthea, mCODE STU1-3), `Condition.stage`, words.
"""

from collections.abc import Iterable, Iterator

from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.episodes import Cancer
from cds_service.facts.observations import belongs, has_result, is_withheld, observed
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.stage_names import stage_named
from cds_service.facts.stage_statements import (
    Place,
    StageMark,
    of_readings,
    of_value,
    prognostic,
    unread,
    unread_mark,
)
from cds_service.facts.stage_unread import with_unread_since
from cds_service.fhir.resources import CodeableConcept, ConditionStage, Observation, ObservationComponent
from cds_service.fhir.retrieved import Record

STAGE_OBSERVATIONS = (
    ("stage-group-clinical", "group", "clinical"),
    ("stage-group-pathologic", "group", "pathologic"),
    ("stage-group-unspecified", "group", "unspecified"),
    ("t-clinical", "t", "clinical"),
    ("t-pathologic", "t", "pathologic"),
    ("t-unspecified", "t", "unspecified"),
    ("n-clinical", "n", "clinical"),
    ("n-pathologic", "n", "pathologic"),
    ("n-unspecified", "n", "unspecified"),
    ("m-clinical", "m", "clinical"),
    ("m-pathologic", "m", "pathologic"),
    ("m-unspecified", "m", "unspecified"),
)
"""Value set of `Observation.code`, what it states, and of which time."""
_STATING = frozenset(value_set for value_set, _, _ in STAGE_OBSERVATIONS)


def marks(
    cancer: Cancer, others: tuple[Cancer, ...], diagnoses: tuple[Diagnosis, ...], source: Source
) -> tuple[StageMark, ...]:
    """Everything the record and the order say about the stage of this cancer; what is dated ahead may be anything, and
    so may what may be the stage of another malignancy among the `diagnoses`."""
    found: list[StageMark] = []
    elsewhere = [e for e in diagnoses if e.disease is Disease.OTHER_MALIGNANCY and e.course is Course.ACTIVE]
    for observation, stated in source.once(_on_record, source.record):
        if belongs(observation, cancer, others, source):
            foreign = elsewhere and any(_may_be_of(each, observation, source) for each in elsewhere)
            found += map(unread, stated) if foreign else stated
    for diagnosis in cancer.named_by:
        found += source.once(_of_diagnosis, diagnosis)
    if not others:  # with two cancers nobody knows which one the order's words are about
        for draft in source.drafts:
            found += of_readings(source.order_readings(draft), Place(resource=reference_to(draft), on=None))
    return with_unread_since(tuple([unread(mark) if source.is_ahead(mark.on) else mark for mark in found]))


def _may_be_of(other: Diagnosis, observation: Observation, source: Source) -> bool:
    """Whether an Observation that names neither a disease nor a side may be of this one, found at about that time."""
    if observation.focus or side_of(source, observation.body_site) != "unstated":
        return False
    on = observed(observation)
    days = source.windows.new_disease_days
    return on is None or other.since is None or not other.since.surely_older(days, on.earliest)


def every_mark(found: Iterable[Diagnosis], source: Source) -> Iterator[StageMark]:
    """Every statement on record, of whichever cancer and time: distant disease of one cancer is the patient's."""
    for _, stated in source.once(_on_record, source.record):
        yield from stated
    for diagnosis in found:
        yield from source.once(_of_diagnosis, diagnosis)


def _on_record(record: Record, source: Source) -> tuple[tuple[Observation, list[StageMark]], ...]:
    """The Observations that state a stage, with what they state."""
    return tuple(
        [
            (observation, stated)
            for observation, sets in source.telling_observations
            if (stated := _of_observation(observation, sets, source))
        ]
    )


def _of_observation(observation: Observation, sets: frozenset[str], source: Source) -> list[StageMark]:
    """What an Observation states, whose code is in these value sets."""
    value = observation.value_codeable_concept
    of_metastasis = value is not None and source.has("m-categories", value)
    stated = _stating(observation.code, sets, source)
    if not (stated or of_metastasis or observation.component) or not has_result(observation):
        return []  # most of them
    found = _stated(value, _words(observation), stated, observation, source)
    # Some guides code "M category" their own way; a value that is M1 says it all.
    known = source.knowledge.staging_codes
    if not found and of_metastasis and any(known.get(code, "").endswith("M1") for code in codes_of(value)):
        place = Place(resource=reference_to(observation), on=observed(observation), kind="m")
        found = of_value(value, (), place, source)
    if stated and not found and is_withheld(observation):
        place = Place(resource=reference_to(observation), on=observed(observation))
        found = [unread_mark(kind or "group", timing, place) for kind, timing in stated]
    for part in observation.component:
        stated = _stating(part.code, source.sets_of(part.code), source)
        if stated:
            found += _stated(part.value_codeable_concept, _words(part), stated, observation, source)
    return found


_Stating = tuple[tuple[str | None, str], ...]
"""What is stated, and of which time: see `StageMark`. A kind of None is told by the value alone."""


def _stating(code: CodeableConcept | None, sets: frozenset[str], source: Source) -> _Stating:
    if sets:
        stating = not _STATING.isdisjoint(sets)
        return tuple([(kind, timing) for name, kind, timing in STAGE_OBSERVATIONS if name in sets]) if stating else ()
    named = stage_named(code, source)
    return ((named.kind, named.timing),) if named is not None else ()


def _stated(
    value: CodeableConcept | None,
    words: tuple[str, ...],
    stated: _Stating,
    observation: Observation,
    source: Source,
) -> list[StageMark]:
    """What a value of an Observation states."""
    resource, on = reference_to(observation), observed(observation)
    found: list[StageMark] = []
    for kind, timing in stated:
        found += of_value(value, words, Place(resource=resource, on=on, timing=timing, kind=kind), source)
    if any(mark.kind == "group" for mark in found) and _prognostic(observation, source):
        return [prognostic(mark) for mark in found]
    return found


def _words(stated: Observation | ObservationComponent) -> tuple[str, ...]:
    """A value that is no concept, as one would write it."""
    quantity = stated.value_quantity.value if stated.value_quantity is not None else None
    values = (stated.value_string, stated.value_integer, stated.value_boolean, quantity)
    said = tuple(str(value) for value in values if value not in (None, ""))
    return said if said or stated.value_codeable_concept is not None else texts_of(*stated.interpretation)


def _prognostic(observation: Observation, source: Source) -> bool:
    """Whether its groups are of the prognostic system: by its method, or in any words beside it."""
    concepts = (observation.method, observation.code, observation.value_codeable_concept)
    notes = (note.text or "" for note in observation.note)
    return _names_prognostic(source, concepts, (*_words(observation), *notes))


def _names_prognostic(source: Source, concepts: tuple[CodeableConcept | None, ...], words: Iterable[str]) -> bool:
    if source.has("staging-method-prognostic", *concepts):
        return True
    return "prognostic" in "\n".join((*texts_of(*concepts), *words)).lower()


def _of_diagnosis(diagnosis: Diagnosis, source: Source) -> list[StageMark]:
    if diagnosis.condition is None:
        return []
    found: list[StageMark] = []
    for stage in diagnosis.condition.stage:
        found += _of_condition_stage(stage, diagnosis, source)
    said = (*diagnosis.words, *diagnosis.noted)
    return [*found, *of_readings(said, Place(resource=diagnosis.reference, on=diagnosis.since))]


def _of_condition_stage(stage: ConditionStage, diagnosis: Diagnosis, source: Source) -> list[StageMark]:
    sets, typed = source.sets_of(stage.type), " ".join(texts_of(stage.type)).lower()
    worded = "pathologic" if "patholog" in typed else "clinical" if "clinical" in typed else "unspecified"
    kind, timing = next(((kind, time) for name, kind, time in STAGE_OBSERVATIONS if name in sets), (None, worded))
    place = Place(resource=diagnosis.reference, on=diagnosis.since, timing=timing, kind=kind)
    found = of_value(stage.summary, (), place, source)
    if stage.summary is None:  # some write the stage itself as its type
        found += of_readings(source.said(stage.type), place)
    if _names_prognostic(source, (stage.type, stage.summary), diagnosis.notes):
        return [prognostic(mark) for mark in found]
    # A group that says no system, as an Observation has it that says prognostic, is a copy of that.
    copied = {mark.values for _, stated in source.once(_on_record, source.record) for mark in stated if mark.prognostic}
    return [prognostic(mark) if timing == "unspecified" and mark.values in copied else mark for mark in found]
