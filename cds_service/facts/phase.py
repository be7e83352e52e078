"""Where in its course a cancer stands: newly diagnosed, around neoadjuvant therapy, after treatment, metastatic.

The rules are the design's, "disease-phase"; each candidate that the record leaves open is kept.
"""

from datetime import date

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Diagnosis, Disease
from cds_service.facts.episodes import Cancer, over
from cds_service.facts.follow_up import left_open
from cds_service.facts.history import named, treated
from cds_service.facts.model import Evidence, Fact, Known, OneOf
from cds_service.facts.neoadjuvant import LONGEST_NEOADJUVANT_DAYS, TREATED, neoadjuvant_course
from cds_service.facts.order_says import follow_up_said, staging_said
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source
from cds_service.facts.therapy import SURGERY, Progress, Treatment, TreatmentEvent, shown
from cds_service.value import Value

TREATMENT_KEYS = ("procedures", "medicationRequests", "medicationAdministrations", "carePlans")

EVERYTHING_BUT_METASTATIC = ("new", "neoadjuvant-planned", *TREATED, "recurrence")


class Timeline(Value, frozen=True, kw_only=True):
    """The phase, and the day the first anti-cancer therapy began: what lies before it is "at diagnosis"."""

    phase: Fact
    therapy_began: When | None
    surgery: tuple[TreatmentEvent, ...]

    @property
    def operation(self) -> TreatmentEvent | None:
        """The first operation that is on record as one, with its day; what a status code or words tell of may have been
        done long before they were written.
        """
        done = [
            (each.start.earliest, each)
            for each in self.surgery
            if each.progress is Progress.COMPLETED
            and each.treatment is not Treatment.BREAST_SURGERY  # which may have been of something benign
            and each.start is not None
            and not (each.stated or _is_status(each))
        ]
        return min(done, key=lambda dated: dated[0])[1] if done else None

    @property
    def operated(self) -> date | None:
        """The day of that operation, the earliest that it may have been."""
        return self.operation.start.earliest if self.operation is not None and self.operation.start else None


def timeline(
    cancer: Cancer, found: tuple[Diagnosis, ...], events: tuple[TreatmentEvent, ...], source: Source
) -> Timeline:
    """The phase of one cancer. A cancer that is known only as history is in follow-up."""
    mine = tuple([event for event in events if _of(event, cancer)])
    surgery = tuple([event for event in mine if event.treatment in SURGERY and event.progress is not Progress.PLANNED])
    return Timeline(
        phase=left_open(_phase(cancer, found, mine, surgery, source), cancer, found, mine, source),
        therapy_began=_began(mine),
        surgery=tuple([event for event in surgery if not _only_stated(event, surgery)]),
    )


def _of(event: TreatmentEvent, cancer: Cancer) -> bool:
    """Whether a treatment can belong to this cancer: same side, and not before it was known."""
    if not same_side(event.side, cancer.side):
        return False
    on = event.last
    # A biopsy-to-record lag puts the first surgery up to weeks before the recorded onset.
    return on is None or cancer.since is None or not on.surely_older(90, cancer.since.earliest)


def _only_stated(event: TreatmentEvent, events: tuple[TreatmentEvent, ...]) -> bool:
    return event.stated and any(not each.stated for each in events)


def _began(events: tuple[TreatmentEvent, ...]) -> When | None:
    starts = [e.start for e in events if e.start is not None and e.progress is not Progress.PLANNED]
    return min(starts, key=lambda start: start.earliest, default=None)


def _phase(
    cancer: Cancer,
    found: tuple[Diagnosis, ...],
    events: tuple[TreatmentEvent, ...],
    surgery: tuple[TreatmentEvent, ...],
    source: Source,
) -> Fact:
    if cancer.named(Disease.RECURRENCE):
        return _recurrence(cancer)
    done = _dated_if_any([event for event in surgery if event.progress is Progress.COMPLETED and not event.stated])
    if cancer.again is not None and not any(_after(event, cancer.again) for event in done):
        return OneOf(("new", "surveillance", "recurrence"), evidence=_diagnosed(cancer))
    history = treated(cancer, found, source)
    undated = all(event.last is None for event in done)
    if done and not (history and undated and _may_be_newer(cancer, found, events, source)):
        return _after_surgery(done, events, source, followed=bool(history))
    if history:
        return _from_history(cancer, history, found, events, surgery, source)
    neoadjuvant = neoadjuvant_course(cancer, events, source)
    if neoadjuvant is None:
        return _untreated(cancer, events, surgery, source)
    if _treatment_unread(source):
        return OneOf(("neoadjuvant-planned", *TREATED), evidence=neoadjuvant.evidence)
    return neoadjuvant


