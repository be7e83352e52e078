"""Kinds of client: the shape of a card bends, its verdict and its words do not (cds-hooks.md 3.3, 5.1; S2, S4, S5)."""

import dataclasses
import json

import msgspec
import pytest

from cds_service.cards.fitting import DIAGNOSIS
from cds_service.cards.shapes import PREFERENCE_LIST, SHAPES
from cds_service.coding import Code
from cds_service.criteria.model import Outcome
from cds_service.knowledge.model import Category
from cds_service.settings import Profile

UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY
ITEMS = {"us-axilla": "31415"}


def shown(make, profile, *assessments, **more):
    """The only card, as a client of this kind receives it."""
    fields = {"shape": SHAPES[profile], **more.pop("presentation", {})}
    found = make.card(*(assessments or (staging(make),)), presentation=fields, **more)
    return json.loads(msgspec.json.encode(found))


def staging(make, **more):
    """PET/CT in stage IA, with ultrasound of the axilla as a rated alternative."""
    return make.assessment(alternatives=(make.us_axilla(),), **more)


def follow_up(make, **more):
    """PET/CT in follow-up without symptoms: ultrasound is offered for a new lump."""
    known = make.facts(disease_phase="surveillance")
    return make.assessment(make.rating(variants=("310-v10",)), facts=known, **more)


def kinds(card):
    return [[action["type"] for action in each["actions"]] for each in card["suggestions"]]


class TestEveryProfile:
    @pytest.mark.parametrize("profile", Profile)
    def test_says_the_same(self, make, profile):
        """A profile that changed a verdict would be a second, untested set of rules."""
        usual, other = shown(make, Profile.DEFAULT), shown(make, profile)
        for name in ("summary", "indicator", "overrideReasons", "uuid"):
            assert other[name] == usual[name]

    @pytest.mark.parametrize("profile", Profile)
    def test_says_what_it_cannot_offer(self, make, profile):
        """S7: a client that cannot carry a suggestion out shows it in words."""
        assert "US axilla: may be appropriate (5/9)" in shown(make, profile)["detail"]


class TestSandbox:
    def test_gets_no_deletion(self, make):
        """Q2: the Sandbox ignores a delete, yet reports it as accepted."""
        assert kinds(shown(make, Profile.SANDBOX)) == [["update"]]

    def test_gets_a_rating_with_every_suggested_order(self, make):
        """Q2: without one it fails with an uncaught error."""
        card = shown(make, Profile.SANDBOX)
        urls = [each["url"] for each in card["suggestions"][0]["actions"][0]["resource"]["extension"]]
        assert urls == [
            "http://fhir.org/argonaut/Extension/pama-rating",
            "http://fhir.org/argonaut/Extension/pama-rating-consult-id",
        ]

    def test_gets_the_conditional_ultrasound_with_the_rating_it_would_have(self, make):
        lump = make.us_axilla(UA, ("286-v9",))
        card = shown(make, Profile.SANDBOX, follow_up(make, with_new_lump=lump))
        (suggestion,) = card["suggestions"]
        coded = suggestion["actions"][0]["resource"]["extension"][0]["valueCodeableConcept"]["coding"]
        assert suggestion["label"] == "New lump? US axilla instead"
        assert [each["code"] for each in coded] == ["appropriate", "usually-appropriate", "9"]

    def test_gets_no_suggestion_whose_rating_nobody_knows(self, make):
        assert "suggestions" not in shown(make, Profile.SANDBOX, follow_up(make))

    @pytest.mark.parametrize("reasons", [[], [{"text": "staging"}], None])
    def test_gets_an_order_with_a_coded_reason(self, make, knowledge, reasons):
        """Q4: it lists the codes of the reasons, and fails on an order without any, as it sends itself at first."""
        drafts = {"ServiceRequest/pet": make.raw(make.draft(reasonCode=reasons))}
        (action,) = shown(make, Profile.SANDBOX, drafts=drafts)["suggestions"][0]["actions"]
        assert action["resource"]["reasonCode"][-1]["coding"] == [dict(DIAGNOSIS)]
        assert action["resource"]["reasonCode"][:-1] == (reasons or [])
        assert "Adds breast cancer as the reason" in action["description"]
        assert Code(DIAGNOSIS["system"], DIAGNOSIS["code"]) in knowledge.value_sets["breast-cancer-unspecified"]

    def test_no_diagnosis_is_made_up(self, make):
        """An order without a reason, and a cancer that is not known to be invasive."""
        in_situ = staging(make, facts=make.facts(cancer="in-situ"))
        card = shown(make, Profile.SANDBOX, in_situ, drafts={"ServiceRequest/pet": make.raw(make.draft(reasonCode=[]))})
        assert "suggestions" not in card

    def test_a_coded_reason_is_left_as_it_is(self, make):
        (action,) = shown(make, Profile.SANDBOX)["suggestions"][0]["actions"]
        assert action["resource"]["reasonCode"] == make.draft()["reasonCode"]

    def test_half_a_pair_is_not_left_behind(self, make):
        """Where the other half cannot be deleted, the study is not replaced by halves."""
        assert "suggestions" not in shown(make, Profile.SANDBOX, staging(make, with_reference="ServiceRequest/half"))


