"""Each Condition, and each reason of the order, as a diagnosis: what it is, on which side, since when, whether still.

Codes decide; text is read where no code is known. Most specific wins: in situ over histology-neutral, recurrence over
primary (value sets of `knowledge/value-sets`).
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from cds_service.coding import ICD10CM
from cds_service.facts.dates import When, end_of, start_of, when
from cds_service.facts.histology import Tissue, is_in_situ_alone, names_no_carcinoma, tissues
from cds_service.facts.mentions import Kind, Meant, Reading
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reference_to, texts_of, typed_code
from cds_service.fhir.admission import verified
from cds_service.fhir.resources import CodeableConcept, Condition
from cds_service.value import Value


class Disease(StrEnum):
    """What a diagnosis is, as far as it matters here."""

    INVASIVE = "invasive"
    UNSPECIFIED = "unspecified"  # a histology-neutral code: counts as invasive, assumed
    INFLAMMATORY = "inflammatory"
    IN_SITU = "in-situ"
    RECURRENCE = "recurrence"
    HISTORY = "history"
    METASTASIS = "metastasis"
    NODE_METASTASIS = "node-metastasis"
    AMBIGUOUS_METASTASIS = "ambiguous-metastasis"
    OTHER_MALIGNANCY = "other-malignancy"
    OTHER = "other"


BREAST_CANCER = frozenset({Disease.INVASIVE, Disease.UNSPECIFIED, Disease.INFLAMMATORY, Disease.IN_SITU})
OF_BREAST = BREAST_CANCER | {Disease.HISTORY, Disease.RECURRENCE}


class Course(StrEnum):
    """Whether a diagnosis still holds."""

    ACTIVE = "active"
    OVER = "over"  # resolved, inactive, abated
    REMISSION = "remission"


class Diagnosis(Value, frozen=True, kw_only=True):
    """One diagnosis.

    `certain` is False while it is provisional or differential, or a cancer dated ahead. `onset_recorded`: the date is
    its onset, not the day someone wrote it down. `sets`: the value sets that hold its codes; `words` and `noted`: what
    its own words and the notes on it say; `carcinoma`: False where they name another tissue.
    """

    disease: Disease
    reference: str
    concept: CodeableConcept | None
    sets: frozenset[str]
    words: tuple[Reading, ...]
    noted: tuple[Reading, ...] = ()
    side: str = "unstated"
    since: When | None = None
    onset_recorded: bool = False
    course: Course = Course.ACTIVE
    certain: bool = True
    carcinoma: bool = True
    histology: str = "not-specified"
    condition: Condition | None = None
    sex: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes on the Condition."""
        return notes_on(self.condition) if self.condition is not None else ()

    @property
    def came_back(self) -> bool:
        """Whether it was gone, or better, and is there again (https://hl7.org/fhir/R4/valueset-condition-clinical.html)."""
        return self.condition is not None and not _BACK.isdisjoint(_words(self.condition.clinical_status))


def notes_on(condition: Condition) -> tuple[str, ...]:
    """What is written beside a Condition."""
    return tuple([note.text for note in condition.note if note.text]) if condition.note else ()


# Most specific first: the first value set that holds any of the codes names the disease.
_DISEASES = (
    ("breast-cancer-local-recurrence", Disease.RECURRENCE),
    ("secondary-breast", Disease.AMBIGUOUS_METASTASIS),
    ("distant-metastasis", Disease.METASTASIS),
    ("metastasis-history", Disease.METASTASIS),
    ("axillary-node-metastasis", Disease.NODE_METASTASIS),
    ("ambiguous-node-metastasis", Disease.AMBIGUOUS_METASTASIS),
    ("breast-cancer-inflammatory", Disease.INFLAMMATORY),
    ("breast-cancer-in-situ", Disease.IN_SITU),
    ("breast-cancer-invasive", Disease.INVASIVE),
    ("breast-cancer-unspecified", Disease.UNSPECIFIED),
    ("breast-cancer-history", Disease.HISTORY),
    ("breast-in-situ-history", Disease.OTHER),
    ("other-malignancy", Disease.OTHER_MALIGNANCY),
    ("family-history-or-screening", Disease.OTHER),
)

_PLACES = {value_set: place for place, (value_set, _) in enumerate(_DISEASES)}

