"""What travels compressed tells nothing of anybody, and what browsers keep is what its address says."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.portal import FORM_TOKEN, a_portal, everyday_apis, signed_in

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def app() -> Flask:
    return a_portal(everyday_apis())


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def addresses_of_files(browser: FlaskClient) -> list[str]:
    """Return the static files that a page names, as it names them."""
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/about").text)


def is_compressed(answer: Any) -> bool:
    return answer.headers.get("Content-Encoding") == "gzip"


@pytest.mark.parametrize("path", ["/inbox", "/", "/about", "/nowhere", "/static/nowhere.css", "/find"])
def test_what_somebody_signed_in_reads_is_not_compressed(app: Flask, path: str) -> None:
    answer = signed_in(app, "caseworker").get(path, headers=GZIP)
    assert "Content-Encoding" not in answer.headers
    assert "Drita" in answer.text


def test_no_page_that_is_compressed_carries_a_form_token(visitor: FlaskClient) -> None:
    for path in ("/", "/about", "/nowhere", "/sign-in?ask=yes"):
        answer = visitor.get(path, headers=GZIP)
        assert is_compressed(answer)
        assert b"csrf_token" not in gzip.decompress(answer.data)
    kept = visitor.post("/inbox/read-all", data={"csrf_token": FORM_TOKEN}, headers=GZIP)
    assert kept.status_code == 401
    assert b"csrf_token" not in gzip.decompress(kept.data)


@pytest.mark.parametrize("wanted", ["", "br", "identity", "gzip;q=0", "gzip;q=0, *"])
def test_whoever_takes_no_gzip_gets_none(visitor: FlaskClient, wanted: str) -> None:
    answer = visitor.get("/about", headers={"Accept-Encoding": wanted})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.text.startswith("<!doctype html>")


def test_pages_styles_and_scripts_come_compressed_and_whole(visitor: FlaskClient) -> None:
    for path in ("/about", *addresses_of_files(visitor)):
        plain, answer = visitor.get(path), visitor.get(path, headers=GZIP)
        if len(plain.data) < 1000:
            continue
        assert is_compressed(answer), path
        assert gzip.decompress(answer.data) == plain.data
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data)
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.mimetype == plain.mimetype


def test_a_list_that_was_found_comes_compressed(visitor: FlaskClient) -> None:
    plain = visitor.post("/search", data={"search": "helpline"})
    answer = visitor.post("/search", data={"search": "helpline"}, headers=GZIP)
    assert gzip.decompress(answer.data) == plain.data
    assert answer.headers["Cache-Control"] == "no-store"


def test_small_answers_stay_as_they_are(visitor: FlaskClient) -> None:
    assert "Content-Encoding" not in visitor.get("/health/live", headers=GZIP).headers


def test_a_file_under_the_address_of_its_version_is_kept_for_a_year(visitor: FlaskClient) -> None:
    addresses = addresses_of_files(visitor)
    assert {address.split("?")[0] for address in addresses} == {
        "/static/icon.svg", "/static/portal.css", "/static/portal.js",
    }  # fmt: skip
    for address in addresses:
        kept = visitor.get(address).headers
        assert "max-age=31536000" in kept["Cache-Control"], address
        assert "immutable" in kept["Cache-Control"], address


@pytest.mark.parametrize("query", ["", "?v=", "?v=of-another-day"])
def test_under_another_address_a_file_is_asked_for_again_after_an_hour(visitor: FlaskClient, query: str) -> None:
    assert "max-age=3600" in visitor.get(f"/static/portal.css{query}").headers["Cache-Control"]
    assert "immutable" not in visitor.get(f"/static/portal.css{query}").headers["Cache-Control"]


def test_a_file_that_is_known_already_is_not_sent_again_compressed_or_not(visitor: FlaskClient) -> None:
    for headers in (GZIP, {}):
        tag = visitor.get("/static/portal.css", headers=headers).headers["ETag"]
        known = visitor.get("/static/portal.css", headers={**GZIP, "If-None-Match": tag})
        assert (known.status_code, known.data) == (304, b"")
    part = visitor.get("/static/portal.css", headers={**GZIP, "Range": "bytes=0-1999"})
    assert (part.status_code, len(part.data)) == (206, 2000)
    assert "Content-Encoding" not in part.headers


def test_who_only_asks_for_the_head_is_told_the_same(visitor: FlaskClient) -> None:
    got, head = visitor.get("/about", headers=GZIP), visitor.head("/about", headers=GZIP)
    assert head.data == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_an_error_page_below_the_files_is_not_kept(app: Flask) -> None:
    assert signed_in(app, "caseworker").get("/static/nowhere.css").headers["Cache-Control"] == "no-store"
