"""One defect for each rule of the conformance check: what a service does wrong, and the rule that must be named.

`also`: rules that the same defect cannot but break as well.
"""

import json
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

from flask import Request, Response

from tests.support.model_service import Json, Refused, refusal

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Defect:
    """`switches`: makes the arguments of `Switches`, afresh for each run, as some defects count calls."""

    rule: str
    name: str
    switches: Callable[[], dict[str, Any]]
    also: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.rule} {self.name}"


DEFECTS: list[Defect] = []


def _defect(rule: str, name: str, *, also: str = "", **switches: Any) -> None:
    DEFECTS.append(Defect(rule, name, lambda: switches, frozenset(also.split())))


def _counting(rule: str, name: str, make: Callable[[Iterator[int]], dict[str, Any]]) -> None:
    """A defect that turns on how often it was called."""
    DEFECTS.append(Defect(rule, name, lambda: make(count(1))))


def _remembering(
    rule: str, name: str, refuses: Callable[[set[str], Json], object], status: int, *, also: str = ""
) -> None:
    """A defect of feedback that turns on whether the service has shown the card."""

    def switches() -> dict[str, Any]:
        shown: set[str] = set()
        return {
            "answer": lambda document, body: shown.update(card["uuid"] for card in document["cards"]),
            "feedback": _feedback(lambda entry: refuses(shown, entry), status),
        }

    DEFECTS.append(Defect(rule, name, switches, frozenset(also.split())))


# --- changes of documents -------------------------------------------------------------------------------------------
def _owner(document: Any, path: Path) -> Any:
    for step in path[:-1]:
        document = document[step]
    return document


def _put(*path: str | int, to: Any) -> Callable[[Json], object]:
    def change(document: Json) -> None:
        _owner(document, path)[path[-1]] = deepcopy(to)

    return change


def _cut(*path: str | int) -> Callable[[Json], object]:
    def change(document: Json) -> None:
        del _owner(document, path)[path[-1]]

    return change


def _service(name: str, to: Any) -> Callable[[Json], object]:
    return _put("services", 0, name, to=to)


def _template(template: str, **service: str) -> Callable[[Json], object]:
    def change(document: Json) -> None:
        document["services"][0]["prefetch"]["conditions"] = template
        document["services"][0].update(service)

    return change


def _in_answer(change: Callable[[Json], object]) -> Callable[[Json, Json], object]:
    """A change of an answer that has a card; of others there is nothing to change."""

    def answer(document: Json, _: Json) -> None:
        if document["cards"]:
            change(document)

    return answer


def _card(*path: str | int, to: Any) -> Callable[[Json, Json], object]:
    return _in_answer(_put("cards", 0, *path, to=to))


def _card_without(*path: str | int) -> Callable[[Json, Json], object]:
    return _in_answer(_cut("cards", 0, *path))


UPDATE: Path = ("suggestions", 0, "actions", 0)
DELETE: Path = ("suggestions", 1, "actions", 0)
CREATE: Path = ("suggestions", 2, "actions", 1)


def _twice_in_discovery(document: Json) -> None:
    document["services"].append(deepcopy(document["services"][0]))


def _same_uuid(document: Json) -> None:
    document["cards"][0]["suggestions"][0]["uuid"] = document["cards"][0]["uuid"]


def _recommend_all(document: Json) -> None:
    for suggestion in document["cards"][0]["suggestions"]:
        suggestion["isRecommended"] = True


def _delete_by_resource(document: Json) -> None:
    action = document["cards"][0]["suggestions"][1]["actions"][0]
    action["resource"] = action.pop("resourceId")


def _forget_an_extension(document: Json) -> None:
    document["cards"][0]["suggestions"][0]["actions"][0]["resource"]["extension"].pop()


def _rate_and_change(document: Json) -> None:
    for actions in (document["systemActions"], document["extension"]["systemActions"]):
        actions[0]["resource"] = {**actions[0]["resource"], "code": {"text": "Other"}}


