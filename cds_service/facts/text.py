"""Reads clinical free text by phrase: what is mentioned, how it is meant, what stage is written, what is unexplained.

Deterministic, without learning: the phrases and their reasons are in `findings.yaml`, the steps are cut (`text_items`),
put together (`text_compose`), scope (`text_scope`), staging (`text_staging`), and what is said here: how flags become
a meaning. In doubt a symptom is there.
"""

import re

import msgspec

from cds_service.facts.blanks import blank
from cds_service.facts.mentions import LEVEL_NOT_SAID, Kind, Meant, Mention, Reading, Span
from cds_service.facts.text_abbreviations import blank_other_meanings
from cds_service.facts.text_compose import compose
from cds_service.facts.text_context import add_context
from cds_service.facts.text_items import Parse, Part, Unit
from cds_service.facts.text_normal import nodes_not_normal
from cds_service.facts.text_recurrence import recurrent_cancers
from cds_service.facts.text_residue import residue
from cds_service.facts.text_scope import (
    AFFIRMED,
    ASKED,
    FAMILY,
    HISTORY,
    LISTED,
    NEGATED,
    PAST,
    RULED,
    UNCERTAIN,
    UNSURE,
    scope,
)
from cds_service.facts.text_sides import sides
from cds_service.facts.text_staging import mark_staging, staging
from cds_service.knowledge.findings import Findings

_EMPTY = Reading()

_FINDINGS = frozenset(
    {Kind.SYMPTOM, Kind.SIGN, Kind.LABORATORY, Kind.IMAGING_FINDING, Kind.LOCAL_SYMPTOM, Kind.TUMOR_MARKER}
)
"""Kinds that are taken as the patient's own and present unless the text clearly says otherwise."""

_TIMELESS = frozenset({Kind.ASKS, Kind.STAGING, Kind.FOLLOW_UP, Kind.NON_INDICATION, Kind.MODALITY, Kind.TRACER})
"""Kinds that speak of the order, not of the patient's past."""

_NEGATED_IN_LISTS = _FINDINGS | {Kind.METASTASIS, Kind.NODE, Kind.RECURRENCE, Kind.OTHER_REASON, Kind.OTHER_MALIGNANCY}

_ASKED = {Kind.METASTASIS: "distant", Kind.NODE: "axilla"}
"""What "r/o", "evaluate for" ask when they name one of these."""


# Epic marks diagnoses of a "hierarchical condition category": no hepatocellular carcinoma. Blanked, so that spans stay.
_FLAG = re.compile(r"\((?:CMS\s*[-/]?\s*)?HCC\)", re.IGNORECASE)

# "LN - new IDC" is a dash, "LN-" a minus. Both leave the text as long as it was.
_DASH = re.compile(r"\b(lns?|nodes?)([ \t]+)-(?=[ \t]+[a-z]{3})", re.IGNORECASE)


def read_text(text: str, findings: Findings) -> Reading:
    """The reading of one text; never raises, and an empty text reads as nothing. A short one is not read twice."""
    return findings.read_before.recall(text, lambda text: _read(text, findings))


def residue_of(text: str, findings: Findings) -> tuple[Span, ...]:
    """Where content words stand that no phrase, number or stop word explains, in order.

    No part of a reading: it is asked of what an order says, and most texts are a record's.
    """
    return findings.residue_before.recall(text, lambda text: _residue_of(text, findings))


def _read(text: str, findings: Findings) -> Reading:
    if not text or text.isspace():
        return _EMPTY
    parse = Parse(_without_marks(text), findings)
    compose(parse, findings)
    written = mark_staging(parse)
    mentions = _all_mentions(parse) if parse.units else []
    mentions += sides(parse, mentions)
    if len(mentions) > 1:
        mentions.sort(key=lambda mention: (mention.start, mention.end, mention.kind, mention.value))
    return Reading(mentions=tuple(mentions), staging=staging(parse, written))


def _residue_of(text: str, findings: Findings) -> tuple[Span, ...]:
    parse = Parse(_without_marks(text), findings)
    compose(parse, findings)
    mark_staging(parse)
    scope(parse)
    return residue(parse)


def _all_mentions(parse: Parse) -> list[Mention]:
    add_context(parse)
    scope(parse)
    found = [mention for unit in parse.units for mention in _mentions(parse, unit)]
    return recurrent_cancers(parse.text, nodes_not_normal(parse.text, _watched(found)))


def _without_marks(text: str) -> str:
    """The text as long as it was, without what looks like words or signs and is neither; most texts have none."""
    text = blank_other_meanings(blank_flags(text))
    return _DASH.sub(r"\1\2;", text) if " -" in text or "\t-" in text else text


def blank_flags(text: str) -> str:
    """The text as long as it was, without the flags that an EHR puts behind the names of diagnoses."""
    if "(" in text and "hcc" in text.lower():
        return _FLAG.sub(blank, text)
    return text


def _mentions(parse: Parse, unit: Unit) -> list[Mention]:
    start, end = parse.items[unit.members[0]].start, parse.items[unit.members[-1]].end
    found = [
        Mention(kind=kind, value=value, meant=meant, start=start, end=end, site=part.site, detail=part.detail)
        for part in unit.parts
        for kind, value, meant in _said(part, parse.flags[part.anchor])
    ]
    # The parts of a unit share its span: what is said twice in it is one mention.
    return found if len(found) < 2 else [*dict.fromkeys(found)]


