"""What the output guard lets out and what it refuses (cds-hooks.md 1.7-1.12, design §6)."""

import json

import msgspec
import pytest

from cds_service.hooks.errors import ResponseRefused
from cds_service.hooks.guard import encode_response, guarded_response
from cds_service.hooks.request import Draft, HookRequest
from cds_service.hooks.response import Action, Card, Coding, HookResponse, Link, Source, Suggestion

CARD_ID = "11111111-1111-4111-8111-111111111111"
SUGGESTION_ID = "22222222-2222-4222-8222-222222222222"
OTHER_ID = "33333333-3333-4333-8333-333333333333"
NON_ADHERENCE = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"


def draft(id, resource_type="ServiceRequest"):
    return Draft(place="", raw=msgspec.Raw(b"{}"), resource_type=resource_type, id=id, selected=True)


REQUEST = HookRequest(
    hook="order-sign",
    hook_instance="x",
    patient_id="p",
    user_id="Practitioner/x",
    drafts=(draft("order-1"), draft("order-2")),
)


def order(id="order-1", **more):
    return {"resourceType": "ServiceRequest", "id": id, "status": "draft", **more}


CANCEL = Action(type="delete", description="Cancel the PET/CT", resource_id="ServiceRequest/order-1")
UPDATE = Action(type="update", description="Order ultrasound instead", resource=order())
CREATE = Action(type="create", description="Order ultrasound", resource=order("new-1"))


def suggestion(*actions, uuid=SUGGESTION_ID, **more):
    return Suggestion(**{"label": "Cancel the PET/CT", "uuid": uuid, "actions": actions, **more})


def card(**more):
    return Card(
        **{
            "uuid": CARD_ID,
            "summary": "PET/CT usually not appropriate in stage IIA breast cancer",
            "indicator": "warning",
            "source": Source(label="Breast imaging appropriateness"),
            **more,
        }
    )


def suggesting(*suggestions, behavior="at-most-one"):
    return card(suggestions=suggestions, selection_behavior=behavior)


def answer(*cards, **more):
    return HookResponse(cards=cards, **more)


def sent(response, request=REQUEST):
    return json.loads(guarded_response(response, request))


def refused(response, request=REQUEST):
    with pytest.raises(ResponseRefused) as caught:
        guarded_response(response, request)
    return caught.value.place, caught.value.rule


def test_e1_e3_no_guidance_is_an_empty_list_of_cards():
    assert guarded_response(answer(), REQUEST) == b'{"cards":[]}'


def test_a_card_is_sent_with_what_it_has_and_nothing_else():
    assert sent(answer(card())) == {
        "cards": [
            {
                "uuid": CARD_ID,
                "summary": "PET/CT usually not appropriate in stage IIA breast cancer",
                "indicator": "warning",
                "source": {"label": "Breast imaging appropriateness"},
            }
        ]
    }


def test_a_full_card_passes():
    full = card(
        detail="Why:\n\n- Tumor \\<b\\> of 2.0 cm, below the limit of < 5 cm\n\n[ACR](https://acsearch.acr.org/x)",
        source=Source(
            label="Us", url="https://example.org", icon="https://example.org/i.png", topic=Coding(code="g", system="s")
        ),
        suggestions=(
            suggestion(CANCEL, is_recommended=True),
            suggestion(CANCEL, CREATE, uuid=OTHER_ID, label="Order ultrasound instead"),
        ),
        selection_behavior="at-most-one",
        override_reasons=(Coding(code="patient-refuses", system=NON_ADHERENCE, display="Patient refuses"),),
        links=(Link(label="The criteria", url="https://acsearch.acr.org/docs/3186697/Narrative", type="absolute"),),
        extension={"davinci-crd.associated-resource": [{"reference": "ServiceRequest/order-1"}]},
    )
    response = answer(full, extension={"cds-service.assessments": [{"order": "ServiceRequest/order-1"}]})
    assert guarded_response(response, REQUEST) == encode_response(response)


def test_the_same_answer_gives_the_same_bytes():
    assert encode_response(answer(card())) == encode_response(answer(card()))