def _dated_if_any(done: list[TreatmentEvent]) -> list[TreatmentEvent]:
    """Without what the problem list says of an operation, without a day of it, where the operation is on record."""
    dated = [event for event in done if event.last is not None]
    return [event for event in done if event.last is not None or not dated or not _is_status(event)]


def _is_status(event: TreatmentEvent) -> bool:
    return event.resource.startswith("Condition/")


def _recurrence(cancer: Cancer) -> Fact:
    back = [each for each in cancer.named_by if each.disease is Disease.RECURRENCE]
    evidence = tuple(named(each, "recurrence") for each in back)
    if any(each.certain for each in back):
        return Known("recurrence", evidence=evidence)
    return OneOf(("surveillance", "recurrence"), evidence=evidence)


def _after(event: TreatmentEvent, day: When) -> bool:
    return event.last is not None and day.surely_before(event.last)


def _after_surgery(
    done: list[TreatmentEvent],
    events: tuple[TreatmentEvent, ...],
    source: Source,
    *,
    followed: bool,
) -> Fact:
    """Adjuvant or followed, by the day of the last surgery; without a day, by what says that she is `followed`."""
    evidence = tuple(shown(event) for event in done)
    if _treatment_running(events, source):
        return Known("adjuvant", evidence=evidence)
    limit = source.windows.surveillance_days
    dates = [event.last for event in done]
    if any(on is not None and on.surely_within(limit - 1, source.today) for on in dates):
        return Known("adjuvant", evidence=evidence)
    long_ago = all(on is not None and on.surely_older(limit, source.today) for on in dates)
    undated = all(on is None for on in dates)
    if (long_ago or (undated and followed)) and not _treatment_unread(source):
        return Known("surveillance", evidence=evidence)
    return OneOf(("adjuvant", "surveillance"), evidence=evidence)


def _treatment_unread(source: Source) -> bool:
    """Whether a place where therapy may be recorded could not be read: it may be running."""
    return source.record.any_failed(*TREATMENT_KEYS)


def _treatment_running(events: tuple[TreatmentEvent, ...], source: Source) -> bool:
    """Whether chemotherapy, anti-HER2 or radiotherapy may be running; endocrine therapy goes with follow-up."""
    return any(_running(event, source) for event in events if event.treatment is not Treatment.ENDOCRINE)


def _running(event: TreatmentEvent, source: Source) -> bool:
    """Whether a treatment other than surgery may still be running today."""
    if event.treatment in SURGERY:
        return False
    if event.progress is Progress.RUNNING:
        return True
    last = event.last
    recent = last is not None and not last.surely_older(source.windows.surveillance_days, source.today)
    return event.progress is Progress.UNCLEAR and recent and not event.stated


def _from_history(
    cancer: Cancer,
    history: list[Evidence],
    found: tuple[Diagnosis, ...],
    events: tuple[TreatmentEvent, ...],
    surgery: tuple[TreatmentEvent, ...],
    source: Source,
) -> Fact:
    evidence = (*history, *_diagnosed(cancer))
    if _may_be_newer(cancer, found, events, source):
        # History of one cancer and a new one: a second primary, a recurrence, or a coding habit (E21).
        return OneOf(("new", "adjuvant", "surveillance", "recurrence"), evidence=evidence)
    neoadjuvant = None if _all_over(cancer, events, source) else neoadjuvant_course(cancer, events, source)
    if neoadjuvant is not None and not over(cancer) and not _operated_since(cancer, neoadjuvant, surgery, source):
        return OneOf(TREATED, evidence=evidence)
    if _treatment_running(events, source):
        return Known("adjuvant", evidence=evidence)
    if _treatment_unread(source):
        return OneOf(("adjuvant", "surveillance"), evidence=evidence)
    return Known("surveillance", evidence=evidence)


def _may_be_newer(
    cancer: Cancer, found: tuple[Diagnosis, ...], events: tuple[TreatmentEvent, ...], source: Source
) -> bool:
    """Whether a cancer may be another one than that for which she is called treated."""
    recent = cancer.since is not None and not cancer.since.surely_older(source.windows.new_disease_days, source.today)
    began_after = _began_after(cancer, found, source) and not _treatment_running(events, source)
    return (recent or began_after) and not over(cancer)


