"""From a hook request to its answer, stage by stage; the one place that sees all of them.

Request → orders in scope → record → facts → assessment → cards. What is not imaging we know ends at once: no record is
read for it, and nothing is said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from cds_service.cards.build import Said, say, shown
from cds_service.cards.extension import NAME, assessments_extension
from cds_service.cards.pama import system_actions
from cds_service.cards.presentation import Presentation
from cds_service.cards.shapes import SHAPES
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
from cds_service.fhir.translated import Translations, translated, translated_record
from cds_service.hooks.errors import BadRequest, PreconditionFailed
from cds_service.hooks.request import Draft, HookRequest
from cds_service.hooks.response import Action, HookResponse
from cds_service.hooks.services import REQUIRED_KEYS, Service
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Mode, OnPreconditionFailed, Settings
from cds_service.stages import Stages
from cds_service.store.consultations import Answered
from cds_service.store.patients import Hash, no_hash
from cds_service.store.quiet import Overridden, never, overridden_lately
from cds_service.value import Value

OBSERVATION_SETS = (
    "stage-group-clinical",
    "stage-group-pathologic",
    "stage-group-unspecified",
    "t-clinical",
    "t-pathologic",
    "t-unspecified",
    "n-clinical",
    "n-pathologic",
    "n-unspecified",
    "m-clinical",
    "m-pathologic",
    "m-unspecified",
    "tumor-size",
    "er-observation",
    "pr-observation",
    "her2-observation",
    "alkaline-phosphatase",
    "liver-test",
    "tumor-marker",
    "calcium",
    "filtration-rate",
    "creatinine",
    "disease-status-observation",
    "pregnancy-status",
    "axillary-node-palpable",
    "axillary-lymphadenopathy",
    "symptom-bone",
    "symptom-spine",
    "symptom-lung",
    "symptom-liver",
    "symptom-brain",
    "symptom-general",
)
"""The value sets by which Observations are read, and so asked for in prefetch: derived, never typed twice."""

MOST_ORDERS = 50
"""Imaging orders that one call may ask about; each takes some milliseconds, and nobody orders as many at once."""

Keep = Callable[[Answered], None]
"""Keeps and counts what was answered; must not fail."""


def observation_codes(knowledge: Knowledge) -> tuple[Code, ...]:
    """The codes of the Observations that the facts read, and the site's own codes for them."""
    named = {code for name in OBSERVATION_SETS for code in knowledge.value_sets[name]}
    named |= {own for own, meant in knowledge.translations.items() if not named.isdisjoint(meant)}
    return tuple(sorted((code for code in named if "icd-10" not in code.system), key=lambda c: (c.system, c.code)))


def make_answer(
    knowledge: Knowledge,
    settings: Settings,
    clock: Callable[[], datetime],
    record: Keep,
    *,
    client: Client,
    top_up: TopUp | None = None,
    patient_hash: Hash = no_hash,
    overridden: Overridden = never,
    criteria_url: str | None = None,
) -> Callable[[Service, HookRequest], HookResponse]:
    """What stands behind both services for one client; raises PreconditionFailed where no Conditions can be had.

    `top_up` adds to a record what prefetch lacks; without it, prefetch is all there is.
    `criteria_url`: of the pages that show this knowledge.
    """
    judge = make_judge(knowledge, settings, client=client, top_up=top_up)
    presentation = _presentation(settings, client, criteria_url)
    shadow = settings.mode is Mode.SHADOW
    quiet_for = timedelta(hours=settings.quiet_after_override or 0)

    def speak(request: HookRequest, judged: Judged, patient: str | None, now: datetime) -> tuple[Said, ...]:
        saying = partial(_say, judged.assessments, request, knowledge, presentation, now)
        said = saying()
        if not quiet_for or patient is None or shadow:
            return said
        asked = partial(overridden, client=client.name, patient=patient, since=now - quiet_for)
        quiet = overridden_lately(said, asked)
        return saying(quiet=quiet) if quiet else said

    def answer(service: Service, request: HookRequest) -> HookResponse:
        stages, now = Stages(), clock()
        judged = judge.judge(service, request, now, stages)
        answered = partial(
            Answered,
            service=service,
            request=request,
            client=client.name,
            knowledge=knowledge,
            time=now,
            stages=stages,
            unmapped=judged.unmapped,
            failures=judged.failures,
            shadow=shadow,
        )
        if not judged.assessments:
            record(answered())
            return HookResponse()
        patient = patient_hash(client.name, request.patient_id)
        said = speak(request, judged, patient, now)
        response = HookResponse() if shadow else _respond(said, request, knowledge, settings, presentation)
        stages.ended("cards")
        record(answered(said=said, patient=patient))
        return response

    return answer


