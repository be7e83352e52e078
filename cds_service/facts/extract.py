"""From one order and the record around it to facts, one set for each cancer the order could be about.

The stages in order: diagnoses, cancers, treatment, then per cancer phase, stage, nodes, distant disease, and the
question the order asks of it.
"""

from collections.abc import Iterator

from cds_service.facts import staging
from cds_service.facts.diagnoses import (
    BREAST_CANCER,
    Diagnosis,
    Disease,
    diagnoses,
    disease_of,
    same_side,
    side_of,
)
from cds_service.facts.episodes import Cancer, cancers, relevant
from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.metastasis import Distant, distant_disease
from cds_service.facts.model import (
    NOT_RECORDED,
    NOT_RETRIEVED,
    Episode,
    Evidence,
    Fact,
    Facts,
    Known,
    OneOf,
    OrderFacts,
    PriorStudy,
    Unknown,
    UnknownReason,
)
from cds_service.facts.nodes import axilla
from cds_service.facts.patient import patient_facts
from cds_service.facts.phase import Timeline, timeline
from cds_service.facts.question import Reasons, asked, reasons
from cds_service.facts.source import Source, codes_of, reference_to
from cds_service.facts.stage import (
    StageMark,
    category_fact,
    group_fact,
    inflammatory,
    marks,
    receptor_fact,
    size_fact,
)
from cds_service.facts.studies import order_side, prior_studies
from cds_service.facts.treatment import Progress, Treatment, TreatmentEvent, treatment_events

OPTIONAL_KEYS = (
    "observations",
    "procedures",
    "medicationRequests",
    "medicationAdministrations",
    "carePlans",
    "diagnosticReports",
)


def extract(source: Source) -> OrderFacts:
    """The facts of one order. Never raises on any record."""
    recorded = diagnoses(source)
    found = (*recorded, *_order_diagnoses(recorded, source))
    events = treatment_events(found, source)
    given = reasons(source)
    prior = prior_studies(source)
    of_patient = patient_facts(found, source)
    side = order_side(source)
    every = relevant(_cancers(found, source))
    chosen = _asked_about(every, side, source)
    episodes = tuple(
        _episode(cancer, every, found=found, events=events, given=given, prior=prior, of_patient=of_patient, side=side, source=source)
        for cancer in chosen
    ) or (_no_cancer(found, given, of_patient, source),)
    return OrderFacts(
        episodes=episodes,
        assumed=tuple(_assumed(of_patient, source)),
        unreadable=tuple(each.place for each in source.record.unreadable),
        prior_imaging=prior,
    )


def _assumed(of_patient: dict[str, Fact], source: Source) -> Iterator[str]:
    for key in OPTIONAL_KEYS:
        if source.record.not_supplied(key):
            yield f"{key}-not-supplied"
    if isinstance(of_patient["age-years"], Unknown):
        yield "adult"


# --- which cancers ------------------------------------------------------------------------------------------------------
def _order_diagnoses(recorded: tuple[Diagnosis, ...], source: Source) -> Iterator[Diagnosis]:
    """Diagnoses that only the order names: its reason codes, and its words where the record holds no breast cancer."""
    has_cancer = any(each.disease in BREAST_CANCER for each in recorded)
    for draft in source.drafts:
        for concept in draft.reason_code:
            disease = disease_of(concept, source)
            if disease is Disease.OTHER or (disease is Disease.UNSPECIFIED and has_cancer):
                continue
            if disease is Disease.INVASIVE and has_cancer:
                continue
            if disease is Disease.METASTASIS and not codes_of(concept):
                continue  # words about metastasis are read with their negation in facts.metastasis
            yield Diagnosis(
                disease=disease,
                reference=reference_to(draft),
                concept=concept,
                side=side_of(source, concept),
            )


def _cancers(found: tuple[Diagnosis, ...], source: Source) -> tuple[Cancer, ...]:
    """The breast cancers; a cancer known only as history is one too."""
    named = cancers(found, source)
    history = tuple(each for each in found if each.disease is Disease.HISTORY)
    if named or not history:
        return named
    return (Cancer(side=history[0].side, named_by=history, since=None),)


def _asked_about(every: tuple[Cancer, ...], side: str, source: Source) -> tuple[Cancer, ...]:
    """The cancers an order could be about: all for a study of the body, those of its side for breast and axilla."""
    if source.procedures[0].family in ("systemic", "head"):
        return every
    return tuple(cancer for cancer in every if same_side(cancer.side, side)) or every


