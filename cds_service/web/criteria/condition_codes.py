"""Codes of diseases, symptoms and treatments in a search: what each says of a fact, by the knowledge's value sets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cds_service.coding import ICD10CM, SNOMED, canonical_code
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.model import Knowledge

_INVASIVE = ("cancer", frozenset({"invasive"}))
_NODE_POSITIVE = ("clinical-n", frozenset({"N1mi", "N1", "N2", "N3"}))
_SUSPECTED = frozenset(VOCABULARY["metastasis-suspected"].domain) - {"none"}
_SYMPTOM = ("metastasis-suspected", frozenset({"symptom"}))
_NEOADJUVANT = frozenset({"neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed"})

_MEANS: Mapping[str, tuple[str, frozenset[str]]] = {
    "breast-cancer-invasive": _INVASIVE,
    "breast-cancer-ductal": _INVASIVE,
    "breast-cancer-lobular": _INVASIVE,
    "breast-cancer-unspecified": _INVASIVE,  # as an order's reason is read
    "breast-cancer-inflammatory": ("inflammatory", frozenset({"yes"})),
    "breast-cancer-in-situ": ("cancer", frozenset({"in-situ"})),
    "breast-cancer-history": ("disease-phase", frozenset({"surveillance"})),
    "follow-up-encounter": ("disease-phase", frozenset({"surveillance"})),
    "breast-cancer-local-recurrence": ("local-recurrence", frozenset({"suspected", "proven"})),
    "axillary-node-metastasis": _NODE_POSITIVE,
    "axillary-node-palpable": ("node-palpable", frozenset({"yes"})),
    "axillary-lump": ("axillary-lump", frozenset({"unilateral", "bilateral"})),
    "distant-metastasis": ("metastasis-suspected", _SUSPECTED),
    "imaging-finding-elsewhere": ("metastasis-suspected", frozenset({"imaging-finding"})),
    "liver-tests-abnormal": ("metastasis-suspected", frozenset({"laboratory"})),
    "calcium-raised": ("metastasis-suspected", frozenset({"laboratory"})),
    **dict.fromkeys((f"symptom-{each}" for each in ("bone", "brain", "general", "liver", "lung", "spine")), _SYMPTOM),
    "breast-conserving-procedure": ("breast-surgery", frozenset({"conserving"})),
    "mastectomy-procedure": ("breast-surgery", frozenset({"mastectomy"})),
    "mastectomy-status": ("breast-surgery", frozenset({"mastectomy"})),
    "neoadjuvant-chemotherapy": ("disease-phase", _NEOADJUVANT),
}
"""What a code of a value set says of which fact."""

_ANOTHER = ("other-malignancy", "disease-of-abdomen", "disease-of-bone", "disease-of-chest", "disease-of-head")

# https://www.cms.gov/medicare/coding-billing/icd-10-codes: letter, digit, character, then up to four; often without
# its dot. SNOMED CT ids have six digits and more.
_ICD10 = re.compile(r"\b[A-TV-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?\b", re.IGNORECASE)
_SNOMED = re.compile(r"\b\d{6,18}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSaid:
    """A code that the knowledge knows. `fact`: what it speaks of, with the values; None of another disease."""

    code: str
    fact: tuple[str, frozenset[str]] | None


def codes_said(text: str, knowledge: Knowledge) -> Iterator[CodeSaid]:
    """The codes in a text that the knowledge knows of diseases, symptoms and treatments, in their order."""
    for system, pattern in ((ICD10CM, _ICD10), (SNOMED, _SNOMED)):
        for written in pattern.findall(text):
            code = canonical_code(system, _dotted(written) if system == ICD10CM else written)
            stage = knowledge.staging_codes.get(code)
            sets = knowledge.value_sets.having(code)
            meant = next((_MEANS[each] for each in _MEANS if each in sets), None)
            if stage in VOCABULARY["stage-group"].domain:
                yield CodeSaid(code=code.code, fact=("stage-group", frozenset({stage})))
            elif meant is not None:
                yield CodeSaid(code=code.code, fact=meant)
            elif not sets.isdisjoint(_ANOTHER):
                yield CodeSaid(code=code.code, fact=None)


def _dotted(written: str) -> str:
    code = written.upper().replace(".", "")
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
