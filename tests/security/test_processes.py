"""The service as it is run, several processes on one store, and callers who must say who they are."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml

from tests.support.issuer import Issuer, KeyServer, jwks, key_server, private_jwk, public_jwk
from tests.support.served import ROOT, free_port, served
from tests.support.service import Service

PUBLIC = "https://cds.hospital.example/breast"
SELECT = "/cds-services/breast-imaging-order-select"
REQUEST = (ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_bytes()


@dataclass
class Replicas:
    """Two running services with one store, two processes each; and who may call them."""

    urls: tuple[str, str]
    ehr: Issuer
    clinic: Issuer
    keys: KeyServer

    def status(self, replica: int, token: str, path: str = SELECT) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        with requests.post(f"{self.urls[replica]}{path}", data=REQUEST, headers=headers, timeout=10) as answer:
            return answer.status_code

    def together(self, tokens: list[str]) -> list[int]:
        """What calls with these tokens get that come at once, to one replica and the other in turn."""
        with ThreadPoolExecutor(len(tokens)) as pool:
            return list(pool.map(self.status, [at % 2 for at in range(len(tokens))], tokens))


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    folder = tmp_path_factory.mktemp("replicas")
    ehr, clinic = Issuer(), Issuer("https://clinic.example", alg="RS384")
    (folder / "clinic.json").write_bytes(clinic.jwks)
    with ExitStack() as stack:
        keys = stack.enter_context(key_server(ehr.jwks))
        clients = [
            {"name": "hospital", "issuers": [ehr.name], "jku": [keys.url]},
            {"name": "clinic", "issuers": [clinic.name], "jwks": "clinic.json"},
        ]
        (folder / "clients.yaml").write_text(yaml.safe_dump({"clients": clients}))
        settings = {
            "CDS_AUTH": "on",
            "CDS_PUBLIC_URL": PUBLIC,
            "CDS_CLIENTS": str(folder / "clients.yaml"),
            "CDS_KEYS_FRESH_SECONDS": "1",
        }
        data = folder / "data"
        urls = tuple(stack.enter_context(served(data, workers=2, **settings)) for _ in range(2))
        yield Replicas((urls[0], urls[1]), ehr, clinic, keys)


def test_keys_are_there_before_the_first_call(replicas: Replicas) -> None:
    """Each process has fetched them while it started, so that not even calls that come together find none."""
    assert replicas.together([replicas.ehr.token(f"{PUBLIC}{SELECT}") for _ in range(16)]) == [200] * 16


def test_a_token_counts_once_among_all_processes(replicas: Replicas) -> None:
    """J11: Whichever process of whichever replica sees it again, and how many of them at once."""
    for _ in range(5):
        token = replicas.ehr.token(f"{PUBLIC}{SELECT}")
        assert sorted(replicas.together([token] * 8)) == [200] + [401] * 7
        assert replicas.status(0, token) == replicas.status(1, token) == 401


def test_a_key_server_that_says_nothing_holds_up_nobody(replicas: Replicas) -> None:
    """Its own client goes on with the keys that are known, and other clients do not notice."""
    replicas.keys.silent = True
    try:
        for at in range(12):
            assert replicas.status(at % 2, replicas.ehr.token(f"{PUBLIC}{SELECT}")) == 200
            assert replicas.status(at % 2, replicas.clinic.token(f"{PUBLIC}{SELECT}")) == 200
    finally:
        replicas.keys.silent = False


def test_keys_that_rotate_are_picked_up(replicas: Replicas) -> None:
    """Published before it is used, as key servers do, a new key is known when it comes."""
    successor = Issuer(replicas.ehr.name, kid="successor")
    replicas.keys.body = jwks(public_jwk(replicas.ehr.key), public_jwk(successor.key, "successor"))
    for _ in range(100):
        statuses = {replicas.status(at % 2, successor.token(f"{PUBLIC}{SELECT}")) for at in range(4)}
        if statuses == {200}:
            break
        threading.Event().wait(0.2)
    assert statuses == {200}


def test_our_own_check_finds_no_fault(tmp_path: Path) -> None:
    """The conformance check calls with tokens of the hospital, and with forged ones."""
    ehr, port = Issuer(), free_port()
    (tmp_path / "ehr.json").write_bytes(ehr.jwks)
    (tmp_path / "key.json").write_text(json.dumps(private_jwk(ehr.key)))
    entry = {"name": "hospital", "issuers": [ehr.name], "jwks": "ehr.json"}
    (tmp_path / "clients.yaml").write_text(yaml.safe_dump({"clients": [entry]}))
    settings = {
        "CDS_AUTH": "on",
        "CDS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CDS_CLIENTS": str(tmp_path / "clients.yaml"),
        "CDS_CORS_ORIGINS": "https://pages.example",
    }
    command = (sys.executable, "-m", "cds_service", "check", settings["CDS_PUBLIC_URL"], "--quiet", "--require", "cors")
    options = ("--jwk", str(tmp_path / "key.json"), "--issuer", ehr.name, "--origin", "https://pages.example")
    with served(tmp_path / "data", port=port, **settings):
        done = subprocess.run((*command, *options), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_service_that_asks_for_tokens_shows_how_to_call_it_with_one(tmp_path: Path) -> None:
    """`fire` has none to bring."""
    ehr = Issuer()
    (tmp_path / "ehr.json").write_bytes(ehr.jwks)
    entry = {"name": "hospital", "issuers": [ehr.name], "jwks": "ehr.json"}
    (tmp_path / "clients.yaml").write_text(yaml.safe_dump({"clients": [entry]}))
    settings = {"CDS_AUTH": "on", "CDS_PUBLIC_URL": PUBLIC, "CDS_CLIENTS": str(tmp_path / "clients.yaml")}
    with Service(tmp_path, **settings) as service:
        service.stop()
        said = service.log.read_text()
    assert f"check {service.url} --jwk KEY --issuer ISS" in said
    assert " fire " not in said


def test_a_service_that_asks_nobody_says_so(tmp_path: Path) -> None:
    """In its log, when it starts; and beyond this machine it does not even start without that being said."""
    command = (sys.executable, "-m", "cds_service", "serve", "--host", "0.0.0.0", "--port", str(free_port()))
    usual = {**os.environ, "CDS_DATA_DIR": str(tmp_path), "CDS_WORKERS": "1"}
    refused = subprocess.run(command, cwd=ROOT, env=usual, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 1
    assert "CDS_HOST: 0.0.0.0 is reached from beyond this machine" in refused.stderr
    process = subprocess.Popen(command, cwd=ROOT, env=usual | {"CDS_AUTH": "off"}, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stderr is not None
        line = next(each for each in process.stderr if "asked" in each)
        process.terminate()
    assert "no caller is asked who it is: CDS_AUTH=off, listening on 0.0.0.0" in line
