"""What every shape of a prefetch value becomes (cds-hooks.md R1-R11, section 5.1; ids of rows in the test names)."""

import json
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.record import read_record
from cds_service.fhir.resources import Patient
from cds_service.fhir.retrieved import KeyState, Record, Unreadable

EMPTY, ERROR, NOT_RUN, OK, PARTIAL = (
    KeyState.EMPTY,
    KeyState.ERROR,
    KeyState.NOT_RUN,
    KeyState.OK,
    KeyState.PARTIAL,
)
SECRET = "Jane Roe"
NOT_ALL = Unreadable(place="prefetch.conditions", reason="not all is here")
ASKING_FAILED = Unreadable(place="prefetch.conditions", reason="asking failed")

# Our key, the FHIR type it holds, the field of Record it fills, and the element that names the patient.
KEYS = [
    ("conditions", "Condition", "conditions", "subject"),
    ("observations", "Observation", "observations", "subject"),
    ("procedures", "Procedure", "procedures", "subject"),
    ("medicationRequests", "MedicationRequest", "medication_requests", "subject"),
    ("medicationAdministrations", "MedicationAdministration", "medication_administrations", "subject"),
    ("carePlans", "CarePlan", "care_plans", "subject"),
    ("diagnosticReports", "DiagnosticReport", "diagnostic_reports", "subject"),
    ("allergies", "AllergyIntolerance", "allergies", "patient"),
]


def raw(value):
    return msgspec.Raw(json.dumps(value).encode())


def read(patient_id="p1", aliases=None, **prefetch):
    values = {key: raw(value) for key, value in prefetch.items()}
    return read_record(values, patient_id=patient_id, **({"aliases": aliases} if aliases else {}))


def conditions(value):
    """State, ids and faults of the key `conditions` with this value."""
    record = read(conditions=value)
    return record.states["conditions"], [condition.id for condition in record.conditions], record.unreadable


def condition(id="c1", **more):
    return {"resourceType": "Condition", "id": id, "subject": {"reference": "Patient/p1"}, **more}


