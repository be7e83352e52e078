"""Any JSON at all gets an answer or a refusal: never a 500, never a traceback."""

import json

from hypothesis import event, given
from hypothesis import strategies as st

from tests.support.changes import copied, places, scenarios, wider

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@wider
@given(value=anything, service_name=st.sampled_from(["order-select", "order-sign"]))
def test_any_json_gets_an_answer_or_a_refusal(service, value, service_name):
    """Also where it is no request."""
    assert service.send(service_name, json.dumps(value).encode()).status_code in (200, 400)


@wider
@given(name=scenarios, path=st.integers(0, 10_000), value=anything)
def test_any_value_in_any_place_gets_an_answer_or_a_refusal(service, requests, name, path, value):
    """A request of which one value is anything else."""
    request = copied(requests[name])
    found = list(places(request))
    holder, key = found[path % len(found)]
    holder[key] = value
    given_back = service.send(requests[name]["hook"], json.dumps(request).encode())
    event(f"answered {given_back.status_code}")
    assert given_back.status_code in (200, 400, 412), given_back.get_data(as_text=True)
