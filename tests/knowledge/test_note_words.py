"""Loading `note-words.yaml`: what the shipped words find, and what is refused, with its place."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from tests.knowledge.conftest import FOLDER, Change


@pytest.fixture(scope="module")
def finds() -> Callable[[str], bool]:
    return load_knowledge(FOLDER).note_words.finds


@pytest.mark.parametrize(
    ("sentence", "found", "why"),
    [
        ("", False, "nothing is said where there is nothing"),
        ("Micrometastatic focus.", True, "a part, inside a word"),
        ("METASTATIC", True, "in capitals"),
        ("Seen with her husband.", False, "how she lives"),
        ("Known mets.", True, "a whole word"),
        ("Met with her family.", False, "a meeting"),
        ("Metal clip noted.", False, "another word"),
        ("Liver met.", True, "one of them"),
        ("Goals met.", False, "what was reached"),
        ("METs > 4", True, "capacity, which has to be understood as such"),
        ("She had a fit.", True, "a seizure"),
        ("Fit and well.", False, "but not this"),
        ("Had a fit and fell asleep.", True, "but this"),
        ("A fit as she slept.", True, "and this"),
        ("New lump found.", True, "a lump"),
        ("Lumpectomy in 2019", False, "an operation"),
        ("Now pT3.", True, "a category of tumour"),
        ("TSH 2.1, fT4 14.8", False, "a hormone of the thyroid"),
        ("3/5 in the left leg", True, "power of a limb"),
        ("Score 5/5", False, "full power"),
        ("Lost, she thinks, 5 kg", True, "over a comma"),
        ("Lost, over the whole of this long summer, 5 kg", False, "but no farther than this"),
        ("5 kg down", True, "the other way round"),
        ("Is on weekly taxol.", True, "a drug behind one word"),
        ("Is on the ward for taxol.", False, "but not behind three"),
        ("She's on Taxol", True, "with an apostrophe"),
        ("Cycle 3 today", True, "a number behind a word"),
        ("Her motorcycle is fixed to the wall", True, "fixed, wherever it is"),
        ("Headaches at night", True, "in one word"),
        ("Aching hips", True, "an ending"),
        ("Teacher", False, "not inside another word"),
        ("In the ED overnight", True, "where she went"),
        ("Moved to Edinburgh", False, "not the beginning of another"),
        ("No longer drives", True, "she is not what she was"),
    ],
)
def test_a_sentence_has_to_be_understood(sentence: str, found: bool, why: str, finds: Callable[[str], bool]) -> None:
    assert finds(sentence) is found, why


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("parts: myeloma,", "parts: Myeloma,", 'matters.lists[N]: "Myeloma" must be in small letters'),
        (
            "parts: myeloma,",
            "parts: myeloma, amyeloma,",
            'matters.lists[N]: "amyeloma" is found by "myeloma" already',
        ),
        ("parts: myeloma,", "parts: myeloma, myeloma,", 'matters.lists[N]: "myeloma" is there twice'),
        (
            "parts: myeloma,",
            "except: gammopathy\n      parts: myeloma,",
            "matters.lists[N]: except is of words and phrases",
        ),
        ("phrases: side when", "phrases: -side when", 'matters.lists[N]: "-side when" is found inside words'),
        ("words: pounds-", "words: -pounds", 'matters.lists[N]: "-pounds" is found inside words'),
        ("first: down, lost", "first: -down, lost", 'matters.lists[N]: "-down" is found inside words'),
        ("phrases: side when", "phrases: side [when]", 'matters.lists[N]: "side [when]" must end with a word'),
        (
            "      within: 20 signs of any kind",
            "      within: 20 signs of no kind",
            'matters.lists[N]: within: "20 signs of no kind" is not a number of signs, ',
        ),
        ("      except: lumpectom-", "      unless: lumpectom-", "matters.lists[N].unless: unknown key"),
        ("matters:", "matter:", "matter: unknown key; known here: matters, version"),
    ],
)
def test_words_that_are_not_as_they_should_be_are_refused(
    old: str, new: str, fault: str, folder: Path, change: Change
) -> None:
    change("note-words.yaml", old, new)
    with pytest.raises(KnowledgeError) as refused:
        load_knowledge(folder)
    told = re.sub(r"lists\[\d+\]", "lists[N]", str(refused.value))
    assert f": {fault}" in told
    assert told.startswith("note-words.yaml:")


def test_a_list_may_have_words_phrases_and_parts(folder: Path, change: Change) -> None:
    change("note-words.yaml", "words: pounds-", "words: pounds- xyzzy\n      phrases: heavy plugh\n      parts: frobn")
    finds = load_knowledge(folder).note_words.finds
    assert [finds(text) for text in ("Xyzzy", "Heavy plugh", "Unfrobnicated", "Plugh")] == [True, True, True, False]


def test_a_missing_file_is_a_fault(folder: Path) -> None:
    """Without its words every note would be passed over."""
    (folder / "note-words.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"note-words.yaml: cannot be read: FileNotFoundError"):
        load_knowledge(folder)
