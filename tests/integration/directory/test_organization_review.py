"""A second pair of eyes on what organizations say: who may decide, what waits meanwhile, and who is told."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word

SAID = {"name": "Qendra Agimi", "description": "Për fëmijë.", "source_language": "sq"}
EN = {"language": "en", "field": "description", "text": "For children."}


@dataclass
class Desk:
    """An organization that asks for review, with two people of its agency, and somebody who keeps another one."""

    author: Agency
    second: Agency
    stranger: Agency
    id: str

    @property
    def path(self) -> str:
        return f"/own-organizations/{self.id}"

    def now(self) -> dict[str, Any]:
        return dict(self.author.get(self.path).json())

    def tag(self) -> str:
        return f'"{self.now()["version"]}"'

    def write(self, by: Agency | None = None, expect: int = 200, **said: Any) -> dict[str, Any]:
        answer = (by or self.author).put(self.path, SAID | said, If_Match=self.tag())
        assert answer.status_code == expect, answer.text
        return dict(answer.json())

    def act(self, by: Agency, step: str, body: Any = None, expect: int = 200, **headers: str) -> dict[str, Any]:
        answer = by.post(f"{self.path}/{step}", body, **{"If_Match": self.tag(), **headers})
        assert answer.status_code == expect, answer.text
        return dict(answer.json())

    def submitted(self, **said: Any) -> dict[str, Any]:
        self.write(**said)
        return self.act(self.author, "submit")

    def public(self) -> dict[str, Any]:
        return dict(self.author.client.get(f"/organizations/{self.id}").json())

    def waiting_for(self, person: Agency) -> list[dict[str, Any]]:
        return list(person.get("/organization-reviews").json()["items"])


@pytest.fixture
def desk(agency: Agency, other_agency: Agency) -> Desk:
    organization_id = agency.organization(**SAID)
    agency.publish(organization_id=organization_id)
    assert agency.set_review(organization_id, "required").status_code == 200
    return Desk(agency.person(), agency.person(), other_agency.person(), organization_id)


def events_of(directory: Directory, organization_id: str) -> list[tuple[str, int, dict[str, Any]]]:
    with directory.engine.connect() as connection:
        told = text("SELECT type, aggregate_version, data FROM outbox WHERE subject = :id ORDER BY aggregate_version")
        return [tuple(row) for row in connection.execute(told, {"id": organization_id})]  # type: ignore[misc]


def test_other_agencies_and_delegates_see_and_decide_nothing(desk: Desk) -> None:
    desk.submitted(description="Për familje.")
    for is_delegate in (False, True):
        if is_delegate:
            given = {"to_agency_id": desk.stranger.id, "organization_ids": [desk.id]}
            assert desk.author.post("/delegations", given).status_code == 201
        for step, body in (("comments", {"text": "x"}), ("reject", {"reason": "wrong"})):
            desk.act(desk.stranger, step, body, 404)
        for step in ("submit", "recall", "approve", "publish"):
            desk.act(desk.stranger, step, expect=404)
        assert desk.stranger.get(f"{desk.path}/proposal").status_code == 404
        assert desk.stranger.request("DELETE", f"{desk.path}/proposal", If_Match=desk.tag()).status_code == 404
        assert desk.waiting_for(desk.stranger) == []
    read = desk.stranger.get(desk.path).json()
    assert (read["stage"], read["allowed_actions"], "revision" in read) == ("published", [], False)
    assert "Për familje." not in json.dumps(read)


def test_nobody_approves_or_sends_back_what_he_wrote_or_submitted(desk: Desk) -> None:
    desk.submitted(name="Other")
    assert desk.act(desk.author, "approve", expect=409)["allowed_actions"] == ["comment", "recall"]
    desk.act(desk.author, "reject", {"reason": "wrong"}, 409)
    desk.act(desk.author, "recall")
    desk.act(desk.second, "submit")
    for by in (desk.author, desk.second):
        desk.act(by, "approve", expect=409)
    assert desk.public()["name"] == SAID["name"]
    assert desk.act(desk.author.person(), "approve")["name"] == "Other"


def test_a_system_does_not_approve_and_one_person_alone_publishes_nothing(desk: Desk) -> None:
    desk.write(name="Other")
    assert desk.act(desk.author, "publish", expect=409)["allowed_actions"] == ["edit", "submit", "discard"]
    desk.act(desk.author, "submit")
    answer = desk.author.system().post(f"{desk.path}/approve", If_Match=desk.tag())
    assert answer.status_code == 403


def test_only_what_was_seen_is_approved(desk: Desk) -> None:
    seen = desk.submitted(name="Other")["version"]
    answer = desk.second.post(f"{desk.path}/approve")
    assert answer.status_code == 428
    desk.act(desk.second, "comments", {"text": "Which one?"})
    desk.act(desk.second, "approve", expect=412, If_Match=f'"{seen}"')
    desk.act(desk.author, "recall")
    desk.write(name="Quite another")
    again = desk.act(desk.author, "submit")["version"]
    desk.act(desk.second, "approve", expect=412, If_Match=f'"{seen}"')
    assert desk.act(desk.second, "approve", If_Match=f'"{again}"')["name"] == "Quite another"


def test_in_review_nothing_is_edited(desk: Desk) -> None:
    desk.submitted(name="Other")
    refused = desk.write(expect=409, name="Third")
    assert refused["allowed_actions"] == ["comment", "recall"]
    assert "edit" in desk.act(desk.author, "recall")["allowed_actions"]


def test_what_everybody_reads_stays_until_a_second_person_approves(desk: Desk) -> None:
    word = a_word()
    written = desk.write(name=word, description="Për familje.", translations=[EN])
    assert (written["name"], written["stage"], written["revision"]) == (SAID["name"], "revised", {})
    proposal = desk.second.get(f"{desk.path}/proposal")
    assert proposal.headers["ETag"] == desk.tag()
    content = proposal.json()["content"]
    assert (content["name"], content["translations"][0]["text"]) == (word, EN["text"])
    for step in ("submit", None):
        shown = desk.public()
        assert (shown["name"], shown["description"], shown.get("translations")) == (*list(SAID.values())[:2], None)
        assert desk.author.get(f"/organizations?search={word}").json()["contents"] == []
        if step:
            desk.act(desk.author, step)
    approved = desk.act(desk.second, "approve")
    assert (approved["name"], approved["stage"], "revision" in approved) == (word, "published", False)
    shown = desk.public()
    assert (shown["name"], shown["description"], shown["translations"][0]["text"]) == (word, "Për familje.", EN["text"])
    assert [found["id"] for found in desk.author.get(f"/organizations?search={word}").json()["contents"]] == [desk.id]
    assert desk.author.get(f"{desk.path}/proposal").status_code == 404


def test_what_waits_is_listed_to_its_keepers_the_longest_waiting_first(desk: Desk) -> None:
    desk.submitted(name="Other")
    (waiting,) = desk.waiting_for(desk.second)
    assert (waiting["organization_id"], waiting["name"], waiting["may_decide"]) == (desk.id, SAID["name"], True)
    assert not desk.waiting_for(desk.author)[0]["may_decide"]
    later = replace(desk, id=desk.author.organization(**SAID))
    later.author.set_review(later.id, "required")
    later.submitted(name="Third")
    first = desk.second.get("/organization-reviews?limit=1").json()
    rest = desk.second.get(f"/organization-reviews?limit=1&cursor={first['next_cursor']}").json()
    assert [page["items"][0]["organization_id"] for page in (first, rest)] == [desk.id, later.id]
    assert rest["next_cursor"] is None
    desk.act(desk.second, "approve")
    assert [each["organization_id"] for each in desk.waiting_for(desk.second)] == [later.id]


def test_what_is_sent_back_says_why_and_can_be_mended(desk: Desk) -> None:
    desk.submitted(description="Për.")
    desk.act(desk.second, "reject", {"reason": "because"}, 400)
    rejected = desk.act(desk.second, "reject", {"reason": "incomplete", "note": "For whom?"})
    assert (rejected["stage"], rejected["revision"]) == ("revised", {"rejected_for": "incomplete", "note": "For whom?"})
    # Whoever says the same again has changed nothing.
    assert desk.write(desk.second, description="Për.")["version"] == rejected["version"]
    assert desk.write(description="Për të gjithë.")["revision"] == {}


def test_how_to_reach_it_changes_at_once(desk: Desk) -> None:
    answer = desk.write(website="https://agimi.example.org", name="Other")
    assert (answer["name"], answer["stage"]) == (SAID["name"], "revised")
    assert desk.public()["website"] == "https://agimi.example.org"
    # The one who only mends the number has not written the name.
    desk.write(desk.second, phone="116 006", name="Other")
    desk.act(desk.author, "submit")
    approved = desk.act(desk.second, "approve")
    assert (approved["phone"], approved["name"]) == ("116 006", "Other")


def test_a_revision_is_given_up_expressly_or_by_saying_again_what_is_read(desk: Desk) -> None:
    desk.write(name="Other")
    assert desk.author.request("DELETE", f"{desk.path}/proposal").status_code == 428
    answer = desk.author.request("DELETE", f"{desk.path}/proposal", If_Match=desk.tag())
    assert (answer.json()["stage"], answer.headers["ETag"]) == ("published", desk.tag())
    desk.write(name="Other")
    assert desk.write()["stage"] == "published"
    assert desk.author.request("DELETE", f"{desk.path}/proposal", If_Match=desk.tag()).status_code == 409


def test_where_review_is_waived_meanwhile_one_person_publishes_and_that_is_on_record(
    desk: Desk, directory: Directory
) -> None:
    desk.write(name="Other")
    desk.author.waive_review(desk.id)
    assert desk.act(desk.author, "publish")["name"] == "Other"
    before = desk.now()
    assert desk.act(desk.author, "publish") == before
    with directory.engine.connect() as connection:
        recorded = text("SELECT purpose FROM audit_record WHERE object_id = :id AND action = 'organization.publish'")
        assert list(connection.execute(recorded, {"id": desk.id}).scalars()) == ["review_waived"]
    latest = desk.author.get(f"{desk.path}/versions").json()["items"][0]
    assert (latest["action"], latest["reason"]) == ("publish", "review_waived")


def test_the_history_names_both_persons_and_the_public_is_told_of_none(desk: Desk) -> None:
    desk.submitted(description="Për familje.")
    desk.act(desk.second, "reject", {"reason": "unclear", "note": "Which?"})
    desk.write(description="Për familje në Tiranë.")
    desk.act(desk.author, "submit")
    desk.act(desk.second, "approve")
    items = desk.author.get(f"{desk.path}/versions").json()["items"]
    author, second = desk.author.account, desk.second.account
    assert [(each["action"], each["is_proposal"], each.get("account_id")) for each in items[:-2]] == [
        ("approve", False, second), ("submit", True, author), ("edit", True, author), ("reject", True, second),
        ("submit", True, author), ("edit", True, author),
    ]  # fmt: skip
    assert [each["action"] for each in items[-2:]] == ["set_review", "register"]
    assert (items[3]["reason"], items[3]["note"]) == ("unclear", "Which?")
    (proposed,) = desk.author.get(f"{desk.path}/diff?from=2&to=3").json()["changes"]
    assert proposed == {"field": "description", "old": SAID["description"], "new": "Për familje."}
    desk.submitted(description="Për të gjithë.")
    desk.act(desk.second, "approve")
    metadata = desk.public()["metadata"]
    assert [entry["field_name"] for entry in metadata] == ["description", "description"]
    told = json.dumps(metadata, ensure_ascii=False)
    assert "Për familje" not in told
    assert author not in told
    assert second not in told


def test_the_agencies_that_keep_it_are_told_without_a_word_of_what_it_says(desk: Desk, directory: Directory) -> None:
    desk.submitted(description="Për familje.")
    desk.act(desk.second, "comments", {"text": "Vetëm për familje?"})
    desk.act(desk.second, "reject", {"reason": "wrong"})
    desk.act(desk.author, "submit")
    desk.act(desk.second, "approve")
    _, *told = events_of(directory, desk.id)
    assert [(kind, data["status"], data["actor_account_id"]) for kind, _, data in told] == [
        ("organization.submitted.v1", "in_review", desk.author.account),
        ("organization.commented.v1", "commented", desk.second.account),
        ("organization.decided.v1", "rejected", desk.second.account),
        ("organization.submitted.v1", "in_review", desk.author.account),
        ("organization.decided.v1", "approved", desk.second.account),
    ]
    numbers = [number for _, number, _ in told]
    assert numbers == sorted(set(numbers))
    assert "familje" not in json.dumps([data for _, _, data in told])


def test_where_two_agencies_keep_it_either_reviews_the_other(
    agency: Agency, other_agency: Agency, directory: Directory
) -> None:
    organization_id = agency.organization(**SAID, linked=False)
    with directory.engine.begin() as connection:
        changed = text("UPDATE organization SET agency_id = :agency WHERE id = :id")
        connection.execute(changed, {"agency": other_agency.id, "id": organization_id})
    desk = Desk(other_agency.person(), agency, other_agency.person(), organization_id)
    desk.submitted(name="Other")
    assert desk.act(desk.second, "approve")["name"] == "Other"


def test_a_translation_that_cannot_be_is_refused_at_once(desk: Desk) -> None:
    refused = desk.write(expect=422, translations=[EN, EN])
    assert refused["code"] == "translated_twice"
    assert desk.now()["stage"] == "published"


def test_steps_repeated_with_their_key_are_taken_once(desk: Desk) -> None:
    desk.write(name="Other")
    key = str(uuid.uuid4())
    answers = [desk.author.post(f"{desk.path}/submit", Idempotency_Key=key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert desk.author.request("POST", f"{desk.path}/recall").status_code == 400
    assert desk.author.post(f"{desk.path}/submit").status_code == 409


def merge(desk: Desk, keep: str, fold: str, *take: str) -> Any:
    def side(organization_id: str) -> dict[str, str]:
        found = desk.author.get(f"/own-organizations/{organization_id}").json()
        return {"id": organization_id, "version": found["version"]}

    return desk.author.post("/merges", {"kind": "organization", "keep": side(keep), "fold": side(fold), "take": take})


def test_a_merge_is_no_way_around_the_second_person(desk: Desk) -> None:
    fold = desk.author.organization(name=f"Folded {a_word()}", description="-", email="a@agimi.example.org")
    for taken in ("name", "description", "translations"):
        assert merge(desk, desk.id, fold, taken, "email").status_code == 409
    assert merge(desk, desk.id, fold, "email").status_code == 201
    assert desk.public()["email"] == "a@agimi.example.org"


def test_of_an_organization_that_was_folded_nothing_waits(desk: Desk) -> None:
    desk.submitted(name="Other")
    keep = desk.author.organization(name=f"Kept {a_word()}", description="-")
    assert desk.author.set_review(keep, "required").status_code == 200
    assert merge(desk, keep, desk.id).status_code == 201
    assert desk.waiting_for(desk.second) == []
