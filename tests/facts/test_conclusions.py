"""What the conclusion of a study of another part leaves open: what nobody understood, a larger tumour, a cancer that
may be elsewhere; and what of it, though it is said, leaves it closed."""

from collections.abc import Callable

import pytest

from cds_service.facts.conclusions import is_harmless, understand_conclusion
from cds_service.facts.source import Source
from cds_service.facts.understood import Understood
from tests.support.resources import cancer

SourceOf = Callable[..., Source]


def understood(text: str, source: Source, *, imaging: bool = True, old: bool = False) -> Understood:
    return understand_conclusion(text, lambda each: is_harmless(each, imaging=imaging, old=old), source)


@pytest.mark.parametrize(
    ("text", "open_", "why"),
    [
        ("Known breast cancer. Liver normal.", False, "nothing but what is known"),
        ("Xyzzy.", True, "a word that nobody knows"),
        ("cT4 breast cancer.", True, "more than T2"),
        ("Stage IIIA breast cancer.", True, "a higher stage"),
        ("cT2 N0 breast cancer.", False, "no more than is known"),
        ("Breast cancer, 6 cm.", True, "T3"),
        ("Breast cancer. It measures 6 cm.", True, "in the next sentence"),
        ("Breast cancer, 4 cm.", False, "no T3"),
        ("Known breast cancer. Kidneys 10.5 cm and 11 cm.", False, "of organs"),
        ("Known breast cancer. Kidneys normal, mass of 6 cm.", True, "a mass is no organ"),
        ("Known breast cancer. Kidneys normal, known tumor of 6 cm.", True, "nor is a tumour"),
        ("Kidney 10.5 cm.", False, "nothing of the breast"),
        ("Known breast cancer, index lesion liver.", True, "of the liver, which of it?"),
        ("No breast cancer, liver.", False, "there is none"),
        ("Breast cancer and spleen.", True, "and what of the spleen?"),
        ("Cancer in the other breast.", True, "another one"),
        ("Known cancer, other breast normal.", False, "nothing is wrong with that"),
        ("Malignancy.", True, "nobody says that it is the known one"),
        ("Carcinoma. Breast cancer.", True, "nor in this statement"),
        ("Breast cancer. Carcinoma.", True, "nor in this"),
        ("Known malignancy.", False, "the known one"),
        ("No carcinoma is seen.", False, "nor any other"),
        ("Invasive carcinoma.", False, "the known one, by its kind"),
        ("Breast malignancy.", False, "likewise"),
        ("No malignancy.", False, "denied"),
        ("Invasive ductal carcinoma.", False, "a cancer of the breast by its kind"),
        ("Lungs clear. Nodes:\nNormal.", False, "a heading, of which all is denied"),
        ("Nodes:", False, "a heading"),
        ("Heart normal. Lymph nodes: none enlarged.", False, "likewise"),
        ("HEART NORMAL.\nLYMPH NODES: NONE ENLARGED.", False, "likewise, in capitals"),
        ("Heart normal. Nodes: 14 mm.", True, "of which something is said"),
    ],
)
def test_what_a_conclusion_leaves_open(text: str, open_: bool, why: str, source_of: SourceOf) -> None:
    assert understood(text, source_of(cancer())).open is open_, why


@pytest.mark.parametrize("text", ["Malignancy xyzzy.", "cT4 breast cancer. Xyzzy."])
def test_what_may_be_a_cancer_is_more_than_unknown_words(text: str, source_of: SourceOf) -> None:
    """Of years ago, or in a test of something else, only unknown words are let go."""
    assert not understood(text, source_of(cancer())).unknown_only
    assert understood("Xyzzy.", source_of(cancer())).unknown_only


@pytest.mark.parametrize(
    ("line", "open_", "why"),
    [
        ("Signed by Dr. Ruiz", False, "a name that is no word"),
        ("Signed by Dr. Day", False, "a name that is a word, and says nothing"),
        ("Signed by Dr. Ruiz-Day", False, "a word that says nothing, and one that is none"),
        ("Signed by Dr. Nodule", True, "what may be a finding"),
        ("Reported: Metastases", True, "what is a finding"),
        ("Reviewed: Abnormal", True, "what may be one"),
        ("Reviewed: Limited", True, "how far it can be read"),
        ("Reviewed: Equivocal", True, "a doubt is no name"),
    ],
)
def test_who_signed_it(line: str, open_: bool, why: str, source_of: SourceOf) -> None:
    assert understood(f"Liver normal. {line}.", source_of(cancer())).open is open_, why


@pytest.mark.parametrize(
    ("text", "imaging", "old", "open_", "why"),
    [
        ("Swelling of the leg.", True, False, True, "in a report a finding"),
        ("Bleeding.", True, False, True, "likewise"),
        ("Not clear.", True, False, True, "of what?"),
        ("Cough.", True, False, False, "why it was done; read as a symptom elsewhere"),
        ("Node 14 mm.", True, False, True, "of which nobody says what it is"),
        ("Appendicitis.", True, False, True, "an acute disease"),
        ("Appendicitis.", True, True, False, "of then"),
        ("Hypertension.", True, False, False, "of long standing"),
        ("Arthritis of the hip.", True, False, False, "of age"),
        ("Known breast cancer.", True, False, False, "imaging repeats what is known"),
        ("Known breast cancer.", False, False, True, "another study does not"),
        ("History of breast cancer.", False, False, False, "of then"),
        ("Biopsy.", True, False, True, "what is to be sampled"),
        ("Biopsy.", False, False, False, "what was"),
        ("No biopsy.", True, False, False, "nothing is"),
    ],
)
def test_what_leaves_it_closed(text: str, imaging: bool, old: bool, open_: bool, why: str, source_of: SourceOf) -> None:
    assert understood(text, source_of(cancer()), imaging=imaging, old=old).open is open_, why
