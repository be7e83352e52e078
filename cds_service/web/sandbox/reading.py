"""A hook request as the service reads it: the same stages as for an answer, up to the facts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from cds_service.criteria.model import ImagingOrder
from cds_service.criteria.orders import imaging_orders
from cds_service.facts.as_of import as_of
from cds_service.facts.source import Source, Windows
from cds_service.fhir.record import read_record
from cds_service.fhir.resources import KeyState, Record, ServiceRequest
from cds_service.fhir.translated import translated_record
from cds_service.hooks.decode import decode_request
from cds_service.hooks.errors import ROOT, BadRequest
from cds_service.hooks.members import members, required_string
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import REQUIRED_KEYS, Service
from cds_service.knowledge.model import Knowledge, Procedure
from cds_service.pipeline import read_drafts, source_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads requests with the knowledge and the settings that the service answers with."""

    services: tuple[Service, ...]
    knowledge: Knowledge
    windows: Windows
    clock: Callable[[], datetime]

    def request(self, body: bytes) -> HookRequest:
        """The request in a body, whichever of our hooks it names. Raises BadRequest."""
        hook = required_string(members(body, ROOT), "hook", ROOT)
        service = next((each for each in self.services if each.hook == hook), None)
        if service is None:
            raise BadRequest("hook", f"expected {' or '.join(each.hook for each in self.services)}")
        return decode_request(body, service=service)

    def orders(self, request: HookRequest) -> tuple[ImagingOrder, ...]:
        """The studies that the service judges in this request."""
        return imaging_orders(read_drafts(request, self.knowledge.translations)[0], self.knowledge)

    def record(self, request: HookRequest) -> Record:
        """The record that came with the request."""
        record = read_record(request.prefetch, patient_id=request.patient_id)
        return translated_record(record, self.knowledge.translations)

    def source(self, order: ImagingOrder, record: Record) -> Source:
        """What the facts of one order are read from."""
        return source_of(order, record, self.knowledge, self.windows, self.clock())

    def patient_source(self, request: HookRequest, record: Record) -> Source:
        """What the facts of the patient are read from, whatever is ordered: on the day of the first draft."""
        drafts = [each.draft for each in read_drafts(request, self.knowledge.translations)[0]]
        dated = ServiceRequest(status="draft", authored_on=next((each.authored_on for each in drafts), None))
        return Source(
            record=record,
            draft=dated,
            partner=None,
            procedures=(_of_the_body(self.knowledge.procedures.values()),),
            knowledge=self.knowledge,
            today=as_of(dated, record, self.clock().date()),
            windows=self.windows,
        )


def lost_keys(record: Record) -> tuple[str, ...]:
    """The required parts of the record that could not be had: nothing is assessed without them."""
    lost = [key for key in REQUIRED_KEYS if record.states.get(key) is KeyState.ERROR]
    return (*lost, *(["conditions"] if record.not_supplied("conditions") else []))


def _of_the_body(studies: Iterable[Procedure]) -> Procedure:
    """A study that is about every cancer of the patient; the first of any where the knowledge has none."""
    listed = tuple(studies)
    return next((each for each in listed if each.family == "systemic"), listed[0])
