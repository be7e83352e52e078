"""Dose: a list of studies without a patient, and a patient's record; sums as the card says them."""

import html
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.cards.radiation import radiation, recorded
from cds_service.criteria.model import Assessment, Outcome
from cds_service.facts.model import PriorStudy
from cds_service.knowledge.model import Knowledge
from cds_service.web.dose import DoseOverTime, dose_fragment, dose_over_time
from cds_service.web.dose_drawing import ceiling, scale

TODAY = date(2026, 11, 20)


# --- a list without a patient ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "nothing listed"),
        ("a.fdg-pet-ct=1", "10 to 30 mSv"),  # ACR's own band: nothing was summed
        ("a.fdg-pet-ct=2", "about 20 to 60 mSv"),
        ("a.fdg-pet-ct=1&a.bone-scan=1", "about 11 to 40 mSv"),
        ("a.mammography-diagnostic=3", "about 0.3 to 3 mSv"),  # and not 0.30000000000000004
        # two digits: the tenths of a mammogram say nothing beside a PET/CT
        ("a.fdg-pet-ct=1&a.mammography-diagnostic=1", "about 10 to 31 mSv"),
        ("a.fdg-pet-ct=99", "about 990 to 3000 mSv"),
        ("a.us-axilla=1&a.mri-breast-without-contrast=2", "no radiation"),
        ("a.fdg-pet-ct=0", "nothing listed"),
        ("a.fdg-pet-ct=3&a.fdg-pet-ct=0", "nothing listed"),  # the button that removes, beside the field
        ("a.fdg-pet-ct=0&a.fdg-pet-ct=3", "nothing listed"),
    ],
)
def test_a_list_is_summed_as_a_range(client: FlaskClient, query: str, said: str) -> None:
    page = client.get(f"/dose.json?{query}").json
    assert page["lists"][0]["said"] == said
    assert "faults" not in page


def test_two_lists_are_compared_in_a_sentence(client: FlaskClient) -> None:
    page = client.get("/dose.json?a.fdg-pet-ct=1&b.us-axilla=1&b.mammography-diagnostic=2").json
    assert page["compared"] == (
        "PET/CT instead of US axilla and 2 times Diagnostic mammography: 10 to 30 mSv, against about 0.2 to 2 mSv."
    )
    assert page["compared"] in html.unescape(
        client.get("/dose?a.fdg-pet-ct=1&b.us-axilla=1&b.mammography-diagnostic=2").text
    )
    assert "compared" not in client.get("/dose.json?a.fdg-pet-ct=1").json


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        (
            "a.fdg-pet-ct=x",
            "FDG-PET/CT skull base to mid-thigh: how often is a whole number from 0 to 99. It is left out.",
        ),
        ("a.fdg-pet-ct=-1", "from 0 to 99"),
        ("a.fdg-pet-ct=100", "from 0 to 99"),
        ("a.fdg-pet-ct=", "from 0 to 99"),
        ("a.fdg-pet-ct=%C2%B2", "from 0 to 99"),  # a superscript two is a digit to Python
        ("a.fdg-pet-ct=%D9%A3", "from 0 to 99"),  # so is an Arabic three
        ("a.dexa=1", "dexa\N{RIGHT DOUBLE QUOTATION MARK} is no study that this service knows."),
    ],
)
def test_what_cannot_be_read_is_said_and_left_out(client: FlaskClient, query: str, fault: str) -> None:
    page = client.get(f"/dose.json?{query}&a.us-axilla=1").json
    assert any(fault in each for each in page["faults"])
    assert [each["study"]["id"] for each in page["lists"][0]["items"]] == ["us-axilla"]
    assert fault in html.unescape(client.get(f"/dose?{query}&a.us-axilla=1").text)


@pytest.mark.parametrize(
    ("words", "study"),
    [
        ("fdg-pet-ct", "fdg-pet-ct"),
        ("FDG-PET/CT skull base to mid-thigh", "fdg-pet-ct"),  # as the list of names offers it
        ("pet/ct", "fdg-pet-ct"),
        ("78306", "bone-scan"),
        ("bone scan", "bone-scan"),
    ],
)
def test_a_study_is_added_by_name_words_or_code(client: FlaskClient, words: str, study: str) -> None:
    answer = client.get("/dose", query_string={"a.us-axilla": 1, "add-a": words})
    assert (answer.status_code, answer.location) == (303, f"/dose?a.us-axilla=1&a.{study}=1")