@pytest.mark.parametrize(
    ("changed", "place", "rule"),
    [
        pytest.param({"summary": ""}, "summary", "must not be empty", id="no-summary"),
        pytest.param({"summary": "x" * 140}, "summary", "must be under 140 characters", id="cds-resp-summary-140"),
        pytest.param({"summary": "a\nb"}, "summary", "must be a single line", id="summary-lines"),
        pytest.param({"summary": "a \u2028 b"}, "summary", "must be a single line", id="summary-unicode-line"),
        pytest.param({"summary": "a <b>b</b>"}, "summary", "must be plain text", id="summary-html"),
        pytest.param({"indicator": "hard-stop"}, "indicator", "must be info, warning or critical", id="indicator"),
        pytest.param({"source": Source(label=" ")}, "source.label", "must not be empty", id="source-label"),
        pytest.param(
            {"source": Source(label="x", url="acr.org")},
            "source.url",
            "must be an absolute http(s) URL",
            id="source-url",
        ),
        pytest.param(
            {"source": Source(label="x", icon="data:image/png;base64,AA")},
            "source.icon",
            "must be an absolute http(s) URL",
            id="source-icon",
        ),
        pytest.param({"detail": "a <b>bold</b> claim"}, "detail", "must hold no HTML", id="detail-html"),
        pytest.param({"detail": "<script>x"}, "detail", "must hold no HTML", id="detail-script"),
        pytest.param({"detail": "x <!-- y"}, "detail", "must hold no HTML", id="detail-comment"),
        pytest.param({"detail": "\\\\<img src=x>"}, "detail", "must hold no HTML", id="detail-escaped-backslash"),
        pytest.param(
            {"detail": "[x](javascript:alert(1))"}, "detail", "must be an absolute http(s) URL", id="detail-link"
        ),
        pytest.param({"uuid": "card-1"}, "uuid", "must be a UUID", id="uuid"),
        pytest.param({"uuid": "1" * 32}, "uuid", "must be a UUID", id="uuid-without-hyphens"),
        pytest.param(
            {"selection_behavior": "any"},
            "selectionBehavior",
            "must be present if, and only if, there are suggestions (cds-resp-6)",
            id="cds-resp-6-behavior-alone",
        ),
        pytest.param(
            {"suggestions": (suggestion(CANCEL),)},
            "selectionBehavior",
            "must be present if, and only if, there are suggestions (cds-resp-6)",
            id="cds-resp-6-suggestions-alone",
        ),
        pytest.param(
            {"suggestions": (suggestion(CANCEL),), "selection_behavior": "one"},
            "selectionBehavior",
            "must be at-most-one or any",
            id="selection-behavior",
        ),
        pytest.param(
            {"override_reasons": (Coding(code="a", system="s"),)},
            "overrideReasons[0]",
            "must have code, system and display (cds-resp-4)",
            id="cds-resp-4-display",
        ),
        pytest.param(
            {"override_reasons": (Coding(code="a", system="s", display="A"),) * 2},
            "overrideReasons",
            "must not repeat a reason",
            id="reason-twice",
        ),
        pytest.param(
            {"links": (Link(label="x", url="/criteria", type="absolute"),)},
            "links[0].url",
            "must be an absolute http(s) URL",
            id="link-relative",
        ),
        pytest.param(
            {"links": (Link(label="x", url="https://[", type="absolute"),)},
            "links[0].url",
            "must be an absolute http(s) URL",
            id="link-malformed",
        ),
        pytest.param(
            {"links": (Link(label="x", url="https://a.org", type="web"),)},
            "links[0].type",
            "must be absolute or smart",
            id="link-type",
        ),
        pytest.param(
            {"links": (Link(label="", url="https://a.org", type="absolute"),)},
            "links[0].label",
            "must not be empty",
            id="link-label",
        ),
        pytest.param({"extension": {"a": {"b": None}}}, "[0].extension.a.b", "must not be null or empty", id="q9-null"),
        pytest.param({"extension": {"a": [""]}}, "[0].extension.a[0]", "must not be null or empty", id="q9-string"),
        pytest.param({"extension": {"a": []}}, "[0].extension.a", "must not be null or empty", id="q9-array"),
        pytest.param({"extension": {}}, "[0].extension", "must not be null or empty", id="q9-object"),
    ],
)
def test_a_card_that_breaks_a_rule_is_refused_where_it_does(changed, place, rule):
    expected = f"cards{place}" if place.startswith("[") else f"cards[0].{place}"
    assert refused(answer(card(**changed))) == (expected, rule)


def test_a_summary_of_139_characters_passes():
    assert sent(answer(card(summary="x" * 139)))["cards"][0]["summary"] == "x" * 139


@pytest.mark.parametrize("text", ["T < 5 cm", "a <5 b> c", "\\<b>", "a [b] (c)", 'say "" and [] and {} and null'])
def test_text_that_only_resembles_what_is_refused_passes(text):
    assert sent(answer(card(detail=text)))["cards"][0]["detail"] == text


def test_cds_resp_1_two_recommended_under_at_most_one_are_refused():
    two = (suggestion(CANCEL, is_recommended=True), suggestion(UPDATE, uuid=OTHER_ID, is_recommended=True))
    assert refused(answer(suggesting(*two)))[0] == "cards[0].suggestions"


def test_cds_resp_1_two_recommended_under_any_pass():
    two = (suggestion(CANCEL, is_recommended=True), suggestion(UPDATE, uuid=OTHER_ID, is_recommended=True))
    assert len(sent(answer(suggesting(*two, behavior="any")))["cards"][0]["suggestions"]) == 2


