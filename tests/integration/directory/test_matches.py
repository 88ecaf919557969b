"""Matching: who fits, who nearly fits and why, and that nothing of the question is kept."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from services.directory.domain.verification import STALE_AFTER_DAYS
from tests.support.directory import Agency
from tests.support.tokens import TokenIssuer

NEED = {"needs": ["trauma-therapy"], "limit": 50}


def match_of(answer: Any, listing: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    for kind in ("matches", "nearly"):
        for match in answer.json()[kind]:
            if match["service"]["id"] == listing["id"]:
                return kind, match
    return None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"needs": []}, 400),
        ({"needs": ["trauma-therapy"], "name": "Ana"}, 400),
        ({"needs": ["no-such-need"]}, 422),
        ({"needs": ["trauma-therapy"], "municipality": "AL-nowhere"}, 422),
    ],
)
def test_unfit_questions_are_refused(caseworker: Agency, body: dict[str, Any], status: int) -> None:
    assert caseworker.post("/matches", body).status_code == status


@pytest.mark.parametrize("path", ["/matches", "/capacity-enquiries"])
def test_a_whole_country_is_no_place_to_look_around(client: Any, issuer: TokenIssuer, path: str) -> None:
    asker = Agency(client, issuer, scopes="referrals:read referrals:write")
    need = {"needs": ["trauma-therapy"], "municipality": "AL"}
    answer = asker.post(path, need if path == "/matches" else {"need": need})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"].endswith("/content-does-not-fit")
    assert (problem["code"], problem["fields"]) == ("country_is_no_place", ["municipality"])
    assert "say in which municipality or area" in problem["detail"]


@pytest.mark.parametrize("across_borders", [True, False])
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("bg", "Кажете в коя община"),
        ("bs", "Recite u kojoj općini"),
        ("cnr", "Recite u kojoj opštini"),
        ("ro", "Spuneți în ce localitate"),
        ("sq", "Thoni në cilën bashki"),
        ("sr-Cyrl", "Реците у којој општини"),
        ("sr-Latn", "Recite u kojoj opštini"),
    ],
)
def test_that_a_country_is_no_place_is_told_in_the_readers_language(
    caseworker: Agency, language: str, told: str, across_borders: bool
) -> None:
    body = {**NEED, "municipality": "AL", "across_borders": across_borders}
    answer = caseworker.post("/matches", body, Accept_Language=language)
    assert answer.headers["Content-Language"] == language
    assert told in answer.json()["detail"]
    assert answer.json()["code"] == "country_is_no_place"


def test_an_officer_without_referrals_cannot_ask(agency: Agency) -> None:
    assert agency.post("/matches", NEED).status_code == 403


@pytest.mark.parametrize(
    ("part", "city", "area"),
    [
        ("BA-centar-sarajevo", "BA-sarajevo", "Kanton Sarajevo"),
        ("BA-pale", "BA-istocno-sarajevo", "Republika Srpska"),
        ("RS-novi-beograd", "RS-beograd", "Grad Beograd"),
        ("RO-bucuresti-sector-1", "RO-bucuresti", "București"),
        ("MK-cair", "MK-skopje", "Skopski region"),
    ],
)
def test_who_serves_a_city_serves_its_municipalities(
    agency: Agency, caseworker: Agency, part: str, city: str, area: str
) -> None:
    place = {"kind": "physical", "municipality": part, "address_1": "Street 1"}
    theirs = agency.publish(taxonomy_terms=["trauma-therapy"], serves=[city], location=place, languages=["rom"])
    asked = {**NEED, "languages": ["rom"], "municipality": part}
    assert (match_of(caseworker.post("/matches", asked), theirs) or ("",))[0] == "matches"
    # The address names the area around the city, where there is one, as it does for other places.
    document = agency.client.get(f"/services/{theirs['id']}").json()
    (address,) = document["service_at_locations"][0]["location"]["addresses"]
    assert address["state_province"] == area
    assert theirs["id"] in agency.client.get(f"/services?municipality={city}&per_page=100&language=rom").text


def test_a_fitting_service_comes_with_plain_reasons(agency: Agency, caseworker: Agency) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"])
    asked = {**NEED, "age": 12, "sex": "female", "languages": ["sq"], "municipality": "AL-tirane", "within_km": 30}
    kind, match = match_of(caseworker.post("/matches", asked), listing) or ("", {})
    assert kind == "matches"
    assert [reason["code"] for reason in match["reasons"]] == [
        "need", "age", "language", "serves", "distance", "place_free", "verified",
    ]  # fmt: skip
    assert (match["distance_km"], match["capacity"]["available"]) == (0.0, 3)
    assert match["service"]["receives_referrals"]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"minimum_age": 14}, "age"),
        ({"languages": ["bg"]}, "language"),
        ({"sex": "male"}, "sex"),
        ({"capacity": {"available": 0}}, "full"),
        ({"accepts_referrals": False}, "not_accepting"),
        ({"serves": ["RS-sabac"]}, "serves"),
        ({"location": {"kind": "physical", "municipality": "AL-shkoder"}}, "distance"),
    ],
)
def test_a_nearly_fitting_service_says_what_is_missing(
    agency: Agency, caseworker: Agency, change: dict[str, Any], missing: str
) -> None:
    listing = agency.publish(**{"taxonomy_terms": ["trauma-therapy"], **change})
    asked = {**NEED, "age": 12, "sex": "female", "languages": ["sq"], "municipality": "AL-tirane", "within_km": 30}
    kind, match = match_of(caseworker.post("/matches", asked), listing) or ("", {})
    assert kind == "nearly"
    assert [reason["code"] for reason in match["missing"]] == [missing]


def test_where_nothing_is_in_reach_the_nearest_far_off_is_shown(agency: Agency, caseworker: Agency) -> None:
    far_off = agency.publish(
        taxonomy_terms=["trauma-therapy"],
        serves=["RO-tulcea"],
        location={"kind": "physical", "municipality": "RO-tulcea", "address_1": "1"},
    )
    found = match_of(caseworker.post("/matches", {**NEED, "municipality": "RO-satu-mare"}), far_off)
    assert found is not None
    kind, match = found
    assert (kind, "serves" in [reason["code"] for reason in match["missing"]]) == ("nearly", True)
    assert match["distance_km"] > 200


def test_where_all_in_reach_are_full_a_free_one_far_off_is_shown_as_well(agency: Agency, caseworker: Agency) -> None:
    """A house that is full nearby must not hide the one that has room: at night there is no other."""
    room: dict[str, Any] = {"maximum": 10, "unit": "beds"}
    here, there = (
        agency.publish(
            taxonomy_terms=["vocational-training"],
            serves=[place],
            location={"kind": "physical", "municipality": place, "address_1": "1"},
            capacity={**room, "available": available},
        )
        for place, available in (("RO-calarasi", 0), ("RO-arad", 5))
    )
    answer = caseworker.post("/matches", {"needs": ["vocational-training"], "municipality": "RO-calarasi", "limit": 50})
    assert [match_of(answer, listing) is not None for listing in (here, there)] == [True, True]
    _kind, full = match_of(answer, here) or ("", {})
    _kind, free = match_of(answer, there) or ("", {})
    assert [reason["code"] for reason in full["missing"]] == ["full"]
    assert [reason["code"] for reason in free["missing"]] == ["serves"]
    assert free["distance_km"] > 100


@pytest.mark.parametrize(
    ("said", "asked"), [("sr-Latn", "sr"), ("sr", "sr-Cyrl"), ("srp", "sr-Latn"), ("sr", "srp"), ("sr", "sr-RS")]
)
def test_who_speaks_a_language_speaks_it_in_either_script(
    agency: Agency, caseworker: Agency, directory: Directory, said: str, asked: str
) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"], languages=[said])
    with directory.engine.begin() as connection:
        # As it was kept before languages were read as one.
        older = "UPDATE listing SET languages = ARRAY[:said] WHERE id = :id"
        connection.execute(text(older), {"said": said, "id": listing["id"]})
    wanted = {"needs": ["trauma-therapy"], "languages": [asked], "municipality": "AL-tirane", "limit": 50}
    kind, match = match_of(caseworker.post("/matches", wanted), listing) or ("", {})
    assert kind == "matches"
    assert {"language": ["sr"]} in [reason["params"] for reason in match["reasons"]]


def test_a_service_without_an_agency_is_only_nearly_fitting(agency: Agency, caseworker: Agency) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"], organization_id=agency.organization(linked=False))
    kind, match = match_of(caseworker.post("/matches", NEED), listing) or ("", {})
    assert (kind, match["missing"][0]["code"], match["service"]["receives_referrals"]) == ("nearly", "no_agency", False)


def test_a_draft_and_a_withdrawn_service_are_not_matched(agency: Agency, caseworker: Agency) -> None:
    draft = agency.draft(taxonomy_terms=["trauma-therapy"])
    withdrawn = agency.publish(taxonomy_terms=["trauma-therapy"])
    agency.post(f"/listings/{withdrawn['id']}/withdraw")
    answer = caseworker.post("/matches", NEED)
    assert match_of(answer, draft) is None
    assert match_of(answer, withdrawn) is None


def test_nothing_of_the_question_is_kept_or_logged(
    caseworker: Agency, directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caseworker.id = str(uuid.uuid4())
    answer = caseworker.post("/matches", {**NEED, "municipality": "ME-podgorica", "age": 13})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    for record in caplog.records:
        assert "podgorica" not in record.getMessage().lower() + str(record.__dict__)
    with directory.engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT (SELECT count(*) FROM audit_record WHERE agency_id = %s)"
            " + (SELECT count(*) FROM idempotency_key WHERE operation LIKE '%%atch%%')",
            (caseworker.id,),
        ).scalar()
    assert kept == 0


def reason_of(found: tuple[str, dict[str, Any]] | None, code: str) -> dict[str, Any]:
    kind, match = found or ("", {})
    listed = [*match["reasons"], *match.get("missing", [])]
    (reason,) = [reason for reason in listed if reason["code"] == code]
    return {"kind": kind, "is_missing": reason in match.get("missing", []), **reason}


@pytest.mark.parametrize(
    "body",
    [
        {"open_at": "Ana comes on Monday"},
        {"open_at": "2020-01-01T10:00:00Z"},
        {"open_at": "2026-12-01T10:00:00"},
        {"accessibility": ["stairs"]},
        {"excluded_organizations": ["Qendra Agimi"]},
        {"languages": ["she speaks Romani"]},
        {"municipality": "Ana lives in Tirana"},
    ],
)
def test_no_field_takes_free_text(caseworker: Agency, body: dict[str, Any]) -> None:
    answer = caseworker.post("/matches", {**NEED, **body})
    assert answer.status_code == 400
    assert all(str(value) not in answer.text for value in body.values())


def test_keeping_to_a_country_needs_a_place(caseworker: Agency) -> None:
    assert caseworker.post("/matches", {**NEED, "across_borders": False}).status_code == 422


def test_free_places_are_told_with_the_age_of_the_figure(agency: Agency, caseworker: Agency) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"], capacity={"available": 4, "maximum": 10})
    reason = reason_of(match_of(caseworker.post("/matches", NEED), listing), "place_free")
    assert reason["text"] == "4 of 10 places free as of now"
    reported = listing["capacity"]["reported_at"]
    assert reason["params"] == {
        "available": 4, "maximum": 10, "unit": "places", "reported_at": reported, "updated_at": reported,
    }  # fmt: skip


def age_figure(directory: Directory, listing: dict[str, Any], age: timedelta) -> None:
    with directory.engine.begin() as connection:
        for table, column, key in (
            ("listing", "capacity_reported_at", "id"),
            ("search_entry", "capacity_said_at", "listing_id"),
        ):
            change = f"UPDATE {table} SET {column} = :said WHERE {key} = :id"
            connection.execute(text(change), {"said": datetime.now(UTC) - age, "id": listing["id"]})


@pytest.mark.parametrize(("urgency", "days"), [("emergency", 2), ("urgent", 4), ("routine", 15)])
def test_a_figure_that_is_too_old_for_the_urgency_is_no_free_place(
    agency: Agency, caseworker: Agency, directory: Directory, urgency: str, days: int
) -> None:
    place = {"taxonomy_terms": ["trauma-therapy"], "serves": ["ME-zabljak"], "location": {"kind": "virtual"}}
    stale, fresh = (agency.publish(**place, name=name, capacity={"available": 3}) for name in ("Aa", "Bb"))
    age_figure(directory, stale, timedelta(days=days))
    answer = caseworker.post("/matches", {**NEED, "municipality": "ME-zabljak", "urgency": urgency})
    reason = reason_of(match_of(answer, stale), "capacity_stale")
    assert (reason["kind"], reason["is_missing"]) == ("matches", False)
    assert reason["text"].endswith("too old to rely on, ask first")
    found = [match["service"]["id"] for match in answer.json()["matches"]]
    assert found.index(fresh["id"]) < found.index(stale["id"])


def test_where_it_is_urgent_what_is_open_now_comes_first(agency: Agency, caseworker: Agency) -> None:
    place = {"taxonomy_terms": ["trauma-therapy"], "serves": ["ME-savnik"], "location": {"kind": "virtual"}}
    asleep, awake = (agency.publish(**place, name=name, always_open=name == "Bb") for name in ("Aa", "Bb"))
    for urgency, first in (("routine", asleep), ("urgent", awake), ("emergency", awake)):
        answer = caseworker.post("/matches", {**NEED, "municipality": "ME-savnik", "urgency": urgency})
        found = [match["service"]["id"] for match in answer.json()["matches"]]
        ours = [one for one in found if one in (asleep["id"], awake["id"])]
        assert ours[0] == first["id"], urgency


def test_reasons_are_told_by_name_in_the_language_asked_for(agency: Agency, caseworker: Agency) -> None:
    asked = {**NEED, "languages": ["rom"], "municipality": "AL-tirane", "within_km": 30}
    fits = agency.publish(taxonomy_terms=["trauma-therapy"], languages=["rom"])
    lacks = agency.publish(taxonomy_terms=["trauma-therapy"], languages=["sq"])
    answer = caseworker.post("/matches", asked, Accept_Language="sr-Latn")
    assert "Accept-Language" in answer.headers["Vary"]
    assert "sr-Latn" in answer.headers["Content-Language"]
    assert reason_of(match_of(answer, fits), "language")["text"] == "Jezik: Romski"
    lacking = reason_of(match_of(answer, lacks), "language")
    assert (lacking["text"], lacking["params"]) == ("Ne nudi se na ovom jeziku: Romski", {"language": ["rom"]})
    assert reason_of(match_of(answer, fits), "serves")["text"].startswith("Pokriva područje: Tiran")
    english = caseworker.post("/matches", asked)
    assert reason_of(match_of(english, fits), "serves")["text"] == "Serves Tirana"
    assert reason_of(match_of(english, fits), "need")["text"] == "Offers: Trauma therapy"
    assert english.headers["Content-Language"] == "en"


def test_accessibility_is_all_there_or_missing(agency: Agency, caseworker: Agency) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"], accessibility=["wheelchair"])
    asked = {**NEED, "accessibility": ["wheelchair"]}
    assert not reason_of(match_of(caseworker.post("/matches", asked), listing), "accessibility")["is_missing"]
    asked["accessibility"].append("braille")
    lacking = reason_of(match_of(caseworker.post("/matches", asked), listing), "accessibility")
    assert (lacking["is_missing"], lacking["params"]) == (True, {"accessibility": ["braille"]})


def test_an_excluded_organization_is_not_among_them(agency: Agency, caseworker: Agency) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"])
    assert match_of(caseworker.post("/matches", NEED), listing)
    asked = {**NEED, "excluded_organizations": [listing["organization_id"]]}
    assert match_of(caseworker.post("/matches", asked), listing) is None


def test_of_two_alike_the_one_at_home_comes_first(agency: Agency, caseworker: Agency) -> None:
    """A child is sent across a border for a reason, and not because a name stands first in the alphabet."""
    twin: dict[str, Any] = {"taxonomy_terms": ["legal-aid"], "serves": ["ME-plav"], "location": {"kind": "virtual"}}
    abroad = agency.publish(name="A", organization_id=agency.organization(country="AL"), **twin)
    at_home = agency.publish(name="B", organization_id=agency.organization(country="ME"), **twin)
    answer = caseworker.post("/matches", {"needs": ["legal-aid"], "municipality": "ME-plav", "limit": 50})
    ids = [match["service"]["id"] for match in answer.json()["matches"]]
    assert ids.index(at_home["id"]) < ids.index(abroad["id"])


def test_borders_are_crossed_only_where_that_is_wanted(agency: Agency, caseworker: Agency) -> None:
    there = {"kind": "physical", "municipality": "XK-prizren"}
    abroad = agency.publish(taxonomy_terms=["trauma-therapy"], location=there, serves=["AL", "XK"])
    owner = agency.organization(country="XK")
    line = agency.publish(
        taxonomy_terms=["trauma-therapy"], organization_id=owner, location={"kind": "virtual"}, serves=["AL", "XK"]
    )
    asked = {**NEED, "municipality": "AL-kukes"}
    assert reason_of(match_of(caseworker.post("/matches", asked), abroad), "abroad")["params"] == {"country": "XK"}
    asked["across_borders"] = False
    answer = caseworker.post("/matches", asked)
    assert match_of(answer, abroad) is None
    assert (match_of(answer, line) or ("",))[0] == "matches"


def test_hours_are_told_and_count_where_a_moment_is_asked_for(agency: Agency, caseworker: Agency) -> None:
    line = agency.publish(taxonomy_terms=["trauma-therapy"], always_open=True)
    never = {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "11:00", "closes_at": "11:01", "open_on_holidays": True}
    shut = agency.publish(taxonomy_terms=["trauma-therapy"], schedule=[never])
    unknown = agency.publish(taxonomy_terms=["trauma-therapy"])
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=3, minute=0, second=0, microsecond=0)
    answer = caseworker.post("/matches", {**NEED, "open_at": tomorrow.isoformat()})
    assert reason_of(match_of(answer, line), "always_open")["kind"] == "matches"
    assert not reason_of(match_of(answer, unknown), "hours_unknown")["is_missing"]
    closed = reason_of(match_of(answer, shut), "closed")
    assert (closed["is_missing"], closed["params"]["time"], closed["params"]["days"]) == (True, "11:00", 1)
    # Whoever reads it reads it today, whatever day was asked for.
    assert closed["text"] == "Opens tomorrow 11:00"


def test_a_shelter_that_must_not_be_found_has_no_distance(agency: Agency, caseworker: Agency) -> None:
    place = {"kind": "confidential", "municipality": "AL-tirane", "latitude": 41.33, "longitude": 19.82}
    listing = agency.publish(taxonomy_terms=["trauma-therapy"], location=place, tier="network")
    _, match = match_of(caseworker.post("/matches", {**NEED, "municipality": "AL-tirane"}), listing) or ("", {})
    assert match["distance_km"] is None
    assert "distance" not in {reason["code"] for reason in match["reasons"]}
    assert "municipality" not in match["service"]


def test_what_nobody_has_confirmed_for_long_is_not_matched(
    agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"])
    for overdue, is_shown in ((STALE_AFTER_DAYS, True), (STALE_AFTER_DAYS + 1, False)):
        due = datetime.now(UTC).date() - timedelta(days=overdue)
        with directory.engine.begin() as connection:
            for table, key in (("listing", "id"), ("search_entry", "listing_id")):
                change = f"UPDATE {table} SET confirm_by = :due WHERE {key} = :id"
                connection.execute(text(change), {"due": due, "id": listing["id"]})
        assert bool(match_of(caseworker.post("/matches", NEED), listing)) == is_shown


def unmet(directory: Directory, municipality: str) -> list[tuple[str, str, int]]:
    query = "SELECT term, age_band, count FROM unmet_need WHERE municipality_code = :place ORDER BY term"
    with directory.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), {"place": municipality})]


def test_a_need_that_nothing_meets_is_counted_once_an_hour_for_each_agency(
    caseworker: Agency, directory: Directory, client: Any, issuer: Any
) -> None:
    place = "RO-suceava"
    asked = {
        "needs": ["family-tracing", "trauma-therapy"],
        "age": 13,
        "municipality": place,
        "excluded_organizations": [],
    }
    for _ in range(3):
        assert caseworker.post("/matches", asked).json()["matches"] == []
    assert unmet(directory, place) == [("family-tracing", "12-14", 1), ("trauma-therapy", "12-14", 1)]
    Agency(client, issuer, scopes="referrals:read").post("/matches", asked)
    assert [count for _, _, count in unmet(directory, place)] == [2, 2]
    with directory.engine.begin() as connection:
        connection.execute(text("UPDATE unmet_need_heard SET heard_at = heard_at - interval '61 minutes'"))
    caseworker.post("/matches", asked)
    assert [count for _, _, count in unmet(directory, place)] == [3, 3]


def test_a_need_that_is_met_or_has_no_place_is_not_counted(
    agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    agency.publish(taxonomy_terms=["trauma-therapy"], serves=["RO-iasi"], location={"kind": "virtual"})
    caseworker.post("/matches", {**NEED, "municipality": "RO-iasi"})
    assert unmet(directory, "RO-iasi") == []
    with directory.engine.connect() as connection:
        before = connection.scalar(text("SELECT sum(count) FROM unmet_need"))
        caseworker.post("/matches", {"needs": ["family-tracing"], "age": 99})
        assert connection.scalar(text("SELECT sum(count) FROM unmet_need")) == before


@pytest.mark.parametrize("called", ["helpline", "stranger"])
def test_what_must_be_called_meets_a_need(
    agency: Agency, caseworker: Agency, directory: Directory, called: str
) -> None:
    """Nobody refers a child to a helpline: a town that one serves does not lack it."""
    place = {"helpline": "RO-slobozia", "stranger": "RO-giurgiu"}[called]
    more: dict[str, Any] = {"accepts_referrals": False}
    if called == "stranger":
        more = {"organization_id": agency.organization(linked=False)}
    listing = agency.publish(taxonomy_terms=["hotline"], serves=[place], location={"kind": "virtual"}, **more)
    for asked in (
        {"needs": ["hotline"], "age": 12, "municipality": place},
        {"needs": ["hotline"], "municipality": place},
    ):
        kind, _match = match_of(caseworker.post("/matches", {**asked, "limit": 50}), listing) or ("", {})
        assert kind == "nearly"
    # Where so much else is asked for that it does not even nearly fit, the town does not lack it either.
    far_from_it = {"languages": ["uk"], "accessibility": ["assistance-dog"], "sex": "female"}
    answer = caseworker.post("/matches", {"needs": ["hotline"], "municipality": place, **far_from_it})
    assert match_of(answer, listing) is None
    assert unmet(directory, place) == []


def test_only_what_nobody_meets_by_itself_is_counted(agency: Agency, caseworker: Agency, directory: Directory) -> None:
    place = "RO-vaslui"
    for term in ("trauma-therapy", "emergency-shelter"):
        agency.publish(taxonomy_terms=[term], serves=[place], location={"kind": "virtual"}, languages=["ro"])
    asked = {"needs": ["trauma-therapy", "emergency-shelter"], "age": 13, "municipality": place}
    for more in (
        {},
        {"languages": ["uk"]},
        {"accessibility": ["assistance-dog"]},
        {"excluded_organizations": [str(uuid.uuid4())]},
        {"open_at": "now", "languages": ["uk"]},
    ):
        assert caseworker.post("/matches", {**asked, **more}).json()["matches"] == []
    assert unmet(directory, place) == []
    caseworker.post("/matches", {**asked, "needs": ["trauma-therapy", "family-tracing"]})
    assert unmet(directory, place) == [("family-tracing", "12-14", 1)]
    caseworker.post("/matches", {**asked, "age": 18})
    counted = [("emergency-shelter", "18-24", 1), ("family-tracing", "12-14", 1), ("trauma-therapy", "18-24", 1)]
    assert unmet(directory, place) == counted


@pytest.mark.parametrize("path", ["/matches", "/capacity-enquiries"])
def test_no_log_line_holds_any_of_what_was_asked(
    client: Any, issuer: Any, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.DEBUG)
    asked: dict[str, Any] = {
        "needs": ["family-tracing"], "age": 13, "sex": "female", "languages": ["uk"], "municipality": "ME-podgorica",
        "accessibility": ["assistance-dog"], "excluded_organizations": [str(uuid.uuid4())], "urgency": "emergency",
    }  # fmt: skip
    caller = Agency(client, issuer, scopes="referrals:read referrals:write")
    answer = caller.post(path, asked if path == "/matches" else {"need": asked})
    assert answer.status_code in (200, 422)
    logged = " ".join(record.getMessage() + str(record.__dict__) for record in caplog.records).lower()
    assert caplog.records
    for value in ("family-tracing", "podgorica", "assistance-dog", "female", asked["excluded_organizations"][0]):
        assert value not in logged
