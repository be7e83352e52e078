"""What speaks against contrast: allergies and kidneys. It changes no rating (E47), only what is offered.

A study that is contraindicated must not be offered; where something speaks against it without deciding, the fact stays
open, and the study is not recommended.
"""

from collections.abc import Callable
from typing import Any

import pytest

from cds_service.facts.model import Facts, OneOf, Unknown
from cds_service.fhir.resources import AllergyIntolerance, Observation, Reaction, ServiceRequest
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import cancer, concept, condition, laboratory, observation, order

FactsOf = Callable[..., Facts]


def allergy(text: str) -> AllergyIntolerance:
    return AllergyIntolerance(code=concept(text=text))


class TestAllergy:
    @pytest.mark.parametrize(
        ("substances", "expected"),
        [
            (["Gadolinium contrast"], "gadolinium"),
            (["Iodinated contrast media"], "iodinated"),
            (["Gadobutrol", "Iohexol"], "both"),
            (["Penicillin"], "none"),
            ([], "none"),
            (["CT contrast: anaphylaxis"], "iodinated"),
            (["MRI contrast"], "gadolinium"),
            (["IV contrast"], "both"),  # nobody says which
            (["Ioversol"], "iodinated"),  # by the stem of its nonproprietary name
            (["Gadoxetate disodium"], "gadolinium"),
            (["iodine"], "iodinated"),  # how contrast is entered in many charts
            (["IVP dye"], "iodinated"),
            (["Radiocontrast agent"], "iodinated"),
            (["Povidone-iodine"], "none"),  # an antiseptic
            (["Potassium iodide"], "none"),
            (["Red dye"], "none"),  # of food
            (["Shellfish"], "none"),
            (["No known contrast allergy"], "none"),
        ],
    )
    def test_substance_of_an_allergy(self, substances: list[str], expected: str, facts_of: FactsOf) -> None:
        facts = facts_of(cancer(), *(allergy(each) for each in substances))
        assert facts.value("contrast-allergy") == expected

    def test_substance_of_a_reaction(self, facts_of: FactsOf) -> None:
        entry = AllergyIntolerance(reaction=(Reaction(substance=concept("sct:426722004")),))
        assert facts_of(cancer(), entry).value("contrast-allergy") == "iodinated"

    @pytest.mark.parametrize(
        ("problem", "expected"),
        [
            (condition("icd:Z91.041"), "iodinated"),  # radiographic dye allergy status
            (condition("icd:Z91.041", clinical="inactive"), "iodinated"),  # once an allergy
            (condition("sct:293637006"), "both"),
            (condition(text="Anaphylaxis due to iohexol"), "iodinated"),
            (condition(text="Allergy to MRI contrast"), "gadolinium"),
            (condition(text="Contrast nephropathy"), "none"),  # of the kidneys
            (condition(text="No history of contrast allergy"), "none"),
            (condition("icd:I10"), "none"),
        ],
    )
    def test_an_allergy_on_the_problem_list(self, problem: Any, expected: str, facts_of: FactsOf) -> None:
        assert facts_of(cancer(), problem).value("contrast-allergy") == expected

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("staging. No contrast, anaphylaxis to iohexol", "iodinated"),
            ("staging; contrast allergy", "both"),
            ("no allergies. CT with contrast", "none"),
            ("staging, no known contrast allergy", "none"),
            ("PCN allergy. With contrast please", "none"),
        ],
    )
    def test_an_allergy_named_in_the_order(self, words: str, expected: str, facts_of: FactsOf) -> None:
        assert facts_of(cancer(), draft=order("cpt:78815", note=words)).value("contrast-allergy") == expected

    @pytest.mark.parametrize(
        ("draft", "why"),
        [
            (order("cpt:78815", "icd:Z91.041"), "a reason in code"),
            (order("CT chest without contrast: allergic to iohexol"), "in what is ordered"),
            (order(order_detail=(concept(text="iohexol allergy"),)), "in its detail"),
            (order(patient_instruction="Tell the staff of your allergy to iohexol"), "in what the patient is told"),
        ],
    )
    def test_an_allergy_named_anywhere_in_the_order(self, draft: ServiceRequest, why: str, facts_of: FactsOf) -> None:
        assert facts_of(cancer(), draft=draft).value("contrast-allergy") == "iodinated", why

    @pytest.mark.parametrize("state", [KeyState.ERROR, KeyState.PARTIAL])
    def test_allergies_that_could_not_be_read_leave_it_open(self, state: KeyState, facts_of: FactsOf) -> None:
        assert isinstance(facts_of(cancer(), states={"allergies": state})["contrast-allergy"], Unknown)

    def test_a_chart_without_allergies_has_none(self, facts_of: FactsOf) -> None:
        assert facts_of(cancer(), states={"allergies": KeyState.NOT_RUN}).value("contrast-allergy") == "none"


