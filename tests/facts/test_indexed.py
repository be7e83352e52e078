"""Resources by their codes: each code is asked about once, and what is told stands in the record's order."""

import pytest

from cds_service.facts.indexed import by_code
from cds_service.fhir.resources import CodeableConcept, Coding, Procedure

LUMPECTOMY = CodeableConcept(coding=(Coding(system="sct", code="1", display="Lumpectomy"),), text="Lumpectomy")
SCREENING = CodeableConcept(coding=(Coding(system="sct", code="2", display="Screening"),))
SECOND_NAME = CodeableConcept(coding=(Coding(system="sct", code="2", display="Mammography"),))
TWO_CODES = CodeableConcept(coding=(*LUMPECTOMY.coding, *SCREENING.coding))


def _done(*codes: CodeableConcept | None) -> list[Procedure]:
    return [Procedure(id=str(number), code=code) for number, code in enumerate(codes)]


def test_a_code_that_is_spelled_alike_is_asked_about_once() -> None:
    asked: list[CodeableConcept] = []
    done = _done(SCREENING, LUMPECTOMY, SCREENING, None, SCREENING, TWO_CODES, TWO_CODES)
    found = by_code(done, [each.code for each in done])
    assert [group.places for group in found.groups] == [[0, 2, 4], [1], [3], [5, 6]]
    found.telling(lambda code: bool(asked.append(code)), lambda _: False)
    assert asked == [SCREENING, LUMPECTOMY, TWO_CODES]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(SECOND_NAME, id="another display, which may say more than the code"),
        pytest.param(CodeableConcept(coding=SCREENING.coding, text="left"), id="another text"),
        pytest.param(CodeableConcept(coding=(Coding(system="loinc", code="2", display="Screening"),)), id="a system"),
        pytest.param(CodeableConcept(text="Screening"), id="words alone"),
    ],
)
def test_a_code_that_is_spelled_otherwise_is_another(other: CodeableConcept) -> None:
    done = _done(SCREENING, other)
    assert len(by_code(done, [each.code for each in done]).groups) == 2


def test_what_tells_something_comes_in_the_order_of_the_record() -> None:
    """By the code, or by what stands beside a code that says nothing, or beside none."""
    done = _done(SCREENING, LUMPECTOMY, None, SCREENING, LUMPECTOMY, None)
    found = by_code(done, [each.code for each in done])
    told = found.telling(lambda code: code == LUMPECTOMY, lambda each: each.id in ("2", "3"))
    assert [each.id for each in told] == ["1", "2", "3", "4"]
