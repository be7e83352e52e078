"""What an axillary ultrasound after neoadjuvant therapy must tell the radiologist: nodal status before, and the clip.

The project's article on restaging names both as missing from orders, and the reason clipped nodes are not looked for.
"""

import re
from collections.abc import Mapping
from typing import Any

VARIANTS = ("286-v9", "235-v7")
"""Restaging of the axilla after neoadjuvant therapy."""

_NODAL_STATUS = re.compile(
    r"\bc?N[0-3]\b|\bcN\+|\bnodal status\b|\bnodes at diagnosis\b|\bnode[- ](?:positive|negative)\b"
    r"|\bpositive (?:axillary )?nodes?\b",
    re.IGNORECASE,
)
_CLIP = re.compile(
    r"\bclip(?:s|ped)?\b|\b(?:biopsy|tissue|node) marker\b|\bmarked node\b|\b(?:magnetic|radioactive) seed\b",
    re.IGNORECASE,
)

BLANKS = {
    "nodal status at diagnosis": "Axillary nodes at diagnosis: ____.",
    "any marker clip": "Marker clip in node: ____.",
}
"""What is asked for, with blanks for the clinician to fill: nothing is filled in from the record.

The order comes back with the note and is read again, so a blank may not sound like a finding, a stage or a therapy:
"before neoadjuvant therapy" would read as therapy still to come, and change what the order is rated for.
"""


def unsaid(order: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of the two the text of an order (as JSON) does not say."""
    text = _BLANK.sub(" ", " ".join(_texts(order)))
    said = (_NODAL_STATUS.search(text), _CLIP.search(text))
    return tuple(name for name, found in zip(BLANKS, said, strict=True) if found is None)


_BLANK = re.compile(r"[^.:]*:\s*_{2,}\.?")
"""What was left blank says nothing."""


def has_blanks(order: Mapping[str, Any]) -> bool:
    """Whether a note with blanks is there already, and only has to be filled in."""
    return any(_BLANK.search(text) for text in _texts(order))


def note(names: tuple[str, ...]) -> str:
    """The note that asks for what is unsaid."""
    return " ".join(BLANKS[name] for name in names)


def _texts(order: Mapping[str, Any]) -> list[str]:
    """Every text a clinician writes or reads in an order."""
    found: list[str] = []
    for name in ("code", "reasonCode", "note", "orderDetail", "bodySite", "patientInstruction"):
        _collect(order.get(name), found)
    return found


def _collect(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, list):
        for each in value:
            _collect(each, found)
    elif isinstance(value, dict):
        for name in ("text", "display", "coding"):
            _collect(value.get(name), found)
