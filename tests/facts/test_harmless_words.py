"""Texts in harmless words that are not harmless, through the whole service: `hostile-record.yaml`.

And the studies that look for no tumour: what their reports may hold without being understood.
"""

import pathlib

import pytest
import yaml

from tests.facts.test_text_reasons import PATIENTS, Json, Post, assessed, order, post, warns
from tests.facts.test_text_record import report, with_text

__all__ = ["post"]

ROWS = [
    {**row, "kind": group["kind"]}
    for group in yaml.safe_load((pathlib.Path(__file__).parent / "hostile-record.yaml").read_text(encoding="utf-8"))
    for row in group["rows"]
]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['kind']}: {row['say'][:60]}" for row in ROWS])
@pytest.mark.parametrize("patient", ["new-iia", "followed-surgery"])
def test_a_text_in_harmless_words_that_is_not_harmless(row: Json, patient: str, post: Post) -> None:
    reason = row["say"] if row["kind"] == "reason" else None
    record = PATIENTS[patient] if reason else with_text(PATIENTS[patient], row)
    for study in ("pet-ct", "ct-cap", "bone-scan"):
        answer = post(order(study, reason), record)
        assert not warns(answer), (study, row["why"], assessed(answer))
