"""Sets of codes by name, read from plain FHIR R4 ValueSet resources: exact codes, and headers of ICD-10-CM and ATC by
`is-a`.

Knows no patient and no FHIR library: the shape is checked by `knowledge.lint`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cds_service.coding import BY_PREFIX, ONE_SPELLING, Code, canonical_code

_NONE: frozenset[str] = frozenset()

STAGING_SETS = ("stage-groups", "t-categories", "n-categories", "m-categories")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSet:
    """One set: its codes with our display, and the headers whose whole branch belongs to it ("C50" → C50.911)."""

    id: str
    title: str
    concepts: Mapping[Code, str]
    headers: Mapping[Code, str]

    def display(self, code: Code) -> str | None:
        """What the set calls a code; None where the code is not in it."""
        found = self.concepts.get(code)
        if found is not None or not self.headers or code.system not in BY_PREFIX:
            return found
        return next((self.headers[header] for header in _headers(code) if header in self.headers), None)


def _headers(code: Code) -> Iterator[Code]:
    """The headers above a code of ICD-10-CM or ATC, itself first: C50.91, C50.9, C50; L01EF01, L01EF, L01E, L01."""
    for end in range(len(code.code), 2, -1):
        yield Code(code.system, code.code[:end].rstrip("."))


class ValueSets(Mapping[str, frozenset[Code]]):
    """Every value set by id. As a mapping it gives the codes written out; `matches` also knows the headers."""

    __slots__ = ("_codes", "_sets", "_sets_as_written", "_sets_by_code", "_sets_by_header")

    def __init__(self, sets: Mapping[str, ValueSet]) -> None:
        self._sets = dict(sets)
        self._codes = {name: frozenset(found.concepts) for name, found in sets.items()}
        self._sets_by_code = _inverted({name: found.concepts for name, found in sets.items()})
        self._sets_by_header = _inverted({name: found.headers for name, found in sets.items()})
        # Most senders write most codes as we do; then nothing need be put into canonical spelling first.
        self._sets_as_written = {(code.system, code.code): self.having(code) for code in self._sets_by_code}

    def __getitem__(self, set_id: str) -> frozenset[Code]:
        return self._codes[set_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def named(self, set_id: str) -> ValueSet:
        """One set; KeyError when there is none of that id, which is a fault of the caller."""
        return self._sets[set_id]

    def matches(self, set_id: str, code: Code) -> bool:
        """Whether a code (in canonical spelling, see `coding.canonical_code`) belongs to a set."""
        return self._sets[set_id].display(code) is not None

    def having(self, code: Code) -> frozenset[str]:
        """The ids of every set a code (in canonical spelling) belongs to."""
        found = self._sets_by_code.get(code, frozenset())
        if code.system in BY_PREFIX:
            for header in _headers(code):
                found |= self._sets_by_header.get(header, frozenset())
        return found

    def having_spelled(self, system: str, code: str) -> frozenset[str]:
        """The ids of every set a code as a sender spells it belongs to."""
        found = self._sets_as_written.get((system, code))
        if found is not None:
            return found
        if system in ONE_SPELLING and code == code.strip():  # most of a chart is in no set
            return _NONE
        return self.having(canonical_code(system, code))

    def display(self, set_id: str, code: Code) -> str | None:
        """What a set calls a code; None where the code is not in it."""
        return self._sets[set_id].display(code)

    def concepts(self, set_id: str) -> Mapping[Code, str]:
        """The codes a set writes out, with their displays."""
        return MappingProxyType(dict(self._sets[set_id].concepts))


def _inverted(sets: Mapping[str, Mapping[Code, str]]) -> dict[Code, frozenset[str]]:
    found: dict[Code, set[str]] = {}
    for name, codes in sets.items():
        for code in codes:
            found.setdefault(code, set()).add(name)
    return {code: frozenset(names) for code, names in found.items()}


def staging_codes(value_sets: ValueSets) -> Mapping[Code, str]:
    """Value codes of stage, T, N and M to how they are written: `Code(SNOMED, "1228899006")` → `cT1c`, `IIA`, `N1`."""
    found: dict[Code, str] = {}
    for name in STAGING_SETS:
        found.update(value_sets.concepts(name))
    return MappingProxyType(found)