def bundle(*resources, **more):
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def outcome(severity, code="processing", text=SECRET):
    issue = {"severity": severity, "code": code, "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def verified(code):
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": code}]}


def test_r1_r5_a_key_that_was_not_sent_was_not_run():
    record = read()
    assert set(record.states) == {"patient", *(key for key, *_ in KEYS)}
    assert set(record.states.values()) == {NOT_RUN}
    assert record.not_supplied("conditions")


@pytest.mark.parametrize(("key", "resource_type", "field", "who"), KEYS, ids=[row[0] for row in KEYS])
def test_r7_every_key_is_read_into_its_field(key, resource_type, field, who):
    resource = {"resourceType": resource_type, "id": "x", who: {"reference": "Patient/p1"}}
    record = read(**{key: bundle(resource)})
    assert (record.states[key], [found.id for found in getattr(record, field)]) == (OK, ["x"])


@pytest.mark.parametrize(("key", "resource_type", "field", "who"), KEYS, ids=[row[0] for row in KEYS])
def test_r11_another_patients_resource_is_dropped_and_named_in_every_key(key, resource_type, field, who):
    resource = {"resourceType": resource_type, "id": "x", who: {"reference": "Patient/p2"}}
    record = read(**{key: bundle(resource)})
    assert (record.states[key], getattr(record, field)) == (PARTIAL, ())
    assert record.unreadable == (
        Unreadable(place=f"prefetch.{key}.entry[0].resource", reason="belongs to another patient"),
    )


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="r4-null"),
        pytest.param({"resourceType": "Bundle", "type": "searchset", "total": 0}, id="r7-no-entry"),
        pytest.param(bundle(), id="no-entries"),
        pytest.param(bundle() | {"entry": None, "total": None, "link": None, "type": None}, id="nulls"),
        pytest.param([], id="empty-array"),
        pytest.param(
            bundle(outcome("warning"), total=0)
            | {"entry": [{"search": {"mode": "outcome"}, "resource": outcome("warning")}]},
            id="5.1-epic-no-results",
        ),
        pytest.param(bundle(outcome("information", "informational"), total=0), id="no-match-information"),
        pytest.param(bundle(outcome("warning", "not-found"), total=0), id="not-found"),
        pytest.param(outcome("information"), id="outcome-itself"),
    ],
)
def test_a_key_with_nothing_in_it_is_empty(value):
    assert conditions(value) == (EMPTY, [], ())


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(condition(), id="r7-resource-itself"),
        pytest.param(bundle(condition()), id="r7-searchset"),
        pytest.param(bundle(condition(), total=1), id="total"),
        pytest.param(bundle(condition(), type="collection"), id="r7-collection"),
        pytest.param(bundle(condition(), type=None), id="no-type"),
        pytest.param([condition()], id="array"),
        pytest.param(bundle(condition(), outcome("warning")), id="with-a-warning"),
        pytest.param(bundle(condition(), {"resourceType": "Encounter", "id": "e"}), id="with-an-include"),
        pytest.param(bundle(condition(), link=[{"relation": "self", "url": "x"}]), id="self-link"),
    ],
)
def test_a_key_read_whole_is_ok(value):
    assert conditions(value) == (OK, ["c1"], ())


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(bundle(condition(), link=[{"relation": "next", "url": "x"}]), id="r8-next-page"),
        pytest.param(bundle(condition(), total=2), id="r8-total-above-what-came"),
        pytest.param(bundle(condition(), outcome("error")), id="r6-with-an-error"),
        pytest.param(bundle(condition(), outcome("fatal")), id="r6-with-a-fatal-error"),
        pytest.param(bundle(condition(), outcome("warning", "suppressed")), id="something-suppressed"),
        pytest.param(bundle(condition(), outcome("information", "incomplete")), id="incomplete"),
        pytest.param(bundle(condition(), {"resourceType": "OperationOutcome"}), id="outcome-that-says-nothing"),
        pytest.param(bundle(condition(), {"resourceType": "OperationOutcome", "issue": 7}), id="outcome-unreadable"),
    ],
)
def test_a_key_of_which_part_is_missing_is_partial(value):
    """And named, so that whoever reads the card knows what was not seen."""
    assert conditions(value) in [(PARTIAL, ["c1"], (each,)) for each in (NOT_ALL, ASKING_FAILED)]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(outcome("error"), id="r6-outcome-itself"),
        pytest.param(outcome("fatal"), id="r6-fatal"),
        pytest.param({"resourceType": "OperationOutcome", "issue": []}, id="outcome-without-issue"),
        pytest.param(bundle(outcome("error", "forbidden")), id="r6-outcome-alone-in-a-bundle"),
        pytest.param(outcome("warning", "timeout"), id="timeout-called-a-warning"),
    ],
)
def test_peers_a_failure_told_by_an_outcome_is_an_error_and_not_emptiness(value):
    assert conditions(value) == (ERROR, [], (ASKING_FAILED,))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param("text", "expected object", id="string"),
        pytest.param(7, "expected object", id="number"),
        pytest.param(True, "expected object", id="boolean"),
        pytest.param({}, "resourceType: required", id="untyped"),
        pytest.param({"resourceType": 1}, "resourceType: expected string", id="type-number"),
        pytest.param({"resourceType": "Patient", "id": "p1"}, "holds no Condition", id="another-type"),
        pytest.param(bundle({"resourceType": "Observation", "id": "o"}), "holds no Condition", id="only-another-type"),
        pytest.param({"resourceType": "Bundle", "entry": {}}, "entry: expected array", id="entry-object"),
        pytest.param(condition(onsetDateTime=1), "onsetDateTime: expected string", id="unreadable"),
        pytest.param(condition(subject={"reference": "Patient/p2"}), "belongs to another patient", id="foreign"),
    ],
)
def test_a_value_that_is_of_no_use_is_an_error_with_its_reason(value, reason):
    assert conditions(value) == (ERROR, [], (Unreadable(place="prefetch.conditions", reason=reason),))


