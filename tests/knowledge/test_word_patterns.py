"""Lists of words as patterns: each sign of the notation, at the edge of what it finds."""

import re

import pytest

from cds_service.knowledge.faults import Unreadable
from cds_service.knowledge.word_patterns import any_of, in_turn, phrases_of


@pytest.mark.parametrize(
    ("phrase", "text", "found", "why"),
    [
        ("matted", "two matted nodes", "matted", "a word"),
        ("matted", "unmatted", None, "not the end of another"),
        ("thick", "thickened", None, "nor the beginning"),
        ("thick*", "skin thickened", "thickened", "any ending"),
        ("thick*", "thick.", "thick", "or none"),
        ("thick*", "rethickened", None, "but the beginning counts"),
        ("leuk+", "leukaemia", "leukaemia", "at least one letter more"),
        ("leuk+", "leuk", None, "not the stem alone"),
        ("hil-", "loss of hilum", "hil", "the word may go on, and what follows is not taken"),
        ("hil-", "phil", None, "but has to begin so"),
        ("-clump-", "unclumped", "clump", "also inside a word"),
        ("lump(s)", "lumps", "lumps", "with an ending"),
        ("lump(s)", "lump", "lump", "or without"),
        ("lump(s)", "lumpy", None, "but with no other"),
        ("tumo(u)r", "tumor", "tumor", "or a letter inside"),
        ("(o)edema*", "edematous", "edematous", "or at the beginning"),
        ("(o)edema*", "lymphoedema", None, "where the word does"),
        ("B3(a|b)", "B3b", "B3b", "one of several"),
        ("B3(a|b)", "B3c", None, "and no other"),
        ("level 2|III", "level III", "level III", "one word or the other"),
        ("level 2|III", "level I", None, "and no other"),
        ("loss [of] [the] hil-", "loss of hilum", "loss of hil", "a word may be left out"),
        ("loss [of] [the] hil-", "loss hilum", "loss hil", "and another"),
        ("loss [of] [the] hil-", "loss of a hilum", None, "but no other stand there"),
        ("[normal|fatty]* hil-", "normal fatty normal hilum", "normal fatty normal hil", "again and again"),
        ("in_full|fully", "in full", "in full", "two words as one choice"),
        ("CD(_)#", "CD20", "CD20", "any number"),
        ("CD(_)#", "CD 20", "CD 20", "with a blank or without"),
        ("S(-)100", "S-100", "S-100", "with a hyphen or without"),
        ("not seen|visible", "not visible", "not visible", "a choice at the end"),
        ("?", "benign?", "?", "a sign needs no word around it"),
        ("over 3 mm", "cortex 3 mm", None, "at the limit"),
        ("over 3 mm", "cortex 3.0 mm", None, "however it is written"),
        ("over 3 mm", "cortex 3.1 mm", "3.1 mm", "just past it"),
        ("over 3 mm", "cortex 4mm", "4mm", "without a blank"),
        ("over 3 mm", "cortex 4 mms", "4 mm", "whatever follows the unit"),
        ("over 3 mm", "cortex 12.5 mm", "12.5 mm", "of two digits"),
        ("over 3 mm", "cortex 2 mm", None, "below it"),
        ("over 3 mm", "cortex 4 cm", None, "of another unit"),
        ("over 3 mm", "cortex 0.4 cm", "0.4 cm", "the same in centimetres"),
        ("over 3 mm", "cortex 0.3 cm", None, "at the limit in centimetres"),
        ("over 3 mm", "slice 112 mm", None, "of three digits it is no cortex"),
    ],
)
def test_a_phrase_finds(phrase: str, text: str, found: str | None, why: str) -> None:
    match = re.search(any_of([phrase]), text)
    assert (match[0] if match else None) == found, why


MIXED = ["lump", "thick*", "red-", "cyst", "-clump-", "leuk+", "?", "scar|spicul*"]


@pytest.mark.parametrize(
    ("text", "found", "why"),
    [
        ("lump", "lump", "a whole word"),
        ("lumps", None, "is whole in a list with stems, too"),
        ("thickened", "thickened", "any ending"),
        ("rethickened", None, "but the beginning"),
        ("redness", "red", "a stem"),
        ("hundred", None, "but the beginning"),
        ("cysts", None, "a whole word behind a stem"),
        ("microcyst", None, "from its beginning"),
        ("unclumped", "clump", "inside a word"),
        ("leukaemia", "leukaemia", "behind what stands inside one"),
        ("aleukaemic", None, "from its beginning"),
        ("why?", "?", "a sign"),
        ("scarred", None, "a whole word beside one of any ending"),
        ("spiculated", "spiculated", "and that one"),
    ],
)
@pytest.mark.parametrize("phrases", [MIXED, MIXED[::-1], sorted(MIXED)], ids=["", "backwards", "sorted"])
def test_each_phrase_of_a_list_finds_what_it_finds_alone(
    phrases: list[str], text: str, found: str | None, why: str
) -> None:
    match = re.search(any_of(phrases), text)
    assert (match[0] if match else None) == found, why


