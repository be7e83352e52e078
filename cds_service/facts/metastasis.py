"""Whether metastasis is suspected or known: symptoms, signs, laboratory values, findings elsewhere, and the words of the order.

Everything here errs towards suspicion, because suspicion silences a warning (facts A3: C12-C16, A7: E17-E19, E52-E54).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.coding import ICD10CM, SNOMED
from cds_service.facts.dates import When, start_of, when
from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.mentions import Kind, Meant, Mention, Reading
from cds_service.facts.model import NOT_RETRIEVED, Evidence, Fact, Known, Unknown, UnknownReason
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.stage import observed, order_words
from cds_service.fhir.resources import CodeableConcept, Observation

RECORD_KEYS = ("conditions", "observations", "diagnosticReports")
"""Where a symptom, a value or a finding may stand: each must have been read whole before its absence means none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """One thing that may mean metastasis. `kind` as in the vocabulary; None: unlisted, so nobody can say."""

    kind: str | None
    site: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Distant:
    """What is known of distant disease: the facts, and what proves metastasis, if anything does."""

    suspected: Fact
    site: Fact
    liver_tests: Fact
    tumor_marker: Fact
    proof: tuple[Evidence, ...]
    mild_alkaline_phosphatase: bool = False


_SITES = (
    ("symptom-bone", "symptom", "bone"),
    ("symptom-spine", "symptom", "spine"),
    ("symptom-lung", "symptom", "lung"),
    ("symptom-liver", "symptom", "liver"),
    ("symptom-brain", "symptom", "brain"),
    ("symptom-general", "symptom", "other"),
    ("imaging-finding-elsewhere", "imaging-finding", "other"),
    ("liver-tests-abnormal", "laboratory", "liver"),
)


def distant_disease(found: tuple[Diagnosis, ...], since: When | None, source: Source) -> Distant:
    """Distant disease of one patient as seen from one cancer, known since `since`."""
    liver, mild = _liver_tests(since, source)
    suspicions = [
        *_of_diagnoses(found, since, source, mild=mild),
        *_of_observations(since, source),
        *_of_reports(since, source),
        *_of_order(source),
    ]
    if isinstance(liver, Known) and liver.value == "abnormal":
        suspicions.append(Suspicion(kind="laboratory", site="liver", evidence=liver.evidence[0]))
    return Distant(
        suspected=_suspected(suspicions, source),
        site=_site(suspicions),
        liver_tests=liver,
        tumor_marker=_tumor_marker(found, source),
        proof=tuple(_proof(found, source)),
        mild_alkaline_phosphatase=mild,
    )


def _suspected(suspicions: list[Suspicion], source: Source) -> Fact:
    named = [each for each in suspicions if each.kind is not None]
    if named:
        kinds = ("symptom", "sign", "imaging-finding", "laboratory")
        first = min(named, key=lambda each: kinds.index(each.kind or "symptom"))
        return Known(first.kind or "symptom", evidence=tuple(each.evidence for each in named))
    if suspicions:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=tuple(each.evidence for each in suspicions))
    if any(source.record.failed(key) for key in RECORD_KEYS):
        return NOT_RETRIEVED
    return Known("none", assumed="no-symptoms-recorded")


def _site(suspicions: list[Suspicion]) -> Fact:
    """The one place that is suspected; "other" where there are several, or none that has a study of its own."""
    sites = {each.site for each in suspicions if each.kind is not None} - {"other"}
    return Known(sites.pop() if len(sites) == 1 else "other")


# --- what proves metastasis ---------------------------------------------------------------------------------------------
def _proof(found: tuple[Diagnosis, ...], source: Source) -> Iterator[Evidence]:
    """A metastasis code proves it, even a resolved one: stage IV stays stage IV (E24)."""
    for diagnosis in found:
        if diagnosis.disease is Disease.METASTASIS and diagnosis.certain:
            date = diagnosis.since.text if diagnosis.since else None
            yield Evidence(value="distant metastasis", resources=(diagnosis.reference,), date=date)
    for draft in source.drafts:
        if any(mention.meant in (Meant.AFFIRMED, Meant.HISTORICAL) for mention in _metastasis_said(draft, source)):
            yield Evidence(value="metastasis named in the order", resources=(reference_to(draft),))


