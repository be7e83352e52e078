"""What facts are read from: one order, the record around it, the knowledge, the day, and the windows in force."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from cds_service.coding import ICD10CM, Code, canonical_code
from cds_service.facts.dates import When
from cds_service.facts.mentions import Reading
from cds_service.facts.referred import UNREAD, Find, Held, by_reference, said_by
from cds_service.facts.text import read_text
from cds_service.fhir.contained import results_in
from cds_service.fhir.references import relative
from cds_service.fhir.resources import (
    CodeableConcept,
    Coding,
    Drafted,
    Observation,
    Record,
    Resource,
    ServiceRequest,
)
from cds_service.knowledge.model import Knowledge, Procedure
from cds_service.memory import Memory
from cds_service.value import Value

Read = TypeVar("Read")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """How long things count, in days, and how high is mild. Their basis is this project (design, "Facts")."""

    new_disease_days: int = 183
    surveillance_days: int = 183
    work_up_days: int = 120
    mild_alkaline_phosphatase: float = 1.5


@dataclass(frozen=True, kw_only=True, eq=False)  # no slots: what is derived is kept
class Source:
    """Everything the facts of one order are read from. `today` is the day the order is judged as of."""

    record: Record
    draft: ServiceRequest
    partner: ServiceRequest | None
    procedures: tuple[Procedure, ...]
    knowledge: Knowledge
    today: date
    windows: Windows
    beside: tuple[Drafted, ...] = ()
    """The other drafts of the session: what they say of the patient counts, what they ask does not."""
    unread_beside: tuple[str, ...] = ()
    """The names of other drafts that cannot be read, and may say something."""
    _readings: dict[str, Reading] = field(default_factory=dict)
    _sets: dict[int, tuple[CodeableConcept, frozenset[str]]] = field(default_factory=dict)
    _once: dict[tuple[Any, int], tuple[Any, Any]] = field(default_factory=dict)
    _alike: dict[Any, dict[CodeableConcept, Any]] = field(default_factory=dict)

    def after(self, earlier: "Source") -> "Source":
        """The source with all that another one of the same record has read: a session's drafts are read once."""
        return replace(
            self,
            _readings=earlier._readings,
            _sets=earlier._sets,
            _once=earlier._once,
            _alike=earlier._alike,
        )

    def is_ahead(self, on: When | None) -> bool:
        """Whether a date lies ahead of the day of the order, wherever on Earth it was written: what it dates has not
        been, and the date is a mistake.
        """
        return on is not None and on.earliest > self.today + timedelta(days=1)

    def has(self, value_set: str, *concepts: CodeableConcept | None) -> bool:
        """Whether any code of these concepts is in a value set."""
        for concept in concepts:
            if concept is not None and concept.coding:
                known = self._sets.get(id(concept))
                if value_set in (known[1] if known is not None else self._sets_having(concept)):
                    return True
        return False

    def sets_of(self, *concepts: CodeableConcept | None) -> frozenset[str]:
        """Every value set that holds a code of these concepts: for where many sets are asked for at once."""
        found = _NO_SETS
        for concept in concepts:
            if concept is not None and concept.coding:
                known = self._sets.get(id(concept))
                sets = known[1] if known is not None else self._sets_having(concept)
                found = found | sets if found else sets
        return found

    def _sets_having(self, concept: CodeableConcept) -> frozenset[str]:
        """The value sets of a concept, looked up once: a record asks each of its concepts some 40 times.

        By identity; the concept is kept beside its sets, so that no other one can come to have its identity.
        """
        found = _NO_SETS
        for coding in concept.coding:
            if coding.system and coding.code:
                sets = self.knowledge.value_sets.having_spelled(coding.system, coding.code)
                found = found | sets if found else sets
        self._sets[id(concept)] = (concept, found)
        return found

    def once(self, read: Callable[[Read, "Source"], Made], of: Read) -> Made:
        """What a reader makes of one resource: read once, however many facts of however many cancers rest on it."""
        known = self._once.get((read, id(of)))
        if known is None:
            known = self._once[(read, id(of))] = (of, read(of, self))
        made: Made = known[1]
        return made

    def alike(self, read: Callable[[CodeableConcept, "Source"], Made], concept: CodeableConcept) -> Made:
        """What a reader makes of a concept by the knowledge alone, and so of each that is equal, in whatever chart.

        What it makes of it must hold none of the words: it is remembered from request to request.
        """
        known = self._alike.get(read)
        if known is None:
            known = self._alike[read] = {}
        found = known.get(concept, _NEW)
        if found is _NEW:
            found = known[concept] = self._remembered(read, concept)
        made: Made = found
        return made

    def _remembered(self, read: Callable[[CodeableConcept, "Source"], Made], concept: CodeableConcept) -> Made:
        try:
            written = _ENCODER.encode(concept)
        except UnicodeEncodeError:  # half a character, as JSON can spell it
            return read(concept, self)
        memory: Memory[Made] = self.knowledge.meanings[read]
        return memory.recall_concept(written, lambda: read(concept, self))

    def words_of(self, draft: ServiceRequest) -> tuple[str, ...]:
        """See `order_words`."""
        return self.once(_words_of, draft)

    def order_readings(self, draft: ServiceRequest) -> tuple[Reading, ...]:
        """The words of an order (see `order_words`) as understood."""
        return self.once(_order_readings, draft)

    def reasons_of(self, draft: ServiceRequest) -> tuple[CodeableConcept, ...]:
        """See `reason_concepts`."""
        return self.once(_reasons_of, draft)

    def observations(self, value_set: str) -> Sequence[Observation]:
        """The Observations whose code is in a value set, in the record's order."""
        return self._observations.by_set.get(value_set, ())

    @property
    def every_observation(self) -> Sequence[Observation]:
        """The Observations of the record, and those inside its reports."""
        return self._observations.every

    @property
    def telling_observations(self) -> Sequence[Observation]:
        """The Observations that can say anything, in the record's order; the others are numbers of no known code."""
        return self._observations.telling

    @cached_property
    def _observations(self) -> "_Observations":
        return _indexed(self)

    def read(self, text: str | None) -> Reading:
        """The text as understood; the same text is read once."""
        if not text:
            return NOTHING_SAID
        found = self._readings.get(text)
        if found is None:
            found = self._readings[text] = read_text(text, self.knowledge.findings)
        return found

    def readings(self, *texts: str | None) -> tuple[Reading, ...]:
        """Each of these texts as understood."""
        return tuple([self.read(text) for text in texts if text])

    def said(self, *concepts: CodeableConcept | None) -> tuple[Reading, ...]:
        """What the words of these concepts say, each text once; words that say nothing are left out."""
        found = [self.read(text) for text in texts_of(*concepts)]
        return tuple([reading for reading in found if reading.mentions or reading.staging])

    def referred(self, name: str) -> Held | None:
        """What a reference, as written, leads to in the record."""
        return self._held.get(name) or self._held.get(relative(name))

    @cached_property
    def _held(self) -> dict[str, Held]:
        return by_reference(self.record)

    @cached_property
    def drafts(self) -> tuple[ServiceRequest, ...]:
        """The draft, and its other half where two make one study."""
        return (self.draft,) if self.partner is None else (self.draft, self.partner)


