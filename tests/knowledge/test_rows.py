"""Every rating row of the three topics is there and says what the facts base says (facts B3).

The facts base does not belong to this repository. Where it lies beside it, every row is compared; where it does not,
the number of rows and the sum of their scores, counted from it once, still notice a row lost, added or mistyped.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import RatingRow

ROOT = Path(__file__).parents[2]
FACTS = ROOT.parent / "shared" / "facts" / "acr-facts.json"
KNOWLEDGE = load_knowledge(ROOT / "knowledge")
VARIANTS = {variant.id: variant for variant in KNOWLEDGE.variants}
TOPICS = ("310", "286", "235")

ROWS_AND_SCORES = {
    "310-v1": (12, 53), "310-v2": (12, 16), "310-v3": (12, 60), "310-v4": (12, 31), "310-v5": (14, 36),
    "310-v6": (9, 51), "310-v7": (9, 13), "310-v8": (7, 38), "310-v9": (7, 17), "310-v10": (10, 10),
    "310-v11": (7, 36), "286-v1": (10, 25), "286-v2": (10, 23), "286-v3": (8, 14), "286-v4": (8, 22),
    "286-v5": (8, 17), "286-v6": (8, 28), "286-v7": (10, 25), "286-v8": (10, 20), "286-v9": (10, 26),
    "286-v10": (8, 23), "286-v11": (9, 31), "286-v12": (5, 36), "235-v1": (7, 40), "235-v2": (7, 34),
    "235-v3": (8, 15), "235-v4": (8, 24), "235-v5": (8, 11), "235-v6": (7, 31), "235-v7": (9, 20),
    "235-v8": (6, 22),
}  # fmt: skip
"""Variant → number of rows, sum of their scores."""

CATEGORIES = {
    "usually-appropriate": "UA",
    "may-be-appropriate": "MBA",
    "usually-not-appropriate": "UNA",
}


def _row(row: RatingRow) -> tuple[str, int]:
    """Category and score as the facts base writes them."""
    category = CATEGORIES[row.category.value]
    return (f"{category}-D" if row.disagreement else category), row.score


def test_all_variants_of_the_three_topics_ship() -> None:
    """11 of topic 310, 12 of 286, 8 of 235: 31 variants and 275 rows."""
    assert set(VARIANTS) == set(ROWS_AND_SCORES)
    assert len(VARIANTS) == 31
    assert sum(len(variant.ratings) for variant in KNOWLEDGE.variants) == 275


@pytest.mark.parametrize("variant", ROWS_AND_SCORES)
def test_the_rows_of_a_variant_add_up(variant: str) -> None:
    """A row lost, added or mistyped changes one of the two numbers."""
    rows = VARIANTS[variant].ratings.values()
    assert (len(rows), sum(row.score for row in rows)) == ROWS_AND_SCORES[variant]


def _of_the_facts_base() -> dict[str, dict[str, tuple[str, int]]]:
    facts: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return {
        f"{topic['acr_topic_id']}-v{variant['n']}": {
            row["procedure"].lower(): (row["category"], row["rating"]) for row in variant["procedures"]
        }
        for topic in facts["acr"]["topics"]
        if topic["acr_topic_id"] in TOPICS
        for variant in topic["variants"]
    }


@pytest.mark.skipif(not FACTS.exists(), reason="the facts base is not beside this repository")
@pytest.mark.parametrize("variant", ROWS_AND_SCORES)
def test_every_row_is_that_of_the_facts_base(variant: str) -> None:
    """Study, category, disagreement and score, row by row."""
    shipped = {KNOWLEDGE.procedures[study].name.lower(): _row(row) for study, row in VARIANTS[variant].ratings.items()}
    assert shipped == _of_the_facts_base()[variant]


@pytest.mark.skipif(not FACTS.exists(), reason="the facts base is not beside this repository")
def test_the_radiation_level_is_that_of_the_facts_base() -> None:
    """ACR's relative radiation level of an adult, the same in every row of a study."""
    facts: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    levels = {
        (row["procedure"].lower(), row["rrl_adult"])
        for topic in facts["acr"]["topics"]
        if topic["acr_topic_id"] in TOPICS
        for variant in topic["variants"]
        for row in variant["procedures"]
    }
    assert {(study.name.lower(), study.radiation) for study in KNOWLEDGE.procedures.values()} == levels


def test_a_category_goes_with_its_score() -> None:
    """1-3, 4-6, 7-9; a disagreement is always 5 (facts B1)."""
    bands = {"UNA": (1, 3), "MBA": (4, 6), "MBA-D": (5, 5), "UA": (7, 9)}
    for variant in KNOWLEDGE.variants:
        for study, row in variant.ratings.items():
            category, score = _row(row)
            low, high = bands[category]
            assert low <= score <= high, f"{variant.id} {study}"
