"""Whether a report of breast or axilla, or a statement of one, is understood whole, and finds nothing that counts."""

import re

from cds_service.facts.breast_denial import is_denied
from cds_service.facts.conclusions import is_harmless
from cds_service.facts.mentions import Kind, Mention, Reading
from cds_service.facts.sentences import SENTENCE_ENDS
from cds_service.facts.source import Source
from cds_service.facts.understood import LUMPS, understand
from cds_service.knowledge.record_words import In


def is_understood(
    text: str,
    reading: Reading,
    source: Source,
    *,
    own: bool,
    nodes: bool = False,
    says: bool = False,
    loosely: bool = False,
    sample: bool = False,
) -> bool:
    """Whether every word is understood, and nothing is found that is not benign.

    `own`: of the side of the cancer, where the tumour is. `nodes`: those that are found leave open elsewhere what they
    leave open (`facts.nodes`). `says`: it has to say something; "right as well" says what another statement does.
    `loosely`: words that nobody knows may stand in it. `sample`: it is of tissue, where calcium is what was looked for.
    """
    # "Suspicious" may be said of a node only where one is not called normal.
    of_node = any(each.may_hold and each.value != "normal" for each in reading.of(Kind.NODE))

    def harmless(mention: Mention) -> bool:
        if loosely and (mention.value == "biopsy-target" or _is_of_consent(text, mention)):
            return True
        if loosely and mention.kind is Kind.SYMPTOM and mention.may_hold:
            return False  # of the patient, while the sample was taken
        if (sample and is_calcium(text, mention)) or _is_called_old_and_benign(text, mention, source):
            return True
        if mention.kind is Kind.LOCAL_SYMPTOM and mention.value in LUMPS and mention.may_hold:
            return own or is_denied(text, mention.start, mention.end)
        if mention.kind is Kind.NODE and mention.may_hold:
            return own or nodes or mention.value == "normal"
        if mention.kind is Kind.IMAGING_FINDING and mention.value == "unspecified" and mention.may_hold:
            return own or (nodes and of_node)
        if mention.kind is Kind.BREAST_CANCER and mention.may_hold:
            return own or _KNOWN.search(text[max(0, mention.start - 12) : mention.end + 12]) is not None
        if mention.kind is Kind.METASTASIS and text[mention.start : mention.end].upper() == "M1":
            return True  # the class of a normal mammogram; a stage is read elsewhere
        if mention.kind is Kind.ASKS:  # "node 14 mm": of which nobody says what it is, unless another word is of nodes
            return own or mention.value != "axilla" or (nodes and bool(reading.of(Kind.NODE)))
        return is_harmless(mention, imaging=False, old=False)

    words = source.knowledge.record_words.tries[In.BREAST]
    found = understand(text, reading, words, harmless)
    open_ = found.open and not (loosely and found.unknown_only)
    return not open_ and (found.says or not says or _CALLED_NORMAL.search(text) is not None)


def _is_called_old_and_benign(text: str, mention: Mention, source: Source) -> bool:
    """Whether a finding of the breast is called benign, and unchanged for years, and its statement says no more."""
    if mention.kind not in (Kind.LOCAL_SYMPTOM, Kind.IMAGING_FINDING) or mention.value not in _OF_A_BREAST:
        return False
    said = _OLD_AND_BENIGN.match(text, mention.end)
    return said is not None and (said["year"] is None or int(said["year"]) <= source.today.year - 3)


_OF_A_BREAST = frozenset({*LUMPS, "unspecified"})
_OLD_AND_BENIGN = re.compile(
    r"(?: (?:at|in) (?:the )?[\w':]+(?: [\w':]+){0,3})?,? (?:(?:is|are|has been|remains?) )?(?:stable|unchanged)"
    r" (?:since (?P<year>20\d\d)|(?:for|over) (?:more than |over |at least )?(?:[2-9]|1\d|two|three|four"
    r"|five) years?),?"
    r" (?:and |consistent with (?:a )?|considered )?benign\W*(?:$|[.;\n])",
    re.IGNORECASE,
)
"""Stable for two years or more is how imaging calls a probably benign finding benign (ACR BI-RADS Atlas, 5th edition,
category 3)."""


def is_calcium(text: str, mention: Mention) -> bool:
    """Whether a finding of the breast is calcium."""
    return mention.kind is Kind.LOCAL_SYMPTOM and _CALCIUM.search(text, mention.start, mention.end) is not None


def _is_of_consent(text: str, mention: Mention) -> bool:
    """Whether it is one of the risks that the patient was told of before a procedure."""
    begin = max(0, mention.start - _REACH)
    begin = max((found.end() for found in SENTENCE_ENDS.finditer(text, begin, mention.start)), default=begin)
    risked = _RISKS.search(text, begin, mention.start) is not None
    return risked and mention.kind in (Kind.SYMPTOM, Kind.OTHER_REASON)


_REACH = 200
_RISKS = re.compile(
    r"\b(?:risks?|complications|side effects)\b.{0,60}\b(?:including|include|such as|of)\b", re.IGNORECASE
)
_CALCIUM = re.compile("calci", re.IGNORECASE)
_CALLED_NORMAL = re.compile(r"\b(?:negative|normal|clear|unremarkable|nil|nad)\b", re.IGNORECASE)
_KNOWN = re.compile(r"\bknown\b|\bprevious|\btreated\b|\bhistory\b|\bprior\b", re.IGNORECASE)
