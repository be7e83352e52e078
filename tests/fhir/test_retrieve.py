"""What is asked of a FHIR server, of which one, and with what (rows A1-A8 and R1-R11 of cds-hooks.md in the names)."""

import logging
import socket
from collections.abc import Callable
from typing import Any

import pytest

from cds_service.fhir.retrieved import KeyState, Record, Unreadable
from tests.support.prefetch import TEMPLATES
from tests.support.scripted_fhir import (
    Asked,
    Json,
    ScriptedFhir,
    answering,
    outcome,
    scripted_fhir,
    searchset,
)

EMPTY, ERROR, NOT_RUN, OK, PARTIAL = (
    KeyState.EMPTY,
    KeyState.ERROR,
    KeyState.NOT_RUN,
    KeyState.OK,
    KeyState.PARTIAL,
)
PATIENT: Json = {"resourceType": "Patient", "id": "p", "gender": "female"}
WHOLE: Json = {key: searchset() for key in TEMPLATES} | {"patient": PATIENT}
"""A prefetch that lacks nothing."""

Retrieve = Callable[..., Record]


def condition(id: str = "c1", **more: Any) -> Json:
    return {"resourceType": "Condition", "id": id, "subject": {"reference": "Patient/p"}, **more}


def without(*keys: str) -> Json:
    return {key: value for key, value in WHOLE.items() if key not in keys}


def asked_for(server: ScriptedFhir) -> list[str]:
    return sorted(each.resource_type for each in server.calls)


def ids(record: Record) -> list[str | None]:
    return [each.id for each in record.conditions]


# --- what is asked ----------------------------------------------------------------------------------------------------
def test_a7_r2_all_that_is_missing_is_fetched(retrieve: Retrieve) -> None:
    """Prefetch may be absent altogether."""
    with scripted_fhir({"Patient": PATIENT, "Condition": searchset(condition())}) as server:
        record = retrieve(server.url)
    assert (record.patient.id if record.patient else None, ids(record)) == ("p", ["c1"])
    assert record.states == {**dict.fromkeys(TEMPLATES, EMPTY), "patient": OK, "conditions": OK}
    assert len(server.calls) == len(TEMPLATES)
    assert {(each.ended, each.calls) for each in record.fetches} == {("whole", 1)}
    assert {each.key for each in record.fetches} == set(TEMPLATES)
    assert record.unreadable == ()


def test_r2_only_what_is_missing_is_fetched(retrieve: Retrieve) -> None:
    with scripted_fhir({"Condition": searchset(condition())}) as server:
        record = retrieve(server.url, **without("conditions", "allergies"))
    assert asked_for(server) == ["AllergyIntolerance", "Condition"]
    assert (record.states["conditions"], record.states["allergies"]) == (OK, EMPTY)


def test_nothing_is_fetched_where_nothing_is_missing(retrieve: Retrieve) -> None:
    with scripted_fhir({}) as server:
        record = retrieve(server.url, **WHOLE)
    assert (server.server.connections, record.fetches) == (0, ())


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (outcome(), ERROR),  # R5, R6: the client says that asking failed
        (searchset(total=3), PARTIAL),
        (searchset(condition(), condition("c9", onsetDateTime=5)), PARTIAL),
        ({"resourceType": "Bundle", "type": "history"}, ERROR),
    ],
)
def test_r6_r7_what_failed_is_fetched_too(value: Json, state: KeyState, retrieve: Retrieve) -> None:
    with scripted_fhir({"Condition": searchset(condition("c1"), condition("c2"))}) as server:
        assert retrieve("https://ehr.example", listed=(), conditions=value).states["conditions"] is state
        record = retrieve(server.url, **WHOLE | {"conditions": value})
    assert asked_for(server) == ["Condition"]
    assert (record.states["conditions"], ids(record), record.unreadable) == (OK, ["c1", "c2"], ())


