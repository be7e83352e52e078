"""A hospital that codes everything its own way, and says in ConceptMaps what it means, is answered like any other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B.conceptmap import ConceptMap
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.cards.exclusions import drafted_studies
from cds_service.coding import CPT, HCPCS, ICD10CM, ICD10PCS, LOINC, NCIT, RADLEX, RXNORM, SNOMED, Code, canonical_code
from cds_service.knowledge.concept_maps import with_concept_maps
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import observation_codes
from cds_service.settings import Settings
from tests.support.choices import chosen

Json = dict[str, Any]

ROOT = Path(__file__).parent.parent
SITE = "https://hospital.example/codes"
STANDARD = frozenset({CPT, HCPCS, ICD10CM, ICD10PCS, LOINC, NCIT, RADLEX, RXNORM, SNOMED})
FIXTURES = sorted((ROOT / "fixtures").glob("*/request.json"))
EXTENSION = "cds-service.assessments"


def _standard(value: Json) -> Code | None:
    system, code = value.get("system"), value.get("code")
    if not isinstance(system, str) or not isinstance(code, str):
        return None
    found = canonical_code(system, code)
    return found if found.system in STANDARD else None


def _codes(value: Any) -> Iterator[Code]:
    """Every standard code in some JSON."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _codes(inner)
    if isinstance(value, dict) and (code := _standard(value)) is not None:
        yield code


def _in_own_codes(value: Any, own: dict[Code, str]) -> Any:
    """The same with every standard code written in the site's own."""
    if isinstance(value, list):
        return [_in_own_codes(inner, own) for inner in value]
    if not isinstance(value, dict):
        return value
    written = {name: _in_own_codes(inner, own) for name, inner in value.items()}
    code = _standard(value)
    return written if code is None else written | {"system": SITE, "code": own[code]}


def _map(own: dict[Code, str]) -> Json:
    groups = [
        {
            "source": SITE,
            "target": system,
            "element": [
                {"code": name, "target": [{"code": code.code, "equivalence": "equivalent"}]}
                for code, name in own.items()
                if code.system == system
            ],
        }
        for system in sorted({code.system for code in own})
    ]
    return {"resourceType": "ConceptMap", "status": "active", "group": groups}


@pytest.fixture(scope="module")
def own() -> dict[Code, str]:
    """The site's own code for every standard code that a fixture sends."""
    every = {code for path in FIXTURES for code in _codes(json.loads(path.read_bytes()))}
    return {code: f"S{number}" for number, code in enumerate(sorted(every, key=lambda each: (each.system, each.code)))}


