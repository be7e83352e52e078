"""What must hold of every text: nothing raises, spans fit, no listed symptom is ever missed or turned round."""

import pathlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.facts.mentions import Kind, Meant, Reading
from cds_service.facts.text import read_text, residue_of
from cds_service.knowledge.findings import Entry, Findings, Role
from cds_service.knowledge.findings_file import load_findings
from cds_service.knowledge.findings_trie import Node

FINDINGS = load_findings(pathlib.Path(__file__).parents[2] / "knowledge" / "findings.yaml")
CONCERNING = (Kind.SYMPTOM, Kind.SIGN, Kind.LABORATORY, Kind.IMAGING_FINDING, Kind.METASTASIS)


def phrases(node: Node[Entry], before: tuple[str, ...] = ()) -> Iterator[str]:
    """Every phrase of findings.yaml that means a symptom or finding by itself."""
    entry = node.meaning
    concept = entry is not None and entry.role is Role.CONCEPT and entry.meant is Meant.AFFIRMED
    if concept and entry is not None and any(kind in CONCERNING for kind, _ in entry.means):
        yield " ".join(before)
    for token, below in node.next.items():
        yield from phrases(below, (*before, "3" if token == "#" else token))


PHRASES = sorted(phrases(FINDINGS.trie))


def present(reading: Reading) -> bool:
    """Whether a text counts towards silence."""
    return any(m.kind in CONCERNING and m.meant in (Meant.AFFIRMED, Meant.UNCERTAIN) for m in reading.mentions)


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "new {}",
        "c/o {}",
        "h/o breast cancer with {}",
        "IDC T1N0 {}",
        "hx breast ca, {}",
        "s/p mastectomy, {}",
        "mother had breast cancer. {}",
        "r/o PE, {}",
        "no fever but {}",
        "no fever; {}",
        "no fever, worsening {}",
        "no trauma. {}",
        "no prior imaging, {}",
        "no change in {}",
        "not without {}",
        "fever: no. {}: yes",
        "{} not improving",
        "{} persists",
        "breast cancer, {} x 2 weeks",
        "MRI w/wo contrast {}",
        "annual f/u, now {}",
    ],
)
def test_no_listed_symptom_is_missed(frame: str) -> None:
    """In every such frame every phrase of the lists counts: this is the safety rule's side of the reader."""
    assert [phrase for phrase in PHRASES if not present(read_text(frame.format(phrase), FINDINGS))] == []


@pytest.mark.parametrize(
    "frame",
    [
        "no {}",
        "denies {}",
        "without {}",
        "{}: no",
        "{} denied",
        "negative for {}",
        "no evidence of {}",
        "no {} or fever",
        "no fever or {}",
        "denies fever, {}",
        "asymptomatic, no {}",
    ],
)
def test_no_plain_negation_is_overlooked(frame: str) -> None:
    """Otherwise the service would never speak."""
    assert [phrase for phrase in PHRASES if present(read_text(frame.format(phrase), FINDINGS))] == []


WORDS = st.sampled_from(
    [
        *["no", "denies", "without", "r/o", "h/o", "mother", "resolved", "persistent", "new", "elevated"],
        *["bone", "pain", "cough", "mets", "breast", "cancer", "node", "axillary", "LFTs", "left", "contrast", "w/"],
        *["T2N1", "stage", "IIA", "1.8", "cm", ",", ".", ";", "?", "or", "and", "but", "-", ":", "(", ")", "\n"],
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=40).map(" ".join)))
def test_any_text_is_read_and_spans_fit(text: str) -> None:
    reading = read_text(text, FINDINGS)
    for mention in reading.mentions:
        assert 0 <= mention.start < mention.end <= len(text)
    assert reading == read_text(text, FINDINGS)


@settings(deadline=None, max_examples=200)
@given(st.lists(WORDS, max_size=25))
def test_capitals_and_more_blanks_read_alike(words: list[str]) -> None:
    plain, loud = " ".join(words), "   ".join(words).upper()
    assert _said(read_text(plain, FINDINGS)) == _said(read_text(loud, FINDINGS))


