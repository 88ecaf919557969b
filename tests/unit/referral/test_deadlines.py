"""Deadlines by country and urgency: hours by the clock, working days by the calendar of the place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.referral.adapters.deadline_data import read_deadline_rules
from services.referral.domain.deadlines import DeadlineName
from services.referral.domain.status import Urgency

RULES = read_deadline_rules()


def due(country: str, urgency: Urgency, name: DeadlineName, start: datetime) -> datetime:
    return RULES.terms_for(country, urgency).due_at(name, start)


def test_an_emergency_is_due_by_the_clock_also_on_a_sunday_night() -> None:
    sunday = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert due("AL", Urgency.EMERGENCY, DeadlineName.ACKNOWLEDGE, sunday) == sunday + timedelta(hours=1)
    assert due("AL", Urgency.EMERGENCY, DeadlineName.DECIDE, sunday) == sunday + timedelta(hours=24)
    assert RULES.terms_for("AL", Urgency.EMERGENCY).expires_at(sunday) is None


def test_two_working_days_from_friday_are_tuesday() -> None:
    friday = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)
    assert due("AL", Urgency.ROUTINE, DeadlineName.ACKNOWLEDGE, friday) == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


def test_a_referral_of_saturday_counts_from_monday() -> None:
    saturday = datetime(2026, 3, 7, 15, 0, tzinfo=UTC)
    # Midnight before Monday in Tirana is 23:00 UTC on Sunday.
    assert due("AL", Urgency.ROUTINE, DeadlineName.ACKNOWLEDGE, saturday) == datetime(2026, 3, 10, 23, 0, tzinfo=UTC)


def test_a_holiday_of_one_country_is_a_working_day_of_another() -> None:
    eve = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
    assert due("XK", Urgency.ROUTINE, DeadlineName.ACKNOWLEDGE, eve) > due(
        "AL", Urgency.ROUTINE, DeadlineName.ACKNOWLEDGE, eve
    )


def test_a_country_without_terms_of_its_own_has_the_default() -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert due("FR", Urgency.URGENT, DeadlineName.DECIDE, start) == start + timedelta(hours=72)


@given(
    st.integers(0, 5 * 365 * 24 * 60).map(lambda late: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=late)),
    st.sampled_from(["AL", "BA", "BG", "ME", "RO", "RS", "XK", None]),
    st.sampled_from(Urgency),
    st.sampled_from(DeadlineName),
)
def test_a_deadline_lies_in_the_future_and_a_later_start_is_never_due_earlier(
    start: datetime, country: str | None, urgency: Urgency, name: DeadlineName
) -> None:
    terms = RULES.terms_for(country, urgency)
    assert start < terms.due_at(name, start) <= terms.due_at(name, start + timedelta(hours=1)) + timedelta(hours=1)
