"""Words that tell of a relapse, of treatment for disease or of a raised marker, in entries, plans and short notes."""

from collections.abc import Callable

import pytest

from cds_service.facts.relapse_words import tells_of_relapse
from cds_service.facts.source import Source

SourceOf = Callable[..., Source]


@pytest.mark.parametrize(
    ("text", "tells", "why"),
    [
        # what is back
        ("IBTR beside colon cancer.", True, "a tumour in the treated breast, whatever else there is"),
        ("LRR beside colon cancer.", True, "of the breast"),
        ("Oligo-metastatic.", True, "a few metastases"),
        ("Sternum lit up.", True, "uptake that nobody explains"),
        ("Colon cancer, recurrence.", False, "of the other cancer"),
        ("Local recurrence.", True, "of this one"),
        ("Fear of recurrence.", False, "no disease"),
        ("Seen in clinic. Then\nLRR", True, "on a line of its own"),
        # what is not denied by a word for something else
        ("IBTR 6/2026, not a surgical candidate.", True, "she is no candidate, the tumour is there"),
        ("IBTR 6/2026 no surgery yet.", True, "nothing done of it yet"),
        ("Not a candidate for surgery, IBTR.", True, "likewise, before it"),
        ("Chest wall nodule biopsied, malignant, no HER2.", True, "a receptor is absent"),
        ("Local recurrence, HER2 negative.", True, "likewise"),
        ("Triple negative recurrence.", True, "likewise, before it"),
        ("No rash, on Xeloda.", True, "a side effect is absent"),
        ("No progression on Xeloda.", True, "a drug for disease that is there"),
        ("On Kisqali, not on letrozole.", True, "another drug is not given"),
        ("CTCs detected, not sure why.", True, "the cause is not known, the cells are there"),
        # what is denied
        ("No IBTR.", False, "not there"),
        ("No nodule, IBTR or pain.", False, "in a list of what is absent"),
        ("No pain; sternum lit up.", True, "a statement ends what is denied"),
        ("No pain, sternum lit up.", True, "so may a comma"),
        ("No uptake, paraneoplastic signs or pain.", False, "unless a list goes on"),
        ("Rule out recurrence.", False, "only asked"),
        ("Without disease progression.", False, "not there"),
        ("Disease progression: no", False, "the answer behind it"),
        ("Disease progression was not seen.", False, "the denial behind it"),
        ("Not on Ibrance.", False, "not given"),
        ("Taking Ibrance was not on her mind.", True, "the denial is of what follows"),
        ("Never started Ibrance.", False, "never given"),
        ("Taking Ibrance never started.", False, "likewise, behind it"),
        ("Guardant negative.", False, "it found nothing"),
        ("Did not receive chemotherapy.", False, "not given"),
        ("Not tolerating chemotherapy.", True, "who does not tolerate it has it"),
        ("Getting chemotherapy.", True, "as notes say it"),
        ("Chemotherapy never started.", False, "likewise"),
        # treatment and markers
        ("On Ibrance.", True, "a drug for disease"),
        ("Ibrance.", False, "a name, of which nobody says that it is given"),
        ("Started on docetaxel.", True, "chemotherapy that is given"),
        ("On trastuzumab.", True, "a drug against HER2"),
        ("Docetaxel.", False, "its name alone"),
        ("On letrozole.", False, "follow-up has endocrine therapy"),
        ("CTCs positive.", True, "cells of a tumour in the blood"),
        ("CTCs.", False, "a test, of which no result is told"),
        ("CTCs not detected.", False, "it found none"),
        ("Circulating tumor DNA detected.", True, "its DNA"),
        ("CA 15-3 rising.", True, "a marker goes up"),
        ("CA 15-3 never elevated.", False, "it does not"),
        ("Hemoglobin rising.", False, "no marker of a tumour"),
    ],
)
def test_words_of_relapse(text: str, tells: bool, why: str, source_of: SourceOf) -> None:
    assert tells_of_relapse(text, source_of()) is tells, why


def test_a_marker_may_be_left_to_others(source_of: SourceOf) -> None:
    """On an order it is a fact of its own."""
    assert tells_of_relapse("CTCs detected.", source_of(), ordered=True) is False
    assert tells_of_relapse("IBTR.", source_of(), ordered=True) is True
