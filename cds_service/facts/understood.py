"""Whether a text of the record was understood as a whole: a report, or a note on the cancer itself.

What the reader (`facts.text`) takes for harmless is understood; every other word has to be known to say nothing of
distant disease (`record-words.yaml`). What is left makes the text open: nobody knows what it says.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

import msgspec

from cds_service.facts.mentions import Kind, Meant, Mention, Reading
from cds_service.facts.text_abbreviations import blank_other_meanings
from cds_service.facts.text_staging import is_staging
from cds_service.knowledge.findings_trie import Node, longest, tokens
from cds_service.knowledge.record_words import Use
from cds_service.value import Value

LUMPS = frozenset({"breast-lump", "breast-mass", "breast-pain", "nipple-discharge", "breast-imaging-finding"})
"""Local symptoms and findings that any cancer of the breast may have."""

_ENDS = frozenset(".;!*[]\n\r\v\f\x85\u2028\u2029\u2022\u00b7")
"""Signs that end a statement."""
_IS = frozenset({"is", "are", "=", ":", "represents", "represent"})
"""What stands between a finding and the benign name that explains it."""
_EARLY_STAGING = frozenset({"t", "n", "m"})
_WORDS = (Use.WORD, Use.NORMAL, Use.PLACE)
_NAMES = 3
"""Tokens from a title on that may be somebody's name: "Dr. Jones"."""


_TIMES = re.compile(r"x\d+[a-z]?|\d+x")
""" "x5y" """


class Unknown(Value, frozen=True, kw_only=True):
    """The words of a clause that nobody knows. `beside_place`: its statement names a part of the body that a cancer
    spreads to. `measured`: that says how long something is. `on_procedure`: it tells how the study was done. `says`:
    the clause also says of something that it is there, not there or normal."""

    words: tuple[str, ...]
    beside_place: bool
    measured: bool
    says: bool
    on_procedure: bool


class Understood(Value, frozen=True, kw_only=True):
    """A text as understood: what is left of its reading once what the text settles is taken away, and whether it is
    open, which is to say that some of its words are not understood. `unknown_only`: nothing but words that nobody knows
    leaves it open, no finding, doubt or question; `unknown`: which those are. `says`: anything, be it what
    it is about, or that something is there, or not, or normal."""

    reading: Reading
    open: bool
    unknown_only: bool = False
    unknown: tuple[Unknown, ...] = ()
    says: bool = False


def is_denied(mention: Mention) -> bool:
    """Whether a mention says that something is not there; a node that is not normal is something."""
    return mention.meant is Meant.NEGATED and not (mention.kind is Kind.NODE and mention.value == "normal")


