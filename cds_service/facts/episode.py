"""All facts of one cancer as seen from one order: its phase, stage and axilla, distant disease, and the question."""

from cds_service.facts import staging
from cds_service.facts.advanced import is_advanced, names_advanced
from cds_service.facts.diagnoses import Diagnosis, Disease
from cds_service.facts.episodes import Cancer
from cds_service.facts.mentions import Kind
from cds_service.facts.metastasis import Distant, distant_disease
from cds_service.facts.model import (
    NOT_RECORDED,
    Episode,
    Evidence,
    Fact,
    Facts,
    Known,
    OneOf,
    PriorStudy,
    ReadLater,
    Unknown,
    UnknownReason,
)
from cds_service.facts.nodes import Axilla, axilla
from cds_service.facts.opened import (
    with_larger_tumour,
    with_reported_node,
    with_reported_therapy,
    with_reported_tumour,
    with_seen_node,
)
from cds_service.facts.other_diseases import Another
from cds_service.facts.phase import Timeline, timeline
from cds_service.facts.question import asked
from cds_service.facts.reasons import Reasons
from cds_service.facts.recurrence import local_recurrence, phase_with
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source
from cds_service.facts.stage import category_fact, group_fact, m_fact, perhaps_metastatic, shown
from cds_service.facts.stage_marks import marks
from cds_service.facts.stage_statements import StageMark
from cds_service.facts.therapy import Progress, Treatment, TreatmentEvent
from cds_service.facts.tissue import Told, tissue_told
from cds_service.facts.tumor import RECEPTORS, histology_fact, inflammatory_fact, receptor_fact, size_fact
from cds_service.value import Value


class Chart(Value, frozen=True, kw_only=True):
    """What is read once for all cancers of the patient. `side`: of the order.

    `safety`: reads what speaks against contrast. `another`: the other disease of what it looks at that the study may
    be for.
    """

    found: tuple[Diagnosis, ...]
    events: tuple[TreatmentEvent, ...]
    reasons: Reasons
    prior: tuple[PriorStudy, ...]
    of_patient: dict[str, Fact]
    safety: ReadLater
    side: str
    another: Another


def episode(cancer: Cancer, others: tuple[Cancer, ...], chart: Chart, source: Source) -> Episode:
    """One cancer, beside the others of the patient, with everything the order could be judged by."""
    course = timeline(cancer, chart.found, chart.events, source)
    stated = marks(cancer, others, chart.found, source)
    distant = distant_disease(chart.found, cancer, others, source, course.operated)
    told = tissue_told(cancer, others, source)
    staged = _stage_facts(cancer, others, course, stated, told, source)
    phase = Known("metastatic", evidence=distant.proof) if distant.proof else course.phase
    nodes = _nodes(staged, cancer, course, phase, chart, source)
    staged["clinical-n"] = nodes.clinical_n
    staged["stage-group"] = _group(staged, stated, course, cancer, source)
    implied = _implied_n(staged)
    if implied is not None:
        staged["clinical-n"] = implied
        nodes = _nodes(staged, cancer, course, phase, chart, source)
        staged["clinical-n"] = nodes.clinical_n
    facts = {
        **chart.of_patient,
        **staged,
        **_of_nodes(nodes),
        **_of_distant(distant),
        "cancer": _cancer_fact(cancer, staged, told, chart),
        "laterality": Known(cancer.side),
        "order-laterality": Known(chart.side),
        "disease-phase": perhaps_metastatic(phase, staged),
        "breast-surgery": _surgery(course, chart, cancer),
        "local-recurrence": local_recurrence(cancer, chart.found, chart.reasons, source, course.operation),
    }
    facts |= _with_sampled_node(stated)
    facts |= with_seen_node(facts)
    facts |= with_reported_node(facts, source)
    facts |= with_larger_tumour(facts)
    facts |= with_reported_tumour(facts, source)
    facts |= with_reported_therapy(facts, source)
    phase = phase_with(facts["local-recurrence"], facts["disease-phase"])
    facts["disease-phase"] = _with_current_cancer(phase, source)
    sides = frozenset([each.side for each in (cancer, *others)])
    question = asked(source, chart.reasons, facts["disease-phase"], another=chart.another, sides=sides)
    return Episode(asked=question, facts=Facts(facts, chart.safety), condition=min(cancer.references, default=None))


def _nodes(
    staged: dict[str, Fact], cancer: Cancer, course: Timeline, phase: Fact, chart: Chart, source: Source
) -> Axilla:
    return axilla(cancer, chart.found, staged["clinical-n"], course.therapy_began, phase, chart.prior, source)


