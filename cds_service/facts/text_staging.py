"""Staging written out in text: TNM and stage groups, and the sizes that stand with them (`text_sizes`).

Categories after AJCC's anatomic staging; subcategories are folded ("T1c" is T1, "N2b" is N2, "N1mi" stays). An X, and
a value that is negated or doubtful, says nothing; both ends of a range are given, each as a value of its own.
"""

import re
from collections.abc import Mapping
from itertools import takewhile

import msgspec

from cds_service.facts.mentions import Kind, StagingText
from cds_service.facts.text_items import Item, Parse, Part, Unit
from cds_service.facts.text_scope import FAMILY, NEGATED, UNCERTAIN
from cds_service.facts.text_sizes import sizes
from cds_service.knowledge.findings import Effect, Role

_TNM = re.compile(
    r"(?P<tp>[cpra]|[yr][cp])?t(?P<t>is|x|[0-4])(?:(?P<ts>mi|[a-d])\d?)?"
    r"(?:(?P<np>[cp]|[yr][cp])?n(?P<n>mi|x|[0-3])(?P<ns>mi|[a-c])?)?"
    r"(?:(?P<mp>[cp])?m(?P<m>x|[01]))?"
    r"|(?P<np2>[cpr]|[yr][cp])?n(?P<n2>x|[0-3])(?P<ns2>mi|[a-c])?(?:(?P<mp2>[cp])?m(?P<m2>x|[01]))?"
    r"|(?P<mp3>[cp])?m(?P<m3>x|[01])"
)
_TNM_BEGINS = frozenset("tnmcprya")
"""The letters that a category may begin with: most words begin otherwise, and cost no match."""
_GROUP = re.compile(r"(?P<number>iv|i{1,3}|[0-4])(?P<letter>[abc])?")
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
_SPELLED = {"one": "I", "two": "II", "three": "III", "four": "IV"}
_LETTERED = frozenset({"IA", "IB", "IIA", "IIB", "IIIA", "IIIB", "IIIC"})
_BARE_GROUPS = frozenset({"iia", "iib", "iiia", "iiib", "iiic"})
_STAGE_WORDS = frozenset({"stage", "stg"})
_OTHER_STAGE_WORDS = frozenset(
    {"ckd", "kidney", "renal", "esrd", "ulcer", "pressure", "decubitus", "copd", "fibrosis", "heart", "hf"}
)
_STAGED_BESIDE = frozenset({"lymphedema", "lymphoedema", "endometriosis", "prolapse", "masaoka", "rai", "binet"})
"""What has stages of its own and often stands beside the stage of a breast cancer, besides what is read as another
reason ("hypertension", "tissue expander").
"""
_EARLY = frozenset({"0", "I", "IA", "IB", "II", "IIA"})
"""Groups that may bring a warning. A higher one counts as the cancer's where it could be."""
_PREFIX_WORDS = {
    "clinical": "c",
    "clinically": "c",
    "pathologic": "p",
    "pathological": "p",
    "path": "p",
    "recurrent": "r",
    "yp": "yp",
    "yc": "yc",
}
_SIGN = r"[-/\\|~\u2010-\u2014\u2212]"
_RANGE = re.compile(
    rf"(?:{_SIGN}|\s(?:to|or)\s"
    rf"|\s*(?:{_SIGN}|[&,]|and)\s*(?=[0-4](?:mi|[a-d])?\s*(?:$|[,;()]|\.(?!\d)|[cp]?[nm][0-4x])))"
    r"(?P<last>[0-4])(?:mi|[a-d])?(?!\d|\.\d|/\d\d|(?:/\d+)?\s*(?:mm|cm|(?:\w+\s+){0,2}(?:nodes?|lns?))\b)",
    re.IGNORECASE,
)
"""What makes a category the first of a range: "T2-3", "N0/1", "T1c or 2", "T2 / 3 N0"; "T2-T3" is two categories."""
_TO = re.compile(rf"\s*(?:-*>|{_SIGN}|[&\u2192]|,(?=[bc]\b)|\b(?:to|or|and)\b)\s*", re.IGNORECASE)
"""What may stand between the ends of a range of groups."""
_OF_A_NUMBER = frozenset({"cm", "mm", "nodes", "lns", "weeks", "days", "contrast"})
"""Behind what is no other end: "stage IIA - 2 cm", "stage IIA - IV contrast"."""
_OR_MORE = re.compile(r"\+|\s*[,(]?\s*\bat\s+least\b(?!\s+\d)", re.IGNORECASE)
"""Behind what is only the least it may be: "IIA+", "T2 at least"."""
_NOT_TUMOUR_T = frozenset({"weighted", "signal", "hyperintense", "hypointense", "flair", "level", "score"})
_NEAR = 7


