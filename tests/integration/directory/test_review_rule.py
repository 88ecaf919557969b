"""Doing without a second pair of eyes takes two people; asking for it again takes one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import from_rfc3339
from chassis.settings import SettingsError
from services.directory.bootstrap import Directory, build
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency


@dataclass
class Shared:
    """An organization that a municipality keeps and an agency stands behind: each looks at the other's work."""

    id: str
    town: Agency
    centre: Agency

    def read(self, who: Agency | None = None) -> dict[str, Any]:
        return dict((who or self.town).get(f"/own-organizations/{self.id}").json())


@pytest.fixture
def shared(agency: Agency, other_agency: Agency, directory: Directory) -> Shared:
    organization_id = agency.organization(linked=False)
    with directory.engine.begin() as connection:
        changed = text("UPDATE organization SET agency_id = :agency WHERE id = :id")
        connection.execute(changed, {"agency": other_agency.id, "id": organization_id})
    return Shared(organization_id, agency.person(), other_agency.person())


def set_review(who: Agency, shared: Shared, rule: str, expect: int) -> dict[str, Any]:
    answer = who.set_review(shared.id, rule)
    assert answer.status_code == expect, answer.text
    return dict(answer.json())


def recorded(directory: Directory, organization_id: str) -> list[tuple[str, str]]:
    statement = text("SELECT action, purpose FROM audit_record WHERE object_id = :id ORDER BY number")
    with directory.engine.connect() as connection:
        rows = connection.execute(statement, {"id": organization_id})
        return [(row.action, row.purpose) for row in rows if row.purpose]


def told(directory: Directory, organization_id: str) -> list[Any]:
    statement = text("SELECT type, data FROM outbox WHERE subject = :id ORDER BY position")
    with directory.engine.connect() as connection:
        return list(connection.execute(statement, {"id": organization_id}))


def test_one_person_alone_does_not_switch_review_off_publish_and_switch_it_on_again(shared: Shared) -> None:
    asked = set_review(shared.town, shared, "waived", 202)
    assert (asked["review"], asked["review_required"]) == ("automatic", True)
    draft = shared.town.draft(organization_id=shared.id)
    assert shared.town.post(f"/listings/{draft['id']}/publish").status_code == 409
    # Asking once more is no second person.
    assert set_review(shared.town, shared, "waived", 202)["review_required"]
    assert shared.town.post(f"/listings/{draft['id']}/publish").status_code == 409


def test_an_agency_does_not_free_itself_by_a_rule_that_follows_from_its_being_alone(agency: Agency) -> None:
    person, organization_id = agency.person(), agency.organization()
    assert person.set_review(organization_id, "required").status_code == 200
    for rule in ("automatic", "waived", "automatic"):
        answer = person.set_review(organization_id, rule)
        assert (answer.status_code, answer.json()["review_required"]) == (202, True)
    agreed = agency.person().set_review(organization_id, "automatic")
    assert (agreed.status_code, agreed.json()["review_required"]) == (200, False)


def test_the_agency_behind_an_organization_does_not_ask_to_be_freed(shared: Shared, directory: Directory) -> None:
    set_review(shared.centre, shared, "waived", 409)
    assert told(directory, shared.id) == []


def test_what_was_asked_for_is_agreed_to_as_it_was_seen(shared: Shared) -> None:
    seen = shared.centre.get(f"/own-organizations/{shared.id}").headers["ETag"]
    set_review(shared.town, shared, "waived", 202)
    path = f"/organizations/{shared.id}/review"
    assert shared.centre.put(path, {"review": "waived"}, If_Match=seen).status_code == 412
    assert shared.centre.put(path, {"review": "waived"}).status_code == 428
    assert shared.read()["review_required"]


@pytest.mark.parametrize("agreeing", ["colleague", "other agency"])
def test_a_second_person_of_either_agency_agrees(shared: Shared, directory: Directory, agreeing: str) -> None:
    second = shared.town.person() if agreeing == "colleague" else shared.centre
    set_review(shared.town, shared, "waived", 202)
    waiver = shared.read(second)["waiver"]
    assert (waiver["review"], waiver["may_confirm"]) == ("waived", True)
    assert shared.read(shared.town)["waiver"]["may_confirm"] is False
    assert set_review(second, shared, "waived", 200) == {
        "organization_id": shared.id, "review": "waived", "review_required": False,
    }  # fmt: skip
    assert "waiver" not in shared.read()
    assert recorded(directory, shared.id) == [
        ("organization.ask_waiver", "review_waived"), ("organization.set_review", "review_waived"),
    ]  # fmt: skip
    steps = shared.town.get(f"/own-organizations/{shared.id}/versions").json()["items"]
    assert [(step["action"], step["account_id"]) for step in steps[:2]] == [
        ("set_review", second.account), ("ask_waiver", shared.town.account),
    ]  # fmt: skip


