"""Everything a record and an order say about the stage of one cancer, from every dialect that occurs.

mCODE STU4 (observations coded in SNOMED CT), the older ones in LOINC (Synthea, mCODE STU1-3), `Condition.stage`, words.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.episodes import Cancer
from cds_service.facts.mentions import Reading, StagingText
from cds_service.facts.observations import belongs, has_result, observed
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.stage_writing import Written, parse, timing_of
from cds_service.fhir.resources import CodeableConcept, ConditionStage, Observation, Record
from cds_service.value import Value


class StageMark(Value, frozen=True, kw_only=True):
    """One statement about the stage: `kind` t, n, m or group; `value` as in the vocabulary, a group perhaps unlettered.

    `timing`: clinical, pathologic, after-therapy or unspecified. `coded`: False for words. `prognostic`: of AJCC's
    prognostic groups, another system, whose IIA can be an anatomic IIB (facts A8).
    """

    kind: str
    value: str
    timing: str
    resource: str
    written: str
    on: When | None = None
    coded: bool = True
    prognostic: bool = False


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


class _Place(Value, frozen=True, kw_only=True):
    """Where a statement stands: what it may be about, and what it means where it does not say itself."""

    resource: str
    on: When | None
    timing: str = "unspecified"
    kind: str | None = None
    prognostic: bool = False


def marks(cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> tuple[StageMark, ...]:
    """Everything the record and the order say about the stage of this cancer."""
    found: list[StageMark] = []
    for observation, stated in source.once(_on_record, source.record):
        if belongs(observation, cancer, others, source):
            found += stated
    for diagnosis in cancer.named_by:
        found += source.once(_of_diagnosis, diagnosis)
    if not others:  # with two cancers nobody knows which one the order's words are about
        for draft in source.drafts:
            found += _of_readings(source.order_readings(draft), _Place(resource=reference_to(draft), on=None))
    return tuple(found)


def every_mark(found: Iterable[Diagnosis], source: Source) -> Iterator[StageMark]:
    """Every statement on record, of whichever cancer and time: distant disease of one cancer is the patient's."""
    for _, stated in source.once(_on_record, source.record):
        yield from stated
    for diagnosis in found:
        yield from source.once(_of_diagnosis, diagnosis)


def _on_record(record: Record, source: Source) -> tuple[tuple[Observation, list[StageMark]], ...]:
    """The Observations that state a stage, with what they state."""
    each = ((observation, _of_observation(observation, source)) for observation in source.telling_observations)
    return tuple((observation, stated) for observation, stated in each if stated)


def _of_observation(observation: Observation, source: Source) -> list[StageMark]:
    sets, value = source.sets_of(observation.code), observation.value_codeable_concept
    stating = not _STATING.isdisjoint(sets)
    of_metastasis = value is not None and source.has("m-categories", value)
    if not (stating or of_metastasis or observation.component) or not has_result(observation):
        return []  # most of them
    found: list[StageMark] = []
    for value_set, kind, timing in STAGE_OBSERVATIONS if stating else ():
        if value_set in sets:
            place = _Place(
                resource=reference_to(observation),
                on=observed(observation),
                timing=timing,
                kind=kind,
                prognostic=source.has("staging-method-prognostic", observation.method),
            )
            words = (observation.value_string,) if observation.value_string else ()
            found += _of_value(value, words, place, source)
    # Some guides code "M category" their own way; a value that is M1 says it all.
    known = source.knowledge.staging_codes
    if not found and of_metastasis and any(known.get(code, "").endswith("M1") for code in codes_of(value)):
        place = _Place(resource=reference_to(observation), on=observed(observation), kind="m")
        found += _of_value(value, (), place, source)
    for part in observation.component:
        sets = source.sets_of(part.code)
        for value_set, kind, timing in () if _STATING.isdisjoint(sets) else STAGE_OBSERVATIONS:
            if value_set in sets:
                place = _Place(resource=reference_to(observation), on=observed(observation), timing=timing, kind=kind)
                words = (part.value_string,) if part.value_string else ()
                found += _of_value(part.value_codeable_concept, words, place, source)
    return found


def _of_diagnosis(diagnosis: Diagnosis, source: Source) -> list[StageMark]:
    if diagnosis.condition is None:
        return []
    found: list[StageMark] = []
    for stage in diagnosis.condition.stage:
        found += _of_condition_stage(stage, diagnosis, source)
    said = (*diagnosis.words, *diagnosis.noted)
    return [*found, *_of_readings(said, _Place(resource=diagnosis.reference, on=diagnosis.since))]


def _of_condition_stage(stage: ConditionStage, diagnosis: Diagnosis, source: Source) -> list[StageMark]:
    typed = " ".join(texts_of(stage.type)).lower()
    timing = "unspecified"
    if source.has("stage-group-pathologic", stage.type) or "pathologic" in typed:
        timing = "pathologic"
    elif source.has("stage-group-clinical", stage.type) or "clinical" in typed:
        timing = "clinical"
    prognostic = "prognostic" in typed or "prognostic" in " ".join(texts_of(stage.summary)).lower()
    place = _Place(resource=diagnosis.reference, on=diagnosis.since, timing=timing, prognostic=prognostic)
    return _of_value(stage.summary, (), place, source)


def _of_value(value: CodeableConcept | None, words: tuple[str, ...], place: _Place, source: Source) -> list[StageMark]:
    """Marks of a coded value; where no code is known, of a code that spells it out, then of its words."""
    known = source.knowledge.staging_codes
    texts = (*texts_of(value), *words)
    coded = _marked([(text, _of_code(text)) for code in codes_of(value) if (text := known.get(code))], place)
    if not coded and value is not None:
        coded = _marked([(coding.code, parse(coding.code)) for coding in value.coding if coding.code], place)
    coded = coded or _marked([(text, parse(text)) for text in texts], place)
    # "Stage IIA (cT2 cN1 cM0)": what the words beside a code say may contradict it.
    said = _of_words(texts, place, source)
    kinds = {each.kind for each in coded}
    return [*coded, *[mark for mark in said if mark.kind not in kinds]]


_of_code = cache(parse)
"""As `parse`, of the spellings of codes that the knowledge has, and so not without end."""


def _marked(values: list[tuple[str, Written | None]], place: _Place) -> list[StageMark]:
    return [
        StageMark(
            kind=written.kind,
            value=written.value,
            timing=written.timing or place.timing,
            resource=place.resource,
            written=text,
            on=place.on,
            prognostic=place.prognostic,
        )
        for text, written in values
        if written is not None
    ]


def _of_words(texts: Iterable[str], place: _Place, source: Source) -> list[StageMark]:
    return _of_readings(source.readings(*texts), place)


def _of_readings(readings: Iterable[Reading], place: _Place) -> list[StageMark]:
    return [mark for reading in readings for said in reading.staging for mark in _of_staging_text(said, place)]


def _of_staging_text(said: StagingText, place: _Place) -> list[StageMark]:
    values = (("group", said.stage), ("t", said.t), ("n", said.n), ("m", said.m))
    return [
        StageMark(
            kind=kind,
            value=value,
            timing=timing_of(said.prefix) or place.timing,
            resource=place.resource,
            written=value,
            on=place.on,
            coded=False,
            prognostic=place.prognostic,
        )
        for kind, value in values
        if value is not None
    ]
