"""Suggested orders: whole, valid, nothing lost, and clear about what changes."""

import json

import msgspec
import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.cards.alternatives import NEW_LUMP_CODING
from cds_service.cards.edits import read_resource
from cds_service.cards.handoff import BLANKS, note, unsaid
from cds_service.coding import CPT, ICD10CM, LOINC, SNOMED, Code
from cds_service.facts.mentions import Kind
from cds_service.facts.text import read_text, residue_of
from cds_service.hooks.response import HookResponse
from cds_service.knowledge.model import Category

SITE = "https://hospital.example/codes"
US, US_CPT, MAMMOGRAM = (LOINC, "80852-7"), (CPT, "76882"), (LOINC, "24605-8")
UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY

RICH = {
    "meta": {"profile": ["http://example.org/our-order"]},
    "extension": [
        {"url": "http://example.org/unknown", "valueDecimal": 1.5},
        {"url": "http://example.org/cost-centre", "valueString": "A-17"},
    ],
    "identifier": [{"system": "http://example.org/orders", "value": "42"}],
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "363679005"}]}],
    "priority": "routine",
    "_priority": {"extension": [{"url": "http://example.org/why", "valueString": "x"}]},
    "encounter": {"reference": "Encounter/e1"},
    "requester": {"reference": "Practitioner/dr"},
    "reasonReference": [{"reference": "Condition/c1"}],
    "supportingInfo": [{"reference": "Observation/o1"}],
    "note": [{"text": "Please call the ward."}],
    "quantityQuantity": {"value": 1, "unit": "study"},
}


def alternative(make, resource, rating=None, **more):
    """The order that the first suggestion writes, as JSON."""
    assessment = make.assessment(alternatives=(rating or make.us_axilla(),), **more)
    card = make.card(assessment, drafts={"ServiceRequest/pet": make.raw(resource)})
    return sent(card)["suggestions"][0]["actions"][0]


def sent(card):
    """A card as the client receives it."""
    return json.loads(msgspec.json.encode(card))


