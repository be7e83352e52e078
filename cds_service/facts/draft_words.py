"""Words of the order and of the drafts beside it that nobody understood: they may name what nobody listed.

The reasons of the order itself are read in `facts.reasons`, and its notes in `facts.cancer_notes`; what is understood
is read in `facts.order_suspicions`.
"""

import re
from collections.abc import Iterator

from cds_service.coding import ICD10CM
from cds_service.facts import unread
from cds_service.facts.beside import reasons_beside, written_in
from cds_service.facts.cancer_notes import is_open_note
from cds_service.facts.model import Evidence
from cds_service.facts.referred import displays_in_support
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.suspicion import Suspicion
from cds_service.facts.understood import names_known
from cds_service.fhir.resources import CodeableConcept, Drafted, ServiceRequest
from cds_service.knowledge.record_words import In


def of_draft_words(source: Source) -> Iterator[Suspicion]:
    """What nobody understood in instruction and support of the order, and in the other drafts of its session."""
    for draft in source.drafts:
        yield from _open(unread.INSTRUCTION, draft, tells_of_patient(draft.patient_instruction, source))
        yield from _open(unread.SUPPORT, draft, _support_is_open(draft, source))
        yield from _open(unread.NOTE, draft, _says_more(draft))
    for each in source.beside:
        yield from source.once(_of_beside, each)
    for name in source.unread_beside:
        yield Suspicion(kind=None, site="other", evidence=Evidence(value=unread.DRAFT, resources=(name,)))


def _says_more(draft: ServiceRequest) -> bool:
    """Whether its narrative says more than its elements (https://hl7.org/fhir/R4/valueset-narrative-status.html)."""
    return draft.text is not None and draft.text.status == "additional"


def _open(value: str, draft: Drafted, is_open: bool) -> Iterator[Suspicion]:
    if is_open:
        evidence = Evidence(value=value, resources=(reference_to(draft),))
        yield Suspicion(kind=None, site="other", evidence=evidence)


def _of_beside(draft: Drafted, source: Source) -> tuple[Suspicion, ...]:
    is_open = (
        any(is_open_note(text, source) for text in written_in(draft))
        or any(_reason_is_open(reason, source) for reason in reasons_beside(draft, source))
        or (
            isinstance(draft, ServiceRequest)
            and (
                _says_more(draft)
                or tells_of_patient(draft.patient_instruction, source)
                or _support_is_open(draft, source)
            )
        )
    )
    return tuple(_open(unread.WORDS, draft, is_open))


def _reason_is_open(reason: CodeableConcept, source: Source) -> bool:
    """Whether a reason has no code that says what it is, and words that nobody understands."""
    if source.sets_of(reason) or any(code.system == ICD10CM for code in codes_of(reason)):
        return False
    return any(_is_unknown(text, source) for text in texts_of(reason))


def _support_is_open(draft: ServiceRequest, source: Source) -> bool:
    return any(_is_unknown(text, source) for text in displays_in_support(draft, source.referred))


def _is_unknown(text: str, source: Source) -> bool:
    """Whether a text is understood neither as a reason or a note is, nor as the name of a disease or a test."""
    return is_open_note(text, source) and not (
        len(text.split()) <= _OF_A_NAME and names_known(text, source.knowledge.record_words.tries[In.ENTRY])
    )


_OF_A_NAME = 4
"""Words of which a name has no more: a sentence may go on to something else."""


# --- instructions to the patient --------------------------------------------------------------------------------------
def tells_of_patient(instruction: str | None, source: Source) -> bool:
    """Whether an instruction may tell of the patient: a sentence of it that nobody understands is no preparation.

    "Nothing by mouth for 6 hours", "Bring prior images" have as many words as there are hospitals: what begins as
    preparation does is harmless, unless it names a disease or a doubt.
    """
    sentences = (part.strip() for part in re.split(r"[;!\n\r•]|\.(?!\d)", instruction or ""))
    return any(
        (_DISEASE.search(each) or not _PREPARES.match(each)) and is_open_note(each, source)
        for each in sentences
        if each
    )


_PREPARES = re.compile(
    r"(?:please |kindly |patient (?:to |should |must |will )|you (?:should |must |will |need to |may |can ))*"
    r"(?:do not|don'?t|no|nothing|npo|nil|avoid|bring|wear|remove|leave|take|hold|stop|continue|drink|eat|fast(?:ing)?"
    r"|arrive|come|check in|register|call|phone|tell|inform|notify|plan|allow|expect|go|park|use|keep|stay|rest|refrain"
    r"|skip|schedule|have|empty|void|shower|hydrate|receive|be|light (?:meal|breakfast)|low[- ]carb\w*|diabetics?"
    r"|if you (?:are|take|have)|see (?:the )?(?:attached|enclosed|leaflet|sheet|instructions?)"
    r"|the (?:exam|examination|scan|test|appointment|procedure) (?:takes|lasts|will take|is at|is on))\b",
    re.IGNORECASE,
)
"""How preparation for a study begins."""

_DISEASE = re.compile(
    r"\b(?:cancer|tumou?r|malignan\w*|metasta\w*|mets|spread\w*|lesion\w*|mass(?:es)?|lumps?|spots?|growths?|nodul\w*"
    r"|shadows?|diseases?|abnormal\w*|suspi\w*|suspect\w*|recur\w*|relaps\w*|c[ao]me back|return of|pain\w*|ache\w*"
    r"|hurt\w*|symptoms?|worse\w*|unwell|worr\w*|concern\w*|whether|rule out|r/o|because|due to|find out"
    r"|check (?:for|if)|look(?:ing)? (?:for|at))",
    re.IGNORECASE,
)
"""A disease, a complaint or a doubt: why a study is done is no preparation for it."""
