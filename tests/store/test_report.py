"""The figures of the report: counted from what is stored, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from cds_service.hooks.feedback import Feedback, FeedbackOutcome
from cds_service.store.answers import Accepted, Answers
from cds_service.store.consultations import Consultation, Offer
from cds_service.store.engines import WRITES, make_engine, store_url
from cds_service.store.report import CardCount, CodeCount, DayCount, OutcomeCount, Report, VariantCount
from cds_service.store.rows import add_unmapped, insert_consultations, insert_feedback
from cds_service.store.spans import Span
from cds_service.store.upkeep import migrate_store, report_of
from tests.store.test_feedback import AT, rows
from tests.store.test_store import CARD, ROW, TIME

ACCEPTED, OVERRIDDEN = FeedbackOutcome.ACCEPTED, FeedbackOutcome.OVERRIDDEN
US, CANCEL = CARD.suggestions
MAMMOGRAM = Offer(uuid="41111111-1111-4111-8111-111111111111", does="add", study="dbt-screening", msv=(0.1, 1.0))
NOTE = Offer(uuid="51111111-1111-4111-8111-111111111111", does="note")
EVERYTHING = Span()


class Kept:
    """A store to be filled row by row."""

    def __init__(self, url: str, engine: Engine) -> None:
        self.url = url
        self._engine = engine.execution_options(**{WRITES: True})

    def add(self, *consultations: Consultation) -> None:
        with self._engine.begin() as connection:
            insert_consultations(connection, consultations)

    def tell(self, *told: Feedback, **more: str) -> None:
        with self._engine.begin() as connection:
            insert_feedback(connection, rows(*told, **more))

    def unmapped(self, day: date, code: str, orders: int, client: str = "default") -> None:
        with self._engine.begin() as connection:
            add_unmapped(connection, day, {(client, "urn:x", code): orders})

    def report(self, span: Span = EVERYTHING) -> Report:
        return report_of(self.url, span)


@pytest.fixture
def kept(database_url: str) -> Iterator[Kept]:
    migrate_store(database_url)
    engine = make_engine(store_url(database_url))
    yield Kept(database_url, engine)
    engine.dispose()


def warned(number: int, **more: object) -> Consultation:
    """An order that got a warning, with a card of its own."""
    card = replace(CARD, card=f"card-{number}", suggestions=(US, CANCEL, MAMMOGRAM, NOTE))
    return replace(ROW, **{"uid": f"warned-{number}", "cards": (card,), **more})  # type: ignore[arg-type]


def said(number: int, outcome: FeedbackOutcome, *offers: Offer, **more: object) -> Feedback:
    values = {"card": f"card-{number}", "outcome": outcome, "at": AT, "accepted": tuple(each.uuid for each in offers)}
    return Feedback(**{**values, **more})  # type: ignore[arg-type]


def test_nothing_stored_is_a_report_too(kept: Kept) -> None:
    assert kept.report() == Report(
        span=EVERYTHING,
        assessments=0,
        outcomes=(),
        variants=(),
        made=(),
        cards=(),
        answers=Answers(),
        missing=(),
        unmapped=(),
        days=(),
    )


def test_assessments_are_counted_by_outcome_variant_fact_and_day(kept: Kept) -> None:
    open_ = {
        "outcome": "insufficient-information",
        "category": None,
        "score": None,
        "variants": ("310-v2", "310-v4"),
        "missing": ("stage-group", "er"),
        "cards": (),
    }
    kept.add(
        warned(1),
        warned(2, hook="order-sign"),
        replace(ROW, uid="open-1", **open_, time=TIME + timedelta(days=2)),
        replace(ROW, uid="open-2", **{**open_, "missing": ("er",)}, time=TIME + timedelta(days=2)),
    )
    report = kept.report()
    assert report.assessments == 4
    assert set(report.outcomes) == {
        OutcomeCount(hook="order-select", outcome="insufficient-information", category=None, assessments=2),
        OutcomeCount(hook="order-select", outcome="rated", category="usually-not-appropriate", assessments=1),
        OutcomeCount(hook="order-sign", outcome="rated", category="usually-not-appropriate", assessments=1),
    }
    assert report.outcomes[0].assessments == 2
    assert report.variants == (
        VariantCount(variant="310-v2", outcome="insufficient-information", category=None, assessments=2),
        VariantCount(variant="310-v2", outcome="rated", category="usually-not-appropriate", assessments=2),
        VariantCount(variant="310-v4", outcome="insufficient-information", category=None, assessments=2),
    )
    assert report.missing == (("er", 2), ("stage-group", 1))
    assert report.days == (
        DayCount(day=date(2026, 11, 16), assessments=2, warnings=2),
        DayCount(day=date(2026, 11, 18), assessments=2, warnings=0),
    )


def test_cards_are_counted_by_kind_variant_and_whether_they_were_shown(kept: Kept) -> None:
    question = replace(CARD, card="question", kind="question", indicator="info", variants=(), suggestions=())
    kept.add(
        warned(1),
        warned(2, mode="shadow"),
        warned(3, mode="shadow"),
        warned(4, mode="muted"),
        replace(ROW, uid="question", mode="shadow", cards=(question,)),
        replace(ROW, uid="silent", mode="shadow", cards=()),
    )
    report = kept.report()
    assert report.made == (
        ("muted", "warning", 1),
        ("shadow", "question", 1),
        ("shadow", "warning", 2),
        ("shown", "warning", 1),
    )
    assert report.cards[0] == CardCount(mode="shadow", kind="warning", variant="310-v2", cards=2)
    assert CardCount(mode="shadow", kind="question", variant=None, cards=1) in report.cards
    assert (report.warnings(), report.warnings("shadow"), report.warnings("quiet")) == (1, 2, 0)


# --- what people did --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("taken", "does", "study", "avoided", "studies"),
    [
        ((CANCEL,), "cancel", None, (10.0, 30.0), 1),
        ((US,), "replace", "us-axilla", (10.0, 30.0), 1),
        ((MAMMOGRAM,), "add", "dbt-screening", None, 0),  # the order stays: nothing is avoided
        ((MAMMOGRAM, CANCEL), "replace", "dbt-screening", (9.0, 29.9), 1),  # as a client with single actions replaces
        ((NOTE,), "note", None, None, 0),
        ((), "unknown", None, None, 0),
        ((Offer(uuid="not-ours", does="x"),), "unknown", None, None, 0),
    ],
)
def test_what_accepting_came_to(
    kept: Kept,
    taken: tuple[Offer, ...],
    does: str,
    study: str | None,
    avoided: tuple[float, float] | None,
    studies: int,
) -> None:
    """Radiation by both bands: the least is the lowest of the order less the highest of what was done instead."""
    kept.add(warned(1))
    kept.tell(said(1, ACCEPTED, *taken))
    answers = kept.report().answers
    (accepted,) = answers.accepted
    assert accepted == Accepted(kind="warning", ordered="fdg-pet-ct", does=does, study=study, cards=1, avoided=avoided)
    assert (answers.studies_avoided, answers.msv_avoided) == (studies, avoided or (0.0, 0.0))


def test_studies_and_radiation_avoided_add_up(kept: Kept) -> None:
    kept.add(*(warned(number) for number in range(4)))
    kept.tell(*(said(number, ACCEPTED, CANCEL) for number in range(3)), said(3, ACCEPTED, US))
    answers = kept.report().answers
    assert (answers.studies_avoided, answers.msv_avoided) == (4, (40.0, 120.0))
    assert answers.accepted[0].avoided == (30.0, 90.0)


def test_a_study_whose_radiation_is_not_known_counts_as_a_study(kept: Kept) -> None:
    unknown = replace(CARD, card="card-1", msv=None)
    kept.add(warned(1, cards=(unknown,)))
    kept.tell(said(1, ACCEPTED, CANCEL))
    answers = kept.report().answers
    assert (answers.studies_avoided, answers.msv_avoided) == (1, (0, 0))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"reason_code": "expert-contradicts"}, "expert-contradicts"),
        ({"reason_code": "an-ehr-s-own"}, "other"),
        ({"comment": "because"}, "in-words"),
        ({}, "none"),
    ],
)
def test_overrides_are_counted_by_their_reason(kept: Kept, more: dict[str, str], reason: str) -> None:
    kept.add(warned(1))
    kept.tell(said(1, OVERRIDDEN, **more))
    assert kept.report().answers.overridden == (("warning", reason, 1),)


def test_the_last_word_on_a_card_counts(kept: Kept) -> None:
    """Dismissed first and accepted later, in whatever order the two are told."""
    kept.add(warned(1))
    kept.tell(said(1, ACCEPTED, CANCEL, at=AT + timedelta(minutes=1)), said(1, OVERRIDDEN))
    answers = kept.report().answers
    assert (answers.count(ACCEPTED, "warning"), answers.count(OVERRIDDEN, "warning")) == (1, 0)


def test_feedback_may_come_before_its_card_is_written(kept: Kept) -> None:
    """It is matched when it is read."""
    kept.tell(said(1, ACCEPTED, CANCEL))
    assert kept.report().answers == Answers(unmatched=1)
    kept.add(warned(1))
    answers = kept.report().answers
    assert (answers.unmatched, answers.studies_avoided) == (0, 1)


def test_another_client_s_card_is_not_ours_to_judge(kept: Kept) -> None:
    """Card ids follow from the request; two clients that send the same one have the same cards."""
    kept.add(warned(1))
    kept.tell(said(1, ACCEPTED, CANCEL), client="other")
    assert kept.report().answers == Answers(unmatched=1)


def test_a_card_of_both_services_counts_for_the_one_that_was_told(kept: Kept) -> None:
    """One hookInstance for both hooks gives the same card twice; its feedback is one."""
    sign = replace(warned(1), uid="signed", service="breast-imaging-order-sign", hook="order-sign")
    kept.add(warned(1), replace(sign, cards=(replace(sign.cards[0], kind="better"),)))
    kept.tell(said(1, ACCEPTED, CANCEL), service="breast-imaging-order-sign")
    (accepted,) = kept.report().answers.accepted
    assert (accepted.kind, accepted.cards) == ("better", 1)


# --- spans ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("span", "assessments", "accepted", "orders"),
    [
        (EVERYTHING, 3, 3, 12),
        (Span(since=TIME), 2, 2, 8),  # from the moment on
        (Span(until=TIME), 1, 1, 4),  # before the moment
        (Span(since=TIME, until=TIME + timedelta(days=1)), 1, 1, 4),
        (Span(client="default"), 2, 2, 8),
        (Span(client="nobody"), 0, 0, 0),
    ],
)
def test_a_report_is_about_a_span_of_time_and_a_client(
    kept: Kept, span: Span, assessments: int, accepted: int, orders: int
) -> None:
    """Feedback belongs to its card's time, whenever it was told."""
    kept.add(
        warned(1, time=TIME - timedelta(days=1)),
        warned(2),
        warned(3, time=TIME + timedelta(days=1), client="other"),
    )
    kept.tell(said(1, ACCEPTED, CANCEL), said(2, ACCEPTED, CANCEL))
    kept.tell(said(3, ACCEPTED, CANCEL), client="other")
    for days, client in ((-1, "default"), (0, "default"), (1, "other")):
        kept.unmapped((TIME + timedelta(days=days)).date(), "A", 4, client)
    report = kept.report(span)
    assert report.assessments == assessments
    assert report.answers.count(ACCEPTED, "warning") == accepted
    assert sum(each.orders for each in report.unmapped) == orders


def test_the_codes_most_often_met_come_first(kept: Kept) -> None:
    for number in range(25):
        kept.unmapped(date(2026, 11, 16), f"code-{number:02}", number + 1)
    kept.unmapped(date(2026, 11, 17), "code-00", 100)
    found = kept.report().unmapped
    assert len(found) == 20
    assert found[:2] == (
        CodeCount(system="urn:x", code="code-00", orders=101),
        CodeCount(system="urn:x", code="code-24", orders=25),
    )


def test_days_are_days_of_utc(kept: Kept) -> None:
    """Also where the database's server lives elsewhere."""
    late = datetime(2026, 11, 16, 23, 59, 59, tzinfo=UTC)
    kept.add(warned(1, time=late), warned(2, time=late + timedelta(seconds=1)))
    assert [each.day for each in kept.report().days] == [date(2026, 11, 16), date(2026, 11, 17)]
