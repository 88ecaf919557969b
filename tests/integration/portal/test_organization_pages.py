"""An organization's own pages in the portal: what it said before and says in other languages, for its keepers alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from services.portal.languages import LANGUAGES
from tests.integration.portal.test_ownership_pages import ORGANIZATION, OWNER, OWNER_ID, apis, officer
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, SERVICE_ID, FakeApis, a_portal, problem, signed_in

__all__ = ["apis", "officer"]
OWN = f"/own-organizations/{OWNER_ID}"
HISTORY = f"{ORGANIZATION}/history"
TRANSLATIONS = f"{ORGANIZATION}/translations"
NAME = {"language": "en", "field": "name", "text": "Dawn", "origin": "machine", "outdated": False}
GERMAN = {"language": "de", "field": "name", "text": "Morgenrot", "origin": "human", "outdated": True}
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


@pytest.fixture
def translated(apis: FakeApis) -> FakeApis:
    own = OWNER | {"source_language": "sq", "translations": [NAME, GERMAN], "alternate_name": "A"}
    apis.on("GET", "directory", OWN, httpx.Response(200, json=own, headers={"ETag": '"5f2c"'}))
    return apis


@pytest.mark.parametrize("path", [TRANSLATIONS, f"{TRANSLATIONS}/en"])
def test_a_delegate_is_led_to_no_translations_and_shown_none(apis: FakeApis, officer: FlaskClient, path: str) -> None:
    apis.on("GET", "directory", OWN, OWNER | {"maintaining_agency_id": "a3"})
    assert TRANSLATIONS not in officer.get(ORGANIZATION).text
    assert officer.get(path).status_code == 404
    sent = {"csrf_token": FORM_TOKEN, "etag": '"5f2c"', "name": "Taken over"}
    assert officer.post(f"{TRANSLATIONS}/en", data=sent).status_code == 404
    assert apis.sent("PUT", OWN) == []


def test_languages_are_shown_with_who_wrote_them(translated: FakeApis, officer: FlaskClient) -> None:
    assert f'href="{TRANSLATIONS}"' in officer.get(ORGANIZATION).text
    page = main_of(officer.get(TRANSLATIONS).text)
    for words in (f'href="{TRANSLATIONS}/en"', "Partly by machine", "The original was changed since", "official name"):
        assert words in page
    # What is written in Albanian is not translated into it.
    assert f'href="{TRANSLATIONS}/sq"' not in page
    assert officer.get(f"{TRANSLATIONS}/xx").status_code == 404


def test_one_language_is_saved_and_all_else_stays_as_it_was(translated: FakeApis, officer: FlaskClient) -> None:
    page = officer.get(f"{TRANSLATIONS}/en").text
    assert "Name of the organization, </span>English" in page
    assert "Translated by machine" in page
    form = fields_of_form(page)
    form["description"] = "A house."
    assert officer.post(f"{TRANSLATIONS}/en", data=form).headers["Location"] == TRANSLATIONS
    (sent,) = translated.sent("PUT", OWN)
    texts = sent.pop("translations")
    assert sent == {
        "name": "Agimi", "alternate_name": "A", "description": "A centre.", "phone": "116 111", "source_language": "sq",
    }  # fmt: skip
    assert texts == [GERMAN, NAME, {"language": "en", "field": "description", "text": "A house.", "origin": "human",
                                    "outdated": False}]  # fmt: skip
    (request,) = [request for request in translated.asked if request.method == "PUT"]
    assert request.headers["If-Match"] == '"5f2c"'


@pytest.mark.parametrize(("status", "words"), [(412, "your text replaces theirs"), (409, "Take it back from review")])
def test_a_refused_translation_keeps_what_was_written(
    translated: FakeApis, officer: FlaskClient, status: int, words: str
) -> None:
    translated.on("PUT", "directory", OWN, problem(status, "refused"))
    sent = {"csrf_token": FORM_TOKEN, "etag": '"0"', "name": "Written with care"}
    answer = officer.post(f"{TRANSLATIONS}/en", data=sent)
    assert answer.status_code == 400
    assert words in answer.text
    assert "Written with care" in answer.text
    assert fields_of_form(answer.text)["etag"] == ('"5f2c"' if status == 412 else '"0"')


def test_the_form_of_an_organization_leaves_its_translations(translated: FakeApis, officer: FlaskClient) -> None:
    form = fields_of_form(officer.get(ORGANIZATION).text)
    form["phone"] = "116 006"
    officer.post(ORGANIZATION, data=form)
    (sent,) = translated.sent("PUT", OWN)
    assert (sent["translations"], sent["source_language"], sent["phone"]) == ([NAME, GERMAN], "sq", "116 006")


def test_changed_translations_are_named_by_the_organizations_fields(apis: FakeApis, officer: FlaskClient) -> None:
    with_history(apis, {"field": "translations", "old": None, "new": [NAME]})
    page = main_of(officer.get(f"{HISTORY}/3").text)
    assert "English, Name of the organization: Dawn" in page
    assert "Name of the service" not in page


def test_the_public_reads_the_official_name_beside_the_translated_one(apis: FakeApis) -> None:
    mark = {"name": {"language": "sq", "origin": "human"}}
    owner = {"id": OWNER_ID, "name": "Agimi", "official_name": "Зора", "translated": mark}
    shown = {"id": SERVICE_ID, "name": "Talks", "status": "active", "organization": owner}
    apis.on("GET", "directory", f"/services/{SERVICE_ID}", shown)
    page = a_portal(apis).test_client().get(f"/services/{SERVICE_ID}").text
    assert '<span lang="sq">Agimi</span> (Зора)' in page
