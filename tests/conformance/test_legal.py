"""What is unusual and legal is not blamed: a check that cries wolf is not run twice."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Response

from cds_service.conformance.findings import Report
from tests.conformance.conftest import broken
from tests.support.model_service import Json, Refused

TABLE = "| Study | Rating |\n| --- | --- |\n| US | 5 < 9 |\n\n1 <2, a<b, \\<b>, `<b>`, <https://example.org>, <a@b.org>"


def card(**changed: Any) -> dict[str, Any]:
    return {"answer": lambda document, _: [each.update(changed) for each in document["cards"]]}


def update(**changed: Any) -> dict[str, Any]:
    """Elements of the updated order changed."""

    def answer(document: Json, _: Json) -> None:
        for each in document["cards"]:
            each["suggestions"][0]["actions"][0]["resource"].update(changed)

    return {"answer": answer}


def created_without_id(document: Json, _: Json) -> None:
    for each in document["cards"]:
        del each["suggestions"][2]["actions"][1]["resource"]["id"]


def of_the_pama_guide(document: Json, _: Json) -> None:
    for action in document.pop("systemActions", []):
        action.pop("description")
    for action in document.get("extension", {}).get("systemActions", []):
        action.pop("description")


def nothing_to_say(document: Json, _: Json) -> None:
    document.clear()
    document["cards"] = []


def needs_prefetch(body: Json) -> None:
    if "prefetch" not in body:
        raise Refused(412)


def services(change: Callable[[Json], object]) -> dict[str, Any]:
    return {"discovery": lambda document: [change(each) for each in document["services"]]}


def any_browser(_: Any, response: Response) -> None:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "*, authorization"
    response.headers["Access-Control-Allow-Methods"] = "*"
    response.headers.pop("Vary")


def with_charset(_: Any, response: Response) -> None:
    response.headers["Content-Type"] = response.headers.get("Content-Type", "").partition(";")[0] + "; charset=utf-8"


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param({"discovery": lambda document: document["services"].clear()}, id="D2 no services"),
        pytest.param(services(lambda each: each.pop("prefetch")), id="D5 no prefetch"),
        pytest.param(services(lambda each: each.update(version="2.0")), id="D7 two numbers"),
        pytest.param(services(lambda each: each.update(version="3.0.0-ballot")), id="D7 a ballot"),
        pytest.param({"hooks": ("model-select", "model-sign"), **services(lambda each: None)}, id="D9 two hooks"),
        pytest.param(
            services(lambda each: each["prefetch"].update(user="Practitioner/{{userPractitionerId}}")),
            id="P4 user token",
        ),
        pytest.param(
            services(lambda each: each["prefetch"].update(user="Observation?date=ge2020-01-01&date=lt2021")),
            id="P5 dates",
        ),
        pytest.param(services(lambda each: each.pop("hookVersion")), id="D8 not said"),
        pytest.param({"answer": nothing_to_say}, id="E3 nothing to say"),
        pytest.param({"fails": needs_prefetch}, id="R3 412 without prefetch"),
        pytest.param({"http": with_charset}, id="E1 charset"),
        pytest.param(card(summary="x" * 139), id="1.8 139 characters"),
        pytest.param(card(detail=TABLE), id="1.8 tables and signs"),
        pytest.param(card(uuid="urn:uuid:4e0a3a1e-3a56-4f6c-9b8f-2f8f7d7f0c51"), id="1.8 urn:uuid"),
        pytest.param(card(selectionBehavior="any"), id="1.8 any"),
        pytest.param(card(extension={"com.example.anything": [1]}), id="J14 an extension of its own"),
        pytest.param(
            update(bodySite=[{"text": "Left"}], reasonCode=[{"text": "Lump"}]), id="S1 another site and reason"
        ),
        pytest.param(update(code={"coding": [{"code": "x"}]}, orderDetail=[{"text": "Slowly"}]), id="S1 more said"),
        pytest.param({"answer": created_without_id}, id="S3 no id"),
        pytest.param({"answer": of_the_pama_guide}, id="1.13 as in the PAMA guide"),
        pytest.param({"http": any_browser}, id="J12 any browser"),
    ],
)
def test_nothing_is_blamed(check_model: Callable[..., Report], switches: dict[str, Any]) -> None:
    """Neither failed nor warned."""
    assert broken(check_model(**switches)) == {}
