"""Whether the cancer has come back in breast, chest wall or axilla: proven, suspected, or not."""

import re
from collections.abc import Iterator

import msgspec

from cds_service.facts import breast_signs, unread
from cds_service.facts.breast_reports import names_tumour
from cds_service.facts.breast_studies import is_sample, of_breast_or_axilla
from cds_service.facts.breast_understood import is_calcium
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.episodes import Cancer
from cds_service.facts.measurements import rest_of
from cds_service.facts.mentions import Kind, Meant, Reading
from cds_service.facts.model import NOT_RETRIEVED, Evidence, Fact, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.reasons import Reasons
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.studies import date_of, recorded_study
from cds_service.facts.therapy import TreatmentEvent
from cds_service.facts.understood import understand
from cds_service.fhir.resources import DiagnosticReport
from cds_service.knowledge.record_words import In

_NAMED = "recurrence named in the order"


def local_recurrence(
    cancer: Cancer,
    found: tuple[Diagnosis, ...],
    reasons: Reasons,
    source: Source,
    operation: TreatmentEvent | None = None,
) -> Fact:
    """Proven by its code; suspected by what the order names, or by a new lump on record.

    `operation`: the first one of this cancer that is on record.
    """
    named = [each for each in cancer.named_by if each.disease is Disease.RECURRENCE]
    if named:
        evidence = tuple(Evidence(value="local recurrence", resources=(each.reference,)) for each in named)
        if not any(map(_is_local, named)):  # back, and nobody says where
            return Unknown(UnknownReason.NOT_RECORDED, evidence=evidence)
        return Known("proven" if any(each.certain for each in named) else "suspected", evidence=evidence)
    ordered = _named_in_order(reasons, source)
    if ordered is not None:
        return Known("suspected", evidence=(ordered,))
    entries = _new_entries(cancer, found, source, operation)
    seen_once = [each for each in entries if _is_old_image(each, source)]
    lumps = (*map(_shown, (each for each in entries if each not in seen_once)), *_in_reports(cancer, source))
    if lumps:
        return Known("suspected", evidence=lumps)
    if seen_once:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=tuple(map(_shown, seen_once)))
    complaints = tuple(_new_complaints(found, source)) if source.procedures[0].family in _OF_THE_BREAST else ()
    if complaints:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=complaints)
    awaited = tuple(_unread_imaging(source)) if source.procedures[0].family in _OF_THE_BREAST else ()
    if awaited:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=awaited)
    return NOT_RETRIEVED if source.record.failed("conditions") else Known("none")


def _unread_imaging(source: Source) -> Iterator[Evidence]:
    """Breast imaging of this work-up whose result is not here: what is ordered now may be for what it showed."""
    for report in source.record.diagnostic_reports:
        said = report.conclusion or report.conclusion_code or report.contained
        if said or report.status == "cancelled" or not recorded_study(report.code, source).procedures:
            continue
        on = date_of(report)
        old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
        if not old and of_breast_or_axilla(report, source):
            yield Evidence(
                value=unread.REPORT, resources=(reference_to(report),), date=on.text if on is not None else None
            )


_OF_THE_BREAST = ("breast", "axilla", "node-biopsy")


def _new_complaints(found: tuple[Diagnosis, ...], source: Source) -> Iterator[Evidence]:
    """Pain of breast or axilla and swelling of the arm, new on the problem list: a study there may be for it."""
    for each in found:
        old = each.since is not None and each.since.surely_older(source.windows.work_up_days, source.today)
        if each.disease is not Disease.OTHER or each.course is not Course.ACTIVE or old:
            continue
        said = (mention for reading in (*each.words, *each.noted) for mention in reading.of(Kind.LOCAL_SYMPTOM))
        if any(mention.may_hold for mention in said):
            yield _shown(each)


def _shown(diagnosis: Diagnosis) -> Evidence:
    date_ = diagnosis.since.text if diagnosis.since is not None else None
    return Evidence(value="local symptom on record", resources=(diagnosis.reference,), date=date_)


def _is_local(diagnosis: Diagnosis) -> bool:
    """Whether a recurrence is said to be of breast, chest wall or axilla: by its code or in its words."""
    said = (mention for reading in diagnosis.words for mention in reading.of(Kind.RECURRENCE))
    return "breast-cancer-local-recurrence" in diagnosis.sets or any(mention.value == "local" for mention in said)


def _named_in_order(reasons: Reasons, source: Source) -> Evidence | None:
    reference = (reference_to(source.draft),)
    for mention in reasons.mentions:
        present = mention.may_hold
        if mention.kind is Kind.RECURRENCE and present and not _only_watched(reasons):
            return Evidence(value=_NAMED, resources=reference)
        # The tumour itself ("1.8 cm breast mass") is why a new cancer is staged; a lump in follow-up is another matter.
        if mention.kind is Kind.LOCAL_SYMPTOM and present and mention.value not in _NO_LUMP:
            return Evidence(value="local symptom named in the order", resources=reference)
    return None


def _only_watched(reasons: Reasons) -> bool:
    """ "Surveillance, r/o recurrence" watches for it; "suspected recurrence" suspects it, "recurrent" knows it."""
    follow_up = reasons.follow_up or any(
        mention.kind is Kind.FOLLOW_UP and mention.meant is Meant.AFFIRMED for mention in reasons.mentions
    )
    there = any(
        mention.kind is Kind.RECURRENCE and mention.may_hold and mention.detail != "asked"
        for mention in reasons.mentions
    )
    return follow_up and not there


