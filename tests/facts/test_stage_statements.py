"""What one statement of the stage means: a range, one that cannot be read, one of another system, one that contradicts
itself. Unread is never absent, and never early (facts A7: E2, E3, E10-E12, A8)."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cds_service.facts.model import Facts, Known, Unknown, UnknownReason
from cds_service.facts.stage_statements import ORDER
from cds_service.fhir.resources import (
    Annotation,
    CodeableConcept,
    Coding,
    Condition,
    ConditionStage,
    Observation,
    ObservationComponent,
    Quantity,
    Reference,
    Resource,
)
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import ago, cancer, concept, condition, medication, observation, order, surgery

FactsOf = Callable[..., Facts]

GROUP, T, N, M = "loinc:21908-9", "loinc:21905-5", "loinc:21906-3", "loinc:21907-1"
PATHOLOGIC_M, PATHOLOGIC_GROUP = "loinc:21901-4", "loinc:21902-2"
IA, IIA, T1C, N0, M0 = "sct:1222724007", "sct:1222766008", "sct:1228899006", "sct:1229967007", "sct:1229901006"
EARLY = (observation(T, T1C), observation(N, N0))
NO_SYSTEM = CodeableConcept(coding=(Coding(code="1229903009"),))
NULL = CodeableConcept(coding=(Coding(system="http://terminology.hl7.org/CodeSystem/v3-NullFlavor", code="UNK"),))


# --- what cannot be read ----------------------------------------------------------------------------------------------
UNREAD_M = [
    (observation(M, "local:1"), "the M of a national code system: 1 is M1 there"),
    (observation(M, NO_SYSTEM), "a code without its system is no code"),
    (observation(M, "sct:1229907009"), "a code of SNOMED CT that no list has"),
    (observation(M, "loinc:LA4583-6"), "an answer code of LOINC"),
    (observation(M, "see report"), "words that say neither"),
    (observation(M, None, value_integer=1), "a bare number"),
    (observation(M, True), "true of what?"),
    (observation(M, None, value_quantity=Quantity(value=1.0)), "a quantity"),
    (observation(M, "M0-1"), "either"),
    (observation(PATHOLOGIC_M, "local:1"), "of pathology"),
    (observation("loinc:21889-1", component=(ObservationComponent(code=concept(M), value_string="pos"),)), "a part"),
    (observation(GROUP, "local:4"), "a stage that nobody can read may be IV, whatever T and N"),
]


@pytest.mark.parametrize(("stated", "why"), UNREAD_M, ids=[row[1] for row in UNREAD_M])
def test_an_m_that_cannot_be_read_is_not_m0(stated: Observation, why: str, facts_of: FactsOf) -> None:
    """E12 takes a missing M for M0; what stands on record and cannot be read is not missing."""
    facts = facts_of(cancer(), *EARLY, stated)
    assert isinstance(facts["clinical-m"], Unknown), why
    assert facts["clinical-m"].reason is UnknownReason.UNREADABLE, why
    assert set(facts.candidates("disease-phase")) == {"new", "metastatic"}, why


def test_it_may_be_metastatic_in_follow_up_too(facts_of: FactsOf) -> None:
    """E24: stage IV is never curative, whenever it was recorded."""
    facts = facts_of(cancer(days=2000), surgery(1900), observation(M, "local:1", days=900))
    assert set(facts.candidates("disease-phase")) == {"surveillance", "metastatic"}


def test_a_phase_that_may_be_metastatic_shows_both_that_say_so(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2000), surgery(1900), observation(M, "local:1", days=900))
    assert [each.value for each in facts["disease-phase"].evidence] == ["conserving, completed", "cM not understood"]


def test_a_phase_that_nobody_knows_may_be_metastatic_as_well(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), *EARLY, observation(M, "local:1"), states={"procedures": KeyState.ERROR})
    assert {"new", "metastatic"} <= set(facts.candidates("disease-phase"))


@pytest.mark.parametrize(
    ("more", "phase"),
    [((), "new"), ((medication("doxorubicin", reason="neoadjuvant", status="draft"),), "neoadjuvant-planned")],
)
def test_where_the_stage_is_unknown_anyway_it_is_what_is_asked(
    more: tuple[Resource, ...], phase: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), observation(GROUP, "local:4"), *more)
    assert facts.value("disease-phase") == phase
    assert isinstance(facts["stage-group"], Unknown)


@pytest.mark.parametrize(
    ("stated", "assumed", "why"),
    [
        ((observation(M, None, data_absent_reason=concept(text="not performed")),), True, "no value"),
        ((observation(M, "MX"),), True, "AJCC has no MX: not assessed"),
        ((observation(M, "Not assessed"),), True, "not assessed, in words"),
        ((observation(M, NULL),), True, "a code for a missing value"),
        ((observation(M, "local:1", status="cancelled"),), True, "cancelled"),
        ((observation(M, "local:1"), observation(M, M0)), False, "the same, said readably"),
        ((observation(M, "local:1", days=18), observation(M, M0, days=9)), False, "readable since"),
        ((observation(GROUP, "local:4"), observation(M, M0)), False, "a recorded M0 is no assumption"),
    ],
)
def test_an_m_that_is_missing_is_m0(
    stated: tuple[Observation, ...], assumed: bool, why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), *EARLY, *stated)
    m = facts["clinical-m"]
    assert isinstance(m, Known), why
    assert m.value == "M0", why
    assert (m.assumed == "m0") is assumed, why
    assert facts.value("disease-phase") == "new", why


@pytest.mark.parametrize(
    ("stated", "groups", "why"),
    [
        ((observation(T, T1C, days=18), observation(N, N0, days=18), observation(T, "local:3")), 4, "T of a later day"),
        ((observation(T, "2"), observation(N, N0)), 4, "a bare 2 is neither T2 nor stage II"),
        ((observation(T, "local:1"), observation(N, "local:0")), 9, "codes of another system: no stage I, no stage 0"),
        ((observation(GROUP, "local:1"),), 9, "nor is a bare code of a group"),
        ((observation(GROUP, "local:12"),), 9, "nor one of two digits"),
        ((observation(GROUP, "IIC"),), 9, "no cancer of the breast has such a group"),
        ((observation(GROUP, "IVA"),), 1, "nor this one, but whoever writes it means IV"),
        ((observation(GROUP, "IVA"), *EARLY), 1, "IV with T1 N0, which says nothing of metastasis"),
        ((observation(GROUP, "Stage IVA"),), 1, "read as words, it is IV"),
        ((observation(GROUP, IA, days=18), observation(GROUP, "local:9")), 9, "a stage of a later day"),
        ((observation(GROUP, IA), observation(GROUP, "local:9")), 1, "the same day, said readably"),
        ((observation(GROUP, "local:9"), *EARLY), 1, "T and N say it"),
    ],
)
def test_a_stage_that_cannot_be_read_is_open(
    stated: tuple[Observation, ...], groups: int, why: str, facts_of: FactsOf
) -> None:
    assert len(facts_of(cancer(), *stated).candidates("stage-group")) == groups, why


# E1-E16: T, N and M make the stage, so that one nobody can read, newer than they are, may rest on others.
_ABSENCE = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
MASKED = CodeableConcept(coding=(Coding(system=_ABSENCE, code="masked"),))
OF_THAT_DAY = (*(observation(code, value, days=18) for code, value in ((T, "T2"), (N, N0), (M, M0), (GROUP, IIA))),)
NEWER = [
    (observation(GROUP, "IIC", days=9), ("clinical-t", "clinical-n", "clinical-m", "stage-group"), "no such stage"),
    (observation(GROUP, "Stage IIC", days=9), ("clinical-t", "stage-group"), "nor in words is it a II"),
    (observation(GROUP, "stage 2c", days=9), ("stage-group",), "nor in figures"),
    (observation(GROUP, "local:9", days=9), ("clinical-n", "stage-group"), "a code that nobody knows"),
    (observation(GROUP, "see pathology", days=9), ("stage-group",), "where it stands is not what it is"),
    (observation(GROUP, None, days=9, value_quantity=Quantity(value=3.0)), ("stage-group",), "a quantity is no stage"),
    (observation(T, "large", days=9), ("clinical-t", "stage-group"), "a T of any size, N0: IA to IIIB"),
    (observation(N, "local:2", days=9), ("clinical-n", "stage-group"), "an N of any kind"),
    (observation(M, "local:1", days=9), ("clinical-m",), "an M of any kind; T and N stay"),
    (observation(GROUP, None, days=9, data_absent_reason=MASKED), ("stage-group",), "there is one, and it is withheld"),
    (observation(GROUP, None, days=9), ("stage-group",), "a value of a type that is not read, as valueRange"),
    (observation(concept(text="Clinical stage"), concept(text="advanced"), days=9), ("stage-group",), "by its name"),
]


@pytest.mark.parametrize(("stated", "opened", "why"), NEWER, ids=[row[2] for row in NEWER])
def test_a_newer_statement_that_cannot_be_read_opens_what_it_may_change(
    stated: Observation, opened: tuple[str, ...], why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), *OF_THAT_DAY, stated)
    assert [name for name in opened if isinstance(facts[name], Known)] == [], why


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        (observation(GROUP, "IIC", days=18), "of the same day: T, N and the readable stage say it (E13)"),
        (observation(GROUP, "IIC", days=24), "older"),
        (observation(GROUP, "IIC", days=9, status="cancelled"), "cancelled"),
        (observation(GROUP, "not assessed", days=9), "says that nobody knows more"),
        (observation(GROUP, None, days=9, data_absent_reason=concept(text="not performed")), "no statement"),
        (observation(PATHOLOGIC_M, "MX", days=9), "AJCC has no MX"),
        (observation(GROUP, None, days=9, has_member=(Reference(reference="Observation/t"),)), "a panel of others"),
        (observation(concept(text="CKD stage"), concept(text="3b"), days=9), "of another disease"),
        (observation(concept(text="T"), concept(text="37.2"), days=9), "a temperature"),
    ],
)
def test_a_statement_that_changes_nothing(stated: Observation, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), *OF_THAT_DAY, stated)
    assert facts.value("stage-group") == "IIA", why
    assert facts.value("clinical-m") == "M0", why


@pytest.mark.parametrize(
    ("named", "value", "name", "candidates", "why"),
    [
        ("Clinical stage", "IIIB", "stage-group", {"IIIB"}, "no code, but a name"),
        ("AJCC stage group", "Stage IIA", "stage-group", {"IIA"}, "likewise"),
        ("Stage of breast cancer", "IIA", "stage-group", {"IIA"}, "likewise"),
        ("TNM", "cT1 cN0 cM0", "stage-group", {"IA"}, "all in one"),
        ("cT", "cT3", "clinical-t", {"T3"}, "a category"),
        ("Clinical N category", "N2", "clinical-n", {"N2"}, "likewise"),
        ("N category", "2", "clinical-n", set(ORDER["n"]), "a bare number is no N"),
        ("CKD stage", "3", "stage-group", set(ORDER["group"]), "of another disease"),
        ("Lung cancer stage", "IIIB", "stage-group", set(ORDER["group"]), "of another cancer"),
        ("Tanner stage", "3", "stage-group", set(ORDER["group"]), "of no disease"),
        ("Prognostic stage", "IA", "stage-group", set(ORDER["group"]), "C10: another system"),
        ("T", "37.2", "clinical-t", set(ORDER["t"]), "a temperature"),
    ],
)
def test_an_observation_whose_name_alone_tells_that_it_states_a_stage(
    named: str, value: str, name: str, candidates: set[str], why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(), observation(concept(text=named), None, value_string=value))
    assert set(facts.candidates(name)) == candidates, why


@pytest.mark.parametrize(
    ("typed", "groups"),
    [("Stage IIB", {"IIB"}), ("cT4 N2 M0", {"IIIB"}), ("Clinical stage group", set(ORDER["group"]))],
)
def test_a_stage_that_stands_as_its_type(typed: str, groups: set[str], facts_of: FactsOf) -> None:
    """A summary says it where there is one; without it some write it there."""
    stage = ConditionStage(type=concept(text=typed))
    assert set(facts_of(msgspec.structs.replace(cancer(), stage=(stage,))).candidates("stage-group")) == groups


def test_what_could_not_be_read_is_named(facts_of: FactsOf) -> None:
    """In our words, with the resource: the value itself may be anybody's text."""
    evidence = facts_of(cancer(), observation(M, "local:1", id="m"))["clinical-m"].evidence
    assert [(each.value, each.resources) for each in evidence] == [("cM not understood", ("Observation/m",))]
    evidence = facts_of(cancer(), observation(GROUP, "local:9", id="g"))["stage-group"].evidence
    assert [each.value for each in evidence] == ["stage not understood"]
    evidence = facts_of(cancer(), observation(T, "cT2-3"))["clinical-t"].evidence
    assert [each.value for each in evidence] == ["cT2 or T3"]


