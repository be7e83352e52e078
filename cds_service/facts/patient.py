"""Facts of the patient herself or himself: age, sex, pregnancy, another cancer."""

from datetime import date

from cds_service.facts.dates import when, years_between
from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.mentions import Kind
from cds_service.facts.model import NOT_RECORDED, NOT_RETRIEVED, Evidence, Fact, Known, Unknown, UnknownReason
from cds_service.facts.observations import has_result, observed
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.fhir.resources import Observation, Patient


def patient_facts(found: tuple[Diagnosis, ...], source: Source) -> dict[str, Fact]:
    """The facts that do not depend on which cancer is meant."""
    return {
        "age-years": _age(source.record.patient, source.today),
        "sex": _sex(source.record.patient, found),
        "pregnant": _pregnant(found, source),
        "other-malignancy": _other_malignancy(found, source),
    }


def _age(patient: Patient | None, today: date) -> Fact:
    """Completed years; of a partial birth date the lower bound, which is unknown only where it could be under 18."""
    if patient is None or not patient.birth_date:
        return NOT_RECORDED
    born = when(patient.birth_date)
    if born is None:
        return Unknown(UnknownReason.UNREADABLE, evidence=(Evidence(value="born", resources=(reference_to(patient),)),))
    youngest, oldest = years_between(born.latest, today), years_between(born.earliest, today)
    evidence = (Evidence(value=f"born {born.text}", resources=(reference_to(patient),), date=born.text),)
    if youngest < 18 <= oldest or oldest < 0 or youngest > _OLDEST_YEARS:
        return Unknown(UnknownReason.UNREADABLE, evidence=evidence)
    return Known(float(youngest), evidence=evidence)


_OLDEST_YEARS = 130
"""Whoever is older was not born in that year."""


def _sex(patient: Patient | None, found: tuple[Diagnosis, ...]) -> Fact:
    if patient is not None and patient.gender in ("female", "male"):
        return Known(patient.gender, evidence=(Evidence(value=patient.gender, resources=(reference_to(patient),)),))
    if patient is not None:
        return NOT_RECORDED
    coded = {each.sex: each for each in found if each.sex is not None}
    if len(coded) != 1:
        return NOT_RECORDED
    sex, named_by = coded.popitem()
    return Known(str(sex), evidence=(Evidence(value=f"{sex}, by diagnosis code", resources=(named_by.reference,)),))


def _pregnant(found: tuple[Diagnosis, ...], source: Source) -> Fact:
    proof = [
        Evidence(value="pregnancy on record", resources=(each.reference,), date=each.since.text if each.since else None)
        for each in found
        if each.course is Course.ACTIVE and ("pregnancy" in each.sets or _says_pregnant(each, source))
    ]
    proof += _status_of_pregnancy(source)
    for draft in source.drafts:
        said = any(
            mention.may_hold for reading in source.order_readings(draft) for mention in reading.of(Kind.PREGNANCY)
        )
        if said or source.has("pregnancy", *draft.reason_code):
            proof.append(Evidence(value="pregnancy named in the order", resources=(reference_to(draft),)))
    if proof:
        return Known("yes", evidence=tuple(proof))
    return NOT_RETRIEVED if source.record.failed("conditions") else Known("no")


_LONGEST_DAYS = 300
"""After which an entry that says so in words tells of a pregnancy that is over."""


def _says_pregnant(diagnosis: Diagnosis, source: Source) -> bool:
    """Whether an entry of the last months, or a note on it, says, or may say, that the patient is pregnant."""
    if diagnosis.since is not None and diagnosis.since.surely_older(_LONGEST_DAYS, source.today):
        return False
    said = (*diagnosis.words, *diagnosis.noted)
    return any(each.may_hold for reading in said for each in reading.of(Kind.PREGNANCY))


def _status_of_pregnancy(source: Source) -> list[Evidence]:
    """The newest pregnancy status (US Core, IPS), where it says that she is pregnant, or may be."""
    stated = [each for each in source.observations("pregnancy-status") if has_result(each)]
    newest = max((on.latest for each in stated if (on := observed(each)) is not None), default=None)
    found = []
    for each in stated:
        on = observed(each)
        past = on is not None and (on.latest != newest or on.surely_older(_LONGEST_DAYS, source.today))
        if not past and _may_be_pregnant(each, source):
            found.append(
                Evidence(
                    value="pregnancy status on record",
                    resources=(reference_to(each),),
                    date=on.text if on is not None else None,
                )
            )
    return found


def _may_be_pregnant(status: Observation, source: Source) -> bool:
    value = status.value_codeable_concept
    if status.value_boolean or source.has("pregnancy", value) or source.has("pregnancy-possible", value):
        return True
    said = source.readings(status.value_string, *texts_of(value))
    return any(mention.may_hold for reading in said for mention in reading.of(Kind.PREGNANCY))


def _other_malignancy(found: tuple[Diagnosis, ...], source: Source) -> Fact:
    proof = tuple(
        Evidence(value="another cancer", resources=(each.reference,), date=each.since.text if each.since else None)
        for each in found
        if each.disease is Disease.OTHER_MALIGNANCY and each.course is Course.ACTIVE
    )
    if proof:
        return Known("yes", evidence=proof)
    return NOT_RETRIEVED if source.record.failed("conditions") else Known("no")
