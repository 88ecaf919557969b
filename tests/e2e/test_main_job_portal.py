"""The main job in the browser, as the people do it: officer, caseworker, receiving staff, administrator, the public."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import person
from tests.support.places import make_room
from tests.support.running_system import RunningSystem, eventually

pytestmark = pytest.mark.browser

CHILD = "Zvezdana-Marker"
NGO_SERVICE = "Save the Children in Albania"


@contextmanager
def at_work(system: RunningSystem, browser: Browser, username: str, *, javascript: bool = True) -> Iterator[Page]:
    """Sign in and, in the end, insist that nothing was refused by the browser and no other host was asked."""
    with person(browser, javascript=javascript) as (page, watch):
        portal = system.url("portal")
        page.goto(f"{portal}/language/en")
        page.goto(f"{portal}/sign-in")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", system.password(username))
        page.click("button[type=submit]")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        yield page
        assert watch.complaints == []
        assert watch.foreign == []


def open_path(system: RunningSystem, page: Page, path: str) -> None:
    page.goto(system.url("portal") + path)


def search_for_the_child(system: RunningSystem, page: Page) -> None:
    open_path(system, page, "/find")
    if not page.locator("#need_1").is_visible():
        page.locator("details.panel > summary").first.click()
    page.select_option("#need_1", "psychosocial-support")
    page.fill("#age", "12")
    page.check("input[name=sex][value=female]")
    page.fill("#municipality", "tirane")
    page.check("input[name=urgency][value=urgent]")
    page.locator("form[action$='/find'] button:not([name])").click()
    expect(page.locator("#results")).to_be_visible()


def write_referral(system: RunningSystem, page: Page) -> None:
    """Choose the partner's service and fill in the form as far as the check page."""
    search_for_the_child(system, page)
    card = page.locator(".card", has=page.locator(".why-yes"), has_text=NGO_SERVICE).first
    card.locator("a[href*='/referrals/new']").click()
    expect(page.locator("#need_1")).to_have_value("psychosocial-support")
    expect(page.locator("#age_band")).to_have_value("12-14")
    page.fill("id=identity.given_name", CHILD)
    page.fill("id=situation.reason", f"{CHILD} needs to talk to somebody")
    page.locator("details:has([id='health.notes']) > summary").click()
    page.fill("id=health.notes", "An allergy")
    page.check("input[name='consent.basis'][value=consent]")
    page.check("input[name='consent.given_by'][value=guardian]")
    page.check("input[name='consent.form'][value=written]")
    page.fill("id=consent.obtained_on", "2026-01-10")
    page.check("input[name='consent.child_assent'][value=given]")
    for group in ("identity", "situation"):
        page.check(f"input[name='consent.data_groups'][value={group}]")
    page.locator("button[name=then][value=check]").click()
    expect(page.locator("form[action$='/send']")).to_be_visible()


def send_referral(page: Page) -> str:
    """Send with a double click; return the address of the one referral that comes of it."""
    page.get_by_role("button", name="Send the referral").dblclick()
    expect(page.locator(".note-done, .pill-sent").first).to_be_visible()
    match = re.search(r"/referrals/[0-9a-f-]{36}", page.url)
    assert match
    return match[0]


@pytest.fixture(scope="module", autouse=True)
def room(system: RunningSystem) -> None:
    """Let the partner's services have free places, however often these tests ran against the system."""
    make_room(system, NGO_SERVICE)


def test_an_officer_lists_a_service_publishes_it_updates_its_places_and_withdraws_it(
    system: RunningSystem, browser: Browser
) -> None:
    name = f"Qendra {uuid.uuid4().hex[:6]}"
    with at_work(system, browser, "officer.tirana") as page:
        open_path(system, page, "/listings/new")
        page.select_option("#organization_id", "new")
        page.fill("#organization_name", name)
        page.fill("#organization_description", "A day centre")
        page.fill("#name", name)
        page.fill("#description", "Counselling for children")
        page.select_option("#term_1", "counselling")
        page.fill("#minimum_age", "6")
        page.fill("#maximum_age", "17")
        page.check("input[name=languages][value=sq]")
        page.fill("#location_municipality", "Tiranë")
        page.fill("#serves", "Tiranë\nDurrës")
        page.fill("#available", "4")
        page.get_by_role("button", name="Save as draft").click()
        page.get_by_role("button", name="Publish").click()
        expect(page.locator(".pill-published")).to_be_visible()
        listing = page.url
        page.fill("#available", "3")
        page.get_by_role("button", name="Save free places").click()
        expect(page.get_by_text("The free places are up to date")).to_be_visible()
        expect(page.locator("#available")).to_have_value("3")
        with person(browser) as (visitor, _watch):
            visitor.goto(f"{system.url('portal')}/?search={name}")
            expect(visitor.get_by_role("link", name=name, exact=True)).to_be_visible()
        page.goto(listing)
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Withdraw").click()
        expect(page.locator(".pill-withdrawn")).to_be_visible()