# --- ranges -----------------------------------------------------------------------------------------------------------
RANGES = [
    ("cT2-3", "cN0", {"IIA", "IIB"}, "T3 N0 is IIB (E3)"),
    ("cT2/3", "cN0", {"IIA", "IIB"}, "with a slash"),
    ("cT2\u20133", "cN0", {"IIA", "IIB"}, "with a dash"),
    ("T2-T3", "cN0", {"IIA", "IIB"}, "T twice"),
    ("cT1c-cT2", "cN0", {"IA", "IIA"}, "with subcategories"),
    ("cT2 or cT3", "cN0", {"IIA", "IIB"}, "in words"),
    ("cT1-2", "cN0", {"IA", "IIA"}, "early either way"),
    ("cT1-3", "cN0", {"IA", "IIA", "IIB"}, "what lies between, too"),
    ("cT2", "cN0-1", {"IIA", "IIB"}, "T2 N1 is IIB (E1)"),
    ("cT1", "cN0-1", {"IA", "IB", "IIA"}, "N1mi lies between"),
    ("cT2", "pN0 (0/3)", {"IIA", "IIB", "IIIA", "IIIC"}, "counts of nodes are no range; pN says nothing of cN"),
    ("cT1", "cN0(i-)(sn)", {"IA"}, "what AJCC puts in brackets is none"),
]


