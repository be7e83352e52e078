"""A site's own codes: a FHIR R4 ConceptMap says which codes they mean, and only "the same" is used."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.conceptmap import ConceptMap
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.coding import Code, canonical_code
from cds_service.knowledge.concept_maps import with_concept_maps
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Settings

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
REQUEST = ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"
ORDERABLES = "https://hospital.example/orderables"
CPT = "http://www.ama-assn.org/go/cpt"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


def concept_map(
    code: str, target: str, equivalence: str = "equivalent", source: str = ORDERABLES, system: str = CPT
) -> Json:
    element = {"code": code, "target": [{"code": target, "equivalence": equivalence}]}
    return {
        "resourceType": "ConceptMap",
        "status": "active",
        "group": [{"source": source, "target": system, "element": [element]}],
    }


def written(folder: Path, content: Json | str, name: str = "orderables.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_the_examples_of_this_file_are_fhir_r4() -> None:
    """What the tests below feed is what a terminology server exports."""
    ConceptMap.model_validate(concept_map("PETSKTH", "78815"))


@pytest.mark.parametrize(
    ("equivalence", "used"),
    [
        ("equal", True),
        ("equivalent", True),
        ("wider", False),
        ("narrower", False),
        ("subsumes", False),
        ("specializes", False),
        ("relatedto", False),
        ("inexact", False),
        ("unmatched", False),
        ("disjoint", False),
    ],
)
def test_only_what_means_the_same_is_used(tmp_path: Path, shipped: Knowledge, equivalence: str, used: bool) -> None:
    """A wider or narrower code would make a record say what nobody recorded."""
    file = written(tmp_path, concept_map("PETSKTH", "78815", equivalence))
    translations = with_concept_maps(shipped, [file]).translations
    expected = {Code(ORDERABLES, "PETSKTH"): (canonical_code(CPT, "78815"),)} if used else {}
    assert dict(translations) == expected


def test_a_target_that_depends_on_another_element_is_left_out(tmp_path: Path, shipped: Knowledge) -> None:
    """It means the same only together with something that is not looked at."""
    conditional = concept_map("PETSKTH", "78815")
    target = conditional["group"][0]["element"][0]["target"][0]
    target["dependsOn"] = [{"property": "http://example.org/site", "value": "trunk"}]
    assert not with_concept_maps(shipped, [written(tmp_path, conditional)]).translations


def test_a_folder_gives_all_its_maps_and_another_hash(tmp_path: Path, shipped: Knowledge) -> None:
    """Answers rest on the maps, so the hash that goes with every answer covers them."""
    written(tmp_path, concept_map("PETSKTH", "78815"), "a.json")
    written(tmp_path, concept_map("BONE", "78306"), "b.json")
    both = with_concept_maps(shipped, [tmp_path])
    assert {code.code for code in both.translations} == {"PETSKTH", "BONE"}
    assert both.hash not in (shipped.hash, with_concept_maps(shipped, [tmp_path / "a.json"]).hash)


def test_without_maps_the_knowledge_is_as_shipped(shipped: Knowledge) -> None:
    assert with_concept_maps(shipped, []) is shipped


def _without(*path: str | int) -> Json:
    """A map that lacks the element at this path."""
    spoiled = copy.deepcopy(concept_map("PETSKTH", "78815"))
    holder: Any = spoiled
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return spoiled


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "orderables.json:1: not JSON"),
        ("[]", "orderables.json: resourceType: must be ConceptMap"),
        ({"resourceType": "ValueSet"}, "orderables.json: resourceType: must be ConceptMap"),
        (_without("group"), "orderables.json: group: must be a list with something in it"),
        (_without("group", 0, "source"), "orderables.json: group[0].source: must be there, as text"),
        (_without("group", 0, "target"), "orderables.json: group[0].target: must be there, as text"),
        (_without("group", 0, "element", 0, "code"), "orderables.json: group[0].element[0].code: must be there"),
        (
            _without("group", 0, "element", 0, "target", 0, "code"),
            "orderables.json: group[0].element[0].target[0].code: must be there",
        ),
        (
            _without("group", 0, "element", 0, "target", 0, "equivalence"),
            "orderables.json: group[0].element[0].target[0].equivalence: must be one of FHIR R4's",
        ),
        (
            concept_map("BRCA", "254837008", system=SNOMED),
            "orderables.json: group[0].element[0].target[0].code: 254837008 is no SNOMED CT identifier",
        ),
    ],
)
def test_a_fault_is_named_by_file_and_place(
    tmp_path: Path, shipped: Knowledge, content: Json | str, fault: str
) -> None:
    """A map that was half understood would translate half a hospital."""
    with pytest.raises(KnowledgeError) as raised:
        with_concept_maps(shipped, [written(tmp_path, content)])
    assert fault in str(raised.value)


def test_a_folder_without_maps_is_a_fault(tmp_path: Path, shipped: Knowledge) -> None:
    """Most likely the wrong folder was mounted."""
    with pytest.raises(KnowledgeError, match=r"the folder holds no \.json file"):
        with_concept_maps(shipped, [tmp_path])


def test_all_faults_of_all_maps_are_named_at_once(tmp_path: Path, shipped: Knowledge) -> None:
    written(tmp_path, "{", "a.json")
    written(tmp_path, "[]", "b.json")
    with pytest.raises(KnowledgeError) as raised:
        with_concept_maps(shipped, [tmp_path])
    assert [Path(fault.file).name for fault in raised.value.faults] == ["a.json", "b.json"]


def _client(folder: Path, *maps: Path) -> FlaskClient:
    return create_app(Settings(data_dir=folder / "data", concept_maps=maps)).test_client()


def _site_request(system: str, code: str) -> Json:
    """The order for PET/CT, named by a code that only the site knows."""
    request: Json = json.loads(REQUEST.read_bytes())
    (entry,) = request["context"]["draftOrders"]["entry"]
    entry["resource"]["code"] = {"coding": [{"system": system, "code": code}]}
    return request


def _indicators(client: FlaskClient, request: Json) -> list[str]:
    answer = client.post("/cds-services/breast-imaging-order-select", json=request)
    assert answer.status_code == 200
    return [card["indicator"] for card in answer.json["cards"]]


def test_a_study_ordered_by_a_code_of_the_site_is_judged(tmp_path: Path) -> None:
    """Without the map nobody knows what was ordered; with it, it is PET/CT for stage IA."""
    request = _site_request(ORDERABLES, "PETSKTH")
    file = written(tmp_path, concept_map("PETSKTH", "78815"))
    assert "warning" not in _indicators(_client(tmp_path), request)
    assert _indicators(_client(tmp_path, file), request) == ["warning"]


@pytest.mark.parametrize(
    ("meant", "shown"),
    [
        ("C79.51", []),  # bone metastasis: stage IV, the order is right
        ("I10", ["warning"]),  # hypertension changes nothing
        (None, ["info"]),  # without a map nobody can say what it is: the service asks
    ],
)
def test_a_disease_in_a_code_of_the_site_is_read(tmp_path: Path, meant: str | None, shown: list[str]) -> None:
    """A diagnosis in a code of the site's own counts like the same in ICD-10-CM; unread, it may be anything."""
    request = json.loads(REQUEST.read_bytes())
    coding = {"system": "https://hospital.example/problems", "code": "MTS-OSS"}
    conditions = request["prefetch"]["conditions"]
    new = copy.deepcopy(conditions["entry"][0])
    new["resource"] = {
        "resourceType": "Condition",
        "id": "site-condition",
        "clinicalStatus": new["resource"]["clinicalStatus"],
        "subject": new["resource"]["subject"],
        "code": {"coding": [coding]},
    }
    conditions["entry"].append(new)
    maps = [concept_map("MTS-OSS", meant, source=coding["system"], system=ICD_10_CM)] if meant else []
    files = [written(tmp_path, each) for each in maps]
    assert _indicators(_client(tmp_path, *files), request) == shown
