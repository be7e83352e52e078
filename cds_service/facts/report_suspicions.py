"""Suspicions from reports: findings elsewhere, nodes of the wrong axilla, and reports that nobody understood.

A report of another part than breast and axilla has to be understood whole (`facts.conclusions`): a conclusion with
words that nobody knows could say anything; only that of a study that looks for no tumour says little
(`facts.measurements`). One of breast or axilla says what it says of the tumour to `facts.breast_reports`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import msgspec

from cds_service.facts import unread
from cds_service.facts.breast_node_samples import nodal_metastases
from cds_service.facts.breast_open import is_followed, leaves_open
from cds_service.facts.breast_reports import is_suspicious, says_another_cancer, sides_seen
from cds_service.facts.breast_sides import own_sides
from cds_service.facts.breast_studies import of_breast_or_axilla
from cds_service.facts.clinic_notes import is_settled, tells_of_later_surgery, tells_of_patient
from cds_service.facts.conclusions import IMAGING_OF_THE_BODY, OF_A_FINDING, is_harmless, understand_conclusion
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import names_breast_cancer
from cds_service.facts.fractures import FRACTURES, is_of_a_fall
from cds_service.facts.laboratory import LiverTests
from cds_service.facts.measurements import rest_of
from cds_service.facts.mentions import Kind, Mention, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.record_suspicions import of_other_side
from cds_service.facts.report_names import name_of
from cds_service.facts.sentences import SENTENCE_ENDS
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.studies import date_of, recorded_study
from cds_service.facts.suspicion import Suspicion, is_mute, is_unlisted, is_watched_for, listed, of_reading
from cds_service.facts.understood import Understood, understand, uses_of
from cds_service.fhir.resources import DiagnosticReport
from cds_service.knowledge.record_words import In, Use


def of_reports(since: When | None, sides: frozenset[str], source: Source, *, liver: LiverTests) -> Iterator[Suspicion]:
    """Findings in reports of the work-up and since, reports that nobody understood, and nodes of an axilla without a
    cancer on its side (E27).

    A symptom in them may be over, or be what the study explained: for as long as a work-up lasts nobody can say.
    `liver`: as for `record_suspicions.of_diagnoses`.
    """
    of_breast: list[DiagnosticReport] = []
    for report in source.record.diagnostic_reports:
        on = date_of(report)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        evidence = Evidence(
            value="finding in a report", resources=(reference_to(report),), date=on.text if on else None
        )
        old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
        long_ago = on is not None and on.surely_older(source.windows.surveillance_days, source.today)
        if not old and _is_awaited(report, on, since, source):
            yield _unread(report, evidence, source)
        mild = liver.explains(on, source)
        yield from listed(source.sets_of(*report.conclusion_code), evidence)
        if of_breast_or_axilla(report, source):
            of_breast.append(report)
            yield from _of_breast_report(report, sides, since, evidence, source, old=old)
        elif not is_settled(report, since, sides, source):
            yield from _of_other_report(report, evidence, source, mild=mild, old=old, long_ago=long_ago)
            if tells_of_later_surgery(report, since, source):
                yield _unread(report, evidence, source)
        for reading in source.readings(*_texts(report)):
            yield from _of_laboratory(reading, evidence, mild=mild)
        for text in filter(None, _beside_conclusion(report)):
            said = of_reading(_without_own_findings(text, source.read(text)), evidence)
            yield from (each for each in said if each.kind in _FINDING_KINDS)
        if _finds_node(report, source) and of_other_side(side_of(source, report.code), sides):
            yield Suspicion(kind=None, site="other", evidence=evidence)
    yield from _of_another_side(since, sides, of_breast, source)
    own = own_sides(sides, of_breast, source)
    for report in of_breast:
        if leaves_open(report, own, since, source, recorded=bool(sides - {"unstated"})):
            on = date_of(report)
            evidence = Evidence(value=unread.REPORT, resources=(reference_to(report),), date=on.text if on else None)
            yield _unread(report, evidence, source)


def _unread(report: DiagnosticReport, evidence: Evidence, source: Source) -> Suspicion:
    named = msgspec.structs.replace(evidence, value=unread.REPORT, of=name_of(report, source))
    return Suspicion(kind=None, site="other", evidence=named)


def _is_awaited(report: DiagnosticReport, on: When | None, since: When | None, source: Source) -> bool:
    """Whether it is of a sample, and says nothing yet, or in a file that nobody could read; or of nobody knows what.

    The sample that a new cancer was diagnosed by says what the record says.
    """
    said = [text for text in _texts(report) if not _NOTHING_YET.fullmatch(text.strip())]
    if report.status not in _UNDER_WAY or said or report.conclusion_code or report.result or report.contained:
        return False
    names = texts_of(report.code)
    if not any(_OF_A_SAMPLE.search(name) for name in names):
        return not names and not codes_of(report.code)
    new = since is not None and since.surely_within(source.windows.new_disease_days, source.today)
    days = (on.latest - since.earliest).days if new and since is not None and on is not None else None
    return days is None or days > _SAME_TUMOUR_DAYS


_NOTHING_YET = re.compile(
    r"(?:this is a )?(?:preliminary|pending|in progress|to follow|awaiting (?:results?|report))(?: report| result)?\W*",
    re.IGNORECASE,
)
"""What stands for a result that is to come."""
_OF_A_SAMPLE = re.compile(r"patholog|histolog|cytolog|biops|needle aspirat|\bFNAC?\b", re.IGNORECASE)


def _finds_node(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report sees a node that it does not call normal now: a normal one is no finding (E27)."""
    text = report.conclusion or ""
    return any(
        node.value != "normal" or _OF_THE_PAST.search(text, max(0, node.start - _BESIDE), node.end + _BESIDE)
        for node in source.read(text).affirmed(Kind.NODE)
    )


