"""A CDS service that keeps every rule and uses everything the specification offers; each rule can be switched off.

The card, actions and discovery are as rich as they may be, so that no rule is kept for lack of anything to look at.
"""

import json
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import jwt
from flask import Flask, Request, Response, request

Json = dict[str, Any]

HOOKS = {"model-select": "order-select", "model-sign": "order-sign"}
ORIGIN = "https://browser.example.org"
MAX_BYTES = 1 << 20
RATING = "http://fhir.org/argonaut/Extension/pama-rating"
REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"


class Refused(Exception):
    """An answer that is not a success; the message goes into its OperationOutcome."""

    def __init__(self, status: int, message: str = "refused") -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose tokens are taken: one issuer with one public key."""

    issuer: str
    key: Any
    algorithm: str


@dataclass(slots=True, kw_only=True)
class Switches:
    """What this service does otherwise than it should. `skips` names checks of requests and tokens left out."""

    hooks: tuple[str, ...] = ("model-select",)
    discovery: Callable[[Json], object] = lambda document: None
    answer: Callable[[Json, Json], object] = lambda document, body: None
    fails: Callable[[Json], object] = lambda body: None
    feedback: Callable[[Json], object] = lambda body: None
    http: Callable[[Request, Response], Response | None] = lambda request, response: None
    skips: frozenset[str] = frozenset()
    trust: Trust | None = None
    seen: set[str] = field(default_factory=set)


def make_service(switches: Switches) -> Flask:
    """The service, with its faults."""
    app = Flask("model")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    app.url_map.strict_slashes = False
    lock = threading.Lock()

    @app.before_request
    def preflight() -> Response | None:
        return Response(status=204) if request.method == "OPTIONS" else None

    @app.get("/cds-services")
    def discover() -> Response:
        document = _discovery(switches.hooks)
        switches.discovery(document)
        return _json(document)

    @app.post("/cds-services/<id>")
    def call(id: str) -> Response:
        if id not in switches.hooks:
            raise Refused(404)
        with lock:
            _check_token(switches)
        body = _read_request(HOOKS[id], switches.skips)
        switches.fails(body)
        document = _answer(body)
        switches.answer(document, body)
        return _json(document)

    @app.post("/cds-services/<id>/feedback")
    def feedback(id: str) -> Response:
        _check_token(switches)
        body = _object(request.get_data(), frozenset())
        entries = body.get("feedback")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise Refused(400)
        switches.feedback(body)
        return _json({"taken": len(entries)})

    app.register_error_handler(Refused, lambda error: refusal(error.status, str(error)))
    for status in (404, 405, 413):
        app.register_error_handler(status, lambda error: refusal(error.code))
    app.after_request(lambda response: _finish(switches, response))
    return app


def _finish(switches: Switches, response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = ORIGIN
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers["Vary"] = "Origin"
    return switches.http(request, response) or response


def _json(document: Any) -> Response:
    return Response(json.dumps(document), mimetype="application/json")


def refusal(status: int, message: str = "refused") -> Response:
    """An error as it should be: an OperationOutcome that says nothing of server or patient."""
    if status == 401:
        return Response(status=401)
    issue = {"severity": "error", "code": "invalid", "details": {"text": message}}
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return Response(json.dumps(body), status=status, mimetype="application/fhir+json")


# --- reading --------------------------------------------------------------------------------------------------------
_ANYTHING: Json = {"context": {}}
"""What a service that skips a check takes a body for that it cannot read."""


def _object(raw: bytes, skips: frozenset[str]) -> Json:
    try:
        body = json.loads(raw)
    except RecursionError:
        raise Refused(400) from None
    except ValueError:
        if "json" in skips:
            return _ANYTHING
        raise Refused(400) from None
    if not isinstance(body, dict):
        if "object" in skips:
            return _ANYTHING
        raise Refused(400)
    return body


def _read_request(hook: str, skips: frozenset[str]) -> Json:
    body = _object(request.get_data(), skips)
    if body is _ANYTHING:
        return body
    typed = _typed(body)
    wrong = {
        "hook": isinstance(body.get("hook"), str) and body["hook"] != hook,
        "instance": "hookInstance" not in body,
        "context": not ("hook" in body and _complete(body.get("context"), hook)),
        "types": not typed,
    }
    if any(wrong[name] for name in wrong if name not in skips):
        raise Refused(400)
    if not typed or wrong["context"]:
        return _ANYTHING
    if "prefetch" in body and "conditions" not in body["prefetch"]:
        raise Refused(412)
    return body


def _complete(context: Any, hook: str) -> bool:
    needed = {"patientId", "userId", "draftOrders"} | ({"selections"} if hook == "order-select" else set())
    return context is not None and (not isinstance(context, dict) or needed <= context.keys())


def _typed(body: Json) -> bool:
    context = body.get("context", {})
    return (
        isinstance(body.get("hook", ""), str)
        and isinstance(context, dict)
        and isinstance(body.get("prefetch", {}), dict)
        and isinstance(context.get("patientId", ""), str)
        and isinstance(context.get("draftOrders", {}), dict)
        and isinstance(context.get("selections", []), list)
    )


def _check_token(switches: Switches) -> None:
    """https://cds-hooks.hl7.org/2.0/#trusting-cds-clients; `skips` may name a claim, the signature, the algorithm."""
    trust, skips = switches.trust, switches.skips
    if trust is None:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token and "missing" in skips:
        return
    try:
        header = jwt.get_unverified_header(token if scheme == "Bearer" else "")
    except jwt.DecodeError:
        if token and "garbage" in skips:
            return
        raise Refused(401) from None
    try:
        claims = _claims(token, trust, skips, unsigned="algorithm" in skips and header["alg"] != trust.algorithm)
    except jwt.PyJWTError:
        raise Refused(401) from None
    if claims["jti"] in switches.seen and "replay" not in skips:
        raise Refused(401)
    switches.seen.add(claims["jti"])


