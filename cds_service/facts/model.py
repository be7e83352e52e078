"""What is known about a patient and an order: the facts, what they rest on, and how they can be unknown.

Their names and values are the vocabulary's (`facts.vocabulary`). Knows neither FHIR nor ACR variants.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cds_service.facts.vocabulary import LATER, VOCABULARY
from cds_service.value import Value


class UnknownReason(StrEnum):
    """Why a fact is not known."""

    NOT_RETRIEVED = "not-retrieved"
    NOT_RECORDED = "not-recorded"
    UNREADABLE = "unreadable"
    CONTRADICTORY = "contradictory"


class Evidence(Value, frozen=True, kw_only=True):
    """What a fact rests on.

    `value` is short and ours (never record text), e.g. "cT1c" or "stage IIA"; `resources` are `Type/id`
    references; `date` is an ISO date as recorded, possibly partial ("2026-05"); `of` is what it is, where many are
    alike: the study of a report that was not understood.
    """

    value: str
    resources: tuple[str, ...] = ()
    date: str | None = None
    of: str | None = None


class _Shown(Value, frozen=True, kw_only=True):
    """What a fact rests on."""

    evidence: tuple[Evidence, ...] = ()


class _Told(_Shown, frozen=True, kw_only=True):
    """`assumed` names what was taken as true for lack of a record."""

    assumed: str | None = None


class Known(_Told, frozen=True):
    """A fact with one value. `assumed` names what was taken as true for lack of a record."""

    value: str | float


class OneOf(_Told, frozen=True):
    """A fact with several candidate values, of which exactly one is true. At least two candidates."""

    candidates: tuple[str, ...]


class Unknown(_Shown, frozen=True):
    """A fact that could have any value of its domain."""

    reason: UnknownReason


Fact = Known | OneOf | Unknown

NOT_RECORDED = Unknown(UnknownReason.NOT_RECORDED)
NOT_RETRIEVED = Unknown(UnknownReason.NOT_RETRIEVED)


ReadLater = Callable[[], Mapping[str, Fact]]
"""Gives the facts of LATER."""


class Facts(Mapping[str, Fact]):
    """The facts of one cancer episode and one order, by name. A fact nobody stated is unknown, never absent.

    Those of LATER are read when one of them is asked for.
    """

    __slots__ = ("_facts", "_later", "_said")

    def __init__(self, facts: Mapping[str, Fact], later: ReadLater | None = None) -> None:
        if not facts.keys() <= VOCABULARY.keys():
            raise KeyError(f"no such fact: {next(name for name in facts if name not in VOCABULARY)}")
        self._facts = dict(facts)
        self._later = later
        self._said: dict[str, Hashable] | None = None

    def read_later(self) -> None:
        """Read what waits to be asked for."""
        if self._later is not None:
            self._facts = {**self._later(), **self._facts}
            self._later = self._said = None

    @property
    def said(self) -> Mapping[str, Hashable]:
        """What each fact of the vocabulary says, whatever it rests on: a value, candidates, or whether it contradicts
        itself. Worked out once, for an order is rated by several criteria. A fact that waits says nothing yet.
        """
        if self._said is None:
            self._said = _NOTHING_SAID | {
                name: fact.value if isinstance(fact, Known) else _left_open(fact) for name, fact in self._facts.items()
            }
        return self._said

    def __getitem__(self, name: str) -> Fact:
        if name in LATER:
            self.read_later()
        fact = self._facts.get(name)
        if fact is not None:
            return fact
        if name not in VOCABULARY:
            raise KeyError(f"no such fact: {name}")
        return NOT_RECORDED

    def __iter__(self) -> Iterator[str]:
        self.read_later()
        return iter(self._facts)

    def __len__(self) -> int:
        self.read_later()
        return len(self._facts)

    def value(self, name: str) -> str | float | None:
        """The value of a known fact, else None."""
        fact = self._facts.get(name) or self[name]
        return fact.value if isinstance(fact, Known) else None

    def candidates(self, name: str) -> tuple[str, ...]:
        """Every value a fact of a closed domain may have: one, some, or the whole domain."""
        return candidates(name, self[name])

    def with_facts(self, **changes: Fact) -> "Facts":
        """A copy with some facts replaced; underscores in the names stand for hyphens."""
        return self.replaced({name.replace("_", "-"): fact for name, fact in changes.items()})

    def replaced(self, changes: Mapping[str, Fact]) -> "Facts":
        """A copy with some facts replaced."""
        return Facts({**self._facts, **changes}, self._later)


def candidates(name: str, fact: Fact) -> tuple[str, ...]:
    """Every value that the fact of this name may have."""
    match fact:
        case Known(value=value):
            return (str(value),)
        case OneOf(candidates=open_between):
            return open_between
        case Unknown():
            return VOCABULARY[name].domain


def _left_open(fact: OneOf | Unknown) -> Hashable:
    match fact:
        case OneOf(candidates=candidates):
            return candidates
        case Unknown(reason=reason):
            return reason is UnknownReason.CONTRADICTORY


_NOTHING_SAID: dict[str, Hashable] = dict.fromkeys(VOCABULARY, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question an order asks.

    `question`: one of QUESTIONS, or None when the order's reason cannot be tied to one. `stated`: said by the order,
    not taken from the study's default. `covered`: False when the reason is not about the breast cancer at all.
    `unclear`: part of the reason was not understood, so that even the default cannot be relied on. `names_cancer`: the
    reason names the breast cancer, so that another cancer cannot be meant. `of_family`: what the same words ask of
    each kind of study; they go on asking it if another one is ordered instead.
    """

    question: str | None
    stated: bool
    covered: bool = True
    unclear: bool = False
    names_cancer: bool = False
    of_family: tuple[tuple[str, str | None], ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Episode(Value, frozen=True, kw_only=True):
    """One cancer of the patient as seen from one order: what the order asks of it, and its facts.

    The question can differ between episodes: a mammogram asks for local recurrence on a treated side and for the
    extent of disease on a new one. `condition`: the resource that names the cancer.
    """

    asked: Asked
    facts: Facts
    condition: str | None = None


class OrderFacts(Value, frozen=True, kw_only=True):
    """Everything matching needs about one order: each cancer episode it could be about.

    `episodes` is never empty: a patient without breast cancer has one whose `cancer` is none. `unreadable` are the
    places of what could not be read, in the words of the request: an entry ("prefetch.conditions.entry[2]"), or a key
    that failed or lacks a page ("prefetch.observations").
    """

    episodes: tuple[Episode, ...]
    assumed: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    prior_imaging: tuple["PriorStudy", ...] = ()


class PriorStudy(Value, frozen=True, kw_only=True):
    """An imaging study on record: `procedure` id in procedures.yaml, ISO date as recorded, `Type/id`, side if known."""

    procedure: str
    resource: str
    date: str | None = None
    laterality: str | None = None
    in_work_up: bool = False
