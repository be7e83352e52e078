"""Which drafts are one study: pairs of CT halves, what is selected, what is over, and the traps (facts A7 E40-E44)."""

import pytest

from cds_service.criteria.model import ImagingOrder
from cds_service.criteria.orders import ReadDraft, imaging_orders
from cds_service.fhir.resources import CodeableConcept, ServiceRequest
from cds_service.knowledge.model import Knowledge
from tests.support.resources import concept, order

CHEST, ABDOMEN = "cpt:71260", "cpt:74177"  # with contrast
CHEST_WITHOUT, ABDOMEN_WITHOUT = "cpt:71250", "cpt:74176"
CHEST_BOTH, ABDOMEN_BOTH = "cpt:71270", "cpt:74178"
WITH = "ct-chest-abdomen-pelvis-with-contrast"


def drafts(*codes: str, selected: str = "") -> list[ReadDraft]:
    """Drafts a, b, c … of these codes; `selected` names those asked about, all of them when empty."""
    return [
        ReadDraft(draft=order(code, id=id), place=f"entry[{id}]", selected=id in (selected or id))
        for id, code in zip("abcdefgh", codes, strict=False)
    ]


def ordered(knowledge: Knowledge, *codes: str, selected: str = "") -> list[tuple[str | None, str | None, str]]:
    """Each study: the draft that speaks for it, its partner, the study."""
    found = imaging_orders(drafts(*codes, selected=selected), knowledge)
    return [(each.draft.id, each.partner.id if each.partner else None, each.procedures[0]) for each in found]


def one(draft: ServiceRequest, knowledge: Knowledge) -> tuple[ImagingOrder, ...]:
    return imaging_orders([ReadDraft(draft=draft, place="entry[0]", selected=True)], knowledge)


@pytest.mark.parametrize("codes", [(CHEST, ABDOMEN), (ABDOMEN, CHEST)])
def test_two_halves_are_one_study_in_either_order(codes: tuple[str, str], knowledge: Knowledge) -> None:
    """E42."""
    assert ordered(knowledge, *codes) == [("a", "b", WITH)]


@pytest.mark.parametrize(
    ("codes", "study"),
    [
        ((CHEST, ABDOMEN), WITH),
        ((CHEST_WITHOUT, ABDOMEN_WITHOUT), "ct-chest-abdomen-pelvis-without-contrast"),
        ((CHEST_BOTH, ABDOMEN_BOTH), "ct-chest-abdomen-pelvis-without-and-with-contrast"),
        (("loinc:24628-0", ABDOMEN), WITH),  # coded in two systems
    ],
)
def test_of_the_same_contrast(codes: tuple[str, str], study: str, knowledge: Knowledge) -> None:
    assert ordered(knowledge, *codes) == [("a", "b", study)]


@pytest.mark.parametrize(
    "codes",
    [
        (CHEST, ABDOMEN_WITHOUT),
        (CHEST_WITHOUT, ABDOMEN),
        (CHEST_BOTH, ABDOMEN),
        (CHEST, CHEST),  # the same half twice
        (CHEST,),
        (ABDOMEN,),
    ],
)
def test_halves_that_make_no_study(codes: tuple[str, ...], knowledge: Knowledge) -> None:
    """Mixed contrast matches no row; CT chest alone is not rated."""
    assert ordered(knowledge, *codes) == []


@pytest.mark.parametrize(
    ("selected", "expected"),
    [
        ("a", [("a", "b", WITH)]),
        ("b", [("b", "a", WITH)]),  # the selected half speaks for the study
        ("ab", [("a", "b", WITH)]),
        ("c", []),  # nobody asks about it
    ],
)
def test_one_half_selected_is_enough(selected: str, expected: list[tuple[str, str, str]], knowledge: Knowledge) -> None:
    assert ordered(knowledge, CHEST, ABDOMEN, "cpt:80053", selected=selected) == expected