class TestAlternative:
    def test_keeps_everything_but_the_study(self, make):
        draft = make.draft(**RICH)
        suggested = alternative(make, draft)["resource"]
        assert suggested.pop("bodySite") == [{"text": "Left axilla"}]
        assert suggested.pop("code")["text"] == "US axilla"
        del draft["code"]
        assert suggested == draft

    def test_is_valid_fhir(self, make):
        draft = make.draft(**RICH)
        ServiceRequest.model_validate(draft)
        ServiceRequest.model_validate(alternative(make, draft)["resource"])

    @pytest.mark.parametrize(
        ("systems", "codings"),
        [
            ([CPT], [(CPT, "76882")]),
            ([LOINC], [(LOINC, "80852-7")]),
            ([LOINC, CPT], [(LOINC, "80852-7"), (CPT, "76882")]),
            (["urn:oid:2.16.840.1.113883.6.12"], [("urn:oid:2.16.840.1.113883.6.12", "76882")]),
            (["http://example.org/local"], [(LOINC, "80852-7")]),
            ([], [(LOINC, "80852-7")]),
        ],
        ids=["CPT", "LOINC", "both", "OID of CPT", "a site's own", "text only"],
    )
    def test_is_coded_in_the_clients_own_system(self, make, systems, codings):
        """A client that speaks CPT should not have to look up a LOINC code, nor respell its OIDs."""
        code = {"coding": [{"system": each, "code": "78815"} for each in systems], "text": "PET/CT"}
        written = alternative(make, make.draft(code=code))["resource"]["code"]
        assert [(each["system"], each["code"]) for each in written["coding"]] == codings
        assert {each["display"] for each in written["coding"]} == {"US axilla"}
        assert written["text"] == "US axilla"

    @pytest.mark.parametrize(
        ("side", "site", "said"),
        [
            ("left", "Left axilla", "body site: Left axilla"),
            ("right", "Right axilla", "body site: Right axilla"),
            ("bilateral", "Both axillae", "body site: Both axillae"),
            ("unstated", "Axilla", "side left open"),
        ],
    )
    def test_side_is_that_of_the_tumour_or_left_open_and_said(self, make, side, site, said):
        action = alternative(make, make.draft(), facts=make.facts(laterality=side))
        assert action["resource"]["bodySite"] == [{"text": site}]
        assert said in action["description"]

    def test_body_site_of_the_former_study_goes(self, make):
        whole_body = [{"text": "Whole body"}]
        assert alternative(make, make.draft(bodySite=whole_body))["resource"]["bodySite"] == [{"text": "Left axilla"}]

    def test_contrast_and_tracer_instructions_go_and_others_stay(self, make):
        details = [
            {"text": "with IV contrast"},
            {"coding": [{"system": "http://example.org", "code": "1", "display": "18F-FDG 5 MBq/kg"}]},
            {"text": "Interpreter needed"},
        ]
        action = alternative(make, make.draft(orderDetail=details))
        assert action["resource"]["orderDetail"] == [{"text": "Interpreter needed"}]
        assert "drops the contrast or tracer instruction" in action["description"]

    def test_no_empty_array_is_left(self, make):
        resource = alternative(make, make.draft(orderDetail=[{"text": "with IV contrast"}]))["resource"]
        assert "orderDetail" not in resource

    def test_narrative_does_not_go_on_showing_the_former_study(self, make):
        narrative = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">PET/CT</div>'}
        resource = alternative(make, make.draft(text=narrative))["resource"]
        assert "PET" not in json.dumps(resource["text"])
        ServiceRequest.model_validate(resource)

    def test_description_says_what_changes_and_that_the_rest_stays(self, make):
        assert alternative(make, make.draft())["description"] == (
            "Changes the study to US axilla; body site: Left axilla. Everything else stays."
        )

    def test_keeps_the_reasons(self, make):
        reasons = [{"text": "Staging of breast cancer"}, {"coding": [{"system": "x", "code": "y"}]}]
        assert alternative(make, make.draft(reasonCode=reasons))["resource"]["reasonCode"] == reasons

    def test_other_form_of_the_study_keeps_the_body_site(self, make):
        rating = make.rating("ct-without", variants=("310-v2",))
        better = make.rating("ct-with", "distant", UA, ("310-v11",))
        site = [{"text": "Chest to pelvis"}]
        card = make.card(
            make.assessment(rating, alternatives=(better,)),
            drafts={"ServiceRequest/pet": make.raw(make.draft(bodySite=site))},
        )
        assert sent(card)["suggestions"][0]["actions"][0]["resource"]["bodySite"] == site


class TestOwnCodes:
    """A site that orders in codes of its own gets an alternative that it can order too."""

    @pytest.mark.parametrize(
        ("own", "used", "codings", "why"),
        [
            ({"US-AX": [US]}, [SITE], [(SITE, "US-AX"), US], "first, beside the standard"),
            ({"US-AX": [US_CPT]}, [SITE, CPT], [(SITE, "US-AX"), US_CPT], "and beside its CPT code"),
            ({"US-AX": [US, US_CPT]}, [SITE], [(SITE, "US-AX"), US], "two targets"),
            ({"US-AX": [US]}, [CPT], [US_CPT], "the draft is in CPT: so is the alternative"),
            ({"US-AX": [US]}, ["urn:other"], [US], "another system than the site's"),
            ({"A": [US], "B": [US_CPT]}, [SITE], [US], "two fit: neither is sure"),
            ({"US": [US, MAMMOGRAM]}, [SITE], [US], "it means a mammogram too"),
            ({"PET": [(CPT, "78815")]}, [SITE], [US], "the site has no code for the alternative"),
        ],
    )  # fmt: skip
    def test_a_code_of_the_site_comes_first_where_it_is_sure(self, make, own, used, codings, why):
        translations = {Code(SITE, code): tuple(Code(*each) for each in meant) for code, meant in own.items()}
        draft = make.draft(code={"coding": [{"system": each, "code": "78815"} for each in used]})
        card = make.card(
            make.assessment(alternatives=(make.us_axilla(),)),
            drafts={"ServiceRequest/pet": make.raw(draft)},
            knowledge=make.knowledge(translations=translations),
        )
        written = sent(card)["suggestions"][0]["actions"][0]["resource"]["code"]
        assert [(each["system"], each["code"]) for each in written["coding"]] == codings, why
        assert {each["display"] for each in written["coding"]} == {"US axilla"}


