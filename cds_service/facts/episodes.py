"""Which diagnoses are one cancer: by side, then by date. Two cancers never lend each other a stage."""

from dataclasses import dataclass
from functools import cached_property

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import BREAST_CANCER, Course, Diagnosis, Disease
from cds_service.facts.order_says import follow_up_said
from cds_service.facts.source import Source, codes_of


@dataclass(frozen=True, kw_only=True, eq=False)  # one object is one cancer; no slots: what is derived is kept
class Cancer:
    """One cancer: every diagnosis that names it, the side, the earliest day it was known.

    `again`: a later onset on the same side, which may be a recurrence or a second primary.
    """

    side: str
    named_by: tuple[Diagnosis, ...]
    since: When | None
    again: When | None = None

    @cached_property
    def references(self) -> frozenset[str]:
        """The Conditions that name this cancer, as `Type/id`."""
        return frozenset(diagnosis.reference for diagnosis in self.named_by)

    def named(self, disease: Disease) -> bool:
        """Whether any diagnosis calls it that."""
        return any(diagnosis.disease is disease for diagnosis in self.named_by)

    @property
    def in_situ(self) -> bool:
        """In situ, and nothing says it is invasive. A histology-neutral code gives way to an in situ one."""
        named = {diagnosis.disease for diagnosis in self.named_by}
        return Disease.IN_SITU in named and not named & {Disease.INVASIVE, Disease.INFLAMMATORY, Disease.RECURRENCE}


def cancers(found: tuple[Diagnosis, ...], source: Source) -> tuple[Cancer, ...]:
    """The patient's breast cancers, the one with the latest diagnosis last; empty when none is on record."""
    named = [each for each in found if each.disease in BREAST_CANCER | {Disease.RECURRENCE}]
    sided: dict[str, list[Diagnosis]] = {}
    for diagnosis in named:
        for side in ("left", "right") if diagnosis.side == "bilateral" else (diagnosis.side,):
            sided.setdefault(side, []).append(diagnosis)
    unstated = sided.pop("unstated", [])
    if unstated and len(sided) == 1:
        next(iter(sided.values())).extend(unstated)
    elif unstated:
        sided["unstated"] = unstated
    made = [_cancer(side, tuple(group), source) for side, group in sided.items()]
    return tuple(sorted(made, key=lambda cancer: (cancer.since.text if cancer.since else "", cancer.side)))


def _cancer(side: str, named_by: tuple[Diagnosis, ...], source: Source) -> Cancer:
    dated = sorted((each.since for each in named_by if each.since is not None), key=lambda since: since.earliest)
    since = dated[0] if dated else None
    return Cancer(side=side, named_by=named_by, since=since, again=_again(named_by, since, source))


def _again(named_by: tuple[Diagnosis, ...], since: When | None, source: Source) -> When | None:
    """A later onset of its own. Encounter diagnoses repeat a code year by year without one, and say nothing new."""
    if since is None:
        return None
    repeated = _repeated(named_by, since) if follow_up_said(source) else ()
    own = (each for each in named_by if each.onset_recorded and each not in repeated)
    onsets = [each.since for each in own if each.since is not None]
    apart = [onset for onset in onsets if since.surely_older(source.windows.new_disease_days, onset.earliest)]
    return max(apart, key=lambda onset: onset.latest, default=None)


def _repeated(named_by: tuple[Diagnosis, ...], since: When) -> tuple[Diagnosis, ...]:
    """The diagnoses of visits that carry the code of the cancer: EHRs give them the day of the visit for an onset."""
    first = {code for each in named_by if each.since == since for code in codes_of(each.concept)}
    again = (each for each in named_by if _is_of_visit(each) and each.disease is not Disease.RECURRENCE)
    return tuple([each for each in again if (codes := codes_of(each.concept)) and first.issuperset(codes)])


def _is_of_visit(diagnosis: Diagnosis) -> bool:
    """Whether an entry dates a visit, and stages nothing: https://hl7.org/fhir/R4/valueset-condition-category.html"""
    condition = diagnosis.condition
    if condition is None or condition.stage:
        return False
    return {coding.code for concept in condition.category for coding in concept.coding} == {"encounter-diagnosis"}


def relevant(cancers_found: tuple[Cancer, ...]) -> tuple[Cancer, ...]:
    """The cancers matching must agree on: the invasive ones, or the in situ ones where there is no other."""
    invasive = tuple(cancer for cancer in cancers_found if not cancer.in_situ)
    return invasive or cancers_found


def over(cancer: Cancer) -> bool:
    """Whether every diagnosis of it is resolved, inactive or in remission."""
    return all(diagnosis.course is not Course.ACTIVE for diagnosis in cancer.named_by)