class _Item(msgspec.Struct, eq=False, gc=False):
    """A known phrase or an unknown token of a text, with its span, and the mentions that reach into it."""

    use: Use | None
    key: str
    start: int
    end: int
    mentions: list[Mention] = msgspec.field(default_factory=list)
    covered: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is a number and no more."""
        return self.end - self.start == len(self.key) and self.key[0].isdecimal()


def understand(text: str, reading: Reading, words: Node[Use], harmless: Callable[[Mention], bool]) -> Understood:
    """A text whose `reading` is known, by the words for its kind. `harmless`: mentions that leave it closed."""
    items = _cut(text, words)
    starts = [item.start for item in items]
    inside = [_inside(each, starts) for each in reading.mentions]
    open_ = [(each, at) for each, at in zip(reading.mentions, inside, strict=True) if not _is_settled(items, at)]
    for each, at in open_:
        for index in at:
            items[index].mentions.append(each)
    listed, closed = _denied_lists(items)
    kept = tuple(
        each
        for each, at in open_
        if not (
            _is_explained(each, items, at)
            or (each.meant is Meant.UNCERTAIN and listed.issuperset(at))
            or (each.meant is Meant.AFFIRMED and closed.issuperset(at))
        )
    )
    covered = {index for at in inside for index in at}
    left = msgspec.structs.replace(reading, mentions=kept)
    if any(not harmless(each) for each in kept):
        return Understood(reading=left, open=True, says=True)
    _cover(items, covered, listed, staged=bool(reading.staging))
    bare = [item for item in items if not item.covered]
    unknown_only = bool(bare) and all(item.use in (None, Use.TEST) and item.key != "?" for item in bare)
    unknown = tuple(_unknown(text, items)) if unknown_only else ()
    says = any(each.kind is not Kind.SIDE for each in reading.mentions) or any(item.use in _SAYS for item in items)
    return Understood(reading=left, open=bool(bare), unknown_only=unknown_only, unknown=unknown, says=says)


def uses_of(text: str, words: Node[Use]) -> tuple[tuple[Use | None, ...], ...]:
    """What each known phrase or unknown token of a text does, statement by statement."""
    statements: list[list[Use | None]] = [[]]
    for item in _cut(text, words):
        if item.key in _ENDS:
            statements.append([])
        else:
            statements[-1].append(item.use)
    return tuple(tuple(each) for each in statements if each)


def names_known(text: str, words: Node[Use]) -> bool:
    """Whether a name on a problem list holds a known name, or nothing but words that say nothing."""
    items = _cut(text, words)
    if any(item.use is Use.KNOWN for item in items):
        return True
    return all(item.use is Use.WORD or not item.key[0].isalpha() or len(item.key) == 1 for item in items)


def opening_spans(text: str, words: Node[Use]) -> tuple[tuple[int, int], ...]:
    """Where a name on a problem list holds what leaves it open, whatever else it says."""
    return tuple((item.start, item.end) for item in _cut(text, words) if item.use is Use.OPEN)


def _cut(text: str, words: Node[Use]) -> list[_Item]:
    cut, starts, ends = tokens(blank_other_meanings(text))
    items: list[_Item] = []
    position = 0
    while position < len(cut):
        phrase = longest(words, cut, position)
        use, after = phrase[0], max(phrase[1], position + 1)
        items.append(_Item(use, cut[position], starts[position], ends[after - 1]))
        position = after
    return items


# --- what the text settles --------------------------------------------------------------------------------------------
def _inside(mention: Mention, starts: list[int]) -> range:
    """The numbers of the items that a mention reaches into: it begins with a token, and every token is in an item."""
    return range(bisect_right(starts, mention.start) - 1, bisect_left(starts, mention.end))


def _is_settled(items: list[_Item], inside: range) -> bool:
    """Whether a mention lies in a settled phrase; beyond it stands at most a place ("... in both knees")."""
    # "degenerative uptake in the shoulders, knees and feet": a list that begins with what settles it
    headed = bool(inside) and items[inside[0]].use is Use.SETTLED
    if not all(items[at].use in (Use.SETTLED, *_WORDS) or (headed and items[at].key == ",") for at in inside):
        return False
    if _out_of_place([items[at] for at in inside]):
        return False
    # A number by itself settles nothing: "Ca 2.82".
    return any(items[index].use is Use.SETTLED and not items[index].is_number for index in inside)


_NORMAL_UPTAKE = frozenset({"physiologic", "physiological", "expected"})
_TAKES_UP = frozenset(
    {"brain", "cerebral", "liver", "hepatic", "muscle", "muscles", "marrow", "endometrial", "endometrium"}
)
"""Parts of the body among the places that take up FDG without disease; bones, lungs and the rest do not."""
_IRRADIATED = frozenset({"radiation", "postradiation", "radiotherapy", "irradiation", "xrt"})
_BESIDE_THE_BREAST = frozenset({"lung", "lungs", "pleura", "pleural", "subcutaneous"})
"""Places that radiotherapy of a breast reaches; what was irradiated elsewhere was another thing."""


def _out_of_place(items: list[_Item]) -> list[_Item]:
    """The places in a statement that what settles it does not explain."""
    settled = {each.key for each in items if each.use is Use.SETTLED}
    explained = [
        places
        for keys, places in ((_NORMAL_UPTAKE, _TAKES_UP), (_IRRADIATED, _BESIDE_THE_BREAST))
        if not settled.isdisjoint(keys)
    ]
    return [each for each in items if each.use is Use.PLACE and any(each.key not in places for places in explained)]


def _is_explained(mention: Mention, items: list[_Item], inside: range) -> bool:
    """ "The segment 7 lesion is a typical haemangioma": a finding that its own statement gives a benign name."""
    if mention.kind is not Kind.IMAGING_FINDING or mention.meant is Meant.NEGATED:
        return False
    said = False
    for index in range(inside.stop, len(items)):
        item = items[index]
        said = said or item.key in _IS or (item.use is Use.SETTLED and item.key in _LIKE)
        if item.use is Use.SETTLED and said:
            return not item.mentions
        bare = item.key in _IS or item.key in _BETWEEN or item.key[0].isdecimal()
        if item.use not in (*_WORDS, Use.SETTLED) and not (bare and (item.key != "," or _is_aside(items, index))):
            return False
    return False


def _is_aside(items: list[_Item], comma: int) -> bool:
    """Whether behind a comma there are only measures, or what the finding is like: ", -4 HU: adenoma"."""
    for item in items[comma + 1 : comma + 6]:
        if item.use is Use.SETTLED or item.key in _IS:
            return item.key in _LIKE or item.key in _IS
        if not (item.key[0].isdecimal() or item.key in _IN_ASIDES):
            return False
    return False


_IN_ASIDES = frozenset({"-", "hu", "mm", "cm", "suv", "unchanged", "stable"})
_LIKE = frozenset({"consistent", "compatible", "for", "over", "since"})
"""Words that begin what is said of a finding to explain it: "nodule, consistent with an intrapulmonary node",
"nodule unchanged for 5 years, benign"."""
_BETWEEN = frozenset({",", "-"})


def _denied_lists(items: list[_Item]) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the items in lists that a "no" reaches to their end ("no mass, calcification or distortion"), and
    of those among them in lists of nothing but what may be absent, what it would be like, and where.

    The "or" at the end tells such a list from a new statement ("no pain, cough"). Of a list of one nothing is told
    apart: "no displaced rib fracture".
    """
    listed: set[int] = set()
    closed: set[int] = set()
    for denied in _behind_negators(items):
        if any(items[index].key in ("or", "nor") for index in denied):
            listed.update(denied)
            if all(_is_of_list(items[index]) for index in denied):
                closed.update(denied)
        else:
            listed.update(_first_of(items, denied))
    return frozenset(listed), frozenset(closed)