Written = tuple[int, StagingText]
"""Staging and the number of the item where it stands."""


def is_staging(key: str) -> bool:
    """Whether a word is a TNM category."""
    return _TNM.fullmatch(key) is not None


def mark_staging(parse: Parse) -> list[Written]:
    """Finds stage groups and categories and makes units of them, so that negation can reach them.

    The units mean what the staging implies: metastasis for stage IV and M1, inflammatory carcinoma for T4d, and the
    wish to stage for "stage" without a group.
    """
    found: list[Written] = []
    if not _STAGE_WORDS.isdisjoint(parse.words):
        for index in parse.roles.get(Role.WORD, ()):
            if parse.items[index].key in _STAGE_WORDS:
                found += _group(parse, index)
    for index in parse.roles.get(Role.UNKNOWN, ()):
        key = parse.items[index].key
        if key[0] in _TNM_BEGINS and (category := _TNM.fullmatch(key)):
            found += _category(parse, index, category.groupdict())
        elif key in _BARE_GROUPS:
            found += _bare_group(parse, index)
    return found


def staging(parse: Parse, found: list[Written]) -> tuple[StagingText, ...]:
    """What a text says on stage and size, in order, without what is negated or somebody else's.

    What is doubtful says nothing by itself, but leaves open what is sure: "cT2 cN0, possible N1", "IIA, r/o IIB".
    """
    own = [(at, read, _doubtful(parse, at)) for at, read in found if not parse.flags[at] & (NEGATED | FAMILY)]
    sure = [(at, read) for at, read, doubtful in own if not doubtful]
    sized = sizes(parse)
    if not sure and not sized:
        return ()
    kinds = [kind for kind in ("stage", "t", "n") if any(getattr(read, kind) is not None for _, read in sure)]
    open_too = [(at, _of_kinds(read, kinds)) for at, read, doubtful in own if doubtful]
    return _joined(parse, sorted([*sure, *open_too, *sized], key=lambda written: written[0]))


def _of_kinds(read: StagingText, kinds: list[str]) -> StagingText:
    """What is read of these kinds; not stage IV, which is a suspicion or a question of its own."""
    said = {kind: getattr(read, kind) for kind in kinds if getattr(read, kind) != "IV"}
    return StagingText(prefix=read.prefix, **said)


# --- T, N, M ---------------------------------------------------------------------------------------------------------
def _category(parse: Parse, index: int, part: Mapping[str, str | None]) -> list[Written]:
    m = part["m"] or part["m2"] or part["m3"]
    prefix = part["tp"] or part["np"] or part["np2"] or part["mp"] or part["mp2"] or part["mp3"] or ""
    only_t = part["t"] is not None and not (part["n"] or part["m"])
    if only_t and not prefix and not part["ts"] and not _in_cancer_context(parse, index):
        return []
    if m != "1" and _is_other_disease(parse, index, index):
        return []  # "T1N0 SCC tongue"
    implied = []
    if part["t"] == "4" and part["ts"] == "d":
        implied.append(Part(Kind.BREAST_CANCER, "inflammatory", index))
    if m == "1":
        implied.append(Part(Kind.METASTASIS, "unspecified", index))
    parse.own(Unit(implied, [index], staging=True))
    if m != "1" and _OR_MORE.match(parse.text, parse.items[index].end):
        return []
    t = None if part["t"] in (None, "x") else f"T{part['t']}"
    n = _n(part["n"] or part["n2"], part["ns"] or part["ns2"])
    first = (index, StagingText(prefix=prefix, t=t, n=n, m=f"M{m}" if m in ("0", "1") else None))
    return [first, *_last_of_range(parse, index, prefix, m=m, n=n, t=t)]


