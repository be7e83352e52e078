"""From a hook request to its answer, stage by stage; the one place that sees all of them.

Request → orders in scope → record → facts → assessment → cards. What is not imaging we know ends at once: no record is
read for it, and nothing is said.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from cds_service.cards.build import build_cards
from cds_service.cards.extension import NAME, assessments_extension, consult_id
from cds_service.cards.pama import system_actions
from cds_service.cards.presentation import Presentation
from cds_service.cards.shapes import SHAPES
from cds_service.clients import Client
from cds_service.coding import Code
from cds_service.criteria.assess import assess
from cds_service.criteria.model import Assessment, ImagingOrder, Outcome
from cds_service.criteria.orders import ReadDraft, imaging_orders
from cds_service.facts.as_of import as_of
from cds_service.facts.extract import extract
from cds_service.facts.source import Source, Windows
from cds_service.fhir.record import named, read_record
from cds_service.fhir.resources import KeyState, Record, ServiceRequest, Unreadable
from cds_service.fhir.retrieve import Access, Prefetched, TopUp
from cds_service.fhir.translated import Translations, translated, translated_record
from cds_service.fhir.typed import decode_service_request
from cds_service.hooks.errors import PreconditionFailed
from cds_service.hooks.request import Draft, HookRequest
from cds_service.hooks.response import Action, HookResponse
from cds_service.hooks.services import REQUIRED_KEYS, Service
from cds_service.knowledge.model import Knowledge
from cds_service.settings import OnPreconditionFailed, Settings
from cds_service.store.consultations import Consultation

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
    "disease-status-observation",
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

Keep = Callable[[Sequence[Consultation]], None]


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
) -> Callable[[Service, HookRequest], HookResponse]:
    """What stands behind both services for one client; raises PreconditionFailed where no Conditions can be had.

    `top_up` adds to a record what prefetch lacks; without it, prefetch is all there is.
    """
    windows = Windows(
        new_disease_days=settings.new_disease_days,
        surveillance_days=settings.surveillance_days,
        work_up_days=settings.work_up_days,
        mild_alkaline_phosphatase=settings.alp_mild_ratio,
    )

    presentation = _presentation(settings, client)

    def answer(service: Service, request: HookRequest) -> HookResponse:
        began, now = time.perf_counter(), clock()
        read = partial(_record, service, request, client, top_up, settings.on_precondition_failed)
        assessments = _assessments(request, read, knowledge, windows, now)
        if not assessments:
            return HookResponse()
        response = _respond(assessments, request, knowledge, settings, presentation, now)
        duration_ms = (time.perf_counter() - began) * 1000
        record([_consultation(each, service, request, knowledge, now, duration_ms) for each in assessments])
        return response

    return answer


def _presentation(settings: Settings, client: Client) -> Presentation:
    return Presentation(
        shape=SHAPES[client.profile],
        show_appropriate=settings.show_appropriate,
        muted=settings.mute,
        preference_list=client.preference_list,
        protocols=client.protocols,
        plain_text=client.plain_text,
        pama_identifier=settings.pama_identifier if settings.pama else None,
    )


# --- assessing --------------------------------------------------------------------------------------------------------
def _assessments(
    request: HookRequest, read_in: Callable[[], Record], knowledge: Knowledge, windows: Windows, now: datetime
) -> tuple[Assessment, ...]:
    """The record is read in, and perhaps fetched, only once it is known that there is an order to judge."""
    read, broken = _read_drafts(request, knowledge.translations)
    orders = imaging_orders(read, knowledge)
    failed = tuple(_not_assessed_draft(draft, problem) for draft, problem in broken)
    if not orders:
        return failed
    record = translated_record(read_in(), knowledge.translations)
    lost = tuple(key for key in REQUIRED_KEYS if record.states.get(key) is KeyState.ERROR)
    if record.not_supplied("conditions"):
        lost = ("conditions",)
    return (*(_assess(order, record, lost, knowledge, windows, now) for order in orders), *failed)


def _record(
    service: Service, request: HookRequest, client: Client, top_up: TopUp | None, without: OnPreconditionFailed
) -> Record:
    """What was prefetched, topped up. Raises PreconditionFailed where no Conditions can be had, if so told."""
    record = read_record(request.prefetch, patient_id=request.patient_id, aliases=client.prefetch_aliases)
    if top_up is not None and request.fhir_server is not None:
        values = named(request.prefetch, client.prefetch_aliases)
        token = request.fhir_authorization.access_token if request.fhir_authorization is not None else None
        access = Access(server=request.fhir_server, token=token)
        record = top_up(record, Prefetched(values=values, templates=service.prefetch), access)
    if record.not_supplied("conditions") and without is OnPreconditionFailed.STATUS:
        raise PreconditionFailed(["conditions"])
    return record


def _read_drafts(
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


def _assess(
    order: ImagingOrder,
    record: Record,
    lost: tuple[str, ...],
    knowledge: Knowledge,
    windows: Windows,
    now: datetime,
) -> Assessment:
    if lost:
        return Assessment(
            order=order,
            reference=order.reference,
            with_reference=f"ServiceRequest/{order.partner.id}" if order.partner is not None else None,
            procedure=order.procedures[0],
            outcome=Outcome.NOT_ASSESSED,
            unreadable=tuple(f"prefetch.{key}" for key in lost),
        )
    source = Source(
        record=record,
        draft=order.draft,
        partner=order.partner,
        procedures=tuple(knowledge.procedures[each] for each in order.procedures),
        knowledge=knowledge,
        today=as_of(order.draft, record, now.date()),
        windows=windows,
    )
    return assess(order, extract(source), knowledge)


# --- answering --------------------------------------------------------------------------------------------------------
def _respond(
    assessments: tuple[Assessment, ...],
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    presentation: Presentation,
    now: datetime,
) -> HookResponse:
    drafts = _raw_drafts(request)
    cards = build_cards(
        assessments,
        drafts=drafts,
        hook=request.hook,
        hook_instance=request.hook_instance,
        knowledge=knowledge,
        today=now.date(),
        presentation=presentation,
    )
    actions = _system_actions(assessments, request, drafts, knowledge, presentation)
    extension: dict[str, Any] = {}
    if settings.explain:
        extension[NAME] = assessments_extension(assessments, knowledge=knowledge, hook_instance=request.hook_instance)
    if actions and presentation.shape.mirrors_system_actions:
        extension["systemActions"] = msgspec.to_builtins(actions)
    return HookResponse(cards=cards, system_actions=actions or msgspec.UNSET, extension=extension or msgspec.UNSET)


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


def _consultation(
    assessment: Assessment,
    service: Service,
    request: HookRequest,
    knowledge: Knowledge,
    now: datetime,
    duration_ms: float,
) -> Consultation:
    rating, category = assessment.rating, assessment.category
    return Consultation(
        time=now,
        hook=request.hook,
        service=service.id,
        consult_id=consult_id(assessment, request.hook_instance),
        hook_instance=request.hook_instance,
        outcome=assessment.outcome.value,
        knowledge=knowledge.hash,
        duration_ms=duration_ms,
        procedure=assessment.procedure,
        question=assessment.question,
        category=category.value if category is not None else None,
        score=rating.score if rating is not None and category is not None else None,
        variants=tuple(each.variant.id for each in rating.variants) if rating is not None else (),
        missing=rating.missing if rating is not None else (),
    )