def _metastasis_said(draft: object, source: Source) -> list[Mention]:
    readings = source.readings(*order_words(draft))
    return [mention for reading in readings for mention in reading.of(Kind.METASTASIS)]


# --- suspicions ---------------------------------------------------------------------------------------------------------
def _of_diagnoses(
    found: tuple[Diagnosis, ...], since: When | None, source: Source, *, mild: bool
) -> Iterator[Suspicion]:
    for diagnosis in found:
        if diagnosis.course is not Course.ACTIVE:
            continue
        evidence = _evidence(diagnosis)
        if diagnosis.disease is Disease.METASTASIS and not diagnosis.certain:
            yield Suspicion(kind="sign", site="other", evidence=evidence)
        elif diagnosis.disease is Disease.AMBIGUOUS_METASTASIS:
            yield Suspicion(kind=None, site="other", evidence=evidence)
        elif diagnosis.disease is Disease.OTHER and not _unchanged(diagnosis, since):
            yield from _of_concept(diagnosis.concept, evidence, source, mild=mild)


def _unchanged(diagnosis: Diagnosis, since: When | None) -> bool:
    """A complaint surely older than the cancer and still the same is not new (E19)."""
    return (
        since is not None
        and diagnosis.onset_recorded
        and diagnosis.since is not None
        and diagnosis.since.surely_before(since)
    )


def _of_concept(
    concept: CodeableConcept | None, evidence: Evidence, source: Source, *, mild: bool = False
) -> Iterator[Suspicion]:
    for value_set, kind, site in _SITES:
        if source.has(value_set, concept):
            yield Suspicion(kind=kind, site=site, evidence=evidence)
            return
    if source.has("alkaline-phosphatase-raised", concept):
        if not mild:  # no value on record says how much
            yield Suspicion(kind="laboratory", site="liver", evidence=evidence)
        return
    if source.has("not-concerning", concept) or source.has("tumor-marker-raised", concept):
        return
    said = [each for reading in source.readings(*texts_of(concept)) for each in _of_reading(reading, evidence)]
    if said:
        yield from said
    elif source.has("symptom-chapter", concept) and not _explained(concept, source):
        yield Suspicion(kind=None, site="other", evidence=evidence)
    elif _mute(concept):
        yield Suspicion(kind=None, site="other", evidence=evidence)


def _explained(concept: CodeableConcept | None, source: Source) -> bool:
    """A symptom-chapter code that another part of the facts reads: enlarged nodes, a lump of the axilla."""
    return any(
        source.has(value_set, concept)
        for value_set in ("lymphadenopathy-unspecified", "axillary-lump", "axillary-node-palpable", "asymptomatic")
    )


def _mute(concept: CodeableConcept | None) -> bool:
    """A SNOMED CT code we do not know, and no words with it: it could be any symptom. ICD-10-CM has its chapters."""
    codes = codes_of(concept)
    return bool(codes) and not texts_of(concept) and not any(code.system == ICD10CM for code in codes) and any(
        code.system == SNOMED for code in codes
    )


_SUSPICIOUS_KINDS = {
    Kind.SYMPTOM: "symptom",
    Kind.SIGN: "sign",
    Kind.LABORATORY: "laboratory",
    Kind.IMAGING_FINDING: "imaging-finding",
    Kind.METASTASIS: "sign",
}

_PRESENT = (Meant.AFFIRMED, Meant.UNCERTAIN)


