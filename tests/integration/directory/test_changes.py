"""The public feed of changes: withdrawals stand in it, and whoever keeps its cursor misses nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from services.directory.adapters.documents import publish_documents
from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body


@pytest.fixture
def cursor(client: Any) -> int:
    """The end of the feed as it is now."""
    return read_on(client, 0)[1]


def read_on(client: Any, after: int) -> tuple[list[dict[str, Any]], int]:
    """Read all changes after a cursor, and where that leads."""
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(f"/changes?after={after}&limit=100").json()
        if not page["changes"]:
            assert page["next"] == after
            return found, after
        found += page["changes"]
        after = page["next"]


def told(client: Any, cursor: int, kind: str = "service") -> list[tuple[str, str]]:
    return [(entry["id"], entry["change"]) for entry in read_on(client, cursor)[0] if entry["kind"] == kind]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", "after=99999999999999999999"])
def test_an_unfit_cursor_is_refused(client: Any, query: str) -> None:
    assert client.get(f"/changes?{query}").status_code == 400


def test_a_draft_and_a_network_service_are_told_to_nobody(client: Any, agency: Agency, cursor: int) -> None:
    agency.draft()
    agency.publish(tier="network")
    assert read_on(client, cursor)[0] == []


def test_publishing_changing_and_withdrawing_are_told_in_order(client: Any, agency: Agency, cursor: int) -> None:
    listing = agency.publish()
    path = f"/listings/{listing['id']}"
    body = {**listing_body(), "name": "Renamed"}
    body.pop("capacity")
    version = agency.get(path).headers["ETag"]
    assert agency.put(path, body, If_Match=version).status_code == 200
    assert agency.post(f"{path}/withdraw").status_code == 200
    changes = told(client, cursor)
    assert changes == [(listing["id"], change) for change in ("published", "changed", "withdrawn")]
    assert [change for _, change in told(client, cursor, "organization")] == ["published", "withdrawn"]
    assert [change for _, change in told(client, cursor, "service_at_location")] == [
        "published",
        "changed",
        "withdrawn",
    ]


def test_a_service_that_stops_being_public_is_withdrawn_and_comes_back(
    client: Any, agency: Agency, cursor: int
) -> None:
    listing = agency.publish()
    for tier in ("network", "public"):
        body = {**listing_body(), "tier": tier}
        body.pop("capacity")
        path = f"/listings/{listing['id']}"
        assert agency.put(path, body, If_Match=agency.get(path).headers["ETag"]).status_code == 200
    assert [change for _, change in told(client, cursor)] == ["published", "withdrawn", "published"]


def merge(agency: Agency, keep: dict[str, Any], fold: dict[str, Any]) -> None:
    sides = {
        name: {"id": side["id"], "version": str(side["version"])} for name, side in (("keep", keep), ("fold", fold))
    }
    answer = agency.post("/merges", {"kind": "listing", **sides, "take": []})
    assert answer.status_code == 201, answer.text


def test_a_merge_says_what_stands_for_the_old_record(client: Any, agency: Agency, cursor: int) -> None:
    owner = agency.organization()
    keep, fold = (agency.publish(organization_id=owner) for _ in range(2))
    merge(agency, keep, fold)
    told_of_it = [entry for entry in read_on(client, cursor)[0] if entry["id"] == fold["id"]]
    assert [entry["change"] for entry in told_of_it] == ["published", "withdrawn", "merged"]
    assert [entry.get("replaced_by") for entry in told_of_it] == [None, None, keep["id"]]


def test_a_merge_into_what_is_not_public_names_nothing(client: Any, agency: Agency, cursor: int) -> None:
    owner = agency.organization()
    keep, fold = agency.publish(organization_id=owner, tier="network"), agency.publish(organization_id=owner)
    merge(agency, keep, fold)
    assert keep["id"] not in str(read_on(client, cursor)[0])
    assert [change for _, change in told(client, cursor)] == ["published", "withdrawn"]


def test_what_a_place_tells_of_its_service_is_told_as_changed_with_it(client: Any, agency: Agency, cursor: int) -> None:
    """The place's own address holds the whole service: who keeps a copy of it must hear of both."""
    listing = agency.publish(location={"kind": "physical", "municipality": "AL-tirane", "address_1": "Rruga 1"})
    seen = client.get("/changes", params={"after": cursor}).json()["next"]
    reported = {"available": 1, "maximum": 10, "unit": "places"}
    answer = agency.put(f"/listings/{listing['id']}/capacity", reported, If_Match=f'"{listing["version"]}"')
    assert answer.status_code == 200, answer.text
    told = {
        (change["kind"], change["change"])
        for change in client.get("/changes", params={"after": seen}).json()["changes"]
    }
    assert told == {("service", "changed"), ("service_at_location", "changed")}


