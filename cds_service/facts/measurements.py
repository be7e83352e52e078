"""Studies that look for no tumour (HbA1c, hearing test, ECG): how much of their reports has to be understood.

What such a report is understood to say counts as in any other. Of the rest, words that nobody knows are no matter, as
long as the report names no doubt, no next step and no part of the body that the study is not of. `record-words.yaml`
lists the studies, and the words that take this back.
"""

import re
from enum import StrEnum

from cds_service.facts.lab_values import (
    has_flag,
    holds_watched_value,
    is_far_out,
    is_of_one_test,
    without_normal_values,
)
from cds_service.facts.mentions import LEVEL_NOT_SAID, Kind, Mention
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import Source, texts_of
from cds_service.facts.understood import Understood, Unknown, uses_of
from cds_service.fhir.resources import CodeableConcept, DiagnosticReport
from cds_service.knowledge.findings_trie import Node
from cds_service.knowledge.record_words import OF_STUDY, In, Use
from cds_service.value import Value


class Whole(StrEnum):
    """When a report need not be understood whole."""

    NEVER_NEEDED = "never-needed"
    UNLESS_OPEN = "unless-open"  # by words of its own, which say what leaves it open
    IF_NORMAL = "if-normal"  # it says of itself that the result is normal
    NEEDED = "needed"


class Rest(Value, frozen=True, kw_only=True):
    """What may be passed over in the report of a study."""

    whole: Whole
    words: Node[Use]
    kind: In = In.REPORT
    stems: re.Pattern[str] | None = None
    normal: Node[Use] | None = None
    """Of a study whose report may also call itself normal: by which words."""
    study: str = ""

    def shortened(self, text: str) -> str:
        """A text of the report without what it measured and found normal; in its length."""
        return without_normal_values(text, self.study) if self.kind is In.BLOOD else text

    def says_nothing(self, text: str, found: Understood) -> bool:
        """Whether what nobody understood in a text of the report is of no matter."""
        if self.whole is Whole.NEEDED or not found.unknown_only or _names_complaint(found):
            return False
        if self.whole is Whole.UNLESS_OPEN:
            if self.kind is not In.PART or (self.normal is not None and _calls_all_normal(text, self.normal)):
                return True
            return not any(map(self._may_be_a_finding, found.unknown))
        if self.whole is Whole.IF_NORMAL:
            return _calls_all_normal(text, self.words)
        return not any(Use.OPEN in statement for statement in uses_of(_without_level(text), self.words))

    def _may_be_a_finding(self, unknown: Unknown) -> bool:
        """Whether words that nobody knows, in the report on a part of the body, may be what was found."""
        if unknown.beside_place or not (unknown.on_procedure or (unknown.says and not unknown.measured)):
            return True
        return self.stems is not None and any(map(self.stems.search, unknown.words))

    def explains(self, mention: Mention, text: str) -> bool:
        """ "Hb 134, plt 245. Normal.": a laboratory test that a report names with its value, and calls normal."""
        if self.whole is Whole.NEEDED or mention.detail != LEVEL_NOT_SAID:
            return False
        return not has_flag(text) and _calls_all_normal(text, self.words)

    def is_bare(self, text: str) -> bool:
        """Whether a text says nothing but values, ranges and flags: "2.81 mmol/L (2.20-2.60)"."""
        if self.kind is In.BLOOD:
            left = self.shortened(text)
            given = holds_watched_value(left) or (is_of_one_test(self.study) and any(map(str.isdecimal, left)))
            if has_flag(text) or (given and not _calls_all_normal(text, self.words)):
                return True
            text = "" if _NAME.search(text) else left
        if self.whole in (Whole.NEVER_NEEDED, Whole.UNLESS_OPEN) or not any(map(str.isdecimal, text)):
            return False
        words = _LETTERS.findall(_RANGE.sub(" ", text))
        return all(len(word) == 1 or _silent(word, self.words) for word in words)


def _calls_all_normal(text: str, words: Node[Use]) -> bool:
    """Whether a statement says of the whole result that it is normal, and nothing doubts it."""
    if any(Use.OPEN in statement for statement in uses_of(text, words)) or is_far_out(text):
        return False
    last = (_CLAUSE_ENDS.split(statement)[-1] for statement in sentences_of(text))
    return any(uses_of(clause, words) == ((Use.NORMAL,),) for clause in last)


