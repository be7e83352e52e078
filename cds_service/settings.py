"""Every setting of the service, declared once: name, type, default and meaning. Read from the environment.

The environment variable of a setting is its name in capitals with the prefix `CDS_`; that of a secret may end in
`_FILE` and name a file. A value that cannot be used
refuses to start; `SettingsError` names every such variable, and never repeats the value of a secret.
"""

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cds_service.egress.addresses import Reach

PREFIX = "CDS_"

FILE = "_FILE"
"""The ending of a variable that names the file a secret is in."""


class LogLevel(StrEnum):
    """From how much to how little is written to the log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Profile(StrEnum):
    """The kinds of client whose answers differ in shape, never in content."""

    DEFAULT = "default"
    SANDBOX = "sandbox"
    EPIC = "epic"


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


class Mode(StrEnum):
    """Whether cards are shown (`live`), or everything but that is done (`shadow`)."""

    LIVE = "live"
    SHADOW = "shadow"


class Migrate(StrEnum):
    """Whether a start brings the store's schema up to date, or refuses one that is not."""

    AUTO = "auto"
    CHECK = "check"


class Auth(StrEnum):
    """Whether callers must say who they are."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Pages(StrEnum):
    """Which pages are served; see `cds_service.web.areas`."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class OnPreconditionFailed(StrEnum):
    """How a client is told that what every answer needs cannot be had."""

    STATUS = "412"
    CARD = "card"


class SettingsError(ValueError):
    """Raised when the environment holds values that cannot be used; one line each, naming the variable."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the text of a variable becomes a value, and what to tell whoever wrote something else."""

    parse: Callable[[str], Any]
    expected: str


def _boolean(text: str) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if text.lower() not in words:
        raise ValueError
    return words[text.lower()]


def _whole(low: int, high: int) -> _Kind:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return _Kind(parse, f"a whole number from {low} to {high}")


def _ratio(text: str) -> float:
    value = float(text)
    if not 1 <= value <= 10:  # also refuses nan
        raise ValueError
    return value


def _key(text: str) -> str:
    if len(text) < 32:
        raise ValueError
    return text


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _one_of(choices: type[StrEnum]) -> _Kind:
    return _Kind(lambda text: choices(text.lower()), "one of " + ", ".join(choices))


