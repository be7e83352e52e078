"""Metastasis in one node of the axilla of the cancer, as a sample shows it: it is N, and nothing distant."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from cds_service.facts.breast_elsewhere import names_elsewhere
from cds_service.facts.breast_statements import statements
from cds_service.facts.mentions import Kind, Mention
from cds_service.facts.source import Source
from cds_service.fhir.resources import DiagnosticReport

_NODE = re.compile(r"\bnode\b|\bLN\b", re.IGNORECASE)
_OF_AXILLA = re.compile(r"\baxill|\bsentinel\b", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s*(?:carcinoma\s+)?(?:involving|in|to|within)\s+(?:an?|one|the|single|left|right|1)\b", re.IGNORECASE
)
_ORIGIN = re.compile(r"\b(?:primary|origin|source)\b", re.IGNORECASE)
_OF_BREAST = re.compile(r"\b(?:breast|mammary)\b", re.IGNORECASE)
_MORE = re.compile(
    r"\bnodes\b|\bLNs\b|extra-?\s?(?:nodal|capsular)|\bEN[E]\b|\bEC[ES]\b|matted|fixed|conglomerate|dissect|clearance"
    r"|\blevel (?:III|3)\b|\bapical\b|\bapex\b"
    r"|\b(?:unknown|uncertain|unclear|undetermined|versus|vs|cannot|possib\w+|probab\w+|suspicious|favou?r\w*|rule)\b|\?"
    r"|melanoma|squamous|neuroendocrine|small cell|lymphoma|sarcoma",
    re.IGNORECASE,
)
"""What says more than one node, growth out of it, a node under the collar bone, a doubt, or another tumour."""


def nodal_metastases(report: DiagnosticReport, own: frozenset[str], source: Source) -> Iterator[Mention]:
    """The metastases that a report names in one axillary node on one of these sides, and nowhere else.

    "Left axillary lymph node, core biopsy: metastatic carcinoma, breast primary": what stands before the colon is where
    the tissue is from.
    """
    text = report.conclusion or ""
    found = [each for each in source.read(text).of(Kind.METASTASIS) if each.may_hold and each.value == "unspecified"]
    if not found or _OF_AXILLA.search(text) is None:
        return
    starts = [each.start for each in found]
    heading = ""
    for statement in statements(report, source):
        said = text[statement.start : statement.end]
        here = found[bisect_left(starts, statement.start) : bisect_left(starts, statement.end)]
        if here and statement.sides <= own and not names_elsewhere(heading + said):
            for each in here:
                if _is_of_a_node(heading + text[statement.start : each.start], text[each.end : statement.end]):
                    yield each
        if said.strip():
            heading = said if said.strip().endswith(":") else ""


def _is_of_a_node(before: str, behind: str) -> bool:
    if _MORE.search(before) or _MORE.search(behind):
        return False
    if _ORIGIN.search(behind) and not _OF_BREAST.search(behind):
        return False
    where = before if not _BEHIND.match(behind) else behind
    return _NODE.search(where) is not None and _OF_AXILLA.search(where) is not None
