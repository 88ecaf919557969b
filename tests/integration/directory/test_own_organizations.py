"""What an organization says of itself is changed by its keepers, as they have seen it, and told at once."""

from __future__ import annotations

import pytest

from tests.support.directory import Agency

SAID = {"name": "Qendra Agimi", "description": "A centre."}


def path_of(organization_id: str) -> str:
    return f"/own-organizations/{organization_id}"


def test_another_agency_neither_reads_nor_changes_it(agency: Agency, other_agency: Agency) -> None:
    path = path_of(agency.organization())
    etag = agency.get(path).headers["ETag"]
    assert other_agency.get(path).status_code == 404
    assert other_agency.put(path, SAID, If_Match=etag).status_code == 404


def test_a_delegate_reads_it_and_does_not_change_it(agency: Agency, other_agency: Agency) -> None:
    organization_id = agency.organization()
    given = {"to_agency_id": other_agency.id, "organization_ids": [organization_id]}
    assert agency.post("/delegations", given).status_code == 201
    etag = other_agency.get(path_of(organization_id)).headers["ETag"]
    assert other_agency.put(path_of(organization_id), SAID, If_Match=etag).status_code == 404


def test_it_is_changed_only_as_it_was_seen(agency: Agency) -> None:
    path = path_of(agency.organization())
    seen = agency.get(path).headers["ETag"]
    assert agency.put(path, SAID).status_code == 428
    assert agency.put(path, SAID | {"phone": "116 111"}, If_Match=seen).status_code == 200
    answer = agency.put(path, SAID, If_Match=seen)
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (412, "stale-version")
    assert agency.get(path).json()["phone"] == "116 111"


def test_its_services_carry_the_new_name_at_once(agency: Agency) -> None:
    listing = agency.publish()
    path = path_of(listing["organization_id"])
    etag = agency.get(path).headers["ETag"]
    answer = agency.put(path, SAID | {"name": "Agimi Ndryshe", "website": "https://agimi.example.org"}, If_Match=etag)
    assert answer.json()["version"] in answer.headers["ETag"] != etag
    service = agency.get(f"/services/{listing['id']}").json()
    assert service["organization"]["name"] == "Agimi Ndryshe"
    public = agency.get(f"/organizations/{listing['organization_id']}").json()
    assert public["website"] == "https://agimi.example.org"
    assert [found["id"] for found in agency.get("/services?search=Agimi Ndryshe").json()["contents"]] == [listing["id"]]


def test_what_a_second_person_looks_at_is_not_renamed_by_one(agency: Agency) -> None:
    organization_id = agency.organization()
    rule = f"/organizations/{organization_id}/review"
    path = path_of(organization_id)
    seen = agency.get(path).headers["ETag"]
    assert agency.put(rule, {"review": "required"}, If_Match=seen).status_code == 200
    assert agency.put(rule, {"review": "waived"}, If_Match=seen).status_code == 412
    read = agency.get(path)
    assert (read.json()["review"], read.json()["review_required"]) == ("required", True)
    changed = SAID | {"phone": "116 111"}
    renamed = agency.put(path, changed | {"name": "Other"}, If_Match=read.headers["ETag"])
    told = renamed.json()
    assert (told["name"], told["phone"], told["stage"]) == (SAID["name"], "116 111", "revised")
    assert agency.put(path, changed, If_Match=renamed.headers["ETag"]).json()["stage"] == "published"


def test_saying_the_same_again_changes_nothing(agency: Agency) -> None:
    path = path_of(agency.organization())
    before = agency.get(path)
    assert agency.put(path, SAID, If_Match=before.headers["ETag"]).json() == before.json()


def test_a_delegation_is_ended_only_as_it_was_seen(agency: Agency, other_agency: Agency) -> None:
    given = {"to_agency_id": other_agency.id, "organization_ids": [agency.organization()]}
    made = agency.post("/delegations", given)
    path = f"/delegations/{made.json()['id']}"
    assert agency.request("DELETE", path, If_Match='"2"').status_code == 412
    assert agency.request("DELETE", path, If_Match=made.headers["ETag"]).status_code == 204
    assert agency.request("DELETE", path, If_Match=made.headers["ETag"]).status_code == 412
    assert agency.request("DELETE", path).status_code == 204


@pytest.mark.parametrize("tag", ['"not a tag"', "3", '"1", "2"'])
def test_a_tag_that_is_none_is_refused(agency: Agency, tag: str) -> None:
    assert agency.put(path_of(agency.organization()), SAID, If_Match=tag).status_code == 400


def test_a_new_organization_is_read_where_the_answer_says(agency: Agency) -> None:
    body = {"name": "Qendra Agimi", "description": "A centre.", "country": "AL"}
    made = agency.post("/own-organizations", body)
    assert agency.get(made.headers["Location"]).json()["id"] == made.json()["id"]