@pytest.mark.parametrize(
    ("text", "found", "why"),
    [
        ("lump is thick", True, "the first of each"),
        ("redness, clumped", False, "a comma between"),
        ("redness is clumped", True, "a stem, and inside a word"),
        ("lump", False, "one alone"),
        ("is clumped", False, "or the other"),
    ],
)
def test_lists_of_several_kinds_follow_one_another(text: str, found: bool, why: str) -> None:
    pattern = in_turn([["lump", "red-"], ["thick*", "-clump-"]], "10 signs")
    assert bool(re.search(pattern, text)) is found, why


def test_what_goes_together_is_looked_for_together() -> None:
    """Between the same boundaries: one for each word would cost more with every request."""
    assert any_of(["lump", "thick*", "cyst"]) == r"\b(?:lump|thick\w*|cyst)\b"
    assert any_of(["thick*", "leuk+", "red-"]) == r"\b(?:thick\w*|leuk\w+|red)"
    assert any_of(["red-", "lump"]) == r"(?:\b(?:red)|\b(?:lump)\b)"


@pytest.mark.parametrize(
    ("within", "text", "found", "why"),
    [
        ("10 signs", "skin is thick", True, "near"),
        ("10 signs", "skin 3456789 thick", True, "below the limit"),
        ("10 signs", "skin 34567890 thick", True, "at the limit, blanks counted"),
        ("10 signs", "skin 345678901 thick", False, "just past it"),
        ("10 signs", "skin, thick", False, "a comma ends a clause"),
        ("10 signs", "skin. Thick", False, "a full stop does"),
        ("10 signs", "skin; thick", False, "and a semicolon"),
        ("10 signs", "skin-thick", True, "a hyphen does not"),
        ("10 signs after a blank", "skin-thick", False, "unless a blank is asked for"),
        ("10 signs after a blank", "skin (thick", True, "behind it anything may stand"),
        ("10 signs of the sentence", "skin is, here, thick", True, "commas do not end a sentence"),
        ("10 signs of the sentence", "skin is. It thick", False, "a full stop does"),
        ("10 signs of the sentence", "skin of a-thick", False, "a blank has to stand in front"),
        ("2 words", "skin is very thick", True, "so many words"),
        ("2 words", "skin is very very thick", False, "one too many"),
        ("2 words", "skin is over-all thick", True, "a hyphen joins"),
        ("2 plain words", "skin is over-all thick", False, "unless the words have to be plain"),
        ("2 plain words", "skin is all thick", True, "plain words"),
        ("0 words", "skin thick", True, "none between"),
    ],
)
def test_one_list_follows_another(within: str, text: str, found: bool, why: str) -> None:
    assert bool(re.search(in_turn([["skin"], ["thick"]], within), text, re.IGNORECASE)) is found, why


@pytest.mark.parametrize(
    ("text", "found", "why"),
    [
        ("RADS 4", True, "right behind"),
        ("RADS: category 4", True, "behind a word that may stand between"),
        ("RADS category final: 4", True, "behind two"),
        ("RADS category final category 4", False, "not behind three"),
        ("RADS on page 4", False, "nor behind another word"),
        ("RADS 40", False, "another number"),
    ],
)
def test_some_words_may_be_skipped(text: str, found: bool, why: str) -> None:
    pattern = in_turn([["-RADS-"], ["-4"]], "2 words", ["category", "final"])
    assert bool(re.search(pattern, f"BI{text}")) is found, why


def test_a_list_is_split_at_commas_and_lines() -> None:
    assert phrases_of("one, two words,\nthree\n") == ["one", "two words", "three"]


def test_of_two_phrases_in_one_place_the_upper_counts() -> None:
    match = re.search(any_of(["not breast", "not breast in origin"]), "not breast in origin")
    assert match is not None
    assert match[0] == "not breast"


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ("-", '"-" must end with a word'),
        ("loss [of]", '"loss [of]" must end with a word'),
        ("loss [of hil-", '"[of" is not written as a word, or a choice of words'),
        ("lump(s", '"lump(s" is not written as a word, or a choice of words'),
        ("a||b", '"" is not written as a word, or a choice of words'),
        ("thi*ck", '"thi*ck" is not written as a word, or a choice of words'),
        ("fine.", '"fine." is not written as a word, or a choice of words'),
    ],
)
def test_a_phrase_that_is_not_written_as_it_should_be(phrase: str, fault: str) -> None:
    with pytest.raises(Unreadable) as refused:
        any_of([phrase])
    assert refused.value.message == fault


@pytest.mark.parametrize(
    ("within", "skipping", "fault"),
    [
        ("30 letters", [], 'within: "30 letters" is not a number of signs, signs after a blank, '),
        ("signs", [], 'within: "signs" is not a number of '),
        ("3 signs", ["of"], 'within: "3 signs" is not a number of words to skip'),
    ],
)
def test_a_distance_that_is_not_written_as_it_should_be(within: str, skipping: list[str], fault: str) -> None:
    with pytest.raises(Unreadable) as refused:
        in_turn([["a"], ["b"]], within, skipping)
    assert refused.value.message.startswith(fault)