def _rate_otherwise(document: Json) -> None:
    for actions in (document["systemActions"], document["extension"]["systemActions"]):
        rating = actions[0]["resource"]["extension"][-1]["valueCodeableConcept"]
        rating["coding"] = [{**rating["coding"][0], "code": "no-guidelines-apply"}]


def _describe_no_system_action(document: Json) -> None:
    for actions in (document["systemActions"], document["extension"]["systemActions"]):
        del actions[0]["description"]


def _first_draft(document: Json, body: Json) -> None:
    """What a peer did: the suggestion meant for the second draft rewrites the first."""
    entries = body["context"]["draftOrders"].get("entry", [])
    if len(entries) > 1 and document["cards"]:
        for suggestion in document["cards"][0]["suggestions"]:
            for action in suggestion["actions"]:
                if action["type"] == "delete":
                    action["resourceId"] = f"ServiceRequest/{entries[0]['resource']['id']}"


# --- failures -------------------------------------------------------------------------------------------------------
def _fails(when: Callable[[Json], object], status: int = 500) -> Callable[[Json], object]:
    def fails(body: Json) -> None:
        if when(body):
            raise Refused(status)

    return fails


def _prefetched(body: Json) -> list[Any]:
    return list(body.get("prefetch", {}).values())


def _resources(body: Json) -> list[Json]:
    return [entry["resource"] for entry in body["context"]["draftOrders"].get("entry", [])]


def _of_type(name: str) -> Callable[[Json], object]:
    return lambda body: name in [each["resourceType"] for each in _resources(body)]


def _feedback(when: Callable[[Json], object], status: int = 500) -> Callable[[Json], object]:
    return _fails(lambda body: any(when(entry) for entry in body["feedback"]), status)


# --- answers over HTTP ----------------------------------------------------------------------------------------------
Http = Callable[[Request, Response], Response | None]


def _posts(request: Request) -> bool:
    """A call of a service, not of its feedback endpoint."""
    return request.method == "POST" and request.path.count("/") == 2


def _discovers(request: Request) -> bool:
    return request.method == "GET" and request.path == "/cds-services"


def _instead(when: Callable[[Request], object], make: Callable[[], Response]) -> Http:
    return lambda request, response: make() if when(request) else None


def _refusing(change: Callable[[Request, Response], object]) -> Http:
    """A change of every refusal."""

    def http(request: Request, response: Response) -> None:
        if response.status_code >= 400:
            change(request, response)

    return http


def _set(name: str, value: str | None, when: Callable[[Request, Response], object] = lambda *_: True) -> Http:
    def http(request: Request, response: Response) -> None:
        if when(request, response):
            if value is None:
                response.headers.pop(name, None)
            else:
                response.headers[name] = value

    return http


def _no_content(request: Request, response: Response) -> Response | None:
    return Response(status=204) if _posts(request) and response.get_data() == b'{"cards": []}' else None


def _status(status: int, when: Callable[[Request, Response], object]) -> Http:
    def http(request: Request, response: Response) -> None:
        if when(request, response):
            response.status_code = status

    return http


def _slow_when_repeated(calls: Iterator[int]) -> dict[str, Any]:
    seen: set[str] = set()

    def fails(body: Json) -> None:
        if body["hookInstance"] in seen:
            time.sleep(0.6)
        seen.add(body["hookInstance"])

    return {"fails": fails}


def _echo(request: Request, response: Response) -> None:
    if response.status_code == 400:
        outcome = json.loads(response.get_data())
        outcome["issue"][0]["diagnostics"] = request.get_data().decode(errors="replace")
        response.set_data(json.dumps(outcome))


def _trace(request: Request, response: Response) -> None:
    outcome = json.loads(response.get_data())
    outcome["issue"][0]["diagnostics"] = 'Traceback (most recent call last):\n  File "/srv/app.py", line 3, in call'
    response.set_data(json.dumps(outcome))


# --- discovery ------------------------------------------------------------------------------------------------------
_ALL_CALLS = "E1 E7/large J12/answers R1 R4 R5 R6 R7 R9 R10 Q3 Q7 Q8 Q9/empty Q10 Q11 A5 H2 H4 H5 H6 H7 H8"

