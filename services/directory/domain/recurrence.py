"""Says on which days something recurs, by the parts of an RFC 5545 rule that an HSDS schedule has."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

# A rule that ends after a number of times is not followed further than this to find the last.
_LONGEST_COUNTED = 40 * 366


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """A weekly or monthly rule; weekdays are 0 (Monday) to 6, an empty set asks for nothing.

    It answers for one day at a time: a rule that never comes true costs no more than one that always does, where a
    search for its next occurrence would go on to the end of all calendars. With an ``interval`` above 1 there must
    be a ``first`` day to count from.
    """

    is_monthly: bool = False
    interval: int = 1
    weekdays: frozenset[int] = frozenset()
    nth_weekdays: frozenset[tuple[int, int]] = frozenset()
    month_days: frozenset[int] = frozenset()
    week_numbers: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    first: date | None = None
    last: date | None = None
    week_start: int = 0

    def falls_on(self, day: date) -> bool:
        """Say whether the day is one of the rule's."""
        if (self.first and day < self.first) or (self.last and day > self.last):
            return False
        return self._is_wanted_day(day) and self._is_wanted_number(day) and self._is_wanted_period(day)

    def ending_after(self, count: int) -> Recurrence:
        """Return the rule that ends with its ``count``-th day; it needs a first day."""
        return replace(self, last=_day_number(self, count))

    def _is_wanted_day(self, day: date) -> bool:
        if not self.weekdays and not self.nth_weekdays:
            return True
        if day.weekday() in self.weekdays:
            return True
        return bool(self.nth_weekdays) and any(
            (nth, day.weekday()) in self.nth_weekdays for nth in _positions_in_month(day)
        )

    def _is_wanted_number(self, day: date) -> bool:
        if not (self.month_days or self.year_days or self.week_numbers):
            return True
        days_of_month, days_of_year = monthrange(day.year, day.month)[1], date(day.year, 12, 31).timetuple().tm_yday
        number = day.timetuple().tm_yday
        return (
            _is_listed(day.day, days_of_month, self.month_days)
            and _is_listed(number, days_of_year, self.year_days)
            and (not self.week_numbers or _is_listed(*_week_of_year(day, self.week_start), self.week_numbers))
        )

    def _is_wanted_period(self, day: date) -> bool:
        if self.interval == 1 or self.first is None:
            return self.interval == 1
        if self.is_monthly:
            passed = (day.year - self.first.year) * 12 + day.month - self.first.month
        else:
            passed = (week_of(day, self.week_start) - week_of(self.first, self.week_start)).days // 7
        return passed % self.interval == 0


def week_of(day: date, week_start: int) -> date:
    """Return the first day of the week that the day is in."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def _positions_in_month(day: date) -> tuple[int, int]:
    """Return which of its weekday in the month the day is, from the beginning and (negative) from the end."""
    days = monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1, -((days - day.day) // 7 + 1)


def _is_listed(number: int, of: int, wanted: frozenset[int]) -> bool:
    return not wanted or number in wanted or number - of - 1 in wanted


def _week_of_year(day: date, week_start: int) -> tuple[int, int]:
    """Return the number of the day's week and how many its year has; week 1 is the first with four days."""
    start = week_of(day, week_start)
    year = (start + timedelta(days=3)).year
    first, following = (week_of(date(number, 1, 4), week_start) for number in (year, year + 1))
    return (start - first).days // 7 + 1, (following - first).days // 7


@lru_cache(maxsize=4096)
def _day_number(rule: Recurrence, count: int) -> date:
    if rule.first is None:
        raise ValueError("a rule that counts needs a first day")
    day, left = rule.first, count
    for _ in range(_LONGEST_COUNTED):
        left -= rule.falls_on(day)
        if left <= 0:
            return day
        day += timedelta(days=1)
    return day
