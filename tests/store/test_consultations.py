"""What is kept of an answer: what was asked, what came of it, what was offered; and nothing of the patient."""

import json
from typing import Any

import pytest
from msgspec.structs import asdict

from cds_service.coding import Code
from cds_service.settings import Mode, Profile
from cds_service.store.consultations import CardRow, Consultation, Offer, consultations, kept_code, kept_id
from tests.support.recording import NOW, answer, fixture, knowledge, rows

WARNED = "s4-pet-ct-stage-ia-mcode"


def only(name: str, **settings: Any) -> Consultation:
    (row,) = rows(name, **settings)
    return row


def card(name: str, **settings: Any) -> CardRow:
    (made,) = only(name, **settings).cards
    return made


def test_a_warning_is_kept_with_what_it_offers() -> None:
    response, answered = answer(fixture(WARNED))
    (row,) = consultations(answered)
    (shown,) = response.cards
    (told,) = response.extension["cds-service.assessments"]  # type: ignore[index]
    instead, cancel = shown.suggestions
    values = asdict(row)
    assert values.pop("duration_ms") > 0
    assert values.pop("stages").keys() == {"decode", "facts", "assess", "cards"}
    assert len(values.pop("uid")) == 36
    assert values == {
        "time": NOW,
        "client": "default",
        "hook": "order-select",
        "service": "breast-imaging-order-select",
        "consult_id": told["consultId"],
        "hook_instance": fixture(WARNED)["hookInstance"],
        "patient": f"hash of default and {fixture(WARNED)['context']['patientId']}",
        "procedure": "fdg-pet-ct",
        "question": "distant",
        "outcome": "rated",
        "category": "usually-not-appropriate",
        "score": told["score"],
        "variants": tuple(each["id"] for each in told["variants"]),
        "missing": (),
        "assumed": tuple(told["assumed"]),
        "knowledge": knowledge().hash,
        "mode": "shown",
        "fhir_failures": 0,
        "cards": (
            CardRow(
                card=shown.uuid,
                kind="warning",
                indicator="warning",
                variants=("310-v2",),
                study="fdg-pet-ct",
                msv=(10.0, 30.0),
                suggestions=(
                    Offer(uuid=instead.uuid, does="replace", study="us-axilla", msv=(0.0, 0.0)),
                    Offer(uuid=cancel.uuid, does="cancel"),
                ),
            ),
        ),
    }


@pytest.mark.parametrize(
    ("name", "kind", "does"),
    [
        ("asks-stage-unknown", "question", []),
        ("v235-5-or-286-8-us-axilla", "conflict", []),
        ("not-s4-back-pain-order-sign", "targeted", []),
        ("not-assessed-conditions-failed", "not-assessed", []),
        ("s1-mri-breast-for-axilla", "better", [("replace", "us-axilla")]),
        ("s2-us-axilla-order-sign", "handoff", [("note", None)]),
        ("s3-mri-breast-for-axilla", "warning",
         [("replace", "core-biopsy-axillary-node"), ("replace", "fna-axillary-node"), ("cancel", None)]),
        # "New lump? State it as the reason": the same study, so that nothing is avoided
        ("s5-us-axilla-follow-up", "warning", [("note", None), ("cancel", None)]),
        # a study in two drafts: both go
        ("s4-ct-cap-as-pair", "warning", [("replace", "us-axilla"), ("cancel", None)]),
    ],
)  # fmt: skip
def test_every_kind_of_card_is_told_from_the_others(name: str, kind: str, does: list[tuple[str, str | None]]) -> None:
    made = card(name)
    assert (made.kind, [(each.does, each.study) for each in made.suggestions]) == (kind, does)


def test_an_appropriate_order_is_kept_without_a_card() -> None:
    row = only("s4-us-axilla")
    assert (row.category, row.cards, row.mode) == ("may-be-appropriate", (), "shown")
    assert card("s1-us-axilla", show_appropriate=True).kind == "appropriate"


def test_an_order_that_epic_adds_beside_the_old_one_replaces_nothing() -> None:
    """Its new order does not take the old one away: nothing is avoided by it alone."""
    made = card(WARNED, profile=Profile.EPIC)
    assert [each.does for each in made.suggestions] == ["cancel"]  # without a preference list there is nothing to add


