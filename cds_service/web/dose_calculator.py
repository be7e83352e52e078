"""The dose calculator: the radiation of a list of studies without a patient, and of another list beside it.

All of it is in the address, so that it works without JavaScript and can be sent to somebody: `a.<study>=<count>`,
`b.<study>=<count>`; `add-a` and `add-b` hold words, a code or the id of a study to add.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from cds_service.knowledge.model import Knowledge
from cds_service.web.criteria.catalogue import Catalogue
from cds_service.web.criteria.lookup import Search
from cds_service.web.criteria.pages import Study
from cds_service.web.criteria.query import LONGEST
from cds_service.web.dose_drawing import bars
from cds_service.web.dose_list import MOST, NAMES, DosePage, parameters_of, read_lists

_BAR_WIDTH = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What words to add may mean: several studies, or none with what is known of them."""

    name: str
    words: str
    studies: tuple[Study, ...]
    reasons: tuple[str, ...]


def make_dose(catalogue: Catalogue, search: Search, knowledge: Knowledge) -> Blueprint:
    """The page at `/dose`, and its JSON twin."""
    dose = Blueprint("dose", __name__)
    studies = {study.id: study for study in catalogue.index.studies}

    def asked() -> DosePage:
        return read_lists(request.args.items(multi=True), knowledge, studies, catalogue.index.knowledge)

    @dose.get("/dose", strict_slashes=False)
    def page() -> str | BaseResponse:
        shown = asked()
        choices = [_choice(name, request.args.get(f"add-{name}", ""), search, studies) for name in NAMES]
        added = {choice.name: choice.studies[0].id for choice in choices if len(choice.studies) == 1}
        if added and not shown.faults:
            return redirect(f"{url_for('pages.dose.page')}?{_address(shown, added)}", code=303)
        drawn, ticks = bars([each.msv for each in shown.lists], width=_BAR_WIDTH)
        return render_template(
            "dose.html",
            page=shown,
            choices={choice.name: choice for choice in choices if choice.words},
            studies=catalogue.index.studies,
            bars=drawn,
            ticks=ticks,
            most=MOST,
            longest=LONGEST,
            example=_example(studies),
            json_url=f"{url_for('pages.dose.page_json')}?{urlencode([*parameters_of(shown)])}",
        )

    @dose.get("/dose.json")
    def page_json() -> Response:
        return Response(msgspec.json.encode(asked()), mimetype="application/json")

    return dose


def _example(studies: Mapping[str, Study]) -> Mapping[str, str] | None:
    """A comparison to begin with: the usual question of these topics, where the knowledge has both studies."""
    ids = {"a": "fdg-pet-ct", "b": "us-axilla"}
    if not studies.keys() >= set(ids.values()):
        return None
    url = url_for("pages.dose.page") + "?" + urlencode({f"{name}.{id}": 1 for name, id in ids.items()})
    return {"url": url, "said": " instead of ".join(studies[id].short for id in ids.values())}


def _choice(name: str, words: str, search: Search, studies: Mapping[str, Study]) -> Choice:
    """The studies that words may mean: an id or a whole name means one, anything else what a search finds."""
    words = words.strip()[:LONGEST]
    named = [
        each for each in studies.values() if words.casefold() in (each.id, each.name.casefold(), each.short.casefold())
    ]
    if named or not words:
        return Choice(name=name, words=words, studies=tuple(named), reasons=())
    found = search(words)
    return Choice(name=name, words=words, studies=tuple(hit.study for hit in found.studies), reasons=found.not_rated)


def _address(shown: DosePage, added: Mapping[str, str]) -> str:
    """The parameters of a page with one more of each study added."""
    counts = {key: int(count) for key, count in parameters_of(shown)}
    for name, id in added.items():
        key = f"{name}.{id}"
        counts[key] = min(counts.get(key, 0) + 1, MOST)
    return urlencode(counts)
