"""Which reports are notes on the patient, when all that they say is of the cancer that is known, and when they tell of
an operation that its first treatment does not explain (E21)."""

from collections.abc import Callable

import pytest

from cds_service.facts.clinic_notes import is_settled, tells_of_later_surgery, tells_of_patient
from cds_service.facts.dates import When, when
from cds_service.facts.source import Source
from tests.support.resources import ago, cancer, concept, report

SourceOf = Callable[..., Source]

LEFT = frozenset({"left"})
NEW, OF_YEARS_AGO = when(ago(20)), when(ago(1000))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *(
            (name, "by a clinic")
            for name in ("Consult note", "Consultation", "Oncology progress note", "Clinic letter")
        ),
        *((name, "likewise") for name in ("History and physical", "H&P", "Follow-up visit note", "Referral letter")),
        *((name, "on treatment") for name in ("Discharge summary", "Operative report", "Radiation treatment summary")),
        *((name, "likewise") for name in ("End-of-treatment note", "Tumor board", "MDT", "Op note")),
        *(
            (name, "by those who wrote it")
            for name in ("Nursing note", "Nurse navigator visit", "Nutrition assessment")
        ),
        *((name, "likewise") for name in ("Social work evaluation", "Telephone encounter", "Breast clinic follow-up")),
        ("loinc:11488-4", "a consultation, by its code alone"),
        ("loinc:34117-2", "history and physical, likewise"),
        ("loinc:11506-3", "a progress note, likewise"),
    ],
)
def test_a_note(name: str, why: str, source_of: SourceOf) -> None:
    assert tells_of_patient(report(name), source_of(cancer())), why


def test_a_note_by_its_category(source_of: SourceOf) -> None:
    noted = report("Encounter 12", category=(concept("loinc:11488-4"),))
    assert tells_of_patient(noted, source_of(cancer()))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("CT chest", "a study"),
        ("Comprehensive metabolic panel", "results"),
        ("Breast clinic ultrasound assessment", "a study, wherever it is done"),
        ("loinc:24627-2", "CT of the chest, by its code alone"),
    ],
)
def test_no_note(name: str, why: str, source_of: SourceOf) -> None:
    assert not tells_of_patient(report(name), source_of(cancer())), why


def test_what_names_a_study_is_none_whatever_it_is_filed_as(source_of: SourceOf) -> None:
    filed = report("CT chest", category=(concept("loinc:11488-4"),))
    assert not tells_of_patient(filed, source_of(cancer()))


@pytest.mark.parametrize(
    ("name", "said", "days", "since", "settled", "why"),
    [
        ("Consult note", "Left breast cancer, cT2 N0. No complaints.", 9, NEW, True, "all of it is of this cancer"),
        ("Consult note", None, 9, NEW, False, "it says nothing"),
        ("CT chest", "No complaints.", 9, NEW, False, "no note"),
        ("Consult note", "New bone pain.", 9, NEW, False, "a symptom"),
        ("Consult note", "Left breast cancer, cT4 N0.", 9, NEW, False, "more than the stage that is known"),
        ("Consult note", "Right breast cancer.", 9, NEW, False, "of the other breast"),
        ("Consult note", "No complaints.", 9, OF_YEARS_AGO, True, "nothing new"),
        ("Consult note", "Newly diagnosed left breast cancer.", 9, NEW, True, "this one"),
        ("Consult note", "Newly diagnosed.", 9, OF_YEARS_AGO, False, "of years ago, and so another"),
        ("Consult note", "Left breast cancer.", 9, OF_YEARS_AGO, False, "it may be back"),
        ("Consult note", "2024 left breast cancer.", 9, OF_YEARS_AGO, True, "the one of then"),
        ("Consult note", "2025 left breast cancer.", 9, OF_YEARS_AGO, False, "a year ago, and so another"),
        ("Consult note", "Seen 2021. Left breast cancer.", 9, OF_YEARS_AGO, False, "the year is of something else"),
        ("Consult note", "Left breast cancer.", 9, None, False, "nobody knows when it began"),
        ("Operative note", "Left mastectomy for breast cancer.", 9, NEW, True, "its first treatment"),
        ("Operative note", "Left mastectomy.", 9, OF_YEARS_AGO, False, "years after it"),
        ("Operative note", "Left mastectomy for breast cancer.", 635, OF_YEARS_AGO, True, "a year after it"),
        ("Operative note", "Left mastectomy for breast cancer.", 634, OF_YEARS_AGO, False, "more than a year after it"),
        ("Operative note", "Left mastectomy.", None, OF_YEARS_AGO, False, "of no day"),
        ("Operative note", "Left mastectomy.", 9, None, False, "nobody knows when it began"),
    ],
)
def test_all_of_it_is_of_the_cancer_that_is_known(
    name: str, said: str | None, days: int | None, since: When | None, settled: bool, why: str, source_of: SourceOf
) -> None:
    noted = report(name, conclusion=said, days=days)
    assert is_settled(noted, since, LEFT, source_of(cancer())) is settled, why


@pytest.mark.parametrize(
    ("sides", "settled"), [(LEFT, True), (frozenset({"right"}), False), (frozenset({"left", "right"}), True)]
)
def test_the_side_it_is_of(sides: frozenset[str], settled: bool, source_of: SourceOf) -> None:
    noted = report("Consult note", conclusion="Left breast cancer.", days=9)
    assert is_settled(noted, NEW, sides, source_of(cancer())) is settled


@pytest.mark.parametrize(
    ("name", "said", "days", "since", "later", "why"),
    [
        ("Operative note", "Left mastectomy.", 9, OF_YEARS_AGO, True, "years after its first treatment"),
        ("Operative note", "Left mastectomy.", 635, OF_YEARS_AGO, False, "within a year of it"),
        ("Operative note", "Left mastectomy.", 9, NEW, False, "its first treatment"),
        ("Operative note", "Left mastectomy.", 9, None, True, "nobody knows when it began"),
        ("Operative note", "Left mastectomy.", None, None, True, "nor when she was operated on"),
        ("Operative note", "Left mastectomy.", 900, None, False, "of years ago: her first treatment, or later"),
        ("Operative note", "No mastectomy was done.", 9, OF_YEARS_AGO, False, "denied"),
        ("Operative note", "Cataract removed.", 9, OF_YEARS_AGO, False, "no operation on the breast"),
        ("Operative note", "Seroma. Left mastectomy.", 9, OF_YEARS_AGO, True, "whatever is said beside it"),
        ("Operative note", None, 9, OF_YEARS_AGO, False, "it says nothing"),
        ("Consult note", "Left mastectomy.", 9, OF_YEARS_AGO, False, "a note tells of what was done long ago"),
        ("CT chest", "Left mastectomy.", 9, OF_YEARS_AGO, False, "a study sees it"),
    ],
)
def test_an_operation_that_the_first_treatment_does_not_explain(
    name: str, said: str | None, days: int | None, since: When | None, later: bool, why: str, source_of: SourceOf
) -> None:
    noted = report(name, conclusion=said, days=days)
    assert tells_of_later_surgery(noted, since, source_of(cancer())) is later, why
