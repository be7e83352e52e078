"""Everything on record or in the order that may mean distant metastasis: symptoms, signs, findings elsewhere.

All of it errs towards suspicion, because suspicion silences a warning (facts A3: C12-C16, A7: E17-E19, E52-E54).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from cds_service.coding import ICD10CM
from cds_service.facts import unread
from cds_service.facts.beside import named_by, told_by
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import OF_BREAST, Course, Diagnosis, Disease
from cds_service.facts.entries import is_known, is_open
from cds_service.facts.mentions import Kind, Meant, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.observations import affirms, denies, has_result, observed
from cds_service.facts.other_diseases import is_of_organ
from cds_service.facts.referred import UNREAD, said_in_support
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.stage_marks import STAGE_OBSERVATIONS
from cds_service.facts.studies import names_axilla
from cds_service.fhir.resources import CodeableConcept, Drafted, Observation
from cds_service.value import Value


class Suspicion(Value, frozen=True, kw_only=True):
    """One thing that may mean metastasis. `kind` as in the vocabulary; None: unlisted, so nobody can say."""

    kind: str | None
    site: str
    evidence: Evidence


# Value set, kind of suspicion (None: nobody can say), site.
_LISTED = (
    ("symptom-bone", "symptom", "bone"),
    ("symptom-spine", "symptom", "spine"),
    ("symptom-lung", "symptom", "lung"),
    ("symptom-liver", "symptom", "liver"),
    ("symptom-brain", "symptom", "brain"),
    ("symptom-general", "symptom", "other"),
    ("imaging-finding-elsewhere", "imaging-finding", "other"),
    ("liver-tests-abnormal", "laboratory", "liver"),
    ("calcium-raised", "laboratory", "bone"),
    ("distant-metastasis", "sign", "other"),
    ("ambiguous-node-metastasis", None, "other"),
    ("secondary-breast", None, "other"),
)

_KINDS = {
    Kind.SYMPTOM: "symptom",
    Kind.SIGN: "sign",
    Kind.LABORATORY: "laboratory",
    Kind.IMAGING_FINDING: "imaging-finding",
    Kind.METASTASIS: "sign",
}

_PRESENT = (Meant.AFFIRMED, Meant.UNCERTAIN)

_READ_ELSEWHERE = frozenset(
    {
        *(value_set for value_set, _, _ in STAGE_OBSERVATIONS),
        "er-observation",
        "pr-observation",
        "her2-observation",
        "tumor-size",
        "alkaline-phosphatase",
        "liver-test",
        "tumor-marker",
    }
)
"""Observations that are read as what they are, never as a symptom."""


def of_diagnoses(
    found: Iterable[Diagnosis],
    since: When | None,
    sides: frozenset[str],
    source: Source,
    *,
    mild: bool,
    treated_by: date | None = None,
) -> Iterator[Suspicion]:
    """Suspicions on the problem list of a patient with cancers of these sides, the one asked about known `since`.

    `mild`: the values on record show no more than a mildly raised alkaline phosphatase. `treated_by`: of a cancer known
    as history alone, the day by which it was treated.
    """
    # A disease of the nervous system and a metastasis there look alike, however old the former is.
    of_head = any("head" in study.looks_at for study in source.procedures)
    for diagnosis in found:
        evidence = Evidence(
            value="symptom or finding on record",
            resources=(diagnosis.reference,),
            date=diagnosis.since.text if diagnosis.since else None,
        )
        if diagnosis.disease is Disease.AMBIGUOUS_METASTASIS:
            yield Suspicion(kind=None, site="other", evidence=evidence)  # stage IV stays stage IV: resolved or not
        elif diagnosis.course is not Course.ACTIVE:
            continue
        elif diagnosis.disease is Disease.METASTASIS:
            if not diagnosis.certain:
                yield Suspicion(kind="sign", site="other", evidence=evidence)
        elif _of_other_axilla(diagnosis, sides):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        elif diagnosis.disease is not Disease.OTHER:
            # What is noted on the cancer itself is read in `facts.cancer_notes`.
            noted = () if diagnosis.disease in OF_BREAST else diagnosis.noted
            yield from of_readings((*diagnosis.words, *noted), evidence)
        elif of_head and is_of_organ(diagnosis, "head", source):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        elif not _unchanged(diagnosis, since.earliest if since is not None else None, source):
            said = (
                *_of_concept(diagnosis.concept, diagnosis.sets, diagnosis.words, evidence, source, mild=mild),
                *of_readings(diagnosis.noted, evidence),
            )
            if is_open(diagnosis):
                said = (*said, Suspicion(kind=None, site="other", evidence=evidence))
            elif not (said or is_known(diagnosis, source)):
                unknown = msgspec.structs.replace(evidence, value=unread.ENTRY)
                said = (Suspicion(kind=None, site="other", evidence=unknown),)
            # History says that the cancer is older than its entry, not by how much: the complaint may be older still.
            steady = _unchanged(diagnosis, treated_by, source)
            yield from (msgspec.structs.replace(each, kind=None) if steady else each for each in said)


def _of_other_axilla(diagnosis: Diagnosis, sides: frozenset[str]) -> bool:
    """Nodes of an axilla without a cancer on its side: distant disease, or another cancer (E27)."""
    nodal = (
        diagnosis.disease is Disease.NODE_METASTASIS
        or not _AXILLARY.isdisjoint(diagnosis.sets)
        or any(reading.affirmed(Kind.NODE) for reading in diagnosis.words)
    )
    return nodal and of_other_side(diagnosis.side, sides)


_AXILLARY = frozenset({"axillary-lymphadenopathy", "axillary-node-palpable", "axillary-lump"})


def of_other_side(side: str, sides: frozenset[str]) -> bool:
    """Whether a side is none of those with a cancer."""
    return bool(sides) and not any(same_side(side, each) for each in sides)


def _unchanged(diagnosis: Diagnosis, since: date | None, source: Source) -> bool:
    """A complaint surely older than the cancer and still the same is not new (E19).

    One that began in the months of the work-up before the diagnosis may be how the cancer showed itself.
    """
    return (
        since is not None
        and diagnosis.onset_recorded
        and diagnosis.since is not None
        and diagnosis.since.surely_older(source.windows.work_up_days, since)
        and not any(_CHANGED.search(text) for text in (*texts_of(diagnosis.concept), *diagnosis.notes))
    )


_CHANGED = re.compile(r"\b(wors|progress|increas|new|acute|sever|escalat|chang)", re.IGNORECASE)
"""Words that say that an old complaint is not the same any more."""


def _of_concept(
    concept: CodeableConcept | None,
    sets: frozenset[str],
    words: tuple[Reading, ...],
    evidence: Evidence,
    source: Source,
    *,
    mild: bool = False,
) -> Iterator[Suspicion]:
    """What a concept may mean: by its lists, else by its words, else by being a symptom nobody listed."""
    found = list(listed(sets, evidence))
    if found:
        yield from found
    elif "alkaline-phosphatase-raised" in sets:
        if not mild:  # no value on record says how much
            yield Suspicion(kind="laboratory", site="liver", evidence=evidence)
    elif not ("not-concerning" in sets or "tumor-marker-raised" in sets):
        said = list(of_readings(words, evidence))
        yield from said
        unlisted = "symptom-chapter" in sets and not _explained(concept, source)
        if not said and (unlisted or (not sets and _mute(concept))):
            yield Suspicion(kind=None, site="other", evidence=evidence)


def listed(sets: frozenset[str], evidence: Evidence) -> Iterator[Suspicion]:
    """The suspicions that value sets name."""
    for value_set, kind, site in _LISTED if sets else ():
        if value_set in sets:
            yield Suspicion(kind=kind, site=site, evidence=evidence)


def _explained(concept: CodeableConcept | None, source: Source) -> bool:
    """A symptom-chapter code that another part of the facts reads: nodes or a lump of the axilla.

    Enlarged nodes of no stated place are not explained: they may be anywhere.
    """
    return any(
        source.has(value_set, concept)
        for value_set in ("axillary-lump", "axillary-node-palpable", "axillary-lymphadenopathy", "asymptomatic")
    ) or (source.has("lymphadenopathy-unspecified", concept) and names_axilla((concept,), source))


def _mute(concept: CodeableConcept | None) -> bool:
    """No code that we know, and no words with it: it could be anything. ICD-10-CM has its chapters."""
    by_chapter = any(code.system == ICD10CM for code in codes_of(concept))
    return not by_chapter and not texts_of(concept)


def _of_texts(texts: Iterable[str | None], evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    return of_readings(source.readings(*texts), evidence)


def of_readings(readings: Iterable[Reading], evidence: Evidence) -> Iterator[Suspicion]:
    """See `of_reading`, of each of several texts."""
    for reading in readings:
        if reading.mentions:
            yield from of_reading(reading, evidence)


def of_reading(reading: Reading, evidence: Evidence) -> Iterator[Suspicion]:
    """The symptoms, signs, findings and laboratory values that a text says, or may say, are there."""
    # "Axillary node with thick cortex, suspicious": the bare word belongs to what is named beside it.
    of_breast_or_axilla = bool(reading.affirmed(Kind.NODE, Kind.LOCAL_SYMPTOM))
    for mention in reading.of(*_KINDS):
        bare = mention.kind is Kind.IMAGING_FINDING and mention.value == "unspecified"
        if mention.meant in _PRESENT and not (bare and of_breast_or_axilla):
            yield Suspicion(kind=_KINDS[mention.kind], site=mention.site or "other", evidence=evidence)


def of_observations(since: When | None, source: Source) -> Iterator[Suspicion]:
    """Symptoms and findings observed since shortly before the cancer was known, unless they are denied."""
    for observation in source.telling_observations:
        if not has_result(observation) or _read_elsewhere(observation, source) or denies(observation):
            continue
        on = observed(observation)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        evidence = Evidence(
            value="symptom or finding on record",
            resources=(reference_to(observation),),
            date=on.text if on else None,
        )
        value = observation.value_codeable_concept
        yield from listed(source.sets_of(observation.code, value), evidence)
        named = texts_of(observation.code) if affirms(observation) else ()
        notes = (note.text for note in observation.note)
        yield from _of_texts((*named, *texts_of(value), observation.value_string, *notes), evidence, source)
        for part in observation.component:
            if not denies(part):
                said = (*texts_of(part.code, part.value_codeable_concept), part.value_string)
                yield from listed(source.sets_of(part.code, part.value_codeable_concept), evidence)
                yield from _of_texts(said, evidence, source)
        if source.has("disease-status-observation", observation.code) and not _no_worse(observation, source):
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _no_worse(observation: Observation, source: Source) -> bool:
    """A disease status that is no worse: none, in remission, stable, improved; not "worsened", nor an unknown one."""
    value = observation.value_codeable_concept
    coded = any(source.has(each, value) for each in ("disease-status-none", "disease-status-no-worse", "remission"))
    return coded or any(_NO_WORSE_SAID.search(text) for text in texts_of(value))


_NO_WORSE_SAID = re.compile(r"improv|stable|no evidence|remission", re.IGNORECASE)


def _read_elsewhere(observation: Observation, source: Source) -> bool:
    return not _READ_ELSEWHERE.isdisjoint(source.sets_of(observation.code))


def of_order(source: Source) -> Iterator[Suspicion]:
    """What the order names, in its reasons by code or in any of its words."""
    for draft in source.drafts:
        evidence = Evidence(value="named in the order", resources=(reference_to(draft),))
        for concept in source.reasons_of(draft):
            yield from _of_concept(concept, source.sets_of(concept), source.said(concept), evidence, source)
        named = (*texts_of(draft.code, *draft.order_detail), draft.patient_instruction)
        yield from _of_texts((*source.words_of(draft), *named), evidence, source)
        yield from _of_told(tuple(said_in_support(draft, source.referred)), evidence, source)


def of_beside(source: Source) -> Iterator[Suspicion]:
    """What the other drafts of the session name, whatever they are for. A reason that cannot be read may be one."""
    for draft in source.beside:
        yield from source.once(_of_draft, draft)


def _of_draft(draft: Drafted, source: Source) -> tuple[Suspicion, ...]:
    evidence = Evidence(value="named in another draft", resources=(reference_to(draft),))
    return (
        *_of_told(told_by(draft, source), evidence, source),
        *_of_texts(named_by(draft), evidence, source),
    )


def _of_told(told: tuple[CodeableConcept, ...], evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    for concept in told:
        yield from _of_concept(concept, source.sets_of(concept), source.said(concept), evidence, source)
    if UNREAD in told:
        yield Suspicion(kind=None, site="other", evidence=evidence)
