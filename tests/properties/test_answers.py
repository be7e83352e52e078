"""What must hold of every answer, whatever the patient: checked by changing the scenarios at random.

Each property says what may be done to a record without harm, or what no change may ever bring about: a warning.
"""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.parent.name for path in (ROOT / "fixtures").glob("*/request.json"))
ICD, SCT = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
Json = dict[str, Any]

# The same examples in every run; PROPERTY_EXAMPLES=5000 looks further, at other ones each time.
LOOKING_FURTHER = "PROPERTY_EXAMPLES" in os.environ
every = settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "60")),
    derandomize=not LOOKING_FURTHER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
wider = settings(every, max_examples=every.max_examples * 3)
scenarios = st.sampled_from(NAMES)


def verdicts(answer: Json) -> list[tuple[Any, ...]]:
    """What was decided, without ids and evidence."""
    told = answer.get("extension", {}).get("cds-service.assessments", [])
    return [
        (
            each["order"],
            each["outcome"],
            each.get("category"),
            each.get("score"),
            sorted((variant["id"], variant["state"]) for variant in each.get("variants", [])),
            sorted(each.get("missing", [])),
        )
        for each in told
    ]


def warned(answer: Json) -> set[str]:
    """The orders that a card warns of."""
    return {
        reference["reference"]
        for card in answer["cards"]
        if card["indicator"] == "warning"
        for reference in card["extension"]["davinci-crd.associated-resource"]
    }


def bundles(request: Json) -> dict[str, Json]:
    """The prefetched search results that hold entries."""
    held = request.get("prefetch") or {}
    return {
        key: value
        for key, value in held.items()
        if isinstance(value, dict) and value.get("resourceType") == "Bundle" and value.get("entry")
    }


def add(request: Json, key: str, resource: Json) -> None:
    """One more resource of the patient, as an EHR would send it."""
    owner = "patient" if key == "allergies" else "subject"
    resource = {**resource, owner: {"reference": f"Patient/{request['context']['patientId']}"}}
    value = (request.get("prefetch") or {}).get(key)
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        value = {"resourceType": "Bundle", "type": "searchset", "total": 0}
        request.setdefault("prefetch", {})[key] = value
    value["entry"] = [*value.get("entry", []), {"resource": resource}]
    if isinstance(value.get("total"), int):
        value["total"] += 1


# --- what makes no difference -----------------------------------------------------------------------------------------
@every
@given(name=scenarios, chance=st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(service, requests, name, chance):
    """Servers sort as they like."""
    request = copy.deepcopy(requests[name])
    for bundle in bundles(request).values():
        chance.shuffle(bundle["entry"])
    assert verdicts(service.answer(request)) == verdicts(service.answer(requests[name]))


UNRELATED = (
    ("conditions", {"resourceType": "Condition", "code": {"coding": [{"system": ICD, "code": "I10"}]}}),
    ("conditions", {"resourceType": "Condition", "code": {"coding": [{"system": ICD, "code": "E11.9"}]}}),
    (
        "observations",
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {
                "coding": [{"system": "http://loinc.org", "code": "8480-6", "display": "Systolic blood pressure"}]
            },
            "valueQuantity": {"value": 120, "unit": "mmHg"},
            "effectiveDateTime": "2026-11-01",
        },
    ),
    (
        "medicationRequests",
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "lisinopril 10 mg"},
            "authoredOn": "2026-01-10",
        },
    ),
    (
        "procedures",
        {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"text": "Cataract surgery"},
            "performedDateTime": "2019-05-02",
        },
    ),
    (
        "diagnosticReports",
        {
            "resourceType": "DiagnosticReport",
            "status": "final",
            "code": {"text": "Diabetic eye examination"},
            "conclusion": "No retinopathy.",
            "effectiveDateTime": "2026-06-01",
        },
    ),
)


