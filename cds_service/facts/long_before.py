"""What stood on record before the work-up of a new cancer, and is no complaint that is as it always was (facts E19).

A metastasis that was seen then is one, whenever that was. What may be one, and was seen within a year before the
cancer, may be how it showed itself: nobody can say.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from cds_service.coding import ICD10CM
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.mentions import Kind, Meant, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, codes_of
from cds_service.facts.suspicion import Suspicion

SEEN_BEFORE_DAYS = 365
"""So long before a new cancer a finding elsewhere may be its first sign. Basis: this project."""


def of_seen_before(
    sets: frozenset[str],
    readings: Iterable[Reading],
    on: When,
    since: date,
    evidence: Evidence,
    source: Source,
) -> Iterator[Suspicion]:
    """What a report or an Observation of before the work-up says that still counts. `sets`: of what it found, by code;
    `readings`: the same in words; `since`: the first day of the cancer.
    """
    found = [mention for reading in readings for mention in reading.of(Kind.METASTASIS, Kind.IMAGING_FINDING)]
    named = any(each.kind is Kind.METASTASIS and each.meant is Meant.AFFIRMED for each in found)
    lately = _is_lately(on, since, source) and any(each.may_hold and each.value != "unspecified" for each in found)
    if named or lately or not _METASTASIS.isdisjoint(sets) or (_is_lately(on, since, source) and _FOUND in sets):
        yield Suspicion(kind=None, site="other", evidence=evidence)


_METASTASIS = frozenset({"distant-metastasis", "ambiguous-node-metastasis"})
_FOUND = "imaging-finding-elsewhere"


def of_older_entry(diagnosis: Diagnosis, said: Iterable[Suspicion], since: date, source: Source) -> Iterator[Suspicion]:
    """What an entry that is older than the work-up still means, that is as it was. `said`: what it would mean today.

    A complaint is named, and taken as unchanged; a finding that may have been the first sign is open.
    """
    lately = diagnosis.since is not None and _is_lately(diagnosis.since, since, source)
    for each in said:
        if lately and _is_finding(diagnosis, each):
            yield msgspec.structs.replace(each, kind=None)
        elif each.kind is not None:
            named = msgspec.structs.replace(each.evidence, value="older complaint")
            yield msgspec.structs.replace(each, as_before=True, evidence=named)


def _is_finding(diagnosis: Diagnosis, said: Suspicion) -> bool:
    """Whether an entry names what somebody saw, no complaint: a mass, an effusion, a bone that broke by itself."""
    words = {each.value for reading in diagnosis.words for each in reading.mentions if each.may_hold}
    coded = any(code.system == ICD10CM and code.code.startswith(_SEEN) for code in codes_of(diagnosis.concept))
    return said.kind in ("imaging-finding", "sign") or coded or not words.isdisjoint(_BROKEN)


_SEEN = ("J90", "J91", "M84.4", "M84.5", "G95.2", "R18")
"""Pleural effusion, pathological fracture, compression of the spinal cord, ascites (ICD-10-CM)."""
_BROKEN = frozenset({"pathological-fracture", "vertebral-fracture"})


def _is_lately(on: When, since: date, source: Source) -> bool:
    """Whether something was seen within a year before a cancer that is new: by now it would be explained."""
    new = (source.today - since).days <= source.windows.new_disease_days
    return new and not on.surely_older(SEEN_BEFORE_DAYS, since)
