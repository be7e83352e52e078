"""What never brings a warning, whatever the patient: data that is lost, and a symptom or metastasis that is added."""

import copy

from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.support.changes import (
    COHORT,
    NAMES,
    WARNED,
    add,
    assessments,
    bundles,
    copied,
    drafts,
    every,
    no_more_warned,
    places,
    scenarios,
    warned,
    with_reason,
)

ICD, SCT = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
SYSTEMIC = {"fdg-pet-ct", "bone-scan", "ct-chest-abdomen-pelvis-with-contrast"}


def test_the_examples_reach_warnings(service, requests):
    """A property of warnings proves nothing where none is given: at least a quarter of all requests get one."""
    fixtures = sum(bool(warned(service.answer(requests[name]))) for name in NAMES)
    cohort = sum(bool(warned(service.answer(requests[number]))) for number in range(COHORT))
    assert fixtures >= len(NAMES) / 4
    assert cohort >= COHORT / 8


NEVER_SAID = ("conclusion", "verificationStatus")


# --- data that is lost ------------------------------------------------------------------------------------------------
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
    request = copied(requests[name])
    keys = sorted(request.get("prefetch") or {})
    assume(keys)
    request["prefetch"][keys[which % len(keys)]] = failure
    assert no_more_warned(service.answer(requests[name]), service.answer(request))


@every
@given(name=scenarios, chance=st.randoms(use_true_random=False), total=st.booleans())
def test_a_page_that_was_cut_never_brings_a_warning(service, requests, name, chance, total):
    """Entries are missing, and the Bundle says so: by its total, or by a next page."""
    request = copied(requests[name])
    found = bundles(request)
    assume(found)
    bundle = found[chance.choice(sorted(found))]
    entries = bundle["entry"]
    bundle["entry"] = chance.sample(entries, chance.randrange(len(entries)))
    if total:
        bundle["total"] = len(entries)
    else:
        bundle.pop("total", None)
        bundle["link"] = [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]
    assert no_more_warned(service.answer(requests[name]), service.answer(request))


@every
@given(name=scenarios, chance=st.randoms(use_true_random=False), broken=st.sampled_from([7, None, "x", {}, [], [{}]]))
def test_an_entry_that_cannot_be_read_never_brings_a_warning(service, requests, name, chance, broken):
    """It may have been the symptom."""
    request = copied(requests[name])
    found = bundles(request)
    assume(found)
    bundle = found[chance.choice(sorted(found))]
    chance.choice(bundle["entry"])["resource"] = broken
    assert no_more_warned(service.answer(requests[name]), service.answer(request))


@every
@given(name=scenarios, chance=st.randoms(use_true_random=False), more=st.integers(0, 2))
def test_an_element_that_is_missing_never_brings_a_warning(service, requests, name, chance, more):
    """A code, a value, a date, a side, a status that the EHR does not send.

    An entry that is not there at all was never recorded, nor was a conclusion that is not; what is confirmed mostly has
    no verification status; and an order without a reason asks the default question.
    """
    request = copied(requests[name])
    found = bundles(request)
    assume(found)
    for _ in range(1 + more):
        entry = chance.choice(found[chance.choice(sorted(found))]["entry"])
        elements = [each for each in places(entry.get("resource")) if each[1] not in NEVER_SAID]
        if elements:
            holder, key = chance.choice(elements)
            del holder[key]
    before = service.answer(requests[name])
    # Where two statements exclude each other, one of them may be missing now.
    assume(not any("contradict" in card["summary"] for card in before["cards"]))
    assert no_more_warned(before, service.answer(request))


ACTIVE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
PAIN = {"coding": [{"system": SCT, "code": "12584003", "display": "Bone pain"}]}
HIDDEN = {
    "conditions": {"resourceType": "Condition", "clinicalStatus": ACTIVE, "code": PAIN},
    "observations": {"resourceType": "Observation", "status": "final", "code": PAIN, "effectiveDateTime": "2026-11-10"},
    "diagnosticReports": {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "CT"},
        "effectiveDateTime": "2026-11-10",
        "conclusion": "New lytic lesion of the sternum.",
    },
}
"""A symptom or finding in each part of the record that may hold one: what silences a warning, and is then lost."""


