"""What one value, coded or in words, states of the stage: a value, several where it is a range, none where unread."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, partial

import msgspec

from cds_service.facts.advanced import is_large, stages_advanced
from cds_service.facts.blanks import blank
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind, Mention, Reading, is_denied
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.stage_writing import Written, parse, timing_of
from cds_service.facts.staging import lettered
from cds_service.facts.understood import understand
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.fhir.resources import CodeableConcept
from cds_service.knowledge.record_words import In
from cds_service.value import Value

ORDER = {"group": VOCABULARY["stage-group"].domain} | {
    kind: VOCABULARY[f"clinical-{kind}"].domain for kind in ("t", "n", "m")
}
"""The values of each kind of statement, the lowest first."""


class Statement(Value, frozen=True, kw_only=True):
    """What is stated of the stage, wherever it stands; none of its words, for it is remembered. `kind`: t, n, m, group.

    `values`: as in the vocabulary, a group perhaps unlettered; several are a range, none is a statement that cannot be
    read and may be any. `timing`: clinical, pathologic, after-therapy or unspecified. `coded`: False for words.
    `detail`: see `Written`.
    """

    kind: str
    values: tuple[str, ...]
    timing: str
    coded: bool = True
    detail: str | None = None

    @property
    def meant(self) -> frozenset[str]:
        """Every value that it may mean."""
        return _meant(self.kind, self.values)

    @property
    def lowest(self) -> int:
        """The place of the lowest of them."""
        return _lowest(self.kind, self.values)


@lru_cache(maxsize=1024)
def _meant(kind: str, values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(value for each in values for value in lettered(each)) if values else frozenset(ORDER[kind])


@lru_cache(maxsize=1024)
def _lowest(kind: str, values: tuple[str, ...]) -> int:
    return min(map(ORDER[kind].index, _meant(kind, values)))


class StageMark(Statement, frozen=True, kw_only=True):
    """A statement on record, or of the order, with where it stands.

    `prognostic`: of AJCC's prognostic groups, another system, whose IIA can be an anatomic IIB (facts A8).
    """

    resource: str
    on: When | None = None
    prognostic: bool = False


class Place(Value, frozen=True, kw_only=True):
    """Where a statement stands: what it is about, and what it means where it does not say itself."""

    resource: str
    on: When | None
    timing: str = "unspecified"
    kind: str | None = None


def of_value(value: CodeableConcept | None, words: tuple[str, ...], place: Place, source: Source) -> list[StageMark]:
    """Marks of a coded value; where no code is known, of a code that spells it out, then of its words.

    What stands there and yields nothing of what the place is about, or at all, is a statement that could not be read.
    """
    if value is None or words:
        stated = _stated(value, words, place.kind, place.timing, source)
    else:
        stated = source.alike(_STATED_BY[place.kind, place.timing], value)
    return [_mark(each, place) for each in stated]


def _stated_by(kind: str | None, timing: str, value: CodeableConcept, source: Source) -> list[Statement]:
    return _stated(value, (), kind, timing, source)


_STATED_BY = {
    (kind, timing): partial(_stated_by, kind, timing)
    for kind in (None, *ORDER)
    for timing in ("clinical", "pathologic", "unspecified")
}
"""The reader of a value that stands in a place of this kind and timing: equal values are read once (`Source.alike`)."""


def _stated(
    value: CodeableConcept | None, words: tuple[str, ...], kind: str | None, timing: str, source: Source
) -> list[Statement]:
    known = source.knowledge.staging_codes
    texts = (*texts_of(value), *words)
    spelled = [text for code in codes_of(value) if (text := known.get(code))]
    coded = _statements(map(_of_code, spelled), timing)
    if not coded and not spelled and value is not None:
        codes = (each.code for each in value.coding if each.code and not each.code.isdigit())
        coded = _statements((_alone(code, kind) for code in codes), timing)
    if not coded and not spelled:
        coded = _statements((_alone(text, kind) for text in texts), timing)
    found = [*coded, *_worded(texts, coded, kind, timing, source)]
    if any(kind in (None, each.kind) for each in found):
        return found
    silent = (spelled and not coded) or not (texts or has_code(value)) or says_nothing(value, texts)
    return found if silent else [*found, Statement(kind=kind or "group", values=(), timing=timing)]


_of_code = cache(parse)
"""As `parse`, of the spellings of codes that the knowledge has, and so not without end."""


def _alone(text: str, kind: str | None) -> Written | None:
    """What a value says by itself. "2" as the value of a T category is no stage II, and of whose T2 nobody knows."""
    written = parse(text)
    if written is None or written.kind == kind or kind in (None, "group"):
        return written
    return written if written.kind != "group" or "stage" in text.lower() else None


def _worded(
    texts: tuple[str, ...], coded: list[Statement], kind: str | None, timing: str, source: Source
) -> Iterator[Statement]:
    """What the words beside a code add, or say otherwise: "Stage IIA (cT2 cN1 cM0)", a display "stage IIIA" of IA."""
    for text in texts:
        written = _alone(text, kind)
        said = [_statement(written, timing, coded=False)] if written else _of_reading(source.read(text), timing)
        if written is None and not coded and _says_more(text, source):
            said = [msgspec.structs.replace(each, values=()) for each in said]
        for each in said:
            same = [one.meant for one in coded if one.kind == each.kind]
            if not any(values & each.meant for values in same):
                yield each


def _says_more(text: str, source: Source) -> bool:
    """Whether a sentence on an early stage says more that nobody understands, so that it cannot be relied on: "cT1 N0,
    ?T3", "IIA, now stage IV", "T1 N0 but 6 cm".
    """
    reading = source.read(text)
    if stages_advanced(reading) or {each.stage for each in reading.staging} == {"IV"}:
        return False
    words = source.knowledge.record_words.tries[In.NOTE]
    said = _EDITION.sub(blank, text)
    return is_large(text) or understand(said, reading, words, _is_beside_stage).open


_EDITION = re.compile(
    r"\b(?:AJCC|UICC|TNM|American Joint Committee on Cancer|v\.? ?\d|version \d"
    r"|(?:\d(?:th)?|eighth|seventh) ed(?:ition|n|\b)\.?)",
    re.IGNORECASE,
)
"""Whose stage it is, by which edition."""


def _is_beside_stage(mention: Mention) -> bool:
    return is_denied(mention) or mention.kind in _BESIDE_STAGE


_BESIDE_STAGE = frozenset({Kind.BREAST_CANCER, Kind.STAGING, Kind.SIDE, Kind.NODE, Kind.LOCAL_SYMPTOM, Kind.ADVANCED})
"""What the words of a stage name besides, and what is read of them elsewhere."""


# --- what could not be read -------------------------------------------------------------------------------------------
_ABSENT = re.compile(
    r"\W*(y?[cp]?[tnm]?x|n/?a|unknown|not (done|applicable)"
    r"|(not|cannot be|can't be) (known|assessed|evaluated|determined))\W*",
    re.IGNORECASE,
)
"""Words for what nobody assessed, as AJCC's X."""

