"""The criteria browser over HTTP: everything the knowledge says is on a page, and nothing else."""

import html
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.cards.radiation import radiates
from cds_service.coding import CPT
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Settings
from tests.web.conftest import PROTOCOL, ROOT

Read = Callable[[str], str]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def read(client: FlaskClient) -> Read:
    """The text of a page as a reader sees it: without tags, one space between words."""

    def text(url: str) -> str:
        answer = client.get(url, headers=BROWSER)
        assert answer.status_code == 200, url
        assert answer.mimetype == "text/html"
        return _text(answer.get_data(as_text=True))

    return text


def _text(page: str) -> str:
    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def _addresses(knowledge: Knowledge) -> Iterator[str]:
    yield "/criteria"
    yield "/criteria?q=PET+stage+IIA"
    yield from (f"/criteria/{topic.id}" for topic in knowledge.topics)
    yield from (f"/criteria/{topic.id}/{each.id}" for topic in knowledge.topics for each in topic.variants)
    yield from (f"/criteria/studies/{each}" for each in knowledge.procedures)


def test_a_variants_page_says_all_that_the_knowledge_says(read: Read, knowledge: Knowledge) -> None:
    """Sentences, steps, reasons of precedence, sources: whatever an author writes is read by somebody."""
    for topic in knowledge.topics:
        for variant in topic.variants:
            page = read(f"/criteria/{topic.id}/{variant.id}")
            said = [variant.title, topic.title, *variant.why, *variant.instead, *variant.pitfalls, *variant.notes]
            said += [words for step in variant.next for words in (step.result, step.step)]
            said += [each.because for each in variant.yields_to]
            said += [*variant.sources, knowledge.version, knowledge.hash[:16]]
            for words in said:
                assert " ".join(words.split()) in page, (variant.id, words)


def test_every_rating_stands_under_its_category_with_its_score(client: FlaskClient, knowledge: Knowledge) -> None:
    for topic in knowledge.topics:
        for variant in topic.variants:
            page = client.get(f"/criteria/{topic.id}/{variant.id}").get_data(as_text=True)
            rows = re.findall(
                r'<th scope="rowgroup"[^>]*>([^<]+)|class="score [\w-]+">(\d)|/criteria/studies/([\w-]+)"', page
            )
            category, score, found = "", "", {}
            for heading, number, study in rows:
                category, score = heading.lower() or category, number or score
                if study:
                    found.setdefault(study, (category, int(score)))
            assert found == {id: (row.category.label, row.score) for id, row in variant.ratings.items()}, variant.id


def test_ratings_are_sorted_by_score(client: FlaskClient, knowledge: Knowledge) -> None:
    for variant in knowledge.variants:
        page = client.get(f"/criteria/{variant.id.partition('-')[0]}/{variant.id}.json").json
        scores = [each["rating"]["score"] for each in page["ratings"]]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/criteria/310/310-v2", "Clinical stage at diagnosis stage IA\N{EN DASH}IIA"),  # the criteria in words
        ("/criteria/310/310-v2", "If stage IIB\N{EN DASH}IIIC"),  # the fact that differs
        ("/criteria/310/310-v2", "10\N{EN DASH}30 mSv"),
        ("/criteria/310/310-v2", "doi.org/10.1016/j.jacr.2024.02.021"),
        ("/criteria/286/286-v4", "panel disagreed"),
        ("/criteria/310/310-v1", "for the axillary nodes"),  # a row of one question only
        ("/criteria/235/235-v4", "only when: Imaging of the axilla in this work-up: the axilla has not been imaged"),
        ("/criteria/235/235-v4", "must be on record: Imaging of the axilla in this work-up"),
        ("/criteria/235/235-v4", "Its journal citation was not found."),
        ("/criteria/235/235-v4", "copy of ACR's tables"),  # what a rating rests on
        ("/criteria/286/286-v3", "Comes before this one Neoadjuvant therapy is planned"),
        ("/criteria/235/235-v3", "This one comes before Neoadjuvant therapy is planned"),
        ("/criteria/studies/fdg-pet-ct", "near match"),
        ("/criteria/studies/ct-chest-abdomen-pelvis-with-contrast", "one half"),
        ("/criteria/studies/fdg-pet-ct", "Ordered for distant metastasis"),
        ("/criteria/studies/us-axilla", PROTOCOL),
        ("/criteria/studies/us-breast", "none configured"),
        ("/criteria?q=PET+stage+IIA", "usually not appropriate PET/CT"),
        ("/criteria?q=xyzzy", "Nothing found for \N{LEFT DOUBLE QUOTATION MARK}xyzzy"),
        ("/criteria?q=bone+density", "Not rated by these topics. bone density: Bone densitometry."),
    ],
)
def test_a_page_says_what_it_is_opened_for(read: Read, url: str, words: str) -> None:
    assert words in read(url)