def _last_of_range(
    parse: Parse, index: int, prefix: str, *, m: str | None, n: str | None, t: str | None
) -> list[Written]:
    """The last value of "cT2-3" or "T2N0-1", as a value of its own."""
    to = _RANGE.match(parse.text, parse.items[index].end)
    if to is None or m is not None:
        return []
    if n is not None:
        return [(index, StagingText(prefix=prefix, n=f"N{to['last']}"))] if to["last"] != "4" else []
    return [(index, StagingText(prefix=prefix, t=f"T{to['last']}"))] if t is not None else []


def _n(number: str | None, letter: str | None) -> str | None:
    if number is None or number == "x":
        return None
    return "N1mi" if number == "mi" or (number == "1" and letter == "mi") else f"N{number}"


def _in_cancer_context(parse: Parse, index: int) -> bool:
    """A bare "T2" is a category only beside an N or M or a cancer word: it may be a vertebra or an MRI weighting."""
    items = parse.items
    if _ends_range(parse, index):
        return True
    if index and items[index - 1].key in ("at", "of", "in", "to"):  # "pain at T3"
        return False
    around = slice(max(0, index - _NEAR), index + _NEAR)
    for item in items[around]:
        if item.key in _NOT_TUMOUR_T or (item.role is Role.SITE and item.entry.id in ("spine", "bone")):
            return False
    if any(_names_n_or_m(item.key) for item in items[max(0, index - 2) : index + 3]):
        return True
    return any(_names(unit, Kind.BREAST_CANCER) for unit in parse.owner[around])


def _ends_range(parse: Parse, index: int) -> bool:
    """Whether a T is the other end of a range that a category began: "cT2 to T3"."""
    start = parse.items[index].start
    staged = [at for at in range(max(0, index - 3), index) if (unit := parse.owner[at]) is not None and unit.staging]
    return any(_TO.fullmatch(parse.text, parse.items[at].end, start) for at in staged)


def _names_n_or_m(key: str) -> bool:
    category = _TNM.fullmatch(key)
    return category is not None and (category["t"] is None or (category["n"] or category["m"]) is not None)


def _names(unit: Unit | None, kind: Kind) -> bool:
    return unit is not None and any(part.kind is kind for part in unit.parts)


def _doubtful(parse: Parse, index: int) -> bool:
    """Whether what stands around a value makes it doubtful: "?T2", "at least T2", "r/o"."""
    if parse.flags[index] & UNCERTAIN:
        return True
    near = parse.items[max(0, index - 2) : index]
    signs = " ".join(item.key for item in near)
    bound = signs != "- >" and signs.endswith(("?", ">", "<", "> =", "< =", "\u2265", "\u2264", "least"))
    return bound or [item.entry.effect for item in near[-1:]] == [Effect.RULES_OUT]


# --- stage groups ----------------------------------------------------------------------------------------------------
def _group(parse: Parse, index: int) -> list[Written]:
    items = parse.items
    at = index + 1
    while at < len(items) and items[at].key in (":", "=", "-", "is", "group"):
        at += 1
    stage, last = _written_group(items, at) if at < len(items) else (None, at)
    if _is_of_an_organ(parse, index, last):
        return []
    if _is_other_disease(parse, index, last) or _is_of_what_stands_beside(parse, index, last, stage):
        if stage is not None:
            parse.own(Unit([], list(range(index, last + 1))))  # and nothing else reads the group
        return []
    if stage is None:
        parse.own(Unit([Part(Kind.STAGING, "staging", index)], [index]))
        return []
    parse.own(Unit(_implied(stage, index), list(range(index, last + 1)), staging=True))
    if stage != "IV" and (_prognostic(items, index, last) or _OR_MORE.match(parse.text, items[last].end)):
        return []
    prefix = next((_PREFIX_WORDS[i.key] for i in items[max(0, index - 2) : index] if i.key in _PREFIX_WORDS), "")
    return [(index, StagingText(prefix=prefix, stage=stage)), *_range(parse, last, prefix, stage)]


