"""Deadlines: what is due by when for an urgency in a country, and clocks that stop while a referral is on hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from services.referral.domain.status import Urgency

_SATURDAY, _SUNDAY = 5, 6


class DeadlineName(StrEnum):
    """What is due."""

    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    FIRST_CONTACT = "first_contact"
    FEEDBACK = "feedback"


class DeadlineState(StrEnum):
    """How a deadline stands."""

    OPEN = "open"
    MET = "met"
    MISSED = "missed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days on which people work in a country; days are counted in its own time zone."""

    time_zone: tzinfo
    weekend: frozenset[int] = frozenset({_SATURDAY, _SUNDAY})
    # Month and day: the holidays that return on the same date every year.
    holidays: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        """Say whether people work on this day."""
        return day.weekday() not in self.weekend and (day.month, day.day) not in self.holidays

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return the same time of day, that many working days on; a start on a day off counts from its end."""
        local = start.astimezone(self.time_zone)
        if not self.is_working_day(local.date()):
            local = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            while not self.is_working_day(local.date()):
                local += timedelta(days=1)
        while days > 0:
            local += timedelta(days=1)
            if self.is_working_day(local.date()):
                days -= 1
        return local.astimezone(start.tzinfo)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: hours by the clock, or working days."""

    hours: int = 0
    working_days: int = 0

    def after(self, start: datetime, calendar: WorkCalendar) -> datetime:
        """Return the moment this long after the start."""
        moved = calendar.add_working_days(start, self.working_days) if self.working_days else start
        return moved + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class DeadlinePolicy:
    """How long each step may take; without ``expire_after`` a referral never expires by itself."""

    acknowledge: Span
    decide: Span
    first_contact: Span
    feedback: Span
    expire_after: Span | None

    def span_of(self, name: DeadlineName) -> Span:
        """Return the time allowed for a step."""
        spans: dict[DeadlineName, Span] = {
            DeadlineName.ACKNOWLEDGE: self.acknowledge,
            DeadlineName.DECIDE: self.decide,
            DeadlineName.FIRST_CONTACT: self.first_contact,
            DeadlineName.FEEDBACK: self.feedback,
        }
        return spans[name]


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy and the calendar that hold for one referral."""

    policy: DeadlinePolicy
    calendar: WorkCalendar

    def due_at(self, name: DeadlineName, start: datetime) -> datetime:
        """Return when a step is due that became possible at ``start``."""
        return self.policy.span_of(name).after(start, self.calendar)

    def expires_at(self, decision_due_at: datetime) -> datetime | None:
        """Return when an undecided referral expires, or None for never."""
        grace = self.policy.expire_after
        return None if grace is None else grace.after(decision_due_at, self.calendar)


@dataclass(frozen=True, slots=True)
class DeadlineRules:
    """All policies and calendars: the defaults, and what a country has of its own."""

    default: Mapping[Urgency, DeadlinePolicy]
    default_calendar: WorkCalendar
    by_country: Mapping[tuple[str, Urgency], DeadlinePolicy] = field(default_factory=dict)
    calendars: Mapping[str, WorkCalendar] = field(default_factory=dict)

    def terms_for(self, country: str | None, urgency: Urgency) -> Terms:
        """Return the terms that hold in the receiving agency's country."""
        code = country or ""
        policy = self.by_country.get((code, urgency), self.default[urgency])
        return Terms(policy, self.calendars.get(code, self.default_calendar))


@dataclass(slots=True)
class Deadline:
    """One thing due. ``announced_at`` says when the miss was told, so that it is told once."""

    name: DeadlineName
    due_at: datetime
    done_at: datetime | None = None
    paused_at: datetime | None = None
    announced_at: datetime | None = None

    def state(self, now: datetime) -> DeadlineState:
        """Return how it stands; done too late counts as missed."""
        if self.done_at is not None:
            return DeadlineState.MET if self.done_at <= self.due_at else DeadlineState.MISSED
        if self.paused_at is not None:
            return DeadlineState.PAUSED
        return DeadlineState.MISSED if now > self.due_at else DeadlineState.OPEN

    def is_to_be_announced(self, now: datetime) -> bool:
        """Say whether it is missed and nobody was told."""
        return self.done_at is None and self.announced_at is None and self.state(now) is DeadlineState.MISSED

    def pause(self, now: datetime) -> None:
        """Stop the clock; what is done or missed already stays as it is."""
        if self.state(now) is DeadlineState.OPEN:
            self.paused_at = now

    def resume(self, now: datetime) -> None:
        """Let the clock run again; the time on hold is added."""
        if self.paused_at is not None:
            self.due_at += now - self.paused_at
            self.paused_at = None


@dataclass(slots=True)
class Deadlines:
    """The deadlines of one referral."""

    by_name: dict[DeadlineName, Deadline] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Deadline]:
        return iter(self.by_name.values())

    def start(self, name: DeadlineName, due_at: datetime) -> None:
        """Let a clock run."""
        self.by_name[name] = Deadline(name, due_at)

    def done(self, name: DeadlineName, now: datetime) -> None:
        """Note that a thing was done; the first time counts."""
        deadline = self.by_name.get(name)
        if deadline is not None and deadline.done_at is None:
            deadline.resume(now)
            deadline.done_at = now

    def is_done(self, name: DeadlineName) -> bool:
        """Say whether a thing was due and was done."""
        deadline = self.by_name.get(name)
        return deadline is not None and deadline.done_at is not None

    def pause(self, now: datetime) -> None:
        """Stop every clock that runs."""
        for deadline in self:
            deadline.pause(now)

    def resume(self, now: datetime) -> None:
        """Let every stopped clock run again."""
        for deadline in self:
            deadline.resume(now)

    def to_announce(self, now: datetime) -> list[Deadline]:
        """Return what is missed and not yet told."""
        return [deadline for deadline in self if deadline.is_to_be_announced(now)]

    def next_due_at(self) -> datetime | None:
        """Return when the next thing is due whose clock runs."""
        running = [deadline.due_at for deadline in self if deadline.done_at is None and deadline.paused_at is None]
        return min(running, default=None)

    def drop_open(self) -> None:
        """Forget what is not due any more; what was met, or told as missed, stays on record."""
        self.by_name = {
            deadline.name: deadline
            for deadline in self
            if deadline.done_at is not None or deadline.announced_at is not None
        }
