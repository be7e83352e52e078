"""The systems that call this service, and what is agreed with each (`CDS_CLIENTS`).

What a client's entry leaves out is as the settings say. Where nothing is configured there is one client, `default`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cds_service.egress.urls import base_of
from cds_service.knowledge.faults import Fault, KnowledgeError
from cds_service.knowledge.schema import schema_faults
from cds_service.knowledge.yaml import Document, read_yaml
from cds_service.settings import Profile, Settings

SANDBOX = "https://sandbox.cds-hooks.org"
"""The issuer of the CDS Hooks Sandbox, wherever it runs. Its private key is public: it proves nothing."""

_PAGE = "urn:cds-service:sandbox-page:"
"""Begins the issuers that our own sandbox page calls by, to be answered in the shape of a profile."""

_ANY = ""
"""Stands for every tenant; no tenant has an empty name."""

SCHEMA = Path(__file__).parent / "schemas" / "clients.schema.json"


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


class ClientsError(KnowledgeError):
    """Raised for a file of clients that cannot be used; every fault with its line and place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One calling system.

    `issuers` sign its calls, with keys from `jku` (URLs) or `jwks` (a file); `audiences` are accepted besides the URLs
    of this service; no `tenants` means any, no `hooks` means all. `prefetch_aliases`: its name of a prefetch key →
    ours. `preference_list` and `protocols`: id of a study → the client's own order item, and the URL of the site's
    protocol. `plain_text`: it shows no Markdown. `not_on_server`: prefetch keys that its FHIR servers are not asked
    for.
    """

    name: str
    profile: Profile
    issuers: frozenset[str] = frozenset()
    jku: frozenset[str] = frozenset()
    jwks: Path | None = None
    audiences: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    hooks: frozenset[str] = frozenset()
    fhir_servers: tuple[str, ...] = ()
    prefetch_aliases: Mapping[str, str] = field(default_factory=_nothing)
    concept_maps: tuple[Path, ...] = ()
    knowledge_path: Path
    preference_list: Mapping[str, str] = field(default_factory=_nothing)
    protocols: Mapping[str, str] = field(default_factory=_nothing)
    plain_text: bool = False
    not_on_server: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Whom the sandbox page can play: `issuer` is named in a token that nobody verifies, empty for a call without one.
    `name`: a profile, or a client of the site's file."""

    name: str
    issuer: str
    client: Client


def default_client(settings: Settings) -> Client:
    """The client that every caller is where none is told from another."""
    return Client(
        name="default",
        profile=settings.profile or Profile.DEFAULT,
        fhir_servers=tuple(sorted(settings.fhir_servers)),
        concept_maps=settings.concept_maps,
        knowledge_path=settings.knowledge_path,
    )


def shapes_by_issuer(settings: Settings, clients: Iterable[Client]) -> dict[str, Client]:
    """By issuer, the usual client with the shape of the one that has it: for tokens that nobody verifies.

    What such a token says may bend the form of an answer, never what it rests on, nor what may be called for it.
    """
    usual = default_client(settings)
    shapes = {issuer: _shaped_like(usual, client) for client in clients for issuer in client.issuers}
    if settings.profile is None:
        shapes.setdefault(SANDBOX, replace(usual, profile=Profile.SANDBOX))
    return shapes


def roles(settings: Settings, clients: Iterable[Client]) -> tuple[Role, ...]:
    """Whom the sandbox page can play: every profile, the usual one first, then the clients that a token can name."""
    usual = default_client(settings)
    others = [each for each in Profile if each is not usual.profile]
    return (
        Role(name=usual.profile.value, issuer="", client=usual),
        *(Role(name=each.value, issuer=f"{_PAGE}{each.value}", client=replace(usual, profile=each)) for each in others),
        *(
            Role(name=each.name, issuer=min(each.issuers), client=_shaped_like(usual, each))
            for each in clients
            if each.issuers
        ),
    )


def _shaped_like(usual: Client, client: Client) -> Client:
    return replace(
        usual,
        profile=client.profile,
        prefetch_aliases=client.prefetch_aliases,
        preference_list=client.preference_list,
        protocols=client.protocols,
        plain_text=client.plain_text,
    )