def test_what_did_not_change_is_not_told(client: Any, agency: Agency, directory: Directory) -> None:
    listing = agency.publish()
    _, end = read_on(client, 0)
    with directory.unit_of_work() as uow:
        uow.listings.publish_again(listing["id"])
        uow.commit()
    assert read_on(client, end)[0] == []
    # As reindexing does it, which writes places again by which the service is found.
    with directory.engine.begin() as connection:
        publish_documents(connection, [listing["id"]], anew=True)
    assert read_on(client, end)[0] == []


def test_a_change_that_commits_late_is_still_told(client: Any, agency: Agency, directory: Directory) -> None:
    early, late = agency.draft(), agency.draft()
    _, end = read_on(client, 0)
    with directory.unit_of_work() as uow:
        listing = uow.listings.get(early["id"])
        assert listing is not None
        listing.publish(directory.clock.now())
        uow.listings.save(listing)
        # Begun before, and committed after what follows.
        agency.post(f"/listings/{late['id']}/publish")
        seen, end = read_on(client, end)
        assert {entry["id"] for entry in seen if entry["kind"] == "service"} == {late["id"]}
        uow.commit()
    assert told(client, end) == [(early["id"], "published")]


def test_a_reader_beside_many_writers_misses_nothing_and_reads_nothing_twice(
    client: Any, agency: Agency, directory: Directory, cursor: int
) -> None:
    organizations = [agency.organization() for _ in range(4)]
    drafts = [[agency.draft(organization_id=owner)["id"] for _ in range(6)] for owner in organizations]
    begin, failed = threading.Barrier(5), []

    def publish(ids: list[str]) -> None:
        begin.wait()
        try:
            for listing_id in ids:
                with directory.unit_of_work() as uow:
                    listing = uow.listings.get(listing_id)
                    assert listing is not None
                    listing.publish(directory.clock.now())
                    uow.listings.save(listing)
                    uow.commit()
        except Exception as error:
            failed.append(error)

    writers = [threading.Thread(target=publish, args=(ids,)) for ids in drafts]
    for writer in writers:
        writer.start()
    begin.wait()
    seen: list[dict[str, Any]] = []
    while any(writer.is_alive() for writer in writers):
        found, cursor = read_on(client, cursor)
        seen += found
    for writer in writers:
        writer.join()
    seen += read_on(client, cursor)[0]
    assert failed == []
    numbers = [entry["cursor"] for entry in seen]
    assert numbers == sorted(set(numbers))
    services = [entry["id"] for entry in seen if entry["kind"] == "service"]
    assert sorted(services) == sorted(listing_id for ids in drafts for listing_id in ids)


def test_a_change_says_the_moment_that_the_record_says(client: Any, agency: Agency, cursor: int) -> None:
    listing = agency.publish()
    path = f"/listings/{listing['id']}"
    agency.post(f"{path}/confirm", If_Match=agency.get(path).headers["ETag"])
    body = {**listing_body(), "name": "Renamed", "location": {"kind": "physical", "municipality": "AL-kolonje"}}
    body.pop("capacity")
    assert agency.put(path, body, If_Match=agency.get(path).headers["ETag"]).status_code == 200
    changes = read_on(client, cursor)[0]
    own = {"organization_id": listing["organization_id"], "minimal": "true"}
    for kind in ("service", "service_at_location"):
        (record,) = client.get(f"/{kind}s", params=own).json()["contents"]
        told_at = [entry["last_modified"] for entry in changes if entry["id"] == record["id"]]
        assert told_at[-1] == record["last_modified"], kind
        assert told_at == sorted(set(told_at)), "each change is later than the one before"


def test_what_changes_with_its_organization_is_told_as_changed_later(client: Any, agency: Agency, cursor: int) -> None:
    owner = agency.organization()
    listing = agency.publish(organization_id=owner)
    path = f"/own-organizations/{owner}"
    kept = agency.get(path)
    changed = {**kept.json(), "name": "Renamed"}
    names = ("name", "description", "alternate_name", "email", "website", "phone")
    body = {name: changed[name] for name in names if changed.get(name) is not None}
    answer = agency.put(path, body, If_Match=kept.headers["ETag"])
    assert answer.status_code == 200, answer.text
    told_at = [entry["last_modified"] for entry in read_on(client, cursor)[0] if entry["id"] == listing["id"]]
    assert len(told_at) == 2
    assert told_at[0] < told_at[1]
