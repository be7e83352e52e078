"""Procedures whose name alone presupposes more than a cancer that is new or treated."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts
from cds_service.facts.telling_procedures import names_disease_elsewhere
from cds_service.fhir.resources import Resource
from tests.support.resources import ago, cancer, condition, medication, order, procedure, surgery

FactsOf = Callable[..., Facts]


@pytest.mark.parametrize(
    "name",
    [
        "Thoracentesis",
        "US guided paracentesis",
        "Insertion of pleural drain",
        "Percutaneous kyphoplasty of L1",
        "Intramedullary nailing of right femur",
        "Craniotomy",
        "SBRT",
        "Lumbar puncture",
        "VATS wedge resection",
        "Lobectomy of left lung",
        "Microwave ablation of a lesion of liver",
        "Left supraclavicular lymph node FNA",
        "Core biopsy of lymph node of neck",
        "FNA of left supraclavicular fossa",
        "Core bx L iliac crest",
        "IR guided biopsy",
        "Skin punch biopsy, left breast",
        "Nipple biopsy",
    ],
)
def test_a_name_that_presupposes_disease_elsewhere_or_in_the_skin(name: str) -> None:
    assert names_disease_elsewhere(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Anterior chamber paracentesis", "of the eye"),
        ("Amniocentesis", "of a pregnancy"),
        ("Kyphoplasty, no pathological fracture", "which is denied"),
        ("Cervical biopsy", "of the womb"),
        ("Left axillary lymph node core biopsy", "of the axilla, which is local"),
        ("Punch biopsy of skin of back", "of other skin"),
        ("Core needle biopsy of left breast", "of the tumour"),
        ("Excision of breast lump, skin-sparing", "which spares the skin"),
        ("Stereotactic biopsy of breast", "guided, not irradiated"),
        ("Epidural injection, lumbar", "for pain, whose reason is read"),
    ],
)
def test_any_other_name(name: str, why: str) -> None:
    assert not names_disease_elsewhere(name), why


FOLLOWED = (cancer(days=2000), condition("icd:Z85.3", onset=ago(1900)), surgery(days=1950))
PET_CT = order(id="pet")


@pytest.mark.parametrize(
    ("told", "fact", "value", "on"),
    [
        (procedure(text="Thoracentesis", days=9, id="x"), "metastasis-suspected", "what was done elsewhere", ago(9)),
        (
            medication("PleurX drainage kit", days=9, id="x"),
            "metastasis-suspected",
            "what is given for an effusion",
            None,
        ),
        (procedure(text="ALND left", days=9, id="x"), "disease-phase", "axillary dissection", ago(9)),
        (
            procedure(text="Mastectomy", days=9, status="on-hold", id="x"),
            "disease-phase",
            "mastectomy, planned",
            ago(9),
        ),
        (procedure(text="Mastectomy, right", days=9, id="x"), "disease-phase", "mastectomy without a result", ago(9)),
        (procedure(text="Breast biopsy, left", days=9, id="x"), "disease-phase", "biopsy without a result", ago(9)),
    ],
)
def test_what_is_shown_of_it(told: Resource, fact: str, value: str, on: str | None, facts_of: FactsOf) -> None:
    shown = facts_of(*FOLLOWED, told)[fact].evidence
    assert [(each.resources, each.date) for each in shown if each.value == value] == [
        ((f"{type(told).__name__}/x",), on)
    ]


@pytest.mark.parametrize(
    ("name", "fact", "value"),
    [
        ("Thoracentesis", "metastasis-suspected", "what is ordered elsewhere"),
        ("Mastectomy, right", "disease-phase", "biopsy or operation ordered beside"),
    ],
)
def test_what_is_shown_of_an_order_beside(name: str, fact: str, value: str, facts_of: FactsOf) -> None:
    shown = facts_of(*FOLLOWED, draft=PET_CT, beside=(order(name, id="other"),))[fact].evidence
    assert [each.resources for each in shown if each.value == value] == [("ServiceRequest/other",)]


def test_a_dissection_is_shown_before_treatment(facts_of: FactsOf) -> None:
    shown = facts_of(cancer(), procedure(text="ALND left", days=9, id="x"))["disease-phase"].evidence
    assert ("axillary dissection", ("Procedure/x",)) in [(each.value, each.resources) for each in shown]
