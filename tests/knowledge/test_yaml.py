"""YAML is read by the core schema of 1.2, strictly, with the line of every value."""

from typing import Any

import pytest

from cds_service.knowledge.yaml import place, read_yaml


@pytest.mark.parametrize(
    ("written", "value", "reason"),
    [
        ("no", "no", "in YAML 1.1 this is false; as the value of a fact it must stay text"),
        ("yes", "yes", "likewise"),
        ("off", "off", "likewise"),
        ("true", True, "the only spellings of truth are true, True and TRUE"),
        ("null", None, "null"),
        ("~", None, "the other null"),
        ("20", 20, "a whole number"),
        ("0.1", 0.1, "a number"),
        ("1e3", 1000.0, "a number with an exponent"),
        ("2026-05-30", "2026-05-30", "YAML 1.1 would make a date of it"),
        ("1:30", "1:30", "YAML 1.1 would make 90 of it"),
        ("0x1F", "0x1F", "hexadecimal numbers are left out on purpose"),
        ('"0"', "0", "a quoted number is text: stage 0"),
        ("IIA", "IIA", "plain text"),
    ],
)
def test_scalars_follow_the_core_schema(written: str, value: Any, reason: str) -> None:
    read = read_yaml("x.yaml", f"key: {written}\n").value["key"]

    assert (read, type(read)) == (value, type(value)), reason


def test_every_value_has_its_line() -> None:
    document = read_yaml("x.yaml", "a: 1\nb:\n  - x\n  - c: 2\n")

    assert document.line(("b", 1, "c")) == 4


def test_a_path_that_is_missing_has_the_line_of_what_is_around_it() -> None:
    document = read_yaml("x.yaml", "a: 1\nb:\n  c: 2\n")

    assert document.line(("b", "missing")) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: a: the key is written twice"),
        ("a:\n  b: 1\n  b: 1\n", "x.yaml:3: a.b: the key is written twice"),
        ("? [a]\n: 1\n", "x.yaml:1: a key must be plain text"),
        ("", "x.yaml: the file is empty"),
    ],
)
def test_what_is_refused_says_where(text: str, fault: str) -> None:
    assert [str(each) for each in read_yaml("x.yaml", text).faults] == [fault]


def test_broken_yaml_is_one_fault_with_its_line() -> None:
    (fault,) = read_yaml("x.yaml", "a: 1\nb: [1, 2\n").faults

    assert (fault.file, fault.line) == ("x.yaml", 3)
    assert fault.message.startswith("not YAML: ")


def test_a_place_is_written_as_one_would_say_it() -> None:
    assert place(("variants", 2, "when", "all", 0)) == "variants[2].when.all[0]"
