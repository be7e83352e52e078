"""`findings.yaml`: the notation of phrases, and the faults an author is told."""

import pathlib

import pytest

from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.findings_file import load_findings
from cds_service.knowledge.findings_trie import Node, longest, pattern_trie, settled_union, tokens

SHIPPED = pathlib.Path(__file__).parents[2] / "knowledge" / "findings.yaml"

SMALL = """
sites:
  - id: bone
    counts-as: bone
    phrases: |
      bone|hip
concepts:
  - means: {symptom: cough}
    site: lung
    why: may be lung metastasis
    phrases: |
      cough
"""


def faults(tmp_path: pathlib.Path, text: str) -> list[str]:
    """The faults of a file, one line each."""
    file = tmp_path / "findings.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_findings(file)
    return str(error.value).splitlines()


@pytest.mark.parametrize(
    ("pattern", "phrases"),
    [
        ("pain(s)", [("pain",), ("pains",)]),
        ("metasta(sis|ses)", [("metasta",), ("metastasis",), ("metastases",)]),
        ("back|neck pain", [("back", "pain"), ("neck", "pain")]),
        ("[new] lump", [("lump",), ("new", "lump")]),
        ("work-up", [("work", "up")]),
        ("h/o", [("h", "/", "o")]),
        ("# years out", [("#", "years", "out")]),
        ("rib|long_bone pain", [("rib", "pain"), ("long", "bone", "pain")]),
    ],
)
def test_a_pattern_stands_for_these_phrases(pattern: str, phrases: list[tuple[str, ...]]) -> None:
    assert sorted(_phrases(pattern_trie(pattern, "meaning"))) == sorted(phrases)


def _phrases(trie: Node[str]) -> list[tuple[str, ...]]:
    own = [()] if trie.meaning else []
    return own + [(word, *rest) for word, below in trie.next.items() for rest in _phrases(below)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Work-up R/O mets", ["work", "up", "r", "/", "o", "mets"]),
        ("1.8cm", ["1.8", "cm"]),
        ("HER2-", ["her2", "-"]),
        ("node(s)", ["node"]),
        ("patient’s T2N1", ["patient", "t2n1"]),  # noqa: RUF001
        ("İbone", ["İbone"]),
    ],
)
def test_text_is_cut_into_tokens(text: str, cut: list[str]) -> None:
    assert tokens(text)[0] == cut


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ca 125", ("marker", 2)),  # more exactly said than "ca" and any number
        ("ca 15", ("calcium", 2)),
        ("ca 125 units", ("calcium in units", 3)),  # longer than the marker
        ("ca 125 normal", ("normal marker", 3)),
        ("ca 15 normal", ("calcium", 2)),
        ("5 years", ("a time", 2)),  # though "5 hiaa" begins with this number
        ("5 hiaa", ("a hormone", 2)),
        ("7 hiaa", (None, 0)),
        ("in 2 to 3 weeks", ("a span", 5)),
        ("in 2 to 4 weeks", ("a span", 5)),
        ("in 2 to 4", (None, 0)),
        ("in 3 to 4", ("three to any", 4)),
        ("ca", (None, 0)),
    ],
)
def test_the_longest_phrase_counts_and_of_two_as_long_the_more_exact(words: str, found: tuple[str | None, int]) -> None:
    phrases = (
        ("ca #", "calcium"),
        ("ca 125", "marker"),
        ("ca 125 normal", "normal marker"),
        ("ca # units", "calcium in units"),
        ("# years", "a time"),
        ("5 hiaa", "a hormone"),
        ("in # to # weeks", "a span"),
        ("in 3 to #", "three to any"),
    )
    trie = settled_union([pattern_trie(phrase, meaning) for phrase, meaning in phrases], {})
    assert longest(trie, words.split(), 0) == found


@pytest.mark.parametrize("sign", ["[", "]", "(", "/"])
def test_a_sign_alone_is_a_phrase(sign: str) -> None:
    """ "Hemoglobin [Mass/volume]": LOINC's names hold brackets."""
    assert longest(pattern_trie(sign, "a sign"), [sign], 0) == ("a sign", 1)


def test_the_shipped_file_loads_and_gives_reasons() -> None:
    """Everything called not concerning has a reason that a clinician can judge."""
    findings = load_findings(SHIPPED)
    assert "hot-flashes" in findings.not_concerning
    assert all(len(reason) > 10 for reason in findings.not_concerning.values())


def test_every_site_of_a_combination_is_a_site() -> None:
    findings = load_findings(SHIPPED)
    assert {site for head in findings.heads.values() for site in head.at} <= {*findings.sites}


def test_a_small_file_loads(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "findings.yaml"
    file.write_text(SMALL, encoding="utf-8")
    assert load_findings(file).sites == {"bone": "bone"}


def test_all_faults_are_told_at_once(tmp_path: pathlib.Path) -> None:
    """With file, line and place, as for every other knowledge file."""
    text = SMALL.replace("{symptom: cough}", "{symtom: cough}").replace("counts-as: bone", "counts-as: bones")
    found = faults(tmp_path, text)
    assert found[0].startswith("findings.yaml:4: sites[0].counts-as: must be one of bone, spine, lung, liver")
    assert found[1].startswith('findings.yaml:8: concepts[0].means.symtom: "symtom" is none of symptom, sign')


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("    why: may be lung metastasis\n", ""), "concepts[0]: lacks why"),
        (("    site: lung\n", "    sites: lung\n"), "concepts[0]: does not know sites"),
        (("    site: lung\n", "    site: lungs\n"), "concepts[0].site: must be one of bone"),
        (("      cough\n", "      cough or|nor|\n"), 'concepts[0]: "cough or|nor|" has an empty choice'),
        (("      cough\n", "      cough, hip\n"), 'concepts[0]: "hip" is already site: bone'),
        (("concepts:", "concept:"), "concept: no such section"),
        (("sites:\n", "sites: 3\nsite:\n"), "sites: must be a list"),
    ],
)
def test_a_fault_names_its_place(change: tuple[str, str], message: str, tmp_path: pathlib.Path) -> None:
    assert any(message in fault for fault in faults(tmp_path, SMALL.replace(*change)))


ORGANS = """
organ-diseases:
  - organ: head
    why: a study of the head may be for them
    stems: |
      mening, brain
      transient ischemic
"""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Meningioma", True),
        ("Hypertensive leptomeningeal disease", True),  # anywhere in a word
        ("Transient ischemic attack", True),  # of several words
        ("Transient confusion", False),
        ("Essential hypertension", False),
    ],
)
def test_stems_find_the_other_diseases_of_an_organ(words: str, found: bool, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "findings.yaml"
    file.write_text(SMALL + ORGANS, encoding="utf-8")
    assert bool(load_findings(file).organ_diseases["head"].search(words)) is found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("organ: head", "organ: foot"), "organ-diseases[0].organ: must be one of head, chest"),
        (("    why: a study of the head may be for them\n", ""), "organ-diseases[0]: lacks why"),
        (("stems:", "phrases:"), "organ-diseases[0]: lacks stems"),
        (
            ("transient ischemic\n", f"transient ischemic\n{ORGANS[17:]}"),
            "organ-diseases[1].organ: head is there twice",
        ),
    ],
)
def test_a_fault_in_organ_diseases_names_its_place(
    change: tuple[str, str], message: str, tmp_path: pathlib.Path
) -> None:
    assert any(message in fault for fault in faults(tmp_path, SMALL + ORGANS.replace(*change)))


def test_a_file_that_is_not_there_is_a_fault(tmp_path: pathlib.Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load_findings(tmp_path / "findings.yaml")
