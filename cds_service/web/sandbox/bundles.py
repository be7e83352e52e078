"""A FHIR Bundle that somebody brings along, as the hook request an EHR would make of it.

Whatever is wrong with it is told with its place in the Bundle, all of it at once, and in our own words: never a text
of the record. What the service does not read is left out and counted. Where entries are missing or of no use, every
part of the record is passed on as incomplete: what is absent from it is then not known, and never leads to a warning.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.fhir import resources as fhir
from cds_service.fhir.outcomes import tells_failure
from cds_service.fhir.resources import Resource
from cds_service.fhir.retrieved import Unreadable
from cds_service.fhir.typed import decode_own
from cds_service.hooks.drafts import DEEPEST, deeper_than
from cds_service.web.sandbox.brought import Fault, UnusableBundle, read_json
from cds_service.web.sandbox.releases import foreign_release

Json = dict[str, Any]

KEYS: Mapping[str, type[Resource]] = {
    "conditions": fhir.Condition,
    "observations": fhir.Observation,
    "procedures": fhir.Procedure,
    "medicationRequests": fhir.MedicationRequest,
    "medicationAdministrations": fhir.MedicationAdministration,
    "carePlans": fhir.CarePlan,
    "diagnosticReports": fhir.DiagnosticReport,
    "allergies": fhir.AllergyIntolerance,
}
"""The prefetch keys and what each holds, beside `patient`."""

# https://hl7.org/fhir/R4/valueset-bundle-type.html; a history holds former versions, which are no record.
_TYPES = ("batch", "collection", "document", "message", "searchset", "transaction")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""https://hl7.org/fhir/R4/datatypes.html#id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A record as prefetch. `warnings`: entries the service will not be able to use; `unused`: how many resources of
    each type it does not read."""

    patient_id: str
    prefetch: Json
    warnings: tuple[Fault, ...] = ()
    unused: Mapping[str, int] = field(default_factory=dict)


def read_bundle(text: bytes) -> Brought:
    """The record of one patient in a Bundle of any usual type. Raises UnusableBundle."""
    bundle = _bundle(read_json(text))
    resources, warnings = _resources(bundle["entry"])
    warnings += [*_incomplete(bundle), *_foreign(resources)]
    lost = len(warnings)
    patient = _patient(resources, warnings)
    addressed = _addressed(resources)
    patient_id = str(addressed[patient]["id"])
    found: dict[str, list[Json]] = {key: [] for key in KEYS}
    unused: Counter[str] = Counter()
    types = {kind.__name__: key for key, kind in KEYS.items()}
    for at, resource in addressed.items():
        key = types.get(resource["resourceType"])
        if key is not None:
            found[key].append(resource)
            warnings += _problems(resource, KEYS[key], resources[at].place, patient_id)
        elif at != patient:
            unused[str(resource["resourceType"])] += 1
    prefetch: Json = {"patient": addressed[patient], **{key: _searchset(listed, lost) for key, listed in found.items()}}
    return Brought(patient_id=patient_id, prefetch=prefetch, warnings=tuple(warnings), unused=dict(unused))


# --- the Bundle -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    full_url: str | None
    resource: Json


def _bundle(bundle: Json) -> Json:
    """The same, if it is a Bundle with entries."""
    if bundle.get("resourceType") != "Bundle":
        found = _type(bundle)
        problem = f"expected Bundle, not {found}" if found else "expected Bundle"
        if "hook" in bundle:
            problem += ": this is a call of CDS Hooks, which holds no Bundle of its own"
        raise UnusableBundle([Fault(place="resourceType", problem=problem)])
    if bundle.get("type", "collection") not in _TYPES:
        raise UnusableBundle([Fault(place="type", problem=f"expected one of {', '.join(_TYPES)}")])
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        raise UnusableBundle([Fault(place="entry", problem="expected a list of at least one entry")])
    return bundle


def _incomplete(bundle: Json) -> Iterator[Fault]:
    """What says that the record goes on elsewhere, or that part of it failed."""
    links = bundle.get("link")
    for index, link in enumerate(links if isinstance(links, list) else ()):
        if isinstance(link, dict) and link.get("relation") == "next":
            yield Fault(place=f"link[{index}]", problem="the record goes on on another page, which is not here")
    total, entries = bundle.get("total"), bundle["entry"]
    if bundle.get("type") == "searchset" and isinstance(total, int) and total > len(entries):
        yield Fault(place="total", problem=f"{total} resources were found, and {len(entries)} are here")
    for index, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "OperationOutcome" and _failed(resource):
            yield Fault(place=f"entry[{index}].resource", problem="says that part of the record could not be read")


