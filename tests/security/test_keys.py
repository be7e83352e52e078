"""Keys of callers: read from a key set, fetched from a real key server, kept, renewed, and done without (J6, J7)."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.security import keys as module
from cds_service.security.keys import FetchedKeys, FetchError, KeysError, read_keys
from cds_service.security.opening import MOST_BYTES, fetch
from tests.support.issuer import Issuer, KeyServer, jwks, key_server, new_key, private_jwk, public_jwk, without
from tests.support.raw_server import Line, raw_server

EC = new_key("ES384")
RSA = new_key("RS384")


# --- reading --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("entry", "algorithms", "why"),
    [
        (public_jwk(EC, "k"), {"ES384"}, "a curve has one algorithm"),
        (public_jwk(new_key("ES256"), "k"), {"ES256"}, "and each its own"),
        (public_jwk(RSA, "k"), {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}, "an RSA key verifies any"),
        (public_jwk(RSA, "k", alg="RS384"), {"RS384"}, "unless it says which"),
        (without(public_jwk(EC, "k"), "use"), {"ES384"}, "use may be left out"),
        (public_jwk(EC, "k", key_ops=["verify"]), {"ES384"}, "made to verify"),
        (public_jwk(EC, "k", x5c=["MIIB"], x5t="x", nbf=1), {"ES384"}, "members that we know nothing of"),
    ],
)
def test_a_key_verifies_what_it_is_for(entry: dict[str, Any], algorithms: set[str], why: str) -> None:
    (key,) = read_keys(jwks(entry))["k"]
    assert key.algorithms == algorithms, why


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (private_jwk(EC, "k"), "a private key that was published is anybody's"),
        (private_jwk(RSA, "k"), "so is an RSA one"),
        ({"kty": "oct", "k": "c2VjcmV0", "kid": "k"}, "a shared secret proves nothing to others"),
        (
            {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "k"},
            "not used here",
        ),
        (public_jwk(new_key("RS256", bits=1024), "k"), "RSA of 1,024 bits can be factored"),
        (public_jwk(EC, "k", use="enc"), "made to encrypt"),
        (public_jwk(EC, "k", key_ops=["sign"]), "made to sign"),
        (public_jwk(EC, "k", key_ops="verify"), "not a list"),
        (public_jwk(EC, "k", alg="ES256"), "its algorithm is not its curve's"),
        (public_jwk(RSA, "k", alg="HS256"), "RSA is no secret"),
        (public_jwk(RSA, "k", alg=["RS256"]), "an algorithm is a word"),
        (without(public_jwk(EC), "kid"), "nobody can name it"),
        (public_jwk(EC) | {"kid": 7}, "nobody can name it in a string"),
        (public_jwk(EC, "k", crv="P-999"), "no such curve"),
        (public_jwk(EC, "k", x="AAAA"), "not a point"),
        (public_jwk(EC, "k") | {"y": public_jwk(EC)["x"]}, "not on the curve"),
        (without(public_jwk(EC, "k"), "y"), "half a point"),
        (public_jwk(RSA, "k") | {"e": "Ag"}, "an even exponent"),
        (public_jwk(RSA, "k") | {"n": 5}, "a number in place of text"),
    ],
)
def test_a_key_that_cannot_be_used_is_passed_over(entry: dict[str, Any], why: str) -> None:
    """And the others of the set are used."""
    assert "k" not in read_keys(jwks(entry, public_jwk(EC, "good"))), why


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"<html>", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"keys": ' + b"[" * 100_000, "not JSON"),
        (b"[]", "not a JWK Set"),
        (b"{}", "not a JWK Set"),
        (b'{"keys": {}}', "not a JWK Set"),
        (b'{"keys": []}', "holds no usable key"),
        (b'{"keys": [1, null, "x"]}', "holds no usable key"),
    ],
)
def test_what_is_no_key_set_says_so(text: bytes, said: str) -> None:
    with pytest.raises(KeysError, match=f"^{said}$"):
        read_keys(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([public_jwk(EC), public_jwk(RSA), private_jwk(EC)]), st.data())
def test_no_key_set_breaks_the_reader(entry: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*entry, "alg", "use", "key_ops", "d"]))
    with suppress(KeysError):
        read_keys(jwks({**entry, name: data.draw(JSON)}))


# --- fetching -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (b"200 OK", b"", b" " * (MOST_BYTES + 1), "too-large"),
        (b"500 Internal Server Error", b"", b"{}", "answered 500"),
        (b"404 Not Found", b"", b"{}", "answered 404"),
        (b"302 Found", b"Location: http://169.254.169.254/latest/\r\n", b"", "answered 302"),
        (b"301 Moved", b"Location: http://127.0.0.1:1/\r\n", b"", "answered 301"),
        (b"304 Not Modified", b"", b"", "answered 304"),
    ],
)
def test_a_server_that_does_not_give_keys(status: bytes, headers: bytes, body: bytes, said: str) -> None:
    """Redirects are not followed, wherever they lead (J7)."""
    with key_server(body) as server:
        server.status, server.headers = status, headers
        with pytest.raises(FetchError, match=f"^{said}$"):
            fetch(server.url)
        assert server.asked == 1


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "0.0.0.0"])
def test_keys_are_not_fetched_from_a_name_that_leads_inside(monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    """A name of the list may be made to lead here: by its owner, or by who owns the name server (J7)."""

    def nothing(line: Line) -> None:
        line.asked()

    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", (inside, port))]

    monkeypatch.setattr("socket.getaddrinfo", resolved)
    with raw_server(nothing) as trap:
        with pytest.raises(FetchError, match=r"^forbidden$"):
            fetch(f"https://keys.hospital.example:{trap.port}/jwks.json")
        assert trap.connections == 0


def test_a_slow_server_is_left_after_three_seconds() -> None:
    """However steadily it drips."""

    def drip(line: Line) -> None:
        line.asked()
        line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        line.drip()

    with raw_server(drip) as server:
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"^timeout$"):
            fetch(f"{server.url}/jwks.json")
        assert time.monotonic() - began < 4


# --- keeping --------------------------------------------------------------------------------------------------------
@dataclass
class Clock:
    """A clock that a test sets."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Held:
    """Keys of an issuer, kept by the service; and the server that they come from."""

    issuer: Issuer
    server: KeyServer
    clock: Clock
    waiting: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(2))
    keys: FetchedKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = FetchedKeys(
            self.server.url,
            partial(fetch, self.server.url),
            fresh_seconds=300,
            stale_seconds=3600,
            waiting=self.waiting,
            now=self.clock,
        )

    def knows(self, kid: str) -> bool:
        """As a call asks: at hand, else found."""
        return (self.keys.held(kid, "ES384") or self.keys.found(kid, "ES384")) is not None

    def settle(self) -> None:
        """Until no fetch is under way."""
        self.keys.wait(10)

    def rotate(self, kid: str) -> None:
        """The server publishes another key, and the former no more."""
        self.server.body = jwks(public_jwk(new_key("ES384"), kid))


