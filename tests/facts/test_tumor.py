"""Size, receptors and histology of one tumour at diagnosis."""

from collections.abc import Callable
from typing import Any

import pytest

from cds_service.facts.model import Facts, OrderFacts, Unknown, UnknownReason
from cds_service.fhir.resources import CodeableConcept, Condition, Observation, Quantity, Resource
from tests.support.resources import cancer, concept, condition, observation, order, procedure, size

FactsOf = Callable[..., Facts]

ER, HER2 = "loinc:85337-4", "loinc:85319-2"
COMPLETED = procedure("sct:1259200004", days=150, until=10)


@pytest.mark.parametrize(
    ("measured", "millimetres"),
    [
        (size(18), 18),  # mCODE: in a component
        (size(18, component=False), 18),
        (size(1.8, unit="cm"), 18),
        (size(20), 20),  # E37: 2.0 cm is "2 cm or less"
        (size(20.1), 20.1),
        (observation("loinc:21889-1", None, value_string="6 cm"), 60),
        (observation("loinc:21889-1", concept(text="24 x 18 mm")), 24),
        (observation("loinc:21889-1", None, value_string="2.4 by 1.8 by 3.1 cm."), 31),
    ],
)
def test_the_size_in_millimetres(measured: Observation, millimetres: float, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), measured).value("tumor-size-mm") == pytest.approx(millimetres)


@pytest.mark.parametrize(
    ("measured", "why"),
    [
        (size(18, unit=""), "a number without a unit"),
        (size(18, unit="kg"), "no length"),
        (size(0), "nothing measured"),
        (size(18, status="cancelled"), "cancelled"),
        (observation("loinc:21889-1", value_quantity=Quantity(value=20, unit="mm", comparator=">")), "over 20 mm"),
        (observation("loinc:21889-1", None, value_string="about 2"), "words without a unit"),
    ],
)
def test_what_is_no_size(measured: Observation, why: str, facts_of: FactsOf) -> None:
    assert isinstance(facts_of(cancer(), measured)["tumor-size-mm"], Unknown), why


@pytest.mark.parametrize(
    ("newer", "why"),
    [
        ({"value_string": "large"}, "words"),
        ({"value_string": "> 4 cm"}, "a limit is no size"),
        ({"value_string": "4 cm, was 2"}, "two sizes"),
        ({"value_quantity": Quantity(value=40)}, "a number without a unit"),
        ({"value_quantity": Quantity(value=40, unit="mm", comparator="<")}, "at most that"),
        ({"value_integer": 40}, "likewise"),
        ({}, "a value of a type that is not read, as valueRange"),
    ],
)
def test_where_the_newest_size_cannot_be_read_none_is_known(newer: dict[str, Any], why: str, facts_of: FactsOf) -> None:
    """S2 asks for over 2 cm: an older 15 mm is not taken for what is now on record (E37, C7)."""
    facts = facts_of(cancer(), size(15, days=18), observation("loinc:21889-1", None, days=9, **newer))
    assert isinstance(facts["tumor-size-mm"], Unknown), why


@pytest.mark.parametrize(
    ("newer", "why"),
    [
        ({"data_absent_reason": concept(text="not performed")}, "nothing was measured"),
        ({"value_string": "not assessed"}, "likewise"),
        ({"value_string": "large", "status": "cancelled"}, "never said"),
        ({"value_quantity": Quantity(value=0, unit="mm")}, "nothing measured"),
    ],
)
def test_a_size_that_was_not_measured_leaves_the_older_one(newer: dict[str, Any], why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), size(15, days=18), observation("loinc:21889-1", None, days=9, **newer))
    assert facts.value("tumor-size-mm") == 15, why


def test_the_largest_dimension_of_the_newest_day(facts_of: FactsOf) -> None:
    assert facts_of(cancer(), size(30, days=18), size(12, days=10), size(14, days=10)).value("tumor-size-mm") == 14


@pytest.mark.parametrize("days", [5, None])
def test_a_size_after_therapy_is_none(days: int | None, facts_of: FactsOf) -> None:
    """E39; nor is one of no known day."""
    assert isinstance(facts_of(cancer(days=170), COMPLETED, size(12, days=days))["tumor-size-mm"], Unknown)


def test_a_size_before_therapy_stays(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=170), COMPLETED, size(30, days=160), size(12, days=5))
    assert facts.value("tumor-size-mm") == 30


def test_words_give_a_size_where_nothing_is_measured(facts_of: FactsOf) -> None:
    assert facts_of(cancer(), draft=order("cpt:78815", "18 mm left breast cancer")).value("tumor-size-mm") == 18
    assert facts_of(cancer(text="Left breast IDC, 1.8 cm")).value("tumor-size-mm") == 18