_defect(
    "D1",
    "discovery is elsewhere",
    also="D2",
    http=_instead(_discovers, lambda: Response(status=301, headers={"Location": "/cds-services.json"})),
)
_defect(
    "D1/slash",
    "a slash is redirected away",
    http=_instead(
        lambda request: request.path == "/cds-services/",
        lambda: Response(status=308, headers={"Location": "/cds-services"}),
    ),
)
_defect("D2", "services is an object", discovery=_put("services", to={"model-select": 1}))
_defect("D2", "services holds a text", discovery=_put("services", to=["model-select"]))
_defect("D2", "there is no services", also="E9/discovery", discovery=lambda d: d.update(cdsServices=d.pop("services")))
_defect("D2", "discovery is an array", http=_instead(_discovers, lambda: Response("[]", mimetype="application/json")))
_defect("D2", "discovery fails", http=_instead(_discovers, lambda: Response(status=500)))
_defect(
    "D2/json", "discovery says that it is text", http=_set("Content-Type", "text/plain", lambda q, _: _discovers(q))
)
_defect("D3/hook", "no hook", discovery=_cut("services", 0, "hook"))
_defect("D3/description", "no description", discovery=_cut("services", 0, "description"))
_defect("D3/id", "no id", discovery=_cut("services", 0, "id"))
_defect("D3/id", "an id that is a path", discovery=_service("id", "model/select"))
_defect("D4", "no title", discovery=_cut("services", 0, "title"))
_defect("D5", "prefetch is an array", discovery=_service("prefetch", ["Patient/{{context.patientId}}"]))
_defect("D5", "a template is an object", discovery=_put("services", 0, "prefetch", "user", to={"query": "x"}))
_defect("D5", "an empty prefetch", also="Q9/discovery", discovery=_service("prefetch", {}))
_defect("D6", "usageRequirements is an array", discovery=_service("usageRequirements", ["None."]))
_defect("D7", "the software's version", discovery=_service("version", "build 7"))
_defect("D8", "a hookVersion that was never published", discovery=_service("hookVersion", "1.1"))
_defect("D9", "an id twice", discovery=_twice_in_discovery)
_defect("D10", "the service is elsewhere", also=_ALL_CALLS, http=_instead(_posts, lambda: refusal(404)))
_counting(
    "D11", "the title counts calls", lambda calls: {"discovery": lambda d: _service("title", f"No {next(calls)}")(d)}
)
_defect("Q9/discovery", "a null in discovery", discovery=_service("extension", {"org.example.model": None}))
_defect("E9/discovery", "a misspelled element", discovery=_service("usage_requirements", "None."))
_defect("J14", "an extension that is an array, in discovery", discovery=_service("extension", [1]))

# --- prefetch templates ---------------------------------------------------------------------------------------------
_defect("P1", "absolute", discovery=_template("https://ehr.example.org/Condition?patient={{context.patientId}}"))
_defect("P1", "with a slash before it", discovery=_template("/Condition?patient={{context.patientId}}"))
_defect("P2", "a token of another time", discovery=_template("Condition?patient={{Patient.id}}"))
_defect("P2", "a token with spaces", discovery=_template("Condition?patient={{ context.patientId }}"))
_defect("P2", "braces that do not pair", discovery=_template("Condition?patient={{context.patientId}"))
_defect("P2", "FHIRPath in a service of 2.0", discovery=_template("Condition?recorded-date=ge{{today()}}"))
_defect("P3", "a path into the drafts", discovery=_template("Condition?_id={{context.draftOrders.ServiceRequest.id}}"))
_defect("P3", "the selections", discovery=_template("ServiceRequest?_id={{context.selections}}"))
_defect("P3", "a field of another hook", discovery=_template("Practitioner?_id={{context.performer}}"))
_defect("P4", "a user nobody knows", discovery=_template("Practitioner/{{userNurseId}}"))
_defect("P5", "_include", discovery=_template("Condition?patient={{context.patientId}}&_include=Condition:encounter"))
_defect("P5", "_has", discovery=_template("Condition?_has:Encounter:diagnosis:patient={{context.patientId}}"))
_defect("P5", "a chain", discovery=_template("Condition?encounter.patient={{context.patientId}}"))
_defect("P5", "a modifier", discovery=_template("Condition?patient={{context.patientId}}&code:below=http://s|1"))
_defect("P5", "a comparison", discovery=_template("Condition?patient={{context.patientId}}&onset-date=ne2020-01-01"))
_defect("P5", "an operation", discovery=_template("Patient/{{context.patientId}}/$everything"))
_defect("P6", "sort:desc", discovery=_template("Condition?patient={{context.patientId}}&sort:desc=recorded-date"))
_defect("P7", "the encounter", discovery=_template("Condition?encounter={{context.encounterId}}"))
_defect(
    "P8",
    "FHIRPath in a service of 3.0",
    discovery=_template("Condition?recorded-date=ge{{today() - 90 days}}", version="3.0.0"),
)
_defect(
    "P8",
    "a path into the drafts in a service of 3.0",
    discovery=_template("Condition/{{context.draftOrders.entry.resource.id}}", version="3.0.0-ballot"),
)

