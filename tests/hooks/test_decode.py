"""What a client may send and what it gets for it (cds-hooks.md 1.3, 1.4, 1.6; ids of rows in the test names)."""

import contextlib
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.coding import LOINC, Code
from cds_service.hooks.decode import decode_request
from cds_service.hooks.drafts import MOST
from cds_service.hooks.errors import BadRequest
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import make_services

SELECT, SIGN = make_services([Code(LOINC, "21908-9")])


def order(id="order-1", **more):
    return {"resourceType": "ServiceRequest", "id": id, "status": "draft", "intent": "order", **more}


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources]}


def body(**more):
    return {
        "hook": "order-select",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/example",
            "patientId": "1288992",
            "selections": ["ServiceRequest/order-1"],
            "draftOrders": bundle(order(), order("order-2")),
        },
        **more,
    }


def with_context(**more):
    changed = body()
    changed["context"].update(more)
    return changed


def without(path):
    changed = body()
    *parents, last = path.split(".")
    owner = changed
    for name in parents:
        owner = owner[name]
    del owner[last]
    return changed


def decode(value, service=SELECT):
    return decode_request(json.dumps(value).encode(), services=(service,))


def refusal(text, service=SELECT):
    with pytest.raises(BadRequest) as caught:
        decode_request(text if isinstance(text, bytes) else json.dumps(text).encode(), services=(service,))
    return caught.value.place, caught.value.problem


def selected(request):
    return [draft.id for draft in request.drafts if draft.selected]


def test_q1_to_q6_a_request_is_read():
    request = decode(
        body(fhirServer="https://ehr.example/fhir", prefetch={"patient": {"id": "x"}, "conditions": None})
        | {"context": {**body()["context"], "encounterId": "89284"}}
    )
    assert (request.hook, request.hook_instance) == ("order-select", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea")
    assert (request.patient_id, request.user_id, request.encounter_id) == ("1288992", "Practitioner/example", "89284")
    assert request.fhir_server == "https://ehr.example/fhir"
    assert {key: bytes(raw) for key, raw in request.prefetch.items()} == {
        "patient": b'{"id": "x"}',
        "conditions": b"null",
    }
    assert [(d.place, d.resource_type, d.id, d.selected, d.problem) for d in request.drafts] == [
        ("context.draftOrders.entry[0].resource", "ServiceRequest", "order-1", True, None),
        ("context.draftOrders.entry[1].resource", "ServiceRequest", "order-2", False, None),
    ]


def test_a_draft_keeps_the_bytes_it_came_in():
    draft = order(extension=[{"url": "https://x", "valueDecimal": 1.10}], unknown={"a": []})
    raw = decode(with_context(draftOrders=bundle(draft))).drafts[0].raw
    assert json.loads(bytes(raw)) == draft


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(b"", "not JSON: the body is empty", id="empty"),
        pytest.param(b" \r\n", "not JSON: the body is empty", id="blank"),
        pytest.param(b"{", "not JSON: ends too early", id="cut-off"),
        pytest.param(b"hello", "not JSON: invalid character, line 1, column 1", id="text"),
        pytest.param(b"[]", "expected an object", id="array"),
        pytest.param(b'"text"', "expected an object", id="string"),
        pytest.param(b"null", "expected an object", id="null"),
        pytest.param(b'{"a": NaN}', "not JSON: invalid character, line 1, column 7", id="nan"),
        pytest.param(b'{"a": Infinity}', "not JSON: invalid character, line 1, column 7", id="infinity"),
        pytest.param(b'{"a": 1,}', "not JSON: trailing comma in object, line 1, column 9", id="q10-trailing-comma"),
        pytest.param(b'{"a": 1} // x', "not JSON: trailing characters, line 1, column 11", id="q10-comment"),
        pytest.param(b'{"a": 1}{"a": 1}', "not JSON: trailing characters, line 1, column 10", id="two-values"),
        pytest.param(b"\xef\xbb\xbf{}", "not JSON: begins with a byte order mark; leave it out", id="byte-order-mark"),
        pytest.param(b'{\r\n "\xc3\xa9": "\xff"}', "not UTF-8: line 2, column 8", id="invalid-utf-8"),
        pytest.param(json.dumps(body()).encode("utf-16"), "not UTF-8: line 1, column 1", id="utf-16"),
        pytest.param(
            b'{"a":\n  "Zzphi\nmore"}', "not JSON: invalid character, line 2, column 9", id="line-end-in-a-text"
        ),
        pytest.param(
            b'{"a": 1,\n\n "\xc3\xa9" 2}', "not JSON: expected ':', line 3, column 6", id="after-other-letters"
        ),
        pytest.param(b'{"hook": "a", "hook": "order-select"}', "a member is named twice", id="duplicate-key"),
        pytest.param(b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply", id="deep-nesting"),
        pytest.param(b'{"a": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, "nested too deeply", id="deep-objects"),
    ],
)
def test_q8_a_body_that_is_no_json_object_is_refused_as_a_whole(text, problem):
    assert refusal(text) == ("$", problem)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"cut \ud83d", "cut \ufffd"),  # at 255 units of UTF-16, as JavaScript then writes it
        (r"\uDE00 begins", "\ufffd begins"),
        (r"\ud83d\n", "\ufffd\n"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\\\ud83d", "\\\ufffd"),
        (r"\ud83d\ude00", "\U0001f600"),  # whole
        (r"\\ud83d", r"\ud83d"),  # a backslash, and letters
    ],
)
def test_half_a_character_costs_only_itself(written, read):
    """Every order of this patient would be refused else, as long as the text is in the record."""
    text = json.dumps(body(), ensure_ascii=False).replace('"hookInstance": "', f'"hookInstance": "{written}', 1)
    assert decode_request(text.encode(), services=(SELECT,)).hook_instance.startswith(read)


