"""FHIR resources from the compact items of `tests/black_box`.

Each item of a patient is one resource: its kind, what it is, and only what matters to it, so
`{condition: "icd:C79.51", onset: 2023-11-01, clinical: resolved}`; a bare name stands for a patient of `patients.yaml`.
A code is written "system:code=Display" as in `tests.support.resources`, or "<uri>|code=Display"; anything else is
words; a list is one concept with several codings. `with` merges FHIR elements into a resource, `without` takes away.
Knows the wire, and of the service only how its tests name code systems. `tests/black_box/README.md` is the prose of it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tests.support import vocabulary as words
from tests.support.resources import SYSTEMS

Json = dict[str, Any]
TERMS = "http://terminology.hl7.org/CodeSystem"
CLINICAL, VERIFICATION = f"{TERMS}/condition-clinical", f"{TERMS}/condition-ver-status"
SUBJECT = {"reference": "Patient/p1"}
SITES = {side: term.coding() for side, term in words.BREAST_SIDE.items()}
CANCERS = {
    "left": ["sct:408643008=Infiltrating duct carcinoma of breast", "icd:C50.412"],
    "right": ["sct:408643008=Infiltrating duct carcinoma of breast", "icd:C50.411"],
}
TYPES = {  # what a stage, T, N or M is written as; each by the letter, or "stage"
    "loinc": {"stage": "21908-9", "T": "21905-5", "N": "21906-3", "M": "21907-1"},
    "pathologic": {"stage": "21902-2", "T": "21899-0", "N": "21900-6", "M": "21901-4"},
    "unspecified": {"stage": "21914-7", "T": "21911-3", "N": "21912-1", "M": "21913-9"},
}
PATHOLOGIC = {  # AJCC values in SNOMED CT, facts D2
    "T1": "1228957006", "T2": "1229852009", "T3": "1229859000",
    "N0": "1229947003", "N1": "1229951001", "N1mi": "1229952008", "N2": "1229957002", "N3": "1229962001",
}  # fmt: skip
MORE_AJCC = {  # facts D2, beside those of the vocabulary
    "TX": "1222604002", "Tis": "1228885007", "T1mi": "1228891009",
    "NX": "1229966003", "N3": "1229984001",
}  # fmt: skip
LABORATORY = {"ALP": "6768-6", "ALT": "1742-6", "AST": "1920-8", "bilirubin": "1975-2"}


def concept(of: Any) -> Json:
    """A CodeableConcept of a code, of words, or of a list of both; a mapping is one already."""
    if isinstance(of, dict):
        return of
    made: Json = {}
    for each in of if isinstance(of, list) else [of]:
        coding = _coding(str(each))
        if coding is None:
            made["text"] = str(each)
        else:
            made.setdefault("coding", []).append(coding)
    return made


def _coding(written: str) -> Json | None:
    named, _, display = written.partition("=")
    uri, bar, code = named.rpartition("|")
    system, colon, value = named.partition(":")
    if bar:
        made = {"system": uri, "code": code}
    elif colon and system in SYSTEMS:
        made = {"system": SYSTEMS[system], "code": value}
    else:
        return None
    return made | ({"display": display} if display else {})


def resource_of(type_: str, **elements: Any) -> Json:
    return {"resourceType": type_, "subject": SUBJECT} | {
        name: value for name, value in elements.items() if value is not None
    }


def _date(value: Any) -> str | None:
    return None if value is None else str(value)


def _sites(side: str | None) -> list[Json] | None:
    return [{"coding": [SITES[side]]} if side in SITES else {"text": side}] if side else None


def concepts(of: Any) -> list[Json] | None:
    """`reason: x` is one concept; several are written `[[a], [b]]`."""
    if of is None:
        return None
    several = isinstance(of, list) and isinstance(of[0], list)
    return [concept(each) for each in of] if several else [concept(of)]


def notes(text: str | None) -> list[Json] | None:
    return [{"text": text}] if text else None


# --- kinds of item --------------------------------------------------------------------------------
def _condition(
    of: Any,
    *,
    onset: Any = "2026-11-10",
    recorded: Any = None,
    abated: Any = None,
    clinical: str | None = "active",
    verification: str | None = "confirmed",
    stage: Any = None,
    side: str | None = None,
    note: str | None = None,
    encounter: bool = False,
) -> Iterator[Json]:
    kind = "encounter-diagnosis" if encounter else None
    yield resource_of(
        "Condition",
        code=concept(of),
        onsetDateTime=_date(onset),
        recordedDate=_date(recorded),
        abatementDateTime=_date(abated),
        clinicalStatus=concept(f"{CLINICAL}|{clinical}") if clinical else None,
        verificationStatus=concept(f"{VERIFICATION}|{verification}") if verification else None,
        stage=[{"summary": concept(stage)}] if stage is not None else None,
        bodySite=_sites(side),
        note=notes(note),
        category=[concept(f"{TERMS}/condition-category|{kind}")] if kind else None,
    )


def _cancer(of: Any, *, onset: Any = "2026-10-25", **more: Any) -> Iterator[Json]:
    yield from _condition(CANCERS[of] if of in ("left", "right") else of, onset=onset, **more)


def _observation(
    of: Any, *, value: Any = None, unit: str | None = None, date: Any = "2026-11-10", status: str = "final", **more: Any
) -> Iterator[Json]:
    made = resource_of("Observation", status=status, code=concept(of), effectiveDateTime=_date(date), **more)
    if isinstance(value, bool):
        made["valueBoolean"] = value
    elif isinstance(value, (int, float)):
        made["valueQuantity"] = {"value": value} | ({"unit": unit, "code": unit} if unit else {})
    elif isinstance(value, str) and _coding(value) is None:
        made["valueString"] = value
    elif value is not None:
        made["valueCodeableConcept"] = concept(value)
    yield made


def _laboratory(
    of: str,
    *,
    value: float,
    range: list[float | None] | None = None,
    flag: str | None = None,
    date: Any = "2026-11-05",
    unit: str = "U/L",
    status: str = "final",
    comparator: str | None = None,
) -> Iterator[Json]:
    named = LABORATORY.get(of, of)
    (made,) = _observation(named if named.startswith("loinc:") else f"loinc:{named}", date=date, status=status)
    quantity = {"value": value, "unit": unit, "comparator": comparator}
    made["valueQuantity"] = {name: given for name, given in quantity.items() if given is not None}
    if range:
        sides = zip(("low", "high"), range, strict=True)
        made["referenceRange"] = [{side: {"value": end, "unit": unit} for side, end in sides if end is not None}]
    if flag:
        made["interpretation"] = [concept(f"{TERMS}/v3-ObservationInterpretation|{flag}")]
    yield made


def _stage(
    of: str, *, date: Any = "2026-10-28", written: str = "loinc", values: str = "ajcc", **more: Any
) -> Iterator[Json]:
    """A stage group. `written`: the code of the Observation; `values`: ajcc, generic (Synthea), words."""
    yield from _staged(
        "stage", of, {"ajcc": words.AJCC_STAGE, "generic": words.GENERIC_STAGE}, date, written, values, more
    )


def _tnm(
    of: str, *, date: Any = "2026-10-28", written: str = "loinc", values: str = "ajcc", **more: Any
) -> Iterator[Json]:
    """T, N and M, one Observation each; what is not named is not on record."""
    known = {
        "ajcc": PATHOLOGIC if written == "pathologic" else words.AJCC_TNM | MORE_AJCC,
        "generic": words.GENERIC_TNM,
    }
    for each in of.split():
        yield from _staged(each[0], each, known, date, written, values, more)


def _staged(kind: str, of: str, known: Json, date: Any, written: str, values: str, more: Json) -> Iterator[Json]:
    code = f"sct:{words.MCODE_TYPES[kind].code}" if written == "mcode" else f"loinc:{TYPES[written][kind]}"
    yield from _observation(code, value=of if values == "words" else f"sct:{known[values][of]}", date=date, **more)


def _size(of: float, *, unit: str = "mm", date: Any = "2026-10-28") -> Iterator[Json]:
    """Tumour size as mCODE writes it: in a component."""
    part = {"code": concept("loinc:33728-7"), "valueQuantity": {"value": of, "unit": unit, "code": unit}}
    yield from _observation("loinc:21889-1", date=date, component=[part])


def _procedure(
    of: Any,
    *,
    date: Any = None,
    begun: Any = None,
    ended: Any = None,
    status: str = "completed",
    side: str | None = None,
    reason: Any = None,
    note: str | None = None,
) -> Iterator[Json]:
    period = {name: str(day) for name, day in (("start", begun), ("end", ended)) if day is not None}
    named = f"sct:{words.OPERATIONS[of].code}={words.OPERATIONS[of].display}" if of in words.OPERATIONS else of
    yield resource_of(
        "Procedure",
        status=status,
        code=concept(named),
        performedDateTime=_date(date),
        performedPeriod=period or None,
        bodySite=_sites(side),
        reasonCode=concepts(reason),
        note=notes(note),
    )


def _prescribed(
    of: str,
    *,
    date: Any = "2026-11-01",
    status: str = "active",
    intent: str = "order",
    reason: Any = None,
    note: str | None = None,
) -> Iterator[Json]:
    yield resource_of(
        "MedicationRequest", status=status, intent=intent, medicationCodeableConcept=_drug(of),
        authoredOn=str(date), reasonCode=concepts(reason), note=notes(note),
    )  # fmt: skip


def _given(
    of: str, *, date: Any = "2026-11-01", status: str = "completed", reason: Any = None, note: str | None = None
) -> Iterator[Json]:
    yield resource_of(
        "MedicationAdministration", status=status, medicationCodeableConcept=_drug(of),
        effectiveDateTime=str(date), reasonCode=concepts(reason), note=notes(note),
    )  # fmt: skip


def _drug(of: str) -> Json:
    drug = words.DRUGS.get(of)
    return concept([f"rx:{drug.code}={drug.display}", of] if drug else of)


def _plan(of: str, *, activity: Any = None, status: str = "active", date: Any = "2026-11-10") -> Iterator[Json]:
    detail = {"status": "not-started", "code": concept(activity)} if activity else None
    activities = [{"detail": detail}] if detail else None
    yield resource_of("CarePlan", status=status, intent="plan", title=of, created=str(date), activity=activities)


def _report(
    of: Any, *, says: str | None = None, codes: Any = None, date: Any = "2026-11-10", status: str = "final"
) -> Iterator[Json]:
    yield resource_of(
        "DiagnosticReport", status=status, code=concept(of), conclusion=says,
        conclusionCode=concepts(codes), effectiveDateTime=_date(date),
    )  # fmt: skip


def _allergy(of: Any, *, clinical: str = "active", verification: str = "confirmed") -> Iterator[Json]:
    made = resource_of(
        "AllergyIntolerance", code=concept(of), patient=SUBJECT,
        clinicalStatus=concept(f"{TERMS}/allergyintolerance-clinical|{clinical}"),
        verificationStatus=concept(f"{TERMS}/allergyintolerance-verification|{verification}"),
    )  # fmt: skip
    del made["subject"]
    yield made


MAKERS: dict[str, Callable[..., Iterator[Json]]] = {
    "cancer": _cancer,
    "condition": _condition,
    "observation": _observation,
    "laboratory": _laboratory,
    "stage": _stage,
    "tnm": _tnm,
    "size": _size,
    "procedure": _procedure,
    "prescribed": _prescribed,
    "given": _given,
    "plan": _plan,
    "report": _report,
    "allergy": _allergy,
}


def resources(items: list[Any], patients: dict[str, list[Any]]) -> Iterator[Json]:
    """The resources of a patient's items; a bare name stands for the items of that patient."""
    for item in items:
        if isinstance(item, str):
            yield from resources(patients[item], patients)
        else:
            yield from _made(dict(item))


def _made(item: Json) -> Iterator[Json]:
    merged, without, id_ = item.pop("with", {}), item.pop("without", []), item.pop("id", None)
    kind = next(iter(item))
    for made in MAKERS[kind](item.pop(kind), **{name.replace("-", "_"): value for name, value in item.items()}):
        elements = made | ({"id": id_} if id_ else {}) | merged
        yield {name: value for name, value in elements.items() if name not in without}