# --- well-formed requests -------------------------------------------------------------------------------------------
_defect("E1", "no cards", answer=_in_answer(_cut("cards")))
_defect("E1", "cards is an object", answer=lambda document, _: document.update(cards={"one": 1}))
_defect(
    "E1",
    "the answer is an array",
    http=lambda q, r: r.set_data("[]") if _posts(q) and r.status_code == 200 else None,
)
_defect("E1/json", "the answer says that it is a page", http=_set("Content-Type", "text/html", lambda q, _: _posts(q)))
_defect(
    "E1/json",
    "the answer is Python",
    http=lambda q, r: r.set_data(r.get_data().replace(b"false", b"False").replace(b"[]", b"()")) if _posts(q) else None,
)
_defect("E3", "204 for nothing to say", http=_no_content)
_defect("E4", "412 for a null", fails=_fails(lambda body: None in _prefetched(body), 412))
_counting("E8", "slow", _slow_when_repeated)
_defect("R1", "fails without prefetch", fails=_fails(lambda b: "prefetch" not in b and "fhirServer" not in b))
_defect("R4", "fails with a null", fails=_fails(lambda body: None in _prefetched(body)))
_defect(
    "R5",
    "refuses some keys with 400",
    http=_status(400, lambda q, r: r.status_code == 412),
)
_defect(
    "R6",
    "fails with an OperationOutcome",
    fails=_fails(lambda b: any(v and v["resourceType"] == "OperationOutcome" for v in _prefetched(b))),
)
_defect("R7", "fails with a remark in a Bundle", fails=_fails(lambda b: '"outcome"' in json.dumps(_prefetched(b))))
_defect("R7", "fails with a collection", fails=_fails(lambda b: '"collection"' in json.dumps(_prefetched(b))))
_defect("R9", "fails with another key", fails=_fails(lambda body: "conformance-unknown" in body.get("prefetch", {})))
_defect("R10", "fails with an absolute reference", fails=_fails(lambda b: '"https://' in json.dumps(_prefetched(b))))
_defect("Q2", "another uuid each time", answer=_in_answer(lambda d: d["cards"][0].update(uuid=str(uuid4()))))
_defect("Q3", "fails with plain HTTP", fails=_fails(lambda body: body.get("fhirServer", "").startswith("http:")))
_defect("Q7", "fails with an extension", fails=_fails(lambda b: "other" in b.get("extension", {})))
_defect(
    "Q8",
    "fails with a charset",
    http=_instead(lambda q: "charset" in (q.content_type or ""), lambda: refusal(500)),
)
_defect(
    "Q9/empty",
    "fails with an empty reason",
    fails=_fails(lambda b: any(r.get("reasonCode") == [] for r in _resources(b))),
)
_defect("Q10", "fails with Chinese", fails=_fails(lambda body: "你好" in json.dumps(body, ensure_ascii=False)))
_defect("Q11", "fails with an unknown element", fails=_fails(lambda body: "unknown" in body))
_defect("A5", "fails without the FHIR server", fails=_fails(lambda b: "fhirServer" in b and "prefetch" not in b))
_defect("H2", "acts on the first draft", answer=_first_draft)
_defect(
    "H3",
    "fails with an active order",
    hooks=("model-sign",),
    fails=_fails(lambda body: any(each.get("status") == "active" for each in _resources(body))),
)
_defect("H4", "fails with medication", fails=_fails(_of_type("MedicationRequest")))
_defect("H5", "fails with ProcedureRequest", fails=_fails(_of_type("ProcedureRequest")))
_defect("H6", "fails without drafts", fails=_fails(lambda body: not _resources(body)))
_defect(
    "H6",
    "fails without the Bundle's type",
    fails=_fails(lambda b: _resources(b) and "type" not in b["context"]["draftOrders"]),
    also="Q9/empty",
)
_defect("H7", "fails with long ids", fails=_fails(lambda body: any(len(each["id"]) > 64 for each in _resources(body))))
_defect(
    "H8",
    "fails without a reason",
    fails=_fails(lambda b: any("reasonCode" not in r for r in _resources(b) if r["resourceType"] == "ServiceRequest")),
)

