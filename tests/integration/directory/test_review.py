"""A second pair of eyes: who may decide, what waits meanwhile, and that nobody is locked out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body


def etag(answer: Any) -> str:
    return f'"{answer["version"]}"'


@dataclass
class Desk:
    """An organization that asks for review, with two people of its agency, and somebody who keeps other listings."""

    author: Agency
    second: Agency
    stranger: Agency
    organization_id: str

    def draft(self, **changes: Any) -> dict[str, Any]:
        return self.author.draft(organization_id=self.organization_id, **changes)

    def published(self, **changes: Any) -> dict[str, Any]:
        submitted = act(self.author, self.draft(**changes)["id"], "submit")
        return act(self.second, submitted["id"], "approve", If_Match=etag(submitted))


def act(agency: Agency, listing_id: str, step: str, body: Any = None, expect: int = 200, **headers: str) -> Any:
    answer = agency.post(f"/listings/{listing_id}/{step}", body, **headers)
    assert answer.status_code == expect, answer.text
    return answer.json()


@pytest.fixture
def desk(agency: Agency, other_agency: Agency) -> Desk:
    organization_id = agency.organization()
    assert agency.set_review(organization_id, "required").status_code == 200
    return Desk(agency.person(), agency.person(), other_agency.person(), organization_id)


def test_another_agency_sees_and_decides_nothing(desk: Desk) -> None:
    submitted = act(desk.author, desk.draft()["id"], "submit")
    for step, body in (("submit", None), ("recall", None), ("approve", None), ("comments", {"text": "x"})):
        act(desk.stranger, submitted["id"], step, body, 404, If_Match=etag(submitted))
    act(desk.stranger, submitted["id"], "reject", {"reason": "wrong"}, 404, If_Match=etag(submitted))
    assert desk.stranger.get(f"/listings/{submitted['id']}/proposal").status_code == 404
    assert desk.stranger.get("/reviews").json()["items"] == []


def test_one_person_alone_publishes_nothing(desk: Desk) -> None:
    draft = desk.draft()
    refused = act(desk.author, draft["id"], "publish", expect=409)
    assert refused["allowed_actions"] == ["edit", "submit", "delete"]
    submitted = act(desk.author, draft["id"], "submit")
    refused = act(desk.author, draft["id"], "approve", expect=409, If_Match=etag(submitted))
    assert refused["allowed_actions"] == ["comment", "recall"]
    act(desk.author, draft["id"], "reject", {"reason": "wrong"}, 409, If_Match=etag(submitted))


def test_whoever_edited_last_does_not_approve_what_a_colleague_submitted(desk: Desk) -> None:
    draft = desk.draft()
    path = f"/listings/{draft['id']}"
    edited = desk.second.put(path, listing_body(capacity=None, name="Mended"), If_Match=etag(draft))
    assert edited.status_code == 200
    submitted = act(desk.author, draft["id"], "submit")
    act(desk.second, draft["id"], "approve", expect=409, If_Match=etag(submitted))
    third = desk.author.person()
    assert act(third, draft["id"], "approve", If_Match=etag(submitted))["status"] == "published"


def test_a_system_does_not_approve(desk: Desk) -> None:
    submitted = act(desk.author, desk.draft()["id"], "submit")
    act(desk.author.system(), submitted["id"], "approve", expect=403, If_Match=etag(submitted))


def test_only_what_was_seen_is_approved(desk: Desk) -> None:
    submitted = act(desk.author, desk.draft()["id"], "submit")
    act(desk.second, submitted["id"], "approve", expect=428)
    act(desk.second, submitted["id"], "approve", expect=412, If_Match='"1"')


def test_a_second_person_puts_it_into_the_directory(desk: Desk, client: Any) -> None:
    submitted = act(desk.author, desk.draft()["id"], "submit")
    assert (submitted["status"], submitted["stage"]) == ("in_review", "in_review")
    assert client.get(f"/services/{submitted['id']}").status_code == 404
    waiting = desk.second.get("/reviews").json()["items"]
    assert [(entry["listing_id"], entry["may_decide"]) for entry in waiting] == [(submitted["id"], True)]
    assert not desk.author.get("/reviews").json()["items"][0]["may_decide"]
    approved = act(desk.second, submitted["id"], "approve", If_Match=etag(submitted))
    assert (approved["status"], approved["stage"]) == ("published", "published")
    assert client.get(f"/services/{submitted['id']}").status_code == 200
    assert desk.second.get("/reviews").json()["items"] == []


def test_in_review_nothing_is_edited(desk: Desk) -> None:
    submitted = act(desk.author, desk.draft()["id"], "submit")
    answer = desk.author.put(f"/listings/{submitted['id']}", listing_body(capacity=None), If_Match=etag(submitted))
    assert (answer.status_code, answer.json()["allowed_actions"]) == (409, ["comment", "recall"])
    recalled = act(desk.author, submitted["id"], "recall")
    assert (recalled["stage"], "edit" in recalled["allowed_actions"]) == ("draft", True)


def test_what_is_sent_back_says_why(desk: Desk) -> None:
    submitted = act(desk.author, desk.draft()["id"], "submit")
    wrong = {"reason": "because"}
    act(desk.second, submitted["id"], "reject", wrong, 400, If_Match=etag(submitted))
    commented = act(desk.second, submitted["id"], "comments", {"text": "Until which age?"})
    body = {"reason": "incomplete", "note": "The hours are missing."}
    rejected = act(desk.second, submitted["id"], "reject", body, If_Match=etag(commented))
    assert rejected["review"] == {"required": True, "rejected_for": "incomplete", "note": "The hours are missing."}
    assert rejected["stage"] == "draft"
    history = desk.author.get(f"/listings/{submitted['id']}/versions").json()["items"]
    told = [(entry["action"], entry.get("reason"), entry.get("note")) for entry in history[:2]]
    assert told == [
        ("reject", "incomplete", "The hours are missing."),
        ("comment", None, "Until which age?"),
    ]


def test_a_published_listing_stays_as_it_was_until_its_revision_is_approved(desk: Desk, client: Any) -> None:
    listing = desk.published(name="Before")
    path, public = f"/listings/{listing['id']}", f"/services/{listing['id']}"
    answer = desk.author.put(path, listing_body(capacity=None, name="After"), If_Match=etag(listing)).json()
    assert (answer["name"], answer["stage"]) == ("Before", "revised")
    assert client.get(public).json()["name"] == "Before"
    assert desk.author.get(f"{path}/proposal").json()["content"]["name"] == "After"
    assert [entry["stage"] for entry in desk.author.get("/listings").json()["items"]] == ["revised"]
    submitted = act(desk.author, listing["id"], "submit")
    assert client.get(public).json()["name"] == "Before"
    approved = act(desk.second, listing["id"], "approve", If_Match=etag(submitted))
    assert (approved["name"], approved["stage"]) == ("After", "published")
    assert client.get(public).json()["name"] == "After"
    assert desk.author.get(f"{path}/proposal").status_code == 404


def test_where_to_call_and_what_to_know_changes_at_once(desk: Desk, client: Any) -> None:
    listing = desk.published(name="Before")
    body = listing_body(capacity=None, name="After", alert="No warm water today.", phone="04 123 456")
    answer = desk.author.put(f"/listings/{listing['id']}", body, If_Match=etag(listing)).json()
    assert (answer["name"], answer["alert"], answer["stage"]) == ("Before", "No warm water today.", "revised")
    assert client.get(f"/services/{listing['id']}").json()["alert"] == "No warm water today."
    small = listing_body(capacity=None, name="Before", alert="Warm water again.")
    again = desk.author.put(f"/listings/{listing['id']}", small, If_Match=etag(answer)).json()
    assert (again["alert"], again["stage"]) == ("Warm water again.", "published")


def test_a_revision_is_discarded_and_withdrawing_takes_it_along(desk: Desk) -> None:
    listing = desk.published()
    path = f"/listings/{listing['id']}"
    revised = desk.author.put(path, listing_body(capacity=None, name="After"), If_Match=etag(listing)).json()
    assert desk.author.request("DELETE", f"{path}/proposal").status_code == 428
    discarded = desk.author.request("DELETE", f"{path}/proposal", If_Match=etag(revised)).json()
    assert discarded["stage"] == "published"
    desk.author.put(path, listing_body(capacity=None, name="After"), If_Match=etag(discarded))
    withdrawn = act(desk.author, listing["id"], "withdraw")
    assert withdrawn["stage"] == "withdrawn"
    assert desk.author.get(f"{path}/proposal").status_code == 404


def test_what_cannot_be_published_cannot_be_submitted(desk: Desk) -> None:
    act(desk.author, desk.draft(location={"kind": "virtual"}, serves=[])["id"], "submit", expect=422)


def test_steps_repeated_with_their_key_are_taken_once(desk: Desk) -> None:
    draft, key = desk.draft(), str(uuid.uuid4())
    first = act(desk.author, draft["id"], "submit", Idempotency_Key=key)
    assert act(desk.author, draft["id"], "submit", Idempotency_Key=key) == first
    act(desk.author, draft["id"], "submit", expect=409)
    assert desk.author.request("POST", f"/listings/{draft['id']}/recall").status_code == 400


def test_a_single_agency_is_not_locked_out_and_its_waiver_is_on_record(agency: Agency, directory: Directory) -> None:
    listing = agency.publish()
    assert listing["review"]["required"] is False
    with directory.engine.connect() as connection:
        purposes = connection.execute(
            text("SELECT purpose FROM audit_record WHERE object_id = :id AND action = 'listing.publish'"),
            {"id": listing["id"]},
        ).scalars()
        assert list(purposes) == ["review_waived"]
    latest = agency.get(f"/listings/{listing['id']}/versions").json()["items"][0]
    assert (latest["action"], latest["reason"]) == ("publish", "review_waived")


@pytest.mark.parametrize(("tag", "status"), [("*", 428), ('W/"2"', 412)])
def test_who_approves_names_the_version_that_he_has_seen(agency: Agency, tag: str, status: int) -> None:
    author = agency.person()
    organization_id = author.organization()
    assert author.set_review(organization_id, "required").status_code == 200
    draft = author.draft(organization_id=organization_id)
    assert act(author, draft["id"], "submit")["version"] == 2
    assert agency.person().post(f"/listings/{draft['id']}/approve", If_Match=tag).status_code == status


def test_the_rule_is_changed_by_whoever_has_seen_it(agency: Agency) -> None:
    path = f"/organizations/{agency.organization()}/review"
    assert agency.put(path, {"review": "required"}).status_code == 428
    assert agency.put(path, {"review": "required"}, If_Match="*").status_code == 428
    assert agency.put(path, {"review": "required"}, If_Match='"of-yesterday"').status_code == 412


def test_where_two_agencies_keep_the_listings_either_reviews_the_other(
    agency: Agency, other_agency: Agency, directory: Directory
) -> None:
    organization_id = agency.organization(linked=False)
    with directory.engine.begin() as connection:
        changed = text("UPDATE organization SET agency_id = :agency WHERE id = :id")
        connection.execute(changed, {"agency": other_agency.id, "id": organization_id})
    alone = replace(other_agency, account=str(uuid.uuid4()))
    draft = alone.draft(organization_id=organization_id)
    assert act(alone, draft["id"], "publish", expect=409)["allowed_actions"] == ["edit", "submit", "delete"]
    submitted = act(alone, draft["id"], "submit")
    assert act(agency, draft["id"], "approve", If_Match=etag(submitted))["status"] == "published"
