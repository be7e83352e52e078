"""What happened to a patient, in order of time, as the service reads it: diagnosis, surgery, therapy and imaging."""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.facts.dates import When, when
from cds_service.facts.diagnoses import Diagnosis, Disease, diagnoses
from cds_service.facts.source import Source, texts_of
from cds_service.facts.studies import prior_studies
from cds_service.facts.therapy import SURGERY, TreatmentEvent
from cds_service.facts.treatment import treatment_events

_DISEASES = {
    Disease.INVASIVE: "invasive breast cancer",
    Disease.UNSPECIFIED: "breast cancer, taken as invasive",
    Disease.INFLAMMATORY: "inflammatory breast cancer",
    Disease.IN_SITU: "carcinoma in situ of the breast",
    Disease.RECURRENCE: "local recurrence",
    Disease.HISTORY: "history of breast cancer",
    Disease.METASTASIS: "metastasis",
    Disease.NODE_METASTASIS: "metastasis in an axillary node",
    Disease.AMBIGUOUS_METASTASIS: "metastasis, perhaps nodal",
    Disease.OTHER_MALIGNANCY: "another cancer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the timeline. `read_as`: the service's word for it; `written`: the record's own."""

    kind: str
    read_as: str
    resource: str
    on: When | None = None
    until: When | None = None
    written: str = ""
    state: str = ""

    @property
    def dates(self) -> str:
        """The day or the period, as recorded."""
        if self.on is None:
            return "no date"
        if self.until is None or self.until.text == self.on.text:
            return self.on.text
        return f"{self.on.text} to {self.until.text}"


def timeline(source: Source, cited: frozenset[str]) -> list[Event]:
    """Diagnoses, problems that count, treatment and imaging; oldest first, what has no date last."""
    found = diagnoses(source)
    events = [
        *(_of_diagnosis(each) for each in found if each.disease is not Disease.OTHER or each.reference in cited),
        *(_of_treatment(each) for each in treatment_events(found, source)),
        *_of_imaging(source),
    ]
    return sorted(events, key=lambda each: (each.on is None, each.on.earliest.isoformat() if each.on else ""))


def _of_diagnosis(found: Diagnosis) -> Event:
    named = _DISEASES.get(found.disease)
    sure = "" if found.certain else "provisional"
    return Event(
        kind="Diagnosis" if named else "Problem",
        read_as=_sided(named or "counts for the answer", found.side),
        resource=found.reference,
        on=found.since,
        written=next(iter(texts_of(found.concept)), ""),
        state=sure or ("" if found.course == "active" else found.course.value),
    )


def _of_treatment(event: TreatmentEvent) -> Event:
    name = event.treatment.value.replace("-", " ").replace("her2", "HER2")
    neoadjuvant = {True: "neoadjuvant ", False: "adjuvant ", None: ""}[event.neoadjuvant]
    surgery = event.treatment in SURGERY
    return Event(
        kind="Surgery" if surgery else "Therapy",
        read_as=_sided("breast-conserving surgery" if name == "conserving" else f"{neoadjuvant}{name}", event.side),
        resource=event.resource,
        on=event.start or event.end,
        until=event.end if event.start else None,
        state="" if surgery and event.progress == "completed" else event.progress.value,
    )


def _of_imaging(source: Source) -> Iterator[Event]:
    for study in prior_studies(source):
        yield Event(
            kind="Imaging",
            read_as=_sided(source.knowledge.procedures[study.procedure].short, study.laterality or "unstated"),
            resource=study.resource,
            on=when(study.date),
            state="this work-up" if study.in_work_up else "",
        )


def _sided(what: str, side: str) -> str:
    return what if side == "unstated" else f"{what}, {side}"
