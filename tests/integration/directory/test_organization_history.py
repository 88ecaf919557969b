"""What an organization said of itself before: who may read it, who changed it, and what the public is told of it."""

from __future__ import annotations

from typing import Any

from tests.support.directory import Agency

SAID = {"name": "Qendra Agimi", "description": "A centre."}


def revise(agency: Agency, organization_id: str, **said: str) -> None:
    path = f"/own-organizations/{organization_id}"
    answer = agency.put(path, SAID | said, If_Match=agency.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.text


def metadata_of(agency: Agency, organization_id: str) -> list[dict[str, Any]]:
    found = agency.get(f"/organizations/{organization_id}").json()
    return list(found.get("metadata", []))


def test_others_and_delegates_read_no_history(agency: Agency, other_agency: Agency) -> None:
    owner = agency.organization()
    agency.post("/delegations", {"to_agency_id": other_agency.id, "organization_ids": [owner]})
    assert other_agency.get(f"/own-organizations/{owner}").status_code == 200
    for path in ("versions", "versions/1", "diff"):
        assert other_agency.get(f"/own-organizations/{owner}/{path}").status_code == 404


def test_one_that_never_changed_has_one_version(agency: Agency) -> None:
    path = f"/own-organizations/{agency.organization(**SAID)}"
    (only,) = agency.get(f"{path}/versions").json()["items"]
    assert (only["number"], only["action"]) == (1, "register")
    assert agency.get(f"{path}/versions/1").json()["content"] == SAID
    assert agency.get(f"{path}/versions/2").status_code == 404
    assert agency.get(f"{path}/diff").json() == {"from": 1, "to": 1, "changes": []}


def test_each_change_says_who_when_and_what(agency: Agency) -> None:
    owner = agency.organization(**SAID)
    path, person = f"/own-organizations/{owner}", agency.person()
    revise(person, owner, phone="116 111")
    revise(person, owner, phone="116 111")
    revise(agency, owner, description="A house.")
    found = agency.get(f"{path}/versions?limit=2").json()
    assert [(entry["number"], entry["action"]) for entry in found["items"]] == [(3, "edit"), (2, "edit")]
    assert (found["items"][1]["agency_id"], found["items"][1]["account_id"]) == (agency.id, person.account)
    rest = agency.get(f"{path}/versions?before={found['next_before']}").json()
    assert [entry["number"] for entry in rest["items"]] == [1]
    assert agency.get(f"{path}/diff?from=1&to=2").json()["changes"] == [
        {"field": "phone", "old": None, "new": "116 111"}
    ]
    assert agency.get(f"{path}/diff").json()["changes"] == [
        {"field": "description", "old": "A centre.", "new": "A house."},
        {"field": "phone", "old": "116 111", "new": None},
    ]


def test_the_public_is_told_only_what_it_could_read_and_no_person(agency: Agency) -> None:
    owner = agency.organization(**SAID)
    revise(agency, owner, description="Seen by nobody.")
    revise(agency, owner, description="Seen by nobody either.")
    agency.publish(organization_id=owner)
    assert metadata_of(agency, owner) == []
    revise(agency.person(), owner, description="Seen by all.", phone="116 111")
    revise(agency.person(), owner, description="Seen by all still.", phone="116 111")
    (change,) = metadata_of(agency, owner)
    assert (change["field_name"], change["previous_value"], change["replacement_value"]) == ("description", "", "")
    assert (change["resource_type"], change["resource_id"], change["last_action_type"]) == (
        "organization", owner, "update",
    )  # fmt: skip
    assert change["updated_by"] == "Qendra Agimi"


def test_of_an_organization_that_hides_a_place_no_history_is_told(agency: Agency) -> None:
    owner = agency.organization(**SAID)
    agency.publish(organization_id=owner)
    revise(agency, owner, description="At Rruga Demo 1.")
    revise(agency, owner, description="Somewhere.")
    assert len(metadata_of(agency, owner)) == 2
    hidden = {"kind": "confidential", "municipality": "AL-tirane", "address_1": "Rruga Demo 1"}
    agency.publish(organization_id=owner, location=hidden)
    assert metadata_of(agency, owner) == []


def test_what_a_folded_organization_said_can_still_be_read_by_its_keepers_alone(
    agency: Agency, other_agency: Agency
) -> None:
    keep, fold = (agency.organization(name=name) for name in ("Kept house", "Folded house"))
    seen = {each: agency.get(f"/own-organizations/{each}").json()["version"] for each in (keep, fold)}
    agency.post("/delegations", {"to_agency_id": other_agency.id, "organization_ids": [fold]})
    body = {
        "kind": "organization",
        "keep": {"id": keep, "version": seen[keep]},
        "fold": {"id": fold, "version": seen[fold]},
    }
    answer = agency.post("/merges", body)
    assert answer.status_code == 201, answer.text
    path = f"/own-organizations/{fold}"
    for rest in ("/versions", "/versions/1", "/diff"):
        assert other_agency.get(path + rest).status_code == 404
    assert agency.get(f"{path}/versions").json()["items"][0]["action"] == "register"
    assert agency.get(f"{path}/versions/1").json()["content"]["name"] == "Folded house"
    assert agency.get(f"{path}/diff").status_code == 200
    # It is read, and worked on no more.
    answer = agency.put(path, SAID, If_Match=f'"{seen[fold]}"')
    assert (answer.status_code, answer.json()["merged_into"]) == (409, keep)
