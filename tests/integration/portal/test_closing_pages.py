"""Closing in the portal: the notice in several languages, a plan that is changed, and what was left as it stood."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.integration.portal.test_listing_pages import LISTING_ID, a_listing
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, FakeApis, a_portal, everyday_apis, problem, signed_in

LISTING = f"/listings/{LISTING_ID}"
PATH = f"{LISTING}/close"
SENT = {"csrf_token": FORM_TOKEN, "form_key": "k", "etag": '"3"', "reason": "holidays"}
PLANNED = {
    "kind": "temporarily closed", "reason": "building_works", "closes_at": "2027-07-31T06:30:00Z",
    "reopens_at": "2027-08-16T22:00:00Z", "alert": "Mbyllur.",
    "alert_translations": [{"language": "en", "text": "Closed."}, {"language": "mk", "text": "Затворено."}],
}  # fmt: skip


def planned(**changes: Any) -> httpx.Response:
    listing = a_listing(closing=PLANNED | changes, allowed_actions=["close", "reopen"])
    return httpx.Response(200, json=listing, headers={"ETag": '"4"'})


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    apis.on("GET", "directory", LISTING, httpx.Response(200, json=a_listing(), headers={"ETag": '"3"'}))
    apis.on("POST", "directory", PATH, a_listing())
    return apis


@pytest.fixture
def officer(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "municipality_officer")


def test_a_caseworker_closes_nothing(apis: FakeApis) -> None:
    caseworker = signed_in(a_portal(apis), "caseworker")
    assert caseworker.get(PATH).status_code == caseworker.post(PATH, data=SENT).status_code == 403
    assert apis.sent("POST", PATH) == []


def test_a_notice_is_written_in_several_languages_at_once(apis: FakeApis, officer: FlaskClient) -> None:
    page = officer.get(PATH).text
    assert 'id="alert_en"' in page
    assert 'id="alert_sq"' not in page, "it is the language of the listing"
    notices = {"alert": "Mbyllur.", "alert_en": " Closed. ", "alert_mk": "Затворено.", "alert_ro": "", "alert_xx": "?"}
    officer.post(PATH, data=SENT | notices)
    assert apis.sent("POST", PATH)[0]["alert"] == "Mbyllur."
    assert apis.sent("POST", PATH)[0]["alert_translations"] == [
        {"language": "en", "text": "Closed."}, {"language": "mk", "text": "Затворено."},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("notices", "words"),
    [
        ({"alert_en": "Closed."}, "Write the notice in the language of the listing too."),
        ({"alert": "Mbyllur.", "alert_en": "x" * 1001}, "This has more than 1000 characters."),
    ],
)
def test_a_notice_that_nobody_could_read_is_not_sent(
    apis: FakeApis, officer: FlaskClient, notices: dict[str, str], words: str
) -> None:
    answer = officer.post(PATH, data=SENT | notices)
    assert (answer.status_code, words in answer.text) == (400, True)
    assert apis.sent("POST", PATH) == []


def test_the_page_tells_the_days_of_the_officers_country(apis: FakeApis, officer: FlaskClient) -> None:
    winter = {"closes_at": "2027-01-09T23:00:00Z", "reopens_at": "2027-01-19T23:00:00Z"}
    apis.on("GET", "directory", LISTING, planned(**winter))
    page = officer.get(LISTING).text
    assert "Closed from 10 January 2027." in page
    assert "Open again from 20 January 2027" in page


@pytest.mark.parametrize("name", ["closes_on", "reopens_on"])
@pytest.mark.parametrize("day", ["1.1.0001", "2.1.0001", "31.12.9999"])
def test_a_day_that_the_calendar_of_another_country_may_not_have_is_asked_for_again(
    apis: FakeApis, officer: FlaskClient, name: str, day: str
) -> None:
    answer = officer.post(PATH, data=SENT | {name: day})
    refused = "Write the date as day.month.year, such as 31.12.2015." in answer.text
    assert (answer.status_code, refused) == ((400, True) if day != "31.12.9999" else (302, False))


def test_a_plan_is_changed_and_what_was_not_touched_stays(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", LISTING, planned())
    assert "Change the closing" in officer.get(LISTING).text
    form = fields_of_form(officer.get(PATH).text)
    assert (form["closes_on"], form["reopens_on"]) == ("2027-07-31", "2027-08-17")
    form["alert_en"] = "Closed for works."
    officer.post(PATH, data=form)
    changed = [{"language": "en", "text": "Closed for works."}, {"language": "mk", "text": "Затворено."}]
    assert apis.sent("POST", PATH) == [PLANNED | {"alert_translations": changed}]
    officer.post(PATH, data=form.to_dict() | {"closes_on": "2027-08-01"})
    assert apis.sent("POST", PATH)[1]["closes_at"] == "2027-07-31T22:00:00Z"


def test_closed_until_further_notice_has_no_day_of_opening(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", LISTING, planned(kind="inactive", reopens_at=None))
    form = fields_of_form(officer.get(PATH).text)
    assert form["for_good"] == "yes"
    officer.post(PATH, data=form.to_dict())
    assert "reopens_at" not in apis.sent("POST", PATH)[0]


def test_a_day_beside_until_further_notice_is_not_dropped_in_silence(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", LISTING, planned(kind="inactive", reopens_at=None))
    form = fields_of_form(officer.get(PATH).text)
    answer = officer.post(PATH, data=form.to_dict() | {"reopens_on": "2027-09-01"})
    assert answer.status_code == 400
    assert 'id="reopens_on-wrong"' in answer.text
    assert fields_of_form(answer.text)["reopens_on"] == "2027-09-01"
    assert apis.sent("POST", PATH) == []


@pytest.mark.parametrize(("status", "etag"), [(412, '"4"'), (409, '"3"'), (422, '"3"')])
def test_a_refused_closing_keeps_what_was_written(apis: FakeApis, officer: FlaskClient, status: int, etag: str) -> None:
    apis.on("GET", "directory", LISTING, planned())
    apis.on("POST", "directory", PATH, problem(status, "refused"))
    answer = officer.post(PATH, data=SENT | {"alert": "Mbyllur me kujdes.", "alert_en": "Closed with care."})
    assert answer.status_code == 400
    assert "Closed with care." in answer.text
    assert fields_of_form(answer.text)["etag"] == etag
