"""Small builders of typed FHIR resources, and of a `Source` around them. Each test says only what matters to it.

A code is written with its system: "sct:254837009", "icd:C50.912", "loinc:21908-9", "cpt:78815", "local:XYZ".
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec

from cds_service.coding import CPT, DICOM, HCPCS, ICD10CM, ICD10PCS, LOINC, NCIT, RXNORM, SNOMED
from cds_service.facts.source import Source, Windows
from cds_service.fhir.resources import (
    ActivityDetail,
    AllergyIntolerance,
    Annotation,
    CarePlan,
    CarePlanActivity,
    CodeableConcept,
    Coding,
    Condition,
    ConditionStage,
    DiagnosticReport,
    Drafted,
    MedicationAdministration,
    MedicationRequest,
    Observation,
    ObservationComponent,
    Patient,
    Period,
    Procedure,
    Quantity,
    Reference,
    ReferenceRange,
    Resource,
    ServiceRequest,
)
from cds_service.fhir.retrieved import KeyState, Record
from cds_service.knowledge.model import Knowledge

TODAY = date(2026, 11, 20)

SYSTEMS = {
    "sct": SNOMED,
    "icd": ICD10CM,
    "pcs": ICD10PCS,
    "loinc": LOINC,
    "cpt": CPT,
    "hcpcs": HCPCS,
    "rx": RXNORM,
    "dcm": DICOM,
    "ncit": NCIT,
    "local": "urn:example:local",
}

KEYS: dict[type[Resource], tuple[str, str]] = {
    Condition: ("conditions", "conditions"),
    Observation: ("observations", "observations"),
    Procedure: ("procedures", "procedures"),
    MedicationRequest: ("medicationRequests", "medication_requests"),
    MedicationAdministration: ("medicationAdministrations", "medication_administrations"),
    CarePlan: ("carePlans", "care_plans"),
    DiagnosticReport: ("diagnosticReports", "diagnostic_reports"),
    AllergyIntolerance: ("allergies", "allergies"),
}
"""Type → prefetch key, member of `Record`."""

LEFT, RIGHT = "sct:7771000", "sct:24028007"
SIDES = {"left": LEFT, "right": RIGHT}


def ago(days: int) -> str:
    """The date so many days before the day of the order."""
    return (TODAY - timedelta(days=days)).isoformat()


def concept(*codes: str, text: str | None = None) -> CodeableConcept:
    """A CodeableConcept; "loinc:21908-9=Stage group" carries a display."""
    return CodeableConcept(coding=tuple(map(_coding, codes)), text=text)


def _coding(code: str) -> Coding:
    named, _, display = code.partition("=")
    system, _, value = named.partition(":")
    return Coding(system=SYSTEMS[system], code=value, display=display or None)


def _concept(of: "str | CodeableConcept | None") -> CodeableConcept | None:
    """A code when it names a system, else words."""
    if not isinstance(of, str):
        return of
    return concept(of) if of.partition(":")[0] in SYSTEMS else concept(text=of)


def _sites(side: str | None) -> tuple[CodeableConcept, ...]:
    return (concept(SIDES[side]),) if side else ()


def _notes(text: str | None) -> tuple[Annotation, ...]:
    return (Annotation(text=text),) if text else ()


def condition(
    *codes: str,
    text: str | None = None,
    onset: str | None = None,
    side: str | None = None,
    clinical: str | None = "active",
    verification: str | None = "confirmed",
    stage: "str | CodeableConcept | None" = None,
    note: str | None = None,
    **more: Any,
) -> Condition:
    return Condition(
        code=concept(*codes, text=text),
        onset_date_time=onset,
        body_site=_sites(side),
        clinical_status=CodeableConcept(coding=(Coding(code=clinical),)) if clinical else None,
        verification_status=CodeableConcept(coding=(Coding(code=verification),)) if verification else None,
        stage=(ConditionStage(summary=_concept(stage)),) if stage is not None else (),
        note=_notes(note),
        **more,
    )


def cancer(code: str = "icd:C50.912", *, days: int | None = 20, **more: Any) -> Condition:
    """An invasive cancer of the left breast, diagnosed some days ago."""
    return condition(code, **{"id": "cancer", "onset": ago(days) if days is not None else None, **more})


def observation(
    code: "str | CodeableConcept",
    value: "str | CodeableConcept | bool | None" = None,
    *,
    days: int | None = 15,
    status: str = "final",
    focus: str | None = None,
    side: str | None = None,
    note: str | None = None,
    **more: Any,
) -> Observation:
    """An observation; a value that names a system is a code, True and False are booleans, other strings are words."""
    coded = _concept(value) if not isinstance(value, bool) else None
    site = _sites(side)
    return Observation(
        code=_concept(code),
        status=status,
        value_codeable_concept=coded,
        value_boolean=value if isinstance(value, bool) else None,
        effective_date_time=ago(days) if days is not None else None,
        focus=(Reference(reference=focus),) if focus else (),
        body_site=site[0] if site else None,
        note=_notes(note),
        **more,
    )


def laboratory(
    code: "str | CodeableConcept",
    value: float | None,
    *,
    high: float | None = 100,
    flag: "str | CodeableConcept | None" = None,
    unit: str = "U/L",
    comparator: str | None = None,
    **more: Any,
) -> Observation:
    """A laboratory result with the upper limit of its range; its flag by code, or as a concept."""
    flagged = CodeableConcept(coding=(Coding(code=flag),)) if isinstance(flag, str) else flag
    limit = ReferenceRange(high=Quantity(value=high, unit=unit))
    return observation(
        code,
        value_quantity=Quantity(value=value, unit=unit, comparator=comparator) if value is not None else None,
        reference_range=(limit,) if high is not None else (),
        interpretation=(flagged,) if flagged else (),
        **more,
    )


def size(millimetres: float, *, unit: str = "mm", component: bool = True, **more: Any) -> Observation:
    """Tumour size as mCODE writes it: in a component."""
    quantity = Quantity(value=millimetres, unit=unit)
    if component:
        part = ObservationComponent(code=concept("loinc:33728-7"), value_quantity=quantity)
        return observation("loinc:21889-1", component=(part,), **more)
    return observation("loinc:21889-1", value_quantity=quantity, **more)


def procedure(
    *codes: str,
    text: str | None = None,
    days: int | None = None,
    status: str = "completed",
    side: str | None = None,
    until: int | None = None,
    reason: str | None = None,
    note: str | None = None,
    **more: Any,
) -> Procedure:
    """A procedure `days` ago; with `until`, a period that ended so many days ago."""
    reasons = _concept(reason)
    period = Period(start=ago(days or 0), end=ago(until)) if until is not None else None
    return Procedure(
        code=concept(*codes, text=text),
        status=status,
        performed_date_time=ago(days) if days is not None and period is None else None,
        performed_period=period,
        body_site=_sites(side),
        reason_code=(reasons,) if reasons is not None else (),
        note=_notes(note),
        **more,
    )


LUMPECTOMY, MASTECTOMY = "sct:392021009", "sct:172043006"


def surgery(days: int | None, *, code: str = LUMPECTOMY, side: str | None = "left", **more: Any) -> Procedure:
    return procedure(code, days=days, side=side, **more)


def medication(
    text: str, *, days: int = 30, status: str = "active", intent: str = "order", reason: str | None = None, **more: Any
) -> MedicationRequest:
    reasons = _concept(reason)
    return MedicationRequest(
        medication_codeable_concept=_concept(text),
        status=status,
        intent=intent,
        authored_on=ago(days),
        reason_code=(reasons,) if reasons is not None else (),
        **more,
    )


def administration(
    text: str, *, days: int = 30, status: str = "completed", reason: str | None = None, **more: Any
) -> MedicationAdministration:
    reasons = _concept(reason)
    return MedicationAdministration(
        medication_codeable_concept=_concept(text),
        status=status,
        effective_date_time=ago(days),
        reason_code=(reasons,) if reasons is not None else (),
        **more,
    )


def care_plan(
    *activities: str, title: str | None = None, status: str = "active", activity_status: str = ""
) -> CarePlan:
    return CarePlan(
        status=status,
        intent="plan",
        title=title,
        activity=tuple(
            CarePlanActivity(detail=ActivityDetail(code=_concept(each), status=activity_status or None))
            for each in activities
        ),
    )


def report(code: str, *, conclusion: str | None = None, days: int | None = 10, **more: Any) -> DiagnosticReport:
    return DiagnosticReport(
        code=_concept(code),
        status="final",
        conclusion=conclusion,
        effective_date_time=ago(days) if days is not None else None,
        **more,
    )


PET_CT, BONE_SCAN, US_AXILLA = "cpt:78815", "cpt:78306", "US axilla"


def order(code: "str | CodeableConcept" = PET_CT, *reasons: "str | CodeableConcept", **more: Any) -> ServiceRequest:
    """A draft order; each reason is a code, words, or a concept."""
    note = more.pop("note", None)
    values: dict[str, Any] = {"id": "order", "status": "draft", "intent": "order", **more}
    given = (_concept(reason) for reason in reasons)
    return ServiceRequest(
        code=_concept(code), reason_code=tuple(each for each in given if each is not None), note=_notes(note), **values
    )


def woman(age: int = 58) -> Patient:
    return Patient(id="p", gender="female", birth_date=f"{TODAY.year - age}-01-01")


def record(*resources: Resource, states: dict[str, KeyState] | None = None, patient: Patient | None = None) -> Record:
    """A record that was read whole but for `states`; resources without an id get one."""
    held: dict[str, list[Resource]] = {member: [] for _, member in KEYS.values()}
    state = {key: KeyState.EMPTY for key, _ in KEYS.values()} | {"patient": KeyState.OK}
    for number, resource in enumerate(resources):
        key, member = KEYS[type(resource)]
        state[key] = KeyState.OK
        named = resource if resource.id else msgspec.structs.replace(resource, id=f"{type(resource).__name__}{number}")
        held[member].append(named)
    members: dict[str, Any] = {member: tuple(listed) for member, listed in held.items()}
    return Record(patient_id="p", patient=patient or woman(), states=state | (states or {}), **members)


def source(
    knowledge: Knowledge,
    draft: ServiceRequest,
    *resources: Resource,
    procedures: Sequence[str] = ("fdg-pet-ct",),
    partner: ServiceRequest | None = None,
    states: dict[str, KeyState] | None = None,
    patient: Patient | None = None,
    windows: Windows | None = None,
    beside: Sequence[Drafted] = (),
) -> Source:
    """What the facts of an order of these studies are read from."""
    return Source(
        record=record(*resources, states=states, patient=patient),
        draft=draft,
        partner=partner,
        procedures=tuple(knowledge.procedures[each] for each in procedures),
        knowledge=knowledge,
        today=TODAY,
        windows=windows or Windows(),
        beside=tuple(beside),
    )


def without_patient(made: Source) -> Source:
    """The smallest EHR: no Patient."""
    return replace(made, record=replace(made.record, patient=None))
