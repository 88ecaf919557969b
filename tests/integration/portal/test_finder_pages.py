"""The public finder: what it asks the directory, what it shows of the answer, and what it leaves nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.portal import A_HELPLINE, SERVICE_ID, FakeApis, a_portal, everyday_apis, page_of

TIRANA = {
    "code": "AL-tirane", "country": "AL", "level": "municipality", "name": "Tiranë", "names": {},
    "latitude": 41.3275, "longitude": 19.8187,
}  # fmt: skip


def a_service(number: int, **changes: Any) -> dict[str, Any]:
    """A service with a public place, valid unless changed."""
    place = {
        "id": f"l{number}", "location_type": "physical", "name": "Tiranë", "external_identifier": "AL-tirane",
        "latitude": 41.33, "longitude": 19.82, "addresses": [{"address_1": f"Rruga {number}", "city": "Tiranë"}],
    }  # fmt: skip
    return {
        "id": SERVICE_ID, "name": f"Service {number}", "status": "active", "organization_id": "o1",
        "service_at_locations": [{"id": f"s{number}", "location": place}],
    } | changes  # fmt: skip


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    apis.on("GET", "directory", "/municipalities", {"items": [TIRANA]})
    return apis


@pytest.fixture
def visitor(apis: FakeApis) -> FlaskClient:
    return a_portal(apis).test_client()


def asked_for(apis: FakeApis) -> dict[str, Any]:
    """What the last search asked the directory for, in the body alone."""
    assert not [request.url for request in apis.asked if request.url.path == "/services" and request.url.query]
    return next(
        body for body in reversed(apis.sent("POST", "/services")) if body.get("need") != "hotline" and body["full"]
    )


def test_what_was_looked_for_stands_in_no_address_and_leaves_no_cookie(apis: FakeApis, visitor: FlaskClient) -> None:
    answer = visitor.post("/search", data={"search": "shelter", "age": "12"})
    assert answer.status_code == 200
    assert asked_for(apis) == {"search": "shelter", "age": 12, "page": 1, "per_page": 20, "full": True}
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "search=shelter" not in answer.text
    assert visitor.get("/search").headers["Location"] == "/"


def test_every_choice_reaches_the_directory(apis: FakeApis, visitor: FlaskClient) -> None:
    chosen = {
        "need": "counselling", "sex": "female", "language": "sq", "municipality": "Tirana", "within_km": "30",
        "open_now": "yes", "accepts": "yes", "accessibility": ["lift", "braille"], "page": "2",
    }  # fmt: skip
    visitor.post("/search", data=chosen)
    assert asked_for(apis) == {
        "need": "counselling", "sex": "female", "language": "sq", "available_to": "AL-tirane",
        "municipality": "AL-tirane", "within_km": 30, "open_at": "now", "accepts": True,
        "accessibility": ["lift", "braille"], "page": 2, "per_page": 20, "full": True,
    }  # fmt: skip


def test_a_municipality_alone_asks_who_is_there_for_it_so_that_shelters_are_found(
    apis: FakeApis, visitor: FlaskClient
) -> None:
    visitor.post("/search", data={"municipality": "Tirana"})
    assert asked_for(apis)["available_to"] == "AL-tirane"
    assert "municipality" not in asked_for(apis)


def test_the_helpline_is_the_one_the_directory_lists_for_the_country(apis: FakeApis, visitor: FlaskClient) -> None:
    assert 'href="tel:116111"' in visitor.get("/?country=AL").text
    apis.on("POST", "directory", "/services", page_of())
    page = visitor.get("/?country=BA").text
    assert "116 111" not in page
    assert 'href="tel:112"' in page


def test_the_map_and_the_list_carry_the_same_numbers(apis: FakeApis, visitor: FlaskClient) -> None:
    far = a_service(3)
    far["service_at_locations"][0]["location"] |= {"latitude": 42.07, "longitude": 19.51}
    apis.on("POST", "directory", "/services", page_of(a_service(1), a_service(2), far))
    page = visitor.post("/search", data={"country": "AL"}).text
    assert page.count(' id="service-') == 3
    assert 'href="#service-1" aria-label="1 +1: Service 1; Service 2"' in page
    assert 'href="#service-3" aria-label="3: Service 3"' in page


def test_a_service_without_a_public_place_is_in_the_list_but_not_on_the_map(
    apis: FakeApis, visitor: FlaskClient
) -> None:
    shelter = a_service(1, service_at_locations=[], has_confidential_address=True)
    apis.on("POST", "directory", "/services", page_of(shelter))
    page = visitor.post("/search", data={"search": "shelter"}).text
    assert "The address is confidential" in page
    assert "#service-1" not in page


@pytest.mark.parametrize("places", [[], [{"id": "s1"}], [{"id": "s1", "location": {"location_type": "physical"}}]])
def test_a_service_of_which_no_address_is_known_has_no_confidential_one(
    apis: FakeApis, visitor: FlaskClient, places: list[dict[str, Any]]
) -> None:
    service = a_service(1, service_at_locations=places)
    apis.on("POST", "directory", "/services", page_of(service))
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", service)
    for page in (visitor.post("/search", data={"search": "x"}).text, visitor.get(f"/services/{SERVICE_ID}").text):
        assert "No address is given." in page
        assert "confidential. Call" not in page


ALWAYS = [{"id": "h", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        # The first hour of the day in Tirana is still the day before in UTC.
        ({"status": "temporarily closed", "reopens_at": "2026-08-31T22:00:00Z"}, "Open again from 1 September 2026."),
        ({"status": "temporarily closed"}, "Closed at the moment"),
        ({"status": "inactive"}, "Closed until further notice"),
        ({"status": "defunct"}, "This service does not exist any more"),
    ],
)
def test_a_closed_service_looks_open_nowhere(
    apis: FakeApis, visitor: FlaskClient, said: dict[str, Any], told: str
) -> None:
    phones = [{"id": "p", "number": "04 123 456"}]
    service = a_service(1, schedules=ALWAYS, phones=phones, **said)
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", service)
    apis.on("POST", "directory", "/services", page_of(service))
    searched = visitor.post("/search", data={"search": "x", "open_now": "yes"}).text
    for page in (visitor.get(f"/services/{SERVICE_ID}").text, searched):
        assert told in page
        assert "Open day and night" not in page
        assert "Open now</p>" not in page
        assert "Call 04" not in page
        assert 'href="tel:04123456">04 123 456</a>' in page


def test_a_closed_helpline_is_no_number_to_call(apis: FakeApis, visitor: FlaskClient) -> None:
    apis.on("POST", "directory", "/services", page_of(A_HELPLINE | {"status": "inactive"}))
    assert "Call the child helpline" not in visitor.get("/").text
    apis.on("POST", "directory", "/services", page_of(A_HELPLINE))
    assert "Call the child helpline" in a_portal(apis).test_client().get("/").text


def test_the_service_page_says_open_only_when_the_directory_does(apis: FakeApis, visitor: FlaskClient) -> None:
    hours = [{"id": "h", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "23:59"}]
    service = a_service(1, schedules=hours, assured_date="2026-01-01")
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", service)
    apis.on("POST", "directory", "/services", page_of())
    assert "Open now" not in visitor.get(f"/services/{SERVICE_ID}").text
    apis.on("POST", "directory", "/services", page_of({"id": SERVICE_ID}))
    page = visitor.get(f"/services/{SERVICE_ID}").text
    assert "Open now until 23:59" in page
    assert "days ago" in page


def test_the_language_can_be_changed_without_losing_the_search(apis: FakeApis, visitor: FlaskClient) -> None:
    page = visitor.post("/search", data={"search": "shelter", "page_language": "sq"})
    assert '<html lang="sq">' in page.text
    assert 'value="shelter"' in page.text
    assert "lidhja_language=sq" in page.headers["Set-Cookie"]


def test_what_a_listing_says_is_never_markup(apis: FakeApis, visitor: FlaskClient) -> None:
    evil = "<script>alert(1)</script>"
    apis.on("POST", "directory", "/services", page_of(A_HELPLINE | {"name": evil, "description": evil, "alert": evil}))
    assert evil not in visitor.post("/search", data={"search": "x"}).text
