"""What is submitted, and what is said of it meanwhile, is told to the agencies that can do something about it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import new_id
from tests.support.import_runs import actions_of, imported


class Network:
    """An organization with or without review, an import into it, and what the network hears."""

    def __init__(self, agency: Agency, directory: Directory, rule: str) -> None:
        self.agency, self.directory, self.author, self.second = agency, directory, agency.person(), agency.person()
        self.owner = agency.organization()
        if rule == "required":
            assert agency.set_review(self.owner, rule).status_code == 200

    def send(self, *ids: str, publish: bool = True, dry_run: bool = False, **said: Any) -> dict[str, Any]:
        own = {"organization_id": self.owner, "name": "Agimi", "description": "Talks.", "status": "active", **said}
        services = ({"id": each, "service_areas": [{"id": each, "extent": "AL-tirane"}], **own} for each in ids)
        lines = "\n".join(map(json.dumps, services))
        return imported(self.author, self.directory, lines, format="ndjson", dry_run=dry_run, publish=publish)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what was told of the organization's reviews, oldest first."""
        statement = text(
            "SELECT type, data FROM outbox WHERE type LIKE 'listing.%'"
            " AND data->>'organization_id' = :id ORDER BY position"
        )
        with self.directory.engine.connect() as connection:
            return [(row.type, row.data) for row in connection.execute(statement, {"id": self.owner})]


@pytest.fixture
def reviewed(agency: Agency, directory: Directory) -> Network:
    return Network(agency, directory, "required")


def test_what_an_import_submits_is_told_once_with_its_number(reviewed: Network) -> None:
    ids = sorted((new_id(), new_id(), new_id()))
    assert actions_of(reviewed.send(*ids)) == ["created"] * 3
    ((kind, data),) = reviewed.told()
    assert (kind, data["count"], data["status"]) == ("listing.submitted.v1", 3, "in_review")
    assert (data["service_id"] in ids, data["actor_account_id"]) == (True, reviewed.author.account)
    reviewed.send(*ids)
    assert len(reviewed.told()) == 1, "it waits already"


def test_so_is_a_revision_that_comes_with_facts(reviewed: Network) -> None:
    own_id = new_id()
    reviewed.send(own_id)
    version = reviewed.second.get(f"/listings/{own_id}").json()["version"]
    assert reviewed.second.post(f"/listings/{own_id}/approve", If_Match=f'"{version}"').status_code == 200
    reviewed.send(own_id, description="Games.", status="temporarily closed")
    kinds = [kind for kind, _ in reviewed.told()]
    assert kinds == ["listing.submitted.v1", "listing.decided.v1", "listing.submitted.v1"]
    assert "count" not in reviewed.told()[-1][1]


@pytest.mark.parametrize("said", [{"dry_run": True}, {"publish": False}])
def test_what_is_only_tried_or_only_drafted_is_told_to_nobody(reviewed: Network, said: dict[str, bool]) -> None:
    reviewed.send(new_id(), **said)
    assert reviewed.told() == []


def test_nor_is_what_nobody_need_look_at(agency: Agency, directory: Directory) -> None:
    free = Network(agency, directory, "automatic")
    free.send(new_id())
    assert free.told() == []


def test_that_something_was_said_of_it_is_told_and_not_what(reviewed: Network) -> None:
    own_id = new_id()
    reviewed.send(own_id)
    answer = reviewed.second.post(f"/listings/{own_id}/comments", {"text": "Until which age?"})
    assert answer.status_code == 200, answer.text
    kind, data = reviewed.told()[-1]
    assert (kind, data["status"], data["service_id"]) == ("listing.commented.v1", "commented", own_id)
    assert data["actor_account_id"] == reviewed.second.account
    assert "Until" not in json.dumps(data)
