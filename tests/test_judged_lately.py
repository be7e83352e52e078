"""The same order with the same record asked about again: what is judged anew, what is not, and for how long."""

import copy
import json
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cds_service import judged_lately as module
from cds_service.clients import default_client
from cds_service.facts.source import Source
from cds_service.fhir.resources import Condition, Observation
from cds_service.fhir.retrieved import Record
from cds_service.hooks.decode import decode_request
from cds_service.hooks.errors import PreconditionFailed
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import Service, make_services
from cds_service.judged_lately import LARGEST, MOST, judged_lately
from cds_service.judging import Judged, make_judge
from cds_service.pipeline import make_answer, observation_codes
from cds_service.settings import Settings
from cds_service.stages import Stages
from cds_service.store.consultations import Answered
from tests.support.changes import NAMES
from tests.support.held import held
from tests.support.recording import NOW, fixture, knowledge
from tests.support.service import ROOT, wait_for

Json = dict[str, Any]

SERVICES = make_services(observation_codes(knowledge()))
SELECT = next(each for each in SERVICES if each.hook == "order-select")


def request(**members: Any) -> Json:
    """A PET/CT to stage a stage IA cancer, which is warned of, as order-select sends it."""
    return copy.deepcopy(fixture("s4-pet-ct-stage-ia-mcode", **members))


def decoded(body: Json) -> tuple[Service, HookRequest]:
    service = next(each for each in SERVICES if each.hook == body["hook"])
    return service, decode_request(json.dumps(body).encode(), services=(service,))


class Judge:
    """What would judge, and how often it was asked. What it finds says which request it was."""

    def __init__(self, **found: Any) -> None:
        self.asked = 0
        self.found = found

    def judge(self, service: Service, request: HookRequest, now: datetime, stages: Stages) -> Judged:
        self.asked += 1
        return Judged(facts=(_Facts(),), failures=(str(self.asked),), **self.found)  # type: ignore[arg-type]


class _Facts:
    """Stands for the facts of an order, and can be seen to be gone."""

    episodes = ()


@pytest.fixture
def judge() -> Judge:
    return Judge()


def again(judge: Judge, first: Json, second: Json, *, at: datetime = NOW) -> bool:
    """Whether what was judged of the first request answers the second."""
    judging = judged_lately(judge.judge, seconds=300)
    found = judging(*decoded(first), NOW, Stages())
    return judging(*decoded(second), at, Stages()) is found


# --- what counts ------------------------------------------------------------------------------------------------------
def test_the_same_order_asked_about_again_is_judged_once(judge: Judge) -> None:
    """A clinician who moves on in the form fires the hook again; each call has a hookInstance of its own."""
    assert again(judge, request(hookInstance="first"), request(hookInstance="second"))
    assert judge.asked == 1


def test_signing_finds_what_selecting_judged(judge: Judge) -> None:
    signed = request(hook="order-sign")
    del signed["context"]["selections"]
    assert again(judge, request(), signed)


def _someone_else(body: Json) -> None:
    body["context"]["patientId"] = "someone-else"


def _another_study(body: Json) -> None:
    body["context"]["draftOrders"]["entry"][0]["resource"]["code"] = {"text": "MRI breast"}


def _bone_pain(body: Json) -> None:
    body["context"]["draftOrders"]["entry"][0]["resource"]["reasonCode"] = [{"text": "new bone pain"}]


def _one_more_draft(body: Json) -> None:
    entries = body["context"]["draftOrders"]["entry"]
    entries.append({"resource": {**entries[0]["resource"], "id": "another"}})


def _metastasis(body: Json) -> None:
    body["prefetch"]["conditions"]["entry"].append(
        {"resource": {"resourceType": "Condition", "code": {"text": "Metastasis to bone"}}}
    )


def _condition_gone(body: Json) -> None:
    body["prefetch"]["conditions"]["entry"].pop()


def _corrected(body: Json) -> None:
    body["prefetch"]["conditions"]["entry"][0]["resource"]["meta"] = {"lastUpdated": "2026-11-20T11:59:00Z"}


def _failed(body: Json) -> None:
    body["prefetch"]["observations"] = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "exception"}],
    }


