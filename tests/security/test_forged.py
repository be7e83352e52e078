"""Every way a token can be wrong is a bare 401, and the right ones are let in (cds-hooks.md J1-J10, F9, D12, E7).

The service is whole, the keys are real, and they are fetched from a real key server.
"""

import base64
import hashlib
import hmac
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.clients import SANDBOX
from cds_service.security.tokens import ALGORITHMS
from cds_service.settings import Auth, Settings
from tests.support.issuer import Issuer, KeyServer, jwks, key_server, new_key, public_jwk
from tests.support.raw_server import Line, RawServer, raw_server

PUBLIC = "https://cds.hospital.example/breast"
DISCOVERY = "/cds-services"
AUDIENCE = f"{PUBLIC}{DISCOVERY}"
ORDER_SIGN = "/cds-services/breast-imaging-order-sign"
SERVICE = f"{PUBLIC}{ORDER_SIGN}"
NOW = 1_790_000_000
COUNTER = 'cds_calls_refused_total{reason="issuer"}'
EPIC_KID = "AbC+d/eF0123456789+/xyzABCDEFGHIJKLMNOPQRS="


def issuer(name: str, **more: Any) -> Issuer:
    """An issuer in the time of these tests."""
    return Issuer(name, clock=lambda: NOW, **more)


@dataclass
class World:
    """A service with its callers; `trap` is a server that nobody may call."""

    app: Flask
    ehr: Issuer
    epic: Issuer
    cerner: Issuer
    stranger: Issuer
    sandbox: Issuer
    signers: dict[str, Issuer]
    keys: KeyServer
    trap: RawServer

    @property
    def http(self) -> FlaskClient:
        return self.app.test_client()

    def get(self, token: str | None, path: str = DISCOVERY) -> TestResponse:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.http.get(path, headers=headers)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("clients")
    ehr, cerner = issuer("https://ehr.example"), issuer("https://cds-hooks.cerner.com", alg="RS256", kid="cerner")
    epic = issuer("https://epic.hospital.example/fhir", alg="RS384", kid=EPIC_KID)
    stranger = issuer("https://stranger.example")
    sandbox = issuer(SANDBOX, jku="https://sandbox.cds-hooks.org/.well-known/jwks.json")
    signers = {alg: issuer("https://signers.example", alg=alg, kid=alg) for alg in sorted(ALGORITHMS)}

    def nothing(line: Line) -> None:
        line.asked()

    published = jwks(public_jwk(ehr.key), public_jwk(new_key("ES256"), kid="other"))
    with key_server(published) as keys, raw_server(nothing) as trap:
        ehr.jku = keys.url
        (folder / "epic.json").write_bytes(epic.jwks)
        (folder / "cerner.json").write_bytes(cerner.jwks)
        (folder / "sandbox.json").write_bytes(sandbox.jwks)
        (folder / "signers.json").write_bytes(jwks(*(public_jwk(each.key, each.kid) for each in signers.values())))
        clients = [
            {"name": "hospital", "issuers": [ehr.name], "jku": [keys.url], "tenants": ["north", "south"]},
            {"name": "epic", "issuers": [epic.name], "jwks": "epic.json", "audiences": ["breast-imaging"]},
            {
                "name": "cerner",
                "issuers": [cerner.name],
                "jwks": "cerner.json",
                "hooks": ["order-select"],
            },
            {"name": "sandbox", "issuers": [SANDBOX], "jwks": "sandbox.json"},
            {"name": "signers", "issuers": ["https://signers.example"], "jwks": "signers.json"},
        ]
        (folder / "clients.yaml").write_text(yaml.safe_dump({"clients": clients}))
        settings = Settings(
            data_dir=folder / "data", clients=folder / "clients.yaml", auth=Auth.ON, public_url=PUBLIC, host="0.0.0.0"
        )
        app = create_app(settings, clock=lambda: datetime.fromtimestamp(NOW, UTC))
        yield World(app, ehr, epic, cerner, stranger, sandbox, signers, keys, trap)
        app.extensions["store"].close()
        app.extensions["gate"].close()


