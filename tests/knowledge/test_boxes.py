"""Whether conditions can hold together is found exactly; the sides of the body never stand against it."""

import pytest

from cds_service.knowledge.boxes import can_hold
from cds_service.knowledge.operators import AllOf, AnyOf, AtMost, Condition, In, Not, Over, SameSide

INVASIVE = In("cancer", frozenset({"invasive"}))
NOT_INVASIVE = In("cancer", frozenset({"invasive"}), inverted=True)
NONE = In("cancer", frozenset({"none"}))


@pytest.mark.parametrize(
    ("conditions", "possible", "reason"),
    [
        ((INVASIVE,), True, "one value of a domain"),
        ((INVASIVE, NONE), False, "a fact has one value"),
        ((INVASIVE, NOT_INVASIVE), False, "in and none of the same values"),
        ((NOT_INVASIVE, NONE), True, "none of invasive leaves none"),
        ((Not(INVASIVE), INVASIVE), False, "a condition and its negation"),
        ((Not(AllOf((INVASIVE, Over("tumor-size-mm", 20)))), INVASIVE), True, "the size can be small"),
        ((Not(AnyOf((INVASIVE, NONE))), INVASIVE), False, "neither means not the one"),
        ((AtMost("tumor-size-mm", 20), Over("tumor-size-mm", 20)), False, "2.0 cm is on one side of the limit"),
        ((AtMost("tumor-size-mm", 21), Over("tumor-size-mm", 20)), True, "the limits leave room"),
        ((Not(Over("tumor-size-mm", 20)), Over("tumor-size-mm", 20)), False, "not over is at most"),
        ((AnyOf((NONE, Over("tumor-size-mm", 20))), INVASIVE), True, "the other branch is open"),
        ((SameSide("laterality", "order-laterality"), INVASIVE), True, "a side can be unstated"),
        ((None, INVASIVE), True, "no condition is no hindrance"),
    ],
)
def test_can_hold(conditions: tuple[Condition | None, ...], possible: bool, reason: str) -> None:
    assert can_hold(*conditions) is possible, reason
