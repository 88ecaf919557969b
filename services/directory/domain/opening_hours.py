"""Says when a service is open: local times on recurring days, with holidays and changes of the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from services.directory.domain.public_holidays import is_public_holiday, zone_of
from services.directory.domain.recurrence import Recurrence

DAY = 24 * 60
WEEK = 7 * DAY
# Minutes of the week are written in four runs: of the day itself, carried over from the day before, and both again
# for hours that hold on public holidays too. See ``minutes_of_moment`` for the question they answer.
CARRIED, ON_HOLIDAYS = WEEK, 2 * WEEK
# Between these hours, clocks are put forward or back: a time inside may come twice, or not at all.
_CLOCKS_CHANGE = (2 * 60, 4 * 60)
# What is asked is mostly answered by today and tomorrow; to look further takes its time.
_TODAY, _SOON = timedelta(days=1), timedelta(days=8)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class OpeningRule:
    """Hours on recurring days, in minutes after midnight; closing above 24 hours is on the next day.

    ``utc_offset`` (minutes) is for times that are not the country's own wall clock.
    """

    days: Recurrence
    opens: int
    closes: int
    valid_from: date | None = None
    valid_to: date | None = None
    open_on_holidays: bool = False
    utc_offset: int | None = None

    def is_valid_on(self, day: date) -> bool:
        """Say whether the hours hold on a day, were it no public holiday."""
        is_said = (self.valid_from is None or day >= self.valid_from) and (
            self.valid_to is None or day <= self.valid_to
        )
        return is_said and self.days.falls_on(day)

    def is_weekly_from(self, today: date) -> bool:
        """Say whether from today on the hours are the same every week, for good, by the country's clock."""
        days = self.days
        special = days.is_monthly or days.nth_weekdays or days.month_days or days.week_numbers or days.year_days
        is_limited = days.last or self.valid_to or max(days.first or today, self.valid_from or today) > today
        if special or is_limited or days.interval != 1 or not days.weekdays:
            return False
        return self.utc_offset is None and not any(map(_is_at_change, (self.opens, self.closes)))


@dataclass(frozen=True, kw_only=True)
class OpeningHours:
    """All the hours of a service in one country. ``always_open`` outweighs rules and holidays."""

    country: str
    rules: tuple[OpeningRule, ...] = ()
    always_open: bool = False

    @property
    def are_known(self) -> bool:
        """Say whether anything is known; if not, nothing below says more than "not known to be open"."""
        return self.always_open or bool(self.rules)

    def is_open(self, at: datetime) -> bool:
        """Say whether the service is open at the moment."""
        return self.always_open or any(start <= at < end for start, end in self._around(at, at))

    def closes_at(self, at: datetime) -> datetime | None:
        """Return when it closes; None where it is not open now, or stays open for the next week."""
        if self.always_open:
            return None
        for reach in (_TODAY, _SOON):
            end = next((end for start, end in self.spans(at, at + reach) if start <= at < end), None)
            if end is None or end < at + reach:
                return end
        return None

    def next_opening(self, after: datetime, *, horizon: timedelta = timedelta(days=62)) -> datetime | None:
        """Return the next moment at which it opens after having been closed; None where there is none in sight."""
        if self.always_open:
            return None
        for reach in (min(_TODAY, horizon), min(_SOON, horizon), horizon):
            for start, _ in self.spans(after, after + reach):
                if start > after:
                    return start
        return None

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """Return the times of being open that touch the interval, joined where one begins as another ends."""
        joined: list[Span] = []
        for opens, closes in sorted(self.separate_spans(start, end)):
            if joined and opens <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
            else:
                joined.append((opens, closes))
        return joined

    def separate_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the times of being open that touch the interval, as the rules have them: none is above 25 hours."""
        return (span for span in self._around(start, end) if span[1] > start and span[0] < end)

    def weekly_minutes(self, today: date) -> list[tuple[int, int]] | None:
        """Return the hours as minutes of the week, if from today on every week is the same; None if not."""
        if self.always_open:
            return [(ON_HOLIDAYS, ON_HOLIDAYS + WEEK)]
        if not all(rule.is_weekly_from(today) for rule in self.rules):
            return None
        return sorted({span for rule in self.rules for span in _minutes_of_week(rule)})

    def _around(self, start: datetime, end: datetime) -> Iterator[Span]:
        for rule in self.rules:
            zone = zone_of(self.country) if rule.utc_offset is None else timezone(timedelta(minutes=rule.utc_offset))
            # What opened the day before may still be open.
            day = start.astimezone(zone).date() - timedelta(days=1)
            last = end.astimezone(zone).date()
            while day <= last:
                if rule.is_valid_on(day) and (rule.open_on_holidays or not is_public_holiday(self.country, day)):
                    opens, closes = _moment(day, rule.opens, zone), _moment(day, rule.closes, zone)
                    if opens < closes:
                        yield opens, closes
                day += timedelta(days=1)


def whole_week_is_open(rules: Iterable[OpeningRule]) -> bool:
    """Say whether weekly rules leave no minute out: such a service does not close on holidays either."""
    reached = 0
    for start, end in sorted(
        (start % WEEK, start % WEEK + end - start)
        for rule in rules
        if rule.is_weekly_from(date.min)
        for start, end in _minutes_of_week(rule)
    ):
        if start > reached:
            return False
        reached = max(reached, end)
    return reached >= WEEK


def minutes_of_moment(country: str, at: datetime) -> list[int]:
    """Return the minutes of which a service of this country must have one in its ``weekly_minutes`` to be open."""
    local = at.astimezone(zone_of(country))
    minute = local.weekday() * DAY + local.hour * 60 + local.minute
    found = [ON_HOLIDAYS + minute, ON_HOLIDAYS + CARRIED + minute]
    if not is_public_holiday(country, local.date()):
        found.append(minute)
    if not is_public_holiday(country, local.date() - timedelta(days=1)):
        found.append(CARRIED + minute)
    return sorted(found)


def _minutes_of_week(rule: OpeningRule) -> Iterator[tuple[int, int]]:
    base = ON_HOLIDAYS if rule.open_on_holidays else 0
    for weekday in rule.days.weekdays:
        yield base + weekday * DAY + rule.opens, base + weekday * DAY + min(rule.closes, DAY)
        if rule.closes > DAY:
            tomorrow = base + CARRIED + (weekday + 1) % 7 * DAY
            yield tomorrow, tomorrow + rule.closes - DAY


def _is_at_change(minute: int) -> bool:
    return _CLOCKS_CHANGE[0] < minute % DAY < _CLOCKS_CHANGE[1]


def _moment(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return the moment of a local time, as RFC 5545 reads it: one that comes twice is the first of the two.

    One that is skipped is as far after midnight as it would have been.
    """
    passed, minute = divmod(minute, DAY)
    local = datetime.combine(day + timedelta(days=passed), time(minute // 60, minute % 60), zone)
    return local.astimezone(UTC)
