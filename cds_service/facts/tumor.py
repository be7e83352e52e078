"""Size, receptors, histology and inflammatory carcinoma: what is known of one tumour at diagnosis."""

import re
from collections.abc import Iterable
from typing import TypeVar

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Disease
from cds_service.facts.episodes import Cancer
from cds_service.facts.mentions import Kind
from cds_service.facts.model import NOT_RECORDED, NOT_RETRIEVED, Evidence, Fact, Known, Unknown, UnknownReason
from cds_service.facts.observations import belongs, has_result, is_withheld, observed
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.stage_statements import StageMark, has_code, says_nothing
from cds_service.facts.tissue import Told
from cds_service.fhir.resources import Observation, ObservationComponent, Quantity

# --- size -------------------------------------------------------------------------------------------------------------
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "millimeter": 1.0, "centimeter": 10.0, "millimetre": 1.0, "centimetre": 10.0}


def size_fact(cancer: Cancer, others: tuple[Cancer, ...], until: When | None, source: Source) -> Fact:
    """Largest dimension in millimetres at diagnosis (mCODE Tumor Size, LOINC 21889-1), else as written in words.

    A size measured after therapy began is none (E39). Where the newest cannot be read, it is unknown.
    """
    measured = [
        (each, size)
        for each in source.observations("tumor-size")
        if has_result(each) and belongs(each, cancer, others, source)
        if (size := _size(each)) is not None
    ]
    usable = [(each, size) for each, size in measured if until is None or _surely_before(observed(each), until)]
    if usable:
        last = _newest(usable)
        each, size = max(last, key=lambda pair: pair[1])
        if size > 0:
            return Known(size, evidence=(_shown(f"{size:g} mm", each),))
        return Unknown(
            UnknownReason.UNREADABLE, evidence=tuple([_shown("size not understood", one) for one, _ in last])
        )
    if measured:
        return NOT_RECORDED
    said = _size_in_words(cancer, others, source)
    return NOT_RETRIEVED if said is None and source.record.failed("observations") else said or NOT_RECORDED


def _surely_before(on: When | None, until: When) -> bool:
    return on is not None and on.surely_before(until)