def _began_after(cancer: Cancer, found: tuple[Diagnosis, ...], source: Source) -> bool:
    """Whether a cancer began after the patient was first called treated, or may have where nobody says when she was.

    Codes are repeated year by year: what counts is an onset.
    """
    if cancer.since is None or not any(e.onset_recorded for e in cancer.named_by if e.disease is not Disease.HISTORY):
        return False
    entries = [each.since for each in found if each.disease is Disease.HISTORY and each.condition is not None]
    called = [since.latest for since in entries if since is not None]
    if called:
        return cancer.since.earliest > min(called)
    return bool(entries) and not cancer.since.surely_older(LONGEST_NEOADJUVANT_DAYS, source.today)


def _all_over(cancer: Cancer, events: tuple[TreatmentEvent, ...], source: Source) -> bool:
    """Whether a cancer known as history alone had therapy that is long over, as Z92.21 beside Z85.3 says."""
    if {each.disease for each in cancer.named_by} != {Disease.HISTORY}:
        return False
    return all(_is_over(event, source) and not event.neoadjuvant for event in events)


def _is_over(event: TreatmentEvent, source: Source) -> bool:
    """Whether a treatment is surely over for as long as follow-up takes; one that is done and has no day is."""
    if event.progress in (Progress.PLANNED, Progress.RUNNING):
        return False
    if event.last is None:
        return event.progress is Progress.COMPLETED
    return event.last.surely_older(source.windows.surveillance_days, source.today)


def _operated_since(cancer: Cancer, neoadjuvant: Fact, surgery: tuple[TreatmentEvent, ...], source: Source) -> bool:
    """Whether an old cancer's neoadjuvant therapy lies behind: "hx breast ca s/p NAC + lumpectomy, surveillance"."""
    operated = any(event.progress is Progress.COMPLETED for event in surgery)
    past = isinstance(neoadjuvant, Known) and neoadjuvant.value == "neoadjuvant-completed"
    old = cancer.since is None or cancer.since.surely_older(LONGEST_NEOADJUVANT_DAYS, source.today)
    return operated and past and old and follow_up_said(source)


def _untreated(
    cancer: Cancer, events: tuple[TreatmentEvent, ...], surgery: tuple[TreatmentEvent, ...], source: Source
) -> Fact:
    """No treatment on record: new when surely recent, else new or followed."""
    evidence = _diagnosed(cancer)
    followed = follow_up_said(source)
    recent = cancer.since is not None and cancer.since.surely_within(source.windows.new_disease_days, source.today)
    if any(event.progress is Progress.COMPLETED for event in surgery):
        if followed and not recent:
            return Known("surveillance", evidence=evidence, assumed="treatment-completed")
        return OneOf(("adjuvant", "surveillance"), evidence=evidence)
    if _treatment_unread(source):
        return OneOf(EVERYTHING_BUT_METASTATIC, evidence=evidence)
    if not recent and any(_perhaps_of_late(event, source) for event in events):
        return OneOf(("new", "adjuvant", "surveillance"), evidence=evidence)
    if recent and any(event.progress is not Progress.PLANNED for event in events):
        return OneOf(("new", "neoadjuvant-running", "adjuvant"), evidence=evidence)
    if recent and followed:
        # Too soon for follow-up after treatment: treated elsewhere, or the word was meant loosely.
        return OneOf(("new", "adjuvant"), evidence=evidence)
    if recent:
        return Known("new", evidence=evidence, assumed="no-treatment-recorded")
    long_known = cancer.since is not None and cancer.since.surely_older(LONGEST_NEOADJUVANT_DAYS, source.today)
    if followed and long_known:
        return Known("surveillance", evidence=evidence, assumed="treatment-completed")
    if not followed and cancer.since is None and staging_said(source):
        # Undated, and ordered for staging: the first staging is of a new cancer.
        return Known("new", evidence=evidence, assumed="no-treatment-recorded")
    return OneOf(("new", "surveillance"), evidence=evidence, assumed="no-treatment-recorded")


def _perhaps_of_late(event: TreatmentEvent, source: Source) -> bool:
    """Whether therapy, or surgery of which nobody says that it was done, may be of late: then this is no follow-up."""
    if event.stated or event.progress is Progress.PLANNED or event.treatment is Treatment.ENDOCRINE:
        return False
    if event.progress is Progress.RUNNING:
        return True
    on = event.last
    if on is None:
        return event.progress is not Progress.COMPLETED  # "history of irradiation"
    return not on.surely_older(source.windows.surveillance_days, source.today)


def _diagnosed(cancer: Cancer) -> tuple[Evidence, ...]:
    date = cancer.since.text if cancer.since is not None else None
    return (Evidence(value="diagnosed", resources=tuple(sorted(cancer.references)), date=date),)
