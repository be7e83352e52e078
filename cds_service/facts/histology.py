"""What codes and words say of the tissue of a tumour: its type and behaviour, or that it is no carcinoma.

ICD-O-3 writes both in one code: four digits for the type and, behind the slash, one for the behaviour.
"""

import re
from enum import StrEnum

from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.source import Source, texts_of
from cds_service.fhir.resources import CodeableConcept


class Tissue(StrEnum):
    """What a tumour is made of, as far as it matters here."""

    INVASIVE = "invasive"
    INFLAMMATORY = "inflammatory"
    IN_SITU = "in-situ"
    SECONDARY = "secondary"  # at a metastatic site, or nobody knows whether the site is the first one
    ANOTHER = "another"  # no carcinoma of the breast: a lymphoma, a sarcoma, a melanoma


ELSEWHERE = frozenset({Tissue.SECONDARY, Tissue.ANOTHER})
"""Tissue that is more than a first cancer of the breast."""

_SETS = (
    ("breast-cancer-inflammatory", Tissue.INFLAMMATORY),
    ("inflammatory-morphology", Tissue.INFLAMMATORY),
    ("breast-cancer-in-situ", Tissue.IN_SITU),
    ("in-situ-morphology", Tissue.IN_SITU),
    ("breast-cancer-invasive", Tissue.INVASIVE),
    ("invasive-morphology", Tissue.INVASIVE),
)
_SAID = {
    "inflammatory": Tissue.INFLAMMATORY,
    "in-situ": Tissue.IN_SITU,
    "invasive": Tissue.INVASIVE,
    "ductal": Tissue.INVASIVE,
    "lobular": Tissue.INVASIVE,
}

_MORPHOLOGY = re.compile(r"(?:M-?)?(?P<type>[89]\d{3})/(?P<behaviour>[012369])\d?")
"""An ICD-O-3 morphology, perhaps with its digit of grade, in whatever system it comes."""
_INFLAMMATORY = 8530


def tissues(concept: CodeableConcept, source: Source) -> frozenset[Tissue]:
    """What a concept names, even in doubt; an invasion that is doubtful is none. For `Source.alike`."""
    found = {tissue for name, tissue in _SETS if name in source.sets_of(concept)} | coded_tissues(concept)
    for reading in source.said(concept):
        for mention in reading.of(Kind.BREAST_CANCER):
            tissue = _SAID.get(mention.value)
            if tissue is Tissue.INVASIVE and mention.meant is not Meant.AFFIRMED:
                continue
            if tissue is not None and mention.may_hold:
                found.add(tissue)
    return frozenset(found)


def coded_tissues(concept: CodeableConcept) -> frozenset[Tissue]:
    """What the ICD-O-3 morphologies of a concept name, be they typed."""
    written = (*(each.code for each in concept.coding if each.code), *texts_of(concept))
    found = (_MORPHOLOGY.fullmatch(each.strip()) for each in written)
    named = (_named(int(each["type"]), each["behaviour"]) for each in found if each is not None)
    return frozenset([tissue for tissue in named if tissue is not None])


def _named(kind: int, behaviour: str) -> Tissue | None:
    """What type and behaviour name together; of what is benign or borderline (0, 1), nothing."""
    if behaviour in "69":
        return Tissue.SECONDARY
    if behaviour not in "23":
        return None
    if not _is_of_breast(kind):
        return Tissue.ANOTHER
    if behaviour == "2":
        return Tissue.IN_SITU
    return Tissue.INFLAMMATORY if kind == _INFLAMMATORY else Tissue.INVASIVE


def _is_of_breast(kind: int) -> bool:
    """Whether a type is one of those that SEER counts as a cancer of the breast: 8000-8700, 8982, 8983
    (imsweb/algorithms, BreastCategoryAlgorithm). Melanomas begin at 8720, lymphomas at 9590.
    """
    return kind <= 8700 or kind in (8982, 8983)


def is_in_situ_alone(found: frozenset[Tissue]) -> bool:
    """Whether carcinoma in situ is all that is named of the breast."""
    return Tissue.IN_SITU in found and found.isdisjoint((Tissue.INVASIVE, Tissue.INFLAMMATORY))


def names_another(concept: CodeableConcept, source: Source) -> bool:
    """Whether a code names tissue that is more than a first cancer of the breast. For `Source.alike`."""
    return not ELSEWHERE.isdisjoint(coded_tissues(concept))


_CARCINOMAS = frozenset({"invasive", "ductal", "lobular", "inflammatory", "in-situ"})


def names_no_carcinoma(source: Source, *concepts: CodeableConcept | None) -> bool:
    """Whether codes or words name, even in doubt, a sarcoma, a lymphoma, a malignant phyllodes tumour, and no
    carcinoma.

    ICD-10-CM has one code, C50, for any malignant neoplasm of the breast; the criteria are about carcinoma (facts A7:
    E29).
    """
    if any(concept is not None and Tissue.ANOTHER in coded_tissues(concept) for concept in concepts):
        return True
    mentions = [mention for reading in source.said(*concepts) for mention in reading.mentions]
    present = [mention for mention in mentions if mention.may_hold]
    another = any(mention.kind is Kind.OTHER_MALIGNANCY for mention in present)
    return another and not any(
        mention.kind is Kind.BREAST_CANCER and mention.value in _CARCINOMAS for mention in present
    )
