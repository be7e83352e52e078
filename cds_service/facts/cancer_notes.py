"""Suspicions from what is written beside the cancer: its own entry, the notes on it, on its stage and on the order.

Such notes are rare and about this very cancer: each has to be understood whole (`facts.understood`).
"""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from cds_service.coding import canonical_code
from cds_service.facts import unread
from cds_service.facts.advanced import is_advanced, is_large, says_advanced
from cds_service.facts.blanks import blank
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import OF_BREAST, Course, Diagnosis, Disease
from cds_service.facts.mentions import Kind, Meant, Mention, is_denied
from cds_service.facts.model import Evidence
from cds_service.facts.observations import observed
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.stage_marks import STAGE_OBSERVATIONS
from cds_service.facts.suspicion import Suspicion, of_readings
from cds_service.facts.text import blank_flags
from cds_service.facts.text_residue import points_elsewhere
from cds_service.facts.understood import LUMPS, Understood, understand, uses_of
from cds_service.fhir.resources import CodeableConcept, Coding
from cds_service.knowledge.record_words import In, Use


def of_cancer_entries(found: Iterable[Diagnosis], since: When | None, source: Source) -> Iterator[Suspicion]:
    """The notes on a breast cancer that nobody understood, and an advanced cancer well after the one known `since`."""
    for diagnosis in found:
        if diagnosis.disease not in OF_BREAST:
            continue
        on = diagnosis.since
        evidence = Evidence(value=unread.NOTE, resources=(diagnosis.reference,), date=on.text if on else None)
        understood = [understand_note(note, diagnosis.side, source) for note in diagnosis.notes]
        if any(each.open for each in understood) or (
            not _is_new(on, source) and any(tells_of_a_fresh_one(note, source) for note in diagnosis.notes)
        ):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        if _is_open_name(diagnosis, source):
            yield Suspicion(kind=None, site="other", evidence=msgspec.structs.replace(evidence, value=unread.ENTRY))
        if _is_staged_anew(diagnosis, source):
            anew = msgspec.structs.replace(evidence, value="stage of a recurrence on record")
            yield Suspicion(kind=None, site="other", evidence=anew)
        said = msgspec.structs.replace(evidence, value="symptom or finding on record")
        yield from of_readings((each.reading for each in understood), said)
        if diagnosis.course is Course.ACTIVE and is_advanced(diagnosis) and _is_later(diagnosis, since, source):
            fresh = msgspec.structs.replace(evidence, value="advanced breast cancer on record")
            yield Suspicion(kind=None, site="other", evidence=fresh)