def common_protocols(clients: Iterable[Client]) -> Mapping[str, str]:
    """The protocols for who is no client, such as a reader of the pages: those that no two clients contradict."""
    named: dict[str, set[str]] = {}
    for client in clients:
        for study, url in client.protocols.items():
            named.setdefault(study, set()).add(url)
    return MappingProxyType({study: urls.pop() for study, urls in named.items() if len(urls) == 1})


def load_clients(settings: Settings) -> tuple[Client, ...]:
    """The configured clients; none without `CDS_CLIENTS`. Raises ClientsError with every fault."""
    file = settings.clients
    if file is None:
        return ()
    try:
        document = read_yaml(str(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ClientsError([Fault(str(file), 0, "", f"cannot be read: {type(error).__name__}")]) from None
    faults = [*document.faults, *(schema_faults(document, SCHEMA) if document.value is not None else ())]
    if not faults:
        faults = [*_faults_between(document), *_faulty_servers(document), *_missing_files(document, file.parent)]
    if faults:
        raise ClientsError(faults)
    return tuple(_client(entry, file.parent, settings) for entry in document.value["clients"])


def _client(entry: Mapping[str, Any], folder: Path, settings: Settings) -> Client:
    usual = default_client(settings)
    own_maps = tuple(folder / each for each in entry.get("concept-maps", ()))
    return Client(
        name=entry["name"],
        profile=Profile(entry["profile"]) if "profile" in entry else usual.profile,
        issuers=frozenset(entry.get("issuers", ())),
        jku=frozenset(entry.get("jku", ())),
        jwks=folder / entry["jwks"] if "jwks" in entry else None,
        audiences=frozenset(entry.get("audiences", ())),
        tenants=frozenset(entry.get("tenants", ())),
        hooks=frozenset(entry.get("hooks", ())),
        fhir_servers=tuple(entry.get("fhir-servers", usual.fhir_servers)),
        prefetch_aliases=MappingProxyType({theirs: ours for ours, theirs in entry.get("prefetch-keys", {}).items()}),
        concept_maps=(*usual.concept_maps, *own_maps),
        knowledge_path=folder / entry["knowledge"] if "knowledge" in entry else usual.knowledge_path,
        preference_list=MappingProxyType(dict(entry.get("preference-list", {}))),
        protocols=MappingProxyType(dict(entry.get("protocols", {}))),
        plain_text=entry.get("detail") == "plain-text",
        not_on_server=frozenset(entry.get("not-on-fhir-server", ())),
    )


def _faults_between(document: Document) -> Iterator[Fault]:
    """A name that two clients share, or an issuer without tenants to tell them apart: nobody could say who calls."""
    names: set[str] = set()
    tenants: dict[str, set[str]] = {}
    for index, entry in enumerate(document.value["clients"]):
        if entry["name"] in names:
            yield document.fault(("clients", index, "name"), f"{entry['name']} is another client's too")
        names.add(entry["name"])
        own = set(entry.get("tenants", (_ANY,)))
        for issuer in entry.get("issuers", ()):
            others = tenants.setdefault(issuer, set())
            if others and (own & others or _ANY in own | others):
                yield document.fault(("clients", index, "issuers"), f"{issuer} is another client's too")
            others |= own
        theirs = list(entry.get("prefetch-keys", {}).values())
        if len(set(theirs)) < len(theirs):
            yield document.fault(("clients", index, "prefetch-keys"), "two keys have the same name")


def _faulty_servers(document: Document) -> Iterator[Fault]:
    """Keys that came unprotected could be anybody's."""
    for index, entry in enumerate(document.value["clients"]):
        for url in entry.get("jku", ()):
            place = ("clients", index, "jku")
            try:
                base = base_of(url)
            except ValueError as error:
                yield document.fault(place, f"{url} is {error}")
            else:
                if base.scheme != "https" and not base.local:
                    yield document.fault(place, f"{url} is not https")


def _missing_files(document: Document, folder: Path) -> Iterator[Fault]:
    for index, entry in enumerate(document.value["clients"]):
        for key in ("jwks", "knowledge", "concept-maps"):
            named: Sequence[str] = [entry[key]] if isinstance(entry.get(key), str) else entry.get(key, ())
            for each in named:
                if not (folder / each).exists():
                    yield document.fault(("clients", index, key), f"{each} does not exist")