@every
@given(
    name=st.sampled_from(WARNED),
    key=st.sampled_from(sorted(HIDDEN)),
    lost=st.sampled_from([*FAILURES, "cut", "broken", "entry broken"]),
)
def test_a_symptom_in_a_part_that_is_lost_never_leaves_a_warning(service, requests, name, key, lost):
    """The search failed, its page was cut, or the one entry cannot be read: the record may hold what silences."""
    request = copied(requests[name])
    assume(key in (request.get("prefetch") or {}))
    add(request, key, {**HIDDEN[key], "id": "hidden"})
    assert not warned(service.answer(request)) & _systemic(service.answer(request))
    bundle = request["prefetch"][key]
    match lost:
        case "cut":
            bundle["total"] = len(bundle["entry"])
            del bundle["entry"][-1]
        case "broken":
            bundle["entry"][-1]["resource"] = {"resourceType": HIDDEN[key]["resourceType"], "id": 7, "code": 7}
        case "entry broken":
            bundle["entry"][-1] = 7
        case failure:
            request["prefetch"][key] = failure
    answer = service.answer(request)
    event("assessed" if _systemic(answer) else "not assessed")
    assert not warned(answer) & _systemic(answer)


# --- a symptom or metastasis that is added ----------------------------------------------------------------------------
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


def _systemic(answer):
    """The orders of studies of the whole body."""
    return {each["order"] for each in assessments(answer) if each.get("procedure") in SYSTEMIC}


def _takes_away(before, after):
    """No new warning, and none at all for a study of the whole body."""
    return no_more_warned(before, after) and not warned(after) & _systemic(after)


@every
@given(name=scenarios, concept=st.sampled_from(SUSPICIONS))
def test_a_symptom_or_metastasis_never_brings_a_warning(service, requests, name, concept):
    request = copied(requests[name])
    assume("conditions" in bundles(request))
    active = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    found = {"resourceType": "Condition", "id": "new", "clinicalStatus": active, "code": concept}
    add(request, "conditions", {**found, "onsetDateTime": "2026-11-10"})
    assert _takes_away(service.answer(requests[name]), service.answer(request))


CONCLUSIONS = (
    "New lytic lesion in the L3 vertebral body.",
    "Several pulmonary nodules, suspicious for metastases.",
    "2 cm hypodense lesion of segment VI of the liver, indeterminate.",
    "Right cerebellar mass with edema.",
)


@every
@given(name=scenarios, conclusion=st.sampled_from(CONCLUSIONS))
def test_a_finding_in_a_report_never_brings_a_warning(service, requests, name, conclusion):
    request = copied(requests[name])
    assume(isinstance((request.get("prefetch") or {}).get("diagnosticReports"), dict))
    code = {"coding": [{"system": SCT, "code": "77477000", "display": "Computed tomography"}], "text": "CT"}
    report = {"resourceType": "DiagnosticReport", "id": "new", "status": "final", "code": code}
    add(request, "diagnosticReports", {**report, "effectiveDateTime": "2026-11-12", "conclusion": conclusion})
    assert _takes_away(service.answer(requests[name]), service.answer(request))


WORDS = (
    "new bone pain",
    "jaundice",
    "headaches x 2 wks",
    "SOB",
    "elevated LFTs",
    "known bone mets",
    "wt loss 12 lb",
    "Ca 11.9",
    "?liver mets",
    "5 mm RUL nodule",
)


@every
@given(name=scenarios, words=st.sampled_from(WORDS))
def test_a_symptom_in_the_reason_never_brings_a_warning(service, requests, name, words):
    assert _takes_away(service.answer(requests[name]), service.answer(with_reason(requests[name], words)))


@every
@given(name=scenarios, words=st.sampled_from(WORDS))
def test_a_symptom_in_a_note_never_brings_a_warning(service, requests, name, words):
    request = copy.deepcopy(requests[name])
    for draft in drafts(request):
        draft["note"] = [{"text": words}]
    assert _takes_away(service.answer(requests[name]), service.answer(request))
