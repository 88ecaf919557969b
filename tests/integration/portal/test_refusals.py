"""What the directory refuses is told in the page's language with what to do, beside the form where there is one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.integration.portal.test_listing_pages import LISTING_ID, a_listing
from tests.integration.portal.test_ownership_pages import DELEGATION, OTHER_ID, OWNER, OWNER_ID, a_pair
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, SERVICE_ID, FakeApis, a_portal, everyday_apis, problem, signed_in

LISTING = f"/listings/{LISTING_ID}"
PAIR = f"/duplicates/listing/{LISTING_ID}/{OTHER_ID}"
NEED = {"needs": ["counselling"], "urgency": "urgent", "across_borders": False}
SENT = {"csrf_token": FORM_TOKEN, "form_key": "k", "etag": '"3"'}
# A page, what is sent from it besides the form's own fields, and what the portal then asks the directory for.
FORMS: list[tuple[str, dict[str, Any], str, str]] = [
    (f"{LISTING}/edit", {}, "PUT", LISTING),
    (f"{LISTING}/close", {"reason": "holidays"}, "POST", f"{LISTING}/close"),
    (f"{LISTING}/translations/sq", {"name": "Agimi"}, "PUT", LISTING),
    ("/delegations", {"to_agency_id": "a2", "municipalities": "Tiranë"}, "POST", "/delegations"),
    (f"/organizations/{OWNER_ID}", {"name": "A", "description": "D"}, "PUT", f"/own-organizations/{OWNER_ID}"),
    (f"/organizations/{OWNER_ID}/claim", {"evidence": "The register"}, "POST", f"/organizations/{OWNER_ID}/claims"),
    (PAIR, {"keep": LISTING_ID}, "POST", "/merges"),
]
BUTTONS = [
    (f"{LISTING}/publish", "POST", f"{LISTING}/publish"),
    (f"{LISTING}/withdraw", "POST", f"{LISTING}/withdraw"),
    (f"{LISTING}/step/submit", "POST", f"{LISTING}/submit"),
    (f"{LISTING}/step/approve", "POST", f"{LISTING}/approve"),
    (f"{LISTING}/history/1", "POST", f"{LISTING}/revert"),
]
IN_ALBANIAN = {
    "merged": "Kjo u bashkua me një shënim tjetër.",
    "unknown-code": "Kjo nuk njihet këtu, ose nuk njihet më: AL-atlantis.",
}


def misfit(request: httpx.Request, *fields: str) -> httpx.Response:
    """Refuse in the language asked for, as the directory does."""
    language = request.headers.get("Accept-Language", "en").partition(",")[0]
    return problem(422, "content-does-not-fit", code="c", fields=list(fields), detail=f"Told in {language}, do this.")


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    listing = a_listing(allowed_actions=["publish", "withdraw", "submit", "approve"])
    apis.on("GET", "directory", LISTING, httpx.Response(200, json=listing, headers={"ETag": '"3"'}))
    apis.on("GET", "directory", f"/listings/{OTHER_ID}", a_listing(id=OTHER_ID, wait_time="None"))
    apis.on("GET", "directory", "/own-organizations", {"items": [OWNER]})
    own = httpx.Response(200, json=OWNER | {"review_required": False}, headers={"ETag": '"5f2c"'})
    apis.on("GET", "directory", f"/own-organizations/{OWNER_ID}", own)
    apis.on("GET", "directory", f"/organizations/{OWNER_ID}", {"id": OWNER_ID, "name": "A", "description": "-"})
    apis.on("GET", "directory", "/delegations", {"items": [DELEGATION]})
    apis.on("GET", "directory", "/duplicates", {"items": [a_pair()], "total": 1})
    agencies = [{"id": "a1", "name": "Centre", "country": "AL"}, {"id": "a2", "name": "Dawn", "country": "AL"}]
    apis.on("GET", "identity", "/agencies", {"items": agencies})
    return apis


@pytest.fixture
def officer(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "municipality_officer")


@pytest.fixture
def caseworker(apis: FakeApis) -> FlaskClient:
    browser = signed_in(a_portal(apis), "caseworker")
    with browser.session_transaction() as session:
        session["search"] = NEED
    return browser


def sent_from(browser: FlaskClient, page: str, data: dict[str, Any]) -> Any:
    """Send a page's form as it is shown, with some fields filled."""
    shown = fields_of_form(browser.get(page).text)
    for name, value in {**SENT, **data}.items():
        shown[name] = value
    return browser.post(page, data=shown)


@pytest.mark.parametrize("language", ["en", "sq", "sr-Cyrl", "sr-Latn", "cnr"])
@pytest.mark.parametrize(("page", "data", "method", "path"), FORMS)
def test_a_contradiction_is_told_beside_the_form_in_the_language_of_the_page(
    apis: FakeApis, officer: FlaskClient, page: str, data: dict[str, Any], method: str, path: str, language: str
) -> None:
    apis.on(method, "directory", path, misfit)
    officer.set_cookie("lidhja_language", language)
    answer = sent_from(officer, page, data)
    assert answer.status_code == 400
    assert f"Told in {language}, do this." in answer.text


