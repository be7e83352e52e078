"""What a reference of an order leads to: in the record or contained in the order, whatever kind of resource it is."""

from collections.abc import Callable
from typing import Any

import pytest

from cds_service.facts.model import Asked, Episode, Known, OrderFacts
from cds_service.fhir.resources import (
    CodeableConcept,
    Coding,
    Condition,
    DocumentReference,
    Extension,
    Observation,
    Reference,
    Resource,
    Unread,
)
from tests.support.resources import cancer, concept, condition, laboratory, observation, order, report

Extracted = Callable[..., OrderFacts]

NEW = cancer(stage="Stage IA", days=20)


def episode(extracted: Extracted, *held: Resource) -> Episode:
    """A new stage IA cancer, and a PET/CT whose reasons are these resources, which it contains."""
    ordered = order(contained=held, reason_reference=tuple(Reference(reference=f"#{each.id}") for each in held))
    (found,) = extracted(NEW, draft=ordered).episodes
    return found


def suspected(found: Episode) -> object:
    fact = found.facts["metastasis-suspected"]
    return fact.value if isinstance(fact, Known) else None


MRI = "MRI spine"
METASTASES = report(MRI, conclusion="Bone metastases", id="r")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (METASTASES, "its conclusion names metastases"),
        (report(MRI, conclusion="Bone metastases", id="r", days=None), "undated"),
        (report(MRI, conclusion="Bone metastases", id="r", days=2000), "old, and given as the reason today"),
        (report(MRI, conclusion_code=(concept("icd:C79.51"),), id="r"), "coded"),
        (report(MRI, conclusion_code=(concept("sct:94222008"),), id="r"), "coded in SNOMED CT"),
        (report("CT head", conclusion="Enhancing lesion left frontal lobe", id="r"), "a finding elsewhere"),
        (report(MRI, conclusion="Suspicious sclerotic lesion T8", id="r"), "a suspicious one"),
        (observation("sct:12584003", True, id="r"), "a symptom"),
        (observation("local:1", "Bone pain", id="r"), "a symptom as the value"),
        (Observation(id="r", code=concept("local:1"), value_string="Bone pain"), "a symptom in words"),
        (laboratory("loinc:6768-6", 400, id="r"), "alkaline phosphatase of four times its limit"),
        (condition("sct:12584003", id="r"), "a diagnosis"),
        (DocumentReference(id="r", description="Outside CT: liver metastases"), "a document, by its description"),
    ],
)  # fmt: skip
def test_what_a_reason_leads_to_may_be_the_suspicion(given: Resource, why: str, extracted: Extracted) -> None:
    contained = episode(extracted, given)
    assert suspected(contained) != "none", why


@pytest.mark.parametrize(
    "given",
    [METASTASES, report(MRI, conclusion="Bone metastases", id="r", days=2000), observation("Bone pain", id="r")],
)
def test_it_is_read_in_the_record_too(given: Resource, extracted: Extracted) -> None:
    draft = order(reason_reference=(Reference(reference=f"{type(given).__name__}/r"),))
    (found,) = extracted(NEW, given, draft=draft).episodes
    assert found.asked.covered, "it is read"
    assert suspected(found) != "none"


def test_a_result_of_a_report_is_read_with_it(extracted: Extracted) -> None:
    lung = observation("local:1", "Secondary malignant neoplasm of lung", id="o")
    given = report("CT chest", conclusion="See results.", id="r", result=(Reference(reference="#o"),))
    assert suspected(episode(extracted, given, lung)) != "none"


@pytest.mark.parametrize(
    ("held", "result", "unclear", "why"),
    [
        (observation("Left breast cancer", id="o"), "#o", False, "the known cancer once more"),
        (observation("local:1", "xyzzy", id="o"), "#o", True, "a result that nobody understands"),
        (condition("icd:C50.912", id="o"), "#o", True, "no Observation"),
        (observation("Left breast cancer", id="o"), "#gone", True, "a result that is not there"),
        (observation("Left breast cancer", id="o"), None, True, "a result by identifier, which is not read"),
    ],
)
def test_each_result_of_a_report_has_to_be_understood(
    held: Resource, result: str | None, unclear: bool, why: str, extracted: Extracted
) -> None:
    given = report("Pathology", conclusion="Left breast cancer", id="r", result=(Reference(reference=result),))
    ordered = order(contained=(given, held), reason_reference=(Reference(reference="#r"),))
    (found,) = extracted(NEW, draft=ordered).episodes
    assert (found.asked.covered, found.asked.unclear) == (True, unclear), why


