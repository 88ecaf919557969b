"""What a feed says of free places and doors counts at once, whatever waits for review: children go by it today."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from chassis.clock import to_rfc3339
from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body
from tests.support.feeds import new_id
from tests.support.import_runs import actions_of, errors_of, imported


class Reviewed:
    """A service that a feed brought into an organization that asks for review; two persons decide there."""

    def __init__(self, agency: Agency, directory: Directory) -> None:
        self.directory, self.feeder = directory, agency.person()
        self.author, self.second = agency.person(), agency.person()
        self.owner, self.id = agency.organization(), new_id()
        assert agency.set_review(self.owner, "required").status_code == 200
        self.path, self.hour = f"/listings/{self.id}", 0
        assert actions_of(self.send()) == ["created"]
        self.approve()

    def beds(self, available: int = 0, maximum: int = 5) -> list[dict[str, Any]]:
        """Return the number of free places of another hour, later than what was said before."""
        self.hour += 1
        updated = to_rfc3339(datetime(2026, 1, 10, tzinfo=UTC) + timedelta(hours=self.hour))
        unit = {"id": new_id(), "name": "beds"}
        return [{"id": new_id(), "unit": unit, "available": available, "maximum": maximum, "updated": updated}]

    def send(self, **said: Any) -> dict[str, Any]:
        document = {
            "id": self.id, "organization_id": self.owner, "name": "Agimi", "description": "Talks.", "status": "active",
            "service_areas": [{"id": self.id, "extent": "AL-tirane"}], **said,
        }  # fmt: skip
        wanted = {"format": "ndjson", "dry_run": False, "publish": True}
        return imported(self.feeder, self.directory, json.dumps(document), **wanted)

    def listing(self) -> dict[str, Any]:
        return dict(self.author.get(self.path).json())

    def etag(self) -> str:
        return f'"{self.listing()["version"]}"'

    def act(self, agency: Agency, step: str, body: Any = None) -> None:
        answer = agency.post(f"{self.path}/{step}", body, If_Match=self.etag())
        assert answer.status_code == 200, answer.text

    def approve(self) -> None:
        self.act(self.second, "approve")

    def public(self) -> dict[str, Any]:
        return dict(self.author.client.get(f"/services/{self.id}").json())

    def proposed(self) -> dict[str, Any]:
        answer = self.author.get(f"{self.path}/proposal")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["content"])

    def told_places(self) -> list[int | None]:
        """Return the numbers of free places that the network has heard, None where it heard that it is closed."""
        with self.directory.engine.connect() as connection:
            statement = text(
                "SELECT type, data FROM outbox WHERE subject = :id AND type ~ '^(service|capacity)' ORDER BY position"
            )
            rows = connection.execute(statement, {"id": self.id}).all()
        is_closed = "service.withdrawn.v1"
        return [None if row.type == is_closed else (row.data["capacity"] or {}).get("available") for row in rows]

    def history(self) -> list[tuple[str, bool]]:
        items = self.author.get(f"{self.path}/versions").json()["items"]
        return [(item["action"], item["is_proposal"]) for item in reversed(items)]


@pytest.fixture
def reviewed(agency: Agency, directory: Directory) -> Reviewed:
    return Reviewed(agency, directory)


@pytest.mark.parametrize("said", [("capacities",), ("status",), ("capacities", "status")])
def test_a_text_that_comes_with_facts_is_proposed_and_can_be_decided_on(
    reviewed: Reviewed, said: tuple[str, ...]
) -> None:
    facts = {"capacities": reviewed.beds(2), "status": "temporarily closed"}
    told = {"description": "Games.", **{name: facts[name] for name in said}}
    job = reviewed.send(**told)
    assert (actions_of(job), errors_of(job)) == (["updated"], [])
    assert (reviewed.listing()["stage"], reviewed.proposed()["description"]) == ("revision_in_review", "Games.")
    assert reviewed.public()["description"] == "Talks."
    assert reviewed.history()[-2:] == [("edit", False), ("edit", True)]
    assert actions_of(reviewed.send(**told)) == ["unchanged"], "it waits already"
    reviewed.approve()
    assert (reviewed.listing()["stage"], reviewed.public()["description"]) == ("published", "Games.")
    assert reviewed.author.get("/reviews").json()["items"] == []
    assert actions_of(reviewed.send(**told)) == ["unchanged"]


def test_its_facts_count_at_once_and_the_network_hears_of_them(reviewed: Reviewed) -> None:
    reviewed.send(description="Games.", capacities=reviewed.beds(2))
    assert [each["available"] for each in reviewed.public()["capacities"]] == [2]
    assert reviewed.told_places()[-1] == 2
    reviewed.act(reviewed.author, "recall")
    reviewed.act(reviewed.author, "submit")
    reviewed.send(description="Games.", capacities=reviewed.beds(0), status="temporarily closed")
    assert (reviewed.public()["status"], reviewed.told_places()[-1]) == ("temporarily closed", None)
    assert reviewed.proposed()["description"] == "Games."


@pytest.mark.parametrize("is_submitted", [False, True])
def test_while_a_revision_by_hand_waits_a_feed_closes_the_service_and_says_that_it_is_full(
    reviewed: Reviewed, is_submitted: bool
) -> None:
    body = listing_body(capacity=None, name="By hand", location={"kind": "virtual"})
    edited = reviewed.author.put(reviewed.path, body, If_Match=reviewed.etag())
    assert edited.json()["stage"] == "revised", edited.text
    if is_submitted:
        reviewed.act(reviewed.author, "submit")
    stage = reviewed.listing()["stage"]
    job = reviewed.send(description="Games.", capacities=reviewed.beds(0))
    assert (actions_of(job), errors_of(job)) == (["updated"], [("", "facts_alone")])
    assert (reviewed.listing()["capacity"]["available"], reviewed.told_places()[-1]) == (0, 0)
    job = reviewed.send(description="Games.", status="temporarily closed")
    assert (actions_of(job), errors_of(job)) == (["updated"], [("", "facts_alone")])
    assert (reviewed.public()["status"], reviewed.told_places()[-1]) == ("temporarily closed", None)
    assert (reviewed.listing()["stage"], reviewed.proposed()["name"]) == (stage, "By hand")
    job = reviewed.send(description="Games.", status="temporarily closed")
    assert (actions_of(job), errors_of(job)) == (["refused"], [("", "being_revised")])
    if not is_submitted:
        reviewed.act(reviewed.author, "submit")
    reviewed.approve()
    assert (reviewed.public()["name"], reviewed.public()["status"]) == ("By hand", "temporarily closed")


def test_between_two_words_of_the_feed_the_keepers_open_it_again_though_a_revision_waits(reviewed: Reviewed) -> None:
    told = {"description": "Games.", "status": "inactive"}
    reviewed.send(**told)
    reviewed.act(reviewed.author, "reopen")
    assert actions_of(reviewed.send(**told)) == ["unchanged"]
    assert reviewed.public()["status"] == "active"
    reviewed.approve()
    assert actions_of(reviewed.send(**told)) == ["unchanged"]
    assert reviewed.public()["status"] == "active"


def test_facts_alone_are_no_revision(reviewed: Reviewed) -> None:
    job = reviewed.send(status="temporarily closed", capacities=reviewed.beds(1))
    assert (actions_of(job), reviewed.listing()["stage"]) == (["updated"], "published")
    assert reviewed.public()["status"] == "temporarily closed"
    assert reviewed.history()[-1] == ("edit", False)


def test_what_waits_for_its_first_review_may_be_full_too(agency: Agency, reviewed: Reviewed) -> None:
    reviewed.id = new_id()
    reviewed.path = f"/listings/{reviewed.id}"
    reviewed.send()
    assert actions_of(reviewed.send(capacities=reviewed.beds(0))) == ["updated"]
    assert (reviewed.listing()["stage"], reviewed.listing()["capacity"]["available"]) == ("in_review", 0)
    assert reviewed.told_places() == []


def test_a_number_of_a_day_to_come_is_not_taken_and_the_report_says_so(reviewed: Reviewed) -> None:
    ahead = [{**reviewed.beds(9, 9)[0], "updated": "2099-06-01T00:00:00Z"}]
    assert errors_of(reviewed.send(capacities=ahead)) == [("capacities[0].updated", "dated_ahead")]
    assert "capacity" not in reviewed.listing()
    full = reviewed.author.put(f"{reviewed.path}/capacity", {"available": 0, "unit": "beds"}, If_Match=reviewed.etag())
    assert full.status_code == 200, full.text
    assert errors_of(reviewed.send(capacities=ahead)) == [("capacities[0].updated", "dated_ahead")]
    assert reviewed.listing()["capacity"]["available"] == 0


def test_one_that_came_in_so_before_gives_way_to_the_next_word(reviewed: Reviewed) -> None:
    reviewed.send(capacities=reviewed.beds(2))
    with reviewed.directory.engine.begin() as connection:
        ahead = text("UPDATE listing SET capacity_updated_at = '2099-06-01T00:00:00Z' WHERE id = :id")
        connection.execute(ahead, {"id": reviewed.id})
    reviewed.send(capacities=reviewed.beds(1))
    assert reviewed.listing()["capacity"]["available"] == 1


def test_a_clock_that_is_a_little_fast_is_forgiven_once(reviewed: Reviewed) -> None:
    soon = [{**reviewed.beds(3)[0], "updated": to_rfc3339(datetime.now(UTC) + timedelta(minutes=2))}]
    assert errors_of(reviewed.send(capacities=soon)) == []
    assert reviewed.listing()["capacity"]["available"] == 3
    assert reviewed.listing()["capacity"]["updated_at"] <= to_rfc3339(datetime.now(UTC))


def test_a_late_word_on_free_places_is_a_change_of_today(reviewed: Reviewed) -> None:
    before = reviewed.listing()["last_modified"]
    reviewed.send(capacities=reviewed.beds(2))
    assert reviewed.listing()["last_modified"] > before


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_was_proposed_so_before_is_found_again_or_waits_no_more(reviewed: Reviewed, is_kept: bool) -> None:
    reviewed.send(description="Games.", capacities=reviewed.beds(2))
    mending = importlib.import_module("services.directory.migrations.versions.0034_find_proposals_again")
    # As it was kept: under the number of the last change, which the review does not name.
    later = "UPDATE listing_version SET number = number + 1 WHERE listing_id = :id AND is_proposal"
    gone = "DELETE FROM listing_version WHERE listing_id = :id AND is_proposal"
    with reviewed.directory.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        connection.execute(text("UPDATE listing SET version = version + 1 WHERE id = :id"), {"id": reviewed.id})
        connection.execute(text(later if is_kept else gone), {"id": reviewed.id})
        mending.upgrade()
    assert [item["listing_id"] for item in reviewed.second.get("/reviews").json()["items"]] == [reviewed.id] * is_kept
    if is_kept:
        reviewed.approve()
        assert reviewed.public()["description"] == "Games."
    assert reviewed.listing()["stage"] == "published"
