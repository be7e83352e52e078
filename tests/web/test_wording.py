"""Conditions in words: what a clinician reads is what matching tests."""

import pytest

from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.boxes import Range
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide
from cds_service.web.criteria.wording import Criterion, criterion, in_words, sentence

NONE_SUSPECTED = In("metastasis-suspected", frozenset({"none"}))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (In("stage-group", frozenset({"IA", "IB", "IIA"})), "Clinical stage at diagnosis: stage IA\N{EN DASH}IIA"),
        (NONE_SUSPECTED, "Symptom or sign of metastasis: no symptom or sign of metastasis"),
        # "none of" is said as what is left: "not none" would have to be thought about
        (
            In("metastasis-suspected", frozenset({"none"}), inverted=True),
            "Symptom or sign of metastasis: a symptom, a sign, an abnormal laboratory value or a suspicious finding "
            "elsewhere",
        ),
        (In("inflammatory", frozenset({"yes"}), inverted=True), "Inflammatory carcinoma: no"),
        # a label with a comma of its own would run into the next
        (
            In("disease-phase", frozenset({"new", "neoadjuvant-planned"})),
            "Phase of the disease: newly diagnosed, untreated; or neoadjuvant therapy planned",
        ),
        (Over("tumor-size-mm", 20), "Tumour size at diagnosis: more than 20 mm"),
        (AtMost("tumor-size-mm", 20), "Tumour size at diagnosis: 20 mm or less"),
        (AnyOf((Over("tumor-size-mm", 20), NONE_SUSPECTED)), "Tumour size at diagnosis: more than 20 mm; or Symptom"),
        (AllOf((Over("tumor-size-mm", 20), NONE_SUSPECTED)), "Tumour size at diagnosis: more than 20 mm; and Symptom"),
        (Not(Over("tumor-size-mm", 20)), "not (Tumour size at diagnosis: more than 20 mm)"),
        (SameSide("laterality", "order-laterality"), "Side of the tumour, side of the order: the same; bilateral"),
    ],
)
def test_a_condition_reads_as_it_is_meant(condition: Condition, said: str) -> None:
    assert sentence(condition).startswith(said)


def test_numbers_are_there_for_programs_too() -> None:
    found = criterion(AtMost("tumor-size-mm", 20))
    assert (found.over, found.at_most, found.unit) == (None, 20, "mm")
    assert in_words("tumor-size-mm", Range(over=20, at_most=50)) == "more than 20 and up to 50 mm"


def test_values_keep_the_order_of_the_vocabulary() -> None:
    assert criterion(In("er", frozenset({"negative", "positive"}))).values == ("positive", "negative")


def _facts(found: Criterion) -> list[Criterion]:
    return [found] if found.kind == "fact" else [each for part in found.parts for each in _facts(part)]


def test_every_variant_can_be_worded(knowledge: Knowledge) -> None:
    """No value is shown by its name in the files: `neoadjuvant-planned` is not what a clinician says."""
    for variant in knowledge.variants:
        for each in _facts(criterion(variant.when)):
            assert each.fact in VOCABULARY
            assert each.label
            assert each.said
            for value in each.values:
                assert "-" not in value or value not in each.said, (variant.id, each.said)
