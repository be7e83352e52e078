"""A patient as the service reads the record: facts with their evidence, a timeline, and what could not be read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cds_service.cards.words import KEYS, capital
from cds_service.facts.extract import extract
from cds_service.facts.model import Episode, Facts
from cds_service.facts.source import Source
from cds_service.fhir.retrieved import KeyState, Record, Unreadable
from cds_service.web.sandbox.timeline import Event, timeline
from cds_service.web.sandbox.words import Basis, Said, say

GROUPS: Sequence[tuple[str, Sequence[str]]] = (
    (
        "Cancer",
        (
            "cancer", "histology", "inflammatory", "laterality", "disease-phase", "stage-group", "clinical-t",
            "clinical-n", "clinical-m", "tumor-size-mm", "er", "pr", "her2",
        ),
    ),
    (
        "Axilla",
        (
            "axillary-lump", "node-palpable", "node-suspicious-on-imaging", "node-suspicious-after-therapy",
            "node-metastasis-proven", "node-positive-before-neoadjuvant", "axilla-imaged",
            "axilla-imaged-before-therapy",
        ),
    ),
    ("Distant disease", ("metastasis-suspected", "metastasis-site", "liver-tests", "tumor-marker-raised")),
    ("Treatment", ("breast-surgery", "local-recurrence")),
)  # fmt: skip
"""The facts of one cancer, as a clinician looks for them."""

OF_PATIENT = ("age-years", "sex", "pregnant", "other-malignancy", "contrast-allergy", "kidney-function")

_STATES = {
    KeyState.OK: "read",
    KeyState.EMPTY: "asked for, nothing there",
    KeyState.NOT_RUN: "not supplied",
    KeyState.ERROR: "could not be retrieved",
    KeyState.PARTIAL: "read in part",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Facts under a heading: those with a value, then those that are not known."""

    title: str
    known: tuple[Said, ...]
    unknown: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancerRead:
    """One cancer the patient has or had. `silent`: facts the record does not mention, with what that means."""

    condition: str | None
    groups: tuple[Group, ...]
    silent: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRead:
    """What became of one part of the record."""

    label: str
    state: str
    failed: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything the page shows of a patient. `today`: the day the record is read as of."""

    name: str
    headline: tuple[str, ...]
    today: str
    patient: Group
    cancers: tuple[CancerRead, ...]
    timeline: tuple[Event, ...]
    keys: tuple[KeyRead, ...]
    unreadable: tuple[Unreadable, ...]


def chart(source: Source, *, name: str) -> Chart:
    """The patient of a source. `name`: what to call the patient, the record's own word."""
    read = extract(source)
    facts = read.episodes[0].facts
    return Chart(
        name=name,
        headline=tuple(_headline(read.episodes)),
        today=source.today.isoformat(),
        patient=_group("Patient", OF_PATIENT, facts),
        cancers=tuple(_cancer(each) for each in read.episodes),
        timeline=tuple(timeline(source, _cited(read.episodes))),
        keys=tuple(_keys(source.record)),
        unreadable=source.record.unreadable,
    )


def _headline(episodes: Sequence[Episode]) -> Iterator[str]:
    """The patient in a line, of what is known: age, sex, then each cancer."""
    facts = episodes[0].facts
    for name in ("age-years", "sex"):
        if facts.value(name) is not None:
            yield say(name, facts).value
    for episode in episodes:
        told = [say(name, episode.facts) for name in ("cancer", "laterality", "stage-group", "disease-phase")]
        words = [each.value for each in told if each.basis in (Basis.RECORDED, Basis.ASSUMED)]
        if words:
            yield capital(", ".join(word for word in words if word != "unstated"))


def _cancer(episode: Episode) -> CancerRead:
    facts = episode.facts
    groups = tuple(_group(title, names, facts) for title, names in GROUPS)
    return CancerRead(
        condition=episode.condition,
        groups=tuple(each for each in groups if each.known or each.unknown),
        silent=tuple(
            said for _, names in GROUPS for said in (say(name, facts) for name in names) if said.basis is Basis.SILENCE
        ),
    )


def _group(title: str, names: Iterable[str], facts: Facts) -> Group:
    told = [say(name, facts) for name in names]
    return Group(
        title=title,
        known=tuple(each for each in told if each.basis in (Basis.RECORDED, Basis.ASSUMED)),
        unknown=tuple(each for each in told if each.basis is Basis.NOTHING),
    )


def _cited(episodes: Iterable[Episode]) -> frozenset[str]:
    """Every resource that some fact rests on."""
    return frozenset(
        resource
        for episode in episodes
        for fact in episode.facts.values()
        for evidence in fact.evidence
        for resource in evidence.resources
    )


# --- what was read ----------------------------------------------------------------------------------------------------
def _keys(record: Record) -> Iterator[KeyRead]:
    counts = {
        "patient": 1 if record.patient is not None else 0,
        "conditions": len(record.conditions),
        "observations": len(record.observations),
        "procedures": len(record.procedures),
        "medicationRequests": len(record.medication_requests),
        "medicationAdministrations": len(record.medication_administrations),
        "carePlans": len(record.care_plans),
        "diagnosticReports": len(record.diagnostic_reports),
        "allergies": len(record.allergies),
    }
    for key, count in counts.items():
        state = record.states.get(key, KeyState.NOT_RUN)
        yield KeyRead(label=KEYS[key], state=_STATES[state], failed=record.failed(key), count=count)
