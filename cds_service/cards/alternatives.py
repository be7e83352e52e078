"""Which other studies a card offers instead of the one ordered, and which it does not although they are rated.

An alternative's rating is the one computed for its own question in this patient; nothing is borrowed. The one that
has none is offered under a condition ("New lump?"), and is rated when the order says so.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from cds_service.cards.exclusions import done, doubt, harm, is_mammography, recent_mammogram
from cds_service.coding import SNOMED
from cds_service.criteria.model import Assessment, Rating, VariantState
from cds_service.knowledge.model import Category, Knowledge
from cds_service.knowledge.studies import Procedure
from cds_service.value import Value

_CONTRAST = re.compile(r" with(?:out)? ")

MOST = 3
"""More choices than a narrow panel shows at a glance."""

YEARLY_MAMMOGRAPHY = "310-v6"

NEW_LUMP = "New palpable axillary lump"
"""The reason a conditional ultrasound is ordered with; read again when the order comes back."""

NEW_LUMP_CODING = MappingProxyType({"system": SNOMED, "code": "300863000", "display": "Mass of axilla"})
"""The same in a code, of the value set `axillary-lump`: some clients show only reasons that are coded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One study to offer. `condition`: offered only if that is so, unrated; `reason`: what the order then says.

    Without condition and without rating: in pregnancy, for which there are no criteria. `doubt`: what is to be cleared
    first; such a study is not recommended.
    """

    study: Procedure
    rating: Rating | None
    condition: str | None = None
    reason: str | None = None
    doubt: str | None = None

    @property
    def appropriate(self) -> bool:
        """Whether it is rated usually appropriate."""
        return self.rating is not None and floor(self.rating) is Category.USUALLY


class Choice(Value, frozen=True, kw_only=True):
    """What to offer, best first, and sentences on what is not offered because it could harm."""

    offered: tuple[Alternative, ...] = ()
    withheld: tuple[str, ...] = ()


def floor(rating: Rating) -> Category | None:
    """The lowest category a rating can have; None where no criteria might apply at all."""
    if rating.category is not None:
        return rating.category
    known = [each for each in rating.categories if each is not None]
    return min(known, key=lambda each: each.rank) if known and None not in rating.categories else None


def better_form(assessment: Assessment, *, knowledge: Knowledge, taken: frozenset[str], today: date) -> Choice:
    """Studies rated higher than the one ordered for the same question."""
    ordered = knowledge.procedures.get(assessment.procedure or "")
    rated = _due(_same_question(assessment, ordered, knowledge), assessment, today)
    return _offer(assessment, rated, ordered=ordered, taken=taken)


def instead(assessment: Assessment, *, knowledge: Knowledge, taken: frozenset[str], today: date) -> Choice:
    """What to offer in place of a study that is usually not appropriate.

    The same question by a better study; for a systemic study in new disease the axilla, in follow-up the yearly
    mammogram and, under its condition, ultrasound for a new lump; for a node biopsy the ultrasound that comes first.
    """
    ordered = knowledge.procedures.get(assessment.procedure or "")
    rated = [*_same_question(assessment, ordered, knowledge), *_axilla(assessment, ordered, knowledge)]
    rated = _due([*rated, *_mammogram(assessment, ordered, knowledge)], assessment, today)
    if ordered is not None and ordered.family == "node-biopsy":
        rated = [each for each in rated if each.study.family == "axilla"]
    lump = _new_lump(assessment, ordered, knowledge)
    return _offer(assessment, rated, ordered=ordered, taken=taken, under_condition=lump)


def _same_question(assessment: Assessment, ordered: Procedure | None, knowledge: Knowledge) -> list[Alternative]:
    """Better-rated studies for the question asked; one of the head and one of the body do not replace each other."""
    rank = assessment.category.rank if assessment.category is not None else 0
    return [
        each
        for each in _rated(assessment, knowledge)
        if each.rating is not None
        and each.rating.question == assessment.question
        and _rank(each.rating) > rank
        and (ordered is None or (each.study.family == "head") == (ordered.family == "head"))
    ]


def _axilla(assessment: Assessment, ordered: Procedure | None, knowledge: Knowledge) -> list[Alternative]:
    """Ultrasound of the axilla with its own rating: the loco-regional study, and the step before a node biopsy."""
    if ordered is None or ordered.family not in ("systemic", "node-biopsy"):
        return []
    return [
        each
        for each in _rated(assessment, knowledge)
        if each.study.family == "axilla"
        and each.rating is not None
        and each.rating.question == "axilla"
        and _rank(each.rating) >= Category.MAY_BE.rank
    ]


def _due(rated: list[Alternative], assessment: Assessment, today: date) -> list[Alternative]:
    """Without mammography where one is on record for the last twelve months of follow-up."""
    recent = any(recent_mammogram(each.procedure, each.date, today) for each in assessment.prior_imaging)
    if not recent or "surveillance" not in _phases(assessment):
        return rated
    return [each for each in rated if not is_mammography(each.study.id)]


def _mammogram(assessment: Assessment, ordered: Procedure | None, knowledge: Knowledge) -> list[Alternative]:
    """The yearly mammogram after breast conservation, and one form of it."""
    if ordered is None or not _in_follow_up(assessment):
        return []
    found = [
        each
        for each in _rated(assessment, knowledge)
        if each.rating is not None
        and each.study.id.startswith("mammography")
        and each.rating.category is Category.USUALLY
        and any(
            held.variant.id == YEARLY_MAMMOGRAPHY and held.state is VariantState.HOLDS for held in each.rating.variants
        )
    ]
    return sorted(found, key=_best_first(ordered))[:1]


def _new_lump(assessment: Assessment, ordered: Procedure | None, knowledge: Knowledge) -> list[Alternative]:
    """In follow-up, or where new disease is as possible, ultrasound for a local finding, if there is one."""
    phases = _phases(assessment)
    followed = "surveillance" in phases and phases <= {"new", "surveillance"}
    if ordered is None or ordered.family not in ("systemic", "head", "axilla") or not followed:
        return []
    return [
        Alternative(study=study, rating=None, condition="New lump?", reason=NEW_LUMP)
        for study in knowledge.procedures.values()
        if study.family == "axilla"
    ][:1]


def _rated(assessment: Assessment, knowledge: Knowledge) -> list[Alternative]:
    return [
        Alternative(study=knowledge.procedures[rating.procedure], rating=rating)
        for rating in assessment.alternatives
        if rating.procedure in knowledge.procedures
        and rating.procedure != assessment.procedure
        and floor(rating) is not None
    ]


def _offer(
    assessment: Assessment,
    rated: Iterable[Alternative],
    *,
    ordered: Procedure | None,
    taken: frozenset[str],
    under_condition: Sequence[Alternative] = (),
) -> Choice:
    """Leave out what is done, ordered or offered already and what could harm; best first, at most three."""
    best: dict[str, Alternative] = {}
    for each in sorted(rated, key=_best_first(ordered)):
        best.setdefault(each.study.id, each)
    left = [
        each
        for each in (*best.values(), *(one for one in under_condition if one.study.id not in best))
        if (each.study.id not in taken or each.study.id == assessment.procedure) and not done(each.study, assessment)
    ]
    harms = {each.study.id: harm(each.study, assessment.facts) for each in left}
    safe = [_doubted(each, assessment) for each in left if harms[each.study.id] is None]
    conditional = [each for each in safe if each.condition is not None]
    offered = [each for each in safe if each.condition is None][: MOST - len(conditional)] + conditional
    withheld = tuple(f"{each.study.name} is not offered: {why}." for each in left if (why := harms[each.study.id]))
    if is_pregnant(assessment):
        # ACR wrote no variant for pregnancy: what is offered there claims no rating.
        offered = [replace(each, rating=None) for each in offered]
        withheld = ()
    return Choice(offered=tuple(offered), withheld=withheld)


def _doubted(alternative: Alternative, assessment: Assessment) -> Alternative:
    unclear = doubt(alternative.study, assessment.facts)
    return alternative if unclear is None else replace(alternative, doubt=unclear)


def _best_first(ordered: Procedure | None) -> Callable[[Alternative], tuple[int, bool, int, float, str]]:
    """By category; then another form of the same study, the least change; score; less radiation; id."""
    stem = _stem(ordered)

    def key(each: Alternative) -> tuple[int, bool, int, float, str]:
        score = each.rating.score or 0 if each.rating is not None else 0
        msv = each.study.msv[1] if each.study.msv is not None else 0.0
        return (-_rank(each.rating), _stem(each.study) != stem, -score, msv, each.study.id)

    return key


def _stem(study: Procedure | None) -> str | None:
    """A study's ACR name without its contrast: "MRI breast"."""
    return _CONTRAST.split(study.name)[0] if study is not None else None


def _rank(rating: Rating | None) -> int:
    lowest = floor(rating) if rating is not None else None
    return lowest.rank if lowest is not None else -1


def _in_follow_up(assessment: Assessment) -> bool:
    """Whether the patient is in follow-up for certain: what is only right there is offered only then."""
    return _phases(assessment) == {"surveillance"}


def _phases(assessment: Assessment) -> set[str]:
    return set(assessment.facts.candidates("disease-phase")) if assessment.facts is not None else set()


def is_pregnant(assessment: Assessment) -> bool:
    """Whether a pregnancy is known."""
    return assessment.facts is not None and assessment.facts.value("pregnant") == "yes"