@pytest.mark.parametrize(
    ("action", "place", "rule"),
    [
        pytest.param(
            Action(type="CREATE", description="x", resource=order()),
            ".type",
            "must be create, update or delete",
            id="type",
        ),
        pytest.param(
            Action(type="delete", description="", resource_id="ServiceRequest/order-1"),
            ".description",
            "must not be empty",
            id="description",
        ),
        pytest.param(
            Action(type="delete", description="x", resource_id="ServiceRequest/gone"),
            ".resourceId",
            "a delete must be of a draft order of the request",
            id="s2-delete-of-no-draft",
        ),
        pytest.param(
            Action(type="delete", description="x", resource_id="order-1"),
            ".resourceId",
            "a delete must be of a draft order of the request",
            id="delete-by-bare-id",
        ),
        pytest.param(
            Action(type="delete", description="x", resource_id="ServiceRequest/order-1", resource=order()),
            "",
            "a delete must have resourceId and no resource (cds-resp-2)",
            id="cds-resp-2-delete-with-resource",
        ),
        pytest.param(
            Action(type="update", description="x", resource=order("gone")),
            ".resource",
            "an update must be of a draft order of the request",
            id="s2-update-of-no-draft",
        ),
        pytest.param(
            Action(type="update", description="x"),
            "",
            "an action to update must have resource and no resourceId",
            id="update-without-resource",
        ),
        pytest.param(
            Action(type="create", description="x", resource=order(), resource_id="ServiceRequest/order-1"),
            "",
            "an action to create must have resource and no resourceId",
            id="create-with-resource-id",
        ),
        pytest.param(
            Action(type="create", description="x", resource={"resourceType": "ServiceRequest"}),
            ".resource",
            "must have resourceType and id",
            id="s3-create-without-id",
        ),
        pytest.param(
            Action(type="create", description="x", resource=order("order-2")),
            ".resource.id",
            "a created resource needs an id of its own",
            id="s3-create-with-the-id-of-a-draft",
        ),
    ],
)
def test_an_action_that_breaks_a_rule_is_refused(action, place, rule):
    assert refused(answer(suggesting(suggestion(action)))) == (f"cards[0].suggestions[0].actions[0]{place}", rule)


def test_s3_two_created_resources_never_share_an_id():
    two = (suggestion(CREATE), suggestion(CREATE, uuid=OTHER_ID))
    assert refused(answer(suggesting(*two)))[0] == "cards[0].suggestions[1].actions[0].resource.id"


def test_a_suggestion_needs_a_label():
    assert refused(answer(suggesting(suggestion(CANCEL, label=" "))))[0] == "cards[0].suggestions[0].label"


@pytest.mark.parametrize(
    ("response", "place"),
    [
        (answer(card(), card()), "cards[1].uuid"),
        (answer(suggesting(suggestion(CANCEL, uuid=CARD_ID))), "cards[0].suggestions[0].uuid"),
    ],
    ids=["two-cards", "card-and-suggestion"],
)
def test_every_uuid_is_used_once_since_feedback_knows_nothing_else(response, place):
    assert refused(response) == (place, "must be unique in the answer")


def test_e2_system_actions_keep_the_rules_of_actions():
    assert sent(answer(system_actions=(UPDATE,)))["systemActions"][0]["type"] == "update"
    wrong = Action(type="update", description="x", resource=order("gone"))
    assert refused(answer(system_actions=(wrong,)))[0] == "systemActions[0].resource"


def test_e2_system_actions_are_absent_rather_than_empty():
    assert refused(answer(system_actions=())) == ("systemActions", "must not be null or empty")


def test_q9_nothing_empty_hides_in_a_suggested_resource():
    update = Action(type="update", description="x", resource=order(reasonCode=[]))
    place, rule = refused(answer(suggesting(suggestion(update))))
    assert (place, rule) == ("cards[0].suggestions[0].actions[0].resource.reasonCode", "must not be null or empty")


def test_the_nulls_by_which_fhir_aligns_two_arrays_are_no_empty_values():
    """https://hl7.org/fhir/R4/json.html#primitive"""
    aligned = order(instantiatesUri=["a", "b"], _instantiatesUri=[None, {"id": "x"}])
    update = Action(type="update", description="x", resource=aligned)
    assert sent(answer(suggesting(suggestion(update))))


def test_an_array_of_nothing_but_nulls_is_empty():
    update = Action(type="update", description="x", resource=order(note=[None]))
    assert refused(answer(suggesting(suggestion(update))))[0].endswith("resource.note[0]")


def test_a_draft_without_an_id_can_be_no_target():
    request = HookRequest(hook="h", hook_instance="x", patient_id="p", user_id="u", drafts=(draft(None),))
    wrong = Action(type="delete", description="x", resource_id="ServiceRequest/None")
    assert refused(answer(suggesting(suggestion(wrong))), request)[0].endswith("resourceId")
