"""Stage, T and N that a finding opens: a node that was seen, a larger tumour, what a breast report says of it.

What is recorded stays possible, and so does what the finding would make of it.
"""

from cds_service.facts import staging
from cds_service.facts.breast_observations import advanced_observed, doubtful_nodes_observed, larger_observed
from cds_service.facts.breast_reports import advanced, doubtful_nodes, larger_tumours, telling_of_therapy
from cds_service.facts.model import Evidence, Fact, Known, OneOf, Unknown, UnknownReason, candidates
from cds_service.facts.node_findings import NODE_IN_A_REPORT
from cds_service.facts.source import Source
from cds_service.facts.told_in_notes import advanced_in_notes, positive_nodes_written, therapy_begun
from cds_service.facts.vocabulary import VOCABULARY

_GROUPS = VOCABULARY["stage-group"].domain


def with_seen_node(facts: dict[str, Fact]) -> dict[str, Fact]:
    """A suspicious node on imaging, or a lump in the axilla that may be one, may make T2 N0 (IIA) T2 N1 (IIB)."""
    group, t = facts["stage-group"], facts["clinical-t"]
    small = isinstance(t, Known) and t.value in ("T0", "T1")
    if small or isinstance(group, Unknown):
        return {}
    groups = candidates("stage-group", group)
    if "IIA" not in groups or "IIB" in groups:
        return {}
    untreated = {"new", "neoadjuvant-planned"}.intersection(candidates("disease-phase", facts["disease-phase"]))
    # What is felt once therapy has begun says nothing of the stage at diagnosis.
    names = ("node-suspicious-on-imaging", *(("axillary-lump", "node-palpable") if untreated else ()))
    proven = _reported(facts)
    noticed = [each for name in names for each in _noticed(facts[name])]
    if not noticed and not proven:
        return {}
    evidence = tuple(dict.fromkeys((*group.evidence, *noticed, *proven)))
    higher: dict[str, Fact] = {
        "stage-group": OneOf(tuple(sorted((*groups, "IIB"), key=_GROUPS.index)), evidence=evidence)
    }
    return higher if proven else {**higher, "clinical-n": OneOf(("N0", "N1"), evidence=evidence)}


def with_reported_node(facts: dict[str, Fact], source: Source) -> dict[str, Fact]:
    """Reports, Observations and notes of the work-up may make T2 N0 T2 N1, by a node of which they leave open whether
    it is taken, or an N1; and T1 with a node T2 N1, by a tumour over 20 mm: both are IIB."""
    group, t, n = facts["stage-group"], facts["clinical-t"], facts["clinical-n"]
    untreated = {"new", "neoadjuvant-planned"}.intersection(candidates("disease-phase", facts["disease-phase"]))
    if isinstance(group, Unknown) or not untreated:
        return {}
    groups = candidates("stage-group", group)
    if _EARLY.isdisjoint(groups) or "IIB" in groups:
        return {}
    small = (isinstance(t, Known) and t.value in ("T0", "T1")) or "IIA" not in groups
    larger = (*larger_tumours(source), *larger_observed(source)) if small else ()
    if small and not larger:
        return {}
    positive = isinstance(n, Known) and n.value in ("N1mi", "N1")
    noticed = (*doubtful_nodes(source), *doubtful_nodes_observed(source), *positive_nodes_written(source))
    if small:
        noticed += tuple(each for name in _NODES_SEEN for each in _noticed(facts[name]))
        noticed += n.evidence if positive else ()
    if not noticed:
        return {}
    evidence = tuple(dict.fromkeys((*group.evidence, *larger, *noticed)))
    opened: dict[str, Fact] = {
        "stage-group": OneOf(tuple(sorted((*groups, "IIB"), key=_GROUPS.index)), evidence=evidence)
    }
    if small and isinstance(t, Known):
        opened["clinical-t"] = OneOf((str(t.value), "T2"), evidence=evidence)
    return opened if positive else {**opened, "clinical-n": OneOf(("N0", "N1"), evidence=evidence)}


_NODES_SEEN = ("node-suspicious-on-imaging", "axillary-lump", "node-palpable")