def _of_nodes(nodes: Axilla) -> dict[str, Fact]:
    return {
        "node-palpable": nodes.palpable,
        "axillary-lump": nodes.lump,
        "node-suspicious-on-imaging": nodes.suspicious,
        "node-suspicious-after-therapy": nodes.suspicious_after_therapy,
        "node-metastasis-proven": nodes.proven,
        "axilla-imaged": nodes.imaged,
        "axilla-imaged-before-therapy": nodes.imaged_before_therapy,
        "node-positive-before-neoadjuvant": nodes.positive_before_therapy,
    }


def _of_distant(distant: Distant) -> dict[str, Fact]:
    return {
        "metastasis-suspected": distant.suspected,
        "metastasis-site": distant.site,
        "liver-tests": distant.liver_tests,
        "tumor-marker-raised": distant.tumor_marker,
    }


# --- stage ------------------------------------------------------------------------------------------------------------
def _stage_facts(
    cancer: Cancer,
    others: tuple[Cancer, ...],
    course: Timeline,
    stated: tuple[StageMark, ...],
    told: Told,
    source: Source,
) -> dict[str, Fact]:
    until, retrieved = course.therapy_began, _stage_retrieved(source)
    return {
        "clinical-t": category_fact(stated, "t", until, retrieved=retrieved),
        "clinical-n": category_fact(stated, "n", until, retrieved=retrieved),
        "clinical-m": m_fact(stated, retrieved=retrieved),
        "inflammatory": inflammatory_fact(cancer, stated, told, source),
        "tumor-size-mm": size_fact(cancer, others, until, source),
        "histology": histology_fact(cancer),
        **{name: receptor_fact(name, cancer, others, source) for name in RECEPTORS},
    }


def _stage_retrieved(source: Source) -> bool:
    return not source.record.any_failed("observations", "conditions")


def _group(
    staged: dict[str, Fact], stated: tuple[StageMark, ...], course: Timeline, cancer: Cancer, source: Source
) -> Fact:
    """The stage group, once the nodes have had their say on N; where they contradict N, they contradict the group."""
    return group_fact(
        stated,
        staged["clinical-t"],
        staged["clinical-n"],
        course.therapy_began,
        at_least=_at_least(staged, cancer, source),
        retrieved=_stage_retrieved(source),
    )


def _at_least(staged: dict[str, Fact], cancer: Cancer, source: Source) -> frozenset[str] | None:
    inflamed = staged["inflammatory"]
    if isinstance(inflamed, Known) and inflamed.value == "yes":
        return frozenset({"IIIB", "IIIC"})
    coded = any("breast-cancer-locally-advanced" in each.sets for each in cancer.named_by)
    if coded or any(is_advanced(each) for each in cancer.named_by) or _said_advanced(source):
        return frozenset({"IIB", "IIIA", "IIIB", "IIIC"})
    return None


def _said_advanced(source: Source) -> bool:
    """Whether the order calls the tumour locally advanced, or names what makes it so, even in doubt."""
    return any(names_advanced(source.words_of(draft), source.order_readings(draft)) for draft in source.drafts)


def _implied_n(staged: dict[str, Fact]) -> Fact | None:
    """N as far as a recorded stage group fixes it (IA is N0, IB is N1mi, IIA is N0 or N1); None where it does not."""
    recorded, group, t = staged["clinical-n"], staged["stage-group"], staged["clinical-t"]
    if not isinstance(recorded, Unknown) or recorded.reason is UnknownReason.CONTRADICTORY:
        return None
    if not isinstance(group, Known | OneOf):
        return None
    groups = (str(group.value),) if isinstance(group, Known) else group.candidates
    ts = (str(t.value),) if isinstance(t, Known) else staging.T_CATEGORIES[1:]
    ns = staging.possible_ns(ts, groups)
    if len(ns) == 1:
        return Known(ns[0], evidence=group.evidence)
    return OneOf(ns, evidence=group.evidence) if 1 < len(ns) < len(staging.N_CATEGORIES) else None


def _with_current_cancer(phase: Fact, source: Source) -> Fact:
    """An order that stages a cancer, or calls it inflammatory, in a patient followed for one may be about a new one."""
    if not isinstance(phase, Known) or phase.value != "surveillance":
        return phase
    texts = [text for draft in source.drafts for text in source.words_of(draft)]
    readings = source.readings(*texts)
    if any(reading.of(Kind.FOLLOW_UP) for reading in readings):
        return phase
    inflamed = any(m.value == "inflammatory" for reading in readings for m in reading.affirmed(Kind.BREAST_CANCER))
    current = inflamed or any(reading.staging for reading in readings) or _said_advanced(source)
    return OneOf(("new", "surveillance"), evidence=phase.evidence) if current else phase


def _with_sampled_node(stated: tuple[StageMark, ...]) -> dict[str, Fact]:
    """Where a node was sampled, by needle or sentinel biopsy, and is no N0, the metastasis is proven."""
    sampled = [mark for mark in stated if mark.detail == "sampled" and mark.values != ("N0",)]
    return {"node-metastasis-proven": Known("yes", evidence=tuple(shown(m) for m in sampled))} if sampled else {}