@pytest.mark.parametrize("kind", ["history", "transaction-response", 7])
def test_a_bundle_that_answers_no_search_is_an_error(kind):
    state, found, unreadable = conditions(bundle(condition(), type=kind))
    assert (state, found, len(unreadable)) == (ERROR, [], 1)


TWICE = (condition(code={"text": "x"}), condition(code={"text": "x"}, meta={"versionId": "2"}))
SAYS_ELSE = condition(code={"text": "y"})


@pytest.mark.parametrize("beside", [(), (outcome("warning"),)], ids=["alone", "beside a warning"])
def test_a_resource_that_comes_twice_as_it_was_is_one(beside):
    """A join that multiplies rows, or two versions of which only `meta` differs: no contradiction, nothing missing."""
    value = bundle(*TWICE, condition("c2"), *beside, total=3)
    assert conditions(value) == (OK, ["c1", "c2"], ())


@pytest.mark.parametrize("resources", [(TWICE[0], SAYS_ELSE), (*TWICE, SAYS_ELSE)])
def test_of_two_contents_under_one_id_none_is_taken(resources):
    """Nobody knows which holds; the rest of the key is read, and is not whole."""
    state, found, unreadable = conditions(bundle(*resources, condition("c2"), total=len(resources) + 1))
    assert (state, found) == (PARTIAL, ["c2"])
    places = [0, len(resources) - 1]
    assert [each.place for each in unreadable] == [f"prefetch.conditions.entry[{at}].resource" for at in places]


def test_one_that_was_entered_in_error_and_was_not_is_in_doubt():
    refuted = condition(verificationStatus=verified("refuted"))
    assert conditions(bundle(condition(), refuted))[:2] == (PARTIAL, [])


def test_a_total_without_entries_is_not_emptiness():
    assert conditions({"resourceType": "Bundle", "type": "searchset", "total": 12}) == (PARTIAL, [], (NOT_ALL,))


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        pytest.param(condition("bad", onsetDateTime=1), "onsetDateTime: expected string", id="wrong-type"),
        pytest.param(condition("bad", stage=[{"summary": SECRET}]), "stage[0].summary: expected object", id="nested"),
        pytest.param(
            condition("bad", code={"coding": [{"code": 1}]}), "code.coding[0].code: expected string", id="code"
        ),
        pytest.param(condition("bad", note={"text": SECRET}), "note: expected array", id="object-for-array"),
        pytest.param({"id": "bad"}, "resourceType: required", id="untyped"),
        pytest.param("text", "resourceType: required", id="text"),
        pytest.param(None, "required", id="null"),
    ],
)
def test_one_bad_entry_costs_only_itself(resource, reason):
    state, found, unreadable = conditions(bundle(condition("c1"), resource, condition("c3")))
    assert (state, found) == (PARTIAL, ["c1", "c3"])
    assert unreadable == (Unreadable(place="prefetch.conditions.entry[1].resource", reason=reason),)


MODIFIER = [{"url": "http://example.org/negated", "valueBoolean": True}]


@pytest.mark.parametrize(("key", "resource_type", "field", "who"), KEYS, ids=[row[0] for row in KEYS])
@pytest.mark.parametrize(
    "modified",
    [
        {"modifierExtension": MODIFIER},
        {"note": [{"text": "x"}], "modifierExtension": [None, *MODIFIER]},
        {"stage": [{"modifierExtension": MODIFIER}]},
        {"contained": [{"resourceType": "Medication", "modifierExtension": MODIFIER}]},
        {"modifierExtension": {"url": "no list"}},
    ],
)
def test_what_an_extension_may_turn_into_something_else_is_not_read(modified, key, resource_type, field, who):
    """FHIR: what a modifier extension stands on must not be processed by who does not know it; we know none."""
    resources = [{"resourceType": resource_type, "id": id, who: {"reference": "Patient/p1"}} for id in ("a", "b")]
    record = read(**{key: bundle(resources[0], {**resources[1], **modified})})
    assert (record.states[key], [each.id for each in getattr(record, field)]) == (PARTIAL, ["a"])
    place, reason = f"prefetch.{key}.entry[1].resource", "modifierExtension: not understood"
    assert record.unreadable == (Unreadable(place=place, reason=reason),)