@pytest.mark.parametrize(
    "path",
    ["hook", "hookInstance", "context", "context.patientId", "context.userId", "context.draftOrders"],
)
def test_q12_a_missing_required_field_is_named(path):
    assert refusal(without(path)) == (path, "required")


def test_q12_order_select_requires_selections():
    assert refusal(without("context.selections")) == ("context.selections", "required")


@pytest.mark.parametrize(
    ("value", "place", "problem"),
    [
        pytest.param(body(hook=1), "hook", "expected a string", id="hook"),
        pytest.param(body(hookInstance={}), "hookInstance", "expected a string", id="hook-instance"),
        pytest.param(body(hookInstance=" "), "hookInstance", "must not be empty", id="hook-instance-blank"),
        pytest.param(body(context=[]), "context", "expected an object", id="context"),
        pytest.param(body(context=None), "context", "required", id="context-null"),
        pytest.param(body(prefetch=[]), "prefetch", "expected an object", id="prefetch"),
        pytest.param(body(fhirServer=1), "fhirServer", "expected a string", id="fhir-server"),
        pytest.param(with_context(patientId=1), "context.patientId", "expected a string", id="patient"),
        pytest.param(with_context(patientId=""), "context.patientId", "must not be empty", id="patient-empty"),
        pytest.param(with_context(patientId="Patient/"), "context.patientId", "must not be empty", id="patient-type"),
        pytest.param(with_context(userId=["x"]), "context.userId", "expected a string", id="user"),
        pytest.param(with_context(encounterId=1), "context.encounterId", "expected a string", id="encounter"),
        pytest.param(
            with_context(selections="ServiceRequest/order-1"), "context.selections", "expected an array", id="s"
        ),
        pytest.param(with_context(selections=["a", 1]), "context.selections[1]", "expected a string", id="selection"),
        pytest.param(with_context(draftOrders=[]), "context.draftOrders", "expected an object", id="drafts"),
        pytest.param(with_context(draftOrders={}), "context.draftOrders.resourceType", "required", id="drafts-untyped"),
        pytest.param(
            with_context(draftOrders=order()), "context.draftOrders.resourceType", "must be Bundle", id="order"
        ),
        pytest.param(
            with_context(draftOrders={"resourceType": "Bundle", "entry": {}}),
            "context.draftOrders.entry",
            "expected an array",
            id="entry",
        ),
    ],
)
def test_q12_a_wrong_type_is_refused_where_it_stands(value, place, problem):
    assert refusal(value) == (place, problem)


@pytest.mark.parametrize("name", ["context", "prefetch"])
def test_a_member_named_twice_is_refused_since_one_of_the_two_would_be_lost(name):
    text = json.dumps(body(prefetch={"conditions": None}))
    doubled = {
        "context": text.replace('"patientId": "1288992"', '"patientId": "another", "patientId" : "1288992"'),
        "prefetch": text.replace('"conditions": null', '"conditions": {"a":1},\n "conditions": null'),
    }[name]
    assert refusal(doubled.encode()) == (name, "a member is named twice")


