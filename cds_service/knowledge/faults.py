"""What is wrong with the knowledge files, and where: one fault a line, all of them at once.

Knows no clinical word.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: `file` relative to the knowledge folder, `line` from 1 (0: the whole file), `path` inside it."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """`topics/310.yaml:12: variants[0].when: no such fact "stage"`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class KnowledgeError(Exception):
    """Raised when the knowledge cannot be used; carries every fault found."""

    def __init__(self, faults: "tuple[Fault, ...] | list[Fault]") -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Unreadable(Exception):
    """Raised inside a reader when one element cannot be read; becomes a fault at its place."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(message)