@pytest.mark.parametrize(
    ("given", "stated", "unclear", "why"),
    [
        (observation("Left breast cancer", id="r"), False, False, "what was observed, without a value"),
        (observation("Left breast cancer", "staging", id="r"), True, False, "what it found is a reason too"),
        (observation("Left breast cancer", "xyzzy", id="r"), False, True, "and has to be understood"),
        (observation("Left breast cancer", value_string="staging", id="r"), True, False, "likewise, written out"),
        (observation("Left breast cancer", value_string="xyzzy", id="r"), False, True, "likewise, written out"),
    ],
)
def test_an_observation_is_a_reason_with_what_it_found(
    given: Observation, stated: bool, unclear: bool, why: str, extracted: Extracted
) -> None:
    found = episode(extracted, given).asked
    assert (found.covered, found.stated, found.unclear) == (True, stated, unclear), why


@pytest.mark.parametrize(
    ("display", "stated"), [("Left breast cancer", False), ("Staging of left breast cancer", True)]
)
def test_the_display_of_a_reference_that_leads_nowhere_is_the_reason(
    display: str, stated: bool, extracted: Extracted
) -> None:
    found = asked(extracted, reason_reference=(Reference(reference="Condition/gone", display=display),))
    assert (found.covered, found.stated, found.unclear) == (True, stated, False)


def test_a_report_of_the_breast_that_names_the_cancer_is_no_suspicion(extracted: Extracted) -> None:
    """Right warnings are kept: a mammogram of the known cancer is no more than a reason that names it."""
    given = report("Diagnostic mammography", conclusion="Left breast cancer", id="r")
    found = episode(extracted, given)
    assert suspected(found) == "none"
    assert (found.asked.covered, found.asked.stated, found.asked.unclear) == (True, False, False)


def test_a_node_in_a_contained_report_is_a_node(extracted: Extracted) -> None:
    given = report("US axilla left", conclusion="Suspicious left axillary lymph node", id="r")
    assert episode(extracted, given).facts.value("node-suspicious-on-imaging") != "none"


# --- in support of the order ------------------------------------------------------------------------------------------
def supported(extracted: Extracted, *held: Resource, **reference: str) -> Episode:
    draft = order(contained=held, supporting_info=(Reference(**reference),))
    (found,) = extracted(NEW, draft=draft).episodes
    return found


@pytest.mark.parametrize(
    ("held", "reference", "why"),
    [
        ((condition("sct:12584003", id="r"),), {"reference": "#r"}, "a symptom"),
        ((condition("icd:C79.51", id="r"),), {"reference": "#r"}, "a metastasis"),
        ((observation("sct:12584003", True, id="r"),), {"reference": "#r"}, "an Observation"),
        ((METASTASES,), {"reference": "#r"}, "a report"),
        ((), {"display": "Bone pain"}, "in words alone"),
        ((), {"reference": "DiagnosticReport/x", "display": "Bone scan: multiple metastases"}, "words of a report"),
        ((), {"reference": "DiagnosticReport/x"}, "a report that is not there"),
        ((), {"reference": "https://ehr.example/fhir/Condition/x"}, "a diagnosis that is not there"),
        ((), {"type": "Condition"}, "a diagnosis without a name"),
        ((), {"reference": "#r"}, "not contained"),
        ((Unread(id="r"),), {"reference": "#r"}, "contained, and not read"),
        ((Condition(id="r"),), {"reference": "#r"}, "a diagnosis without a code"),
        ((), {"reference": "Observation/x"}, "a value that is not on record, and of which nobody knows what it is"),
        ((), {"reference": "QuestionnaireResponse/x"}, "what was asked at the order may be its reason"),
        ((), {"reference": "DocumentReference/x"}, "a letter"),
        ((), {"reference": "DocumentReference/x", "display": "Progress note"}, "which is not known by its name"),
        ((), {"reference": "urn:uuid:0f1a2b3c-0000-4000-8000-000000000001"}, "of no type, and nowhere to be found"),
        ((), {"display": "Her walking has gone to pot"}, "words that nobody understands"),
        ((), {"reference": "Observation/x", "display": "Kryptoid"}, "a name that nobody knows"),
    ],
)
def test_what_supports_an_order_may_be_the_suspicion(
    held: tuple[Resource, ...], reference: dict[str, str], why: str, extracted: Extracted
) -> None:
    assert suspected(supported(extracted, *held, **reference)) != "none", why


