"""The 67 edge cases of the facts base (A7, E1 to E67), each asked of the service with a synthetic patient.

One row per case, in the facts' own order: the case in words, then the stories that settle it. A story is a scenario
of the golden fixtures, named, or one made here. What no source settles is a note in a knowledge file that says what the
service does; the row quotes it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.expectations import disagreements
from tests.support.make_fixtures import SCENARIOS, Ask, ask_service, expectation, response
from tests.support.scenarios.axilla import PALPABLE
from tests.support.scenarios.model import MBA, NO_CRITERIA, UA, UNA, Judged, Scenario, Shown, asked_for, rated
from tests.support.scenarios.stories import (
    AXILLA_AFTER_THERAPY,
    AXILLA_BEFORE_THERAPY,
    MAMMOGRAM,
    NODE_POSITIVE_3_CM,
    STAGE_IA,
    STAGE_IIA_T2N0,
    STAGE_IIB_T2N1,
    SUSPICIOUS_NODE,
    TREATED_2021,
    after_neoadjuvant,
    before_neoadjuvant,
    new_patient,
    order,
    survivor,
)
from tests.support.story import Finding, Order, PatientStory, Report, Treatment, Tumor

Json = dict[str, Any]

TOPICS = Path(__file__).parents[1] / "knowledge" / "topics"
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
WARNING = Shown(indicator="warning")
NO_WARNING = Judged(outcomes=("no-criteria-apply", "insufficient-information", "not-covered"))
NOTHING_ASSESSED = Judged(outcomes=("no-criteria-apply", "not-covered", "none"))
FOLLOW_UP = ("invasive-left", "follow-up-after-cancer")
LEFT_AXILLA = "Left axilla"
UNSTAGED = replace(STAGE_IA, stage=None, t=None, n=None, m=None, size_mm=None)


def told(name: str) -> Scenario:
    """A scenario of the golden fixtures."""
    return BY_NAME[name]


def story(
    of: PatientStory,
    ordered: Order,
    judged: Judged,
    *,
    dialect: str = "mcode",
    change: Callable[[Json], None] | None = None,
) -> Scenario:
    """A patient made here: exactly one warning where the study is usually not appropriate, else none."""
    warns = judged.category == UNA
    return Scenario(
        name=of.name,
        why="",
        story=of,
        orders=(ordered,),
        judged=(judged,),
        cards=(WARNING,) if warns else (),
        cards_open=not warns,
        dialect=dialect,
        change=change,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence of a topic file that says what the service does where no source settles the case."""

    topic: str
    says: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge case: its id, the case in words, and what settles it."""

    id: str
    case: str
    settled: tuple[Scenario | Note, ...]


def edge(id: str, case: str, *settled: Scenario | Note) -> Edge:
    return Edge(id, case, settled)


# --- what an EHR does to a request that the stories cannot say --------------------------------------------------------
def _add(key: str, resource: Json) -> Callable[[Json], None]:
    """One more resource of this patient under a prefetch key."""

    def change(request: Json) -> None:
        subject = "patient" if resource["resourceType"] == "AllergyIntolerance" else "subject"
        entry = {subject: {"reference": f"Patient/{request['context']['patientId']}"}, **resource}
        bundle = request["prefetch"][key]
        bundle.setdefault("entry", []).append({"resource": {"id": "added", **entry}})
        bundle["total"] = len(bundle["entry"])

    return change


def _observation(code: str, text: str, day: str) -> Callable[[Json], None]:
    """A staging Observation in words."""
    return _add(
        "observations",
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueCodeableConcept": {"text": text},
            "effectiveDateTime": day,
        },
    )


def _size(millimetres: int, day: str) -> Callable[[Json], None]:
    return _add(
        "observations",
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "21889-1"}]},
            "valueQuantity": {
                "value": millimetres,
                "unit": "mm",
                "system": "http://unitsofmeasure.org",
                "code": "mm",
            },
            "effectiveDateTime": day,
        },
    )


_GADOLINIUM_ALLERGY = _add(
    "allergies",
    {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "Gadolinium contrast"},
    },
)


def _called(words: str) -> Callable[[Json], None]:
    """The cancer's own words, beside its code."""

    def change(request: Json) -> None:
        request["prefetch"]["conditions"]["entry"][0]["resource"]["code"]["text"] = words

    return change


