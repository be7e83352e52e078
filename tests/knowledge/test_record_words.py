"""Loading `record-words.yaml`: the shipped file, and what is refused, all of it at once."""

from pathlib import Path

import pytest

from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.record_words import In, Use, load_record_words

SHIPPED = Path(__file__).parents[2] / "knowledge" / "record-words.yaml"


def test_the_shipped_words_load_for_each_kind_of_text() -> None:
    tries = load_record_words(SHIPPED).tries
    assert all(tries[each].next for each in In)


def test_words_that_would_close_any_text_stand_in_no_list() -> None:
    """A "not", a doubt or a recommendation leaves a report or a note open wherever it is."""
    tries = load_record_words(SHIPPED).tries
    for kind in (In.REPORT, In.NOTE):
        for word in ("not", "probably", "likely", "possible", "indeterminate", "advised", "recommend", "raised", "may"):
            node = tries[kind].next.get(word)
            allowed = {("may", In.REPORT): Use.WORD, ("may", In.NOTE): Use.WORD}.get((word, kind))  # the month
            assert node is None or node.meaning is allowed, (kind, word)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("lists: 3", "lists: must be a list"),
        ("lists: [{in: [report], as: word}]", "lists[0]: must have in, as and why"),
        ("lists: [{in: [letter], as: word, why: w, words: a}]", "lists[0]: in: must be a list of report, breast"),
        ("lists: [{in: [part], as: word, why: w, stems: a}]", "lists[0]: stems: only of what is open"),
        (
            "lists: [{in: [note], as: settled, why: w, phrases: 'no mass or|nor|, malignancy'}]",
            'lists[0]: phrases: "no mass or|nor|" has an empty choice; a comma within a phrase is written [,]',
        ),
        ("lists: [{in: [note], as: noise, why: w, words: a}]", "lists[0]: as: must be one of word, place, test"),
        (
            "lists: [{in: [note], as: word, why: w, words: a}, {in: [note], as: absent, why: w, words: a}]",
            'lists[1]: "a" is already word',
        ),
    ],
)
def test_a_list_that_is_not_as_it_should_be_is_refused(written: str, fault: str, tmp_path: Path) -> None:
    file = tmp_path / "record-words.yaml"
    file.write_text(f'version: "1"\n{written}\n', encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        load_record_words(file)
    assert fault in str(refused.value)


def test_stems_are_found_anywhere_in_a_word(tmp_path: Path) -> None:
    file = tmp_path / "record-words.yaml"
    file.write_text('version: "1"\nlists: [{in: [part], as: open, why: w, stems: lytic a.b}]\n', encoding="utf-8")
    stems = load_record_words(file).stems
    assert stems.keys() == {In.PART}
    assert [bool(stems[In.PART].search(word)) for word in ("osteolytic", "lytical", "a.b", "axb")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read: FileNotFoundError"):
        load_record_words(tmp_path / "record-words.yaml")
