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
from cds_service.facts.indexed import ByCode, Observed, Telling, by_code, indexed
from cds_service.facts.mentions import Reading, Span
from cds_service.facts.referred import UNREAD, Find, Held, by_reference, said_by
from cds_service.facts.text import read_text, residue_of
from cds_service.fhir import resources
from cds_service.fhir.references import relative
from cds_service.fhir.resources import (
    CodeableConcept,
    Coding,
    Drafted,
    MedicationRequest,
    Observation,
    Resource,
    ServiceRequest,
)
from cds_service.fhir.retrieved import Record
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure

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
    _meanings: dict[int, tuple[CodeableConcept, dict[Any, Any]]] = field(default_factory=dict)

    def after(self, earlier: "Source") -> "Source":
        """The source with all that another one of the same record has read: a session's drafts are read once."""
        return replace(
            self,
            _readings=earlier._readings,
            _sets=earlier._sets,
            _once=earlier._once,
            _meanings=earlier._meanings,
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
        known = self._meanings.get(id(concept))
        meanings = known[1] if known is not None else self._meanings_of(concept)
        found = meanings.get(read, _NEW)
        if found is _NEW:
            found = meanings[read] = read(concept, self)
        made: Made = found
        return made

    def alike_together(
        self,
        read: Callable[[CodeableConcept | None, "Source", *tuple[CodeableConcept, ...]], Made],
        concept: CodeableConcept | None,
        beside: tuple[CodeableConcept, ...],
    ) -> Made:
        """The same of a concept with what is beside it, such as its body sites."""
        meanings = self._remembered((concept, beside))
        if read not in meanings:
            meanings[read] = read(concept, self, *beside)
        made: Made = meanings[read]
        return made

    def _meanings_of(self, concept: CodeableConcept) -> dict[Any, Any]:
        """What each reader made of this concept, or of one that is equal: looked up once, as its value sets are."""
        found = self._remembered(concept)
        self._meanings[id(concept)] = (concept, found)
        return found

    def _remembered(self, concepts: object) -> dict[Any, Any]:
        try:
            return self.knowledge.meanings.recall_concept(_ENCODER.encode(concepts), dict)
        except UnicodeEncodeError:  # half a character, as JSON can spell it
            return {}

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
        return self.observed.in_set.get(value_set, ())

    @property
    def telling_observations(self) -> Sequence[Telling]:
        """The Observations that can say anything, each with the value sets of its code, in the record's order."""
        return self.observed.telling

    @cached_property
    def observed(self) -> Observed:
        """The Observations of the record, and those inside its reports and panels, by what was observed."""
        return indexed(self.record, self.sets_of)

    @cached_property
    def done(self) -> ByCode[resources.Procedure]:
        """The Procedures of the record, by what was done."""
        every = self.record.procedures
        return by_code(every, [each.code for each in every])

    @cached_property
    def prescribed(self) -> ByCode[MedicationRequest]:
        """The medication orders of the record, by the drug."""
        every = self.record.medication_requests
        return by_code(every, [each.medication_codeable_concept for each in every])

    def read(self, text: str | None) -> Reading:
        """The text as understood; the same text is read once."""
        if not text:
            return NOTHING_SAID
        found = self._readings.get(text)
        if found is None:
            found = self._readings[text] = read_text(text, self.knowledge.findings)
        return found

    def residue(self, text: str) -> tuple[Span, ...]:
        """Where words of a text stand that nobody explains."""
        return residue_of(text, self.knowledge.findings)

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
    """What an order says in words besides naming the study: reasons, the display of what they refer to, notes.

    A note is, too, what stands under supporting information as a display that leads nowhere.
    """
    referred = (reference.display for reference in draft.reason_reference)
    return (*texts_of(*draft.reason_code), *(text for text in referred if text), *notes_of(draft))


def notes_of(draft: ServiceRequest) -> tuple[str, ...]:
    """The notes of an order, with what is written among its supporting information."""
    written = (each.display for each in draft.supporting_info if not each.reference)
    return tuple([text for text in (*(note.text for note in draft.note), *written) if text])


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
    if concept.coding or not concept.text:
        return concept
    typed = concept.text.strip().upper()
    if not _ICD_TYPED.fullmatch(typed):
        return concept
    return CodeableConcept(coding=(Coding(system=ICD10CM, code=typed),))


def reason_concepts(draft: ServiceRequest, in_record: Find) -> tuple[CodeableConcept, ...]:
    """The reasons of an order: its codes, and what its references lead to (`facts.referred`).

    What is given as the reason today counts, even if the Condition is resolved. A reason that is there and cannot be
    read is a word that nobody understands.
    """
    coded, referred = draft.reason_code, draft.reason_reference
    if draft.reason:  # an order of FHIR R5, by mistake
        coded = (*coded, *(each.concept for each in draft.reason if each.concept is not None))
        referred = (*referred, *(each.reference for each in draft.reason if each.reference is not None))
    concepts = [typed_code(concept) for concept in map(_given, coded) if concept is not None]
    return (*concepts, *said_by(referred, draft.contained, in_record))


def _given(concept: CodeableConcept) -> CodeableConcept | None:
    """The reason, or what stands for one without a code or word that can be read; None of one that says nothing."""
    if codes_of(concept) or texts_of(concept):
        return concept
    # The sandbox sends an empty coding before any choice is made.
    return UNREAD if any(each != Coding() for each in concept.coding) or concept.extension else None
