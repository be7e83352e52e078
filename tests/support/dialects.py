"""Writes one patient story as FHIR R4 resources in one dialect (see `tests.support.patients` for what each means)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.support import vocabulary as words
from tests.support.story import Drug, Finding, Measurement, PatientStory, Plan, Report, Treatment, Tumor
from tests.support.vocabulary import ICD, SCT, UCUM, Term

Json = dict[str, Any]

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


@dataclass(slots=True)
class Writer:
    """Writes one story in one dialect; counts the resources for their ids."""

    story: PatientStory
    dialect: str
    _number: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def subject(self) -> Json:
        return {"reference": f"Patient/{self.story.name}"}

    @property
    def diagnosis_system(self) -> str:
        return ICD if self.dialect in ("icd10", "epic") else SCT

    def resources(self) -> Iterator[Json]:
        yield self._patient()
        for number, tumor in enumerate(self.story.tumors, 1):
            yield self._tumor(tumor, number)
        for finding in self.story.findings:
            yield self._finding(finding)
        if self.dialect == "icd10":
            return
        for number, tumor in enumerate(self.story.tumors, 1):
            yield from self._tumor_observations(tumor, f"Condition/{self.story.name}-cancer-{number}")
        yield from map(self._measurement, self.story.measurements)
        yield from map(self._treatment, self.story.treatments)
        yield from (self._given(drug) if drug.given else self._prescribed(drug) for drug in self.story.drugs)
        yield from map(self._plan, self.story.plans)
        yield from map(self._report, self.story.reports)

    def _new(self, type_: str, **elements: Any) -> Json:
        resource: Json = {"resourceType": type_, "id": f"{self.story.name}-{next(self._number)}"}
        return {**resource, **{name: value for name, value in elements.items() if value is not None}}

    def _patient(self) -> Json:
        return {
            "resourceType": "Patient",
            "id": self.story.name,
            "name": [{"family": "Synthetic", "given": ["Example"]}],
            "gender": self.story.sex,
            "birthDate": self.story.born,
        }

    # --- conditions -------------------------------------------------------------------------------
    def _tumor(self, tumor: Tumor, number: int) -> Json:
        term = words.CONCEPTS[tumor.concept].term(self.diagnosis_system)
        if self.dialect == "loinc" and tumor.concept.startswith("invasive"):  # Synthea: no side, no histology
            term = words.CONCEPTS["breast-cancer"].term(SCT)
        condition = self._condition(term, tumor.clinical, tumor.verification)
        condition["id"] = f"{self.story.name}-cancer-{number}"
        if tumor.diagnosed:
            condition |= {"onsetDateTime": tumor.diagnosed, "recordedDate": tumor.diagnosed}
        if self.dialect in ("snomed", "mcode") and tumor.side:
            condition["bodySite"] = [concept(words.BREAST_SIDE[tumor.side])]
        stages = self._stages_on_condition(tumor)
        return condition | ({"stage": stages} if stages else {})

    def _stages_on_condition(self, tumor: Tumor) -> list[Json]:
        """Minimal EHR: the group coded and in words, T N M in words. SNOMED EHR: all coded, generic values."""
        groups = [group for group in (tumor.stage, *tumor.also_staged) if group]
        parts = [part for part in (tumor.t, tumor.n, tumor.m) if part]
        if self.dialect == "icd10":
            stages: list[Json] = [{"summary": _stage_in_words(group)} for group in groups]
            return stages + ([{"summary": {"text": " ".join(f"c{part}" for part in parts)}}] if parts else [])
        if self.dialect != "snomed":
            return []
        return [
            *({"summary": _generic_stage(group), "type": concept(words.MCODE_TYPES["stage"])} for group in groups),
            *({"summary": _generic_tnm(part), "type": concept(words.MCODE_TYPES[part[0]])} for part in parts),
        ]

    def _finding(self, finding: Finding) -> Json:
        term = words.CONCEPTS[finding.concept].term(self.diagnosis_system)
        condition = self._condition(term, finding.clinical, finding.verification)
        if finding.onset:
            condition |= {"onsetDateTime": finding.onset, "recordedDate": finding.onset}
        return condition | ({"abatementDateTime": finding.abated} if finding.abated else {})

    def _condition(self, term: Term, clinical: str, verification: str) -> Json:
        return self._new(
            "Condition",
            clinicalStatus={"coding": [{"system": CLINICAL, "code": clinical}]},
            verificationStatus={"coding": [{"system": VERIFICATION, "code": verification}]},
            code=concept(term),
            subject=self.subject,
        )

    # --- observations -----------------------------------------------------------------------------
    def _tumor_observations(self, tumor: Tumor, focus: str) -> Iterator[Json]:
        groups = [group for group in (tumor.stage, *tumor.also_staged) if group]
        parts = [part for part in (tumor.t, tumor.n, tumor.m) if part]
        if self.dialect == "mcode":
            for group in groups:
                yield self._staging(tumor, focus, words.MCODE_TYPES["stage"], _ajcc_stage(group))
            for part in parts:
                yield self._staging(tumor, focus, words.MCODE_TYPES[part[0]], _ajcc_tnm(part))
        elif self.dialect in ("loinc", "epic"):
            for group in groups:
                yield self._staging(tumor, focus, words.LOINC_TYPES["stage"], _generic_stage(group))
            for part in parts:
                yield self._staging(tumor, focus, words.LOINC_TYPES[part[0]], _generic_tnm(part))
        if tumor.size_mm is not None:
            yield self._size(tumor, focus)
        for receptor, term in words.RECEPTORS.items():
            value = getattr(tumor, receptor)
            if value is not None:
                yield self._observed(tumor, focus, term, valueCodeableConcept=concept(words.RECEPTOR_VALUES[value]))

    def _staging(self, tumor: Tumor, focus: str, term: Term, value: Json) -> Json:
        method = concept(words.AJCC_8) if self.dialect == "mcode" else None
        return self._observed(tumor, focus, term, valueCodeableConcept=value, method=method)

    def _size(self, tumor: Tumor, focus: str) -> Json:
        """mCODE keeps the size in components; older records in the value."""
        size = {"value": tumor.size_mm, "unit": "mm", "system": UCUM, "code": "mm"}
        if self.dialect == "mcode":
            component = [{"code": concept(words.TUMOR_MAXIMUM), "valueQuantity": size}]
            return self._observed(tumor, focus, words.TUMOR_SIZE, component=component)
        return self._observed(tumor, focus, words.TUMOR_SIZE, valueQuantity=size)

    def _observed(self, tumor: Tumor, focus: str, term: Term, **value: Any) -> Json:
        return self._new(
            "Observation",
            status="final",
            code=concept(term),
            subject=self.subject,
            focus=None if self.dialect == "loinc" else [{"reference": focus}],
            effectiveDateTime=tumor.diagnosed,
            **value,
        )

    def _measurement(self, lab: Measurement) -> Json:
        def quantity(value: float) -> Json:
            return {"value": value, "unit": lab.unit, "system": UCUM, "code": lab.unit}

        return self._new(
            "Observation",
            status="final",
            code=concept(lab.term),
            subject=self.subject,
            effectiveDateTime=lab.date,
            valueQuantity=quantity(lab.value),
            referenceRange=[{"low": quantity(lab.low), "high": quantity(lab.high)}],
        )

    # --- treatment and imaging --------------------------------------------------------------------
    def _treatment(self, treatment: Treatment) -> Json:
        operated = treatment.end is None and treatment.status == "completed"
        period = {"start": treatment.start} | ({"end": treatment.end} if treatment.end else {})
        return self._new(
            "Procedure",
            status=treatment.status,
            code=concept(words.OPERATIONS[treatment.what]),
            subject=self.subject,
            performedDateTime=treatment.start if operated else None,
            performedPeriod=None if operated else period,
            bodySite=[concept(words.BREAST_SIDE[treatment.side])] if treatment.side else None,
        )

    def _prescribed(self, drug: Drug) -> Json:
        return self._new(
            "MedicationRequest",
            status=drug.status,
            intent="order",
            medicationCodeableConcept=_drug(drug.what),
            subject=self.subject,
            authoredOn=drug.date,
            reasonCode=[concept(words.CONCEPTS[drug.reason].term(self.diagnosis_system))],
        )

    def _given(self, drug: Drug) -> Json:
        return self._new(
            "MedicationAdministration",
            status=drug.status,
            medicationCodeableConcept=_drug(drug.what),
            subject=self.subject,
            effectiveDateTime=drug.date,
            reasonCode=[concept(words.CONCEPTS[drug.reason].term(self.diagnosis_system))],
        )

    def _plan(self, plan: Plan) -> Json:
        activity = {
            "kind": "ServiceRequest",
            "code": concept(words.OPERATIONS[plan.activity]),
            "status": plan.activity_status,
        }
        return self._new(
            "CarePlan",
            status=plan.status,
            intent="plan",
            title=plan.title,
            subject=self.subject,
            created=plan.created,
            activity=[{"detail": activity}],
        )

    def _report(self, report: Report) -> Json:
        return self._new(
            "DiagnosticReport",
            status="final",
            code=concept(words.STUDIES[report.study]),
            subject=self.subject,
            effectiveDateTime=report.date,
            conclusion=report.conclusion,
        )


def concept(term: Term) -> Json:
    return {"coding": [term.coding()], "text": term.display}


def _drug(what: str) -> Json:
    return concept(words.DRUGS[what]) if what in words.DRUGS else {"text": what}


def _stage_in_words(group: str) -> Json:
    coding = Term(SCT, words.AJCC_STAGE[group], f"Stage {group}").coding()
    return {"coding": [coding], "text": f"Stage {group}"}


def _ajcc_stage(group: str) -> Json:
    return concept(Term(SCT, words.AJCC_STAGE[group], f"American Joint Commission on Cancer stage {group}"))


def _generic_stage(group: str) -> Json:
    return concept(Term(SCT, words.GENERIC_STAGE[group], f"Stage {group}"))


def _ajcc_tnm(part: str) -> Json:
    return concept(Term(SCT, words.AJCC_TNM[part], f"American Joint Committee on Cancer c{part}"))


def _generic_tnm(part: str) -> Json:
    """The generic code of a category; its subdivision (T1c) has none and is kept in the words."""
    return concept(Term(SCT, words.GENERIC_TNM[part[:2]], f"{part[:2]} category")) | {"text": f"c{part}"}
