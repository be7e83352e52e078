"""Other diseases of an organ that a study looks at: the study may be for them.

Codes are in the value sets `disease-of-<organ>`; words, for records in SNOMED CT or without codes, in `findings.yaml`.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from cds_service.coding import ICD10CM
from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.fhir.resources import CodeableConcept

VALUE_SETS = {
    "head": "disease-of-head",
    "chest": "disease-of-chest",
    "abdomen": "disease-of-abdomen",
    "bone": "disease-of-bone",
    "body": "disease-of-body",
}
"""The diseases of each organ, by code."""


class Another(StrEnum):
    """Whether a study may be for another active disease of what it looks at, where the order does not say."""

    NONE = "none"
    OF_AN_ORGAN = "of-an-organ"  # a cancer before surgery is the likelier reason: COPD stands on many problem lists
    OF_THE_BODY = "of-the-body"  # of no one organ, or looked for by PET/CT itself: as likely as the cancer


def may_be_for_another(found: Iterable[Diagnosis], source: Source) -> Another:
    """Of what other disease the study may be.

    Of the head, the diagnosis itself leaves open whether metastasis is suspected (`facts.record_suspicions`).
    """
    organs = {organ for study in source.procedures for organ in study.looks_at} - {"head"}
    others = [each for each in found if each.disease is Disease.OTHER and each.course is Course.ACTIVE]
    named = {organ for each in others for organ in organs if is_of_organ(each, organ, source)}
    if "body" in named or (organs and any(_is_of_these_days(each, organs, source) for each in others)):
        return Another.OF_THE_BODY
    return Another.OF_AN_ORGAN if named else Another.NONE


_ACUTE_DAYS = 3
"""How long before an order what happened may be what it is for; the number is this project's."""


def _is_of_these_days(each: Diagnosis, organs: set[str], source: Source) -> bool:
    """Whether an injury, an infection, or a disease of such an organ began in the days before the order.

    Nobody looks for injuries by PET/CT. Of a disease only its onset counts: the whole problem list may have been
    written down today.
    """
    if each.since is None or not each.since.surely_within(_ACUTE_DAYS, source.today):
        return False
    told = _told(each.concept)
    if "acute-infection" in each.sets or any(map(_INFECTED.search, told)):
        return True
    if organs != {"body"} and ("acute-injury" in each.sets or any(map(_INJURED.search, told))):
        return True
    return each.onset_recorded and any(is_of_organ(each, organ, source) for organ in organs)


_PART = (
    r"(?:liver|hepatic|spleen|splenic|kidney|renal|lungs?|pulmonary|chest|thora\w+|abdom\w+|pelvi\w+|trunk|aort\w+"
    r"|bowel|spin\w+|neck|head)"
)
_INJURY = r"(?:injury|injuries|lacerations?|contusions?|rupture|trauma)"
_INJURED = re.compile(
    rf"\bpolytrauma|\bmultiple (?:injuries|trauma)|\b{_INJURY} (?:of|to) (?:\w+ ){{0,2}}{_PART}\b|\b{_PART} {_INJURY}\b"
    r"|\b(?:motor vehicle|traffic|car|road) (?:\w+ )?(?:accident|collision|crash)|\b(?:MVA|MVC|RTA|RTC)\b"
    r"|\bfall(?:en)? from\b|\bstab wound|\bgunshot",
    re.IGNORECASE,
)
_INFECTED = re.compile(r"\bsepsis\b|\bseptic shock\b|\bappendicitis\b|\binfect\w+ (?:\w+ ){0,3}prosthe", re.IGNORECASE)
"""Acute problems in words, where no code of ICD-10-CM tells of them."""


def is_of_organ(diagnosis: Diagnosis, organ: str, source: Source) -> bool:
    """Whether a diagnosis is another disease of this organ: by its codes, or in its words."""
    if VALUE_SETS[organ] in diagnosis.sets:
        return True
    words = source.knowledge.findings.organ_diseases[organ]
    return any(words.search(text) for text in _told(diagnosis.concept))


def _told(concept: CodeableConcept | None) -> tuple[str, ...]:
    """The words that tell of a disease; not what ICD-10-CM calls its codes, which the value sets list: "diverticulosis
    without perforation or abscess"."""
    if concept is None or not any(code.system == ICD10CM for code in codes_of(concept)):
        return texts_of(concept)
    named = {coding.display for coding in concept.coding}
    return (concept.text,) if concept.text and concept.text not in named else ()
