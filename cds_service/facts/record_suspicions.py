"""Suspicions from the problem list and from Observations; those from reports are in `report_suspicions`."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from cds_service.coding import ICD10CM
from cds_service.facts import unread
from cds_service.facts.blood_results import blood_test
from cds_service.facts.dates import When, when
from cds_service.facts.diagnoses import OF_BREAST, Course, Diagnosis, Disease
from cds_service.facts.entries import is_as_before, is_known, is_of_other_breast, is_open
from cds_service.facts.entry_suspicions import of_entry
from cds_service.facts.laboratory import LiverTests
from cds_service.facts.long_before import of_older_entry, of_seen_before
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.named_findings import finding_in_name, measures_response, pain_at_a_place
from cds_service.facts.observations import affirms, denied_since, denies, has_result, measured, observed
from cds_service.facts.other_diseases import is_of_organ
from cds_service.facts.relapse_words import tells_of_relapse
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.stage_marks import STAGE_OBSERVATIONS
from cds_service.facts.suspicion import (
    SUSPICIOUS,
    Suspicion,
    is_unlisted,
    listed,
    of_names,
    of_readings,
    of_texts,
    on_problem_list,
    tells_of_another,
)
from cds_service.fhir.resources import Observation, ObservationComponent

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
        "calcium",
    }
)
"""Observations that are read as what they are, never as a symptom."""


def of_diagnoses(
    found: Iterable[Diagnosis],
    since: When | None,
    sides: frozenset[str],
    source: Source,
    *,
    liver: LiverTests,
    operated: date | None = None,
    treated_by: date | None = None,
) -> Iterator[Suspicion]:
    """Suspicions on the problem list of a patient with cancers of these sides, the one asked about known `since`.

    `liver`: the values on record, which say what a raised alkaline phosphatase means. `operated`: the day of the first
    operation of the one asked about. `treated_by`: of a cancer known as history alone, the day by which it was treated.
    """
    # A disease of the nervous system and a metastasis there look alike, however old the former is.
    of_head = any("head" in study.looks_at for study in source.procedures)
    # A cancer known as history alone is as old as its operation at least.
    began = since.earliest if since is not None else operated
    for diagnosis in found:
        evidence = Evidence(
            value="symptom or finding on record",
            resources=(diagnosis.reference,),
            date=diagnosis.since.text if diagnosis.since else None,
        )
        if diagnosis.disease is Disease.AMBIGUOUS_METASTASIS:
            yield Suspicion(kind=None, site="other", evidence=evidence)  # stage IV stays stage IV: resolved or not
        elif diagnosis.disease is Disease.METASTASIS:
            if not diagnosis.certain:  # whatever became of it: only "refuted" takes it back
                yield Suspicion(kind="sign", site="other", evidence=evidence)
        elif diagnosis.course is not Course.ACTIVE:
            continue
        elif _of_other_axilla(diagnosis, sides):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        elif diagnosis.disease is Disease.INFLAMMATORY and _came_later(diagnosis, since, source):
            yield Suspicion(kind=None, site="other", evidence=evidence)  # "peau d'orange" after a treated cancer
        elif diagnosis.disease is not Disease.OTHER:
            if diagnosis.disease is Disease.OTHER_MALIGNANCY and (
                _is_of_unknown_origin(diagnosis) or _may_be_back(diagnosis, source)
            ):
                yield Suspicion(kind=None, site="other", evidence=evidence)
            elif diagnosis.disease is Disease.OTHER_MALIGNANCY and _names_mass(diagnosis, source):
                yield Suspicion(kind="imaging-finding", site="other", evidence=evidence)
            if any(mention.value == "other" for reading in diagnosis.words for mention in reading.of(Kind.SIDE)):
                yield Suspicion(kind=None, site="other", evidence=evidence)  # a second one, beside the one on record
            # What is noted on the cancer itself is read in `facts.cancer_notes`.
            noted = () if diagnosis.disease in OF_BREAST else diagnosis.noted
            yield from of_readings((*diagnosis.words, *noted), evidence, on_problem_list)
        elif of_head and is_of_organ(diagnosis, "head", source):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        elif not _unchanged(diagnosis, began, source):
            known = began is not None and _known_before(diagnosis, began, source)
            sets = diagnosis.sets - {"possible-sign"} if known else diagnosis.sets
            mild = liver.explains(diagnosis.since, source)
            said = of_entry(diagnosis, sets, evidence, source, mild=mild)
            if _names_mass(diagnosis, source):
                said = (*said, Suspicion(kind="imaging-finding", site="other", evidence=evidence))
            if (
                is_open(diagnosis, source)
                or is_of_other_breast(diagnosis, sides)
                or _may_be_back(diagnosis, source)
                or any(tells_of_another(text, source) for text in diagnosis.notes)
            ):
                said = (*said, Suspicion(kind=None, site="other", evidence=evidence))
            elif not (said or is_known(diagnosis, source)):
                unknown = msgspec.structs.replace(evidence, value=unread.ENTRY)
                said = (Suspicion(kind=None, site="other", evidence=unknown),)
            # History says that the cancer is older than its entry, not by how much: the complaint may be older still.
            steady = _unchanged(diagnosis, treated_by, source)
            yield from (msgspec.structs.replace(each, kind=None) if steady else each for each in said)
        else:
            if began is not None:
                mild = liver.explains(diagnosis.since, source)
                said = of_entry(diagnosis, diagnosis.sets, evidence, source, mild=mild)
                yield from of_older_entry(diagnosis, said, began, source)
            yield from _of_later_notes(diagnosis, evidence, source)


def _names_mass(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether the words of an entry, whatever its code ("other specified disorders of kidney"), name a mass of an organ
    that the reader takes for another cancer: on a problem list nobody says yet what it is."""
    return any(
        each.may_hold and _MASS.search(text[each.start : each.end])
        for text in texts_of(diagnosis.concept)
        for each in source.read(text).of(Kind.OTHER_MALIGNANCY)
    )