class TestEpic:
    def test_picks_any_of_single_actions(self, make):
        card = shown(make, Profile.EPIC, presentation={"preference_list": ITEMS})
        assert card["selectionBehavior"] == "any"
        assert kinds(card) == [["create"], ["delete"]]

    def test_orders_by_an_item_of_the_preference_list(self, make):
        """A new order with an id of its own; Epic reads nothing but its code."""
        resource = shown(make, Profile.EPIC, presentation={"preference_list": ITEMS})["suggestions"][0]["actions"][0][
            "resource"
        ]
        assert resource["code"]["coding"] == [{"system": PREFERENCE_LIST, "code": "31415", "display": "US axilla"}]
        assert resource["id"] != "pet"
        assert (resource["status"], resource["intent"]) == ("draft", "order")
        assert resource["subject"] == {"reference": "Patient/p1"}

    def test_a_new_order_does_not_pass_for_the_former(self, make):
        """S3: identifiers and versions belong to the order on screen."""
        former = make.draft(
            identifier=[{"value": "42"}], meta={"versionId": "3"}, text={"status": "generated", "div": "<div/>"}
        )
        card = shown(
            make,
            Profile.EPIC,
            drafts={"ServiceRequest/pet": make.raw(former)},
            presentation={"preference_list": ITEMS},
        )
        resource = card["suggestions"][0]["actions"][0]["resource"]
        assert {"identifier", "meta", "text"}.isdisjoint(resource)

    def test_says_that_the_order_on_screen_stays(self, make):
        """Epic shows the description, not the label."""
        card = shown(make, Profile.EPIC, presentation={"preference_list": ITEMS})
        description = card["suggestions"][0]["actions"][0]["description"]
        assert description.startswith("US axilla instead: may be appropriate (5/9)")
        assert "stays" in description

    def test_a_study_without_an_item_is_offered_in_words_only(self, make):
        assert kinds(shown(make, Profile.EPIC)) == [["delete"]]

    def test_a_pair_is_cancelled_order_by_order(self, make):
        card = shown(make, Profile.EPIC, staging(make, with_reference="ServiceRequest/half"))
        assert kinds(card) == [["delete"], ["delete"]]
        assert len({each["uuid"] for each in card["suggestions"]}) == 2

    def test_the_topic_is_alphanumeric_and_tells_cards_apart(self, make):
        """5.1: overriding silences every card of the same topic, so it may not be one for all."""
        first = shown(make, Profile.EPIC)["source"]["topic"]["code"]
        again = shown(make, Profile.EPIC, hook_instance="another")["source"]["topic"]["code"]
        other = shown(make, Profile.EPIC, follow_up(make))["source"]["topic"]["code"]
        assert first == again == "acrwarning310v2fdgpetct"
        assert other != first
        assert first.isalnum()
        assert len(first) <= 100

    @pytest.mark.parametrize(
        ("outcome", "rated", "code"),
        [
            (Outcome.INSUFFICIENT, {"missing": ("stage-group",)}, "acrinsufficient310v2fdgpetct"),
            (Outcome.CONFLICTING, {}, "acrconflicting310v2fdgpetct"),
            (Outcome.NO_CRITERIA, {"variants": (), "categories": frozenset({None})}, "acrtargetedfdgpetct"),
            (Outcome.NOT_ASSESSED, {"variants": ()}, "acrnotassessed"),
        ],
    )
    def test_the_topic_of_each_kind_of_card_stays(self, make, outcome, rated, code):
        """5.1: what a clinician has silenced for good would come back under another topic."""
        values = {"categories": frozenset({UNA, UA}), **rated}
        rating = dataclasses.replace(make.rating(), outcome=outcome, category=None, **values)
        suspected = make.facts(metastasis_suspected="symptom", metastasis_site="lung")
        card = shown(make, Profile.EPIC, make.assessment(rating, facts=suspected), hook="order-sign")
        assert card["source"]["topic"]["code"] == code


class TestDetail:
    def test_plain_text_has_no_marks(self, make):
        card = shown(make, Profile.EPIC, presentation={"plain_text": True})
        assert "\nWhy\n\n- Occult metastasis is rare." in card["detail"]
        assert "**" not in card["detail"]
        assert "\\" not in card["detail"]
        assert card["extension"]["com.epic.cdshooks.card.detail.content-type"] == "text/plain"

    def test_markdown_says_nothing_of_itself(self, make):
        assert list(shown(make, Profile.EPIC)["extension"]) == ["davinci-crd.associated-resource"]


PAGES = {"criteria_url": "https://cds.example/criteria"}


class TestPages:
    def test_a_card_leads_to_the_page_of_its_variant(self, make):
        card = shown(make, Profile.DEFAULT, presentation=PAGES)
        assert card["links"][0] == {
            "label": "310-v2: why, other studies",
            "url": "https://cds.example/criteria/310/310-v2",
            "type": "absolute",
        }

    def test_without_a_public_address_there_is_nowhere_to_lead(self, make):
        assert not [each for each in shown(make, Profile.DEFAULT)["links"] if "why" in each["label"]]

    def test_of_many_variants_the_first_few_are_linked(self, make):
        """A card that rests on whichever of four applies has no room for four links."""
        possible = tuple(
            make.possible(each, Category.USUALLY_NOT) for each in ("310-v2", "310-v4", "310-v10", "310-v11")
        )
        card = shown(make, Profile.DEFAULT, make.assessment(make.rating(variants=possible)), presentation=PAGES)
        assert sum("why, other studies" in each["label"] for each in card["links"]) == 3


class TestProtocols:
    def test_each_study_offered_links_to_the_sites_protocol(self, make):
        url = "https://hospital.example/protocols/us-axilla"
        card = shown(make, Profile.DEFAULT, presentation={"protocols": {"us-axilla": url, "bone-scan": url}})
        assert {"label": "Protocol: US axilla", "url": url, "type": "absolute"} in card["links"]
        assert sum(each["label"].startswith("Protocol") for each in card["links"]) == 1