@pytest.mark.parametrize(("t", "n", "groups", "why"), RANGES, ids=[f"{row[0]} {row[1]}" for row in RANGES])
def test_every_value_of_a_range_counts(t: str, n: str, groups: set[str], why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), observation(T, None, value_string=t), observation(N, None, value_string=n))
    assert set(facts.candidates("stage-group")) == groups, why


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("cT2-3 cN0 left breast cancer", {"IIA", "IIB"}),
        ("left breast cancer T2N0-1", {"IIA", "IIB"}),
        ("left breast cancer, stage IIA-IIB", {"IIA", "IIB"}),
        ("left breast cancer, stage I-IIA", {"IA", "IB", "IIA"}),
        ("left breast cancer, cT1-2 N0", {"IA", "IIA"}),
    ],
)
def test_a_range_in_words_counts_too(text: str, groups: set[str], facts_of: FactsOf) -> None:
    assert set(facts_of(cancer(text=text)).candidates("stage-group")) == groups
    assert set(facts_of(cancer(), draft=order("cpt:78815", f"staging, {text}")).candidates("stage-group")) == groups


def test_a_single_value_settles_a_range(facts_of: FactsOf) -> None:
    """Of one day, or of a later one."""
    for days in (15, 5):
        facts = facts_of(cancer(), observation(T, "cT2-3"), observation(T, "cT2", days=days), observation(N, N0))
        assert facts.value("stage-group") == "IIA"


