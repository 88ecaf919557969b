"""Days and dates are written as the reader's language writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.portal import hours
from services.portal.presenters import day, days_ago
from tests.support.portal import a_portal, everyday_apis

WEEK = {"schedule": [{"byday": "MO,TU,WE", "opens_at": "08:00", "closes_at": "16:00"}]}
TWO_DAYS = {"schedule": [{"byday": "MO,WE", "opens_at": "08:00", "closes_at": "16:00"}]}


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "28 February 2027"),
        ("sq", "28 shkurt 2027"),
        ("bg", "28 февруари 2027"),
        ("ro", "28 februarie 2027"),
        ("sr-Cyrl", "28. фебруар 2027"),
        ("sr-Latn", "28. februar 2027"),
        ("bs", "28. februar 2027"),
        ("cnr", "28. februar 2027"),
    ],
)
def test_a_date_has_a_dot_behind_the_day_where_the_language_has_one(language: str, date: str) -> None:
    with a_portal(everyday_apis()).test_request_context(headers={"Accept-Language": language}):
        assert day("2027-02-28") == date


@pytest.mark.parametrize(
    ("language", "week", "two_days"),
    [
        ("en", "Monday–Wednesday 08:00–16:00", "Monday, Wednesday 08:00–16:00"),
        ("sq", "E hënë–e mërkurë 08:00–16:00", "E hënë, e mërkurë 08:00–16:00"),
        ("sr-Latn", "Ponedeljak–sreda 08:00–16:00", "Ponedeljak, sreda 08:00–16:00"),
    ],
)
def test_a_day_within_a_line_begins_small_but_in_english(language: str, week: str, two_days: str) -> None:
    with a_portal(everyday_apis()).test_request_context(headers={"Accept-Language": language}):
        assert hours.lines_of(WEEK) == [week]
        assert hours.lines_of(TWO_DAYS) == [two_days]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("today", "1 day ago", "3 days ago", "20 days ago", "21 days ago", "111 days ago")),
        ("sq", ("sot", "1 ditë më parë", "3 ditë më parë", "20 ditë më parë", "21 ditë më parë", "111 ditë më parë")),
        ("bg", ("днес", "преди 1 ден", "преди 3 дни", "преди 20 дни", "преди 21 дни", "преди 111 дни")),
        ("ro", ("astăzi", "acum 1 zi", "acum 3 zile", "acum 20 de zile", "acum 21 de zile", "acum 111 zile")),
        ("sr-Cyrl", ("данас", "пре 1 дан", "пре 3 дана", "пре 20 дана", "пре 21 дан", "пре 111 дана")),
        ("sr-Latn", ("danas", "pre 1 dan", "pre 3 dana", "pre 20 dana", "pre 21 dan", "pre 111 dana")),
        ("bs", ("danas", "prije 1 dan", "prije 3 dana", "prije 20 dana", "prije 21 dan", "prije 111 dana")),
        ("cnr", ("danas", "prije 1 dan", "prije 3 dana", "prije 20 dana", "prije 21 dan", "prije 111 dana")),
    ],
)
def test_days_are_counted_as_the_language_counts(language: str, said: tuple[str, ...]) -> None:
    today = datetime.now(UTC).date()
    with a_portal(everyday_apis()).test_request_context(headers={"Accept-Language": language}):
        days = [(today - timedelta(days=gone)).isoformat() for gone in (0, 1, 3, 20, 21, 111)]
        assert tuple(map(days_ago, days)) == said
