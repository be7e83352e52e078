"""Procedures whose name alone presupposes more than a cancer that is new or treated."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.model import Facts
from cds_service.facts.telling_procedures import names_disease_elsewhere
from cds_service.fhir.resources import CodeableConcept, Extension, Resource
from tests.support.resources import (
    administration,
    ago,
    cancer,
    care_plan,
    concept,
    condition,
    medication,
    order,
    procedure,
    report,
    surgery,
)

FactsOf = Callable[..., Facts]


@pytest.mark.parametrize(
    "name",
    [
        "Thoracentesis",
        "US guided paracentesis",
        "Insertion of pleural drain",
        "Percutaneous kyphoplasty of L1",
        "Intramedullary nailing of right femur",
        "Craniotomy",
        "SBRT",
        "Lumbar puncture",
        "VATS wedge resection",
        "Lobectomy of left lung",
        "Microwave ablation of a lesion of liver",
        "Left supraclavicular lymph node FNA",
        "Core biopsy of lymph node of neck",
        "FNA of left supraclavicular fossa",
        "Core bx L iliac crest",
        "IR guided biopsy",
        "Skin punch biopsy, left breast",
        "Nipple biopsy",
    ],
)
def test_a_name_that_presupposes_disease_elsewhere_or_in_the_skin(name: str) -> None:
    assert names_disease_elsewhere(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Anterior chamber paracentesis", "of the eye"),
        ("Amniocentesis", "of a pregnancy"),
        ("Kyphoplasty, no pathological fracture", "which is denied"),
        ("Cervical biopsy", "of the womb"),
        ("Left axillary lymph node core biopsy", "of the axilla, which is local"),
        ("Punch biopsy of skin of back", "of other skin"),
        ("Core needle biopsy of left breast", "of the tumour"),
        ("Excision of breast lump, skin-sparing", "which spares the skin"),
        ("Stereotactic biopsy of breast", "guided, not irradiated"),
        ("Epidural injection, lumbar", "for pain, whose reason is read"),
    ],
)
def test_any_other_name(name: str, why: str) -> None:
    assert not names_disease_elsewhere(name), why


FOLLOWED = (cancer(days=2000), condition("icd:Z85.3", onset=ago(1900)), surgery(days=1950))
PET_CT = order(id="pet")


@pytest.mark.parametrize(
    ("told", "fact", "value", "on"),
    [
        (procedure(text="Thoracentesis", days=9, id="x"), "metastasis-suspected", "what was done elsewhere", ago(9)),
        (
            medication("PleurX drainage kit", days=9, id="x"),
            "metastasis-suspected",
            "what is given for an effusion",
            None,
        ),
        (procedure(text="ALND left", days=9, id="x"), "disease-phase", "axillary dissection", ago(9)),
        (
            procedure(text="Mastectomy", days=9, status="on-hold", id="x"),
            "disease-phase",
            "mastectomy, planned",
            ago(9),
        ),
        (procedure(text="Mastectomy, right", days=9, id="x"), "disease-phase", "mastectomy without a result", ago(9)),
        (procedure(text="Breast biopsy, left", days=9, id="x"), "disease-phase", "biopsy without a result", ago(9)),
    ],
)
def test_what_is_shown_of_it(told: Resource, fact: str, value: str, on: str | None, facts_of: FactsOf) -> None:
    shown = facts_of(*FOLLOWED, told)[fact].evidence
    assert [(each.resources, each.date) for each in shown if each.value == value] == [
        ((f"{type(told).__name__}/x",), on)
    ]


@pytest.mark.parametrize(
    ("name", "fact", "value"),
    [
        ("Thoracentesis", "metastasis-suspected", "what is ordered elsewhere"),
        ("Mastectomy, right", "disease-phase", "biopsy or operation ordered beside"),
    ],
)
def test_what_is_shown_of_an_order_beside(name: str, fact: str, value: str, facts_of: FactsOf) -> None:
    shown = facts_of(*FOLLOWED, draft=PET_CT, beside=(order(name, id="other"),))[fact].evidence
    assert [each.resources for each in shown if each.value == value] == [("ServiceRequest/other",)]


def test_a_dissection_is_shown_before_treatment(facts_of: FactsOf) -> None:
    shown = facts_of(cancer(), procedure(text="ALND left", days=9, id="x"))["disease-phase"].evidence
    assert ("axillary dissection", ("Procedure/x",)) in [(each.value, each.resources) for each in shown]


def shown(facts: Facts, fact: str) -> set[str]:
    return {each.value for each in facts[fact].evidence}


def with_(resource: Resource, **more: object) -> Resource:
    return msgspec.structs.replace(resource, **more)


ONLY_CODE = "a procedure that only a code names"
ELSEWHERE = "what was done elsewhere"
UNKNOWN_CODE = "local:X1"


@pytest.mark.parametrize(
    ("done", "value", "why"),
    [
        (procedure(UNKNOWN_CODE, days=9), ONLY_CODE, "it could be anything"),
        (with_(procedure(days=9), code=None), ONLY_CODE, "it says nothing at all"),
        (procedure(UNKNOWN_CODE, days=119), ONLY_CODE, "as old as a work-up gets"),
        (procedure(UNKNOWN_CODE, days=120), None, "of the time before the work-up"),
        (procedure(UNKNOWN_CODE), None, "of no day: mostly of long ago"),
        (procedure(UNKNOWN_CODE, days=9, status="not-done"), None, "nothing was done"),
        (procedure(UNKNOWN_CODE, status="preparation"), ONLY_CODE, "still to come"),
        (procedure(UNKNOWN_CODE, status="on-hold"), ONLY_CODE, "likewise"),
        (procedure(UNKNOWN_CODE, status="in-progress"), ONLY_CODE, "going on"),
        (procedure(UNKNOWN_CODE, days=120, status="in-progress"), None, "begun before the work-up"),
        (procedure(UNKNOWN_CODE, days=9, reason="Cataract"), None, "its reason says what it was"),
        (with_(procedure(UNKNOWN_CODE, days=9), used_code=(concept(text="Cast"),)), None, "likewise, what it used"),
        (procedure("cpt:78815", days=9), None, "a study, by its code"),
        (procedure("cpt:76882", days=9), None, "a study, of whichever part"),
        (procedure("sct:392021009", days=9), None, "an operation on the breast, by its code"),
        (procedure(text="Thoracentesis", days=119), ELSEWHERE, "as old as a work-up gets"),
        (procedure(text="Thoracentesis", days=120), None, "of the time before the work-up"),
        (procedure(text="Thoracentesis"), ELSEWHERE, "of no day: perhaps of now"),
        (procedure(text="Thoracentesis", status="not-done"), None, "nothing was done"),
        (procedure("sct:392021009", text="Thoracentesis", days=9), ELSEWHERE, "one of its names tells"),
        (
            procedure(text="Excision of lymph nodes, left axilla; skin of nipple", days=9),
            ELSEWHERE,
            "skin of the breast",
        ),
        (procedure(text="Excision of mole of skin", days=9), None, "of other skin"),
        (procedure(text="Excision of left groin lymph node", days=9), ELSEWHERE, "a node that is not of the axilla"),
    ],
)
def test_what_was_done_of_late(done: Resource, value: str | None, why: str, facts_of: FactsOf) -> None:
    found = shown(facts_of(cancer(), done), "metastasis-suspected") & {ONLY_CODE, ELSEWHERE}
    assert found == ({value} if value else set()), why


EFFUSION, METASTASES = "what is given for an effusion", "what is given for metastases"


@pytest.mark.parametrize(
    ("given", "value", "why"),
    [
        (medication("PleurX drainage kit", days=119), EFFUSION, "as old as a work-up gets"),
        (medication("PleurX drainage kit", days=120), None, "of the time before the work-up"),
        (with_(medication("PleurX drainage kit"), authored_on=None), EFFUSION, "of no day"),
        (medication("Letrozole"), None, "of follow-up"),
        (administration("Xgeva 120 mg", days=9), METASTASES, "given against metastases of bone"),
        (administration("Paclitaxel", days=9), None, "another drug"),
        (administration(concept("local:1=Xgeva 120 mg", text="Injection"), days=9), METASTASES, "one of its names"),
    ],
)
def test_what_was_given(given: Resource, value: str | None, why: str, facts_of: FactsOf) -> None:
    found = shown(facts_of(cancer(), given), "metastasis-suspected") & {EFFUSION, METASTASES}
    assert found == ({value} if value else set()), why


def told_by(*texts: str) -> tuple[Extension, ...]:
    """The intent of a treatment, as mCODE writes it."""
    return tuple(Extension(url="intent", value_codeable_concept=concept(text=text)) for text in texts)


SPINE, BREAST = (concept(text="Lumbar spine"),), (concept(text="Left breast"),)
RADIOTHERAPY = procedure(text="External beam radiotherapy", days=900)
BEYOND = "treatment of disease elsewhere"


@pytest.mark.parametrize(
    ("treated", "beyond", "why"),
    [
        (with_(RADIOTHERAPY, body_site=SPINE), True, "however long ago: stage IV stays stage IV"),
        (with_(RADIOTHERAPY, body_site=(*BREAST, *SPINE)), True, "one of two parts"),
        (with_(RADIOTHERAPY, body_site=BREAST), False, "of the breast"),
        (RADIOTHERAPY, False, "of no stated part"),
        (with_(RADIOTHERAPY, body_site=SPINE, status="not-done"), False, "nothing was done"),
        (with_(procedure("sct:108290001", days=900), body_site=SPINE), True, "by its code"),
        (with_(procedure(text="Massage", days=900), body_site=SPINE), False, "no treatment of a tumour"),
        (
            with_(procedure(text="Massage", days=900), body_site=SPINE, extension=told_by("Curative")),
            False,
            "likewise, whatever its intent",
        ),
        (with_(procedure(days=900), code=None, body_site=SPINE), False, "nobody says what"),
        (procedure(text="Excision of recurrent tumour of chest wall", days=900), True, "it came back"),
        (
            procedure("local:9=Resection", text="Local recurrence, resection", days=900),
            True,
            "one of its names says so",
        ),
        (procedure(text="Excision of recurrent varicose veins", days=900), False, "of something else"),
        (with_(RADIOTHERAPY, extension=told_by("Palliative")), True, "meant to relieve"),
        (
            with_(RADIOTHERAPY, extension=(Extension(value_codeable_concept=concept("sct:363676003")),)),
            True,
            "likewise, by its code",
        ),
        (with_(RADIOTHERAPY, extension=told_by("Curative", "palliative care")), True, "one of two intents"),
        (with_(RADIOTHERAPY, extension=told_by("Curative")), False, "meant to cure"),
        (with_(medication("Capecitabine"), extension=told_by("Palliative intent")), True, "a drug"),
        (with_(medication("Letrozole"), extension=told_by("Curative")), False, "meant to cure"),
        (with_(care_plan(title="Plan"), extension=told_by("Palliative")), True, "a plan"),
        (with_(care_plan(title="Plan"), extension=told_by("Curative")), False, "meant to cure"),
    ],
)
def test_treatment_beyond_the_breast(treated: Resource, beyond: bool, why: str, facts_of: FactsOf) -> None:
    assert (BEYOND in shown(facts_of(cancer(days=2000), treated), "metastasis-suspected")) is beyond, why


@pytest.mark.parametrize(
    ("names", "told", "why"),
    [
        (concept("local:1=Thoracentesis", text="Procedure 1"), "metastasis-suspected", "one of its names"),
        (concept("local:1=Breast biopsy", text="Procedure 1"), "disease-phase", "likewise"),
        (concept("local:1=ALND", text="Procedure 1"), "disease-phase", "likewise"),
        (concept("local:1=Mastectomy", text="Procedure 1"), "disease-phase", "likewise"),
        (concept(text="Biopsy of breast cyst"), None, "a cyst"),
        (concept("local:1=Breast core", text="Aspiration of breast cyst"), None, "a cyst, as one of its names says"),
        (concept(text="Mastectomy bra"), None, "what she wears"),
        (concept(text="Colonoscopy"), None, "of another part"),
    ],
)
def test_an_order_beside(names: CodeableConcept, told: str | None, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(*FOLLOWED, draft=PET_CT, beside=(order(names, id="other"),))
    ours = {
        "metastasis-suspected": "what is ordered elsewhere",
        "disease-phase": "biopsy or operation ordered beside",
    }
    assert [fact for fact, value in ours.items() if value in shown(facts, fact)] == ([told] if told else []), why


# --- a result that came -----------------------------------------------------------------------------------------------
BIOPSY = procedure(text="Core biopsy of left breast", days=30)
NODE = procedure(text="Core biopsy of left axillary node", days=30)
BENIGN = "Left breast: benign breast tissue, fat necrosis."
NODE_BENIGN = "Left axillary lymph node: benign, no carcinoma."
AWAITED = {"biopsy without a result", "mastectomy without a result", "mastectomy, planned", "axillary dissection"}


@pytest.mark.parametrize(
    ("done", "reports", "value", "why"),
    [
        (BIOPSY, [report("Surgical pathology, breast", conclusion=BENIGN, days=25)], None, "it came"),
        (BIOPSY, [report("Surgical pathology, breast", conclusion=BENIGN, days=30)], None, "of the same day"),
        (BIOPSY, [report("Surgical pathology, breast", conclusion=BENIGN, days=None)], None, "of no day"),
        (
            BIOPSY,
            [report("Surgical pathology, breast", conclusion=BENIGN, days=31)],
            "biopsy without a result",
            "older",
        ),
        (
            BIOPSY,
            [report("Surgical pathology, breast", days=25)],
            "biopsy without a result",
            "it says nothing yet",
        ),
        (
            BIOPSY,
            [with_(report("Surgical pathology, breast", conclusion=BENIGN, days=25), status="cancelled")],
            "biopsy without a result",
            "never made",
        ),
        (
            BIOPSY,
            [report("Mammography, left", conclusion="Left breast: BI-RADS 2, benign.", days=25)],
            "biopsy without a result",
            "imaging is no result of it",
        ),
        (
            BIOPSY,
            [report("Surgical pathology, colon", conclusion="Hyperplastic polyp of the colon.", days=25)],
            "biopsy without a result",
            "of another part",
        ),
        (
            BIOPSY,
            [report("Surgical pathology, breast", conclusion="Right breast: benign breast tissue.", days=25)],
            "biopsy without a result",
            "of the other side",
        ),
        (
            BIOPSY,
            [report("Surgical pathology, axilla", conclusion="Left axillary lymph node: benign.", days=25)],
            "biopsy without a result",
            "of a node, where none was taken",
        ),
        (
            BIOPSY,
            [
                report("Surgical pathology, colon", conclusion="Hyperplastic polyp of the colon.", days=25),
                report("Surgical pathology, breast", conclusion=BENIGN, days=25),
            ],
            None,
            "one of two",
        ),
        (NODE, [report("Surgical pathology, axilla", conclusion=NODE_BENIGN, days=25)], None, "of the node"),
        (
            NODE,
            [report("Surgical pathology, breast", conclusion=BENIGN, days=25)],
            "biopsy without a result",
            "of the breast, where a node was taken",
        ),
        (
            with_(BIOPSY, performed_date_time=None, status="in-progress"),
            [report("Surgical pathology, breast", conclusion=BENIGN, days=25)],
            "biopsy without a result",
            "of no day: the report may be older",
        ),
        (with_(BIOPSY, performed_date_time=None), [], None, "of no day: of the first treatment"),
        (with_(BIOPSY, performed_date_time=ago(119)), [], "biopsy without a result", "as old as a work-up gets"),
        (with_(BIOPSY, performed_date_time=ago(120)), [], None, "of the time before the work-up"),
        (procedure(text="Aspiration of breast cyst, left", days=30), [], None, "a cyst"),
        (procedure("local:1=Breast core", text="Aspiration of breast cyst", days=30), [], None, "as one name says"),
        (procedure("local:1=ALND", text="Operation", days=30), [], "axillary dissection", "likewise"),
        (
            procedure("local:1=Mastectomy", text="Operation", status="on-hold"),
            [],
            "mastectomy, planned",
            "likewise",
        ),
        (
            procedure(text="Core biopsy of left axilla", days=30),
            [report("Surgical pathology, axilla", conclusion="Left axilla: benign.", days=25)],
            None,
            "of the axilla",
        ),
        (
            procedure(text="Core biopsy of left axilla", days=30),
            [report("Surgical pathology, breast", conclusion=BENIGN, days=25)],
            "biopsy without a result",
            "of the breast, where the axilla was sampled",
        ),
        (
            procedure("local:1=Axillary node biopsy", text="Breast clinic biopsy", days=30),
            [report("Surgical pathology, axilla", conclusion=NODE_BENIGN, days=25)],
            None,
            "of the node, as one name says",
        ),
        (
            procedure(text="Core biopsy of right breast", days=30),
            [report("Surgical pathology, breast", conclusion=BENIGN, days=25)],
            "biopsy without a result",
            "of the other side",
        ),
        (
            BIOPSY,
            [report("Breast biopsy", conclusion="Benign tissue and one benign lymph node.", days=25)],
            None,
            "of the breast by its name",
        ),
        (
            BIOPSY,
            [report("Surgical pathology", conclusion=NODE_BENIGN, days=25)],
            "biopsy without a result",
            "of a node by its words, where none was taken",
        ),
        (
            BIOPSY,
            [report("Biopsy", conclusion="Left breast: benign tissue and one benign lymph node.", days=25)],
            None,
            "of the breast by its words",
        ),
        (procedure(text="Breast implant exchange with biopsy of capsule", days=30), [], None, "an implant"),
        (
            procedure(text="Mastectomy, left", days=30),
            [report("Surgical pathology, breast", conclusion=BENIGN, days=25)],
            None,
            "its result came",
        ),
        (procedure(text="Mastectomy scar massage", days=30), [], None, "what is done to a scar"),
        (procedure(text="Mastectomy", status="preparation"), [], "mastectomy, planned", "to come"),
        (
            procedure(text="Biopsy of left breast and axillary dissection", days=30),
            [report("Surgical pathology, breast", conclusion=BENIGN, days=25)],
            "axillary dissection",
            "nodes are taken where one is ill",
        ),
        (procedure(text="Dissection of axilla, left", days=30), [], "axillary dissection", "the other way round"),
        (procedure(text="Axillary clearance, left"), [], None, "of no day: of the first treatment"),
    ],
)
def test_what_waits_for_a_result(
    done: Resource, reports: list[Resource], value: str | None, why: str, facts_of: FactsOf
) -> None:
    found = shown(facts_of(*FOLLOWED, done, *reports), "disease-phase") & AWAITED
    assert found == ({value} if value else set()), why


def test_what_is_of_long_ago_hides_nothing_behind_it(facts_of: FactsOf) -> None:
    facts = facts_of(*FOLLOWED, procedure(text="ALND left", days=1950), BIOPSY)
    assert "biopsy without a result" in shown(facts, "disease-phase")


@pytest.mark.parametrize(
    ("done", "dissected", "why"),
    [
        (procedure(text="ALND left", days=9), True, "it was operated on"),
        (procedure(text="ALND left"), True, "of no day: perhaps of now"),
        (procedure(text="ALND left", days=120), False, "of the time before the work-up"),
        (procedure(text="ALND left", days=9, status="in-progress"), False, "not over yet"),
        (procedure("local:1=ALND", text="Operation", days=9), True, "one of its names"),
        (procedure(text="Cholecystectomy", days=9), False, "of another part"),
    ],
)
def test_a_dissection_before_treatment(done: Resource, dissected: bool, why: str, facts_of: FactsOf) -> None:
    assert ("axillary dissection" in shown(facts_of(cancer(), done), "disease-phase")) is dissected, why
