"""Sentences for what is special in this patient or this order."""

from cds_service.cards.alternatives import is_pregnant
from cds_service.cards.markdown import ours
from cds_service.cards.text import leading
from cds_service.criteria.model import Assessment
from cds_service.facts.model import Facts, Known, OneOf
from cds_service.knowledge.model import Category


def notes(assessment: Assessment) -> list[str]:
    """What a near match takes for granted, what the panel added to a rating, and what this patient adds."""
    said = [ours(each) for each in assessment.order.caveats] if assessment.order is not None else []
    rows = [each.variant.ratings.get(assessment.procedure or "") for each in leading(assessment)]
    said += [ours(row.note) for row in rows if row is not None and row.note is not None]
    if assessment.rating is not None and assessment.rating.disagreement:
        said.append("The expert panel disagreed on this rating.")
    return said if assessment.facts is None else [*said, *_of_patient(assessment, assessment.facts)]


def _of_patient(assessment: Assessment, facts: Facts) -> list[str]:
    said = []
    if is_pregnant(assessment):
        said.append(
            "A pregnancy is recorded, and ACR's variants are not written for it: only ultrasound is offered, unrated."
        )
    if facts.value("tumor-marker-raised") == "yes":
        said.append("A raised tumour marker alone is not a reason for systemic imaging without symptoms.")
    if facts.value("liver-tests") == "isolated-alkaline-phosphatase":
        said.append(
            "Alkaline phosphatase alone is mildly raised: without symptoms and with other liver tests normal, this "
            "does not call for systemic imaging; fractionating it may help."
        )
    if assessment.question == "distant" and assessment.category is Category.USUALLY_NOT and _aggressive_iia(facts):
        said.append(
            "Triple-negative or HER2-positive disease at stage IIA: the rating stays, and an exception is decided case "
            "by case with the multidisciplinary team."
        )
    return said


def _aggressive_iia(facts: Facts) -> bool:
    receptors = [facts.value(name) for name in ("er", "pr", "her2")]
    aggressive = receptors == ["negative"] * 3 or facts.value("her2") == "positive"
    new = set(facts.candidates("disease-phase")) <= {"new", "neoadjuvant-planned"}
    staged = isinstance(facts["stage-group"], Known | OneOf) and "IIA" in facts.candidates("stage-group")
    return aggressive and new and staged
