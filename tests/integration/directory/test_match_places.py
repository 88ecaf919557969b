"""Matching judges a service at each of its public places, and tells at which of them it fits, or what is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from services.directory.adapters.match_keys import match_keys
from services.directory.bootstrap import Directory
from services.directory.domain.public_holidays import is_public_holiday
from tests.support.directory import Agency, listing_body
from tests.support.feeds import a_word, attribute, new_id, offering, place, published, receiving, service, week

TERM = "child-psychiatry"
TIRANA = ZoneInfo("Europe/Tirane")
TIRANE, SHKODER = (41.3275, 19.8187), (42.0705, 19.5151)
NEED = {"needs": [TERM], "limit": 50}
IN_TIRANE = {**NEED, "municipality": "AL-tirane"}


def soon(hour: int) -> str:
    moment = datetime.now(TIRANA).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while is_public_holiday("AL", moment.date()) or is_public_holiday("XK", moment.date()):
        moment += timedelta(days=1)
    return moment.isoformat()


def told_places() -> list[dict[str, Any]]:
    """In Tirana it is open in the morning and has a lift; in Shkodër it keeps its service's hours and has braille."""
    return [
        place("AL-tirane", name="Qendra A", point=TIRANE, accessibility=["lift"], schedules=week("08:00", "12:00")),
        place("AL-shkoder", name="Qendra B", point=SHKODER, accessibility=["braille"]),
    ]


@pytest.fixture
def told(agency: Agency, directory: Directory) -> dict[str, Any]:
    told = service(f"Places {a_word()}", told_places(), schedules=week("17:00", "20:00"), attributes=offering(TERM))
    published(directory, agency, told)
    receiving(directory, agency)
    return told


def match_of(caseworker: Agency, asked: dict[str, Any], service_id: str, **headers: str) -> tuple[str, dict[str, Any]]:
    answer = caseworker.post("/matches", asked, **headers)
    assert answer.status_code == 200, answer.text
    found = [(kind, one) for kind in ("matches", "nearly") for one in answer.json()[kind]]
    ours = [each for each in found if each[1]["service"]["id"] == service_id]
    assert len(ours) <= 1, "a service comes once"
    return ours[0] if ours else ("", {})


def codes(reasons: list[dict[str, Any]]) -> list[str]:
    return [reason["code"] for reason in reasons]


def hidden_afterwards(agency: Agency, told: dict[str, Any]) -> None:
    listing = agency.get(f"/listings/{told['id']}").json()
    body = listing_body(
        name=listing["name"],
        taxonomy_terms=[TERM],
        capacity=None,
        organization_id=None,
        location={"kind": "confidential", "municipality": "AL-tirane", "latitude": 41.3275, "longitude": 19.8187},
    )
    answer = agency.put(f"/listings/{told['id']}", body, If_Match=f'"{listing["version"]}"')
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("more", [{}, {"within_km": 5}, {"open_at": soon(9)}, {"accessibility": ["lift"]}])
def test_places_that_are_hidden_are_told_by_nothing(
    agency: Agency, caseworker: Agency, told: dict[str, Any], more: dict[str, Any]
) -> None:
    """At its door and far away from it, the answer tells the area that it serves, and no more."""
    hidden_afterwards(agency, told)
    seen = 0
    for town in ("AL-tirane", "AL-shkoder", "AL-kukes"):
        _, match = match_of(caseworker, {**NEED, "municipality": town, **more}, told["id"])
        if match:
            assert (match["service_at_location"], match["distance_km"]) == (None, None)
            assert "municipality" not in match["service"]
            assert "distance" not in codes(match["reasons"] + match.get("missing", []))
            text = json.dumps(match, ensure_ascii=False)
            # Neither what the places were called, nor what they offered, nor the hours of one of them alone.
            for part in (*(where["id"] for where in told["service_at_locations"]), "Qendra", "braille", "12:00"):
                assert part not in text
        seen += bool(match)
    assert seen


def test_a_shelter_beside_public_places_of_its_organization_stays_without_a_place(
    agency: Agency, caseworker: Agency
) -> None:
    owner = agency.organization()
    near = {"kind": "physical", "municipality": "AL-tirane", "address_1": "Rruga 1"}
    public = agency.publish(taxonomy_terms=[TERM], organization_id=owner, location=near)
    secret = {"kind": "confidential", "municipality": "AL-tirane", "latitude": 41.33, "longitude": 19.82}
    shelter = agency.publish(taxonomy_terms=[TERM], organization_id=owner, location=secret)
    _, match = match_of(caseworker, IN_TIRANE, shelter["id"])
    assert (match["service_at_location"], match["distance_km"]) == (None, None)
    _, match = match_of(caseworker, IN_TIRANE, public["id"])
    assert match["service_at_location"]["municipality"] == "AL-tirane"