@pytest.mark.parametrize(
    ("place", "once", "twice"),
    [
        pytest.param("$", '"hook":"order-select"', '"hook":"order-sign","hook":"order-select"', id="envelope"),
        pytest.param("$", '"prefetch":{', '"prefetch":{"x":1},"prefetch":{', id="prefetch-as-a-whole"),
        pytest.param("prefetch", '"conditions":null', '"conditions":{"a":1},"conditions":null', id="key"),
        pytest.param("context", '"patientId":', '"patientId":"another","patientId":', id="context"),
    ],
)
def test_what_is_written_closely_is_read_in_one_pass_and_refused_all_the_same(place, once, twice):
    """Most senders leave no space between members; their requests are opened in another way than the others."""
    text = json.dumps(body(prefetch={"patient": {}, "conditions": None}), separators=(",", ":"))
    assert refusal(text.replace(once, twice, 1).encode()) == (place, "a member is named twice")


@pytest.mark.parametrize("more", [{}, {"extension": {"com.example": [1]}}, {"prefetch": {}}, {"prefetch": None}])
def test_a_request_is_the_same_however_closely_it_is_written(more):
    value = body(**{"prefetch": {"conditions": {"resourceType": "Bundle"}, "ä": None}, **more})
    close, wide = (json.dumps(value, separators=each).encode() for each in ((",", ":"), (" , ", " : ")))
    first, second = (decode_request(each, services=(SELECT,)) for each in (close, wide))
    assert first.prefetch.keys() == second.prefetch.keys() == (value["prefetch"] or {}).keys()
    assert (first.patient_id, len(first.drafts)) == (second.patient_id, len(second.drafts)) == ("1288992", 2)


@pytest.mark.parametrize("indent", [None, 1, "\t"])
def test_white_space_and_escaped_names_are_no_repetition(indent):
    text = json.dumps(body(**{'a "quoted\\ name': {"x": [1, {}]}}), indent=indent)
    assert decode_request(f" \n{text}\r\n".encode(), services=(SELECT,)).patient_id == "1288992"


def test_q1_the_hook_must_be_the_services():
    assert refusal(body(), service=SIGN) == ("hook", "this service answers order-sign")


def test_q2_a_hook_instance_need_not_be_a_uuid():
    assert decode(body(hookInstance="123456")).hook_instance == "123456"


def test_h_patient_id_spelled_as_a_reference_is_accepted():
    assert decode(with_context(patientId="Patient/1288992")).patient_id == "1288992"


def test_q7_q11_unknown_elements_and_extensions_of_any_form_are_ignored():
    value = body(extension="text", unknown=[1], fhirAuthorization=None, context_={"a": None})
    value["context"]["extension"] = [[{}]]
    value["context"]["draftOrders"]["extension"] = 3
    assert decode(value).patient_id == "1288992"


EHR = "https://ehr.example/fhir"
TOKEN = "eyJhbGciOi.J9_-~+/=="
"""A token's characters, all kinds of them."""


def authorized(server=EHR, **given):
    return body(fhirServer=server, fhirAuthorization={"access_token": TOKEN, **given})


@pytest.mark.parametrize(
    "given",
    [
        {"token_type": "Bearer", "expires_in": 300, "scope": "user/Patient.read user/Condition.read", "subject": "cds"},
        {"token_type": "bearer"},  # OAuth compares it without case
        {},  # A1 requires it, and there is but one
        {"patient": "1288992", "scope": "patient/Condition.rs"},  # A6: SMART v2
        {"patient": "Patient/1288992"},
        {"scope": "CONDITION.READ (R4) of an old kind", "expires_in": "soon"},  # A6: not read, so not refused
        {"patient": None, "token_type": None, "unknown": [1]},
    ],
)
def test_a1_a6_leave_to_read_the_record_is_taken(given):
    assert decode(authorized(**given)).fhir_authorization.access_token == TOKEN


@pytest.mark.parametrize("given", [None, {}])
def test_q4_no_leave_may_be_given(given):
    assert decode(body(fhirServer=EHR, fhirAuthorization=given)).fhir_authorization is None
    assert decode(body()).fhir_authorization is None


def test_a4_the_token_is_never_shown():
    request = decode(authorized())
    assert TOKEN not in repr(request)
    assert TOKEN not in str(request.fhir_authorization)


