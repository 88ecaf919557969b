"""Keeping listings in another agency's stead: what it opens, what it never opens, and that its end is at once."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from chassis.events.envelope import Event
from chassis.inbox.apply import Outcome
from services.directory.bootstrap import Directory, build_feeds
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency, listing_body

SHELTER = {"kind": "confidential", "municipality": "AL-tirane", "address_1": "Rruga e Fshehur 7"}


@pytest.fixture
def town(agency: Agency) -> Agency:
    return agency.person()


@pytest.fixture
def helper(other_agency: Agency) -> Agency:
    return other_agency.person()


def delegate(town: Agency, helper: Agency, expect: int = 201, **what: Any) -> dict[str, Any]:
    answer = town.post("/delegations", {"to_agency_id": helper.id, **what})
    assert answer.status_code == expect, answer.text
    return dict(answer.json())


def keeps(helper: Agency, listing: dict[str, Any]) -> bool:
    """Ask in both ways, which must agree: the single listing, and the list."""
    single = helper.get(f"/listings/{listing['id']}").status_code == 200
    assert single == (listing["id"] in [entry["id"] for entry in helper.get("/listings").json()["items"]])
    return single


def test_nobody_delegates_what_is_not_his(town: Agency, helper: Agency) -> None:
    foreign = helper.organization()
    delegate(town, helper, 404, organization_ids=[foreign])
    delegate(town, town, 422, municipality_codes=["AL-tirane"])
    delegate(town, helper, 422)
    delegate(town, helper, 422, municipality_codes=["AL-atlantis"])


def registered(directory: Directory, agency_id: str) -> Event:
    return Event.new(
        type="agency.registered.v1",
        source="/services/identity",
        subject=agency_id,
        data={"agency_id": agency_id, "name": "Qendra Besimi", "country": "AL", "kind": "ngo"},
        aggregate_version=1,
        clock=directory.clock,
    )


def hear(directory: Directory, event: Event) -> Outcome:
    return directory.applier().deliver(event, threading.Event())


def test_nothing_is_delegated_to_an_agency_that_does_not_exist(
    town: Agency, helper: Agency, directory: Directory
) -> None:
    listing = town.publish()
    hear(directory, registered(directory, town.id))
    body = {"to_agency_id": helper.id, "organization_ids": [listing["organization_id"]]}
    refused = town.post("/delegations", body, Accept_Language="sq")
    assert (refused.status_code, refused.json()["code"]) == (422, "agency_unknown")
    assert refused.json()["fields"] == ["to_agency_id"]
    assert refused.json()["detail"].startswith("Asnjë agjenci e rrjetit")
    assert town.get("/delegations").json()["items"] == []
    event = registered(directory, helper.id)
    assert [hear(directory, event), hear(directory, event)] == [Outcome.APPLIED, Outcome.DUPLICATE]
    assert not keeps(helper, listing)
    delegate(town, helper, organization_ids=[listing["organization_id"]])
    assert keeps(helper, listing)


def test_an_agency_that_was_never_told_of_delegates_to_whom_it_names(
    town: Agency, helper: Agency, client: Any, directory: Directory
) -> None:
    """Another issuer tells of no agency, and what has not come yet is no reason to refuse."""
    hear(directory, registered(directory, helper.id))
    for receiver in (helper, Agency(client, town.issuer)):
        delegate(town, receiver, municipality_codes=["AL-tirane"])


def test_of_an_agency_no_more_is_kept_than_that_it_is_there(directory: Directory) -> None:
    told = registered(directory, str(uuid.uuid4()))
    hear(directory, told)
    with directory.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM agency WHERE agency_id = :id"), {"id": told.subject}).mappings()
        assert dict(row.one()) == {"agency_id": told.subject}


def test_what_the_event_log_lost_of_agencies_is_read_from_identity(settings: DirectorySettings) -> None:
    told = replace(settings, referral_url="http://referral.test", identity_url="http://identity.test")
    assert sorted(build_feeds(told)) == ["identity", "referral"]
    assert build_feeds(replace(told, referral_url="", identity_url="")) == {}


def test_municipalities_open_no_listing_of_another_agency_there(town: Agency, helper: Agency, client: Any) -> None:
    listing = Agency(client, town.issuer).publish()
    delegate(town, helper, municipality_codes=["AL-tirane"])
    assert not keeps(helper, listing)


def test_what_was_delegated_is_not_delegated_further(town: Agency, helper: Agency, client: Any) -> None:
    listing, third = town.publish(), Agency(client, town.issuer)
    delegate(town, helper, organization_ids=[listing["organization_id"]])
    delegate(helper, third, 404, organization_ids=[listing["organization_id"]])
    delegate(helper, third, municipality_codes=["AL-tirane"])
    assert not keeps(third, listing)


def test_a_named_organization_opens_its_listings_and_no_others(town: Agency, helper: Agency) -> None:
    listing, other = town.publish(), town.publish()
    assert not keeps(helper, listing)
    delegate(town, helper, organization_ids=[listing["organization_id"]])
    assert keeps(helper, listing)
    assert not keeps(helper, other)
    own = [entry["id"] for entry in helper.get("/own-organizations").json()["items"]]
    assert own == [listing["organization_id"]]
    assert helper.draft(organization_id=listing["organization_id"])["status"] == "draft"
    body = listing_body(organization_id=other["organization_id"])
    assert helper.post("/listings", body).status_code == 404


def test_municipalities_open_what_lies_in_them_or_serves_them_alone(town: Agency, helper: Agency) -> None:
    here = town.publish(location={"kind": "physical", "municipality": "AL-tirane"})
    line = town.publish(location={"kind": "virtual"}, serves=["AL-tirane"])
    there = town.publish(location={"kind": "physical", "municipality": "AL-shkoder"}, serves=["AL-tirane"])
    wide = town.publish(location={"kind": "virtual"}, serves=["AL-tirane", "AL-shkoder"])
    delegate(town, helper, municipality_codes=["AL-tirane"])
    assert [keeps(helper, each) for each in (here, line, there, wide)] == [True, True, False, False]


def test_a_county_holds_its_municipalities(town: Agency, helper: Agency, directory: Directory) -> None:
    with directory.engine.connect() as connection:
        wanted = text("SELECT parent_code FROM municipality WHERE code = 'AL-tirane'")
        county = connection.execute(wanted).scalar_one()
    listing = town.publish(location={"kind": "physical", "municipality": "AL-tirane"})
    delegate(town, helper, municipality_codes=[county])
    assert keeps(helper, listing)


def test_a_delegate_moves_no_listing_out_of_reach(town: Agency, helper: Agency) -> None:
    listing = town.publish(location={"kind": "physical", "municipality": "AL-tirane"})
    delegate(town, helper, municipality_codes=["AL-tirane"])
    path, version = f"/listings/{listing['id']}", f'"{listing["version"]}"'
    away = listing_body(capacity=None, location={"kind": "physical", "municipality": "AL-shkoder"})
    assert helper.put(path, away, If_Match=version).status_code == 422
    hidden = listing_body(capacity=None, location=SHELTER)
    assert helper.put(path, hidden, If_Match=version).status_code == 422
    assert helper.put(path, listing_body(capacity=None, name="Kept"), If_Match=version).status_code == 200


def test_a_confidential_place_opens_to_delegates_by_name_alone(town: Agency, helper: Agency) -> None:
    shelter = town.publish(location=SHELTER, serves=["AL-tirane"])
    delegate(town, helper, municipality_codes=["AL-tirane"])
    assert not keeps(helper, shelter)
    delegate(town, helper, organization_ids=[shelter["organization_id"]])
    assert helper.get(f"/listings/{shelter['id']}").json()["location"]["address_1"] == SHELTER["address_1"]


def test_only_the_people_named_may_use_it(town: Agency, helper: Agency) -> None:
    listing = town.publish()
    account = str(helper.account)
    delegate(town, helper, organization_ids=[listing["organization_id"]], account_ids=[account])
    assert keeps(helper, listing)
    assert not keeps(helper.person(), listing)


def test_to_write_is_not_to_decide(town: Agency, helper: Agency) -> None:
    organization_id = town.organization()
    assert town.set_review(organization_id, "required").status_code == 200
    delegate(town, helper, organization_ids=[organization_id])
    draft = helper.draft(organization_id=organization_id)
    submitted = helper.post(f"/listings/{draft['id']}/submit").json()
    version = f'"{submitted["version"]}"'
    colleague = helper.person()
    assert colleague.post(f"/listings/{draft['id']}/approve", If_Match=version).status_code == 409
    assert colleague.get("/reviews").json()["items"] == []
    assert helper.set_review(organization_id, "waived").status_code == 404
    assert town.post(f"/listings/{draft['id']}/approve", If_Match=version).status_code == 200


def test_its_end_is_at_once_by_either_side_and_by_nobody_else(town: Agency, helper: Agency, client: Any) -> None:
    listing = town.publish()
    stranger = Agency(client, town.issuer)
    for ender in (town, helper):
        given = delegate(town, helper, organization_ids=[listing["organization_id"]])
        assert keeps(helper, listing)
        assert stranger.request("DELETE", f"/delegations/{given['id']}").status_code == 404
        assert ender.request("DELETE", f"/delegations/{given['id']}").status_code == 204
        assert not keeps(helper, listing)
        assert ender.request("DELETE", f"/delegations/{given['id']}").status_code == 204
    assert stranger.request("DELETE", f"/delegations/{uuid.uuid4()}").status_code == 404
    listed = town.get("/delegations").json()["items"]
    assert len(listed) == 2
    assert all(entry["ended_at"] for entry in listed)
    assert stranger.get("/delegations").json()["items"] == []


def test_what_the_giver_loses_the_delegate_loses(town: Agency, helper: Agency, directory: Directory) -> None:
    listing = town.publish()
    delegate(town, helper, organization_ids=[listing["organization_id"]])
    with directory.engine.begin() as connection:
        taken = text("UPDATE organization SET agency_id = NULL, maintaining_agency_id = 'somebody' WHERE id = :id")
        connection.execute(taken, {"id": listing["organization_id"]})
    assert not keeps(helper, listing)


@pytest.fixture
def hiding(town: Agency, helper: Agency) -> dict[str, Any]:
    """A public listing that a delegate by municipality keeps, beside which a revision waits that makes it a shelter."""
    listing = town.publish(location={"kind": "physical", "municipality": "AL-tirane"})
    assert town.set_review(listing["organization_id"], "required").status_code == 200
    delegate(town, helper, municipality_codes=["AL-tirane"])
    hidden = listing_body(capacity=None, name="To be hidden", location=SHELTER)
    revised = town.put(f"/listings/{listing['id']}", hidden, If_Match=f'"{listing["version"]}"')
    assert (revised.status_code, revised.json()["stage"]) == (200, "revised")
    return dict(revised.json())


def test_a_revision_beyond_the_delegates_reach_is_not_there_for_him(
    town: Agency, helper: Agency, hiding: dict[str, Any]
) -> None:
    path, version = f"/listings/{hiding['id']}", f'"{hiding["version"]}"'
    answers = [
        helper.get(f"{path}/proposal"),
        helper.request("DELETE", f"{path}/proposal", If_Match=version),
        helper.put(path, listing_body(capacity=None), If_Match=version),
        helper.get(f"{path}/versions/{hiding['version']}"),
        helper.get(f"{path}/diff?from=2&to={hiding['version']}"),
        helper.post(f"{path}/revert", {"number": 2}, If_Match=version),
        *(helper.post(f"{path}/{step}") for step in ("submit", "recall", "publish", "withdraw")),
        helper.post(f"{path}/comments", {"text": "What is this?"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    told = "".join(answer.text for answer in (*answers, helper.get(path), helper.get("/listings")))
    assert SHELTER["address_1"] not in told
    assert "To be hidden" not in told
    assert town.get(f"{path}/proposal").json()["content"]["location"]["address_1"] == SHELTER["address_1"]


def test_publishing_without_review_shows_no_delegate_what_was_hidden(
    town: Agency, helper: Agency, hiding: dict[str, Any]
) -> None:
    town.waive_review(hiding["organization_id"])
    assert helper.post(f"/listings/{hiding['id']}/publish").status_code == 404


def test_what_is_published_stays_with_the_delegate_while_such_a_revision_waits(
    helper: Agency, hiding: dict[str, Any]
) -> None:
    path = f"/listings/{hiding['id']}"
    assert keeps(helper, hiding)
    assert helper.get(path).json()["allowed_actions"] == ["close"]
    assert helper.get(f"{path}/versions/2").status_code == 200
    closed = helper.post(f"{path}/close", {"reason": "emergency"})
    assert (closed.status_code, closed.json()["allowed_actions"]) == (200, ["close", "reopen"])
    assert helper.post(f"{path}/reopen").status_code == 200


def test_a_delegate_by_name_keeps_such_a_revision(town: Agency, helper: Agency, hiding: dict[str, Any]) -> None:
    delegate(town, helper, organization_ids=[hiding["organization_id"]])
    path = f"/listings/{hiding['id']}"
    assert helper.get(f"{path}/proposal").json()["content"]["location"]["address_1"] == SHELTER["address_1"]
    assert "submit" in helper.get(path).json()["allowed_actions"]


@pytest.fixture
def owner(client: Any, town: Agency) -> Agency:
    """An agency whose organizations the town keeps the listings of."""
    return Agency(client, town.issuer).person()


def owned(town: Agency, owner: Agency, directory: Directory, **changes: Any) -> dict[str, Any]:
    """Return a listing that the town keeps for an organization of the owner."""
    listing = town.publish(**changes)
    belong(directory, listing["organization_id"], owner)
    return listing


def belong(directory: Directory, organization_id: str, owner: Agency) -> None:
    with directory.engine.begin() as connection:
        linked = text("UPDATE organization SET agency_id = :owner, maintaining_agency_id = agency_id WHERE id = :id")
        connection.execute(linked, {"owner": owner.id, "id": organization_id})


def told(directory: Directory, delegation: dict[str, Any], kind: str) -> list[str]:
    """Return the agencies that are told of the delegation, in the order of their ids."""
    statement = text("SELECT data FROM outbox WHERE type = :kind AND subject = :id")
    with directory.engine.connect() as connection:
        rows = connection.execute(statement, {"kind": kind, "id": delegation["id"]}).scalars().all()
    return sorted(data["agency_id"] for data in rows)


def test_an_organization_with_an_agency_of_its_own_is_delegated_by_that_alone(
    town: Agency, helper: Agency, owner: Agency, directory: Directory
) -> None:
    shelter = owned(town, owner, directory, location=SHELTER, serves=["AL-tirane"])
    asked = {"to_agency_id": helper.id, "organization_ids": [shelter["organization_id"]]}
    refused = town.post("/delegations", asked, Accept_Language="sq")
    assert (refused.status_code, refused.json()["code"]) == (422, "owner_delegates")
    assert refused.json()["fields"] == ["organization_ids"]
    assert not keeps(helper, shelter)
    delegate(owner, helper, organization_ids=[shelter["organization_id"]])
    assert keeps(helper, shelter)


def test_what_was_delegated_by_name_ends_where_the_organization_gets_an_agency_of_its_own(
    town: Agency, helper: Agency, owner: Agency, directory: Directory
) -> None:
    shelter = town.publish(location=SHELTER, serves=["AL-tirane"])
    delegate(town, helper, organization_ids=[shelter["organization_id"]], municipality_codes=["AL-tirane"])
    assert keeps(helper, shelter)
    belong(directory, shelter["organization_id"], owner)
    assert not keeps(helper, shelter)


def test_the_own_agency_sees_what_reaches_its_listings_and_ends_it_for_them_alone(
    town: Agency, helper: Agency, owner: Agency, client: Any, directory: Directory
) -> None:
    stranger, unheard = Agency(client, town.issuer), town.publish()
    theirs, others = owned(town, owner, directory), town.publish()
    more = {"organization_ids": [unheard["organization_id"]], "account_ids": [str(helper.account)]}
    given = delegate(town, helper, municipality_codes=["AL-tirane"], **more)
    path = f"/delegations/{given['id']}"
    assert [keeps(helper, each) for each in (theirs, others)] == [True, True]
    assert stranger.get("/delegations").json()["items"] == []
    assert stranger.request("DELETE", path).status_code == 404
    (seen,) = owner.get("/delegations").json()["items"]
    assert seen == {**given, "organization_ids": [], "account_ids": []}
    assert owner.request("DELETE", path, If_Match='"1"').status_code == 204
    assert owner.request("DELETE", path).status_code == 204
    assert [keeps(helper, each) for each in (theirs, others)] == [False, True]
    assert helper.get(f"/own-organizations/{theirs['organization_id']}").status_code == 404
    assert town.request("DELETE", path, If_Match='"1"').status_code == 412
    (listed,) = town.get("/delegations").json()["items"]
    assert (listed["ended_for"], listed["ended_at"], listed["version"]) == ([owner.id], None, 2)
    assert town.request("DELETE", path, If_Match='"2"').status_code == 204
    assert not keeps(helper, others)


def test_one_by_name_of_another_organization_is_not_shown_to_the_own_agency(
    town: Agency, helper: Agency, owner: Agency, directory: Directory
) -> None:
    owned(town, owner, directory)
    given = delegate(town, helper, organization_ids=[town.organization()])
    assert owner.get("/delegations").json()["items"] == []
    assert owner.request("DELETE", f"/delegations/{given['id']}").status_code == 404


def test_giver_receiver_and_own_agency_are_told_when_it_begins_and_ends(
    town: Agency, helper: Agency, owner: Agency, directory: Directory
) -> None:
    owned(town, owner, directory)
    everybody = sorted((town.id, helper.id, owner.id))
    given = delegate(town, helper, municipality_codes=["AL-tirane"])
    assert told(directory, given, "delegation.given.v1") == everybody
    for _ in range(2):
        assert helper.request("DELETE", f"/delegations/{given['id']}").status_code == 204
        assert told(directory, given, "delegation.ended.v1") == everybody


def test_who_has_ended_it_for_its_own_is_not_told_of_the_rest(
    town: Agency, helper: Agency, owner: Agency, client: Any, directory: Directory
) -> None:
    another = Agency(client, town.issuer)
    for each in (owner, another):
        owned(town, each, directory)
    given = delegate(town, helper, municipality_codes=["AL-tirane"])
    owner.request("DELETE", f"/delegations/{given['id']}")
    first = [town.id, helper.id, owner.id]
    assert told(directory, given, "delegation.ended.v1") == sorted(first)
    town.request("DELETE", f"/delegations/{given['id']}")
    assert told(directory, given, "delegation.ended.v1") == sorted([*first, town.id, helper.id, another.id])


def test_people_are_named_by_ids_alone(town: Agency, helper: Agency) -> None:
    delegate(town, helper, 400, municipality_codes=["AL-tirane"], account_ids=["officer.tirana@example.org"])
