"""The FHIR R4 resources we read, as typed structs of only the elements we use (https://hl7.org/fhir/R4/).

Decoded with msgspec from the bytes of one resource at a time; unknown elements are skipped, so any profile or
extension is welcome. Each struct keeps nothing of the JSON it came from.
"""

import msgspec


class Element(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """Base: FHIR's camelCase names, immutable."""


class Coding(Element, frozen=True):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Element, frozen=True):
    coding: tuple[Coding, ...] = ()
    text: str | None = None
    extension: tuple["Extension", ...] = ()
    """mCODE writes the side of a body site as an extension of it."""


class Reference(Element, frozen=True):
    reference: str | None = None
    display: str | None = None
    type: str | None = None


class Period(Element, frozen=True):
    start: str | None = None
    end: str | None = None


class Quantity(Element, frozen=True):
    value: float | None = None
    unit: str | None = None
    code: str | None = None
    comparator: str | None = None


class Range(Element, frozen=True):
    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element, frozen=True):
    """That there is one is all we read of it."""


class Annotation(Element, frozen=True):
    text: str | None = None
    time: str | None = None


class Extension(Element, frozen=True):
    url: str | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_uri: str | None = None
    value_code: str | None = None
    value_string: str | None = None
    extension: tuple["Extension", ...] = ()


class Meta(Element, frozen=True):
    profile: tuple[str, ...] = ()


class Narrative(Element, frozen=True):
    """The resource in words (XHTML); "additional": they say more than its elements do."""

    status: str | None = None
    div: str | None = None


class Resource(Element, frozen=True, tag_field="resourceType", tag=True):
    """What every resource has. `id` is what references point to; the name of its class is its `resourceType`."""

    id: str | None = None
    meta: Meta | None = None
    text: Narrative | None = None
    extension: tuple[Extension, ...] = ()


class ContainedResource(Element, frozen=True):
    """A resource inside another, of any type: of a diagnosis its code is read, of an Observation what it observes,
    of a report what it concludes."""

    resource_type: str | None = None
    status: str | None = None
    code: CodeableConcept | tuple[CodeableConcept, ...] | str | None = None
    description: CodeableConcept | str | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    conclusion: str | None = None
    conclusion_code: tuple[CodeableConcept, ...] = ()
    reference_range: tuple["ReferenceRange", ...] = ()
    component: tuple["ObservationComponent", ...] = ()

    @property
    def concept(self) -> CodeableConcept | None:
        """Its code, where that is one concept: some types have several, or a bare code (PractitionerRole)."""
        return self.code if isinstance(self.code, CodeableConcept) else None


class Patient(Resource, frozen=True):
    birth_date: str | None = None
    gender: str | None = None
    deceased_boolean: bool | None = None


class ConditionStage(Element, frozen=True):
    summary: CodeableConcept | None = None
    type: CodeableConcept | None = None
    assessment: tuple[Reference, ...] = ()


class ConditionEvidence(Element, frozen=True):
    code: tuple[CodeableConcept, ...] = ()
    detail: tuple[Reference, ...] = ()


class Condition(Resource, frozen=True):
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    severity: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept | None = None
    body_site: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    onset_string: str | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    abatement_string: str | None = None
    recorded_date: str | None = None
    stage: tuple[ConditionStage, ...] = ()
    evidence: tuple[ConditionEvidence, ...] = ()
    contained: tuple[ContainedResource, ...] = ()
    note: tuple[Annotation, ...] = ()


class ReferenceRange(Element, frozen=True):
    low: Quantity | None = None
    high: Quantity | None = None
    text: str | None = None


class ObservationComponent(Element, frozen=True):
    code: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()


class Observation(Resource, frozen=True):
    status: str | None = None
    code: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    focus: tuple[Reference, ...] = ()
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_instant: str | None = None
    issued: str | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    body_site: CodeableConcept | None = None
    method: CodeableConcept | None = None
    reference_range: tuple[ReferenceRange, ...] = ()
    has_member: tuple[Reference, ...] = ()
    derived_from: tuple[Reference, ...] = ()
    component: tuple[ObservationComponent, ...] = ()
    contained: tuple[ContainedResource, ...] = ()


class Procedure(Resource, frozen=True):
    status: str | None = None
    status_reason: CodeableConcept | None = None
    category: CodeableConcept | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    performed_string: str | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    body_site: tuple[CodeableConcept, ...] = ()
    outcome: CodeableConcept | None = None
    report: tuple[Reference, ...] = ()
    complication: tuple[CodeableConcept, ...] = ()
    complication_detail: tuple[Reference, ...] = ()
    follow_up: tuple[CodeableConcept, ...] = ()
    contained: tuple[ContainedResource, ...] = ()
    note: tuple[Annotation, ...] = ()
    used_code: tuple[CodeableConcept, ...] = ()


class Contained(Element, frozen=True):
    """A resource inside another, of which only a Medication's or Condition's code is read."""

    id: str | None = None
    code: CodeableConcept | None = None


