"""The search: what a clinician types, and what has to come first."""

import pytest

from cds_service.knowledge.model import Category, Knowledge
from cds_service.web.criteria.catalogue import make_catalogue
from cds_service.web.criteria.lookup import EXAMPLES, Search, make_search
from cds_service.web.criteria.pages import SearchPage


@pytest.fixture(scope="module")
def search(knowledge: Knowledge) -> Search:
    return make_search(make_catalogue(knowledge, {}), knowledge)


def _studies(found: SearchPage) -> list[str]:
    return [each.study.id for each in found.studies]


def _variants(found: SearchPage) -> list[str]:
    return [each.variant.id for each in found.variants]


@pytest.mark.parametrize(
    ("words", "study"),
    [
        ("PET", "fdg-pet-ct"),
        ("pet/ct", "fdg-pet-ct"),
        ("78815", "fdg-pet-ct"),
        ("CPT 78816", "fdg-pet-ct"),
        ("81554-8", "fdg-pet-ct"),  # LOINC
        ("rpid6017", "fdg-pet-ct"),  # RadLex, whatever the case
        ("71260", "ct-chest-abdomen-pelvis-with-contrast"),  # one half of it
        ("CT CAP with contrast", "ct-chest-abdomen-pelvis-with-contrast"),
        ("bone scan", "bone-scan"),
        ("mammogram", "mammography-diagnostic"),
        ("mamogram", "mammography-diagnostic"),  # one slip
        ("us axila", "us-axilla"),
        ("MRI brain", "mri-head-without-and-with-contrast"),
        ("breast mri", "mri-breast-without-and-with-contrast"),
        ("tomosyn", "dbt-diagnostic"),  # a word begun
        ("node biopsy", "core-biopsy-axillary-node"),
    ],
)
def test_a_study_is_found_by_what_orders_call_it(search: Search, words: str, study: str) -> None:
    assert _studies(search(words))[0] == study


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("310-v2", {"310-v2"}),
        ("stage IIA", {"310-v1", "310-v2"}),
        ("stage 2a", {"310-v1", "310-v2"}),
        ("stage III", {"310-v3", "310-v4", "310-v5"}),
        ("after lumpectomy", {"310-v6", "310-v8"}),
        ("after mastectomy", {"310-v7", "310-v9"}),
        ("triple negative", {"310-v5"}),
        ("HER2+", {"310-v5"}),
        ("ER positive HER2 negative", {"310-v4"}),
        ("bone pain", {"235-v6", "310-v11"}),
        ("no symptoms", {"310-v2", "310-v10"}),
        ("axillary lump", {"286-v1", "286-v2", "286-v7"}),
        ("suspicious node on mammography", {"235-v8", "286-v11"}),
        ("1.5 cm tumor node negative", {"286-v3"}),
    ],
)
def test_a_situation_is_found_by_what_it_is_about(search: Search, words: str, first: set[str]) -> None:
    assert set(_variants(search(words))[: len(first)]) == first


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        ("C50.912", "Diagnosis: invasive breast cancer"),
        ("c50912", "Diagnosis: invasive breast cancer"),  # as claims write it
        ("C50", "Diagnosis: invasive breast cancer"),  # the header of its branch
        ("254837009", "Diagnosis: invasive breast cancer"),  # SNOMED CT
        ("Z85.3", "Phase of the disease: follow-up after curative treatment"),
        ("Z08", "Phase of the disease: follow-up after curative treatment"),
        ("Z90.12", "Breast surgery on the side asked about: mastectomy"),
        ("12584003", "Symptom or sign of metastasis: a symptom"),  # bone pain
        ("1222766008", "Clinical stage at diagnosis: stage IIA"),
    ],
)
def test_a_situation_is_found_by_the_code_of_a_condition(search: Search, words: str, understood: str) -> None:
    """As the value sets of the knowledge have it, which read a record the same way."""
    found = search(words)
    assert understood in found.understood
    assert found.variants


def test_a_code_that_no_variant_is_for_finds_none(search: Search) -> None:
    """Carcinoma in situ is understood, and these topics are about invasive cancer."""
    found = search("D05.11")
    assert found.understood == ("Diagnosis: carcinoma in situ",)
    assert not found.variants


def test_codes_of_order_and_condition_go_together(search: Search) -> None:
    """PET/CT (CPT) in follow-up (ICD-10-CM): the rating that an order of both meets."""
    found = search("78815 Z85.3")
    assert _studies(found)[0] == "fdg-pet-ct"
    assert "310-v10" in _variants(found)[:2]


