"""With credentials the check also forges: tokens that are no good must each be a 401 (cds-hooks.md 1.15)."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from flask import Flask, Response, request

from cds_service.conformance.findings import Outcome, Report
from cds_service.conformance.rules import GROUP_OF, Group
from cds_service.conformance.run import Unreachable
from cds_service.conformance.tokens import Bearer, KeyUnusable, Signer, make_signer
from tests.conformance.conftest import broken
from tests.support.model_service import Switches, Trust, make_service

ISSUER = "https://ehr.example.org"
JKU = "https://ehr.example.org/jwks.json"
URL = "https://service.example.org/cds-services/x"
KEYS = {
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "RS384": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
RULES_OF_TOKENS = {rule for rule, group in GROUP_OF.items() if group is Group.TOKEN}


def jwk_of(algorithm: str, **changed: Any) -> str:
    """The private key as a JSON Web Key with a kid; a member that is None is left out."""
    members = json.loads(jwt.get_algorithm_by_name(algorithm).to_jwk(KEYS[algorithm]))
    return json.dumps({k: v for k, v in {**members, "kid": "k1", **changed}.items() if v is not None})


def signer_of(algorithm: str) -> Signer:
    return make_signer(jwk_of(algorithm), issuer=ISSUER, jku=JKU)


def trust_in(algorithm: str) -> Trust:
    return Trust(issuer=ISSUER, key=KEYS[algorithm].public_key(), algorithm=algorithm)


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_service_that_checks_tokens_well_keeps_every_rule_of_them(
    check_model: Callable[..., Report], algorithm: str
) -> None:
    """Signed with the two recommended algorithms, and others: everything is looked at, everything holds."""
    report = check_model(credentials=signer_of(algorithm), trust=trust_in(algorithm))
    assert broken(report) == {}
    assert {result.rule.id for result in report.of(Outcome.PASS)} >= RULES_OF_TOKENS


@pytest.mark.parametrize(
    ("rule", "skips", "also"),
    [
        ("J3", "missing", set()),
        ("J3/garbage", "garbage", set()),
        ("J5", "exp", set()),
        ("J6", "algorithm", set()),
        ("J7", "iss", set()),
        ("J8", "aud", set()),
        ("J9", "signature", {"J6"}),  # who checks no signature does not mind who made it
        ("J9/replay", "replay", set()),
    ],
)
def test_a_check_left_out_is_named(check_model: Callable[..., Report], rule: str, skips: str, also: set[str]) -> None:
    """One hole, one rule."""
    report = check_model(credentials=signer_of("ES384"), trust=trust_in("ES384"), skips=frozenset({skips}))
    assert set(broken(report)) == {rule} | also


def _repeats_the_token(_: Any, response: Response) -> None:
    if response.status_code == 401:
        response.set_data(f"not good: {request.headers.get('Authorization')}")


def _says_why(_: Any, response: Response) -> None:
    if response.status_code == 401:
        response.set_data("garbage" if "garbage" in request.headers.get("Authorization", "") else "expired")


@pytest.mark.parametrize(("talks", "says"), [(_repeats_the_token, "repeats the token"), (_says_why, "says what is")])
def test_j10_a_401_that_tells_is_named(check_model: Callable[..., Report], talks: Any, says: str) -> None:
    """Neither the token, nor what was wrong with it."""
    found = broken(check_model(credentials=signer_of("ES384"), trust=trust_in("ES384"), http=talks))
    assert set(found) == {"J10"}
    assert says in found["J10"]


def test_a_fixed_token_is_sent_with_every_call(checked: Callable[..., Report]) -> None:
    """But with no preflight: a browser sends none either. Only forgeries are not tried, as there is no key."""
    app = make_service(Switches())
    _guard(app, "Bearer fixed")
    report = checked(app, credentials=Bearer("fixed"))
    assert broken(report) == {}
    held = {result.rule.id for result in report.of(Outcome.PASS)} & RULES_OF_TOKENS
    assert held == {"J3", "J3/garbage", "J10"}


@pytest.mark.parametrize(
    ("credentials", "says"),
    [
        (None, "GET /cds-services answered 401: give a token"),
        (Bearer("other"), "GET /cds-services answered 401: the token is refused"),
    ],
)
def test_a_service_that_lets_nobody_in_cannot_be_checked(
    checked: Callable[..., Report], credentials: Any, says: str
) -> None:
    """A hundred failures for one missing token would help nobody."""
    app = make_service(Switches())
    _guard(app, "Bearer fixed")
    with pytest.raises(Unreachable, match=says):
        checked(app, credentials=credentials)


def _guard(app: Flask, authorization: str) -> None:
    @app.before_request
    def guard() -> Response | None:
        allowed = request.method == "OPTIONS" or request.headers.get("Authorization") == authorization
        return None if allowed else Response(status=401)


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_is_what_cds_hooks_wants(algorithm: str) -> None:
    """J4 and J5: header and claims, all of them, and the audience is the very URL."""
    signer = signer_of(algorithm)
    scheme, token = signer.authorization(URL).split()
    assert scheme == "Bearer"
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "typ": "JWT", "kid": "k1", "jku": JKU}
    claims = jwt.decode(token, KEYS[algorithm].public_key(), algorithms=[algorithm], audience=URL, issuer=ISSUER)
    assert claims["exp"] - claims["iat"] == 300
    assert claims["jti"] != jwt.decode(signer.token(URL), options={"verify_signature": False})["jti"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON: "),
        ("[]", "not a private JSON Web Key: it has no member d"),
        (jwk_of("ES384", d=None), "not a private JSON Web Key: it has no member d"),
        (jwk_of("ES384", kid=None), "the key has no kid"),
        (jwk_of("ES384", alg="HS256"), "the algorithm must be one of ES384, RS384"),
        (jwk_of("ES384", crv="secp256k1"), "the algorithm must be one of ES384, RS384"),
        (jwk_of("ES384", x="AAAA"), "cannot sign with it: "),
        (jwk_of("ES384", alg="RS384"), "cannot sign with it: "),
    ],
)
def test_a_key_that_cannot_sign_is_told(text: str, says: str) -> None:
    """Before any call is made, and without the key in the message."""
    with pytest.raises(KeyUnusable, match=says) as caught:
        make_signer(text, issuer=ISSUER, jku=None)
    assert json.loads(jwk_of("ES384"))["d"] not in str(caught.value)