def _size_in_words(cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> Fact | None:
    texts = [(text, each.reference) for each in cancer.named_by for text in texts_of(each.concept)]
    if not others:
        texts += [(text, reference_to(draft)) for draft in source.drafts for text in source.words_of(draft)]
    said = {
        (staged.size_mm, resource)
        for text, resource in texts
        for staged in source.read(text).staging
        if staged.size_mm is not None
    }
    sizes = {size for size, _ in said}
    if len(sizes) != 1:
        return None
    size = sizes.pop()
    resources = tuple(sorted({resource for _, resource in said}))
    return Known(size, evidence=(Evidence(value=f"{size:g} mm", resources=resources),))


_UNREAD = 0.0


def _size(observation: Observation) -> float | None:
    """The largest value with a unit of length; a number without a unit is no size, nor is "over 20 mm".

    _UNREAD of a value that is none of these; None where there is no value, or it says that nothing was measured.
    """
    sizes = (_part_size(observation), *map(_part_size, observation.component))
    parts = [size for size in sizes if size is not None]
    return max(parts, default=_UNREAD if is_withheld(observation) else None)


def _part_size(stated: Observation | ObservationComponent) -> float | None:
    quantity, value = stated.value_quantity, stated.value_codeable_concept
    if quantity is not None:
        return _millimetres(quantity) if quantity.value else None
    words = [text for text in (stated.value_string, *texts_of(value)) if text and not text.isspace()]
    if says_nothing(value, tuple(words)):
        return None
    if words:
        return max(map(_written_millimetres, words))
    return _UNREAD if stated.value_integer or stated.value_boolean or has_code(value) else None


def _millimetres(quantity: Quantity) -> float:
    unit = (quantity.code or quantity.unit or "").strip().lower()
    factor = _MILLIMETRES.get(unit)
    if factor is None or quantity.value is None or quantity.value < 0 or quantity.comparator is not None:
        return _UNREAD
    return quantity.value * factor


_WRITTEN = re.compile(
    r"\s*(?P<sides>\d+(?:\.\d+)?(?:\s*(?:x|by)\s*\d+(?:\.\d+)?)*)\s*(?P<unit>[mc]m)\W*", re.IGNORECASE
)
"""A size as one writes it, with nothing else: "6 cm", "2.4 x 1.8 cm"."""


def _written_millimetres(text: str) -> float:
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return _UNREAD
    largest = max(float(side) for side in re.findall(r"[\d.]+", written["sides"]))
    return largest * _MILLIMETRES[written["unit"].lower()]


# --- receptors --------------------------------------------------------------------------------------------------------
RECEPTORS = ("er", "pr", "her2")


def receptor_fact(name: str, cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> Fact:
    """er, pr or her2: positive or negative. The newest result wins; one day with both is contradictory. Where it cannot
    be read, or is equivocal, an older one is not taken for it.

    Without a result, a status among the Conditions (Z17.0, Z17.1) says it where there is one cancer it can be about.
    """
    found = [
        (each, value)
        for each in source.observations(f"{name}-observation")
        if has_result(each) and belongs(each, cancer, others, source)
        if (value := _receptor_value(each, source)) is not None
    ]
    if not found:
        stated = NOT_RECORDED if others else _receptor_status(name, source)
        return NOT_RETRIEVED if source.record.failed("observations") else stated
    newest = _newest(found)
    last = [(each, value) for each, value in newest if value != _NEITHER]
    if not last:
        shown = tuple([_shown(f"{name.upper()} not understood", each) for each, _ in newest])
        return Unknown(UnknownReason.UNREADABLE, evidence=shown)
    evidence = tuple([_shown(f"{name.upper()} {value}", each) for each, value in last])
    values = {value for _, value in last}
    if len(values) > 1:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=evidence)
    return Known(values.pop(), evidence=evidence)


_STATUSES = (("er", "positive", "er-positive-status"), ("er", "negative", "er-negative-status"))
"""Receptor, status, value set of `Condition.code`: ICD-10-CM has a code for the oestrogen receptor alone."""


def _receptor_status(name: str, source: Source) -> Fact:
    found = {
        value: Evidence(value=f"{name.upper()} {value}", resources=(reference_to(each),))
        for each in source.record.conditions
        for receptor, value, value_set in _STATUSES
        if receptor == name and source.has(value_set, each.code)
    }
    if len(found) > 1:
        return Unknown(UnknownReason.CONTRADICTORY, evidence=tuple(found.values()))
    return next((Known(value, evidence=(proof,)) for value, proof in found.items()), NOT_RECORDED)


_NEITHER = ""
"""The value of a result that is neither positive nor negative, or that nobody can read."""


def _receptor_value(observation: Observation, source: Source) -> str | None:
    concepts = (observation.value_codeable_concept, *observation.interpretation)
    sets = source.sets_of(*concepts)
    coded = {value for value in ("positive", "negative") if f"receptor-{value}" in sets}
    said = " ".join((*texts_of(*concepts), observation.value_string or "")).lower()
    worded = {value for value in ("positive", "negative") if value in said}
    values = coded or worded
    if len(values) == 1 and "equivocal" not in said:
        return values.pop()
    stated = said.strip() or any(map(has_code, concepts)) or is_withheld(observation)
    return _NEITHER if stated and not says_nothing(observation.value_codeable_concept, (said.strip(),)) else None


# --- kind of tumour ---------------------------------------------------------------------------------------------------
def histology_fact(cancer: Cancer) -> Fact:
    """The histology that any diagnosis names."""
    named = (each.histology for each in cancer.named_by if each.histology != "not-specified")
    return Known(next(named, "not-specified"))


def inflammatory_fact(cancer: Cancer, found: Iterable[StageMark], told: Told, source: Source) -> Fact:
    """Inflammatory carcinoma: by its own code, by T4d, by histology, or in words of record or order, even in doubt."""
    if told.inflammatory:
        return Known("yes", evidence=told.evidence)
    if cancer.named(Disease.INFLAMMATORY) or _t4d(found) or _named_inflammatory(cancer, source):
        evidence = Evidence(value="inflammatory carcinoma", resources=tuple(sorted(cancer.references)))
        return Known("yes", evidence=(evidence,))
    return Known("no")


def _t4d(found: Iterable[StageMark]) -> bool:
    return any(mark.detail == "inflammatory" for mark in found)


def _named_inflammatory(cancer: Cancer, source: Source) -> bool:
    readings = [reading for draft in source.drafts for reading in source.order_readings(draft)]
    for each in cancer.named_by:
        readings += [*each.words, *each.noted]
    return any(
        mention.value == "inflammatory" and mention.may_hold
        for reading in readings
        for mention in reading.of(Kind.BREAST_CANCER)
    )


_Value = TypeVar("_Value", float, str)


def _newest(found: list[tuple[Observation, _Value]]) -> list[tuple[Observation, _Value]]:
    """The results of the newest day; undated ones count as of that day too."""
    if len(found) == 1:
        return found
    days = [(on.latest if (on := observed(each)) is not None else None, each, value) for each, value in found]
    newest = max((day for day, _, _ in days if day is not None), default=None)
    return [(each, value) for day, each, value in days if day is None or day == newest]


def _shown(value: str, observation: Observation) -> Evidence:
    on = observed(observation)
    return Evidence(value=value, resources=(reference_to(observation),), date=on.text if on is not None else None)