@pytest.fixture(scope="module")
def client(own: dict[Code, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The service with the site's map."""
    folder = tmp_path_factory.mktemp("site")
    content = _map(own)
    ConceptMap.model_validate(content)
    (folder / "codes.json").write_text(json.dumps(content), encoding="utf-8")
    app = create_app(Settings(data_dir=folder, concept_maps=(folder / "codes.json",)))
    yield app.test_client()
    app.extensions["store"].close()


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_the_same_patient_in_own_codes_gets_the_same_answer(
    path: Path, client: FlaskClient, own: dict[Code, str]
) -> None:
    """Orders, diagnoses, observations and their values, procedures, drugs: no reader of codes is left out."""
    request = json.loads(path.read_bytes())
    golden = json.loads(path.with_name("response.json").read_bytes())
    answer = client.post(_address(request), json=_in_own_codes(request, own))
    assert answer.status_code == 200
    assert _reasoning(answer.json) == _reasoning(golden)
    assert [card["indicator"] for card in answer.json["cards"]] == [card["indicator"] for card in golden["cards"]]


def test_an_alternative_is_ordered_in_own_codes_and_judged_as_promised(tmp_path: Path) -> None:
    """The site's code stands first, beside the standard one; picked and sent again, it means what the label said."""
    names = {Code(LOINC, "80852-7"): "US-AX", Code(CPT, "78815"): "PET"}
    (tmp_path / "map.json").write_text(json.dumps(_map(names)), encoding="utf-8")
    request = json.loads((ROOT / "fixtures/s4-pet-ct-stage-ia-mcode/request.json").read_bytes())
    (entry,) = request["context"]["draftOrders"]["entry"]
    entry["resource"]["code"] = {"coding": [{"system": SITE, "code": "PET"}]}
    app = create_app(Settings(data_dir=tmp_path, concept_maps=(tmp_path / "map.json",)))
    client = app.test_client()
    answer = client.post(_address(request), json=request).json
    suggestion = answer["cards"][0]["suggestions"][0]
    after = client.post(_address(request), json=chosen(request, suggestion)).json
    app.extensions["store"].close()

    written = suggestion["actions"][0]["resource"]["code"]["coding"]
    assert [(each["system"], each["code"]) for each in written] == [(SITE, "US-AX"), (LOINC, "80852-7")]
    (judged,) = _reasoning(after)
    assert (judged["procedure"], judged["score"]) == ("us-axilla", 5)
    assert suggestion["label"].endswith("(5/9)")


def _address(request: Json) -> str:
    return f"/cds-services/breast-imaging-{request['hook']}"


def _reasoning(answer: Json) -> list[Json]:
    told = answer.get("extension", {}).get(EXTENSION, [])
    return [{name: value for name, value in each.items() if name != "knowledge"} for each in told]


@pytest.mark.parametrize(
    ("codings", "outcome"),
    [
        (["PET"], ["rated"]),
        (["PET", "78815"], ["rated"]),  # the map and the other code say the same
        (["PET", "78306"], []),  # a bone scan, says the other code: not covered
        (["BREAST-MRI", "77049"], ["rated"]),  # the map leaves contrast open, the code does not: most specific wins
        (["OTHER"], []),  # of the site, and in no map
    ],
)
def test_a_map_and_another_code_must_agree(codings: list[str], outcome: list[str], tmp_path: Path) -> None:
    """Codes that disagree name no study, wherever they come from."""
    request = json.loads((ROOT / "fixtures/s4-pet-ct-stage-ia-mcode/request.json").read_bytes())
    (entry,) = request["context"]["draftOrders"]["entry"]
    entry["resource"]["code"] = {
        "coding": [{"system": CPT if code.isdigit() else SITE, "code": code} for code in codings]
    }
    names = {Code(CPT, "78815"): "PET", Code(SNOMED, "241615005"): "BREAST-MRI"}
    (tmp_path / "map.json").write_text(json.dumps(_map(names)), encoding="utf-8")
    app = create_app(Settings(data_dir=tmp_path, concept_maps=(tmp_path / "map.json",)))
    answer = app.test_client().post(_address(request), json=request)
    app.extensions["store"].close()
    assert [each["outcome"] for each in _reasoning(answer.json)] == outcome


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


def test_observations_are_asked_for_in_own_codes_too(knowledge: Knowledge, tmp_path: Path) -> None:
    """A server that filters by code would otherwise hold back what only the map explains."""
    names = {Code(LOINC, "21908-9"): "STAGE", Code(CPT, "78815"): "PET"}
    (tmp_path / "map.json").write_text(json.dumps(_map(names)), encoding="utf-8")
    mapped = with_concept_maps(knowledge, [tmp_path])
    assert set(observation_codes(mapped)) - set(observation_codes(knowledge)) == {Code(SITE, "STAGE")}


def test_a_study_drafted_in_own_codes_is_ordered_already(knowledge: Knowledge, tmp_path: Path) -> None:
    """It must not be offered a second time."""
    (tmp_path / "map.json").write_text(json.dumps(_map({Code(LOINC, "80852-7"): "US-AX"})), encoding="utf-8")
    drafted = {"resourceType": "ServiceRequest", "code": {"coding": [{"system": SITE, "code": "US-AX"}]}}
    drafts = {"ServiceRequest/1": msgspec.Raw(json.dumps(drafted).encode())}
    assert drafted_studies(drafts, knowledge) == frozenset()
    assert drafted_studies(drafts, with_concept_maps(knowledge, [tmp_path])) == {"us-axilla"}


def test_what_is_left_out_is_logged(knowledge: Knowledge, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line a file: who wrote the map sees how much of it is used."""
    content = _map({Code(CPT, "78815"): "PET"})
    (element,) = content["group"][0]["element"]
    element["target"] += [{"code": "78816", "equivalence": "wider"}, {"code": "78811", "equivalence": "narrower"}]
    (tmp_path / "map.json").write_text(json.dumps(content), encoding="utf-8")
    caplog.set_level("INFO", logger="cds_service")
    with_concept_maps(knowledge, [tmp_path])
    (line,) = caplog.messages
    assert line.endswith("map.json: only equal and equivalent is used; left out: 1 narrower, 1 wider")


@pytest.mark.parametrize("page", ["administrators.md", "integrators.md"])
def test_the_map_in_the_guide_is_fhir_and_is_understood(page: str, knowledge: Knowledge, tmp_path: Path) -> None:
    """What a site copies from the guides works."""
    (shown,) = re.findall(r'^ *\{"resourceType": "ConceptMap".*?\n(?=\n)', _guide(page), re.MULTILINE | re.DOTALL)
    ConceptMap.model_validate(json.loads(shown))
    (tmp_path / "map.json").write_text(shown, encoding="utf-8")
    assert with_concept_maps(knowledge, [tmp_path]).translations


def _guide(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")