@every
@given(name=scenarios, added=st.lists(st.sampled_from(UNRELATED), min_size=1, max_size=4))
def test_an_unrelated_record_changes_nothing(service, requests, name, added):
    """High blood pressure, diabetes and cataracts say nothing of a breast cancer."""
    request = copy.deepcopy(requests[name])
    held = request.get("prefetch") or {}
    for number, (key, resource) in enumerate(added):
        if key in held and (key in bundles(request) or not (held[key] or {}).get("issue")):
            add(request, key, {**resource, "id": f"unrelated-{number}"})
    assert verdicts(service.answer(request)) == verdicts(service.answer(requests[name]))


@every
@given(
    name=scenarios,
    key=st.text("abcxyz", min_size=1),
    value=st.recursive(st.none() | st.text() | st.integers(), st.lists),
)
def test_what_nobody_asked_for_changes_nothing(service, requests, name, key, value):
    """Unknown members, in the envelope, the context, the prefetch and the order."""
    request = copy.deepcopy(requests[name])
    request[f"x-{key}"] = value
    request["context"][f"x-{key}"] = value
    request.setdefault("prefetch", {})[f"x-{key}"] = value
    for entry in request["context"]["draftOrders"]["entry"]:
        entry.setdefault("resource", {})[f"x-{key}"] = value
    assert verdicts(service.answer(request)) == verdicts(service.answer(requests[name]))


