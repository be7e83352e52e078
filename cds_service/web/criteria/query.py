"""What a search asks for: studies, facts and questions, read by the same readers that read an order.

Words that no reader explains are left for the index (`lookup`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds_service.facts.mentions import Kind, Meant, Mention, StagingText
from cds_service.facts.staging import lettered, possible_groups, sizes
from cds_service.facts.text import read_text
from cds_service.facts.vocabulary import QUESTIONS, VOCABULARY
from cds_service.knowledge.boxes import Range
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.study_names import named_in, normalised
from cds_service.web.criteria.condition_codes import CodeSaid, codes_said
from cds_service.web.criteria.wording import in_words

LONGEST = 200
"""Characters of a search that are read."""

_HAIR = 1e-6  # mm

Wanted = Mapping[str, frozenset[str] | Range]
"""What the searcher said of facts."""

_SUSPECTED = frozenset(VOCABULARY["metastasis-suspected"].domain) - {"none"}
_NEOADJUVANT = frozenset({"neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed"})
_NODE_POSITIVE = frozenset({"N1mi", "N1", "N2", "N3"})
_SEEN = frozenset(VOCABULARY["node-suspicious-on-imaging"].domain) - {"none"}

_MEANS: Mapping[tuple[Kind, str], tuple[str, frozenset[str]]] = {
    (Kind.FOLLOW_UP, "follow-up"): ("disease-phase", frozenset({"surveillance"})),
    (Kind.THERAPY, "neoadjuvant-planned"): ("disease-phase", frozenset({"neoadjuvant-planned"})),
    (Kind.THERAPY, "neoadjuvant-running"): ("disease-phase", frozenset({"neoadjuvant-running"})),
    (Kind.THERAPY, "neoadjuvant-completed"): ("disease-phase", frozenset({"neoadjuvant-completed"})),
    (Kind.THERAPY, "neoadjuvant"): ("disease-phase", _NEOADJUVANT),
    (Kind.THERAPY, "response"): ("disease-phase", _NEOADJUVANT - {"neoadjuvant-planned"}),
    (Kind.SURGERY, "conserving"): ("breast-surgery", frozenset({"conserving"})),
    (Kind.SURGERY, "mastectomy"): ("breast-surgery", frozenset({"mastectomy"})),
    (Kind.RECURRENCE, "local"): ("local-recurrence", frozenset({"suspected", "proven"})),
    (Kind.NODE, "palpable"): ("node-palpable", frozenset({"yes"})),
    (Kind.NODE, "suspicious"): ("node-suspicious-on-imaging", _SEEN),
    (Kind.NODE, "positive"): ("clinical-n", _NODE_POSITIVE),
    (Kind.NODE, "proven"): ("clinical-n", _NODE_POSITIVE),
    (Kind.NODE, "normal"): ("clinical-n", frozenset({"N0"})),
    (Kind.BREAST_CANCER, "in-situ"): ("cancer", frozenset({"in-situ"})),
    (Kind.BREAST_CANCER, "inflammatory"): ("inflammatory", frozenset({"yes"})),
    (Kind.LOCAL_SYMPTOM, "axillary-lump"): ("axillary-lump", frozenset({"unilateral", "bilateral"})),
}
"""What a mention says of which fact."""

_SUSPICIONS: Mapping[Kind, frozenset[str]] = {
    Kind.SYMPTOM: frozenset({"symptom"}),
    Kind.SIGN: frozenset({"sign"}),
    Kind.LABORATORY: frozenset({"laboratory"}),
    Kind.IMAGING_FINDING: frozenset({"imaging-finding"}),
    Kind.METASTASIS: _SUSPECTED,
}

_CHEMOTHERAPY: Mapping[str | None, frozenset[str]] = {
    "running": frozenset({"neoadjuvant-running", "adjuvant"}),
    "completed": frozenset({"neoadjuvant-completed", "surveillance"}),
}
"""Chemotherapy does not say whether it comes before surgery or after it."""

_RECEPTOR = re.compile(
    r"\b(?:(er|o?estrogen)|(pr|progesterone)|(her-?2)(?:/?neu)?)(?:[ -]?receptors?)?[ -]?"
    r"(?:(positive|pos\b|\+)|(negative|neg\b|-(?!\w)))",
    re.IGNORECASE,
)
_TRIPLE_NEGATIVE = re.compile(r"\b(?:triple[ -]negative|tnbc)\b", re.IGNORECASE)
_VARIANT = re.compile(r"\b\d+-v\d+\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?=[a-z.-]*\d)[a-z0-9][a-z0-9.-]{3,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as understood.

    `words`: all of it, in lower case; `explained`: those that speak of the patient, not of a study. `studies`: those
    that a phrase or a code names, `variants` by their ids. `codes`: id of a study → the code that named it.
    `not_rated`: what the knowledge knows to be another study, with the reason.
    """

    words: tuple[str, ...]
    explained: frozenset[str]
    studies: tuple[str, ...]
    variants: tuple[str, ...]
    codes: Mapping[str, str]
    wanted: Wanted
    questions: frozenset[str]
    not_rated: tuple[str, ...]


def exactly(number: float) -> Range:
    """A number as a range that no limit cuts."""
    return Range(over=number - _HAIR, at_most=number)