def _behind_negators(items: list[_Item]) -> Iterator[list[int]]:
    """The numbers of the items behind each "no", as far as a list of what is absent may go."""
    since: list[int] = []
    denied = False
    for index, item in enumerate(items):
        if denied and (item.use in _IN_DENIED_LIST or item.key == ",") and not _begins_anew(items, since, index):
            since.append(index)
            continue
        yield since
        since, denied = [], item.use is Use.NEGATOR
    yield since


def _is_of_list(item: _Item) -> bool:
    """Whether an item can be nothing else than a part of a list of what is absent."""
    return item.use in (Use.ABSENT, Use.ALARMING, Use.PLACE) or item.key in (",", "or", "nor") or item.key in _OF_ONE


def _begins_anew(items: list[_Item], denied: list[int], comma: int) -> bool:
    """Whether what follows a comma may be there, though what stands before is not: "no effusion, enlarging nodule"."""
    if items[comma].key != "," or not any(items[index].use is Use.ABSENT for index in denied):
        return False
    return [each.key in _THERE for each in items[comma + 1 : comma + 2]] == [True]


_THERE = frozenset(
    {
        *("new", "enlarging", "residual", "recurrent", "additional", "further", "interval", "several"),
        *("known", "persistent", "progressive", "worsening", "increasing", "growing"),
    }
)
"""Adjectives that may begin a statement of what is there: it was looked for before, or is counted."""


def _first_of(items: list[_Item], denied: list[int]) -> list[int]:
    """Of items behind a "no" those that the first thing denied is made of: what it would be, what it would be like,
    and where.
    """
    first: list[int] = []
    for index in denied:
        if items[index].use not in (Use.ABSENT, Use.ALARMING, Use.PLACE) and items[index].key not in _OF_ONE:
            break
        first.append(index)
    return first


_OF_ONE = frozenset({"left", "right", "of", "the", "any", "a", "an", "other"})


