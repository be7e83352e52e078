"""Settings: read from the environment, refused where they cannot be used, documented where administrators look."""

from pathlib import Path

import pytest

from cds_service.egress.addresses import Reach
from cds_service.settings import (
    Auth,
    LogFormat,
    LogLevel,
    Migrate,
    Mode,
    OnPreconditionFailed,
    Pages,
    Profile,
    Settings,
    SettingsError,
    declarations,
    from_environment,
    shown,
    unknown_variables,
)
from tests.support.settings_table import ADMINISTRATORS, table, written


def test_an_empty_environment_gives_the_defaults() -> None:
    """The service runs without any setting."""
    assert from_environment({}) == Settings()


def test_a_variable_that_is_set_but_empty_counts_as_unset() -> None:
    """Compose files write `CDS_MUTE=` for a setting that is not used."""
    assert from_environment({"CDS_PORT": "", "CDS_DATABASE_URL": "  "}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("CDS_HOST", "0.0.0.0", "0.0.0.0"),
        ("CDS_PORT", "65535", 65535),
        ("CDS_WORKERS", "3", 3),
        ("CDS_DRAIN_SECONDS", "5", 5),
        ("CDS_DATA_DIR", "/data", Path("/data")),
        ("CDS_DATABASE_URL", "sqlite:////data/x.db", "sqlite:////data/x.db"),
        ("CDS_MIGRATE", "check", Migrate.CHECK),
        ("CDS_RETENTION_DAYS", "365", 365),
        ("CDS_PATIENT_HASH", "off", False),
        ("CDS_HASH_KEY", "k" * 32, "k" * 32),
        ("CDS_COMMENT_LENGTH", "0", 0),
        ("CDS_KNOWLEDGE_DIR", str(ADMINISTRATORS.parent), ADMINISTRATORS.parent),
        ("CDS_CONCEPT_MAPS", f"{ADMINISTRATORS}, {ADMINISTRATORS.parent}", (ADMINISTRATORS, ADMINISTRATORS.parent)),
        ("CDS_CLIENTS", str(ADMINISTRATORS), ADMINISTRATORS),
        ("CDS_PROFILE", "Epic", Profile.EPIC),
        ("CDS_AUTH", "Off", Auth.OFF),
        ("CDS_PUBLIC_URL", "https://cds.example/breast/", "https://cds.example/breast"),
        ("CDS_KEYS_FRESH_SECONDS", "60", 60),
        ("CDS_KEYS_STALE_SECONDS", "3600", 3600),
        ("CDS_KEYS_REACH", "site", Reach.SITE),
        ("CDS_REPLAY_FALLBACK", "no", False),
        ("CDS_CORS_ORIGINS", "https://a.example, http://b:81", frozenset({"https://a.example", "http://b:81"})),
        ("CDS_FHIR_SERVERS", "https://a.example/r4/, http://b", frozenset({"https://a.example/r4", "http://b"})),
        ("CDS_FHIR_BUDGET_MS", "800", 800),
        ("CDS_FHIR_MAX_BYTES", "1048576", 1 << 20),
        ("CDS_FHIR_MAX_PAGES", "5", 5),
        ("CDS_FHIR_CONNECTIONS", "9", 9),
        ("CDS_FHIR_OPEN", "true", True),
        ("CDS_FHIR_PLAIN_HTTP", "true", True),
        ("CDS_FHIR_REACH", "public", Reach.PUBLIC),
        ("CDS_CA_FILE", str(ADMINISTRATORS), ADMINISTRATORS),
        ("CDS_ON_PRECONDITION_FAILED", "card", OnPreconditionFailed.CARD),
        ("CDS_REMEMBER_SECONDS", "0", 0),
        ("CDS_EXPLAIN", "false", False),
        ("CDS_SHOW_APPROPRIATE", "Yes", True),
        ("CDS_MODE", "Shadow", Mode.SHADOW),
        ("CDS_QUIET_AFTER_OVERRIDE", "72", 72),
        ("CDS_ONE_SERVICE_ID", "on", True),
        ("CDS_MUTE", "310-v6, 310-v7,", frozenset({"310-v6", "310-v7"})),
        ("CDS_PAMA", "true", True),
        ("CDS_PAMA_IDENTIFIER", "G0000", "G0000"),
        ("CDS_NEW_DISEASE_DAYS", "90", 90),
        ("CDS_SURVEILLANCE_DAYS", "365", 365),
        ("CDS_WORK_UP_DAYS", "60", 60),
        ("CDS_ALP_MILD_RATIO", "2", 2.0),
        ("CDS_MAX_BODY_BYTES", "1048576", 1 << 20),
        ("CDS_METRICS_TOKEN", "t" * 32, "t" * 32),
        ("CDS_LOG_FORMAT", "json", LogFormat.JSON),
        ("CDS_LOG_LEVEL", "DEBUG", LogLevel.DEBUG),
        ("CDS_PAGES", "off", Pages.OFF),
    ],
)
def test_a_variable_sets_its_setting(variable: str, text: str, value: object) -> None:
    """Each setting is its name in capitals after CDS_, and has a type."""
    name = variable.removeprefix("CDS_").lower()
    needed = {"CDS_PAMA_IDENTIFIER": "G0000"}  # what other settings cannot do without
    assert getattr(from_environment({**needed, variable: text}), name) == value