def _claims(token: str, trust: Trust, skips: frozenset[str], *, unsigned: bool) -> Json:
    return jwt.decode(
        token,
        trust.key,
        algorithms=[trust.algorithm],
        audience=request.base_url,
        issuer=trust.issuer,
        options={
            "verify_signature": not unsigned and "signature" not in skips,
            "verify_aud": "aud" not in skips,
            "verify_exp": "exp" not in skips,
            "verify_iss": "iss" not in skips,
        },
    )


# --- saying ---------------------------------------------------------------------------------------------------------
def _discovery(ids: tuple[str, ...]) -> Json:
    return {
        "services": [
            {
                "id": id,
                "hook": HOOKS[id],
                "title": "Model",
                "description": "Says the same of every order.",
                "usageRequirements": "None.",
                "version": "2.0.1",
                "hookVersion": "1.0",
                "extension": {"org.example.model": {"kept": True}},
                "prefetch": {
                    "patient": "Patient/{{context.patientId}}",
                    "conditions": "Condition?patient={{context.patientId}}&code:in=http://example.org/vs"
                    "&recorded-date=ge2020-01-01&_sort=-recorded-date&_count=50",
                    "user": "{{context.userId}}",
                    "role": "PractitionerRole/{{userPractitionerRoleId}}",
                },
            }
            for id in ids
        ]
    }


def _answer(body: Json) -> Json:
    drafts = _judged(body["context"])
    if not drafts:
        return {"cards": []}
    actions = [_rated(draft) for draft in drafts]
    cards = [_card(draft, f"{body.get('hookInstance')}/{index}") for index, draft in enumerate(drafts)]
    return {"cards": cards, "systemActions": actions, "extension": {"systemActions": deepcopy(actions)}}


def _judged(context: Json) -> list[Json]:
    entries = context.get("draftOrders", {}).get("entry", [])
    orders = [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == "ServiceRequest"]
    names = context.get("selections")
    return [each for each in orders if each.get("reasonCode") and (names is None or _named(each, names))]


def _named(order: Json, names: list[str]) -> bool:
    return order["id"] in names or f"ServiceRequest/{order['id']}" in names


def _uuid(name: str) -> str:
    return str(uuid5(UUID(str(NAMESPACE_URL)), name))


def _card(draft: Json, name: str) -> Json:
    reference = f"ServiceRequest/{draft['id']}"
    return {
        "uuid": _uuid(name),
        "summary": "Another study fits better",
        "detail": "**Why:** fewer than 5 < 10 cases, see <https://example.org>. Code: `<b>`.",
        "indicator": "warning",
        "source": {
            "label": "Model",
            "url": "https://example.org",
            "icon": "https://example.org/icon.png",
            "topic": {"system": "http://example.org/topics", "code": "model", "display": "Model"},
        },
        "suggestions": [
            _suggestion(f"{name}/update", [{"type": "update", "resource": {**draft, "code": {"text": "Other"}}}]),
            _suggestion(f"{name}/delete", [{"type": "delete", "resourceId": reference}], recommended=True),
            _suggestion(
                f"{name}/create",
                [{"type": "delete", "resourceId": reference}, {"type": "create", "resource": _created(draft)}],
            ),
        ],
        "selectionBehavior": "at-most-one",
        "overrideReasons": [
            {"system": REASONS, "code": "patient-refuses", "display": "Patient refuses"},
            {"system": REASONS, "code": "expert-contradicts", "display": "Expert advice"},
        ],
        "links": [
            {"label": "Article", "url": "https://example.org/article#part", "type": "absolute"},
            {
                "label": "App",
                "url": "https://example.org/launch",
                "type": "smart",
                "appContext": "handle-1",
                "autolaunchable": False,
            },
        ],
        "extension": {"davinci-crd.associated-resource": [{"reference": reference}]},
    }


def _suggestion(name: str, actions: list[Json], *, recommended: bool = False) -> Json:
    described = [{**action, "description": f"To {action['type']}"} for action in actions]
    return {"label": "Change", "uuid": _uuid(name), "isRecommended": recommended, "actions": described}


def _created(draft: Json) -> Json:
    kept = {name: draft[name] for name in ("resourceType", "intent", "subject", "reasonCode")}
    return {**kept, "id": f"new-{draft['id']}", "status": "draft", "code": {"text": "Other"}}


def _rated(draft: Json) -> Json:
    code = {"system": "http://fhir.org/argonaut/CodeSystem/pama-rating", "code": "not-appropriate"}
    rating = {"url": RATING, "valueCodeableConcept": {"coding": [code]}}
    resource = {**draft, "extension": [*draft.get("extension", []), rating]}
    return {"type": "update", "description": "Rates the order", "resource": resource}
