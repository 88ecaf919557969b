"""Who keeps what, in the portal: organizations, claims, delegations, duplicates; every change as it was seen."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from services.portal.languages import LANGUAGES
from tests.integration.portal.test_listing_pages import LISTING_ID, a_listing
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, FakeApis, a_portal, everyday_apis, problem, signed_in

OTHER_ID = "01998d2e-7f00-7000-8000-000000000007"
OWNER_ID = "01998d2e-7f00-7000-8000-000000000008"
CLAIM_ID = "01998d2e-7f00-7000-8000-000000000009"
OWNER = {
    "id": OWNER_ID, "name": "Agimi", "description": "A centre.", "country": "AL", "agency_id": "a2",
    "maintaining_agency_id": "a1", "review": "automatic", "review_required": True, "version": "5f2c",
    "phone": "116 111", "stage": "published", "allowed_actions": ["edit", "publish"],
}  # fmt: skip
CLAIM = {
    "id": CLAIM_ID, "organization_id": OWNER_ID, "organization_name": "Agimi", "agency_id": "a2",
    "evidence": "The register", "status": "pending", "version": 1, "created_at": "2026-01-15T09:30:00Z",
    "may_decide": True,
}  # fmt: skip
DELEGATION = {
    "id": CLAIM_ID, "from_agency_id": "a1", "to_agency_id": "a2", "account_ids": [], "organization_ids": [OWNER_ID],
    "municipality_codes": ["AL-tirane"], "ended_for": [], "version": 1, "created_at": "2026-01-15T09:30:00Z",
    "ended_at": None,
}  # fmt: skip
PAIR = f"/duplicates/listing/{LISTING_ID}/{OTHER_ID}"
ORGANIZATION = f"/organizations/{OWNER_ID}"
SENT = {"csrf_token": FORM_TOKEN, "form_key": "k"}


def a_pair(**changes: Any) -> dict[str, Any]:
    one = {"id": LISTING_ID, "name": "Agimi", "status": "published", "is_own": True, "version": "3"}
    other = {"id": OTHER_ID, "name": "Agimi 2", "status": "draft", "is_own": True, "version": "1"}
    findings = [{"code": "same_phone", "strength": 1}, {"code": "different_municipality", "strength": 1}]
    pair = {"kind": "listing", "score": 0.81, "may_merge": True, "findings": findings, "records": [one, other]}
    return pair | changes


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    other = a_listing(id=OTHER_ID, name="Agimi 2", version=1, status="draft", wait_time="None", maximum_age=14)
    agencies = [{"id": "a1", "name": "Centre", "country": "AL"}, {"id": "a2", "name": "Dawn", "country": "AL"}]
    apis.on("GET", "identity", "/agencies", {"items": agencies})
    apis.on("GET", "directory", "/own-organizations", {"items": [OWNER]})
    own = httpx.Response(200, json=OWNER, headers={"ETag": '"5f2c"'})
    apis.on("GET", "directory", f"/own-organizations/{OWNER_ID}", own)
    apis.on("PUT", "directory", f"/own-organizations/{OWNER_ID}", OWNER)
    apis.on("PUT", "directory", f"{ORGANIZATION}/review", {})
    apis.on("GET", "directory", "/organization-reviews", {"items": [], "next_cursor": None})
    apis.on("GET", "directory", ORGANIZATION, {"id": OWNER_ID, "name": "Agimi", "description": "-"})
    apis.on("POST", "directory", f"{ORGANIZATION}/claims", CLAIM)
    apis.on("GET", "directory", "/claims", {"items": [CLAIM, CLAIM | {"status": "rejected", "may_decide": False}]})
    apis.on("GET", "directory", "/delegations", {"items": [DELEGATION]})
    apis.on("GET", "directory", "/duplicates", {"items": [a_pair(), a_pair(may_merge=False)], "total": 2})
    apis.on("GET", "directory", f"/listings/{LISTING_ID}", a_listing())
    apis.on("GET", "directory", f"/listings/{OTHER_ID}", other)
    return apis


@pytest.fixture
def officer(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "municipality_officer")


PAGES = ("/organizations", ORGANIZATION, "/claims", f"/claims/{CLAIM_ID}", f"{ORGANIZATION}/claim", "/delegations",
         "/duplicates", "/duplicates?kind=organization", PAIR)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_drawn_in_each_language(officer: FlaskClient, path: str, language: str) -> None:
    officer.set_cookie("lidhja_language", language)
    answer = officer.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_the_menu_says_in_which_part_a_page_is(officer: FlaskClient, path: str) -> None:
    assert '<a href="/listings" aria-current="true">' in officer.get(path).text
    assert '<a href="/inbox">' in officer.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_a_caseworker_opens_none_of_them(apis: FakeApis, path: str) -> None:
    assert signed_in(a_portal(apis), "caseworker").get(path).status_code == 403


def if_match(apis: FakeApis, method: str, path: str) -> list[str | None]:
    asked = [request for request in apis.asked if (request.method, request.url.path) == (method, path)]
    return [request.headers.get("If-Match") for request in asked]


def test_an_organization_is_changed_as_it_was_seen_and_nothing_of_it_is_lost(
    apis: FakeApis, officer: FlaskClient
) -> None:
    form = fields_of_form(officer.get(ORGANIZATION).text)
    officer.post(ORGANIZATION, data=form)
    assert apis.sent("PUT", f"/own-organizations/{OWNER_ID}") == [
        {"name": "Agimi", "description": "A centre.", "phone": "116 111"}
    ]
    assert if_match(apis, "PUT", f"/own-organizations/{OWNER_ID}") == ['"5f2c"']


@pytest.mark.parametrize(("status", "words"), [(412, "your text replaces theirs"), (409, "Take it back from review")])
def test_a_refused_change_of_an_organization_keeps_what_was_written(
    apis: FakeApis, officer: FlaskClient, status: int, words: str
) -> None:
    apis.on("PUT", "directory", f"/own-organizations/{OWNER_ID}", problem(status, "refused"))
    answer = officer.post(ORGANIZATION, data=SENT | {"etag": '"0"', "name": "With care", "description": "D"})
    assert answer.status_code == 400
    assert words in answer.text
    assert 'value="With care"' in answer.text
    assert fields_of_form(answer.text)["etag"] == ('"5f2c"' if status == 412 else '"0"')


def test_who_does_not_keep_an_organization_itself_is_shown_no_form(apis: FakeApis, officer: FlaskClient) -> None:
    delegated = httpx.Response(200, json=OWNER | {"maintaining_agency_id": "a9"}, headers={"ETag": '"5f2c"'})
    apis.on("GET", "directory", f"/own-organizations/{OWNER_ID}", delegated)
    page = officer.get(ORGANIZATION).text
    assert 'name="name"' not in page
    assert 'name="review"' not in page
    assert "The agency that keeps the listings decides on that." in page


def test_the_rule_of_review_is_set_as_it_was_seen(apis: FakeApis, officer: FlaskClient) -> None:
    officer.post(f"{ORGANIZATION}/review", data=SENT | {"etag": '"5f2c"', "review": "never-heard-of"})
    assert apis.sent("PUT", f"{ORGANIZATION}/review") == []
    officer.post(f"{ORGANIZATION}/review", data=SENT | {"etag": '"5f2c"', "review": "required"})
    assert apis.sent("PUT", f"{ORGANIZATION}/review") == [{"review": "required"}]
    assert if_match(apis, "PUT", f"{ORGANIZATION}/review") == ['"5f2c"']


def waiting(apis: FakeApis, **waiver: Any) -> None:
    asked = {"review": "waived", "asked_at": "2026-01-15T09:30:00Z", "expires_at": "2026-02-14T09:30:00Z"}
    asked |= {"may_confirm": True, **waiver}
    found = httpx.Response(200, json=OWNER | {"waiver": asked}, headers={"ETag": '"5f2c"'})
    apis.on("GET", "directory", f"/own-organizations/{OWNER_ID}", found)


def test_who_asked_to_do_without_a_second_look_waits_for_somebody_else(apis: FakeApis, officer: FlaskClient) -> None:
    waiting(apis, may_confirm=False)
    page = officer.get(ORGANIZATION).text
    assert "It takes effect when a second person agrees" in page
    assert re.search(r"If nobody has agreed by [^.]*\b14 Feb[^.]*2026[^.]*, it lapses\.", page)
    assert ">Agree<" not in page
    assert ">Leave the rule as it is<" in page


def test_a_second_person_agrees_to_what_was_asked_for_as_he_has_seen_it(apis: FakeApis, officer: FlaskClient) -> None:
    waiting(apis)
    assert ">Agree<" in officer.get(ORGANIZATION).text
    officer.post(f"{ORGANIZATION}/review", data=SENT | {"etag": '"5f2c"', "review": "waived"})
    assert apis.sent("PUT", f"{ORGANIZATION}/review") == [{"review": "waived"}]
    assert if_match(apis, "PUT", f"{ORGANIZATION}/review") == ['"5f2c"']


def test_that_a_wish_waits_is_said_and_not_that_it_is_done(apis: FakeApis, officer: FlaskClient) -> None:
    asked = {"review": "automatic", "review_required": True, "waiver": {"review": "waived", "may_confirm": False}}
    apis.on("PUT", "directory", f"{ORGANIZATION}/review", httpx.Response(202, json=asked))
    data = SENT | {"etag": '"5f2c"', "review": "waived"}
    page = officer.post(f"{ORGANIZATION}/review", data=data, follow_redirects=True).text
    assert "Asked for. It takes effect when a second person agrees." in page
    assert "The rule is saved." not in page


def test_a_claim_says_why(apis: FakeApis, officer: FlaskClient) -> None:
    assert officer.post(f"{ORGANIZATION}/claim", data=SENT).status_code == 400
    assert apis.sent("POST", f"{ORGANIZATION}/claims") == []
    officer.post(f"{ORGANIZATION}/claim", data=SENT | {"evidence": "The register"})
    assert apis.sent("POST", f"{ORGANIZATION}/claims") == [{"evidence": "The register"}]
    apis.on("POST", "directory", f"{ORGANIZATION}/claims", problem(409, "illegal-transition"))
    answer = officer.post(f"{ORGANIZATION}/claim", data=SENT | {"evidence": "Written with care"})
    assert (answer.status_code, "Written with care" in answer.text) == (400, True)


def test_a_claim_is_decided_as_it_was_seen(apis: FakeApis, officer: FlaskClient) -> None:
    path = f"/claims/{CLAIM_ID}"
    form = fields_of_form(officer.get(path).text).to_dict()
    assert officer.post(path, data=form | {"then": "reject"}).status_code == 400
    apis.on("POST", "directory", f"{path}/reject", CLAIM)
    apis.on("POST", "directory", f"{path}/approve", CLAIM)
    officer.post(path, data=form | {"then": "reject", "reason": "evidence_missing", "note": "Which register?"})
    officer.post(path, data=form | {"then": "approve"})
    assert apis.sent("POST", f"{path}/reject") == [{"reason": "evidence_missing", "note": "Which register?"}]
    assert if_match(apis, "POST", f"{path}/reject") == if_match(apis, "POST", f"{path}/approve") == ['"1"']


def test_of_a_claim_that_is_not_ones_own_there_is_no_page(officer: FlaskClient) -> None:
    assert officer.get(f"/claims/{OTHER_ID}").status_code == 404


def test_a_claim_is_found_on_whatever_page_it_stands(apis: FakeApis, officer: FlaskClient) -> None:
    other = CLAIM | {"id": OTHER_ID, "organization_name": "Dawn"}

    def page(request: httpx.Request) -> httpx.Response:
        is_last = request.url.params.get("cursor") == "c1"
        found, following = (CLAIM, None) if is_last else (other, "c1")
        return httpx.Response(200, json={"items": [found], "next_cursor": following})

    apis.on("GET", "directory", "/claims", page)
    assert "Agimi" in officer.get(f"/claims/{CLAIM_ID}").text
    assert officer.get(f"/claims/{LISTING_ID}").status_code == 404


def test_a_delegation_names_to_whom_and_what(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", "/delegations", DELEGATION)
    assert officer.post("/delegations", data=SENT | {"to_agency_id": "a2"}).status_code == 400
    assert officer.post("/delegations", data=SENT | {"municipalities": "Tiranë"}).status_code == 400
    assert apis.sent("POST", "/delegations") == []
    officer.post("/delegations", data=SENT | {"to_agency_id": "a2", "municipalities": "Tiranë\r\n"})
    assert apis.sent("POST", "/delegations") == [{"to_agency_id": "a2", "municipality_codes": ["AL-tirane"]}]


def test_a_delegation_is_ended_as_it_was_seen(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("DELETE", "directory", f"/delegations/{CLAIM_ID}", httpx.Response(204))
    form = fields_of_form(officer.get("/delegations").text)
    officer.post(f"/delegations/{CLAIM_ID}/end", data=form)
    assert if_match(apis, "DELETE", f"/delegations/{CLAIM_ID}") == ['"1"']


def test_one_that_reaches_organizations_of_the_agency_is_shown_and_ended_for_them(
    apis: FakeApis, officer: FlaskClient
) -> None:
    reaching = DELEGATION | {"from_agency_id": "a2", "to_agency_id": "a3", "organization_ids": []}
    apis.on("GET", "directory", "/delegations", {"items": [reaching]})
    page = officer.get("/delegations").text
    assert "Who else keeps listings of your organizations" in page
    assert "Given by Dawn" in page
    assert f'action="/delegations/{CLAIM_ID}/end"' in page
    apis.on("GET", "directory", "/delegations", {"items": [reaching | {"ended_for": ["a1"], "version": 2}]})
    page = officer.get("/delegations").text
    assert "Ended for the organizations of Centre" in page
    assert f'action="/delegations/{CLAIM_ID}/end"' not in page


def test_whom_it_has_ended_for_is_said_to_the_giver(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", "/delegations", {"items": [DELEGATION | {"ended_for": ["a2"], "version": 2}]})
    page = officer.get("/delegations").text
    assert "Ended for the organizations of Dawn" in page
    assert f'action="/delegations/{CLAIM_ID}/end"' in page


def test_an_organization_with_another_agency_behind_it_is_not_offered(apis: FakeApis, officer: FlaskClient) -> None:
    assert 'name="organization_ids"' not in officer.get("/delegations").text
    for owner_id in ("a1", None):
        apis.on("GET", "directory", "/own-organizations", {"items": [OWNER | {"agency_id": owner_id}]})
        assert 'name="organization_ids"' in officer.get("/delegations").text


def test_a_pair_says_what_speaks_for_it_and_who_keeps_both_may_merge(officer: FlaskClient) -> None:
    page = officer.get("/duplicates").text
    assert "Likeness: 81%" in page
    assert "The same phone number" in page
    assert page.count(f'href="{PAIR}"') == 1
    assert "Another agency keeps one of them" in page


def test_two_are_merged_as_they_were_seen_and_only_what_is_ticked_is_taken_over(
    apis: FakeApis, officer: FlaskClient
) -> None:
    page = officer.get(PAIR).text
    assert 'value="wait_time"' in page
    form = fields_of_form(page)
    assert officer.post(PAIR, data=form).status_code == 400
    assert apis.sent("POST", "/merges") == []
    apis.on("POST", "directory", "/merges", {"id": "m"})
    form["keep"] = LISTING_ID
    form.setlist("take", ["wait_time", "eligibility"])
    assert officer.post(PAIR, data=form).headers["Location"] == f"/listings/{LISTING_ID}"
    assert apis.sent("POST", "/merges") == [
        {
            "kind": "listing", "keep": {"id": LISTING_ID, "version": "3"}, "fold": {"id": OTHER_ID, "version": "1"},
            "take": ["wait_time", "eligibility"],
        }
    ]  # fmt: skip


@pytest.mark.parametrize(("status", "words"), [(412, "somebody changed this"), (409, "cannot be merged so")])
def test_a_refused_merge_says_why(apis: FakeApis, officer: FlaskClient, status: int, words: str) -> None:
    apis.on("POST", "directory", "/merges", problem(status, "refused"))
    form = fields_of_form(officer.get(PAIR).text)
    form["keep"] = OTHER_ID
    assert words in officer.post(PAIR, data=form).text


def test_two_of_which_another_agency_keeps_one_are_not_compared_here(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", f"/listings/{OTHER_ID}", problem(404, "not-found"))
    answer = officer.get(PAIR, follow_redirects=True)
    assert "Another agency keeps one of the two" in answer.text


def test_two_are_said_to_be_two(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", "/duplicates/dismissals", httpx.Response(204))
    officer.post(f"{PAIR}/two", data=SENT)
    assert apis.sent("POST", "/duplicates/dismissals") == [{"ids": [LISTING_ID, OTHER_ID]}]


LISTED = {
    "/organizations": ("/own-organizations", OWNER),
    "/delegations": ("/delegations", DELEGATION),
    "/claims": ("/claims", CLAIM),
    "/reviews": ("/reviews", {
        "listing_id": LISTING_ID, "name": "Agimi", "organization_id": OWNER_ID, "organization_name": "Agimi",
        "stage": "in_review", "version": 2, "submitted_at": "2026-01-15T09:30:00Z", "may_decide": True,
    }),
}  # fmt: skip


@pytest.mark.parametrize("path", LISTED)
def test_long_lists_go_on_without_a_script(apis: FakeApis, officer: FlaskClient, path: str) -> None:
    address, entry = LISTED[path]

    def page(request: httpx.Request) -> httpx.Response:
        is_last = request.url.params.get("cursor") == "c1" or "limit" not in request.url.params
        return httpx.Response(200, json={"items": [entry], "next_cursor": None if is_last else "c1"})

    apis.on("GET", "directory", address, page)
    assert f'href="{path}?cursor=c1"' in officer.get(path).text
    last = officer.get(f"{path}?cursor=c1")
    assert last.status_code == 200
    assert "?cursor=c1" not in last.text.partition("<main")[2]


def test_pairs_go_on_without_a_script(apis: FakeApis, officer: FlaskClient) -> None:
    def page(request: httpx.Request) -> httpx.Response:
        following = None if request.url.params.get("cursor") == "c1" else "c1"
        return httpx.Response(200, json={"items": [a_pair()], "total": 2, "next_cursor": following})

    apis.on("GET", "directory", "/duplicates", page)
    assert 'href="/duplicates?kind=organization&amp;cursor=c1"' in officer.get("/duplicates?kind=organization").text
    last = officer.get("/duplicates?kind=organization&cursor=c1").text
    assert "cursor=c1" not in last.partition("<main")[2]
