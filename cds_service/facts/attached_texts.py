"""What stands in the files of reports, where a file is text and came along: symptoms, findings, metastases.

A file is looked through, not understood: what it says counts, what nobody understands in it leaves nothing open. EHRs
hand over notes of every visit this way, and none of them is a conclusion. The note of a clinic whose file did not come
along may say anything (design, section 3).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import msgspec

from cds_service.facts import unread
from cds_service.facts.advanced import stages_advanced
from cds_service.facts.clinic_notes import is_note
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, reference_to
from cds_service.facts.studies import date_of
from cds_service.facts.suspicion import SUSPICIOUS, Suspicion, of_reading
from cds_service.fhir.resources import Attachment, DiagnosticReport


def of_attached_texts(since: When | None, source: Source) -> Iterator[Suspicion]:
    """What the files of reports say of distant disease, from the work-up of a cancer known `since` on.

    Symptoms count for as long as a work-up lasts: a file of two years ago tells how she was then.
    """
    for report in source.record.diagnostic_reports:
        if not report.presented_form:
            continue
        on = date_of(report)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
        texts = [text for each in report.presented_form if (text := text_of(each)) is not None]
        evidence = Evidence(
            value="file of a report", resources=(reference_to(report),), date=on.text if on is not None else None
        )
        for text in texts:
            yield from _said(text, evidence, source, old=old)
        if _is_out_of_reach(report, texts) and not old:
            yield _unread(evidence)


def _unread(evidence: Evidence) -> Suspicion:
    return Suspicion(kind=None, site="other", evidence=msgspec.structs.replace(evidence, value=unread.REPORT))


def _is_out_of_reach(report: DiagnosticReport, texts: list[str]) -> bool:
    """Whether a note of a clinic stands in a file alone, and that did not come along."""
    return not texts and not report.conclusion and is_note(report)


# --- what is said -----------------------------------------------------------------------------------------------------
_SENTENCE_ENDS = re.compile(r"[\n\r;]|\.(?!\d)")
_ALARMING = re.compile(
    r"metast|\bmets?\b|malignan|\bstage\b|\bM1|lesion|nodul|\bmass|tumou?r|lytic|sclerotic|fractur|uptake|avid"
    r"|effusion|ascites|adenopath|lymph|suspicious|pain|ache|sore|tender|cough|dyspn|breath|ha?emopt|jaundice|icter"
    r"|seizure|convuls|weak|numb|paresis|palsy|ataxi|vision|diplopia|confus|vomit|nausea|weight|appetite|anorexi|cachex"
    r"|recur|relaps|advanced|inflammator|progress|\b[a-z]{0,2}[TN][1-4]|swell|dizz|faint|collaps|limp|bruis|incontinen"
    r"|tingl|para?esthes|fatigue|tired|sweat|fever|calc(?:ium|a?emia)|elevated|abnormal|liver|hepat|brain|bone|osseous|lung|pulmon",
    re.IGNORECASE,
)
"""What a sentence that speaks of distant disease has in it: of most notes few sentences do, and only they are read."""

LONGEST = 40_000
"""Characters that are read of one file; a longer one that goes on alarming is not settled by what was read."""


def _said(text: str, evidence: Evidence, source: Source, *, old: bool) -> Iterator[Suspicion]:
    read = 0
    for sentence in dict.fromkeys(each.strip() for each in _SENTENCE_ENDS.split(text)):
        if not _ALARMING.search(sentence):
            continue
        read += len(sentence)
        if read > LONGEST:
            yield _unread(evidence)
            return
        reading = source.read(sentence)
        yield from of_reading(_distant(reading, old=old), evidence)
        back = any(each.may_hold for each in reading.of(Kind.RECURRENCE))
        if back or stages_advanced(reading) or any(each.m == "M1" or each.stage == "IV" for each in reading.staging):
            yield Suspicion(kind=None, site="other", evidence=evidence)


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


# --- files ------------------------------------------------------------------------------------------------------------
_TEXTS = ("text/plain", "text/html", "text/markdown", "application/xhtml+xml")


def text_of(attachment: Attachment) -> str | None:
    """The text of a file (https://hl7.org/fhir/R4/datatypes.html#Attachment); None where it is none, or not here."""
    kind = (attachment.content_type or "").partition(";")[0].strip().lower()
    if kind not in _TEXTS or not attachment.data:
        return None
    try:
        text = base64.b64decode("".join(attachment.data.split()), validate=True).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return None
    return _of_html(text) if "html" in kind else text


def _of_html(markup: str) -> str:
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return "".join(reader.words)


class _Words(HTMLParser):
    """The words of a page; where a block ends, so does the sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(" ".join(data.split("\n")))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.words.append("\n")


_INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"})