@pytest.mark.parametrize(
    ("codes", "selected", "expected"),
    [
        ((CHEST, ABDOMEN, ABDOMEN), "abc", [("a", "b", WITH)]),
        ((CHEST, ABDOMEN, ABDOMEN), "c", [("c", "a", WITH)]),  # the half nobody asks about takes no partner away
        ((CHEST, ABDOMEN, ABDOMEN), "ac", [("a", "c", WITH)]),  # what is selected together belongs together
        ((CHEST, CHEST, ABDOMEN, ABDOMEN), "abcd", [("a", "c", WITH), ("b", "d", WITH)]),
        ((CHEST, ABDOMEN_WITHOUT, ABDOMEN), "abc", [("a", "c", WITH)]),
    ],
)
def test_three_halves_and_more(
    codes: tuple[str, ...], selected: str, expected: list[tuple[str, str, str]], knowledge: Knowledge
) -> None:
    assert ordered(knowledge, *codes, selected=selected) == expected


def test_a_half_between_other_studies_keeps_the_order_of_the_drafts(knowledge: Knowledge) -> None:
    assert ordered(knowledge, "cpt:78306", CHEST, "cpt:78815", ABDOMEN) == [
        ("a", None, "bone-scan"),
        ("b", "d", WITH),
        ("c", None, "fdg-pet-ct"),
    ]


def test_a_thousand_halves_pair_in_one_pass(knowledge: Knowledge) -> None:
    """Linear: a hostile order set costs no more than its length."""
    many = [CHEST] * 500 + [ABDOMEN] * 500
    read = [ReadDraft(draft=order(code, id=str(at)), place="", selected=True) for at, code in enumerate(many)]
    assert len(imaging_orders(read, knowledge)) == 500


def test_what_is_not_selected_is_not_assessed(knowledge: Knowledge) -> None:
    assert ordered(knowledge, "cpt:78815", "cpt:78306", selected="b") == [("b", None, "bone-scan")]


@pytest.mark.parametrize("status", ["revoked", "completed", "entered-in-error"])
def test_an_order_that_is_over_is_not_being_placed(status: str, knowledge: Knowledge) -> None:
    """E59."""
    assert one(order("cpt:78815", status=status), knowledge) == ()


@pytest.mark.parametrize("status", ["draft", "active", "on-hold", None])
def test_any_other_is(status: str | None, knowledge: Knowledge) -> None:
    assert len(one(order("cpt:78815", status=status), knowledge)) == 1


@pytest.mark.parametrize(
    ("draft", "study"),
    [
        (order("cpt:76882", body_site=(concept(text="Left axilla"),)), "us-axilla"),
        (order(concept("cpt:76882", text="US axilla left")), "us-axilla"),
        (order(concept("cpt:76882", text="US axilla"), body_site=(concept(text="Left"),)), "us-axilla"),
        (order("cpt:76882", body_site=(concept(text="Left"), concept("sct:91470000"))), "us-axilla"),
        (order("cpt:76882", order_detail=(concept("sct:91470000"),)), "us-axilla"),
        (order("cpt:76882", "sct:164150006"), "us-axilla"),  # a palpable node of the axilla
        (order("cpt:76882", "palpable axillary node"), "us-axilla"),
        (order("cpt:76882", "icd:C77.3"), "us-axilla"),
        (order("cpt:76882", "sct:300863000"), "us-axilla"),  # a lump of the axilla
        (order("cpt:76882", note="axilla please"), "us-axilla"),
        (order("cpt:10005", "suspicious axillary lymph node"), "fna-axillary-node"),
        (order("cpt:76882", body_site=(concept(text="Left knee"),)), None),
        (order("cpt:76882"), None),
        (order("cpt:10005", "thyroid nodule"), None),
        (order("cpt:19083", "suspicious axillary lymph node"), None),  # E40: the code says breast
    ],
)
def test_codes_that_need_a_site(draft: ServiceRequest, study: str | None, knowledge: Knowledge) -> None:
    """E41: 76882 may be a knee, 10005 a thyroid."""
    assert [each.procedures for each in one(draft, knowledge)] == ([(study,)] if study else [])


