"""Override reasons come from HL7's list and are ordered by what clinicians say."""

from cds_service.cards.overrides import OVERRIDE_REASONS, SYSTEM


def test_most_frequent_reasons_of_the_literature_come_first():
    """Gupta, J Am Coll Radiol 2017: a specialist asked, special circumstances, somebody else decided."""
    assert [each.code for each in OVERRIDE_REASONS[:3]] == [
        "expert-contradicts",
        "cds-not-applicable",
        "inappropriate-recipient",
    ]


def test_reasons_are_few_and_differ():
    codes = [each.code for each in OVERRIDE_REASONS]
    assert len(codes) == len(set(codes)) <= 10
    assert {each.system for each in OVERRIDE_REASONS} == {SYSTEM}
