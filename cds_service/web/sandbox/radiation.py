"""The radiation of a patient's record beside each study ordered, as the card sums it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from cds_service.facts.source import Source
from cds_service.facts.studies import prior_studies
from cds_service.web.dose import dose_fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One drawing. `study`: the name of the study ordered, None where none is."""

    study: str | None
    html: Markup


def radiation(source: Source, ordered: Sequence[str]) -> Iterator[Dose]:
    """What is on record, once with each study ordered (ids of procedures.yaml), or by itself where none is."""
    knowledge = source.knowledge
    prior = prior_studies(source)
    for number, study in enumerate(ordered or (None,)):
        html = dose_fragment(prior, ordered=study, knowledge=knowledge, today=source.today, id=f"dose-{number}")
        yield Dose(study=knowledge.procedures[study].name if study is not None else None, html=html)