def _of_reading(reading: Reading, evidence: Evidence) -> Iterator[Suspicion]:
    # "Axillary node with thick cortex, suspicious": the bare word belongs to what is named beside it.
    of_breast_or_axilla = bool(reading.affirmed(Kind.NODE, Kind.LOCAL_SYMPTOM))
    for mention in reading.of(*_SUSPICIOUS_KINDS):
        bare = mention.kind is Kind.IMAGING_FINDING and mention.value == "unspecified"
        if mention.meant in _PRESENT and not (bare and of_breast_or_axilla):
            yield Suspicion(kind=_SUSPICIOUS_KINDS[mention.kind], site=mention.site or "other", evidence=evidence)


def _of_observations(since: When | None, source: Source) -> Iterator[Suspicion]:
    for observation in source.record.observations:
        if _read_elsewhere(observation, source) or _denied(observation):
            continue
        on = observed(observation)
        if since is not None and on is not None and on.surely_before(since):
            continue
        date = on.text if on else None
        evidence = Evidence(value="symptom or finding on record", resources=(reference_to(observation),), date=date)
        listed = [s for concept in (observation.code, observation.value_codeable_concept) for s in _listed(concept, evidence, source)]
        notes = tuple(note.text for note in observation.note)
        said = source.readings(observation.value_string, *notes, *texts_of(observation.value_codeable_concept))
        yield from listed
        for reading in said:
            yield from _of_reading(reading, evidence)


