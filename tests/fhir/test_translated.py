"""A site's own codes are read as the codes they mean, wherever a concept stands, and nothing else changes."""

import msgspec
import pytest

from cds_service.coding import CPT, ICD10CM, LOINC, Code
from cds_service.fhir.resources import (
    CodeableConcept,
    Coding,
    Condition,
    ConditionStage,
    ContainedResource,
    Extension,
    Observation,
    ObservationComponent,
    Procedure,
    ServiceRequest,
)
from cds_service.fhir.retrieved import Record
from cds_service.fhir.translated import Translations, translated, translated_record

SITE = "https://hospital.example/codes"
OWN = Coding(system=SITE, code="X1", display="as written")
MEANT = Coding(system=ICD10CM, code="C79.51")
TRANSLATIONS: Translations = {Code(SITE, "X1"): (Code(ICD10CM, "C79.51"),)}

HERE = CodeableConcept(coding=(OWN,), text="in words")
READ = CodeableConcept(coding=(OWN, MEANT), text="in words")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (Condition(code=HERE), Condition(code=READ)),
        (Condition(body_site=(HERE,)), Condition(body_site=(READ,))),
        (Condition(stage=(ConditionStage(summary=HERE),)), Condition(stage=(ConditionStage(summary=READ),))),
        (Observation(code=HERE), Observation(code=READ)),
        (Observation(value_codeable_concept=HERE), Observation(value_codeable_concept=READ)),
        (
            Observation(component=(ObservationComponent(value_codeable_concept=HERE),)),
            Observation(component=(ObservationComponent(value_codeable_concept=READ),)),
        ),
        (Procedure(reason_code=(HERE,)), Procedure(reason_code=(READ,))),
        (ServiceRequest(code=HERE), ServiceRequest(code=READ)),
        (ServiceRequest(order_detail=(HERE,)), ServiceRequest(order_detail=(READ,))),
        (
            ServiceRequest(contained=(ContainedResource(code=HERE),)),
            ServiceRequest(contained=(ContainedResource(code=READ),)),
        ),
        (Procedure(contained=(ContainedResource(code=HERE),)), Procedure(contained=(ContainedResource(code=READ),))),
        (Procedure(contained=(ContainedResource(code="X1"),)), Procedure(contained=(ContainedResource(code="X1"),))),
        (
            CodeableConcept(extension=(Extension(value_codeable_concept=HERE),)),
            CodeableConcept(extension=(Extension(value_codeable_concept=READ),)),
        ),
        (
            Condition(extension=(Extension(extension=(Extension(value_codeable_concept=HERE),)),)),
            Condition(extension=(Extension(extension=(Extension(value_codeable_concept=READ),)),)),
        ),
    ],
)
def test_a_concept_is_translated_wherever_it_stands(written: Condition, read: Condition) -> None:
    """Its own coding and its words stay; the meaning is added, without a display nobody wrote."""
    assert translated(written, TRANSLATIONS) == read


@pytest.mark.parametrize(
    "coding",
    [
        Coding(system=SITE, code="X2"),
        Coding(system="https://elsewhere.example/codes", code="X1"),
        Coding(code="X1"),
        Coding(system=SITE),
    ],
)
def test_what_no_map_names_stays_the_same_object(coding: Coding) -> None:
    """A code means something in its system only; nothing is copied where nothing is added."""
    condition = Condition(code=CodeableConcept(coding=(coding,)), body_site=(CodeableConcept(text="breast"),))
    assert translated(condition, TRANSLATIONS) is condition


def test_a_code_may_mean_several() -> None:
    """One orderable, two halves of a study."""
    both = {Code(SITE, "CTCAP"): (Code(CPT, "71260"), Code(CPT, "74177"))}
    order = translated(ServiceRequest(code=CodeableConcept(coding=(Coding(system=SITE, code="CTCAP"),))), both)
    assert order.code is not None
    assert [coding.code for coding in order.code.coding] == ["CTCAP", "71260", "74177"]


def test_a_translation_is_not_translated_again() -> None:
    """Two maps in a row would mean what neither says."""
    chain = {**TRANSLATIONS, Code(ICD10CM, "C79.51"): (Code(LOINC, "1-8"),)}
    assert translated(HERE, chain) == READ


def test_a_source_is_known_in_every_spelling_of_its_system() -> None:
    spelled = CodeableConcept(coding=(Coding(system="urn:oid:2.16.840.1.113883.6.12", code="99999"),))
    found = translated(spelled, {Code(CPT, "99999"): (Code(CPT, "78815"),)})
    assert [coding.code for coding in found.coding] == ["99999", "78815"]


def test_every_part_of_a_record_is_translated() -> None:
    """No list of resources is forgotten: each member of Record that holds resources with concepts is read."""
    kinds = {
        "conditions": "Condition",
        "refuted": "Condition",
        "observations": "Observation",
        "procedures": "Procedure",
        "medication_requests": "MedicationRequest",
        "medication_administrations": "MedicationAdministration",
        "care_plans": "CarePlan",
        "diagnostic_reports": "DiagnosticReport",
        "allergies": "AllergyIntolerance",
    }
    lists = {name for name, hint in Record.__annotations__.items() if str(hint).startswith("tuple[")}
    assert lists - {"unreadable", "fetches", "strays", "unread_kinds"} == set(kinds)
    record = Record(patient_id="p", states={}, **{name: (_holding(kind),) for name, kind in kinds.items()})
    read = translated_record(record, TRANSLATIONS)
    for name in kinds:
        assert MEANT.code in str(getattr(read, name)), name


def _holding(kind: str) -> msgspec.Struct:
    from cds_service.fhir import resources

    made = getattr(resources, kind)
    member = next(
        name for name in made.__struct_fields__ if name in ("code", "category", "medication_codeable_concept")
    )
    default = msgspec.structs.fields(made)[made.__struct_fields__.index(member)].default
    return made(**{member: (HERE,) if default == () else HERE})


def test_without_maps_a_record_is_the_same_object() -> None:
    """The usual service pays nothing."""
    record = Record(patient_id="p", states={}, conditions=(Condition(code=HERE),))
    assert translated_record(record, {}) is record