def _directory(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise ValueError
    return path


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError
    return path


def _urls(text: str) -> frozenset[str]:
    urls = _words(text)
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError
    return frozenset(url.rstrip("/") for url in urls)


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError
    if parts.query or parts.fragment or "#" in text or "?" in text:
        raise ValueError
    return text.rstrip("/")


def _origins(text: str) -> frozenset[str]:
    origins = _words(text)
    for origin in origins - {"*"}:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError
        if parts.username is not None or origin != origin.lower():
            raise ValueError
    return origins


def _paths(text: str) -> tuple[Path, ...]:
    paths = tuple(Path(part.strip()) for part in text.split(",") if part.strip())
    if not all(path.exists() for path in paths):
        raise ValueError
    return paths


_TRUE_OR_FALSE = _Kind(_boolean, "true or false")
_TEXT = _Kind(str, "text")
_PATH = _Kind(Path, "a path")
_DIRECTORY = _Kind(_directory, "an existing directory")
_FILE = _Kind(_file, "an existing file")
_URL = _Kind(_public_url, "an http(s) URL without query")
_ORIGINS = _Kind(_origins, "origins such as https://ehr.example (lower case, no path) separated by commas, or *")
_URLS = _Kind(_urls, "http(s) URLs separated by commas")
_PATHS = _Kind(_paths, "existing files or directories separated by commas")
_RATIO = _Kind(_ratio, "a number from 1 to 10")
_LIST = _Kind(_words, "names separated by commas")
_KEY = _Kind(_key, "a text of at least 32 characters")


def _setting(kind: _Kind, default: Any, *, means: str, secret: bool = False) -> Any:
    return dataclasses.field(default=default, metadata={"kind": kind, "means": means, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force. Made by `from_environment`, or directly in tests."""

    host: str = _setting(_TEXT, "127.0.0.1", means="Address to listen on.")
    port: int = _setting(_whole(1, 65535), 8080, means="Port to listen on.")
    workers: int | None = _setting(
        _whole(1, 64), None, means="Server processes. Unset: one for each processor, at most four."
    )
    drain_seconds: int = _setting(
        _whole(0, 60),
        0,
        means="For how many seconds after SIGTERM calls are still answered while `/healthz` is 503, so that a balancer "
        "sends no more.",
    )
    data_dir: Path = _setting(
        _PATH, Path("data"), means="Directory the service writes to: the embedded store lives here."
    )
    database_url: str | None = _setting(
        _TEXT,
        None,
        means="URL of the store, such as `postgresql://user:password@host/name`. Unset: SQLite in `CDS_DATA_DIR`.",
        secret=True,
    )
    migrate: Migrate = _setting(
        _one_of(Migrate), Migrate.AUTO, means="Whether a start brings the store's schema up to date, or only checks it."
    )
    retention_days: int | None = _setting(
        _whole(1, 36500), None, means="After how many days what was recorded is deleted. Unset: never."
    )
    patient_hash: bool = _setting(
        _TRUE_OR_FALSE, True, means="Record a keyed hash of the patient's id, which tells patients apart and no more."
    )
    hash_key: str | None = _setting(
        _KEY,
        None,
        means="Key of that hash. Unset: made once, and kept in `CDS_DATA_DIR`; several replicas need one and the same.",
        secret=True,
    )
    comment_length: int = _setting(
        _whole(0, 10_000), 500, means="How many characters of a comment in feedback are kept; 0: none."
    )
    knowledge_dir: Path | None = _setting(
        _DIRECTORY, None, means="Directory of the knowledge files. Unset: those that come with the service."
    )
    concept_maps: tuple[Path, ...] = _setting(
        _PATHS, (), means="FHIR R4 ConceptMaps of the site's own codes: JSON files, or directories of them."
    )
    clients: Path | None = _setting(
        _FILE, None, means="YAML file of the systems that may call, and what is agreed with each. Unset: one client."
    )
    profile: Profile | None = _setting(
        _one_of(Profile),
        None,
        means="Shape of the answers where a client's entry does not say otherwise. Unset: default.",
    )
    auth: Auth = _setting(
        _one_of(Auth),
        Auth.AUTO,
        means="Whether every call needs a token. auto: yes, but on loopback only if `CDS_PUBLIC_URL` and a client with "
        "keys are there. off: anybody who reaches the service may call.",
    )
    public_url: str | None = _setting(
        _URL,
        None,
        means="URL under which clients reach this service, without `/cds-services`: what their tokens are made for.",
    )
    keys_fresh_seconds: int = _setting(
        _whole(1, 86400), 300, means="How old a client's published keys may be before they are asked for again."
    )
    keys_stale_seconds: int = _setting(
        _whole(1, 604800), 86400, means="How long keys are used, at most, while their server cannot be asked."
    )
    keys_reach: Reach = _setting(
        _one_of(Reach),
        Reach.PUBLIC,
        means="Whether names of key servers (jku) may lead to private addresses (`site`).",
    )
    replay_fallback: bool = _setting(
        _TRUE_OR_FALSE,
        True,
        means="While the store is away, each process sees to it alone that a token is used once. false: 503 instead.",
    )
    cors_origins: frozenset[str] = _setting(
        _ORIGINS,
        frozenset(),
        means="Web pages that may call from a browser, by origin. On loopback without authentication those of this "
        "machine may, too.",
    )
    fhir_servers: frozenset[str] = _setting(
        _URLS, frozenset(), means="FHIR servers that missing data may be fetched from. Unset: nothing is fetched."
    )
    fhir_budget_ms: int = _setting(
        _whole(50, 30000), 2500, means="Milliseconds for everything that one request fetches; then it is answered."
    )
    fhir_max_bytes: int = _setting(
        _whole(1024, 1 << 30), 8 << 20, means="Most bytes fetched for one prefetch key, after decompression."
    )
    fhir_max_pages: int = _setting(_whole(1, 1000), 20, means="Most pages fetched for one prefetch key.")
    fhir_connections: int = _setting(
        _whole(2, 256), 32, means="Calls at once to one FHIR server, from each server process of ours."
    )
    fhir_open: bool = _setting(
        _TRUE_OR_FALSE, False, means="Fetch also where a request brings no token: for FHIR servers that ask for none."
    )
    fhir_plain_http: bool = _setting(
        _TRUE_OR_FALSE, False, means="Let `http://` FHIR servers be listed that are not this machine."
    )
    fhir_reach: Reach = _setting(
        _one_of(Reach), Reach.SITE, means="Whether names of FHIR servers may lead to private addresses (`site`)."
    )
    ca_file: Path | None = _setting(
        _FILE,
        None,
        means="Certificates (PEM) of authorities that calls to other servers trust besides the public ones.",
    )
    on_precondition_failed: OnPreconditionFailed = _setting(
        _one_of(OnPreconditionFailed),
        OnPreconditionFailed.STATUS,
        means="Answer where no Conditions were sent and none may be fetched: status `412`, or 200 and a `card`.",
    )
    remember_seconds: int = _setting(
        _whole(0, 3600),
        300,
        means="For how many seconds what was judged of an order is kept in memory, for the same order with the same "
        "record asked about again, as order-sign does after order-select. 0: not at all.",
    )
    explain: bool = _setting(
        _TRUE_OR_FALSE, True, means='Send the reasoning with each answer, as `extension["cds-service.assessments"]`.'
    )
    show_appropriate: bool = _setting(
        _TRUE_OR_FALSE, False, means="Show a short card also where the order is usually appropriate."
    )
    mode: Mode = _setting(
        _one_of(Mode), Mode.LIVE, means="With `shadow` all is assessed and recorded, and no card is shown."
    )
    quiet_after_override: int | None = _setting(
        _whole(1, 8760),
        None,
        means="For how many hours a warning overridden with a reason is not shown again. Unset: it is.",
    )
    one_service_id: bool = _setting(
        _TRUE_OR_FALSE,
        False,
        means="Give both services the id `breast-imaging`: to a client that knows it (not the CDS Hooks Sandbox), "
        "cards of order-sign then replace those of order-select.",
    )
    mute: frozenset[str] = _setting(
        _LIST, frozenset(), means="Variants (such as `310-v6,310-v7`) that are assessed and recorded, but not shown."
    )
    pama: bool = _setting(
        _TRUE_OR_FALSE, False, means="Send PAMA ratings of the orders as system actions; needs `CDS_PAMA_IDENTIFIER`."
    )
    pama_identifier: str | None = _setting(
        _TEXT, None, means="G-code of the qualified mechanism that a PAMA rating names. It is yours: we have none."
    )
    new_disease_days: int = _setting(
        _whole(1, 3650), 183, means="Up to how many days after diagnosis an untreated cancer counts as new."
    )
    surveillance_days: int = _setting(
        _whole(1, 3650), 183, means="From how many days after curative surgery a patient counts as in follow-up."
    )
    work_up_days: int = _setting(
        _whole(1, 3650), 120, means="How many days back imaging belongs to the present work-up."
    )
    alp_mild_ratio: float = _setting(
        _RATIO,
        1.5,
        means="Up to which multiple of its upper limit an alkaline phosphatase raised alone counts as mild.",
    )
    max_body_bytes: int = _setting(
        _whole(1024, 1 << 30), 10 << 20, means="Largest request accepted, in bytes; a larger one is answered with 413."
    )
    pages: Pages = _setting(
        _one_of(Pages),
        Pages.AUTO,
        means="Which pages are served. `auto`: all, but where calls need a token only criteria and dose, which hold "
        "nothing of patients. `on`: then also the report. `off`: none.",
    )
    metrics_token: str | None = _setting(
        _KEY, None, means="Bearer token that whoever reads `/metrics` must bring. Unset: nobody is asked.", secret=True
    )
    log_format: LogFormat = _setting(
        _one_of(LogFormat), LogFormat.TEXT, means="Lines for people, or JSON objects for a log collector."
    )
    log_level: LogLevel = _setting(_one_of(LogLevel), LogLevel.INFO, means="From which level on lines are logged.")

    @property
    def store_url(self) -> str:
        """Where consultations are recorded, as a SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'cds-service.sqlite3'}"

    @property
    def worker_count(self) -> int:
        """How many server processes to run."""
        return self.workers or min(4, os.cpu_count() or 1)

    @property
    def knowledge_path(self) -> Path:
        """Where the knowledge is read from: a site's own, else the copy of an installed service or of a checkout."""
        package = Path(__file__).parent
        packaged = package / "_knowledge"
        return self.knowledge_dir or (packaged if packaged.is_dir() else package.parent / "knowledge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is declared of one setting, for documentation and for `cds-service config`."""

    name: str
    variable: str
    expected: str
    means: str
    default: Any
    secret: bool


def declarations() -> Iterator[Declaration]:
    """Every setting, in the order of declaration."""
    for field in dataclasses.fields(Settings):
        yield Declaration(
            name=field.name,
            variable=PREFIX + field.name.upper(),
            expected=field.metadata["kind"].expected,
            means=field.metadata["means"],
            default=field.default,
            secret=field.metadata["secret"],
        )


def from_environment(environ: Mapping[str, str]) -> Settings:
    """The settings in force.

    A variable that is set but empty counts as unset, as compose files write it.
    Raises SettingsError naming every variable whose value cannot be used.
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    kinds = {field.name: field.metadata["kind"] for field in dataclasses.fields(Settings)}
    for declared in declarations():
        try:
            text = _text(declared, environ)
        except SettingsError as error:
            faults.append(str(error))
            continue
        if not text:
            continue
        try:
            values[declared.name] = kinds[declared.name].parse(text)
        except ValueError:
            got = "what it holds" if declared.secret else repr(text)
            faults.append(f"{declared.variable}: expected {declared.expected}, not {got}")
    if values.get("pama") and "pama_identifier" not in values:
        faults.append("CDS_PAMA: needs CDS_PAMA_IDENTIFIER, the code of the mechanism consulted")
    if faults:
        raise SettingsError("\n".join(faults))
    return Settings(**values)


def _text(declared: Declaration, environ: Mapping[str, str]) -> str:
    """What the environment says of a setting; a secret may lie in a file instead, as containers are given theirs.

    Raises SettingsError for a file that cannot be read or holds nothing, or where both are set.
    """
    text, file = environ.get(declared.variable, "").strip(), environ.get(f"{declared.variable}{FILE}", "").strip()
    if not file or not declared.secret:
        return text
    if text:
        raise SettingsError(f"{declared.variable}: set, and {declared.variable}{FILE} too: which of them?")
    try:
        held = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{declared.variable}{FILE}: {file!r} cannot be read: {type(error).__name__}") from None
    if not held:
        # Not unset, as an empty variable is: who names a file means it, and would not learn that it was never filled.
        raise SettingsError(f"{declared.variable}{FILE}: {file!r} is empty: fill it, or name no file")
    return held


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Variables with our prefix that name no setting: most likely a misspelling."""
    known = {declared.variable for declared in declarations()}
    known |= {f"{declared.variable}{FILE}" for declared in declarations() if declared.secret}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def shown(declared: Declaration, value: Any) -> str:
    """A value as one may print it: a secret's is hidden."""
    if value is None or value in (frozenset(), ()):
        return ""
    if declared.secret:
        return "(hidden)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)
