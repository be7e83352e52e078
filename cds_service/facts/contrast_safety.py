"""What speaks against contrast: an allergy to it, and kidneys that do not clear it.

It changes no rating (facts E47), only what is offered. Absence is no allergy, and kidneys that work: both are recorded
when they are known not to be so. What speaks against contrast without deciding leaves the fact open.
"""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum

from cds_service.facts.diagnoses import Course, Diagnosis
from cds_service.facts.filtration import filtration, reduced_rate
from cds_service.facts.model import NOT_RETRIEVED, Evidence, Fact, Known, OneOf
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.fhir.resources import CodeableConcept, ServiceRequest
from cds_service.value import Value

GADOLINIUM, IODINATED = "gadolinium", "iodinated"
_CLAUSES = re.compile(r"[.;\n]\s*")
_BOTH = frozenset({GADOLINIUM, IODINATED})
_NEITHER: frozenset[str] = frozenset()
_SETS = frozenset(
    {
        "contrast-allergy-unspecified",
        "contrast-allergy-iodinated",
        "kidney-function-reduced",
        "kidney-disease-unstaged",
    }
)
_REACTIONS = r"allerg|anaphyla|hypersensitiv|reaction|intoleran|hives|urticaria|angio-?o?edema"
_TELLS = re.compile(rf"{_REACTIONS}|kidney|renal|ckd|es[rk]d|aki|dialysis|gfr")
"""Of this, each of the patterns below has something in it."""


class Against(IntEnum):
    """How much speaks against kidneys that work."""

    NOTHING = 0
    SOMETHING = 1  # a kidney disease whose stage nobody says
    REDUCED = 2


class _AgainstContrast(Value, frozen=True, kw_only=True):
    """What a problem on the list says against contrast: which contrast is not borne, and what of the kidneys."""

    allergy: frozenset[str]
    kidneys: Against


_Problems = list[tuple[_AgainstContrast, Diagnosis]]
_Said = list[tuple[ServiceRequest, tuple[str, ...]]]


def contrast_safety(found: Iterable[Diagnosis], source: Source) -> dict[str, Fact]:
    """Both facts, which rest on the same problems and the same words."""
    problems = [
        (against, each)
        for each in found
        if each.concept is not None and (against := source.alike(_against, each.concept)) is not None
    ]
    said = [(draft, _telling(*_words(draft, source))) for draft in source.drafts]
    return {
        "contrast-allergy": _contrast_allergy(problems, said, source),
        "kidney-function": _kidney_function(problems, said, source),
    }


def _against(concept: CodeableConcept, source: Source) -> _AgainstContrast | None:
    """What a problem on the list says against contrast; nearly all say nothing."""
    texts = _telling(*texts_of(concept))
    if not texts and _SETS.isdisjoint(source.sets_of(concept)):
        return None
    return _AgainstContrast(
        allergy=_of_sets(source, concept).union(*map(_allergy_said, texts)),
        kidneys=_kidneys_named(concept, texts, source),
    )


def _words(draft: ServiceRequest, source: Source) -> tuple[str, ...]:
    """Everything an order says."""
    said = (*texts_of(draft.code, *draft.order_detail), draft.patient_instruction)
    return (*source.words_of(draft), *(text for text in said if text))


def _telling(*texts: str) -> tuple[str, ...]:
    """These texts in lower case, where any of them may say something here: nearly none does."""
    words = tuple([text.lower() for text in texts])
    return words if _TELLS.search("\n".join(words)) is not None else ()


# --- allergy ----------------------------------------------------------------------------------------------------------
def _contrast_allergy(problems: _Problems, said: _Said, source: Source) -> Fact:
    """Which contrast the patient does not bear, by allergies, problem list and the order's own words.

    What was once an allergy still is one here, whatever the status of its entry: offering has to wait, not the patient.
    """
    kinds: dict[str, Evidence] = {}
    for named, reference in _allergies(problems, said, source):
        for kind in sorted(named):
            kinds.setdefault(kind, Evidence(value=f"{kind} contrast allergy", resources=(reference,)))
    if not kinds:
        return NOT_RETRIEVED if source.record.failed("allergies") else Known("none")
    return Known(next(iter(kinds)) if len(kinds) == 1 else "both", evidence=tuple(kinds.values()))


