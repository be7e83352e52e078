"""What the words of the order say of where the patient stands: in follow-up, or to be staged."""

from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source


def follow_up_said(source: Source) -> bool:
    """Whether the order speaks of follow-up."""
    return any(reading.affirmed(Kind.FOLLOW_UP) for draft in source.drafts for reading in source.order_readings(draft))


def staging_said(source: Source) -> bool:
    """Whether the order speaks of staging."""
    return any(reading.affirmed(Kind.STAGING) for draft in source.drafts for reading in source.order_readings(draft))
