"""Whoever chooses a language reads on: on a page that a form drew, too."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.integration.portal.test_listing_pages import LISTING_ID, a_listing
from tests.support.portal import FORM_TOKEN, a_portal, everyday_apis, signed_in

LANGUAGE_LINK = re.compile(r'href="(/language/sq[^"]*)"')


def language_link(page: str) -> str:
    found = LANGUAGE_LINK.search(page)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("available", ["", "abc"])
def test_after_refused_free_places_the_listing_is_read_in_the_chosen_language(available: str) -> None:
    apis = everyday_apis()
    listing = httpx.Response(200, json=a_listing(), headers={"ETag": '"3"'})
    apis.on("GET", "directory", f"/listings/{LISTING_ID}", listing)
    officer = signed_in(a_portal(apis), "municipality_officer")
    sent = {"csrf_token": FORM_TOKEN, "etag": '"3"', "available": available}
    refused = officer.post(f"/listings/{LISTING_ID}/capacity", data=sent)
    assert refused.status_code == 400
    page = officer.get(language_link(refused.text), follow_redirects=True)
    assert page.status_code == 200
    assert page.request.path == f"/listings/{LISTING_ID}"
    assert '<html lang="sq">' in page.text


def test_what_is_read_keeps_its_query_and_an_unknown_address_leads_to_the_finder() -> None:
    browser = signed_in(a_portal(everyday_apis()), "caseworker")
    assert language_link(browser.get("/work?show=drafts").text).endswith("next=/work?show%3Ddrafts")
    nowhere = browser.post("/nowhere/at-all", data={"csrf_token": FORM_TOKEN})
    assert nowhere.status_code == 404
    assert language_link(nowhere.text) == "/language/sq?next=/"