class TestNewLump:
    REASONS = (
        {"coding": [{"system": ICD10CM, "code": "Z85.3"}], "text": "annual follow-up"},
        {"coding": [{"system": ICD10CM, "code": "Z08"}]},
        {"text": "surveillance"},
    )

    @pytest.fixture
    def replaced(self, make):
        """The update that replaces these reasons."""

        def of(*reasons, **more):
            surveillance = make.facts(disease_phase="surveillance")
            assessment = make.assessment(make.rating(variants=("310-v10",)), facts=surveillance)
            drafts = {"ServiceRequest/pet": make.raw(make.draft(reasonCode=list(reasons), **more.pop("draft", {})))}
            return sent(make.card(assessment, drafts=drafts, **more))["suggestions"][0]["actions"][0]

        return of

    def test_says_the_reason_in_a_code_that_is_read_again(self, knowledge):
        """Some clients show only coded reasons; ours has to be one that means a lump to us too."""
        said = Code(NEW_LUMP_CODING["system"], NEW_LUMP_CODING["code"])
        assert said in knowledge.value_sets["axillary-lump"]

    def test_replaces_the_reason_and_keeps_what_the_patient_has(self, replaced):
        """Sent again with a follow-up reason, the ultrasound would be rated as a search for distant disease."""
        assert replaced(*self.REASONS)["resource"]["reasonCode"] == [
            {"coding": [dict(NEW_LUMP_CODING)], "text": "New palpable axillary lump"},
            {"coding": [{"system": ICD10CM, "code": "Z85.3"}]},
        ]

    @pytest.mark.parametrize(
        ("system", "code", "stays", "why"),
        [
            (ICD10CM, "C50.912", True, "the cancer"),
            ("urn:oid:2.16.840.1.113883.6.90", "C50912", True, "the cancer, as Epic writes it"),
            (SNOMED, "254837009", True, "the cancer in SNOMED CT"),
            (SNOMED, "415076002", True, "history of it in SNOMED CT"),
            (SITE, "BRCA", True, "the site's own code for the cancer"),
            (ICD10CM, "Z08", False, "a visit, not a disease"),
            (ICD10CM, "R92.8", False, "a finding is why one looks"),
            (SNOMED, "390906007", False, "a follow-up encounter"),
            (SITE, "XYZ", False, "a code nobody knows"),
        ],
    )
    def test_a_diagnosis_of_breast_cancer_stays_in_any_code(self, make, replaced, system, code, stays, why):
        own = make.knowledge(translations={Code(SITE, "BRCA"): (Code(SNOMED, "254837009"),)})
        reason = {"coding": [{"system": system, "code": code}]}
        assert (reason in replaced(reason, knowledge=own)["resource"]["reasonCode"]) is stays, why

    def test_references_to_conditions_stay(self, replaced):
        references = [{"reference": "Condition/c1"}]
        action = replaced(*self.REASONS, draft={"reasonReference": references})
        assert action["resource"]["reasonReference"] == references

    @pytest.mark.parametrize(
        ("reasons", "said"),
        [
            ((), ""),
            (({"coding": [{"system": ICD10CM, "code": "Z85.3"}]},), ""),
            (REASONS, " and drops Z08 and what it said in words"),
            (({"text": "annual"}, {"text": "surveillance"}), " and drops what it said in words"),
            (({"coding": [{"system": ICD10CM, "code": "Z85.3"}], "text": "x"},), " and drops what it said in words"),
            (
                ({"coding": [{"system": SITE, "code": "see www.x.example"}, {"system": ICD10CM, "code": "R92.8"}]},),
                " and drops R92.8 and a code of another system",
            ),
            (({"coding": [{"system": ICD10CM, "code": "no code"}]},), " and drops a code of another system"),
        ],
    )
    def test_says_what_is_dropped(self, replaced, reasons, said):
        """Codes by name, the order's own words never: a card repeats none of them."""
        description = replaced(*reasons)["description"]
        assert f'; the reason becomes "New palpable axillary lump"{said}. Everything else stays.' in description

    def test_is_valid_fhir(self, replaced):
        ServiceRequest.model_validate(replaced(*self.REASONS)["resource"])


