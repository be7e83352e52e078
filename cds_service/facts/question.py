"""What an order asks: breast, axilla, distant disease or local recurrence; said by the order, or left to its default.

Rules: design, "From facts to outcome", 2. A reason that cannot be tied to the breast cancer is not ours; a reason that
is only partly understood never counts as stated, and leaves the question open.
"""

from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.model import Asked, Evidence, Fact, Known, OneOf
from cds_service.facts.order_says import between_treatments
from cds_service.facts.other_diseases import Another
from cds_service.facts.reasons import Reasons
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source, reference_to


def asked(
    source: Source, given: Reasons, phase: Fact, *, another: Another, sides: frozenset[str] = frozenset()
) -> Asked:
    """What the order asks of a cancer in this phase.

    `another`: the other disease that the study may be for. Where the order does not so much as name the cancer, nobody
    can say which of the two it is for; before surgery, one of a single organ is not taken for the reason. `sides`: of
    the cancers on record.
    """
    evidence = (Evidence(value="reason of the order", resources=(reference_to(source.draft),)),) if given.given else ()
    if given.foreign or (given.given and not given.tied and given.unclear):
        return Asked(question=None, stated=False, covered=False, evidence=evidence)
    questions = _stated(source, given, phase)
    question = questions[source.procedures[0].family]
    another_matter = given.unclear or _contradicts(source, given, phase, sides) or _is_of_benign(source, given)
    stated = question is not None and not another_matter
    likely = another is Another.OF_THE_BODY or not _surely(phase, *_BEFORE_SURGERY)
    for_another = another is not Another.NONE and likely and not given.names_breast
    unclear = another_matter or (question is None and (for_another or _says_something_else(source, given, phase)))
    return Asked(
        question=question,
        stated=stated,
        evidence=evidence,
        unclear=unclear,
        names_cancer=given.names_breast,
        of_family=tuple(questions.items()),
    )


def _contradicts(source: Source, given: Reasons, phase: Fact, sides: frozenset[str]) -> bool:
    """Whether the words of a study of the body tell of more than the cancers on record, which are on these `sides`.

    A cancer of the other breast has a stage of its own, which nobody recorded; a node that is found after treatment
    may be a recurrence. Where nothing on record says that she is treated, an order that says so is for something else.
    """
    if source.procedures[0].family not in ("systemic", "head"):
        return False
    treated = _surely(phase, "surveillance")
    if (treated or _surely(phase, "new")) and between_treatments(source):
        return True
    if (treated and given.node_found) or "other" in given.cancer_sides:
        return True
    named = given.cancer_sides & {"left", "right"}
    both = "bilateral" in given.cancer_sides or len(named) > 1
    both_recorded = "bilateral" in sides or {"left", "right"} <= sides
    unknown = sides and any(not any(same_side(side, each) for each in sides) for side in named)
    return bool(unknown) or (both and not (treated or both_recorded))


def _is_of_benign(source: Source, given: Reasons) -> bool:
    """Whether a study of breast or axilla is for something benign there, or for a complaint: that is no surveillance.

    "Follow-up of seroma", N64.4 beside Z85.3; what looks like a recurrence is read as one.
    """
    watched = given.follow_up or any(mention.kind is Kind.FOLLOW_UP for mention in given.mentions)
    return given.benign and watched and source.procedures[0].family not in ("systemic", "head")


_BEFORE_SURGERY = ("new", "neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed")


def _says_something_else(source: Source, given: Reasons, phase: Fact) -> bool:
    """Whether the reason of a study of the body goes beyond the cancer itself, and still does not say what it asks.

    "Radiation planning", "arm swelling": the default question is for an order that says nothing, or nothing but the
    cancer or a non-indication (design, "From facts to outcome", 2).
    """
    if source.procedures[0].family not in ("systemic", "head"):
        return False
    routine = any(_is_routine(m) for m in given.mentions)
    return any(
        m.kind in _SOMETHING_ELSE
        and m.meant not in (Meant.NEGATED, Meant.FAMILY)
        # "on letrozole, routine scan": endocrine therapy does not end surveillance
        and not (routine and m.value == "endocrine" and m.detail != "planned")
        and not _says_where_it_stands(m, phase, routine=routine)
        for m in given.mentions
    )


def _is_routine(mention: Mention) -> bool:
    """Whether the reason says that nothing is the matter: "routine", "patient's wish", "doing well"."""
    if mention.kind is Kind.NON_INDICATION:
        return mention.value != "not-concerning"
    return mention.kind is Kind.SYMPTOM and mention.value == "any" and mention.meant is Meant.NEGATED


