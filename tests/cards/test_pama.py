"""PAMA ratings (cds-hooks.md 2.1-2.3): opt-in, on rated orders alone, and nothing of the order changed."""

import json

import msgspec
import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest

from cds_service.cards.pama import system_actions
from cds_service.criteria.model import Outcome
from cds_service.knowledge.model import Category

UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY
RATING = "http://fhir.org/argonaut/Extension/pama-rating"
CONSULT = "http://fhir.org/argonaut/Extension/pama-rating-consult-id"


def actions(make, *assessments, **drafts):
    """The system actions as the client receives them."""
    named = {f"ServiceRequest/{name}": make.raw(value) for name, value in drafts.items()}
    made = system_actions(
        assessments or (make.assessment(),),
        drafts=named or {"ServiceRequest/pet": make.raw(make.draft())},
        hook_instance=make.HOOK_INSTANCE,
        knowledge=make.knowledge(),
        identifier="G0000",
    )
    return json.loads(msgspec.json.encode(made))


def rated(action):
    """The extensions of an action's order, by the last part of their URL."""
    return {each["url"].rpartition("/")[2]: each for each in action["resource"]["extension"]}


@pytest.mark.parametrize(
    ("category", "code", "why"),
    [
        (UA, "appropriate", "adheres"),
        (MBA, "appropriate", "the guide leaves it open: only usually-not is advice against the study"),
        (UNA, "not-appropriate", "does not adhere"),
    ],
)
def test_a_rating_says_whether_the_order_adheres(make, category, code, why):
    (action,) = actions(make, make.assessment(make.rating(category=category)))
    coding = rated(action)["pama-rating"]["valueCodeableConcept"]["coding"]
    assert coding[0] == {"system": "http://fhir.org/argonaut/CodeSystem/pama-rating", "code": code}, why
    assert coding[1]["code"] == category.value


def test_no_criteria_is_a_rating_of_its_own(make):
    """The mechanism was consulted and holds no criteria for this patient."""
    none = make.rating(category=None, variants=(), outcome=Outcome.NO_CRITERIA)
    (action,) = actions(make, make.assessment(none))
    coding = rated(action)["pama-rating"]["valueCodeableConcept"]["coding"]
    assert [each["code"] for each in coding] == ["no-criteria-apply"]


@pytest.mark.parametrize(
    "outcome", [Outcome.INSUFFICIENT, Outcome.CONFLICTING, Outcome.NOT_COVERED, Outcome.NOT_ASSESSED]
)
def test_an_order_that_was_not_rated_has_no_action(make, outcome):
    """sandbox-cds-services#18: too little information is not "no criteria apply"."""
    assert actions(make, make.assessment(make.rating(category=None, outcome=outcome))) == []


def test_2_2_all_four_parts_are_there(make):
    (action,) = actions(make)
    parts = rated(action)
    assert parts["pama-rating-qcdsm-consulted"]["valueString"] == "G0000"
    assert parts["pama-rating-consult-id"]["valueUri"].startswith("urn:uuid:")
    assert parts["pama-rating-auc-applied"]["valueUri"] == "https://doi.org/10.1016/j.jacr.2024.02.021"


def test_2_3_nothing_but_the_rating_changes(make):
    """2.3: no semantic change; unknown extensions stay, in their order."""
    own = [{"url": "http://example.org/cost-centre", "valueString": "A-17"}]
    former = make.draft(extension=own, note=[{"text": "Call the ward."}])
    (action,) = actions(make, pet=former)
    resource = action["resource"]
    assert action["type"] == "update"
    assert resource["extension"][:1] == own
    assert {**resource, "extension": own} == former
    ServiceRequest.model_validate(resource)


def test_a_former_rating_is_replaced(make):
    """2.3: replace, not append."""
    former = make.draft(
        extension=[
            {"url": RATING, "valueCodeableConcept": {"coding": [{"code": "appropriate"}]}},
            {"url": CONSULT, "valueUri": "urn:uuid:former"},
        ]
    )
    (action,) = actions(make, pet=former)
    urls = [each["url"] for each in action["resource"]["extension"]]
    assert urls.count(RATING) == urls.count(CONSULT) == 1


def test_both_halves_of_a_pair_are_rated(make):
    pair = make.assessment(with_reference="ServiceRequest/half")
    found = actions(make, pair, pet=make.draft(), half=make.draft("half"))
    assert [each["resource"]["id"] for each in found] == ["pet", "half"]
    assert rated(found[0]) == rated(found[1])