def _draft_status(status: str) -> Callable[[Json], None]:
    def change(request: Json) -> None:
        request["context"]["draftOrders"]["entry"][0]["resource"]["status"] = status

    return change


# --- patients ---------------------------------------------------------------------------------------------------------
def _staged(name: str, **more: Any) -> PatientStory:
    return new_patient(name, replace(UNSTAGED, **more))


def _without_nodes_proven(name: str, tumor: Tumor) -> PatientStory:
    """After neoadjuvant therapy, node-positive by clinical N and by what was seen, not by biopsy."""
    return replace(after_neoadjuvant(name, tumor), findings=())


EARLIER_CANCER = Finding(concept="history-of-breast-cancer", onset="2018-05-02")
RIGHT_NODE = Report(
    study="us-axilla-right",
    date="2026-11-03",
    conclusion="Right axillary lymph node of 15 mm with cortical thickening, suspicious.",
)
NORMAL_AXILLA = Report(study="us-axilla-left", date="2026-11-03", conclusion="No suspicious left axillary lymph nodes.")

EDGES: tuple[Edge, ...] = (
    edge("E1", "T2 N1 M0 without a stage group is IIB", told("not-s4-t2n1-no-group")),
    edge("E2", "recorded IIA beside T2 N1: both are shown", told("not-s4-recorded-iia-but-t2n1")),
    edge("E3", "T3 N0 is IIB although node-negative", told("not-s4-t3n0")),
    edge("E4", "T1 N1mi is IB", told("s4-pet-ct-t1-n1mi")),
    edge(
        "E5",
        "T2 N1mi counts as N1: IIB",
        story(_staged("e5", t="T2", n="N1mi", m="M0"), order("pet-ct"), rated(UA, 8, "310-v4", never=("310-v2",))),
    ),
    edge(
        "E6",
        "T0 N1, an occult primary, is IIA",
        story(_staged("e6", t="T0", n="N1", m="M0"), order("pet-ct"), rated(UNA, 2, "310-v2")),
    ),
    edge("E7", "stage II without a letter is asked", told("asks-stage-ii-without-letter")),
    edge(
        "E8",
        "stage I, IA and IB are early",
        told("s4-pet-ct-group-only-ia"),
        story(_staged("e8-i", stage="I"), order("pet-ct"), rated(UNA, 2, "310-v2")),
        story(_staged("e8-ib", stage="IB"), order("pet-ct"), rated(UNA, 2, "310-v2")),
    ),
    edge(
        "E9",
        "stage 0 and DCIS are not invasive",
        told("not-s4-dcis"),
        story(new_patient("e9", Tumor(concept="breast-cancer", stage="0")), order("pet-ct"), NO_CRITERIA),
    ),
    edge("E10", "no stage, no T, N, M: the stage is asked", told("asks-stage-unknown")),
    edge(
        "E11",
        "a missing N is not N0; T3 is late whatever N",
        told("asks-n-not-recorded"),
        story(_staged("e11", t="T3", m="M0"), order("pet-ct"), rated(UA, 8, "310-v4")),
    ),
    edge("E12", "a missing M is M0, and said", told("s4-pet-ct-m-not-recorded")),
    edge("E13", "IIA and a plain II of one day are IIA", told("s4-pet-ct-synthea-double-stage")),
    edge(
        "E14",
        "the clinical stage counts before surgery; the higher pathologic one after it",
        story(
            new_patient("e14-before", STAGE_IA),
            order("pet-ct"),
            rated(UNA, 2, "310-v2"),
            change=_observation("21902-2", "Stage IA", "2026-10-20"),
        ),
        story(
            replace(
                new_patient("e14-after", STAGE_IA),
                treatments=(Treatment(what="lumpectomy", start="2026-11-02", side="left"),),
            ),
            order("pet-ct"),
            NO_WARNING,
            change=_observation("21902-2", "Stage IIB", "2026-11-06"),
        ),
    ),
    edge(
        "E15",
        "a yp stage never stands for the stage before therapy",
        story(
            after_neoadjuvant("e15"),
            order("us-axilla-left", reason_text=AXILLA_AFTER_THERAPY),
            rated(UA, 8, "286-v9", question="axilla", never=("286-v8",)),
            change=_observation("21906-3", "ypN0", "2026-11-02"),
        ),
    ),
    edge(
        "E16",
        "inflammatory carcinoma, or T4d, is at least IIIB whatever smaller stage is recorded",
        told("not-s4-inflammatory"),
        story(_staged("e16", stage="IA", t="T4d"), order("pet-ct"), Judged(outcomes=("rated",), never=("310-v2",))),
    ),
    edge("E17", "stage I with bone pain is not the early-stage warning", told("not-s4-bone-pain")),
    edge("E18", "a resolved symptom is none", told("s4-pet-ct-resolved-symptom")),
    edge("E19", "a chronic complaint older than the cancer is none", told("s4-pet-ct-old-back-pain")),
    edge(
        "E20",
        "cancer code active, surgery years ago, on tamoxifen: follow-up",
        told("s5-pet-ct-cancer-code-on-tamoxifen"),
    ),
    edge(
        "E21",
        "history and active cancer code: the later one tells; a newer cancer is asked",
        told("s5-pet-ct-history-code"),
        story(
            new_patient("e21-newer", UNSTAGED, findings=(EARLIER_CANCER,)),
            order("pet-ct"),
            Judged(outcomes=("insufficient-information",)),
        ),
        story(
            new_patient("e21-older", TREATED_2021, findings=(replace(EARLIER_CANCER, onset="2022-03-01"),)),
            order("pet-ct", *FOLLOW_UP),
            rated(UNA, 1, "310-v10"),
        ),
    ),
    edge("E22", "no date of diagnosis: new or in follow-up, both say the same", told("s4-pet-ct-no-dates")),
    edge("E23", "adjuvant chemotherapy running: neither new nor follow-up", told("not-s5-adjuvant-chemotherapy")),
    edge(
        "E24",
        "stage IV once, now without evidence of disease: not treated with curative intent",
        story(
            new_patient("e24", replace(TREATED_2021, stage="IV", m="M1", clinical="remission")),
            order("pet-ct", *FOLLOW_UP),
            NO_CRITERIA,
        ),
    ),
    edge("E25", "a new cancer on the other side of a survivor", told("second-primary-us-axilla")),
    edge("E26", "bilateral cancer: the higher stage asks the systemic question", told("not-s4-bilateral-higher-stage")),
    edge(
        "E27",
        "a node in the other axilla belongs neither to this tumour's axilla nor to its staging",
        story(
            new_patient("e27", STAGE_IA, reports=(MAMMOGRAM, RIGHT_NODE)),
            order("node-core-biopsy", site="Right axilla"),
            Judged(outcomes=("no-criteria-apply", "insufficient-information"), never=("235-v8",)),
        ),
        story(
            new_patient("e27-pet", STAGE_IA, reports=(MAMMOGRAM, RIGHT_NODE)),
            order("pet-ct"),
            Judged(outcomes=("no-criteria-apply", "insufficient-information")),
        ),
    ),
    edge(
        "E28",
        "DCIS with microinvasion, coded as DCIS, is in situ",
        story(
            new_patient("e28", Tumor(concept="dcis-left", t="T1", n="N0")),
            order("pet-ct"),
            Judged(outcomes=("no-criteria-apply",)),
        ),
        Note(topic="310", says="DCIS with microinvasion that is coded as DCIS counts as in situ"),
    ),
    edge(
        "E29",
        "a metastasis to the breast, a phyllodes tumour or a lymphoma is no carcinoma of the breast",
        story(
            PatientStory(name="e29", findings=(Finding(concept="metastasis-to-breast", onset="2026-10-20"),)),
            order("pet-ct", "metastasis-to-breast"),
            Judged(outcomes=("no-criteria-apply", "not-covered", "insufficient-information")),
        ),
    ),
    edge("E30", "family history is no cancer", told("not-s4-family-history")),
    edge(
        "E31",
        "a refuted cancer does not exist; one in remission is followed",
        story(
            new_patient("e31-refuted", replace(STAGE_IA, verification="refuted")),
            Order(study="pet-ct", reason_text="Staging"),
            NOTHING_ASSESSED,
        ),
        story(
            new_patient("e31-remission", replace(TREATED_2021, clinical="remission")),
            order("pet-ct", *FOLLOW_UP),
            rated(UNA, 1, "310-v10"),
        ),
    ),
    edge(
        "E32",
        "neoadjuvant therapy planned in words only counts; without a plan topic 286 rates the axilla",
        story(
            new_patient("e32-words", STAGE_IIB_T2N1, findings=(PALPABLE,), reports=(MAMMOGRAM,)),
            order("us-axilla-left", reason_text=AXILLA_BEFORE_THERAPY),
            rated(UA, 9, "235-v4", question="axilla", never=("286-v6",)),
        ),
        story(
            new_patient("e32-no-plan", STAGE_IIB_T2N1, findings=(PALPABLE,), reports=(MAMMOGRAM,)),
            order("us-axilla-left"),
            rated(UA, 9, "286-v6", question="axilla", never=("235-v4",)),
        ),
    ),
    edge("E33", "therapy begun and not finished is neither before nor after", told("s2-therapy-still-running")),
    edge(
        "E34",
        "neoadjuvant endocrine therapy counts like chemotherapy",
        story(
            new_patient("e34", STAGE_IIB_T2N1, findings=(PALPABLE,), reports=(MAMMOGRAM,)),
            order("us-axilla-left", reason_text="Evaluate left axilla before neoadjuvant endocrine therapy"),
            rated(UA, 9, "235-v4", question="axilla"),
        ),
        Note(topic="235", says="Neoadjuvant endocrine and targeted therapy count like chemotherapy"),
    ),
    edge(
        "E35",
        "therapy stopped before its end is not completed therapy",
        story(
            replace(
                after_neoadjuvant("e35"),
                treatments=(
                    Treatment(what="neoadjuvant-chemotherapy", start="2026-04-06", end="2026-07-02", status="stopped"),
                ),
                drugs=(),
            ),
            order("pet-ct", reason_text="Evaluate left axillary nodes"),
            Judged(outcomes=("no-criteria-apply", "insufficient-information")),
        ),
    ),
    edge("E36", "a man after neoadjuvant therapy is topic 235's", told("s2-male-pet-ct-for-axilla")),
    edge("E37", "exactly 2.0 cm is '2 cm or less'", told("s2-mri-breast-tumour-2-0-cm")),
    edge(
        "E38",
        "T2 proves a tumour over 2 cm; T4 does not prove a size",
        story(
            after_neoadjuvant("e38-t2", replace(NODE_POSITIVE_3_CM, size_mm=None)),
            order("mri-breast", reason_text=AXILLA_AFTER_THERAPY),
            rated(MBA, 5, "286-v9", question="axilla"),
        ),
        story(
            after_neoadjuvant("e38-t4", replace(NODE_POSITIVE_3_CM, stage="IIIB", t="T4", size_mm=None)),
            order("mri-breast", reason_text=AXILLA_AFTER_THERAPY),
            asked_for("tumor-size-mm", question="axilla"),
        ),
    ),
    edge(
        "E39",
        "a size measured after therapy is not the size at diagnosis",
        told("s2-mri-breast-size-unknown"),
        story(
            after_neoadjuvant("e39", replace(NODE_POSITIVE_3_CM, stage=None, t=None, size_mm=None)),
            order("mri-breast", reason_text=AXILLA_AFTER_THERAPY),
            asked_for("tumor-size-mm", question="axilla"),
            change=_size(12, "2026-11-02"),
        ),
    ),
    edge("E40", "19083 is a biopsy of the breast, not of a node", told("not-covered-breast-biopsy")),
    edge("E41", "76882 without a site may be a knee", told("not-covered-us-extremity")),
    edge(
        "E42",
        "CT chest, abdomen and pelvis as two codes; one half, or two contrasts, match no row",
        told("s4-ct-cap-as-pair"),
        told("not-covered-ct-chest-alone"),
        told("not-covered-ct-mixed-contrast"),
    ),
    edge("E43", "78816 is a near match, and the card says so", told("s4-pet-ct-whole-body")),
    edge("E44", "another tracer than FDG is not rated", told("not-covered-fes-pet")),
    edge("E45", "breast MRI that does not say contrast", told("s4-mri-breast-contrast-unstated")),
    edge("E46", "several studies: each is rated, one card each", told("s4-two-orders")),
    edge(
        "E47",
        "gadolinium allergy changes no rating",
        story(
            before_neoadjuvant("e47", findings=(PALPABLE,), reports=(MAMMOGRAM,)),
            order("mri-breast", reason_text=AXILLA_BEFORE_THERAPY),
            rated(MBA, 5, "235-v4", question="axilla"),
            change=_GADOLINIUM_ALLERGY,
        ),
        Note(topic="235", says="Gadolinium allergy: ultrasound needs no contrast"),
    ),
    edge("E48", "under 18 no criteria apply", told("not-s4-age-17")),
    edge(
        "E49",
        "pregnancy: only 'usually not appropriate' carries over",
        told("s4-pet-ct-pregnant"),
        told("not-s4-pregnant-stage-iib"),
    ),
    edge(
        "E50",
        "axillary adenopathy with implants and without a cancer belongs to a topic that is not shipped",
        story(
            PatientStory(name="e50", findings=(PALPABLE,)),
            Order(study="us-axilla-left", reason_text="Axillary adenopathy, silicone breast implants"),
            NOTHING_ASSESSED,
        ),
        Note(topic="286", says="With breast implants ACR has a topic of its own"),
    ),
    edge(
        "E51",
        "adenopathy after a vaccination of the same arm is settled by no source",
        Note(topic="235", says="A node enlarged after a vaccination of that arm is not told apart"),
    ),
    edge("E52", "a raised tumour marker alone is no symptom", told("s4-pet-ct-tumour-marker")),
    edge("E53", "anxiety, or the patient's wish, is no symptom", told("s5-pet-ct-anxious")),
    edge(
        "E54",
        "unexplained weight loss is a symptom of no place",
        story(
            survivor("e54", Finding(concept="weight-loss", onset="2026-11-02")),
            order("pet-ct", *FOLLOW_UP),
            rated(UA, 8, "310-v11", never=("310-v10",)),
        ),
    ),
    edge("E55", "lobular histology changes nothing", told("s4-pet-ct-lobular")),
    edge(
        "E56", "triple-negative IIA is still early, with a word on discussing it", told("s4-pet-ct-triple-negative-iia")
    ),
    edge("E57", "neoadjuvant therapy planned, T1 N1, PET/CT: what it is for decides", told("s1-pet-ct-t1n1-no-reason")),
    edge(
        "E58",
        "cN1 that rests on imaging alone is the suspicious node of 235-v8",
        story(
            before_neoadjuvant("e58", STAGE_IIB_T2N1, reports=(MAMMOGRAM, SUSPICIOUS_NODE)),
            order("node-core-biopsy", site=LEFT_AXILLA),
            rated(UA, 9, "235-v8", question="axilla", never=("235-v4",)),
        ),
        Note(topic="235", says="Clinical N may rest on imaging"),
    ),
    edge(
        "E59",
        "only drafts count; an ultrasound of the axilla done in this work-up is not offered again",
        story(
            new_patient("e59-completed", STAGE_IA), order("pet-ct"), NOTHING_ASSESSED, change=_draft_status("completed")
        ),
        story(new_patient("e59-revoked", STAGE_IA), order("pet-ct"), NOTHING_ASSESSED, change=_draft_status("revoked")),
        replace(
            story(
                before_neoadjuvant("e59-done", findings=(PALPABLE,), reports=(MAMMOGRAM, NORMAL_AXILLA)),
                order("mri-breast", reason_text=AXILLA_BEFORE_THERAPY),
                rated(MBA, 5, "235-v4", question="axilla"),
            ),
            cards_open=False,
        ),
        Note(topic="235", says="An ultrasound repeated in the same work-up keeps its rating"),
    ),
    edge(
        "E60",
        "a limited bone scan is not the whole-body row, whatever the words say",
        told("not-covered-limited-bone-scan"),
    ),
    edge(
        "E61",
        "IIB, ER negative, PR positive, HER2 negative falls between ACR's two variants",
        story(
            new_patient("e61", replace(STAGE_IIB_T2N1, er="negative", pr="positive", her2="negative")),
            order("pet-ct"),
            rated(UA, 8, "310-v4"),
        ),
        Note(topic="310", says="ER negative with PR positive is put here"),
    ),
    edge(
        "E62",
        "IIB of no special histology is rated like ductal and lobular",
        story(
            new_patient("e62", replace(STAGE_IIB_T2N1, concept="breast-cancer", side=None)),
            order("pet-ct", "breast-cancer"),
            rated(UA, 8, "310-v4"),
        ),
        Note(topic="310", says="Other invasive types are rated alike"),
    ),
    edge(
        "E63",
        "no mammogram on record: the axilla is rated all the same",
        told("s4-us-axilla"),
        Note(topic="286", says="ACR asks this after diagnostic mammography or tomosynthesis"),
    ),
    edge(
        "E64",
        "mucinous, tubular, metaplastic and papillary carcinoma count as invasive",
        *(
            story(
                new_patient(f"e64-{kind}", STAGE_IA),
                order("pet-ct"),
                rated(UNA, 2, "310-v2"),
                dialect="epic",
                change=_called(f"{kind.capitalize()} carcinoma of left breast"),
            )
            for kind in ("mucinous", "tubular", "metaplastic", "papillary")
        ),
        Note(topic="310", says="Special types, e.g. mucinous or metaplastic, are rated like any invasive carcinoma"),
    ),
    edge(
        "E65",
        "rows that no article names are rated, and marked as of the data set",
        replace(
            story(new_patient("e65", STAGE_IA), order("ct-chest-without"), rated(UNA, 1, "310-v2")),
            orders=(order("ct-chest-without", id="order-1"), order("ct-abdomen-pelvis-without", id="order-2")),
        ),
    ),
    edge("E66", "ultrasound of the axilla as a metastatic work-up", told("s4-us-axilla-metastatic-work-up")),
    edge(
        "E67",
        "biopsy of a node, clinically negative, nothing imaged: rated only where neoadjuvant therapy is planned",
        story(
            before_neoadjuvant("e67-planned", STAGE_IIA_T2N0, reports=(MAMMOGRAM,)),
            order("node-core-biopsy", site=LEFT_AXILLA),
            rated(UNA, 1, "235-v3", question="axilla"),
        ),
        story(
            new_patient("e67-no-plan", STAGE_IIA_T2N0, reports=(MAMMOGRAM,)),
            order("node-core-biopsy", site=LEFT_AXILLA),
            Judged(outcomes=("no-criteria-apply",)),
        ),
    ),
)

