"""Observations, Procedures and prescriptions of a record by their codes: a chart holds the same few again and again.

Most facts rest on a few kinds of each, so that nobody need look at every one of them for every fact.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Generic, TypeVar

from cds_service.fhir.resources import CodeableConcept, Observation
from cds_service.fhir.retrieved import Record
from cds_service.value import Value

Coded = TypeVar("Coded")


class Group(Value, frozen=True):
    """A code, all that is spelled alike, and where the resources of it stand among all of them."""

    code: CodeableConcept | None
    places: list[int]


class ByCode(Value, Generic[Coded], frozen=True):
    """Resources in the record's order, and each code among them, once."""

    every: Sequence[Coded]
    groups: Sequence[Group]

    def telling(self, says: Callable[[CodeableConcept], bool], beside: Callable[[Coded], bool]) -> list[Coded]:
        """Those of which the code says something, or may say something `beside` it; in the record's order."""
        every = self.every
        places: list[int] = []
        for group in self.groups:
            told = group.code is not None and says(group.code)
            places += group.places if told else [at for at in group.places if beside(every[at])]
        return [every[at] for at in sorted(places)]


def by_code(every: Sequence[Coded], codes: Iterable[CodeableConcept | None]) -> ByCode[Coded]:
    """Resources by their `codes`, which are in the same order."""
    groups: dict[object, Group] = {}
    for at, code in enumerate(codes):
        if code is None or len(code.coding) != 1:
            spelled: object = code
        else:
            coding = code.coding[0]
            spelled = (coding.system, coding.code, coding.display, code.text)
        group = groups.get(spelled)
        if group is None:
            groups[spelled] = Group(code, [at])
        else:
            group.places.append(at)
    return ByCode(every, tuple(groups.values()))


Telling = tuple[Observation, frozenset[str]]


class Observed(Value, frozen=True, kw_only=True):
    """The Observations of a record, in its order; `tests`: by what was observed.

    `telling`: those that can say anything, each with the value sets of its code; the others are numbers of no known
    code. `panels`: where those stand that have components. `in_set`: those of a value set.
    """

    tests: ByCode[Observation]
    telling: Sequence[Telling]
    panels: Sequence[int]
    in_set: dict[str, Sequence[Observation]]


def indexed(record: Record, sets_of: Callable[[CodeableConcept | None], frozenset[str]]) -> Observed:
    """The Observations of a record; `sets_of` tells the value sets of a code."""
    every = record.observations
    tests = by_code(every, [each.code for each in every])
    telling: list[tuple[int, frozenset[str]]] = []
    in_set: dict[str, list[int]] = {}
    for test in tests.groups:
        sets = sets_of(test.code)
        told = sets or _may_name_finding(test.code)
        telling += [(at, sets) for at in test.places if told or not _mere_number(every[at])]
        for value_set in sets:
            in_set.setdefault(value_set, []).extend(test.places)
    telling.sort(key=itemgetter(0))
    return Observed(
        tests=tests,
        telling=[(every[at], sets) for at, sets in telling],
        panels=[at for at, _ in telling if every[at].component],
        in_set={name: [every[at] for at in sorted(places)] for name, places in in_set.items()},
    )


def _may_name_finding(code: CodeableConcept | None) -> bool:
    """Whether the name of a number has to be read before it can be passed over (`named_findings`)."""
    if code is None:
        return False
    names = "\n".join([name for name in (code.text, *[coding.display for coding in code.coding]) if name]).lower()
    return _OF_FINDINGS.search(names) is not None


_PLACE = (
    r"\b(?:back|bone|hip|ribs?|spin(?:e|al)|lumbar|sacr\w+|pelvi[sc]|groin|stern(?:um|al)|shoulder|scapula|neck|head|skull"
    r"|jaw|chest|flank|abdom(?:en|inal)|thigh|femur|leg|arm)"
)
PAIN_AT_A_PLACE = rf"{_PLACE} ?(?:pain|ache)|\bpain\b.{{0,40}}{_PLACE}\b"
"""How an Observation is named that scores pain of a place outside breast and axilla: "Hip pain", "Pain of left hip"."""
_OF_FINDINGS = re.compile(
    f"metasta|mets|lesion|nodul|effusion|ascites|tumou?r|breast|axill|\\bnodes?\\b|recist|{PAIN_AT_A_PLACE}"
)
"""Parts of a word: what has none of them in its name is a number like most of a chart."""


def _mere_number(observation: Observation) -> bool:
    """Whether an Observation holds a quantity, and beside its code nothing else that could be read: most of a chart."""
    return observation.value_quantity is not None and not (
        observation.value_codeable_concept
        or observation.value_string
        or observation.value_boolean
        or observation.note
        or observation.component
        or observation.body_site
        or observation.focus
    )
