"""Importing in the portal: a file is only tried at first, and what is wrong is said in the reader's language."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from services.directory.domain.service_columns import COLUMNS
from services.portal.import_report import column_name
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, FakeApis, a_portal, everyday_apis, problem, signed_in

IMPORT_ID = "01998d2e-7f00-7000-8000-000000000005"
OTHER_ID = "01998d2e-7f00-7000-8000-000000000007"
PATH = f"/imports/{IMPORT_ID}"


def an_import(**changes: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("created", "updated", "unchanged", "refused", "skipped", "possible_duplicates"), 0)
    return {
        "id": IMPORT_ID, "format": "csv", "dry_run": True, "publish": False, "duplicates": "skip", "state": "checked",
        "rows": 2, "counts": counts | {"created": 1, "refused": 1}, "size": 10, "problem": None,
        "allowed_actions": ["apply"], "created_at": "2026-01-15T09:30:00Z", "file_name": None,
    } | changes  # fmt: skip


def a_row(**changes: Any) -> dict[str, Any]:
    return {
        "number": 1, "kind": "service", "place": "line 3", "id": None, "name": "Agimi", "action": "refused",
        "errors": [], "terms": {"known": [], "unknown": []}, "possible_duplicates": [],
    } | changes  # fmt: skip


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    apis.on("GET", "directory", "/imports", {"items": [], "next_cursor": None})
    apis.on("GET", "directory", "/own-organizations", {"items": [{"id": "o1", "name": "Agimi"}]})
    apis.on("POST", "directory", "/imports", an_import(state="waiting"))
    apis.on("GET", "directory", PATH, httpx.Response(200, json=an_import(), headers={"ETag": '"checked-trial"'}))
    apis.on("GET", "directory", f"{PATH}/rows", {"items": [], "next_cursor": None})
    return apis


@pytest.fixture
def officer(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "municipality_officer")


def upload(officer: FlaskClient, content: bytes, **fields: str) -> Any:
    sent = {"csrf_token": FORM_TOKEN, "form_key": "k", "format": "csv", "duplicates": "skip"} | fields
    return officer.post("/imports", data=sent | {"file": (io.BytesIO(content), "services.csv")})


def test_the_page_says_how_large_a_file_may_be(officer: FlaskClient) -> None:
    assert "At most 512 megabytes." in officer.get("/imports").text


def test_an_agency_that_keeps_one_organization_need_not_choose_it(apis: FakeApis, officer: FlaskClient) -> None:
    assert fields_of_form(officer.get("/imports").text)["organization_id"] == "o1"
    apis.on("GET", "directory", "/own-organizations", {"items": [{"id": "o1", "name": "A"}, {"id": "o2", "name": "B"}]})
    assert not fields_of_form(officer.get("/imports").text).get("organization_id")


def test_what_takes_in_nothing_is_not_offered(apis: FakeApis, officer: FlaskClient) -> None:
    none = an_import(counts=an_import()["counts"] | {"created": 0, "refused": 2})
    apis.on("GET", "directory", PATH, httpx.Response(200, json=none, headers={"ETag": '"checked-trial"'}))
    page = officer.get(PATH).text
    assert "Import it now" not in page
    assert "Nothing of this file can be taken in." in page


@pytest.mark.parametrize(
    ("publish", "words"), [(True, "Publishes what is taken in"), (False, "New services are drafts")]
)
def test_imports_are_told_apart_by_what_they_do(
    apis: FakeApis, officer: FlaskClient, publish: bool, words: str
) -> None:
    one = an_import(publish=publish, organization_id="o1")
    apis.on("GET", "directory", PATH, httpx.Response(200, json=one, headers={"ETag": '"checked-trial"'}))
    apis.on("GET", "directory", "/imports", {"items": [one], "next_cursor": None})
    for page in (officer.get(PATH).text, officer.get("/imports").text):
        assert words in page
        assert "Agimi" in page


def test_an_import_is_called_by_the_name_of_its_file(apis: FakeApis, officer: FlaskClient) -> None:
    sent = {"csrf_token": FORM_TOKEN, "form_key": "k", "format": "csv", "duplicates": "skip"}
    officer.post("/imports", data=sent | {"file": (io.BytesIO(b"name\na\n"), "shërbimet Š.csv")})
    (posted,) = (request for request in apis.asked if request.method == "POST")
    assert posted.headers["Content-Disposition"] == "attachment; filename*=UTF-8''sh%C3%ABrbimet%20%C5%A0.csv"
    assert "rbimet" not in str(posted.url)
    one = an_import(file_name="<b>.csv")
    apis.on("GET", "directory", PATH, httpx.Response(200, json=one, headers={"ETag": '"checked-trial"'}))
    apis.on("GET", "directory", "/imports", {"items": [one], "next_cursor": None})
    for page in (officer.get(PATH).text, officer.get("/imports").text):
        assert "&lt;b&gt;.csv" in page


def test_an_empty_file_is_not_sent(apis: FakeApis, officer: FlaskClient) -> None:
    assert upload(officer, b"").status_code == 400
    assert [request for request in apis.asked if request.method == "POST"] == []


def test_a_file_as_large_as_the_directory_takes_it_is_handed_on_piece_by_piece(
    apis: FakeApis, officer: FlaskClient
) -> None:
    content = b"name\n" * 7_000_000
    assert upload(officer, content).status_code == 302
    (sent,) = [request for request in apis.asked if request.method == "POST"]
    assert sent.headers["Content-Length"] == str(len(content))


def test_whoever_is_not_signed_in_sends_no_large_file(apis: FakeApis) -> None:
    assert upload(a_portal(apis).test_client(), b"name\n" * 100_000).status_code == 401
    assert [request for request in apis.asked if request.method == "POST"] == []


def test_a_file_without_the_forms_token_is_not_sent(apis: FakeApis, officer: FlaskClient) -> None:
    assert upload(officer, b"name\n", csrf_token="another").status_code == 400
    assert [request for request in apis.asked if request.method == "POST"] == []


def test_a_file_is_only_tried_whatever_its_size_beyond_that_of_other_forms(
    apis: FakeApis, officer: FlaskClient
) -> None:
    content = b"name\n" * 200_000
    assert upload(officer, content).headers["Location"] == f"/imports/{IMPORT_ID}"
    sent = next(request for request in apis.asked if request.method == "POST")
    assert sent.content == content
    assert sent.url.params["dry_run"] == "true"
    assert sent.headers["Idempotency-Key"] == "k"


def test_a_file_that_is_refused_says_so(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", "/imports", problem(413, "body-too-large"))
    assert upload(officer, b"name\n").status_code == 400


def test_one_that_must_wait_its_turn_is_not_blamed_on_the_choices(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", "/imports", problem(429, "too-many-requests"))
    answer = upload(officer, b"name\n")
    assert answer.status_code == 400
    assert "Files of your agency are waiting already" in answer.text


def test_the_report_names_column_and_fault_in_the_readers_language(apis: FakeApis, officer: FlaskClient) -> None:
    said = "german nuk është kod gjuhe"
    fault = {"column": "languages", "code": "unknown_language", "params": {"value": "german"}, "text": said}
    apis.on("GET", "directory", f"{PATH}/rows", {"items": [a_row(errors=[fault])], "next_cursor": None})
    officer.set_cookie("lidhja_language", "sq")
    page = officer.get(PATH).text
    assert "Gjuhët (languages):</b> german nuk është kod gjuhe" in page
    assert "rreshti 3" in page


def test_the_page_reloads_itself_only_while_the_import_runs(apis: FakeApis, officer: FlaskClient) -> None:
    assert 'http-equiv="refresh"' not in officer.get(PATH).text
    apis.on("GET", "directory", PATH, an_import(state="running", allowed_actions=["cancel"]))
    page = officer.get(PATH).text
    assert 'http-equiv="refresh"' in page
    assert f"{PATH}/apply" not in page


def test_an_import_that_broke_off_says_how_many_rows_are_written(apis: FakeApis, officer: FlaskClient) -> None:
    fault = {"code": "internal_error", "params": {}, "text": "in English"}
    broken_off = {"state": "failed", "problem": fault, "allowed_actions": []}
    apis.on("GET", "directory", PATH, an_import(**broken_off, rows=500))
    assert "stay written" not in officer.get(PATH).text
    apis.on("GET", "directory", PATH, an_import(**broken_off, rows=500, dry_run=False))
    assert "stay written: 500" in officer.get(PATH).text
    apis.on("GET", "directory", PATH, an_import(**broken_off, rows=0, dry_run=False))
    assert "stay written" not in officer.get(PATH).text


def test_what_was_tried_is_done_at_a_click(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("POST", "directory", f"{PATH}/apply", an_import(state="running"))
    officer.post(f"{PATH}/apply", data=fields_of_form(officer.get(PATH).text))
    applied = [request for request in apis.asked if request.url.path == f"{PATH}/apply"]
    assert [request.headers["If-Match"] for request in applied] == ['"checked-trial"']


def test_a_likely_duplicate_is_named_with_what_speaks_for_it_and_compared(apis: FakeApis, officer: FlaskClient) -> None:
    other = {"id": OTHER_ID, "name": "Dawn", "score": 0.81, "findings": ["same_phone"]}
    row = a_row(id=IMPORT_ID, action="created", possible_duplicates=[other])
    apis.on("GET", "directory", f"{PATH}/rows", {"items": [row], "next_cursor": None})
    page = officer.get(PATH).text
    assert "Likeness: 81%" in page
    assert "The same phone number" in page
    assert "/duplicates/" not in page
    apis.on("GET", "directory", PATH, an_import(dry_run=False, state="done", allowed_actions=[]))
    assert f'href="/duplicates/listing/{IMPORT_ID}/{OTHER_ID}"' in officer.get(PATH).text


def test_what_the_agency_keeps_is_handed_out_as_a_file(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", "/exports/own", httpx.Response(200, content=b"id,name\r\n"))
    answer = officer.get("/exports/csv")
    assert answer.data == b"id,name\r\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lidhja.csv"'
    assert officer.get("/exports/exe").status_code == 404


def test_what_is_wrong_is_told_as_the_directory_words_it_for_the_reader(apis: FakeApis, officer: FlaskClient) -> None:
    params = {"code": "ages_reversed", "fields": ["minimum_age", "maximum_age"], "detail": "in English"}
    fault = {"column": "", "code": "does_not_fit", "params": params, "text": "Mosha më e vogël është mbi më të madhen."}
    apis.on("GET", "directory", f"{PATH}/rows", {"items": [a_row(errors=[fault])], "next_cursor": None})
    officer.set_cookie("lidhja_language", "sq")
    page = officer.get(PATH).text
    assert "Mosha më e vogël është mbi më të madhen." in page
    assert "in English" not in page
    asked = [request.headers["Accept-Language"] for request in apis.asked if request.url.path.startswith(PATH)]
    assert [languages.partition(",")[0] for languages in asked] == ["sq", "sq"]


@pytest.mark.parametrize("language", ["sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr"])
def test_every_column_is_named_in_the_readers_language(language: str) -> None:
    with a_portal(everyday_apis()).test_request_context(headers={"Accept-Language": language}):
        for key in (
            *(column.key for column in COLUMNS),
            "phones[0].number",
            "schedules[1].opens_at",
            "service_at_locations/0/location",
        ):
            assert column_name(key).endswith(f"({key})"), key


@pytest.mark.parametrize("format", ["csv", "hsds-package"])
def test_how_far_it_is_and_how_long_it_takes_is_shown(apis: FakeApis, officer: FlaskClient, format: str) -> None:
    going = an_import(format=format, state="running", rows=500, size=2000, bytes_read=900, seconds_left=130)
    apis.on("GET", "directory", PATH, going)
    page = officer.get(PATH).text
    assert "Rows: 500 · Read: 45% · About 3 min left" in page
    apis.on("GET", "directory", PATH, an_import(state="running", rows=0, bytes_read=None, seconds_left=None))
    assert "Read:" not in officer.get(PATH).text


def test_a_column_is_called_as_the_file_calls_it() -> None:
    with a_portal(everyday_apis()).test_request_context(headers={"Accept-Language": "en"}):
        assert column_name("terms", "llojet e ndihmës") == "Kind of help (llojet e ndihmës)"
        assert column_name("terms") == "Kind of help (terms)"


def test_a_row_says_which_of_its_terms_are_ours_and_which_are_not(apis: FakeApis, officer: FlaskClient) -> None:
    row = a_row(action="created", terms={"known": ["psychosocial-support"], "unknown": ["<Horse riding>", "Painting"]})
    apis.on("GET", "directory", f"{PATH}/rows", {"items": [row], "next_cursor": None})
    page = officer.get(PATH).text
    assert "Kept as they came, but none of our kinds of help: &lt;Horse riding&gt;, Painting" in page
    assert "Kind of help: Psychosocial support" in page
