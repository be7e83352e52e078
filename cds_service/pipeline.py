"""From a hook request to its answer: what is judged of its orders becomes cards, and is kept.

Request → judgement (`judging`, or one of the last minutes: `judged_lately`) → cards → response.
"""

from collections.abc import Callable, Mapping, Sequence
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
from cds_service.criteria.model import Assessment
from cds_service.fhir.retrieve import TopUp
from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import Action, HookResponse
from cds_service.hooks.services import Service
from cds_service.judged_lately import judged_lately
from cds_service.judging import Judged, make_judge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Mode, Settings
from cds_service.stages import Stages
from cds_service.store.consultations import Answered
from cds_service.store.patients import Hash, no_hash
from cds_service.store.quiet import Overridden, never, overridden_lately

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
    "histology-observation",
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
    judge = judged_lately(
        make_judge(knowledge, settings, client=client, top_up=top_up).judge, seconds=settings.remember_seconds
    )
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
        judged = judge(service, request, now, stages)
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