# http://terminology.hl7.org/CodeSystem/data-absent-reason, …/v3-NullFlavor: codes that stand for a missing value.
_ABSENCES = ("data-absent-reason", "v3-nullflavor")


def says_nothing(value: CodeableConcept | None, texts: tuple[str, ...]) -> bool:
    """Whether a value says that there is none, as MX and "not assessed" do, or is of another system."""
    codes = value.coding if value is not None else ()
    if any((each.system or "").lower().endswith(_ABSENCES) for each in codes):
        return True
    if any("prognostic" in text.lower() for text in texts):
        return True
    return any(_ABSENT.fullmatch(text) for text in (*texts, *(each.code for each in codes if each.code)))


def has_code(value: CodeableConcept | None) -> bool:
    """Whether a code stands there, of whatever system."""
    return value is not None and any(each.code for each in value.coding)


def unread(mark: StageMark) -> StageMark:
    """A statement that cannot be relied on, and so may be any."""
    return msgspec.structs.replace(mark, values=())


def unread_mark(kind: str, timing: str, place: Place) -> StageMark:
    """What stands at a place and cannot be read."""
    return _mark(Statement(kind=kind, values=(), timing=timing), place)


# --- statements -------------------------------------------------------------------------------------------------------
def _statements(written: Iterable[Written | None], timing: str) -> list[Statement]:
    return [_statement(each, timing) for each in written if each is not None]


def _statement(written: Written, timing: str, *, coded: bool = True) -> Statement:
    """What is written, of the timing of its place where it names none."""
    return Statement(
        kind=written.kind,
        values=written.values,
        timing=written.timing or timing,
        coded=coded,
        detail=written.detail,
    )


def _of_reading(reading: Reading, timing: str) -> list[Statement]:
    """What a text says. Both ends of a range are one statement: "T2-3", "stage I-IIA"."""
    said: dict[tuple[str, str], dict[str, None]] = {}
    for each in reading.staging:
        of = timing_of(each.prefix) or timing
        for kind, value in (("group", each.stage), ("t", each.t), ("n", each.n), ("m", each.m)):
            if value is not None:
                said.setdefault((kind, of), {})[value] = None
    return [Statement(kind=kind, values=tuple(values), timing=of, coded=False) for (kind, of), values in said.items()]


# --- marks ------------------------------------------------------------------------------------------------------------
def of_readings(readings: Iterable[Reading], place: Place) -> list[StageMark]:
    """Marks of what texts say."""
    return [
        _mark(each, place) for reading in readings if reading.staging for each in _of_reading(reading, place.timing)
    ]


def _mark(stated: Statement, place: Place) -> StageMark:
    return StageMark(
        kind=stated.kind,
        values=stated.values,
        timing=stated.timing,
        coded=stated.coded,
        detail=stated.detail,
        resource=place.resource,
        on=place.on,
    )


def prognostic(mark: StageMark) -> StageMark:
    """A group as one of the prognostic system; what else was read there, or was not understood, as it is."""
    return msgspec.structs.replace(mark, prognostic=True) if mark.kind == "group" and mark.values else mark
