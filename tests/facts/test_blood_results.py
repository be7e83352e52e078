"""Which results count as liver tests: any usual code, parts of panels, and what only words name (seed S4, C15)."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts, Known
from cds_service.fhir.resources import CodeableConcept, ObservationComponent, Quantity, ReferenceRange, Resource
from tests.support.resources import ago, cancer, concept, condition, laboratory, observation, report, surgery

FactsOf = Callable[..., Facts]

ALP, ALT = "loinc:6768-6", "loinc:1742-6"


def suspected(facts: Facts) -> str:
    fact = facts["metastasis-suspected"]
    return str(fact.value) if isinstance(fact, Known) else "unknown"


def part(code: str, value: float, *, high: float | None = 100, flag: str | None = None) -> ObservationComponent:
    limit = (ReferenceRange(high=Quantity(value=high, unit="U/L")),) if high is not None else ()
    flags = (concept(text=flag),) if flag else ()
    return ObservationComponent(
        code=concept(code) if ":" in code else CodeableConcept(text=code),
        value_quantity=Quantity(value=value, unit="U/L"),
        reference_range=limit,
        interpretation=flags,
    )


@pytest.mark.parametrize(
    ("result", "kind", "why"),
    [
        (laboratory("loinc:1743-4", 300, high=40), "laboratory", "ALT with P-5'-P"),
        (laboratory("loinc:1744-2", 300, high=40), "laboratory", "ALT without it"),
        (laboratory("loinc:30239-8", 300, high=40), "laboratory", "AST with P-5'-P"),
        (laboratory("loinc:88112-8", 300, high=40), "laboratory", "AST without it"),
        (laboratory("loinc:14631-6", 80, high=21, unit="umol/L"), "laboratory", "bilirubin in moles"),
        (laboratory("loinc:14631-6", 15, high=21, unit="umol/L"), "none", "within its range"),
        (laboratory("Alkaline Phosphatase", 400), "laboratory", "no code at all"),
        (laboratory("Alkaline Phosphatase", 120), "none", "mild and isolated, however it is named"),
        (laboratory("Alkaline Phosphatase", 80), "none", "within its range"),
        (laboratory("Alkaline Phosphatase", 90, high=None), "none", "normal by any laboratory's range"),
        (laboratory("Alkaline Phosphatase", 400, high=None), "unknown", "no range, no flag"),
        (laboratory(concept("local:77=ALT (GPT)"), 90, high=40), "laboratory", "a code of the laboratory's own"),
        (laboratory("ASAT", 90, high=40), "laboratory", "AST as it is called elsewhere"),
        (laboratory("Alanine aminotransferase", 90, high=40), "laboratory", "ALT by its full name"),
        (laboratory("Aspartate transaminase", 90, high=40), "laboratory", "AST by its full name"),
        (laboratory("Bilirubin, direct", 0.9, high=0.3, unit="mg/dL"), "laboratory", "direct bilirubin"),
        (
            laboratory("Bilirubin, direct", 0.9, high=None, unit="mg/dL"),
            "unknown",
            "the limit of total bilirubin is another",
        ),
        (laboratory("Bilirubin, direct", None, flag="H", high=None), "laboratory", "flagged"),
        (observation("Bilirubin", "Negative"), "none", "negative, of some strip"),
        (laboratory("Bilirubin, urine", 2.0, high=0.2, unit="mg/dL"), "none", "not of blood"),
        (laboratory("AST/ALT ratio", 3, high=1, unit="1"), "none", "a ratio is no test of its own"),
        (observation("Antibiotic susceptibility (AST)", None, value_string="R"), "none", "of bacteria"),
        (laboratory("Potassium", 6, high=5), "none", "another test"),
        (laboratory("SGPT", 20, high=None), "none", "normal by any laboratory's range, however ALT is named"),
        (laboratory("SGOT", 20, high=None), "none", "likewise AST"),
        (laboratory(concept("local:7=Bilirubin, urine", text="Bilirubin"), 9, high=1), "none", "one name says of what"),
        (laboratory(concept("loinc:6875-9=CA 15-3, ALT method"), 90, high=30), "none", "its code says what it is"),
        (observation("loinc:24325-3", component=(part(ALP, 400),)), "laboratory", "a part of a panel"),
        (observation("loinc:24325-3", component=(part(ALP, 80), part("ALT", 20, high=40))), "none", "a normal panel"),
        (laboratory(ALP, 400, component=(part("Isoenzyme", 20),)), "laboratory", "a test that has parts itself"),
        (
            observation("loinc:24325-3", component=(part("ALT", 90, high=None, flag="H"),)),
            "laboratory",
            "flagged in it",
        ),
        (laboratory(ALP, 100, flag="HH"), "laboratory", "within its range, and flagged: it contradicts itself"),
        (laboratory(ALP, 120, flag="HH"), "laboratory", "critical is not mild"),
        (report("Liver panel", conclusion="Markedly elevated alkaline phosphatase."), "laboratory", "in a report"),
        (report("CMP", conclusion="Bilirubin normal. ALT elevated."), "laboratory", "one of them"),
        (report("CMP", conclusion="Liver function tests within normal limits."), "none", "normal"),
        (report("CMP", conclusion="ALT 22 U/L, AST 19 U/L, ALP 80 U/L"), "none", "values below every upper limit"),
        (report("CMP", conclusion="ALT 36 U/L, AST 19 U/L, ALP 80 U/L"), "unknown", "one that no range judges"),
    ],
)
def test_what_counts_as_a_liver_test(result: Resource, kind: str, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), result)) == kind, why


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        *((name, True) for name in ("ALKP", "Alk-Phos", "Alanine amino transferase", "Aspartate amino transferase")),
        *((name, True) for name in ("GGT", "GGTP", "Gamma GT", "Serum gamma-GT level", "Gamma-glutamyl transferase")),
        *((name, True) for name in ("LDH", "LD", "LD, total", "S-LD", "LD (serum)", "Lactate dehydrogenase")),
        *((name, True) for name in ("Bili", "T Bili", "T. Bili", "TBIL", "Bili, total", "BILIT", "D Bili", "BILID")),
        ("Bilirubin concentration", True),  # no ratio
        *(
            (name, False)
            for name in (
                "ld",
                "LD1",
                "LDL",
                "LD left",
                "Pleural LD",
                "LDH body fluid",
                "LDH (pleura)",
                "Peritoneal LDH",
                "UA Bili",
                "Bil.",
            )
        ),
        *((name, False) for name in ("AST/ALT ratio", "U-Bilirubin", "Biliary stent", "24h bilirubin", "IGGT")),
    ],
)
def test_how_laboratories_name_liver_tests(name: str, counts: bool, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), laboratory(name, 200))) == ("laboratory" if counts else "none")


@pytest.mark.parametrize(
    ("name", "value", "unit", "kind", "why"),
    [
        ("Total bilirubin", 1.0, "mg/dL", "none", "at the limit of all laboratories"),
        ("T Bili", 1.1, "mg/dL", "unknown", "past it"),
        ("Bilirubin", 17, "umol/L", "none", "what is not called direct is all of it"),
        ("D Bili", 0.5, "mg/dL", "unknown", "direct bilirubin has another limit"),
        ("Bilirubin, conjugated", 0.5, "mg/dL", "unknown", "likewise"),
        ("Indirect bilirubin", 0.5, "mg/dL", "unknown", "likewise"),
        ("GGT", 29, "U/L", "none", "at the limit"),
        ("GGT", 30, "IU/L", "unknown", "past it"),
        ("LDH", 150, "U/L", "none", "at the limit"),
        ("LD", 151, "U/L", "unknown", "past it"),
    ],
)
def test_what_is_normal_in_any_laboratory(
    name: str, value: float, unit: str, kind: str, why: str, facts_of: FactsOf
) -> None:
    assert suspected(facts_of(cancer(), laboratory(name, value, high=None, unit=unit))) == kind, why


NORMAL, RAISED, UNJUDGED = "none", "laboratory", "unknown"


@pytest.mark.parametrize(
    ("written", "kind", "why"),
    [
        (("40-105",), NORMAL, "at the limit"),
        (("40-104",), RAISED, "above it"),
        (("40 - 105 U/L",), NORMAL, "with its unit"),
        (("40\u2013105 IU/L",), NORMAL, "an international unit is one"),
        (("40 to 105",), NORMAL, "in a word"),
        (("[40-105]",), NORMAL, "in brackets"),
        (("Normal range: 40-105",), NORMAL, "called a range"),
        (("ref 40-105",), NORMAL, "called one in short"),
        (("< 106",), NORMAL, "an upper limit alone"),
        (("<=104",), RAISED, "likewise"),
        (("up to 104",), RAISED, "likewise"),
        (("40,5-104,9",), RAISED, "with commas"),
        (("40-1,050",), UNJUDGED, "a comma of thousands, or of fractions"),
        (("0.1-110 ukat/L",), UNJUDGED, "another unit"),
        (("110-40",), UNJUDGED, "the wrong way round"),
        (("> 40",), UNJUDGED, "a lower limit alone"),
        (("F 40-110",), UNJUDGED, "of whom it is"),
        (("40-110", "50-130"), UNJUDGED, "two of them"),
        (("40-110", "see comment"), UNJUDGED, "one that says something else"),
        (("40-110", None), NORMAL, "one that says nothing"),
    ],
)
def test_a_range_that_is_only_written(written: tuple[str | None, ...], kind: str, why: str, facts_of: FactsOf) -> None:
    ranges = tuple([ReferenceRange(text=text) for text in written])
    value = Quantity(value=105, unit="U/L")
    assert suspected(facts_of(cancer(), observation(ALT, value_quantity=value, reference_range=ranges))) == kind, why
    counted = observation(ALT, None, value_integer=105, reference_range=ranges)
    assert suspected(facts_of(cancer(), counted)) == kind or "ukat" in str(written), why


def test_a_limit_that_is_a_number_goes_before_a_written_range(facts_of: FactsOf) -> None:
    ranges = (ReferenceRange(high=Quantity(value=100, unit="U/L"), text="40-200"),)
    value = Quantity(value=105, unit="U/L")
    assert suspected(facts_of(cancer(), observation(ALT, value_quantity=value, reference_range=ranges))) == RAISED


@pytest.mark.parametrize(
    ("days", "kind", "why"),
    [
        (119, RAISED, "of the work-up"),
        (121, UNJUDGED, "the last of half a year"),
        (182, UNJUDGED, "likewise"),
        (183, NORMAL, "what it was of would stand in the record by now"),
        (None, RAISED, "undated"),
    ],
)
def test_a_raised_result_that_nobody_repeated(days: int | None, kind: str, why: str, facts_of: FactsOf) -> None:
    """E18, and the rule: its last value is raised, and nobody knows of what."""
    new = cancer(days=0)
    assert suspected(facts_of(new, laboratory(ALP, 480, days=days))) == kind, why
    assert suspected(facts_of(new, laboratory(ALP, 480, days=days), laboratory(ALP, 80, days=1))) in (NORMAL, RAISED)


@pytest.mark.parametrize(
    ("result", "kind", "why"),
    [
        (laboratory(ALP, 150, days=130), NORMAL, "mild"),
        (laboratory(ALT, 150, days=130), UNJUDGED, "mild is said of alkaline phosphatase alone"),
        (laboratory(ALP, 90, days=130), NORMAL, "normal"),
        (laboratory("Calcium", 11, high=10.4, unit="mg/dL", days=130), UNJUDGED, "calcium"),
        (laboratory("Calcium", 11, high=None, unit="mg/dL", days=130), UNJUDGED, "too much for any laboratory"),
        (laboratory("Calcium", 9, high=None, unit="mg/dL", days=130), NORMAL, "as it should be"),
    ],
)
def test_what_counts_as_raised_before_the_work_up(result: Resource, kind: str, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(days=0), result)) == kind, why


def test_a_cancelled_test_hides_no_other(facts_of: FactsOf) -> None:
    cancelled = laboratory(ALP, 400, status="cancelled", id="a")
    assert suspected(facts_of(cancer(), cancelled, laboratory(ALT, 300, high=40, id="b"))) == "laboratory"


def test_a_mild_value_explains_what_a_report_says_of_it(facts_of: FactsOf) -> None:
    """C15: the value says how much the words mean."""
    said = report("CMP", conclusion="Alkaline phosphatase elevated.")
    assert suspected(facts_of(cancer(), said)) == "laboratory"
    assert suspected(facts_of(cancer(), said, laboratory(ALP, 120))) == "none"


@pytest.mark.parametrize(
    ("older", "newer", "kind", "why"),
    [
        (laboratory(ALT, 90, high=40, days=15), laboratory("loinc:1743-4", 20, high=40, days=5), "none", "one test"),
        (
            laboratory("loinc:1743-4", 20, high=40, days=15),
            laboratory(ALT, 90, high=40, days=5),
            "laboratory",
            "one test",
        ),
        (
            laboratory(ALT, 90, high=40, days=15),
            laboratory("ALT", 20, high=40, days=5),
            "laboratory",
            "perhaps another",
        ),
        (
            laboratory("Bilirubin, direct", 1, high=0.3, days=15),
            laboratory("Bilirubin, total", 1, high=1.2, days=5),
            "laboratory",
            "another one",
        ),
    ],
)
@pytest.mark.parametrize("order_of", [1, -1])
def test_the_newest_of_one_test_counts(
    older: Resource, newer: Resource, kind: str, why: str, order_of: int, facts_of: FactsOf
) -> None:
    assert suspected(facts_of(cancer(), *(older, newer)[::order_of])) == kind, why


@pytest.mark.parametrize(
    ("days", "kind", "why"),
    [
        (5000, "none", "of another time of her life"),
        (1120, "none", "120 days before the cancer"),
        (1119, "laboratory", "in the work-up that led to it"),
        (900, "laboratory", "since"),
        (None, "laboratory", "undated: it may be of yesterday"),
    ],
)
@pytest.mark.parametrize(
    "result",
    [lambda days: laboratory(ALT, 90, high=40, days=days), lambda days: laboratory("ALT", 90, high=40, days=days)],
)
def test_a_value_older_than_the_work_up_says_nothing(
    result: Callable[[int | None], Resource], days: int | None, kind: str, why: str, facts_of: FactsOf
) -> None:
    """The same window as for symptoms (E19)."""
    assert suspected(facts_of(cancer(days=1000), surgery(950), result(days))) == kind, why


@pytest.mark.parametrize(
    ("harmless", "raised", "why"),
    [
        (concept("local:CHEM", "loinc:2951-2"), concept("local:CHEM", ALT), "a code of the panel before each test's"),
        (concept("local:CHEM", text="Sodium"), concept("local:CHEM", text="ALT"), "one code, the text names the test"),
        (concept("local:CHEM=Sodium"), concept("local:CHEM=ALT"), "one code, the display names the test"),
    ],
)
def test_each_result_is_known_by_all_that_its_code_says(
    harmless: CodeableConcept, raised: CodeableConcept, why: str, facts_of: FactsOf
) -> None:
    """A laboratory that files all its tests under one code of its own."""
    results = (laboratory(harmless, 140, high=145), laboratory(raised, 90, high=40))
    assert suspected(facts_of(cancer(), *results)) == "laboratory", why


def test_a_result_without_a_value_takes_the_place_of_none(facts_of: FactsOf) -> None:
    results = (laboratory(ALT, 90, high=40, days=15), laboratory(ALT, None, days=5))
    assert suspected(facts_of(cancer(), *results)) == "laboratory"


def test_without_a_date_of_the_cancer_no_value_is_older(facts_of: FactsOf) -> None:
    assert suspected(facts_of(condition("icd:Z85.3"), laboratory(ALT, 90, high=40, days=5000))) == "laboratory"


def test_a_part_of_a_panel_is_named_with_its_day(facts_of: FactsOf) -> None:
    panel = observation("loinc:24325-3", id="panel", days=9, component=(part(ALP, 400),))
    evidence = facts_of(cancer(), panel)["liver-tests"].evidence
    assert [(each.value, each.resources, each.date) for each in evidence] == [
        ("alkaline phosphatase raised", ("Observation/panel",), ago(9))
    ]


BILIRUBIN = "loinc:1975-2"


@pytest.mark.parametrize(
    ("result", "normal", "why"),
    [
        (laboratory(BILIRUBIN, 17, high=None, unit="umol/L"), True, "bilirubin in moles"),
        (laboratory(BILIRUBIN, 18, high=None, unit="umol/L"), False, "some laboratories call it raised"),
        (laboratory(BILIRUBIN, 12, high=None, unit="\u00b5mol/L"), True, "with a micro sign"),
        (laboratory(BILIRUBIN, 12, high=None, unit="\u03bcmol/L"), True, "with a Greek letter"),
        (observation(ALT, value_string="34 U/L"), True, "an enzyme in words"),
        (observation(ALT, value_string="35 U/L"), False, "some laboratories call it raised"),
        (observation(ALT, value_string="22"), True, "without a unit: units of a litre"),
        (observation(ALT, value_string="10"), True, "in microkatal it would be 600 of them"),
        (observation(ALT, value_string="0.9"), False, "in microkatal it would be raised"),
        (observation(ALT, value_string="<5"), True, "less than can be measured"),
        (observation(ALT, value_string="<= 5"), True, "likewise"),
        (observation(ALT, value_string=">22"), False, "nobody knows by how much"),
        (observation(BILIRUBIN, value_string="0.8 mg/dL"), True, "bilirubin in words"),
        (observation(BILIRUBIN, value_string="12"), False, "of no unit: little in one, very much in the other"),
        (observation(BILIRUBIN, value_string="<2"), False, "likewise"),
        (observation(ALT, value_string="Normal"), True, "called so"),
        (observation(ALT, value_string="WNL."), True, "likewise"),
        (observation(ALT, value_string="within normal limits"), True, "likewise"),
        (observation(ALT, value_string="not elevated"), True, "likewise"),
        (observation(ALT, value_string="see comment"), False, "it does not say"),
    ],
)
def test_what_is_surely_normal(result: Resource, normal: bool, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), result)) == ("none" if normal else "unknown"), why
