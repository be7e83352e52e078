"""Other diseases of an organ that a study looks at: the study may be for them.

Codes are in the value sets `disease-of-<organ>`; words, for records in SNOMED CT or without codes, in `findings.yaml`.
"""

from collections.abc import Iterable

from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.source import Source, texts_of

VALUE_SETS = {
    "head": "disease-of-head",
    "chest": "disease-of-chest",
    "abdomen": "disease-of-abdomen",
    "bone": "disease-of-bone",
    "body": "disease-of-body",
}
"""The diseases of each organ, by code."""


def may_be_for_another(found: Iterable[Diagnosis], source: Source) -> bool:
    """Whether the study may be for an active disease of an organ that it looks at, where the order does not say.

    Of the head, the diagnosis itself leaves open whether metastasis is suspected (`facts.record_suspicions`).
    """
    organs = {organ for study in source.procedures for organ in study.looks_at} - {"head"}
    others = (each for each in found if each.disease is Disease.OTHER and each.course is Course.ACTIVE)
    return any(is_of_organ(each, organ, source) for each in others for organ in organs)


def is_of_organ(diagnosis: Diagnosis, organ: str, source: Source) -> bool:
    """Whether a diagnosis is another disease of this organ: by its codes, or in its words."""
    if VALUE_SETS[organ] in diagnosis.sets:
        return True
    words = source.knowledge.findings.organ_diseases[organ]
    return any(words.search(text) for text in texts_of(diagnosis.concept))