# --- what is covered --------------------------------------------------------------------------------------------------
def _cover(items: list[_Item], mentioned: set[int], listed: frozenset[int], *, staged: bool) -> None:
    """Marks the items that are understood. `mentioned`: those inside a mention, which by now is harmless; `listed`:
    those in a list of what is absent.
    """
    negated = False
    named = 0
    for index, item in enumerate(items):
        if item.key in _ENDS or item.use in (Use.TURN, Use.SETTLED):
            negated = item.use is Use.SETTLED and _denies_more(items, index)  # "no acute fracture or subluxation"
        elif item.use is Use.NEGATOR:
            negated = True
        elif item.key == ",":
            negated = negated and _list_goes_on(items, index)
        elif any(each.meant is Meant.AFFIRMED and each.kind in _FINDINGS for each in item.mentions):
            negated = False
        named = _NAMES if item.use is Use.TITLE else max(0, named - 1)
        item.covered = item.use is not Use.OPEN and (
            index in mentioned
            or _says_nothing(item, staged)
            or ((negated or index in listed) and item.use in (Use.ABSENT, Use.ALARMING))
            or (item.use is Use.TEST and (negated or _is_called_normal(items, index)))
            or (named > 0 and item.use is None)
            or (item.key == "not" and _took_negation(items, index))
        )
    for statement in _statements(items):
        said = _says_something(statement)
        for item in _out_of_place(statement):
            item.covered = False
        for clause in _clauses(statement):
            if not said or (_says_no_more(clause) and not _says_something(clause)):
                for item in clause:
                    item.covered &= item.use is not Use.PLACE


def _unknown(text: str, items: list[_Item]) -> Iterator[Unknown]:
    """What nobody knows, by clause; one says nothing of the next: "perfusion normal, excretion late"."""
    for statement in _sentences(text, items):
        measured = any(_is_length(statement, index) for index in range(len(statement)))
        for clause in _clauses(statement):
            bare = [item for item in clause if not item.covered]
            if bare:
                yield Unknown(
                    words=tuple([text[item.start : item.end].lower() for item in bare]),
                    beside_place=any(item.use is Use.PLACE for item in statement),
                    measured=measured,
                    says=_says_something(clause),
                    on_procedure=any(item.use is Use.KNOWN for item in statement),
                )


def _sentences(text: str, items: list[_Item]) -> Iterator[list[_Item]]:
    """The statements, also where a line ends within one of them."""
    sentence: list[_Item] = []
    for statement in _statements(items):
        goes_on = bool(sentence and statement) and text[statement[0].start].islower()
        if (
            goes_on
            and "\n" in text[sentence[-1].end : statement[0].start]
            and not _STOPS.search(text, sentence[-1].end, statement[0].start)
        ):
            sentence = [*sentence, *statement]
        else:
            yield sentence
            sentence = statement
    yield sentence


_STOPS = re.compile(r"[.;!*\[\]]")


def _is_length(statement: list[_Item], index: int) -> bool:
    """Whether a unit says how long something is; a speed is none: "78 cm/s"."""
    return statement[index].key in _LENGTHS and [item.key for item in statement[index + 1 : index + 2]] != ["/"]


def _denies_more(items: list[_Item], index: int) -> bool:
    return items[index].key in _DENIALS and index + 1 < len(items) and items[index + 1].key in ("or", "nor")


_DENIALS = frozenset({"no", "without"})


def _says_something(items: list[_Item]) -> bool:
    return any(item.use in _SAYS or _is_told(item) for item in items)


def _clauses(statement: list[_Item]) -> Iterator[list[_Item]]:
    """The parts of a statement between commas."""
    clause: list[_Item] = []
    for item in statement:
        if item.key == ",":
            yield clause
            clause = []
        else:
            clause.append(item)
    yield clause


def _says_no_more(clause: list[_Item]) -> bool:
    """Whether a clause says of something only how long it is ("liver 14 mm, simple cyst"), or that it is as it was
    ("lungs clear, ribs as before"): what is said beside it is not said of that.
    """
    return bool(clause) and (clause[-1].key in _AS_IT_WAS or any(item.key in _LENGTHS for item in clause))


_AS_IT_WAS = frozenset({"before", "unchanged", "stable", "same", "previously", "prior", "compared"})
_IN_DENIED_LIST = frozenset({Use.ABSENT, Use.ALARMING, Use.WORD, Use.PLACE, Use.NEGATOR})
_LENGTHS = frozenset({"mm", "cm"})


