"""The form of an order: what it shows of a draft, and that what it leaves alone stays as it was."""

from typing import Any

import pytest

from cds_service.knowledge.model import Knowledge
from cds_service.web.sandbox.ordering import KEEP, TYPED, Fields, Reason, edited, form, new_draft, options

CPT, ICD = "http://www.ama-assn.org/go/cpt", "http://hl7.org/fhir/sid/icd-10-cm"

Json = dict[str, Any]

DRAFT: Json = {
    "resourceType": "ServiceRequest",
    "id": "order-1",
    "status": "draft",
    "intent": "order",
    "code": {"coding": [{"system": CPT, "code": "78815", "display": "PET/CT"}], "text": "PET/CT"},
    "subject": {"reference": "Patient/p"},
    "authoredOn": "2026-11-16T10:00:00Z",
    "extension": [{"url": "https://example.org/x", "valueDecimal": 1.0}],
    "reasonCode": [
        {
            "coding": [{"system": "urn:oid:2.16.840.1.113883.6.90", "code": "C50.912"}, {"code": "own"}],
            "text": "Cancer",
        },
        {"text": "staging"},
    ],
}
KEPT = (
    Reason(system="icd-10-cm", code="C50.912", words="Cancer", was=0),
    Reason(words="staging", was=1),
)


def _edit(knowledge: Knowledge, draft: Json = DRAFT, **fields: Any) -> Json:
    return edited(draft, Fields(**{"reasons": KEPT, **fields}), patient_id="p", knowledge=knowledge)


def test_a_draft_is_shown(knowledge: Knowledge) -> None:
    """The study by its code, reasons as they are; an OID is the system it means."""
    shown = form(DRAFT, patient_id="p", knowledge=knowledge)
    assert (shown.study, shown.drafted, shown.authored, shown.reasons) == ("fdg-pet-ct", "", "2026-11-16", KEPT)


@pytest.mark.parametrize(
    ("code", "drafted"),
    [
        ({"coding": [{"system": CPT, "code": "71260", "display": "CT chest"}]}, "CT chest"),  # half of a study
        ({"coding": [{"system": CPT, "code": "27447"}]}, "27447"),
        ({"coding": [{}]}, "No study yet"),  # the CDS Hooks Sandbox before anything is chosen
        (None, "No study yet"),
        ("oops", "No study yet"),
        ({"text": "MRI breast"}, "MRI breast"),  # several studies: contrast is not said
    ],
)
def test_what_names_no_one_study_is_shown_in_its_own_words(knowledge: Knowledge, code: Any, drafted: str) -> None:
    """Nothing is put in place of what the draft says."""
    shown = form({**DRAFT, "code": code}, patient_id="p", knowledge=knowledge)
    assert (shown.study, shown.drafted) == (KEEP, drafted)


def test_what_the_form_leaves_alone_stays(knowledge: Knowledge) -> None:
    """To the last extension; the time of day and the second coding of a reason too."""
    assert _edit(knowledge) == DRAFT
    assert _edit(knowledge, study="fdg-pet-ct", authored="2026-11-16") == DRAFT


def test_another_study_is_written_as_a_suggestion_writes_it(knowledge: Knowledge) -> None:
    """The study's code in the client's system, and the body site that it needs."""
    changed = _edit(knowledge, study="us-axilla", side="left")
    assert changed["code"]["coding"] == [{"system": CPT, "code": "76882", "display": "US axilla"}]
    assert changed["bodySite"] == [{"text": "Left axilla"}]
    assert form(changed, patient_id="p", knowledge=knowledge).study == "us-axilla"


@pytest.mark.parametrize(
    ("study", "side", "site"),
    [
        ("us-axilla", "right", [{"text": "Right axilla"}]),
        ("us-axilla", "bilateral", [{"text": "Both axillae"}]),
        ("us-axilla", "", [{"text": "Axilla"}]),  # without a site 76882 may be a knee
        ("us-breast", "left", [{"text": "Left breast"}]),
        ("us-breast", "bilateral", [{"text": "Both breasts"}]),
        ("us-breast", "", None),
    ],
)
def test_a_side_is_written_for_what_is_looked_at(knowledge: Knowledge, study: str, side: str, site: Any) -> None:
    assert _edit(knowledge, study=study, side=side).get("bodySite") == site


def test_words_a_day_and_reasons_are_written(knowledge: Knowledge) -> None:
    """A reason without words and code is none, and FHIR has no empty lists."""
    changed = _edit(
        knowledge, study=TYPED, typed=" whole body PET ", authored="2026-11-10", reasons=(Reason(words=" "),)
    )
    assert changed["code"] == {"text": "whole body PET"}
    assert changed["authoredOn"] == "2026-11-10"
    assert "reasonCode" not in changed
    coded = _edit(
        knowledge, reasons=(Reason(system="icd-10-cm", code="M54.50"), Reason(system="x", code="1", words="w"))
    )
    assert coded["reasonCode"] == [{"coding": [{"system": ICD, "code": "M54.50"}]}, {"text": "w"}]


def test_a_day_that_is_none_is_not_written(knowledge: Knowledge) -> None:
    assert "authoredOn" not in new_draft("order-1", patient_id="p", authored="tomorrow")
    assert _edit(knowledge, authored="tomorrow") == DRAFT


def test_every_study_can_be_found(knowledge: Knowledge) -> None:
    """By ACR's name, a short name, a phrase or a code, whatever the case."""
    found = {each.id: each.words for _, listed in options(knowledge) for each in listed}
    assert set(found) == set(knowledge.procedures)
    assert all(word in found["fdg-pet-ct"] for word in ("skull base", "pet/ct", "petct", "78815", "rpid6017"))
