"""What may mean distant metastasis, and what a code, a text or a concept says of it.

All of it errs towards suspicion, because suspicion silences a warning (facts A3: C12-C16, A7: E17-E19, E52-E54).
"""

import re
from collections.abc import Callable, Iterable, Iterator

from cds_service.coding import ICD10CM
from cds_service.facts.mentions import LEVEL_NOT_SAID, Kind, Mention, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.studies import names_axilla
from cds_service.fhir.resources import CodeableConcept
from cds_service.value import Value


class Suspicion(Value, frozen=True, kw_only=True):
    """One thing that may mean metastasis. `kind` as in the vocabulary; None: unlisted, so nobody can say. `as_before`:
    a complaint that is older than the cancer, and as it was (facts E19)."""

    kind: str | None
    site: str
    evidence: Evidence
    as_before: bool = False


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

SUSPICIOUS = tuple(_KINDS)
"""The kinds of mentions that may mean metastasis."""

Judge = Callable[[Mention, Evidence], Suspicion]
"""Makes of a mention what it may mean where it stands."""

_TURN_OFF = frozenset(
    {
        "bone-pain",
        "back-pain",
        "ruq-pain",
        "cough",
        "dyspnea",
        "hemoptysis",
        "jaundice",
        "headache",
        "seizure",
        "weakness",
        "limb-weakness",
        "facial-weakness",
        "focal-neurology",
        "speech-change",
        "mental-change",
        "weight-loss",
        "cord-compression",
        "vertebral-fracture",
        "pathological-fracture",
        "liver-tests-abnormal",
        "alkaline-phosphatase-raised",
        "calcium-raised",
    }
)
"""The symptoms, signs and laboratory values, by name, that turn the seeds' scenarios off (facts A1: S4, S5; D1)."""


def at_its_word(mention: Mention, evidence: Evidence) -> Suspicion:
    """What words mean that somebody wrote of why a study is done, or of what it found."""
    return Suspicion(kind=_KINDS[mention.kind], site=mention.site or "other", evidence=evidence)


def of_concept(
    concept: CodeableConcept | None,
    sets: frozenset[str],
    words: tuple[Reading, ...],
    evidence: Evidence,
    source: Source,
    *,
    mild: bool = False,
    judge: Judge = at_its_word,
) -> Iterator[Suspicion]:
    """What a concept may mean: by its lists, else by its words, else by being a symptom nobody listed."""
    found = list(listed(sets, evidence))
    if found:
        yield from found
    elif "alkaline-phosphatase-raised" in sets:
        if not mild:  # no value on record says how much
            yield Suspicion(kind="laboratory", site="liver", evidence=evidence)
    elif not ("not-concerning" in sets or "tumor-marker-raised" in sets):
        said = list(of_readings(words, evidence, judge))
        yield from said
        if not said and (is_unlisted(concept, sets, source) or (not sets and is_mute(concept))):
            yield Suspicion(kind=None, site="other", evidence=evidence)


def suspected(concept: CodeableConcept, source: Source) -> tuple[Suspicion, ...]:
    """What a reason may mean, of whichever order or treatment; its evidence is whoever names it."""
    return tuple(of_concept(concept, source.sets_of(concept), source.said(concept), Evidence(value=""), source))


def is_unlisted(concept: CodeableConcept | None, sets: frozenset[str], source: Source) -> bool:
    """Of a symptom or sign that no other list names, nobody can say what it means."""
    open_sets = not _UNLISTED.isdisjoint(sets) and "not-concerning" not in sets
    return open_sets and not _explained(concept, source)


_UNLISTED = frozenset({"symptom-chapter", "possible-sign"})


def listed(sets: frozenset[str], evidence: Evidence) -> Iterator[Suspicion]:
    """The suspicions that value sets name."""
    for value_set, kind, site in _LISTED if sets else ():
        if value_set in sets:
            yield Suspicion(kind=kind, site=site, evidence=evidence)


def _explained(concept: CodeableConcept | None, source: Source) -> bool:
    """A code that another part of the facts reads: nodes or a lump of the axilla.

    Enlarged nodes of no stated place are not explained: they may be anywhere.
    """
    return any(
        source.has(value_set, concept)
        for value_set in ("axillary-lump", "axillary-node-palpable", "axillary-lymphadenopathy", "asymptomatic")
    ) or (source.has("lymphadenopathy-unspecified", concept) and names_axilla((concept,), source))


def is_mute(concept: CodeableConcept | None) -> bool:
    """No code that we know, and no words with it: it could be anything. ICD-10-CM has its chapters."""
    by_chapter = any(code.system == ICD10CM for code in codes_of(concept))
    return not by_chapter and not texts_of(concept)


def tells_of_another(text: str, source: Source) -> bool:
    """Whether words tell of another cancer, of one that is back, or of what makes one advanced, where nobody looks for
    it: what it means nobody can say."""
    told = source.read(text).of(Kind.OTHER_MALIGNANCY, Kind.RECURRENCE, Kind.ADVANCED)
    return any(
        each.may_hold and not _LOOKED_FOR.search(text, each.start, each.end) and not _TALKED_OF.match(text, each.end)
        for each in told
    )


_LOOKED_FOR = re.compile(r"\b(?:screen\w*|LDCT)\b", re.IGNORECASE)
_TALKED_OF = re.compile(
    r"[ /-]*(?:screen\w*|prevention|risk|awareness|education|genetic\w*|panel|support|society|cent(?:er|re))\b",
    re.IGNORECASE,
)
"""What stands behind a cancer that nobody has: "colon cancer screening due 2027"."""


def of_texts(texts: Iterable[str | None], evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    """See `of_reading`, of texts that were not read yet."""
    return of_readings(source.readings(*texts), evidence)


def of_names(names: Iterable[str | None], evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    """The same of what is to be done, or holds results: a blood count that is ordered found nothing."""
    for reading in source.readings(*names):
        said = tuple([each for each in reading.mentions if each.detail != LEVEL_NOT_SAID])
        if said:
            yield from of_reading(Reading(mentions=said), evidence)


def of_readings(readings: Iterable[Reading], evidence: Evidence, judge: Judge = at_its_word) -> Iterator[Suspicion]:
    """See `of_reading`, of each of several texts."""
    for reading in readings:
        if reading.mentions:
            yield from of_reading(reading, evidence, judge)


def of_reading(reading: Reading, evidence: Evidence, judge: Judge = at_its_word) -> Iterator[Suspicion]:
    """The symptoms, signs, findings and laboratory values that a text says, or may say, are there."""
    # "Axillary node with thick cortex, suspicious": the bare word belongs to what is named beside it.
    of_breast_or_axilla = bool(reading.affirmed(Kind.NODE, Kind.LOCAL_SYMPTOM))
    for mention in reading.of(*_KINDS):
        bare = mention.kind is Kind.IMAGING_FINDING and mention.value == "unspecified"
        if mention.may_hold and not (bare and of_breast_or_axilla):
            yield judge(mention, evidence)


def on_problem_list(mention: Mention, evidence: Evidence) -> Suspicion:
    """What words on a problem list may mean, where complaints of every day stand as well: a symptom, sign or laboratory
    value that turns off no scenario by name may be one, and nobody can say.
    """
    named = mention.kind in _BY_PLACE and mention.value != "unspecified"
    kind = _KINDS[mention.kind] if named or mention.value in _TURN_OFF else None
    return Suspicion(kind=kind, site=mention.site or "other", evidence=evidence)


_BY_PLACE = frozenset({Kind.IMAGING_FINDING, Kind.METASTASIS})
"""A metastasis, and a finding at a place outside breast and axilla, that somebody saw."""