def test_the_sites_protocol_is_linked_wherever_the_study_is_named(client: FlaskClient) -> None:
    """It is the same study on every page. The address is written as an attribute may hold it."""
    for url in ("/criteria/310/310-v1", "/criteria/studies/us-axilla", "/criteria?q=us+axilla"):
        assert f'href="{html.escape(PROTOCOL)}"' in client.get(url).get_data(as_text=True), url


def test_a_study_is_rated_on_its_page_as_its_variants_rate_it(client: FlaskClient, knowledge: Knowledge) -> None:
    for study in knowledge.procedures:
        page = client.get(f"/criteria/studies/{study}.json").json
        found = {
            (asked["question"], each["variant"]["id"], each["rating"]["score"])
            for asked in page["questions"]
            for each in asked["ratings"]
        }
        assert found == {
            (question, variant.id, row.score)
            for variant in knowledge.variants
            for question in ("breast", "axilla", "distant", "local-recurrence")
            if (row := variant.row(study, question)) is not None
        }


def test_the_usual_question_of_a_study_comes_first(client: FlaskClient) -> None:
    assert client.get("/criteria/studies/fdg-pet-ct.json").json["questions"][0]["question"] == "distant"


def test_no_page_carries_the_text_of_a_code_system(client: FlaskClient, knowledge: Knowledge) -> None:
    """CPT descriptors are the AMA's. Ours, that go into orders, are no business of these pages."""
    for study in knowledge.procedures.values():
        codes = client.get(f"/criteria/studies/{study.id}.json").json["codes"]
        assert {each["code"] for each in codes} == {each.code.code for each in study.codes}
        for each in codes:
            assert set(each) <= {"system", "code", "match", "confidence", "source", "note"}
            if each["system"] == CPT:
                assert each.get("note") in (None, *(entry.note for entry in study.codes))


def test_radiation_is_said_as_level_and_band(read: Read, knowledge: Knowledge) -> None:
    for study in knowledge.procedures.values():
        page = read(f"/criteria/studies/{study.id}")
        assert (study.radiation in page) is radiates(study) or "no radiation" in page


def test_every_link_of_the_browser_leads_somewhere(client: FlaskClient, knowledge: Knowledge) -> None:
    seen: set[str] = set()
    for address in _addresses(knowledge):
        page = client.get(address).get_data(as_text=True)
        seen |= {html.unescape(url) for url in re.findall(r'(?:href|src|action)="(/[^"]*)"', page)}
    for url in seen:
        with client.get(url) as answer:
            assert answer.status_code == 200, url
    assert len(seen) > 80


def test_page_and_json_are_of_one_value(client: FlaskClient, knowledge: Knowledge) -> None:
    """Each page names its twin, and every text of the twin is on the page."""
    for address in _addresses(knowledge):
        page = client.get(address).get_data(as_text=True)
        twin = html.unescape(re.search(r'href="([^"]+)" type="application/json"', page).group(1))  # type: ignore[union-attr]
        answer = client.get(twin)
        assert answer.mimetype == "application/json"
        text = _text(page)
        for words in _titles(answer.json):
            assert words in text, (address, words)