def segment(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def forged(world: World, *, sign: bytes = b"", header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token of the hospital's own claims, signed by an HMAC with `sign`, or by nothing."""
    whole = world.ehr.header(**(header or {}))
    told = f"{segment(whole)}.{segment(world.ehr.claims(AUDIENCE, tenant='north') | claims)}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}.get(str(whole.get("alg")))
    return f"{told}.{segment(hmac.digest(sign, told.encode(), digest)) if digest else ''}"


def public_pem(world: World) -> bytes:
    return world.ehr.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def by_stranger(world: World, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token that says what the hospital's says, and that a stranger signed with a key of his own."""
    thief = issuer(world.ehr.name, jku=world.ehr.jku)
    thief.key = world.stranger.key
    return thief.token(AUDIENCE, header=header, tenant="north", **claims)


def hospital(world: World, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """The hospital's own token, but for what is changed."""
    return world.ehr.token(claims.pop("aud", AUDIENCE), header=header, **{"tenant": "north", **claims})


def compact(header: Any, payload: Any, signature: str = "AAAA") -> str:
    return f"{segment(header)}.{segment(payload)}.{signature}"


def own_key(world: World) -> dict[str, Any]:
    return {"jwk": public_jwk(world.stranger.key, kid="own"), "kid": "own"}


def unsigned(token: str) -> str:
    return token.rpartition(".")[0] + "."


def truncated(token: str) -> str:
    return token[:-8]


def tampered(token: str) -> str:
    """The payload says something else than what was signed."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{header}.{segment(claims | {'tenant': 'south'})}.{signature}"


Make = Callable[[World], str | None]


def _jku_at(host: str) -> Make:
    return lambda w: by_stranger(w, header={"jku": f"http://{host}:{w.trap.port}/jwks.json"})


WRONG: list[tuple[str, str, Make]] = [
    # what it is
    ("no token at all", "no-token", lambda _: None),
    ("an empty one", "malformed", lambda _: ""),
    ("one segment", "malformed", lambda _: "abc"),
    ("four segments", "malformed", lambda w: hospital(w) + ".abc"),
    ("not base64", "malformed", lambda w: "$$$." + hospital(w).split(".", 1)[1]),
    ("header is a list", "malformed", lambda w: compact([], w.ehr.claims(AUDIENCE))),
    ("deeply nested header", "malformed", lambda w: compact(b"[" * 3000, w.ehr.claims(AUDIENCE))),
    ("payload is a list", "malformed", lambda w: compact(w.ehr.header(), [])),
    ("payload is not UTF-8", "malformed", lambda w: compact(w.ehr.header(), b'{"iss": "\xff"}')),
    ("longer than any token", "malformed", lambda w: hospital(w, fill="x" * 8192)),
    ("an encrypted one: five segments", "malformed", lambda _: "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d"),
    ("another kind of token", "malformed", lambda w: hospital(w, header={"typ": "at+jwt"})),
    ("an extension that must be understood", "malformed", lambda w: hospital(w, header={"crit": ["exp"]})),
    (
        "an unencoded payload",
        "malformed",
        lambda w: compact(w.ehr.header(b64=False, crit=["b64"]), b""),
    ),
    # how it is signed
    ("alg none", "algorithm", lambda w: forged(w, header={"alg": "none"})),
    ("alg NONE in capitals", "algorithm", lambda w: forged(w, header={"alg": "NoNe"})),
    ("no alg", "algorithm", lambda w: forged(w, header={"alg": None})),
    ("alg is a list", "algorithm", lambda w: forged(w, header={"alg": ["ES384"]})),
    ("HS256 with a guessed secret", "algorithm", lambda w: forged(w, sign=b"secret", header={"alg": "HS256"})),
    ("HS256 by our public key", "algorithm", lambda w: forged(w, sign=public_pem(w), header={"alg": "HS256"})),
    ("HS384 by our key set", "algorithm", lambda w: forged(w, sign=w.ehr.jwks, header={"alg": "HS384"})),
    ("EdDSA, which nobody here uses", "algorithm", lambda w: forged(w, header={"alg": "EdDSA"})),
    ("ES256K", "algorithm", lambda w: forged(w, header={"alg": "ES256K"})),
    ("no signature", "signature", lambda w: unsigned(hospital(w))),
    ("half a signature", "signature", lambda w: truncated(hospital(w))),
    ("a payload that was changed", "signature", lambda w: tampered(hospital(w))),
    ("signed by a stranger", "signature", lambda w: by_stranger(w)),
    ("r and s of zero (CVE-2022-21449)", "signature", lambda w: unsigned(hospital(w)) + segment(bytes(96))),
    ("an RSA algorithm for an elliptic key", "no-key", lambda w: forged(w, header={"alg": "RS384"})),
    ("another curve than the key's", "no-key", lambda w: forged(w, header={"alg": "ES256"})),
    # where its key is
    ("no kid", "malformed", lambda w: hospital(w, header={"kid": None})),
    ("a kid that nobody published", "no-key", lambda w: by_stranger(w, header={"kid": "made-up"})),
    ("a kid that is a path", "no-key", lambda w: by_stranger(w, header={"kid": "../../../../dev/null"})),
    ("a kid that is SQL", "no-key", lambda w: by_stranger(w, header={"kid": "x' UNION SELECT 'key' --"})),
    ("a kid longer than any", "malformed", lambda w: hospital(w, header={"kid": "k" * 600})),
    ("the kid of another of its keys", "no-key", lambda w: hospital(w, header={"kid": "other"})),
    ("the kid of another client's key", "no-key", lambda w: hospital(w, header={"kid": EPIC_KID})),
    ("a jku of a stranger", "jku", lambda w: by_stranger(w, header={"jku": "https://stranger.example/jwks.json"})),
    ("a jku on this machine", "jku", lambda w: by_stranger(w, header={"jku": f"{w.trap.url}/jwks.json"})),
    (
        "a jku at the cloud's metadata",
        "jku",
        lambda w: by_stranger(w, header={"jku": "http://169.254.169.254/latest/"}),
    ),
    *(
        (f"a jku on this machine, written {written}", "jku", _jku_at(written))
        for written in ("127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost.")
    ),
    ("a jku in a file", "jku", lambda w: by_stranger(w, header={"jku": "file:///etc/passwd"})),
    ("the known jku with a query", "jku", lambda w: by_stranger(w, header={"jku": f"{w.ehr.jku}?x"})),
    ("the known jku before an @", "jku", lambda w: by_stranger(w, header={"jku": f"{w.ehr.jku}@{w.trap.url}"})),
    ("the known jku, another path", "jku", lambda w: by_stranger(w, header={"jku": f"{w.ehr.jku}/../other"})),
    ("a jku that is a list", "malformed", lambda w: by_stranger(w, header={"jku": [w.ehr.jku]})),
    ("its key in the header", "signature", lambda w: by_stranger(w, header={"jwk": public_jwk(w.stranger.key)})),
    ("its key in the header, and its kid", "no-key", lambda w: by_stranger(w, header=own_key(w))),
    ("its certificate by URL", "signature", lambda w: by_stranger(w, header={"x5u": f"{w.trap.url}/cert.pem"})),
    ("its certificate in the header", "signature", lambda w: by_stranger(w, header={"x5c": ["MIIB"]})),
    # who and for whom
    ("an issuer nobody knows", "issuer", lambda w: w.stranger.token(AUDIENCE)),
    ("a stranger with the hospital's jku", "issuer", lambda w: w.stranger.token(AUDIENCE, header={"jku": w.ehr.jku})),
    ("another client's name, own key", "no-key", lambda w: hospital(w, iss=w.epic.name)),
    ("no issuer", "malformed", lambda w: hospital(w, iss=None)),
    ("an issuer with a slash more", "issuer", lambda w: hospital(w, iss=f"{w.ehr.name}/")),
    ("an issuer in capitals", "issuer", lambda w: hospital(w, iss=w.ehr.name.upper())),
    ("issuers in a list", "malformed", lambda w: forged(w, iss=[w.ehr.name])),
    ("another service's audience", "audience", lambda w: hospital(w, aud="https://other.example/cds-services")),
    ("the audience of another of our endpoints", "audience", lambda w: hospital(w, aud=SERVICE)),
    ("our base URL alone", "audience", lambda w: hospital(w, aud=PUBLIC)),
    (
        "our host, without the prefix",
        "audience",
        lambda w: hospital(w, aud="https://cds.hospital.example/cds-services"),
    ),
    ("the address of this server", "audience", lambda w: hospital(w, aud="http://localhost/cds-services")),
    ("our audience over http", "audience", lambda w: hospital(w, aud=AUDIENCE.replace("https", "http"))),
    ("our audience and more", "audience", lambda w: hospital(w, aud=f"{AUDIENCE}.evil.example")),
    ("another client's agreed audience", "audience", lambda w: hospital(w, aud="breast-imaging")),
    ("an empty list of audiences", "audience", lambda w: hospital(w, aud=[])),
    ("no audience", "malformed", lambda w: hospital(w, aud=None)),
    ("a number for audience", "malformed", lambda w: hospital(w, aud=5)),
    ("another tenant", "tenant", lambda w: hospital(w, tenant="east")),
    ("no tenant, where some are agreed", "tenant", lambda w: hospital(w, tenant=None)),
    # when
    ("expired", "expired", lambda w: hospital(w, exp=NOW - 3600, iat=NOW - 3900)),
    ("expired 90 seconds ago", "expired", lambda w: hospital(w, exp=NOW - 90, iat=NOW - 300)),
    ("expired by the whole leeway", "expired", lambda w: hospital(w, exp=NOW - 60, iat=NOW - 300)),
    ("no exp", "malformed", lambda w: hospital(w, exp=None)),
    ("exp in words", "malformed", lambda w: hospital(w, exp="tomorrow")),
    ("exp as a numeral in a string", "malformed", lambda w: hospital(w, exp=str(NOW + 300))),
    ("exp is true", "malformed", lambda w: hospital(w, exp=True)),
    ("exp of infinity", "lives-too-long", lambda w: forged(w, exp=10**300)),
    ("issued a second past the leeway", "not-yet-valid", lambda w: hospital(w, iat=NOW + 61)),
    ("issued in the future", "not-yet-valid", lambda w: hospital(w, iat=NOW + 120)),
    ("no iat", "malformed", lambda w: hospital(w, iat=None)),
    ("not valid before a time to come", "not-yet-valid", lambda w: hospital(w, nbf=NOW + 120)),
    ("valid for a second more than an hour", "lives-too-long", lambda w: hospital(w, exp=NOW + 3601, iat=NOW)),
    ("valid for more than an hour", "lives-too-long", lambda w: hospital(w, exp=NOW + 3700, iat=NOW)),
    ("expires before it was issued", "lives-too-long", lambda w: hospital(w, exp=NOW, iat=NOW + 20)),
    # once
    ("no jti", "malformed", lambda w: hospital(w, jti=None)),
    ("an empty jti", "malformed", lambda w: hospital(w, jti="")),
    ("a jti with half a character", "malformed", lambda w: hospital(w, jti="\ud800")),
    ("a jti longer than any", "malformed", lambda w: hospital(w, jti="j" * 600)),
]


@pytest.mark.parametrize(("what", "reason", "make"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_token_is_a_bare_401(
    world: World, caplog: pytest.LogCaptureFixture, what: str, reason: str, make: Make
) -> None:
    """J3, J4, J5, J6, J7, J9, J10: no reason for the caller; the reason in the log, without the token."""
    token = make(world)
    with caplog.at_level(logging.WARNING, logger="cds_service"):
        answer = world.get(token)
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Content-Type" not in answer.headers
    assert f"a call was turned away: {reason}" in caplog.text
    assert not token or not any(part in caplog.text for part in token.split(".") if len(part) > 8)
    assert world.trap.connections == 0, "somebody was called because a token said so"


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "Bearer", "bearer ", "Token abc", "Bearer a b c"])
def test_another_way_to_authorize_is_a_401(world: World, header: str) -> None:
    assert world.http.get(DISCOVERY, headers={"Authorization": header}).status_code == 401


def test_two_authorizations_are_none(world: World) -> None:
    """Which of them a proxy looked at, nobody knows."""
    tokens = [("Authorization", f"Bearer {hospital(world)}"), ("Authorization", f"Bearer {hospital(world)}")]
    assert world.http.get(DISCOVERY, headers=tokens).status_code == 401


def test_a_token_counts_once(world: World) -> None:
    """J9."""
    token = hospital(world)
    assert [world.get(token).status_code for _ in range(3)] == [200, 401, 401]


def test_a_jti_is_the_issuers_own(world: World) -> None:
    """Two issuers may come upon the same, and a token that is refused uses nothing up."""
    jti = str(uuid.uuid4())
    assert world.get(by_stranger(world, jti=jti)).status_code == 401
    assert world.get(hospital(world, jti=jti)).status_code == 200
    assert world.get(world.epic.token(AUDIENCE, jti=jti)).status_code == 200


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("several audiences, ours among them", {"aud": ["https://other.example", AUDIENCE]}),
        ("a fraction of a second, as RFC 7519 allows", {"exp": NOW + 300.75, "iat": NOW + 0.25}),
        ("a clock 50 seconds before ours", {"iat": NOW + 50, "exp": NOW + 350}),
        ("a clock 50 seconds behind ours", {"exp": NOW - 45, "iat": NOW - 345}),
        ("a clock before ours by the whole leeway", {"iat": NOW + 60, "exp": NOW + 360}),
        ("a clock behind ours by all but a second of it", {"exp": NOW - 59, "iat": NOW - 359}),
        ("valid for an hour", {"exp": NOW + 3600, "iat": NOW}),
        ("claims that we know nothing of", {"sub": "user", "fhirContext": {"deep": [1, 2, 3]}}),
        ("a jti with marks of every kind", {"jti": "a\x00b\n';--\u202e" + str(uuid.uuid4())}),
        ("another tenant that is agreed", {"tenant": "south"}),
    ],
)
def test_what_is_odd_and_right_is_let_in(world: World, why: str, changes: dict[str, Any]) -> None:
    """J4, J5."""
    assert world.get(hospital(world, **changes)).status_code == 200


def test_a_token_without_jku_is_let_in(world: World) -> None:
    """The client's keys are where its entry says (J4)."""
    assert world.get(hospital(world, header={"jku": None})).status_code == 200


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
def test_each_algorithm_is_verified(world: World, alg: str) -> None:
    """The nine that are accepted."""
    assert world.get(world.signers[alg].token(AUDIENCE)).status_code == 200


def test_the_sandboxs_token_is_let_in(world: World) -> None:
    """cds-hooks.md 3.2: ES384, a jku that nobody calls, the exact URL, 300 seconds; no sub and no tenant."""
    token = world.sandbox.token(AUDIENCE)
    assert jwt.get_unverified_header(token) == {
        "alg": "ES384",
        "typ": "JWT",
        "kid": "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f",
        "jku": "https://sandbox.cds-hooks.org/.well-known/jwks.json",
    }
    assert world.get(token).status_code == 200


def test_epics_token_is_let_in(world: World) -> None:
    """cds-hooks.md 5.1: RS384, a kid with `+ / =`, nbf five minutes back, sub, an audience set by hand, 15 minutes."""
    token = world.epic.token(
        "breast-imaging", sub="cds-client-id", nbf=NOW - 300, exp=NOW + 900, header={"jku": "https://epic/jwks"}
    )
    assert world.get(token).status_code == 200


def test_cerners_token_is_let_in(world: World) -> None:
    """cds-hooks.md 5.2: its issuer, keys exchanged beforehand."""
    assert world.get(world.cerner.token(AUDIENCE)).status_code == 200


def test_each_endpoint_takes_tokens_of_its_own(world: World) -> None:
    """J8, D12, F9: J8: the audience is the exact URL, also of a service; body and path are looked at only then."""
    bearer = {"Authorization": f"Bearer {hospital(world, aud=SERVICE)}"}
    assert world.http.post(ORDER_SIGN, data=b"{", headers=bearer).status_code == 400
    bearer = {"Authorization": f"Bearer {hospital(world)}"}
    assert world.http.post(ORDER_SIGN, data=b"{", headers=bearer).status_code == 401
    assert world.http.post(ORDER_SIGN, data=b"{").status_code == 401
    feedback = f"{ORDER_SIGN}/feedback"
    bearer = {"Authorization": f"Bearer {hospital(world, aud=f'{PUBLIC}{feedback}')}"}
    assert world.http.post(feedback, data=b"{", headers=bearer).status_code == 400
    bearer = {"Authorization": f"Bearer {hospital(world, aud=SERVICE)}"}
    assert world.http.post(feedback, data=b"{", headers=bearer).status_code == 401


@pytest.mark.parametrize("aud", [AUDIENCE, f"{AUDIENCE}/"])
def test_a_slash_at_the_end_of_the_url_is_of_no_importance(world: World, aud: str) -> None:
    assert world.get(hospital(world, aud=aud), f"{DISCOVERY}/").status_code == 200


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL", "Forwarded"])
def test_no_header_says_what_our_address_is(world: World, name: str) -> None:
    """A caller who could say so could use tokens made for others."""
    token = hospital(world, aud="https://evil.example/cds-services")
    headers = {"Authorization": f"Bearer {token}", name: "evil.example", "X-Forwarded-Proto": "https"}
    assert world.http.get(DISCOVERY, headers=headers).status_code == 401


def test_a_service_that_is_not_offered_is_a_403(world: World) -> None:
    """E7: we know who it is, and may say so."""
    headers = {"Authorization": f"Bearer {world.cerner.token(SERVICE)}"}
    answer = world.http.post(ORDER_SIGN, data=b"{}", headers=headers)
    assert (answer.status_code, answer.json["issue"][0]["code"]) == (403, "forbidden")
    # counted as that client's: an EHR that was set up for too much is found by it
    counted = [each for each in world.http.get("/metrics").text.splitlines() if 'status="403"' in each]
    assert len(counted) == 1
    assert 'client="unknown"' not in counted[0]
    services = world.get(world.cerner.token(AUDIENCE)).json["services"]
    assert [service["id"] for service in services] == ["breast-imaging-order-select"]


def test_a_known_token_is_not_written_down(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """J10: the log holds nothing of it, not at any level, but issuer, tenant and jti."""
    token = hospital(world, jti="the-name-of-this-token")
    with caplog.at_level(logging.DEBUG):
        world.get(token)
        world.get(token)
    parts = [*token.split("."), "Bearer"]
    assert not any(part in caplog.text for part in parts)
    assert "iss 'https://ehr.example', tenant 'north', jti 'the-name-of-this-token'" in caplog.text


def test_a_line_of_the_log_cannot_be_forged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What a stranger calls himself stays in quotes and on one line."""
    with caplog.at_level(logging.WARNING, logger="cds_service"):
        world.get(world.stranger.token(AUDIENCE, iss="x\n2026 INFO all is well\x1b[2K\u202e"))
    (record,) = caplog.records
    assert record.getMessage().isprintable()


def test_who_was_turned_away_is_counted(world: World) -> None:
    """By reason; a flood of guesses is seen where the others are watched."""

    def counted() -> float:
        lines = world.http.get("/metrics").text.splitlines()
        return next((float(each.split()[1]) for each in lines if each.startswith(COUNTER)), 0)

    before = counted()
    world.get(world.stranger.token(AUDIENCE))
    assert counted() == before + 1


def test_health_is_asked_without_a_token(world: World) -> None:
    """By those who run the service; and they see that callers are asked."""
    assert world.http.get("/healthz").status_code == 200
    assert world.http.get("/readyz").json["authentication"] == "on"


def test_nobody_plays_the_ehr_where_tokens_are_asked_for(world: World) -> None:
    """The sandbox sends orders without a token; the criteria, which hold no patient, are the front page instead."""
    assert world.http.post("/sandbox/explain", data=b"{}").status_code in (404, 405)
    front = world.http.get("/")
    assert (front.status_code, front.headers["Location"]) == (302, "/criteria")
