"""Puts words together that mean something only together: pain and its site, a node and its state, a test and its level.

Works on items, before negation is looked at; the anchor of each part says where negation will have to reach.
"""

from cds_service.facts.mentions import Kind
from cds_service.facts.text_calcium import read_calcium
from cds_service.facts.text_items import REACH, Parse, Part, Unit
from cds_service.facts.text_levels import compose_test
from cds_service.facts.text_nodes import AXILLA, compose_node
from cds_service.facts.text_sites import compose_head
from cds_service.knowledge.findings import Entry, Findings, Role

_EXPLAINS = frozenset(
    {
        Kind.SYMPTOM,
        Kind.SIGN,
        Kind.LABORATORY,
        Kind.IMAGING_FINDING,
        Kind.METASTASIS,
        Kind.TUMOR_MARKER,
        Kind.NODE,
        Kind.LOCAL_SYMPTOM,
        Kind.BREAST_CANCER,
        Kind.RECURRENCE,
        Kind.OTHER_MALIGNANCY,
        Kind.OTHER_REASON,
    }
)


def compose(parse: Parse, findings: Findings) -> None:
    """Fills the units of a parse."""
    items, roles = parse.items, parse.roles
    if Role.TEST in roles and Role.HEAD in roles:
        read_calcium(parse, findings)
    for index in roles.get(Role.CONCEPT, ()):
        _concept(parse, index, items[index].entry)
    for index in roles.get(Role.CUE, ()):
        if items[index].entry.means:
            _concept(parse, index, items[index].entry)
    for index in roles.get(Role.HEAD, ()):
        compose_head(parse, index, findings)
    axillae = [index for index in roles.get(Role.SITE, ()) if items[index].entry.id == AXILLA]
    for index in sorted([*roles.get(Role.NODE, ()), *axillae]):
        if parse.owner[index] is None:
            compose_node(parse, index)
    for index in roles.get(Role.TEST, ()):
        compose_test(parse, index)
    for index in parse.alone:
        if parse.owner[index] is None:
            _alone(parse, index)


def _concept(parse: Parse, index: int, entry: Entry) -> None:
    parts = [Part(kind, value, index, entry.site, entry.detail, entry.meant) for kind, value in entry.means]
    parse.own(Unit(parts, [index]))


def _alone(parse: Parse, index: int) -> None:
    """A word that must never be overlooked ("suspicious", "elevated"), where no neighbour explains it."""
    meaning = parse.items[index].entry.alone
    if meaning is None:
        return
    kind, value = meaning
    if _explained(parse, index, 1, kind) or _explained(parse, index, -1, kind):
        return
    parse.own(Unit([Part(kind, value, index, site="other")], [index]))


def _explains(kind: Kind) -> frozenset[Kind]:
    """What explains a lone word: a raised something only a test, a suspicious something any finding."""
    return frozenset({Kind.LABORATORY, Kind.TUMOR_MARKER}) if kind is Kind.LABORATORY else _EXPLAINS


def _explained(parse: Parse, index: int, step: int, kind: Kind) -> bool:
    at, gap = index + step, 0
    while 0 <= at < len(parse.items) and gap <= REACH:
        unit = parse.owner[at]
        if unit is not None:
            return any(part.kind in _explains(kind) for part in unit.parts)
        item = parse.items[at]
        if item.role is Role.BREAK or (item.role is Role.JOIN and step < 0):
            return False
        at += step
        gap += 1
    return False