class TestPair:
    """CT chest and CT abdomen/pelvis: two drafts, one study."""

    @pytest.fixture
    def suggestions(self, make):
        assessment = make.assessment(
            make.rating("ct-with"),
            id="chest",
            with_reference="ServiceRequest/abdomen",
            alternatives=(make.us_axilla(),),
        )
        return sent(make.card(assessment))["suggestions"]

    def test_alternative_changes_one_and_deletes_the_other(self, suggestions):
        update, delete = suggestions[0]["actions"]
        assert (update["type"], update["resource"]["id"]) == ("update", "chest")
        assert (delete["type"], delete["resourceId"]) == ("delete", "ServiceRequest/abdomen")

    def test_names_no_form_that_the_order_leaves_open(self, make):
        """Contrast not stated: the choice to cancel must not claim one."""
        order = make.order(procedures=("ct-with", "ct-without"))
        card = make.card(make.assessment(make.rating("ct-with"), order=order))
        assert card.suggestions[-1].label == "Cancel CT chest abdomen pelvis"
        assert card.suggestions[-1].actions[0].description == "Removes the order for CT chest abdomen pelvis"

    def test_cancel_removes_both(self, suggestions):
        removed = [(each["type"], each["resourceId"]) for each in suggestions[-1]["actions"]]
        assert removed == [("delete", "ServiceRequest/chest"), ("delete", "ServiceRequest/abdomen")]
        assert not any("resource" in each for each in suggestions[-1]["actions"])


class TestFidelity:
    @pytest.mark.parametrize("number", ["1.00", "1.5", "1e3", "0.10", "-0.0", "1E-7", "12345678901234567890", "7"])
    def test_numbers_keep_their_digits(self, make, number):
        """A FHIR decimal carries its precision: 1.00 is not 1.0."""
        text = json.dumps(make.draft(extension=[{"url": "http://example.org/x", "valueDecimal": "HERE"}]))
        drafts = {"ServiceRequest/pet": msgspec.Raw(text.replace('"HERE"', number).encode())}
        card = make.card(make.assessment(alternatives=(make.us_axilla(),)), drafts=drafts)
        assert f'"valueDecimal":{number}}}'.encode() in msgspec.json.encode(HookResponse(cards=(card,)))

    def test_empty_values_of_a_client_do_not_come_back(self, make):
        """The Sandbox sends `reasonCode: []` and `coding: [{}]`; no answer may hold such a value."""
        draft = make.draft(reasonCode=[], code={"coding": [{}], "text": "PET/CT"}, note=None, extension=[{}, None])
        resource = alternative(make, draft)["resource"]
        assert "reasonCode" not in resource
        assert "extension" not in resource

    def test_aligned_nulls_stay(self, make):
        """FHIR lines up an array of primitives with their extensions by null."""
        meta = {"profile": ["http://example.org/a", None], "_profile": [None, {"extension": [{"url": "x"}]}]}
        assert alternative(make, make.draft(meta=meta))["resource"]["meta"] == meta

    def test_unreadable_order_gets_its_advice_in_words(self, make):
        """Half a surrogate pair is no text; the warning stands without the choice."""
        drafts = {"ServiceRequest/pet": msgspec.Raw(b'{"id":"pet","x":"\\ud800"}')}
        card = make.card(make.assessment(alternatives=(make.us_axilla(),)), drafts=drafts)
        assert [each.label for each in card.suggestions] == ["Cancel PET/CT"]
        assert "US axilla: may be appropriate" in card.detail

    @given(
        st.recursive(
            st.booleans()
            | st.integers(-(2**70), 2**70)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(min_size=1),
            lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.text(min_size=1), inner, min_size=1),
        )
    )
    def test_any_json_survives(self, value):
        text = json.dumps({"extension": value})
        read = read_resource(msgspec.Raw(text.encode()))
        assert json.loads(msgspec.json.encode(read)) == json.loads(text)


