"""What notes that come as files say of distant disease: symptoms, findings, metastases; and files too long to be read.

EHRs hand over the notes of every visit this way. They are looked through: what their sentences say counts, and one with
a word that could be of distant disease has to be understood; the others say how she lives and what was talked about.
Files of results are read as conclusions are (`facts.whole_reports`). A note whose file did not come along may say
anything (design, section 3).
"""

import re
from collections.abc import Iterator

import msgspec

from cds_service.facts import unread
from cds_service.facts.advanced import stages_advanced
from cds_service.facts.cancer_notes import is_open_note, understand_note
from cds_service.facts.dates import When
from cds_service.facts.file_texts import LONGEST, are_missing, is_cut, texts_beside
from cds_service.facts.fractures import FRACTURES, is_of_a_fall
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, reference_to
from cds_service.facts.studies import date_of
from cds_service.facts.suspicion import SUSPICIOUS, Suspicion, is_watched_for, of_reading
from cds_service.facts.whole_reports import is_note_in_file


def of_attached_texts(since: When | None, source: Source) -> Iterator[Suspicion]:
    """What the files of reports say of distant disease, from the work-up of a cancer known `since` on.

    Symptoms count for as long as a work-up lasts: a file of two years ago tells how she was then.
    """
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
            yield from _said(text, evidence, source, old=old)
        if not old and (are_missing(report) if note else is_cut(report)):
            yield _unread(evidence)


def _unread(evidence: Evidence) -> Suspicion:
    return Suspicion(kind=None, site="other", evidence=msgspec.structs.replace(evidence, value=unread.REPORT))


# --- what is said -----------------------------------------------------------------------------------------------------
_SENTENCE_ENDS = re.compile(r"[\n\r;]|\.(?!\d)")
_ALARMING = re.compile(
    r"metast|\bmets?\b|malignan|\bstage\b|\bM1|lesion|nodul|\bmass|tumou?r|lytic|sclerotic|fractur|uptake|avid"
    r"|effusion|ascites|adenopath|lymph|suspicious|pain|ache|sore|tender|cough|dyspn|breath|ha?emopt|jaundice|icter"
    r"|seizure|convuls|weak|numb|paresis|palsy|ataxi|vision|diplopia|confus|vomit|nausea|weight|appetite|anorexi|cachex"
    r"|recur|relaps|advanced|inflammator|progress|\b[a-z]{0,2}[TN][1-4]|swell|dizz|faint|collaps|limp|bruis|incontinen"
    r"|tingl|para?esthes|fatigue|tired|sweat|fever|calc(?:ium|a?emia)|elevated|abnormal|liver|hepat|brain|bone|osseous|lung|pulmon"
    r"|discomfort|erythem|orange|ulcerat|unstead|balance|gait|falls?\b|satiety|forget|memory|word[- ]finding|mixing up"
    r"|\b(?:lbs?|pounds|kg|kilos)\b.{0,30}\b(?:lost|less|down|over|since)"
    r"|\b(?:down|lost)\b.{0,20}\b(?:lbs?|pounds|kg|kilos)\b|speech|slur|swoll|\bnodes?\b|fixed"
    r"|revis|upstag|restag|cancer|carcinom|neoplas|further|biops|concern|worr|suspect|unexplain|new\b",
    re.IGNORECASE,
)
"""What a sentence that speaks of distant disease has in it: of most notes few sentences do, and only they are read."""


def _said(text: str, evidence: Evidence, source: Source, *, old: bool) -> Iterator[Suspicion]:
    read = 0
    for sentence in dict.fromkeys(each.strip() for each in _SENTENCE_ENDS.split(text)):
        if not _ALARMING.search(sentence):
            continue
        read += len(sentence)
        if read > LONGEST:
            yield _unread(evidence)
            return
        # What the sentence settles is no finding: "no axillary, supraclavicular or cervical lymphadenopathy".
        reading = _of_her(sentence, understand_note(sentence, "unstated", source).reading)
        said = tuple(of_reading(_distant(reading, old=old), evidence))
        if said and is_of_a_fall(sentence):
            # As of a report that is no file: nobody knows of the fracture, anything beside it counts.
            bare = _distant(reading, old=old)
            left = tuple(each for each in bare.mentions if each.value not in FRACTURES)
            said = (*of_reading(Reading(mentions=left), evidence), _unread(evidence))
        yield from said
        back = any(each.may_hold for each in reading.of(Kind.RECURRENCE))
        if back or stages_advanced(reading) or any(each.m == "M1" or each.stage == "IV" for each in reading.staging):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        elif not old and not _ADVICE.match(sentence) and is_open_note(sentence, source):
            yield _unread(evidence)


_ADVICE = re.compile(
    r"\W*(?:please )?(?:call (?:for|if|us|with)|return|follow[- ]?up in|rtc|educated on)\b", re.IGNORECASE
)
"""How advice to the patient begins."""


def _of_her(sentence: str, reading: Reading) -> Reading:
    """What a sentence says without the symptoms that she is to watch for."""
    kept = (
        each for each in reading.mentions if each.kind is not Kind.SYMPTOM or not is_watched_for(sentence, each.start)
    )
    return msgspec.structs.replace(reading, mentions=tuple(kept))


def _distant(reading: Reading, *, old: bool) -> Reading:
    """A sentence without what it says of breast and axilla, and without the symptoms of another time."""
    axilla = any(mention.value == "axilla" for mention in reading.of(Kind.ASKS))
    nodal = axilla or any(mention.may_hold and mention.value != "normal" for mention in reading.of(Kind.NODE))
    bare = {Kind.IMAGING_FINDING, Kind.METASTASIS} if nodal else {Kind.IMAGING_FINDING}
    kept = (
        mention
        for mention in reading.of(*SUSPICIOUS)
        if not (mention.kind in bare and mention.value == "unspecified")
        and not (old and mention.kind in (Kind.SYMPTOM, Kind.LABORATORY))
    )
    return Reading(mentions=tuple(kept))
