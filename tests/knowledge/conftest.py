"""A small knowledge folder that may be spoiled, one thing at a time."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "knowledge"

TOPIC = """\
id: "999"
title: A made-up topic
source: {publisher: Nobody, citation: nowhere}
variants:
  - id: 999-v1
    title: Small cancer, distant disease
    questions: [distant]
    when: {all: [{fact: cancer, in: [invasive]}, {fact: tumor-size-mm, at-most: 20}]}
    ratings:
      pet: {category: usually-not-appropriate, score: 2, basis: [acr-dataset]}
    why: [It finds nothing.]
    sources: [Made up]
  - id: 999-v2
    title: Large cancer, distant disease
    questions: [distant, axilla]
    when: {all: [{fact: cancer, in: [invasive]}, {fact: tumor-size-mm, over: 20}]}
    ratings:
      pet: {category: usually-appropriate, score: 8, basis: [acr-dataset], questions: [distant]}
      us: {category: may-be-appropriate, score: 5, basis: [acr-dataset], questions: [axilla], disagreement: true}
    why: [It finds something.]
    sources: [Made up]
"""

PROCEDURES = """\
procedures:
  pet:
    name: PET
    short: PET
    family: systemic
    default-question: distant
    radiation: ☢☢☢☢
    msv: [10, 30]
    contrast: none
    body-site: whole body
    codes:
      - {system: cpt, code: "78815", match: exact, confidence: high, source: somewhere}
      - {system: snomed, code: "71651007", match: one-of, confidence: medium, source: somewhere}
    parts:
      - - {system: cpt, code: "71260", confidence: high, source: somewhere}
      - - {system: cpt, code: "74177", confidence: high, source: somewhere}
    order-codes: [{system: cpt, code: "78815"}]
    phrases: [pet]
  us:
    name: US
    short: US
    family: axilla
    default-question: axilla
    radiation: O
    contrast: none
    body-site: axilla
    codes:
      - {system: snomed, code: "71651007", match: one-of, confidence: medium, source: somewhere}
not-covered:
  codes:
    - {system: cpt, code: "78811", reason: PET of a limited area., source: somewhere}
  phrases:
    - {phrase: pet mri, reason: PET/MRI.}
"""

CASES = """\
topic: "999"
patients:
  one: {cancer: invasive, tumor-size-mm: 20}
cases:
  - id: at-the-limit
    description: 20 mm
    patient: one
    order: {study: pet, question: distant}
    expect: {outcome: rated, category: usually-not-appropriate, score: 2, variants: {999-v1: holds, 999-v2: out}}
  - id: past-the-limit
    description: 21 mm
    patient: one
    but: {tumor-size-mm: 21}
    order: {study: pet, question: distant}
    expect: {outcome: rated, category: usually-appropriate, score: 8, variants: {999-v1: out, 999-v2: holds}}
  - id: size-unknown
    description: Size unknown
    patient: one
    but: {tumor-size-mm: unknown}
    order: {study: pet, question: distant}
    expect: {outcome: insufficient-information, variants: {999-v1: possible, 999-v2: possible}}
"""

VALUE_SET: dict[str, Any] = {
    "resourceType": "ValueSet",
    "id": "cough",
    "url": "http://cds-service.local/fhir/ValueSet/cough",
    "title": "Cough",
    "status": "active",
    "compose": {
        "include": [
            {
                "system": "http://snomed.info/sct",
                "concept": [
                    {
                        "code": "49727002",
                        "display": "Cough",
                        "extension": [
                            {
                                "url": "http://cds-service.local/fhir/StructureDefinition/code-source",
                                "valueString": "somewhere",
                            },
                            {
                                "url": "http://cds-service.local/fhir/StructureDefinition/code-confidence",
                                "valueCode": "high",
                            },
                        ],
                    }
                ],
            }
        ]
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder of two variants that loads without faults."""
    shutil.copytree(FOLDER / "schema", tmp_path / "schema")
    (tmp_path / "findings.yaml").write_text('version: "1"\n', encoding="utf-8")
    (tmp_path / "record-words.yaml").write_text('version: "1"\nlists: []\n', encoding="utf-8")
    shutil.copy(FOLDER / "breast-words.yaml", tmp_path)
    shutil.copy(FOLDER / "note-words.yaml", tmp_path)
    (tmp_path / "topics").mkdir()
    (tmp_path / "value-sets").mkdir()
    (tmp_path / "knowledge.yaml").write_text('version: "2026.1.0"\nlicence: none\n', encoding="utf-8")
    (tmp_path / "accepted-conflicts.yaml").write_text("accepted: []\n", encoding="utf-8")
    (tmp_path / "topics/999.yaml").write_text(TOPIC, encoding="utf-8")
    (tmp_path / "topics/999.cases.yaml").write_text(CASES, encoding="utf-8")
    (tmp_path / "procedures.yaml").write_text(PROCEDURES, encoding="utf-8")
    (tmp_path / "value-sets/cough.json").write_text(json.dumps(VALUE_SET), encoding="utf-8")
    return tmp_path


Change = Callable[[str, str, str], None]


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace one text in one file of the folder; it must be there exactly once."""

    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is in {file} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace
