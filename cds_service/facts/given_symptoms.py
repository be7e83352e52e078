"""Symptoms and findings that the record names only beside something else: as the reason of what was done or prescribed
of late ("morphine, for bone pain"), in its name, its note or how it is taken.

What was prescribed longer ago says nothing of today; what the order itself names is read with it.
"""

import re
from collections.abc import Iterator

from cds_service.facts import unread
from cds_service.facts.given_for import displayed, entries_of, since_of
from cds_service.facts.mentions import Kind, Mention
from cds_service.facts.model import Evidence
from cds_service.facts.relapse_words import tells_of_relapse
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.suspicion import Suspicion, of_texts, suspected, tells_of_another
from cds_service.fhir.resources import (
    CodeableConcept,
    Dosage,
    MedicationAdministration,
    MedicationRequest,
    Procedure,
)

_Given = MedicationRequest | MedicationAdministration | Procedure


def of_given(source: Source) -> Iterator[Suspicion]:
    """What prescriptions and procedures are for, as far as it may mean metastasis: nobody can say.

    What was cancelled or not done had its reason all the same.
    """

    def names_it(code: CodeableConcept) -> bool:
        return source.alike(_names_symptom, code)

    given: tuple[_Given, ...] = (
        *source.prescribed.telling(names_it, _has_more),
        *source.record.medication_administrations,
        *source.done.telling(names_it, _has_more),
    )
    listed = entries_of(source) if given else frozenset()
    for each in given:
        on = since_of(each)
        evidence = Evidence(
            value="reason of a treatment", resources=(reference_to(each),), date=on.text if on is not None else None
        )
        old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
        # A symptom of then is over; a cancer that came back then is what it is.
        if _is_for_relapse(each, source) or (not old and _is_for_symptom(each, listed, evidence, source)):
            yield Suspicion(kind=None, site="other", evidence=evidence)


def of_allergies(source: Source) -> Iterator[Suspicion]:
    """Allergies in whose words the drug was given for metastases, or for a study of a complaint; those of a reaction
    are no sign.
    """
    for allergy in source.record.allergies:
        written = (*(note.text for note in allergy.note), *(each.description for each in allergy.reaction))
        if any(
            tells_of_relapse(text, source)
            or source.read(text).affirmed(Kind.METASTASIS)
            or tells_of_another(text, source)
            or _tells_of_a_scan_for_it(text, source)
            for text in written
            if text
        ):
            evidence = Evidence(value=unread.NOTE, resources=(reference_to(allergy),))
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _tells_of_a_scan_for_it(text: str, source: Source) -> bool:
    """Whether the drug was given for a study of a complaint: "contrast, CT done for haemoptysis"."""
    scanned = _SCANNED_FOR.search(text)
    if scanned is None:
        return False
    felt = source.read(text).of(Kind.SYMPTOM, Kind.SIGN, Kind.IMAGING_FINDING)
    return any(each.may_hold and each.start >= scanned.end() for each in felt)


_SCANNED_FOR = re.compile(
    r"\b(?:CT|MRI?|PET|scan|x-?ray|imaging|angiogra\w+)\b[^.;\n]{0,40}\b(?:for|because of|due to|to assess)\b",
    re.IGNORECASE,
)


def _has_more(given: _Given) -> bool:
    """Whether there is anything to read beside the code: not in nearly all of a chart."""
    if given.reason_code or given.reason_reference or given.note or given.status_reason or _told_after(given):
        return True
    return not isinstance(given, Procedure) and any(_dosed_for(given))


def _is_for_symptom(given: _Given, listed: frozenset[str], evidence: Evidence, source: Source) -> bool:
    reasons = (*given.reason_code, *displayed(given.reason_reference, listed))
    if any(source.alike(suspected, concept) or source.has("other-malignancy", concept) for concept in reasons):
        return True
    told = tuple(text for text in (*(note.text for note in given.note), *_told_after(given)) if text)
    if any(of_texts(told, evidence, source)):
        return True
    if any(tells_of_another(text, source) for text in (*told, *texts_of(*reasons))):
        return True
    named = given.code if isinstance(given, Procedure) else given.medication_codeable_concept
    dosed = () if isinstance(given, Procedure) else tuple(_dosed_for(given))
    return any(source.alike(_names_symptom, concept) for concept in (named, *dosed) if concept is not None)