def _not_sent(body: Json) -> None:
    body["prefetch"].pop("observations")


def _null(body: Json) -> None:
    body["prefetch"]["observations"] = None


def _under_another_key(body: Json) -> None:
    body["prefetch"] = {
        {"observations": "somethingElse"}.get(key, key): value for key, value in body["prefetch"].items()
    }


def _a_page_is_missing(body: Json) -> None:
    body["prefetch"]["conditions"]["link"] = [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]


def _tagged(body: Json) -> None:
    body["prefetch"]["conditions"]["meta"] = {"tag": [{"code": "SUBSETTED"}]}


def _server_named(body: Json) -> None:
    body["fhirServer"] = "https://ehr.example/fhir"


def _server_open(body: Json) -> None:
    body["fhirServer"] = "https://ehr.example/fhir"
    body["fhirAuthorization"] = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "s"}


@pytest.mark.parametrize(
    "change",
    [
        _someone_else,  # the record of one patient never answers for another
        _another_study,
        _bone_pain,  # a symptom in the order takes the warning away
        _one_more_draft,  # its reason may say something of the patient
        _metastasis,  # as does what was written in the record since
        _condition_gone,
        _corrected,
        _failed,  # a failure never looks like the record of a minute ago
        _not_sent,
        _null,
        _under_another_key,
        _a_page_is_missing,
        _tagged,
        _server_named,  # what is missing could be asked for there
        _server_open,
    ],
)
def test_whatever_a_judgement_hangs_on_is_judged_anew(change: Callable[[Json], None], judge: Judge) -> None:
    changed = request()
    change(changed)
    assert not again(judge, request(), changed)
    assert not again(judge, changed, request())


def test_a_token_makes_a_difference(judge: Judge) -> None:
    """Without one, what is missing was not asked for."""
    named, opened = request(), request()
    _server_named(named)
    _server_open(opened)
    assert not again(judge, named, opened)


def test_a_draft_in_another_place_is_judged_anew(judge: Judge) -> None:
    """What cannot be read is named by its place in the request; the same entry sent twice moves those behind it."""
    two = request()
    _one_more_draft(two)
    thrice = copy.deepcopy(two)
    entries = thrice["context"]["draftOrders"]["entry"]
    entries.insert(0, copy.deepcopy(entries[0]))
    assert not again(judge, two, thrice)


def test_another_selection_is_judged_anew(judge: Judge) -> None:
    """Only what is selected is asked about."""
    two = request()
    _one_more_draft(two)
    other = copy.deepcopy(two)
    other["context"]["selections"] = ["ServiceRequest/another"]
    assert not again(judge, two, other)


def test_the_next_day_is_judged_anew(judge: Judge) -> None:
    """Windows end with the day: what was a new cancer yesterday may be one in follow-up today."""
    assert again(judge, request(), request(), at=NOW.replace(hour=23))
    assert not again(judge, request(), request(), at=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("own", "is_same"),
    [
        ({"id": "5a1c", "meta": {"lastUpdated": "2026-11-20T12:00:01.250+01:00"}}, True),
        ({"id": "5a1c"}, True),
        ({"meta": {"lastUpdated": "2026-11-20T12:00:01Z"}}, True),
        ({"id": "5a1c", "meta": {"lastUpdated": "2026-11-20T12:00:01Z", "security": [{"code": "R"}]}}, False),
        ({"id": "5a1c", "language": "de"}, False),
        ({"id": 'a"b'}, False),
    ],
)
def test_what_a_server_makes_anew_for_each_search_does_not_count(own: Json, *, is_same: bool, judge: Judge) -> None:
    """The Bundle's own id and time, as HAPI and others write them at its beginning; nothing else of it."""
    searched = request()
    found = searched["prefetch"]["conditions"]
    searched["prefetch"]["conditions"] = {"resourceType": "Bundle", **own, **found}
    assert again(judge, request(), searched) is is_same


