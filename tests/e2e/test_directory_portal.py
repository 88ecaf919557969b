"""The directory in the browser: finding, importing and keeping listings, with JavaScript and without."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.e2e.test_main_job_portal import at_work, open_path
from tests.support.browser import person
from tests.support.running_system import RunningSystem, eventually

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])


def look_for_help_near_tirana(system: RunningSystem, page: Page) -> None:
    open_path(system, page, "/language/en")
    page.fill("#municipality", "tirane")
    page.locator("#finder > details > summary").click()
    page.select_option("#within_km", "30")
    page.locator("#finder .actions button").click()
    expect(page.locator(".numbered > li").first).to_be_visible()


@BOTH
def test_a_visitor_finds_help_on_a_map_and_in_a_list_and_nothing_of_it_stands_in_an_address(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with person(browser, width=390, javascript=javascript) as (page, watch):
        look_for_help_near_tirana(system, page)
        assert "tirane" not in page.url.lower()
        listed = page.locator(".numbered > li").count()
        marked = page.locator(".marker").evaluate_all("markers => markers.map(marker => marker.getAttribute('href'))")
        assert marked
        for address in marked:
            expect(page.locator(address)).to_have_count(1)
        page.locator(".marker").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".card:target")).to_have_count(1)
        assert listed > 0
        assert watch.complaints == []
        assert watch.foreign == []


@BOTH
def test_the_list_is_shown_in_another_language_and_page_without_losing_the_search(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with person(browser, javascript=javascript) as (page, _watch):
        look_for_help_near_tirana(system, page)
        found = page.locator("#results-title").inner_text().split()[-1]
        page.get_by_role("button", name="Shqip").click()
        expect(page.locator("html")).to_have_attribute("lang", "sq")
        assert page.locator("#results-title").inner_text().split()[-1] == found


@BOTH
def test_an_officer_tries_a_file_reads_what_is_wrong_and_imports_the_rest(
    system: RunningSystem, browser: Browser, javascript: bool, tmp_path: Path
) -> None:
    with at_work(system, browser, "officer.tirana", javascript=javascript) as page:
        open_path(system, page, "/listings")
        page.locator("a[href='/imports']").click()
        name = f"Qendra {uuid.uuid4().hex[:6]}"
        file = tmp_path / "services.csv"
        file.write_text(
            "name,description,kinds of help,languages,serves,place\n"
            f"{name},Talks,counselling,sq,AL-tirane,virtual\n"
            f"{name} B,Talks,counselling,german,AL-tirane,virtual\n",
            encoding="utf-8",
        )
        page.set_input_files("#file", file)
        page.select_option("#organization_id", index=1)
        page.check("input[name=duplicates][value=create]")
        page.get_by_role("button", name="Try the file").click()
        eventually("the report", lambda: shows(page, "Tried; nothing was changed yet"))
        expect(page.locator(".why-not")).to_contain_text("german is no language code")
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
        report = page.url
        open_path(system, page, "/listings")
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
        page.goto(report)
        page.get_by_role("button", name="Import it now").click()
        eventually("the import", lambda: shows(page, "Done"))
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".pill-draft")).to_be_visible()


@BOTH
def test_an_officer_changes_an_organization_and_lets_another_agency_keep_its_listings_for_a_while(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with at_work(system, browser, "officer.tirana", javascript=javascript) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        open_path(system, page, "/listings")
        page.locator("a[href='/organizations']").click()
        page.locator(".card h2 a").first.click()
        phone = f"116 {uuid.uuid4().int % 900 + 100}"
        page.fill("#phone", phone)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("The organization is saved.")).to_be_visible()
        expect(page.locator("#phone")).to_have_value(phone)
        open_path(system, page, "/delegations")
        page.select_option("#to_agency_id", index=1)
        page.locator("#organization_ids input").first.check()
        page.get_by_role("button", name="Let it keep these listings").click()
        expect(page.get_by_text("From now on that agency may keep these listings.")).to_be_visible()
        page.get_by_role("button", name="End it").first.click()
        expect(page.get_by_text("It is ended.")).to_be_visible()


def shows(page: Page, words: str) -> bool:
    """Read the page again, as it does by itself while an import runs, and say whether it shows the words."""
    try:
        page.reload()
        return page.get_by_text(words, exact=True).count() > 0
    except Error:
        # It was just doing that by itself; two at once end neither.
        return False


@BOTH
@pytest.mark.parametrize(
    ("language", "told"), [("sq", "Orari mbaron para se të fillojë."), ("sr-Cyrl", "Радно време се завршава пре него")]
)
def test_an_officer_is_told_in_the_language_of_the_page_why_hours_cannot_be_so(
    system: RunningSystem, browser: Browser, javascript: bool, language: str, told: str
) -> None:
    with at_work(system, browser, "officer.tirana", javascript=javascript) as page:
        open_path(system, page, "/listings?status=published")
        address = page.locator(".card h2 a").first.get_attribute("href") or ""
        open_path(system, page, f"/language/{language}")
        open_path(system, page, f"{address}/edit")
        page.uncheck("[name=always_open]")
        page.check("[name=hours_0_days][value=MO]")
        page.fill("[name=hours_0_opens]", "16:00")
        page.fill("[name=hours_0_closes]", "08:00")
        page.locator("#name").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(told)
        expect(page.locator("#hours_0_days-wrong")).to_contain_text(told)
        expect(page.locator("[name=hours_0_opens]")).to_have_value("16:00")


@BOTH
def test_an_officer_confirms_a_listing_reads_its_history_and_plans_to_close_it(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with at_work(system, browser, "officer.tirana", javascript=javascript) as page:
        open_path(system, page, "/listings")
        page.locator(".card", has=page.locator(".pill-published")).locator("h2 a").first.click()
        listing = page.url
        page.get_by_role("button", name="Yes, it is still right").click()
        expect(page.get_by_text("Thank you")).to_be_visible()
        page.get_by_role("link", name="History").click()
        page.get_by_role("link", name="See what changed").first.click()
        expect(page.get_by_role("heading", name="What changed")).to_be_visible()
        page.goto(listing + "/close")
        page.select_option("#reason", "holidays")
        page.fill("#closes_on", "2031-08-01")
        page.fill("#reopens_on", "2031-08-17")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Closed from")).to_be_visible()
        page.get_by_role("button", name="Open again").click()
        expect(page.get_by_text("Closed from")).to_have_count(0)
