"""How the service logs: one line an event on standard error, no patient text in any of them."""

from typing import Any


def logging_config(level: str) -> dict[str, Any]:
    """Configuration for `logging.config.dictConfig`, for the service and its server alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            },
        },
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
