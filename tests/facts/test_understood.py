"""Whether a text of the record was understood as a whole: what is neither harmless nor known makes it open."""

from collections.abc import Callable
from functools import partial

import pytest

from cds_service.facts.conclusions import is_harmless
from cds_service.facts.mentions import Mention, is_denied
from cds_service.facts.text import read_text
from cds_service.facts.understood import Understood, names_known, opening_spans, understand, uses_of
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.record_words import In, Use

Understand = Callable[..., Understood]


@pytest.fixture
def understood(knowledge: Knowledge) -> Understand:
    """Understands a text, of whose mentions only those that are denied are harmless."""
    return _understanding(knowledge, is_denied)


@pytest.fixture
def imaged(knowledge: Knowledge) -> Understand:
    """Understands a text as that of a recent study."""
    return _understanding(knowledge, partial(is_harmless, imaging=True, old=False))


def _understanding(knowledge: Knowledge, harmless: Callable[[Mention], bool]) -> Understand:
    def made(text: str, kind: In = In.REPORT) -> Understood:
        return understand(text, read_text(text, knowledge.findings), knowledge.record_words.tries[kind], harmless)

    return made


@pytest.mark.parametrize(
    ("text", "open_", "why"),
    [
        # what is denied
        ("No collapse.", False, "absent"),
        ("Collapse.", True, "there"),
        ("No effusion or collapse.", False, "a list that is denied"),
        ("No effusion, collapse.", False, "whose items a comma parts"),
        ("No collapse, free fluid.", False, "what would be alarming belongs to it"),
        ("No collapse, no consolidation.", False, "denied again"),
        ("No mass, and collapse.", False, "and goes on"),
        ("No collapse,", False, "a comma that nothing follows"),
        ("No mass, kryptoid.", True, "an item that nobody knows"),
        ("No effusion, the spleen, collapse.", True, "a comma behind which something else begins"),
        ("No effusion. Collapse.", True, "a full stop ends it"),
        ("No displaced rib fracture.", False, "a list of one"),
        ("No change rib fracture.", True, "what is denied is the word between"),
        ("No acute fracture or subluxation.", False, "a formula that denies, and goes on"),
        ("No acute fracture, subluxation.", True, "behind a comma another statement may begin"),
        # lists of what is denied, and what begins anew behind a comma
        ("No effusion, mass.", True, "a list has an 'or' at its end, or the next statement has begun"),
        ("No mass or left nodule.", False, "a list"),
        ("No mass or right nodule.", False, "of the other side"),
        ("No mass or any left nodule.", False, "of whatever kind"),
        ("No mass or a left nodule.", False, "likewise"),
        ("No mass or an other left nodule.", False, "likewise"),
        ("No collapse nor nodule.", False, "with 'nor' at its end"),
        ("No left nodule nor the mass.", False, "likewise"),
        ("No mass or the mass, nodule.", False, "and a comma"),
        ("No definite collapse or the mass.", False, "of what would be alarming"),
        ("No liver lesion or left nodule.", False, "with its place"),
        ("No effusion mass.", False, "of one, made of two words"),
        ("No new nodule effusion.", False, "likewise"),
        ("No liver lesion mass.", False, "likewise, with its place"),
        ("No new nodule lesion of the liver.", False, "likewise, behind it"),
        ("No the mass effusion.", False, "with an article"),
        ("No other lesion mass.", False, "with a word for whatever is left"),
        ("No left nodule, no mass or pain.", True, "pain is in no list of findings"),
        ("No collapse, no nodule or left nodule.", True, "each 'no' has its own list"),
        ("No mass, collapse or several nodules.", True, "a number of them is no absence"),
        ("No change nodule.", True, "what is denied is the word between"),
        ("Not nodule.", True, "a 'not' begins no list"),
        ("Without pain nodule.", True, "nor does what is no finding"),
        ("Enlarging mass not seen.", True, "a mass that grew was there"),
        ("No definite collapse nor pain.", True, "pain is in no list of findings"),
        ("No nodule or nodule, new nodule.", True, "behind a list"),
        ("No collapse or nodule, new nodule.", True, "likewise"),
        ("No effusion, focal collapse.", False, "an adjective of what may be absent"),
        ("No effusion, new tumour.", True, "a new one is there, though the reader finds none in the word"),
        ("No effusion, residual tumour deposits.", True, "likewise, left over"),
        ("No effusion, left collapse.", True, "what is said of a side is said of something else"),
        ("No effusion, known collapse or congestion.", True, "it is known, so it is there"),
        ("No cough, or collapse.", False, "a comma in front of the last item"),
        ("Denies fevers, weight loss, new lumps, bone pain.", False, "the reader takes a new one for denied, too"),
        ("No collapse, new", True, "a text that is cut"),
        ("No mass, enlarging mass or collapse.", True, "it grows, so it is there"),
        ("No effusion, new nodule or rib fracture.", True, "it is new, so it is there"),
        ("No effusion, progressive nodule.", True, "it grows, so it is there"),
        ("No effusion, progressive nodule or mass.", True, "likewise, in a list"),
        ("No mass nor collapse.", False, "with 'nor'"),
        ("No acute fracture nor subluxation.", False, "a formula that denies, and goes on"),
        ("No acute fracture", False, "or ends with the text"),
        ("Lungs clear. No acute fracture or subluxation.", False, "or begins later"),
        ("Lungs clear but no collapse.", False, "behind a turn of the sentence, too"),
        ("No mass, no new nodule or left nodule.", True, "each 'no' has its own list"),
        ("No nodule, interval collapse or abnormality.", True, "since the last time"),
        ("No effusion, several nodules or free fluid.", True, "counted, so they are there"),
        ("No effusion, residual mass or free fluid.", True, "left over"),
        ("No effusion, recurrent mass or free fluid.", True, "come back"),
        ("No effusion, additional mass or free fluid.", True, "one more"),
        ("No effusion, further mass or free fluid.", True, "likewise"),
        ("No adenopathy or enlarging mass.", False, "no comma, nothing begins"),
        ("Without left nodule or new nodule.", False, "likewise"),
        # places that what settles a statement explains, and others
        ("Degenerative uptake in the shoulders, knees and feet.", False, "a list of places of what is settled"),
        ("Physiologic uptake in the brain, liver and bladder.", False, "organs that take up without disease"),
        ("Physiologic uptake in the brain and two vertebrae.", True, "bones do not"),
        ("Non-physiologic uptake in the pelvis.", True, "it is said not to be normal"),
        ("Radiation changes in the left adrenal.", True, "what it does not reach"),
        ("Radiation changes in the liver.", True, "likewise"),
        ("Radiotherapy changes in the liver.", True, "likewise"),
        ("Radiotherapy changes in the lungs.", False, "what radiotherapy of a breast reaches"),
        ("Postradiation changes in the pleura.", False, "likewise"),
        ("Physiologic uptake in the muscles.", False, "what takes up without disease"),
        ("Physiologic uptake in the rib.", True, "bones do not"),
        ("Physiological uptake in the rib.", True, "likewise"),
        ("Expected uptake in the rib.", True, "likewise"),
        ("Cerebral physiologic uptake.", False, "what takes up without disease"),
        ("Physiologic uptake in the hepatic parenchyma.", False, "likewise"),
        ("Physiologic uptake in muscle.", False, "likewise"),
        ("Physiologic uptake in the marrow.", False, "likewise"),
        ("Physiologic uptake in the endometrium.", False, "likewise"),
        ("Endometrial physiologic uptake.", False, "likewise"),
        ("Postradiation changes in the liver.", True, "what radiotherapy of a breast does not reach"),
        ("Irradiation changes in the liver.", True, "likewise"),
        ("XRT changes in the liver.", True, "likewise"),
        ("Radiation changes in the lung.", False, "what it reaches"),
        ("Pleural radiation changes.", False, "likewise"),
        ("Subcutaneous radiation changes.", False, "likewise"),
        ("No effusion; collapse", True, "so does a semicolon"),
        ("No effusion\ncollapse", True, "or a line"),
        ("No effusion but collapse.", True, "or a turn of the sentence"),
        ("No effusion and there is collapse.", True, "or what says that something is there"),
        ("No effusion while there are deposits in the omentum.", True, "likewise"),
        ("There is no effusion and there is no collapse.", False, "unless that is denied again"),
        ("No effusion with lymphadenopathy and collapse", True, "or a sign that is there"),
        ("Effusion not seen.", False, "the denial behind it"),
        ("Effusion is not present.", False, "with its verb"),
        ("Effusions are not present.", False, "of several"),
        ("Effusion was not seen.", False, "in the past"),
        ("Effusions were not seen.", False, "of several"),
        ("Not seen effusion.", True, "a denial of nothing before it"),
        ("Collapse is not seen.", True, "of something that is no finding"),
        ("Nodes not normal.", True, "denied, and all the same something"),
        # a finding that its own statement explains
        ("The segment 7 lesion is a typical haemangioma.", False, "it is said to be benign"),
        ("Liver lesion in segment 7 is a haemangioma.", False, "behind its place"),
        ("Fracture of L2: haemangioma.", True, "a fracture is not explained so"),
        ("Mastectomy bed recurrence.", True, "it came back in what is harmless by itself"),
        ("Liver lesion: haemangioma.", False, "by a colon"),
        ("Liver lesion = haemangioma.", False, "by a sign"),
        ("Liver lesions are 2 typical haemangiomas.", False, "with a number"),
        ("Segment 7 lesion, haemangioma.", True, "two things beside each other"),
        ("Liver lesion and haemangioma.", True, "likewise"),
        ("Liver lesion not a haemangioma.", True, "it is denied to be benign"),
        ("Liver lesion is kryptoid, haemangioma.", True, "it is something that nobody knows"),
        ("Liver lesion is a metastasis, haemangioma.", True, "it is something else"),
        ("Liver lesion - unchanged - is a haemangioma.", False, "between dashes"),
        ("Liver lesion, stable: haemangioma.", False, "behind what it is like"),
        ("Liver lesion, unchanged: haemangioma.", False, "likewise"),
        ("Liver lesion, 12 mm: simple cyst.", False, "behind its size"),
        ("Liver lesion, 1.2 cm: simple cyst.", False, "likewise"),
        ("Liver lesion, 12 mm, is a simple cyst.", False, "between commas"),
        ("Liver lesion, 12 mm, new, simple cyst.", True, "it is new, and a cyst stands beside it"),
        ("Adrenal nodule, -4 HU: lipid-rich adenoma.", False, "behind its density"),
        ("Lung nodule, liver: simple cyst.", True, "another part of the body begins"),
        ("Lung nodule, ribs: old fracture.", True, "likewise"),
        ("Lung nodule, consistent with an intrapulmonary node.", False, "by what it looks like"),
        ("Lung nodule, compatible with intrapulmonary lymph node.", False, "likewise"),
        ("Lung nodule, stable for 2 years, benign.", False, "by how long it has been the same"),
        ("Lung nodule, unchanged over 3 years, benign.", False, "likewise"),
        ("Lung nodule, unchanged since 2019, benign.", False, "likewise"),
        # what says nothing
        # a place of which nothing is said
        ("Lungs clear, ribs prior.", True, "as it was before: how was that?"),
        ("Lungs clear, liver 14 mm.", True, "how long it is says nothing of it"),
        ("Known breast cancer, liver.", True, "what she has says nothing of another place"),
        ("Breast cancer: liver.", True, "likewise"),
        ("Follow-up: liver.", True, "nor why she came"),
        ("Staging: liver.", True, "likewise"),
        # results of tests
        ("Ferritin normal.", False, "called normal"),
        ("Normal ferritin.", False, "before it"),
        ("HBV, HCV and HIV negative.", False, "several at once"),
        ("Ferritin 30, which is normal.", False, "behind its value"),
        ("Ferritin 30, is normal.", False, "likewise"),
        ("Ferritin 30 within normal limits.", False, "within what is normal"),
        ("HIV not detected.", False, "denied"),
        ("Ferritin 30, all normal.", False, "with a word for all that was measured"),
        ("Ferritin 30, results are normal.", False, "likewise"),
        ("Ferritin 30, values are normal.", False, "likewise"),
        ("Ferritin 30, range 15 - 150, normal.", False, "behind the range"),
        ("tTG negative for coeliac.", False, "for what it was done"),
        ("Ferritin 30 normal for age.", False, "of that age"),
        ("Ferritin 30, in reference range.", False, "by its range"),
        ("HCV not reactive.", False, "in the words of that test"),
        ("HCV negative.", False, "and nothing else"),
        ("Sodium 140 mmol normal.", False, "behind its unit"),
        ("Sodium, potassium 4.1 mmol normal.", False, "a comma between two names parts no result"),
        ("HCV present, HBV negative.", True, "only the second is negative"),
        ("HCV detected, HBV negative.", True, "likewise"),
        ("HCV seen, HBV negative.", True, "likewise"),
        ("HCV identified, HBV negative.", True, "likewise"),
        ("HCV found, HBV negative.", True, "likewise"),
        ("HCV isolated, HBV negative.", True, "likewise"),
        ("Ferritin 2400 saturation normal.", True, "only the second is normal"),
        ("Ferritin 2400, liver normal.", True, "the liver is"),
        ("Ferritin 2400, liver normal", True, "likewise, at the end of the text"),
        ("Ferritin 2400 but liver normal.", True, "likewise"),
        ("Ferritin 2400, simple cyst of the liver.", True, "what is harmless elsewhere says nothing of it"),
        ("Serum ferritin 2400.", True, "nor does a word in front of it"),
        ("Ferritin 2400, saturation normal.", True, "only the second is normal"),
        ("Ferritin 30.", True, "nobody says what that means"),
        ("Ferritin 30", True, "likewise, without a full stop"),
        ("Ca 2.82.", True, "a number by itself settles nothing"),
        ("", False, "no text"),
        ("12 x 14", False, "numbers"),
        ("a", False, "a letter"),
        ("x5y", False, "times"),
        ("?", True, "a question"),
        ("Kryptoid", True, "a word that nobody knows"),
        # stage
        ("cT2 N0 M0", False, "written out, and read elsewhere"),
        ("t2", False, "of no prefix"),
        ("Tis", False, "in situ"),
        ("Tx", False, "not assessed"),
        ("pNx", False, "likewise, by pathology"),
        ("Mx", False, "likewise"),
        ("T1c", False, "with its part"),
        ("T3", True, "a lone T3, which the reader takes for no stage: it may be the third thoracic vertebra"),
        ("T4", True, "likewise"),
        ("Ti", True, "no category"),
        ("no N1", True, "a node that is denied is not read as a stage, and N1 is not early of any T"),
    ],
)
def test_a_report(text: str, open_: bool, why: str, understood: Understand) -> None:
    assert understood(text).open is open_, why


