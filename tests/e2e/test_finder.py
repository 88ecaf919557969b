"""The public finder in the browser: nothing is asked of others, it is left at once, and it works by keys and taps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_directory_portal import BOTH, look_for_help_near_tirana
from tests.support.browser import person
from tests.support.running_system import RunningSystem

# What the finder shows does not depend on what carries the events.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("system", ["postgres"], indirect=True)]

ELSEWHERE = re.compile(r"https://www\.wikipedia\.org/.*")


def listen(page: Page) -> list[str]:
    """Note every address that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def found(page: Page) -> int:
    return int(page.locator("#results-title").inner_text().split()[-1])


@BOTH
def test_the_finder_its_map_and_a_service_ask_nothing_of_anybody_else_and_leave_nothing_behind(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with person(browser, width=360, javascript=javascript) as (page, watch):
        asked = listen(page)
        page.goto(system.url("portal"))
        expect(page.locator(".map")).to_be_visible()
        page.select_option("#country", "AL")
        page.locator("#finder .actions button").click()
        expect(page.locator(".map .marker").first).to_be_visible()
        page.locator(".card h3 a").first.click()
        expect(page.locator("h1")).to_be_visible()
        expect(page.get_by_role("link", name="Send by e-mail")).to_be_visible()
        expect(page.get_by_role("button", name="Print")).to_have_count(1 if javascript else 0)
        assert asked
        assert [address for address in asked if not address.startswith(system.url("portal"))] == []
        assert page.context.cookies() == []
        assert watch.complaints == []
        if javascript:
            assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


@BOTH
def test_going_back_from_a_result_leads_to_the_list(system: RunningSystem, browser: Browser, javascript: bool) -> None:
    with person(browser, width=360, javascript=javascript) as (page, watch):
        look_for_help_near_tirana(system, page)
        before = found(page)
        asked = listen(page)
        result = page.locator("#service-2")
        expect(result.locator(".whole")).to_be_hidden()
        result.locator("h3 a").click()
        expect(result.locator(".whole")).to_be_visible()
        expect(result.get_by_role("link", name="Send by e-mail")).to_be_visible()
        page.go_back()
        expect(result.locator(".whole")).to_be_hidden()
        assert found(page) == before
        result.get_by_role("link", name="Hours, languages, for whom").click()
        result.get_by_role("link", name="Back to the list").click()
        expect(result.locator(".whole")).to_be_hidden()
        expect(page.locator("#results-title")).to_be_in_viewport()
        # Nothing was asked for anew, and nothing of the search stands in an address.
        assert [address for address in asked if "/static/" not in address] == []
        assert "tirane" not in page.url.lower()
        assert watch.complaints == []


def test_after_leaving_quickly_from_an_open_result_going_back_leads_to_the_empty_form(
    system: RunningSystem, browser: Browser
) -> None:
    with person(browser, width=360) as (page, _watch):
        look_for_help_near_tirana(system, page)
        page.locator("#service-1 h3 a").click()
        page.locator("#service-2 h3 a").click()
        expect(page.locator("#service-2 .whole")).to_be_visible()
        # Elsewhere is another part of this system here: where a test answers for a site, Chromium goes back otherwise.
        elsewhere = f"{system.url('directory')}/profile"
        page.locator("[data-quick-exit]").evaluate("(link, address) => { link.href = address; }", elsewhere)
        page.locator("[data-quick-exit]").click()
        page.wait_for_url(elsewhere)
        for _ in range(2):
            page.go_back()
            expect(page.locator("#search")).to_have_value("")
            expect(page.locator(".card")).to_have_count(0)
            assert "tirane" not in page.content().lower()


@BOTH
def test_the_language_is_chosen_at_the_top_of_a_long_list_on_a_phone(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with person(browser, width=360, javascript=javascript) as (page, _watch):
        look_for_help_near_tirana(system, page)
        count = found(page)
        tongues = page.locator(".tongues")
        assert tongues.evaluate("nav => nav.getBoundingClientRect().top + window.scrollY") < 100
        assert tongues.evaluate("nav => nav.getBoundingClientRect().height") < 100
        assert page.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth")
        tongues.get_by_role("button", name="Crnogorski").click()
        expect(page.locator("html")).to_have_attribute("lang", "cnr")
        assert found(page) == count


@BOTH
def test_what_is_closed_says_when_it_opens_and_a_country_without_a_helpline_whom_to_ask(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with person(browser, width=360, javascript=javascript) as (page, _watch):
        page.goto(f"{system.url('portal')}/?country=BA&need=legal-aid")
        expect(page.locator(".helpline")).to_contain_text("knows no number of a child helpline here")
        expect(page.locator(".helpline")).to_contain_text("It can be reached in another way")
        line = page.locator(".card").first
        line.locator("h3 a").click()
        expect(line.locator(".whole")).to_contain_text("closed on public holidays")
        door = line.locator(".open-now, .closed-now")
        expect(door).to_have_text(re.compile(r"^(Open now until 16:30|Closed at the moment · Opens .*08:30)$"))
        line.get_by_role("link", name="The page of this service").click()
        expect(page.locator(".open-now, .closed-now")).to_have_text(re.compile("16:30$|08:30$"))
        page.go_back()
        expect(line.locator(".whole")).to_be_visible()


@BOTH
def test_one_tap_leaves_the_page(system: RunningSystem, browser: Browser, javascript: bool) -> None:
    with person(browser, width=360, javascript=javascript, allowed_hosts=("127.0.0.1", "www.wikipedia.org")) as (
        page,
        _,
    ):
        page.route(ELSEWHERE, lambda route: route.fulfill(body="<h1>Elsewhere</h1>", content_type="text/html"))
        look_for_help_near_tirana(system, page)
        page.locator("[data-quick-exit]").click()
        expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()


def test_three_times_escape_leaves_the_page_and_going_back_does_not_show_it_again(
    system: RunningSystem, browser: Browser
) -> None:
    with person(browser) as (page, _watch):
        page.route(ELSEWHERE, lambda route: route.fulfill(body="<h1>Elsewhere</h1>", content_type="text/html"))
        page.goto(f"{system.url('portal')}/about")
        look_for_help_near_tirana(system, page)
        for _ in range(2):
            page.keyboard.press("Escape")
        expect(page.locator("#results-title")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
        page.go_back()
        expect(page.locator("#results-title")).not_to_have_text(re.compile(r"\d"))


@BOTH
def test_the_list_is_made_shorter_put_in_order_and_longer_again_by_taps(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with person(browser, width=360, javascript=javascript) as (page, _watch):
        look_for_help_near_tirana(system, page)
        before = found(page)
        page.locator(".narrower > summary").click()
        choice = page.locator("button[name=choose][value='need:counselling']")
        count = int(choice.locator(".number").inner_text())
        choice.click()
        expect(page.locator("button[name=drop][value='need:counselling']")).to_be_visible()
        assert found(page) == count < before
        page.locator(".narrower > summary").click()
        page.get_by_role("button", name="Nearest first").click()
        expect(page.locator(".orders [aria-current]")).to_have_text("Nearest first", use_inner_text=False)
        assert found(page) == count
        page.locator("button[name=drop][value='need:counselling']").click()
        expect(page.locator("button[name=drop][value='need:counselling']")).to_have_count(0)
        assert found(page) == before
        expect(page.locator(".orders [aria-current]")).to_have_text("Nearest first", use_inner_text=False)


@BOTH
def test_where_nothing_fits_one_tap_leads_to_something(
    system: RunningSystem, browser: Browser, javascript: bool
) -> None:
    with person(browser, width=360, javascript=javascript) as (page, _watch):
        page.goto(system.url("portal"))
        page.select_option("#country", "AL")
        page.fill("#search", "xqzvwkj")
        page.locator("#finder .actions button").click()
        assert found(page) == 0
        page.locator(".lead button[name=drop][value='search:']").click()
        expect(page.locator(".numbered > li").first).to_be_visible()


def test_all_of_it_works_by_keys_and_what_has_the_focus_is_seen(system: RunningSystem, browser: Browser) -> None:
    with person(browser, width=360) as (page, _watch):
        page.goto(system.url("portal"))
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        expect(page.locator(".skip")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.locator("#search").focus()
        page.keyboard.type("counselling")
        page.keyboard.press("Enter")
        expect(page.locator(".numbered > li").first).to_be_visible()
        seen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(FOCUS))
        assert [state for state in seen if state not in ("seen", "outside")] == []


# Whether what has the focus is marked and does not lie under the bar that stays on top; the map draws its own mark.
FOCUS = """() => {
  const at = document.activeElement;
  if (at === document.body) return "outside";
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const bar = document.querySelector(".exit-bar").getBoundingClientRect();
  const hidden = box.bottom <= bar.bottom && !at.closest(".exit-bar, .skip");
  const marked = style.outlineStyle !== "none" || at.closest("svg") || at.closest(".choice");
  return marked && !hidden ? "seen" : `${at.outerHTML.slice(0, 120)} ${hidden ? "hidden" : "unmarked"}`;
}"""