def _statements(items: list[_Item]) -> Iterator[list[_Item]]:
    """The items by statement; a heading ("LUNGS:") belongs to the line below it."""
    statement: list[_Item] = []
    for item in items:
        if item.key not in _ENDS:
            statement.append(item)
        elif statement and statement[-1].key != ":":
            yield statement
            statement = []
    yield statement


_SAYS = frozenset({Use.NORMAL, Use.SETTLED, Use.NEGATOR})
_TELLS_NOTHING = frozenset({Kind.SIDE, Kind.STAGING, Kind.FOLLOW_UP, Kind.NON_INDICATION, Kind.BREAST_CANCER})
"""Kinds that say nothing of the part of the body beside them: "staging: liver"."""


def _is_told(item: _Item) -> bool:
    return any(each.kind not in _TELLS_NOTHING for each in item.mentions)


def _is_called_normal(items: list[_Item], index: int) -> bool:
    """Whether the result of a test is said to be normal: "normal ferritin", "HBV, HCV and HIV negative"; not "ferritin
    2400, saturation normal"."""
    if index and items[index - 1].use is Use.NORMAL:
        return True
    valued = apart = False
    for item in items[index + 1 : index + _REACH]:
        if item.use is Use.NORMAL or (item.use is Use.SETTLED and item.key in _CALLS_NORMAL):
            return True
        if item.key in _ENDS or item.key in _IS_THERE or item.use in (Use.OPEN, Use.TURN):
            return False
        if valued and (item.use is Use.TEST or (apart and item.key not in _OF_ALL)):
            return False
        valued = valued or item.key[0].isdecimal()
        apart = apart or (valued and item.key == ",")
    return False


_IS_THERE = frozenset({"detected", "present", "seen", "identified", "found", "isolated"})
_OF_ALL = frozenset({",", "-", "all", "both", "results", "values", "are", "is", "which", "range"})
"""What stands between a value, the comma behind it, and what calls it normal."""
_REACH = 30
"""So many items behind the name of a test what its result is may stand."""
_CALLS_NORMAL = frozenset({"not", "in", "within", "negative", "normal"})

_FINDINGS = frozenset({Kind.SYMPTOM, Kind.SIGN, Kind.IMAGING_FINDING, Kind.LABORATORY, Kind.METASTASIS})
_ITEMS_OF_LISTS = frozenset({Use.ABSENT, Use.ALARMING, Use.NEGATOR})


def _list_goes_on(items: list[_Item], comma: int) -> bool:
    """Whether a negated list goes on behind a comma: "no effusion, mass or collapse", "no mass, free fluid", and where
    the reader takes the next item for denied: "negative for chills, chest pain, bruising"."""
    follows = items[comma + 1 : comma + 2]
    if not follows:
        return False
    denied = bool(follows[0].mentions) and all(is_denied(each) for each in follows[0].mentions)
    return denied or follows[0].use in _ITEMS_OF_LISTS or follows[0].key in ("or", "and")


def _says_nothing(item: _Item, staged: bool) -> bool:
    if item.use in (*_WORDS, Use.SETTLED, Use.NEGATOR, Use.TURN, Use.TITLE, Use.KNOWN):
        return True
    if item.key == "?":
        return False
    if not item.key[0].isalpha() or len(item.key) == 1 or _TIMES.fullmatch(item.key):
        return True
    return is_staging(item.key) and (staged or _early(item.key))


def _early(key: str) -> bool:
    """Of a category, whether no early cancer lacks it: T0 to T2, N0, M0, and what could not be assessed."""
    bare = key.lstrip("cpya")
    return bare[:1] in _EARLY_STAGING and bare[1:2] in "012xi" and not (bare[0] != "t" and bare[1:2] not in "0x")


def _took_negation(items: list[_Item], index: int) -> bool:
    """ "Effusion not seen", "effusion is not present": whether a "not" is that of the finding right before it."""
    at = index - 1
    if at > 0 and items[at].key in _COPULAS:
        at -= 1
    said = items[at].mentions if at >= 0 else ()
    # "mammogram normal, MRI not" denies no MRI
    return any(
        each.meant is Meant.NEGATED and each.end == items[at].end and each.kind is not Kind.MODALITY for each in said
    )


_COPULAS = frozenset({"is", "are", "was", "were"})