@pytest.mark.parametrize(
    ("text", "open_", "why"),
    [
        ("Breast lump.", False, "how the cancer showed itself"),
        ("Breast mass.", False, "likewise"),
        ("Breast pain.", False, "likewise"),
        ("Nipple discharge.", False, "likewise"),
        ("Left breast microcalcifications.", False, "likewise"),
        # a place of which nothing is said
        ("Left hip.", True, "the side says nothing of it"),
        ("Staging: liver.", True, "nor does what the study is for"),
        ("Screening: liver.", True, "likewise"),
        ("Surveillance: liver.", True, "likewise"),
        ("Breast cancer: liver.", True, "nor what she has"),
        ("Surgery of the femur.", True, "nor what was done there, nobody knows for what"),
        ("Status post XRT to the hip.", True, "likewise: radiotherapy beyond the breast"),
        ("Lungs clear, status post XRT to the hip.", True, "likewise, beside what is clear"),
        ("Lungs clear, left femur surgery.", True, "likewise"),
        ("Status post XRT to the pelvis.", True, "likewise, of a part that is mostly only named"),
        ("Lungs clear, previous pelvic radiotherapy.", True, "likewise"),
        ("Lungs clear, liver normal after chemotherapy.", False, "after it the liver is normal"),
        ("Status post chemotherapy, lungs clear.", False, "what was done, and of no place"),
        ("Radiotherapy to the left breast, lungs clear.", False, "what was done about the cancer"),
        ("Radiotherapy to the left breast, liver normal.", False, "nor does it speak of the liver"),
        ("Bone scan after chemotherapy.", False, "a study and when"),
        ("US of the liver.", False, "the study says that it was looked at"),
        ("No convincing change since last CT of the liver.", True, "a change of what?"),
        ("No spread to the liver.", False, "denied there"),
        ("LUNGS:\nClear.", False, "a heading, and what stands below it"),
        ("Lungs clear, ribs as before.", True, "as it was before: how was that?"),
        ("Lungs clear, ribs unchanged.", True, "likewise"),
        ("Lungs clear, ribs stable.", True, "likewise"),
        ("Lungs clear, ribs the same.", True, "likewise"),
        ("Lungs clear, ribs as previously.", True, "likewise"),
        ("Lungs clear, ribs stable as compared.", True, "likewise"),
        ("Lungs clear, spine 14 cm.", True, "how long it is says nothing of it"),
        # results of tests
        ("Ferritin and B12 400, both normal.", False, "of two"),
        # what is denied
        ("No effusion (back pain, free fluid).", True, "behind a complaint nothing is denied any more"),
        ("Mammogram normal, MRI not.", True, "what is not normal was looked at"),
    ],
)
def test_a_report_of_imaging(text: str, open_: bool, why: str, imaged: Understand) -> None:
    assert imaged(text).open is open_, why