# --- another system ---------------------------------------------------------------------------------------------------
PROGNOSTIC: list[tuple[dict[str, Any], str]] = [
    ({"method": concept("ncit:C139446")}, "the method's code"),
    ({"method": concept(text="AJCC 8th edition clinical prognostic stage")}, "the method's words"),
    ({"method": concept("ncit:X1=Prognostic staging")}, "the method's display"),
    ({"code": concept(GROUP, text="Clinical Prognostic Stage Group")}, "the words of the code"),
    ({"value": concept(IIA, text="Prognostic stage IIA")}, "the words of the value"),
    ({"value": "prognostic stage IIA"}, "a value in words"),
    ({"note": "AJCC 8 prognostic stage; anatomic IIB"}, "a note"),
]


@pytest.mark.parametrize(("more", "why"), PROGNOSTIC, ids=[row[1] for row in PROGNOSTIC])
def test_a_prognostic_group_is_not_the_anatomic_one(more: dict[str, Any], why: str, facts_of: FactsOf) -> None:
    """A8: T2 N1, grade 1, HER2 and both receptors positive, is prognostic IB and anatomic IIB."""
    stated = observation(**{"code": GROUP, "value": IIA, **more})
    assert isinstance(facts_of(cancer(), stated)["stage-group"], Unknown), why