def _is_staged_anew(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether its stage is that of a recurrence, "rT1 N0" (AJCC, chapter 1: r is retreatment or recurrence)."""
    stages = diagnosis.condition.stage if diagnosis.condition is not None else ()
    readings = (reading for stage in stages for reading in source.said(stage.summary))
    return any(each.prefix.startswith("r") for reading in readings for each in reading.staging)


def _is_open_name(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether the name of a cancer's entry says more than which cancer it is: "breast cancer, incurable".

    What a known code is called by its registry is not looked at, and no name that is read as more than a first cancer.
    """
    if diagnosis.condition is None or diagnosis.disease not in _FIRST or not diagnosis.carcinoma:
        return False
    return diagnosis.concept is not None and source.alike(_says_more, diagnosis.concept)


_FIRST = frozenset({Disease.INVASIVE, Disease.UNSPECIFIED, Disease.IN_SITU, Disease.HISTORY})


def _says_more(concept: CodeableConcept, source: Source) -> bool:
    registered = {each.display for each in concept.coding if _is_known(each, source)}
    words = source.knowledge.record_words.tries[In.NOTE]
    return any(
        understand(without_stage(name), source.read(name), words, _harmless_in_name).open
        for name in texts_of(concept)
        if name not in registered
    )


def _is_known(coding: Coding, source: Source) -> bool:
    """Whether a code is of our lists, or one of the site's own that its ConceptMaps translate."""
    if source.sets_of(CodeableConcept(coding=(coding,))):
        return True
    own = canonical_code(coding.system, coding.code) if coding.system and coding.code else None
    return own is not None and own in source.knowledge.translations


def without_stage(text: str) -> str:
    """A text, as long as it was, without what is read of it as the stage (`facts.stage_marks`)."""
    return _STAGE.sub(blank, blank_flags(text))


_STAGE = re.compile(r"\bstage (?:0|I{1,3}[ABC]?|[1-3][ABC]?)\b", re.IGNORECASE)


def _harmless_in_name(mention: Mention) -> bool:
    """As in a note; what a name says of nodes, treatment or recurrence is read as such."""
    return _harmless(mention) or mention.kind in (Kind.NODE, Kind.THERAPY, Kind.RECURRENCE, Kind.ASKS, Kind.ADVANCED)


def _is_new(since: When | None, source: Source) -> bool:
    return since is not None and not since.surely_older(source.windows.new_disease_days, source.today)


_FRESH = re.compile(
    r"\b(?:new(?:ly)?|recent(?:ly)?|just|now)\s(?:\w+[- ]){0,3}?"
    r"(?:diagnos|dx|cancer|ca\b|carcinoma|idc|ilc|tumou?r|primary)",
    re.IGNORECASE,
)


def tells_of_a_fresh_one(note: str, source: Source) -> bool:
    """Whether a note tells of a cancer just found, or of a lump or the like in breast, axilla or chest wall.

    On the entry of an old cancer that is a recurrence or another one. A swollen arm comes of the treatment.
    """
    found = source.read(note).of(Kind.LOCAL_SYMPTOM, Kind.IMAGING_FINDING)  # a "palpable lump" is of no stated place
    there = any(mention.may_hold and mention.value != "arm-swelling" for mention in found)
    return there or _FRESH.search(note) is not None


def of_stage_notes(source: Source) -> Iterator[Suspicion]:
    """The notes on what states stage or size of the cancer, where nobody understood them, or they make it advanced."""
    for observation, sets in source.telling_observations:
        notes = [note.text for note in observation.note if note.text]
        if not notes or _STAGING.isdisjoint(sets):
            continue
        if any(
            understand_note(each, "unstated", source).open or says_advanced(each, source.read(each)) for each in notes
        ):
            on = observed(observation)
            evidence = Evidence(value=unread.NOTE, resources=(reference_to(observation),), date=on.text if on else None)
            yield Suspicion(kind=None, site="other", evidence=evidence)


def is_open_note(text: str, source: Source) -> bool:
    """Whether a text on an order is understood neither as a reason nor as a note is."""
    if not source.residue(text):
        return False
    return points_elsewhere(text) or understand_note(text, "unstated", source).open


def says_open(note: str, source: Source) -> bool:
    """Whether a note holds words that leave it open, whatever a report of a study would mean by them."""
    return any(Use.OPEN in statement for statement in uses_of(note, source.knowledge.record_words.tries[In.NOTE]))


_STAGING = frozenset({*(value_set for value_set, _, _ in STAGE_OBSERVATIONS), "tumor-size"})


def _is_later(diagnosis: Diagnosis, since: When | None, source: Source) -> bool:
    on, days = diagnosis.since, source.windows.new_disease_days
    return on is not None and since is not None and since.surely_older(days, on.earliest)


def understand_note(note: str, side: str, source: Source, kind: In = In.NOTE, *, known: bool = False) -> Understood:
    """A note on a cancer of this side as understood; also open where it points elsewhere, or tells of more.

    `kind`: by whose words it is read. `known`: whether a lump of the breast, and a node of the axilla, are those of the
    cancer that is known.
    """
    words = source.knowledge.record_words.tries[kind]
    found = understand(note, source.read(note), words, _harmless_beside(note) if known else _harmless)
    left_open = points_elsewhere(note) or tells_of_more(note) or _of_other_side(found, note, side)
    return msgspec.structs.replace(found, open=True) if left_open else found


def _harmless_beside(note: str) -> Callable[[Mention], bool]:
    """What leaves a note on a new cancer closed: also what it says of its lump and of the nodes of the axilla, but that
    one holds a metastasis: beside T2 N0 that is stage IIB.
    """
    kinds: set[Kind] = set()
    if _IN_AXILLA.search(note):
        kinds = {Kind.ASKS, Kind.NODE, Kind.IMAGING_FINDING}
    elif _IN_BREAST.search(note):
        kinds = {Kind.IMAGING_FINDING}

    def harmless(mention: Mention) -> bool:
        if mention.kind in kinds and mention.value in ("unspecified", "axilla", "suspicious", "palpable"):
            return True
        return _harmless(mention)

    return harmless


_IN_AXILLA = re.compile(r"\baxill", re.IGNORECASE)
_IN_BREAST = re.compile(r"(?<!contralateral )(?<!other )(?<!opposite )\bbreast\b", re.IGNORECASE)


def tells_of_more(note: str) -> bool:
    """Whether a note makes the tumour large, or stages it after therapy or by many nodes."""
    return is_large(note) or is_told_by_surgery(note)


def is_told_by_surgery(note: str) -> bool:
    """Whether a note stages the tumour after therapy, or by many nodes that were taken."""
    return _TOLD_BY_SURGERY.search(note) is not None


_TOLD_BY_SURGERY = re.compile(r"\byp?[TN]\d|(?<!\d)(?:[4-9]|[1-9]\d)\s*\+\s*/\s*\d", re.IGNORECASE)
"""A stage after neoadjuvant therapy ("ypN1"), and four nodes or more that were taken ("9+/21")."""


def _of_other_side(found: Understood, note: str, side: str) -> bool:
    """Whether a note speaks of the other side than that of the cancer, or of both."""
    said = found.reading.of(Kind.SIDE)
    none = [span.span() for each in (_RADIOTHERAPY, _OF_BOTH_SIDES) for span in each.finditer(note)] if said else []
    sides = {mention.value for mention in said if not any(begin <= mention.start < end for begin, end in none)}
    return (
        not sides.isdisjoint(("bilateral", "other")) or len(sides) > 1 or (side != "unstated" and bool(sides - {side}))
    )


_RADIOTHERAPY = re.compile(
    r"\b(?:(?i:adjuvant|adj|prior|previous|whole[- ]breast|partial[- ]breast|hypofractionated"
    r"|post-?op(?:erative)?|completed|finished"
    r"|after|received?|declined))\s+RT\b(?!\s+(?i:breast|axill|side|mastect|lumpect|ax|idc|ilc|dcis|ca)\w*)"
    r"|(?<=[,;+&])\s*RT(?=\s*[,;+&])"
)
"""RT that is radiotherapy, and no side: "adjuvant RT", "lumpectomy, RT, tamoxifen"; not "mastectomy, RT"."""
_OF_BOTH_SIDES = re.compile(
    r"\b(?:grip strength|ROM|range of motion|symmetry|symmetrizing|balancing)\b[^.;\n]*"
    r"|\b(?:lungs?|CTA|auscultation|breath sounds|air entry|pulses|reflexes|strength|sensation|pupils|TMs)\b"
    r"[^.,;\n]{0,40}",
    re.IGNORECASE,
)
"""What is measured or heard on either side, and the operation that makes a healthy breast like the other."""
_HARMLESS = frozenset(
    {
        *(Kind.BREAST_CANCER, Kind.STAGING, Kind.FOLLOW_UP, Kind.NON_INDICATION, Kind.SURGERY, Kind.SIDE),
        *(Kind.MODALITY, Kind.TRACER, Kind.PREGNANCY),
    }
)
_LONG_STANDING = frozenset({"chronic-disease", "degenerative", "cyst", "reconstruction"})
_TREATMENTS = frozenset({"endocrine", "radiotherapy", "adjuvant"})


def _harmless(mention: Mention) -> bool:
    """Whether a mention in a note on the cancer leaves it closed: what every early or treated cancer may have."""
    if is_denied(mention) or mention.meant is Meant.FAMILY:
        return True
    if mention.kind in _HARMLESS:
        return mention.kind is not Kind.BREAST_CANCER or mention.value != "inflammatory"
    match mention.kind:
        case Kind.NODE:
            return mention.value == "normal" and mention.meant is not Meant.NEGATED
        case Kind.ASKS:
            return mention.value != "axilla"
        case Kind.LOCAL_SYMPTOM:
            return mention.value in LUMPS
        case Kind.OTHER_REASON:
            return mention.value in _LONG_STANDING
        case Kind.THERAPY:
            over = mention.meant is Meant.HISTORICAL or mention.detail == "completed"
            return over or mention.value in _TREATMENTS
    return False
