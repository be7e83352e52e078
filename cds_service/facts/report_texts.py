"""Suspicions from reports: findings elsewhere, nodes of the wrong axilla, and reports that nobody understood.

A report of another part than breast and axilla has to be understood whole (`facts.understood`): a conclusion with words
that nobody knows could say anything; only that of a study that looks for no tumour says little (`facts.measurements`).
One of breast or axilla says what it says of the tumour to `facts.breast_reports`.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

import msgspec

from cds_service.facts import unread
from cds_service.facts.advanced import is_large, stages_advanced
from cds_service.facts.breast_reports import names_breast, of_breast_or_axilla, says_another_cancer
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import names_breast_cancer
from cds_service.facts.measurements import rest_of
from cds_service.facts.mentions import Kind, Meant, Mention, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.observations import has_result, observed
from cds_service.facts.record_suspicions import of_other_side
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.studies import date_of
from cds_service.facts.suspicion import Suspicion, is_mute, is_unlisted, listed, of_reading
from cds_service.facts.understood import LUMPS, Understood, is_denied, understand
from cds_service.fhir.resources import DiagnosticReport, Observation
from cds_service.knowledge.record_words import In


def of_reports(since: When | None, sides: frozenset[str], source: Source, *, mild: bool) -> Iterator[Suspicion]:
    """Findings in reports of the work-up and since, reports that nobody understood, and nodes of an axilla without a
    cancer on its side (E27).

    Reports repeat the indication: symptoms in them do not count. `mild`: as for `record_suspicions.of_diagnoses`.
    """
    for report in source.record.diagnostic_reports:
        on = date_of(report)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        evidence = Evidence(
            value="finding in a report", resources=(reference_to(report),), date=on.text if on else None
        )
        yield from listed(source.sets_of(*report.conclusion_code), evidence)
        if of_breast_or_axilla(report, source):
            yield from _of_breast_report(report, sides, evidence, source)
        else:
            yield from _of_other_report(report, on, evidence, source, mild=mild)
        for reading in source.readings(*_texts(report)):
            yield from _of_laboratory(reading, evidence, mild=mild)
        nodes = any(reading.affirmed(Kind.NODE) for reading in source.readings(report.conclusion))
        if nodes and of_other_side(side_of(source, report.code), sides):
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _of_laboratory(reading: Reading, evidence: Evidence, *, mild: bool) -> Iterator[Suspicion]:
    """Tests that a report calls abnormal; those it merely names ("ALT 22, AST 19") say nothing."""
    for mention in reading.affirmed(Kind.LABORATORY):
        if not (mild and mention.value == _ALKALINE_PHOSPHATASE):
            yield Suspicion(kind="laboratory", site=mention.site or "other", evidence=evidence)


_ALKALINE_PHOSPHATASE = "alkaline-phosphatase-raised"


def _texts(report: DiagnosticReport) -> tuple[str, ...]:
    return (*((report.conclusion,) if report.conclusion else ()), *texts_of(*report.conclusion_code))


# --- breast and axilla ------------------------------------------------------------------------------------------------
def _of_breast_report(
    report: DiagnosticReport, sides: frozenset[str], evidence: Evidence, source: Source
) -> Iterator[Suspicion]:
    for text in _texts(report):
        said = of_reading(_without_own_findings(text, source.read(text)), evidence)
        yield from (each for each in said if each.kind in _FINDING_KINDS)
    if says_another_cancer(report, sides, source):
        yield Suspicion(kind=None, site="other", evidence=evidence)


_FINDING_KINDS = ("imaging-finding", "sign")


def _without_own_findings(text: str, reading: Reading) -> Reading:
    """A breast report without what it says of breast and axilla: "suspicious mass", "node, suspicious for mets"."""
    nodal = any(mention.may_hold and mention.value != "normal" for mention in reading.of(Kind.NODE))
    kept = (
        mention
        for mention in reading.mentions
        if not (mention.kind is Kind.IMAGING_FINDING and mention.value == "unspecified")
        and not (
            mention.kind is Kind.METASTASIS
            and mention.value == "unspecified"
            and (nodal or _NORMAL_MAMMOGRAM.match(text, mention.start))
        )
    )
    return msgspec.structs.replace(reading, mentions=tuple(kept))


_NORMAL_MAMMOGRAM = re.compile(r"M1 (?:left|right)\b")
"""The British class of a breast that is normal, which names its side."""


# --- any other part ---------------------------------------------------------------------------------------------------
def _of_other_report(
    report: DiagnosticReport, on: When | None, evidence: Evidence, source: Source, *, mild: bool
) -> Iterator[Suspicion]:
    imaging = _is_imaging(report, source)
    old = on is not None and on.surely_older(source.windows.work_up_days, source.today)

    def harmless(mention: Mention) -> bool:
        explained = mild and mention.value == _ALKALINE_PHOSPHATASE
        return explained or _harmless(mention, imaging=imaging, old=old)

    understood = [(text, _understood(text, harmless, source)) for text in _texts(report)]
    for _, each in understood:
        said = of_reading(each.reading, evidence)
        yield from (suspicion for suspicion in said if suspicion.kind in _FINDING_KINDS)
    rest = rest_of(report, source)
    if any(each.open and not rest.says_nothing(text, each) for text, each in understood) or _mute_code(report, source):
        named = msgspec.structs.replace(evidence, value=unread.REPORT)
        yield Suspicion(kind=None, site="other", evidence=named)


def of_imaging_observations(since: When | None, source: Source) -> Iterator[Suspicion]:
    """Observations of the category imaging that say in words what was seen outside the breast, and were not understood.

    What they are understood to say is read with the other Observations (`facts.record_suspicions`).
    """
    for observation in source.telling_observations:
        texts = [text for text in (observation.value_string, *(note.text for note in observation.note)) if text]
        if not texts or not _is_of_other_imaging(observation) or not has_result(observation):
            continue
        on = observed(observation)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        if any(_understood(text, _harmless_in_imaging, source).open for text in texts):
            evidence = Evidence(
                value=unread.REPORT, resources=(reference_to(observation),), date=on.text if on else None
            )
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _is_of_other_imaging(observation: Observation) -> bool:
    imaging = any(coding.code == "imaging" for each in observation.category for coding in each.coding)
    return imaging and not any(names_breast(text) for text in texts_of(observation.code, observation.body_site))


def _harmless_in_imaging(mention: Mention) -> bool:
    return _harmless(mention, imaging=True, old=False)


def _understood(text: str, harmless: Callable[[Mention], bool], source: Source) -> Understood:
    reading = source.read(text)
    found = understand(text, reading, source.knowledge.record_words.tries[In.REPORT], harmless)
    larger = stages_advanced(reading) or (names_breast(text) and is_large(text))
    more = larger or _cancer_elsewhere(text, found.reading, source)
    return msgspec.structs.replace(found, open=True, unknown_only=False) if more else found


def _cancer_elsewhere(text: str, reading: Reading, source: Source) -> bool:
    """Whether a statement names the cancer beside a part of the body of which it says nothing: "index lesion liver"."""
    ends = [sign.start() for sign in _STATEMENT_ENDS.finditer(text)]
    named = {bisect_left(ends, each.start) for each in reading.of(Kind.BREAST_CANCER) if each.may_hold}
    return bool(named) and any(bisect_left(ends, start) in named for start, _ in source.residue(text))


_STATEMENT_ENDS = re.compile(r"[.;\n]")


def _mute_code(report: DiagnosticReport, source: Source) -> bool:
    """Whether a coded conclusion has no words, and nobody can say what it means.

    Of the tumour itself, whose histology and grade have codes of many kinds, it says nothing of the rest of the body.
    """
    if names_breast_cancer(report.code, source):
        return False
    mute = ((each, source.sets_of(each)) for each in report.conclusion_code if codes_of(each) and not texts_of(each))
    return any(is_mute(each) if not sets else is_unlisted(each, sets, source) for each, sets in mute)


_IMAGING = frozenset({"mammography", "ultrasound", "mri", "ct", "pet", "bone-scan", "radiography"})


def _is_imaging(report: DiagnosticReport, source: Source) -> bool:
    said = {m.value for reading in source.readings(*texts_of(report.code)) for m in reading.of(Kind.MODALITY)}
    return bool(said & _IMAGING) and "biopsy" not in said


_ALWAYS_HARMLESS = frozenset(
    {
        *(Kind.MODALITY, Kind.SIDE, Kind.TRACER, Kind.FOLLOW_UP, Kind.STAGING, Kind.NON_INDICATION),
        *(Kind.SURGERY, Kind.THERAPY, Kind.NODE, Kind.PREGNANCY),
    }
)
"""What a report says of study and treatment, or what other facts read there: nodes."""
_LONG_STANDING = frozenset({"chronic-disease", "chronic-organ-disease", "degenerative", "cyst", "reconstruction"})
_NO_INDICATION = frozenset({"swelling", "bleeding", "any"})
"""Symptoms that in a report are findings; "any" is "not clear", "not well"."""


def _harmless(mention: Mention, *, imaging: bool, old: bool) -> bool:
    """Whether a mention leaves a report of another part than the breast closed."""
    if imaging and mention.value == "biopsy" and mention.meant is not Meant.NEGATED:
        return False  # what is to be sampled is not settled
    if is_denied(mention) or mention.meant is Meant.FAMILY or mention.kind in _ALWAYS_HARMLESS:
        return True
    if mention.kind is Kind.SYMPTOM:
        return mention.value not in _NO_INDICATION
    if mention.kind is Kind.LOCAL_SYMPTOM:
        return mention.value in LUMPS
    if mention.kind is Kind.ASKS:
        return mention.value != "axilla"  # "node 14 mm": of which nobody says what it is
    if mention.kind is Kind.OTHER_REASON:
        return (mention.meant is Meant.AFFIRMED and mention.value in _LONG_STANDING) or old
    if mention.kind is Kind.BREAST_CANCER:
        return imaging or mention.meant is Meant.HISTORICAL
    return False
