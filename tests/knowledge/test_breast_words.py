"""Loading `breast-words.yaml`: the shipped file, and what is refused, all of it at once."""

from pathlib import Path

import pytest

from cds_service.knowledge.breast_words import Sign
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from tests.knowledge.conftest import FOLDER, Change


def test_the_shipped_words_answer_every_question() -> None:
    words = load_knowledge(FOLDER).breast_words
    assert {*words} == {*Sign}
    assert not [sign for sign in Sign if words[sign].search("")]  # nothing is said where there is nothing


def test_letters_count_only_where_the_file_says_so() -> None:
    """ "c3" may be a vertebra; "C3" beside a sample is its class."""
    words = load_knowledge(FOLDER).breast_words
    assert words[Sign.CLASSED_OPEN].search("c3")
    assert not words[Sign.UNDECIDED_SAMPLE].search("c3")
    assert words[Sign.UNDECIDED_SAMPLE].search("C3")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "words: adenopathy lymphadenopathy",
            "why-not: because",
            "questions.takes-nodes.lists[7].why-not: unknown key; known here: and-then, first, phrases, ",
        ),
        (
            "words: adenopathy lymphadenopathy",
            "words: adenopathy adenopathy",
            'questions.takes-nodes.lists[7]: "adenopathy" is there twice',
        ),
        (
            "words: adenopathy lymphadenopathy",
            "words: -clump-",
            'questions.takes-nodes.lists[7]: "-clump-" is there twice',
        ),
        (
            "words: adenopathy lymphadenopathy",
            "within: 3 words",
            "questions.takes-nodes.lists[7]: must have words or phrases, or else first, then and within",
        ),
        ("first: compar*", "first: compar*x", 'questions.changed.lists[4]: "compar*x" is not written as a word'),
        (
            "within: 80 signs of the sentence",
            "within: far",
            'questions.changed.lists[4]: within: "far" is not a number',
        ),
        ("    letters: as-written", "    letters: large", "questions.undecided-sample.letters: "),
        ("  undecided-sample:", "  undecided:", "questions: the key undecided-sample is missing"),
    ],
)
def test_words_that_are_not_as_they_should_be_are_refused(
    old: str, new: str, fault: str, folder: Path, change: Change
) -> None:
    change("breast-words.yaml", old, new)
    with pytest.raises(KnowledgeError) as refused:
        load_knowledge(folder)
    assert f": {fault}" in str(refused.value)
    assert str(refused.value).startswith("breast-words.yaml:")


def test_a_missing_file_is_a_fault(folder: Path) -> None:
    """Without its words no report would leave anything open."""
    (folder / "breast-words.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"breast-words.yaml: cannot be read: FileNotFoundError"):
        load_knowledge(folder)


@pytest.mark.parametrize(
    ("new", "text", "found", "why"),
    [
        ('{words: lump, phrases: "fine cyst, cord"}', "fine cyst", True, "phrases beside words"),
        ("{words: lump, phrases: fine cyst}", "lump", True, "words beside phrases"),
        (
            "{first: lump, then: near, and-then: cyst, skipping: very, within: 1 words}",
            "lump very near: cyst",
            True,
            "one after another, and what may stand between",
        ),
        (
            "{first: lump, then: near, and-then: cyst, skipping: very, within: 1 words}",
            "lump very near a cyst",
            False,
            "but nothing else",
        ),
    ],
)
def test_a_list_may_have_every_key_of_its_kind(new: str, text: str, found: bool, why: str, folder: Path) -> None:
    file = folder / "breast-words.yaml"
    written = file.read_text(encoding="utf-8")
    begin = written.index("      - why: Enlarged nodes.")
    end = written.index("      - why: Disease of nodes.")
    file.write_text(f"{written[:begin]}      - {{why: A test., {new[1:]}\n{written[end:]}", encoding="utf-8")
    words = load_knowledge(folder).breast_words
    assert bool(words[Sign.TAKES_NODES].search(text)) is found, why
