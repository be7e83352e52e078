"""Everything a care plan writes in words: its name and description, notes, activities and how they went."""

from collections.abc import Iterator

from cds_service.facts.source import texts_of
from cds_service.fhir.resources import CarePlan


def texts_of_plan(plan: CarePlan) -> Iterator[str]:
    """The texts of a care plan, none of them empty."""
    texts = [plan.title, plan.description, *(note.text for note in plan.note)]
    for each in plan.activity:
        if each.detail is not None:
            texts += (each.detail.description, *texts_of(each.detail.code))
        texts += (*(note.text for note in each.progress), *texts_of(*each.outcome_codeable_concept))
    return (text for text in texts if text)