@pytest.mark.parametrize("there", ["back pain", "ascites", "liver lesion", "raised ALP", "bone metastases"])
def test_behind_what_is_there_nothing_is_denied_any_more(there: str, knowledge: Knowledge) -> None:
    understood = _understanding(knowledge, lambda mention: True)
    assert understood(f"No effusion ({there}, free fluid).").open
    assert not understood("No effusion (collapse, free fluid).").open


def test_a_formula_that_denies_and_goes_on(imaged: Understand) -> None:
    assert not imaged("Prosthesis without loosening or collapse.", In.PART).open
    assert imaged("Prosthesis with loosening or collapse.", In.PART).open


def test_how_a_study_was_done(imaged: Understand) -> None:
    assert not imaged("Patient was sedated.", In.PART).open
    assert imaged("Kryptoid, patient was sedated.", In.PART).unknown[0].on_procedure
    assert not imaged("Kryptoid, spleen normal.", In.PART).unknown[0].on_procedure


@pytest.mark.parametrize(
    ("text", "only", "says", "why"),
    [
        ("Lungs clear.", False, True, "nothing is unknown"),
        ("Kryptoid.", True, False, "a word that nobody knows"),
        ("Kryptoid, lungs clear.", True, True, "beside what is said of the lungs"),
        ("Ferritin 30.", True, False, "a value that nobody judges"),
        ("Kryptoid?", False, False, "a question"),
        ("Kryptoid, limited study.", False, False, "a study that did not see all"),
        ("Lung nodule, kryptoid.", False, True, "a finding"),
        ("T12.", False, False, "a place, and nothing of it"),
        ("Left.", False, False, "a side"),
        ("Left breast lump.", False, True, "a finding and its side"),
        ("Breast lump.", False, True, "a finding"),
        ("Not.", True, False, "a denial of nothing"),
        ("No collapse.", False, True, "what is not there is said"),
    ],
)
def test_what_leaves_a_text_open(text: str, only: bool, says: bool, why: str, imaged: Understand) -> None:
    found = imaged(text)
    assert (found.unknown_only, found.says) == (only, says), why


