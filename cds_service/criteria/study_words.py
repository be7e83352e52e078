"""Whether the words and further codes of an order speak for the study that its code names.

One code can stand for many studies: 78815 is a PET/CT with whatever tracer, and is put on a PET/MRI. Only FDG-PET/CT is
rated (facts B2, E44), so such an order counts as one only where all that names it is understood as a name of it.
"""

import re

from cds_service.coding import CPT, HCPCS, LOINC, RADLEX, SNOMED, canonical_code
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.source import texts_of
from cds_service.facts.text import read_text, residue_of
from cds_service.fhir.resources import Coding, ServiceRequest
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure
from cds_service.knowledge.study_names import named_in, names_any

_PUBLISHED = frozenset({CPT, HCPCS, LOINC, RADLEX, SNOMED})
"""Systems whose codes say what a study is; a site's own code beside them is its own name of the same."""

_WORD = re.compile(r"[^\W_]+")

_NO_PURPOSE = (Kind.MODALITY, Kind.TRACER, Kind.THERAPY, Kind.OTHER_REASON, Kind.OTHER_MALIGNANCY)
"""What does not say what the study of a breast cancer is for; of therapies, a labelled antibody is a tracer."""


def speaks_for(draft: ServiceRequest, study: Procedure, knowledge: Knowledge) -> bool:
    """Whether nothing in an order leaves it open that it may be for another study than this one."""
    if not study.name_words:
        return True
    names, details = texts_of(draft.code), texts_of(*draft.order_detail)
    readings = {text: read_text(text, knowledge.findings) for text in (*names, *details)}
    if _unread_codes(draft, knowledge) or any(map(_other_tracer, readings.values())):
        return False
    if _tracer_elsewhere(draft, knowledge) or any(_names_another(text, study, knowledge) for text in details):
        return False
    tracer_named = any(reading.of(Kind.TRACER) for reading in readings.values())
    return all(_is_name(text, readings[text], study) for text in names) and (
        tracer_named or all(_is_understood(text, study, knowledge) for text in details)
    )


def names_tracer(draft: ServiceRequest, knowledge: Knowledge) -> bool:
    """Whether the words of an order name a tracer."""
    reasons = (*texts_of(*draft.reason_code), *(note.text or "" for note in draft.note))
    said = (*texts_of(draft.code, *draft.order_detail), *reasons)
    return any(read_text(text, knowledge.findings).of(Kind.TRACER) for text in said)


def _other_tracer(reading: Reading) -> bool:
    return any(mention.value != "fdg" for mention in reading.of(Kind.TRACER))


def _tracer_elsewhere(draft: ServiceRequest, knowledge: Knowledge) -> bool:
    """Whether reasons or notes name another tracer. They say much else, so that their other words mean nothing here."""
    texts = (*texts_of(*draft.reason_code), *(note.text or "" for note in draft.note))
    return any(_other_tracer(read_text(text, knowledge.findings)) for text in texts)


def _names_another(text: str, study: Procedure, knowledge: Knowledge) -> bool:
    return names_any(text, knowledge) and study.id not in named_in(text, knowledge)


def _unread_codes(draft: ServiceRequest, knowledge: Knowledge) -> bool:
    """Whether the order has a code without words that nobody knows: it may be that of a tracer."""
    named = draft.code.coding if draft.code is not None else ()
    detailed = (concept for concept in draft.order_detail if not texts_of(concept))
    return any(_unread(coding, knowledge) for coding in named) or any(concept.coding for concept in detailed)


def _unread(coding: Coding, knowledge: Knowledge) -> bool:
    if coding.display or not coding.system or not coding.code:
        return False
    code = canonical_code(coding.system, coding.code)
    return code.system in _PUBLISHED and code not in knowledge.studies_by_code


def _is_name(text: str, reading: Reading, study: Procedure) -> bool:
    """Whether every word is one of the study's name, or says what the study is for."""
    purposes = [mention for mention in reading.mentions if mention.kind not in _NO_PURPOSE]
    return all(
        word[0].lower() in study.name_words
        or word[0].isdigit()
        or any(each.start <= word.start() and word.end() <= each.end for each in purposes)
        for word in _WORD.finditer(text)
    )


def _is_understood(text: str, study: Procedure, knowledge: Knowledge) -> bool:
    """Whether somebody explains every word: a tracer that no list has is a word that nobody does."""
    return all(text[start:end].lower() in study.name_words for start, end in residue_of(text, knowledge.findings))