NOTHING_SAID = Reading()

_ENCODER = msgspec.msgpack.Encoder()

_NO_SETS: frozenset[str] = frozenset()

_NEW: Any = object()


class _Observations(Value, frozen=True):
    """The Observations of a record: all, those that can say anything, and those of them in each value set.

    Most facts rest on a few kinds of Observation, so that nobody need look at each of them for each fact.
    """

    every: Sequence[Observation]
    telling: list[Observation]
    by_set: dict[str, list[Observation]]


def _indexed(source: Source) -> _Observations:
    telling: list[Observation] = []
    by_set: dict[str, list[Observation]] = {}
    inside = (each for report in source.record.diagnostic_reports if report.contained for each in results_in(report))
    every = (*source.record.observations, *inside)
    for observation in every:
        sets = source.sets_of(observation.code)
        if sets or not _mere_number(observation):
            telling.append(observation)
            for value_set in sets:
                by_set.setdefault(value_set, []).append(observation)
    return _Observations(every, telling, by_set)


def _mere_number(observation: Observation) -> bool:
    """Whether an Observation holds a quantity, and nothing else that could be read: most of a chart."""
    return observation.value_quantity is not None and not (
        observation.value_codeable_concept
        or observation.value_string
        or observation.value_boolean
        or observation.note
        or observation.component
        or observation.body_site
        or observation.focus
    )


