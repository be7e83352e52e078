"""Values in the text of a laboratory's report: only those that are surely normal are passed over."""

import pytest

from cds_service.facts.lab_values import has_flag, holds_watched_value, is_far_out, without_normal_values


@pytest.mark.parametrize(
    ("text", "left", "why"),
    [
        ("ALT 22, AST 19.", " ,  .", "below every upper limit"),
        ("ALT 22 U/L AST 19 U/L", "  ", "without a sign between them"),
        ("ALT: 22\nAST: 19", " \n ", "in lines"),
        ("Alk phos 71, T bili 0.5.", " ,  .", "by short names"),
        ("Total bilirubin 12 umol/L.", " .", "in another unit"),
        ("Calcium 9.4 mg/dL; calcium 2.41 mmol/L", " ; ", "in either unit"),
        ("ALT 41 U/L (7-45)", " ", "within the range beside it"),
        ("ALT 45 (7-45), AST 7 (7-45)", " , ", "at either end of it"),
        ("CA 27.29: 33 U/mL (ref <38)", " ", "below the limit beside it"),
        ("WBC 6.2 K/uL, Hgb 13.1, Plt 240.", " ,  ,  .", "a blood count"),
        ("Sodium 139, total protein 7.0, albumin 4.2", " ,  , ", "what other diseases change"),
        ("ALT 36", "ALT 36", "above the lowest upper limit"),
        ("ALT 22 (was 90)", "ALT 22 (was 90)", "it says more than a value and a range"),
        ("ALT 22 (30-60)", "ALT 22 (30-60)", "below the range beside it"),
        ("ALT 3 times normal", "ALT 3 times normal", "no value"),
        ("ALT 3 ULN", "ALT 3 ULN", "likewise"),
        ("WBC 6.2 x10^9/uL", "WBC 6.2 x10^9/uL", "a thousand times too many"),
        ("ALT 2.1 ukat/L", "ALT 2.1 ukat/L", "a unit that nobody here knows"),
        ("Calcium 10.4", "Calcium 10.4", "above what some laboratories have"),
        ("Ca 2.41", "Ca 2.41", "in no unit that such a value is of"),
        ("Hgb >13", "Hgb >13", "no value"),
        ("Hgb <13", "Hgb <13", "below something, of which the lower limit counts"),
        ("Hgb 8.9", "Hgb 8.9", "low"),
        ("CA 125: 12 U/mL", "CA 125: 12 U/mL", "a marker whose limit nobody gave here"),
        ("ALT 1,200", "ALT 1,200", "in thousands"),
        ("AST 3,4 ukat", "AST 3,4 ukat", "a comma for a point, in a unit that is not read"),
        ("WBC 6,200, Plt 240,000.", " ,  .", "whole counts of cells"),
        ("WBC 16,200, Plt 140,000.", "WBC 16,200, Plt 140,000.", "too many, too few"),
        ("Plt 240,000 (150,000-400,000)", " ", "a range in thousands"),
        ("ALT 1,200 (7-45)", "ALT 1,200 (7-45)", "above it, in thousands"),
        *(
            (said, said, "another number, of which nobody says what it is")
            for said in (
                "ALT 22, 90 today",
                "ALT 22; 90",
                "ALT 22 | 90",
                "ALT 22\n90",
                "ALT 22 and 90",
                "ALT 22, now 90",
            )
        ),
        ("ALT 22 (7-45), was 90", "ALT 22 (7-45), was 90", "it was raised"),
        ("ALT 22, 11/10/2026", " , 11/10/2026", "a date"),
        ("ALT 22, 2026-11-10", " , 2026-11-10", "a date"),
        ("ALT 22, 2 weeks ago", " , 2 weeks ago", "a time"),
        ("1. ALT 22\n2. AST 19", "1. \n2. ", "numbers of a list"),
        ("ALT 30 U/L above normal", "ALT 30 U/L above normal", "against what the laboratory says"),
        ("Hgb 12.5 below the range", "Hgb 12.5 below the range", "likewise"),
        ("ALT 30 above the upper limit", "ALT 30 above the upper limit", "likewise"),
        ("CEA 1.2, ALT 90 H", "CEA 1.2, ALT 90 H", "with a flag nothing is passed over"),
    ],
)
def test_what_is_surely_normal(text: str, left: str, why: str) -> None:
    kept = without_normal_values(text, "Laboratory report")
    assert len(kept) == len(text)
    assert kept.split() == left.split(), why


