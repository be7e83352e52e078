"""When an Observation holds, whether it says anything, whether it says yes or no, and which of two cancers it is of."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cds_service.facts.diagnoses import diagnoses
from cds_service.facts.episodes import cancers
from cds_service.facts.observations import (
    affirms,
    belongs,
    denied_since,
    denies,
    has_result,
    is_withheld,
    maybe_newest,
    measured,
    observed,
)
from cds_service.facts.source import Source
from cds_service.fhir.resources import (
    CodeableConcept,
    Coding,
    Condition,
    Observation,
    ObservationComponent,
    Period,
    Quantity,
    Reference,
)
from tests.support.resources import ago, cancer, concept, condition, observation, order

SourceOf = Callable[..., Source]

FEVER = "sct:386661006=Fever"
HL7_YES_NO, HL7_FLAG = "urn:example:v2-0136", "urn:example:v3-ObservationInterpretation"


def said(value: "str | CodeableConcept | bool | None", **more: Any) -> Observation:
    """What was observed of fever."""
    return observation(FEVER, value, **more)


def coded(code: str, *more: str) -> CodeableConcept:
    """A code of HL7, whose system these answers are not asked for."""
    return CodeableConcept(coding=tuple(Coding(system=HL7_YES_NO, code=each) for each in (code, *more)))


def flagged(*codes: str) -> tuple[CodeableConcept, ...]:
    return tuple(CodeableConcept(coding=(Coding(system=HL7_FLAG, code=each),)) for each in codes)


# --- when -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("noted", "day", "why"),
    [
        (Observation(effective_date_time="2026-05-03", issued="2026-05-09"), "2026-05-03", "not when it was sent"),
        (Observation(effective_instant="2026-05-04T08:00:00Z", issued="2026-05-09"), "2026-05-04", "to the second"),
        (Observation(effective_period=Period(start="2026-05-05"), issued="2026-05-09"), "2026-05-05", "its first day"),
        (Observation(issued="2026-05-09T08:00:00Z"), "2026-05-09", "nothing else is known"),
    ],
)
def test_the_day_it_holds_of(noted: Observation, day: str, why: str) -> None:
    on = observed(noted)
    assert on is not None, why
    assert on.text == day, why


@pytest.mark.parametrize(
    ("days", "kept", "why"),
    [
        (["2026-05-01", "2026-05-02"], ["2026-05-02"], "the later one"),
        (["2026-05-02", "2026-05-01"], ["2026-05-02"], "in any order"),
        (["2026-05-02", "2026-05-02"], ["2026-05-02", "2026-05-02"], "both of one day"),
        (["2026-05-02", "2026-05"], ["2026-05-02", "2026-05"], "of a month that may be later"),
        (["2026-05-31", "2026-05"], ["2026-05-31", "2026-05"], "at the earliest on its last day"),
        (["2026-06-01", "2026-05"], ["2026-06-01"], "of a month that is over"),
        (["2026-05-02", None], ["2026-05-02", None], "nobody knows of when"),
        ([None], [None], "no day at all"),
        ([], [], "nothing"),
    ],
)
def test_those_that_may_be_the_newest(days: Sequence[str | None], kept: Sequence[str | None], why: str) -> None:
    found = maybe_newest([Observation(effective_date_time=each) for each in days])
    assert [each.effective_date_time for each in found] == kept, why


# --- whether it says anything -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *(("final", True), ("preliminary", True), ("amended", True), ("corrected", True), (None, True)),
        *(("registered", False), ("cancelled", False)),
    ],
)
def test_what_was_never_measured_has_no_result(status: str | None, expected: bool) -> None:
    assert has_result(Observation(status=status)) is expected


def absent(*codes: str) -> CodeableConcept:
    return CodeableConcept(coding=tuple(Coding(code=each) for each in codes))


@pytest.mark.parametrize(
    ("noted", "expected", "why"),
    [
        (said(None), True, "of a type that is not read, or lost on the way"),
        (said(None, data_absent_reason=absent("masked")), True, "there is one, and it is not shown"),
        (said(None, data_absent_reason=absent("unsupported")), True, "there is one that cannot be sent"),
        (said(None, data_absent_reason=absent("as-text")), True, "it stands in the narrative"),
        (said(None, data_absent_reason=absent("error")), True, "it was lost"),
        (said(None, data_absent_reason=absent("x", "error")), True, "likewise, beside a code of the house"),
        (said(None, data_absent_reason=absent("not-performed")), False, "nobody measured"),
        (said(None, data_absent_reason=concept(text="refused")), False, "likewise, in words"),
        (said(CodeableConcept()), True, "a concept that is masked"),
        (said(CodeableConcept(coding=(Coding(system="urn:example:x"),))), True, "a coding that holds nothing"),
        (said(concept(text="high")), False, "it is here, in words"),
        (said(CodeableConcept(coding=(Coding(code="H"),))), False, "it is here, as a code"),
        (said(CodeableConcept(coding=(Coding(display="high"),))), False, "it is here, by its name"),
        (said(CodeableConcept(coding=(Coding(), Coding(code="H")))), False, "it is here, behind an empty coding"),
        (said(False), False, "it is here: no"),
        (said(None, value_integer=0), False, "it is here: none"),
        (said(None, value_quantity=Quantity(value=37)), False, "it is here, measured"),
        (said(None, value_string="37"), False, "it is here, in words"),
        (said(None, interpretation=flagged("H")), False, "how high is not known, but that it is"),
        (said(None, component=(ObservationComponent(),)), False, "a panel: the values are its parts"),
        (said(None, has_member=(Reference(reference="Observation/1"),)), False, "a panel of other Observations"),
    ],
)
def test_a_value_that_we_do_not_get(noted: Observation, expected: bool, why: str) -> None:
    assert is_withheld(noted) is expected, why


@pytest.mark.parametrize(
    ("noted", "expected", "why"),
    [
        (said(None, value_quantity=Quantity(value=84, unit="%")), (84, None, "%"), "as it is measured"),
        (said(None, value_quantity=Quantity(unit="%")), None, "a unit, and no number"),
        (said(None, value_integer=84), (84, None, None), "an integer"),
        (said(None, value_integer=0), (0, None, None), "none of it"),
        (said(None, value_string="84 % on air"), (84, None, "%"), "and where it was measured"),
        (said(None, value_string=" 84"), (84, None, ""), "without a unit"),
        (said(concept(text="84 %")), (84, None, "%"), "as a concept in words"),
        (said(concept("local:84=84 %")), (84, None, "%"), "by what a code is called"),
        (said(concept("local:1=low", text="84 %")), (84, None, "%"), "in one of two texts"),
        (said(concept("local:1=84 %", text="low")), (84, None, "%"), "in the other of them"),
        (said(concept(text="90 %"), value_string="84 %"), (84, None, "%"), "in its own words first"),
        (said(None, value_string="42,000 /uL"), (42000, None, "/uL"), "a comma between thousands"),
        (said(None, value_string="1,042,000 /uL"), (1042000, None, "/uL"), "two of them"),
        (said(None, value_string="42,000.5 /uL"), (42000.5, None, "/uL"), "and a point"),
        (said(None, value_string="7,2 g/dL (L)"), (7.2, None, "g/dL"), "a comma before the decimals, and a flag"),
        (said(None, value_string="7,25 g/dL"), (7.25, None, "g/dL"), "two decimals"),
        (said(None, value_string="7.2g/dL; low"), (7.2, None, "g/dL"), "nothing between number and unit"),
        (said(None, value_string="< 8 g/dL"), (8, "<", "g/dL"), "below a limit"),
        (said(None, value_string=">=8"), (8, ">=", ""), "a limit, or more"),
        (said(None, value_string="low"), None, "no number"),
        (said(None, value_string="about 84 %"), None, "words before it, which may mean anything"),
        (said(None), None, "nothing"),
    ],
)
def test_a_number_however_it_is_written(
    noted: Observation, expected: "tuple[float, str | None, str | None] | None", why: str
) -> None:
    found = measured(noted)
    assert (found and (found.value, found.comparator, found.unit)) == expected, why


# --- yes and no -------------------------------------------------------------------------------------------------------
NO = [
    *((said(code), "denied by a code") for code in ("sct:260415000", "sct:2667000", "sct:373067005", "sct:260385009")),
    (said("loinc:LA32-8"), "No, from LOINC's list of answers"),
    (said(coded("N")), "no, in HL7 v2"),
    (said(coded(" N ")), "with space around it"),
    (said(coded("0", "N")), "beside a code of the house"),
    (said(False), "false"),
    (said(None, value_integer=0), "none"),
    *(
        (said(None, value_string=text), "denied in words")
        for text in ("no", "none", "absent", "negative", "not detected", "not present", "denies", "denied", " No. ")
    ),
    (said(concept(text="Absent")), "by the text of its value"),
    (said(concept("local:1=Absent")), "by what a code is called"),
    (said(concept("local:1=Absent", text="answer 1")), "in one of two texts"),
    (said(None, interpretation=flagged("NEG")), "by its interpretation"),
    (said(None, interpretation=flagged("ND")), "not detected, likewise"),
    (said(None, interpretation=flagged("A", "NEG")), "in one of two flags"),
    (said(concept(text="see note"), interpretation=flagged("NEG")), "beside words that say neither"),
    (said(None, value_integer=0, interpretation=flagged("POS")), "whatever its interpretation"),
]
YES = [
    (said(None), "recorded, without any value"),
    (said(True), "true"),
    *((said(code), "by a code") for code in ("sct:260373001", "sct:52101004", "sct:373066001", "sct:10828004")),
    (said("loinc:LA33-6"), "Yes, from LOINC's list of answers"),
    (said(coded("Y")), "yes, in HL7 v2"),
    *((said(None, value_string=text), "in words") for text in ("yes", "present", "positive", "detected", "Yes.")),
    (said(None, interpretation=flagged("A")), "recorded, with a flag that says neither"),
    (said(True, interpretation=flagged("NEG")), "whatever its interpretation"),
    (said("sct:52101004", interpretation=flagged("ND")), "likewise, by a code"),
    (said(None, value_string="present", interpretation=flagged("NEG")), "likewise, in words"),
]
NEITHER = [
    (said(None, value_integer=2), "how often"),
    (said(None, value_quantity=Quantity(value=39.2)), "how high"),
    (said(None, value_string="since Monday"), "since when"),
    (said(concept(text="uncertain")), "nobody knows"),
    (said(CodeableConcept(coding=(Coding(display="Uncertain"),))), "likewise, by a name without a code"),
    (said(CodeableConcept(coding=(Coding(code="N"),))), "a code of no system may mean anything"),
    (said(CodeableConcept(coding=(Coding(code="Y"),))), "likewise"),
    (said(None, component=(ObservationComponent(),)), "what it says stands in its parts"),
    (said(None, data_absent_reason=absent("unknown")), "asked of nobody"),
]


@pytest.mark.parametrize(("noted", "why"), NO)
def test_what_says_that_it_is_not_there(noted: Observation, why: str) -> None:
    assert denies(noted), why


@pytest.mark.parametrize(("noted", "why"), [*YES, *NEITHER])
def test_what_does_not_say_so(noted: Observation, why: str) -> None:
    assert not denies(noted), why


@pytest.mark.parametrize(("noted", "why"), YES)
def test_what_says_that_it_is_there(noted: Observation, why: str) -> None:
    assert affirms(noted), why


@pytest.mark.parametrize(("noted", "why"), [*NO[:-5], *NEITHER])
def test_what_does_not_say_that_it_is_there(noted: Observation, why: str) -> None:
    assert not affirms(noted), why


OVER = [
    ([said(True, days=9), said(False, days=2)], "gone since"),
    ([said(False, days=2), said(True, days=9)], "in any order"),
    ([said(None, days=9), said(False, days=2)], "recorded without a value, gone since"),
    ([said(True, days=9), said(False, days=20), said(False, days=2)], "denied before and after"),
    ([said(True, days=9), said(False, days=2), said(False, days=20)], "likewise, in any order"),
    ([said(True, days=9, side="left"), said(False, days=2, side="left")], "at the same place"),
]
NOT_OVER = [
    ([said(True, days=2), said(False, days=9)], "it came later"),
    ([said(True, days=2), said(False, days=2)], "of one day: nobody knows which was first"),
    ([said(True, days=9), said(False, days=None)], "denied nobody knows when"),
    ([said(True, days=None), said(False, days=2)], "seen nobody knows when"),
    ([said(True, days=9), said(False, days=2, status="cancelled")], "the denial was cancelled"),
    ([said(True, days=9), observation("sct:49727002=Cough", False, days=2)], "another symptom"),
    ([said(True, days=9, side="left"), said(False, days=2, side="right")], "at another place"),
    ([said(True, days=9, note="and in the hip"), said(False, days=2)], "its note says more"),
    ([said(True, days=9, component=(ObservationComponent(),)), said(False, days=2)], "its parts say more"),
    ([said(None, days=9, value_string="yes"), said(False, days=2)], "its words may say more"),
    ([said(concept(text="mild"), days=9), said(False, days=2)], "nobody said that it is there or not"),
    ([said(True, days=9)], "nobody denied it"),
]


@pytest.mark.parametrize(("noted", "why"), OVER)
def test_a_finding_that_is_denied_since(noted: list[Observation], why: str) -> None:
    assert denied_since(noted) == {id(each) for each in noted if not denies(each)}, why


@pytest.mark.parametrize(("noted", "why"), NOT_OVER)
def test_a_finding_that_may_still_be_there(noted: list[Observation], why: str) -> None:
    assert denied_since(noted) == set(), why


def test_an_older_denial_of_a_month_does_not_replace_a_day() -> None:
    """Denied on a day of this month, and in a month that may begin before it: the day counts."""
    noted = [
        Observation(code=concept(FEVER), value_boolean=True, effective_date_time="2026-10-10"),
        Observation(code=concept(FEVER), value_boolean=False, effective_date_time="2026-10-12"),
        Observation(code=concept(FEVER), value_boolean=False, effective_date_time="2026-10"),
    ]
    assert denied_since(noted) == {id(noted[0])}


# --- of which cancer --------------------------------------------------------------------------------------------------
STAGE = "loinc:21908-9"
RIGHT_CANCER = condition("icd:C50.911", id="right", onset=ago(20))
OLD_LEFT = cancer(days=2000)
NO_SIDE = cancer("icd:C50.919", id="new")
LUNG = condition("icd:C34.90", id="lung", clinical="resolved")
OF_BOTH = Observation(code=concept(STAGE), body_site=concept("sct:63762007"), effective_date_time=ago(15))


def focused(*references: str) -> Observation:
    return Observation(code=concept(STAGE), focus=tuple(Reference(reference=each) for each in references))


def owners(source_of: SourceOf, noted: Observation, *conditions: Condition) -> set[str]:
    """The cancers, by the ids of their Conditions, that an Observation is of."""
    source = source_of(*conditions, draft=order())
    every = cancers(diagnoses(source), source)
    return {
        each.named_by[0].reference.removeprefix("Condition/")
        for each in every
        if belongs(noted, each, tuple([other for other in every if other is not each]), source)
    }


@pytest.mark.parametrize(
    ("noted", "conditions", "expected", "why"),
    [
        (observation(STAGE), (cancer(),), {"cancer"}, "there is no other"),
        (observation(STAGE, days=109), (cancer(),), {"cancer"}, "89 days before it was written down"),
        (observation(STAGE, days=110), (cancer(),), set(), "90 days before: of another, no longer on record"),
        (observation(STAGE, days=None), (cancer(),), {"cancer"}, "of no day"),
        (observation(STAGE, days=900), (cancer(days=None),), {"cancer"}, "the cancer is of no day"),
        (observation(STAGE, days=900, focus="Condition/cancer"), (cancer(),), {"cancer"}, "it says so, whenever"),
        (observation(STAGE, focus="https://ehr.example/fhir/Condition/cancer"), (cancer(),), {"cancer"}, "by address"),
        (observation(STAGE, focus="Condition/melanoma"), (cancer(),), set(), "of another disease"),
        (observation(STAGE, focus="Condition/lung"), (cancer(), LUNG), set(), "likewise, on the problem list"),
        (observation(STAGE, focus="urn:uuid:lung"), (cancer(), LUNG), set(), "likewise, by its id alone"),
        (observation(STAGE, focus="urn:uuid:cancer", days=900), (cancer(), LUNG), {"cancer"}, "by id: it says so"),
        (observation(STAGE, focus="urn:uuid:breast"), (cancer(), LUNG), {"cancer"}, "an id of nobody knows what"),
        (focused("BodyStructure/skin", "Condition/melanoma"), (cancer(),), set(), "likewise, and where"),
        (observation(STAGE, focus="BodyStructure/breast"), (cancer(),), {"cancer"}, "says not of which"),
        (Observation(focus=(Reference(display="Her cancer"),)), (cancer(),), {"cancer"}, "likewise, in words"),
        (observation(STAGE, focus="Condition/right"), (cancer(), RIGHT_CANCER), {"right"}, "it says so"),
        (observation(STAGE, focus="Condition/right", side="left"), (cancer(), RIGHT_CANCER), {"right"}, "first of all"),
        (observation(STAGE, side="left"), (cancer(), RIGHT_CANCER), {"cancer"}, "by side"),
        (observation(STAGE, side="right"), (cancer(), RIGHT_CANCER), {"right"}, "by side"),
        (observation(STAGE, side="right"), (cancer(),), set(), "of the other breast"),
        (observation(STAGE, side="left"), (RIGHT_CANCER,), set(), "likewise"),
        (observation(STAGE, side="left"), (cancer(), RIGHT_CANCER, NO_SIDE), {"cancer", "new"}, "either may be of it"),
        (observation(STAGE, side="left", days=110), (cancer(),), set(), "the side of an earlier cancer of it"),
        (observation(STAGE, side="left"), (NO_SIDE,), {"new"}, "nobody says which breast"),
        (observation(STAGE, side="left", days=110), (NO_SIDE,), set(), "likewise, and of an earlier one"),
        (observation(STAGE), (cancer(), RIGHT_CANCER), set(), "of one day: nobody knows"),
        (observation(STAGE), (OLD_LEFT, RIGHT_CANCER), {"right"}, "the last that was known then"),
        (observation(STAGE, days=20), (OLD_LEFT, RIGHT_CANCER), {"right"}, "of the very day"),
        (observation(STAGE, days=21), (OLD_LEFT, RIGHT_CANCER), {"cancer"}, "of the day before"),
        (observation(STAGE, days=1900), (OLD_LEFT, RIGHT_CANCER), {"cancer"}, "the only one then"),
        (observation(STAGE, days=2100), (OLD_LEFT, RIGHT_CANCER), set(), "before either"),
        (observation(STAGE, days=None), (OLD_LEFT, RIGHT_CANCER), set(), "of no day"),
        (observation(STAGE), (cancer(days=None), RIGHT_CANCER), set(), "one cancer is of no day"),
        (OF_BOTH, (OLD_LEFT, RIGHT_CANCER), {"right"}, "both breasts: by the day"),
    ],
)
def test_the_cancer_it_is_of(
    noted: Observation, conditions: tuple[Condition, ...], expected: set[str], why: str, source_of: SourceOf
) -> None:
    assert owners(source_of, noted, *conditions) == expected, why