_MASS = re.compile(r"\bmass(?:es)?\b", re.IGNORECASE)


def _may_be_back(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether an entry that does not name the breast tells of a relapse: "local recurrence", "IBTR"."""
    return any(tells_of_relapse(text, source) for text in texts_of(diagnosis.concept))


def _is_of_unknown_origin(diagnosis: Diagnosis) -> bool:
    """Whether nobody knows where a cancer is from: it may be a metastasis, and from the breast."""
    return any(map(_UNKNOWN_ORIGIN.search, texts_of(diagnosis.concept))) or any(
        code.system == ICD10CM and code.code in _UNSPECIFIED for code in codes_of(diagnosis.concept)
    )


_UNSPECIFIED = ("C80", "C80.0", "C80.1")
"""Malignant neoplasm without specification of site (ICD-10-CM, C80)."""


_UNKNOWN_ORIGIN = re.compile(
    r"\b(?:unknown|occult|uncertain|undetermined) (?:primary|origin|site)|\bprimary (?:site )?(?:is )?unknown|\bCUP\b",
    re.IGNORECASE,
)


def _of_later_notes(diagnosis: Diagnosis, evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    """What the notes on an old entry tell: a problem list grows for years, and the age of an entry is not theirs.

    A note without a day may be as old as the entry, and so may its symptoms be; a finding or a metastasis counts.
    """
    named = {each.value for words in diagnosis.words for each in words.mentions}
    for note in diagnosis.condition.note if diagnosis.condition is not None else ():
        on = when(note.time)
        if on is not None and on.surely_older(source.windows.work_up_days, source.today):
            continue
        kinds = SUSPICIOUS if on is not None else (Kind.IMAGING_FINDING, Kind.METASTASIS)
        reading = source.read(note.text)
        if tells_of_another(note.text or "", source) or any(
            each.may_hold and each.value not in named for each in reading.of(*kinds)
        ):
            yield Suspicion(kind=None, site="other", evidence=msgspec.structs.replace(evidence, value=unread.NOTE))


def _of_other_axilla(diagnosis: Diagnosis, sides: frozenset[str]) -> bool:
    """Nodes of an axilla without a cancer on its side: distant disease, or another cancer (E27)."""
    nodal = (
        diagnosis.disease is Disease.NODE_METASTASIS
        or not _AXILLARY.isdisjoint(diagnosis.sets)
        or any(node.value != "normal" for reading in diagnosis.words for node in reading.affirmed(Kind.NODE))
    )
    return nodal and of_other_side(diagnosis.side, sides)


def _came_later(diagnosis: Diagnosis, since: When | None, source: Source) -> bool:
    """Whether an entry came well after the cancer, or perhaps did: it is no part of how the cancer showed itself."""
    if since is None or diagnosis.condition is None:  # the reason of the order has no date, and is no entry
        return False
    days = source.windows.new_disease_days
    return diagnosis.since is None or since.surely_older(days, diagnosis.since.earliest)


_AXILLARY = frozenset({"axillary-lymphadenopathy", "axillary-node-palpable", "axillary-lump"})


def of_other_side(side: str, sides: frozenset[str]) -> bool:
    """Whether a side is none of those with a cancer."""
    return bool(sides) and not any(same_side(side, each) for each in sides)


def _unchanged(diagnosis: Diagnosis, since: date | None, source: Source) -> bool:
    """A complaint surely older than the cancer and still the same is not new (E19).

    One that began in the months of the work-up before the diagnosis may be how the cancer showed itself.
    """
    return since is not None and _known_before(diagnosis, since, source)


def _known_before(diagnosis: Diagnosis, since: date, source: Source) -> bool:
    """Known, if only written down, surely before the work-up of the cancer, and the same as then."""
    return (
        diagnosis.since is not None
        and diagnosis.since.surely_older(source.windows.work_up_days, since)
        and is_as_before(diagnosis)
    )


def of_observations(since: When | None, source: Source) -> Iterator[Suspicion]:
    """Symptoms and findings observed since shortly before the cancer was known, unless they are denied."""
    told = [(each, sets) for each, sets in source.telling_observations if each.note or not read_elsewhere(sets)]
    over = denied_since([each for each, _ in told])
    for observation, of_code in told:
        if id(observation) in over or not has_result(observation):
            continue
        # The note on a laboratory value, or on a denial, may tell of something else.
        notes_alone = denies(observation) or (bool(observation.note) and read_elsewhere(of_code))
        if notes_alone and not observation.note:
            continue
        on = observed(observation)
        evidence = Evidence(
            value="symptom or finding on record",
            resources=(reference_to(observation),),
            date=on.text if on else None,
        )
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            if not notes_alone:
                sets, words = _found_by(observation, of_code, source)
                yield from of_seen_before(sets, words, on, since.earliest, evidence, source)
            continue
        notes = [note.text for note in observation.note]
        if notes_alone:
            yield from of_texts(notes, evidence, source)
            yield from _of_another(notes, evidence, source)
            continue
        value = observation.value_codeable_concept
        sets = of_code | source.sets_of(value)
        yield from listed(sets, evidence)
        another = "other-malignancy" in sets
        if another or any(
            is_unlisted(each, source.sets_of(each), source) for each in (observation.code, value) if sets
        ):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        named = texts_of(observation.code) if affirms(observation) else finding_in_name(observation, source)
        said_of = (*texts_of(value), observation.value_string, *notes, *_around(observation))
        if observation.has_member:
            yield from of_names(named, evidence, source)  # a panel: what was found stands in its members
            named = ()
        yield from of_texts((*named, *said_of, *pain_at_a_place(observation)), evidence, source)
        yield from _of_another((*named, *said_of), evidence, source)
        for part in observation.component:
            yield from _of_part(part, evidence, source)
        worse = source.has("disease-status-observation", observation.code) and not _no_worse(observation, source)
        if worse or measures_response(observation):
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _found_by(
    observation: Observation, of_code: frozenset[str], source: Source
) -> tuple[frozenset[str], tuple[Reading, ...]]:
    """What an Observation found, by code and in words."""
    value = observation.value_codeable_concept
    named = texts_of(observation.code) if affirms(observation) else finding_in_name(observation, source)
    return of_code | source.sets_of(value), source.readings(*named, *texts_of(value), observation.value_string)


def _of_part(part: ObservationComponent, evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    """What a part of an Observation names and says. A laboratory test that is only named found nothing: its number is
    judged elsewhere, and words for its level belong to its name ("Hemoglobin": "low").
    """
    if denies(part) or blood_test(part.code, source) is not None:
        return
    named = texts_of(part.code)
    said = tuple(filter(None, (*texts_of(part.value_codeable_concept), part.value_string, *_flagged(part))))
    levels = tuple([f"{name}: {word}" for name in named for word in said])
    yield from listed(source.sets_of(part.code, part.value_codeable_concept), evidence)
    yield from of_names(named, evidence, source)
    yield from of_texts(said, evidence, source)
    yield from (of_texts if measured(part) is None else of_names)(levels, evidence, source)


def _of_another(texts: Iterable[str | None], evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    if any(tells_of_another(text, source) for text in texts if text):
        yield Suspicion(kind=None, site="other", evidence=evidence)


def _around(observation: Observation) -> Iterator[str]:
    """What else of an Observation names what it is about: where, how, of what; and its interpretation in words."""
    yield from texts_of(observation.body_site, observation.method)
    for reference in (*observation.focus, *observation.derived_from, *observation.has_member):
        if reference.display:
            yield reference.display
    yield from _flagged(observation)


def _flagged(observation: Observation | ObservationComponent) -> Iterator[str]:
    return (text for text in texts_of(*observation.interpretation) if not _FLAG.fullmatch(text))


_FLAG = re.compile(r"\s*(?:critical(?:ly)? |very |not )?abnormal(?: \w+)?\s*", re.IGNORECASE)
"""A flag in words, which says of any value that it is not usual."""


def _no_worse(observation: Observation, source: Source) -> bool:
    """A disease status that is no worse: none, in remission, stable, improved; not "worsened", nor an unknown one."""
    value = observation.value_codeable_concept
    coded = any(source.has(each, value) for each in ("disease-status-none", "disease-status-no-worse", "remission"))
    return coded or any(_NO_WORSE_SAID.search(text) for text in texts_of(value))


_NO_WORSE_SAID = re.compile(r"improv|stable|no evidence|remission", re.IGNORECASE)


def read_elsewhere(sets: frozenset[str]) -> bool:
    """Whether an Observation is, by the value sets of its code, of stage, size, receptors or a laboratory test, and
    read as what it is.
    """
    return not _READ_ELSEWHERE.isdisjoint(sets)