def said(fact: str, allowed: frozenset[str] | Range) -> str:
    """What was said of a fact, in words: "Tumour size at diagnosis: 25 mm"."""
    spec = VOCABULARY[fact]
    if isinstance(allowed, Range) and allowed == exactly(allowed.at_most):
        return f"{spec.ask}: {allowed.at_most:g} {spec.unit}"
    return f"{spec.ask}: {in_words(fact, allowed)}"


def understand(text: str, knowledge: Knowledge) -> Query:
    """What a search asks for; never raises."""
    text = text[:LONGEST]
    words = tuple(normalised(text).split())
    codes = dict(_studies_by_code(text, knowledge))
    said_ids = [found.group().lower() for found in _VARIANT.finditer(text)]
    reading = read_text(text, knowledge.findings)
    about = [each for each in reading.mentions if each.kind not in (Kind.ASKS, Kind.MODALITY, Kind.TRACER, Kind.SIDE)]
    wanted: dict[str, frozenset[str] | Range] = {}
    coded = tuple(codes_said(text, knowledge))
    of_codes = [each.fact for each in coded if each.fact is not None]
    for fact, allowed in (
        *of_codes,
        *_of_staging(reading.staging),
        *_of_mentions(reading.mentions),
        *_of_receptors(text),
    ):
        wanted[fact] = _either(wanted.get(fact), allowed)
    return Query(
        words=words,
        explained=frozenset(word for each in about for word in normalised(text[each.start : each.end]).split()),
        studies=tuple(dict.fromkeys((*codes, *named_in(text, knowledge)))),
        variants=tuple(dict.fromkeys(each for each in said_ids if each in {v.id for v in knowledge.variants})),
        codes=codes,
        wanted=wanted,
        # "breast" alone is no question to the reader of orders: it says so in every one of them.
        questions=frozenset({*words} if len(words) == 1 else {each.value for each in reading.of(Kind.ASKS)})
        & frozenset(QUESTIONS),
        not_rated=tuple(dict.fromkeys((*_not_rated(text, knowledge), *_other_diseases(coded)))),
    )


def _either(before: frozenset[str] | Range | None, allowed: frozenset[str] | Range) -> frozenset[str] | Range:
    """Values said one after the other ("stage I-IIA") are alternatives; of numbers the last one counts."""
    return before | allowed if isinstance(before, frozenset) and isinstance(allowed, frozenset) else allowed


def _studies_by_code(text: str, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    said = {found.group().upper() for found in _CODE.finditer(text)}
    for code, studies in knowledge.studies_by_code.items():
        if code.code.upper() in said:
            yield from ((study.id, code.code) for study, _ in studies)


def _not_rated(text: str, knowledge: Knowledge) -> Iterator[str]:
    said = {found.group().upper() for found in _CODE.finditer(text)}
    for code, reason in knowledge.not_covered.items():
        if code.code.upper() in said:
            yield f"{code.code}: {reason}"
    words = normalised(text)
    foreign = [phrase for phrase in knowledge.not_covered_phrases if f" {phrase} " in words]
    if foreign and not named_in(text, knowledge):
        longest = max(foreign, key=len)
        yield f"{longest}: {knowledge.not_covered_phrases[longest]}"


def _other_diseases(coded: Iterable[CodeSaid]) -> Iterator[str]:
    """Said only where no code is of the breast cancer: a cancer with another disease is still that cancer."""
    coded = tuple(coded)
    if all(each.fact is None for each in coded):
        yield from (f"{each.code}: a disease that they are not about." for each in coded)


def _of_staging(written: tuple[StagingText, ...]) -> Iterator[tuple[str, frozenset[str] | Range]]:
    for each in written:
        if each.stage is not None:
            yield "stage-group", frozenset(lettered(each.stage))
        elif each.t is not None and each.n is not None:
            yield "stage-group", possible_groups([each.t], [each.n])
        if each.n is not None:
            yield "clinical-n", frozenset({each.n})
        if each.size_mm is not None:
            yield "tumor-size-mm", exactly(each.size_mm)
        elif each.t is not None and sizes(each.t)[1] > sizes(each.t)[0]:
            yield "tumor-size-mm", Range(*sizes(each.t))


def _of_mentions(mentions: tuple[Mention, ...]) -> Iterator[tuple[str, frozenset[str]]]:
    for each in mentions:
        denied = each.meant is Meant.NEGATED
        if each.kind in _SUSPICIONS:
            yield "metastasis-suspected", frozenset({"none"}) if denied else _SUSPICIONS[each.kind]
            continue
        if each.kind is Kind.THERAPY and each.value == "chemotherapy" and each.detail in _CHEMOTHERAPY:
            yield "disease-phase", _CHEMOTHERAPY[each.detail]
        found = _MEANS.get((each.kind, each.value))
        if found is None:
            continue
        fact, allowed = found
        if fact == "node-suspicious-on-imaging" and each.detail in _SEEN:
            allowed = frozenset({each.detail})
        yield fact, frozenset(VOCABULARY[fact].domain) - allowed if denied else allowed


def _of_receptors(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    if _TRIPLE_NEGATIVE.search(text):
        yield from ((fact, frozenset({"negative"})) for fact in ("er", "pr", "her2"))
    for found in _RECEPTOR.finditer(text):
        er, pr, _, positive, _ = found.groups()
        yield "er" if er else "pr" if pr else "her2", frozenset({"positive" if positive else "negative"})
