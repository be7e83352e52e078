"""Whether a name on a problem list is known for what it is: a name that nobody knows could be anything."""

from cds_service.coding import ICD10CM
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.understood import names_known
from cds_service.knowledge.record_words import In

_SAYS_NOTHING = frozenset({Kind.SIDE, Kind.MODALITY, Kind.ASKS, Kind.STAGING, Kind.TRACER})
"""Mentions that do not name what the entry is."""

_ACUTE = frozenset({"pulmonary-embolism", "venous-thrombosis", "pneumonia", "fever", "stroke"})
"""Other diseases that a study of the body may be for, or that a cancer may have brought about."""


def is_known(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether a code decides what an entry is, its words name a disease or a state, or say nothing at all.

    ICD-10-CM has its chapters: a code of it that is on none of our lists is another disease.
    """
    if diagnosis.sets or any(code.system == ICD10CM for code in codes_of(diagnosis.concept)):
        return True
    texts = texts_of(diagnosis.concept)
    if any(_named(each) for reading in diagnosis.words for each in reading.mentions):
        return True
    words = source.knowledge.record_words.tries[In.ENTRY]
    return any(names_known(text, words) for text in texts)


def _named(mention: Mention) -> bool:
    return mention.kind not in _SAYS_NOTHING


def is_open(diagnosis: Diagnosis) -> bool:
    """Whether an entry names what nobody can tell from distant disease (a clot, a suspected other disease), or suspects
    an inflammatory carcinoma, which no early stage allows.
    """
    return any(_is_open(each) for reading in diagnosis.words for each in reading.mentions)


def _is_open(mention: Mention) -> bool:
    if not mention.may_hold:
        return False
    inflammatory = mention.kind is Kind.BREAST_CANCER and mention.value == "inflammatory"
    if inflammatory or mention.kind is Kind.OTHER_MALIGNANCY:
        return mention.meant is Meant.UNCERTAIN
    doubted = mention.meant is Meant.UNCERTAIN and mention.value != "chronic-disease"
    return mention.kind is Kind.OTHER_REASON and (doubted or mention.value in _ACUTE)