_OF_THE_PAST = re.compile(
    r"\b(?:previous(?:ly)?|former(?:ly)?|earlier|before|prior|last|(?:19|20)\d\d)\b", re.IGNORECASE
)
_BESIDE = 20
"""So many signs beside a node its time may stand: "formerly normal nodes", "nodes were normal in 2023"."""


def _of_laboratory(reading: Reading, evidence: Evidence, *, mild: bool) -> Iterator[Suspicion]:
    """Tests that a report calls abnormal; those it merely names ("ALT 22, AST 19") say nothing."""
    for mention in reading.affirmed(Kind.LABORATORY):
        if not (mild and mention.value == _ALKALINE_PHOSPHATASE):
            yield Suspicion(kind="laboratory", site=mention.site or "other", evidence=evidence)


_ALKALINE_PHOSPHATASE = "alkaline-phosphatase-raised"


def _texts(report: DiagnosticReport) -> tuple[str, ...]:
    return (*((report.conclusion,) if report.conclusion else ()), *texts_of(*report.conclusion_code))


def _beside_conclusion(report: DiagnosticReport) -> Iterator[str | None]:
    """What a report calls its results, its pictures and its files."""
    yield from (each.display for each in report.result)
    yield from (each.comment for each in report.media)
    yield from (each.title for each in report.presented_form)


# --- breast and axilla ------------------------------------------------------------------------------------------------
def _of_breast_report(
    report: DiagnosticReport,
    sides: frozenset[str],
    since: When | None,
    evidence: Evidence,
    source: Source,
    *,
    old: bool,
) -> Iterator[Suspicion]:
    # Where the record names no side, the report may know that of the cancer itself: "left as known".
    own = own_sides(sides, [report], source)
    words = source.knowledge.record_words.tries[In.BREAST]
    # In follow-up a node that is taken is a recurrence.
    nodal = () if is_followed(report, since, source) else tuple(nodal_metastases(report, own, source))
    for text in _texts(report):
        classes = _is_of_classes(report, text)
        # What a phrase settles is no finding: "internal mammary chains clear".
        left = understand(text, source.read(text), words, lambda mention: True).reading
        reading = _without(left, nodal) if text == report.conclusion else left
        if not old:
            yield from _symptoms(text, reading, evidence)
        said = of_reading(_without_own_findings(text, reading, classes=classes), evidence)
        yield from (each for each in said if each.kind in _FINDING_KINDS)
    if says_another_cancer(report, own, source) or (report.conclusion and _takes_invasion_back(report.conclusion)):
        yield Suspicion(kind=None, site="other", evidence=evidence)


