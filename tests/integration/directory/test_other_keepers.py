"""What one agency does to a listing that another one keeps, too, is told to that other one, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body


@pytest.fixture
def town(agency: Agency) -> Agency:
    return agency.person()


@pytest.fixture
def owner(other_agency: Agency) -> Agency:
    return other_agency.person()


def belong(directory: Directory, organization_id: str, owner: Agency, keeper: Agency) -> None:
    """Put an agency behind the organization, and another one over its listings; nobody need look at them."""
    statement = """UPDATE organization SET agency_id = :owner, maintaining_agency_id = :keeper, review = 'waived'
                   WHERE id = :id"""
    values = {"id": organization_id, "owner": owner.id, "keeper": keeper.id}
    with directory.engine.begin() as connection:
        connection.execute(text(statement), values)


@pytest.fixture
def listing(town: Agency, owner: Agency, directory: Directory) -> dict[str, Any]:
    """A listing that the town keeps for an organization of the owner."""
    listing = town.publish()
    belong(directory, listing["organization_id"], owner, town)
    return listing


def told(directory: Directory, subject: str, kind: str = "listing.changed.v1") -> list[dict[str, Any]]:
    statement = text("SELECT data FROM outbox WHERE subject = :id AND type = :kind ORDER BY position")
    with directory.engine.connect() as connection:
        return list(connection.execute(statement, {"id": subject, "kind": kind}).scalars())


def side(agency: Agency, listing: dict[str, Any]) -> dict[str, str]:
    return {"id": listing["id"], "version": str(agency.get(f"/listings/{listing['id']}").json()["version"])}


def steps(agency: Agency, listing: dict[str, Any]) -> None:
    """Do all that is told: close, open, change, go back and withdraw; the last one twice."""
    path = f"/listings/{listing['id']}"
    done = [
        agency.post(f"{path}/close", {"reason": "emergency"}),
        agency.post(f"{path}/reopen"),
        agency.put(path, listing_body(capacity=None, name="Another"), If_Match=agency.get(path).headers["ETag"]),
    ]
    done.append(agency.post(f"{path}/revert", {"number": 2}, If_Match=agency.get(path).headers["ETag"]))
    done += [agency.post(f"{path}/withdraw") for _ in range(2)]
    assert [answer.status_code for answer in done] == [200] * len(done)


def test_a_step_of_one_keeper_is_told_to_the_other_once(
    town: Agency, owner: Agency, listing: dict[str, Any], directory: Directory
) -> None:
    steps(town, listing)
    events = told(directory, listing["id"])
    assert [event["action"] for event in events] == ["close", "reopen", "revert", "withdraw"]
    assert {(event["agency_id"], event["actor_agency_id"]) for event in events} == {(owner.id, town.id)}


def test_the_town_is_told_of_what_the_owner_does(
    town: Agency, owner: Agency, listing: dict[str, Any], directory: Directory
) -> None:
    assert owner.post(f"/listings/{listing['id']}/withdraw").status_code == 200
    assert [event["agency_id"] for event in told(directory, listing["id"])] == [town.id]


def test_a_step_of_a_delegate_is_told_to_both(
    town: Agency, owner: Agency, listing: dict[str, Any], client: Any, directory: Directory
) -> None:
    helper = Agency(client, town.issuer)
    given = {"to_agency_id": helper.id, "organization_ids": [listing["organization_id"]]}
    assert owner.post("/delegations", given).status_code == 201
    assert helper.post(f"/listings/{listing['id']}/withdraw").status_code == 200
    assert sorted(event["agency_id"] for event in told(directory, listing["id"])) == sorted([town.id, owner.id])


def test_where_one_agency_keeps_it_nobody_is_told(town: Agency, directory: Directory) -> None:
    listing = town.publish()
    steps(town, listing)
    assert told(directory, listing["id"]) == []


def test_a_merge_of_listings_is_told_to_who_keeps_either_of_them(
    town: Agency, owner: Agency, listing: dict[str, Any], directory: Directory
) -> None:
    ours = town.publish(organization_id=town.organization(linked=False))
    body = {"kind": "listing", "keep": side(town, listing), "fold": side(town, ours)}
    assert town.post("/merges", body).status_code == 201
    (event,) = told(directory, ours["id"])
    assert (event["agency_id"], event["action"]) == (owner.id, "merge")


def test_a_merge_of_organizations_is_told_once_however_many_listings_move(
    town: Agency, owner: Agency, listing: dict[str, Any], directory: Directory
) -> None:
    ours = town.organization(linked=False)
    moved = [town.publish(organization_id=ours) for _ in range(2)]
    sides = {"keep": listing["organization_id"], "fold": ours}
    seen = {name: town.get(f"/own-organizations/{one}").json() for name, one in sides.items()}
    body = {name: {"id": one["id"], "version": one["version"]} for name, one in seen.items()}
    answer = town.post("/merges", {"kind": "organization", **body})
    assert answer.status_code == 201
    (event,) = told(directory, answer.json()["id"], "organization.merged.v1")
    assert (event["agency_id"], event["organization_id"], event["merged_into"]) == (owner.id, ours, sides["keep"])
    assert [told(directory, each["id"]) for each in moved] == [[], []]
