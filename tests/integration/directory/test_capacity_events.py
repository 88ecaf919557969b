"""Referral events move the number of free places, each exactly once, in whatever order they come."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import to_rfc3339
from chassis.events.envelope import Event
from chassis.inbox.apply import Outcome
from chassis.testing.fakes import FakeClock
from services.directory.bootstrap import Directory
from tests.support.directory import Agency


def referral_event(directory: Directory, kind: str, *, service_id: str, referral_id: str) -> Event:
    data: dict[str, Any] = {
        "referral_id": referral_id,
        "reference": "LR-7K3M-2Q9D",
        "kind": "referral",
        "status": {"entered_in_error": "entered_in_error"}.get(kind, kind),
        "urgency": "routine",
        "referring_agency_id": str(uuid.uuid4()),
        "receiving_agency_id": str(uuid.uuid4()),
        "service_id": service_id,
        "actor_account_id": None,
        "actor_agency_id": None,
        "occurred_at": to_rfc3339(directory.clock.now()),
    }
    extra = {"completed": {"outcome_code": "service_provided"}, "cancelled": {"reason_code": "other"}}
    extra |= {"failed": {"reason_code": "other"}, "entered_in_error": {"reason_code": "other"}}
    return Event.new(
        type=f"referral.{kind}.v1",
        source="/services/referral",
        subject=referral_id,
        data={**data, **extra.get(kind, {})},
        aggregate_version=3,
        clock=directory.clock,
    )


class Place:
    """A published service, and what referrals do to it."""

    def __init__(self, directory: Directory, agency: Agency, **capacity: int) -> None:
        self.directory = directory
        self.agency = agency
        self.listing = agency.publish(capacity=capacity or None)

    def apply(self, kind: str, referral_id: str) -> Outcome:
        event = referral_event(self.directory, kind, service_id=self.listing["id"], referral_id=referral_id)
        outcome = self.directory.applier().deliver(event, threading.Event())
        assert outcome is not Outcome.PARKED
        return outcome

    @property
    def available(self) -> int | None:
        shown = self.agency.get(f"/listings/{self.listing['id']}").json().get("capacity")
        return shown["available"] if shown else None


@pytest.fixture
def place(directory: Directory, agency: Agency) -> Place:
    return Place(directory, agency, available=2, maximum=2)


def referral() -> str:
    return str(uuid.uuid4())


def test_an_acceptance_takes_one_place_and_is_announced(place: Place, directory: Directory) -> None:
    place.apply("accepted", referral())
    assert place.available == 1
    with directory.engine.connect() as connection:
        data = connection.exec_driver_sql(
            "SELECT data, causation_id FROM outbox WHERE subject = %s ORDER BY position DESC LIMIT 1",
            (place.listing["id"],),
        ).one()
    assert (data.data["available"], data.data["cause"]) == (1, "reserved")
    assert data.causation_id is not None


def test_the_same_event_twice_counts_once(place: Place, directory: Directory) -> None:
    event = referral_event(directory, "accepted", service_id=place.listing["id"], referral_id=referral())
    outcomes = [directory.applier().deliver(event, threading.Event()) for _ in range(2)]
    assert (outcomes, place.available) == ([Outcome.APPLIED, Outcome.DUPLICATE], 1)


def test_two_acceptances_of_one_referral_count_once(place: Place) -> None:
    one = referral()
    place.apply("accepted", one)
    place.apply("accepted", one)
    assert place.available == 1


@pytest.mark.parametrize("end", ["completed", "cancelled", "failed", "expired", "entered_in_error"])
def test_every_end_gives_the_place_back_once(place: Place, end: str) -> None:
    one = referral()
    place.apply("accepted", one)
    place.apply(end, one)
    place.apply(end, one)
    assert place.available == 2


def test_an_end_without_an_acceptance_gives_nothing(directory: Directory, agency: Agency) -> None:
    place = Place(directory, agency, available=1, maximum=2)
    place.apply("cancelled", referral())
    assert place.available == 1


def test_an_end_that_overtook_its_acceptance_leaves_no_place_taken(place: Place) -> None:
    one = referral()
    place.apply("completed", one)
    place.apply("accepted", one)
    assert place.available == 2


def test_the_number_never_falls_below_zero_nor_rises_above_what_was_taken(directory: Directory, agency: Agency) -> None:
    place = Place(directory, agency, available=1, maximum=5)
    first, second = referral(), referral()
    place.apply("accepted", first)
    place.apply("accepted", second)
    assert place.available == 0
    place.apply("completed", second)
    assert place.available == 0
    place.apply("completed", first)
    assert place.available == 1


def test_a_service_that_never_said_a_number_keeps_saying_none(directory: Directory, agency: Agency) -> None:
    place = Place(directory, agency)
    place.apply("accepted", referral())
    assert place.available is None


def test_a_full_service_no_longer_counts_as_accepting(place: Place, found: Any) -> None:
    own = {"organization_id": place.listing["organization_id"], "accepts": "true"}
    assert found(**own) == [place.listing["id"]]
    place.apply("accepted", referral())
    place.apply("accepted", referral())
    assert found(**own) == []


def test_after_a_merge_an_acceptance_counts_where_the_service_is_now(directory: Directory, agency: Agency) -> None:
    """A place taken before, at the other listing, the kept one never counted."""
    old, kept = (Place(directory, agency, available=4, maximum=4) for _ in range(2))
    before, after = str(uuid.uuid4()), str(uuid.uuid4())
    old.apply("accepted", before)
    fold(agency, old, into=kept)
    old.apply("accepted", after)
    assert kept.available == 3
    old.apply("completed", before)
    assert kept.available == 3
    old.apply("completed", after)
    assert kept.available == 4


def test_a_place_comes_back_to_the_kept_listing_that_was_reported_without_it(
    directory: Directory, agency: Agency, found: Any
) -> None:
    """Who reports free places after an acceptance has counted the child who came, whichever listing it came by."""
    older, old, kept = (Place(directory, agency, available=5, maximum=5) for _ in range(3))
    child = referral()
    older.apply("accepted", child)
    fold(agency, older, into=old)
    fold(agency, old, into=kept)
    path, report = f"/listings/{kept.listing['id']}", {"available": 0, "maximum": 5, "unit": "places"}
    seen = agency.get(path).headers["ETag"]
    assert agency.put(f"{path}/capacity", report, If_Match=seen).status_code == 200
    for _ in range(2):
        older.apply("completed", child)
        assert kept.available == 1
    wanted = {"organization_id": kept.listing["organization_id"], "accepts": "true"}
    assert found(**wanted) == [kept.listing["id"]]


def fold(agency: Agency, old: Place, *, into: Place) -> None:
    """Merge the one into the other, each as it is now."""
    seen = {place: agency.get(f"/listings/{place.listing['id']}").json()["version"] for place in (old, into)}
    keep, gone = ({"id": place.listing["id"], "version": str(seen[place])} for place in (into, old))
    assert agency.post("/merges", {"kind": "listing", "keep": keep, "fold": gone}).status_code == 201


def test_an_acceptance_is_no_word_of_the_provider(directory: Directory, agency: Agency, client: Any) -> None:
    later = replace(directory, clock=FakeClock(directory.clock.now() + timedelta(days=120)))
    place = Place(directory, agency, available=2, maximum=2)
    reported = place.listing["capacity"]["reported_at"]
    place.directory = later
    place.apply("accepted", referral())
    now = to_rfc3339(later.clock.now())
    shown = agency.get(f"/listings/{place.listing['id']}").json()["capacity"]
    assert (shown["available"], shown["reported_at"], shown["updated_at"]) == (1, reported, now)
    (public,) = client.get(f"/services/{place.listing['id']}").json()["capacities"]
    assert (public["available"], public["reported_at"], public["updated"]) == (1, reported, now)
    plain = client.get(f"/services/{place.listing['id']}", params={"profile": "hsds-3.1"}).json()
    assert "reported_at" not in plain["capacities"][0]
