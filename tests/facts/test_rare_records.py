"""What few records hold, and what it must still mean: one row a rule, with the clinical reason."""

from collections.abc import Callable
from typing import Any

import pytest

from cds_service.facts.model import Fact, Facts, Known, OneOf, Unknown
from cds_service.fhir.resources import (
    CarePlan,
    ConditionStage,
    DiagnosticReport,
    ObservationComponent,
    Reference,
    Resource,
)
from tests.support.resources import (
    administration,
    cancer,
    care_plan,
    concept,
    condition,
    observation,
    order,
    procedure,
    report,
    surgery,
)

FactsOf = Callable[..., Facts]

NEOADJUVANT = procedure("sct:1259200004", days=150, until=10)
MAMMOGRAM = report("loinc:26346-7", conclusion="Mass in the left breast. BI-RADS 5.", days=12)
PATHOLOGIC = ConditionStage(summary=concept(text="Stage IIA"), type=concept(text="Pathologic stage group"))
CLINICAL = ConditionStage(summary=concept(text="Stage IIA"), type=concept(text="Clinical stage group"))
NODE_BIOPSY = "Core needle biopsy, left axillary lymph node: "

ROWS: tuple[tuple[str, tuple[Resource, ...], str, object], ...] = (
    # --- the axilla ---------------------------------------------------------------------------------------------------
    ("nothing of the axilla in the work-up", (cancer(), MAMMOGRAM), "axilla-imaged", "no"),
    (
        "a report that was cancelled is no study",
        (cancer(), MAMMOGRAM, DiagnosticReport(code=concept("loinc:72529-1"), status="cancelled")),
        "axilla-imaged",
        "no",
    ),
    (
        "pathology of a node proves its metastasis",
        (cancer(), report("loinc:11529-5", conclusion=f"{NODE_BIOPSY}malignant cells present.")),
        "node-metastasis-proven",
        "yes",
    ),
    (
        "benign pathology of a node does not",
        (cancer(), report("loinc:11529-5", conclusion=f"{NODE_BIOPSY}benign.")),
        "node-metastasis-proven",
        "no",
    ),
    (
        "pathology that says nothing of the result proves nothing",
        (cancer(), report("loinc:11529-5", conclusion="Needle biopsy of a left axillary node was received.")),
        "node-metastasis-proven",
        "no",
    ),
    (
        "a node in the note of another observation",
        (cancer(), observation("loinc:8302-2", note="Palpable left axillary lymph node.")),
        "node-palpable",
        "yes",
    ),
    # --- which cancer an observation is of ----------------------------------------------------------------------------
    (
        "a focus on the breast itself says nothing of which cancer; side and date do",
        (cancer(), observation("loinc:21908-9", "sct:261614003", focus="BodyStructure/breast")),
        "stage-group",
        "IIA",
    ),
    (
        "a focus on another disease is of that one",
        (cancer(), observation("loinc:21908-9", "sct:261614003", focus="Condition/melanoma")),
        "stage-group",
        None,
    ),
    # --- treatment ----------------------------------------------------------------------------------------------------
    (
        "an operation on the breast, and nobody says which, is one",
        (cancer(days=900), procedure(text="Operation on left breast", days=800)),
        "disease-phase",
        "surveillance",
    ),
    (
        "an operation that nobody says was of the breast is none",
        (cancer(days=20), procedure(text="Surgery", days=10)),
        "disease-phase",
        "new",
    ),
    (
        "teaching about chemotherapy is none",
        (cancer(), procedure(text="Education about chemotherapy", days=3)),
        "disease-phase",
        "new",
    ),
    (
        "an infusion entered in error was not given",
        (cancer(), administration("paclitaxel", status="entered-in-error", days=3)),
        "disease-phase",
        "new",
    ),
    (
        "a plan that was revoked is none",
        (cancer(), care_plan("sct:1259200004", status="revoked")),
        "disease-phase",
        "new",
    ),
    (
        "a plan without an activity plans nothing",
        (cancer(), CarePlan(status="active", intent="plan")),
        "disease-phase",
        "new",
    ),
    (
        "a history, and radiotherapy running: not followed yet",
        (cancer(days=400), condition("icd:Z85.3"), procedure(text="Radiotherapy", status="in-progress", days=9)),
        "disease-phase",
        "adjuvant",
    ),
)


