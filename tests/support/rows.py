"""Requests from the rows of `tests/black_box`: the drafts, the patient, what the EHR hands over.

What a row and an item say is in `tests/black_box/README.md`. Knows the wire and nothing of the service.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.support.items import Json, concept, concepts, notes, resource_of, resources
from tests.support.patients import BASE, KEYS, searchset

WOMAN = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1968-05-01"}
STUDIES = {
    "pet-ct": "cpt:78815", "pet-ct-whole-body": "cpt:78816", "bone-scan": "cpt:78306", "mri-head": "cpt:70553",
    "ct-cap": "loinc:72254-6", "ct-cap-without": "loinc:72253-8", "ct-cap-contrast-unstated": "loinc:87869-4",
    "ct-chest": "cpt:71260", "ct-abdomen-pelvis": "cpt:74177", "ct-abdomen-pelvis-without": "cpt:74176",
    "ct-head": "cpt:70450", "mri-spine": "cpt:72158",
    "us-axilla": "loinc:72529-1", "us-axilla-right": "loinc:72528-3", "node-biopsy": "loinc:69279-8",
    "mri-breast": "cpt:77049", "mri-breast-without": "cpt:77047", "mri-breast-contrast-unstated": "sct:241615005",
    "mammography": "cpt:77066", "dbt-screening": "loinc:72142-3",
}  # fmt: skip


# --- drafts ---------------------------------------------------------------------------------------
def draft(of: Any, number: int = 1) -> Json:
    """A draft order: the name of a study, or a mapping of what matters to it; another kind of item is that resource."""
    item = {"order": of} if isinstance(of, str) else dict(of)
    if "order" not in item:
        (made,) = resources([item], {})
        return {**made, "id": f"draft-{number}"}
    return _order(number=number, **{name.replace("-", "_"): value for name, value in item.items()})


def _order(
    order: Any,
    *,
    number: int,
    reason: Any = None,
    site: Any = None,
    detail: Any = None,
    note: str | None = None,
    contained: list[Json] | None = None,
    reference: Any = None,
    without: list[str] | None = None,
    **more: Any,
) -> Json:
    """`contained`: resources that are the reason; `reference`: a reason by reference, or a Reference."""
    held = [{**each, "id": f"r{place}"} for place, each in enumerate(resources(contained or [], {}))]
    referred = [{"reference": f"#{each['id']}"} for each in held]
    if reference is not None:
        referred.append({"reference": reference} if isinstance(reference, str) else reference)
    code = concept(STUDIES.get(order, order) if isinstance(order, str) else order)
    made = resource_of(
        "ServiceRequest", id=f"order-{number}", status="draft", intent="order", code=code, authoredOn="2026-11-21",
        reasonCode=concepts(reason), reasonReference=referred or None, contained=held or None,
        bodySite=concepts(site), orderDetail=concepts(detail), note=notes(note),
    ) | more.pop("with", {}) | more  # fmt: skip
    return {name: value for name, value in made.items() if name not in (without or [])}


# --- what the EHR hands over ----------------------------------------------------------------------
FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
NEXT = {"relation": "next", "url": f"{BASE}/next?page=2"}


def _and_entry(resource: Any, **more: Any) -> Callable[[Json], Json]:
    return lambda bundle: bundle | {"entry": [*bundle.get("entry", []), {"resource": resource, **more}]}


HANDED_OVER: dict[str, Callable[[Json], Any]] = {
    "null": lambda bundle: None,
    "failed": lambda bundle: FAILED,
    "words": lambda bundle: "not a Bundle",
    "list": lambda bundle: [entry["resource"] for entry in bundle.get("entry", [])],
    "alone": lambda bundle: bundle["entry"][0]["resource"],
    "next-page": lambda bundle: bundle | {"link": [{"relation": "self", "url": f"{BASE}/this"}, NEXT]},
    "more-in-total": lambda bundle: bundle | {"total": 500},
    "no-total": lambda bundle: {name: value for name, value in bundle.items() if name != "total"},
    "collection": lambda bundle: {"resourceType": "Bundle", "type": "collection", "entry": bundle.get("entry", [])},
    "failed-entry": _and_entry(FAILED, search={"mode": "outcome"}),
    "unreadable-entry": _and_entry("not a resource"),
    "entry-without-resource": lambda bundle: bundle | {"entry": [*bundle.get("entry", []), {"fullUrl": f"{BASE}/x"}]},
    "epic-empty": lambda bundle: searchset([], "epic"),
    "empty-with-next-page": lambda bundle: {"resourceType": "Bundle", "type": "searchset", "total": 0, "link": [NEXT]},
    "patients": lambda bundle: searchset([WOMAN]),
}
"""What may come in a key instead of a whole search result, by name."""


def prefetch(record: list[Json], row: Json) -> Json:
    """The keys of a row: whole, but for those that it names under `prefetch` or leaves out under `missing`.

    `moved`: from which key the last entry stands under which other one.
    """
    number = count(1)
    named = [each if "id" in each else {**each, "id": f"x{next(number)}"} for each in record]
    found: Json = {"patient": WOMAN | row.get("patient", {})}
    for key, type_ in KEYS.items():
        found[key] = searchset([each for each in named if each["resourceType"] == type_])
    for key, own in row.get("moved", {}).items():
        *rest, last = (entry["resource"] for entry in found[own]["entry"])
        found |= {own: searchset(rest), key: _and_entry(last)(found.get(key) or {"resourceType": "Bundle"})}
    for key, state in row.get("prefetch", {}).items():
        found[key] = HANDED_OVER[state](found[key])
    return {key: value for key, value in found.items() if key not in row.get("missing", [])}


def request(row: Json, patients: dict[str, list[Any]]) -> Json:
    """The hook request of one row."""
    drafts = [draft(each, number) for number, each in enumerate(row["drafts"], 1)]
    references = [f"{each['resourceType']}/{each['id']}" for each in drafts]
    context: Json = {
        "userId": "Practitioner/d1",
        "patientId": "p1",
        "draftOrders": {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": each} for each in drafts],
        },
    }
    hook = "order-sign" if row.get("signed") else "order-select"
    if hook == "order-select":
        context["selections"] = row.get("selected", references)
    record = list(resources(row["patient-items"], patients))
    return {
        "hook": hook,
        "hookInstance": "0f1a2b3c-0000-4000-8000-000000000000",
        "context": context,
        "prefetch": prefetch(record, row),
    }
