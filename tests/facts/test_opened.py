"""What a finding opens of stage, T and N: what is recorded stays possible, and so does what it would make of it."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Evidence, Fact, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.node_findings import NODE_IN_A_REPORT
from cds_service.facts.opened import with_larger_tumour, with_seen_node
from cds_service.fhir.resources import Observation
from tests.support.resources import cancer, observation, report

FactsOf = Callable[..., Facts]

STAGED, SEEN, MEASURED = (
    (Evidence(value=said, resources=(f"Observation/{said}",)),) for said in ("stage", "node", "size")
)
NOT_RECORDED = Unknown(UnknownReason.NOT_RECORDED)


def staged(**changes: Fact) -> dict[str, Fact]:
    """The facts of a new cancer of stage IIA, T2 N0, without anything in the axilla; underscores stand for hyphens."""
    facts: dict[str, Fact] = {
        "stage-group": Known("IIA", evidence=STAGED),
        "clinical-t": Known("T2", evidence=STAGED),
        "clinical-n": Known("N0", evidence=STAGED),
        "disease-phase": Known("new"),
        "node-suspicious-on-imaging": Known("none", evidence=SEEN),
        "axillary-lump": Known("none", evidence=SEEN),
        "node-palpable": Known("no", evidence=SEEN),
        "node-metastasis-proven": Known("no", evidence=SEEN),
        "tumor-size-mm": NOT_RECORDED,
    }
    return facts | {name.replace("_", "-"): fact for name, fact in changes.items()}


ON_IMAGING = {"node_suspicious_on_imaging": Known("ultrasound", evidence=SEEN)}
LUMP = {"axillary_lump": Known("unilateral", evidence=SEEN)}
FELT = {"node_palpable": Unknown(UnknownReason.NOT_RECORDED, evidence=SEEN)}


# --- a node that was noticed ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "why"),
    [
        (ON_IMAGING, "seen on imaging"),
        (LUMP, "a lump of the axilla, which may be one"),
        (FELT, "perhaps felt"),
        (LUMP | {"disease_phase": Known("neoadjuvant-planned")}, "before therapy begins"),
        (LUMP | {"disease_phase": OneOf(("new", "neoadjuvant-running"))}, "perhaps before therapy begins"),
        (LUMP | {"disease_phase": NOT_RECORDED}, "nobody says when"),
        (ON_IMAGING | {"disease_phase": Known("neoadjuvant-running")}, "on imaging, whenever"),
        (ON_IMAGING | {"clinical_t": NOT_RECORDED}, "IIA of a T that nobody says"),
        (ON_IMAGING | {"clinical_t": OneOf(("T1", "T2"))}, "a T that may be T2"),
    ],
)
def test_a_node_that_was_noticed_may_make_iia_iib(found: dict[str, Fact], why: str) -> None:
    """T2 N0 is IIA, T2 N1 is IIB; both the stage and the finding are what leaves it open."""
    assert with_seen_node(staged(**found)) == {
        "stage-group": OneOf(("IIA", "IIB"), evidence=(*STAGED, *SEEN)),
        "clinical-n": OneOf(("N0", "N1"), evidence=(*STAGED, *SEEN)),
    }, why


PROVEN = Known("yes", evidence=(Evidence(value=NODE_IN_A_REPORT, resources=("DiagnosticReport/node",)),))


@pytest.mark.parametrize(
    ("n", "opened", "why"),
    [
        (NOT_RECORDED, True, "IIA may have been T2 N0, said before the sample"),
        (OneOf(("N1", "N2"), evidence=STAGED), True, "which the node itself makes positive"),
        (Known("N1", evidence=STAGED), False, "a recorded N1 is part of the stage"),
    ],
)
def test_a_node_that_a_report_proves(n: Fact, opened: bool, why: str) -> None:
    found = with_seen_node(staged(clinical_n=n, clinical_t=NOT_RECORDED, node_metastasis_proven=PROVEN))
    evidence = (*STAGED, *PROVEN.evidence)
    assert found == ({"stage-group": OneOf(("IIA", "IIB"), evidence=evidence)} if opened else {}), why


def test_a_group_below_stays_possible() -> None:
    opened = with_seen_node(staged(**ON_IMAGING, stage_group=OneOf(("IIA", "IA"), evidence=STAGED)))
    assert opened["stage-group"] == OneOf(("IA", "IIA", "IIB"), evidence=(*STAGED, *SEEN))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({}, "nothing noticed"),
        (LUMP | {"disease_phase": Known("neoadjuvant-running")}, "felt once therapy has begun"),
        (ON_IMAGING | {"clinical_t": Known("T0")}, "T0 N1 is IIA as well"),
        (ON_IMAGING | {"clinical_t": Known("T1")}, "T1 N1 is IIA as well"),
        (ON_IMAGING | {"stage_group": NOT_RECORDED}, "no stage is recorded"),
        (ON_IMAGING | {"stage_group": Known("IA")}, "T1: IA becomes IIA at most, and that is early too"),
        (ON_IMAGING | {"stage_group": OneOf(("IIA", "IIB"))}, "open between the two already"),
    ],
)
def test_a_node_changes_nothing_where_n1_makes_no_later_stage(found: dict[str, Fact], why: str) -> None:
    assert with_seen_node(staged(**found)) == {}, why


# --- a larger tumour --------------------------------------------------------------------------------------------------
def sized(millimetres: float, group: Fact, t: Fact = NOT_RECORDED) -> dict[str, Fact]:
    return staged(tumor_size_mm=Known(millimetres, evidence=MEASURED), stage_group=group, clinical_t=t)


IA = Known("IA", evidence=STAGED)


@pytest.mark.parametrize(
    ("facts", "groups", "ts", "why"),
    [
        (sized(60, IA, Known("T1", evidence=STAGED)), ("IA", "IIB"), ("T1", "T3"), "T3 by its size"),
        (sized(60, IA), ("IA", "IIB"), None, "a group alone: no T is recorded, none is made up"),
        (sized(60, IA, Known("T3", evidence=STAGED)), ("IA", "IIB"), None, "T3 is what is recorded"),
        (sized(60, IA, OneOf(("T1", "T2"), evidence=STAGED)), ("IA", "IIB"), ("T1", "T2", "T3"), "one of a range"),
        (sized(30, IA, Known("T1", evidence=STAGED)), ("IA", "IIA"), ("T1", "T2"), "T2 by its size"),
        (sized(60, Known("IIA", evidence=STAGED)), ("IIA", "IIB"), None, "the group that follows"),
        (sized(60, IA) | {"clinical-n": NOT_RECORDED}, ("IA", "IIB", "IIIA", "IIIC"), None, "of an N that nobody says"),
        (
            sized(5, Known("IIB", evidence=STAGED)) | {"clinical-n": NOT_RECORDED},
            ("IIB", "IIIA", "IIIC"),
            None,
            "never a lower one, though T1 may be one",
        ),
    ],
)
def test_a_tumour_too_large_for_its_stage_opens_stage_and_t(
    facts: dict[str, Fact], groups: tuple[str, ...], ts: tuple[str, ...] | None, why: str
) -> None:
    evidence = (*STAGED, *MEASURED)
    opened_t = {} if ts is None else {"clinical-t": OneOf(ts, evidence=evidence)}
    assert with_larger_tumour(facts) == {"stage-group": OneOf(groups, evidence=evidence)} | opened_t, why


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (sized(60, NOT_RECORDED), "no stage is recorded"),
        (staged(), "nothing was measured"),
        (sized(15, IA), "as recorded"),
        (sized(5, Known("IIA", evidence=STAGED), Known("T2")), "smaller than recorded"),
    ],
)
def test_any_other_size_opens_nothing(facts: dict[str, Fact], why: str) -> None:
    assert with_larger_tumour(facts) == {}, why


# --- what a breast report says of the tumour --------------------------------------------------------------------------
LARGE = report("Mammography", conclusion="Left breast mass 62 mm with skin ulceration.", id="large")
T, N, GROUP = "loinc:21905-5", "loinc:21906-3", "loinc:21908-9"
LATER = ("IIB", "IIIA", "IIIB", "IIIC")


def opened_by_report(facts_of: FactsOf, *stated: Observation) -> list[tuple[str, ...]]:
    facts = facts_of(cancer(), *stated, LARGE)
    return [facts.candidates(name) for name in ("stage-group", "clinical-t", "clinical-n")]


@pytest.mark.parametrize(
    ("group", "t", "n", "why"),
    [
        ("Stage 0", "Tis", "N0", "in situ"),
        ("Stage IA", "T1", "N0", "the smallest"),
        ("Stage IB", "T1", "N1mi", "with micrometastases"),
        ("Stage IIA", "T2", "N0", "the last early one"),
    ],
)
def test_a_report_of_an_advanced_tumour_opens_an_early_stage(
    group: str, t: str, n: str, why: str, facts_of: FactsOf
) -> None:
    """T3 or T4, N2 or N3: a staging study of the body may be appropriate, whatever lower stage is recorded."""
    found = opened_by_report(facts_of, observation(GROUP, group), observation(T, t), observation(N, n))
    early = group.removeprefix("Stage ")
    assert found == [(early, *LATER), (t, "T3", "T4"), (n, "N2", "N3")], why


def test_it_leaves_the_size_open_and_says_why(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), observation(GROUP, "Stage IIA", id="stage"), LARGE)
    assert isinstance(size := facts["tumor-size-mm"], Unknown)
    assert size.reason is UnknownReason.CONTRADICTORY
    assert [each.resources for each in size.evidence] == [("DiagnosticReport/large",)]
    assert [each.resources for each in facts["stage-group"].evidence] == [
        ("Observation/stage",),
        ("DiagnosticReport/large",),
    ]


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ((observation(GROUP, "Stage IIB"),), "IIB is not early"),
        ((observation(GROUP, "Stage IIIA"),), "a later stage"),
        ((), "an unknown stage"),
    ],
)
def test_it_changes_no_stage_that_is_not_early(stated: tuple[Observation, ...], why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), *stated, LARGE)
    assert facts["stage-group"] == facts_of(cancer(), *stated)["stage-group"], why


def test_a_category_that_nobody_can_read_stays_so(facts_of: FactsOf) -> None:
    """It may be any; the report adds nothing to that."""
    stated = (observation(GROUP, "Stage IIA"), observation(T, "local:17"))
    assert isinstance(unread := facts_of(cancer(), *stated)["clinical-t"], Unknown)
    assert facts_of(cancer(), *stated, LARGE)["clinical-t"] == unread
