"""The systems that call this service, and what is agreed with each (`CDS_CLIENTS`).

What a client's entry leaves out is as the settings say. Where nothing is configured there is one client, `default`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cds_service.knowledge.faults import Fault, KnowledgeError
from cds_service.knowledge.schema import schema_faults
from cds_service.knowledge.yaml import Document, read_yaml
from cds_service.settings import Profile, Settings

SCHEMA = Path(__file__).parent / "schemas" / "clients.schema.json"


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


class ClientsError(KnowledgeError):
    """Raised for a file of clients that cannot be used; every fault with its line and place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One calling system.

    `issuers` sign its calls, with keys from `jku` (URLs) or `jwks` (a file); `audiences` are accepted besides the URLs
    of this service; no `tenants` means any. `prefetch_aliases`: its name of a prefetch key → ours. `preference_list`
    and `protocols`: id of a study → the client's own order item, and the URL of the site's protocol. `plain_text`: it
    shows no Markdown. `not_on_server`: prefetch keys that its FHIR servers are not asked for.
    """

    name: str
    profile: Profile
    issuers: frozenset[str] = frozenset()
    jku: frozenset[str] = frozenset()
    jwks: Path | None = None
    audiences: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    fhir_servers: tuple[str, ...] = ()
    prefetch_aliases: Mapping[str, str] = field(default_factory=_nothing)
    concept_maps: tuple[Path, ...] = ()
    knowledge_path: Path
    preference_list: Mapping[str, str] = field(default_factory=_nothing)
    protocols: Mapping[str, str] = field(default_factory=_nothing)
    plain_text: bool = False
    not_on_server: frozenset[str] = frozenset()


def default_client(settings: Settings) -> Client:
    """The client that every caller is where none is told from another."""
    return Client(
        name="default",
        profile=settings.profile,
        fhir_servers=tuple(sorted(settings.fhir_servers)),
        concept_maps=settings.concept_maps,
        knowledge_path=settings.knowledge_path,
    )


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
        faults = [*_faults_between(document), *_missing_files(document, file.parent)]
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
    """A name or an issuer that two clients share: nobody could say who calls."""
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(document.value["clients"]):
        told = [("name", entry["name"]), *(("issuers", each) for each in entry.get("issuers", ()))]
        for key, value in told:
            if (key, value) in seen:
                yield document.fault(("clients", index, key), f"{value} is another client's too")
            seen.add((key, value))
        theirs = list(entry.get("prefetch-keys", {}).values())
        if len(set(theirs)) < len(theirs):
            yield document.fault(("clients", index, "prefetch-keys"), "two keys have the same name")


def _missing_files(document: Document, folder: Path) -> Iterator[Fault]:
    for index, entry in enumerate(document.value["clients"]):
        for key in ("jwks", "knowledge", "concept-maps"):
            named: Sequence[str] = [entry[key]] if isinstance(entry.get(key), str) else entry.get(key, ())
            for each in named:
                if not (folder / each).exists():
                    yield document.fault(("clients", index, key), f"{each} does not exist")
