"""What notes that come as files, and narratives, say of distant disease: symptoms, findings, metastases; and files too
long to be read.

EHRs hand over the notes of every visit this way. They are looked through: what their sentences say counts, and one with
a word that could be of distant disease has to be understood; the others say how she lives and what was talked about.
Files of results are read as conclusions are (`facts.whole_reports`). A note whose file did not come along may say
anything (design, section 3).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain

import msgspec

from cds_service.facts import unread
from cds_service.facts.advanced import stages_advanced
from cds_service.facts.cancer_notes import (
    is_told_by_surgery,
    says_open,
    tells_of_a_fresh_one,
    tells_of_more,
    understand_note,
    without_stage,
)
from cds_service.facts.dates import When
from cds_service.facts.file_texts import LONGEST, are_missing, is_cut, narrative_of, texts_beside
from cds_service.facts.fractures import FRACTURES, is_of_a_fall
from cds_service.facts.mentions import LEVEL_NOT_SAID, Kind, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.relapse_words import is_on_chemotherapy
from cds_service.facts.sentences import SENTENCE_ENDS
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.studies import date_of
from cds_service.facts.suspicion import SUSPICIOUS, Suspicion, is_watched_for, of_reading, tells_of_another
from cds_service.facts.text_abbreviations import blank_other_meanings
from cds_service.facts.whole_reports import is_note_in_file
from cds_service.fhir.resources import DiagnosticReport, Resource


def of_attached_texts(since: When | None, source: Source) -> Iterator[Suspicion]:
    """What the files of reports say of distant disease, from the work-up of a cancer known `since` on.

    Symptoms count for as long as a work-up lasts: a file of two years ago tells how she was then.
    """
    new = since is not None and since.surely_within(source.windows.new_disease_days, source.today)
    for report in source.record.diagnostic_reports:
        if not (report.presented_form or report.text):
            continue
        on = date_of(report)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
        evidence = Evidence(
            value="file of a report", resources=(reference_to(report),), date=on.text if on is not None else None
        )
        note = is_note_in_file(report, source)
        for text in texts_beside(report) if note else ():
            yield from _said(text, evidence, source, old=old, followed=not new)
        if not old and (are_missing(report) if note or _is_of_anything(report) else is_cut(report)):
            yield _unread(evidence)
    for resource, narrative in _narrated(source):
        evidence = Evidence(value="narrative", resources=(reference_to(resource),))
        yield from _said(narrative, evidence, source, old=False, followed=not new)


def _narrated(source: Source) -> Iterator[tuple[Resource, str]]:
    """Every resource but a report that says more in its narrative than in its elements, or may."""
    record = source.record
    patient = (record.patient,) if record.patient is not None else ()
    for resource in chain(
        patient,
        record.conditions,
        record.observations,
        record.procedures,
        record.medication_requests,
        record.medication_administrations,
        record.care_plans,
        record.allergies,
    ):
        if resource.text is not None and (narrative := narrative_of(resource)) is not None:
            yield resource, narrative


def _is_of_anything(report: DiagnosticReport) -> bool:
    """Whether a name says nothing of what a file holds: "Scanned document - outside records"."""
    return any(map(_OF_ANYTHING.search, texts_of(report.code)))


_OF_ANYTHING = re.compile(
    r"\bscanned\b|\b(?:outside|external|historical) (?:\w+ )?(?:records?|documents?|results?)\b|\bunclassified\b",
    re.IGNORECASE,
)


def _unread(evidence: Evidence) -> Suspicion:
    return Suspicion(kind=None, site="other", evidence=msgspec.structs.replace(evidence, value=unread.REPORT))


# --- what is said -----------------------------------------------------------------------------------------------------
def _said(text: str, evidence: Evidence, source: Source, *, old: bool, followed: bool) -> Iterator[Suspicion]:
    read = 0
    # What stands around an abbreviation says which it is: "ASA 2. METS > 4."
    for sentence in dict.fromkeys(_that_may_matter(blank_other_meanings(text), source)):
        read += len(sentence)
        if read > LONGEST:
            yield _unread(evidence)
            return
        # What the sentence settles is no finding: "no axillary, supraclavicular or cervical lymphadenopathy".
        past = followed and _is_past(sentence, source)
        # Which stage a cancer had that was treated then is no matter of what she has now.
        told = without_stage(sentence) if past else sentence
        understood = understand_note(told, "unstated", source, known=not followed)
        reading = _of_her(sentence, understood.reading)
        said = tuple(of_reading(_distant(reading, old=old), evidence))
        if said and is_of_a_fall(sentence):
            # As of a report that is no file: nobody knows of the fracture, anything beside it counts.
            bare = _distant(reading, old=old)
            left = tuple(each for each in bare.mentions if each.value not in FRACTURES)
            said = (*of_reading(Reading(mentions=left), evidence), _unread(evidence))
        yield from said
        back = any(each.may_hold for each in reading.of(Kind.RECURRENCE))
        later = not followed and _is_advanced(sentence, reading)
        if (
            back
            or later
            or (stages_advanced(reading) and not past)
            or any(each.m == "M1" or each.stage == "IV" for each in reading.staging)
        ):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        elif (
            not old
            and not _ADVICE.match(sentence)
            and (
                (understood.open and not (past and _is_of_a_lump(sentence, reading, source)))
                or _leaves_open(sentence, reading, source, followed=followed)
            )
        ):
            yield _unread(evidence)


_MATTERING = (*SUSPICIOUS, Kind.ADVANCED, Kind.RECURRENCE, Kind.TUMOR_MARKER, Kind.OTHER_MALIGNANCY)


def _that_may_matter(text: str, source: Source) -> Iterator[str]:
    """The sentences that hold a word for disease elsewhere, however it is written, or of which something is read that
    may mean it.
    """
    read, matters = source.read(text).of(*_MATTERING), source.knowledge.note_words.finds
    told = sorted(each.start for each in read if each.may_hold and each.detail != LEVEL_NOT_SAID)
    start = 0
    for end in (*(found.start() for found in SENTENCE_ENDS.finditer(text)), len(text)):
        sentence = text[start:end].strip()
        if sentence and (
            bisect_left(told, start) < bisect_left(told, end) or matters(sentence) or is_told_by_surgery(sentence)
        ):
            yield sentence
        start = end + 1


def _is_advanced(sentence: str, reading: Reading) -> bool:
    """Whether a sentence on a new cancer tells of skin, chest wall or fixed nodes, an inflammatory one, or a stage from
    IIB on, however loosely it is said (facts A8).
    """
    if any(each.may_hold for each in reading.of(Kind.ADVANCED)):
        return True
    inflammatory = (each for each in reading.of(Kind.BREAST_CANCER) if each.value == "inflammatory")
    stage = _LATE_STAGE.search(sentence)
    return any(each.may_hold for each in inflammatory) or (stage is not None and not _NO_STAGE.search(sentence))


_LATE_STAGE = re.compile(r"\bstage\b[^.,;\n]{0,20}\b(?:2B|IIB|3[ABC]?|III[ABC]?|4|IV)\b", re.IGNORECASE)
_NO_STAGE = re.compile(
    r"\b(?:no|not|never|rather than|if|mother|sister|aunt|kidney|CKD|grade|sleep|ulcer)\b", re.IGNORECASE
)
"""What denies a stage, gives it to somebody else, or to another disease."""


def _is_of_a_lump(sentence: str, reading: Reading, source: Source) -> bool:
    """Whether a sentence tells of a lump, and of nothing that a reason would not be understood by."""
    return bool(reading.of(Kind.LOCAL_SYMPTOM, Kind.IMAGING_FINDING)) and not source.residue(sentence)


def _leaves_open(sentence: str, reading: Reading, source: Source, *, followed: bool) -> bool:
    """Whether what a sentence says is understood, and is no sign of distant disease, but may come of one: a marker,
    falls; and of a woman in follow-up that she is treated, or has something new in the breast.
    """
    there = [each for each in reading.mentions if each.may_hold]
    if tells_of_another(sentence, source) or says_open(sentence, source) or tells_of_more(sentence):
        return True
    if (
        _FALLS.search(sentence)
        or _WEIGHED_TWICE.search(sentence)
        or any(each.kind is Kind.TUMOR_MARKER for each in there)
    ):
        return True
    if not followed:
        return False
    if is_on_chemotherapy(sentence, reading):
        return True
    # A lump beside a cancer that was treated is not that cancer itself.
    fresh = tells_of_a_fresh_one(sentence, source) or any(each.kind is Kind.LOCAL_SYMPTOM for each in there)
    return fresh and (not _is_past(sentence, source) or any(_is_of_late(each, source) for each in sentence.split(",")))


_FALLS = re.compile(
    r"\bfell (?:twice|again|several|repeatedly|\d|two|three|x)|\bfalls (?:again|twice|x|often)"
    r"|\b(?:keeps?|recurrent|repeated) fall",
    re.IGNORECASE,
)
_WEIGHED_TWICE = re.compile(r"\b\d+(?:\.\d+)? ?(?:kg|lbs?)\b.{0,30}\b\d+(?:\.\d+)? ?(?:kg|lbs?)\b", re.IGNORECASE)
"""A weight and what it was before: nobody says by how much it fell, and why."""
_ADVICE = re.compile(r"\W*(?:please )?(?:call (?:for|if|us|with)|return (?:if|for any)|educated on)\b", re.IGNORECASE)
"""How advice to the patient begins."""


def _is_of_late(clause: str, source: Source) -> bool:
    """Whether a part of a sentence tells of something new, whatever the rest: "s/p lumpectomy 2020, now a lump"."""
    if _LATELY.search(clause) is None or _is_past(clause, source):
        return False
    found = any(each.may_hold for each in source.read(clause).of(Kind.LOCAL_SYMPTOM))
    return found or tells_of_a_fresh_one(clause, source)


_LATELY = re.compile(
    r"\b(?:new|now|currently|recent(?:ly)?|(?:this|last|past) (?:week|month)|weeks?|days?)\b", re.IGNORECASE
)


def _is_past(sentence: str, source: Source) -> bool:
    """Whether a sentence tells how the cancer was found or treated then."""
    years = (int(year[0]) for year in _YEAR.finditer(sentence))
    treated = source.read(sentence).of(Kind.SURGERY, Kind.THERAPY)
    return bool(treated) or _THEN.search(sentence) is not None or any(each < source.today.year - 1 for each in years)


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_THEN = re.compile(
    r"\b(?:history|hx|h/o|s/p|status post|initial\w*|original\w*|at (?:diagnosis|presentation)|presented|underwent"
    r"|previous\w*|prior|years? ago)\b",
    re.IGNORECASE,
)


def _of_her(sentence: str, reading: Reading) -> Reading:
    """What a sentence says without the symptoms that she is to watch for."""
    kept = (
        each for each in reading.mentions if each.kind is not Kind.SYMPTOM or not is_watched_for(sentence, each.start)
    )
    return msgspec.structs.replace(reading, mentions=tuple(kept))


_OF_THE_BODY = ("ct", "pet", "bone-scan", "radiography")
"""Imaging that is of no breast: ultrasound and MRI mostly are."""


def _distant(reading: Reading, *, old: bool) -> Reading:
    """A sentence without what it says of breast and axilla, and without the symptoms of another time."""
    axilla = any(mention.value == "axilla" for mention in reading.of(Kind.ASKS))
    nodal = axilla or any(mention.may_hold and mention.value != "normal" for mention in reading.of(Kind.NODE))
    bare = {Kind.IMAGING_FINDING, Kind.METASTASIS} if nodal else {Kind.IMAGING_FINDING}
    if any(mention.value in _OF_THE_BODY for mention in reading.of(Kind.MODALITY)):
        bare.discard(Kind.IMAGING_FINDING)  # "CT: nodule" is of no breast
    kept = (
        mention
        for mention in reading.of(*SUSPICIOUS)
        if not (mention.kind in bare and mention.value == "unspecified")
        and not (old and mention.kind in (Kind.SYMPTOM, Kind.LABORATORY))
    )
    return Reading(mentions=tuple(kept))
