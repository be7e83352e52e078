"""The day an order is judged as of."""

from datetime import date, timedelta
from typing import Any

import pytest

from cds_service.facts.as_of import as_of
from cds_service.fhir.resources import Condition, Observation, Procedure
from cds_service.fhir.retrieved import Record
from tests.support import resources as make
from tests.support.resources import TODAY


def empty(**more: Any) -> Record:
    return Record(patient_id="p", states={}, **more)


@pytest.mark.parametrize(
    ("authored", "expected", "why"),
    [
        (None, TODAY, "not said"),
        ("2026-11-20", TODAY, "today"),
        ("2026-11-21", TODAY + timedelta(days=1), "tomorrow in another time zone"),
        ("2026-11-22", TODAY, "ahead: not believed"),
        ("2019-03-04", date(2019, 3, 4), "a synthetic patient lives in her own time"),
        ("2019", date(2019, 12, 31), "the latest it can mean"),
        ("soon", TODAY, "no date"),
    ],
)
def test_an_order_is_judged_as_of_the_day_it_was_written(authored: str | None, expected: date, why: str) -> None:
    assert as_of(make.order(authored_on=authored), empty(), TODAY) == expected, why


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (empty(conditions=(Condition(onset_date_time="2019-03-06"),)), TODAY),
        (empty(conditions=(Condition(recorded_date="2026-01-01"),)), TODAY),
        (empty(observations=(Observation(effective_date_time="2020-01-01"),)), TODAY),
        (empty(procedures=(Procedure(performed_date_time="2020-01-01", status="completed"),)), TODAY),
        (empty(procedures=(Procedure(performed_date_time="2020-01-01", status="preparation"),)), date(2019, 3, 4)),
        (empty(conditions=(Condition(onset_date_time="2019-03-05"),)), date(2019, 3, 4)),
        (empty(conditions=(Condition(onset_date_time="2010"),)), date(2019, 3, 4)),
    ],
)
def test_but_not_where_the_record_goes_on_after_it(record: Record, expected: date) -> None:
    """A template's old date on a live order must not make an old cancer new."""
    assert as_of(make.order(authored_on="2019-03-04"), record, TODAY) == expected