def codes_of(*concepts: CodeableConcept | None) -> tuple[Code, ...]:
    """Every code of these concepts, in canonical spelling. A coding without system or code is none."""
    return tuple(
        [
            canonical_code(coding.system, coding.code)
            for concept in concepts
            if concept is not None
            for coding in concept.coding
            if coding.system and coding.code
        ]
    )


def texts_of(*concepts: CodeableConcept | None) -> tuple[str, ...]:
    """What these concepts say in words: text and displays, each once."""
    said: dict[str, None] = {}
    for concept in concepts:
        if concept is not None:
            if concept.text:
                said[concept.text] = None
            for coding in concept.coding:
                if coding.display:
                    said[coding.display] = None
    return tuple([text for text in said if not text.isspace()])


def reference_to(resource: Resource) -> str:
    """`Type/id` of a resource; one without an id is named by its type alone."""
    kind = type(resource).__name__
    return f"{kind}/{resource.id}" if resource.id else kind


def order_words(draft: ServiceRequest) -> tuple[str, ...]:
    """What an order says in words besides naming the study: reasons, the display of what they refer to, notes."""
    referred = (reference.display for reference in draft.reason_reference)
    notes = (note.text for note in draft.note)
    return (*texts_of(*draft.reason_code), *(text for text in (*referred, *notes) if text))


def _words_of(draft: ServiceRequest, source: Source) -> tuple[str, ...]:
    return order_words(draft)


def _order_readings(draft: ServiceRequest, source: Source) -> tuple[Reading, ...]:
    return source.readings(*source.words_of(draft))


def _reasons_of(draft: ServiceRequest, source: Source) -> tuple[CodeableConcept, ...]:
    return reason_concepts(draft, source.referred)


# Where an EHR has only a text field, clinicians type the code: "C50.912".
_ICD_TYPED = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")


def typed_code(concept: CodeableConcept) -> CodeableConcept:
    """A concept whose text is nothing but an ICD-10-CM code, as that code; any other as it is."""
    typed = (concept.text or "").strip().upper()
    if concept.coding or not _ICD_TYPED.fullmatch(typed):
        return concept
    return CodeableConcept(coding=(Coding(system=ICD10CM, code=typed),))


def reason_concepts(draft: ServiceRequest, in_record: Find) -> tuple[CodeableConcept, ...]:
    """The reasons of an order: its codes, and what its references lead to (`facts.referred`).

    What is given as the reason today counts, even if the Condition is resolved. A reason that is there and cannot be
    read is a word that nobody understands.
    """
    concepts = [typed_code(concept) for concept in map(_given, draft.reason_code) if concept is not None]
    return (*concepts, *said_by(draft.reason_reference, draft.contained, in_record))


def _given(concept: CodeableConcept) -> CodeableConcept | None:
    """The reason, or what stands for one without a code or word that can be read; None of one that says nothing."""
    if codes_of(concept) or texts_of(concept):
        return concept
    # The sandbox sends an empty coding before any choice is made.
    return UNREAD if any(each != Coding() for each in concept.coding) or concept.extension else None
