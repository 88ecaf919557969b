"""Whether a service is open now and when it opens next, as everybody may ask it of public services."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chassis.testing.fakes import FakeClock
from services.directory.bootstrap import Directory
from services.directory.domain.public_holidays import is_public_holiday
from services.directory.entrypoints.asgi import create_app
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency
from tests.support.feeds import a_word, place, published, service, week
from tests.support.tokens import TokenIssuer

TIRANA = ZoneInfo("Europe/Tirane")
CLUJ = ZoneInfo("Europe/Bucharest")
CLOCKS = {"AL": TIRANA, "RO": CLUJ}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def told(client: Any, *service_ids: str, language: str = "en") -> list[dict[str, Any]]:
    answer = client.post("/openings", json={"service_ids": list(service_ids)}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("tier", ["network", "named", None])
def test_nothing_is_told_of_a_service_that_not_everybody_may_know_of(
    agency: Agency, client: Any, tier: str | None
) -> None:
    named = {"named_agencies": [agency.id]} if tier == "named" else {}
    hidden = agency.publish(tier=tier, always_open=True, **named) if tier else agency.draft(always_open=True)
    assert told(client, hidden["id"]) == []


def test_a_weekly_door_opens_next_on_its_day_unless_that_is_a_public_holiday(agency: Agency, client: Any) -> None:
    today = datetime.now(TIRANA).date()
    # Not today, so that it is closed now whatever the hour.
    code = DAYS[(today.weekday() + 2) % 7]
    hours = {"byday": code, "opens_at": "20:00", "closes_at": "24:00"}
    closing, staying = (agency.publish(schedule=[{**hours, **more}])["id"] for more in ({}, {"open_on_holidays": True}))
    first = today + timedelta(days=2)
    working = first
    while is_public_holiday("AL", working):
        working += timedelta(days=7)
    by_service = {item["service_id"]: item for item in told(client, closing, staying)}
    assert [by_service[id_]["code"] for id_ in (closing, staying)] == ["opens", "opens"]
    assert by_service[closing]["params"]["date"] == working.isoformat()
    opens = datetime(first.year, first.month, first.day, 20, tzinfo=TIRANA)
    params = by_service[staying]["params"]
    assert datetime.fromisoformat(params.pop("at")) == opens
    assert params == {"date": first.isoformat(), "time": "20:00", "days": 2}


def test_it_is_said_in_the_readers_language(agency: Agency, client: Any) -> None:
    line = agency.publish(always_open=True)["id"]
    assert [told(client, line, language=tag)[0]["text"] for tag in ("en", "bs", "sq")] == [
        "Is always open", "Otvoreno danju i noću", "Hapur ditë e natë",
    ]  # fmt: skip


def test_what_is_closed_for_a_time_is_not_open_by_its_hours(agency: Agency, client: Any) -> None:
    line = agency.publish(always_open=True)
    closing = {"kind": "temporarily closed", "reason": "holidays"}
    answer = agency.post(f"/listings/{line['id']}/close", closing, If_Match=f'"{line["version"]}"')
    assert answer.status_code == 200, answer.text
    assert [item["code"] for item in told(client, line["id"])] == ["closed"]


def test_the_answer_keeps_the_order_and_says_where_hours_are_unknown(agency: Agency, client: Any) -> None:
    unknown, line = agency.publish()["id"], agency.publish(always_open=True)["id"]
    items = told(client, unknown, line)
    assert [(item["service_id"], item["code"]) for item in items] == [(unknown, "hours_unknown"), (line, "always_open")]


def clock_in_cluj(hour: int, minute: int) -> datetime:
    """Return a time of a coming day that is no public holiday in Albania or Romania, and nor is the day after it."""
    moment = datetime.now(CLUJ).replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=1)
    one = timedelta(days=1)
    while any(is_public_holiday(country, day) for country in CLOCKS for day in (moment.date(), moment.date() + one)):
        moment += timedelta(days=1)
    return moment


@pytest.mark.parametrize(
    ("clock", "is_open", "changes"),
    [
        # Only Cluj, which is an hour ahead, is open; then Tirana alone; then neither.
        ((8, 30), True, "20:00 RO"), ((14, 0), True, "20:00 AL"), ((20, 30), True, "20:00 AL"),
        ((21, 30), False, "08:00 RO"), ((7, 30), False, "08:00 RO"),
    ],
)  # fmt: skip
def test_a_service_is_open_where_one_of_its_places_is_by_the_clock_there(
    settings: DirectorySettings,
    directory: Directory,
    issuer: TokenIssuer,
    agency: Agency,
    clock: tuple[int, int],
    is_open: bool,
    changes: str,
) -> None:
    places = [place(code, schedules=week("08:00", "20:00")) for code in ("AL-tirane", "RO-cluj-napoca")]
    offered = service(f"Two clocks {a_word()}", places)
    published(directory, agency, offered)
    then = replace(directory, clock=FakeClock(clock_in_cluj(*clock)))
    with create_app(settings, then, verifier=issuer.verifier()).test_client() as client:
        (item,) = told(client, offered["id"])
        found = client.get("/services", params={"open_at": "now", "search": offered["name"]}).json()["contents"]
    assert (item["code"] == "open", [entry["id"] for entry in found]) == (is_open, [offered["id"]] * is_open)
    hour, country = changes.split()
    assert item["params"]["time"] == hour
    assert datetime.fromisoformat(item["params"]["at"]).astimezone(CLOCKS[country]).strftime("%H:%M") == hour


def test_more_than_a_hundred_are_refused(client: Any) -> None:
    answer = client.post("/openings", json={"service_ids": ["6b3f0f2e-52c5-5b8e-9e0f-0f3d6d6f0a11"] * 101})
    assert answer.status_code == 400