def test_two_sizes_in_words_are_none(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(text="Left breast IDC, 1.8 cm"), draft=order("cpt:78815", "24 mm breast cancer"))
    assert isinstance(facts["tumor-size-mm"], Unknown)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("loinc:LA6576-8", "positive"),
        ("loinc:LA6577-6", "negative"),
        ("sct:10828004", "positive"),
        ("sct:260385009", "negative"),
        ("Positive (95%)", "positive"),
        ("ER negative", "negative"),
        ("Equivocal", None),
        ("positive or negative", None),
        ("pending", None),
    ],
)
@pytest.mark.parametrize(("code", "name"), [(ER, "er"), (HER2, "her2")])
def test_receptors_in_every_dialect(code: str, name: str, value: str, expected: str | None, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), observation(code, value)).value(name) == expected


def test_where_the_newest_receptor_result_cannot_be_read_none_is_known(facts_of: FactsOf) -> None:
    """An older one is not what the newer one says; one that says nothing leaves it."""
    older = observation(HER2, concept(text="negative"), days=18)
    for value in ("equivocal", "local:1", "2+", "see report"):
        assert isinstance(facts_of(cancer(), older, observation(HER2, value, days=9))["her2"], Unknown), value
    assert facts_of(cancer(), older, observation(HER2, "unknown", days=9)).value("her2") == "negative"
    pending = observation(HER2, None, data_absent_reason=concept(text="pending"), days=9)
    assert facts_of(cancer(), older, pending).value("her2") == "negative"
    both = (observation(HER2, "equivocal", days=9), observation("loinc:85318-4", "positive", days=9))
    assert facts_of(cancer(), older, *both).value("her2") == "positive", "of one day: IHC and FISH"


def test_a_receptor_by_interpretation(facts_of: FactsOf) -> None:
    result = observation(ER, interpretation=(concept("sct:10828004"),))
    assert facts_of(cancer(), result).value("er") == "positive"


@pytest.mark.parametrize(("code", "expected"), [("icd:Z17.0", "positive"), ("icd:Z17.1", "negative")])
def test_an_oestrogen_receptor_status_among_the_conditions(code: str, expected: str, facts_of: FactsOf) -> None:
    """Claims and problem lists carry the status as a code of its own; a result, where there is one, wins."""
    facts = facts_of(cancer(), condition(code))
    assert (facts.value("er"), facts.value("pr")) == (expected, None)
    assert facts_of(cancer(), condition(code), observation(ER, "Positive")).value("er") == "positive"


def test_both_oestrogen_receptor_statuses_are_contradictory(facts_of: FactsOf) -> None:
    status = facts_of(cancer(), condition("icd:Z17.0"), condition("icd:Z17.1"))["er"]
    assert isinstance(status, Unknown)
    assert status.reason is UnknownReason.CONTRADICTORY


def test_a_receptor_status_is_of_neither_of_two_cancers(extracted: Callable[..., OrderFacts]) -> None:
    """Nobody says which of them it is about."""
    two = (cancer(side="left"), cancer("icd:C50.911", id="other", side="right"))
    assert [each.facts.value("er") for each in extracted(*two, condition("icd:Z17.0")).episodes] == [None, None]


def test_the_newest_receptor_wins_and_one_day_with_both_is_contradictory(facts_of: FactsOf) -> None:
    old, new = observation(ER, "Negative", days=18), observation(ER, "Positive", days=5)
    assert facts_of(cancer(), old, new).value("er") == "positive"
    both = facts_of(cancer(), new, observation(ER, "Negative", days=5))["er"]
    assert isinstance(both, Unknown)
    assert both.reason is UnknownReason.CONTRADICTORY


@pytest.mark.parametrize(
    ("found", "histology"),
    [
        (cancer("sct:408643008"), "ductal"),
        (cancer("sct:278054005"), "lobular"),
        (cancer(text="Invasive lobular carcinoma"), "lobular"),
        (cancer(), "not-specified"),
    ],
)
def test_histology(found: Condition, histology: str, facts_of: FactsOf) -> None:
    """E55: it changes no rating; ACR names it."""
    assert facts_of(found).value("histology") == histology


@pytest.mark.parametrize(
    ("resources", "reason", "expected"),
    [
        ((cancer(text="Inflammatory breast cancer"),), "staging", "yes"),
        ((cancer(note="Inflammatory carcinoma suspected"),), "staging", "yes"),
        ((cancer(),), "inflammatory breast cancer", "yes"),
        ((cancer(),), "possible inflammatory breast cancer", "yes"),  # in doubt it is
        ((cancer(),), "no inflammatory breast cancer", "no"),
        ((cancer(),), "staging", "no"),
    ],
)
def test_inflammatory(resources: tuple[Resource, ...], reason: str, expected: str, facts_of: FactsOf) -> None:
    assert facts_of(*resources, draft=order("cpt:78815", reason)).value("inflammatory") == expected


def test_an_empty_concept_is_nothing(facts_of: FactsOf) -> None:
    assert isinstance(facts_of(cancer(), observation(ER, CodeableConcept()))["er"], Unknown)