def _allergies(problems: _Problems, said: _Said, source: Source) -> Iterator[tuple[frozenset[str], str]]:
    for allergy in source.record.allergies:
        for concept in (allergy.code, *(reaction.substance for reaction in allergy.reaction)):
            if concept is not None:
                yield source.alike(_allergen, concept), reference_to(allergy)
    for against, problem in problems:
        yield against.allergy, problem.reference
    for draft, words in said:
        for concept in source.reasons_of(draft):
            if source.alike(_against, concept) is not None:  # their words are among those of the order
                yield _of_sets(source, concept), reference_to(draft)
        for text in words:
            yield _allergy_said(text), reference_to(draft)


def _allergen(concept: CodeableConcept, source: Source) -> frozenset[str]:
    """The contrast that the substance of an allergy is."""
    texts = (text for text in texts_of(concept) if not _NONE_KNOWN.match(text.lower()))
    return _of_sets(source, concept).union(*map(_substance, texts))


def _of_sets(source: Source, concept: CodeableConcept) -> frozenset[str]:
    sets = source.sets_of(concept)
    if "contrast-allergy-unspecified" in sets:
        return _BOTH
    return frozenset({IODINATED}) if "contrast-allergy-iodinated" in sets else _NEITHER


def _allergy_said(words: str) -> frozenset[str]:
    """The contrast of which some clause says that it is not borne: "no contrast, anaphylaxis to iohexol"."""
    told = [
        clause
        for clause in _CLAUSES.split(words)
        if _REACTION.search(clause) is not None and _NO_REACTION.search(clause) is None
    ]
    return _NEITHER.union(*map(_substance, told))


def _substance(text: str) -> frozenset[str]:
    words = _ANTISEPTIC.sub(" ", text.lower())
    named = {kind for kind, pattern in _NAMES.items() if pattern.search(words)}
    if named or not _CONTRAST.search(words):
        return frozenset(named)
    by_study = {kind for kind, pattern in _STUDIES.items() if pattern.search(words)}
    return frozenset(by_study) or _BOTH


# The stems of the WHO's international nonproprietary names (INN): io-, iodine-containing contrast media; gado-,
# diagnostic agents, gadolinium derivatives. Beside them brands, and what the list of allergies calls them.
_NAMES = {
    GADOLINIUM: re.compile(
        r"\bgad(?:o|avist)|\b(?:magnevist|multihance|prohance|omniscan|dotarem|clariscan|eovist|primovist|elucirem)\b"
    ),
    IODINATED: re.compile(
        r"\bio(?!d(?:ide|oform|oquinol)|n)[a-z]{4,}|\bdiatrizo|radiocontrast"
        r"|\b(?:contrast|radiographic|radiolog\w+|x-?ray|iv|ivp|ct) dye"
        r"|\b(?:omnipaque|isovue|visipaque|optiray|ultravist|oxilan|hexabrix|conray|hypaque|renografin|gastrografin)\b"
    ),
}
_ANTISEPTIC = re.compile(r"povidone[- ]?iod\w+|iodine[- ]povidone|betadine")
_CONTRAST = re.compile(r"\bcontrast\b")
_STUDIES = {
    GADOLINIUM: re.compile(r"\bmri?\b|\bmagnetic\b"),
    IODINATED: re.compile(r"\bct\b|\bcat\b|\bx-?ray|\bradiograph|\bangio"),
}
_NONE_KNOWN = re.compile(r"\W*(?:no|not|nkda|nka|denies|negative)\b")
_REACTION = re.compile(_REACTIONS)
_NO_REACTION = re.compile(
    r"\b(?:no|not|denies|denied)\s+(?:(?!due\b|to\b|because\b|given\b|since\b|as\b|for\b)\w+\s+){0,4}"
    r"(?:allerg|reaction|anaphyla|hypersens)|\bfamily\b"
)


