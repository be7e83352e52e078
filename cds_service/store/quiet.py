"""Warnings that were overridden with a reason not long ago, and are not shown again for a while."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from cds_service.cards.build import Said


class Overridden(Protocol):
    """Whether a warning was overridden with a reason of late; a store that cannot say says no."""

    def __call__(self, *, client: str, patient: str, procedure: str, variants: Sequence[str], since: datetime) -> bool:
        """`patient` is the keyed hash; `variants` those the warning rests on."""


def never(**warning: Any) -> bool:
    """For a pipeline without a store."""
    return False


def overridden_lately(said: Iterable[Said], overridden: Callable[..., bool]) -> frozenset[str]:
    """The orders (`ServiceRequest/<id>`) whose warning was; `overridden` is asked by study and variants."""
    return frozenset(
        each.assessment.reference
        for each in said
        if each.card is not None
        and each.card.indicator == "warning"
        and each.assessment.rating is not None
        and overridden(
            procedure=each.assessment.procedure,
            variants=[found.variant.id for found in each.assessment.rating.variants],
        )
    )
