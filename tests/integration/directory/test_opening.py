"""Opening hours and accessibility through the API: written, shown in HSDS, filtered by."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from services.directory.adapters.opening_index import carry_on_spans
from services.directory.bootstrap import Directory
from services.directory.domain.accessibility import ACCESSIBILITY
from services.directory.domain.public_holidays import COUNTRIES, is_public_holiday, zone_of
from tests.support.directory import Agency, listing_body

TIRANA = ZoneInfo("Europe/Tirane")
WEEK = "MO,TU,WE,TH,FR,SA,SU"
Search = Callable[..., list[str]]


def soon(hour: int) -> str:
    """A moment of a coming day in Tirana which is no public holiday."""
    moment = datetime.now(TIRANA).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while is_public_holiday("AL", moment.date()):
        moment += timedelta(days=1)
    return moment.isoformat()


def next_holiday() -> tuple[str, str]:
    """The country with the next public holiday, and noon of that day."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    while not (celebrating := [country for country in COUNTRIES if is_public_holiday(country, day)]):
        day += timedelta(days=1)
    return celebrating[0], datetime.combine(day, time(12), zone_of(celebrating[0])).isoformat()


def entry(opens: str, closes: str, **more: Any) -> dict[str, Any]:
    return {"byday": WEEK, "opens_at": opens, "closes_at": closes, **more}


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": [entry("16:00", "08:00")]},
        {"always_open": True, "schedule": [entry("08:00", "16:00")]},
    ],
)
def test_hours_that_contradict_themselves_are_refused(agency: Agency, changes: dict[str, Any]) -> None:
    answer = agency.post("/listings", listing_body(organization_id=agency.organization(), **changes))
    assert answer.status_code == 422


def test_what_is_written_is_read_again(agency: Agency) -> None:
    schedule = [entry("08:00", "16:00", open_on_holidays=True), entry("17:00", "18:00")]
    listing = agency.draft(schedule=schedule, accessibility=["wheelchair", "sign-language"])
    assert (listing["schedule"], listing["accessibility"]) == (schedule, ["wheelchair", "sign-language"])
    assert agency.draft(always_open=True)["always_open"]


@pytest.mark.parametrize(
    "schedule", [[entry("00:00", "24:00")], [entry("12:00", "24:00"), entry("00:00", "12:00", open_on_holidays=True)]]
)
def test_a_week_without_a_gap_is_open_on_holidays_in_every_answer(
    agency: Agency, client: Any, found: Search, schedule: list[dict[str, Any]]
) -> None:
    country, holiday = next_holiday()
    owner = agency.organization(country=country)
    listing = agency.publish(organization_id=owner, location={"kind": "virtual"}, schedule=schedule)
    assert found(open_at=holiday, organization_id=owner) == [listing["id"]]
    shown = client.get(f"/services/{listing['id']}").json()["schedules"]
    assert {each["notes"] for each in shown} == {"Also open on public holidays."}


def test_hsds_says_in_its_notes_what_holds_on_holidays(agency: Agency, client: Any) -> None:
    listing = agency.publish(schedule=[entry("08:00", "16:00", open_on_holidays=True), entry("17:00", "18:00")])
    shown = client.get(f"/services/{listing['id']}").json()["schedules"]
    assert [schedule["notes"] for schedule in shown] == ["Also open on public holidays.", "Closed on public holidays."]
    assert all("open_on_holidays" not in schedule for schedule in shown)
    (always,) = client.get(f"/services/{agency.publish(always_open=True)['id']}").json()["schedules"]
    assert (always["byday"], always["opens_at"], always["closes_at"]) == (WEEK, "00:00", "24:00")


def test_open_at_finds_what_is_open_then(agency: Agency, found: Search) -> None:
    day = agency.publish(schedule=[entry("08:00", "16:00")])["id"]
    night = agency.publish(schedule=[entry("20:00", "24:00"), entry("00:00", "06:00")])["id"]
    line = agency.publish(always_open=True)["id"]
    unknown = agency.publish()["id"]
    seen = {at: set(found(open_at=at)) & {day, night, line, unknown} for at in (soon(9), soon(16), soon(23), soon(1))}
    assert list(seen.values()) == [{day, line}, {line}, {night, line}, {night, line}]


def test_on_a_holiday_is_open_who_says_so(agency: Agency, found: Search) -> None:
    country, at = next_holiday()
    here = {"organization_id": agency.organization(country=country), "location": {"kind": "virtual"}}
    closed = agency.publish(schedule=[entry("08:00", "16:00")], **here)["id"]
    opened = agency.publish(schedule=[entry("08:00", "16:00", open_on_holidays=True)], **here)["id"]
    line = agency.publish(always_open=True, **here)["id"]
    assert set(found(open_at=at)) & {closed, opened, line} == {opened, line}


