"""The Observations of a record by what was observed: a chart holds the same few tests again and again.

Most facts rest on a few kinds of Observation, so that nobody need look at each of them for each fact.
"""

from collections.abc import Callable, Sequence

from cds_service.fhir.contained import results_in
from cds_service.fhir.resources import CodeableConcept, Observation, Record
from cds_service.value import Value


class Test(Value, frozen=True):
    """What one code names, as it is spelled: its value sets, and where its Observations stand among all of them."""

    code: CodeableConcept | None
    sets: frozenset[str]
    places: list[int]


class Observed(Value, frozen=True, kw_only=True):
    """The Observations of a record and those inside its reports, in its order; each test among them, once.

    `telling`: those that can say anything; the others are numbers of no known code. `panels`: where those stand that
    have components. `in_set`: those of a value set.
    """

    every: Sequence[Observation]
    tests: Sequence[Test]
    telling: Sequence[Observation]
    panels: Sequence[int]
    in_set: dict[str, Sequence[Observation]]


def indexed(record: Record, sets_of: Callable[[CodeableConcept | None], frozenset[str]]) -> Observed:
    """The Observations of a record; `sets_of` tells the value sets of a code."""
    inside = (each for report in record.diagnostic_reports if report.contained for each in results_in(report))
    every = (*record.observations, *inside)
    tests = _tests(every, sets_of)
    telling: list[int] = []
    in_set: dict[str, list[int]] = {}
    for test in tests:
        telling += test.places if test.sets else [at for at in test.places if not _mere_number(every[at])]
        for value_set in test.sets:
            in_set.setdefault(value_set, []).extend(test.places)
    return Observed(
        every=every,
        tests=tests,
        telling=_in_order(telling, every),
        panels=[at for at in telling if every[at].component],
        in_set={name: _in_order(places, every) for name, places in in_set.items()},
    )


def _in_order(places: list[int], every: Sequence[Observation]) -> list[Observation]:
    return [every[at] for at in sorted(places)]


def _tests(
    every: Sequence[Observation], sets_of: Callable[[CodeableConcept | None], frozenset[str]]
) -> tuple[Test, ...]:
    tests: dict[object, Test] = {}
    for at, observation in enumerate(every):
        code = observation.code
        if code is None or len(code.coding) != 1:
            spelled: object = code
        else:
            coding = code.coding[0]
            spelled = (coding.system, coding.code, coding.display, code.text)
        test = tests.get(spelled)
        if test is None:
            tests[spelled] = Test(code, sets_of(code), [at])
        else:
            test.places.append(at)
    return tuple(tests.values())


def _mere_number(observation: Observation) -> bool:
    """Whether an Observation holds a quantity, and nothing else that could be read: most of a chart."""
    return observation.value_quantity is not None and not (
        observation.value_codeable_concept
        or observation.value_string
        or observation.value_boolean
        or observation.note
        or observation.component
    )
