"""The words for treatment: what was done or is planned, how far it has come, and what a concept or a text calls it."""

import re
from collections.abc import Iterable
from enum import StrEnum

from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Evidence
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import Source, texts_of
from cds_service.fhir.resources import CodeableConcept, Resource
from cds_service.value import Value


class Treatment(StrEnum):
    """What was done or is planned."""

    MASTECTOMY = "mastectomy"
    CONSERVING = "conserving"
    BREAST_SURGERY = "breast-surgery"  # a code that does not say how much was removed
    CHEMOTHERAPY = "chemotherapy"
    ANTI_HER2 = "anti-her2"
    RADIOTHERAPY = "radiotherapy"
    ENDOCRINE = "endocrine"
    UNNAMED_DRUG = "unnamed-drug"  # of an entry that refers to a drug, or has a code of one, that nobody can name


class Progress(StrEnum):
    """How far it has come."""

    PLANNED = "planned"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    UNCLEAR = "unclear"


SURGERY = frozenset({Treatment.MASTECTOMY, Treatment.CONSERVING, Treatment.BREAST_SURGERY})
SYSTEMIC = frozenset({Treatment.CHEMOTHERAPY, Treatment.ANTI_HER2, Treatment.UNNAMED_DRUG})


class TreatmentEvent(Value, frozen=True, kw_only=True):
    """One treatment. `neoadjuvant`: True, False (adjuvant), None where nobody said. `stated`: by the order's words."""

    treatment: Treatment
    progress: Progress
    resource: str
    side: str = "unstated"
    start: When | None = None
    end: When | None = None
    neoadjuvant: bool | None = None
    stated: bool = False

    @property
    def last(self) -> When | None:
        """The last day it is known to have been given or done."""
        return self.end or self.start


_SETS = (
    ("mastectomy-procedure", Treatment.MASTECTOMY),
    ("breast-conserving-procedure", Treatment.CONSERVING),
    ("breast-surgery-unspecified", Treatment.BREAST_SURGERY),
    ("neoadjuvant-chemotherapy", Treatment.CHEMOTHERAPY),
    ("chemotherapy", Treatment.CHEMOTHERAPY),
    ("immunotherapy", Treatment.CHEMOTHERAPY),
    ("anti-her2-drug", Treatment.ANTI_HER2),
    ("anticancer-drug", Treatment.CHEMOTHERAPY),
    ("radiotherapy", Treatment.RADIOTHERAPY),
    ("endocrine-therapy", Treatment.ENDOCRINE),
)

THERAPY_WORDS = {
    "chemotherapy": Treatment.CHEMOTHERAPY,
    "anti-her2": Treatment.ANTI_HER2,
    "radiotherapy": Treatment.RADIOTHERAPY,
    "endocrine": Treatment.ENDOCRINE,
    "neoadjuvant": Treatment.CHEMOTHERAPY,
    "neoadjuvant-planned": Treatment.CHEMOTHERAPY,
    "neoadjuvant-running": Treatment.CHEMOTHERAPY,
    "neoadjuvant-completed": Treatment.CHEMOTHERAPY,
    "adjuvant": Treatment.CHEMOTHERAPY,
}
"""What a mention of therapy names; "neoadjuvant" and "adjuvant" alone mean chemotherapy."""


def coded_treatment(source: Source, *concepts: CodeableConcept | None) -> Treatment | None:
    """Which treatment these concepts name by code."""
    sets = source.sets_of(*concepts)
    return next((treatment for value_set, treatment in _SETS if value_set in sets), None)


_TALK = re.compile(r"\b(educat|consult|counsel|teach|referral|discuss)", re.IGNORECASE)
"""To talk about a treatment is not to have it."""


def named_treatment(source: Source, *concepts: CodeableConcept | None) -> Treatment | None:
    """Which treatment these concepts name: by code, else by the words of text and displays."""
    coded = coded_treatment(source, *concepts)
    if coded is not None:
        return coded
    if any(_TALK.search(text) for text in texts_of(*concepts)):
        return None
    for reading in source.said(*concepts):
        for mention in reading.affirmed(Kind.SURGERY, Kind.THERAPY):
            if mention.value in ("mastectomy", "conserving"):
                return Treatment(mention.value)
            if mention.kind is Kind.SURGERY and mention.value == "unspecified" and _of_breast(concepts):
                return Treatment.BREAST_SURGERY
            if mention.value in THERAPY_WORDS:
                return THERAPY_WORDS[mention.value]
    return None