@pytest.fixture
def held() -> Iterator[Held]:
    issuer = Issuer(kid="first")
    with key_server(issuer.jwks) as server:
        made = Held(issuer, server, Clock())
        yield made
        server.silent = False
        made.settle()


def test_keys_are_fetched_once_and_kept(held: Held) -> None:
    assert [held.knows("first") for _ in range(5)] == [True] * 5
    assert held.server.asked == 1


def test_a_new_key_is_picked_up_at_once(held: Held) -> None:
    """Its id is unknown, so the server is asked; the former is then known no more."""
    assert held.knows("first")
    held.rotate("second")
    held.clock.now += module.RETRY_SECONDS
    assert held.knows("second")
    assert not held.knows("first")


def test_made_up_key_ids_do_not_set_us_on_the_server(held: Held) -> None:
    """A stranger can name any number of them."""
    assert held.knows("first")
    for number in range(50):
        assert not held.knows(f"made-up-{number}")
    assert held.server.asked == 1
    held.clock.now += module.RETRY_SECONDS
    assert not held.knows("made-up")
    assert held.server.asked == 2


def test_a_key_that_was_taken_back_is_dropped_within_twice_its_freshness(held: Held) -> None:
    """Used once more while the keys are renewed beside, and not again; nor after a night without calls."""
    assert held.knows("first")
    held.rotate("second")
    held.clock.now += 301
    assert held.knows("first"), "no call waits for the renewal"
    held.settle()
    assert not held.knows("first")
    held.rotate("third")
    held.clock.now += 30_000
    assert not held.knows("second"), "too old to be used without asking"
    assert held.knows("third")


def test_a_server_that_is_down_costs_nothing_while_its_keys_are_known(
    held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    """Stale keys are used, up to a bound that the administrator sets; then nothing is."""
    assert held.knows("first")
    held.server.down = True
    for _ in range(5):
        held.clock.now += 700
        assert held.knows("first")
        held.settle()
    assert f"the keys at {held.server.url} cannot be had: broken" in caplog.text
    held.clock.now += 700
    assert not held.knows("first"), "an hour is over"
    held.server.down = False
    held.clock.now += module.RETRY_SECONDS
    assert held.knows("first")


@pytest.mark.parametrize("garbage", [b"<html>maintenance</html>", b'{"keys": []}', b"", b" " * (MOST_BYTES + 1)])
def test_garbage_does_not_replace_keys(held: Held, garbage: bytes) -> None:
    assert held.knows("first")
    held.server.body = garbage
    held.clock.now += 700
    assert held.knows("first")


def test_many_calls_make_one_fetch(held: Held) -> None:
    """A stampede at the start, or when keys rotate."""
    results: list[bool] = []
    ready = threading.Barrier(32)

    def call() -> None:
        ready.wait()
        results.append(held.knows("first"))

    threads = [threading.Thread(target=call) for _ in range(32)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert held.server.asked == 1
    assert any(results)


def test_only_few_calls_wait_for_a_server_that_says_nothing(held: Held) -> None:
    """The other threads are free for other clients: they are told no at once."""
    held.server.silent = True
    waits: list[float] = []

    def call() -> None:
        began = time.monotonic()
        assert not held.knows("first")
        waits.append(time.monotonic() - began)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(wait > 1 for wait in waits) == 2
    assert sum(wait < 0.5 for wait in waits) == 6
