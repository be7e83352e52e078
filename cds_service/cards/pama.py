"""PAMA ratings on orders (https://argonautproject.github.io/cds-hooks-for-pama/): extensions, and nothing else changed.

The guide knows three ratings and leaves "may be appropriate" open. Here it counts as adhering: the panel found that the
study may help, and only "usually not appropriate" is advice against it. The ACR category and score stand beside, as
further codings. An order that lacks a fact, or is not covered, was not rated and gets none.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cds_service.cards.edits import read_resource
from cds_service.cards.extension import CONSULT_ID, consult_id
from cds_service.cards.sources import topic_of
from cds_service.cards.text import leading
from cds_service.criteria.model import Assessment, Outcome, Rating
from cds_service.hooks.response import Action
from cds_service.knowledge.model import Category, Knowledge

RATING = "http://fhir.org/argonaut/Extension/pama-rating"
MECHANISM = "http://fhir.org/argonaut/Extension/pama-rating-qcdsm-consulted"
CRITERIA = "http://fhir.org/argonaut/Extension/pama-rating-auc-applied"
RATINGS = "http://fhir.org/argonaut/CodeSystem/pama-rating"

# Ours: ACR publishes no code system for its categories.
CATEGORIES = "urn:cds-service:acr-category"
SCORES = "urn:cds-service:acr-score"

_ADHERES, _DOES_NOT, _NO_CRITERIA = "appropriate", "not-appropriate", "no-criteria-apply"
_CODES = {
    Category.USUALLY: _ADHERES,
    Category.MAY_BE: _ADHERES,
    Category.USUALLY_NOT: _DOES_NOT,
}
_URLS = {RATING, MECHANISM, CONSULT_ID, CRITERIA}


def system_actions(
    assessments: Sequence[Assessment],
    *,
    drafts: Mapping[str, msgspec.Raw],
    hook_instance: str,
    knowledge: Knowledge,
    identifier: str,
) -> tuple[Action, ...]:
    """An update of every order that was rated, with its rating; both halves of a study ordered as a pair.

    `identifier`: of the qualified mechanism consulted (a G-code of the CMS).
    """
    actions = []
    for each in assessments:
        code = _code(each)
        if code is None:
            continue
        extensions = _extensions(
            code,
            each.rating if each.outcome is Outcome.RATED else None,
            consult=consult_id(each, hook_instance),
            identifier=identifier,
            criteria=_criteria(each, knowledge),
        )
        judged = [drafts[name] for name in (each.reference, each.with_reference) if name is not None and name in drafts]
        for resource in filter(None, map(read_resource, judged)):
            put(resource, extensions)
            actions.append(Action(type="update", description="Adds the appropriateness rating", resource=resource))
    return tuple(actions)


def suggested(rating: Rating | None, *, consult: str, identifier: str | None) -> list[dict[str, Any]]:
    """The extensions of an order that is suggested; `rating` is its own, None where no criteria apply."""
    code = _NO_CRITERIA if rating is None or rating.category is None else _CODES[rating.category]
    return _extensions(code, rating, consult=consult, identifier=identifier, criteria=None)


def put(resource: dict[str, Any], extensions: Sequence[Mapping[str, Any]]) -> None:
    """Replace an order's former rating; its other extensions stay, in their order."""
    former = resource.get("extension")
    kept = [each for each in former if not _is_ours(each)] if isinstance(former, list) else []
    resource["extension"] = [*kept, *extensions]


def _is_ours(extension: Any) -> bool:
    return isinstance(extension, dict) and extension.get("url") in _URLS


def _code(assessment: Assessment) -> str | None:
    if assessment.outcome is Outcome.NO_CRITERIA:
        return _NO_CRITERIA
    return _CODES[assessment.category] if assessment.category is not None else None


def _criteria(assessment: Assessment, knowledge: Knowledge) -> str | None:
    topics = (topic_of(each.variant, knowledge) for each in leading(assessment))
    return next((f"https://doi.org/{each.source.doi}" for each in topics if each is not None and each.source.doi), None)


def _extensions(
    code: str, rating: Rating | None, *, consult: str, identifier: str | None, criteria: str | None
) -> list[dict[str, Any]]:
    codings = [{"system": RATINGS, "code": code}]
    if rating is not None and rating.category is not None:
        label = rating.category.label
        codings.append({"system": CATEGORIES, "code": rating.category.value, "display": label[:1].upper() + label[1:]})
        if rating.score is not None:
            codings.append({"system": SCORES, "code": str(rating.score)})
    made: list[dict[str, Any]] = [{"url": RATING, "valueCodeableConcept": {"coding": codings}}]
    made += [{"url": MECHANISM, "valueString": identifier}] if identifier is not None else []
    made.append({"url": CONSULT_ID, "valueUri": consult})
    made += [{"url": CRITERIA, "valueUri": criteria}] if criteria is not None else []
    return made
