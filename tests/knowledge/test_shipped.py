"""The shipped knowledge says what the sources say: the ratings of the five articles, the traps among the codes."""

from pathlib import Path

import pytest

from cds_service.coding import CPT, LOINC, RADLEX, SNOMED, Code
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.studies import CodeMatch

KNOWLEDGE = load_knowledge(Path(__file__).parents[2] / "knowledge")
VARIANTS = {variant.id: variant for variant in KNOWLEDGE.variants}

# What the five articles say in words (facts base, table A2): variant, study, category, score of ACR's own table.
ARTICLES = [
    ("235-v4", "us-axilla", "usually-appropriate", 9),
    ("235-v4", "core-biopsy-axillary-node", "usually-not-appropriate", 1),
    ("235-v4", "fna-axillary-node", "usually-not-appropriate", 1),
    ("235-v4", "mri-breast-without-and-with-contrast", "may-be-appropriate", 5),
    ("235-v4", "fdg-pet-ct", "may-be-appropriate", 5),
    ("235-v4", "mammography-diagnostic", "usually-not-appropriate", 1),
    ("235-v4", "dbt-diagnostic", "usually-not-appropriate", 1),
    ("286-v9", "us-axilla", "usually-appropriate", 8),
    ("286-v9", "mri-breast-without-and-with-contrast", "may-be-appropriate", 5),
    ("286-v9", "fdg-pet-ct", "usually-not-appropriate", 3),
    ("235-v8", "core-biopsy-axillary-node", "usually-appropriate", 9),
    ("235-v8", "fna-axillary-node", "usually-appropriate", 8),
    ("235-v8", "mammography-diagnostic", "usually-not-appropriate", 1),
    ("235-v8", "dbt-diagnostic", "usually-not-appropriate", 1),
    ("235-v8", "mri-breast-without-and-with-contrast", "usually-not-appropriate", 2),
    ("310-v2", "fdg-pet-ct", "usually-not-appropriate", 2),
    ("310-v2", "ct-chest-abdomen-pelvis-with-contrast", "usually-not-appropriate", 2),
    ("310-v2", "bone-scan", "usually-not-appropriate", 2),
    ("310-v10", "fdg-pet-ct", "usually-not-appropriate", 1),
    ("310-v10", "ct-chest-abdomen-pelvis-with-contrast", "usually-not-appropriate", 1),
    ("310-v10", "bone-scan", "usually-not-appropriate", 1),
    ("310-v10", "us-axilla", "usually-not-appropriate", 1),
]


@pytest.mark.parametrize(("variant", "study", "category", "score"), ARTICLES)
def test_the_ratings_of_the_articles(variant: str, study: str, category: str, score: int) -> None:
    row = VARIANTS[variant].ratings[study]

    assert (str(row.category), row.score) == (category, score)


def test_article_is_the_basis_of_these_rows_and_of_no_other() -> None:
    marked = {(v.id, study) for v in KNOWLEDGE.variants for study, row in v.ratings.items() if "article" in row.basis}

    assert marked == {(variant, study) for variant, study, _, _ in ARTICLES}


def test_biopsy_rows_need_a_record_and_not_an_assumption() -> None:
    """A warning "image first" must rest on reports that were read, never on silence."""
    for variant in ("235-v3", "235-v4", "235-v5", "235-v7"):
        for study in ("core-biopsy-axillary-node", "fna-axillary-node"):
            row = VARIANTS[variant].ratings[study]
            assert row.needs, f"{variant} {study}"


def match(system: str, code: str) -> dict[str, CodeMatch]:
    """The studies a code may name, with how well."""
    wanted = Code(system, code)
    return {
        study.id: named.match
        for study in KNOWLEDGE.procedures.values()
        for named in study.codes
        if named.code == wanted
    }


@pytest.mark.parametrize(
    ("system", "code", "studies", "reason"),
    [
        (CPT, "78815", {"fdg-pet-ct": "exact"}, "skull base to mid-thigh"),
        (CPT, "78816", {"fdg-pet-ct": "near"}, "whole body is another row than ACR's"),
        (CPT, "78813", {}, "PET without CT"),
        (CPT, "76882", {"us-axilla": "needs-site"}, "any limited extremity ultrasound, e.g. a knee"),
        (CPT, "10005", {"fna-axillary-node": "needs-site"}, "aspiration of anything"),
        (CPT, "38505", {"core-biopsy-axillary-node": "needs-site"}, "any superficial node"),
        (CPT, "19083", {}, "biopsy of the breast"),
        (CPT, "78306", {"bone-scan": "exact"}, "whole body"),
        (CPT, "78300", {}, "limited area"),
        (CPT, "71260", {"ct-chest-abdomen-pelvis-with-contrast": "partial"}, "half of a pair"),
        (LOINC, "87869-4",
         {"ct-chest-abdomen-pelvis-with-contrast": "one-of", "ct-chest-abdomen-pelvis-without-contrast": "one-of",
          "ct-chest-abdomen-pelvis-without-and-with-contrast": "one-of"}, "contrast not stated"),
        (LOINC, "24590-2", {"mri-head-without-and-with-contrast": "one-of", "mri-head-without-contrast": "one-of"},
         "contrast not stated"),
        (LOINC, "81551-4", {}, "sodium fluoride PET/CT is not a bone scan"),
        (SNOMED, "241615005",
         {"mri-breast-without-and-with-contrast": "one-of", "mri-breast-without-contrast": "one-of"},
         "contrast not stated"),
        (SNOMED, "71651007", {"mammography-diagnostic": "one-of", "mammography-screening": "one-of"},
         "purpose not stated"),
        (SNOMED, "450566007", {"dbt-diagnostic": "one-of", "dbt-screening": "one-of"}, "purpose not stated"),
        (RADLEX, "RPID1933", {"us-axilla": "exact"}, "the axilla by name"),
        (SNOMED, "41747008", {}, "a code below medium confidence does not ship"),
    ],
)  # fmt: skip
def test_what_a_code_names(system: str, code: str, studies: dict[str, str], reason: str) -> None:
    assert match(system, code) == studies, reason


@pytest.mark.parametrize("code", ["78811", "78812", "78813", "78814", "78300", "78305", "78315", "19083", "10021"])
def test_a_code_of_another_study_is_known_as_such(code: str) -> None:
    """So that a text beside it does not override the code."""
    assert KNOWLEDGE.not_covered[Code(CPT, code)]


def test_a_pair_of_ct_has_the_same_contrast_in_both_halves() -> None:
    halves = {study.id: study.parts for study in KNOWLEDGE.procedures.values() if study.parts}

    assert {name: (chest[0].code, belly[0].code) for name, (chest, belly) in halves.items()} == {
        "ct-chest-abdomen-pelvis-with-contrast": ("71260", "74177"),
        "ct-chest-abdomen-pelvis-without-contrast": ("71250", "74176"),
        "ct-chest-abdomen-pelvis-without-and-with-contrast": ("71270", "74178"),
    }


def test_radiation_goes_with_its_band() -> None:
    """ACR relative radiation levels of an adult, in mSv."""
    bands = {"O": (0, 0), "☢☢": (0.1, 1), "☢☢☢": (1, 10), "☢☢☢☢": (10, 30)}

    assert all(study.msv == bands[study.radiation] for study in KNOWLEDGE.procedures.values())
