"""From a hook request to what is judged of each of its orders: the stages between the wire and the cards.

Request → orders in scope → record → facts → assessment. What is not imaging we know ends at once: no record is read for
it, and nothing is said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cds_service.clients import Client
from cds_service.coding import Code
from cds_service.criteria.assess import assess
from cds_service.criteria.model import Assessment, ImagingOrder, Outcome
from cds_service.criteria.orders import ReadDraft, imaging_orders
from cds_service.criteria.unmapped import unmapped_codes
from cds_service.facts.as_of import as_of
from cds_service.facts.extract import extract
from cds_service.facts.model import OrderFacts
from cds_service.facts.source import Source, Windows
from cds_service.fhir.admission import exists
from cds_service.fhir.fetched import Ended
from cds_service.fhir.orders import decode_service_request
from cds_service.fhir.record import named, read_record
from cds_service.fhir.resources import ServiceRequest
from cds_service.fhir.retrieve import Access, Prefetched, TopUp
from cds_service.fhir.retrieved import KeyState, Record, Unreadable
from cds_service.fhir.session import DraftIn, Session, read_session
from cds_service.fhir.strays import with_strays
from cds_service.fhir.subjects import own_only
from cds_service.fhir.translated import Translations, translated, translated_record
from cds_service.hooks.errors import BadRequest, PreconditionFailed
from cds_service.hooks.request import Draft, HookRequest
from cds_service.hooks.services import REQUIRED_KEYS, Service
from cds_service.knowledge.model import Knowledge
from cds_service.settings import OnPreconditionFailed, Settings
from cds_service.stages import Stages
from cds_service.value import Value

MOST_ORDERS = 50
"""Imaging orders that one call may ask about; each takes some milliseconds, and nobody orders as many at once."""


def windows_of(settings: Settings) -> Windows:
    """How long things count, as set."""
    return Windows(
        new_disease_days=settings.new_disease_days,
        surveillance_days=settings.surveillance_days,
        work_up_days=settings.work_up_days,
        mild_alkaline_phosphatase=settings.alp_mild_ratio,
    )


class Judged(Value, frozen=True, kw_only=True):
    """The orders of one request. `facts`: what each of the `orders` was judged by, in their order; none where the
    record lacks what every answer needs. `unmapped`: codes that are no study of ours; `failures`: how reading failed;
    `asked_servers`: whether a FHIR server had to be asked, or was not one that may be.
    """

    orders: tuple[ImagingOrder, ...] = ()
    facts: tuple[OrderFacts, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    unmapped: tuple[Code, ...] = ()
    failures: tuple[str, ...] = ()
    asked_servers: bool = False


Judging = Callable[[Service, HookRequest, datetime, Stages], Judged]
"""Judges the orders of a request, at a time. Raises PreconditionFailed and BadRequest as `Judge.judge` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """How the requests of one client are read and judged: behind its answers, and behind the page explaining them."""

    knowledge: Knowledge
    windows: Windows
    client: Client
    top_up: TopUp | None
    without: OnPreconditionFailed

    def judge(self, service: Service, request: HookRequest, now: datetime, stages: Stages) -> Judged:
        """The record is read, and perhaps fetched, only once it is known that there is an order to judge.

        Raises PreconditionFailed where no Conditions can be had, if so told, and BadRequest for too many orders.
        """
        read, broken = read_drafts(request, self.knowledge.translations)
        orders = imaging_orders(read, self.knowledge)
        if len(orders) > MOST_ORDERS:
            raise BadRequest("context.draftOrders.entry", f"more than {MOST_ORDERS} imaging orders to assess")
        failed = tuple(_not_assessed_draft(draft, problem) for draft, problem in broken)
        unmapped = unmapped_codes(read, orders, self.knowledge)
        if not orders:
            return Judged(assessments=failed, unmapped=unmapped)
        record = self.record(service, request, stages)
        if record.not_supplied("conditions") and self.without is OnPreconditionFailed.STATUS:
            raise PreconditionFailed(["conditions"], _why_unasked(request, record))
        lost = _lost(record)
        stages.ended("decode")
        if lost:
            facts, assessments = [], [_not_assessed(order, lost) for order in orders]
        else:
            facts = self._facts(orders, record, self._session(request, read), now)
            stages.ended("facts")
            assessments = [assess(order, found, self.knowledge) for order, found in zip(orders, facts, strict=True)]
            stages.ended("assess")
        return Judged(
            orders=orders,
            facts=tuple(facts),
            assessments=(*assessments, *failed),
            unmapped=unmapped,
            failures=_failures(record),
            asked_servers=bool(record.fetches),
        )

    def _facts(
        self, orders: Sequence[ImagingOrder], record: Record, session: Session, now: datetime
    ) -> list[OrderFacts]:
        """What each of the orders is judged by."""
        sources = [source_of(each, record, self.knowledge, self.windows, now, session=session) for each in orders]
        first, *others = sources
        return [extract(first), *(extract(source.after(first)) for source in others)]

    def _session(self, request: HookRequest, read: Sequence[ReadDraft]) -> Session:
        """All that is drafted in the session, as far as it can say something of the patient."""
        if len(request.drafts) == 1:
            return Session()
        orders = {each.place: each.draft for each in read}
        came = (
            DraftIn(raw=each.raw, place=each.place, kind=each.resource_type, id=each.id)
            for each in request.drafts
            if each.place not in orders
        )
        others = read_session(came, patient_id=request.patient_id)
        own = (each for each in orders.values() if exists(each))
        translations = self.knowledge.translations
        return Session(drafts=(*own, *(translated(each, translations) for each in others.drafts)), unread=others.unread)

    def record(self, service: Service, request: HookRequest, stages: Stages) -> Record:
        """What was prefetched, topped up, with what stood elsewhere, the patient's own, in our codes."""
        record = read_record(request.prefetch, patient_id=request.patient_id, aliases=self.client.prefetch_aliases)
        if self.top_up is not None and request.fhir_server is not None:
            values = named(request.prefetch, self.client.prefetch_aliases)
            token = request.fhir_authorization.access_token if request.fhir_authorization is not None else None
            access = Access(server=request.fhir_server, token=token)
            stages.ended("decode")
            record = self.top_up(record, Prefetched(values=values, templates=service.prefetch), access)
            stages.ended("fetch")
        return translated_record(own_only(with_strays(record)), self.knowledge.translations)


