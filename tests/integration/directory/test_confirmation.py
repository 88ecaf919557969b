"""A listing is good for a cycle: its owner is reminded and confirms it, or it sinks and is matched no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing.fakes import FakeClock
from services.directory.adapters.search_index import reindex
from services.directory.application.remind_owners import lower_standing, remind_owners
from services.directory.bootstrap import Directory
from services.directory.domain.verification import reminders_due, standing
from services.directory.entrypoints.asgi import create_app
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency
from tests.support.tokens import TokenIssuer


class Town:
    """A directory with a clock of its own, and a municipality and a caseworker in it."""

    def __init__(self, settings: DirectorySettings, directory: Directory, issuer: TokenIssuer) -> None:
        self.clock = FakeClock()
        self.directory = replace(directory, clock=self.clock)
        client = create_app(settings, self.directory, verifier=issuer.verifier()).test_client()
        self.keeper, self.other = Agency(client, issuer), Agency(client, issuer)
        self.caseworker = Agency(client, issuer, scopes="referrals:read")

    def tick(self, **forward: int) -> None:
        self.clock.advance(timedelta(**forward))
        self.directory.tick()

    def reminders(self, agency: Agency | None = None) -> list[dict[str, Any]]:
        statement = text("SELECT data FROM outbox WHERE type = 'listing.confirmation_due.v1' ORDER BY position")
        with self.directory.engine.connect() as connection:
            rows = connection.execute(statement).scalars().all()
        return [data for data in rows if data["agency_id"] == (agency or self.keeper).id]

    def standing_of(self, listing_id: str) -> float:
        with self.directory.engine.connect() as connection:
            statement = text("SELECT standing FROM search_entry WHERE listing_id = :id")
            return float(connection.execute(statement, {"id": listing_id}).scalar_one())


@pytest.fixture
def town(settings: DirectorySettings, directory: Directory, issuer: TokenIssuer) -> Iterator[Town]:
    town = Town(settings, directory, issuer)
    yield town
    with directory.engine.begin() as connection:
        # Left overdue by moved clocks, they would be reminded of in other tests.
        connection.execute(text("UPDATE listing SET confirm_by = NULL"))


def usual(town: Town, **changes: Any) -> dict[str, Any]:
    """Publish a listing that reports no capacity: a cycle of 180 days."""
    return town.keeper.publish(capacity=None, **changes)


def test_another_agency_confirms_nothing(town: Town) -> None:
    listing = usual(town)
    assert town.other.post(f"/listings/{listing['id']}/confirm").status_code == 404
    answer = town.other.post("/listings/confirm", {"listing_ids": [listing["id"]]}).json()
    assert answer == {"confirmed": [], "refused": [{"listing_id": listing["id"], "reason": "not_found"}]}
    assert town.keeper.get(f"/listings/{listing['id']}").json()["version"] == listing["version"]


def test_a_draft_is_not_confirmed(town: Town) -> None:
    draft = town.keeper.draft()
    assert "confirm_by" not in draft
    assert town.keeper.post(f"/listings/{draft['id']}/confirm").status_code == 409
    answer = town.keeper.post("/listings/confirm", {"listing_ids": [draft["id"]]}).json()
    assert answer["refused"] == [{"listing_id": draft["id"], "reason": "not_published"}]


def test_one_that_was_merged_keeps_no_other_from_being_confirmed(town: Town) -> None:
    organization = town.keeper.organization()
    keep, fold, third = (usual(town, organization_id=organization) for _ in range(3))
    sides = {"keep": keep, "fold": fold}
    body = {name: {"id": one["id"], "version": str(one["version"])} for name, one in sides.items()}
    assert town.keeper.post("/merges", {"kind": "listing", **body}).status_code == 201
    asked = [fold["id"], third["id"]]
    for listing_ids in (asked, asked[::-1]):
        answer = town.keeper.post("/listings/confirm", {"listing_ids": listing_ids}).json()
        assert answer == {"confirmed": [third["id"]], "refused": [{"listing_id": fold["id"], "reason": "merged"}]}


def test_only_what_was_seen_is_confirmed_where_a_version_is_named(town: Town) -> None:
    listing = usual(town)
    assert town.keeper.post(f"/listings/{listing['id']}/confirm", If_Match='"1"').status_code == 412
    seen = f'"{listing["version"]}"'
    assert town.keeper.post(f"/listings/{listing['id']}/confirm", If_Match=seen).status_code == 200


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"capacity": None}, 180),
        ({}, 90),
        ({"capacity": None, "taxonomy_terms": ["emergency-shelter"]}, 90),
        ({"capacity": None, "tier": "network"}, 180),
    ],
)
def test_the_cycle_depends_on_what_is_offered(town: Town, changes: dict[str, Any], days: int) -> None:
    listing = town.keeper.publish(**changes)
    assert listing["confirm_by"] == (town.clock.now() + timedelta(days=days)).date().isoformat()


def test_one_click_starts_a_new_cycle(town: Town) -> None:
    listing = usual(town)
    town.tick(days=170)
    answer = town.keeper.post(f"/listings/{listing['id']}/confirm")
    assert answer.status_code == 200
    confirmed = answer.json()
    assert confirmed["confirm_by"] == (town.clock.now() + timedelta(days=180)).date().isoformat()
    assert confirmed["version"] == listing["version"] + 1
    assert answer.headers["ETag"] == f'"{confirmed["version"]}"'


def test_a_confirmation_takes_the_place_of_what_a_feed_said(town: Town) -> None:
    listing = usual(town)
    with town.directory.unit_of_work() as uow:
        kept = uow.listings.get(listing["id"])
        kept.content = replace(kept.content, hsds={"assured_date": "2019-01-01", "assurer_email": "a@example.org"})
        uow.listings.save(kept)
        uow.commit()
    client = town.caseworker.client
    assert client.get(f"/services/{listing['id']}").json()["assured_date"] == "2019-01-01"
    town.tick(days=10)
    town.keeper.post(f"/listings/{listing['id']}/confirm")
    confirmed = client.get(f"/services/{listing['id']}").json()
    assert confirmed["assured_date"] == town.clock.now().date().isoformat()
    assert confirmed["confirm_by"] == (town.clock.now() + timedelta(days=180)).date().isoformat()
    assert "assurer_email" not in confirmed


def test_of_many_those_that_somebody_changed_since_are_not_confirmed(town: Town) -> None:
    one, other = usual(town), usual(town)
    changed = town.keeper.put(f"/listings/{other['id']}/capacity", {"available": 1}, If_Match=f'"{other["version"]}"')
    seen = [{"id": listing["id"], "version": listing["version"]} for listing in (one, other)]
    answer = town.keeper.post("/listings/confirm", {"listings": seen}).json()
    assert answer["confirmed"] == [one["id"]]
    assert answer["refused"] == [{"listing_id": other["id"], "reason": "changed"}]
    seen = [{"id": other["id"], "version": changed.json()["version"]}]
    assert town.keeper.post("/listings/confirm", {"listings": seen}).json()["confirmed"] == [other["id"]]
    assert town.keeper.post("/listings/confirm", {}).status_code == 400


def test_many_are_confirmed_at_once(town: Town) -> None:
    listings = [usual(town)["id"] for _ in range(3)]
    town.tick(days=200)
    answer = town.keeper.post("/listings/confirm", {"listing_ids": listings}).json()
    assert sorted(answer["confirmed"]) == sorted(listings)
    assert town.keeper.get("/listings?confirm_within_days=30").json()["items"] == []


def test_changing_a_published_listing_confirms_it(town: Town) -> None:
    listing = usual(town)
    town.tick(days=100)
    body = {name: listing[name] for name in ("description", "taxonomy_terms", "languages", "serves", "location")}
    answer = town.keeper.put(
        f"/listings/{listing['id']}", {**body, "name": "Other"}, If_Match=f'"{listing["version"]}"'
    )
    assert answer.json()["confirm_by"] == (town.clock.now() + timedelta(days=180)).date().isoformat()


def test_the_listings_to_confirm_can_be_asked_for(town: Town) -> None:
    first, draft = usual(town), town.keeper.draft()
    town.clock.advance(timedelta(days=160))
    usual(town)
    found = town.keeper.get("/listings?confirm_within_days=30").json()["items"]
    assert [listing["id"] for listing in found] == [first["id"]]
    assert draft["id"] not in str(found)


def test_an_owner_is_reminded_before_on_and_after_the_day(town: Town) -> None:
    listing = usual(town)
    told_on = []
    for day in range(1, 260):
        town.tick(days=1)
        if len(town.reminders()) > len(told_on):
            told_on.append(day - 180)
    assert told_on == [-30, -14, -3, 0, 14]
    assert all(data["listing_ids"] == [listing["id"]] for data in town.reminders())
    assert [data["overdue"] for data in town.reminders()] == [0, 0, 0, 0, 1]


def test_an_agency_gets_one_reminder_a_day_however_many_listings(town: Town) -> None:
    listings = {usual(town)["id"] for _ in range(4)}
    town.tick(days=150)
    town.tick(hours=1)
    (data,) = town.reminders()
    assert (data["count"], set(data["listing_ids"])) == (4, listings)


def test_reminders_missed_in_a_pause_count_as_one(town: Town) -> None:
    usual(town)
    town.tick(days=179)
    town.tick(hours=1)
    assert len(town.reminders()) == 1
    town.tick(days=1)
    assert len(town.reminders()) == 2


def test_two_clocks_at_once_remind_once(town: Town) -> None:
    import threading

    usual(town)
    town.clock.advance(timedelta(days=155))
    clocks = [threading.Thread(target=town.directory.tick) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert len(town.reminders()) == 1


def test_confirming_ends_the_reminders_of_the_cycle(town: Town) -> None:
    listing = usual(town)
    town.tick(days=151)
    town.keeper.post(f"/listings/{listing['id']}/confirm")
    town.tick(days=40)
    assert len(town.reminders()) == 1
    town.tick(days=115)
    assert len(town.reminders()) == 2


def test_what_left_the_directory_is_not_reminded_of(town: Town) -> None:
    listing = usual(town)
    town.keeper.post(f"/listings/{listing['id']}/withdraw")
    town.tick(days=200)
    assert town.reminders() == []


def test_what_is_overdue_sinks_and_a_confirmation_lifts_it(town: Town) -> None:
    listing = usual(town)
    seen = []
    for _ in range(6):
        town.tick(days=60)
        seen.append(town.standing_of(listing["id"]))
    assert seen == [1.0, 1.0, 1.0, 0.52, 0.0, 0.0]
    town.keeper.post(f"/listings/{listing['id']}/confirm")
    assert town.standing_of(listing["id"]) == 1.0


def test_the_index_weighs_as_the_rule_says(town: Town) -> None:
    listing = usual(town)
    due_on = (town.clock.now() + timedelta(days=180)).date()
    town.clock.advance(timedelta(days=180))
    for _ in range(100):
        lower_standing(town.directory.unit_of_work, town.clock)
        assert town.standing_of(listing["id"]) == standing(due_on, town.clock.now().date())
        town.clock.advance(timedelta(days=1))


def test_reminding_counts_as_the_rule_says(town: Town) -> None:
    listing = usual(town)
    due_on = (town.clock.now() + timedelta(days=180)).date()
    for days in (149, 1, 15, 1, 10, 1, 2, 1, 13, 1, 60):
        town.clock.advance(timedelta(days=days))
        remind_owners(town.directory.unit_of_work, town.clock)
        with town.directory.engine.connect() as connection:
            statement = text("SELECT reminders_sent FROM listing WHERE id = :id")
            sent = connection.execute(statement, {"id": listing["id"]}).scalar_one()
        assert sent == reminders_due(due_on, town.clock.now().date())


def test_what_is_long_stale_is_matched_with_no_child_but_stays_in_the_directory(town: Town) -> None:
    listing = usual(town, taxonomy_terms=["birth-registration"])
    need = {"needs": ["birth-registration"], "limit": 50}

    def matched(part: str) -> dict[str, Any]:
        answer = town.caseworker.post("/matches", need).json()
        return {entry["service"]["id"]: entry for entry in answer[part]}

    with town.directory.engine.begin() as connection:
        connection.execute(
            text("UPDATE organization SET agency_id = maintaining_agency_id WHERE id = :id"),
            {"id": listing["organization_id"]},
        )
        statement = "UPDATE search_entry SET has_agency = true WHERE listing_id = :id"
        connection.execute(text(statement), {"id": listing["id"]})
    town.tick(days=180 + 90)
    assert listing["id"] in matched("matches"), "merely late it is still offered"
    town.tick(days=1)
    assert listing["id"] not in {**matched("matches"), **matched("nearly")}
    assert town.caseworker.client.get(f"/services/{listing['id']}").status_code == 200


def test_a_rebuilt_index_knows_what_is_overdue(town: Town) -> None:
    listing = usual(town)
    town.tick(days=250)
    before = town.standing_of(listing["id"])
    reindex(town.directory.engine)
    town.tick(minutes=1)
    assert town.standing_of(listing["id"]) == before < 1


def test_both_agencies_that_keep_an_organization_are_reminded_once_each(town: Town) -> None:
    ours, theirs = usual(town), usual(town)
    belong(town, theirs["organization_id"], town.other)
    town.tick(days=151)
    town.tick(hours=1)
    for agency, listings in ((town.keeper, [ours, theirs]), (town.other, [theirs])):
        (data,) = town.reminders(agency)
        assert sorted(data["listing_ids"]) == sorted(each["id"] for each in listings)
    town.other.post("/listings/confirm", {"listing_ids": [theirs["id"]]})
    town.tick(days=28)
    assert [len(town.reminders(agency)) for agency in (town.keeper, town.other)] == [2, 1]


def test_an_owner_that_was_reminded_of_others_today_is_reminded_of_the_rest_tomorrow(town: Town) -> None:
    first, second = (usual(town) for _ in range(2))
    belong(town, first["organization_id"], town.other)
    town.tick(days=151)
    belong(town, second["organization_id"], town.other)
    town.tick(hours=1)
    assert len(town.reminders(town.other)) == 1
    town.tick(days=1)
    assert [data["listing_ids"] for data in town.reminders(town.other)] == [[first["id"]], [second["id"]]]
    assert len(town.reminders()) == 1


def belong(town: Town, organization_id: str, owner: Agency) -> None:
    """Put another agency behind the organization, whose listings the keeper goes on keeping."""
    linked = text("UPDATE organization SET agency_id = :owner, maintaining_agency_id = :keeper WHERE id = :id")
    values = {"owner": owner.id, "keeper": town.keeper.id, "id": organization_id}
    with town.directory.engine.begin() as connection:
        connection.execute(linked, values)
