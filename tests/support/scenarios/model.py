"""What a fixture is: a story, an order, how the request leaves the EHR, and the answer we expect, written by hand.

Expectations are written from the ACR facts and the project's rules before any output is seen; when the service answers
otherwise, one of the two is wrong, and it is not always the service.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.story import Order, PatientStory

Json = dict[str, Any]

# Studies as the service's procedures.yaml names them.
PET_CT = "fdg-pet-ct"
CT_CAP = "ct-chest-abdomen-pelvis-with-contrast"
BONE_SCAN = "bone-scan"
MRI_HEAD = "mri-head-without-and-with-contrast"
MRI_BREAST = "mri-breast-without-and-with-contrast"
MAMMOGRAPHY = "mammography-diagnostic"
MAMMOGRAPHY_ROWS = (MAMMOGRAPHY, "mammography-screening", "dbt-diagnostic", "dbt-screening")
"""The studies topic 310 rates 9 in follow-up after breast conservation."""
US_AXILLA = "us-axilla"
US_BREAST = "us-breast"
CORE_BIOPSY = "core-biopsy-axillary-node"
FNA = "fna-axillary-node"

UNA = "usually-not-appropriate"
MBA = "may-be-appropriate"
UA = "usually-appropriate"

CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the extension must say about one order; a field left None is not checked.

    `outcomes`: one, or several where the contract leaves it open. `holds`, `possible`: variants that must be listed so.
    `missing`: exactly these. `assumed`: at least these.
    """

    outcomes: tuple[str, ...]
    order: str = "ServiceRequest/order-1"
    partner: str | None = None
    procedure: str | None = None
    question: str | None = None
    stated: bool | None = None
    category: str | None = None
    score: int | None = None
    holds: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """Variants that must not be listed."""
    missing: tuple[str, ...] | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one card must be. `offers`: studies that must be there to pick, `offers_not`: that must not.

    `offers_one_of`: at least one of them. `recommended`: `cancel` or a study.
    """

    indicator: str
    offers: tuple[str, ...] = ()
    offers_one_of: tuple[str, ...] = ()
    offers_not: tuple[str, ...] = ()
    recommended: str | None = None
    cancels: tuple[str, ...] = ()
    """Orders one choice of the card must remove together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One fixture folder. `why`: one line, with the facts it rests on. `change`: what this EHR does to the request.

    `cards`: exactly these, in order; `cards_open` where only the safety rule binds: any cards but no warning.
    """

    name: str
    why: str
    story: PatientStory
    orders: tuple[Order, ...]
    judged: tuple[Judged, ...] = ()
    cards: tuple[Shown, ...] = ()
    cards_open: bool = False
    dialect: str = "mcode"
    hook: str = "order-select"
    selected: tuple[str, ...] | None = None
    change: Callable[[Json], None] | None = None


def rated(category: str, score: int, *holds: str, question: str = "distant", **more: Any) -> Judged:
    """An order that is rated because these variants hold."""
    return Judged(
        outcomes=("rated",), category=category, score=score, holds=holds, question=question, missing=(), **more
    )


def asked_for(*missing: str, **more: Any) -> Judged:
    """An order that cannot be rated until these facts are known."""
    return Judged(outcomes=("insufficient-information",), missing=missing, **more)


NOT_COVERED = Judged(outcomes=("not-covered",))
NO_CRITERIA = Judged(outcomes=("no-criteria-apply",))
INFO = Shown(indicator="info")
