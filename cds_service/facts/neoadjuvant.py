"""Where a cancer stands around neoadjuvant therapy: planned, running or completed, as far as anything says so."""

from cds_service.facts.episodes import Cancer
from cds_service.facts.model import Evidence, Fact, Known, OneOf
from cds_service.facts.source import Source
from cds_service.facts.therapy import SYSTEMIC, Progress, Treatment, TreatmentEvent, shown

TREATED = ("neoadjuvant-running", "neoadjuvant-completed", "adjuvant", "surveillance")
"""Phases of a cancer whose treatment has begun."""
LONGEST_NEOADJUVANT_DAYS = 548
"""Chemotherapy that ended within this of the diagnosis, with no surgery on a whole record, was neoadjuvant. Basis: this
project; a neoadjuvant course takes four to eight months, and surgery follows within weeks."""


def neoadjuvant_course(cancer: Cancer, events: tuple[TreatmentEvent, ...], source: Source) -> Fact | None:
    """The phase around neoadjuvant therapy, open where the events leave it so; None where nothing speaks of any."""
    systemic = [e for e in events if e.treatment in SYSTEMIC or (e.treatment is Treatment.ENDOCRINE and e.neoadjuvant)]
    said = [event for event in systemic if event.neoadjuvant]
    given = [event for event in systemic if event.neoadjuvant is not False and event.progress is not Progress.PLANNED]
    if not said and not given:
        planned = [event for event in systemic if event.progress is Progress.PLANNED and event.neoadjuvant is not False]
        # Nobody said whether before or after surgery.
        named_planned = tuple(shown(event) for event in planned)
        return OneOf(("new", "neoadjuvant-planned"), evidence=named_planned) if planned else None
    evidence = tuple(shown(event) for event in dict.fromkeys((*said, *given)))
    progress = {event.progress for event in (*said, *given)}
    if not said:
        return _unlabelled(cancer, given, progress, evidence, source)
    if Progress.RUNNING in progress:
        return Known("neoadjuvant-running", evidence=evidence)
    finished = [event for event in given if event.progress is Progress.COMPLETED]
    # A plan stays on record when what it planned is done; only an order that says both contradicts itself.
    if _given_since(given, finished):
        return OneOf(("neoadjuvant-running", "neoadjuvant-completed"), evidence=evidence)
    if finished and (Progress.PLANNED not in progress or any(not event.stated for event in finished)):
        return Known("neoadjuvant-completed", evidence=evidence)
    if progress == {Progress.PLANNED}:
        return Known("neoadjuvant-planned", evidence=evidence)
    return OneOf(("neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed"), evidence=evidence)


def _given_since(given: list[TreatmentEvent], finished: list[TreatmentEvent]) -> bool:
    """Whether anything was given after all that is finished: another cycle, or the next drug."""
    ends = [event.last for event in finished]
    later = (event.last for event in given if event.progress is Progress.UNCLEAR)
    return bool(ends) and any(
        on is not None and all(end is not None and end.surely_before(on) for end in ends) for on in later
    )


def _unlabelled(
    cancer: Cancer, given: list[TreatmentEvent], progress: set[Progress], evidence: tuple[Evidence, ...], source: Source
) -> Fact:
    """Chemotherapy on record, no surgery, and nobody called it neoadjuvant."""
    dates = [on for event in given if (on := event.last) is not None]
    last = max(dates, key=lambda on: on.latest, default=None)
    early = (
        cancer.since is not None
        and last is not None
        and not cancer.since.surely_older(LONGEST_NEOADJUVANT_DAYS, last.latest)
    )
    whole = source.record.whole("procedures")
    just_ended = last is not None and last.surely_within(source.windows.new_disease_days, source.today)
    if progress == {Progress.COMPLETED} and early and just_ended and whole:
        return Known("neoadjuvant-completed", evidence=evidence, assumed="no-surgery-recorded")
    if Progress.RUNNING in progress:
        return OneOf(("neoadjuvant-running", "adjuvant"), evidence=evidence)
    if early and just_ended and whole:
        # No surgery on a whole record so soon after the diagnosis: it is still to come.
        return OneOf(("neoadjuvant-running", "neoadjuvant-completed"), evidence=evidence)
    return OneOf(TREATED, evidence=evidence)
