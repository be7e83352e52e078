"""Procedures whose name alone presupposes more than a cancer that is new or treated."""

import pytest

from cds_service.facts.telling_procedures import names_disease_elsewhere


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
