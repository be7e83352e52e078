"""Small builders: three variants, seven studies, a patient, an order. Each test says only what matters to it."""

import json
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec

from cds_service.cards.build import Said, say, shown
from cds_service.cards.presentation import Presentation
from cds_service.coding import CPT, ICD10CM, LOINC, SNOMED, Code
from cds_service.criteria.model import (
    Assessment,
    ImagingOrder,
    Outcome,
    Rating,
    VariantRating,
    VariantState,
)
from cds_service.facts.model import Fact, Facts, Known
from cds_service.fhir.resources import ServiceRequest
from cds_service.hooks.response import Card
from cds_service.knowledge.model import Category, Knowledge, NextStep, RatingRow, Source, Topic, Variant
from cds_service.knowledge.operators import AllOf, In
from cds_service.knowledge.studies import CodeMatch, Procedure, ProcedureCode
from cds_service.knowledge.value_sets import ValueSet, ValueSets

UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY
HOOK_INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
TODAY = date(2026, 11, 20)
SCORES = {UNA: 2, MBA: 5, UA: 9}


def study(id: str, name: str, short: str, family: str, **more: Any) -> Procedure:
    """A study; `codes` are (system, code) pairs, the first of each system exact."""
    codes = tuple(
        ProcedureCode(code=Code(system, code), match=CodeMatch.EXACT, confidence="high", source="test")
        for system, code in more.pop("codes", ())
    )
    values = {"radiation": "O", "msv": (0.0, 0.0), "contrast": "none", "body_site": family, **more}
    return Procedure(
        id=id,
        name=name,
        short=short,
        family=family,
        default_question="distant",
        after_treatment_question=None,
        codes=codes,
        **values,
    )


STUDIES = (
    study(
        "fdg-pet-ct",
        "FDG-PET/CT skull base to mid-thigh",
        "PET/CT",
        "systemic",
        radiation="☢☢☢☢",
        msv=(10.0, 30.0),
        codes=((CPT, "78815"), (LOINC, "81554-8")),
    ),
    study(
        "ct-with",
        "CT chest abdomen pelvis with IV contrast",
        "CT C/A/P with contrast",
        "systemic",
        radiation="☢☢☢☢",
        msv=(10.0, 30.0),
        contrast="iodinated",
        codes=((LOINC, "72254-6"),),
    ),
    study(
        "ct-without",
        "CT chest abdomen pelvis without IV contrast",
        "CT C/A/P without contrast",
        "systemic",
        radiation="☢☢☢☢",
        msv=(10.0, 30.0),
        codes=((LOINC, "72253-8"),),
    ),
    study(
        "bone-scan",
        "Bone scan whole body",
        "Bone scan",
        "systemic",
        radiation="☢☢☢",
        msv=(1.0, 10.0),
        codes=((CPT, "78306"),),
    ),
    study("us-axilla", "US axilla", "US axilla", "axilla", codes=((LOINC, "80852-7"), (CPT, "76882"))),
    study(
        "mammography-diagnostic",
        "Mammography diagnostic",
        "Diagnostic mammography",
        "breast",
        radiation="☢☢",
        msv=(0.1, 1.0),
        codes=((LOINC, "24605-8"), (CPT, "77066")),
    ),
    study(
        "mri-breast-without-and-with-contrast",
        "MRI breast without and with IV contrast",
        "MRI breast w/o and with contrast",
        "breast",
        contrast="gadolinium",
        codes=((CPT, "77049"),),
    ),
    study(
        "mri-breast-without-contrast",
        "MRI breast without IV contrast",
        "MRI breast without contrast",
        "breast",
        codes=((CPT, "77047"),),
    ),
    study(
        "core-biopsy-axillary-node", "US-guided core biopsy axillary node", "Core biopsy, axillary node", "node-biopsy"
    ),
)


def variant(
    id: str, title: str, questions: tuple[str, ...], why: tuple[str, ...] = ("Occult metastasis is rare.",)
) -> Variant:
    """A variant that rates every study as usually not appropriate; what an assessment says is up to the test."""
    rows = {
        each.id: RatingRow(procedure=each.id, category=UNA, score=2, basis=("article",), questions=questions)
        for each in STUDIES
    }
    return Variant(
        id=id,
        title=title,
        questions=questions,
        when=AllOf((In("stage-group", frozenset({"IA"})), In("metastasis-suspected", frozenset({"none"})))),
        ratings=rows,
        why=why,
        next=(NextStep(result="New symptom", step="Targeted imaging of that site"),),
    )


VARIANTS = {
    each.id: each
    for each in (
        variant(
            "310-v1", "New clinical stage I to IIA invasive cancer, extent in breast and axilla", ("breast", "axilla")
        ),
        variant("310-v2", "New clinical stage I to IIA invasive cancer, distant disease", ("distant",)),
        variant(
            "310-v4", "New clinical stage IIB to III invasive cancer, ER+, HER2-negative, distant disease", ("distant",)
        ),
        variant("310-v6", "Follow-up after breast conservation, local recurrence", ("local-recurrence",)),
        variant("310-v10", "Follow-up after curative treatment, distant disease", ("distant",)),
        variant("310-v11", "Suspected distant recurrence", ("distant",)),
        variant("286-v9", "Neoadjuvant chemotherapy completed, over 2 cm, axilla", ("axilla",)),
        variant("235-v4", "Neoadjuvant therapy planned, clinically node-positive, axilla", ("axilla",)),
    )
}


