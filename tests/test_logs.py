"""One line an event, for people or for a collector; nobody writes lines of his own, and nothing names a patient."""

import io
import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_service.logs import logging_config, one_line, told
from tests.support.service import Service, wait_for

Log = Callable[[str], tuple[logging.Logger, io.StringIO]]


@pytest.fixture
def log() -> Iterator[Log]:
    """A logger of the service, set up for a format, and what it writes."""
    root = logging.getLogger()
    former = (root.handlers[:], root.level)

    def made(format: str) -> tuple[logging.Logger, io.StringIO]:
        config = logging_config("info", format)
        written = io.StringIO()
        config["handlers"]["standard-error"]["stream"] = written
        logging.config.dictConfig(config)
        return logging.getLogger("cds_service.test"), written

    yield made
    root.handlers[:], root.level = former


def test_a_line_for_people_says_when_how_bad_who_and_what(log: Log) -> None:
    logger, written = log("text")
    logger.warning("%d rows", 3, extra=told(client="default", words="two words", variants=("310-v2",), none=None))
    time, rest = written.getvalue().split(" ", 1)
    assert time.endswith("+00:00")
    assert rest == ('WARNING cds_service.test: 3 rows client=default words="two words" variants=["310-v2"] none=null\n')


def test_a_line_for_a_collector_is_an_object(log: Log) -> None:
    logger, written = log("json")
    logger.warning("%d rows", 3, extra=told(client="default", variants=("310-v2",)))
    line = json.loads(written.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "cds_service.test",
        "message": "3 rows",
        "client": "default",
        "variants": ["310-v2"],
    }


FORGED = [
    "x\n2026-11-20T10:00:00.000+00:00 ERROR cds_service: forged",
    "x\r\nforged",
    "x\x1b[2Kforged",  # erases the line on a terminal
    "x\x9b2Kforged",  # the same in one character
    "x\u2028forged",
    "x\u2029forged",
    "x\x85forged",
    "x\x00forged",
    "x\u202eforged",  # turns the direction of writing
    "x\ud800forged",  # no character at all
    'x", "level": "forged',
]


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("text", FORGED)
def test_a_line_cannot_be_forged(log: Log, format: str, text: str) -> None:
    """Whatever a client sends as an id, it stays within its line, and is seen for what it is."""
    logger, written = log(format)
    logger.error("call %s failed", text, extra=told(hook_instance=text))
    line = written.getvalue()
    assert line.endswith("\n")
    assert line[:-1].isprintable()
    assert len(line.splitlines()) == 1
    if format == "json":
        assert json.loads(line)["level"] == "error"


def test_a_failure_with_its_traceback_is_one_line_too(log: Log) -> None:
    logger, written = log("text")
    try:
        raise ValueError("x")
    except ValueError:
        logger.exception("failed")
    assert len(written.getvalue().splitlines()) == 1
    assert "ValueError: x" in written.getvalue()


def test_what_can_be_printed_stays_as_it_is() -> None:
    assert one_line("Größe ≤ 5 mm, 中") == "Größe ≤ 5 mm, 中"


@pytest.mark.parametrize("format", ["text", "json"])
def test_an_order_leaves_a_line_with_its_ids_and_nothing_of_the_patient(tmp_path: Path, format: str) -> None:
    """The whole log of a service that has seen a name, an id, a comment and a forged line."""
    with Service(tmp_path, CDS_LOG_FORMAT=format) as service:
        body: dict[str, Any] = service.order(hookInstance="an-instance").json()
        consult = body["extension"]["cds-service.assessments"][0]["consultId"]
        service.order(hookInstance="x\nforged line Jane Roe")
        service.feedback(body["cards"][0]["uuid"], overrideReason={"userComment": "Jane Roe"})
        requests.post(f"{service.url}/cds-services/breast-imaging-order-select", data=b'{"Jane Roe', timeout=10)
        wait_for(lambda: service.log.read_text().count("assessed") == 2)
        service.stop()
    said = service.log.read_text()
    (line,) = [each for each in said.splitlines() if "an-instance" in each]
    assert consult in line
    assert "fdg-pet-ct" in line
    assert "Roe" not in said
    assert body["extension"]["cds-service.assessments"][0]["order"] not in said
