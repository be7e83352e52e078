"""How a stage, T, N or M is written when it stands alone: "IIA", "Stage 2", "cT1c", "pN1(mi)", "ypT0", "cT2-3"."""

import re

from cds_service.facts.staging import N_CATEGORIES, T_CATEGORIES
from cds_service.facts.vocabulary import STAGE_GROUPS
from cds_service.value import Value

_CATEGORY = re.compile(r"(?P<prefix>y?[cprac]{0,2})(?P<kind>[TNM])(?P<rest>is|mi|[0-4X].*)", re.IGNORECASE)
_GROUP = re.compile(
    r"(?:(?P<prefix>y?[cpra]|y)[\s-]*(?=stage|I))?(?:stage\s*)?(?P<number>0|IV|I{1,3}|[1-4])\s*"
    r"(?:(?P<letter>[A-C])\d?)?",
    re.IGNORECASE,
)
_IN_SITU = re.compile(r"\((dcis|paget|lcis)\)", re.IGNORECASE)
_TO = re.compile(
    r"(?:is|mi|[0-4])(?:mi|[a-d])?\s*(?:[-\u2013\u2014/]|to|or)\s*(?:[cp]?[tnm])?(?P<last>[0-4](?:mi)?)[a-d]?(?!\d)"
)
"""The rest of a category, as far as it is a range: "2-3", "1c-T2", "0/1"."""
_ANOTHER = {
    "T": re.compile(r"[NM]\s*[0-4X]", re.IGNORECASE),
    "N": re.compile(r"[TM]\s*[0-4X]", re.IGNORECASE),
    "M": re.compile(r"[TN]\s*[0-4X]", re.IGNORECASE),
}
"""A category of another kind behind it: "T1N0M0" is three statements, and read as a sentence."""
_LONGEST = 8  # "ypT4dis": what is longer is a sentence, and read as one
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


class Written(Value, frozen=True):
    """Values as in the vocabulary, several of a range, a group perhaps without its letter; `kind` t, n, m or group;
    timing if written.

    `detail`: inflammatory (T4d), or sampled, of a node: AJCC writes cN1(f) by needle, (sn) by sentinel biopsy.
    """

    kind: str
    values: tuple[str, ...]
    timing: str | None
    detail: str | None = None


def parse(text: str) -> Written | None:
    """What is written, or None where it is anything else: NX and TX say nothing, "cT1?" is not sure, and there is no
    stage IIC.

    Nor is there a stage IVA, but whoever writes it means distant disease: it is read as IV.
    """
    # "cTis(DCIS)" and "cTis(Paget)" name what is in situ; "pN1(mi)" and "N0(i+)" belong to the category.
    bare = text.strip()
    if "(" in bare:
        bare = _IN_SITU.sub("", bare).replace("(", "")
    bare = bare.replace(")", "")
    if "?" in bare:
        return None
    category = _CATEGORY.fullmatch(bare) if len(bare) <= _LONGEST else None
    if category is not None and not _ANOTHER[category["kind"].upper()].search(category["rest"]):
        values = _categories(category["kind"].upper(), category["rest"].lower())
        kind, timing = category["kind"].lower(), timing_of(category["prefix"].lower())
        return Written(kind, values, timing, _detail(kind, text.lower())) if values else None
    group = _GROUP.fullmatch(bare)
    if group is None:
        return None
    value = _ROMAN.get(group["number"], group["number"].upper()) + (group["letter"] or "").upper()
    if value.startswith("IV"):
        value = "IV"
    timing = timing_of((group["prefix"] or "").lower())
    return Written("group", (value,), timing) if value in STAGE_GROUPS else None


def _detail(kind: str, text: str) -> str | None:
    if kind == "t" and "4d" in text:
        return "inflammatory"
    return "sampled" if kind == "n" and text.endswith(("(f)", "(sn)")) else None


def timing_of(prefix: str) -> str | None:
    """The timing a prefix says: c clinical, p pathologic; y, r and a (therapy, recurrence, autopsy) are all later."""
    if prefix.startswith(("y", "r", "a")):
        return "after-therapy"
    return {"c": "clinical", "p": "pathologic"}.get(prefix[:1])


def _categories(kind: str, rest: str) -> tuple[str, ...]:
    """The value, or each from the first to the last of a range: T2-3 is T2 or T3."""
    first, to = _category(kind, rest), _TO.match(rest)
    last = _category(kind, to["last"]) if to is not None else None
    if first is None or last is None:
        return (first,) if first is not None else ()
    order = _ORDER[kind]
    low, high = sorted((order.index(first), order.index(last)))
    return order[low : high + 1]


_ORDER = {"T": T_CATEGORIES, "N": N_CATEGORIES, "M": ("M0", "M1")}


def _category(kind: str, rest: str) -> str | None:
    """T1c → T1, T4d → T4, N1mi stays, N0(i+) → N0; X is nothing."""
    if kind == "T" and rest.startswith("is"):
        return "Tis"
    if kind == "N" and rest.startswith("1mi"):
        return "N1mi"
    value = f"{kind}{rest[0].upper()}"
    return value if value in _ORDER[kind] else None