def test_each_service_follows_its_own_countrys_clock(agency: Agency, found: Search) -> None:
    here = agency.publish(schedule=[entry("08:00", "09:00", open_on_holidays=True)])["id"]
    place = {"kind": "physical", "municipality": "BG-sofia"}
    there = agency.publish(schedule=[entry("08:00", "09:00", open_on_holidays=True)], location=place, serves=["BG"])[
        "id"
    ]
    assert set(found(open_at=soon(7))) & {here, there} == {there}
    assert set(found(open_at=soon(8))) & {here, there} == {here}


def imported(directory: Directory, listing_id: str, schedules: list[dict[str, Any]]) -> None:
    """Put HSDS detail into a listing the way an import does, and index it."""
    with directory.unit_of_work() as uow:
        listing = uow.listings.get(listing_id)
        assert listing is not None
        listing.content = replace(listing.content, hsds={"schedules": schedules})
        uow.listings.save(listing)
        uow.commit()


def test_hours_that_differ_from_week_to_week_are_found_too(agency: Agency, directory: Directory, found: Search) -> None:
    listing_id = agency.publish()["id"]
    tomorrow = datetime.now(TIRANA).date() + timedelta(days=1)
    rule = {
        "freq": "WEEKLY", "interval": 2, "dtstart": str(tomorrow), "byday": WEEK, "opens_at": "20:00",
        "closes_at": "04:00", "open_on_holidays": True, "id": str(uuid.uuid4()),
    }  # fmt: skip
    imported(directory, listing_id, [rule])
    at = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 21, tzinfo=TIRANA)
    monday = at + timedelta(days=7 - at.weekday())
    expected = {at: True, at + timedelta(hours=4): True, at + timedelta(hours=8): False, monday: False}
    assert {moment: listing_id in found(open_at=moment.isoformat()) for moment in expected} == expected


def test_special_hours_are_carried_on_and_become_plain_ones_in_time(agency: Agency, directory: Directory) -> None:
    listing_id, now = agency.publish()["id"], datetime.now(UTC)
    later = (now + timedelta(days=30)).date()
    rule = {"freq": "WEEKLY", "byday": WEEK, "opens_at": "08:00", "closes_at": "16:00", "valid_from": str(later)}
    imported(directory, listing_id, [rule])

    def state() -> tuple[int, bool]:
        query = (
            "SELECT (SELECT count(*) FROM opening_span WHERE listing_id = :id), open_minutes IS NOT NULL"
            " FROM search_entry WHERE listing_id = :id"
        )
        with directory.engine.connect() as connection:
            row = connection.execute(text(query), {"id": listing_id}).one()
            return row[0], row[1]

    def carry_on(at: datetime) -> None:
        while True:
            with directory.engine.begin() as connection:
                if carry_on_spans(connection, at, 2) == 0:
                    return

    spans, is_weekly = state()
    assert (spans > 20, is_weekly) == (True, False)
    carry_on(now + timedelta(days=7))
    assert state()[0] > spans
    carry_on(now + timedelta(days=31))
    assert state() == (0, True)


@pytest.mark.parametrize("at", ["2020-01-01T10:00:00Z", "2999-01-01T10:00:00Z", "tomorrow", "2026-13-01T10:00:00Z"])
def test_a_moment_for_which_nothing_can_be_known_is_refused(client: Any, at: str) -> None:
    for path in ("/services", "/service_at_locations"):
        assert client.get(path, params={"open_at": at}).status_code == 400


def test_now_is_a_moment(client: Any) -> None:
    for path in ("/services", "/service_at_locations"):
        assert client.get(path, params={"open_at": "now"}).status_code == 200


def test_all_of_the_accessibility_asked_for_is_there(agency: Agency, found: Search, client: Any) -> None:
    name = f"Qendra {uuid.uuid4().hex[:10]}"
    both = agency.publish(name=name, accessibility=["wheelchair", "easy-read"])["id"]
    one = agency.publish(name=name, accessibility=["wheelchair"])["id"]
    word = name.split()[1]
    assert set(found(search=word, accessibility="wheelchair")) == {both, one}
    assert found(search=word, accessibility="wheelchair,easy-read") == [both]
    assert client.get("/services", params={"accessibility": "stairs"}).status_code == 400


def test_accessibility_stands_at_the_place_in_hsds_words(agency: Agency, client: Any) -> None:
    listing = agency.publish(accessibility=["wheelchair"])
    service = client.get(f"/services/{listing['id']}").json()
    place = service["service_at_locations"][0]["location"]
    assert [(one["description"], one["location_id"]) for one in place["accessibility"]] == [
        (ACCESSIBILITY["wheelchair"], place["id"])
    ]
    line = agency.publish(accessibility=["text-chat"], location={"kind": "virtual"})
    assert client.get(f"/services/{line['id']}").json()["accessibility"] == ["text-chat"]


def test_the_description_names_the_whole_vocabulary(client: Any) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["AccessibilityCode"]
    assert schema["enum"] == list(ACCESSIBILITY)
