"""What the words of breast reports are signs of, row by row with the clinical reason, in pairs where it turns."""

import pytest

from cds_service.facts import breast_signs
from cds_service.facts.breast_counts import counts_nodes
from cds_service.facts.breast_denial import is_denied
from cds_service.knowledge.model import Knowledge


# --- growth -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "grown", "why"),
    [
        ("Skin thickened.", True, "a thick skin may be T4"),
        ("No skin thickening.", False, "denied"),
        ("Skin thickening not seen.", False, "denied behind it"),
        ("Skin not thickened.", False, "denied between its own words"),
        ("No skin thickening. Skin oedema.", True, "one of two is denied"),
        ("Skin normal, oedema of the breast.", False, "of the breast alone"),
        ("Skin is seen. Oedema is not.", False, "in another sentence"),
        ("Oedema of the skin.", True, "the other way round"),
        ("Skin nodules.", True, "satellites"),
        ("Skin reddening.", True, "inflamed"),
        ("Redness of the skin.", True, "the other way round"),
        ("Hot swollen breast.", True, "an inflammatory cancer, T4d"),
        ("Breast is hot and swollen.", True, "the other way round"),
        ("Peau d'orange.", True, "by its look"),
        ("Orange-peel skin.", True, "in English"),
        ("Inflammatory carcinoma.", True, "by its name"),
        ("Trabecular thickening.", True, "swelling as a mammogram shows it"),
        ("No trabecular thickening.", False, "denied"),
        ("Tumour in dermal lymphatics.", True, "T4d under the microscope"),
        ("Fungating.", True, "through the skin"),
        ("Pectoral muscle enhances.", True, "the muscle is changed"),
        ("Pectoral muscle seen.", False, "it is merely there"),
        ("Fixed to the chest wall.", True, "T4a"),
        ("Not fixed to the chest wall.", False, "denied"),
        ("Abuts the serratus.", True, "a muscle of the chest wall"),
        ("Not separable from the chest wall.", True, "grown to it"),
        ("No fat plane to the muscle.", True, "likewise"),
        ("Fills most of the breast.", True, "larger than T2"),
        ("All four quadrants.", True, "likewise"),
        ("Whole-breast radiotherapy planned.", False, "a treatment, and no size"),
        ("Mass 24 mm, upper outer quadrant.", False, "a tumour in its place"),
        ("Pectoral muscle is not involved.", False, "denied between its own words"),
        ("Pectoral muscle is not only involved.", True, "which denies nothing"),
    ],
)
def test_a_tumour_that_grows(text: str, grown: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.grows(text, knowledge.breast_words) is grown, why


@pytest.mark.parametrize(
    ("text", "taken", "why"),
    [
        ("Cortex 3 mm.", False, "at the limit of a normal cortex"),
        ("Cortex 3.1 mm.", True, "just past it"),
        ("Cortex 4 mm.", True, "past it"),
        ("Cortex thin.", False, "normal"),
        ("Cortical thickening.", True, "in words"),
        ("No cortical thickening.", False, "denied"),
        ("Bulging cortex.", True, "in one place"),
        ("Focal lobulation.", True, "likewise"),
        ("Hilum lost.", True, "a node without its hilum"),
        ("Hilum preserved.", False, "a normal one"),
        ("Hilum not visible.", True, "not seen is lost"),
        ("Loss of the normal fatty hilum.", True, "the other way round"),
        ("No hilum.", True, "likewise"),
        ("Gland without fatty hilum.", True, "likewise"),
        ("No hilar change.", False, "of the hilum something is denied"),
        ("No loss of fatty hilum.", False, "denied"),
        ("Matted nodes.", True, "N2"),
        ("Nodes stuck together.", True, "in plain words"),
        ("Extranodal growth.", True, "out of a node"),
        ("Node round, 12 mm.", True, "by its shape"),
        ("Round hard node.", True, "the other way round"),
        ("Round, as nodes are.", False, "a comma between"),
        ("No enlarged nodes.", False, "denied"),
        ("Nodes negative.", False, "normal"),
        ("Axillary adenopathy.", True, "enlarged nodes"),
        ("No adenopathy.", False, "denied"),
        ("Nodal disease.", True, "taken"),
        ("Level II node seen.", True, "beyond level I"),
        ("Level I node seen.", False, "of level I, of which nothing is said"),
        ("Internal mammary node 8 mm.", True, "N2 or N3"),
        ("Macrometastasis 4 mm.", True, "what a pathologist finds"),
        ("No macrometastasis.", False, "denied"),
        ("ITC.", True, "single cells of tumour"),
        ("Nodes: two nodes negative for carcinoma.", False, "denied between its own words"),
        ("Nodes: two negative for carcinoma, one positive.", True, "not where others are taken"),
        ("Nodes without hilum.", True, "what is denied is what is normal"),
    ],
)
def test_nodes_that_are_taken(text: str, taken: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.takes_nodes(text, knowledge.breast_words) is taken, why


@pytest.mark.parametrize(
    ("text", "joined", "why"),
    [
        ("Suspicious node, matted.", True, "N2, whatever else was read of the nodes"),
        ("Extranodal extension.", True, "growth out of one"),
        ("Extranodal extension not identified.", False, "denied"),
        ("Suspicious node.", False, "a single one"),
        ("Level III adenopathy.", True, "N3, beyond level II"),
        ("Enlarged level II and III nodes.", True, "the same beside level II"),
        ("Enlarged level I and II nodes.", False, "N1"),
        ("Adenopathy in levels I-III.", True, "the same the other way round"),
        ("No adenopathy in levels I-III.", False, "denied"),
        ("Internal mammary node, 7 mm, suspicious.", True, "N2, with its size between"),
        ("No enlarged internal mammary nodes.", False, "denied"),
        ("Normal internal mammary nodes.", False, "nothing is said to be taken"),
        ("Bulky axillary disease.", True, "mostly fixed"),
    ],
)
def test_nodes_that_grow_together_or_lie_far_off(text: str, joined: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.joins_nodes(text, knowledge.breast_words) is joined, why


@pytest.mark.parametrize(
    ("text", "doubtful", "why"),
    [
        ("Node, 5 mm cortex.", True, "its size in front"),
        ("Node, 2 mm cortex.", False, "thin"),
        ("Node with asymmetric cortex.", True, "thick in one place"),
        ("Cortex is lobulated.", True, "the same the other way round"),
        ("Borderline left axillary nodes.", True, "nobody says that they are normal"),
        ("Node is equivocal.", True, "the same the other way round"),
        ("Axillary disease.", True, "of whatever node"),
        ("No axillary disease.", False, "denied"),
        ("Enlarged node.", True, "what looks taken is in doubt, too"),
        ("Level I node with fatty hilum.", False, "normal"),
    ],
)
def test_nodes_that_may_be_taken(text: str, doubtful: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.doubts_nodes(text, knowledge.breast_words) is doubtful, why


@pytest.mark.parametrize(
    ("study", "text", "counted", "why"),
    [
        ("Axillary clearance", "7/15", True, "the study is of nodes"),
        ("Breast pathology", "7/15", False, "of what nobody says"),
        ("Breast pathology", "Nodes 7/15", True, "its sentence is of nodes"),
        ("Breast pathology", "Nodes seen. 7/15", False, "another sentence is"),
        ("Breast pathology", "Scar. Nodes 7/15", True, "any sentence may be"),
        ("Sentinel node", "1 of 3", True, "one taken"),
        ("Sentinel node", "0/3", False, "none"),
        ("Sentinel node", "3 out of 3", True, "all of them"),
        ("Sentinel node", "4/3", False, "no count"),
        ("Sentinel node", "2/5 nodes negative", False, "those counted are free"),
        ("Sentinel node", "2/5 nodes, carcinoma", True, "they are not"),
        ("Sentinel node", "ER 7/8", False, "a score of receptors"),
        ("Sentinel node", "Grade 2/3", False, "a grade"),
        ("Sentinel node", "Grade 2. 2/3", True, "behind a grade of another sentence"),
        ("Sentinel node", "Image 3/12", False, "a picture"),
        ("Sentinel node", "On 1/12/2025", False, "a date"),
        ("Sentinel node", "1/3 %", True, "only a sign right behind is of the number"),
        ("Sentinel node", "10/100", False, "of three digits"),
    ],
)
def test_nodes_that_are_counted(study: str, text: str, counted: bool, why: str) -> None:
    assert counts_nodes(study, text) is counted, why


# --- results that are not final ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "open_", "why"),
    [
        ("Non-diagnostic.", True, "nothing can be said of it"),
        ("Nondiagnostic.", True, "in one word"),
        ("Diagnostic mammogram.", False, "that is its name"),
        ("Motion artefact.", True, "it could not be read"),
        ("No motion.", False, "denied"),
        ("Left breast not imaged completely.", True, "not all was seen"),
        ("Left breast not imaged.", False, "what was not ordered need not be seen"),
        ("Insufficient.", True, "too small a sample"),
        ("Sufficient.", False, "large enough"),
        ("Repeat core.", True, "it is to be sampled again"),
        ("Discordant.", True, "it does not fit what was seen"),
        ("Concordant.", False, "it fits"),
        ("Second opinion requested.", True, "somebody else is asked"),
        ("Referred for MRI.", True, "likewise"),
        ("Referred by her GP.", False, "who sent her"),
        ("Short-term follow-up.", True, "it is looked at again soon"),
        ("Stains pending.", True, "a part is to come"),
        ("Immuno to follow.", True, "likewise"),
    ],
)
def test_a_result_that_is_not_final(text: str, open_: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.is_not_final(text, knowledge.breast_words) is open_, why


@pytest.mark.parametrize(
    ("text", "other", "why"),
    [
        ("CD20 positive.", True, "a lymphoma"),
        ("CD 20 positive.", True, "with a blank"),
        ("CD lost.", False, "no marker"),
        ("Benign lymphoid cells.", False, "a normal node"),
        ("Lymphoid proliferation.", True, "perhaps a lymphoma"),
        ("Angiosarcoma.", True, "of vessels, after radiation"),
        ("No sarcoma.", False, "denied"),
        ("Malignant phyllodes.", True, "of connective tissue"),
        ("SOX10 positive.", True, "a melanoma"),
        ("Melanin.", True, "of pigment cells"),
        ("TTF-1 positive.", True, "of the lung"),
        ("GATA3 positive.", False, "of the breast"),
        ("Squamous carcinoma.", True, "of another organ, or metaplastic"),
        ("Not of breast.", True, "said in so many words"),
        ("Other than breast in origin.", True, "likewise"),
        ("Granulomas.", True, "sarcoidosis, tuberculosis"),
        ("Invasive ductal carcinoma.", False, "a cancer of the breast"),
        ("Polymorphous lymphoid population.", False, "as reactive nodes have it"),
        ("Extramammary structures normal.", False, "what lies beside the breast is no tissue"),
        ("Extramammary origin.", True, "where a tumour is from is"),
    ],
)
def test_tissue_of_another_kind(text: str, other: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.is_of_other_tissue(text, knowledge.breast_words) is other, why


# --- assessments ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "benign", "why"),
    [
        ("BI-RADS 2", True, "benign"),
        ("BI-RADS 3", False, "probably benign is not final"),
        ("BI-RADS 0", False, "incomplete"),
        ("BI-RADS 4A", False, "suspicious"),
        ("BIRADS category 1", True, "negative, in another spelling"),
        ("BI-RADS 2 left. BI-RADS 4 right.", False, "the worse of two counts"),
        ("M2", True, "a British class"),
        ("M3", False, "from 3 on"),
        ("U1. U3.", False, "the worse of two counts"),
        ("P3", False, "also of examination"),
        ("B2", True, "a benign sample"),
        ("B3", False, "one of uncertain potential"),
        ("B5b", False, "a malignant one"),
        ("C1", False, "an inadequate one is not benign"),
        ("C2", True, "benign cells"),
        ("C3", False, "atypical ones"),
        ("No evidence of malignancy.", True, "in words"),
        ("No mammographic evidence of local recurrence.", True, "with words between"),
        ("No evidence of malignancy. C1.", False, "an open class counts more"),
    ],
)
def test_an_assessment(text: str, benign: bool, why: str, knowledge: Knowledge) -> None:
    """What is not benign is open, in follow-up and on the other side."""
    words = knowledge.breast_words
    assert breast_signs.is_classed_benign(text, words) is benign, why
    assert breast_signs.is_classed_open(text, words) is not benign, why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BI-RADS 6", "the known cancer"),
        ("P2", "examination alone settles nothing"),
        ("Evidence of malignancy.", "not denied"),
        ("No change.", "no assessment"),
        ("BI-RADS 12", "no class"),
    ],
)
def test_what_is_no_assessment_is_neither_benign_nor_open(text: str, why: str, knowledge: Knowledge) -> None:
    words = knowledge.breast_words
    assert not breast_signs.is_classed_benign(text, words), why
    assert not breast_signs.is_classed_open(text, words), why


@pytest.mark.parametrize(
    ("text", "undecided", "why"),
    [
        ("B3.", True, "of uncertain potential"),
        ("B4b.", True, "suspicious"),
        ("B2.", False, "benign"),
        ("B5a.", False, "malignant, which is decided"),
        ("C1.", True, "inadequate"),
        ("C2.", False, "benign"),
        ("C3.", True, "atypical"),
        ("C4.", True, "suspicious"),
        ("C5.", False, "malignant"),
        ("c4 vertebra.", False, "no class"),
    ],
)
def test_a_sample_that_decides_nothing(text: str, undecided: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.is_undecided_sample(text, knowledge.breast_words) is undecided, why


@pytest.mark.parametrize(
    ("text", "closed", "why"),
    [
        ("BI-RADS 2. Stable scar.", True, "benign, and nothing changed"),
        ("Stable scar.", False, "nobody calls all of it benign"),
        ("BI-RADS 2. The scar has grown.", False, "a change"),
        ("BI-RADS 2. No new mass.", True, "a change that is denied"),
        ("BI-RADS 2. Possibly a cyst.", False, "a doubt"),
        ("BI-RADS 2. Benign?", False, "a question, which nothing denies"),
        ("BI-RADS 2. No change?", False, "likewise"),
        ("BI-RADS 2. Benign scar has grown.", False, "what is called benign may grow"),
        ("BI-RADS 2. Core advised.", False, "a next step"),
        ("BI-RADS 2. Lump.", False, "what a recurrence looks like"),
        ("BI-RADS 2. Compared with 2024, stable.", True, "a comparison that found nothing"),
        ("BI-RADS 2. Compared with 2024, other from then.", False, "one that found something"),
        ("BI-RADS 4. Stable scar.", False, "an open assessment"),
        ("BI-RADS 2. Skin thickening.", False, "what treatment leaves, a tumour may cause"),
        ("BI-RADS 2. Skin thickening, stable.", True, "but not what stays as it was"),
        ("BI-RADS 2. Skin thickening due to prior radiotherapy.", True, "or comes of treatment"),
        ("BI-RADS 2. Skin thickening is not stable.", False, "which may be denied"),
        ("BI-RADS 2. Skin thickening. Scar stable.", False, "another sentence is of another thing"),
        ("BI-RADS 2. Stable node with thick cortex.", False, "treatment thickens no node"),
        ("BI-RADS 2. If there is a palpable lump, refer.", True, "a condition names what is not there"),
        ("BI-RADS 2. If the lump grows, refer.", False, "this one names what is"),
        ("BI-RADS 2. Clip of a benign biopsy.", True, "a biopsy that was"),
        ("BI-RADS 2. Core biopsy.", False, "any other may be a next step"),
    ],
)
def test_a_report_that_closes_itself(text: str, closed: bool, why: str, knowledge: Knowledge) -> None:
    assert breast_signs.is_closed(text, knowledge.breast_words) is closed, why


# --- denial -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "denied", "why"),
    [
        ("No mass", True, "denied"),
        ("MASS", False, "said"),
        ("No mass seen", True, "denied before it"),
        ("Mass not seen", True, "denied behind it"),
        ("Mass: not seen", False, "a colon ends what can be denied behind"),
        ("Mass, cyst not seen", False, "and so does a comma"),
        ("No scar, mass", False, "a comma ends a denial"),
        ("No scar, cyst or mass", True, "unless its list goes on"),
        ("No scar, mass or cyst", True, "before the end of the list, too"),
        ("No scar but mass", False, "a turn"),
        ("No scar: mass", False, "a colon"),
        ("No scar. Mass", False, "another sentence"),
        ("No scar; mass", False, "or a semicolon"),
        ("No scar\nmass", False, "or a line"),
        ("No 2.5 cm mass", True, "the point of a number ends nothing"),
        ("Mass. None seen", False, "nor does a denial reach back"),
        ("Cyst rather than mass", True, "another thing"),
        ("Without a mass", True, "in another word"),
        ("Nodes not mass", True, "likewise"),
        ("No scar with mass", False, "what it is with is there"),
        ("No cyst, and the mass", False, "an article begins a statement of its own"),
        ("Carcinoma of no special type, a mass", False, "the name of a tumour"),
        ("Carcinoma of no special type mass", False, "without a comma, too"),
        ("Mass of no special type", False, "and behind it"),
        ("No doubt a mass", False, "surely there"),
        ("Not only a mass", False, "that and more"),
        ("Benign mass", True, "what is called benign is no sign"),
        ("Benign-appearing mass", True, "or looks it"),
        ("Benign scar, mass", False, "only right behind it"),
        ("Benign scar mass", False, "not a word farther"),
        ("Non-mass enhancement", True, "of the next word"),
        ("Non-cystic mass", False, "and of no other"),
        ("Mass is absent", True, "in a word"),
        ("Mass and scar are absent", False, "of another thing, perhaps"),
        ("Mass where the breast is normal", False, "of another part"),
        ("Mass not seen in 2024", False, "what was not there then is there now"),
        ("Mass not present before", False, "likewise"),
        ("Mass not seen today", True, "now it is not there"),
        ("Mass was none", True, "behind it in a word"),
        ("Mass, triple negative", False, "receptors are negative"),
        ("Mass is triple negative", False, "without a comma, too"),
        ("Mass HER2 negative", False, "likewise"),
        ("Mass, ER negative", False, "likewise"),
        ("Mass at 12 negative", True, "it is itself"),
        ("Clip. No scar. Mass", False, "the last of the sentences before it counts"),
        ("Clip. Mass not seen", True, "in a later sentence"),
        ("Clip. Mass, no scar", False, "what stands behind it denies what follows"),
        (f"{'x ' * 200}no mass", True, "far into a sentence"),
        (f"No  {'x ' * 148}mass", True, "at the end of what is looked at, 300 signs off"),
        (f"No {'x ' * 149}mass", False, "farther off it denies nothing"),
        (f"piano {'xx ' * 99}mass", False, "half a word denies nothing"),
        ("No mass?", True, "of the mass; of the question see below"),
    ],
)
def test_a_finding_that_is_denied(text: str, denied: bool, why: str) -> None:
    start = text.lower().index("mass")
    assert is_denied(text, start, start + len("mass")) is denied, why
