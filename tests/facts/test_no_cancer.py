"""A patient whose record names no breast cancer: what is known of her axilla (facts A6.1, A5)."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Fact, Facts, Known, OneOf, Unknown
from cds_service.fhir.resources import Resource
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import concept, condition, order, report

FactsOf = Callable[..., Facts]

LUMP, PALPABLE, LYMPHOMA = "sct:300863000", "sct:164150006", "icd:C81.90"
US_OF_LEFT = order("cpt:76882", body_site=(concept(text="Left axilla"),))
SUSPICIOUS = "Suspicious left axillary lymph node with cortical thickening."
EITHER = ("unilateral", "bilateral")


def _said(fact: Fact) -> object:
    return fact.value if isinstance(fact, Known) else fact.candidates if isinstance(fact, OneOf) else None


@pytest.mark.parametrize(
    ("records", "fact", "expected", "why"),
    [
        ([condition(LUMP, side="left")], "axillary-lump", "unilateral", "a lump that is on record"),
        ([condition(LUMP, side="left"), condition(LUMP, id="b", side="right")], "axillary-lump", "bilateral", "two"),
        ([condition(PALPABLE)], "axillary-lump", EITHER, "a node that is felt is one, of one axilla or both"),
        ([condition(PALPABLE, side="right")], "axillary-lump", "none", "of the side that the order is for"),
        ([condition("icd:I10")], "axillary-lump", "none", "nothing of the axilla is on record"),
        ([report("loinc:72529-1", conclusion=SUSPICIOUS)], "node-suspicious-on-imaging", "ultrasound", "seen"),
        ([report("CT chest", conclusion=SUSPICIOUS)], "node-suspicious-on-imaging", "other", "seen on CT"),
        ([], "node-suspicious-on-imaging", "none", "no breast imaging on record: assumed"),
        ([condition("icd:C77.3")], "node-metastasis-proven", "yes", "a metastasis of no known primary"),
        ([], "node-metastasis-proven", "no", "none on record"),
        ([condition(LYMPHOMA)], "other-malignancy", "yes", "the node may be of that one"),
        ([], "cancer", "none", "no breast cancer on record"),
        ([], "disease-phase", ("new", "surveillance"), "nobody says which"),
        ([condition("icd:C79.51")], "disease-phase", "metastatic", "a metastasis of no known primary"),
    ],
)
def test_what_is_known_of_the_axilla(
    records: list[Resource], fact: str, expected: object, why: str, facts_of: FactsOf
) -> None:
    assert _said(facts_of(*records, draft=US_OF_LEFT)[fact]) == expected, why


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        ("conditions", "cancer"),
        ("conditions", "axillary-lump"),
        ("conditions", "other-malignancy"),
        ("diagnosticReports", "node-suspicious-on-imaging"),
    ],
)
def test_nothing_is_read_from_a_failure(key: str, fact: str, facts_of: FactsOf) -> None:
    found = facts_of(draft=US_OF_LEFT, states={key: KeyState.PARTIAL})
    assert isinstance(found[fact], Unknown)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("Suspected breast cancer", ("invasive", "none")), ("Family history of breast cancer", "none")],
)
def test_a_cancer_that_only_the_order_names_may_be_one(reason: str, expected: object, facts_of: FactsOf) -> None:
    draft = order("cpt:76882", concept(text=reason), body_site=(concept(text="Left axilla"),), id="ordered")
    fact = facts_of(draft=draft)["cancer"]
    assert _said(fact) == expected
    told = [(each.value, each.resources) for each in fact.evidence]
    assert told == ([("named in the order", ("ServiceRequest/ordered",))] if expected != "none" else [])