def _reported(facts: dict[str, Fact]) -> tuple[Evidence, ...]:
    """The reports that prove a node where no N is on record: IIA may have been T2 N0, said before them."""
    proven = facts["node-metastasis-proven"]
    if not isinstance(proven, Known) or proven.value != "yes" or isinstance(facts["clinical-n"], Known):
        return ()
    return tuple(each for each in proven.evidence if each.value == NODE_IN_A_REPORT)


def _noticed(fact: Fact) -> tuple[Evidence, ...]:
    """What leaves open, or says, that there is something in the axilla."""
    absent = isinstance(fact, Known) and fact.value in ("none", "no")
    return () if absent else fact.evidence


def with_larger_tumour(facts: dict[str, Fact]) -> dict[str, Fact]:
    """A tumour larger than the recorded stage allows: 60 mm are no T1, and stage IA may be IIB or higher."""
    group, t, size = facts["stage-group"], facts["clinical-t"], facts["tumor-size-mm"]
    if isinstance(group, Unknown) or not isinstance(size, Known):
        return {}
    stated, ts = candidates("stage-group", group), (staging.t_of_size(float(size.value)),)
    groups = staging.possible_groups(ts, candidates("clinical-n", facts["clinical-n"]))
    if not groups.isdisjoint(stated):
        return {}
    higher = [each for each in _GROUPS[_GROUPS.index(stated[-1]) + 1 :] if each in groups]
    if not higher:
        return {}
    stage = OneOf((*stated, *higher), evidence=(*group.evidence, *size.evidence))
    open_ts = () if isinstance(t, Unknown) else tuple(dict.fromkeys((*candidates("clinical-t", t), *ts)))
    if len(open_ts) < 2:
        return {"stage-group": stage}
    return {"stage-group": stage, "clinical-t": OneOf(open_ts, evidence=(*t.evidence, *size.evidence))}


def with_reported_tumour(facts: dict[str, Fact], source: Source) -> dict[str, Fact]:
    """A breast report, an Observation or a plan may make the tumour T3 or T4, or its nodes N2 or N3, whatever stage is
    recorded."""
    group = facts["stage-group"]
    early = isinstance(group, Known | OneOf) and not _EARLY.isdisjoint(candidates("stage-group", group))
    reported = (*advanced(source), *advanced_observed(source), *advanced_in_notes(source)) if early else ()
    if not reported:
        return {}
    opened = {name: _opened(name, facts[name], values, reported) for name, values in _WHEN_ADVANCED.items()}
    return {**opened, "tumor-size-mm": Unknown(UnknownReason.CONTRADICTORY, evidence=reported)}


def with_reported_therapy(facts: dict[str, Fact], source: Source) -> dict[str, Fact]:
    """A breast report that speaks of systemic therapy, or a note that tells of a cycle: a cancer that looks untreated
    may be around it; one that is followed is not, if disease is left."""
    phase = facts["disease-phase"]
    if isinstance(phase, Unknown):
        return {}
    new = "new" in candidates("disease-phase", phase)
    told = telling_of_therapy(source, left=not new)
    told = (*told, *therapy_begun(source)) if new else told
    more = _AROUND_THERAPY if new else ("adjuvant", "recurrence")
    return {"disease-phase": _opened("disease-phase", phase, more, told)} if told else {}


_AROUND_THERAPY = ("neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed")


def _opened(name: str, fact: Fact, values: tuple[str, ...], reported: tuple[Evidence, ...]) -> Fact:
    """A fact that may also have these values; an unknown one stays unknown."""
    if isinstance(fact, Unknown):
        return fact
    found = sorted({*candidates(name, fact), *values}, key=VOCABULARY[name].domain.index)
    return OneOf(tuple(found), evidence=(*fact.evidence, *reported))


_EARLY = frozenset({"0", "IA", "IB", "IIA"})
_WHEN_ADVANCED = {
    "clinical-t": ("T3", "T4"),
    "clinical-n": ("N2", "N3"),
    "stage-group": ("IIB", "IIIA", "IIIB", "IIIC"),
}
