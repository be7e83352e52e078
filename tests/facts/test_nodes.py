"""The axilla on the tumour's side: felt, seen, proven, before and after therapy (facts A3 C8, A5, A7)."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts, Known, OneOf, OrderFacts, Unknown, UnknownReason
from cds_service.fhir.resources import Observation, Resource
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import (
    ago,
    cancer,
    concept,
    condition,
    observation,
    order,
    procedure,
    report,
    surgery,
)

FactsOf = Callable[..., Facts]

PALPABLE, LYMPHADENOPATHY = "sct:164150006", "sct:127189005"
N_CLINICAL, GROUP = "loinc:21906-3", "loinc:21908-9"
NODE_METASTASIS = "icd:C77.3"
SUSPICIOUS = "Left axillary node with thickened cortex and effaced hilum, suspicious."
NEOADJUVANT = "sct:1259200004"
RUNNING = procedure(NEOADJUVANT, status="in-progress", days=60)
COMPLETED = procedure(NEOADJUVANT, days=150, until=10)
POSITIVE = {"N1mi", "N1", "N2", "N3"}


# --- palpable ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (condition(PALPABLE), "yes"),
        (condition(LYMPHADENOPATHY), "yes"),  # clinically evident (S1)
        (condition(text="Palpable left axillary lymph node"), "yes"),
        (observation(PALPABLE), "yes"),
        (observation(PALPABLE, True), "yes"),
        (observation("loinc:75325-1", PALPABLE), "yes"),
        (observation(PALPABLE, False), None),
        (observation(PALPABLE, status="cancelled"), None),
        (condition(PALPABLE, clinical="resolved"), None),
        (condition(PALPABLE, side="right"), None),  # E27: the other axilla
        (observation(PALPABLE, side="right"), None),
        (observation(N_CLINICAL, "cN0"), "no"),
        (observation(N_CLINICAL, "cN1"), None),  # E58: clinical N may rest on imaging
        (condition("icd:R59.0"), None),  # enlarged nodes of no stated place
        (condition("sct:30746006"), None),
        (condition("sct:300863000"), None),  # a lump of the axilla may be a node
        (cancer(id="again"), None),  # nobody wrote of it
    ],
)
def test_a_palpable_node(found: Resource, expected: str | None, facts_of: FactsOf) -> None:
    assert facts_of(cancer(side="left"), found).value("node-palpable") == expected


@pytest.mark.parametrize(
    ("reason", "expected"), [("palpable axillary node", "yes"), (PALPABLE, "yes"), ("no palpable axillary nodes", None)]
)
def test_a_palpable_node_in_the_order(reason: str, expected: str | None, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), draft=order("cpt:78815", reason)).value("node-palpable") == expected


def test_in_follow_up_a_node_nobody_felt_is_taken_as_none(facts_of: FactsOf) -> None:
    fact = facts_of(cancer(days=2000), surgery(1900))["node-palpable"]
    assert fact == Known("no", assumed="no-palpable-node-recorded")


@pytest.mark.parametrize("key", ["conditions", "observations"])
def test_but_not_where_the_record_could_not_be_read(key: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2000), surgery(1900), states={key: KeyState.PARTIAL})
    assert isinstance(facts["node-palpable"], Unknown)


@pytest.mark.parametrize(
    "found",
    [
        condition(PALPABLE, onset=ago(20)),
        observation(PALPABLE, days=20),
        condition(text="Palpable left axillary lymph node", onset=ago(20)),
    ],
)
def test_a_node_felt_in_follow_up_counts(found: Resource, facts_of: FactsOf) -> None:
    """A new node years after treatment is no routine follow-up (310-v10 is then false)."""
    assert facts_of(cancer(days=2000), surgery(1900), found).value("node-palpable") == "yes"


# --- seen on imaging --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (report("US axilla", conclusion=SUSPICIOUS), "ultrasound"),
        (report("cpt:76642", conclusion=SUSPICIOUS), "ultrasound"),
        (report("cpt:77066", conclusion=SUSPICIOUS), "mammography"),
        (report("cpt:77049", conclusion=SUSPICIOUS), "mri"),
        (report("CT chest", conclusion=SUSPICIOUS), "other"),  # 286-v12, not 235-v8
        (report("US axilla", conclusion=SUSPICIOUS, days=120), "ultrasound"),
        (report("US axilla", conclusion=SUSPICIOUS, days=121), "none"),  # another work-up
        (report("US axilla", conclusion_code=(concept(LYMPHADENOPATHY),)), "ultrasound"),
        (report("US axilla", conclusion="Normal left axillary lymph nodes."), "none"),
        (report("US axilla", conclusion="Left axillary lymph nodes are not normal."), "ultrasound"),
        (report("US axilla", conclusion="Left axillary node: loss of normal hilum."), "ultrasound"),
        (report("CT chest", conclusion="Axillary nodes not normal."), "other"),
        (report("US axilla", conclusion="No suspicious axillary lymph nodes."), "none"),
        (report("US axilla", conclusion="Suspicious right axillary lymph node."), "none"),  # the other side
        (report("US right axilla", conclusion="Suspicious axillary lymph node."), "none"),
    ],
)
def test_a_suspicious_node_and_where_it_was_seen(found: Resource, expected: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(side="left"), found).value("node-suspicious-on-imaging") == expected


def test_ultrasound_before_the_others(facts_of: FactsOf) -> None:
    """Seen on CT and on ultrasound: it has been seen on ultrasound."""
    reports = (report("CT chest", conclusion=SUSPICIOUS), report("US axilla", conclusion=SUSPICIOUS))
    assert facts_of(cancer(), *reports).value("node-suspicious-on-imaging") == "ultrasound"


def test_a_node_the_order_says_was_seen_has_been_seen(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), draft=order("cpt:78815", "suspicious axillary node on ultrasound"))
    assert facts.value("node-suspicious-on-imaging") == "ultrasound"


def test_a_suspicious_node_in_follow_up_counts(facts_of: FactsOf) -> None:
    """Seen last month, years after treatment began: it is a finding, not the response to that treatment."""
    facts = facts_of(cancer(days=2000), surgery(1900), report("US axilla", conclusion=SUSPICIOUS))
    assert facts.value("node-suspicious-on-imaging") == "ultrasound"


@pytest.mark.parametrize(
    ("imaging", "states", "assumed"),
    [
        ((report("cpt:77066", conclusion="Known left breast cancer."),), {}, None),  # recorded: nothing seen
        ((procedure("cpt:77066", days=10),), {}, None),
        ((report("cpt:77066", conclusion="qwerty"),), {}, "no-suspicious-node-recorded"),  # nobody understands it
        ((report("cpt:77066", days=121),), {}, "no-suspicious-node-recorded"),
        ((), {}, "no-suspicious-node-recorded"),
        ((report("cpt:77066"),), {"procedures": KeyState.NOT_RUN}, "no-suspicious-node-recorded"),
    ],
)
def test_none_seen_is_recorded_only_beside_imaging_of_a_whole_record(
    imaging: tuple[Resource, ...], states: dict[str, KeyState], assumed: str | None, facts_of: FactsOf
) -> None:
    """Biopsy before imaging warns only on what is recorded (design §6)."""
    facts = facts_of(cancer(), *imaging, states=states)
    assert facts["node-suspicious-on-imaging"] == Known(
        "none", evidence=facts["node-suspicious-on-imaging"].evidence, assumed=assumed
    )
    assert facts["axilla-imaged"].assumed == (assumed and "no-axillary-imaging-recorded")  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["procedures", "diagnosticReports"])
@pytest.mark.parametrize("state", [KeyState.ERROR, KeyState.PARTIAL])
@pytest.mark.parametrize("name", ["node-suspicious-on-imaging", "axilla-imaged"])
def test_imaging_that_could_not_be_read_is_not_none(name: str, key: str, state: KeyState, facts_of: FactsOf) -> None:
    fact = facts_of(cancer(), states={key: state})[name]
    assert isinstance(fact, Unknown)
    assert fact.reason is UnknownReason.NOT_RETRIEVED


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (report("US axilla"), "yes"),
        (procedure("sct:44577003", text="US axilla", days=10), "yes"),
        (report("cpt:77049"), "yes"),  # breast MRI shows the axilla
        (report("cpt:77066", conclusion="No suspicious axillary lymph nodes."), "no"),  # it shows only part of it
        (report("cpt:77066", conclusion="Suspicious left axillary lymph node."), "yes"),  # what it sees there is seen
        (report("cpt:77066", conclusion="BI-RADS 6."), "no"),
        (report("US axilla", days=121), "no"),
        (procedure(text="US axilla", days=10, side="right"), "no"),
        (procedure(text="US axilla", days=10, status="not-done"), "no"),
    ],
)
def test_whether_the_axilla_was_imaged(found: Resource, expected: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(side="left"), found).value("axilla-imaged") == expected


# --- proven -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (condition(NODE_METASTASIS), "yes"),
        (condition(text="Metastatic carcinoma in left axillary lymph node"), "yes"),
        (condition(NODE_METASTASIS, verification="provisional"), None),
        (condition(NODE_METASTASIS, clinical="resolved"), "no"),
        (report("Surgical pathology", conclusion_code=(concept(NODE_METASTASIS),)), "yes"),
        (cancer(id="again"), "no"),
    ],
)
def test_a_proven_node(found: Resource, expected: str | None, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), found).value("node-metastasis-proven") == expected


def test_an_axillary_node_is_not_distant(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), condition(NODE_METASTASIS))
    assert facts.value("disease-phase") == "new"
    assert facts.value("metastasis-suspected") == "none"


# --- clinical N -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("found", [condition(PALPABLE), condition(NODE_METASTASIS)])
def test_a_palpable_or_proven_node_is_n_positive(found: Resource, facts_of: FactsOf) -> None:
    assert set(facts_of(cancer(), found).candidates("clinical-n")) == POSITIVE


@pytest.mark.parametrize("found", [condition(PALPABLE), condition(NODE_METASTASIS)])
def test_and_contradicts_n0_and_the_stage_built_on_it(found: Resource, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), observation(N_CLINICAL, "cN0"), observation(GROUP, "IA"), found)
    for name in ("clinical-n", "stage-group"):
        fact = facts[name]
        assert isinstance(fact, Unknown)
        assert fact.reason is UnknownReason.CONTRADICTORY


@pytest.mark.parametrize(
    ("group", "candidates"), [("IA", {"N0"}), ("IB", {"N1mi"}), ("IIA", {"N0", "N1"}), ("IIIC", {"N3"})]
)
def test_a_recorded_stage_implies_n(group: str, candidates: set[str], facts_of: FactsOf) -> None:
    assert set(facts_of(cancer(), observation(GROUP, group)).candidates("clinical-n")) == candidates


def test_inflammatory_carcinoma_does_not_make_nodes_positive(facts_of: FactsOf) -> None:
    """C18: T4d sets T, not N."""
    fact = facts_of(cancer(text="inflammatory breast carcinoma"))["clinical-n"]
    assert not (isinstance(fact, OneOf) and set(fact.candidates) == POSITIVE)


# --- around neoadjuvant therapy ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (observation(N_CLINICAL, "cN1", days=165), "yes"),
        (observation(N_CLINICAL, "cN0", days=165), "no"),
        (observation(N_CLINICAL, "cN1", days=3), None),  # current N does not tell
        (observation(N_CLINICAL, "ypN1", days=3), None),
        (condition(PALPABLE, onset=ago(165)), "yes"),
        (report("US axilla", conclusion=SUSPICIOUS, days=165), "yes"),
        (condition(NODE_METASTASIS, onset=ago(165)), "yes"),
        (report("US axilla", conclusion=SUSPICIOUS, days=3), None),
        (cancer(id="again"), None),
    ],
)
def test_nodal_status_before_neoadjuvant_therapy(found: Resource, expected: str | None, facts_of: FactsOf) -> None:
    """S2: by examination or imaging of that time; ypN and current N do not count (E15)."""
    facts = facts_of(cancer(days=170), COMPLETED, found)
    assert facts.value("disease-phase") == "neoadjuvant-completed"
    assert facts.value("node-positive-before-neoadjuvant") == expected


@pytest.mark.parametrize(
    ("course", "days", "expected"),
    [(COMPLETED, 3, "yes"), (RUNNING, 3, "yes"), (COMPLETED, 165, "no"), (COMPLETED, None, None)],
)
def test_a_suspicious_node_after_therapy_is_told_from_one_before(
    course: Resource, days: int | None, expected: str | None, facts_of: FactsOf
) -> None:
    """C21: a node seen after therapy makes a biopsy the next step; an undated report may be either."""
    facts = facts_of(cancer(days=170), course, report("US axilla", conclusion=SUSPICIOUS, days=days))
    assert facts.value("node-suspicious-after-therapy") == expected


def test_a_node_seen_after_therapy_is_not_of_the_first_work_up(facts_of: FactsOf) -> None:
    facts = facts_of(
        cancer(days=100), procedure(NEOADJUVANT, days=90, until=10), report("US axilla", conclusion=SUSPICIOUS)
    )
    assert facts.value("node-suspicious-on-imaging") == "none"


# --- lump -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "reason", "expected"),
    [
        (condition("sct:300863000"), "staging", "unilateral"),
        (condition("icd:R22.32"), "staging", "unilateral"),
        (condition("icd:R22.32", clinical="resolved"), "staging", "none"),
        (cancer(id="again"), "new left axillary lump", "unilateral"),
        (cancer(id="again"), "no axillary lump", "none"),
        (cancer(id="again"), "staging", "none"),
    ],
)
def test_an_axillary_lump(found: Resource, reason: str, expected: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), found, draft=order("cpt:78815", reason)).value("axillary-lump") == expected


def test_the_code_of_a_report_tells_its_side(facts_of: FactsOf) -> None:
    """A bare LOINC code of the right axilla says nothing of the left one, although its words name no side (E27)."""
    seen = report("loinc:72528-3", conclusion="Axillary node with thickened cortex and effaced hilum, suspicious.")
    assert facts_of(cancer(side="left"), seen).value("node-suspicious-on-imaging") == "none"
    assert facts_of(cancer("icd:C50.911", side="right"), seen).value("node-suspicious-on-imaging") == "ultrasound"


def test_two_cancers_two_axillas(extracted: Callable[..., OrderFacts]) -> None:
    """The node of one side says nothing of the other."""
    left, right = cancer(side="left"), cancer("icd:C50.911", id="right", side="right")
    found = extracted(left, right, condition(PALPABLE, side="left"))
    felt = {each.facts.value("laterality"): each.facts.value("node-palpable") for each in found.episodes}
    assert felt == {"left": "yes", "right": None}


T1, T2, N0 = (
    observation("loinc:21905-5", "cT1c"),
    observation("loinc:21905-5", "cT2"),
    observation("loinc:21906-3", "cN0"),
)


@pytest.mark.parametrize(
    ("stated", "found", "groups", "why"),
    [
        ((T2, N0), condition("sct:300863000=Mass of axilla"), {"IIA", "IIB"}, "N1 would make it IIB"),
        ((T2, N0), condition("icd:R22.32"), {"IIA", "IIB"}, "a lump of the arm or the axilla, by its code alone"),
        ((T2, N0), observation("sct:300863000", True), {"IIA", "IIB"}, "found on examination"),
        ((T2, N0), observation("sct:300863000", False), {"IIA"}, "looked for, and not found"),
        ((T2, N0), condition("sct:300863000", clinical="resolved"), {"IIA"}, "gone"),
        ((T2, N0), condition("sct:300953009=Pain in axilla"), {"IIA"}, "pain is no lump"),
        ((T1, N0), condition("sct:300863000"), {"IA"}, "T1 N1 would be IIA: early as well"),
        (
            (observation("loinc:21905-5", "cT1-2"), N0),
            condition("sct:300863000"),
            {"IA", "IIA", "IIB"},
            "the larger of a range",
        ),
        ((observation("loinc:21908-9", "IIA"),), condition("sct:300863000"), {"IIA", "IIB"}, "a group of any T and N"),
    ],
)
def test_a_lump_in_the_axilla_leaves_a_t2_n0_open(
    stated: tuple[Observation, ...], found: Resource, groups: set[str], why: str, facts_of: FactsOf
) -> None:
    """A5: clinically node-positive decides between the stages, and nobody has said yet what the lump is."""
    assert set(facts_of(cancer(), *stated, found).candidates("stage-group")) == groups, why


def test_a_lump_felt_during_therapy_says_nothing_of_the_stage_at_diagnosis(facts_of: FactsOf) -> None:
    """ACR 286 variant 7 is about that lump; the stage was settled before."""
    t, n = (
        observation("loinc:21905-5", "cT2", days=80),
        observation("loinc:21906-3", "cN0", days=80),
    )
    facts = facts_of(cancer(days=90), t, n, RUNNING, condition("sct:300863000", onset=ago(10)))
    assert facts.value("stage-group") == "IIA"
    assert facts.value("axillary-lump") == "unilateral"