def _without_level(text: str) -> str:
    """A text without the word that calls its value low or raised: of one substance that is the result."""
    return text if _OTHER_HORMONE.search(text) else _LEVEL.sub(" ", text)


_OTHER_HORMONE = re.compile(r"T[34]\b|thyrox|glucose", re.IGNORECASE)
"""Low beside a low TSH, or in glucose, is a sign of a disease elsewhere."""
_LEVEL = re.compile(r"\b(?:raised|elevated)\b|\blow\b(?=\s*(?:[.,;)]|$|vitamin|b12|folate|hdl))", re.IGNORECASE)
_RANGE = re.compile(r"[(\[][^()\[\]\d]{0,60}\d[^()\[\]]{0,60}[)\]]")
"""The range of a laboratory: "(normal to 30)" calls nothing normal."""
_LETTERS = re.compile(r"[^\W\d_]+")
_CLAUSE_ENDS = re.compile(r",|\s[-\u2013\u2014]\s")


_NAME = re.compile(r"[a-z][a-z0-9-]*\s*[:=]?\s*\d", re.IGNORECASE)
"""A value behind its name; one by itself may be of anything."""


def _silent(word: str, words: Node[Use]) -> bool:
    return uses_of(word, words) in (((Use.WORD,),), ((Use.OPEN,),))


def rest_of(report: DiagnosticReport, source: Source) -> Rest:
    """What may be passed over in a report; by the name of its study, every word of which has to be known."""
    tries = source.knowledge.record_words.tries
    names = texts_of(report.code)
    in_sets = bool(source.sets_of(report.code))
    known = [_named(text, tries[In.STUDY]) for text in names]
    unsure = not names or in_sets or not all(map(_may_hold_it, report.category))
    whole = Whole.NEEDED if unsure else max(known, key=list(Whole).index)
    if whole is not Whole.NEVER_NEEDED:
        for study, kind in OF_STUDY.items():
            if _is_of_kind(report, study, source) and (kind is In.BLOOD or not in_sets):
                return Rest(
                    whole=_WHOLE.get(kind, Whole.UNLESS_OPEN),
                    words=tries[kind],
                    kind=kind,
                    stems=source.knowledge.record_words.stems.get(kind),
                    normal=tries[In.MEASUREMENT] if whole is Whole.IF_NORMAL else None,
                    study=names[0],
                )
    return Rest(whole=whole, words=tries[In.MEASUREMENT])


_WHOLE = {In.BLOOD: Whole.IF_NORMAL, In.JOINT: Whole.NEEDED}
"""Bones show at a joint too, so of that every word has to be known."""


def _is_of_kind(report: DiagnosticReport, study: In, source: Source) -> bool:
    names = texts_of(report.code)
    words = source.knowledge.record_words.tries[study]
    return bool(names) and all(_named(each, words) is Whole.NEVER_NEEDED for each in names)


def _named(name: str, words: Node[Use]) -> Whole:
    uses = {use for statement in uses_of(name, words) for use in statement}
    if not uses <= {Use.KNOWN, Use.SETTLED, Use.WORD}:
        return Whole.NEEDED
    return Whole.IF_NORMAL if Use.SETTLED in uses else Whole.NEVER_NEEDED if Use.KNOWN in uses else Whole.NEEDED


def names_known_test(name: str, source: Source) -> bool:
    """Whether a name is that of a study, or of a laboratory test, which is listed; every word of it has to be known."""
    tries = source.knowledge.record_words.tries
    return any(_named(name, tries[each]) is not Whole.NEEDED for each in (In.STUDY, In.BLOOD_STUDY))


_CATEGORIES = frozenset({"LAB", "laboratory", "CH", "HM", "EC", "PF", "AU"})
"""Laboratory, chemistry, haematology, electrocardiography, pulmonary function, audiology: HL7 table 0074,
https://terminology.hl7.org/CodeSystem-v2-0074.html"""


def _may_hold_it(category: CodeableConcept) -> bool:
    return all(coding.code in _CATEGORIES for coding in category.coding)


_COMPLAINTS = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.LOCAL_SYMPTOM, Kind.IMAGING_FINDING, Kind.LABORATORY})


def _names_complaint(found: Understood) -> bool:
    """Whether it names what any other report may repeat as its indication; a test by itself is none."""
    named = (each for each in found.reading.mentions if each.detail != LEVEL_NOT_SAID)
    return any(mention.may_hold and mention.kind in _COMPLAINTS for mention in named)