def let_lapse(directory: Directory, organization_id: str) -> None:
    lapse = text("UPDATE organization_waiver SET expires_at = now() WHERE organization_id = :id")
    with directory.engine.begin() as connection:
        assert connection.execute(lapse, {"id": organization_id}).rowcount == 1


def test_what_was_asked_for_too_long_ago_is_not_agreed_to(shared: Shared, directory: Directory) -> None:
    set_review(shared.town, shared, "waived", 202)
    let_lapse(directory, shared.id)
    assert "waiver" not in shared.read(shared.centre)
    # The other agency does not ask for it, and a colleague asks anew.
    set_review(shared.centre, shared, "waived", 409)
    colleague = shared.town.person()
    again = set_review(colleague, shared, "waived", 202)
    assert (again["review_required"], again["waiver"]["may_confirm"]) == (True, False)
    assert set_review(shared.town, shared, "waived", 200)["review_required"] is False


def test_who_asked_in_vain_asks_again(shared: Shared, directory: Directory) -> None:
    first = set_review(shared.town, shared, "waived", 202)["waiver"]
    assert set_review(shared.town, shared, "waived", 202)["waiver"] == first
    let_lapse(directory, shared.id)
    again = set_review(shared.town, shared, "waived", 202)["waiver"]
    assert again["expires_at"] > first["expires_at"]
    assert [event.type for event in told(directory, shared.id)] == ["organization.waiver_asked.v1"] * 2


def test_to_leave_the_rule_when_the_wish_has_lapsed_is_no_step(shared: Shared, directory: Directory) -> None:
    set_review(shared.town, shared, "waived", 202)
    let_lapse(directory, shared.id)
    set_review(shared.centre, shared, "automatic", 200)
    assert recorded(directory, shared.id) == [("organization.ask_waiver", "review_waived")]


def test_when_it_lapses_is_told_and_is_for_whoever_runs_it_to_say(
    shared: Shared, settings: DirectorySettings, directory: Directory
) -> None:
    waiver = set_review(shared.town, shared, "waived", 202)["waiver"]
    assert shared.read(shared.centre)["waiver"]["expires_at"] == waiver["expires_at"]
    lasts = from_rfc3339(waiver["expires_at"]) - from_rfc3339(waiver["asked_at"])
    assert lasts == timedelta(days=30) == directory.waiver_waits
    other = build(replace(settings, review_waiver_days=7))
    assert other.waiver_waits == timedelta(days=7)


@pytest.mark.parametrize("days", ["0", "-1", "367", "soon"])
def test_a_wish_that_waits_for_ever_or_not_at_all_is_refused(days: str) -> None:
    needed = {"ISSUER": "https://issuer.example.org", "DATABASE_URL": "postgresql://"}
    with pytest.raises(SettingsError, match="REVIEW_WAIVER_DAYS"):
        DirectorySettings.from_environment({**needed, "REVIEW_WAIVER_DAYS": days})


@pytest.mark.parametrize("rule", ["required", "automatic"])
def test_either_agency_turns_it_down_alone(shared: Shared, rule: str) -> None:
    set_review(shared.town, shared, "waived", 202)
    assert set_review(shared.centre, shared, rule, 200)["review_required"]
    # What was turned down is not there to be agreed to.
    set_review(shared.centre, shared, "waived", 409)


def test_one_person_of_either_agency_asks_for_a_second_pair_of_eyes_again(shared: Shared) -> None:
    for each in (shared.town, shared.centre):
        set_review(shared.town, shared, "waived", 202)
        set_review(shared.town.person(), shared, "waived", 200)
        assert set_review(each, shared, "required", 200)["review_required"]


def test_both_agencies_are_told_and_of_nobody(shared: Shared, directory: Directory) -> None:
    set_review(shared.town, shared, "waived", 202)
    set_review(shared.centre, shared, "waived", 200)
    set_review(shared.town, shared, "required", 200)
    events = told(directory, shared.id)
    assert [(event.type, event.data["status"]) for event in events] == [
        ("organization.waiver_asked.v1", "waiver_asked"),
        ("organization.review_set.v1", "waived"),
        ("organization.review_set.v1", "required"),
    ]
    for event in events:
        assert (event.data["agency_id"], event.data["maintaining_agency_id"]) == (shared.centre.id, shared.town.id)
    assert "Agimi" not in str([event.data for event in events])


def test_a_delegate_is_not_told_of_it_and_has_no_say(shared: Shared, client: Any) -> None:
    helper = Agency(client, shared.town.issuer).person()
    given = shared.centre.post("/delegations", {"to_agency_id": helper.id, "organization_ids": [shared.id]})
    assert given.status_code == 201
    set_review(shared.town, shared, "waived", 202)
    assert "waiver" not in shared.read(helper)
    set_review(helper, shared, "waived", 404)