@pytest.mark.parametrize(
    "before", ["x" * 5000, "E" * 5000, "An Extension. " * 5, "E" + "x" * 5000 + "modifierE"], ids=lambda text: text[:9]
)
def test_a_modifier_extension_is_found_whatever_stands_before_it(before):
    modified = condition("c2", note=[{"text": before}], modifierExtension=MODIFIER)
    assert conditions(bundle(condition(), modified))[:2] == (PARTIAL, ["c1"])


@pytest.mark.parametrize("nothing", [None, []])
def test_a_modifier_extension_of_nothing_modifies_nothing(nothing):
    assert conditions(bundle(condition(modifierExtension=nothing))) == (OK, ["c1"], ())


@pytest.mark.parametrize("entry", ["text", 7, None, [], {}, {"response": {"status": "200"}}])
def test_an_entry_without_a_resource_costs_only_itself(entry):
    value = bundle(condition())
    value["entry"].append(entry)
    assert conditions(value) == (
        PARTIAL,
        ["c1"],
        (Unreadable(place="prefetch.conditions.entry[1].resource", reason="required"),),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"resourceType":"Condition","recordedDate":"\\ud800"}', "not JSON"),
        (b'{"resourceType":"Condition","recordedDate":"\xff"}', "not JSON"),
        (b'{"resourceType":"Condition","extension":' + b'[{"extension":' * 5000 + b"[]" + b"}]" * 5000 + b"}", ""),
    ],
    ids=["lone-surrogate", "invalid-utf-8", "deep"],
)
def test_bytes_that_are_no_json_are_an_error_and_never_an_exception(text, reason):
    record = read_record({"conditions": msgspec.Raw(text)}, patient_id="p1")
    assert record.states["conditions"] is ERROR
    assert reason in record.unreadable[0].reason


def test_an_item_of_an_array_is_named_by_its_place():
    assert conditions([condition(), condition(id=7)])[2] == (
        Unreadable(place="prefetch.conditions[1]", reason="id: expected string"),
    )


@pytest.mark.parametrize(
    "nulls",
    [
        {"note": None, "stage": None},
        {"bodySite": [None], "onsetDateTime": None},
        {"code": {"coding": [None, {"code": None, "display": "x"}]}},
        {"meta": {"profile": [None, "x"]}, "_onsetDateTime": {"extension": None}},
    ],
    ids=["arrays", "items", "deep", "aligned"],
)
def test_q9_nulls_in_a_resource_are_absent(nulls):
    assert conditions(bundle(condition(**nulls))) == (OK, ["c1"], ())


def test_what_is_wrong_beside_a_null_is_still_named():
    assert conditions(condition(note=None, recordedDate=1))[2][0].reason == "recordedDate: expected string"


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/p1",
        "https://ehr.example/fhir/R4/Patient/p1",
        "Patient/p1/_history/3",
        "https://ehr.example/fhir/Patient/p1/_history/3",
        "urn:uuid:p1",
        "p1",
        " Patient/p1 ",
    ],
)
def test_r10_a_subject_is_the_patient_however_it_is_spelled(reference):
    assert conditions(bundle(condition(subject={"reference": reference}))) == (OK, ["c1"], ())