@pytest.mark.parametrize(
    ("held", "reference", "why"),
    [
        ((), {"reference": "Condition/cancer"}, "the cancer on record"),
        ((), {"reference": "Coverage/1"}, "an insurance"),
        ((observation("local:gfr", id="gfr"),), {"reference": "#gfr"}, "a value of which no fact is made"),
        ((), {"reference": "Observation/gfr", "display": "Creatinine"}, "a value, by its name"),
        ((), {"reference": "DocumentReference/1", "display": "Consent"}, "a document that says nothing of disease"),
        ((), {"reference": "ImagingStudy/1", "display": "PETCT 4711"}, "pictures: what they show is in a report"),
        ((), {"reference": "Coverage/1", "display": "Blue Cross PPO"}, "an insurance, called by name"),
        ((condition("icd:I10", id="r"),), {"reference": "#r"}, "another disease"),
        ((laboratory("loinc:6768-6", 80, id="r"),), {"reference": "#r"}, "a normal value"),
        ((), {"display": "No bone pain"}, "denied"),
    ],
)
def test_what_supports_an_order_may_be_nothing(
    held: tuple[Resource, ...], reference: dict[str, str], why: str, extracted: Extracted
) -> None:
    """Right warnings are kept, and support is no reason: the question stays the default one."""
    found = supported(extracted, *held, **reference)
    assert suspected(found) == "none", why
    assert (found.asked.covered, found.asked.stated, found.asked.unclear) == (True, False, False)


def test_a_diagnosis_on_record_that_supports_an_order_is_read_with_the_record_alone(extracted: Extracted) -> None:
    """It is older than the cancer, or over: the record says so, the reference does not."""
    pain = condition("sct:12584003", id="pain", onset="2020-03-01", clinical="resolved")
    draft = order(supporting_info=(Reference(reference="Condition/pain"),))
    (found,) = extracted(NEW, pain, draft=draft).episodes
    assert suspected(found) == "none"


@pytest.mark.parametrize(
    "kind",
    [
        *("Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization", "Location"),
        *("HealthcareService", "CareTeam", "Device", "Specimen", "Encounter", "EpisodeOfCare", "Appointment"),
        *("Schedule", "Slot", "Task", "Coverage", "CoverageEligibilityRequest", "CoverageEligibilityResponse"),
        *("Claim", "ClaimResponse", "Account", "Contract", "Consent", "InsurancePlan", "Provenance"),
        *("ServiceRequest", "Procedure", "ImagingStudy", "Goal", "Medication", "MedicationRequest"),
        *("MedicationAdministration", "MedicationStatement", "MedicationDispense", "AllergyIntolerance"),
        *("Immunization", "CarePlan", "FamilyMemberHistory"),
    ],
)
def test_people_papers_and_what_was_done_hold_no_finding(kind: str, extracted: Extracted) -> None:
    """With a name that nobody understands, without any, and by type alone."""
    assert suspected(supported(extracted, reference=f"{kind}/1", display="Kryptoid 4711")) == "none"
    assert suspected(supported(extracted, reference=f"{kind}/1")) == "none"
    assert suspected(supported(extracted, type=kind)) == "none"


@pytest.mark.parametrize(
    "kind",
    [
        *("Condition", "DiagnosticReport"),
        *("DocumentReference", "Composition", "QuestionnaireResponse", "ClinicalImpression", "Binary"),
    ],
)
def test_what_is_not_there_may_say_more_than_its_name(kind: str, extracted: Extracted) -> None:
    assert suspected(supported(extracted, reference=f"{kind}/1", display="Left breast cancer")) != "none"


@pytest.mark.parametrize(
    "name",
    [
        *("Consent", "Insurance card", "Coverage letter", "Prior authorization", "Prior authorisation"),
        *("Advance directive", "Identification", "Driver license", "Privacy notice"),
    ],
)
def test_a_paper_says_nothing_of_disease(name: str, extracted: Extracted) -> None:
    assert suspected(supported(extracted, reference="DocumentReference/1", display=name)) == "none"
    assert suspected(supported(extracted, reference="DiagnosticReport/1", display=name)) != "none"


