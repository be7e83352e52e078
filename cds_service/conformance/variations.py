"""What clients rightly do to an ordinary request, each under the rule by which a service must survive it.

https://cds-hooks.hl7.org/2.0/#http-request_1
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from cds_service.conformance import synthetic
from cds_service.conformance.contexts import EXERCISED, ORDER_HOOKS, ORDER_SELECT, ORDER_SIGN
from cds_service.conformance.synthetic import ORDER_ID, OTHER_ORDER_ID, PATIENT_ID, USER

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Variation:
    """`make` changes a body in place; one that gives False has nothing to change, and makes no probe."""

    name: str
    rule: str
    make: Callable[[Body], object]
    may_refuse: bool = False
    hooks: Collection[str] = EXERCISED
    content_type: str = "application/json"


def _prefetched(value: Callable[[Any], Any]) -> Callable[[Body], object]:
    """Every prefetched value put through `value`."""

    def make(body: Body) -> object:
        if not body.get("prefetch"):
            return False
        body["prefetch"] = {key: value(each) for key, each in body["prefetch"].items()}
        return True

    return make


def _without_prefetch(body: Body) -> None:
    body.pop("prefetch", None)


def _some_keys(body: Body) -> object:
    if len(body.get("prefetch", {})) < 2:
        return False
    body["prefetch"] = {key: body["prefetch"][key] for key in list(body["prefetch"])[::2]}
    return True


def _failed(_: Any) -> Any:
    return synthetic.operation_outcome()


def _nothing_found(value: Any) -> Any:
    """An empty search as one large vendor sends it: a Bundle of total 0 whose only entry is a remark."""
    remark = {"resource": synthetic.operation_outcome("warning", "processing"), "search": {"mode": "outcome"}}
    return {**synthetic.searchset([]), "entry": [remark]} if value["resourceType"] == "Bundle" else value


def _collection(value: Any) -> Any:
    """A search's answer under the Bundle type that the specification's own examples have."""
    if value["resourceType"] != "Bundle":
        return value
    return {name: value[name] for name in ("resourceType", "entry") if name in value} | {"type": "collection"}


def _absolute(value: Any) -> Any:
    """References as a server writes them that knows its own address."""
    text = json.dumps(value).replace('"Patient/', f'"{synthetic.FHIR_SERVER}/Patient/')
    return json.loads(text)


def _unknown_key(body: Body) -> None:
    body["prefetch"] = {**body.get("prefetch", {}), "conformance-unknown": synthetic.searchset([])}


def _as_of_1_0(body: Body) -> None:
    # 1.0 knew no token of its own for a patient, and asked for no https outside production.
    body["fhirServer"] = synthetic.FHIR_SERVER.replace("https:", "http:")
    body["user"] = USER


def _extensions(body: Body) -> None:
    body["extension"] = {"org.example.conformance": {"deep": [{"er": [1, "two", None]}], "x": False}, "other": "text"}
    body["context"]["extension"] = {"org.example.conformance": ["text"]}


def _unknown_elements(body: Body) -> None:
    body["unknown"] = {"of": "a later version"}
    body["context"]["unknown"] = ["of a later version"]
    for entry in body["context"].get("draftOrders", {}).get("entry", []):
        entry["unknown"] = 1


def _any_language(body: Body) -> None:
    body["context"]["userId"] = "Practitioner/conformance-ärztin-医生"
    for entry in body["context"].get("draftOrders", {}).get("entry", []):
        entry["resource"]["note"] = [{"text": 'Süße Grüße, 你好 🩺 \u2028 \\ " </script>'}]


def _fhir_server(body: Body) -> None:
    body.pop("prefetch", None)
    body["fhirServer"] = synthetic.FHIR_SERVER
    body["fhirAuthorization"] = {
        "access_token": "conformance-no-such-token",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/*.rs",
        "subject": "conformance",
        "patient": PATIENT_ID,
    }


def _second_selected(body: Body) -> None:
    body["context"]["draftOrders"] = synthetic.drafts([synthetic.other_order(), synthetic.order()])


def _two_drafts(body: Body) -> None:
    body["context"]["draftOrders"] = synthetic.drafts([synthetic.order(), synthetic.other_order()])


def _signed_again(body: Body) -> None:
    for entry in body["context"]["draftOrders"]["entry"]:
        entry["resource"]["status"] = "active"


def _of_other_kinds(body: Body) -> None:
    kinds = synthetic.other_kinds()
    body["context"]["draftOrders"] = synthetic.drafts(kinds)
    _select(body, [f"{each['resourceType']}/{each['id']}" for each in kinds])


def _stu3(body: Body) -> None:
    former = synthetic.bare_order() | {"resourceType": "ProcedureRequest"}
    body["context"]["draftOrders"] = synthetic.drafts([former])
    _select(body, [f"ProcedureRequest/{ORDER_ID}"])


def _no_drafts(body: Body) -> None:
    body["context"]["draftOrders"] = {"resourceType": "Bundle"}
    _select(body, [f"ServiceRequest/{OTHER_ORDER_ID}"])


def _loose_selection(body: Body) -> None:
    del body["context"]["draftOrders"]["type"]
    body["context"]["selections"] = [ORDER_ID, "ServiceRequest/nobody"]


def _long_ids(body: Body) -> None:
    id = ORDER_ID + "x" * 80
    body["context"]["draftOrders"] = synthetic.drafts([synthetic.order(id)])
    _select(body, [f"ServiceRequest/{id}"])


def _bare(body: Body) -> None:
    body["context"]["draftOrders"] = synthetic.drafts([synthetic.bare_order()])


def _empty_coding(body: Body) -> None:
    # What the CDS Hooks Sandbox posts when its screen is opened, before anything is chosen.
    empty = synthetic.bare_order() | {"code": {"coding": [{}]}, "reasonCode": []}
    body["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": empty}]}


def _select(body: Body, names: list[str]) -> None:
    if "selections" in body["context"]:
        body["context"]["selections"] = names


_SELECT = (ORDER_SELECT,)

WHOLE = "full prefetch"
"""The probe that stands for an ordinary call."""

VARIATIONS = (
    Variation(WHOLE, "E1", lambda body: None),
    Variation("no prefetch", "R1", _without_prefetch, may_refuse=True),
    Variation("every second key", "R5", _some_keys, may_refuse=True),
    Variation("every key null", "R4", _prefetched(lambda _: None)),
    Variation("OperationOutcome in every key", "R6", _prefetched(_failed), may_refuse=True),
    Variation("nothing found, with a remark", "R7", _prefetched(_nothing_found)),
    Variation("searches as collections", "R7", _prefetched(_collection)),
    Variation("a key that nobody asked for", "R9", _unknown_key),
    Variation("absolute references", "R10", _prefetched(_absolute)),
    Variation("as of CDS Hooks 1.0", "Q3", _as_of_1_0),
    Variation("extensions of any form", "Q7", _extensions),
    Variation("Content-Type with charset", "Q8", lambda body: None, content_type="application/json; charset=utf-8"),
    Variation("text in other languages", "Q10", _any_language),
    Variation("unknown elements", "Q11", _unknown_elements),
    Variation("a FHIR server that is not there", "A5", _fhir_server, may_refuse=True),
    Variation("two drafts, the second selected", "H2", _second_selected, hooks=_SELECT),
    Variation("two drafts", "H2", _two_drafts, hooks=(ORDER_SIGN,)),
    Variation("orders signed again", "H3", _signed_again, hooks=(ORDER_SIGN,)),
    Variation("medication, device and diet", "H4", _of_other_kinds, hooks=ORDER_HOOKS),
    Variation("ProcedureRequest of STU3", "H5", _stu3, hooks=ORDER_HOOKS),
    Variation("no drafts at all", "H6", _no_drafts, hooks=ORDER_HOOKS),
    Variation("bare id and unknown id selected", "H6", _loose_selection, hooks=_SELECT),
    Variation("ids over 64 characters", "H7", _long_ids, hooks=ORDER_HOOKS),
    Variation("the barest draft", "H8", _bare, hooks=ORDER_HOOKS),
    Variation("empty coding of the Sandbox", "Q9/empty", _empty_coding, hooks=ORDER_HOOKS),
)
"""The first is the ordinary request itself."""
