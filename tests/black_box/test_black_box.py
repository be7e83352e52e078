"""Whole patients, asked as an EHR asks: the tables of this folder, one row a case, each with its clinical reason.

The rows say what must be so from the facts and the contract, not from what the service happened to answer; the tables
of `found/` hold those on which it once differed. How to read and write rows: README.md.
"""

import pathlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.knowledge.yaml import read_yaml
from cds_service.settings import Settings
from tests.support.items import Json
from tests.support.rows import request

Post = Callable[[Json], tuple[int, Json]]

FOLDER = pathlib.Path(__file__).parent
TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIELDS = {
    *("group", "rows", "name", "why", "order", "drafts", "reason", "of", "and", "finding", "patient", "signed"),
    *("selected", "missing", "moved", "prefetch"),
    *("expect", "category", "score", "variant", "outcome", "warnings", "offers", "offers-not"),
}


# --- rows -----------------------------------------------------------------------------------------
def table(path: pathlib.Path) -> Any:
    document = read_yaml(path.name, path.read_text(encoding="utf-8"))
    assert not document.faults, document.faults
    return document.value


PATIENTS: dict[str, list[Any]] = table(FOLDER / "patients.yaml")


def rows(groups: list[Json]) -> Iterator[Json]:
    """Each row with what its group says for all of them; one for each patient of a list in `of`."""
    for group in groups:
        for row in group["rows"]:
            merged = {**group, **row, "and": [*group.get("and", []), *row.get("and", [])]}
            unknown, lacking = merged.keys() - FIELDS, {"name", "why", "expect"} - merged.keys()
            assert not unknown, f"{row}: no field {sorted(unknown)}"
            assert not lacking, f"{row}: without {sorted(lacking)}"
            of = merged.get("of", [])
            for patient in of if isinstance(of, list) else [of]:
                yield _case(merged, patient)
            if of == []:
                yield _case(merged, None)


def _case(row: Json, patient: str | None) -> Json:
    finding = [{"condition": row["finding"]}] if "finding" in row else []
    order = row.get("order", "pet-ct")
    reason = {"reason": row["reason"]} if "reason" in row else {}
    reasoned = {**reason, **(order if isinstance(order, dict) else {"order": order})}
    return {
        **row,
        "id": f"{row['group']}: {row['name']}" + (f" ({patient})" if isinstance(row.get("of"), list) else ""),
        "drafts": row.get("drafts", [reasoned]),
        "patient-items": [*([patient] if patient else []), *row["and"], *finding],
    }


TABLES = [
    *sorted(path for path in FOLDER.glob("*.yaml") if path.name != "patients.yaml"),
    *sorted((FOLDER / "found").glob("*.yaml")),
]
CASES = [pytest.param(case, id=f"{path.stem}: {case['id']}") for path in TABLES for case in rows(table(path))]


# --- the service ----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Fires a request, and gives status and answer."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")), clock=lambda: TODAY)
    client = app.test_client()

    def fire(body: Json) -> tuple[int, Json]:
        answer = client.post(f"/cds-services/breast-imaging-{body['hook']}", json=body)
        told: Json = answer.json
        return answer.status_code, told

    yield fire
    app.extensions["store"].close()


# --- what a row expects ---------------------------------------------------------------------------
def problems(row: Json, status: int, answer: Json) -> Iterator[str]:
    """What the answer does otherwise than the row says."""
    if (status == 200) is (row["expect"] == "refused"):
        yield f"status {status}"
    if status != 200:
        return
    cards = answer["cards"]
    yield from _shown(row, [card["indicator"] for card in cards])
    yield from _assessed(row, answer.get("extension", {}).get("cds-service.assessments", []))
    labels = [label.lower() for card in cards for label in _alternatives(card)]
    if "offers" in row and not any(row["offers"].lower() in label for label in labels):
        yield f"offers {labels}, expected {row['offers']}"
    for unwanted in [row["offers-not"]] if isinstance(row.get("offers-not"), str) else row.get("offers-not", []):
        if any(unwanted.lower() in label for label in labels):
            yield f"offers {labels}, expected not to offer {unwanted}"


def _alternatives(card: Json) -> list[str]:
    """The labels of the choices that write something; a choice that only removes is no alternative."""
    choices = card.get("suggestions", [])
    return [each["label"] for each in choices if any(action["type"] != "delete" for action in each["actions"])]


def _shown(row: Json, indicators: list[str]) -> Iterator[str]:
    warnings = indicators.count("warning")
    told = {
        "warn": warnings > 0,
        "quiet": warnings == 0,
        "silent": not indicators,
        "info": warnings == 0 and bool(indicators),
    }
    if not told[row["expect"]]:
        yield f"cards {indicators}, expected: {row['expect']}"
    if "warnings" in row and warnings != row["warnings"]:
        yield f"{warnings} warnings, expected {row['warnings']}"


def _assessed(row: Json, assessments: list[Json]) -> Iterator[str]:
    for field in ("category", "score", "outcome"):
        said = [each.get(field) for each in assessments]
        if field in row and row[field] not in said:
            yield f"{field} {said}, expected {row[field]}"
    variants = [variant["id"] for each in assessments for variant in each.get("variants", [])]
    if "variant" in row and row["variant"] not in variants:
        yield f"variants {variants}, expected {row['variant']}"


@pytest.mark.parametrize("row", CASES)
def test_a_whole_patient(row: Json, post: Post) -> None:
    """What the row expects of the answer, for the reason it gives."""
    status, answer = post(request(row, PATIENTS))
    assessed = answer.get("extension", {}).get("cds-service.assessments")
    assert list(problems(row, status, answer)) == [], (row["why"], assessed)
