"""What each kind of client can show and do: the shape of a card, never its content.

Sources: for the Sandbox its own code (github.com/cds-hooks/sandbox: its order screen applies updates alone, and only of
a resource that carries a PAMA rating); for Epic its tutorial on CDS Hooks (one action to a suggestion, `create` or
`delete`, any of them to be picked; a new order by the item of a preference list; an alphanumeric topic).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.hooks.response import Coding
from cds_service.settings import Profile

PREFERENCE_LIST = "urn:com.epic.cdshooks.action.code.system.preference-list-item"

# https://fhir.epic.com: the extension of a card that says how its detail is written.
CONTENT_TYPE = "com.epic.cdshooks.card.detail.content-type"

_TOPICS = "urn:cds-service:card-topic"
_LONGEST_TOPIC = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One kind of client.

    `updates`: it replaces an order by the one suggested; else a new order is created, by its own item. `deletes`: it
    removes an order. `single_action`: it takes one action to a suggestion. `rates_suggestions`: a suggested order has
    to carry its PAMA rating. `needs_coded_reason`: it fails on an order whose reason is not in a code.
    `mirrors_system_actions`: it looks for them in `extension`. `named_topics`: a card is told from another by an
    alphanumeric topic.
    """

    selection_behavior: str = "at-most-one"
    updates: bool = True
    deletes: bool = True
    single_action: bool = False
    rates_suggestions: bool = False
    needs_coded_reason: bool = False
    mirrors_system_actions: bool = False
    named_topics: bool = False


SHAPES: Mapping[Profile, Shape] = {
    Profile.DEFAULT: Shape(),
    Profile.SANDBOX: Shape(deletes=False, rates_suggestions=True, needs_coded_reason=True, mirrors_system_actions=True),
    Profile.EPIC: Shape(selection_behavior="any", updates=False, single_action=True, named_topics=True),
}


def topic(*parts: str) -> Coding:
    """A topic that stays the same for the same study, outcome and variants: overriding one card silences its like."""
    code = "".join(re.sub(r"[^A-Za-z0-9]", "", part) for part in ("acr", *parts))
    return Coding(code=code[:_LONGEST_TOPIC], system=_TOPICS, display="Breast imaging appropriateness")
