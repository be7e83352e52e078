"""What is kept of feedback, and whether a warning was overridden of late. Knows the tables, and no connection."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from cds_service.hooks.feedback import Feedback, FeedbackOutcome
from cds_service.store.consultations import kept_id
from cds_service.store.tables import cards, consultations, feedback

LONGEST_SYSTEM = 256


def feedback_rows(
    told: Iterable[Feedback], *, client: str, service: str, received: datetime, comment_length: int
) -> list[dict[str, Any]]:
    """The rows of one call. A comment is cut to its length; the same feedback told again makes the same digest."""
    rows = []
    for each in told:
        values = {
            "client": client,
            "service": service,
            "card": kept_id(each.card),
            "outcome": each.outcome.value,
            "at": each.at,
            "accepted": [kept_id(suggestion) for suggestion in each.accepted],
            "reason_system": kept_id(each.reason_system, LONGEST_SYSTEM) if each.reason_system else None,
            "reason_code": kept_id(each.reason_code) if each.reason_code else None,
            "reasoned": each.reasoned,
            "comment": _comment(each.comment, comment_length),
        }
        rows.append({**values, "received": received, "digest": sha256(msgspec.json.encode(values)).hexdigest()})
    return rows


def was_overridden(
    connection: Connection, *, client: str, patient: str, procedure: str, variants: Sequence[str], since: datetime
) -> bool:
    """Whether this patient's warning for this study was overridden with a reason since then, in the same variants.

    A warning that rests on a variant which was not on the overridden one is another warning.
    """
    found = connection.execute(
        select(cards.c.variants)
        .join(consultations, consultations.c.uid == cards.c.consultation)
        .join(feedback, (feedback.c.card == cards.c.card) & (feedback.c.client == consultations.c.client))
        .where(
            consultations.c.patient == patient,
            consultations.c.procedure == procedure,
            consultations.c.client == client,
            cards.c.indicator == "warning",
            feedback.c.outcome == FeedbackOutcome.OVERRIDDEN.value,
            feedback.c.reasoned,
            # Both clocks: one of a client that runs ahead must not silence us for longer.
            feedback.c.at >= since,
            feedback.c.received >= since,
        )
    )
    return any(set(variants) <= set(row.variants) for row in found)


def _comment(text: str | None, length: int) -> str | None:
    if text is None or not length:
        return None
    # PostgreSQL keeps no NUL, and no database half a character.
    return text[:length].replace("\x00", " ").encode(errors="replace").decode()
