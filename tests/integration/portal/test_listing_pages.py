"""Keeping listings: nothing that a listing says is lost by changing another part of it, and confirming is one click."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, TIRANA, FakeApis, a_portal, everyday_apis, problem, signed_in

LISTING_ID = "01998d2e-7f00-7000-8000-000000000003"
HOURS = [
    {"byday": "MO,TU,WE", "opens_at": "08:00", "closes_at": "12:00", "description": "By appointment"},
    {"byday": "TH", "opens_at": "13:00", "closes_at": "24:00"},
    {"byday": "SA,SU", "opens_at": "10:00", "closes_at": "14:00", "open_on_holidays": True},
]


def a_listing(**changes: Any) -> dict[str, Any]:
    """A listing as its own agency reads it, valid unless changed."""
    return {
        "id": LISTING_ID, "organization_id": "o1", "organization_name": "Agimi", "status": "published", "version": 3,
        "name": "Agimi", "alternate_name": "A", "description": "Counselling", "taxonomy_terms": ["counselling"],
        "languages": ["sq"], "serves": ["AL-tirane"], "tier": "named", "named_agencies": ["a1"], "sex": "any",
        "location": {"kind": "physical", "municipality": "AL-tirane", "address_1": "Rruga 1", "latitude": 41.3},
        "accepts_referrals": True, "schedule": HOURS, "accessibility": ["lift", "braille"], "wait_time": "2 weeks",
        "alert": "Closed in August", "source_language": "sq", "created_at": "2026-03-02T08:00:00Z",
        "translations": [{"language": "en", "field": "name", "text": "Dawn", "origin": "machine", "outdated": True}],
        "confirm_by": "2026-12-01", "confirmed_at": "2026-06-01T08:00:00Z", "last_modified": "2026-03-02T08:00:00Z",
    } | changes  # fmt: skip


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    path = f"/listings/{LISTING_ID}"
    apis.on("GET", "directory", path, httpx.Response(200, json=a_listing(), headers={"ETag": '"3"'}))
    apis.on("PUT", "directory", path, a_listing())
    apis.on("GET", "directory", "/listings", {"items": [a_listing()], "next_cursor": None})
    apis.on("GET", "identity", "/agencies", {"items": [{"id": "a1", "name": "Centre", "country": "AL"}]})
    return apis


@pytest.fixture
def officer(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "municipality_officer")


def test_all_that_is_to_be_confirmed_is_on_the_page(apis: FakeApis, officer: FlaskClient) -> None:
    told = {
        "url": "https://agimi.example.org",
        "fees_description": "Free of charge",
        "eligibility_description": "Alone",
    }
    told |= {"application_process": "Ring the bell", "phone": "116 111", "email": "a@example.org"}
    listing = a_listing(**told)
    apis.on("GET", "directory", f"/listings/{LISTING_ID}", httpx.Response(200, json=listing, headers={"ETag": '"3"'}))
    page = officer.get(f"/listings/{LISTING_ID}").text
    for words in (*told.values(), "2 weeks", "Closed in August", "Centre", "Rruga 1"):
        assert words in page, words
    assert page.index("Ring the bell") < page.index("Yes, it is still right")


@pytest.mark.parametrize(("available", "told"), [(0, "that there is no room"), (1, "that there is room")])
def test_free_places_that_only_an_answer_tells_of_are_asked_for(
    apis: FakeApis, officer: FlaskClient, available: int, told: str
) -> None:
    moment = "2026-03-02T08:00:00Z"
    capacity = {"available": available, "maximum": None, "unit": "beds", "reported_at": moment, "updated_at": moment}
    for is_from_answer in (False, True):
        listing = a_listing(capacity=capacity | ({"is_from_answer": True} if is_from_answer else {}))
        answer = httpx.Response(200, json=listing, headers={"ETag": '"3"'})
        apis.on("GET", "directory", f"/listings/{LISTING_ID}", answer)
        assert (told in officer.get(f"/listings/{LISTING_ID}").text) is is_from_answer


def test_the_page_is_there_while_nobody_can_say_what_agencies_are_called(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "identity", "/agencies", httpx.Response(503))
    page = officer.get(f"/listings/{LISTING_ID}")
    assert page.status_code == 200
    assert "Another agency" in page.text


def saved(apis: FakeApis) -> dict[str, Any]:
    return dict(apis.sent("PUT", f"/listings/{LISTING_ID}")[0])


def test_saving_the_form_unchanged_loses_nothing_of_the_listing(apis: FakeApis, officer: FlaskClient) -> None:
    form = fields_of_form(officer.get(f"/listings/{LISTING_ID}/edit").text)
    assert officer.post(f"/listings/{LISTING_ID}/edit", data=form).status_code == 302
    read_only = {
        "id", "organization_id", "organization_name", "status", "version", "confirm_by", "confirmed_at", "created_at",
        "last_modified",
    }  # fmt: skip
    assert saved(apis) == {name: value for name, value in a_listing().items() if name not in read_only}


def test_kinds_of_help_languages_and_agencies_that_the_page_has_no_words_for_stay(
    apis: FakeApis, officer: FlaskClient
) -> None:
    many = {"taxonomy_terms": ["t-5", "counselling", "t-3", "t-2", "t-1"], "languages": ["fr", "sq", "ckb"]}
    listing = a_listing(**many, named_agencies=["a1", "one-that-left"], source_language="fr")
    apis.on("GET", "directory", f"/listings/{LISTING_ID}", httpx.Response(200, json=listing, headers={"ETag": '"3"'}))
    page = officer.get(f"/listings/{LISTING_ID}/edit").text
    assert "Central Kurdish" in page
    officer.post(f"/listings/{LISTING_ID}/edit", data=fields_of_form(page))
    assert {name: saved(apis)[name] for name in many} == many
    assert saved(apis)["named_agencies"] == ["a1", "one-that-left"]


def test_a_form_sent_back_for_an_error_still_names_the_version_that_was_seen(
    apis: FakeApis, officer: FlaskClient
) -> None:
    form = fields_of_form(officer.get(f"/listings/{LISTING_ID}/edit").text)
    form["etag"], form["name"] = '"2"', ""
    again = fields_of_form(officer.post(f"/listings/{LISTING_ID}/edit", data=form).text)
    assert again["etag"] == '"2"'
    again["name"] = "Agimi"
    apis.on("PUT", "directory", f"/listings/{LISTING_ID}", problem(412, "stale-version"))
    told = officer.post(f"/listings/{LISTING_ID}/edit", data=again).text
    assert "changed in the meantime" in told
    assert fields_of_form(told)["etag"] == '"3"'


def changed_meanwhile(apis: FakeApis, **changes: Any) -> None:
    """Let somebody else change the listing after the form was shown."""
    path, answer = f"/listings/{LISTING_ID}", httpx.Response(200, json=a_listing(**changes), headers={"ETag": '"4"'})
    apis.on("GET", "directory", path, answer)

    def put(request: httpx.Request) -> httpx.Response:
        is_stale = request.headers["If-Match"] != '"4"'
        return problem(412, "stale-version") if is_stale else httpx.Response(200, json=a_listing())

    apis.on("PUT", "directory", path, put)


def test_what_somebody_else_changed_meanwhile_stays_where_the_form_was_not_touched(
    apis: FakeApis, officer: FlaskClient
) -> None:
    path = f"/listings/{LISTING_ID}"
    form = fields_of_form(officer.get(f"{path}/edit").text)
    form["description"] = "Counselling and games"
    theirs = {"phone": "116 111", "wait_time": "", "schedule": HOURS[:1], "tier": "public", "named_agencies": []}
    changed_meanwhile(apis, **theirs)
    answer = officer.post(f"{path}/edit", data=form)
    assert answer.status_code == 400
    assert 'id="phone-wrong"' in answer.text
    assert "replaces" not in answer.text
    officer.post(f"{path}/edit", data=fields_of_form(answer.text))
    sent = apis.sent("PUT", path)[-1]
    assert (sent["description"], sent["phone"], sent["tier"]) == ("Counselling and games", "116 111", "public")
    assert (sent["schedule"], "wait_time" in sent) == (HOURS[:1], False)


def test_what_both_changed_is_shown_before_one_replaces_the_other(apis: FakeApis, officer: FlaskClient) -> None:
    path = f"/listings/{LISTING_ID}"
    form = fields_of_form(officer.get(f"{path}/edit").text)
    form["description"] = "Mine"
    form["address_1"] = "Rruga 2"
    changed_meanwhile(
        apis, description="Theirs", location={"kind": "physical", "municipality": "AL-tirane", "address_1": "Rruga 3"}
    )
    page = officer.post(f"{path}/edit", data=form).text
    assert "Theirs" in page
    assert "Rruga 3" in page
    officer.post(f"{path}/edit", data=fields_of_form(page))
    sent = apis.sent("PUT", path)[-1]
    assert (sent["description"], sent["location"]["address_1"]) == ("Mine", "Rruga 2")


def test_what_changed_beside_the_texts_loses_nothing_of_the_form(apis: FakeApis, officer: FlaskClient) -> None:
    path = f"/listings/{LISTING_ID}"
    form = fields_of_form(officer.get(f"{path}/edit").text)
    form["description"] = "Mine"
    changed_meanwhile(apis, capacity={"available": 1, "unit": "places", "updated_at": "2026-06-01T08:00:00Z"})
    page = officer.post(f"{path}/edit", data=form).text
    assert "Save again" in page
    officer.post(f"{path}/edit", data=fields_of_form(page))
    assert apis.sent("PUT", path)[-1]["description"] == "Mine"


@pytest.mark.parametrize(("written", "code"), [("tirane", "AL-tirane"), ("Tiranë, county (AL)", "AL-county-tirane")])
def test_a_municipality_goes_before_the_county_of_its_name(
    apis: FakeApis, officer: FlaskClient, written: str, code: str
) -> None:
    """A county has nothing above it, which is no reason to take it for the one that was meant."""
    county = {"code": "AL-county-tirane", "country": "AL", "level": "county", "name": "Tiranë", "names": {}}
    town = {**TIRANA, "parent_name": "Tiranë", "parent_names": {}}

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params.get("code")
        return httpx.Response(200, json={"items": [each for each in (town, county) if asked in (None, each["code"])]})

    apis.on("GET", "directory", "/municipalities", answer)
    form = fields_of_form(officer.get(f"/listings/{LISTING_ID}/edit").text)
    form["serves"] = written
    officer.post(f"/listings/{LISTING_ID}/edit", data=form)
    assert saved(apis)["serves"] == [code]


def test_one_entry_of_the_hours_is_changed_and_the_others_stay(apis: FakeApis, officer: FlaskClient) -> None:
    form = fields_of_form(officer.get(f"/listings/{LISTING_ID}/edit").text)
    form["hours_1_closes"] = "18:00"
    officer.post(f"/listings/{LISTING_ID}/edit", data=form)
    assert [entry["closes_at"] for entry in saved(apis)["schedule"]] == ["12:00", "18:00", "14:00"]


def test_a_row_of_hours_that_is_not_finished_is_named(apis: FakeApis, officer: FlaskClient) -> None:
    form = fields_of_form(officer.get(f"/listings/{LISTING_ID}/edit").text)
    form["hours_3_opens"] = "18:00"
    answer = officer.post(f"/listings/{LISTING_ID}/edit", data=form)
    assert answer.status_code == 400
    assert 'id="hours_3_days-wrong"' in answer.text
    assert apis.sent("PUT", f"/listings/{LISTING_ID}") == []


def test_named_agencies_must_be_named(apis: FakeApis, officer: FlaskClient) -> None:
    form = fields_of_form(officer.get(f"/listings/{LISTING_ID}/edit").text)
    form.poplist("named_agencies")
    assert officer.post(f"/listings/{LISTING_ID}/edit", data=form).status_code == 400


def test_a_link_to_confirm_changes_nothing(apis: FakeApis, officer: FlaskClient) -> None:
    page = officer.get("/listings/confirm")
    assert "Agimi" in page.text
    assert [request for request in apis.asked if request.method != "GET"] == []


@pytest.mark.parametrize("path", ["/listings/confirm", f"/listings/{LISTING_ID}"])
@pytest.mark.parametrize("pressed", [{"only": LISTING_ID}, {"listing_ids": [LISTING_ID]}])
def test_one_click_confirms_what_was_seen(
    apis: FakeApis, officer: FlaskClient, path: str, pressed: dict[str, Any]
) -> None:
    apis.on("POST", "directory", "/listings/confirm", {"confirmed": [LISTING_ID], "refused": []})
    shown = fields_of_form(officer.get(path).text).to_dict()
    officer.post("/listings/confirm", data={"csrf_token": FORM_TOKEN, **shown, **pressed})
    assert apis.sent("POST", "/listings/confirm") == [{"listings": [{"id": LISTING_ID, "version": 3}]}]


def test_what_was_not_seen_is_not_confirmed(apis: FakeApis, officer: FlaskClient) -> None:
    officer.post("/listings/confirm", data={"csrf_token": FORM_TOKEN, "only": LISTING_ID})
    assert apis.sent("POST", "/listings/confirm") == []
    refused = [{"listing_id": LISTING_ID, "reason": "changed"}]
    apis.on("POST", "directory", "/listings/confirm", {"confirmed": [], "refused": refused})
    sent = {"csrf_token": FORM_TOKEN, "only": LISTING_ID, f"version_{LISTING_ID}": "2"}
    assert (
        "somebody changed it in the meantime: 1"
        in officer.post("/listings/confirm", data=sent, follow_redirects=True).text
    )


@pytest.mark.parametrize("step", ["publish", "withdraw"])
def test_a_step_names_the_version_that_was_seen(apis: FakeApis, officer: FlaskClient, step: str) -> None:
    seen = a_listing(status="draft", allowed_actions=["publish", "withdraw"])
    apis.on("GET", "directory", f"/listings/{LISTING_ID}", httpx.Response(200, json=seen, headers={"ETag": '"3"'}))
    apis.on("POST", "directory", f"/listings/{LISTING_ID}/{step}", problem(412, "stale-version"))
    form = fields_of_form(officer.get(f"/listings/{LISTING_ID}").text)
    answer = officer.post(f"/listings/{LISTING_ID}/{step}", data=form, follow_redirects=True)
    assert "somebody changed this in the meantime" in answer.text
    sent = next(request for request in apis.asked if request.url.path.endswith(step))
    assert sent.headers["If-Match"] == '"3"'


def test_a_draft_is_deleted_after_a_question_and_as_it_was_seen(apis: FakeApis, officer: FlaskClient) -> None:
    path = f"/listings/{LISTING_ID}"
    assert "Delete" not in officer.get(path).text
    seen = a_listing(status="draft", allowed_actions=["edit", "delete"])
    apis.on("GET", "directory", path, httpx.Response(200, json=seen, headers={"ETag": '"3"'}))
    page = officer.get(path).text
    assert page.index("for good?") < page.index("Delete for good")
    apis.on("DELETE", "directory", path, problem(412, "stale-version"))
    form = {"csrf_token": FORM_TOKEN, "etag": '"3"'}
    refused = officer.post(f"{path}/delete", data=form, follow_redirects=True)
    assert "somebody changed this in the meantime" in refused.text
    assert "The draft is deleted." not in refused.text
    apis.on("DELETE", "directory", path, httpx.Response(204))
    assert officer.post(f"{path}/delete", data={"etag": '"3"'}).status_code == 400
    done = officer.post(f"{path}/delete", data=form, follow_redirects=True)
    assert ("The draft is deleted." in done.text, done.request.path) == (True, "/listings")
    sent = [request for request in apis.asked if request.method == "DELETE"]
    assert [request.headers["If-Match"] for request in sent] == ['"3"', '"3"']


def test_a_translation_becomes_a_persons_only_where_it_was_written_or_read(
    apis: FakeApis, officer: FlaskClient
) -> None:
    address = f"/listings/{LISTING_ID}/translations/en"
    form = fields_of_form(officer.get(address).text)
    form["description"] = "Talks"
    officer.post(address, data=form)
    texts = {text["field"]: text for text in saved(apis)["translations"]}
    assert texts["name"]["origin"] == "machine"
    assert texts["description"] == {
        "language": "en", "field": "description", "text": "Talks", "origin": "human", "outdated": False,
    }  # fmt: skip
    form["name_right"] = "yes"
    officer.post(address, data=form)
    again = apis.sent("PUT", f"/listings/{LISTING_ID}")[1]["translations"]
    assert {text["origin"] for text in again} == {"human"}
    assert saved(apis)["schedule"] == HOURS


def test_a_translation_of_a_listing_that_somebody_changed_is_not_lost(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("PUT", "directory", f"/listings/{LISTING_ID}", problem(412, "stale-version"))
    data = MultiDict({"csrf_token": FORM_TOKEN, "etag": '"2"', "name": "Written with care"})
    answer = officer.post(f"/listings/{LISTING_ID}/translations/en", data=data)
    assert answer.status_code == 400
    assert "Written with care" in answer.text


def test_listings_are_shown_by_their_state_page_after_page(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", "/listings", {"items": [a_listing()], "next_cursor": "c2"})
    page = officer.get("/listings?status=draft").text
    assert [request.url.params["status"] for request in apis.asked if request.url.path == "/listings"] == ["draft"]
    assert 'href="/listings?status=draft" aria-current="true"' in page
    assert "/listings?status=draft&amp;cursor=c2" in page
    officer.get("/listings?status=made-up")
    assert "status" not in apis.asked[-2].url.params


def test_a_text_in_another_language_is_named_by_what_it_is_and_the_language(officer: FlaskClient) -> None:
    page = officer.get(f"/listings/{LISTING_ID}/translations/en").text
    assert "Waiting time, </span>English" in page


def test_own_listings_are_sought_by_words_and_the_words_stay_on_the_page(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", "/listings", {"items": [a_listing()], "next_cursor": "c2"})
    page = officer.get("/listings?search=agimi+i+ri&status=draft").text
    asked = [request.url.params for request in apis.asked if request.url.path == "/listings"]
    assert [(each["search"], each["status"]) for each in asked] == [("agimi i ri", "draft")]
    assert 'value="agimi i ri"' in page
    assert "search=agimi+i+ri&amp;cursor=c2" in page
    apis.on("GET", "directory", "/listings", {"items": [], "next_cursor": None})
    assert "None of your listings has these words." in officer.get("/listings?search=zzz").text
