"""`extension["cds-service.assessments"]`: the table of the design, field by field."""

import dataclasses
from uuid import UUID, uuid5

from cds_service.cards.extension import assessments_extension
from cds_service.cards.identity import derived_id
from cds_service.criteria.model import Outcome
from cds_service.facts.model import Evidence
from cds_service.fhir.resources import Extension, ServiceRequest
from cds_service.knowledge.model import Category

CONSULT_ID = "http://fhir.org/argonaut/Extension/pama-rating-consult-id"


def extension(make, *assessments):
    return assessments_extension(assessments, knowledge=make.knowledge(), hook_instance=make.HOOK_INSTANCE)


def test_rated_order(make):
    assessment = make.assessment(
        with_reference="ServiceRequest/other",
        assumed=("m0", "question"),
        evidence={"stage-group": (Evidence(value="stage IA", resources=("Observation/1",), date="2026-11-02"),)},
    )
    (found,) = extension(make, assessment)
    consult_id = found.pop("consultId")
    assert consult_id.startswith("urn:uuid:")
    assert found == {
        "order": "ServiceRequest/pet",
        "with": "ServiceRequest/other",
        "procedure": "fdg-pet-ct",
        "question": "distant",
        "questionStated": False,
        "outcome": "rated",
        "category": "usually-not-appropriate",
        "score": 2,
        "variants": [
            {
                "id": "310-v2",
                "title": "New clinical stage I to IIA invasive cancer, distant disease",
                "category": "usually-not-appropriate",
                "score": 2,
                "state": "holds",
            }
        ],
        "assumed": ["m0", "question"],
        "evidence": [
            {"fact": "stage-group", "value": "stage IA", "date": "2026-11-02", "resources": ["Observation/1"]}
        ],
        "knowledge": {"version": "2026.1.0", "hash": "abc123"},
    }


def test_undecided_order_names_what_is_missing_and_has_no_category(make):
    rating = make.rating(
        category=None,
        outcome=Outcome.INSUFFICIENT,
        missing=("stage-group",),
        variants=(make.possible("310-v2", Category.USUALLY_NOT), make.possible("310-v4", None)),
    )
    (found,) = extension(make, make.assessment(rating))
    assert found["missing"] == ["stage-group"]
    assert "category" not in found
    assert "score" not in found
    assert found["variants"][1] == {"id": "310-v4", "title": make.VARIANTS["310-v4"].title, "state": "possible"}


def test_disagreement_is_present_only_when_true(make):
    rating = make.rating(category=Category.MAY_BE, disagreement=True)
    assert extension(make, make.assessment(rating))[0]["disagreement"] is True
    assert "disagreement" not in extension(make, make.assessment())[0]


def test_order_that_could_not_be_read(make):
    """A field without a value is absent: never null, never empty."""
    rating = make.rating(category=None, variants=(), outcome=Outcome.NOT_ASSESSED)
    failed = dataclasses.replace(
        make.assessment(rating),
        order=None,
        procedure=None,
        rating=None,
        question=None,
        question_stated=None,
        facts=None,
    )
    (found,) = extension(make, failed)
    assert set(found) == {"order", "outcome", "consultId", "knowledge"}


def test_consult_id_of_the_draft_is_kept(make):
    """Sent again after a change, an order stays one consultation."""
    carried = ServiceRequest(id="pet", extension=(Extension(url=CONSULT_ID, value_uri="urn:uuid:1"),))
    order = dataclasses.replace(make.order(), draft=carried)
    assert extension(make, make.assessment(order=order))[0]["consultId"] == "urn:uuid:1"


def test_consult_id_is_derived_from_request_and_order(make):
    first = extension(make, make.assessment())[0]["consultId"]
    assert first == extension(make, make.assessment())[0]["consultId"]
    assert first != extension(make, make.assessment(id="other"))[0]["consultId"]


def test_derived_ids_are_version_5_uuids():
    """The same as the standard library makes, whatever the names."""
    service = UUID("b5b0ac38-6f0c-5c0e-9d1a-0d4a6f2e7c11")
    for number in range(64):
        assert derived_id("order", str(number)) == str(uuid5(service, f"5:order{len(str(number))}:{number}"))


def test_derived_ids_keep_their_parts_apart():
    assert derived_id("ab", "c") != derived_id("a", "bc")