def _failed(outcome: Json) -> bool:
    return not deeper_than(DEEPEST, outcome) and tells_failure(msgspec.Raw(msgspec.json.encode(outcome)))


def _resources(entries: Sequence[Any]) -> tuple[list[_Entry], list[Fault]]:
    """What can be used as a resource, and what cannot: one bad entry costs only itself."""
    found: list[_Entry] = []
    faults: list[Fault] = []
    for index, entry in enumerate(entries):
        place = f"entry[{index}].resource"
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(entry, dict):
            faults.append(Fault(place=f"entry[{index}]", problem="expected an object"))
        elif resource is None:
            faults.append(Fault(place=place, problem="required"))
        elif not isinstance(resource, dict):
            faults.append(Fault(place=place, problem="expected an object"))
        elif not _type(resource):
            faults.append(Fault(place=f"{place}.resourceType", problem="expected the name of a resource type"))
        elif deeper_than(DEEPEST, resource):
            faults.append(Fault(place=place, problem="nested too deeply"))
        else:
            full_url = entry.get("fullUrl")
            found.append(_Entry(place, full_url if isinstance(full_url, str) else None, resource))
    return found, faults


def _foreign(resources: Sequence[_Entry]) -> Iterator[Fault]:
    for each in resources:
        for member, said in foreign_release(each.resource):
            yield Fault(place=f"{each.place}.{member}", problem=said)


def _type(resource: Json) -> str | None:
    """The resource type, as far as it can be one: what else stands there is not repeated."""
    found = resource.get("resourceType")
    return found if isinstance(found, str) and re.fullmatch(r"[A-Z][A-Za-z]{1,63}", found) else None


def _patient(resources: Sequence[_Entry], faults: Sequence[Fault]) -> int:
    """Which entry is the patient. `faults`: what else is wrong, told beside it where there is no one patient."""
    patients = [at for at, each in enumerate(resources) if each.resource["resourceType"] == "Patient"]
    if len(patients) == 1:
        return patients[0]
    if not patients:
        raise UnusableBundle([Fault(place="entry", problem="holds no Patient"), *faults])
    problem = "one of several Patients; a record is of one"
    raise UnusableBundle([*(Fault(place=resources[at].place, problem=problem) for at in patients), *faults])


# --- addresses --------------------------------------------------------------------------------------------------------
def _addressed(resources: Sequence[_Entry]) -> dict[int, Json]:
    """The resources by number, each with an id; references by fullUrl are made relative, as a FHIR server makes them
    when it takes in a transaction (https://hl7.org/fhir/R4/http.html#trules)."""
    ids = [_id(each, at) for at, each in enumerate(resources)]
    addresses = {
        each.full_url: f"{each.resource['resourceType']}/{id}"
        for each, id in zip(resources, ids, strict=True)
        if each.full_url is not None
    }
    return {
        at: {**_relinked(each.resource, addresses), "id": id}
        for at, (each, id) in enumerate(zip(resources, ids, strict=True))
    }


def _id(entry: _Entry, at: int) -> str:
    own = entry.resource.get("id")
    if isinstance(own, str) and _ID.fullmatch(own):
        return own
    last = re.split(r"[/:]", entry.full_url)[-1] if entry.full_url else ""
    return last if _ID.fullmatch(last) else f"entry-{at}"


def _relinked(value: Any, addresses: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: addresses.get(each, each)
            if name == "reference" and isinstance(each, str)
            else _relinked(each, addresses)
            for name, each in value.items()
        }
    return [_relinked(each, addresses) for each in value] if isinstance(value, list) else value


# --- prefetch ---------------------------------------------------------------------------------------------------------
def _searchset(resources: Sequence[Json], lost: int) -> Json:
    """`lost`: how many resources are missing, of whatever kind; a total above what is there says so."""
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(resources) + lost}
    if resources:
        bundle["entry"] = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    return bundle


def _problems(resource: Json, kind: type[Resource], place: str, patient_id: str) -> Iterator[Fault]:
    """Why the service will not be able to use a resource, if so."""
    read = decode_own(msgspec.Raw(msgspec.json.encode(resource)), kind, place=place, patient_id=patient_id)
    if isinstance(read, Unreadable):
        yield Fault(place=read.place, problem=read.reason)
