"""When callers are asked who they are, and when the service rather does not start: off on loopback, or in words."""

from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.clients import Client
from cds_service.hooks.cors import Cors
from cds_service.security.policy import authenticates, cors_of
from cds_service.settings import Auth, Profile, Settings, SettingsError

URL = "https://cds.hospital.example"
KNOWN = Client(
    name="hospital",
    profile=Profile.DEFAULT,
    issuers=frozenset({"https://ehr.example"}),
    jku=frozenset({"https://ehr.example/jwks.json"}),
    knowledge_path=Path("knowledge"),
)
KEYLESS = replace(KNOWN, jku=frozenset())
NAMELESS = replace(KNOWN, issuers=frozenset())


@pytest.mark.parametrize(
    ("auth", "host", "public_url", "clients", "asked", "why"),
    [
        (Auth.AUTO, "127.0.0.1", None, (), False, "make serve, on one's own machine"),
        (Auth.AUTO, "127.8.9.1", None, (), False, "all of 127/8 is this machine"),
        (Auth.AUTO, "::1", None, (), False, "so is ::1"),
        (Auth.AUTO, "localhost", None, (), False, "and its name"),
        (Auth.AUTO, "127.0.0.1", None, (KNOWN,), False, "nobody could say what tokens are for"),
        (Auth.AUTO, "127.0.0.1", URL, (KNOWN,), True, "behind a proxy on the same machine"),
        (Auth.AUTO, "0.0.0.0", URL, (KNOWN,), True, "a network, and known callers"),
        (Auth.ON, "127.0.0.1", URL, (KNOWN,), True, "said in words"),
        (Auth.OFF, "0.0.0.0", None, (), False, "said in words"),
        (Auth.OFF, "0.0.0.0", URL, (KNOWN,), False, "said in words, whoever is known"),
    ],
)
def test_whether_callers_are_asked(
    auth: Auth, host: str, public_url: str | None, clients: tuple[Client, ...], asked: bool, why: str
) -> None:
    assert authenticates(Settings(auth=auth, host=host, public_url=public_url), clients) is asked, why


BEYOND = (
    " is reached from beyond this machine: set CDS_PUBLIC_URL, and CDS_CLIENTS with issuers and keys, "
    "or CDS_AUTH=off to answer anybody"
)
NO_URL = "CDS_AUTH=on: CDS_PUBLIC_URL says what tokens must be made for, and is not set"
NO_ISSUER = "CDS_AUTH=on: CDS_CLIENTS has no client with issuers"
NO_KEYS = "CDS_AUTH=on: CDS_CLIENTS: hospital has issuers, and neither jku nor jwks to verify them with"


@pytest.mark.parametrize(
    ("auth", "host", "public_url", "clients", "said"),
    [
        (Auth.AUTO, "0.0.0.0", None, (), f"CDS_HOST: 0.0.0.0{BEYOND}"),
        (Auth.AUTO, "::", URL, (), f"CDS_HOST: ::{BEYOND}"),
        (Auth.AUTO, "10.0.0.7", None, (KNOWN,), f"CDS_HOST: 10.0.0.7{BEYOND}"),
        (Auth.AUTO, "cds.hospital.example", URL, (KEYLESS,), f"CDS_HOST: cds.hospital.example{BEYOND}"),
        (Auth.AUTO, "localhost.evil.example", None, (), f"CDS_HOST: localhost.evil.example{BEYOND}"),
        (Auth.ON, "127.0.0.1", None, (), f"{NO_URL}\n{NO_ISSUER}"),
        (Auth.ON, "127.0.0.1", URL, (NAMELESS,), NO_ISSUER),
        (Auth.ON, "127.0.0.1", URL, (KEYLESS,), NO_KEYS),
    ],
)
def test_a_service_that_would_ask_nobody_does_not_start(
    auth: Auth, host: str, public_url: str | None, clients: tuple[Client, ...], said: str
) -> None:
    """J2: And says what is missing, all of it at once."""
    with pytest.raises(SettingsError) as caught:
        authenticates(Settings(auth=auth, host=host, public_url=public_url), clients)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("host", "authenticated", "origins", "cors", "why"),
    [
        ("127.0.0.1", False, set(), Cors(local=True, closed=True), "the Sandbox beside the service, on any port"),
        (
            "127.0.0.1",
            False,
            {"http://a"},
            Cors(origins=frozenset({"http://a"}), local=True, closed=True),
            "and others",
        ),
        ("127.0.0.1", False, {"*"}, Cors(origins=frozenset({"*"}), local=True, closed=True), "said in words"),
        ("127.0.0.1", True, set(), Cors(), "off unless said"),
        ("0.0.0.0", False, set(), Cors(), "others could be reached"),
        ("0.0.0.0", True, {"https://a"}, Cors(origins=frozenset({"https://a"})), "what is said"),
    ],
)
def test_which_pages_may_call(host: str, authenticated: bool, origins: set[str], cors: Cors, why: str) -> None:
    settings = Settings(host=host, cors_origins=frozenset(origins))
    assert cors_of(settings, authenticated=authenticated) == cors, why


def test_our_own_pages_may_call_behind_a_proxy() -> None:
    """Their origin is that of the public URL."""
    settings = Settings(public_url="https://CDS.hospital.example:8443/breast")
    cors = cors_of(settings, authenticated=False)
    assert not cors.refuses("POST", "https://cds.hospital.example:8443")
    assert cors.refuses("POST", "https://hospital.example")


@pytest.mark.parametrize(("host", "authenticated"), [("0.0.0.0", False), ("127.0.0.1", True)])
def test_every_page_of_the_world_may_not_call_a_service_of_others(host: str, authenticated: bool) -> None:
    with pytest.raises(
        SettingsError, match=r"^CDS_CORS_ORIGINS: \* is for a service on loopback without authentication"
    ):
        cors_of(Settings(host=host, cors_origins=frozenset({"*"})), authenticated=authenticated)