def test_every_setting_is_tried() -> None:
    """The table above leaves none out."""
    table = next(mark for mark in test_a_variable_sets_its_setting.pytestmark if mark.name == "parametrize")
    assert {row[0] for row in table.args[1]} == {declared.variable for declared in declarations()}


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("CDS_PORT", "http", "CDS_PORT: expected a whole number from 1 to 65535, not 'http'"),
        ("CDS_PORT", "0", "CDS_PORT: expected a whole number from 1 to 65535, not '0'"),
        ("CDS_PAMA", "true", "CDS_PAMA: needs CDS_PAMA_IDENTIFIER, the code of the mechanism consulted"),
        ("CDS_WORKERS", "65", "CDS_WORKERS: expected a whole number from 1 to 64, not '65'"),
        ("CDS_HASH_KEY", "short", "CDS_HASH_KEY: expected a text of at least 32 characters, not what it holds"),
        ("CDS_QUIET_AFTER_OVERRIDE", "0", "CDS_QUIET_AFTER_OVERRIDE: expected a whole number from 1 to 8760, not '0'"),
        ("CDS_EXPLAIN", "maybe", "CDS_EXPLAIN: expected true or false, not 'maybe'"),
        ("CDS_PAGES", "perhaps", "CDS_PAGES: expected one of auto, on, off, not 'perhaps'"),
        ("CDS_LOG_LEVEL", "loud", "CDS_LOG_LEVEL: expected one of debug, info, warning, error, not 'loud'"),
        ("CDS_ALP_MILD_RATIO", "nan", "CDS_ALP_MILD_RATIO: expected a number from 1 to 10, not 'nan'"),
        ("CDS_ALP_MILD_RATIO", "0.9", "CDS_ALP_MILD_RATIO: expected a number from 1 to 10, not '0.9'"),
        (
            "CDS_FHIR_SERVERS",
            "a.example",
            "CDS_FHIR_SERVERS: expected http(s) URLs separated by commas, not 'a.example'",
        ),
        ("CDS_AUTH", "maybe", "CDS_AUTH: expected one of auto, on, off, not 'maybe'"),
        *(
            ("CDS_PUBLIC_URL", text, f"CDS_PUBLIC_URL: expected an http(s) URL without query, not '{text}'")
            for text in (
                "cds.example",
                "ftp://cds.example",
                "https://u:p@cds.example",
                "https://cds.example/?x",
                "https:///x",
            )
        ),
        *(
            (
                "CDS_CORS_ORIGINS",
                text,
                "CDS_CORS_ORIGINS: expected origins such as https://ehr.example (lower case, no path) separated by "
                f"commas, or *, not '{text}'",
            )
            for text in ("ehr.example", "https://ehr.example/", "https://EHR.example", "https://u@ehr.example", "null")
        ),
        ("CDS_KNOWLEDGE_DIR", "/nowhere", "CDS_KNOWLEDGE_DIR: expected an existing directory, not '/nowhere'"),
        (
            "CDS_CONCEPT_MAPS",
            "/nowhere",
            "CDS_CONCEPT_MAPS: expected existing files or directories separated by commas, not '/nowhere'",
        ),
        ("CDS_NEW_DISEASE_DAYS", "-1", "CDS_NEW_DISEASE_DAYS: expected a whole number from 1 to 3650, not '-1'"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(variable: str, text: str, message: str) -> None:
    """A service that guessed would run with a clinical window nobody chose."""
    with pytest.raises(SettingsError) as raised:
        from_environment({variable: text})
    assert str(raised.value) == message


def test_all_faults_are_reported_at_once() -> None:
    """Who mends one variable should not find the next at the next start."""
    with pytest.raises(SettingsError, match=r"(?s)CDS_PORT.*CDS_EXPLAIN"):
        from_environment({"CDS_PORT": "x", "CDS_EXPLAIN": "x"})


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """As Docker and Kubernetes hand them to a container: no password in the environment."""
    (tmp_path / "url").write_text("postgresql://u:p@db/cds\n", encoding="utf-8")
    environ = {"CDS_DATABASE_URL_FILE": str(tmp_path / "url")}
    assert from_environment(environ).database_url == "postgresql://u:p@db/cds"
    assert unknown_variables(environ) == []


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"CDS_DATABASE_URL_FILE": "/nowhere"}, "CDS_DATABASE_URL_FILE: '/nowhere' cannot be read: FileNotFoundError"),
        (
            {"CDS_DATABASE_URL_FILE": "/x", "CDS_DATABASE_URL": "sqlite://"},
            "CDS_DATABASE_URL: set, and CDS_DATABASE_URL_FILE too: which of them?",
        ),
    ],
)
def test_a_secrets_file_that_cannot_be_used_is_named(environ: dict[str, str], message: str) -> None:
    """A service that fell back to its embedded store would lose what it should keep."""
    with pytest.raises(SettingsError) as caught:
        from_environment(environ)
    assert str(caught.value) == message