ASKED = [(each, scenario) for each in EDGES for scenario in each.settled if isinstance(scenario, Scenario)]
NOTED = [(each, note) for each in EDGES for note in each.settled if isinstance(note, Note)]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The service, in process, on an empty store."""
    return ask_service(tmp_path_factory.mktemp("store"))


def test_every_edge_case_has_its_row() -> None:
    """E1 to E67, each once, in order, and each settled by something."""
    assert [each.id for each in EDGES] == [f"E{number}" for number in range(1, 68)]
    assert all(each.settled for each in EDGES)


@pytest.mark.parametrize(("case", "scenario"), ASKED, ids=[f"{each.id}-{scenario.name}" for each, scenario in ASKED])
def test_the_service_settles_the_case(case: Edge, scenario: Scenario, ask: Ask) -> None:
    """The answer is what the facts say of the case, and warns only where they do."""
    answer = json.loads(response(scenario, ask))
    assert disagreements(expectation(scenario), answer) == [], case.case


@pytest.mark.parametrize(("case", "note"), NOTED, ids=[f"{each.id}-{note.topic}" for each, note in NOTED])
def test_a_note_says_what_the_service_does(case: Edge, note: Note) -> None:
    """What cannot be settled is said where a clinician reads the criteria."""
    words = " ".join((TOPICS / f"{note.topic}.yaml").read_text(encoding="utf-8").split())
    assert note.says in words, case.case
