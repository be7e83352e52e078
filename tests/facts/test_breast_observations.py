"""Observations of breast and axilla by name and value together: which sentence they make, and what comes of it."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.breast_observations import (
    advanced_observed,
    doubtful_nodes_observed,
    larger_observed,
    sentences,
)
from cds_service.facts.source import Source
from cds_service.fhir.resources import Observation, ObservationComponent, Quantity
from tests.support.resources import concept, observation

SourceOf = Callable[..., Source]


def _words(name: str, value: str) -> Observation:
    return observation(name, None, value_string=value)


def _length(name: str, value: float, unit: str = "mm", **more: int) -> Observation:
    return observation(name, None, value_quantity=Quantity(value=value, unit=unit), **more)


PART = ObservationComponent(code=concept(text="Axillary nodes"), value_string="Matted")


@pytest.mark.parametrize(
    ("found", "said", "why"),
    [
        (_words("Axillary nodes", "Matted"), ("Axillary nodes: Matted",), "name and value"),
        (observation("Axillary nodes", concept(text="Matted")), ("Axillary nodes: Matted",), "a concept"),
        (observation("Axillary nodes matted", True), ("Axillary nodes matted",), "its name, where it is there"),
        (observation("Breast exam", None, component=(PART,)), ("Axillary nodes: Matted",), "in a part"),
        (_length("Tumor size", 62), ("Tumor size: 62 mm",), "a length"),
        (_length("Lymph nodes positive", 0, "{nodes}"), (), "a count is none"),
        (observation("Axillary nodes matted", False), (), "denied"),
        (_words("Axillary nodes", "Not assessed"), (), "nobody knows"),
        (_words("Liver tumor", "6 cm"), (), "another organ"),
        (msgspec.structs.replace(_words("Tumor size", "62 mm"), body_site=concept(text="Liver")), (), "by its place"),
        (_words("Gait", "Matted"), (), "not of the breast"),
        (_length("Tumor specimen size", 62), (), "what was cut out around it"),
        (observation("Axillary nodes", None, value_string="Matted", status="cancelled"), (), "without a result"),
    ],
)
def test_the_sentence(found: Observation, said: tuple[str, ...], why: str, source_of: SourceOf) -> None:
    assert tuple(each.text for each in sentences(source_of(found))) == said, why


@pytest.mark.parametrize(
    ("found", "advanced", "larger", "nodes", "why"),
    [
        (_length("Tumor size", 62), True, False, False, "T3"),
        (_length("Tumor size", 31), False, True, False, "T2"),
        (_length("Tumor size", 18), False, False, False, "T1"),
        (_length("Tumor size", 62, days=900), False, False, False, "of an earlier one"),
        (_words("Axillary nodes", "Matted"), True, False, False, "N2, which is read as such"),
        (_words("Axillary node, FNA", "Positive for malignancy"), False, False, True, "N1 at least"),
        (_words("Axillary node, FNA", "Benign"), False, False, False, "N0"),
        (_words("Axillary nodes", "Not palpable"), False, False, False, "N0"),
    ],
)
def test_what_comes_of_it(
    found: Observation, advanced: bool, larger: bool, nodes: bool, why: str, source_of: SourceOf
) -> None:
    source = source_of(found)
    told = (advanced_observed(source), larger_observed(source), doubtful_nodes_observed(source))
    assert tuple(map(bool, told)) == (advanced, larger, nodes), why
