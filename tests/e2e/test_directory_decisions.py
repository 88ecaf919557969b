"""Decisions about the directory in the browser: whose an organization is, what is one and the same, what is closed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_directory_portal import BOTH, shows
from tests.e2e.test_main_job_portal import at_work, open_path
from tests.support.browser import person
from tests.support.running_system import RunningSystem, eventually

pytestmark = pytest.mark.browser

KEEPER, CLAIMANT = "officer.tirana", "worker.sarajevo"


@contextmanager
def deciding(system: RunningSystem, browser: Browser, username: str, *, javascript: bool) -> Iterator[Page]:
    """Sign in as somebody who says yes to every question."""
    with at_work(system, browser, username, javascript=javascript) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        yield page


def publish(system: RunningSystem, page: Page, name: str, *, organization: str, is_new: bool = True) -> str:
    """List a service of an organization without an agency, publish it and return its id."""
    open_path(system, page, "/listings/new")
    if is_new:
        page.select_option("#organization_id", "new")
        if not page.locator("#organization_name").is_visible():
            page.locator("#new-organization > summary").click()
        page.fill("#organization_name", organization)
        page.fill("#organization_description", "A day centre")
        page.check("input[name=linked][value=no]")
    else:
        page.select_option("#organization_id", label=organization)
    page.fill("#name", name)
    page.fill("#description", "Counselling for children")
    page.select_option("#source_language", "en")
    page.select_option("#term_1", "counselling")
    page.check("input[name=languages][value=sq]")
    page.fill("#location_municipality", "Tiranë")
    page.fill("#serves", "Tiranë")
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".pill-published")).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def claim(system: RunningSystem, page: Page, service_id: str, evidence: str) -> None:
    """Claim the organization of a service on its public page, as its people would come across it."""
    open_path(system, page, f"/services/{service_id}")
    page.get_by_role("link", name="This is our organization").click()
    page.fill("#evidence", evidence)
    page.get_by_role("button", name="Send the claim").click()
    expect(page.get_by_text("The claim is sent.")).to_be_visible()


@BOTH
def test_a_claim_is_turned_down_with_a_reason_and_a_better_one_is_granted(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    name = f"Qendra {uuid.uuid4().hex[:8]}"
    with (
        deciding(system, browser, KEEPER, javascript=javascript) as keeper,
        deciding(system, browser, CLAIMANT, javascript=javascript) as claimant,
    ):
        service_id = publish(system, keeper, name, organization=name)
        claim(system, claimant, service_id, "We say so.")
        own = claimant.locator(".card", has_text=name)
        expect(own.get_by_role("link", name="Look at it and decide")).to_have_count(0)

        open_path(system, keeper, "/claims")
        keeper.locator(".card", has_text=name).get_by_role("link", name="Look at it and decide").click()
        expect(keeper.get_by_text("We say so.")).to_be_visible()
        keeper.get_by_role("button", name="Turn it down").click()
        expect(keeper.get_by_text("Choose a reason.").first).to_be_visible()
        keeper.select_option("#reason", "evidence_missing")
        keeper.fill("#note", "Which register?")
        keeper.get_by_role("button", name="Turn it down").click()
        expect(keeper.get_by_text("The claim is turned down.")).to_be_visible()

        open_path(system, claimant, "/claims")
        expect(own.get_by_text("Which register?")).to_be_visible()
        claim(system, claimant, service_id, "The register of associations shows it.")
        open_path(system, keeper, "/claims")
        keeper.locator(".card", has_text=name).get_by_role("link", name="Look at it and decide").click()
        keeper.get_by_role("button", name="Grant the claim").click()
        expect(keeper.get_by_text("The claim is granted.")).to_be_visible()

        open_path(system, claimant, f"/listings/{service_id}")
        expect(claimant.get_by_role("heading", name=name)).to_be_visible()


@BOTH
def test_two_entries_that_are_one_are_merged_and_the_old_address_leads_to_the_one_that_stayed(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    name = f"Qendra {uuid.uuid4().hex[:8]}"
    with deciding(system, browser, KEEPER, javascript=javascript) as page:
        kept = publish(system, page, name, organization=name)
        folded = publish(system, page, f"{name} OJF", organization=name, is_new=False)
        open_path(system, page, "/duplicates")
        pair = page.locator(".card", has_text=f"{name} OJF")
        eventually("the pair", lambda: shows(page, f"{name} OJF"))
        pair.get_by_role("link", name="Compare").click()
        expect(page.get_by_role("heading", name="What they say differently")).to_be_visible()
        page.get_by_role("button", name="Merge them").click()
        expect(page.get_by_text("Choose which one stays.").first).to_be_visible()
        page.check(f"input[name=keep][value='{kept}']")
        page.check("input[name=take][value=name]")
        page.get_by_role("button", name="Merge them").click()
        expect(page.get_by_text("They are merged.")).to_be_visible()
        expect(page.get_by_role("heading", name=f"{name} OJF")).to_be_visible()
    with person(browser, javascript=javascript) as (visitor, _watch):
        visitor.goto(f"{system.url('portal')}/services/{folded}")
        assert visitor.url == f"{system.url('portal')}/services/{kept}"
        expect(visitor.get_by_role("heading", name=f"{name} OJF")).to_be_visible()


@BOTH
def test_a_closing_is_read_by_everybody_in_his_own_language(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    name = f"Qendra {uuid.uuid4().hex[:8]}"
    notice = {"en": "Closed for works, ring next door.", "sq": "Mbyllur për punime, bini ngjitur."}
    with deciding(system, browser, KEEPER, javascript=javascript) as page:
        service_id = publish(system, page, name, organization=name)
        page.get_by_role("link", name="Close for a time").click()
        page.select_option("#reason", "building_works")
        page.locator("summary", has_text="The notice in other languages").click()
        page.fill("#alert_sq", notice["sq"])
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Write the notice in the language of the listing too.").first).to_be_visible()
        expect(page.locator("#alert_sq")).to_have_value(notice["sq"])
        page.fill("#alert", notice["en"])
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved. Agencies with open referrals are warned.")).to_be_visible()
        page.get_by_role("link", name="Change the closing").click()
        expect(page.locator("#alert_sq")).to_have_value(notice["sq"])
        for language, words in notice.items():
            with person(browser, javascript=javascript) as (visitor, _watch):
                visitor.goto(f"{system.url('portal')}/language/{language}?next=/services/{service_id}")
                expect(visitor.get_by_text(words)).to_be_visible()
        open_path(system, page, f"/listings/{service_id}")
        page.get_by_role("button", name="Open again").click()
        expect(page.get_by_text("The service is open again.")).to_be_visible()
    with person(browser) as (visitor, _watch):
        visitor.goto(f"{system.url('portal')}/services/{service_id}")
        expect(visitor.get_by_text(notice["en"])).to_have_count(0)
