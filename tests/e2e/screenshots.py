"""Photographs every page of a running system: ``python -m tests.e2e.screenshots RUN_JSON FOLDER [language]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.test_main_job_portal import CHILD, search_for_the_child, write_referral
from tests.support.browser import chromium, person
from tests.support.running_system import RunningSystem

_WIDTHS = (360, 1280)


class Album:
    """One person's pages at one width."""

    def __init__(self, system: RunningSystem, page: Page, folder: Path, width: int) -> None:
        self.system, self.page, self._folder, self._width = system, page, folder, width

    def shoot(self, name: str, path: str | None = None) -> None:
        """Photograph the page, after opening a path where one is given."""
        if path is not None:
            self.page.goto(self.system.url("portal") + path)
        self.page.screenshot(path=self._folder / f"{name}-{self._width}.png", full_page=True)

    def sign_in(self, username: str) -> None:
        """Sign in at the issuer's page."""
        self.page.goto(self.system.url("portal") + "/sign-in")
        self.shoot("sign-in")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", self.system.password(username))
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".who")


def public(album: Album) -> None:
    album.shoot("finder", "/")
    album.shoot("finder-results", "/?municipality=Tirane&within_km=30")
    album.page.locator(".card h3 a").first.click()
    album.shoot("service")
    album.shoot("about", "/about")
    album.shoot("not-found", "/nowhere")


def caseworker(album: Album) -> str:
    page = album.page
    album.sign_in("caseworker.tirana")
    album.shoot("find", "/find")
    search_for_the_child(album.system, page)
    album.shoot("find-results")
    album.shoot("enquiries", "/enquiries")
    album.page.goto(album.system.url("portal") + "/find")
    page.locator(".card a.button").first.click()
    album.shoot("referral-form")
    page.locator("button[name=then][value=check]").click()
    album.shoot("referral-form-wrong")
    write_referral(album.system, page)
    album.shoot("referral-check")
    page.locator("form[action$='/send'] button").click()
    page.wait_for_selector(".timeline")
    album.shoot("referral-sent")
    path = page.url.removeprefix(album.system.url("portal"))
    for name, address in (("work", "/work"), ("drafts", "/work?show=drafts"), ("closed", "/work?show=closed")):
        album.shoot(name, address)
    album.shoot("preferences", "/preferences")
    return path


def receiver(album: Album, path: str) -> None:
    page = album.page
    album.sign_in("worker.ngo")
    album.shoot("receiver-work", "/work")
    album.shoot("receiver-inbox", "/inbox")
    album.shoot("receiver-referral", path)
    page.locator("form[action$='/do/accept'] button").click()
    page.locator("form[action*='/child'] button").click()
    page.get_by_text(CHILD).first.wait_for()
    album.shoot("receiver-child")
    page.emulate_media(media="print")
    album.shoot("receiver-child-print")
    page.emulate_media(media="screen")


def officer(album: Album) -> None:
    album.sign_in("officer.tirana")
    album.shoot("listings", "/listings")
    album.shoot("listing-form", "/listings/new")
    cards = album.page.goto(album.system.url("portal") + "/listings") and album.page.locator(".card h2 a")
    if cards and cards.count():
        cards.first.click()
        album.shoot("listing")
        listing = album.page.url.removeprefix(album.system.url("portal"))
        for name in ("edit", "history", "close", "translations", "translations/en", "review"):
            album.shoot(f"listing-{name.replace('/', '-')}", f"{listing}/{name}")
    for name in ("confirm", "new"):
        album.shoot(f"listings-{name}", f"/listings/{name}")
    for name in ("reviews", "imports", "needs", "organizations", "claims", "delegations", "duplicates"):
        album.shoot(name, f"/{name}")
    album.shoot("forbidden", "/work?show=closed")
    album.shoot("forbidden-webhooks", "/webhooks")


def administrator(album: Album) -> None:
    album.sign_in("admin.ngo")
    album.shoot("webhooks", "/webhooks")


def main() -> None:
    """Photograph everything at both widths."""
    system = RunningSystem(json.loads(Path(sys.argv[1]).read_text()))
    folder = Path(sys.argv[2])
    language = sys.argv[3] if len(sys.argv) > 3 else "en"
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for width in _WIDTHS:
            path = ""
            for walk in (public, caseworker, receiver, officer, administrator):
                with person(browser, width=width) as (page, watch):
                    page.goto(f"{system.url('portal')}/language/{language}")
                    album = Album(system, page, folder, width)
                    path = (walk(album, path) if walk is receiver else walk(album)) or path  # type: ignore[operator]
                    for complaint in (*watch.complaints, *watch.foreign):
                        sys.stdout.write(f"{walk.__name__} {width}: {complaint}\n")


if __name__ == "__main__":
    main()
