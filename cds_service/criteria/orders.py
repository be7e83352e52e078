"""Which drafts are imaging we know: one study each, or one study in two drafts. What is not ours is left alone."""

import logging
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from cds_service.criteria.contradiction import contradicts
from cds_service.criteria.model import ImagingOrder
from cds_service.criteria.study_words import names_tracer, speaks_for
from cds_service.facts.source import codes_of, texts_of
from cds_service.facts.studies import Naming, Study, identify
from cds_service.fhir.resources import ServiceRequest
from cds_service.knowledge.contrast import narrowed
from cds_service.knowledge.model import Knowledge
from cds_service.value import Value

logger = logging.getLogger(__name__)

_ENCODER = msgspec.msgpack.Encoder()

# An order that is over is not being placed (https://hl7.org/fhir/R4/valueset-request-status.html).
OVER = frozenset({"revoked", "completed", "entered-in-error"})


NOT_UNDERSTOOD = Study(naming=Naming.NONE)
"""Of an order that may be for another study than its code names."""


class ReadDraft(Value, frozen=True, kw_only=True):
    """A draft ServiceRequest that could be read; `selected`: the request asks about it."""

    draft: ServiceRequest
    place: str
    selected: bool


def imaging_orders(drafts: Sequence[ReadDraft], knowledge: Knowledge) -> tuple[ImagingOrder, ...]:
    """The studies among the drafts of which at least one half is selected, in the order of the drafts."""
    named = [(each, study(each.draft, knowledge)) for each in drafts if is_placed(each.draft)]
    for read, of in named:
        if of.disagree:
            logger.info("%s: the codes name different studies, so none is taken", read.place)
        elif of is NOT_UNDERSTOOD:
            logger.info("%s: the order may be for another study than its code names, so none is taken", read.place)
    orders = {at: _order(read, of) for at, (read, of) in enumerate(named) if of.naming is Naming.FULL and read.selected}
    halves = {at: _Half(read, of, knowledge) for at, (read, of) in enumerate(named) if of.naming is Naming.HALF}
    for at, other, procedure in _pairs(halves):
        main, partner = named[at][0], named[other][0]
        orders[min(at, other)] = ImagingOrder(
            draft=main.draft, procedures=(procedure,), place=main.place, partner=partner.draft
        )
    return tuple(orders[at] for at in sorted(orders))


@dataclass(frozen=True, slots=True)
class _Half:
    """A draft that is one half of a study, perhaps of several."""

    read: ReadDraft
    named: Study
    knowledge: Knowledge

    def parts(self) -> Iterator[tuple[str, int, int]]:
        """Each study it is a half of, the number of that half, and how many there are."""
        for procedure in self.named.procedures:
            parts = self.knowledge.procedures[procedure].parts
            for number, codes in enumerate(parts):
                if not set(codes).isdisjoint(self.named.half):
                    yield procedure, number, len(parts)


def _pairs(halves: Mapping[int, _Half]) -> Iterator[tuple[int, int, str]]:
    """Which halves make a study together, the selected one that speaks for it first.

    Selected halves choose first, and each other: a draft that nobody asks about must not take one from them.
    """
    selected_first = sorted(halves, key=lambda at: not halves[at].read.selected)
    waiting: dict[tuple[str, int], deque[int]] = defaultdict(deque)
    for at in selected_first:
        for procedure, number, _ in halves[at].parts():
            waiting[procedure, number].append(at)
    taken: set[int] = set()
    for at in selected_first:
        if halves[at].read.selected and at not in taken:
            found = _partner(at, halves[at], waiting, taken)
            if found is not None:
                taken |= {at, found[0]}
                yield at, *found


def _partner(
    at: int, half: _Half, waiting: Mapping[tuple[str, int], deque[int]], taken: set[int]
) -> tuple[int, str] | None:
    for procedure, number, count in half.parts():
        for other in range(count):
            queue = waiting.get((procedure, other), _NOBODY)
            while queue and queue[0] in taken:
                queue.popleft()
            if other != number and queue and queue[0] != at:
                return queue[0], procedure
    return None


_NOBODY: deque[int] = deque()


def is_placed(draft: ServiceRequest) -> bool:
    """Whether a draft orders something: one that is over does not, and one that says "do not perform" forbids it."""
    return draft.status not in OVER and not draft.do_not_perform


def study(draft: ServiceRequest, knowledge: Knowledge) -> Study:
    """The study a draft orders; none where its words or its site speak for another than its code does.

    Where its code leaves contrast open, the words and details of the order may say it. Orders are alike from patient to
    patient, so that it is remembered as what concepts mean is.
    """
    says = (draft.code, draft.body_site, draft.order_detail, draft.reason_code, draft.note)
    try:
        known = knowledge.meanings.recall_concept(_ENCODER.encode(says), dict)
    except UnicodeEncodeError:  # half a character, as JSON can spell it
        return _study(draft, knowledge)
    if study not in known:
        known[study] = _study(draft, knowledge)
    found: Study = known[study]
    return found


def _study(draft: ServiceRequest, knowledge: Knowledge) -> Study:
    found = identify(draft.code, names_axilla=lambda: _names_axilla(draft, knowledge), knowledge=knowledge)
    if any(not speaks_for(draft, knowledge.procedures[each], knowledge) for each in found.procedures):
        return NOT_UNDERSTOOD
    if found.procedures and all(contradicts(draft, knowledge.procedures[each], knowledge) for each in found.procedures):
        return NOT_UNDERSTOOD
    found = _with_tracer(found, draft, knowledge)
    if found.naming is Naming.FULL and len(found.procedures) > 1:
        words = texts_of(draft.code, *draft.order_detail)
        return msgspec.structs.replace(found, procedures=narrowed(found.procedures, words, knowledge))
    return found


_FDG = "FDG taken as the tracer."


def _with_tracer(found: Study, draft: ServiceRequest, knowledge: Knowledge) -> Study:
    """Says that FDG is assumed, where neither code nor words name the tracer (facts E44)."""
    if not any(knowledge.procedures[each].name_words for each in found.procedures):
        return found
    if names_tracer(draft, knowledge):
        said = (each.replace(_FDG, "").strip() for each in found.caveats)
        return msgspec.structs.replace(found, caveats=tuple(each for each in said if each))
    coded = any(code in knowledge.studies_by_code for code in codes_of(draft.code))
    return found if coded else msgspec.structs.replace(found, caveats=(*found.caveats, _FDG))


def _names_axilla(draft: ServiceRequest, knowledge: Knowledge) -> bool:
    """Whether the order names an axilla: by its body site, where it has one; else by details, words or reasons."""
    if draft.body_site:
        sites = (draft.code, *draft.body_site)
        coded = any(knowledge.value_sets.matches("axilla-site", code) for code in codes_of(*sites))
        return coded or any("axill" in text.lower() for text in texts_of(*sites))
    concepts = (draft.code, *draft.order_detail, *draft.reason_code)
    if any(knowledge.value_sets.matches("axilla-site", code) for code in codes_of(*concepts)):
        return True
    axillary = ("axillary-node-metastasis", "axillary-node-palpable", "axillary-lump")
    if any(knowledge.value_sets.matches(each, code) for each in axillary for code in codes_of(*draft.reason_code)):
        return True
    notes = (note.text or "" for note in draft.note)
    return any("axill" in text.lower() for text in (*texts_of(*concepts), *notes))


def _order(read: ReadDraft, named: Study) -> ImagingOrder:
    return ImagingOrder(draft=read.draft, procedures=named.procedures, place=read.place, caveats=named.caveats)