def test_r4_a_null_is_an_answer(retrieve: Retrieve) -> None:
    """The client asked, and there is nothing: asking again would only cost time."""
    with scripted_fhir({"Condition": searchset(condition())}) as server:
        record = retrieve(server.url, **WHOLE | {"conditions": None})
    assert (server.server.connections, record.states["conditions"]) == (0, EMPTY)


def test_p1_p5_each_key_is_asked_for_by_its_own_template(retrieve: Retrieve) -> None:
    """R9: what we ask is what the client would have prefetched."""
    with scripted_fhir({"Patient": PATIENT}) as server:
        retrieve(server.url, patient_id="e-Ab.1_x")
    asked = {each.resource_type: each for each in server.calls}
    assert asked["Patient"].path == "/fhir/Patient/e-Ab.1_x"
    assert asked["Condition"].query == {"patient": ["e-Ab.1_x"], "_count": ["1000"]}
    assert asked["Observation"].query["code"] == ["http://loinc.org|21908-9,http://loinc.org|a/b c"]


def test_a_search_is_a_url_that_every_server_takes(retrieve: Retrieve) -> None:
    """Tomcat, under many FHIR servers, refuses a bare `|`."""
    with scripted_fhir({}) as server:
        retrieve(server.url, **without("observations"))
    (head,) = server.server.requests
    assert b"code=http://loinc.org%7C21908-9," in head


def test_a3_every_call_carries_the_token(retrieve: Retrieve) -> None:
    with scripted_fhir({"Patient": PATIENT}) as server:
        retrieve(server.url, token="its-t0ken")
    assert {each.headers["authorization"] for each in server.calls} == {"Bearer its-t0ken"}
    assert {each.headers["accept"] for each in server.calls} == {"application/fhir+json"}


def test_a4_a_token_serves_its_own_request_only(retrieve: Retrieve) -> None:
    """Connections are kept, tokens are not."""
    with scripted_fhir({}) as server:
        for token in ("first", "second"):
            retrieve(server.url, token=token, **without("conditions"))
    assert [each.headers["authorization"] for each in server.calls] == ["Bearer first", "Bearer second"]
    assert server.server.connections == 1


def test_a7_without_a_token_nothing_is_asked(retrieve: Retrieve) -> None:
    with scripted_fhir({"Patient": PATIENT}) as server:
        record = retrieve(server.url, token=None)
    assert (server.server.connections, set(record.states.values())) == (0, {NOT_RUN})


def test_a7_an_open_server_is_asked_where_that_is_allowed(retrieve: Retrieve) -> None:
    """The public Sandbox brings no token."""
    with scripted_fhir({"Patient": PATIENT}) as server:
        record = retrieve(server.url, token=None, openly=True)
    assert record.states["patient"] is OK
    assert not [each for each in server.calls if "authorization" in each.headers]


def test_what_a_server_is_known_not_to_have_is_not_asked_for(retrieve: Retrieve) -> None:
    """Some cannot search CarePlan by patient alone: asking would fail each time, and each answer be unsure of it."""
    with scripted_fhir({"CarePlan": answering(outcome(), "400 Bad Request")}) as server:
        record = retrieve(server.url, not_there=("carePlans",), **without("carePlans", "procedures"))
    assert (asked_for(server), record.states["carePlans"], record.unreadable) == (["Procedure"], NOT_RUN, ())


# --- which server -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "spelled",
    ["http://127.0.0.1:{port}/fhir", "http://127.0.0.1:{port}/fhir/", "HTTP://127.0.0.1:{port}/fhir"],
)
def test_a8_a_listed_server_is_asked_however_it_is_spelled(spelled: str, retrieve: Retrieve) -> None:
    with scripted_fhir({"Patient": PATIENT}) as server:
        url = spelled.format(port=server.server.port)
        assert retrieve(url, listed=(server.url,)).states["patient"] is OK