def _watched(mentions: list[Mention]) -> list[Mention]:
    """Follow-up that looks for recurrence does not suspect it: "breast cancer f/u, r/o recurrence"."""
    if not any(mention.kind is Kind.FOLLOW_UP and mention.meant is Meant.AFFIRMED for mention in mentions):
        return mentions
    return [
        msgspec.structs.replace(mention, kind=Kind.FOLLOW_UP, value="follow-up", meant=Meant.AFFIRMED)
        if mention.kind is Kind.RECURRENCE and mention.detail == "asked"
        else mention
        for mention in mentions
    ]


def _said(part: Part, flags: int) -> list[tuple[Kind, str, Meant]]:
    """A part as it is meant; a question about metastasis or nodes becomes the question itself."""
    if not flags and part.detail is None and part.meant is Meant.AFFIRMED:
        return [(part.kind, part.value, Meant.AFFIRMED)]
    meant = _meant(part, flags)
    if flags & LISTED and part.kind is Kind.METASTASIS:
        flags &= ~ASKED
    if part.kind is Kind.ASKS and part.value == "axilla" and meant is Meant.NEGATED:
        return [(Kind.NODE, "suspicious", Meant.NEGATED)]  # "no axillary nodes"
    if part.kind is Kind.METASTASIS and part.detail == "asked" and meant is Meant.AFFIRMED:
        return [(Kind.ASKS, "distant", meant), (part.kind, part.value, Meant.UNCERTAIN)]
    if not flags & ASKED or meant in (Meant.NEGATED, Meant.FAMILY):
        return [(part.kind, part.value, meant)]
    if part.kind is Kind.RECURRENCE:
        part.detail = "suspected" if flags & (UNCERTAIN | UNSURE) else "asked"
        question = [(Kind.ASKS, "local-recurrence", Meant.AFFIRMED)] if part.value == "local" else []
        return question or [(part.kind, part.value, Meant.UNCERTAIN)]
    question_asked = _ASKED.get(part.kind)
    if question_asked is None or part.detail == "known":
        return [(part.kind, part.value, meant if question_asked is None else Meant.AFFIRMED)]
    asked = [(Kind.ASKS, question_asked, Meant.AFFIRMED)]
    # "r/o suspected mets", "r/o new mets", "r/o mets seen on MRI": the suspicion is said besides the question
    suspected = flags & UNCERTAIN or part.detail in ("new", "seen")
    return [*asked, (part.kind, part.value, Meant.UNCERTAIN)] if suspected else asked


def _meant(part: Part, flags: int) -> Meant:
    if part.meant is Meant.NEGATED:
        return _turned(flags)
    if part.detail == "normal":
        return Meant.AFFIRMED if flags & NEGATED else Meant.NEGATED
    finding = part.kind in _FINDINGS
    if flags & LISTED and part.kind is Kind.METASTASIS:
        # "s/p mastectomy, liver mets" is metastasis; "r/o PE, mets" leaves it open
        flags = flags & (NEGATED | UNSURE | AFFIRMED | UNCERTAIN) | (UNCERTAIN if flags & ASKED else 0)
    if flags & LISTED and (finding or part.kind in _TIMELESS):
        # what a cue says of the first item of a list says nothing of a symptom further on
        flags &= NEGATED | UNSURE | AFFIRMED | (LISTED if part.kind is Kind.IMAGING_FINDING else 0)
    if part.kind not in _NEGATED_IN_LISTS:
        flags &= ~UNSURE  # "no complaints, staging"
    if part.kind in _TIMELESS or part.value == "planned" or part.value.startswith("neoadjuvant-"):
        flags &= ~HISTORY  # "s/p NAC" is a phase; "h/o IDC for staging" does not make the staging history
    return _weighed(part, flags, finding=finding)


def _weighed(part: Part, flags: int, *, finding: bool) -> Meant:
    if flags & FAMILY and (not finding or (part.kind is Kind.IMAGING_FINDING and not flags & LISTED)):
        return Meant.FAMILY  # "mother had a lung nodule"; whose pain it is, a text says less surely
    if flags & AFFIRMED:
        return Meant.AFFIRMED
    if flags & (UNCERTAIN | RULED | UNSURE) or (flags & ASKED and part.kind is Kind.IMAGING_FINDING):
        return Meant.UNCERTAIN
    if flags & NEGATED:
        return Meant.NEGATED
    if part.detail == LEVEL_NOT_SAID:
        return Meant.UNCERTAIN
    if flags & PAST and not (flags & HISTORY and part.kind is Kind.IMAGING_FINDING):
        return Meant.HISTORICAL  # "previous lung nodule" may be there still, one that is "resolved" is not
    if flags & HISTORY:
        # "history of cough" is how many begin the story of a present cough
        return Meant.UNCERTAIN if finding else Meant.HISTORICAL
    return Meant.AFFIRMED


def _turned(flags: int) -> Meant:
    """What is negative by itself ("asymptomatic"), under a cue: "no longer asymptomatic" is a symptom."""
    if flags & LISTED:
        return Meant.NEGATED
    if flags & NEGATED:
        return Meant.AFFIRMED
    return Meant.UNCERTAIN if flags & (UNCERTAIN | UNSURE | PAST) else Meant.NEGATED