def rate(
    value: float | None, *, code: Any = "loinc:33914-3", unit: str = "mL/min/{1.73_m2}", **more: Any
) -> Observation:
    return laboratory(code, value, unit=unit, high=None, **more)


def creatinine(value: float, **more: Any) -> Observation:
    return laboratory("loinc:2160-0", value, unit="mg/dL", **more)


OPEN = object()

KIDNEYS = [
    ([], "normal", "nothing is recorded"),
    ([condition("icd:N18.4")], "reduced", "stage 4"),
    ([condition("icd:N17.9")], "reduced", "acute kidney failure"),
    ([condition("icd:N17.9", clinical="resolved")], "normal", "it has passed"),
    ([condition("icd:Z99.2")], "reduced", "dialysis"),
    ([condition("icd:I13.2")], "reduced", "a combination code that includes stage 5"),
    ([condition(text="CKD stage 4")], "reduced", "in words"),
    ([condition(text="Chronic kidney disease, stage 5")], "reduced", "in words"),
    ([condition(text="ESRD on hemodialysis")], "reduced", "in words"),
    ([condition("icd:N18.9=Chronic kidney disease, stage IV")], "reduced", "the words say what the code does not"),
    ([condition("icd:N18.9=Chronic kidney disease", text="CKD stage 4")], "reduced", "one of its names says the stage"),
    ([condition("icd:N18.9", text="Nephropathy")], OPEN, "by its code alone"),
    ([condition("icd:N18.31")], "normal", "stage 3a"),
    ([condition(text="CKD stage 3b")], "normal", "stage 3"),
    ([condition(text="Chronic kidney disease")], OPEN, "of no stage"),
    ([condition("icd:N18.9")], OPEN, "of no stage"),
    ([condition("icd:N18.9"), rate(52)], "normal", "the rate says which"),
    ([condition(text="History of acute kidney injury")], OPEN, "it may have left something"),
    ([condition(text="Family history of kidney failure")], "normal", "somebody else's"),
    ([condition("icd:N18.9", text="No kidney failure")], OPEN, "what it is not says nothing of what its code is"),
    ([condition("icd:N18.9", text="CKD stage 3")], OPEN, "its code says of no stage"),
    ([condition(text="No CKD")], "normal", "denied"),
    ([condition(text="eGFR is 22")], "reduced", "a rate in words"),
    ([condition(text="GFR >= 22")], "normal", "a bound that says neither"),
    ([condition(text="Kidney stone")], "normal", "another disease"),
    ([rate(18)], "reduced", "stage 4"),
    ([rate(29.9)], "reduced", "stage 4 ends at 30"),
    ([rate(30)], "normal", "stage 3"),
    ([rate(18, code="loinc:98979-8")], "reduced", "CKD-EPI 2021"),
    ([rate(18, code="loinc:62238-1")], "reduced", "CKD-EPI"),
    ([rate(18, code=concept(text="eGFR"))], "reduced", "named in words"),
    ([rate(18, code=concept("local:GFR1=Est. GFR"))], "reduced", "a laboratory's own code"),
    ([rate(18, code=concept("local:GFR1=Est. GFR", text="Renal panel"))], "reduced", "its display says it"),
    ([Observation(), rate(18, code=concept(text="eGFR"))], "reduced", "behind an Observation of no code"),
    ([laboratory(concept("loinc:1742-6=ALT"), 20, high=40)], "normal", "a test of something else"),
    ([rate(60, comparator=">")], "normal", "as laboratories report it"),
    ([rate(60, comparator="<")], OPEN, "anything below 60"),
    ([rate(60, comparator="<=")], OPEN, "60 or less"),
    ([rate(30, comparator="<")], "reduced", "stage 3 begins at 30"),
    ([rate(15, comparator="<")], "reduced", "stage 5"),
    ([rate(15, comparator=">")], OPEN, "anything above 15"),
    ([rate(15, comparator=">=")], OPEN, "15 or more"),
    ([rate(30, comparator=">")], "normal", "above where stage 4 ends"),
    ([rate(0.3, unit="mL/s")], OPEN, "a unit we do not read"),
    ([rate(18, unit="mL / min")], "reduced", "a unit with spaces"),
    ([observation("loinc:33914-3", value_string=">60")], "normal", "written out"),
    ([observation("loinc:33914-3", value_string="18 mL/min/1.73m2")], "reduced", "written out"),
    ([observation("loinc:33914-3", value_string="see report")], OPEN, "nobody can read it"),
    ([rate(18, days=400), rate(75, days=5)], "normal", "the newest counts"),
    ([rate(75, days=400), rate(18, days=5)], "reduced", "the newest counts"),
    ([rate(75), rate(18)], "reduced", "of two on one day the graver"),
    ([rate(75), rate(18, days=None)], "reduced", "one of no day may be the newest"),
    ([rate(18, status="cancelled")], "normal", "never measured"),
    ([creatinine(1.5, high=None)], OPEN, "nobody says what is normal there"),
    ([creatinine(1.5, high=1.1)], OPEN, "raised, and the rate it means at 58 is 40"),
    ([creatinine(1.9, high=1.1)], OPEN, "the rate it means is 30.2"),
    ([creatinine(2.0, high=1.1)], "reduced", "the rate it means is 28.4"),
    ([creatinine(5.2, high=None)], "reduced", "of whatever range"),
    ([laboratory("loinc:2160-0", 168.0, unit="umol/L")], OPEN, "1.9 mg/dL"),
    ([laboratory("loinc:2160-0", 177.0, unit="umol/L")], "reduced", "2.0 mg/dL"),
    ([laboratory("loinc:2160-0", 40.0, unit="g/L", high=None)], OPEN, "a unit that is not of creatinine in blood"),
    ([creatinine(0.8, high=1.1)], "normal", "within its range"),
    ([creatinine(1.1, high=1.1)], "normal", "at its limit"),
    ([creatinine(1.5, high=None, flag=concept("local:N", "local:L"))], "normal", "not high by either flag"),
    ([creatinine(1.5, high=None, flag="N")], "normal", "the laboratory says so"),
    ([creatinine(5.2, high=None, flag="N")], "reduced", "whatever the laboratory says"),
    ([creatinine(0.3, high=None, flag="L")], "normal", "low is not raised"),
    ([creatinine(0.8, high=1.1, flag="H")], OPEN, "the flag says otherwise"),
    ([rate(75, days=5), creatinine(5.2, days=5, high=1.1)], "normal", "the rate was worked out of it"),
    ([rate(75, days=5), rate(70, days=None), creatinine(5.2, days=9, high=1.1)], "normal", "a rate is newer"),
    ([rate(75, days=400), creatinine(1.5, days=5, high=1.1)], OPEN, "the rate is older"),
]


