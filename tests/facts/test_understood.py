"""Whether a text of the record was understood as a whole: what is neither harmless nor known makes it open."""

from collections.abc import Callable

import pytest

from cds_service.facts.mentions import is_denied
from cds_service.facts.text import read_text
from cds_service.facts.understood import Understood, names_known, understand, uses_of
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.record_words import In, Use

Understand = Callable[..., Understood]


@pytest.fixture
def understood(knowledge: Knowledge) -> Understand:
    """Understands a text, of whose mentions only those that are denied are harmless."""

    def made(text: str, kind: In = In.REPORT) -> Understood:
        return understand(
            text, read_text(text, knowledge.findings), knowledge.record_words.tries[kind], harmless=is_denied
        )

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
        ("No mass, enlarging mass or collapse.", True, "it grows, so it is there"),
        ("No effusion, new nodule or rib fracture.", True, "it is new, so it is there"),
        ("No effusion, progressive nodule.", True, "it grows, so it is there"),
        ("No effusion, progressive nodule or mass.", True, "likewise, in a list"),
        ("No mass nor collapse.", False, "with 'nor'"),
        ("No acute fracture nor subluxation.", False, "a formula that denies, and goes on"),
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
        ("No effusion; collapse", True, "so does a semicolon"),
        ("No effusion\ncollapse", True, "or a line"),
        ("No effusion but collapse.", True, "or a turn of the sentence"),
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
        ("Liver lesion: haemangioma.", False, "by a colon"),
        ("Liver lesion = haemangioma.", False, "by a sign"),
        ("Liver lesions are 2 typical haemangiomas.", False, "with a number"),
        ("Segment 7 lesion, haemangioma.", True, "two things beside each other"),
        ("Liver lesion and haemangioma.", True, "likewise"),
        ("Liver lesion not a haemangioma.", True, "it is denied to be benign"),
        ("Liver lesion is kryptoid, haemangioma.", True, "it is something that nobody knows"),
        ("Liver lesion is a metastasis, haemangioma.", True, "it is something else"),
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
        ("HIV present, HCV negative.", True, "only the second is negative"),
        ("HIV detected, HCV negative.", True, "likewise"),
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
        ("Seen by Dr Jones.", False, "a name behind a title"),
        ("Seen by Dr Jones Kryptoid.", False, "of two words"),
        ("Seen by Dr Anne Mary Jones.", True, "no name has so many"),
        ("Kryptoid, Dr Jones", True, "a word in front of the title"),
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
    ("text", "unknown", "why"),
    [
        ("Kryptoid.", [("kryptoid", "")], "a word"),
        ("Lungs clear.", [], "none"),
        ("Kryptoid 14 mm.", [("kryptoid", "measured")], "with a length"),
        ("Kryptoid 78 cm/s.", [("kryptoid", "")], "a speed is none"),
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
