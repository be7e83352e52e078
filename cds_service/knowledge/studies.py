"""The studies that criteria rate, as ACR names them, and the codes by which they are ordered."""

from dataclasses import dataclass
from enum import StrEnum

from cds_service.coding import Code


class CodeMatch(StrEnum):
    """How well a code names the study."""

    EXACT = "exact"
    NEAR = "near"  # rated all the same, and said on the card (78816 for 78815)
    NEEDS_SITE = "needs-site"  # only with a body site or text that names the axilla (76882, 10005)
    PARTIAL = "partial"  # one half of a study that is ordered in two parts (71260 with 74177)
    ONE_OF = "one-of"  # the code leaves something open, e.g. contrast: several studies are candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureCode:
    """A code that names a study. `note`: what is said on the card for a near match. `display`: our own words."""

    code: Code
    match: CodeMatch
    confidence: str
    source: str
    display: str | None = None
    laterality: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A study as ACR names it.

    `family`: systemic, breast, axilla or node-biopsy or head. `default_question`: what it asks when the order does
    not say. `radiation`: ACR relative radiation level of an adult, `msv` its band (low, high) in mSv.
    `contrast`: none, iodinated, gadolinium. `short`: the name for a narrow card. `order_code`: the code an
    alternative is written with. `parts`: the two halves of a study ordered as a pair, each a tuple of codes.
    `looks_at`: the organs whose other diseases it may be ordered for. `name_words`: the words its name may be made of,
    where its codes stand for other studies too; empty where they do not.
    """

    id: str
    name: str
    short: str
    family: str
    default_question: str
    after_treatment_question: str | None
    radiation: str
    msv: tuple[float, float] | None
    contrast: str
    body_site: str
    codes: tuple[ProcedureCode, ...]
    order_codes: tuple[Code, ...] = ()
    parts: tuple[tuple[Code, ...], ...] = ()
    phrases: tuple[str, ...] = ()
    looks_at: tuple[str, ...] = ()
    name_words: frozenset[str] = frozenset()
