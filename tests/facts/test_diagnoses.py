"""What a Condition is, on which side, and which Conditions are one cancer (design §3, facts A7)."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.diagnoses import Course, Disease, diagnoses
from cds_service.facts.model import Facts, Known, OrderFacts, Unknown
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept, Coding, Condition, Extension, KeyState
from tests.support.resources import LEFT, ago, cancer, concept, condition, observation, order, size, surgery

FactsOf = Callable[..., Facts]
Extracted = Callable[..., OrderFacts]

GROUP = "loinc:21908-9"


@pytest.mark.parametrize(
    ("found", "disease"),
    [
        (condition("icd:C50.912"), Disease.UNSPECIFIED),
        (condition("sct:254837009"), Disease.UNSPECIFIED),
        (condition("sct:408643008"), Disease.INVASIVE),
        (condition("icd:D05.12"), Disease.IN_SITU),
        (condition("icd:C50.912", text="DCIS left breast"), Disease.IN_SITU),  # no code contradicts the words
        (condition("icd:C50.912", "icd:D05.12"), Disease.IN_SITU),  # the more specific of two
        (condition(text="Invasive lobular carcinoma of left breast"), Disease.INVASIVE),
        (condition("icd:Z85.3"), Disease.HISTORY),
        (condition("icd:C50.912", text="Metastatic breast cancer"), Disease.METASTASIS),
        (condition("icd:C79.51"), Disease.METASTASIS),
        (condition("icd:C77.3"), Disease.NODE_METASTASIS),
        (condition("icd:C77.9"), Disease.AMBIGUOUS_METASTASIS),
        (condition("icd:C79.81"), Disease.AMBIGUOUS_METASTASIS),  # E29
        (condition("sct:314955001"), Disease.RECURRENCE),
        (condition("icd:C34.90"), Disease.OTHER_MALIGNANCY),
        (condition(text="Lung cancer"), Disease.OTHER_MALIGNANCY),
        # E29, E30: never a breast cancer
        (condition("icd:Z80.3", text="Family history of malignant neoplasm of breast"), Disease.OTHER),
        (condition("icd:Z12.31", text="Screening mammogram for breast cancer"), Disease.OTHER),
        (condition("icd:Z15.01"), Disease.OTHER),
        (condition("icd:D48.60"), Disease.OTHER),
        (condition(text="Family history of breast cancer in mother"), Disease.OTHER),
        (condition(text="No breast cancer"), Disease.OTHER),
        (condition("icd:I10", text="Hypertension"), Disease.OTHER),
    ],
)
def test_what_a_condition_is(found: Condition, disease: Disease, source_of: Callable[..., Source]) -> None:
    (diagnosis,) = diagnoses(source_of(found))
    assert diagnosis.disease is disease


def test_mcode_puts_the_behaviour_into_an_extension(source_of: Callable[..., Source]) -> None:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
    behaviour = Extension(url=url, value_codeable_concept=concept(text="Ductal carcinoma in situ"))
    (diagnosis,) = diagnoses(source_of(condition("sct:254837009", extension=(behaviour,))))
    assert diagnosis.disease is Disease.IN_SITU


def located(site: CodeableConcept) -> Condition:
    """A cancer that says its side by its body site."""
    return msgspec.structs.replace(condition("sct:254837009"), body_site=(site,))


def _lateralised_site() -> CodeableConcept:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier"
    side = Extension(url=url, value_codeable_concept=concept(LEFT))
    breast = Coding(system="http://snomed.info/sct", code="76752008")
    return CodeableConcept(coding=(breast,), extension=(side,))


@pytest.mark.parametrize(
    ("found", "side"),
    [
        (condition("icd:C50.912"), "left"),
        (condition("icd:C50912"), "left"),  # without its dot
        (condition("icd:C50.911"), "right"),
        (condition("icd:C50.919"), "unstated"),
        (condition("icd:D05.11"), "right"),
        (condition("icd:C50.9"), "unstated"),
        (condition("sct:1080101000119105"), "left"),
        (located(concept("sct:80248007")), "left"),
        (located(concept(text="Right breast")), "right"),
        (located(_lateralised_site()), "left"),  # mCODE
        (condition("sct:254837009", text="Cancer of both breasts, bilateral"), "bilateral"),
        (condition("sct:254837009", text="IDC of the left breast"), "left"),
        (condition("sct:254837009"), "unstated"),
    ],
)
def test_its_side(found: Condition, side: str, source_of: Callable[..., Source]) -> None:
    (diagnosis,) = diagnoses(source_of(found))
    assert diagnosis.side == side


@pytest.mark.parametrize(
    ("found", "course"),
    [
        (condition("icd:C50.912"), Course.ACTIVE),
        (condition("icd:C50.912", clinical=None), Course.ACTIVE),
        (condition("icd:C50.912", clinical="recurrence"), Course.ACTIVE),
        (condition("icd:C50.912", clinical="relapse"), Course.ACTIVE),
        (condition("icd:C50.912", clinical="remission"), Course.REMISSION),
        (condition("icd:C50.912", clinical="resolved"), Course.OVER),
        (condition("icd:C50.912", clinical="inactive"), Course.OVER),
        (condition("icd:C50.912", clinical=None, abatement_date_time=ago(10)), Course.OVER),
    ],
)
def test_whether_it_still_holds(found: Condition, course: Course, source_of: Callable[..., Source]) -> None:
    (diagnosis,) = diagnoses(source_of(found))
    assert diagnosis.course is course


# --- the cancer as a fact ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "verification", ["provisional", "differential", "unconfirmed", "Provisional", "xyz", "not confirmed", "ruled out"]
)
def test_a_provisional_cancer_is_unknown(verification: str, facts_of: FactsOf) -> None:
    assert isinstance(facts_of(cancer(verification=verification))["cancer"], Unknown)


@pytest.mark.parametrize("verification", ["confirmed", None])
def test_a_confirmed_one_is_known(verification: str | None, facts_of: FactsOf) -> None:
    assert facts_of(cancer(verification=verification)).value("cancer") == "invasive"


MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"


@pytest.mark.parametrize(
    ("found", "known", "why"),
    [
        (cancer(text="Angiosarcoma of left breast"), False, "a sarcoma"),
        (cancer(text="Primary lymphoma of left breast"), False, "a lymphoma"),
        (cancer(text="Malignant phyllodes tumor of left breast"), False, "not of the epithelium alone"),
        (cancer(text="?phyllodes tumor, left breast"), False, "in doubt, too"),
        (cancer("sct:254837009=Malignant lymphoma of breast"), False, "a display"),
        (
            cancer(extension=(Extension(url=MORPHOLOGY, value_codeable_concept=concept(text="Sarcoma")),)),
            False,
            "mCODE's morphology",
        ),
        (
            cancer(extension=(Extension(url="urn:example:billing", value_codeable_concept=concept(text="Sarcoma")),)),
            True,
            "an extension of something else",
        ),
        (cancer(text="IDC of left breast, metaplastic"), True, "E64: a special type of carcinoma"),
        (cancer(text="Ductal carcinoma left breast, no lymphoma"), True, "denied"),
        (cancer(text="Ductal carcinoma of left breast and lymphoma"), True, "a carcinoma beside a lymphoma"),
        (cancer(text="Invasive carcinoma of left breast, lymphoma"), True, "of no kind that is said"),
        (cancer(text="DCIS in a phyllodes tumor of the left breast"), True, "a carcinoma in situ within it"),
        (cancer(text="Breast cancer, mother had lymphoma"), True, "somebody else's"),
        (cancer("sct:408643008"), True, "a carcinoma by its code"),
    ],
)
def test_a_malignancy_of_the_breast_may_be_no_carcinoma(
    found: Condition, known: bool, why: str, facts_of: FactsOf
) -> None:
    """E29: the criteria are about invasive carcinoma; C50 is any malignant neoplasm of the breast."""
    assert (facts_of(found).value("cancer") == "invasive") is known, why


def test_the_reason_of_the_order_may_say_so_too(facts_of: FactsOf) -> None:
    draft = order("cpt:78815", concept("icd:C50.912", text="Angiosarcoma of left breast"))
    assert isinstance(facts_of(draft=draft)["cancer"], Unknown)


def test_a_histology_neutral_code_counts_as_invasive_and_that_is_said(facts_of: FactsOf) -> None:
    assert facts_of(cancer())["cancer"].assumed == "invasive"  # type: ignore[union-attr]
    assert facts_of(cancer("sct:408643008"))["cancer"].assumed is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "in_situ",
    [
        observation("loinc:21905-5", "Tis"),
        observation(GROUP, "Stage 0"),
        observation(GROUP, "sct:1222605001"),
        condition("icd:D05.12", id="dcis"),
    ],
)
def test_unless_something_says_it_is_in_situ(in_situ: Condition, facts_of: FactsOf) -> None:
    """E9: Tis, stage 0 or D05."""
    assert facts_of(cancer(), in_situ).value("cancer") == "in-situ"


def test_an_invasive_code_stays_invasive_beside_dcis(facts_of: FactsOf) -> None:
    assert facts_of(cancer("sct:408643008"), condition("icd:D05.12", id="dcis")).value("cancer") == "invasive"


def test_dcis_beside_a_staged_tumour_is_its_in_situ_component(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), condition("icd:D05.12", id="dcis"), observation("loinc:21905-5", "cT1"))
    assert facts.value("cancer") == "invasive"


def test_no_cancer_on_record(facts_of: FactsOf) -> None:
    assert facts_of(condition("icd:I10")).value("cancer") == "none"


@pytest.mark.parametrize("state", [KeyState.PARTIAL, KeyState.ERROR])
def test_none_is_never_read_from_a_failure(state: KeyState, facts_of: FactsOf) -> None:
    facts = facts_of(condition("icd:I10"), states={"conditions": state})
    assert isinstance(facts["cancer"], Unknown)


def test_a_cancer_that_only_the_order_names(facts_of: FactsOf) -> None:
    """By code it is one; by words alone it may be."""
    assert facts_of(draft=order("cpt:78815", "icd:C50.912")).value("cancer") == "invasive"
    assert facts_of(draft=order("cpt:78815", "breast cancer")).value("cancer") is not None


# --- one cancer, one episode ------------------------------------------------------------------------------------------
def test_codes_of_one_side_are_one_cancer(extracted: Extracted) -> None:
    found = extracted(cancer(side="left"), condition("sct:254837009", id="again"), condition("icd:C50.412", id="third"))
    assert len(found.episodes) == 1


def test_each_side_is_its_own(extracted: Extracted) -> None:
    """E26, also of one bilateral Condition."""
    assert len(extracted(cancer(), condition("icd:C50.911", id="right")).episodes) == 2
    assert len(extracted(condition("sct:254837009", text="Bilateral breast cancer")).episodes) == 2


def stages(found: OrderFacts) -> dict[object, object]:
    return {each.facts.value("laterality"): each.facts.value("stage-group") for each in found.episodes}


RIGHT_CANCER = condition("icd:C50.911", id="right", onset=ago(20))


@pytest.mark.parametrize(
    ("stated", "expected", "why"),
    [
        (observation(GROUP, "IIA", focus="Condition/cancer"), {"left": "IIA", "right": None}, "joined by focus"),
        (observation(GROUP, "IIA", focus="Condition/right"), {"left": None, "right": "IIA"}, "joined by focus"),
        (observation(GROUP, "IIA", side="right"), {"left": None, "right": "IIA"}, "joined by side"),
        (observation(GROUP, "IIA"), {"left": None, "right": None}, "cannot be joined, so not used"),
    ],
)
def test_two_cancers_never_lend_each_other_a_stage(
    stated: Condition, expected: dict[object, object], why: str, extracted: Extracted
) -> None:
    assert stages(extracted(cancer(), RIGHT_CANCER, stated)) == expected, why


@pytest.mark.parametrize(("days", "side"), [(15, "right"), (2990, "left")])
def test_by_date_within_them(days: int, side: str, extracted: Extracted) -> None:
    """The left one was diagnosed years before the right one."""
    found = extracted(cancer(days=3000), RIGHT_CANCER, observation(GROUP, "IIA", days=days))
    assert stages(found)[side] == "IIA"
    assert stages(found)[{"left": "right", "right": "left"}[side]] is None


@pytest.mark.parametrize("joined", ["size", "er"])
def test_size_and_receptors_join_alike(joined: str, extracted: Extracted) -> None:
    measured = size(18, side="left") if joined == "size" else observation("loinc:85337-4", "sct:10828004", side="left")
    fact = {"size": "tumor-size-mm", "er": "er"}[joined]
    known = {
        each.facts.value("laterality"): each.facts.value(fact)
        for each in extracted(cancer(), RIGHT_CANCER, measured).episodes
    }
    assert known["left"] is not None
    assert known["right"] is None


def test_words_of_the_order_are_about_neither(extracted: Extracted) -> None:
    draft = order("cpt:78815", "staging, cT1 N0 M0")
    assert stages(extracted(cancer(), RIGHT_CANCER, draft=draft)) == {"left": None, "right": None}


def test_an_order_of_one_side_is_about_the_cancer_of_that_side(extracted: Extracted) -> None:
    """E25; a study of the body is about both."""
    right = order(concept(text="US axilla right"))
    sides = [
        each.facts.value("laterality")
        for each in extracted(cancer(), RIGHT_CANCER, draft=right, procedures=["us-axilla"]).episodes
    ]
    assert sides == ["right"]
    assert len(extracted(cancer(), RIGHT_CANCER).episodes) == 2


def test_dcis_beside_an_invasive_cancer_does_not_count(extracted: Extracted) -> None:
    found = extracted(cancer("sct:408643008", side="left"), condition("icd:D05.11", id="dcis"))
    assert [each.facts.value("cancer") for each in found.episodes] == ["invasive"]


def test_a_new_local_finding_in_follow_up_is_a_suspected_recurrence(facts_of: FactsOf) -> None:
    """Design §4: 310-v10 is false with a new lump. The lump that was the tumour is none."""
    lump = condition(text="Lump in left breast", onset=ago(20))
    old = condition(text="Lump in left breast", onset=ago(2005))
    assert facts_of(cancer(days=2000), surgery(1900), lump).value("local-recurrence") == "suspected"
    assert facts_of(cancer(days=2000), surgery(1900), old).value("local-recurrence") == "none"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("suspected local recurrence", "suspected"),
        ("new lump in the breast", "suspected"),
        ("annual surveillance, evaluate for recurrence", "none"),  # watched for, not suspected
        ("annual surveillance, suspected recurrence", "suspected"),
        ("routine follow-up", "none"),
    ],
)
def test_recurrence_suspected_by_the_order(reason: str, expected: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2000), surgery(1900), draft=order("cpt:77066", reason))
    assert facts.value("local-recurrence") == expected


def test_evidence_of_the_cancer(facts_of: FactsOf) -> None:
    fact = facts_of(cancer())["cancer"]
    assert isinstance(fact, Known)
    assert [(each.value, each.resources, each.date) for each in fact.evidence] == [
        ("breast cancer", ("Condition/cancer",), ago(20))
    ]


@pytest.mark.parametrize(
    ("found", "expected", "why"),
    [
        (condition("icd:D49.3", onset=ago(10)), "suspected", "a new neoplasm of unspecified behaviour"),
        (condition("icd:D48.62", onset=ago(10)), "suspected", "of uncertain behaviour"),
        (condition("icd:D49.3", onset=ago(1990)), "none", "how the cancer showed itself"),
        (condition("icd:D49.3", onset=ago(10), clinical="resolved"), "none", "no longer held"),
        (condition("icd:D24.2", onset=ago(10)), "none", "benign"),
    ],
)
def test_a_new_neoplasm_of_the_breast_may_be_a_recurrence(
    found: Condition, expected: str, why: str, facts_of: FactsOf
) -> None:
    """310-v10 is false with a new lump or a suspected local recurrence."""
    assert facts_of(cancer(days=2000), surgery(1900), found).value("local-recurrence") == expected, why
