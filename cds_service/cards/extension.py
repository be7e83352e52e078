"""The machine-readable reasoning beside the cards: `extension["cds-service.assessments"]` (design, section 2).

A field without a value is absent, never null or empty (https://cds-hooks.hl7.org/2.0/#http-request_1).
"""

from collections.abc import Sequence
from typing import Any

from cds_service.cards.identity import consult_uri
from cds_service.criteria.model import Assessment, Outcome, VariantRating
from cds_service.fhir.resources import ServiceRequest
from cds_service.knowledge.model import Knowledge

NAME = "cds-service.assessments"

# https://argonautproject.github.io/cds-hooks-for-pama/
CONSULT_ID = "http://fhir.org/argonaut/Extension/pama-rating-consult-id"


def assessments_extension(
    assessments: Sequence[Assessment], *, knowledge: Knowledge, hook_instance: str
) -> list[dict[str, Any]]:
    """One object per assessed order, in the order of the assessments."""
    return [_object(each, knowledge, hook_instance) for each in assessments]


def consult_id(assessment: Assessment, hook_instance: str) -> str:
    """The consultation id the draft already carries, else one derived from hookInstance and order."""
    carried = _carried(assessment.order.draft) if assessment.order is not None else None
    return carried or consult_uri(hook_instance, assessment.reference)


def _object(assessment: Assessment, knowledge: Knowledge, hook_instance: str) -> dict[str, Any]:
    rating = assessment.rating
    rated = rating if assessment.outcome is Outcome.RATED else None
    fields: dict[str, Any] = {
        "order": assessment.reference,
        "with": assessment.with_reference,
        "procedure": assessment.procedure,
        "question": assessment.question,
        "questionStated": assessment.question_stated,
        "outcome": assessment.outcome.value,
        "category": rated.category.value if rated is not None and rated.category is not None else None,
        "score": rated.score if rated is not None else None,
        "disagreement": True if rated is not None and rated.disagreement else None,
        "variants": [_variant(each) for each in rating.variants] if rating is not None else [],
        "missing": list(rating.missing) if rating is not None else [],
        "assumed": list(assessment.assumed),
        "evidence": _evidence(assessment),
        "consultId": consult_id(assessment, hook_instance),
        "knowledge": {"version": knowledge.version, "hash": knowledge.hash},
    }
    return _without_empty(fields)


def _variant(rating: VariantRating) -> dict[str, Any]:
    return _without_empty(
        {
            "id": rating.variant.id,
            "title": rating.variant.title,
            "category": rating.category.value if rating.category is not None else None,
            "score": rating.score,
            "state": rating.state.value,
        }
    )


def _evidence(assessment: Assessment) -> list[dict[str, Any]]:
    return [
        _without_empty({"fact": name, "value": each.value, "date": each.date, "resources": list(each.resources)})
        for name, found in assessment.evidence.items()
        for each in found
    ]


def _carried(draft: ServiceRequest) -> str | None:
    return next((each.value_uri for each in draft.extension if each.url == CONSULT_ID and each.value_uri), None)


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value or value is False}
