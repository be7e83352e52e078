"""What an entry of a problem list may mean by itself: a listed symptom, something that nobody can tell from one, or an
everyday thing that is none.

A code takes back only what it names itself; whatever its text says besides ("weight gain with ascites") stands.
"""

import re

import msgspec

from cds_service.coding import ICD10CM
from cds_service.facts.diagnoses import Diagnosis
from cds_service.facts.entries import is_as_before
from cds_service.facts.fractures import names_other_bone, names_periphery
from cds_service.facts.mentions import Kind, Meant, Mention, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.suspicion import SUSPICIOUS, Suspicion, of_concept, of_readings, on_problem_list
from cds_service.facts.therapy import names_now, names_side_effect


def of_entry(
    diagnosis: Diagnosis, sets: frozenset[str], evidence: Evidence, source: Source, *, mild: bool
) -> tuple[Suspicion, ...]:
    """What an entry may mean: a listed symptom, or something that nobody can tell from one, or nothing."""
    everyday = _is_everyday(diagnosis)
    words = _left_of(diagnosis) if everyday else diagnosis.words
    sets = sets - {"symptom-chapter"} if everyday else sets
    said = (
        *of_concept(diagnosis.concept, sets, words, evidence, source, mild=mild, judge=on_problem_list),
        *of_readings(diagnosis.noted, evidence, on_problem_list),
    )
    if "not-concerning" in sets:  # of what the code names: "abnormal mammogram", not "and back pain"
        said = (*said, *(each for each in of_readings(words, evidence, on_problem_list) if each.kind is not None))
    if "pain-in-joint" in sets and not _says_more_than_pain(diagnosis):
        return tuple(msgspec.structs.replace(each, kind=None) for each in said)
    return tuple(each for each in said if each.kind is not None) if _is_past_effect(diagnosis, source) else said


def _says_more_than_pain(diagnosis: Diagnosis) -> bool:
    """Whether the words of pain in a joint name anything besides: of a hip they cannot be told from bone pain."""
    said = (each for reading in (*diagnosis.words, *diagnosis.noted) for each in reading.of(*SUSPICIOUS))
    return any(each.value not in ("bone-pain", "joint-pain", "limb-pain", "pain") for each in said)


def _is_past_effect(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether an entry says itself that chemotherapy or radiotherapy brought it about, so long ago that it is over."""
    said = [each for reading in (*diagnosis.words, *diagnosis.noted) for each in reading.of(*SUSPICIOUS)]
    therapy = {each.value for reading in diagnosis.words for each in reading.affirmed(Kind.THERAPY)}
    return (
        diagnosis.since is not None
        and diagnosis.since.surely_older(source.windows.surveillance_days, source.today)
        and not therapy.isdisjoint(("chemotherapy", "radiotherapy", "anti-her2"))
        and "endocrine" not in therapy  # that runs for years
        and all(each.value in _EFFECTS for each in said)
        and names_side_effect(texts_of(diagnosis.concept))
        and not names_now(texts_of(diagnosis.concept))
        and is_as_before(diagnosis)
    )


_EFFECTS = frozenset(
    {
        "nausea-vomiting",
        "bowel-change",
        "fatigue",
        "anorexia",
        "anemia",
        "neuropathy",
        "numbness",
        "limb-numbness",
        "memory-change",
        "hearing-change",
        "itching",
    }
)
"""Complaints that chemotherapy and radiotherapy are known for, where the entry says that they come of it."""


# --- everyday things -------------------------------------------------------------------------------------------------
# Value set, and the names of what its words may call a finding that they do not mean (`findings.yaml`).
_EXPLAINS = {
    "weight-gain": frozenset({"unspecified"}),  # "abnormal"
    "urinary-incontinence": frozenset({"incontinence"}),
    "throat-infection": frozenset({"pain"}),
    "adrenal-adenoma": frozenset({"adrenal-mass", "lymphadenopathy"}),  # "gland"
    "peripheral-fracture": frozenset({"bone-fracture", "fracture"}),
}

_NOT_HARMLESS = re.compile(
    r"\b(?:new|recent|sudden|wors|progress|patholog|insufficiency|fragility|stress (?:frac|fx)|nonunion|malunion"
    r"|bowel|f(?:a)?ecal|saddle|retention)",
    re.IGNORECASE,
)
"""Words that say that an everyday thing is not as it mostly is."""


def _is_everyday(diagnosis: Diagnosis) -> bool:
    """Whether a code names an everyday thing that is no sign of metastasis, and no word of the entry says otherwise."""
    texts = (*texts_of(diagnosis.concept), *diagnosis.notes)
    codes = [each for each in codes_of(diagnosis.concept) if each.system == ICD10CM]
    one = len(codes) <= 1  # another code beside it names something else
    return one and bool(_explained_by(diagnosis)) and not any(map(_NOT_HARMLESS.search, texts))


def _explained_by(diagnosis: Diagnosis) -> frozenset[str]:
    named = diagnosis.sets & _EXPLAINS.keys() - {"peripheral-fracture"}
    if _is_healing_fracture(diagnosis):
        named |= {"peripheral-fracture"}
    return frozenset[str]().union(*(_EXPLAINS[each] for each in named))


def _is_healing_fracture(diagnosis: Diagnosis) -> bool:
    """Whether an entry is of a bone of the periphery, by code or word, that heals as it should: by its seventh
    character (ICD-10-CM, chapter 19: D), or because it is called healed.
    """
    texts = texts_of(diagnosis.concept)
    if any(map(names_other_bone, texts)):
        return False
    # Against a code that names a sign ("pathological fracture in neoplastic disease") words say nothing.
    by_words = "symptom-chapter" not in diagnosis.sets and any(map(names_periphery, texts))
    of_periphery = "peripheral-fracture" in diagnosis.sets or by_words
    coded = any(_ROUTINE_HEALING.fullmatch(code.code) for code in codes_of(diagnosis.concept))
    return of_periphery and (coded or any(map(_HEALED.search, texts)))


_ROUTINE_HEALING = re.compile(r"S\d\d\.\w{3}D")
_HEALED = re.compile(r"(?<!not )(?<!not yet )\bhealed\b", re.IGNORECASE)


def _left_of(diagnosis: Diagnosis) -> tuple[Reading, ...]:
    """The words of an everyday entry without what its code says they mean."""
    explained = _explained_by(diagnosis)
    return tuple(_without(reading, explained) for reading in diagnosis.words)


def _without(reading: Reading, explained: frozenset[str]) -> Reading:
    left = tuple(each for each in reading.mentions if not _is_explained(each, explained))
    return Reading(mentions=left, staging=reading.staging)


def _is_explained(mention: Mention, explained: frozenset[str]) -> bool:
    return mention.kind in SUSPICIOUS and mention.value in explained and mention.meant is Meant.AFFIRMED
