"""Names on a problem list, by class, through the whole service: `hostile-entries.yaml`."""

import pathlib

import pytest
import yaml

from tests.facts.test_text_reasons import PATIENTS, Post, assessed, order, post, warns
from tests.facts.test_text_record import with_text

__all__ = ["post"]

CLASSES = yaml.safe_load((pathlib.Path(__file__).parent / "hostile-entries.yaml").read_text(encoding="utf-8"))
ROWS = [
    pytest.param(patient, each[field] == "warn", say, each["why"], id=f"{field}: {say}")
    for each in CLASSES
    for patient, field in (("new-iia", "new"), ("followed-surgery", "followed"))
    if each[field] != "either"
    for say in each["say"]
]


@pytest.mark.parametrize(("patient", "warning", "say", "why"), ROWS)
def test_an_entry_of_a_problem_list(patient: str, *, warning: bool, say: str, why: str, post: Post) -> None:
    record = with_text(PATIENTS[patient], {"kind": "name", "say": say})
    for study in ("pet-ct", "ct-cap", "bone-scan"):
        answer = post(order(study, None), record)
        assert warns(answer) is warning, (study, why, assessed(answer))
