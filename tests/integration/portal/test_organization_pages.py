"""An organization's own pages in the portal: what it said before, for who keeps it and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.portal.languages import LANGUAGES
from tests.integration.portal.test_ownership_pages import ORGANIZATION, OWNER, OWNER_ID, apis, officer
from tests.support.portal import FakeApis, a_portal, problem, signed_in

__all__ = ["apis", "officer"]
OWN = f"/own-organizations/{OWNER_ID}"
HISTORY = f"{ORGANIZATION}/history"
VERSIONS = [
    {"number": 3, "action": "edit", "agency_id": "a1", "account_id": "p1", "at": "2026-02-15T09:30:00Z"},
    {"number": 2, "action": "edit", "agency_id": "a9", "account_id": "p9", "at": "2026-01-20T09:30:00Z"},
    {"number": 1, "action": "register", "at": "2026-01-15T09:30:00Z"},
]


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def with_history(apis: FakeApis, *changes: dict[str, Any], following: int | None = None) -> None:
    apis.on("GET", "directory", f"{OWN}/versions", {"items": VERSIONS, "next_before": following})
    apis.on("GET", "directory", f"{OWN}/diff", {"from": 2, "to": 3, "changes": list(changes)})


@pytest.mark.parametrize("path", [HISTORY, f"{HISTORY}/3"])
def test_who_keeps_no_listings_reads_no_history(apis: FakeApis, path: str) -> None:
    with_history(apis)
    assert signed_in(a_portal(apis), "caseworker").get(path).status_code == 403
    assert [request for request in apis.asked if "/own-organizations" in request.url.path] == []


def test_a_delegate_is_led_to_no_history_and_is_told_that_there_is_none(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", OWN, OWNER | {"maintaining_agency_id": "a3"})
    assert HISTORY not in officer.get(ORGANIZATION).text
    apis.on("GET", "directory", f"{OWN}/versions", problem(404, "not-found"))
    assert officer.get(HISTORY).status_code == 404


def test_the_history_says_who_changed_it_and_leads_to_what_changed(apis: FakeApis, officer: FlaskClient) -> None:
    with_history(apis, following=1)
    assert f'href="{HISTORY}"' in officer.get(ORGANIZATION).text
    page = main_of(officer.get(HISTORY).text)
    assert page.count("Changed") == 2
    for words in ("Registered", "Centre", "Another agency", f'href="{HISTORY}/3"', f'href="{HISTORY}?before=1"'):
        assert words in page
    # Nothing came before the first one, and no person is named.
    assert f'href="{HISTORY}/1"' not in page
    assert "p9" not in page
    apis.asked.clear()
    officer.get(f"{HISTORY}?before=1")
    (asked,) = [request for request in apis.asked if request.url.path == f"{OWN}/versions"]
    assert asked.url.params["before"] == "1"


def test_what_changed_stands_side_by_side_field_by_field(apis: FakeApis, officer: FlaskClient) -> None:
    with_history(
        apis,
        {"field": "description", "old": "A centre.", "new": "A <b>house</b>."},
        {"field": "phone", "old": None, "new": "116 111"},
    )
    page = main_of(officer.get(f"{HISTORY}/3").text)
    for words in ("What does it do?", "A centre.", "A &lt;b&gt;house&lt;/b&gt;.", "Phone", "<p>–</p>", "116 111"):
        assert words in page


def test_the_first_version_is_not_said_to_have_changed_nothing(apis: FakeApis, officer: FlaskClient) -> None:
    with_history(apis)
    assert "with it the history begins" in officer.get(f"{HISTORY}/1").text
    assert "Nothing that the organization says was changed." in officer.get(f"{HISTORY}/3").text


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_the_history_is_read_in_the_language_of_the_page(apis: FakeApis, officer: FlaskClient, language: str) -> None:
    with_history(apis, {"field": "description", "old": None, "new": "Qendër"})
    officer.get(f"/language/{language}")
    for path, english in ((HISTORY, "Registered"), (f"{HISTORY}/3", "What does it do?")):
        page = main_of(officer.get(path).text)
        assert page
        assert english not in page
