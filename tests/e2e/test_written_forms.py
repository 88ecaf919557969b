"""What somebody wrote in a form is not lost: not when the session ends meanwhile, and not by a careless click."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.e2e.test_main_job_portal import at_work, open_path
from tests.support.browser import person
from tests.support.running_system import RunningSystem

# What becomes of a form does not depend on what carries the events.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("system", ["postgres"], indirect=True)]
OFFICER = "officer.tirana"
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])


def write_a_phone(system: RunningSystem, page: Page) -> str:
    """Open the form of an organization, write a number in it, and return that."""
    open_path(system, page, "/organizations")
    page.locator(".card h2 a").first.click()
    phone = f"116 {uuid.uuid4().int % 900 + 100}"
    page.fill("#phone", phone)
    return phone


@BOTH
def test_a_form_whose_session_was_lost_is_sent_once_its_writer_has_signed_in_again(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with at_work(system, browser, OFFICER, javascript=javascript) as page:
        phone = write_a_phone(system, page)
        page.context.clear_cookies(name="lidhja")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="What you wrote is not lost")).to_be_visible()
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Sign in in a new tab.").click()
        tab = opened.value
        tab.fill("input[name=username]", OFFICER)
        tab.fill("input[name=password]", system.password(OFFICER))
        tab.click("button[type=submit]")
        expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
        tab.close()
        page.reload()
        expect(page.get_by_text("The organization is saved.")).to_be_visible()
        expect(page.locator("#phone")).to_have_value(phone)


def test_who_chooses_a_language_with_a_form_half_written_is_asked_first(
    system: RunningSystem, browser: Browser
) -> None:
    with at_work(system, browser, OFFICER) as page:
        phone = write_a_phone(system, page)
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.get_by_role("link", name="Shqip").click()
        expect(page.locator("#phone")).to_have_value(phone)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert asked == ["beforeunload"]
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("The organization is saved.")).to_be_visible()
        page.get_by_role("link", name="Shqip").click()
        expect(page.locator("html")).to_have_attribute("lang", "sq")
        assert asked == ["beforeunload"]


def test_who_looks_for_help_leaves_without_a_question(system: RunningSystem, browser: Browser) -> None:
    with person(browser) as (page, _watch):
        open_path(system, page, "/")
        asked: list[str] = []

        def note(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.on("dialog", note)
        page.locator("#finder [name=search]").type("shelter")
        page.get_by_role("link", name="About Lidhja").click()
        expect(page).to_have_url(system.url("portal") + "/about")
        assert asked == []