# --- answers --------------------------------------------------------------------------------------------------------
_defect("E2", "systemActions is an object", also="1.13/twice", answer=_in_answer(_put("systemActions", to={"a": 1})))
_defect("E2", "systemActions is empty", also="Q9 1.13/twice", answer=_in_answer(_put("systemActions", to=[])))
_defect("E9", "an element of its own", answer=_in_answer(_put("rating", to=2)))
_defect("E9", "a misspelled element of a card", answer=_card("override_reasons", to=[1]))
_defect("J14", "an extension that is a text", answer=_card("extension", to="about the order"))
_defect("Q9", "a null", answer=_card("source", "topic", "version", to=None), also="E9")
_defect("Q9", "an empty object", answer=_card("extension", "org.example.model", to={}))
_defect("1.13", "a system action without description", answer=_in_answer(_describe_no_system_action))
_defect(
    "1.13/twice",
    "other system actions in extension",
    answer=_in_answer(lambda d: d["extension"]["systemActions"].append(d["systemActions"][0])),
)
_defect("2.2", "a rating of its own", answer=_in_answer(_rate_otherwise))
_defect("2.3", "rates and changes", answer=_in_answer(_rate_and_change))

# --- cards ----------------------------------------------------------------------------------------------------------
_defect("1.8/summary", "no summary", answer=_card_without("summary"))
_defect("1.8/length", "140 characters", answer=_card("summary", to="x" * 140))
_defect("1.8/plain", "two lines", answer=_card("summary", to="One\nTwo"))
_defect("1.8/plain", "HTML in the summary", answer=_card("summary", to="<b>One</b>"))
_defect("1.8/detail", "detail is an array", answer=_card("detail", to=["Why"]))
_defect("1.8/html", "HTML", answer=_card("detail", to='See <a href="https://example.org">this</a>'))
_defect("1.8/html", "a script", answer=_card("detail", to="<script>alert(1)</script>"))
_defect("1.8/indicator", "hard-stop", answer=_card("indicator", to="hard-stop"))
_defect("1.8/indicator", "no indicator", answer=_card_without("indicator"))
_defect("1.8/source", "no source", answer=_card_without("source"))
_defect("1.8/source", "source is a text", answer=_card("source", to="Model"))
_defect("1.8/uuid", "a counter for a uuid", answer=_card("uuid", to="card-1"))
_defect("1.8/unique", "one uuid for two things", answer=_in_answer(_same_uuid))
_defect("1.8/suggestions", "suggestions is an object", answer=_card("suggestions", to={"label": "Change"}))
_defect("1.8/selectionBehavior", "a behaviour of its own", answer=_card("selectionBehavior", to="exactly-one"))
_defect("1.8/overrideReasons", "overrideReasons is a text", answer=_card("overrideReasons", to="none"))
_defect("1.8/overrideReasons", "overrideReasons is empty", also="Q9", answer=_card("overrideReasons", to=[]))
_defect("1.8/links", "links is empty", also="Q9", answer=_card("links", to=[]))
_defect("1.9/label", "no label of the source", answer=_card_without("source", "label"))
_defect("1.9/url", "a relative url of the source", answer=_card("source", "url", to="/about"))
_defect("1.9/icon", "an icon that is data", answer=_card("source", "icon", to="data:image/png;base64,x"))
_defect("1.9/topic", "a topic in words", answer=_card("source", "topic", to="appropriate-use"))
_defect("1.9/topic", "a topic without system", answer=_card_without("source", "topic", "system"))
_defect("1.11/label", "no label of a link", answer=_card_without("links", 0, "label"))
_defect("1.11/url", "a link without host", answer=_card("links", 0, "url", to="https:///article"))
_defect("1.11/url", "a link of another scheme", answer=_card("links", 0, "url", to="javascript:alert(1)"))
_defect("1.11/type", "a link of type relative", answer=_card("links", 0, "type", to="relative"))
_defect("1.11/autolaunchable", "autolaunchable is a text", answer=_card("links", 1, "autolaunchable", to="no"))
_defect("1.12", "a reason without system", answer=_card_without("overrideReasons", 0, "system"))
_defect("1.12", "a reason without code", answer=_card_without("overrideReasons", 0, "code"))
_defect("cds-resp-3", "appContext on an absolute link", answer=_card("links", 0, "appContext", to="handle-2"))
_defect("cds-resp-3", "appContext is an object", answer=_card("links", 1, "appContext", to={"handle": 1}))
_defect("cds-resp-4", "a reason without display", answer=_card_without("overrideReasons", 0, "display"))
_defect("F6", "a card without uuid", answer=_card_without("uuid"))
_defect("F6", "a suggestion without uuid", answer=_card_without("suggestions", 0, "uuid"))
_defect(
    "S6",
    "about an order nobody sent",
    answer=_card("extension", "davinci-crd.associated-resource", to=[{"reference": "ServiceRequest/nobody"}]),
)
_defect(
    "S6",
    "about an order in words",
    answer=_card("extension", "davinci-crd.associated-resource", to=["the second order"]),
)
_defect("S7", "suggestions without words", answer=_card_without("detail"))

