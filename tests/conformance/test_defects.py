"""A service that keeps every rule passes; one that breaks a single rule is told that rule, and no other."""

from collections.abc import Callable

import pytest

from cds_service.conformance.findings import Outcome, Report
from cds_service.conformance.rules import GROUP_OF, RULES, Group
from cds_service.conformance.run import Plan
from tests.conformance.conftest import broken
from tests.support.defects import DEFECTS, Defect
from tests.support.model_service import ORIGIN

ELSEWHERE = {rule for rule, group in GROUP_OF.items() if group is Group.TOKEN} | {"J1"}
"""Rules with a test of their own: test_tokens.py, test_transport.py."""

UNUSED_BY_A_GOOD_SERVICE = {"cds-resp-7"}
"""Only a service that sends what clients of 2.0 do not know can keep this one."""

BOTH = ("model-select", "model-sign")


def test_a_good_service_keeps_every_rule(check_model: Callable[..., Report]) -> None:
    """Each rule has been looked at: none is kept for lack of anything to look at."""
    report = check_model(hooks=BOTH)
    assert broken(report) == {}
    skipped = {result.rule.id for result in report.of(Outcome.SKIPPED)}
    assert skipped == ELSEWHERE | UNUSED_BY_A_GOOD_SERVICE


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_defect_is_named_by_its_rule(check_model: Callable[..., Report], defect: Defect) -> None:
    """And nothing else is blamed, but what the defect cannot but break."""
    plan = Plan(origin=ORIGIN, feedback=GROUP_OF[defect.rule] is Group.FEEDBACK)
    found = broken(check_model(plan, **defect.switches()))
    assert set(found) == {defect.rule} | defect.also, found


def test_every_rule_has_a_defect() -> None:
    """A rule that no test has seen broken may be one that never fails."""
    assert {defect.rule for defect in DEFECTS} | ELSEWHERE == set(RULES)


def test_no_two_defects_have_one_name() -> None:
    """A row that repeats another is a row that tests nothing."""
    names = [str(defect) for defect in DEFECTS]
    assert len(set(names)) == len(names)