def _takes_invasion_back(text: str) -> bool:
    """Whether a pathologist has revised an invasive cancer to one in situ: the record may still hold the former."""
    return _REVISED.search(text) is not None and _NOT_INVASIVE.search(text) is not None


_REVISED = re.compile(r"\b(?:supersed\w+|amended|revised|re-?review\w*|corrected)\b", re.IGNORECASE)
_NOT_INVASIVE = re.compile(
    r"\bno (?:\w+ ){0,2}invasi(?:on|ve)|\b(?:revised|changed|amended) to (?:\w+ ){0,3}(?:DCIS|in situ)"
    r"|\bnot invasive\b",
    re.IGNORECASE,
)

_FINDING_KINDS = ("imaging-finding", "sign")


def _without(reading: Reading, mentions: tuple[Mention, ...]) -> Reading:
    left = tuple(each for each in reading.mentions if each not in mentions) if mentions else reading.mentions
    return msgspec.structs.replace(reading, mentions=left)


_MAMMOGRAM = re.compile(r"mammo|tomosynthesis", re.IGNORECASE)
_STAGED = re.compile(r"\b[a-z]?[TN][0-3]", re.IGNORECASE)


def _is_of_classes(report: DiagnosticReport, text: str) -> bool:
    """Whether M1 in a report is the British class of a normal mammogram, and no stage."""
    return any(_MAMMOGRAM.search(each) for each in texts_of(report.code)) and not _STAGED.search(text)


def _without_own_findings(text: str, reading: Reading, *, classes: bool = False) -> Reading:
    """A breast report without what it says of breast and axilla: "suspicious mass", "node, suspicious for mets"."""
    nodal = any(mention.may_hold and mention.value != "normal" for mention in reading.of(Kind.NODE))
    kept = (
        mention
        for mention in reading.mentions
        if not (
            mention.kind is Kind.IMAGING_FINDING
            and mention.value == "unspecified"
            and not _STUDY_ELSEWHERE.search(text, mention.start, mention.end)
        )
        and not (
            mention.kind is Kind.METASTASIS
            and mention.value == "unspecified"
            and (nodal or _NORMAL_MAMMOGRAM.match(text, mention.start) or (classes and _is_m1(text, mention)))
        )
    )
    return msgspec.structs.replace(reading, mentions=tuple(kept))


_STUDY_ELSEWHERE = re.compile(r"\b(?:CXR|x-?ray|CT|PET|bone scan)\b", re.IGNORECASE)
"""What is positive, and is no study of the breast."""


def _is_m1(text: str, mention: Mention) -> bool:
    return text[mention.start : mention.end].upper() == "M1"


_NORMAL_MAMMOGRAM = re.compile(
    r"(?<!N[0-3] )M1(?: (?:left|right|l|r|both)\b|(?=[.,;]? (?:[^.;\n]{0,80}mammogram|(?:routine|annual) recall)))",
    re.IGNORECASE,
)
"""The British class of a breast that is normal, which names its side."""


def _of_another_side(
    since: When | None, sides: frozenset[str], reports: Sequence[DiagnosticReport], source: Source
) -> Iterator[Suspicion]:
    """Where no side of the cancer is on record: reports that see tumours on both, and one that finds something
    suspicious well after the cancer was known: nobody can say that it is the same.
    """
    if sides - {"unstated"}:
        return
    # Of a cancer that is not new a suspicious finding may be its recurrence, which has a question of its own.
    new = since is not None and since.surely_within(source.windows.new_disease_days, source.today)
    seen = [each for each in reports if sides_seen(each, source)]
    both = len({side for each in seen for side in sides_seen(each, source)}) > 1
    for report in reports:
        on = date_of(report)
        later = since is not None and on is not None and (on.earliest - since.latest).days > _SAME_TUMOUR_DAYS
        if (new and later and is_suspicious(report, source)) or (both and report in seen):
            evidence = Evidence(
                value="finding in a report", resources=(reference_to(report),), date=on.text if on else None
            )
            yield Suspicion(kind=None, site="other", evidence=evidence)