def _new_entries(
    cancer: Cancer, found: tuple[Diagnosis, ...], source: Source, operation: TreatmentEvent | None
) -> list[Diagnosis]:
    """Lumps and the like of breast or chest wall on the problem list that came well after the cancer."""
    return [
        each
        for each in found
        if each.disease is Disease.OTHER
        and each.course is Course.ACTIVE
        and not _known_with(cancer, each.since, source)
        and not _was_operated(each, cancer, operation)
        and (not _LUMPS.isdisjoint(each.sets) or _says_local(_beside_radiation(each)))
    ]


def _in_reports(cancer: Cancer, source: Source) -> list[Evidence]:
    """Reports of the last months that tell of lumps and the like, and came well after the cancer."""
    return [
        Evidence(value="finding in a breast report", resources=(reference_to(report),), date=on.text if on else None)
        for report in source.record.diagnostic_reports
        if not ((on := date_of(report)) is not None and on.surely_older(source.windows.work_up_days, source.today))
        and not _known_with(cancer, on, source)
        and (_says_local(_settled(report, source)) or names_tumour(report, source) or _is_coded_open(report, source))
    ]


def _is_coded_open(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report of breast or axilla gives its class of suspicion as a code alone: BI-RADS 0, 3, 4, 5."""
    if report.conclusion or not report.conclusion_code or not of_breast_or_axilla(report, source):
        return False
    return any(
        breast_signs.is_classed_open(text, source.knowledge.breast_words) or _CATEGORY.search(text)
        for text in texts_of(*report.conclusion_code)
    ) or not all(map(texts_of, report.conclusion_code))


_CATEGORY = re.compile(r"category\s*[0345]\b|highly suggestive|suspicious|need(?:s)? additional|probably benign", re.I)
"""How registries call the classes: "Mammography assessment (Category 5) - Highly suggestive of malignancy"."""


def _is_old_image(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether an entry is of nothing but an abnormal image of the breast, so long ago that it was looked at again: a
    weak sign (facts D1: R92.8), of which nobody can say what came of it."""
    since = diagnosis.since
    if since is None or not since.surely_older(source.windows.work_up_days, source.today) or diagnosis.came_back:
        return False
    said = {each.value for reading in diagnosis.words for each in reading.of(Kind.LOCAL_SYMPTOM) if each.may_hold}
    return _LUMPS.isdisjoint(diagnosis.sets) and said == {"breast-imaging-finding"}


def _was_operated(diagnosis: Diagnosis, cancer: Cancer, operation: TreatmentEvent | None) -> bool:
    """Whether an entry is surely older than the first operation, and not of the other breast: how the cancer showed
    itself, and no recurrence.

    Not where its words say that it changes; a lump in a scar is a suspicion by itself (`facts.entries`).
    """
    if operation is None or operation.start is None or diagnosis.since is None or diagnosis.came_back:
        return False
    side = cancer.side if operation.side == "unstated" else operation.side
    if not diagnosis.since.surely_before(operation.start) or diagnosis.side not in ("unstated", side):
        return False
    return not any(map(_CHANGES.search, (*texts_of(diagnosis.concept), *diagnosis.notes)))


_CHANGES = re.compile(r"\b(?:new|wors|progress|increas|grow|enlarg|bigger|larger|recurr|again)", re.IGNORECASE)


def _beside_radiation(diagnosis: Diagnosis) -> tuple[Reading, ...]:
    """The words of an entry, of radiodermatitis without the changes of the skin that it is."""
    if "radiodermatitis" not in diagnosis.sets:
        return diagnosis.words
    return tuple(
        Reading(mentions=tuple([each for each in reading.mentions if each.value != "breast-skin-change"]))
        for reading in diagnosis.words
    )


_LUMPS = frozenset({"breast-lump", "breast-neoplasm-uncertain"})


def _settled(report: DiagnosticReport, source: Source) -> tuple[Reading, ...]:
    """A report without what it settles itself: "stable post-surgical distortion"."""
    text, words = report.conclusion or "", source.knowledge.record_words.tries[rest_of(report, source).kind]
    if text and of_breast_or_axilla(report, source):
        if breast_signs.is_closed(text, source.knowledge.breast_words):
            return ()
        words = source.knowledge.record_words.tries[In.BREAST]
    if not text:
        return ()
    left = understand(text, source.read(text), words, lambda mention: True).reading
    # Calcium in a sample is what was looked for.
    kept = tuple(m for m in left.mentions if not (is_sample(report) and is_calcium(text, m)))
    return (msgspec.structs.replace(left, mentions=kept),)


def _known_with(cancer: Cancer, since: When | None, source: Source) -> bool:
    """Whether a finding may be how this cancer showed itself; an undated one may as well be new."""
    days = source.windows.new_disease_days
    return cancer.since is not None and since is not None and not cancer.since.surely_older(days, since.earliest)


def _says_local(readings: tuple[Reading, ...]) -> bool:
    return any(
        mention.may_hold and mention.value not in _NO_LUMP
        for reading in readings
        for mention in reading.of(Kind.LOCAL_SYMPTOM)
    )


_NO_LUMP = frozenset({"breast-pain", "axillary-pain", "arm-swelling"})
"""Local complaints after treatment that do not by themselves raise the question of recurrence."""


def phase_with(recurrence: Fact, phase: Fact) -> Fact:
    """A cancer that the record takes as new, and the order calls recurrent, may be either."""
    named = isinstance(recurrence, Known) and any(e.value == _NAMED for e in recurrence.evidence)
    if named and isinstance(phase, Known) and phase.value in ("new", "neoadjuvant-planned"):
        return OneOf((str(phase.value), "recurrence"), evidence=(*phase.evidence, *recurrence.evidence))
    return phase
