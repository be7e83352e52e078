"""The cases beside the topics are the clinical specification: each made-up patient is rated as its case says."""

from pathlib import Path

import pytest

from cds_service.criteria.matching import rate
from cds_service.criteria.model import Rating
from cds_service.knowledge.cases import Case, load_cases
from cds_service.knowledge.load import load_knowledge

FOLDER = Path(__file__).parents[2] / "knowledge"

KNOWLEDGE = load_knowledge(FOLDER)
CASES = load_cases(FOLDER)


def state(rating: Rating, variant: str) -> str:
    """The state of a variant in a rating, in the words of the cases."""
    return next((str(each.state) for each in rating.variants if each.variant.id == variant), "out")


def said(case: Case, rating: Rating) -> dict[str, object]:
    """What a rating says, as far as the case speaks of it."""
    return {
        "outcome": str(rating.outcome),
        "category": str(rating.category) if rating.category else None,
        "score": rating.score if case.score is not None else None,
        "variants": {variant: state(rating, variant) for variant in case.variants},
        "missing": rating.missing if case.missing is not None else None,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    """Outcome, category, score, states of the variants and missing facts are those of the case."""
    expected = {
        "outcome": case.outcome,
        "category": case.category,
        "score": case.score,
        "variants": dict(case.variants),
        "missing": case.missing,
    }

    assert said(case, rate(case.study, case.question, case.facts, KNOWLEDGE)) == expected, (
        f"{case.place}: {case.description}"
    )
