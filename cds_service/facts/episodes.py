"""Which diagnoses are one cancer: by side, then by date. Two cancers never lend each other a stage."""

from dataclasses import dataclass
from functools import cached_property

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import BREAST_CANCER, Course, Diagnosis, Disease
from cds_service.facts.source import Source


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
    onsets = [each.since for each in named_by if each.since is not None and each.onset_recorded]
    apart = [onset for onset in onsets if since.surely_older(source.windows.new_disease_days, onset.earliest)]
    return max(apart, key=lambda onset: onset.latest, default=None)


def relevant(cancers_found: tuple[Cancer, ...]) -> tuple[Cancer, ...]:
    """The cancers matching must agree on: the invasive ones, or the in situ ones where there is no other."""
    invasive = tuple(cancer for cancer in cancers_found if not cancer.in_situ)
    return invasive or cancers_found


def over(cancer: Cancer) -> bool:
    """Whether every diagnosis of it is resolved, inactive or in remission."""
    return all(diagnosis.course is not Course.ACTIVE for diagnosis in cancer.named_by)
