"""What becomes of an answer that has been given: counted, and kept. Nothing that goes wrong here costs the answer."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from cds_service.hooks.desk import TakeFeedback
from cds_service.hooks.errors import NotStored
from cds_service.hooks.feedback import Feedback, FeedbackOutcome
from cds_service.hooks.request import unasked
from cds_service.metrics import (
    ASSESSMENTS,
    CARDS,
    FEEDBACK,
    FHIR_FAILURES,
    OVERRIDES,
    STAGE_SECONDS,
    UNASKED,
    UNMAPPED,
    VARIANTS,
    Meter,
)
from cds_service.store.answers import reason_of
from cds_service.store.consultations import Answered, Consultation, card_rows, consultations, kept_code
from cds_service.store.engines import StoreAway
from cds_service.store.feedback import feedback_rows
from cds_service.store.store import Store

logger = logging.getLogger(__name__)

Keep = Callable[[Answered], None]

MOST_CODES = 100
"""Different unmapped codes that one process counts by name for monitoring; the report has them all."""


def make_keep(store: Store, meter: Meter, *, client: str) -> Keep:
    """Keeps and counts what one client was answered."""
    named = set[tuple[str, str]]()

    def keep(answered: Answered) -> None:
        try:
            rows = consultations(answered)
            store.record(rows)
            codes = [kept_code(each) for each in answered.unmapped]
            store.count_unmapped(client, codes)
            _count(answered, rows, meter)
            for code in codes:
                if code in named or len(named) < MOST_CODES:
                    named.add(code)
                    meter.add(UNMAPPED, *code)
                else:
                    meter.add(UNMAPPED, "other", "other")
        except Exception as error:  # the clinician waits for the answer, not for us
            logger.error("an answer was not kept: %s", type(error).__name__)

    return keep


def _count(answered: Answered, rows: Sequence[Consultation], meter: Meter) -> None:
    for why in unasked(answered.request):
        meter.add(UNASKED, why)
        call = answered.request.hook_instance[:64]
        logger.warning("fewer orders are asked about than may be meant: %s; hookInstance %r", why, call)
    for failure in answered.failures:
        meter.add(FHIR_FAILURES, failure)
    for row in rows:
        category = row.category or ""
        meter.add(ASSESSMENTS, row.outcome, category)
        for variant in row.variants:
            meter.add(VARIANTS, variant, category)
    for row, card in card_rows(rows):
        meter.add(CARDS, card.kind, row.mode)
    if rows:
        for stage, ms in answered.stages.ms.items():
            meter.observe(STAGE_SECONDS, stage, seconds=ms / 1000)


def make_take_feedback(
    store: Store, meter: Meter, clock: Callable[[], datetime], *, client: str, comment_length: int
) -> TakeFeedback:
    """Keeps what one client's users did; raises NotStored where it cannot be kept now."""

    def take(service: str, told: Sequence[Feedback]) -> None:
        rows = feedback_rows(told, client=client, service=service, received=clock(), comment_length=comment_length)
        try:
            store.keep_feedback(rows)
        except StoreAway:
            raise NotStored from None
        for each in told:
            meter.add(FEEDBACK, each.outcome.value)
            if each.outcome is FeedbackOutcome.OVERRIDDEN:
                meter.add(OVERRIDES, reason_of(each.reason_code, reasoned=each.reasoned))

    return take