_CONFIRMED = frozenset({"confirmed"})
_OVER = frozenset({"resolved", "inactive"})
_BACK = frozenset({"recurrence", "relapse"})


def diagnoses(source: Source) -> tuple[Diagnosis, ...]:
    """Every Condition of the record as a diagnosis, in the record's order."""
    return tuple([_of_condition(condition, source) for condition in source.record.conditions])


def ruled_out_cancers(source: Source) -> tuple[Diagnosis, ...]:
    """The invasive cancers that an entry refutes: whoever orders for one may not know yet."""
    found = (_of_condition(condition, source) for condition in source.record.refuted)
    return tuple([each for each in found if each.disease in BREAST_CANCER - {Disease.IN_SITU}])


def disease_of(concept: CodeableConcept | None, source: Source, *sites: CodeableConcept | None) -> Disease:
    """What a concept, perhaps of a body site, names: by its codes, and where they say nothing known, by its words."""
    sets = source.sets_of(concept)
    place = min([_PLACES[each] for each in sets if each in _PLACES], default=None)
    found = None if place is None else _DISEASES[place][1]
    said = _disease_said(source.said(concept))
    if said is Disease.RECURRENCE and _of_breast(found, sets):
        return said  # "Recurrent breast cancer" on the code of the first cancer, or of its history
    if found not in (Disease.UNSPECIFIED, None):
        return found
    if found is Disease.UNSPECIFIED:
        # "Malignant neoplasm of breast" with the text "DCIS left breast" is in situ; no code contradicts it.
        return said if said in _MORE_SPECIFIC else found
    if said not in (*OF_BREAST, Disease.OTHER_MALIGNANCY):
        return said
    if any(code.system == ICD10CM for code in codes_of(concept)):
        # An ICD-10-CM code outside our lists is another thing: "Malignant hypertension", "Encounter for screening for
        # malignant neoplasm of colon", "Benign neoplasm of breast", a basal cell carcinoma.
        return Disease.OTHER
    if any(_NO_DISEASE.search(text) for text in texts_of(concept)):
        return Disease.OTHER
    if said is Disease.OTHER_MALIGNANCY:
        return said
    if "remission" in sets:
        return Disease.OTHER  # "malignant neoplasm in remission" is a state of the cancer on record
    return said if names_breast_cancer(concept, source, *sites) else Disease.OTHER_MALIGNANCY


def _of_breast(disease: Disease | None, sets: frozenset[str]) -> bool:
    """Whether it is, or was, a cancer of the breast: something that can come back."""
    return disease in OF_BREAST or "breast-in-situ-history" in sets


_NO_DISEASE = re.compile(
    r"\b(screen|fear|phobia|worried well|encounter for (?:follow|surveil)|benign|prevent|prophyla|educat|counsel|vaccin"
    r"|risk of|at risk|fh|fhx|family|receptor|basal cell)",
    re.IGNORECASE,
)
"""Entries that name a cancer and are none: screening, fear, prevention, family, a benign tumour, a receptor."""

_MORE_SPECIFIC = frozenset({Disease.IN_SITU, Disease.INFLAMMATORY, Disease.METASTASIS})

_BREAST_WORDS = re.compile(
    r"breast|mammary|nipple|\b(intra)?ductal|lobular|\b(idc|ilc|dcis|lcis|tnbc|ibc|mbc)\b|her-?2|paget", re.IGNORECASE
)
BREAST_SITES = frozenset({"76752008", "80248007", "73056007", "63762007"})
"""Breast structure, and its sides (SNOMED CT)."""


def names_breast_cancer(concept: CodeableConcept | None, source: Source, *sites: CodeableConcept | None) -> bool:
    """Whether a concept, or the site beside it, is of the breast: by code, else in its words."""
    if not _BREAST_SETS.isdisjoint(source.sets_of(concept)):
        return True
    if any(code.code in BREAST_SITES for code in codes_of(concept, *sites)):
        return True
    return any(_BREAST_WORDS.search(text) for text in texts_of(concept, *sites))


_BREAST_SETS = frozenset(name for name, disease in _DISEASES if disease in OF_BREAST)


