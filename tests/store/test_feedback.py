"""Feedback is kept with what was shown, once, and on the disk before it is acknowledged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy

from cds_service.hooks.feedback import Feedback, FeedbackOutcome
from cds_service.store.engines import StoreAway, make_engine, store_url
from cds_service.store.feedback import feedback_rows
from cds_service.store.store import Store, open_store
from cds_service.store.tables import feedback
from tests.store.test_store import CARD, ROW

AT = datetime(2026, 11, 16, 9, 31, tzinfo=UTC)
NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
OVERRIDDEN = Feedback(
    card=CARD.card,
    outcome=FeedbackOutcome.OVERRIDDEN,
    at=AT,
    reason_system="urn:x",
    reason_code="expert-contradicts",
    comment="Dr. Example said so",
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def rows(*told: Feedback, comment_length: int = 500, **more: Any) -> list[dict[str, Any]]:
    values = {"client": "default", "service": ROW.service, "received": NOW, **more}
    return feedback_rows(told, comment_length=comment_length, **values)


def stored(url: str) -> list[dict[str, Any]]:
    engine = make_engine(store_url(url))
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(sqlalchemy.select(feedback)).mappings()]
    engine.dispose()
    return found


def test_feedback_is_kept_as_it_was_told(store: Store, database_url: str) -> None:
    store.keep_feedback(rows(OVERRIDDEN))
    (row,) = stored(database_url)
    del row["digest"]
    assert row == {
        "id": 1,
        "received": NOW,
        "client": "default",
        "service": "breast-imaging-order-select",
        "card": CARD.card,
        "outcome": "overridden",
        "at": AT,
        "accepted": [],
        "reason_system": "urn:x",
        "reason_code": "expert-contradicts",
        "reasoned": True,
        "comment": "Dr. Example said so",
    }


def test_f2_the_same_feedback_told_again_is_kept_once(store: Store, database_url: str) -> None:
    """Within a call, and in another one after an answer got lost; what differs is another word on the card."""
    store.keep_feedback(rows(OVERRIDDEN, OVERRIDDEN))
    store.keep_feedback(rows(OVERRIDDEN, received=NOW + timedelta(minutes=5)))
    store.keep_feedback(rows(replace(OVERRIDDEN, at=AT + timedelta(minutes=1))))
    assert [row["at"] for row in stored(database_url)] == [AT, AT + timedelta(minutes=1)]


def test_nothing_told_is_nothing_kept(store: Store, database_url: str) -> None:
    store.keep_feedback(rows())
    assert stored(database_url) == []


@pytest.mark.parametrize(
    ("comment", "length", "kept"),
    [
        ("x" * 600, 500, "x" * 500),
        ("x" * 600, 0, None),
        (None, 500, None),
        ("a\x00b", 500, "a b"),  # PostgreSQL keeps no NUL
        ("a\ud800b", 500, "a?b"),  # half a character, as JSON can spell it
    ],
)
def test_f10_a_comment_is_capped_and_can_be_left_out(
    store: Store, database_url: str, comment: str | None, length: int, kept: str | None
) -> None:
    store.keep_feedback(rows(replace(OVERRIDDEN, comment=comment), comment_length=length))
    (row,) = stored(database_url)
    assert (row["comment"], row["reasoned"]) == (kept, True)


@pytest.mark.parametrize("text", ["x" * 10_000, "a\nb", "a\x00b", "\ud800"])
def test_ids_of_any_shape_are_kept(store: Store, database_url: str, text: str) -> None:
    """A column of 128 characters must not make a client's feedback an error for ever."""
    odd = replace(OVERRIDDEN, card=text, reason_code=text, reason_system=text, accepted=(text,))
    store.keep_feedback(rows(odd))
    (row,) = stored(database_url)
    assert row["card"].startswith("sha256:")
    assert row["card"] == row["reason_code"] == row["accepted"][0]


def test_what_cannot_be_kept_is_said(store: Store, database_url: str) -> None:
    engine = make_engine(store_url(database_url))
    with engine.begin() as connection:
        feedback.drop(connection)
    engine.dispose()
    with pytest.raises(StoreAway):
        store.keep_feedback(rows(OVERRIDDEN))


# --- quiet after an override ------------------------------------------------------------------------------------------
ASKED: dict[str, Any] = {
    "client": "default",
    "patient": ROW.patient,
    "procedure": "fdg-pet-ct",
    "variants": ["310-v2"],
    "since": NOW - timedelta(hours=24),
}


def _kept(store: Store, *told: Feedback, received: datetime = NOW) -> None:
    store.record([msgspec.structs.replace(ROW, cards=(msgspec.structs.replace(CARD, variants=("310-v2", "310-v6")),))])
    store._writer.close()
    store.keep_feedback(rows(*told, received=received))


@pytest.mark.parametrize(
    ("asked", "quiet"),
    [
        ({}, True),
        ({"variants": ["310-v6"]}, True),  # rests on less than the overridden one
        ({"variants": ["310-v2", "310-v10"]}, False),  # a variant that nobody has overridden
        ({"patient": "0" * 64}, False),
        ({"procedure": "bone-scan"}, False),
        ({"client": "other"}, False),
        ({"since": AT + timedelta(seconds=1)}, False),  # long ago
    ],
)
def test_an_overridden_warning_is_found_again(store: Store, asked: dict[str, Any], quiet: bool) -> None:
    """The same patient, study and variant, lately; nothing less."""
    _kept(store, OVERRIDDEN)
    assert store.overridden(**{**ASKED, **asked}) is quiet


@pytest.mark.parametrize(
    ("told", "quiet"),
    [
        (replace(OVERRIDDEN, reason_code=None), True),  # a comment is a reason
        (replace(OVERRIDDEN, comment=None), True),
        (replace(OVERRIDDEN, reason_code=None, comment=None), False),  # dismissed without a word
        (replace(OVERRIDDEN, outcome=FeedbackOutcome.ACCEPTED), False),
        (replace(OVERRIDDEN, card="another"), False),
    ],
)
def test_only_an_override_with_a_reason_counts(store: Store, told: Feedback, quiet: bool) -> None:
    _kept(store, told)
    assert store.overridden(**ASKED) is quiet


def test_a_client_whose_clock_runs_ahead_is_not_quiet_for_longer(store: Store) -> None:
    ahead = replace(OVERRIDDEN, at=NOW + timedelta(days=300))
    _kept(store, ahead, received=NOW - timedelta(hours=25))
    assert store.overridden(**ASKED) is False


def test_a_store_that_is_away_silences_nothing(store: Store, database_url: str) -> None:
    """The warning is shown: that somebody overrode it is not known."""
    _kept(store, OVERRIDDEN)
    engine = make_engine(store_url(database_url))
    with engine.begin() as connection:
        feedback.drop(connection)
    engine.dispose()
    assert store.overridden(**ASKED) is False
