"""Forms about listings: nothing that was written is dropped in silence, and a refusal says where and what to do."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.integration.portal.test_listing_pages import LISTING_ID, a_listing
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, TIRANA, FakeApis, a_portal, everyday_apis, problem, signed_in

PATH = f"/listings/{LISTING_ID}"
EDIT = f"{PATH}/edit"
NUMBERS = {"csrf_token": FORM_TOKEN, "etag": '"3"'}
CAPACITY = {"available": 3, "maximum": 10, "unit": "places", "reported_at": "2026-03-02T08:00:00Z"}


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    listing = a_listing(schedule=[], capacity=CAPACITY | {"updated_at": CAPACITY["reported_at"]})
    apis.on("GET", "directory", PATH, httpx.Response(200, json=listing, headers={"ETag": '"3"'}))
    apis.on("PUT", "directory", PATH, a_listing())
    apis.on("GET", "directory", "/own-organizations", {"items": [{"id": "o1", "name": "Agimi"}]})
    apis.on("GET", "identity", "/agencies", {"items": [{"id": "a1", "name": "Centre", "country": "AL"}]})
    return apis


@pytest.fixture
def officer(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "municipality_officer")


def edited(officer: FlaskClient, **written: str) -> Any:
    """Send the form of the listing, filled as it stands but for what is written."""
    form = fields_of_form(officer.get(EDIT).text)
    for name, value in written.items():
        form[name] = value
    return officer.post(EDIT, data=form)


@pytest.mark.parametrize("left_over", [{"hours_0_note": "by appointment only"}, {"hours_0_holidays": "yes"}])
def test_a_note_or_a_tick_without_hours_is_not_dropped(
    apis: FakeApis, officer: FlaskClient, left_over: dict[str, str]
) -> None:
    answer = edited(officer, **left_over)
    assert answer.status_code == 400
    assert 'id="hours_0_days-wrong"' in answer.text
    assert left_over.items() <= fields_of_form(answer.text).to_dict().items()
    assert apis.sent("PUT", PATH) == []


def test_hours_are_not_thrown_away_because_it_is_open_day_and_night(apis: FakeApis, officer: FlaskClient) -> None:
    hours = {"hours_0_days": "MO", "hours_0_opens": "08:00", "hours_0_closes": "12:00"}
    answer = edited(officer, always_open="yes", **hours)
    assert answer.status_code == 400
    assert "leaves no other hours" in answer.text
    assert apis.sent("PUT", PATH) == []
    assert edited(officer, always_open="yes").status_code == 302
    assert apis.sent("PUT", PATH)[0]["always_open"] is True


@pytest.mark.parametrize(
    ("numbers", "wrong", "told"),
    [
        ({"available": "3", "maximum": "abc"}, "maximum", "Write a whole number from 0 to 100000."),
        ({"available": "3", "maximum": "-1"}, "maximum", "Write a whole number from 0 to 100000."),
        ({"available": "3,5", "maximum": "10"}, "available", "Write a whole number from 0 to 100000."),
        ({"available": "", "maximum": "10"}, "available", "Write how many are free now."),
        ({"available": "²", "maximum": ""}, "available", "Write a whole number from 0 to 100000."),
    ],
)
def test_wrong_free_places_are_named_and_stay_as_they_were_written(
    apis: FakeApis, officer: FlaskClient, numbers: dict[str, str], wrong: str, told: str
) -> None:
    answer = officer.post(f"{PATH}/capacity", data=NUMBERS | numbers)
    assert answer.status_code == 400
    assert f'<li><a href="#{wrong}">{told}</a></li>' in answer.text
    assert f'id="{wrong}-wrong"' in answer.text
    for name, written in numbers.items():
        assert f'id="{name}" name="{name}" type="text" value="{written}"' in answer.text
    assert apis.sent("PUT", f"{PATH}/capacity") == []


def test_the_page_shows_the_free_places_that_are_known(officer: FlaskClient) -> None:
    page = officer.get(PATH).text
    assert 'name="available" type="text" value="3"' in page
    assert 'name="maximum" type="text" value="10"' in page


def test_a_refused_listing_leaves_one_new_organization_and_no_second(apis: FakeApis, officer: FlaskClient) -> None:
    registered: list[dict[str, str]] = []

    def register(request: httpx.Request) -> httpx.Response:
        registered.append({"id": f"new-{len(registered)}", "name": "Agimi e re"})
        return httpx.Response(201, json=registered[-1])

    apis.on("POST", "directory", "/own-organizations", register)
    apis.on("GET", "directory", "/own-organizations", lambda _request: httpx.Response(200, json={"items": registered}))
    refused = problem(400, "invalid-request", errors=[{"pointer": "/phone", "detail": "must be a telephone number"}])
    apis.on("POST", "directory", "/listings", refused)
    form = fields_of_form(officer.get("/listings/new").text)
    form["organization_id"] = "new"
    written = {"organization_name": "Agimi e re", "organization_description": "A centre", "organization_country": "AL"}
    written |= {"name": "Agimi", "description": "Counselling", "term_1": "counselling", "phone": "nu avem"}
    written |= {
        "serves": TIRANA["name"],
        "location_municipality": TIRANA["name"],
        "location_address_1": "Rruga 1",
        "languages": "sq",
    }
    for name, value in written.items():
        form[name] = value
    again = officer.post("/listings/new", data=form)
    assert again.status_code == 400
    assert "Write a telephone number" in again.text
    second = fields_of_form(again.text)
    assert second["organization_id"] == "new-0"
    assert officer.post("/listings/new", data=second).status_code == 400
    assert len(registered) == 1
    assert [sent["organization_id"] for sent in apis.sent("POST", "/listings")] == ["new-0", "new-0"]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("phone", "Write a telephone number"),
        ("email", "with an @ in it"),
        ("url", "It begins with https://"),
    ],
)
def test_what_could_not_be_read_says_how_it_is_written(
    apis: FakeApis, officer: FlaskClient, field: str, told: str
) -> None:
    apis.on("PUT", "directory", PATH, problem(400, "invalid-request", errors=[{"pointer": f"/{field}", "detail": "x"}]))
    answer = edited(officer, **{field: "x"})
    assert answer.status_code == 400
    summary = answer.text.partition('role="alert"')[2].partition("</ul>")[0]
    assert f'href="#{field}"' in summary
    assert told in summary


def test_unknown_places_and_places_of_one_name_are_told_apart(apis: FakeApis, officer: FlaskClient) -> None:
    twins = [TIRANA | {"code": f"RO-{number}", "country": "RO", "name": "Valea Mare"} for number in (1, 2)]

    def answer(request: httpx.Request) -> httpx.Response:
        is_known = request.url.params.get("search") == "Valea Mare"
        return httpx.Response(200, json={"items": twins if is_known else []})

    apis.on("GET", "directory", "/municipalities", answer)
    page = edited(officer, serves="Valea Mare\nXyzq").text
    assert "Not clear: Valea Mare. Write each one as it stands in the list." in page
    assert "We do not know these places: Xyzq. Check the spelling." in page


def test_what_waits_can_be_looked_at_before_it_is_submitted(apis: FakeApis, officer: FlaskClient) -> None:
    revised = a_listing(stage="revised", allowed_actions=["submit", "edit", "discard"])
    content = {name: revised[name] for name in ("name", "taxonomy_terms", "languages", "serves", "location", "tier")}
    content |= {"description": "Counselling and games", "accepts_referrals": True}
    proposal = {"listing_id": LISTING_ID, "version": 3, "stage": "revised", "content": content}
    apis.on("GET", "directory", PATH, httpx.Response(200, json=revised, headers={"ETag": '"3"'}))
    apis.on("GET", "directory", f"{PATH}/proposal", httpx.Response(200, json=proposal, headers={"ETag": '"3"'}))
    assert f'href="{PATH}/review">What would change</a>' in officer.get(PATH).text
    page = officer.get(f"{PATH}/review").text
    assert "Counselling and games" in page
    assert "Approve and publish" not in page


def test_saving_beside_what_is_published_says_that_it_is_not_submitted_yet(
    apis: FakeApis, officer: FlaskClient
) -> None:
    apis.on("PUT", "directory", PATH, a_listing(stage="revised"))
    edited(officer)
    assert "submit it for review" in officer.get(PATH).text
