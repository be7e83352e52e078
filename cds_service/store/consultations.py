"""What is kept of one assessed order: no request body, no patient text."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """One assessed order. `variants` and `missing` are ids and names; `knowledge` is the content hash in force."""

    time: datetime
    hook: str
    service: str
    consult_id: str
    hook_instance: str
    outcome: str
    knowledge: str
    duration_ms: float
    procedure: str | None = None
    question: str | None = None
    category: str | None = None
    score: int | None = None
    variants: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
