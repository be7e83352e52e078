"""Whether a name on a problem list is known for what it is: a name that nobody knows could be anything."""

import re

from cds_service.coding import ICD10CM
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.understood import names_known, opening_spans
from cds_service.knowledge.record_words import In

_SAYS_NOTHING = frozenset({Kind.SIDE, Kind.MODALITY, Kind.ASKS, Kind.STAGING, Kind.TRACER})
"""Mentions that do not name what the entry is."""

_ACUTE = frozenset({"pulmonary-embolism", "venous-thrombosis", "pneumonia", "fever", "stroke", "hematuria"})
"""Other diseases that a study of the body may be for, or that a cancer may have brought about."""

_CHANGED = re.compile(r"\b(wors|progress|increas|grow|enlarg|bigger|flar|new|acute|sever|escalat|chang)", re.IGNORECASE)
"""Words that say that an old complaint is not the same any more."""

_SUSPICIOUS = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.LABORATORY, Kind.IMAGING_FINDING})


def is_known(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether a code decides what an entry is, its words name a disease or a state, or say nothing at all.

    ICD-10-CM has its chapters: a code of it that is on none of our lists is another disease.
    """
    if diagnosis.sets or any(code.system == ICD10CM for code in codes_of(diagnosis.concept)):
        return True
    texts = texts_of(diagnosis.concept)
    if any(not any(map(str.isalpha, text)) for text in texts):
        return False  # "***": masked
    if any(_named(each) for reading in diagnosis.words for each in reading.mentions):
        return True
    words = source.knowledge.record_words.tries[In.ENTRY]
    return any(names_known(text, words) for text in texts)


def _named(mention: Mention) -> bool:
    return mention.kind not in _SAYS_NOTHING


def is_as_before(diagnosis: Diagnosis) -> bool:
    """Whether nothing says that an old complaint came back or is not the same any more."""
    said = (*texts_of(diagnosis.concept), *diagnosis.notes)
    return not diagnosis.came_back and not any(_CHANGED.search(text) for text in said)


def is_open(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether an entry names what nobody can tell from distant disease (a clot, bleeding, a suspected other disease),
    has words that leave it open ("source not found", "awaiting MRI"), or a sign that no early stage allows.
    """
    texts = texts_of(diagnosis.concept)
    recent = any(_RECENT.search(text) for text in texts)
    if any(_is_open(each, recent=recent) for reading in diagnosis.words for each in reading.mentions):
        return True
    # "Inconclusive mammogram" is what R92.2 is called: a finding of the breast, which the code decides.
    return "not-concerning" not in diagnosis.sets and any(_words_open(text, source, recent=recent) for text in texts)


_RECENT = re.compile(
    r"\brecent|\byesterday\b|\b\d+/(?:7|52|12)\b"
    r"|\b(?:\d+|one|two|three|four|five|six|few|couple of) ?(?:days?|d|wks?|weeks?|months?|mths?|mos?) ago\b"
    r"|\b(?:last|this|past) (?:week|month|year|spring|summer|autumn|fall|winter)\b",
    re.IGNORECASE,
)
"""A past so short that what happened in it may be why a study is ordered: "embolism 2 months ago"."""


def _is_open(mention: Mention, *, recent: bool) -> bool:
    if not (mention.may_hold or (recent and mention.meant is Meant.HISTORICAL)):
        return False
    inflammatory = mention.kind is Kind.BREAST_CANCER and mention.value == "inflammatory"
    if inflammatory or mention.kind is Kind.OTHER_MALIGNANCY:
        return mention.meant is Meant.UNCERTAIN
    if mention.kind is Kind.LOCAL_SYMPTOM:
        return mention.value == "chest-wall-mass"  # no early stage grows there, and a scar holds a recurrence
    if mention.kind in _SUSPICIOUS:
        return mention.meant is Meant.HISTORICAL  # what is there now is a suspicion by itself
    doubted = mention.meant is Meant.UNCERTAIN and mention.value not in ("chronic-disease", "trauma")  # "fall risk"
    acute = mention.value in _ACUTE or (recent and mention.value == "trauma")
    return mention.kind is Kind.ADVANCED or (mention.kind is Kind.OTHER_REASON and (doubted or acute))


def _words_open(text: str, source: Source, *, recent: bool) -> bool:
    """Whether words leave a name open, and are not those of something denied, of somebody else, or long over."""
    spans = opening_spans(text, source.knowledge.record_words.tries[In.ENTRY])
    if not spans:
        return False
    settled = [
        each
        for each in source.read(text).mentions
        if not each.may_hold and not (recent and each.meant is Meant.HISTORICAL)
    ]
    return any(
        not any(each.start < end and start < each.end for each in settled)
        for start, end in spans
        if not _is_without(text, start, end)
    )


def _is_without(text: str, start: int, end: int) -> bool:
    """Whether words deny what they name: "diverticulosis without perforation or abscess", not "without source"."""
    return _DISEASE.match(text, start, end) is not None and bool(_WITHOUT.search(text[max(0, start - _NEAR) : start]))


_WITHOUT = re.compile(r"\b(?:without|w/o)\s(?:\w+\s(?:or|and)\s)?\Z", re.IGNORECASE)
_DISEASE = re.compile(r"abscess|obstruct|hydroneph|thromb|embol|sepsis|h(?:a)?ematuria|osteomyel", re.IGNORECASE)
_NEAR = 60
"""So many letters in front of a word what denies it may begin."""


def is_of_other_breast(diagnosis: Diagnosis, sides: frozenset[str]) -> bool:
    """Whether an entry is a sign of a breast that is not surely one with a cancer of these sides."""
    signs = {each.value for reading in diagnosis.words for each in reading.of(Kind.LOCAL_SYMPTOM) if each.may_hold}
    if not signs - _OF_NO_TUMOUR:
        return False
    if any(each.value in ("bilateral", "other") for reading in diagnosis.words for each in reading.of(Kind.SIDE)):
        return True
    if not sides - {"unstated"}:
        # A lump may be the tumour itself; what it does to nipple or skin is told of a side where the side matters.
        return diagnosis.side in ("left", "right") and not signs.isdisjoint(_OF_NIPPLE_OR_SKIN)
    return not any(same_side(diagnosis.side, side) for side in sides)


_OF_NO_TUMOUR = frozenset({"breast-pain", "axillary-pain", "arm-swelling"})
_OF_NIPPLE_OR_SKIN = frozenset({"nipple-discharge", "nipple-change", "breast-skin-change"})
