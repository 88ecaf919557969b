"""The directory's pages on an old phone and on paper: nothing runs off the side, and what is tapped is large enough."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_main_job_portal import at_work, open_path
from tests.support.browser import person
from tests.support.running_system import RunningSystem

# How wide a page is does not depend on what carries the events.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("system", ["postgres"], indirect=True)]

PAGES = (
    "listings", "listings/new", "listings/confirm", "reviews", "imports", "needs", "organizations", "claims",
    "delegations", "duplicates",
)  # fmt: skip
PARTS = ("", "/edit", "/history", "/close", "/translations", "/translations/en", "/review")
# What stands in the middle of a sentence has its height from the line; ticks and dots are tapped by their whole field.
TARGETS = """() => [...document.querySelectorAll(
  'main .card h2 a, main .card h3 a, main .button, main .plain, main summary, main .country-links a, main .choice, ' +
  'main .event a, main .glance a, main .facts a, main select, main textarea, main input:not([type=hidden]), nav a'
)].filter(each => each.checkVisibility() && !each.matches('.unseen, [type=radio], [type=checkbox]'))
  .filter(each => each.getBoundingClientRect().height < 43.5)
  .map(each => each.outerHTML.slice(0, 120))"""


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert page.evaluate(TARGETS) == [], page.url


@pytest.mark.parametrize("language", ["sq", "bg", "ro", "sr-Cyrl"])
def test_an_officers_pages_fit_an_old_phone(system: RunningSystem, browser: Browser, language: str) -> None:
    with at_work(system, browser, "officer.tirana") as page:
        page.set_viewport_size({"width": 360, "height": 640})
        open_path(system, page, f"/language/{language}")
        open_path(system, page, "/listings?status=published")
        listing = page.locator(".card h2 a").first.get_attribute("href") or ""
        for path in (*(f"/{name}" for name in PAGES), *(listing + part for part in PARTS)):
            open_path(system, page, path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            fits(page)


@pytest.mark.parametrize("language", ["sq", "bg", "ro", "sr-Cyrl"])
def test_what_was_found_fits_an_old_phone(system: RunningSystem, browser: Browser, language: str) -> None:
    with person(browser, width=360) as (page, _watch):
        open_path(system, page, f"/language/{language}")
        open_path(system, page, "/?country=AL")
        fits(page)
        page.locator(".numbered h3 a").first.click()
        opened = page.locator(".numbered .whole").first
        expect(opened).to_be_visible()
        fits(page)
        opened.locator("a[href^='/services/']").click()
        expect(page.locator("#pass-on")).to_be_visible()
        fits(page)


def test_on_paper_the_number_to_call_is_seen_without_printed_backgrounds(
    system: RunningSystem, browser: Browser
) -> None:
    with person(browser) as (page, _watch):
        open_path(system, page, "/?search=helpline&country=AL")
        page.locator(".numbered h3 a").first.click()
        page.get_by_role("link", name="The page of this service").first.click()
        number = page.locator("main a.button[href^='tel:']")
        expect(number).to_be_visible()
        expect(number).to_have_css("color", "rgb(255, 255, 255)")
        page.emulate_media(media="print")
        expect(number).to_be_visible()
        expect(number).to_have_css("color", "rgb(29, 42, 48)")


@pytest.mark.parametrize("language", ["en", "ro", "sr-Latn", "cnr"])
@pytest.mark.parametrize("is_posted", [False, True])
def test_every_language_is_in_sight_on_a_phone(
    system: RunningSystem, browser: Browser, language: str, is_posted: bool
) -> None:
    with person(browser, width=360) as (page, _watch):
        open_path(system, page, f"/language/{language}")
        open_path(system, page, "/")
        if is_posted:
            page.locator("#finder [name=search]").fill("shelter")
            page.locator("#finder .actions button").click()
            page.locator(".found").wait_for()
        expect(page.locator(".tongues [aria-current]")).to_have_attribute("lang", language)
        names = page.locator(".tongues li > *")
        expect(names).to_have_count(8)
        for name in names.all():
            box = name.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
