"""Which mistyped words are read as the clinical word that was meant, and which are left alone."""

import pytest

from cds_service.knowledge.findings_spelling import Spelling

SPELLING = Spelling(
    frozenset({"headache", "staging", "cough", "pain", "chest", "chess"}),
    ["headache", "staging", "cough", "pain", "chest"],
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("headahce", "headache"),  # two letters exchanged
        ("headche", "headache"),  # a letter left out
        ("headaache", "headache"),  # a letter too many
        ("hedache", "headache"),
        ("stagimg", "staging"),  # another letter
        ("cogh", "cough"),
        ("couhg", "cough"),
        ("cough", "cough"),
        ("headahces", "headahces"),  # two slips
        ("ough", "ough"),  # the first letter must agree
        ("pian", "pian"),  # the word is too short
        ("chess", "chess"),  # a word we know
        ("c0ugh", "c0ugh"),  # not a word
        ("", ""),
    ],
)
def test_a_word_with_one_slip_is_read_as_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert SPELLING.meant(typed) == meant
