"""Counts of unmet needs as officers read them: months that are over, nothing small, nothing to reckon it from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency

PAST = date(2025, 3, 1)
COUNTS = [
    ("AL-tirane", "counselling", "12-14", 6),
    ("AL-tirane", "counselling", "15-17", 8),
    ("AL-tirane", "hotline", "15-17", 9),
    ("AL-kukes", "counselling", "12-14", 2),
    ("AL-kukes", "hotline", "unknown", 7),
    ("XK-prizren", "hotline", "unknown", 50),
]


@pytest.fixture(autouse=True)
def _counted(directory: Directory) -> Iterator[None]:
    statement = text("INSERT INTO unmet_need VALUES (:month, :place, :term, :band, :count)")
    with directory.engine.begin() as connection:
        for place, term, band, count in COUNTS:
            values = {"month": PAST, "place": place, "term": term, "band": band, "count": count}
            connection.execute(statement, values)
    yield
    with directory.engine.begin() as connection:
        connection.execute(text("DELETE FROM unmet_need WHERE month = :month"), {"month": PAST})


def read(agency: Agency, query: str = "country=AL&month=2025-03") -> Any:
    return agency.get(f"/unmet-needs?{query}")


@pytest.mark.parametrize("query", ["country=AL&month=2025-13", "country=AL&month=March", "country=DE", "by=name"])
def test_unfit_questions_are_refused(agency: Agency, query: str) -> None:
    assert read(agency, query).status_code == 400


def test_a_month_that_runs_is_not_told(agency: Agency) -> None:
    today = datetime.now(UTC).date()
    for day in (today, today + timedelta(days=40)):
        assert read(agency, f"country=AL&month={day:%Y-%m}").status_code == 400


def test_a_caseworker_does_not_read_them(caseworker: Agency) -> None:
    assert read(caseworker).status_code == 403


def test_small_counts_and_their_neighbours_are_left_out(agency: Agency) -> None:
    table = read(agency).json()
    assert {(cell["municipality"], cell["term"]): cell["count"] for cell in table["counts"]} == {
        ("AL-tirane", "counselling"): None,
        ("AL-tirane", "hotline"): None,
        ("AL-kukes", "counselling"): None,
        ("AL-kukes", "hotline"): None,
    }
    assert (table["total"], table["smallest_shown"], table["by"]) == (32, 5, "municipality")


def test_the_same_needs_by_age(agency: Agency) -> None:
    table = read(agency, "country=AL&month=2025-03&by=age_band").json()
    assert {(cell["age_band"], cell["term"]): cell["count"] for cell in table["counts"]} == {
        ("12-14", "counselling"): 8,
        ("15-17", "counselling"): 8,
        ("15-17", "hotline"): 9,
        ("unknown", "hotline"): 7,
    }


def test_without_a_country_it_is_the_agencys_own(agency: Agency) -> None:
    assert read(agency, "month=2025-03").status_code == 400
    agency.organization(country="XK")
    assert read(agency, "month=2025-03").json()["total"] == 50


def test_csv_leaves_a_field_empty_where_nothing_is_told(agency: Agency) -> None:
    answer = read(agency, "country=AL&month=2025-03&format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["municipality", "term", "count"]
    assert ["AL-kukes", "counselling", ""] in rows
