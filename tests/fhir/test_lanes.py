"""A slow FHIR server holds up nobody but those who ask it, and those not for long."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cds_service.fhir.lanes import FAILURES, REST_SECONDS, Breaker, waiting
from cds_service.fhir.retrieved import KeyState, Record
from tests.support.prefetch import TEMPLATES
from tests.support.raw_server import Line
from tests.support.scripted_fhir import Asked, Script, answering, outcome, saying, scripted_fhir, searchset, then

Retrieve = Callable[..., Record]

PATIENT = {"resourceType": "Patient", "id": "p"}
ALL_BUT_CONDITIONS = {key: searchset() for key in TEMPLATES if key not in ("patient", "conditions")} | {
    "patient": PATIENT
}
HANG = then(b"", Line.hang)


def ended(record: Record) -> set[str]:
    return {each.ended for each in record.fetches}


def until(true: Callable[[], bool]) -> None:
    """Waits for a condition, ten seconds at most."""
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it never came to be so")


class Gate:
    """A server that answers nobody before it is opened."""

    def __init__(self) -> None:
        self.asked = 0
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    def __call__(self, asked: Asked, line: Line) -> bool:
        self.asked += 1
        self._open.wait(10)
        return answering(searchset())(asked, line)


# --- the breaker ------------------------------------------------------------------------------------------------------
class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock) -> Breaker:
    """A breaker that has seen as many failures as it takes."""
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.admits()
        breaker.tell(answered=False)
    return breaker


def test_a_server_that_keeps_not_answering_is_left_alone() -> None:
    assert not broken(Clock()).admits()


def test_one_answer_among_failures_is_enough() -> None:
    breaker = Breaker(Clock())
    for answered in (False, False, True, False, False):
        assert breaker.admits()
        breaker.tell(answered=answered)
    assert breaker.admits()


def test_after_its_rest_one_may_try() -> None:
    """Not all at once: the server may be just coming up."""
    clock = Clock()
    breaker = broken(clock)
    clock.now = REST_SECONDS - 0.1
    assert not breaker.admits()
    clock.now = REST_SECONDS
    assert [breaker.admits(), breaker.admits()] == [True, False]


@pytest.mark.parametrize("answered", [True, False])
def test_the_one_decides(answered: bool) -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now = REST_SECONDS
    assert breaker.admits()
    breaker.tell(answered=answered)
    assert [breaker.admits(), breaker.admits()] == [answered, answered]


# --- one server -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("script", "rests"),
    [
        (HANG, True),
        (saying(), True),
        (answering(outcome(), "500 Oops"), False),  # it answers, if badly, and costs nobody time
        (answering(outcome(), "401 Unauthorized"), False),  # one caller's bad token must not shut out the others
    ],
    ids=["hang", "close", "500", "401"],
)
def test_only_silence_makes_a_server_rest(script: Script, rests: bool, retrieve: Retrieve) -> None:
    with scripted_fhir({"Condition": script}) as server:
        seconds = 0.2 if script is HANG else 5
        for _ in range(FAILURES):
            retrieve(server.url, seconds=seconds, **ALL_BUT_CONDITIONS)
        calls = len(server.calls)
        record = retrieve(server.url, seconds=seconds, **ALL_BUT_CONDITIONS)
        assert (ended(record) == {"resting"}, len(server.calls) == calls) == (rests, rests)
    assert record.states["conditions"] is KeyState.ERROR


def test_a_key_that_is_slow_does_not_make_the_others_rest(retrieve: Retrieve) -> None:
    """A search that the server cannot do in time says nothing about the other keys."""
    with scripted_fhir({"Patient": PATIENT, "Observation": HANG}) as server:
        for _ in range(FAILURES + 1):
            record = retrieve(server.url, seconds=0.7)
    assert {each.key for each in record.fetches if each.ended == "whole"} == set(TEMPLATES) - {"observations"}


def test_who_finds_no_room_is_told_at_once(retrieve: Retrieve) -> None:
    """With two threads one request may wait; the next has its answer while the first still waits."""
    assert waiting(2) == 1
    gate = Gate()
    with scripted_fhir({"Condition": gate}) as server, ThreadPoolExecutor() as pool:
        first = pool.submit(retrieve, server.url, seconds=10, calls=2, **ALL_BUT_CONDITIONS)
        until(lambda: gate.asked == 1)
        second = retrieve(server.url, seconds=10, calls=2, **ALL_BUT_CONDITIONS)
        assert (ended(second), first.done(), gate.asked) == ({"busy"}, False, 1)
        assert second.states["conditions"] is KeyState.ERROR
        gate.open()
        assert ended(first.result()) == {"whole"}
        assert ended(retrieve(server.url, calls=2, **ALL_BUT_CONDITIONS)) == {"whole"}


def test_more_keys_than_threads_are_all_fetched(retrieve: Retrieve) -> None:
    with scripted_fhir({"Patient": PATIENT}) as server:
        assert ended(retrieve(server.url, calls=2)) == {"whole"}


def test_a_name_whose_look_up_hangs_is_not_waited_for(retrieve: Retrieve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the system's resolver ends a look-up; the request is answered in time all the same."""
    answer_now = threading.Event()

    def hang(*_: Any, **__: Any) -> list[Any]:
        answer_now.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    record = retrieve("http://fhir.hospital.example/fhir", seconds=0.2, calls=4)
    assert (ended(record), answer_now.is_set()) == ({"timeout"}, False)
    answer_now.set()


def test_nothing_is_left_open_after_the_deadline(retrieve: Retrieve) -> None:
    """The server sees its callers hang up; no thread of ours waits on."""
    gone = threading.Semaphore(0)

    def note_who_goes(asked: Asked, line: Line) -> bool:
        while line.socket.recv(100):
            pass
        gone.release()
        return False

    with scripted_fhir(dict.fromkeys(("Condition", "Procedure", "Observation"), note_who_goes)) as server:
        record = retrieve(server.url, seconds=0.3, patient=PATIENT)
        assert sorted(each.key for each in record.fetches if each.ended == "timeout") == [
            "conditions",
            "observations",
            "procedures",
        ]
        assert all(gone.acquire(timeout=5) for _ in range(3))


# --- two servers ------------------------------------------------------------------------------------------------------
def test_a_slow_server_does_not_slow_another(retrieve: Retrieve) -> None:
    """As many requests as can be wait for the one; each of the other's is answered before any of those."""
    gate = Gate()
    with (
        scripted_fhir({"Condition": gate}) as slow,
        scripted_fhir({"Condition": searchset()}) as quick,
        ThreadPoolExecutor(8) as pool,
    ):
        held = [pool.submit(retrieve, slow.url, seconds=30, **ALL_BUT_CONDITIONS) for _ in range(8)]
        until(lambda: gate.asked == 8)
        for _ in range(20):
            assert ended(retrieve(quick.url, seconds=30, **ALL_BUT_CONDITIONS)) == {"whole"}
        assert not any(each.done() for each in held)
        gate.open()
        assert [ended(each.result()) for each in held] == [{"whole"}] * 8