def _implied(stage: str, index: int) -> list[Part]:
    return [Part(Kind.METASTASIS, "unspecified", index)] if stage == "IV" else []


def _prognostic(items: list[Item], first: int, last: int) -> bool:
    """Whether a group is called prognostic, before it or behind it: another system than the anatomic.

    "Stage IIA, prognostic stage IB" calls the next one so.
    """
    if any(item.key == "prognostic" for item in items[max(0, first - 2) : first]):
        return True
    at = last + 1
    if at < len(items) and items[at].key in ("(", ",", "-"):
        at += 1
    return at < len(items) and items[at].key == "prognostic" and not _begins_group(items, at + 1)


def _begins_group(items: list[Item], at: int) -> bool:
    """Whether a stage group begins at an item, with or without the word; a bare number is none."""
    named = at
    while named < len(items) and (items[named].key in _STAGE_WORDS or items[named].key == "group"):
        named += 1
    begins = named < len(items) and _GROUP.fullmatch(items[named].key) is not None
    return begins and (named > at or not items[named].key[0].isdigit())


def _bare_group(parse: Parse, index: int) -> list[Written]:
    """ "IIB" without the word stage; groups that could be another word ("IA", "III") need it."""
    if parse.owner[index] is not None:
        return []
    group = parse.items[index].key.upper()
    if _is_other_disease(parse, index, index) or _is_of_what_stands_beside(parse, index, index, group):
        return []
    parse.own(Unit([], [index], staging=True))
    if _prognostic(parse.items, index, index) or _OR_MORE.match(parse.text, parse.items[index].end):
        return []
    return [(index, StagingText(stage=group)), *_range(parse, index, "", group)]


def _range(parse: Parse, last: int, prefix: str, first: str) -> list[Written]:
    """The other end of "stage I-IIA", "stage II/III", "stage IIA or B" or "stage IA -> 2B", as a value of its own."""
    items = parse.items
    to = _TO.match(parse.text, items[last].end)
    if to is None:
        return []
    at = last
    while at < len(items) and items[at].start < to.end():
        at += 1
    if at == len(items):
        return []
    number, letter = first.rstrip("ABC"), parse.text[items[at].start : items[at].end].upper()
    lettered = number != first and (letter in ("B", "C") or (letter == "A" and len(to[0]) == 1))  # no article
    if lettered:
        stage, end = (number + letter if number + letter in _LETTERED else None), at
    else:
        stage, end = _written_group(items, at)
    known = items[at].role not in (Role.UNKNOWN, Role.NUMBER, Role.WORD)  # the first word of "3 month follow-up"
    counts = any(item.key in _OF_A_NUMBER for item in items[end : end + 2])
    if stage is None or counts or (known and not lettered):
        return []
    parse.own(Unit(_implied(stage, at), list(range(at, end + 1)), staging=True))
    return [(at, StagingText(prefix=prefix, stage=stage))]


def _written_group(items: list[Item], at: int) -> tuple[str | None, int]:
    """The stage group that starts at an item, and its last item: "IIA", or "2" and "a". There is no stage IIC."""
    if items[at].key in _SPELLED:
        return _spelled_group(items, at)
    match = _GROUP.fullmatch(items[at].key)
    if match is None:
        return None, at
    number = _ROMAN.get(match["number"], match["number"].upper())
    letter = (match["letter"] or "").upper()
    last = at
    follows = items[at + 1] if at + 1 < len(items) else None
    if not letter and follows is not None and follows.start == items[at].end and follows.key in ("a", "b", "c"):
        letter, last = follows.key.upper(), at + 1
    if not letter or number + letter in _LETTERED:
        return number + letter, last
    return (None if number in ("I", "II") else number), last


