"""How fresh a figure must be, and what an open door is worth, follows from the urgency."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.directory.domain.capacity import Capacity
from services.directory.domain.eligibility import Eligibility
from services.directory.domain.matching import Candidate, Fit, fit
from services.directory.domain.need import Need
from services.directory.domain.schedules import opening_hours_of
from services.directory.domain.urgency import rule_of

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


def weighed(urgency: str | None, **known: Any) -> Fit:
    candidate = {
        "service_id": "one", "name": "One", "terms": frozenset({"shelter"}), "eligibility": Eligibility(),
        "languages": frozenset(), "serves": frozenset({"AL"}), "has_agency": True, "accepts_referrals": True,
        "capacity": None, "distance_km": None, "is_virtual": False, "country": "AL",
        "hours": opening_hours_of("AL", always_open=False, schedule=[], detail={}), **known,
    }  # fmt: skip
    return fit(Need(needs=frozenset({"shelter"}), urgency=urgency), Candidate(**candidate), NOW)


def free(hours: float, *, available: int = 2) -> Capacity:
    return Capacity(available=available, updated_at=NOW, reported_at=NOW - timedelta(hours=hours))


@pytest.mark.parametrize(
    ("urgency", "hours"), [("emergency", 24), ("urgent", 72), ("routine", 14 * 24), (None, 14 * 24)]
)
def test_an_old_figure_does_not_count_as_a_free_place(urgency: str | None, hours: float) -> None:
    fresh, stale = (weighed(urgency, capacity=free(old)) for old in (hours, hours + 0.1))
    assert "place_free" in {reason.code for reason in fresh.reasons}
    assert {"capacity_stale"} == {reason.code for reason in stale.reasons} - {"need"}
    assert not stale.missing
    assert stale.score == weighed(urgency).score < fresh.score


def test_who_said_last_that_there_is_no_room_is_not_free_by_waiting() -> None:
    assert {reason.code for reason in weighed("emergency", capacity=free(1000, available=0)).missing} == {"full"}


@pytest.mark.parametrize("urgency", ["emergency", "urgent"])
def test_where_there_is_no_time_an_open_door_and_a_free_place_come_first(urgency: str) -> None:
    always = opening_hours_of("AL", always_open=True, schedule=[], detail={})
    known, usual = weighed(urgency), rule_of(None)
    assert weighed(urgency, hours=always).score > known.score
    assert weighed(urgency, capacity=free(1)).score - known.score > usual.points_free
    assert weighed("routine", hours=always).score == weighed("routine").score
