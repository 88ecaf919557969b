"""A feed says whether a service is open, how many places are free and since when it holds; all of that counts here."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import to_rfc3339
from services.directory.bootstrap import Directory
from services.directory.domain.reserving import reserve
from tests.support.directory import Agency
from tests.support.import_runs import actions_of, imported

NEED = "supported-living"


class Feed:
    """One service that others publish, imported again and again."""

    def __init__(self, agency: Agency, caseworker: Agency, directory: Directory) -> None:
        self.agency, self.caseworker, self.directory = agency, caseworker, directory
        self.id, self.owner = str(uuid.uuid4()), agency.organization()

    def send(self, **said: Any) -> str:
        """Import what is said; return what became of it."""
        document = {
            "id": self.id, "organization_id": self.owner, "name": "Agimi", "description": "Talks.", "status": "active",
            "attributes": [{"id": self.id, "taxonomy_term": {
                "id": self.id, "code": NEED, "name": NEED, "description": NEED,
            }}],
            "service_areas": [{"id": self.id, "extent": "AL-tirane"}],
            **said,
        }  # fmt: skip
        wanted = {"format": "ndjson", "dry_run": False, "publish": True}
        job = imported(self.agency, self.directory, json.dumps(document), **wanted)
        return str(actions_of(job)[0])

    def public(self) -> dict[str, Any]:
        return dict(self.agency.client.get(f"/services/{self.id}").json())

    def listing(self) -> dict[str, Any]:
        return dict(self.agency.get(f"/listings/{self.id}").json())

    def match(self) -> dict[str, Any] | None:
        answer = self.caseworker.post("/matches", {"needs": [NEED], "municipality": "AL-tirane", "limit": 50}).json()
        found = [each for each in (*answer["matches"], *answer["nearly"]) if each["service"]["id"] == self.id]
        return found[0] if found else None

    def told(self) -> list[str]:
        with self.directory.engine.connect() as connection:
            statement = text("SELECT type FROM outbox WHERE subject = :id ORDER BY position")
            return list(connection.scalars(statement, {"id": self.id}))


@pytest.fixture
def feed(agency: Agency, caseworker: Agency, directory: Directory) -> Feed:
    return Feed(agency, caseworker, directory)


@pytest.mark.parametrize("status", ["defunct", "inactive", "temporarily closed"])
def test_a_service_that_a_feed_calls_closed_takes_no_child(feed: Feed, status: str) -> None:
    assert feed.send(status=status) == "created"
    assert feed.public()["status"] == status
    assert feed.match() is None
    assert "service.published.v1" not in feed.told()
    assert feed.send() == "updated"
    assert (feed.public()["status"], feed.told()[-1]) == ("active", "service.published.v1")
    assert feed.match() is not None


def test_one_that_closes_is_announced_and_what_the_feed_repeats_changes_nothing(feed: Feed) -> None:
    feed.send()
    assert feed.send(status="inactive") == "updated"
    assert feed.told()[-1] == "service.withdrawn.v1"
    assert feed.send(status="inactive") == "unchanged"
    assert feed.agency.post(f"/listings/{feed.id}/reopen").status_code == 200
    assert feed.public()["status"] == "active"
    assert feed.send(status="inactive") == "unchanged"
    assert feed.public()["status"] == "active"


def test_a_closed_service_that_comes_back_from_an_export_can_be_opened_again(feed: Feed) -> None:
    feed.send()
    assert feed.agency.post(f"/listings/{feed.id}/close", {"reason": "holidays"}).status_code == 200
    exported = feed.agency.request("GET", "/exports/own?format=ndjson").content
    imported(feed.agency, feed.directory, exported, format="ndjson", dry_run=False)
    assert feed.public()["status"] == "temporarily closed"
    assert feed.listing()["closing"]["reason"] == "holidays"
    assert feed.agency.post(f"/listings/{feed.id}/reopen").status_code == 200
    assert feed.public()["status"] == "active"


def beds(available: float, updated: str, unit: str = "Beds", maximum: float = 5) -> dict[str, Any]:
    named = {"id": str(uuid.uuid4()), "name": unit}
    return {
        "id": str(uuid.uuid4()), "unit": named, "available": available, "maximum": maximum, "updated": updated,
    }  # fmt: skip


def test_free_places_of_a_feed_are_counted_with(feed: Feed) -> None:
    feed.send(capacities=[beds(2, "2026-01-10T08:00:00Z")])
    assert (feed.listing()["capacity"]["available"], feed.listing()["capacity"]["unit"]) == (2, "beds")
    with feed.directory.unit_of_work() as uow:
        listing = uow.listings.get(feed.id)
        assert listing is not None
        reserve(listing, datetime.now(UTC))
        uow.listings.save(listing)
        uow.commit()
    assert [found["available"] for found in feed.public()["capacities"]] == [1]
    assert feed.send(capacities=[beds(2, "2026-01-10T08:00:00Z")]) == "unchanged"
    assert feed.public()["capacities"][0]["available"] == 1
    assert feed.send(capacities=[beds(0, to_rfc3339(datetime.now(UTC)))]) == "updated"
    assert feed.public()["capacities"][0]["available"] == 0


@pytest.mark.parametrize(
    "told", [beds(9, "2026-01-10T08:00:00Z", maximum=5), beds(3, "2026-01-10T08:00:00Z", "Kilogram")]
)
def test_numbers_that_are_no_free_places_stay_the_feeds_own(feed: Feed, told: dict[str, Any]) -> None:
    feed.send(capacities=[told])
    assert "capacity" not in feed.listing()
    assert feed.public()["capacities"] == [told]


def test_an_import_confirms_nothing_that_the_feed_does_not(feed: Feed) -> None:
    feed.send(name="Agimi Vjetër", assured_date="2019-05-06")
    assert feed.public()["assured_date"] == "2019-05-06"
    assert feed.listing()["confirmed_at"].startswith("2019-05-06")
    assert date.fromisoformat(feed.listing()["confirm_by"]).year == 2019


def test_without_a_date_nothing_is_confirmed_until_somebody_does(feed: Feed) -> None:
    feed.send()
    assert "assured_date" not in feed.public()
    assert "confirmed_at" not in feed.listing()
    assert date.fromisoformat(feed.listing()["confirm_by"]) > datetime.now(UTC).date()
    assert feed.agency.post(f"/listings/{feed.id}/confirm").status_code == 200
    confirmed = feed.listing()["confirmed_at"]
    feed.send(description="Something else.", assured_date="2019-05-06")
    assert feed.listing()["confirmed_at"] == confirmed
