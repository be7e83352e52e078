"""Which drafts are imaging we know: one study each, or one study in two drafts. What is not ours is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from cds_service.coding import Code
from cds_service.criteria.model import ImagingOrder
from cds_service.facts.mentions import Kind, Mention
from cds_service.facts.studies import Naming, Study, identify
from cds_service.facts.source import codes_of, texts_of
from cds_service.facts.text import read_text
from cds_service.fhir.resources import ServiceRequest
from cds_service.knowledge.model import Knowledge

# An order that is over is not being placed (https://hl7.org/fhir/R4/valueset-request-status.html).
OVER = frozenset({"revoked", "completed", "entered-in-error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDraft:
    """A draft ServiceRequest that could be read; `selected`: the request asks about it."""

    draft: ServiceRequest
    place: str
    selected: bool


def imaging_orders(drafts: Sequence[ReadDraft], knowledge: Knowledge) -> tuple[ImagingOrder, ...]:
    """The studies among the drafts of which at least one half is selected, in the order of the drafts."""
    named = [(each, study(each.draft, knowledge)) for each in drafts if each.draft.status not in OVER]
    taken: set[int] = set()
    orders: list[ImagingOrder] = []
    for index, (read, named_study) in enumerate(named):
        if index in taken:
            continue
        if named_study.naming is Naming.FULL and read.selected:
            orders.append(_order(read, named_study))
        elif named_study.naming is Naming.HALF:
            other = _other_half(index, named, knowledge, taken)
            if other is not None and (read.selected or named[other][0].selected):
                taken.add(other)
                orders.append(_pair(read, named[other][0], _shared(named_study, named[other][1], knowledge)))
    return tuple(orders)


def study(draft: ServiceRequest, knowledge: Knowledge) -> Study:
    """The study a draft orders; none where the tracer it names is not the one that is rated."""
    found = identify(draft.code, details=draft.order_detail, names_axilla=_names_axilla(draft, knowledge), knowledge=knowledge)
    return Study(naming=Naming.NONE) if _other_tracer(draft, knowledge) else found


def unmapped_codes(draft: ServiceRequest, knowledge: Knowledge) -> tuple[Code, ...]:
    """The codes of a draft that name no study we know."""
    return tuple(code for code in codes_of(draft.code) if code not in knowledge.studies_by_code)


def _names_axilla(draft: ServiceRequest, knowledge: Knowledge) -> bool:
    """Whether the order itself, its site, details, words or reasons, names an axilla."""
    concepts = (draft.code, *draft.body_site, *draft.order_detail, *draft.reason_code)
    if any(knowledge.value_sets.matches("axilla-site", code) for code in codes_of(*concepts)):
        return True
    axillary = ("axillary-node-metastasis", "axillary-node-palpable", "axillary-lump")
    if any(knowledge.value_sets.matches(each, code) for each in axillary for code in codes_of(*draft.reason_code)):
        return True
    texts = (*texts_of(*concepts), *(note.text or "" for note in draft.note))
    mentions = [m for text in texts for m in _read(text, knowledge)]
    return any(m.kind is Kind.NODE or (m.kind is Kind.ASKS and m.value == "axilla") for m in mentions) or any(
        "axill" in text.lower() for text in texts
    )


def _other_tracer(draft: ServiceRequest, knowledge: Knowledge) -> bool:
    texts = (*texts_of(draft.code, *draft.order_detail), *(note.text or "" for note in draft.note))
    return any(m.kind is Kind.TRACER and m.value != "fdg" for text in texts for m in _read(text, knowledge))


def _read(text: str, knowledge: Knowledge) -> tuple[Mention, ...]:
    return read_text(text, knowledge.findings).mentions


def _order(read: ReadDraft, named: Study) -> ImagingOrder:
    return ImagingOrder(draft=read.draft, procedures=named.procedures, place=read.place, caveats=named.caveats)


def _pair(first: ReadDraft, second: ReadDraft, procedure: str) -> ImagingOrder:
    """The selected half speaks for the study; of two selected ones the first."""
    main, partner = (first, second) if first.selected else (second, first)
    return ImagingOrder(draft=main.draft, procedures=(procedure,), place=main.place, partner=partner.draft)


def _other_half(
    index: int, named: list[tuple[ReadDraft, Study]], knowledge: Knowledge, taken: set[int]
) -> int | None:
    mine = named[index][1]
    for other in range(index + 1, len(named)):
        theirs = named[other][1]
        if other not in taken and theirs.naming is Naming.HALF and _shared(mine, theirs, knowledge):
            return other
    return None


def _shared(one: Study, other: Study, knowledge: Knowledge) -> str:
    """The study of which these are two different halves, or nothing."""
    for id in one.procedures:
        if id not in other.procedures:
            continue
        parts = knowledge.procedures[id].parts
        mine = {number for number, codes in enumerate(parts) if set(codes) & set(one.half)}
        theirs = {number for number, codes in enumerate(parts) if set(codes) & set(other.half)}
        if any(a != b for a in mine for b in theirs):
            return id
    return ""
