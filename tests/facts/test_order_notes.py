"""What notes, details and reasons of an order say beside what it is for, so that nobody can say which of it counts."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.order_notes import of_order_notes
from cds_service.facts.source import Source
from cds_service.fhir.resources import Annotation, ServiceRequest
from tests.support.resources import PET_CT, cancer, concept, order

SourceOf = Callable[..., Source]


def places(said: str) -> dict[str, ServiceRequest]:
    return {
        "note": order(PET_CT, note=said),
        "detail": order(PET_CT, order_detail=(concept(text=said),)),
        "reason": order(PET_CT, said),
    }


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ("Staging", set(), "what it is for"),
        ("Melanoma", {"detail"}, "another cancer; a note and a reason are read for it elsewhere"),
        ("Xylo quaxt", {"note", "detail"}, "words that nobody knows; a reason is read whole elsewhere"),
        ("Oligometastatic", {"note", "detail"}, "it is back; a reason may ask for that"),
        ("Recurrence suspected", {"detail"}, "it may be; a note may ask for that, too"),
        ("Hospice", {"note", "detail"}, "care at the end"),
        ("Skin involvement", {"note", "detail", "reason"}, "a tumour that grows into the skin"),
        ("No skin involvement", set(), "denied"),
        ("Tumor 6 cm", {"note", "detail", "reason"}, "over five centimetres"),
        ("Staging. Tumor measures 6 cm", {"note", "detail", "reason"}, "in any sentence"),
        ("Tumor 4 cm", set(), "smaller"),
        ("Tumor 4 cm; nerve block 6 cm from the spine", {"note", "detail"}, "no length of the tumour"),
        ("Only DCIS", {"note", "detail", "reason"}, "against the cancer that is on record"),
        ("Pure DCIS", {"note", "detail", "reason"}, "likewise"),
        ("DCIS only", {"note", "detail", "reason"}, "likewise"),
        ("Biopsy pending", {"note", "detail", "reason"}, "nobody knows yet what it shows"),
        ("Path outstanding", {"note", "detail", "reason"}, "likewise"),
        ("Awaiting bone marrow", {"note", "detail", "reason"}, "likewise"),
    ],
)
def test_what_is_told_beside_the_reason(said: str, where: set[str], why: str, source_of: SourceOf) -> None:
    every = {place: source_of(cancer(), draft=draft) for place, draft in places(said).items()}
    assert {place for place, source in every.items() if list(of_order_notes(source))} == where, why


def test_each_note_and_each_detail_is_read(source_of: SourceOf) -> None:
    """Also where a note is empty, a detail has no words, and another is called something else than it says."""
    told = Annotation(text="Hospice"), Annotation(text="Staging"), Annotation()
    noted = msgspec.structs.replace(order(PET_CT), note=told)
    coded = concept("local:1"), concept("local:1=Melanoma", text="Staging")
    detailed = order(PET_CT, order_detail=coded)
    for draft in (noted, detailed, order(PET_CT, "Staging", "Skin involvement")):
        [found] = of_order_notes(source_of(cancer(), draft=draft))
        assert found.evidence.resources == ("ServiceRequest/order",)
        assert found.evidence.value == "note that was not understood"