@pytest.mark.parametrize(
    "draft",
    [
        order(concept("cpt:78815", text="PET/CT FES")),
        order(concept("cpt:78815", text="FES PET/CT")),
        order("cpt:78815", order_detail=(concept(text="F-18 fluoroestradiol"),)),
        order("cpt:78815", note="FES PET for ER status"),
        order("cpt:78815", "sodium fluoride PET for bone metastases"),
        order("cpt:78815", note="Axumin PET please"),
        # tracers that no list has are words that nobody understands
        order(concept("cpt:78815", text="PET/CT 68Ga-pentixafor")),
        order(concept("cpt:78815", text="C-11 PET/CT")),
        order(concept("cpt:78815", text="64Cu trastuzumab PET/CT")),
        order("PET/CT Ga-68 pentixafor"),  # in words alone
        order(concept("cpt:78815=PET/CT pentixafor")),
        order("cpt:78815", order_detail=(concept(text="Tracer: 68Ga-pentixafor"),)),
        order("cpt:78815", order_detail=(concept(text="16a-18F-fluoro-17b-estradiol"),)),
        order("cpt:78815", order_detail=(concept(text="Zr-89 trastuzumab"),)),
        # a code that nobody knows and that has no words may be the code of a tracer
        order(concept("cpt:78815", "hcpcs:A9591")),
        order(concept("cpt:78815", "hcpcs:A9591", text="PET/CT skull base to mid-thigh")),
        order("cpt:78815", order_detail=(concept("hcpcs:A9591"),)),
    ],
)
def test_another_tracer_is_another_study(draft: ServiceRequest, knowledge: Knowledge) -> None:
    """E44: only FDG is rated."""
    assert one(draft, knowledge) == ()


@pytest.mark.parametrize(
    "draft",
    [
        order(concept("cpt:78815", text="PET/MRI skull base to mid-thigh")),
        order(concept("cpt:78815", text="PET/MR")),
        order(concept("cpt:78815", text="FDG PET-MR whole body")),
        order("cpt:78815", order_detail=(concept(text="PET/MRI with FDG"),)),
        order(concept("cpt:78815", text="Amyloid PET")),
        order(concept("cpt:78815", text="PET/CT brain")),
        order(concept("cpt:78815", text="PET/CT heart")),
        order(concept("cpt:78815", text="PET/CT lung cancer")),
        order(concept("cpt:78815", text="PET/CT fever of unknown origin")),
        order(concept("cpt:78815", text="CT head without contrast")),
    ],
)
def test_words_of_another_study_on_the_code_of_a_pet_ct(draft: ServiceRequest, knowledge: Knowledge) -> None:
    """Facts B2: PET/MRI has no row; E60: an order that contradicts itself is not rated."""
    assert one(draft, knowledge) == ()


def test_a_pet_that_is_not_understood_is_logged_without_its_words(
    knowledge: Knowledge, caplog: pytest.LogCaptureFixture
) -> None:
    """Who keeps a site's catalogue can tell why its orders are not rated."""
    caplog.set_level("INFO", logger="cds_service")
    assert one(order(concept("cpt:78815", text="PET/CT Example Campus")), knowledge) == ()
    (told,) = caplog.records
    assert told.getMessage().startswith("entry[0]: ")
    assert "Campus" not in told.getMessage()


@pytest.mark.parametrize(
    "name",
    [
        "PET/CT, skull base to mid-thigh",
        "PET CT SKULL BASE TO MID THIGH",
        "PT+CT Skull base to mid-thigh W 18F-FDG IV",  # LOINC
        "NM PET/CT Tumor Imaging Whole Body Initial Treatment Strategy",
        "PET-CT w/o contrast, eyes to thighs",
        "Positron emission tomography with concurrently acquired computed tomography for attenuation correction and "
        "anatomical localization; skull base to mid-thigh",
        "PET/CT for staging of left breast cancer",
        "PET/CT breast cancer, bone pain",  # read as a symptom elsewhere
        "IMG PET CT (78815)",
    ],
)
def test_how_catalogues_name_a_pet_ct(name: str, knowledge: Knowledge) -> None:
    assert len(one(order(concept("cpt:78815", text=name)), knowledge)) == 1