def _presentation(settings: Settings, client: Client, criteria_url: str | None) -> Presentation:
    return Presentation(
        shape=SHAPES[client.profile],
        show_appropriate=settings.show_appropriate,
        muted=settings.mute,
        preference_list=client.preference_list,
        protocols=client.protocols,
        criteria_url=criteria_url,
        plain_text=client.plain_text,
        pama_identifier=settings.pama_identifier if settings.pama else None,
    )


def windows_of(settings: Settings) -> Windows:
    """How long things count, as set."""
    return Windows(
        new_disease_days=settings.new_disease_days,
        surveillance_days=settings.surveillance_days,
        work_up_days=settings.work_up_days,
        mild_alkaline_phosphatase=settings.alp_mild_ratio,
    )


# --- assessing --------------------------------------------------------------------------------------------------------
class Judged(Value, frozen=True, kw_only=True):
    """The orders of one request. `facts`: what each of the `orders` was judged by, in their order; none where the
    record lacks what every answer needs. `unmapped`: codes that are no study of ours; `failures`: how reading failed.
    """

    orders: tuple[ImagingOrder, ...] = ()
    facts: tuple[OrderFacts, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    unmapped: tuple[Code, ...] = ()
    failures: tuple[str, ...] = ()


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
        """What was prefetched, topped up, with what stood elsewhere, in our codes."""
        record = read_record(request.prefetch, patient_id=request.patient_id, aliases=self.client.prefetch_aliases)
        if self.top_up is not None and request.fhir_server is not None:
            values = named(request.prefetch, self.client.prefetch_aliases)
            token = request.fhir_authorization.access_token if request.fhir_authorization is not None else None
            access = Access(server=request.fhir_server, token=token)
            stages.ended("decode")
            record = self.top_up(record, Prefetched(values=values, templates=service.prefetch), access)
            stages.ended("fetch")
        return translated_record(with_strays(record), self.knowledge.translations)


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


# --- answering --------------------------------------------------------------------------------------------------------
def _say(
    assessments: tuple[Assessment, ...],
    request: HookRequest,
    knowledge: Knowledge,
    presentation: Presentation,
    now: datetime,
    quiet: frozenset[str] = frozenset(),
) -> tuple[Said, ...]:
    return say(
        assessments,
        drafts=_raw_drafts(request),
        hook=request.hook,
        hook_instance=request.hook_instance,
        knowledge=knowledge,
        today=now.date(),
        presentation=presentation,
        quiet=quiet,
    )


def _respond(
    said: Sequence[Said], request: HookRequest, knowledge: Knowledge, settings: Settings, presentation: Presentation
) -> HookResponse:
    assessments = [each.assessment for each in said]
    actions = _system_actions(assessments, request, _raw_drafts(request), knowledge, presentation)
    extension: dict[str, Any] = {}
    if settings.explain:
        extension[NAME] = assessments_extension(assessments, knowledge=knowledge, hook_instance=request.hook_instance)
    if actions and presentation.shape.mirrors_system_actions:
        extension["systemActions"] = msgspec.to_builtins(actions)
    return HookResponse(
        cards=shown(said), system_actions=actions or msgspec.UNSET, extension=extension or msgspec.UNSET
    )


def _system_actions(
    assessments: Sequence[Assessment],
    request: HookRequest,
    drafts: Mapping[str, msgspec.Raw],
    knowledge: Knowledge,
    presentation: Presentation,
) -> tuple[Action, ...]:
    identifier = presentation.pama_identifier
    if identifier is None:
        return ()
    return system_actions(
        assessments,
        drafts=drafts,
        hook_instance=request.hook_instance,
        knowledge=knowledge,
        identifier=identifier,
    )


def _raw_drafts(request: HookRequest) -> Mapping[str, msgspec.Raw]:
    return {
        f"ServiceRequest/{draft.id}": draft.raw
        for draft in request.drafts
        if draft.resource_type == "ServiceRequest" and draft.id
    }
