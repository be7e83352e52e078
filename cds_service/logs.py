"""How the service logs: one line an event on standard error, no patient text in any of them.

A line cannot be forged: whatever stands in a message, nothing in it ends the line or moves the cursor.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

_FIELDS = "told"

# What a terminal or a log collector could take for the end of a line, or for a command (C0, DEL, C1, line and
# paragraph separators, and the marks that turn the direction of writing).
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def told(**fields: object) -> Mapping[str, object]:
    """What a line says besides its message, by name; for the argument `extra` of a logger. Never patient text."""
    return {_FIELDS: fields}


def logging_config(level: str, format: str = "text") -> dict[str, Any]:
    """Configuration for `logging.config.dictConfig`, for the service and its server alike. `format`: text or json."""
    formatter = JsonLines if format == "json" else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {
            "standard-error": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"},
        },
        "root": {"handlers": ["standard-error"], "level": "WARNING"},
        "loggers": {
            "cds_service": {"level": level.upper()},
            # Granian's own name for its logger.
            "_granian": {"level": "ERROR"},
        },
    }


class TextLines(logging.Formatter):
    """`time LEVEL logger: message name=value …`"""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields = "".join(f" {name}={_value(value)}" for name, value in _fields(record).items())
        line = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()}{fields}"
        return one_line(line + self._failure(record))

    def _failure(self, record: logging.LogRecord) -> str:
        return f" {self.formatException(record.exc_info)}" if record.exc_info else ""


class JsonLines(logging.Formatter):
    """A JSON object a line: `time`, `level`, `logger`, `message`, and what else is told."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # JSON escapes what ends a line, and this what else could harm.
        return one_line(_json(line))


def one_line(text: str) -> str:
    """The text with everything that is not to be printed written as an escape."""
    if text.isprintable():  # nearly always, and quickly told
        return text
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields: Mapping[str, object] = getattr(record, _FIELDS, {})
    return fields


def _value(value: object) -> str:
    plain = isinstance(value, str) and value and not (" " in value or '"' in value or "=" in value)
    return str(value) if plain else _json(value)


def _json(value: object) -> str:
    try:
        return msgspec.json.encode(value, enc_hook=str).decode()
    except UnicodeEncodeError:  # half a character, as JSON can spell it
        return json.dumps(value, default=str)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
