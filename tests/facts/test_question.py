"""What an order asks (design §5.2): family of the study by phase by reason → question, stated, covered."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Asked, OrderFacts
from cds_service.facts.reasons import reasons
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept, Reference, Resource
from tests.support.resources import ago, cancer, concept, condition, medication, order, procedure, surgery

Extracted = Callable[..., OrderFacts]

NEW = (cancer(),)
FOLLOWED = (cancer(days=2000), surgery(1900))
NEOADJUVANT_RUNNING = (cancer(days=100), medication("paclitaxel", reason="sct:373847000"))
PHASES = {"new": NEW, "followed": FOLLOWED, "neoadjuvant": NEOADJUVANT_RUNNING}
ADJUVANT = (cancer(days=200), surgery(100), medication("paclitaxel", reason="sct:373846009", days=30))
RECURRED = (*FOLLOWED, condition("sct:314955001", id="again", onset=ago(20), side="left"))
NEOADJUVANT_PLANNED = (cancer(days=30), medication("paclitaxel", reason="sct:373847000", status="draft"))
NEOADJUVANT_DONE = (
    cancer(days=200),
    procedure("sct:367336001", days=150, until=20, reason="sct:373847000"),
)
RECORDS = {
    **PHASES,
    "adjuvant": ADJUVANT,
    "recurrence": RECURRED,
    "neoadjuvant-planned": NEOADJUVANT_PLANNED,
    "neoadjuvant-completed": NEOADJUVANT_DONE,
    "new or followed": (cancer(days=None),),
}

STUDIES = {
    "pet-ct": "fdg-pet-ct",
    "bone-scan": "bone-scan",
    "mri-head": "mri-head-without-and-with-contrast",
    "us-axilla": "us-axilla",
    "core-biopsy": "core-biopsy-axillary-node",
    "mammography": "mammography-diagnostic",
    "mri-breast": "mri-breast-without-and-with-contrast",
}


def asked_by(extracted: Extracted, study: str, phase: str, *reasons: str | CodeableConcept) -> Asked:
    draft = order("local:study", *reasons)
    (episode,) = extracted(*RECORDS[phase], draft=draft, procedures=[STUDIES[study]]).episodes
    return episode.asked


@pytest.mark.parametrize("phase", ["adjuvant", "recurrence", "neoadjuvant-planned", "neoadjuvant-completed"])
def test_the_records_used_here_are_in_their_phases(phase: str, extracted: Extracted) -> None:
    (episode,) = extracted(*RECORDS[phase]).episodes
    assert episode.facts.candidates("disease-phase") == (phase,)


@pytest.mark.parametrize(
    ("study", "phase", "reason", "question"),
    [
        # A study of the body
        ("pet-ct", "new", "staging", "distant"),
        ("pet-ct", "new", "initial staging of breast cancer", "distant"),
        ("pet-ct", "new", "rule out metastasis", "distant"),
        ("pet-ct", "new", "metastatic work-up", "distant"),
        ("bone-scan", "new", "rule out bone metastases", "distant"),
        ("mri-head", "new", "rule out brain metastases", "distant"),
        ("pet-ct", "new", "evaluate axillary nodes", "axilla"),
        ("pet-ct", "new", "axillary staging", "axilla"),
        ("pet-ct", "new", "suspicious left axillary node", "axilla"),
        ("pet-ct", "followed", "surveillance", "distant"),
        ("pet-ct", "followed", "annual follow-up", "distant"),
        ("pet-ct", "followed", "icd:Z08", "distant"),
        ("pet-ct", "new or followed", "surveillance", "distant"),
        ("pet-ct", "followed", "evaluate for local recurrence", "local-recurrence"),
        # Axilla: in untreated disease it asks the axilla whatever the reason
        ("us-axilla", "new", "evaluate axillary nodes", "axilla"),
        ("us-axilla", "followed", "new axillary lump", "axilla"),
        ("us-axilla", "followed", "routine surveillance", "distant"),
        ("us-axilla", "followed", "icd:Z08", "distant"),
        ("core-biopsy", "new", "suspicious axillary node", "axilla"),
        # Breast
        ("mammography", "followed", "surveillance", "local-recurrence"),
        ("mammography", "followed", "icd:Z08", "local-recurrence"),
        ("mammography", "adjuvant", "surveillance", "local-recurrence"),
        ("mammography", "recurrence", "surveillance", "local-recurrence"),
        ("mri-breast", "new", "evaluate axillary nodes", "axilla"),
        ("mri-breast", "new", "extent of disease in the breast", "breast"),
        ("mri-breast", "new", "multifocal tumour, evaluate axillary nodes", "breast"),
        ("mri-breast", "new", "axillary lump, evaluate axillary nodes", "axilla"),
        ("pet-ct", "new", "extent of disease in the breast", "breast"),
        ("mammography", "followed", "evaluate for local recurrence", "local-recurrence"),
    ],
)
def test_a_reason_that_states_the_question(
    study: str, phase: str, reason: str, question: str, extracted: Extracted
) -> None:
    found = asked_by(extracted, study, phase, reason)
    assert (found.question, found.stated, found.covered) == (question, True, True)


def test_a_lump_beside_the_axilla_asks_more_than_the_axilla(extracted: Extracted) -> None:
    found = asked_by(extracted, "mri-breast", "new", "evaluate axillary nodes, breast lump")
    assert (found.question, found.stated) == (None, False)


def test_what_was_asked_rests_on_the_order_where_it_gives_a_reason(extracted: Extracted) -> None:
    said = asked_by(extracted, "pet-ct", "new", "staging").evidence
    assert [(each.value, len(each.resources)) for each in said] == [("reason of the order", 1)]
    assert asked_by(extracted, "pet-ct", "new").evidence == ()


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    "reason",
    [
        None,  # no reason at all
        "icd:C50.912",  # nothing beyond the cancer itself
        "Breast cancer",
        "icd:F41.9",  # E53: anxiety
        "patient request",
        "icd:R97.8",  # E52: tumour marker
    ],
)
def test_a_reason_that_leaves_it_to_the_default(
    reason: str | None, phase: str, study: str, extracted: Extracted
) -> None:
    found = asked_by(extracted, study, phase, *([reason] if reason else []))
    assert (found.stated, found.covered, found.unclear) == (False, True, False)


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize(
    "reason",
    ["icd:C34.90", "lung cancer", "staging of lung cancer", "fever of unknown origin", "trauma", "pulmonary embolism"],
)
@pytest.mark.parametrize("phase", PHASES)
def test_a_reason_about_something_else_is_not_covered(
    reason: str, phase: str, study: str, extracted: Extracted
) -> None:
    found = asked_by(extracted, study, phase, reason)
    assert (found.question, found.stated, found.covered) == (None, False, False)


@pytest.mark.parametrize("reason", ["icd:Z00.00", "local:17", "as discussed with Dr X", "xyzzy"])
def test_a_reason_nobody_understands_is_not_covered(reason: str, extracted: Extracted) -> None:
    """A reason that cannot be tied to the breast cancer."""
    assert not asked_by(extracted, "pet-ct", "new", reason).covered


@pytest.mark.parametrize("order_of", [1, -1])
def test_one_foreign_reason_among_others_is_enough(order_of: int, extracted: Extracted) -> None:
    assert not asked_by(extracted, "pet-ct", "new", *["icd:C50.912", "icd:C34.90"][::order_of]).covered


def test_a_note_about_another_disease_is_enough(extracted: Extracted) -> None:
    draft = order("cpt:78815", "staging", note="r/o pulmonary embolism")
    assert not extracted(*NEW, draft=draft).episodes[0].asked.covered


@pytest.mark.parametrize("reasons", [("icd:C50.912", "xyzzy"), ("staging of breast cancer", "xyzzy plugh")])
def test_what_is_partly_understood_never_counts_as_stated(reasons: tuple[str, ...], extracted: Extracted) -> None:
    """The part nobody understood may be the very thing that matters."""
    found = asked_by(extracted, "pet-ct", "new", *reasons)
    assert (found.stated, found.covered, found.unclear) == (False, True, True)


@pytest.mark.parametrize("study", ["us-axilla", "mammography"])
@pytest.mark.parametrize(
    ("phase", "reason"), [("new", "surveillance"), ("neoadjuvant", "surveillance"), ("neoadjuvant", "icd:Z08")]
)
def test_follow_up_words_mean_distant_in_surveillance_only(
    reason: str, study: str, phase: str, extracted: Extracted
) -> None:
    assert asked_by(extracted, study, phase, reason).question != "distant"


@pytest.mark.parametrize("phase", ["new", "neoadjuvant"])
def test_surveillance_of_somebody_who_is_not_followed_states_nothing(phase: str, extracted: Extracted) -> None:
    assert not asked_by(extracted, "pet-ct", phase, "surveillance").stated


def test_recurrence_without_a_place_leaves_the_question_open(extracted: Extracted) -> None:
    """On a study of the body it may mean local or distant."""
    assert asked_by(extracted, "pet-ct", "followed", "suspected recurrence").question != "local-recurrence"
    assert not asked_by(extracted, "pet-ct", "followed", "suspected recurrence").stated
    assert not asked_by(extracted, "pet-ct", "followed", "restaging, suspected recurrence").stated


def test_what_the_tumour_is_like_in_the_breast_does_not_narrow_staging(extracted: Extracted) -> None:
    assert asked_by(extracted, "pet-ct", "new", "multifocal tumour, staging").question == "distant"
    assert asked_by(extracted, "pet-ct", "new", "multifocal tumour, axillary staging").question == "axilla"


def test_a_family_s_story_asks_nothing(extracted: Extracted) -> None:
    assert not asked_by(extracted, "pet-ct", "new", "mother had staging PET").stated


def test_both_halves_of_a_study_give_reasons(extracted: Extracted) -> None:
    draft, partner = order("cpt:71260", id="a"), order("cpt:74177", "staging", id="b")
    study = ["ct-chest-abdomen-pelvis-with-contrast"]
    found = extracted(*NEW, draft=draft, partner=partner, procedures=study).episodes[0].asked
    assert (found.question, found.stated) == ("distant", True)


@pytest.mark.parametrize(
    ("references", "covered", "unclear", "why"),
    [
        (["Condition/cancer"], True, False, "the cancer itself"),
        (["https://ehr.example/fhir/Condition/cancer"], True, False, "spelled in full"),
        (["Condition/lung"], False, False, "another cancer"),
        (["Condition/cancer", "Condition/gone"], True, True, "one of them cannot be resolved"),
        (["Observation/1"], False, True, "of a kind we do not resolve"),
    ],
)
def test_a_reason_by_reference(
    references: list[str], covered: bool, unclear: bool, why: str, extracted: Extracted
) -> None:
    lung: Resource = condition("icd:C34.90", id="lung", clinical="resolved")
    draft = order("cpt:78815", reason_reference=tuple(Reference(reference=each) for each in references))
    found = extracted(*NEW, lung, draft=draft).episodes[0].asked
    assert found.covered is covered, why
    assert found.unclear is (unclear and covered), why


def test_two_cancers_can_ask_different_questions(extracted: Extracted) -> None:
    """E25: a mammogram asks for recurrence on the treated side, for extent on the new one."""
    left, right = cancer(days=2000, side="left"), cancer("icd:C50.911", id="right", days=20, side="right")
    draft = order("cpt:77066", concept(text="surveillance"))
    found = extracted(left, right, surgery(1900), draft=draft, procedures=[STUDIES["mammography"]])
    questions = {each.facts.value("laterality"): each.asked.question for each in found.episodes}
    assert questions["left"] == "local-recurrence"
    assert questions["right"] != "local-recurrence"


@pytest.mark.parametrize(
    ("study", "phase", "reason", "stated", "why"),
    [
        ("pet-ct", "new", "left breast cancer, staging", True, "the cancer on record"),
        ("pet-ct", "new", "right breast cancer, staging", False, "a cancer of a side that is not on record"),
        ("pet-ct", "new", "bilateral breast cancer, staging", False, "the second cancer has a stage of its own"),
        ("pet-ct", "new", "left IDC, right breast mass, staging", False, "what may be a second cancer"),
        ("pet-ct", "new", "staging, cancer in the other breast", False, "the same"),
        ("mri-head", "new", "bilateral breast cancer, staging", False, "a study of the head asks for its stage, too"),
        (
            "pet-ct",
            "new",
            "left IDC, bilateral mammogram, right breast clear, staging",
            True,
            "a study of both breasts",
        ),
        ("pet-ct", "new", "left IDC, s/p RT, staging", True, "radiotherapy, no right side"),
        ("pet-ct", "new", "left IDC, suspicious axillary node, staging", True, "a node before treatment is its stage"),
        ("pet-ct", "followed", "surveillance, suspicious axillary node", False, "it may be a recurrence"),
        ("pet-ct", "followed", "surveillance, bilateral breast cancer 2015", True, "both were treated"),
        ("pet-ct", "followed", "surveillance, new cancer in the other breast", False, "a cancer nobody staged"),
        ("pet-ct", "followed", "routine scan, on letrozole", False, "nothing is stated, and nothing is unclear"),
        ("us-axilla", "followed", "surveillance, suspicious axillary node", True, "what this study is for"),
    ],
)
def test_more_than_the_cancer_on_record_leaves_the_question_open(
    study: str, phase: str, reason: str, stated: bool, why: str, extracted: Extracted
) -> None:
    found = asked_by(extracted, study, phase, reason)
    assert found.stated is stated, why
    assert found.unclear is (not stated and "letrozole" not in reason), why


@pytest.mark.parametrize(
    ("study", "phase", "reason", "open", "why"),
    [
        ("pet-ct", "new", "radiation planning", True, "for the radiotherapist"),
        ("mri-head", "new", "radiation planning", True, "likewise"),
        ("mammography", "new", "radiation planning", False, "of the breast it can only ask its own question"),
        ("pet-ct", "followed", "s/p lumpectomy", True, "what was done does not say what is looked for"),
        ("mri-head", "followed", "s/p lumpectomy", True, "likewise"),
        ("us-axilla", "followed", "s/p lumpectomy", False, "of the axilla it can only ask its own question"),
        ("pet-ct", "followed", "breast lump", True, "perhaps a recurrence"),
        ("pet-ct", "new", "node-positive", True, "where she stands, not what is asked"),
        ("pet-ct", "followed", "suspected recurrence", True, "local or distant?"),
        ("pet-ct", "followed", "breast cancer, no recurrence", False, "denied"),
        ("pet-ct", "followed", "breast cancer, no chemotherapy", False, "denied"),
        ("pet-ct", "followed", "breast cancer, mother had mastectomy", False, "her mother's"),
        ("pet-ct", "followed", "on letrozole", True, "of her treatment?"),
        ("pet-ct", "followed", "on letrozole, routine scan", False, "routine while endocrine therapy runs"),
        ("pet-ct", "followed", "on letrozole, anxiety", False, "likewise"),
        ("pet-ct", "followed", "on letrozole, hot flashes", True, "an effect of it is no routine"),
        ("pet-ct", "followed", "letrozole planned, routine scan", True, "therapy to come: she is not followed yet"),
        ("pet-ct", "followed", "on chemotherapy, patient request", True, "chemotherapy ends surveillance"),
    ],
)
def test_a_reason_that_says_something_else_leaves_the_question_open(
    study: str, phase: str, reason: str, open: bool, why: str, extracted: Extracted
) -> None:
    """The default is for an order that says nothing, or nothing but the cancer (design §5.2)."""
    assert asked_by(extracted, study, phase, reason).unclear is open, why


def test_a_recurrence_that_is_denied_is_not_what_a_mammogram_asks(extracted: Extracted) -> None:
    assert asked_by(extracted, "mammography", "followed", "breast cancer, no recurrence").question is None


LEFT, RIGHT = cancer(days=20, side="left"), cancer("icd:C50.911", id="right", days=20, side="right")
UNSTATED, BILATERAL = cancer("sct:254837009", days=20), cancer("sct:254837009", days=20, text="Bilateral breast cancer")


@pytest.mark.parametrize(
    ("recorded", "reason", "stated", "why"),
    [
        ((LEFT,), "right breast cancer, staging", False, "a cancer that nobody recorded"),
        ((RIGHT,), "left breast cancer, staging", False, "likewise"),
        ((RIGHT,), "right breast cancer, staging", True, "the one on record"),
        ((LEFT,), "bilateral breast cancer, staging", False, "one of two is on record"),
        ((RIGHT,), "bilateral breast cancer, staging", False, "likewise"),
        ((BILATERAL,), "bilateral breast cancer, staging", True, "both are on record"),
        ((LEFT, RIGHT), "left breast cancer, staging", True, "one of both on record"),
        ((UNSTATED,), "right and left breast cancer, staging", False, "two, and one is on record"),
        ((UNSTATED,), "left breast cancer, staging", True, "it may be the one on record"),
    ],
)
def test_a_side_in_the_reason_that_is_not_on_record_leaves_the_question_open(
    recorded: tuple[Resource, ...], reason: str, stated: bool, why: str, extracted: Extracted
) -> None:
    """A second cancer has a stage of its own."""
    found = extracted(*recorded, draft=order("local:study", reason), procedures=[STUDIES["pet-ct"]])
    assert all(each.asked.stated is stated for each in found.episodes), why


def test_both_sides_are_no_news_where_both_are_on_record(extracted: Extracted) -> None:
    left, right = cancer(days=20, side="left"), cancer("icd:C50.911", id="right", days=20, side="right")
    draft = order("local:study", "bilateral breast cancer, staging")
    found = extracted(left, right, draft=draft, procedures=[STUDIES["pet-ct"]])
    assert [each.asked.stated for each in found.episodes] == [True, True]


def test_a_history_of_both_sides_is_on_record_on_both(extracted: Extracted) -> None:
    """Known from its history alone, it is one entry for two cancers; soon after surgery their lumps are no news."""
    history = condition("icd:Z85.3", text="Personal history of bilateral breast cancer")
    draft = order("local:study", "bilateral breast masses, staging")
    found = extracted(history, surgery(30), draft=draft, procedures=[STUDIES["pet-ct"]])
    assert [each.asked.stated for each in found.episodes] == [True]


CT, BONE, PET = "ct-chest-abdomen-pelvis-with-contrast", "bone-scan", "fdg-pet-ct"
COPD, CIRRHOSIS = condition("icd:J44.9", onset="2012"), condition("icd:K74.60", onset="2012")


@pytest.mark.parametrize(
    ("study", "phase", "found", "reasons", "unclear", "why"),
    [
        (CT, "followed", COPD, (), True, "COPD: the chest is followed for it"),
        (CT, "followed", condition("icd:J84.10"), (), True, "interstitial lung disease"),
        (CT, "followed", condition("icd:R91.1", onset="2012"), (), True, "a nodule older than the cancer is followed"),
        (CT, "followed", CIRRHOSIS, (), True, "cirrhosis: the liver is followed"),
        (CT, "followed", condition("icd:K50.90"), (), True, "Crohn's disease"),
        (CT, "followed", condition("icd:I71.40"), (), True, "an aneurysm of the aorta"),
        (CT, "followed", condition("icd:D86.9"), (), True, "sarcoidosis, of no one organ"),
        (CT, "followed", condition("sct:13645005=Chronic obstructive lung disease"), (), True, "SNOMED CT, by words"),
        (CT, "followed", condition(text="Hepatic cirrhosis"), (), True, "in words alone"),
        (CT, "followed", condition("icd:I10"), (), False, "hypertension is no reason for a CT"),
        (CT, "followed", condition("icd:K21.9"), (), False, "nor is reflux"),
        (CT, "followed", condition("icd:M88.9"), (), False, "nor is Paget's disease of bone"),
        (CT, "followed", condition("icd:J44.9", clinical="resolved"), (), False, "over"),
        (CT, "new", COPD, (), False, "in new disease the CT stages it"),
        (CT, "neoadjuvant-planned", COPD, (), False, "before surgery, likewise"),
        (CT, "neoadjuvant", COPD, (), False, "likewise"),
        (CT, "neoadjuvant-completed", COPD, (), False, "likewise"),
        (CT, "followed", COPD, ("icd:C50.912",), False, "the order names the cancer"),
        (CT, "followed", COPD, ("icd:Z85.3",), False, "or its history"),
        (CT, "followed", COPD, ("annual surveillance",), False, "it says what it is for"),
        (CT, "followed", COPD, ("patient request",), True, "a wish does not say what for"),
        (BONE, "followed", condition("icd:M88.9"), (), True, "Paget's disease of bone"),
        (BONE, "followed", condition("icd:M86.9"), (), True, "osteomyelitis"),
        (BONE, "followed", condition("icd:S72.001A", onset="2012"), (), True, "an old fracture"),
        (BONE, "followed", condition("icd:T84.038A"), (), True, "a joint replacement that may be loose"),
        (BONE, "followed", condition("icd:M81.0"), (), False, "thin bone without fracture is no reason by itself"),
        (BONE, "followed", condition(text="Osteoporosis without current pathological fracture"), (), False, "in words"),
        (BONE, "followed", COPD, (), False, "a bone scan does not show the lungs"),
        (PET, "followed", condition("icd:D86.9"), (), True, "sarcoidosis"),
        (PET, "followed", condition("icd:M31.6"), (), True, "giant cell arteritis"),
        (PET, "followed", condition("icd:D47.2"), (), True, "a neoplasm of uncertain behaviour"),
        (PET, "new", condition("icd:D86.9"), (), True, "sarcoidosis in new disease: PET/CT may be for either"),
        (PET, "new", condition("icd:D86.9"), ("icd:C50.912",), False, "it names the cancer"),
        (PET, "new", condition("icd:D86.9", clinical="resolved"), (), False, "over"),
        (PET, "new", condition("icd:M86.9"), (), True, "osteomyelitis: PET/CT looks for infection of bone"),
        (PET, "new", condition(text="Infective endocarditis"), (), True, "and of heart valves, in words"),
        (PET, "new", condition(text="TB lymphadenitis, on HRZE"), (), True, "tuberculosis by its everyday name"),
        (CT, "followed", condition(text="Pulmonary TB"), (), True, "likewise"),
        (PET, "followed", condition(text="NTM infection"), (), True, "another mycobacterium"),
        (PET, "followed", condition(text="Discitis L3/4"), (), True, "infection of the spine"),
        (PET, "followed", condition(text="Prosthetic joint infection"), (), True, "and of a joint"),
        (PET, "followed", condition(text="Liver abscess"), (), True, "and pus"),
        (PET, "new", condition(text="Granulomatous mastitis"), (), True, "granulomas take up glucose too"),
        (PET, "followed", condition(text="GCA on prednisone"), (), True, "giant cell arteritis, in short"),
        (PET, "new", condition(text="Past TB", clinical="resolved"), (), False, "over"),
        (PET, "new", condition(text="TB lymphadenitis"), ("icd:C50.912",), False, "the order names the cancer"),
        (PET, "new", condition(text="Takes two tbsp of fibre"), (), False, "letters within another word"),
        (CT, "new", condition("icd:M31.6"), (), True, "giant cell arteritis is of no one organ"),
        (PET, "followed", COPD, (), False, "a chronic disease of one organ is no reason for PET/CT"),
        (PET, "followed", CIRRHOSIS, (), False, "likewise"),
    ],
)  # fmt: skip
def test_a_study_may_be_for_another_disease_of_what_it_looks_at(
    study: str, phase: str, found: Resource, reasons: tuple[str, ...], unclear: bool, why: str, extracted: Extracted
) -> None:
    """Without a reason that names the cancer nobody knows which of the two it is for; before surgery it is the cancer,
    unless the other is of no one organ.
    """
    draft = order("local:study", *reasons)
    episode = extracted(*RECORDS[phase], found, draft=draft, procedures=[study]).episodes[0]
    assert episode.asked.unclear is unclear, why


# --- one reason -------------------------------------------------------------------------------------------------------
TIED, NEUTRAL, UNCLEAR, FOREIGN, BOTH = {"tied"}, set[str](), {"unclear"}, {"foreign"}, {"tied", "unclear"}


def sorted_as(source: Source) -> set[str]:
    """How the reasons of an order are sorted."""
    found = reasons(source)
    return {name for name in ("tied", "foreign", "unclear") if getattr(found, name)}


@pytest.mark.parametrize(
    ("code", "words", "expected", "why"),
    [
        ("icd:D49.9", "Cancer", UNCLEAR, "a code of another kind is not the breast cancer by the word in it"),
        ("icd:Z85.3", "Cancer", TIED, "its history"),
        ("local:7", "Breast cancer", TIED, "a code of the site's own, and words that name it"),
        ("local:7", "Staging", TIED, "and words that say what for"),
        ("icd:R92.8", "Abnormal mammogram, r/o pulmonary embolism", FOREIGN, "the words go beyond the code"),
    ],
)
def test_words_beside_a_code(
    code: str, words: str, expected: set[str], why: str, source_of: Callable[..., Source]
) -> None:
    assert sorted_as(source_of(*NEW, draft=order("cpt:78815", concept(code, text=words)))) == expected, why


@pytest.mark.parametrize(
    ("code", "expected", "why"),
    [
        ("icd:C50.912", TIED, "the cancer"),
        ("icd:Z85.3", TIED, "its history"),
        ("icd:Z08", TIED, "its follow-up"),
        ("sct:314955001", TIED, "its recurrence"),
        ("icd:C79.51", TIED, "its metastasis"),
        ("icd:C77.3", TIED, "in a node of the axilla"),
        ("icd:C77.9", TIED, "in a node of no stated place"),
        ("sct:12584003", TIED, "bone pain may be its metastasis"),
        ("sct:279039007", TIED, "back pain likewise"),
        ("sct:49727002", TIED, "cough"),
        ("sct:18165001", TIED, "jaundice"),
        ("sct:25064002", TIED, "headache"),
        ("sct:89362005", TIED, "weight loss"),
        ("sct:309529002", TIED, "a mass in the lung"),
        ("sct:166643006", TIED, "liver enzymes"),
        ("sct:274770006", TIED, "alkaline phosphatase"),
        ("icd:R97.8", TIED, "a tumour marker"),
        ("sct:164150006", TIED, "a palpable axillary node"),
        ("sct:300863000", TIED, "a mass of the axilla"),
        ("sct:30746006", TIED, "enlarged nodes"),
        ("icd:R42", TIED, "a symptom nobody listed"),
        ("icd:F41.9", NEUTRAL, "anxiety says nothing of the study"),
        ("icd:R92.8", NEUTRAL, "nor does an abnormal mammogram"),
        ("icd:Z79.811", NEUTRAL, "a treatment says where she stands"),
        ("icd:Z90.12", NEUTRAL, "likewise"),
        ("icd:Z51.11", NEUTRAL, "likewise"),
        ("sct:1259200004", NEUTRAL, "likewise"),
        ("sct:373847000", NEUTRAL, "likewise"),
        ("sct:373846009", NEUTRAL, "likewise"),
        ("sct:33195004", NEUTRAL, "likewise"),
        ("icd:Z51.12", NEUTRAL, "likewise"),
        ("sct:84387000", NEUTRAL, "no symptoms"),
        ("icd:Z80.3", NEUTRAL, "her family's"),
        ("icd:C34.90", FOREIGN, "another cancer"),
        ("icd:Z00.00", UNCLEAR, "of no cancer"),
        ("icd:C80.1", FOREIGN, "a cancer of no stated place: perhaps another"),
        ("icd:D49.9", UNCLEAR, "a neoplasm of no stated place"),
    ],
)
def test_what_a_code_alone_ties_the_order_to(
    code: str, expected: set[str], why: str, source_of: Callable[..., Source]
) -> None:
    assert sorted_as(source_of(*NEW, draft=order("cpt:78815", code))) == expected, why


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [
        (("left breast cancer",), TIED, "the cancer"),
        (("locally advanced",), TIED, "how far it has come"),
        (("staging",), TIED, "a question of it"),
        (("annual follow-up",), TIED, "its follow-up"),
        (("rule out metastasis",), TIED, "a question of it"),
        (("on tamoxifen",), TIED, "its treatment"),
        (("palpable left axillary node",), TIED, "its nodes"),
        (("s/p lumpectomy",), TIED, "its surgery"),
        (("suspected recurrence",), TIED, "its return"),
        (("breast lump",), TIED, "the breast"),
        (("bone metastases",), TIED, "its metastases"),
        (("elevated CA 15-3",), TIED, "its marker"),
        (("back pain",), TIED, "a symptom: it silences by itself"),
        (("elevated LFTs",), TIED, "a laboratory value likewise"),
        (("lung nodule",), TIED, "a finding likewise"),
        (("patient request",), TIED, "no reason, and so none of another disease"),
        (("PET/CT",), NEUTRAL, "the study once more"),
        (("PET/CT", "CT chest"), NEUTRAL, "likewise"),
        (("xyzzy",), UNCLEAR, "nobody understands it"),
        (("breast cancer xyzzy plugh",), BOTH, "nobody understands all of it"),
        (("breast cancer", "xyzzy"), BOTH, "nobody understands the other"),
        (("hypertension",), FOREIGN, "a chronic disease alone"),
        (("hypertension", "breast cancer"), TIED, "beside the cancer it is no reason"),
        (("hypertension", "breast cancer xyzzy plugh"), BOTH, "likewise"),
        (("hypertension", "PET/CT"), FOREIGN, "what is left is hypertension"),
        (("COPD",), FOREIGN, "a chronic disease of an organ that the study shows"),
        (("COPD", "breast cancer"), TIED | FOREIGN, "either may be the reason"),
        (("COPD, history of breast cancer",), BOTH, "likewise"),
        (("COPD, palpable axillary node",), BOTH, "likewise"),
        (("COPD, locally advanced",), BOTH, "likewise"),
        (("COPD, on tamoxifen",), BOTH, "likewise"),
        (("COPD, s/p lumpectomy",), BOTH, "likewise"),
        (("COPD, breast lump",), BOTH, "likewise"),
        (("COPD, bone metastases",), BOTH, "likewise"),
        (("COPD, elevated CA 15-3",), BOTH, "likewise"),
        (("COPD, suspected recurrence",), BOTH, "likewise"),
        (("COPD, r/o metastasis",), TIED, "it says what it is for"),
        (("COPD, mother had breast cancer",), FOREIGN, "her mother's cancer is no reason"),
        (("COPD, back pain",), FOREIGN, "followed for COPD"),
        (("hypertension, history of breast cancer",), TIED, "no reason for imaging"),
        (("osteoarthritis",), FOREIGN, "the bones may be looked at for it"),
        (("osteoarthritis", "breast cancer"), TIED | FOREIGN, "either may be the reason"),
        (("COPD follow-up",), FOREIGN, "followed for COPD"),
        (("COPD, staging of breast cancer",), TIED, "it says what it is for"),
        (("surveillance. HTN, DM",), TIED, "followed for the cancer"),
        (("lung cancer",), FOREIGN, "another cancer"),
        (("? lung cancer",), FOREIGN, "another cancer, in doubt"),
        (("no lung cancer, staging",), TIED, "denied"),
        (("history of lung cancer",), FOREIGN, "another cancer, and no breast cancer named"),
        (("breast cancer, history of lung cancer",), TIED, "the breast cancer is named"),
        (("pulmonary embolism",), FOREIGN, "another disease"),
        (("s/p fall",), FOREIGN, "nothing but an injury"),
        (("s/p fall, staging of breast cancer",), TIED, "it says what it is for"),
    ],
)
def test_what_words_tie_the_order_to(
    said: tuple[str, ...], expected: set[str], why: str, source_of: Callable[..., Source]
) -> None:
    assert sorted_as(source_of(*NEW, draft=order("cpt:78815", *said))) == expected, why


@pytest.mark.parametrize(
    ("said", "node", "why"),
    [
        ("suspicious left axillary node", True, "it is what the study is for"),
        ("palpable axillary node", True, "likewise"),
        ("? suspicious axillary node", True, "in doubt too"),
        ("no suspicious axillary node", False, "there is none"),
        ("node-positive", False, "where she stands"),
        ("staging, suspicious axillary node", False, "it is for staging"),
        ("suspicious axillary node after chemotherapy", False, "it may be for the response"),
        ("breast cancer with suspicious axillary node", False, "it may be for the cancer"),
        ("staging", False, "no node"),
    ],
)
@pytest.mark.parametrize("beside", [(), ("patient request",)])
def test_a_node_that_is_all_a_reason_names_is_what_the_study_is_for(
    said: str, node: bool, beside: tuple[str, ...], why: str, source_of: Callable[..., Source]
) -> None:
    draft = order("cpt:78815", *beside, said)
    assert reasons(source_of(*NEW, draft=draft)).node_to_evaluate is node, why


@pytest.mark.parametrize(
    ("said", "extent"),
    [
        (("extent of disease",), True),
        (("Response to therapy",), True),
        (("responding?",), True),
        (("baseline",), True),
        (("preop",), True),
        (("pre-operative",), True),
        (("planning",), True),
        (("staging", "preop"), True),
        (("staging",), False),
    ],
)
def test_extent_response_and_planning_look_into_the_breast(
    said: tuple[str, ...], extent: bool, source_of: Callable[..., Source]
) -> None:
    assert reasons(source_of(*NEW, draft=order("cpt:77049", *said))).about_extent is extent


@pytest.mark.parametrize(
    ("reason", "named", "follow_up"),
    [
        ("icd:C50.912", True, False),
        ("left breast cancer", True, False),
        ("malignancy", False, False),
        ("icd:Z85.3", True, True),
        ("icd:Z08", False, True),
        ("icd:R92.8", False, False),
    ],
)
def test_what_names_the_breast_cancer_and_what_its_follow_up(
    reason: str, named: bool, follow_up: bool, source_of: Callable[..., Source]
) -> None:
    found = reasons(source_of(*NEW, draft=order("cpt:78815", reason)))
    assert (found.names_breast, found.follow_up) == (named, follow_up)
