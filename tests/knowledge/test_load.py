"""Loading refuses what could not be used: every fault at once, each with file, line and place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cds_service.coding import CPT, SNOMED, Code
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import content_hash, load_knowledge
from cds_service.knowledge.model import Category
from cds_service.knowledge.operators import AllOf, AtMost, In
from cds_service.knowledge.studies import CodeMatch

SHIPPED = Path(__file__).parents[2] / "knowledge"

Change = Callable[[str, str, str], None]


def faults(folder: Path) -> list[str]:
    """The faults of a folder that does not load."""
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_topic_becomes_variants_with_conditions_and_rows(folder: Path) -> None:
    small, large = load_knowledge(folder).variants

    assert small.when == AllOf((In("cancer", frozenset({"invasive"})), AtMost("tumor-size-mm", 20)))
    assert small.row("pet", "distant").category is Category.USUALLY_NOT  # type: ignore[union-attr]
    assert large.row("us", "distant") is None, "the row belongs to the axilla only"
    assert large.row("us", "axilla").disagreement  # type: ignore[union-attr]


def test_the_halves_of_a_pair_are_partial_codes(folder: Path) -> None:
    pet = load_knowledge(folder).procedures["pet"]

    assert pet.parts == ((Code(CPT, "71260"),), (Code(CPT, "74177"),))
    assert [code.match for code in pet.codes if code.code == Code(CPT, "71260")] == [CodeMatch.PARTIAL]


def test_what_is_not_covered_carries_its_reason(folder: Path) -> None:
    knowledge = load_knowledge(folder)

    assert knowledge.not_covered == {Code(CPT, "78811"): "PET of a limited area."}
    assert knowledge.not_covered_phrases == {"pet mri": "PET/MRI."}


def test_an_organ_that_a_study_looks_at_is_described(folder: Path, change: Change) -> None:
    """In codes and in words: a study of the head would otherwise never be for anything but breast cancer."""
    change("procedures.yaml", "    body-site: axilla\n", "    body-site: axilla\n    looks-at: [head]\n")

    assert faults(folder) == [
        "procedures.yaml: procedures.us.looks-at: findings.yaml has no organ-diseases of head",
        "procedures.yaml: procedures.us.looks-at: there is no value set disease-of-head",
    ]


def test_the_value_sets_come_with_their_displays(folder: Path) -> None:
    assert load_knowledge(folder).concepts["cough"] == {Code(SNOMED, "49727002"): "Cough"}


PET = "      pet: {category: usually-not-appropriate, score: 2, basis: [acr-dataset]}"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "title: Small cancer, distant disease\n",
            "titel: Small cancer, distant disease\n",
            "topics/999.yaml:6: variants[0].titel: unknown key; known here: id, instead, next, notes, pitfalls, "
            "questions, "
            "ratings, sources, title, when, why, yields-to",
        ),
        (
            "    why: [It finds nothing.]\n    sources: [Made up]\n",
            "    why: [It finds nothing.]\n",
            "topics/999.yaml:5: variants[0]: the key sources is missing",
        ),
        (
            "fact: tumor-size-mm, at-most: 20",
            "fact: tumour-size, at-most: 20",
            "topics/999.yaml:8: variants[0].when.all[1].fact: no such fact: tumour-size; facts: age-years, ",
        ),
        (
            "fact: tumor-size-mm, at-most: 20",
            "fact: tumor-size-mm, in: [small]",
            "topics/999.yaml:8: variants[0].when.all[1].in: tumor-size-mm is a number: use over or at-most",
        ),
        (
            "fact: tumor-size-mm, at-most: 20",
            "fact: stage-group, at-most: 20",
            "topics/999.yaml:8: variants[0].when.all[1].at-most: stage-group is not a number: use in or none",
        ),
        (
            "fact: tumor-size-mm, at-most: 20",
            'fact: tumor-size-mm, at-most: "20"',
            "topics/999.yaml:8: variants[0].when.all[1].at-most: at-most needs a number of mm",
        ),
        (
            "{all: [{fact: cancer, in: [invasive]}, {fact: tumor-size-mm, at-most: 20}]}",
            "{fact: cancer, in: [malignant]}",
            "topics/999.yaml:8: variants[0].when.in: cancer is never malignant: invasive, in-situ, none",
        ),
        (
            "{all: [{fact: cancer, in: [invasive]}, {fact: tumor-size-mm, at-most: 20}]}",
            "{all: []}",
            "topics/999.yaml:8: variants[0].when.all: all needs at least one condition: an empty one would always hold",
        ),
        (
            "{all: [{fact: cancer, in: [invasive]}, {fact: tumor-size-mm, at-most: 20}]}",
            "{fact: cancer, in: [invasive], none: [in-situ]}",
            "topics/999.yaml:8: variants[0].when: a condition has exactly one operator of: all, any, not, in, "
            "none, over, ",
        ),
        (
            "{all: [{fact: cancer, in: [invasive]}, {fact: tumor-size-mm, at-most: 20}]}",
            "{all: [{same-side: [laterality]}]}",
            "topics/999.yaml:8: variants[0].when.all[0].same-side: same-side compares [laterality, order-laterality]",
        ),
        (
            PET,
            PET.replace("score: 2", "score: 5"),
            "topics/999.yaml:10: variants[0].ratings.pet.score: usually not appropriate is 1 to 3, not 5",
        ),
        (
            PET,
            PET.replace("score: 2", "score: 2, disagreement: true"),
            "topics/999.yaml:10: variants[0].ratings.pet.disagreement: a disagreement is always may be "
            "appropriate, score 5",
        ),
        (
            PET,
            PET.replace("score: 2", "score: 2, questions: [axilla]"),
            "topics/999.yaml:10: variants[0].ratings.pet.questions: the variant does not answer axilla",
        ),
        (
            PET,
            PET.replace("score: 2", "score: 2, needs: [imaged]"),
            "topics/999.yaml:10: variants[0].ratings.pet.needs: no such fact: imaged",
        ),
        (
            PET,
            PET.replace("basis: [acr-dataset]", "basis: [memory]"),
            'topics/999.yaml:10: variants[0].ratings.pet.basis[0]: "memory" is not one of: article, acr-page, '
            "acr-dataset",
        ),
        (
            PET,
            PET.replace("pet:", "spect:"),
            "topics/999.yaml:10: variants[0].ratings.spect: no such study in procedures.yaml: spect",
        ),
        (
            "  - id: 999-v2\n",
            "  - id: 999-v1\n",
            "topics/999.yaml:13: variants[1].id: the variant 999-v1 is there twice",
        ),
        (
            "  - id: 999-v2\n",
            "  - id: 310-v2\n",
            "topics/999.yaml:13: variants[1].id: a variant of topic 999 is called 999-v<number>",
        ),
        ('id: "999"\n', 'id: "998"\n', "topics/999.yaml:1: id: the file of topic 998 must be topics/998.yaml"),
        (
            "    why: [It finds nothing.]\n",
            "    why: [It finds nothing.]\n    yields-to: [{variant: 235-v8, because: Tissue.}]\n",
            "topics/999.yaml:12: variants[0].yields-to[0]: no such variant: 235-v8",
        ),
    ],
)
def test_a_slip_in_a_topic_is_refused_with_its_place(
    folder: Path, change: Change, old: str, new: str, fault: str
) -> None:
    change("topics/999.yaml", old, new)

    assert any(found.startswith(fault) for found in faults(folder)), faults(folder)


def test_precedence_in_a_circle_is_refused(folder: Path, change: Change) -> None:
    change("topics/999.yaml", "[It finds nothing.]", "[x]\n    yields-to: [{variant: 999-v2, because: So.}]")
    change("topics/999.yaml", "[It finds something.]", "[x]\n    yields-to: [{variant: 999-v1, because: So.}]")

    assert "topics/999.yaml:12: variants[0].yields-to[0]: 999-v1 and 999-v2 yield to each other in a circle" in faults(
        folder
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'code: "78815", match: exact, confidence: high, source: somewhere',
            'code: "78815", match: exact, confidence: high',
            "procedures.yaml:12: procedures.pet.codes[0]: the key source is missing",
        ),
        (
            'code: "78815", match: exact, confidence: high',
            'code: "78815", match: exact, confidence: low-medium',
            'procedures.yaml:12: procedures.pet.codes[0].confidence: "low-medium" is not one of: high, '
            "medium-high, medium",
        ),
        (
            'code: "78811"',
            'code: "78815"',
            "procedures.yaml:31: not-covered.codes[0]: 78815 is not covered, yet names pet",
        ),
        (
            'order-codes: [{system: cpt, code: "78815"}]',
            'order-codes: [{system: cpt, code: "78816"}]',
            "procedures.yaml:17: procedures.pet.order-codes[0]: 78816 is not among the codes of this study",
        ),
        (
            "phrases: [pet]",
            "phrases: [PET/CT]",
            'procedures.yaml:18: procedures.pet.phrases[0]: "PET/CT" is not written as words in lower case, '
            "letters and "
            "digits only, one blank between them",
        ),
        (
            'code: "74177"',
            'code: "71260"',
            "procedures.yaml:16: procedures.pet.parts[1][0]: 71260 is there twice",
        ),
    ],
)
def test_a_slip_in_a_study_is_refused_with_its_place(
    folder: Path, change: Change, old: str, new: str, fault: str
) -> None:
    change("procedures.yaml", old, new)

    assert fault in faults(folder)


def test_a_code_of_two_studies_must_be_one_of_in_both(folder: Path) -> None:
    path = folder / "procedures.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("one-of", "exact"), encoding="utf-8")

    assert faults(folder) == [
        "procedures.yaml:28: procedures.us.codes[0]: 71651007 already names pet: a code of several studies is one-of "
        "in each of them"
    ]


def test_a_snomed_code_with_a_wrong_check_digit_is_refused(folder: Path) -> None:
    path = folder / "procedures.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("71651007", "71651008"), encoding="utf-8")

    assert "71651008 is no SNOMED CT identifier: its check digit is wrong" in faults(folder)[0]


def spoil(value_set: Any, place: str, value: object) -> None:
    """Set, or with None remove, one element of a value set, by its dotted place."""
    *steps, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    for step in steps:
        value_set = value_set[step]
    if value is None:
        del value_set[last]
    else:
        value_set[last] = value


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("resourceType", "CodeSystem", "value-sets/cough.json: resourceType: must be ValueSet"),
        ("id", "caugh", "value-sets/cough.json: id: the file of value set caugh must be value-sets/caugh.json"),
        (
            "compose.include.0.concept.0.code",
            "49727003",
            "value-sets/cough.json: compose.include[0].concept[0]: 49727003 is no SNOMED CT identifier: "
            "its check digit is wrong",
        ),
        (
            "compose.include.0.concept.0.display",
            None,
            "value-sets/cough.json: compose.include[0].concept[0]: 49727002 has no display",
        ),
        (
            "compose.include.0.concept.0.extension.0.valueString",
            None,
            "value-sets/cough.json: compose.include[0].concept[0]: has no source",
        ),
        (
            "compose.include.0.concept.0.extension.1.valueCode",
            "unverified",
            "value-sets/cough.json: compose.include[0].concept[0]: confidence unverified is not one that ships: "
            "high, medium-high, medium",
        ),
        (
            "compose.include.0.valueSet",
            ["http://example.org/other"],
            "value-sets/cough.json: compose.include[0]: cannot honour valueSet",
        ),
        (
            "compose.include.0.filter",
            [{"property": "concept", "op": "is-a", "value": "49727002"}],
            "value-sets/cough.json: compose.include[0].filter[0]: only headers of ICD-10-CM and ATC by concept "
            "is-a are understood",
        ),
        ("compose.include", [], "value-sets/cough.json: compose: the set has no codes"),
    ],
)
def test_a_slip_in_a_value_set_is_refused_with_its_place(folder: Path, place: str, value: object, fault: str) -> None:
    path = folder / "value-sets/cough.json"
    value_set = json.loads(path.read_text(encoding="utf-8"))
    spoil(value_set, place, value)
    path.write_text(json.dumps(value_set), encoding="utf-8")

    assert fault in faults(folder)


def test_all_faults_of_all_files_are_reported_at_once(folder: Path, change: Change) -> None:
    change("knowledge.yaml", '"2026.1.0"', "one")
    change("topics/999.yaml", "tumor-size-mm, at-most", "size, at-most")
    change("topics/999.yaml", "tumor-size-mm, over", "size, over")
    change("procedures.yaml", 'code: "78811", ', "")
    (folder / "value-sets/cough.json").write_text("{", encoding="utf-8")

    assert [fault.split(": ")[0] for fault in faults(folder)] == [
        "knowledge.yaml:1",
        "procedures.yaml:31",
        "value-sets/cough.json:1",
    ], "a topic cannot be read without the studies"

    change("procedures.yaml", "{system: cpt, reason", '{system: cpt, code: "78811", reason')

    assert [fault.split(": ")[0] for fault in faults(folder)] == [
        "knowledge.yaml:1",
        "topics/999.yaml:8",
        "topics/999.yaml:16",
        "value-sets/cough.json:1",
    ]


def test_a_missing_file_is_a_fault_and_no_traceback(folder: Path) -> None:
    (folder / "procedures.yaml").unlink()

    assert faults(folder) == ["procedures.yaml: cannot be read: FileNotFoundError"]


def test_the_hash_changes_with_the_content_and_not_with_the_cases(folder: Path) -> None:
    before = content_hash(folder)

    (folder / "topics/999.cases.yaml").write_text("other", encoding="utf-8")
    assert content_hash(folder) == before

    (folder / "procedures.yaml").write_text("other", encoding="utf-8")
    assert content_hash(folder) != before


@pytest.mark.parametrize("path", sorted((SHIPPED / "schema").glob("*.json")), ids=lambda path: path.name)
def test_each_schema_is_one(path: Path) -> None:
    """Loading trusts the schemas; here they are checked themselves."""
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
