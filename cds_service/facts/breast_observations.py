"""Observations of breast and axilla, read as the sentence that name and value make: "Axillary nodes: matted, fixed".

What a report of the breast would say in that sentence, they say.
"""

import re
from collections.abc import Callable, Iterator

from cds_service.facts.advanced import is_over_t1
from cds_service.facts.breast_elsewhere import ELSEWHERE
from cds_service.facts.breast_node_results import NodeResult, result_of_node
from cds_service.facts.breast_reports import doubts_node, makes_advanced
from cds_service.facts.model import Evidence
from cds_service.facts.observations import affirmed_by_value, affirms, denies, has_result, observed, stated_in
from cds_service.facts.record_suspicions import read_elsewhere
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.stage_statements import says_nothing
from cds_service.fhir.resources import Observation, ObservationComponent
from cds_service.fhir.retrieved import Record
from cds_service.value import Value


class Sentence(Value, frozen=True):
    """What one Observation says, in one sentence."""

    text: str
    observation: Observation

    @property
    def evidence(self) -> Evidence:
        """The Observation, as evidence."""
        on = observed(self.observation)
        return Evidence(
            value="breast or axilla on record",
            resources=(reference_to(self.observation),),
            date=on.text if on is not None else None,
        )


def sentences(source: Source) -> tuple[Sentence, ...]:
    """What the Observations of breast and axilla say."""
    return source.once(_on_record, source.record)


def advanced_observed(source: Source) -> tuple[Evidence, ...]:
    """The Observations of the work-up that make the tumour larger than T2, or its nodes more than N1."""
    return _of(source, lambda text: makes_advanced("", text, source))


def larger_observed(source: Source) -> tuple[Evidence, ...]:
    """The Observations of the work-up that give the tumour a size over that of T1."""
    return _of(source, is_over_t1)


def doubtful_nodes_observed(source: Source) -> tuple[Evidence, ...]:
    """The Observations of the work-up that leave open whether a node of the axilla is taken, or say so."""
    return _of(
        source,
        lambda text: (
            result_of_node(text) is NodeResult.MALIGNANT
            or any(doubts_node(each, source) for each in sentences_of(text))
        ),
    )


def _of(source: Source, says: Callable[[str], bool]) -> tuple[Evidence, ...]:
    return tuple(
        [each.evidence for each in sentences(source) if _is_recent(each.observation, source) and says(each.text)]
    )


def _is_recent(observation: Observation, source: Source) -> bool:
    on = observed(observation)
    return on is None or not on.surely_older(source.windows.work_up_days, source.today)


_OF_BREAST = re.compile(r"breast|axill|\bnodes?\b|\bLNs?\b|tumou?r|cancer|carcinoma", re.IGNORECASE)
_NOT_THE_TUMOUR = re.compile(
    r"in situ|\bDCIS\b|calcif|\bwhole\b|specimen|\bbed\b|margin|distance|marker|previous|implant"
    r"|\b(?:breast|cup|bra) (?:size|volume|weight)",
    re.IGNORECASE,
)
"""What is measured of a breast and is no invasive tumour."""


def _on_record(record: Record, source: Source) -> tuple[Sentence, ...]:
    return tuple(
        [
            Sentence(text, observation)
            for observation, sets in source.telling_observations
            if has_result(observation) and not read_elsewhere(sets)
            for text in _said(observation)
        ]
    )


def _said(observation: Observation) -> Iterator[str]:
    if any(map(ELSEWHERE.search, texts_of(observation.body_site))):
        return
    for stated in stated_in(observation):
        names = () if denies(stated) else texts_of(stated.code)
        for name in filter(_OF_BREAST.search, names):
            if not (ELSEWHERE.search(name) or _NOT_THE_TUMOUR.search(name)):
                yield from _sentences_of(name, stated)


def _sentences_of(name: str, stated: Observation | ObservationComponent) -> Iterator[str]:
    if affirmed_by_value(stated) or (isinstance(stated, Observation) and affirms(stated)):
        yield name
    words = tuple(filter(None, (stated.value_string, *texts_of(stated.value_codeable_concept))))
    if not says_nothing(stated.value_codeable_concept, words):
        yield from (f"{name}: {word}" for word in words)
    length = stated.value_quantity
    if length is not None and length.value is not None and (length.unit or length.code) in ("mm", "cm"):
        yield f"{name}: {length.value:g} {length.unit or length.code}"
