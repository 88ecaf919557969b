"""Every change leaves a version: who, when, why, what; and no confidential address outside its own tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body

ADDRESS = "Rruga e Fshehur 7"
PLACE = {"municipality": "AL-shkoder", "address_1": ADDRESS, "latitude": 41.7836, "longitude": 19.6436}
SHELTER = {"kind": "confidential", **PLACE}


def history(agency: Agency, listing_id: str) -> list[dict[str, Any]]:
    answer = agency.get(f"/listings/{listing_id}/versions")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def change(agency: Agency, listing: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = listing_body(capacity=None, **changes)
    answer = agency.put(f"/listings/{listing['id']}", body, If_Match=f'"{listing["version"]}"')
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_history_is_for_those_who_keep_the_listing(agency: Agency, other_agency: Agency) -> None:
    listing = agency.publish()
    path = f"/listings/{listing['id']}"
    for asked in ("versions", "versions/1", "diff?from=1&to=2"):
        assert other_agency.get(f"{path}/{asked}").status_code == 404
    assert other_agency.post(f"{path}/revert", {"number": 1}, If_Match='"2"').status_code == 404
    assert agency.get(f"{path}/versions/9").status_code == 404
    assert agency.get(f"{path}/versions/0").status_code == 400
    assert agency.get(f"{path}/diff?from=1&to=9").status_code == 404
    assert agency.get(f"{path}/diff?from=x").status_code == 400


def test_every_change_leaves_a_version_and_a_count_of_places_none(agency: Agency) -> None:
    person = agency.person()
    listing = change(person, person.publish(), name="Changed")
    path = f"/listings/{listing['id']}"
    reported = person.put(f"{path}/capacity", {"available": 1}, If_Match=f'"{listing["version"]}"').json()
    person.post(f"{path}/withdraw")
    entries = history(person, listing["id"])
    told = [(entry["number"], entry["action"], entry["status"]) for entry in entries]
    assert reported["version"] == 4
    assert told == [
        (5, "withdraw", "withdrawn"),
        (3, "edit", "published"),
        (2, "publish", "published"),
        (1, "draft", "draft"),
    ]
    assert {(entry["agency_id"], entry["account_id"]) for entry in entries} == {(person.id, person.account)}


def test_pages_of_the_history_have_no_gaps(agency: Agency) -> None:
    listing = agency.publish()
    for name in ("A", "B", "C"):
        listing = change(agency, listing, name=name)
    seen: list[int] = []
    before = ""
    while True:
        page = agency.get(f"/listings/{listing['id']}/versions?limit=2{before}").json()
        seen += [entry["number"] for entry in page["items"]]
        if page["next_before"] is None:
            break
        before = f"&before={page['next_before']}"
    assert seen == [5, 4, 3, 2, 1]


def test_a_diff_names_the_fields_and_both_values(agency: Agency) -> None:
    listing = agency.publish(name="Before", minimum_age=6)
    changed = change(agency, listing, name="After", minimum_age=None, alert="Closed on Friday.")
    answer = agency.get(f"/listings/{listing['id']}/diff?from=2&to={changed['version']}").json()
    assert answer["changes"] == [
        {"field": "alert", "old": None, "new": "Closed on Friday."},
        {"field": "minimum_age", "old": 6, "new": None},
        {"field": "name", "old": "Before", "new": "After"},
    ]
    assert agency.get(f"/listings/{listing['id']}/diff").json() == answer
    same = agency.get(f"/listings/{listing['id']}/diff?from=1&to=2").json()
    assert same == {"from": 1, "to": 2, "changes": []}


def test_going_back_is_a_new_version_with_the_old_content(agency: Agency, client: Any) -> None:
    listing = agency.publish(name="Before", location={"kind": "physical", "municipality": "AL-tirane"})
    changed = change(agency, listing, name="After", location={"kind": "virtual"})
    path = f"/listings/{listing['id']}"
    assert agency.post(f"{path}/revert", {"number": 2}).status_code == 428
    assert agency.post(f"{path}/revert", {"number": 2}, If_Match='"2"').status_code == 412
    seen = f'"{changed["version"]}"'
    assert agency.post(f"{path}/revert", {"number": 77}, If_Match=seen).status_code == 404
    reverted = agency.post(f"{path}/revert", {"number": 2}, If_Match=seen).json()
    assert (reverted["name"], reverted["version"], reverted["location"]["kind"]) == ("Before", 4, "physical")
    assert client.get(f"/services/{listing['id']}").json()["name"] == "Before"
    latest = history(agency, listing["id"])[0]
    assert (latest["action"], latest["note"]) == ("revert", "2")


def test_going_back_waits_for_review_where_review_is_required(agency: Agency, client: Any) -> None:
    listing = agency.publish(name="Before")
    changed = change(agency, listing, name="After")
    agency.set_review(listing["organization_id"], "required")
    path = f"/listings/{listing['id']}"
    answer = agency.post(f"{path}/revert", {"number": 2}, If_Match=f'"{changed["version"]}"').json()
    assert (answer["name"], answer["stage"]) == ("After", "revised")
    assert agency.get(f"{path}/proposal").json()["content"]["name"] == "Before"
    assert client.get(f"/services/{listing['id']}").json()["name"] == "After"


def test_a_confidential_address_is_in_no_version_but_comes_back_with_it(agency: Agency, directory: Directory) -> None:
    listing = agency.publish(location=SHELTER)
    changed = change(agency, listing, name="After", location={**SHELTER, "address_1": "Rruga e Re 1"})
    path = f"/listings/{listing['id']}"
    for asked in ("versions", "versions/1", "versions/3"):
        assert "Rruga e" not in agency.get(f"{path}/{asked}").text
    diff = agency.get(f"{path}/diff?from=2&to=3")
    assert "Rruga e" not in diff.text
    hidden = [entry for entry in diff.json()["changes"] if entry["field"] == "location"]
    assert hidden == [
        {"field": "location", "old": {"kind": "confidential"}, "new": {"kind": "confidential"}, "is_hidden": True}
    ]
    reverted = agency.post(f"{path}/revert", {"number": 2}, If_Match=f'"{changed["version"]}"')
    assert ADDRESS not in reverted.text
    assert agency.get(path).json()["location"]["address_1"] == ADDRESS
    assert "Rruga e" not in stored(directory, listing["id"])


def test_a_place_that_becomes_confidential_is_taken_out_of_older_versions(agency: Agency, directory: Directory) -> None:
    listing = agency.publish(location={"kind": "physical", **PLACE})
    assert ADDRESS in stored(directory, listing["id"])
    change(agency, listing, location=SHELTER)
    told = stored(directory, listing["id"])
    assert ADDRESS not in told
    assert "41.7836" not in told


def test_what_a_proposal_says_of_a_place_is_kept_apart(agency: Agency, directory: Directory) -> None:
    listing = agency.publish(location=SHELTER)
    agency.set_review(listing["organization_id"], "required")
    change(agency, listing, location={"kind": "physical", **PLACE})
    assert ADDRESS not in stored(directory, listing["id"])
    proposed = agency.get(f"/listings/{listing['id']}/proposal").json()["content"]
    assert proposed["location"]["address_1"] == ADDRESS


@pytest.mark.parametrize("now", [{}, {"waits": True}])
def test_going_back_opens_no_place_that_is_confidential_today(agency: Agency, client: Any, now: dict[str, Any]) -> None:
    listing = agency.publish(name="Before", location={"kind": "physical", **PLACE})
    if now:
        agency.set_review(listing["organization_id"], "required")
    changed = change(agency, listing, name="After", location=SHELTER)
    path = f"/listings/{listing['id']}"
    reverted = agency.post(f"{path}/revert", {"number": 2}, If_Match=f'"{changed["version"]}"')
    assert reverted.status_code == 200, reverted.text
    says = agency.get(f"{path}/proposal").json()["content"] if now else agency.get(path).json()
    assert (says["name"], says["location"]) == ("Before", SHELTER)
    if not now:
        public = client.get(f"/services/{listing['id']}").text
        assert "Before" in public
        assert ADDRESS not in public


def test_a_version_says_what_going_back_would_change_today(agency: Agency) -> None:
    listing = agency.publish(name="First", location={"kind": "physical", **PLACE})
    changed = change(agency, listing, name="Second", location={"kind": "physical", **PLACE})
    change(agency, changed, name="Third", location=SHELTER)
    answer = agency.get(f"/listings/{listing['id']}/versions/2")
    back = {"changes": [{"field": "name", "old": "Third", "new": "First"}], "keeps_place": True}
    assert answer.json()["going_back"] == back
    assert ADDRESS not in answer.text


def test_a_version_says_what_going_back_would_change_of_the_revision_that_waits(agency: Agency) -> None:
    listing = agency.publish(name="First")
    agency.set_review(listing["organization_id"], "required")
    change(agency, listing, name="Waiting")
    back = agency.get(f"/listings/{listing['id']}/versions/2").json()["going_back"]
    assert back == {"changes": [{"field": "name", "old": "Waiting", "new": "First"}], "keeps_place": False}


def test_going_back_takes_a_place_that_was_confidential_then_as_it_was(agency: Agency) -> None:
    listing = agency.publish(location=SHELTER)
    changed = change(agency, listing, location={"kind": "virtual"})
    path = f"/listings/{listing['id']}"
    agency.post(f"{path}/revert", {"number": 2}, If_Match=f'"{changed["version"]}"')
    assert agency.get(path).json()["location"] == SHELTER


def stored(directory: Directory, listing_id: str) -> str:
    with directory.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT content FROM listing_version WHERE listing_id = :id"), {"id": listing_id}
        ).scalars()
        return json.dumps(list(rows), ensure_ascii=False)


def metadata(client: Any, listing: dict[str, Any]) -> dict[str, tuple[str, str]]:
    told = client.get(f"/services/{listing['id']}").json().get("metadata", ())
    return {entry["field_name"]: (entry["previous_value"], entry["replacement_value"]) for entry in told}


def test_the_public_history_tells_of_lists_numbers_hours_and_closing_but_of_no_place(
    agency: Agency, client: Any
) -> None:
    hours = {"byday": "MO,TU", "opens_at": "08:00", "closes_at": "12:00"}
    listing = agency.publish(location={"kind": "physical", **PLACE}, schedule=[hours], phone="116 111")
    listing = change(
        agency, listing, languages=["sq"], serves=["AL"], taxonomy_terms=["hotline"], phone="116 000", always_open=True
    )
    agency.post(f"/listings/{listing['id']}/close", {"reason": "holidays"})
    assert metadata(client, listing) == {
        "languages": ("sq, en", "sq"),
        "service_areas": ("AL-tirane", "AL"),
        "attributes": ("psychosocial-support", "hotline"),
        "phones": ("", ""),
        "schedules": ("MO,TU 08:00-12:00", "always open"),
        "status": ("active", "temporarily closed"),
    }
    assert ADDRESS not in json.dumps(client.get(f"/services/{listing['id']}").json()["metadata"])


def test_what_was_taken_back_is_not_published_by_taking_it_back(agency: Agency, client: Any) -> None:
    """A name or a private number that somebody wrote by mistake is gone for everybody but the keepers."""
    hours = {"byday": "MO", "opens_at": "08:00", "closes_at": "12:00", "description": "Ask for Marker-Vvq"}
    private = {"description": "Ask Marker-Vvq, the father of M.", "phone": "116 999 777"}
    listing = agency.publish(location={"kind": "virtual"}, schedule=[hours], email="marker-vvq@example.org", **private)
    plain = {**hours, "description": "By appointment"}
    listing = change(agency, listing, description="Ask us.", phone="116 111", schedule=[plain], email="us@example.org")
    for path, parameters in (
        (f"/services/{listing['id']}", {}),
        ("/services", {"organization_id": listing["organization_id"], "full": "true"}),
        ("/exports", {"format": "ndjson"}),
    ):
        told = client.get(path, params=parameters).text
        assert listing["id"] in told
        assert not {words for words in ("Marker-Vvq", "marker-vvq", "999 777") if words in told}, path
    assert set(metadata(client, listing)) == {"description", "phones", "email"}
    kept = agency.get(f"/listings/{listing['id']}/diff?from=1&to={listing['version']}").text
    assert "Marker-Vvq" in kept
