"""Recurring days against the field's own library, and what RFC 5545 says where the two differ."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dateutil import rrule
from hypothesis import assume, given
from hypothesis import strategies as st

from services.directory.domain.recurrence import Recurrence

DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
FIRST = st.dates(date(2023, 1, 1), date(2026, 12, 31))
WEEKDAYS = st.frozensets(st.integers(0, 6), max_size=4)
WINDOW = timedelta(days=500)
NTH = st.tuples(st.sampled_from([-2, -1, 1, 2, 3, 5]), st.integers(0, 6))


def some(*numbers: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(numbers), min_size=1, max_size=3)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def days_of(rule: Recurrence, since: date) -> list[date]:
    return [day for number in range(WINDOW.days) if rule.falls_on(day := since + timedelta(days=number))]


def expected(first: date, **parts: object) -> list[date]:
    start = midnight(first)
    found = rrule.rrule(dtstart=start, until=start + WINDOW - timedelta(days=1), **parts)  # type: ignore[arg-type]
    return [moment.date() for moment in found]


@given(FIRST, st.integers(1, 5), WEEKDAYS.filter(bool), st.integers(0, 6))
def test_every_so_many_weeks(first: date, interval: int, weekdays: frozenset[int], week_start: int) -> None:
    rule = Recurrence(interval=interval, weekdays=weekdays, first=first, week_start=week_start)
    parts = {"freq": rrule.WEEKLY, "interval": interval, "byweekday": sorted(weekdays), "wkst": week_start}
    assert days_of(rule, first) == expected(first, **parts)


@given(FIRST, st.integers(1, 5), st.frozensets(NTH, min_size=1, max_size=3))
def test_the_nth_weekday_of_the_month(first: date, interval: int, nth: frozenset[tuple[int, int]]) -> None:
    rule = Recurrence(is_monthly=True, interval=interval, nth_weekdays=nth, first=first)
    wanted = [DAYS[day](number) for number, day in sorted(nth)]
    assert days_of(rule, first) == expected(first, freq=rrule.MONTHLY, interval=interval, byweekday=wanted)


@given(FIRST, st.integers(1, 3), some(1, 2, 15, 29, 30, 31, -1, -3, -30), WEEKDAYS)
def test_days_of_the_month(first: date, interval: int, days: frozenset[int], weekdays: frozenset[int]) -> None:
    rule = Recurrence(is_monthly=True, interval=interval, month_days=days, weekdays=weekdays, first=first)
    assume(len(weekdays) != 0 or interval < 3)
    parts = {"freq": rrule.MONTHLY, "interval": interval, "bymonthday": sorted(days)}
    assert days_of(rule, first) == expected(first, **parts, byweekday=sorted(weekdays) or None)


@given(FIRST, some(1, 2, 26, 52, 53, -1, -2), WEEKDAYS, st.integers(0, 6))
def test_weeks_of_the_year(first: date, weeks: frozenset[int], weekdays: frozenset[int], week_start: int) -> None:
    rule = Recurrence(week_numbers=weeks, weekdays=weekdays, first=first, week_start=week_start)
    parts = {"freq": rrule.WEEKLY, "byweekno": sorted(weeks), "wkst": week_start}
    assert days_of(rule, first) == expected(first, **parts, byweekday=sorted(weekdays) or None)


@given(FIRST, some(1, 60, 100, 365, 366, -1, -366))
def test_days_of_the_year(first: date, days: frozenset[int]) -> None:
    rule = Recurrence(is_monthly=True, year_days=days, first=first)
    assert days_of(rule, first) == expected(first, freq=rrule.MONTHLY, byyearday=sorted(days))


@given(FIRST, st.integers(1, 20), st.integers(1, 3), WEEKDAYS.filter(bool))
def test_so_many_times_and_no_more(first: date, count: int, interval: int, weekdays: frozenset[int]) -> None:
    rule = Recurrence(interval=interval, weekdays=weekdays, first=first).ending_after(count)
    parts = {"interval": interval, "byweekday": sorted(weekdays), "count": count}
    found = rrule.rrule(rrule.WEEKLY, dtstart=midnight(first), **parts)  # type: ignore[arg-type]
    assert days_of(rule, first) == [moment.date() for moment in found]


def test_a_weekday_and_an_nth_weekday_are_both_wanted() -> None:
    rule = Recurrence(is_monthly=True, weekdays=frozenset({0}), nth_weekdays=frozenset({(-1, 4)}))
    assert [day.day for day in days_of(rule, date(2026, 6, 1)) if day < date(2026, 7, 1)] == [1, 8, 15, 22, 26, 29]


def test_a_rule_that_never_comes_true_ends_with_the_search() -> None:
    never = Recurrence(is_monthly=True, month_days=frozenset({31}), year_days=frozenset({1}), first=date(2026, 1, 1))
    assert not never.ending_after(3).falls_on(date(2026, 1, 31))
