"""Another reason for an order: what the patient has stays, what the order was for goes, and the change is said."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cds_service.cards.loose import array_of, codings_of, object_of
from cds_service.cards.words import listed
from cds_service.coding import ICD10CM, SNOMED, Code
from cds_service.knowledge.model import Knowledge

KEPT = frozenset(
    {
        "breast-cancer-invasive",
        "breast-cancer-unspecified",
        "breast-cancer-inflammatory",
        "breast-cancer-locally-advanced",
        "breast-cancer-in-situ",
        "breast-cancer-history",
        "breast-in-situ-history",
    }
)
"""Value sets of what the patient has, which stays a reason whatever the order is for."""


def replace_reason(resource: dict[str, Any], reason: str, coding: Mapping[str, str], knowledge: Knowledge) -> str:
    """Say another reason and keep the diagnoses of breast cancer by code; gives what was changed, in words.

    References to Conditions (`reasonReference`) are left as they are. A diagnosis loses its text, which says more than
    the code: "annual follow-up".
    """
    former = array_of(resource.get("reasonCode"))
    kept = [each for each in former if _is_kept(each, knowledge)]
    dropped = [each for each in former if not any(each is other for other in kept)]
    diagnoses = [{name: value for name, value in object_of(each).items() if name != "text"} for each in kept]
    resource["reasonCode"] = [{"coding": [dict(coding)], "text": reason}, *diagnoses]
    return f'the reason becomes "{reason}"{_loss(_lost(dropped, kept))}'


def _is_kept(concept: Any, knowledge: Knowledge) -> bool:
    codes = [code for _, code in codings_of(concept)]
    meant = (*codes, *(other for code in codes for other in knowledge.translations.get(code, ())))
    return any(not KEPT.isdisjoint(knowledge.value_sets.having(code)) for code in meant)


_CODE = re.compile(r"[A-Z0-9][A-Z0-9.]{2,17}\Z")


def _lost(dropped: Iterable[Any], kept: Iterable[Any]) -> list[str]:
    """What is not a reason any more: standard codes by name, others and words by kind, for a card repeats no words."""
    found = list(dict.fromkeys(name for concept in dropped for name in _named(concept)))
    codes = [name for name in found if name not in (_OTHER_CODE, _WORDS)]
    worded = any(object_of(concept).get("text") for concept in kept) or _WORDS in found
    others = [_OTHER_CODE] if _OTHER_CODE in found else []
    return [*codes, *others, *([_WORDS] if worded else [])]


_WORDS = "what it said in words"
_OTHER_CODE = "a code of another system"


def _named(concept: Any) -> Iterator[str]:
    if object_of(concept).get("text"):
        yield _WORDS
    for _, code in codings_of(concept):
        yield code.code if _may_be_named(code) else _OTHER_CODE


def _may_be_named(code: Code) -> bool:
    return code.system in (ICD10CM, SNOMED) and _CODE.match(code.code) is not None


def _loss(lost: list[str]) -> str:
    return f" and drops {listed(lost)}" if lost else ""