def test_adding_a_study_that_is_there_counts_it_once_more(client: FlaskClient) -> None:
    assert client.get("/dose?b.bone-scan=2&add-b=bone+scan").location == "/dose?b.bone-scan=3"
    assert client.get("/dose?b.bone-scan=99&add-b=bone+scan").location == "/dose?b.bone-scan=99"


def test_words_that_leave_something_open_are_asked_about(client: FlaskClient) -> None:
    page = client.get("/dose?add-a=CT+CAP").text
    offered = re.findall(r'name="a\.([\w-]+)" value="1"', page)
    assert len(offered) == 3
    assert all(each.startswith("ct-chest-abdomen-pelvis") for each in offered)


@pytest.mark.parametrize(
    ("words", "said"), [("dexa", "Bone densitometry."), ("xyzzy", "its dose is not known here"), ("<b>", "&lt;b&gt;")]
)
def test_what_is_no_study_of_ours_has_no_dose(client: FlaskClient, words: str, said: str) -> None:
    answer = client.get("/dose", query_string={"add-a": words})
    assert answer.status_code == 200
    assert said in answer.text


def test_a_fault_is_not_lost_by_adding(client: FlaskClient) -> None:
    answer = client.get("/dose?a.bone-scan=x&add-a=PET")
    assert answer.status_code == 200
    assert "whole number" in answer.text


# --- a record --------------------------------------------------------------------------------------------------------
def prior(study: str, on: str | None, resource: str = "DiagnosticReport/1") -> PriorStudy:
    return PriorStudy(procedure=study, resource=resource, date=on)


def of(knowledge: Knowledge, *studies: PriorStudy, ordered: str | None = "fdg-pet-ct") -> DoseOverTime:
    return dose_over_time(studies, ordered=ordered, knowledge=knowledge, today=TODAY)


def test_a_study_and_its_report_are_one_dose(knowledge: Knowledge) -> None:
    """Records hold what was done as a Procedure, and its report: counted twice, the sum would mislead."""
    done = prior("fdg-pet-ct", "2026-03-01", "Procedure/1")
    report = prior("fdg-pet-ct", "2026-03-01T14:30:00Z")
    assert [each for _, each in recorded([done, report], knowledge)] == [done]
    assert of(knowledge, done, report).said == "1 study with radiation, about 10 to 30 mSv in sum"


@pytest.mark.parametrize("on", [None, "2026", "2026-03"])
def test_without_a_day_nobody_can_tell_whether_two_are_one(knowledge: Knowledge, on: str | None) -> None:
    assert len(recorded([prior("bone-scan", on), prior("bone-scan", on)], knowledge)) == 2


def test_rows_are_in_order_with_the_sum_so_far(knowledge: Knowledge) -> None:
    found = of(knowledge, prior("bone-scan", "2026-05-02"), prior("us-axilla", "2026-05"), prior("mbi", "2025"))
    assert [(row.study.id, row.low, row.high) for row in found.rows] == [
        ("mbi", 1, 10),
        ("bone-scan", 2, 20),
        ("us-axilla", 2, 20),
        ("fdg-pet-ct", 12, 50),
    ]
    assert found.with_ordered == "about 12 to 50 mSv"
    assert "2 studies are recorded without a day: drawn in the middle of the month or year recorded." in found.gaps


def test_a_study_without_a_date_counts_and_is_not_drawn(knowledge: Knowledge) -> None:
    found = of(knowledge, prior("bone-scan", None), prior("fdg-pet-ct", "2026-05-02"))
    assert found.said == "2 studies with radiation, about 11 to 40 mSv in sum"
    assert (found.rows[0].low, found.rows[1].low) == (None, 11)
    assert found.drawing is not None
    assert [each.label for each in found.drawing.marks] == ["2", "3"]
    assert found.gaps[0] == "1 study is recorded without a date: in the sum from the start, not at a point in time."


