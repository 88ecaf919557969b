"""An import changes what an organization under review says of itself as a person would: it waits for a second one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word
from tests.support.imports import codes_of, imported


@dataclass
class Feed:
    """A feed of one organization that asks for review, and the person who imports it."""

    directory: Directory
    author: Agency
    id: str
    told: dict[str, Any] = field(default_factory=dict)

    def take_in(self, by: Agency | None = None, **said: Any) -> dict[str, Any]:
        """Import the organization with what it says now."""
        wanted = {"publish": True, "format": "ndjson", **{n: said.pop(n) for n in ("dry_run", "publish") if n in said}}
        self.told = {**self.told, **said}
        job = imported(self.directory, by or self.author, json.dumps({"id": self.id, **self.told}), **wanted)
        assert len(job["rows"]) == 1
        return job

    def public(self) -> dict[str, Any]:
        return dict(self.author.client.get(f"/organizations/{self.id}").json())

    def stage(self) -> str:
        return str(self.author.get(f"/own-organizations/{self.id}").json()["stage"])

    def act(self, by: Agency, step: str, body: Any = None) -> int:
        tag = by.get(f"/own-organizations/{self.id}").headers["ETag"]
        return int(by.post(f"/own-organizations/{self.id}/{step}", body, If_Match=tag).status_code)


@pytest.fixture
def feed(agency: Agency, directory: Directory) -> Feed:
    author, name = agency.person(), f"Qendra {a_word()}"
    owner = agency.organization(name=name)
    agency.publish(organization_id=owner)
    assert agency.set_review(owner, "required").status_code == 200
    return Feed(directory, author, owner, {"name": name, "description": "A centre."})


def outcome(job: dict[str, Any]) -> tuple[str, list[str]]:
    return job["rows"][0]["action"], [code for _, code in codes_of(job)]


def test_new_texts_wait_for_somebody_else_and_the_report_says_so(feed: Feed) -> None:
    before = feed.public()
    job = feed.take_in(description="Read by nobody yet.")
    assert outcome(job) == ("updated", ["organization_proposed"])
    assert "second person" in job["rows"][0]["errors"][0]["text"]
    assert (feed.public(), feed.stage()) == (before, "revision_in_review")
    assert feed.act(feed.author, "approve") == 409
    second = feed.author.person()
    assert feed.id in [each["organization_id"] for each in second.get("/organization-reviews").json()["items"]]
    assert feed.act(second, "approve") == 200
    assert feed.public()["description"] == "Read by nobody yet."
    assert outcome(feed.take_in()) == ("unchanged", [])


def test_contacts_change_at_once_as_they_do_by_hand(feed: Feed) -> None:
    assert outcome(feed.take_in(email="new@example.org")) == ("updated", [])
    assert (feed.public()["email"], feed.stage()) == ("new@example.org", "published")
    job = feed.take_in(email="newer@example.org", name="Other name")
    assert outcome(job) == ("updated", ["organization_proposed"])
    assert (feed.public()["email"], feed.public()["name"] == "Other name") == ("newer@example.org", False)


def test_what_else_a_feed_knows_of_it_stays_out(feed: Feed) -> None:
    before = feed.public()
    assert outcome(feed.take_in(legal_status="Unlooked at.")) == ("unchanged", ["organization_reviewed"])
    assert (feed.public(), feed.stage()) == (before, "published")


def test_that_it_waits_is_told_once_to_who_may_decide(feed: Feed) -> None:
    def told() -> list[str]:
        with feed.directory.engine.connect() as connection:
            news = text("SELECT type FROM outbox WHERE subject = :id AND type = 'organization.submitted.v1'")
            return list(connection.scalars(news, {"id": feed.id}))

    feed.take_in(description="Only tried.", dry_run=True)
    feed.take_in(email="new@example.org", description="A centre.")
    assert told() == []
    for _ in range(2):
        feed.take_in(description="Read by nobody yet.")
    assert told() == ["organization.submitted.v1"]


def test_without_publishing_the_revision_waits_to_be_submitted(feed: Feed) -> None:
    assert outcome(feed.take_in(description="Drafted.", publish=False)) == ("updated", ["organization_proposed"])
    assert feed.stage() == "revised"
    assert feed.author.get(f"/own-organizations/{feed.id}/proposal").json()["content"]["description"] == "Drafted."


def test_what_waits_already_is_not_changed_by_a_file(feed: Feed) -> None:
    feed.take_in(description="First.")
    assert outcome(feed.take_in()) == ("unchanged", ["organization_proposed"])
    assert outcome(feed.take_in(description="Second.", email="x@example.org")) == (
        "refused",
        ["organization_being_revised"],
    )
    waiting = feed.author.get(f"/own-organizations/{feed.id}/proposal").json()["content"]
    assert (waiting["description"], feed.public().get("email")) == ("First.", None)
    # What everybody reads is no reason to give up what waits.
    assert outcome(feed.take_in(description="A centre.")) == ("updated", [])
    assert (feed.stage(), feed.public()["email"]) == ("revision_in_review", "x@example.org")


def test_a_trial_says_the_same_and_writes_nothing(feed: Feed) -> None:
    before = feed.public()
    job = feed.take_in(description="Tried.", email="tried@example.org", dry_run=True)
    assert outcome(job) == ("updated", ["organization_proposed"])
    assert (feed.public(), feed.stage()) == (before, "published")


def test_what_an_agencys_own_system_proposes_any_of_its_people_may_decide_on(feed: Feed) -> None:
    assert outcome(feed.take_in(by=feed.author.system(), description="By a system."))[0] == "updated"
    assert feed.act(feed.author, "approve") == 200
    assert feed.public()["description"] == "By a system."


def test_the_history_says_that_it_came_by_a_file(feed: Feed) -> None:
    feed.take_in(description="By a file.")
    path = f"/own-organizations/{feed.id}/versions"
    latest = feed.author.get(path).json()["items"][0]
    assert (latest["action"], latest["is_proposal"], "import_id" in latest) == ("import", True, True)
    assert feed.author.get(f"{path}/{latest['number']}").json()["content"]["description"] == "By a file."
    assert "By a file." not in json.dumps(feed.public())
