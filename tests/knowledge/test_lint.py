"""Each linter finds its own slip, says where, and is silent on the knowledge we ship."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.knowledge.lint import LINTERS, lint

SHIPPED = Path(__file__).parents[2] / "knowledge"

Change = Callable[[str, str, str], None]


def found(folder: Path) -> list[str]:
    """The faults of a folder, as they are printed."""
    return [str(fault) for fault in lint(folder)]


def keep_linters(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Run only these linters."""
    kept = tuple(linter for linter in LINTERS if linter.__name__ in names)
    assert len(kept) == len(names)
    monkeypatch.setattr("cds_service.knowledge.lint.LINTERS", kept)


def test_the_shipped_knowledge_has_no_fault() -> None:
    assert found(SHIPPED) == []


def test_faults_of_loading_are_reported_too(folder: Path, change: Change) -> None:
    change("topics/999.yaml", "score: 2", "score: 4")
    change("topics/999.cases.yaml", "patient: one\n    but: {tumor-size-mm: 21}", "patient: two")

    assert found(folder) == [
        "topics/999.cases.yaml:12: cases[1].patient: no such patient: two",
        "topics/999.yaml:10: variants[0].ratings.pet.score: usually not appropriate is 1 to 3, not 4",
    ]


def test_a_study_that_nobody_rates_has_no_place(folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_linters(monkeypatch, "studies_are_rated")
    assert found(folder) == []

    change(
        "topics/999.yaml",
        "      us: {category: may-be-appropriate, score: 5, basis: [acr-dataset], "
        "questions: [axilla], disagreement: true}\n",
        "",
    )

    assert found(folder) == ["procedures.yaml: procedures.us: no variant rates this study"]


@pytest.mark.parametrize(
    "impossible",
    [
        "{all: [{fact: cancer, in: [invasive]}, {fact: cancer, in: [none]}]}",
        "{all: [{fact: tumor-size-mm, over: 20}, {fact: tumor-size-mm, at-most: 20}]}",
        "{all: [{fact: cancer, none: [invasive, in-situ, none]}]}",
        "{not: {any: [{fact: tumor-size-mm, over: 20}, {fact: tumor-size-mm, at-most: 20}]}}",
    ],
)
def test_a_variant_that_no_patient_fits_is_found(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch, impossible: str
) -> None:
    keep_linters(monkeypatch, "variants_are_reachable")
    assert found(folder) == []

    change("topics/999.yaml", "{all: [{fact: cancer, in: [invasive]}, {fact: tumor-size-mm, at-most: 20}]}", impossible)

    assert found(folder) == ["topics/999.yaml: 999-v1: no patient can satisfy its conditions"]


def test_a_row_that_no_patient_of_the_variant_fits_is_found(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_linters(monkeypatch, "variants_are_reachable")
    change("topics/999.yaml", "score: 2,", "score: 2, when: {fact: cancer, in: [in-situ]},")

    assert found(folder) == ["topics/999.yaml: 999-v1: no patient of this variant can satisfy the conditions of pet"]


def test_two_variants_that_can_hold_together_and_differ_need_a_word(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Precedence settles it, or a reason on record; without either it is a slip."""
    keep_linters(monkeypatch, "conflicts_are_declared")
    assert found(folder) == []

    change("topics/999.yaml", "over: 20", "over: 10")
    assert found(folder) == ["topics/999.yaml: 999-v1: 999-v1 and 999-v2 can hold together and differ on pet"]

    change(
        "accepted-conflicts.yaml", "[]", "[{variants: [999-v2, 999-v1], studies: [pet], reason: The sources differ.}]"
    )
    assert found(folder) == []

    change("topics/999.yaml", "[It finds nothing.]", "[x]\n    yields-to: [{variant: 999-v2, because: It is larger.}]")
    assert found(folder) == ["accepted-conflicts.yaml: accepted: 999-v1 and 999-v2 do not differ on pet any more"]


def test_a_case_about_nothing_we_know_is_found(folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_linters(monkeypatch, "cases_are_known")
    assert found(folder) == []

    change(
        "topics/999.cases.yaml",
        "tumor-size-mm: 21}\n    order: {study: pet",
        "tumor-size-mm: 21}\n    order: {study: mri",
    )
    change("topics/999.cases.yaml", "999-v1: out, 999-v2: holds", "999-v1: out, 999-v3: holds")

    assert found(folder) == [
        "topics/999.cases.yaml:10: past-the-limit: no such study: mri",
        "topics/999.cases.yaml:10: past-the-limit: no such variant: 999-v3",
    ]


def test_a_variant_without_a_true_a_false_and_an_unknown_case_is_found(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_linters(monkeypatch, "variants_have_cases")
    assert found(folder) == []

    change("topics/999.cases.yaml", "999-v1: possible, 999-v2: possible", "999-v1: possible")
    change("topics/999.cases.yaml", "999-v1: out, 999-v2: holds", "999-v1: holds, 999-v2: holds")

    assert found(folder) == [
        "topics/999.yaml: 999-v1: has no case in which it is out",
        "topics/999.yaml: 999-v2: has no case in which it is possible",
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("but: {tumor-size-mm: 21}", "but: {tumor-size-mm: 30}", "30 mm is not just past 20 mm"),
        ("but: {tumor-size-mm: 21}", "but: {tumor-size-mm: 21, sex: male}", "the pair differs in another fact too"),
        ("tumor-size-mm: 20}", "tumor-size-mm: 19}", "19 mm is not at the limit"),
        ("999-v1: out, 999-v2: holds", "999-v1: holds, 999-v2: out", "the pair shows no difference"),
    ],
)
def test_a_boundary_without_a_pair_of_cases_is_found(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch, old: str, new: str, reason: str
) -> None:
    keep_linters(monkeypatch, "boundaries_have_pairs")
    monkeypatch.setattr("cds_service.knowledge.lint.BOUNDARIES", ())
    assert found(folder) == []

    change("topics/999.cases.yaml", old, new)

    assert found(folder) == ["topics: tumor-size-mm: no pair of cases at 20 and just past it"], reason


def test_a_named_boundary_without_a_pair_of_cases_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_linters(monkeypatch, "boundaries_have_pairs")

    assert found(folder) == [
        "topics: disease-phase: no pair of cases at neoadjuvant-running and neoadjuvant-completed",
        "topics: stage-group: no pair of cases at IIA and IIB",
    ]


@pytest.mark.parametrize(
    ("old", "new", "turned", "reason"),
    [
        ("but: {tumor-size-mm: 21}", "but: {tumor-size-mm: 21, sex: male}", (), "two facts differ: which decides?"),
        ("999-v1: out, 999-v2: holds", "999-v1: possible, 999-v2: holds", ("999-v2",), "possible is not out"),
        ("order: {study: pet, question: distant}\n    expect: {outcome: rated, category: usually-appropriate",
         "order: {study: pet, question: breast}\n    expect: {outcome: rated, category: usually-appropriate",
         (), "another question is another pair"),
    ],
)  # fmt: skip
def test_a_variant_without_a_boundary_pair_of_its_own_is_found(
    folder: Path,
    change: Change,
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    new: str,
    turned: tuple[str, ...],
    reason: str,
) -> None:
    keep_linters(monkeypatch, "variants_turn_on_one_fact")
    assert found(folder) == []

    change("topics/999.cases.yaml", old, new)

    assert found(folder) == [
        f"topics/999.yaml: {id}: has no pair of cases in which one fact alone decides whether it holds or is out"
        for id in ("999-v1", "999-v2")
        if id not in turned
    ], reason


def test_a_value_set_that_fhir_refuses_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_linters(monkeypatch, "value_sets_are_fhir")
    assert found(folder) == []

    path = folder / "value-sets/cough.json"
    value_set = json.loads(path.read_text(encoding="utf-8"))
    value_set["colour"] = "green"
    path.write_text(json.dumps(value_set), encoding="utf-8")

    assert found(folder) == ["value-sets/cough.json: colour: not a FHIR R4 ValueSet: Extra inputs are not permitted"]


def test_a_phrase_that_names_a_study_and_nothing_at_once_is_found(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_linters(monkeypatch, "phrases_are_clear")
    assert found(folder) == []

    change("procedures.yaml", "phrases: [pet]", "phrases: [pet, pet, pet mri]")

    assert found(folder) == [
        'procedures.yaml: procedures.pet.phrases: "pet mri" is also listed as not covered',
        'procedures.yaml: procedures.pet.phrases: "pet" is there twice',
    ]


def test_an_organ_that_no_study_looks_at_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_linters(monkeypatch, "organs_are_looked_at")
    assert found(folder) == []

    written = "organ-diseases:\n  - {organ: head, why: a study may be for them, stems: mening}\n"
    (folder / "findings.yaml").write_text(f'version: "1"\n{written}', encoding="utf-8")

    assert found(folder) == ["findings.yaml: organ-diseases: no study looks at head"]


@pytest.mark.parametrize("sentence", ["It <b>finds</b> nothing.", "It *finds* nothing.", "It `finds` nothing."])
def test_markup_in_a_sentence_is_found(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch, sentence: str
) -> None:
    keep_linters(monkeypatch, "sentences_are_plain")
    assert found(folder) == []

    change("topics/999.yaml", "[It finds nothing.]", f'["{sentence}"]')

    assert found(folder) == [f'topics/999.yaml: 999-v1: "{sentence}…" is not plain text']


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{cancer: invasive, tumor-size-mm: 20}", "{cancer: bad}", "patients.one.cancer: cancer is never bad: "),
        ("{cancer: invasive, tumor-size-mm: 20}", "{illness: yes}", "patients.one.illness: no such fact: illness; "),
        ("{tumor-size-mm: 21}", "{tumor-size-mm: big}", "cases[1].but.tumor-size-mm: tumor-size-mm is a number of mm"),
        ("{tumor-size-mm: 21}", "{cancer: [invasive]}", "cases[1].but.cancer: one of several: a list of at least two "),
        ("{tumor-size-mm: 21}", "{cancer: {taken: none}}", "cases[1].but.cancer: an assumed fact is written "),
        (
            "{outcome: rated, category: usually-appropriate, score: 8,",
            "{outcome: rated,",
            "cases[1].expect: a category ",
        ),
        (
            "id: past-the-limit",
            "id: at-the-limit",
            "the case at-the-limit is there twice, also at topics/999.cases.yaml:5",
        ),
        ('topic: "999"', 'topic: "998"', "topic: the cases of topic 998 must be in topics/998.cases.yaml"),
        ("  one: {", "  two: {cancer: none}\n  one: {", "patients.two: no case is about this patient"),
    ],
)
def test_a_slip_in_a_case_is_refused(folder: Path, change: Change, old: str, new: str, fault: str) -> None:
    change("topics/999.cases.yaml", old, new)

    assert any(fault in each for each in found(folder)), found(folder)
