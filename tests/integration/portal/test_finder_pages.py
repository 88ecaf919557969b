"""The public finder: what it asks the directory, what it shows of the answer, and what it leaves nowhere."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.support.portal import A_HELPLINE, SERVICE_ID, FakeApis, a_portal, an_opening, everyday_apis, page_of

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
    assert "The directory knows no number of a child helpline here" in page
    assert "It can be reached in another way" not in page


def test_a_helpline_without_a_number_is_named_with_the_way_to_its_page(apis: FakeApis, visitor: FlaskClient) -> None:
    area = {"id": "a1", "extent": "BA"}
    line = A_HELPLINE | {"phones": [], "email": "plavi@example.org", "service_areas": [area]}
    apis.on("POST", "directory", "/services", page_of(line))
    page = visitor.get("/?country=BA").text
    assert f'It can be reached in another way: <a href="/services/{line["id"]}">Helpline</a>' in page
    assert "Call the child helpline" not in page


OWNER = {"id": "o1", "name": "Agimi"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"phones": [{"id": "p", "number": "116 111"}]}, "Call to be told how to get there."),
        ({"organization": OWNER | {"phones": [{"id": "p", "number": "04 1"}]}}, "Call to be told how to get there."),
        ({"email": "a@example.org"}, "Write to be told how to get there."),
        ({"organization": OWNER | {"website": "https://a.example.org"}}, "Write to be told how to get there."),
        ({"organization": OWNER}, "An agency can refer a child to it."),
    ],
)
def test_how_to_ask_for_a_confidential_address_is_by_the_way_that_there_is(
    apis: FakeApis, visitor: FlaskClient, said: dict[str, Any], told: str
) -> None:
    shelter = a_service(1, service_at_locations=[], has_confidential_address=True) | said
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", shelter)
    page = visitor.get(f"/services/{SERVICE_ID}").text
    assert f"The address is confidential. {told}" in page
    assert page.count("The address is confidential.") == 1


def test_a_service_without_a_number_says_whom_to_ask(apis: FakeApis, visitor: FlaskClient) -> None:
    owner = OWNER | {"phones": [{"id": "p", "number": "04 123 456"}]}
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", a_service(1, organization=owner))
    page = visitor.get(f"/services/{SERVICE_ID}").text
    assert 'Ask Agimi: <a class="call" href="tel:04123456">04 123 456</a>' in page
    assert "A social worker or another agency can make contact for you." in page
    assert 'You can always ask at the helpline: <a class="call" href="tel:116111">116 111</a>' in page


def test_whom_it_is_for_is_said_on_the_page_and_in_the_list(apis: FakeApis, visitor: FlaskClient) -> None:
    service = a_service(1, sex="female", eligibility_description="From all of the county.")
    apis.on("POST", "directory", "/services", page_of(service))
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", service)
    listed = visitor.post("/search", data={"search": "x"}).text
    assert "<li>Girls only</li>" in listed
    for page in (listed, visitor.get(f"/services/{SERVICE_ID}").text):
        assert "<dt>For whom</dt><dd>Girls only<br>From all of the county.</dd>" in page
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", a_service(1))
    assert "only</dd>" not in visitor.get(f"/services/{SERVICE_ID}").text


@pytest.mark.parametrize("language", ["en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr"])
def test_what_is_closed_now_says_when_it_opens_and_that_holidays_close_it(
    apis: FakeApis, visitor: FlaskClient, language: str
) -> None:
    hours = [{"id": "h", "byday": "MO,TU,WE,TH,FR", "opens_at": "20:00", "closes_at": "24:00"}]
    service = a_service(1, schedules=[hours[0] | {"notes": "Closed on public holidays."}])
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", service)
    apis.on("POST", "directory", "/services", page_of(service))
    opens = an_opening(SERVICE_ID, "opens", "Opens Wednesday 20:00", time="20:00", days=2)
    apis.on("POST", "directory", "/openings", {"items": [opens]})
    visitor.set_cookie("lidhja_language", language)
    pages = (visitor.get(f"/services/{SERVICE_ID}").text, visitor.post("/search", data={"search": "x"}).text)
    assert "20:00–24:00" in pages[0]
    for page in pages:
        assert "· Opens Wednesday 20:00</p>" in page
        assert CLOSED_ON_HOLIDAYS[language] in page
    asked = [request.headers["Accept-Language"] for request in apis.asked if request.url.path == "/openings"]
    assert asked == [language, language]


CLOSED_ON_HOLIDAYS = {
    "en": "closed on public holidays", "sq": "mbyllur në ditë festash zyrtare", "bs": "zatvoreno državnim praznicima",
    "bg": "затворено на официални празници", "ro": "închis în sărbătorile legale",
    "sr-Cyrl": "затворено државним празницима", "sr-Latn": "zatvoreno državnim praznicima",
    "cnr": "zatvoreno državnim praznicima",
}  # fmt: skip


def test_what_the_directory_says_in_the_readers_language_stands_within_the_line(
    apis: FakeApis, visitor: FlaskClient
) -> None:
    hours = {"id": "h", "byday": "MO", "opens_at": "08:00", "closes_at": "16:00"}
    told = [
        hours | {"notes": "Mbyllur në ditët e festave zyrtare."},
        hours | {"id": "i", "notes": "E mbyllur. Telefononi."},
    ]
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", a_service(1, schedules=told))
    visitor.set_cookie("lidhja_language", "sq")
    page = visitor.get(f"/services/{SERVICE_ID}").text
    assert "08:00–16:00, mbyllur në ditët e festave zyrtare<br>" in page
    assert "08:00–16:00, E mbyllur. Telefononi" in page


def test_the_page_is_shown_when_nobody_says_whether_it_is_open(apis: FakeApis, visitor: FlaskClient) -> None:
    apis.on("POST", "directory", "/openings", httpx.Response(503))
    assert visitor.get(f"/services/{SERVICE_ID}").status_code == 200
    assert visitor.post("/search", data={"search": "x"}).status_code == 200


VALEA_MARE: list[dict[str, Any]] = [
    {
        "code": f"RO-valea-mare-{county.lower()}", "country": "RO", "level": "commune", "name": "Valea Mare",
        "names": {}, "parent_name": county, "parent_names": {},
    }
    for county in ("Covasna", "Dâmbovița", "Olt", "Vâlcea")
]  # fmt: skip


def test_places_of_one_name_are_told_apart_by_the_area_that_they_lie_in(apis: FakeApis, visitor: FlaskClient) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        code = request.url.params.get("code")
        return httpx.Response(200, json={"items": [place for place in VALEA_MARE if code in (None, place["code"])]})

    apis.on("GET", "directory", "/municipalities", answer)
    labels = [f"Valea Mare, {place['parent_name']} (RO)" for place in VALEA_MARE]
    assert visitor.get("/places?search=Valea+Mare").json == {"items": labels}
    page = visitor.post("/search", data={"municipality": "Valea Mare"}).text
    assert [label in page for label in labels] == [True] * 4
    chosen = visitor.post(
        "/search", data={"municipality": "Valea Mare", "municipality_choice": "RO-valea-mare-olt"}
    ).text
    assert asked_for(apis)["available_to"] == "RO-valea-mare-olt"
    # Its whole name stands in the form, so that the next page does not ask again.
    assert 'value="Valea Mare, Olt (RO)"' in chosen
    for written in ("Valea Mare, Olt (RO)", "valea mare, olt"):
        assert "There are several" not in visitor.post("/search", data={"municipality": written}).text
        assert asked_for(apis)["available_to"] == "RO-valea-mare-olt"


def test_a_guessed_place_is_offered_and_never_taken(apis: FakeApis, visitor: FlaskClient) -> None:
    guess = {**VALEA_MARE[0], "is_guess": True}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": VALEA_MARE[:1] if "code" in request.url.params else [guess]})

    apis.on("GET", "directory", "/municipalities", answer)
    page = visitor.post("/search", data={"municipality": "Vlea Mare"}).text
    assert "Do you mean one of these?" in page
    assert f'name="municipality_choice" value="{guess["code"]}"' in page
    assert "Services found" not in page
    visitor.post("/search", data={"municipality": "Vlea Mare", "municipality_choice": guess["code"]})
    assert asked_for(apis)["available_to"] == guess["code"]


def test_a_country_in_the_field_for_the_municipality_is_asked_for_as_a_country(
    apis: FakeApis, visitor: FlaskClient
) -> None:
    begun = {**VALEA_MARE[0], "name": "Kosovo Polje"}
    answer = {"items": [begun], "country": "XK"}
    apis.on("GET", "directory", "/municipalities", lambda _request: httpx.Response(200, json=answer))
    page = visitor.post("/search", data={"municipality": "Kosovo"}).text
    assert asked_for(apis)["available_to"] == "XK"
    assert "Kosovo Polje" not in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("country=ZZ", "This is none of the choices."),
        ("need=nonsense", "This is none of the choices."),
        ("country=AL&language=tlh", "This is none of the choices."),
        ("country=AL&accessibility=wings", "This is none of the choices."),
        ("within_km=5", "Write from which municipality the distance counts."),
        ("country=AL&within_km=5", "Write from which municipality the distance counts."),
    ],
)
def test_what_is_no_choice_is_said_and_never_answered_with_all_there_is(
    apis: FakeApis, visitor: FlaskClient, asked: str, told: str
) -> None:
    page = visitor.get(f"/?{asked}").text
    assert told in page
    assert "Services found" not in page
    assert [body for body in apis.sent("POST", "/services") if body.get("need") != "hotline"] == []


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
    assert 'class="marker"' not in page


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
    open_now = an_opening(SERVICE_ID, "open", "Open until 23:59", time="23:59", days=0)
    apis.on("POST", "directory", "/openings", {"items": [open_now]})
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
