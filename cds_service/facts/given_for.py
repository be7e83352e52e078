"""Distant disease that the record names as a reason: why something was done, prescribed or planned, what a diagnosis
rests on. It may stand nowhere else ("zoledronic acid for C79.51").

Symptoms are not read from there: a reason of old says nothing of today.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from cds_service.facts.dates import When, start_of, when
from cds_service.facts.diagnoses import Diagnosis, Disease, disease_of
from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.fhir.references import relative
from cds_service.fhir.resources import (
    CarePlan,
    CodeableConcept,
    Condition,
    Extension,
    MedicationAdministration,
    MedicationRequest,
    Procedure,
    Reference,
)

_Found = list[CodeableConcept]

_Giving = Condition | Procedure | MedicationRequest | MedicationAdministration | CarePlan


class _Named(StrEnum):
    """How distant disease is named."""

    KNOWN = "known"
    DOUBTFUL = "doubtful"  # nobody can say whether it is there
    ASKED = "asked"  # looked for, or at, by what was done; what came of it stands elsewhere


def distant_disease_given(source: Source) -> Iterator[Diagnosis]:
    """Distant disease that the record names as a reason, as diagnoses; one for each resource that names some."""
    record = source.record

    def says(code: CodeableConcept) -> bool:
        return source.alike(_named, code) is not None

    giving: tuple[_Giving, ...] = (
        *(each for each in record.conditions if may_give(each)),
        *source.done.telling(says, _has_more),
        *source.prescribed.telling(says, _has_more),
        *record.medication_administrations,
        *record.care_plans,
    )
    listed = frozenset([reference_to(each) for each in record.conditions] if giving else ())
    for each in giving:
        named = {found for concept in _given(each, listed) if (found := source.alike(_named, concept)) is not None}
        if not named:  # nearly all of a chart
            continue
        since = since_of(each)
        if named == {_Named.ASKED} and not _of_this_work_up(since, source):
            continue
        yield Diagnosis(
            disease=Disease.METASTASIS if _Named.KNOWN in named else Disease.AMBIGUOUS_METASTASIS,
            reference=reference_to(each),
            concept=None,
            sets=frozenset(),
            words=(),
            since=since,
        )


def _has_more(giving: Procedure | MedicationRequest) -> bool:
    """Whether there is anything to read beside the code."""
    if giving.reason_code or giving.reason_reference or giving.note or giving.contained or giving.status_reason:
        return True
    if isinstance(giving, MedicationRequest):
        return bool(giving.category or giving.course_of_therapy_type or any(_dosed_for(giving)))
    return bool(
        giving.category
        or giving.outcome
        or giving.body_site
        or giving.complication
        or giving.complication_detail
        or giving.follow_up
        or giving.report
    )


def _dosed_for(drug: MedicationRequest) -> Iterator[str]:
    """How a drug is taken, where that may say what for; nearly always it says how often."""
    for each in drug.dosage_instruction:
        for text in (each.text, each.patient_instruction):
            if text and any(part in text.lower() for part in ("met", "palliat", "hospice")):
                yield text


def may_give(condition: Condition) -> bool:
    """Whether there is anything to read beside what an entry is called: not in nearly all of a chart."""
    return bool(
        condition.evidence
        or condition.contained
        or condition.body_site
        or condition.severity
        or condition.extension
        or condition.stage
        or condition.onset_string
        or condition.abatement_string
    )


def _named(concept: CodeableConcept, source: Source) -> _Named | None:
    """How a reason names distant disease, if it does."""
    disease = disease_of(concept, source)
    texts = texts_of(concept)
    if disease is Disease.METASTASIS:
        prevented = not codes_of(concept) and any(_PREVENTED.search(text) for text in texts)
        return _Named.DOUBTFUL if prevented else _Named.KNOWN
    if disease is Disease.AMBIGUOUS_METASTASIS or any(is_for_distant_disease(text) for text in texts):
        return _Named.DOUBTFUL
    asked = (
        any(is_sample_elsewhere(text) for text in texts)
        or source.has("imaging-finding-elsewhere", concept)
        or any(
            mention.may_hold and mention.site in _ORGANS
            for reading in source.said(concept)
            for mention in reading.of(Kind.METASTASIS, Kind.IMAGING_FINDING)
        )
    )
    return _Named.ASKED if asked else None


_ORGANS = frozenset({"bone", "spine", "lung", "liver", "brain"})
"""A lesion without a place, or of the skin, may be what any biopsy or excision is for."""

_PREVENTED = re.compile(r"\b(prevent|prophyla|risk)", re.IGNORECASE)
_PALLIATIVE = re.compile(r"\bpalliat|\bhospice", re.IGNORECASE)
"""Treatment that does not mean to cure, of a disease that follow-up takes for cured (seed S5: curative intent)."""


_IRRADIATED = (
    re.compile(
        r"\b(?:radiotherap|radiation therap|irradiat|radiosurg|sbrt|sabr|ebrt|wbrt|gamma knife|cyber ?knife)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:spine|spinal|vertebra|lumbar|sacr|bones?\b|femur|hips?\b|skull|brain|wbrt|cranial|liver|hepatic)",
        re.IGNORECASE,
    ),
)
"""Radiation to where breast cancer is irradiated for metastases."""
_SAMPLED = (
    re.compile(r"\b(?:biops|bx\b|fna\b)", re.IGNORECASE),
    re.compile(r"\b(?:liver|hepatic|lung|bone|vertebra|spine|brain|pleura|adrenal)", re.IGNORECASE),
)
"""Tissue of where breast cancer spreads to."""


def _in_one_line(signs: tuple[re.Pattern[str], ...], text: str) -> bool:
    """Whether a line of a text holds each of these signs, in any order."""
    if not all(sign.search(text) for sign in signs):  # nearly all texts, in one pass
        return False
    return any(all(sign.search(line) for sign in signs) for line in text.split("\n"))


def is_for_distant_disease(text: str) -> bool:
    """Whether what is done or ordered is, by its name, treatment of distant disease, or not meant to cure."""
    return _PALLIATIVE.search(text) is not None or _in_one_line(_IRRADIATED, text)


def is_sample_elsewhere(text: str) -> bool:
    """Whether it is, by its name, a sample of where breast cancer spreads to."""
    return _in_one_line(_SAMPLED, text)


def extended(extensions: Iterable[Extension]) -> Iterator[CodeableConcept]:
    """What extensions say, at whatever depth, in codes and words."""
    for each in extensions:
        if each.value_codeable_concept is not None:
            yield each.value_codeable_concept
        if each.value_string:
            yield CodeableConcept(text=each.value_string)
        yield from extended(each.extension)


def _of_this_work_up(since: When | None, source: Source) -> bool:
    return since is None or not since.surely_older(source.windows.work_up_days, source.today)


def since_of(giving: _Giving) -> When | None:
    """The day of what was done, prescribed, planned or diagnosed."""
    if isinstance(giving, Procedure):
        return when(giving.performed_date_time, start_of(giving.performed_period))
    if isinstance(giving, MedicationRequest):
        return when(giving.authored_on)
    if isinstance(giving, MedicationAdministration):
        return when(giving.effective_date_time, start_of(giving.effective_period))
    if isinstance(giving, CarePlan):
        return when(start_of(giving.period), giving.created)
    return when(giving.onset_date_time, start_of(giving.onset_period), giving.recorded_date)


# --- what names a reason ----------------------------------------------------------------------------------------------
def _given(giving: _Giving, listed: frozenset[str]) -> list[CodeableConcept]:
    """Everything in a resource that may name why it is there. `listed`: the Conditions of the record."""
    found: list[CodeableConcept] = []
    if giving.contained:
        found += _contained(giving)
    if giving.note:
        found += _words(*(note.text for note in giving.note))
    if isinstance(giving, Condition):
        found += (*giving.body_site, *extended(giving.extension), *_words(giving.onset_string, giving.abatement_string))
        found += (giving.severity,) if giving.severity is not None else ()
        for stage in giving.stage:
            found += (*((stage.type,) if stage.type is not None else ()), *displayed(stage.assessment, listed))
        for evidence in giving.evidence:
            found += (*evidence.code, *displayed(evidence.detail, listed))
    elif isinstance(giving, CarePlan):
        found += _of_plan(giving, listed)
    else:
        found += _of_course(giving, listed)
        of = giving.code if isinstance(giving, Procedure) else giving.medication_codeable_concept
        if of is not None:
            found.append(of)
        found += giving.reason_code
        if giving.reason_reference:
            found += displayed(giving.reason_reference, listed)
    return found


def _contained(giving: _Giving) -> list[CodeableConcept]:
    codes = (each.concept for each in giving.contained)
    return [code for code in codes if code is not None]


def _of_course(giving: Procedure | MedicationRequest | MedicationAdministration, listed: frozenset[str]) -> _Found:
    """Of what kind it is, how it went, and why it was not done."""
    if isinstance(giving, MedicationAdministration):
        return [*giving.status_reason]
    of: list[CodeableConcept | None] = [giving.status_reason]
    if isinstance(giving, MedicationRequest):
        of += (*giving.category, giving.course_of_therapy_type)
        return [*(each for each in of if each is not None), *_words(*_dosed_for(giving))]
    of += (giving.category, giving.outcome, *giving.complication, *giving.follow_up, *giving.body_site)
    references = (*giving.report, *giving.complication_detail)
    return [*(each for each in of if each is not None), *displayed(references, listed)]


def _of_plan(plan: CarePlan, listed: frozenset[str]) -> list[CodeableConcept]:
    found = [*plan.category, *_words(plan.title, plan.description)]
    found += displayed((*plan.addresses, *plan.supporting_info, *plan.goal), listed)
    for each in plan.activity:
        found += (*each.outcome_codeable_concept, *_words(*(note.text for note in each.progress)))
        found += displayed((each.reference,), listed) if each.reference is not None else ()
    for detail in (each.detail for each in plan.activity if each.detail is not None):
        found += (concept for concept in (detail.code, detail.status_reason) if concept is not None)
        found += (
            *detail.reason_code,
            *_words(detail.description),
            *displayed((*detail.reason_reference, *detail.goal), listed),
        )
    return found


def _words(*texts: str | None) -> list[CodeableConcept]:
    return [CodeableConcept(text=text) for text in texts if text]


def entries_of(source: Source) -> frozenset[str]:
    """The entries of the problem list, as references name them."""
    return frozenset([reference_to(each) for each in source.record.conditions])


def displayed(references: Iterable[Reference], listed: frozenset[str]) -> list[CodeableConcept]:
    """What references say by themselves: those to the problem list say no more than the problem list."""
    return _words(*[each.display for each in references if each.display and not _leads_to(each.reference, listed)])


def _leads_to(reference: str | None, listed: frozenset[str]) -> bool:
    return reference is not None and (reference in listed or relative(reference) in listed)