def test_a_code_of_another_disease_is_said_to_be_one(search: Search) -> None:
    """Lung cancer is no breast cancer; beside one, it does not hide it."""
    assert search("C34.90").not_rated == ("C34.90: a disease that they are not about.",)
    assert not search("C34.90").variants
    assert search("C34.90 C50.912").not_rated == ()
    assert search("C50.912 Q99.9").variants  # a code that the knowledge does not have tells nothing


@pytest.mark.parametrize(
    ("words", "variant", "study", "category"),
    [
        # What this project is for: the words of an order lead straight to its rating.
        ("PET stage IIA", "310-v2", "fdg-pet-ct", Category.USUALLY_NOT),
        ("bone scan stage I", "310-v2", "bone-scan", Category.USUALLY_NOT),
        ("PET follow-up asymptomatic", "310-v10", "fdg-pet-ct", Category.USUALLY_NOT),
        ("PET stage IIIB her2 positive", "310-v5", "fdg-pet-ct", Category.USUALLY),
        ("mammogram after lumpectomy", "310-v6", "mammography-diagnostic", Category.USUALLY),
    ],
)
def test_a_study_in_a_situation_comes_with_its_rating(
    search: Search, words: str, variant: str, study: str, category: Category
) -> None:
    best = search(words).variants[0]
    assert best.variant.id == variant
    assert {each.study.id: each.rating.category for each in best.ratings}[study] is category


def test_a_study_alone_lists_where_it_is_best_rated_for_what_it_usually_asks(search: Search) -> None:
    """PET/CT asks for distant disease: those variants come first, then the others."""
    found = search("PET")
    usual = [each for each in found.variants if "distant" in each.variant.questions]
    assert list(found.variants[: len(usual)]) == usual
    scores = [each.ratings[0].rating.score for each in usual]
    assert scores == sorted(scores, reverse=True)
    assert found.more_variants == 29 - len(found.variants)


def test_what_was_said_rules_out(search: Search) -> None:
    """A search for stage IIA never leads to what is rated for stage III."""
    assert not {"310-v3", "310-v4", "310-v5"} & set(_variants(search("PET stage IIA")))


def test_where_everything_is_ruled_out_it_is_said(search: Search) -> None:
    """DCIS is in none of these topics; a note of 310-v1 says where the border lies."""
    found = search("DCIS")
    assert found.ruled_out
    assert _variants(found) == ["310-v1"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("T2 N1", "Clinical stage at diagnosis: stage IIB"),
        ("stage I-IIA", "Clinical stage at diagnosis: stage IA\N{EN DASH}IIA"),
        ("2.5 cm tumor", "Tumour size at diagnosis: 25 mm"),
        ("cT1", "Tumour size at diagnosis: more than 0 and up to 20 mm"),
        ("during chemotherapy", "Phase of the disease: neoadjuvant therapy running or adjuvant therapy"),
        ("no palpable node", "Palpable axillary node: no palpable axillary node"),
        ("axilla", "What the study is for: the axillary nodes"),
        ("breast", "What the study is for: extent of disease in the breast"),
    ],
)
def test_it_says_what_it_understood(search: Search, words: str, said: str) -> None:
    assert said in search(words).understood


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("70450", "70450: CT of the head: a targeted study."),
        ("bone density", "bone density: Bone densitometry."),
        ("PSMA PET", "psma pet: PSMA PET, for another cancer."),
    ],
)
def test_another_study_is_named_as_one(search: Search, words: str, reason: str) -> None:
    """Bone densitometry is no bone scan: nothing that only sounds alike is offered."""
    found = search(words)
    assert found.not_rated == (reason,)
    assert found.studies == ()


@pytest.mark.parametrize("words", ["xyzzy", "dense breasts", "the", "?", "<script>", "%00", "1"])
def test_where_nothing_is_found_something_is_suggested(search: Search, words: str) -> None:
    found = search(words)
    assert (found.studies, found.variants) == ((), ())
    assert set(EXAMPLES) & set(found.suggestions)


@pytest.mark.parametrize("words", EXAMPLES)
def test_every_example_finds_something(search: Search, words: str) -> None:
    found = search(words)
    assert found.studies or found.variants
    assert found.suggestions == ()


def test_a_spelling_taken_for_another_is_said(search: Search) -> None:
    assert search("brest mri").spelled == {"brest": "breast"}


def test_the_longest_text_is_read_in_part(search: Search) -> None:
    """A page long text is no search, and takes no longer than one."""
    assert _studies(search("PET " + "x" * 100_000)) == ["fdg-pet-ct"]