class Dosage(Element, frozen=True):
    """How a drug is taken, of which only the words are read: they may say what for."""

    text: str | None = None
    patient_instruction: str | None = None
    additional_instruction: tuple[CodeableConcept, ...] = ()
    as_needed_codeable_concept: CodeableConcept | None = None


class MedicationRequest(Resource, frozen=True):
    status: str | None = None
    status_reason: CodeableConcept | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    contained: tuple["Contained", ...] = ()
    subject: Reference | None = None
    authored_on: str | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    course_of_therapy_type: CodeableConcept | None = None
    dosage_instruction: tuple[Dosage, ...] = ()
    note: tuple[Annotation, ...] = ()


class MedicationAdministration(Resource, frozen=True):
    status: str | None = None
    status_reason: tuple[CodeableConcept, ...] = ()
    category: CodeableConcept | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    contained: tuple["Contained", ...] = ()
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    dosage: Dosage | None = None
    note: tuple[Annotation, ...] = ()


class ActivityDetail(Element, frozen=True):
    kind: str | None = None
    status: str | None = None
    status_reason: CodeableConcept | None = None
    goal: tuple[Reference, ...] = ()
    code: CodeableConcept | None = None
    product_codeable_concept: CodeableConcept | None = None
    description: str | None = None
    scheduled_period: Period | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()


class CarePlanActivity(Element, frozen=True):
    detail: ActivityDetail | None = None
    outcome_codeable_concept: tuple[CodeableConcept, ...] = ()
    outcome_reference: tuple[Reference, ...] = ()
    progress: tuple[Annotation, ...] = ()
    reference: Reference | None = None


class CarePlan(Resource, frozen=True):
    status: str | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    title: str | None = None
    description: str | None = None
    subject: Reference | None = None
    period: Period | None = None
    created: str | None = None
    addresses: tuple[Reference, ...] = ()
    supporting_info: tuple[Reference, ...] = ()
    goal: tuple[Reference, ...] = ()
    contained: tuple[ContainedResource, ...] = ()
    activity: tuple[CarePlanActivity, ...] = ()
    note: tuple[Annotation, ...] = ()


class ReportMedia(Element, frozen=True):
    comment: str | None = None


class Attachment(Element, frozen=True):
    """A file: what it is called, and what is in it where it came along (base64)."""

    content_type: str | None = None
    data: str | None = None
    title: str | None = None


class DiagnosticReport(Resource, frozen=True):
    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept | None = None
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    result: tuple[Reference, ...] = ()
    conclusion: str | None = None
    conclusion_code: tuple[CodeableConcept, ...] = ()
    media: tuple[ReportMedia, ...] = ()
    presented_form: tuple[Attachment, ...] = ()
    contained: tuple[ContainedResource, ...] = ()


class DeviceRequest(Resource, frozen=True):
    status: str | None = None
    subject: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()


class CommunicationRequest(Resource, frozen=True):
    status: str | None = None
    subject: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()


class DocumentReference(Resource, frozen=True):
    """A document: what it is said to be; what is in it is not read."""

    status: str | None = None
    subject: Reference | None = None
    description: str | None = None


class Unread(Resource, frozen=True):
    """Stands for a contained resource of a type that is not read, or that cannot be read."""


class Reaction(Element, frozen=True):
    substance: CodeableConcept | None = None
    description: str | None = None


class AllergyIntolerance(Resource, frozen=True):
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    code: CodeableConcept | None = None
    patient: Reference | None = None
    note: tuple[Annotation, ...] = ()
    reaction: tuple[Reaction, ...] = ()


class CodeableReference(Element, frozen=True):
    """How FHIR R5 writes a reason (https://hl7.org/fhir/R5/references.html#CodeableReference)."""

    concept: CodeableConcept | None = None
    reference: Reference | None = None


class ServiceRequest(Resource, frozen=True):
    based_on: tuple[Reference, ...] = ()
    replaces: tuple[Reference, ...] = ()
    as_needed_codeable_concept: CodeableConcept | None = None
    status: str | None = None
    intent: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: str | None = None
    code: CodeableConcept | None = None
    order_detail: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    authored_on: str | None = None
    occurrence_date_time: str | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    reason: tuple[CodeableReference, ...] = ()
    supporting_info: tuple[Reference, ...] = ()
    relevant_history: tuple[Reference, ...] = ()
    encounter: Reference | None = None
    body_site: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    patient_instruction: str | None = None
    do_not_perform: bool | None = None
    contained: tuple[Condition | Observation | DiagnosticReport | DocumentReference | Unread, ...] = ()
    """As `fhir.contained` leaves them."""


RESOURCES: tuple[type[Resource], ...] = (
    AllergyIntolerance,
    CarePlan,
    CommunicationRequest,
    Condition,
    DeviceRequest,
    DiagnosticReport,
    DocumentReference,
    MedicationAdministration,
    MedicationRequest,
    Observation,
    Patient,
    Procedure,
    ServiceRequest,
)


Drafted = ServiceRequest | MedicationRequest | CarePlan | DeviceRequest | CommunicationRequest
"""What a clinician drafts in one session, as far as it can say something of the patient."""