@pytest.mark.parametrize(
    ("stage", "more"),
    [
        (ConditionStage(summary=concept(IIA), type=concept("ncit:C139446")), {}),
        (ConditionStage(summary=concept(IIA), type=concept(text="Prognostic")), {}),
        (ConditionStage(summary=concept(text="Prognostic stage IIA")), {}),
        (ConditionStage(summary=concept(IIA)), {"note": (Annotation(text="AJCC 8 prognostic stage"),)}),
    ],
)
def test_nor_is_that_of_a_condition(stage: ConditionStage, more: dict[str, Any], facts_of: FactsOf) -> None:
    facts = facts_of(msgspec.structs.replace(cancer(), stage=(stage,), **more))
    assert isinstance(facts["stage-group"], Unknown)
    assert facts["clinical-m"] == Known("M0", assumed="m0"), "read, and of another system"


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ("AJCC 8 prognostic stage IB", None),
        ("stage IIA (prognostic)", None),
        ("anatomic stage IIB, prognostic stage IB", "IIB"),
        ("prognostic stage IB (cT2 cN1 cM0)", "IIB"),
    ],
)
def test_nor_one_in_words(said: str, group: str | None, facts_of: FactsOf) -> None:
    """T and N are the same in both systems, and say the anatomic group."""
    for facts in (facts_of(cancer(note=said)), facts_of(cancer(), draft=order("cpt:78815", f"staging, {said}"))):
        assert facts.value("stage-group") == group


# --- what contradicts itself, or is of another time -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "unknown", "why"),
    [
        (concept(f"{IA}=American Joint Committee on Cancer stage IIIA"), True, "code and display are of two patients"),
        (concept(IA, text="Stage IIA"), True, "nor do code and text agree"),
        (concept(f"{IA}=American Joint Committee on Cancer stage IA"), False, "they agree"),
        (concept(IA, text="Stage I"), False, "the code has the letter"),
        (concept("sct:261614003=Stage 2A"), False, "in Arabic numbers"),
    ],
)
def test_a_value_and_its_words_must_agree(value: CodeableConcept, unknown: bool, why: str, facts_of: FactsOf) -> None:
    fact = facts_of(cancer(), observation(GROUP, value))["stage-group"]
    assert isinstance(fact, Unknown) is unknown, why
    if isinstance(fact, Unknown):
        assert fact.reason is UnknownReason.CONTRADICTORY, why


@pytest.mark.parametrize(
    ("code", "value", "fact"),
    [
        (T, "sct:1228899006=American Joint Committee on Cancer cT3", "clinical-t"),
        (N, "sct:1229967007=American Joint Committee on Cancer cN1", "clinical-n"),
    ],
)
def test_so_must_those_of_a_category(code: str, value: str, fact: str, facts_of: FactsOf) -> None:
    assert isinstance(facts_of(cancer(), observation(code, value))[fact], Unknown)


def test_m1_in_the_display_alone_is_not_m0(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), *EARLY, observation(M, f"{M0}=American Joint Committee on Cancer cM1"))
    assert facts.value("disease-phase") == "metastatic"


