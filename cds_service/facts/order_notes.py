"""What the notes and details of an order say beside its reason."""

import re
from collections.abc import Iterator

from cds_service.facts import unread
from cds_service.facts.advanced import is_large
from cds_service.facts.cancer_notes import is_open_note
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Evidence
from cds_service.facts.relapse_words import tells_of_relapse
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import Source, notes_of, reference_to, texts_of
from cds_service.facts.suspicion import Suspicion, tells_of_another


def of_order_notes(source: Source) -> Iterator[Suspicion]:
    """The notes and details of the order that nobody understood, neither as a reason is read nor as a note.

    What they are understood to say is read with the order (`facts.order_suspicions`).
    """
    for draft in source.drafts:
        details = texts_of(*draft.order_detail)
        notes = (*notes_of(draft), *(each.text for each in draft.order_detail if each.text))
        said = (*notes, *texts_of(*draft.reason_code))
        # A reason may ask for a recurrence, a note tells of one.
        told = any(is_open_note(text, source) or tells_of_relapse(text, source, ordered=True) for text in notes)
        told = told or any(tells_of_another(text, source) or tells_of_relapse(text, source) for text in details)
        if told or any(_is_beside_reason(text, source) for text in said):
            evidence = Evidence(value=unread.NOTE, resources=(reference_to(draft),))
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _is_beside_reason(text: str, source: Source) -> bool:
    """Whether a text on an order says more than its reason does, so that the reason is not all that it is for."""
    return (
        any(each.may_hold for each in source.read(text).of(Kind.ADVANCED))
        or _AWAITED.search(text) is not None
        or any(_SIZE.search(each) and is_large(each) for each in sentences_of(text))
        or _IN_SITU.search(text) is not None
    )


_SIZE = re.compile(r"\b(?:size|tumou?r|mass|lesion|cancer|lump|measur\w+)\b", re.IGNORECASE)
_IN_SITU = re.compile(r"\b(?:only|pure) DCIS\b|\bDCIS only\b", re.IGNORECASE)
_AWAITED = re.compile(
    r"\b(?:biops\w*|bx|path(?:ology)?|cytology|FNA|marrow)\b[^.;\n]{0,30}\b(?:pending|awaited|outstanding|scheduled)\b"
    r"|\b(?:awaiting|pending) (?:\w+ ){0,2}(?:biops\w*|bx|path(?:ology)?|cytology|FNA|marrow)\b",
    re.IGNORECASE,
)
"""A result that the order itself waits for."""