def test_nothing_else_of_a_request_is_judged_by() -> None:
    """What is not compared is not read: else the answer to one call might hang on another."""
    compared = {"drafts", "patient_id", "prefetch", "fhir_server", "fhir_authorization"}
    read: set[str] = set()

    class Watched:
        def __init__(self, request: HookRequest) -> None:
            self.request = request

        def __getattr__(self, name: str) -> Any:
            read.add(name)
            return getattr(self.request, name)

    judge = make_judge(knowledge(), Settings(), client=default_client(Settings()), top_up=lambda record, *_: record)
    for body in (request(), request(fhirServer="https://ehr.example/fhir"), fixture("asks-stage-unknown")):
        service, asked = decoded(body)
        assert judge.judge(service, Watched(asked), NOW, Stages()).facts  # type: ignore[arg-type]
    assert {"drafts", "prefetch"} <= read <= compared
    assert compared < set(HookRequest.__struct_fields__)


# --- what is kept, and for how long -----------------------------------------------------------------------------------
def test_what_a_server_was_asked_for_is_not_kept() -> None:
    """Its record may have changed since, and was read with the token of one call."""
    assert not again(Judge(asked_servers=True), request(), request())


@pytest.mark.parametrize("name", NAMES)
def test_of_the_record_only_what_it_was_judged_by_is_kept(name: str) -> None:
    """Not the record itself, which is a hundred times as large and says more than anybody needs again."""
    judge = make_judge(knowledge(), Settings(), client=default_client(Settings()), top_up=None)
    seen: list[Judged] = []

    def judging(*given: Any) -> Judged:
        seen.append(judge.judge(*given))
        return seen[-1]

    judged_lately(judging, seconds=300)(*decoded(fixture(name)), NOW, Stages())
    assert [each for each in held(seen[0]) if isinstance(each, Condition | Observation | Record | Source)] == []


def test_what_was_not_judged_is_not_kept() -> None:
    """Orders that are no imaging, and records that lack what every answer needs, end before the facts."""
    calls = []

    def nothing(*_: object) -> Judged:
        calls.append(1)
        return Judged()

    judging = judged_lately(nothing, seconds=300)
    for _ in range(2):
        judging(*decoded(request()), NOW, Stages())
    assert len(calls) == 2


def test_what_cannot_be_judged_is_refused_each_time() -> None:
    body = request()
    del body["prefetch"]["conditions"]
    judging = judged_lately(make_judge(knowledge(), Settings(), client=default_client(Settings())).judge, seconds=300)
    for _ in range(2):
        with pytest.raises(PreconditionFailed):
            judging(*decoded(body), NOW, Stages())


@pytest.mark.parametrize(("over", "is_kept"), [(0, True), (1, False)])
def test_what_is_very_large_is_not_kept(over: int, *, is_kept: bool, judge: Judge, monkeypatch: Any) -> None:
    """What a judgement says grows with the record."""
    monkeypatch.setattr(module, "LARGEST", _size(request()) - over)
    assert _size(request()) < LARGEST
    assert again(judge, request(), request()) is is_kept


def test_the_oldest_makes_room(judge: Judge) -> None:
    judging = judged_lately(judge.judge, seconds=300)
    patients = [request() for _ in range(MOST + 1)]
    for number, body in enumerate(patients):
        body["context"]["patientId"] = f"p{number}"
        judging(*decoded(body), NOW, Stages())
    for body in patients[1:]:
        judging(*decoded(body), NOW, Stages())
    assert judge.asked == MOST + 1
    judging(*decoded(patients[0]), NOW, Stages())
    assert judge.asked == MOST + 2


@pytest.mark.parametrize(("less", "fit"), [(0, 2), (1, 1)])
def test_the_oldest_make_room_for_what_is_large(less: int, fit: int, judge: Judge, monkeypatch: Any) -> None:
    """However large records are, what is kept of them stays within bounds."""
    judging = judged_lately(judge.judge, seconds=300)
    patients = [request() for _ in range(4)]
    for number, body in enumerate(patients):
        body["context"]["patientId"] = f"p{number}"
    monkeypatch.setattr(module, "MOST_BYTES", 2 * _size(patients[0]) - less)
    for body in patients:
        judging(*decoded(body), NOW, Stages())
    for body in patients[-fit:]:
        judging(*decoded(body), NOW, Stages())
    assert judge.asked == 4
    judging(*decoded(patients[-fit - 1]), NOW, Stages())
    assert judge.asked == 5


