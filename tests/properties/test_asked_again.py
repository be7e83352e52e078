"""What was asked a moment ago changes no answer: neither to the same call nor to one that differs in anything."""

import json

from hypothesis import event, given
from hypothesis import strategies as st

from tests.properties.test_anything import anything
from tests.support.changes import copied, places, scenarios, wider


@wider
@given(name=scenarios, path=st.integers(0, 10_000), value=anything | st.none())
def test_a_request_is_answered_as_if_nothing_had_been_asked(service, forgetful, requests, name, path, value):
    """The same one, then one of which one value is another, then the same one again; to the byte."""
    same = requests[name]
    other = copied(same)
    found = list(places(other))
    holder, key = found[path % len(found)]
    holder[key] = value
    for request in (same, other, same):
        body = json.dumps(request).encode()
        remembering, anew = service.send(same["hook"], body), forgetful.send(same["hook"], body)
        assert (remembering.status_code, remembering.data) == (anew.status_code, anew.data)
    event("a warning" if b'"indicator":"warning"' in anew.data else "no warning")


@wider
@given(names=st.lists(scenarios, min_size=2, max_size=6))
def test_no_patient_gets_the_answer_of_another(service, forgetful, requests, names):
    """Several who are asked about in turn, each more than once."""
    for name in names * 2:
        hook, body = requests[name]["hook"], json.dumps(requests[name]).encode()
        assert service.send(hook, body).data == forgetful.send(hook, body).data
