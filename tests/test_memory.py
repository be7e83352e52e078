"""What is kept of texts between requests: their meaning, and no word of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.facts.extract import extract
from cds_service.knowledge.load import load_knowledge
from cds_service.memory import LONGEST, LONGEST_CONCEPT, MOST, Memory
from tests.support import resources as make
from tests.support.held import held


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
    assert sum(isinstance(each, bytes) for each in held(memory)) == 1
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
    kept = list(held(memory))
    assert any(isinstance(each, bytes) for each in kept)
    assert not any(isinstance(each, str) and "Jane" in each for each in kept)
    assert not any(isinstance(each, bytes) and b"Jane" in each for each in kept)


def test_a_concept_is_remembered_as_a_text_is(asked: list[str]) -> None:
    """And one that is written at length is read each time."""
    memory: Memory[None] = Memory()
    for written in (b"E11.9", b"x" * (LONGEST_CONCEPT + 1)) * 2:
        memory.recall_concept(written, lambda written=written: asked.append(written.decode()))
    assert [len(text) for text in asked] == [5, LONGEST_CONCEPT + 1, LONGEST_CONCEPT + 1]  # None is a meaning, too


def test_what_concepts_mean_holds_no_word_of_them() -> None:
    """Diagnoses, stages, treatments, drugs and studies of one patient, as the service keeps them for the next."""
    knowledge = load_knowledge(Path(__file__).parents[1] / "knowledge")
    said = "Breast cancer of Jane Example, seen 2024"
    chart = (
        make.condition("icd:C50.912", text=said),
        make.condition(text="Jane Example's DCIS of the left breast"),
        make.procedure(make.LUMPECTOMY, text=said),
        make.medication(said),
        make.report(make.PET_CT, conclusion=said),
        make.observation("loinc:21908-9", make.concept(text=said)),
        make.observation("loinc:21905-5", make.concept(text="T2 Jane")),  # so short that it is read as a category
    )
    extract(make.source(knowledge, make.order(), *chart))
    memories = (knowledge.meanings, knowledge.studies_named_before, knowledge.findings.read_before)
    kept = [each for memory in memories for each in held(memory)]
    assert sum(isinstance(each, bytes) for each in kept) >= len(chart)
    assert not any(isinstance(each, str) and "Jane" in each for each in kept)
    assert not any(isinstance(each, bytes) and b"Jane" in each for each in kept)


def _length(asked: list[str]) -> Callable[[str], int]:
    def find_out(text: str) -> int:
        asked.append(text)
        return len(text)

    return find_out