def _disease_said(readings: tuple[Reading, ...]) -> Disease:
    mentions = [mention for reading in readings for mention in reading.mentions]
    if not mentions:  # most of a problem list
        return Disease.OTHER
    present = [mention for mention in mentions if mention.meant is Meant.AFFIRMED]
    # "History of metastatic breast cancer" is metastatic: stage IV stays stage IV (E24).
    if any(m.kind is Kind.METASTASIS and m.meant in (Meant.AFFIRMED, Meant.HISTORICAL) for m in mentions):
        return Disease.METASTASIS
    if any(m.kind is Kind.RECURRENCE and m.may_hold for m in mentions):
        return Disease.RECURRENCE
    if any(mention.kind is Kind.NODE and mention.value in ("proven", "positive") for mention in present):
        return Disease.NODE_METASTASIS
    if any(mention.kind is Kind.OTHER_MALIGNANCY for mention in present):
        return Disease.OTHER_MALIGNANCY
    cancers = [mention for mention in mentions if mention.kind is Kind.BREAST_CANCER]
    values = {mention.value for mention in cancers if mention.meant is Meant.AFFIRMED}
    for value, disease in _SAID:
        if value in values:
            return disease
    if any(mention.meant is Meant.HISTORICAL for mention in cancers):
        return Disease.HISTORY
    return Disease.OTHER


_SAID = (
    ("inflammatory", Disease.INFLAMMATORY),
    ("invasive", Disease.INVASIVE),
    ("in-situ", Disease.IN_SITU),
    ("unspecified", Disease.UNSPECIFIED),
)


class Named(Value, frozen=True, kw_only=True):
    """What a concept says of a diagnosis by itself: no word of it, for it is remembered."""

    sets: frozenset[str]
    words: tuple[Reading, ...]
    disease: Disease
    side: str
    sex: str | None


def what_is_named(concept: CodeableConcept | None, source: Source, *sites: CodeableConcept) -> Named:
    """What the concept of a diagnosis, perhaps of body sites, says; for `Source.alike`."""
    return Named(
        sets=source.sets_of(concept),
        words=source.said(concept),
        disease=disease_of(concept, source, *sites),
        side=side_of(source, concept, *sites),
        sex=_sex_of_code(concept),
    )


def _of_condition(condition: Condition, source: Source) -> Diagnosis:
    code = condition.code if condition.code is None else typed_code(condition.code)
    if code is None or condition.body_site:
        named = source.alike_together(what_is_named, code, condition.body_site)
    else:
        named = source.alike(what_is_named, code)
    status = _words(condition.clinical_status)
    disease = _with_status(_with_morphology(named.disease, condition, source), named.sets, status)
    onset = when(condition.onset_date_time, start_of(condition.onset_period))
    return Diagnosis(
        disease=disease,
        reference=reference_to(condition),
        concept=code,
        sets=named.sets,
        words=named.words,
        noted=source.readings(*notes_on(condition)) if condition.note else (),
        side=named.side,
        since=onset or when(condition.recorded_date),
        onset_recorded=onset is not None,
        course=_course(condition, status, source),
        certain=_certain(condition, disease, source) and not (disease in BREAST_CANCER and source.is_ahead(onset)),
        carcinoma=disease not in BREAST_CANCER or not names_no_carcinoma(source, *_of_tissue(condition)),
        histology=_histology(condition, source) if disease in BREAST_CANCER else "not-specified",
        condition=condition,
        sex=named.sex,
    )


def _with_morphology(disease: Disease, condition: Condition, source: Source) -> Disease:
    """mCODE says "malignant neoplasm of breast" and puts the histology and behaviour into an extension."""
    if disease not in (Disease.UNSPECIFIED, Disease.INVASIVE):
        return disease
    said = _morphology(condition, source)
    if Tissue.INFLAMMATORY in said:
        return Disease.INFLAMMATORY
    if disease is Disease.UNSPECIFIED and Tissue.IN_SITU in said:
        return Disease.IN_SITU if is_in_situ_alone(said) else Disease.INVASIVE
    return Disease.INVASIVE if Tissue.INVASIVE in said else disease


def _morphology(condition: Condition, source: Source) -> frozenset[Tissue]:
    """What the histology in an extension names."""
    given = (each.value_codeable_concept for each in condition.extension if "histology" in (each.url or ""))
    return frozenset[Tissue]().union(*(source.alike(tissues, each) for each in given if each is not None))