@pytest.mark.parametrize("stage", ["recurrent Stage IA", "rT1 N0"])
def test_the_stage_of_a_recurrence_is_not_that_at_diagnosis(stage: str, facts_of: FactsOf) -> None:
    """AJCC's r: classified again when the cancer came back."""
    assert isinstance(facts_of(cancer(stage=stage))["stage-group"], Unknown)


def test_a_condition_says_what_each_of_its_stages_is_about(facts_of: FactsOf) -> None:
    """By its type; T of the specimen is not the clinical one (E14), though its code may not say whose it is."""
    staged = msgspec.structs.replace(
        cancer(),
        stage=(
            ConditionStage(summary=concept("sct:23351008"), type=concept("sct:384625004")),
            ConditionStage(summary=concept("sct:62455006"), type=concept("loinc:21906-3")),
            ConditionStage(summary=concept("local:1"), type=concept("loinc:21907-1")),
        ),
    )
    facts = facts_of(staged)
    assert isinstance(facts["clinical-t"], Unknown)
    assert facts.value("clinical-n") == "N0"
    assert isinstance(facts["clinical-m"], Unknown)


@pytest.mark.parametrize(
    ("summary", "m0", "why"),
    [
        ("cT1 cN0", True, "T and N, and no group: read"),
        ("local:7", False, "of whatever, a group it may be"),
        (None, True, "an assessment alone"),
    ],
)
def test_a_stage_of_no_type_is_read_as_far_as_it_goes(
    summary: str | None, m0: bool, why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(stage=summary), *EARLY)
    assert isinstance(facts["clinical-m"], Known) is m0, why


@pytest.mark.parametrize(
    ("days", "known", "why"),
    [
        (0, True, "today"),
        (-1, True, "tomorrow, where the sender is"),
        (-2, False, "not written yet"),
        (-100, False, "a mistyped year"),
    ],
)
def test_a_stage_dated_ahead_cannot_be_relied_on(days: int, known: bool, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), observation(GROUP, IA, days=days), observation(M, M0))
    assert (facts.value("stage-group") == "IA") is known, why


def test_m1_dated_ahead_is_m1(facts_of: FactsOf) -> None:
    """A mistake in the date is none in the value, as far as it keeps a warning away."""
    facts = facts_of(cancer(), *EARLY, observation(M, "cM1", days=-100))
    assert facts.value("disease-phase") == "metastatic"


@pytest.mark.parametrize(("days", "known"), [(0, True), (-1, True), (-2, False), (-180, False)])
def test_a_diagnosis_dated_ahead_is_not_confirmed(days: int, known: bool, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=days), *EARLY)
    assert isinstance(facts["cancer"], Known) is known


def test_metastasis_dated_ahead_is_metastasis(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), *EARLY, condition("icd:C79.51", onset=ago(-30)))
    assert facts.value("disease-phase") == "metastatic"


# --- whose stage it is ------------------------------------------------------------------------------------------------
LUNG = "icd:C34.90"


@pytest.mark.parametrize(
    ("others", "stated", "known", "why"),
    [
        ((condition(LUNG, onset=ago(10)),), observation(GROUP, IA), False, "it may be that of the lung"),
        ((condition(LUNG, onset=None),), observation(GROUP, IA), False, "likewise, of no known age"),
        ((condition(LUNG, onset=ago(10)),), observation(GROUP, IA, days=None), False, "likewise, written at any time"),
        (
            (condition(LUNG, onset=ago(10), clinical="resolved"),),
            observation(GROUP, IA),
            True,
            "that of the lung is over",
        ),
        ((condition(LUNG, onset=ago(400)),), observation(GROUP, IA), True, "the lung was staged when it was found"),
        (
            (condition(LUNG, id="lung", onset=ago(400)), condition("icd:C18.9", id="colon", onset=ago(10))),
            observation(GROUP, IA),
            False,
            "it may be that of the second",
        ),
        ((condition(LUNG, onset=ago(10)),), observation(GROUP, IA, side="left"), True, "of the left breast"),
        (
            (condition(LUNG, onset=ago(10)),),
            observation(GROUP, IA, focus="Condition/cancer"),
            True,
            "it says of which cancer",
        ),
    ],
)
def test_a_stage_beside_another_malignancy(
    others: tuple[Condition, ...], stated: Observation, known: bool, why: str, facts_of: FactsOf
) -> None:
    """E5, E28: what names neither a disease nor a side may be of either."""
    facts = facts_of(cancer(side="left"), *others, stated)
    assert isinstance(facts["stage-group"], Known) is known, why