def _said(reading: Reading) -> list[tuple[Kind, str, Meant]]:
    return [(mention.kind, mention.value, mention.meant) for mention in reading.mentions]


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "."])
def test_nothing_reads_as_nothing(text: str) -> None:
    assert read_text(text, FINDINGS) == Reading()


@pytest.mark.parametrize(
    "word",
    [
        "pain",
        "ache",
        "weakness",
        "swelling",
        "bleeding",
        "lesion",
        "nodule",
        "mass",
        "lump",
        "enlarged",
        "elevated",
        "abnormal",
        "suspicious",
        "concerning",
        "symptom",
        "symptomatic",
    ],
)
def test_words_that_must_never_be_overlooked(word: str) -> None:
    """Wherever they stand alone they are a finding."""
    assert present(read_text(f"breast cancer, {word}, staging", FINDINGS))
    assert present(read_text(word, FINDINGS))


@pytest.mark.parametrize(
    ("text", "residue"),
    [
        ("please evaluate patient, 57 y/o female", ()),
        ("staging breast cancer 3/14/2025", ()),
        ("fibrodysplasia", ("fibrodysplasia",)),
        ("L hip", ("hip",)),
        ("CT chest abdomen pelvis staging", ()),
        ("Chest/abd/pelvis CT, staging", ()),
        ("staging CT. not sold on that hip", ("not", "sold", "that", "hip")),
        ("CT, hip", ("hip",)),
        ("CT chest?", ("chest",)),
        ("CT of the left femur", ("femur",)),
        ("chest clear, liver and spine normal", ()),
        ("spine not normal", ("spine", "not")),
        ("surveillance, not as before", ("not",)),
        ("surveillance, it is there again", ("it", "there")),
        ("surveillance, is worse", ("is worse",)),
        ("surveillance, likely", ("likely",)),
        ("wt 70 kg, eGFR > 60, ht 5'4", ()),
        ("wt 71 in May, 62 in June", ("wt",)),
        ("wt stable 71 in May, 71 in June", ()),
        ("ECOG 0 in Jan, 2 now", ("2",)),
        ("C50.412, 12/3/2024, 10:00, fax 555-1234, 62 yo, 14 June", ()),
        ("temp T 38.6, T 2", ("temp", "38.6")),
    ],
)
def test_residue_is_what_nothing_explains(text: str, residue: tuple[str, ...]) -> None:
    """A part of the body of which nothing is said is not explained, unless a study of it is named."""
    assert tuple(text[start:end] for start, end in residue_of(text, FINDINGS)) == residue


@pytest.mark.parametrize("text", ["Zuzanna c/o bone pain", "Zuzanna's mother had breast cancer", "cT2 N0, Dr. Zuzanna"])
def test_a_reading_holds_no_word_of_the_text(text: str) -> None:
    """Readings of short texts are kept from one patient to the next."""
    assert "zuzanna" not in repr(read_text(text, FINDINGS)).lower()


def test_a_long_text_costs_time_in_proportion() -> None:
    """A hostile repetition is read like any other text."""
    reading = read_text("no " * 5_000 + "bone pain", FINDINGS)
    assert [mention.value for mention in reading.mentions] == ["bone-pain"]


@pytest.fixture
def findings() -> Findings:
    return FINDINGS


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("suspicious axillary node on US", "ultrasound"),
        ("mammogram shows enlarged right axillary lymph node", "mammography"),
        ("MRI: abnormal left axillary lymph node", "mri"),
        ("suspicious axillary node, biopsy", None),
        ("palpable axillary node", None),
    ],
)
def test_the_study_that_saw_a_node_is_said(text: str, modality: str | None, findings: Findings) -> None:
    assert read_text(text, findings).of(Kind.NODE)[0].detail == modality


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("hip pain", "bone"),
        ("low back pain", "spine"),
        ("cough", "lung"),
        ("RUQ pain", "liver"),
        ("weakness of the left arm", "brain"),
        ("night sweats", "other"),
        ("known spine mets", "spine"),
        ("mets", None),
        ("breast lump", None),
    ],
)
def test_a_symptom_points_to_a_site(text: str, site: str | None, findings: Findings) -> None:
    assert read_text(text, findings).mentions[0].site == site
