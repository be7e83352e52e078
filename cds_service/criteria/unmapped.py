"""Orders that name nothing we know: their codes, for those who map a site's catalogue. Never their text."""

from collections.abc import Iterator, Sequence

from cds_service.coding import SNOMED, Code
from cds_service.criteria.model import ImagingOrder
from cds_service.criteria.orders import ReadDraft, is_placed
from cds_service.facts.source import codes_of, texts_of
from cds_service.fhir.resources import ServiceRequest
from cds_service.knowledge.model import Knowledge

NO_CODE = Code("", "")
"""Stands for an order in words alone."""

# https://hl7.org/fhir/R4/valueset-servicerequest-category.html, all but imaging (363679005): laboratory, counselling,
# education, surgery. An order that says so is no imaging, and nobody misses it.
_NOT_IMAGING = frozenset(Code(SNOMED, each) for each in ("108252007", "409063005", "409073007", "387713003"))


def unmapped_codes(
    drafts: Sequence[ReadDraft], orders: Sequence[ImagingOrder], knowledge: Knowledge
) -> tuple[Code, ...]:
    """The codes of the drafts asked about that are no study of ours, nor known to be something else."""
    if len(orders) == len(drafts):  # the usual case: every draft is a study
        return ()
    judged = [each for order in orders for each in (order.draft, order.partner)]
    return tuple(
        code
        for read in drafts
        if read.selected and is_placed(read.draft) and not any(read.draft is each for each in judged)
        for code in _unknown(read.draft, knowledge)
    )


def _unknown(draft: ServiceRequest, knowledge: Knowledge) -> Iterator[Code]:
    kinds = {code for category in draft.category for code in codes_of(category)}
    if kinds and kinds <= _NOT_IMAGING:
        return
    codes = tuple(codes_of(draft.code))
    if any(code in knowledge.studies_by_code or code in knowledge.not_covered for code in codes):
        return
    if codes:
        yield from codes
    elif texts_of(draft.code):
        yield NO_CODE