def _says_where_it_stands(mention: Mention, phase: Fact, *, routine: bool) -> bool:
    """Whether a treatment is what any patient of this phase has ahead or behind: "pre-op" if new, "radiotherapy
    completed 2019, doing well" in follow-up. So does a node that is normal."""
    if mention.kind is Kind.NODE:
        return mention.value == "normal" and mention.meant is Meant.AFFIRMED
    if mention.kind is Kind.SURGERY and mention.value == "planned":
        return _surely(phase, "new")
    over = mention.meant is Meant.HISTORICAL or mention.detail == "completed"
    return routine and over and mention.kind in (Kind.SURGERY, Kind.THERAPY) and _surely(phase, "surveillance")


_SOMETHING_ELSE = (Kind.THERAPY, Kind.SURGERY, Kind.LOCAL_SYMPTOM, Kind.NODE, Kind.RECURRENCE)


def _stated(source: Source, given: Reasons, phase: Fact) -> dict[str, str | None]:
    """What the reasons state, by family of study: the same words ask one thing of a mammogram and another of a CT."""
    said = {m.value for m in given.mentions if m.kind is Kind.ASKS and m.meant is not Meant.FAMILY}
    if not said and given.node_to_evaluate:
        said = {"axilla"}
    if given.about_both:
        said = {*said, "breast", "axilla"}
    # "s/p chemo, restaging": history reaches further than it is meant to, and a question is asked now.
    kinds = {m.kind for m in given.mentions if m.meant not in (Meant.NEGATED, Meant.FAMILY)}
    distant = "distant" in said or Kind.METASTASIS in kinds
    follow_up = given.follow_up or Kind.FOLLOW_UP in kinds
    treated = _surely(phase, "surveillance", "adjuvant", "recurrence")
    systemic = _systemic(said, kinds, distant=distant, follow_up=follow_up and _may_be(phase, "surveillance"))
    if given.about_both and not distant:
        systemic = None  # of both no variant of the one alone says enough
    axillary = _axillary(said, kinds, distant=distant, follow_up=follow_up, treated=treated)
    breast = _breast(said, kinds, given, follow_up=follow_up, treated=treated)
    return {"systemic": systemic, "head": systemic, "axilla": axillary, "node-biopsy": axillary, "breast": breast}


def _systemic(said: set[str], kinds: set[Kind], *, distant: bool, follow_up: bool) -> str | None:
    if distant:
        return "distant"
    # A nodal status ("node-positive") says where the patient stands, not what the study is for.
    named = [question for question in ("axilla", "local-recurrence", "breast") if question in said]
    if Kind.RECURRENCE in kinds and not named and not follow_up:
        return None  # "recurrence" on a body scan may mean local or distant
    if Kind.STAGING in kinds:
        # "Staging" states distant, unless the same words name the axilla ("axillary staging") or a local recurrence;
        # what the tumour is like in the breast ("multifocal") does not narrow it.
        return named[0] if named and named[0] != "breast" else "distant"
    if len(named) == 1:
        return named[0]
    return "distant" if follow_up and not named else None


def _axillary(said: set[str], kinds: set[Kind], *, distant: bool, follow_up: bool, treated: bool) -> str | None:
    if "axilla" in said or Kind.NODE in kinds or Kind.LOCAL_SYMPTOM in kinds:
        return "axilla"
    if treated and (follow_up or distant):
        return "distant"
    return None  # in untreated disease an axillary study asks the axilla whatever the reason


def _breast(said: set[str], kinds: set[Kind], given: Reasons, *, follow_up: bool, treated: bool) -> str | None:
    of_breast = any(m.kind is Kind.LOCAL_SYMPTOM and not m.value.startswith("axillary") for m in given.mentions)
    if "axilla" in said and "breast" not in said and not given.about_extent and not of_breast:
        return "axilla"
    if treated:
        return "local-recurrence" if follow_up or "local-recurrence" in said or Kind.RECURRENCE in kinds else None
    return "breast" if "breast" in said else None


def _surely(phase: Fact, *values: str) -> bool:
    return isinstance(phase, Known) and phase.value in values


def _may_be(phase: Fact, value: str) -> bool:
    return (isinstance(phase, Known) and phase.value == value) or (
        isinstance(phase, OneOf) and value in phase.candidates
    )
