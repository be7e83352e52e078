"""Whether the words or the body site of an order name another study than its code: then nobody can say which is meant.

A code is never overruled by words (facts E60); but an order that contradicts itself is not one that can be rated.
"""

import re
from functools import lru_cache

from cds_service.facts.diagnoses import BREAST_SITES
from cds_service.facts.mentions import Kind
from cds_service.facts.sides import side_of_code
from cds_service.facts.source import codes_of, texts_of
from cds_service.facts.text import read_text
from cds_service.fhir.resources import CodeableConcept, ServiceRequest
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure
from cds_service.knowledge.study_names import named_in, names_any

_OF_THE_BODY = frozenset({"systemic", "head"})
"""Families of studies that look at a large part of the body: of a smaller one they are other studies (facts E60)."""

_WORD = re.compile(r"[a-z]+")

_NO_OTHER_PLACE = frozenset(
    {
        # the tumour's own place, which is often written where the site of the study belongs
        *("breast", "breasts", "axilla", "axillary", "left", "right", "bilateral", "both", "lt", "rt", "side"),
        # the whole of it
        *("whole", "entire", "total", "full", "wholebody", "torso", "trunk"),
        # words between them
        *("structure", "region", "regions", "area", "site", "part", "body", "anatomical"),
        *("of", "and", "or", "the", "to", "from", "as", "a", "an", "with"),
    }
)

_SAME = {"thorax": "chest", "thoracic": "chest", "abdominal": "abdomen", "pelvic": "pelvis"}
"""Other words for the places that names of studies hold."""


def contradicts(draft: ServiceRequest, study: Procedure, knowledge: Knowledge) -> bool:
    """Whether an order whose code names this study says in words, or by its body site, that it is for another one."""
    texts = texts_of(draft.code)
    # Where a study says which words its name may be made of, that is stricter, and knows "PT+CT".
    if not study.name_words and any(_of_another_kind(text, study, knowledge) for text in texts):
        return True
    if study.family not in _OF_THE_BODY:
        return False
    return any(_names_another(text, study, knowledge) for text in texts) or any(
        _is_elsewhere(site, study, knowledge) for site in draft.body_site
    )


def _of_another_kind(text: str, study: Procedure, knowledge: Knowledge) -> bool:
    """ "CT head" is no bone scan; "bone scan with SPECT/CT" is."""
    said = _modalities(text, knowledge)
    if not said:
        return False
    own = _own_modalities(study.name, knowledge)
    return bool(own) and said.isdisjoint(own)


@lru_cache(maxsize=256)
def _own_modalities(name: str, knowledge: Knowledge) -> frozenset[str]:
    return _modalities(name, knowledge)


def _modalities(text: str, knowledge: Knowledge) -> frozenset[str]:
    return frozenset(mention.value for mention in read_text(text, knowledge.findings).of(Kind.MODALITY))


def _names_another(text: str, study: Procedure, knowledge: Knowledge) -> bool:
    named = named_in(text, knowledge)
    if not named:  # "bone density scan": a name that is known to be of something else
        return names_any(text, knowledge)
    return all(knowledge.procedures[each].family != study.family for each in named)


def _is_elsewhere(site: CodeableConcept, study: Procedure, knowledge: Knowledge) -> bool:
    """Whether a site is one that the study does not look at as a whole, or one that nobody can read."""
    texts = texts_of(site)
    if not texts:
        return not all(
            code.code in BREAST_SITES or side_of_code(code) or knowledge.value_sets.matches("axilla-site", code)
            for code in codes_of(site)
        )
    own = _words(study.name, study.body_site, *study.phrases) | _NO_OTHER_PLACE
    return not _words(*texts) <= own


def _words(*texts: str) -> set[str]:
    return {_SAME.get(word, word) for text in texts for word in _WORD.findall(text.lower())}
