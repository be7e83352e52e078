"""What is deployed is well-formed: Kubernetes manifests against its own schemas, secrets and probes as they must be."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from cds_service.app import create_app
from cds_service.clients import load_clients
from cds_service.settings import Settings, declarations

ROOT = Path(__file__).parents[2]
MANIFESTS = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "cds-service.yaml").read_text()))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PRODUCTION = yaml.safe_load((ROOT / "deploy" / "production" / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
REPLICAS = {
    f"{name}-{each}": of["services"][each]
    for name, of, each in (
        ("compose", COMPOSE, "cds-service"),
        ("production", PRODUCTION, "cds-a"),
        ("production", PRODUCTION, "cds-b"),
    )
}
VARIABLES = {declared.variable for declared in declarations()}


def of_kind(kind: str, name: str = "cds-service") -> dict[str, Any]:
    return next(each for each in MANIFESTS if each["kind"] == kind and each["metadata"]["name"] == name)


CONTAINER = of_kind("Deployment")["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}/{each['metadata']['name']}")
def test_a_manifest_keeps_the_schema_of_kubernetes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, "1.31", strict=True)


def test_the_container_can_do_nothing_it_need_not() -> None:
    assert CONTAINER["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    assert of_kind("Deployment")["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"] is True


def test_a_rolling_update_keeps_every_replica_until_its_successor_is_ready() -> None:
    assert of_kind("Deployment")["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_only_the_hooks_are_reached_from_outside() -> None:
    paths = of_kind("Ingress")["spec"]["rules"][0]["http"]["paths"]
    assert [each["path"] for each in paths] == ["/cds-services"]


def test_the_settings_exist() -> None:
    """A misspelled variable would be ignored, and only logged."""
    named = {*of_kind("ConfigMap")["data"], *(each["name"].removesuffix("_FILE") for each in CONTAINER["env"])}
    named |= {name.removesuffix("_FILE") for replica in REPLICAS.values() for name in replica["environment"]}
    assert named <= VARIABLES


def test_the_cluster_runs_the_image_as_it_is_made() -> None:
    """Its user, which owns nothing it should not; its port; its directory for data, and /tmp for the rest."""
    user = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert user is not None
    security = of_kind("Deployment")["spec"]["template"]["spec"]["securityContext"]
    assert [security["runAsUser"], security["runAsGroup"]] == [int(each) for each in user.groups()]
    assert f"EXPOSE {CONTAINER['ports'][0]['containerPort']}\n" in DOCKERFILE
    written = {each["mountPath"] for each in CONTAINER["volumeMounts"] if not each.get("readOnly")}
    assert written == {"/data", "/tmp"}
    assert "CDS_DATA_DIR=/data\n" in DOCKERFILE


def test_the_cluster_asks_what_the_service_answers(tmp_path: Path) -> None:
    probes = {CONTAINER[kind]["httpGet"]["path"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
    app = create_app(Settings(data_dir=tmp_path))
    try:
        assert {path: app.test_client().get(path).status_code for path in probes} == {"/healthz": 200}
    finally:
        app.extensions["store"].close()


def test_every_secret_that_is_read_is_made_by_the_command_above() -> None:
    text = (ROOT / "deploy" / "kubernetes" / "cds-service.yaml").read_text()
    read = {each["value"].rpartition("/")[2] for each in CONTAINER["env"]}
    assert read == set(re.findall(r"--from-literal=([a-z-]+)=", text))


def test_the_replicas_share_what_they_must() -> None:
    """Used tokens in one database, patients hashed with one key; and the proxy has the time to take one out."""
    one, other = (PRODUCTION["services"][name] for name in ("cds-a", "cds-b"))
    assert one == other
    assert {"CDS_DATABASE_URL_FILE", "CDS_HASH_KEY_FILE"} <= one["environment"].keys()
    assert one["environment"]["CDS_AUTH"] == "on"
    checks = re.search(r"inter 500ms fall (\d+)", (ROOT / "deploy" / "haproxy.cfg").read_text())
    assert checks is not None
    assert one["environment"]["CDS_DRAIN_SECONDS"] > 2 * 0.5 * int(checks[1])


@pytest.mark.parametrize(
    "text",
    [
        of_kind("ConfigMap", "cds-service-clients")["data"]["clients.yaml"],
        (ROOT / "deploy" / "production" / "clients" / "example.yaml").read_text(),
    ],
    ids=["kubernetes", "production"],
)
def test_the_example_of_clients_can_be_used(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clients.yaml"
    file.write_text(text, encoding="utf-8")
    (client,) = load_clients(Settings(clients=file))
    assert client.issuers


@pytest.mark.parametrize(
    ("file", "name"),
    [
        *((COMPOSE, name) for name in ("cds-service", "secrets", "postgres")),
        *((PRODUCTION, name) for name in PRODUCTION["services"]),
    ],
)
def test_a_composed_container_has_no_capabilities(file: dict[str, Any], name: str) -> None:
    service = file["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose_publishes_on_this_machine_only() -> None:
    """Without tokens, whoever reaches the port may ask."""
    (port,) = COMPOSE["services"]["cds-service"]["ports"]
    assert port.startswith("127.0.0.1:")
    assert "ports" not in COMPOSE["services"]["postgres"]


def test_in_production_only_the_proxy_is_reached() -> None:
    assert [name for name, service in PRODUCTION["services"].items() if "ports" in service] == ["proxy"]


def test_j13_registration_with_the_ehr_is_described() -> None:
    """Whoever deploys has to know that an EHR calls nobody, and lets nobody read, that it does not know."""
    guide = (ROOT / "docs" / "ehr-setup.md").read_text()
    assert "## Registration" in guide
    assert "authorization server" in guide


def test_no_password_stands_in_a_file_of_ours() -> None:
    """It is made on the first start, or given as a file."""
    files = ("docker-compose.yml", "deploy/production/docker-compose.yml", "deploy/kubernetes/cds-service.yaml")
    for text in ((ROOT / name).read_text() for name in files):
        assert "POSTGRES_PASSWORD:" not in text
        assert not re.search(r"postgresql://\w+:[^…@\s]+@", text)