# --- suggestions and actions ----------------------------------------------------------------------------------------
_defect("1.10/label", "no label", answer=_card_without("suggestions", 0, "label"))
_defect("1.10/uuid", "a counter for a uuid", answer=_card("suggestions", 0, "uuid", to="1"))
_defect("1.10/isRecommended", "isRecommended is a text", answer=_card("suggestions", 0, "isRecommended", to="yes"))
_defect("1.10/actions", "actions is empty", also="Q9", answer=_card("suggestions", 0, "actions", to=[]))
_defect(
    "1.10/actionSelectionBehavior",
    "an element of 3.0",
    answer=_card("suggestions", 0, "actionSelectionBehavior", to="all"),
)
_defect("1.10/type", "CREATE in capitals", answer=_card(*CREATE, "type", to="CREATE"))
_defect("1.10/resource", "a resource that is a text", answer=_card(*CREATE, "resource", to="ServiceRequest"))
_defect("1.10/resource", "a create without resource", answer=_card_without(*CREATE, "resource"))
_defect(
    "1.10/resource", "a resource of no type", answer=_card(*CREATE, "resource", to={"id": "x"}), also="Q10/resource"
)
_defect("1.10/resourceId", "an id without type", answer=_card(*DELETE, "resourceId", to="conformance-order-1"))
_defect(
    "Q10/resource", "an order without subject", answer=_card_without(*CREATE, "resource", "subject"), also="S3/draft"
)
_defect("Q10/resource", "a status nobody knows", answer=_card(*CREATE, "resource", "priority", to="soon"))
_defect("Q10/resource", "a resource nobody knows", answer=_card(*CREATE, "resource", "resourceType", to="ImagingOrder"))
_defect("cds-resp-1", "everything recommended", answer=_in_answer(_recommend_all))
_defect("cds-resp-2", "a delete as in 1.0", answer=_in_answer(_delete_by_resource))
_defect("cds-resp-2", "a delete with both", answer=_card(*DELETE, "resource", to={"resourceType": "ServiceRequest"}))
_defect("cds-resp-5", "an action without description", answer=_card_without(*UPDATE, "description"))
_defect("cds-resp-6", "no selectionBehavior", answer=_card_without("selectionBehavior"))
_defect(
    "cds-resp-7",
    "a behaviour of its own",
    also="1.10/actionSelectionBehavior",
    answer=_card("suggestions", 0, "actionSelectionBehavior", to="some"),
)
_defect("S1", "an unknown extension lost", answer=_in_answer(_forget_an_extension))
_defect("S1", "the note lost", answer=_card_without(*UPDATE, "resource", "note"))
_defect("S1", "the category lost", answer=_card_without(*UPDATE, "resource", "category"))
_defect(
    "S1", "the requester changed", answer=_card(*UPDATE, "resource", "requester", to={"reference": "Practitioner/x"})
)
_defect("S1", "the extension of a primitive lost", answer=_card_without(*UPDATE, "resource", "_authoredOn"))
_defect("S2", "an update of an order nobody sent", answer=_card(*UPDATE, "resource", "id", to="nobody"))
_defect("S2", "an update of no order", answer=_card_without(*UPDATE, "resource", "id"))
_defect("S2", "a delete of an order nobody sent", answer=_card(*DELETE, "resourceId", to="ServiceRequest/nobody"))
_defect("S3", "a create under the old id", answer=_card(*CREATE, "resource", "id", to="conformance-order-1"))
_defect("S3/draft", "a create that is active", answer=_card(*CREATE, "resource", "status", to="active"))
_defect("S3/draft", "a create without intent", also="Q10/resource", answer=_card_without(*CREATE, "resource", "intent"))
_defect(
    "S3/draft",
    "a create for another patient",
    answer=_card(*CREATE, "resource", "subject", to={"reference": "Patient/x"}),
)
_defect("S3/draft", "a create with a version", answer=_card(*CREATE, "resource", "meta", to={"versionId": "3"}))
_defect(
    "S3/draft",
    "a create under the old number",
    answer=_card(
        *CREATE,
        "resource",
        "identifier",
        to=[{"system": "https://conformance.invalid/orders", "value": "conformance-order-1"}],
    ),
)

