"""T, N, M, stage group, size and receptors of one cancer at diagnosis, from every dialect that occurs.

mCODE STU4 (SNOMED-coded observations), the older LOINC-coded ones (Synthea, mCODE STU1-3), `Condition.stage`, and words
where nothing coded contradicts. yp never stands for the stage at diagnosis; a recorded group that differs from the
table is contradictory, never silently one of the two (facts A7: E1-E16).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.facts import staging
from cds_service.facts.dates import When, start_of, when
from cds_service.facts.diagnoses import Disease, same_side, side_of
from cds_service.facts.episodes import Cancer
from cds_service.facts.mentions import StagingText
from cds_service.facts.model import (
    NOT_RECORDED,
    NOT_RETRIEVED,
    VOCABULARY,
    Evidence,
    Fact,
    Known,
    OneOf,
    Unknown,
    UnknownReason,
)
from cds_service.facts.source import Source, codes_of, reference_to, refers, texts_of
from cds_service.fhir.resources import CodeableConcept, ConditionStage, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMark:
    """One statement about the stage: `kind` t, n, m or group; `value` as in the vocabulary, a group perhaps unlettered.

    `timing`: clinical, pathologic, after-therapy or unspecified. `coded`: False for words.
    """

    kind: str
    value: str
    timing: str
    resource: str
    written: str
    on: When | None = None
    coded: bool = True


_CODES = (
    ("stage-group-clinical", "group", "clinical"),
    ("stage-group-pathologic", "group", "pathologic"),
    ("stage-group-unspecified", "group", "unspecified"),
    ("t-clinical", "t", "clinical"),
    ("t-pathologic", "t", "pathologic"),
    ("t-unspecified", "t", "unspecified"),
    ("n-clinical", "n", "clinical"),
    ("n-pathologic", "n", "pathologic"),
    ("n-unspecified", "n", "unspecified"),
    ("m-clinical", "m", "clinical"),
    ("m-pathologic", "m", "pathologic"),
    ("m-unspecified", "m", "unspecified"),
)

_WRITTEN = re.compile(r"(?P<prefix>y?[cprac]{0,2})(?P<kind>[TNM])(?P<rest>is|mi|[0-4X].*)", re.IGNORECASE)
_GROUP = re.compile(r"(?:stage\s*)?(0|IV|I{1,3})\s*([A-C]?)\d?\Z", re.IGNORECASE)


def marks(cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> tuple[StageMark, ...]:
    """Everything the record and the order say about the stage of this cancer."""
    found: list[StageMark] = []
    for observation in source.record.observations:
        kinds = _kinds(observation, source)
        if kinds and _belongs(observation, cancer, others, source):
            found += [mark for kind, timing in kinds for mark in _of_observation(observation, kind, timing, source)]
    for diagnosis in cancer.named_by:
        if diagnosis.condition is not None:
            for stage in diagnosis.condition.stage:
                found += _of_condition_stage(stage, diagnosis.reference, diagnosis.since, source)
            words = (*texts_of(diagnosis.concept), *(note.text or "" for note in diagnosis.condition.note))
            found += _of_words(words, diagnosis.reference, diagnosis.since, source)
    if len(others) == 0:
        found += [mark for draft in source.drafts for mark in _of_words(order_words(draft), reference_to(draft), None, source)]
    return tuple(found)


def order_words(draft: object) -> tuple[str, ...]:
    """What an order says in words besides naming the study: reasons and notes."""
    reasons = getattr(draft, "reason_code", ())
    notes = getattr(draft, "note", ())
    return (*texts_of(*reasons), *(note.text or "" for note in notes))


def _kinds(observation: Observation, source: Source) -> list[tuple[str, str]]:
    return [(kind, timing) for value_set, kind, timing in _CODES if source.has(value_set, observation.code)]


def _belongs(observation: Observation, cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> bool:
    """Join by focus, then side, then date within the cancer; what cannot be joined is not used."""
    focus = [each.reference for each in observation.focus if each.reference]
    if focus and any(refers(focus, each.references) for each in (cancer, *others)):
        return refers(focus, cancer.references)
    if not others:
        return True
    side = side_of(source, observation.body_site)
    if side not in ("unstated", "bilateral") and any(each.side in ("left", "right") for each in (cancer, *others)):
        return same_side(side, cancer.side)
    on = observed(observation)
    if on is None or any(each.since is None for each in (cancer, *others)):
        return False
    earlier = [each for each in (cancer, *others) if each.since is not None and each.since.earliest <= on.latest]
    return bool(earlier) and max(earlier, key=lambda each: each.since.earliest if each.since else on.earliest) is cancer


def observed(observation: Observation) -> When | None:
    """When an observation holds."""
    return when(
        observation.effective_date_time,
        observation.effective_instant,
        start_of(observation.effective_period),
        observation.issued,
    )


def _of_observation(observation: Observation, kind: str, timing: str, source: Source) -> list[StageMark]:
    if source.has("staging-method-prognostic", observation.method):
        return []  # another staging system: its IIA can be an anatomic IIB (facts A8)
    value = observation.value_codeable_concept
    words = (observation.value_string,) if observation.value_string else ()
    return _of_value(
        value, words, kind=kind, timing=timing, resource=reference_to(observation), on=observed(observation), source=source
    )


def _of_condition_stage(stage: ConditionStage, resource: str, on: When | None, source: Source) -> list[StageMark]:
    timing = "unspecified"
    if source.has("stage-group-pathologic", stage.type) or "pathologic" in " ".join(texts_of(stage.type)).lower():
        timing = "pathologic"
    elif source.has("stage-group-clinical", stage.type):
        timing = "clinical"
    if "prognostic" in " ".join((*texts_of(stage.type), *texts_of(stage.summary))).lower():
        return []
    return _of_value(stage.summary, (), kind=None, timing=timing, resource=resource, on=on, source=source)


def _of_value(
    value: CodeableConcept | None,
    words: tuple[str, ...],
    *,
    kind: str | None,
    timing: str,
    resource: str,
    on: When | None,
    source: Source,
) -> list[StageMark]:
    """Marks of a coded value; where no code is known, of its words."""
    known = source.knowledge.staging_codes
    written = [known[code] for code in codes_of(value) if code in known]
    if not written:
        written = [*(coding.code or "" for coding in value.coding)] if value is not None else []
        parsed = [mark for text in written if (mark := _mark(text, timing, resource, on, coded=True))]
        texts = (*texts_of(value), *words)
        parsed = parsed or [mark for text in texts if (mark := _mark(text, timing, resource, on, coded=True))]
        parsed = parsed or [mark for text in texts for mark in _of_words((text,), resource, on, source, timing)]
        return [mark for mark in parsed if kind is None or mark.kind == kind]
    found = [mark for text in written if (mark := _mark(text, timing, resource, on, coded=True))]
    return [mark for mark in found if kind is None or mark.kind == kind]


def _mark(written: str, timing: str, resource: str, on: When | None, *, coded: bool) -> StageMark | None:
    """A stage, T, N or M written alone: "IIA", "Stage 2", "cT1c", "pN1(mi)", "ypT0"; None for anything else."""
    text = written.strip().replace("(", "").replace(")", "")
    category = _WRITTEN.fullmatch(text)
    if category is not None and len(text) <= 8:
        prefix = category["prefix"].lower()
        value = _category(category["kind"].upper(), category["rest"])
        if value is None:
            return None
        timed = {"c": "clinical", "p": "pathologic"}.get(prefix, "after-therapy" if prefix.startswith("y") else timing)
        return StageMark(
            kind=category["kind"].lower(), value=value, timing=timed, resource=resource, written=text, on=on, coded=coded
        )
    group = _GROUP.fullmatch(_roman(text))
    if group is None:
        return None
    return StageMark(
        kind="group", value=group[1].upper() + group[2].upper(), timing=timing, resource=resource, written=text, on=on,
        coded=coded,
    )


def _roman(text: str) -> str:
    return re.sub(
        r"(?i)(stage\s*)?([1-4])\s*([abc]?)\Z", lambda m: f"{m[1] or ''}{'I' * int(m[2]) if m[2] != '4' else 'IV'}{m[3]}",
        text,
    ) if re.fullmatch(r"(?i)(?:stage\s*)?[1-4]\s*[abc]?", text) else text


def _category(kind: str, rest: str) -> str | None:
    """T1c → T1, T4d → T4, N1mi stays, N0(i+) → N0; X is nothing."""
    lower = rest.lower()
    if lower.startswith("x"):
        return None
    if kind == "T" and lower.startswith("is"):
        return "Tis"
    if kind == "N" and lower.startswith("1mi"):
        return "N1mi"
    value = f"{kind}{lower[0]}"
    return value if value in ("M0", "M1", *staging.T_CATEGORIES, *staging.N_CATEGORIES) else None


def _of_words(
    texts: Iterable[str], resource: str, on: When | None, source: Source, timing: str = "unspecified"
) -> list[StageMark]:
    found: list[StageMark] = []
    for reading in source.readings(*texts):
        for said in reading.staging:
            found += _of_staging_text(said, resource, on, timing)
    return found


def _of_staging_text(said: StagingText, resource: str, on: When | None, timing: str) -> list[StageMark]:
    timed = {"c": "clinical", "p": "pathologic"}.get(said.prefix, "after-therapy" if said.prefix[:1] == "y" else timing)
    values = (("group", said.stage), ("t", said.t), ("n", said.n), ("m", said.m))
    return [
        StageMark(kind=kind, value=value, timing=timed, resource=resource, written=value, on=on, coded=False)
        for kind, value in values
        if value is not None
    ]


# --- from marks to facts ------------------------------------------------------------------------------------------------
def at_diagnosis(found: Iterable[StageMark], kind: str, until: When | None) -> list[StageMark]:
    """The marks of one kind that can stand for the stage at diagnosis: clinical, before any therapy began."""
    return [
        mark
        for mark in found
        if mark.kind == kind
        and mark.timing in ("clinical", "unspecified")
        and not (until is not None and mark.on is not None and until.surely_before(mark.on))
    ]


def category_fact(found: Iterable[StageMark], kind: str, until: When | None, *, retrieved: bool) -> Fact:
    """T, N or M as a fact: the newest coded mark, else words; two of one day that differ are contradictory."""
    usable = at_diagnosis(found, kind, until)
    coded, said = [m for m in usable if m.coded], [m for m in usable if not m.coded]
    decisive = _newest(coded) or _newest(said)
    if not decisive:
        return NOT_RECORDED if retrieved else NOT_RETRIEVED
    values = {mark.value for mark in (*decisive, *said)}
    evidence = tuple(_evidence(mark) for mark in decisive)
    if len(values) > 1:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=evidence)
    return Known(values.pop(), evidence=evidence)


def group_fact(
    found: Iterable[StageMark],
    t: Fact,
    n: Fact,
    until: When | None,
    *,
    at_least: frozenset[str] | None,
    retrieved: bool,
) -> Fact:
    """The stage group: recorded and derived together. Contradictory where they exclude each other.

    `at_least`: the groups a diagnosis allows by itself (inflammatory carcinoma, locally advanced), whatever smaller
    stage is recorded (E16).
    """
    usable = at_diagnosis(found, "group", until)
    recorded, evidence, contradictory = _recorded(usable)
    derived = staging.possible_groups(_values(t, "clinical-t"), _values(n, "clinical-n")) - {"0"}
    if isinstance(t, Known) and t.value == "Tis":
        derived = frozenset({"0"})
    if at_least is not None:
        derived, recorded = at_least, recorded & (at_least | {"IV"})
    if contradictory:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=evidence)
    informed = isinstance(t, Known) or isinstance(n, Known | OneOf) or at_least is not None
    if recorded and informed and not recorded & (derived | {"IV", "0"}):
        return Unknown(UnknownReason.CONTRADICTORY, evidence=(*evidence, *t.evidence, *n.evidence))
    groups = (recorded & derived or recorded) if recorded and informed else recorded or (derived if informed else None)
    if not groups:
        return NOT_RECORDED if retrieved else NOT_RETRIEVED
    proof = evidence or (*t.evidence, *n.evidence)
    ordered = tuple(group for group in VOCABULARY["stage-group"].domain if group in groups)
    return Known(ordered[0], evidence=proof) if len(ordered) == 1 else OneOf(ordered, evidence=proof)


def _recorded(usable: list[StageMark]) -> tuple[frozenset[str], tuple[Evidence, ...], bool]:
    """The groups on record can mean, what says so, and whether the record contradicts itself.

    Newest wins, but never a lower group over a higher older one: that may be a stage after therapy.
    """
    coded, said = [m for m in usable if m.coded], [m for m in usable if not m.coded]
    decisive = _newest(coded) or _newest(said)
    if not decisive:
        return frozenset(), (), False
    evidence = tuple(dict.fromkeys(_evidence(mark) for mark in decisive))
    groups = frozenset(VOCABULARY["stage-group"].domain)
    for mark in (*decisive, *said):
        groups &= frozenset(staging.lettered(mark.value))
    highest_now = max((_rank(group) for group in groups), default=-1)
    downstaged = any(min(map(_rank, staging.lettered(mark.value))) > highest_now for mark in usable)
    return groups, evidence, not groups or downstaged


def _rank(group: str) -> int:
    return VOCABULARY["stage-group"].domain.index(group)


def _newest(found: list[StageMark]) -> list[StageMark]:
    """The marks of the newest day; undated ones count as of that day too."""
    dated = [mark.on.latest for mark in found if mark.on is not None]
    if not dated:
        return found
    newest = max(dated)
    return [mark for mark in found if mark.on is None or mark.on.latest >= newest]


def _values(fact: Fact, name: str) -> tuple[str, ...]:
    match fact:
        case Known(value=value):
            return (str(value),)
        case OneOf(candidates=candidates):
            return candidates
        case Unknown():
            domain = VOCABULARY[name].domain
            return tuple(value for value in domain if value != "Tis")


def _evidence(mark: StageMark) -> Evidence:
    written = f"stage {mark.value}" if mark.kind == "group" else mark.value
    prefix = {"clinical": "c", "pathologic": "p"}.get(mark.timing, "")
    return Evidence(
        value=written if mark.kind == "group" else f"{prefix}{written}",
        resources=(mark.resource,),
        date=mark.on.text if mark.on is not None else None,
    )


# --- size and receptors -------------------------------------------------------------------------------------------------
def size_fact(cancer: Cancer, others: tuple[Cancer, ...], until: When | None, source: Source) -> Fact:
    """Largest dimension in millimetres at diagnosis (mCODE Tumor Size, LOINC 21889-1), else as written in words."""
    measured = [
        (observed(each), size, reference_to(each))
        for each in source.record.observations
        if source.has("tumor-size", each.code) and _belongs(each, cancer, others, source)
        if (size := _size(each, source)) is not None
    ]
    usable = [
        (on, size, resource)
        for on, size, resource in measured
        if not (until is not None and (on is None or not on.surely_before(until)))
    ]
    if usable:
        newest = max((on.latest for on, _, _ in usable if on is not None), default=None)
        last = [each for each in usable if newest is None or each[0] is None or each[0].latest == newest]
        on, size, resource = max(last, key=lambda each: each[1])
        return Known(size, evidence=(Evidence(value=f"{size:g} mm", resources=(resource,), date=on.text if on else None),))
    return _size_in_words(cancer, others, source) if not measured or until is None else NOT_RECORDED


def _size_in_words(cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> Fact:
    texts = [(text, each.reference) for each in cancer.named_by for text in texts_of(each.concept)]
    if not others:
        texts += [(text, reference_to(draft)) for draft in source.drafts for text in order_words(draft)]
    said = {
        (staged.size_mm, resource)
        for text, resource in texts
        for staged in source.read(text).staging
        if staged.size_mm is not None
    }
    if len({size for size, _ in said}) != 1:
        return NOT_RECORDED
    size, resource = said.pop()
    return Known(float(size or 0), evidence=(Evidence(value=f"{size:g} mm", resources=(resource,)),))


_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "millimeter": 1.0, "centimeter": 10.0, "millimetre": 1.0, "centimetre": 10.0}


def _size(observation: Observation, source: Source) -> float | None:
    """The largest value with a unit of length; a number without a unit is no size."""
    quantities = [observation.value_quantity, *(part.value_quantity for part in observation.component)]
    sizes = [
        quantity.value * _MILLIMETRES[unit]
        for quantity in quantities
        if quantity is not None and quantity.value is not None and quantity.comparator is None
        if (unit := (quantity.code or quantity.unit or "").strip().lower()) in _MILLIMETRES
    ]
    return max(sizes, default=None)


def receptor_fact(name: str, cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> Fact:
    """er, pr or her2: positive or negative. The newest result wins; one day with both is contradictory."""
    found: list[tuple[When | None, str, str]] = []
    for observation in source.record.observations:
        if source.has(f"{name}-observation", observation.code) and _belongs(observation, cancer, others, source):
            value = _receptor_value(observation, source)
            if value is not None:
                found.append((observed(observation), value, reference_to(observation)))
    if not found:
        return NOT_RECORDED
    newest = max((on.latest for on, _, _ in found if on is not None), default=None)
    last = [each for each in found if newest is None or each[0] is None or each[0].latest == newest]
    evidence = tuple(
        Evidence(value=f"{name.upper()} {value}", resources=(resource,), date=on.text if on else None)
        for on, value, resource in last
    )
    values = {value for _, value, _ in last}
    return Known(values.pop(), evidence=evidence) if len(values) == 1 else Unknown(
        UnknownReason.CONTRADICTORY, evidence=evidence
    )


def _receptor_value(observation: Observation, source: Source) -> str | None:
    concepts = (observation.value_codeable_concept, *observation.interpretation)
    for value in ("positive", "negative"):
        if source.has(f"receptor-{value}", *concepts):
            return value
    said = " ".join((*texts_of(*concepts), observation.value_string or "")).lower()
    if "equivocal" in said or ("positive" in said and "negative" in said):
        return None
    return next((value for value in ("positive", "negative") if value in said), None)


def inflammatory(cancer: Cancer, found: Iterable[StageMark], source: Source) -> bool:
    """Inflammatory carcinoma: by its own code, by T4d, or in the order's words."""
    if cancer.named(Disease.INFLAMMATORY):
        return True
    if any(mark.kind == "t" and "4d" in mark.written.lower() for mark in found):
        return True
    return any(
        mention.value == "inflammatory"
        for draft in source.drafts
        for reading in source.readings(*order_words(draft))
        for mention in reading.mentions
        if mention.kind.value == "breast-cancer" and mention.meant.value in ("affirmed", "uncertain")
    )
