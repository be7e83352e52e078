"""Where a fracture is: of forearm, wrist, hand, ankle or foot it is mostly of a fall, and seldom of a metastasis.

Basis: the problem list rule of this project (`facts.entry_suspicions`), which reports share.
"""

import re

FRACTURES = ("bone-fracture", "fracture")
"""How a reading calls fractures of no vertebra, and not called pathological."""
_PERIPHERY = re.compile(
    r"\b(?:ankle|wrist|forearm|foot|hand|finger|thumb|toe|metatars|metacarp|malleol|distal radi)", re.IGNORECASE
)
_OTHER_BONE = re.compile(
    r"\b(?:rib|vertebra|spin|lumbar|thora|cervic|sacr|pelvi|hip|fem|humer|should|clavic|scapul|stern|skull|shaft|arm\b)",
    re.IGNORECASE,
)
_THROUGH_SOMETHING = re.compile(
    r"\b(?:patholog|insufficien|metast|lytic|lyses|lucen|sclero|lesion|mass|destr|permeat|moth|focus|foci|tumou?r"
    r"|malignan|suspicio|underlying|without (?:a )?(?:fall|trauma|injury)"
    r"|no (?:history of )?(?:fall|trauma|injury)|atraumatic)",
    re.IGNORECASE,
)
"""Words that say that a fracture went through something, or that nothing explains it."""


def names_periphery(text: str) -> bool:
    """Whether a text names forearm, wrist, hand, ankle or foot."""
    return _PERIPHERY.search(text) is not None


def names_other_bone(text: str) -> bool:
    """Whether a text names a bone of the trunk or nearer to it."""
    return _OTHER_BONE.search(text) is not None


def is_of_a_fall(text: str) -> bool:
    """Whether a report of a fracture names bones of the periphery alone, and nothing that they broke through."""
    return names_periphery(text) and not names_other_bone(text) and _THROUGH_SOMETHING.search(text) is None