@pytest.mark.parametrize(
    ("text", "open_", "why"),
    [
        ("Seen by Dr Jones.", False, "a name behind a title"),
        ("Seen by Dr Jones Kryptoid.", False, "of two words"),
        ("Seen by Dr Anne Mary Jones.", True, "no name has so many"),
        ("Kryptoid, Dr Jones", True, "a word in front of the title"),
        ("Kryptoid Dr Jones.", True, "likewise"),
        ("ROS negative for fever, headache, weight change.", False, "a list of complaints to its end"),
        ("CA 15-3 60.", True, "a number by itself settles no marker"),
        ("Ca 2.82.", True, "nor a calcium"),
    ],
)
def test_a_name_in_a_note(text: str, open_: bool, why: str, understood: Understand) -> None:
    assert understood(text, In.NOTE).open is open_, why


@pytest.mark.parametrize(
    ("text", "left", "why"),
    [
        ("The segment 7 lesion is a typical haemangioma.", [], "both explained"),
        ("Liver lesion and haemangioma.", ["liver-lesion"], "the one that nothing explains"),
        ("No liver lesion.", ["liver-lesion"], "what is denied is said all the same"),
        ("Physiologic uptake in the rib.", ["bone-lesion"], "bones do not take up without disease"),
        ("The liver lesion represents a haemangioma.", [], "explained, with another verb"),
        ("The liver lesions represent haemangiomas.", [], "likewise"),
        ("Liver lesion is kryptoid haemangioma.", ["liver-lesion"], "by something that nobody knows"),
        ("Liver lesion, kryptoid: haemangioma.", ["liver-lesion"], "likewise"),
        ("Effusion is", ["pleural-effusion"], "a sentence that is cut"),
        ("Liver lesion: haemangioma unlikely.", [], "explained, but then doubted: the text stays open"),
    ],
)
def test_what_is_left_of_the_reading(text: str, left: list[str], why: str, understood: Understand) -> None:
    assert [mention.value for mention in understood(text).reading.mentions] == left, why