def _is_for_relapse(given: _Given, source: Source) -> bool:
    dosed = () if isinstance(given, Procedure) else _dosed_for(given)
    notes = (*(note.text for note in given.note), *texts_of(*given.reason_code, *dosed))
    return any(
        source.read(text).affirmed(Kind.METASTASIS) or tells_of_relapse(text, source) or _PROGRESSED.search(text)
        for text in (*filter(None, notes), *_told_after(given))
    )


_PROGRESSED = re.compile(
    r"\bscans? (?:has |have )?show\w* progress|^\W*(?:disease )?(?:progress(?:ion|ed|ive)|relapsed?|recurrence)\b",
    re.IGNORECASE,
)
"""Why a drug was stopped, or what an operation found."""


def _told_after(given: _Given) -> tuple[str, ...]:
    """What a Procedure came to: its outcome, complications and what is to follow; why it, or a drug, was stopped."""
    if not isinstance(given, Procedure):
        reasons = given.status_reason if isinstance(given.status_reason, tuple) else (given.status_reason,)
        return texts_of(*reasons)
    concepts = (given.outcome, *given.complication, *given.follow_up, given.status_reason)
    shown = (*given.report, *given.complication_detail)
    return (*texts_of(*concepts), *(each.display for each in shown if each.display))


# --- what it is called, and how it is taken ---------------------------------------------------------------------------
def _dosed_for(drug: MedicationRequest | MedicationAdministration) -> Iterator[CodeableConcept]:
    """When a drug is to be taken, where that may say what for; nearly always it says how often."""
    dosage = drug.dosage_instruction if isinstance(drug, MedicationRequest) else (drug.dosage or Dosage(),)
    for each in dosage:
        if each.as_needed_codeable_concept is not None:
            yield from (CodeableConcept(text=f"for {text}") for text in texts_of(each.as_needed_codeable_concept))
        for text in (each.text, each.patient_instruction, *texts_of(*each.additional_instruction)):
            if text and (_FOR.search(text) or _OF_DISEASE.search(text)):
                yield CodeableConcept(text=text)


_FOR = re.compile(
    r"\b(?:for|due to|d/t|because of|on account of|secondary to|caused by|with|after|if|when|prn|needed|indication)\b",
    re.IGNORECASE,
)
"""What comes behind may be what it is for."""
_OF_DISEASE = re.compile(r"\b(?:disease|skelet|bon[ey]|osseous|progress|spread|recur|relaps)", re.IGNORECASE)
"""What tells of a cancer that came back, however it goes on."""
_NOT_THERE = re.compile(r"\b(?:screen|prevent|prophyla|risk|score|scale|avoid|report|stop|call|caus)", re.IGNORECASE)
"""What is looked for, prevented, or would be an effect of the drug."""


def _names_symptom(concept: CodeableConcept, source: Source) -> bool:
    """Whether words name a sign, or say what for, at a place: "vertebroplasty for pathological fracture", "prn bone
    pain". Pain without a place is what any operation and any drug for it may be of.
    """
    for text in texts_of(concept):
        found = _FOR.search(text)
        if any(is_elsewhere(mention) for mention in source.read(text).of(Kind.SIGN) if mention.may_hold):
            return True
        if found is None or _NOT_THERE.search(text):
            continue
        said = source.read(text[found.end() :].strip()).of(Kind.SYMPTOM, Kind.LABORATORY, Kind.IMAGING_FINDING)
        if any(is_elsewhere(mention) for mention in said if mention.may_hold):
            return True
    return False


def is_elsewhere(mention: Mention) -> bool:
    """Whether it is at a place that breast cancer spreads to, or a sign; any biopsy may be of a lesion of the skin."""
    sign = mention.kind is Kind.SIGN and mention.value != "skin-nodule"
    return sign or mention.site not in (None, "other")