# --- kidneys ----------------------------------------------------------------------------------------------------------
def _kidney_function(problems: _Problems, said: _Said, source: Source) -> Fact:
    """Reduced by a diagnosis, by the order's own words or by the filtration rate; open where only something says so.

    A filtration rate that does not say reduced answers for a disease whose stage is not known.
    """
    named = [(against.kidneys, each.reference) for against, each in problems if each.course is Course.ACTIVE]
    for draft, words in said:
        reasons = [source.alike(_against, concept) for concept in source.reasons_of(draft)]
        named += [(against.kidneys, reference_to(draft)) for against in reasons if against is not None]
        named += [(_kidneys_said(text), reference_to(draft)) for text in words]
    reduced = tuple(reference for against, reference in named if against is Against.REDUCED)
    if reduced:
        return Known("reduced", evidence=(Evidence(value="reduced kidney function", resources=reduced),))
    measured = filtration(source)
    if measured is not None:
        return measured
    unstaged = tuple(reference for against, reference in named if against is Against.SOMETHING)
    if unstaged:
        return OneOf(("normal", "reduced"), evidence=(Evidence(value="kidney disease", resources=unstaged),))
    failed = source.record.failed("conditions") or source.record.failed("observations")
    return NOT_RETRIEVED if failed else Known("normal")


def _kidneys_named(concept: CodeableConcept, words: Iterable[str], source: Source) -> Against:
    sets = source.sets_of(concept)
    if "kidney-function-reduced" in sets:
        return Against.REDUCED
    said = max(map(_kidneys_said, words), default=Against.NOTHING)
    return max(said, Against.SOMETHING) if "kidney-disease-unstaged" in sets else said


def _kidneys_said(words: str) -> Against:
    """What the words say of the kidneys, clause by clause; what is past, or may be, only says something."""
    return max(map(_clause_said, _CLAUSES.split(words)), default=Against.NOTHING)


def _clause_said(words: str) -> Against:
    if _NO_DISEASE.search(words):
        return Against.NOTHING
    if _FAILED.search(words) or _rate_reduced(words):
        return Against.SOMETHING if _NOT_SURELY.search(words) else Against.REDUCED
    if _STAGED.search(words):
        return Against.NOTHING
    return Against.SOMETHING if _DISEASED.search(words) else Against.NOTHING


def _rate_reduced(words: str) -> bool:
    rate = _RATE.search(words)
    return rate is not None and reduced_rate(float(rate[2]), rate[1]) is True


_RATE = re.compile(r"gfr\W*?(?:(?:of|is|was)\W+)?([<>]=?)?\s*(\d+)")
_KIDNEY_DISEASE = r"(?:ckd|chronic (?:kidney|renal) disease)"
_FAILED = re.compile(
    r"\b(?:esrd|eskd|aki)\b|\bend[- ]stage (?:renal|kidney)|dialysis\b|\b(?:kidney|renal) failure|"
    r"\bacute (?:kidney|renal) injury|"
    rf"\b{_KIDNEY_DISEASE},?\s*\(?(?:stage\s*|g)?(?:4|5|iv|v)\b|\bstage\s*(?:4|5|iv|v) {_KIDNEY_DISEASE}"
)
_STAGED = re.compile(
    rf"\b{_KIDNEY_DISEASE},?\s*\(?(?:stage\s*|g)?(?:[123]|i{{1,3}})[ab]?\b|"
    rf"\bstage\s*(?:[123]|i{{1,3}})[ab]? {_KIDNEY_DISEASE}"
)
_DISEASED = re.compile(rf"\b{_KIDNEY_DISEASE}|\b(?:kidney|renal) (?:insufficiency|impairment|dysfunction)")
_NO_DISEASE = re.compile(r"^\W*(?:no|denies|not)\b|\b(?:family|screening|risk of|donor)\b")
_NOT_SURELY = re.compile(r"\b(?:history|hx|h/o|resolved|recovered|prior|previous|past|possible|r/o|rule out)\b|\?")