LIMITS = [
    # Names, units, the least and the greatest that every laboratory calls normal, and what lies just past them.
    ("ALT|SGPT|alanine transaminase|alanine aminotransferase", "|U/L", (0, 34), (None, 34.1)),
    ("AST|SGOT|aspartate aminotransferase", "|IU/L", (0, 40), (None, 40.1)),
    ("ALP|Alk phos|alkaline phosphatase|alkp", "|U/L", (0, 100), (None, 100.1)),
    ("GGT|GGTP|gamma-GT|gamma glutamyltransferase", "|U/L", (0, 29), (None, 29.1)),
    ("LDH|LD|lactate dehydrogenase", "|U/L", (0, 150), (None, 150.1)),
    ("direct bilirubin|D bili|bilirubin, direct", "|mg/dL", (0, 0.4), (None, 0.41)),
    ("bilirubin|total bili|TBIL|bilirubin, total", "|mg/dL", (0, 1), (None, 1.01)),
    ("bilirubin", "umol/L|µmol/L|μmol/L", (0, 17), (None, 17.1)),
    ("CEA|carcinoembryonic antigen", "|ng/mL|ug/L", (0, 2.5), (None, 2.51)),
    ("CA 15-3|cancer antigen 15-3|CA 15.3", "|U/mL", (0, 30), (None, 30.1)),
    ("calcium|Ca|total calcium|calcium, serum", "|mg/dL", (8.5, 10.3), (8.49, 10.31)),
    ("calcium", "mmol/L", (2.18, 2.58), (2.17, 2.59)),
    ("hemoglobin|haemoglobin|Hgb|Hb", "|g/dL", (12.3, 15), (12.2, 15.1)),
    ("Hgb", "g/L", (123, 150), (122, 151)),
    ("hematocrit|Hct|PCV", "|%", (37, 44.6), (36.9, 44.7)),
    ("WBC|WCC|white cell count|leukocytes", "|K/uL|x10^9/L|x 10*9/L|10^3/uL|10e3/µL", (4.5, 10), (4.4, 10.1)),
    ("WBC", "", ("4,500", "10,000"), ("4,499", "10,001")),
    ("Plt|platelets|platelet count", "|K/uL|thou/uL|K/mm3", (150, 350), (149, 351)),
    ("platelets", "", ("150,000", "350,000"), ("149,999", "350,001")),
    ("sodium|Na", "|mmol/L|mEq/L", (135, 145), (134, 146)),
    ("protein|total protein|TP", "|g/dL", (6.3, 8), (6.2, 8.1)),
    ("protein", "g/L", (63, 80), (62, 81)),
    ("albumin|Alb", "|g/dL", (3.5, 5), (3.4, 5.1)),
    ("albumin", "g/L", (35, 50), (34, 51)),
]
VALUES = [
    (f"{name} {value} {unit}".strip(), normal)
    for names, units, within, past in LIMITS
    for name in names.split("|")
    for unit in units.split("|")
    for values, normal in ((within, True), (past, False))
    for value in values
    if value is not None
]


@pytest.mark.parametrize(("text", "normal"), VALUES)
def test_a_value_at_its_limit_and_just_past_it(text: str, *, normal: bool) -> None:
    assert (not without_normal_values(text, "Laboratory report").strip()) is normal


@pytest.mark.parametrize(
    "name", ["CA 27.29", "CA 27-29", "CA 125", "CA 19-9", "cancer antigen 125", "AFP", "alpha-fetoprotein"]
)
def test_a_marker_without_a_source_is_normal_within_its_printed_range_alone(name: str) -> None:
    assert without_normal_values(f"{name} 3", "").strip() == f"{name} 3"
    assert not without_normal_values(f"{name} 3 (0-5)", "").strip()
    assert without_normal_values(f"{name} 6 (0-5)", "").strip() == f"{name} 6 (0-5)"


@pytest.mark.parametrize(
    ("study", "text", "normal", "why"),
    [
        ("CEA", "1.2 ng/mL.", True, "the study says of what"),
        ("CA 15-3", "14.2 U/mL (reference range 0-31.3)", True, "within its range"),
        ("CA 15-3", "Result 17 U/mL. Reference range <30.", True, "in words"),
        ("CA 15-3", "Result 37 U/mL. Reference range <30.", False, "above it"),
        ("CA 15-3", "46 U/mL", False, "raised"),
        ("CA 15-3", "94 kU/L", False, "a unit that nobody here knows"),
        ("Ferritin", "58 ug/L", False, "a substance whose values are not judged"),
    ],
)
def test_a_value_alone_is_of_the_study(study: str, text: str, *, normal: bool, why: str) -> None:
    assert (not without_normal_values(text, study).strip()) is normal, why


@pytest.mark.parametrize(
    ("text", "flag", "why"),
    [
        ("Hgb 8.9 L", True, "low"),
        ("ALT 88 (H)", True, "high, in brackets"),
        ("ALT 88 HH", True, "critical"),
        ("ALT 88*", True, "a star"),
        ("ALT high", True, "in words"),
        ("ALT 88 U/L", False, "a unit"),
        ("Plt 240 x 10*9/L", False, "a power"),
    ],
)
def test_a_flag(text: str, *, flag: bool, why: str) -> None:
    assert has_flag(text) is flag, why


def test_a_value_that_is_left_is_found_behind_its_name() -> None:
    assert holds_watched_value("alk phos of 301")
    assert not holds_watched_value("Alk phos normal. 301 patients")
    assert not holds_watched_value("potassium 4.1")


@pytest.mark.parametrize(
    ("text", "far", "why"),
    [
        ("All normal. ALP 266.", True, "no laboratory calls it normal"),
        ("ALP 200.", False, "some may"),
        ("ALP 266 (40-280).", False, "within the range beside it"),
        ("Bilirubin 12.", False, "of a unit that nobody wrote"),
        ("Hb 134, platelets 245.", False, "likewise"),
        ("CA 125: 90.", False, "a test of which no limit was found"),
    ],
)
def test_a_value_that_is_far_out(text: str, far: bool, why: str) -> None:
    assert is_far_out(text) is far, why
