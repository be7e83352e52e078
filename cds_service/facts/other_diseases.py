"""Other diseases of an organ that a study looks at: the study may be for them.

Codes are in the value sets `disease-of-<organ>`; words, for records in SNOMED CT or without codes, in `findings.yaml`.
"""

from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.source import Source, texts_of

VALUE_SETS = {"head": "disease-of-head"}
"""The diseases of each organ, by code."""


def is_of_organ(diagnosis: Diagnosis, organ: str, source: Source) -> bool:
    """Whether a diagnosis is another disease of this organ: by its codes, or in its words."""
    if source.has(VALUE_SETS[organ], diagnosis.concept):
        return True
    words = source.knowledge.findings.organ_diseases[organ]
    return any(words.search(text) for text in texts_of(diagnosis.concept))
