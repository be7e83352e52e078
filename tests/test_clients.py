"""The file of clients: who calls, and what is agreed with each; a file that cannot be used says where and why."""

from pathlib import Path

import pytest

from cds_service.clients import ClientsError, common_protocols, default_client, load_clients
from cds_service.settings import Profile, Settings

WHOLE = """
clients:
  - name: general-hospital
    issuers: [https://ehr.general.example]
    jku: [https://ehr.general.example/jwks.json]
    audiences: [breast-imaging]
    tenants: [north]
    profile: epic
    fhir-servers: [https://fhir.general.example/r4]
    not-on-fhir-server: [carePlans]
    prefetch-keys: {conditions: problems}
    concept-maps: [maps]
    knowledge: own
    preference-list: {us-axilla: "31415"}
    protocols: {us-axilla: https://general.example/protocols/us-axilla}
  - name: clinic
    issuers: [https://ehr.clinic.example]
    jwks: clinic.json
"""


def write(folder: Path, text: str) -> Settings:
    """Settings that name a file of clients with this text; what it may refer to is there."""
    (folder / "maps").mkdir()
    (folder / "own").mkdir()
    (folder / "clinic.json").write_text("{}", encoding="utf-8")
    file = folder / "clients.yaml"
    file.write_text(text, encoding="utf-8")
    return Settings(clients=file, fhir_servers=frozenset({"https://fhir.example"}), profile=Profile.SANDBOX)


def test_without_a_file_there_is_one_client() -> None:
    assert load_clients(Settings()) == ()
    assert default_client(Settings()).profile is Profile.DEFAULT


def test_an_entry_says_what_is_agreed(tmp_path: Path) -> None:
    """Paths are beside the file, aliases go from the client's name to ours."""
    hospital, _ = load_clients(write(tmp_path, WHOLE))
    assert hospital.issuers == {"https://ehr.general.example"}
    assert hospital.profile is Profile.EPIC
    assert hospital.prefetch_aliases == {"problems": "conditions"}
    assert hospital.concept_maps == (tmp_path / "maps",)
    assert hospital.knowledge_path == tmp_path / "own"
    assert hospital.preference_list == {"us-axilla": "31415"}
    assert hospital.fhir_servers == ("https://fhir.general.example/r4",)
    assert hospital.not_on_server == {"carePlans"}


def test_what_an_entry_leaves_out_is_as_the_settings_say(tmp_path: Path) -> None:
    settings = write(tmp_path, WHOLE)
    _, clinic = load_clients(settings)
    assert clinic.profile is Profile.SANDBOX
    assert clinic.fhir_servers == ("https://fhir.example",)
    assert clinic.knowledge_path == settings.knowledge_path
    assert clinic.jwks == tmp_path / "clinic.json"


def test_a_protocol_is_everybodys_where_no_client_says_otherwise(tmp_path: Path) -> None:
    """Pages are read by no client: two hospitals with protocols of their own must not be mixed up there."""
    text = """
clients:
  - {name: a, protocols: {us-axilla: https://a.example/us, bone-scan: https://a.example/bone}}
  - {name: b, protocols: {us-axilla: https://b.example/us, bone-scan: https://a.example/bone, mbi: https://b.example/mbi}}
  - {name: c}
"""
    found = common_protocols(load_clients(write(tmp_path, text)))
    assert found == {"bone-scan": "https://a.example/bone", "mbi": "https://b.example/mbi"}


def test_tenants_tell_clients_of_one_issuer_apart(tmp_path: Path) -> None:
    """A vendor signs for all the hospitals that it hosts."""
    text = "clients: [{name: a, issuers: [i], tenants: [x]}, {name: b, issuers: [i], tenants: [y]}]"
    assert [sorted(each.tenants) for each in load_clients(write(tmp_path, text))] == [["x"], ["y"]]


def test_keys_may_be_fetched_unprotected_on_this_machine_alone(tmp_path: Path) -> None:
    """For development."""
    (client,) = load_clients(write(tmp_path, "clients: [{name: a, jku: ['http://localhost:9000/jwks']}]"))
    assert client.jku == {"http://localhost:9000/jwks"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clients: []", "clients: must not be empty"),
        ("clients: [{profile: epic}]", "clients[0]: the key name is missing"),
        ("clients: [{name: a, profil: epic}]", "clients[0].profil: unknown key"),
        ("clients: [{name: a, profile: cerner}]", 'clients[0].profile: "cerner" is not one of: default, sandbox, epic'),
        ("clients: [{name: General Hospital}]", "clients[0].name"),
        ("clients: [{name: a, jku: [ehr.example]}]", "is not written as an absolute http(s) URL"),
        ("clients: [{name: a}, {name: a}]", "clients[1].name: a is another client's too"),
        (
            "clients: [{name: a, issuers: [i]}, {name: b, issuers: [i]}]",
            "clients[1].issuers: i is another client's too",
        ),
        ("clients: [{name: a, jku: ['http://keys.example/jwks']}]", "http://keys.example/jwks is not https"),
        ("clients: [{name: a, jku: ['https://u:p@keys.example/jwks']}]", "without user, query and fragment"),
        ("clients: [{name: a, jku: ['https://keys.example/jwks?v=1']}]", "without user, query and fragment"),
        ("clients: [{name: a, hooks: [order-dispatch]}]", "is not one of: order-select, order-sign"),
        (
            "clients: [{name: a, issuers: [i], tenants: [x]}, {name: b, issuers: [i], tenants: [y, x]}]",
            "clients[1].issuers: i is another client's too",
        ),
        (
            "clients: [{name: a, issuers: [i], tenants: [x]}, {name: b, issuers: [i]}]",
            "clients[1].issuers: i is another client's too",
        ),
        ("clients: [{name: a, jwks: none.json}]", "clients[0].jwks: none.json does not exist"),
        (
            "clients: [{name: a, prefetch-keys: {patient: x, conditions: x}}]",
            "clients[0].prefetch-keys: two keys have the same name",
        ),
        ("clients: [{name: a, prefetch-keys: {problems: x}}]", "clients[0].prefetch-keys.problems: unknown key"),
        ("clients: [{name: a, name: b}]", "clients.yaml:1:"),
        ("clients: [", "not YAML"),
    ],
)
def test_a_faulty_file_says_where_and_why(text: str, said: str, tmp_path: Path) -> None:
    """Before the service starts, and with the line."""
    with pytest.raises(ClientsError) as caught:
        load_clients(write(tmp_path, text))
    assert said in str(caught.value)