def _titles(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (
            value[name] for name in ("title", "said", "because", "onlyWhen") if isinstance(value.get(name), str)
        )
        for each in value.values():
            yield from _titles(each)
    elif isinstance(value, list):
        for each in value:
            yield from _titles(each)


def test_json_without_a_value_has_no_member(client: FlaskClient) -> None:
    page = client.get("/criteria/310/310-v6.json").json
    assert "instead" not in page or page["instead"]
    assert None not in _leaves(page)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    return [leaf for each in value for leaf in _leaves(each)] if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    "url",
    [
        "/criteria/311",
        "/criteria/310/310-v99",
        "/criteria/286/310-v2",  # of another topic
        "/criteria/studies/pet",
        "/criteria/310/310-v2/more",
        "/nothing/here",
        "/criteria/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/criteria/studies/..%2F..%2Fetc%2Fpasswd",
    ],
)
def test_what_is_not_there_is_a_page_of_ours(client: FlaskClient, url: str) -> None:
    answer = client.get(url, headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Nothing is here" in answer.get_data(as_text=True)
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_wrong_variant_leads_to_its_topic(client: FlaskClient) -> None:
    page = client.get("/criteria/310/310-v99", headers=BROWSER).get_data(as_text=True)
    assert 'href="/criteria/310"' in page


@pytest.mark.parametrize(
    ("url", "headers"),
    [("/criteria/310/310-v99.json", BROWSER), ("/criteria/311.json", {}), ("/nothing", {}), ("/criteria/311", {})],
)
def test_a_program_gets_an_outcome(client: FlaskClient, url: str, headers: dict[str, str]) -> None:
    answer = client.get(url, headers=headers)
    assert (answer.status_code, answer.mimetype) == (404, "application/fhir+json")
    assert json.loads(answer.data) == {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "not-found", "details": {"text": "nothing is here"}}],
    }


@pytest.mark.parametrize(
    "words",
    [
        '<script>alert("x")</script>',
        'PET <script>alert("x")</script>',
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "%s%n",
    ],
)
def test_what_is_looked_for_is_text(client: FlaskClient, words: str) -> None:
    page = client.get("/criteria", query_string={"q": words}).get_data(as_text=True)
    assert html.escape(words, quote=False) in page.replace("&#34;", '"').replace("&#39;", "'")
    assert "<script>alert" not in page
    assert "<img" not in page


def test_knowledge_is_text_too(tmp_path: Path) -> None:
    """A site may write its own knowledge: an angle bracket in a sentence is one."""
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    file = folder / "topics" / "310.yaml"
    hostile = "No systemic staging in <b onclick=alert(1)>early</b> disease & so on."
    file.write_text(
        file.read_text(encoding="utf-8").replace("- No systemic staging.", f'- "{hostile}"'), encoding="utf-8"
    )
    app = create_app(Settings(data_dir=tmp_path), knowledge=load_knowledge(folder))
    page = app.test_client().get("/criteria/310/310-v2").get_data(as_text=True)
    app.extensions["store"].close()
    assert html.escape(hostile) in page
    assert "<b onclick" not in page


def test_pages_keep_to_themselves(client: FlaskClient, knowledge: Knowledge) -> None:
    """The policy allows no inline script or style, and no page has one."""
    for address in (*_addresses(knowledge), "/dose?a.fdg-pet-ct=1"):
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        page = answer.get_data(as_text=True)
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), address


def test_a_service_below_a_path_links_below_it(app: Flask) -> None:
    """A proxy may serve us as /cds: no link may leave it."""
    page = app.test_client().get("/criteria/310/310-v2", base_url="http://localhost/cds").get_data(as_text=True)
    assert all(url.startswith("/cds/") for url in re.findall(r'(?:href|src|action)="(/[^"]*)"', page))