def _of_tissue(condition: Condition) -> Iterator[CodeableConcept | None]:
    """What names the tissue of a cancer: its code, and mCODE's extension of histology and morphology."""
    yield condition.code
    yield from (each.value_codeable_concept for each in condition.extension if "histology" in (each.url or ""))


def _certain(condition: Condition, disease: Disease, source: Source) -> bool:
    """Confirmed, or not said otherwise: by its verification status, of a recurrence by its words, and of a breast
    cancer by its histology, which may be of another behaviour.

    A status that is none of FHIR's, two that exclude each other, and one that is masked confirm nothing.
    """
    said = verified(condition.verification_status)
    if not said <= _CONFIRMED or (condition.verification_status is not None and not said):
        return False
    if disease in BREAST_CANCER and condition.extension:
        found = _morphology(condition, source)
        if Tissue.SECONDARY in found or (disease is Disease.INVASIVE and is_in_situ_alone(found)):
            return False
    return disease is not Disease.RECURRENCE or affirms_recurrence(condition.code, source)


def affirms_recurrence(concept: CodeableConcept | None, source: Source) -> bool:
    """Whether what names a recurrence does not call it merely suspected."""
    said = [m for reading in source.said(concept) for m in reading.of(Kind.RECURRENCE)]
    return not said or any(mention.meant is Meant.AFFIRMED for mention in said)


def _with_status(disease: Disease, sets: frozenset[str], status: list[str]) -> Disease:
    """A breast cancer, even of the past, whose clinical status is recurrence or relapse has come back, wherever."""
    back = _of_breast(disease, sets) and not _BACK.isdisjoint(status)
    return Disease.RECURRENCE if back else disease


def _course(condition: Condition, status: list[str], source: Source) -> Course:
    if "remission" in status:
        return Course.REMISSION
    over = not _OVER.isdisjoint(status) or (not status and _abated(condition, source))
    return Course.OVER if over else Course.ACTIVE


def _abated(condition: Condition, source: Source) -> bool:
    """Whether it is over by the day of the order: not on a day to come, nor by words that do not say so ("ongoing")."""
    period, written = condition.abatement_period, condition.abatement_string
    on = when(condition.abatement_date_time, end_of(period), start_of(period), written)
    if on is not None:
        return not source.is_ahead(on)
    return written is not None and _ENDED.search(written) is not None and _NOT_ENDED.search(written) is None


_ENDED = re.compile(
    r"\d|\b(?:resolv|abat|ended|gone|cured|stopp|ceas|recover|remit|subsid|settl|clear|heal|complete|over\b|ago\b|after"
    r"|since|last|childhood|surg|operat|yes\b|true\b)",
    re.IGNORECASE,
)
_NOT_ENDED = re.compile(
    r"\b(?:not|no|never|un\w+|partial\w*|incomplete\w*|on-?going|continu\w*|persist\w*|still|current\w*|present|active"
    r"|chronic|recur\w*|comes|wors\w*|expect\w*|planned|will|may|perhaps|probabl\w*|possibl\w*|likely)\b|\?",
    re.IGNORECASE,
)


def _words(concept: CodeableConcept | None) -> list[str]:
    """The codes of a status, in lower case; statuses come with or without their system."""
    if concept is None:
        return []
    if len(concept.coding) == 1 and (code := concept.coding[0].code):  # nearly all
        return [code.strip().lower()]
    said = [coding.code or coding.display or "" for coding in concept.coding] or [concept.text or ""]
    return [word.strip().lower() for word in said]


def _histology(condition: Condition, source: Source) -> str:
    concepts = [condition.code, *(extension.value_codeable_concept for extension in condition.extension)]
    for value_set, histology in (("breast-cancer-lobular", "lobular"), ("breast-cancer-ductal", "ductal")):
        if source.has(value_set, *concepts):
            return histology
    said = {m.value for r in source.said(*concepts) for m in r.affirmed(Kind.BREAST_CANCER)}
    return next((value for value in ("lobular", "ductal") if value in said), "not-specified")


def _sex_of_code(concept: CodeableConcept | None) -> str | None:
    """C50.x1x is a woman's, C50.x2x a man's: the smallest EHR sends no Patient."""
    for code in codes_of(concept):
        if code.system == ICD10CM and code.code.startswith("C50.") and len(code.code) == 7:
            return {"1": "female", "2": "male"}.get(code.code[5])
    return None