@pytest.mark.parametrize("variable", ["CDS_DATABASE_URL", "CDS_HASH_KEY", "CDS_METRICS_TOKEN"])
@pytest.mark.parametrize("held", ["", "\n", " \r\n\t"], ids=["nothing", "a-line-end", "blanks"])
def test_a_secrets_file_that_is_empty_is_not_unset(variable: str, held: str, tmp_path: Path) -> None:
    """A secret whose making failed is an empty file: metrics would be open to all, and rows in the embedded store."""
    (tmp_path / "secret").write_text(held, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        from_environment({f"{variable}_FILE": str(tmp_path / "secret")})
    assert str(caught.value) == f"{variable}_FILE: '{tmp_path / 'secret'}' is empty: fill it, or name no file"


def test_only_a_secret_lies_in_a_file() -> None:
    """Any other variable of that form is a misspelling."""
    assert unknown_variables({"CDS_PORT_FILE": "/x"}) == ["CDS_PORT_FILE"]


def test_a_misspelled_variable_is_found() -> None:
    """CDS_MUTED would otherwise leave every card on without a word."""
    assert unknown_variables({"CDS_MUTED": "310-v6", "CDS_MUTE": "310-v6", "PATH": "/bin"}) == ["CDS_MUTED"]


def test_a_secret_is_never_shown() -> None:
    """The store's URL carries a password."""
    hidden = {declared.name: shown(declared, "postgresql://u:p@h/d") for declared in declarations() if declared.secret}
    assert hidden == dict.fromkeys(("database_url", "hash_key", "metrics_token"), "(hidden)")


def test_the_embedded_store_lies_in_the_data_directory() -> None:
    """One volume holds everything that the service writes."""
    assert Settings(data_dir=Path("/data")).store_url == "sqlite:////data/cds-service.sqlite3"


def test_the_administrators_table_says_what_is_declared() -> None:
    """docs/administrators.md lists every setting with its default and meaning, and no other."""
    page = ADMINISTRATORS.read_text(encoding="utf-8")
    assert written(page) == page, "run: python -m tests.support.settings_table"
    assert table() in page
