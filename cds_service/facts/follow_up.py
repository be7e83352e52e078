"""What speaks against mere follow-up: therapy that the order says is not over ("on chemo") or that is ordered with it,
nodes found since, and disease that is there still.

None says what the phase is; all leave it open.
"""

import re
from collections.abc import Iterator

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.episodes import Cancer
from cds_service.facts.history import named, newest_statuses
from cds_service.facts.model import Evidence, Fact, Known, OneOf, Unknown
from cds_service.facts.observations import observed
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.telling_procedures import dissected_of_late, of_a_cancer_that_came_back
from cds_service.facts.therapy import SURGERY, SYSTEMIC, Progress, Treatment, TreatmentEvent, shown
from cds_service.fhir.resources import Observation


def left_open(
    phase: Fact, cancer: Cancer, found: tuple[Diagnosis, ...], events: tuple[TreatmentEvent, ...], source: Source
) -> Fact:
    """A phase that may be follow-up, with what else it may then be; any other as it is."""
    may_be = (str(phase.value),) if isinstance(phase, Known) else phase.candidates if isinstance(phase, OneOf) else ()
    if isinstance(phase, Known) and may_be == ("new",) and (dissected := dissected_of_late(source)):
        return OneOf(("new", "adjuvant"), evidence=(*phase.evidence, *dissected), assumed=phase.assumed)
    if isinstance(phase, Unknown) or "surveillance" not in may_be:
        return phase
    therapy = tuple(shown(event) for event in events if _said_to_run(event, source))
    nodes = tuple(
        named(each, "metastasis in a node") for each in found if _node_found_since(each, found, cancer, events, source)
    )
    left = (*_disease_left(found, events, source), *of_a_cancer_that_came_back(source))
    # Of a phase that is open anyway, a plan says no more than is known.
    begins = tuple(shown(event) for event in events if isinstance(phase, Known) and _begins(event, source))
    more = (
        *(("adjuvant",) if therapy or left or begins else ()),
        *(("recurrence",) if nodes or left or begins else ()),
    )
    if set(more) <= set(may_be):
        return phase
    candidates = tuple(dict.fromkeys((*may_be, *more)))
    return OneOf(candidates, evidence=(*phase.evidence, *therapy, *begins, *nodes, *left), assumed=phase.assumed)


def _said_to_run(event: TreatmentEvent, source: Source) -> bool:
    # On the problem list "radiation" is mostly what it left behind ("radiation dermatitis").
    ordered = event.resource in map(reference_to, (*source.drafts, *source.beside))
    if not (event.stated or ordered) or event.progress is Progress.COMPLETED:
        return False
    return event.treatment in SYSTEMIC or (event.treatment is Treatment.RADIOTHERAPY and ordered)


def _begins(event: TreatmentEvent, source: Source) -> bool:
    """Whether systemic therapy or radiotherapy is on record as still to be given: after treatment there is none.

    A plan without a day may be the one of the first treatment; a procedure that is being prepared is not.
    """
    if event.progress is not Progress.PLANNED or event.treatment not in (*SYSTEMIC, Treatment.RADIOTHERAPY):
        return False
    if event.start is None:
        return event.resource.startswith("Procedure/")
    return not event.start.surely_older(source.windows.work_up_days, source.today)


def _disease_left(
    found: tuple[Diagnosis, ...], events: tuple[TreatmentEvent, ...], source: Source
) -> Iterator[Evidence]:
    """The newest disease status, and diagnoses, that say there is disease still (partial remission, stable, improved),
    unless the surgery or an entry of history or remission came after them.
    """
    surgery = [e.last for e in events if e.treatment in SURGERY and e.progress is Progress.COMPLETED]
    over = [e.since for e in found if e.disease is Disease.HISTORY or "remission" in e.sets]
    ends = [on for on in (*surgery, *over) if on is not None]
    for status in newest_statuses(source):
        on = observed(status)
        if _says_left(status, source) and not _ended(on, ends):
            date = on.text if on is not None else None
            yield Evidence(value="disease left", resources=(reference_to(status),), date=date)
    for each in found:
        partial = "remission-partial" in each.sets or any(_PARTIAL.search(text) for text in texts_of(each.concept))
        if partial and each.course is Course.ACTIVE and not _ended(each.since, ends):
            yield named(each, "disease left")


def _ended(on: When | None, ends: list[When]) -> bool:
    return on is not None and any(on.surely_before(end) for end in ends)


_LEFT = ("remission-partial", "disease-status-no-worse")
_PARTIAL = re.compile(r"partial (remission|response)", re.IGNORECASE)
_LEFT_SAID = re.compile(r"partial|stable|improv|respon|residual|persist", re.IGNORECASE)


def _says_left(status: Observation, source: Source) -> bool:
    value = status.value_codeable_concept
    if any(source.has(value_set, value) for value_set in _LEFT):
        return True
    return any(_LEFT_SAID.search(text) for text in (*texts_of(value), status.value_string or ""))


def _node_found_since(
    each: Diagnosis, found: tuple[Diagnosis, ...], cancer: Cancer, events: tuple[TreatmentEvent, ...], source: Source
) -> bool:
    """Whether a metastasis in a node may have come well after the cancer, and after any surgery for it."""
    if each.disease is not Disease.NODE_METASTASIS:
        return False
    if each.since is None:
        return each.course is Course.ACTIVE
    done = (event.last for event in events if event.treatment in SURGERY and event.progress is Progress.COMPLETED)
    surgery = [on for on in done if on is not None]
    known = [*surgery, *((cancer.since,) if cancer.since is not None else ())]
    if not known:  # known as history alone: treated by the day of its first entry, else when follow-up begins
        entered = (e.since.latest for e in found if e.disease is Disease.HISTORY and e.since is not None)
        treated_by = min(entered, default=None)
        begun = source.windows.surveillance_days
        late = treated_by is not None and each.since.latest > treated_by
        return late or not each.since.surely_older(begun, source.today)
    # Written down late it may still be of the operation; where its onset is known, it is not.
    days = _RESULT_DAYS if surgery and each.onset_recorded else source.windows.new_disease_days
    return all(on.days_before(each.since.latest)[1] >= days for on in known)


_RESULT_DAYS = 61
"""So long after an operation its result, and that of a second one, may be entered; the number is this project's."""