def test_a_referral_travels_from_search_to_completion(system: RunningSystem, browser: Browser) -> None:
    with at_work(system, browser, "caseworker.tirana") as page:
        write_referral(system, page)
        expect(page.get_by_text(CHILD).first).to_be_visible()
        address = send_referral(page)
        reference = page.locator("h1").inner_text()
        expect(page.get_by_role("heading", name="What is due next")).to_be_visible()
        open_path(system, page, "/work")
        expect(page.get_by_role("link", name=reference)).to_have_count(1)

    with at_work(system, browser, "worker.ngo") as page:
        receive_and_accept(system, page, address, reference)
        finish(page)

    with at_work(system, browser, "caseworker.tirana") as page:
        open_path(system, page, address)
        for told in ("Referral sent", "Referral accepted", "First contact with the child", "Completed"):
            expect(page.locator(".timeline").get_by_text(told, exact=True).first).to_be_visible()
        expect(page.locator(".timeline").get_by_text("The child's data was read").first).to_be_visible()


def receive_and_accept(system: RunningSystem, page: Page, address: str, reference: str) -> None:
    def told() -> bool:
        open_path(system, page, "/inbox")
        return page.get_by_role("button", name=f"Open {reference}").count() > 0

    eventually("the referral in the inbox", told)
    page.get_by_role("button", name=f"Open {reference}").first.click()
    expect(page.locator("h1")).to_have_text(reference)
    assert CHILD not in page.content()
    expect(page.get_by_role("button", name="Show the child's data")).to_have_count(0)
    page.get_by_role("button", name="Only confirm that it arrived").click()
    expect(page.locator(".pill-acknowledged")).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator(".pill-accepted")).to_be_visible()
    assert CHILD not in page.content()
    page.get_by_role("button", name="Show the child's data").click()
    expect(page.get_by_text(CHILD).first).to_be_visible()
    assert "An allergy" not in page.content()
    open_path(system, page, address)


def finish(page: Page) -> None:
    page.get_by_role("button", name="First contact has taken place").click()
    page.get_by_text("Put on hold…").click()
    page.select_option("#reason-hold", "waiting_for_child")
    page.get_by_role("button", name="Put on hold").click()
    expect(page.locator(".pill-on_hold")).to_be_visible()
    page.get_by_role("button", name="Go on with it").click()
    page.select_option("#outcome", "needs_met")
    page.get_by_role("button", name="Complete the referral").click()
    expect(page.locator(".pill-completed").first).to_be_visible()
    page.fill("#summary", "Eight sessions were held")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Your report is sent")).to_be_visible()


def test_all_of_it_works_without_javascript_and_a_rejection_says_why(system: RunningSystem, browser: Browser) -> None:
    with at_work(system, browser, "caseworker.tirana", javascript=False) as page:
        write_referral(system, page)
        address = send_referral(page)
    with at_work(system, browser, "worker.ngo", javascript=False) as page:
        eventually(
            "the referral",
            lambda: (page.goto(system.url("portal") + address), page.locator("#reason-reject").count())[1],
        )
        page.get_by_text("Reject…").click()
        page.select_option("#reason-reject", "no_capacity")
        page.get_by_role("button", name="Reject the referral").click()
        expect(page.locator(".pill-rejected").first).to_be_visible()
        expect(page.get_by_text("No free place").first).to_be_visible()


def test_what_is_missing_in_the_form_is_said_beside_the_field_and_nothing_written_is_lost(
    system: RunningSystem, browser: Browser
) -> None:
    with at_work(system, browser, "caseworker.tirana") as page:
        search_for_the_child(system, page)
        page.locator(".card", has_text=NGO_SERVICE).get_by_role("link", name="Refer to this service").first.click()
        page.fill("id=identity.given_name", CHILD)
        page.get_by_role("button", name="Go on to check it").click()
        expect(page.get_by_role("heading", name="Please check these answers")).to_be_visible()
        expect(page.locator("id=consent.basis-wrong")).to_be_visible()
        expect(page.locator("id=identity.given_name")).to_have_value(CHILD)


def test_an_administrator_connects_a_system_and_sees_what_was_sent(system: RunningSystem, browser: Browser) -> None:
    with at_work(system, browser, "admin.ngo") as page:
        open_path(system, page, "/webhooks")
        page.fill("#url", f"http://127.0.0.1:9/{uuid.uuid4().hex}")
        page.get_by_role("button", name="Connect").click()
        expect(page.locator(".secret")).to_contain_text("whsec_")
        page.get_by_role("link", name="I have copied it").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Send a test").click()

        def tried() -> bool:
            page.reload()
            return page.get_by_text("Test ·").count() > 0

        eventually("the attempt", tried)
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("The endpoint is removed")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr"])
def test_the_public_finder_speaks_every_language_and_shows_the_helpline_first(
    system: RunningSystem, browser: Browser, language: str
) -> None:
    with person(browser, width=390) as (page, watch):
        page.goto(f"{system.url('portal')}/language/{language}")
        assert page.locator("html").get_attribute("lang") == language
        assert "116 111" in page.locator(".helpline").inner_text(), "the directory lists it for these countries"
        expect(page.locator("[data-quick-exit]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert watch.complaints == []
        assert watch.foreign == []


def test_escape_pressed_three_times_leaves_the_public_page_at_once(system: RunningSystem, browser: Browser) -> None:
    with person(browser) as (page, _watch):
        page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="elsewhere"))
        page.goto(system.url("portal"))
        for _press in range(3):
            page.keyboard.press("Escape")
        page.wait_for_url("https://www.wikipedia.org/")


def test_signing_out_ends_the_session_and_the_back_button_shows_nothing(
    system: RunningSystem, browser: Browser
) -> None:
    with at_work(system, browser, "caseworker.tirana") as page:
        open_path(system, page, "/work")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Find help for children")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