# --- faulty requests ------------------------------------------------------------------------------------------------
_defect("Q1", "answers another hook", skips=frozenset({"hook"}))
_defect("Q2/missing", "answers without hookInstance", skips=frozenset({"instance"}))
_defect("Q8/json", "answers what is not JSON", skips=frozenset({"json"}))
_defect("Q12/object", "answers an array", skips=frozenset({"object"}))
_defect("Q12/context", "answers without context", skips=frozenset({"context", "instance"}), also="Q2/missing")
_defect("Q12/types", "answers wrong types", skips=frozenset({"types"}))
_defect("Q12/unknown", "any id will do", http=_status(400, lambda q, r: r.status_code == 404))
_defect(
    "Q12/unknown",
    "any id is answered",
    also="J12/answers",
    http=_instead(lambda q: "no-such-service" in q.path, lambda: Response("{}")),
)
_defect("Q12/5xx", "fails without context", http=_status(500, lambda q, r: r.status_code == 400 and _posts(q)))
_defect(
    "cds-r-1",
    "fails with a token for nothing",
    fails=_fails(lambda b: "fhirAuthorization" in b and "fhirServer" not in b),
)
_defect(
    "cds-r-2",
    "fails with a patient's scope",
    fails=_fails(lambda b: "patient/" in b.get("fhirAuthorization", {}).get("scope", "")),
)
_defect("E5", "an error of its own", http=_refusing(lambda q, r: r.set_data('{"error": "refused"}')))
_defect("E5", "an error in words", http=_refusing(lambda q, r: r.set_data("refused")))
_defect(
    "E5", "an outcome without issues", http=_refusing(lambda q, r: r.set_data('{"resourceType": "OperationOutcome"}'))
)
_defect(
    "E5",
    "an outcome without severity",
    http=_refusing(lambda q, r: r.set_data('{"resourceType": "OperationOutcome", "issue": [{"code": "invalid"}]}')),
)
_defect("E5/html", "a page", http=_refusing(lambda q, r: r.set_data("<!DOCTYPE html><html><body>Error</body></html>")))
_defect("E5/trace", "a stack trace of Python", http=_refusing(_trace))
_defect(
    "E5/trace",
    "a stack trace of JavaScript",
    also="E5",
    http=_refusing(lambda q, r: r.set_data("TypeError: x\n    at router.post (/srv/services/pama.js:12:5)")),
)
_defect(
    "E5/trace",
    "a stack trace of Java",
    also="E5",
    http=_refusing(lambda q, r: r.set_data("at org.example.Cds.call(Cds.java:42)")),
)
_defect("E5/echo", "the request again", http=_refusing(_echo))
_defect("E7/method", "404 for a wrong method", http=_status(404, lambda q, r: r.status_code == 405))
_defect("E7/method", "any method will do", http=_instead(lambda q: q.method == "DELETE", lambda: Response("{}")))
_defect("E7/large", "400 for what is too large", http=_status(400, lambda q, r: r.status_code == 413))

