"""Gives tests a real Chromium, and notes whatever its console complains about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

from tests.support.real_parts import note_real_part

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """Return the browser named by CHROMIUM, else the one on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


def require_chromium() -> str:
    """Return the browser, or skip; with REQUIRE_BROWSER=1 its absence is a failure."""
    path = chromium_path()
    if path:
        return path
    message = "Chromium is missing: apt-get install -y chromium (or set CHROMIUM to its path)"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@dataclass
class Watch:
    """What went wrong in a page without anybody seeing it."""

    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless browser."""
    path = require_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(_ARGUMENTS))
        note_real_part(f"Chromium {browser.version}")
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def person(
    browser: Browser,
    *,
    locale: str = "en",
    width: int = 1280,
    javascript: bool = True,
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost"),
) -> Iterator[tuple[Page, Watch]]:
    """Open a browser profile of its own, as one person has it; leaving it forgets everything."""
    watch = Watch()
    context = browser.new_context(
        locale=locale, viewport={"width": width, "height": 900}, java_script_enabled=javascript
    )
    page = context.new_page()
    page.set_default_timeout(15_000)

    def on_console(message: ConsoleMessage) -> None:
        # A refused form answers 4xx on purpose, which the console reports as a failed resource.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            watch.complaints.append(message.text)

    def on_response(response: Response) -> None:
        host = response.url.split("/")[2].split(":")[0]
        if response.url.startswith("http") and host not in allowed_hosts:
            watch.foreign.append(host)

    def on_fault(error: Error) -> None:
        watch.complaints.append(str(error))

    page.on("console", on_console)
    page.on("response", on_response)
    page.on("pageerror", on_fault)
    try:
        yield page, watch
    finally:
        context.close()