def test_m1_is_m1_whatever_asks_for_it(facts_of: FactsOf) -> None:
    """Some guides have a code of their own for the M category; its value says it all."""
    facts = facts_of(cancer(), *EARLY, observation("local:77=Spread", "sct:1229903009"))
    assert facts.value("clinical-m") == "M1"
    facts = facts_of(cancer(), *EARLY, observation("local:77=Spread", concept("sct:1229903009", "local:1")))
    assert facts.value("clinical-m") == "M1"
    facts = facts_of(cancer(), *EARLY, observation("local:77=Spread", M0))
    assert facts["clinical-m"] == Known("M0", assumed="m0")


def test_a_stage_by_name_alone_that_is_withheld_leaves_the_group_open(facts_of: FactsOf) -> None:
    named = CodeableConcept(text="AJCC stage")
    before = (
        observation(GROUP, IA, days=18),
        *(observation(code, value, days=18) for code, value in ((T, T1C), (N, N0))),
    )
    assert facts_of(cancer(), *before).value("stage-group") == "IA"
    withheld = observation(named, None, days=9, data_absent_reason=MASKED)
    assert not isinstance(facts_of(cancer(), *before, withheld)["stage-group"], Known)


def test_an_interpretation_stands_for_a_value_that_is_missing(facts_of: FactsOf) -> None:
    positive = (concept(text="M1"),)
    assert facts_of(cancer(), *EARLY, observation(M, None, interpretation=positive)).value("clinical-m") == "M1"
    assert (
        facts_of(cancer(), *EARLY, observation(T, T1C, interpretation=(concept(text="T3"),))).value("clinical-t")
        == "T1"
    )


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        (observation(GROUP, None, value_string="Stage IA, prognostic"), "a value as a text"),
        (observation(GROUP, "Stage IA by the prognostic system"), "a value in words"),
    ],
)
def test_a_prognostic_group_in_other_words(stated: Observation, why: str, facts_of: FactsOf) -> None:
    assert not isinstance(facts_of(cancer(), stated)["stage-group"], Known), why


def test_t_and_n_beside_a_prognostic_group_say_the_anatomic_one(facts_of: FactsOf) -> None:
    stated = observation(CodeableConcept(text="AJCC stage"), "Prognostic group; stage IB, T2 N1")
    assert facts_of(cancer(), stated).value("stage-group") == "IIB"


def test_a_prognostic_group_in_the_words_beside_a_code(facts_of: FactsOf) -> None:
    stage = ConditionStage(summary=concept(IIA, text="AJCC prognostic"))
    assert isinstance(facts_of(msgspec.structs.replace(cancer(), stage=(stage,)))["stage-group"], Unknown)


@pytest.mark.parametrize(
    ("typed", "method", "known", "why"),
    [
        (None, "ncit:C139446", False, "a copy of the prognostic one"),
        ("Clinical stage", "ncit:C139446", True, "no copy: it says of which time it is"),
        (None, None, True, "a copy of an anatomic one"),
    ],
)
def test_a_group_on_the_condition_as_an_observation_has_it(
    typed: str | None, method: str | None, known: bool, why: str, facts_of: FactsOf
) -> None:
    """The Observation was written after the operation, and is not the stage at diagnosis."""
    stage = ConditionStage(summary=concept(IA), type=concept(text=typed) if typed else None)
    breast = msgspec.structs.replace(cancer(days=170), stage=(stage,))
    later = observation(GROUP, IA, days=3, **({"method": concept(method)} if method else {}))
    assert isinstance(facts_of(breast, surgery(60), later)["stage-group"], Known) is known, why
