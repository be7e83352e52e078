"""Abbreviations that mean something else where they stand: METs as metabolic equivalents, LAD as a coronary artery.

Read as metastases and lymphadenopathy they would be a definite sign. Either meaning is taken only where the words
beside it leave no other; else the abbreviation stays what it mostly is in the record of a cancer.
"""

import re

from cds_service.facts.blanks import blank

_SENTENCE = re.compile(r"(?:[^.;\n]|\.(?=\d))+")


def blank_other_meanings(text: str) -> str:
    """The text as long as it was, without abbreviations that are no metastases and no enlarged nodes."""
    lowered = text.lower()
    if "met" in lowered and _METS.search(text):
        text = _SENTENCE.sub(lambda said: _without_equivalents(said.group(), text), text)
    if "lad" in lowered and _LAD.search(text):
        text = _SENTENCE.sub(lambda said: _without_artery(said.group(), text), text)
    return text


# --- metabolic equivalents --------------------------------------------------------------------------------------------
_METS = re.compile(r"\bMETs?\b", re.IGNORECASE)
_COMPARED = (
    r"(?:[<>=\u2264\u2265:~]\s*){0,3}(?:(?:is|are|was|of|about|approximately|greater than|more than|less than"
    r"|at least|over"
    r"|above|under|up to)\s+){0,2}"
)
_COUNTED = re.compile(
    rf"\b(?:METs?|metabolic equivalents)\s*{_COMPARED}\d+(?:\.\d+)?\b(?!\s*(?:mm|cm)\b)"
    rf"|(?:(?:[<>\u2264\u2265]|at least|more than|greater than|over)=?\s*)?\b\d+(?:\.\d+)?(?:\s*-\s*\d+)?\+?\s*METs?\b",
    re.IGNORECASE,
)
"""A number of them: "METs > 4", "10.1 METs"."""
_OF_EXERCISE = re.compile(
    r"\bexercised\b|\bexercise (?:tolerance|capacity|level|test|stress|ability)|\bfunctional (?:capacity|tolerance)"
    r"|\bfunctional status\b(?=[^.]{0,80}[<>\u2264\u2265]=?\s*\d)"
    r"|[<>\u2264\u2265]=?\s*\d+[^.]{0,80}\bfunctional status\b"
    r"|\beffort tolerance"
    r"|\bmetabolic equivalents?\b|\btreadmill\b|\bbruce\b|\bworkload\b|\bflights? of stairs\b|\bpeak (?:exercise|vo2)\b"
    r"|\bachiev\w+ (?:(?:an?|about|approximately|at|least|more|greater|than|over|up|to|workload|maximum|peak"
    r"|total|of|>|<|>=)"
    r" ?){0,5}\d+(?:\.\d+)?\s*METs?\b",
    re.IGNORECASE,
)
_NEVER_MEANT = re.compile(
    r"\d+\.\d+\s*(?i:METs)\b|(?<![^(,])\s*\bMETs\s*(?:[<>\u2264\u2265]=?|:|=)\s*\d+(?:\.\d+)?\s*(?![^),])"
)
"""A measure, of which nobody counts metastases; or alone between commas, as only these equivalents are written."""
_OF_A_CANCER = re.compile(
    r"\b(?:bon[ey]\w*|osseous|skelet\w*|brain|cereb\w+|intracranial|cns|liver|hepat\w*|lungs?|pulm\w*|pleur\w*|spin\w*"
    r"|vertebr\w*|nod(?:e|es|al)|adrenal\w*|periton\w*|lept\w*|organs?|distant|systemic|visceral|metast\w*"
    r"|secondar\w*|oligo\w*"
    r"|lesions?|deposits?|scans?|mri|ct|pet|biops\w*|radiat\w*|radiosurg\w*|srs|sbrt|palliat\w*|progress\w*|widespread"
    r"|multiple|known|new|stage (?:[IV]+|4)|treat\w*|respon\w*|resect\w*|disease|cancer|carcinoma|[tl]\d{1,2}"
    r"|suv\w*|avid|uptake|mm|cm)\b",
    re.IGNORECASE,
)


def _without_equivalents(sentence: str, text: str) -> str:
    if _METS.search(sentence) is None or _OF_A_CANCER.search(sentence):
        return sentence
    if _OF_EXERCISE.search(sentence):
        return _COUNTED.sub(blank, sentence)
    alone = _ALONE.fullmatch(sentence) if _AT_THE_ANAESTHETIST.search(text) else None
    return " " * len(sentence) if alone else _NEVER_MEANT.sub(blank, sentence)


_ALONE = re.compile(r"\s*METs?\s*(?:[<>\u2264\u2265]=?|:|=)\s*\d+(?:\.\d+)?\s*", re.IGNORECASE)
_AT_THE_ANAESTHETIST = re.compile(r"\bmallampati\b|\bASA (?:class )?(?:[1-4]|I{1,3}V?)\b|\bRCRI\b", re.IGNORECASE)
"""What stands in the notes of an anaesthetist, who writes of METs as the fitness for an operation."""


# --- left anterior descending artery ----------------------------------------------------------------------------------
_LAD = re.compile(r"\bLAD\b", re.IGNORECASE)
_BESIDE_IT = re.compile(
    r"\b(?:plaques?|stenos[ie]s|stents?|stented|stenting|calcium|calcifications?|occlusion|CABG|LIMA|bypass|grafts?|PCI"
    r"|angioplasty)\b(?: [\w%-]+){0,3}? (?:in|of|to|involving|within)(?: the)?(?: (?:proximal|mid|distal"
    r"|ostial))? LAD\b"
    r"|\b(?:ostial|proximal|mid|distal)[- /]+(?:(?:to|and|-|/)[- /]*(?:mid|distal)[- ])?LAD\b"
    r"|\bLIMA[- ](?:to[- ])?LAD\b"
    r"|\bLAD (?:artery|territory|distribution|stenos[ie]s|plaques?|stent\w*|calcium|infarct\w*|ischemi\w*|occlusion)\b",
    re.IGNORECASE,
)
_SCORED = re.compile(r"\bLAD\s*[:=]?\s*\(?\d+(?:\.\d+)?\b(?!\s*(?:mm|cm)\b)|\bthe LAD\b", re.IGNORECASE)
_BRANCH = re.compile(r"\b(?:RCA|LCX|LCx|Lcx|circumflex|agatston|LIMA)\b", re.IGNORECASE)
_OTHER_ARTERY = re.compile(r"\b(?:RCA|LCX|LCx|Lcx|left circumflex|circumflex|coronary|agatston)\b", re.IGNORECASE)
_OF_NODES = re.compile(
    r"\b(?:nod(?:e|es|al)|lymph\w*|adenopath\w*|axill\w*|mediastin\w*|hil(?:ar|a|um)|cervical|neck|supraclav\w*"
    r"|infraclav\w*"
    r"|inguinal|groin|retroperiton\w*|para-?aortic|abdominal|pelvic|mammary|palpable|bulky|enlarged|matted"
    r"|generali[sz]ed"
    r"|diffuse|bilateral|suspicious|FDG|avid|no|without|denies)\b",
    re.IGNORECASE,
)


def _without_artery(sentence: str, text: str) -> str:
    if _LAD.search(sentence) is None or _OF_NODES.search(sentence):
        return sentence
    if _BESIDE_IT.search(sentence) or _BRANCH.search(sentence):
        return _LAD.sub(blank, sentence)
    named = _SCORED.search(sentence) is not None and _OTHER_ARTERY.search(text) is not None
    return _LAD.sub(blank, sentence) if named else sentence