# --- the cancer, its surgery, its recurrence --------------------------------------------------------------------------
def _cancer_fact(cancer: Cancer, staged: dict[str, Fact], told: Told, chart: Chart) -> Fact:
    """Invasive, in situ, or unknown: while it is only provisional, or where it is called a sarcoma or lymphoma (E29).

    A histology-neutral code counts as invasive. In situ beside a history of breast cancer (Z85.3; of in situ that would
    be Z86.000) may be what is left on the list of an invasive one. A histology that knows of carcinoma in situ alone
    contradicts what is called neutrally, and staged as invasive.
    """
    evidence = tuple([_named(each) for each in cancer.named_by])
    of_other_tissue = not all(each.carcinoma for each in cancer.named_by) and not cancer.named(Disease.INVASIVE)
    if of_other_tissue or not any(each.certain for each in cancer.named_by):
        return Unknown(UnknownReason.NOT_RECORDED, evidence=evidence)
    t, group = staged["clinical-t"], staged["stage-group"]
    only_in_situ = _is(t, "Tis") or (_is(group, "0") and not isinstance(t, Known))
    staged_invasive = (isinstance(t, Known) and t.value != "Tis") or (isinstance(group, Known) and group.value != "0")
    # In situ beside a histology-neutral code is in situ, unless it is staged as invasive: then it is its component.
    in_situ = cancer.in_situ and not (cancer.named(Disease.UNSPECIFIED) and staged_invasive)
    past = [each for each in chart.found if each.disease is Disease.HISTORY and same_side(each.side, cancer.side)]
    if in_situ and past:
        return OneOf(("invasive", "in-situ"), evidence=(*evidence, *map(_named, past)))
    if in_situ or (only_in_situ and not cancer.named(Disease.INVASIVE)):
        return Known("in-situ", evidence=evidence)
    called_invasive = any(each.disease in _INVASIVE for each in cancer.named_by)
    if not called_invasive and told.in_situ(measured=isinstance(t, Known) and t.value in ("T1", "T2", "T3", "T4")):
        return OneOf(("invasive", "in-situ"), evidence=(*evidence, *told.evidence))
    if isinstance(t, OneOf) and "Tis" in t.candidates and not cancer.named(Disease.INVASIVE):
        return OneOf(("invasive", "in-situ"), evidence=evidence)
    neutral = all(each.disease in (Disease.UNSPECIFIED, Disease.HISTORY) for each in cancer.named_by)
    return Known("invasive", evidence=evidence, assumed="invasive" if neutral else None)


_INVASIVE = (Disease.INVASIVE, Disease.INFLAMMATORY, Disease.RECURRENCE)


def _is(fact: Fact, value: str) -> bool:
    return isinstance(fact, Known) and fact.value == value


_NAMES = {
    Disease.UNSPECIFIED: "breast cancer",
    Disease.HISTORY: "history of breast cancer",
    Disease.RECURRENCE: "recurrence of breast cancer",
}


def _named(each: Diagnosis) -> Evidence:
    return Evidence(
        value=_NAMES.get(each.disease) or f"{each.disease} breast cancer",
        resources=(each.reference,),
        date=each.since.text if each.since is not None else None,
    )


def _surgery(course: Timeline, chart: Chart, cancer: Cancer) -> Fact:
    """The surgery of the side asked about: after a mastectomy on one side, an unstated side means the other breast; of
    a breast that had none there is no local recurrence."""
    kinds = {event.treatment for event in course.surgery}
    evidence = tuple(
        Evidence(value=e.treatment.value, resources=(e.resource,), date=e.start.text if e.start else None)
        for e in course.surgery
    )
    if Treatment.MASTECTOMY in kinds:
        removed = _removed(chart.events, cancer)
        asked_about = {"left", "right"} if chart.side in ("bilateral", "unstated") else {chart.side}
        return Known("mastectomy" if asked_about <= removed else "none", evidence=evidence)
    if kinds == {Treatment.CONSERVING}:
        one_side = chart.side in ("left", "right")
        operated = {cancer.side if event.side == "unstated" else event.side for event in course.surgery}
        other = one_side and not any(same_side(chart.side, side) for side in operated)
        return Known("none" if other else "conserving", evidence=evidence)
    if isinstance(course.phase, Known) and course.phase.value in ("new", "neoadjuvant-planned"):
        return Known("none")
    return NOT_RECORDED


def _removed(events: tuple[TreatmentEvent, ...], cancer: Cancer) -> set[str]:
    """The sides without a breast; a mastectomy that names none was of the side of the cancer."""
    sides: set[str] = set()
    for event in events:
        if event.treatment is Treatment.MASTECTOMY and event.progress is not Progress.PLANNED:
            side = cancer.side if event.side == "unstated" else event.side
            sides |= {"left", "right"} if side == "bilateral" else {side}
    return sides
