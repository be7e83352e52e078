"""What speaks against mere follow-up: therapy that the order says is not over ("on chemo") or that is ordered with it,
and nodes found since.

Neither says what the phase is; both leave it open.
"""

from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.episodes import Cancer
from cds_service.facts.history import named
from cds_service.facts.model import Fact, Known, OneOf, Unknown
from cds_service.facts.source import Source, reference_to
from cds_service.facts.therapy import SURGERY, SYSTEMIC, Progress, Treatment, TreatmentEvent, shown


def left_open(
    phase: Fact, cancer: Cancer, found: tuple[Diagnosis, ...], events: tuple[TreatmentEvent, ...], source: Source
) -> Fact:
    """A phase that may be follow-up, with what else it may then be; any other as it is."""
    may_be = (str(phase.value),) if isinstance(phase, Known) else phase.candidates if isinstance(phase, OneOf) else ()
    if isinstance(phase, Unknown) or "surveillance" not in may_be:
        return phase
    therapy = tuple(shown(event) for event in events if _said_to_run(event, source))
    nodes = tuple(
        named(each, "metastasis in a node") for each in found if _node_found_since(each, cancer, events, source)
    )
    more = (*(("adjuvant",) if therapy else ()), *(("recurrence",) if nodes else ()))
    if set(more) <= set(may_be):
        return phase
    candidates = tuple(dict.fromkeys((*may_be, *more)))
    return OneOf(candidates, evidence=(*phase.evidence, *therapy, *nodes), assumed=phase.assumed)


def _said_to_run(event: TreatmentEvent, source: Source) -> bool:
    # On the problem list "radiation" is mostly what it left behind ("radiation dermatitis").
    ordered = event.resource in map(reference_to, (*source.drafts, *source.beside))
    if not (event.stated or ordered) or event.progress is Progress.COMPLETED:
        return False
    return event.treatment in SYSTEMIC or (event.treatment is Treatment.RADIOTHERAPY and ordered)


def _node_found_since(each: Diagnosis, cancer: Cancer, events: tuple[TreatmentEvent, ...], source: Source) -> bool:
    """Whether a metastasis in a node may have come well after the cancer, and after any surgery for it."""
    if each.disease is not Disease.NODE_METASTASIS:
        return False
    if each.since is None:
        return each.course is Course.ACTIVE
    days, found = source.windows.new_disease_days, each.since.latest
    surgery = (event.last for event in events if event.treatment in SURGERY and event.progress is Progress.COMPLETED)
    known = [on for on in (cancer.since, *surgery) if on is not None]
    if not known:  # known as history alone: treated, like the cancer, when follow-up begins
        return not each.since.surely_older(source.windows.surveillance_days, source.today)
    return all(on.days_before(found)[1] >= days for on in known)