@pytest.mark.parametrize(
    ("name", "known", "why"),
    [
        ("Hypertension", True, "a disease"),
        ("Kryptoid hypertension", True, "a disease, whatever else it is called"),
        ("Other specified disorder", True, "words that say nothing"),
        ("5", True, "a number"),
        ("x", True, "a letter"),
        ("Kryptoid", False, "a word that nobody knows"),
        ("Other kryptoid disorder", False, "among words that say nothing"),
        ("aa", False, "two letters may be an abbreviation"),
    ],
)
def test_a_name_on_the_problem_list(name: str, known: bool, why: str, knowledge: Knowledge) -> None:
    assert names_known(name, knowledge.record_words.tries[In.ENTRY]) is known, why


@pytest.mark.parametrize(
    ("name", "opening", "why"),
    [
        ("Hypertension", [], "nothing"),
        ("Hypertension to be investigated", ["to be investigated"], "what is still to be found out"),
    ],
)
def test_what_leaves_a_name_open(name: str, opening: list[str], why: str, knowledge: Knowledge) -> None:
    spans = opening_spans(name, knowledge.record_words.tries[In.ENTRY])
    assert [name[start:end] for start, end in spans] == opening, why


@pytest.mark.parametrize(
    ("text", "unknown", "why"),
    [
        ("Kryptoid.", [("kryptoid", "")], "a word"),
        ("Lungs clear.", [], "none"),
        ("Kryptoid 14 mm.", [("kryptoid", "measured")], "with a length"),
        ("Kryptoid 78 cm/s.", [("kryptoid", "")], "a speed is none"),
        ("Kryptoid 3 cm.", [("kryptoid", "measured")], "in another unit"),
        ("A kryptoid\nplugh", [("kryptoid plugh", "")], "a line of one word"),
        ("Plugh of the liver, xyzzy normal.", [("plugh", "place"), ("xyzzy", "place says")], "each clause by itself"),
        ("Kryptoid. Plugh 3 mm.", [("kryptoid", ""), ("plugh", "measured")], "each statement by itself"),
        ("A kryptoid\nplugh 3 mm", [("kryptoid plugh", "measured")], "a line that goes on in small letters"),
        ("A kryptoid\nPlugh 3 mm", [("kryptoid", ""), ("plugh", "measured")], "a new one begins with a capital"),
        ("Kryptoid.\nplugh 3 mm", [("kryptoid", ""), ("plugh", "measured")], "behind a full stop"),
    ],
)
def test_the_words_that_nobody_knows(
    text: str, unknown: list[tuple[str, str]], why: str, understood: Understand
) -> None:
    told = [
        (
            " ".join(each.words),
            " ".join(
                name
                for name, holds in (("place", each.beside_place), ("measured", each.measured), ("says", each.says))
                if holds
            ),
        )
        for each in understood(text).unknown
    ]
    assert told == unknown, why


def test_what_the_words_of_each_statement_do(knowledge: Knowledge) -> None:
    words = knowledge.record_words.tries[In.REPORT]
    assert uses_of("No collapse. Kryptoid; liver normal.", words) == (
        (Use.NEGATOR, Use.ABSENT),
        (None,),
        (Use.PLACE, Use.NORMAL),
    )
