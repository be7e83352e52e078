"""Compares an answer of the service with a hand-written expectation; every disagreement becomes a sentence.

Reads the wire only: cards, and the assessments in the response's extension. Shares no code with the service.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

EXTENSION = "cds-service.assessments"

STUDY_OF_CODE: Mapping[str, str] = {
    "76882": "us-axilla", "80852-7": "us-axilla", "72529-1": "us-axilla", "72528-3": "us-axilla",
    "RPID1933": "us-axilla",
    "76641": "us-breast", "76642": "us-breast", "24601-7": "us-breast", "26214-7": "us-breast",
    "26215-4": "us-breast", "26216-2": "us-breast", "RPID1934": "us-breast", "47079000": "us-breast",
    "77065": "mammography-diagnostic", "77066": "mammography-diagnostic", "24605-8": "mammography-diagnostic",
    "26346-7": "mammography-diagnostic", "26347-5": "mammography-diagnostic", "26348-3": "mammography-diagnostic",
    "46350-5": "mammography-diagnostic", "RPID5557": "mammography-diagnostic",
    "77067": "mammography-screening", "24606-6": "mammography-screening", "26175-0": "mammography-screening",
    "RPID5592": "mammography-screening",
    "77061": "dbt-diagnostic", "77062": "dbt-diagnostic", "72139-9": "dbt-diagnostic",
    "77063": "dbt-screening", "72142-3": "dbt-screening",
    "38505": "core-biopsy-axillary-node", "69279-8": "core-biopsy-axillary-node",
    "39522-8": "core-biopsy-axillary-node", "43797-0": "core-biopsy-axillary-node",
    "702556008": "core-biopsy-axillary-node",
    "10005": "fna-axillary-node", "RPID6109": "fna-axillary-node", "RPID6110": "core-biopsy-axillary-node",
    "77048": "mri-breast-without-and-with-contrast", "77049": "mri-breast-without-and-with-contrast",
    "36277-2": "mri-breast-without-and-with-contrast", "36276-4": "mri-breast-without-and-with-contrast",
}  # fmt: skip
"""Which study the codes of a suggested order mean (facts part C)."""


def disagreements(expected: Json, answer: Json) -> list[str]:
    """What the answer does otherwise than expected; empty when it does everything."""
    return [*_assessments(expected["assessments"], answer), *_cards(expected["cards"], answer["cards"])]


def _assessments(expected: list[Json], answer: Json) -> Iterator[str]:
    said = {each["order"]: each for each in answer.get("extension", {}).get(EXTENSION, [])}
    for judged in expected:
        order = judged["order"]
        assessment = said.pop(order, None)
        if assessment is not None:
            yield from (f"{order}: {problem}" for problem in _assessment(judged, assessment))
        elif "none" not in judged["outcomes"]:
            yield f"{order}: no assessment, expected {' or '.join(judged['outcomes'])}"
    for order, assessment in said.items():
        yield f"{order}: {assessment['outcome']}, expected no assessment"


def _assessment(expected: Json, said: Json) -> Iterator[str]:
    if said["outcome"] not in expected["outcomes"]:
        yield f"outcome {said['outcome']}, expected {' or '.join(expected['outcomes'])}"
    pairs = {"partner": "with", "procedure": "procedure", "question": "question", "stated": "questionStated",
             "category": "category", "score": "score"}  # fmt: skip
    for ours, theirs in pairs.items():
        if ours in expected and said.get(theirs) != expected[ours]:
            yield f"{theirs} {said.get(theirs)}, expected {expected[ours]}"
    if "missing" in expected and said.get("missing", []) != expected["missing"]:
        yield f"missing {said.get('missing', [])}, expected {expected['missing']}"
    for name in expected.get("assumed", []):
        if name not in said.get("assumed", []):
            yield f"assumed {said.get('assumed', [])} lacks {name}"
    yield from _variants(expected, {each["id"]: each["state"] for each in said.get("variants", [])})


def _variants(expected: Json, states: Mapping[str, str]) -> Iterator[str]:
    for wanted, state in (("holds", "holds"), ("possible", "possible")):
        for variant in expected.get(wanted, []):
            if states.get(variant) != state:
                yield f"{variant} {states.get(variant, 'not listed')}, expected {state}"
    for variant in expected.get("never", []):
        if variant in states:
            yield f"{variant} {states[variant]}, expected not to be listed"


def _cards(expected: list[Json] | str, cards: list[Json]) -> Iterator[str]:
    if expected == "no warning":
        yield from (f"a warning: {card['summary']}" for card in cards if card["indicator"] != "info")
        return
    indicators = [card["indicator"] for card in cards]
    wanted = [card["indicator"] for card in expected if isinstance(card, dict)]
    if indicators != wanted:
        yield f"cards {indicators}, expected {wanted}"
        return
    for number, (shown, card) in enumerate(zip(expected, cards, strict=True), 1):
        if isinstance(shown, dict):
            yield from (f"card {number}: {problem}" for problem in _card(shown, card))


def _card(expected: Json, card: Json) -> Iterator[str]:
    offered = [study for suggestion in card.get("suggestions", []) for study in _studies(suggestion)]
    for study in expected.get("offers", []):
        if study not in offered:
            yield f"offers {offered}, expected {study}"
    if expected.get("offersOneOf") and not set(offered) & set(expected["offersOneOf"]):
        yield f"offers {offered}, expected one of {expected['offersOneOf']}"
    for study in expected.get("offersNot", []):
        if study in offered:
            yield f"offers {study}, expected not to"
    recommended = [_choice(each) for each in card.get("suggestions", []) if each.get("isRecommended")]
    if "recommended" in expected and recommended != [expected["recommended"]]:
        yield f"recommends {recommended}, expected {expected['recommended']}"
    if "cancels" in expected and set(expected["cancels"]) not in [_removed(each) for each in card["suggestions"]]:
        yield f"no choice removes {expected['cancels']} together"


def _choice(suggestion: Json) -> str:
    """`cancel`, or the study a choice leads to."""
    studies = _studies(suggestion)
    return studies[0] if studies else "cancel" if _removed(suggestion) else "something else"


def _studies(suggestion: Json) -> list[str]:
    resources = [each["resource"] for each in suggestion.get("actions", []) if each["type"] != "delete"]
    codings = [coding for each in resources for coding in each.get("code", {}).get("coding", [])]
    return sorted({STUDY_OF_CODE.get(coding.get("code", ""), "unknown study") for coding in codings})


def _removed(suggestion: Json) -> set[str]:
    """The orders a pure removal takes away; empty when the choice also writes something."""
    actions = suggestion.get("actions", [])
    if any(each["type"] != "delete" for each in actions):
        return set()
    return {str(each["resourceId"]) for each in actions}