@pytest.mark.parametrize(
    "draft",
    [
        order(concept("cpt:78815", text="FDG PET/CT")),
        order("cpt:78306", note="FES PET was negative"),  # a bone scan has no such tracer
        order(concept("cpt:78306", text="Tc-99m bone scan")),
        order("cpt:78815", order_detail=(concept(text="F-18 FDG, glucose checked on arrival"),)),
        order("cpt:78815", order_detail=(concept("hcpcs:A9999=Fludeoxyglucose F18"),)),
        order(concept("cpt:78815", "local:PETX")),  # a site's own code is its name of the same
    ],
)
def test_fdg_and_studies_without_a_tracer_are_not(draft: ServiceRequest, knowledge: Knowledge) -> None:
    assert len(one(draft, knowledge)) == 1


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (order("cpt:78815"), order("cpt:78815", order_detail=(concept(text="F-18 fluoroestradiol"),))),
        (order("cpt:78815"), order("cpt:78815", "sodium fluoride PET for bone metastases")),
        (order("cpt:78815"), order("cpt:78815", note="FES PET for ER status")),
        (order("cpt:78306"), order("cpt:78306", body_site=(concept(text="Left knee"),))),
        (order("cpt:78815", note="half a character: \ud83d"), order("cpt:78815", note="FES PET \ud83d")),
    ],
)
def test_what_was_found_of_an_order_is_not_said_of_one_that_says_more(
    less: ServiceRequest, more: ServiceRequest, knowledge: Knowledge
) -> None:
    """Which study an order is for is remembered, by all in it that may say so."""
    for _ in range(2):
        assert len(one(less, knowledge)) == 1
        assert one(more, knowledge) == ()


def test_a_near_match_keeps_its_caveat(knowledge: Knowledge) -> None:
    (found,) = one(order("cpt:78816"), knowledge)
    assert any("whole body" in caveat for caveat in found.caveats)


MRI_BREAST = ("mri-breast-without-and-with-contrast", "mri-breast-without-contrast")


@pytest.mark.parametrize(
    ("draft", "studies"),
    [
        (order("sct:241615005"), MRI_BREAST),  # the code leaves contrast open
        (order("sct:241615005", order_detail=(concept(text="W WO"),)), MRI_BREAST[:1]),
        (order("sct:241615005", order_detail=(concept(text="without contrast"),)), MRI_BREAST[1:]),
        (order(concept("sct:241615005", text="MRI BREAST W/WO CONTRAST")), MRI_BREAST[:1]),
        (order(concept("sct:241615005=MRI breast w/o contrast")), MRI_BREAST[1:]),
        (order("MRI breast", order_detail=(concept(text="non-contrast"),)), MRI_BREAST[1:]),
        (order(concept("loinc:24590-2", text="MRI brain w/o contrast")), ("mri-head-without-contrast",)),
        (order("CT CAP", order_detail=(concept(text="with IV contrast"),)), (WITH,)),
        (
            order(concept("sct:241615005", text="MRI breast with contrast"), order_detail=(concept(text="no gad"),)),
            MRI_BREAST,  # contradicts itself
        ),
        (order("sct:241615005", note="no contrast last time"), MRI_BREAST),  # a note is not about this study alone
        (order("cpt:77047", order_detail=(concept(text="with contrast"),)), MRI_BREAST[1:]),  # the code has decided
    ],
)
def test_contrast_that_the_order_states_closes_an_open_study(
    draft: ServiceRequest, studies: tuple[str, ...], knowledge: Knowledge
) -> None:
    """One study instead of several candidates: fewer answers are left open, none is guessed."""
    (found,) = one(draft, knowledge)
    assert found.procedures == studies


