"""What a text says on stage and size, and what it must not be taken to say."""

import pathlib
from typing import Any

import pytest

from cds_service.facts.mentions import Kind, StagingText
from cds_service.facts.text import read_text
from cds_service.facts.text_staging import is_staging
from cds_service.knowledge.findings import Findings
from cds_service.knowledge.findings_file import load_findings


@pytest.fixture(scope="session")
def findings() -> Findings:
    return load_findings(pathlib.Path(__file__).parents[2] / "knowledge" / "findings.yaml")


SAID = [
    ("cT1c cN0 cM0", StagingText(prefix="c", t="T1", n="N0", m="M0"), "written apart; subcategories are folded"),
    ("cT1cN0M0", StagingText(prefix="c", t="T1", n="N0", m="M0"), "written in one word"),
    ("T2N1", StagingText(t="T2", n="N1"), "without a prefix"),
    ("T1c, N0, M0", StagingText(t="T1", n="N0", m="M0"), "with commas"),
    ("T2 N1mi", StagingText(t="T2", n="N1mi"), "micrometastasis stays"),
    ("pT2 pN1a", StagingText(prefix="p", t="T2", n="N1"), "pathological"),
    ("ypT0N0", StagingText(prefix="yp", t="T0", n="N0"), "after neoadjuvant therapy, never the stage at diagnosis"),
    ("Tis N0", StagingText(t="Tis", n="N0"), "in situ"),
    ("T1NxM0", StagingText(t="T1", m="M0"), "an X says nothing"),
    ("cT2 (3.1 cm) cN1", StagingText(prefix="c", t="T2", n="N1", size_mm=31.0), "size in brackets"),
    ("stage IIA", StagingText(stage="IIA"), "a group"),
    ("Stage 2a", StagingText(stage="IIA"), "in Arabic numbers"),
    ("STAGE 1", StagingText(stage="I"), "without its letter"),
    ("clinical stage I", StagingText(prefix="c", stage="I"), "clinical"),
    ("pathologic stage IIB", StagingText(prefix="p", stage="IIB"), "pathological"),
    ("stage IV breast cancer", StagingText(stage="IV"), "metastatic"),
    ("T3N0M0 -> IIB", StagingText(stage="IIB", t="T3", n="N0", m="M0"), "a group without the word stage"),
    ("history of stage IIA breast cancer", StagingText(stage="IIA"), "the stage at diagnosis is history by nature"),
    (
        "Stage IIA (cT2 N0 M0) 2.1 cm IDC",
        StagingText(prefix="c", stage="IIA", t="T2", n="N0", m="M0", size_mm=21.0),
        "one tumour, one value",
    ),
    ("1.8 cm mass left breast", StagingText(size_mm=18.0), "the breast mass is the tumour"),
    ("IDC, 18 mm", StagingText(size_mm=18.0), "behind a comma"),
    ("3cm IDC", StagingText(size_mm=30.0), "without a blank"),
    ("tumor measures 3.1 x 2.2 x 1.8 cm", StagingText(size_mm=31.0), "the largest dimension"),
    ("IDC 18 mm, axillary node 1.5 cm", StagingText(size_mm=18.0), "the node's size is not the tumour's"),
    ("lymph node 1.5cm, IDC 1.8cm", StagingText(size_mm=18.0), "in the other order"),
    ("stage 0", StagingText(stage="0"), "in situ"),
    ("stage group II", StagingText(stage="II"), "what may stand between, and no group that stands alone"),
    (", stage II, seen then with chronic kidney disease", StagingText(stage="II"), "a comma that begins a text"),
    ("stage one", StagingText(stage="I"), "in words"),
    ("stage two a", StagingText(stage="II"), "an article"),
    ("stage two", StagingText(stage="II"), "in words"),
    ("stage two b/l", StagingText(stage="II"), "both sides, no letter"),
    ("stage two (B. Smith, MD)", StagingText(stage="II"), "a name"),
    ("stage two B", StagingText(stage="IIB"), "with its letter"),
    ("stage three C", StagingText(stage="IIIC"), "likewise"),
    ("stage two C", StagingText(stage="II"), "there is no such letter"),
    ("stage two breast cancer", StagingText(stage="II"), "another word behind it"),
    ("stage four", StagingText(stage="IV"), "metastatic"),
    ("stage IB", StagingText(stage="IB"), "the stage of micrometastasis"),
    ("stage 3B", StagingText(stage="IIIB"), "in Arabic numbers"),
    ("stage IIIC", StagingText(stage="IIIC"), "the highest that is not metastatic"),
    ("stage 3C", StagingText(stage="IIIC"), "likewise"),
    ("stage 4a", StagingText(stage="IV"), "no such letter, but whoever writes it means IV"),
    ("clinically stage IIA", StagingText(prefix="c", stage="IIA"), "clinical"),
    ("pathological stage IIB", StagingText(prefix="p", stage="IIB"), "pathological"),
    ("path stage IIB", StagingText(prefix="p", stage="IIB"), "pathological"),
    ("recurrent stage IIA", StagingText(prefix="r", stage="IIA"), "of the recurrence"),
    ("yp stage IIA", StagingText(prefix="yp", stage="IIA"), "after neoadjuvant therapy"),
    ("yc stage IIA", StagingText(prefix="yc", stage="IIA"), "after neoadjuvant therapy"),
    *((f"breast cancer, {group}", StagingText(stage=group), "a group alone") for group in ("IIA", "IIB")),
    *((f"breast cancer, {group}", StagingText(stage=group), "a group alone") for group in ("IIIA", "IIIB", "IIIC")),
    ("stg I", StagingText(stage="I"), "short for stage"),
    ("staged IIA", StagingText(stage="IIA"), "as a verb"),
    *(
        (f"stage {sign} II", StagingText(stage="II"), "what may stand between")
        for sign in (":", "=", "-", "is", "group")
    ),
    ("stage III lymphedema", StagingText(stage="III"), "a higher one counts as the cancer's where it could be"),
    ("chronic kidney disease, stage 2 breast cancer", StagingText(stage="II"), "the cancer's, which stands behind"),
    ("CKD, stage 2 breast cancer", StagingText(stage="II"), "likewise"),
    ("CKD. Stage II", StagingText(stage="II"), "another sentence"),
    ("stage II, CKD", StagingText(stage="II"), "the cancer's, and another disease behind a comma"),
    ("stage II. COPD", StagingText(stage="II"), "likewise, and another sentence"),
    ("stage II breast cancer with CKD", StagingText(stage="II"), "the cancer's, named first"),
    ("stage I. CKD stage 3", StagingText(stage="I"), "the second is the kidney's"),
    ("stage II IDC, colon cancer", StagingText(stage="II"), "of the nearer one"),
    ("stage II, seen again after a history of colon cancer", StagingText(stage="II"), "another cancer far behind"),
    ("anatomic stage IIA, prognostic stage IB", StagingText(stage="IIA"), "only the second is prognostic"),
    ("anatomic stage IIA, prognostic IB", StagingText(stage="IIA"), "only the second is prognostic"),
    ("anatomic stage IIA, prognostic group IB", StagingText(stage="IIA"), "only the second is prognostic"),
    ("stage IV (prognostic)", StagingText(stage="IV"), "IV is IV in both systems"),
    ("IDC, T2", StagingText(t="T2"), "beside a cancer"),
    ("breast cancer mets, T3", StagingText(t="T3"), "beside an entry that says more than the cancer"),
    ("T2 IDC, liver normal", StagingText(t="T2"), "another organ is no vertebra"),
    ("pT1c2 N0", StagingText(prefix="p", t="T1", n="N0"), "a number behind the letter"),
    ("T2 N1a", StagingText(t="T2", n="N1"), "beside an N with its letter"),
    ("N1 T2", StagingText(t="T2", n="N1"), "behind the N"),
    ("clinical stage of T2N0", StagingText(t="T2", n="N0"), "with its N it is no vertebra"),
    ("T2N1M1, at least", StagingText(t="T2", n="N1", m="M1"), "there is nothing above M1"),
    (
        "Lumbar spine normal in January of 2020 and in May of 2021, IDC, T2",
        StagingText(t="T2"),
        "of a spine named long before it is not",
    ),
    ("N0 in 2019. Seen by the clinic for pain, T3", StagingText(n="N0"), "a vertebra, the N is far"),
    ("pT1Nmi", StagingText(prefix="p", t="T1", n="N1mi"), "short for N1mi"),
    ("T2N1M1", StagingText(t="T2", n="N1", m="M1"), "metastatic"),
    ("-> IIA", StagingText(stage="IIA"), "an arrow that begins a text is no bound"),
    ("ycT1N0", StagingText(prefix="yc", t="T1", n="N0"), "during neoadjuvant therapy"),
    ("cTxN1", StagingText(prefix="c", n="N1"), "an X says nothing"),
    ("N2b IDC", StagingText(n="N2"), "N alone"),
    ("T2-3 cm IDC", StagingText(t="T2", size_mm=30.0), "3 cm is its size"),
    ("T2-3 CM IDC", StagingText(t="T2", size_mm=30.0), "in capitals"),
    ("T2 - 3.5 cm IDC", StagingText(t="T2", size_mm=35.0), "3.5 cm is its size"),
    ("cN1 - 2 positive nodes", StagingText(prefix="c", n="N1"), "how many nodes, no N2"),
    ("cN1-2/14 nodes", StagingText(prefix="c", n="N1"), "how many of how many"),
    ("T2 - 3/2024 IDC", StagingText(t="T2"), "a month"),
    ("stage II, 3 cm", StagingText(stage="II", size_mm=30.0), "the size stands beside the group"),
    ("IIA, 3 cm", StagingText(stage="IIA", size_mm=30.0), "likewise"),
    ("stage I 2 cm IDC", StagingText(stage="I", size_mm=20.0), "2 cm is its size, no other end of a range"),
    ("stage IIA - 2 cm IDC", StagingText(stage="IIA", size_mm=20.0), "likewise"),
    *((f"stage I - 2 {counted}", StagingText(stage="I"), "how many nodes") for counted in ("nodes", "LNs")),
    *((f"stage I - 2 {since} ago", StagingText(stage="I"), "how long ago") for since in ("years", "yrs", "months")),
    *((f"stage I - 2 {since} ago", StagingText(stage="I"), "how long ago") for since in ("weeks", "days")),
    ("stage IIA - 3 year follow up", StagingText(stage="IIA"), "how long ago"),
    ("stage IIA - 3 mm IDC", StagingText(stage="IIA", size_mm=3.0), "its size"),
    ("stage I 3/2024", StagingText(stage="I"), "a month"),
    ("stage IIA - IV contrast", StagingText(stage="IIA"), "into a vein"),
    ("cT2-5 IDC", StagingText(prefix="c", t="T2"), "there is no T5"),
    ("N0-4 IDC", StagingText(n="N0"), "there is no N4"),
    ("pT1 stage IIA", StagingText(prefix="p", stage="IIA", t="T1"), "the prefix is said once"),
    ("8mm DCIS with 2mm invasive focus", StagingText(size_mm=2.0), "only the invasive part counts for T"),
]