class TestHandoff:
    """Restaging ultrasound at order-sign: what the radiologist must be told."""

    def card(self, make, **changes):
        assessment = make.assessment(make.rating("us-axilla", "axilla", UA, ("286-v9",)))
        drafts = {"ServiceRequest/pet": make.raw(make.draft(**changes))}
        return make.cards(assessment, drafts=drafts, hook="order-sign")

    def test_asks_with_blanks_and_adds_no_facts(self, make):
        (card,) = self.card(make, note=[{"text": "Call the ward."}])
        (suggestion,) = sent(card)["suggestions"]
        (action,) = suggestion["actions"]
        assert action["type"] == "update"
        assert action["resource"]["note"] == [
            {"text": "Call the ward."},
            {"text": "Axillary nodes at diagnosis: ____. Marker clip in node: ____."},
        ]
        ServiceRequest.model_validate(action["resource"])
        assert card.summary == (
            "US axilla usually appropriate after neoadjuvant therapy: "
            "please state nodal status at diagnosis and any marker clip"
        )

    def test_a_long_name_leaves_room_for_what_is_asked(self, make):
        """The verdict is left out, not the end of the question."""
        rating = make.rating("mri-breast-without-and-with-contrast", "axilla", UA, ("286-v9",))
        (card,) = make.cards(make.assessment(rating), hook="order-sign")
        assert card.summary == (
            "MRI breast without and with contrast: please state nodal status at diagnosis and any marker clip"
        )

    def test_beside_another_variant_it_is_asked_too(self, make):
        rating = make.rating("us-axilla", "axilla", UA, ("235-v4", "286-v9"))
        (card,) = make.cards(make.assessment(rating), hook="order-sign")
        assert "please state" in card.summary

    def test_said_already_is_not_asked(self, make):
        assert self.card(make, note=[{"text": "cN1 before NAC, clip in left level I node"}]) == ()

    def test_asks_only_for_what_is_missing(self, make):
        (card,) = self.card(make, reasonCode=[{"text": "node-positive before therapy"}])
        assert card.summary.endswith("please state any marker clip")

    def test_the_note_says_nothing_of_the_patient_when_it_is_read_again(self, knowledge):
        """A blank that read as therapy still to come would change what the order is rated for."""
        for names in (("nodal status at diagnosis",), ("any marker clip",), tuple(BLANKS)):
            read = read_text(note(names), knowledge.findings)
            assert {(each.kind, each.value) for each in read.mentions} <= {(Kind.ASKS, "axilla")}
            assert read.staging == ()
            assert residue_of(note(names), knowledge.findings) == ()

    def test_what_is_left_blank_is_still_missing(self, make):
        """Accepted and signed unfilled, the order says as little as before; a second note is not offered."""
        (card,) = self.card(make)
        accepted = card.suggestions[0].actions[0].resource
        assert unsaid(accepted) == tuple(BLANKS)
        (again,) = self.card(make, note=accepted["note"])
        assert again.summary == card.summary
        assert again.suggestions == ()

    def test_what_was_filled_in_answers(self, make):
        """One after the other."""
        filled = "Axillary nodes at diagnosis: cN1. Marker clip in node: ____."
        (card,) = self.card(make, note=[{"text": filled}])
        assert card.summary.endswith("please state any marker clip")
        assert self.card(make, note=[{"text": filled.replace("____", "yes, left")}]) == ()