@pytest.mark.parametrize(
    ("value", "place", "problem"),
    [
        pytest.param(body(fhirAuthorization="x"), "fhirAuthorization", "expected an object", id="a-string"),
        pytest.param(authorized(access_token=None), "fhirAuthorization.access_token", "required", id="no-token"),
        pytest.param(authorized(access_token=""), "fhirAuthorization.access_token", "must not be empty", id="empty"),
        pytest.param(authorized(access_token=7), "fhirAuthorization.access_token", "expected a string", id="number"),
        pytest.param(
            authorized(access_token="a\r\nHost: b"),
            "fhirAuthorization.access_token",
            "must be a bearer token",
            id="line",
        ),
        pytest.param(
            authorized(access_token="a b"), "fhirAuthorization.access_token", "must be a bearer token", id="space"
        ),
        pytest.param(
            authorized(access_token="\u00e4"), "fhirAuthorization.access_token", "must be a bearer token", id="letter"
        ),
        pytest.param(authorized(token_type="mac"), "fhirAuthorization.token_type", "must be Bearer", id="mac"),
        pytest.param(authorized(token_type=["Bearer"]), "fhirAuthorization.token_type", "expected a string", id="type"),
        pytest.param(authorized(patient="1288993"), "fhirAuthorization.patient", "must be context.patientId", id="a2"),
        pytest.param(authorized(patient=1), "fhirAuthorization.patient", "expected a string", id="patient"),
        pytest.param(authorized(server=None), "fhirServer", "required", id="q3-no-server"),
        pytest.param(authorized(server="ehr.example"), "fhirServer", "must be an http(s) URL", id="q3-no-url"),
        pytest.param(authorized(server="file:///etc"), "fhirServer", "must be an http(s) URL", id="q3-file"),
    ],
)
def test_a1_a2_q3_leave_that_cannot_be_used_is_refused_without_its_content(value, place, problem):
    """The token might be another patient's, or part of a header of somebody's choice."""
    assert refusal(value) == (place, problem)


def test_q3_without_a_token_nobody_needs_the_server_to_be_a_url():
    assert decode(body(fhirServer="ehr.example")).fhir_server == "ehr.example"


def test_q9_nulls_where_nothing_is_required_are_absent():
    request = decode(
        {**with_context(encounterId=None), "prefetch": None, "fhirServer": None, "extension": None, "q": None}
    )
    assert (request.encounter_id, request.fhir_server, request.prefetch) == (None, None, {})


def test_r1_prefetch_may_be_absent():
    assert decode(body()).prefetch == {}


def test_r9_unknown_prefetch_keys_are_kept_out_of_nobodys_way():
    assert set(decode(body(prefetch={"item1": 7, "patient": None})).prefetch) == {"item1", "patient"}


@pytest.mark.parametrize(
    "drafts",
    [
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "entry": []},
        {"resourceType": "Bundle", "entry": None},
        {"resourceType": "Bundle", "type": "collection", "entry": []},
    ],
    ids=["no-entry", "no-entries", "null", "typed"],
)
def test_h6_epic_an_empty_bundle_has_no_drafts(drafts):
    request = decode(with_context(draftOrders=drafts))
    assert (request.drafts, request.unresolved_selections) == ((), ("ServiceRequest/order-1",))


@pytest.mark.parametrize(
    "name",
    [
        "ServiceRequest/order-1",
        "order-1",
        "https://ehr.example/fhir/ServiceRequest/order-1",
        "ServiceRequest/order-1/_history/2",
        " ServiceRequest/order-1 ",
    ],
)
def test_h6_a_selection_is_matched_however_it_is_spelled(name):
    request = decode(with_context(selections=[name]))
    assert (selected(request), request.unresolved_selections) == (["order-1"], ())


