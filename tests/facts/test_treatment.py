"""What each entry of the record, and the order, says of treatment: which, how far, when, which side, before surgery or
after. What phase that makes is in `test_phase`.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cds_service.facts.dates import when
from cds_service.facts.diagnoses import diagnoses
from cds_service.facts.model import Facts
from cds_service.facts.source import Source
from cds_service.facts.therapy import Progress, TreatmentEvent
from cds_service.facts.treatment import treatment_events
from cds_service.fhir.resources import (
    ActivityDetail,
    Annotation,
    CarePlan,
    CarePlanActivity,
    ContainedResource,
    Extension,
    MedicationAdministration,
    Period,
    Procedure,
    Reference,
    Resource,
    ServiceRequest,
)
from tests.support.resources import (
    LUMPECTOMY,
    MASTECTOMY,
    administration,
    ago,
    cancer,
    care_plan,
    concept,
    condition,
    medication,
    order,
    procedure,
    surgery,
)

FactsOf = Callable[..., Facts]
EventsOf = Callable[..., tuple[TreatmentEvent, ...]]

CHEMOTHERAPY, RADIOTHERAPY, NEOADJUVANT_CHEMOTHERAPY = "sct:367336001", "sct:108290001", "sct:1259200004"
NEOADJUVANT, ADJUVANT = "sct:373847000", "sct:373846009"
PLANNED, RUNNING, COMPLETED = Progress.PLANNED, Progress.RUNNING, Progress.COMPLETED
STOPPED, UNCLEAR = Progress.STOPPED, Progress.UNCLEAR


@pytest.fixture
def events_of(source_of: Callable[..., Source]) -> EventsOf:
    """Every treatment that these resources and the order show."""

    def made(*resources: Resource, **more: Any) -> tuple[TreatmentEvent, ...]:
        source = source_of(*resources, **more)
        return treatment_events(diagnoses(source), source)

    return made


# --- how far it has come ----------------------------------------------------------------------------------------------
def planned(status: str | None, *, plan: str = "active") -> CarePlan:
    """Chemotherapy as an activity of a plan."""
    return care_plan(CHEMOTHERAPY, status=plan, activity_status=status or "")


@pytest.mark.parametrize(
    ("entry", "progress", "why"),
    [
        # https://hl7.org/fhir/R4/valueset-event-status.html
        (surgery(9, status="preparation"), PLANNED, "its rooms are booked"),
        (surgery(9, status="in-progress"), RUNNING, "written down while it goes on"),
        (surgery(9, status="on-hold"), RUNNING, "interrupted, not over"),
        (surgery(9, status="completed"), COMPLETED, "done"),
        (surgery(9, status="stopped"), STOPPED, "broken off"),
        (surgery(9, status="unknown"), UNCLEAR, "done or not, nobody knows"),
        (surgery(9, status="Done"), UNCLEAR, "a status that is none"),
        (surgery(9, status="not-done"), None, "it never happened"),
        (surgery(9, status="entered-in-error"), None, "another patient's"),
        # https://hl7.org/fhir/R4/valueset-medicationrequest-status.html
        (medication("paclitaxel", status="draft"), PLANNED, "not signed"),
        (medication("paclitaxel", status="active"), RUNNING, "prescribed"),
        (medication("paclitaxel", status="on-hold"), RUNNING, "paused between two cycles, for neutropenia"),
        (medication("paclitaxel", status="completed"), UNCLEAR, "one prescription is no course"),
        (medication("paclitaxel", status="stopped"), STOPPED, "broken off"),
        (medication("paclitaxel", status="unknown"), UNCLEAR, "given or not"),
        (medication("paclitaxel", status="cancelled"), None, "never dispensed"),
        (medication("fluorouracil 5 % topical cream"), None, "put on the skin"),
        (medication("zoledronic acid 4 mg, adjuvant"), None, "given to the bones"),
        (medication("paclitaxel", status="entered-in-error"), None, "another patient's"),
        (medication("paclitaxel", intent="plan"), PLANNED, "an intention"),
        (medication("paclitaxel", intent="proposal"), PLANNED, "a suggestion"),
        (medication("paclitaxel", intent="original-order"), RUNNING, "an order like any other"),
        (medication("paclitaxel", intent="plan", status="completed"), UNCLEAR, "a plan that was carried out"),
        # https://hl7.org/fhir/R4/valueset-medication-admin-status.html
        (administration("paclitaxel", status="in-progress"), RUNNING, "it drips"),
        (administration("paclitaxel", status="on-hold"), RUNNING, "interrupted, not over"),
        (administration("paclitaxel", status="completed"), UNCLEAR, "one dose is no course"),
        (administration("paclitaxel", status="stopped"), STOPPED, "broken off"),
        (administration("paclitaxel", status="unknown"), UNCLEAR, "given or not"),
        (administration("paclitaxel", status="not-done"), None, "withheld"),
        (administration("paclitaxel", status="entered-in-error"), None, "another patient's"),
        # https://hl7.org/fhir/R4/valueset-request-status.html
        (planned(None, plan="draft"), PLANNED, "not agreed"),
        (planned(None, plan="active"), PLANNED, "a plan in force: what has begun is recorded as given"),
        (planned(None, plan="on-hold"), PLANNED, "put off"),
        (planned(None, plan="unknown"), PLANNED, "a plan of some sort"),
        (planned(None, plan="completed"), COMPLETED, "carried out"),
        (planned(None, plan="revoked"), None, "given up"),
        (planned(None, plan="entered-in-error"), None, "another patient's"),
        # https://hl7.org/fhir/R4/valueset-care-plan-activity-status.html
        (planned("not-started"), PLANNED, "still to come"),
        (planned("not-started", plan="completed"), UNCLEAR, "ahead in a plan that is over"),
        (planned("scheduled", plan="completed"), UNCLEAR, "likewise"),
        (planned("not-started", plan="revoked"), None, "ahead in a plan that was given up"),
        (planned("scheduled", plan="entered-in-error"), None, "likewise"),
        (planned("completed", plan="revoked"), COMPLETED, "done before the plan was given up"),
        (planned("in-progress"), RUNNING, "begun"),
        (planned("on-hold"), RUNNING, "begun, and interrupted"),
        (planned("completed"), COMPLETED, "done"),
        (planned("stopped"), STOPPED, "broken off"),
        (planned("unknown"), PLANNED, "as the plan that holds it"),
        (planned("unknown", plan="completed"), COMPLETED, "likewise"),
        (planned("cancelled"), None, "given up"),
        (planned("entered-in-error"), None, "another patient's"),
    ],
)
def test_what_a_status_says(entry: Resource, progress: Progress | None, why: str, events_of: EventsOf) -> None:
    """Never over where a course may go on, and never done where it may be ahead."""
    assert [each.progress for each in events_of(entry)] == ([progress] if progress else []), why


@pytest.mark.parametrize(
    ("given", "progress", "why"),
    [
        (procedure(CHEMOTHERAPY, days=9), UNCLEAR, "one day is a cycle, and others may follow (E33)"),
        (procedure(CHEMOTHERAPY, days=90, until=9), COMPLETED, "a course, from one day to another"),
        (procedure(CHEMOTHERAPY, days=9, reason=NEOADJUVANT), UNCLEAR, "a neoadjuvant cycle, and others may follow"),
        (procedure(CHEMOTHERAPY, days=27, reason=NEOADJUVANT), UNCLEAR, "the next may be due tomorrow"),
        (procedure(CHEMOTHERAPY, days=28, reason=NEOADJUVANT), COMPLETED, "no cycle is longer than four weeks"),
        (procedure(CHEMOTHERAPY, days=None, reason=NEOADJUVANT), UNCLEAR, "nobody says when"),
        (procedure(CHEMOTHERAPY, days=9, reason=ADJUVANT), UNCLEAR, "adjuvant chemotherapy comes in cycles too"),
        (procedure(CHEMOTHERAPY, days=9, status="in-progress"), RUNNING, "not said to be done"),
        (procedure(CHEMOTHERAPY, days=9, status="stopped"), STOPPED, "broken off"),
        (procedure(RADIOTHERAPY, days=9), COMPLETED, "said of the whole radiation"),
    ],
)
def test_what_is_done_on_one_day(given: Procedure, progress: Progress, why: str, events_of: EventsOf) -> None:
    assert [each.progress for each in events_of(given)] == [progress], why


# --- which treatment --------------------------------------------------------------------------------------------------
USED = {"used_code": (concept(text="doxorubicin"),)}
ELSEWHERE = {"medication_reference": Reference("Medication/77")}


def without_concept(entry: Any, **more: Any) -> Any:
    """A drug that is not named by a concept of its own."""
    return msgspec.structs.replace(entry, medication_codeable_concept=None, **more)


def displayed(text: str) -> dict[str, Reference]:
    return {"medication_reference": Reference("Medication/77", text)}


def holding(text: str) -> dict[str, object]:
    """A contained Medication."""
    return {
        "contained": (ContainedResource(id="drug", code=concept(text=text)),),
        "medication_reference": Reference("#drug"),
    }


PRESCRIBED, GIVEN = medication("x", days=9), administration("x", days=9)


@pytest.mark.parametrize(
    ("name", "progress", "why"),
    [
        ("Excision of breast lesion", UNCLEAR, "of a benign one, perhaps"),
        ("Excision of mass of left breast", UNCLEAR, "likewise"),
        ("Excision of malignant lesion of breast", COMPLETED, "of the cancer"),
        ("Wide local excision of breast", COMPLETED, "the operation for cancer"),
        ("Mastectomy bra fitting", UNCLEAR, "what is worn after one"),
        ("Mastectomy with prosthesis", UNCLEAR, "the operation, or what is worn after one"),
        ("Excision of benign breast lesion", UNCLEAR, "of no cancer"),
        ("Mastectomy for gynecomastia", UNCLEAR, "of no cancer"),
    ],
)
def test_whether_an_excision_was_of_the_cancer(name: str, progress: Progress, why: str, events_of: EventsOf) -> None:
    assert [each.progress for each in events_of(procedure(text=name))] == [progress], why


@pytest.mark.parametrize(
    ("entry", "treatment", "why"),
    [
        (surgery(9, code=MASTECTOMY), "mastectomy", "by its code"),
        (procedure(text="Left lumpectomy"), "conserving", "by its name"),
        (procedure("sct:169413002", text="Infusion", **USED), "chemotherapy", "what was infused"),
        (procedure(text="Infusion", **USED), "chemotherapy", "likewise"),
        (Procedure(status="completed", **USED), "chemotherapy", "what was used says what was done"),
        (procedure(text="Infusion", used_code=(concept(text="saline"),)), None, "neither says so"),
        (procedure(text="US axilla before neoadjuvant chemotherapy"), None, "a study"),
        (procedure(CHEMOTHERAPY, text="MRI breast after chemotherapy"), "chemotherapy", "its code decides"),
        (procedure(text="MRI breast", **USED), None, "a study, whatever was given for it"),
        (
            procedure("cpt:76882", text="US before neoadjuvant chemotherapy"),
            None,
            "its code is of the axilla, or a knee",
        ),
        (procedure(text="Appendectomy"), None, "another surgery"),
        (Procedure(status="completed"), None, "nobody says what"),
        (medication("doxorubicin"), "chemotherapy", "a prescription"),
        (medication("aspirin"), None, "another drug"),
        (without_concept(PRESCRIBED, **displayed("doxorubicin")), "chemotherapy", "as Epic writes it"),
        (without_concept(PRESCRIBED, **holding("doxorubicin")), "chemotherapy", "a Medication inside it"),
        (
            without_concept(PRESCRIBED, contained=(ContainedResource(id="drug", code=concept(text="doxorubicin")),)),
            "chemotherapy",
            "inside it, and no reference",
        ),
        (medication("Infusion", **displayed("doxorubicin")), "chemotherapy", "beside a concept that says less"),
        (medication("Infusion", **holding("doxorubicin")), "chemotherapy", "likewise"),
        (without_concept(PRESCRIBED, **displayed("aspirin")), None, "another drug"),
        (without_concept(PRESCRIBED, **holding("aspirin")), None, "likewise"),
        (medication("aspirin", **ELSEWHERE), None, "a reference beside a name says no more"),
        (without_concept(PRESCRIBED, **ELSEWHERE), "unnamed-drug", "it may be any drug"),
        (without_concept(PRESCRIBED), None, "no drug at all"),
        (administration("trastuzumab"), "anti-her2", "a dose"),
        (administration("aspirin"), None, "another drug"),
        (without_concept(GIVEN, **displayed("doxorubicin")), "chemotherapy", "by what its reference says"),
        (without_concept(GIVEN, **holding("doxorubicin")), "chemotherapy", "a Medication inside it"),
        (without_concept(GIVEN, **displayed("aspirin")), None, "another drug"),
        (administration("aspirin", **ELSEWHERE), None, "a reference beside a name says no more"),
        (without_concept(GIVEN, **ELSEWHERE), "unnamed-drug", "it may be any drug"),
        (without_concept(GIVEN), None, "no drug at all"),
        (care_plan(CHEMOTHERAPY), "chemotherapy", "an activity by code"),
        (care_plan("Radiotherapy of the left breast"), "radiotherapy", "in words"),
        (care_plan(title="Chemotherapy"), "chemotherapy", "a plan by its title"),
        (CarePlan(status="active", description="Endocrine therapy"), "endocrine", "by its description"),
        (CarePlan(status="active", category=(concept(text="Chemotherapy"),)), "chemotherapy", "by its category"),
        (CarePlan(status="active", note=(Annotation(text="Chemotherapy"),)), "chemotherapy", "in a note alone"),
        (care_plan(title="Diabetes self management"), None, "another plan"),
        (care_plan("Dietary education"), None, "another activity"),
        (CarePlan(status="active"), None, "a plan of which nothing is said"),
        (CarePlan(status="active", activity=(CarePlanActivity(),)), None, "an activity that is only referred to"),
        (
            CarePlan(status="active", activity=(CarePlanActivity(detail=ActivityDetail(description="Mastectomy")),)),
            "mastectomy",
            "what an activity is described as",
        ),
        (
            CarePlan(
                status="active",
                activity=(CarePlanActivity(detail=ActivityDetail(reason_code=(concept(NEOADJUVANT),))),),
            ),
            "chemotherapy",
            "neoadjuvant intent alone means chemotherapy",
        ),
        (
            CarePlan(
                status="active", activity=(CarePlanActivity(detail=ActivityDetail(reason_code=(concept(ADJUVANT),))),)
            ),
            None,
            "adjuvant intent may be of radiation",
        ),
    ],
)
def test_which_treatment_an_entry_is(entry: Resource, treatment: str | None, why: str, events_of: EventsOf) -> None:
    assert [each.treatment for each in events_of(entry)] == ([treatment] if treatment else []), why


@pytest.mark.parametrize("named_nowhere", [PRESCRIBED, GIVEN], ids=["prescribed", "given"])
@pytest.mark.parametrize(
    ("status", "progress", "why"),
    [
        ("draft", PLANNED, "an intention"),
        ("active", UNCLEAR, "any drug, of which nobody says that it still runs"),
        ("in-progress", UNCLEAR, "likewise"),
        ("completed", UNCLEAR, "one dose, or one prescription, is no course"),
        ("unknown", UNCLEAR, "given or not"),
        ("stopped", STOPPED, "broken off"),
        ("cancelled", None, "never given"),
    ],
)
def test_a_drug_that_nobody_can_name(
    named_nowhere: Any, status: str, progress: Progress | None, why: str, events_of: EventsOf
) -> None:
    entry = msgspec.structs.replace(without_concept(named_nowhere, **ELSEWHERE), status=status)
    assert [each.progress for each in events_of(entry)] == ([progress] if progress else []), why


@pytest.mark.parametrize(
    "given",
    [without_concept(PRESCRIBED, **ELSEWHERE), without_concept(GIVEN, **ELSEWHERE)],
    ids=["prescribed", "given"],
)
def test_a_drug_of_late_that_nobody_can_name_may_be_chemotherapy(given: Resource, facts_of: FactsOf) -> None:
    """Nobody knows that she is untreated, or that treatment is over."""
    assert "new" not in facts_of(cancer(), given).candidates("disease-phase")
    assert "surveillance" not in facts_of(cancer(days=2000), surgery(1900), given).candidates("disease-phase")


# --- when, on which side, before or after surgery ---------------------------------------------------------------------
DURING = Period(start=ago(90), end=ago(9))


def plan(**more: Any) -> CarePlan:
    return CarePlan(status="active", title="Chemotherapy", **more)


@pytest.mark.parametrize(
    ("entry", "start", "end", "why"),
    [
        (surgery(9), 9, 9, "one day"),
        (procedure(CHEMOTHERAPY, days=90, until=9), 90, 9, "a course"),
        (
            Procedure(code=concept(CHEMOTHERAPY), performed_period=Period(start=ago(90))),
            90,
            None,
            "of which nobody knows the end",
        ),
        (procedure(CHEMOTHERAPY), None, None, "nobody says when"),
        (medication("paclitaxel", days=30), 30, None, "prescribed"),
        (administration("paclitaxel", days=30), 30, 30, "one dose"),
        (MedicationAdministration(status="completed", effective_period=DURING), 90, 9, "a drip of days"),
        (plan(created=ago(30)), 30, None, "planned that day"),
        (plan(created=ago(99), period=DURING), 90, 9, "of a plan its time"),
        (condition("icd:Z51.11", onset=ago(9)), 9, None, "an encounter"),
        (condition("icd:Z51.11", recorded_date=ago(8)), 8, None, "recorded that day"),
        (condition("icd:Z92.21", onset=ago(9)), None, None, "given at some time before"),
        (condition("icd:Z92.3", onset=ago(9)), None, None, "given at some time before"),
        (condition("icd:Z90.12", onset=ago(9)), None, None, "gone for nobody knows how long"),
        (condition("icd:Z90.12", onset=ago(400)), 400, None, "gone by then"),
        (condition(text="Nausea due to chemotherapy", onset=ago(99)), 99, None, "what came of it tells when it ran"),
        (condition("icd:D70.1", onset=ago(99)), 99, None, "likewise by its code"),
        (condition(text="Chemotherapy, adverse effect, still ongoing", onset=ago(99)), None, None, "it goes on"),
        (condition(text="On chemotherapy", onset=ago(99)), None, None, "it says nothing of its end"),
    ],
)
def test_its_days(entry: Resource, start: int | None, end: int | None, why: str, events_of: EventsOf) -> None:
    if isinstance(entry, MedicationAdministration):
        entry = msgspec.structs.replace(entry, medication_codeable_concept=concept(text="paclitaxel"))
    (event,) = events_of(entry)
    days = tuple(ago(each) if each is not None else None for each in (start, end))
    assert (event.start, event.end) == tuple(map(when, days)), why


@pytest.mark.parametrize(
    ("entry", "side"),
    [
        (surgery(9, side="left"), "left"),
        (surgery(9, side="right"), "right"),
        (surgery(9, side=None), "unstated"),
        (procedure(text="Right lumpectomy"), "right"),
        (procedure("sct:27865001"), "bilateral"),  # "Bilateral mastectomy"
        (procedure("sct:27865001", side="left"), "bilateral"),  # whatever site stands beside it
        (procedure("sct:1268980002"), "bilateral"),  # "… of right breast and prophylactic mastectomy of left breast"
        (condition("icd:Z90.11"), "right"),
        (condition("icd:Z90.13"), "bilateral"),
        (medication("paclitaxel"), "unstated"),
    ],
)
def test_its_side(entry: Resource, side: str, events_of: EventsOf) -> None:
    (event,) = events_of(entry)
    assert event.side == side


INTENT = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent"


def meant(code: str) -> dict[str, object]:
    return {"extension": (Extension(url=INTENT, value_codeable_concept=concept(code)),)}


def noted(text: str) -> dict[str, object]:
    return {"note": (Annotation(text=text),)}


BEFORE = "neoadjuvant chemotherapy"
"""In words."""


@pytest.mark.parametrize(
    ("entry", "neoadjuvant", "why"),
    [
        (procedure(NEOADJUVANT_CHEMOTHERAPY), True, "the code of a procedure"),
        (procedure(CHEMOTHERAPY, text=BEFORE), True, "its name"),
        (procedure(CHEMOTHERAPY, reason=NEOADJUVANT), True, "its reason"),
        (procedure(CHEMOTHERAPY, category=concept(NEOADJUVANT)), True, "its category"),
        (procedure(CHEMOTHERAPY, note=BEFORE), True, "its note"),
        (procedure(CHEMOTHERAPY, **meant(NEOADJUVANT)), True, "mCODE's intent"),
        (procedure(CHEMOTHERAPY, **meant(ADJUVANT)), False, "after surgery"),
        (procedure(CHEMOTHERAPY), None, "nobody says so"),
        (medication("paclitaxel", reason=NEOADJUVANT), True, "the reason of a prescription"),
        (medication(f"paclitaxel, {BEFORE}"), True, "the drug as written"),
        (medication("paclitaxel", category=(concept(NEOADJUVANT),)), True, "its category"),
        (medication("paclitaxel", course_of_therapy_type=concept(NEOADJUVANT)), True, "the kind of course"),
        (medication("paclitaxel", **noted(BEFORE)), True, "its note"),
        (medication("paclitaxel", **meant(NEOADJUVANT)), True, "mCODE's intent"),
        (medication("paclitaxel", reason=ADJUVANT), False, "after surgery"),
        (medication("paclitaxel"), None, "nobody says so"),
        (administration("paclitaxel", reason=NEOADJUVANT), True, "the reason of a dose"),
        (administration(f"paclitaxel, {BEFORE}"), True, "the drug as written"),
        (administration("paclitaxel", **noted(BEFORE)), True, "its note"),
        (administration("paclitaxel", **meant(NEOADJUVANT)), True, "mCODE's intent"),
        (administration("paclitaxel", reason=ADJUVANT), False, "after surgery"),
        (administration("paclitaxel"), None, "nobody says so"),
        (care_plan(NEOADJUVANT_CHEMOTHERAPY), True, "the code of an activity"),
        (care_plan(title=BEFORE), True, "the title of a plan"),
        (plan(category=(concept(NEOADJUVANT),)), True, "its category"),
        (plan(**noted(BEFORE)), True, "its note"),
        (plan(**meant(NEOADJUVANT)), True, "an intent beside it"),
        (plan(), None, "nobody says so"),
    ],
)
def test_whether_it_is_said_to_be_before_surgery(
    entry: Resource, neoadjuvant: bool | None, why: str, events_of: EventsOf
) -> None:
    """E32."""
    (event,) = events_of(entry)
    assert event.neoadjuvant is neoadjuvant, why


@pytest.mark.parametrize(
    ("title", "progress", "why"),
    [
        ("Neoadjuvant chemotherapy planned", PLANNED, "planned"),
        ("Currently on neoadjuvant chemotherapy", RUNNING, "the plan is older than its words"),
        ("Completed neoadjuvant chemotherapy", COMPLETED, "likewise"),
        ("Neoadjuvant chemotherapy", PLANNED, "as the plan that holds the words"),
    ],
)
def test_words_of_a_plan_say_how_far_it_has_come(title: str, progress: Progress, why: str, events_of: EventsOf) -> None:
    assert {each.progress for each in events_of(care_plan(title=title))} == {progress}, why


def test_a_plan_and_its_activities_are_told_apart(events_of: EventsOf) -> None:
    found = events_of(care_plan(RADIOTHERAPY, LUMPECTOMY, title="Chemotherapy", activity_status="completed"))
    assert [(each.treatment, each.progress) for each in found] == [
        ("chemotherapy", PLANNED),
        ("radiotherapy", COMPLETED),
        ("conserving", COMPLETED),
    ]


# --- on the problem list ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("entry", "expected", "why"),
    [
        (condition("icd:Z51.11"), [("chemotherapy", UNCLEAR)], "an encounter: given that day"),
        (condition("icd:Z51.12"), [("chemotherapy", UNCLEAR)], "immunotherapy, likewise"),
        (condition("icd:Z51.0"), [("radiotherapy", UNCLEAR)], "radiation, likewise"),
        (condition("icd:D64.81"), [("chemotherapy", UNCLEAR)], "an effect of a cycle"),
        (condition(text="Radiation dermatitis, radiotherapy ongoing"), [("radiotherapy", RUNNING)], "in words"),
        (condition("icd:Z79.810"), [("endocrine", RUNNING)], "long-term use"),
        (condition("icd:Z90.12"), [("mastectomy", COMPLETED)], "the breast is gone"),
        (condition("icd:Z92.21"), [("chemotherapy", COMPLETED)], "over, whenever it was"),
        (condition("icd:Z92.3"), [("radiotherapy", COMPLETED)], "irradiated once"),
        (condition("icd:I10"), [], "another disease"),
        (condition(text="Status post left mastectomy"), [("mastectomy", COMPLETED)], "in words"),
        (
            condition("icd:Z51.11", text="Status post mastectomy"),
            [("chemotherapy", UNCLEAR), ("mastectomy", COMPLETED)],
            "both",
        ),
        (condition("icd:I10", note="s/p lumpectomy"), [("conserving", COMPLETED)], "in a note on another problem"),
        (condition(text="On chemotherapy"), [("chemotherapy", UNCLEAR)], "a problem list is written some day"),
        (condition(text="Radiotherapy planned"), [("radiotherapy", PLANNED)], "ahead"),
        (condition(text="Radiotherapy"), [("radiotherapy", UNCLEAR)], "ahead, or behind"),
        (condition(text="Chemotherapy planned"), [("chemotherapy", UNCLEAR)], "it may have begun since"),
        (condition(text="Tamoxifen therapy"), [("endocrine", UNCLEAR)], "by its drug"),
        (condition(text="Adjuvant chemotherapy"), [("chemotherapy", UNCLEAR)], "by its time"),
        (condition(text="No mastectomy"), [], "denied"),
        (condition(text="Mother had a mastectomy"), [], "somebody else's"),
        (condition(text="Status post surgery"), [], "of nobody says what"),
    ],
)
def test_treatment_on_the_problem_list(
    entry: Resource, expected: list[tuple[str, Progress]], why: str, events_of: EventsOf
) -> None:
    assert [(each.treatment, each.progress) for each in events_of(entry)] == expected, why


@pytest.mark.parametrize(
    ("display", "text", "progress", "why"),
    [
        ("Mastectomy bra fitting", "Mastectomy", UNCLEAR, "one of its names is of what is worn after one"),
        ("Excision of mass of breast", "Excision of cancer of breast", COMPLETED, "one of its names says of what"),
    ],
)
def test_an_operation_of_several_names(
    display: str, text: str, progress: Progress, why: str, events_of: EventsOf
) -> None:
    (event,) = events_of(procedure(f"local:OP={display}", text=text, days=400))
    assert event.progress is progress, why


# --- in the order -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("draft", "expected", "why"),
    [
        (order("cpt:78815", "lumpectomy"), [("conserving", UNCLEAR, None)], "a plan as well as history"),
        (order("cpt:78815", "s/p lumpectomy"), [("conserving", COMPLETED, None)], "history"),
        (order("cpt:78815", "s/p mastectomy"), [("mastectomy", COMPLETED, None)], "likewise"),
        (
            order("cpt:78815", "s/p WLE + RT"),
            [("conserving", COMPLETED, None), ("radiotherapy", COMPLETED, None)],
            "both over",
        ),
        (order("cpt:78815", "on chemotherapy"), [("chemotherapy", UNCLEAR, None)], "it runs, or is meant to"),
        (order("cpt:78815", "completed chemotherapy"), [("chemotherapy", COMPLETED, None)], "over"),
        (order("cpt:78815", "adjuvant chemotherapy"), [("chemotherapy", UNCLEAR, False)], "after surgery"),
        (order("cpt:78815", "before neoadjuvant chemo"), [("chemotherapy", PLANNED, True)], "ahead"),
        (order("cpt:78815", "on neoadjuvant chemo"), [("chemotherapy", RUNNING, True)], "it runs"),
        (order("cpt:78815", "completed neoadjuvant chemo"), [("chemotherapy", COMPLETED, True)], "over"),
        (order("cpt:78815", "s/p NAC"), [("chemotherapy", COMPLETED, True)], "over"),
        (order("cpt:78815", "no prior mastectomy"), [], "denied"),
        (order("cpt:78815", "mother had chemotherapy"), [], "somebody else's"),
        (order("cpt:78815", "s/p surgery"), [], "of nobody says what"),
        (order("cpt:78815", "staging"), [], "no treatment"),
        (order("cpt:78815", "icd:Z51.11"), [("chemotherapy", RUNNING, None)], "placed at an encounter for it"),
        (order("cpt:78815", "icd:Z51.0"), [("radiotherapy", RUNNING, None)], "likewise"),
        (order("cpt:78815", "icd:Z92.21"), [], "of the past"),
        (order("cpt:78815", NEOADJUVANT), [("chemotherapy", UNCLEAR, True)], "before, during or after it"),
        (order("cpt:78815", NEOADJUVANT_CHEMOTHERAPY), [("chemotherapy", UNCLEAR, True)], "likewise"),
        (order("cpt:78815", "icd:I10"), [], "another disease"),
    ],
)
def test_treatment_in_the_order(
    draft: ServiceRequest, expected: list[tuple[str, Progress, bool | None]], why: str, events_of: EventsOf
) -> None:
    found = events_of(draft=draft)
    assert [(each.treatment, each.progress, each.neoadjuvant) for each in found] == expected, why
    assert {(each.stated, each.resource) for each in found} <= {(True, "ServiceRequest/order")}


def test_a_reason_on_the_second_half_of_a_study_counts(events_of: EventsOf) -> None:
    """CT chest and CT abdomen and pelvis are one study in two orders; the encounter may stand on either."""
    halves = order("cpt:71260"), order("cpt:74177", "icd:Z51.11", id="half")
    for draft, partner in (halves, halves[::-1]):
        (event,) = events_of(draft=draft, partner=partner)
        assert (event.progress, event.resource) == (RUNNING, "ServiceRequest/half")