@pytest.mark.parametrize(
    "spelled",
    [
        "http://127.0.0.1:{port}/other",
        "http://127.0.0.1:{port}/fhir/tenant",
        "http://127.0.0.1:{port}",
        "http://localhost:{port}/fhir",
        "http://127.1:{port}/fhir",
        "http://2130706433:{port}/fhir",
        "http://0x7f000001:{port}/fhir",
        "http://0177.0.0.1:{port}/fhir",
        "http://[::1]:{port}/fhir",
        "http://[::ffff:127.0.0.1]:{port}/fhir",
        "http://\u2460\u2461\u2466.0.0.1:{port}/fhir",
        "http://ehr.example\\@127.0.0.1:{port}/fhir",
        "//127.0.0.1:{port}/fhir",
        "gopher://127.0.0.1:{port}/fhir",
        "http://user@127.0.0.1:{port}/fhir",
        "http://127.0.0.1:{port}/fhir?x=1",
        "http://127.0.0.1:{port}/fhir#x",
        "http://127.0.0.1:{port}/x/../fhir",
        "not a URL",
    ],
)
def test_a8_any_other_server_is_not_asked(spelled: str, retrieve: Retrieve) -> None:
    """`fhirServer` is whatever a caller writes there. What prefetch lacks is then a smaller EHR's, and no failure."""
    with scripted_fhir({"Patient": PATIENT}) as server:
        record = retrieve(spelled.format(port=server.server.port), listed=(server.url,))
    assert (server.server.connections, set(record.states.values())) == (0, {NOT_RUN})
    assert {(each.ended, each.calls) for each in record.fetches} == {("not-listed", 0)}


