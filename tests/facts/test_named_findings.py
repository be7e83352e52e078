"""Observations that are named after a finding: what their value says of it (facts A5: any symptom or finding turns
S4 and S5 off; A6.2: a known metastasis ends them). Most numbers of a chart say nothing, and are not read."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cds_service.facts.model import Facts
from cds_service.fhir.resources import CodeableConcept, Coding, Observation, ObservationComponent, Quantity
from tests.support.resources import cancer, concept, observation

FactsOf = Callable[..., Facts]


def number(name: Any, value: float, **more: Any) -> Observation:
    return observation(concept(text=name), None, value_quantity=Quantity(value=value), **more)


def words(name: str, value: str) -> Observation:
    return observation(concept(text=name), None, value_string=value)


def named(names: tuple[str, ...], *values: str) -> Observation:
    """An Observation of several names, and values of which the first is its text."""
    code = CodeableConcept(coding=tuple(Coding(code=name, display=name) for name in names[1:]), text=names[0])
    value = CodeableConcept(coding=tuple(Coding(code=each, display=each) for each in values[1:]), text=values[0])
    return observation(code, value)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (number("Number of liver metastases", 3), "three of them"),
        (number("Number of metastases", 3), "of no stated place"),
        (number("Number of liver metastases", 3, days=2000), "years before this cancer: a metastasis stays one"),
        (observation("local:LM=Number of liver metastases", None, value_quantity=Quantity(value=1)), "by the display"),
        (observation(concept(text="Brain metastases count"), None, value_integer=1), "an integer"),
        (number("Bone metastasis SUVmax", 7.2), "measured where it is"),
        (number("Largest liver lesion diameter", 14), "a lesion of the liver"),
        (number("Liver lesion size", 14), "not the size that a breast lesion has"),
        (number("LUNG NODULE DIAMETER", 9), "in capitals"),
        (number("Pleural effusion volume", 500), "an effusion"),
        (words("Liver metastases", "3"), "a number in words"),
        (words("Liver metastases", "multiple"), "in words"),
        (words("Liver metastases", "not excluded"), "in doubt"),
        (observation(concept(text="Liver metastases"), concept(text="segment 4")), "where"),
        (observation(concept(text="Liver metastases"), "local:1"), "a code that nobody knows"),
        (words("Liver lesion", "stable"), "it is there"),
        (number("Axillary node metastasis, liver lesion size", 14), "more than the axilla"),
        (number("Axillary nodes, bone metastases", 2), "likewise"),
        (words("Liver metastases", "two, no new lesions"), "what is denied is something else"),
        (words("Bone pain", "severe"), "a symptom, and how strong"),
        (observation(concept(text="Headache"), concept(text="Mild")), "likewise"),
    ],
)
def test_a_finding_that_its_value_says_is_there(found: Observation, why: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), found).value("metastasis-suspected") != "none", why


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (number("Number of liver metastases", 0), "none of them"),
        (words("Number of liver metastases", "0"), "none, in a text"),
        (words("Liver metastases", "none seen"), "denied"),
        (words("Liver metastases", "No"), "denied"),
        (words("Liver metastases", "not applicable"), "asked of nobody"),
        (words("Distant metastases", "M0"), "the category that says none"),
        (words("Distant metastases", "cannot be assessed"), "E12: as MX"),
        (observation(concept(text="Liver metastases"), None, data_absent_reason=concept(text="x")), "no value"),
        (observation(concept(text="Liver metastases"), False), "denied"),
        (observation(concept(text="Liver metastases"), "sct:373067005"), "denied by a code"),
        (words("Axillary metastases", "present in 2"), "of the axilla: N, not M"),
        (number("Axillary lymph node mass", 14), "likewise"),
        (number("Axillary lymph nodes with metastases", 2), "likewise"),
        (number("Size of metastatic focus in sentinel lymph node", 4), "likewise"),
        (words("Metastatic focus in sentinel lymph node", "4 mm"), "likewise, in words"),
        (number("Number of liver metastases", 3, status="cancelled"), "never counted"),
        (number("Lymph nodes with macrometastases", 2), "of the axilla: N, not M"),
        (number("Size of largest metastatic deposit in lymph node", 4), "likewise"),
        (number("Lesion size", 21), "of the tumour, as far as anybody knows"),
        (number("Thyroid nodule size", 8), "benign where nothing else is said"),
        (number("Pain severity - 0-10 verbal numeric rating [Score]", 3), "a score of pain in no place"),
        (number("Body mass index", 31), "a mass of another kind"),
        (words("Headache", "no change"), "what it was before, nobody says"),
        (words("Bone pain", "not at all"), "denied"),
        (words("Bone pain", "no severe pain"), "denied"),
    ],
)
def test_a_name_alone_says_nothing(found: Observation, why: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), found).value("metastasis-suspected") == "none", why


def pain(
    score: float, *, names: tuple[str, ...] = ("Pain score",), where: str | None = None, note: str | None = None
) -> Observation:
    code = CodeableConcept(coding=tuple(Coding(code=name, display=name) for name in names[1:]), text=names[0])
    found = observation(code, None, value_quantity=Quantity(value=score), note=note)
    return msgspec.structs.replace(found, body_site=concept(text=where)) if where else found


def scored(*parts: tuple[str, float | str]) -> Observation:
    """An assessment of pain that holds score and place as its parts."""
    components = [
        ObservationComponent(code=concept(text=name), value_string=value)
        if isinstance(value, str)
        else ObservationComponent(code=concept(text=name), value_quantity=Quantity(value=value))
        for name, value in parts
    ]
    return observation(concept(text="Pain assessment"), None, component=tuple(components))


@pytest.mark.parametrize(
    ("found", "suspected", "why"),
    [
        (pain(1, where="left hip"), True, "the least of pain, at a place"),
        (pain(0, where="left hip"), False, "none"),
        (pain(-1, where="left hip"), False, "no score"),
        (pain(8, note="In the ribs"), True, "its note says where"),
        (pain(8, names=("VAS", "Pain severity"), note="In the ribs"), True, "one of its names tells what it is"),
        (pain(8, names=("Back pain score", "VAS")), True, "one of its names says where"),
        (pain(8, names=("VAS",), note="In the ribs"), False, "of what, nobody says"),
        (pain(8), False, "in no place"),
        (pain(8, names=("Breast pain score",)), False, "of the breast"),
        (pain(8, names=("Hip pain 0-10",)), True, "the scale is no value"),
        (pain(8, names=("Pain score, left hip",)), True, "the place behind it"),
        (pain(8, names=("Pain in lower back",)), True, "likewise"),
        (pain(8, names=("Sternal pain score",)), True, "of the breastbone"),
        (pain(8, names=("Pain at rest",)), False, "when, not where"),
        (pain(8, names=("Pain of breast",)), False, "of the breast"),
        (scored(("Score", 8), ("Location", "")), False, "nobody wrote where"),
        (scored(("Score", 8), ("Location", "R ribs")), True, "its parts say where"),
        (scored(("Score", 0), ("Location", "R ribs")), False, "no pain there"),
        (scored(("Location", "R ribs")), False, "not scored"),
    ],
)
def test_a_score_of_pain(found: Observation, suspected: bool, why: str, facts_of: FactsOf) -> None:
    assert (facts_of(cancer(), found).value("metastasis-suspected") != "none") is suspected, why


@pytest.mark.parametrize(
    ("found", "suspected", "why"),
    [
        (named(("Bone pain", "VAS"), "severe"), True, "one of its names is a symptom"),
        (named(("Liver metastases", "Item 7"), "multiple"), True, "one of its names is a finding"),
        (named(("Bone pain",), "mild at rest", "severe at night"), True, "one of its words tells how strong"),
        (named(("Bone pain",), "yes and no", "severe at night"), True, "likewise"),
    ],
)
def test_one_of_several_words_is_enough(found: Observation, suspected: bool, why: str, facts_of: FactsOf) -> None:
    assert (facts_of(cancer(), found).value("metastasis-suspected") != "none") is suspected, why
