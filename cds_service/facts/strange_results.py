"""Results that a laboratory calls critical, or that lie far above their own range, under a name that nobody knows here:
they may be of any test, and so what they come of nobody can say.

Far is more than three times the upper limit: an enzyme of the liver is then grade 2, bilirubin grade 3 (Common
Terminology Criteria for Adverse Events, version 5.0, NCI, 2017).
"""

from collections.abc import Iterator

from cds_service.coding import LOINC, SNOMED
from cds_service.facts.blood_results import blood_test, is_not_of_blood, of_part
from cds_service.facts.measurements import names_known_test
from cds_service.facts.model import Evidence
from cds_service.facts.observations import has_result, maybe_newest, observed
from cds_service.facts.result_levels import flags, ratio
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.suspicion import Suspicion
from cds_service.fhir.resources import CodeableConcept, Observation

# https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html: critical, and significantly high or low.
_CRITICAL = frozenset({"HH", "LL", "AA", "HU", "LU"})
_FAR = 3.0


def of_strange_results(source: Source) -> Iterator[Suspicion]:
    """The newest result of the work-up of each test that is not known here, where it is far from normal."""
    found: dict[CodeableConcept | None, list[Observation]] = {}
    tests = source.observed.tests
    for group in tests.groups:
        if _is_strange(group.code, source):
            found.setdefault(group.code, []).extend(tests.every[at] for at in group.places)
    for panel in (tests.every[at] for at in source.observed.panels):
        for part in panel.component:
            if _is_strange(part.code, source):
                found.setdefault(part.code, []).append(of_part(panel, part))
    for every in found.values():
        for each in maybe_newest([result for result in every if has_result(result)]):
            on = observed(each)
            old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
            if not old and _may_be_of_laboratory(each) and _is_far_from_normal(each):
                evidence = Evidence(
                    value="value far from normal of a test that is not known here",
                    resources=(reference_to(each),),
                    date=on.text if on is not None else None,
                )
                yield Suspicion(kind=None, site="other", evidence=evidence)


def _is_strange(code: CodeableConcept | None, source: Source) -> bool:
    return code is None or not source.alike(_is_known, code)


def _is_known(code: CodeableConcept, source: Source) -> bool:
    """Whether it is known which test a code or name is of. Those of the liver and of calcium are known by theirs in any
    code system, so that one which has a standard code and a name, and is none of them, is of another test.
    """
    names = texts_of(code)
    if source.sets_of(code) or blood_test(code, source) is not None or is_not_of_blood(names):
        return True
    standard = any(each.system in _STANDARD for each in codes_of(code))
    return bool(names) and (standard or any(names_known_test(name, source) for name in names))


_STANDARD = frozenset({LOINC, SNOMED})


def _may_be_of_laboratory(observation: Observation) -> bool:
    categories = {coding.code for each in observation.category for coding in each.coding}
    return not categories or "laboratory" in categories


def _is_far_from_normal(observation: Observation) -> bool:
    given, times = flags(observation), ratio(observation)
    called = given & _CRITICAL or any("CRITICAL" in flag or "PANIC" in flag for flag in given)
    return bool(called) or (times is not None and times > _FAR)