# --- feedback -------------------------------------------------------------------------------------------------------
_defect("F1", "no feedback", http=_status(404, lambda q, r: q.path.endswith("/feedback") and q.method == "POST"))
_defect("F2", "fails with a card twice", feedback=_fails(lambda body: len(body["feedback"]) > 1))
_remembering("F4", "no acceptance", lambda shown, e: e["outcome"] == "accepted" and e["card"] in shown, 422, also="F2")
_defect("F5", "no comments", feedback=_feedback(lambda e: "userComment" in e.get("overrideReason", {}), 422))
_remembering("F7", "no cards of others", lambda shown, e: e["outcome"] == "accepted" and e["card"] not in shown, 404)
_defect(
    "F7/faulty", "takes anything", http=_status(200, lambda q, r: q.path.endswith("/feedback") and r.status_code == 400)
)
_defect("F8", "no fractions of a second", feedback=_feedback(lambda e: "." in e["outcomeTimestamp"], 400))
_defect(
    "F10",
    "the comment again",
    http=lambda q, r: r.set_data(q.get_data()) if q.path.endswith("/feedback") and r.status_code == 200 else None,
)
_defect(
    "cds-fb-1",
    "fails with an outcome of its own",
    feedback=_feedback(lambda e: e["outcome"] not in ("accepted", "overridden")),
)
_defect(
    "cds-fb-2",
    "fails with nothing accepted",
    feedback=_feedback(lambda e: e["outcome"] == "accepted" and not e.get("acceptedSuggestions")),
)
_defect("cds-fb-3", "fails with an empty reason", feedback=_feedback(lambda e: e.get("overrideReason") == {}))

# --- CORS -----------------------------------------------------------------------------------------------------------
_ALLOW = "Access-Control-Allow-"
_defect("J12", "no browsers", http=_set(f"{_ALLOW}Origin", None))
_defect("J12", "other browsers", http=_set(f"{_ALLOW}Origin", "https://elsewhere.example.org"))
_defect("J12/preflight", "a token for a preflight", http=_status(401, lambda q, r: q.method == "OPTIONS"))
_defect("J12/methods", "no Authorization", http=_set(f"{_ALLOW}Headers", "*"))
_defect("J12/methods", "no POST", http=_set(f"{_ALLOW}Methods", "GET"))
_defect(
    "J12/answers", "no browser sees an error", http=_set(f"{_ALLOW}Origin", None, lambda q, r: r.status_code >= 400)
)


def _any_origin(request: Request, response: Response) -> None:
    response.headers[f"{_ALLOW}Origin"] = "*"
    response.headers[f"{_ALLOW}Credentials"] = "true"


_defect("J12/credentials", "everyone's credentials", http=_any_origin)
_defect("J12/vary", "no Vary", http=_set("Vary", None))
