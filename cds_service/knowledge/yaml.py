"""Strict YAML: the core schema of YAML 1.2, no duplicate keys, no tags, and the line of every value.

PyYAML speaks YAML 1.1, in which `no`, `off` and `1:30` are not text; a fact's value "no" must stay "no". So only its
parser is used (libyaml's where built in) and the values are made here. Knows no clinical word.
"""

import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from cds_service.knowledge.faults import Fault

Path = tuple[str | int, ...]

# YAML 1.2.2, 10.3.2 (core schema); octal, hexadecimal, infinities and not-a-number are left out on purpose.
_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
_TRUE = re.compile(r"(?:true|True|TRUE)\Z")
_FALSE = re.compile(r"(?:false|False|FALSE)\Z")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML or JSON file as plain values, with the line of each path, and what was wrong in its writing."""

    file: str
    value: Any
    lines: dict[Path, int]
    faults: tuple[Fault, ...] = ()

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, message: str) -> Fault:
        """A fault at a path of this file."""
        return Fault(self.file, self.line(path), place(path), message)


def place(path: Path) -> str:
    """`variants[2].when` for ("variants", 2, "when")."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def read_document(path: pathlib.Path, file: str) -> Document:
    """The document in a file, under the name that its faults are to carry; one that cannot be read is a fault, too."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Document(file, None, {}, (Fault(file, 0, "", f"cannot be read: {type(error).__name__}"),))
    return read_yaml(file, text)


def read_yaml(file: str, text: str) -> Document:
    """One YAML document; faults (not exceptions) for what YAML itself or the core schema refuses."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return Document(file, None, {}, (Fault(file, line, "", f"not YAML: {error.problem or error.context}"),))
    except yaml.YAMLError as error:
        return Document(file, None, {}, (Fault(file, 0, "", f"not YAML: {error}"),))
    if node is None:
        return Document(file, None, {}, (Fault(file, 0, "", "the file is empty"),))
    builder = _Builder(file)
    value = builder.build(node, ())
    return Document(file, value, builder.lines, tuple(builder.faults))


class _Builder:
    """Turns composed nodes into plain values, noting lines and faults on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        return _scalar(node)

    def _items(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(self.file, line, place(path), "a key must be plain text"))
                continue
            if key in seen:
                self.faults.append(Fault(self.file, line, place((*path, key)), "the key is written twice"))
            seen.add(key)
            value = self.build(value_node, (*path, key))
            self.lines[(*path, key)] = line
            yield key, value


def _scalar(node: yaml.Node) -> Any:
    text: str = node.value
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return text
    if _NULL.match(text):
        return None
    if _TRUE.match(text):
        return True
    if _FALSE.match(text):
        return False
    if _INT.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text