def _of_breast(concepts: tuple[CodeableConcept | None, ...]) -> bool:
    """Whether the words of an unnamed surgery name the breast."""
    return any("breast" in text.lower() for text in texts_of(*concepts))


def said_neoadjuvant(source: Source, resource: Resource, *concepts: CodeableConcept | None) -> bool | None:
    """Whether a resource calls its treatment neoadjuvant: by intent code (also in an extension), or in words."""
    every = (*concepts, *(each.value_codeable_concept for each in resource.extension))
    if source.has("neoadjuvant-intent", *every) or source.has("neoadjuvant-chemotherapy", *every):
        return True
    if source.has("adjuvant-intent", *every):
        return False
    for reading in source.said(*every):
        for mention in reading.affirmed(Kind.THERAPY):
            if mention.value.startswith("neoadjuvant"):
                return True
            if mention.value == "adjuvant":
                return False
    return None


_SIDE_EFFECT = re.compile(
    r"\binduced\b|\brelated\b|\b(?:due|secondary) to\b|\bcaused by\b|\badverse (?:effect|reaction)|\btoxicity\b"
    r"|\b(?:radiation|radiotherapy) (?:dermatitis|skin|pneumonitis|fibrosis)",
    re.IGNORECASE,
)


def names_side_effect(texts: Iterable[str]) -> bool:
    """Whether the name of an entry says that what it names came of something else: "chemotherapy-induced nausea"."""
    return any(map(_SIDE_EFFECT.search, texts))


_RUNS = re.compile(
    r"\b(?:ongoing|on going|continu|current|still|in progress|undergoing|receiving|running)", re.IGNORECASE
)


def names_now(texts: Iterable[str]) -> bool:
    """Whether the name of an entry says that something goes on: then the day of the entry says nothing of its end."""
    return any(map(_RUNS.search, texts))


def shown(event: TreatmentEvent) -> Evidence:
    """A treatment as evidence, in our words: "chemotherapy (neoadjuvant), running"."""
    timing = " (neoadjuvant)" if event.neoadjuvant else ""
    on = event.last
    return Evidence(
        value=f"{event.treatment.value.replace('-', ' ')}{timing}, {event.progress.value}",
        resources=(event.resource,),
        date=on.text if on is not None else None,
    )


# --- therapy that has begun, in words ---------------------------------------------------------------------------------
_DRUG = (
    r"(?:TCH?P|TCH|THP|dd ?AC(?:-?TH?P?)?|AC-?TH?P?|AC|FEC(?:-?D)?|CMF|KN-?522|keynote-?522|NACT?|chemo(?:therapy)?"
    r"|(?:nab-?)?paclitaxel|taxol|docetaxel|taxotere|carboplatin|doxorubicin|adriamycin|pembrolizumab|keytruda"
    r"|trastuzumab|herceptin|pertuzumab)\b"
)
_BEGUN = re.compile(
    r"\bC\d{1,2} ?D\d{1,2}\b|\b(?:C|cycle #?)\d{1,2}\b(?! of \d)[^.;\n]{0,15}\d{1,2}/\d{1,2}"
    rf"|\b(?:started|began|begun|initiated|receiving|tolerated|tolerating|s/p|completed|given)\b[^.;\n]{{0,30}}\b{_DRUG}"
    rf"|\b{_DRUG}[^.;\n]{{0,30}}\b(?:started|began|begun|initiated|given|under ?way|ongoing|tolerated|completed)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|would|to (?:be|start|begin|receive)|plan\w*|schedul\w*|discuss\w*|consider\w*|recommend\w*|if|after"
    r"|declin\w*|refus\w*|not|no|never|mother|sister|aunt|brother|father|19\d\d|20[01]\d)\b",
    re.IGNORECASE,
)
"""What is to come, was only talked about, is somebody else's, or of years ago."""


def begins_therapy(text: str) -> bool:
    """Whether a sentence of a text says that chemotherapy has begun."""
    return any(_BEGUN.search(each) and not _AHEAD.search(each) for each in sentences_of(text))
