"""Studies that look for no tumour (HbA1c, hearing test, ECG): how much of their reports has to be understood.

What such a report is understood to say counts as in any other. Of the rest, words that nobody knows are no matter, as
long as the report names no doubt, no next step and no part of the body that the study is not of. `record-words.yaml`
lists the studies, and the words that take this back.
"""

from enum import StrEnum

from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, texts_of
from cds_service.facts.understood import Understood, uses_of
from cds_service.fhir.resources import CodeableConcept, DiagnosticReport
from cds_service.knowledge.findings_trie import Node
from cds_service.knowledge.record_words import In, Use
from cds_service.value import Value


class Whole(StrEnum):
    """When a report need not be understood whole."""

    NEVER_NEEDED = "never-needed"
    IF_NORMAL = "if-normal"  # it says of itself that the result is normal
    NEEDED = "needed"


class Rest(Value, frozen=True, kw_only=True):
    """What may be passed over in the report of a study."""

    whole: Whole
    words: Node[Use]

    def says_nothing(self, text: str, found: Understood) -> bool:
        """Whether what nobody understood in a text of the report is of no matter."""
        if self.whole is Whole.NEEDED or not found.unknown_only or _names_complaint(found):
            return False
        statements = uses_of(text, self.words)
        if any(Use.OPEN in statement for statement in statements):
            return False
        return self.whole is Whole.NEVER_NEEDED or (Use.SETTLED,) in statements


def rest_of(report: DiagnosticReport, source: Source) -> Rest:
    """What may be passed over in a report; by the name of its study, every word of which has to be known."""
    tries = source.knowledge.record_words.tries
    names = [_named(text, tries[In.STUDY]) for text in texts_of(report.code)]
    unsure = not names or bool(source.sets_of(report.code)) or not all(map(_may_hold_it, report.category))
    whole = Whole.NEEDED if unsure else max(names, key=list(Whole).index)
    return Rest(whole=whole, words=tries[In.MEASUREMENT])


def _named(name: str, words: Node[Use]) -> Whole:
    uses = {use for statement in uses_of(name, words) for use in statement}
    if not uses <= {Use.KNOWN, Use.SETTLED, Use.WORD}:
        return Whole.NEEDED
    return Whole.IF_NORMAL if Use.SETTLED in uses else Whole.NEVER_NEEDED if Use.KNOWN in uses else Whole.NEEDED


_CATEGORIES = frozenset({"LAB", "laboratory", "CH", "HM", "EC", "PF", "AU"})
"""Laboratory, chemistry, haematology, electrocardiography, pulmonary function, audiology: HL7 table 0074,
https://terminology.hl7.org/CodeSystem-v2-0074.html"""


def _may_hold_it(category: CodeableConcept) -> bool:
    return all(coding.code in _CATEGORIES for coding in category.coding)


_COMPLAINTS = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.LOCAL_SYMPTOM, Kind.IMAGING_FINDING, Kind.LABORATORY})


def _names_complaint(found: Understood) -> bool:
    """Whether it names what any other report may repeat as its indication."""
    return any(mention.may_hold and mention.kind in _COMPLAINTS for mention in found.reading.mentions)