def _listed(concept: CodeableConcept | None, evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    for value_set, kind, site in _SITES:
        if source.has(value_set, concept):
            yield Suspicion(kind=kind, site=site, evidence=evidence)


def _denied(observation: Observation) -> bool:
    """An observed symptom that is said not to be there."""
    if observation.value_boolean is False or observation.value_integer == 0:
        return True
    words = " ".join(texts_of(observation.value_codeable_concept)).lower()
    codes = {code.code for code in codes_of(observation.value_codeable_concept)}
    # 260415000 Not detected, 2667000 Absent, 373067005 No, LA32-8 No, 260385009 Negative (SNOMED CT, LOINC answer lists).
    return bool(codes & {"260415000", "2667000", "373067005", "LA32-8", "260385009", "N"}) or words in ("no", "absent", "negative")


def _read_elsewhere(observation: Observation, source: Source) -> bool:
    """Stage, receptors, size, laboratory values: read as what they are, never as a symptom."""
    return any(source.has(value_set, observation.code) for value_set in _OTHER_READERS)


_OTHER_READERS = (
    "stage-group-clinical",
    "stage-group-pathologic",
    "stage-group-unspecified",
    "t-clinical",
    "t-pathologic",
    "t-unspecified",
    "n-clinical",
    "n-pathologic",
    "n-unspecified",
    "m-clinical",
    "m-pathologic",
    "m-unspecified",
    "er-observation",
    "pr-observation",
    "her2-observation",
    "tumor-size",
    "alkaline-phosphatase",
    "liver-test",
    "tumor-marker",
)


def _of_reports(since: When | None, source: Source) -> Iterator[Suspicion]:
    for report in source.record.diagnostic_reports:
        on = when(report.effective_date_time, start_of(report.effective_period), report.issued)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        evidence = Evidence(
            value="finding in a report", resources=(reference_to(report),), date=on.text if on else None
        )
        for concept in report.conclusion_code:
            yield from _listed(concept, evidence, source)
        for reading in source.readings(report.conclusion, *texts_of(*report.conclusion_code)):
            yield from (
                suspicion
                for suspicion in _of_reading(reading, evidence)
                # Reports repeat the indication; only findings and named metastases count from them.
                if suspicion.kind in ("imaging-finding", "sign")
            )


def _of_order(source: Source) -> Iterator[Suspicion]:
    for draft in source.drafts:
        evidence = Evidence(value="named in the order", resources=(reference_to(draft),))
        for concept in draft.reason_code:
            yield from _of_concept(concept, evidence, source)
        for text in order_words(draft):
            yield from _of_reading(source.read(text), evidence)


def _evidence(diagnosis: Diagnosis) -> Evidence:
    return Evidence(
        value="symptom or finding on record",
        resources=(diagnosis.reference,),
        date=diagnosis.since.text if diagnosis.since else None,
    )


# --- laboratory ---------------------------------------------------------------------------------------------------------
def _liver_tests(since: When | None, source: Source) -> tuple[Fact, bool]:
    """Liver tests, and whether an isolated mild alkaline phosphatase is all there is.

    The newest value of each test counts. Isolated and at most `mild_alkaline_phosphatase` times the upper limit stays a
    note (C15); anything more is a laboratory sign.
    """
    newest = _newest_values(source)
    raised = [(test, each) for test, each in newest.items() if _raised(each)]
    if not raised:
        return Known("normal"), False
    evidence = tuple(
        Evidence(
            value="alkaline phosphatase raised" if test == "alkaline-phosphatase" else "liver test abnormal",
            resources=(reference_to(each),),
            date=on.text if (on := observed(each)) else None,
        )
        for test, each in raised
    )
    if [test for test, _ in raised] == ["alkaline-phosphatase"]:
        ratio = _ratio(raised[0][1])
        if ratio is not None and ratio <= source.windows.mild_alkaline_phosphatase:
            return Known("isolated-alkaline-phosphatase", evidence=evidence), True
    return Known("abnormal", evidence=evidence), False


def _newest_values(source: Source) -> dict[str, Observation]:
    found: dict[str, Observation] = {}
    for observation in source.record.observations:
        test = "alkaline-phosphatase" if source.has("alkaline-phosphatase", observation.code) else None
        if test is None and source.has("liver-test", observation.code):
            test = next((code.code for code in codes_of(observation.code)), None)
        if test is None or observation.status in ("cancelled", "registered"):
            continue
        known = found.get(test)
        if known is None or _later(observation, known):
            found[test] = observation
    return found


def _later(one: Observation, other: Observation) -> bool:
    first, second = observed(one), observed(other)
    return second is None or (first is not None and first.latest >= second.latest)


_HIGH = frozenset({"H", "HH", "HU", "HX", "A", "AA", ">"})


def _raised(observation: Observation) -> bool:
    flags = {code.code for code in codes_of(*observation.interpretation)}
    flags |= {coding.code or "" for concept in observation.interpretation for coding in concept.coding}
    words = " ".join(texts_of(*observation.interpretation)).lower()
    if flags & _HIGH or "high" in words or "abnormal" in words.replace("not abnormal", ""):
        return True
    ratio = _ratio(observation)
    return ratio is not None and ratio > 1


def _ratio(observation: Observation) -> float | None:
    """The value as a multiple of its upper limit; None where either is missing or units differ."""
    value = observation.value_quantity
    limits = [
        each.high for each in observation.reference_range if each.high is not None and each.high.value is not None
    ]
    if value is None or value.value is None or len(limits) != 1:
        return None
    high = limits[0]
    if high is None or not high.value or (high.unit and value.unit and high.unit != value.unit):
        return None
    return value.value / high.value


def _tumor_marker(found: tuple[Diagnosis, ...], source: Source) -> Fact:
    """Raised tumour markers: never a reason for imaging by themselves (E52)."""
    proof = [
        _evidence(each) for each in found if each.course is Course.ACTIVE and source.has("tumor-marker-raised", each.concept)
    ]
    proof += [
        Evidence(value="tumour marker raised", resources=(reference_to(each),))
        for each in source.record.observations
        if source.has("tumor-marker", each.code) and _raised(each)
    ]
    for draft in source.drafts:
        said = any(
            mention.meant in _PRESENT
            for reading in source.readings(*order_words(draft))
            for mention in reading.of(Kind.TUMOR_MARKER)
        )
        if said or source.has("tumor-marker-raised", *draft.reason_code):
            proof.append(Evidence(value="tumour marker named in the order", resources=(reference_to(draft),)))
    return Known("yes", evidence=tuple(proof)) if proof else Known("no")
