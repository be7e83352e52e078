"""What the conclusion of a study outside the breast leaves open, whether a report says it or an Observation.

It has to be understood whole (`facts.understood`): words that nobody knows could say anything.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

import msgspec

from cds_service.facts.advanced import is_large, stages_advanced
from cds_service.facts.blanks import blank
from cds_service.facts.breast_studies import names_breast
from cds_service.facts.mentions import Kind, Meant, Mention, Reading, is_denied
from cds_service.facts.report_frame import without_frame
from cds_service.facts.sentences import SENTENCE_ENDS, sentences_of
from cds_service.facts.source import Source
from cds_service.facts.understood import LUMPS, Understood, understand, uses_of
from cds_service.knowledge.record_words import In, Use


def understand_conclusion(
    text: str, harmless: Callable[[Mention], bool], source: Source, kind: In = In.REPORT
) -> Understood:
    """A conclusion as understood; also open where it speaks of a larger tumour, or of the cancer in another part.

    `harmless`: whether a mention leaves it closed (`is_harmless`). `kind`: of which study, by whose words.
    """
    words = source.knowledge.record_words.tries[kind]

    def is_known(word: str) -> bool:
        uses = {use for statement in uses_of(word, words) for use in statement}
        return not uses <= {None, Use.WORD} or bool(source.read(word).mentions)

    text = _without_headings(without_frame(text, is_known))
    reading = source.read(text)
    found = understand(text, reading, words, harmless)
    larger = stages_advanced(reading) or (names_breast(text) and any(map(_may_size_the_tumour, sentences_of(text))))
    more = larger or _cancer_elsewhere(text, found.reading, source) or _is_found_anew(text, found.reading)
    return msgspec.structs.replace(found, open=True, unknown_only=False) if more else found


def _may_size_the_tumour(sentence: str) -> bool:
    """Whether a sentence gives a size over 50 mm, and not of an organ: "Spleen 11 cm"."""
    return is_large(sentence) and (_ORGAN.search(sentence) is None or _TUMOUR.search(sentence) is not None)


_ORGAN = re.compile(
    r"\b(?:liver|spleen|kidneys?|uterus|ovary|ovaries|bladder|prostate|thyroid|pancreas|gallbladder|aorta)\b",
    re.IGNORECASE,
)
_TUMOUR = re.compile(r"tumou?r|cancer|carcinoma|malignan|mass|lesion|breast|nodul|lump|index|primary", re.IGNORECASE)


def _without_headings(text: str) -> str:
    """A text, as long as it was, without headings that name nodes of which the line denies everything."""
    return _NODES_HEADING.sub(blank, text)


_NODES_HEADING = re.compile(
    r"(?:(?<=[.\n] )|(?<=\n)|^)(?:lymph )?nodes?:(?=\s*(?:no|none|normal|unremarkable|negative)\b|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)


def _cancer_elsewhere(text: str, reading: Reading, source: Source) -> bool:
    """Whether a statement names the cancer beside a part of the body of which it says nothing, "index lesion liver", or
    on the other side.
    """
    if any(mention.value == "other" for mention in reading.of(Kind.SIDE)):
        return True
    ends = [sign.start() for sign in SENTENCE_ENDS.finditer(text)]
    named = {bisect_left(ends, each.start) for each in reading.of(Kind.BREAST_CANCER) if each.may_hold}
    return bool(named) and any(bisect_left(ends, start) in named for start, _ in source.residue(text))


def _is_found_anew(text: str, reading: Reading) -> bool:
    """Whether a statement says "malignancy", or "carcinoma", and nothing that makes it the cancer of the breast which
    is known: a study of another part may have found one there.
    """
    ends = [0, *(sign.end() for sign in SENTENCE_ENDS.finditer(text)), len(text)]
    return any(
        _KNOWN_ONE.search(text, ends[place - 1], ends[place]) is None
        for mention in reading.of(Kind.BREAST_CANCER)
        if mention.may_hold and mention.value == "unspecified"
        for place in (bisect_right(ends, mention.start),)
    )


_KNOWN_ONE = re.compile(
    r"breast|mamma|\bduct|lobul|\bIDC\b|\bILC\b|\bDCIS\b|\b(?:known|index|primary|diagnos\w*|stag\w+|restag\w*|treat\w*"
    r"|histor\w*|hx|h/o|s/p|status|post|prior|previous\w*|indication|reason|clinical|information|exam(?:ination)?"
    r"|comparison|technique|evaluat\w*|assess\w*|screen\w*|surveillance|follow\w*|survivor\w*|patient\w*|pt|year|yo|y/o"
    r"|woman|female|lady|with|her|chemo\w*|therapy|lumpectomy|mastectomy|biops\w*|survivorship|risk|family|center|centre"
    r"|clinic|society|institute|oncolog\w*|care|[c-p]?T[0-4]|ER|PR|HER2|TNBC|recent(?:ly)?|workup|work-up)\b",
    re.IGNORECASE,
)
"""What in a statement says that a cancer is the known one, or is only spoken of."""


_ALWAYS_HARMLESS = frozenset(
    {
        *(Kind.MODALITY, Kind.SIDE, Kind.TRACER, Kind.FOLLOW_UP, Kind.STAGING, Kind.NON_INDICATION),
        *(Kind.SURGERY, Kind.THERAPY, Kind.NODE, Kind.PREGNANCY),
    }
)
"""What a report says of study and treatment, or what other facts read there: nodes."""
_LONG_STANDING = frozenset({"chronic-disease", "chronic-organ-disease", "degenerative", "cyst", "reconstruction"})
OF_A_FINDING = frozenset({"swelling", "bleeding", "any"})
"""Symptoms that in a report are findings, and leave it open; "any" is "not clear", "not well"."""


def is_harmless(mention: Mention, *, imaging: bool, old: bool) -> bool:
    """Whether a mention leaves a conclusion closed: of `imaging`, which repeats what is known, and of an `old` report,
    whose acute diseases are over, more of them do.
    """
    if imaging and mention.value == "biopsy" and mention.meant is not Meant.NEGATED:
        return False  # what is to be sampled is not settled
    if is_denied(mention) or mention.meant is Meant.FAMILY or mention.kind in _ALWAYS_HARMLESS:
        return True
    if mention.kind is Kind.SYMPTOM:
        return mention.value not in OF_A_FINDING
    if mention.kind is Kind.LOCAL_SYMPTOM:
        return mention.value in LUMPS
    if mention.kind is Kind.ASKS:
        return mention.value != "axilla"  # "node 14 mm": of which nobody says what it is
    if mention.kind is Kind.OTHER_REASON:
        return (mention.meant is Meant.AFFIRMED and mention.value in _LONG_STANDING) or old
    if mention.kind is Kind.BREAST_CANCER:
        return imaging or mention.meant is Meant.HISTORICAL
    return False
