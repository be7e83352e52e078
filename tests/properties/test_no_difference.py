"""What may be done to a record without changing what is decided."""

import copy
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.conftest import patients
from tests.support.changes import COHORT, add, bundles, copied, drafts, every, scenarios, verdicts, wider
from tests.support.make_fixtures import request as request_of

ICD, SCT, LOINC = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct", "http://loinc.org"


def _condition(system, code, display, onset="2015-03-02"):
    coded = {"coding": [{"system": system, "code": code, "display": display}], "text": display}
    return "conditions", {"resourceType": "Condition", "code": coded, "onsetDateTime": onset}


def _observation(code, display, value, unit, **more):
    coded = {"coding": [{"system": LOINC, "code": code, "display": display}]}
    made = {"resourceType": "Observation", "status": "final", "code": coded, "effectiveDateTime": "2026-11-01"}
    return "observations", {**made, "valueQuantity": {"value": value, "unit": unit}, **more}


def _alt(value, date):
    limits = [{"high": {"value": 40, "unit": "U/L"}}]
    dated = {"effectiveDateTime": date} if date else {}
    made = _observation("1742-6", "Alanine aminotransferase", value, "U/L", referenceRange=limits)
    return made[0], {**{name: each for name, each in made[1].items() if name != "effectiveDateTime"}, **dated}


def _done(text, date):
    code = {"text": text}
    return "procedures", {"resourceType": "Procedure", "status": "completed", "code": code, "performedDateTime": date}


def _staged(value, date):
    made = _observation("21908-9", "Stage group.clinical", 0, "")[1]
    group = {"coding": [{"system": SCT, "code": value}]}
    kept = {name: each for name, each in made.items() if name != "valueQuantity"}
    return "observations", {**kept, "valueCodeableConcept": group, "effectiveDateTime": date}


PAIRS = (
    (_alt(20, "2026-11-10"), _alt(90, "2026-11-10")),
    (_alt(90, "2026-10-10"), _alt(20, "2026-11-10")),
    (_alt(90, None), _alt(20, None)),
    (_alt(90, None), _alt(20, "2026-11-10")),
    (_staged("261634002", "2026-10-22"), _staged("261615002", "2026-10-22")),
    (_staged("261634002", "2026-10-22"), _staged("261615002", "2026-11-02")),
    (_done("Neoadjuvant chemotherapy", "2026-05-01"), _done("Left breast lumpectomy", "2026-10-30")),
    (_done("Mammography", "2026-10-01"), _done("Left breast mastectomy", "2024-03-01")),
)
"""Two entries of one kind that say different things: which of them counts must not hang on where they stand."""


@wider
@given(name=scenarios, pair=st.sampled_from(PAIRS), chance=st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(service, requests, name, pair, chance):
    """Servers sort as they like."""
    request = copied(requests[name])
    assume(all(key in (request.get("prefetch") or {}) for key, _ in pair))
    for number, (key, resource) in enumerate(pair):
        add(request, key, {**resource, "id": f"pair-{number}"})
    shuffled = copied(request)
    for bundle in bundles(shuffled).values():
        chance.shuffle(bundle["entry"])
    assert verdicts(service.answer(shuffled)) == verdicts(service.answer(request))


UNRELATED = (
    _condition(ICD, "I10", "Essential (primary) hypertension"),
    _condition(ICD, "E11.9", "Type 2 diabetes mellitus without complications"),
    _condition(ICD, "E78.5", "Hyperlipidemia, unspecified"),
    _condition(ICD, "K21.9", "Gastro-esophageal reflux disease without esophagitis"),
    _condition(ICD, "H40.9", "Unspecified glaucoma"),
    _condition(SCT, "40930008", "Hypothyroidism"),
    _condition(SCT, "195967001", "Asthma"),
    _observation("8480-6", "Systolic blood pressure", 120, "mmHg"),
    _observation("2345-7", "Glucose [Mass/volume] in Serum or Plasma", 94, "mg/dL"),
    _observation("8302-2", "Body height", 165, "cm"),
    _observation(
        "6768-6",
        "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma",
        80,
        "U/L",
        referenceRange=[{"low": {"value": 40, "unit": "U/L"}, "high": {"value": 120, "unit": "U/L"}}],
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
        "medicationAdministrations",
        {
            "resourceType": "MedicationAdministration",
            "status": "completed",
            "medicationCodeableConcept": {"text": "influenza vaccine"},
            "effectiveDateTime": "2026-10-02",
        },
    ),
    (
        "carePlans",
        {
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "title": "Diabetes self-management",
            "created": "2026-03-01",
        },
    ),
    (
        "allergies",
        {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"}, "recordedDate": "2001-01-01"},
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
        "procedures",
        {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"coding": [{"system": SCT, "code": "73761001", "display": "Colonoscopy"}]},
            "performedDateTime": "2024-05-02",
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
@given(name=scenarios, added=st.lists(st.sampled_from(UNRELATED), min_size=1, max_size=5))
def test_an_unrelated_record_changes_nothing(service, requests, name, added):
    """High blood pressure, diabetes and cataracts say nothing of a breast cancer."""
    request = copied(requests[name])
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
    request = copied(requests[name])
    request[f"x-{key}"] = value
    request["context"][f"x-{key}"] = value
    request.setdefault("prefetch", {})[f"x-{key}"] = value
    for entry in request["context"]["draftOrders"]["entry"]:
        entry.setdefault("resource", {})[f"x-{key}"] = value
    assert verdicts(service.answer(request, legal=False)) == verdicts(service.answer(requests[name]))


@every
@given(number=st.integers(0, COHORT - 1), dialect=st.sampled_from(["snomed", "mcode", "epic", "loinc"]))
def test_the_same_patient_in_another_dialect_gets_the_same_answer(service, number, dialect):
    """Codes, focus, references and empty searches are the EHR's way to write; what is true of the patient decides."""
    told = patients()[number].told
    assume(told.dialect not in ("icd10", dialect))
    answer = service.answer(request_of(replace(told, dialect=dialect)))
    assert verdicts(answer) == verdicts(service.answer(request_of(told)))


def test_an_order_and_its_study_are_found_again_in_every_copy(requests):
    """The properties compare requests: a change must never reach the request it was copied from."""
    original = requests["s4-pet-ct-group-only-iia"]
    before = copy.deepcopy(original)
    for draft in drafts(copied(original)):
        draft["code"] = {}
    assert original == before
