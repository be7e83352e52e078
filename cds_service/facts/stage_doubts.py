"""What else is known of nodes and tumour that the recorded stage may not have known: it leaves the stage open."""

from cds_service.facts import staging
from cds_service.facts.model import VOCABULARY, Evidence, Fact, Known, OneOf, Unknown, candidates
from cds_service.facts.stage import shown
from cds_service.facts.stage_statements import StageMark


def with_sampled_node(stated: tuple[StageMark, ...]) -> dict[str, Fact]:
    """AJCC writes cN1(f) where the node was sampled by needle, (sn) by sentinel biopsy: the metastasis is proven."""
    sampled = [
        m for m in stated if m.kind == "n" and m.values != ("N0",) and m.written.lower().endswith(("(f)", "(sn)"))
    ]
    return {"node-metastasis-proven": Known("yes", evidence=tuple(shown(m) for m in sampled))} if sampled else {}


def with_noticed_node(facts: dict[str, Fact]) -> dict[str, Fact]:
    """A suspicious node on imaging, or a lump that may be one, may make a T2 N0, which is IIA, a T2 N1: IIB."""
    group, t = facts["stage-group"], facts["clinical-t"]
    untreated = {"new", "neoadjuvant-planned"}.intersection(candidates("disease-phase", facts["disease-phase"]))
    # What is felt once therapy has begun says nothing of the stage at diagnosis.
    names = ("node-suspicious-on-imaging", *(("axillary-lump", "node-palpable") if untreated else ()))
    noticed = tuple(each for name in names for each in _noticed(facts[name]))
    small = isinstance(t, Known) and t.value in ("T0", "T1")
    if small or not noticed or isinstance(group, Unknown):
        return {}
    groups = candidates("stage-group", group)
    if "IIA" not in groups or "IIB" in groups:
        return {}
    evidence = tuple(dict.fromkeys((*group.evidence, *noticed)))
    return {
        "stage-group": OneOf((*groups, "IIB"), evidence=evidence),
        "clinical-n": OneOf(("N0", "N1"), evidence=evidence),
    }


def _noticed(fact: Fact) -> tuple[Evidence, ...]:
    """What leaves open, or says, that there is something in the axilla."""
    absent = isinstance(fact, Known) and fact.value in ("none", "no")
    return () if absent else fact.evidence


def with_larger_tumour(facts: dict[str, Fact]) -> dict[str, Fact]:
    """A tumour clearly larger than the recorded stage allows: 60 mm are no T1, and stage IA may be IIB or higher."""
    group, t, size = facts["stage-group"], facts["clinical-t"], facts["tumor-size-mm"]
    if isinstance(group, Unknown) or not isinstance(size, Known):
        return {}
    stated, ts = candidates("stage-group", group), staging.ts_of_size(float(size.value))
    groups = staging.possible_groups(ts, candidates("clinical-n", facts["clinical-n"]))
    order = VOCABULARY["stage-group"].domain
    higher = [each for each in order[order.index(stated[-1]) + 1 :] if each in groups]
    if not groups.isdisjoint(stated) or not higher:
        return {}
    stage = OneOf((*stated, *higher), evidence=(*group.evidence, *size.evidence))
    open_ts = () if isinstance(t, Unknown) else tuple(dict.fromkeys((*candidates("clinical-t", t), *ts)))
    if len(open_ts) < 2:
        return {"stage-group": stage}
    return {"stage-group": stage, "clinical-t": OneOf(open_ts, evidence=(*t.evidence, *size.evidence))}