@pytest.mark.parametrize(
    ("url", "listed", "token", "told"),
    [
        # one letter differs: the administrator must see which
        ("https://ehr.example/R4", "https://ehr.example/r4", "t0ken", ["https://ehr.example/R4: not retrieved: {}"]),
        ("https://EHR.example/r4/", "https://ehr.example/r4", None, ["https://ehr.example/r4: not retrieved: {}"]),
        (
            "https://u:s3cret@ehr.example",
            "https://ehr.example",
            "t0ken",
            ["a fhirServer that is no URL of a server: not retrieved: {}"],
        ),
        (
            "gopher://ehr.example:70/r4",
            "https://ehr.example",
            "t0ken",
            ["a fhirServer that is no URL of a server: not retrieved: {}"],
        ),
        # nothing is fetched where nothing is listed, and that is no news
        ("https://ehr.example/r4", None, "t0ken", []),
    ],
    ids=["misspelled", "no-token", "with-a-password", "another-protocol", "nothing-listed"],
)
def test_a_server_that_is_not_asked_is_told(
    url: str,
    listed: str | None,
    token: str | None,
    told: list[str],
    retrieve: Retrieve,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An EHR that moves its base URL would otherwise go on with answers that rest on a record that nobody read."""
    caplog.set_level(logging.DEBUG)
    servers = (listed,) if listed is not None else ()
    record = retrieve(url, listed=servers, token=token, **without("conditions", "carePlans"))
    ended = "no-token" if token is None else "not-listed"
    keys = f"conditions {ended}, carePlans {ended}"
    assert [each.getMessage() for each in caplog.records] == [each.format(keys) for each in told]
    assert [each.ended for each in record.fetches] == ([ended] * 2 if told else [])
    assert (record.states["conditions"], record.states["carePlans"], record.unreadable) == (NOT_RUN, NOT_RUN, ())


def test_a_server_that_need_not_be_asked_is_not_told(retrieve: Retrieve, caplog: pytest.LogCaptureFixture) -> None:
    """What prefetch holds is missed by nobody."""
    caplog.set_level(logging.DEBUG)
    record = retrieve("https://moved.example", listed=("https://ehr.example",), **WHOLE)
    assert (record.fetches, caplog.records) == ((), [])


def test_a_long_name_of_a_server_is_told_in_part(retrieve: Retrieve, caplog: pytest.LogCaptureFixture) -> None:
    """A stranger may write a megabyte there."""
    retrieve(f"https://ehr.example/{'x' * 1_000_000}", listed=("https://ehr.example",), **without("conditions"))
    (line,) = caplog.messages
    assert len(line) < 300


def test_a_listed_name_that_leads_inside_is_not_followed(retrieve: Retrieve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever keeps the name's records could point it at what listens beside this service."""

    def inside(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with scripted_fhir({"Patient": PATIENT}) as server:
        monkeypatch.setattr(socket, "getaddrinfo", inside)
        record = retrieve(f"http://fhir.hospital.example:{server.server.port}/fhir")
    assert (server.server.connections, {each.ended for each in record.fetches}) == (0, {"forbidden"})
    assert set(record.states.values()) == {ERROR}


@pytest.mark.parametrize(
    "patient_id", ["..", ".", "p/../q", "p?x=1", "p,q", "p q", "p%2Fq", "p|q", "", "ä", "p\r\nX: y"]
)
def test_a_patient_id_cannot_change_the_question(patient_id: str, retrieve: Retrieve) -> None:
    """`Patient/..` is another place, and `patient=p,q` two patients."""
    with scripted_fhir({"Patient": PATIENT}) as server:
        record = retrieve(server.url, patient_id=patient_id)
    assert (server.server.connections, set(record.states.values())) == (0, {ERROR})


# --- pages ------------------------------------------------------------------------------------------------------------
def paged(asked: Asked) -> Json:
    """Three pages of one Condition each."""
    page = int(asked.query.get("page", ["1"])[0])
    following = f"http://{asked.headers['host']}/fhir/Condition?page={page + 1}" if page < 3 else None
    return searchset(condition(f"c{page}"), following=following, total=3)


def test_r8_every_page_is_read(retrieve: Retrieve) -> None:
    with scripted_fhir({"Condition": answering(paged)}) as server:
        record = retrieve(server.url, **without("conditions"))
    assert (record.states["conditions"], ids(record)) == (OK, ["c1", "c2", "c3"])
    assert [each.calls for each in record.fetches] == [3]
    assert {each.headers["authorization"] for each in server.calls} == {"Bearer t0ken"}


def test_r8_a_prefetched_page_is_read_on_from(retrieve: Retrieve) -> None:
    """The client's own first page counts, and is not asked for again."""
    with scripted_fhir({"Condition": answering(paged)}) as server:
        first = searchset(condition("c1"), following=f"{server.url}/Condition?page=2", total=3)
        record = retrieve(server.url, **WHOLE | {"conditions": first})
    assert (record.states["conditions"], ids(record), record.unreadable) == (OK, ["c1", "c2", "c3"], ())
    assert [each.query["page"] for each in server.calls] == [["2"], ["3"]]


@pytest.mark.parametrize(
    "following",
    [
        "https://elsewhere.example/fhir/Condition?page=2",
        "http://127.0.0.1:1/fhir/Condition?page=2",
        "/admin/Condition?page=2",
        "//elsewhere.example/fhir/Condition",
        "file:///etc/passwd",
        "",
    ],
)
def test_r8_a_page_elsewhere_is_not_read(following: str, retrieve: Retrieve) -> None:
    """The token goes to the server that it came with, and nowhere else."""
    with scripted_fhir({"Condition": searchset(condition(), following=following)}) as server:
        record = retrieve(server.url, **without("conditions"))
    assert (record.states["conditions"], ids(record), len(server.calls)) == (PARTIAL, ["c1"], 1)
    assert [each.ended for each in record.fetches] == ["elsewhere"]


def test_r8_a_prefetched_page_that_goes_on_elsewhere_is_asked_for_anew(retrieve: Retrieve) -> None:
    """An EHR may page on an address of its own inside; our question has an answer all the same."""
    first = searchset(condition("c1"), following="https://inside.example/fhir/Condition?page=2", total=3)
    with scripted_fhir({"Condition": answering(paged)}) as server:
        record = retrieve(server.url, **WHOLE | {"conditions": first})
    assert (record.states["conditions"], ids(record)) == (OK, ["c1", "c2", "c3"])
    assert server.calls[0].query == {"patient": ["p"], "_count": ["1000"]}


def test_a_relative_next_page_is_read(retrieve: Retrieve) -> None:
    """Not FHIR, yet seen."""

    def relative(asked: Asked) -> Json:
        second = "page" in asked.query
        return searchset(condition("c2" if second else "c1"), following=None if second else "Condition?page=2")

    with scripted_fhir({"Condition": answering(relative)}) as server:
        assert ids(retrieve(server.url, **without("conditions"))) == ["c1", "c2"]


def test_pages_that_go_round_end(retrieve: Retrieve) -> None:
    def round_and_round(asked: Asked) -> Json:
        return searchset(condition(), following=f"http://{asked.headers['host']}{asked.path}?page=2")

    with scripted_fhir({"Condition": answering(round_and_round)}) as server:
        record = retrieve(server.url, **without("conditions"))
    assert (record.states["conditions"], [each.ended for each in record.fetches]) == (PARTIAL, ["elsewhere"])
    assert len(server.calls) == 2


def test_pages_without_end_are_ended(retrieve: Retrieve) -> None:
    def on_and_on(asked: Asked) -> Json:
        page = int(asked.query.get("page", ["1"])[0])
        following = f"http://{asked.headers['host']}{asked.path}?page={page + 1}"
        return searchset(condition(f"c{page}"), following=following)

    with scripted_fhir({"Condition": answering(on_and_on)}) as server:
        record = retrieve(server.url, max_pages=4, **without("conditions"))
    assert (record.states["conditions"], len(server.calls)) == (PARTIAL, 4)
    assert [each.ended for each in record.fetches] == ["too-many-pages"]


def test_the_limit_of_bytes_is_of_all_pages(retrieve: Retrieve) -> None:
    note = [{"text": "x" * 600}]

    def wordy(asked: Asked) -> Json:
        page = int(asked.query.get("page", ["1"])[0])
        following = f"http://{asked.headers['host']}{asked.path}?page={page + 1}"
        return searchset(condition(f"c{page}", note=note), following=following)

    with scripted_fhir({"Condition": answering(wordy)}) as server:
        record = retrieve(server.url, max_bytes=2000, **without("conditions"))
    assert (record.states["conditions"], ids(record)) == (PARTIAL, ["c1", "c2"])
    assert [each.ended for each in record.fetches] == ["too-large"]


def test_the_same_resource_on_two_pages_is_one(retrieve: Retrieve) -> None:
    """A record that grows while it is paged through shifts, and what was pushed off a page may be nowhere."""

    def shifted(asked: Asked) -> Json:
        second = "page" in asked.query
        following = None if second else f"http://{asked.headers['host']}{asked.path}?page=2"
        return searchset(condition("c1"), condition("c3" if second else "c2"), following=following, total=4)

    with scripted_fhir({"Condition": answering(shifted)}) as server:
        record = retrieve(server.url, **without("conditions"))
    assert (record.states["conditions"], ids(record)) == (PARTIAL, ["c1", "c2", "c3"])


def test_two_contents_under_one_id_on_two_pages_are_not_taken(retrieve: Retrieve) -> None:
    """It was changed while it was paged through: nobody knows which holds."""

    def changed(asked: Asked) -> Json:
        second = "page" in asked.query
        following = None if second else f"http://{asked.headers['host']}{asked.path}?page=2"
        return searchset(condition("c1", code={"text": "y" if second else "x"}), condition("c2"), following=following)

    with scripted_fhir({"Condition": answering(changed)}) as server:
        record = retrieve(server.url, **without("conditions"))
    assert (record.states["conditions"], ids(record)) == (PARTIAL, ["c2"])


def test_what_a_page_holds_twice_is_counted_as_that_page_counts(retrieve: Retrieve) -> None:
    def multiplied(asked: Asked) -> Json:
        second = "page" in asked.query
        following = None if second else f"http://{asked.headers['host']}{asked.path}?page=2"
        return searchset(*[condition("c2" if second else "c1")] * 2, following=following, total=4)

    with scripted_fhir({"Condition": answering(multiplied)}) as server:
        record = retrieve(server.url, **without("conditions"))
    assert (record.states["conditions"], ids(record)) == (KeyState.OK, ["c1", "c2"])


# --- what came and what was there -------------------------------------------------------------------------------------
def test_what_was_prefetched_stays_where_the_server_gives_less(retrieve: Retrieve) -> None:
    """A token may reach less than the user who prefetched: what it left out is no proof of absence."""
    prefetched = searchset(condition("c1"), condition("c2"), total=5)
    with scripted_fhir({"Condition": searchset(condition("c2"))}) as server:
        record = retrieve(server.url, **WHOLE | {"conditions": prefetched})
    assert (record.states["conditions"], ids(record)) == (PARTIAL, ["c2", "c1"])


@pytest.mark.parametrize("failing", [answering(outcome(), "500 Oops"), answering(outcome(), "403 Forbidden")])
def test_what_was_prefetched_stays_where_fetching_fails(failing: Any, retrieve: Retrieve) -> None:
    prefetched = searchset(condition("c1"), total=5)
    with scripted_fhir({"Condition": failing}) as server:
        record = retrieve(server.url, **WHOLE | {"conditions": prefetched})
    assert (record.states["conditions"], ids(record)) == (PARTIAL, ["c1"])


def test_r11_another_patients_data_are_not_asked_away(retrieve: Retrieve) -> None:
    """Whose record the EHR means is in doubt: fetching the right one would hide it."""
    stranger = {**PATIENT, "id": "q"}
    with scripted_fhir({"Patient": PATIENT, "Condition": searchset(condition())}) as server:
        record = retrieve(
            server.url,
            **WHOLE | {"patient": stranger, "conditions": searchset(condition(subject={"reference": "Patient/q"}))},
        )
    assert server.server.connections == 0
    assert (record.states["patient"], record.patient, record.states["conditions"]) == (ERROR, None, PARTIAL)


def test_r11_what_the_server_says_of_others_is_dropped(retrieve: Retrieve) -> None:
    mixed = searchset(condition("c1"), condition("c2", subject={"reference": "Patient/q"}))
    with scripted_fhir({"Patient": {**PATIENT, "id": "q"}, "Condition": mixed}) as server:
        record = retrieve(server.url)
    assert (record.states["patient"], record.patient) == (ERROR, None)
    assert (record.states["conditions"], ids(record)) == (PARTIAL, ["c1"])
    assert Unreadable(place="fhirServer.patient", reason="belongs to another patient") in record.unreadable


def test_r10_references_may_name_the_server(retrieve: Retrieve) -> None:
    def absolute(asked: Asked) -> Json:
        return searchset(condition(subject={"reference": f"http://{asked.headers['host']}/fhir/Patient/p"}))

    with scripted_fhir({"Condition": answering(absolute)}) as server:
        assert ids(retrieve(server.url, **without("conditions"))) == ["c1"]


def test_a5_what_failed_is_named_and_counted(retrieve: Retrieve, caplog: pytest.LogCaptureFixture) -> None:
    """In our own words: no URL of a call, no id, no token, nothing that the server said."""
    caplog.set_level(logging.DEBUG)
    with scripted_fhir({"Condition": answering(outcome("forbidden"), "403 Forbidden")}) as server:
        record = retrieve(server.url, patient_id="p", token="s3cret", **without("conditions", "procedures"))
    assert {each.key: each.ended for each in record.fetches} == {"conditions": "not-allowed", "procedures": "whole"}
    assert record.unreadable == (Unreadable(place="fhirServer.conditions", reason="not retrieved: not-allowed"),)
    assert [each.getMessage() for each in caplog.records] == [
        f"{server.url}: not retrieved: conditions not-allowed",
    ]