@pytest.mark.parametrize("id", ["0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "order-1"])
def test_h6_a_selection_by_urn_matches_the_full_url_or_the_id(id):
    urn = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    drafts = {"resourceType": "Bundle", "entry": [{"fullUrl": urn, "resource": order(id)}, {"resource": order("b")}]}
    assert selected(decode(with_context(selections=[urn], draftOrders=drafts))) == [id]


def test_h7_ids_are_not_measured():
    long = "x" * 200
    drafts = bundle(order(long))
    assert selected(decode(with_context(selections=[f"ServiceRequest/{long}"], draftOrders=drafts))) == [long]


def test_h2_only_what_is_selected_is_asked_about_the_rest_is_background():
    request = decode(with_context(selections=["ServiceRequest/order-2"]))
    assert [(draft.id, draft.selected) for draft in request.drafts] == [("order-1", False), ("order-2", True)]


def test_h6_when_no_selection_resolves_nothing_is_selected():
    request = decode(with_context(selections=["ServiceRequest/gone", "MedicationRequest/order-1"]))
    assert (selected(request), request.unresolved_selections) == (
        [],
        ("ServiceRequest/gone", "MedicationRequest/order-1"),
    )


@pytest.mark.parametrize("selections", [["x"], 7, None])
def test_h3_order_sign_asks_about_every_draft_and_has_no_selections(selections):
    value = with_context(selections=selections) | {"hook": "order-sign"}
    request = decode(value, service=SIGN)
    assert (selected(request), request.unresolved_selections) == (["order-1", "order-2"], ())


def test_peers_order_sign_without_selections_is_answered():
    value = without("context.selections") | {"hook": "order-sign"}
    assert selected(decode(value, service=SIGN)) == ["order-1", "order-2"]


def test_h4_h5_drafts_of_every_type_are_read():
    drafts = bundle(
        order(), {"resourceType": "MedicationRequest", "id": "m"}, {"resourceType": "ProcedureRequest", "id": "p"}
    )
    request = decode(with_context(draftOrders=drafts))
    assert [draft.resource_type for draft in request.drafts] == [
        "ServiceRequest",
        "MedicationRequest",
        "ProcedureRequest",
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        pytest.param("text", "expected an object", id="no-object"),
        pytest.param({}, "required", id="no-resource"),
        pytest.param({"resource": None}, "required", id="null"),
        pytest.param({"resource": []}, "expected an object", id="array"),
        pytest.param({"resource": {"id": "x"}}, "resourceType: required", id="no-type"),
        pytest.param({"resource": {"resourceType": "ServiceRequest"}}, "id: required", id="no-id"),
        pytest.param({"resource": order(7)}, "id: expected a string", id="id-number"),
        pytest.param({"fullUrl": 1, "resource": order()}, "expected a string", id="full-url-number"),
    ],
)
def test_a_draft_that_cannot_be_read_costs_only_itself(entry, problem):
    drafts = bundle(order())
    drafts["entry"].append(entry)
    request = decode(with_context(draftOrders=drafts))
    assert [draft.problem for draft in request.drafts] == [None, problem]
    assert selected(request) == ["order-1"]


def test_a_draft_that_comes_twice_counts_once():
    drafts = bundle(order(), order("order-2"), order())
    assert [draft.place for draft in decode(with_context(draftOrders=drafts)).drafts] == [
        "context.draftOrders.entry[0].resource",
        "context.draftOrders.entry[1].resource",
    ]


def test_of_drafts_that_share_an_id_none_can_be_told_from_the_others():
    """A card names its order by the id: it would be about any of them, and its suggestion would change any of them."""
    drafts = bundle(order(), order("order-2"), order(priority="stat"))
    request = decode(with_context(draftOrders=drafts))
    shared = "shares its id with another draft"
    assert [(draft.id, draft.selected, draft.problem) for draft in request.drafts] == [
        (None, True, shared),
        ("order-2", False, None),
        (None, True, shared),
    ]


@pytest.mark.parametrize(
    ("value", "problem"),
    [(b"1e999", "holds a value that cannot be read"), (b"[" * 500 + b"]" * 500, "nested too deeply")],
    ids=["number-out-of-range", "deep"],
)
def test_a_draft_that_could_not_be_copied_into_a_suggestion_has_a_problem(value, problem):
    text = json.dumps(with_context(draftOrders=bundle(order(x="VALUE")))).encode().replace(b'"VALUE"', value)
    assert [draft.problem for draft in decode_request(text, services=(SELECT,)).drafts] == [problem]


def test_a_long_flat_draft_is_no_deep_one():
    wide = order(reasonCode=[{"coding": [{"code": str(n)}]} for n in range(200)])
    assert decode(with_context(draftOrders=bundle(wide))).drafts[0].problem is None


@pytest.mark.parametrize(
    ("resource", "asked"),
    [
        ({"id": "order-9"}, True),
        ({"resourceType": "ServiceRequest"}, True),
        ({}, True),
        ({"id": "other"}, False),
        ({"resourceType": "MedicationRequest"}, False),
    ],
    ids=["its-id", "its-type", "nothing-known", "other-id", "other-type"],
)
def test_an_unreadable_draft_that_may_be_the_selected_one_is_asked_about(resource, asked):
    """A draft that fails must not look like nothing asked for."""
    request = decode(with_context(selections=["ServiceRequest/order-9"], draftOrders=bundle(resource)))
    assert [draft.selected for draft in request.drafts] == [asked]
    assert request.unresolved_selections == ("ServiceRequest/order-9",)


def test_a_resolved_selection_never_means_an_unreadable_draft_as_well():
    request = decode(with_context(draftOrders=bundle(order(), {"resourceType": "ServiceRequest"})))
    assert [draft.selected for draft in request.drafts] == [True, False]


SANDBOX = {
    "hookInstance": "6b6cb2b6-d5a4-4dc2-a3d5-d2b17b9b8d3c",
    "hook": "order-select",
    "fhirServer": "https://launch.smarthealthit.org/v/r4/fhir",
    "context": {
        "patientId": "p1",
        "userId": "Practitioner/COREPRACTITIONER1",
        "selections": ["ServiceRequest/example-request-id"],
        "draftOrders": {
            "resourceType": "Bundle",
            "entry": [
                {
                    "resource": {
                        "resourceType": "ServiceRequest",
                        "id": "example-request-id",
                        "status": "draft",
                        "intent": "plan",
                        "code": {"coding": [{}]},
                        "subject": {"reference": "Patient/p1"},
                        "reasonCode": [],
                    }
                }
            ],
        },
    },
    "prefetch": {"conditions": {"resourceType": "Bundle", "type": "searchset", "total": 0}},
}


def test_sandbox_the_body_sent_before_any_choice_is_read():
    """Section 3.2: no Bundle.type, `coding: [{}]`, `reasonCode: []`."""
    assert selected(decode(SANDBOX)) == ["example-request-id"]


def test_epic_the_body_with_a_practitioner_role_and_vendor_extensions_is_read():
    epic = copy.deepcopy(SANDBOX)
    epic["context"]["userId"] = "PractitionerRole/ePrn.-x"
    epic["context"]["selections"] = ["https://ehr.example/api/FHIR/R4/ServiceRequest/example-request-id"]
    epic["extension"] = {"com.epic.cdshooks.request.bpa-trigger-action": "18", "internal": [1, {"a": None}]}
    request = decode(epic)
    assert (request.user_id, selected(request)) == ("PractitionerRole/ePrn.-x", ["example-request-id"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PATHS = [
    ("hook",),
    ("hookInstance",),
    ("fhirServer",),
    ("fhirAuthorization",),
    ("prefetch",),
    ("context",),
    ("context", "patientId"),
    ("context", "userId"),
    ("context", "encounterId"),
    ("context", "selections"),
    ("context", "draftOrders"),
    ("context", "draftOrders", "entry"),
    ("context", "draftOrders", "entry", 0),
    ("context", "draftOrders", "entry", 0, "resource"),
    ("context", "draftOrders", "entry", 0, "resource", "id"),
]


def read_or_refused(text):
    for service in (SELECT, SIGN):
        with contextlib.suppress(BadRequest):
            assert isinstance(decode_request(text, services=(service,)), HookRequest)


@given(JSON)
def test_any_json_is_read_or_refused(value):
    read_or_refused(json.dumps(value).encode())


@given(st.sampled_from(PATHS), JSON)
def test_a_request_with_any_json_anywhere_is_read_or_refused(path, value):
    changed = body()
    owner = changed
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = value
    read_or_refused(json.dumps(changed).encode())


@given(st.binary(max_size=60), st.integers(0, 400))
def test_any_bytes_are_read_or_refused(noise, at):
    text = json.dumps(body()).encode()
    read_or_refused(noise)
    read_or_refused(text[:at] + noise + text[at:])


# --- more than anybody orders -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "place", "problem"),
    [
        (with_context(selections=["x"] * (MOST + 1)), "context.selections", f"more than {MOST} selections"),
        (
            with_context(draftOrders=bundle(*[order()] * (MOST + 1))),
            "context.draftOrders.entry",
            f"more than {MOST} entries",
        ),
    ],
    ids=["selections", "drafts"],
)
def test_a_request_of_more_than_anybody_orders_is_refused(value, place, problem):
    """Before anything of it is read: the time of an answer is bounded."""
    assert refusal(value) == (place, problem)


def test_and_as_many_as_that_are_taken():
    request = decode(with_context(selections=["x"] * MOST, draftOrders=bundle(*(order(f"o{n}") for n in range(MOST)))))
    assert len(request.drafts) == MOST
