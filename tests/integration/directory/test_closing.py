"""Closing and reopening, at once and when the day comes: what the public, matching and the network see of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import to_rfc3339
from chassis.testing.fakes import FakeClock
from services.directory.application.close_listing import keep_to_plans
from services.directory.bootstrap import Directory
from services.directory.entrypoints.asgi import create_app
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency
from tests.support.tokens import TokenIssuer


class Town:
    """A directory with a clock of its own, somebody who keeps listings there, and a caseworker."""

    def __init__(self, settings: DirectorySettings, directory: Directory, issuer: TokenIssuer) -> None:
        self.clock = FakeClock()
        self.directory = replace(directory, clock=self.clock)
        self.client: Any = create_app(settings, self.directory, verifier=issuer.verifier()).test_client()
        self.keeper, self.other = Agency(self.client, issuer), Agency(self.client, issuer)
        self.caseworker = Agency(self.client, issuer, scopes="referrals:read")

    def close(self, listing: dict[str, Any], expect: int = 200, **body: Any) -> dict[str, Any]:
        answer = self.keeper.post(f"/listings/{listing['id']}/close", {"reason": "holidays", **body})
        assert answer.status_code == expect, answer.text
        return dict(answer.json())

    def in_days(self, days: int) -> str:
        return to_rfc3339(self.clock.now() + timedelta(days=days))

    def tick(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))
        keep_to_plans(self.directory.unit_of_work, self.clock)

    def status(self, listing: dict[str, Any]) -> str:
        return str(self.client.get(f"/services/{listing['id']}").json()["status"])

    def is_matched(self, listing: dict[str, Any]) -> bool:
        criteria = {"needs": ["psychosocial-support"], "limit": 50, "municipality": "AL-tirane"}
        answer = self.caseworker.post("/matches", {**criteria, "age": listing["minimum_age"]}).json()
        return listing["id"] in [each["service"]["id"] for each in (*answer["matches"], *answer["nearly"])]

    def told(self, listing: dict[str, Any]) -> list[tuple[str, str | None]]:
        with self.directory.engine.connect() as connection:
            statement = text("SELECT type, data FROM outbox WHERE subject = :id ORDER BY position")
            rows = connection.execute(statement, {"id": listing["id"]}).all()
        return [(row.type, row.data.get("cause")) for row in rows]


@pytest.fixture
def town(settings: DirectorySettings, directory: Directory, issuer: TokenIssuer) -> Town:
    # Nobody else's services are in the way of what is matched.
    with directory.engine.begin() as connection:
        connection.execute(text("DELETE FROM search_entry"))
    return Town(settings, directory, issuer)


PUBLISHED, CLOSED = ("service.published.v1", None), ("service.withdrawn.v1", "closed")


def test_another_agency_closes_nothing(town: Town) -> None:
    listing = town.keeper.publish()
    assert town.other.post(f"/listings/{listing['id']}/close", {"reason": "holidays"}).status_code == 404
    assert town.other.post(f"/listings/{listing['id']}/reopen").status_code == 404
    assert town.status(listing) == "active"


def test_what_cannot_be_closed(town: Town) -> None:
    draft, listing = town.keeper.draft(), town.keeper.publish()
    assert town.close(draft, 409)["allowed_actions"] == ["edit", "submit", "publish", "delete"]
    town.close(listing, 422, closes_at=town.in_days(3), reopens_at=town.in_days(2))
    town.close(listing, 422, kind="inactive", reopens_at=town.in_days(2))
    town.close(listing, 400, reason="because")
    town.close(listing, 400, closes_at="tomorrow")
    answer = town.keeper.post(f"/listings/{listing['id']}/close", {"reason": "holidays"}, If_Match='"1"')
    assert answer.status_code == 412
    refused = town.keeper.post(f"/listings/{listing['id']}/reopen")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "The service is open, and no closing of it is planned."


def test_a_closing_that_is_over_closes_nothing_and_warns_nobody(town: Town) -> None:
    listing = town.keeper.publish()
    body = {"reason": "holidays", "closes_at": town.in_days(-30), "reopens_at": town.in_days(-2)}
    answer = town.keeper.post(f"/listings/{listing['id']}/close", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["fields"]) == (422, "closing_is_over", ["reopens_at"])
    assert (town.status(listing), town.told(listing)) == ("active", [PUBLISHED])
    begun = town.close(listing, closes_at=town.in_days(-30), reopens_at=town.in_days(2))
    assert begun["service_status"] == "temporarily closed"
    town.close(listing, 422, reopens_at=town.clock.now().isoformat())


def test_what_has_ended_is_closed_until_further_notice_unless_said_otherwise(town: Town) -> None:
    kinds = [
        town.close(town.keeper.publish(), **said)["closing"]["kind"]
        for said in (
            {"reason": "service_ended"},
            {"reason": "service_ended", "reopens_at": town.in_days(3)},
            {"reason": "service_ended", "kind": "temporarily closed"},
            {"reason": "holidays"},
        )
    ]
    assert kinds == ["inactive", "temporarily closed", "temporarily closed", "temporarily closed"]


def test_a_closed_service_is_shown_as_such_and_matched_with_no_child(town: Town) -> None:
    listing = town.keeper.publish()
    assert town.is_matched(listing)
    closed = town.close(listing, alert="Burst pipe.", reason="emergency")
    assert (closed["service_status"], closed["closing"]["reason"]) == ("temporarily closed", "emergency")
    public = town.client.get(f"/services/{listing['id']}").json()
    assert (public["status"], public["alert"]) == ("temporarily closed", "Burst pipe.")
    assert not town.is_matched(listing)
    found = town.client.get("/services", params={"accepts": "true", "organization_id": listing["organization_id"]})
    assert found.json()["empty"]
    opened = town.keeper.post(f"/listings/{listing['id']}/reopen").json()
    assert (opened["service_status"], "closing" in opened) == ("active", False)
    assert (town.status(listing), town.is_matched(listing)) == ("active", True)
    assert town.told(listing) == [PUBLISHED, CLOSED, PUBLISHED]


def test_the_public_reads_from_when_a_closed_service_is_open_again(town: Town) -> None:
    listing, unlimited = town.keeper.publish(), town.keeper.publish()
    town.close(listing, closes_at=town.in_days(2), reopens_at=town.in_days(9))
    town.close(unlimited)
    assert "reopens_at" not in town.client.get(f"/services/{listing['id']}").json()
    town.tick(2)
    assert town.client.get(f"/services/{listing['id']}").json()["reopens_at"] == town.in_days(7)
    assert "reopens_at" not in town.client.get(f"/services/{unlimited['id']}").json()
    plain = town.client.get(f"/services/{listing['id']}", params={"profile": "hsds-3.1"}).json()
    assert "reopens_at" not in plain
    town.tick(7)
    assert "reopens_at" not in town.client.get(f"/services/{listing['id']}").json()


def test_closed_until_further_notice_is_inactive(town: Town) -> None:
    listing = town.keeper.publish()
    town.close(listing, kind="inactive", reason="no_funding")
    assert town.status(listing) == "inactive"
    town.tick(400)
    assert town.status(listing) == "inactive"


def test_a_service_closes_and_opens_when_the_day_comes(town: Town) -> None:
    listing = town.keeper.publish()
    planned = town.close(listing, closes_at=town.in_days(2), reopens_at=town.in_days(9))
    assert (planned["service_status"], planned["closing"]["closes_at"]) == ("active", town.in_days(2))
    town.tick(1)
    assert (town.status(listing), town.is_matched(listing)) == ("active", True)
    town.tick(1)
    assert (town.status(listing), town.is_matched(listing)) == ("temporarily closed", False)
    town.tick(0)
    town.tick(7)
    assert (town.status(listing), town.is_matched(listing)) == ("active", True)
    assert town.told(listing)[-2:] == [CLOSED, PUBLISHED]
    history = town.keeper.get(f"/listings/{listing['id']}/versions").json()["items"]
    told = [(entry["action"], entry.get("agency_id")) for entry in history[:3]]
    assert told == [("reopen", None), ("close", None), ("close", town.keeper.id)]


def test_a_time_that_passed_while_nothing_ran_is_not_closed_in_hindsight(town: Town) -> None:
    listing = town.keeper.publish()
    town.close(listing, closes_at=town.in_days(2), reopens_at=town.in_days(9))
    before = town.told(listing)
    town.tick(30)
    assert town.status(listing) == "active"
    assert CLOSED not in town.told(listing)[len(before) :]
    assert "closing" not in town.keeper.get(f"/listings/{listing['id']}").json()


def test_two_clocks_at_once_close_once(town: Town) -> None:
    listing = town.keeper.publish()
    town.close(listing, closes_at=town.in_days(1))
    town.clock.advance(timedelta(days=2))
    work = (town.directory.unit_of_work, town.clock)
    clocks = [threading.Thread(target=keep_to_plans, args=work) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert town.told(listing).count(CLOSED) == 1


def test_what_is_closed_stays_so_when_a_later_closing_is_planned(town: Town) -> None:
    listing = town.keeper.publish()
    town.close(listing, reason="emergency")
    refused = town.close(listing, 409, closes_at=town.in_days(30))
    assert refused["allowed_actions"] == ["reopen"]
    assert town.status(listing) == "temporarily closed"
    assert town.told(listing) == [PUBLISHED, CLOSED]
    town.close(listing, reopens_at=town.in_days(3))
    assert town.told(listing) == [PUBLISHED, CLOSED]


class Alerts:
    """What readers of a language are told first of a listing."""

    def __init__(self, town: Town, listing: dict[str, Any]) -> None:
        self._town, self._path = town, f"/services/{listing['id']}"

    def read(self, language: str = "") -> str | None:
        headers = {"Accept-Language": language} if language else {}
        alert: str | None = self._town.client.get(self._path, headers=headers).json().get("alert")
        return alert


def test_a_notice_is_read_while_the_door_is_closed_and_not_longer(town: Town) -> None:
    listing = town.keeper.publish(alert="Ring twice.")
    alerts = Alerts(town, listing)
    planned = town.close(listing, closes_at=town.in_days(2), reopens_at=town.in_days(9), alert="Closed in August.")
    assert (planned["alert"], planned["closing"]["alert"]) == ("Ring twice.", "Closed in August.")
    assert alerts.read() == "Ring twice."
    town.tick(2)
    assert alerts.read() == "Closed in August.\nRing twice."
    town.tick(7)
    assert alerts.read() == "Ring twice."


def test_nobody_reads_an_alert_of_before_in_place_of_the_notice(town: Town) -> None:
    own = {"language": "sq", "field": "alert", "text": "Bini dy herë."}
    listing = town.keeper.publish(alert="Ring twice.", source_language="en", translations=[own])
    alerts = Alerts(town, listing)
    assert alerts.read("sq") == "Bini dy herë."
    town.close(listing, alert="Burst pipe.")
    assert alerts.read("sq") == "Burst pipe.\nRing twice."
    town.close(listing, alert="Burst pipe.", alert_translations=[{"language": "sq", "text": "Plasi tubi."}])
    assert alerts.read("sq") == "Plasi tubi.\nBini dy herë."
    assert alerts.read("en") == alerts.read("ro") == "Burst pipe.\nRing twice."
    town.keeper.post(f"/listings/{listing['id']}/reopen")
    assert alerts.read("sq") == "Bini dy herë."


def test_a_notice_and_an_alert_are_one_text_however_their_languages_were_told(town: Town) -> None:
    own = {"language": "sr-Cyrl", "field": "alert", "text": "Звоните двапут."}
    listing = town.keeper.publish(alert="Ring twice.", source_language="en", translations=[own])
    town.close(listing, alert="Burst pipe.", alert_translations=[{"language": "sr", "text": "Пукла је цев."}])
    assert Alerts(town, listing).read("sr") == "Пукла је цев.\nЗвоните двапут."


def test_an_alert_that_was_rewritten_is_read_as_it_is_and_not_in_an_old_translation(town: Town) -> None:
    own = {"language": "sq", "field": "alert", "text": "Bini dy herë."}
    listing = town.keeper.publish(alert="Ring twice.", source_language="en", translations=[own])
    names = ("name", "description", "taxonomy_terms", "languages", "serves", "location", "source_language")
    body = {**{name: listing[name] for name in names}, "alert": "Side door.", "translations": listing["translations"]}
    town.keeper.put(f"/listings/{listing['id']}", body, If_Match=f'"{listing["version"]}"')
    assert Alerts(town, listing).read("sq") == "Side door."


@pytest.mark.parametrize(
    "said",
    [
        {"alert_translations": [{"language": "sq", "text": "Mbyllur."}]},
        {"alert": "Closed.", "alert_translations": [{"language": "sq", "text": "Mbyllur."}] * 2},
    ],
)
def test_a_notice_that_cannot_be_translated_so_is_refused(town: Town, said: dict[str, Any]) -> None:
    town.close(town.keeper.publish(), 422, **said)


def test_a_revision_from_before_takes_no_notice_away_when_it_is_approved(town: Town) -> None:
    keeper, second = town.keeper.person(), town.keeper.person()
    listing = keeper.publish(name="Before")
    keeper.set_review(listing["organization_id"], "required")
    body = {name: listing[name] for name in ("description", "taxonomy_terms", "languages", "serves", "location")}
    path = f"/listings/{listing['id']}"
    keeper.put(path, {**body, "name": "After"}, If_Match=f'"{listing["version"]}"')
    keeper.post(f"{path}/submit")
    closed = town.close(listing, alert="Burst pipe.")
    assert second.post(f"{path}/approve", If_Match=f'"{closed["version"]}"').status_code == 200
    service = town.client.get(f"/services/{listing['id']}").json()
    assert (service["name"], service["alert"], service["status"]) == ("After", "Burst pipe.", "temporarily closed")


def test_a_plan_is_given_up_or_replaced(town: Town) -> None:
    listing = town.keeper.publish()
    town.close(listing, closes_at=town.in_days(2))
    town.close(listing, closes_at=town.in_days(5))
    town.tick(3)
    assert town.status(listing) == "active"
    assert "closing" not in town.keeper.post(f"/listings/{listing['id']}/reopen").json()
    town.tick(5)
    assert town.status(listing) == "active"


def test_a_change_while_closed_does_not_open_the_door(town: Town) -> None:
    listing = town.keeper.publish()
    closed = town.close(listing)
    capacity = {"available": 1, "maximum": 9}
    reported = town.keeper.put(f"/listings/{listing['id']}/capacity", capacity, If_Match=f'"{closed["version"]}"')
    assert reported.status_code == 200
    assert town.told(listing) == [PUBLISHED, CLOSED]
    assert not town.is_matched(listing)
    withdrawn = town.keeper.post(f"/listings/{listing['id']}/withdraw").json()
    assert (withdrawn["service_status"], "closing" in withdrawn) == ("active", False)


def test_closing_needs_no_review_and_leaves_the_revision_waiting(town: Town) -> None:
    listing = town.keeper.publish(name="Before")
    town.keeper.set_review(listing["organization_id"], "required")
    body = {name: listing[name] for name in ("description", "taxonomy_terms", "languages", "serves", "location")}
    path = f"/listings/{listing['id']}"
    revised = town.keeper.put(path, {**body, "name": "After"}, If_Match=f'"{listing["version"]}"').json()
    assert revised["stage"] == "revised"
    assert town.close(listing)["stage"] == "revised"
    assert town.status(listing) == "temporarily closed"
    assert town.keeper.get(f"{path}/proposal").json()["content"]["name"] == "After"
