"""What a care plan writes in words: its name and description, what it is for, notes, activities and how they went."""

from collections.abc import Iterator

from cds_service.facts.source import texts_of
from cds_service.fhir.resources import CarePlan, CodeableConcept


def texts_of_plan(plan: CarePlan) -> Iterator[str]:
    """The texts of a care plan, none of them empty. What it refers to by its id is on record itself."""
    shown = [*plan.goal, *(each for each in (*plan.addresses, *plan.supporting_info) if not each.reference)]
    texts = [plan.title, plan.description, *(note.text for note in plan.note)]
    for each in plan.activity:
        if each.detail is not None:
            texts.append(each.detail.description)
            shown += (*each.detail.goal, *(reason for reason in each.detail.reason_reference if not reason.reference))
        shown += (*each.outcome_reference, *([each.reference] if each.reference is not None else ()))
        texts += (*(note.text for note in each.progress), *texts_of(*each.outcome_codeable_concept))
    texts += (*texts_of(*plan.category, *concepts_of_plan(plan)), *(each.display for each in shown))
    return (text for text in texts if text)


def concepts_of_plan(plan: CarePlan) -> tuple[CodeableConcept, ...]:
    """What the activities of a care plan are, what they use, and what they are for; and what it holds inside."""
    details = [each.detail for each in plan.activity if each.detail is not None]
    named = (concept for each in details for concept in (each.code, each.product_codeable_concept, *each.reason_code))
    inside = (
        concept
        for each in plan.contained
        for concept in (each.code, each.description, each.medication_codeable_concept)
    )
    return tuple([each for each in (*named, *inside) if isinstance(each, CodeableConcept)])