def test_places_of_what_is_named_to_others_are_told_to_nobody_else(
    agency: Agency, other_agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    named = [
        {"id": new_id(), "link_type": "lidhja-tier", "value": "named", **attribute(new_id(), "lidhja-tier")},
        {"id": new_id(), "link_type": "lidhja-named-agency", "value": other_agency.id,
         **attribute(new_id(), "lidhja-named-agency")},
    ]  # fmt: skip
    told = service(a_word(), told_places(), attributes=[*offering(TERM), *named])
    published(directory, agency, told)
    assert match_of(caseworker, IN_TIRANE, told["id"]) == ("", {})
    other_agency.scopes = "referrals:read"
    _, match = match_of(other_agency, IN_TIRANE, told["id"])
    assert match["service_at_location"]["name"] == "Qendra A"


# Each with the place that it is judged at, and what is missing there.
ASKED: list[tuple[dict[str, Any], str, list[str]]] = [
    ({}, "A", []),
    ({"municipality": "AL-shkoder"}, "B", []),
    ({"open_at": soon(9)}, "A", []),
    ({"open_at": soon(18)}, "B", []),
    ({"accessibility": ["lift"]}, "A", []),
    ({"accessibility": ["braille"]}, "B", []),
    ({"municipality": "AL-shkoder", "accessibility": ["lift"]}, "A", []),
    ({"within_km": 10}, "A", []),
    ({"within_km": 10, "municipality": "AL-shkoder"}, "B", []),
    # What is asked together holds at one place, or is missing at the one that lacks least.
    ({"open_at": soon(9), "accessibility": ["braille"]}, "A", ["accessibility"]),
    ({"open_at": soon(18), "accessibility": ["lift"]}, "A", ["closed"]),
    ({"within_km": 10, "accessibility": ["braille"]}, "A", ["accessibility"]),
    ({"within_km": 10, "open_at": soon(18)}, "A", ["closed"]),
    ({"within_km": 50, "open_at": soon(18), "municipality": "AL-shkoder"}, "B", []),
    ({"open_at": soon(13)}, "A", ["closed"]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "which", "missing"), ASKED)
def test_all_that_is_asked_of_a_place_holds_at_the_one_that_is_told(
    caseworker: Agency, told: dict[str, Any], asked: dict[str, Any], which: str, missing: list[str]
) -> None:
    # Far enough that both places are looked at.
    kind, match = match_of(caseworker, {**IN_TIRANE, "within_km": 100, **asked}, told["id"])
    assert kind == ("nearly" if missing else "matches")
    assert codes(match.get("missing", [])) == missing
    number = "AB".index(which)
    town = ("AL-tirane", "AL-shkoder")[number]
    its_id = told["service_at_locations"][number]["id"]
    assert match["service_at_location"] == {"id": its_id, "name": f"Qendra {which}", "municipality": town}
    distance = next(one for one in match["reasons"] if one["code"] == "distance")
    assert distance["params"] == {"distance_km": match["distance_km"]}
    assert match["distance_km"] < 5 if asked.get("municipality", "AL-tirane") == town else match["distance_km"] > 80


def test_the_hours_that_are_told_are_those_of_the_place(caseworker: Agency, told: dict[str, Any]) -> None:
    asked = {**IN_TIRANE, "within_km": 100}
    for hour, time in ((9, "12:00"), (18, "20:00")):
        _, match = match_of(caseworker, {**asked, "open_at": soon(hour)}, told["id"])
        assert [one["params"]["time"] for one in match["reasons"] if one["code"] == "open"] == [time]
    _, match = match_of(caseworker, {**asked, "open_at": soon(18), "accessibility": ["lift"]}, told["id"])
    (closed,) = match["missing"]
    assert closed["params"]["time"] == "08:00"
    _, match = match_of(caseworker, {**asked, "open_at": soon(9), "accessibility": ["braille"]}, told["id"])
    assert match["missing"][0]["params"] == {"accessibility": ["braille"]}


def test_where_it_is_urgent_an_open_door_comes_before_a_nearer_one(
    agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    near, awake = place("AL-tirane", point=TIRANE), place("AL-durres", point=(41.32, 19.45))
    near["schedules"] = week("03:00", "03:01", "MO") if now.weekday() else week("03:00", "03:01", "SU")
    awake["schedules"] = week("00:00", "24:00")
    told = service(a_word(), [near, awake], attributes=offering(TERM))
    published(directory, agency, told)
    receiving(directory, agency)
    for urgency, expected in ((None, near), ("routine", near), ("urgent", awake), ("emergency", awake)):
        asked = {**IN_TIRANE, **({"urgency": urgency} if urgency else {})}
        _, match = match_of(caseworker, asked, told["id"])
        assert match["service_at_location"]["id"] == expected["id"], urgency


def test_of_places_on_both_sides_of_a_border_only_those_count_that_are_wanted(
    agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    abroad, here = place("XK-prishtine", point=(42.66, 21.16)), place("AL-shkoder", point=SHKODER)
    told = service(a_word(), [abroad, here], attributes=offering(TERM))
    published(directory, agency, told)
    receiving(directory, agency)
    asked = {**NEED, "municipality": "XK-prishtine"}
    _, match = match_of(caseworker, {**NEED, "municipality": "AL-shkoder"}, told["id"])
    assert match["service_at_location"]["id"] == here["id"]
    assert "abroad" not in codes(match["reasons"])
    _, match = match_of(caseworker, {**asked, "accessibility": ["lift"]}, told["id"])
    assert match["service_at_location"]["id"] == abroad["id"]
    _, match = match_of(caseworker, {**NEED, "municipality": "AL-shkoder", "across_borders": False}, told["id"])
    assert match["service_at_location"]["id"] == here["id"]
    _, match = match_of(caseworker, {**asked, "across_borders": False}, told["id"])
    assert match["service_at_location"]["id"] == abroad["id"]
    assert "abroad" not in codes(match["reasons"])


def test_a_service_with_one_place_names_it_and_a_line_has_none(agency: Agency, caseworker: Agency) -> None:
    there = {"kind": "physical", "municipality": "RS-sabac"}
    listing = agency.publish(taxonomy_terms=[TERM], serves=["RS-sabac"], location=there)
    line = agency.publish(taxonomy_terms=[TERM], location={"kind": "virtual"}, serves=["AL"])
    public = agency.client.get(f"/services/{listing['id']}").json()
    for reader, name in (("sr-Latn", "Šabac"), ("sr-Cyrl", "Шабац")):
        asked = {**NEED, "municipality": "RS-sabac"}
        _, match = match_of(caseworker, asked, listing["id"], Accept_Language=reader)
        its_id = public["service_at_locations"][0]["id"]
        assert match["service_at_location"] == {"id": its_id, "name": name, "municipality": "RS-sabac"}
    assert match_of(caseworker, IN_TIRANE, line["id"])[1]["service_at_location"] is None


def test_an_imported_service_with_one_place_names_it_as_the_feed_does(
    agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    only = place("AL-tirane", name="Qendra e vetme")
    told = service(a_word(), [only], attributes=offering(TERM))
    published(directory, agency, told)
    _, match = match_of(caseworker, IN_TIRANE, told["id"])
    expected = {"id": only["id"], "name": "Qendra e vetme", "municipality": "AL-tirane"}
    assert match["service_at_location"] == expected


def test_what_is_known_by_its_municipality_alone_is_not_said_to_be_nearer(agency: Agency, caseworker: Agency) -> None:
    """The middle of a town is measured, and whoever reads the distance must know that."""
    town = {"kind": "physical", "municipality": "AL-tirane"}
    vague = agency.publish(taxonomy_terms=[TERM], serves=["AL"], location=town)
    known = agency.publish(
        taxonomy_terms=[TERM], serves=["AL"], location=town | {"latitude": 41.33, "longitude": 19.83}
    )
    for municipality, sentence in (
        ("AL-tirane", "In this municipality; its exact place is not given"),
        ("AL-durres", "About 30 km away; its exact place is not given"),
    ):
        asked = {**NEED, "municipality": municipality}
        [told] = [one for one in match_of(caseworker, asked, vague["id"])[1]["reasons"] if one["code"] == "distance"]
        assert (told["params"]["precision"], told["text"]) == ("municipality", sentence)
        [told] = [one for one in match_of(caseworker, asked, known["id"])[1]["reasons"] if one["code"] == "distance"]
        assert "precision" not in told["params"]
        assert "exact" not in told["text"]


def test_a_key_that_two_texts_share_brings_nothing_that_was_not_asked_for(
    agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    """Keys are short numbers: what they bring is judged by what it offers."""
    town = {"kind": "physical", "municipality": "AL-tirane"}
    other = agency.publish(taxonomy_terms=["day-care"], serves=["AL-tirane"], location=town)
    keys = match_keys([TERM], ["AL-tirane"], [], names_no_area=False)
    with directory.engine.begin() as connection:
        same = "UPDATE search_entry SET match_keys = match_keys || CAST(:keys AS integer[]) WHERE listing_id = :id"
        connection.execute(text(same), {"keys": keys, "id": other["id"]})
    answer = caseworker.post("/matches", {**IN_TIRANE, "limit": 50}).json()
    assert other["id"] not in {one["service"]["id"] for one in (*answer["matches"], *answer["nearly"])}
