"""What one value, coded or in words, states of the stage: a value, several where it is a range, none where unread."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from cds_service.facts.dates import When
from cds_service.facts.mentions import Reading, StagingText
from cds_service.facts.model import VOCABULARY
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.stage_writing import Written, parse, timing_of
from cds_service.facts.staging import lettered
from cds_service.fhir.resources import CodeableConcept
from cds_service.value import Value

ORDER = {"group": VOCABULARY["stage-group"].domain} | {
    kind: VOCABULARY[f"clinical-{kind}"].domain for kind in ("t", "n", "m")
}
"""The values of each kind of statement, the lowest first."""


class StageMark(Value, frozen=True, kw_only=True):
    """One statement about the stage. `kind`: t, n, m or group.

    `values`: as in the vocabulary, a group perhaps unlettered; several are a range, none is a statement that cannot be
    read and may be any. `timing`: clinical, pathologic, after-therapy or unspecified. `coded`: False for words.
    `prognostic`: of AJCC's prognostic groups, another system, whose IIA can be an anatomic IIB (facts A8).
    """

    kind: str
    values: tuple[str, ...]
    timing: str
    resource: str
    written: str = ""
    on: When | None = None
    coded: bool = True
    prognostic: bool = False

    @property
    def meant(self) -> frozenset[str]:
        """Every value that it may mean."""
        if not self.values:
            return frozenset(ORDER[self.kind])
        return frozenset(value for each in self.values for value in lettered(each))

    @property
    def lowest(self) -> int:
        """The place of the lowest of them."""
        return min(map(ORDER[self.kind].index, self.meant))


class Place(Value, frozen=True, kw_only=True):
    """Where a statement stands: what it is about, and what it means where it does not say itself."""

    resource: str
    on: When | None
    timing: str = "unspecified"
    kind: str | None = None
    prognostic: bool = False


def of_value(value: CodeableConcept | None, words: tuple[str, ...], place: Place, source: Source) -> list[StageMark]:
    """Marks of a coded value; where no code is known, of a code that spells it out, then of its words.

    What stands there and yields nothing of what the place is about, or at all, is a statement that could not be read.
    """
    known = source.knowledge.staging_codes
    texts = (*texts_of(value), *words)
    spelled = [text for code in codes_of(value) if (text := known.get(code))]
    coded = _marked(((text, _of_code(text)) for text in spelled), place)
    if not coded and not spelled and value is not None:
        codes = (each.code for each in value.coding if each.code and not each.code.isdigit())
        coded = _marked(((code, _alone(code, place)) for code in codes), place)
    if not coded and not spelled:
        coded = _marked(((text, _alone(text, place)) for text in texts), place)
    found = [*coded, *_worded(texts, coded, place, source)]
    if any(place.kind in (None, mark.kind) for mark in found):
        return found
    silent = (spelled and not coded) or not (texts or _has_code(value)) or _says_nothing(value, texts)
    return found if silent else [*found, _unread(place)]


_of_code = cache(parse)
"""As `parse`, of the spellings of codes that the knowledge has, and so not without end."""


def _alone(text: str, place: Place) -> Written | None:
    """What a value says by itself. "2" as the value of a T category is no stage II, and of whose T2 nobody knows."""
    written = parse(text)
    if written is None or written.kind == place.kind or place.kind in (None, "group"):
        return written
    return written if written.kind != "group" or "stage" in text.lower() else None


def _worded(texts: tuple[str, ...], coded: list[StageMark], place: Place, source: Source) -> Iterator[StageMark]:
    """What the words beside a code add, or say otherwise: "Stage IIA (cT2 cN1 cM0)", a display "stage IIIA" of IA."""
    for text in texts:
        written = _alone(text, place)
        if written is None:
            said = of_readings(source.readings(text), place)
        else:
            said = [msgspec.structs.replace(mark, coded=False) for mark in _marked([(text, written)], place)]
        for mark in said:
            same = [each.meant for each in coded if each.kind == mark.kind]
            if not any(values & mark.meant for values in same):
                yield mark


# --- what could not be read -------------------------------------------------------------------------------------------
_ABSENT = re.compile(
    r"\W*(y?[cp]?[tnm]?x|unknown|(not|cannot be|can't be) (known|assessed|evaluated|determined))\W*", re.IGNORECASE
)
"""Words for what nobody assessed, as AJCC's X."""

# http://terminology.hl7.org/CodeSystem/data-absent-reason, …/v3-NullFlavor: codes that stand for a missing value.
_ABSENCES = ("data-absent-reason", "v3-nullflavor")


def _says_nothing(value: CodeableConcept | None, texts: tuple[str, ...]) -> bool:
    """Whether a value says that there is none, as MX and "not assessed" do, or is of another system."""
    codes = value.coding if value is not None else ()
    if any((each.system or "").lower().endswith(_ABSENCES) for each in codes):
        return True
    if any("prognostic" in text.lower() for text in texts):
        return True
    return any(_ABSENT.fullmatch(text) for text in (*texts, *(each.code for each in codes if each.code)))


def _has_code(value: CodeableConcept | None) -> bool:
    return value is not None and any(each.code for each in value.coding)


def unread(mark: StageMark) -> StageMark:
    """A statement that cannot be relied on, and so may be any."""
    return msgspec.structs.replace(mark, values=())


def _unread(place: Place) -> StageMark:
    return StageMark(kind=place.kind or "group", values=(), timing=place.timing, resource=place.resource, on=place.on)


# --- marks ------------------------------------------------------------------------------------------------------------
def _marked(values: Iterable[tuple[str, Written | None]], place: Place) -> list[StageMark]:
    return [
        StageMark(
            kind=written.kind,
            values=written.values,
            timing=written.timing or place.timing,
            resource=place.resource,
            written=text,
            on=place.on,
            prognostic=place.prognostic and written.kind == "group",
        )
        for text, written in values
        if written is not None
    ]


_KINDS = (("group", "stage"), ("t", "t"), ("n", "n"), ("m", "m"))
"""Kind of a mark, member of `StagingText`."""


def of_readings(readings: Iterable[Reading], place: Place) -> list[StageMark]:
    """Marks of what texts say. Of one text, both ends of a range are one statement: "T2-3", "stage I-IIA"."""
    return [mark for reading in readings for mark in _of_reading(reading.staging, place)]


def _of_reading(staging: Iterable[StagingText], place: Place) -> Iterator[StageMark]:
    said: dict[tuple[str, str], dict[str, None]] = {}
    for each in staging:
        timing = timing_of(each.prefix) or place.timing
        for kind, member in _KINDS:
            value = getattr(each, member)
            if value is not None:
                said.setdefault((kind, timing), {})[value] = None
    for (kind, timing), values in said.items():
        yield StageMark(
            kind=kind,
            values=tuple(values),
            timing=timing,
            resource=place.resource,
            written=" ".join(values),
            on=place.on,
            coded=False,
            prognostic=place.prognostic and kind == "group",
        )