@pytest.mark.parametrize(("text", "expected", "why"), SAID, ids=[row[0] for row in SAID])
def test_staging_is_read_as_written(text: str, expected: StagingText, why: str, findings: Findings) -> None:
    assert read_text(text, findings).staging == (expected,), why


NOT_SAID = [
    ("staging", "a wish, not a stage"),
    ("IDC, stage", "a wish, not a stage"),
    ("stage breast cancer", "a wish, not a stage"),
    ("CKD stage 3", "the kidney's"),
    ("stage 3 pressure ulcer", "the skin's"),
    ("stage II colon cancer", "another cancer's"),
    ("grade 2", "a grade is no stage"),
    ("T4 compression fracture", "a vertebra"),
    ("T2 hyperintense lesion in liver", "an MRI weighting"),
    ("T2", "alone, it may be anything"),
    ("T3 T4 tender", "two vertebrae"),
    ("pain T3-T4", "two vertebrae"),
    ("IDC, T12 tender", "a vertebra"),
    ("spine T2, IDC", "a vertebra, and the spine is the first word"),
    ("IDC, lesion of bone T3", "a vertebra"),
    ("IDC, pain at T3", "a vertebra, though there is a cancer"),
    ("IDC, spine T2", "a vertebra, behind the spine"),
    ("> T2N1 -", "a bound, whatever follows"),
    ("?T2N1", "doubtful"),
    ("DCIS? T2N1", "a question that may be of either"),
    ("N0 (at least)", "a bound, said behind"),
    (">= T2N1", "a bound"),
    ("<= T2N1", "a bound"),
    ("T2N1+", "a bound"),
    ("IIA+", "a bound"),
    ("stage IIA+", "a bound"),
    ("stage IIA, at least", "a bound, said behind"),
    ("T2N1 at least", "a bound, said behind"),
    ("at least T2", "a bound, not a value"),
    ("r/o stage IV", "asked"),
    ("mother had stage II breast cancer", "somebody else's"),
    ("1.5 cm axillary node", "the node's size"),
    ("2 cm lung nodule, breast cancer", "the nodule's size"),
    ("liver lesion 2 cm in patient with breast cancer", "the lesion's size"),
    ("IDC at 2:00, 5 cm FN", "a distance"),
    ("tumor 5 cm from nipple", "a distance"),
    ("residual IDC 1.2 cm", "a size after therapy never counts"),
    ("DCIS 2 cm", "in situ has no invasive size"),
    *((f"{part} stage 2", "another organ's") for part in ("renal disease", "kidney disease", "ESRD", "COPD")),
    *(
        (f"{part} stage 2", "another organ's")
        for part in ("liver fibrosis", "heart failure", "heart", "HF", "renal", "kidney")
    ),
    *((f"{part} stage 2", "the skin's") for part in ("ulcer", "decubitus", "pressure sore")),
    *((f"{part} stage 1", "its own") for part in ("hypertension", "HTN", "lymphedema", "lymphoedema", "cirrhosis")),
    *(
        (f"{part} stage 1", "its own")
        for part in ("endometriosis", "sarcoidosis", "prolapse", "masaoka", "rai", "binet")
    ),
    *((f"stage 2 {part}", "of the operation") for part in ("reconstruction", "expander", "expanders", "implant")),
    *((f"rai stage {group}", "of leukaemia") for group in ("0", "I", "IA", "IB", "II")),
    ("chronic kidney disease, stage 2", "the kidney's"),
    ("chronic kidney disease, stage 4", "the kidney's"),
    ("chronic kidney disease, stage 4 chest pain", "the kidney's: what follows is no cancer"),
    ("stage: 3 CKD", "the kidney's"),
    ("COPD stage 3", "of the lungs"),
    ("stage 4 ESRD", "the kidney's"),
    ("Masaoka stage IIA", "of a thymoma"),
    ("stage IIC", "there is no such group"),
    ("stage IC", "of an ovary: there is none of a breast"),
    ("cTXNX", "an X says nothing"),
    ("colon cancer stage II", "another cancer's"),
    ("colon cancer stage IIIA", "another cancer's"),
    ("IIIA lung cancer", "another cancer's"),
    ("lymphedema stage IIA", "of the arm"),
    ("lymphedema IIA", "of the arm"),
    ("stage 3 moderate CKD", "the kidney's"),
    ("stage 1 CKD with breast cancer", "the kidney's, named first"),
    ("T1N0 SCC tongue", "another cancer's"),
    ("colon cancer T2N0", "another cancer's"),
    *(
        (f"IDC, T2 {word}", "an MRI weighting")
        for word in ("weighted", "signal", "hyperintense", "hypointense", "FLAIR")
    ),
    ("IDC, T2 level", "a vertebra"),
    ("IDC, T score T2", "of bone density"),
    *((f"IDC, numb {word} T3", "a vertebra") for word in ("at", "in", "of", "to")),
    *((f"{sign}T2N1", "a bound, or a question") for sign in ("?", ">", "<", "\u2265", "\u2264", "least ")),
    ("no T2N1", "denied"),
    ("possible T2N1", "doubtful"),
    ("prognostic stage IA", "of another system"),
    ("prognostic group IIA", "of another system"),
    ("IIA (prognostic)", "of another system"),
    ("stage IA prognostic", "of another system, said behind"),
    ("stage two B prognostic", "of another system, said behind"),
    ("stage IA, prognostic", "of another system, said behind"),
    ("stage IA - prognostic 2 cm node", "of another system, said behind"),
    ("stage IIA prognostic group", "of another system, said behind"),
    ("lost 20 lbs in 3 months", "other numbers"),
]


