"""How a site and its client want their cards: given once, the same for every card of an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cds_service.cards.shapes import SHAPES, Shape
from cds_service.settings import Profile

SOURCE_LABEL = "Breast imaging appropriateness"


def _none() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """What bends a card without changing what it says.

    `show_appropriate`: a short card also where nothing is wrong. `muted`: variants whose cards are not shown.
    `preference_list`, `protocols`: id of a study → the client's own order item, and the URL of the site's protocol.
    `criteria_url`: of the pages that show these criteria, without a slash at its end. `plain_text`: the detail without
    Markdown. `pama_identifier`: of the qualified mechanism; orders are then rated for PAMA.
    """

    shape: Shape = SHAPES[Profile.DEFAULT]
    show_appropriate: bool = False
    muted: frozenset[str] = frozenset()
    preference_list: Mapping[str, str] = field(default_factory=_none)
    protocols: Mapping[str, str] = field(default_factory=_none)
    criteria_url: str | None = None
    plain_text: bool = False
    pama_identifier: str | None = None
    source_label: str = SOURCE_LABEL