@pytest.mark.parametrize(("slug", "status"), [("merged", 409), ("unknown-code", 422)])
@pytest.mark.parametrize(("page", "data", "method", "path"), FORMS)
def test_other_refusals_are_told_beside_the_form_in_words_of_the_portal(
    apis: FakeApis,
    officer: FlaskClient,
    page: str,
    data: dict[str, Any],
    method: str,
    path: str,
    slug: str,
    status: int,
) -> None:
    refused = problem(status, slug, detail="In English.", unknown_codes=["AL-atlantis"], merged_into=OTHER_ID)
    apis.on(method, "directory", path, refused)
    officer.set_cookie("lidhja_language", "sq")
    answer = sent_from(officer, page, data)
    assert answer.status_code == 400
    assert IN_ALBANIAN[slug] in answer.text
    assert "In English." not in answer.text


@pytest.mark.parametrize(("page", "data", "method", "path"), FORMS)
def test_what_the_present_state_does_not_allow_is_told_beside_the_form(
    apis: FakeApis, officer: FlaskClient, page: str, data: dict[str, Any], method: str, path: str
) -> None:
    apis.on(method, "directory", path, problem(409, "illegal-transition", detail="In English.", allowed_actions=[]))
    officer.set_cookie("lidhja_language", "sq")
    answer = sent_from(officer, page, data)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "In English." not in answer.text


@pytest.mark.parametrize(("button", "method", "path"), BUTTONS)
def test_what_a_button_cannot_do_is_told_on_the_page_that_it_leads_to(
    apis: FakeApis, officer: FlaskClient, button: str, method: str, path: str
) -> None:
    officer.set_cookie("lidhja_language", "sr-Cyrl")
    apis.on(method, "directory", path, misfit)
    assert "Told in sr-Cyrl, do this." in officer.post(button, data=SENT, follow_redirects=True).text
    apis.on(method, "directory", path, problem(409, "illegal-transition", detail="In English.", allowed_actions=[]))
    page = officer.post(button, data=SENT, follow_redirects=True).text
    assert "То сада није могуће" in page
    assert "In English." not in page


def test_a_contradiction_stands_beside_the_field_that_it_is_about(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("PUT", "directory", LISTING, lambda request: misfit(request, "schedule"))
    page = sent_from(officer, f"{LISTING}/edit", {}).text
    assert 'id="hours_0_days-wrong"' in page
    assert 'id="name-wrong"' not in page
    apis.on("POST", "directory", f"{LISTING}/close", lambda request: misfit(request, "alert_translations"))
    assert 'id="alert-wrong"' in sent_from(officer, f"{LISTING}/close", {"reason": "holidays"}).text


def test_a_need_that_contradicts_itself_leads_back_to_the_form(apis: FakeApis, caseworker: FlaskClient) -> None:
    apis.on("POST", "directory", "/matches", lambda request: misfit(request, "municipality", "across_borders"))
    caseworker.set_cookie("lidhja_language", "sq")
    answer = caseworker.get("/find")
    assert answer.status_code == 400
    assert "Told in sq, do this." in answer.text
    assert 'id="municipality-wrong"' in answer.text
    assert fields_of_form(answer.text)["same_country"] == "yes"


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (misfit, "Told in sq, do this."),
        (problem(422, "no-service-fits", detail="In English."), "Asnjë shërbim nuk përshtatet."),
        (problem(422, "unknown-code", unknown_codes=["AL-atlantis"]), "AL-atlantis"),
        (problem(409, "illegal-transition", detail="In English."), "Këto shërbime nuk mund të pyeten tani."),
    ],
)
def test_services_that_cannot_be_asked_are_told_why(
    apis: FakeApis, caseworker: FlaskClient, refused: Any, words: str
) -> None:
    apis.on("POST", "directory", "/matches", {"matches": [], "nearly": []})
    apis.on("POST", "directory", "/capacity-enquiries", refused)
    caseworker.set_cookie("lidhja_language", "sq")
    page = caseworker.post("/enquiries", data=SENT | {"service_ids": [SERVICE_ID]}, follow_redirects=True).text
    assert words in page
    assert "In English." not in page


def test_what_a_page_cannot_show_beside_a_form_is_told_on_a_page_of_its_own(
    apis: FakeApis, officer: FlaskClient
) -> None:
    apis.on("POST", "directory", "/duplicates/dismissals", misfit)
    officer.set_cookie("lidhja_language", "sq")
    answer = officer.post(f"{PAIR}/two", data=SENT)
    assert answer.status_code == 422
    assert "Told in sq, do this." in answer.text


def test_what_is_read_to_be_changed_is_asked_for_in_no_language(apis: FakeApis, officer: FlaskClient) -> None:
    officer.set_cookie("lidhja_language", "sq")
    officer.get(f"{LISTING}/edit")
    read = [request for request in apis.asked if request.url.path == LISTING]
    assert read
    assert not [request for request in read if "sq" in request.headers.get("Accept-Language", "")]


def test_of_what_is_not_theirs_nobody_is_told_more(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("PUT", "directory", LISTING, problem(404, "not-found", detail="In English."))
    answer = sent_from(officer, f"{LISTING}/edit", {})
    assert answer.status_code == 404
    assert "In English." not in answer.text
