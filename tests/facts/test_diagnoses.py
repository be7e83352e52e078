"""What a Condition is, on which side, and which Conditions are one cancer (design §3, facts A7)."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cds_service.facts.dates import when
from cds_service.facts.diagnoses import Disease, diagnoses, names_breast_cancer
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Facts, Known, OrderFacts, Unknown
from cds_service.facts.source import Source
from cds_service.fhir.resources import Annotation, CodeableConcept, Coding, Condition, Extension, Period
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import LEFT, ago, cancer, concept, condition, observation, order, size, surgery

FactsOf = Callable[..., Facts]
Extracted = Callable[..., OrderFacts]

GROUP = "loinc:21908-9"
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"


def located(site: CodeableConcept, text: str | None = None) -> Condition:
    """A cancer that says its side, or that it is of the breast, by its body site."""
    named = condition(text=text) if text else condition("sct:254837009")
    return msgspec.structs.replace(named, body_site=(site,))


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


@pytest.mark.parametrize(
    ("found", "disease", "why"),
    [
        # By words alone.
        (condition(text="IDC of left breast"), "invasive", "short for invasive ductal carcinoma"),
        (condition(text="Invasive mammary carcinoma"), "invasive", "of no special type"),
        (condition(text="Inflammatory breast cancer"), "inflammatory", "more specific than invasive"),
        (condition(text="Inflammatory breast cancer, IDC"), "inflammatory", "whatever else is said"),
        (condition(text="DCIS of left breast"), "in-situ", "in situ"),
        (condition(text="Paget disease of breast"), "in-situ", "of the nipple"),
        (condition(text="Breast cancer, DCIS"), "in-situ", "more specific than a cancer of no said kind"),
        (condition(text="IDC with DCIS"), "invasive", "its in situ component"),
        (condition(text="Breast cancer"), "unspecified", "of no said kind"),
        (condition(text="HER2 positive cancer"), "unspecified", "a receptor of the breast"),
        (condition(text="History of DCIS"), "history", "of the past"),
        (condition(text="Metastatic breast cancer"), "metastasis", "stage IV"),
        (condition(text="History of metastatic breast cancer"), "metastasis", "stays stage IV (E24)"),
        (condition(text="Recurrent breast cancer, metastatic"), "metastasis", "it came back elsewhere"),
        (condition(text="No metastatic breast cancer"), "other", "denied"),
        (condition(text="Recurrent breast cancer"), "recurrence", "back"),
        (condition(text="Suspected recurrence of breast cancer"), "recurrence", "perhaps back"),
        (condition(text="No recurrence of breast cancer"), "other", "denied"),
        (condition(text="Axillary node metastasis"), "node-metastasis", "proven"),
        (condition(text="Positive axillary lymph node"), "node-metastasis", "likewise"),
        (condition(text="Suspicious axillary node"), "other", "a finding"),
        (condition(text="No axillary node metastasis"), "other", "denied"),
        (
            condition(text="Lung cancer and breast cancer"),
            "other-malignancy",
            "one entry for two: it may be about the lung",
        ),
        (condition(text="No lung cancer"), "other", "denied"),
        (condition(text="History of lung cancer"), "other", "of the past"),
        (condition(text="Suspected breast cancer"), "other", "nobody has found it yet"),
        # "Carcinoma" is of the breast where a word, a code or the site says so.
        (condition(text="Carcinoma"), "other-malignancy", "of nobody says what"),
        (condition(text="Invasive carcinoma"), "other-malignancy", "likewise"),
        (condition(text="Recurrent cancer"), "other-malignancy", "likewise"),
        (located(concept("sct:76752008"), text="Invasive carcinoma"), "invasive", "of the breast"),
        (located(concept("sct:80248007"), text="Invasive carcinoma"), "invasive", "of the left one"),
        (located(concept("sct:73056007"), text="Invasive carcinoma"), "invasive", "of the right one"),
        (located(concept("sct:63762007"), text="Invasive carcinoma"), "invasive", "of both"),
        (located(concept(text="Left breast"), text="Recurrent cancer"), "recurrence", "of the breast, in words"),
        (located(concept("sct:71854001"), text="Invasive carcinoma"), "other-malignancy", "of the colon"),
        (located(concept(text="Colon"), text="Invasive carcinoma"), "other-malignancy", "likewise, in words"),
        # Words beside a code that says less.
        (condition("icd:C50.912", text="Inflammatory breast cancer"), "inflammatory", "no code contradicts it"),
        (condition("icd:C50.912", text="Recurrent breast cancer"), "recurrence", "likewise"),
        (condition("icd:C50.912", text="Invasive ductal carcinoma"), "unspecified", "counts as invasive anyway"),
        (condition("icd:C50.912", text="Lung cancer"), "unspecified", "C50 is of the breast"),
        (condition("sct:408643008", text="DCIS"), "invasive", "the code says more than the words"),
        (
            condition("sct:408643008", text="Recurrent breast cancer"),
            "recurrence",
            "the code is of the cancer that is back",
        ),
        (condition("icd:D05.12", text="Recurrent breast cancer"), "recurrence", "likewise, of what was in situ"),
        (condition("icd:Z85.3", text="Recurrent breast cancer"), "recurrence", "history, and back"),
        (condition("icd:Z86.000", text="Recurrent breast cancer"), "recurrence", "likewise, of what was in situ"),
        (condition("icd:Z85.3", text="History of breast cancer, no recurrence"), "history", "denied"),
        (condition("icd:Z85.3", text="History of recurrent breast cancer"), "history", "it was back, and is history"),
        (condition("icd:Z86.000"), "other", "what was in situ is no history of cancer"),
        (condition("icd:Z12.31", text="Recurrent breast cancer"), "other", "screening is of whoever has none"),
        # An ICD-10-CM code that none of our lists has is another thing than its words say, but for metastases.
        (condition("icd:Z01.89", text="Breast cancer"), "other", "some examination"),
        (condition("icd:Z01.89", text="Lung cancer"), "other", "likewise"),
        (condition("sct:1", text="Breast cancer"), "unspecified", "a code of SNOMED CT that is on no list"),
        (condition("icd:Z01.89", text="Metastatic cancer"), "metastasis", "metastases, whatever the code"),
        (condition("icd:Z01.89", text="Positive axillary lymph node"), "node-metastasis", "likewise"),
        # Entries that name a cancer and are none.
        (condition(text="Breast cancer screening"), "other", "screening"),
        (condition(text="Fear of breast cancer"), "other", "fear"),
        (condition(text="At risk for breast cancer"), "other", "a risk"),
        (condition(text="Receptor positive carcinoma of breast"), "other", "a receptor"),
        (condition(text="FHx of breast cancer"), "other", "somebody else's"),
        (condition(text="Prevention of cancer"), "other", "prevention"),
        (condition("sct:1=Breast cancer screening", text="Breast cancer"), "other", "one of its names says so"),
        (condition(), "other", "nothing is said"),
        (Condition(), "other", "no code at all"),
        # Codes that say it alone.
        (condition("icd:C50.A2"), "inflammatory", "ICD-10-CM has a code for it"),
        (condition(text="C50.912"), "unspecified", "a code typed as words"),
        (condition("icd:C79.81"), "ambiguous-metastasis", "to the breast, or of it (E29)"),
        (condition("sct:1287652008"), "metastasis", "history of metastases stays stage IV (E24)"),
        (condition("sct:429740004=Breast cancer"), "other", "a relative's, by its code"),
        (condition("icd:Z86.000", text="Positive axillary lymph node"), "other", "its code decides"),
    ],
)
def test_what_its_words_say(found: Condition, disease: str, why: str, source_of: Callable[..., Source]) -> None:
    (diagnosis,) = diagnoses(source_of(found))
    assert diagnosis.disease == disease, why


@pytest.mark.parametrize(
    ("extensions", "disease", "why"),
    [
        ((MORPHOLOGY, "DCIS"), "in-situ", "mCODE's histology and behaviour"),
        ((MORPHOLOGY, "Invasive ductal carcinoma of breast"), "invasive", "likewise"),
        ((MORPHOLOGY, "Inflammatory breast cancer"), "inflammatory", "likewise"),
        ((MORPHOLOGY, "Recurrent breast cancer"), "unspecified", "no histology"),
        (("urn:example:billing", "DCIS"), "unspecified", "an extension of something else"),
        ((None, "DCIS"), "unspecified", "of nobody says what"),
    ],
)
def test_the_histology_in_an_extension(
    extensions: tuple[str | None, str], disease: str, why: str, source_of: Callable[..., Source]
) -> None:
    url, text = extensions
    extension = Extension(url=url, value_codeable_concept=concept(text=text))
    (diagnosis,) = diagnoses(source_of(cancer("sct:254837009", extension=(extension,))))
    assert diagnosis.disease == disease, why
    (more_specific,) = diagnoses(source_of(cancer("icd:Z85.3", extension=(extension,))))
    assert more_specific.disease == "history", "only a code that leaves it open"


@pytest.mark.parametrize(
    ("code", "status", "disease", "why"),
    [
        ("icd:C50.912", "recurrence", "recurrence", "back"),
        ("icd:C50.912", "relapse", "recurrence", "likewise"),
        ("icd:D05.12", "recurrence", "recurrence", "what was in situ"),
        ("icd:Z85.3", "recurrence", "recurrence", "history, and back"),
        ("icd:Z86.000", "relapse", "recurrence", "likewise, of what was in situ"),
        ("icd:C50.912", "active", "unspecified", "there"),
        ("icd:C34.90", "recurrence", "other-malignancy", "of the lung"),
        ("icd:I10", "recurrence", "other", "another disease"),
    ],
)
def test_a_status_says_that_it_is_back(
    code: str, status: str, disease: str, why: str, source_of: Callable[..., Source]
) -> None:
    (diagnosis,) = diagnoses(source_of(condition(code, clinical=status)))
    assert diagnosis.disease == disease, why
    assert diagnosis.came_back is (status != "active")


@pytest.mark.parametrize(
    "back",
    [
        condition("icd:Z85.3", clinical="recurrence"),
        condition("icd:Z85.3", text="Recurrent breast cancer"),
        condition("sct:408643008", text="Recurrence suspected", side="left"),
    ],
)
def test_what_is_back_is_not_followed_as_what_is_gone(back: Condition, facts_of: FactsOf) -> None:
    """S5 is about patients without evidence of disease, whatever code names the cancer that they had."""
    assert facts_of(cancer(days=2000), surgery(1900)).value("disease-phase") == "surveillance"
    assert "recurrence" in facts_of(cancer(days=2000), surgery(1900), back).candidates("disease-phase")


def test_mcode_puts_the_behaviour_into_an_extension(source_of: Callable[..., Source]) -> None:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
    behaviour = Extension(url=url, value_codeable_concept=concept(text="Ductal carcinoma in situ"))
    (diagnosis,) = diagnoses(source_of(condition("sct:254837009", extension=(behaviour,))))
    assert diagnosis.disease is Disease.IN_SITU


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


def with_status(*codings: Coding, text: str | None = None) -> Condition:
    """A cancer with a clinical status written in another way."""
    status = CodeableConcept(coding=codings, text=text)
    return msgspec.structs.replace(condition("icd:C50.912"), clinical_status=status)


PERIOD = Period(start=ago(900), end=ago(10))
AHEAD = Period(start=ago(9), end="2027-05-01")


@pytest.mark.parametrize(
    ("found", "course", "why"),
    [
        (condition("icd:C50.912"), "active", "there"),
        (condition("icd:C50.912", clinical=None), "active", "nobody says otherwise"),
        (condition("icd:C50.912", clinical="recurrence"), "active", "back"),
        (condition("icd:C50.912", clinical="relapse"), "active", "likewise"),
        (condition("icd:C50.912", clinical="remission"), "remission", "gone for now"),
        (condition("icd:C50.912", clinical="resolved"), "over", "gone"),
        (condition("icd:C50.912", clinical="inactive"), "over", "likewise"),
        (condition("icd:C50.912", clinical=" Resolved "), "over", "as some write it"),
        (with_status(Coding(display="Resolved")), "over", "a display alone"),
        (with_status(Coding(code="local-7", display="x"), Coding(code="Resolved")), "over", "one of two codes"),
        (with_status(text="Remission"), "remission", "words alone"),
        (with_status(text="Resolved"), "over", "likewise"),
        (condition("icd:C50.912", clinical=None, abatement_date_time=ago(10)), "over", "ended, with a day"),
        (condition("icd:C50.912", clinical=None, abatement_period=PERIOD), "over", "with a time"),
        (condition("icd:C50.912", clinical=None, abatement_string="after surgery"), "over", "with words"),
        (condition("icd:C50.912", clinical=None, abatement_string="2020-05"), "over", "with a month as words"),
        (condition("icd:C50.912", clinical=None, abatement_string="2027-05"), "active", "which is to come"),
        (condition("icd:C50.912", clinical=None, abatement_string="ongoing"), "active", "words that say the contrary"),
        (condition("icd:C50.912", clinical=None, abatement_string="not resolved"), "active", "likewise"),
        (condition("icd:C50.912", clinical=None, abatement_string="n/a"), "active", "words that say nothing"),
        (condition("icd:C50.912", clinical=None, abatement_date_time="2027-01-31"), "active", "a day to come"),
        (condition("icd:C50.912", clinical=None, abatement_period=Period(start=ago(9))), "over", "a period that began"),
        (condition("icd:C50.912", clinical=None, abatement_period=AHEAD), "active", "and ends on a day to come"),
        (
            condition("icd:C50.912", abatement_date_time=ago(10)),
            "active",
            "ended and active: what it is said to be counts",
        ),
        (condition("icd:C50.912", clinical="remission", abatement_date_time=ago(10)), "remission", "likewise"),
    ],
)
def test_whether_it_still_holds(found: Condition, course: str, why: str, source_of: Callable[..., Source]) -> None:
    (diagnosis,) = diagnoses(source_of(found))
    assert diagnosis.course == course, why


@pytest.mark.parametrize(
    ("dated", "since", "onset"),
    [
        ({"onset": ago(20), "recorded_date": ago(5)}, ago(20), True),
        ({"onset_period": Period(start=ago(30)), "recorded_date": ago(5)}, ago(30), True),
        ({"onset": ago(20), "onset_period": Period(start=ago(30))}, ago(20), True),
        ({"recorded_date": ago(5)}, ago(5), False),
        ({}, None, False),
    ],
)
def test_since_when(dated: dict[str, Any], since: str | None, onset: bool, source_of: Callable[..., Source]) -> None:
    """The day somebody wrote it down is no onset: encounters repeat a code year by year."""
    (diagnosis,) = diagnoses(source_of(condition("icd:C50.912", **dated)))
    assert (diagnosis.since, diagnosis.onset_recorded) == (when(since), onset)


@pytest.mark.parametrize(
    ("found", "certain", "why"),
    [
        (condition("icd:C50.912"), True, "confirmed"),
        (condition("icd:C50.912", verification=None), True, "not said otherwise"),
        (condition("icd:C50.912", verification="provisional"), False, "not yet"),
        (condition("icd:C50.912", onset=ago(0)), True, "found today"),
        (condition("icd:C50.912", onset=ago(-30)), False, "dated ahead: a slip of whoever wrote it"),
        (condition("icd:D05.12", onset=ago(-30)), False, "likewise"),
        (condition("icd:C79.51", onset=ago(-30)), True, "no date makes a metastasis doubtful"),
        (condition("icd:C50.912", text="Recurrent breast cancer"), True, "affirmed"),
        (condition("icd:C50.912", text="Possible recurrence"), False, "suspected"),
        (condition("sct:314955001"), True, "a recurrence by its code, without words"),
        (condition(text="Recurrent breast cancer; recurrence suspected again"), True, "proven, and doubted anew"),
        (condition("sct:314955001", text="Possible recurrence"), False, "by its code, with words that doubt it"),
        (condition("icd:C50.912", clinical="recurrence"), True, "by its status, without words"),
        (condition("icd:C79.51", text="Possible recurrence"), True, "a metastasis is no recurrence"),
    ],
)
def test_whether_it_is_certain(found: Condition, certain: bool, why: str, source_of: Callable[..., Source]) -> None:
    (diagnosis,) = diagnoses(source_of(found))
    assert diagnosis.certain is certain, why


def _with_morphology(*codes: str, text: str | None = None) -> Condition:
    return cancer(extension=(Extension(url=MORPHOLOGY, value_codeable_concept=concept(*codes, text=text)),))


@pytest.mark.parametrize(
    ("found", "histology", "why"),
    [
        (condition("sct:278054005"), "lobular", "by its code"),
        (condition("sct:408643008"), "ductal", "likewise"),
        (condition("sct:408643008", "sct:278054005"), "lobular", "of two, the one that MRI is asked for"),
        (condition(text="ILC of left breast"), "lobular", "in words"),
        (condition(text="IDC of left breast"), "ductal", "likewise"),
        (condition(text="IDC and ILC of left breast"), "lobular", "of two"),
        (condition("sct:408643008", text="ILC"), "ductal", "its code decides"),
        (condition("icd:C50.912", text="ILC"), "lobular", "beside a code that leaves it open"),
        (_with_morphology("sct:278054005"), "lobular", "mCODE's morphology"),
        (_with_morphology(text="ILC"), "lobular", "likewise, in words"),
        (condition("icd:C50.912"), "not-specified", "nobody says"),
        (condition("icd:C50.912", text="Breast cancer, no ILC"), "not-specified", "denied"),
        (condition("icd:C79.51", text="Bone metastases of ILC"), "not-specified", "not the tumour itself"),
    ],
)
def test_its_histology(found: Condition, histology: str, why: str, source_of: Callable[..., Source]) -> None:
    (diagnosis,) = diagnoses(source_of(found))
    assert diagnosis.histology == histology, why


@pytest.mark.parametrize(
    ("codes", "sex", "why"),
    [
        (("icd:C50.912",), "female", "C50.x1x"),
        (("icd:C50.021",), "male", "C50.x2x"),
        (("icd:C50.9",), None, "too short to say it"),
        (("icd:C50.92",), None, "likewise"),
        (("icd:C50.A1",), None, "inflammatory: the last character is the side"),
        (("icd:D05.12",), None, "likewise"),
        (("icd:C50.9", "icd:C50.922"), "male", "the code that says it"),
        (("sct:254837009", "icd:C50.922"), "male", "likewise"),
        (("icd:C44.521",), None, "of the skin"),
        (("local:C50.912",), None, "a code of the house"),
    ],
)
def test_the_sex_that_its_code_names(
    codes: tuple[str, ...], sex: str | None, why: str, source_of: Callable[..., Source]
) -> None:
    """The smallest EHR sends no Patient."""
    (diagnosis,) = diagnoses(source_of(condition(*codes)))
    assert diagnosis.sex == sex, why


@pytest.mark.parametrize(
    ("named", "of_breast", "why"),
    [
        (concept("icd:C50.912"), True, "by its code, without a word"),
        (concept("icd:Z85.3"), True, "history"),
        (concept("sct:80248007"), True, "the breast itself"),
        (concept(text="Paget disease"), True, "in words"),
        (concept("icd:C34.90"), False, "of the lung"),
        (concept("icd:C79.51"), False, "in a bone"),
        (concept("icd:Z12.31"), False, "screening"),
        (None, False, "nothing"),
    ],
)
def test_whether_it_is_of_the_breast(
    named: CodeableConcept | None, of_breast: bool, why: str, source_of: Callable[..., Source]
) -> None:
    assert names_breast_cancer(named, source_of()) is of_breast, why


def test_what_is_written_beside_it(source_of: Callable[..., Source]) -> None:
    noted = condition("icd:C50.912", note="s/p lumpectomy")
    more = msgspec.structs.replace(noted, note=(*noted.note, Annotation(text=None), Annotation(text="doing well")))
    (diagnosis,) = diagnoses(source_of(more))
    assert diagnosis.notes == ("s/p lumpectomy", "doing well")
    assert [bool(reading.of(Kind.SURGERY)) for reading in diagnosis.noted] == [True, False]
    (without,) = diagnoses(source_of(condition("icd:C50.912")))
    assert (without.notes, without.noted) == ((), ())


# --- the cancer as a fact ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "verification", ["provisional", "differential", "unconfirmed", "Provisional", "xyz", "not confirmed", "ruled out"]
)
def test_a_provisional_cancer_is_unknown(verification: str, facts_of: FactsOf) -> None:
    assert isinstance(facts_of(cancer(verification=verification))["cancer"], Unknown)


@pytest.mark.parametrize("verification", ["confirmed", None])
def test_a_confirmed_one_is_known(verification: str | None, facts_of: FactsOf) -> None:
    assert facts_of(cancer(verification=verification)).value("cancer") == "invasive"


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


def test_an_inflammatory_cancer_is_an_invasive_one(facts_of: FactsOf) -> None:
    assert facts_of(condition("icd:C50.A2")).value("cancer") == "invasive"
    assert facts_of(cancer(), beside=(order("cpt:80053", "icd:C50.A2"),)).value("cancer") == "invasive"


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
    assert facts_of(draft=order("cpt:78815", "icd:C50.912")).value("histology") == "not-specified"


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