_SAME_TUMOUR_DAYS = 30
"""So long after a diagnosis the breast imaging of its work-up may still describe the tumour. Basis: this project."""


# --- any other part ---------------------------------------------------------------------------------------------------
def _of_other_report(
    report: DiagnosticReport, evidence: Evidence, source: Source, *, mild: bool, old: bool, long_ago: bool
) -> Iterator[Suspicion]:
    """`old`: before the last work-up could have begun; `long_ago`: what it found would stand in the record by now."""
    imaging = _is_imaging(report, source)
    rest = rest_of(report, source)

    def understood_of(text: str) -> Understood:
        def harmless(mention: Mention) -> bool:
            explained = (mild and mention.value == _ALKALINE_PHOSPHATASE) or rest.explains(mention, text)
            return explained or is_harmless(mention, imaging=imaging, old=old)

        return understand_conclusion(rest.shortened(text), harmless, source, rest.kind)

    understood = [(text, understood_of(text)) for text in _texts(report)]
    doubted = False
    for text, each in understood:
        if not old:
            yield from _symptoms(text, each.reading, evidence)
        likely_benign = _called_likely_benign(each, text) | _fractures_of_a_fall(each, text, report)
        doubted = doubted or bool(likely_benign)
        sure = tuple([mention for mention in each.reading.mentions if mention not in likely_benign])
        said = of_reading(msgspec.structs.replace(each.reading, mentions=sure), evidence)
        yield from (suspicion for suspicion in said if suspicion.kind in _FINDING_KINDS)
    says_nothing = not understood and not report.conclusion_code and report.status in _UNDER_WAY
    in_a_file = says_nothing and not old and _is_of_a_study(report, source)
    unread_words = any(
        (each.open and not (long_ago and each.unknown_only) and not rest.says_nothing(text, each))
        or (rest.is_bare(text) and not long_ago)
        for text, each in understood
    )
    unread_words = unread_words or (
        tells_of_patient(report, source) and not long_ago and any(_takes_back(text, source) for text, _ in understood)
    )
    # "T12", "segment 4", "as before": of what, and what of it?
    mute_words = (
        imaging
        and rest.kind is In.REPORT
        and not old
        and bool(understood)
        and not any(each.says for _, each in understood)
    )
    if doubted or in_a_file or unread_words or mute_words or _mute_code(report, source):
        yield _unread(report, evidence, source)


def _symptoms(text: str, reading: Reading, evidence: Evidence) -> Iterator[Suspicion]:
    """The symptoms that a report names, be it as its indication; not the risks she was told of."""
    for mention in reading.of(Kind.SYMPTOM):
        if mention.may_hold and mention.value not in OF_A_FINDING and not is_watched_for(text, mention.start):
            named = msgspec.structs.replace(evidence, value="symptom in a report")
            yield Suspicion(kind=None, site=mention.site or "other", evidence=named)


def _takes_back(text: str, source: Source) -> bool:
    """Whether a note holds words that leave it open, whatever a report of a study would mean by them."""
    return any(Use.OPEN in statement for statement in uses_of(text, source.knowledge.record_words.tries[In.NOTE]))


def _called_likely_benign(found: Understood, text: str) -> frozenset[Mention]:
    """The findings that their own statement calls benign, though not surely: nobody knows, they are no sign."""
    findings = [each for each in found.reading.of(Kind.IMAGING_FINDING, Kind.SIGN) if each.may_hold]
    if not findings:
        return frozenset()
    ends = [end.start() for end in SENTENCE_ENDS.finditer(text)]
    likely = {bisect_left(ends, said.start()) for said in _LIKELY_BENIGN.finditer(text)}
    worse = {bisect_left(ends, each.start) for each in found.reading.affirmed(Kind.METASTASIS, Kind.RECURRENCE)}
    return frozenset(each for each in findings if bisect_left(ends, each.start) in likely - worse)


