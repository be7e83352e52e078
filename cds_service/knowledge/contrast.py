"""What an order says of intravenous contrast, in the words of radiology: "W WO", "non-con", "with and without gad".

It only ever chooses among studies that an order leaves open. What is unsure ("if GFR allows"), or said in two ways that
differ, chooses none. Oral and rectal contrast are another matter: ACR's studies differ by intravenous contrast.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.study_names import normalised


class Contrast(StrEnum):
    """How a study is done."""

    WITH = "with"
    WITHOUT = "without"
    BOTH = "without and with"
    UNSURE = "unsure"


def narrowed(candidates: tuple[str, ...], texts: Iterable[str], knowledge: Knowledge) -> tuple[str, ...]:
    """Those of the candidate studies that are done as these texts say; all of them where that decides nothing."""
    said = {contrast for text in texts for contrast in stated(text)}
    if len(said) != 1:
        return candidates
    (wanted,) = said
    by_contrast = {id: stated(knowledge.procedures[id].name) for id in candidates}
    chosen = tuple(id for id, own in by_contrast.items() if own == {wanted})
    if not chosen and wanted is Contrast.WITH:
        # MRI is rated "without and with" only: who asks for it with contrast does not mean the one without.
        chosen = tuple(id for id, own in by_contrast.items() if own == {Contrast.BOTH})
    return chosen or candidates


def stated(text: str) -> frozenset[Contrast]:
    """What one text says of intravenous contrast; empty where it says nothing."""
    words = _plain(text)
    said = set()
    for contrast, pattern in _SAID:
        words, found = pattern.subn(" ; ", words)
        if found:
            said.add(contrast)
    if said and (_UNSURE_SIGN.search(text) or _UNSURE.search(words)):
        said.add(Contrast.UNSURE)
    return frozenset(said)


def _plain(text: str) -> str:
    """The text in few spellings: "w", "wo" and "w o" written out, oral and rectal contrast left out."""
    words = normalised(text)
    for pattern, plain in _SPELLINGS:
        words = pattern.sub(plain, words)
    return re.sub(r" +", " ", words)


_ENTERIC = r"(?:oral|po|rectal|enteric)"
_SPELLINGS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bwwo\b", "with and without"),
        (r"\b(?:wo|w o)\b", "without"),
        (r"\bw\b", "with"),
        (r"\bi v\b|\bintravenous\b", "iv"),
        (rf"\biv (?:and|plus|or) {_ENTERIC}\b|\b{_ENTERIC} (?:and|plus|or) iv\b", "iv"),
        (rf"\b(?:(?:and|plus|with|without|no) )*{_ENTERIC}(?: contrast)?(?: only)?\b", " "),
    )
)

_AGENT = (
    r"(?:(?:iv|gad|gado|gadolinium|iodinated|based) )*"
    r"(?:contrast(?: (?:agent|material|media|medium|dye|enhancement))?|gad|gado|gadolinium|dye)\b"
)
_THEN = r"(?:and |then |plus |followed by )*"
# A bare "W WO" is about contrast at the end of a text, or before a side: "MRI BREAST W WO BILATERAL".
_END = r"(?= *(?:;|$))"
_SIDE = r"(?= (?:bilateral|bilat|bil|left|right|lt|rt|both)\b)"

_SAID = tuple(
    (contrast, re.compile(pattern))
    for contrast, pattern in (
        (
            Contrast.BOTH,
            rf"\b(?:with (?:{_AGENT} )?{_THEN}without|without (?:{_AGENT} )?{_THEN}with)(?: {_AGENT}|{_END}|{_SIDE})"
            rf"|\b(?:with {_AGENT} {_THEN}without|without {_AGENT} {_THEN}with)\b"
            rf"|\b(?:pre (?:and )?post|before and after) {_AGENT}",
        ),
        (
            Contrast.WITHOUT,
            rf"\b(?:without|no|non) (?:any )?{_AGENT}|\bwithout{_END}|\b{_AGENT} (?:no|none){_END}"
            r"|\bnon ?contrast(?:ed)?\b|\bnoncon\b|\bnon con\b|\bunenhanced\b|\bnon ?enhanced\b",
        ),
        (
            Contrast.WITH,
            rf"\b(?:with|post) {_AGENT}|\bwith{_END}|\b{_AGENT} yes{_END}|\bcontrast enhanced\b"
            rf"|^ (?:iv|gadolinium|iodinated) {_AGENT}{_END}",
        ),
    )
)
"""In this order, each taken out of the text before the next is looked for: "with and without" is neither alone."""

_UNSURE = re.compile(
    r"\b(?:or|if|unless|prn|as needed|as indicated|allerg\w*|reactions?|vs|versus|not|discretion|per rad\w*)\b"
    r"|\bwith(?:out)? (?:chest|thorax|abd\w*|pelvis)\b"  # "chest with, abdomen without contrast"
)
_UNSURE_SIGN = re.compile(r"\?|\+ ?/ ?-|±")
