"""Values in the text of a laboratory's report: only those that are surely normal are passed over."""

import pytest

from cds_service.facts.lab_values import has_flag, holds_watched_value, without_normal_values


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
        ("CA 27.29: 33 U/mL (ref <38)", " ", "below the limit beside it"),
        ("WBC 6.2 K/uL, Hgb 13.1, Plt 240.", " ,  ,  .", "a blood count"),
        ("Sodium 139, total protein 7.0, albumin 4.2", " ,  , ", "what other diseases change"),
        ("ALT 36", "ALT 36", "above the lowest upper limit"),
        ("ALT 22 (was 90)", "ALT 22 (was 90)", "it says more than a value and a range"),
        ("ALT 22 (30-60)", "ALT 22 (30-60)", "below the range beside it"),
        ("ALT 3 times normal", "ALT 3 times normal", "no value"),
        ("ALT 3 ULN", "ALT 3 ULN", "likewise"),
        ("ALT 2.1 ukat/L", "ALT 2.1 ukat/L", "a unit that nobody here knows"),
        ("Calcium 10.4", "Calcium 10.4", "above what some laboratories have"),
        ("Ca 2.41", "Ca 2.41", "in no unit that such a value is of"),
        ("Hgb >13", "Hgb >13", "no value"),
        ("Hgb <13", "Hgb <13", "below something, of which the lower limit counts"),
        ("Hgb 8.9", "Hgb 8.9", "low"),
        ("CA 125: 12 U/mL", "CA 125: 12 U/mL", "a marker whose limit nobody gave here"),
        ("CEA 1.2, ALT 90 H", "CEA 1.2, ALT 90 H", "with a flag nothing is passed over"),
    ],
)
def test_what_is_surely_normal(text: str, left: str, why: str) -> None:
    kept = without_normal_values(text, "Laboratory report")
    assert len(kept) == len(text)
    assert kept.split() == left.split(), why


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
