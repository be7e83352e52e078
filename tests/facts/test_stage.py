"""T, N, M and the stage group at diagnosis: every dialect, and never one of two that disagree (facts A7, A8)."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.fhir.resources import Observation, Quantity
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import (
    ago,
    cancer,
    concept,
    condition,
    observation,
    order,
    surgery,
)

GROUP_CLINICAL, GROUP_PATHOLOGIC, GROUP_ANY = "loinc:21908-9", "loinc:21902-2", "loinc:21914-7"
T_CLINICAL, N_CLINICAL, M_CLINICAL = "loinc:21905-5", "loinc:21906-3", "loinc:21907-1"
T_PATHOLOGIC, N_PATHOLOGIC, M_PATHOLOGIC = "loinc:21899-0", "loinc:21900-6", "loinc:21901-4"
IIA, II, IIB, IV = "sct:261614003", "sct:258219007", "sct:261615002", "sct:258228008"

FactsOf = Callable[..., Facts]


def tnm(t: str | None = None, n: str | None = None, m: str | None = None, **more: object) -> list[Observation]:
    """T, N and M in words, as separate clinical observations."""
    pairs = ((T_CLINICAL, t), (N_CLINICAL, n), (M_CLINICAL, m))
    return [observation(code, value, **more) for code, value in pairs if value is not None]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stated", "group"),
    [
        (observation(GROUP_CLINICAL, "sct:1222766008"), "IIA"),  # mCODE STU4: AJCC-specific SNOMED CT
        (observation("sct:399537006", "sct:1222766008"), "IIA"),  # mCODE STU4: the observation in SNOMED CT too
        (observation(GROUP_CLINICAL, IIA), "IIA"),  # Synthea and older data: generic SNOMED CT
        (observation(GROUP_ANY, IIA), "IIA"),  # timing not stated
        (observation(GROUP_CLINICAL, "dcm:111496"), "IIA"),  # DICOM CID 6068
        (observation(GROUP_CLINICAL, "dcm:111498"), "IIIA"),
        (observation(GROUP_CLINICAL, "local:IIA"), "IIA"),  # a site's code that spells it out
        (observation(GROUP_CLINICAL, concept(text="Stage IIA")), "IIA"),
        (observation(GROUP_CLINICAL, concept(text="Stage 2A")), "IIA"),
        (observation(GROUP_CLINICAL, None, value_string="IIA"), "IIA"),
        (observation(GROUP_CLINICAL, "sct:1222724007"), "IA"),
        (observation(GROUP_CLINICAL, "sct:1222802001"), "IIIA"),
    ],
)
def test_the_stage_group_in_every_dialect(stated: Observation, group: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), stated).value("stage-group") == group


@pytest.mark.parametrize(
    ("summary", "group"),
    [
        ("sct:1222766008", "IIA"),
        (IIA, "IIA"),
        ("dcm:111497", "IIB"),
        ("Stage IIA", "IIA"),
        ("IIA", "IIA"),
        ("stage IIA (cT2 cN0 M0)", "IIA"),
        ("cT1c N0 M0", "IA"),
        ("T1N0M0", "IA"),
        ("cT2cN0", "IIA"),
        ("cT1N1M0", "IIA"),
        ("cIIA", "IIA"),
    ],
)
def test_condition_stage_says_it_too(summary: str, group: str, facts_of: FactsOf) -> None:
    """The smallest EHR sends Conditions alone."""
    assert facts_of(cancer(stage=summary)).value("stage-group") == group


@pytest.mark.parametrize("text", ["Left breast IDC, cT1c N0 M0", "Left breast cancer, stage IA"])
def test_words_say_it_where_nothing_coded_does(text: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(text=text)).value("stage-group") == "IA"
    assert facts_of(cancer(note=text)).value("stage-group") == "IA"
    assert facts_of(cancer(), draft=order("cpt:78815", text)).value("stage-group") == "IA"


@pytest.mark.parametrize(
    ("t", "n", "group", "why"),
    [
        ("cT1", "cN0", "IA", "E8"),
        ("cT1", "cN1mi", "IB", "E4: micrometastasis is IB"),
        ("cT0", "cN1", "IIA", "E6: occult primary"),
        ("cT1", "cN1", "IIA", "the last node-positive early stage"),
        ("cT2", "cN0", "IIA", "the last early stage"),
        ("cT2", "cN1mi", "IIB", "E5: with T2, N1mi counts as N1"),
        ("cT2", "cN1", "IIB", "E1: S4's own words cover it, the table does not"),
        ("cT3", "cN0", "IIB", "E3: node-negative and still IIB"),
        ("cT4d", "cN0", "IIIB", "E16: inflammatory"),
        ("cT1", "cN3", "IIIC", "nodes above the collarbone"),
    ],
)
def test_t_and_n_make_the_anatomic_group(t: str, n: str, group: str, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), *tnm(t, n, "cM0"))
    assert group in facts.candidates("stage-group"), why
    assert set(facts.candidates("stage-group")) <= {group, "IIIC"}, why


@pytest.mark.parametrize(
    ("value", "t"),
    [
        ("sct:1228889001", "T1"),  # AJCC cT1
        ("sct:1228899006", "T1"),  # AJCC cT1c
        ("sct:23351008", "T1"),  # generic, as Synthea writes it
        ("sct:1228948000", "T4"),  # AJCC cT4d
        ("cT1c", "T1"),
        ("T1mi", "T1"),
        ("Tis", "Tis"),
        ("cT2 (m)", "T2"),
    ],
)
def test_t_in_every_dialect(value: str, t: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), observation(T_CLINICAL, value)).value("clinical-t") == t


@pytest.mark.parametrize(
    ("value", "n"),
    [
        ("sct:1229967007", "N0"),
        ("sct:1229974002", "N1mi"),
        ("sct:62455006", "N0"),
        ("cN0 (i+)", "N0"),
        ("cN1(mi)", "N1mi"),
        ("cN2a", "N2"),
    ],
)
def test_n_in_every_dialect(value: str, n: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), observation(N_CLINICAL, value)).value("clinical-n") == n


@pytest.mark.parametrize("value", ["cNX", "sct:1229966003"])
def test_nx_is_not_n0(value: str, facts_of: FactsOf) -> None:
    """E11: an N that could not be assessed says nothing."""
    facts = facts_of(cancer(), *tnm("cT1"), observation(N_CLINICAL, value))
    assert isinstance(facts["clinical-n"], Unknown)
    assert isinstance(facts["stage-group"], OneOf)


@pytest.mark.parametrize(("t", "early"), [("cT1", True), ("cT2", True), ("cT3", False), ("cT4", False)])
def test_a_missing_n_leaves_every_group_of_that_t(t: str, early: bool, facts_of: FactsOf) -> None:
    """E11: T1 and T2 can be early or not; T3 and T4 are not early whatever N."""
    groups = set(facts_of(cancer(), *tnm(t)).candidates("stage-group"))
    assert bool(groups & {"IA", "IB", "IIA"}) is early
    assert groups - {"IA", "IB", "IIA"}


@pytest.mark.parametrize(
    ("written", "candidates"),
    [("I", ("IA", "IB")), (II, ("IIA", "IIB")), ("Stage III", ("IIIA", "IIIB", "IIIC"))],
)
def test_a_group_without_its_letter_is_one_of_them(
    written: str, candidates: tuple[str, ...], facts_of: FactsOf
) -> None:
    """E7."""
    assert facts_of(cancer(), observation(GROUP_CLINICAL, written)).candidates("stage-group") == candidates


def test_t_and_n_give_the_letter(facts_of: FactsOf) -> None:
    """E7: "stage II" with T2 N0 is IIA."""
    facts = facts_of(cancer(), *tnm("cT2", "cN0"), observation(GROUP_CLINICAL, II))
    assert facts.value("stage-group") == "IIA"


def test_of_one_day_the_letter_counts(facts_of: FactsOf) -> None:
    """E13: Synthea writes IIA and II at the same encounter."""
    assert (
        facts_of(cancer(), observation(GROUP_CLINICAL, IIA), observation(GROUP_CLINICAL, II)).value("stage-group")
        == "IIA"
    )


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ([observation(GROUP_CLINICAL, IIA), *tnm("cT2", "cN1")], "E2: recorded IIA, but T2N1 is IIB"),
        ([observation(GROUP_CLINICAL, IIA), observation(GROUP_CLINICAL, IIB)], "E13: two groups of one day"),
        ([observation(GROUP_CLINICAL, IIA), *tnm("cT3", "cN0")], "E3: recorded IIA, but T3"),
        ([observation(GROUP_CLINICAL, "IA"), *tnm("cT1", "cN0"), observation(T_CLINICAL, "cT3")], "two Ts of one day"),
        ([observation(GROUP_CLINICAL, IIA), *tnm("Tis", "cN1")], "E9: in situ, and an early invasive group"),
        ([observation(GROUP_CLINICAL, IIA), *tnm("cT0", "cN0")], "no tumour and no node: perhaps after therapy"),
        (tnm("cT0", "cN0"), "there is no such cancer"),
        (tnm("Tis", "cN1"), "nor this one"),
        ([observation(GROUP_CLINICAL, "IA", days=5), observation(GROUP_CLINICAL, "IIIA", days=18)], "downstaged"),
    ],
)
def test_what_disagrees_is_contradictory(stated: list[Observation], why: str, facts_of: FactsOf) -> None:
    fact = facts_of(cancer(), *stated)["stage-group"]
    assert isinstance(fact, Unknown), why
    assert fact.reason is UnknownReason.CONTRADICTORY, why
    assert fact.evidence, "both sides are shown"


def test_words_never_overrule_a_code_silently(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), observation(GROUP_CLINICAL, IIA), draft=order("cpt:78815", "stage IIIA breast cancer"))
    assert isinstance(facts["stage-group"], Unknown)


def test_newer_words_do_not_overrule_a_code_either(facts_of: FactsOf) -> None:
    """The words stand on the diagnosis, the code is of the work-up before it."""
    facts = facts_of(cancer(note="cT3"), observation(T_CLINICAL, "sct:1228889001", days=25))
    assert isinstance(facts["clinical-t"], Unknown)


def test_the_newest_wins(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), *tnm("cT1", "cN0", days=18), *tnm("cT2", "cN0", days=4))
    assert facts.value("clinical-t") == "T2"
    assert facts.value("stage-group") == "IIA"


@pytest.mark.parametrize(
    ("stated", "t", "n", "groups", "why"),
    [
        (
            [*tnm("cT3", "cN1", days=18), *tnm("cT1", "cN0", days=4)],
            ("T1", "T3"),
            ("N0", "N1"),
            ("IA", "IIA", "IIB", "IIIA"),
            "what therapy left, or measured again",
        ),
        (
            [*tnm("cT2", "cN0", days=18), *tnm("cT1", days=4)],
            ("T1", "T2"),
            ("N0",),
            ("IA", "IIA"),
            "early either way",
        ),
        (
            [*tnm("cT3", "cN0", days=18), observation(T_CLINICAL, "cT1", days=None, issued="2026")],
            ("T1", "T3"),
            ("N0",),
            ("IA", "IIB"),
            "of some day of the year: perhaps the older",
        ),
        ([*tnm("cT1", "cN0", days=18), *tnm("cT1", "cN1", days=4)], ("T1",), ("N1",), ("IIA",), "higher: it grew"),
        ([*tnm("cT1", "cN0", days=18), *tnm("Tis", days=4)], ("Tis", "T1"), ("N0",), ("0", "IA"), "what was left"),
    ],
)
def test_a_lower_category_after_a_higher_one_leaves_both(
    stated: list[Observation],
    t: tuple[str, ...],
    n: tuple[str, ...],
    groups: tuple[str, ...],
    why: str,
    facts_of: FactsOf,
) -> None:
    """E15: neoadjuvant therapy is not always on record, and what it left is not the stage at diagnosis."""
    facts = facts_of(cancer(), *stated)
    assert facts.candidates("clinical-t") == t, why
    assert facts.candidates("clinical-n") == n, why
    assert facts.candidates("stage-group") == groups, why


@pytest.mark.parametrize(
    ("stated", "evidence", "why"),
    [
        ([*tnm("cT3", days=18), *tnm("cT1", days=4)], [("cT1", ago(4)), ("cT3", ago(18))], "either may be it"),
        ([*tnm("cT2", days=18), *tnm("cT2", days=4)], [("cT2", ago(4))], "the same again"),
        ([*tnm("cT2", days=18), *tnm("cT1-3", days=4)], [("cT1 or T2 or T3", ago(4))], "no higher than the newest"),
        ([*tnm("cT2", days=None), *tnm("cT2", days=None)], [("cT2", None), ("cT2", None)], "nobody knows the newer"),
    ],
)
def test_a_category_shows_what_it_rests_on(
    stated: list[Observation], evidence: list[tuple[str, str | None]], why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), *stated)
    assert [(each.value, each.date) for each in facts["clinical-t"].evidence] == evidence, why


@pytest.mark.parametrize(
    ("stated", "groups", "why"),
    [
        (tnm("Tis", "N0"), {"0"}, "E9: in situ"),
        (tnm("Tis"), {"0"}, "E9: whatever nobody says of N"),
        ([observation(GROUP_CLINICAL, "0"), *tnm("cT1", "cN0")], {"0"}, "never the early invasive one"),
        ([observation(GROUP_CLINICAL, IV), *tnm("cT1", "cN0")], {"IV"}, "whatever T and N"),
        (tnm(None, "cN0"), {"IA", "IIA", "IIB", "IIIB"}, "any T"),
        (tnm(None, "cN2"), {"IIIA", "IIIB"}, "any T"),
        ([observation(GROUP_CLINICAL, "III"), *tnm("cT3")], {"IIIA", "IIIC"}, "T3 is not IIIB"),
        ([observation(GROUP_CLINICAL, "to be discussed"), *tnm("cT2", "cN0")], {"IIA"}, "T and N alone"),
    ],
)
def test_what_group_and_categories_say_together(
    stated: list[Observation], groups: set[str], why: str, facts_of: FactsOf
) -> None:
    assert set(facts_of(cancer(), *stated).candidates("stage-group")) == groups, why


@pytest.mark.parametrize(
    ("code", "said", "unknown", "why"),
    [
        (observation(T_CLINICAL, "cT1"), "cT3, staging", True, "words beside a code that say otherwise"),
        (observation(T_CLINICAL, "cT1"), "cT1, staging", False, "words that agree"),
    ],
)
def test_words_never_overrule_a_category_silently(
    code: Observation, said: str, unknown: bool, why: str, facts_of: FactsOf
) -> None:
    fact = facts_of(cancer(), code, draft=order("cpt:78815", said))["clinical-t"]
    assert isinstance(fact, Unknown) is unknown, why


@pytest.mark.parametrize(
    ("stated", "said", "groups", "why"),
    [
        ([observation(GROUP_CLINICAL, II)], "stage IIB, staging", {"IIB"}, "the words have the letter"),
        ([observation(GROUP_CLINICAL, IIA)], "stage II, staging", {"IIA"}, "the code has the letter"),
        ([observation(GROUP_CLINICAL, II, days=18), observation(GROUP_CLINICAL, IIA)], "staging", {"IIA"}, "E13"),
        ([observation(GROUP_CLINICAL, "I", days=18), observation(GROUP_CLINICAL, II)], "staging", {"IIA", "IIB"}, "up"),
        (
            [observation(GROUP_CLINICAL, IIB, days=18), observation(GROUP_CLINICAL, II)],
            "staging",
            {"IIA", "IIB"},
            "perhaps the same",
        ),
    ],
)
def test_several_groups_on_record(
    stated: list[Observation], said: str, groups: set[str], why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), *stated, draft=order("cpt:78815", said))
    assert set(facts.candidates("stage-group")) == groups, why


def test_stage_iv_of_an_inflammatory_carcinoma_is_iv(facts_of: FactsOf) -> None:
    """E16 names the least, not the most."""
    facts = facts_of(cancer(text="inflammatory carcinoma of left breast"), observation(GROUP_CLINICAL, IV))
    assert facts.candidates("stage-group") == ("IV",)


def test_what_contradicts_is_shown_from_both_sides(facts_of: FactsOf) -> None:
    """A card says which two statements exclude each other, and of which time they speak."""
    group = observation(GROUP_CLINICAL, IIA, id="group", days=15)
    t, n = observation(T_CLINICAL, "cT3", id="t", days=15), observation(N_CLINICAL, "cN0", id="n", days=15)
    assert shown(facts_of(cancer(), group, t, n)) == ["stage IIA", "cT3", "cN0"]
    p = observation(T_PATHOLOGIC, "pT3", id="p", days=15)
    assert shown(facts_of(cancer(), group, p)) == ["stage IIA", "pT3"]
    assert shown(facts_of(cancer(), group, p, observation(M_PATHOLOGIC, "pM0"))) == ["stage IIA", "pT3"]
    assert shown(facts_of(cancer(), *tnm("cT1", "cN0"))) == ["cT1", "cN0"]
    assert shown(facts_of(cancer(), observation("loinc:21908-9", "sct:258215001"))) == ["stage I"]
    assert shown(facts_of(cancer(text="T1 N0 breast cancer"))) == ["T1", "N0"]
    assert shown(facts_of(cancer(), group, *tnm("Tis", "cN1"))) == ["stage IIA", "cTis", "cN1"]
    said = order("cpt:78815", "stage IIIA breast cancer")
    assert shown(facts_of(cancer(), group, draft=said)) == ["stage IIA", "stage IIIA"]
    assert shown(facts_of(cancer(), group, draft=order("cpt:78815", "stage II, staging"))) == ["stage IIA"]


def shown(facts: Facts) -> list[str]:
    return [each.value for each in facts["stage-group"].evidence]


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        (observation(T_CLINICAL, "ypT1"), "E15: yp is after therapy"),
        (observation(GROUP_PATHOLOGIC, IIA), "E14: the criteria speak of the clinical stage"),
        (observation(T_PATHOLOGIC, "sct:1228957006"), "pT1"),
        (observation(GROUP_CLINICAL, IIA, status="cancelled"), "cancelled"),
        (observation(GROUP_CLINICAL, IIA, status="registered"), "no result yet"),
        (observation(GROUP_CLINICAL, IIA, focus="Condition/lung"), "of another disease"),
        (observation(GROUP_CLINICAL, IIA, focus="urn:uuid:lung"), "likewise, which is named by its id alone"),
        (observation(GROUP_CLINICAL, IIA, method=concept("ncit:C139446")), "A8: prognostic IIA can be an anatomic IIB"),
        (observation(GROUP_CLINICAL, "sct:1222593007"), "D2: a code that does not exist"),
        (observation(GROUP_CLINICAL, "to be discussed"), "no stage at all"),
    ],
)
def test_what_does_not_stand_for_the_clinical_stage(stated: Observation, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), stated, condition("icd:C34.90", id="lung", clinical="resolved"))
    assert isinstance(facts["stage-group"], Unknown), why
    assert isinstance(facts["clinical-t"], Unknown), why


@pytest.mark.parametrize(
    "pathologic",
    [
        [observation(GROUP_PATHOLOGIC, IIB)],
        [observation(N_PATHOLOGIC, "sct:1229957002")],  # pN2
        [observation(T_PATHOLOGIC, "pT3")],
        [observation(T_PATHOLOGIC, "pT2"), observation(N_PATHOLOGIC, "pN1a")],
        [*tnm("cT2", "cN0"), observation(N_PATHOLOGIC, "pN1a")],
        [*tnm("cT2", "cN0"), observation("sct:371494008", "sct:1229952008")],  # pN1mi by the pN code of mCODE STU4
        [*tnm("cT1", "cN1"), observation(T_PATHOLOGIC, "sct:1229852009")],  # pT2
    ],
)
def test_pathology_above_the_clinical_stage_stops_it(pathologic: list[Observation], facts_of: FactsOf) -> None:
    """E14: after surgery the higher of the two counts, and systemic staging may become appropriate."""
    fact = facts_of(cancer(), observation(GROUP_CLINICAL, IIA), *pathologic)["stage-group"]
    assert isinstance(fact, Unknown)
    assert fact.reason is UnknownReason.CONTRADICTORY


@pytest.mark.parametrize(
    ("pathologic", "why"),
    [
        ([observation(GROUP_PATHOLOGIC, IIA)], "it agrees"),
        ([observation(GROUP_PATHOLOGIC, "IA")], "lower: the clinical stage counts"),
        ([observation(GROUP_PATHOLOGIC, II)], "it may agree"),
        ([observation(T_PATHOLOGIC, "pT2"), observation(N_PATHOLOGIC, "pN0")], "it agrees"),
        ([*tnm("cT2", "cN0"), observation(T_PATHOLOGIC, "pT2")], "N0 was, and T2 is"),
        ([*tnm("cT2", "cN0"), observation(N_PATHOLOGIC, "pN0")], "it agrees"),
        ([*tnm("cT1", "cN1"), observation(N_PATHOLOGIC, "pN1a")], "T1 N1 was, and is"),
        ([*tnm("cT1", "cN1"), observation(N_PATHOLOGIC, "pN0")], "lower: the clinical stage counts"),
        ([observation(N_PATHOLOGIC, "pNX")], "not assessed"),
        ([observation(GROUP_PATHOLOGIC, IIB, method=concept("ncit:C139446"))], "A8: prognostic, another system"),
        ([observation(T_PATHOLOGIC, "ypT3")], "E15: after therapy"),
    ],
)
def test_pathology_that_is_no_higher_changes_nothing(
    pathologic: list[Observation], why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), observation(GROUP_CLINICAL, IIA), *pathologic)
    assert facts.value("stage-group") == "IIA", why


@pytest.mark.parametrize(
    ("stated", "groups", "why"),
    [
        (
            [observation(GROUP_CLINICAL, IIA), observation(N_PATHOLOGIC, "pN1")],
            {"IIA", "IIB"},
            "of a T2 N0, or a T1 N1",
        ),
        (
            [observation(GROUP_CLINICAL, IIA), observation(T_PATHOLOGIC, "pT2")],
            {"IIA", "IIB"},
            "of a T2 N0, or a T1 N1",
        ),
        ([*tnm("cT2", "cN0"), observation(N_PATHOLOGIC, "pN0-1")], {"IIA", "IIB"}, "a range"),
        ([*tnm("cT2", "cN0"), observation(N_PATHOLOGIC, "local:17")], {"IIA", "IIB", "IIIA", "IIIC"}, "unread"),
        (
            [*tnm("cT2", "cN0"), observation(GROUP_PATHOLOGIC, "local:17")],
            {"IIA", "IIB", "IIIA", "IIIB", "IIIC", "IV"},
            "unread",
        ),
        (
            [*tnm("cT2", "cN0"), observation(N_PATHOLOGIC, "pN0", days=9), observation(N_PATHOLOGIC, "pN1", days=5)],
            {"IIA", "IIB"},
            "of the sentinel node, then of the others",
        ),
    ],
)
def test_pathology_that_may_be_higher_leaves_the_stage_open(
    stated: list[Observation], groups: set[str], why: str, facts_of: FactsOf
) -> None:
    """E14: pN1 of a T2 N0 makes IIB of IIA, whether or not the surgery of the axilla is on record."""
    assert set(facts_of(cancer(), *stated).candidates("stage-group")) == groups, why


@pytest.mark.parametrize(
    ("pathologic", "shown", "why"),
    [
        ([observation(GROUP_PATHOLOGIC, IIB, id="group")], ["group"], "a higher group"),
        (
            [observation(GROUP_PATHOLOGIC, IIB, id="group"), observation(N_PATHOLOGIC, "pN2", id="n")],
            ["group", "n"],
            "both",
        ),
        (
            [observation(GROUP_PATHOLOGIC, IIB, id="group"), observation(N_PATHOLOGIC, "pN0", id="n")],
            ["group"],
            "not N0",
        ),
        ([observation(N_PATHOLOGIC, "pN1", id="n")], ["n"], "N1, which may be higher"),
        ([observation(GROUP_PATHOLOGIC, "local:17", id="group")], ["group"], "a group that nobody can read"),
        (
            [observation(GROUP_PATHOLOGIC, "local:17", id="group"), observation(N_PATHOLOGIC, "pN1", id="n")],
            ["group", "n"],
            "beside a category",
        ),
        ([observation(GROUP_PATHOLOGIC, IIA, id="group")], [], "a group that agrees"),
        ([observation(N_PATHOLOGIC, "pN0", id="n")], [], "a category that is no higher"),
    ],
)
def test_the_evidence_of_a_stage_names_what_pathology_says_above_it(
    pathologic: list[Observation], shown: list[str], why: str, facts_of: FactsOf
) -> None:
    fact = facts_of(cancer(), observation(GROUP_CLINICAL, IIA, id="clinical"), *pathologic)["stage-group"]
    assert [each.resources for each in fact.evidence] == [(f"Observation/{each}",) for each in ("clinical", *shown)], (
        why
    )


def test_pathology_is_measured_against_the_highest_that_may_be(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), observation(GROUP_CLINICAL, II), observation(GROUP_PATHOLOGIC, IIB))
    assert facts.candidates("stage-group") == ("IIA", "IIB")


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        (observation(M_CLINICAL, "sct:1229903009"), "cM1"),
        (observation(M_PATHOLOGIC, "sct:1229916009"), "pM1: proven by biopsy"),
        (observation(M_CLINICAL, "sct:55440008"), "M1, generic"),
        (observation(GROUP_CLINICAL, IV), "stage IV"),
        (observation(GROUP_PATHOLOGIC, IV), "pathologic stage IV"),
        (observation(GROUP_CLINICAL, IV, days=2000), "stage IV stays stage IV (E24)"),
        (observation(GROUP_CLINICAL, IV, method=concept("ncit:C139446")), "IV is the same in both systems"),
        (observation(GROUP_CLINICAL, IV, focus=None, side="right"), "of the other breast: it is one patient"),
    ],
)
def test_m1_and_stage_iv_are_metastatic_whatever_else_is_said(stated: Observation, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=3000), observation(M_CLINICAL, "cM0", days=1), stated, surgery(2900))
    assert facts.value("disease-phase") == "metastatic", why


def test_stage_iv_of_something_else_is_not_metastasis(facts_of: FactsOf) -> None:
    """Chronic kidney disease has stages too."""
    kidney = condition("icd:N18.4", text="Chronic kidney disease", stage="Stage 4")
    assert facts_of(cancer(), kidney, *tnm("cT1", "cN0")).value("disease-phase") == "new"


def test_a_missing_m_is_m0_and_said(facts_of: FactsOf) -> None:
    """E12."""
    assert facts_of(cancer(), *tnm("cT1", "cN0"))["clinical-m"] == Known("M0", assumed="m0")


def test_a_stage_written_after_therapy_began_is_not_the_stage_at_diagnosis(facts_of: FactsOf) -> None:
    """E15: what is left after chemotherapy says nothing of the beginning."""
    before = facts_of(cancer(days=400), surgery(200), observation(GROUP_CLINICAL, IIA, days=390))
    after = facts_of(cancer(days=400), surgery(200), observation(GROUP_CLINICAL, IIA, days=100))
    assert before.value("stage-group") == "IIA"
    assert isinstance(after["stage-group"], Unknown)


@pytest.mark.parametrize("code", ["icd:C50.912", "sct:254837009"])
def test_inflammatory_carcinoma_is_at_least_iiib(code: str, facts_of: FactsOf) -> None:
    """E16: T4d, whatever smaller stage somebody wrote."""
    facts = facts_of(cancer(code, text="inflammatory carcinoma of left breast"), observation(GROUP_CLINICAL, IIA))
    assert facts.value("inflammatory") == "yes"
    assert set(facts.candidates("stage-group")) <= {"IIIB", "IIIC"}


def size(millimetres: float) -> Observation:
    """A tumour size at diagnosis."""
    return observation("loinc:21889-1", value_quantity=Quantity(value=millimetres, unit="mm"), days=990)


@pytest.mark.parametrize(
    ("recorded", "millimetres", "groups", "why"),
    [
        (tnm("T1", "N0"), 18, {"IA"}, "as recorded"),
        (tnm("T1", "N0"), 20, {"IA"}, "2.0 cm is T1"),
        (tnm("T1", "N0"), 21, {"IA", "IIA"}, "2.1 cm is T2"),
        (tnm("T1", "N1"), 21, {"IIA", "IIB"}, "T2 N1 by a millimetre: what contradicts the record is not weighed"),
        (tnm("T1", "N0"), 30, {"IA", "IIA"}, "T2 by size"),
        (tnm("T1", "N0"), 60, {"IA", "IIB"}, "T3 by size: as far as from early to not early"),
        (tnm("T1", "N1"), 30, {"IIA", "IIB"}, "T2 N1 by size"),
        (tnm("T2", "N0"), 50, {"IIA"}, "5.0 cm is T2"),
        (tnm("T2", "N0"), 51, {"IIA", "IIB"}, "5.1 cm is T3"),
        (tnm("T2", "N0"), 56, {"IIA", "IIB"}, "T3 N0 by size"),
        (tnm("T1-2", "N0"), 30, {"IA", "IIA"}, "one of a range"),
        (tnm("T1-2", "N0"), 60, {"IA", "IIA", "IIB"}, "T3 N0 by size: none of a range"),
        (tnm("T3", "N0"), 30, {"IIB"}, "smaller than recorded changes nothing"),
        (tnm("T4", "N0"), 60, {"IIIB"}, "T4 is not defined by size"),
        ([observation(GROUP_CLINICAL, IIA, days=990)], 60, {"IIA", "IIB", "IIIA"}, "a group without T and N: N0 or N1"),
    ],
)
def test_a_tumour_larger_than_the_stage_allows_leaves_it_open(
    recorded: list[Observation], millimetres: float, groups: set[str], why: str, facts_of: FactsOf
) -> None:
    """What is recorded and what was measured do not fit: never taken for the early one alone."""
    found = set(facts_of(cancer(days=1000), *recorded, size(millimetres)).candidates("stage-group"))
    assert found == groups, why


@pytest.mark.parametrize(
    ("reason", "early", "why"),
    [
        ("staging, matted axillary nodes", False, "N2"),
        ("staging, fixed left axillary node", False, "N2"),
        ("staging, skin ulceration", False, "T4b"),
        ("staging, ?chest wall invasion", False, "T4a, in doubt too"),
        ("staging, no skin or chest wall involvement", True, "negated"),
        ("staging, no matted nodes", True, "negated"),
    ],
)
def test_what_the_order_says_of_skin_chest_wall_and_nodes(
    reason: str, early: bool, why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), observation(GROUP_CLINICAL, "sct:1222724007"), draft=order("cpt:78815", reason))
    assert ("IA" in facts.candidates("stage-group")) is early, why


def test_t4d_is_inflammatory(facts_of: FactsOf) -> None:
    assert facts_of(cancer(), *tnm("cT4d")).value("inflammatory") == "yes"
    assert facts_of(cancer(), *tnm("cT4b")).value("inflammatory") == "no"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (KeyState.OK, UnknownReason.NOT_RECORDED),
        (KeyState.EMPTY, UnknownReason.NOT_RECORDED),
        (KeyState.NOT_RUN, UnknownReason.NOT_RECORDED),
        (KeyState.ERROR, UnknownReason.NOT_RETRIEVED),
        (KeyState.PARTIAL, UnknownReason.NOT_RETRIEVED),
    ],
)
@pytest.mark.parametrize("name", ["stage-group", "clinical-t", "clinical-n", "tumor-size-mm", "er", "her2"])
def test_nothing_said_is_unknown_never_early(
    name: str, state: KeyState, reason: UnknownReason, facts_of: FactsOf
) -> None:
    """A failure to read is told from an empty record; neither is a stage."""
    fact = facts_of(cancer(), states={"observations": state})[name]
    assert isinstance(fact, Unknown)
    assert fact.reason is reason


def test_evidence_is_ours_and_dated(facts_of: FactsOf) -> None:
    """What a card shows: the value in our words, the resource, the day."""
    evidence = facts_of(cancer(), observation(GROUP_CLINICAL, IIA, days=15, id="s"))["stage-group"].evidence
    assert [(each.value, each.resources, each.date) for each in evidence] == [
        ("stage IIA", ("Observation/s",), ago(15))
    ]
