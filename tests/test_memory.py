"""What is kept of texts between requests: their meaning, and no word of them."""

import gc
from collections.abc import Callable, Iterator

import pytest

from cds_service.memory import LONGEST, MOST, Memory


@pytest.fixture
def asked() -> list[str]:
    """The texts whose meaning had to be found out."""
    return []


def test_a_text_known_already_is_not_read_again(asked: list[str]) -> None:
    memory: Memory[int] = Memory()
    assert [memory.recall(text, _length(asked)) for text in ("bone pain", "cough", "bone pain")] == [9, 5, 9]
    assert asked == ["bone pain", "cough"]


def test_a_long_text_is_read_each_time(asked: list[str]) -> None:
    """Notes and conclusions are the patient's own, and do not come again."""
    memory: Memory[int] = Memory()
    for text in ("x" * LONGEST, "x" * (LONGEST + 1)) * 2:
        assert memory.recall(text, _length(asked)) == len(text)
    assert [len(text) for text in asked] == [LONGEST, LONGEST + 1, LONGEST + 1]


def test_what_is_kept_is_bounded(asked: list[str]) -> None:
    """A sender that never repeats itself costs time, not memory."""
    memory: Memory[int] = Memory()
    for number in range(MOST + 1):
        memory.recall(f"text {number}", _length(asked))
    assert sum(isinstance(each, bytes) for each in _held(memory)) == 1
    assert memory.recall("text 0", _length(asked)) == 6
    assert len(asked) == MOST + 2


@pytest.mark.parametrize("text", ["", "İstanbul", "\ud800 alone", "日本"])
def test_any_text_has_a_meaning(text: str, asked: list[str]) -> None:
    """Also half a surrogate pair, which no encoding has."""
    memory: Memory[int] = Memory()
    assert memory.recall(text, _length(asked)) == memory.recall(text, _length(asked)) == len(text)


def test_no_word_is_kept(asked: list[str]) -> None:
    """A dump of the process's memory names no patient by what was read for an earlier one."""
    memory: Memory[int] = Memory()
    memory.recall("Jane Example, bone pain", _length(asked))
    asked.clear()
    held = list(_held(memory))
    assert any(isinstance(each, bytes) for each in held)
    assert not any(isinstance(each, str) and "Example" in each for each in held)
    assert not any(isinstance(each, bytes) and b"Example" in each for each in held)


def _length(asked: list[str]) -> Callable[[str], int]:
    def find_out(text: str) -> int:
        asked.append(text)
        return len(text)

    return find_out


def _held(owner: object, seen: set[int] | None = None) -> Iterator[object]:
    """Everything that an object holds, at any depth, code apart."""
    seen = seen if seen is not None else set()
    for each in gc.get_referents(owner):
        if id(each) not in seen and not isinstance(each, type):
            seen.add(id(each))
            yield each
            yield from _held(each, seen)
