"""What the tests of fetching share."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from cds_service.egress.addresses import Reach
from cds_service.egress.urls import base_of
from cds_service.fhir.client import Limits
from cds_service.fhir.lanes import Lane, open_lanes
from cds_service.fhir.record import read_record
from cds_service.fhir.retrieve import Access, Prefetched, make_top_up
from cds_service.fhir.retrieved import Record
from tests.support.prefetch import TEMPLATES, as_prefetch

Retrieve = Callable[..., Record]


@pytest.fixture
def retrieve() -> Iterator[Retrieve]:
    """Reads a patient's record from a server at this URL, with what is prefetched of it."""
    lanes: dict[str, Lane] = {}

    def retrieved(
        url: str,
        *,
        patient_id: str = "p",
        token: str | None = "t0ken",
        listed: tuple[str, ...] | None = None,
        seconds: float = 5,
        max_bytes: int = 1 << 20,
        max_pages: int = 20,
        calls: int = 16,
        openly: bool = False,
        not_there: tuple[str, ...] = (),
        templates: Mapping[str, str] = TEMPLATES,
        **prefetched: Any,
    ) -> Record:
        bases = [base_of(each) for each in (listed if listed is not None else (url,))]
        for base in bases:
            if base.url not in lanes:
                lanes[base.url] = open_lanes([base], reach=Reach.SITE, ca_file=None, calls=calls)[base]
        top_up = make_top_up(
            {base: lanes[base.url] for base in bases},
            bases,
            budget_ms=int(seconds * 1000),
            limits=Limits(max_bytes=max_bytes, max_pages=max_pages),
            openly=openly,
            not_there=not_there,
        )
        values = as_prefetch(prefetched)
        record = read_record(values, patient_id=patient_id)
        return top_up(record, Prefetched(values=values, templates=templates), Access(server=url, token=token))

    yield retrieved
    for lane in lanes.values():
        lane.close()