@pytest.mark.parametrize("on", ["", "yesterday", "2026-13-45"])
def test_a_date_that_is_none_counts_as_none(knowledge: Knowledge, on: str) -> None:
    assert of(knowledge, prior("bone-scan", on)).rows[0].low is None


def test_without_radiation_there_is_nothing_to_draw(knowledge: Knowledge) -> None:
    found = of(knowledge, prior("us-axilla", "2026-05-02"), ordered="us-breast")
    assert (found.said, found.with_ordered, found.drawing) == (None, None, None)
    assert [row.study.id for row in found.rows] == ["us-axilla", "us-breast"]


def test_an_order_nobody_knows_adds_no_row(knowledge: Knowledge) -> None:
    assert of(knowledge, prior("bone-scan", "2026-05-02"), ordered=None).with_ordered is None


@pytest.mark.parametrize("on", ["2026-11-20", "2027-05-01", "1996-01-01"])
def test_every_mark_lies_inside_the_drawing(knowledge: Knowledge, on: str) -> None:
    """Done today, dated in the future by a slip, or half a life ago."""
    drawing = of(knowledge, prior("fdg-pet-ct", on), prior("bone-scan", on)).drawing
    assert drawing is not None
    for mark in drawing.marks:
        assert drawing.left <= mark.x <= drawing.width - drawing.right
        assert 0 <= mark.label_at <= mark.top <= mark.bottom <= drawing.height - drawing.bottom
    for at in (tick.at for tick in drawing.x_ticks):
        assert drawing.left <= at <= drawing.width - drawing.right
    corners = [tuple(map(float, each.split(","))) for each in drawing.area.split()]
    assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in corners)


@pytest.mark.parametrize("dose", [0.0, 0.1, 0.9, 1.0, 1.1, 7, 30, 31, 72.3, 103, 999, 12345])
def test_a_scale_ends_at_a_round_number_above(dose: float) -> None:
    top = ceiling(dose)
    marks = scale(top)
    assert top >= dose
    assert marks[-1] == pytest.approx(top)
    assert 3 <= len(marks) <= 7


def test_the_fragment_is_readable_without_the_drawing(app: Flask, knowledge: Knowledge) -> None:
    """Title, description and a table: what the drawing shows, a screen reader reads."""
    studies = (prior("fdg-pet-ct", "2025-05-02"), prior("bone-scan", "2026-05-02"))
    with app.test_request_context():
        page = dose_fragment(studies, ordered="fdg-pet-ct", knowledge=knowledge, today=TODAY, id="pet")
    assert 'role="img" aria-labelledby="pet-title pet-text"' in page
    assert "From 2025-05-02 to 2026-11-20; in the end about 21 to 70 mSv." in page
    assert re.findall(r'<th scope="row">([^<]+)</th>', page) == [
        "FDG-PET/CT skull base to mid-thigh",
        "Bone scan whole body",
        "FDG-PET/CT skull base to mid-thigh",
    ]
    assert not re.search(r"\sstyle=|<style|<script", page)


RECORDS = st.lists(
    st.builds(
        PriorStudy,
        procedure=st.sampled_from(
            ["fdg-pet-ct", "bone-scan", "mammography-diagnostic", "us-axilla", "not-in-our-list"]
        ),
        resource=st.sampled_from(["Procedure/1", "DiagnosticReport/1"]),
        date=st.sampled_from([None, "2025", "2026-05", "2026-05-02", "2026-05-02T08:00:00Z", "2027-01-01", "soon"]),
    ),
    max_size=12,
)


def test_card_and_page_say_the_same(knowledge: Knowledge) -> None:
    """Whatever is on record, with whatever dates: the card's sentence is the page's, word for word."""

    @given(RECORDS)
    @settings(deadline=None)  # a busy machine is no fault
    def agree(studies: list[PriorStudy]) -> None:
        assessment = Assessment(
            order=None,
            reference="ServiceRequest/1",
            outcome=Outcome.RATED,
            procedure="fdg-pet-ct",
            prior_imaging=tuple(studies),
        )
        page = of(knowledge, *studies)
        on_record = f" On record: {page.said}." if page.said else ""
        assert radiation(assessment, knowledge) == f"**Radiation**: ACR level ☢☢☢☢, 10 to 30 mSv.{on_record}"

    agree()