def _spelled_group(items: list[Item], at: int) -> tuple[str, int]:
    """The same of a number in words: "stage four", "stage two B"; "a" behind it is mostly the article."""
    number = _SPELLED[items[at].key]
    for follows in items[at : at + 2]:
        group = number + follows.key.upper()
        if follows.role is Role.WORD and group in _LETTERED:  # not "a", nor "b/l"
            return group, at + 1
    return number, at


def _is_of_an_organ(parse: Parse, first: int, last: int) -> bool:
    """Whether a group is that of an organ or an ulcer named beside it, "stage 3 CKD", and not "stage I, CKD"."""
    items = parse.items
    for at in range(last, min(last + 4, len(items))):
        if _names(parse.owner[at], Kind.BREAST_CANCER):
            return False
        if items[at].role in (Role.JOIN, Role.BREAK):
            break
        if items[at].key in _OTHER_STAGE_WORDS:
            return True
    before = takewhile(lambda item: item.role is not Role.BREAK, reversed(items[max(0, first - 2) : first]))
    return any(item.key in _OTHER_STAGE_WORDS for item in before)


def _is_other_disease(parse: Parse, first: int, last: int) -> bool:
    """Whether the nearest disease behind (or right before) the group is another malignancy."""
    for unit in parse.owner[last + 1 : last + 4]:
        if unit is not None:
            return _names(unit, Kind.OTHER_MALIGNANCY)
    return first > 0 and _names(parse.owner[first - 1], Kind.OTHER_MALIGNANCY)


def _is_of_what_stands_beside(parse: Parse, first: int, last: int, stage: str | None) -> bool:
    """Whether a group is that of another disease right beside it: "stage 1 hypertension", where it is an early one, and
    "chronic kidney disease, stage 4"."""
    comma = first > 1 and parse.items[first - 1].entry.id == "comma"
    listed = parse.owner[first - 2] if comma else None
    if listed is not None and any(part.value == "chronic-organ-disease" for part in listed.parts):
        return not any(_names(unit, Kind.BREAST_CANCER) for unit in parse.owner[last : last + 4])
    if stage not in _EARLY:
        return False
    for at in (last + 1, first - 1):
        if not 0 <= at < len(parse.items):
            continue
        if parse.items[at].key in _STAGED_BESIDE:
            return True
        if parse.owner[at] is not None:
            return _names(parse.owner[at], Kind.OTHER_REASON)
    return False


# --- joining ---------------------------------------------------------------------------------------------------------
def _joined(parse: Parse, found: list[Written]) -> tuple[StagingText, ...]:
    """Puts what stands together into one value: "stage IIA (cT2 N0 M0), 2.1 cm"."""
    result: list[Written] = []
    for index, read in found:
        if result:
            last, previous = result[-1]
            merged = _merged(previous, read)
            between = parse.items[last + 1 : index]
            if merged is not None and not any(item.role is Role.BREAK for item in between):
                result[-1] = (index, merged)
                continue
        result.append((index, read))
    return tuple(read for _, read in result if read != StagingText(prefix=read.prefix))


def _merged(first: StagingText, second: StagingText) -> StagingText | None:
    """Both in one, or None where they say the same thing twice or with different prefixes."""
    if second.prefix and first.prefix and second.prefix != first.prefix:
        return None
    said = {name: getattr(second, name) for name in ("stage", "t", "n", "m", "size_mm")}
    both = {name: value for name, value in said.items() if value is not None}
    if any(getattr(first, name) is not None for name in both):
        return None
    return msgspec.structs.replace(first, prefix=first.prefix or second.prefix, **both)