@pytest.mark.parametrize(
    ("references", "why"),
    [
        (("Coverage/1", "#gone"), "the second"),
        (("#gone", "Coverage/1"), "the first"),
    ],
)
def test_each_reference_in_support_is_looked_at(references: tuple[str, ...], why: str, extracted: Extracted) -> None:
    draft = order(supporting_info=tuple(Reference(reference=each) for each in references))
    (found,) = extracted(NEW, draft=draft).episodes
    assert suspected(found) != "none", why


def test_what_the_record_holds_is_not_known_by_its_name(extracted: Extracted) -> None:
    """The name a reference gives to a value of the record says no more than the value."""
    height = observation("loinc:8302-2", "170", id="height")
    draft = order(supporting_info=(Reference(reference="Observation/height", display="Kryptoid"),))
    (found,) = extracted(NEW, height, draft=draft).episodes
    assert suspected(found) == "none"


def test_a_report_without_an_id_is_nobodys(extracted: Extracted) -> None:
    """A reference that names nothing leads to nothing, whatever the record holds."""
    nameless = report("CT chest", conclusion="Clear lungs.", id="")
    draft = order(supporting_info=(Reference(reference="DiagnosticReport/"),))
    (found,) = extracted(NEW, nameless, draft=draft).episodes
    assert suspected(found) != "none"


# --- stated, and not to be read ---------------------------------------------------------------------------------------
def asked(extracted: Extracted, *reasons: CodeableConcept, **draft: Any) -> Asked:
    (found,) = extracted(NEW, draft=order("cpt:78815", *reasons, **draft)).episodes
    return found.asked


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ({"reason_reference": (Reference(),)}, "a reference by identifier, which is not read"),
        ({"reason_reference": (Reference(type="Condition"),)}, "by type alone"),
        ({"reason_reference": (Reference(reference="Condition/gone"),)}, "to what is not there"),
        ({"reason_reference": (Reference(reference="#r"),)}, "to what is not contained"),
        ({"reason_reference": (Reference(reference="#r"),), "contained": (Unread(id="r"),)}, "contained, not read"),
        ({"reason_reference": (Reference(reference="#r"),), "contained": (Condition(id="r"),)}, "without a code"),
        ({"reason_reference": (Reference(reference="#r"),), "contained": (report(MRI, id="r"),)}, "no conclusion"),
        ({"reason_reference": (Reference(reference="#r"),), "contained": (DocumentReference(id="r"),)}, "a document"),
    ],
)  # fmt: skip
def test_a_reason_that_cannot_be_read_is_not_no_reason(draft: dict[str, Any], why: str, extracted: Extracted) -> None:
    """The default question is for an order that states none (design, "From facts to outcome", 2)."""
    assert not asked(extracted, **draft).covered, why


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (CodeableConcept(coding=(Coding(code="R51.9"),)), "a code of no system"),
        (CodeableConcept(coding=(Coding(system="urn:x"),)), "a system without a code"),
        (CodeableConcept(extension=(Extension(url="urn:x"),)), "nothing but an extension"),
    ],
)
def test_a_reason_code_that_cannot_be_read_is_not_no_reason(
    reason: CodeableConcept, why: str, extracted: Extracted
) -> None:
    assert not asked(extracted, reason).covered, why


def test_beside_the_cancer_it_leaves_the_question_open(extracted: Extracted) -> None:
    found = asked(extracted, concept("icd:C50.912"), reason_reference=(Reference(type="Condition"),))
    assert (found.covered, found.stated, found.unclear) == (True, False, True)


def test_a_reason_that_says_nothing_at_all_is_none(extracted: Extracted) -> None:
    sandbox_before_any_choice = CodeableConcept(coding=(Coding(),))
    found = asked(extracted, CodeableConcept(), CodeableConcept(text=" "), sandbox_before_any_choice)
    assert (found.covered, found.unclear) == (True, False)


def test_a_document_is_not_known_by_its_description(extracted: Extracted) -> None:
    document = DocumentReference(id="r", description="Left breast cancer")
    found = asked(extracted, reason_reference=(Reference(reference="#r"),), contained=(document,))
    assert (found.covered, found.unclear) == (True, True)