DIAGNOSES = ValueSets(
    {
        "breast-cancer-unspecified": ValueSet(
            id="breast-cancer-unspecified",
            title="Breast cancer",
            concepts={Code(SNOMED, "254837009"): "Malignant neoplasm of breast"},
            headers={Code(ICD10CM, "C50"): "C50"},
        ),
        "breast-cancer-history": ValueSet(
            id="breast-cancer-history",
            title="History of breast cancer",
            concepts={
                Code(ICD10CM, "Z85.3"): "History of breast cancer",
                Code(SNOMED, "415076002"): "History of breast cancer",
            },
            headers={},
        ),
    }
)


def knowledge(**more: Any) -> Knowledge:
    """Three topics, as many variants as tests need."""
    topics = tuple(
        Topic(
            id=id,
            title=title,
            source=Source(publisher="American College of Radiology", citation="J Am Coll Radiol", doi=doi),
            variants=tuple(each for each in VARIANTS.values() if each.id.startswith(id)),
        )
        for id, title, doi in (
            ("310", "Imaging of Invasive Breast Cancer", "10.1016/j.jacr.2024.02.021"),
            ("286", "Imaging of the Axilla", "10.1016/j.jacr.2022.02.010"),
            ("235", "Monitoring Response to Neoadjuvant Systemic Therapy", "10.1016/j.jacr.2022.09.006"),
        )
    )
    return Knowledge(
        version="2026.1.0",
        hash="abc123",
        topics=topics,
        procedures=MappingProxyType({each.id: each for each in STUDIES}),
        value_sets=DIAGNOSES,
        findings=None,
        **more,
    )


def facts(**changes: Fact | str) -> Facts:
    """A new stage IA cancer on the left without symptoms; a string stands for a known value."""
    base: dict[str, Fact | str] = {
        "cancer": "invasive",
        "disease-phase": "new",
        "stage-group": "IA",
        "metastasis-suspected": "none",
        "laterality": "left",
        "pregnant": "no",
    }
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    merged = {**base, **named}
    return Facts({name: Known(value) if isinstance(value, str) else value for name, value in merged.items()})


def rating(
    procedure: str = "fdg-pet-ct",
    question: str = "distant",
    category: Category | None = UNA,
    variants: tuple[str | VariantRating, ...] = ("310-v2",),
    **more: Any,
) -> Rating:
    """A rating; a variant's name stands for one that holds with the rating's category."""
    score = SCORES[category] if category is not None else None
    held = tuple(
        each
        if isinstance(each, VariantRating)
        else VariantRating(variant=VARIANTS[each], state=VariantState.HOLDS, category=category, score=score)
        for each in variants
    )
    values = {
        "outcome": Outcome.RATED,
        "category": category,
        "score": score,
        "categories": frozenset({category}),
        **more,
    }
    return Rating(procedure=procedure, question=question, variants=held, **values)


def possible(id: str, category: Category | None) -> VariantRating:
    """A variant that may hold."""
    score = SCORES[category] if category is not None else None
    return VariantRating(variant=VARIANTS[id], state=VariantState.POSSIBLE, category=category, score=score)


def order(
    id: str = "pet", caveats: tuple[str, ...] = (), procedures: tuple[str, ...] = ("fdg-pet-ct",)
) -> ImagingOrder:
    """An order as matching sees it."""
    return ImagingOrder(
        draft=ServiceRequest(id=id),
        procedures=procedures,
        place="context.draftOrders.entry[0].resource",
        caveats=caveats,
    )


def assessment(rated: Rating | None = None, *, id: str = "pet", **more: Any) -> Assessment:
    """What matching said of one order: unless told otherwise, a PET/CT in new stage IA cancer."""
    rated = rated if rated is not None else rating()
    values = {
        "order": order(id),
        "outcome": rated.outcome,
        "procedure": rated.procedure,
        "question": rated.question,
        "question_stated": False,
        "facts": facts(),
        **more,
    }
    return Assessment(reference=f"ServiceRequest/{id}", rating=rated, **values)


def draft(id: str = "pet", **changes: Any) -> dict[str, Any]:
    """A PET/CT order as a client writes it; a change of None takes a member away."""
    resource = {
        "resourceType": "ServiceRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "code": {"coding": [{"system": CPT, "code": "78815", "display": "PET/CT"}], "text": "PET/CT"},
        "subject": {"reference": "Patient/p1"},
        "reasonCode": [{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C50.912"}]}],
        **changes,
    }
    return {name: value for name, value in resource.items() if value is not None}


def raw(resource: dict[str, Any]) -> msgspec.Raw:
    """A draft as bytes of the request."""
    return msgspec.Raw(json.dumps(resource).encode())


def said(*assessments: Assessment, presentation: dict[str, Any] | None = None, **more: Any) -> tuple[Said, ...]:
    """What is said at order-select, a draft for every order, unless told otherwise; `presentation` by its fields."""
    references = [each for one in assessments for each in (one.reference, one.with_reference) if each is not None]
    values: dict[str, Any] = {
        "drafts": {each: raw(draft(each.removeprefix("ServiceRequest/"))) for each in references},
        "hook": "order-select",
        "hook_instance": HOOK_INSTANCE,
        "knowledge": knowledge(),
        "today": TODAY,
        "presentation": Presentation(**presentation or {}),
        **more,
    }
    return say(assessments, **values)


def cards(*assessments: Assessment, **more: Any) -> tuple[Card, ...]:
    """The cards of the answer; arguments as of `said`."""
    return shown(said(*assessments, **more))


def card(*assessments: Assessment, **more: Any) -> Card:
    """The only card."""
    (only,) = cards(*assessments, **more)
    return only


def us_axilla(category: Category = MBA, variants: tuple[str, ...] = ("310-v1",), **more: Any) -> Rating:
    """The rating of axillary ultrasound for its own question."""
    return rating("us-axilla", "axilla", category, variants, **more)
