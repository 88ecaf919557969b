"""Days and dates are written as the reader's language writes them."""

from __future__ import annotations

import pytest

from services.portal import hours
from services.portal.presenters import day
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