# --- one cancer ---------------------------------------------------------------------------------------------------------
def _episode(
    cancer: Cancer,
    every: tuple[Cancer, ...],
    *,
    found: tuple[Diagnosis, ...],
    events: tuple[TreatmentEvent, ...],
    given: Reasons,
    prior: tuple[PriorStudy, ...],
    of_patient: dict[str, Fact],
    side: str,
    source: Source,
) -> Episode:
    others = tuple(each for each in every if each is not cancer)
    course = timeline(cancer, found, events, source)
    stated = marks(cancer, others, source)
    distant = distant_disease(found, cancer.since, source)
    staged = _stage_facts(cancer, others, course, stated, source)
    phase = _phase(course, staged, distant)
    recorded_n = staged["clinical-n"]
    nodes = axilla(cancer, found, recorded_n, course.therapy_began, phase, prior, source)
    staged |= {"clinical-n": nodes.clinical_n}
    staged["stage-group"] = _group(staged, stated, course, cancer, source)
    if isinstance(recorded_n, Unknown):
        nodes = axilla(cancer, found, _implied_n(recorded_n, staged), course.therapy_began, phase, prior, source)
        staged |= {"clinical-n": nodes.clinical_n}
    facts = Facts(
        {
            **of_patient,
            **staged,
            "cancer": _cancer_fact(cancer, staged),
            "laterality": Known(cancer.side),
            "order-laterality": Known(side),
            "disease-phase": phase,
            "node-palpable": nodes.palpable,
            "axillary-lump": nodes.lump,
            "node-suspicious-on-imaging": nodes.suspicious,
            "node-suspicious-after-therapy": nodes.suspicious_after_therapy,
            "node-metastasis-proven": nodes.proven,
            "axilla-imaged": nodes.imaged,
            "node-positive-before-neoadjuvant": nodes.positive_before_therapy,
            "metastasis-suspected": distant.suspected,
            "metastasis-site": distant.site,
            "liver-tests": distant.liver_tests,
            "tumor-marker-raised": distant.tumor_marker,
            "breast-surgery": _surgery(course, side, cancer, events, source),
            "local-recurrence": _local_recurrence(cancer, given, source),
        }
    )
    return Episode(asked=asked(source, given, phase), facts=facts, condition=min(cancer.references, default=None))


def _stage_facts(
    cancer: Cancer, others: tuple[Cancer, ...], course: Timeline, stated: tuple[StageMark, ...], source: Source
) -> dict[str, Fact]:
    retrieved = not source.record.failed("observations") and not source.record.failed("conditions")
    until = course.therapy_began
    m = category_fact(stated, "m", None, retrieved=retrieved)
    return {
        "clinical-t": category_fact(stated, "t", until, retrieved=retrieved),
        "clinical-n": category_fact(stated, "n", until, retrieved=retrieved),
        "clinical-m": m if m != NOT_RECORDED else Known("M0", assumed="m0"),
        "inflammatory": _inflammatory(cancer, stated, source),
        "tumor-size-mm": size_fact(cancer, others, until, source),
        "histology": Known(next((d.histology for d in cancer.named_by if d.histology != "not-specified"), "not-specified")),
        **{name: receptor_fact(name, cancer, others, source) for name in ("er", "pr", "her2")},
    }


def _inflammatory(cancer: Cancer, stated: tuple[StageMark, ...], source: Source) -> Fact:
    if inflammatory(cancer, stated, source):
        return Known("yes", evidence=(Evidence(value="inflammatory carcinoma", resources=tuple(sorted(cancer.references))),))
    return Known("no")


def _group(
    staged: dict[str, Fact], stated: tuple[StageMark, ...], course: Timeline, cancer: Cancer, source: Source
) -> Fact:
    """The stage group, once the nodes have had their say on N; where the nodes contradict N, they contradict the group."""
    n = staged["clinical-n"]
    if isinstance(n, Unknown) and n.reason is UnknownReason.CONTRADICTORY:
        return n
    retrieved = not source.record.failed("observations") and not source.record.failed("conditions")
    inflamed = staged["inflammatory"]
    at_least = None
    if isinstance(inflamed, Known) and inflamed.value == "yes":
        at_least = frozenset({"IIIB", "IIIC"})
    elif any(source.has("breast-cancer-locally-advanced", each.concept) for each in cancer.named_by):
        at_least = frozenset({"IIB", "IIIA", "IIIB", "IIIC"})
    return group_fact(
        stated, staged["clinical-t"], staged["clinical-n"], course.therapy_began, at_least=at_least, retrieved=retrieved
    )


def _implied_n(recorded: Fact, staged: dict[str, Fact]) -> Fact:
    """N as far as a recorded stage group fixes it: IA is N0, IB is N1mi, IIA is N0 or N1."""
    group, t = staged["stage-group"], staged["clinical-t"]
    contradictory = isinstance(recorded, Unknown) and recorded.reason is UnknownReason.CONTRADICTORY
    if contradictory or not isinstance(group, Known | OneOf):
        return recorded
    groups = (str(group.value),) if isinstance(group, Known) else group.candidates
    ts = (str(t.value),) if isinstance(t, Known) else staging.T_CATEGORIES[1:]
    ns = staging.possible_ns(ts, groups)
    if len(ns) == 1:
        return Known(ns[0], evidence=group.evidence)
    return OneOf(ns, evidence=group.evidence) if 1 < len(ns) < len(staging.N_CATEGORIES) else recorded


