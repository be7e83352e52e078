"""Results that a report of the breast says are to come: whether they have come meanwhile, and are of the same."""

from collections.abc import Callable

import pytest

from cds_service.facts.breast_pending import without_what_has_come
from cds_service.facts.dates import when
from cds_service.facts.source import Source
from cds_service.fhir.resources import DiagnosticReport
from tests.support.resources import ago, report

SourceOf = Callable[..., Source]
LEFT = frozenset({"left"})


def _biopsy(
    says: str = "Cores of the left breast mass were obtained. Pathology pending.",
    *,
    name: str = "US guided breast biopsy",
    days: int | None = 40,
) -> DiagnosticReport:
    return report(name, conclusion=says, days=days, id="biopsy")


def _told(says: str, *, days: int | None = 38, name: str = "Surgical pathology") -> DiagnosticReport:
    return report(name, conclusion=says, days=days, id=f"told-{days}")


CARCINOMA = "Left breast, core biopsy: invasive ductal carcinoma."
OF_NODE = "Cores of a left axillary lymph node were obtained. Pathology pending."


@pytest.mark.parametrize(
    ("taken", "others", "come", "why"),
    [
        (_biopsy(), (_told(CARCINOMA),), True, "it is told"),
        (_biopsy(), (_told("Left breast, core biopsy: benign fibrosis."),), True, "benign"),
        (
            _biopsy(),
            (_told("Breast, core biopsy: no evidence of malignancy."),),
            True,
            "likewise, and no side is named",
        ),
        (_biopsy(), (), False, "nothing else is on record"),
        (_biopsy(), (_told("Left breast, core biopsy: received in formalin."),), False, "it does not say what it is"),
        (_biopsy(), (_told(f"{CARCINOMA} Final pathology is pending."),), False, "it waits itself"),
        (_biopsy(), (_told("Left breast: carcinoma.", name="Mammogram"),), False, "imaging tells no tissue"),
        (_biopsy(), (_told("Right breast, core biopsy: benign fibrosis."),), False, "of the other side"),
        (_biopsy(), (_told("Liver, core biopsy: benign.", name="Liver biopsy"),), False, "of another organ"),
        (_biopsy(days=None), (_told(CARCINOMA),), False, "nobody knows when it was taken"),
        (_biopsy(), (_told(CARCINOMA, days=None),), False, "nobody knows when it was told"),
        (_biopsy(), (_told(CARCINOMA, days=43),), True, "dated by when it was taken"),
        (_biopsy(), (_told(CARCINOMA, days=44),), False, "of a biopsy before"),
        (_biopsy(), (_told(CARCINOMA, days=10),), True, "after a month"),
        (_biopsy(), (_told(CARCINOMA, days=9),), False, "of a later one"),
        (_biopsy(), (_told(CARCINOMA, days=9), _told(CARCINOMA)), True, "one of two"),
        (_biopsy(OF_NODE), (_told(CARCINOMA),), False, "of the breast, and not of the node"),
        (
            _biopsy("Cores of the left axilla were obtained. Pathology pending."),
            (_told(CARCINOMA),),
            False,
            "of the axilla, whatever was taken there",
        ),
        (_biopsy(OF_NODE), (_told("Left axillary lymph node, core biopsy: benign."),), True, "of the node"),
        (
            _biopsy("Cores were obtained. Pathology pending.", name="US guided biopsy of left axillary lymph node"),
            (_told(CARCINOMA),),
            False,
            "of the node that the study is named for",
        ),
        (
            _biopsy("Left breast: cores obtained. Right breast: cores obtained. Pathology pending."),
            (_told(CARCINOMA),),
            False,
            "of both sides",
        ),
        (
            _biopsy("Right breast: cores obtained. Pathology pending."),
            (_told(CARCINOMA),),
            False,
            "of the other breast",
        ),
    ],
)
def test_the_pathology(
    taken: DiagnosticReport, others: tuple[DiagnosticReport, ...], come: bool, why: str, source_of: SourceOf
) -> None:
    source = source_of(taken, *others)
    left = without_what_has_come(taken, LEFT, None, source).conclusion or ""
    assert ("pending" not in left) is come, why
    assert len(left) == len(taken.conclusion or "")


@pytest.mark.parametrize(
    ("taken", "since", "come", "why"),
    [
        (_biopsy(), 38, True, "the cancer was diagnosed by it"),
        (_biopsy(), 43, True, "three days before it was written"),
        (_biopsy(), 44, False, "it was known before: this is of more"),
        (_biopsy(), 19, True, "three weeks after it"),
        (_biopsy(), 18, False, "by another"),
        (_biopsy(OF_NODE), 38, False, "the node is another question"),
        (_biopsy(days=None), 38, False, "nobody knows when it was taken"),
        (_biopsy("Right breast: cores obtained. Pathology pending."), 38, False, "of the other breast"),
    ],
)
def test_the_pathology_by_which_the_cancer_was_diagnosed(
    taken: DiagnosticReport, since: int, come: bool, why: str, source_of: SourceOf
) -> None:
    left = without_what_has_come(taken, LEFT, when(ago(since)), source_of(taken)).conclusion or ""
    assert ("pending" not in left) is come, why


def test_a_cancer_of_no_known_side(source_of: SourceOf) -> None:
    taken = _biopsy()
    assert without_what_has_come(taken, frozenset(), when(ago(38)), source_of(taken)) is taken


def test_a_report_without_words(source_of: SourceOf) -> None:
    taken = report("US guided breast biopsy", days=40)
    assert not without_what_has_come(taken, LEFT, None, source_of(taken)).conclusion


RECEPTORS = "ER 95 %, PR 80 %, HER2 negative."


@pytest.mark.parametrize(
    ("says", "others", "come", "why"),
    [
        (f"{CARCINOMA} ER/PR/HER2 pending.", (), False, "they are not there"),
        (f"{CARCINOMA} ER/PR/HER2 pending. ADDENDUM: {RECEPTORS}", (), True, "in an addendum"),
        (f"{CARCINOMA} Receptors pending. {RECEPTORS} HER2 FISH pending.", (), False, "one more is to come"),
        (f"{CARCINOMA} ER/PR/HER2 pending.", (_told(RECEPTORS, name="Breast receptors"),), True, "in another report"),
        (f"{CARCINOMA} ER/PR/HER2 pending.", (_told(RECEPTORS, days=44, name="Breast receptors"),), False, "of before"),
        (f"{CARCINOMA} ER/PR/HER2 pending.", (_told(RECEPTORS, days=9, name="Breast receptors"),), False, "of later"),
        (f"{CARCINOMA} ER/PR/HER2 pending.", (_told("HER2 pending.", name="Breast receptors"),), False, "it waits too"),
        (
            f"{CARCINOMA} ER/PR/HER2 pending.",
            (_told(CARCINOMA, days=37), _told(RECEPTORS, name="Breast receptors")),
            True,
            "in one of two",
        ),
    ],
)
def test_the_receptors(
    says: str, others: tuple[DiagnosticReport, ...], come: bool, why: str, source_of: SourceOf
) -> None:
    taken = _biopsy(says, name="Surgical pathology")
    left = without_what_has_come(taken, LEFT, None, source_of(taken, *others)).conclusion or ""
    assert ("pending" not in left) is come, why


def test_receptors_of_a_report_of_no_day(source_of: SourceOf) -> None:
    taken = _biopsy(f"{CARCINOMA} ER/PR/HER2 pending.", name="Surgical pathology", days=None)
    source = source_of(taken, _told(RECEPTORS, name="Breast receptors"))
    assert without_what_has_come(taken, LEFT, None, source) is taken