def test_codes_that_disagree_are_logged_without_patient_text(
    knowledge: Knowledge, caplog: pytest.LogCaptureFixture
) -> None:
    """Design §3: codes that disagree are not covered, and logged."""
    caplog.set_level("INFO", logger="cds_service")
    assert one(order(concept("cpt:78815", "cpt:78306", text="for Mrs Example")), knowledge) == ()
    (logged,) = caplog.messages
    assert logged.startswith("entry[0]: ")
    assert "Example" not in logged


SITES: list[tuple[str, CodeableConcept | None, bool, str]] = [
    ("cpt:78815", concept(text="Brain"), False, "a PET of the brain is another study"),
    ("cpt:78815", concept("sct:12738006=Brain structure"), False, "coded"),
    ("cpt:78815", concept("sct:12738006"), False, "a code that nobody reads"),
    ("cpt:78815", concept(text="Skull base to mid-thigh"), True, "its own"),
    ("cpt:78815", concept(text="Whole body"), True, "all of it"),
    ("cpt:78815", concept(text="Left breast"), True, "where the tumour is"),
    ("cpt:78815", concept("sct:80248007"), True, "coded"),
    ("cpt:78815", concept(text="Right axilla"), True, "where its nodes are"),
    ("cpt:78306", concept(text="Left knee"), False, "E60: a limited bone scan is not the whole-body row"),
    ("cpt:78306", concept(text="Lumbar spine"), False, "likewise"),
    ("cpt:78306", concept("sct:38266002=Entire body as a whole"), True, "all of it"),
    ("loinc:24590-2", concept(text="Brain"), True, "its own, by another word"),
    ("loinc:24590-2", concept(text="Knee"), False, "no head"),
    ("loinc:72254-6", concept(text="Chest, abdomen and pelvis"), True, "its own"),
    ("loinc:72254-6", concept(text="Thorax"), True, "a part of its own, by another word"),
    ("cpt:78306", concept(text="Thorax"), False, "a limited bone scan"),
    ("loinc:72254-6", concept(text="Sinuses"), False, "of the head"),
    ("loinc:87869-4", concept(text="Chest, abdomen and pelvis without contrast"), True, "of one of its three forms"),
    ("cpt:77049", concept(text="Left breast, upper outer quadrant"), True, "studies of the breast look at a part"),
]


@pytest.mark.parametrize(("code", "site", "rated", "why"), SITES)
def test_a_site_that_the_study_does_not_look_at_contradicts_it(
    code: str, site: CodeableConcept, rated: bool, why: str, knowledge: Knowledge
) -> None:
    assert bool(one(order(code, body_site=(site,)), knowledge)) is rated, why


@pytest.mark.parametrize(
    ("code", "words", "rated", "why"),
    [
        ("cpt:78815", "CT head without contrast", False, "no PET"),
        ("cpt:78815", "Bone scan", False, "another study of the body"),
        ("cpt:78306", "PET/CT", False, "likewise"),
        ("cpt:78306", "MRI lumbar spine", False, "a study that is not rated"),
        ("cpt:78306", "NM bone scan whole body", True, "its name"),
        ("cpt:78306", "BI WB", True, "a name of the site's own"),
        ("cpt:78306", "Bone density scan", False, "bone densitometry"),
        ("cpt:78306", "3 phase bone scan", False, "another question (E60)"),
        ("loinc:24590-2", "MRI breast", False, "an MRI of another place"),
        ("loinc:24590-2", "MRI brain", True, "its name"),
        ("cpt:76882", "US axilla", True, "its name"),
        ("cpt:76882", "Mammogram axilla", False, "no ultrasound"),
        ("cpt:77066", "3D mammogram", True, "a mammogram"),
    ],
)
def test_words_that_name_another_study_contradict_the_code(
    code: str, words: str, rated: bool, why: str, knowledge: Knowledge
) -> None:
    """Words never overrule a code (E60), and an order that contradicts itself is not rated."""
    assert bool(one(order(concept(code, text=words)), knowledge)) is rated, why


def test_an_order_without_a_code_is_nothing(knowledge: Knowledge) -> None:
    assert one(order(CodeableConcept()), knowledge) == ()