@pytest.mark.parametrize(("why", "resources", "name", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_record(why: str, resources: tuple[Resource, ...], name: str, expected: object, facts_of: FactsOf) -> None:
    assert facts_of(*resources).value(name) == expected, why


@pytest.mark.parametrize(
    ("stage", "phase", "group", "why"),
    [
        (CLINICAL, (), "IIA", "clinical: the stage at diagnosis"),
        (PATHOLOGIC, (NEOADJUVANT, surgery(5)), None, "after therapy it says what was left, not what there was"),
    ],
)
def test_how_the_stage_on_a_condition_was_found(
    stage: ConditionStage, phase: tuple[Resource, ...], group: str | None, why: str, facts_of: FactsOf
) -> None:
    staged = cancer(days=170)
    found = facts_of(type(staged)(**{**_members(staged), "stage": (stage,)}), *phase)
    assert found.value("stage-group") == group, why


def _members(resource: Resource) -> dict[str, Any]:
    return {name: getattr(resource, name) for name in resource.__struct_fields__}


@pytest.mark.parametrize(
    ("reasons", "name", "expected", "why"),
    [
        (("staging", "icd:C77.3"), "node-metastasis-proven", "yes", "the order codes the node's metastasis"),
        (("neoadjuvant intent", "sct:373847000"), "disease-phase", {"neoadjuvant"}, "the order codes the intent"),
        (("mother had chemo", "staging"), "disease-phase", {"new"}, "her mother's chemotherapy is not hers"),
        (("no chemo so far, staging",), "disease-phase", {"new"}, "denied"),
    ],
)
def test_what_the_order_adds(
    reasons: tuple[str, ...], name: str, expected: object, why: str, facts_of: FactsOf
) -> None:
    found = facts_of(cancer(), draft=order("cpt:78815", *reasons))
    if isinstance(expected, str):
        assert found.value(name) == expected, why
    else:
        assert {each.partition("-")[0] for each in found.candidates(name)} == expected, why


def test_after_surgery_chemotherapy_in_the_words_of_the_order_may_be_running(facts_of: FactsOf) -> None:
    """ "On chemo" may have been written today, and the surgery alone would say follow-up."""
    found = facts_of(cancer(days=900), surgery(800), draft=order("cpt:78815", "on chemo, restaging"))
    assert set(found.candidates("disease-phase")) == {"adjuvant", "surveillance"}


def test_a_symptom_in_a_part_of_an_observation_counts(facts_of: FactsOf) -> None:
    """A questionnaire of symptoms is one Observation with a component for each."""
    pain = ObservationComponent(code=concept("loinc:75325-1"), value_codeable_concept=concept("sct:12584003"))
    words = ObservationComponent(code=concept(text="Symptoms"), value_string="persistent cough")
    for part in (pain, words):
        found = facts_of(cancer(), observation("loinc:44249-1", component=(part,)))
        assert found.value("metastasis-suspected") == "symptom"


def test_the_cancer_that_only_the_order_names_may_be_one(extracted: Callable[..., Any]) -> None:
    """No cancer on record, and the order suspects one: invasive, or none."""
    (episode,) = extracted(draft=order("cpt:78815", "?breast cancer")).episodes
    assert isinstance(episode.facts["cancer"], OneOf)
    assert set(episode.facts.candidates("cancer")) == {"invasive", "none"}


def test_a_report_still_to_come_may_show_the_node(facts_of: FactsOf) -> None:
    """That the axilla was not imaged is then assumed, and no warning rests on it."""
    coming = DiagnosticReport(code=concept("loinc:72529-1"), status="registered")
    assert facts_of(cancer(), MAMMOGRAM)["axilla-imaged"].assumed is None  # type: ignore[union-attr]
    assert facts_of(cancer(), MAMMOGRAM, coming)["axilla-imaged"].assumed is not None  # type: ignore[union-attr]


def test_a_reason_that_refers_to_nothing_is_no_reason(facts_of: FactsOf) -> None:
    """A reference with neither an address nor words."""
    draft = order("cpt:78815", "staging", reason_reference=(Reference(),))
    assert facts_of(cancer(), draft=draft).value("metastasis-suspected") == "none"


def test_facts_know_their_names() -> None:
    """A fact is spelled as the vocabulary spells it; a name that nobody knows is an error, never an unknown fact."""
    facts = Facts({"cancer": Known("invasive")})
    assert (list(facts), len(facts)) == (["cancer"], 1)
    assert isinstance(facts["stage-group"], Unknown)
    with pytest.raises(KeyError, match="no such fact: stage"):
        facts["stage"]
    with pytest.raises(KeyError, match="no such fact: canser"):
        Facts({"canser": Known("invasive")})


def test_facts_that_wait_are_read_when_they_are_asked_for_and_once() -> None:
    """What only some answers need is looked for in the record when it is; a copy still waits."""
    read: list[str] = []

    def later() -> dict[str, Fact]:
        read.append("read")
        return {"contrast-allergy": Known("both"), "kidney-function": Known("normal")}

    facts = Facts({"cancer": Known("invasive")}, later)
    assert (facts.value("cancer"), facts.value("her2"), facts.said["cancer"], read) == (
        "invasive",
        None,
        "invasive",
        [],
    )
    copy = facts.with_facts(kidney_function=Known("reduced"))
    assert (facts.value("kidney-function"), facts.value("contrast-allergy"), read) == ("normal", "both", ["read"])
    assert (copy.value("kidney-function"), copy.value("contrast-allergy"), len(copy)) == ("reduced", "both", 3)


def test_an_observation_without_a_date_is_of_no_one_of_two_cancers(extracted: Callable[..., Any]) -> None:
    """Two cancers, nothing that says which: the stage is neither's."""
    first = cancer("icd:C50.911", id="first", days=2000)
    second = cancer("icd:C50.912", id="second", days=20)
    stage = observation("loinc:21908-9", "sct:261614003", days=None)
    found = extracted(first, second, stage).episodes
    assert [each.facts.value("stage-group") for each in found] == [None, None]