@pytest.mark.parametrize(("record", "expected", "why"), KIDNEYS, ids=[each[2] for each in KIDNEYS])
def test_kidneys(record: list[Any], expected: Any, why: str, facts_of: FactsOf) -> None:
    found = facts_of(cancer(), *record)["kidney-function"]
    if expected is OPEN:
        assert isinstance(found, OneOf), why
        assert found.candidates == ("normal", "reduced"), why
    else:
        assert getattr(found, "value", found) == expected, why


def test_a_rate_is_shown_once_however_often_it_is_named(facts_of: FactsOf) -> None:
    found = facts_of(cancer(), rate(18, code=concept("local:GFR1=eGFR", text="eGFR"), id="rate"))["kidney-function"]
    assert [each.resources for each in found.evidence] == [("Observation/rate",)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("staging, no contrast: CKD stage 4", "reduced"),
        ("staging. eGFR 22", "reduced"),
        ("staging. GFR > 60", "normal"),
        ("staging, on dialysis", "reduced"),
        ("staging", "normal"),
    ],
)
def test_kidneys_named_in_the_order(words: str, expected: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), draft=order("cpt:78815", note=words)).value("kidney-function") == expected


@pytest.mark.parametrize("key", ["observations", "conditions"])
def test_a_part_of_the_record_that_could_not_be_read_leaves_it_open(key: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), states={key: KeyState.ERROR})
    assert isinstance(facts["kidney-function"], Unknown)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (condition("icd:N18.4", id="found"), ["reduced kidney function"]),
        (condition("icd:N18.9", id="found"), ["kidney disease"]),
        (rate(18, id="found"), ["filtration rate reduced"]),
        (rate(75, id="found"), ["kidney function measured"]),
        (creatinine(1.5, high=1.1, id="found"), ["kidney function not judged"]),
        (creatinine(5.2, high=1.1, id="found"), ["filtration rate reduced"]),
        (condition("icd:I10", id="found"), []),
    ],
)
def test_the_evidence_names_what_was_found(found: Any, said: list[str], facts_of: FactsOf) -> None:
    evidence = facts_of(cancer(), found)["kidney-function"].evidence
    assert [(each.value, each.resources) for each in evidence] == [
        (value, (f"{type(found).__name__}/found",)) for value in said
    ]
