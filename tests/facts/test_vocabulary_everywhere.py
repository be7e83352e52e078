"""Whatever the reader knows of disease elsewhere, wherever a record or an order may hold it, no warning stands over it.

Phrases are taken from the vocabulary itself, some for each meaning, so a meaning that is new is tried in every place.
"""

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cds_service.facts.mentions import Kind
from cds_service.facts.text import read_text
from cds_service.knowledge.findings_file import load_findings
from cds_service.knowledge.findings_trie import Node
from tests.facts.test_text_reasons import PATIENTS, Json, Post, of_patient, order, post

__all__ = ["post"]

FINDINGS = load_findings(Path(__file__).parents[2] / "knowledge" / "findings.yaml")
EACH = 2
"""So many phrases of a meaning are tried in each place."""
DISEASE = (Kind.METASTASIS, Kind.RECURRENCE)
FOUND = (*DISEASE, Kind.IMAGING_FINDING)
COMPLAINED = (*FOUND, Kind.SIGN, Kind.SYMPTOM, Kind.ADVANCED)
EVERY = (*COMPLAINED, Kind.OTHER_MALIGNANCY)


def _report(study: str, **more: Json | str | list[Json]) -> Json:
    return of_patient(
        "DiagnosticReport", "told", status="final", code={"text": study}, effectiveDateTime="2026-11-10", **more
    )


def _file(text: str) -> list[Json]:
    return [{"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}]


def _entry(name: str, **more: str | list[Json]) -> Json:
    return of_patient("Condition", "told", code={"text": name}, onsetDateTime="2026-11-10", **more)


def _observed(name: str, **more: bool | str) -> Json:
    return of_patient(
        "Observation", "told", status="final", effectiveDateTime="2026-11-10", code={"text": name}, **more
    )


def _noted(type_: str, name: str, **more: str) -> Callable[[str], Json]:
    return lambda text: of_patient(type_, "told", **{name: {"text": "Something else"}}, **more, note=[{"text": text}])


PLACES: dict[str, tuple[tuple[Kind, ...], Callable[[str], Json]]] = {
    "the conclusion of a report": (EVERY, lambda text: _report("CT chest", conclusion=f"{text}.")),
    "the conclusion code of a report": (EVERY, lambda text: _report("CT chest", conclusionCode=[{"text": text}])),
    "the file of a note": (COMPLAINED, lambda text: _report("Progress note", presentedForm=_file(f"{text}."))),
    "the name of an entry": (EVERY, lambda text: _entry(text)),
    "a note on an entry": (EVERY, lambda text: _entry("Essential hypertension", note=[{"text": text}])),
    "a result in words": (EVERY, lambda text: _observed("Clinical finding", valueString=text)),
    "the name of a finding": (EVERY, lambda text: _observed(text, valueBoolean=True)),
    "a care plan": (FOUND, lambda text: of_patient("CarePlan", "told", status="active", intent="plan", title=text)),
    "a note on a procedure": (
        DISEASE, _noted("Procedure", "code", status="completed", performedDateTime="2026-11-10")
    ),
    "a note on a drug": (
        DISEASE, _noted("MedicationRequest", "medicationCodeableConcept", status="active", intent="order")
    ),
    "a note on an allergy": (DISEASE, _noted("AllergyIntolerance", "code")),
}  # fmt: skip
ORDERED: dict[str, Callable[[str], Json]] = {
    "its reason": lambda text: {"reasonCode": [{"text": text}]},
    "its note": lambda text: {"note": [{"text": text}]},
    "its detail": lambda text: {"orderDetail": [{"text": text}]},
}
Exempt = Callable[[Kind, str], bool]
NOT_TOLD: dict[tuple[str, str], Exempt] = {
    ("the file of a note", "new-iia"): lambda kind, value: kind is Kind.IMAGING_FINDING and value == "unspecified",
    ("the file of a note", "followed-surgery"): lambda kind, value: value == "unspecified" or kind is Kind.ADVANCED,
    ("the name of an entry", "new-iia"): lambda kind, value: value == "skin-cancer",
    ("the name of an entry", "followed-surgery"): lambda kind, value: value == "skin-cancer",
}
"""A bare finding in a note is of the breast, what made a treated cancer advanced is over, and of cancers of the skin
those of basal cells do not spread.
"""


_LOOKED_FOR = re.compile("screen|ldct")
"""Not a cancer, but a study that looks for one."""


def _phrases(node: Node, words: tuple[str, ...] = ()) -> Iterator[str]:  # type: ignore[type-arg]
    if node.meaning is not None:
        yield " ".join(words)
    if len(words) < 3:
        for word in sorted(node.next):
            yield from _phrases(node.next[word], (*words, word))


@pytest.fixture(scope="module")
def known() -> list[tuple[Kind, str, str]]:
    """Some phrases of each meaning: the kind and value of what they mention first, and the phrase."""
    seen: Counter[tuple[Kind, str]] = Counter()
    found = []
    for phrase in _phrases(FINDINGS.trie):
        there = [each for each in read_text(phrase, FINDINGS).mentions if each.may_hold and each.kind in EVERY]
        if there and not _LOOKED_FOR.search(phrase) and seen[there[0].kind, there[0].value] < EACH:
            seen[there[0].kind, there[0].value] += 1
            found.append((there[0].kind, there[0].value, phrase))
    return found


def _warns(answer: Json) -> bool:
    return any(card["indicator"] == "warning" for card in answer["cards"])


@pytest.mark.parametrize("patient", ["new-iia", "followed-surgery"])
@pytest.mark.parametrize("place", PLACES)
def test_a_place_of_the_record(place: str, patient: str, known: list[tuple[Kind, str, str]], post: Post) -> None:
    kinds, made = PLACES[place]
    passes = NOT_TOLD.get((place, patient), lambda kind, value: False)
    tried = [(kind, value, phrase) for kind, value, phrase in known if kind in kinds and not passes(kind, value)]
    assert len(tried) > 5, "the vocabulary is tried"
    warned = [each for each in tried if _warns(post(order("pet-ct", None), [*PATIENTS[patient], made(each[2])]))]
    assert warned == []


@pytest.mark.parametrize("patient", ["new-iia", "followed-surgery"])
@pytest.mark.parametrize("place", ORDERED)
def test_a_place_of_the_order(place: str, patient: str, known: list[tuple[Kind, str, str]], post: Post) -> None:
    draft = order("pet-ct", None)
    warned = [each for each in known if _warns(post({**draft, **ORDERED[place](each[2])}, PATIENTS[patient]))]
    assert warned == []


@pytest.mark.parametrize("patient", ["new-iia", "followed-surgery"])
def test_without_any_of_it_the_order_is_warned_of(patient: str, post: Post) -> None:
    """Else the tests above could not fail."""
    nothing = _entry("Essential hypertension")
    assert _warns(post(order("pet-ct", None), [*PATIENTS[patient], nothing]))