def make_judge(knowledge: Knowledge, settings: Settings, *, client: Client, top_up: TopUp | None = None) -> Judge:
    """The judge of one client; `top_up` as in `make_answer`."""
    return Judge(
        knowledge=knowledge,
        windows=windows_of(settings),
        client=client,
        top_up=top_up,
        without=settings.on_precondition_failed,
    )


def _lost(record: Record) -> tuple[str, ...]:
    """The required parts of the record that could not be had: nothing is assessed without them."""
    if record.not_supplied("conditions"):
        return ("conditions",)
    return tuple(key for key in REQUIRED_KEYS if record.states.get(key) is KeyState.ERROR)


def _why_unasked(request: HookRequest, record: Record) -> str:
    """Why the request's FHIR server was not asked for conditions; nothing where it names none."""
    if request.fhir_server is None:
        return ""
    ended = next((fetch.ended for fetch in record.fetches if fetch.key == "conditions"), None)
    return _UNASKED.get(ended, "this service is not set up to ask fhirServer for it")


_UNASKED: Mapping[str | None, str] = {
    Ended.NOT_LISTED: "fhirServer is none of the servers that this service may call for this client",
    Ended.NO_TOKEN: "fhirServer came without fhirAuthorization",
}


def _failures(record: Record) -> tuple[str, ...]:
    """How each key that was not read whole failed: as the FHIR server's answers ended, or in prefetch."""
    fetched = {fetch.key for fetch in record.fetches}
    return (
        *[fetch.ended for fetch in record.fetches if fetch.ended != Ended.WHOLE],
        *[f"prefetch-{record.states[key]}" for key in record.failed_keys if key not in fetched],
    )


def read_drafts(
    request: HookRequest, translations: Translations
) -> tuple[list[ReadDraft], list[tuple[Draft, Unreadable]]]:
    """The draft ServiceRequests that can be read, and the judged ones that cannot."""
    read: list[ReadDraft] = []
    broken: list[tuple[Draft, Unreadable]] = []
    for draft in request.drafts:
        if draft.resource_type not in (None, "ServiceRequest"):
            continue
        found = _decoded(draft, request.patient_id)
        if isinstance(found, Unreadable):
            broken += [(draft, found)] if draft.selected else []
        else:
            own = translated(found, translations)
            read.append(ReadDraft(draft=own, place=draft.place, selected=draft.selected))
    return read, broken


def _decoded(draft: Draft, patient_id: str) -> ServiceRequest | Unreadable:
    if draft.problem is not None:
        return Unreadable(place=draft.place, reason=draft.problem)
    return decode_service_request(draft.raw, place=draft.place, patient_id=patient_id)


def _not_assessed_draft(draft: Draft, problem: Unreadable) -> Assessment:
    return Assessment(
        order=None,
        reference=f"ServiceRequest/{draft.id}" if draft.id else draft.place,
        outcome=Outcome.NOT_ASSESSED,
        unreadable=(problem.place,),
    )


def _not_assessed(order: ImagingOrder, lost: tuple[str, ...]) -> Assessment:
    return Assessment(
        order=order,
        reference=order.reference,
        with_reference=f"ServiceRequest/{order.partner.id}" if order.partner is not None else None,
        procedure=order.procedures[0],
        outcome=Outcome.NOT_ASSESSED,
        unreadable=tuple(f"prefetch.{key}" for key in lost),
    )


_ALONE = Session()


def source_of(
    order: ImagingOrder,
    record: Record,
    knowledge: Knowledge,
    windows: Windows,
    now: datetime,
    *,
    session: Session = _ALONE,
) -> Source:
    """What the facts of one order are read from, on the day it is judged as of. `session`: what else is drafted."""
    return Source(
        record=record,
        draft=order.draft,
        partner=order.partner,
        procedures=tuple(knowledge.procedures[each] for each in order.procedures),
        knowledge=knowledge,
        today=as_of(order.draft, record, now.date()),
        windows=windows,
        beside=tuple(each for each in session.drafts if each is not order.draft and each is not order.partner),
        unread_beside=session.unread,
    )