@pytest.mark.parametrize(("text", "why"), NOT_SAID, ids=[row[0] for row in NOT_SAID])
def test_what_is_not_the_tumours_stage_is_not_read_as_such(text: str, why: str, findings: Findings) -> None:
    assert read_text(text, findings).staging == (), why


def test_a_range_gives_both_ends(findings: Findings) -> None:
    """Nobody can then take one of them for the stage."""
    for text in ("stage I-IIA", "stage I/IIA", "stage I or IIA"):
        assert [said.stage for said in read_text(text, findings).staging] == ["I", "IIA"], text
    bare = read_text("breast cancer, IIA/B", findings).staging
    assert bare == (StagingText(stage="IIA"), StagingText(stage="IIB")), "neither says clinical or pathologic"


@pytest.mark.parametrize(
    ("text", "groups", "why"),
    [
        ("stage IIA/B", ["IIA", "IIB"], "the second by its letter alone"),
        ("stage IIA-B", ["IIA", "IIB"], "likewise"),
        ("stage IIIA/C", ["IIIA", "IIIC"], "likewise"),
        ("stage IIA/C", ["IIA"], "there is no IIC"),
        ("stage IIA/grade 2", ["IIA"], "another word"),
        ("stage II/a lump", ["II"], "a group without a letter has no second one"),
        ("stage IIA b", ["IIA"], "no sign between them"),
        ("stage IIA / B", ["IIA", "IIB"], "with blanks"),
        ("stage IIA or B", ["IIA", "IIB"], "in words"),
        ("stage IIA and B", ["IIA", "IIB"], "in words"),
        ("stage IIA\u2013B", ["IIA", "IIB"], "a dash as printed"),
        ("breast cancer, IIA/B", ["IIA", "IIB"], "without the word stage"),
        ("stage IIB/A", ["IIB", "IIA"], "the lower one second"),
        ("stage IIB or a cyst", ["IIB"], "an article"),
        ("stage IIA,B", ["IIA", "IIB"], "a comma without a blank"),
        ("stage IIA|B", ["IIA", "IIB"], "an upright stroke"),
        ("stage IIA, b/l", ["IIA"], "both sides"),
        ("stage IIA - b/l", ["IIA"], "both sides"),
        ("stage I-II", ["I", "II"], "neither has a letter"),
        ("stage I or II", ["I", "II"], "neither has a letter"),
        ("stage I to II", ["I", "II"], "neither has a letter"),
        ("stage IA/II", ["IA", "II"], "the second has no letter"),
        ("stage IA \u2192 II", ["IA", "II"], "an arrow"),
        ("stage II or I", ["II", "I"], "the lower one second"),
        ("stage I-IV", ["I", "IV"], "to the last"),
        ("stage 1-2", ["I", "II"], "in Arabic numbers"),
        ("stage one or two", ["I", "II"], "in words"),
        ("stage IIA, stage IV", ["IIA", "IV"], "two, each with its word"),
        ("stage IA -> 2B", ["IA", "IIB"], "an arrow: it became that"),
        ("stage IA \u2192 IIB", ["IA", "IIB"], "likewise"),
        ("stage IIA to IIIA", ["IIA", "IIIA"], "in words"),
        ("stage IIA or IIIA", ["IIA", "IIIA"], "in words"),
        ("stage IIA, IDC", ["IIA"], "no other end"),
        ("stage IIA", ["IIA"], "nothing follows"),
        ("stage IIA -", ["IIA"], "nothing follows the sign"),
        ("stage IIA ->", ["IIA"], "nor the arrow"),
    ],
)
def test_both_ends_of_a_range_of_groups(text: str, groups: list[str], why: str, findings: Findings) -> None:
    assert [said.stage for said in read_text(text, findings).staging] == groups, why


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("cT2-3", [("c", "T2", None), ("c", "T3", None)]),
        ("T2 or 3, IDC", [("", "T2", None), ("", "T3", None)]),
        ("T1c to 2, IDC", [("", "T1", None), ("", "T2", None)]),
        ("cT2N0/1 IDC", [("c", "T2", "N0"), ("c", None, "N1")]),
        ("cT2N0, T2 N1", [("c", "T2", "N0"), ("", "T2", "N1")]),
        ("cT2, cT3N0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("CT2 OR 3 CN0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("cT2-3. cN0.", [("c", "T2", None), ("c", "T3", None), ("c", None, "N0")]),
        ("cT2-3/cN0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("cT2 - 3 cN0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("cN0, cT2 / 3", [("c", "T2", "N0"), ("c", "T3", None)]),
        ("cT2\u20113 cN0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("cT2, 3 cN0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("T2N1, T1", [("", "T2", "N1"), ("", "T1", None)]),
        ("cT2 -> T3 cN0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("cT2 to T3 cN0", [("c", "T2", None), ("c", "T3", "N0")]),
        ("cT2-T3. cN0", [("c", "T2", None), ("", "T3", None), ("c", None, "N0")]),
        ("cT2N0 / 1", [("c", "T2", "N0"), ("c", None, "N1")]),
    ],
)
def test_both_ends_of_a_range_of_categories(
    text: str, ends: list[tuple[str, str | None, str | None]], findings: Findings
) -> None:
    assert [(said.prefix, said.t, said.n) for said in read_text(text, findings).staging] == ends


def test_clinical_and_pathological_staging_are_kept_apart(findings: Findings) -> None:
    assert read_text("cT2N0, pT1N1", findings).staging == (
        StagingText(prefix="c", t="T2", n="N0"),
        StagingText(prefix="p", t="T1", n="N1"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stage IIA, likely IIB", [{"stage": "IIA"}, {"stage": "IIB"}]),
        ("stage IIA, r/o stage IIB", [{"stage": "IIA"}, {"stage": "IIB"}]),
        ("T2 N0, N1 suspected", [{"t": "T2", "n": "N0"}, {"n": "N1"}]),
        ("T2 N0, N1?", [{"t": "T2", "n": "N0"}, {"n": "N1"}]),
        ("T2 N0, ?T3", [{"t": "T2", "n": "N0"}, {"t": "T3"}]),
        ("T2, possible N1", [{"t": "T2"}]),  # of N nothing is sure
        ("stage IIA, r/o stage IV", [{"stage": "IIA"}]),  # what every staging asks
        ("T2 N0, no N1", [{"t": "T2", "n": "N0"}]),
        ("stage IIA, mother had stage IIIA", [{"stage": "IIA"}]),
    ],
)
def test_what_is_doubtful_leaves_open_what_is_sure(text: str, said: list[dict[str, Any]], findings: Findings) -> None:
    assert read_text(f"{text}, breast cancer", findings).staging == tuple(StagingText(**each) for each in said)


@pytest.mark.parametrize("text", ["stage I-II, 3 cm", "stage I-II 3 cm"])
def test_a_size_belongs_to_the_nearer_end_of_a_range(text: str, findings: Findings) -> None:
    assert read_text(text, findings).staging == (StagingText(stage="I"), StagingText(stage="II", size_mm=30.0))


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("t2n1", True), ("ypn0", True), ("m1", True), ("t12", False), ("iia", False), ("mass", False), ("n", False)],
)
def test_a_word_that_is_a_category(word: str, is_one: bool) -> None:
    assert is_staging(word) is is_one


@pytest.mark.parametrize(
    "text",
    ["stage IV", "Stage 4 breast ca", "T2N1M1", "M1 disease", "T2N1M1 colon cancer", "stage IIA -> IV", "stage I-IV"],
)
def test_stage_four_is_metastasis(text: str, findings: Findings) -> None:
    assert [m.value for m in read_text(text, findings).affirmed(Kind.METASTASIS)] == ["unspecified"]


def test_t4d_is_inflammatory_carcinoma(findings: Findings) -> None:
    assert [m.value for m in read_text("cT4dN1", findings).affirmed(Kind.BREAST_CANCER)] == ["inflammatory"]
    assert not read_text("cT4bN1", findings).affirmed(Kind.BREAST_CANCER)


def test_stage_without_a_group_is_the_wish_to_stage(findings: Findings) -> None:
    assert [m.value for m in read_text("stage breast cancer", findings).affirmed(Kind.STAGING)] == ["staging"]