@pytest.mark.parametrize("subject", [None, {}, {"display": "x"}, {"identifier": {"value": "1"}}])
def test_a_resource_without_a_reference_to_its_subject_came_for_the_patient(subject):
    assert conditions(bundle(condition(subject=subject))) == (OK, ["c1"], ())


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("Patient/p2", "belongs to another patient"),
        ("Patient/p11", "belongs to another patient"),
        ("Patient/P1", "belongs to another patient"),
        ("Group/p1", "belongs to another patient"),
        ("https://ehr.example/fhir/Patient/p2", "belongs to another patient"),
        ("urn:uuid:p2", "belongs to another patient"),
        ("", "belongs to another patient"),
        ("#patient", "the subject is a contained resource"),
    ],
)
def test_r11_a_resource_that_is_not_known_to_be_the_patients_is_dropped(reference, reason):
    state, found, unreadable = conditions(bundle(condition("c1"), condition("bad", subject={"reference": reference})))
    assert (state, found, unreadable[0].reason) == (PARTIAL, ["c1"], reason)


@pytest.mark.parametrize(
    ("key", "resource"),
    [
        ("conditions", condition(verificationStatus=verified("entered-in-error"))),
        ("conditions", condition(verificationStatus=verified("refuted"))),
        ("allergies", {"resourceType": "AllergyIntolerance", "verificationStatus": verified("refuted")}),
        ("allergies", {"resourceType": "AllergyIntolerance", "verificationStatus": verified("entered-in-error")}),
        ("observations", {"resourceType": "Observation", "status": "entered-in-error"}),
        ("procedures", {"resourceType": "Procedure", "status": "entered-in-error"}),
        ("medicationRequests", {"resourceType": "MedicationRequest", "status": "entered-in-error"}),
        ("medicationAdministrations", {"resourceType": "MedicationAdministration", "status": "entered-in-error"}),
        ("carePlans", {"resourceType": "CarePlan", "status": "entered-in-error"}),
        ("diagnosticReports", {"resourceType": "DiagnosticReport", "status": "entered-in-error"}),
    ],
)
def test_what_was_entered_in_error_or_refuted_does_not_exist(key, resource):
    record = read(**{key: bundle(resource, total=1)})
    field = next(row[2] for row in KEYS if row[0] == key)
    assert (record.states[key], getattr(record, field), record.unreadable) == (OK, (), ())


@pytest.mark.parametrize(
    ("status", "existing", "why"),
    [
        ({"text": "Refuted"}, False, "in words alone"),
        ({"text": "Entered in Error"}, False, "as the display of the code is written"),
        ({"coding": [{"display": "Entered in Error"}]}, False, "a display alone"),
        ({"coding": [{"code": " refuted "}], "text": "Widerlegt"}, False, "by its code, whatever the words"),
        ({"coding": [{"code": "confirmed"}], "text": "Refuted"}, True, "it contradicts itself: nobody knows"),
        ({"coding": [{"code": "xyz"}]}, True, "a status that nobody knows denies nothing"),
        ({"text": " "}, True, "nothing is said"),
    ],
)
def test_a_verification_in_words_counts(status, existing, why):
    state, found, _ = conditions(bundle(condition(verificationStatus=status), total=1))
    assert (state, bool(found)) == (OK, existing), why


@pytest.mark.parametrize("code", ["confirmed", "provisional", "differential", "unconfirmed"])
def test_what_is_merely_uncertain_exists(code):
    assert conditions(bundle(condition(verificationStatus=verified(code)))) == (OK, ["c1"], ())


def test_another_patients_resource_is_named_even_when_it_was_entered_in_error():
    mistaken = condition(subject={"reference": "Patient/p2"}, verificationStatus=verified("entered-in-error"))
    assert conditions(bundle(mistaken))[0] is PARTIAL


PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1970-01-01", "gender": "female"}