def _phase(course: Timeline, staged: dict[str, Fact], distant: Distant) -> Fact:
    """Metastatic by any proof, M1 or stage IV; else as the timeline says."""
    m = staged["clinical-m"]
    if isinstance(m, Known) and m.value == "M1":
        return Known("metastatic", evidence=m.evidence)
    if distant.proof:
        return Known("metastatic", evidence=distant.proof)
    return course.phase


def _cancer_fact(cancer: Cancer, staged: dict[str, Fact]) -> Fact:
    """Invasive, in situ, or unknown while it is only provisional. A histology-neutral code counts as invasive."""
    evidence = tuple(
        Evidence(
            value=f"{each.disease.value} breast cancer" if each.disease is not Disease.UNSPECIFIED else "breast cancer",
            resources=(each.reference,),
            date=each.since.text if each.since is not None else None,
        )
        for each in cancer.named_by
    )
    t = staged["clinical-t"]
    if not any(each.certain for each in cancer.named_by):
        return Unknown(NOT_RECORDED.reason, evidence=evidence)
    if cancer.in_situ or (isinstance(t, Known) and t.value == "Tis" and not cancer.named(Disease.INVASIVE)):
        return Known("in-situ", evidence=evidence)
    neutral = all(each.disease in (Disease.UNSPECIFIED, Disease.HISTORY) for each in cancer.named_by)
    return Known("invasive", evidence=evidence, assumed="invasive" if neutral else None)


def _surgery(
    course: Timeline, side: str, cancer: Cancer, events: tuple[TreatmentEvent, ...], source: Source
) -> Fact:
    """The surgery of the side asked about: after a mastectomy on one side, an unstated side means the other breast."""
    kinds = {event.treatment for event in course.surgery}
    evidence = tuple(
        Evidence(value=e.treatment.value, resources=(e.resource,), date=e.start.text if e.start else None)
        for e in course.surgery
    )
    removed = {e.side for e in events if e.treatment is Treatment.MASTECTOMY and e.progress is not Progress.PLANNED}
    if Treatment.MASTECTOMY in kinds:
        both = "bilateral" in removed or {"left", "right"} <= removed
        this_side = side in ("left", "right") and side in (removed | ({cancer.side} if "unstated" in removed else set()))
        return Known("mastectomy", evidence=evidence) if both or this_side else Known("none", evidence=evidence)
    if kinds == {Treatment.CONSERVING}:
        return Known("conserving", evidence=evidence)
    phase = course.phase
    if isinstance(phase, Known) and phase.value in ("new", "neoadjuvant-planned"):
        return Known("none")
    return NOT_RECORDED


def _local_recurrence(cancer: Cancer, given: Reasons, source: Source) -> Fact:
    if cancer.named(Disease.RECURRENCE):
        return Known("proven", evidence=(Evidence(value="local recurrence", resources=tuple(sorted(cancer.references))),))
    reference = (reference_to(source.draft),)
    for mention in given.mentions:
        present = mention.meant in (Meant.AFFIRMED, Meant.UNCERTAIN)
        if mention.kind is Kind.RECURRENCE and present and not _only_watched(given):
            return Known("suspected", evidence=(Evidence(value="recurrence named in the order", resources=reference),))
        if mention.kind is Kind.LOCAL_SYMPTOM and present:
            return Known("suspected", evidence=(Evidence(value="local symptom named in the order", resources=reference),))
    return NOT_RETRIEVED if source.record.failed("conditions") else Known("none")


def _only_watched(given: Reasons) -> bool:
    """"Surveillance for recurrence" watches for it; "suspected recurrence" suspects it."""
    follow_up = given.follow_up or any(m.kind is Kind.FOLLOW_UP and m.meant is Meant.AFFIRMED for m in given.mentions)
    suspected = any(m.kind is Kind.RECURRENCE and m.meant is Meant.UNCERTAIN for m in given.mentions)
    return follow_up and not suspected


# --- no cancer ----------------------------------------------------------------------------------------------------------
def _no_cancer(
    found: tuple[Diagnosis, ...], given: Reasons, of_patient: dict[str, Fact], source: Source
) -> Episode:
    """A patient without breast cancer on record; unknown where the conditions were not read, or only words name one."""
    cancer: Fact = NOT_RETRIEVED if source.record.failed("conditions") else Known("none")
    said = any(m.kind is Kind.BREAST_CANCER and m.meant in (Meant.AFFIRMED, Meant.UNCERTAIN) for m in given.mentions)
    if said:
        cancer = OneOf(("invasive", "none"), evidence=(Evidence(value="named in the order", resources=(reference_to(source.draft),)),))
    distant = distant_disease(found, None, source)
    phase: Fact = OneOf(("new", "surveillance"))
    facts = Facts(
        {
            **of_patient,
            "cancer": cancer,
            "disease-phase": Known("metastatic", evidence=distant.proof) if distant.proof else phase,
            "metastasis-suspected": distant.suspected,
            "metastasis-site": distant.site,
        }
    )
    verdict = asked(source, given, phase)
    return Episode(asked=verdict, facts=facts)