def test_two_orders_are_two_rows() -> None:
    assert [row.procedure for row in rows("s4-two-orders")] == ["fdg-pet-ct", "bone-scan"]


def test_orders_that_could_not_be_assessed_share_a_card_and_have_a_row_each() -> None:
    body = fixture("s4-two-orders", prefetch={"conditions": {"resourceType": "OperationOutcome", "issue": []}})
    first, second = consultations(answer(body)[1])
    assert first.cards[0].card == second.cards[0].card
    assert first.uid != second.uid


def test_how_much_of_the_record_could_not_be_read_is_kept() -> None:
    assert only("not-assessed-conditions-failed").fhir_failures == 1


# --- the same again ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"hookInstance": "another"}, False),
        ({"hook": "order-sign"}, False),
        ({"prefetch": fixture("asks-stage-unknown")["prefetch"]}, False),  # another answer to the same call
    ],
)
def test_the_same_order_in_the_same_call_with_the_same_result_is_one(change: dict[str, Any], same: bool) -> None:
    """Whether a client may use a hookInstance again is unsettled: nothing that differs is lost, nothing kept twice."""
    (former,), (again,) = (consultations(answer(body)[1]) for body in (fixture(WARNED), fixture(WARNED, **change)))
    assert (former.uid == again.uid) is same


def test_another_patient_is_another_consultation() -> None:
    """A client with one hookInstance for everybody, as a test bench has it."""
    body = fixture(WARNED)
    other = json.loads(json.dumps(body).replace(body["context"]["patientId"], "another-patient"))
    (former,), (again,) = (consultations(answer(each)[1]) for each in (body, other))
    assert former.uid != again.uid


# --- nothing of the patient -------------------------------------------------------------------------------------------
def test_nothing_of_the_patient_or_the_record_is_kept() -> None:
    body = fixture(WARNED)
    draft = body["context"]["draftOrders"]["entry"][0]["resource"]
    draft["note"] = [{"text": "Jane Roe"}]
    (row,) = consultations(answer(body, patient_hash=False)[1])
    kept = repr(row)
    assert row.patient is None
    assert "Roe" not in kept
    assert body["context"]["patientId"] not in kept.replace(body["hookInstance"], "")
    assert draft["id"] not in kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"),
        ("x" * 128, "x" * 128),
        ("x" * 129, "sha256:"),
        ("a\nb", "sha256:"),
        ("\ud800", "sha256:"),
    ],
)
def test_an_id_of_any_length_and_shape_fits_its_column(text: str, kept: str) -> None:
    """A client chooses it; one that no database takes must not cost the rows beside it."""
    assert kept_id(text).startswith(kept)
    assert len(kept_id(text)) <= 128


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        (Code("https://hospital.example/orderables", "MAMMO-7"), ("https://hospital.example/orderables", "MAMMO-7")),
        (Code("urn:oid:1.2.3", "77.1/A_b"), ("urn:oid:1.2.3", "77.1/A_b")),
        (Code("urn:x", "Jane Roe"), ("urn:x", "(free text)")),
        (Code("urn:x", "x" * 65), ("urn:x", "(free text)")),
        (Code("urn:x", "=1+1"), ("urn:x", "(free text)")),
        (Code("Jane Roe", "1"), ("(no URI)", "1")),
        (Code("", ""), ("(no system)", "(no code)")),
    ],
)
def test_a_code_is_counted_and_free_text_is_not(code: Code, kept: tuple[str, str]) -> None:
    """Free text in the place of a code may name a patient."""
    assert kept_code(code) == kept


# --- what is shown ----------------------------------------------------------------------------------------------------
def test_in_shadow_mode_all_is_recorded_and_nothing_shown() -> None:
    """Not the reasoning either: a client must not be able to tell what would have been said."""
    response, answered = answer(fixture(WARNED), mode=Mode.SHADOW)
    (row,) = consultations(answered)
    assert (response.cards, bool(response.extension), bool(response.system_actions)) == ((), False, False)
    assert (row.mode, row.cards[0].kind, row.category) == ("shadow", "warning", "usually-not-appropriate")