def _fractures_of_a_fall(found: Understood, text: str, report: DiagnosticReport) -> frozenset[Mention]:
    """The fractures of forearm, wrist, hand, ankle or foot, where nothing in a report says that they went through
    anything: nobody knows, they are no sign."""
    if not is_of_a_fall("; ".join((*texts_of(report.code), text))):
        return frozenset()
    return frozenset(each for each in found.reading.affirmed(Kind.SIGN) if each.value in FRACTURES)


_LIKELY_BENIGN = re.compile(
    r"(?<!less )\b(?:likely|probably|probable|presumably|statistically|favou?red|most (?:compatible|consistent) with)\b"
    r"[^.;\n]{0,60}\b(?:benign|cysts?|ha?emangiomas?|granulomas?|degenerative|chronic|old|islands?|lymph node|scarring"
    r"|artifact|artefact|physiologic|reactive|inflammatory|g-?csf)\b|\btoo small to characteri[sz]e\b|\bbenign\b",
    re.IGNORECASE,
)


_UNDER_WAY = frozenset(
    {"registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "unknown", None}
)
"""States of a study that was done, or is under way; a registered one has found something that nobody told yet
(https://hl7.org/fhir/R4/valueset-diagnostic-report-status.html)."""


def _is_of_a_study(report: DiagnosticReport, source: Source) -> bool:
    """Whether it reports imaging, or a sample of tissue, and not only results of a laboratory, which are read as such.

    What it says may be in a file alone, which is not read: it is unknown, never nothing.
    """
    if report.contained:
        return False
    if any(source.knowledge.procedures[each].family in _OF_THE_BODY for each in _studies(report, source)):
        return True
    imaged = any(coding.code in _IMAGING_SECTIONS for concept in report.category for coding in concept.coding)
    if (imaged and not texts_of(report.code)) or any(map(_UNNAMED_IMAGING.fullmatch, texts_of(report.code))):
        return True  # what is not named may be of any part
    said = {m.value for reading in source.readings(*texts_of(report.code)) for m in reading.of(Kind.MODALITY)}
    return bool(said & {*IMAGING_OF_THE_BODY, "biopsy"})


_OF_THE_BODY = ("systemic", "head")
_IMAGING_SECTIONS = frozenset({"RAD", "RX", "CT", "NMR", "NMS", "RUS", "imaging", "18748-4"})
"""Radiology, CT, MR, nuclear medicine, ultrasound: HL7 table 0074; LOINC's "Diagnostic imaging study"."""


_UNNAMED_IMAGING = re.compile(
    r"\W*(?:diagnostic )?(?:imaging|radiology)(?: (?:study|studies|report|narrative))*\W*", re.I
)


def _studies(report: DiagnosticReport, source: Source) -> tuple[str, ...]:
    return recorded_study(report.code, source).procedures if report.code is not None else ()


def _mute_code(report: DiagnosticReport, source: Source) -> bool:
    """Whether a coded conclusion has no words, and nobody can say what it means.

    Of the tumour itself, whose histology and grade have codes of many kinds, it says nothing of the rest of the body.
    """
    if names_breast_cancer(report.code, source):
        return False
    mute = ((each, source.sets_of(each)) for each in report.conclusion_code if codes_of(each) and not texts_of(each))
    return any(is_mute(each) if not sets else is_unlisted(each, sets, source) for each, sets in mute)


_IMAGING = IMAGING_OF_THE_BODY | {"mammography"}


def _is_imaging(report: DiagnosticReport, source: Source) -> bool:
    said = {m.value for reading in source.readings(*texts_of(report.code)) for m in reading.of(Kind.MODALITY)}
    return bool(said & _IMAGING) and "biopsy" not in said