@pytest.mark.parametrize("value", [PATIENT, bundle(PATIENT), bundle(PATIENT, type="collection"), [PATIENT]])
def test_r7_the_patient_is_read_alone_or_from_a_bundle(value):
    record = read(patient=value)
    assert (record.states["patient"], record.patient) == (
        OK,
        Patient(id="p1", birth_date="1970-01-01", gender="female"),
    )


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({**PATIENT, "id": "p2"}, id="another"),
        pytest.param({"resourceType": "Patient"}, id="no-id"),
        pytest.param(bundle({**PATIENT, "id": "p2"}), id="another-in-a-bundle"),
        pytest.param(bundle(PATIENT, {**PATIENT, "id": "p2"}), id="another-beside-the-right-one"),
        pytest.param({**PATIENT, "birthDate": 1970}, id="unreadable"),
        pytest.param(outcome("error"), id="outcome"),
        pytest.param({"resourceType": "Practitioner", "id": "p1"}, id="no-patient"),
    ],
)
def test_r11_a_patient_who_is_not_surely_the_right_one_is_an_error(value):
    record = read(patient=value)
    assert (record.states["patient"], record.patient) == (ERROR, None)


def test_r4_a_null_patient_is_empty():
    record = read(patient=None)
    assert (record.states["patient"], record.patient) == (EMPTY, None)


def test_epic_a_key_by_another_name_is_read_and_our_own_name_counts_first():
    aliases = {"problems": "conditions"}
    assert [c.id for c in read(aliases=aliases, problems=bundle(condition("a"))).conditions] == ["a"]
    both = read(aliases=aliases, problems=bundle(condition("a")), conditions=bundle(condition("b")))
    assert [c.id for c in both.conditions] == ["b"]


def test_r9_keys_that_are_not_ours_are_ignored():
    record = read(item1="anything", conditions=bundle(condition()))
    assert (record.states["conditions"], record.unreadable) == (OK, ())


def test_one_key_that_fails_leaves_the_others_alone():
    record = read(conditions=bundle(condition()), observations=outcome("error"), procedures="text")
    assert [record.states[key] for key in ("conditions", "observations", "procedures")] == [OK, ERROR, ERROR]


def test_no_fault_ever_quotes_the_record():
    record = read(
        conditions=bundle({"resourceType": SECRET}, condition(clinicalStatus=SECRET), condition(id=[SECRET])),
        observations=outcome("error"),
        procedures=SECRET,
        patient={"resourceType": SECRET, "id": SECRET},
    )
    assert len(record.unreadable) == 5
    assert SECRET not in repr(record)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = ["resourceType", "type", "entry", "link", "total", "issue", "resource", "subject", "verificationStatus", "code"]


@given(st.sampled_from([row[0] for row in KEYS] + ["patient"]), JSON)
def test_any_json_gives_a_record(key, value):
    assert isinstance(read(**{key: value}), Record)


@given(st.sampled_from(NAMES), JSON)
def test_any_json_anywhere_in_a_bundle_gives_a_record(name, value):
    for changed in (
        bundle(condition()) | {name: value},
        bundle(condition() | {name: value}),
        bundle(outcome("error") | {name: value}),
        {"resourceType": "Bundle", "entry": [{"resource": condition(), name: value}]},
    ):
        assert isinstance(read(conditions=changed), Record)


@given(JSON)
def test_a_conditions_key_that_holds_no_condition_never_counts_as_read_whole_unless_empty(value):
    """A failure never looks like an empty answer: only null, an empty list or an empty Bundle is emptiness."""
    if value not in (None, []):
        assert not read(conditions=value).whole("conditions")


def test_cost_grows_with_the_record_and_no_faster():
    def seconds(size):
        value = raw(bundle(*(condition(str(n), code={"coding": [{"code": "x"}]}) for n in range(size))))
        started = time.perf_counter()
        assert len(read_record({"conditions": value}, patient_id="p1").conditions) == size
        return time.perf_counter() - started

    small, large = (min(seconds(size) for _ in range(5)) for size in (200, 2000))
    assert large < 40 * small
