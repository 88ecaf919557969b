"""Narrowing and widening a search in the finder: what is asked can be taken away, what could be asked has its count."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.integration.portal.test_finder_pages import a_service, asked_for
from tests.support.portal import SERVICE_ID, TIRANA, FakeApis, a_portal, an_opening, everyday_apis, page_of

OTHER_ID = "0d4f4a3e-58a3-5a52-9f7e-0f4f5a3b2c12"
FACETS = {
    "term": [{"value": "psychosocial-support", "count": 2}, {"value": "counselling", "count": 1}],
    "language": [{"value": "sq", "count": 2}, {"value": "rom", "count": 1}, {"value": "tlh", "count": 1}],
    "accepts": [{"value": "true", "count": 1}, {"value": "false", "count": 1}],
    "sex": [{"value": "female", "count": 2}, {"value": "male", "count": 2}],
    "accessibility": [{"value": "lift", "count": 1}],
}


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    apis.on("GET", "directory", "/municipalities", {"items": [TIRANA]})
    found = page_of(a_service(1), a_service(2, id=OTHER_ID)) | {"facets": FACETS}
    apis.on("POST", "directory", "/services", found)
    return apis


@pytest.fixture
def visitor(apis: FakeApis) -> FlaskClient:
    return a_portal(apis).test_client()


def buttons(page: str, name: str) -> dict[str, str]:
    """The buttons of a name: what each sends, and its words without what is only for screen readers."""
    found = re.findall(rf'<button[^>]* name="{name}" value="([^"]*)"[^>]*>(.*?)</button>', page, re.DOTALL)
    hidden = re.compile(r'<span class="unseen">.*?</span>|<[^>]+>|✕')
    return {value: " ".join(hidden.sub("", words).split()) for value, words in found}


def test_choices_have_their_counts_and_those_that_hold_for_all_are_left_out(visitor: FlaskClient) -> None:
    offered = buttons(visitor.post("/search", data={"search": "help"}).text, "choose")
    assert offered["need:counselling"] == "Counselling 1"
    assert offered["accepts:true"] == "Has room now 1"
    assert offered["accessibility:lift"] == "Lift 1"
    assert not {"language:sq", "language:tlh", "accepts:false", "sex:female"} & offered.keys()
    assert "language:rom" in offered


@pytest.mark.parametrize(
    ("pressed", "field", "sent"),
    [
        ("need:counselling", "need", "counselling"),
        ("accepts:true", "accepts", True),
        ("open_now:yes", "open_at", "now"),
        ("accessibility:lift", "accessibility", ["braille", "lift"]),
        ("sort:capacity", "sort", "capacity"),
    ],
)
def test_a_choice_is_added_to_what_was_asked(
    apis: FakeApis, visitor: FlaskClient, pressed: str, field: str, sent: Any
) -> None:
    visitor.post("/search", data={"search": "help", "accessibility": "braille", "choose": pressed})
    assert asked_for(apis)[field] == sent
    assert asked_for(apis)["search"] == "help"


@pytest.mark.parametrize("pressed", ["search:other", "page:9", "csrf_token:x", "full:1", "nonsense", ":"])
def test_a_button_that_no_page_has_chooses_nothing(apis: FakeApis, visitor: FlaskClient, pressed: str) -> None:
    visitor.post("/search", data={"search": "help", "choose": pressed})
    assert asked_for(apis) == {"search": "help", "page": 1, "per_page": 20, "full": True}


def test_what_is_asked_is_shown_and_can_be_taken_away(apis: FakeApis, visitor: FlaskClient) -> None:
    asked = {"search": "help", "language": "rom", "accessibility": ["lift", "braille"], "open_now": "yes"}
    page = visitor.post("/search", data=asked).text
    assert buttons(page, "drop") == {
        "search:": "“help”", "language:rom": "Romani", "accessibility:lift": "Lift", "accessibility:braille": "Braille",
        "open_now:": "Open now",
    }  # fmt: skip
    visitor.post("/search", data=asked | {"drop": "accessibility:lift"})
    assert asked_for(apis)["accessibility"] == ["braille"]
    visitor.post("/search", data=asked | {"drop": "open_now:"})
    assert "open_at" not in asked_for(apis)


def test_without_its_municipality_a_search_stays_in_the_country(apis: FakeApis, visitor: FlaskClient) -> None:
    visitor.post("/search", data={"municipality": "Tirana", "within_km": "30", "drop": "municipality:"})
    assert asked_for(apis)["available_to"] == "AL"
    assert not {"municipality", "within_km"} & asked_for(apis).keys()


def test_the_nearest_come_first_only_where_there_is_a_place_to_measure_from(
    apis: FakeApis, visitor: FlaskClient
) -> None:
    page = visitor.post("/search", data={"country": "AL", "sort": "distance"}).text
    assert "sort" not in asked_for(apis)
    assert "sort:distance" not in page
    page = visitor.post("/search", data={"municipality": "Tirana", "sort": "distance"}).text
    assert asked_for(apis)["sort"] == "distance"
    assert "Nearest first" in page
    page = visitor.post("/search", data={"municipality": "Tirana", "within_km": "30", "sort": "capacity"}).text
    assert asked_for(apis)["sort"] == "capacity"
    assert "sort:distance" in buttons(page, "choose")
    assert '<input type="hidden" name="sort" value="capacity">' in page


def test_open_now_is_said_in_the_list_of_those_of_which_the_directory_says_so(
    apis: FakeApis, visitor: FlaskClient
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        both = page_of(a_service(1), a_service(2, id=OTHER_ID))
        return httpx.Response(200, json=page_of({"id": OTHER_ID}) if b'"open_at"' in request.content else both)

    apis.on("POST", "directory", "/services", answer)
    open_now = an_opening(OTHER_ID, "open", "Open until 16:30", time="16:30", days=0)
    apis.on("POST", "directory", "/openings", {"items": [open_now]})
    page = visitor.post("/search", data={"search": "help"}).text
    assert apis.sent("POST", "/openings") == [{"service_ids": [SERVICE_ID, OTHER_ID]}]
    assert page.count('class="open-now">Open now until 16:30<') == 1
    assert buttons(page, "choose")["open_now:yes"] == "Open now 1"


def test_where_nothing_is_found_it_says_what_to_leave_out(apis: FakeApis, visitor: FlaskClient) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        without = page_of({"id": SERVICE_ID}) | {"total_items": 7}
        return httpx.Response(200, json=page_of() if b'"language"' in request.content else without)

    apis.on("POST", "directory", "/services", answer)
    page = visitor.post("/search", data={"search": "help", "language": "rom", "age": "9"}).text
    assert "Nothing fits all of this" in page
    assert buttons(page, "drop")["language:rom"] == "Without “Romani”: 7"
    assert buttons(page, "drop")["age:"] == "Age: 9"


def test_where_nothing_helps_it_says_what_to_try(apis: FakeApis, visitor: FlaskClient) -> None:
    apis.on("POST", "directory", "/services", page_of())
    page = visitor.post("/search", data={"search": "xx", "country": "AL"}).text
    assert "Nothing was found. Try fewer words" in page


def test_services_are_told_in_the_language_of_the_page_and_then_in_those_of_the_browser(
    apis: FakeApis, visitor: FlaskClient
) -> None:
    service = a_service(1, translated={"name": {"language": "sq", "origin": "machine"}})
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", service)
    visitor.set_cookie("lidhja_language", "sq")
    page = visitor.get(f"/services/{SERVICE_ID}", headers={"Accept-Language": "de-AT, en;q=0.5, sq;q=0.1, *"})
    asked = next(request for request in apis.asked if request.url.path == f"/services/{SERVICE_ID}")
    assert asked.headers["Accept-Language"] == "sq, de-AT;q=0.9, en;q=0.8"
    assert "përkthyer automatikisht" in page.text
    assert "<h1>" in page.text, "the page is in that language"
    visitor.set_cookie("lidhja_language", "bg")
    assert '<h1 lang="sq">' in visitor.get(f"/services/{SERVICE_ID}").text


def test_an_old_address_of_a_merged_service_leads_to_the_one_that_stayed(apis: FakeApis, visitor: FlaskClient) -> None:
    apis.on("GET", "directory", f"/services/{OTHER_ID}", a_service(1))
    answer = visitor.get(f"/services/{OTHER_ID}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/services/{SERVICE_ID}")


def test_a_service_can_be_passed_on_by_what_everybody_may_read_of_it(apis: FakeApis, visitor: FlaskClient) -> None:
    service = a_service(1, name="A & B?", phones=[{"id": "p", "number": "116 111"}])
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", service)
    apis.on("POST", "directory", "/services", page_of(service))
    body = f"A%20%26%20B%3F%0A116%20111%0Ahttp%3A//portal.test/services/{SERVICE_ID}"
    for page in (visitor.get(f"/services/{SERVICE_ID}").text, visitor.post("/search", data={"search": "secret"}).text):
        assert f'href="sms:?&amp;body={body}"' in page
        assert f'href="mailto:?subject=A%20%26%20B%3F&amp;body={body}"' in page


def test_of_very_many_nothing_is_counted_for_nobody_waits_for_that(apis: FakeApis, visitor: FlaskClient) -> None:
    many = page_of(a_service(1), a_service(2, id=OTHER_ID)) | {"total_items": 2001}
    apis.on("POST", "directory", "/services", many)
    assert visitor.post("/search", data={"search": "help"}).status_code == 200
    assert [body for body in apis.sent("POST", "/services") if "facets" in body or "open_at" in body] == []


def test_the_list_is_shown_when_nothing_besides_it_is_answered(apis: FakeApis, visitor: FlaskClient) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked_besides = b'"minimal"' in request.content
        return httpx.Response(429 if asked_besides else 200, json={} if asked_besides else page_of(a_service(1)))

    apis.on("POST", "directory", "/services", answer)
    page = visitor.post("/search", data={"search": "help"})
    assert (page.status_code, "Service 1" in page.text) == (200, True)


@pytest.mark.parametrize(
    "wrong", [{"age": "²"}, {"age": "150"}, {"municipality": "Xyzqqq"}, {"search": "x", "page": "²"}]
)
def test_what_is_wrong_is_told_where_the_page_opens(
    apis: FakeApis, visitor: FlaskClient, wrong: dict[str, str]
) -> None:
    """The form leads to what was found; a small screen would show nothing of what stands further up."""
    if "municipality" in wrong:
        apis.on("GET", "directory", "/municipalities", {"items": []})
    answer = visitor.post("/search", data=wrong)
    assert answer.status_code == 200
    if "page" not in wrong:
        assert answer.text.count('id="results"') == 1
        assert '<div class="note note-error" id="results" role="alert" tabindex="-1" data-focus>' in answer.text