# --- what never brings about a warning --------------------------------------------------------------------------------
FAILURES = (
    {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]},
    {"resourceType": "Bundle", "type": "searchset", "total": 7},
    {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": "https://e.example/p2"}]},
    {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": {"resourceType": 7}}]},
    "not a resource",
    17,
)


@every
@given(name=scenarios, which=st.integers(0, 8), failure=st.sampled_from(FAILURES))
def test_a_part_that_failed_never_brings_a_warning(service, requests, name, which, failure):
    """Unknown data may hold what would silence the warning."""
    request = copy.deepcopy(requests[name])
    keys = sorted(request.get("prefetch") or {})
    assume(keys)
    before = warned(service.answer(request))
    request["prefetch"][keys[which % len(keys)]] = failure
    assert warned(service.answer(request)) <= before


@every
@given(name=scenarios, chance=st.randoms(use_true_random=False), total=st.booleans())
def test_a_page_that_was_cut_never_brings_a_warning(service, requests, name, chance, total):
    """Entries are missing, and the Bundle says so: by its total, or by a next page."""
    request = copy.deepcopy(requests[name])
    found = bundles(request)
    assume(found)
    before = warned(service.answer(request))
    bundle = found[chance.choice(sorted(found))]
    entries = bundle["entry"]
    bundle["entry"] = chance.sample(entries, chance.randrange(len(entries)))
    if total:
        bundle["total"] = len(entries)
    else:
        bundle.pop("total", None)
        bundle["link"] = [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]
    assert warned(service.answer(request)) <= before


@every
@given(name=scenarios, chance=st.randoms(use_true_random=False), broken=st.sampled_from([7, None, "x", {}, [], [{}]]))
def test_an_entry_that_cannot_be_read_never_brings_a_warning(service, requests, name, chance, broken):
    """It may have been the symptom."""
    request = copy.deepcopy(requests[name])
    found = bundles(request)
    assume(found)
    before = warned(service.answer(request))
    bundle = found[chance.choice(sorted(found))]
    chance.choice(bundle["entry"])["resource"] = broken
    assert warned(service.answer(request)) <= before


SUSPICIONS = (
    {"coding": [{"system": ICD, "code": "M54.6"}], "text": "New thoracic back pain"},
    {"coding": [{"system": SCT, "code": "12584003", "display": "Bone pain"}]},
    {"coding": [{"system": ICD, "code": "R51.9"}], "text": "Headache"},
    {"coding": [{"system": ICD, "code": "C79.51"}]},
    {"coding": [{"system": ICD, "code": "R94.5"}]},
    {"text": "persistent dyspnea"},
    {"text": "jaundice"},
    {"text": "seizure"},
    {"text": "liver lesion on ultrasound"},
)


@every
@given(name=scenarios, concept=st.sampled_from(SUSPICIONS))
def test_a_symptom_or_metastasis_never_brings_a_warning(service, requests, name, concept):
    """And where the study is of the whole body, there is none left."""
    request = copy.deepcopy(requests[name])
    assume("conditions" in bundles(request))
    before = service.answer(request)
    active = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    found = {"resourceType": "Condition", "id": "new", "clinicalStatus": active, "code": concept}
    add(request, "conditions", {**found, "onsetDateTime": "2026-11-10"})
    after = service.answer(request)
    assert warned(after) <= warned(before)
    systemic = {"fdg-pet-ct", "bone-scan", "ct-chest-abdomen-pelvis-with-contrast"}
    told = after.get("extension", {}).get("cds-service.assessments", [])
    assert not warned(after) & {each["order"] for each in told if each.get("procedure") in systemic}


@every
@given(
    name=scenarios, words=st.sampled_from(["new bone pain", "jaundice", "headaches x 2 wks", "SOB", "elevated LFTs"])
)
def test_a_symptom_in_the_reason_never_brings_a_warning(service, requests, name, words):
    request = copy.deepcopy(requests[name])
    before = warned(service.answer(request))
    for entry in request["context"]["draftOrders"]["entry"]:
        if entry.get("resource", {}).get("resourceType") == "ServiceRequest":
            reasons = entry["resource"].get("reasonCode")
            entry["resource"]["reasonCode"] = [*(reasons if isinstance(reasons, list) else []), {"text": words}]
    assert warned(service.answer(request)) <= before


# --- what was promised is kept ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", NAMES)
def test_a_suggested_order_is_rated_as_promised(service, requests, name):
    """Picked, it comes back: with the category its button named, and never with a warning."""
    for card in service.answer(requests[name])["cards"]:
        for suggestion in card.get("suggestions", []):
            applied = _applied(requests[name], suggestion["actions"])
            if applied is None:
                continue
            answer = service.answer(applied)
            changed = [each["resource"]["id"] for each in suggestion["actions"] if each["type"] == "update"]
            told = {each["order"]: each for each in answer.get("extension", {}).get("cds-service.assessments", [])}
            for id in changed:
                assert f"ServiceRequest/{id}" not in warned(answer), suggestion["label"]
                promised = suggestion["label"].partition(": ")[2].partition(" (")[0].replace(" ", "-")
                if promised in ("usually-appropriate", "may-be-appropriate"):
                    assert told[f"ServiceRequest/{id}"].get("category") == promised, suggestion["label"]


def _applied(request: Json, actions: list[Json]) -> Json | None:
    """The request after its actions, as an EHR sends it; None where no order is left to judge."""
    after = copy.deepcopy(request)
    drafts = after["context"]["draftOrders"]["entry"]
    for action in actions:
        target = action["resource"]["id"] if "resource" in action else action["resourceId"].rpartition("/")[2]
        at = next(index for index, each in enumerate(drafts) if each["resource"]["id"] == target)
        if action["type"] == "update":
            drafts[at]["resource"] = action["resource"]
        else:
            del drafts[at]
    left = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in drafts}
    if "selections" in after["context"]:
        after["context"]["selections"] = [each for each in after["context"]["selections"] if each in left]
    return after if drafts and after["context"].get("selections", True) else None


# --- anything at all --------------------------------------------------------------------------------------------------
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@wider
@given(value=anything, service_name=st.sampled_from(["order-select", "order-sign"]))
def test_any_json_gets_an_answer_or_a_refusal(service, value, service_name):
    """Never a 500, never a traceback."""
    assert service.send(service_name, json.dumps(value).encode()).status_code in (200, 400)


@wider
@given(name=scenarios, path=st.integers(0, 10_000), value=anything)
def test_any_value_in_any_place_gets_an_answer_or_a_refusal(service, requests, name, path, value):
    """A request of which one value is anything else."""
    request = copy.deepcopy(requests[name])
    places = list(_places(request))
    holder, key = places[path % len(places)]
    holder[key] = value
    hook = requests[name]["hook"]
    given_back = service.send(hook, json.dumps(request).encode())
    assert given_back.status_code in (200, 400, 412), given_back.get_data(as_text=True)


def _places(value: Any) -> Any:
    """Every member and item, with what holds it."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in held:
        yield value, key
        yield from _places(inner)