def test_a_muted_card_is_recorded_as_such() -> None:
    response, answered = answer(fixture(WARNED), mute=frozenset({"310-v2"}))
    (row,) = consultations(answered)
    assert response.cards == ()
    assert (row.mode, row.cards[0].kind) == ("muted", "warning")


def test_muting_says_nothing_of_orders_without_a_card() -> None:
    assert only("s1-us-axilla", mute=frozenset({"310-v1"})).mode == "shown"


def test_a_warning_overridden_lately_is_quiet() -> None:
    asked: list[dict[str, Any]] = []

    def overridden(**warning: Any) -> bool:
        asked.append(warning)
        return warning["procedure"] == "fdg-pet-ct"

    response, answered = answer(fixture("s4-two-orders"), overridden=overridden, quiet_after_override=24)
    pet, bone = consultations(answered)
    assert [(row.procedure, row.mode) for row in (pet, bone)] == [
        ("fdg-pet-ct", "quiet"),
        ("bone-scan", "shown"),
    ]
    assert [each.uuid for each in response.cards] == [bone.cards[0].card]
    # What the silent card would have offered is offered on the one that is shown.
    assert [each.study for each in bone.cards[0].suggestions] == ["us-axilla", None]
    assert asked[0] == {
        "client": "default",
        "patient": pet.patient,
        "procedure": "fdg-pet-ct",
        "variants": ["310-v2"],
        "since": NOW.replace(day=19),
    }


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        (WARNED, {}),  # not set: nobody is asked
        (WARNED, {"quiet_after_override": 24, "mode": Mode.SHADOW}),
        ("asks-stage-unknown", {"quiet_after_override": 24}),  # a question presses nobody
        ("s4-us-axilla", {"quiet_after_override": 24}),
    ],
)
def test_nothing_else_is_ever_quiet(name: str, settings: dict[str, Any]) -> None:
    def overridden(**warning: Any) -> bool:
        raise AssertionError("nobody should ask")

    _, answered = answer(fixture(name), overridden=overridden, **settings)
    assert "quiet" not in {row.mode for row in consultations(answered)}


# --- codes that map to nothing ----------------------------------------------------------------------------------------
SITE = {"coding": [{"system": "urn:site", "code": "MAMMO-7"}]}
LABORATORY = [{"coding": [{"system": "http://snomed.info/sct", "code": "108252007"}]}]
IMAGING = [{"coding": [{"system": "http://snomed.info/sct", "code": "363679005"}]}]


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({"code": SITE}, [Code("urn:site", "MAMMO-7")]),
        ({"code": SITE, "category": IMAGING}, [Code("urn:site", "MAMMO-7")]),
        ({"code": SITE, "category": [*LABORATORY, *IMAGING]}, [Code("urn:site", "MAMMO-7")]),
        ({"code": SITE, "category": LABORATORY}, []),  # says that it is no imaging
        ({"code": {"text": "MRI of something"}}, [Code("", "")]),
        ({"code": {"coding": [{}]}}, []),  # the Sandbox before anything is chosen
        ({"code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "71260"}]}}, []),  # half a study
        ({"code": SITE, "status": "completed"}, []),  # not being ordered
    ],
)
def test_an_order_that_maps_to_nothing_leaves_its_codes(members: dict[str, Any], codes: list[Code]) -> None:
    body = fixture(WARNED)
    draft = body["context"]["draftOrders"]["entry"][0]["resource"]
    body["context"]["draftOrders"]["entry"][0]["resource"] = {**draft, **members}
    _, answered = answer(body)
    assert list(answered.unmapped) == codes


def test_a_draft_that_nobody_asks_about_leaves_nothing() -> None:
    body = fixture(WARNED)
    other = {"resourceType": "ServiceRequest", "id": "other", "status": "draft", "intent": "order", "code": SITE}
    body["context"]["draftOrders"]["entry"].append({"resource": other})
    _, answered = answer(body)
    assert answered.unmapped == ()


def test_an_offer_says_what_it_does() -> None:
    """The names are relied on by reports of years: they are not to change."""
    assert {each.does for name in (WARNED, "s2-us-axilla-order-sign") for each in card(name).suggestions} == {
        "replace",
        "cancel",
        "note",
    }
    assert Offer(uuid="x", does="add").study is None