def _size(body: Json) -> int:
    _, asked = decoded(body)
    return sum(map(len, asked.prefetch.values())) + sum(len(each.raw) for each in asked.drafts)


def test_without_a_thread_that_takes_it_away_nothing_is_kept(judge: Judge, monkeypatch: Any) -> None:
    """A process at the limit of its threads answers on."""

    def start(self: threading.Timer) -> None:
        raise RuntimeError("can't start new thread")

    judging = judged_lately(judge.judge, seconds=300)
    monkeypatch.setattr(module, "MOST_BYTES", _size(request()))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Timer, "start", start)
        for asked in (1, 2):
            judging(*decoded(request()), NOW, Stages())
            assert judge.asked == asked
    for _ in range(2):  # and keeps again, as soon as there is one
        judging(*decoded(request()), NOW, Stages())
        assert judge.asked == 3


def test_after_its_time_it_is_judged_anew(judge: Judge, monkeypatch: Any) -> None:
    """Counted from the judgement, not from the last call: nobody keeps one alive by asking."""
    clock = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    judging = judged_lately(judge.judge, seconds=300)
    for seconds, asked in ((0, 1), (200, 1), (299, 1), (300, 2), (500, 2)):
        clock[0] = 1000.0 + seconds
        judging(*decoded(request()), NOW, Stages())
        assert judge.asked == asked, seconds


def test_after_its_time_each_is_gone_though_nobody_calls(judge: Judge) -> None:
    """What is said of a patient stays in memory for as long as is set, and no longer; nor does it go earlier."""
    judging = judged_lately(judge.judge, seconds=2)
    patients = (request(), request())
    _someone_else(patients[1])
    first = weakref.ref(judging(*decoded(patients[0]), NOW, Stages()).facts[0])
    time.sleep(0.5)
    second = weakref.ref(judging(*decoded(patients[1]), NOW, Stages()).facts[0])
    assert first() is not None
    wait_for(lambda: first() is None, seconds=10)
    assert second() is not None
    wait_for(lambda: second() is None, seconds=10)
    third = weakref.ref(judging(*decoded(patients[0]), NOW, Stages()).facts[0])  # and so is what comes after all
    wait_for(lambda: third() is None, seconds=10)


def test_one_watch_is_enough_for_all_that_is_kept(judge: Judge) -> None:
    judging = judged_lately(judge.judge, seconds=300)
    before = threading.active_count()
    for number in range(10):
        body = request()
        body["context"]["patientId"] = f"p{number}"
        judging(*decoded(body), NOW, Stages())
    assert threading.active_count() == before + 1


def test_what_is_kept_keeps_no_process_from_ending() -> None:
    program = """
from tests.test_judged_lately import *
judged_lately(Judge().judge, seconds=300)(*decoded(request()), NOW, Stages())
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)


def test_nothing_is_kept_where_so_set(judge: Judge) -> None:
    judging = judged_lately(judge.judge, seconds=0)
    for _ in range(2):
        judging(*decoded(request()), NOW, Stages())
    assert judge.asked == 2


def test_each_client_is_judged_for_itself() -> None:
    """Clients have prefetch keys, codes and knowledge of their own: the same bytes may mean another thing."""
    for _ in range(2):
        answer, kept = _answering(default_client(Settings()))
        answer(*decoded(request()))
        assert "facts" in kept[0].stages.ms


def _answering(client: Any) -> tuple[Callable[..., Any], list[Answered]]:
    kept: list[Answered] = []
    return make_answer(knowledge(), Settings(), lambda: NOW, kept.append, client=client), kept


def test_the_second_answer_has_its_own_ids_and_is_recorded() -> None:
    """A card is made for a call: its uuid is what feedback names."""
    answer, kept = _answering(default_client(Settings()))
    first, second, third = (answer(*decoded(request(hookInstance=each))) for each in ("a", "b", "a"))
    assert [card.summary for card in first.cards] == [card.summary for card in second.cards]
    assert first.cards[0].uuid != second.cards[0].uuid
    assert first == third
    assert [set(each.stages.ms) for each in kept] == [
        {"decode", "facts", "assess", "cards"},
        {"recall", "cards"},
        {"recall", "cards"},
    ]
    assert len({each.said[0].assessment.reference for each in kept}) == 1
