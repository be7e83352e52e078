"""A patient whose record names no breast cancer: what is known of the axilla, as ACR asks of any woman (topic 286)."""

from cds_service.facts.episode import Chart
from cds_service.facts.episodes import Cancer
from cds_service.facts.mentions import Kind
from cds_service.facts.metastasis import distant_disease
from cds_service.facts.model import NOT_RECORDED, NOT_RETRIEVED, Episode, Evidence, Fact, Facts, Known, OneOf
from cds_service.facts.nodes import Axilla, axilla
from cds_service.facts.question import asked
from cds_service.facts.source import Source, reference_to


def no_cancer(chart: Chart, source: Source) -> Episode:
    """The facts without a breast cancer; unknown where conditions were not read, or only words name one."""
    distant = distant_disease(chart.found, None, (), source)
    phase = Known("metastatic", evidence=distant.proof) if distant.proof else OneOf(("new", "surveillance"))
    # The axilla is that of the side the order names: there is no tumour whose side could be another.
    of_order = Cancer(side=chart.side, named_by=(), since=None)
    nodes = axilla(of_order, chart.found, NOT_RECORDED, None, phase, chart.prior, source)
    facts: dict[str, Fact] = {
        **chart.of_patient,
        "cancer": _named_only(chart, source),
        "disease-phase": phase,
        "order-laterality": Known(chart.side),
        "axillary-lump": _lump(nodes),
        "node-palpable": nodes.palpable,
        "node-suspicious-on-imaging": nodes.suspicious,
        "node-metastasis-proven": nodes.proven,
        "metastasis-suspected": distant.suspected,
        "metastasis-site": distant.site,
    }
    asks = asked(source, chart.reasons, phase, another=chart.another)
    return Episode(asked=asks, facts=Facts(facts, chart.safety))


def _named_only(chart: Chart, source: Source) -> Fact:
    for mention in chart.reasons.mentions:
        if mention.kind is Kind.BREAST_CANCER and mention.may_hold:
            named = Evidence(value="named in the order", resources=(reference_to(source.draft),))
            return OneOf(("invasive", "none"), evidence=(named,))
    return NOT_RETRIEVED if source.record.failed("conditions") else Known("none")


def _lump(nodes: Axilla) -> Fact:
    """A lump in one axilla or both; with no cancer known a node that is felt is one, and nobody counts the sides."""
    felt = isinstance(nodes.palpable, Known) and nodes.palpable.value == "yes"
    if felt and isinstance(nodes.lump, Known) and nodes.lump.value == "none":
        return OneOf(("unilateral", "bilateral"), evidence=nodes.palpable.evidence)
    return nodes.lump
