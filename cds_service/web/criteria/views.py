"""The addresses of the browser. Every page has a twin in JSON at the same address with `.json` behind it."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from flask import Blueprint, Response, abort, render_template, request

from cds_service.web.criteria.catalogue import Catalogue
from cds_service.web.criteria.lookup import EXAMPLES, Search
from cds_service.web.criteria.pages import Page, VariantPage
from cds_service.web.criteria.query import LONGEST

_Found = TypeVar("_Found", bound=Page)


def make_criteria(catalogue: Catalogue, search: Search) -> Blueprint:
    """The pages under `/criteria`."""
    criteria = Blueprint("criteria", __name__)

    @criteria.get("/criteria", strict_slashes=False)
    def index() -> str:
        asked = _asked()
        found = search(asked) if asked else None
        return render_template(
            "criteria/index.html", index=catalogue.index, found=found, examples=EXAMPLES, longest=LONGEST
        )

    @criteria.get("/criteria.json")
    def index_json() -> Response:
        asked = _asked()
        return _json(search(asked) if asked else catalogue.index)

    @criteria.get("/criteria/<topic>")
    def topic(topic: str) -> str:
        return render_template("criteria/topic.html", page=_known(catalogue.topics, topic))

    @criteria.get("/criteria/<topic>.json")
    def topic_json(topic: str) -> Response:
        return _json(_known(catalogue.topics, topic))

    @criteria.get("/criteria/<topic>/<variant>")
    def variant(topic: str, variant: str) -> str:
        return render_template("criteria/variant.html", page=_variant(catalogue, topic, variant))

    @criteria.get("/criteria/<topic>/<variant>.json")
    def variant_json(topic: str, variant: str) -> Response:
        return _json(_variant(catalogue, topic, variant))

    @criteria.get("/criteria/studies/<study>")
    def study(study: str) -> str:
        return render_template("criteria/study.html", page=_known(catalogue.studies, study))

    @criteria.get("/criteria/studies/<study>.json")
    def study_json(study: str) -> Response:
        return _json(_known(catalogue.studies, study))

    return criteria


def _asked() -> str:
    """What is looked for, without blanks around it."""
    return request.args.get("q", "").strip()[:LONGEST]


def _known(pages: Mapping[str, _Found], id: str) -> _Found:
    page = pages.get(id)
    return page if page is not None else abort(404)


def _variant(catalogue: Catalogue, topic: str, id: str) -> VariantPage:
    page = _known(catalogue.variants, id)
    return page if page.variant.topic == topic else abort(404)


def _json(page: Page) -> Response:
    return Response(msgspec.json.encode(page), mimetype="application/json")
