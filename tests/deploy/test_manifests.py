"""What is deployed is well-formed: Kubernetes manifests against its own schemas, secrets and probes as they must be."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from cds_service.clients import load_clients
from cds_service.settings import Settings, declarations

ROOT = Path(__file__).parents[2]
MANIFESTS = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "cds-service.yaml").read_text()))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
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
    named |= {name.removesuffix("_FILE") for name in COMPOSE["services"]["cds-service"]["environment"]}
    assert named <= VARIABLES


def test_the_example_of_clients_can_be_used(tmp_path: Path) -> None:
    file = tmp_path / "clients.yaml"
    file.write_text(of_kind("ConfigMap", "cds-service-clients")["data"]["clients.yaml"], encoding="utf-8")
    (client,) = load_clients(Settings(clients=file))
    assert client.issuers


@pytest.mark.parametrize("name", ["cds-service", "secrets", "postgres"])
def test_a_composed_container_has_no_capabilities(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose_publishes_on_this_machine_only() -> None:
    """Without tokens, whoever reaches the port may ask."""
    (port,) = COMPOSE["services"]["cds-service"]["ports"]
    assert port.startswith("127.0.0.1:")
    assert "ports" not in COMPOSE["services"]["postgres"]


def test_j13_registration_with_the_ehr_is_described() -> None:
    """Whoever deploys has to know that an EHR calls nobody, and lets nobody read, that it does not know."""
    guide = (ROOT / "docs" / "ehr-setup.md").read_text()
    assert "## Registration" in guide
    assert "authorization server" in guide


def test_no_password_stands_in_a_file_of_ours() -> None:
    """It is made on the first start, or given as a file."""
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "deploy" / "kubernetes" / "cds-service.yaml").read_text()
    assert "POSTGRES_PASSWORD=$$(cat /secrets/password)" in text
    assert "POSTGRES_PASSWORD:" not in text
