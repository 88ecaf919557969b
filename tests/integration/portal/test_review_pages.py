"""Review in the portal: what is allowed is offered, what changed stands side by side, and a refusal says why."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.integration.portal.test_listing_pages import LISTING_ID, a_listing
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, FakeApis, a_portal, everyday_apis, problem, signed_in

PATH = f"/listings/{LISTING_ID}"
SENT = {"csrf_token": FORM_TOKEN, "form_key": "k", "etag": '"3"'}


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    revised = a_listing(stage="revision_in_review", allowed_actions=["approve", "reject", "comment"])
    content = {name: revised[name] for name in ("name", "taxonomy_terms", "languages", "serves", "location", "tier")}
    proposal = {"listing_id": LISTING_ID, "version": 3, "stage": "revision_in_review", "content": content}
    proposal["content"] |= {"description": "Counselling and games", "named_agencies": ["a1"], "phone": "116 111"}
    proposal["content"]["accepts_referrals"] = True
    apis.on("GET", "directory", PATH, httpx.Response(200, json=revised, headers={"ETag": '"3"'}))
    apis.on("GET", "directory", f"{PATH}/proposal", httpx.Response(200, json=proposal, headers={"ETag": '"3"'}))
    apis.on("GET", "directory", "/organization-reviews", {"items": [], "next_cursor": None})
    apis.on("GET", "identity", "/agencies", {"items": [{"id": "a1", "name": "Centre", "country": "AL"}]})
    return apis


@pytest.fixture
def officer(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "municipality_officer")


def test_what_would_change_stands_beside_what_is_published(officer: FlaskClient) -> None:
    page = officer.get(f"{PATH}/review").text
    assert '<p class="written">Counselling</p>' in page
    assert '<p class="written">Counselling and games</p>' in page
    assert "Approve and publish" in page


def test_only_what_is_allowed_is_offered(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", PATH, a_listing(stage="in_review", allowed_actions=["recall"]))
    page = officer.get(PATH).text
    assert "/step/recall" in page
    assert "Publish</button>" not in page
    assert "Approve and publish" not in officer.get(f"{PATH}/review").text


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("listing.submitted.v1", "/reviews"),
        ("listing.commented.v1", "/reviews"),
        ("organization.submitted.v1", "/reviews"),
        ("organization.commented.v1", "/reviews"),
        ("organization.decided.v1", "/organizations"),
        ("claim.decided.v1", "/claims"),
        ("listing.confirmation_due.v1", "/listings/confirm"),
    ],
)
def test_news_of_listings_lead_to_where_something_can_be_done(
    apis: FakeApis, officer: FlaskClient, kind: str, page: str
) -> None:
    entry = {"kind": kind, "subject": {"type": "listings", "id": None, "reference": None, "count": 1}}
    apis.on("POST", "notify", f"/inbox/{LISTING_ID}/read", entry)
    answer = officer.post(f"/inbox/{LISTING_ID}/open", data={"csrf_token": FORM_TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (302, page)


@pytest.mark.parametrize(
    ("kind", "page"), [("listing.commented.v1", f"{PATH}/review"), ("listing.decided.v1", PATH), ("other.v1", None)]
)
def test_news_of_one_listing_lead_to_it(apis: FakeApis, officer: FlaskClient, kind: str, page: str | None) -> None:
    entry = {"kind": kind, "subject": {"type": "listings", "id": LISTING_ID, "reference": None, "count": 1}}
    apis.on("POST", "notify", f"/inbox/{LISTING_ID}/read", entry)
    apis.on("GET", "directory", "/listings", {"items": [a_listing()], "next_cursor": None})
    answer = officer.post(f"/inbox/{LISTING_ID}/open", data={"csrf_token": FORM_TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (302, page or "/listings/confirm")


@pytest.mark.parametrize(("kind", "page"), [("listing.commented.v1", "/reviews"), ("listing.decided.v1", "/listings")])
@pytest.mark.parametrize("found", [{"items": [], "next_cursor": None}, problem(503, "unavailable")])
def test_news_of_a_listing_that_is_gone_or_not_for_the_reader_lead_where_those_without_a_name_do(
    apis: FakeApis, officer: FlaskClient, kind: str, page: str, found: Any
) -> None:
    entry = {"kind": kind, "subject": {"type": "listings", "id": LISTING_ID, "reference": None, "count": 1}}
    apis.on("POST", "notify", f"/inbox/{LISTING_ID}/read", entry)
    apis.on("GET", "directory", "/listings", found)
    answer = officer.post(f"/inbox/{LISTING_ID}/open", data={"csrf_token": FORM_TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (302, page)


def an_inbox(*listing_ids: str | None) -> dict[str, Any]:
    entries = [
        {
            "id": LISTING_ID, "created_at": "2026-11-01T10:00:00Z", "read_at": None, "kind": "listing.decided.v1",
            "subject": {"type": "listings", "id": listing_id, "reference": None, "count": 1}, "urgency": "routine",
            "due_at": None, "text": "A decision on one of your listings.",
        }
        for listing_id in listing_ids
    ]  # fmt: skip
    return {"items": entries, "next_cursor": None, "unread_count": len(entries)}


def test_the_inbox_says_which_listing_by_the_name_that_the_reader_may_know(
    apis: FakeApis, officer: FlaskClient
) -> None:
    other = "00000000-0000-7000-8000-00000000abcd"
    apis.on("GET", "notify", "/inbox", an_inbox(LISTING_ID, other, None))
    apis.on("GET", "directory", "/listings", {"items": [a_listing(name="Qendra <Agimi>")], "next_cursor": None})
    page = officer.get("/inbox").text
    assert page.count("Open Qendra &lt;Agimi&gt;</button>") == 1
    assert page.count("Listings of your agency</button>") == 2
    (asked,) = (request for request in apis.asked if request.url.path == "/listings")
    assert asked.url.params.get_list("id") == sorted([LISTING_ID, other])


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "1 unread", "2 unread"),
        ("ro", "1 necitit", "2 necitite"),
        ("sq", "1 i palexuar", "2 të palexuara"),
        ("sr-Cyrl", "1 непрочитана", "2 непрочитане"),
        ("cnr", "1 nepročitana", "2 nepročitane"),
    ],
)
def test_the_inbox_says_how_much_is_unread_as_the_language_counts(
    apis: FakeApis, officer: FlaskClient, language: str, one: str, two: str
) -> None:
    for listing_ids, told in (((LISTING_ID,), one), ((LISTING_ID, None), two)):
        apis.on("GET", "notify", "/inbox", an_inbox(*listing_ids))
        page = officer.get("/inbox", headers={"Accept-Language": language}).text
        assert f'<span class="number">{told}</span>' in page


def test_the_inbox_is_read_without_names_as_well(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "notify", "/inbox", an_inbox(LISTING_ID))
    apis.on("GET", "directory", "/listings", problem(503, "unavailable"))
    answer = officer.get("/inbox")
    assert (answer.status_code, "A decision on one of your listings." in answer.text) == (200, True)
    assert "Listings of your agency</button>" in answer.text


def test_an_inbox_without_listings_asks_for_none(apis: FakeApis, officer: FlaskClient) -> None:
    assert officer.get("/inbox").status_code == 200
    assert "/listings" not in [request.url.path for request in apis.asked]


def test_what_is_published_is_not_offered_to_be_published(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", PATH, a_listing(stage="published", allowed_actions=["edit", "publish"]))
    assert "/publish" not in officer.get(PATH).text


def test_sending_back_needs_a_reason(apis: FakeApis, officer: FlaskClient) -> None:
    assert officer.post(f"{PATH}/review", data=SENT | {"then": "reject"}).status_code == 400
    assert apis.sent("POST", f"{PATH}/reject") == []
    apis.on("POST", "directory", f"{PATH}/reject", a_listing())
    officer.post(f"{PATH}/review", data=SENT | {"then": "reject", "reason": "incomplete", "note": "Hours?"})
    assert apis.sent("POST", f"{PATH}/reject") == [{"reason": "incomplete", "note": "Hours?"}]


def test_whoever_wrote_it_is_told_that_another_person_must_approve(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", f"{PATH}/approve", problem(409, "own-work"))
    answer = officer.post(f"{PATH}/step/approve", data=SENT, follow_redirects=True)
    assert "another person must" in answer.text


def test_approving_names_the_version_that_was_seen(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", f"{PATH}/approve", a_listing())
    form = fields_of_form(officer.get(f"{PATH}/review").text)
    officer.post(f"{PATH}/step/approve", data=form)
    sent = next(request for request in apis.asked if request.url.path.endswith("/approve"))
    assert sent.headers["If-Match"] == '"3"'


@pytest.mark.parametrize(
    ("step", "words"),
    [("submit", "Submitted"), ("recall", "taken back"), ("approve", "Approved"), ("reopen", "open again")],
)
def test_the_next_page_says_what_was_done(apis: FakeApis, officer: FlaskClient, step: str, words: str) -> None:
    apis.on("POST", "directory", f"{PATH}/{step}", a_listing())
    answer = officer.post(f"{PATH}/step/{step}", data=SENT, follow_redirects=True)
    assert answer.status_code == 200
    assert words in answer.text


def test_no_other_step_can_be_made_up(apis: FakeApis, officer: FlaskClient) -> None:
    assert officer.post(f"{PATH}/step/merge", data=SENT).status_code == 404


def test_a_further_change_begins_with_the_one_that_waits(apis: FakeApis, officer: FlaskClient) -> None:
    assert "Counselling and games</textarea>" in officer.get(f"{PATH}/edit").text


def test_the_history_says_who_did_what_and_an_older_version_can_be_gone_back_to(
    apis: FakeApis, officer: FlaskClient
) -> None:
    entry: dict[str, Any] = {"status": "published", "is_proposal": False, "at": "2026-01-15T09:30:00Z"}
    items = [entry | {"number": 2, "action": "publish", "agency_id": "a1"}, entry | {"number": 1, "action": "draft"}]
    apis.on("GET", "directory", f"{PATH}/versions", {"items": items, "next_before": None})
    page = officer.get(f"{PATH}/history").text
    assert "Centre" in page
    assert "The system" in page
    changes = [{"field": "maximum_age", "old": 14, "new": 17}, {"field": "serves", "old": None, "new": ["AL"]}]
    going_back_to(apis, 2, {"field": "phone", "old": "116 111", "new": "116 000"})
    apis.on("GET", "directory", f"{PATH}/diff", {"from": 1, "to": 2, "changes": changes})
    page = officer.get(f"{PATH}/history/2").text
    assert "Highest age" in page
    assert "Albania" in page
    assert page.index("116 000") < page.index("Go back to this version</button>")
    apis.on("POST", "directory", f"{PATH}/revert", a_listing())
    officer.post(f"{PATH}/history/2", data=fields_of_form(page))
    assert apis.sent("POST", f"{PATH}/revert") == [{"number": 2}]


def going_back_to(apis: FakeApis, number: int, *changes: dict[str, Any], keeps_place: bool = False) -> None:
    version = {"number": number, "going_back": {"changes": list(changes), "keeps_place": keeps_place}}
    apis.on("GET", "directory", f"{PATH}/versions/{number}", version)


def test_what_is_not_gone_back_to_is_said_before_the_button(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", f"{PATH}/diff", {"from": 1, "to": 2, "changes": []})
    going_back_to(apis, 2, {"field": "name", "old": "After", "new": "Before"}, keeps_place=True)
    page = officer.get(f"{PATH}/history/2").text
    assert page.index("The place is confidential today and stays so") < page.index("Go back to this version</button>")
    going_back_to(apis, 2)
    page = officer.get(f"{PATH}/history/2").text
    assert "Nothing: the listing says the same today." in page
    assert "Go back to this version</button>" not in page


def test_a_step_that_changes_no_text_leads_to_no_changes(apis: FakeApis, officer: FlaskClient) -> None:
    entry: dict[str, Any] = {"status": "published", "is_proposal": False, "at": "2026-01-15T09:30:00Z"}
    deeds = enumerate(["edit", "submit", "recall", "confirm", "close", "reopen"], start=1)
    items = [entry | {"number": number, "action": action} for number, action in deeds]
    apis.on("GET", "directory", f"{PATH}/versions", {"items": items, "next_before": None})
    page = officer.get(f"{PATH}/history").text
    assert page.count("See what changed") == 1
    assert f"{PATH}/history/1" in page


def test_who_may_not_approve_is_told_that_another_person_decides(apis: FakeApis, officer: FlaskClient) -> None:
    assert "another person decides" not in officer.get(f"{PATH}/review").text
    revised = a_listing(stage="revision_in_review", allowed_actions=["recall", "comment"])
    apis.on("GET", "directory", PATH, httpx.Response(200, json=revised, headers={"ETag": '"3"'}))
    assert "another person decides" in officer.get(f"{PATH}/review").text


def test_the_first_version_is_not_said_to_have_changed_nothing(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", f"{PATH}/diff", {"from": 0, "to": 1, "changes": []})
    going_back_to(apis, 1)
    going_back_to(apis, 2)
    assert "This is the first version" in officer.get(f"{PATH}/history/1").text
    assert "Nothing that the listing says was changed." in officer.get(f"{PATH}/history/2").text


def test_a_confidential_address_is_never_in_the_differences(apis: FakeApis, officer: FlaskClient) -> None:
    changes = [{"field": "location", "old": None, "new": None, "is_hidden": True}]
    going_back_to(apis, 2)
    apis.on("GET", "directory", f"{PATH}/diff", {"from": 1, "to": 2, "changes": changes})
    assert "The confidential address was changed" in officer.get(f"{PATH}/history/2").text


def test_closing_is_planned_by_days_of_the_officers_country(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", f"{PATH}/close", a_listing())
    days = {"reason": "holidays", "closes_on": "2027-08-01", "reopens_on": "2027-08-17"}
    officer.post(f"{PATH}/close", data=SENT | days)
    assert apis.sent("POST", f"{PATH}/close") == [
        {
            "reason": "holidays", "kind": "temporarily closed", "closes_at": "2027-07-31T22:00:00Z",
            "reopens_at": "2027-08-16T22:00:00Z",
        }
    ]  # fmt: skip
